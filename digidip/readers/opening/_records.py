"""How a file becomes rows of text: the engine, the records, and the records that cannot be split.

Nothing is guessed by the engine: delimiter and header are declared, every cell comes as text, and the engine reports
each record it could not split (what sniffing loses: docs/formats.md#engine-traps).
"""

import re
from pathlib import Path

import ibis
from ibis import _

from digidip.engine import engine
from digidip.readers.opening._even import evened
from digidip.readers.opening._files import check_columns, header, in_utf8

REASONS = {
    "MISSING COLUMNS": "fewer cells than columns",
    "TOO MANY COLUMNS": "more cells than columns",
    "UNQUOTED VALUE": "a quotation mark in a cell that is not doubled, or never closed",
    "INVALID ENCODING": "bytes that are not UTF-8",
    "LINE SIZE OVER MAXIMUM": "longer than any record can be",
}
# A longest record and two of them to a buffer: larger buffers leave the engine too little of its memory to work in.
SIZES = {"max_line_size": 4 << 20, "buffer_size": 8 << 20}
_scanned = {}  # file → number of its table of rejects, and whether it has a header


def rows(path, required, optional=(), *, mend=None):
    """The records of a delimited file as text columns `required` + `optional`, with `export_row` (1 = first record).

    An optional column that the file does not have is all missing. A record that cannot be split into the columns of
    the header is left out here and listed by `unsplit(path)`. Missing columns raise `ReaderError`. `mend` is a function
    bytes → bytes for what a tool is known to write wrongly; it sees the whole file before it is split.
    """
    wanted = sorted({*required, *optional})
    check_columns(path, required, wanted)
    names, delimiter = header(path)
    columns = [f"c{number}" for number in range(len(names))]
    table = scan(path, columns, delim=delimiter, quote='"', escape='"', strict_mode=True, mend=mend, **SIZES)
    cells = {name: table[f"c{names.index(name)}"] if name in names else ibis.null("string") for name in wanted}
    return table.select(**cells, export_row=ibis.row_number() + 1)


def scan(path, columns, *, has_header=True, mend=None, skip=0, **dialect):
    """The text columns of a delimited file, nothing sniffed; what does not split is kept for `unsplit`.

    `skip` lines that are not blank stand before the header and are left out.
    """
    key = Path(path).resolve()
    number = _scanned.setdefault(key, (len(_scanned), has_header))[0]
    engine().con.execute(f"DROP TABLE IF EXISTS unsplit_{number}")
    return engine().read_csv(
        literal(evened(in_utf8(key), number, mend, skip) if has_header else in_utf8(key)),
        header=has_header,
        auto_detect=False,
        columns=dict.fromkeys(columns, "VARCHAR"),
        compression="none",
        hive_partitioning=False,
        store_rejects=True,
        rejects_table=f"unsplit_{number}",
        rejects_scan=f"unsplit_{number}_scan",
        **dialect,
    )


def literal(path):
    """The path with every character that the engine would take for a pattern as itself."""
    return re.sub(r"([\[*?])", r"[\1]", str(Path(path).resolve()))


def unsplit(path):
    """Records of `path` that the last scan could not split: pairs of record number (1 = first) and reason, in order."""
    number, has_header = _scanned.get(Path(path).resolve(), (-1, True))
    connection, name = engine().con, f"unsplit_{number}"
    if not connection.execute("FROM duckdb_tables() WHERE table_name = ?", [name]).fetchall():
        return []
    found = connection.execute(
        "SELECT line, first(error_type::VARCHAR ORDER BY byte_position, error_type), "
        f"max(length(ltrim(csv_line, chr(10))) - length(replace(csv_line, chr(10), ''))) FROM {name} GROUP BY line ORDER BY line"
    )
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
