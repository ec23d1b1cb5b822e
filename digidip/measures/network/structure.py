"""Structure: the shape of a network.

Every measure here takes a networkx graph as `digidip.networks` makes them; others are brought into that form first.
The ties are those held, all of them: no interval is given where none would mean anything.
"""

import numpy as np
from scipy.stats import binom

from digidip.measures._registry import measure
from digidip.measures.network._graphs import compiled, network_table, reachable_pairs
from digidip.measures.statistics._result_table import NUMBERS

NO_TIES = "not defined: no ties"
STATISTIC = {"statistic": "str"}
EXPECTED = ("expected", "expected_low", "expected_high")


@measure(unit="share of possible ties", columns=("accounts", "isolates", "ties", "self_loops", "outside"))
def density(graph):
    """Share of the possible ties that are there.

    Formula: m / (n (n - 1)), m ties between n accounts, self-loops left out.
    **Unit** share of possible ties. **Reads** nodes and ties. **Source** Wasserman and Faust 1994, ch. 4;
    docs/methods.md#density.
    **Caution** Falls as a network grows, so compare like sizes. The mean in-degree is (n - 1) times the density: it says
    nothing of anyone's popularity. Missions without accounts are nodes here and lower it.
    Parameters: `graph`.
    Returns `density`, `n` (possible ties), `low`, `high` (missing), `accounts` (nodes), `isolates`, `ties`, and what was
    left out: `self_loops`, `outside` (ties to others).

    >>> import networkx
    >>> density(networkx.DiGraph([(0, 1), (1, 0), (0, 2), (2, 2)]))[["density", "n", "self_loops"]].values.tolist()
    [[0.5, 6.0, 1.0]]
    """

    def rows(network):
        ties, possible = network.number_of_edges(), len(network) * (len(network) - 1)
        fields = {"accounts": len(network), "isolates": sum(degree == 0 for _, degree in network.degree), "ties": ties}
        left = {name: network.graph.get(name, 0) for name in ("self_loops", "outside")}
        return [{"density": ties / possible if possible else np.nan, "n": possible, **fields, **left}]

    after = dict.fromkeys(("accounts", "isolates", "ties", "self_loops", "outside"), "int64")
    return network_table(graph, rows, {"density": "float64", **NUMBERS, **after})


@measure(unit="share; beyond density: -1 to 1", keys=("statistic",), columns=("method",))
def reciprocity(graph):
    """How far ties are returned, in the three conventions.

    Formula: arcs 2M / m; dyads M / (M + A); beyond density (r - d) / (1 - d). M mutual dyads, A asymmetric ones, m ties,
    r the share of arcs, d the density.
    **Unit** share; beyond density: -1 to 1. **Reads** ties. **Source** Garlaschelli and Loffredo 2004
    (doi:10.1103/PhysRevLett.93.268701); Wasserman and Faust 1994, ch. 13; docs/methods.md#reciprocity.
    **Caution** The conventions differ (2/3 and 1/2 on the example), so say which. See `excess_structure` for chance.
    Parameters: `graph`.
    Returns `statistic` (arcs, dyads, beyond density), `reciprocity`, `n` (ties; dyads with a tie), `low`, `high`
    (missing), `method`.

    >>> import networkx
    >>> reciprocity(networkx.DiGraph([(0, 1), (1, 0), (0, 2)])).reciprocity.round(3).tolist()  # d = 1/2
    [0.667, 0.5, 0.333]
    """

    def rows(network):
        m, n = network.number_of_edges(), len(network)
        mutual = sum(network.has_edge(target, source) for source, target in network.edges) // 2
        if not m:
            return [{"statistic": name, "n": 0, "method": NO_TIES} for name in ("arcs", "dyads", "beyond density")]
        arcs, full = 2 * mutual / m, m / (n * (n - 1))
        beyond = (arcs - full) / (1 - full) if full < 1 else np.nan
        found = [("arcs", arcs, m, ""), ("dyads", mutual / (m - mutual), m - mutual, "")]
        found.append(
            ("beyond density", beyond, m if full < 1 else 0, "" if full < 1 else "not defined: every tie is there")
        )
        return [dict(zip(("statistic", "reciprocity", "n", "method"), row, strict=True)) for row in found]

    return network_table(graph, rows, {**STATISTIC, "reciprocity": "float64", **NUMBERS, "method": "str"})


@measure(unit="share of accounts or of ordered pairs", keys=("statistic",))
def connectedness(graph):
    """How much of a network hangs together.

    Formula: largest weak component / n; largest strong component / n; reachable pairs / (n (n - 1)). Weak: in whatever
    direction ties point; strong: there and back; reachable: a path leads from the first account to the second.
    **Unit** share of accounts or of ordered pairs. **Reads** nodes and ties. **Source** Wasserman and Faust 1994, ch.
    4; docs/methods.md#density.
    **Caution** Isolates count in every denominator.
    Parameters: `graph`.
    Returns `statistic` (weak component, strong component, reachable pairs), `connectedness`, `n` (accounts, pairs),
    `low`, `high` (missing).

    >>> import networkx
    >>> connectedness(networkx.DiGraph([(0, 1), (1, 2), (3, 2)])).connectedness.round(3).tolist()
    [1.0, 0.25, 0.333]
    """

    def rows(network):
        twin, n = compiled(network), len(network)
        if n < 2:
            return [{"statistic": name, "n": 0} for name in ("weak component", "strong component", "reachable pairs")]
        parts = {f"{m} component": (max(twin.connected_components(mode=m).sizes()), n) for m in ("weak", "strong")}
        parts["reachable pairs"] = (reachable_pairs(twin), n * (n - 1))
        return [{"statistic": name, "connectedness": held / of, "n": of} for name, (held, of) in parts.items()]

    return network_table(graph, rows, {**STATISTIC, "connectedness": "float64", **NUMBERS})


@measure(unit="ties, or 1 / weight")
def mean_distance(graph, *, weighted=False):
    """Mean length of the shortest paths between accounts (compactness).

    Formula: Σ d(i, j) / number of ordered pairs with a path from i to j; d in ties or, if `weighted`, in Σ 1 / weight.
    **Unit** ties, or 1 / weight. **Reads** ties. **Source** Wasserman and Faust 1994, ch. 4; docs/methods.md#density.
    **Caution** Pairs without a path are left out: read it beside `connectedness`, or a network in pieces looks compact.
    Parameters: `graph`; `weighted`.
    Returns `mean_distance`, `n` (pairs with a path), `low`, `high` (missing).

    >>> import networkx
    >>> mean_distance(networkx.DiGraph([(0, 1), (1, 2)])).mean_distance.round(3).item()  # (1 + 1 + 2) / 3
    1.333
    """

    def rows(network):
        twin = compiled(network)
        pairs = reachable_pairs(twin)
        mean = twin.average_path_length(unconn=True, weights="distance" if weighted else None) if pairs else np.nan
        return [{"mean_distance": mean, "n": pairs}]

    return network_table(graph, rows, {"mean_distance": "float64", **NUMBERS})


@measure(
    unit="share of accounts",
    keys=("direction", "ties"),
    columns=("expected", "expected_low", "expected_high", "method"),
)
def degree_distribution(graph):
    """Share of accounts with at least so many ties, received and given.

    Formula: accounts with k ties or more / n, for every k that occurs. `expected`: the same if each of the n (n - 1)
    ordered pairs had a tie with the chance `density`, independently: P(X ≥ k), X binomial (n - 1, density);
    `expected_low`, `expected_high`: 2.5 and 97.5 % points of the number of n such accounts, over n.
    **Unit** share of accounts. **Reads** nodes and ties. **Source** Erdős and Rényi 1959; Wasserman and Faust 1994, ch.
    4; docs/methods.md#density.
    **Caution** Nearly every real network leaves that band: it shows how, and proves nothing. The band is for one k at a
    time and takes accounts as independent. A straight line on logarithmic axes is no power law.
    Parameters: `graph`.
    Returns `direction` (received, given), `ties` (k), `degree_distribution`, `n` (accounts), `low`, `high` (missing),
    `expected`, `expected_low`, `expected_high`, `method`.

    >>> import networkx
    >>> table = degree_distribution(networkx.DiGraph([(0, 1), (2, 1)]))
    >>> table[["direction", "ties", "degree_distribution"]].round(3).values.tolist()
    [['given', 0, 1.0], ['given', 1, 0.667], ['received', 0, 1.0], ['received', 2, 0.333]]
    """

    def rows(network):
        n, directions = len(network), ("given", "received")
        if n < 2:
            return [{"direction": one, "ties": 0, "n": 0, "method": "not defined: one account"} for one in directions]
        full, found = network.number_of_edges() / (n * (n - 1)), []
        for direction, degrees in zip(directions, (network.out_degree, network.in_degree), strict=True):
            held = np.array([degree for _node, degree in degrees])
            ties = np.unique(np.append(held, 0))
            chance = binom.sf(ties - 1, n - 1, full)
            columns = [ties, [(held >= k).mean() for k in ties], chance, *binom.ppf([[0.025], [0.975]], n, chance) / n]
            names = ("ties", "degree_distribution", *EXPECTED)
            found += [
                {"direction": direction, "n": n} | dict(zip(names, row, strict=True))
                for row in zip(*columns, strict=True)
            ]
        return found

    columns = {"direction": "str", "ties": "int64", "degree_distribution": "float64", **NUMBERS}
    return network_table(graph, rows, columns | dict.fromkeys(EXPECTED, "float64") | {"method": "str"})
