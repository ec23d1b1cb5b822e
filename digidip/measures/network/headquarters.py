"""Headquarters: how accounts depend on their centre, and how much of the registry they cover.

Headquarters are the accounts whose `office` is one of `headquarters`; missions are all other nodes of the network,
missions without an account among them; accounts outside the register are neither.
"""

import numpy as np

from digidip.measures._registry import measure
from digidip.measures.network._graphs import attributes_of, compiled, ends, network_table, reachable_pairs
from digidip.measures.statistics._intervals import percentiles, share_row
from digidip.measures.statistics._result_table import NUMBERS
from digidip.networks import HEADQUARTERS
from digidip.tables import TableError

NOBODY = "not defined: no headquarters or no missions in the network"


@measure(unit="share of pairs, missions, weight", keys=("statistic",), columns=("method",))
def headquarters_dependence(graph, *, headquarters=HEADQUARTERS, weighted=True):
    """How far missions hang on headquarters: paths through it, ties to and from it, ties past it.

    Formula: shortest paths: mean over ordered pairs of missions with a path of the share of their shortest paths that
    lead through headquarters; missions tied to headquarters, and missions that headquarters is tied to / missions;
    weight to headquarters: weight of missions' ties to it / weight of all their ties (of reposts: the share that
    repeats headquarters); ties past it: ties between missions / ordered pairs of missions. Interval of the shares of
    missions: Wilson.
    **Unit** share of pairs, missions, weight. **Reads** ties; office of nodes. **Source** Everett and Borgatti 1999
    (doi:10.1080/0022250X.1999.9990219); docs/methods.md#headquarters.
    **Caution** Who follows headquarters need not read it. A single path through headquarters says nothing of others
    that are one step longer: see `headquarters_removal`.
    Parameters: `graph`; `headquarters`, offices; `weighted`: paths as long as Σ 1 / weight.
    Returns `statistic`, `headquarters_dependence`, `n` (pairs, missions, or weight rounded down), `low`, `high`,
    `method`.

    >>> import networkx
    >>> network = networkx.DiGraph([("a", "h"), ("h", "b"), ("b", "h"), ("a", "c")])
    >>> network.nodes["h"]["office"] = "ministry"
    >>> headquarters_dependence(network).headquarters_dependence.round(3).tolist()  # a → b through h, a → c not
    [0.5, 0.667, 0.333, 0.667, 0.167]
    """

    def rows(network):
        twin = compiled(network)
        centre, missions = _camps(network, headquarters)
        found = {name: {"n": 0, "method": NOBODY} for name in STATISTICS}
        if centre.any() and missions.any():
            found = _dependence(twin, centre, missions, weighted)
        return [{"statistic": name, **row} for name, row in found.items()]

    columns = {"statistic": "str", "headquarters_dependence": "float64", **NUMBERS, "method": "str"}
    return network_table(graph, rows, columns)


@measure(unit="share of ordered pairs", keys=("order", "removed"), columns=("account",), limits="95 % of random orders")
def headquarters_removal(graph, *, headquarters=HEADQUARTERS, steps=10, draws=99, seed=20):
    """Share of pairs that still reach one another when accounts are taken away one by one.

    Formula: ordered pairs with a path / (n (n - 1)), n accounts that remain. First headquarters, then others by
    betweenness in the whole network; beside it the mean over `draws` random orders, with its 2.5 and 97.5 % points.
    **Unit** share of ordered pairs. **Reads** ties; office of nodes. **Source** Albert, Jeong and Barabási 2000
    (doi:10.1038/35019019); docs/methods.md#headquarters.
    **Caution** Those who remain are taken not to make new ties. Isolates count in the denominator from the start.
    Parameters: `graph`; `headquarters`, offices; `steps`, accounts removed at most; `draws`, `seed` of random orders.
    Returns `order` (headquarters first, at random), `removed` (number), `headquarters_removal`, `n` (pairs), `low`,
    `high` (random orders), `account` (removed at this step; missing for random orders).

    >>> import networkx
    >>> network = networkx.Graph([("h", "a"), ("h", "b"), ("a", "c")])
    >>> network.nodes["h"]["office"] = "ministry"
    >>> curve = headquarters_removal(network, steps=2).set_index(["order", "removed"])
    >>> curve.loc["headquarters first", "headquarters_removal"].round(3).tolist()  # then a and c are left of three
    [1.0, 0.333, 0.0]
    """
    if steps < 1 or draws < 1:
        raise TableError(f"steps and draws must be at least 1, not {steps} and {draws}.")

    def rows(network):
        twin, n, names = compiled(network), len(network), list(network)
        centre, _missions = _camps(network, headquarters)
        if not centre.any() or n < 3:
            return [{"order": order, "removed": 0, "n": 0} for order in ("headquarters first", "at random")]
        first = np.lexsort((np.arange(n), -np.array(twin.betweenness(weights="distance")).round(9), ~centre))
        most = min(steps, n - 2)
        rng = np.random.default_rng(seed)
        curve = _curve(twin, first, most)
        drawn = np.array([_curve(twin, rng.permutation(n), most) for _ in range(draws)])
        low, high = percentiles(drawn.mean(axis=0), drawn)
        table = []
        for k, pairs in enumerate((n - k) * (n - k - 1) for k in range(most + 1)):
            taken = {"account": str(names[first[k - 1]])} if k else {}
            table.append({"order": "headquarters first", "removed": k, VALUE: curve[k], "n": pairs, **taken})
        for k in range(most + 1):
            row = {"low": low[k], "high": high[k], VALUE: drawn[:, k].mean()}
            table.append({"order": "at random", "removed": k, "n": (n - k) * (n - k - 1), **row})
        return table

    columns = {"order": "str", "removed": "int64", VALUE: "float64", **NUMBERS, "account": "str"}
    return network_table(graph, rows, columns)


VALUE = "headquarters_removal"
STATISTICS = (
    "shortest paths",
    "missions tied to headquarters",
    "missions headquarters is tied to",
    "weight to headquarters",
    "ties past headquarters",
)


@measure(unit="share of missions", keys=("by", "group"), columns=("method", "unplaced"))
def registry_coverage(graph, *, by="office"):
    """Share of the missions in the registry that have an account.

    Formula: missions with an account / missions in the registry, for all and for each value of the attribute `by`.
    Interval: Wilson; one-sided exact bound where none or all have one.
    **Unit** share of missions. **Reads** mission_id and `by` of nodes. **Source** Wilson 1927;
    docs/methods.md#coverage.
    **Caution** Of one platform, and of the accounts held: an account that nobody registered is not seen, and one that
    the registry does not tell apart (`unplaced`) counts for no mission. Without a registry N is unknown.
    Parameters: `graph`, made with missions; `by`, an attribute of nodes.
    Returns `by`, `group` (all, then each), `registry_coverage`, `n` (missions), `low`, `high`, `method`, `unplaced`.

    >>> import networkx
    >>> network = networkx.DiGraph(registry=2, unplaced=0)
    >>> network.add_node("a", mission_id="1", office="embassy", is_account=True)
    >>> network.add_node("mission:2", mission_id="2", office="consulate", is_account=False)
    >>> registry_coverage(network)[["group", "registry_coverage"]].values.tolist()
    [['all', 0.5], ['consulate', 0.0], ['embassy', 1.0]]
    """

    def rows(network):
        unplaced = network.graph.get("unplaced", 0)
        if not network.graph.get("registry"):
            nothing = {"n": 0, "method": "not defined: no registry given, N unknown", "unplaced": unplaced}
            return [{"by": by, "group": "all", **nothing}]
        held = {}
        for given, group in zip(network.nodes.values(), attributes_of(network, by), strict=True):
            if "mission_id" in given:
                for name in ("all", group) if group else ("all",):  # of an unknown group nothing is said
                    missions = held.setdefault(name, {})
                    missions[given["mission_id"]] = missions.get(given["mission_id"], False) or given["is_account"]
        groups = ["all", *sorted(set(held) - {"all"})]
        shares = [share_row("registry_coverage", sum(held[name].values()), len(held[name])) for name in groups]
        cells = zip(groups, shares, strict=True)
        return [{"by": by, "group": name, **share, "unplaced": unplaced} for name, share in cells]

    after = {"method": "str", "unplaced": "int64"}
    return network_table(graph, rows, {"by": "str", "group": "str", "registry_coverage": "float64", **NUMBERS, **after})


def _camps(network, headquarters):
    """Which nodes are headquarters, and which are missions."""
    offices = attributes_of(network, "office")
    centre = np.array([office in headquarters for office in offices], dtype=bool)
    return centre, ~centre & np.array([office != "outside" for office in offices], dtype=bool)


def _dependence(twin, centre, missions, weighted):
    """The row of every statistic."""
    source, target = ends(twin)
    weight = np.array(twin.es["weight"]) if twin.ecount() else np.zeros(0)
    n, total = int(missions.sum()), weight[missions[source]].sum()
    to, of = missions[source] & centre[target], centre[source] & missions[target]
    past, pairs = int((missions[source] & missions[target]).sum()), n * (n - 1)
    rows = [
        _through(twin, centre, missions, weighted),
        share_row("headquarters_dependence", len(set(source[to])), n),
        share_row("headquarters_dependence", len(set(target[of])), n),
        _plain(weight[to].sum(), total, "not defined: no ties of missions"),
        _plain(past, pairs, "not defined: one mission"),
    ]
    return dict(zip(STATISTICS, rows, strict=True))


def _plain(part, whole, reason):
    """The row of a share without an interval."""
    return {
        "headquarters_dependence": part / whole if whole else np.nan,
        "n": int(whole),
        "method": "" if whole else reason,
    }


def _through(twin, centre, missions, weighted):
    """The row of the share of missions' shortest paths that lead through headquarters, mean over pairs."""
    source, target = ends(twin)
    weight = np.array(twin.es["distance"]) if weighted and twin.ecount() else np.ones(twin.ecount())
    past = ~centre[source] & ~centre[target]
    shares = []
    for start in np.flatnonzero(missions):
        length = np.array(twin.distances(start, weights=weight.tolist() or None)[0])
        with np.errstate(invalid="ignore"):
            tight = np.isfinite(length[source]) & np.isclose(length[source] + weight, length[target], rtol=1e-9, atol=0)
        order = np.flatnonzero(tight)[np.argsort(length[source[tight]], kind="stable")]
        arcs = zip(source[order].tolist(), target[order].tolist(), past[order].tolist(), strict=True)
        every, clear = _paths(arcs, start, twin.vcount())
        there = np.flatnonzero(missions & np.isfinite(length))
        shares += [1 - clear[end] / every[end] for end in there if end != start]
    return _plain(float(np.sum(shares)), len(shares), "not defined: no path between missions")


def _paths(arcs, start, n):
    """Numbers of shortest paths from `start` to every vertex: all, and those `past` headquarters."""
    every, clear = [0] * n, [0] * n
    every[start] = clear[start] = 1
    for source, target, past in arcs:
        every[target] += every[source]
        clear[target] += clear[source] * past
    return every, clear


def _curve(twin, order, most):
    """Share of pairs with a path after 0, 1, … accounts in `order` are gone."""
    left = [twin.induced_subgraph(np.sort(order[k:]).tolist()) for k in range(most + 1)]
    return np.array([reachable_pairs(part) / (part.vcount() * (part.vcount() - 1)) for part in left])
