"""Communities: the groups that the ties of a network make.

And what of its structure is more than chance.

Communities are found by Leiden's algorithm in igraph on the network in canonical order, from many seeds, each run until
nothing improves; the same network and seed give the same communities, in whatever order its nodes were added.
"""

import igraph
import numpy as np
import pandas as pd
from scipy.sparse import coo_array

from digidip.measures._registry import measure
from digidip.measures.network._graphs import attributes_of, compiled, ends, network_table, null_networks, seeded
from digidip.measures.statistics._result_table import NUMBERS, with_adjusted_p
from digidip.tables import TableError

SEED = 20
NO_TIES = "not defined: no ties"


@measure(
    unit="modularity, at most 1", columns=("communities", "agreement", "method"), limits="least and largest of the runs"
)
def modularity(graph, *, draws=100, resolution=1.0, weighted=True, seed=SEED):
    """Modularity of the best partition into communities, and its spread over seeds.

    Formula: Q = Σ (w(i, j) - resolution · out(i) in(j) / W) / W over pairs in one community, W the weight of all ties;
    the largest of `draws` runs of Leiden. `low` and `high`: the least and the largest Q of those runs.
    **Unit** modularity, at most 1. **Reads** ties. **Source** Leicht and Newman 2008
    (doi:10.1103/PhysRevLett.100.118703); Traag, Waltman and van Eck 2019 (doi:10.1038/s41598-019-41695-z);
    docs/methods.md#communities.
    **Caution** Random networks have communities too: see `excess_structure`. Small ones melt into larger ones. low to
    high is the spread of the search, no confidence interval.
    Parameters: `graph`; `draws`, runs; `resolution`, higher for smaller communities; `weighted`; `seed` of the first run.
    Returns `modularity`, `n` (accounts with ties), `low`, `high`, `communities` (number), `agreement` (mean adjusted
    Rand index of the other runs with the best: 1 if all find the same), `method`.

    >>> import networkx
    >>> found = modularity(networkx.Graph([(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)]), draws=5)
    >>> found[["modularity", "communities", "agreement"]].round(3).values.tolist()  # two triangles: 1 - 2 (1/2)²
    [[0.5, 2.0, 1.0]]
    """

    def rows(network):
        twin = compiled(network)
        if not twin.ecount():
            return [{"n": 0, "communities": 0, "method": NO_TIES}]
        found, best, tied = _partitions(twin, draws, resolution, weighted, seed)
        others = [members[tied] for number, (_quality, members) in enumerate(found) if number != best]
        mine, qualities = found[best][1][tied], [quality for quality, _members in found]
        fields = {"low": min(qualities), "high": max(qualities), "communities": len(set(mine)), "method": "Leiden"}
        agreement = np.mean([_agreement(mine, other) for other in others]) if others else np.nan
        return [{"modularity": found[best][0], "n": int(tied.sum()), "agreement": agreement, **fields}]

    after = {"communities": "int64", "agreement": "float64", "method": "str"}
    return network_table(graph, rows, {"modularity": "float64", **NUMBERS, **after})


@measure(unit="number of the community", keys=("node",), columns=("stability",))
def community(graph, *, draws=100, resolution=1.0, weighted=True, seed=SEED):
    """The community of every account in the best partition, numbered from the largest.

    Formula: the partition of `modularity`; communities of one size in the order of their first member's id.
    `stability`: mean over all runs of the share of an account's companions that it has in that run too.
    **Unit** number of the community. **Reads** ties. **Source** Traag, Waltman and van Eck 2019
    (doi:10.1038/s41598-019-41695-z); docs/methods.md#communities.
    **Caution** A number is a name. Do not read much into an account whose `stability` is low.
    Parameters: as `modularity`.
    Returns `node`, `community` (missing for an account without ties), `n` (its members), `low`, `high` (missing),
    `stability`.

    >>> import networkx
    >>> table = community(networkx.Graph([("c", "d"), ("c", "e"), ("d", "e"), ("a", "b")]), draws=5)
    >>> table[["node", "community", "n"]].values.tolist()
    [['a', 2, 2], ['b', 2, 2], ['c', 1, 3], ['d', 1, 3], ['e', 1, 3]]
    """

    def rows(network):
        twin = compiled(network)
        if not twin.ecount():
            return [{"node": node, "n": 0} for node in network]
        found, best, tied = _partitions(twin, draws, resolution, weighted, seed)
        mine = pd.Series(found[best][1]).where(tied)
        sizes = mine.value_counts(sort=False).sort_values(ascending=False, kind="stable")
        numbers = mine.map({name: number for number, name in enumerate(sizes.index, start=1)})
        stability = _stability(mine, np.array([members for _quality, members in found]))
        cells = zip(network, numbers, mine.map(sizes).fillna(0).astype(int), stability, strict=True)
        names = ("node", "community", "n", "stability")
        return [dict(zip(names, row, strict=True)) for row in cells]

    return network_table(graph, rows, {"node": "str", "community": "Int64", **NUMBERS, "stability": "float64"})


@measure(
    unit="difference of shares or of modularity",
    keys=("statistic",),
    columns=("observed", "expected", "expected_low", "expected_high", "p", "p_adjusted", "method"),
)
def excess_structure(graph, *, attribute=None, draws=999, swaps=2, seed=SEED):
    """How far reciprocity, transitivity and modularity are above what degrees alone would give.

    Formula: observed - mean over `draws` networks in which every account keeps its numbers of ties given and received
    (exchange of the targets of two ties, again and again). Interval: observed - 97.5 and 2.5 % points of those networks.
    `p` = (1 + networks that have as much or more) / (1 + draws); `p_adjusted` after Holm. Reciprocity: arcs, 2M / m; transitivity: of the ordered
    pairs of ties i → j → k (i and k differ) the share with i → k; modularity unweighted.
    **Unit** difference of shares or of modularity. **Reads** ties; the attribute of nodes. **Source** Maslov and
    Sneppen 2002 (doi:10.1126/science.1065103); Milo et al. 2003 (arXiv:cond-mat/0312028);
    docs/methods.md#null-networks.
    **Caution** One-sided: less than chance is a p near 1. Exchanges of two ties cannot turn a three-cycle round, which
    matters in very small networks only. Degrees are held, so what made the degrees is not tested.
    Parameters: `graph`; `attribute` of nodes, for modularity; `draws`; `swaps` tried per tie between draws; `seed`.
    Returns `statistic`, `excess_structure`, `n` (ties; pairs of ties), `low`, `high`, `observed`, `expected`,
    `expected_low`, `expected_high` (95 % of the networks), `p`, `p_adjusted`, `method`.

    >>> import networkx
    >>> cycle = networkx.DiGraph([(0, 1), (1, 0)])  # degrees 1 and 1: no other network
    >>> excess_structure(cycle, draws=9)[["observed", "expected", "p"]].values.tolist()[0]
    [1.0, 1.0, 1.0]
    """

    def rows(network):
        twin, groups = compiled(network), None
        if attribute:
            names = attributes_of(network, attribute)
            groups = np.unique([group or "unknown" for group in names], return_inverse=True)[1]
        observed = _shapes(twin, groups)
        missing = {"n": 0, "method": NO_TIES}
        if not twin.ecount():
            return [{"statistic": name, **missing} for name in observed]
        drawn = pd.DataFrame([_shapes(null, groups) for null in null_networks(twin, draws, swaps, seed)])
        rows = {name: _excess(shape, drawn[name]) for name, shape in observed.items()}
        if attribute and not any(names):
            rows["modularity"] = {"n": 0, "method": f"not available: no {attribute} known"}
        elif attribute and groups.max() == 0:
            rows["modularity"] = {"n": 0, "method": "not defined: all within one group"}
        return [{"statistic": name} | row for name, row in rows.items()]

    expected = dict.fromkeys(("observed", "expected", "expected_low", "expected_high", "p"), "float64")
    columns = {"statistic": "str", "excess_structure": "float64", **NUMBERS, **expected, "method": "str"}
    return with_adjusted_p(network_table(graph, rows, columns), "holm")


def _partitions(twin, draws, resolution, weighted, seed):
    """Quality and memberships of every run of Leiden, the best one's place, and which vertices have ties."""
    if draws < 1:
        raise TableError(f"draws must be at least 1, not {draws}.")
    given = {"weights": twin.es["weight"] if weighted else None, "resolution": resolution}
    runs = _runs(twin, draws, seed, **given)
    found = [(twin.modularity(run, **given), np.array(run)) for run in runs]
    best = max(range(draws), key=lambda turn: (round(found[turn][0], 12), -turn))
    return found, best, np.array(twin.degree()) > 0


def _runs(twin, draws, seed, weights, resolution):
    """Memberships of every run of Leiden.

    The strengths must be given: on their own, igraph 1.0 takes degrees in both directions together for either of them, and
    then its optimum is not that of directed modularity.
    """
    out, into = (twin.strength(mode=mode, weights=weights) for mode in ("out", "in"))
    given = {"weights": weights, "resolution": resolution, "node_weights": out, "node_in_weights": into}
    runs = []
    for turn in range(draws):
        with seeded(seed + turn):
            found = twin.community_leiden(objective_function="modularity", n_iterations=-1, **given)
        runs.append(found.membership)
    return runs


def _agreement(one, other):
    """Adjusted Rand index of two partitions; 1 where both are the same."""
    alike = igraph.compare_communities(one.tolist(), other.tolist(), method="adjusted_rand")
    return 1.0 if np.isnan(alike) else alike


def _stability(mine, runs):
    """For every vertex, the mean share of its companions in `mine` that stay with it in each run."""
    stability = np.full(len(mine), np.nan)
    for members in mine.dropna().groupby(mine).groups.values():
        if len(members) > 1:
            part = runs[:, list(members)]
            stability[list(members)] = np.mean([(np.bincount(run)[run] - 1) / (len(run) - 1) for run in part], axis=0)
    return stability


def _shapes(twin, groups):
    """Reciprocity, transitivity and, of given groups, modularity: part, whole and what to take off."""
    source, target = ends(twin)
    ties = len(source)
    arcs = coo_array((np.ones(ties), (source, target)), shape=(twin.vcount(),) * 2).tocsr()
    paths = arcs @ arcs
    mutual = paths.diagonal().sum()
    found = {"reciprocity": (mutual, ties, 0.0), "transitivity": ((paths * arcs).sum(), paths.sum() - mutual, 0.0)}
    if groups is not None:
        given, taken = groups[source], groups[target]
        chance = (np.bincount(given, minlength=len(groups)) * np.bincount(taken, minlength=len(groups))).sum()
        found["modularity"] = ((given == taken).sum(), ties, chance / max(ties, 1) ** 2)
    return found


def _level(shape):
    """The value of one shape, missing where there is nothing to take a share of."""
    part, whole, chance = shape
    return part / whole - chance if whole else np.nan


def _excess(shape, drawn):
    """The row of one statistic, from what is observed and what was drawn."""
    observed, values = _level(shape), np.array([_level(other) for other in drawn])
    values = values[~np.isnan(values)]
    if np.isnan(observed) or not len(values):
        return {"n": 0, "method": "not defined: no pairs of ties"}
    expected, (low, high) = values.mean(), np.quantile(values, [0.025, 0.975])
    low, high = min(low, expected), max(high, expected)
    fields = {"observed": observed, "expected": expected, "expected_low": low, "expected_high": high}
    p = (1 + (values >= observed - 1e-12).sum()) / (1 + len(values))
    limits = {"low": observed - high, "high": observed - low}
    method = f"degrees kept, {len(values)} networks"
    return {"excess_structure": observed - expected, "n": int(shape[1]), **limits, **fields, "p": p, "method": method}
