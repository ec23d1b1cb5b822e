"""Kleinberg's automaton: the cheapest states of a stream, looking back, and the state as known at each time."""

import numpy as np


def viterbi(emissions, up):
    """The states (0, 1, …) whose emissions and moves cost least together, and that cost; `up` is the cost of a step up.

    emissions: times × states. Moves down are free, the first move is from state 0.

    >>> states, cost = viterbi(np.array([[0.0, 1.0], [3.0, 0.5], [3.0, 0.5]]), 2.0)
    >>> states.tolist(), float(cost)  # up costs 2, and saves 5
    ([0, 1, 1], 3.0)
    """
    levels = np.arange(emissions.shape[1])
    moves = up * np.clip(levels[None, :] - levels[:, None], 0, None)  # from × to
    costs, came = np.where(levels == 0, 0.0, np.inf), np.zeros(emissions.shape, dtype=np.intp)
    for at, emission in enumerate(emissions):
        total = costs[:, None] + moves
        came[at] = total.argmin(axis=0)
        costs = total[came[at], levels] + emission
    states = np.zeros(len(emissions), dtype=int)
    if len(states):
        states[-1] = costs.argmin()
        for at in range(len(states) - 1, 0, -1):
            states[at - 1] = came[at, states[at]]
    return states, costs.min()


def gap_emissions(gaps, times, s, states):
    """Emissions of the continuous version: `times` gaps of each length one after the other, exponential in each state.

    State i has the rate n/T · sⁱ, n gaps in the time T. Equal gaps that follow each other are in one state.
    """
    rate = times.sum() / (gaps * times).sum() * s ** np.arange(states)
    return times[:, None] * (gaps[:, None] * rate - np.log(rate))


def batch_emissions(counts, totals, s):
    """Emissions of the batched version, two states: counts of totals, binomial at the mean share and at `s` times it.

    Where the total is missing or 0 neither state costs more.
    """
    known = np.isfinite(counts) & np.isfinite(totals) & (totals > 0)
    counts, totals = (np.where(known, each, 0.0) for each in (counts, totals))
    base = counts.sum() / max(totals.sum(), 1e-300)
    shares = np.clip(base * np.array([1.0, s]), 1e-300, 1 - 1e-12)
    return -(counts[:, None] * np.log(shares) + (totals - counts)[:, None] * np.log1p(-shares))


def gaps_of(counts, lengths):
    """Gaps between arrivals, and how many of each follow one another; `lengths` of the intervals, in hours.

    The arrivals of an interval are taken as evenly spaced from its beginning; an unknown interval is a part of a gap.

    >>> [each.tolist() for each in gaps_of(np.array([1, 0, 2, 1]), np.ones(4))]
    [[2.0, 0.5], [1, 2]]
    """
    filled = np.flatnonzero(np.nan_to_num(counts) > 0)
    each, begins = np.rint(counts[filled]).astype(int), (np.cumsum(lengths) - lengths)[filled]
    inside = lengths[filled] / each
    between = np.diff(begins) - ((each - 1) * inside)[:-1]
    gaps = np.column_stack([inside, np.append(between, 0)]).ravel()
    times = np.column_stack([each - 1, np.append(np.ones(len(between), dtype=int), 0)]).ravel()
    gaps, times = gaps[times > 0], times[times > 0]
    run = np.append(0, np.cumsum(~np.isclose(gaps[1:], gaps[:-1]))) if len(gaps) else np.array([], dtype=int)
    first = np.flatnonzero(np.diff(run, prepend=-1))
    return gaps[first], np.bincount(run, weights=times).astype(int)
