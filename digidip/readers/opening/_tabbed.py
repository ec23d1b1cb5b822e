"""How a file of cells between TABs, never quoted, becomes rows: a stray TAB in a text is mended by counting cells."""

import ibis
from ibis import _

from digidip.readers.opening._files import check_columns, header
from digidip.readers.opening._records import SIZES, scan

STAMP = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"


def tabbed(path, required, optional, *, free, anchors):
    """The records as text columns `required` + `optional`, with `export_row` (1 = first line after the header) and
    `reject`.

    A line with more cells than columns is mended by joining, with their TABs, the cells of the first column of `free`
    that puts an ISO stamp under every column of `anchors`. A line that cannot be mended so, or that has fewer cells, is
    a row with `reject`. Blank lines are no records. Missing columns raise `ReaderError`.
    """
    wanted, names = sorted({*required, *optional}), header(path)[0]
    if set(required) - set(names) or len(set(names)) < len(names):
        check_columns(path, required, wanted)
    lines = scan(path, ["text"], delim="\x01", quote="", escape="", strict_mode=False, **SIZES)
    whole = lines.mutate(export_row=ibis.row_number() + 1).filter(_.text.re_replace(r"\r$", "") != "")
    split = whole.select("export_row", cells=_.text.re_replace(r"\r$", "").split("\t"))
    split = split.mutate(extra=_.cells.length() - len(names))
    stamps = [names.index(name) for name in anchors]
    mendable = [(_fits(split, stamps, names.index(name)), names.index(name)) for name in free]
    placed = split.mutate(place=ibis.cases((_.extra < 0, -1), (_.extra == 0, len(names)), *mendable, else_=-1))
    missing = ibis.null("string")
    cells = {name: _cell(placed, names.index(name), name in free) if name in names else missing for name in wanted}
    lost = ibis.ifelse(_.extra < 0, "fewer cells than columns", "more cells than columns")
    return placed.select("export_row", **cells, reject=ibis.ifelse(_.place < 0, lost, missing))


def _fits(split, stamps, place):
    """Whether every stamp stands in its column once the surplus cells are joined at a place."""
    moved = (split.cells[at + split.extra if at > place else at] for at in stamps)
    return ibis.and_(*(cell.re_search(STAMP) for cell in moved))


def _cell(placed, at, is_free):
    """The cell under a column: moved if cells before it are joined, itself joined if the surplus is its own."""
    cell = placed.cells[ibis.ifelse(placed.place < at, at + placed.extra, at)]
    if is_free:
        cell = ibis.ifelse(placed.place == at, placed.cells[at : placed.extra + at + 1].join("\t"), cell)
    return ibis.ifelse(placed.place < 0, ibis.null("string"), cell)
