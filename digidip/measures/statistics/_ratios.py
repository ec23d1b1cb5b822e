"""Rate ratios of comment counts: from the posts of one group to the rows of its table."""

import numpy as np
import pandas as pd

from digidip.measures.statistics._intervals import percentiles
from digidip.measures.statistics._models import MANY_DAYS, refits, regression

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = ("00-05", "06-11", "12-17", "18-23")
LEAST_DAYS = 3  # a level seen on fewer days gets no interval


def ratio_rows(posts, terms, draws, seed):
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
    """Levels with a comment, reference (most posts) first, and dummies; a level without one adds no likelihood."""
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
    fit = regression(counts, exog, days)
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
    drawn = np.exp(refits(fit, days, terms, draws, seed)[:, 1:])
    low, high = percentiles(np.exp(fit.params[1:-1]), drawn)
    return low, high, f"bootstrap of {clusters} local days (fewer than {MANY_DAYS})"


def _spread(used, days, columns):
    """Which levels, with their references, are seen on enough days for an interval."""
    seen = {term: pd.Series(days, used.index).groupby(used[term], observed=True).nunique() for term in used}
    return np.array([min(seen[term][level], seen[term].iloc[0]) >= LEAST_DAYS for term, level in columns])
