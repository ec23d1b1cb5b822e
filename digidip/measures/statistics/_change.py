"""One change of level in a series: the split that leaves least squares, and its chance under another order."""

import numpy as np


def gains(series, shortest):
    """For each series (rows), the squares that each split takes away; splits leave `shortest` values on each side.

    >>> gains(np.array([[0.0, 0.0, 4.0, 4.0]]), 1).round(6).tolist()  # a mean of 2: 16 squares in all
    [[5.333333, 16.0, 5.333333]]
    """
    n = series.shape[1]
    first = np.arange(shortest, n - shortest + 1)
    before = series.cumsum(axis=1)[:, first - 1]
    apart = before / first - (series.sum(axis=1, keepdims=True) - before) / (n - first)
    return apart**2 * first * (n - first) / n


def best_split(values, shortest):
    """How many values stand before the split that leaves least squares, the first of several."""
    return int(gains(values[None], shortest)[0].argmax()) + shortest


def split_p(values, shortest, permutations, seed):
    """(1 + hits) / (1 + permutations): how often the values in another order have a split that takes away as much."""
    rng = np.random.default_rng(seed)
    shuffled = rng.permuted(np.tile(values, (permutations, 1)), axis=1)
    found = gains(values[None], shortest).max()
    return float((1 + (gains(shuffled, shortest).max(axis=1) >= found - 1e-12).sum()) / (1 + permutations))
