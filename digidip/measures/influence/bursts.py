"""Bursts: looking back, in which stretches attention was above its own rate, and whether more than chance would have it."""

import numpy as np
import pandas as pd
from ruptures import KernelCPD
from scipy.stats import nbinom, poisson

from digidip.measures._registry import measure
from digidip.measures.influence._kleinberg import batch_emissions, gap_emissions, gaps_of, viterbi
from digidip.measures.influence._streams import NO_COUNTS, cycle_lengths, expected, grid_of, stream_rows
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p
from digidip.tables import TableError

MODELS = ("continuous", "batched", "pelt")
BACK = "looks back over all intervals; no warning"
TAKEN_OUT = {True: "weekday and hour taken out", False: "weekday and hour are not taken out"}
LEAST_LEVEL = 2  # intervals of a level
HALF_LIFE = 336  # hours: two weeks


def burst_states(arrivals, *, s=2.0, gamma=1.0, states=2):
    """The states of Kleinberg's automaton over the gaps between arrivals, a digit each, and their cost.

    Not a measure: one stream, as its own times give it.

    >>> found, cost = burst_states([4, 17, 23, 27, 33, 35, 37, 76, 77, 82, 84, 88, 90, 92], gamma=0.1)
    >>> found, round(float(cost), 6)
    ('0000110111111', 35.783395)
    """
    gaps = np.diff(np.sort(np.asarray(arrivals, dtype=float)))
    emissions = gap_emissions(gaps, np.ones(len(gaps), dtype=int), s, states)
    found, cost = viterbi(emissions, gamma * np.log(len(gaps)))
    return "".join(map(str, found)), float(cost)


@measure(
    unit="cost saved by the burst, natural logarithms",
    keys=("stream", "burst"),
    columns=("begins_at", "ends_at", "hours", "method"),
    limits="no interval",
)
def burst_weight(
    attention, *, by=(), span="hour", absent="missing", model="continuous", s=2.0, gamma=1.0, states=2, least=0.0
):
    """Bursts of each stream, looking back: how strong each is, from when to when.

    Formula: Kleinberg's automaton. Continuous: state i emits gaps x with density a_i exp(-a_i x), a_i = (n/T) s^i;
    batched: r of d with the share p_0 = R/D or p_1 = s p_0. A move up by one costs γ ln n (n gaps or intervals), down
    nothing; the cheapest states by Viterbi. Hours and weekdays in which more is usual count as longer (time rescaling).
    The weight is what the states above 0 save against state 0 over the burst. Pelt, no automaton: the levels of
    2√(rate + 3/8) that cost least by squares over their spread, each change 3 γ ln n; a burst is of levels whose rate
    is above (s - 1)/ln s times the mean one, as of state 1; its weight, half of what its levels save against one level.
    **Unit** cost saved by the burst, natural logarithms; n is what was counted in the burst.
    **Reads** `attention`: series, begins_at, span, value; batched also total.
    **Source** Kleinberg 2003 (doi:10.1023/A:1024940629314); Killick, Fearnhead and Eckley 2012
    (doi:10.1080/01621459.2012.737745); docs/methods.md#bursts.
    **Caution** It looks back: the states of a day rest on what came later, so a burst is no warning. The continuous
    version takes the arrivals of an interval as evenly spaced, and weekday and hour out only where there are two weeks;
    the batched one needs totals, which have weekdays of their own.
    Counts that vary more than Poisson counts make bursts of noise: `burst_excess` says whether chance would do.

    Parameters: `attention`; `by`, columns of it; `span`, the interval; `absent`, what an interval without a row is,
    missing or zero; `model`, continuous, batched or pelt; `s`, above 1; `gamma`, above 0; `states`, of the continuous
    version; `least` weight.
    Returns the group columns, `stream`, `burst` (number in time), `burst_weight`, `n`, `low`, `high`, `begins_at`,
    `ends_at`, `hours`, `method`; a stream without a burst has one row that says so.

    >>> from digidip.measures.influence.bursts import EXAMPLE
    >>> burst_weight(EXAMPLE, span="minute", gamma=0.1)[["stream", "burst", "n", "hours"]].round(2).values.tolist()
    [['KL', 1, 3, 0.07], ['KL', 2, 7, 0.27]]
    """
    if model not in MODELS or not (s > 1 and gamma > 0 and states > 1):
        found = f"model {model!r}, s {s:g}, gamma {gamma:g}, states {states}"
        raise TableError(
            f"{found}. Expected: {', '.join(MODELS)}, s above 1, gamma above 0, states 2 or more. Mend it."
        )
    by = group_columns(by)

    def rows(part):
        grid = grid_of(part, span, absent)
        if grid.values.empty:
            return [{"n": 0, "method": grid.lack}]
        return [row for stream in grid.values for row in _stream_bursts(grid, stream, model, (s, gamma, states), least)]

    columns = {"stream": "str", "burst": "Int64", "burst_weight": "float64", **NUMBERS}
    columns |= {
        "begins_at": "datetime64[us, UTC]",
        "ends_at": "datetime64[us, UTC]",
        "hours": "float64",
        "method": "str",
    }
    return result_table(stream_rows(attention, by), by, rows, columns)


def _stream_bursts(grid, stream, model, given, least):
    """The rows of one stream."""
    counts, totals = grid.values[stream].to_numpy(), grid.totals[stream].to_numpy()
    nothing = {"stream": stream, "burst": pd.NA, "n": 0}
    known = counts[np.isfinite(counts)]
    if not grid.are_counts[stream]:
        return [nothing | {"method": NO_COUNTS}]
    if known.sum() < 2 or (model == "batched" and not np.isfinite(totals).any()):
        lack = "no totals" if known.sum() >= 2 else "fewer than two counted"
        return [nothing | {"method": f"not available: {lack}"}]
    lengths, is_taken_out = cycle_lengths(grid, stream)
    if model == "batched":
        spans, how = _batched(counts, totals, grid.hours, *given[:2]), f"{model}; {BACK}"
    else:
        of_model = _continuous if model == "continuous" else _levels
        spans, how = of_model(counts, lengths, grid.hours, *given), f"{model}; {TAKEN_OUT[is_taken_out]}; {BACK}"
    long_enough = [each for each in spans if each[2] >= least]
    if not long_enough:
        return [nothing | {"method": f"no burst; {how}"}]
    zero, hour = grid.values.index[0], pd.Timedelta(hours=1)
    return [
        {"stream": stream, "burst": number, "burst_weight": weight, "n": int(n), "hours": end - begin, "method": how}
        | {"begins_at": (zero + begin * hour).round("s"), "ends_at": (zero + end * hour).round("s")}
        for number, (begin, end, weight, n) in enumerate(long_enough, start=1)
    ]


def _continuous(counts, lengths, hours, s, gamma, states):
    """Bursts of the continuous version: first and last hour, weight, arrivals."""
    gaps, times = gaps_of(counts, lengths)
    if not len(gaps):
        return []
    emissions = gap_emissions(gaps, times, s, states)
    found, _ = viterbi(emissions, gamma * np.log(times.sum()))
    edges = np.append(0, np.cumsum(lengths))
    ends = edges[np.flatnonzero(np.nan_to_num(counts) > 0)[0]] + np.append(0, np.cumsum(gaps * times))
    at = np.interp(ends, edges, np.arange(len(edges)) * hours)  # of the clock
    saved = emissions[:, 0] - emissions[np.arange(len(found)), found]
    return [(at[a], at[b], saved[a:b].sum(), times[a:b].sum() + 1) for a, b in _runs(found > 0)]


def _batched(counts, totals, hours, s, gamma):
    """Bursts of the batched version: first hour and that after the last, weight, what was counted."""
    emissions = batch_emissions(counts, totals, s)
    found, _ = viterbi(emissions, gamma * np.log(len(counts)))
    saved = emissions[:, 0] - emissions[:, 1]
    return [(a * hours, b * hours, saved[a:b].sum(), np.nansum(counts[a:b])) for a, b in _runs(found > 0)]


def _levels(counts, lengths, hours, s, gamma, _states):
    """Bursts by change-points of the level (PELT): first hour and that after the last, weight, what was counted.

    Unknown intervals are passed over. The spread is that of differences of neighbours, and at least that of Poisson counts.
    """
    known = np.flatnonzero(np.isfinite(counts))
    rates = counts[known] * hours / lengths[known]
    levels = 2 * np.sqrt(rates + 3 / 8)
    if len(known) < 2 * LEAST_LEVEL:
        return []
    spread = max(1.0, 1.4826 * np.median(np.abs(np.diff(levels))) / np.sqrt(2))
    ends = (
        KernelCPD(kernel="linear", min_size=LEAST_LEVEL)
        .fit(levels / spread)
        .predict(pen=3 * gamma * np.log(len(known)))
    )
    number = np.searchsorted(ends, np.arange(len(known)), side="right")
    means, of_level = (np.bincount(number, each)[number] / np.bincount(number)[number] for each in (rates, levels))
    saved = ((levels - levels.mean()) ** 2 - (levels - of_level) ** 2) / (2 * spread**2)
    runs = _runs(means > rates.mean() * (s - 1) / np.log(s))
    return [(known[a] * hours, (known[b - 1] + 1) * hours, saved[a:b].sum(), counts[known[a:b]].sum()) for a, b in runs]


def _runs(above):
    """First place, and that after the last, of each run of true."""
    edges = np.flatnonzero(np.diff(above.astype(int), prepend=0, append=0))
    return list(zip(edges[::2], edges[1::2], strict=True))


@measure(
    unit="times the expected count",
    keys=("stream",),
    columns=("at", "observed", "expected", "p", "p_adjusted", "method"),
    limits="no interval",
)
def burst_excess(attention, *, by=(), span="hour", absent="missing", half_life=HALF_LIFE):
    """Most surprising interval of each stream: how far above the count that was expected.

    Formula: observed / expected, where P(X >= observed) is smallest; X negative binomial with mean and variance known
    from the intervals before (Poisson where that is no larger). p = 1 - (1 - P)^T over T intervals (Šidák); p_adjusted
    over the streams, Benjamini and Hochberg.
    **Unit** times the expected count; n is the number of intervals.
    **Reads** `attention`: series, begins_at, span, value.
    **Source** Šidák 1967 (doi:10.1080/01621459.1967.10482935); Benjamini and Hochberg 1995
    (doi:10.1111/j.2517-6161.1995.tb02031.x); docs/methods.md#bursts.
    **Caution** Mean and variance are estimates, and tails of real counts can be heavier than a negative binomial's: p
    is then too small. It says that something happened, not what: a bot flood is a surprise too.

    Parameters: `attention`; `by`, columns of it; `span`, the interval; `absent`, what an interval without a row is;
    `half_life` of the memory, hours.
    Returns the group columns, `stream`, `burst_excess`, `n`, `low`, `high`, `at`, `observed`, `expected`, `p`,
    `p_adjusted`, `method`.

    >>> rows = pd.DataFrame({"begins_at": pd.date_range("2020-01-01", periods=21, tz="UTC"), "value": [4.0] * 20 + [12.0]})
    >>> rows = rows.assign(source="x", series="a", unit="posts", span="day", total=None)
    >>> float(burst_excess(rows, span="day")["burst_excess"].round(1).iloc[0])  # 12 against 4
    3.0
    """
    by = group_columns(by)

    def rows(part):
        grid = grid_of(part, span, absent)
        if grid.reason:
            names = list(grid.values) or [None]
            return [{"stream": stream, "n": 0, "method": grid.reason} for stream in names]
        mean, variance = expected(grid, half_life)
        tails = _tails(grid.values.to_numpy(), mean.to_numpy(), variance.to_numpy())
        tails = np.where(grid.watched.to_numpy(), tails, np.nan)
        return [_most_surprising(grid, mean, tails, at) for at in range(grid.values.shape[1])]

    columns = {"stream": "str", "burst_excess": "float64", **NUMBERS, "at": "datetime64[us, UTC]"}
    columns |= dict.fromkeys(("observed", "expected", "p"), "float64") | {"method": "str"}
    return with_adjusted_p(result_table(stream_rows(attention, by), by, rows, columns))


def _tails(counts, mean, variance):
    """Logarithm of P(X >= count), negative binomial where the variance is above the mean."""
    with np.errstate(divide="ignore", invalid="ignore"):
        size = mean**2 / (variance - mean)
        wide = nbinom.logsf(counts - 1, size, mean / variance)
        return np.where(variance > mean * 1.0001, wide, poisson.logsf(counts - 1, mean))


def _most_surprising(grid, mean, tails, at):
    """The row of one stream."""
    own, stream = tails[:, at], grid.values.columns[at]
    n = int(np.isfinite(own).sum())
    if not n:
        return {"stream": stream, "n": 0, "method": grid.reason_of(stream)}
    place = np.nanargmin(own)
    observed, expectation = grid.values.iat[place, at], mean.iat[place, at]
    row = {"stream": stream, "n": n, "at": grid.values.index[place], "observed": observed, "expected": expectation}
    row |= {"p": -np.expm1(n * np.log1p(-min(np.exp(own[place]), 1 - 1e-16)))}
    return row | {"burst_excess": observed / expectation, "method": "negative binomial, from before alone"}


TIMES = [4, 17, 23, 27, 33, 35, 37, 76, 77, 82, 84, 88, 90, 92]  # minutes, of the example in docs/methods.md#v-kl
EXAMPLE = pd.DataFrame({"begins_at": pd.Timestamp("2003-01-01", tz="UTC") + pd.to_timedelta(TIMES, unit="min")})
EXAMPLE = EXAMPLE.assign(source="Kleinberg", series="KL", unit="mentions", span="minute", value=1.0, total=None)
