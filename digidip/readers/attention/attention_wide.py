"""Attention with a column per series and a record per day, as put together from a tool's files.

Tool: none writes it so; such counts are published in this form (fivethirtyeight/data, puerto-rico-media: Media Cloud
    and the Television Explorer, 2017).
Format: https://github.com/fivethirtyeight/data/tree/master/puerto-rico-media (`Date,<series>,<series>…`);
    docs/formats.md#attention_wide
Encoding: UTF-8, commas, semicolons or TAB. Dates are `2017-08-20`, or `8/20/17` with day and month in the order that
    the file itself proves by a day above 12; years of two digits up to 68 are 20….
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
    NUMBER,
    any_odd,
    by_columns,
    clock,
    figure,
    rejected,
    span_of,
    unpivoted,
)
from digidip.readers.opening._cells import check_zone, located, wall
from digidip.readers.opening._files import check_columns, header, leading
from digidip.tables import ReaderError

PLATFORM = ""
CAPPED_AT = ()
AUTHORS = "name"
LOOSE = False
REQUIRED = {"attention": {"Date"}}
OPTIONAL = {"attention": {"Query"}}
TOOLS = {"mediacloud": ("mediacloud", "mentions"), "tv": ("television", "percent of airtime")}
SLASHED = r"^\d{1,2}/\d{1,2}/(\d\d|\d{4})$"
DATE = re.compile(rf"\d{{4}}-\d\d-\d\d|{SLASHED}")

ATTENTION = {
    "series": _.query + _.series,
    "value": figure(_.cell),
    "total": ibis.null("float64"),
    "is_below": ibis.literal(False),
    "export_row": _.export_row,
    "reject": _.reject,
}


def fits(path):
    """One half, if the first column is Date and the first record a date with numbers: a tool's own reader goes first."""
    try:
        names, first = header(path)[0], next(iter(leading(path)), [])
    except ReaderError:
        return 0
    numbers = [cell for name, cell in zip(names[1:], first[1:], strict=False) if name != "Query"]
    is_wide = names[0] == "Date" and len(first) == len(names) and bool(DATE.fullmatch(first[0]) and numbers)
    return 0.5 * (is_wide and all(not cell or re.search(NUMBER, cell) for cell in numbers))


def read(path, *, zone=None):
    """A row per day and series as canonical columns, raw values; `zone` names that of the days, where somebody knows it."""
    check_zone(path, zone)
    names, delimiter = header(path)
    check_columns(path, REQUIRED["attention"], names)
    series = {f"c{place}": name for place, name in enumerate(names) if name not in ("Date", "Query")}
    if not series:
        raise ReaderError(f"{path} (row 1): no series beside Date. Expected: a column for each. Give the whole file.")
    table = by_columns(path, names, delimiter).mutate(date=_[f"c{names.index('Date')}"])
    query = _[f"c{names.index('Query')}"] + ": " if "Query" in names else ibis.literal("")
    table = table.mutate(query=query.fill_null(""), at=ibis.coalesce(clock(_.date), _slashed(path, table)))
    odd = any_odd(table[column] for column in series)
    table = table.mutate(
        reject=rejected((_.at.isnull(), "a date that cannot be read (Date)"), (odd, "a value that is no number"))
    )
    source, unit = TOOLS.get(re.split(r"[^a-z]", Path(path).stem.lower())[0], (Path(path).stem, "unknown"))
    given = {"source": source, "unit": unit, "span": span_of(path, table, alone="day")}
    given = {column: ibis.literal(word) for column, word in given.items()}
    return {"attention": unpivoted(table, series).select(**ATTENTION, **given, begins_at=located(zone or "UTC", _.at))}


def _slashed(path, table):
    """The day that `8/20/17` names, in the order that some day above 12 proves; without one, or with both, an error."""
    parts = table.filter(_.date.re_search(SLASHED)).mutate(parts=_.date.split("/"))
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
    return ibis.ifelse(is_long, wall(table.date, order + "%Y"), wall(table.date, order + "%y"))
