"""Private copies of files: unpacked from gzip with a limit on the bytes really written, or turned into UTF-8.

What a packed file says of its own size is not believed. A copy lies in the private folder of the process, under the home,
and goes when the process ends, however it ends; see `without_name`.
"""

import gzip
import itertools
import lzma
import os
import shutil
import struct
import tarfile
import zipfile
import zlib
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from digidip.home import home, private_folder
from digidip.tables import ReaderError

HEAD_BYTES = 1 << 18
GZIP = b"\x1f\x8b"
LARGEST = 64 << 30
RATIO, FLOOR, CHUNK = 250, 1 << 20, 1 << 18  # text packs 5 to 50 : 1, and small files may pack better
UNPACKING_ERRORS = (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, lzma.LZMAError, struct.error)
UNPACKING_ERRORS += (EOFError, RuntimeError, ValueError, OverflowError, IndexError)
FILES = Path("/proc/self/fd")  # on Linux: the files that this process has open, with a name or without
MOST_OPEN = 256  # systems let a process have about a thousand
_numbers, _unnamed = itertools.count(), itertools.count()


def unpacked_path(path, data):
    """The path of a file that begins with the bytes `data`, or of a private copy, unpacked where gzip packed it.

    A file that breaks off raises `ReaderError`. The copy goes when the process ends.
    """
    if not data.startswith(GZIP):
        return Path(path)
    state = Path(path).stat()
    return _unpacked_copy(Path(path).absolute(), state.st_mtime_ns, state.st_size)


def utf8_path(path, encoding):
    """The path of a text in that encoding, or of a private copy in UTF-8; one that is malformed raises `ReaderError`."""
    if encoding == "utf-8":
        return Path(path)
    state = Path(path).stat()
    return _utf8_copy(Path(path).absolute(), encoding, state.st_mtime_ns, state.st_size)


@cache
def _utf8_copy(path, encoding, _changed_at, _size):
    copy = temporary_path("utf8", path.suffix)
    try:
        with (
            open(path, encoding=encoding, newline="") as text,
            open(copy, "w", encoding="utf-8", newline="") as target,
        ):
            shutil.copyfileobj(text, target, HEAD_BYTES)
    except UnicodeError as error:
        raise ReaderError(
            f"{path}: {encoding.upper()} text that is malformed ({error.reason}). Expected: a whole export. Copy it again, or "
            "save it as UTF-8."
        ) from None
    return without_name(copy)


@cache
def _unpacked_copy(path, _changed_at, _size):
    copy = temporary_path("unpacked", Path(Path(path).stem).suffix)
    with unpacking_errors(path), gzip.open(path) as source:
        copy_limited(path, source, copy, Path(path).stat().st_size)
    return without_name(copy)


def copy_limited(path, source, copy, packed):
    """Write a source of bytes, which takes `packed` bytes in the file at `path`, into a copy, up to the limit."""
    written, most = 0, largest_copy(packed)
    with open(copy, "wb") as target:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > most:
                raise too_large_error(path, f"over {most:,}", packed)
            target.write(chunk)


def largest_copy(packed):
    """The most bytes that so many packed bytes may become."""
    return min(LARGEST, max(FLOOR, packed * RATIO))


def too_large_error(path, size, packed):
    """The `ReaderError` for a file that unpacks to more than any text does."""
    return ReaderError(
        f"{path}: {size} bytes packed into {packed:,}. Expected: a text export, which packs far less. Do not unpack it; collect "
        "it again."
    )


@contextmanager
def unpacking_errors(path):
    """Around any reading of a packed file: what goes wrong becomes a `ReaderError` in four parts."""
    try:
        yield
    except ReaderError:
        raise
    except UNPACKING_ERRORS:
        raise ReaderError(
            f"{path}: a binary file, packed, that breaks off or is malformed. Expected: a whole file. Copy or collect it again; "
            "if it opens elsewhere: Unpack it there, and add the files one by one."
        ) from None
    except OSError as error:
        raise ReaderError(
            f"{path}: cannot be unpacked ({error.strerror}). Expected: room for a copy in the temporary folder. Make room, "
            "then try again."
        ) from None


def temporary_path(kind, suffix):
    """A path for one more private copy."""
    return private_folder(home() / "data") / f"{kind}-{next(_numbers)}{suffix}"


def without_name(copy):
    """The path by which this process reads a copy that is written: on Linux it has no name any more.

    So nothing of it is left even when the process is killed. Elsewhere, and for more copies than a process may have files
    open, it is the same path, and the next command removes what a killed process leaves.
    """
    if not FILES.is_dir() or next(_unnamed) >= MOST_OPEN:
        return copy
    number = os.open(copy, os.O_RDONLY)
    copy.unlink()
    return FILES / str(number)


def first_bytes(path):
    """The first 256 KiB of a file; `ReaderError` if it may not be read."""
    try:
        with open(path, "rb") as file:
            return file.read(HEAD_BYTES)
    except OSError as error:
        raise ReaderError(
            f"{path}: cannot be opened ({error.strerror}). Expected: a file you may read. Check its permissions."
        ) from None
