"""QAP and MRQAP: a matrix put into random order, rows and columns together, and fitted again.

Matrices come as one stack, outcome first, then the terms: n × n, missing on the diagonal and where a dyad is unknown.
They are laid flat (n² cells), unknown cells are 0 in every sum, and by Frisch, Waugh and Lovell a regression per order is
a few inner products: many orders are one matrix product. Where dyads are missing, each order has its own overlap of known
cells, so the sums of the other terms are formed again for it (as R's sna does, pair by pair).
"""

from itertools import islice, permutations
from math import factorial
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from digidip.measures.network._dyads import known_dyads
from digidip.measures.statistics._counts import divide

CELLS = 600_000  # cells held at a time: 5 MB per array, which caches nearly hold
CLOSE = 1e-9  # statistics nearer than this are the same statistic, told apart by rounding alone
NOTHING = 1e-10  # what is left below this share is rounding, not data
LEVEL = 0.05


class Term(NamedTuple):
    """One term made ready: what moves and what stays, laid flat, 0 where unknown."""

    moved: np.ndarray  # what the other terms leave of this one
    is_moved: np.ndarray  # 1 where that is known
    others: np.ndarray  # constant and other terms, orthonormal, a row each
    fixed: np.ndarray  # the same; below what they leave of the outcome and, with no dyad missing, of the term itself
    products: np.ndarray  # inner products of the fixed rows with each other
    squares: float  # sum of squares of what moves
    outcome: np.ndarray  # as given
    stays: np.ndarray  # 1 where the outcome and the other terms are known
    is_full: bool  # no dyad is missing
    weight: float  # 1 for directed ties; 1/2 where each dyad fills two cells


class Fits(NamedTuple):
    """What regressions leave after the other terms, one row per order."""

    moved: np.ndarray  # sum of squares of the moved term
    shared: np.ndarray  # its inner products with the outcomes
    outcomes: np.ndarray  # inner products of the outcomes with each other
    freedom: np.ndarray  # degrees of freedom


def undefined(stack, weight):
    """Why there is no regression of the first matrix on the others, or None."""
    if not (dyads := known_dyads(stack, weight)):
        return "not defined: no known dyads"
    flat = stack[:, ~np.isnan(stack).any(axis=0)]
    if dyads <= len(stack):
        return "not defined: no more dyads than coefficients"
    centred = flat - flat.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1)
    constant = lengths <= NOTHING * np.linalg.norm(flat, axis=1)
    if constant[0]:
        return "not defined: the outcome is constant"
    if constant.any() or np.linalg.matrix_rank(centred[1:] / lengths[1:, None], rtol=1e-7) < len(stack) - 1:
        return "not defined: the terms cannot be told apart"
    return None


def prepared(stack, which, weight):
    """The term at place `which` of the stack, the others taken out of it and out of the outcome."""
    flat = stack.reshape(len(stack), -1)
    known = ~np.isnan(flat)
    is_moved, stays = known[1:].all(axis=0), np.delete(known, which, axis=0).all(axis=0)
    others = np.vstack([np.ones(flat.shape[1]), np.delete(flat, (0, which), axis=0)])
    moved, _basis = _without(others, flat[which], is_moved)
    left, basis = _without(others, flat[0], stays)
    full = bool(is_moved.sum() == stays.sum() == flat.shape[1] - stack.shape[1])
    fixed = np.vstack([basis, left, moved] if full else [basis, left])
    moves, stays, outcome = is_moved.astype(float), stays.astype(float), np.where(stays, flat[0], 0)
    return Term(moved, moves, basis, fixed, fixed @ fixed.T, (moved**2).sum(), outcome, stays, full, weight)


def _without(others, values, known):
    """What the others leave of the values where both are known, else 0.

    And the others, orthonormal there.
    """
    basis, left = np.zeros_like(others), np.zeros_like(values)
    basis[:, known] = np.linalg.qr(others[:, known].T)[0].T
    rest = values[known] - (basis[:, known] @ values[known]) @ basis[:, known]
    left[known] = rest if np.linalg.norm(rest) > NOTHING * np.linalg.norm(values[known]) else 0
    return left, basis


def is_exact(n, draws):
    """All orders of n nodes are no more than were asked for."""
    return factorial(n) - 1 <= draws


def shuffles(n, draws, seed):
    """Chunks of flat places: row i holds the cell that order i puts where.

    All orders but the given one if so few.
    """
    chunk, rng, everything = max(1, CELLS // n**2), np.random.default_rng(seed), islice(permutations(range(n)), 1, None)
    total = factorial(n) - 1 if is_exact(n, draws) else draws
    for first in range(0, total, chunk):
        size = min(chunk, total - first)
        if is_exact(n, draws):
            orders = np.array(list(islice(everything, size)))
        else:
            orders = rng.permuted(np.tile(np.arange(n), (size, 1)), axis=1)
        yield (orders[:, :, None] * n + orders[:, None, :]).reshape(size, -1)


def permuted(fit, terms, n, draws, seed):
    """What `fit(term, places)` finds for each term over every order, joined."""
    chunks = [[fit(term, places) for term in terms] for places in shuffles(n, draws, seed)]
    return [type(parts[0])(*map(np.concatenate, zip(*parts, strict=True))) for parts in zip(*chunks, strict=True)]


def as_given(fit, term, n):
    """What `fit` finds in the order as given."""
    return fit(term, np.arange(n * n)[None])


def regressed(term, places):
    """The regressions of the outcomes on the moved term, the others held, one per row of places."""
    moved, k = term.moved.take(places), len(term.others)
    squares, products, freedom = _overlap(term, places, moved)
    found, cross = (term.fixed @ moved.T).T[:, None], products[:, :k, k:]  # a matrix product: quick without threads
    inverse = np.linalg.pinv(products[:, :k, :k], rcond=1e-12, hermitian=True)
    lead, lean = found[:, :, :k] @ inverse, cross.mT @ inverse
    rest = squares - (lead @ found[:, :, :k].mT)[:, 0, 0]
    own = np.broadcast_to(products[:, k:, k:] - lean @ cross, (len(places), *cross.shape[2:] * 2))
    return Fits(np.where(rest > NOTHING * squares, rest, 0), (found[:, :, k:] - lead @ cross)[:, 0], own, freedom)


def _overlap(term, places, moved):
    """Over the cells known in each order: squares, products, degrees of freedom.

    Squares of what moved, products of what stays.
    """
    if term.is_full:  # the same for every order
        squares, products, cells = term.squares, term.products[None], np.full(len(places), term.stays.sum())
    else:
        pairs, known = term.fixed[:, None] * term.fixed, term.is_moved.take(places)
        sums = np.vstack([pairs.reshape(-1, pairs.shape[-1]), term.stays]) @ known.T
        squares, cells = np.einsum("ij,ij,j->i", moved, moved, term.stays), sums[-1]
        products = sums[:-1].T.reshape(-1, *pairs.shape[:2])
    return squares, products, term.weight * cells - len(term.others) - 1


def correlations(fits, slope=0.0):
    """Partial correlations of the moved term with the outcome less `slope` times the term.

    Missing where undefined.
    """
    mix = np.array([1.0, -slope])[: fits.shared.shape[1]]
    squares = fits.moved * (mix @ fits.outcomes @ mix)
    return np.clip(divide(fits.shared @ mix, np.sqrt(np.maximum(squares, 0))), -1, 1)


def t_statistics(fits):
    """Statistics t of the moved term; infinite where the fit is perfect."""
    r, freedom = correlations(fits), np.where(fits.freedom > 0, fits.freedom, np.nan)
    rest = np.where(1 - r**2 > CLOSE**2, 1 - r**2, 0)
    with np.errstate(divide="ignore"):
        return r * np.sqrt(freedom / rest)


def p_values(drawn, seen):
    """Two-sided and one-sided p: (1 + as far out) / (1 + drawn), the undefined left out.

    >>> p_values(np.array([-3.0, 0.0, 2.0, np.nan]), 2.0)
    {'p': 0.75, 'p_greater': 0.5, 'p_less': 1.0}
    """
    drawn = drawn[~np.isnan(drawn)]

    def share(values, bound):
        return (1 + int((np.isclose(values, bound, CLOSE, CLOSE) | (values > bound)).sum())) / (1 + len(values))

    return {"p": share(abs(drawn), abs(seen)), "p_greater": share(drawn, seen), "p_less": share(-drawn, -seen)}


def slope_of(fits):
    """Coefficient of the moved term."""
    return divide(fits.shared[:, 0], fits.moved)


def linear(found, drawn):
    """Coefficient, interval, statistic t, and t in every order."""
    return slope_of(found)[0], interval(found, drawn), t_statistics(found)[0], t_statistics(drawn)


def interval(found, drawn):
    """The slopes that the same orders would not reject at 5 %.

    None where dyads are missing or orders too few.
    """
    if found.shared.shape[1] < 2 or 1 / (1 + len(drawn.moved)) >= LEVEL:
        return np.nan, np.nan
    slope, unexplained = slope_of(found)[0], 1 - correlations(found)[0] ** 2
    if unexplained <= CLOSE:
        return slope, slope
    step = np.sqrt(unexplained * found.outcomes[0, 0, 0] / found.freedom[0] / found.moved[0])

    def holds(steps):
        at = slope + steps * step
        return p_values(correlations(drawn, at), correlations(found, at)[0])["p"] > LEVEL

    return slope + _edge(holds, -1) * step, slope + _edge(holds, 1) * step


def _edge(holds, side):
    """How far from 0 to this side it holds: doubled until it does not, then halved.

    Infinite if it always does.
    """
    inner, outer = 0.0, next((far for far in side * 2.0 ** np.arange(1, 30) if not holds(far)), side * np.inf)
    for _halving in range(40 if np.isfinite(outer) else 0):
        middle = (inner + outer) / 2
        inner, outer = (middle, outer) if holds(middle) else (inner, middle)
    return outer


NEWTON_STEPS = 25
CONVERGED = 1e-8


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
    beta, information, is_converged = _maximum(ready, term.moved.take(places), known)
    error = np.sqrt(np.linalg.pinv(information, rcond=1e-12, hermitian=True)[:, -1, -1] / term.weight)
    slope = np.where(is_converged & (error > 0), beta[:, -1], np.nan)
    return LogitFits(slope, slope / np.where(error > 0, error, np.nan))


def logit(found, drawn):
    """Coefficient, no interval, statistic z, and z in every order."""
    return found.slope[0], (np.nan, np.nan), found.statistic[0], drawn.statistic


def _maximum(ready, moved, known):
    """Coefficients (the moved term last), information, and whether the steps ended, one row per order."""
    beta = np.column_stack([np.tile(ready.start, (len(moved), 1)), np.zeros(len(moved))])
    for _step in range(NEWTON_STEPS):
        score, information = _slopes(ready, beta, moved, known)
        step = (np.linalg.pinv(information, rcond=1e-12, hermitian=True) @ score[:, :, None])[:, :, 0]
        beta, is_converged = beta + step, (np.abs(step) < CONVERGED * (1 + np.abs(beta))).all(axis=1)
        if is_converged.all():
            break
    return beta, information, is_converged


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
