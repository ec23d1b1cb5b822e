"""The commands add and build: what they say, their exit codes, and that a mistake changes nothing."""

import json
import os
import subprocess
import sys

import pytest
from conftest import COMMENTS, GETPAGE, STATUSES

from digidip import deliveries, store
from digidip.tables import TableError

NAIVE = (
    "Page Name,User Name,Facebook Id,Post Created,Type,Likes,Comments,Shares,URL,Message\n"
    "M,m,7,2016-01-05 08:00:00,Photo,5,3,1,https://www.facebook.com/7/posts/1,One\n"
)


def test_add_and_build(digidip, export, home):
    """A file is taken in with its reader found, built, and the account of its rows printed on stdout alone."""
    code, out, err = digidip("add", export("a.csv", GETPAGE), "--ministry", "PER", "--label", "real")
    assert (
        (code, err) == (0, "")
        and "reader rfacebook_page (100% of its columns used), 2 posts" in out
        and "Terms not stated: reports hold aggregates" in out
        and f"1 added, 0 held already. Next: digidip --home {home} build" in out
    )
    code, out, err = digidip("build")
    assert (code, err) == (0, "")
    assert "Account of rows" in out and "2 posts" in out and "Accounts not in accounts.csv" in out
    assert str(home / "data" / "reference" / "accounts.csv") in out


def test_a_file_without_a_row_is_told_by_every_command_and_the_remedy_works(digidip, deliver, home):
    """What a killed `add` or a person left in raw is told until it is declared; it then lies where a delivery does."""
    deliver("a.csv", GETPAGE)
    stray = home / "data" / "raw" / "b.csv"
    stray.write_text(STATUSES)
    for command in (["build"], ["verify", "processed"], ["claims", "--json"]):
        assert f"{stray}: no row in MANIFEST.csv" in digidip(*command)[2]
    code, out, err = digidip("add", stray, "--ministry", "PER", "--label", "real")
    assert (code, err) == (0, "") and "1 added" in out and not stray.exists()
    assert digidip("build")[0] == 0 and "all as recorded" in digidip("verify", "processed")[1]


def test_add_again(digidip, export):
    """The same file a second time is passed over; another one of its name is bad data."""
    path = export("a.csv", GETPAGE)
    digidip("add", path, "--ministry", "PER", "--label", "real")
    assert "0 added, 1 held already" in digidip("add", path, "--ministry", "PER", "--label", "real")[1]
    code, _out, err = digidip("add", export("new/a.csv", STATUSES), "--ministry", "PER", "--label", "real")
    assert code == 3 and "another file of that name is held" in err


def test_build_as_json(digidip, deliver):
    """`build --json` prints build.json and nothing else."""
    deliver("a.csv", GETPAGE)
    code, out, err = digidip("build", "--json")
    assert (code, err, json.loads(out)["rows"]["posts"]) == (0, "", 2)


def test_rows_set_aside_are_told(digidip, export):
    """Records that cannot be read are counted at `add`."""
    broken = GETPAGE + "7,M,x,yesterday,photo,NA,7_9,1,1,1\n"
    assert (
        "2 posts, 1 row set aside" in digidip("add", export("a.csv", broken), "--ministry", "PER", "--label", "real")[1]
    )


@pytest.mark.parametrize(
    ("content", "options", "code", "said"),
    [
        (None, [], 3, "no such file"),
        ("", [], 3, "empty"),
        (b"PK\x03\x04" + b"\0" * 50, [], 3, "binary"),
        (GETPAGE, ["--reader", "crowdtangle_facebook"], 3, "no column"),
        (GETPAGE.replace("likes_count", "likes"), ["--reader", "rfacebook_page"], 3, "no column 'likes_count'"),
        (GETPAGE.replace("likes_count", "likes"), [], 3, "nearest reader is rfacebook_page"),
        (NAIVE, [], 3, "--zone"),
        (GETPAGE.replace("7_1", "1.29E+18").replace("7_2", "1.3E+18"), [], 3, "scientific notation)"),
        (GETPAGE.replace("+0000", ""), [], 3, "none of 2 records is readable"),
        (GETPAGE, ["--ministry", "Atlantis"], 2, "unknown ministry 'Atlantis'"),
        (GETPAGE, ["--zone", "EST5"], 2, "unknown zone 'EST5'"),
        (GETPAGE, ["--label", "fake"], 2, "unknown label 'fake'"),
        (GETPAGE, ["--reader", "netvizz"], 2, "unknown reader 'netvizz'"),
        (GETPAGE, ["--retrieved", "soon"], 2, "unknown time of collection"),
    ],
)
def test_bad_input(content, options, code, said, digidip, deliver, export, home, tree):
    """Each mistake ends with one message of four parts on stderr, its exit code, and the data as they were."""
    deliver("held.csv", STATUSES)
    (home / "data" / "processed").mkdir()
    (home / "data" / "processed" / "build.json").write_text("{}")
    before, good = tree(home), export("good.csv", GETPAGE)
    path = export("bad.csv", content) if content is not None else good.with_name("none.csv")
    found, _out, err = digidip("add", good, path, "--ministry", "PER", "--label", "real", *options)
    assert found == code and said in err and "Traceback" not in err
    assert "Expected" in err or " must " in err
    assert tree(home) == before


def test_bad_build(digidip, deliver, home, tree):
    """A build of a changed file is exit 3, names it, and leaves the holding."""
    deliver("a.csv", GETPAGE)
    digidip("build")
    (home / "data" / "raw" / "per" / "a.csv").write_text(GETPAGE.replace("Hello", "Zebulon"))
    before = tree(home)
    code, out, err = digidip("build")
    assert (code, out) == (3, "") and "per/a.csv: the file has changed" in err and "Zebulon" not in err
    assert tree(home) == before


def test_comments_alone(digidip, deliver, export, home):
    """Comments may come before their posts, but are not built without them; the message says what to do."""
    assert digidip("add", export("c.csv", COMMENTS), "--ministry", "PER", "--label", "real")[0] == 0
    code, _out, err = digidip("build")
    assert code == 3 and "Add the export that holds the posts of these comments" in err
    assert err.startswith("3 broken rules in comments:") and not (home / "data" / "processed").exists()
    deliver("p.csv", STATUSES)
    code, out, _err = digidip("build", "--json")
    assert code == 0 and json.loads(out)["rows"]["comments"] == 3


def test_nothing_to_build(digidip, home):
    """A build without a delivery says what to do and makes nothing."""
    code, _out, err = digidip("build")
    assert code == 3 and f"digidip --home {home} add FILE" in err and list(home.iterdir()) == []


def test_folder_given(digidip, tmp_path):
    """A folder in the place of a file is told as such."""
    code, _out, err = digidip("add", tmp_path, "--ministry", "PER", "--label", "real")
    assert code == 3 and "a folder" in err


def test_home_that_cannot_be_written(digidip, export, home):
    """A home in which nothing can be written is one message and exit 3."""
    (home / "data").write_text("a file where a folder should be")
    code, _out, err = digidip("add", export("a.csv", GETPAGE), "--ministry", "PER", "--label", "real")
    assert code == 3 and "Expected: a place to read and write" in err
    assert (home / "data").read_text() == "a file where a folder should be"


@pytest.mark.parametrize("arguments", [["add"], ["build", "extra"], ["bild"], ["add", "--zon", "UTC"]])
def test_wrong_use(arguments, digidip):
    """A missing argument, an unknown command and an unknown option are exit 2 with the usage."""
    code, _out, err = digidip(*arguments)
    assert code == 2 and "Usage:" in err


@pytest.mark.parametrize("arguments", [[], ["add"], ["build"]])
def test_help(arguments, digidip):
    """Every command explains itself."""
    code, out, _err = digidip(*arguments, "--help")
    assert code == 0 and "Usage:" in out and "-h, --help" in out


def test_names_from_the_shell(digidip, export):
    """A name with a leading dash goes after `--`; others need no care."""
    folder = export("-h.csv", GETPAGE).parent
    os.chdir(folder)
    assert "1 added" in digidip("add", "--ministry", "PER", "--label", "real", "--", "-h.csv")[1]
    assert digidip("build")[0] == 0


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (TableError("data"), 3, "data"),
        (ValueError("use"), 2, "use"),
        (RuntimeError("run"), 1, "run"),
        (OSError(28, "No space left"), 3, "a file of the home: the disk is full."),
        (OSError(13, "Permission denied"), 3, "a file of the home: Permission denied."),
        (TableError("\x1b[2J\x9b1m\u202egone\n"), 3, "\\u001b[2J\\u009b1m\\u202egone\n"),
    ],
)
def test_exit_codes(error, code, said, digidip, monkeypatch):
    """Data 3, wrong use 2, a failed run 1; the message goes to stderr, with no code that a terminal obeys."""
    monkeypatch.setattr("digidip.store.build", lambda *_given, **_named: (_ for _ in ()).throw(error))
    found, out, err = digidip("build")
    assert (found, out) == (code, "") and err.startswith(said)


def test_as_a_process(export, home):
    """The real command, in its own process, keeps results on stdout and the message on stderr."""
    command = [sys.executable, "-c", "from digidip.cli import main; main()", "--home", str(home)]
    search = os.environ | {"PYTHONPATH": str(deliveries.REPOSITORY)}
    given = ["add", str(export("a.csv", "")), "--ministry", "PER", "--label", "real"]
    done = subprocess.run([*command, *given], capture_output=True, text=True, env=search, cwd=home)
    assert (done.returncode, done.stdout) == (3, "") and done.stderr.count("\n") == 1 and "empty" in done.stderr


def test_a_corrected_file_or_ministry_takes_the_place_of_the_old(digidip, export, home, refused):
    """Other bytes, statements, another ministry: refused with the remedy, which works and keeps a record."""
    path, raw = export("a.csv", GETPAGE), home / "data" / "raw"

    def take(replace="", **stated):
        given = {"ministry": "PER", "label": "real"} | stated
        return deliveries.receive(raw, [path], [deliveries.describe(path, **given)], replace=replace)

    take()
    path.write_text(GETPAGE.replace("Hello", "Good day"))
    assert "say --replace" in refused(TableError, take)
    stated = ("--label", "real", "--ministry", "PER", "--replace", "--reason", "typo")
    code, out, err = digidip("add", path, *stated)
    assert (code, err) == (0, "") and "1 replaced or added" in out and take("typo") == []
    assert "with zone '', not 'America/Lima'" in refused(TableError, lambda: take(zone="America/Lima"))
    refused(TableError, lambda: take(ministry="CHL"))
    take("corrected", ministry="Chile")
    assert [(each.path, each.ministry) for each in deliveries.manifest(raw)] == [("chl/a.csv", "CHL")]
    assert [each.name for each in raw.rglob("*.csv")] == ["MANIFEST.csv", "a.csv"]
    kept = deliveries.replacements(raw)
    assert [(each["reason"], each["path"], each["new_path"]) for each in kept] == [
        ("typo", "per/a.csv", "per/a.csv"),
        ("corrected", "per/a.csv", "chl/a.csv"),
    ]
    assert kept[0]["new_sha256"] == kept[1]["sha256"] != kept[0]["sha256"]


def test_a_corrected_map_takes_the_place_of_the_old(export, home):
    """The map beside a held file is another one: it replaces the one in data/raw, also when it was edited there."""
    path = export("odd.csv", "Id,Page,When,Text\n1,7,2016-01-05T10:00:00Z,Hello\n")
    columns = "platform: facebook\ncolumns: {post_id: Id, account_id: Page, posted_at: When%s}\n"
    own, raw = export("odd.csv.map.yml", columns % ""), home / "data" / "raw"
    held = raw / "per" / "odd.csv"
    held_map = held.with_name("odd.csv.map.yml")

    def take(file):
        return deliveries.receive(raw, [file], [deliveries.describe(file, ministry="PER", label="real")], replace="map")

    take(path)
    own.write_text(columns % ", text: Text")
    [delivery] = take(path)
    assert "text: Text" in held_map.read_text() and deliveries.manifest(raw) == [delivery]
    held_map.write_text(columns % ", lang: Text")
    [delivery] = take(held)
    assert "lang: Text" in held_map.read_text() and deliveries.verify(raw, delivery) is None


def test_a_replacement_that_fails_leaves_what_was_held(export, home, tree, monkeypatch):
    """The disk is full when the manifest is written: file and manifest are as they were."""
    path = export("a.csv", GETPAGE)
    statements = {"ministry": "PER", "label": "real"}
    deliveries.receive(home / "raw", [path], [deliveries.describe(path, **statements)])
    path.write_text(GETPAGE.replace("Hello", "Good day"))
    before = tree(home)
    monkeypatch.setattr(deliveries, "declare", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(OSError, match="full"):
        deliveries.receive(home / "raw", [path], [deliveries.describe(path, **statements)], replace="typo")
    assert tree(home) == before


def test_add_tells_what_a_file_holds_and_programs_read_it(digidip, export):
    """Period, accounts, and the columns in which nothing stands, in words and as JSON."""
    path = export("a.csv", GETPAGE)
    told = digidip("add", path, "--ministry", "PER", "--label", "real")[1]
    assert "posts: 2016-01-05 to 2016-01-06 (UTC), 1 account; no value of: lang, reaction_count" in told
    code, out, err = digidip("add", path, "--ministry", "PER", "--label", "real", "--json")
    [file] = json.loads(out)
    assert (code, err, file["is_new"]) == (0, "", False) and file["contents"][0]["accounts"] == 1
    assert "view_count" in file["contents"][0]["empty"] and file["reader"] == "rfacebook_page"


def test_lists_and_claims_fit_a_narrow_terminal(digidip):
    """No line of `list` and `claims` is longer than 80 characters, and no measure or figure is cut."""
    for command in ("list", "claims"):
        out = digidip(command)[1]
        assert max(map(len, out.splitlines())) <= 80
    assert "F003  Share of posts with MORE THAN 100 comments" in out and "published 12 % of posts" in out


def test_any_terminal_can_show_what_is_said(digidip, home):
    """What a Latin-1 terminal has no letter for is shown as an escape; JSON is ASCII in any."""
    command = [sys.executable, "-c", "from digidip.cli import main; main()", "--home", str(home), "list"]
    settings = os.environ | {"PYTHONPATH": str(deliveries.REPOSITORY), "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run(command, capture_output=True, env=settings, cwd=home)
    assert done.returncode == 0 and b"\\u2013" in done.stdout and done.stderr == b""
    assert digidip("claims", "--json")[1].isascii()


def test_accounts_to_complete_are_written_on_request(digidip, deliver, home):
    """The starter is written when asked for, and what a person completed stays; the build says where a zone is to be stated."""
    deliver("a.csv", GETPAGE)
    path = home / "data" / "reference" / "accounts.csv"
    out = digidip("build", "--write-accounts")[1]
    assert "1 account written into" in out and f"written there: digidip --home {home} build --write-accounts" in out
    assert "Zone: state it. No delivery of PER on facebook has one" in out
    path.write_text("label,ministry,account_id,platform,name,handle,note\nreal,PER,7,facebook,Ministry,,mine")
    store.write_accounts(path.parent, [{"platform": "facebook", "account_id": "8", "ministry": "PER", "label": "real"}])
    assert path.read_text().splitlines()[1:] == ["real,PER,7,facebook,Ministry,,mine", "real,PER,8,facebook,,,"]
    told = json.loads(digidip("verify", "--json")[1])
    assert told["checked"] and not (told["wrong"] or told["absent"] or told["erased"])


def test_commands_in_messages_name_the_home_and_are_quoted(digidip, home, tmp_path):
    """A path with blanks is one word for the shell, and the home that was given stands in each command."""
    stray = home / "data" / "raw" / "my posts.csv"
    stray.parent.mkdir(parents=True)
    stray.write_text(STATUSES)
    err = digidip("claims", "--json")[2]
    assert f"Do: digidip --home {home} add '{stray}' --ministry CODE --label NAME" in err
