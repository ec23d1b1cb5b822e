"""Kill -9 at every write of add, build and forget, and many commands at once; `make attack`, not part of the suite.

A process is forked from this one, which has imported everything, and kills itself before its N-th change of a file that
Python makes, for N = 1, 2, … until it ends by itself. After each kill the holding must be the old or the new one, whole;
the next command must leave nothing of the dead one, and the command that was killed must work when it is said again.
"""

import gzip
import multiprocessing.util
import os
import shutil
import signal
import sys
import tempfile
import traceback
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import COMMENTS, STATUSES

from digidip import cli, deliveries, store

# What Python tells of every change of a file before it is made; `open` is one where it is for writing.
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate", "shutil.copyfile"}
PRIVATE = b"Zebulon Quixworthy"
LATER = STATUSES.replace("7_", "8_").replace(
    "Hello again,,", "Hello again,Zebulon Quixworthy,"
)  # in a cell nobody reads


def command(folder, *words):
    """The exit code of a command on the home `folder`; what it says goes into the file `said` there."""
    done = CliRunner().invoke(cli.main, ["--home", str(folder), *map(str, words)], env={"DIGIDIP_HOME": str(folder)})
    (folder / "said").write_text(done.output + repr(done.exception))
    return done.exit_code


def forked(action, kill_at=None):
    """What an action returns, done in a process of its own; None where that was killed before its `kill_at`-th change.

    The engine is used in such processes alone: its threads would not survive a fork.
    """
    process = os.fork()
    if process == 0:
        code = 99
        try:
            if kill_at:
                sys.addaudithook(_killer(kill_at))
            code = action()
            multiprocessing.util._run_finalizers()  # as at the end of a command
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    status = os.waitpid(process, 0)[1]
    return None if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _killer(nth):
    seen = []

    def hook(event, given):
        is_write = event == "open" and isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR)
        if is_write or event in CHANGES:
            seen.append(event)
            if len(seen) == nth:
                os.kill(os.getpid(), signal.SIGKILL)

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


@pytest.mark.parametrize("words", ["add", "build"])
def test_killed_at_every_write(words, make_home):
    """Old or new, never half; nothing is left after the next command; and the same command works again."""
    is_build = words == "build"
    action = {"add": lambda: add(folder, folder / "later.csv.gz"), "build": lambda: command(folder, "build")}[words]
    for nth in count(int(os.environ.get("FIRST", 1))):  # FIRST=40 make attack: from the 40th write on
        folder = make_home(late=is_build)
        raw = folder / "data" / "raw"
        code = forked(action, nth)
        assert code in (None, 0), (nth, (folder / "said").read_text())
        declared = deliveries.manifest(raw)
        for delivery in declared:
            deliveries.verify(raw, delivery)
        strays = deliveries.undeclared(raw)
        assert forked(lambda: check(folder)) in ((2, 4) if is_build else (2,)), nth  # noqa: B023
        assert all(str(stray) in (folder / "said").read_text() for stray in strays), nth
        assert _survivors(folder) == [], nth
        assert forked(action) == 0 and deliveries.undeclared(raw) == [] and len(deliveries.manifest(raw)) == 3
        if code == 0:
            break
    assert forked(lambda: command(folder, "build")) == 0 and forked(lambda: rows(folder)) == 4
    print(f"{words}: killed at {nth - 1} writes")
    assert nth > (5 if words == "add" else 20)


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
    monkeypatch.setattr(deliveries, "receive", lambda *_given: os.kill(os.getpid(), number))
    assert forked(lambda: add(folder, folder / "later.csv.gz")) == (None if number == signal.SIGKILL else 128 + number)
    assert number == signal.SIGKILL or _survivors(folder) == []
    assert not Path("/proc/self/fd").is_dir() or not list(folder.rglob("unpacked*"))
    assert forked(lambda: command(folder, "verify", "processed")) == 0 and _survivors(folder) == []
