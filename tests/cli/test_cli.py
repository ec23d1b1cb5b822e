"""The commands add and build: what they say, their exit codes, and that a mistake changes nothing."""

import json
import os
import subprocess
import sys

import pytest
from conftest import COMMENTS, GETPAGE, STATUSES

from digidip import deliveries
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
        and "reader rfacebook_page (100% of the columns known), 2 posts" in out
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
        (GETPAGE, ["--ministry", "PERU"], 2, "unknown ministry 'PERU'"),
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
    assert code == 3 and "digidip add FILE" in err and list(home.iterdir()) == []


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
