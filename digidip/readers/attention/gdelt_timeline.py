"""Attention of the world's news by interval, as GDELT's DOC 2.0 API gives it in CSV.

Tool: GDELT DOC 2.0 API, `format=csv` with `mode=timelinevol`, `timelinevolraw`, `timelinetone`, `timelinelang`,
    `timelinesourcecountry`; last seen 2026.
Format: https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/ (`Date,Series,Value`); docs/formats.md#gdelt_timeline
Encoding: UTF-8 with a byte order mark, commas.
Zone: UTC.
Rejects: series that are not known, values that are no numbers. A refused query comes as a sentence instead of a table:
    it is recognised, and the message says what GDELT meant.
Caution: the query stands nowhere in the file: the series is the name of the file, then the name that GDELT gives. Raw
    counts stand in two records per interval, `Article Count` and `Total Monitored Articles`: one row, with its total.
    Volume is in percent of all monitored articles. Intervals of 15 minutes have the span `minute`.
Leaves out: smoothing, articles.
Example: 2024-05-01,Article Count,120
"""

import re
from pathlib import Path

import ibis
from ibis import _

from digidip.readers.attention._time_series import (
    DATE_FORMATS,
    decimal_number,
    first_problem,
    is_no_number,
    span_of,
    wall_clock_time,
)
from digidip.readers.opening.cells import to_utc
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.opening.head import read_head
from digidip.tables import ReaderError

PLATFORM = ""
CAPPED_AT = ()
AUTHORS = "name"
POSTS_BY_ANYONE = False
REQUIRED = {"attention": {"Date", "Series", "Value"}}
TOTAL = "Total Monitored Articles"
UNITS = {"Article Count": "articles", "Volume Intensity": "percent of articles", "Average Tone": "tone"}
LONGEST_REFUSAL = 1_000
REFUSALS = {
    r"limit requests|too many requests|rate limit": "asked too often: ask again after more than five seconds",
    r"timespan is too short": "the time asked for is too short: ask for 15 minutes or more",
    r"too short|too long|too common": "a word or phrase of the query is too short, too long or too common",
    r"illegal character": "the query holds a character that GDELT reserves: put the phrase in quotation marks",
    r"parenthe|\(\)": "the brackets of the query are wrong: OR stands within brackets, and only there",
    r"invalid|unsupported|unrecognized|must contain|your (query|search)": "GDELT did not understand the query",
}

ATTENTION = {
    "source": ibis.literal("gdelt"),
    "unit": _.unit,
    "begins_at": to_utc("UTC", _.at),
    "value": decimal_number(_.Value),
    "total": ibis.ifelse(_.unit == "articles", _.total, ibis.null("float64")),
    "is_below": ibis.literal(False),
    "export_row": _.export_row,
    "reject": first_problem(
        (_.at.isnull(), "a date that cannot be read (Date)"),
        (is_no_number(_.Value), "a value that is no number (Value)"),
        (_.is_total, "a total without its article count"),
        (_.unit.isnull(), "a series that is not known (Series)"),
    ),
}


def refuses(head):
    """Whether the file is GDELT's answer in words, which `read` explains."""
    return bool(_refusal(head))


def read(path, *, zone=None):
    """Attention by interval in canonical columns; `zone` is not needed, GDELT counts in UTC."""
    if _refusal(read_head(path)):
        raise ReaderError(
            f"{path} (line 1): a sentence instead of a table, GDELT refused: {_refusal(read_head(path))}. Expected: the columns Date, "
            "Series, Value. Ask GDELT again, and give what it answers."
        )
    table = delimited_rows(path, REQUIRED["attention"]).mutate(
        at=wall_clock_time(_.Date), is_total=(_.Series == TOTAL).fill_null(False)
    )
    by_suffix = [(table.Series.endswith(name), unit) for name, unit in UNITS.items()]
    totals = ibis.ifelse(_.is_total, decimal_number(_.Value), ibis.null("float64"))
    paired = table.mutate(
        unit=ibis.cases(*by_suffix),
        total=totals.max().over(group_by=_.Date),
        is_paired=(_.Series == "Article Count").any().over(group_by=_.Date) & ~is_no_number(_.Value),
    ).filter(~(_.is_total & _.is_paired.fill_null(False)))
    has_clock = (
        table.filter(_.at.notnull() & wall_clock_time(_.Date, DATE_FORMATS).isnull()).count().to_pyarrow().as_py()
    )
    span = ibis.literal(span_of(path, table, alone=None if has_clock else "day"))
    series = f"{Path(path).stem}: " + _.Series
    return {"attention": paired.order_by("export_row").select(**ATTENTION, series=series, span=span)}


def _refusal(head):
    """What GDELT's sentence means, if that is all the file holds; nothing for a table or any other text."""
    text = head.text.strip().lower()
    if len(text) > LONGEST_REFUSAL or "\n" in text or text.startswith(("{", "[", "<", "date,")):
        return ""
    return next((meaning for pattern, meaning in REFUSALS.items() if re.search(pattern, text)), "")
