"""Logistic regression of rare events by the likelihood that Jeffreys' prior penalises (Firth 1993), with its profile limits.

Where all events are of one kind, its ratios are finite; of a table of two by two they are those of cells with a half added.
"""

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import chi2

FARTHEST = 40.0  # log odds beyond which a limit is taken as open


def firth(design, events, fixed=None):
    """Coefficients and the penalised log-likelihood; `fixed`: place and value of a coefficient that is not estimated.

    >>> design = np.column_stack([np.ones(10), [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]])
    >>> found, _ = firth(design, np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 1]))  # 0 in 5 against 4 in 5
    >>> float(np.exp(found[1]).round(4))  # (4.5 / 1.5) / (.5 / 5.5)
    33.0
    """
    place, value = fixed if fixed else (None, 0.0)
    free = [each for each in range(design.shape[1]) if each != place]
    found = np.zeros(design.shape[1])
    if place is not None:
        found[place] = value
    current, slope, bend = _penalised(design, events, found)
    for _step in range(200):
        step = np.zeros(len(found))
        step[free] = np.linalg.solve(bend[np.ix_(free, free)], slope[free])
        step *= min(1.0, 5 / max(np.abs(step).max(), 1e-12))
        for _half in range(20):
            step_value = _penalised(design, events, found + step)
            if step_value[0] >= current - 1e-10:
                break
            step /= 2
        found, (current, slope, bend) = found + step, step_value
        if np.abs(step).max() < 1e-8:
            break
    return found, current


def _penalised(design, events, found):
    """The penalised log-likelihood, its modified score, and the information."""
    linear = design @ found
    p = expit(linear)
    root = design * np.sqrt(p * (1 - p))[:, None]
    bend = root.T @ root
    sign, size = np.linalg.slogdet(bend)
    hat = np.einsum("ij,ji->i", root, np.linalg.solve(bend + 1e-12 * np.eye(len(bend)), root.T))
    likelihood = (events * linear - np.logaddexp(0, linear)).sum() + (size / 2 if sign > 0 else -np.inf)
    return likelihood, design.T @ (events - p + hat * (0.5 - p)), bend + 1e-12 * np.eye(len(bend))


def profile(design, events, place, level=0.95):
    """A coefficient, its limits by the profile of the penalised likelihood, and the p of its ratio test; open ends infinite."""
    found, highest = firth(design, events)
    fall = chi2.ppf(level, 1) / 2

    def below(value):
        return highest - firth(design, events, (place, value))[1] - fall

    ends = []
    for side in (-1, 1):
        far = 0.5
        while far < FARTHEST and below(found[place] + side * far) < 0:
            far *= 2
        inside, outside = found[place] + side * far / 2 * (far > 0.5), found[place] + side * far
        ends.append(brentq(below, inside, outside, xtol=1e-7) if far < FARTHEST else side * np.inf)
    p = chi2.sf(max(0.0, 2 * (highest - firth(design, events, (place, 0.0))[1])), 1)
    return found[place], *ends, p
