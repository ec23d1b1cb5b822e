"""How the cells of a mapped export become canonical ones: an entry of the map and a column of text → an Ibis expression."""

import re

import ibis

from digidip.readers.mapping._map_entries import is_placed
from digidip.readers.mapping._map_rules import choices, mappable
from digidip.readers.opening.cells import INSTANT, blank, identifier, local_time, number, offset_stamp, stamp, to_utc
from digidip.tables import DTYPES, SCHEMA, is_scientific

DAMAGED = "a damaged id (a spreadsheet wrote a number in scientific notation)"
ALWAYS = {"posts": ("text",), "comments": ("text", "author")}  # columns that every stage looks at
FIRST = "1000-01-01"  # the engine takes the 19 of 11/18/19 for a whole year
LAST_SECOND = 253_402_300_799  # of the year 9999
TRUTHS = dict.fromkeys(("true", "yes", "1"), "true") | dict.fromkeys(("false", "no", "0"), "false")
GROUP_MARKS = {" ": "[ \u00a0\u202f]"}  # whoever declares a blank means the two that do not break, too
ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?)?$"


def cells_of(plan, held, zone):
    """Canonical column → expression, with `export_row` and `reject`; held: source column → column of text.

    zone: for times whose entry names none.
    """
    cells = {name: ibis.null("string") for name in ALWAYS.get(plan.table, ())}
    cells |= {name: _cell(plan, name, entry, held, zone) for name, entry in plan.columns.items()}
    ids = [name for name, entry in plan.columns.items() if SCHEMA[plan.table][name].kind == "id" and "from" in entry]
    reasons = [
        (_is_other(held[column], words), f"{column} is not {', '.join(words)}") for column, words in plan.only.items()
    ]
    reasons += [(is_scientific(cells[name]), f"{name}: {DAMAGED}") for name in ids]
    reasons += [(cells[name].isnull(), f"no readable {name}") for name in _needed(plan)]
    whole = {name: ibis.ifelse(is_scientific(cells[name]), ibis.null("string"), cells[name]) for name in ids}
    return cells | whole | {"export_row": ibis.row_number() + 1, "reject": ibis.cases(*reasons, else_=None)}


def _needed(plan):
    """Mapped columns that no row may lack."""
    return [name for name in mappable(plan.table) if name in plan.columns and SCHEMA[plan.table][name].required]


def _is_other(cell, words):
    return ~cell.strip().isin(words).fill_null(False)


def _cell(plan, name, entry, held, zone):
    kind = SCHEMA[plan.table][name].kind
    if "constant" in entry:
        value = entry["constant"] == "true" if kind == "is" else entry["constant"]
        return ibis.literal(value).cast(DTYPES[kind])
    cell = held[entry["from"]]
    if choices(plan.table, name):
        return _worded(cell, plan.words.get(name, {}), choices(plan.table, name), kind)
    if kind == "at":
        return instant(cell, entry.get("format", "iso"), entry.get("zone", zone))
    if kind == "on":
        return day(cell, entry.get("format", "iso"))
    if kind in ("count", "number"):
        shaped = _shaped(cell, plan.decimal, plan.thousands)
        whole = cell.try_cast("int64")  # the cells of most columns are plain digits, and the costly branch rests
        told = ibis.ifelse(whole.cast("string") == cell, whole, number(shaped))
        return told if kind == "count" else shaped.try_cast("float64")
    if "and" in entry:
        return blank(cell.strip()) + sum(
            (" / " + held[name].fill_null("").strip() for name in entry["and"]), ibis.literal("")
        )
    if "extract" in entry:
        cell = cell.re_extract(entry["extract"], 1)
    return identifier(cell) if kind == "id" else blank(cell)


def _worded(cell, words, allowed, kind):
    """The canonical word: as the map says, or where the file has it already; another word is missing, or as `*` says."""
    text, own = blank(cell.strip()), {word: canonical for word, canonical in words.items() if word != "*"}
    plain = TRUTHS if kind == "is" else dict(zip(allowed, allowed, strict=True))
    otherwise = ibis.ifelse(text.isnull(), ibis.null("string"), ibis.literal(words.get("*"), "string"))
    known = text.lower().cases(*plain.items(), else_=otherwise)
    known = text.cases(*own.items(), else_=known) if own else known
    word = cell.cases(*(plain | own).items(), else_=known)  # most cells are as they should be: no branch but this
    return word == "true" if kind == "is" else word


def _shaped(cell, decimal, thousands):
    """A number as programs write it, from one with the declared separators; anything else is missing."""
    cell = cell.strip()
    point, mark = re.escape(decimal), GROUP_MARKS.get(thousands, re.escape(thousands))
    shape = f"-?[0-9]+(?:{point}[0-9]+)?(?:[eE][+-]?[0-9]+)?"
    if thousands:
        shape += f"|-?[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+(?:{point}[0-9]+)?"
    bare = (cell.re_replace(mark, "") if thousands else cell).replace(decimal, ".")
    return ibis.ifelse(cell.re_search(f"^(?:{shape})$"), bare, ibis.null("string"))


def instant(cell, pattern, zone):
    """A UTC instant from text in a named or written-out format; missing where the text does not fit it.

    zone: of times without an offset; None if nobody told it, and such times are missing.
    """
    if pattern.startswith("epoch"):
        unit, most = ("ms", LAST_SECOND * 1000) if pattern == "epoch_ms" else ("s", LAST_SECOND)
        count = number(cell.strip())
        return ibis.ifelse(count.between(0, most), count, ibis.null("int64")).as_timestamp(unit).cast(INSTANT)
    if is_placed(pattern):
        return _late_enough(stamp(cell, pattern), INSTANT)
    if pattern != "iso":
        return to_utc(zone, _late_enough(local_time(cell, pattern), "timestamp")) if zone else ibis.null(INSTANT)
    cell = blank(cell.strip())
    bare = ibis.ifelse(cell.re_search(ISO), cell.try_cast("timestamp"), ibis.null("timestamp"))
    return ibis.coalesce(offset_stamp(cell), to_utc(zone, bare)) if zone else offset_stamp(cell)


def day(cell, pattern):
    """A date from text, by its first ten characters where the format is `iso`."""
    cell = blank(cell.strip())
    moment = local_time(cell.left(len("2016-01-31")), "%Y-%m-%d") if pattern == "iso" else local_time(cell, pattern)
    return _late_enough(moment, "timestamp").date()


def _late_enough(moment, dtype):
    return ibis.ifelse(moment >= ibis.literal(FIRST).cast(dtype), moment, ibis.null(dtype))
