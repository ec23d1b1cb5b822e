"""No row is lost in silence: parallel ties add up, handles find their accounts, and a table without a row left is told."""

import json
from pathlib import Path
from types import SimpleNamespace

import ibis
import pandas as pd
import pytest
from click.testing import CliRunner
from conftest import current_build, write_accounts

from digidip import clean, cli
from digidip.deliveries import Delivery
from digidip.store._build import _declared, note_lost_tables
from digidip.store._holding import Holding, table_of
from digidip.store._other_tables import _add_parallel

SAMPLES = Path(__file__).parents[1] / "samples"
PARALLEL = [["1500001", "1500002", "mention", 3.0], ["1500002", "1500001", "mention", 1.0]]
THREE = [*PARALLEL, ["1500003", "1500001", "mention", 1.0]]


# Three official accounts on X, one of them without a handle, and one more of each platform for the tests of one file.
ACCOUNTS = [
    {"platform": "x", "account_id": "1500001", "handle": "MFAexamplestan"},
    {"platform": "x", "account_id": "1500002", "handle": "MFAotherstan"},
    {"platform": "x", "account_id": "1500003", "handle": ""},
    {"platform": "x", "account_id": "7", "handle": "mfa"},
    {"platform": "telegram", "account_id": "1500000001"},
]
ADDED = {}  # name of a file → its text, the text of its map, and the options of `digidip add`


def add(name, text, *options, column_map=""):
    """Declare a file for the one build of this module; its name is the key to what `add` says of it."""
    ADDED[name] = text, column_map, options


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    """All files added by the command, one after the other, and built: what is said of each, of the build, and the rows."""
    folder, told = tmp_path_factory.mktemp("lost"), {}
    home = folder / "home"
    write_accounts(home, *({"ministry": "KAZ", "label": "synthetic", **account} for account in ACCOUNTS))

    def digidip(*words):
        done = CliRunner().invoke(cli.main, ["--home", str(home), *words], env={"DIGIDIP_HOME": str(home)})
        assert done.exit_code == 0, done.stderr
        return done.stdout, done.stderr

    def rows(export, name, *columns):
        table = table_of(current_build(home), name)
        frame = table.filter(table.export.endswith(f"/{export}")).select(*columns).to_pandas().astype(object)
        return sorted(frame.where(frame.notna(), None).values.tolist(), key=str)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGIDIP_KEY", clean.SAMPLE_KEY.decode())
        for name, (text, column_map, options) in ADDED.items():
            (folder / name).write_text(text, encoding="utf-8")
            if column_map:
                (folder / f"{name}.map.yml").write_text(column_map, encoding="utf-8")
            told[name] = "".join(digidip("add", str(folder / name), "--label", "synthetic", *options))
        built = digidip("build")[0]
    rejects = pd.read_csv(current_build(home) / "rejects.csv")
    return SimpleNamespace(told=told, built=built, rows=rows, rejects=rejects)


def sample(name):
    """The text of a sample file, and of its map where it has one."""
    path, column_map = SAMPLES / name, SAMPLES / f"{name}.map.yml"
    return path.read_text(encoding="utf-8"), column_map.read_text(encoding="utf-8") if column_map.exists() else ""


PARALLEL_IN = {
    "edges.csv": ("edge_list/parallel_mentions.csv", THREE),
    "edges.graphml": ("graphml/parallel_mentions.graphml", THREE),
    "weights.csv": ("edge_list/parallel_with_weights.csv", THREE),
    "tcat.csv": (
        "tcat_mentions/parallel_mentions.csv",
        [["1500001", "1500002", "mention", 2.0], ["1500001", "1500002", "repost", 1.0], PARALLEL[1]],
    ),
}
for day, (name, (path, _rows)) in enumerate(PARALLEL_IN.items(), 1):
    named = [] if path.startswith("tcat") else ["--platform", "x"]
    add(name, sample(path)[0], "--retrieved", f"2020-01-{day:02}T00:00:00Z", *named)


@pytest.mark.parametrize("name", PARALLEL_IN)
def test_parallel_ties_add_up(name, taken):
    """Ties of one file with the same ends and kind are one, its weight their number or the sum of their weights."""
    assert "added up" in taken.told[name] and "set aside" not in taken.told[name]
    assert taken.rows(name, "follows", "source_id", "target_id", "tie", "weight") == PARALLEL_IN[name][1]


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


TWICE = "Source,Target,Kind\n1500001,1500002,follow\n1500001,1500002,follow\n"
add("follows.csv", TWICE, "--platform", "x", "--retrieved", "2020-02-01T00:00:00Z")


def test_a_follow_seen_twice_is_one_and_has_no_weight(taken):
    """Who follows an account does so once; of two files the later one's tie stays, its weight is not added."""
    assert taken.rows("follows.csv", "follows", "tie", "weight") == [["follow", None]]


METRICS, METRICS_MAP = sample("mapped/metrics_by_handle.csv")
add("metrics_by_handle.csv", METRICS, column_map=METRICS_MAP)


def test_metrics_by_handle_find_their_account(taken):
    """An official account is known by its handle, too; the others are counted with the reason."""
    counts = ("follower_count", "following_count", "post_count")
    held = taken.rows("metrics_by_handle.csv", "metrics", "account_id", *counts, "observed_at")
    assert [row[:4] for row in held] == [["1500001", 14752, 648, 3991], ["1500001", 14758, 648, 3992]]
    assert [str(row[4])[:10] for row in held] == ["2021-03-19", "2021-03-20"]
    assert "all/metrics_by_handle.csv, metrics: 3 read, 2 held; 1 left out (profiles of nobody official)" in taken.built


LINKS = [
    "https://x.com/MFAexamplestan?lang=en",
    "twitter.com/i/user/1500002",
    "https://x.com/search?q=mfa",
    "x.com/nobody",
]
for table, time, number in (("metrics", "observed_at", "follower_count"), ("posts", "posted_at", "post_id")):
    lines = [f"{link},2021-05-19 10:00:00,{n}" for n, link in enumerate(LINKS, start=1390098088760250983)]
    named = f"{{account_id: who, {time}: {{from: at, zone: UTC}}, {number}: n}}"
    add(
        f"links_of_{table}.csv",
        "\n".join(["who,at,n", *lines]) + "\n",
        *(["--ministry", "KAZ"] if table == "posts" else []),
        column_map=f"table: {table}\nplatform: x\ncolumns: {named}\n",
    )


@pytest.mark.parametrize("table", ["metrics", "posts"])
def test_an_address_of_a_profile_names_its_account(table, taken):
    """By handle or by id, with whatever a link carries; the address of a search, and of nobody known, name none."""
    assert taken.rows(f"links_of_{table}.csv", table, "account_id") == [["1500001"], ["1500002"]]


COUNTS = ["1500001,20210619,10", "MFAexamplestan,20210619,12", "1500001,20210620,11", "MFAexamplestan,20210620,11"]
add(
    "counts.csv",
    "who,date,n\n" + "\n".join(COUNTS) + "\n",
    column_map="table: metrics\nplatform: x\ncolumns: {account_id: who, follower_count: n, "
    "observed_at: {from: date, format: '%Y%m%d', zone: UTC}}\n",
)


def test_two_counts_of_an_account_by_id_and_by_handle_are_rejects(taken):
    """The counts of one day differ, and nobody can tell which is right; where they agree, they are one observation."""
    assert taken.rows("counts.csv", "metrics", "account_id", "follower_count") == [["1500001", 11]]
    assert "2 metrics share an id and a time with another of different counts" in taken.built


add("of_nobody.csv", METRICS.replace("MFAexamplestan", "Nobody"), column_map=METRICS_MAP)


def test_metrics_of_nobody_official_are_told(taken):
    """Where none of a file's accounts is official, add and build say so, with the remedy."""
    told = taken.told["of_nobody.csv"]
    assert "3 metrics of several accounts, none of them official yet" in told and "by id or handle" in told
    [note] = [line for line in taken.built.splitlines() if "none of 3 metrics is left after the step" in line]
    assert note.startswith("Note: all/of_nobody.csv") and "'attach accounts'" in note and "accounts.csv" in note


REPLY = {"id_str": "690000000000000011", "created_at": "Tue Jan 05 10:01:00 +0000 2016", "full_text": "Yes"}
REPLY |= {"user": {"id_str": "8", "screen_name": "ana"}, "in_reply_to_status_id_str": "689000000000000001"}
OWN = {**REPLY, "id_str": "690000000000000012", "user": {"id_str": "7", "screen_name": "mfa"}}
OWN["in_reply_to_status_id_str"] = None
add("replies.jsonl", json.dumps(REPLY) + "\n" + json.dumps(OWN) + "\n", "--ministry", "PER")


def test_replies_under_no_held_post_are_told(taken):
    """Comments whose posts nobody holds are told with the number, the step and the remedy."""
    assert not taken.rows("replies.jsonl", "comments", "comment_id")
    [note] = [line for line in taken.built.splitlines() if "none of 1 comments is left after the step 'place'" in line]
    assert note.startswith("Note: per/replies.jsonl") and "posts which they answer" in note


add("deleted.jsonl", '{"delete":{"status":{"id_str":"1"}}}\n' * 3, "--reader", "twitter_v1", "--ministry", "PER")


def test_a_file_of_rejects_alone_is_told(taken):
    """A file of which no record can be read claims no known columns; add and build tell the record and its reason."""
    told = taken.told["deleted.jsonl"]
    assert "none of 3 records can be used" in told and "columns used" not in told
    assert "per/deleted.jsonl: none of 3 posts is left after the step 'read'" in taken.built
    assert (taken.rejects["export"] == "per/deleted.jsonl").sum() == 3
    assert f"; {len(taken.rejects)} rejects" in taken.built


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


add("shifted.csv", sample("twarc_csv/batches_with_other_columns.csv")[0], "--ministry", "KAZ")


def test_shifted_records_are_noted(taken):
    """Batches with other columns under one header are rejects, counted in a note; the account keeps its handle."""
    assert "3 rows set aside" in taken.told["shifted.csv"]
    assert "kaz/shifted.csv: 3 records, the first of them record 4, have cells under the wrong" in taken.built
    assert {row[0] for row in taken.rows("shifted.csv", "posts", "handle")} == {"MFAexamplestan"}


READ_BACK = {
    "text_as_python_bytes.csv": "3 of 3 posts: the text stood in Python's notation for bytes",
    "text_of_r_on_windows.csv": "2 of 3 posts: the text held characters in R's notation <U+…>",
}
for name in READ_BACK:
    text, column_map = sample(f"mapped/{name}")
    add(name, text, "--ministry", "KAZ", column_map=column_map)


@pytest.mark.parametrize("name", READ_BACK)
def test_texts_read_back_are_told(name, taken):
    """What a reader did to texts is told at add and at build, with the number of rows."""
    assert READ_BACK[name] in taken.told[name] and f"Note: kaz/{name}: {READ_BACK[name]}" in taken.built


POSTS_MAP = "platform: {}\ncolumns: {{post_id: id, account_id: who, posted_at: {{from: date, zone: UTC}}}}\n"
BY_HANDLE = "@mfaEXAMPLEstan", "MFAotherstan", "ana"
add(
    "by_handle.csv",
    "id,who,date\n" + "".join(f"69000000000000000{n},{who},2016-01-05\n" for n, who in enumerate(BY_HANDLE, 1)),
    "--ministry",
    "KAZ",
    column_map=POSTS_MAP.format("x"),
)


def test_posts_by_handle_find_their_account(taken):
    """Posts that name their account by handle alone, in any case, with @ or not, are those of the registered account."""
    assert "none of them official" not in taken.told["by_handle.csv"]
    assert taken.rows("by_handle.csv", "posts", "post_id", "account_id") == [
        ["690000000000000001", "1500001"],
        ["690000000000000002", "1500002"],
    ]


NUMBERS = ["1500000001", "channel1500000001", "-1001500000001", "7"]
add(
    "channels.csv",
    "id,who,date\n" + "".join(f"{n},{number},2020-01-05\n" for n, number in enumerate(NUMBERS)),
    "--ministry",
    "KAZ",
    column_map=POSTS_MAP.format("telegram"),
)


def test_a_channel_of_telegram_is_one_by_every_number(taken):
    """In accounts.csv and in a table a channel may stand by its number, or with the mark of a program before it."""
    held = taken.rows("channels.csv", "posts", "post_id", "account_id")
    assert held == [[str(n), "channel1500000001"] for n in range(3)]
