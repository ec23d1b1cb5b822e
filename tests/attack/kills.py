"""Kill -9 at writes of add, build, collect, forget, run and a sweep, a full disk, many at once; `make attack`, not in the suite.

A process is forked from this one, which has imported everything, and kills itself before its N-th change of a file below
the home that Python makes, or from then on has no room to write. N are the first and last few changes and some evenly
between them (PLACES; `PLACES=0 make attack` takes each one), and one more, at which it ends by itself. After each the
holding must be the old or the new one, whole, or one that the next command finishes; that must leave nothing of the dead
one, and the command that was killed must work when it is said again.
"""

import errno
import gzip
import json
import multiprocessing.util
import os
import shutil
import signal
import struct
import sys
import tempfile
import traceback
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from conftest import COMMENTS, STATUSES
from loopback import FEED, HANDLE, Loopback, bluesky
from nbformat import v4

from digidip import cli, deliveries, readers, store
from digidip.engine import engine
from digidip.home import COLLECTING
from digidip.studies import _cache, _results

# What Python tells of every change of a file before it is made; `open` is one where it is for writing.
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate", "shutil.copyfile"}
PLACES = int(os.environ.get("PLACES", 4))  # so many writes of a command between the first and the last two; 0 for each
PRIVATE = b"Zebulon Quixworthy"
LATER = STATUSES.replace("7_", "8_").replace(
    "Hello again,,", "Hello again,Zebulon Quixworthy,"
)  # in a cell nobody reads


def command(folder, *words):
    """The exit code of a command on the home `folder`; what it says goes into the file `said` there."""
    done = CliRunner().invoke(cli.main, ["--home", str(folder), *map(str, words)], env={"DIGIDIP_HOME": str(folder)})
    (folder / "said").write_text(done.output + repr(done.exception))
    return done.exit_code


def forked(action, kill_at=None, below="", full=False):
    """What an action returns, done in a process of its own; None where that was killed before its `kill_at`-th change.

    below: the folder whose files count. full: it is not killed; from that change on there is no room on the disk.

    The engine is used in such processes alone: its threads would not survive a fork, and who waits for them waits for ever.
    So these tests have worker processes of their own (Makefile).
    """
    assert not engine.cache_info().currsize, "another test of this process has used the engine: run kills.py by itself"
    process = os.fork()
    if process == 0:
        code = 99
        try:
            if kill_at:
                sys.addaudithook(_killer(kill_at, str(below), full))
            code = action()
            multiprocessing.util._run_finalizers()  # as at the end of a command
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    status = os.waitpid(process, 0)[1]
    return None if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def places(action, below):
    """Numbers of the changes at which an action is stopped, the last one of which is none: it is done once to count them."""
    with tempfile.TemporaryFile() as counted:

        def done():
            sys.addaudithook(_killer(0, str(below), full=False, counted=counted))
            return action()

        assert forked(done) == 0
        counted.seek(0)
        every = len(counted.read()) // 4
    between = range(3, every - 1) if not PLACES else (3 + (every - 4) * at // PLACES for at in range(PLACES))
    return sorted({1, 2, every - 1, every, *between} & {*range(1, every + 1)}) + [every + 1]


def _killer(nth, below, full, counted=None):
    seen = []

    def hook(event, given):
        is_write = event == "open" and isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR)
        is_ours = (is_write or event in CHANGES) and str(given[0]).startswith(below) and ".private" not in str(given[0])
        if is_ours and not str(given[0]).endswith((".lock", "said")):
            seen.append(event)
            if counted:
                counted.write(struct.pack("i", len(seen)))
                counted.flush()
            if len(seen) == nth and not full:
                os.kill(os.getpid(), signal.SIGKILL)
            if full and len(seen) >= nth and (is_write or event == "os.mkdir"):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), given[0])

    return hook


@pytest.fixture
def make_home(tmp_path, monkeypatch):
    """A function that makes a home with a build of two posts and their comments, and an export that is added or not."""
    monkeypatch.setenv("DIGIDIP_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    (tmp_path / "temporary").mkdir()
    first, numbers = tmp_path / "first", count()
    first.mkdir()
    for name, content in {"posts.csv": STATUSES, "comments.csv": COMMENTS}.items():
        (first / name).write_text(content)
        assert forked(lambda name=name: add(first, first / name)) == 0
    (first / "later.csv.gz").write_bytes(gzip.compress(LATER.encode()))
    assert forked(lambda: command(first, "build")) == 0
    shutil.copytree(first, tmp_path / "late")
    assert forked(lambda: add(tmp_path / "late", first / "later.csv.gz")) == 0

    def made(late=False):
        folder = tmp_path / f"home{next(numbers)}"
        return shutil.copytree(tmp_path / "late" if late else first, folder)

    return made


def add(folder, file):
    """The exit code of `digidip add`."""
    return command(folder, "add", file, "--ministry", "PER", "--label", "real")


def _survivors(folder):
    """Files that hold a private name outside data/raw and the exports, or that a dead command left."""
    data = folder / "data"
    paths = [path for path in [*data.rglob("*"), *folder.parent.glob("temporary/**/*")] if path.is_file()]
    left = [path for path in paths if path.name.startswith(".unfinished") or path.name.endswith((".part", ".new"))]
    left += [path for path in paths if ".private" in path.parts]
    return left + [path for path in paths if data / "raw" not in path.parents and PRIVATE in path.read_bytes()]


def rows(folder):
    """The posts that the holding has, once every part of it is found as it was built."""
    return store.load("processed", home=folder).n


def check(folder):
    """Verify, as the next command, and count the posts: the number, or 50 and more where something is wrong."""
    return rows(folder) + 50 * command(folder, "verify", "processed")


def is_named(folder):
    """Whether any file below a home, packed or not, names the person who is to be forgotten."""
    person = readers.Person(frozenset({PRIVATE.decode()}), "")
    return any(readers.is_mentioned(path, person) for path in (folder / "data").rglob("*") if path.is_file())


def actions(folder):
    """Each command as a function, by its name."""
    return {
        "add": lambda: add(folder, folder / "later.csv.gz"),
        "build": lambda: command(folder, "build"),
        "forget": lambda: command(folder, "forget", "--person", PRIVATE.decode()),
    }


@pytest.mark.parametrize("full", [False, True], ids=["killed", "full disk"])
@pytest.mark.parametrize("words", ["add", "build", "forget"])
def test_stopped_at_every_write(words, full, make_home):
    """Old or new, never half; nothing is left after the next command; and the same command works again."""
    posts = {"add": (2,), "build": (2, 4), "forget": (2, 4)}[words]
    tried = make_home(late=words != "add")
    numbers = places(actions(tried)[words], tried)
    for nth in numbers:
        folder = make_home(late=words != "add")
        raw, action = folder / "data" / "raw", actions(folder)[words]
        declared = deliveries.manifest(raw)
        code = forked(action, nth, folder, full)
        assert code in ((0, 3) if full else (None, 0)), (nth, (folder / "said").read_text())
        assert code != 3 or "the disk is full" in (folder / "said").read_text(), (nth, (folder / "said").read_text())
        if words != "forget":
            for delivery in deliveries.manifest(raw):
                deliveries.verify(raw, delivery)
        strays = deliveries.undeclared(raw)
        assert forked(lambda: check(folder)) in posts, (nth, (folder / "said").read_text())  # noqa: B023
        assert all(str(stray) in (folder / "said").read_text() for stray in strays), nth
        assert _survivors(folder) == [], nth
        for delivery in deliveries.manifest(raw):
            deliveries.verify(raw, delivery)
        assert words != "forget" or (deliveries.manifest(raw) == declared) == is_named(folder), nth
        assert forked(action) == 0 and deliveries.undeclared(raw) == [] and len(deliveries.manifest(raw)) == 3
        assert words != "forget" or not is_named(folder), nth
    assert code == 0
    assert forked(lambda: command(folder, "build")) == 0 and forked(lambda: rows(folder)) == 4
    print(f"{words}: {'no room after' if full else 'killed at'} {len(numbers) - 1} of {nth - 1} writes")
    assert nth > (5 if words == "add" else 10)


@pytest.mark.parametrize("full", [False, True], ids=["killed", "full disk"])
def test_a_collection_stopped_at_every_write(full, make_home):
    """Nothing of it is in data/raw before it is whole, no page is asked for twice but the last, and said again it is taken in."""
    server = Loopback()
    server.answer = bluesky(FEED, followers=3)
    words = "collect", "bluesky", HANDLE, "--ministry", "DEU", "--server", server.address, "--replies", "--followers"
    tried = make_home()
    numbers = places(lambda: command(tried, *words), tried)
    for nth in numbers:
        folder = make_home()
        raw = folder / "data" / "raw"
        code = forked(lambda: command(folder, *words), nth, folder, full)  # noqa: B023
        assert code in ((0, 3) if full else (None, 0)), (nth, (folder / "said").read_text())
        assert code != 3 or "the disk is full" in (folder / "said").read_text(), (nth, (folder / "said").read_text())
        assert len(deliveries.manifest(raw)) in (2, 4), nth
        for delivery in deliveries.manifest(raw):
            deliveries.verify(raw, delivery)
        server.asked.clear()
        assert forked(lambda: command(folder, *words)) == 0, (nth, (folder / "said").read_text())  # noqa: B023
        assert len(server.asked) <= 7 and _survivors(folder) == [] and deliveries.undeclared(raw) == [], nth
        assert len(deliveries.manifest(raw)) in (4, 6) and not list((folder / "data" / COLLECTING).glob("*-*")), nth
    assert code == 0
    assert forked(lambda: command(folder, "build")) == 0 and forked(lambda: rows(folder)) == 12
    print(f"collect: {'no room after' if full else 'killed at'} {len(numbers) - 1} of {nth - 1} writes")
    assert nth > 10


@pytest.mark.parametrize("words", ["add", "build"])
def test_four_at_once(words, make_home):
    """Four of each at once end as four one after another."""
    folder = make_home()
    files = [folder / f"more{number}.csv" for number in range(4)]
    for number, file in enumerate(files):
        file.write_text(STATUSES.replace("7_", f"9{number}_"))
    with ThreadPoolExecutor(4) as pool:
        did = pool.map(
            lambda file: forked(lambda: add(folder, file) if words == "add" else command(folder, "build")), files
        )
        assert list(did) == [0] * 4
    assert len(deliveries.manifest(folder / "data" / "raw")) == (6 if words == "add" else 2)
    assert forked(lambda: command(folder, "build")) == 0 and forked(lambda: rows(folder)) == (
        10 if words == "add" else 2
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_stopped_command_leaves_no_copy(number, make_home, monkeypatch):
    """Stopped when it has unpacked and read an export: no copy of it is left, and after kill -9 no scratch once swept."""
    folder = make_home()
    monkeypatch.setattr(deliveries, "receive", lambda *_given, **_named: os.kill(os.getpid(), number))
    assert forked(lambda: add(folder, folder / "later.csv.gz")) == (None if number == signal.SIGKILL else 128 + number)
    assert number == signal.SIGKILL or _survivors(folder) == []
    assert not Path("/proc/self/fd").is_dir() or not list(folder.rglob("unpacked*"))
    assert forked(lambda: command(folder, "verify", "processed")) == 0 and _survivors(folder) == []


@pytest.fixture
def study(make_home, tmp_path, monkeypatch):
    """A home with a study of one notebook that is run, its plan, and a function that makes copies of the home."""
    cells = [
        'data: str = "processed"  # holding; one of: sample, processed',
        "from digidip import claims, measures, store\nheld = store.load(data)",
        "claims.report(measures.post_count(held.posts), held.label)",
    ]
    tags = [{"tags": ["parameters"]}, {}, {}]
    code = [v4.new_code_cell(text, id=f"c{n}", metadata=tags[n]) for n, text in enumerate(cells)]
    nbformat.write(
        v4.new_notebook(cells=[v4.new_markdown_cell("# How many?", id="t"), *code]), tmp_path / "10-posts.ipynb"
    )
    (tmp_path / "s.yml").write_text("title: T\nquestion: Q?\nnotebooks: [10-posts]\ncompare: [post_count]\n")
    monkeypatch.setattr(cli, "notebooks_folder", lambda _home: tmp_path)
    folder, numbers = make_home(), count()
    assert forked(lambda: command(folder, "run", tmp_path / "s.yml")) == 0, (folder / "said").read_text()
    return lambda: shutil.copytree(folder, tmp_path / f"run{next(numbers)}")


@pytest.mark.parametrize("full", [False, True], ids=["killed", "full disk"])
def test_a_run_stopped_at_every_write(full, study, tmp_path):
    """The run of before, or the new one, whole, or aside and brought back when it is said again; no leftover stays."""

    def action(home, report):
        os.environ["DIGIDIP_HOME"] = str(home)
        try:
            _results.execute(
                tmp_path / "10-posts.ipynb", {"data": "processed"}, report, home, None, Path(tempfile.mkdtemp())
            )
        except OSError as error:
            return 3 if error.errno == errno.ENOSPC else 1
        return 0

    def prepared():
        home = study()
        [report] = (home / "reports" / "s" / "runs" / "10-posts").iterdir()
        return home, report

    tried = prepared()
    numbers = places(lambda: action(*tried), tried[0] / "reports")
    for nth in numbers:
        home, report = prepared()
        code = forked(lambda: action(home, report), nth, home / "reports", full)  # noqa: B023
        assert code in ((0, 3) if full else (None, 0)), nth
        assert _cache.finished_run(report) or list(report.parent.glob(".*.old")), nth
        assert forked(lambda: action(home, report)) == 0 and _cache.finished_run(report), nth  # noqa: B023
        assert os.listdir(report.parent) == [report.name], nth
    assert code == 0
    print(f"run: {'no room after' if full else 'killed at'} {len(numbers) - 1} of {nth - 1} writes")
    assert nth > 5


@pytest.mark.parametrize("full", [False, True], ids=["killed", "full disk"])
def test_a_sweep_stopped_at_every_write(full, study, tmp_path):
    """While it joins its report, of which each file is whole: said again it is finished, and verified."""
    tried = study()
    numbers = places(lambda: command(tried, "run", tmp_path / "s.yml"), tried / "reports")
    for nth in numbers:
        home = study()
        code = forked(lambda: command(home, "run", tmp_path / "s.yml"), nth, home / "reports", full)  # noqa: B023
        json.loads((home / "reports" / "s" / "study.json").read_text())
        assert code in ((0, 3) if full else (None, 0)), (nth, (home / "said").read_text())
        assert code != 3 or "the disk is full" in (home / "said").read_text(), (nth, (home / "said").read_text())
        assert forked(lambda: command(home, "run", tmp_path / "s.yml")) == 0, (nth, (home / "said").read_text())  # noqa: B023
        assert forked(lambda: command(home, "verify", "s")) == 0, (nth, (home / "said").read_text())  # noqa: B023
    assert code == 0
    print(f"sweep: {'no room after' if full else 'killed at'} {len(numbers) - 1} of {nth - 1} writes")
    assert nth > 5
