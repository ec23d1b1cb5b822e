"""The head of a file: its first 256 KiB as text, its header, its first records and its first JSON objects.

No message repeats a cell: a file without a header starts with personal data, and so do the engine's own messages.
"""

import csv
import io
import json
import os
import re
from collections import Counter
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from digidip.readers.opening.archives import archive_error, is_archive
from digidip.readers.opening.copies import HEAD_BYTES, first_bytes, utf8_path
from digidip.tables import ReaderError

MOST_COLUMNS = (
    2_000  # columns: the tables of tools have hundreds at most, and of tens of thousands the engine makes hours
)
SLIVER = 0.01  # share of a file that its reader knows only to name it and to refuse it
DELIMITERS = ",;\t"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
OF_R = (b"X\n\0\0\0", b"A\n2\n", b"A\n3\n", b"RDX2\n", b"RDX3\n")


def opening(path):
    """The first 256 KiB of a text file, without its byte order mark; `ReaderError` if missing, empty or not text."""
    path = Path(path)
    if not path.is_file():
        raise ReaderError(f"{path}: no such file. Found: {_neighbours(path)}. Expected: an export. Check the path.")
    if is_archive(path):
        raise archive_error(path)
    head = first_bytes(utf8_path(path))
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


def header_offset(head, skip):
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
    if len(names) > MOST_COLUMNS:
        raise ReaderError(
            f"{path} (row 1): {len(names):,} columns. Expected: a text table of {MOST_COLUMNS:,} columns at most, with their names "
            "in row 1. Give the file as the tool wrote it."
        )
    return names, delimiter


def leading(path, skip=0, delimiters=DELIMITERS):
    """The records after the header that the first 256 KiB hold whole, as lists of cells."""
    records = list(_split(_body(path, skip), header(path, skip, delimiters)[1]))
    return records[1:] if utf8_path(path).stat().st_size <= HEAD_BYTES else records[1:-1]


def first_objects(path):
    """The objects that the first 256 KiB of a JSON file hold whole, of an array only the first; none if it is no JSON."""
    text = opening(path).lstrip()
    texts = [text[1:].lstrip()] if text.startswith("[") else text.split("\n")
    if len(texts) > 1 and utf8_path(path).stat().st_size > HEAD_BYTES:
        texts.pop()
    return [value for value in map(first_json_value, texts) if isinstance(value, dict)]


def first_json_value(text, start=0):
    """The JSON value that begins at a place of a text; None where none does."""
    return decode_json(json.JSONDecoder(strict=False), text, start)[0]


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


def _body(path, skip):
    """The first part of a file from its header on."""
    text = opening(path)
    return text[header_offset(text, skip) :]


def _split(text, delimiter):
    """The records of a text that are not blank lines, as far as the first that has a cell of over 131,072 characters."""
    try:
        yield from filter(None, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return


def decode_json(decoder, text, at):
    """The value that begins at a place of a text, and its end; None and 0 where none does."""
    try:
        return decoder.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None, 0


def _decoded(path, head):
    try:
        return head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start > HEAD_BYTES - 4:
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
