"""Networks: canonical tables to networkx graphs, with isolates; layouts, and graph files for Gephi and Visone.

An arc i → j says that i follows, mentions, reposts or answers j, or that state i keeps missions in state j. Every graph
is a DiGraph in canonical order (nodes and arcs sorted by id), so that nothing depends on the order of rows. An arc has
`weight` (strength) and `distance` (1 / weight): whoever asks for paths takes `distance`. What was left out is counted in
`graph.graph`.
"""

from digidip.networks._accounts import mention_network, reply_network, repost_network, tie_network
from digidip.networks._draw import canonical_network, described_network, network_layout
from digidip.networks._files import write_network
from digidip.networks._missions import HEADQUARTERS, mission_network

__all__ = [
    "HEADQUARTERS",
    "canonical_network",
    "described_network",
    "mention_network",
    "mission_network",
    "network_layout",
    "reply_network",
    "repost_network",
    "tie_network",
    "write_network",
]
