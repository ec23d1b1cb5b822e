"""States: ties of accounts added up, networks of states beside each other, and what is left out is told."""

from types import SimpleNamespace

import ibis
import networkx
import pandas as pd
import pytest

from digidip import store
from digidip.networks import (
    described_dyads,
    dyads,
    mission_counts,
    mission_network,
    observation_days,
    online_network,
    state_network,
    states_left_out,
    tie_network,
    unmapped_ends,
)
from digidip.tables import TableError

STATE = {"1": "PER", "2": "PER", "3": "FRA", "4": "JPN", "5": "KEN"}


def follows(*rows, observed_at="2016-01-04"):
    """Follows: source and target, a digit each."""
    frame = pd.DataFrame(map(tuple, rows), columns=["source_id", "target_id"])
    return frame.assign(platform="x", tie="follow", weight=None, observed_at=observed_at)


def accounts():
    """Two accounts of Peru, one each of France, Japan and Kenya."""
    return pd.DataFrame({"platform": "x", "account_id": list(STATE), "ministry": STATE.values(), "office": "ministry"})


def register(*rows, observed_at="2016-07-01"):
    """Missions: id, category, sender, ministry, receiver, receiving."""
    names = ["mission_id", "category", "sender", "ministry", "receiver", "receiving"]
    return pd.DataFrame(rows, columns=names).assign(office="embassy", observed_at=observed_at)


def embassies():
    """Peru and France in each other's capital, both in Chile, Malta in Peru; nobody else is known to send."""
    pairs = [("PER", "FRA"), ("FRA", "PER"), ("PER", "CHL"), ("FRA", "CHL"), ("MLT", "PER")]
    return networkx.DiGraph(pairs)


def test_ties_of_accounts_are_added_up():
    """Two accounts of Peru follow France: weight 2. Ties within Peru and to a stranger are counted, not drawn."""
    graph = tie_network(follows("13", "23", "12", "31", "19"), accounts(), outside=True)
    states = state_network(graph)
    assert list(states.edges(data="weight")) == [("FRA", "PER", 1.0), ("PER", "FRA", 2.0)]
    assert (states.graph["within"], states.graph["outside"], states.graph["tie"]) == (1, 1, "follow")
    assert states.nodes["PER"] == {"ministry": "PER", "accounts": 2, "ties_sent": 4}
    assert list(states) == ["FRA", "JPN", "KEN", "PER"]


def test_a_mission_without_an_account_makes_no_state():
    """A mission of Malta's that has no account is a structural zero: Malta is no node."""
    missions = register(("m1", "embassy", "Malta", "MLT", "Peru", "PER")).assign(city="Lima")
    graph = tie_network(follows("13"), accounts(), missions)
    assert "mission:m1" in graph and "MLT" not in state_network(graph)


def test_dyads_know_what_all_graphs_know():
    """Malta has no account, Kenya no embassies, Japan sends nothing: Peru and France remain, and the others are named."""
    online = state_network(tie_network(follows("13", "31", "53"), accounts()))
    assert dyads(embassy=embassies(), online=online).values.tolist() == [["FRA", "PER", 1, 1], ["PER", "FRA", 1, 1]]
    assert states_left_out(embassy=embassies(), online=online).values.tolist() == [
        ["CHL", "online", "embassy"],
        ["JPN", "embassy", "online"],
        ["KEN", "embassy", ""],
        ["MLT", "online", ""],
    ]


def test_a_state_that_sends_outside_only_is_known_to_send():
    """Peru follows a stranger alone: it was looked at, so its zero is a zero; without the outside nobody can tell."""
    rows = follows("19", "31")
    seen = state_network(tie_network(rows, accounts(), outside=True))
    unseen = state_network(tie_network(rows, accounts()))
    assert dyads(embassy=embassies(), online=seen).online.tolist() == [1, 0]
    assert dyads(embassy=embassies(), online=unseen).empty
    assert dyads(embassy=embassies(), online=unseen, silent=True).online.tolist() == [1, 0]


def test_weights_are_kept_when_asked_for():
    """The number of accounts that follow, in place of 1."""
    online = state_network(tie_network(follows("13", "23", "31"), accounts()))
    assert dyads(embassy=embassies(), online=online, weighted=True).online.tolist() == [1.0, 2.0]


def test_order_of_nodes_and_ties_does_not_matter():
    """A network built backwards gives the same dyads: lists of nodes cannot be crossed."""
    one, other = embassies(), networkx.DiGraph(list(embassies().edges)[::-1])
    pairs = dyads(a=one, b=other, silent=True)
    assert (pairs.a == pairs.b).all() and pairs.a.sum() == 5 and len(pairs) == 12


def test_networks_without_a_common_state_give_no_pairs():
    """Nothing in common: no rows, the columns there, or an error; one graph alone is refused."""
    pairs = dyads(a=networkx.DiGraph([("A", "B")]), b=networkx.DiGraph([("C", "D")]))
    assert pairs.empty and list(pairs) == ["sender", "receiver", "a", "b"]
    with pytest.raises(TableError, match=r"0 states are known to all of a, b \(none\). Expected: at least 3"):
        dyads(a=networkx.DiGraph([("A", "B")]), b=networkx.DiGraph([("C", "D")]), least=3)
    with pytest.raises(TableError, match="graphs: found 1. Expected: two or more"):
        dyads(a=embassies())


def test_both_states_are_described():
    """Lima and Tokyo are 15.5 thousand km apart; a state that the table lacks has missing values, and keeps its row."""
    ministries = pd.DataFrame(
        {
            "ministry": ["PER", "JPN"],
            "region": ["Americas", "Asia"],
            "latitude": [-12.05, 35.68],
            "longitude": [-77.04, 139.69],
            "population": pd.array([31_000_000, None], dtype="Int64"),
            "gdp_per_person": [12_000.0, 40_000.0],
        }
    )
    pairs = pd.DataFrame({"sender": ["PER", "PER"], "receiver": ["JPN", "XXX"], "tie": [1, 0]})
    found = described_dyads(pairs, ministries)
    assert found.distance[0] == pytest.approx(15.49, abs=0.05) and found.same_region[0] == 0
    assert found.sender_gdp[0] == pytest.approx(26.64, abs=0.01)
    assert found.loc[0, ["receiver_population", "receiver_gdp"]].isna().all()
    assert found.loc[1, ["same_region", "distance", "receiver_gdp"]].isna().all()
    assert list(pairs) == ["sender", "receiver", "tie"] and found.tie.tolist() == [1, 0]


def test_categories_narrow_what_counts_as_an_embassy():
    """A high commission and a nunciature stand for embassies; the registry's word alone is one of three."""
    missions = register(
        ("m1", "embassy", "Peru", "PER", "France", "FRA"),
        ("m2", "high commission", "Ghana", "GHA", "Kenya", "KEN"),
        ("m3", "apostolic nunciature", "Holy See", "VAT", "Peru", "PER"),
    )
    assert mission_network(missions).number_of_edges() == 3
    assert list(mission_network(missions, categories=["embassy"]).edges) == [("PER", "FRA")]


def test_a_registry_is_counted_in_its_own_words():
    """A state and its government are two senders; who is no state is listed with its missions."""
    missions = register(
        ("m1", "embassy", "Peru", "PER", "France", "FRA"),
        ("m2", "embassy", "Government of Peru", "PER", "France", "FRA"),
        ("m3", "office", "Quebec", None, "France", "FRA"),
        ("m4", "office", "Quebec", None, "Nordic countries", None),
    )
    names = ["missions", "pairs", "senders", "receivers", "unmapped"]
    assert mission_counts(missions)[["category", *names]].values.tolist() == [
        ["embassy", 2, 2, 2, 1, 0],
        ["office", 2, 2, 1, 2, 2],
    ]
    assert mission_counts(missions, by=())[names].values.tolist() == [[4, 4, 3, 2, 2]]
    assert unmapped_ends(missions).values.tolist() == [["sender", "Quebec", 2], ["receiver", "Nordic countries", 1]]


def selection(ties, missions=None, start="", end=""):
    """What `load` gives, as far as a network of states reads it."""
    return SimpleNamespace(
        follows=ibis.memtable(ties.assign(observed_at=pd.to_datetime(ties.observed_at, utc=True))),
        accounts=ibis.memtable(accounts()),
        missions=missions,
        start=start,
        end=end,
        zone="UTC",
    )


def test_ties_count_as_last_seen_in_the_window():
    """Peru stops following France in 2015 and another crawl of 2016 lies behind the window."""
    waves = [
        follows("13", "14", observed_at="2014-05-12"),
        follows("14", "31", observed_at="2015-05-11"),
        follows("15", observed_at="2016-07-01"),
    ]
    ties = pd.concat(waves).astype({"weight": "float64"})
    inside = online_network(selection(ties, start="2014-01-01", end="2016-01-01"), "follow")
    assert list(inside.edges) == [("FRA", "PER"), ("PER", "JPN")]
    assert list(online_network(selection(ties), "follow").edges) == [("FRA", "PER"), ("PER", "KEN")]


@pytest.mark.parametrize(
    ("zone", "day", "before", "inside"),
    [
        ("Asia/Beirut", "2016-03-27", "2016-03-26T21:59Z", "2016-03-26T22:00Z"),
        ("America/Sao_Paulo", "2015-10-18", "2015-10-18T02:59Z", "2015-10-18T03:00Z"),
    ],
)
def test_ties_of_a_window_that_begins_without_midnight(zone, day, before, inside):
    """Where the clock skips midnight the window begins with the day: a tie seen a minute before is outside."""
    ties = pd.concat([follows("13", observed_at=before), follows("31", observed_at=inside)])
    held = selection(ties.astype({"weight": "float64"}), start=day, end="2017-01-01")
    held.zone = zone
    assert online_network(held, "follow").number_of_edges() == 1


def test_embassies_as_first_seen():
    """The earlier of two registries; one registry alone is refused with its day, and so is another word."""
    early = register(("m1", "embassy", "Peru", "PER", "France", "FRA"), observed_at="2014-07-01")
    late = register(("m2", "embassy", "Peru", "PER", "Japan", "JPN"))
    held = selection(follows("13").astype({"weight": "float64"}), pd.concat([late, early]))
    assert list(online_network(held, "embassy").edges) == [("PER", "FRA")]
    assert observation_days(held.missions) == ["2014-07-01", "2016-07-01"]
    with pytest.raises(TableError, match="missions: observed on 2016-07-01. Expected: two days at least"):
        online_network(SimpleNamespace(missions=late), "embassy")
    with pytest.raises(TableError, match="tie 'like'. Expected: follow, mention, repost, reply"):
        online_network(store.load(platform="x"), "like")


@pytest.fixture(scope="module")
def sample():
    """Networks of embassies and of the ministries' last wave in the sample, and the dyads of both."""
    held = store.load(platform="x", start="2016-01-01", end="2016-01-15", of="missions")
    graphs = {"embassy": mission_network(held.missions, offices=["embassy"]), "online": online_network(held, "follow")}
    return held, graphs, dyads(**graphs)


def test_the_sample_leaves_out_who_has_no_account(sample):
    """Malta keeps embassies and has no account; the ministries without embassies are lacking there or silent."""
    _held, graphs, pairs = sample
    table = states_left_out(**graphs).set_index("state")
    assert table.loc["MLT"].tolist() == ["online", ""] and table.loc["ALB"].tolist() == ["embassy", ""]
    assert len(graphs["online"]) == 78 and pairs.sender.nunique() == 59 and "MLT" not in {*pairs.sender}


def test_the_sample_keeps_its_planted_match(sample):
    """Of the pairs that follow 56 % have an embassy, of the others 20 %, Peru's own apart (and Malta's left out)."""
    pairs = sample[2][sample[2].sender != "PER"]
    shares = pairs.groupby("online").embassy.mean()
    assert shares[1] == pytest.approx(0.56, abs=0.01) and shares[0] == pytest.approx(0.20, abs=0.01)
    assert pairs.embassy.corr(pairs.online) == pytest.approx(0.37, abs=0.02)


def test_the_sample_has_one_sender_that_is_no_state(sample):
    """The Sample Free Territory sends two missions, which no network of states holds."""
    assert unmapped_ends(sample[0].missions).values.tolist() == [["sender", "Sample Free Territory", 2]]
    assert sample[1]["embassy"].graph["unmapped"] == 2
