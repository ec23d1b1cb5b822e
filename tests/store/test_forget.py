"""Forgetting (docs/privacy.md#r5): no byte of a home holds a person any more, others are as they were, and a kill loses nothing."""

import gzip
import hashlib
import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from conftest import COMMENTS, STATUSES

from digidip import clean, cli, deliveries, readers, store, studies
from digidip.store import _forget
from digidip.tables import TableError

SAMPLES = Path(__file__).parents[1] / "samples"
HERS = ("Zqx Plantedperson", "zqx_planted", "900000017")
ACCOUNTS = "platform,account_id,handle,name,ministry,office,label\nx,11,mfa,MFA,PER,ministry,real\n"


def user(number, handle, name):
    """A user of X."""
    return {"id": number, "id_str": str(number), "screen_name": handle, "name": name}


MFA, ANA, BOB = (
    user(11, "mfa", "MFA"),
    user(900000017, "zqx_planted", "Zqx Plantedperson"),
    user(5000001, "bob", "Bob B"),
)


def tweet(number, author, text, answered=None, **more):
    """A tweet of API v1.1."""
    named = {
        "id": number,
        "id_str": str(number),
        "created_at": "Thu Apr 08 09:00:00 +0000 2021",
        "user": author,
        "text": text,
    }
    named |= {
        "entities": {"hashtags": [], "user_mentions": [], "urls": []},
        "retweet_count": 0,
        "favorite_count": 1,
        "lang": "en",
    }
    parent = {
        "in_reply_to_status_id_str": answered and str(answered[0]),
        "in_reply_to_user_id_str": answered and answered[1]["id_str"],
    }
    return named | parent | more


def lines(*tweets):
    """JSON lines."""
    return "".join(f"{json.dumps(one)}\n" for one in tweets).encode()


FILES = {
    "tweets.jsonl.gz": gzip.compress(
        lines(
            tweet(1, MFA, "Hello"),
            tweet(2, ANA, "@mfa when?", (1, MFA)),
            tweet(3, BOB, "@zqx_planted soon", (1, MFA)),
            tweet(4, MFA, "RT @zqx_planted: when?", retweeted_status=tweet(2, ANA, "@mfa when?", (1, MFA))),
        )
    ),
    "posts.csv": STATUSES.replace("Third", "Third by Zqx Plantedperson").encode(),
}


def made(home):
    """A home with these exports, built, and three runs: one holds her pseudonym, one rests on an export, one on none."""
    raw = home / "data" / "raw"
    (home / "data" / "reference").mkdir(parents=True)
    (home / "data" / "reference" / "accounts.csv").write_text(ACCOUNTS)
    for name, content in FILES.items():
        (home / name).write_bytes(content)
        deliveries.receive(
            raw, [home / name], [deliveries.describe(home / name, ministry="PER", label="real", zone="UTC")]
        )
        (home / name).unlink()
    facts = store.build(raw, home / "data" / "processed", reference=home / "data" / "reference")
    hidden = clean.pseudonym("900000017", "x", clean.project_key())
    read = [{"data": "processed", "path": one["path"], "sha256": one["sha256"]} for one in facts["deliveries"]]
    for name, inputs, text in (("holds", read, hidden), ("rests", read[:1], "7 posts"), ("other", [], "")):
        (home / "reports" / "nb" / name).mkdir(parents=True)
        files = {"index.html": hashlib.sha256(text.encode()).hexdigest()}
        (home / "reports" / "nb" / name / "run.json").write_text(json.dumps({"inputs": inputs, "files": files}))
        (home / "reports" / "nb" / name / "index.html").write_text(text)
    return home


def tables(home):
    """The posts and comments of a home, by id."""
    held = store.load("processed", home=home)
    return {
        name: getattr(held, name).to_pandas().set_index(f"{name[:-1]}_id").sort_index()
        for name in ("posts", "comments")
    }


@pytest.fixture(scope="session")
def first(tmp_path_factory):
    """A home before anything is forgotten; each test that changes one takes a copy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGIDIP_KEY_FILE", str(tmp_path_factory.mktemp("key_of_first") / "key"))
        home = made(tmp_path_factory.mktemp("first"))
        yield home


@pytest.fixture
def command():
    """Run the command on a home."""
    return lambda home, *words: CliRunner().invoke(
        cli.main, ["--home", str(home), *words], env={"DIGIDIP_HOME": str(home)}
    )


@pytest.fixture
def unbuilt(held):
    """A copy without builds and reports, in which little is to be made again."""
    shutil.rmtree(held / "data" / "processed")
    shutil.rmtree(held / "reports")
    return held


@pytest.fixture
def held(first, tmp_path, monkeypatch):
    """A copy of that home, with its key, and a cache of its own."""
    key = next(first.parent.glob("key_of_first*/key"))
    monkeypatch.setenv("DIGIDIP_KEY_FILE", str(key))
    monkeypatch.setenv("DIGIDIP_CACHE", str(tmp_path / "cache"))
    return Path(shutil.copytree(first, tmp_path / "held"))


def holding(home, *names):
    """The files below a home that hold one of the names, unpacked or as they are."""
    person = readers.Person(frozenset(names), "")
    files = [path for path in home.rglob("*") if path.is_file()]
    told = [
        (path, "\n".join([path.name, path.read_bytes().decode("latin-1"), *readers.searchable_texts(path)]))
        for path in files
    ]
    return [path.relative_to(home).as_posix() for path, text in told if person.anywhere.search(text)]


def test_nothing_below_the_home_holds_her_and_others_are_as_they_were(held, command, monkeypatch):
    """Name, handle, id, pseudonym: in no export, packed or not, build, report, receipt; given one, all are found.

    Interrupted once it is in force, it is finished by the next command.
    """
    hidden = clean.pseudonym("900000017", "x", clean.project_key())
    before, named = tables(held), holding(held, *HERS, hidden)
    assert len(named) == 5  # the test can fail
    with monkeypatch.context() as patch, pytest.raises(OSError):
        patch.setattr(_forget, "_rebuilt", lambda home, _before: (home / "nowhere").stat())
        store.forget_person(held, "@ZQX_Planted")
    assert "An interrupted forgetting is finished" in command(held, "claims", "none").stderr
    assert holding(held, *HERS, hidden) == []
    after = tables(held)
    assert set(before["posts"].index) - set(after["posts"].index) == {"4"}  # her words, reposted
    assert set(before["comments"].index) - set(after["comments"].index) == {"2"}
    moved = ["text", "export_row"]
    for name, frame in after.items():
        pd.testing.assert_frame_equal(frame.drop(columns=moved), before[name].loc[frame.index].drop(columns=moved))
    assert after["posts"].text["7_3"] == "Third by [name]" and after["comments"].text["3"] == "[name] soon"
    [receipt] = [json.loads(path.read_text()) for path in (held / "data" / "receipts").iterdir()]
    counts = {one["path"]: (one["records"], one["values"]) for one in receipt["exports"]}
    assert counts == {"per/tweets.jsonl.gz": (2, 1), "per/posts.csv": (0, 1)}
    assert receipt["reports_removed"] == ["nb/holds"] and receipt["reports_to_run_again"] == ["nb/rests"]
    assert receipt["left"] == [] and receipt["build"] == store.current(held / "data" / "processed").name
    there = sorted(path.name for path in (held / "data").iterdir())
    assert there == [".lock", ".private", "processed", "raw", "receipts", "reference"]
    verified = command(held, "verify", "nb/rests")
    assert verified.exit_code == 3 and verified.output.count("on purpose") == 2
    assert "Restore" not in verified.output and command(held, "verify", "nb/other").exit_code == 0
    assert store.forget_person(held, hidden)["exports"] == []
    (held / "again.csv").write_bytes(FILES["posts.csv"])
    about = deliveries.describe(held / "again.csv", ministry="PER", label="real", zone="UTC")
    with pytest.raises(TableError, match="would bring it back"):
        deliveries.receive(held / "data" / "raw", [held / "again.csv"], [about])


@pytest.mark.parametrize(
    "name, platform, words",
    [
        ("mfa", "", "an official account"),
        ("Two Called", "", "2 accounts are called so"),
    ],
)
def test_who_cannot_be_forgotten(name, platform, words, unbuilt, refused):
    """An office is no person; a name of two people asks which, by pseudonyms; nothing changes, and nobody is named."""
    path = unbuilt / "twins.jsonl"
    path.write_bytes(
        lines(
            tweet(8, user(6000001, "one", "Two Called"), "a"),
            tweet(9, user(6000002, "two", "Two Called"), "b"),
            tweet(10, MFA, "c"),
        )
    )
    deliveries.receive(unbuilt / "data" / "raw", [path], [deliveries.describe(path, ministry="PER", label="real")])
    message = refused(ValueError, lambda: store.forget_person(unbuilt, name, platform=platform))
    assert words in message and "Two Called" not in message and "600000" not in message


def test_the_same_name_on_two_platforms_asks_which(unbuilt, refused):
    """Facebook's commenter and X's user of one name may be two people."""
    path = unbuilt / "c.csv"
    path.write_text(COMMENTS.replace("Zebulon Quixworthy", HERS[0]).replace("7_1_", "7_5_"))
    deliveries.receive(
        unbuilt / "data" / "raw", [path], [deliveries.describe(path, ministry="PER", label="real", zone="UTC")]
    )
    assert "facebook and x" in refused(ValueError, lambda: store.forget_person(unbuilt, HERS[0]))
    found = store.forget_person(unbuilt, HERS[0], platform="facebook", dry_run=True)["exports"]
    assert [(one["path"], one["records"]) for one in found] == [("per/posts.csv", 0), ("per/c.csv", 1)]


def test_ties_of_others_stay_where_a_file_does_not_say_when(home, deliver):
    """An edge list without a time of its own: her two ties go, those of two others stay."""
    ties = "Source,Target,Type\n{}5000001,11,Directed\n5000002,11,Directed\n"
    deliver("ties.csv", ties.format("11,900000017,Directed\n900000017,11,Directed\n"), platform="x")
    [gone] = store.forget_person(home, "900000017")["exports"]
    assert gone["records"] == 2 and (home / "data/raw/per/ties.csv").read_text() == ties.format("")


def test_what_cannot_be_taken_apart_says_so(home, deliver, refused):
    """Comments inside a cell stay together: nothing is changed, and the delivery can be forgotten as a whole."""
    cell = "[{'comment_id': '1', 'commenter_id': '424242', 'comment_text': 'a'}, {'comment_id': '2', 'commenter_id': '5', 'comment_text': 'b'}]"
    header = "post_id,text,time,likes,comments,shares,post_url,user_id,username,comments_full,page_id"
    deliver(
        "f.csv", f'{header}\n9,Hi,2021-03-01 12:00:00,1,2,0,,7,Page,"{cell}",7\n', zone="UTC", reader="facebook_scraper"
    )
    assert "1 row of theirs would stay" in refused(TableError, lambda: store.forget_person(home, "424242"))
    assert not list((home / "data").glob(".forg*")) and "424242" in (home / "data/raw/per/f.csv").read_text()


def test_a_reader_that_finds_her_where_nothing_is_taken_out_refuses(home, refused):
    """Lines above the header of a mapped table hide its columns: what is hers there is not passed over in silence."""
    path = home / "m.csv"
    shutil.copy(SAMPLES / "mapped" / "preamble_and_decimal_comma.csv", path)
    shutil.copy(SAMPLES / "mapped" / "preamble_and_decimal_comma.csv.map.yml", f"{path}.map.yml")
    path.write_text(path.read_text().replace("90000003;7001", "90000003;700199887766"))
    about = deliveries.describe(path, ministry="PER", label="real", reader="mapped")
    deliveries.receive(home / "data" / "raw", [path], [about])
    assert "1 row of theirs would stay" in refused(TableError, lambda: store.forget_person(home, "700199887766"))
    assert store.forget_person(home, "nobody99")["left"] == []


def test_deliveries_go_as_a_whole_by_name_or_by_age(held, command):
    """Their runs are named, or go with pseudonyms that nobody has any more; no time of collection is told; at last no build is left."""
    path = held / "old.csv"
    path.write_text(STATUSES.replace("7_", "8_"))
    about = deliveries.describe(path, ministry="PER", label="real", zone="UTC", retrieved_at="2016-02-01")
    deliveries.receive(held / "data" / "raw", [path], [about])
    assert store.collected_before(held, pd.Timestamp("2016-02-01", tz="UTC"))[0] == []
    told = command(held, "purge", "--before", "2016-02-02", "--dry-run")
    assert "per/old.csv: all of it would go" in told.stdout and "per/posts.csv: nobody recorded when" in told.stderr
    told = command(held, "forget", *(word for name in (*FILES, "old.csv") for word in ("--delivery", f"per/{name}")))
    assert told.exit_code == 0 and "now: none" in told.stdout and not os.listdir(held / "data" / "processed")
    assert (
        "nb/holds: gone" in told.stdout
        and "delete, since no build is left to run them on:\n  reports/nb/rests\n" in told.stdout
    )
    assert deliveries.manifest(held / "data" / "raw") == []
    wrong = [("forget", "--delivery", "per/none.csv"), ("purge",), ("purge", "--older-than", "2 years"), ("forget",)]
    assert [command(held, *words).exit_code for words in wrong] == [2] * 4


def test_a_retention_date_that_is_over_is_told_by_every_command(unbuilt, command):
    """While an export that the study read is held; the remedy names it; a later date, or other words, tell nothing."""
    (unbuilt / "reports" / "s").mkdir(parents=True)
    [one, *_rest] = deliveries.manifest(unbuilt / "data" / "raw")

    def told(words):
        study = {"slug": "s", "statement": {"retention": words}, "inputs": [{"sha256": one.sha256}]}
        (unbuilt / "reports" / "s" / "study.json").write_text(json.dumps(study))
        return studies.overdue(unbuilt)

    assert told("until 2020-12-31, five years") == [("s", "2020-12-31", [one.path])]
    assert f"Do: digidip --home {unbuilt} forget --delivery {one.path}" in command(unbuilt, "verify").stderr
    assert told("until 2999-12-31") == told("as long as needed") == []
