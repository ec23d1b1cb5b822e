"""Records whose cells stand under the wrong column: what a tool wrote in batches with other columns under the first header.

Each column has the kind of its first cells (times, addresses, counts, long ids, truths), where they are of one. A record
is shifted if two of its cells or more are of another kind, which is that of a column near them, all on the same side; or
one, if the last cell, too, is missing where it never was. Other cells prove nothing: words for nothing, 1.2K, old ids.
"""

import functools
import operator
import re

import ibis

SHAPES = {
    "time": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:.*", re.DOTALL),
    "address": re.compile(r"https?://.*", re.DOTALL),
    "count": re.compile(r"[0-9]{1,9}"),
    "id": re.compile(r"[0-9]{15,20}"),
    "truth": re.compile("true|false|True|False|TRUE|FALSE"),
}
FIRST, NEAR, LEAST = 3, 4, 2
LONG_ID = 10**14


def column_kinds(records, width):
    """The kind of each column by its first cells that are not blank; None where they are few or of several kinds."""
    kinds = []
    for place in range(width):
        cells = []
        for record in records:
            if len(cells) < FIRST and len(record) == width and record[place].strip():
                cells.append(_kind(record[place]))
        kinds.append(cells[0] if len(cells) == FIRST and len(set(cells)) == 1 else None)
    return kinds


def has_last_cell(records, width):
    """Whether the first records of that width have a last cell."""
    whole = [record for record in records if len(record) == width][:FIRST]
    return bool(whole) and all(record[-1].strip() for record in whole)


def is_shifted_record(record, kinds, *, has_last):
    """Whether a record, a list of cells, is shifted; `has_last` says that the first records have a last cell."""
    found = {place: _kind(cell) for place, cell in enumerate(record) if kinds[place] and cell}
    sides = [
        sum(found.get(place) in strange for place, strange in _strange_kinds(kinds, side).items()) for side in (1, -1)
    ]
    return max(sides) >= LEAST or (sides[0] > 0 and has_last and not record[-1].strip())


def is_shifted(cells, kinds, *, has_last):
    """The same as an expression over the Ibis columns of text `cells`; None where no column tells it."""
    sides = []
    for side in (1, -1):
        strange = [_is_one_of(cells[place], kinds) for place, kinds in _strange_kinds(kinds, side).items()]
        sides.append(functools.reduce(operator.add, [one.cast("int8") for one in strange]) if strange else None)
    tests = [side >= LEAST for side in sides if side is not None]
    if sides[0] is not None and has_last:
        tests.append((sides[0] > 0) & (cells[-1].fill_null("").strip() == ""))
    return ibis.or_(*tests) if tests else None


def _kind(cell):
    return next((kind for kind, shape in SHAPES.items() if shape.fullmatch(cell)), None)


def _strange_kinds(kinds, side):
    """Place → kinds that a cell of that column never has, and columns near it on one side (1: behind it) have."""
    found = {}
    for place, kind in enumerate(kinds):
        near = kinds[place + 1 : place + 1 + NEAR] if side > 0 else kinds[max(place - NEAR, 0) : place]
        # An id may be short, as the oldest are, so a short number under ids says nothing.
        strange = {other for other in near if other and other != kind and (kind, other) != ("id", "count")}
        found |= {place: strange} if kind and strange else {}
    return found


def _is_one_of(cell, kinds):
    """Whether cells are of one of the kinds, by tests that cost little."""
    whole = cell.try_cast("int64")
    tests = {
        "time": (cell.substr(4, 1) == "-") & (cell.substr(7, 1) == "-") & (cell.substr(13, 1) == ":"),
        "address": cell.startswith("http://") | cell.startswith("https://"),
        "count": whole.between(0, 999_999_999),
        "id": whole >= LONG_ID,
        "truth": cell.lower().isin(["true", "false"]),
    }
    return ibis.or_(*(tests[kind] for kind in sorted(kinds))).fill_null(False)
