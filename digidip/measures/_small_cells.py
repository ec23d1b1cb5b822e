"""Small cells: a count of fewer than k people is not told, nor anything that gives it away by subtraction.

A row of a measure that counts private people is a cell. It is withheld if it counts 1 to k - 1 of them, or of a share if so
many have what it tells, or lack it. Every margin of a table is taken as known, from another table, run or page: so in each
margin with a withheld cell two or more are withheld, of k people or more together, and no withheld cell follows from the
margins by linear algebra. None at all stays 0: nobody is in such a cell. docs/methods.md#small-cells
"""

import os
from itertools import combinations

import ibis
import numpy as np
import pandas as pd

from digidip.measures.statistics._columns import fetched_once, to_pandas
from digidip.tables import LABELS, smallest_cell

SAME = 1e-6


def withheld_reason(k):
    """What `method` says of a withheld cell; the same for those that are small and those beside them."""
    return f"withheld: fewer than {k} people, here or in a cell beside it"


def withhold(table, measure, sources):
    """The table of a measure without its small cells; unchanged where the tables it was taken of are of nobody real.

    A study names in DIGIDIP_WITHHOLD, by commas, measures of which a run tells nothing, since its difference from another run
    would count fewer than k people.
    """
    if table.empty or not _are_people_real(sources):
        return table
    k, names = smallest_cell(), _keys(table, measure)
    for column in measure.beside:
        table = _without_number(table, column, names, names[: len(names) - len(measure.keys)], k)
    if not measure.people:
        return table
    counts, keys = people_counts(table, measure), table[names]
    lines, wholes = margins(keys), parts(keys, len(measure.keys))
    lines = np.array([*(line for _whole, line in wholes), *lines], bool).reshape(-1, len(keys))  # narrow ones first
    hidden = np.any([_hidden_with_parts(each, lines, wholes, k) for each in counts], axis=0)
    if measure.__name__ in os.environ.get("DIGIDIP_WITHHOLD", "").split(","):
        hidden |= table[measure.__name__].notna().to_numpy()
    return _without(table, hidden, names, k)


def _without_number(table, column, names, groups, k):
    """The table without the small numbers of a column beside the measure, and those that would give them as a difference."""
    numbers = pd.to_numeric(table[column]).to_numpy(float, na_value=np.nan)
    if not ((numbers > 0) & (numbers < k)).any():
        return table
    rows = table[names].assign(number=numbers, row=range(len(table)))
    is_of_group = bool(rows.groupby(groups, dropna=False).number.nunique().le(1).all()) if groups else False
    keys = groups if is_of_group else names
    cells = rows.drop_duplicates(keys)
    hidden = cells[hidden_cells(cells.number.to_numpy(), margins(cells[keys]), k)]
    is_hidden = rows.merge(hidden[keys].assign(is_hidden=True), how="left", on=keys).is_hidden.eq(True).to_numpy()
    found = table.assign(**{column: pd.to_numeric(table[column]).astype("Int64").mask(is_hidden)})
    if "method" not in found:
        return found
    method = found["method"] + f"; {column} withheld: fewer than {k} people, here or in a cell beside it"
    return found.assign(method=found["method"].mask(is_hidden & numbers.astype(bool), method))


def parts(keys, of_measure):
    """The rows that others are parts of: pairs of a row and a boolean line over its parts, in a table with these key columns.

    Of the last `of_measure` columns, the measure's own, the last names both: `ignored, days 0 to 2` is a part of `ignored`.

    >>> keys = pd.DataFrame({"of": ["status", "since", "since"], "level": ["ignored", "ignored, days 0 to 2", "ignored, later"]})
    >>> [(int(whole), line.tolist()) for whole, line in parts(keys, 2)]
    [(0, [False, True, True])]
    """
    if not of_measure or not any(isinstance(level, str) for level in keys.iloc[:, -1]):
        return []
    levels = keys.iloc[:, -1].astype(str).fillna("")
    whole, _comma, rest = zip(*(level.partition(", ") for level in levels), strict=True)
    groups = keys.iloc[:, : keys.shape[1] - of_measure].assign(all=0)
    group = groups.groupby([*groups], dropna=False).ngroup().to_numpy()
    named = {(at, level): row for row, (at, level) in enumerate(zip(group, levels, strict=True))}
    found = {}
    for row, (at, name, part) in enumerate(zip(group, whole, rest, strict=True)):
        if part and (at, name) in named:
            found.setdefault(named[at, name], np.zeros(len(keys), bool))[row] = True
    return list(found.items())


def _hidden_with_parts(counts, lines, wholes, k):
    """`hidden_cells`, and with a row all its parts, which add up to it."""
    hidden = None
    while True:
        found = hidden_cells(counts, lines, k, hidden)
        of_hidden = [line for whole, line in wholes if found[whole]]
        hidden = np.any([found, *of_hidden], axis=0)
        if (hidden == found).all():
            return found


def withhold_variants(table, measure, sources):
    """As `withhold`, for a table of a measure by several definitions, which would give the people between two of them."""
    if table.empty or not _are_people_real(sources):
        return table
    k, names = smallest_cell(), _keys(table, measure)
    groups = table[names[1:]].assign(all=0).groupby(["all", *names[1:]], dropna=False).ngroup().to_numpy()
    related = groups[:, None] == groups
    close = [close_cells(each, related, k) for each in people_counts(table, measure)]
    return _without(table, np.any(close, axis=0), names, k)


def _keys(table, measure):
    """The columns before the measure, which tell its cells apart."""
    return list(table.columns[: table.columns.get_loc(measure.__name__)])


def _without(table, hidden, names, k):
    """The table without the numbers of these rows; their keys stay, with the reason."""
    if not hidden.any():
        return table
    whole = table.astype(dict.fromkeys(table.select_dtypes("int64"), "Int64"))
    numbers = {name: whole[name].mask(hidden) for name in table.columns[len(names) :]}
    return table.assign(**numbers | {"method": table["method"].mask(hidden, withheld_reason(k))})


def people_counts(table, measure):
    """The counts of people behind each row, an array for each kind; of a share, those with and without what it tells.

    >>> from digidip.measures.dialogue.commenters import returning_commenter_share
    >>> table = pd.DataFrame({"returning_commenter_share": [0.25], "n": [8]})
    >>> [each.tolist() for each in people_counts(table, returning_commenter_share)]
    [[8.0], [2.0], [6.0]]
    """
    names = [*measure.people, *([measure.__name__] if measure.unit.startswith("share of") else [])]
    numbers = {name: pd.to_numeric(table[name]).to_numpy(float, na_value=np.nan) for name in names}
    counts = [numbers[name] for name in measure.people]
    if measure.__name__ not in measure.people and "n" in measure.people and measure.__name__ in numbers:
        having = np.round(numbers["n"] * numbers[measure.__name__])
        counts += [having, numbers["n"] - having]
    return counts


def margins(keys):
    """Every margin of a table with these key columns, as boolean rows over its cells; margins of one cell are left out."""
    every = [subset for size in range(keys.shape[1]) for subset in combinations(keys.columns, size)]
    rows = [
        keys.groupby(list(subset), dropna=False).ngroup().to_numpy() if subset else np.zeros(len(keys), int)
        for subset in every
    ]
    lines = {tuple(codes == code) for codes in rows for code in np.flatnonzero(np.bincount(codes) > 1)}
    return np.array(sorted(lines), bool).reshape(-1, len(keys))


def hidden_cells(counts, lines, k, hidden=None):
    """Which cells to withhold, so that none of fewer than k people is told or follows from the margins.

    counts: people in each cell, NaN where nothing is known; lines: the margins, boolean rows over the cells; hidden: cells that
    are withheld already. Returns a boolean array.

    >>> hidden_cells(np.array([3.0, 20, 50]), np.ones((1, 3), bool), 5).tolist()  # 73 - 20 - 50 would tell the 3
    [True, True, False]
    """
    known = ~np.isnan(counts)
    small = known & (counts > 0) & (counts < k)
    hidden = small if hidden is None else hidden | small
    while (line := _open_line(counts, lines, k, hidden, known)) is not None:
        free = np.flatnonzero(line & known & ~hidden)
        cell = min(free, key=lambda at: (counts[at] == 0, counts[at], at))
        hidden = hidden | (np.arange(len(counts)) == cell)
    return hidden


def _open_line(counts, lines, k, hidden, known):
    """A margin in which a further cell must, and can, be withheld; None if there is none."""
    free = lines & known & ~hidden
    few = np.where(hidden & known, counts, 0) @ lines.T < k
    wanted = (lines & hidden).any(axis=1) & (free & (counts > 0)).any(axis=1) & few
    if not wanted.any():
        wanted = free.any(axis=1) & (lines & determined(lines, hidden)).any(axis=1)
    return lines[np.flatnonzero(wanted)[0]] if wanted.any() else None


def determined(lines, hidden):
    """Which hidden cells follow from the sums of the lines: unit vectors in the row space of the lines over hidden cells.

    >>> determined(np.array([[True, True, False]]), np.array([False, True, True])).tolist()
    [False, True, False]
    """
    found, system = np.zeros(len(hidden), bool), lines[:, hidden].astype(float)
    if system.size:
        found[hidden] = np.diag(np.linalg.pinv(system) @ system) > 1 - SAME
    return found


def close_cells(counts, related, k):
    """Which cells differ by 1 to k - 1 people from a larger one that is told and that they are a part or a variant of.

    counts: people in each cell, NaN where nothing is told; related: True where the cell of the row and that of the column
    would give the people between them. Returns a boolean array.

    >>> close_cells(np.array([103.0, 100, 40]), np.ones((3, 3), bool), 5).tolist()
    [False, True, False]
    """
    is_shown = np.zeros(len(counts), bool)
    for at in np.argsort(-counts, kind="stable"):
        between = counts[is_shown & related[at]] - counts[at]
        is_shown[at] = not ((between > 0) & (between < k)).any()
    return ~is_shown


def _are_people_real(sources):
    """Whether any row of these tables is of real people: its label says so, or it has none."""
    return any(_has_real_row(table) for table in sources)


def _has_real_row(table):
    if "label" not in table.columns:
        return len(table) > 0 if isinstance(table, pd.DataFrame) else True
    if isinstance(table, ibis.Table):
        labels = table.select("label").distinct()
        table = fetched_once(lambda: to_pandas(labels), ("labels",), table)
    return not set(table["label"]) <= {*LABELS} - {"real"}
