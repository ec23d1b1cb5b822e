"""Records whose cells stand under the wrong column: what a tool wrote in batches with other columns under the first header.

Each column has the kind of most of its cells (times, addresses, counts, long ids, truths), where they are of one. A record
is shifted if two of its cells or more are of another kind, which is that of a column near them, all on the same side; or
one, if the last cell, too, is missing where it never was. Other cells prove nothing: words for nothing, 1.2K, old ids.
Which records are shifted, the first or the others, the names of the columns tell; else the others are, if they are fewer.
"""

import functools
import itertools
import operator
import re
from collections import Counter

import ibis

from digidip.tables import ReaderError

SHAPES = {
    "time": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:.*", re.DOTALL),
    "address": re.compile(r"<?https?://.*", re.DOTALL),
    "count": re.compile(r"[0-9]{1,9}"),
    "id": re.compile(r"[0-9]{15,20}"),
    "truth": re.compile("true|false|True|False|TRUE|FALSE"),
    "term": re.compile(r'".*"@[A-Za-z-]+', re.DOTALL),  # a text with its language, in results of SPARQL
}
OF_NAMES = {"time": "at", "address": "url", "count": "counts?", "id": "id"}  # how names end that tell a kind
FIRST, NEAR, LEAST, MOST = 3, 4, 2, 300
LONG_ID = 10**14


def column_kinds(path, records, names):
    """The kind of each column of these names by its cells that are not blank; None where they are few or of several kinds.

    Where the first records and others disagree, and neither names nor numbers tell which are shifted: `ReaderError`.
    """
    whole = [record for record in records if len(record) == len(names)]
    if len(whole) < FIRST:
        return [None] * len(names)
    whole = whole[:: len(whole) // MOST + 1]
    first = [_kind(cell) for cell in whole[0]]
    kinds = _usual_kinds([record for record in whole if not is_shifted_record(record, first, has_last=False)])
    others = [record for record in whole if is_shifted_record(record, kinds, has_last=False)]
    if not others:
        return kinds
    other, named_kinds = _usual_kinds(others), [_kind_by_name(name) for name in names]
    places = [place for place, kind in enumerate(named_kinds) if kind]
    votes = sum((named_kinds[at] == kinds[at]) - (named_kinds[at] == other[at]) for at in places)
    if votes > 0 or (votes == 0 and 2 * len(others) < len(whole)):
        return kinds
    if votes < 0 or len(whole) - len(others) < FIRST:
        return other
    raise ReaderError(
        f"{path}: cells under other columns in {len(others):,} of {len(whole):,} records looked at than in the first, and no name "
        "of a column tells which are right. Expected: one order of columns. Give each part its own file, with its own header."
    )


def has_last_cell(records, kinds):
    """Whether the first records that are not shifted have a last cell."""
    whole = [record for record in records if len(record) == len(kinds)]
    right = (record for record in whole if not is_shifted_record(record, kinds, has_last=False))
    last = [record[-1] for record in itertools.islice(right, FIRST)]
    return bool(last) and all(cell.strip() for cell in last)


def _usual_kinds(records):
    """The kind of more than half of the cells of each column that are not blank, of three or more where there are so many."""
    kinds = []
    for cells in zip(*records, strict=True):
        found = Counter(_kind(cell) for cell in cells if cell.strip())
        [(kind, times)] = found.most_common(1) or [(None, 0)]
        are_enough = found.total() >= min(FIRST, len(records)) and 2 * times > found.total()
        kinds.append(kind if are_enough else None)
    return kinds


def _kind_by_name(name):
    return next((kind for kind, end in OF_NAMES.items() if re.search(rf"(?:^|[_. ]){end}$", name.lower())), None)


def is_shifted_record(record, kinds, *, has_last):
    """Whether a record, a list of cells, is shifted; `has_last` says that the others have a last cell."""
    found = {place: _kind(cell) for place, cell in enumerate(record) if kinds[place] and cell}
    strange = [_strange_kinds(tuple(kinds), side) for side in (1, -1)]
    sides = [sum(found.get(place) in kinds for place, kinds in each.items()) for each in strange]
    return max(sides) >= LEAST or (sides[0] > 0 and has_last and not record[-1].strip())


def is_shifted(cells, kinds, *, has_last):
    """The same as an expression over the Ibis columns of text `cells`; None where no column tells it."""
    sides = []
    for side in (1, -1):
        strange = [_is_one_of(cells[place], kinds) for place, kinds in _strange_kinds(tuple(kinds), side).items()]
        sides.append(functools.reduce(operator.add, [one.cast("int8") for one in strange]) if strange else None)
    tests = [side >= LEAST for side in sides if side is not None]
    if sides[0] is not None and has_last:
        tests.append((sides[0] > 0) & (cells[-1].fill_null("").strip() == ""))
    return ibis.or_(*tests) if tests else None


def _kind(cell):
    return next((kind for kind, shape in SHAPES.items() if shape.fullmatch(cell)), None)


@functools.lru_cache(maxsize=64)  # asked for each record of a head
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
        "address": ibis.or_(*(cell.startswith(mark) for mark in ("http://", "https://", "<http://", "<https://"))),
        "count": whole.between(0, 999_999_999),
        "id": whole >= LONG_ID,
        "truth": cell.lower().isin(["true", "false"]),
        "term": cell.startswith('"') & cell.re_search(r'"@[A-Za-z-]+$'),
    }
    return ibis.or_(*(tests[kind] for kind in sorted(kinds))).fill_null(False)
