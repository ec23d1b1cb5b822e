"""Store: a holding is built whole or not at all, the same bytes every time, and loaded by window and account."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import ibis
import pandas as pd
import pytest
from conftest import COMMENTS, GETPAGE, STATUSES, Together, current_build
from pyarrow import parquet

from digidip import clean, deliveries, store
from digidip.home import one_build
from digidip.store import _build, _holding, _load
from digidip.tables import KEYS, SCHEMA, ReaderError, TableError, violations

STATE = {"ministry": "USA", "platform": "facebook", "start": "2016-01-01", "end": "2016-02-01"}
CROWDTANGLE = (
    "Page Name,User Name,Facebook Id,Followers at Posting,Post Created,Type,Likes,Comments,Shares,Love,Wow,Haha,Sad,"
    "Angry,Care,URL,Message,Link,Final Link\n"
    "Old name,old,7,100,2016-01-05 08:00:00 EST,Photo,5,3,1,0,0,0,0,0,0,https://www.facebook.com/7/posts/1,One,,\n"
    "New name,new,7,110,2016-01-05 09:00:00 EST,Link,6,4,1,1,0,0,0,0,0,https://www.facebook.com/7/posts/2,Two,,\n"
    "New name,new,7,,2016-01-07 09:00:00 EST,Link,6,4,1,1,0,0,0,0,0,https://www.facebook.com/7/posts/4,Four,,\n"
)


OF_EACH_TABLE = (
    *("ind_facebook_statuses.csv", "ind_facebook_comments.csv", "per_tweets.jsonl", "mfa_follows_2014.csv"),
    *("embassies.csv", "bluesky_profiles_2025-01.csv"),
)


# Deliveries and accounts that stand above their tests and are built as one: each test looks at its own account.
together = Together()


def of_page(number, text):
    """An export of page 7 as one of another page, which has another name too."""
    return (
        text.replace("7,Ministry", f"{number},Ministry")
        .replace("7_", f"{number}_")
        .replace("Ministry", f"Page {number}")
    )


def crowdtangle_of(number):
    """The export of CrowdTangle as one of another page."""
    return CROWDTANGLE.replace(",7,", f",{number},").replace(".com/7/", f".com/{number}/")


def of_account(table, number):
    """The rows of an account."""
    return table.filter(table.account_id == str(number))


def tweet(number, account="7", text="Hello", **more):
    """One line of a v1.1 export."""
    user = {"id_str": account, "screen_name": f"handle{account}", "name": f"Name {account}"}
    stamp = f"Tue Jan 05 10:{int(number) % 60:02}:00 +0000 2016"
    return json.dumps({"id_str": str(number), "created_at": stamp, "user": user, "full_text": text, **more}) + "\n"


def frame(table, *columns):
    """Columns of an Ibis table as rows, missing as None, sorted by the first."""
    rows = table.select(*columns).order_by(columns[0]).to_pandas().astype(object)
    return rows.where(rows.notna(), None).values.tolist()


def in_other_process(home, **environment):
    """Build the home in a process of its own."""
    code = f"from digidip import store; store.build({str(home / 'data/raw')!r}, {str(home / 'data/processed')!r})"
    search = {"PYTHONPATH": str(deliveries.REPOSITORY)}
    return subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | search | environment, cwd="/")


def test_same_bytes_again(home, tree):
    """Another build gives the same bytes, whatever hash seed, time zone, locale, threads and working directory."""
    raw = home / "data" / "raw"
    raw.mkdir(parents=True)
    manifest = pd.read_csv(deliveries.SAMPLE / "MANIFEST.csv", dtype=str)
    manifest = manifest[manifest.path.isin(OF_EACH_TABLE)]
    shutil.copytree(deliveries.SAMPLE / "reference", raw / "reference")
    for name in manifest.path:
        shutil.copy(deliveries.SAMPLE / name, raw / name)
    manifest.to_csv(raw / "MANIFEST.csv", index=False)
    changed = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "tr_TR.UTF-8"}
    key = {"DIGIDIP_KEY": clean.SAMPLE_KEY.decode()}
    in_other_process(home, **key, **changed)
    before = tree(home / "data" / "processed")
    shutil.rmtree(home / "data" / "processed")
    store.build(raw, home / "data" / "processed", key=clean.SAMPLE_KEY)
    assert tree(home / "data" / "processed") == before and len(before) > 20


def test_build_over_an_older_one(older, deliver, home, tree):
    """A second build replaces the first, and nothing else stays in the folder; a third of the same is the same."""
    raw, processed = home / "data" / "raw", home / "data" / "processed"
    before = tree(processed)
    deliver("b.csv", STATUSES)
    assert store.build(raw, processed)["rows"]["posts"] == 3 and tree(processed) != before
    before = tree(processed)
    store.build(raw, processed)
    assert tree(processed) == before
    assert sorted(path.name for path in (home / "data").glob("[!.]*")) == ["processed", "raw"]
    names = {path.name for path in processed.iterdir()}
    assert names == {current_build(home).name, "current"}


def test_home_of_any_name(export, tmp_path, tree):
    """A home and a file with quotes, brackets, spaces and accents are built and loaded."""
    odd = tmp_path / "it's [my] hömé, *?"
    path = export("say [1] 'it'*.csv", GETPAGE)
    deliveries.receive(odd / "data" / "raw", [path], [deliveries.describe(path, ministry="PER", label="real")])
    store.build(odd / "data" / "raw", odd / "data" / "processed")
    assert store.load("processed", home=odd).posts.count().to_pandas() == 2


def test_who_reads_goes_on_with_its_build(older, deliver, home, monkeypatch):
    """A build during a run: tables that are read late hold the rows that were counted; whoever comes later has the new."""
    monkeypatch.setattr(_load, "FEW_ROWS", -1)  # nothing is computed before it is asked for
    held = older()
    with one_build(home / "data" / "processed"):
        deliver("b.csv", STATUSES)
        store.build(home / "data" / "raw", home / "data" / "processed")
        assert [held.posts.count().to_pandas(), store.load("processed", home=home).n, held.n] == [2, 2, 2]
        assert len(store.build_record("processed", home)["deliveries"]) == 1
    assert store.load("processed", home=home).n == 3 and held.posts.count().to_pandas() == 2


def test_no_part_of_a_holding_is_read_damaged(older, build, home, refused):
    """A flipped bit in any file, whatever its times say, a part too many and one that is gone: refused, and built again."""
    folder = current_build(home)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    assert len(files) > 9
    for path in files:
        whole, state = path.read_bytes(), path.stat()
        path.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
        assert path.name in refused(TableError, lambda: store.load("processed", home=home))
        path.write_bytes(whole)
    assert store.load("processed", home=home).n == 2
    posts = folder / "posts" / "0000.parquet"
    shutil.copy(posts, folder / "posts" / "0001.parquet")
    assert "posts/0001.parquet not listed" in refused(TableError, lambda: store.load("processed", home=home))
    posts.unlink()
    told = refused(TableError, lambda: store.load("processed", home=home))
    assert "posts/0000.parquet missing" in told and "Do: digidip build" in told
    assert build()[1].n == 2


def test_changed_file_is_refused(older, build, home, tree, refused):
    """A file that has changed in any way is named as such, and the holding stays as it was."""
    before = tree(home / "data" / "processed")
    for content in (GETPAGE.replace("Hello", "Hallo"), "", "broken"):
        (home / "data" / "raw" / "per" / "a.csv").write_text(content)
        assert "per/a.csv: the file has changed" in refused(TableError, build)
        assert tree(home / "data" / "processed") == before


BREAK = {
    "a Parquet part": (_build.engine().__class__, "to_parquet"),
    "build.json": (_build.Path, "write_text"),
    "rejects.csv": (_build.pd.DataFrame, "to_csv"),
    "the check": (_build, "check"),
    "the disk": (_build.os, "fsync"),
    "the swap": (_build.os, "replace"),
}


KEY = clean.SAMPLE_KEY


@pytest.fixture(scope="module")
def older_home(tmp_path_factory):
    """A home with one delivery, built: copied by who changes it."""
    home = tmp_path_factory.mktemp("older")
    path = home / "a.csv"
    path.write_text(GETPAGE)
    deliveries.receive(home / "data" / "raw", [path], [deliveries.describe(path, ministry="PER", label="real")])
    store.build(home / "data" / "raw", home / "data" / "processed", key=KEY)
    return home


@pytest.fixture
def older(older_home, home, monkeypatch):
    """The scratch home as a copy of that one, with its key; gives the function that loads what it holds."""
    shutil.copytree(older_home / "data", home / "data")
    monkeypatch.setenv("DIGIDIP_KEY", KEY.decode())
    return lambda: store.load("processed", home=home)


@pytest.fixture(scope="module")
def made_files(older_home, tmp_path_factory):
    """The folder of a build as it is before it is put in place: what the steps leave that make and check the tables."""
    aside = tmp_path_factory.mktemp("made")
    shutil.copytree(current_build(older_home), aside, dirs_exist_ok=True)
    return aside


@pytest.mark.parametrize("where", BREAK)
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "Ctrl-C"])
def test_crash_leaves_the_old_holding(error, where, older, made_files, deliver, home, tree, monkeypatch):
    """Whatever write fails, the old holding or none is there, and no leftovers."""
    if isinstance(error, OSError):
        shutil.rmtree(home / "data" / "processed")
    else:
        deliver("b.csv", STATUSES, zone="America/New_York")  # so that the new holding is another than the old one
    before, (owner, name) = tree(home), BREAK[where]

    def failing(*given, **named):
        raise error

    def as_made(holding):
        shutil.copytree(made_files, holding.folder, dirs_exist_ok=True)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, failing)
        if where in ("the disk", "the swap"):  # they come after the tables are made
            patch.setattr(_build, "_make_verified", as_made)
        with pytest.raises(type(error)):
            store.build(home / "data" / "raw", home / "data" / "processed", key=KEY)
    assert tree(home) == before


def test_engine_out_of_room(deliver, build, home, tree, monkeypatch, refused):
    """A full disk under the engine is one message, and nothing has changed."""
    deliver("a.csv", GETPAGE)
    before = tree(home)

    def full(*_given, **_named):
        raise _build.duckdb.IOException("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(BREAK["a Parquet part"][0], "to_parquet", full)
        assert "disk" in refused((TableError, ReaderError), build)
    assert tree(home) == before


together.deliver("early71.csv", of_page(71, GETPAGE), retrieved_at="2016-02-01")
together.deliver("late71.csv", of_page(71, STATUSES), retrieved_at="2016-03-01")


def test_two_deliveries_overlap(built):
    """Of a post in two exports the later observation stays; the account of rows adds up."""
    assert frame(of_account(built.held.posts, 71), "post_id", "comment_count", "export") == [
        ["71_1", 4, "per/late71.csv"], ["71_2", 0, "per/early71.csv"], ["71_3", 0, "per/late71.csv"],
    ]  # fmt: skip
    steps = {(step["export"], step["step"]): step for step in built.facts["account_of_rows"] if "71" in step["export"]}
    lost = steps["per/early71.csv", "deduplicate"]
    assert (lost["rows_in"], lost["rows_out"]) == (2, 1)
    assert sum(step["rows_out"] for (_e, step_name), step in steps.items() if step_name == "deduplicate") == 3


def test_parts_written_while_reading(deliver, build, register, home, monkeypatch):
    """Posts in file order stand in their part at once; it is written again for rows lost or another ministry, scrubbed once.

    Whether the tables are held between the steps or planned anew, the parts have equal rows in equal order.
    """
    register({"platform": "facebook", "account_id": "8", "name": "Ours", "ministry": "CHL", "label": "real"})
    first = CROWDTANGLE.replace("One", "One @a@b")
    other = first.replace(",7,", ",8,").replace(".com/7/", ".com/8/")
    deliver("early.csv", first, retrieved_at="2016-02-01")
    deliver("late.csv", "".join(first.splitlines(keepends=True)[:2]), retrieved_at="2016-03-01")
    deliver("other.csv", other)
    _facts, held = build()
    assert frame(held.posts, "post_id", "ministry", "text", "export", "export_row") == [
        ["7_1", "PER", "One [handle]@b", "per/late.csv", 1], ["7_2", "PER", "Two", "per/early.csv", 2],
        ["7_4", "PER", "Four", "per/early.csv", 3], ["8_1", "CHL", "One [handle]@b", "per/other.csv", 1],
        ["8_2", "CHL", "Two", "per/other.csv", 2], ["8_4", "CHL", "Four", "per/other.csv", 3],
    ]  # fmt: skip
    written = [parquet.read_table(part).to_pylist() for part in sorted((current_build(home) / "posts").iterdir())]
    monkeypatch.setattr(_holding, "SMALL", -1)
    build()
    assert [
        parquet.read_table(part).to_pylist() for part in sorted((current_build(home) / "posts").iterdir())
    ] == written


together.deliver("late72.csv", of_page(72, STATUSES), retrieved_at="2016-03-01")
together.deliver("early72.csv", of_page(72, GETPAGE), retrieved_at="2016-02-01")
together.deliver("undated72.csv", of_page(72, GETPAGE).replace(",3,", ",8,"))


def test_retrieval_goes_before_order(built):
    """An export delivered last but collected first does not win; one of unknown time loses to a dated one."""
    [[_post, count, taken]] = [
        row for row in frame(built.held.posts, "post_id", "comment_count", "retrieved_at") if row[0] == "72_1"
    ]
    assert (count, taken) == (4, pd.Timestamp("2016-03-01", tz="UTC"))


def test_every_row_is_accounted_for(sample_home):
    """For every export each step begins with as many rows as the one before left."""
    account = store.facts_of(current_build(sample_home))["account_of_rows"]
    for key in {(step["table"], step["export"]) for step in account}:
        steps = [s for s in account if (s["table"], s["export"]) == key and s["step"] != "pseudonymise"]
        assert [s["rows_in"] for s in steps[1:]] == [s["rows_out"] for s in steps[:-1]], steps
    rows = store.facts_of(current_build(sample_home))["rows"]
    left = {
        name: sum(s["rows_out"] for s in account if (s["table"], s["step"]) == (name, "deduplicate"))
        for name in ("posts", "comments")
    }
    assert left == {name: rows[name] for name in left}


together.deliver(
    "broken73.csv",
    of_page(73, GETPAGE)
    + "73,Ministry,No time,yesterday,photo,NA,73_4,1,1,1\n"
    + "too,few\n"
    + "73,M,No id,2016-01-06T10:00:00+0000,photo,NA,NA,1,1,1\n"
    + "73,M,Last,2016-01-06T10:00:00+0000,photo,NA,73_6,1,1,1\n",
)


def test_rejects_are_kept_with_their_reason(built):
    """Records that cannot be split or read are listed with file, record and reason; the rest is built."""
    rejects = pd.read_csv(current_build(built.home) / "rejects.csv")
    assert built.facts["rejects"] == len(rejects)
    rejects = rejects[rejects["export"] == "per/broken73.csv"]
    assert dict(zip(rejects["record"], rejects["reason"], strict=True)) == {
        3: "no readable posted_at", 4: "fewer cells than columns", 5: "no readable post_id",
    }  # fmt: skip
    assert frame(of_account(built.held.posts, 73), "post_id", "export_row") == [["73_1", 1], ["73_2", 2], ["73_6", 6]]


def test_no_record_can_be_read(deliver, build, refused):
    """A file of which no record is readable stops the build: it is the wrong reader or zone, not an empty page."""
    deliver("a.csv", GETPAGE.replace("2016", "in 2016"))
    assert "none of 2 records is readable (first: no readable posted_at)" in refused(TableError, build)


OF_ANYONE = Path(__file__).parents[1] / "samples" / "twarc_csv" / "batches_with_other_columns.csv"
together.deliver("empty.csv", GETPAGE.splitlines(keepends=True)[0])
together.deliver("tweets.csv", OF_ANYONE.read_text().splitlines(keepends=True)[0])


def test_header_alone(built, deliver, build, refused):
    """An export without records is noted; a holding without a post cannot be loaded."""
    found = [note.partition(":")[0] for note in built.notes if "no records under the header" in note]
    assert found == ["per/empty.csv", "per/tweets.csv"]
    deliver("empty.csv", GETPAGE.splitlines(keepends=True)[0])
    assert "no posts" in refused(TableError, build)


lines = "".join(
    GETPAGE.splitlines(keepends=True)[1].replace("7", "74", 1).replace("7_1", f"74_{n}") for n in range(100)
)
together.deliver("capped.csv", GETPAGE.splitlines(keepends=True)[0] + lines)


def test_capped_harvest_is_noted(built):
    """A file with exactly the number of records at which the tool stopped is told, and no other."""
    [note] = [note for note in built.notes if "capped harvest" in note]
    assert note.startswith("per/capped.csv: exactly 100 records, the sign of a capped harvest")


together.register({"platform": "facebook", "account_id": "75", "name": "Page 75", "ministry": "PER", "label": "real"})
together.deliver("posts75.csv", of_page(75, STATUSES), zone="America/New_York")
together.deliver("comments75.csv", of_page(75, COMMENTS), zone="America/New_York")


def test_official_answers_by_name(built):
    """With the page's name in accounts.csv its answers are official, others are not, and nobody's are unknown."""
    [step] = [
        each
        for each in built.facts["account_of_rows"]
        if (each["step"], each["table"], each["export"]) == ("pseudonymise", "comments", "per/comments75.csv")
    ]
    assert (step["rows_in"], step["reason"]) == (
        3,
        "comments of fewer than 5 authors, each hashed once",
    )  # there are two
    hidden = clean.pseudonym("Zebulon Quixworthy", "facebook", built.key)
    assert frame(of_account(built.held.comments, 75), "comment_id", "author", "is_official") == [
        ["75_1_1", hidden, False], ["75_1_2", "75", True], ["75_1_3", None, None],
    ]  # fmt: skip


together.deliver("posts76.csv", of_page(76, STATUSES), zone="America/New_York")
together.deliver("comments76.csv", of_page(76, COMMENTS), zone="America/New_York")


def test_official_answers_unknown(built):
    """Where authors come by name and the page's name is not known, nobody is said to be private: missing, not False."""
    comments = of_account(built.held.comments, 76)
    assert [row[1] for row in frame(comments, "comment_id", "is_official")] == [None, None, None]


together.deliver("getpage77.csv", of_page(77, GETPAGE))
together.deliver("posts77.csv", of_page(77, STATUSES), zone="America/New_York")
together.deliver("comments77.csv", of_page(77, COMMENTS), zone="America/New_York")


def test_page_name_seen_in_an_export(built):
    """A page's name that another export prints is enough to tell its answers."""
    comments = of_account(built.held.comments, 77)
    assert [row[1] for row in frame(comments, "comment_id", "is_official")] == [False, True, None]


together.register(
    {"platform": "facebook", "account_id": "78", "name": "Our name", "ministry": "CHL", "office": "embassy", "label": "real"},
    {"platform": "facebook", "account_id": "99", "handle": "quiet", "ministry": "PER", "label": "real"},
    {"platform": "facebook", "account_id": "98", "ministry": "PER", "label": "synthetic"},
)  # fmt: skip
together.deliver("known78.csv", crowdtangle_of(78))


def test_accounts_are_completed(built):
    """accounts.csv goes before the export in name and ministry; what it does not know is taken as last seen."""
    assert "78" not in {account["account_id"] for account in built.facts["accounts_to_complete"]}
    assert frame(of_account(built.held.posts, 78), "post_id", "ministry") == [
        ["78_1", "CHL"], ["78_2", "CHL"], ["78_4", "CHL"],
    ]  # fmt: skip
    accounts = built.held.accounts.filter(ibis._.account_id.isin(["78", "98", "99"]))
    assert frame(accounts, "account_id", "handle", "name", "ministry", "office") == [
        ["78", "new", "Our name", "CHL", "embassy"], ["99", "quiet", None, "PER", None],
    ]  # fmt: skip


together.deliver("new79.csv", crowdtangle_of(79), label="derived-public")


def test_accounts_from_the_export(built):
    """An account that accounts.csv does not know is taken from the export, with the declared ministry, and listed."""
    account = {"platform": "facebook", "account_id": "79", "handle": "new", "name": "New name", "ministry": "PER"}
    listed = [each for each in built.facts["accounts_to_complete"] if each["account_id"] == "79"]
    assert listed == [account | {"label": "derived-public"}]
    assert frame(of_account(built.held.accounts, 79), "account_id", "source") == [["79", "seen in the exports"]]


together.register({"platform": "facebook", "account_id": "80", "name": "Our name", "ministry": "CHL", "label": "real"})
together.deliver("registered80.csv", crowdtangle_of(80), label="derived-public")


def test_registered_account_keeps_its_row(built):
    """An account that is registered under another label than its delivery's is still registered."""
    assert "80" not in {account["account_id"] for account in built.facts["accounts_to_complete"]}
    assert frame(of_account(built.held.accounts, 80), "account_id", "name") == [["80", "Our name"]]


def test_accounts_change_the_build(older, older_home, build, register):
    """Another accounts.csv is another build."""
    register({"platform": "facebook", "account_id": "7", "name": "Our name", "ministry": "CHL", "label": "real"})
    assert build()[0]["build"] != store.facts_of(current_build(older_home))["build"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"platform,account_id\nx,1\n", "no column 'handle'"),
        (b"", "no CSV in UTF-8"),
        ("platform,account_id,handle,name,ministry,label\nx,1,a,Ñ,PER,real\n".encode("cp1252"), "no CSV in UTF-8"),
        (b"platform,account_id,handle,name,ministry,label\nx,1,a,b,PER,real\nx,1,a,b,PER,real\n", "(row 3): account '1' on 'x' stands here twice"),
        (b"platform,account_id,handle,name,ministry,label,from_on\nx,1,a,b,PER,real,5/1/16\n", "(row 2): from_on is no date"),
        (b"platform,account_id,handle,name,ministry,label\nfacebook,1.29E+18,a,b,PER,real\n", "scientific notation"),
        (b"platform,account_id,handle,name,ministry,label\nfacebook,8,a,b,Peru,real\n", "ISO 3166-1 alpha-3"),
    ],
)  # fmt: skip
def test_accounts_that_are_wrong(content, said, deliver, build, home, refused):
    """Each way to break accounts.csv is told, with its row where there is one."""
    deliver("a.csv", GETPAGE)
    path = home / "data" / "reference" / "accounts.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(TableError) as raised:
        build()
    assert said in str(raised.value)


together.register({"platform": "x", "account_id": "11", "ministry": "PER", "label": "real"})
ANSWERED = tweet(1, "11") + tweet(2, "12", in_reply_to_status_id_str="1", in_reply_to_user_id_str="11")
together.deliver("several11.jsonl", ANSWERED)


def test_several_accounts_in_one_file(built, deliver, build, refused, home, tree):
    """Tweets of several accounts need their official ones in accounts.csv; of one account they are its posts."""
    before = tree(home)
    deliver("a.jsonl", ANSWERED)
    message = refused(TableError, build)
    assert "2 posts by several accounts, none of them official" in message and "accounts.csv" in message
    assert "processed" not in tree(home) and before == {}
    hidden = clean.pseudonym("12", "x", built.key)
    held = built.held
    assert frame(of_account(held.posts.filter(held.posts.platform == "x"), 11), "post_id", "account_id") == [
        ["1", "11"]
    ]
    assert frame(of_account(held.comments, 11), "comment_id", "post_id", "author", "is_official") == [
        ["2", "1", hidden, False],
    ]  # fmt: skip


def test_adding_says_that_nobody_is_official_yet(digidip, export, register, home):
    """A file of several accounts is taken in with the remedy in words; accounts.csv or a registry takes the words away."""
    lines = tweet(1, "7") + tweet(2, "8") + tweet(3, "9")
    code, out, err = digidip("add", export("a.jsonl", lines), "--ministry", "PER", "--label", "real")
    assert (
        code == 0 and "3 posts, 0 comments\n" in out and "3 posts of several accounts, none of them official yet" in err
    )
    assert str(home / "data" / "reference" / "accounts.csv") in err and "registry" in err
    listed = "Category,Account Type,Name,Twitter ID\nPeru,Embassy,Embassy of Peru in Kenya,handle7\n"
    batch = export("b.jsonl", lines * 2), export("hamilton.csv", listed)
    said = ("--ministry", "PER", "--label", "real")
    code, out, err = digidip("add", *batch, *said)
    assert code == 0 and "1 row seen again, the latest of each taken, 4 rows set aside" in out and not err
    register({"platform": "x", "account_id": "8", "ministry": "PER", "label": "real"})
    assert (
        "2 posts, 0 comments, 1 row set aside"
        in digidip("add", export("c.jsonl", lines + "\n"), "--ministry", "PER", "--label", "real")[1]
    )


together.register({"platform": "x", "account_id": "21", "ministry": "PER", "label": "real"})
REPLIES = [("102", "8", "101"), ("103", "21", "102"), ("104", "9", "103"), ("105", "9", "999"), ("106", "9", "106")]
together.deliver(
    "threads21.jsonl",
    tweet(101, "21")
    + "".join(tweet(n, by, in_reply_to_status_id_str=to, in_reply_to_user_id_str="8") for n, by, to in REPLIES),
)


def test_threads_on_x(built):
    """Replies to replies stand under the post at the root; those under nobody's post are left out and counted."""
    assert frame(of_account(built.held.comments, 21), "comment_id", "post_id", "parent_id", "is_official") == [
        ["102", "101", None, False], ["103", "101", "102", True], ["104", "101", "103", False],
    ]  # fmt: skip
    [placed] = [
        step
        for step in built.facts["account_of_rows"]
        if (step["step"], step["export"]) == ("place", "per/threads21.jsonl")
    ]
    assert (placed["rows_in"], placed["rows_out"]) == (5, 3)


together.register(
    {"platform": "x", "account_id": "31", "ministry": "PER", "label": "real"},
    {"platform": "x", "account_id": "70", "ministry": "CHL", "label": "real"},
    {"platform": "facebook", "account_id": "8", "ministry": "PER", "label": "real"},
)
MENTIONED = {
    "hashtags": [{"text": "peru"}], "urls": [{"expanded_url": "https://twitter.com/zqx_planted/status/5"}],
    "user_mentions": [{"id_str": "8"}, {"id_str": "70"}],
}  # fmt: skip
together.deliver(
    "addressed31.jsonl",
    tweet(201, "31", in_reply_to_user_id_str="8", entities=MENTIONED)
    + tweet(202, "31", retweeted_status={"id_str": "4", "full_text": "write to a@example.org"}),
)


def test_whom_an_official_addresses_is_hidden(built):
    """Mentioned, answered and quoted private accounts become pseudonyms; an official one keeps its id."""
    hidden = clean.pseudonym("8", "x", built.key)
    entities = built.held.entities.filter(ibis._.post_id.isin(["201", "202"]))
    assert frame(entities.filter(entities.kind == "mention"), "value") == sorted([["70"], [hidden]])
    assert frame(entities.filter(entities.kind == "link"), "value") == [["https://x.com/i/status/5"]]
    assert frame(of_account(built.held.posts, 31), "post_id", "reply_to_account_id", "link", "text") == [
        ["201", hidden, "https://x.com/i/status/5", "Hello"], ["202", None, None, "write to [e-mail]"],
    ]  # fmt: skip


def test_followers_of_the_day(built):
    """Followers come from the last post of each UTC day that prints them; missing is not zero."""
    noon = pd.Timestamp("2016-01-05 14:00", tz="UTC")
    metrics = of_account(built.held.metrics, 78)
    assert frame(metrics, "observed_at", "follower_count", "post_count") == [[noon, 110, None]]


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    """Pages of each label, and one that is in a real and in a synthetic delivery."""
    pages = Together()
    pages.deliver("a.csv", GETPAGE)
    pages.deliver("b.csv", crowdtangle_of(8), label="derived-public")
    pages.deliver("c.csv", crowdtangle_of(9), label="synthetic")
    pages.deliver("real.csv", of_page(6, GETPAGE))
    pages.deliver("synthetic.csv", crowdtangle_of(6).replace("/posts/", "/posts/9"), label="synthetic")
    return pages.build(tmp_path_factory.mktemp("labelled"))


def test_weakest_label(labelled):
    """A selection over a synthetic and a real delivery is synthetic, over a derived one derived-public."""

    def of(accounts):
        return store.load("processed", account=accounts, home=labelled.home)

    assert [of(accounts).label for accounts in ("7", "7,8", "7,8,9")] == ["real", "derived-public", "synthetic"]
    assert frame(of("7,8").accounts, "account_id", "label") == [["7", "real"], ["8", "derived-public"]]
    assert labelled.held.label == "synthetic" and "synthetic" in labelled.held.caption


def test_an_account_has_the_weakest_label_of_its_posts(labelled):
    """An account in a real and in a synthetic delivery claims no more than the synthetic one."""
    assert frame(of_account(labelled.held.accounts, 6), "account_id", "label") == [["6", "synthetic"]]
    assert sorted(of_account(labelled.held.posts, 6).label.to_list()) == ["real"] * 2 + ["synthetic"] * 3


def test_sample_breaks_no_rule(sample_home):
    """The built sample, read back from its Parquet files, keeps every rule of the tables, keys and threads included."""
    held = store.load("processed", home=sample_home)
    assert violations({name: getattr(held, name) for name in SCHEMA}).empty
    assert set(KEYS) == set(SCHEMA)


@pytest.mark.parametrize(
    ("handle", "zone", "posts", "comments", "above"),
    [
        ("SampleStateSteady", "America/New_York", 146, 9490, 17),
        ("SampleStateStorms", "America/New_York", 146, 9468, 18),
        ("SampleStateSteady", "UTC", 145, 9516, 18),
        ("SampleStateStorms", "UTC", 145, 9598, 19),
    ],
)
def test_state_month(handle, zone, posts, comments, above, sample_home):
    """January is half-open in its named zone: the planted posts at its edges fall in or out as the README says."""
    counts = store.load("processed", account=handle, zone=zone, home=sample_home, **STATE).posts.comment_count
    found = counts.to_pandas()
    assert (len(found), found.sum(), (found > 100).sum()) == (posts, comments, above)


def test_edges_of_the_month(sample_home):
    """The first instant of the window is inside, the first one after it outside."""
    month = store.load("processed", zone="America/New_York", home=sample_home, **STATE)
    first, last = month.posts.posted_at.min().to_pandas(), month.posts.posted_at.max().to_pandas()
    assert first == datetime(2016, 1, 1, 5, tzinfo=UTC) and last == datetime(2016, 2, 1, 2, 45, tzinfo=UTC)
    whole = store.load("processed", "USA", home=sample_home).posts.posted_at.to_pandas()
    assert {datetime(2016, 1, 1, 4, 59, 59, tzinfo=UTC), datetime(2016, 2, 1, 5, tzinfo=UTC)} <= set(whole)


def test_comments_of_the_state_month(sample_home):
    """Comments belong to the posts of the window, whenever written; one has an id of 19 digits; none is official."""
    for handle, held, top in (("SampleStateSteady", 9484, 7042), ("SampleStateStorms", 9462, 7032)):
        month = store.load("processed", account=handle, zone="America/New_York", home=sample_home, **STATE)
        comments = month.comments.to_pandas()
        assert (len(comments), comments["parent_id"].isna().sum()) == (held, top)
        assert (~comments["is_official"].astype("boolean")).all()
        edge = comments[comments["comment_id"].str.endswith("_1234567890123456789")]
        assert edge["commented_at"].tolist() == [pd.Timestamp("2016-02-01 04:59:59", tz="UTC")]


@pytest.mark.parametrize(("platform", "posts", "answered"), [("facebook", 124, 376), ("x", 155, 175)])
def test_peru_answers(platform, posts, answered, sample_home):
    """Every planted answer is found again in the holding, under the question it answers."""
    month = {"end": "2016-02-01", "zone": "America/Lima"}
    peru = store.load("processed", "PER", platform, "SampleCancilleria", **month, home=sample_home)
    comments = peru.comments.to_pandas()
    official = comments[comments["is_official"].astype("boolean")]
    assert len(peru.posts.filter(peru.posts.reply_to_id.isnull()).to_pandas()) == posts
    assert comments["comment_id"].isin(official["parent_id"]).sum() == answered


def test_load_by_account(sample_home):
    """An account is found by id, handle, @handle in any case, and in lists."""

    def ids(account):
        return sorted(store.load("processed", account=account, home=sample_home).accounts.account_id.to_list())

    assert ids("150000000000001") == ids("SampleStateSteady") == ids("@samplestatesteady") == ["150000000000001"]
    assert ids("SampleStateSteady, @SampleStateStorms") == ids("150000000000001 150000000000002")
    assert ids("SampleCancilleria") == ["150000000000003", "150000004"]


together.deliver("capitals.csv", of_page("UCaB7", GETPAGE))


def test_ids_with_capitals(built):
    """An id with capital letters is found."""
    assert store.load("processed", account="UCaB7", home=built.home).account == "UCaB7"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"ministry": "usa"},
            "ministry 'usa': not in the holding. Found: AGO, ALB, ARE, ARG, ARM, AUS, AUT, BEL, BGD, BGR, BOL, BRA …. "
            "Expected one of these (nearest: USA)",
        ),
        ({"ministry": "ATA"}, "ministry 'ATA': not in the holding"),
        ({"platform": "facebok"}, "(nearest: facebook)"),
        ({"account": "SampleStateStead"}, "(nearest: SampleStateSteady (Sample State Department (steady crowd)))"),
        ({"account": "150000000000001,nobody"}, "account 'nobody': not in the holding"),
        (
            {"ministry": "USA", "account": "SampleCancilleria"},
            "account 'SampleCancilleria': not among the accounts of ministry 'USA'. Found: SampleEmbUsaInParis (",
        ),
        ({"ministry": "SWE", "platform": "youtube"}, "platform 'youtube': not among the accounts of ministry 'SWE'"),
        ({"zone": "EST5"}, "unknown zone 'EST5'"),
        ({"zone": ""}, "unknown zone ''"),
        ({"start": "January"}, "'January' in zone 'UTC'"),
        ({"start": "0001-01-01", "zone": "Asia/Tokyo"}, "'0001-01-01'"),
        ({"start": "2016-02-01", "end": "2016-01-01"}, "found start '2016-02-01' and end '2016-01-01'"),
        ({"start": "2016-02-01", "end": "2016-02-01"}, "and a later day"),
        ({"start": "2030-01-01"}, "Found in this selection: "),
        ({"data": "raw"}, "data: found 'raw'"),
        ({"data": "sampl"}, "(nearest: 'sample')"),
    ],
)
def test_load_refuses(given, said, sample_home, refused):
    """What is not there is told with what is: never an empty table."""
    assert said in refused(TableError, lambda: store.load(**{"data": "processed", "home": sample_home, **given}))


def test_nothing_built(home, refused):
    """Without a build there is nothing to load, and without a delivery nothing to build."""
    assert "digidip build" in refused(TableError, lambda: store.load("processed", home=home))
    assert "no delivery declared" in refused(TableError, lambda: store.build(home / "raw", home / "processed"))
    assert list(home.iterdir()) == []


def test_load_sample():
    """The default is the synthetic sample, built from its exports by the same path."""
    held = store.load()
    posts = held.posts.count().to_pandas()
    accounts = held.posts.select("platform", "account_id").distinct().count().to_pandas()
    assert held.label == "synthetic" and held.caption == f"synthetic · first to last (UTC) · n = {posts:,} posts"
    assert posts > 4_600 and accounts > 120
    assert held.provenance.startswith(f"{posts:,} posts by {accounts} accounts, ")


def test_the_hash_of_a_selection_follows_its_rows_alone(older, deliver, build, home):
    """The same rows in another order and from another file have the same hash; a changed count in one post another one."""
    first = older()
    whole, one = first.hash, store.load("processed", start="2016-01-06", end="2016-01-07", home=home).hash
    assert len(whole) == 16 and whole != one and f"data {whole}" in first.provenance
    (home / "data" / "raw" / "MANIFEST.csv").unlink()
    head, *rows = GETPAGE.splitlines()
    deliver("b.csv", "\n".join([head, *rows[::-1]]) + "\n")
    assert build()[1].hash == whole
    (home / "data" / "raw" / "MANIFEST.csv").unlink()
    deliver("c.csv", GETPAGE.replace("7_1,5,3,1", "7_1,5,4,1"))
    assert build()[1].hash != whole
    assert store.load("processed", start="2016-01-06", end="2016-01-07", home=home).hash == one


def test_what_a_run_reads_is_noted(older, deliver, build, home, tmp_path, monkeypatch):
    """Where a runner asks, each reading leaves a line; it is unchanged until a row of it changes."""
    monkeypatch.setenv("DIGIDIP_RUN", str(tmp_path))
    held = store.load("processed", "PER", end="2016-01-06", home=home)
    store.build_record("processed", home=home)
    monkeypatch.delenv("DIGIDIP_RUN")
    notes = [json.loads(line) for line in (tmp_path / "reads.jsonl").read_text().splitlines()]
    assert [(note["call"], note["given"]["data"]) for note in notes] == [
        ("load", "processed"),
        ("build_record", "processed"),
    ]
    assert notes[0]["hash"] == held.hash and notes[0]["given"]["end"] == "2016-01-06"
    assert all(store.is_unchanged(note, home) for note in notes)
    deliver("later.csv", GETPAGE.replace("7_2", "7_3"))
    build()
    assert [store.is_unchanged(note, home) for note in notes] == [True, False]
    assert not store.is_unchanged(notes[0], tmp_path)


def test_dry_run_writes_nothing(export, home, tree, tmp_path):
    """A dry run tells what a build would, and leaves no trace of file, key or temporary folder."""
    path = export("a.csv", GETPAGE)
    before = tree(tmp_path)
    steps, _contents = store.dry_run(path, deliveries.describe(path, ministry="PER", label="real"))
    assert [(step.step, step.rows_out) for step in steps if step.step == "deduplicate"] == [("deduplicate", 2)]
    assert tree(tmp_path) == before


@pytest.mark.parametrize("column", ["id", "from_id"])
def test_dry_run_finds_destroyed_ids(column, export, refused):
    """A row whose id a spreadsheet destroyed is a reject, and a file of nothing else is refused before it is taken in."""
    path = export(
        "a.csv", GETPAGE.replace("7_1" if column == "id" else "7,Min", "1.29E+18" + ",Min" * (column != "id"))
    )
    delivery = deliveries.describe(path, ministry="PER", label="real")
    if column == "id":
        [step] = [step for step in store.dry_run(path, delivery)[0] if step.step == "read"]
        assert (step.rows_in, step.rows_out) == (2, 1)
        path.write_text(path.read_text().replace("7_2", "1.30E+18"))
    message = refused(ReaderError, lambda: store.dry_run(path, delivery))
    assert "scientific notation" in message and ("2 of 2 ids" if column == "id" else "1 of 1 ids") in message


def test_dry_run_of_the_wrong_reader(export, refused):
    """A declared reader that does not fit names the columns missing."""
    path = export("a.csv", GETPAGE)
    delivery = deliveries.describe(path, ministry="PER", label="real", reader="crowdtangle_facebook")
    assert "no column" in refused(ReaderError, lambda: store.dry_run(path, delivery))


RIGHT = (1_452_000_000_000 - 1_288_834_974_657) << 22
STAMPS = {RIGHT: "Tue Jan 05 13:20:00 +0000 2016", RIGHT + (60_000 << 22): "Tue Jan 05 08:21:00 +0000 2016"}
together.register({"platform": "x", "account_id": "41", "ministry": "PER", "label": "real"})
together.deliver(
    "clock41.jsonl",
    "".join(
        json.dumps(json.loads(tweet("1", "41")) | {"id_str": str(number), "created_at": at}) + "\n"
        for number, at in STAMPS.items()
    ),
)


def test_a_time_that_is_not_the_one_in_its_id_is_noted(built):
    """A post on X dated five hours before the clock in its id is noted with the size of the difference; others are not."""
    [note] = [note for note in built.notes if "in their id" in note]
    assert (
        note
        == "per/clock41.jsonl: 1 posts whose time is not the one in their id, by up to 5:00:00; check --zone, or whether a program has changed the times."
    )


NODE = '"{0}";"{1}";"1";"5_{1}";"data";"fetched";"Facebook:/posts";"Text";"2016-01-05T10:00:00+0000"\n'
HEAD = "level;id;parent_id;object_id;object_type;query_status;query_type;message;created_time\n"
together.deliver("nodes.csv", HEAD + NODE.format(0, 1) + '"1";"2"\n' + NODE.format(0, 3) + NODE.format(1, 4))


def test_rejects_and_posts_keep_their_record_numbers(built):
    """Where a reader rejects records, posts and rejects are told by their number in the file, lost records counted."""
    posts = built.held.posts.filter(built.held.posts.export == "per/nodes.csv")
    assert frame(posts, "post_id", "export_row") == [["5_4", 4]]
    rejects = pd.read_csv(current_build(built.home) / "rejects.csv")
    assert rejects[rejects["export"] == "per/nodes.csv"]["record"].tolist() == [1, 3, 2]


POST = {"id": "51_90009", "created_time": "2016-01-05T10:00:00+0000", "message": "Text", "shares": {"count": 1}}
COMMENT = {"id": "90009_1", "created_time": "2016-01-05T11:00:00+0000", "message": "Well", "like_count": 0}
together.deliver("posts51.json", json.dumps({"data": [POST]}))
together.deliver("comments51.json", json.dumps({"data": [COMMENT]}))


def test_comments_find_their_post_without_its_page(built):
    """A list of comments of the Graph API names the post by its last part; the held post that ends so is theirs."""
    comments = built.held.comments.filter(ibis._.export == "per/comments51.json")
    assert frame(comments, "comment_id", "post_id", "account_id") == [["90009_1", "51_90009", "51"]]


together.register({"platform": "x", "account_id": "60", "handle": "Mission", "name": "The mission", "ministry": "PER"})
NAMED = {"hashtags": [], "urls": [], "user_mentions": [{"id_str": "Mission"}, {"id_str": "someone"}]}
together.deliver("handle61.jsonl", tweet("301", "61", entities=NAMED))


def test_on_x_an_official_account_goes_by_its_handle_too(built):
    """Where an export tells a mention by handle alone, a registered account is known by it, and nobody else."""
    mentions = built.held.entities.filter((ibis._.kind == "mention") & (ibis._.post_id == "301"))
    values = mentions.value.to_list()
    assert len(values) == 2 and "60" in values and "someone" not in values


def test_a_ministry_beside_another_keeps_the_chosen_account(refused):
    """Of the ministry chosen only the account chosen stands beside others; an unknown other is named as such."""
    window = {"start": "2016-01-01", "end": "2016-02-01", "zone": "America/New_York"}
    one = store.load("sample", "USA", "facebook", "SampleStateSteady", **window)
    for other, ministries in {"USA": 1, "PER": 2, "": 6}.items():
        both = store.load_beside(one, other).posts.to_pandas()
        assert ((both.ministry == "USA").sum(), both.ministry.nunique()) == (146, ministries)
    assert store.load_beside(replace(one, label="real"), "USA").label == "real"  # nobody else is beside it
    message = refused(TableError, lambda: store.load_beside(one, "XYZ"))
    assert message.startswith("other: ministry 'XYZ': not in the holding")
