"""Adoption: when accounts were opened, which curve they follow, and when half of them were there.

All is of the accounts that a list still names: those closed and forgotten are in no curve.
"""

import numpy as np
import pandas as pd

from digidip.measures._registry import measure
from digidip.measures.institution._accounts import UNKNOWN, opening_days
from digidip.measures.institution._curves import HALVES, SHARES, fit_share, half_interval
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._intervals import too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import TableError

CURVES = tuple(SHARES)
SURVIVORS = "listed accounts alone: survivors"
YEAR = 365.25  # days
LEAST = 8  # accounts, from which a curve is fitted


@measure(unit="accounts", keys=("month",), columns=("method",))
def account_openings(accounts, *, start="", end="", by="ministry"):
    """How many of the listed accounts were opened in each month.

    Formula: accounts whose first official day lies in the month; 0 between the first and the last month of any group.
    **Unit** accounts. **Reads** accounts.from_on. **Source** docs/methods.md#adoption.
    **Caution** Closed accounts that the list has dropped are missing, the more so the longer ago: early months look emptier than
    they were. An opening day is often that of the account, not of its first official use. A census of the list, so no interval.
    Parameters: `accounts`; `start`, `end`, ISO dates, the end excluded (empty: the first and last opening of all); `by`, columns of
    accounts.
    Returns the group columns, `month`, `account_openings`, `n` (accounts of the group with a known day), `low`, `high` (missing),
    `method`.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": list("abc"), "ministry": "PER",
    ...     "from_on": ["2012-01-31", "2012-03-01", "2012-03-09"]})
    >>> account_openings(accounts)[["month", "account_openings"]].values.tolist()
    [['2012-01', 1], ['2012-02', 0], ['2012-03', 2]]
    """
    by = group_columns(by)
    frame = opening_days(accounts, by)
    known = frame.opened.dropna()
    first, last = (pd.Timestamp(day) if day else None for day in (start, end))
    if known.empty:
        months = None
    else:
        last = known.max() if last is None else last - pd.Timedelta(days=1)
        months = pd.period_range(known.min() if first is None else first, last, freq="M")

    def rows(part):
        opened = part.opened.dropna()
        if opened.empty:
            return [{"month": "", "n": 0, "method": UNKNOWN}]
        counts = opened.dt.to_period("M").value_counts().reindex(months, fill_value=0)
        return [
            {"month": str(month), "account_openings": count, "n": len(opened), "method": SURVIVORS}
            for month, count in counts.items()
        ]

    columns = {"month": "str", "account_openings": "Int64", **NUMBERS, "method": "str"}
    return result_table(frame, by, rows, columns)


def opening_series(accounts, *, start="", end="", by="ministry"):
    """The openings of each month in the form of attention, a series for each group, so that an event can be set against them.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": list("ab"), "ministry": ["PER", "KEN"],
    ...     "from_on": ["2012-01-31", "2012-02-01"]})
    >>> opening_series(accounts)[["series", "value"]].values.tolist()
    [['KEN', 0.0], ['KEN', 1.0], ['PER', 1.0], ['PER', 0.0]]
    """
    table = account_openings(accounts, start=start, end=end, by=by).dropna(subset="account_openings")
    names = table[group_columns(by)].astype("str").agg(" ".join, axis=1) if len(table) else pd.Series(dtype="str")
    begins = pd.to_datetime(table.month, format="%Y-%m").dt.tz_localize("UTC").astype("datetime64[us, UTC]")
    series = pd.DataFrame({"series": names, "begins_at": begins, "value": table.account_openings.astype("float64")})
    return series.assign(source="accounts", unit="accounts", span="month", is_below=False).reset_index(drop=True)


@measure(
    unit="years after the first opening",
    keys=("curve", "part"),
    columns=("half_on", "rate", "share", "error", "held_out_error", "is_chosen", "method"),
)
def half_adoption(accounts, *, curves=CURVES, by="ministry"):
    """How long after the first opening half of the listed accounts were there, by each curve.

    Formula: least squares of a curve on the cumulative share i / n at each opening day: logistic 1 / (1 + exp(-k (t - m))), Gompertz
    exp(-ln 2 exp(-k (t - m))), or two of a kind with a share each (two shocks); m is the half. Interval: profile of m, the others
    fitted again, as wide as the error of the months' openings about the curve allows, months in order, and no narrower than of
    independent openings. `held_out_error`: root of
    the mean square over calendar years, each left out and foretold by the others; the least `is_chosen`.
    **Unit** years after the first opening. **Reads** accounts.from_on. **Source** Verhulst 1838; Winsor 1932
    (doi:10.1073/pnas.18.1.1); Rogers 2003, Diffusion of Innovations; Venzon and Moolgavkar 1988 (doi:10.2307/2347496);
    docs/methods.md#adoption.
    **Caution** Survivors only, and of the accounts listed, not of all that could have one: the curve ends at 1 by definition, and a
    wave still to come moves its half. A curve that is chosen is the least bad of those tried. Two parts can follow one slow shock.
    Parameters: `accounts`; `curves`, of logistic, gompertz, two logistic, two gompertz; `by`, columns of accounts.
    Returns the group columns, `curve`, `part` (all; first or second of two), `half_adoption`, `n` (accounts with a known day),
    `low`, `high`, `half_on` (date), `rate` (k in a year), `share` (of the part), `error` (root mean square), `held_out_error`,
    `is_chosen`, `method`.

    >>> days = pd.to_datetime("2010-01-01") + pd.to_timedelta([0, 300, 400, 450, 500, 550, 600, 700, 1000], unit="D")
    >>> accounts = pd.DataFrame({"platform": "x", "account_id": list("abcdefghi"), "ministry": "PER", "from_on": days})
    >>> half_adoption(accounts, curves="logistic")[["half_adoption", "half_on", "n"]].round(2).values.tolist()
    [[1.28, '2011-04-14', 9]]
    """
    frame, curves = opening_days(accounts, group_columns(by)), _known_curves(curves)

    def rows(part):
        t, y, first = _cumulative(part)
        parts = [(curve, name) for curve in curves for name in HALVES[curve]]
        if len(t) < LEAST:
            reason = UNKNOWN if not len(t) else f"not defined: fewer than {LEAST} accounts with a known day"
            return [{"curve": curve, "part": name, "n": len(t), "method": reason} for curve, name in parts]
        found = {curve: _curve_rows(curve, t, y, first) for curve in curves}
        errors = {curve: each[0].get("held_out_error", np.nan) for curve, each in found.items()}
        known = {curve: error for curve, error in errors.items() if np.isfinite(error)}
        best = min(known, key=known.get, default=None) if len(known) == len(curves) > 1 else None
        return [row | {"is_chosen": row["curve"] == best} for each in found.values() for row in each]

    columns = {"curve": "str", "part": "str", "half_adoption": "float64", **NUMBERS, "half_on": "str"}
    columns |= dict.fromkeys(("rate", "share", "error", "held_out_error"), "float64")
    return result_table(frame, group_columns(by), rows, columns | {"is_chosen": "boolean", "method": "str"})


def _known_curves(curves):
    """The curves asked for."""
    curves = group_columns(curves)
    if unknown := set(curves) - set(SHARES):
        raise TableError(f"curves must be of {', '.join(SHARES)}, not {sorted(unknown)[0]!r}.")
    return curves


def _cumulative(part):
    """Moments of the openings in years after the first, in order, the share reached at each, and the first day."""
    opened = part.opened.dropna().sort_values()
    if opened.empty:
        return np.array([]), np.array([]), pd.NaT
    t = ((opened - opened.iloc[0]) / pd.Timedelta(days=YEAR)).to_numpy(float)
    return t, np.arange(1, len(t) + 1) / len(t), opened.iloc[0]


def _curve_rows(curve, t, y, first):
    """The rows of one curve: of the whole, or of both parts."""
    made = fit_share(curve, t, y)
    if made is None or len({*t}) <= len(made.x) + 1:
        return [
            {"curve": curve, "part": name, "n": len(t), "method": "not defined: too few days"} for name in HALVES[curve]
        ]
    edges = np.arange(0, t[-1] + 2 / 12, 1 / 12)
    error, held_out = np.sqrt(2 * made.cost / len(t)), _held_out_error(curve, t, y, first, made.x)
    few = too_few((np.histogram(t, edges)[0] > 0).sum(), "months with an opening")
    rows = []
    for name, place in HALVES[curve].items():
        half, rate = made.x[place], np.exp(made.x[place - 1])
        low, high = half_interval(curve, made, place, t, y, edges)
        share = 1.0 if name == "all" else abs((name == "second") - 1 / (1 + np.exp(-made.x[0])))
        on = f"{first + pd.Timedelta(days=half * YEAR):%Y-%m-%d}" if abs(half) < 100 else ""
        method = few or ("profile, months in order" if low == low else "no interval: the profile does not close")
        rows.append(
            {"curve": curve, "part": name, "half_adoption": half, "n": len(t), "low": min(low, half), "high": max(high, half)}
            | {"half_on": on, "rate": rate, "share": share, "error": error, "held_out_error": held_out}
            | {"method": f"{method}; {SURVIVORS}"}
        )  # fmt: skip
    for row in rows:
        if not (row["low"] == row["low"] and row["high"] == row["high"]):
            row |= {"low": np.nan, "high": np.nan}
    return rows


def _held_out_error(curve, t, y, first, start):
    """Root of the mean square error over calendar years, each foretold by the curve fitted to the others."""
    years = (first.year + (first.day_of_year - 1) / YEAR + t) // 1
    wrong = np.full(len(t), np.nan)
    for year in np.unique(years):
        out = years == year
        made = fit_share(curve, t[~out], y[~out], start)
        if made is None or out.all():
            return np.nan
        wrong[out] = SHARES[curve](t[out], *made.x) - y[out]
    return float(np.sqrt((wrong**2).mean()))


@measure(unit="share of listed accounts", keys=("curve", "month"), columns=("method",))
def adoption_share(accounts, *, curves=CURVES, by="ministry"):
    """Which share of the listed accounts was there at the end of each month, and by each curve.

    Formula: accounts opened by the last day of the month / accounts with a known day; the curves as in `half_adoption`.
    **Unit** share of listed accounts. **Reads** accounts.from_on. **Source** as `half_adoption`; docs/methods.md#adoption.
    **Caution** Of survivors, and 1 at the end by definition. The points of one cumulative line go together: no interval of each.
    Parameters: as `half_adoption`.
    Returns the group columns, `curve` (observed, or its name), `month`, `adoption_share`, `n`, `low`, `high` (missing), `method`.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": list("abcd"), "ministry": "PER",
    ...     "from_on": ["2012-01-31", "2012-03-01", "2012-03-09", "2012-04-02"]})
    >>> adoption_share(accounts)[["curve", "month", "adoption_share"]].values.tolist()[:3]
    [['observed', '2012-01', 0.25], ['observed', '2012-02', 0.25], ['observed', '2012-03', 0.75]]
    """
    frame, curves = opening_days(accounts, group_columns(by)), _known_curves(curves)

    def rows(part):
        t, y, first = _cumulative(part)
        if not len(t):
            return [{"curve": "observed", "month": "", "n": 0, "method": UNKNOWN}]
        months = pd.period_range(first, first + pd.Timedelta(days=t[-1] * YEAR), freq="M")
        at = ((months.end_time - first) / pd.Timedelta(days=YEAR)).to_numpy(float)
        lines = {"observed": np.searchsorted(t, at, side="right") / len(t)}
        for curve in curves if len(t) >= LEAST else ():
            made = fit_share(curve, t, y)
            lines |= {} if made is None else {curve: SHARES[curve](at, *made.x)}
        return [
            {"curve": name, "month": str(month), "adoption_share": value, "n": len(t), "method": SURVIVORS}
            for name, values in lines.items()
            for month, value in zip(months, values, strict=True)
        ]

    columns = {"curve": "str", "month": "str", "adoption_share": "float64", **NUMBERS, "method": "str"}
    return result_table(frame, group_columns(by), rows, columns)
