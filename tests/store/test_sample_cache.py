"""The cache of the built sample: built once, whole or not at all, and nothing that happens to it does harm."""

import hashlib
import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from digidip import deliveries
from digidip.home import put_in_place
from digidip.store import _sample


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
        aside = target / ".unfinished-0"
        (aside / "posts").mkdir(parents=True)
        content = bytes(range(256)) * 40
        (aside / "posts" / "0000.parquet").write_bytes(content)
        facts = {"parts": {"posts/0000.parquet": hashlib.sha256(content).hexdigest()}}
        (aside / "build.json").write_text(json.dumps(facts))
        put_in_place(aside, target)
        shutil.rmtree(aside, ignore_errors=True)

    monkeypatch.setattr(_sample, "build", build)
    return made


def folder():
    """The folder of the sample, as a process finds it that has not asked before."""
    return _sample.sample_folder.__wrapped__()


def kept(cache):
    """The built samples in a cache."""
    return [path for path in cache.iterdir() if path.name[0] != "."]


def test_it_is_built_once(cache, builds, capsys):
    """The second process reads what the first has built; the cache is private, and nothing is said of it."""
    assert folder() == folder() and len(builds) == len(kept(cache)) == 1
    assert cache.stat().st_mode & 0o777 == 0o700 and capsys.readouterr().err == ""


def test_two_at_once_build_once(cache, builds):
    """Who comes while another builds waits for it."""
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: folder(), range(4)))) == len(builds) == 1


@pytest.mark.parametrize("name", ["build.json", "posts/0000.parquet"])
@pytest.mark.parametrize("damage", [b"", lambda whole: whole[:-1], lambda whole: whole[:12] + b"!" + whole[13:]])
def test_what_is_damaged_is_built_again(name, cache, builds, tree, damage):
    """An empty, a half and a changed file are noticed, and a whole one takes their place."""
    whole, damaged = tree(folder()), folder() / name
    damaged.write_bytes(damage(damaged.read_bytes()) if callable(damage) else damage)
    assert tree(folder()) == tree(folder()) == whole and len(builds) == 2


def test_without_a_place_for_it_each_process_builds_and_says_so(tmp_path, builds, monkeypatch, capsys):
    """Where the cache folder cannot be made, or its user has no home, the sample is built for the process alone."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("DIGIDIP_HOME", str(tmp_path))
    for place in (str(tmp_path / "file" / "cache"), "~/cache"):
        monkeypatch.setenv("DIGIDIP_CACHE", place)
        assert (folder() / "build.json").exists()
        err = capsys.readouterr().err
        assert (
            err.count("\n") == 1
            and "the sample is built anew for each process. Name another folder in DIGIDIP_CACHE" in err
        )
    assert len(builds) == 2


def test_a_build_that_fails_leaves_nothing(cache, monkeypatch):
    """What could not be built is not kept."""

    def build(*_given, **_named):
        raise RuntimeError("no room")

    monkeypatch.setattr(_sample, "build", build)
    with pytest.raises(RuntimeError):
        folder()
    assert kept(cache) == []


def test_what_nobody_used_for_a_month_is_removed(cache, builds, monkeypatch):
    """A new sample takes the place of those that nobody used for 30 days; one read today stays."""
    month = time.time() - 31 * 86400
    folder()
    [used] = kept(cache)
    (cache / "old").touch()
    for path in (used, cache / "old"):
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
