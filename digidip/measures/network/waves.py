"""Waves: what changed in the ties of accounts between two dates, and whether giving came first.

Every measure here takes two networkx graphs as `digidip.networks` makes them, the earlier first.
"""

from functools import partial

import networkx
import numpy as np
import pandas as pd

from digidip.measures._registry import measure
from digidip.measures.network._followers import (
    centred_ranks,
    node_names,
    permutation_test,
    ranks_from_top,
    seed_from_data,
)
from digidip.measures.network._graphs import betweenness, compiled
from digidip.measures.statistics._intervals import Z, share_interval
from digidip.measures.statistics._result_table import NUMBERS
from digidip.networks import canonical_network

FEW = "not defined: too few accounts"
ABSENT = "not available: no such account at one of the dates"
WHO = {"node": "str", "called": "str"}


@measure(unit="share of ties", keys=("statistic",), columns=("ties", "unmatched", "method"))
def tie_change(graph, later):
    """Which ties were kept, new and lost between two dates, and how alike the dates are (Jaccard).

    Formula: Jaccard: kept / (kept + new + lost); kept: kept / ties before; new: new / ties later; lost: lost / ties
    before. Interval: Wilson; exact, one-sided, at 0 and at all.
    **Unit** share of ties. **Reads** the ties of two dates. **Source** Snijders, van de Bunt and Steglich 2010
    (doi:10.1016/j.socnet.2009.02.004) on Jaccard between waves; docs/methods.md#waves.
    **Caution** Ties of accounts that one date lacks are left out and counted in `unmatched`: nobody can keep them. The
    interval takes ties as independent, and they are not. A tie lost and made again between the dates counts as kept.
    Parameters: `graph`; `later`.
    Returns `statistic` (Jaccard, kept, new, lost), `tie_change`, `n` (ties it is a share of), `low`, `high`, `ties` (how
    many), `unmatched`, `method`.

    >>> import networkx
    >>> before, later = networkx.DiGraph(["ab", "bc"]), networkx.DiGraph(["ab", "ca", "cb"])
    >>> tie_change(before, later).tie_change.round(3).tolist()  # 1 kept, 2 new, 1 lost
    [0.25, 0.5, 0.667, 0.5]
    """

    def rows(first, second):
        both = set(first) & set(second)
        before, after = ({tie for tie in one.edges if both.issuperset(tie)} for one in (first, second))
        stayed, new, lost = len(before & after), len(after - before), len(before - after)
        fields = {"unmatched": first.number_of_edges() + second.number_of_edges() - len(before) - len(after)}
        found = [("Jaccard", stayed, stayed + new + lost), ("kept", stayed, len(before))]
        found += [("new", new, len(after)), ("lost", lost, len(before))]
        return [{"statistic": name, "ties": ties} | _share(ties, of) | fields for name, ties, of in found]

    after = {"ties": "int64", "unmatched": "int64", "method": "str"}
    return _of_two(graph, later, rows, {"statistic": "str", "tie_change": "float64", **NUMBERS, **after})


@measure(
    unit="part of the ranks, -1 to 1",
    keys=("accounts", "node", "called"),
    columns=("rank", "later_rank", "in_degree", "later_in_degree", "method"),
)
def rank_mobility(graph, later):
    """How far each account rose or fell in the order by followers between two dates.

    Formula: (rank before - rank later) / (n - 1), 1 the most followed, equals share the mean; above 0: it rose. Twice:
    among the accounts that had a tie at both dates (common), and among all of either date (full).
    **Unit** part of the ranks, -1 to 1. **Reads** nodes and ties of two dates. **Source** a definition of this project;
    docs/methods.md#waves.
    **Caution** An account without any tie may not have existed, or nobody looked: it has a rank in the full set only.
    Ranks have intervals of their own (`prestige_rank`): small moves mean nothing.
    Parameters: `graph`; `later`.
    Returns `accounts` (common, full), `node`, `called`, `rank_mobility`, `n` (accounts in the set), `low`, `high`
    (missing), `rank`, `later_rank`, `in_degree`, `later_in_degree`, `method`.

    >>> import networkx
    >>> before, later = networkx.DiGraph(["ab", "cb", "ac"]), networkx.DiGraph(["ac", "bc", "cb"])
    >>> rank_mobility(before, later).query("accounts == 'common'").rank_mobility.tolist()
    [0.0, -0.5, 0.5]
    """

    def rows(first, second):
        full = sorted(set(first) | set(second), key=str)
        common = [node for node in full if all(node in one and one.degree(node) for one in (first, second))]
        return _moves("common", common, first, second) + _moves("full", full, first, second)

    ranks = dict.fromkeys(("rank", "later_rank", "in_degree", "later_in_degree"), "float64")
    columns = {"accounts": "str", **WHO, "rank_mobility": "float64", **NUMBERS, **ranks, "method": "str"}
    return _of_two(graph, later, rows, columns)


@measure(unit="weight of ties", keys=("node", "called"), columns=("contribution", "before", "later", "method"))
def position_change(graph, later):
    """What each account gave in a first period, and how its position moved into the second.

    Formula: in-strength later - in-strength before; beside it `contribution`, the out-strength before. Strength: Σ
    weight, for mentions the number of posts.
    **Unit** weight of ties. **Reads** ties of two periods. **Source** a definition of this project;
    docs/methods.md#waves; docs/claims-and-studies.md#m13.
    **Caution** A description: `contribution_position` tests it. Periods of unequal length, or of unequal activity, move
    everybody.
    Parameters: `graph`; `later`.
    Returns `node`, `called`, `position_change`, `n` (other accounts), `low`, `high` (missing), `contribution`, `before`,
    `later`, `method`. Accounts without a tie in either period are left out.

    >>> import networkx
    >>> before, later = networkx.DiGraph(["ab", "ac"]), networkx.DiGraph(["ba", "ca"])
    >>> position_change(before, later)[["called", "position_change", "contribution"]].values.tolist()
    [['a', 2.0, 2.0], ['b', -1.0, 0.0], ['c', -1.0, 0.0]]
    """

    def rows(first, second):
        nodes = _active(first, second)
        if len(nodes) < 2:
            alone = [(node, _word(node, first, second)) for node in sorted(set(first) | set(second), key=str)]
            return [{"node": node, "called": word, "n": 0, "method": FEW} for node, word in alone]
        given, before, after = _given(first, nodes), _received(first, nodes), _received(second, nodes)
        found = zip(nodes, after - before, given, before, after, strict=True)
        names = ("node", "position_change", "contribution", "before", "later")
        fields = {"n": len(nodes) - 1, "method": ""}
        return [dict(zip(names, row, strict=True)) | fields | {"called": _word(row[0], first, second)} for row in found]

    amounts = dict.fromkeys(("contribution", "before", "later"), "float64")
    return _of_two(graph, later, rows, {**WHO, "position_change": "float64", **NUMBERS, **amounts, "method": "str"})


@measure(unit="correlation, -1 to 1", keys=("statistic",), columns=("p", "method"))
def contribution_position(graph, later, *, permutations=9999, seed=None):
    """Whether those who gave more at first stand higher later, their first position held constant.

    Formula: Pearson's r between what the ranks of the first position leave of the ranks of contribution (out-strength
    before) and of the ranks of the second position; `p` = (1 + number of |r*| >= |r|) / (1 + permutations), r* with
    what is left of contribution in random order. Interval: tanh(artanh r ± 1.96 √((1 + r²/2) / (n - 4))).
    **Unit** correlation, -1 to 1. **Reads** ties of two periods. **Source** Freedman and Lane 1983
    (doi:10.2307/1391660); Bonett and Wright 2000 (doi:10.1007/BF02294183); docs/methods.md#waves;
    docs/claims-and-studies.md#m13.
    **Caution** Before is not because: what made an account give may make others notice it. Positions in one network are
    not independent: p holds by permutation of accounts, the interval is an approximation. See `mrqap` on
    `networks.lagged_dyads` for pairs.
    Parameters: `graph`; `later`; `permutations`; `seed` (default: from a hash of the data).
    Returns `statistic` (in-strength, betweenness), `contribution_position`, `n` (accounts with a tie in either period),
    `low`, `high`, `p`, `method`.

    >>> import networkx
    >>> before = networkx.DiGraph(["ab", "ac", "ad", "be", "bf", "ca"])  # a, b, c give 3, 2, 1; each receives 1
    >>> later = networkx.DiGraph(["ba", "ca", "da", "ab", "cb", "ac"])  # a, b, c receive 3, 2, 1
    >>> contribution_position(before, later, permutations=99).contribution_position.round(3).tolist()[0]
    1.0
    """
    rows = partial(_lagged_rows, permutations=permutations, seed=seed)
    columns = {"statistic": "str", "contribution_position": "float64", **NUMBERS, "p": "float64", "method": "str"}
    return _of_two(graph, later, rows, columns)


def _of_two(graph, later, rows, columns):
    """The tidy table of the dicts that `rows(first, second)` gives; no rows for networks without nodes.

    One and the same graph twice is one date: the rows have no number.
    """
    first, second = canonical_network(graph), canonical_network(later)
    found = rows(first, second) if len(first) + len(second) else []
    table = pd.DataFrame(found, columns=list(columns)).astype(columns)
    if graph is later:
        numbers = [name for name, kind in columns.items() if kind == "float64"]
        table = table.assign(**dict.fromkeys(numbers, np.nan), n=0, method="not available: one date only")
    return table


def _share(events, of):
    """Share, n and interval, or the reason why there is none."""
    if not of:
        return {"n": 0, "method": "not defined: no ties"}
    low, high = share_interval(events, of)
    method = "Wilson" if 0 < events < of else "exact, one-sided"
    return {"tie_change": events / of, "n": of, "low": low, "high": high, "method": method}


def _word(node, *networks):
    """What a reader calls a node, from the first network that has it."""
    return next(node_names(one.subgraph([node]))[0] for one in networks if node in one)


def _moves(name, nodes, first, second):
    """Rows of one set of accounts; a rank among fewer than two is none."""
    if len(nodes) < 2:
        return [{"accounts": name, "node": n, "called": _word(n, first, second), "n": 0, "method": FEW} for n in nodes]
    degrees = np.array([[one.in_degree(node) if node in one else np.nan for node in nodes] for one in (first, second)])
    ranks = np.array([_ranked(row) for row in degrees])
    moved = (ranks[0] - ranks[1]) / (len(nodes) - 1)
    return [
        {"accounts": name, "node": node, "called": _word(node, first, second), "rank_mobility": moved[at]}
        | dict(zip(("rank", "later_rank"), ranks[:, at], strict=True))
        | dict(zip(("in_degree", "later_in_degree"), degrees[:, at], strict=True))
        | ({"n": 0, "method": ABSENT} if np.isnan(moved[at]) else {"n": len(nodes), "method": ""})
        for at, node in enumerate(nodes)
    ]


def _ranked(degrees):
    """Ranks of the accounts that are there, the others missing."""
    ranks, there = np.full(len(degrees), np.nan), ~np.isnan(degrees)
    ranks[there] = ranks_from_top(degrees[there])
    return ranks


def _active(first, second):
    """Accounts of either network with a tie in one of them."""
    tied = {node for one in (first, second) for node, degree in one.degree if degree}
    return sorted(tied, key=str)


def _received(network, nodes):
    """Σ weight of the ties to each node; 0 for one that has none."""
    return np.array([network.in_degree(node, weight="weight") if node in network else 0 for node in nodes], dtype=float)


def _given(network, nodes):
    """Σ weight of the ties from each node; 0 for one that has none."""
    return _received(network.reverse(copy=False), nodes)


def _between(network, nodes):
    """Betweenness of each node in ties, among these nodes."""
    whole = networkx.DiGraph()
    whole.add_nodes_from(nodes)
    whole.add_edges_from((source, target) for source, target in network.edges)
    return np.array(betweenness(compiled(canonical_network(whole)), weighted=False))


def _lagged_rows(first, second, permutations, seed):
    """A row for each kind of position, or the reason why there is none."""
    nodes, names = _active(first, second), ("in-strength", "betweenness")
    if len(nodes) < 5:
        return [{"statistic": name, "n": 0, "method": FEW} for name in names]
    given = _given(first, nodes)
    kinds = [(_received(first, nodes), _received(second, nodes)), (_between(first, nodes), _between(second, nodes))]
    started = seed_from_data(nodes, [given, *kinds[0]], seed)
    return [
        {"statistic": name} | _lagged(given, *kind, permutations, started)
        for name, kind in zip(names, kinds, strict=True)
    ]


def _lagged(given, before, after, permutations, seed):
    """The partial rank correlation with its p and interval."""
    left, right = (
        _beyond(centred_ranks(given), centred_ranks(before)),
        _beyond(centred_ranks(after), centred_ranks(before)),
    )
    value, p = permutation_test(right, left, permutations, seed)
    if np.isnan(value):
        return {"n": 0, "method": "not defined: nothing varies beyond the first position"}
    n = len(given)
    spread = Z * np.sqrt((1 + value**2 / 2) / (n - 4))
    ends = np.tanh(np.arctanh(value) + np.array([-spread, spread])) if abs(value) < 1 else (value, value)
    method = f"{permutations:,} random orders of {n} accounts, seed {seed}"
    return {"contribution_position": value, "n": n, "low": ends[0], "high": ends[1], "p": p, "method": method}


def _beyond(values, held):
    """What a straight line on `held` leaves of `values`."""
    size = held @ held
    return values - held * (values @ held) / size if size else values
