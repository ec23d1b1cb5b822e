"""Series of shares that go on without a change: what a split found in one is set beside."""

import numpy as np
from scipy.signal import lfilter


def series_without_change(centred, at, draws, rng):
    """Normal series (draws × periods × kinds) of the covariance of centred ones and their correlation at lag 1, and that correlation.

    `at`: numbers of the periods, in order, None where none is missing. Residuals about a mean are less correlated than what they are of, so 1 / periods is added.
    """
    n = len(centred)
    at = np.arange(n) if at is None else at - at[0]
    near = np.diff(at) == 1
    products = (centred[1:] * centred[:-1]).sum(axis=1)[near]
    rho = float(products.mean() / (centred**2).sum(axis=1).mean()) if near.any() else 0.0
    going_on = float(np.clip(rho + 1 / n, 0, 0.95))
    values, vectors = np.linalg.eigh(np.cov(centred.T))
    noise = rng.normal(size=(draws, at[-1] + 1, len(values)))
    noise[:, 1:] *= (1 - going_on**2) ** 0.5
    return (lfilter([1.0], [1.0, -going_on], noise, axis=1)[:, at] * np.sqrt(np.maximum(values, 0))) @ vectors.T, rho


def with_hashtags(posts, column):
    """The posts once for each hashtag of their text, in small letters, in the given column; missing where there is none."""
    tags = posts["text"].fillna("").str.lower().str.findall(r"#(\w+)").map(lambda found: sorted(set(found)))
    return posts.assign(**{column: tags}).explode(column)
