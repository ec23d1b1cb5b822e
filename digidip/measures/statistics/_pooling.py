"""Pooling: one share over several ministries, as drawn from a Beta (beta-binomial), with limits and a prediction."""

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import expit
from scipy.stats import beta, betabinom, chi2

from digidip.measures.statistics._intervals import share_interval

FINE = {"xatol": 1e-9}
LOGITS, LOG_SIZES = (-12, 12), (-4, 14)  # where mean and size of the beta distribution are sought


def sized_row(name, events, n, method, size):
    """One row: the share of n, with the exact interval that `size` independent ones would give."""
    low, high = share_interval(events / n * size, size, method="beta")
    return {name: events / n, "n": int(n), "low": low, "high": high, "method": method}


def pooled(events, sizes, over):
    """Mean, interval, prediction and method over the units."""
    share, units = events.sum() / sizes.sum(), len(sizes)
    if units == 1:
        return sized_row(
            "pooled_answer_share", events.sum(), sizes.sum(), f"one {over} only: its own share, exact", sizes.sum()
        )
    if share in (0, 1):
        return sized_row("pooled_answer_share", events.sum(), sizes.sum(), f"exact, each {over} counted once", units)

    def loss(logit, log_size):
        mean, size = expit(logit), np.exp(log_size)
        return -betabinom.logpmf(events, sizes, mean * size, (1 - mean) * size).sum()

    def best(logit):
        return minimize_scalar(lambda log_size: loss(logit, log_size), bounds=LOG_SIZES, method="bounded", options=FINE)

    found = minimize_scalar(lambda logit: best(logit).fun, bounds=LOGITS, method="bounded", options=FINE)
    ends = [_limit(lambda logit: best(logit).fun - found.fun - chi2.ppf(0.95, 1) / 2, found.x, end) for end in LOGITS]
    mean, size = expit(found.x), np.exp(best(found.x).x)
    predicted = np.round(beta.ppf([0.025, 0.975], mean * size, (1 - mean) * size), 4)  # a tail of 1e-12 is no finding
    told = dict(zip(("low", "high", "predicted_low", "predicted_high"), (*expit(ends), *predicted), strict=True))
    return {"pooled_answer_share": mean, **told, "method": f"beta-binomial over {units} values of {over}"}


def _limit(excess, inside, end):
    """Where the profile likelihood crosses, or the end of the search if it does not."""
    return brentq(excess, inside, end) if excess(end) > 0 else end
