"""What a map says of one column: the source column or columns, how its times are written, what to take out, a constant."""

import re
from datetime import UTC, date, datetime

from digidip.readers.opening.cells import find_zone

WAYS = ("from", "format", "zone", "extract", "constant")
NAMED_FORMATS = ("iso", "epoch", "epoch_ms")
LETTERS = frozenset("YymdHIMSpfbBaAjz%")
YEAR, MONTH = {"Y", "y"}, {"m", "b", "B"}
EXAMPLES = {"at": "2016-03-01T10:00:00Z", "on": "2016-03-01", "number": "1.5", "count": "12"}


def wrong(key, found, expected):
    """The `ValueError` for a key of a map: what was found there and what is expected."""
    told = "nothing" if found in (None, "", {}, []) else repr(str(found)[:60])
    return ValueError(f"{key}: found {told}. Expected: {expected}")


def checked_entry(name, entry, kind, words):
    """An entry of `columns` as a dict with `from` or `constant`, every part of it fit for a column of that kind.

    kind: as in the schema, or `choice` where only certain `words` may stand. What is wrong raises `ValueError`.

    >>> checked_entry("text", "Message", "text", ())
    {'from': 'Message'}
    """
    key, parts = f"columns.{name}", {"from": entry} if isinstance(entry, str) else entry
    if not isinstance(parts, dict) or not {"from", "constant"} & set(parts):
        raise wrong(key, entry, "a source column, `{from: column, …}` or `{constant: value}`")
    for part, value in parts.items():
        if part == "and":
            _check_further(f"{key}.and", parts, kind)
        elif part not in WAYS or not isinstance(value, str) or not value.strip():
            raise wrong(f"{key}.{part}", value, f"one of {', '.join(WAYS)}, each with a text, or a list `and`")
    if "constant" in parts:
        if len(parts) > 1:
            raise wrong(key, parts, "a constant alone")
        return {"constant": _constant(key, parts["constant"], kind, words)}
    if "extract" in parts:
        _check_pattern(f"{key}.extract", parts["extract"], kind)
    if "format" in parts:
        _check_format(f"{key}.format", parts["format"], kind)
    if "zone" in parts:
        _check_zone(f"{key}.zone", parts, kind)
    stripped = {"and": [name.strip() for name in parts["and"]]} if "and" in parts else {}
    return parts | stripped | {"from": parts["from"].strip()}


def _check_further(key, parts, kind):
    """Further columns that make one text with the first: a list of names, for a text or an id alone."""
    names = parts["and"]
    if kind not in ("text", "id") or "from" not in parts or "extract" in parts:
        raise wrong(key, names, "further columns beside `from`, for a text or an id, without `extract`")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name.strip() for name in names):
        raise wrong(key, names, "a list of source columns, such as [City, Post Type]")


def is_placed(pattern):
    """Whether a format of times says the instant without a zone: it has an offset, or counts seconds.

    >>> is_placed("%Y-%m-%d %H:%M %z"), is_placed("epoch"), is_placed("%d/%m/%Y")
    (True, True, False)
    """
    return "%z" in pattern or pattern.startswith("epoch")


def _constant(key, value, kind, words):
    """The value of a constant as its kind has it."""
    if kind == "choice" and value not in words:
        raise wrong(f"{key}.constant", value, f"one of {', '.join(words)}")
    try:
        return {"at": _instant, "on": date.fromisoformat, "number": float, "count": _whole}.get(kind, str)(value)
    except (ValueError, OverflowError):
        raise wrong(f"{key}.constant", value, f"a value such as {EXAMPLES[kind]}") from None


def _instant(text):
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its offset")
    return moment.astimezone(UTC)


def _whole(text):
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise ValueError("no whole number")
    return int(text)


def _check_pattern(key, pattern, kind):
    try:
        groups = re.compile(pattern).groups
    except (re.error, RecursionError, OverflowError):
        groups = 0
    if kind not in ("text", "id") or groups != 1 or re.search(r"\(\?[=!<P(]|\\[1-9]", pattern):
        raise wrong(key, pattern, "for a text or an id: a regular expression with one group, without looking around")


def _check_format(key, pattern, kind):
    if kind not in ("at", "on"):
        raise wrong(key, pattern, "no format, since this column is no time")
    letters = set(re.findall(r"%-?(.?)", pattern, re.DOTALL))
    is_day = bool(letters & YEAR and letters & MONTH and "d" in letters)
    is_fit = bool(letters & YEAR) if kind == "at" else is_day
    if pattern == "iso" or (kind == "at" and pattern in NAMED_FORMATS) or (letters <= LETTERS and is_fit):
        return
    named = ", ".join(NAMED_FORMATS if kind == "at" else NAMED_FORMATS[:1])
    least = "a year" if kind == "at" else "year, month and day"
    expected = f"{named}, or a pattern with {least} such as %d/%m/%Y, of the letters {' '.join(sorted(LETTERS))}"
    raise wrong(key, pattern, expected)


def _check_zone(key, parts, kind):
    if kind != "at" or is_placed(parts.get("format", "iso")):
        raise wrong(key, parts["zone"], "no zone, since the cells need none")
    if find_zone(parts["zone"]) is None:
        raise wrong(key, parts["zone"], "an IANA name such as America/New_York")
