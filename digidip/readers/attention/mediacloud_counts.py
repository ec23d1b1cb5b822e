"""Stories per day that match a query, as Media Cloud's search writes them.

Tool: Media Cloud search (`mc-<provider>-<time>-counts.csv`), last seen 2026; the Explorer before it
    (`…-stories-over-time.csv`, to 2019).
Format: https://github.com/mediacloud/web-search: `date,count,total_count,ratio`, or `date,count` where the provider
    cannot count all its stories; the Explorer wrote `date,stories`. See docs/formats.md#mediacloud_counts.
Encoding: UTF-8, commas.
Zone: not told; days are taken as UTC unless --zone is given.
Rejects: lists of stories, words, sources and languages are recognised and refused: they are no counts by day.
Caution: the query stands nowhere in the file: the series is the name of the file. Several queries follow each other in
    one file without a mark: where the days begin anew, the second series begins, `<file> (query 2)`.
Leaves out: ratio (count / total_count).
Example: 2024-05-01,12,15000,0.0008
"""

from pathlib import Path

import ibis
from ibis import _

from digidip.readers.attention._time_series import decimal_number, first_problem, is_no_number, wall_clock_time
from digidip.readers.opening.cells import check_zone, to_utc
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.opening.head import read_head
from digidip.tables import ReaderError

PLATFORM = ""
CAPPED_AT = ()
AUTHORS = "name"
POSTS_BY_ANYONE = False
REQUIRED = {"attention": {"date", "count"}}
OPTIONAL = {"attention": {"total_count", "ratio"}}
EXPLORER = {"date", "stories"}
OTHER_FILES = {
    ("media_name", "publish_date", "title", "url"): "a list of stories (content)",
    ("stories_id", "title", "url"): "a list of stories (content, as older versions wrote it)",
    ("source", "count", "ratio"): "counts by source",
    ("language", "count", "ratio"): "counts by language",
    ("term", "count", "ratio"): "counts by word",
    ("term", "term_count", "doc_count"): "counts by word",
}
COUNT = ibis.coalesce(_["count"], _.stories)
UNITS = {"mc-reddit": "posts", "mc-twitter": "posts", "mc-youtube": "videos"}

ATTENTION = {
    "source": ibis.literal("mediacloud"),
    "span": ibis.literal("day"),
    "value": decimal_number(COUNT),
    "total": decimal_number(_.total_count),
    "is_below": ibis.literal(False),
    "export_row": _.export_row,
    "reject": first_problem(
        (_.at.isnull(), "a date that cannot be read (date)"),
        (is_no_number(COUNT), "a value that is no number (count)"),
        (is_no_number(_.total_count), "a value that is no number (total_count)"),
    ),
}


def fits(head):
    """1 for one of the headers, else 0."""
    return float(set(head.columns) in (EXPLORER, REQUIRED["attention"], REQUIRED["attention"] | OPTIONAL["attention"]))


def refuses(head):
    """Whether it is another file of Media Cloud, which `read` names."""
    return bool(_other_counts(set(head.columns)))


def read(path, *, zone=None):
    """Counts by day in canonical columns; `zone` is that of the days, where somebody knows it."""
    check_zone(path, zone)
    if _other_counts(set(read_head(path).columns)):
        raise ReaderError(
            f"{path} (row 1): {_other_counts(set(read_head(path).columns))} by Media Cloud. Expected: its counts by day (mc-…-counts.csv, columns "
            "date, count, total_count, ratio). Download 'Attention over time' instead."
        )
    stem = Path(path).stem
    required = EXPLORER if set(read_head(path).columns) >= EXPLORER else REQUIRED["attention"]
    table = delimited_rows(path, required, OPTIONAL["attention"] | {"count", "stories"}).mutate(
        at=wall_clock_time(_.date)
    )
    restart = (_.at <= _.at.lag().over(order_by=_.export_row)).fill_null(False)
    table = table.mutate(restart=restart.cast("int64")).mutate(query=1 + _.restart.cumsum(order_by=_.export_row))
    query_suffix = ibis.ifelse(_.query > 1, " (query " + _.query.cast("string") + ")", "")
    constants = {
        "series": stem + query_suffix,
        "unit": ibis.literal(next((unit for start, unit in UNITS.items() if stem.startswith(start)), "articles")),
        "begins_at": to_utc(zone or "UTC", _.at),
    }
    return {"attention": table.order_by("export_row").select(**ATTENTION, **constants)}


def _other_counts(names):
    """What a file of Media Cloud is that holds no counts by day; nothing for every other file."""
    if "date" in names:
        return ""
    return next((what for columns, what in OTHER_FILES.items() if set(columns) <= names), "")
