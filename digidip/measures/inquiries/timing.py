"""Timing: how long inquiries wait for an answer, those without one taken in as censored."""

from functools import partial

import numpy as np
import pandas as pd
from scipy.stats import chi2, quantile_test
from scipy.stats import t as student
from statsmodels.duration.survfunc import survdiff

from digidip.measures._registry import measure
from digidip.measures.inquiries._inquiry_table import (
    INQUIRY,
    NO_INQUIRY,
    as_pandas,
    inquiries_by_kind,
    inquiry_counts,
    missing_answer_reason,
    of_known_waits,
    rows_by_kind,
    with_known_answers,
)
from digidip.measures.inquiries._replies import FIRST, first_by_others, first_reply_times, incidence_at
from digidip.measures.inquiries._rule_errors import with_rule_errors
from digidip.measures.inquiries._survival import (
    ALL_TERMS,
    area,
    drifts,
    hazards,
    kaplan_meier,
    phase_ratios,
    quantile,
    survival_at,
)
from digidip.measures.statistics._columns import HOURS, group_columns
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p

TERMS = ("kind", "hour", "language")
TOO_SHORT = "not defined: no inquiry observed so long"
NOT_REACHED = "not defined: too few are answered"


@measure(unit="share of inquiries unanswered", keys=("kind", "hours"), columns=("answered", "censored", "method"))
def waiting_curve(inquiries, *, by="ministry"):
    """Share of inquiries still unanswered after so many hours (Kaplan-Meier), by kind.

    Formula: S(t) = Π (1 - answered at u / waiting at u) over u <= t; limits log-log, pointwise; exact while S is 1 or 0.
    **Unit** share of inquiries unanswered. **Reads** inquiries: hours, is_answered, kind. **Source** Kaplan and Meier
    1958 (doi:10.1080/01621459.1958.10501452); docs/methods.md#waiting.
    **Caution** Takes inquiries whose observation ends early as like the others. Limits hold hour by hour, not for the
    whole curve, and take inquiries as independent.
    Parameters: `inquiries`, made by `inquiries`; `by`, columns it carries.
    Returns the group columns, `kind`, `hours` (0, and whenever an answer or an end of observation falls), `waiting_curve`,
    `n` (waiting until then), `low`, `high`, `answered`, `censored`, `method`.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "comment_id": list("cdef"), "kind": "complex", "absent": None,
    ...                      "hours": [1.0, 2.0, 2.0, 3.0], "is_answered": [True, True, False, True]})
    >>> curve = waiting_curve(rows).query("kind == 'complex'")
    >>> curve[["hours", "waiting_curve", "n", "answered", "censored"]].values.tolist()
    [[0.0, 1.0, 4, 0, 0], [1.0, 0.75, 4, 1, 0], [2.0, 0.5, 3, 1, 1], [3.0, 0.0, 1, 1, 0]]
    """
    after = {"answered": "Int64", "censored": "Int64", "method": "str"}
    columns = {"kind": "str", "hours": "float64", "waiting_curve": "float64", **NUMBERS, **after}
    return _by_kind(waiting_curve, inquiries, by, _curve, columns)


@measure(unit="share of inquiries", keys=("kind", "hours"), columns=("method",))
def answered_within(inquiries, *, within=(1, 24, 168), by="ministry"):
    """Share of inquiries answered within so many hours, by kind.

    Formula: 1 - S(h), S of Kaplan and Meier (see `waiting_curve`). Limits log-log; exact, one-sided for none or all.
    **Unit** share of inquiries. **Reads** inquiries: hours, is_answered, kind. **Source** Kaplan and Meier 1958;
    docs/methods.md#waiting.
    **Caution** Clock hours, nights and Sundays included. Missing where no inquiry was observed so long.
    Parameters: `inquiries`, made by `inquiries`; `within`, hours; `by`, columns it carries.
    Returns the group columns, `kind`, `hours`, `answered_within`, `n` (inquiries), `low`, `high`, `method`.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "comment_id": list("cdef"), "kind": "complex", "absent": None,
    ...                      "hours": [1.0, 2.0, 30.0, 30.0], "is_answered": [True, True, False, False]})
    >>> answered_within(rows, within=[1, 24, 168]).answered_within.tolist()[:3]
    [0.25, 0.5, nan]
    """
    columns = {"kind": "str", "hours": "float64", "answered_within": "float64", **NUMBERS, "method": "str"}
    return _by_kind(answered_within, inquiries, by, partial(_within, within=within), columns)


@measure(unit="hours", keys=("kind", "statistic"), columns=("method",))
def waiting_time(inquiries, *, horizon=24, by="ministry"):
    """How long inquiries wait: the unanswered taken in, and by the definitions in public use.

    Formula: median, p90: first t with S(t) <= .5, .1 (Kaplan-Meier); restricted mean = ∫ S from 0 to `horizon`; of the answered alone their median,
    mean, and mean of the fastest 90 %. Limits: log-log; Greenwood; order statistics; Student's t of logarithms, with the
    error of a trimmed mean (Tukey and McLaughlin).
    **Unit** hours. **Reads** inquiries: hours, is_answered, kind. **Source** Kaplan and Meier 1958; Royston and Parmar
    2013 (doi:10.1186/1471-2288-13-152); docs/methods.md#waiting; docs/claims-and-studies.md#b04, #b05.
    **Caution** The last three leave out who was never answered: a ministry that answers one question at once is fast by
    them. A median or p90 that the curve does not reach is missing; read the restricted mean.
    Parameters: `inquiries`, made by `inquiries`; `horizon` in hours; `by`.
    Returns the group columns, `kind`, `statistic`, `waiting_time`, `n` (inquiries, or answered ones), `low`, `high`
    (missing where the curve does not say), `method`.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "comment_id": list("cdefg"), "kind": "complex", "absent": None,
    ...                      "hours": [1 / 6, 0.75, 2.0, 20.0, 53 / 60], "is_answered": True})  # Fanpage Karma's five
    >>> waiting_time(rows).query("kind == 'complex'").set_index("statistic").waiting_time.round(3).tolist()
    [0.883, 20.0, 4.76, 0.883, 4.76, 3.067]
    """
    columns = {"kind": "str", "statistic": "str", "waiting_time": "float64", **NUMBERS, "method": "str"}
    found = partial(_times, horizon=horizon)
    return _by_kind(waiting_time, inquiries, by, found, columns)


@measure(unit="chi-squared", keys=("term",), columns=("p", "p_adjusted", "method"))
def waiting_difference(inquiries, *, terms=TERMS, by="ministry"):
    """Whether inquiries of different kind, hour or language wait differently (log-rank test).

    Formula: χ² of answered against expected in each level of the term, summed over the times of answers.
    **Unit** chi-squared. **Reads** inquiries: hours, is_answered, the terms. **Source** Mantel 1966;
    docs/methods.md#waiting-models.
    **Caution** Weak where curves cross. Takes inquiries as independent; those of a post are not. Three terms are three
    tests: read `p_adjusted` (Holm, over all rows of the table).
    Parameters: `inquiries`, made by `inquiries`; `terms`: kind, hour (six-hour bands of asking, local), any column of it;
    `by`, columns it carries.
    Returns the group columns, `term`, `waiting_difference`, `n` (inquiries), `low`, `high` (missing), `p`,
    `p_adjusted`, `method` with the degrees of freedom.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "comment_id": list("cdef"), "absent": None, "is_answered": True,
    ...                      "kind": ["complex", "procedural"] * 2, "hours": [1.0, 1.0, 2.0, 2.0]})
    >>> waiting_difference(rows, terms=["kind"])[["waiting_difference", "p", "method"]].values.tolist()  # alike
    [[0.0, 1.0, 'log-rank, df 1']]
    """
    after = {"p": "float64", "method": "str"}
    columns = {"term": "str", "waiting_difference": "float64", **NUMBERS, **after}
    return with_adjusted_p(_by_terms(waiting_difference, inquiries, by, terms, _log_rank_rows, columns), "holm")


@measure(unit="hazard ratio", keys=("term", "level"), columns=("p", "p_adjusted", "method"))
def waiting_ratio(inquiries, *, terms=TERMS, by="ministry"):
    """How many times sooner inquiries of one kind are answered than of the commonest (Cox).

    Formula: exp(beta) of h(t) = h0(t) exp(Σ beta), partial likelihood, Efron's ties. Interval: errors clustered by post,
    Student's t of posts - 1; none from fewer than 8 posts. Inquiries of a level without an answer are not in the model.
    **Unit** hazard ratio. **Reads** inquiries: hours, is_answered, post_id, the terms. **Source** Cox 1972; Efron 1977
    (doi:10.1080/01621459.1977.10480613); Lin and Wei 1989; docs/methods.md#waiting-models.
    **Caution** Association, not effect, and one ratio for the whole wait: curves that cross have none. A level without an
    answer, or all terms of a fit that fails, is missing and `method` says why.
    Parameters: as `waiting_difference`. Returns the group columns, `term`, `level`, `waiting_ratio`, `n` (inquiries of the
    level in the model), `low`, `high`, `p`, `p_adjusted` (Holm, over all rows of the table), `method`.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "comment_id": list("cdef"), "absent": None, "is_answered": True,
    ...                      "platform": "x", "post_id": list("1122"), "kind": ["complex", "procedural"] * 2,
    ...                      "hours": [1.0, 2.0, 3.0, 4.0]})
    >>> waiting_ratio(rows, terms=["kind"]).waiting_ratio.round(3).tolist()  # 1 = r + 4 r²
    [1.0, 0.39]
    """
    columns = {"term": "str", "level": "str", "waiting_ratio": "float64", **NUMBERS, "p": "float64", "method": "str"}
    found = _by_terms(waiting_ratio, inquiries, by, terms, _hazard_rows, columns, "platform", "post_id")
    return with_adjusted_p(found, "holm")


@measure(unit="correlation, -1 to 1", keys=("term", "level"), columns=("p", "p_adjusted", "method"))
def waiting_ratio_drift(inquiries, *, terms=TERMS, by="ministry"):
    """Whether the ratios of `waiting_ratio` hold throughout the wait (proportional hazards).

    Formula: correlation of the scaled Schoenfeld residuals of a level with the rank of the time of the answer; p of the
    test of Grambsch and Therneau, each level with 1 degree of freedom and all together. Interval: Fisher's z.
    **Unit** correlation, -1 to 1. **Reads** inquiries: hours, is_answered, the terms. **Source** Grambsch and Therneau
    1994 (doi:10.1093/biomet/81.3.515); docs/methods.md#waiting-models.
    **Caution** A small p says that one ratio does not tell the whole wait; a large one in few answers says nothing. Below 0 a
    ratio falls with time. Residuals take ties as Breslow does, and inquiries as independent.
    Parameters: as `waiting_difference`. Returns the group columns, `term`, `level`, `waiting_ratio_drift`, `n` (answers),
    `low`, `high`, `p`, `p_adjusted` (Holm, over all levels of the table), `method`; the last row of a group, without a
    value, tests all terms together.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "comment_id": list("cdefgh"), "absent": None, "is_answered": True,
    ...                      "platform": "x", "post_id": list("123456"), "kind": ["complex"] * 2 + ["procedural"] * 4,
    ...                      "hours": [1.0, 6.0, 2.0, 3.0, 4.0, 5.0]})
    >>> waiting_ratio_drift(rows, terms=["kind"])[["level", "waiting_ratio_drift", "n", "p"]].round(2).values.tolist()
    [['complex', -0.62, 6, 0.12], ['together', nan, 6, 0.12]]
    """
    columns = {
        "term": "str",
        "level": "str",
        "waiting_ratio_drift": "float64",
        **NUMBERS,
        "p": "float64",
        "method": "str",
    }
    found = _by_terms(waiting_ratio_drift, inquiries, by, terms, _drift_rows, columns, "platform", "post_id")
    return with_adjusted_p(found, "holm", apart=found["term"] == ALL_TERMS)


@measure(unit="hazard ratio", keys=("term", "level", "phase"), columns=("p", "p_adjusted", "method"))
def waiting_ratio_by_phase(inquiries, *, terms=TERMS, split=None, alpha=0.05, by="ministry"):
    """How many times sooner early and late in the wait, where one `waiting_ratio` does not tell both.

    Formula: exp(beta) of Cox's model with a ratio for the hours up to `split` and one for those after it, each over the
    inquiries that wait then. Shown where the test of all terms in `waiting_ratio_drift` has p below `alpha`. Interval: as
    `waiting_ratio`.
    **Unit** hazard ratio. **Reads** inquiries: hours, is_answered, post_id, the terms. **Source** Moreau, O'Quigley and
    Mesbah 1985 (doi:10.2307/2347464); docs/methods.md#waiting-models.
    **Caution** Two ratios are a coarse picture of one that moves: read the curves. The late phase compares those left over,
    whom the first phase has selected. That it is shown rests on a test, which the intervals do not know.
    Parameters: as `waiting_difference`; `split` in hours (default: the median of the answers); `alpha`.
    Returns the group columns, `term`, `level`, `phase`, `waiting_ratio_by_phase`, `n` (inquiries of the level that wait
    then), `low`, `high`, `p`, `p_adjusted` (Holm, over all rows of the table), `method` with the hours.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "comment_id": list("abcdef"), "absent": None, "is_answered": True,
    ...                      "platform": "x", "post_id": list("123456"), "hours": [1.0, 2.0, 5.0, 6.0, 7.0, 8.0],
    ...                      "kind": ["complex", "procedural", "complex", "procedural", "procedural", "complex"]})
    >>> found = waiting_ratio_by_phase(rows, terms=["kind"], split=4, alpha=1)
    >>> found.waiting_ratio_by_phase.round(3).tolist()  # early 3 r² = 2, late r² = r + 1
    [0.816, 1.618]
    """
    names = {"term": "str", "level": "str", "phase": "str", "waiting_ratio_by_phase": "float64"}
    rows = partial(_phase_rows, split=split, alpha=alpha)
    columns = names | {**NUMBERS, "p": "float64", "method": "str"}
    found = _by_terms(waiting_ratio_by_phase, inquiries, by, terms, rows, columns, "platform", "post_id")
    return with_adjusted_p(found, "holm")


@measure(unit="share of inquiries", keys=("statistic", "hours"), columns=("method",))
def first_reply_share(inquiries, comments, *, within=(1, 24, 168), by="ministry"):
    """Who replies to an inquiry first within so many hours: the ministry, somebody else, nobody yet.

    Formula: cumulative incidence of Aalen and Johansen, the ministry's reply and that of somebody else (neither official nor
    the asker) as competing ends; nobody yet by Kaplan and Meier. Limits F^exp(±z·error / (F log F)), the variance of
    Marubini and Valsecchi; exact, one-sided for none or all.
    **Unit** share of inquiries. **Reads** inquiries: hours, is_answered; comments: parent_id, author, is_official,
    commented_at. **Source** Aalen and Johansen 1978; Marubini and Valsecchi 1995; docs/methods.md#waiting.
    **Caution** Who replies is counted, not whether it helps. After a reply by somebody else the ministry may still answer:
    `answered_within` counts that answer, this share does not. A question that was deleted is in no export.
    Parameters: `inquiries`, made by `inquiries`; `comments`, those it was made of; `within`, hours; `by`.
    Returns the group columns, `statistic` (who), `hours`, `first_reply_share`, `n` (inquiries), `low`, `high`, `method`.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "platform": "x", "comment_id": list("cd"), "kind": "complex", "absent": None,
    ...                      "hours": [5.0, 9.0], "is_answered": [True, False]})
    >>> said = pd.DataFrame({"platform": "x", "post_id": "1", "comment_id": list("cde"), "parent_id": [None, None, "c"],
    ...                      "author": list("pqr"), "is_official": False, "text": "So.",
    ...                      "commented_at": ["2016-01-01T09:00Z", "2016-01-01T09:00Z", "2016-01-01T11:00Z"]})
    >>> first_reply_share(rows, said, within=[3])[["statistic", "first_reply_share"]].values.tolist()
    [['the ministry', 0.0], ['somebody else', 0.5], ['nobody yet', 0.5]]
    """
    by = group_columns(by)
    others, unknown = first_by_others(as_pandas(inquiries, by, "platform"), comments)

    def rows(part):
        asked = inquiries_by_kind(with_known_answers(part))[INQUIRY]
        if asked.empty:
            return [
                {"statistic": who, "hours": h, "n": 0, "method": missing_answer_reason(part)}
                for who in FIRST
                for h in within
            ]
        return _firsts(*first_reply_times(asked, others[asked.index]), within)

    def found(table, by):
        columns = {"statistic": "str", "hours": "float64", "first_reply_share": "float64", **NUMBERS, "method": "str"}
        each = as_pandas(table, by, "platform", "kind", "hours", "is_answered")
        each = each.assign(hours=each.hours.mask(unknown[each.index]))
        return result_table(each, by, of_known_waits(rows), columns)

    return with_rule_errors(first_reply_share, inquiries, by, found)


def _by_kind(measure, inquiries, by, kinds, columns):
    """The table of a measure of the waits of each kind."""
    by = group_columns(by)

    def found(table, by):
        waits = inquiry_counts(table, by, "kind", "hours", "is_answered")
        return result_table(waits, by, of_known_waits(partial(rows_by_kind, found=kinds)), columns)

    return with_rule_errors(measure, inquiries, by, found)


def _by_terms(measure, inquiries, by, terms, rows, columns, *others):
    """The table of a measure that compares waits by terms."""
    by, terms = group_columns(by), group_columns(terms)

    def found(table, by):
        each = as_pandas(table, by, *others, *_columns_of_terms(terms))
        return result_table(each, by, of_known_waits(partial(rows, terms=terms)), columns)

    return with_rule_errors(measure, inquiries, by, found)


def _each(rows):
    """Hours and whether answered of each of the inquiries counted, the shortest wait first."""
    rows = rows.sort_values(["hours", "is_answered"])
    return rows.hours.repeat(rows["rows"]).to_numpy(float), rows.is_answered.repeat(rows["rows"]).to_numpy(bool)


def _curve(rows):
    """The rows of one curve: a step at each moment when an answer or an end of observation falls."""
    if rows.empty:
        return [{"n": 0, "method": NO_INQUIRY}]
    hours, answered = _each(rows)
    first_reply_times = pd.Series(answered).groupby(hours).agg(["sum", "size"])
    left = len(hours) - first_reply_times["size"].cumsum() + first_reply_times["size"]
    first_reply_times = (
        pd.concat([pd.DataFrame({"sum": 0, "size": 0}, [0.0]), first_reply_times])
        if first_reply_times.index[0] > 0
        else first_reply_times
    )
    at_risk = left.reindex(first_reply_times.index, fill_value=len(hours)).to_numpy()
    found = survival_at(kaplan_meier(hours, answered), first_reply_times.index.to_numpy(), at_risk)
    cells = zip(
        first_reply_times.index,
        *found,
        at_risk,
        first_reply_times["sum"],
        first_reply_times["size"] - first_reply_times["sum"],
        strict=True,
    )
    names = ("hours", "waiting_curve", "low", "high", "n", "answered", "censored")
    return [dict(zip(names, cell, strict=True)) | {"method": "Kaplan-Meier"} for cell in cells]


def _within(rows, within):
    """1 - S at each of the hours, or why there is none."""
    if rows.empty:
        return [{"n": 0, "method": NO_INQUIRY}]
    (waits, answered), found = _each(rows), []
    curve = kaplan_meier(waits, answered)
    for hours in within:
        waiting = int((waits >= hours).sum())
        value, low, high = (float(x[0]) for x in survival_at(curve, [hours], np.array([waiting])))
        table = waiting or value == 0
        numbers = {"answered_within": 1 - value, "low": 1 - high, "high": 1 - low} if table else {}
        method = ("Kaplan-Meier" if 0 < value < 1 else "exact, one-sided") if table else TOO_SHORT
        found.append({"hours": hours, **numbers, "n": len(waits), "method": method})
    return found


def _times(rows, horizon):
    """The statistics of one kind: of all inquiries, then of the answered alone."""
    if rows.empty:
        return [{"n": 0, "method": NO_INQUIRY}]
    hours, is_answered = _each(rows)
    curve, n = kaplan_meier(hours, is_answered), len(hours)
    seen = hours[-1] >= horizon or is_answered[hours == hours[-1]].all()
    mean = area(curve, horizon, n) if seen else (np.nan,) * 3
    reached = [(name, quantile(curve, share), NOT_REACHED) for name, share in (("median", 0.5), ("p90", 0.9))]
    every = [*reached, (f"mean up to {horizon:g} h", mean, TOO_SHORT)]
    answered = hours[is_answered]
    alone = _of_answered(answered) if len(answered) else dict.fromkeys(_ALONE, (np.nan,) * 3)
    found = [_time(name, n, "Kaplan-Meier", why, *numbers) for name, numbers, why in every]
    return found + [_time(name, len(answered), "answered ones alone", NO_ANSWER, *alone[name]) for name in _ALONE]


_ALONE = ("answered: median", "answered: mean", "answered: mean of fastest 90 %")


def _of_answered(hours):
    """Median, mean, and mean of the fastest 90 % of sorted waits, with limits.

    >>> _of_answered(np.arange(1.0, 11.0))["answered: mean of fastest 90 %"][0].item()
    5.0
    """
    limits = quantile_test(hours, q=np.median(hours), p=0.5).confidence_interval(0.95)
    means = (_mean_of_fastest(hours, share) for share in (1, 0.9))
    return dict(zip(_ALONE, [(np.median(hours), *limits), *means], strict=True))


def _mean_of_fastest(hours, share):
    """The mean of a share of sorted waits with t limits on the scale of logarithms; the slowest pass for the last one in.

    Tukey and McLaughlin: standard deviation with the slowest set to the last one in / (share · √n).
    """
    n = len(hours)
    taken = np.clip(share * n - np.arange(n), 0, 1)
    value, last = taken @ hours / (share * n), hours[np.flatnonzero(taken)[-1]]
    if n < 2 or value == 0:
        return value, np.nan, np.nan
    half = student.ppf(0.975, n - 1) * np.minimum(hours, last).std(ddof=1) / (share * np.sqrt(n)) / value
    return value, value * np.exp(-half), value * np.exp(half)


def _time(name, n, method, why, value, low, high):
    """The row of one statistic."""
    fields = {"statistic": name, "n": n, "method": why if np.isnan(value) else method}
    return fields | {"waiting_time": value, "low": low, "high": high}


def _firsts(hours, status, within):
    """The rows of who replies first within each of the hours, or why that is not told."""
    curves, found = incidence_at(hours, status, within), []
    for who, curve in zip(FIRST, curves, strict=True):
        for moment, value, low, high, left in zip(within, *curve, curves[2][0], strict=True):
            table = (hours >= moment).any() or left == 0
            numbers = {"first_reply_share": value, "low": low, "high": high} if table else {}
            method = "Kaplan-Meier" if who == FIRST[2] else "Aalen-Johansen"
            found.append({"statistic": who, "hours": moment, **numbers, "n": len(hours)})
            found[-1]["method"] = method if table else TOO_SHORT
    return found


NO_ANSWER = "not defined: no answer"


def _columns_of_terms(terms):
    """The columns of inquiries that waits by these terms read."""
    return ["kind", "hours", "is_answered", *("asked" if term == "hour" else term for term in terms)]


def _levels(rows, term):
    """The levels of a term: hour band of asking, else the column as it is.

    At least two, or the reason why not.
    """
    if term == "hour":
        return pd.Series(np.array(HOURS)[rows.asked.dt.hour // 6], rows.index)
    return rows[term].astype("string").fillna("not given").astype(object)


def _log_rank_rows(part, terms):
    """The log-rank test of each term, or why there is none."""
    known = with_known_answers(part)
    if known.empty:
        return [{"term": term, "n": 0, "method": missing_answer_reason(part)} for term in terms]
    rows = inquiries_by_kind(known)[INQUIRY]
    return [{"term": term, "n": len(rows)} | _difference(rows, term) for term in terms]


def _difference(rows, term):
    """χ², degrees of freedom and p of one term."""
    if not rows.is_answered.any():
        return {"method": NO_ANSWER if len(rows) else NO_INQUIRY}
    levels = _levels(rows, term)
    if levels.nunique() < 2:
        return {"method": "not defined: one level only"}
    try:
        value, _ = survdiff(rows.hours.to_numpy(), rows.is_answered.to_numpy(int), levels.to_numpy(str))
    except np.linalg.LinAlgError:
        return {"method": "not defined: a level that nobody waits in"}
    df = levels.nunique() - 1
    return {"waiting_difference": value, "p": chi2.sf(value, df), "method": f"log-rank, df {df}"}


def _hazard_rows(part, terms):
    """The hazard ratio of each level that occurs, or why there is none."""
    known = with_known_answers(part)
    rows = inquiries_by_kind(known)[INQUIRY]
    if rows.empty:
        return [{"term": term, "n": 0, "method": missing_answer_reason(part)} for term in terms]
    levels = {term: _levels(rows, term) for term in terms}
    found = hazards(rows, levels)
    keys = [(term, level) for term in terms for level in sorted(levels[term].unique())]
    return [{"term": term, "level": level} | found[term, level] for term, level in keys]


def _drift_rows(part, terms):
    """Whether each hazard ratio drifts with time, and all of them together, or why that is not told."""
    known = with_known_answers(part)
    rows = inquiries_by_kind(known)[INQUIRY]
    if rows.empty:
        return [{"term": term, "n": 0, "method": missing_answer_reason(part)} for term in [*terms, ALL_TERMS]]
    found = drifts(rows, {term: _levels(rows, term) for term in terms})
    return [{"term": term, "level": level} | row for (term, level), row in found.items()]


def _phase_rows(part, terms, split, alpha):
    """The hazard ratio of each level in each phase, or why it is not told."""
    known = with_known_answers(part)
    rows = inquiries_by_kind(known)[INQUIRY]
    if rows.empty:
        return [{"term": term, "n": 0, "method": missing_answer_reason(part)} for term in terms]
    found = phase_ratios(rows, {term: _levels(rows, term) for term in terms}, split, alpha)
    keys = ("term", "level", "phase")
    names = {"waiting_ratio": "waiting_ratio_by_phase"}
    return [
        dict(zip(keys, key, strict=True)) | {names.get(name, name): cell for name, cell in row.items()}
        for key, row in found.items()
    ]
