"""Account life: how long accounts stay, and which are silent."""

import numpy as np
import pandas as pd
from ibis import _

from digidip.measures._registry import measure
from digidip.measures.inquiries._survival import kaplan_meier, survival_at
from digidip.measures.institution._accounts import UNKNOWN, opening_days
from digidip.measures.statistics._columns import ACCOUNT, canonical, group_columns, to_pandas
from digidip.measures.statistics._intervals import share_row, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table

SURVIVORS = "not available: survivors only, the list names no closed account and no posts tell who fell silent"
YEARS = (1, 2, 3, 5, 10)


@measure(unit="share of accounts", keys=("years",), columns=("at_risk", "ended", "unknown", "left_out", "method"))
def account_survival(accounts, posts=None, *, until="", silence=180, years=YEARS, by="ministry"):
    """Which share of accounts is still in use so many years after it was opened.

    Formula: Kaplan-Meier from the first official day to the last: `to_on`, or where posts are held the last post, if `silence`
    days or more before the end of observation; all others are censored there. Interval: pointwise, log-log.
    **Unit** share of accounts. **Reads** accounts.from_on, to_on; posts.posted_at. **Source** Kaplan and Meier 1958
    (doi:10.1080/01621459.1958.10501452); docs/methods.md#account-life.
    **Caution** Survivors only: a list that drops closed accounts makes life look long; one that names no closed account, without
    posts, has no value here. An account that only rests counts as ended. Accounts that a ministry closes on one day go together,
    which the interval does not know.
    Parameters: `accounts`; `posts`; `until`, ISO date, the end of observation (empty: the last day that any account or post tells);
    `silence` in days; `years`; `by`, columns of accounts.
    Returns the group columns, `years`, `account_survival`, `n` (accounts), `low`, `high`, `at_risk` (observed so long), `ended` (before),
    `unknown` (without an opening day), `left_out` (opened after the end of observation), `method`.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": list("abcd"), "ministry": "PER", "from_on": "2010-01-01",
    ...     "to_on": ["2010-07-01", "2011-07-01", None, None]})
    >>> account_survival(accounts, until="2014-01-01", years=(1, 2)).account_survival.tolist()
    [0.75, 0.5]
    """
    by = group_columns(by)
    frame = opening_days(accounts, by, "to_on")
    frame = frame.assign(closed=pd.to_datetime(frame.to_on).astype("datetime64[us]")).merge(
        _last_posts(posts), "left", ACCOUNT
    )
    days = [frame.opened.max(), frame.closed.max(), frame.last_post.max()]
    last = pd.Timestamp(until) if until else max((day for day in days if pd.notna(day)), default=pd.NaT)
    fell_silent = frame.last_post.where(frame.last_post <= last - pd.Timedelta(days=silence))
    frame = frame.assign(ends=frame.closed.where(frame.closed <= last).fillna(fell_silent))
    tells = frame.closed.notna().any() or frame.last_post.notna().any()

    def rows(part):
        known = part[part.opened.notna() & (part.opened <= last)]
        fields = {"unknown": int(part.opened.isna().sum()), "left_out": int((part.opened > last).sum())}
        if known.empty or not tells:
            reason = UNKNOWN if known.empty else SURVIVORS
            return [{"years": each, "n": 0, "at_risk": 0, "ended": 0, **fields, "method": reason} for each in years]
        lived = (known.ends.fillna(last) - known.opened).dt.days.clip(lower=0.5).to_numpy(float) / 365.25
        return _survival_rows(lived, known.ends.notna().to_numpy(), years, fields)

    columns = {"years": "int64", "account_survival": "float64", **NUMBERS}
    columns |= dict.fromkeys(("at_risk", "ended", "unknown", "left_out"), "int64") | {"method": "str"}
    return result_table(frame, by, rows, columns)


def _last_posts(posts):
    """The day of the last post of each account; no rows without posts."""
    if posts is None:
        return pd.DataFrame(columns=[*ACCOUNT, "last_post"]).astype({"last_post": "datetime64[us]"})
    last = to_pandas(canonical(posts, "posts", [*ACCOUNT, "posted_at"]).group_by(ACCOUNT).agg(at=_.posted_at.max()))
    days = pd.to_datetime(last["at"], utc=True).dt.tz_localize(None).dt.normalize().astype("datetime64[us]")
    return last[ACCOUNT].assign(last_post=days)


def _survival_rows(lived, ended, years, fields):
    """The row of each number of years."""
    curve, few = kaplan_meier(lived, ended), too_few(len(lived), "accounts")
    at_risk = np.array([(lived >= each).sum() for each in years])
    value, low, high = survival_at(curve, np.array(years, float), np.maximum(at_risk, 1))
    found = []
    for place, each in enumerate(years):
        row = {"years": each, "n": len(lived), "at_risk": int(at_risk[place]), **fields}
        row["ended"] = int((ended & (lived <= each)).sum())
        if at_risk[place] == 0 and value[place] > 0:
            found.append(row | {"n": 0, "method": "not available: no account was observed so long"})
            continue
        limits = {} if few else {"low": low[place], "high": high[place]}
        found.append(row | {"account_survival": value[place], **limits, "method": few or "Kaplan-Meier, log-log"})
    return found


@measure(unit="share of accounts", columns=("expected", "unknown", "method"))
def migration_share(accounts, *, platform="", within=180, until="", by="ministry"):
    """Which share of accounts that closed has one of the same mission opened elsewhere about that time.

    Formula: accounts with a last official day of whose ministry, office, receiving state and city an account of another platform was opened at
    most `within` days before or after that day / accounts with a last official day. `expected`: the same, had each been closed on any other
    day between its opening and the end of observation. Interval: Wilson.
    **Unit** share of accounts. **Reads** accounts.from_on, to_on, office, receiving, city. **Source** Wilson 1927
    (doi:10.1080/01621459.1927.10502953); docs/methods.md#account-life.
    **Caution** Two accounts of one place, no followers: who moved with them is not seen. Read it beside `expected`: where much is opened, something always
    is. A list that drops closed accounts has none that moved.
    Parameters: `accounts`, of all platforms; `platform`, the one left, empty for any; `within` in days; `until`, ISO date, the end of observation
    (empty: the last day that any account tells); `by`, columns of accounts.
    Returns the group columns, `migration_share`, `n` (accounts closed), `low`, `high`, `expected`, `unknown` (closed, without opening day or office), `method`.

    >>> accounts = pd.DataFrame({"platform": ["x", "x", "bluesky"], "account_id": list("abc"), "ministry": "PER", "office": "embassy",
    ...     "receiving": ["KEN", "CHL", "KEN"], "city": None, "from_on": ["2012-01-01", "2012-01-01", "2022-12-01"], "to_on": ["2022-11-01", "2022-11-01", None]})
    >>> migration_share(accounts, platform="x")[["migration_share", "n"]].values.tolist()
    [[0.5, 2.0]]
    """
    by = group_columns(by)
    place = list(dict.fromkeys([*by, "ministry", "office", "receiving", "city"]))
    frame = opening_days(accounts, place, "to_on")
    frame = frame.assign(closed=pd.to_datetime(frame.to_on).astype("datetime64[us]"))
    frame[place] = frame[place].astype(object).where(frame[place].notna(), "")
    last = pd.Timestamp(until) if until else frame[["opened", "closed"]].max().max()
    openings = {
        key: (part.platform.to_numpy(), part.opened.to_numpy())
        for key, part in frame.dropna(subset="opened").groupby(place)
    }
    near = np.timedelta64(within, "D")

    def moved(row, days):
        platforms, opened = openings.get(
            tuple(row[name] for name in place), (np.array([]), np.array([], "datetime64[us]"))
        )
        elsewhere = opened[platforms != row["platform"]]
        return (np.abs(elsewhere[None, :] - days[:, None]) <= near).any(axis=1)

    def rows(part):
        closed = part[part.closed.le(last) & (part.platform.eq(platform) | (platform == ""))]
        known = closed[closed.opened.notna() & closed.office.ne("")].to_dict("records")
        if known and not (part.opened.notna() & part.platform.ne(platform or known[0]["platform"])).any():
            return [
                {"n": 0, "unknown": len(closed), "method": "not available: no account of another platform is listed"}
            ]
        if not known:
            return [
                {
                    "n": 0,
                    "unknown": len(closed),
                    "method": "not available: of no closed account office and opening are known",
                }
            ]
        hits = sum(moved(row, np.array([row["closed"]], "datetime64[us]"))[0] for row in known)
        days = [
            np.arange(row["opened"], last + pd.Timedelta(days=1), np.timedelta64(1, "D"), "datetime64[us]")
            for row in known
        ]
        expected = np.mean([moved(row, each).mean() for row, each in zip(known, days, strict=True)])
        return [
            share_row("migration_share", int(hits), len(known))
            | {"expected": expected, "unknown": len(closed) - len(known)}
        ]

    columns = {"migration_share": "float64", **NUMBERS, "expected": "float64", "unknown": "int64", "method": "str"}
    return result_table(frame, by, rows, columns)


@measure(unit="share of accounts", columns=("never", "unknown", "method"))
def silent_share(metrics, accounts, *, by="ministry"):
    """Which share of accounts published nothing between the first and the last count of their posts.

    Formula: accounts whose last count of posts is not above the first / accounts counted at two dates. Interval: Wilson.
    **Unit** share of accounts. **Reads** metrics.post_count, observed_at; accounts. **Source** Wilson 1927
    (doi:10.1080/01621459.1927.10502953); docs/methods.md#account-life.
    **Caution** Deleted posts hide new ones. The window is that of the counts, and of survivors: a deleted account has no second
    count. Accounts are taken as independent.
    Parameters: `metrics`, `accounts`; `by`, columns of accounts.
    Returns the group columns, `silent_share`, `n` (accounts counted twice), `low`, `high`, `never` (without any post), `unknown`
    (accounts not counted twice), `method`.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": list("ab"), "ministry": "PER"})
    >>> metrics = pd.DataFrame({"platform": "x", "account_id": list("aabb"), "post_count": [5, 5, 0, 3],
    ...     "observed_at": pd.to_datetime(["2020-01-01", "2020-02-01"] * 2, utc=True)})
    >>> silent_share(metrics, accounts)[["silent_share", "n", "never"]].values.tolist()
    [[0.5, 2.0, 0.0]]
    """
    by = group_columns(by)
    held = canonical(metrics, "metrics", [*ACCOUNT, "observed_at", "post_count"]).filter(_.post_count.notnull())
    ends = {"first": _.post_count.argmin(_.observed_at), "last": _.post_count.argmax(_.observed_at)}
    counted = to_pandas(held.group_by(ACCOUNT).agg(dates=_.observed_at.nunique(), **ends))
    own = to_pandas(canonical(accounts, "accounts", [*by, *ACCOUNT])).drop_duplicates(ACCOUNT)
    frame = own.merge(counted, "left", ACCOUNT).sort_values([*by, *ACCOUNT])

    def rows(part):
        twice = part[part.dates > 1]
        row = share_row("silent_share", int((twice["last"] <= twice["first"]).sum()), len(twice))
        row |= {"never": int((twice["last"] == 0).sum()), "unknown": len(part) - len(twice)}
        return [row if len(twice) else row | {"method": "not available: no account has two counts of its posts"}]

    return result_table(
        frame, by, rows, {"silent_share": "float64", **NUMBERS, "never": "int64", "unknown": "int64", "method": "str"}
    )
