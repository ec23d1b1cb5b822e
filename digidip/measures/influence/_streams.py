"""Streams: counts of attention on one grid of intervals, a column for each stream, and what was expected of them.

What is expected in an interval, and how far counts stray from it, is made of the intervals before it alone.
"""

import calendar
from typing import NamedTuple

import numpy as np
import pandas as pd

from digidip.measures.statistics._columns import canonical, to_pandas
from digidip.tables import INTRADAY, TableError, named_date

SPANS = {"minute": ("min", 1 / 60), "hour": ("h", 1), "day": ("D", 24), "week": ("7D", 168)}
FINER = {"minute": (), "hour": ("minute",), "day": ("hour", "minute"), "week": ()}
WARM = {
    "minute": 60,
    "hour": 24,
    "day": 7,
    "week": 4,
}  # intervals of a stream before the first of which something is said
CYCLES = 2  # weeks that a stream must have, or nothing is told of it
MOST = 3  # times the level above which an interval no longer lifts what is expected of its hour or weekday
COLUMNS = ["source", "series", "unit", "begins_at", "span", "value", "total"]
ABSENT = ("missing", "zero")
NO_COUNTS = "not available: values that are no counts"
FEW_KNOWN = "not available: too few known intervals"


class Grid(NamedTuple):
    """Counts and totals of streams (frames: intervals × streams), the hours of an interval, and the place in the week."""

    values: pd.DataFrame
    totals: pd.DataFrame
    hours: float
    phase: np.ndarray | None  # of each interval; None where intervals are no part of a week
    warm: int
    lack: str  # why there would be no counts
    series: dict  # the series of each stream, whatever its source and unit

    @property
    def watched(self):
        """Whether an interval of a stream of counts is known, and after the first of that stream."""
        known = self.values.notna()
        return known & known.cumsum().gt(self.warm) & self.are_counts

    @property
    def are_counts(self):
        """Which streams hold counts: shares and indices below 0 have neither bursts nor a Poisson error."""
        return self.values.ge(0).where(self.values.notna(), True).all() & (self.values.fillna(0) % 1 == 0).all()

    def reason_of(self, stream):
        """Why nothing can be told of a stream with no watched interval."""
        return FEW_KNOWN if self.are_counts[stream] else NO_COUNTS

    @property
    def reason(self):
        """Why nothing can be told of these streams; empty if it can."""
        if not self.values.notna().any(axis=None):
            return self.lack
        week = CYCLES * 168 / self.hours if self.phase is not None else 2 * self.warm
        return "" if len(self.values) >= week else f"not available: fewer than {week:.0f} intervals, two cycles"


def stream_rows(attention, by):
    """The rows of attention that make streams, in pandas, sorted."""
    rows = to_pandas(canonical(attention, "attention", [*by, *COLUMNS]))
    return rows.sort_values([*by, *COLUMNS], ignore_index=True)


def grid_of(rows, span="hour", absent="missing"):
    """The grid of rows of attention: those of this length, or the sums of shorter ones.

    `absent` says what an interval without a row is. A sum of shorter intervals some of which are absent is missing.
    """
    if span not in SPANS or absent not in ABSENT:
        raise TableError(
            f"span {span!r}, absent {absent!r}. Expected: the length of an interval, {', '.join(SPANS)}, and what one without "
            f"a row is, {' or '.join(ABSENT)}. Give both, such as 'hour, missing' where a notebook has them in one parameter."
        )
    step, hours = SPANS[span]
    kind = next((each for each in (span, *FINER[span]) if (rows.span == each).any()), span)
    own = rows[rows.span == kind]
    mixed = mixed_weeks(own)
    own = own.head(0) if mixed else own
    own = own.assign(stream=_names(own), at=interval_begins(own.begins_at, kind, span))
    parts = own.groupby(["at", "stream"])
    sums, counts = parts[["value", "total"]].sum(min_count=1), parts.size()
    if kind != span:
        least = counts.mode().max() if absent == "missing" else 0
        sums = sums.where((parts["value"].count() == counts) & (counts >= least))
    index = pd.date_range(own["at"].min(), own["at"].max(), freq=step) if len(own) else pd.DatetimeIndex([], tz="UTC")
    values, totals = (sums[name].unstack().reindex(index) for name in ("value", "total"))
    if absent == "zero":
        has_row = counts.unstack().reindex(index).notna()
        values = values.where(has_row.reindex(columns=values.columns), 0.0)
    local = {"hour": index.day_of_week * 24 + index.hour, "day": index.day_of_week}.get(span)
    held = ", ".join(sorted(rows.span[rows["value"].notna()].dropna().unique()))
    lack = f"not available: no counts per {span}" + f", but per {held}" * bool(held)
    series = dict(zip(own.stream, own.series, strict=True))
    return Grid(values, totals.reindex(columns=values.columns), hours, local, WARM[span], mixed or lack, series)


def _names(rows):
    """The name of each stream: its series, with the source and unit where several have that name."""
    several = rows.drop_duplicates(["source", "series", "unit"]).groupby("series").size()
    is_clear = rows.series.map(several).eq(1)
    return rows.series.where(is_clear, rows.series + " (" + rows.source + ", " + rows.unit + ")")


def interval_begins(at, kind, span):
    """When the interval of a span begins in which one of this kind, as long or shorter, does; days and weeks by their date."""
    return at.dt.floor(SPANS[span][0]) if kind in INTRADAY else named_date(at)


def mixed_weeks(rows):
    """Why rows of attention of one span cannot stand side by side; empty unless they are weeks that begin on different days.

    >>> weeks = pd.to_datetime(pd.Series(["2016-01-04T00:00Z", "2016-01-10T00:00Z"]))
    >>> mixed_weeks(pd.DataFrame({"span": "week", "begins_at": weeks}))
    'not defined: weeks that begin on Monday and on Sunday; compare one kind at a time'
    """
    days = named_date(rows.begins_at[rows.span == "week"]).dt.day_of_week.unique()
    names = " and on ".join(calendar.day_name[day] for day in sorted(days))
    return f"not defined: weeks that begin on {names}; compare one kind at a time" if len(days) > 1 else ""


def expected(grid, half_life, cycle=True):
    """What counts were expected to be, and their variance, from the intervals before: two frames.

    The level is an exponentially weighted mean with a `half_life` in hours. With `cycle`, the hour of the week (or
    weekday) has its own factor: the mean of its earlier ratios to the level, drawn to one by one more ratio. At least
    one count is expected in the memory, so that a first one is no wonder; the variance is at least that of Poisson
    counts.
    """
    level = _before(grid.values, half_life / grid.hours)
    factor = 1.0
    if cycle and grid.phase is not None:
        ratio = (grid.values / level.where(level > 0)).clip(upper=MOST)
        known, groups = ratio.notna(), grid.phase
        times = known.groupby(groups).cumsum() - known
        summed = ratio.fillna(0).groupby(groups).cumsum() - ratio.fillna(0)
        factor = (summed + 1) / (times + 1)
        level = _before(grid.values / factor, half_life / grid.hours)
    mean = (level * factor).clip(lower=np.log(2) * grid.hours / half_life)
    variance = _before((grid.values - mean) ** 2, half_life / grid.hours)
    return mean, variance.where(variance > mean, mean)


def cycle_lengths(grid, stream):
    """How many hours each interval counts for, weekday and hour taken out; and whether they could be.

    An interval in which twice as much is usual is twice as long (time rescaling), so that usual arrivals come evenly.
    What is usual is the mean of its ratios to the mean of the stream, none above three, drawn to one by one more ratio.
    """
    values = grid.values[stream]
    if grid.phase is None or grid.reason or not values.mean() > 0:
        return np.full(len(values), float(grid.hours)), False
    ratio = (values / values.mean()).clip(upper=MOST).groupby(grid.phase)
    factor = (ratio.transform("sum") + 1) / (ratio.transform("count") + 1)
    return (factor / factor.mean() * grid.hours).to_numpy(), True


def _before(values, half_life):
    """The exponentially weighted mean of the intervals before each."""
    return values.ewm(halflife=half_life, ignore_na=True).mean().shift(1)
