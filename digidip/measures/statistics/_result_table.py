"""The tidy table that every measure returns, and the two shapes that several share."""

from functools import partial

import ibis
import numpy as np
import pandas as pd
from ibis import _
from scipy.stats import false_discovery_control

from digidip.engine import is_unchanging
from digidip.measures.statistics._columns import canonical, local_time, post_rows, to_pandas
from digidip.measures.statistics._counts import histogram
from digidip.measures.statistics._intervals import clustered_share_row, jackknife_interval, too_few

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


def with_adjusted_p(table, method="fdr_bh", apart=False):
    """The table with `p_adjusted` after p: over all its rows that have one, one family (or "holm").

    Rows set `apart`, such as a test of all others together, are in no family. An earlier `p_adjusted` gives way.

    >>> with_adjusted_p(pd.DataFrame({"p": [0.01, None, 0.04]})).p_adjusted.tolist()
    [0.02, nan, 0.04]
    """
    table = table.drop(columns="p_adjusted", errors="ignore")
    known = table.p.notna() & ~pd.Series(apart, table.index)
    adjusted = pd.Series(np.nan, table.index, dtype="float64")
    if known.any():
        adjusted[known] = {"fdr_bh": false_discovery_control, "holm": _holm}[method](table.p[known].to_numpy())
    table.insert(table.columns.get_loc("p") + 1, "p_adjusted", adjusted)
    return table


def _holm(p):
    """Holm's adjusted p; statsmodels' looks for garbage in the whole process each time, which takes .1 to .5 s."""
    order = np.argsort(p)
    adjusted = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1)
    return adjusted[np.argsort(order)]


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


def share_table(name, posts, by, zone, event):
    """Share of the posts with a known count for which `event(counts)` holds, posts of one local day together."""

    def rows(part):
        known = part.dropna(subset="comment_count")
        days = known.assign(events=known.posts.where(event(known.comment_count), 0)).groupby("day", dropna=False)
        return [clustered_share_row(name, *days[["events", "posts"]].sum().to_numpy().T)]

    return result_table(counted_posts(posts, by, zone), by, rows, {name: "float64", **NUMBERS, "method": "str"})


def day_table(name, statistic, posts, by, zone, link):
    """A statistic(values, weights) of the comment counts with its interval, posts of one local day together."""

    def rows(part):
        values, days = histogram(part)
        if not len(values):
            return [{"n": 0, "method": "not defined: no known counts"}]
        value, low, high = jackknife_interval(partial(statistic, values), days, link)
        fields = {name: value, "n": int(days.sum()), "low": low, "high": high}
        return [fields | {"method": day_method(value, low, days.shape[0])}]

    return result_table(counted_posts(posts, by, zone), by, rows, {name: "float64", **NUMBERS, "method": "str"})


def day_method(value, low, days, way="t"):
    """How an interval over days was made, or why there is none."""
    if np.isnan(value):
        return "not defined: no comments"
    return too_few(days, "days") or (ONE_DAY if np.isnan(low) else f"{way}, {days} days as clusters")


ONE_DAY = "no interval: days all alike, or one day holds all"
