"""Vector autoregressions of panels: lags by a criterion, Wald tests of one group's lags, unit roots, responses."""

import warnings

import numpy as np
from scipy.stats import chi2
from statsmodels.tools.sm_exceptions import InterpolationWarning
from statsmodels.tsa.stattools import adfuller, kpss

CRITERIA = ("aic", "bic")
MOST = 14  # lags tried
ALPHA = 0.05


def unit_root(series):
    """p of the ADF test, its lags, p of the KPSS test (both with a constant), and what the two say together.

    Lags of the ADF test by AIC, as `adfuller(autolag="AIC")` chooses them, but from one decomposition for all lags, since that
    fits each anew.

    >>> rng = np.random.default_rng(0)
    >>> unit_root(rng.normal(size=200))[3], unit_root(rng.normal(size=200).cumsum())[3]
    ('stationary', 'unit root')
    """
    n = len(series)
    most = min(int(np.ceil(12 * (n / 100) ** 0.25)), n // 2 - 2)
    steps = np.diff(series)
    y = steps[most:]
    lagged = [steps[most - lag : len(steps) - lag] for lag in range(1, most + 1)]
    basis, _ = np.linalg.qr(np.column_stack([np.ones(len(y)), series[most:-1], *lagged]))
    squares = y @ y - np.cumsum((basis.T @ y) ** 2)[1:]
    lags = int((len(y) * np.log(squares) + 2 * np.arange(2, most + 3)).argmin())
    with warnings.catch_warnings():  # its table ends at .01 and .1
        warnings.simplefilter("ignore", InterpolationWarning)
        p = adfuller(series, maxlag=lags, autolag=None, result_object=False)[1]
        stays = kpss(series, nlags="auto", result_object=False)[1]
    states = {(True, False): "stationary", (False, True): "unit root", (True, True): "disputed"}
    return p, lags, stays, states.get((p < ALPHA, stays < ALPHA), "undecided")


def chosen_lags(values, lags):
    """A number of lags, or the number that a criterion chooses among those for which there are data.

    As `VAR.select_order` of statsmodels, from one decomposition for all lags.
    """
    if lags not in CRITERIA:
        return int(lags)
    rows, groups = values.shape
    most = max(1, min(MOST, (rows // 4 - 1) // (groups + 1)))
    y, x = lag_matrix(values, most)
    basis, _ = np.linalg.qr(np.column_stack([np.ones(len(y)), x]))
    taken = np.cumsum((basis.T @ y)[:, :, None] * (basis.T @ y)[:, None, :], axis=0)[groups::groups]
    _, size = np.linalg.slogdet((y.T @ y - taken) / len(y))
    penalty = {"aic": 2, "bic": np.log(len(y))}[lags] / len(y)
    return 1 + int((size + penalty * groups * (1 + groups * np.arange(1, most + 1))).argmin())


def lag_matrix(values, lags):
    """What is explained, and a column for each group at each lag, the nearest first."""
    rows = len(values) - lags
    return values[lags:], np.column_stack([values[lags - lag : lags - lag + rows] for lag in range(1, lags + 1)])


def wald_tests(values, lags, more=0):
    """For each leader and follower: Wald's statistic that the leader's lags are all 0, its p, and the share of variance.

    `more` lags are fitted and not tested (Toda and Yamamoto). The share is of what the follower's variance is without
    these lags: W / (W + rows - parameters).

    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=300)
    >>> found = wald_tests(np.column_stack([x, np.append(0, 0.5 * x[:-1]) + rng.normal(size=300)]), 1)
    >>> bool(found[0, 1][1] < 1e-6), bool(found[1, 0][1] > 0.05)
    (True, True)
    """
    y, x = lag_matrix(values, lags + more)
    x = np.column_stack([np.ones(len(y)), x])
    inverse = np.linalg.inv(x.T @ x)
    coefficients = inverse @ x.T @ y
    residuals, free = y - x @ coefficients, len(y) - x.shape[1]
    variance, groups = (residuals**2).sum(axis=0) / free, values.shape[1]
    found = {}
    for leader in range(groups):
        own = 1 + leader + groups * np.arange(lags)
        weights = np.linalg.inv(inverse[np.ix_(own, own)])
        for follower in set(range(groups)) - {leader}:
            b = coefficients[own, follower]
            wald = b @ weights @ b / variance[follower]
            found[leader, follower] = wald, chi2.sf(wald, lags), wald / (wald + free)
    return found


def products(values, lags):
    """Of one topic, its own mean taken off: how many rows, and the cross products of lags, of lags and outcomes, of outcomes."""
    y, x = lag_matrix(values, lags)
    y, x = y - y.mean(axis=0), x - x.mean(axis=0)
    return len(y), x.T @ x, x.T @ y, y.T @ y


def responses(rows, xx, xy, yy, lags, horizon):
    """Cumulative responses to a shock of one standard deviation, orthogonal in the order of the groups.

    Takes stacks of cross products (draws first); gives draws × horizon + 1 × response × impulse.
    """
    groups = yy.shape[-1]
    coefficients = np.linalg.solve(xx, xy)
    errors = (yy - coefficients.mT @ xy) / np.asarray(rows - xx.shape[-1])[..., None, None]
    shock = np.linalg.cholesky(errors)
    steps = [coefficients[..., groups * at : groups * (at + 1), :].mT for at in range(lags)]
    moves = [np.broadcast_to(np.eye(groups), yy.shape)]
    for at in range(1, horizon + 1):
        moves.append(sum(steps[lag] @ moves[at - 1 - lag] for lag in range(min(lags, at))))
    return np.cumsum(np.stack(moves, axis=-3), axis=-3) @ shock[..., None, :, :]
