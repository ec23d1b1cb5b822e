"""The synthetic sample as a holding: built once for each content of it, and kept in the user's cache folder.

The cache holds one file for each key: the SHA-256 of a zip, then the zip with the holding's files. A process unpacks it
into a folder of its own, so that nothing it reads can be changed or taken away while it runs.
"""

import hashlib
import io
import os
import platform
import shutil
import tempfile
import time
import zipfile
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from importlib.metadata import version
from multiprocessing.util import Finalize
from pathlib import Path

import platformdirs

import digidip
from digidip.clean import SAMPLE_KEY
from digidip.deliveries import REFERENCE, atomic_write
from digidip.deliveries import SAMPLE as RAW
from digidip.store._build import build

try:
    import fcntl
except ImportError:  # Windows has no such locks: two processes there may build the sample twice
    fcntl = None

ROOT = Path(digidip.__file__).parent
ROOMS = ("tables", "engine.py", "readers", "deliveries", "clean", "store")  # whose source decides what is built
ENGINES = ("duckdb", "ibis-framework", "sqlglot", "pandas", "pyarrow", "pycountry")
UNUSED_DAYS = 30
WAIT_SECONDS = 120


@cache
def sample_folder():
    """The folder of the built sample; it belongs to this process and is removed when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="digidip-sample-"))
    # No TemporaryDirectory: a process of multiprocessing, in which a notebook may run, ends without calling atexit.
    Finalize(None, shutil.rmtree, args=(folder, True), exitpriority=0)
    sample, kept = folder / "sample", cache_folder()
    if kept is None:
        build(RAW, sample, key=SAMPLE_KEY)
        return sample
    packed = kept / sample_key()
    if not _unpack(packed, sample):
        with _alone(kept / f"{packed.name}.lock"):
            if not _unpack(packed, sample):  # else another process has built it while this one waited
                build(RAW, sample, key=SAMPLE_KEY)
                _pack(sample, packed)
    return sample


def cache_folder():
    """The private folder for built samples, in DIGIDIP_CACHE or the user's cache folder; None if it cannot be made."""
    folder = Path(os.environ.get("DIGIDIP_CACHE") or platformdirs.user_cache_dir("digidip", appauthor=False)) / "sample"
    if not folder.is_absolute():  # a user without a home
        return None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o777 != 0o700:
            folder.chmod(0o700)
    except OSError:
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


def _unpack(packed, folder):
    """Unpack a file of the cache into a folder; False, and nothing done, if it is not there or not whole."""
    try:
        content = packed.read_bytes()
        if hashlib.sha256(content[32:]).digest() != content[:32]:
            return False
        with suppress(OSError):
            os.utime(packed)  # used today
    except OSError:
        return False
    with zipfile.ZipFile(io.BytesIO(content[32:])) as archive:
        archive.extractall(folder)
    return True


def _pack(folder, packed):
    """Put a folder into the cache, whole or not at all, and remove what nobody has used for a month."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    with suppress(OSError):  # the disk is full, or the folder was removed: the next process builds again
        atomic_write(packed, hashlib.sha256(content.getvalue()).digest() + content.getvalue())
        for path in packed.parent.iterdir():
            if path.stat().st_mtime < time.time() - UNUSED_DAYS * 86400:
                path.unlink()


@contextmanager
def _alone(path):
    """Hold a lock file, so that one process builds at a time; where none can be held, go on without."""
    with ExitStack() as held:
        with suppress(OSError):  # no place to write, or a file system without locks
            _lock(held.enter_context(open(path, "w")))
        yield


def _lock(file):
    """Lock a file, but wait no longer than a build takes: whoever holds the lock may have been stopped."""
    deadline = time.monotonic() + WAIT_SECONDS
    while fcntl and time.monotonic() < deadline:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.1)
    return None
