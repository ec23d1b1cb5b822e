"""Standing: who is followed by peers, how sure the rank is, and what foretells it.

Every measure here takes a networkx graph as `digidip.networks` makes them; others are brought into that form first.
"""

from functools import partial

import numpy as np

from digidip.measures._registry import measure
from digidip.measures.network._followers import (
    centred_ranks,
    node_names,
    permutation_test,
    ranks_from_top,
    resampled_in_degrees,
    seed_from_data,
)
from digidip.measures.network._graphs import attributes_of, network_table
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._intervals import Z, percentiles
from digidip.measures.statistics._result_table import NUMBERS, with_adjusted_p
from digidip.tables import TableError

FEW = "not defined: too few accounts"
NOT_KNOWN = "not available: the account lacks the attribute"
WHO = {"node": "str", "called": "str"}


@measure(unit="ties per account", columns=("ties", "as_density", "office", "method"))
def mean_in_degree(graph):
    """Mean number of peers that follow an account.

    Formula: m / n = (n - 1) · density, m ties among n accounts.
    **Unit** ties per account. **Reads** nodes and ties. **Source** Wasserman and Faust 1994, ch. 4;
    docs/methods.md#density.
    **Caution** Every tie that arrives has left somewhere, so this equals the mean out-degree: it is the density under
    another name and says nothing of anyone's popularity. All ties held are counted, so there is no interval.
    Parameters: `graph`.
    Returns `mean_in_degree`, `n` (accounts), `low`, `high` (missing), `ties`, `as_density`, `office` (kinds of accounts
    among the nodes, where known), `method`.

    >>> import networkx
    >>> mean_in_degree(networkx.DiGraph([(0, 1), (1, 0), (0, 2)]))[["mean_in_degree", "n", "as_density"]].values.tolist()
    [[1.0, 3.0, 0.5]]
    """

    def rows(network):
        n, m = len(network), network.number_of_edges()
        if n < 2:
            return [{"n": 0, "ties": m, "method": FEW}]
        offices = ", ".join(sorted({office or "not known" for office in attributes_of(network, "office")}))
        fields = {"ties": m, "as_density": m / (n * (n - 1)), "office": offices, "method": ""}
        return [{"mean_in_degree": m / n, "n": n} | fields]

    after = {"ties": "int64", "as_density": "float64", "office": "str", "method": "str"}
    return network_table(graph, rows, {"mean_in_degree": "float64", **NUMBERS, **after})


@measure(unit="accounts", keys=("node", "called"), columns=("in_degree", "out_degree", "method"))
def mutual_ties(graph):
    """With how many peers each account is mutually connected: it follows them and they follow it.

    Formula: number of j with i → j and j → i.
    **Unit** accounts. **Reads** ties. **Source** Twiplomacy 2013-2018 ("mutual connections"); Wasserman and Faust 1994,
    ch. 13; docs/methods.md#reciprocity.
    **Caution** Grows with the number of accounts looked at: 122 among all leaders on a platform and 40 among 77
    ministries do not compare. All ties held are counted, so there is no interval.
    Parameters: `graph`.
    Returns `node`, `called`, `mutual_ties`, `n` (other accounts), `low`, `high` (missing), `in_degree`, `out_degree`,
    `method`; the best connected first.

    >>> import networkx
    >>> mutual_ties(networkx.DiGraph(["ab", "ba", "ac", "ca", "bc"]))[["called", "mutual_ties"]].values.tolist()
    [['a', 2.0], ['b', 1.0], ['c', 1.0]]
    """

    def rows(network):
        n, words = len(network), node_names(network)
        found = [
            {"node": node, "called": word, "in_degree": network.in_degree(node), "out_degree": network.out_degree(node)}
            | ({"n": 0, "method": FEW} if n < 2 else {"mutual_ties": _mutual(network, node), "n": n - 1, "method": ""})
            for node, word in zip(network, words, strict=True)
        ]
        return sorted(found, key=lambda row: -row.get("mutual_ties", 0))

    after = {"in_degree": "int64", "out_degree": "int64", "method": "str"}
    return network_table(graph, rows, {**WHO, "mutual_ties": "float64", **NUMBERS, **after})


@measure(unit="rank, 1 the most followed", keys=("node", "called"), columns=("in_degree", "method"))
def prestige_rank(graph, *, draws=1999, seed=None):
    """Rank of every account by how many peers follow it, and how sure that rank is.

    Formula: 1 + number of accounts with more followers + half of the others with as many. Interval: 2.5 % and 97.5 % points
    of the ranks when the accounts are drawn again as followers, with replacement, `draws` times.
    **Unit** rank, 1 the most followed. **Reads** ties. **Source** Goldstein and Spiegelhalter 1996
    (doi:10.2307/2983325) on ranks and their intervals; Snijders and Borgatti 1999 on drawing vertices;
    docs/methods.md#standing.
    **Caution** Ranks in the middle are close together, and their intervals wide: an order of all accounts is not known.
    Drawing again adds noise of its own, so intervals lean towards the middle.
    Parameters: `graph`; `draws`; `seed` (default: from a hash of the data).
    Returns `node`, `called` (ministry, handle or id), `prestige_rank`, `n` (accounts), `low`, `high`, `in_degree`,
    `method`.

    >>> import networkx
    >>> prestige_rank(networkx.DiGraph(["ab", "ac", "bc"])).prestige_rank.tolist()
    [3.0, 2.0, 1.0]
    """

    def rows(network):
        names, degrees = node_names(network), [degree for _, degree in network.in_degree]
        table = [{"node": n, "called": c, "in_degree": d} for n, c, d in zip(network, names, degrees, strict=True)]
        if len(network) < 2:
            return [row | {"n": 0, "method": FEW} for row in table]
        ranks = ranks_from_top(degrees)
        low, high = percentiles(ranks, ranks_from_top(resampled_in_degrees(network, draws, seed)))
        found = zip(table, ranks, low, high, strict=True)
        method = f"{draws:,} draws of followers"
        return [
            row | {"prestige_rank": rank, "n": len(network), "low": a, "high": b, "method": method}
            for row, rank, a, b in found
        ]

    after = {"in_degree": "int64", "method": "str"}
    return network_table(graph, rows, {**WHO, "prestige_rank": "float64", **NUMBERS, **after})


@measure(unit="correlation, -1 to 1", keys=("attribute",), columns=("unknown", "p", "p_adjusted", "method"))
def prestige_correlation(graph, *, attribute=("gdp", "population"), permutations=9999, seed=None):
    """Whether accounts are the more followed, the more they have of something, such as product.

    Formula: Spearman's ρ of in-degree and attribute over the accounts that have it; `p` = (1 + number of |ρ*| >= |ρ|) /
    (1 + permutations), ρ* with the attribute in random order over accounts. Interval: tanh(artanh ρ ± 1.96
    √((1 + ρ²/2) / (n - 3))).
    **Unit** correlation, -1 to 1. **Reads** ties; attributes of nodes. **Source** Spearman 1904; Bonett and Wright 2000
    (doi:10.1007/BF02294183); docs/methods.md#standing.
    **Caution** In-degrees of one network are not independent: p holds by permutation, the interval is an approximation.
    Parameters: `graph`; `attribute` of nodes, one or several; `permutations`; `seed` (default: from a hash of the data).
    Returns `attribute`, `prestige_correlation`, `n` (accounts that have it), `low`, `high`, `unknown` (accounts that lack
    it), `p`, `p_adjusted` (Holm, over the attributes), `method`.

    >>> import networkx
    >>> network = networkx.DiGraph(["ab", "ac", "bc", "dc", "da", "db"])
    >>> networkx.set_node_attributes(network, {"a": 2, "b": 3, "c": 4, "d": 1}, "gdp")
    >>> prestige_correlation(network, attribute="gdp").prestige_correlation.round(3).item()
    1.0
    """

    def rows(network):
        return [_correlation(network, name, permutations, seed) for name in group_columns(attribute)]

    after = {"unknown": "int64", "p": "float64", "method": "str"}
    columns = {"attribute": "str", "prestige_correlation": "float64", **NUMBERS, **after}
    return with_adjusted_p(network_table(graph, rows, columns), "holm")


@measure(
    unit="part of the ranks, -1 to 1",
    keys=("node", "called", "attribute"),
    columns=("weight", "in_degree", "method"),
)
def prestige_residual(graph, *, attribute="gdp", draws=1999, seed=None):
    """How far the rank of an account lies above what its product, or another attribute, foretells.

    Formula: (r - r̂) / (n - 1), r the rank by in-degree (lowest first), r̂ its least-squares line on the rank by the
    attribute. Interval: 2.5 % and 97.5 % points when the accounts are drawn again as followers, `draws` times.
    **Unit** part of the ranks, -1 to 1. **Reads** ties; the attribute of nodes. **Source** ranks: Spearman 1904;
    docs/methods.md#standing.
    **Caution** Above the line is not influence: who follows many is followed back. Some always lie above; with so many
    accounts one interval in twenty excludes 0 by chance.
    Parameters: `graph`; `attribute` of nodes; `draws`; `seed` (default: from a hash of the data).
    Returns `node`, `called`, `attribute`, `prestige_residual`, `n` (accounts that have the attribute), `low`, `high`,
    `weight` (the attribute), `in_degree`, `method`.

    >>> import networkx
    >>> network = networkx.DiGraph(["ab", "ac", "bc", "da", "dc", "db", "ca"])
    >>> networkx.set_node_attributes(network, {"a": 4, "b": 3, "c": 2, "d": 1}, "gdp")
    >>> prestige_residual(network).prestige_residual.round(3).tolist()  # ranks 2.5, 2.5, 4, 1 on 4, 3, 2, 1
    [-0.15, -0.05, 0.55, -0.35]
    """
    rows = partial(_residual_rows, attribute=attribute, draws=draws, seed=seed)
    after = {"weight": "float64", "in_degree": "int64", "method": "str"}
    types = {**WHO, "attribute": "str", "prestige_residual": "float64", **NUMBERS, **after}
    return network_table(graph, rows, types)


def _mutual(network, node):
    """How many of those whom an account follows follow it."""
    return len(set(network.successors(node)) & set(network.predecessors(node)))


def _attribute(network, attribute):
    """The attribute of every node as a finite number, missing where it has none.

    Text raises `TableError`.
    """
    found = [given.get(attribute) for given in network.nodes.values()]
    try:
        values = np.array([np.nan if value is None else value for value in found], dtype=float)
    except (TypeError, ValueError):
        raise TableError(f"attribute {attribute!r} of nodes is not numeric. Give one that is, such as gdp.") from None
    return np.where(np.isfinite(values), values, np.nan)


def _correlation(network, attribute, permutations, seed):
    """The row of one attribute, or the reason why there is none."""
    values, degrees = _attribute(network, attribute), np.array([degree for _, degree in network.in_degree], dtype=float)
    known = ~np.isnan(values)
    n, fields = int(known.sum()), {"attribute": attribute, "unknown": int((~known).sum())}
    if n < 4:
        return fields | {"n": 0, "method": f"not defined: fewer than 4 accounts have {attribute}"}
    started = seed_from_data(network, [degrees, np.where(known, values, -1.0)], seed)
    rho, p = permutation_test(centred_ranks(degrees[known]), centred_ranks(values[known]), permutations, started)
    if np.isnan(rho):
        return fields | {"n": 0, "method": "not defined: all alike"}
    low, high = rho, rho
    if abs(rho) < 1:
        low, high = np.tanh(np.arctanh(rho) + np.array([-Z, Z]) * np.sqrt((1 + rho**2 / 2) / (n - 3)))
    method = f"Spearman, {permutations:,} random orders of {n} accounts, seed {started}"
    return fields | {"prestige_correlation": rho, "n": n, "low": low, "high": high, "p": p, "method": method}


def _residual_rows(network, attribute, draws, seed):
    """A row for every account, those that lack the attribute without a number."""
    values, degrees = _attribute(network, attribute), np.array([degree for _, degree in network.in_degree], dtype=float)
    known, names = ~np.isnan(values), node_names(network)
    table = [
        {"node": node, "called": name, "attribute": attribute, "weight": value, "in_degree": int(degree)}
        for node, name, value, degree in zip(network, names, values, degrees, strict=True)
    ]
    if known.sum() < 4 or np.ptp(values[known]) == 0:
        return [row | {"n": 0, "method": FEW if known.sum() < 4 else "not defined: all alike"} for row in table]
    found = np.full((3, len(table)), np.nan)
    drawn = resampled_in_degrees(network, draws, seed)[:, known]
    found[0, known] = _above_line(degrees[known], values[known])
    found[1:, known] = percentiles(found[0, known], _above_line(drawn, values[known]))
    cells = {"n": int(known.sum()), "method": f"{draws:,} draws of followers"}
    return [
        row | (dict(zip(("prestige_residual", "low", "high"), column, strict=True)) | cells if has else _lacks(n=0))
        for row, column, has in zip(table, found.T, known, strict=True)
    ]


def _lacks(n):
    return {"n": n, "method": NOT_KNOWN}


def _above_line(degrees, values):
    """Ranks by in-degree, lowest first, less their line on the ranks by value, as shares of the ranks."""
    ranks, by_value = -ranks_from_top(degrees), centred_ranks(values)
    about = ranks - ranks.mean(axis=-1, keepdims=True)
    slope = about @ by_value / (by_value @ by_value)
    return (about - np.multiply.outer(slope, by_value)) / (len(by_value) - 1)
