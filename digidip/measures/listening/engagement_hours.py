"""When those who engage are awake: hours of comments by the region of the account under whose posts they stand."""

import pandas as pd
from ibis import _

from digidip.measures._registry import measure
from digidip.measures.statistics._columns import ACCOUNT, HOURS, canonical, group_columns, to_pandas
from digidip.measures.statistics._intervals import clustered_share_row
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import TableError

NO_HOUR = "not available: no comment with a time of day is held"
UNKNOWN = "unknown"


@measure(unit="share of comments", keys=("region", "hours"), columns=("method",), people=("n",))
def engagement_hour_share(comments, accounts, states, *, by="ministry", zone="UTC"):
    """In which hours the comments of others come, by the region of the account.

    Formula: comments of the quarter of the day / comments with a time, of a region: that of the receiving state, of an account without one
    that of its ministry. Interval: Wilson at the effective size, comments under one post together; for none or all exact, one-sided.
    **Unit** share of comments. **Reads** comments.commented_at, is_official, is_approximate; accounts.receiving, ministry; the reference
    table of ministries. **Source** Wilson 1927; docs/methods.md#audiences.
    **Caution** One clock, that of `zone`, for all regions. The region is the account's: where a person lives no table tells, and hours alone
    do not. Hours follow the hours of posts. Times that are a day alone, or an age, are left out. Of real people, fewer than 5 with or
    without are withheld (docs/methods.md#small-cells).
    Parameters: `comments`, `accounts`; `states`, the reference table of ministries; `by`, columns of comments; `zone` of the hours.
    Returns the group columns, `region`, `hours`, `engagement_hour_share`, `n` (comments of the region), `low`, `high`, `method`.

    >>> comments = pd.DataFrame({"platform": "x", "account_id": "a", "post_id": ["1", "1"], "ministry": "MUS", "is_official": False,
    ...     "is_approximate": None, "commented_at": pd.to_datetime(["2019-02-04T16:00Z", "2019-02-04T23:00Z"]), "label": "synthetic"})
    >>> accounts = pd.DataFrame({"platform": ["x"], "account_id": "a", "ministry": "MUS", "receiving": "FRA", "label": "synthetic"})
    >>> states = pd.DataFrame({"ministry": ["FRA"], "region": "Europe", "label": "derived-public"})
    >>> engagement_hour_share(comments, accounts, states)[["region", "hours", "engagement_hour_share"]].values.tolist()[2:]
    [['Europe', '12-17', 0.5], ['Europe', '18-23', 0.5]]
    """
    by = group_columns(by)
    if absent := [name for name in ("ministry", "region") if name not in states.columns]:
        raise TableError(
            f"states: no column {absent[0]!r}. Found: {', '.join(states.columns)}. Use the table of ministries."
        )
    names = list(dict.fromkeys([*by, *ACCOUNT, "post_id", "is_official", "is_approximate", "commented_at"]))
    canonical_comments = canonical(comments, "comments", names)
    frame = to_pandas(canonical_comments.filter(~_.is_official.fill_null(False)))
    own = to_pandas(canonical(accounts, "accounts", [*ACCOUNT, "ministry", "receiving"])).drop_duplicates(ACCOUNT)
    regions = to_pandas(states).drop_duplicates("ministry").set_index("ministry").region
    places = own.receiving.where(own.receiving.notna(), own.ministry).map(regions).astype(object)
    own = own[ACCOUNT].assign(region=places.where(places.notna(), UNKNOWN))
    frame = frame.merge(own, how="left", on=ACCOUNT).sort_values([*by, *ACCOUNT, "post_id", "commented_at"])
    frame["region"] = frame.region.fillna(UNKNOWN)
    local = pd.to_datetime(frame.commented_at, utc=True).dt.tz_convert(zone).dt.hour
    is_timed = frame.commented_at.notna() & ~frame.is_approximate.fillna(False).astype(bool)
    frame["hours"] = (local // 6).where(is_timed)
    columns = {"region": "str", "hours": "str", "engagement_hour_share": "float64", **NUMBERS, "method": "str"}
    return result_table(frame, by, _hour_rows, columns)


def _hour_rows(part):
    """A row for each region and quarter of the day."""
    known = part.dropna(subset="hours")
    if known.empty:
        return [{"region": "", "hours": "", "n": 0, "method": NO_HOUR}]
    found = []
    for region, own in known.groupby("region"):
        posts = [own[name] for name in (*ACCOUNT, "post_id")]
        for place, hours in enumerate(HOURS):
            events = own.hours.eq(place).groupby(posts).agg(["sum", "size"]).to_numpy().T
            row = clustered_share_row("engagement_hour_share", *events, unit="posts", in_order=False)
            found.append({"region": region, "hours": hours} | row)
    return found
