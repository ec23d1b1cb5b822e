"""Series of attention around an event: regular intervals, what lies before, between announcement and event, and after.

Windows are those of the table of events, so that they are set before anybody looks: an event begins at `begins_at`, its effect
is looked for until `ends_at`, and an announcement of it (a row of kind announcement or anticipation, of the same ministry,
hashtag and series) ends the baseline.
"""

from difflib import get_close_matches
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import t as student

from digidip.measures.influence._streams import mixed_weeks
from digidip.measures.statistics._columns import canonical, fetched_once, group_columns, to_pandas
from digidip.measures.statistics._result_table import result_table
from digidip.tables import INTRADAY, TableError, is_date, named_date

COLUMNS = ("source", "series", "unit", "span", "begins_at", "value")
PERIODS = {"minute": "min", "hour": "h", "day": "D", "week": "W", "month": "M", "year": "Y"}
ANNOUNCED = ("announcement", "anticipation")
SEASONS = {  # of a span: known intervals from which its cycle can be told, and the parts of a moment that tell it
    "hour": (14 * 24, ("hour", "day_of_week")),
    "day": (21, ("day_of_week",)),
    "month": (36, ("month",)),
}
BASELINE, BETWEEN, AFTER = "baseline", "anticipation", "after"
NO_EVENT = "not available: no event is named"
NO_VALUES = "not available: no known value"
NO_AFTER = "not available: no known interval after the event begins"
MOST = 2_000  # intervals of a series: models compare each with each
FACTOR, WEEKS = 2.0, 8  # a donor twice as high or low as usual has an event of its own; usual are its last weeks before


class Event(NamedTuple):
    """An event: its name, when it begins and ends, when it was announced (missing: not), and the series it names."""

    name: str
    begins: pd.Timestamp
    ends: pd.Timestamp
    announced: pd.Timestamp
    series: tuple


class Window(NamedTuple):
    """One series around an event: places in time, local moments, values, the phase of each, its donors as columns, and names."""

    place: np.ndarray
    at: pd.DatetimeIndex
    values: np.ndarray
    phase: np.ndarray
    donors: pd.DataFrame
    shifts: pd.DataFrame
    span: str
    names: tuple


def window_table(rows, columns, attention, events, event, series, donors, by, zone):
    """The table of `rows(window)` for the window of each group; with a reason alone for a group that has none."""
    by, named = group_columns(by), find_event(events, event)
    frame = attention_rows(attention, by, zone)
    own = own_series(frame, named, series)
    chosen, marks = donors if isinstance(donors, str) else tuple(donors), listed_events(events)
    key = "windows", tuple(by), zone, named, tuple(frame.series[own].unique()), chosen, tuple(marks)

    def fetch():
        groups = frame[own].groupby(by, dropna=False)
        return {part.index[0]: around(part, frame[~own], named, zone, chosen, marks) for _, part in groups}

    windows = fetched_once(fetch, key, attention)  # several measures are of the same

    def group_rows(part):
        window = windows[part.index[0]]
        reason = NO_EVENT if named is None else window if isinstance(window, str) else ""
        if not reason and not np.isfinite(window.values[window.phase == AFTER]).any():
            reason = NO_AFTER
        empty = {name: 0 for name, kind in columns.items() if kind == "int64"}
        empty |= {name: False for name, kind in columns.items() if kind == "bool"}
        return [{**empty, "method": reason}] if reason else [empty | row for row in rows(window)]

    return result_table(frame[own], by, group_rows, columns)


def find_event(events, name):
    """The event of this name; None where none is named.

    An unknown name, or an event whose source nobody stated, is an error.
    """
    if not name:
        return None
    table = to_pandas(events)
    rows = table[table.event == name].sort_values("begins_at")
    if rows.empty:
        known = sorted(table.event.dropna().unique())
        near = get_close_matches(name, known, 3) or known[:6]
        raise TableError(
            f"event: found {name!r}. Expected the name of a row of the table of events, such as "
            f"{', '.join(map(repr, near)) or 'none: it has no rows'}. Name one, or add it: to "
            "data/reference/events.csv, or as an export of your own (digidip map FILE --table events)."
        )
    row = rows.iloc[0]
    if "source" in row and (pd.isna(row.source) or not str(row.source).strip()):
        raise TableError(
            f"event {name!r}: no source. Expected: where its date is known from, since all is counted from it."
        )
    begins, ends = (_instant(row.get(column)) for column in ("begins_at", "ends_at"))
    same = [
        table[column].eq(row[column]) | (table[column].isna() & pd.isna(row[column]))
        for column in ("ministry", "hashtag", "series") if column in table
    ]  # fmt: skip
    announced = table[table.kind.isin(ANNOUNCED) & np.logical_and.reduce(same)] if "kind" in table else table.iloc[:0]
    moments = [moment for moment in map(_instant, announced.begins_at) if moment < begins]
    names = tuple(str(row[column]) for column in ("series", "hashtag") if column in row and pd.notna(row[column]))
    return Event(name, begins, ends, min(moments, default=pd.NaT), names)


def _instant(moment):
    """A moment as UTC; missing where it is."""
    return pd.NaT if pd.isna(moment) else pd.to_datetime(moment, utc=True)


def attention_rows(attention, by, zone):
    """Rows of attention in pandas, with `at`: when the interval begins on the clock of the zone.

    Days and longer intervals begin with the date they name, whatever the zone.
    """
    columns = tuple(dict.fromkeys([*by, *COLUMNS]))

    def fetch():
        frame = to_pandas(canonical(attention, "attention", columns))
        moments = pd.to_datetime(frame.begins_at, utc=True)
        local, dates = moments.dt.tz_convert(zone).dt.tz_localize(None), named_date(moments).dt.tz_localize(None)
        frame["at"] = local.where(frame.span.isin(INTRADAY), dates).astype("datetime64[us]")
        return frame.astype({"value": "float64"}).sort_values([*columns], kind="stable", ignore_index=True)

    return fetched_once(fetch, ("around an event", columns, zone), attention)


def own_series(frame, event, series):
    """Which rows are of the event's series: those asked for, else those that it names, else all."""
    asked = [series] if isinstance(series, str) else list(series)
    names = frame.series.astype(str)
    if asked:
        missing = [name for name in asked if not names.eq(name).any()]
        if missing and len(frame):
            raise TableError(
                f"series: found {missing[0]!r}. Expected of: {', '.join(sorted(names.unique())[:8])}. Mend it, or leave it out."
            )
        return names.isin(asked)
    wanted = {_bare(name) for name in (event.series if event else ())}
    own = names.map(_bare).isin(wanted)
    return own if own.any() else pd.Series(True, frame.index)


def _bare(name):
    """A name without # and capitals."""
    return str(name).lstrip("#").lower()


def around(part, others, event, zone, donors="own event", marks=()):
    """The window of one series, or a text that says why there is none.

    others: rows of the other series; donors: their names, "all", "none", or "own event": all that were seen before and have none;
    marks: what `listed_events` gives.
    """
    if part.value.notna().sum() == 0:
        return NO_VALUES
    if len(kinds := part[["span", "unit"]].drop_duplicates()) > 1:
        return f"not defined: {len(kinds)} units or lengths of intervals in one group"
    if mixed := mixed_weeks(part):
        return mixed
    if part[["source", "series"]].drop_duplicates().series.duplicated().any():
        return "not defined: several sources of one series in one group, of which a sum would count twice; group by source too"
    span = part.span.iloc[0]
    periods = part["at"].dt.to_period(PERIODS[span])
    places = part.value.groupby(periods.array.asi8)
    summed = places.sum().where(places.count() == places.size())  # of several series, if all are known
    place = np.arange(summed.index.min(), summed.index.max() + 1)
    if len(place) > MOST:
        return f"not defined: {len(place):,} intervals; at most {MOST:,}, so take longer ones or begin later"
    values = summed.reindex(place).to_numpy(float)
    index = pd.PeriodIndex.from_ordinals(place, freq=periods.dtype.freq).to_timestamp()
    phase = np.full(len(place), BASELINE, dtype=object)
    begins, last = place[-1] + 1, place[-1]
    if event is not None:
        is_dated = span not in INTRADAY and is_date(pd.DatetimeIndex(part.begins_at)).all()
        begins = _place(event.begins, zone, span, is_dated)
        announced = begins if pd.isna(event.announced) else _place(event.announced, zone, span, is_dated)
        if pd.notna(event.ends) and event.ends > event.begins:
            last = _place(event.ends, zone, span, is_dated, "1us")
        phase[place >= announced] = BETWEEN
        phase[place >= begins] = AFTER
    keep = (place <= last) | (phase != AFTER)
    place, index, values, phase = place[keep], index[keep], values[keep], phase[keep]
    table = _donor_table(part, others, place, span)
    shifts = own_events(table, phase, index, span, marks)
    if isinstance(donors, str):
        chosen = {"none": [], "all": list(table)}.get(
            donors, list(shifts.index[shifts.ratio.notna() & ~shifts.is_contaminated.astype(bool)])
        )
    else:
        chosen = [name for name in table if name in donors]
    return Window(place, index, values, phase, table[chosen], shifts, span, tuple(part.series.unique()))


def _place(moment, zone, span, is_dated, before="0us"):
    """The number of the interval in which an instant lies, or so much before it.

    Of a series whose days stand at midnight of UTC (`is_dated`), an event at midnight of UTC begins or ends with the day it names.
    """
    zone = "UTC" if is_dated and is_date(moment) else zone
    return (moment - pd.Timedelta(before)).tz_convert(zone).tz_localize(None).to_period(PERIODS[span]).ordinal


def _donor_table(part, others, place, span):
    """The other series of the same source, unit and span as columns; those known in nine of ten intervals at least.

    A week that begins on another day of the week is another interval.
    """
    same = (others[["source", "unit", "span"]] == part[["source", "unit", "span"]].iloc[0]).all(axis=1)
    if span == "week":
        days = others["at"].dt.day_of_week.groupby(others.series).transform
        same &= (days("min") == part["at"].iloc[0].day_of_week) & (days("min") == days("max"))
    rows = others[same & ~others.series.isin(part.series)]
    if rows.empty:
        return pd.DataFrame(index=place)
    table = rows.assign(place=rows["at"].dt.to_period(PERIODS[span]).array.asi8)
    table = table.pivot_table(index="place", columns="series", values="value", aggfunc="sum").reindex(place)
    return table.loc[:, table.notna().mean() >= 0.9].sort_index(axis=1)


def own_events(table, phase, at, span, marks=()):
    """Of each donor the largest ratio to its usual level from the announcement on, when, and whether that is an event.

    The usual level is the median of its last eight weeks (or intervals of their number) before, of the same weekday where all
    were seen; usual deviations are those of the logarithms from it, told by their
    median. An event is a ratio of two, up or down, that is larger than any of so many usual ones would be, or one that is listed.
    """
    found = []
    for name in table:
        values = table[name].to_numpy(float)
        before, after = np.flatnonzero(phase == BASELINE), np.flatnonzero(phase != BASELINE)
        before = before[np.isfinite(values[before]) & (values[before] > 0)][-WEEKS * 7 :]
        after = after[np.isfinite(values[after])]
        row = {
            "donor": name,
            "ratio": np.nan,
            "n": len(after),
            "at": pd.NaT,
            "listed": _listed(name, marks, at, phase),
        }
        if len(before) >= 3 and len(after):
            ratio, limit = _usual_ratio(values, before, after, at, span)
            far = int(np.argmax(np.abs(ratio)))
            beyond = np.abs(ratio) >= limit
            row |= {"ratio": np.exp(ratio[far]), "at": at[after[int(np.argmax(beyond)) if beyond.any() else far]]}
            row["is_far"] = bool(beyond.any())
        found.append(row | {"is_contaminated": bool(row.get("is_far") or row["listed"])})
    columns = ["donor", "ratio", "n", "at", "listed", "is_contaminated"]
    return pd.DataFrame(found, columns=columns).set_index("donor")


def _usual_ratio(values, before, after, at, span):
    """Logarithms of later values over the usual ones, and the size from which one is none of the usual deviations."""
    logs = np.log(np.maximum(values, 0.5))
    cycle = at.day_of_week if span == "day" else np.zeros(len(at), int)
    days = {day: before[cycle[before] == day] for day in set(cycle[after])}
    whole = all(len(days[day]) for day in days) and span == "day"
    usual = {day: np.median(logs[days[day]] if whole else logs[before]) for day in days}
    deviations = np.array([logs[k] - usual.get(cycle[k], np.median(logs[before])) for k in before])
    n, levels = len(before), len(days) if whole else 1
    limit = np.log(FACTOR)
    if n > levels:  # deviations from levels that were taken of the same days are too small
        spread = 1.4826 * np.median(np.abs(deviations)) * np.sqrt(n / (n - levels))
        limit = max(limit, student.isf(0.025 / len(after), n - levels) * spread * np.sqrt(1 + 1.5 * levels / n))
    return logs[after] - np.array([usual[cycle[k]] for k in after]), limit


def listed_events(events):
    """The events that name a series: (series without # and capitals, when it begins in UTC, event), a list."""
    table = to_pandas(events)
    if "series" not in table:
        return []
    table = table.dropna(subset="series")
    begins = pd.to_datetime(table.begins_at, utc=True).dt.tz_localize(None)
    return list(zip(table.series.map(_bare), begins, table.event.astype(str), strict=True))


def _listed(name, marks, at, phase):
    """The names of the events that are listed of a series and begin within the window; an empty text for none."""
    if not (phase != BASELINE).any():
        return ""
    first, last = at[phase != BASELINE][0], at[-1] + pd.Timedelta(days=1)
    return "; ".join(event for series, begins, event in marks if series == _bare(name) and first <= begins <= last)


def season(at, span, known):
    """Columns of 0 and 1 for the parts of the cycle of a span, the first left out; none where too few intervals are known."""
    least, parts = SEASONS.get(span, (np.inf, ()))
    if known < least:
        return np.zeros((len(at), 0))
    return np.column_stack([pd.get_dummies(getattr(at, part), dtype=float).to_numpy()[:, 1:] for part in parts])
