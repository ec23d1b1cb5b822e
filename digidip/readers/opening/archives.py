"""Archives: the checked listing of a zip or tar, and a private copy of one member at a time. Nothing is ever extracted.

A name in an archive is only looked at, never written to.
"""

import gzip
import re
import stat
import tarfile
import unicodedata
import zipfile
from functools import cache
from pathlib import Path

from digidip.readers.opening.copies import (
    UNPACKING_ERRORS,
    copy_limited,
    first_bytes,
    largest_copy,
    temporary_path,
    too_large_error,
    unpacked_path,
    unpacking_errors,
    without_name,
)
from digidip.tables import ReaderError

MOST = 500_000
GZIP, ZIPS = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06")
PACKED = (*ZIPS, GZIP, b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"(\xb5/\xfd")
DEVICES = {"CON", "PRN", "AUX", "NUL"} | {port + digit for port in ("COM", "LPT") for digit in "123456789"}
BLOCK = 512
REMEDY = "Unpack it, then add the files one by one."


def is_archive(path, data):
    """Whether a file that begins with the bytes `data` is a zip or a tar, packed by gzip or not; a text packed by gzip
    alone is none."""
    return data.startswith(ZIPS) or _is_tar(data) or (data.startswith(GZIP) and _is_tar(_peeked(path)))


def members(path):
    """Names of the files in an archive, in its order, folders left out.

    A name that leads outside (absolute, `..`, drive), that Windows keeps for a device or that has a NUL byte, a link, a
    device, an encrypted member, two members of one name (in any case), too many or too large ones raise `ReaderError`.
    """
    state = Path(path).stat()
    return list(_members(Path(path).absolute(), state.st_mtime_ns, state.st_size))


def member_copy(path, name):
    """The path of a private copy of one member; it goes when the process ends.

    A member that is not there, breaks off, grows beyond any text or is an archive itself raises `ReaderError`.
    """
    if name not in members(path):
        raise ReaderError(
            f"{path}: no member {_shown(name)}. Found: {_listed(members(path))}. Expected: the archive as the tool wrote it. "
            "Collect it again."
        )
    copy = temporary_path("member", Path(name).suffix)
    if first_bytes(path).startswith(ZIPS):
        with unpacking_errors(path), zipfile.ZipFile(path) as archive, archive.open(name) as source:
            copy_limited(path, source, copy, archive.getinfo(name).compress_size)
    else:
        with (
            unpacking_errors(path),
            tarfile.open(_unpacked(path), "r:") as archive,
            archive.extractfile(name) as source,
        ):
            copy_limited(path, source, copy, archive.getmember(name).size)
    if first_bytes(copy).startswith(PACKED):
        raise _refused(path, "a packed file inside it", name, REMEDY)
    return without_name(copy)


def archive_error(path):
    """The `ReaderError` for an archive where a text is expected: what it holds, and what to do."""
    names = members(path)
    return ReaderError(
        f"{path}: a binary file, an archive. Found: {_listed(names)}. Expected: a text export, or an archive that a reader "
        f"knows. {REMEDY}"
    )


@cache
def _members(path, _changed_at, packed):
    with unpacking_errors(path):
        entries = list(_of_zip(path) if first_bytes(path).startswith(ZIPS) else _of_tar(path))
    seen, total = set(), 0
    for name, is_folder, size, fault in entries:
        key = unicodedata.normalize("NFC", name.replace("\\", "/").strip("/")).casefold()
        fault = fault or _fault(name) or ("two members of one name" if key in seen and not is_folder else "")
        if fault:
            raise _refused(path, fault, name, "Do not unpack it; collect it again.")
        seen.add(key)
        total += size
    if total > largest_copy(packed):
        raise too_large_error(path, f"{total:,}", packed)
    return tuple(name for name, is_folder, _size, _fault in entries if not is_folder)


def _of_zip(path):
    """Name, whether it is a folder, bytes, and fault of every member of a zip."""
    with zipfile.ZipFile(path) as archive:
        for number, one in enumerate(archive.infolist(), start=1):
            kind = stat.S_IFMT(one.external_attr >> 16)
            odd = "" if kind in (0, stat.S_IFREG, stat.S_IFDIR) else "a link or a device"
            fault = "too many members" if number > MOST else "an encrypted member" if one.flag_bits & 1 else odd
            yield one.orig_filename, one.is_dir(), one.file_size, fault


def _of_tar(path):
    """The same of a tar; one that breaks off between two members raises `tarfile.ReadError`."""
    with tarfile.open(_unpacked(path), "r:") as archive:
        for number, one in enumerate(archive, start=1):
            is_plain = one.isdir() or (one.isreg() and not one.issparse())
            fault = "too many members" if number > MOST else "" if is_plain else "a link or a device"
            yield one.name, one.isdir(), one.size, fault
        archive.fileobj.seek(archive.offset)
        if archive.fileobj.read(BLOCK).strip(b"\0"):
            raise tarfile.ReadError


def _fault(name):
    """What is wrong with a name, or nothing."""
    parts = re.split(r"[/\\]", name)
    if "\0" in name or not name.strip("/\\"):
        return "a name with a NUL byte, or none"
    if name[0] in "/\\" or re.match("[A-Za-z]:", name):
        return "an absolute path"
    if ".." in parts:
        return "a path that leads outside"
    is_kept = any(part.partition(".")[0].strip().upper() in DEVICES for part in parts)
    return "a name that Windows keeps for a device" if is_kept else ""


def _unpacked(path):
    return unpacked_path(path, first_bytes(path))


def _is_tar(head):
    return head[257:262] == b"ustar"


def _peeked(path):
    try:
        with gzip.open(path) as source:
            return source.read(BLOCK)
    except (*UNPACKING_ERRORS, OSError):
        return b""


def _refused(path, fault, name, remedy):
    return ReaderError(
        f"{path}: an archive with {fault}: {_shown(name)}. Expected: plain files under plain names. {remedy}"
    )


def _shown(name):
    """A name as it may be printed: no control character, at most 60 characters."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in name)
    return repr(plain if len(plain) <= 60 else plain[:57] + "…")


def _listed(names, *, most=8):
    return ", ".join(map(_shown, names[:most])) + (", …" if len(names) > most else "") + f" ({len(names)} files)"
