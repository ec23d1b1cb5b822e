"""Networks of two periods side by side, as pairs of accounts."""

from itertools import permutations

import pandas as pd

from digidip.networks._draw import canonical_network


def lagged_dyads(graph, later):
    """Every ordered pair of accounts with a tie in either period, as a pandas frame for `measures.mrqap`.

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
