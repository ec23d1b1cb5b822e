"""Searches over time as Google Trends exports them (`multiTimeline.csv`, `time_series_….csv`).

Tool: Google Trends, "Interest over time": `multiTimeline.csv`, and `time_series_<region>_….csv` since 2025; last seen
    2026.
Format: https://support.google.com/trends. The older file has a preamble (`Category: All categories`, blank line), then
    `Week,<term>: (<region>)…`; the newer one has none, no region but in its name, and its first column is always
    `Time`. See docs/formats.md#google_trends.
Encoding: UTF-8, commas. All labels are in the language of the page, so nothing is known by its label: the span is told
    by the distance of the dates (Sunday to Sunday is a week).
Zone: days, weeks and months are taken as UTC unless --zone is given; hours and minutes are the viewer's local time,
    with its offset since 2025, else the zone must be named.
Rejects: maps and related searches are recognised and refused.
Caution: values are an index, 100 is the highest in this file: numbers of two files do not compare. `<1` is below 1 and
    above 0: `value` is missing, `is_below` true.
Leaves out: the category.
Example: 2024-05-05,<1
"""

import csv
import re
from pathlib import Path

import ibis
from ibis import _

from digidip.readers.attention._time_series import (
    CLOCK_FORMATS,
    DATE_FORMATS,
    any_no_number,
    decimal_number,
    first_problem,
    series_table,
    span_of,
    unpivot_series,
    wall_clock_time,
)
from digidip.readers.opening.cells import OFFSET, check_zone, offset_stamp, to_utc
from digidip.readers.opening.head import DELIMITERS, MOST_COLUMNS, read_head
from digidip.tables import ReaderError

PLATFORM = ""
CAPPED_AT = ()
AUTHORS = "name"
POSTS_BY_ANYONE = False
REQUIRED = {"attention": set()}
REGION = re.compile(r"[:：]\s*[(（].+[)）]$")
DATE = re.compile(r"\d{4}-\d\d(-\d\d([T ]\d\d(:\d\d){0,2}(Z|[+-]\d\d:?\d\d)?)?)?")
INDEX = re.compile(r"<\s?1|\d{1,2}|100|")
CATEGORY = re.compile(r'"?(categor|kategor|catégor|категор|カテゴリ|카테고리|类别|類別)[^\n]*?[:：]', re.I)
REGION_IN_NAME = re.compile(r"time_series_(.*?)_\d{8}-\d{4}_\d{8}-\d{4}")
SPANS = {"day": "day", "week": "week", "month": "month", "hour": "hour"}
BELOW = ("<1", "< 1")

ATTENTION = {
    "source": ibis.literal("google_trends"),
    "series": _.series,
    "unit": ibis.literal("index 0–100"),
    "value": decimal_number(_.cell),
    "total": ibis.null("float64"),
    "is_below": _.cell.isin(BELOW).fill_null(False),
    "export_row": _.export_row,
    "reject": _.reject,
}


def fits(head):
    """1 for a table of terms with regions or under a preamble, one half for a bare `Time` column; else 0."""
    found = _table_head(head)
    return found[-1] if found else 0


def refuses(head):
    """Whether it is another file of Google Trends, such as a map, which `read` names."""
    return bool(CATEGORY.match(head.text))


def read(path, *, zone=None):
    """A row per interval and term in canonical columns; `zone` is the viewer's, for hours and minutes."""
    check_zone(path, zone)
    head = _table_head(read_head(path))
    if not head:
        raise ReaderError(
            f"{path} (head): no interest over time by Google Trends. Expected: dates in the first column, and a column per "
            "term. Download 'Interest over time' (multiTimeline.csv or time_series_….csv), not the map or related searches."
        )
    above, names, delimiter, first, _certainty = head
    has_offset = bool(re.search(OFFSET, first))
    if len(first) > len("2024-05-01") and not (zone or has_offset):
        raise ReaderError(
            f"{path} (record 1): hours or minutes in the local time of whoever made the export, '{first}'. Expected: the zone "
            "of that computer. Say --zone, for instance America/New_York."
        )
    mend = (lambda data: b"".join(data.splitlines(keepends=True)[above:])) if above else None
    table = series_table(path, names, delimiter, mend=mend)
    region = REGION_IN_NAME.match(Path(path).name)
    suffix = f": ({region[1]})" if region and region[1] and not any(map(REGION.search, names)) else ""
    series = {f"c{place}": name + suffix for place, name in enumerate(names) if place}
    instant = offset_stamp(_.c0)
    local = ibis.ifelse(instant.notnull(), _.c0.left(len("2024-05-01T10:00:00")), _.c0)
    table = table.mutate(
        instant=instant, at=wall_clock_time(local, DATE_FORMATS + CLOCK_FORMATS if zone or has_offset else DATE_FORMATS)
    )
    has_no_number = any_no_number((table[column] for column in series), *BELOW)
    table = table.mutate(
        reject=first_problem(
            (_.at.isnull(), "a date that cannot be read"), (has_no_number, "a value that is no number")
        )
    )
    span = ibis.literal(span_of(path, table, alone="month" if len(first) == 7 else SPANS.get(names[0].lower())))
    begins_at = ibis.coalesce(_.instant, to_utc(zone or "UTC", _.at))
    return {"attention": unpivot_series(table, series).select(**ATTENTION, span=span, begins_at=begins_at)}


def _table_head(head):
    """Lines above the header, names, delimiter, first date, share; None without a date below a header."""
    lines = re.split(r"\r\n|[\r\n]", head.text)
    filled = [place for place, line in enumerate(lines[:8]) if line.strip()]
    for place, below in zip(filled, filled[1:], strict=False):
        delimiter = max(DELIMITERS, key=lines[place].count)
        names, record = ([cell.strip() for cell in _line_cells(lines[at], delimiter)] for at in (place, below))
        if 1 < len(names) <= MOST_COLUMNS and len(record) == len(names) and DATE.fullmatch(record[0]):
            share = _head_share(
                names, record, is_first=place == filled[0], is_apart=place > 1 and not lines[place - 1].strip()
            )
            return (place, names, delimiter, record[0], share) if share else None
    return None


def _head_share(names, record, *, is_first, is_apart):
    if not all(map(INDEX.fullmatch, record[1:])):
        return 0
    return 1.0 if all(map(REGION.search, names[1:])) or is_apart else 0.5 * (is_first and names[0] == "Time")


def _line_cells(line, delimiter):
    """The cells of a line; none where one is longer than 131,072 characters, as a line of JSON may be."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []
