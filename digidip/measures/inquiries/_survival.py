"""Waiting times with unanswered ones censored: Kaplan-Meier, its limits, areas and quantiles.

Cox's model and its test.
"""

import warnings

import numpy as np
import pandas as pd
from scipy.stats import chi2, rankdata
from scipy.stats import t as student
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import SurvfuncRight

from digidip.measures.statistics._intervals import Z, too_few, zero_bound

ALL_TERMS = "all terms"
PHASES = "first half of the answers", "second half"
ONE_RATIO = "not shown: one ratio may tell the whole wait"
NONE_IN_PHASE = "not defined: no answer at this level in this phase"


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
    """The first wait by which a share is answered, inf{t: S(t) <= 1 - share}; limits by the same rule from those of S.

    Missing where the curve, or a limit, does not fall so far. R takes the midpoint where S stays on 1 - share.

    >>> quantile(kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1]), 0.5)[0].item()  # R: 2.5
    2.0
    """
    value, low, high = survival_at(curve, curve.surv_times, curve.n_risk)
    high = np.where(value == 0, np.nan, high)  # S = 0 has no log-log limit
    found = [next(iter(curve.surv_times[limit <= 1 - share]), np.nan) for limit in (value, low, high)]
    return tuple(found) if found[0] == found[0] else (np.nan,) * 3


def cox(hours, answered, design, clusters=None, strata=None):
    """The fitted model of proportional hazards (Efron ties, errors clustered if asked for), or why there is none.

    With `strata` each has a hazard of its own.
    """
    if np.linalg.matrix_rank(design - design.mean(axis=0)) < design.shape[1]:
        return "not defined: the terms cannot be told apart"
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # a fit that fails is reported in the table
        try:
            start = cox_maximum(hours, answered, design, strata)
            model = PHReg(hours, design, status=answered, strata=strata, ties="efron")
            fit = model.fit(groups=clusters, start_params=start, maxiter=0, disp=0)
            is_converged = np.isfinite([*fit.params, *fit.bse]).all() and np.abs(fit.params).max() < 10
        except (np.linalg.LinAlgError, ValueError):
            return "not defined: no maximum of the likelihood"
    return fit if is_converged else "not defined: the fit did not converge"


def cox_maximum(hours, answered, design, strata=None):
    """Where Efron's partial likelihood is greatest, by Newton's steps over all times of answers at once.

    statsmodels goes through them one by one in each step, twenty times as long, so it begins and stays here.
    """
    strata = np.zeros(len(hours), int) if strata is None else np.unique(strata, return_inverse=True)[1]
    order = np.lexsort((-hours, strata))
    hours, answered, design, strata = hours[order], answered[order].astype(float), design[order], strata[order]
    starts = np.flatnonzero(np.append(True, (np.diff(hours) != 0) | (np.diff(strata) != 0)))
    before = np.searchsorted(strata, strata[starts]) - 1  # the last row of the stratum before
    ends, tied = np.append(starts[1:], len(hours)) - 1, np.add.reduceat(answered, starts)
    squares, found = design[:, :, None] * design[:, None, :], np.zeros(design.shape[1])
    for _step in range(50):
        weights = np.exp(design @ found)
        parts = [weights, weights[:, None] * design, weights[:, None, None] * squares]
        at_risk = []
        for part in parts:
            sums = np.cumsum(part, axis=0)
            is_first = (before < 0).reshape(-1, *[1] * (part.ndim - 1))
            at_risk.append(sums[ends] - np.where(is_first, 0, sums[before]))
        leaving = [np.add.reduceat(part.T * answered, starts, axis=-1).T for part in parts]
        slope, bend = answered @ design, np.zeros(squares.shape[1:])
        for place in range(int(tied.max())):
            share = np.where(tied > place, place / np.maximum(tied, 1), 0)
            left = [(risk.T - share * gone.T).T[tied > place] for risk, gone in zip(at_risk, leaving, strict=True)]
            means = left[1] / left[0][:, None]
            slope = slope - means.sum(axis=0)
            bend += (left[2] / left[0][:, None, None]).sum(axis=0) - means.T @ means
        step = np.linalg.solve(bend, slope)
        found = found + step
        if np.abs(step).max() < 1e-9:
            break
    return found


def hazards(rows, levels):
    """For each term and level its row: ratio to the commonest level, n, limits, p and method.

    `levels`: term -> series. A level without an answer has no finite ratio, so its inquiries are left out of the model.
    """
    found, columns, used = design(rows, levels)
    return found | (_fitted(rows[used], columns) if columns else {})


def design(rows, levels):
    """The rows of levels that have no ratio to estimate, a column of 0 and 1 for each that has, and the rows in the model.

    The column belongs to the rows in the model: those of which every level is answered.
    """
    found, columns, used = {}, {}, pd.Series(True, rows.index)
    for term, values in levels.items():
        silent = ~values.isin(values[rows.is_answered.astype(bool)])
        used &= ~silent
        for level, n in values[silent].value_counts().items():
            found[term, level] = {"n": n, "method": "not defined: no answer at this level; not in the model"}
    for term, values in levels.items():
        sizes = values[used].value_counts()
        commonest = sorted(sizes.index, key=lambda level: (-sizes[level], level))
        if len(commonest) == 1:
            found[term, commonest[0]] = {"n": sizes.iloc[0], "method": "not defined: one level only"}
        elif commonest:
            found[term, commonest[0]] = {"waiting_ratio": 1.0, "n": sizes[commonest[0]], "method": "reference"}
            columns |= {(term, level): values[used].eq(level).to_numpy(float) for level in commonest[1:]}
    return found, columns, used


_fits = {}  # the last models by their data: ratios and their drift are of the same


def _fit(rows, columns):
    """The model of some columns, and how many posts there are to cluster its errors by.

    Waits that ended before the first answer are in no risk set; statsmodels would make missing errors of them.
    """
    at_risk = (rows.hours >= rows.hours[rows.is_answered.astype(bool)].min()).to_numpy()
    rows = rows[at_risk]
    clusters = rows.groupby(["platform", "post_id"], dropna=False).ngroup().to_numpy()
    table = np.column_stack([*columns.values()])[at_risk]
    given = rows.hours.to_numpy(float), rows.is_answered.to_numpy(int), table
    key = tuple(each.tobytes() for each in (*given, clusters))
    if key not in _fits:
        while len(_fits) >= 40:
            _fits.pop(next(iter(_fits)))
        _fits[key] = cox(*given, clusters)
    return _fits[key], clusters.max() + 1


def _fitted(rows, columns):
    """The rows of the levels that the model estimates.

    Errors clustered by post, with Student's t of posts - 1; none from too few posts.
    """
    fit, clusters = _fit(rows, columns)
    sizes = {key: int(column.sum()) for key, column in columns.items()}
    if isinstance(fit, str):
        return {key: {"n": n, "method": fit} for key, n in sizes.items()}
    ratios = {key: {"n": sizes[key], "waiting_ratio": np.exp(b)} for key, b in zip(columns, fit.params, strict=True)}
    if why := too_few(clusters, "posts"):
        return {key: row | {"method": f"Cox, Efron; {why}"} for key, row in ratios.items()}
    errors = fit.bse * np.sqrt(clusters / (clusters - 1))
    half = student.ppf(0.975, clusters - 1) * errors
    p = 2 * student.sf(np.abs(fit.params) / errors, clusters - 1)
    limits = zip(np.exp(fit.params - half), np.exp(fit.params + half), p, strict=True)
    method = {"method": f"Cox, Efron; errors clustered by {clusters} posts"}
    return {
        key: row | dict(zip(("low", "high", "p"), cell, strict=True)) | method
        for (key, row), cell in zip(ratios.items(), limits, strict=True)
    }


def drifts(rows, levels):
    """For each level with a ratio its row: correlation with time, limits, p.

    And p of all together under `all terms`.
    """
    _, columns, used = design(rows, levels)
    rows, answers, every = rows[used], int(rows.is_answered.sum()), (ALL_TERMS, "together")
    if not columns:
        return {every: {"n": 0, "method": "not defined: no term with two levels that are answered"}}
    fit, _ = _fit(rows, columns)
    waits = rows.hours[rows.is_answered.astype(bool)].to_numpy(float)
    if isinstance(fit, str) or len({*waits}) < 2:
        why = fit if isinstance(fit, str) else "not defined: all answers took equally long"
        return dict.fromkeys([*columns, every], {"n": 0, "method": why})
    values, p, together = schoenfeld(fit, waits)
    low, high = np.tanh(np.arctanh(values) + np.outer([-Z, Z], np.ones(len(values))) / np.sqrt(max(answers - 3, 0.1)))
    names = ("waiting_ratio_drift", "low", "high", "p")
    fields = {"n": answers, "method": "Schoenfeld residuals, rank of time"}
    cells = zip(columns, values, low, high, p, strict=True)
    found = {key: dict(zip(names, cell, strict=True)) | fields for key, *cell in cells}
    return found | {every: {"p": together, "n": answers, "method": f"all together, df {len(columns)}"}}


def phase_ratios(rows, levels, split, alpha):
    """For each level with a ratio and each of PHASES its row: ratio to the same reference, n, limits, p and method.

    `split` in hours, None for the median of the answers. Where the test of `drifts` does not fail at `alpha`, why there is
    none. A late phase takes who still waits: its partial likelihood is that of the whole from `split` on.
    """
    _, columns, used = design(rows, levels)
    together = drifts(rows, levels)[ALL_TERMS, "together"]
    if not columns:
        return {(ALL_TERMS, "together", ""): together}
    asked, answered = rows[used], rows.is_answered[used].astype(bool)
    split = float(asked.hours[answered].median()) if split is None else split
    within = {"hours": asked.hours.clip(upper=split), "is_answered": answered & (asked.hours <= split)}
    parts = asked.assign(**within), asked[asked.hours > split]
    found, p = {}, together.get("p", np.nan)
    for phase, part, words in zip(PHASES, parts, (f"up to {split:.3g} h", f"after {split:.3g} h"), strict=True):
        own = {key: column[asked.index.isin(part.index)] for key, column in columns.items()}
        table = {key: {"n": int(column.sum()), "method": together["method"]} for key, column in own.items()}
        if p < alpha:
            table |= _phase(part, own)
        elif p == p:
            table = {key: row | {"method": f"{ONE_RATIO}, p {p:.3f}"} for key, row in table.items()}
        found |= {(*key, phase): row | {"method": f"{row['method']}; {words}"} for key, row in table.items()}
    return found


def _phase(part, columns):
    """The rows of the levels in one phase; those of a level without an answer in it are not in the model."""
    answered = part.is_answered.to_numpy(bool)
    silent = {key: column for key, column in columns.items() if not answered[column > 0].any()}
    found = {key: {"n": int(column.sum()), "method": NONE_IN_PHASE} for key, column in silent.items()}
    rest = {key: column for key, column in columns.items() if key not in silent}
    used = ~np.any([column > 0 for column in silent.values()], axis=0) if silent else np.ones(len(part), bool)
    return found | (_fitted(part[used], {key: column[used] for key, column in rest.items()}) if rest else {})


def schoenfeld(fit, hours):
    """Correlation of each scaled residual with the rank of time, its p, and p of all together.

    Grambsch and Therneau.
    """
    events = np.asarray(fit.model.status, bool)
    residuals, covariance = fit.schoenfeld_residuals[events], np.linalg.inv(-fit.model.hessian(fit.params))
    time = rankdata(hours) - (len(hours) + 1) / 2
    scaled, spread = len(hours) * residuals @ covariance, (time**2).sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        values = time @ (scaled - scaled.mean(axis=0)) / np.sqrt(spread * scaled.var(axis=0) * len(hours))
        alone = (time @ scaled) ** 2 / (len(hours) * np.diag(covariance) * spread)
    sums = time @ residuals
    together = sums @ covariance @ sums * len(hours) / spread
    return values, chi2.sf(alone, 1), float(chi2.sf(together, len(values)))
