"""Networks: canonical tables to networkx graphs, with isolates; dyads, layouts, and graph files for Gephi and Visone.

An arc i → j says that i follows, mentions, reposts or answers j, or that state i keeps missions in state j. Every graph
is a DiGraph in canonical order (nodes and arcs sorted by id), so that nothing depends on the order of rows. An arc has
`weight` (strength) and `distance` (1 / weight): whoever asks for paths takes `distance`. What was left out is counted in
`graph.graph`.
"""

from digidip.networks._accounts import (
    account_network,
    mention_network,
    reply_network,
    repost_network,
    tie_network,
    waves,
)
from digidip.networks._draw import canonical_network, coded_network, described_network
from digidip.networks._files import kept_network, write_network
from digidip.networks._lagged import lagged_dyads
from digidip.networks._missions import HEADQUARTERS, mission_counts, mission_network, observations, unmapped_ends
from digidip.networks._places import placed_accounts, placed_missions
from digidip.networks._states import described_dyads, dyads, left_out, online_network, state_network
from digidip.networks._tables import matrix_order, network_arcs, network_layout

__all__ = [
    "HEADQUARTERS",
    "account_network",
    "canonical_network",
    "coded_network",
    "described_dyads",
    "described_network",
    "dyads",
    "kept_network",
    "lagged_dyads",
    "left_out",
    "matrix_order",
    "mention_network",
    "mission_counts",
    "mission_network",
    "network_arcs",
    "network_layout",
    "observations",
    "online_network",
    "placed_accounts",
    "placed_missions",
    "reply_network",
    "repost_network",
    "state_network",
    "tie_network",
    "unmapped_ends",
    "waves",
    "write_network",
]
