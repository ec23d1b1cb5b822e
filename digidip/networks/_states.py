"""States as nodes: the ties of their accounts added up, and several networks of states beside each other as dyads."""

from itertools import permutations

import networkx
import numpy as np
import pandas as pd
from ibis import _

from digidip.networks._accounts import account_network, tie_network
from digidip.networks._draw import canonical_network, drawn
from digidip.networks._missions import mission_network, observations
from digidip.tables import TableError

EARTH = 6.371  # mean radius, 1,000 km
PLACE = ["region", "latitude", "longitude", "population", "gdp"]


def state_network(graph):
    """Ties between states: the ties of their accounts added up, whatever account of a state they are from or to.

    `graph` is a network of accounts, best one that keeps the ends outside (`outside=True`). Nodes are the states with an
    account, each with `accounts` (how many) and `ties_sent` (by its accounts, to anyone): a state without an account is
    a structural zero and no node, one that sends nothing to anyone may never have been looked at. `weight` is the sum of
    weights. Attributes of the graph: `tie`, `platform`, `within` (ties inside one state), `outside` (ties from or to
    accounts of no state), both left out.

    >>> accounts = networkx.DiGraph([("1", "2"), ("1", "3"), ("3", "1")])
    >>> for node, state in {"1": "PER", "2": "PER", "3": "FRA"}.items(): accounts.nodes[node]["ministry"] = state
    >>> states = state_network(accounts)
    >>> list(states.edges(data="weight")), states.graph["within"], states.nodes["PER"]["ties_sent"]
    ([('FRA', 'PER', 1.0), ('PER', 'FRA', 1.0)], 1, 2)
    """
    network = canonical_network(graph)
    states = pd.Series({node: _state(given) for node, given in network.nodes.items()}, dtype="object").dropna()
    ties = pd.DataFrame(network.edges(data="weight"), columns=["source", "target", "weight"])
    between = ties.assign(source=ties.source.map(states), target=ties.target.map(states))
    sent, held = between.source.value_counts(), states.value_counts()
    nodes = {s: {"ministry": s, "accounts": int(held[s]), "ties_sent": int(sent.get(s, 0))} for s in sorted(held.index)}
    known = between.dropna(subset=["source", "target"])
    across = known[known.source != known.target].groupby(["source", "target"], as_index=False).weight.sum()
    told = {name: graph.graph[name] for name in ("tie", "platform") if name in graph.graph}
    made = drawn(nodes, across, **told)
    made.graph |= {"within": int((known.source == known.target).sum())}
    made.graph["outside"] = graph.graph.get("outside", 0) + len(between) - len(known)
    return made


def _state(given):
    """The state of an account; None for a mission without one, and for an end outside."""
    return given.get("ministry") if given.get("is_account", True) else None


def online_network(tables, online):
    """The network of states that stands for "online": follow, mention, repost or reply of accounts, or earlier embassies.

    `tables` are those of `store.load`, of one platform. Follows count as each account had them when last observed in the
    window of the selection: choose it so that it holds one crawl of all accounts, since a later crawl of other scope
    takes the place of an earlier one. "embassy" takes the missions as first observed in the holding, to set beside the
    same as last observed; a holding that observed them once, and another word, raise `TableError`.

    >>> from digidip import store
    >>> selection = store.load("sample", platform="x", start="2016-01-01", end="2016-01-15", of="missions")
    >>> online_network(selection, "follow").number_of_edges()
    2310
    """
    if online == "embassy":
        return mission_network(tables.missions, at=_first_day(tables.missions))
    if online == "follow":
        return state_network(_followed(tables))
    return state_network(account_network(tables, tie=online, outside=True))


def _followed(tables):
    """Who follows whom, each account as last observed in the window."""
    follows = tables.follows.filter(_.tie == "follow")
    for day, is_inside in ((tables.start, _.observed_at.__ge__), (tables.end, _.observed_at.__lt__)):
        follows = follows.filter(is_inside(pd.Timestamp(day, tz=tables.zone).tz_convert("UTC"))) if day else follows
    last = follows.filter(_.observed_at == _.observed_at.max().over(group_by=["platform", "source_id"]))
    return tie_network(last, tables.accounts, outside=True)


def _first_day(missions):
    """The first day of observation, if there is a later one."""
    days = observations(missions)
    if len(days) < 2:
        raise TableError(
            f"missions: observed on {', '.join(days) or 'no day'}. Expected: two days at least, to set the embassies as "
            "last seen beside those as first seen. Add an earlier registry with its --retrieved, or choose other ties."
        )
    return days[0]


def dyads(*, silent=False, weighted=False, least=0, **graphs):
    """Several networks beside each other: one row per ordered pair of the states that all of them know.

    Each graph gives a column of its own name: 1 where there is a tie, 0 where there is none, or its weight if `weighted`.
    A state that one graph does not know is left out, never filled with zeros; so is, unless `silent`, one that sends
    nothing to anyone in one of them, since nobody can tell whether it has no ties or was never looked at. `left_out`
    names both kinds: print it beside. Frame: `sender`, `receiver`, a column per graph; sorted, without the diagonal.
    Fewer than `least` states raise `TableError`.

    >>> embassies, follows = networkx.DiGraph([("A", "B"), ("B", "A"), ("B", "C")]), networkx.DiGraph([("B", "A")])
    >>> dyads(embassy=embassies, follow=follows, silent=True).values.tolist()
    [['A', 'B', 1, 0], ['B', 'A', 1, 1]]
    """
    networks = _several(graphs)
    known = sorted(set.intersection(*map(set, networks.values())) - {*left_out(silent=silent, **graphs).state})
    if len(known) < least:
        raise TableError(
            f"{len(known)} states are known to all of {', '.join(graphs)} ({', '.join(known) or 'none'}). Expected: at "
            f"least {least}; the others are missing, not zero. Load more states (ministry empty), ties or another window."
        )
    pairs = pd.DataFrame(permutations(known, 2), columns=["sender", "receiver"], dtype="object")
    off_diagonal = ~np.eye(len(known), dtype=bool)
    weights = {name: networkx.to_numpy_array(graph, known)[off_diagonal] for name, graph in networks.items()}
    return pairs.assign(**{name: held if weighted else (held > 0).astype(int) for name, held in weights.items()})


def left_out(*, silent=False, **graphs):
    """The states that `dyads` of the same graphs leaves out, and why.

    Frame: `state`, `lacking` (graphs in which it is no node), `silent` (graphs in which it sends nothing to anyone),
    names separated by a comma; sorted by state.

    >>> embassies, follows = networkx.DiGraph([("A", "B"), ("B", "A"), ("B", "C")]), networkx.DiGraph([("B", "A")])
    >>> left_out(embassy=embassies, follow=follows).values.tolist()
    [['A', '', 'follow'], ['C', 'follow', 'embassy']]
    """
    networks, rows = _several(graphs), []
    for state in sorted(set().union(*networks.values())):
        lacking = [name for name, network in networks.items() if state not in network]
        quiet = [name for name, network in networks.items() if state in network and not _sent(network, state)]
        if lacking or (quiet and not silent):
            rows.append((state, ", ".join(lacking), ", ".join(quiet)))
    return pd.DataFrame(rows, columns=["state", "lacking", "silent"], dtype="object")


def _several(graphs):
    """The graphs in canonical form; two at least."""
    if len(graphs) < 2:
        raise TableError(f"graphs: found {len(graphs)}. Expected: two or more, each by its name.")
    return {name: canonical_network(graph) for name, graph in graphs.items()}


def _sent(network, state):
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
