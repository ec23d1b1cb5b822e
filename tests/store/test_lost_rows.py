"""No row is lost in silence: parallel ties add up, handles find their accounts, and a table without a row left is told."""

import json
from pathlib import Path
from types import SimpleNamespace

import ibis
import pytest
from conftest import current_build

from digidip.deliveries import Delivery
from digidip.store._build import _declared, note_lost_tables
from digidip.store._holding import Holding, table_of
from digidip.store._other_tables import _add_parallel

SAMPLES = Path(__file__).parents[1] / "samples"
PARALLEL = [["1500001", "1500002", "mention", 3.0], ["1500002", "1500001", "mention", 1.0]]
THREE = [*PARALLEL, ["1500003", "1500001", "mention", 1.0]]


@pytest.fixture
def three(register):
    """Three official accounts on X."""
    handles = {"1500001": "MFAexamplestan", "1500002": "MFAotherstan", "1500003": ""}
    rows = [{"account_id": account, "handle": handle} for account, handle in handles.items()]
    register(*({"platform": "x", "ministry": "KAZ", "label": "synthetic", **row} for row in rows))


@pytest.fixture
def taken(digidip, home):
    """Add a sample (a path below tests/samples, or anywhere) with its map and build; what add and build print."""

    def run(path, *options):
        path = SAMPLES / path
        code, out, err = digidip("add", path, "--label", "synthetic", *options)
        assert code == 0, err
        code, built, _err = digidip("build")
        assert code == 0, _err
        return out + err, built

    return run


@pytest.fixture
def held(home):
    """A function table, columns → the rows as they are held, sorted, missing as None."""

    def rows(name, *columns):
        frame = table_of(current_build(home), name).select(*columns).to_pandas().astype(object)
        return sorted(frame.where(frame.notna(), None).values.tolist(), key=str)

    return rows


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("edge_list/parallel_mentions.csv", THREE),
        ("graphml/parallel_mentions.graphml", THREE),
        ("edge_list/parallel_with_weights.csv", THREE),
        (
            "tcat_mentions/parallel_mentions.csv",
            [["1500001", "1500002", "mention", 2.0], ["1500001", "1500002", "repost", 1.0], PARALLEL[1]],
        ),
    ],
)
def test_parallel_ties_add_up(path, expected, three, taken, held):
    """Ties of one file with the same ends and kind are one, its weight their number or the sum of their weights."""
    named = [] if path.startswith("tcat") else ["--platform", "x"]
    told, _built = taken(path, "--retrieved", "2020-01-01T00:00:00Z", *named)
    assert "added up" in told and "set aside" not in told
    assert held("follows", "source_id", "target_id", "tie", "weight") == expected


def test_a_mention_counts_one_in_a_file_without_weights():
    """Whether or not another pair stands twice; a follow has no weight, and one that a file with weights lacks is missing."""
    ties = [
        ("a", "mention", None),
        ("a", "follow", None),
        ("a", "unknown", None),
        ("b", "reply", 2.0),
        ("b", "mention", None),
    ]
    rows = [(export, tie, weight, str(place), "x", "2", "t", place) for place, (export, tie, weight) in enumerate(ties)]
    columns = ["export", "tie", "weight", "source_id", "platform", "target_id", "observed_at", "export_row"]
    table = ibis.memtable(rows, columns=columns)
    found = _add_parallel(None, table).order_by("export_row").weight.to_pyarrow().to_pylist()
    assert found == [1.0, None, None, 2.0, None]


def test_a_follow_seen_twice_is_one_and_has_no_weight(three, export, taken, held):
    """Who follows an account does so once; of two files the later one's tie stays, its weight is not added."""
    path = export("follows.csv", "Source,Target,Kind\n1500001,1500002,follow\n1500001,1500002,follow\n")
    taken(path, "--platform", "x", "--retrieved", "2020-01-01T00:00:00Z")
    assert held("follows", "tie", "weight") == [["follow", None]]


def test_metrics_by_handle_find_their_account(three, taken, held):
    """An official account is known by its handle, too; the others are counted with the reason."""
    _told, built = taken("mapped/metrics_by_handle.csv")
    counts = ("follower_count", "following_count", "post_count")
    assert held("metrics", "account_id", *counts) == [["1500001", 14752, 648, 3991], ["1500001", 14758, 648, 3992]]
    assert [str(day)[:10] for [day] in held("metrics", "observed_at")] == ["2021-03-19", "2021-03-20"]
    assert "all/metrics_by_handle.csv, metrics: 3 read, 2 held; 1 left out (profiles of nobody official)" in built


@pytest.mark.parametrize("table", ["metrics", "posts"])
def test_an_address_of_a_profile_names_its_account(table, three, export, taken, held):
    """By handle or by id, with whatever a link carries; the address of a search, and of nobody known, name none."""
    links = [
        "https://x.com/MFAexamplestan?lang=en",
        "twitter.com/i/user/1500002",
        "https://x.com/search?q=mfa",
        "x.com/nobody",
    ]
    time = {"metrics": "observed_at", "posts": "posted_at"}[table]
    text = f"table: {table}\nplatform: x\ncolumns: {{account_id: who, {time}: {{from: at, zone: UTC}}"
    text += ", follower_count: n}\n" if table == "metrics" else ", post_id: n}\n"
    export("links.csv.map.yml", text)
    rows = [f"{link},2021-03-19 10:00:00,{n}" for n, link in enumerate(links, start=1380098088760250983)]
    named = ["--ministry", "KAZ"] if table == "posts" else []
    taken(export("links.csv", "\n".join(["who,at,n", *rows]) + "\n"), *named)
    assert sorted(held(table, "account_id")) == [["1500001"], ["1500002"]]


def test_two_counts_of_an_account_by_id_and_by_handle_are_rejects(three, export, taken, held):
    """The counts of one day differ, and nobody can tell which is right; where they agree, they are one observation."""
    rows = ["1500001,20210319,10", "MFAexamplestan,20210319,12", "1500001,20210320,11", "MFAexamplestan,20210320,11"]
    text = "table: metrics\nplatform: x\ncolumns: {account_id: who, follower_count: n, "
    export("counts.csv.map.yml", text + "observed_at: {from: date, format: '%Y%m%d', zone: UTC}}\n")
    _told, built = taken(export("counts.csv", "who,date,n\n" + "\n".join(rows) + "\n"))
    assert held("metrics", "account_id", "follower_count") == [["1500001", 11]]
    assert "2 metrics share an id and a time with another of different counts" in built


def test_metrics_of_nobody_official_are_told(taken):
    """Where none of a file's accounts is official, add and build say so, with the remedy."""
    told, built = taken("mapped/metrics_by_handle.csv")
    assert "3 metrics of several accounts, none of them official yet" in told and "by id or handle" in told
    assert "none of 3 metrics is left after the step 'attach accounts'" in built and "accounts.csv" in built


def test_replies_under_no_held_post_are_told(taken, register, export, held):
    """Comments whose posts nobody holds are told with the number, the step and the remedy."""
    register({"platform": "x", "account_id": "7", "handle": "mfa", "ministry": "PER", "label": "synthetic"})
    line = {"id_str": "690000000000000001", "created_at": "Tue Jan 05 10:01:00 +0000 2016", "full_text": "Yes"}
    line |= {"user": {"id_str": "8", "screen_name": "ana"}, "in_reply_to_status_id_str": "689000000000000001"}
    own = {**line, "id_str": "690000000000000002", "user": {"id_str": "7", "screen_name": "mfa"}}
    own["in_reply_to_status_id_str"] = None
    _told, built = taken(export("t.jsonl", json.dumps(line) + "\n" + json.dumps(own) + "\n"), "--ministry", "PER")
    assert not held("comments", "comment_id")
    assert "none of 1 comments is left after the step 'place'" in built and "posts which they answer" in built


def test_a_file_of_rejects_alone_is_told(taken, export):
    """A file of which no record can be read claims no known columns; add and build tell the record and its reason."""
    told, built = taken(
        export("deleted.jsonl", '{"delete":{"status":{"id_str":"1"}}}\n' * 3),
        "--reader",
        "twitter_v1",
        "--ministry",
        "PER",
    )
    assert "none of 3 records can be used" in told and "columns known" not in told
    assert "none of 3 posts is left after the step 'read'" in built and "; 3 rejects" in built


def test_accounts_of_no_state_are_told_with_their_own_remedy():
    """A list of accounts of which none is left asks for the state; a file without a record asks whether it is whole."""
    lists, empty = (Delivery(name, "", "mapped", "x", "", "", "real", "", "", "", "") for name in ("a.csv", "b.csv"))
    holding = Holding(Path(), None, Path(), [lists, empty], None, b"")
    holding.record_step("attach accounts", "accounts", "a.csv", 2, 0, "accounts of no state we know")
    holding.record_step("read", "follows", "b.csv", 0, 0, "records that cannot be read as follows")
    note_lost_tables(holding)
    first, second = holding.notes
    assert first.startswith("b.csv: no records under the header")
    assert second.startswith("a.csv: none of 2 accounts is left") and "say --ministry at digidip add" in second


def test_words_for_nothing_are_no_ids_in_any_reader():
    """What a reader gives as an id, NA or None among them, is missing once it is declared; a text stays."""
    delivery = Delivery("a.csv", "", "crowdtangle_instagram", "instagram", "PER", "UTC", "real", "", "", "", "")
    holding = SimpleNamespace(deliveries=[delivery])
    rows = ibis.memtable({"post_id": ["1", "NULL"], "account_id": ["NA", "7"], "text": ["NA", "None"]})
    rows = rows.mutate(posted_at=ibis.timestamp("2016-01-05 10:00:00"), export_row=ibis.row_number())
    found = _declared(holding, delivery, "posts", rows).select("post_id", "account_id", "text").to_pandas()
    assert found.astype(object).where(found.notna(), None).values.tolist() == [["1", None, "NA"], [None, "7", "None"]]


def test_shifted_records_are_noted(three, taken, held):
    """Batches with other columns under one header are rejects, counted in a note; the account keeps its handle."""
    told, built = taken("twarc_csv/batches_with_other_columns.csv", "--ministry", "KAZ")
    assert "3 rows set aside" in told and "3 records, the first of them record 4, have cells under the wrong" in built
    assert {row[0] for row in held("posts", "handle")} == {"MFAexamplestan"}


@pytest.mark.parametrize(
    ("path", "note"),
    [
        ("mapped/text_as_python_bytes.csv", "3 of 3 posts: the text stood in Python's notation for bytes"),
        ("mapped/text_of_r_on_windows.csv", "2 of 3 posts: the text held characters in R's notation <U+…>"),
    ],
)
def test_texts_read_back_are_told(path, note, three, taken):
    """What a reader did to texts is told at add and at build, with the number of rows."""
    told, built = taken(path, "--ministry", "KAZ")
    assert note in told and f"Note: kaz/{Path(path).name}: {note}" in built


def test_posts_by_handle_find_their_account(three, taken, export, held):
    """Posts that name their account by handle alone, in any case, with @ or not, are those of the registered account."""
    posts = "id,who,date\n690000000000000001,@mfaEXAMPLEstan,2016-01-05\n690000000000000002,MFAotherstan,2016-01-05\n"
    path = export("a.csv", posts + "690000000000000003,ana,2016-01-05\n")
    path.with_name("a.csv.map.yml").write_text(
        "platform: x\ncolumns: {post_id: id, account_id: who, posted_at: {from: date, zone: UTC}}\n", encoding="utf-8"
    )
    told, _built = taken(path, "--ministry", "KAZ")
    assert "none of them official" not in told
    assert held("posts", "post_id", "account_id") == [
        ["690000000000000001", "1500001"],
        ["690000000000000002", "1500002"],
    ]


@pytest.mark.parametrize("number", ["1500000001", "channel1500000001", "-1001500000001"])
def test_a_channel_of_telegram_is_one_by_every_number(number, taken, register, export, held):
    """In accounts.csv and in a table a channel may stand by its number, or with the mark of a program before it."""
    register({"platform": "telegram", "account_id": "1500000001", "ministry": "KAZ", "label": "synthetic"})
    path = export("a.csv", f"id,who,date\n1,{number},2020-01-05\n2,7,2020-01-05\n")
    path.with_name("a.csv.map.yml").write_text(
        "platform: telegram\ncolumns: {post_id: id, account_id: who, posted_at: {from: date, zone: UTC}}\n",
        encoding="utf-8",
    )
    taken(path, "--ministry", "KAZ")
    assert held("posts", "post_id", "account_id") == [["1", "channel1500000001"]]
