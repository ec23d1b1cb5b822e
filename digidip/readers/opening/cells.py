"""The few cell helpers that every reader shares: text of an export → a typed cell, or missing.

Each takes an Ibis column of text (or the deferred `_`) and gives an Ibis column. What cannot be read becomes missing
and, where the canonical table requires the cell, a reject with its record number; nothing is guessed.
"""

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import ibis

from digidip.tables import ReaderError

# Abbreviations that mean one offset only (docs/formats.md#times); IST, CST, BST, AST, GST and SST need a named zone.
OFFSETS = {
    "EST": "-05", "EDT": "-04", "CDT": "-05", "MST": "-07", "MDT": "-06", "PST": "-08", "PDT": "-07",
    "GMT": "+00", "UTC": "+00", "Z": "+00", "WET": "+00", "WEST": "+01", "CET": "+01", "CEST": "+02",
    "EET": "+02", "EEST": "+03", "MSK": "+03", "TRT": "+03", "PKT": "+05", "JST": "+09", "KST": "+09",
    "SGT": "+08", "HKT": "+08", "PHT": "+08", "AEST": "+10", "AEDT": "+11", "BRT": "-03", "ART": "-03",
    "CLT": "-04", "COT": "-05", "PET": "-05",
}  # fmt: skip
# What programs write for nothing: R, pandas, Python, SQL dumps, spreadsheets, JavaScript. No platform has such an id.
MISSING_WORDS = ("NA", "<NA>", "NaN", "nan", "NaT", "None", "NULL", "null", r"\N", "N/A", "#N/A", "undefined")
NOT_OF_AN_ID = rf"^'?(?:{'|'.join(map(re.escape, MISSING_WORDS))})(?:\.0)?$|^'|\.0$"
CLOCK = len("2020-01-31 23:59:59")
OFFSET = r"\d(Z|[+-]\d\d:?\d\d)$"
NUMERIC = r"^ ?[+-]\d\d(?::?\d\d)?$"
LETTERS = r"^( [A-Za-z]+)?$"
INSTANT = "timestamp('UTC')"


@ibis.udf.scalar.builtin(name="try_strptime", signature=(("string", "string"), INSTANT))
def stamp(cell, pattern):
    """Engine function: text that carries its own offset (%z) → UTC instant, missing where it does not fit the pattern."""


@ibis.udf.scalar.builtin(name="try_strptime", signature=(("string", "string"), "timestamp"))
def local_time(text, pattern):
    """Engine function: text without an offset → wall-clock time, missing where it does not fit the pattern."""


@ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp"), INSTANT))
def to_utc(zone, wall_time):
    """Engine function: wall-clock time in a named zone → UTC instant."""


def blank(cell, *missing):
    """Text, with the empty cell and the given tokens (R writes NA) as missing; inner white space is kept."""
    # One pattern: the engine writes the cell twice for each NULLIF, and twelve of them in one another took seconds to plan.
    whole = f"^(?:{'|'.join(map(re.escape, missing))})$"
    return (cell.re_replace(whole, "") if missing else cell).nullif("")


def identifier(cell, *missing):
    """An id as text: outer white space, a leading apostrophe and a trailing `.0` removed; nothing else is repaired.

    What programs write for nothing (`MISSING_WORDS`) is no id.
    """
    mended = cell.strip().re_replace(NOT_OF_AN_ID, "")
    return ibis.ifelse(is_whole_number(cell), cell, blank(mended, *missing))


def is_whole_number(cell):
    """Whether a cell is a plain whole number as a program writes it; a cheap test that spares most cells a costly one."""
    return cell.try_cast("int64").cast("string") == cell


def number(cell):
    """A whole number written in digits only (or with `.0`); anything else, `1.250`, `1e3` or NA, is missing, not zero."""
    whole = cell.try_cast("int64")
    digits = whole.cast("string")
    return ibis.ifelse((digits == cell) | (digits + ".0" == cell), whole, ibis.null("int64"))


def map_category(cell, words, *missing):
    """The canonical word for a platform's word, `other` for one that is not in `words`; missing where the cell is."""
    cell = blank(cell, *missing)
    return ibis.ifelse(cell.isnull(), ibis.null("string"), cell.cases(*words.items(), else_="other"))


def fixed_stamp(cell, offset):
    """A UTC instant from `2017-01-20 19:30:00` at a fixed offset such as -05 (no daylight saving)."""
    # The engine would take 4/8/21 for a day of the year 4.
    return ibis.ifelse(cell.substr(4, 1) == "-", (cell + offset).try_cast(INSTANT), ibis.null(INSTANT))


def offset_stamp(cell):
    """A UTC instant from `2025-03-16T09:00:00.123Z` or `…+02:00`; missing where the text names no offset."""
    return ibis.ifelse(cell.re_search(OFFSET), cell.try_cast(INSTANT), ibis.null(INSTANT))


def named_stamp(cell, zone=None):
    """A UTC instant from `2020-01-31 23:59:59 EST`, by the abbreviation or a numeric offset; without one, or with one
    that means several offsets, by the named IANA `zone`; missing where there is neither.

    In the hour that a zone repeats in autumn the engine takes the later reading (standard time).
    """
    clock, rest = cell.left(CLOCK), cell.substr(CLOCK)
    by_word = (clock + rest.cases(*((f" {word}", offset) for word, offset in OFFSETS.items()))).try_cast(INSTANT)
    by_offset = (clock + ibis.ifelse(rest.re_search(NUMERIC), rest.strip(), ibis.null("string"))).try_cast(INSTANT)
    if not zone:
        return ibis.coalesce(by_word, by_offset)
    bare = ibis.ifelse(rest.re_search(LETTERS), clock, ibis.null("string"))
    return ibis.coalesce(by_word, by_offset, to_utc(zone, local_time(bare, "%Y-%m-%d %H:%M:%S")))


def has_offset(text):
    """Whether a stamp, as Python text, needs no named zone: its abbreviation means one offset, or it has a number.

    >>> [has_offset(f"2020-01-31 23:59:59{rest}") for rest in (" EST", " -03", "", " IST")]
    [True, True, False, False]
    """
    rest = text[CLOCK:].strip()
    return rest in OFFSETS or rest[:1] in ("+", "-")


def first_without_zone(cells, needs_zone):
    """The record number of the first time that needs a named zone, where at least half of the times do; else None.

    cells: texts, or what else tells of a time, of which empty ones are no times; needs_zone: whether one does. A few among others are odd times, which
    are missing and make rejects: they ask nobody for the zone of a whole column.

    >>> first_without_zone(["", "10:00", "11:00 EST"], lambda cell: " " not in cell), first_without_zone(["1 Z", "2 Z", "3"], str.isdigit)
    (2, None)
    """
    found = [(record, needs_zone(cell)) for record, cell in enumerate(cells, start=1) if cell]
    bare = [record for record, is_bare in found if is_bare]
    return bare[0] if bare and len(bare) * 2 >= len(found) else None


def find_zone(name):
    """The time zone of an IANA name; None where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def check_zone(path, zone):
    """Nothing, if there is no zone or it is an IANA name; else `ReaderError`."""
    if zone and find_zone(zone) is None:
        raise ReaderError(
            f"{path}: zone {zone!r} is unknown. Expected: an IANA name such as America/New_York. Say another --zone."
        )
