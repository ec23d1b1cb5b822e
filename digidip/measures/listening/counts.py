"""Counts of followers alone: net change and its bounds, losses common to all, and what comes after a day.

A count is net: whoever came hides whoever left. It bounds both and tells neither. Likes of a page are no followers: the
tables hold them apart, and nothing here reads them.
"""

from datetime import date
from functools import partial

import numpy as np
import pandas as pd
from scipy.stats import t
from statsmodels.regression.linear_model import OLS

from digidip.measures._registry import measure
from digidip.measures.listening._followers import purge_times
from digidip.measures.statistics._columns import ACCOUNT, canonical, group_columns, to_pandas
from digidip.measures.statistics._intervals import share_interval, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import TableError

NO_PAIR = "not available: fewer than two dated counts"
LOSS = -0.01  # of the median account from one count to the next; a larger one in common is no choice of followers


@measure(
    unit="followers", keys=("flow",), columns=("first", "method"), limits="bounds from counts alone", beside=("first",)
)
def follower_flow(metrics, accounts, *, by=("ministry", "platform", "account_id")):
    """Followers gained and lost between first and last count: net, and the least of each.

    Formula: net: last - first; lost: at least the sum of all falls from one count to the next; gained: of all rises. No more is
    known from counts: any number may have come and left between two of them.
    **Unit** followers. **Reads** metrics.follower_count, observed_at; accounts. **Source** Manski 2003, Partial Identification;
    docs/methods.md#counts-of-followers.
    **Caution** The finer the counts, the nearer the bound, and never there: an account with a flat count may change all its
    followers. A bound that is near zero says nothing of loyalty. Purges are in it (`common_loss`).
    Parameters: `metrics`, `accounts`; `by`, columns of accounts; flows of several accounts add up.
    Returns the group columns, `flow` (net, lost at least, gained at least), `follower_flow`, `n` (pairs of counts), `low`, `high`
    (missing: no upper bound), `first` (followers at first), `method`.

    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["a"], "ministry": "PER"})
    >>> days = ["2019-09-01", "2019-09-02", "2019-09-03", "2019-09-04"]
    >>> metrics = pd.DataFrame({"platform": "x", "account_id": "a", "observed_at": days, "follower_count": [100, 90, 95, 97]})
    >>> follower_flow(metrics, accounts)[["flow", "follower_flow", "low"]].values.tolist()
    [['net', -3.0, -3.0], ['lost at least', 10.0, 10.0], ['gained at least', 7.0, 7.0]]
    """
    by = group_columns(by)

    def rows(part):
        known = part.dropna(subset="change")
        if known.empty:
            return [{"flow": name, "n": 0, "method": NO_PAIR} for name in ("net", "lost at least", "gained at least")]
        counted = part.merge(known[ACCOUNT].drop_duplicates(), on=ACCOUNT).dropna(subset="followers")
        first = counted.groupby(ACCOUNT).followers.first().sum()
        net, lost = known.change.sum(), -known.change.clip(upper=0).sum()
        flows = {
            "net": (net, net, net),
            "lost at least": (lost, lost, np.nan),
            "gained at least": (net + lost, net + lost, np.nan),
        }
        fields = {"n": len(known), "first": int(first)}
        methods = {"net": "census"} | dict.fromkeys(list(flows)[1:], "bound: no upper limit from counts")
        return [
            {"flow": name, "follower_flow": value, "low": low, "high": high, "method": methods[name], **fields}
            for name, (value, low, high) in flows.items()
        ]

    columns = {"flow": "str", "follower_flow": "float64", **NUMBERS, "first": "Int64", "method": "str"}
    return result_table(_changes(metrics, accounts, by), by, rows, columns)


@measure(unit="log change", keys=("day",), columns=("losing", "event", "is_purge", "method"))
def common_loss(metrics, accounts, *, purges=None, by="platform", zone="UTC"):
    """By how much counts changed from day to day, all accounts together: purges show.

    Formula: median over accounts of log followers - log followers at the count before. Interval: the exact one of the median,
    by ranks, accounts as independent. `is_purge`: the whole interval lies below -1 %, which no choice of single followers
    explains. `event`: the events of kind purge that the days from the count before touch.
    **Unit** log change. **Reads** metrics.follower_count, observed_at; accounts. **Source** Conover 1999, Practical
    Nonparametric Statistics, 3.2; docs/methods.md#counts-of-followers.
    **Caution** A shock of users that hits all accounts alike looks like one: name it from what the platform said. Ends of counts lie at
    another hour than the platform's. No interval from fewer than eight accounts.
    Parameters: `metrics`, `accounts`; `purges`, the table of events; `by`, columns of accounts; `zone` of the days.
    Returns the group columns, `day` (of the later count), `common_loss`, `n` (accounts), `low`, `high`, `losing` (accounts), `event`,
    `is_purge`, `method`.

    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"platform": "x", "account_id": list("abc"), "ministry": "PER"})
    >>> metrics = pd.DataFrame({"platform": "x", "account_id": list("abc") * 2, "follower_count": [100, 50, 10, 98, 49, 20],
    ...     "observed_at": ["2018-07-12"] * 3 + ["2018-07-13"] * 3})
    >>> common_loss(metrics, accounts)[["common_loss", "n", "losing"]].round(4).values.tolist()  # log .98 twice
    [[-0.0202, 3.0, 2.0]]
    """
    by, named = group_columns(by), purge_times(purges)

    def rows(part):
        known = part.dropna(subset="growth")
        if known.empty:
            return [{"n": 0, "losing": 0, "is_purge": False, "method": NO_PAIR}]
        return [_loss_row(day, own, named) for day, own in known.groupby("day")]

    columns = {"day": "datetime64[us]", "common_loss": "float64", **NUMBERS, "losing": "int64"}
    columns |= {"event": "str", "is_purge": "bool", "method": "str"}
    return result_table(_changes(metrics, accounts, by, zone), by, rows, columns)


def _loss_row(day, own, named):
    """The row of one day."""
    values = np.sort(own.growth.to_numpy())
    began, ended = (own.observed_at - pd.to_timedelta(own.days, unit="D")).min(), own.observed_at.max()
    names = named.event[(named.begins_at < ended) & (named.ends_at > began)]
    fields = {"day": day, "common_loss": np.median(values), "n": len(values), "losing": int((values < 0).sum())}
    fields |= {"event": "; ".join(names) or None, "is_purge": False}
    if few := too_few(len(values), "accounts"):
        return fields | {"method": few}
    low, high = np.quantile(values, share_interval(len(values) // 2, len(values), "beta"), method="inverted_cdf")
    return fields | {"low": low, "high": high, "is_purge": bool(high < LOSS), "method": "exact, by ranks"}


@measure(unit="log points per day", columns=("accounts", "p", "method"))
def growth_step(metrics, accounts, *, day, treated, by=(), zone="UTC"):
    """How much faster the followers of some accounts grew from a day on, against the others.

    Formula: beta of daily log growth = an effect of each account + an effect of each day + beta · (treated account, from `day` on),
    by least squares. Interval and `p`: sandwich errors, accounts as clusters, t.
    **Unit** log points per day. **Reads** metrics.follower_count, observed_at; accounts. **Source** Bertrand, Duflo and Mullainathan
    2004 (doi:10.1162/003355304772839588); docs/methods.md#counts-of-followers.
    **Caution** Net growth: who left and who came cannot be told. Both kinds of accounts must have moved alike without the day; look
    at the days before (`growth_gap`). One day for all and few days after it: the placebo over days says more than `p`. None from
    fewer than eight accounts.
    Parameters: `metrics`, `accounts`; `day`, ISO date; `treated`, "column: value" of accounts, several separated by commas; none: no result; `by`,
    columns of accounts; `zone` of the days.
    Returns the group columns, `growth_step`, `n` (pairs of counts), `low`, `high`, `accounts` (treated), `p`, `method`.

    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["a", "b"], "office": ["embassy", "consulate"]})
    >>> days = ["2019-09-01", "2019-09-02", "2019-09-03"]
    >>> metrics = pd.DataFrame({"platform": "x", "account_id": ["a"] * 3 + ["b"] * 3, "observed_at": days * 2,
    ...     "follower_count": [100, 100, 110, 100, 100, 100]})  # log 1.1
    >>> growth_step(metrics, accounts, day="2019-09-03", treated="office: embassy").growth_step.round(4).tolist()
    [0.0953]
    """
    try:
        first = pd.Timestamp(date.fromisoformat(day)) if day else pd.NaT
    except ValueError as error:
        raise TableError(f"day: found {day!r}. Expected an ISO date, such as 2019-09-18, or none.") from error
    by = group_columns(by)
    frame = _treated(metrics, accounts, by, zone, treated)
    rows = partial(_step_rows, first=first)
    columns = {"growth_step": "float64", **NUMBERS, "accounts": "int64", "p": "float64", "method": "str"}
    return result_table(frame, by, rows, columns)


def _step_rows(part, first):
    """The row of one group."""
    known = part.dropna(subset="growth")
    fields = {"n": 0, "accounts": known[known.is_treated].drop_duplicates(ACCOUNT).shape[0]}
    step = (known.is_treated & (known.day >= first)).astype(float)
    account = known.groupby(ACCOUNT).ngroup().to_numpy()
    if known.empty:
        return [fields | {"method": NO_PAIR}]
    effects = [
        pd.get_dummies(account, dtype=float).to_numpy(),
        pd.get_dummies(known.day, dtype=float).iloc[:, 1:].to_numpy(),
    ]
    design = np.column_stack([step, *effects])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return [fields | {"method": "not defined: no account treated, none untreated, or no day before"}]
    accounts = account.max() + 1
    plain = OLS(known.growth.to_numpy() / known.days.to_numpy(), design)
    value = plain.fit().params[0]
    fields |= {"growth_step": value, "n": len(known)}
    if few := too_few(accounts, "accounts"):
        return [fields | {"method": few}]
    error = plain.fit(cov_type="cluster", cov_kwds={"groups": account}).bse[0]
    half = t.ppf(0.975, accounts - 1) * error
    p = 2 * t.sf(abs(value) / error, accounts - 1)
    limits = {"low": value - half, "high": value + half, "p": p}
    return [fields | limits | {"method": f"two-way fixed effects, {accounts} accounts as clusters"}]


@measure(unit="log points per day", keys=("day",), columns=("place", "p", "method"))
def growth_gap(metrics, accounts, *, treated, by=(), zone="UTC"):
    """How much faster the median treated account grew than the others', day by day.

    Formula: median daily log growth of the treated - that of the others. `place`: 1 for the largest difference in either direction;
    `p` = place / days, as if any day could have been the day of the event.
    **Unit** log points per day. **Reads** metrics.follower_count, observed_at; accounts. **Source** Abadie, Diamond and Hainmueller 2010
    (doi:10.1198/jasa.2009.ap08746); docs/methods.md#counts-of-followers.
    **Caution** p is never below one over the number of days, and supposes days that could be exchanged: not where growth drifts. Days
    of counts are those of the tool.
    Parameters: as `growth_step`.
    Returns the group columns, `day`, `growth_gap`, `n` (accounts counted on both days), `low`, `high` (missing), `place`, `p`, `method`.

    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["a", "b"], "office": ["embassy", "consulate"]})
    >>> days = ["2019-09-01", "2019-09-02", "2019-09-03"]
    >>> metrics = pd.DataFrame({"platform": "x", "account_id": ["a"] * 3 + ["b"] * 3, "observed_at": days * 2,
    ...     "follower_count": [100, 100, 110, 100, 100, 100]})
    >>> growth_gap(metrics, accounts, treated="office: embassy")[["growth_gap", "place", "p"]].round(4).values.tolist()
    [[0.0, 2, 1.0], [0.0953, 1, 0.5]]
    """
    by = group_columns(by)
    columns = {"day": "datetime64[us]", "growth_gap": "float64", **NUMBERS, "place": "Int64", "p": "float64"}
    return result_table(_treated(metrics, accounts, by, zone, treated), by, _gap_rows, columns | {"method": "str"})


def _gap_rows(part):
    """A row for each day on which both kinds have growth."""
    known = part.dropna(subset="growth").assign(rate=lambda frame: frame.growth / frame.days)
    medians = known.groupby(["day", "is_treated"]).rate.median().unstack()
    gaps = (
        (medians.get(True) - medians.get(False)).dropna() if {True, False} <= set(medians) else pd.Series(dtype=float)
    )
    if gaps.empty:
        return [{"n": 0, "method": NO_PAIR if known.empty else "not defined: no account treated, or none untreated"}]
    place, counted = gaps.abs().rank(ascending=False, method="max").astype(int), known.groupby("day").size()
    return [
        {"day": day, "growth_gap": gap, "n": int(counted[day]), "place": place[day], "p": place[day] / len(gaps)}
        | {"method": f"placebo over {len(gaps)} days"}
        for day, gap in gaps.items()
    ]


@measure(unit="index, first count = 100", keys=("day",), columns=("followers",), beside=("followers",))
def follower_index(metrics, accounts, *, by=("ministry", "platform", "account_id"), zone="UTC"):
    """Followers of an account over the first count, by day: a series that may be set beside others.

    Formula: 100 · followers / those of the first count; of several accounts, the sums over those counted that day and at first.
    **Unit** index, first count = 100. **Reads** metrics.follower_count, observed_at; accounts. **Source**
    docs/methods.md#counts-of-followers.
    **Caution** Net counts, purges and all. Of a group only accounts with the first and the day's count are in it.
    Parameters: `metrics`, `accounts`; `by`, columns of accounts; `zone` of the days.
    Returns the group columns, `day`, `follower_index`, `n` (accounts), `low`, `high` (missing), `followers`.

    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["a"], "ministry": "PER"})
    >>> metrics = pd.DataFrame({"platform": "x", "account_id": "a", "observed_at": ["2019-09-01", "2019-09-02"],
    ...     "follower_count": [50, 60]})
    >>> follower_index(metrics, accounts).follower_index.tolist()
    [100.0, 120.0]
    """
    by = group_columns(by)

    def rows(part):
        known = part.dropna(subset="followers")
        if known.empty:
            return [{"n": 0}]
        first = known.groupby(ACCOUNT).followers.transform("first")
        days = (
            known.assign(first=first)
            .groupby("day")
            .agg(followers=("followers", "sum"), first=("first", "sum"), n=("first", "size"))
        )
        return [
            {
                "day": day,
                "follower_index": 100 * row.followers / row["first"],
                "n": int(row.n),
                "followers": int(row.followers),
            }
            for day, row in days.iterrows()
        ]

    columns = {"day": "datetime64[us]", "follower_index": "float64", **NUMBERS, "followers": "Int64"}
    return result_table(_changes(metrics, accounts, by, zone), by, rows, columns)


def _changes(metrics, accounts, by, zone=None, *columns):
    """Counts of each account in order of time: group, `day`, `followers`, and from the count before `change`, `growth`, `days`.

    With a zone, the last count of each local day of it alone: two a day are no two accounts, nor two days.
    """
    own = to_pandas(canonical(accounts, "accounts", list(dict.fromkeys([*by, *ACCOUNT, *columns])))).drop_duplicates(
        ACCOUNT
    )
    held = to_pandas(canonical(metrics, "metrics", [*ACCOUNT, "observed_at", "follower_count"]))
    held = held[held.follower_count.gt(0).fillna(False).to_numpy(bool) & held.observed_at.notna().to_numpy()]
    frame = own.merge(held, on=ACCOUNT, how="left").sort_values([*by, *ACCOUNT, "observed_at"], ignore_index=True)
    frame["followers"] = frame.follower_count.astype("float64")
    local = pd.to_datetime(frame.observed_at, utc=True).dt.tz_convert(zone or "UTC").dt.tz_localize(None)
    frame["day"] = local.dt.normalize().astype("datetime64[us]")
    if zone:
        frame = frame.drop_duplicates([*ACCOUNT, "day"], keep="last", ignore_index=True)
    before = frame.groupby(ACCOUNT)
    return frame.assign(
        change=before.followers.diff(),
        growth=np.log(frame.followers).groupby([frame[name] for name in ACCOUNT]).diff(),
        days=before.observed_at.diff().dt.total_seconds() / 86_400,
    )


def _treated(metrics, accounts, by, zone, treated):
    """The changes with `is_treated`: whether the account has one of the values of "column: value"."""
    if not treated:
        return _changes(metrics, accounts, by, zone).assign(is_treated=False)
    column, is_given, values = str(treated).partition(":")
    if not is_given or not column.strip():
        raise TableError(
            f"treated: found {treated!r}. Expected: a column of accounts and values, such as 'office: embassy'."
        )
    frame = _changes(metrics, accounts, by, zone, column.strip())
    wanted = {value.strip() for value in values.split(",")}
    return frame.assign(is_treated=frame[column.strip()].isin(wanted))
