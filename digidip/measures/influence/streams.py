"""Streams of an own holding: comments under the posts of each account, counted as attention is."""

from ibis import _

from digidip.measures.statistics._columns import ACCOUNT, canonical, to_pandas
from digidip.tables import TableError

UNITS = {"hour": "h", "day": "D", "week": "W"}


def comment_streams(comments, accounts, *, span="hour"):
    """Counts of comments by others under the posts of each account, with the columns of attention.

    Not a measure. An interval without a row had no comment among those held: give `absent="zero"` to the measures. Comments with
    a day alone have no hour, and are left out unless the span is a day or more.

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
