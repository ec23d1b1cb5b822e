"""How a file is opened as text: its first part, its header, and what the engine says of it told in four parts.

No message repeats a cell: a file without a header starts with personal data, and so do the engine's own messages.
"""

import csv
import io
import itertools
import os
import re
import shutil
import tempfile
from collections import Counter
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cache
from itertools import islice
from pathlib import Path

import duckdb

from digidip.tables import ReaderError

HEAD = 1 << 18
WIDEST = 2_000  # columns: the tables of tools have hundreds at most, and of tens of thousands the engine makes hours
SLIVER = 0.01  # share of a file that its reader knows only to name it and to refuse it
_numbers = itertools.count()
DELIMITERS = ",;\t"
WIDE, GZIP = (b"\xff\xfe", b"\xfe\xff"), b"\x1f\x8b"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
OF_R = (b"X\n\0\0\0", b"A\n2\n", b"A\n3\n", b"RDX2\n", b"RDX3\n")
ENGINE_CAUSES = (
    (duckdb.OutOfMemoryException, "more memory than the engine may take", "Close other programs, then try again."),
    (duckdb.IOException, "a file that cannot be read to its end", "Check the disk and the path, then try again."),
    (duckdb.Error, "a file that cannot be split into records", "Give the file as the tool wrote it."),
)


def in_utf8(path):
    """The path of the file itself, or of a private copy: unpacked where gzip packed it, in UTF-8 where its byte order mark
    says UTF-16.

    No other encoding is told from the bytes. A file that breaks off or is malformed raises `ReaderError`. The copy goes
    when the process ends.
    """
    state = Path(path).stat()
    return _in_utf8(Path(path).resolve(), state.st_mtime_ns, state.st_size)


@cache
def _in_utf8(path, _changed_at, _size):
    if first_bytes(path).startswith(GZIP):
        from digidip.readers.opening._copies import unpacked  # here: it imports this module

        return _narrowed(path, unpacked(path))
    return _narrowed(path, path)


def _narrowed(path, plain):
    """The plain file, or its copy in UTF-8; `path` is what a message names."""
    if not first_bytes(plain).startswith(WIDE):
        return plain
    copy = fresh("utf8", plain.suffix)
    try:
        with (
            open(plain, encoding="utf-16", newline="") as wide,
            open(copy, "w", encoding="utf-8", newline="") as target,
        ):
            shutil.copyfileobj(wide, target, HEAD)
    except UnicodeError as error:
        raise ReaderError(
            f"{path}: UTF-16 text that is malformed ({error.reason}). Expected: a whole export. Copy it again, or save "
            "it as UTF-8."
        ) from None
    return copy


@cache
def private_folder():
    """A folder for copies that only this process reads; it goes when the process ends."""
    return tempfile.TemporaryDirectory(prefix="digidip-copies-")


def fresh(kind, suffix):
    """A path for one more private copy."""
    return Path(private_folder().name) / f"{kind}-{next(_numbers)}{suffix}"


def opening(path):
    """The first 256 KiB of a text file, without its byte order mark; `ReaderError` if missing, empty or not text."""
    path = Path(path)
    if not path.is_file():
        raise ReaderError(f"{path}: no such file. Found: {_neighbours(path)}. Expected: an export. Check the path.")
    from digidip.readers.opening._archives import is_archive, unread  # here: it imports this module

    if is_archive(path):
        raise unread(path)
    head = first_bytes(in_utf8(path))
    if head.startswith(OLD_WORKBOOK):
        raise ReaderError(
            f"{path}: a spreadsheet (xls). Expected: a text export, since a spreadsheet cuts long ids. Give the original, or save "
            "the sheet as CSV UTF-8."
        )
    if head.startswith(OF_R):
        raise ReaderError(
            f"{path}: a data file of R (rds, RData). Expected: a text export. Open it in R, and save the table with write.csv, or "
            "what is nested with jsonlite::write_json."
        )
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise ReaderError(f"{path}: the file is empty (0 records). Expected: an export. Collect or copy it again.")
    if head.count(0) * 10 > len(head):
        raise ReaderError(
            f"{path} (byte {max(head.find(0), 0)}): a binary file, or UTF-16 text without its byte order mark. Expected: "
            "a text export in UTF-8. Unpack it, or save it as UTF-8."
        )
    return _decoded(path, head).replace("\0", "")


def first_bytes(path):
    """The first 256 KiB of a file; `ReaderError` if it may not be read."""
    try:
        with open(path, "rb") as file:
            return file.read(HEAD)
    except OSError as error:
        raise ReaderError(
            f"{path}: cannot be opened ({error.strerror}). Expected: a file you may read. Check its permissions."
        ) from None


def beginning(head, skip):
    """Where in bytes or text the line stands that follows the first `skip` lines; blank lines are not counted.

    >>> beginning("Report\\n\\nDate,Post\\n", 1)
    8
    """
    line, nothing = (rb"[^\r\n]+", b"\0\xef\xbb\xbf") if isinstance(head, bytes) else (r"[^\r\n]+", "\0\ufeff")
    lines = (found.start() for found in re.finditer(line, head) if found[0].strip(nothing))
    return next(islice(lines, skip, None), len(head))


def header(path, skip=0, delimiters=DELIMITERS):
    """Column names and delimiter, one of those given, of a delimited file that has `skip` lines before its header.

    A missing, empty or binary file, and one without two columns or with over 2,000, raise `ReaderError`.
    """
    text = _body(path, skip)
    firsts = {delimiter: next(_split(text, delimiter), []) for delimiter in delimiters}
    delimiter = max(delimiters, key=lambda candidate: len(firsts[candidate]))
    names = [name.strip() for name in firsts[delimiter]]
    if len(names) < 2:
        raise ReaderError(
            f"{path} (row {skip + 1}): no header of two columns or more. Found: one line of {len(names)} cell. Expected: the export "
            "as the tool wrote it, a text table with column names in row 1. Give the original file."
        )
    if len(names) > WIDEST:
        raise ReaderError(
            f"{path} (row 1): {len(names):,} columns. Expected: a text table of {WIDEST:,} columns at most, with their names "
            "in row 1. Give the file as the tool wrote it."
        )
    return names, delimiter


def leading(path, skip=0, delimiters=DELIMITERS):
    """The records after the header that the first 256 KiB hold whole, as lists of cells."""
    records = list(_split(_body(path, skip), header(path, skip, delimiters)[1]))
    return records[1:] if in_utf8(path).stat().st_size <= HEAD else records[1:-1]


def check_columns(path, required, wanted):
    """Nothing, if the header has every required column and the records its width; else `ReaderError`."""
    names = header(path)[0]
    lacking = sorted(set(required) - set(names))
    if lacking:
        raise ReaderError(
            f"{path} (row 1): no column {lacking[0]!r}. Found: {_found(names, wanted)}. Expected: "
            f"{', '.join(sorted(required))}. {_advice(path, lacking[0], names)}"
        )
    twice = sorted(name for name, times in Counter(names).items() if times > 1 and name in wanted)
    if twice:
        raise ReaderError(
            f"{path} (row 1): {names.count(twice[0])} columns {twice[0]!r}. Expected: one. Give the file as the tool wrote it."
        )
    widths = {len(record) for record in leading(path)[:20]}
    if widths and len(names) not in widths:
        raise ReaderError(
            f"{path} (record 1): {min(widths)} cells under a header of {len(names)} columns, and so in every record looked "
            "at. Expected: as many cells as columns, else every cell is shifted. Give the file as the tool wrote it."
        )


def fit(path, required, optional):
    """Share of the file's columns that are known; 0 if a required one is missing or the file is no delimited text."""
    try:
        names = set(header(path)[0])
    except ReaderError:
        return 0
    return len(names & {*required, *optional}) / len(names) if set(required) <= names else 0


@contextmanager
def told(path):
    """Around any scan of what a reader gave: an error of the engine becomes a `ReaderError` in four parts.

    The tables of a reader are lazy, so a file that breaks off in its middle shows only when they are counted or
    written. Costs nothing where nothing is wrong.
    """
    try:
        yield
    except duckdb.Error as error:
        found, remedy = next(rest for kind, *rest in ENGINE_CAUSES if isinstance(error, kind))
        raise ReaderError(
            f"{path}{_place(error)}: {found}{_cause(error)}. Expected: a whole export. {remedy}"
        ) from None


def _place(error):
    """Where the engine stopped, if it says so: its count of JSON records is one too high."""
    line = re.search(r"on Line: (\d+)", str(error))
    record = re.search(r"in record/value (\d+)", str(error))
    return f" (line {line[1]})" if line else f" (record {max(int(record[1]) - 1, 1)})" if record else ""


def _cause(error):
    if "invalid state" in str(error):
        return " (line ends of two kinds: make them one, for instance with dos2unix)"
    return " (a JSON array that breaks off or is malformed)" if "Malformed JSON" in str(error) else ""


def _body(path, skip):
    """The first part of a file from its header on."""
    text = opening(path)
    return text[beginning(text, skip) :]


def _split(text, delimiter):
    """The records of a text that are not blank lines, as far as the first that has a cell of over 131,072 characters."""
    try:
        yield from filter(None, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return


def _decoded(path, head):
    try:
        return head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start > HEAD - 4:
            return head[: error.start].decode("utf-8-sig")
        raise ReaderError(
            f"{path} (byte {error.start}): not UTF-8. Found: byte 0x{error.object[error.start]:02x}. Expected: UTF-8 text. "
            "Convert it (for Windows text: iconv -f cp1252 -t utf-8)."
        ) from None


def _found(names, wanted, *, most=6):
    """How many columns, and which of them are known; an unknown name may be a cell of a file without a header."""
    known = [name for name in names if name in wanted]
    listed = f"{', '.join(known[:most])}{', …' if len(known) > most else ''} ({len(known)})"
    return f"{len(names)} columns, of them known: {listed}" if known else f"{len(names)} columns, none of them known"


def _advice(path, lacking, names):
    from digidip.readers import fitting  # here: the readers import this module

    other = fitting(path)
    if other:
        return f"This looks like {other[0][0]!r} ({other[0][1]:.0%} of its columns known): give that reader."
    near = get_close_matches(lacking, names, n=1, cutoff=0.75)
    hint = f"The nearest column is {near[0]!r}. " if near else ""
    return hint + "Give the right reader (digidip list), or the export as the tool wrote it."


def _neighbours(path):
    near = get_close_matches(path.name, os.listdir(path.parent) if path.parent.is_dir() else [], n=1)
    return f"'{near[0]}' beside it" if near else "nothing of that name"
