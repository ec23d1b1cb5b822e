"""Rate ratios of comment counts: from the posts of one group to the rows of its table."""

import warnings

import numpy as np
import pandas as pd
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import chi2, nbinom, poisson
from statsmodels.discrete.discrete_model import NegativeBinomial
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM

from digidip.measures.statistics._columns import HOURS, WEEKDAYS
from digidip.measures.statistics._intervals import percentiles, resamples

LEAST_DAYS = 3  # a level seen on fewer days gets no interval


def rate_ratio_rows(posts, terms, draws, seed):
    """One row for each term and level that occurs among the posts with a known count."""
    known = posts.dropna(subset="comment_count")
    if known.empty:
        return [{"term": term, "n": 0, "method": "not defined: no known counts"} for term in terms]
    levels = pd.DataFrame({term: _levels(known, term) for term in terms}, index=known.index)
    used, design = _design(levels, known.comment_count)
    estimates = _estimates(known.loc[used.index], used, design, draws, seed)
    rows = []
    for term in terms:
        for level, n in levels[term].value_counts(sort=False).items():
            found = estimates.get((term, level)) or _without_estimate(used[term], level)
            rows.append({"term": term, "level": level, "n": n, **found})
    return rows


def _levels(posts, term):
    """The levels of a term: weekday and hour band of the local time, else the column as it is."""
    if term == "weekday":
        levels = pd.Categorical.from_codes(posts.local.dt.day_of_week, WEEKDAYS)
    elif term == "hour":
        levels = pd.Categorical.from_codes(posts.local.dt.hour // 6, HOURS)
    else:
        levels = pd.Categorical(posts[term].astype("string").fillna("not given").astype("str"))
    return levels.remove_unused_categories()


def _design(levels, counts):
    """Levels with a comment, reference (most posts) first, and dummies.

    A level without one adds no likelihood.
    """
    sums = [counts.groupby(levels[term], observed=True).transform("sum") for term in levels]
    used = levels[np.logical_and.reduce([total > 0 for total in sums])].copy()
    for term in used:
        sizes = used[term].value_counts(sort=False)
        order = sizes[sizes > 0].sort_values(ascending=False, kind="stable").index
        used[term] = used[term].cat.set_categories(list(order))
    dummies = {term: pd.get_dummies(used[term], dtype=float).iloc[:, 1:] for term in used}
    return used, pd.concat(dummies, axis=1)


def _without_estimate(used, level):
    """Why a level has no estimate of its own."""
    if level not in used.cat.categories:
        return {"method": "not defined: no comments at this level"}
    if len(used.cat.categories) == 1:
        return {"method": "not defined: one level only"}
    return {"comment_rate_ratio": 1.0, "method": "reference"}


def _estimates(posts, used, design, draws, seed):
    """Estimate, interval and method of every column of the design, or the reason why the fit failed."""
    if design.empty:
        return {}
    counts, days = posts.comment_count.to_numpy(float), pd.factorize(posts.day)[0]
    exog = np.column_stack([np.ones(len(design)), design])
    fit = negative_binomial(counts, exog, days)
    if isinstance(fit, str):
        return {(term, level): {"method": fit} for term in used for level in used[term].cat.categories}
    terms = design.columns.get_level_values(0)
    low, high, method = _bounds(fit, days, np.append("", terms), draws, seed)
    rows = np.column_stack([np.exp(fit.params[1:-1]), low, high])
    spread = _spread(used, days, design.columns)
    rows[~spread, 1:] = np.nan
    methods = np.where(spread, method, f"no interval: seen on fewer than {LEAST_DAYS} local days")
    names = ("comment_rate_ratio", "low", "high", "method")
    found = zip(design.columns, rows, methods, strict=True)
    return {key: dict(zip(names, (*row, how), strict=True)) for key, row, how in found}


def _bounds(fit, days, terms, draws, seed):
    """Interval of the ratios: clustered errors with many days, else redrawn days."""
    clusters = days.max() + 1
    if clusters >= MANY_DAYS:
        low, high = np.exp(fit.conf_int()[1:-1].T)
        return low, high, f"errors clustered by {clusters} local days"
    drawn = np.exp(bootstrap_coefficients(fit, days, terms, draws, seed)[:, 1:])
    low, high = percentiles(np.exp(fit.params[1:-1]), drawn)
    return low, high, f"bootstrap of {clusters} local days (fewer than {MANY_DAYS})"


def _spread(used, days, columns):
    """Which levels, with their references, are seen on enough days for an interval."""
    seen = {term: pd.Series(days, used.index).groupby(used[term], observed=True).nunique() for term in used}
    return np.array([min(seen[term][level], seen[term].iloc[0]) >= LEAST_DAYS for term, level in columns])


MANY_DAYS = 40  # from here on sandwich errors are trusted (Cameron, Gelbach and Miller 2008)
LOG_ALPHAS = np.log([1e-6, 1e6])


def dispersion(counts):
    """Maximum likelihood alpha of one sample, its profile interval and the boundary p of alpha = 0."""
    if len(counts) < 2 or not counts.any():
        return np.nan, np.nan, np.nan, np.nan, "not defined: fewer than two posts, or no comments"
    if counts.var() <= counts.mean():
        return 0.0, np.nan, np.nan, 1.0, "on the boundary: no more spread than Poisson"
    mean = counts.mean()

    def loss(log_alpha):
        alpha = np.exp(log_alpha)
        return -nbinom.logpmf(counts, 1 / alpha, 1 / (1 + alpha * mean)).sum()

    def above(log_alpha):
        return 2 * (loss(log_alpha) - best.fun) - chi2.ppf(0.95, 1)

    best = minimize_scalar(loss, bounds=LOG_ALPHAS, method="bounded", options={"xatol": 1e-9})
    low, high = (np.exp(brentq(above, best.x, end)) if above(end) > 0 else np.nan for end in LOG_ALPHAS)
    ratio = 2 * (-best.fun - poisson.logpmf(counts, mean).sum())
    return np.exp(best.x), np.nan_to_num(low), high, chi2.sf(max(ratio, 0), 1) / 2, "profile likelihood"


def negative_binomial(counts, design, days):
    """Fitted NB2, its errors clustered by day where days are many, or the reason why there is none."""
    if len(counts) <= design.shape[1] + 1:
        return "not defined: too few posts"
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return "not defined: the terms cannot be told apart"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fit that fails is reported in the table
        try:
            fit = _maximum(counts, design, days)
        except (np.linalg.LinAlgError, ValueError):
            return "not defined: no maximum of the likelihood"
    sound = fit.mle_retvals["converged"] and np.isfinite([*fit.params, *fit.bse]).all() and fit.params[-1] > 0
    return fit if sound else "not defined: the fit did not converge"


def _maximum(counts, design, days):
    """Poisson and moments as start, BFGS to come near, Newton to arrive."""
    start = GLM(counts, design, family=Poisson()).fit()
    alpha = max(np.mean((counts - start.mu) ** 2 - start.mu) / np.mean(start.mu**2), 0.1)
    model = NegativeBinomial(counts, design)
    near = model.fit([*start.params, alpha], method="bfgs", maxiter=1000, disp=0)
    many = days.max() + 1 >= MANY_DAYS
    clusters = {"cov_type": "cluster", "cov_kwds": {"groups": days}} if many else {}
    return model.fit(near.params, method="newton", maxiter=100, disp=0, **clusters)


def bootstrap_coefficients(fit, days, terms, draws, seed):
    """Coefficients refitted on redrawn days, alpha held.

    Missing where a draw lacks the level or its reference.

    Posts enter through sums by day and pattern of the design, so a draw costs the same for 100 posts and a million.
    `terms` names the term of each column of the design.
    """
    patterns, pattern = np.unique(fit.model.exog, axis=0, return_inverse=True)
    counts, sums = np.zeros((2, days.max() + 1, len(patterns)))
    np.add.at(counts, (days, pattern), 1)
    np.add.at(sums, (days, pattern), fit.model.endog)
    reference = np.column_stack([patterns[:, terms == term].sum(axis=1) == 0 for term in terms])
    drawn = []
    for weights in resamples(len(counts), draws, seed, patterns.size + patterns.shape[1] ** 2):
        posts = weights @ counts
        found = _newton(posts, weights @ sums, patterns, fit.params[-1], fit.params[:-1])
        drawn.append(np.where((posts @ patterns > 0) & (posts @ reference > 0), found, np.nan))
    return np.concatenate(drawn)


def _newton(posts, sums, patterns, alpha, start):
    """Newton's method for one NB2 per row, alpha held: the log-likelihood is concave, so a few steps do.

    Steps are at most 2, and 20 in all: a level whose posts drew no comment drifts towards a ratio of 0.
    """
    width = patterns.shape[1]
    beta, active = np.tile(start, (len(posts), 1)), np.arange(len(posts))
    squares = (patterns[:, :, None] * patterns[:, None, :]).reshape(len(patterns), -1)
    for _ in range(20):
        fitted, n, total = np.exp(beta[active] @ patterns.T), posts[active], sums[active]
        score = ((total - n * fitted) / (1 + alpha * fitted)) @ patterns
        curvature = (fitted * (n + alpha * total) / (1 + alpha * fitted) ** 2) @ squares
        curvature = curvature.reshape(-1, width, width) + 1e-9 * np.eye(width)
        step = np.clip(np.linalg.solve(curvature, score[:, :, None])[:, :, 0], -2, 2)
        beta[active] += step
        active = active[np.abs(step).max(axis=1) > 1e-3]
    return beta
