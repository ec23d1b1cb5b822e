"""Policy: whether one ministry's openings left those of comparison ministries when its policy changed, and not before."""

import warnings

import numpy as np
import statsmodels.api as sm
from scipy.stats import t as student

from digidip.measures._registry import measure
from digidip.measures.influence._event_series import AFTER, BASELINE, NO_AFTER, window_table
from digidip.measures.statistics._intervals import coefficient, too_few
from digidip.measures.statistics._result_table import NUMBERS, with_adjusted_p

IN_A_YEAR = {"day": 365, "week": 52, "month": 12, "year": 1}
NO_COMPARISON = "not available: no comparison series, so nothing is said of the policy"
BOTH, TREND = "after against before", "trend before, a year"


@measure(
    unit="ratio of rates to comparison",
    keys=("term",),
    columns=("own", "others", "p", "p_adjusted", "compared", "method"),
)
def policy_contrast(attention, *, events, event="", series=(), donors="all", by="series", zone="UTC"):
    """How many times as high a series was beside comparisons, year by year about an event, and after it.

    Formula: own / (own + others) of each interval by a binomial logit: exp of the term of a year (the last before the event is 1), of
    after against before (difference in differences), and of the trend before in a year. Interval and `p`: of the last weighted
    least squares, intervals in order, scaled, t. `p_adjusted`: Holm, over all rows from the event on; the checks of
    the time before are in no family.
    **Unit** ratio of rates to comparison. **Reads** attention.series, source, unit, span, begins_at, value; events. **Source** Angrist and
    Pischke 2009, Mostly Harmless Econometrics, chapter 5; Bertrand, Duflo and Mullainathan 2004
    (doi:10.1162/003355304772839588); Roth 2022 (doi:10.1257/aeri.20210236); docs/methods.md#policy.
    **Caution** It says what the policy did only if the ministries would have gone on side by side; a trend before that is not found is
    not one that is absent: read its interval. One treated ministry is one case. Comparisons that copied the policy hide it. Name
    the comparisons before you look.
    Parameters: `attention`, such as `opening_series`; `events`, `event`, `series`, `by`, `zone` as in `excess_ratio`; `donors`, the
    names of the comparison series, or "all".
    Returns the group columns, `term` (year -3, …, year +0, …; after against before; trend before), `policy_contrast`, `n` (intervals
    compared), `low`, `high`, `own`, `others` (counts in the year, or after), `p`, `p_adjusted`, `compared` (names), `method`.

    >>> import pandas as pd
    >>> days = pd.date_range("2010-01-01", periods=4, freq="YS", tz="UTC")
    >>> values = {"PER": [2, 2, 6, 6], "KEN": [4, 4, 4, 4]}
    >>> openings = pd.DataFrame([{"source": "s", "series": name, "unit": "accounts", "span": "year", "begins_at": day, "value": value}
    ...     for name, row in values.items() for day, value in zip(days, row)])
    >>> changed = pd.DataFrame({"event": ["Policy"], "ministry": "PER", "kind": "policy change", "series": "PER", "hashtag": None,
    ...     "begins_at": days[2], "ends_at": pd.NaT, "source": "press"})
    >>> found = policy_contrast(openings, events=changed, event="Policy").set_index("term").policy_contrast
    >>> float(found["after against before"].round(6))  # (6 / 4) / (2 / 4)
    3.0
    """

    def rows(window):
        if window.donors.empty or not window.donors.shape[1]:
            return [{"term": BOTH, "n": 0, "method": NO_COMPARISON}]
        if not (window.phase == AFTER).any():
            return [{"term": BOTH, "n": 0, "method": NO_AFTER}]
        return _terms(window)

    columns = {"term": "str", "policy_contrast": "float64", **NUMBERS, "own": "float64", "others": "float64"}
    columns |= {"p": "float64", "compared": "str", "method": "str"}
    table = window_table(rows, columns, attention, events, event, series, donors, by, zone)
    checks = table.term.eq(TREND) | table.term.str.startswith("year -")  # of which a correction would only excuse more
    return with_adjusted_p(table, "holm", checks)


def _terms(window):
    """The rows of all terms."""
    own, others = window.values, window.donors.sum(axis=1, skipna=False).to_numpy(float)
    since = window.place - window.place[window.phase == AFTER][0]
    used = np.isfinite(own) & np.isfinite(others) & np.isin(window.phase, (BASELINE, AFTER))
    own, others, since, after = own[used], others[used], since[used], (window.phase[used] == AFTER).astype(float)
    size = IN_A_YEAR[window.span]
    year = since // size
    whole = {each for each in np.unique(year) if (year == each).sum() == size}
    fields = {"compared": ", ".join(window.donors)}
    found = []
    for each in sorted(whole - {-1}):
        pair = np.isin(year, (-1, each))
        step = (year[pair] == each).astype(float)
        found.append(
            {"term": f"year {each:+d}"}
            | _contrast(own[pair], others[pair], step, own[year == each], others[year == each])
        )
    found.append({"term": BOTH} | _contrast(own, others, after, own[after > 0], others[after > 0]))
    before = after == 0
    trend = _contrast(own[before], others[before], since[before] / size, own[before], others[before])
    return [row | fields for row in [*found, {"term": TREND} | trend]]


def _contrast(own, others, regressor, own_here, others_here):
    """The ratio for one step of a regressor, with its interval."""
    row = {"n": len(own), "own": own_here.sum(), "others": others_here.sum()}
    if (own < 0).any() or (others < 0).any() or (own % 1 != 0).any() or (others % 1 != 0).any():
        return row | {"n": 0, "method": "not defined: no counts"}
    known = own + others > 0
    own, others, regressor = own[known], others[known], regressor[known]
    is_step = set(np.unique(regressor)) <= {0.0, 1.0}
    sides = [regressor == 0, regressor == 1] if is_step else [np.ones(len(own), bool)]
    if len(own) < 3 or np.ptp(regressor) == 0 or any(min(own[s].sum(), others[s].sum()) == 0 for s in sides):
        return row | {"n": 0, "method": "not defined: nothing is counted on one side"}
    design = np.column_stack([np.ones(len(own)), regressor])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = sm.GLM(np.column_stack([own, others]), design, family=sm.families.Binomial()).fit()
    share, size = fit.fittedvalues, own + others
    weights = size * share * (1 - share)
    working = design @ fit.params + (own - size * share) / weights
    beta, error, free = coefficient(working, design, weights)
    smaller = min(side.sum() for side in sides)
    few = too_few(smaller, "intervals on a side")
    if few or not error > 0:
        return row | {"policy_contrast": np.exp(beta), "method": few or "no interval: nothing varies"}
    half = student.ppf(0.975, free) * error
    limits = {"low": np.exp(beta - half), "high": np.exp(beta + half), "p": 2 * student.sf(abs(beta) / error, free)}
    return (
        row | {"policy_contrast": np.exp(beta)} | limits | {"method": f"binomial logit, {len(own)} intervals in order"}
    )
