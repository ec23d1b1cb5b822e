"""The distribution of times of which only an interval is known: the nonparametric maximum likelihood estimate.

statsmodels and SciPy have it for right censoring alone; here it is found by self-consistency (Turnbull 1976).
"""

import numpy as np

STEPS = 20_000


def innermost(left, right):
    """The intervals (q, p] that can have mass: q the left end of one, p the right end of one, no other end between.

    >>> innermost(np.array([0, 1, 4]), np.array([2, 5, np.inf])).tolist()
    [[1.0, 2.0], [4.0, 5.0]]
    """
    ends = sorted(
        {*((value, 1) for value in left), *((value, 0) for value in right)}
    )  # (.., t] ends before (t, ..] begins
    pairs = zip(ends, ends[1:], strict=False)
    return np.array([(low, high) for (low, is_left), (high, other) in pairs if is_left and not other], float).reshape(
        -1, 2
    )


def masses(left, right, weights, cells, enough=1e-9):
    """The mass of each innermost interval for each row of weights of the observations (left, right], to within `enough`."""
    inside = ((left[:, None] <= cells[:, 0]) & (cells[:, 1] <= right[:, None])).astype(float)
    weights = weights / weights.sum(axis=1, keepdims=True)
    found = np.full((len(weights), len(cells)), 1 / len(cells))
    for _step in range(STEPS):
        likely = found @ inside.T
        again = found * ((weights / np.maximum(likely, 1e-300)) @ inside)
        moved = np.abs(again - found).max()
        found = again
        if moved < enough:
            break
    return found / found.sum(axis=1, keepdims=True)
