"""Locks that the system drops with their process, however it ends: one writer in a folder, and what a process owns.

A lock file stays where it is, empty: what counts is who has it locked. No file of process numbers is kept, since a number
comes back for another process, and means nothing on a drive that two machines share.
"""

import os
import shutil
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path

from digidip.tables import TableError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt

LOCK, PRIVATE, UNFINISHED = ".lock", ".private", ".unfinished-"
WAIT_SECONDS = 600
_mine = threading.local()


def _lock(file):
    """Whether an open file is locked for us from now on, until it is closed."""
    try:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except (BlockingIOError, PermissionError):
        return False
    return True


@contextmanager
def locked(folder, wait=WAIT_SECONDS):
    """Be the only writer in a folder, made if need be; who comes while another writes is told, and waits so many seconds.

    Whoever holds it may enter again. `TableError` when the time is over.
    """
    folder = Path(folder).resolve()
    held = _mine.__dict__.setdefault("folders", set())
    if folder in held:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / LOCK, "ab") as file:
        _wait(file, folder, wait)
        held.add(folder)
        try:
            yield
        finally:
            held.remove(folder)


def _wait(file, folder, seconds):
    """Wait until the lock file of a folder is ours."""
    end, is_told = time.monotonic() + seconds, not seconds
    while not _lock(file):
        if time.monotonic() >= end:
            raise TableError(
                f"{folder}: another command of digidip writes there{f', for {seconds} seconds by now' if seconds else ''}. "
                "Expected: one at a time. Wait until it is done, or stop it, then say this again."
            )
        if not is_told:
            print(f"{folder}: another command of digidip writes there; waiting for it.", file=sys.stderr, flush=True)
            is_told = True
        time.sleep(0.05)


def private_folder(data):
    """The folder of this process in `data`, mode 700, for copies of raw files and all that must not outlive it.

    It goes when the process ends; of a process that was killed, the next command removes it. Where `data` cannot be
    written, it lies in the system's folder for temporary files.
    """
    folder = _private_folder(Path(data).resolve(), os.getpid())
    if not folder.exists():  # somebody has removed `data`
        _private_folder.cache_clear()
        return private_folder(data)
    return folder


@cache
def _private_folder(data, _process):
    try:
        (data / PRIVATE).mkdir(mode=0o700, parents=True, exist_ok=True)
        owned = _owned(data / PRIVATE)
    except OSError:  # no right to write, or a drive without locks
        owned = _owned(None)
    # No atexit: a process of multiprocessing, in which a notebook may run, ends without it.
    Finalize(None, _remove, args=owned, exitpriority=0)
    return owned[0]


def _owned(parent):
    """A new folder, and its open lock file, which is ours: a command that sweeps may be there between the two."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix="digidip-", dir=parent))
        with suppress(FileNotFoundError):
            file = open(folder / LOCK, "ab")  # noqa: SIM115  let go by the end of the process
            if _lock(file):
                return folder, file


def _remove(folder, file):
    file.close()
    shutil.rmtree(folder, ignore_errors=True)


def ownerless(data):
    """The private folders in `data` whose processes are gone."""
    folders = []
    for folder in (Path(data) / PRIVATE).glob("*"):
        with suppress(OSError), open(folder / LOCK, "ab") as file:
            folders += [folder] if _lock(file) else []
    return folders
