"""The cache of the built sample: built once, whole or not at all, and nothing that happens to it does harm."""

import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from digidip import deliveries
from digidip.store import _sample

CODE = "from digidip import store; print(store.load('sample', 'EST').hash)"


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The folder of an empty cache."""
    monkeypatch.setenv("DIGIDIP_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "sample"


@pytest.fixture
def builds(monkeypatch):
    """The builds that were made: each takes a moment and writes a holding of two files."""
    made = []

    def build(raw, target, *, key):
        made.append(target)
        time.sleep(0.2)
        (target / "posts").mkdir(parents=True)
        (target / "posts" / "0000.parquet").write_bytes(bytes(range(256)) * 40)
        (target / "build.json").write_text("{}")

    monkeypatch.setattr(_sample, "build", build)
    return made


def folder():
    """The folder of the sample, as a process finds it that has not asked before."""
    return _sample.sample_folder.__wrapped__()


def kept(cache):
    """The built samples in a cache."""
    return [path for path in cache.iterdir() if path.suffix != ".lock"]


def test_it_is_built_once_and_each_process_has_its_own(cache, builds, tree):
    """The second process unpacks what the first has built; the cache is private and holds one file."""
    first, second = folder(), folder()
    assert len(builds) == 1 and first != second and tree(first) == tree(second)
    assert len(kept(cache)) == 1 and cache.stat().st_mode & 0o777 == 0o700


def test_two_at_once_build_once(cache, builds, tree):
    """Who comes while another builds waits for it."""
    with ThreadPoolExecutor(4) as pool:
        folders = list(pool.map(lambda _: folder(), range(4)))
    assert len(builds) == 1 and all(tree(each) == tree(folders[0]) for each in folders)


def test_who_holds_the_lock_for_ever_is_not_waited_for(cache, builds, monkeypatch):
    """A process that was stopped while it built keeps nobody from working."""
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr(_sample, "WAIT_SECONDS", 0.2)
    _sample.cache_folder()
    with open(cache / f"{_sample.sample_key()}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert (folder() / "build.json").exists()


@pytest.mark.parametrize(
    "damage", [b"", b"PK", lambda whole: whole[:-1], lambda whole: whole[:5000] + b"!" + whole[5001:]]
)
def test_what_is_damaged_is_built_again(cache, builds, tree, damage):
    """An empty, a half and a changed file are noticed, and a whole one takes their place."""
    whole = tree(folder())
    [packed] = kept(cache)
    content = packed.read_bytes()
    packed.write_bytes(damage(content) if callable(damage) else damage)
    assert tree(folder()) == tree(folder()) == whole and len(builds) == 2


def test_without_a_place_for_it_each_process_builds(tmp_path, builds, monkeypatch):
    """Where the cache folder cannot be made, or its user has no home, the sample is built for the process alone."""
    (tmp_path / "file").touch()
    for place in (str(tmp_path / "file" / "cache"), "~/cache"):
        monkeypatch.setenv("DIGIDIP_CACHE", place)
        assert (folder() / "build.json").exists()
    assert len(builds) == 2


def test_a_build_that_fails_leaves_nothing(cache, monkeypatch):
    """What could not be built is not kept."""

    def build(*_given, **_named):
        raise RuntimeError("no room")

    monkeypatch.setattr(_sample, "build", build)
    with pytest.raises(RuntimeError):
        folder()
    assert kept(cache) == []


def test_removing_it_harms_nobody(cache, builds, tree):
    """A process that has the sample keeps it, and the next one builds it again."""
    first = folder()
    before = tree(first)
    shutil.rmtree(cache.parent)
    assert tree(first) == before == tree(folder()) and len(builds) == 2


def test_what_nobody_used_for_a_month_is_removed(cache, builds, monkeypatch):
    """A new sample takes the place of those that nobody used for 30 days; one read today stays."""
    month = time.time() - 31 * 86400
    folder()
    [used] = kept(cache)
    for path in [used, *(cache / name for name in ("old", ".old.1.part"))]:
        path.touch()
        os.utime(path, (month, month))
    folder()  # uses it, though it is old
    monkeypatch.setattr(_sample, "sample_key", lambda: "new")
    folder()
    assert {path.name for path in kept(cache)} == {used.name, "new"}


def test_the_key_follows_content_source_and_engines(tmp_path, monkeypatch):
    """Another export, source or version is another sample; a test, a measure and the maker of the sample are not in it."""
    for name in ("tables/a.py", "engine.py", "store/b.py", "measures/c.py"):
        path = tmp_path / "digidip" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1")
    for name in ("MANIFEST.csv", "kept/a.csv", "make.py"):
        path = tmp_path / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1")
    (tmp_path / "accounts.csv").write_text("1")
    monkeypatch.setattr(_sample, "ROOT", tmp_path / "digidip")
    monkeypatch.setattr(_sample, "RAW", tmp_path / "raw")
    monkeypatch.setattr(_sample, "REFERENCE", tmp_path)
    keys = [_sample.sample_key()]
    for name in ("digidip/measures/c.py", "raw/make.py"):
        (tmp_path / name).write_text("2")
        assert _sample.sample_key() == keys[0]
    for name in ("digidip/tables/a.py", "digidip/engine.py", "raw/MANIFEST.csv", "raw/kept/a.csv", "accounts.csv"):
        (tmp_path / name).write_text("2")
        keys.append(_sample.sample_key())
    monkeypatch.setattr(_sample, "version", lambda name: f"{name} 99")
    keys.append(_sample.sample_key())
    assert len(set(keys)) == len(keys) == 7


def test_what_the_repository_builds_from_is_in_the_key():
    """Every declared export of the sample exists where the key looks, and every room named is there."""
    declared = deliveries.manifest(_sample.RAW)
    assert declared and all((_sample.RAW / each.path).is_file() for each in declared)
    assert all((_sample.ROOT / name).exists() for name in _sample.ROOMS)


def tell_folder(pipe):
    """Send where the process has the sample, and whether it is there."""
    found = _sample.sample_folder()
    pipe.send((found, (found / "build.json").exists()))


@pytest.mark.parametrize("method", sorted({"spawn", "forkserver"} & set(multiprocessing.get_all_start_methods())))
def test_a_process_removes_its_folder_when_it_ends(method):
    """However Python starts a process, nothing of it is left in the folder for temporary files."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context(method).Process(target=tell_folder, args=(theirs,))
    process.start()
    found, was_there = ours.recv()
    process.join()
    assert was_there and not found.parent.exists()


def test_a_program_finds_the_cache_and_removes_its_folder(tmp_path):
    """The sample of the tests' cache is read by a program of its own, which leaves no temporary folder."""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=True)
    assert len(done.stdout.strip()) == 16 and list(tmp_path.iterdir()) == []
