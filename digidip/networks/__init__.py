"""Networks: canonical tables to networkx graphs, with isolates; dyads, layouts and graph files.

An arc i → j says that i follows, mentions, reposts or answers j, or that state i keeps missions in state j. Every graph
is a DiGraph in canonical order (nodes and arcs sorted by id), so that nothing depends on the order of rows. An arc has
`weight` (strength) and `distance` (1 / weight): whoever asks for paths takes `distance`. What was left out is counted in
`graph.graph`.
"""

# ruff: noqa: F401 (what is imported here is what the room offers; `dir` lists it)

from digidip.networks.accounts import (
    account_network,
    mention_network,
    online_network,
    reply_network,
    repost_network,
    state_network,
    tie_network,
    waves,
)
from digidip.networks.files import save_network, write_network
from digidip.networks.graph import canonical_network, coded_network, described_network
from digidip.networks.layout import matrix_order, network_arcs, network_layout
from digidip.networks.missions import (
    HEADQUARTERS,
    accounts_at_missions,
    located_missions,
    mission_counts,
    mission_network,
    observation_days,
    unmapped_ends,
)
from digidip.networks.pairs import described_dyads, dyads, lagged_dyads, states_left_out


def __dir__():
    """The networks and what is done with them, without the modules."""
    return sorted(
        name
        for name, held in globals().items()
        if name == "HEADQUARTERS" or hasattr(held, "__code__") and name[0] != "_"
    )
