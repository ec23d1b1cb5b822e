"""Growth: whether followers still grow by a share, slow towards a ceiling, or stand still, judged on dates held out."""

import numpy as np
import pandas as pd
from scipy.stats import t as student

from digidip.measures._registry import measure
from digidip.measures.influence._counterfactual import least_squares
from digidip.measures.institution._curves import SIZES, fit_size
from digidip.measures.statistics._columns import ACCOUNT, canonical, fetched_once, group_columns, to_pandas
from digidip.measures.statistics._intervals import sum_error
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import TableError

LEAST, YEAR = 12, 365.25  # observations of an account; days
UNKNOWN = "not available: no number of followers is known"
ONE = "one stretch held out: no interval"


@measure(
    unit="logarithm of density per held-out count",
    keys=("platform", "account_id", "curve"),
    columns=("held_out_error", "ceiling", "rate", "is_chosen", "method"),
)
def growth_score(metrics, accounts, *, holdout=1 / 3, by="ministry"):
    """How well each curve of growth, fitted to the earlier counts of followers, foretold the later ones.

    Formula: mean of log density of log(followers) at the held-out dates by the forecast of a curve: constant, exponential,
    logistic, or Gompertz, least squares of logarithms on the earlier counts, errors of first order as in `excess_ratio`, error of the
    parameters in first order. Higher is better; `is_chosen` is the simplest whose scores are not told from the highest (95 %, dates in
    order).
    **Unit** logarithm of density per held-out count. **Reads** metrics.follower_count, observed_at; accounts. **Source** Gneiting and Raftery
    2007 (doi:10.1198/016214506000001437); Verhulst 1838; docs/methods.md#growth-curves.
    **Caution** `ceiling` and `rate` are of all counts, of the chosen curve alone. Before a curve bends no data tell its ceiling: there
    is none until its half has been passed. Purges and bought followers are no growth. One stretch held out is one trial; scores of accounts of one platform go together.
    Parameters: `metrics`, `accounts`; `holdout`, share of the counts, the last ones; `by`, columns of accounts.
    Returns the group columns, `platform`, `account_id`, `curve`, `growth_score`, `n` (held-out counts), `low`, `high` (missing),
    `held_out_error` (root mean square of log ratios), `ceiling` (followers), `rate` (k a year), `is_chosen`, `method`.

    >>> days = pd.date_range("2012-01-01", periods=12, freq="30D", tz="UTC")
    >>> metrics = pd.DataFrame({"platform": "x", "account_id": "a", "observed_at": days,
    ...     "follower_count": [100, 111, 119, 133, 146, 162, 176, 196, 214, 235, 260, 284]})  # a tenth more each month
    >>> accounts = pd.DataFrame({"platform": ["x"], "account_id": ["a"], "ministry": ["PER"]})
    >>> found = growth_score(metrics, accounts).set_index("curve")
    >>> bool(found.growth_score["exponential"] > found.growth_score["constant"]), int(found.n.iloc[0])
    (True, 4)
    """

    def rows(part):
        series = _series(part)
        if isinstance(series, str):
            return [{"curve": curve, "n": 0, "method": series} for curve in SIZES]
        t, y, place = series
        first = len(t) - max(1, round(holdout * len(t)))
        found = [_score(curve, t, y, place, first) for curve in SIZES]
        chosen = _chosen([(row, row.pop("scores")) for row in found if "scores" in row])
        for row in found:
            row |= {"is_chosen": row is chosen} | (_whole(row["curve"], t, y) if row is chosen else {})
        return found

    columns = {"curve": "str", "growth_score": "float64", **NUMBERS, "held_out_error": "float64"}
    columns |= {"ceiling": "float64", "rate": "float64", "is_chosen": "boolean", "method": "str"}
    by, holdout = group_columns(by), _share(holdout)
    return result_table(_counts(metrics, accounts, by), [*by, *ACCOUNT], rows, columns)


@measure(unit="followers", keys=("platform", "account_id", "curve", "on"), columns=("method",))
def growth_forecast(metrics, accounts, *, holdout=1 / 3, by="ministry"):
    """How many followers each curve of the earlier counts foretold, beside those observed.

    Formula: as in `growth_score`. Interval: of one count alone.
    **Unit** followers. **Reads** metrics.follower_count, observed_at; accounts. **Source** as `growth_score`; docs/methods.md#growth-curves.
    **Caution** The fan holds if growth goes on by the curve's law; it knows no purge. Neighbouring dates go together: a line that
    leaves the fan leaves it for long.
    Parameters: as `growth_score`.
    Returns the group columns, `platform`, `account_id`, `curve` (observed, or its name), `on` (date), `growth_forecast`, `n` (counts
    fitted to; of observed, all), `low`, `high`, `method`.

    >>> days = pd.date_range("2012-01-01", periods=12, freq="30D", tz="UTC")
    >>> metrics = pd.DataFrame({"platform": "x", "account_id": "a", "observed_at": days, "follower_count": [90, 110] * 6})
    >>> accounts = pd.DataFrame({"platform": ["x"], "account_id": ["a"], "ministry": ["PER"]})
    >>> found = growth_forecast(metrics, accounts).set_index(["curve", "on"]).growth_forecast
    >>> float(found["constant", "2012-08-28"].round(1))  # √(90 · 110)
    99.5
    """

    def rows(part):
        series = _series(part)
        if isinstance(series, str):
            return [{"curve": "observed", "on": "", "n": 0, "method": series}]
        t, y, place = series
        days = [str(day.date()) for day in part.observed_at.min() + pd.to_timedelta(t * YEAR, unit="D").round("s")]
        first = len(t) - max(1, round(holdout * len(t)))
        found = [
            {"curve": "observed", "on": day, "growth_forecast": np.exp(value), "n": len(t), "method": "counted"}
            for day, value in zip(days, y, strict=True)
        ]
        for curve in SIZES:
            forecast = _forecast(curve, t, y, place, first)
            if forecast is not None:
                mean, error, free = forecast
                half = student.ppf(0.975, free) * error
                cells = zip(days[first:], np.exp(mean), np.exp(mean - half), np.exp(mean + half), strict=True)
                found += [
                    {"curve": curve, "on": day, "growth_forecast": value, "n": first, "low": low, "high": high}
                    | {"method": "least squares of logarithms, errors of first order"}
                    for day, value, low, high in cells
                ]
        return found

    by, holdout = group_columns(by), _share(holdout)
    columns = {"curve": "str", "on": "str", "growth_forecast": "float64", **NUMBERS, "method": "str"}
    return result_table(_counts(metrics, accounts, by), [*by, *ACCOUNT], rows, columns)


def _share(holdout):
    if not 0 < holdout < 0.7:
        raise TableError(f"holdout: found {holdout}. Expected: a share above 0 and below .7, such as .33.")
    return holdout


def _counts(metrics, accounts, by):
    """Counts of followers of each account in order, one a moment; of an account without any, one missing row."""
    by = [name for name in by if name not in ACCOUNT]

    def fetch():
        held = to_pandas(canonical(metrics, "metrics", [*ACCOUNT, "observed_at", "follower_count"]))
        own = to_pandas(canonical(accounts, "accounts", [*by, *ACCOUNT])).drop_duplicates(ACCOUNT)
        table = own.merge(held, "left", ACCOUNT).sort_values([*ACCOUNT, "observed_at", "follower_count"])
        return table.assign(follower_count=table.follower_count.astype("float64"))

    return fetched_once(fetch, ("growth", tuple(by)), metrics, accounts)


def _series(part):
    """Years after the first count, logarithms, and places in steps of the median gap; or why there is no series."""
    known = part.dropna(subset="follower_count").query("follower_count > 0").drop_duplicates("observed_at", keep="last")
    if known.empty:
        return UNKNOWN
    if len(known) < LEAST:
        return f"not defined: fewer than {LEAST} counts"
    years = (known.observed_at - part.observed_at.min()) / pd.Timedelta(days=YEAR)
    t = years.to_numpy(float)
    place = np.round((t - t[0]) / np.median(np.diff(t))).astype(int)
    once = np.append(True, np.diff(place) > 0)
    return t[once], np.log(known.follower_count.to_numpy(float)[once]), place[once]


def _forecast(curve, t, y, place, first):
    """Mean, error and freedom of the logarithm at the later moments: the curve as a line about its best parameters."""
    made = fit_size(curve, t[:first], y[:first])
    if made is None or first < len(made.x) + 4:
        return None
    steps = 1e-5 * np.maximum(np.abs(made.x), 1e-2)
    shifts = [made.x + step * unit for step, unit in zip(steps, np.eye(len(made.x)), strict=True)]
    later = SIZES[curve](t[first:], *made.x)
    slopes = np.column_stack(
        [(SIZES[curve](t, *shift) - SIZES[curve](t, *made.x)) / step for shift, step in zip(shifts, steps, strict=True)]
    )
    residuals = least_squares(-made.fun, slopes[:first], place[:first], slopes[first:], place[first:])
    return later + residuals.mean, np.sqrt(np.diag(residuals.covariance)), residuals.free


def _score(curve, t, y, place, first):
    """The row of one curve."""
    row, forecast = {"curve": curve, "n": 0}, _forecast(curve, t, y, place, first)
    if forecast is None:
        return row | {"method": "not defined: the curve does not fit the earlier counts"}
    mean, error, free = forecast
    scores = student.logpdf(y[first:], free, mean, np.maximum(error, 1e-9))
    return row | {
        "scores": scores,
        "growth_score": scores.mean(),
        "n": len(scores),
        "held_out_error": np.sqrt(((y[first:] - mean) ** 2).mean()),
        "method": ONE,
    }


def _chosen(pairs):
    """The first, and so the simplest, of the curves whose scores are not told from the best; None of none."""
    if not pairs:
        return None
    best = max(pairs, key=lambda pair: pair[0]["growth_score"])[1]
    for row, scores in pairs:
        better = best - scores
        error, free = sum_error((better - better.mean()) / len(better))
        if not better.mean() > student.ppf(0.975, free) * error:
            return row
    return None


def _whole(curve, t, y):
    """Ceiling and rate of a curve fitted to all counts, as far as it has them."""
    made = fit_size(curve, t, y)
    if made is None or curve == "constant":
        return {}
    if curve == "exponential":
        return {"rate": made.x[1]}
    has_bent = made.x[2] <= t[-1]  # the half lies within what was seen
    return {"ceiling": np.exp(made.x[0]) if has_bent else np.nan, "rate": np.exp(made.x[1])}
