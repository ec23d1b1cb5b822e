"""What measures of standing share: the matrix of ties, ranks, followers drawn again, random orders."""

import networkx
import numpy as np
from scipy.stats import rankdata

from digidip.measures.network._dyads import seed_of
from digidip.measures.statistics._intervals import CELLS, resamples
from digidip.tables import TableError


def follower_matrix(network):
    """Who (rows) is tied to whom (columns), 1 or 0, in the order of the nodes."""
    return (networkx.to_numpy_array(network, weight=None) > 0).astype(float)


def resampled_in_degrees(network, draws, seed):
    """In-degrees when accounts are drawn again as followers, with replacement: draws × accounts."""
    check_draws(draws)
    ties = follower_matrix(network)
    chunks = resamples(len(ties), draws, seed_from_data(network, ties, seed), len(ties))
    return np.concatenate([weights @ ties for weights in chunks])


def check_draws(draws):
    """Nothing, or the error for a number of draws or orders below 1."""
    if draws < 1:
        raise TableError(f"draws or permutations: found {draws}. Expected: 1 or more; a study takes 999 or more.")


def ranks_from_top(values):
    """Ranks along the last axis: 1 for the highest, equals share the mean."""
    return rankdata(-np.asarray(values, dtype=float), axis=-1)


def seed_from_data(network, values, seed):
    """The seed given, or one that only the data decide."""
    return seed_of(np.asarray(values, dtype=float), np.array([str(node) for node in network])) if seed is None else seed


def centred_ranks(values):
    """Ranks of values, lowest first, about their mean."""
    ranks = rankdata(values)
    return ranks - ranks.mean()


def permutation_test(left, right, permutations, seed):
    """Correlation of two centred vectors, and p = (1 +

    r*| >= |r|) / (1 + permutations).|Missing if one is constant.
    """
    check_draws(permutations)
    size = np.sqrt((left @ left) * (right @ right))
    if size <= 1e-9 * len(left):
        return np.nan, np.nan
    rng, seen, chunk = np.random.default_rng(seed), left @ right / size, max(1, CELLS // len(left))
    sizes = [min(chunk, permutations - first) for first in range(0, permutations, chunk)]
    drawn = [rng.permuted(np.tile(right, (many, 1)), axis=1) @ left / size for many in sizes]
    return seen, (1 + (np.abs(np.concatenate(drawn)) >= abs(seen) - 1e-9).sum()) / (1 + permutations)


def node_names(network):
    """What a reader calls each node: its ministry, its handle, or its id."""
    words = (given.get("ministry") or given.get("handle") for given in network.nodes.values())
    return [str(word or node) for word, node in zip(words, network, strict=True)]
