"""A lead without a model: correlations of whitened series at each lag, and their null by blocks in another order."""

import numpy as np

from digidip.measures.influence._autoregression import lag_matrix


def whitened(values, lags):
    """What an autoregression of each column on its own past leaves, standardised."""
    found = []
    for column in values.T:
        y, x = lag_matrix(column[:, None], lags)
        x = np.column_stack([np.ones(len(y)), x])
        rest = (y - x @ np.linalg.lstsq(x, y, rcond=None)[0])[:, 0]
        found.append((rest - rest.mean()) / max(rest.std(), 1e-12))
    return np.column_stack(found)


def block_orders(length, draws, seed):
    """Orders of `length` intervals: circular blocks of ∛length neighbours, begun anywhere, in another order; draws × length."""
    rng, size = np.random.default_rng(seed), max(2, round(length ** (1 / 3)))
    blocks = -(-length // size)
    order = rng.permuted(np.tile(np.arange(blocks), (draws, 1)), axis=1)
    begins = (order * size + rng.integers(length, size=(draws, 1)))[:, :, None]
    return ((begins + np.arange(size)) % length).reshape(draws, -1)[:, :length]


def lag_correlations(leader, follower, lags):
    """Correlation of the leader with the follower 0 … `lags` intervals later; `leader` may be a stack of orders.

    >>> lag_correlations(np.array([1.0, -1, 1, -1]), np.array([1.0, -1, 1, -1]), 2).tolist()
    [1.0, -0.75, 0.5]
    """
    rows = len(follower)
    later = np.zeros((rows, lags + 1))
    for lag in range(lags + 1):
        later[: rows - lag, lag] = follower[lag:]
    return leader @ later / rows
