"""Private copies of packed files: unpacked in a stream, with a limit on the bytes really written.

What a packed file says of its own size is not believed; a copy goes when the process ends.
"""

import gzip
import lzma
import struct
import tarfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path

from digidip.readers.opening._files import fresh
from digidip.tables import ReaderError

LARGEST = 64 << 30
RATIO, FLOOR, CHUNK = 250, 1 << 20, 1 << 18  # text packs 5 to 50 : 1, and small files may pack better
BROKEN = (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, lzma.LZMAError, struct.error)
BROKEN += (EOFError, RuntimeError, ValueError, OverflowError, IndexError)


def unpacked(path):
    """The path of a private copy of a file that gzip packed, unpacked; one that breaks off raises `ReaderError`."""
    copy = fresh("unpacked", Path(Path(path).stem).suffix)
    with told_of(path), gzip.open(path) as source:
        pour(path, source, copy, Path(path).stat().st_size)
    return copy


def pour(path, source, copy, packed):
    """Write a source of bytes, which takes `packed` bytes in the file at `path`, into a copy, up to the limit."""
    written, most = 0, limit(packed)
    with open(copy, "wb") as target:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > most:
                raise bomb(path, f"over {most:,}", packed)
            target.write(chunk)


def limit(packed):
    """The most bytes that so many packed bytes may become."""
    return min(LARGEST, max(FLOOR, packed * RATIO))


def bomb(path, size, packed):
    """The `ReaderError` for a file that unpacks to more than any text does."""
    return ReaderError(
        f"{path}: {size} bytes packed into {packed:,}. Expected: a text export, which packs far less. Do not unpack it; collect "
        "it again."
    )


@contextmanager
def told_of(path):
    """Around any reading of a packed file: what goes wrong becomes a `ReaderError` in four parts."""
    try:
        yield
    except ReaderError:
        raise
    except BROKEN:
        raise ReaderError(
            f"{path}: a binary file, packed, that breaks off or is malformed. Expected: a whole file. Copy or collect it again; "
            "if it opens elsewhere: Unpack it there, and add the files one by one."
        ) from None
    except OSError as error:
        raise ReaderError(
            f"{path}: cannot be unpacked ({error.strerror}). Expected: room for a copy in the temporary folder. Make room, "
            "then try again."
        ) from None
