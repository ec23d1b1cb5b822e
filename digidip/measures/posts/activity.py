"""Activity: how much a ministry publishes."""

import ibis
import numpy as np
import pandas as pd
from scipy.stats import chi2, ecdf, rankdata
from statsmodels.stats.proportion import proportion_confint

from digidip.measures._registry import measure
from digidip.measures.statistics._columns import canonical, group_columns, local_posts, window_days
from digidip.measures.statistics._counts import divide
from digidip.measures.statistics._intervals import (
    block_resamples,
    effective_size,
    jackknife_interval,
    percentiles,
    rate_row,
    share_interval,
    too_few,
)
from digidip.measures.statistics._result_table import NUMBERS, day_method, result_table

GAPS = {"median": 0.5, "90 % point": 0.9, "longest silence": 1}
NO_GAP = "not defined: fewer than two posts"
MISSING = {"n": 0, "low": None, "high": None}


@measure(unit="posts")
def post_count(posts, *, by="ministry"):
    """Number of posts held.

    Formula: N = number of rows. Interval: Garwood's exact Poisson limits.
    **Unit** posts. **Reads** the group columns of posts. **Source** Garwood 1936 (doi:10.1093/biomet/28.3-4.437);
    docs/methods.md#activity.
    **Caution** A complete count has no sampling error: the interval speaks of the process. Deleted posts are not in it.
    Parameters: `posts`; `by`, the group column or columns.
    Returns the group columns, `post_count`, `n`, `low`, `high`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": ["PER", "PER", "USA"]})
    >>> post_count(posts).round(3).values.tolist()
    [['PER', 2, 2, 0.242, 7.225], ['USA', 1, 1, 0.025, 5.572]]
    """
    by = group_columns(by)
    counted = canonical(posts, "posts", by).group_by(by).agg(posts=ibis._.count()).to_pandas()

    def rows(part):
        return [rate_row("post_count", int(part.posts.sum()), 1) | {"post_count": part.posts.sum()}]

    return result_table(counted, by, rows, {"post_count": "int64", **NUMBERS})


@measure(unit="posts per day", columns=("method",))
def posting_rate(posts, *, start, end, zone="UTC", by="ministry"):
    """Posts per day over the window.

    Formula: posts in [start, end) / local days in it. Interval: Garwood's exact Poisson limits, and where t of the log mean
    over the days in order reaches further, that.
    **Unit** posts per day. **Reads** posts.posted_at. **Source** Garwood 1936 (doi:10.1093/biomet/28.3-4.437); Newey and
    West 1987 (doi:10.2307/1913610); docs/methods.md#rates; docs/methods.md#uncertainty.
    **Caution** In windows of fewer than eight days the interval takes posts as independent, and they come in bursts. A group
    without a post in the window is missing, not 0: the export does not say whether it covers the window.
    Parameters: `posts`; `start`, `end`, ISO dates in `zone`, the end excluded; `by`, the group column or columns.
    Returns the group columns, `posting_rate`, `n` (posts in the window), `low`, `high`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": ["2016-01-01"] * 12 + ["2016-01-04"] * 8})
    >>> posting_rate(posts, start="2016-01-01", end="2016-01-05").round(3).values.tolist()
    [['PER', 5.0, 20, 3.054, 7.722, 'Garwood, 4 days']]
    """
    by, days = group_columns(by), window_days(start, end)

    def rows(part):
        counts = _per_day(part, days)
        if not counts.any():
            return [{**MISSING, "method": "not available: no post in the window"}]
        row, table = (
            rate_row("posting_rate", int(counts.sum()), len(days)),
            np.column_stack([counts, np.ones(len(days))]),
        )
        _, low, high = jackknife_interval(lambda sums: sums[:, 0] / sums[:, 1], table, "log")
        limits = {"low": float(np.fmin(row["low"], low)), "high": float(np.fmax(row["high"], high))}
        way = "Garwood" if limits.items() <= row.items() else "t"
        return [row | limits | {"method": f"{way}, {len(days)} days"}]

    return result_table(local_posts(posts, by, zone), by, rows, {"posting_rate": "float64", **NUMBERS, "method": "str"})


@measure(unit="posts", keys=("day",))
def posts_per_day(posts, *, start, end, zone="UTC", by="ministry"):
    """Posts on each local day of the window.

    Formula: number of posts with local date d, for every d of [start, end). Interval: Garwood's exact Poisson limits.
    **Unit** posts. **Reads** posts.posted_at. **Source** Garwood 1936; docs/methods.md#rates.
    **Caution** A day without a post is a true 0 as long as the group posts in the window at all; else every day is
    missing. Days belong to `zone`: 31 December in New York may be 1 January in UTC.
    Parameters: `posts`; `start`, `end`, ISO dates in `zone`, the end excluded; `by`, the group column or columns.
    Returns the group columns, `day` (local midnight), `posts_per_day`, `n` (the same posts), `low`, `high`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": ["2016-01-01T12:00Z", "2016-01-03T02:00Z"]})
    >>> posts_per_day(posts, start="2016-01-01", end="2016-01-04", zone="America/Lima").posts_per_day.tolist()
    [1.0, 1.0, 0.0]
    """
    by, days = group_columns(by), window_days(start, end)

    def rows(part):
        counts = part.day.value_counts().reindex(days, fill_value=0)
        missing = not counts.any()
        return [{"day": day} | (MISSING if missing else rate_row("posts_per_day", n, 1)) for day, n in counts.items()]

    columns = {"day": "datetime64[us]", "posts_per_day": "float64", **NUMBERS}
    return result_table(local_posts(posts, by, zone), by, rows, columns)


@measure(unit="hours", keys=("statistic",), columns=("method",))
def posting_gap(posts, *, by="ministry"):
    """Hours between one post and the next: what is usual, and the longest silence.

    Formula: median, 90 % point and largest of the hours between consecutive posts. Interval: exact limits of the share of
    gaps below, at the effective number of gaps in order, read off as quantiles; the longest has none.
    **Unit** hours. **Reads** posts.posted_at. **Source** Woodruff 1952 (doi:10.1080/01621459.1952.10483443);
    docs/methods.md#gaps; docs/methods.md#uncertainty; docs/claims-and-studies.md#p05.
    **Caution** Silence before the first and after the last post is not seen. Gaps follow one another: nights make long ones,
    campaigns short ones. No interval from fewer than eight gaps.
    Parameters: `posts`; `by`, the group column or columns.
    Returns the group columns, `statistic`, `posting_gap`, `n` (gaps), `low`, `high`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": ["2016-01-01T01:00Z", "2016-01-01T03:00Z", "2016-01-02T03:00Z"]})
    >>> posting_gap(posts).posting_gap.tolist()  # gaps of 2 and 24 hours
    [13.0, 21.8, 24.0]
    """

    def rows(part):
        gaps = _gaps(part)
        if not len(gaps):
            return [{"statistic": name, **MISSING, "method": NO_GAP} for name in GAPS]
        return [_gap(name, gaps, share) for name, share in GAPS.items()]

    columns = {"statistic": "str", "posting_gap": "float64", **NUMBERS, "method": "str"}
    return result_table(local_posts(posts, group_columns(by), "UTC"), group_columns(by), rows, columns)


@measure(unit="share of gaps", keys=("hours",), columns=("method",))
def posting_gap_share(posts, *, by="ministry"):
    """Share of the gaps between posts that are at most so long.

    Formula: gaps <= h / gaps, at every gap that occurs. Band: Dvoretzky, Kiefer and Wolfowitz, for the whole curve.
    **Unit** share of gaps. **Reads** posts.posted_at. **Source** Massart 1990 (doi:10.1214/aop/1176990746);
    docs/methods.md#gaps.
    **Caution** The band takes gaps as independent: where busy days follow busy days it is too narrow, and no band for a
    whole curve of such gaps is made here.
    Parameters: `posts`; `by`, the group column or columns.
    Returns the group columns, `hours`, `posting_gap_share`, `n` (gaps), `low`, `high`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": ["2016-01-01T01:00Z", "2016-01-01T03:00Z", "2016-01-02T03:00Z"]})
    >>> posting_gap_share(posts)[["hours", "posting_gap_share"]].values.tolist()
    [[2.0, 0.5], [24.0, 1.0]]
    """

    def rows(part):
        gaps = _gaps(part)
        if not len(gaps):
            return [{**MISSING, "method": NO_GAP}]
        found, half = ecdf(gaps).cdf, np.sqrt(np.log(2 / 0.05) / (2 * len(gaps)))
        cells = zip(found.quantiles, found.probabilities, strict=True)
        fields = {"n": len(gaps), "method": "Dvoretzky-Kiefer-Wolfowitz"}
        return [_within(hours, share, half) | fields for hours, share in cells]

    columns = {"hours": "float64", "posting_gap_share": "float64", **NUMBERS, "method": "str"}
    return result_table(local_posts(posts, group_columns(by), "UTC"), group_columns(by), rows, columns)


@measure(unit="ratio of rates", columns=("method",))
def weekend_posting_ratio(posts, *, start, end, zone="UTC", by="ministry"):
    """Posts per day of the weekend over posts per working day.

    Formula: (posts on Saturdays and Sundays / such days) / (posts on other days / such days). Interval: exact, from
    Clopper and Pearson's limits of the share of posts that fall on weekends, and where t of the logarithm over days in order
    reaches further, that.
    **Unit** ratio of rates. **Reads** posts.posted_at. **Source** Clopper and Pearson 1934; Przyborowski and Wilenski
    1940; docs/methods.md#activity; docs/claims-and-studies.md#p05.
    **Caution** Saturday and Sunday are not the weekend everywhere. Holidays count as the day they are. In windows of
    fewer than eight days posts are taken as independent.
    Parameters: `posts`; `start`, `end`, ISO dates in `zone`, the end excluded; `zone`; `by`.
    Returns the group columns, `weekend_posting_ratio`, `n` (posts), `low`, `high`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": ["2016-01-01", "2016-01-01", "2016-01-02"]})
    >>> weekend_posting_ratio(posts, start="2016-01-01", end="2016-01-04").round(3).values.tolist()  # (1 / 2) / (2 / 1)
    [['PER', 0.25, 3, 0.004, 4.802, 'exact, 2 days of weekends']]
    """
    by, days = group_columns(by), window_days(start, end)
    weekends = int((days.day_of_week >= 5).sum())

    def rows(part):
        inside = part.day[part.day.isin(days)]
        if inside.empty or weekends in (0, len(days)):
            return [{**MISSING, "method": "not defined: no post, no weekend or no working day in the window"}]
        if (inside.dt.day_of_week >= 5).all():
            return [{**MISSING, "method": "not defined: every post falls on a weekend"}]
        events, scale = int((inside.dt.day_of_week >= 5).sum()), (len(days) - weekends) / weekends
        share, low, high = (events / len(inside), *proportion_confint(events, len(inside), method="beta"))
        with np.errstate(divide="ignore"):
            odds = [np.float64(x) / (1 - x) * scale for x in (share, low, high)]
        rest = np.asarray(days.day_of_week >= 5)
        counts = _per_day(part, days)
        table = np.column_stack([counts * rest, counts * ~rest, rest, ~rest]).astype(float)
        _, low, high = jackknife_interval(_weekend_ratio, table, "log")
        wider = low < odds[1] or high > odds[2]
        odds[1:] = np.fmin(odds[1], low), np.fmax(odds[2], high)
        fields = {"n": len(inside), "method": f"{'t' if wider else 'exact'}, {weekends} days of weekends"}
        return [fields | dict(zip(("weekend_posting_ratio", "low", "high"), odds, strict=True))]

    return result_table(
        local_posts(posts, by, zone), by, rows, {"weekend_posting_ratio": "float64", **NUMBERS, "method": "str"}
    )


@measure(unit="variance / mean", columns=("p", "method"))
def posting_dispersion(posts, *, start, end, zone="UTC", by="ministry"):
    """Whether posts come in bursts: variance over mean of posts per day.

    1 is chance, more is bursts, less a timetable.

    Formula: s² / mean of posts on the local days of [start, end), n - 1 below. Interval: t of the logarithm, each
    day left out in turn, days in order; p: Fisher's index of dispersion against more spread than Poisson.
    **Unit** variance / mean. **Reads** posts.posted_at. **Source** Fisher, Thornton and Mackenzie 1922;
    docs/methods.md#activity; docs/methods.md#uncertainty; docs/claims-and-studies.md#p05.
    **Caution** Quiet weekends alone make it more than 1. p takes the days as independent. A variance of days that go on
    (correlation .5) is too small in a month: the interval holds 91 of 100. None from fewer than eight days.
    Parameters: `posts`; `start`, `end`, ISO dates in `zone`, the end excluded; `zone`; `by`.
    Returns the group columns, `posting_dispersion`, `n` (days), `low`, `high`, `p`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": ["2016-01-01", "2016-01-01", "2016-01-02"]})
    >>> posting_dispersion(posts, start="2016-01-01", end="2016-01-04").posting_dispersion.tolist()  # 2, 1, 0: 1 / 1
    [1.0]
    """
    by, days = group_columns(by), window_days(start, end)

    def rows(part):
        counts = _per_day(part, days)
        if not counts.any() or len(days) < 2:
            return [{**MISSING, "method": "not defined: no post in the window, or one day only"}]
        table = np.column_stack([np.ones(len(days)), counts, counts**2])
        value, low, high = jackknife_interval(_dispersion, table, "log")
        fields = {"posting_dispersion": value, "n": len(days), "low": low, "high": high}
        return [
            fields | {"p": chi2.sf((len(days) - 1) * value, len(days) - 1), "method": day_method(value, low, len(days))}
        ]

    columns = {"posting_dispersion": "float64", **NUMBERS, "p": "float64", "method": "str"}
    return result_table(local_posts(posts, by, zone), by, rows, columns)


@measure(unit="rank, 1 the most active")
def activity_rank(posts, *, by="ministry", zone="UTC", draws=1999, seed=0):
    """Rank of every group by number of posts, with the ranks that other days could have given it.

    Formula: 1 + number of groups with more posts + half of the others with as many. Interval: outer points of the
    ranks when blocks of neighbouring local days from the first post to the last are drawn again, `draws` times.
    **Unit** rank, 1 the most active. **Reads** posts.posted_at. **Source** Goldstein and Spiegelhalter 1996
    (doi:10.2307/2983325); Hall, Horowitz and Jing 1995 (doi:10.1093/biomet/82.3.561); docs/methods.md#activity;
    docs/methods.md#bootstrap; docs/claims-and-studies.md#s09.
    **Caution** Who posts nothing has no rank, so the last one is not the least active of all. Many posts are not much
    attention. Days are drawn for all groups together: an event that moves all moves no rank. What lasts
    longer than a block (the cube root of the days) is not allowed for. No interval
    from fewer than eight days.
    Parameters: `posts`; `by`, the group column or columns; `zone` of days; `draws`; `seed`.
    Returns the group columns, `activity_rank`, `n` (posts), `low`, `high`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": ["PER", "PER", "USA"], "posted_at": "2016-01-01T12:00Z"})
    >>> activity_rank(posts).values.tolist()
    [['PER', 1.0, 2, nan, nan], ['USA', 2.0, 1, nan, nan]]
    """
    by = group_columns(by)
    local = local_posts(posts, by, zone)
    columns = {**local[by].dtypes, "activity_rank": "float64", **NUMBERS}
    if local.empty:
        return pd.DataFrame(columns=list(columns)).astype(columns)
    days = pd.date_range(local.day.min(), local.day.max())
    table = local.groupby([*by, "day"], dropna=False).size().unstack("day", fill_value=0)
    counts = table.reindex(columns=days, fill_value=0).to_numpy(float).T
    drawn = [
        rankdata(-(weights @ counts), axis=1) for weights in block_resamples(len(days), draws, seed, counts.shape[1])
    ]
    ranks = rankdata(-counts.sum(axis=0))
    low, high = percentiles(ranks, np.concatenate(drawn), len(days))
    found = table.index.to_frame(index=False).assign(activity_rank=ranks, n=counts.sum(axis=0), low=low, high=high)
    return found.astype(columns)


def _weekend_ratio(sums):
    """Posts a day of weekends over posts a day of other days, from sums of posts and of days of either."""
    return divide(divide(sums[:, 0], sums[:, 2]), divide(sums[:, 1], sums[:, 3]))


def _per_day(part, days):
    """Posts on each of the days, in their order."""
    return part.day.value_counts().reindex(days, fill_value=0).to_numpy(float)


def _gaps(part):
    """Hours between consecutive posts, in their order."""
    return (part.posted_at.sort_values().diff().dropna() / pd.Timedelta(hours=1)).to_numpy(float)


def _gap(name, gaps, share):
    """The row of one statistic of the gaps."""
    value, fields = float(np.quantile(gaps, share)), {"statistic": name, "n": len(gaps)}
    if share == 1:
        return fields | {"posting_gap": value, "method": f"no interval: the longest of {len(gaps):,}"}
    if few := too_few(len(gaps), "gaps"):
        return fields | {"posting_gap": value, "method": few}
    size = effective_size((gaps <= value).astype(float), np.ones(len(gaps)))
    low, high = np.quantile(gaps, share_interval(share * size, size, "beta"))
    return fields | {"posting_gap": value, "low": min(low, value), "high": max(high, value), "method": "Woodruff"}


def _within(hours, share, half):
    """One step of the curve with its band."""
    return {"hours": hours, "posting_gap_share": share, "low": max(0.0, share - half), "high": min(1.0, share + half)}


def _dispersion(sums):
    """Variance over mean from numbers of days and sums of counts and of their squares, n - 1 below."""
    days, total, squares = sums.T
    return divide(divide(squares - total**2 / days, days - 1), total / days)
