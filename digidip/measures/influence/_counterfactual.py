"""What a series would have been: least squares or a local level on the intervals before, and the error of what is foretold.

An error of a sum is that of the noise to come and of the coefficients together, both as the residuals before are correlated.
"""

import warnings
from bisect import bisect_left
from functools import wraps
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize, nnls
from scipy.stats import t as student
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.tsa.statespace.structural import UnobservedComponents

RHO = np.round(
    np.arange(-0.5, 0.96, 0.05), 2
)  # of errors of first order; at its upper end nothing tells it from a random walk
LEAN = 1  # standard error above the estimate: too low a correlation, as likely as not, makes an interval too narrow
WALK = "residuals like a random walk: not to be trusted"


class Forecast(NamedTuple):
    """What is foretold of the intervals after: mean, covariance, degrees of freedom, p of Ljung and Box, and a warning."""

    mean: np.ndarray
    covariance: np.ndarray
    free: float
    p: float
    warning: str

    def of_sum(self, rows):
        """Sum over these intervals, its error, and the factor of a 95 % interval."""
        return self.mean[rows].sum(), np.sqrt(self.covariance[np.ix_(rows, rows)].sum()), student.ppf(0.975, self.free)


_fits = {}  # the last forecasts by their data: several measures are of the same


def _once(forecast):
    """The forecast, made once for the same arrays."""

    @wraps(forecast)
    def cached(*arrays):
        key = forecast.__name__, *(each.tobytes() for each in arrays)
        if key not in _fits:
            while len(_fits) >= 40:
                _fits.pop(next(iter(_fits)))
            _fits[key] = forecast(*arrays)
        return _fits[key]

    return cached


@_once
def least_squares(values, design, at, later, later_at):
    """The forecast of ordinary least squares, with errors of first order told from the residuals, free of their bias.

    values, design, at: known intervals before, and their places in time; later, later_at: of the intervals after.

    >>> forecast = least_squares(np.array([1.0, 3, 1, 3]), np.ones((4, 1)), np.arange(4), np.ones((2, 1)), np.array([4, 5]))
    >>> forecast.mean.tolist()
    [2.0, 2.0]
    """
    solve = np.linalg.pinv(design)
    residuals = values - design @ (solve @ values)
    basis = np.linalg.qr(design)[0]
    rho, variance, free = _first_order(residuals, basis, at)
    every = np.concatenate([at, later_at])
    noise = variance * _powers(every, rho)
    weights = np.column_stack([-(later @ solve), np.eye(len(later))])
    covariance = weights @ noise @ weights.T
    shocks = np.diff(residuals) + (1 - rho) * residuals[:-1]
    return Forecast(
        later @ (solve @ values), covariance, free, ljung_box(shocks[np.diff(at) == 1]), WALK if rho == RHO[-1] else ""
    )


def wider_coefficient(found, values, design, at):
    """Of an estimate (`coefficient`) and the same with errors of first order, that of the wider interval; and a warning.

    Neighbours taken together find too little of what lasts long, errors of first order too little of any other kind.

    >>> trend = np.column_stack([np.ones(9), np.arange(9.0)])
    >>> (slope, error, free), words = wider_coefficient((1.0, 0.01, 5.0), np.arange(9.0) + [0, 1, 0] * 3, trend, np.arange(9))
    >>> float(round(slope, 3)), bool(error > 0.01), words
    (1.0, True, '')
    """
    solve = np.linalg.pinv(design)
    rho, variance, free = _first_order(values - design @ (solve @ values), np.linalg.qr(design)[0], at)
    error = np.sqrt(variance * (solve[-1] @ _powers(at, rho) @ solve[-1]))
    second = found[0], error, free
    wider = max(found, second, key=lambda each: each[1] * student.ppf(0.975, each[2]) if each[1] > 0 else 0)
    return wider, WALK if rho == RHO[-1] else ""


def _first_order(residuals, basis, at):
    """Correlation of neighbours that would give residuals as correlated as these, their variance, and degrees of freedom.

    Residuals are less correlated than errors, the more so the more terms were fitted: for each correlation of the errors it is
    known what residuals have on average.
    """
    n, near = len(residuals), np.abs(np.subtract.outer(at, at)) == 1
    found = (residuals @ near @ residuals) / max(residuals @ residuals, 1e-300)
    if n - basis.shape[1] < 2:
        return 0.0, 0.0, np.nan

    def beside(rho):
        return _moments(basis, near, _powers(at, rho))[2]

    place = bisect_left(RHO, found, key=beside)
    rho = RHO[min(place, len(RHO) - 1)]
    if 0 < place < len(RHO):
        low, high = beside(RHO[place - 1]), beside(rho)
        rho -= 0.05 * (high - found) / max(high - low, 1e-9)
    rho = min(rho + LEAN * np.sqrt((1 - rho**2) / n), RHO[-1])
    trace, square, _ = _moments(basis, near, _powers(at, rho))
    return rho, residuals @ residuals / trace, trace**2 / square


def _moments(basis, near, noise):
    """Of residuals of errors with this correlation: mean sum of squares, its spread, and the mean share of neighbours."""
    half = noise @ basis
    inner = basis.T @ half
    trace = np.trace(noise) - np.trace(inner)
    square = (noise**2).sum() - 2 * (half**2).sum() + (inner**2).sum()
    lag = near @ basis
    beside = (noise * near).sum() - 2 * (half * lag).sum() + np.trace(inner @ (basis.T @ lag))
    return trace, square, beside / trace


def _powers(at, rho):
    """Correlations of errors of first order at these places in time."""
    distance = np.abs(np.subtract.outer(at, at))
    return np.where(distance == 0, 1.0, np.sign(rho) ** distance * np.abs(rho) ** distance) if rho else np.eye(len(at))


def ljung_box(shocks):
    """p of Ljung and Box over at most ten neighbours; missing from too few."""
    lags = min(10, len(shocks) // 5)
    if lags < 1 or not np.ptp(shocks) > 1e-12:
        return np.nan
    return float(acorr_ljungbox(shocks, lags=[lags]).lb_pvalue.iloc[0])


@_once
def local_level(values, design, later, known):
    """The forecast of a local level with regressors (statsmodels' UnobservedComponents), coefficients as states.

    values: every interval before, missing ones too; design, later: regressors without a constant; known: which are known. It
    is fitted to values of mean 0 and spread 1.
    """
    centre, scale = np.nanmean(values), max(np.nanstd(values), 1e-12)
    shift, spread = design.mean(axis=0), np.where(design.std(axis=0) > 1e-12, design.std(axis=0), 1)
    given = {"exog": (design - shift) / spread, "mle_regression": False} if design.shape[1] else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = UnobservedComponents((values - centre) / scale, level="local level", **given)
        fit = model.fit(disp=0, maxiter=100)
    noise, drift = fit.params[:2]  # of one interval, and of the level
    steps = len(later)
    loads = np.column_stack([np.ones(steps), (later - shift) / spread])
    state, spread_of = fit.predicted_state[:, -1], fit.predicted_state_cov[:, :, -1]
    walk = drift * np.minimum.outer(np.arange(steps), np.arange(steps))
    covariance = (loads @ spread_of @ loads.T + walk + noise * np.eye(steps)) * scale**2
    free = known.sum() - loads.shape[1] - 1
    shocks = fit.filter_results.standardized_forecasts_error[0][loads.shape[1] :]
    p = ljung_box(shocks[np.isfinite(shocks)])
    warning = "" if fit.mle_retvals.get("converged", True) else "the fit did not converge"
    return Forecast(loads @ state * scale + centre, covariance, max(free, 1), p, warning)


def simplex_weights(target, donors):
    """Weights, none below 0 and 1 together, of the columns of donors that come nearest to the target by least squares.

    >>> simplex_weights(np.array([1.0, 2, 4]), np.array([[0.0, 2], [2, 2], [4, 4]])).round(6).tolist()
    [0.5, 0.5]
    """
    size = 1e3 * max(np.abs(donors).max(), np.abs(target).max(), 1e-12)
    weights, _ = nnls(np.vstack([donors, np.full(donors.shape[1], size)]), np.append(target, size))
    return weights / weights.sum()


def property_weights(target, donors, properties):
    """Weights as of `simplex_weights` that come nearest in properties, which weigh so that the series come nearest.

    properties: a row for each property, the target's in the first column. How much each weighs is looked for from two sides,
    equal weights and how well each foretells the series, since the search can stop at a worse place.

    >>> donors = np.array([[0.0, 2], [2, 2], [4, 4]])
    >>> property_weights(donors.mean(axis=1), donors, np.array([[5.0, 4, 6], [1, 9, 2]])).round(3).tolist()  # the second misleads
    [0.5, 0.5]
    """
    properties = properties[np.ptp(properties, axis=1) > 0]
    spread = properties.std(axis=1, ddof=1)[:, None]
    properties = properties / spread

    def weights(shares):
        roots = np.sqrt(np.abs(shares) / np.abs(shares).sum())[:, None]
        return simplex_weights((roots * properties)[:, 0], (roots * properties)[:, 1:])

    def error(shares):
        return ((target - donors @ weights(shares)) ** 2).mean()

    series = np.column_stack([target, donors]).T
    coefficients = np.linalg.pinv(np.column_stack([np.ones(len(series)), properties.T])) @ series
    starts = np.ones(len(properties)), (coefficients[1:] ** 2).sum(axis=1) + 1e-9
    found = [minimize(error, start / start.sum(), method="BFGS") for start in starts]
    return weights(min(found, key=lambda each: each.fun).x)
