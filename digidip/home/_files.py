"""Files: written whole or not at all, on the disk before they count, and compared by their hashes."""

import hashlib
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

OF_SYSTEMS = ("Thumbs.db", "desktop.ini")  # what Windows puts into folders; macOS begins its names with a dot


def atomic_write(path, content):
    """Write a file (bytes) aside, have the system put it on the disk, and put it in the place of the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write_to_disk(aside, content)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def atomic_copy(file, target):
    """Copy a file aside, have the system put it on the disk, and put it in its place: whole or not at all.

    Nobody may read the copy who may not read the file.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    mode = Path(file).stat().st_mode & 0o777 | 0o600
    try:
        with (
            open(file, "rb") as source,
            open(aside, "wb", opener=lambda path, flags: os.open(path, flags, mode)) as copy,
        ):
            shutil.copyfileobj(source, copy)
            copy.flush()
            os.fsync(copy.fileno())
        os.replace(aside, target)
    finally:
        aside.unlink(missing_ok=True)


def write_to_disk(path, content):
    """Write a file (bytes) and have the system put it on the disk."""
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def swap_folders(built, final):
    """Put a finished folder in the place of another; if that fails, the old one comes back, else it is removed."""
    aside = built.with_name(f"{built.name}.old")
    if final.exists():
        os.replace(final, aside)
    try:
        os.replace(built, final)
    except BaseException:
        if aside.exists():
            os.replace(aside, final)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def sha256(path):
    """The SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def damage(folder, files, known=()):
    """What differs between a folder and the SHA-256 of its files: a dict name → what, empty where the folder is whole.

    files: name → SHA-256. known: names that may lie there too, as do hidden files and what systems put into folders.
    A process reads the content of a file once, and again only when its size or a time of it has changed.
    """
    there = {path.relative_to(folder).as_posix(): path for path in sorted(Path(folder).rglob("*")) if path.is_file()}
    wrong = dict.fromkeys(sorted(files.keys() - there.keys()), "missing")
    strangers = (name for name, path in there.items() if path.name[0] != "." and path.name not in OF_SYSTEMS)
    wrong |= dict.fromkeys(sorted(set(strangers) - files.keys() - set(known)), "not listed")
    same = sorted(files.keys() & there.keys())
    with ThreadPoolExecutor(4) as pool:
        hashes = pool.map(lambda name: _sha256_at(there[name], _state(there[name])), same)
        return wrong | {name: "changed" for name, found in zip(same, hashes, strict=True) if found != files[name]}


def _state(path):
    """What tells that a file is the one that was read: its place on the disk, size and times."""
    state = path.stat()
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns


@cache
def _sha256_at(path, _state):
    return sha256(path)
