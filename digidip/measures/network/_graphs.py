"""What measures of networks share: canonical networks, their twin in igraph, seeded null networks."""

import random
from contextlib import contextmanager
from itertools import chain

import igraph
import numpy as np
import pandas as pd

from digidip.networks import canonical_network
from digidip.tables import TableError


def network_table(graph, rows, columns):
    """The tidy table of the dicts that `rows(network)` gives; no rows for a network without nodes."""
    network = canonical_network(graph)
    found = rows(network) if len(network) else []
    return pd.DataFrame(found, columns=list(columns)).astype(columns)


def compiled(network):
    """The canonical network in igraph: vertices by position, arcs with `weight` and `distance`."""
    place = {node: number for number, node in enumerate(network)}
    arcs = [(place[source], place[target]) for source, target in network.edges]
    attributes = {name: [given[name] for given in network.edges.values()] for name in ("weight", "distance")}
    return igraph.Graph(len(network), arcs, directed=True, edge_attrs=attributes)


def ends(twin):
    """Positions of the sources and of the targets of all arcs."""
    return np.fromiter(chain.from_iterable(twin.get_edgelist()), dtype=int).reshape(-1, 2).T


def betweenness(twin, weighted):
    """Ordered pairs of others whose shortest paths lead through each vertex, in parts where some do."""
    return twin.betweenness(weights="distance" if weighted and twin.ecount() else None)


def attributes_of(network, attribute):
    """The attribute of every node as text, None where it has none."""
    found = [given.get(attribute) for given in network.nodes.values()]
    return [None if value is None or pd.isna(value) else str(value) for value in found]


def reachable_pairs(twin):
    """How many ordered pairs of vertices a path leads along, from the first to the second."""
    strong = twin.connected_components(mode="strong")
    block = np.array(strong.membership, dtype=int)
    source, target = block[ends(twin)]
    arcs = np.column_stack([source, target])[source != target].tolist()
    reach = [sum(1 << vertex for vertex in members) for members in strong]
    onward = [[] for _ in reach]
    for source, target in arcs:
        onward[source].append(target)
    for source in igraph.Graph(len(reach), arcs, directed=True).topological_sorting(mode="in"):
        for target in onward[source]:
            reach[source] |= reach[target]
    return sum(len(members) * (held.bit_count() - 1) for members, held in zip(strong, reach, strict=True))


def null_networks(twin, draws, swaps, seed):
    """`draws` networks in which every vertex keeps its in- and out-degree, by exchanging targets of arcs.

    A chain: 20 exchanges tried per arc first, then `swaps` per arc from one network to the next.
    """
    if draws < 1 or swaps < 1:
        raise TableError(f"draws and swaps must be at least 1, not {draws} and {swaps}.")
    walk = igraph.Graph(twin.vcount(), twin.get_edgelist(), directed=True)
    with seeded(seed):
        walk.rewire(n=20 * walk.ecount())
        for _ in range(draws):
            walk.rewire(n=swaps * walk.ecount())
            yield walk


@contextmanager
def seeded(seed):
    """igraph draws from a generator of its own here, and from Python's again afterwards."""
    igraph.set_random_number_generator(random.Random(seed))
    try:
        yield
    finally:
        igraph.set_random_number_generator(random)
