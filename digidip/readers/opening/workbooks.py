"""Workbooks of Excel (.xlsx, .xlsb, .xls) and LibreOffice: one sheet as the text table that every reader of tables reads.

The table is a private copy in CSV: a merged cell stands in each of its places, a date as `2021-03-10` or with its time
of day as `2021-03-10 14:05:00` (no zone, as a spreadsheet has none), a whole number in digits, and one beyond 2^53 in
scientific notation, since a spreadsheet has lost its last digits: whoever needs it as an id refuses it.
"""

import csv
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from digidip.readers.opening.archives import is_archive, members
from digidip.readers.opening.copies import temporary_path, without_name
from digidip.tables import ReaderError

OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
PARTS = {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}  # a member that only workbooks have
LARGEST_EXACT = 2**53  # of the whole numbers that a spreadsheet holds
_sheets = {}  # workbook → the sheet to read, where somebody named one


def choose_sheet(path, sheet):
    """From now on this process reads that sheet of the workbook `path`; none named: the only one that holds a table."""
    _sheets.pop(Path(path).resolve(), None)
    if sheet:
        _sheets[Path(path).resolve()] = sheet


def chosen_sheet(path):
    """The name of the sheet that `choose_sheet` said; empty if none."""
    return _sheets.get(Path(path).resolve(), "")


def is_workbook(path, data):
    """Whether a file that begins with the bytes `data` is a workbook."""
    return data.startswith(OLD_WORKBOOK) or (is_archive(path, data) and bool(PARTS & {*members(path)}))


def sheet_copy(path, sheet=""):
    """The path of a private copy, in CSV, of the named sheet of a workbook, or of the only one that holds a table.

    A table has two columns, and records if another sheet has. Several of them, none, a name that no sheet has, and a workbook that cannot be
    opened raise `ReaderError`. The copy goes when the process ends.
    """
    state = Path(path).stat()
    return _sheet_copy(Path(path).absolute(), sheet, state.st_mtime_ns, state.st_size)


@cache
def _sheet_copy(path, sheet, _changed_at, _size):
    named = _tables(path, sheet)
    if len(named) != 1:
        listed = ", ".join(f"{name!r} ({len(rows[0])} columns, {len(rows):,} rows)" for name, rows in named.items())
        found = f"{len(named)} sheets that hold tables: {listed}" if named else "no sheet that holds a table"
        raise ReaderError(
            f"{path}: a workbook with {found}. Expected: one table of two columns or more. "
            + ("Name the sheet: --sheet NAME." if named else "Give the export as the tool wrote it.")
        )
    copy = temporary_path("sheet", ".csv")
    with open(copy, "w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        for row in next(iter(named.values())):
            target.write("\n") if not any(row) else writer.writerow(row)
    return without_name(copy)


def _tables(path, sheet):
    """Name → rows of text, for the sheet of that name, or for each one in sight that holds a table."""
    import python_calamine as calamine  # here, since few exports are workbooks

    try:
        with calamine.CalamineWorkbook.from_path(path) as book:
            known = [one for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
            seen = [one.name for one in known if one.visible == calamine.SheetVisibleEnum.Visible]
            wanted = [one.name for one in known if one.name == sheet] if sheet else seen
            tables = {name: _text_rows(book.get_sheet_by_name(name)) for name in wanted}
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # the library stops at some broken files in a way that is no Exception
        what = "with a password" if type(error).__name__ == "PasswordError" else "that is malformed, or none"
        raise ReaderError(
            f"{path}: a workbook {what}. Expected: one that opens without a password. Save it again, without one, or save "
            "the sheet as CSV UTF-8."
        ) from None
    if sheet and not tables:
        raise ReaderError(
            f"{path}: no sheet {sheet!r}. Found: {', '.join(repr(one.name) for one in known)}. Expected: one of them. Name it: "
            "--sheet NAME."
        )
    headed = {name: rows for name, rows in tables.items() if sheet or (rows and len(rows[0]) > 1)}
    return {name: rows for name, rows in headed.items() if len(rows) > 1} or headed


def _text_rows(sheet):
    """The rows of a sheet as text, all of one width, without blank rows and columns around them."""
    rows = sheet.to_python(skip_empty_area=False)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        for row in rows[top : bottom + 1]:
            row[left : right + 1] = [rows[top][left]] * len(row[left : right + 1])
    rows = [list(column) for column in zip(*rows, strict=True) if any(cell != "" for cell in column)]
    rows = list(zip(*map(_text_cells, rows), strict=True))
    filled = [place for place, row in enumerate(rows) if any(row)]
    return rows[filled[0] : filled[-1] + 1] if filled else []


def _text_cells(column):
    """The cells of a column as text; days stand with a time of day where any of them has one."""
    has_clock = any(isinstance(cell, datetime) for cell in column)
    return [_text(cell, has_clock) for cell in column]


def _text(cell, has_clock):
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell)) if abs(cell) <= LARGEST_EXACT else f"{cell:.14E}"
    if isinstance(cell, date) and not isinstance(cell, datetime) and has_clock:
        cell = datetime.combine(cell, time())
    if isinstance(cell, timedelta):  # a span of time, which may be longer than a day
        hours, seconds = divmod(round(cell.total_seconds()), 3600)
        return f"{hours:02}:{seconds // 60:02}:{seconds % 60:02}"
    return str(cell)
