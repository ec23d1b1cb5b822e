"""The logit variant of MRQAP: the outcome is 0 or 1, and each order is a logistic regression (as in R's sna::netlogit).

All orders of a chunk take the steps of Newton's method together, from the fit without the moved term.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit

from digidip.measures.network._qap import Term, prepared

STEPS = 25
CLOSE = 1e-8


class LogitTerm(NamedTuple):
    """One term made ready for logistic regressions."""

    term: Term
    pairs: np.ndarray  # products of the others, two by two, a row each
    start: np.ndarray  # coefficients of the others alone


class LogitFits(NamedTuple):
    """Logistic regressions, one row per order; missing where the likelihood has no maximum."""

    slope: np.ndarray  # coefficient of the moved term
    statistic: np.ndarray  # the same over its standard error (Wald's z)


def logit_prepared(stack, which, weight):
    """The term at place `which` of the stack, and the fit of the outcome on the others alone."""
    term = prepared(stack, which, weight)
    pairs = (term.others[:, None] * term.others).reshape(-1, len(term.moved))
    nothing = LogitTerm(term, pairs, np.zeros(len(term.others)))
    beta, _information, _sound = _maximum(nothing, np.zeros_like(term.moved)[None], term.stays[None])
    return LogitTerm(term, pairs, beta[0, :-1])


def logit_regressed(ready, places):
    """The logistic regressions of the outcome on the moved term and the others, one per row of places."""
    term = ready.term
    known = term.stays * term.is_moved.take(places)
    beta, information, sound = _maximum(ready, term.moved.take(places), known)
    error = np.sqrt(np.linalg.pinv(information, rcond=1e-12, hermitian=True)[:, -1, -1] / term.weight)
    slope = np.where(sound & (error > 0), beta[:, -1], np.nan)
    return LogitFits(slope, slope / np.where(error > 0, error, np.nan))


def logit(found, drawn):
    """Coefficient, no interval, statistic z, and z in every order."""
    return found.slope[0], (np.nan, np.nan), found.statistic[0], drawn.statistic


def _maximum(ready, moved, known):
    """Coefficients (the moved term last), information, and whether the steps came to an end, one row per order."""
    beta = np.column_stack([np.tile(ready.start, (len(moved), 1)), np.zeros(len(moved))])
    for _step in range(STEPS):
        score, information = _slopes(ready, beta, moved, known)
        step = (np.linalg.pinv(information, rcond=1e-12, hermitian=True) @ score[:, :, None])[:, :, 0]
        beta, sound = beta + step, (np.abs(step) < CLOSE * (1 + np.abs(beta))).all(axis=1)
        if sound.all():
            break
    return beta, information, sound


def _slopes(ready, beta, moved, known):
    """First and (negative) second derivatives of the log likelihood at these coefficients."""
    term, k = ready.term, len(ready.start)
    fitted = expit(beta[:, :k] @ term.others + beta[:, k:] * moved)
    left, weights = (term.outcome - fitted) * known, fitted * (1 - fitted) * known
    weighted, information = weights * moved, np.empty((*beta.shape, k + 1))
    score = np.vstack([term.others @ left.T, np.einsum("ij,ij->i", left, moved)]).T
    information[:, :k, :k] = (ready.pairs @ weights.T).T.reshape(-1, k, k)
    information[:, :k, k] = information[:, k, :k] = (term.others @ weighted.T).T
    information[:, k, k] = np.einsum("ij,ij->i", weighted, moved)
    return score, information
