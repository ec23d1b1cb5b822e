"""Positions: the place of every account in the network, and how far the network turns on one of them.

Every measure here takes a networkx graph as `digidip.networks` makes them; others are brought into that form first.
"""

import numpy as np
from scipy.sparse import coo_array

from digidip.measures._registry import measure
from digidip.measures.network._graphs import betweenness, compiled, ends, network_table
from digidip.measures.statistics._result_table import NUMBERS

FEW = "not defined: too few accounts"


@measure(unit="share of the largest possible, 0 to 1", keys=("statistic",), columns=("method",))
def centralisation(graph, *, weighted=True):
    """How far the network turns on one account: 1 for a star, 0 where all stand alike.

    Formula: Σ (max C - C(i)) / its largest possible value: (n - 1)² for in- and out-degree in ties, (n - 1)² (n - 2) for
    betweenness in ordered pairs. Betweenness takes 1 / weight as length if `weighted`.
    **Unit** share of the largest possible, 0 to 1. **Reads** ties. **Source** Freeman 1979
    (doi:10.1016/0378-8733(78)90021-7); docs/methods.md#centrality.
    **Caution** Which account it is, `centrality` tells. A tie in both directions that was drawn as one counts as two.
    Parameters: `graph`; `weighted`.
    Returns `statistic` (in-degree, out-degree, betweenness), `centralisation`, `n` (accounts), `low`, `high` (missing),
    `method`.

    >>> import networkx
    >>> centralisation(networkx.DiGraph([(1, 0), (2, 0), (3, 0)])).centralisation.round(3).tolist()
    [1.0, 0.111, 0.0]
    """

    def rows(network):
        twin, n = compiled(network), len(network)
        if n < 3:
            return [{"statistic": s, "n": 0, "method": FEW} for s in ("in-degree", "out-degree", "betweenness")]
        found = {
            "in-degree": (twin.indegree(), (n - 1) ** 2),
            "out-degree": (twin.outdegree(), (n - 1) ** 2),
            "betweenness": (betweenness(twin, weighted), (n - 1) ** 2 * (n - 2)),
        }
        return [
            {"statistic": name, "centralisation": sum(max(values) - np.array(values)) / most, "n": n, "method": ""}
            for name, (values, most) in found.items()
        ]

    return network_table(graph, rows, {"statistic": "str", "centralisation": "float64", **NUMBERS, "method": "str"})


@measure(unit="share, 0 to 1; strength: weight of ties", keys=("node", "statistic"), columns=("method",))
def centrality(graph, *, weighted=True):
    """The place of every account in the network, by nine centralities.

    Formula: in- and out-degree / (n - 1); in- and out-strength Σ weight; betweenness / ((n - 1)(n - 2)) ordered pairs;
    closeness to (from) the account: r / Σ d · r / (n - 1) over the r others that reach it (that it reaches); PageRank,
    damping 0.85; eigenvector: x ∝ A'x, of length 1, over incoming ties. Paths are as long as
    Σ 1 / weight, and PageRank and eigenvector take weights, if `weighted`.
    **Unit** share, 0 to 1; strength: weight of ties. **Reads** ties. **Source** Freeman 1979; Brandes 2001
    (doi:10.1080/0022250X.2001.9990249); Wasserman and Faust 1994, ch. 5; docs/methods.md#centrality.
    **Caution** Centrality is not power, and it depends on the node set: the Medici's betweenness is .522 among 15
    families and .452 among 16. Eigenvector centrality is missing where no ties lead round or iteration does not settle.
    Parameters: `graph`; `weighted`.
    Returns `node`, `statistic`, `centrality`, `n` (other accounts), `low`, `high` (missing), `method`.

    >>> import networkx
    >>> table = centrality(networkx.DiGraph([("a", "b"), ("b", "c")])).set_index(["node", "statistic"]).centrality
    >>> table["b"][["in-degree", "betweenness", "closeness to", "closeness from"]].tolist()
    [0.5, 0.5, 0.5, 0.5]
    """

    def rows(network):
        twin, n = compiled(network), len(network)
        found = {name: _settled(values, n) for name, values in _centralities(twin, weighted).items()}
        return [
            {"node": node, "statistic": name, "centrality": values[place], "n": n - 1, "method": method}
            for place, node in enumerate(network)
            for name, (values, method) in found.items()
        ]

    columns = {"node": "str", "statistic": "str", "centrality": "float64", **NUMBERS, "method": "str"}
    return network_table(graph, rows, columns)


@measure(unit="1 core, 0 periphery", keys=("node",), columns=("core_number", "fit", "method"))
def core_periphery(graph):
    """Whether an account is in the core, tied among itself, or in the periphery, tied to the core.

    Formula: the core is the set for which missing ties within the core + ties within the periphery are fewest: the
    accounts whose ties, in rank order i, exceed 2 (i - 1); exact, the smallest of equal solutions. `fit`: correlation of
    the ties within core and periphery with that ideal. `core_number`: the largest k so that the account has k
    neighbours in a set whose members all have k neighbours in it.
    **Unit** 1 core, 0 periphery. **Reads** ties, in either direction. **Source** Borgatti and Everett 2000
    (doi:10.1016/S0378-8733(99)00019-2); Lip 2011 (arXiv:1102.5511); Seidman 1983; docs/methods.md#core-periphery.
    **Caution** Any network gets a core: believe one of high `fit`. Ties between core and periphery are not judged.
    Parameters: `graph`.
    Returns `node`, `core_periphery`, `n` (ties of the account, both directions), `low`, `high` (missing), `core_number`,
    `fit` (of the network; missing where nothing varies), `method` (says where equals were split by id).

    >>> import networkx
    >>> knot = networkx.Graph(["ab", "ac", "bc", "ad", "be", "cf"])
    >>> core_periphery(knot).core_periphery.tolist()
    [1.0, 1.0, 1.0, 0.0, 0.0, 0.0]
    """

    def rows(network):
        twin, n = compiled(network), len(network)
        if n < 2:
            return [{"node": node, "n": 0, "core_number": 0, "method": FEW} for node in network]
        degree = np.array(twin.degree())
        order = np.argsort(-degree, kind="stable")
        size = int((degree[order] > 2 * np.arange(n)).sum())
        is_core = np.isin(np.arange(n), order[:size])
        split = 0 < size < n and degree[order[size - 1]] == degree[order[size]]
        fields = {"fit": _fit(twin, is_core), "method": "equals split by id" if split else ""}
        numbers = twin.as_undirected(mode="collapse").coreness()
        cells = zip(network, is_core.astype(float), degree, numbers, strict=True)
        names = ("node", "core_periphery", "n", "core_number")
        return [dict(zip(names, row, strict=True)) | fields for row in cells]

    after = {"core_number": "int64", "fit": "float64", "method": "str"}
    return network_table(graph, rows, {"node": "str", "core_periphery": "float64", **NUMBERS, **after})


def _fit(twin, is_core):
    """Correlation of ties with membership over the ordered pairs within core and within periphery."""
    source, target = ends(twin)
    ties = [(is_core[source] & is_core[target]).sum(), (~is_core[source] & ~is_core[target]).sum()]
    pairs = [size * (size - 1) for size in (is_core.sum(), (~is_core).sum())]
    absent = [of - held for of, held in zip(pairs, ties, strict=True)]
    spread = pairs[0] * pairs[1] * sum(ties) * sum(absent)
    return (ties[0] * absent[1] - ties[1] * absent[0]) / spread**0.5 if spread else np.nan


def _centralities(twin, weighted):
    """Every centrality by name; one value per vertex, or None where it is not defined."""
    n, length = twin.vcount(), "distance" if weighted else None
    weight = np.array(twin.es["weight"]) if weighted else np.ones(twin.ecount())
    return {
        "in-degree": np.array(twin.indegree()) / max(n - 1, 1),
        "out-degree": np.array(twin.outdegree()) / max(n - 1, 1),
        "in-strength": twin.strength(mode="in", weights="weight"),
        "out-strength": twin.strength(mode="out", weights="weight"),
        "betweenness": np.array(betweenness(twin, weighted)) / ((n - 1) * (n - 2)) if n > 2 else None,
        "closeness to": _closeness(twin, "in", length),
        "closeness from": _closeness(twin, "out", length),
        "PageRank": twin.pagerank(weights=weight.tolist()),
        "eigenvector": _eigenvector(twin, weight),
    }


def _settled(values, n):
    """Values and method; missing values and the reason where there are none."""
    if n < 2 or values is None:
        return np.full(n, np.nan), FEW if n < 3 else "not defined: iteration does not settle on one answer"
    return values, ""


def _closeness(twin, mode, length):
    """Closeness within what is reached, times the share of others reached; 0 for who reaches nobody."""
    reached = np.array(twin.neighborhood_size(order=twin.vcount(), mode=mode)) - 1
    within = np.nan_to_num(twin.closeness(mode=mode, weights=length, normalized=True))
    return within * reached / max(twin.vcount() - 1, 1)


def _eigenvector(twin, weight, turns=1000, settled=1e-10):
    """The dominant eigenvector of incoming ties by power iteration from equal parts.

    None where it does not settle.
    """
    if twin.is_dag():
        return None
    n, (source, target) = twin.vcount(), ends(twin)
    incoming = coo_array((weight / weight.max(), (target, source)), shape=(n, n)).tocsr()
    vector = np.full(n, n**-0.5)
    for _ in range(turns):
        before, vector = vector, vector + incoming @ vector
        vector /= np.linalg.norm(vector)
        if np.abs(vector - before).sum() < settled * n:
            return vector
    return None
