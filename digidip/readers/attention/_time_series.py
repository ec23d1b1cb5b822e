"""What files of attention have in common: intervals, numbers, series as columns."""

from collections import Counter

import ibis
from ibis import _

from digidip.readers.opening.cells import blank, local_time
from digidip.readers.opening.delimited import scan, without_misplaced
from digidip.readers.opening.head import read_head
from digidip.tables import ReaderError

DATE_FORMATS = ("%Y-%m-%d", "%Y-%m")
CLOCK_FORMATS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ",
    "%Y%m%dT%H%M%SZ", "%Y%m%d%H%M%S",
)  # fmt: skip
DAY = 86_400
SPAN_SECONDS = {  # shortest and longest distance in seconds between the beginnings of two intervals
    "minute": (60, 3_599),
    "hour": (3_600, 3_600),
    "day": (DAY, DAY),
    "week": (7 * DAY, 7 * DAY),
    "month": (28 * DAY, 31 * DAY),
    "year": (365 * DAY, 366 * DAY),
}
NUMBER_TEXT = r"^-?\d+(\.\d+)?([eE][-+]?\d+)?$"


def wall_clock_time(cell, forms=DATE_FORMATS + CLOCK_FORMATS):
    """The clock time that 2024-05-01, 2024-05, or 2024-05-01T10 names; missing for any other text."""
    is_iso = cell.re_search(r"^\d{4}-\d|^\d{8}T?\d{6}")
    return ibis.ifelse(is_iso, ibis.coalesce(*(local_time(cell, form) for form in forms)), ibis.null("timestamp"))


def decimal_number(cell):
    """A number with a point for decimals; anything else, `1,250` or `2.3 %`, is missing."""
    return ibis.ifelse(cell.re_search(NUMBER_TEXT), cell.try_cast("float64"), ibis.null("float64"))


def is_no_number(cell, *allowed):
    """Whether a cell is neither blank nor a number nor one of the texts allowed."""
    text = blank(cell)
    return (~(text.re_search(NUMBER_TEXT) | text.isin(["", *allowed]))).fill_null(False)


def any_no_number(cells, *allowed):
    """Whether any of the cells is no number.

    A list is asked, since a chain of hundreds is deeper than Ibis can go.
    """
    return ibis.array([is_no_number(cell, *allowed) for cell in cells]).contains(True)


def first_problem(*problems):
    """The first reason that applies, of pairs (condition, reason); missing where none does."""
    return ibis.cases(*problems, else_=ibis.null("string"))


def span_of(path, table, *, alone=None):
    """How long the intervals are that begin at the column `at`, as a word: the shortest distance of two.

    Distances below an hour are minutes, however many. `alone` is the word for a single interval; without it that
    raises `ReaderError`, as does a distance that is no whole hour, day, week, month or year.
    """
    starts = table.filter(_.at.notnull()).select("at").distinct()
    gaps = starts.select(gap=_.at.epoch_seconds() - _.at.lag().over(order_by=_.at).epoch_seconds())
    gap = gaps.filter(_.gap.notnull()).gap.min().to_pyarrow().as_py()
    if gap is None and (alone or starts.count().to_pyarrow().as_py() == 0):
        return alone or "day"
    for word, (shortest, longest) in SPAN_SECONDS.items():
        if gap is not None and shortest <= gap <= longest:
            return word
    found = "one interval only" if gap is None else f"intervals that begin {gap:,} seconds apart"
    raise ReaderError(
        f"{path}: {found}, so nobody can tell how long they are. Expected: two or more minutes, hours, days, weeks, months "
        "or years one after the other. Give the file as the tool wrote it, or export a longer time."
    )


def series_table(path, names, delimiter, *, mend=None):
    """The records of a file with a column per series: text columns c0, c1, … and `export_row` (from 1).

    A column without a name, or two of one name, raise `ReaderError`; no name is repeated in its message.
    """
    nameless = next((place for place, name in enumerate(names, start=1) if not name), None)
    doubled = next((place for place, name in enumerate(names, start=1) if Counter(names)[name] > 1), None)
    if nameless or doubled:
        problem = f"column {nameless} has no name" if nameless else f"column {doubled} has the name of another column"
        raise ReaderError(
            f"{path} (header): {problem}. Expected: a name of its own for each series. Name the columns, or give the file "
            "as the tool wrote it."
        )
    columns = [f"c{number}" for number in range(len(names))]
    table = scan(path, columns, delim=delimiter, quote='"', escape='"', strict_mode=True, mend=mend)
    table = table if mend else without_misplaced(path, table, read_head(path).records, names)
    return table.mutate(export_row=ibis.row_number() + 1)


def unpivot_series(table, series):
    """A row per record and series, with `series` and `cell`; of a record with `reject`, the first row.

    `series` says which series each column holds.
    """
    first = next(iter(series.values()))
    long = table.pivot_longer(list(series), names_to="series", names_transform=series.get, values_to="cell")
    return long.filter(_.reject.isnull() | (_.series == first))
