"""Mirror: how far one network of states is found again in another, tie by tie.

Inputs are tidy frames of dyads as `digidip.networks.dyads` makes them: `sender`, `receiver`, and a column of values for
each network; a value above 0 is a tie, a missing one is no zero and its pair is left out.
"""

from functools import partial

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from digidip.measures._registry import measure
from digidip.measures.network._dyads import dyad_frame
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._counts import divide
from digidip.measures.statistics._intervals import zero_bound
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import TableError

WIDE = 1.959964  # standard errors to each side of 95 %
NO_PAIRS = "not defined: no known pairs"
JACKKNIFE = "jackknife over nodes"
FEW = "no interval: too few nodes, or without one of them no tie is left"
CELLS = ["first", "second", "both", "neither"]  # tied in the term only, in the outcome only, …


@measure(unit="share of pairs", keys=("term", "statistic"), columns=("pairs", "method"))
def tie_overlap(dyads, *, outcome, terms, by=()):
    """Share of pairs tied in one network only, in the other only, in both and in neither.

    And Jaccard's index.

    Formula: pairs in the cell / pairs; Jaccard: pairs tied in both / pairs tied in either. Interval: jackknife over
    nodes on the logit scale, se² = (N - 1) / N · Σ (z without i - mean)²; 0 (all) events: 1 - 0.05^(1/N), N nodes.
    **Unit** share of pairs; Jaccard: of pairs tied in either. **Reads** dyads.sender, dyads.receiver, the outcome, the
    terms. **Source** Lin, Lunde and Sarkar 2020 (arXiv:2004.08935); Jaccard 1901; docs/methods.md#mirror.
    **Caution** Pairs without a tie are most pairs: agreement on nothing is agreement, so read Jaccard beside "neither".
    Nothing here says what chance would give: see `qap_correlation`.
    Parameters: `dyads`; `outcome`, `terms`: columns, each term beside the outcome; `by`, group columns.
    Returns the group columns, `term`, `statistic` ("only" one, "both", "neither", "Jaccard"), `tie_overlap`, `n` (pairs;
    pairs tied in either), `low`, `high`, `pairs` (in the cell), `method`.

    >>> pairs = {"sender": ["a", "a", "b", "b", "c", "c"], "receiver": ["b", "c", "a", "c", "a", "b"]}
    >>> dyads = pd.DataFrame({**pairs, "embassy": [1, 1, 1, 0, 0, 0], "follow": [1, 0, 0, 1, 0, 0]})
    >>> found = tie_overlap(dyads, outcome="follow", terms="embassy")  # of 4 pairs tied in either 1 is tied in both
    >>> found[["statistic", "tie_overlap", "n"]].round(3).values.tolist()
    [['only embassy', 0.333, 6], ['only follow', 0.167, 6], ['both', 0.167, 6], ['neither', 0.333, 6],
     ['Jaccard', 0.25, 4]]
    """
    columns = {"term": "str", "statistic": "str", "tie_overlap": "float64", **NUMBERS, "pairs": "Int64"}
    return _tied(dyads, outcome, terms, by, _overlap_rows, columns | {"method": "str"})


@measure(unit="ties per tie", keys=("term", "state"), columns=("ties", "method"))
def digitisation_ratio(dyads, *, outcome, terms, per="network", by=()):
    """Ties of the outcome network per tie of another: how much of it went online.

    Formula: pairs tied in the outcome / pairs tied in the term; per sender: those it sends. Interval: network, jackknife
    over nodes (see `tie_overlap`) on the log scale; sender, exp(log ratio ± 1.96 √(pairs tied in one only / (ties in
    one · ties in the other))); no tie in the outcome: (1 - 0.05^(1/m)) · m / ties of the term, m pairs.
    **Unit** ties per tie. **Reads** dyads.sender, dyads.receiver, the outcome, the terms. **Source** Lin, Lunde and
    Sarkar 2020 (arXiv:2004.08935); Nam and Blackwelder 2002 (Wald interval); docs/methods.md#mirror.
    **Caution** A ratio of 1 does not mean the same ties: read it beside `tie_overlap`. Ties online cost less than
    embassies, so it falls and rises with custom on the platform. A sender's interval takes its pairs as independent.
    Parameters: `dyads`; `outcome`, `terms`: columns; `per` "network" or "sender"; `by`, group columns.
    Returns the group columns, `term`, `state` ("all", or the sender), `digitisation_ratio`, `n` (ties of the term),
    `low`, `high`, `ties` (of the outcome), `method`.

    >>> pairs = {"sender": ["a", "a", "b", "b", "c", "c"], "receiver": ["b", "c", "a", "c", "a", "b"]}
    >>> dyads = pd.DataFrame({**pairs, "embassy": [1, 1, 1, 0, 0, 0], "follow": [1, 0, 0, 1, 0, 0]})
    >>> found = digitisation_ratio(dyads, outcome="follow", terms="embassy", per="sender")
    >>> found[["state", "digitisation_ratio", "n", "ties"]].values.tolist()
    [['a', 0.5, 2, 1], ['b', 1.0, 1, 1], ['c', nan, 0, 0]]
    """
    if per not in ("network", "sender"):
        raise TableError(f"per must be 'network' or 'sender', not {per!r}.")
    rows = {"network": _network_ratio, "sender": _sender_ratios}[per]
    columns = {"term": "str", "state": "str", "digitisation_ratio": "float64", **NUMBERS, "ties": "Int64"}
    return _tied(dyads, outcome, terms, by, rows, columns | {"method": "str"})


def _tied(dyads, outcome, terms, by, rows, columns):
    """The table of a measure of ties: `rows(pairs, outcome, term)` for each group and term."""
    by, terms = group_columns(by), group_columns(terms)
    if outcome in terms:
        raise TableError(f"dyads: {outcome!r} is the outcome and a term. Leave it out of the terms.")
    frame = dyad_frame(dyads, by, [outcome, *terms])
    return result_table(frame, by, partial(_rows, outcome=outcome, terms=terms, rows=rows), columns)


def _rows(part, outcome, terms, rows):
    """The rows of one group: those of each term, over the pairs known in both networks."""
    found = []
    for term in terms:
        pairs = part[part.sender != part.receiver].dropna(subset=[outcome, term]).sort_values(["sender", "receiver"])
        cells = pd.DataFrame({"sender": pairs.sender, "receiver": pairs.receiver})
        cells = cells.assign(
            first=(pairs[term] > 0) & (pairs[outcome] <= 0), both=(pairs[term] > 0) & (pairs[outcome] > 0)
        )
        cells = cells.assign(second=(pairs[outcome] > 0) & ~cells.both)
        found += [{"term": term} | row for row in rows(cells, outcome, term)]
    return found


def _counts(cells):
    """How many pairs lie in each cell: over all, and without each node, a row each."""
    held = cells.assign(neither=~(cells["first"] | cells.second | cells.both))
    own = [held.groupby(end)[CELLS].sum() for end in ("sender", "receiver")]
    return held[CELLS].sum(), held[CELLS].sum() - own[0].add(own[1], fill_value=0)


def _overlap_rows(cells, outcome, term):
    """Each share with its interval, or the reason why there is none."""
    names = {"first": f"only {term}", "second": f"only {outcome}", "both": "both", "neither": "neither"}
    wholes = dict.fromkeys(names, CELLS) | {"Jaccard": ["first", "second", "both"]}
    counts, without = _counts(cells)
    rows = []
    for cell, whole in wholes.items():
        part, n = "both" if cell == "Jaccard" else cell, int(counts[whole].sum())
        row = {"statistic": names.get(cell, cell), "n": n, "pairs": counts[part] if n else None}
        rows.append(row | _share(counts[part], n, divide(without[part], without[whole].sum(axis=1))))
    return rows


def _share(events, n, others):
    """A share and its interval; `others` are the shares without each node."""
    if not n:
        return {"method": NO_PAIRS}
    nodes, row = len(others), {"tie_overlap": events / n}
    if events in (0, n):
        low, high = (0.0, zero_bound(nodes)) if events == 0 else (1 - zero_bound(nodes), 1.0)
        return row | {"low": low, "high": high, "method": "exact, one-sided, as of so many nodes"}
    low, high = expit(_jackknife(logit(events / n), logit(others)))
    return row | {"low": low, "high": high, "method": JACKKNIFE if low == low else FEW}


def _jackknife(value, others):
    """The limits around a value, from the values without each node.

    Missing where one of them is not defined.
    """
    nodes = len(others)
    if nodes < 3 or not np.isfinite(others).all():
        return np.array([np.nan, np.nan])
    error = np.sqrt((nodes - 1) / nodes * ((others - others.mean()) ** 2).sum())
    return value + np.array([-WIDE, WIDE]) * error


def _network_ratio(cells, outcome, term):
    """The ratio over all pairs."""
    counts, without = _counts(cells)
    ties, n = int(counts.second + counts.both), int(counts["first"] + counts.both)
    row = {"state": "all", "n": n, "ties": ties}
    if not n:
        return [row | {"method": f"not defined: no ties of {term}"}]
    with np.errstate(divide="ignore", invalid="ignore"):
        others = np.log(divide(without.second + without.both, without["first"] + without.both))
        low, high = np.exp(_jackknife(np.log(ties / n), others))
    how = {"low": low, "high": high, "method": JACKKNIFE if low == low else FEW}
    return [row | {"digitisation_ratio": ties / n} | (how if ties else _none_of(len(cells), n))]


def _sender_ratios(cells, outcome, term):
    """The ratio of each sender; one row with the reason if there are no pairs."""
    if cells.empty:
        return [{"state": None, "n": 0, "method": NO_PAIRS}]
    sums = cells.assign(pairs=1).groupby("sender")[["first", "second", "both", "pairs"]].sum()
    return [
        {"state": row.Index} | _ratio(row.first, row.second, row.both, row.pairs, term) for row in sums.itertuples()
    ]


def _ratio(first, second, both, pairs, term):
    """The ratio of two numbers of ties over the same pairs."""
    n, ties = first + both, second + both
    row = {"n": n, "ties": ties}
    if not n:
        return row | {"method": f"not defined: no ties of {term}"}
    if not ties:
        return row | {"digitisation_ratio": 0.0} | _none_of(pairs, n)
    if not first + second:
        return row | {"digitisation_ratio": 1.0, "method": "no interval: the two are the same in every pair"}
    error = np.sqrt((first + second) / (n * ties))
    low, high = ties / n * np.exp([-WIDE * error, WIDE * error])
    return row | {"digitisation_ratio": ties / n, "low": low, "high": high, "method": "paired ratio"}


def _none_of(pairs, n):
    """The interval of no tie in so many pairs."""
    return {"low": 0.0, "high": zero_bound(pairs) * pairs / n, "method": "exact, one-sided"}
