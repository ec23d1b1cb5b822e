"""Attention with a column per series and a record per day or shorter, as put together by hand.

Tool: none writes it so; such counts are published in this form (fivethirtyeight/data, puerto-rico-media: Media Cloud
    and the Television Explorer, 2017).
Format: https://github.com/fivethirtyeight/data/tree/master/puerto-rico-media (`Date,<series>,<series>…`);
    docs/formats.md#attention_wide
Encoding: UTF-8, commas, semicolons or TAB. The first column is Date, or another word for it (DATES): `2017-08-20`, also
    with a time of day, or `8/20/17` with day and month in the order that the file itself proves by a day above 12; years of two
    digits up to 68 are 20….
Zone: not told; days are taken as UTC unless --zone is given.
Rejects: a file of dates such as 8/5/17 without a day above 12 is refused.
Caution: the file names neither tool nor unit: they are taken from the first word of its name (TOOLS); for any other
    name the source is the name itself and the unit `unknown`. A column `Query`, if there is one, is part of the
    series: `Hurricane Maria: CNN`.
Leaves out: nothing.
Example: 8/24/17,309,0,0,0
"""

import re
from pathlib import Path

import ibis
from ibis import _

from digidip.readers.attention._time_series import (
    NUMBER_TEXT,
    any_no_number,
    decimal_number,
    first_problem,
    series_table,
    span_of,
    unpivot_series,
    wall_clock_time,
)
from digidip.readers.opening.cells import check_zone, local_time, to_utc
from digidip.readers.opening.head import check_columns, read_head
from digidip.tables import ReaderError

PLATFORM = ""
CAPPED_AT = ()
AUTHORS = "name"
POSTS_BY_ANYONE = False
REQUIRED = {"attention": set()}  # but a column of DATES, the first
DATES = ("date", "timestamp", "datetime", "hour")
OPTIONAL = {"attention": {"Date", "Query"}}
TOOLS = {"mediacloud": ("mediacloud", "mentions"), "tv": ("television", "percent of airtime")}
SLASHED_DATE = r"^\d{1,2}/\d{1,2}/(\d\d|\d{4})$"
DATE = re.compile(rf"\d{{4}}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?Z?)?|{SLASHED_DATE}")

ATTENTION = {
    "series": _.query + _.series,
    "value": decimal_number(_.cell),
    "total": ibis.null("float64"),
    "is_below": ibis.literal(False),
    "export_row": _.export_row,
    "reject": _.reject,
}


def fits(head):
    """One half if the first column is Date and the first record a date with numbers; else 0.

    A tool's own reader goes first.
    """
    names, first = _named(head.columns), next(iter(head.records), [])
    if not names:
        return 0
    numbers = [cell for name, cell in zip(names[1:], first[1:], strict=False) if name != "Query"]
    is_wide = names[0] == "Date" and len(first) == len(names) and bool(DATE.fullmatch(first[0]) and numbers)
    return 0.5 * (is_wide and all(not cell or re.search(NUMBER_TEXT, cell) for cell in numbers))


def read(path, *, zone=None):
    """A row per day and series in canonical columns; `zone` is that of the days, if somebody knows it."""
    check_zone(path, zone)
    given, delimiter = read_head(path).header()
    names = _named(given)
    check_columns(path, {given[0] if names[0] == "Date" else "Date"}, given)
    series = {f"c{place}": name for place, name in enumerate(names) if name not in ("Date", "Query")}
    if not series:
        raise ReaderError(f"{path} (row 1): no series beside Date. Expected: a column for each. Give the whole file.")
    table = series_table(path, names, delimiter).mutate(date=_[f"c{names.index('Date')}"])
    query = _[f"c{names.index('Query')}"] + ": " if "Query" in names else ibis.literal("")
    table = table.mutate(
        query=query.fill_null(""), at=ibis.coalesce(wall_clock_time(_.date), _slashed_date(path, table))
    )
    has_no_number = any_no_number(table[column] for column in series)
    table = table.mutate(
        reject=first_problem(
            (_.at.isnull(), "a date that cannot be read (Date)"), (has_no_number, "a value that is no number")
        )
    )
    source, unit = TOOLS.get(re.split(r"[^a-z]", Path(path).stem.lower())[0], (Path(path).stem, "unknown"))
    constants = {"source": source, "unit": unit, "span": span_of(path, table, alone="day")}
    constants = {column: ibis.literal(word) for column, word in constants.items()}
    return {
        "attention": unpivot_series(table, series).select(
            **ATTENTION, **constants, begins_at=to_utc(zone or "UTC", _.at)
        )
    }


def _named(names):
    """The names of the columns; that of the first is Date where it is another word for it."""
    return ["Date", *names[1:]] if names and names[0].strip().lower() in DATES else names


def _slashed_date(path, table):
    """The day that `8/20/17` names, in the order that some day above 12 proves; else `ReaderError`."""
    parts = table.filter(_.date.re_search(SLASHED_DATE)).mutate(parts=_.date.split("/"))
    highest = (
        parts.aggregate(first=_.parts[0].cast("int64").max(), second=_.parts[1].cast("int64").max(), both=_.count())
        .to_pyarrow()
        .to_pylist()[0]
    )
    first, second = highest["first"] or 0, highest["second"] or 0
    if highest["both"] and (first > 12) == (second > 12):
        found = "days above 12 in both places" if first > 12 else "no day above 12"
        raise ReaderError(
            f"{path} (column 'Date'): dates such as 8/5/17, with {found}, so nobody can tell the day from the month. Expected: "
            "dates in one order that some day proves. Write them as 2017-08-05."
        )
    order = "%d/%m/" if first > 12 else "%m/%d/"
    is_long = table.date.re_search(r"/\d{4}$")
    return ibis.ifelse(is_long, local_time(table.date, order + "%Y"), local_time(table.date, order + "%y"))
