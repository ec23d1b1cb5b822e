"""How a delimited file becomes rows of text: the records, and the records that cannot be split.

Nothing is guessed by the engine: delimiter and header are declared, every cell comes as text, and the engine reports
each record it could not split (what sniffing loses: docs/formats.md#engine-traps).
"""

import glob
import mmap
import re
import shutil
from contextlib import contextmanager
from pathlib import Path

import duckdb
import ibis
from ibis import _

from digidip.engine import engine
from digidip.readers.opening.copies import HEAD_BYTES, temporary_path, without_name
from digidip.readers.opening.head import BOM, CELLS_AND_LINE_ENDS, check_columns, header_offset, read_head
from digidip.readers.opening.shifts import column_kinds, has_last_cell, is_shifted, is_shifted_record
from digidip.tables import ReaderError

REASONS = {
    "MISSING COLUMNS": "fewer cells than columns",
    "TOO MANY COLUMNS": "more cells than columns",
    "UNQUOTED VALUE": "a quotation mark in a cell that is not doubled, or never closed",
    "INVALID ENCODING": "bytes that are not UTF-8",
    "LINE SIZE OVER MAXIMUM": "longer than any record can be",
}
# A longest record and two of them to a buffer: larger buffers leave the engine too little of its memory to work in.
BUFFER_SIZES = {"max_line_size": 4 << 20, "buffer_size": 8 << 20}
ENGINE_CAUSES = (
    (duckdb.OutOfMemoryException, "more memory than the engine may take", "Close other programs, then try again."),
    (duckdb.IOException, "a file that cannot be read to its end", "Check the disk and the path, then try again."),
    (duckdb.Error, "a file that cannot be split into records", "Give the file as the tool wrote it."),
)
# In a table of R, NA without quotes is missing, and "NA" a text: with this option the engine would keep "" as a text, too.
OF_R = {"nullstr": ["", "NA"], "allow_quoted_nulls": False}
HEADER_AGAIN = "the header once more"
SHIFTED = "cells under the wrong columns, of another kind than in the others"
_scanned = {}  # file → number of its table of rejects, and whether it has a header
_misplaced = {}  # file → (record, counted over those that could be split; reason) of cells under columns not their own


def delimited_rows(path, required, optional=(), *, mend=None):
    """The records of a delimited file as text columns `required` + `optional`, with `export_row` (1 = first record).

    An optional column that the file does not have is all missing. A record that cannot be split into the columns of
    the header is left out here and listed by `unsplit(path)`. Missing columns raise `ReaderError`. `mend` is a function
    bytes → bytes for what a tool is known to write wrongly; it sees the whole file before it is split.
    """
    wanted = sorted({*required, *optional})
    check_columns(path, required, wanted)
    names, delimiter = read_head(path).header()
    columns = [f"c{number}" for number in range(len(names))]
    table = scan(path, columns, delim=delimiter, quote='"', escape='"', strict_mode=True, mend=mend)
    table = without_misplaced(path, table, read_head(path).records, names)
    cells = {name: table[f"c{names.index(name)}"] if name in names else ibis.null("string") for name in wanted}
    return table.select(**cells, export_row=ibis.row_number() + 1)


def scan(path, columns, *, has_header=True, mend=None, skip=0, **dialect):
    """The text columns of a delimited file, nothing sniffed; what does not split is kept for `unsplit`.

    `skip` lines that are not blank stand before the header and are left out. `dialect` are options of the engine, with
    BUFFER_SIZES for those that are not given. In a table of R, NA without quotes is missing.
    """
    key, head = Path(path).resolve(), read_head(path)
    _misplaced.pop(key, None)
    is_of_r = has_header and not mend and bool(dialect.get("quote")) and head.marks_missing_as_r(skip, dialect["delim"])
    number = _scanned.setdefault(key, (len(_scanned), has_header))[0]
    engine().con.execute(f"DROP TABLE IF EXISTS unsplit_{number}")
    table = engine().read_csv(
        glob.escape(str((_with_even_line_ends(head, mend, skip) if has_header else head.utf8_path).absolute())),
        header=has_header,
        auto_detect=False,
        columns=dict.fromkeys(columns, "VARCHAR"),
        compression="none",
        hive_partitioning=False,
        store_rejects=True,
        rejects_table=f"unsplit_{number}",
        rejects_scan=f"unsplit_{number}_scan",
        **(BUFFER_SIZES | dialect | (OF_R if is_of_r else {})),
    )
    return table.mutate(**{column: table[column].nullif("") for column in columns}) if is_of_r else table


def without_misplaced(path, table, records, names, *, meanings=None):
    """The scanned table without the records whose cells are shifted, or are the `names` of the header, which `unsplit` lists.

    `records` are those at the head of the file; `meanings` are names in the place of `names` that tell what columns hold.
    A file that goes on behind its head is gone through once for it. Where nobody can tell which are shifted: `ReaderError`.
    """
    kinds = column_kinds(path, records, meanings or names)
    whole = [record for record in records if len(record) == len(kinds)]
    has_last = has_last_cell(records, kinds)
    shifted = is_shifted([table[column] for column in table.columns], kinds, has_last=has_last)
    is_found = any([cell.strip() for cell in record] == names for record in whole) or any(
        is_shifted_record(record, kinds, has_last=has_last) for record in whole
    )
    if read_head(path).is_whole and not is_found:
        return table
    again = ibis.and_(*(table[c].fill_null("").strip() == name for c, name in zip(table.columns, names, strict=True)))
    reason = ibis.cases((again, HEADER_AGAIN), (ibis.literal(False) if shifted is None else shifted, SHIFTED))
    if not is_found and not table.filter(reason.notnull()).count().to_pyarrow().as_py():
        return table
    rows = table.select(record=ibis.row_number() + 1, reason=reason).filter(_.reason.notnull())
    found = rows.order_by("record").to_pyarrow()
    _misplaced[Path(path).resolve()] = list(
        zip(*(found[name].to_pylist() for name in ("record", "reason")), strict=True)
    )
    return table.filter(reason.isnull())


def unsplit(path):
    """Records of `path` that the last scan could not split or place: pairs of record number (1 = first) and reason, in order."""
    lost = _unsplit(path)
    misplaced, before = [], 0
    for place, reason in _misplaced.get(Path(path).resolve(), []):
        while before < len(lost) and lost[before][0] <= place + before:
            before += 1
        misplaced.append((place + before, reason))
    return sorted([*lost, *misplaced])


def _unsplit(path):
    """The records that the engine could not split into cells."""
    number, has_header = _scanned.get(Path(path).resolve(), (None, True))
    if number is None:
        return []
    try:
        found = engine().con.execute(
            "SELECT line, first(error_type::VARCHAR ORDER BY byte_position, error_type), max(length(ltrim(csv_line, chr(10))) "
            f"- length(replace(csv_line, chr(10), ''))) FROM unsplit_{number} GROUP BY line ORDER BY line"
        )
    except duckdb.CatalogException:  # the table is made by the first query over the file
        return []
    return [
        (line - has_header, REASONS.get(kind, kind.lower()) + (f"; {breaks + 1} lines long" if breaks else ""))
        for line, kind, breaks in found.fetchall()
    ]


def renumbered(table, path):
    """The table, once scanned, in the order of the file, with `export_row` counting the records that could not be split."""
    lost = [record for record, _reason in unsplit(path)]
    if not lost:
        return table
    marks = {record - before: before + 1 for before, record in enumerate(lost)}
    known = ibis.memtable({"first_row": list(marks), "lost": list(marks.values())})
    moved = table.asof_join(known, table.export_row >= known.first_row)
    return moved.mutate(export_row=_.export_row + _.lost.fill_null(0)).drop("first_row", "lost").order_by("export_row")


@contextmanager
def engine_errors_as_reader_errors(path):
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


def _with_even_line_ends(head, mend=None, skip=0):
    """The path of the file itself, or of a private copy of it with `\\n` between records and without NUL bytes.

    Only the head is looked at; cells keep their own line breaks. The copy goes when the process ends. With `mend`, a
    function bytes → bytes, the copy is made of the whole file mended. With `skip` it begins after so many lines that are
    not blank: what stands before a header is no table, and the engine loses its way in the quotes there.
    """
    path, copy = head.utf8_path, temporary_path("table", ".csv")
    if mend:
        copy.write_bytes(b"".join(_pieces(mend(path.read_bytes()))))
        return without_name(copy)
    start = header_offset(head.data, skip) if skip else 0
    if head.has_even_line_ends(start):
        return _tail(path, start, copy) if start else path
    with (
        open(path, "rb") as source,
        mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as whole,
        open(copy, "wb") as target,
    ):
        target.writelines(_pieces(whole, start))
    return without_name(copy)


def _tail(path, start, copy):
    with open(path, "rb") as source, open(copy, "wb") as target:
        source.seek(start)
        shutil.copyfileobj(source, target, HEAD_BYTES)
    return without_name(copy)


def _pieces(whole, start=0):
    last = start
    for part in CELLS_AND_LINE_ENDS.finditer(whole, start):
        yield whole[last : part.start()]
        is_first = part.start() == 0 or (part.start() == 3 and whole[:3] == BOM)
        yield part[0].replace(b"\0", b"") if part["ends"] is None else b"" if is_first else b"\n"
        last = part.end()
    yield whole[last:]
