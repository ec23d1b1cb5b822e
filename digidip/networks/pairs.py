"""Pairs: several networks, or two periods of one, beside each other as dyads."""

from itertools import permutations

import networkx
import numpy as np
import pandas as pd

from digidip.networks.graph import canonical_network
from digidip.tables import TableError

EARTH = 6.371  # mean radius, 1,000 km
PLACE = ["region", "latitude", "longitude", "population", "gdp"]


def dyads(*, silent=False, weighted=False, least=0, **graphs):
    """Several networks beside each other: one row per ordered pair of the states that all of them know.

    Each graph gives a column of its own name: 1 where there is a tie, 0 where there is none, or its weight if `weighted`.
    A state that one graph does not know is left out, never filled with zeros; so is, unless `silent`, one that sends
    nothing to anyone in one of them, since nobody can tell whether it has no ties or was never looked at. `states_left_out`
    names both kinds: print it beside. Frame: `sender`, `receiver`, a column per graph; sorted, without the diagonal.
    Fewer than `least` states raise `TableError`.

    >>> embassies, follows = networkx.DiGraph([("A", "B"), ("B", "A"), ("B", "C")]), networkx.DiGraph([("B", "A")])
    >>> dyads(embassy=embassies, follow=follows, silent=True).values.tolist()
    [['A', 'B', 1, 0], ['B', 'A', 1, 1]]
    """
    networks = _canonical_networks(graphs)
    known = sorted(set.intersection(*map(set, networks.values())) - {*states_left_out(silent=silent, **graphs).state})
    if len(known) < least:
        raise TableError(
            f"{len(known)} states are known to all of {', '.join(graphs)} ({', '.join(known) or 'none'}). Expected: at "
            f"least {least}; the others are missing, not zero. Load more states (ministry empty), ties or another window."
        )
    pairs = pd.DataFrame(permutations(known, 2), columns=["sender", "receiver"], dtype="object")
    off_diagonal = ~np.eye(len(known), dtype=bool)
    weights = {name: networkx.to_numpy_array(graph, known)[off_diagonal] for name, graph in networks.items()}
    return pairs.assign(**{name: held if weighted else (held > 0).astype(int) for name, held in weights.items()})


def states_left_out(*, silent=False, **graphs):
    """The states that `dyads` of the same graphs leaves out, and why.

    Frame: `state`, `lacking` (graphs in which it is no node), `silent` (graphs in which it sends nothing to anyone),
    names separated by a comma; sorted by state.

    >>> embassies, follows = networkx.DiGraph([("A", "B"), ("B", "A"), ("B", "C")]), networkx.DiGraph([("B", "A")])
    >>> states_left_out(embassy=embassies, follow=follows).values.tolist()
    [['A', '', 'follow'], ['C', 'follow', 'embassy']]
    """
    networks, rows = _canonical_networks(graphs), []
    for state in sorted(set().union(*networks.values())):
        lacking = [name for name, network in networks.items() if state not in network]
        quiet = [name for name, network in networks.items() if state in network and not _ties_sent(network, state)]
        if lacking or (quiet and not silent):
            rows.append((state, ", ".join(lacking), ", ".join(quiet)))
    return pd.DataFrame(rows, columns=["state", "lacking", "silent"], dtype="object")


def _canonical_networks(graphs):
    """The graphs in canonical form; two at least."""
    if len(graphs) < 2:
        raise TableError(f"graphs: found {len(graphs)}. Expected: two or more, each by its name.")
    return {name: canonical_network(graph) for name, graph in graphs.items()}


def _ties_sent(network, state):
    """How many ties a state sends, to anyone where the network tells."""
    return network.nodes[state].get("ties_sent", network.out_degree(state))


def described_dyads(dyads, ministries):
    """The dyads with what the table of ministries says of both states; missing where it says nothing.

    Added: `sender_region`, `receiver_region`; `same_region` (1 or 0); `distance` (great circle between the places of the
    two, 1,000 km); natural logarithms `sender_population`, `receiver_population` (inhabitants), `sender_gdp`,
    `receiver_gdp` (gross product, inhabitants times product per inhabitant).

    >>> ministries = pd.DataFrame({"ministry": ["A", "B"], "region": "Asia", "latitude": [0.0, 0.0],
    ...     "longitude": [0.0, 90.0], "population": [100, 1000], "gdp_per_person": [10.0, 20.0]})
    >>> found = described_dyads(pd.DataFrame({"sender": ["A"], "receiver": ["B"]}), ministries)
    >>> found[["same_region", "distance", "receiver_gdp"]].round(2).values.tolist()  # 6,371 km · π / 2; ln 20,000
    [[1.0, 10.01, 9.9]]
    """
    gdp = ministries.population.astype("float64") * ministries.gdp_per_person
    known = ministries.assign(gdp=np.log(gdp), population=np.log(ministries.population.astype("float64")))
    known = known.set_index("ministry")[PLACE]
    sender, receiver = (known.reindex(dyads[end]).reset_index(drop=True) for end in ("sender", "receiver"))
    there = sender.region.notna() & receiver.region.notna()
    columns = {"sender_region": sender.region, "receiver_region": receiver.region}
    columns |= {"same_region": (sender.region == receiver.region).astype(float).where(there)}
    columns |= {"distance": _great_circle(sender, receiver)}
    columns |= {f"sender_{name}": sender[name] for name in ("population", "gdp")}
    columns |= {f"receiver_{name}": receiver[name] for name in ("population", "gdp")}
    return dyads.assign(**{name: column.to_numpy() for name, column in columns.items()})


def _great_circle(one, other):
    """Distance on the sphere in 1,000 km, by the haversine formula."""
    latitudes, longitudes = (np.radians([one[name], other[name]]) for name in ("latitude", "longitude"))
    half = np.sin(np.diff(latitudes, axis=0)[0] / 2) ** 2
    half += np.cos(latitudes).prod(axis=0) * np.sin(np.diff(longitudes, axis=0)[0] / 2) ** 2
    return pd.Series(2 * EARTH * np.arcsin(np.sqrt(half)))


def lagged_dyads(graph, later):
    """Every ordered pair of accounts with a tie in either of two periods, for `measures.mrqap`.

    Columns: `sender`, `receiver`; `later`, the weight of the tie in the second period, 0 where there is none; `before`,
    that in the first; `returned`, that from receiver to sender in the first, a debt repaid; `contribution`, what the
    receiver gave to all others in the first.

    >>> import networkx
    >>> before, after = networkx.DiGraph(["ab", "ac"]), networkx.DiGraph(["ba", "ca", "cb"])
    >>> lagged_dyads(before, after).set_index(["sender", "receiver"]).loc[("c", "a")].tolist()
    [1.0, 0.0, 1.0, 2.0]
    """
    first, second = canonical_network(graph), canonical_network(later)
    nodes = sorted({end for one in (first, second) for tie in one.edges for end in tie}, key=str)
    gave = dict(first.out_degree(nodes, weight="weight"))
    rows = [
        (*pair, _weight(second, *pair), _weight(first, *pair), _weight(first, *pair[::-1]), float(gave.get(pair[1], 0)))
        for pair in permutations(nodes, 2)
    ]
    return pd.DataFrame(rows, columns=["sender", "receiver", "later", "before", "returned", "contribution"])


def _weight(network, source, target):
    """The weight of a tie, 0 where there is none."""
    return network[source][target]["weight"] if network.has_edge(source, target) else 0.0
