"""Layout: where the nodes of a network are drawn, its ties, and the order of a matrix, as tables."""

import networkx
import numpy as np
import pandas as pd

from digidip.networks.graph import canonical_network, display_name


def network_layout(graph, *, seed=20, turns=200, about=()):
    """Where to draw each node: a pandas frame with `node`, `x`, `y` in [-1, 1], `label`, sorted by node.

    Fruchterman and Reingold's springs (heavier ties pull harder), started from `seed`, over `turns` rounds; the same
    network gives the same positions, in whatever order its nodes were added. Distances from the middle (the median) are
    drawn as their square roots, which opens the crowd round a hub; pieces beside the largest one stand below it.
    `label` is the handle, the name, else the id. `about` names attributes of nodes that follow as columns, missing
    where a node has none.

    >>> network_layout(networkx.path_graph(3)).node.tolist()
    [0, 1, 2]
    """
    network = canonical_network(graph)
    parts = sorted(networkx.weakly_connected_components(network), key=lambda part: (-len(part), min(map(str, part))))
    slots = _places_below(max(len(parts) - 1, 0))
    rows = []
    for part, (x, y, reach) in zip(parts, [(0, 0.2 * bool(slots), 1 - 0.2 * bool(slots)), *slots], strict=False):
        inner = canonical_network(network.subgraph(part))
        places = networkx.spring_layout(inner, seed=seed, iterations=turns, method="force")
        opened = _spread_from_middle(np.array([*places.values()])) * reach + (x, y)
        rows += [(node, *place.round(6)) for node, place in zip(places, opened, strict=True)]
    place = {node: number for number, node in enumerate(network)}
    frame = pd.DataFrame(sorted(rows, key=lambda row: place[row[0]]), columns=["node", "x", "y"])
    return _with_attributes(frame, network, about)


def _places_below(number):
    """Places for so many small pieces in rows below the largest one: x, y, reach."""
    wide = max(8, int(np.ceil(np.sqrt(number * 6))))
    side, deep = 2 / wide, max(1, -(-number // wide))
    rows = np.linspace(-0.92, -0.74, deep) if deep > 1 else [-0.85]
    reach = min(0.3 * side, 0.4 * 0.18 / max(deep - 1, 1))
    return [(-1 + (n % wide + 0.5) * side, float(rows[n // wide]), reach) for n in range(number)]


def _spread_from_middle(places):
    """Places at the square root of their distance from the middle, the farthest at 1."""
    away = places - np.median(places, axis=0)
    far = np.hypot(*away.T)
    stretch = np.divide(1, np.sqrt(far * far.max()), out=np.zeros_like(far), where=far > 0)
    return away * stretch[:, None]


def network_arcs(graph):
    """Every tie: a pandas frame with `source`, `target`, `weight`, sorted by source and target.

    >>> network_arcs(networkx.DiGraph([("b", "a"), ("a", "b")])).values.tolist()
    [['a', 'b', 1.0], ['b', 'a', 1.0]]
    """
    arcs = list(canonical_network(graph).edges(data="weight"))
    return pd.DataFrame(arcs, columns=["source", "target", "weight"]).astype({"weight": "float64"})


def matrix_order(graph, *, about="region"):
    """The order of nodes in a sorted matrix: by an attribute, then by number of ties, then by id.

    A pandas frame with `place` (from 0), `node`, `label`, the attribute `about` (those without it last) and `ties` (given
    and received).

    >>> network = networkx.DiGraph([("a", "b"), ("c", "b")])
    >>> networkx.set_node_attributes(network, {"a": "Europe", "b": "Europe", "c": "Asia"}, "region")
    >>> matrix_order(network).node.tolist()
    ['c', 'b', 'a']
    """
    network = canonical_network(graph)
    frame = _with_attributes(pd.DataFrame({"node": list(network)}, dtype=object), network, [about])
    frame["ties"] = [degree for _node, degree in network.degree]
    frame["order"] = range(len(frame))
    frame = frame.sort_values([about, "ties", "order"], ascending=[True, False, True], ignore_index=True)
    frame.insert(0, "place", frame.index)
    return frame.drop(columns="order")


def _with_attributes(frame, network, about):
    """The frame of nodes with their labels and attributes."""
    given = [network.nodes[node] for node in frame["node"]]
    labels = [display_name(node, attributes) for node, attributes in zip(frame["node"], given, strict=True)]
    columns = {name: pd.Series([one.get(name) for one in given], dtype=None if given else object) for name in about}
    return frame.assign(label=pd.Series(labels, dtype=object), **columns)
