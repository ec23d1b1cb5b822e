"""The tidy table that every measure returns, and the two shapes that several share."""

import ibis
import pandas as pd
from ibis import _

from digidip.engine import is_unchanging
from digidip.measures.statistics._columns import canonical, local_time, post_rows, to_pandas
from digidip.measures.statistics._counts import histogram
from digidip.measures.statistics._intervals import day_bootstrap, share_row

NUMBERS = {"n": "int64", "low": "float64", "high": "float64"}


def result_table(frame, by, rows, columns):
    """One table of the dicts that `rows(part)` gives for each group of `frame`.

    Sorted by group, a missing key kept.

    No group columns: all rows are one group, if there are any.
    """
    groups = frame.groupby(by, dropna=False) if by else [((), frame)] * (not frame.empty)
    found = [dict(zip(by, key, strict=True)) | row for key, part in groups for row in rows(part)]
    types = {**frame[by].dtypes, **columns}
    return pd.DataFrame(found, columns=list(types)).astype(types)


def counted_posts(posts, by, zone=None):
    """How many `posts` of a group have each comment count, in pandas.

    With a zone, on each local `day` of it.
    """
    columns = [*by, "posted_at", "comment_count"]
    if isinstance(posts, ibis.Table) and is_unchanging(posts):  # few, and fetched once for all measures
        rows = post_rows(posts, columns)
        day = {} if zone is None else {"day": rows.posted_at.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()}
        keys = [*by, *day, "comment_count"]
        return rows.assign(**day).groupby(keys, dropna=False).size().rename("posts").reset_index()
    table = canonical(posts, "posts", columns)
    day = {} if zone is None else {"day": local_time(table.posted_at, zone).truncate("D")}
    return to_pandas(table.mutate(**day).group_by([*by, *day, "comment_count"]).agg(posts=_.count()))


def share_table(name, posts, by, event):
    """Share of the posts with a known count for which `event(counts)` holds."""

    def rows(part):
        known = part.dropna(subset="comment_count")
        return [share_row(name, int(known.posts[event(known.comment_count)].sum()), int(known.posts.sum()))]

    return result_table(counted_posts(posts, by), by, rows, {name: "float64", **NUMBERS, "method": "str"})


def bootstrap_table(name, statistic, posts, by, draws, seed, zone):
    """A statistic of the comment counts with its interval over redrawn local days."""

    def rows(part):
        values, days = histogram(part)
        found = day_bootstrap(statistic, values, days, draws, seed) if len(values) else (None, None, None)
        return [{"n": int(days.sum()), **dict(zip((name, "low", "high"), found, strict=True))}]

    return result_table(counted_posts(posts, by, zone), by, rows, {name: "float64", **NUMBERS})
