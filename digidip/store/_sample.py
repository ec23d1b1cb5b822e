"""The synthetic sample as a holding: built once for each content of it, and kept in the user's cache folder.

The cache has a folder for each key, laid out like data/processed of a home: builds that never change, and which is current.
"""

import hashlib
import os
import platform
import shutil
import sys
import time
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

import platformdirs

import digidip
from digidip.clean import SAMPLE_KEY
from digidip.deliveries import REFERENCE
from digidip.deliveries import SAMPLE as RAW
from digidip.home import current, damage_of, home, locked, private_folder
from digidip.store._build import build
from digidip.tables import TableError

ROOT = Path(digidip.__file__).parent
ROOMS = ("tables", "home", "engine.py", "readers", "deliveries", "clean", "store")  # whose source decides what is built
ENGINES = ("duckdb", "ibis-framework", "sqlglot", "pandas", "pyarrow", "pycountry")
UNUSED_DAYS = 30


@cache
def sample_folder():
    """The folder of the built sample; without a place for a cache it goes with the process."""
    samples = cache_folder()
    if samples is None:
        sample = private_folder(home() / "data") / "sample" / "processed"
        build(RAW, sample, key=SAMPLE_KEY)
        return current(sample)
    sample = samples / sample_key()
    folder = _whole(sample)
    if folder is None:
        with locked(samples):
            if _whole(sample) is None:  # else another process has built it while this one waited
                build(RAW, sample, key=SAMPLE_KEY)
                _remove_unused(samples)
        folder = current(sample)
    with suppress(OSError):
        os.utime(sample)  # used today
    return folder


def _whole(sample):
    """The folder of a sample that is there and undamaged; else None."""
    with suppress(TableError):
        folder = current(sample)
        return None if damage_of(folder) else folder
    return None


def _remove_unused(samples):
    """Remove what nobody has used for a month."""
    for path in samples.iterdir():
        if path.name[0] != "." and path.stat().st_mtime < time.time() - UNUSED_DAYS * 86400:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()


def cache_folder():
    """The private folder for built samples, in DIGIDIP_CACHE or the user's cache folder; None, and why on stderr, if it
    cannot be written."""
    folder = Path(os.environ.get("DIGIDIP_CACHE") or platformdirs.user_cache_dir("digidip", appauthor=False)) / "sample"
    try:
        if not folder.is_absolute():
            raise NotADirectoryError(0, "no absolute path")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o777 != 0o700:
            folder.chmod(0o700)
        with locked(folder, wait=0):
            pass
    except TableError:  # another process writes there just now
        return folder
    except OSError as error:
        print(
            f"{folder}: cannot be written ({error.strerror}), so the sample is built anew for each process. Name another "
            "folder in DIGIDIP_CACHE.",
            file=sys.stderr,
        )
        return None
    return folder


def sample_key():
    """The hash of all that decides what the sample is: its exports, the source that builds it, the engines' versions."""
    sources = [path for name in ROOMS for path in (ROOT / name, *(ROOT / name).rglob("*.py")) if path.is_file()]
    exports = [path for path in RAW.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")]
    versions = [digidip.__version__, platform.python_version(), *(version(name) for name in ENGINES)]
    key = hashlib.sha256("\n".join(versions).encode())
    for path in [*sorted(sources), *sorted(exports), REFERENCE / "accounts.csv"]:
        content = path.read_bytes()
        key.update(f"\n{os.path.relpath(path, ROOT)} {len(content)}\n".encode() + content)
    return key.hexdigest()
