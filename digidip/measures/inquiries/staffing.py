"""Staffing: what load the inquiries are, and how many people would answer them.

Queue M/M/c (Erlang C): inquiries arrive at random at a steady rate during duty hours and wait in one line; each takes
its handling time, exponential around the mean; `staff` people do nothing else. The wait is that for the start of handling.
Where each mission gets as many as headquarters, each office has a line of its own, with one person at least.
"""

import numpy as np
from ibis import _
from scipy.stats import poisson

from digidip.measures._registry import measure
from digidip.measures.inquiries._inquiry_table import (
    INQUIRY,
    inquiries_by_kind,
    inquiry_counts,
    missing_answer_reason,
    with_known_answers,
)
from digidip.measures.inquiries._rule_errors import with_rule_errors
from digidip.measures.statistics._columns import group_columns, window_days
from digidip.measures.statistics._intervals import rate_row
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import TableError

MISSIONS = 106  # missions on Facebook, each with "a similar number": docs/claims-and-studies.md#f016b
READINGS = {"headquarters alone": "none", "similar number in total": "total", "similar number each": "each"}
MOST_ROWS = 12


@measure(unit="inquiries per day", keys=("reading",), columns=("method",))
def inquiry_load(inquiries, *, start, end, missions=MISSIONS, by="ministry"):
    """Inquiries per day at headquarters, and on missions by both readings of "a similar number".

    Formula: λ = inquiries asked in [start, end) / days, for headquarters and for all missions in total; λ · missions, if
    each gets as many. Interval: Garwood's limits of λ times the same factor.
    **Unit** inquiries per day. **Reads** inquiries: asked, kind. **Source** Garwood 1936; docs/methods.md#staffing;
    docs/claims-and-studies.md#f015, #f016a, #f016b.
    **Caution** The missions' load is not counted but supposed; the interval knows only the counting error of headquarters.
    Parameters: `inquiries`, made by `inquiries`; `start`, `end`, ISO dates, the end excluded; `missions`, how many; `by`.
    Returns the group columns, `reading`, `inquiry_load`, `n` (inquiries counted), `low`, `high`, `method`.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "comment_id": [*map(str, range(20))], "kind": "procedural",
    ...                      "absent": None, "asked": pd.Timestamp("2016-01-01 12:00")})
    >>> inquiry_load(rows, start="2016-01-01", end="2016-01-02").inquiry_load.tolist()  # 20, 20, 106 · 20
    [20.0, 20.0, 2120.0]
    """
    by, days = group_columns(by), window_days(start, end)
    factors = {"headquarters": 1, "missions, in total": 1, "missions, each": missions}

    def rows(part):
        return [{"reading": reading} | _load(part, days, factor) for reading, factor in factors.items()]

    def found(table, by):
        columns = {"reading": "str", "inquiry_load": "float64", **NUMBERS, "method": "str"}
        return result_table(inquiry_counts(table, by, "kind", day=_.asked.truncate("D")), by, rows, columns)

    return with_rule_errors(inquiry_load, inquiries, by, found)


@measure(unit="share of inquiries", keys=("staff",), columns=("busy", "method"))
def answer_capacity(
    inquiries, *, start, end, similar="total", missions=MISSIONS, handling_minutes=15, duty_hours=8, target_hours=24,
    by="ministry",
):  # fmt: skip
    """Share of inquiries whose handling begins within the target, by number of people on duty.

    Formula: 1 - C(c, a) exp(-(c - a) t / m), C of Erlang, a = load per duty hour · m, m handling time, t the target in
    duty hours (target_hours · duty_hours / 24). Limits: the same at Garwood's limits of the load; 0 where it exceeds c.
    For "each", c people in each of 1 + missions offices: `staff` is c · (1 + missions).
    **Unit** share of inquiries. **Reads** inquiries: asked, kind. **Source** Erlang 1917; Gans, Koole and Mandelbaum
    2003 (doi:10.1287/msom.5.2.79.16071); docs/methods.md#staffing.
    **Caution** A model, not a finding: handling time and duty hours are suppositions, peaks and illness are not in it.
    Missing where the load exceeds the staff: the line then grows without end.
    Parameters: `inquiries`; `start`, `end`; `similar`, whose load: "none" (headquarters alone, λ), "total" (2 λ in one
    line), "each" (λ in each of 1 + missions lines; see `inquiry_load`); `missions`; `handling_minutes`, `duty_hours`,
    `target_hours`; `by`.
    Returns the group columns, `staff`, `answer_capacity`, `n` (inquiries counted), `low`, `high`, `busy` (share of duty
    time that is taken), `method`.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "comment_id": [*map(str, range(8))], "kind": "procedural",
    ...                      "absent": None, "asked": pd.Timestamp("2016-01-01 12:00")})
    >>> given = {"start": "2016-01-01", "end": "2016-01-02", "similar": "none", "handling_minutes": 60, "target_hours": 0}
    >>> answer_capacity(rows, **given).query("staff == 2").answer_capacity.round(3).tolist()  # a = 1: C(2, 1) = 1/3
    [0.667]
    """
    by, (factor, lines) = group_columns(by), _lines(similar, missions)
    work = _work(handling_minutes, duty_hours, target_hours)

    def rows(part):
        return _frontier(_line(part, factor), lines, **work)

    columns = {"staff": "Int64", "answer_capacity": "float64", **NUMBERS, "busy": "float64", "method": "str"}
    return result_table(inquiry_load(inquiries, start=start, end=end, by=by), by, rows, columns)


@measure(unit="people on duty", keys=("reading",), columns=("method",))
def staff_needed(
    inquiries, *, start, end, missions=MISSIONS, handling_minutes=15, duty_hours=8, target_hours=24, level=0.9,
    by="ministry",
):  # fmt: skip
    """The fewest people on duty with whom handling begins within the target, by reading.

    Formula: least c with `answer_capacity` >= `level`, times the offices that have a line of their own. Limits: the same at
    Garwood's limits of the load.
    **Unit** people on duty. **Reads** inquiries: asked, kind. **Source** as `answer_capacity`;
    docs/methods.md#staffing.
    **Caution** As `answer_capacity`. People on duty, not posts in a staff plan: leave, shifts and languages come on top.
    Parameters: as `answer_capacity`, and `level`, the share that must begin in time.
    Returns the group columns, `reading`, `staff_needed`, `n` (inquiries counted), `low`, `high`, `method`.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "comment_id": [*map(str, range(20))], "kind": "procedural",
    ...                      "absent": None, "asked": pd.Timestamp("2016-01-01 12:00")})
    >>> staff_needed(rows, start="2016-01-01", end="2016-01-02").staff_needed.tolist()  # 107 offices, one each
    [1, 2, 107]
    """
    by, work = group_columns(by), _work(handling_minutes, duty_hours, target_hours)

    def rows(part):
        lines = {words: _lines(name, missions) for words, name in READINGS.items()}
        return [
            {"reading": words} | _needed(_line(part, factor), many, level, **work)
            for words, (factor, many) in lines.items()
        ]

    columns = {"reading": "str", "staff_needed": "Int64", **NUMBERS, "method": "str"}
    return result_table(inquiry_load(inquiries, start=start, end=end, by=by), by, rows, columns)


def _work(handling_minutes, duty_hours, target_hours):
    """Handling time, hours of duty and target, all in hours; what no queue can have is a TableError."""
    if not (handling_minutes > 0 and 0 < duty_hours <= 24 and target_hours >= 0):
        raise TableError(
            f"queue: handling_minutes {handling_minutes:g}, duty_hours {duty_hours:g}, target_hours {target_hours:g}. "
            "Expected: minutes above 0, duty above 0 and at most 24, a target of 0 hours or more. Mend it."
        )
    return {"handling": handling_minutes / 60, "duty": duty_hours, "target": target_hours * duty_hours / 24}


def _lines(reading, missions):
    """How many times the load of headquarters comes in on one line, and how many such lines there are."""
    lines = {"none": (1, 1), "total": (2, 1), "each": (1, 1 + missions)}
    if reading not in lines:
        raise TableError(f"similar must be 'none', 'total' or 'each', not {reading!r}.")
    return lines[reading]


def _load(part, days, factor):
    """Inquiries per day times a factor, with limits, or why there are none."""
    known = with_known_answers(part)
    if known.empty:
        return {"n": 0, "method": missing_answer_reason(part)}
    asked = inquiries_by_kind(known)[INQUIRY]
    count = int(asked["rows"][asked.day.isin(days)].sum())
    row = rate_row("inquiry_load", count, len(days))
    scaled = {name: row[name] * factor for name in ("inquiry_load", "low", "high")}
    return {**scaled, "n": count, "method": f"exact Poisson, times {factor}"}


def _line(loads, factor):
    """The load of headquarters in a table of loads times a factor, with limits, or why there is none.

    `basis` is what the method says of kinds.
    """
    load = loads[loads.reading == "headquarters"].iloc[0]
    if load.isna().inquiry_load:
        return {"n": 0, "method": load.method}
    numbers = {name: load[name] * factor for name in ("inquiry_load", "low", "high")}
    return {**numbers, "n": load["n"], "basis": "".join(load.method.partition("; ")[1:])}


def _begun_within(staff, work, target):
    """Share whose handling begins within `target` handling times: Erlang C.

    Missing where work is not below the staff.

    >>> _begun_within(2, 1.0, 0.0).round(4).item()  # C(2, 1) = 1/3
    0.6667
    """
    staff, work = np.asarray(staff, float), float(work)
    lost = poisson.pmf(staff, work) / poisson.cdf(staff, work)  # Erlang B
    waits = lost / (1 - work / staff * (1 - lost))
    return np.where(work < staff, 1 - waits * np.exp(-np.maximum(staff - work, 0) * target), np.nan)


def _frontier(load, lines, handling, duty, target):
    """The rows from the fewest people who could cope to where nearly everything begins in time."""
    if "low" not in load:
        return [load]
    value, low, high = (load[name] * handling / duty for name in ("inquiry_load", "low", "high"))
    first = max(1, int(low))
    found = []
    for staff in range(first, first + max(MOST_ROWS, int(high) - first + MOST_ROWS)):
        share, best, worst = (float(_begun_within(staff, work, target / handling)) for work in (value, low, high))
        busy, growing = value / staff, np.isnan(share)
        method = "not defined: the load exceeds the staff" if growing else f"Erlang C{_of_lines(lines)}{load['basis']}"
        limits = {} if growing else {"low": 0.0 if np.isnan(worst) else worst, "high": best}
        found.append({"staff": staff * lines, "answer_capacity": share, "n": load["n"], "busy": busy} | limits)
        found[-1]["method"] = method
        if worst > 0.999 and len(found) > 2:
            break
    return found


def _needed(load, lines, level, handling, duty, target):
    """The row of one reading: the least staff at the load and at its limits."""
    if "low" not in load:
        return load
    works = (load[name] * handling / duty for name in ("inquiry_load", "low", "high"))
    least = [lines * _least(work, level, target / handling) for work in works]
    numbers = dict(zip(("staff_needed", "low", "high"), least, strict=True))
    return {
        **numbers,
        "n": load["n"],
        "method": f"Erlang C, {level:.0%} within the target{_of_lines(lines)}{load['basis']}",
    }


def _of_lines(lines):
    """How many lines there are, in words, where there is more than one."""
    return f"; {lines} lines, one per office" if lines > 1 else ""


def _least(work, level, target):
    """The least staff for this work, in Erlangs.

    The share rises with staff: the first that reaches the level.
    """
    first = int(work) + 1
    staff = np.arange(first, first + 20 + int(4 * np.sqrt(work)))
    return int(staff[np.argmax(_begun_within(staff, work, target) >= level)])
