"""Rate ratios of comment counts: from the posts of one group to the rows of its table."""

import warnings
from functools import partial
from types import SimpleNamespace

import numpy as np
import pandas as pd
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.stats import chi2, nbinom, poisson, t
from statsmodels.discrete.discrete_model import NegativeBinomial
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM

from digidip.measures.statistics._columns import HOURS, WEEKDAYS
from digidip.measures.statistics._intervals import CELLS, sum_error, too_few

LEAST_DAYS = 3  # a level seen on fewer days gets no interval


def rate_ratio_rows(
    posts,
    terms,
    *,
    name="comment_rate_ratio",
    count="comment_count",
    account=None,
    baseline="",
    exposure=None,
    in_order=True,
):
    """One row for each term and level that occurs among the posts with a known count.

    `account` names a further term, which is in the model and has no rows: the model then is Poisson, else NB2. `baseline` is
    the level that others are compared with, in the terms that have it, else the commonest; `exposure`, for Poisson, a column
    of which the mean is a multiple. Clusters are local days in order, or, not `in_order`, the days of each account.
    """
    known = posts.dropna(subset=count)
    if known.empty:
        return [{"term": term, "n": 0, "method": "not defined: no known counts"} for term in terms]
    levels = pd.DataFrame(
        {term: _levels(known, term) for term in [account] * bool(account) + list(terms)}, index=known.index
    )
    used, design = _design(levels, known[count], baseline)
    times = np.ones(len(used)) if exposure is None else known.loc[used.index, exposure].to_numpy(float)
    days = known.loc[used.index].groupby(["day"] if in_order else [account, "day"]).ngroup().to_numpy()
    fit = _fit(known.loc[used.index, count].to_numpy(float), design, times if account else None)
    estimates = _estimates(fit, days, used, design, times, in_order)
    rows = []
    for term in terms:
        for level, n in levels[term].value_counts(sort=False).items():
            found = estimates.get((term, level)) or _without_estimate(used[term], level, count)
            rows.append({"term": term, "level": level, "n": n, name: found.pop("ratio", np.nan), **found})
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


def _design(levels, counts, baseline):
    """Levels with an act, reference (`baseline`, or most posts) first, and dummies.

    A level without one adds no likelihood.
    """
    sums = [counts.groupby(levels[term], observed=True).transform("sum") for term in levels]
    used = levels[np.logical_and.reduce([total > 0 for total in sums])].copy()
    for term in used:
        sizes = used[term].value_counts(sort=False)
        order = sizes[sizes > 0].sort_values(ascending=False, kind="stable").index
        used[term] = used[term].cat.set_categories(sorted(order, key=lambda level: level != baseline))
    dummies = {term: pd.get_dummies(used[term], dtype=float).iloc[:, 1:] for term in used}
    return used, pd.concat(dummies, axis=1)


def _without_estimate(used, level, count):
    """Why a level has no estimate of its own."""
    if level not in used.cat.categories:
        return {"method": f"not defined: no {count.removesuffix('_count')}s at this level"}
    if len(used.cat.categories) == 1:
        return {"method": "not defined: one level only"}
    return {"ratio": 1.0, "method": "reference"}


def _fit(counts, design, times):
    """NB2, or with `times` Poisson, of the design with a constant; none where the design is empty."""
    exog = np.column_stack([np.ones(len(design)), design])
    return negative_binomial(counts, exog) if times is None else poisson_fit(counts, exog, times)


def _estimates(fit, days, used, design, times, in_order):
    """Estimate, interval and method of every column of the design, or the reason why the fit failed."""
    if design.empty:
        return {}
    if isinstance(fit, str):
        return {(term, level): {"method": fit} for term in used for level in used[term].cat.categories}
    if few := too_few(days.max() + 1, "local days" if in_order else "days of an account"):
        limits = np.full((len(design.columns), 3), np.nan)
        methods = [few] * len(design.columns)
    else:
        limits, methods = _limits(fit, used, days, design.columns, times, in_order)
    rows = np.column_stack([np.exp(fit.params[1:-1]), limits])
    names = ("ratio", "low", "high", "p", "method")
    found = zip(design.columns, rows, methods, strict=True)
    return {key: dict(zip(names, (*row, how), strict=True)) for key, row, how in found}


def _limits(fit, used, days, columns, times, in_order):
    """Limits and p of the ratios from the coefficients without each local day, and how they were made.

    t has at most as many degrees of freedom as the rarer of level and reference has days, less 1.
    """
    clusters, beta = days.max() + 1, fit.params[1:-1]
    without = coefficients_without_days(fit, days, np.append("", columns.get_level_values(0)), times)[:, 1:]
    error, free = sum_error((without.mean(axis=0) - without) * (clusters - 1) / clusters, in_order)
    seen = {term: pd.Series(days, used.index).groupby(used[term], observed=True).nunique() for term in used}
    fewest = np.array([min(seen[term][level], seen[term].iloc[0]) for term, level in columns])
    free = np.minimum(free, fewest - 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        half, p = t.ppf(0.975, free) * error, 2 * t.sf(np.abs(beta) / error, free)
    limits = np.column_stack([np.exp(beta - half), np.exp(beta + half), p])
    limits[(fewest < LEAST_DAYS) | ~np.isfinite(limits).all(axis=1)] = np.nan
    unit = "local days" if in_order else "days of an account"
    seldom = f"no interval: seen on fewer than {LEAST_DAYS} {unit}"
    reasons = np.where(fewest < LEAST_DAYS, seldom, "no interval: one local day holds all its comments")
    return limits, np.where(np.isnan(limits[:, 0]), reasons, f"each of {clusters} {unit} left out, t")


LOG_ALPHAS = np.log([1e-6, 1e6])
STEP = 1e-3  # of log alpha, for slopes and curvature


def dispersion(counts, days):
    """Maximum likelihood alpha of one sample, its profile interval and the boundary p of alpha = 0.

    The likelihood may fall by the square of t, times what the scores of days vary more than those of independent posts.
    """
    if len(counts) < 2 or not counts.any():
        return np.nan, np.nan, np.nan, np.nan, "not defined: fewer than two posts, or no comments"
    if counts.var() <= counts.mean():
        return 0.0, np.nan, np.nan, 1.0, "on the boundary: no more spread than Poisson"
    mean = counts.mean()

    def losses(log_alpha):
        alpha = np.exp(log_alpha)
        return -nbinom.logpmf(counts, *_shape(mean, alpha))

    best = minimize_scalar(lambda x: losses(x).sum(), bounds=LOG_ALPHAS, method="bounded", options={"xatol": 1e-9})
    ratio = 2 * (-best.fun - poisson.logpmf(counts, mean).sum())
    p = chi2.sf(max(ratio, 0), 1) / 2
    if few := too_few(days.max() + 1, "days"):
        return np.exp(best.x), np.nan, np.nan, p, few
    down, here, up = (losses(best.x + step) for step in (-STEP, 0, STEP))
    error, free = sum_error(np.bincount(days, (up - down) / (2 * STEP)))
    information = (up + down - 2 * here).sum() / STEP**2
    fall = t.ppf(0.975, free) ** 2 * max(error**2 / information, 1)

    def above(log_alpha):
        return 2 * (losses(log_alpha).sum() - best.fun) - fall

    low, high = (np.exp(brentq(above, best.x, end)) if above(end) > 0 else np.nan for end in LOG_ALPHAS)
    method = f"profile likelihood, {days.max() + 1} days as clusters"
    return np.exp(best.x), np.nan_to_num(low), high, p, method if high == high else f"{method}; no upper limit"


def count_models(counts):
    """Log-likelihood, number of parameters and distribution function of three models of one sample of counts.

    Poisson; NB2; and NB2 behind a hurdle: none with the share seen, else NB2 without its zeros, by maximum likelihood.
    """
    mean, alpha = counts.mean(), max(dispersion(counts, np.zeros(len(counts), dtype=int))[0], 1e-9)
    size, chance = _shape(mean, alpha)
    models = {
        "Poisson": (poisson.logpmf(counts, mean).sum(), 1, partial(poisson.cdf, mu=mean)),
        "NB2": (nbinom.logpmf(counts, size, chance).sum(), 2, partial(nbinom.cdf, n=size, p=chance)),
    }
    silent, some = (counts == 0).mean(), counts[counts > 0]
    if len(some) < 2 or np.ptp(some) == 0:
        return models

    def loss(logs):
        shape = _shape(*np.exp(logs))
        return -(nbinom.logpmf(some, *shape) - np.log(-np.expm1(nbinom.logpmf(0, *shape)))).sum()

    start = [np.log(some.mean()), np.log(max(alpha, 1e-3))]
    best = minimize(loss, start, method="L-BFGS-B", bounds=[(-15, 20), tuple(LOG_ALPHAS)])
    shape, gate = (
        _shape(*np.exp(best.x)),
        sum(k * np.log(k / len(counts)) for k in (len(some), len(counts) - len(some)) if k),
    )

    def below(k):
        seen = (nbinom.cdf(k, *shape) - nbinom.pmf(0, *shape)) / nbinom.sf(0, *shape)
        return np.where(np.asarray(k) < 0, 0.0, silent + (1 - silent) * np.maximum(seen, 0))

    return models | {"hurdle NB2": (gate - best.fun, 3, below)}


def _shape(mean, alpha):
    """Size and chance of scipy's negative binomial."""
    return 1 / alpha, 1 / (1 + alpha * mean)


def negative_binomial(counts, design):
    """Fitted NB2, or the reason why there is none."""
    if len(counts) <= design.shape[1] + 1:
        return "not defined: too few posts"
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return "not defined: the terms cannot be told apart"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fit that fails is reported in the table
        try:
            fit = _maximum(counts, design)
        except (np.linalg.LinAlgError, ValueError):
            return "not defined: no maximum of the likelihood"
    is_converged = fit.mle_retvals["converged"] and np.isfinite([*fit.params, *fit.bse]).all() and fit.params[-1] > 0
    return fit if is_converged else "not defined: the fit did not converge"


def _maximum(counts, design):
    """Poisson and moments as start, BFGS to come near, Newton to arrive."""
    start = GLM(counts, design, family=Poisson()).fit()
    alpha = max(np.mean((counts - start.mu) ** 2 - start.mu) / np.mean(start.mu**2), 0.1)
    model = NegativeBinomial(counts, design)
    near = model.fit([*start.params, alpha], method="bfgs", maxiter=1000, disp=0)
    return model.fit(near.params, method="newton", maxiter=100, disp=0)


def poisson_fit(counts, design, times):
    """Poisson of the counts by maximum likelihood, the mean a multiple of `times`, or why there is none.

    As a fit of NB2 is: model.exog, model.endog, and params, of which the last is alpha = 0.
    """
    if len(counts) <= design.shape[1] or np.linalg.matrix_rank(design) < design.shape[1]:
        return "not defined: too few posts, or the terms cannot be told apart"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of posts that are told apart perfectly there is an estimate all the same
        fit = GLM(counts, design, family=Poisson(), exposure=times).fit()
    return SimpleNamespace(model=SimpleNamespace(exog=design, endog=counts), params=np.append(fit.params, 0.0))


def coefficients_without_days(fit, days, terms, times=None):
    """Coefficients refitted without each day, alpha held: a row for each day.

    Missing where what is left has no comment at the level or its reference.

    Posts enter through sums by day and pattern of the design, so a day costs the same for 100 posts and a million.
    `terms` names the term of each column of the design; `times`, of Poisson, what each mean is a multiple of.
    """
    patterns, pattern = np.unique(fit.model.exog, axis=0, return_inverse=True)
    counts, sums = np.zeros((2, days.max() + 1, len(patterns)))
    np.add.at(counts, (days, pattern), 1 if times is None else times)
    np.add.at(sums, (days, pattern), fit.model.endog)
    reference = np.column_stack([patterns[:, terms == term].sum(axis=1) == 0 for term in terms])
    rest, total, found = counts.sum(axis=0) - counts, sums.sum(axis=0) - sums, []
    chunk = max(1, CELLS // (patterns.size + patterns.shape[1] ** 2))
    for first in range(0, len(rest), chunk):
        posts, comments = rest[first : first + chunk], total[first : first + chunk]
        beta = _newton(posts, comments, patterns, fit.params[-1], fit.params[:-1])
        found.append(np.where((comments @ patterns > 0) & (comments @ reference > 0), beta, np.nan))
    return np.concatenate(found)


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
