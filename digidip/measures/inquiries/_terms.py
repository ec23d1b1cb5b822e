"""Terms of waiting: the levels of kind, hour or language, whether they wait differently, and how many times sooner one is answered."""

import numpy as np
import pandas as pd
from statsmodels.duration.survfunc import survdiff

from digidip.measures.inquiries._asked import INQUIRY, NO_INQUIRY, kinds, reason, usable
from digidip.measures.inquiries._survival import drifts, hazards
from digidip.measures.statistics._ratios import HOURS

NO_ANSWER = "not defined: no answer"


def needed(terms):
    """The columns of inquiries that waits by these terms read."""
    return ["kind", "hours", "is_answered", *("asked" if term == "hour" else term for term in terms)]


def levels_of(rows, term):
    """The levels of a term: hour band of asking, else the column as it is; at least two, or the reason why not."""
    if term == "hour":
        return pd.Series(np.array(HOURS)[rows.asked.dt.hour // 6], rows.index)
    return rows[term].astype("string").fillna("not given").astype(object)


def differences(part, terms):
    """The log-rank test of each term, or why there is none."""
    known = usable(part)
    if known.empty:
        return [{"term": term, "n": 0, "method": reason(part)} for term in terms]
    rows = kinds(known)[INQUIRY]
    return [{"term": term, "n": len(rows)} | _difference(rows, term) for term in terms]


def _difference(rows, term):
    """χ², degrees of freedom and p of one term."""
    if not rows.is_answered.any():
        return {"method": NO_ANSWER if len(rows) else NO_INQUIRY}
    levels = levels_of(rows, term)
    if levels.nunique() < 2:
        return {"method": "not defined: one level only"}
    try:
        value, p = survdiff(rows.hours.to_numpy(), rows.is_answered.to_numpy(int), levels.to_numpy(str))
    except np.linalg.LinAlgError:
        return {"method": "not defined: a level that nobody waits in"}
    return {"waiting_difference": value, "p": p, "method": f"log-rank, df {levels.nunique() - 1}"}


def ratios(part, terms):
    """The hazard ratio of each level that occurs, or why there is none."""
    known = usable(part)
    rows = kinds(known)[INQUIRY]
    if rows.empty:
        return [{"term": term, "n": 0, "method": reason(part)} for term in terms]
    levels = {term: levels_of(rows, term) for term in terms}
    found = hazards(rows, levels)
    sizes = [(term, level, n) for term in terms for level, n in levels[term].value_counts().sort_index().items()]
    return [{"term": term, "level": level, "n": n} | found[term, level] for term, level, n in sizes]


def drift_rows(part, terms):
    """Whether each hazard ratio drifts with time, and all of them together, or why that is not told."""
    known = usable(part)
    rows = kinds(known)[INQUIRY]
    if rows.empty:
        return [{"term": term, "n": 0, "method": reason(part)} for term in [*terms, "all terms"]]
    found = drifts(rows, {term: levels_of(rows, term) for term in terms})
    return [{"term": term, "level": level} | row for (term, level), row in found.items()]
