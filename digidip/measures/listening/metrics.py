"""Metrics: whether likes, comments and reposts measure anything reliably, and whether they measure the same."""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import f, rankdata
from scipy.stats import t as student

from digidip.measures._registry import measure
from digidip.measures.statistics._columns import ACCOUNT, group_columns, local_posts
from digidip.measures.statistics._counts import divide
from digidip.measures.statistics._intervals import (
    LEAST_CLUSTERS,
    Z,
    coefficient,
    jackknife_interval,
    rank_correlation,
    too_few,
)
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p
from digidip.tables import TableError

METRICS = ("like_count", "comment_count", "repost_count")
STATISTICS = ("split half", "of one post", "rank stability")
UNKNOWN = "not defined: no known counts"
NO_END = "not available: a {} without an end, so that nobody can tell what lies out of it"
UNITS = ("week", "account")
LIMITS = ("mean ratio", "lower limit", "upper limit")


@measure(unit="rank correlation", keys=("metric", "other"), columns=("method",))
def metric_correlation(posts, *, by="ministry", metrics=METRICS, zone="UTC"):
    """Whether posts that rank high by one metric rank high by another.

    Formula: Spearman's correlation over posts with both counts. Interval: t of Fisher's z, each local day left out in turn, days in
    order, ranks as they are.
    **Unit** rank correlation. **Reads** posts.like_count, comment_count, repost_count, posted_at. **Source** Spearman 1904
    (doi:10.2307/1412159); docs/methods.md#reliability-of-metrics.
    **Caution** One audience makes both counts: agreement is no proof that either measures success. Posts of several accounts
    correlate by their size; take one account. Counts age, and each is of its day of collection.
    Parameters: `posts`; `by`, columns of posts; `metrics`, columns of counts; `zone` of the days.
    Returns the group columns, `metric`, `other`, `metric_correlation`, `n` (posts), `low`, `high`, `method`.

    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": pd.date_range("2018-05-01T10:00Z", periods=4),
    ...                       "like_count": [1, 2, 3, 4], "repost_count": [1, 3, 2, 9]})  # d² = 0, 1, 1, 0: 1 - 6·2/60
    >>> metric_correlation(posts, metrics=("like_count", "repost_count")).metric_correlation.round(4).tolist()
    [0.8]
    """
    by = group_columns(by)

    def rows(part):
        return [
            {"metric": one, "other": other} | _rank_row(part, one, other) for one, other in combinations(metrics, 2)
        ]

    columns = {"metric": "str", "other": "str", "metric_correlation": "float64", **NUMBERS, "method": "str"}
    return result_table(local_posts(posts, by, zone, *metrics), by, rows, columns)


@measure(unit="reliability, at most 1", keys=("metric", "statistic"), columns=("posts", "method"))
def metric_reliability(posts, *, by="ministry", units="week", metrics=METRICS, zone="UTC"):
    """How far a metric tells weeks or accounts apart: by split halves, posts alike, and ranks that stay.

    Formula: of log(1 + count), for weeks less the mean of their account. Split half: correlation over units of the means of odd
    and even posts, r, as 2r / (1 + |r|). Of one post: intraclass correlation of one way, (MSB - MSW) / (MSB + (m - 1) MSW), m posts a
    unit. Rank stability: Spearman's correlation of accounts' means in the first and second half of the days. Interval: of halves t, each
    unit left out in turn; of one post exact if logs are normal (F); of ranks Bonett and Wright's.
    **Unit** reliability, at most 1. **Reads** posts.like_count, comment_count, repost_count, posted_at, account_id. **Source** Brown
    1910 and Spearman 1910; Shrout and Fleiss 1979 (doi:10.1037/0033-2909.86.2.420); docs/methods.md#reliability-of-metrics.
    **Caution** Reliable is not valid: bought reach is reliable too. A value near zero says that weeks do not differ in it, or that
    posts differ more. Below zero, halves or posts of one unit are less alike than
    those of two, and the sign alone means anything.
    Parameters: `posts`; `by`, columns of posts; `units`, "week" (of an account, from Monday) or "account"; `metrics`; `zone`.
    Returns the group columns, `metric`, `statistic`, `metric_reliability`, `n` (units), `low`, `high`, `posts`, `method`.

    >>> days = pd.to_datetime(["2018-05-07", "2018-05-08", "2018-05-14", "2018-05-15", "2018-05-21", "2018-05-22"], utc=True)
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "x", "account_id": "a", "posted_at": days, "post_id": list("abcdef"),
    ...                       "like_count": np.expm1([1.0, 1, 2, 2, 3, 3])})  # both halves alike
    >>> metric_reliability(posts, metrics=["like_count"]).metric_reliability.round(4).tolist()
    [1.0, 1.0, nan]
    """
    if units not in UNITS:
        raise TableError(f"units must be 'week' or 'account', not {units!r}.")
    by = group_columns(by)
    frame = local_posts(posts, by, zone, *ACCOUNT, "post_id", *metrics)

    def rows(part):
        return [row for metric in metrics for row in _reliability_rows(part, metric, units)]

    columns = {"metric": "str", "statistic": "str", "metric_reliability": "float64", **NUMBERS, "posts": "int64"}
    return result_table(frame, by, rows, columns | {"method": "str"})


@measure(unit="ratio", keys=("platforms", "statistic"), columns=("method",))
def platform_agreement(posts, *, by="ministry", metric="like_count", zone="UTC"):
    """How far two platforms agree on good weeks: the mean ratio of a metric, and its limits.

    Formula: d = difference of the weekly means of log(1 + count); exp(mean d) and exp(mean d ± 1.96 sd). Interval: t,
    each week left out in turn, weeks in order.
    **Unit** ratio. **Reads** posts.platform, posted_at and the count. **Source** Bland and Altman 1986
    (doi:10.1016/S0140-6736(86)90837-8); docs/methods.md#reliability-of-metrics.
    **Caution** Platforms have other audiences, so the ratio itself says little; wide limits say that one cannot stand for the other.
    None from fewer than eight weeks with posts on both.
    Parameters: `posts`; `by`, columns of posts, but not the platform; `metric`, a column of counts; `zone` of the weeks.
    Returns the group columns, `platforms`, `statistic` (mean ratio, lower limit, upper limit), `platform_agreement`, `n` (weeks), `low`,
    `high`, `method`.

    >>> weeks = pd.date_range("2018-05-07T10:00Z", periods=8, freq="7D")
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": ["facebook"] * 8 + ["x"] * 8, "posted_at": [*weeks, *weeks],
    ...                       "like_count": [19, 39] * 4 + [9] * 8})  # ratios 2 and 4
    >>> platform_agreement(posts).platform_agreement.round(2).tolist()[0]  # √8
    2.83
    """
    by = group_columns(by)

    def rows(part):
        found = []
        for one, other in combinations(sorted(part.platform.dropna().unique()), 2):
            wide = _platform_weeks(part, one, other)
            found += [{"platforms": f"{one} / {other}"} | row for row in _limit_rows(wide)]
        return found or [{"n": 0, "method": "not defined: posts on one platform only"}]

    frame = local_posts(posts, by, zone, "platform", metric).rename(columns={metric: "count"})
    columns = {"platforms": "str", "statistic": "str", "platform_agreement": "float64", **NUMBERS, "method": "str"}
    return result_table(frame, by, rows, columns)


@measure(unit="log points", keys=("metric",), columns=("days", "p", "p_adjusted", "method"))
def metric_shift(posts, events, *, by="ministry", kind="campaign", metrics=METRICS, zone="UTC"):
    """Which metrics rise while reach is bought: on the days of an event of a kind, against other days.

    Formula: weighted least squares of the mean of log(1 + count) of each day's posts, less their account's mean, on time and on a
    day in the event; days weigh as many as their posts. Interval and `p`: Bartlett's weights over 2 √days neighbours, t.
    **Unit** log points. **Reads** posts.like_count, comment_count, repost_count, posted_at, account_id; events. **Source** Goodhart
    1984 (doi:10.1007/978-1-349-17295-5_4); Strathern 1997; docs/methods.md#reliability-of-metrics.
    **Caution** A metric that rises alone, while what it should stand for does not, has been moved and measures no more. Whether the
    event bought reach is for its table to say; other things happen on the same days. Posts after the beginning of an event without an end are left out. None from fewer than
    eight days in and out.
    Parameters: `posts`; `events`, those of `kind` for this ministry or for all; `by`, columns of posts; `metrics`; `zone` of the days.
    Returns the group columns, `metric`, `metric_shift`, `n` (posts), `low`, `high`, `days` (in the event), `p`, `p_adjusted`, `method`.

    >>> days = pd.date_range("2018-05-01T10:00Z", periods=24)
    >>> inside = (np.arange(24) >= 8) & (np.arange(24) < 16)
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "x", "account_id": "a", "posted_at": days,
    ...                       "like_count": np.where(inside, 19, 9)})
    >>> events = pd.DataFrame({"ministry": ["PER"], "kind": "campaign", "begins_at": days[8], "ends_at": days[15] + days.freq})
    >>> metric_shift(posts, events, metrics=["like_count"]).metric_shift.round(4).tolist()  # log 20 / 10
    [0.6931]
    """
    by = group_columns(by)
    frame = local_posts(posts, by, zone, *ACCOUNT, "ministry", *metrics)
    frame = frame.assign(inside=_inside(frame, events, kind))

    def rows(part):
        return [{"metric": metric} | _shift_row(part, metric, kind) for metric in metrics]

    columns = {"metric": "str", "metric_shift": "float64", **NUMBERS, "days": "int64", "p": "float64", "method": "str"}
    return with_adjusted_p(result_table(frame, by, rows, columns))


def _platform_weeks(part, one, other):
    """The weekly means of log(1 + count) on two platforms, and their mean and difference, where both have posts."""
    weeks = part.dropna(subset="count").assign(value=lambda frame: np.log1p(frame["count"].astype(float)))
    weeks = weeks.assign(week=weeks.day.dt.to_period("W-SUN").dt.start_time)
    wide = weeks.pivot_table("value", "week", "platform", aggfunc="mean").reindex(columns=[one, other]).dropna()
    return wide.assign(mean=wide.mean(axis=1), difference=wide[one] - wide[other]).reset_index()


def agreement_points(posts, *, by="ministry", metric="like_count", zone="UTC"):
    """The weeks behind `platform_agreement`: group, platforms, week, `mean` and `ratio` of the metric.

    >>> weeks = pd.date_range("2018-05-07T10:00Z", periods=2, freq="7D")
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": ["facebook", "x"] * 2, "posted_at": weeks.repeat(2),
    ...                       "like_count": [19, 9, 39, 9]})
    >>> agreement_points(posts).ratio.round(2).tolist()
    [2.0, 4.0]
    """
    by, found = group_columns(by), []
    frame = local_posts(posts, by, zone, "platform", metric).rename(columns={metric: "count"})
    for key, part in frame.groupby(by, dropna=False):
        for one, other in combinations(sorted(part.platform.dropna().unique()), 2):
            wide = _platform_weeks(part, one, other)
            points = pd.DataFrame({"week": wide.week, "mean": np.expm1(wide["mean"]), "ratio": np.exp(wide.difference)})
            found.append(points.assign(**dict(zip(by, key, strict=True)), platforms=f"{one} / {other}"))
    return (
        pd.concat(found, ignore_index=True)
        if found
        else pd.DataFrame(columns=[*by, "platforms", "week", "mean", "ratio"])
    )


def _rank_row(part, one, other):
    """The rank correlation of two metrics."""
    known = part.dropna(subset=[one, other, "day"])
    if known.empty:
        return {"n": 0, "method": UNKNOWN}
    x, y = (rankdata(known[name].astype(float)) for name in (one, other))
    x, y = x - x.mean(), y - y.mean()
    table = pd.DataFrame({"xy": x * y, "xx": x * x, "yy": y * y, "x": x, "y": y, "n": 1.0})
    sums = table.groupby(known.day.to_numpy()).sum().to_numpy()
    value, low, high = jackknife_interval(_correlation, sums, "atanh")
    words = "not defined: one is always the same" if np.isnan(value) else too_few(len(sums), "days")
    words = words or ("no interval: days all alike" if np.isnan(low) else f"t, {len(sums)} days in order")
    return {"metric_correlation": value, "n": len(known), "low": low, "high": high, "method": words}


def _correlation(sums):
    """Pearson's correlation of sums of products, squares, values and of ones."""
    xy, xx, yy, x, y, n = sums.T
    left, right = xx - divide(x * x, n), yy - divide(y * y, n)
    small = 1e-12 * np.maximum(xx, yy)
    scale = np.sqrt(np.where((left > small) & (right > small), left * right, 0))
    return np.clip(divide(xy - divide(x * y, n), scale), -1, 1)


def _spearman_brown(half):
    """The reliability of the whole from the correlation of its halves; below 0 as far as above."""
    return 2 * half / (1 + np.abs(half))


def _intraclass_row(sums, units):
    """ICC of one way, a row for each unit: 1, posts, posts², values, values², values of the unit² / posts; by F."""
    if len(sums) < 2:
        return {"n": 0, "method": f"not defined: fewer than two {units}s with posts enough"}
    k, n, squares, x, xx, between = sums.sum(axis=0)
    m, free = (n - squares / n) / (k - 1), (k - 1, n - k)
    msb, msw = (between - x * x / n) / (k - 1), divide(max(xx - between, 0), n - k)
    if np.isnan(msw) or msb + msw < 1e-12:
        return {"n": len(sums), "method": "not defined: one post in each, or posts all alike"}
    row = {"metric_reliability": (msb - msw) / (msb + (m - 1) * msw), "n": len(sums)}
    few = too_few(len(sums), f"{units}s") or ("no interval: posts of a unit all alike" if msw < 1e-12 else "")
    if few:
        return row | {"method": few}
    low, high = (msb / msw / f.ppf(each, *free) for each in (0.975, 0.025))
    limits = {name: (each - 1) / (each + m - 1) for name, each in (("low", low), ("high", high))}
    return row | limits | {"method": f"F, {len(sums)} {units}s"}


def _reliability_rows(part, metric, units):
    """The rows of one metric."""
    known = part.dropna(subset=[metric, "day", "account_id"])
    if known.empty:
        return [{"metric": metric, "statistic": name, "n": 0, "posts": 0, "method": UNKNOWN} for name in STATISTICS]
    known = known.sort_values(["posted_at", "post_id"]).assign(raw=np.log1p(known[metric].astype(float)))
    known["value"] = known.raw
    unit = [known[name].astype(str) for name in ACCOUNT]
    if units == "week":
        known["value"] -= known.groupby(ACCOUNT).value.transform("mean")
        unit.append(known.day.dt.to_period("W-SUN").dt.start_time)
    known = known.assign(unit=known.groupby(unit).ngroup())
    known["half"] = known.groupby("unit").cumcount() % 2
    found = [
        _split_half_row(_half_sums(known), units),
        _intraclass_row(_unit_sums(known), units),
        _stability_row(known),
    ]
    names = zip(STATISTICS, found, strict=True)
    return [{"metric": metric, "statistic": name, "posts": len(known)} | row for name, row in names]


def _half_sums(known):
    """Sums of products of the means of odd and even posts, a row for each unit with both."""
    halves = known.pivot_table("value", "unit", "half", aggfunc="mean").reindex(columns=[0, 1]).dropna().to_numpy()
    x, y = halves.T
    return np.column_stack([x * y, x * x, y * y, x, y, np.ones(len(x))])


def _unit_sums(known):
    """What the intraclass correlation is made of, a row for each unit."""
    own = known.groupby("unit").value
    n, total, squares = own.size().to_numpy(float), own.sum().to_numpy(), own.agg(lambda x: (x * x).sum()).to_numpy()
    return np.column_stack([np.ones(len(n)), n, n * n, total, squares, total**2 / n])


def _split_half_row(sums, units):
    """The split-half reliability of sums over units."""
    if len(sums) < 2:
        return {"n": 0, "method": f"not defined: fewer than two {units}s with posts enough"}
    halves = jackknife_interval(_correlation, sums, "atanh", in_order=False)
    value, low, high = (float(_spearman_brown(each)) for each in halves)
    words = "not defined: posts or units all alike" if np.isnan(value) else too_few(len(sums), f"{units}s")
    words = words or ("no interval: units all alike" if np.isnan(low) else f"t, each of {len(sums)} {units}s left out")
    return {"metric_reliability": value, "n": len(sums), "low": low, "high": min(high, 1.0), "method": words}


def _stability_row(known):
    """The rank correlation of accounts' means in the first and in the second half of the days."""
    middle = known.day.min() + (known.day.max() - known.day.min()) / 2
    wide = (
        known.assign(late=known.day > middle)
        .pivot_table("raw", ACCOUNT, "late", aggfunc="mean")
        .reindex(columns=[False, True])
        .dropna()
        .to_numpy()
    )
    if len(wide) < 3:
        return {"n": 0, "method": "not defined: fewer than three accounts with posts in both halves"}
    left, right = (rankdata(column) - (len(wide) + 1) / 2 for column in wide.T)
    if not left @ left or not right @ right:
        return {"n": 0, "method": "not defined: accounts all alike"}
    value, low, high, _ = rank_correlation(left, right)
    words = too_few(len(wide), "accounts") or ("no interval: a perfect order" if np.isnan(low) else "Bonett and Wright")
    return {"metric_reliability": value, "n": len(wide), "low": low, "high": high, "method": words}


def _limit_rows(wide):
    """Mean ratio and limits of agreement of two platforms."""
    d, n = wide.difference.to_numpy(), len(wide)
    if n < LEAST_CLUSTERS:
        reason = f"not defined: fewer than {LEAST_CLUSTERS} weeks with posts on both"
        return [{"statistic": name, "n": 0, "method": reason} for name in LIMITS]
    sums = np.column_stack([d, d * d, np.ones(n)])
    rows = []
    for name, factor in zip(LIMITS, (0, -Z, Z), strict=True):
        value, low, high = jackknife_interval(lambda each, by=factor: _limit(each, by), sums)
        words = "no interval: weeks all alike" if np.isnan(low) else f"t, {n} weeks in order"
        numbers = {"platform_agreement": np.exp(value), "low": np.exp(low), "high": np.exp(high)}
        rows.append({"statistic": name, "n": n, "method": words} | numbers)
    return rows


def _limit(sums, factor):
    """Mean and so many standard deviations of a sum, a sum of squares, and n."""
    d, squares, n = sums.T
    return d / n + factor * np.sqrt(np.maximum(squares - d * d / n, 0) / (n - 1))


def _inside(frame, events, kind):
    """Which posts fall into an event of the kind, of their ministry or of all (1, 0); nothing where there is no event.

    Missing from the beginning of an event without an end on.
    """
    own = events[events.kind == kind]
    inside, unknown = pd.Series(False, frame.index), pd.Series(False, frame.index)
    for event in own.itertuples():
        times = frame.posted_at.ge(event.begins_at)
        times &= frame.ministry.eq(event.ministry) if isinstance(event.ministry, str) else True
        unknown |= times & pd.isna(event.ends_at)
        inside |= times & frame.posted_at.lt(event.ends_at)
    return inside.astype(float).where(inside | ~unknown)


def _shift_row(part, metric, kind):
    """The row of one metric."""
    known = part.dropna(subset=[metric, "day", "inside"])
    if known.empty:
        return {"n": 0, "days": 0, "method": UNKNOWN if part.inside.notna().any() else NO_END.format(kind)}
    value = np.log1p(known[metric].astype(float))
    known = known.assign(value=value - value.groupby([known[name] for name in ACCOUNT]).transform("mean"))
    days = known.groupby("day").agg(value=("value", "mean"), inside=("inside", "mean"), size=("value", "size"))
    within = days.inside > 0
    if min(within.sum(), (~within).sum()) < LEAST_CLUSTERS:
        return {
            "n": 0,
            "days": int(within.sum()),
            "method": f"not defined: fewer than {LEAST_CLUSTERS} days in a {kind}, or out of it",
        }
    time = (days.index - days.index.min()).days.to_numpy() / 30
    design = np.column_stack([np.ones(len(days)), time, days.inside.to_numpy(float)])
    found, error, free = coefficient(days.value.to_numpy(), design, days["size"].to_numpy(float))
    row = {"metric_shift": found, "n": len(known), "days": int(within.sum())}
    if not error > 1e-9:
        return row | {"method": "no interval: days all alike"}
    half = student.ppf(0.975, free) * error
    limits = {"low": found - half, "high": found + half, "p": 2 * student.sf(abs(found) / error, free)}
    return row | limits | {"method": f"HAC, {len(days)} days in order"}
