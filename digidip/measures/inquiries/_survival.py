"""Waiting times with unanswered ones censored: Kaplan-Meier, its limits, areas and quantiles.

Cox's model and its test.
"""

import warnings

import numpy as np
from scipy.stats import chi2, rankdata
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import SurvfuncRight

from digidip.measures.statistics._intervals import Z, zero_bound


def kaplan_meier(hours, answered):
    """The curve of statsmodels, its warnings about the last step apart."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # at S = 0 the variance is 0 / 0, and the limits below do not use it
        curve = SurvfuncRight(np.asarray(hours, float), np.asarray(answered, int))
    curve.surv_prob = np.round(curve.surv_prob, 12)  # statsmodels multiplies by way of logarithms: 1/2 must be 1/2
    return curve


def survival_at(curve, moments, n):
    """S at each moment with pointwise limits, log-log.

    Exact one-sided ones while nobody, or once everybody, is answered.

    `n` is the number at risk at each moment, which bounds S while it is 1.
    """
    place = np.searchsorted(curve.surv_times, moments, side="right")
    value = np.append(1.0, curve.surv_prob)[place]
    error = np.append(0.0, np.nan_to_num(curve.surv_prob_se))[place]
    events = np.append(0, np.cumsum(curve.n_events))[place]
    with np.errstate(all="ignore"):
        spread = np.exp(Z * error / (value * np.abs(np.log(value))))
        low, high = value**spread, value ** (1 / spread)
    low = np.where(value == 1, 1 - zero_bound(np.maximum(n, 1)), np.where(value == 0, 0, low))
    return value, low, np.where(value == 1, 1, np.where(value == 0, zero_bound(np.maximum(events, 1)), high))


def area(curve, horizon, n):
    """Mean wait up to a horizon (area under S) with limits: Greenwood's variance.

    The exact bound where S stays at 1.
    """
    inside = curve.surv_times < horizon
    if not inside.any():
        return horizon, horizon * (1 - zero_bound(n)), horizon
    corners = np.concatenate([[0], curve.surv_times[inside], [horizon]])
    pieces = np.diff(corners) * np.append(1, curve.surv_prob[inside])
    value, beyond = pieces.sum(), pieces[::-1].cumsum()[::-1][1:]
    at_risk, events = curve.n_risk[inside], curve.n_events[inside]
    left = at_risk - events
    variance = (beyond**2 * np.divide(events, at_risk * left, out=np.zeros(len(left)), where=left > 0)).sum()
    half = Z * np.sqrt(variance)
    return value, max(0.0, value - half), min(horizon, value + half)


def quantile(curve, share):
    """The wait within which a share is answered, with limits.

    Missing where the curve does not fall so far.
    """
    value = curve.quantile(share) if len(curve.surv_times) else np.nan
    if np.isnan(value):
        return np.nan, np.nan, np.nan
    with np.errstate(all="ignore"):
        low, high = curve.quantile_ci(share)
    return value, np.fmin(low, value), np.fmax(high, value) if np.isfinite(high) else np.nan


def cox(hours, answered, design, clusters):
    """The fitted model of proportional hazards (Efron ties, clustered errors), or why there is none."""
    if np.linalg.matrix_rank(design - design.mean(axis=0)) < design.shape[1]:
        return "not defined: the terms cannot be told apart"
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # a fit that fails is reported in the table
        try:
            fit = PHReg(hours, design, status=answered, ties="efron").fit(groups=clusters, disp=0)
            sound = np.isfinite([*fit.params, *fit.bse]).all() and np.abs(fit.params).max() < 10
        except (np.linalg.LinAlgError, ValueError):
            return "not defined: no maximum of the likelihood"
    return fit if sound else "not defined: the fit did not converge"


def hazards(rows, levels):
    """For each term and level its row: ratio to the commonest level, limits, p and method.

    `levels`: term -> series.
    """
    found, columns = design(rows, levels)
    return found | (_fitted(rows, columns) if columns else {})


def design(rows, levels):
    """The rows of the levels that have no ratio to estimate, and a column of 0 and 1 for each that has."""
    found, columns = {}, {}
    for term, values in levels.items():
        answered = values[rows.is_answered].value_counts()
        commonest = sorted(answered.index, key=lambda level: (-(values == level).sum(), level))
        for level in values.unique():
            found[term, level] = {"method": "not defined: no answer at this level"}
        if len(commonest) == 1:
            found[term, commonest[0]] = {"method": "not defined: one level only"}
        elif commonest:
            found[term, commonest[0]] = {"waiting_ratio": 1.0, "method": "reference"}
            columns |= {(term, level): values.eq(level).to_numpy(float) for level in commonest[1:]}
    return found, columns


def _fit(rows, columns):
    """The model of some columns, and how many posts its errors are clustered by."""
    clusters = rows.groupby(["platform", "post_id"], dropna=False).ngroup().to_numpy()
    given = rows.hours.to_numpy(float), rows.is_answered.to_numpy(int), np.column_stack([*columns.values()])
    return cox(*given, clusters), clusters.max() + 1


def _fitted(rows, columns):
    """The rows of the levels that the model estimates.

    Errors clustered by post where there are enough posts.
    """
    fit, clusters = _fit(rows, columns)
    if isinstance(fit, str):
        return dict.fromkeys(columns, {"method": fit})
    low, high = np.exp(fit.conf_int().T)
    cells = zip(np.exp(fit.params), low, high, fit.pvalues, strict=True)
    method = {"method": f"Cox, Efron; errors clustered by {clusters} posts"}
    names = ("waiting_ratio", "low", "high", "p")
    return {key: dict(zip(names, cell, strict=True)) | method for key, cell in zip(columns, cells, strict=True)}


def drifts(rows, levels):
    """For each level with a ratio its row: correlation with time, limits, p.

    And p of all together under `all terms`.
    """
    columns, answers, every = design(rows, levels)[1], int(rows.is_answered.sum()), ("all terms", "together")
    if not columns:
        return {every: {"n": 0, "method": "not defined: no term with two levels that are answered"}}
    fit, _ = _fit(rows, columns)
    events = rows.is_answered.to_numpy(bool)
    if isinstance(fit, str) or rows.hours[events].nunique() < 2:
        why = fit if isinstance(fit, str) else "not defined: all answers took equally long"
        return dict.fromkeys([*columns, every], {"n": 0, "method": why})
    values, p, together = schoenfeld(fit, rows.hours.to_numpy(float)[events], events)
    low, high = np.tanh(np.arctanh(values) + np.outer([-Z, Z], np.ones(len(values))) / np.sqrt(max(answers - 3, 0.1)))
    names = ("waiting_ratio_drift", "low", "high", "p")
    fields = {"n": answers, "method": "Schoenfeld residuals, rank of time"}
    cells = zip(columns, values, low, high, p, strict=True)
    found = {key: dict(zip(names, cell, strict=True)) | fields for key, *cell in cells}
    return found | {every: {"p": together, "n": answers, "method": f"all together, df {len(columns)}"}}


def schoenfeld(fit, hours, events):
    """Correlation of each scaled residual with the rank of time, its p, and p of all together.

    Grambsch and Therneau.
    """
    residuals, covariance = fit.schoenfeld_residuals[events], np.linalg.inv(-fit.model.hessian(fit.params))
    time = rankdata(hours) - (len(hours) + 1) / 2
    scaled, spread = len(hours) * residuals @ covariance, (time**2).sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        values = time @ (scaled - scaled.mean(axis=0)) / np.sqrt(spread * scaled.var(axis=0) * len(hours))
        alone = (time @ scaled) ** 2 / (len(hours) * np.diag(covariance) * spread)
    sums = time @ residuals
    together = sums @ covariance @ sums * len(hours) / spread
    return values, chi2.sf(alone, 1), float(chi2.sf(together, len(values)))
