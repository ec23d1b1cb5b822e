"""What the cells of a column look like: times and their formats, ids, addresses, numbers and their separators, words."""

import re
from functools import cache, lru_cache
from itertools import islice, product

from digidip.readers.opening.cells import OFFSETS
from digidip.readers.opening.rounded_ids import rounded_ids

DATES = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%b %d %Y",
    "%B %d %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
)
DATES += tuple(f"{order}%{year}" for order in ("%d/%m/", "%m/%d/", "%d.%m.", "%d-%m-", "%m-%d-") for year in "Yy")
CLOCKS = ("", "%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p")
FORMATS = [date + gap * bool(clock) + clock for date, clock, gap in product(DATES, CLOCKS, (" ", ", ", "T"))]
FORMATS += [f"{each} {zone}" for zone in ("%z", "%Z") for each in FORMATS if ":%M" in each] + [
    "%a %b %d %H:%M:%S %z %Y",
    "%a, %d %b %Y %H:%M:%S %z",
]
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
LONG_MONTHS = "January February March April May June July August September October November December".split()
PARTS = {
    "%Y": "(?:19|20)[0-9]{2}", "%y": "[0-9]{2}", "%m": "(?:0?[1-9]|1[0-2])", "%d": "(?:0?[1-9]|[12][0-9]|3[01])",
    "%H": "(?:[01]?[0-9]|2[0-3])", "%I": "(?:0?[1-9]|1[0-2])", "%M": "[0-5][0-9]", "%S": "[0-5][0-9]", "%p": "[AaPp][Mm]",
    "%z": "[+-][0-9]{2}:?[0-9]{2}", "%b": f"(?:{'|'.join(MONTHS)})", "%B": f"(?:{'|'.join(LONG_MONTHS)})",
    "%a": "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)", "%Z": f"(?:{'|'.join(OFFSETS)})",
}  # fmt: skip
ISO_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
COUNTED = {"epoch": "1[0-9]{9}(?:\\.0)?", "epoch_ms": "1[0-9]{12}", "excel": "[2-6][0-9]{4}(?:\\.[0-9]+)?"}
DAMAGED = r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]+"
SHAPES = {
    "addresses": r"(?i)https?://\S+",
    "times of day": r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[AaPp]\.?[Mm]\.?)?",
    "damaged ids": DAMAGED,
    "ids": r"'?(?:[0-9]{8,}|[0-9]+_[0-9]+|[A-Za-z0-9_-]*[0-9][A-Za-z0-9_:.-]{7,})",
    "numbers": r"-?[0-9][0-9.,' \u00a0\u202f]*%?",
}
WORDY = 12


@cache
def _expression(pattern):
    """The regular expression of a format of times."""
    return re.compile(re.sub("%.", lambda part: PARTS[part[0]], pattern.replace(".", r"\.")))


def time_formats(cells):
    """Every format of times that the cells fit, those that are blank apart: `iso`, `iso without zone`, or a pattern; of
    numbers `epoch`, `epoch_ms` (since 1970) or `excel` (days, as a spreadsheet counts them).

    Of four cells or more one, and of many one in twenty, may be odd: their rows will be rejects.

    >>> time_formats(["05/06/2020 10:00", ""]), time_formats(["2020-06-05T10:00:00Z"])
    (['%d/%m/%Y %H:%M', '%m/%d/%Y %H:%M'], ['iso'])
    >>> time_formats([*["31/01/2020 10:00"] * 3, "yesterday"])
    ['%d/%m/%Y %H:%M']
    """
    return list(_formats_of(tuple(cell.strip() for cell in cells if cell.strip())))


@lru_cache(256)  # of one column it is asked many times
def _formats_of(filled):
    odd = max(1, len(filled) // 20) if len(filled) >= 4 else 0
    for most in dict.fromkeys((0, odd)):
        iso = [found for cell in filled if (found := re.fullmatch(ISO_TIME, cell))]
        if len(iso) >= len(filled) - most:
            has_zones = sum(bool(found[1]) for found in iso) >= len(filled) - odd
            return ("iso" if has_zones else "iso without zone",) if filled else ()
        found = [each for each in dict.fromkeys(FORMATS) if _are_nearly(_expression(each), filled, most)]
        if found or most:
            return tuple(found)
        found = [name for name, shape in COUNTED.items() if _are_nearly(re.compile(shape), filled, 0)]
        if found:
            return tuple(found)
    return ()


def _are_nearly(expression, cells, most):
    """Whether all cells but at most so many have the form of an expression."""
    misses = (cell for cell in cells if not expression.fullmatch(cell))
    return next(islice(misses, most, None), None) is None


def has_clock(pattern, cells):
    """Whether times in that format tell more than the day."""
    if pattern == "excel":
        return any("." in cell for cell in cells)
    is_named = pattern.startswith(("iso", "epoch"))
    return any(":" in cell for cell in cells) or pattern.startswith("epoch") if is_named else "%M" in pattern


def _misfits(pattern, cells):
    """How many cells do not have the form of a format of `time_formats`."""
    iso = {"iso": ISO_TIME.removesuffix("?"), "iso without zone": ISO_TIME}
    expression = re.compile(iso[pattern]) if pattern in iso else _expression(pattern)
    return sum(not expression.fullmatch(cell) for cell in cells)


def are_zones(cells):
    """Whether cells are all abbreviations that mean one offset, or offsets in numbers."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and all(cell in OFFSETS or re.fullmatch(PARTS["%z"], cell) for cell in filled)


def cell_type(cells):
    """What cells look like, and how many of those that are not blank: (kind, how many, of how many).

    Kinds: times, addresses, ids, damaged ids, numbers, words (few, repeated), text, nothing.

    >>> cell_type(["1,250", "7", "", "x"])
    ('numbers', 2, 3)
    """
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return "nothing", 0, 0
    if formats := [each for each in time_formats(filled) if each not in COUNTED]:
        return "times", len(filled) - _misfits(formats[0], filled), len(filled)
    counts = {kind: sum(bool(re.fullmatch(shape, cell)) for cell in filled) for kind, shape in SHAPES.items()}
    rounded = rounded_ids(filled)[0] if counts["ids"] else set()
    counts["damaged ids"] += sum(cell in rounded for cell in filled)
    if counts["damaged ids"]:
        return "damaged ids", counts["damaged ids"], len(filled)
    best = max(counts, key=counts.get)
    if counts[best] * 2 > len(filled):
        return best, counts[best], len(filled)
    is_coded = len(set(filled)) <= min(WORDY, len(filled)) and max(map(len, filled)) <= 40
    return "words" if is_coded else "text", len(filled), len(filled)


def describe_cells(cells):
    """What cells look like, in words."""
    kind, count, total = cell_type(cells)
    return f"{count} of {total} cells look like {kind}" if total else "no cells to see"


def number_separators(cells):
    """What the numbers in cells have before three digits and before decimals: (thousands, decimal, is it sure).

    >>> number_separators(["1.250", "3"]), number_separators(["1,234,567"]), number_separators(["12"])
    (('.', ',', False), (',', '.', True), ('', '.', True))
    """
    groups = [
        re.fullmatch(r"-?[0-9]{1,3}([.,' \u00a0\u202f])[0-9]{3}((?:\1[0-9]{3})*)([.,][0-9]+)?", c.strip())
        for c in cells
    ]
    marks = {" " if found[1].isspace() else found[1] for found in groups if found}
    if not marks:
        is_comma = any(re.fullmatch("-?[0-9]+,[0-9]+", cell.strip()) for cell in cells)
        return "", "," if is_comma else ".", True
    mark = min(marks)
    is_sure = len(marks) == 1 and (mark in "' " or any(found[2] or found[3] for found in groups if found))
    return mark, "," if mark == "." else ".", is_sure
