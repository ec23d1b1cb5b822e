"""Curves of adoption and growth: least squares from several starts, and profile intervals that allow for openings in waves.

Half of what a curve ends at is one of its parameters (m), so that it can be held while the others are fitted again.
"""

import numpy as np
from scipy.optimize import brentq, least_squares
from scipy.special import expit
from scipy.stats import t as student

from digidip.measures.statistics._intervals import LEAST_CLUSTERS, sum_error

LN2 = np.log(2)


def logistic(t, pace, half):
    """Share by a moment t, of the logarithm of the rate and the moment of the half."""
    return expit(np.exp(np.clip(pace, -9, 9)) * (t - half))


def gompertz(t, pace, half):
    """As `logistic`, slower after the half than before it."""
    return np.exp(-LN2 * np.exp(np.clip(-np.exp(np.clip(pace, -9, 9)) * (t - half), -50, 50)))


def _two(one):
    """The sum of two curves, the first with the share of which `weight` is the logit."""

    def both(t, weight, pace, half, later_pace, later_half):
        share = expit(weight)
        return share * one(t, pace, half) + (1 - share) * one(t, later_pace, later_half)

    return both


SHARES = {"logistic": logistic, "gompertz": gompertz, "two logistic": _two(logistic), "two gompertz": _two(gompertz)}
HALVES = {"logistic": {"all": 1}, "gompertz": {"all": 1}}  # which parameter is the half of which part
HALVES |= {"two logistic": {"first": 2, "second": 4}, "two gompertz": {"first": 2, "second": 4}}


def share_starts(curve, t):
    """Where the search begins: rates from a year to a month, and two parts at every pair of quantiles."""
    if not curve.startswith("two"):
        return [np.array([pace, np.median(t)]) for pace in (-0.5, 1.0)]
    low, middle, high = np.quantile(t, [0.2, 0.5, 0.8])
    return [np.array([0.0, 1.0, *pair]) for pair in ((low, 1.0, high), (low, 2.0, middle), (middle, 2.0, high))]


def fit(function, t, y, starts):
    """Parameters, Jacobian and residuals of the best least squares from any start; None where none converges."""
    found = []
    for start in starts:
        if len(t) > len(start):
            made = least_squares(
                lambda theta: function(t, *theta) - y, start, method="lm", max_nfev=200, xtol=1e-6, ftol=1e-9
            )
            found += [made] if np.isfinite(made.fun).all() else []
    return min(found, key=lambda made: made.cost, default=None)


def fit_share(curve, t, y, start=None):
    """The least squares of one of SHARES; of two parts, the earlier one stands first."""
    made = fit(SHARES[curve], t, y, share_starts(curve, t) if start is None else [start])
    if made is not None and len(made.x) == 5 and made.x[2] > made.x[4]:
        swapped = np.array([-made.x[0], *made.x[3:], *made.x[1:3]])
        made = fit(SHARES[curve], t, y, [swapped])
    return made


def half_interval(curve, made, place, t, y, edges):
    """Both ends of the profile interval of one half: where others' least squares grow by more than its error explains.

    t, y: moments of the openings in order and their share; edges: of months. The error is that of the months' openings about those
    the curve has, months in order, so that waves count as such, and no less than that of independent openings; a plain profile takes
    the points of one cumulative line as independent.
    """
    counts = np.histogram(t, edges)[0]
    if (counts > 0).sum() < LEAST_CLUSTERS:
        return np.nan, np.nan
    inverse = np.linalg.pinv(made.jac.T @ made.jac)
    after = made.jac[::-1].cumsum(axis=0)[::-1]  # sum over the moments at and after each
    of_each = after @ inverse[:, place]  # how far one opening at this moment pulls the half
    reached = np.searchsorted(t, (edges[:-1] + edges[1:]) / 2)
    expected = len(t) * np.diff(SHARES[curve](edges, *made.x))
    error, free = sum_error(np.append(of_each, 0)[reached] * (counts - expected) / len(t))
    alone = student.ppf(0.975, len(t) - 1) * of_each.std() / np.sqrt(len(t))
    width = max(student.ppf(0.975, free) * error, alone)
    if not width > 0 or not inverse[place, place] > 0:
        return np.nan, np.nan
    allowed = width / np.sqrt(inverse[place, place])
    return tuple(_end(curve, made, place, t, y, side * width, allowed) for side in (-1, 1))


def _end(curve, made, place, t, y, step, allowed):
    """Where, from the best value in one direction, the root of the growth of the squares reaches what is allowed."""
    least, others = 2 * made.cost, np.delete(np.arange(len(made.x)), place)

    def beyond(distance):
        if distance == 0:
            return -allowed

        def held(t, *theta):
            return SHARES[curve](t, *np.insert(np.array(theta), place, made.x[place] + distance))

        found = fit(held, t, y, [made.x[others]])
        return allowed if found is None else np.sqrt(max(2 * found.cost - least, 0)) - allowed

    far = step
    for _try in range(6):
        if beyond(far) >= 0:
            return made.x[place] + brentq(beyond, 0, far, xtol=abs(step) / 100)
        far *= 1.6
    return np.nan


def log_logistic(t, ceiling, pace, half):
    """Logarithm of a logistic curve, of the logarithms of its ceiling and rate and the moment of the half."""
    return ceiling - np.logaddexp(0, -np.exp(np.clip(pace, -9, 9)) * (t - half))


def log_gompertz(t, ceiling, pace, half):
    """As `log_logistic`, of a Gompertz curve."""
    return ceiling - LN2 * np.exp(np.clip(-np.exp(np.clip(pace, -9, 9)) * (t - half), -50, 50))


SIZES = {  # logarithm of a size by a moment, and how many of its parameters there are
    "constant": lambda t, level: level + 0 * t,
    "exponential": lambda t, level, rate: level + rate * t,
    "logistic": log_logistic,
    "gompertz": log_gompertz,
}


def fit_size(curve, t, y):
    """The least squares of one of SIZES to logarithms y."""
    if curve == "constant":
        return fit(SIZES[curve], t, y, [np.array([y.mean()])])
    if curve == "exponential":
        return fit(SIZES[curve], t, y, [np.polyfit(t, y, 1)[::-1]])
    span = np.ptp(t)
    halves = t[0] + span * np.array([0.4, 1.0])
    return fit(SIZES[curve], t, y, [np.array([y[-1] + 0.3, np.log(4 / span), half]) for half in halves])
