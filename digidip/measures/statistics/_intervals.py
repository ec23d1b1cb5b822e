"""95 % intervals: shares, rates, differences, and anything else by drawing whole local days again."""

from functools import lru_cache

import numpy as np
from scipy.stats import norm
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.rates import confint_poisson

from digidip.tables import TableError

Z = norm.ppf(0.975)  # of a 95 % interval that takes its statistic as normal
CELLS = 2_000_000  # numbers held at a time while drawing: 16 MB


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
    """The row of a Wilson share; missing where n is 0."""
    if n == 0:
        return {name: np.nan, "n": 0, "low": np.nan, "high": np.nan, "method": "not defined: no known counts"}
    low, high = share_interval(events, n)
    method = "Wilson" if 0 < events < n else "exact, one-sided"
    return {name: events / n, "n": n, "low": low, "high": high, "method": method}


def rate_row(name, events, exposure=1):
    """The row of a Poisson rate with Garwood's exact interval."""
    low, high = confint_poisson(events, exposure, method="exact-c")
    return {name: events / exposure, "n": events, "low": low, "high": high}


def rate_rows(name, events):
    """The rows of counts that are Poisson, each with Garwood's exact interval; thousands at once."""
    low, high = confint_poisson(np.asarray(events), 1, method="exact-c")
    return [{name: x, "n": x, "low": a, "high": b} for x, a, b in zip(events, low, high, strict=True)]


def resamples(days, draws, seed, width):
    """How often each of `days` is drawn, `draws` rows in all.

    In chunks that `width` numbers a row keep small. What is small as a whole is kept: measures of one month ask for the same.
    """
    chunk = max(1, CELLS // max(days, width))
    if days * draws <= CELLS // 2:
        whole = _all_resamples(days, draws, seed)
        yield from (whole[first : first + chunk] for first in range(0, draws, chunk))
        return
    rng = np.random.default_rng(seed)
    for first in range(0, draws, chunk):
        yield _drawn(rng, days, min(chunk, draws - first))


@lru_cache(maxsize=2)
def _all_resamples(days, draws, seed):
    whole = _drawn(np.random.default_rng(seed), days, draws)
    whole.flags.writeable = False
    return whole


def _drawn(rng, days, draws):
    return rng.multinomial(days, np.full(days, 1 / days), size=draws).astype(float)


def percentiles(value, drawn):
    """2.5 % and 97.5 % points of the draws that are defined, widened to hold the value itself."""
    low, high = np.nanquantile(drawn, [0.025, 0.975], axis=0)
    return np.fmin(low, value), np.fmax(high, value)


def day_bootstrap(statistic, values, days, draws, seed):
    """statistic(values, weights) and its percentile interval over redrawn days.

    None from fewer than two days.
    """
    value = statistic(values, days.sum(axis=0)[None])[0]
    if days.shape[0] < 2 or np.isnan(value).any():
        return value, np.full_like(value, np.nan), np.full_like(value, np.nan)
    chunks = resamples(days.shape[0], draws, seed, len(values))
    return value, *percentiles(value, np.concatenate([statistic(values, weights @ days) for weights in chunks]))


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


def verdict(low, high, margin):
    """What a 90 % interval says about a margin; a margin that is not above 0 is an error."""
    if not margin > 0:
        raise TableError(f"margin: found {margin:g}. Expected: above 0, the largest difference that would not matter.")
    if -margin < low and high < margin:
        return f"equivalent within ± {margin:g}"
    return f"different, beyond ± {margin:g}" if low > margin or high < -margin else f"undecided at ± {margin:g}"
