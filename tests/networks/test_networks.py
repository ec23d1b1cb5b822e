"""Networks: nodes are who is registered, ties are what the tables say, and what is left out is counted."""

import random
from types import SimpleNamespace

import ibis
import networkx
import numpy as np
import pandas as pd
import pytest

from digidip.networks import (
    account_network,
    canonical_network,
    described_network,
    mention_network,
    mission_network,
    network_layout,
    reply_network,
    repost_network,
    tie_network,
    waves,
    write_network,
)
from digidip.tables import TableError, canonical

EARLY, LATE = "2016-01-01", "2016-02-01"
READ = {".gexf": networkx.read_gexf, ".graphml": networkx.read_graphml}


def accounts(*ids, **columns):
    """Accounts on X of one ministry."""
    return pd.DataFrame({"platform": "x", "account_id": list(ids), "ministry": "PER", **columns})


def follows(*rows):
    """Ties: source, target, tie, weight, observed."""
    names = ["source_id", "target_id", "tie", "weight", "observed_at"]
    return pd.DataFrame(rows, columns=names).assign(platform="x")


def posts(*rows):
    """Posts: id, account, post reposted, post answered, account answered."""
    names = ["post_id", "account_id", "repost_of_id", "reply_to_id", "reply_to_account_id"]
    return pd.DataFrame(rows, columns=names).assign(platform="x")


def missions(*rows, observed_at=EARLY):
    """Missions of Peru: id, office, receiving state, city."""
    frame = pd.DataFrame(rows, columns=["mission_id", "office", "receiving", "city"])
    return frame.assign(ministry="PER", sender="Peru", observed_at=observed_at)


def arcs(network):
    """Source, target and weight of every tie."""
    return list(network.edges(data="weight"))


def test_accounts_without_ties_stay_and_what_is_left_out_is_counted():
    """Four accounts, one tie: a self-loop, a tie to a stranger, a mention and a tie of weight 0 are not in it."""
    rows = [
        ("1", "2", "follow", None, EARLY),
        ("2", "2", "follow", None, EARLY),
        ("1", "stranger", "follow", None, EARLY),
        ("2", "3", "mention", 4.0, EARLY),
        ("3", "1", "follow", 0.0, EARLY),
    ]
    network = tie_network(follows(*rows), accounts("4", "3", "2", "1", handle=["d", "c", "b", None]))
    assert list(network.nodes(data="handle")) == [("1", None), ("2", "b"), ("3", "c"), ("4", "d")]
    assert list(network.edges(data=True)) == [("1", "2", {"weight": 1.0, "distance": 1.0})]
    counted = {"self_loops": 1, "outside": 1, "weightless": 1, "unweighted": 1}
    assert network.graph == {"tie": "follow", "platform": "x", **counted}


def test_a_tie_seen_again_counts_once_as_last_seen():
    """The weight of the later observation, not the sum; paths are as long as its inverse."""
    network = tie_network(
        follows(("1", "2", "quote", 8.0, EARLY), ("1", "2", "quote", 4.0, LATE)), accounts("1", "2"), tie="quote"
    )
    assert network.edges["1", "2"] == {"weight": 4.0, "distance": 0.25}


def test_a_wave_of_posts_is_refused_with_what_to_do():
    """Mentions are those of a window: the wave that the notebook names for follows is the fault, and is named."""
    with pytest.raises(TableError, match=r"wave '2016-07-01' with tie 'mention'.* Leave wave empty"):
        account_network(
            SimpleNamespace(**dict.fromkeys(("accounts", "follows", "posts", "entities"))),
            tie="mention",
            wave="2016-07-01",
        )


def test_a_wave_holds_what_was_seen_on_its_day_alone():
    """Two crawls: the first tie is gone in the second, whose weight counts; another day names the days there are."""
    seen = follows(("a", "b", "follow", 1, EARLY), ("b", "a", "follow", 1, EARLY), ("b", "a", "follow", 3, LATE))
    assert arcs(tie_network(seen, accounts("a", "b"), wave=EARLY)) == [("a", "b", 1.0), ("b", "a", 1.0)]
    assert arcs(tie_network(seen, accounts("a", "b"), wave=LATE)) == [("b", "a", 3.0)]
    assert waves(seen)[["wave", "ties", "accounts"]].values.tolist() == [[EARLY, 2, 2], [LATE, 1, 2]]
    with pytest.raises(
        TableError, match="wave '2016-03-01': no follow seen on that day. Found: 2016-01-01, 2016-02-01"
    ):
        tie_network(seen, accounts("a", "b"), wave="2016-03-01")


def test_mentions_that_files_hold_as_ties_are_in_the_network():
    """Two posts mention 2; a file that dates each mention has three of it in the window; another file has one sum, undated."""
    held = posts(("p", "1", None, None, None), ("q", "1", None, None, None))
    named = pd.DataFrame({"platform": "x", "post_id": ["p", "q"], "kind": "mention", "value": "2"})
    dated = [("1", "2", "mention", None, f"2016-01-0{day}") for day in (1, 2, 3, 9)]
    ties = follows(*dated, ("3", "1", "mention", 5.0, LATE), ("3", "2", "reply", 1.0, LATE))
    ties["export"] = [*"aaaa", "b", "b"]
    window = {"start": "2016-01-01", "end": "2016-01-04", "zone": "UTC"}
    frames = {"accounts": accounts("1", "2", "3"), "posts": held, "entities": named, "follows": ties}
    tables = {name: canonical(frame, name, frame.columns) for name, frame in frames.items()}
    tables = SimpleNamespace(**tables, **window, missions=None)
    assert arcs(account_network(tables, tie="mention")) == [("1", "2", 3.0), ("3", "1", 5.0)]
    tables.start, tables.end = "2016-01-02", "2016-01-03"  # one of the file: the two posts tell more
    assert arcs(account_network(tables, tie="mention")) == [("1", "2", 2.0), ("3", "1", 5.0)]
    assert arcs(account_network(tables, tie="reply")) == [("3", "2", 1.0)]


def test_others_come_in_when_asked_for():
    """With `outside` a stranger is a node of its own kind, and no account."""
    network = tie_network(follows(("1", "z", "follow", None, EARLY)), accounts("1", office="embassy"), outside=True)
    assert dict(network.nodes(data=True))["z"] == {"is_account": False, "office": "outside"}
    assert arcs(network) == [("1", "z", 1.0)]
    assert network.graph["outside"] == 0


def test_two_platforms_and_an_unknown_tie_are_refused():
    """An id means an account on one platform only."""
    both = pd.concat([accounts("1"), accounts("1").assign(platform="facebook")])
    with pytest.raises(TableError, match=r"2 platforms \(facebook, x\). Expected: one"):
        tie_network(follows(), both)
    with pytest.raises(TableError, match="tie must be one of follow, mention, "):
        tie_network(follows(), accounts("1"), tie="friend")


def test_missions_without_accounts_are_nodes():
    """An ambassador stands for the embassy; consulates are told apart by city; what cannot be told is a stray."""
    register = missions(
        ("m1", "embassy", "FRA", "Paris"),
        ("m2", "consulate", "USA", "Boston"),
        ("m3", "consulate", "USA", "Miami"),
        ("m4", "embassy", "KEN", "Nairobi"),
    )
    held = accounts(
        *"12345",
        office=["embassy", "ambassador", "consulate", "consulate", "ministry"],
        receiving=["FRA", "FRA", "USA", "USA", None],
        city=["PARIS", None, "Boston", None, None],
    )
    network = tie_network(follows(), held, register)
    assert list(network) == ["1", "2", "3", "4", "5", "mission:m3", "mission:m4"]
    assert dict(network.nodes(data="mission_id")) == {
        "1": "m1", "2": "m1", "3": "m2", "4": None, "5": None, "mission:m3": "m3", "mission:m4": "m4",
    }  # fmt: skip
    assert network.nodes["mission:m4"]["is_account"] is False
    assert (network.graph["registry"], network.graph["unplaced"]) == (4, 1)


def test_an_account_with_the_id_of_a_mission_is_refused():
    """Ids of missions without an account are kept apart."""
    with pytest.raises(TableError, match="'mission:m1', which is kept for missions"):
        tie_network(follows(), accounts("mission:m1"), missions(("m1", "embassy", "FRA", "Paris")))


def test_mentions_in_reposts_are_not_the_reposters():
    """Post p mentions 2 and 3, q mentions 2 again, r repeats another's mention."""
    held = posts(("p", "1", None, None, None), ("q", "1", None, None, None), ("r", "3", "p", None, None))
    named = [
        ("p", "mention", "2"),
        ("p", "mention", "3"),
        ("q", "mention", "2"),
        ("q", "hashtag", "3"),
        ("r", "mention", "2"),
    ]
    entities = pd.DataFrame(named, columns=["post_id", "kind", "value"]).assign(platform="x")
    network = mention_network(entities, held, accounts("1", "2", "3"))
    assert arcs(network) == [("1", "2", 2.0), ("1", "3", 1.0)]


def test_reposts_point_to_the_author_of_the_original():
    """Two reposts of p, one of the account's own post, one of a post that nobody holds."""
    held = posts(
        ("p", "1", None, None, None),
        ("q", "2", "p", None, None),
        ("r", "2", "p", None, None),
        ("s", "1", "p", None, None),
        ("t", "2", "elsewhere", None, None),
    )
    network = repost_network(held, accounts("1", "2"))
    assert arcs(network) == [("2", "1", 2.0)]
    assert network.graph["self_loops"] == 1
    assert network.graph["unknown_authors"] == 1


def test_replies_point_to_the_author_named_or_else_found():
    """The account named wins; without one, the author of the post answered; else nobody."""
    held = posts(
        ("p", "1", None, None, None),
        ("q", "2", None, "p", None),
        ("r", "2", None, "elsewhere", "3"),
        ("s", "2", None, "elsewhere", None),
        ("t", "2", None, None, "3"),
    )
    network = reply_network(held, accounts("1", "2", "3"))
    assert arcs(network) == [("2", "1", 1.0), ("2", "3", 2.0)]
    assert network.graph["unknown_authors"] == 1


def test_missions_tie_states_as_last_observed():
    """In February the Paris embassy is closed, two missions are in the USA, one in Peru itself, one nowhere we know."""
    before = missions(("m1", "embassy", "FRA", "Paris"), ("m2", "embassy", "USA", "Washington"))
    after = missions(
        ("m2", "embassy", "USA", "Washington"),
        ("m3", "consulate", "USA", "Miami"),
        ("m4", "other", "PER", "Cusco"),
        ("m5", "embassy", None, "Atlantis"),
        observed_at=LATE,
    )
    network = mission_network(pd.concat([before, after]))
    assert arcs(network) == [("PER", "USA", 2.0)]
    assert (network.graph["self_loops"], network.graph["unmapped"]) == (1, 1)
    assert arcs(mission_network(pd.concat([before, after]), at="2016-01-31")) == [
        ("PER", "FRA", 1.0),
        ("PER", "USA", 1.0),
    ]
    assert arcs(mission_network(after, offices=["embassy"])) == [("PER", "USA", 1.0)]


def test_empty_tables_give_an_empty_network():
    """Nobody registered: no nodes, no error."""
    network = tie_network(follows(), accounts(), missions())
    assert (len(network), network.number_of_edges(), network.graph["registry"]) == (0, 0, 0)
    assert len(mission_network(missions())) == 0


def test_ibis_tables_give_the_network_of_pandas_frames(tmp_path):
    """The tables of a holding and frames of the same rows make the same graph."""
    frames = follows(("1", "2", "follow", 2.0, EARLY)), accounts("1", "2", name=["A", None])
    connection, held = ibis.duckdb.connect(), []
    for number, frame in enumerate(frames):
        frame.to_parquet(tmp_path / f"{number}.parquet")
        held.append(connection.read_parquet(tmp_path / f"{number}.parquet"))
    found, wanted = tie_network(*held), tie_network(*frames)
    assert dict(found.nodes(data=True)) == dict(wanted.nodes(data=True))
    assert dict(found.edges) == dict(wanted.edges)


def test_a_network_of_ones_own_is_made_canonical():
    """Sorted nodes, ties each way, self-loops counted, input untouched."""
    given = networkx.Graph([("b", "a"), ("c", "c")])
    network = canonical_network(given)
    assert list(network) == ["a", "b", "c"]
    assert arcs(network) == [("a", "b", 1.0), ("b", "a", 1.0)]
    assert network.graph["self_loops"] == canonical_network(network).graph["self_loops"] == 1
    assert list(given.edges(data=True)) == [("b", "a", {}), ("c", "c", {})]


@pytest.mark.parametrize("weight", [0, -1, float("nan")])
def test_a_weight_that_has_no_length_is_refused(weight):
    """1 / weight must be a length."""
    with pytest.raises(TableError, match="Expected: above 0"):
        canonical_network(networkx.DiGraph([("a", "b", {"weight": weight})]))


def test_parallel_ties_are_refused():
    """Which of two ties to take is not for us to say."""
    with pytest.raises(TableError, match="parallel ties"):
        canonical_network(networkx.MultiDiGraph([("a", "b"), ("a", "b")]))


def test_reference_tables_describe_nodes():
    """By receiving state, headquarters by their ministry; nothing is overwritten, nothing missing is put."""
    network = networkx.DiGraph()
    network.add_node("e", receiving="FRA", ministry="PER")
    network.add_node("h", ministry="PER", region="kept")
    network.add_node("z", receiving="ZZZ")
    table = pd.DataFrame({"receiving": ["FRA", "PER"], "region": ["Europe", "Americas"], "population": [68e6, None]})
    found = described_network(network, table, on="receiving")
    assert found.nodes["e"] == {"receiving": "FRA", "ministry": "PER", "region": "Europe", "population": 68e6}
    assert found.nodes["h"] == {"ministry": "PER", "region": "kept"}
    assert found.nodes["z"] == {"receiving": "ZZZ"}
    assert "region" not in network.nodes["e"]
    with pytest.raises(TableError, match="no value stands twice"):
        described_network(network, pd.concat([table, table]), on="receiving")


def shuffled(graph, seed):
    """The same graph with nodes and ties added in another order."""
    nodes, edges = list(graph.nodes(data=True)), list(graph.edges(data=True))
    random.Random(seed).shuffle(nodes)
    random.Random(seed).shuffle(edges)
    other = type(graph)(**graph.graph)
    other.add_nodes_from(nodes)
    other.add_edges_from(edges)
    return other


def test_layout_does_not_depend_on_the_order_of_nodes():
    """The same positions to the last digit; another seed gives others; each node has one of its own."""
    graph = networkx.karate_club_graph()
    table = network_layout(graph)
    pd.testing.assert_frame_equal(network_layout(shuffled(graph, 1)), table, check_exact=True)
    assert not table[["x", "y"]].duplicated().any()
    assert table[["x", "y"]].abs().max().max() <= 1
    assert not np.allclose(network_layout(graph, seed=21)[["x", "y"]], table[["x", "y"]])


def described():
    """A network with every kind of attribute, in nodes, ties and graph."""
    graph = networkx.DiGraph(tie="follow", self_loops=2)
    graph.add_node("2", handle="MFA_Peru", followers=3, share=0.25, is_account=True, text='ñ, "q" & <b>', none=None)
    graph.add_node("10", name="Embassy", followers=np.int64(7), share=1, is_account=False, text="bell\x07\u2028end")
    graph.add_node("zoë", langs=["es", "qu"], seen=pd.Timestamp("2016-01-05", tz="UTC"), big=2**40, gap=float("nan"))
    graph.add_edge("2", "10", weight=2.0, kind="reply")
    graph.add_edge("10", "2", weight=0.5)
    return graph


NODES = {
    "10": {"name": "Embassy", "followers": 7, "share": 1.0, "is_account": False, "text": "bell  end", "label": "Embassy"},
    "2": {"handle": "MFA_Peru", "followers": 3, "share": 0.25, "is_account": True, "text": 'ñ, "q" & <b>', "label": "MFA_Peru"},
    "zoë": {"langs": "es|qu", "seen": "2016-01-05T00:00:00+00:00", "big": float(2**40), "label": "zoë"},
}  # fmt: skip
EDGES = {("10", "2"): {"weight": 0.5, "distance": 2.0}, ("2", "10"): {"weight": 2.0, "distance": 0.5, "kind": "reply"}}


@pytest.mark.parametrize("suffix", READ)
def test_xml_files_open_again_with_every_attribute(tmp_path, suffix):
    """Types kept: text, whole numbers, numbers, truth; lists and dates as text; missing left out."""
    assert write_network(described(), tmp_path / f"network{suffix}") == [tmp_path / f"network{suffix}"]
    found = READ[suffix](tmp_path / f"network{suffix}")
    assert found.is_directed()
    assert dict(found.nodes(data=True)) == NODES
    edges = {
        ends: {name: value for name, value in given.items() if name != "id"} for ends, given in found.edges.items()
    }
    assert edges == EDGES
    assert {type(given["followers"]) for given in found.nodes.values() if "followers" in given} == {int}
    assert suffix == ".gexf" or found.graph["tie"] == "follow"


def test_csv_files_open_again_with_every_attribute(tmp_path):
    """A list of ties that networkx reads, and beside it all nodes, those without ties too."""
    edges, nodes = write_network(described(), tmp_path / "network.csv")
    assert nodes == tmp_path / "network.nodes.csv"
    frame = pd.read_csv(edges, dtype={"Source": str, "Target": str})
    found = networkx.from_pandas_edgelist(frame, "Source", "Target", True, networkx.DiGraph)
    assert {ends: (given["weight"], given["distance"]) for ends, given in found.edges.items()} == {
        ("10", "2"): (0.5, 2.0),
        ("2", "10"): (2.0, 0.5),
    }
    rows = pd.read_csv(nodes, dtype={"Id": str}).set_index("Id")
    assert {node: row.dropna().to_dict() for node, row in rows.iterrows()} == NODES


def test_our_own_readers_open_what_we_write(tmp_path):
    """GEXF, GraphML and CSV come back through the readers as the same ties."""
    from digidip import readers

    for suffix, reader in {".gexf": "gexf", ".graphml": "graphml", ".csv": "edge_list"}.items():
        path = write_network(described(), tmp_path / f"network{suffix}")[0]
        rows = readers.reader(reader).read(path)["follows"].to_pandas()
        found = {(row.source_id, row.target_id): row.weight for row in rows.itertuples()}
        assert found == {("2", "10"): 2.0, ("10", "2"): 0.5}, suffix


@pytest.mark.parametrize("suffix", [*READ, ".csv"])
def test_the_same_network_gives_the_same_bytes(tmp_path, suffix):
    """Order of nodes and the day of writing leave no trace."""
    one = write_network(described(), tmp_path / f"one{suffix}")
    other = write_network(shuffled(described(), 3), tmp_path / f"other{suffix}")
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in other]
    assert b"lastmodifieddate" not in one[0].read_bytes()


@pytest.mark.parametrize("suffix", [*READ, ".csv"])
def test_an_empty_network_is_written(tmp_path, suffix):
    """No nodes is no error."""
    paths = write_network(networkx.DiGraph(), tmp_path / f"network{suffix}")
    assert all(path.read_bytes() for path in paths)


def test_words_of_the_formats_are_refused(tmp_path):
    """An attribute `pid` would make Gephi look for a parent."""
    graph = networkx.DiGraph()
    graph.add_node("a", pid=1)
    with pytest.raises(TableError, match="attribute 'pid', a word of graph files"):
        write_network(graph, tmp_path / "network.gexf")


def test_ids_that_are_one_text_are_refused(tmp_path):
    """1 and '1' would be one node."""
    graph = networkx.DiGraph()
    graph.add_nodes_from([1, "1"])
    with pytest.raises(TableError, match="same id as text"):
        write_network(graph, tmp_path / "network.gexf")


def test_an_unknown_ending_is_refused(tmp_path):
    """The ending says the format."""
    with pytest.raises(TableError, match="no format '.net'. Expected an ending of: .gexf, .graphml, .csv"):
        write_network(networkx.DiGraph(), tmp_path / "network.net")
