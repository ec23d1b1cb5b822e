"""95 % intervals, by one policy: what goes together is drawn together, and what is in order may go on.

Local days, quarters and weeks are clusters in order; posts, accounts, items and threads are clusters in none.
"""

import math
from functools import lru_cache

import numpy as np
from scipy.ndimage import correlate1d
from scipy.special import expit, logit
from scipy.stats import norm, permutation_test, t
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.rates import confint_poisson

from digidip.tables import TableError

Z = norm.ppf(0.975)  # of a 95 % interval that takes its statistic as normal
CELLS = 2_000_000  # numbers held at a time while drawing: 16 MB
LEAST_CLUSTERS = 8  # from fewer days, posts, accounts or quarters there is no interval (docs/methods.md#uncertainty)
LINKS = {
    None: (np.asarray, np.asarray),
    "log": (np.log, np.exp),
    "logit": (logit, expit),
    "atanh": (np.arctanh, np.tanh),
}


def too_few(clusters, unit, least=LEAST_CLUSTERS):
    """Why there is no interval from so few clusters, or an empty text."""
    return "" if clusters >= least else f"no interval: fewer than {least} {unit}"


def zero_bound(n):
    """One-sided exact 95 % upper bound of a share seen 0 times in n: 1 - 0.05^(1/n)."""
    return 1 - 0.05 ** (1 / n)


def share_interval(events, n, method="wilson"):
    """Interval of events / n, Wilson or "beta" (Clopper-Pearson).

    One-sided exact bound for 0 or n events.
    """
    if events == 0:
        return 0.0, zero_bound(n)
    if events == n:
        return 1 - zero_bound(n), 1.0
    return proportion_confint(events, n, method=method)


def share_row(name, events, n):
    """The row of a Wilson share of independent members; missing where n is 0."""
    if n == 0:
        return {name: np.nan, "n": 0, "low": np.nan, "high": np.nan, "method": "not defined: no known counts"}
    low, high = share_interval(events, n)
    method = "Wilson" if 0 < events < n else "exact, one-sided"
    return {name: events / n, "n": n, "low": low, "high": high, "method": method}


def clustered_share_row(name, events, sizes, unit="days", in_order=True):
    """The row of a share whose members stand in clusters of `sizes`: Wilson's interval at the effective size.

    Where none or all are events it is the exact bound of independent members.

    >>> row = clustered_share_row("answered", [0, 2, 1, 0, 2, 1, 0, 2], [2] * 8)
    >>> row["answered"], row["method"]
    (0.5, 'Wilson, 8 days as clusters')
    """
    events, sizes = (np.asarray(each, dtype=float) for each in (events, sizes))
    row = share_row(name, int(events.sum()), int(sizes.sum()))
    if row["method"] != "Wilson":
        return row
    events, sizes = events[sizes > 0], sizes[sizes > 0]
    if reason := too_few(len(sizes), unit):
        return row | {"low": np.nan, "high": np.nan, "method": reason}
    size = effective_size(events, sizes, in_order)
    low, high = share_interval(row[name] * size, size)
    return row | {"low": low, "high": high, "method": f"Wilson, {len(sizes)} {unit} as clusters"}


def effective_size(events, sizes, in_order=True, alpha=0.05):
    """How many independent members the clustered ones are worth, the t factor included; never more than there are.

    Where none or all are events, as many as there are clusters (Korn and Graubard 1998).

    >>> float(effective_size(np.array([0, 5] * 5), np.full(10, 5), in_order=False).round(2))  # 10 coins, less for t
    6.76
    """
    n, share = sizes.sum(), events.sum() / sizes.sum()
    if share in (0, 1) or len(sizes) < 2:
        return len(sizes)
    error, free = sum_error((events - share * sizes) / n, in_order)
    if error == 0:
        return n
    factor = norm.ppf(1 - alpha / 2) / t.ppf(1 - alpha / 2, free)
    return min(n, share * (1 - share) * (factor / error) ** 2)


def sum_error(scores, in_order=True):
    """Standard error of the sum of the clusters' scores (rows, of mean 0), and its degrees of freedom.

    In order: Bartlett's weights over 2 √clusters neighbours (Newey and West 1987), scaled to be right on average where
    clusters are independent; degrees of freedom after Satterthwaite. Else every cluster by itself, clusters - 1.

    >>> error, free = sum_error(np.array([-1.0, 1.0, -1.0, 1.0]), in_order=False)
    >>> float(error.round(4)), round(free)  # √(4 · 4 / 3)
    (2.3094, 3)
    """
    kernel, scale, free = _bartlett(len(scores), in_order)
    centred = scores - np.mean(scores, axis=0)
    near = correlate1d(centred, kernel, axis=0, mode="constant")
    return np.sqrt(np.maximum((centred * near).sum(axis=0), 0) * len(scores) / scale), free


@lru_cache(maxsize=64)
def _bartlett(n, in_order):
    """Weights of neighbours, what their quadratic form of n independent numbers about their mean gives, and its freedom."""
    reach = min(n - 1, int(np.ceil(2 * np.sqrt(n)))) if in_order else 0
    kernel = 1 - np.abs(np.arange(-reach, reach + 1)) / (reach + 1)
    sums = np.convolve(np.ones(n), kernel)[reach : reach + n]  # of the rows of the matrix of weights W
    total, lags = sums.sum(), np.abs(np.arange(-reach, reach + 1))
    trace = n - total / n  # of MW, M taking off the mean; below of MWMW
    square = ((n - lags) * kernel**2).sum() - 2 * (sums**2).sum() / n + (total / n) ** 2
    return kernel, trace, trace**2 / square


def coefficient(values, design, sizes=None):
    """The last coefficient of least squares over clusters in order, its standard error, and its degrees of freedom.

    As `sum_error`, of residuals: scaled and with the freedom of independent errors of one variance. `sizes` weigh the rows.

    >>> slope, error, free = coefficient(np.array([0.0, 2, 1, 3]), np.column_stack([np.ones(4), range(4)]))
    >>> float(slope.round(3)), bool(error > 0), bool(free < 2)
    (0.8, True, True)
    """
    n, sizes = len(values), np.ones(len(values)) if sizes is None else sizes
    solve = np.linalg.pinv(design.T @ (sizes[:, None] * design)) @ (design.T * sizes)
    weights, maker = solve[-1], np.eye(n) - design @ solve
    kernel, _, _ = _bartlett(n, True)
    reach = len(kernel) // 2
    near = np.clip(1 - np.abs(np.subtract.outer(np.arange(n), np.arange(n))) / (reach + 1), 0, None)
    form = weights[:, None] * near * weights
    inner, residuals = maker.T @ form @ maker, maker @ values
    scale = np.trace(inner)
    error = np.sqrt(max(residuals @ form @ residuals, 0) * (weights @ weights) / scale) if scale > 1e-15 else 0.0
    return weights @ values, error, scale**2 / (inner**2).sum() if scale > 1e-15 else np.nan


def jackknife_interval(statistic, table, link=None, in_order=True):
    """A statistic of the sums of a table (clusters × columns) with its t interval, each cluster left out in turn.

    `statistic` takes rows of sums; `link` None, "log", "logit" or "atanh" is the scale on which it is about normal. Missing where
    it is not defined without one of the clusters, or there are too few.
    """
    clusters = table.shape[0]
    total = np.asarray(table.sum(axis=0))
    value = statistic(total[None].astype(float))[0]
    missing = np.full_like(value, np.nan)
    if clusters < LEAST_CLUSTERS:
        return value, missing, missing
    chunk = max(1, CELLS // table.shape[1])
    parts = (table[first : first + chunk] for first in range(0, clusters, chunk))
    without = np.concatenate([statistic(total - (p.toarray() if hasattr(p, "toarray") else p)) for p in parts])
    forward, back = LINKS[link]
    with np.errstate(divide="ignore", invalid="ignore"):
        middle, others = forward(value), forward(without)
        error, free = sum_error((others.mean(axis=0) - others) * (clusters - 1) / clusters, in_order)
        half = t.ppf(0.975, free) * error
        known = np.isfinite(half) & (half > 0)
        return value, *(np.where(known, back(middle + side * half), np.nan) for side in (-1, 1))


def rank_correlation(left, right, held=0):
    """Correlation of two centred columns of ranks, its interval and p; `held` columns have been taken out of both.

    Interval: Bonett and Wright's, none from too few or for a perfect order. p, two-sided: `right` in every other order of up
    to eight; of more t, and where that is below .001 and its tail not to be trusted, 9,999 orders at random.

    >>> value, low, high, p = rank_correlation(np.arange(5) - 2.0, 2.0 - np.arange(5))  # 2 of 120 orders
    >>> float(value), float(low), float(p.round(4))
    (-1.0, nan, 0.0167)
    """
    n, scale = len(left), np.sqrt((left @ left) * (right @ right))
    value, free = np.clip(left @ right / scale, -1, 1), n - 2 - held
    p = 2 * t.sf(abs(value) * np.sqrt(free / max(1 - value**2, 1e-12)), free)
    if n <= 8 or p < 0.001:
        p = permutation_test(
            (right,),
            lambda drawn, axis: np.round(np.abs(drawn @ left) / scale, 9),
            permutation_type="pairings",
            alternative="greater",
            n_resamples=math.factorial(n) if n <= 8 else 9_999,
            vectorized=True,
            rng=np.random.default_rng(n),
        ).pvalue
    if n < LEAST_CLUSTERS or abs(value) > 1 - 1e-9:
        return value, np.nan, np.nan, p
    half = Z * np.sqrt((1 + value**2 / 2) / (n - 3 - held))
    low, high = np.tanh(np.arctanh(value) + np.array([-half, half]))
    return value, low, high, p


def rate_row(name, events, exposure=1):
    """The row of a Poisson rate with Garwood's exact interval."""
    low, high = confint_poisson(events, exposure, method="exact-c")
    return {name: events / exposure, "n": events, "low": low, "high": high}


def rate_rows(name, events):
    """The rows of counts that are Poisson, each with Garwood's exact interval; thousands at once."""
    low, high = confint_poisson(np.asarray(events), 1, method="exact-c")
    limits = np.atleast_1d(low), np.atleast_1d(high)  # statsmodels gives a number for one count of 0
    return [{name: x, "n": x, "low": a, "high": b} for x, a, b in zip(events, *limits, strict=True)]


def resamples(clusters, draws, seed, width):
    """How often each of `clusters` is drawn, `draws` rows in all.

    In chunks that `width` numbers a row keep small. What is small as a whole is kept: measures of one month ask for the same.
    """
    chunk = max(1, CELLS // max(clusters, width))
    if clusters * draws <= CELLS // 2:
        whole = _all_resamples(clusters, draws, seed)
        yield from (whole[first : first + chunk] for first in range(0, draws, chunk))
        return
    rng = np.random.default_rng(seed)
    for first in range(0, draws, chunk):
        yield _drawn(rng, clusters, min(chunk, draws - first))


def block_resamples(clusters, draws, seed, width):
    """As `resamples`, for clusters in order: whole blocks of ∛clusters neighbours, the last joined to the first.

    Circular blocks of the length of Hall, Horowitz and Jing (1995); as many as cover all.

    >>> weights = next(block_resamples(27, 5, 0, 1))  # 9 blocks of 3 neighbours
    >>> weights.shape, set(weights.sum(axis=1).tolist())
    ((5, 27), {27.0})
    """
    length = max(1, round(clusters ** (1 / 3)))
    rng, chunk = np.random.default_rng(seed), max(1, CELLS // max(clusters, width))
    for first in range(0, draws, chunk):
        size = min(chunk, draws - first)
        begins = rng.multinomial(-(-clusters // length), np.full(clusters, 1 / clusters), size=size)
        yield sum(np.roll(begins, step, axis=1) for step in range(length)).astype(float)


@lru_cache(maxsize=2)
def _all_resamples(clusters, draws, seed):
    whole = _drawn(np.random.default_rng(seed), clusters, draws)
    whole.flags.writeable = False
    return whole


def _drawn(rng, clusters, draws):
    return rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=draws).astype(float)


def percentiles(value, drawn, clusters=None):
    """Outer points of the draws that are defined, widened to hold the value itself.

    2.5 % and 97.5 %; with `clusters`, as far out as t of clusters - 1 is beyond the normal (Hesterberg 2015), and none
    from too few.
    """
    tail = 0.025
    if clusters is not None:
        if clusters < LEAST_CLUSTERS:
            return np.full_like(value, np.nan, dtype=float), np.full_like(value, np.nan, dtype=float)
        tail = norm.cdf(-np.sqrt(clusters / (clusters - 1)) * t.ppf(0.975, clusters - 1))
    low, high = np.nanquantile(drawn, [tail, 1 - tail], axis=0)
    return np.fmin(low, value), np.fmax(high, value)


def difference(events, n, others, others_n, alpha=0.05):
    """events / n - others / others_n with Newcombe's interval.

    >>> [round(float(x), 4) for x in difference(56, 70, 48, 80)]  # Newcombe 1998, case a
    [0.2, 0.0524, 0.3339]
    """
    value = events / n - others / others_n
    with np.errstate(invalid="ignore", divide="ignore"):
        low, high = confint_proportions_2indep(
            events, n, others, others_n, method="newcomb", compare="diff", alpha=alpha
        )
    return value, float(min(low, value)), float(max(high, value))


def clustered_difference(own, others, in_order=True, alpha=0.05):
    """Difference of two shares, each given as (events, sizes) of its clusters: Newcombe's at the effective sizes.

    No interval where either has too few clusters.
    """
    shares = [events.sum() / sizes.sum() for events, sizes in (own, others)]
    if min(len(sizes) for _, sizes in (own, others)) < LEAST_CLUSTERS:
        return shares[0] - shares[1], np.nan, np.nan
    worth = [effective_size(events, sizes, in_order, alpha) for events, sizes in (own, others)]
    return difference(shares[0] * worth[0], worth[0], shares[1] * worth[1], worth[1], alpha)


def verdict(low, high, margin):
    """What a 90 % interval says about a margin; a margin that is not above 0 is an error."""
    if not margin > 0:
        raise TableError(f"margin: found {margin:g}. Expected: above 0, the largest difference that would not matter.")
    if -margin < low and high < margin:
        return f"equivalent within ± {margin:g}"
    return f"different, beyond ± {margin:g}" if low > margin or high < -margin else f"undecided at ± {margin:g}"
