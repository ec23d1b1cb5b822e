"""Home: files whole or not at all, one writer at a time, builds that never change, and nothing left of who was killed."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context

import pytest

from digidip import home as shared
from digidip.home import _locks
from digidip.tables import TableError


@pytest.fixture
def data(tmp_path):
    """The data folder of a home."""
    (tmp_path / "data" / "processed").mkdir(parents=True)
    return tmp_path / "data"


@pytest.fixture
def put(data):
    """Make a build of one part with these bytes the current one; returns its folder."""

    def made(content):
        aside = data / "processed" / f"{shared.UNFINISHED}1"
        (aside / "posts").mkdir(parents=True)
        (aside / "posts" / "part.parquet").write_bytes(content)
        facts = {"parts": {"posts/part.parquet": hashlib.sha256(content).hexdigest()}}
        (aside / "build.json").write_text(json.dumps(facts))
        folder = shared.put_in_place(aside, data / "processed")
        shutil.rmtree(aside, ignore_errors=True)
        return folder

    return made


@pytest.fixture
def other_process(data):
    """What another process owns in the home, as long as the returned file is open: its private folder, that file."""
    (data / ".private").mkdir()
    folder, file = _locks._owned(data / ".private")
    with file:
        yield folder, file


def test_a_build_that_is_read_stays_until_its_reader_is_gone(data, put, other_process):
    """Reader and builder at once: the build that a living process reads is not removed, the current one never."""
    folder, file = other_process
    first = put(b"36 posts")
    (folder / f"reads-{first.name}").touch()
    second, third = put(b"60 posts"), put(b"61 posts")
    shared.sweep(data)
    assert (first.exists(), second.exists(), third.exists()) == (True, False, True)
    assert shared.current(data / "processed") == third
    file.close()
    shared.sweep(data)
    assert not first.exists() and not folder.exists() and third.exists()


def test_a_reader_that_meets_a_new_build_takes_it(data, put, monkeypatch):
    """Between looking and holding another build takes the place: the reader has the new one, whose pin counts."""
    first, looks = put(b"36 posts"), []

    def late(processed):
        looks.append(1)
        return first if len(looks) == 1 else put(b"60 posts")

    monkeypatch.setattr(shared._builds, "current", late)
    assert shared.hold(data / "processed").name != first.name and len(looks) == 4


def test_a_command_and_its_processes_read_one_build(data, put):
    """What is current when a command begins is read to its end, by whatever it starts; afterwards the new one."""
    first = put(b"36 posts")
    with shared.one_build(data / "processed"):
        second = put(b"60 posts")
        assert shared.hold(data / "processed") == first == type(first)(os.environ["DIGIDIP_BUILD"])
    assert shared.hold(data / "processed") == second


@pytest.mark.parametrize("name", ["build.json", "posts/part.parquet"])
def test_a_flipped_bit_anywhere_in_a_build_is_found(name, put):
    """No byte of any file of a build can change in one bit unseen, though its size and its time stay."""
    folder = put(b"36 posts")
    path = folder / name
    whole, state = path.read_bytes(), path.stat()
    for place in range(0, 8 * len(whole), 7):
        changed = bytearray(whole)
        changed[place // 8] ^= 1 << place % 8
        path.write_bytes(changed)
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
        if name == "build.json":
            with pytest.raises(TableError, match="changed since it was built"):
                shared.facts_of(folder)
        else:
            assert shared.damage_of(folder) == {name: "changed"}
    path.write_bytes(whole)
    assert shared.damage_of(folder) == {}


def test_an_equal_build_mends_a_damaged_one(put):
    """A part is changed, one is gone, a stranger has come: the same build made again puts each right, in place."""
    folder = put(b"36 posts")
    (folder / "posts" / "part.parquet").unlink()
    (folder / "posts" / "more.parquet").write_bytes(b"x")
    (folder / "posts" / ".DS_Store").write_bytes(b"")  # of macOS, and nobody reads it
    assert shared.damage_of(folder) == {"posts/part.parquet": "missing", "posts/more.parquet": "not listed"}
    (folder / "build.json").write_text("{}")
    assert put(b"36 posts") == folder and shared.damage_of(folder) == {}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("build.json", b"{}", "tables as an older version kept them. .*Do: digidip build"),
        ("current", b"0123456789abcdef", "names no build that is there. .*Do: digidip build"),
        ("current", b"../raw", "names no build that is there"),
        ("current", b"\xff", "names no build that is there"),
    ],
)
def test_what_is_no_holding_is_told(data, put, name, content, said):
    """The layout of an older version, and a pointer that leads nowhere; the next build puts it right."""
    (data / "raw").mkdir()
    (data / "raw" / "build.json").write_text("{}")  # no build, whatever the pointer says
    (data / "processed" / name).write_bytes(content)
    with pytest.raises(TableError, match=said):
        shared.hold(data / "processed")
    folder = put(b"36 posts")
    shared.sweep(data)
    assert sorted(path.name for path in (data / "processed").iterdir()) == sorted([folder.name, "current"])


def test_one_writer_at_a_time(data, capsys):
    """Who comes second is told and waits; who waits too long is refused; who has it may enter again."""
    order = []

    def write(name):
        with shared.locked(data), shared.locked(data):
            order.append(f"{name} in")
            time.sleep(0.1)
            order.append(f"{name} out")

    threads = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    with shared.locked(data):
        for thread in threads:
            thread.start()
        with ThreadPoolExecutor(1) as pool, pytest.raises(TableError, match=r"writes there.*Wait until it is done"):
            pool.submit(shared.locked(data, wait=0.1).__enter__).result()
        assert order == []
    for thread in threads:
        thread.join()
    assert order in (["a in", "a out", "b in", "b out"], ["b in", "b out", "a in", "a out"])
    assert "waiting for it" in capsys.readouterr().err


def test_what_a_killed_command_left_is_swept_but_not_while_another_writes(data, put, other_process):
    """Half a build, half a copy, leftovers of older versions, a private folder: gone; what a living process owns stays."""
    put(b"36 posts")
    dead = _locks._owned(data / ".private")
    (dead[0] / "unpacked-0.csv").write_text("a name")
    dead[1].close()
    left = ["processed/.unfinished-7/posts/0000.parquet", ".processed-x.old/build.json", "raw/per/.a.csv.7.part"]
    left += ["processed/.current.7.part"]
    for path in map(data.joinpath, left):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    before = sorted(data.rglob("*"))
    with shared.locked(data), ThreadPoolExecutor(1) as pool:
        pool.submit(shared.sweep, data).result()
    assert sorted(data.rglob("*")) == sorted({*before, data / ".lock"})
    shared.sweep(data)
    gone = (dead[0], *map(data.joinpath, left), data / "processed" / ".unfinished-7", data / ".processed-x.old")
    assert not any(map(os.path.exists, gone)) and other_process[0].exists()


def test_the_private_folder_is_private_and_under_the_home(data):
    """Mode 700 in data/.private; where nothing can be written there, in the system's temporary folder."""
    folder = shared.private_folder(data)
    assert folder.parent == data / ".private" and folder == shared.private_folder(data)
    assert {path.stat().st_mode & 0o777 for path in (folder, folder.parent)} == {0o700}
    shutil.rmtree(data)
    assert shared.private_folder(data).is_dir()
    (data / "file").touch()
    assert data not in shared.private_folder(data / "file").parents


def test_a_private_folder_goes_with_its_process(data):
    """A process of multiprocessing, in which a notebook may run, ends without atexit; its folder goes all the same."""
    with get_context("spawn").Pool(1) as pool:
        folder = pool.apply(shared.private_folder, (data,))
        assert folder.is_dir() and folder != shared.private_folder(data)
        pool.close()
        pool.join()
    assert not folder.exists()


@pytest.mark.parametrize(("mode", "copied"), [(0o600, 0o600), (0o640, 0o640), (0o400, 0o600)])
def test_a_copy_is_no_more_open_than_its_file_and_is_on_the_disk(mode, copied, tmp_path, monkeypatch):
    """Who may not read the export may not read the copy, at no moment; and the system has written it."""
    file, modes = tmp_path / "a.csv", []
    file.write_text("names")
    file.chmod(mode)
    honest = os.fsync
    monkeypatch.setattr(os, "fsync", lambda number: (modes.append(os.fstat(number).st_mode & 0o777), honest(number)))
    shared.atomic_copy(file, tmp_path / "raw" / "a.csv")
    assert modes == [copied] and (tmp_path / "raw" / "a.csv").stat().st_mode & 0o777 == copied


ON_WINDOWS = """
import builtins, importlib, os, pkgutil, types
import_module, absent = builtins.__import__, {"fcntl", "resource", "pwd", "grp", "termios"}
def without_unix(name, names=None, *rest):  # of our modules alone: how others do on Windows is theirs to say
    if name in absent and (names or {}).get("__name__", "").startswith("digidip"):
        raise ModuleNotFoundError(name)
    if name == "msvcrt" and (names or {}).get("__name__", "").startswith("digidip"):
        return types.ModuleType(name)
    return import_module(name, names, *rest)
builtins.__import__ = without_unix
for name in ("fork", "killpg", "setsid", "getpgid"):
    delattr(os, name)
import digidip
for module in pkgutil.walk_packages(digidip.__path__, "digidip."):
    importlib.import_module(module.name)
from digidip.home import _locks
assert _locks.fcntl is None and _locks.msvcrt
"""


def test_every_module_is_imported_without_what_windows_lacks():
    """No module needs fcntl, resource, fork or process groups when it is imported."""
    done = subprocess.run([sys.executable, "-c", ON_WINDOWS], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
