"""The head of a file: its first 256 KiB, and what they show of it, parsed once and shown to every reader.

No message repeats a cell: a file without a header starts with personal data, and so do the engine's own messages.
"""

import copy
import csv
import io
import json
import os
import re
import time
from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from itertools import islice
from pathlib import Path

from digidip.readers.opening.archives import archive_error, is_archive, members
from digidip.readers.opening.copies import HEAD_BYTES, first_bytes, unpacked_path, utf8_path
from digidip.readers.opening.encodings import text_encoding
from digidip.readers.opening.json_twice import is_json_twice, json_once
from digidip.readers.opening.workbooks import chosen_sheet, is_workbook, sheet_copy
from digidip.tables import ReaderError

# The tables of tools have hundreds of columns at most, and of tens of thousands the engine makes hours.
MOST_COLUMNS = 2_000
DELIMITERS = ",;\t"
OF_R = (b"X\n\0\0\0", b"A\n2\n", b"A\n3\n", b"RDX2\n", b"RDX3\n")
OF_R_UNQUOTED = re.compile(r"NA|NaN|TRUE|FALSE|-?Inf|-?[0-9.]+(?:e[+-]?[0-9]+)?")
# A first row of quoted names and a second of quoted words and numbers, with single blanks between them.
PARTED_BY_BLANKS = re.compile(rf'"[^"]*"(?: (?:"(?:[^"\\]|\\.|"")*"|{OF_R_UNQUOTED.pattern}))+')
BLANKS_REMEDY = (
    "Found: cells parted by blanks, as R's write.table leaves them. Expected: a table parted by commas. Write it again in R with "
    "write.csv(TABLE, FILE, row.names = FALSE), ids as text."
)
BOM = b"\xef\xbb\xbf"
# A quoted cell whole (to the end of the text if it never closes), a run of line ends, or a run of NUL bytes.
CELLS_AND_LINE_ENDS = re.compile(
    rb'(?<![^,;\t\r\n])"[^"]*+(?:""[^"]*+)*+(?:"(?=[,;\t\r\n]|\Z)|\Z)|(?P<ends>[\r\n]+)|\0+',
)
# Two versions of a file that are written within one tick of the clock (1 to 10 ms) have one time: such a young file is
# read anew each time.
YOUNG = 50_000_000  # nanoseconds
MOST_KEPT = 32  # heads, of some megabytes at most each
_heads = {}  # (resolved path, time of change, size, sheet) → Head, the one used last at the end


@dataclass(frozen=True, eq=False)
class Head:
    """What the first 256 KiB of a file show; `read_head` makes it, and every reader's `fits` is asked about it.

    `path` is the file as it was named; `plain_path` the file itself, or a private copy of it that is unpacked and in
    UTF-8; of a workbook, the copy of one sheet as CSV; `encoding` the one the file has, or `WORKBOOK`;
    `data` the first bytes of `plain_path`; `is_whole` says that the file ends within them. An archive has `members`, the
    names of its files, and no text: whoever asks for its text, records or objects gets a `ReaderError` that lists them.
    """

    path: Path
    plain_path: Path
    encoding: str
    data: bytes
    is_whole: bool
    members: tuple | None = None

    @property
    def is_archive(self):
        """Whether the file is a zip or a tar, packed by gzip or not; a text packed by gzip alone is none."""
        return self.members is not None

    @property
    def guessed_encoding(self):
        """The encoding that nothing but the letters of the file shows; empty where it is UTF-8, marked or no text."""
        return "" if self.encoding in ("", "UTF-8", "UTF-16", "WORKBOOK") else self.encoding

    @property
    def blanks_remedy(self):
        """What to do with a table whose cells are parted by blanks, as R's write.table does unless told otherwise; empty for others."""
        is_parted = not self.is_archive and all(map(PARTED_BY_BLANKS.fullmatch, self.text.splitlines()[:2] or [""]))
        return BLANKS_REMEDY if is_parted else ""

    @property
    def utf8_path(self):
        """The path under which the text lies in UTF-8: `plain_path`, unless the file is an archive."""
        if self.is_archive:
            raise archive_error(self.path)
        return self.plain_path

    @cached_property
    def text(self):
        """The text without its byte order mark and without NUL characters."""
        if self.is_archive:
            raise archive_error(self.path)
        # A character that the end cuts is left out; `text_encoding` has looked at all others.
        return self.data.decode("utf-8-sig", "ignore").replace("\0", "")

    @cached_property
    def start(self):
        """The text without white space before it."""
        return self.text.lstrip()

    @property
    def is_json(self):
        """Whether the text begins as an object or a list of JSON does."""
        return self.start.startswith(("{", "["))

    @cached_property
    def objects(self):
        """The JSON objects that the text holds whole: one for each line, of a list only the first; none if it is no JSON."""
        texts = [self.start[1:].lstrip()] if self.start.startswith("[") else self.start.split("\n")
        if len(texts) > 1 and not self.is_whole:
            texts.pop()
        return [value for value in map(first_json_value, texts) if isinstance(value, dict)]

    @cached_property
    def columns(self):
        """The column names of a delimited text that begins with its header; none where the file is no table."""
        try:
            return tuple(self.header()[0])
        except ReaderError:
            return ()

    @property
    def records(self):
        """The records below that header that the text holds whole, as lists of cells; none where the file is no table."""
        return self.records_below() if self.columns else []

    def header(self, skip=0, delimiters=DELIMITERS):
        """Column names and delimiter, one of those given, of a delimited text that has `skip` lines before its header.

        A text without two columns or with over 2,000 raises `ReaderError`.
        """
        if (skip, delimiters) not in self._headers:
            self._headers[skip, delimiters] = self._header(skip, delimiters)
        return self._headers[skip, delimiters]

    def records_below(self, skip=0, delimiters=DELIMITERS):
        """The records after the header that the text holds whole, as lists of cells; see `header`."""
        key = skip, self.header(skip, delimiters)[1]
        if key not in self._records:
            records = list(_split(self._body(skip), key[1]))[1:]
            self._records[key] = records if self.is_whole else records[:-1]
        return self._records[key]

    def known_share(self, required, optional=()):
        """Share of the columns that are known, 0–1; 0 if a required one is missing or the file is no table."""
        names = set(self.columns)
        return len(names & {*required, *optional}) / len(names) if names and set(required) <= names else 0

    def marks_missing_as_r(self, skip=0, delimiters=DELIMITERS):
        """Whether the table is one of R: names and words in quotes, and NA without them for what is missing."""
        key = skip, self.header(skip, delimiters)[1]
        if key not in self._of_r:
            cell = re.compile(rf'(?:^|(?<=[{key[1]}\r\n]))(?:"(?:[^"]|"")*"|[^{key[1]}\r\n"]+)')
            names, _end, rest = self._body(skip).partition("\n")
            cells = cell.findall(rest if self.is_whole else rest.rpartition("\n")[0])
            self._of_r[key] = "NA" in cells and all(
                each.startswith('"') or OF_R_UNQUOTED.fullmatch(each) for each in [*names.strip().split(key[1]), *cells]
            )
        return self._of_r[key]

    def has_even_line_ends(self, start=0):
        """Whether the bytes from `start` on have line ends of one kind only, no blank lines and no NUL byte."""
        rest = self.data[start:]
        parts = CELLS_AND_LINE_ENDS.finditer(rest)
        ends = {part["ends"] for part in parts if part["ends"] and not HEAD_BYTES - 1 <= part.end() <= HEAD_BYTES}
        first = rest.removeprefix(BOM)[:1]
        return b"\0" not in rest and first not in (b"\r", b"\n") and (not ends or ends in ({b"\n"}, {b"\r\n"}, {b"\r"}))

    @cached_property
    def _headers(self):
        return {}

    @cached_property
    def _of_r(self):
        return {}

    @cached_property
    def _records(self):
        return {}

    def _body(self, skip):
        """The text from its header on."""
        return self.text[header_offset(self.text, skip) :]

    def _header(self, skip, delimiters):
        body = self._body(skip)
        firsts = {delimiter: next(_split(body, delimiter), []) for delimiter in delimiters}
        delimiter = max(delimiters, key=lambda candidate: len(firsts[candidate]))
        names = [name.strip() for name in firsts[delimiter]]
        if len(names) < 2:
            raise ReaderError(
                f"{self.path} (row {skip + 1}): no header of two columns or more. Found: one line of {len(names)} cell. "
                "Expected: the export as the tool wrote it, a text table with column names in row 1. Give the original file."
            )
        if len(names) > MOST_COLUMNS:
            raise ReaderError(
                f"{self.path} (row 1): {len(names):,} columns. Expected: a text table of {MOST_COLUMNS:,} columns at most, "
                "with their names in row 1. Give the file as the tool wrote it."
            )
        return names, delimiter


class MissingColumnError(ReaderError):
    """A required column is not there: (statement, remedy). Whoever knows the readers can say which one fits instead."""

    def __str__(self):
        return " ".join(self.args)  # the statement, and what to do where no reader is known to fit


def read_head(path):
    """The head of a file, read once as long as the file does not change; `ReaderError` if missing, empty or not text.

    A `Head` is given back as it is.
    """
    if isinstance(path, Head):
        return path
    path = Path(path)
    if not path.is_file():
        raise ReaderError(f"{path}: no such file. Found: {_neighbours(path)}. Expected: an export. Check the path.")
    state = path.stat()
    if time.time_ns() - state.st_mtime_ns < YOUNG:
        return _open_head(path)
    key = path.resolve(), state.st_mtime_ns, state.st_size, chosen_sheet(path)
    head = _heads.pop(key, None) or _open_head(path)
    _heads[key] = head
    if len(_heads) > MOST_KEPT:
        del _heads[next(iter(_heads))]
    if head.path == path:
        return head
    alias = copy.copy(head)  # of the same file under another path, which its messages name
    object.__setattr__(alias, "path", path)
    return alias


def text_head(path):
    """The head of a file that must be text: an archive raises the `ReaderError` that lists what is in it."""
    head = read_head(path)
    if head.is_archive:
        raise archive_error(head.path)
    return head


def _open_head(path):
    data = first_bytes(path)
    if is_workbook(path, data):
        encoding, unpacked, plain = "workbook", path, sheet_copy(path, chosen_sheet(path))
    elif chosen_sheet(path):
        raise ReaderError(
            f"{path}: no workbook, so it has no sheet {chosen_sheet(path)!r}. Expected: a sheet named for a workbook alone. Leave "
            "out --sheet, and `sheet` in its map."
        )
    elif is_archive(path, data):
        return Head(path, path, "", b"", True, tuple(members(path)))
    else:
        unpacked = unpacked_path(path, data)
        data = data if unpacked == path else first_bytes(unpacked)
        _check_is_data(path, data)
        encoding = text_encoding(path, data, is_whole=len(data) < HEAD_BYTES)
        plain = utf8_path(unpacked, encoding)
    data = data if plain == unpacked else first_bytes(plain)
    if is_json_twice(data):
        plain = json_once(plain)
        data = first_bytes(plain)
    if data.count(0) * 10 > len(data):
        raise ReaderError(
            f"{path} (byte {max(data.find(0), 0)}): a binary file, or UTF-16 text without its byte order mark. Expected: "
            "a text export in UTF-8. Unpack it, or save it as UTF-8."
        )
    return Head(path, plain, encoding.upper(), data, plain.stat().st_size <= HEAD_BYTES)


def _check_is_data(path, data):
    if data.startswith(OF_R):
        raise ReaderError(
            f"{path}: a data file of R (rds, RData). Expected: a text export. Open it in R, and save the table with write.csv, or "
            "what is nested with jsonlite::write_json."
        )
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise ReaderError(f"{path}: the file is empty (0 records). Expected: an export. Collect or copy it again.")


def header_offset(head, skip):
    """Where in bytes or text the line stands that follows the first `skip` lines; blank lines are not counted.

    >>> header_offset("Report\\n\\nDate,Post\\n", 1)
    8
    """
    line, nothing = (rb"[^\r\n]+", b"\0\xef\xbb\xbf") if isinstance(head, bytes) else (r"[^\r\n]+", "\0\ufeff")
    lines = (found.start() for found in re.finditer(line, head) if found[0].strip(nothing))
    return next(islice(lines, skip, None), len(head))


def first_json_value(text, start=0):
    """The JSON value that begins at a place of a text; None where none does."""
    return decode_json(json.JSONDecoder(strict=False), text, start)[0]


def decode_json(decoder, text, at):
    """The value that begins at a place of a text, and its end; None and 0 where none does."""
    try:
        return decoder.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None, 0


def check_columns(path, required, wanted):
    """Nothing, if the header has every required column and the records its width; else `ReaderError`."""
    head = read_head(path)
    names = head.header()[0]
    lacking = sorted(set(required) - set(names))
    if lacking:
        near = get_close_matches(lacking[0], names, n=1, cutoff=0.75)
        raise MissingColumnError(
            f"{path} (row 1): no column {lacking[0]!r}. Found: {_found(names, wanted)}. Expected: "
            f"{', '.join(sorted(required))}.",
            (f"The nearest column is {near[0]!r}. " if near else "")
            + "Give the right reader (digidip list), or the export as the tool wrote it.",
        )
    twice = sorted(name for name, times in Counter(names).items() if times > 1 and name in wanted)
    if twice:
        raise ReaderError(
            f"{path} (row 1): {names.count(twice[0])} columns {twice[0]!r}. Expected: one. Give the file as the tool wrote it."
        )
    widths = {len(record) for record in head.records[:20]}
    if widths and len(names) not in widths:
        raise ReaderError(
            f"{path} (record 1): {min(widths)} cells under a header of {len(names)} columns, and so in every record looked "
            "at. Expected: as many cells as columns, else every cell is shifted. Give the file as the tool wrote it."
        )


def _split(text, delimiter):
    """The records of a text that are not blank lines, as far as the first that has a cell of over 131,072 characters."""
    try:
        yield from filter(None, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return


def _found(names, wanted, *, most=6):
    """How many columns, and which of them are known; an unknown name may be a cell of a file without a header."""
    known = [name for name in names if name in wanted]
    listed = f"{', '.join(known[:most])}{', …' if len(known) > most else ''} ({len(known)})"
    return f"{len(names)} columns, of them known: {listed}" if known else f"{len(names)} columns, none of them known"


def _neighbours(path):
    near = get_close_matches(path.name, os.listdir(path.parent) if path.parent.is_dir() else [], n=1)
    return f"'{near[0]}' beside it" if near else "nothing of that name"
