"""Donors: other series, such as sister accounts, of which none met with the event; what they would have made of the series."""

import numpy as np

from digidip.measures._registry import measure
from digidip.measures.influence._counterfactual import property_weights, simplex_weights
from digidip.measures.influence._event_series import AFTER, BASELINE, window_table
from digidip.measures.statistics._result_table import NUMBERS

NO_DONORS = "not available: no other series of the same source, unit and intervals"
MATCHED = ", matched by predictors"
FEW = "not available: fewer than two donors without an event of their own"


@measure(unit="ratio to the usual", keys=("donor",), columns=("at", "listed", "is_contaminated", "method"))
def donor_shift(attention, *, events, event="", series=(), by="series", zone="UTC"):
    """How far each donor left its own usual level: one with an event of its own is no donor.

    Formula: value / the usual one, where their logarithms differ most. Usual is the median of the last eight weeks before (56
    intervals), of the same weekday if all were seen. `is_contaminated`: twice or half the usual at least, and further from it
    than any of so many usual deviations would be (t, their spread from the median deviation), or an event is listed.
    **Unit** ratio to the usual. **Reads** attention.series, source, unit, span, begins_at, value; events.series. **Source** Abadie 2021
    (doi:10.1257/jel.20191450); docs/methods.md#donors.
    **Caution** A shift of a donor may also be the campaign reaching it: that too makes it useless. A slow drift is not seen, nor an event
    of less than twice the usual. With one week before a weekday was seen once. Donors that pass are not proven good.
    Parameters: `attention`; `events`, `event`, `series`, `by`, `zone` as in `excess_ratio`.
    Returns the group columns, `donor`, `donor_shift`, `n` (known intervals from the announcement on), `low`, `high` (missing), `at` (the
    first such interval, else the farthest), `listed` (events), `is_contaminated`, `method`.

    >>> import pandas as pd
    >>> days = pd.date_range("2016-03-01", periods=6, tz="UTC")
    >>> values = {"visa": [9, 10, 11, 10, 20, 30], "other": [5, 5, 5, 5, 5, 15], "third": [7, 7, 7, 7, 7, 8]}
    >>> attention = pd.DataFrame([{"source": "s", "series": name, "unit": "mentions", "span": "day", "begins_at": day, "value": value}
    ...     for name, row in values.items() for day, value in zip(days, row)])
    >>> signed = pd.DataFrame({"event": ["Signed"], "ministry": None, "kind": "agreement", "series": "visa", "hashtag": None,
    ...     "begins_at": days[4], "ends_at": pd.NaT, "source": "press"})
    >>> found = donor_shift(attention, events=signed, event="Signed")
    >>> found[["donor", "donor_shift", "is_contaminated"]].round(3).values.tolist()
    [['other', 3.0, True], ['third', 1.143, False]]
    """

    def rows(window):
        if window.shifts.empty:
            return [{"method": NO_DONORS}]
        return [
            {
                "donor": donor,
                "donor_shift": row.ratio,
                "n": int(row.n),
                "at": row["at"],
                "listed": row.listed or None,
                "is_contaminated": row.is_contaminated,
                "method": "rule of size, no interval"
                if np.isfinite(row.ratio)
                else "not defined: too few known intervals",
            }
            for donor, row in window.shifts.iterrows()
        ]

    columns = {"donor": "str", "donor_shift": "float64", **NUMBERS, "at": "datetime64[us]", "listed": "str"}
    columns |= {"is_contaminated": "bool", "method": "str"}
    return window_table(rows, columns, attention, events, event, series, "all", by, zone)


@measure(unit="weight", keys=("donor",), columns=("error_before", "method"))
def donor_weight(
    attention, *, events, event="", series=(), donors="own event", scaled=True, predictors=None, by="series", zone="UTC"
):
    """How much of each donor makes up the synthetic series, which comes nearest before the event.

    Formula: w ≥ 0, Σ w = 1, minimising Σ (value - Σ w · donor)² over the baseline; each series over its own mean there, if `scaled`.
    With `predictors`, Σ v (property - Σ w · property of donor)² in place of it, v such that the first sum is least. `error_before`:
    root of the mean square that is left, in units of the series.
    **Unit** weight. **Reads** attention.series, source, unit, span, begins_at, value; events. **Source** Abadie, Diamond and Hainmueller
    2010 (doi:10.1198/jasa.2009.ap08746); Doudchenko and Imbens 2016 (doi:10.3386/w22791); docs/methods.md#donors.
    **Caution** Weights of series that resemble each other can change places at little cost: read the fit and `synthetic_gap`, not the
    second digit. The whole baseline is matched; with `predictors` their weights are looked for, and another search may end elsewhere.
    Parameters: as `excess_ratio`; `scaled`, whether series of other size may be compared; `predictors`, a table with a row for each
    `series` and a column of numbers for each property of the time before, such as followers or posts a day.
    Returns the group columns, `donor`, `donor_weight`, `n` (intervals of the baseline), `low`, `high` (missing), `error_before`,
    `method`.

    >>> import pandas as pd
    >>> days = pd.date_range("2016-03-01", periods=5, tz="UTC")
    >>> values = {"visa": [2, 3, 4, 3, 9], "one": [1, 4, 3, 2, 3], "two": [3, 2, 5, 4, 4]}
    >>> attention = pd.DataFrame([{"source": "s", "series": name, "unit": "mentions", "span": "day", "begins_at": day, "value": value}
    ...     for name, row in values.items() for day, value in zip(days, row)])
    >>> signed = pd.DataFrame({"event": ["Signed"], "ministry": None, "kind": "agreement", "series": "visa", "hashtag": None,
    ...     "begins_at": days[4], "ends_at": pd.NaT, "source": "press"})
    >>> found = donor_weight(attention, events=signed, event="Signed", scaled=False)
    >>> found[["donor", "donor_weight", "error_before"]].round(6).values.tolist()  # the halfway between both
    [['one', 0.5, 0.0], ['two', 0.5, 0.0]]
    """

    def rows(window):
        fitted = _panel(window, scaled)
        if isinstance(fitted, str):
            return [{"method": fitted}]
        table, is_before, _, size = fitted
        properties = _properties(window, predictors)
        if isinstance(properties, str):
            return [{"method": properties}]
        weights = _weights(table[is_before], properties)
        gaps = table[:, 0] - table[:, 1:] @ weights
        fields = {"n": int(is_before.sum()), "error_before": _root(gaps[is_before]) * size}
        fields |= {"method": f"least squares on the simplex{MATCHED * (properties is not None)}; no interval"}
        return [
            {"donor": name, "donor_weight": weight, **fields}
            for name, weight in zip(window.donors, weights, strict=True)
        ]

    columns = {"donor": "str", "donor_weight": "float64", **NUMBERS, "error_before": "float64", "method": "str"}
    return window_table(rows, columns, attention, events, event, series, donors, by, zone)


@measure(
    unit="units of the series",
    keys=("unit_compared",),
    columns=("is_event", "error_before", "error_ratio", "place", "p", "method"),
)
def synthetic_gap(
    attention, *, events, event="", series=(), donors="own event", scaled=True, predictors=None, by="series", zone="UTC"
):
    """How far a series is from its synthetic one after an event, and each donor from its own.

    Formula: mean of (value - Σ w · donor) over the intervals after, w of `donor_weight`; for each donor from the others alone.
    `error_ratio`: root mean square of the gaps after over that before; `place`: 1 for the largest; `p`, of the event's series = place / series compared.
    **Unit** units of the series. **Reads** attention.series, source, unit, span, begins_at, value; events. **Source** Abadie, Diamond and
    Hainmueller 2010 (doi:10.1198/jasa.2009.ap08746); Abadie 2021 (doi:10.1257/jel.20191450); docs/methods.md#donors.
    **Caution** `p` is never below one over the number of series: with three donors it is .25 at best. It takes the series as if any
    could have met with the event. Where the fit before is bad (`error_before` beside the level), the gap says nothing. The gap of
    a donor is in units of the event's series, by size, if `scaled`.
    Parameters: as `donor_weight`.
    Returns the group columns, `unit_compared`, `synthetic_gap`, `n` (intervals after), `low`, `high` (missing), `is_event`,
    `error_before`, `error_ratio`, `place`, `p`, `method`.

    >>> import pandas as pd
    >>> days = pd.date_range("2016-03-01", periods=5, tz="UTC")
    >>> values = {"visa": [2, 3, 4, 3, 9], "one": [1, 4, 3, 2, 3], "two": [3, 2, 5, 4, 4]}
    >>> attention = pd.DataFrame([{"source": "s", "series": name, "unit": "mentions", "span": "day", "begins_at": day, "value": value}
    ...     for name, row in values.items() for day, value in zip(days, row)])
    >>> signed = pd.DataFrame({"event": ["Signed"], "ministry": None, "kind": "agreement", "series": "visa", "hashtag": None,
    ...     "begins_at": days[4], "ends_at": pd.NaT, "source": "press"})
    >>> found = synthetic_gap(attention, events=signed, event="Signed", scaled=False)
    >>> found[["unit_compared", "synthetic_gap", "place"]].round(6).values.tolist()[0]  # 9 - (3 + 4) / 2
    ['visa', 5.5, 1]
    """

    def rows(window):
        fitted = _panel(window, scaled)
        if isinstance(fitted, str):
            return [{"method": fitted}]
        table, is_before, is_after, size = fitted
        properties = _properties(window, predictors)
        if isinstance(properties, str):
            return [{"method": properties}]
        names = [" + ".join(sorted({*window.names})), *window.donors]
        found = []
        for at, name in enumerate(names):
            order = [at, *np.delete(np.arange(len(names)), [0, at] if at else [0])]
            weights = _weights(table[is_before][:, order], None if properties is None else properties[:, order])
            gaps = table[:, at] - table[:, order[1:]] @ weights
            before, after = _root(gaps[is_before]), _root(gaps[is_after])
            found.append(
                {"unit_compared": name, "synthetic_gap": gaps[is_after].mean() * size, "n": int(is_after.sum())}
                | {"is_event": at == 0, "error_before": before * size, "error_ratio": after / max(before, 1e-9)}
            )
        ratios = np.array([row["error_ratio"] for row in found])
        for row in found:
            place = int((ratios >= row["error_ratio"] - 1e-12).sum())
            row |= {"place": place, "method": f"placebo over {len(found)} series{MATCHED * (properties is not None)}"}
            row |= {"p": place / len(found)} if row["is_event"] else {}
        return found

    columns = {"unit_compared": "str", "synthetic_gap": "float64", **NUMBERS, "is_event": "bool"}
    columns |= {"error_before": "float64", "error_ratio": "float64", "place": "Int64", "p": "float64", "method": "str"}
    return window_table(rows, columns, attention, events, event, series, donors, by, zone)


def _panel(window, scaled):
    """The series and its donors as columns, which rows are before and after, and the size of one unit; or why there is none."""
    if window.shifts.empty:
        return NO_DONORS
    if window.donors.shape[1] < 2:
        return FEW
    table = np.column_stack([window.values, window.donors.to_numpy(float)])
    is_known = np.isfinite(table).all(axis=1)
    is_before, is_after = is_known & (window.phase == BASELINE), is_known & (window.phase == AFTER)
    if is_before.sum() < 3 or not is_after.any():
        return "not defined: too few intervals in which all are known"
    means = table[is_before].mean(axis=0)
    if not scaled:
        return table, is_before, is_after, 1.0
    if not (means > 0).all():
        return "not defined: a series without anything before"
    return table / means, is_before, is_after, means[0]


def _properties(window, predictors):
    """Properties × series, that of the event first; None where none are asked for, or why they are of no use."""
    if predictors is None:
        return None
    given = predictors.set_index("series").select_dtypes("number").astype(float)
    lacking = sorted({*window.names, *window.donors} - {*given.index[given.notna().all(axis=1)]})
    if lacking or given.shape[1] < 2 or len(window.names) > 1:
        return (
            f"not defined: predictors are not known of {lacking[0]}"
            if lacking
            else "not defined: one series, and two properties"
        )
    return given.loc[[*window.names, *window.donors]].to_numpy().T


def _weights(table, properties):
    """The weights of the columns after the first that come nearest to it, or nearest in properties."""
    if properties is None:
        return simplex_weights(table[:, 0], table[:, 1:])
    return property_weights(table[:, 0], table[:, 1:], properties)


def _root(gaps):
    """Root of the mean square."""
    return float(np.sqrt((gaps**2).mean()))
