"""Activity: how much a ministry publishes."""

import ibis
import numpy as np
import pandas as pd
from scipy.stats import rankdata

from digidip.measures._common import canonical, keys, local_posts, window_days
from digidip.measures._intervals import percentiles, rate_row, resamples
from digidip.measures._tidy import NUMBERS, tidy

MISSING = {"n": 0, "low": None, "high": None}


def post_count(posts, *, by="ministry"):
    """Number of posts held.

    Formula: N = number of rows. Interval: Garwood's exact Poisson limits.
    **Unit** posts. **Reads** the group columns of posts. **Source** Garwood 1936 (doi:10.1093/biomet/28.3-4.437).
    **Caution** A complete count has no sampling error: the interval speaks of the process. Deleted posts are not in it.
    Parameters: `posts`; `by`, the group column or columns.
    Returns the group columns, `post_count`, `n`, `low`, `high`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": ["PER", "PER", "USA"]})
    >>> post_count(posts).round(3).values.tolist()
    [['PER', 2, 2, 0.242, 7.225], ['USA', 1, 1, 0.025, 5.572]]
    """
    by = keys(by)
    counted = canonical(posts, "posts", by).group_by(by).agg(posts=ibis._.count()).to_pandas()

    def rows(part):
        return [rate_row("post_count", int(part.posts.sum()), 1) | {"post_count": part.posts.sum()}]

    return tidy(counted, by, rows, {"post_count": "int64", **NUMBERS})


def posting_rate(posts, *, start, end, zone="UTC", by="ministry"):
    """Posts per day over the window.

    Formula: posts in [start, end) / local days in it. Interval: Garwood's exact Poisson limits.
    **Unit** posts per day. **Reads** posts.posted_at. **Source** Garwood 1936 (doi:10.1093/biomet/28.3-4.437);
    methods.md 1.0, 3.2 no. 7.
    **Caution** The interval takes posts as independent, and they come in bursts. A group without a post in the window
    is missing, not 0: the export does not say whether it covers the window.
    Parameters: `posts`; `start`, `end`, ISO dates in `zone`, the end excluded; `by`, the group column or columns.
    Returns the group columns, `posting_rate`, `n` (posts in the window), `low`, `high`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": ["2016-01-01"] * 12 + ["2016-01-04"] * 8})
    >>> posting_rate(posts, start="2016-01-01", end="2016-01-05").round(3).values.tolist()
    [['PER', 5.0, 20, 3.054, 7.722]]
    """
    by, days = keys(by), window_days(start, end)

    def rows(part):
        inside = int(part.day.isin(days).sum())
        return [rate_row("posting_rate", inside, len(days)) if inside else MISSING]

    return tidy(local_posts(posts, by, zone), by, rows, {"posting_rate": "float64", **NUMBERS})


def posts_per_day(posts, *, start, end, zone="UTC", by="ministry"):
    """Posts on each local day of the window.

    Formula: number of posts with local date d, for every d of [start, end). Interval: Garwood's exact Poisson limits.
    **Unit** posts. **Reads** posts.posted_at. **Source** Garwood 1936; methods.md 1.0, 3.2 no. 7.
    **Caution** A day without a post is a true 0 as long as the group posts in the window at all; else every day is
    missing. Days belong to `zone`: 31 December in New York may be 1 January in UTC.
    Parameters: `posts`; `start`, `end`, ISO dates in `zone`, the end excluded; `by`, the group column or columns.
    Returns the group columns, `day` (local midnight), `posts_per_day`, `n` (the same posts), `low`, `high`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": ["2016-01-01T12:00Z", "2016-01-03T02:00Z"]})
    >>> posts_per_day(posts, start="2016-01-01", end="2016-01-04", zone="America/Lima").posts_per_day.tolist()
    [1.0, 1.0, 0.0]
    """
    by, days = keys(by), window_days(start, end)

    def rows(part):
        counts = part.day.value_counts().reindex(days, fill_value=0)
        missing = not counts.any()
        return [{"day": day} | (MISSING if missing else rate_row("posts_per_day", n, 1)) for day, n in counts.items()]

    columns = {"day": "datetime64[us]", "posts_per_day": "float64", **NUMBERS}
    return tidy(local_posts(posts, by, zone), by, rows, columns)


def activity_rank(posts, *, by="ministry", zone="UTC", draws=1999, seed=0):
    """Rank of every group by number of posts, with the ranks that other days could have given it.

    Formula: 1 + number of groups with more posts + half of the others with as many. Interval: 2.5 % and 97.5 % points of the
    ranks when the local days from the first post to the last are drawn again, `draws` times.
    **Unit** rank, 1 the most active. **Reads** posts.posted_at. **Source** Goldstein and Spiegelhalter 1996
    (doi:10.2307/2983325); methods.md 1.7; S09 (an active and dynamic policy).
    **Caution** Who posts nothing has no rank, so the last one is not the least active of all. Many posts are not much
    attention. Days are drawn for all groups together: an event that moves all moves no rank.
    Parameters: `posts`; `by`, the group column or columns; `zone` of days; `draws`; `seed`.
    Returns the group columns, `activity_rank`, `n` (posts), `low`, `high`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": ["PER", "PER", "USA"], "posted_at": "2016-01-01T12:00Z"})
    >>> activity_rank(posts).values.tolist()
    [['PER', 1.0, 2, 1.0, 1.0], ['USA', 2.0, 1, 2.0, 2.0]]
    """
    by = keys(by)
    local = local_posts(posts, by, zone)
    columns = {**local[by].dtypes, "activity_rank": "float64", **NUMBERS}
    if local.empty:
        return pd.DataFrame(columns=list(columns)).astype(columns)
    days = pd.date_range(local.day.min(), local.day.max())
    table = local.groupby([*by, "day"], dropna=False).size().unstack("day", fill_value=0)
    counts = table.reindex(columns=days, fill_value=0).to_numpy(float).T
    drawn = [rankdata(-(weights @ counts), axis=1) for weights in resamples(len(days), draws, seed, counts.shape[1])]
    ranks = rankdata(-counts.sum(axis=0))
    low, high = percentiles(ranks, np.concatenate(drawn))
    found = table.index.to_frame(index=False).assign(activity_rank=ranks, n=counts.sum(axis=0), low=low, high=high)
    return found.astype(columns)
