"""Engagement: how much comment posts draw, and how unevenly.

Every measure here reads posts.comment_count and leaves out the posts where it is missing; `n` counts the others.
Intervals take the posts of one local day together, for they share news and readers, and days in their order.
"""

from functools import partial

import numpy as np
import pandas as pd

from digidip.measures._registry import measure
from digidip.measures.posts._count_models import count_models, dispersion, rate_ratio_rows
from digidip.measures.posts._recounts import recounts, with_recounts
from digidip.measures.statistics._columns import group_columns, local_posts, window_days
from digidip.measures.statistics._counts import (
    gini,
    histogram,
    lorenz,
    mean,
    quantiles,
    top_share,
    totals,
    variance_ratio,
)
from digidip.measures.statistics._intervals import (
    LEAST_CLUSTERS,
    clustered_share_row,
    effective_size,
    jackknife_interval,
    share_interval,
    share_row,
)
from digidip.measures.statistics._result_table import (
    NUMBERS,
    counted_posts,
    day_method,
    day_table,
    result_table,
    share_table,
    with_adjusted_p,
)
from digidip.tables import TableError

QUANTILES = {"median": 0.5, "p10": 0.1, "p25": 0.25, "p75": 0.75, "p90": 0.9}


@measure(unit="comments per post", keys=("statistic",), columns=("method",))
def comments_per_post(posts, *, by="ministry", zone="UTC"):
    """Mean, median, spread and maximum of comments per post.

    Formula: mean = Σ comments / posts; quantiles linear between ranks. Intervals over local days in order: t of the log mean;
    for quantiles the exact limits of the share of posts below, at the effective number of posts, read off as quantiles.
    **Unit** comments per post. **Reads** posts.comment_count, posts.posted_at. **Source** Newey and West 1987
    (doi:10.2307/1913610); Woodruff 1952 (doi:10.1080/01621459.1952.10483443); docs/methods.md#comment-counts;
    docs/methods.md#uncertainty.
    **Caution** The mean hides skew: read it beside the median. Posts near the end of the window still collect comments.
    Where neighbouring days correlate above .5, and for p10 and p90 in fewer than 31 days that go on, intervals are too
    narrow. None for the maximum or from fewer than eight days.
    Parameters: `posts`; `by`, the group column or columns; `zone` of the days.
    Returns the group columns, `statistic` (mean, median, p10 to p90, max), `comments_per_post`, `n`, `low`, `high`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": "2016-01-01", "comment_count": [0, 1, 2, 17, None]})
    >>> comments_per_post(posts).set_index("statistic").comments_per_post[["mean", "median", "p75", "max"]].tolist()
    [5.0, 1.5, 5.75, 17.0]
    """

    def rows(part):
        values, days = histogram(part)
        fields = {"n": int(days.sum())}
        if not len(values):
            reason = fields | {"method": "not defined: no known counts"}
            return [{"statistic": name} | reason for name in ("mean", *QUANTILES, "max")]
        found = {"mean": (*jackknife_interval(partial(mean, values), days, "log"), "t")}
        found |= {name: (*_quantile(values, days, share), "Woodruff") for name, share in QUANTILES.items()}
        table = [
            (name, value, low, high, day_method(value, low, days.shape[0], way))
            for name, (value, low, high, way) in found.items()
        ]
        table.append(("max", max(values), np.nan, np.nan, f"no interval: the largest of {fields['n']:,}"))
        names = ("statistic", "comments_per_post", "low", "high", "method")
        return [fields | dict(zip(names, row, strict=True)) for row in table]

    by, columns = group_columns(by), {"statistic": "str", "comments_per_post": "float64", **NUMBERS, "method": "str"}
    return result_table(counted_posts(posts, by, zone), by, rows, columns)


def _quantile(values, days, share):
    """A quantile with its limits, after Woodruff."""
    total = days.sum(axis=0)[None]
    value = quantiles(values, total, [share]).item()
    if days.shape[0] < LEAST_CLUSTERS:
        return value, np.nan, np.nan
    below = days[:, : np.searchsorted(values, value, "right")].sum(axis=1)
    size = effective_size(below, days.sum(axis=1))
    low, high = quantiles(values, total, share_interval(share * size, size, "beta"))[0]
    return value, min(low, value), max(high, value)


@measure(unit="share of posts", columns=("method",))
def uncommented_share(posts, *, by="ministry", zone="UTC"):
    """Share of posts without a comment.

    Formula: posts with 0 comments / posts. Interval: Wilson at the effective number of posts, local days as clusters;
    one-sided exact bound where none or all are.
    **Unit** share of posts. **Reads** posts.comment_count, posts.posted_at. **Source** Wilson 1927
    (doi:10.1080/01621459.1927.10502953); docs/methods.md#shares; docs/methods.md#uncertainty.
    **Caution** Hidden and deleted comments leave no trace, so a 0 need not be silence. The bound of none or all takes posts
    as independent. No interval from fewer than eight days.
    Parameters: `posts`; `by`, the group column or columns; `zone` of the days.
    Returns the group columns, `uncommented_share`, `n`, `low`, `high`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": "2016-01-01", "comment_count": [0, 0, 5, 9]})
    >>> uncommented_share(posts).round(3).values.tolist()
    [['PER', 0.5, 4, nan, nan, 'no interval: fewer than 8 days']]
    """
    return share_table("uncommented_share", posts, group_columns(by), zone, lambda counts: counts == 0)


@measure(unit="share of posts", keys=("threshold",), columns=("method", "relation"))
def share_above(posts, *, threshold=100, strict=True, by="ministry", zone="UTC"):
    """Share of posts with more comments than a threshold.

    Formula: posts with comments > threshold (>= if not strict) / posts. Interval: as `uncommented_share`.
    **Unit** share of posts. **Reads** posts.comment_count, posts.posted_at. **Source** Wilson 1927;
    docs/methods.md#comment-counts; docs/methods.md#uncertainty.
    **Caution** "More than 100" excludes 100 itself; say which was meant. As `uncommented_share`.
    Parameters: `posts`; `threshold` in comments; `strict`; `by`, the group column or columns; `zone` of the days.
    Returns the group columns, `threshold`, `share_above`, `n`, `low`, `high`, `method`, `relation` (more than, at least).

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": "2016-01-01", "comment_count": [3, 100, 101, 250]})
    >>> share_above(posts).share_above.item(), share_above(posts, strict=False).share_above.item()
    (0.5, 0.75)
    """

    def event(counts):
        return counts > threshold if strict else counts >= threshold

    table = share_table("share_above", posts, group_columns(by), zone, event)
    table.insert(len(group_columns(by)), "threshold", threshold)
    return table.assign(relation="more than" if strict else "at least")


@measure(unit="Gini index, 0 to 1", columns=("method",))
def comment_gini(posts, *, by="ministry", zone="UTC"):
    """Gini index of comments over posts.

    Formula: G = 2 Σ i·x(i) / (n Σ x) - (n + 1) / n, x ascending. Interval: each local day left out in turn, t of the
    logit.
    **Unit** Gini index, 0 to 1. **Reads** posts.comment_count, posts.posted_at. **Source** Gini 1912;
    docs/methods.md#concentration; docs/methods.md#uncertainty.
    **Caution** Not corrected by n / (n - 1): one post holding all gives 1 - 1/n. Missing where all counts are 0. In fewer
    than 31 days that differ much and go on the interval holds 91 of 100. None from fewer than eight days.
    Parameters: as `comments_per_post`. Returns the group columns, `comment_gini`, `n`, `low`, `high`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": "2016-01-01", "comment_count": [0, 0, 0, 4]})
    >>> comment_gini(posts).comment_gini.item()
    0.75
    """
    return day_table("comment_gini", gini, posts, group_columns(by), zone, "logit")


@measure(unit="share of comments", columns=("method",))
def comment_top_share(posts, *, top=0.1, by="ministry", zone="UTC"):
    """Share of all comments that stand under the most commented posts.

    Formula: 1 - L(1 - top), L the Lorenz curve (a post on the edge counts in part). Interval: as `comment_gini`.
    **Unit** share of comments. **Reads** posts.comment_count, posts.posted_at. **Source** Lorenz 1905;
    docs/methods.md#concentration; docs/methods.md#uncertainty.
    **Caution** With 14.6 posts at the top, the fifteenth counts for 0.6. Missing where all counts are 0. Where days differ
    by half the interval holds 88 to 91 of 100: a month seldom sees the largest day.
    Parameters: as `comments_per_post`, and `top`, a share of the posts.
    Returns the group columns, `comment_top_share`, `n`, `low`, `high`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": "2016-01-01", "comment_count": [1, 1, 2, 4]})
    >>> comment_top_share(posts, top=0.375).comment_top_share.item()
    0.625
    """
    return day_table("comment_top_share", partial(top_share, top=top), posts, group_columns(by), zone, "logit")


@measure(unit="share of posts", keys=("comments",), columns=("method",))
def comment_exceedance(posts, *, by="ministry", zone="UTC"):
    """Share of posts with at least so many comments (ECCDF), for each number that occurs.

    Formula: posts with comments >= k / posts, k every distinct count. Interval: as `uncommented_share`.
    **Unit** share of posts. **Reads** posts.comment_count, posts.posted_at. **Source** Clauset, Shalizi and Newman 2009
    (doi:10.1137/070710111); docs/methods.md#comment-counts; docs/methods.md#uncertainty.
    **Caution** "At least", so the first share is 1. The intervals hold point by point, not for the whole curve.
    Parameters: `posts`; `by`, the group column or columns; `zone` of the days.
    Returns the group columns, `comments`, `comment_exceedance`, `n`, `low`, `high`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": "2016-01-01", "comment_count": [0, 3, 3, 8]})
    >>> comment_exceedance(posts)[["comments", "comment_exceedance"]].values.tolist()
    [[0, 1.0], [3, 0.75], [8, 0.25]]
    """

    def rows(part):
        values, days = histogram(part)
        at_least, sizes = days.toarray()[:, ::-1].cumsum(axis=1)[:, ::-1].T, days.sum(axis=1)
        pairs = zip(values, at_least, strict=True)
        shares = [{"comments": k} | clustered_share_row("comment_exceedance", x, sizes) for k, x in pairs]
        return shares or [share_row("comment_exceedance", 0, 0)]

    columns = {"comments": "Int64", "comment_exceedance": "float64", **NUMBERS, "method": "str"}
    return result_table(counted_posts(posts, group_columns(by), zone), group_columns(by), rows, columns)


@measure(unit="share of comments", keys=("post_share",))
def comment_lorenz(posts, *, by="ministry"):
    """Share of all comments held by the least commented share of posts (Lorenz curve).

    Formula: L(k / n) = Σ of the k smallest counts / Σ of all; corners only, straight between them.
    **Unit** share of comments. **Reads** posts.comment_count. **Source** Lorenz 1905 (doi:10.2307/2276207);
    docs/methods.md#concentration.
    **Caution** No interval: a curve needs a band; see `comment_gini` for its summary. Missing where all counts are 0.
    Parameters: `posts`; `by`, the group column or columns.
    Returns the group columns, `post_share`, `comment_lorenz`, `n`, `low`, `high` (missing).

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": "2016-01-01", "comment_count": [1, 1, 2, 4]})
    >>> comment_lorenz(posts)[["post_share", "comment_lorenz"]].values.tolist()
    [[0.0, 0.0], [0.5, 0.25], [0.75, 0.5], [1.0, 1.0]]
    """

    def rows(part):
        values, posts_at = totals(part)
        n = int(posts_at.sum())
        corners = zip(*lorenz(values, posts_at), strict=True) if values.any() else [(np.nan, np.nan)]
        return [{"post_share": posts, "comment_lorenz": comments, "n": n} for posts, comments in corners]

    columns = {"post_share": "float64", "comment_lorenz": "float64", **NUMBERS}
    return result_table(counted_posts(posts, group_columns(by)), group_columns(by), rows, columns)


@measure(unit="comments", keys=("day",))
def comments_per_day(posts, *, start, end, zone="UTC", by="ministry"):
    """Comments on the posts published on each local day of the window.

    Formula: Σ comments of the posts with local date d, for every d of [start, end).
    **Unit** comments. **Reads** posts.comment_count, posts.posted_at. **Source** docs/methods.md#comment-counts.
    **Caution** The day is that of the post, not of the comment. A day without a post is missing, not 0. No interval.
    Parameters: `posts`; `start`, `end`, ISO dates in `zone`, the end excluded; `by`, the group column or columns.
    Returns the group columns, `day` (local midnight), `comments_per_day`, `n` (posts), `low`, `high` (missing).

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": ["2016-01-01", "2016-01-01"], "comment_count": [2, 3]})
    >>> comments_per_day(posts, start="2016-01-01", end="2016-01-03").comments_per_day.tolist()
    [5.0, nan]
    """
    by, days = group_columns(by), window_days(start, end)

    def rows(part):
        known = part.assign(comments=part.comment_count * part.posts).dropna(subset="comments")
        daily = known.groupby("day")[["comments", "posts"]].sum().reindex(days, fill_value=0)
        return [{"day": day, "comments_per_day": x if n else np.nan, "n": n} for day, x, n in daily.itertuples()]

    columns = {"day": "datetime64[us]", "comments_per_day": "float64", **NUMBERS}
    return result_table(counted_posts(posts, by, zone), by, rows, columns)


@measure(unit="variance / mean", columns=("method",))
def comment_variance_ratio(posts, *, by="ministry"):
    """Variance of comments per post over their mean; 1 for a Poisson process.

    Formula: s² / mean, s² with n - 1 below. No interval: the rare largest posts decide a variance, and drawn again without
    them, percentiles held the truth 63 times in 100, t of the logarithm 64 to 83.
    **Unit** variance / mean. **Reads** posts.comment_count. **Source** Cox and Lewis 1966; docs/methods.md#dispersion.
    **Caution** Grows with the mean, so compare it between similar means only. Missing for one post or a mean of 0. The
    spread with an interval is `comment_dispersion`, which says by which model.
    Parameters: `posts`; `by`, the group column or columns.
    Returns the group columns, `comment_variance_ratio`, `n`, `low`, `high` (missing), `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": "2016-01-01", "comment_count": [0, 2, 4]})
    >>> comment_variance_ratio(posts).comment_variance_ratio.item()
    2.0
    """

    def rows(part):
        values, posts_at = totals(part)
        value = variance_ratio(values, posts_at[None]).item() if len(values) else np.nan
        reason = "not defined: one post, or no comments" if np.isnan(value) else "no interval: the largest posts decide"
        return [{"comment_variance_ratio": value, "n": posts_at.sum(), "method": reason}]

    columns = {"comment_variance_ratio": "float64", **NUMBERS, "method": "str"}
    return result_table(counted_posts(posts, group_columns(by)), group_columns(by), rows, columns)


@measure(unit="alpha of NB2", columns=("p", "method"))
def comment_dispersion(posts, *, by="ministry", zone="UTC"):
    """Dispersion of comments per post as a negative binomial sees it; 0 for Poisson.

    Formula: alpha of NB2, variance = mean + alpha · mean², by maximum likelihood. Interval: profile likelihood, its fall
    t² times the design effect of the scores of local days; `p` = ½ P(χ²(1) > LR) of alpha = 0, which lies on the boundary.
    **Unit** alpha of NB2. **Reads** posts.comment_count, posts.posted_at. **Source** Lawless 1987 (doi:10.2307/3314912);
    Self and Liang 1987; Chandler and Bate 2007 (doi:10.1093/biomet/asm015); docs/methods.md#negative-binomial.
    **Caution** Days that differ are part of alpha. Mean and one share do not fix alpha: 0.193 and 13.9 both fit one
    printed month (docs/methods.md#two-shapes). No interval from fewer than eight days.
    Parameters: `posts`; `by`, the group column or columns; `zone` of the days.
    Returns the group columns, `comment_dispersion`, `n`, `low`, `high`, `p`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": "2016-01-01", "comment_count": [2, 3, 4]})
    >>> comment_dispersion(posts)[["comment_dispersion", "p"]].values.tolist()  # variance 2/3 is below the mean 3
    [[0.0, 1.0]]
    """

    def rows(part):
        known = part.dropna(subset="comment_count").sort_values(["day", "comment_count"])
        counts, days = (np.repeat(each, known.posts) for each in (known.comment_count, pd.factorize(known.day)[0]))
        found = dispersion(counts.to_numpy(float), days)
        return [
            {"n": len(counts), **dict(zip(("comment_dispersion", "low", "high", "p", "method"), found, strict=True))}
        ]

    columns = {"comment_dispersion": "float64", **NUMBERS, "p": "float64", "method": "str"}
    return result_table(counted_posts(posts, group_columns(by), zone), group_columns(by), rows, columns)


@measure(unit="AIC", keys=("model",), columns=("log_likelihood", "parameters", "zero_share", "method"))
def comment_model_fit(posts, *, by="ministry"):
    """How well Poisson, the negative binomial and one with a hurdle describe comments per post.

    Formula: AIC = 2 parameters - 2 log-likelihood, by maximum likelihood, one mean for all posts; the lowest describes best.
    Hurdle: none with the share seen, else NB2 without its zeros. `zero_share`: posts without a comment that the model expects.
    **Unit** AIC. **Reads** posts.comment_count. **Source** Akaike 1974 (doi:10.1109/TAC.1974.1100705); Mullahy 1986
    (doi:10.1016/0304-4076(86)90002-3); docs/methods.md#negative-binomial; docs/methods.md#two-shapes.
    **Caution** Takes posts as independent, so differences of a few units say little. A hurdle wants a reason why silence is
    another process. With one mean for all, zero inflation fits as the hurdle does wherever there are more zeros than NB2 has.
    Parameters: `posts`; `by`, the group column or columns.
    Returns the group columns, `model`, `comment_model_fit`, `n`, `low`, `high` (missing), `log_likelihood`, `parameters`,
    `zero_share`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": "2016-01-01", "comment_count": [0, 0, 0, 8, 9, 9]})
    >>> comment_model_fit(posts)[["model", "zero_share"]].round(3).values.tolist()  # e^-(13/3), …, 3 of 6
    [['Poisson', 0.013], ['NB2', 0.416], ['hurdle NB2', 0.5]]
    """

    def rows(part):
        counts = np.repeat(*totals(part)).astype(float)
        if len(counts) < 2 or not counts.any():
            return [{"n": len(counts), "method": "not defined: fewer than two posts, or no comments"}]
        found = count_models(counts)
        names = ("comment_model_fit", "log_likelihood", "parameters", "zero_share")
        cells = {name: (2 * k - 2 * fit, fit, k, round(float(below(0)), 4)) for name, (fit, k, below) in found.items()}
        fields = {"n": len(counts), "method": "maximum likelihood"}
        return [{"model": model} | fields | dict(zip(names, row, strict=True)) for model, row in cells.items()]

    columns = {"model": "str", "comment_model_fit": "float64", **NUMBERS, "log_likelihood": "float64"}
    columns |= {"parameters": "Int64", "zero_share": "float64", "method": "str"}
    return result_table(counted_posts(posts, group_columns(by)), group_columns(by), rows, columns)


@measure(unit="posts", keys=("model", "comments"), columns=("up_to", "observed", "method"))
def comment_rootogram(posts, *, by="ministry"):
    """Posts that each model expects with so many comments, beside those there are.

    Formula: n (F(up_to) - F(comments - 1)), F of the models of `comment_model_fit`, from `comments` to `up_to`: 0, 1, 2, then
    ever wider by √2.
    **Unit** posts. **Reads** posts.comment_count. **Source** Kleiber and Zeileis 2016
    (doi:10.1080/00031305.2016.1173590); docs/methods.md#negative-binomial.
    **Caution** As `comment_model_fit`. A bin expected to hold fewer than five posts misses easily.
    Parameters: `posts`; `by`, the group column or columns.
    Returns the group columns, `model`, `comments`, `comment_rootogram` (expected), `n`, `low`, `high` (missing), `up_to`,
    `observed`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": "2016-01-01", "comment_count": [0, 0, 1, 3]})
    >>> found = comment_rootogram(posts).query("model == 'Poisson'")  # 4 e^-1 (1, 1, 1/2, 1/6)
    >>> found[["comments", "up_to", "comment_rootogram", "observed"]].round(3).values.tolist()
    [[0, 0, 1.472, 2], [1, 1, 1.472, 1], [2, 2, 0.736, 0], [3, 3, 0.245, 1]]
    """

    def rows(part):
        counts = np.repeat(*totals(part)).astype(float)
        if len(counts) < 2 or not counts.any():
            return [{"n": len(counts), "method": "not defined: fewer than two posts, or no comments"}]
        steps = np.unique(np.ceil(2 ** np.arange(0, 2 * np.log2(counts.max() + 1) + 1, 0.5)).astype(int))
        starts = np.append(0, steps[steps <= counts.max()])
        ends = np.append(starts[1:] - 1, steps[steps > counts.max()][0] - 1)
        observed = [int(((counts >= a) & (counts <= b)).sum()) for a, b in zip(starts, ends, strict=True)]
        fields, found = {"n": len(counts), "method": "maximum likelihood"}, []
        for model, (_, _, below) in count_models(counts).items():
            expected = len(counts) * (below(ends) - below(starts - 1))
            cells = zip(starts, expected, ends, observed, strict=True)
            names = ("comments", "comment_rootogram", "up_to", "observed")
            found += [{"model": model} | fields | dict(zip(names, row, strict=True)) for row in cells]
        return found

    columns = {"model": "str", "comments": "Int64", "comment_rootogram": "float64", **NUMBERS}
    columns |= {"up_to": "Int64", "observed": "Int64", "method": "str"}
    return result_table(counted_posts(posts, group_columns(by)), group_columns(by), rows, columns)


@measure(unit="ratio of means", keys=("term", "level"), columns=("p", "p_adjusted", "method"))
def comment_rate_ratio(posts, *, by="ministry", terms=("weekday", "hour", "medium"), zone="UTC"):
    """How many times more comments posts of one kind draw than the commonest kind, other things equal.

    Formula: exp(beta) of NB2, log mean = beta0 + Σ beta, by maximum likelihood. Interval and `p`: beta refitted without each
    local day at the alpha found, days in order; t with at most the days of the rarer level, less 1. `p_adjusted`: Holm, over
    all rows of the table.
    **Unit** ratio of means. **Reads** posts.comment_count, posts.posted_at, the terms. **Source** Lawless 1987; MacKinnon,
    Nielsen and Webb 2023 (doi:10.1016/j.jeconom.2022.04.001); Holm 1979; docs/methods.md#negative-binomial.
    **Caution** Association, not effect. A weekday falls on four or five days of a month: its interval is wide. A level
    without comments, or all terms of a fit that fails, is missing and `method` says why. None from fewer than eight days.
    Parameters: as `comments_per_post`; `terms`: weekday, hour (six-hour bands, local) or any column of posts.
    Returns the group columns, `term`, `level`, `comment_rate_ratio`, `n` (posts of the level), `low`, `high`, `p`,
    `p_adjusted`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": "2016-01-01", "comment_count": [8, 0, 4, 1, 30, 2, 6]})
    >>> posts["medium"] = ["photo", "photo", "photo", "photo", "video", "video", "video"]  # means 3.25 and 38/3
    >>> comment_rate_ratio(posts, terms=["medium"]).comment_rate_ratio.round(3).tolist()
    [1.0, 3.897]
    """
    by, terms = group_columns(by), group_columns(terms)
    columns = [term for term in terms if term not in ("weekday", "hour")]
    types = {"term": "str", "level": "str", "comment_rate_ratio": "float64", **NUMBERS}
    types |= {"p": "float64", "method": "str"}
    rows = partial(rate_ratio_rows, terms=terms)
    table = result_table(local_posts(posts, by, zone, "comment_count", *columns), by, rows, types)
    return with_adjusted_p(table, "holm")


def recounted_posts(posts, comments, *, count="held", within_days=None):
    """Posts with `comment_count` counted again from the comments held, as an Ibis table.

    For sensitivity checks.

    `count` "held" counts every comment, "top-level" those that answer no other; `within_days` only those written sooner
    than so many days after the post: missing where one has a day or an age for its time. A post without any is 0 where
    comments of its account are held, else missing.

    >>> import pandas as pd
    >>> ids = {"platform": "x", "account_id": "a", "post_id": ["1", "2"]}
    >>> posts = pd.DataFrame({**ids, "posted_at": "2016-01-01", "comment_count": 9})
    >>> comments = pd.DataFrame({**ids, "post_id": "1", "parent_id": [None, "c"], "commented_at": "2016-01-02"})
    >>> recounted_posts(posts, comments, count="top-level").to_pandas().sort_values("post_id").comment_count.tolist()
    [1, 0]
    """
    if count not in ("held", "top-level"):
        raise TableError(f"count must be 'held' or 'top-level', not {count!r}.")
    return with_recounts(posts, recounts(posts, comments, {"recount": (count, within_days)}))["recount"]
