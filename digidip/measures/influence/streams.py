"""Streams of an own holding: comments under the posts of each account, and own posts on each topic, counted as attention is."""

import re

import pandas as pd
from ibis import _

from digidip.measures.influence._streams import COLUMNS, stream_rows
from digidip.measures.statistics._columns import ACCOUNT, canonical, post_rows, to_pandas
from digidip.tables import TableError

UNITS = {"hour": "h", "day": "D", "week": "W"}


def comment_streams(comments, accounts, *, span="hour"):
    """Counts of comments by others under the posts of each account, with the columns of attention.

    Not a measure. An interval without a row had no comment among those held: give `absent="zero"` to the measures.
    Comments with a day alone have no hour, and are left out unless the span is a day or more.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"platform": "x", "account_id": "7", "is_official": False, "is_approximate": None,
    ...     "commented_at": pd.to_datetime(["2020-01-01T10:05Z", "2020-01-01T10:55Z", "2020-01-01T12:00Z"])})
    >>> own = pd.DataFrame({"platform": ["x"], "account_id": ["7"], "handle": ["mfa"]})
    >>> comment_streams(rows, own)[["series", "value"]].values.tolist()
    [['mfa', 2.0], ['mfa', 1.0]]
    """
    rows = canonical(comments, "comments", [*ACCOUNT, "commented_at", "is_official", "is_approximate"])
    rows = rows.filter(~_.is_official.fill_null(False))
    if span == "hour":
        rows = rows.filter(~_.is_approximate.fill_null(False))
    counts = rows.group_by(*ACCOUNT, begins_at=_.commented_at.truncate(UNITS[span])).agg(
        value=_.count().cast("float64")
    )
    counts = to_pandas(counts)
    if counts.empty:
        raise TableError(
            "Nothing to watch: found no attention, and no comment by others, in this selection. Expected: counts per hour or day, or "
            "comments. Do: digidip map FILE --table attention, or add an export of comments, and build again."
        )
    names = to_pandas(canonical(accounts, "accounts", [*ACCOUNT, "handle"]))
    found = counts.merge(names, on=ACCOUNT, how="left")
    found = found.assign(
        series=found.handle.fillna(found.account_id), source=found.platform, unit="comments", span=span
    )
    return (
        found.assign(total=None)
        .drop(columns=[*ACCOUNT, "handle"])
        .sort_values(["series", "begins_at"], ignore_index=True)
    )


def with_post_streams(attention, posts, *, source="ministry"):
    """Attention with the selected posts beside it: for each of its series, posts a day (UTC) that have its word or hashtag.

    Not a measure. A day without such a post counts 0, from the first to the last post held.

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2020-01-01T10:00Z", "2020-01-03T10:00Z"])
    >>> held = pd.DataFrame({"source": "press", "series": ["#Visas"], "unit": "articles", "begins_at": days[:1], "span": "day", "value": 3.0, "total": None})
    >>> posts = pd.DataFrame({"posted_at": days, "text": ["New visas", "Revisasion"]})
    >>> with_post_streams(held, posts).query("source == 'ministry'").value.tolist()
    [1.0, 0.0, 0.0]
    """
    held, own = stream_rows(attention, []), post_rows(posts, ["posted_at", "text"])
    if own.empty:
        return held
    days = own.posted_at.dt.floor("D")
    every = pd.date_range(days.min(), days.max(), freq="D")
    found = [held]
    for series in sorted(held.series.unique()):
        pattern = rf"(?<!\w){re.escape(series.removeprefix('#'))}(?!\w)"
        counts = days[own.text.str.contains(pattern, case=False, na=False)].value_counts().reindex(every, fill_value=0)
        rows = pd.DataFrame({"begins_at": every, "value": counts.astype(float).to_numpy(), "series": series})
        found.append(rows.assign(source=source, unit="posts", span="day", total=None))
    return pd.concat(found, ignore_index=True)[COLUMNS]
