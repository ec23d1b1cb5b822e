"""Accounts side by side: how much each publishes in a week, and who is silent.

A known zero is shown as zero.
"""

from functools import partial

import numpy as np
import pandas as pd
from ibis import _

from digidip.measures._registry import measure
from digidip.measures.statistics._columns import ACCOUNT, canonical, group_columns, local_posts, window_days
from digidip.measures.statistics._counts import gini
from digidip.measures.statistics._intervals import percentiles, rate_row, resamples, share_row, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table

UNKNOWN = "not available: account known, no post of it held"
EMPTY = "exact; its profile counts no posts"


@measure(unit="posts per week", keys=("platform", "account_id", "handle"), columns=("activity", "method"))
def account_posting_rate(posts, accounts, metrics=None, *, start, end, zone="UTC", by="ministry"):
    """Posts per week of every account, those that were silent too.

    Formula: posts in [start, end) / weeks in it. 0 where posts of the account are held outside the window, or its latest
    profile counts none. Interval: Garwood's exact Poisson limits.
    **Unit** posts per week. **Reads** posts.posted_at; accounts; metrics.post_count. **Source** Garwood 1936
    (doi:10.1093/biomet/28.3-4.437); docs/methods.md#account-activity.
    **Caution** Give posts of all times: an account without any is not known to be silent, it may not have been
    collected. Deleted posts are not seen. The interval takes posts as independent.
    Parameters: `posts`, `accounts`; `metrics`, profiles; `start`, `end`, ISO dates in `zone`, the end excluded; `by`,
    columns of accounts.
    Returns the group columns, `platform`, `account_id`, `handle`, `account_posting_rate`, `n` (posts in the window),
    `low`, `high`, `activity` (active, dormant: posts before the window alone, not yet active: after it alone, empty,
    unknown), `method`.

    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["a", "b", "c"], "handle": None, "ministry": "PER"})
    >>> posts = pd.DataFrame({"platform": "x", "account_id": list("aaab"), "posted_at": ["2016-03-08"] * 3 + ["2015-03-08"]})
    >>> rates = account_posting_rate(posts, accounts, start="2016-03-07", end="2016-03-21")
    >>> rates[["account_posting_rate", "activity"]].values.tolist()
    [[1.5, 'active'], [0.0, 'dormant'], [nan, 'unknown']]
    """
    own = ["platform", "account_id", "handle", "account_posting_rate", *NUMBERS, "activity", "method"]
    return _rates(posts, accounts, metrics, start, end, zone, group_columns(by))[[*group_columns(by), *own]]


@measure(unit="Gini index, or share of accounts", keys=("statistic",), columns=("unknown", "method"))
def posting_concentration(posts, accounts, metrics=None, *, start, end, zone="UTC", by="ministry", draws=9999, seed=20):
    """How unevenly accounts publish, and what share of them is silent.

    Formula: gini: Gini index of posts per week over accounts; silent: accounts without a post in the window / accounts.
    Interval: outer points over accounts drawn again, expanded by t; Wilson for the share.
    **Unit** Gini index, or share of accounts. **Reads** as `account_posting_rate`. **Source** Gini 1912; Wilson 1927;
    docs/methods.md#account-activity.
    **Caution** Accounts of which no post is held are left out (`unknown`). An account counts once on each platform. Of few
    accounts the Gini index can be at most 1 - 1 / n, and from fewer than eight it has no interval.
    Parameters: as `account_posting_rate`; `draws`, `seed` of the bootstrap.
    Returns the group columns, `statistic` (gini, silent), `posting_concentration`, `n` (accounts), `low`, `high`,
    `unknown` (accounts), `method`.

    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"platform": "x", "account_id": list("abcd"), "handle": None, "ministry": "PER"})
    >>> posts = pd.DataFrame({"platform": "x", "account_id": list("aaaabcd"),
    ...     "posted_at": ["2016-03-08"] * 4 + ["2015-03-08"] * 3})
    >>> found = posting_concentration(posts, accounts, start="2016-03-07", end="2016-03-14")
    >>> found[["statistic", "posting_concentration"]].values.tolist()  # of (0, 0, 0, 4)
    [['gini', 0.75], ['silent', 0.75]]
    """
    rates = _rates(posts, accounts, metrics, start, end, zone, group_columns(by))
    columns = {"statistic": "str", "posting_concentration": "float64", **NUMBERS, "unknown": "int64", "method": "str"}
    return result_table(rates, group_columns(by), partial(_concentration_rows, draws=draws, seed=seed), columns)


def _rates(posts, accounts, metrics, start, end, zone, by):
    """One row per account with its rate, whether it is known, and why not."""
    days = window_days(start, end)
    own = canonical(accounts, "accounts", [*by, *ACCOUNT, "handle"]).to_pandas().drop_duplicates(ACCOUNT)
    seen = (
        local_posts(posts, ACCOUNT, zone)
        .groupby(ACCOUNT)
        .day.agg(inside=lambda each: each.isin(days).sum(), before=lambda each: (each < days[0]).sum(), held="size")
    )
    table = own.merge(seen.reset_index(), "left", ACCOUNT).merge(_counted(metrics), "left", ACCOUNT)
    order = list(dict.fromkeys([*by, *ACCOUNT]))
    table = table.assign(**{name: table[name].fillna(0).astype(int) for name in ("inside", "before", "held")})
    found = [_rate(row, len(days) / 7) for row in table.itertuples()]
    columns = {"account_posting_rate": "float64", **NUMBERS, "activity": "str", "method": "str"}
    rates = pd.DataFrame(found, columns=list(columns), index=table.index).astype(columns)
    return pd.concat([table[[*order, "handle"]], rates], axis=1).sort_values(order).reset_index(drop=True)


def _counted(metrics):
    """The posts that the latest profile of each account counts; no rows without profiles."""
    if metrics is None:
        return pd.DataFrame(columns=[*ACCOUNT, "post_count"], dtype="object")
    held = canonical(metrics, "metrics", [*ACCOUNT, "observed_at", "post_count"]).filter(_.post_count.notnull())
    last = held.group_by(ACCOUNT).agg(post_count=_.post_count.argmax(_.observed_at))
    return last.to_pandas()


def _rate(row, weeks):
    """The row of one account."""
    is_empty = row.held == 0 and row.post_count == 0
    if row.held == 0 and not is_empty:
        return {"n": 0, "activity": "unknown", "method": UNKNOWN}
    word = "active" if row.inside else "empty" if is_empty else "dormant" if row.before else "not yet active"
    method = EMPTY if is_empty else "exact"
    return rate_row("account_posting_rate", row.inside, weeks) | {"activity": word, "method": method}


def _concentration_rows(part, draws, seed):
    """The two rows of one group."""
    known = np.sort(part.account_posting_rate.dropna().to_numpy())
    fields = {"unknown": len(part) - len(known)}
    if not len(known):
        return [{"statistic": name, "n": 0, **fields, "method": UNKNOWN} for name in ("gini", "silent")]
    value = gini(known, np.ones((1, len(known))))[0]
    if len(known) > 1 and not np.isnan(value):
        drawn = np.concatenate([gini(known, weights) for weights in resamples(len(known), draws, seed, len(known))])
        low, high = percentiles(value, drawn, len(known))
        method = too_few(len(known), "accounts") or "bootstrap of accounts"
    else:
        low, high, method = np.nan, np.nan, "no interval: one account" if len(known) == 1 else "not defined: all silent"
    n = 0 if np.isnan(value) else len(known)
    row = {"statistic": "gini", "posting_concentration": value, "n": n, "low": low, "high": high, "method": method}
    return [
        row | fields,
        {"statistic": "silent"} | share_row("posting_concentration", int((known == 0).sum()), len(known)) | fields,
    ]
