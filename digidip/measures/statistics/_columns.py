"""What the measures share: canonical columns from Ibis or pandas, local days, comments beside posts."""

from datetime import date
from weakref import WeakKeyDictionary, ref

import ibis
import ibis.expr.datatypes as dt
import pandas as pd
from ibis import _

from digidip.engine import is_unchanging
from digidip.tables import TableError, canonical

POST = ["platform", "post_id"]
ACCOUNT = ["platform", "account_id"]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = ("00-05", "06-11", "12-17", "18-23")
FEW_ROWS = 20_000  # a few MB
_fetched = WeakKeyDictionary()  # a table that never changes → {key: frame}


def to_pandas(table):
    """An Ibis table in pandas by way of Arrow; one that is in pandas already as it is.

    Ibis alone goes value by value through columns in which one is missing.
    """
    return table.to_pyarrow().to_pandas() if isinstance(table, ibis.Table) else table


def group_columns(by):
    """The group columns as a list."""
    return [by] if isinstance(by, str) else list(by)


def fetched_once(fetch, key, table, *others):
    """What `fetch()` finds in these tables; where none of them ever changes, it is fetched once for each key.

    Nobody changes the frame. It is kept as long as the first table is, and not at all if it has more than `FEW_ROWS`.
    """
    if not all(isinstance(each, ibis.Table) and is_unchanging(each) for each in (table, *others)):
        return fetch()
    cache = _fetched.setdefault(table.op(), {})
    key = (*key, *(ref(each.op()) for each in others))
    if (found := cache.get(key)) is None:
        found = fetch()
        if len(found) <= FEW_ROWS:
            cache[key] = found
    return found


def post_rows(posts, columns):
    """These columns of posts in pandas, in any order."""
    columns = tuple(dict.fromkeys(columns))
    return fetched_once(lambda: to_pandas(canonical(posts, "posts", columns)), columns, posts)


def local_posts(posts, by, zone, *columns):
    """Posts in pandas with `local` time and `day` (local midnight).

    Sorted, so that the order of rows cannot matter.
    """
    frame = post_rows(posts, [*by, "posted_at", *columns])
    local = frame.posted_at.dt.tz_convert(zone).dt.tz_localize(None)
    return frame.assign(local=local, day=local.dt.normalize()).sort_values([*by, "posted_at", *columns])


def window_days(start, end):
    """Every local day of [start, end), both ISO dates."""
    try:
        days = pd.date_range(date.fromisoformat(start), date.fromisoformat(end), inclusive="left")
    except (TypeError, ValueError):
        raise TableError(
            f"window {start!r} to {end!r}: expected two days such as 2016-01-31. Mend `start` or `end`."
        ) from None
    if days.empty:
        raise TableError(f"The window from {start} to {end} holds no day: `start` must come before `end`.")
    return days


def join_comment_counts(posts, comments, per_post, per_account):
    """Posts with aggregates of their own comments and, of those, of their account.

    Missing where no comment is held.

    Comments are read once: `per_account` takes the columns of `per_post`. All comments under a post name its one account.
    """
    own = comments.group_by(POST).agg(**per_post, account_id=_.account_id.arbitrary())
    account = own.group_by(ACCOUNT).agg(**per_account)
    joined = posts.left_join(own.drop("account_id"), POST).select(*posts.columns, *per_post)
    return joined.left_join(account, ACCOUNT).select(*posts.columns, *per_post, *per_account)


def local_time(moment, zone):
    """Instants as the clock in a zone shows them."""
    if zone == "UTC":
        return moment.cast("timestamp")
    spark = moment.as_table().get_backend().name == "pyspark"
    return from_utc_timestamp(moment, zone) if spark else timezone(zone, moment)


@ibis.udf.scalar.builtin
def timezone(zone: str, moment: dt.Timestamp("UTC")) -> dt.timestamp:
    """DuckDB's own."""


@ibis.udf.scalar.builtin
def from_utc_timestamp(moment: dt.Timestamp("UTC"), zone: str) -> dt.timestamp:
    """Spark's own."""
