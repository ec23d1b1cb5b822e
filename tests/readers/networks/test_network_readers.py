"""Network files give the ties that networkx finds in them, and are refused where they are unsafe or ambiguous."""

import json

import networkx
import pytest
from test_readers import SAMPLES, as_text, refusal, written

from digidip import readers
from digidip.readers.networks import _to_parquet, _xml_networks

GEXF = '<gexf version="1.3"><graph defaultedgetype="directed"><edges>{}</edges></graph></gexf>'
GRAPHML = '<graphml><graph edgedefault="directed">{}</graph></graphml>'
EDGE = '<edge source="a" target="b"/>'
BOMB = '<!DOCTYPE {0} [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><{0}>&b;</{0}>'
OUTSIDE = '<!DOCTYPE {0} [<!ENTITY a SYSTEM "file:///etc/hostname">]><{0}>&a;</{0}>'
HEAD = "*Vertices 2\n1 Secret\n2 B\n"


def ties(path, reader=None):
    """Source, target, tie and weight of every row that is no reject."""
    frame = readers.reader(reader or readers.best_match(path)).read(path)["follows"]
    rows = as_text(frame.filter(frame.reject.isnull()))
    return sorted((row["source_id"], row["target_id"], row["tie"], row["weight"]) for row in rows)


@pytest.mark.parametrize("is_directed", [True, False])
@pytest.mark.parametrize("suffix", ["gexf", "graphml", "net"])
def test_what_networkx_writes_is_read(tmp_path, suffix, is_directed):
    """Every edge of a random network, each way where it has no direction, with its weight."""
    network = networkx.gnp_random_graph(25, 0.15, seed=7, directed=is_directed)
    network = networkx.relabel_nodes(network, {number: f"mfa {number}" for number in network})
    for source, target in network.edges:
        network.edges[source, target]["weight"] = len(source) + len(target) / 2
    network.add_edge("mfa 3", "mfa 3", weight=9.5)
    path = tmp_path / f"network.{suffix}"
    {"gexf": networkx.write_gexf, "graphml": networkx.write_graphml, "net": networkx.write_pajek}[suffix](network, path)
    arcs = network.to_directed().edges(data="weight")
    assert ties(path) == sorted((source, target, "", str(float(weight))) for source, target, weight in arcs)


@pytest.mark.parametrize("declared", [BOMB, OUTSIDE], ids=["bomb", "outside"])
@pytest.mark.parametrize("root", ["gexf", "graphml"])
def test_a_document_type_is_refused(tmp_path, root, declared):
    """Declared entities are not looked at, neither those that grow nor those that name other files."""
    path = written(tmp_path, declared.format(root).encode(), f"network.{root}")
    assert readers.best_match(path) == root
    assert "document type declaration" in refusal(path, root)
    hidden = f"<!-- <{root}> -->".encode() + path.read_bytes()
    assert "document type declaration" in refusal(written(tmp_path, hidden), root)


@pytest.mark.parametrize(
    ("reader", "data", "part"),
    [
        ("gexf", GEXF.format(EDGE)[:-12], "(line 1): XML that breaks off"),
        ("gexf", GEXF.format("\n<edge source='Secret' target='b\x01'/>"), "(line 2): an id with a control character"),
        ("gexf", GEXF.format(""), "no ties"),
        ("gexf", GRAPHML.format(EDGE), "no <gexf>"),
        ("gexf", GEXF.format(EDGE).replace('"directed"', '"mixed"'), "(edge 1): neither the edge nor its graph"),
        ("graphml", GRAPHML.format("<node id='Secret'/>"), "no ties"),
        ("graphml", GRAPHML.format(EDGE).replace(' edgedefault="directed"', ""), "(edge 1): neither the edge"),
        ("pajek", HEAD, "no ties"),
        ("pajek", HEAD + "*Arcs\n", "no ties"),
        ("pajek", HEAD + "*Vertices 2\n", "(line 4): a second network"),
        ("pajek", HEAD + "*Events\n", "(line 4): a section that is neither"),
        ("pajek", HEAD.replace("2 B", "2 Secret"), "(line 3): a label that stands twice"),
        ("pajek", HEAD.replace("2 B", "Secret"), "(line 3): no vertex"),
        ("pajek", HEAD.replace(" 2\n", "\n", 1), "(line 1): *Vertices without their number"),
        ("pajek", HEAD + "*Matrix\n0 1\n0 1 0\n", "(line 6): 3 cells in a row of the matrix"),
        ("pajek", "1 2\n", "neither *Network nor *Vertices"),
        ("gdf", "nodedef>name VARCHAR,label VARCHAR\n1,Secret\n", "no ties"),
        ("gdf", "nodedef>name VARCHAR\nSecret\nedgedef>node1 VARCHAR,to VARCHAR\n", "no column 'node2'"),
        ("gdf", "a,b\n", "no nodedef>"),
        ("edge_list", "Source,Target\n", "no ties"),
        ("edge_list", "Id,Label,country\n1,Secret,SE\n", "a table of nodes"),
        ("edge_list", "Secret;b\nb;c\n", "no column 'Source'"),
        ("tcat_mentions", "tweet_id,user_from_id,user_from_name,user_to_id,user_to_name\n", "no ties"),
        ("twarc2_users", '{"data": [{"id": "1", "text": "Secret"}]}', "no user of API v2"),
    ],
)  # fmt: skip
def test_network_is_refused_in_four_parts(tmp_path, reader, data, part):
    """Broken and ambiguous networks, and those without ties, are refused with where and what to do; no cell in it."""
    message = refusal(written(tmp_path, data.encode(), f"network.{reader}"), reader)
    assert part in message
    assert "Expected: " in message
    assert "Secret" not in message


def test_latin_1_of_old_pajek_is_read_where_its_letters_show_it(tmp_path):
    """A name that all Western encodings spell alike is read; one that they spell differently is asked for."""
    path = written(tmp_path, "*Vertices 1\n1 Département\n*Arcs\n1 1\n".encode("cp1252"))
    assert "Département" in readers.read_head(path).text
    assert readers.read_head(path).guessed_encoding == "CP1252"
    path = written(tmp_path, "*Vertices 1\n1 España\n*Arcs\n1 1\n".encode("cp1252"))
    assert "iconv -f cp1252" in refusal(path, "pajek")


@pytest.mark.parametrize("reader", ["pajek", "gdf", "gexf", "graphml"])
def test_bytes_that_are_not_utf8_deep_in_a_network_are_told(tmp_path, reader):
    """A wrong byte beyond the first 256 KiB stops the reading with the remedy, not with a traceback."""
    start = {
        "pajek": "*Vertices 2\n*Arcs\n" + "1 2\n" * 80_000,
        "gdf": "nodedef>name VARCHAR\nedgedef>node1 VARCHAR,node2 VARCHAR\n" + "a,b\n" * 80_000,
        "gexf": GEXF.format(EDGE * 12_000),
        "graphml": GRAPHML.format(EDGE * 12_000),
    }[reader]
    assert "not UTF-8" in refusal(written(tmp_path, start.encode() + b"\xe9\n"), reader)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_text_counts_not_the_declared_encoding(tmp_path, encoding):
    """A file that iconv converted still declares its old encoding; its ids are what the bytes say."""
    data = '<?xml version="1.0" encoding="ISO-8859-1"?>' + GEXF.format('<edge source="Zoë" target="b"/>')
    assert ties(written(tmp_path, data.encode(encoding), "network.gexf")) == [("Zoë", "b", "", "")]


@pytest.mark.parametrize("weight", ["nan", "inf", "1e999", "1_0", "2,5", "", "x"])
def test_a_weight_that_is_no_finite_number_is_missing(tmp_path, weight):
    """No weight is made of what is none; the tie stays."""
    path = written(tmp_path, f'Source,Target,Weight\na,b,"{weight}"\n'.encode())
    assert ties(path) == [("a", "b", "", "")]


def test_a_table_with_from_and_to_may_be_anything(tmp_path):
    """Messages have senders and receivers: they are suggested to nobody; with `--reader` they are read."""
    path = written(tmp_path, b"from,to,body\na,b,hello\n")
    assert readers.matches(path) == []
    assert ties(path, "edge_list") == [("a", "b", "", "")]


def test_two_columns_of_one_name_are_refused(tmp_path):
    """A second column of the same name, in other letters or not, leaves no doubt which was read."""
    assert "2 columns 'source'" in refusal(written(tmp_path, b"Source,Target,source\na,b,c\n"), "edge_list")
    assert "2 columns 'weight'" in refusal(written(tmp_path, b"Source,Target,Weight,Weight\na,b,1,2\n"), "edge_list")


def test_gdf_of_netvizz_leads_to_its_own_reader():
    """The reader of pages does not know a network and names the one that does."""
    path = SAMPLES / "gdf" / "netvizz_bipartite.gdf"
    assert "This looks like 'gdf'" in refusal(path, "netvizz_page")


@pytest.mark.parametrize(
    ("name", "source", "target"),
    [
        ("MFAExample_followers.txt", "7", "MFAExample"),
        ("@MFAExample-Followers.txt", "7", "MFAExample"),
        ("followers_119.txt", "7", "119"),
        ("Emb_Ex_friends.txt", "Emb_Ex", "7"),
        ("following-Emb_Ex.ids.txt", "Emb_Ex", "7"),
    ],
)
def test_file_name_tells_the_account_and_the_direction(tmp_path, name, source, target):
    """Followers follow the account; the account follows its friends."""
    assert ties(written(tmp_path, b"7\n", name)) == [(source, target, "follow", "")]


@pytest.mark.parametrize(
    "name",
    ["follower_ids.txt", "followers_ids.txt", "friends_followers.txt", "followers.txt"]
    + ["followers_of_MFA_followers.txt", "a_name_of_twenty_one_x_followers.txt", "MFA_followers_2020.txt", "MFAé_followers.txt"],
)  # fmt: skip
def test_other_names_are_refused_with_a_better_one(tmp_path, name):
    """What the account is, or whose list it is, is not guessed."""
    path = written(tmp_path, b"7\n", name)
    assert readers.best_match(path) == "twarc_followers"
    assert "<account>_followers.txt" in refusal(path, "twarc_followers")


def test_half_of_a_surrogate_pair_in_a_user_is_a_reject(tmp_path):
    """JSON may hold what no text can; the other users of the page are read."""
    page = b'{"data": [{"id": "\\ud83d", "username": "a", "name": "b"}, {"id": "7", "username": "c", "name": "d"}]}'
    frames = readers.reader("twarc2_users").read(written(tmp_path, page))
    assert [(row["account_id"], row["reject"]) for row in as_text(frames["metrics"])] == [
        ("", "no user with an id"),
        ("7", ""),
    ]


def test_records_are_written_in_parts(tmp_path, monkeypatch):
    """More records than a part holds: all are there, in order; what is no column is left out."""
    monkeypatch.setattr(_to_parquet, "PART", 2)
    records = ({"a": str(number), "more": "x", "export_row": number} for number in range(1, 6))
    found = _to_parquet.to_parquet(tmp_path / "x", records, ("a", "b")).order_by("export_row").to_pyarrow().to_pylist()
    assert found == [{"a": str(number), "b": None, "export_row": number} for number in range(1, 6)]


OLD_ACCOUNTS = [12, 2_514_000_000, 118_200_300, 4_800_000_001, 17]
NEW_ACCOUNTS = [1_196_150_000_000_000_001, 1_380_000_000_000_000_777, 702_000_000_000_000_001]
TWEETS = [90_000_000_000, 210_621_130_703_245_313, 689_719_005_803_446_272, 1_380_082_989_265_846_273]


@pytest.mark.parametrize(
    ("name", "ids", "reader"),
    [
        ("ids.txt", OLD_ACCOUNTS + NEW_ACCOUNTS, "twarc_followers"),
        ("mfa_followers.txt", OLD_ACCOUNTS + NEW_ACCOUNTS, "twarc_followers"),
        ("ids.txt", TWEETS[:3] * 2, "tweet_ids"),
        ("mfa_followers.txt", TWEETS[:3] * 2, "tweet_ids"),
        ("ids.txt", NEW_ACCOUNTS, "tweet_ids"),
        ("mfa_followers.txt", NEW_ACCOUNTS, "twarc_followers"),
    ],
)
def test_numbers_tell_accounts_from_tweets(tmp_path, name, ids, reader):
    """Accounts have no numbers between five billion and those of 2016, tweets have all; the name counts where both are possible."""
    path = written(tmp_path, "".join(f"{one}\n" for one in ids).encode(), name)
    assert readers.best_match(path) == reader


def test_a_list_of_accounts_makes_no_tweets(tmp_path):
    """Whoever says --reader tweet_ids of a list of accounts, or twarc_followers of tweets, is told what it lists."""
    accounts = written(tmp_path, "".join(f"{one}\n" for one in OLD_ACCOUNTS * 14).encode(), "ids.txt")
    assert "a list of ids of accounts, not of tweets" in refusal(accounts, "tweet_ids")
    tweets = written(tmp_path, "".join(f"{one}\n" for one in TWEETS).encode(), "mfa_followers.txt")
    assert "a list of tweets" in refusal(tweets, "twarc_followers")


def test_a_table_named_after_followers_is_a_table(tmp_path):
    """A TAB table of daily counts is no list of ids, whatever its name: no reader knows it, and a map is proposed."""
    text = "\tscreen_name\tdate\ttweet_count\tfollower_count\n" + "".join(
        f"{n}\tmfa\t2021031{n}\t399{n}\t1475{n}\n" for n in range(6)
    )
    path = written(tmp_path, text.encode(), "follower_counts.tsv")
    assert readers.matches(path) == [] and "no list of ids" in refusal(path, "twarc_followers")
    assert "follower_count: follower_count  # sure" in readers.proposal(path, "metrics").text


def test_control_characters_in_xml_are_removed_and_counted(deliver, digidip):
    """U+0003 in a text, as it is or as a reference, keeps no tie from being read; build says how many were removed."""
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><graphml><key id="v_name" for="node" attr.name="name" attr.type="string"/>'
        '<graph edgedefault="directed"><node id="n0"><data key="v_name">1500001</data><data key="t">a \x03 b</data></node>'
        '<node id="n1"><data key="v_name">1500002</data><data key="t">c &#x1F; d &#3; e &#10; f\ufffe</data></node>'
        '<edge source="n0" target="n1"/></graph></graphml>'
    )
    deliver("network.graphml", text, platform="x", retrieved_at="2020-01-01T00:00:00Z", label="synthetic")
    code, out, _err = digidip("build", "--json")
    facts = json.loads(out)
    assert code == 0 and facts["rows"]["follows"] == 1
    assert any("4 control characters removed, which XML forbids" in note for note in facts["notes"])


def test_control_characters_in_attributes_are_removed(tmp_path):
    """Labels of a node and an edge hold U+001F and U+000B, beside ids that are whole: two are removed."""
    text = '<gexf><graph><nodes><node id="a" label="a&#x1F; id=1"/></nodes><edges><edge source="a" label="\x0b" target="b"/></edges>'
    path = written(tmp_path, (text + "</graph></gexf>").encode(), "t.gexf")
    assert len(ties(path, "gexf")) == 2 and _xml_networks.removed_characters(path) == 2


def test_references_across_pieces_of_a_file(tmp_path, monkeypatch):
    """A forbidden reference that two pieces of the file share is removed, too."""
    monkeypatch.setattr(_xml_networks, "CHUNK", 7)
    text = '<graphml><graph edgedefault="directed">' + "&#x0001;&#38;\ufffe" * 20
    text += '<edge source="a" target="b"/></graph></graphml>'
    path = written(tmp_path, text.encode(), "t.graphml")
    assert ties(path, "graphml") == [("a", "b", "", "")] and _xml_networks.removed_characters(path) == 40
