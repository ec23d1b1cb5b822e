"""Detectors: when each would have warned, from what was known at the time.

Every detector reads the counts up to an interval and what was expected of it; none reads a later one. A stream sends a
warning at most once in `quiet` hours.
"""

from typing import NamedTuple

import numpy as np

from digidip.measures.influence._streams import expected

HALF_LIVES = (72, 336)  # hours of memory
THRESHOLDS = (2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 10)
SETTINGS = {  # detector → the second parameter that is tried, and thresholds
    "ewma": ((1.0, 0.5, 0.25), THRESHOLDS),
    "cusum": ((1.0, 2.0, 3.0), (3, 4, 5, 6, 8, 10, 12, 16)),
    "kleinberg": ((2.0, 3.0, 4.0), (0.5, 0.75, 1, 1.5, 2, 3, 4, 6)),
    "simple": ((1.0,), THRESHOLDS),
}
NAMES = {"ewma": "weight", "cusum": "slack", "kleinberg": "s", "simple": "weight"}
SIMPLE_HALF_LIFE = 24


class Setting(NamedTuple):
    """One way to run a detector: its memory in hours, its second parameter, its threshold."""

    detector: str
    half_life: float
    parameter: float
    threshold: float

    def __str__(self):
        last = "gamma" if self.detector == "kleinberg" else "threshold"
        return f"half-life {self.half_life:g} h, {NAMES[self.detector]} {self.parameter:g}, {last} {self.threshold:g}"


DEFAULTS = {  # chosen on ten streams of company mentions (docs/methods.md#warnings), no stream of any study
    "ewma": Setting("ewma", 336, 1.0, 5.0),
    "cusum": Setting("cusum", 72, 2.0, 5.0),
    "kleinberg": Setting("kleinberg", 72, 4.0, 1.5),
    "simple": Setting("simple", SIMPLE_HALF_LIFE, 1.0, 6.0),
}


def sent_warnings(grid, detector, quiet):
    """Every setting of a detector with what it sends: {setting: [(intervals, strengths) of each stream]}."""
    found = {}
    parameters, thresholds = SETTINGS[detector]
    for half_life in (SIMPLE_HALF_LIFE,) if detector == "simple" else HALF_LIVES:
        state = _known(grid, half_life, detector != "simple")
        for parameter in parameters:
            settings = [Setting(detector, half_life, parameter, each) for each in thresholds]
            found |= dict(zip(settings, _sent(grid, state, settings, quiet), strict=True))
    return found


def warnings_of(grid, setting, quiet):
    """What one setting sends: (intervals, strengths) of each stream; and what was expected, a frame."""
    state = _known(grid, setting.half_life, setting.detector != "simple")
    return _sent(grid, state, [setting], quiet)[0], state[0]


def _known(grid, half_life, cycle):
    """What was expected, its variance, and the standardised distance of each count; 0 where nothing can be said."""
    mean, variance = expected(grid, half_life, cycle)
    mean = mean.where(grid.watched)
    return mean, variance, ((grid.values - mean) / np.sqrt(variance.clip(lower=1))).fillna(0).to_numpy()


def _sent(grid, state, settings, quiet):
    """For settings that differ in the threshold alone: the warnings of each stream."""
    detector, parameter = settings[0].detector, settings[0].parameter
    thresholds = np.array([each.threshold for each in settings], dtype=float)
    if detector == "cusum":
        strength = _cusum(state[2], parameter, thresholds)
    elif detector == "kleinberg":
        strength = _kleinberg(grid, *state[:2], parameter, thresholds)
    else:
        strength = _smoothed(state[2], parameter)[None] / thresholds[:, None, None]
    above, watched = strength > 1, grid.watched.to_numpy()
    steps = max(1, round(quiet / grid.hours))
    return [
        [
            _apart(np.flatnonzero(above[k, :, at] & watched[:, at]), strength[k, :, at], steps)
            for at in range(above.shape[2])
        ]
        for k in range(len(settings))
    ]


def _apart(places, strength, steps):
    """Of the intervals in alarm, those that send a warning: the first, and the next after so many intervals."""
    chosen, at = [], 0
    while at < len(places):
        chosen.append(places[at])
        at = np.searchsorted(places, places[at] + steps)
    return np.array(chosen, dtype=int), strength[chosen] if chosen else np.array([])


def _smoothed(distance, weight):
    """The exponentially weighted distance, in its own standard deviations (Roberts 1959)."""
    if weight == 1:
        return distance
    smooth, now = np.empty_like(distance), np.zeros(distance.shape[1])
    for at, each in enumerate(distance):
        smooth[at] = now = now + weight * (each - now)
    return smooth * np.sqrt((2 - weight) / weight)


def _cusum(distance, slack, thresholds):
    """Page's sum of what exceeds the slack, over each threshold; it begins anew when it warns."""
    sums, found = np.zeros((len(thresholds), distance.shape[1])), np.empty((len(thresholds), *distance.shape))
    for at, each in enumerate(distance):
        sums = np.maximum(0, sums + each - slack)
        found[:, at] = sums / thresholds[:, None]
        sums = np.where(sums > thresholds[:, None], 0, sums)
    return found


def _kleinberg(grid, mean, variance, s, gammas):
    """How far state 1 is cheaper than state 0 with the intervals so far (above 1: it is the cheapest), for each γ.

    Two states of Poisson rates, the expected one and s times it; where counts vary more, the costs of an interval are
    divided by variance / mean.
    """
    counts, mean, variance = grid.values.to_numpy(), mean.to_numpy(), variance.clip(lower=1).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        saved = (counts * np.log(s) - mean * (s - 1)) / np.maximum(variance / mean, 1)
    saved = np.where(np.isfinite(saved), saved, 0)
    ahead, found = np.zeros((len(gammas), counts.shape[1])), np.empty((len(gammas), *counts.shape))
    for at, each in enumerate(saved):
        up = gammas[:, None] * np.log(at + 2)
        ahead = np.clip(ahead, -up, 0) + each  # state 1 costs at most `up` more than state 0, and state 0 never more
        found[:, at] = 1 + ahead / up
    return found
