"""A campaign: how far attention rose above what the time before foretells, and whether another date would have given as much.

No row here says that a campaign caused anything: what is foretold is a trend, or other series, carried on.
"""

import warnings
from functools import partial

import numpy as np
import statsmodels.api as sm
from scipy.stats import t as student

from digidip.measures._registry import measure
from digidip.measures.influence._counterfactual import least_squares, ljung_box, local_level, wider_coefficient
from digidip.measures.influence._event_series import AFTER, BASELINE, BETWEEN, NO_AFTER, season, window_table
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._intervals import coefficient, too_few
from digidip.measures.statistics._result_table import NUMBERS, with_adjusted_p
from digidip.tables import TableError

MODELS = "mean", "trend", "local level"
TERMS = "level", "slope"
LEAST_BEFORE = 14  # intervals before, from which two variances can be told apart, and an interval covers what it says
MOST_PLACEBOS = 60
MOST_LOG = 15  # of a ratio of rates: a maximum without end, which the search left somewhere
FORETOLD = {"observed": "float64", "baseline": "int64", "donors": "str", "ljung_box_p": "float64", "method": "str"}


@measure(
    unit="ratio to the foretold",
    keys=("phase", "model"),
    columns=("observed", "baseline", "donors", "ljung_box_p", "method"),
)
def excess_ratio(
    attention,
    *,
    events,
    event="",
    series=(),
    donors="own event",
    models=MODELS,
    cycle=True,
    by="series",
    zone="UTC",
):
    """How many times as much attention there was after an event as the time before foretells.

    Formula: Σ observed / Σ foretold, over the known intervals of a phase: from the announcement to the event, and after it.
    Foretold from the baseline alone, with the donors as regressors, and weekdays or hours where enough are known: by a constant,
    by a trend (least squares), or by a local level (state space). Interval: of the foretold sum, noise to come and error of the
    coefficients together; errors of first order as correlated as unbiased residuals tell, a standard error more; t.
    **Unit** ratio to the foretold. **Reads** attention.series, source, unit, span, begins_at, value; events. **Source** Brodersen and
    others 2015 (doi:10.1214/14-AOAS788); Lopez Bernal, Cummins and Gasparrini 2017 (doi:10.1093/ije/dyw098);
    docs/methods.md#campaign.
    **Caution** More than foretold is not the effect of a campaign: the event itself makes news. Without donors a trend is carried
    on, which nobody can check. Models that differ say so: where `method` warns of a random walk, only the local level is to be
    read. `ljung_box_p` below .05: errors are correlated in another way. No interval from fewer than fourteen intervals before.
    Parameters: `attention`; `events` and the name of the `event`, whose `begins_at` and `ends_at` are the window; `series`, names (else
    those that the event names, else all); `donors`: names, "all", "none", or "own event": without those that have one; `models`;
    `cycle`: whether days of the week, or hours, are terms; `by`; `zone`.
    Returns the group columns, `phase`, `model`, `excess_ratio`, `n` (intervals of the phase), `low`, `high`, `observed` (sum),
    `baseline` (intervals), `donors`, `ljung_box_p`, `method`.

    >>> import pandas as pd
    >>> days = pd.date_range("2016-03-01", periods=6, tz="UTC")
    >>> attention = pd.DataFrame({"source": "s", "series": "visa", "unit": "mentions", "span": "day", "begins_at": days,
    ...     "value": [9.0, 10, 11, 10, 20, 30]})
    >>> signed = pd.DataFrame({"event": ["Signed"], "ministry": None, "kind": "agreement", "series": None, "hashtag": None,
    ...     "begins_at": days[4], "ends_at": pd.NaT, "source": "press"})
    >>> excess_ratio(attention, events=signed, event="Signed", models="mean")[["excess_ratio", "n", "observed"]].values.tolist()
    [[2.5, 2.0, 50.0]]
    """

    def values(observed, foretold, half):
        if not foretold > 0:
            return {"method": "not defined: foretold is not above 0"}
        open_end = not foretold - half > 0
        high = np.nan if open_end else observed / (foretold - half)
        return {"excess_ratio": observed / foretold, "low": observed / (foretold + half), "high": high} | (
            {"method": "upper limit open: the foretold may be 0"} if open_end else {}
        )

    return _forecast_table("excess_ratio", values, attention, events, event, series, donors, models, by, zone, cycle)


@measure(
    unit="units of the series",
    keys=("phase", "model"),
    columns=("observed", "baseline", "donors", "ljung_box_p", "method"),
)
def cumulative_excess(
    attention,
    *,
    events,
    event="",
    series=(),
    donors="own event",
    models=MODELS,
    cycle=True,
    by="series",
    zone="UTC",
):
    """How much attention there was after an event beyond what the time before foretells.

    Formula: Σ (observed - foretold) over the known intervals of a phase, foretold as in `excess_ratio`. Interval: as there.
    **Unit** units of the series. **Reads** attention.series, source, unit, span, begins_at, value; events. **Source** Brodersen and
    others 2015 (doi:10.1214/14-AOAS788); docs/methods.md#campaign.
    **Caution** As `excess_ratio`. Intervals of unknown value are left out of both sums, so it is the excess of the `n` known ones.
    An index (searches) can be summed, but its sum means nothing.
    Parameters: as `excess_ratio`.
    Returns the group columns, `phase`, `model`, `cumulative_excess`, `n`, `low`, `high`, `observed`, `baseline`, `donors`,
    `ljung_box_p`, `method`.

    >>> import pandas as pd
    >>> days = pd.date_range("2016-03-01", periods=6, tz="UTC")
    >>> attention = pd.DataFrame({"source": "s", "series": "visa", "unit": "mentions", "span": "day", "begins_at": days,
    ...     "value": [9.0, 10, 11, 10, 20, 30]})
    >>> signed = pd.DataFrame({"event": ["Signed"], "ministry": None, "kind": "agreement", "series": None, "hashtag": None,
    ...     "begins_at": days[4], "ends_at": pd.NaT, "source": "press"})
    >>> cumulative_excess(attention, events=signed, event="Signed", models="mean").cumulative_excess.tolist()  # 50 - 2 · 10
    [30.0]
    """

    def values(observed, foretold, half):
        excess = observed - foretold
        return {"cumulative_excess": excess, "low": excess - half, "high": excess + half}

    return _forecast_table(
        "cumulative_excess", values, attention, events, event, series, donors, models, by, zone, cycle
    )


@measure(
    unit="units of the series",
    keys=("at",),
    columns=("phase", "observed", "baseline", "donors", "ljung_box_p", "method"),
)
def foretold_attention(
    attention, *, events, event="", series=(), donors="own event", model="trend", by="series", zone="UTC"
):
    """What the time before an event foretells of each interval, beside what was observed.

    Formula: as in `excess_ratio`; of the baseline, the fitted values of the model, of the local level none. Interval: of one
    interval alone, from the announcement on.
    **Unit** units of the series. **Reads** attention.series, source, unit, span, begins_at, value; events. **Source** Brodersen and
    others 2015 (doi:10.1214/14-AOAS788); docs/methods.md#campaign.
    **Caution** One in twenty intervals lies outside its own interval without any event; sums have their own (`excess_ratio`). With too
    few intervals before, or no event, what was observed stands alone.
    Parameters: as `excess_ratio`; `model`, one of its models.
    Returns the group columns, `at` (local beginning of the interval), `foretold_attention`, `n` (intervals of the baseline), `low`,
    `high`, `phase`, `observed`, `baseline`, `donors`, `ljung_box_p`, `method`.

    >>> import pandas as pd
    >>> days = pd.date_range("2016-03-01", periods=6, tz="UTC")
    >>> attention = pd.DataFrame({"source": "s", "series": "visa", "unit": "mentions", "span": "day", "begins_at": days,
    ...     "value": [9.0, 10, 11, 10, 20, 30]})
    >>> signed = pd.DataFrame({"event": ["Signed"], "ministry": None, "kind": "agreement", "series": None, "hashtag": None,
    ...     "begins_at": days[4], "ends_at": pd.NaT, "source": "press"})
    >>> foretold_attention(attention, events=signed, event="Signed", model="mean").foretold_attention.tolist()
    [10.0, 10.0, 10.0, 10.0, 10.0, 10.0]
    """
    if model not in MODELS:
        raise TableError(f"model must be one of {', '.join(MODELS)}, not {model!r}.")

    def rows(window):
        forecast, known, later, fields = _foretell(window, model)
        fields |= {"n": fields["baseline"]}
        found = [
            {"at": at, "phase": phase, "observed": value, **fields}
            for at, phase, value in zip(window.at, window.phase, window.values, strict=True)
        ]
        if forecast is None:
            return found
        half = student.ppf(0.975, forecast.free) * np.sqrt(np.diag(forecast.covariance))
        for place, mean, width in zip(later, forecast.mean, half, strict=True):
            limits = {} if fields["baseline"] < LEAST_BEFORE else {"low": mean - width, "high": mean + width}
            found[place] |= {"foretold_attention": mean, **limits}
        if model != "local level":
            design = _design(window, model, known)
            fitted = design @ (np.linalg.pinv(design[known]) @ window.values[known])
            for place in np.flatnonzero(window.phase == BASELINE):
                found[place] |= {"foretold_attention": fitted[place]}
        return found

    columns = {"at": "datetime64[us]", "foretold_attention": "float64", **NUMBERS, "phase": "str", **FORETOLD}
    return window_table(rows, columns, attention, events, event, series, donors, by, zone)


@measure(unit="units of the series", keys=("term",), columns=("p", "p_adjusted", "ljung_box_p", "donors", "method"))
def trend_change(attention, *, events, event="", series=(), donors="own event", slope=True, by="series", zone="UTC"):
    """By how much the level of a series, and its slope in an interval, changed at an event.

    Formula: value = a + b t + level · after + slope · after · (t - T0) (+ weekdays or hours, + donors), by least squares over the
    baseline and the intervals after; those between announcement and event are left out. Interval and `p`, t: the wider of neighbours
    together (Newey and West, scaled) and errors of first order. `p_adjusted`: Holm, over all rows of the table. `ljung_box_p`: of the
    residuals.
    **Unit** units of the series. **Reads** attention.series, source, unit, span, begins_at, value; events. **Source** Wagner and others
    2002 (doi:10.1046/j.1365-2710.2002.00430.x); docs/methods.md#campaign; docs/methods.md#uncertainty.
    **Caution** A trend carried on is an assumption, and one date is one case. A peak that fades is no level and no slope: look at the
    series. A small `ljung_box_p` is usual of daily counts: the interval of a level allows for correlations up to .9, that of a slope up
    to .5, with a hundred intervals up to .9. Where `method` warns of a random walk, read `placebo_ratio`.
    Parameters: as `excess_ratio`; `slope`: whether the slope may change too, and a trend is fitted.
    Returns the group columns, `term` (level, slope), `trend_change`, `n` (known intervals), `low`, `high`, `p`, `p_adjusted`,
    `ljung_box_p`, `donors`, `method`.

    >>> import pandas as pd
    >>> days = pd.date_range("2016-03-01", periods=6, tz="UTC")
    >>> attention = pd.DataFrame({"source": "s", "series": "visa", "unit": "mentions", "span": "day", "begins_at": days,
    ...     "value": [1.0, 2, 3, 10, 12, 14]})
    >>> signed = pd.DataFrame({"event": ["Signed"], "ministry": None, "kind": "agreement", "series": None, "hashtag": None,
    ...     "begins_at": days[3], "ends_at": pd.NaT, "source": "press"})
    >>> trend_change(attention, events=signed, event="Signed").trend_change.round(6).tolist()  # 10 in place of 4; 2 in place of 1
    [6.0, 1.0]
    """
    given = {"events": events, "event": event, "series": series, "donors": donors, "by": by, "zone": zone}
    return _change_table("trend_change", attention, slope, given, _linear)


@measure(
    unit="ratio of rates", keys=("term",), columns=("p", "p_adjusted", "ljung_box_p", "dispersion", "donors", "method")
)
def rate_change(attention, *, events, event="", series=(), donors="own event", slope=True, by="series", zone="UTC"):
    """How many times as high the level of counts, and their growth in an interval, was from an event on.

    Formula: exp of level and slope of a Poisson model, log mean = as `trend_change`, donors as logarithms. Interval and `p`: of its
    last weighted least squares, as there (so that no dispersion is assumed). `p_adjusted`: Holm.
    `dispersion`: Pearson's, 1 for Poisson counts.
    **Unit** ratio of rates. **Reads** attention.series, source, unit, span, begins_at, value; events. **Source** Lopez Bernal, Cummins
    and Gasparrini 2017 (doi:10.1093/ije/dyw098); Wooldridge 1999 (doi:10.1016/S0304-4076(98)00033-5); docs/methods.md#campaign.
    **Caution** For counts alone: shares and indices have no row. A trend of logarithms is growth by a share, and carried on far
    ahead it grows out of all measure.
    Parameters: as `trend_change`.
    Returns the group columns, `term`, `rate_change`, `n` (known intervals), `low`, `high`, `p`, `p_adjusted`, `ljung_box_p`,
    `dispersion`, `donors`, `method`.

    >>> import pandas as pd
    >>> days = pd.date_range("2016-03-01", periods=6, tz="UTC")
    >>> attention = pd.DataFrame({"source": "s", "series": "visa", "unit": "mentions", "span": "day", "begins_at": days,
    ...     "value": [8.0, 8, 8, 16, 32, 64]})
    >>> signed = pd.DataFrame({"event": ["Signed"], "ministry": None, "kind": "agreement", "series": None, "hashtag": None,
    ...     "begins_at": days[3], "ends_at": pd.NaT, "source": "press"})
    >>> rate_change(attention, events=signed, event="Signed").rate_change.round(4).tolist()
    [2.0, 2.0]
    """
    given = {"events": events, "event": event, "series": series, "donors": donors, "by": by, "zone": zone}
    return _change_table("rate_change", attention, slope, given, _poisson, dispersion="float64")


@measure(unit="ratio to the foretold", keys=("at",), columns=("is_event", "place", "p", "method"))
def placebo_ratio(
    attention, *, events, event="", series=(), donors="own event", model="trend", within=0, by="series", zone="UTC"
):
    """What the same ratio would be if the event were set on other days before it, where there was none.

    Formula: `excess_ratio` of as many intervals after each date of the baseline that leaves half of it before, by the intervals before
    that date, at most sixty dates alike far apart; and of the event. `place`: 1 for the largest in either direction, by its logarithm;
    `p`, of the event: place / dates, and never below one over the windows that lie side by side.
    **Unit** ratio to the foretold. **Reads** attention.series, source, unit, span, begins_at, value; events. **Source** Abadie, Diamond
    and Hainmueller 2015 (doi:10.1111/ajps.12116); docs/methods.md#campaign.
    **Caution** Dates near each other share most of their intervals: sixty are worth as many as there are windows side by side, and
    with few of these `p` cannot be small.
    Parameters: as `excess_ratio`; `model`, mean or trend; `within`, intervals after each date, 0 for as many as there are after the event.
    Returns the group columns, `at`, `placebo_ratio`, `n` (intervals after), `low`, `high` (missing), `is_event`, `place`, `p`, `method`.

    >>> import pandas as pd
    >>> days = pd.date_range("2016-03-01", periods=9, tz="UTC")
    >>> attention = pd.DataFrame({"source": "s", "series": "visa", "unit": "mentions", "span": "day", "begins_at": days,
    ...     "value": [10.0, 10, 10, 10, 10, 10, 10, 10, 30]})
    >>> signed = pd.DataFrame({"event": ["Signed"], "ministry": None, "kind": "agreement", "series": None, "hashtag": None,
    ...     "begins_at": days[8], "ends_at": pd.NaT, "source": "press"})
    >>> found = placebo_ratio(attention, events=signed, event="Signed", model="mean")
    >>> found[["placebo_ratio", "place", "p"]].astype(float).round(6).values.tolist()[-2:]  # four dates before give 1
    [[1.0, 5.0, nan], [3.0, 1.0, 0.2]]
    """
    if model not in MODELS[:2]:
        raise TableError(f"model must be mean or trend, not {model!r}.")
    columns = {"at": "datetime64[us]", "placebo_ratio": "float64", **NUMBERS, "is_event": "bool", "place": "Int64"}
    columns |= {"p": "float64", "method": "str"}
    rows = partial(_placebo_rows, model=model, within=within)
    return window_table(rows, columns, attention, events, event, series, donors, by, zone)


def _forecast_table(name, values, attention, events, event, series, donors, models, by, zone, cycle):
    """Rows of phase and model; `values(observed, foretold, half)` gives value and limits."""
    models = group_columns(models)
    if unknown := set(models) - set(MODELS):
        raise TableError(f"models must be of {', '.join(MODELS)}, not {sorted(unknown)[0]!r}.")

    def rows(window):
        window = window if cycle else window._replace(span="")
        phases = [phase for phase in (BETWEEN, AFTER) if (window.phase == phase).any()]
        return [
            {"phase": phase, "model": model} | row
            for model in models
            for phase, row in zip(phases, _sums(window, model, phases, values), strict=True)
        ]

    columns = {"phase": "str", "model": "str", name: "float64", **NUMBERS, **FORETOLD}
    return window_table(rows, columns, attention, events, event, series, donors, by, zone)


def _sums(window, model, phases, values):
    """The row of each phase by one model."""
    forecast, _, later, fields = _foretell(window, model)
    found = []
    for phase in phases:
        here = np.flatnonzero((window.phase[later] == phase) & np.isfinite(window.values[later]))
        row = fields | {"n": len(here), "observed": window.values[later][here].sum() if len(here) else np.nan}
        if forecast is None or not len(here):
            found.append(row if forecast is None else row | {"method": NO_AFTER})
            continue
        foretold, error, factor = forecast.of_sum(here)
        few = too_few(fields["baseline"], "intervals before", LEAST_BEFORE)
        made = values(row["observed"], foretold, factor * error)
        words = [few, made.pop("method", "")] if few else [made.pop("method", ""), fields["method"]]
        made |= {"low": np.nan, "high": np.nan} if few else {}
        found.append(row | made | {"method": "; ".join(filter(None, words))})
    return found


def _foretell(window, model):
    """The forecast of a model (None where there is none), known places before, places after, and what each row says of it."""
    known = np.flatnonzero((window.phase == BASELINE) & np.isfinite(window.values) & window.donors.notna().all(axis=1))
    later = np.flatnonzero((window.phase != BASELINE) & window.donors.notna().all(axis=1))
    fields = {"baseline": len(known), "donors": ", ".join(window.donors) or "none", "ljung_box_p": np.nan}
    design = _design(window, model, known)
    least = max(design.shape[1] + 2, LEAST_BEFORE + window.donors.shape[1] if model == "local level" else 2)
    if len(known) < least:
        return None, known, later, fields | {"method": f"not defined: fewer than {least} known intervals before"}
    if model == "local level":
        span = np.arange(known[0], known[-1] + 1)
        filled = window.values[span].copy()
        missing = ~np.isin(span, known)
        filled[missing] = np.nan
        inner = np.nan_to_num(design[span, 1:])
        forecast = local_level(filled, inner, design[span[-1] + 1 :][:, 1:], ~missing)
        forecast = _after(forecast, later - span[-1] - 1)
    else:
        forecast = least_squares(
            window.values[known], design[known], window.place[known], design[later], window.place[later]
        )
    how = "state space" if model == "local level" else "least squares, errors of first order"
    fields |= {"ljung_box_p": forecast.p, "method": "; ".join(filter(None, [how, forecast.warning]))}
    return forecast, known, later, fields


def _after(forecast, places):
    """The forecast at these steps alone."""
    return forecast._replace(mean=forecast.mean[places], covariance=forecast.covariance[np.ix_(places, places)])


def _design(window, model, known):
    """A constant, the trend, the season and the donors, a row for each interval."""
    terms = [np.ones(len(window.place))]
    if model == "trend":
        middle = window.place[known].mean() if len(known) else 0
        terms.append((window.place - middle) / max(len(known), 1))
    seasons = season(window.at, window.span, len(known))
    return np.column_stack([*terms, seasons, window.donors.to_numpy(float)])


def _change_table(name, attention, slope, given, fit, **more):
    """The rows of level and slope by `fit(values, design, place)`: coefficient, error, freedom, p of the residuals, and what it adds."""
    terms = TERMS if slope else TERMS[:1]
    columns = {"term": "str", name: "float64", **NUMBERS, "p": "float64", "ljung_box_p": "float64", **more}
    columns |= {"donors": "str", "method": "str"}

    def rows(window):
        is_used = (window.phase != BETWEEN) & np.isfinite(window.values) & window.donors.notna().all(axis=1).to_numpy()
        place, after = window.place[is_used], (window.phase[is_used] == AFTER).astype(float)
        fields = {"n": int(is_used.sum()), "donors": ", ".join(window.donors) or "none"}
        since = place - window.place[window.phase == AFTER][0]
        donors = window.donors.to_numpy(float)[is_used]
        donors = np.log(np.maximum(donors, 0.5)) if fit is _poisson else donors
        trend = [since, after * since] if slope else []
        steps = {"level": after, "slope": after * since}
        common = [np.ones(len(place)), *trend[:1], season(window.at, window.span, len(place))[is_used], donors]
        found, smaller = [], int(min(after.sum(), (1 - after).sum()))
        for term in terms:
            others = [steps[other] for other in terms if other != term]
            design = np.column_stack([*common, *others, steps[term]])
            found.append({"term": term, **fields, **_change(name, window.values[is_used], design, place, fit, smaller)})
        return found

    return with_adjusted_p(window_table(rows, columns, attention, **given), "holm")


def _change(name, values, design, place, fit, smaller):
    """The last coefficient as value and limits; smaller: how many intervals lie on the side that has fewer."""
    if len(values) < design.shape[1] + 2 or np.linalg.matrix_rank(design) < design.shape[1]:
        return {"method": "not defined: too few intervals on either side"}
    found = fit(values, design, place)
    if isinstance(found, str):
        return {"method": found}
    how, link, ((beta, error, free), warning), residuals, more = found
    fields = {name: link(beta), "ljung_box_p": ljung_box(residuals), **more}
    few = too_few(smaller, "intervals on a side")
    if few or not error > 0:
        return fields | {"method": few or "no interval: nothing varies"}
    half = student.ppf(0.975, free) * error
    limits = {"low": link(beta - half), "high": link(beta + half), "p": 2 * student.sf(abs(beta) / error, free)}
    words = f"{how}, {len(values)} intervals in order"
    return fields | limits | {"method": "; ".join(filter(None, [words, warning]))}


def _linear(values, design, place):
    """Least squares."""
    beta = np.linalg.pinv(design) @ values
    found = wider_coefficient(coefficient(values, design), values, design, place)
    return "least squares", float, found, values - design @ beta, {}


def _poisson(values, design, place):
    """Poisson by maximum likelihood, its error from the last weighted least squares."""
    if (values < 0).any() or (values % 1 != 0).any() or not values.any():
        return "not defined: no counts"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a perfect fit, which is no fault of counts
        fit = sm.GLM(values, design, family=sm.families.Poisson()).fit()
    if abs(fit.params[-1]) > MOST_LOG:
        return "not defined: nothing is counted on one side"
    mean = np.maximum(fit.fittedvalues, 1e-9)
    working = np.log(mean) + (values - mean) / mean
    pearson = (values - mean) / np.sqrt(mean)
    more = {"dispersion": float((pearson**2).sum() / max(len(values) - design.shape[1], 1))}
    root = np.sqrt(mean)
    found = wider_coefficient(coefficient(working, design, mean), root * working, root[:, None] * design, place)
    return "Poisson", np.exp, found, pearson, more


def _placebo_rows(window, model, within):
    """The rows of the placebo dates and of the event."""
    known = (window.phase == BASELINE) & np.isfinite(window.values) & window.donors.notna().all(axis=1).to_numpy()
    places = np.flatnonzero(window.phase == BASELINE)
    length = int((window.phase == AFTER).sum())
    length = min(length, within) if within else length
    event = int(np.flatnonzero(window.phase == AFTER)[0])
    dates = np.arange(len(places) // 2, len(places) - length + 1)
    if len(dates) > MOST_PLACEBOS:
        dates = dates[np.linspace(0, len(dates) - 1, MOST_PLACEBOS).round().astype(int)]
    found = []
    for date in [*dates, event]:
        before = known & (np.arange(len(known)) < date)
        after = slice(date, date + length)
        later = np.flatnonzero(np.isfinite(window.values[after]) & window.donors[after].notna().all(axis=1)) + date
        design = _design(window, model, np.flatnonzero(before))
        row = {"at": window.at[date], "is_event": date == event, "n": len(later)}
        if before.sum() >= design.shape[1] + 2 and len(later):
            foretold = (design[later] @ (np.linalg.pinv(design[before]) @ window.values[before])).sum()
            observed = window.values[later].sum()
            if foretold > 0 and observed > 0:
                row["placebo_ratio"] = observed / foretold
        found.append(row | ({} if "placebo_ratio" in row else {"method": "not defined: foretold is not above 0"}))
    sizes = np.array([abs(np.log(row.get("placebo_ratio", np.nan))) for row in found])
    several = np.isfinite(sizes).sum()
    apart = len(places) // 2 // max(length, 1)
    for row, size in zip(found, sizes, strict=True):
        if np.isfinite(size) and several > 1:
            place = int((sizes[np.isfinite(sizes)] >= size - 1e-12).sum())
            row |= {"place": place, "method": f"{several} dates, {apart + 1} windows side by side"}
            row |= {"p": max(place / several, 1 / (apart + 1))} if row["is_event"] else {}
        elif np.isfinite(size):
            row["method"] = "no placebo: the time before is too short"
    return found
