"""Formulas over histograms of counts: distinct `values`, ascending, and a row of `weights` for each.

A sample and its 9,999 resamples then go through the same line of code; no formula loops over posts.
"""

import numpy as np
from scipy.sparse import coo_array


def histogram(posts):
    """Distinct comment counts where known, and a sparse table (local days × counts) of how many `posts`."""
    known = posts.dropna(subset="comment_count")
    values, column = np.unique(known.comment_count.to_numpy(float), return_inverse=True)
    days, row = np.unique(known.day, return_inverse=True)
    return values, coo_array((known.posts.to_numpy(float), (row, column)), shape=(len(days), len(values))).tocsr()


def totals(posts):
    """Distinct comment counts where known, ascending, and how many `posts` have each."""
    per = posts.dropna(subset="comment_count").groupby("comment_count").posts.sum()
    return per.index.to_numpy(float), per.to_numpy(int)


def divide(above, below):
    """above / below, missing where below is not positive."""
    above, below = np.broadcast_arrays(above, below)
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)


def mean(values, weights):
    """Arithmetic mean."""
    return divide(weights @ values, weights.sum(axis=1))


def quantiles(values, weights, shares):
    """Quantiles, linear between ranks (type 7 of Hyndman and Fan 1996), one column per share."""
    cumulative = weights.cumsum(axis=1)
    ranks = (cumulative[:, -1:] - 1) * np.asarray(shares)

    def at(rank):
        return values[(cumulative <= rank[:, None]).sum(axis=1)]

    columns = [(at(np.floor(rank)), at(np.ceil(rank)), rank % 1) for rank in ranks.T]
    return np.column_stack([below + part * (above - below) for below, above, part in columns])


def gini(values, weights):
    """G = 2 Σ i·x(i) / (n Σ x) - (n + 1) / n over ascending ranks i; missing where all counts are 0."""
    n = weights.sum(axis=1)
    twice_rank = 2 * weights.cumsum(axis=1) - weights - n[:, None]
    return divide((twice_rank * weights) @ values, n * (weights @ values))


def top_share(values, weights, top):
    """Share of the sum held by the top share of members; the member on the edge counts in part."""
    edge = weights.sum(axis=1, keepdims=True) * (1 - top)
    taken = np.clip(weights.cumsum(axis=1) - edge, 0, weights)
    return divide(taken @ values, weights @ values)


def variance_ratio(values, weights):
    """Variance (n - 1 below) over mean; missing for fewer than two members or a mean of 0."""
    n, total = weights.sum(axis=1), weights @ values
    return divide(divide(weights @ values**2 - divide(total**2, n), n - 1), divide(total, n))


def lorenz(values, weights):
    """Corners of the Lorenz curve from (0, 0): cumulative shares of members and of the sum, least first."""
    held = np.cumsum(values * weights)
    return np.append(0, np.cumsum(weights) / weights.sum()), np.append(0, divide(held, held[-1:]))
