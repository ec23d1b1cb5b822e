"""QAP and MRQAP: how far networks of the same nodes go together, tested by putting nodes in random order.

Dyads of one network share their nodes, so p values that take them as independent are far too small. Here the nodes of a
matrix change places at random, rows and columns together, and p says how often chance alone gives as much.
Inputs are tidy frames of dyads: `sender`, `receiver`, and a column of values for each network, one row per ordered pair.
"""

from functools import partial
from math import factorial

import numpy as np

from digidip.measures._registry import measure
from digidip.measures.network._dyads import dyad_frame, is_binary, known_dyads, matrices, seed_of
from digidip.measures.network._qap import (
    as_given,
    correlations,
    interval,
    is_exact,
    linear,
    logit,
    logit_prepared,
    logit_regressed,
    p_values,
    permuted,
    prepared,
    regressed,
    undefined,
)
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p
from digidip.tables import TableError

FAMILIES = {
    "linear": (prepared, regressed, linear, "least squares, double semi-partialling"),
    "logit": (logit_prepared, logit_regressed, logit, "logit, double semi-partialling"),
}
CHANCES = {"p": "float64", "p_greater": "float64", "p_less": "float64", "method": "str"}
SEEN = {"observed": "float64", "p": "float64", "method": "str"}


@measure(unit="correlation, -1 to 1", keys=("term",), columns=("p", "p_adjusted", "p_greater", "p_less", "method"))
def qap_correlation(dyads, *, outcome, terms, by=(), directed=True, permutations=9999, seed=None):
    """Correlation of two networks over the same pairs of nodes, tested by permutation (QAP).

    Formula: Pearson's r over the ordered pairs without the diagonal (undirected: each pair once); `p` = (1 + number of
    |r*| >= |r|) / (1 + permutations), r* with the nodes of one network in random order; one-sided likewise. Interval: r
    times b / slope for every slope b such that outcome - b · term is not rejected by the same orders at 5 %.
    **Unit** correlation, -1 to 1. **Reads** dyads.sender, dyads.receiver, the outcome, the terms.
    **Source** Krackhardt 1988 (doi:10.1016/0378-8733(88)90004-4); docs/methods.md#qap.
    **Caution** A pair without a row is missing, not 0: give the pairs without a tie as 0. With missing pairs r* rests on
    the pairs known in both, and there is no interval. Nodes must be exchangeable if nothing is going on.
    Parameters: `dyads`; `outcome`, `terms`: columns; `by`, group columns; `directed`; `permutations` (all orders where
    there are no more); `seed` (default: from a hash of the data).
    Returns the group columns, `term`, `qap_correlation`, `n` (dyads), `low`, `high`, `p`, `p_adjusted` (Holm, over all rows
    of the table), `p_greater`, `p_less`, `method`.

    >>> import pandas as pd
    >>> pairs = {"sender": ["a", "a", "b", "b", "c", "c"], "receiver": ["b", "c", "a", "c", "a", "b"]}
    >>> dyads = pd.DataFrame({**pairs, "embassy": [1, 1, 0, 0, 0, 0], "follow": [1, 0, 0, 0, 0, 0]})
    >>> found = qap_correlation(dyads, outcome="follow", terms="embassy")  # r = 2 / √10; 2 of 6 orders leave a its row
    >>> found[["term", "qap_correlation", "n", "p"]].round(3).values.tolist()
    [['embassy', 0.632, 6, 0.333]]
    """
    rows = partial(_correlation_rows, directed=directed, permutations=permutations, seed=seed)
    columns = {"qap_correlation": "float64", **NUMBERS, **CHANCES}
    return with_adjusted_p(_by_group(columns, dyads, rows, outcome, terms, by, permutations), "holm")


@measure(unit="orders", keys=("term", "begins", "ends"), columns=("observed", "p", "method"))
def qap_permutations(dyads, *, outcome, terms, by=(), directed=True, permutations=9999, seed=None, bins=40):
    """How the correlation falls out when nodes change places at random: the histogram behind QAP's p.

    Formula: orders whose r* lies in [begins, ends) (the last: both ends), `bins` of equal width from the least to the
    greatest of r and all r*. The orders are those of `qap_correlation` with the same parameters.
    **Unit** orders. **Reads** dyads.sender, dyads.receiver, the outcome, the terms. **Source** Krackhardt 1988
    (doi:10.1016/0378-8733(88)90004-4); docs/methods.md#qap.
    **Caution** Its spread is that of chance alone, not the uncertainty of r: for that see the interval there.
    Parameters: as `qap_correlation`; `bins`.
    Returns the group columns, `term`, `begins`, `ends`, `qap_permutations`, `n` (orders), `low`, `high` (missing: a
    count of all), `observed` (r), `p` (two-sided), `method`.

    >>> import pandas as pd
    >>> pairs = {"sender": ["a", "a", "b", "b", "c", "c"], "receiver": ["b", "c", "a", "c", "a", "b"]}
    >>> dyads = pd.DataFrame({**pairs, "embassy": [1, 1, 0, 0, 0, 0], "follow": [1, 0, 0, 0, 0, 0]})
    >>> found = qap_permutations(dyads, outcome="follow", terms="embassy", bins=2)  # five other orders: r or -1 / √10
    >>> found[["begins", "ends", "qap_permutations", "n"]].round(3).values.tolist()
    [[-0.316, 0.158, 4, 5], [0.158, 0.632, 1, 5]]
    """
    rows = partial(_histogram_rows, directed=directed, permutations=permutations, seed=seed, bins=bins)
    columns = {"begins": "float64", "ends": "float64", "qap_permutations": "Int64", **NUMBERS, **SEEN}
    return _by_group(columns, dyads, rows, outcome, terms, by, permutations)


@measure(
    unit="outcome per unit of term, or log odds",
    keys=("family", "term"),
    columns=("statistic", "p", "p_adjusted", "p_greater", "p_less", "method"),
)
def mrqap(dyads, *, outcome, terms, family="linear", by=(), directed=True, permutations=9999, seed=None):
    """Regression of one network on several, tested by double semi-partialling (MRQAP).

    Formula: least squares over the ordered pairs (undirected: each once); per term, what the other terms leave of it
    changes nodes at random, the regression is fitted again, and `p` = (1 + number of |t*| >= |t|) / (1 + permutations).
    "logit": logistic regression, z for t. Interval: slopes b at which outcome - b · term is not rejected at 5 %.
    **Unit** outcome per unit of term, or log odds. **Reads** dyads.sender, dyads.receiver, the outcome, the terms.
    **Source** Dekker, Krackhardt and Snijders 2007 (doi:10.1007/s11336-007-9016-1); docs/methods.md#mrqap.
    **Caution** t and z are for comparing with their permuted selves; no table of theirs holds for dyads. As for
    `qap_correlation` an absent pair is missing, not 0. Logit has no interval, nor has a network with missing dyads.
    Parameters: as `qap_correlation`; `family` "linear" or "logit" (outcome 0 or 1).
    Returns the group columns, `family`, `term`, `mrqap` (the coefficient), `n` (dyads), `low`, `high`, `statistic` (t or
    z), `p`, `p_adjusted` (Holm, over all terms of the table), `p_greater`, `p_less`, `method`.

    >>> import pandas as pd
    >>> pairs = {"sender": ["a", "a", "b", "b", "c", "c"], "receiver": ["b", "c", "a", "c", "a", "b"]}
    >>> dyads = pd.DataFrame({**pairs, "embassy": [1, 1, 0, 0, 0, 0], "follow": [3, 1, 0, 0, 0, 0]})
    >>> found = mrqap(dyads, outcome="follow", terms="embassy")  # means 2 and 0, t = 2 / √(2/4 · (1/2 + 1/4))
    >>> found[["term", "mrqap", "n", "statistic", "p"]].round(3).values.tolist()
    [['embassy', 2.0, 6, 3.266, 0.333]]
    """
    if family not in ("linear", "logit"):
        raise TableError(f"family must be 'linear' or 'logit', not {family!r}.")
    if outcome in group_columns(terms):
        raise TableError(f"dyads: {outcome!r} is the outcome and a term. Leave it out of the terms.")
    rows = partial(_regression_rows, family=family, directed=directed, permutations=permutations, seed=seed)
    columns = {"mrqap": "float64", **NUMBERS, "statistic": "float64", **CHANCES}
    table = _by_group(columns, dyads, rows, outcome, terms, by, permutations)
    table.insert(table.columns.get_loc("term"), "family", family)
    return with_adjusted_p(table, "holm")


def _by_group(types, dyads, rows, outcome, terms, by, permutations):
    """The table of a measure of dyads."""
    if permutations < 1:
        raise TableError(f"permutations: found {permutations}. Expected: 1 or more; a study takes 999 or more.")
    columns, by = [outcome, *group_columns(terms)], group_columns(by)
    return result_table(dyad_frame(dyads, by, columns), by, partial(rows, columns=columns), {"term": "str", **types})


def _network(part, columns, directed, permutations, seed):
    """The matrices of one group, what a cell counts, the seed, and in words which orders are drawn."""
    stack, nodes, left_out = matrices(part, columns, directed)
    seed = seed_of(stack, nodes) if seed is None else seed
    orders = f"{permutations:,} random orders, seed {seed},"
    if is_exact(len(nodes), permutations):
        orders = f"all {factorial(len(nodes)):,} orders"
    return stack, 1.0 if directed else 0.5, seed, f"{orders} of {len(nodes)} nodes{left_out}"


def _correlation_rows(part, columns, **options):
    """The rows of one group: each term by itself, whatever the others lack."""
    return [{"term": term} | _correlation(part, [columns[0], term], **options) for term in columns[1:]]


def _correlation(part, columns, **options):
    """The row of one term, or the reason why there is none."""
    n, reason, found, drawn, how = _correlated(part, columns, **options)
    if reason:
        return {"n": n, "method": reason}
    scale = np.sqrt(found.moved[0] / found.outcomes[0, 0, 0])
    low, high = interval(found, drawn)
    value = {"qap_correlation": correlations(found)[0], "n": n, "low": scale * low, "high": scale * high}
    return value | _chances(correlations(drawn), value["qap_correlation"], how)


def _correlated(part, columns, directed, permutations, seed):
    """Of one term: dyads, why there is no correlation, its fit as given and in every order, and how."""
    pair, weight, seed, how = _network(part, columns, directed, permutations, seed)
    n, reason = known_dyads(pair, weight), undefined(pair, weight)
    if reason:
        return n, reason, None, None, how
    term, nodes = prepared(pair, 1, weight), pair.shape[1]
    [drawn] = permuted(regressed, [term], nodes, permutations, seed)
    return n, None, as_given(regressed, term, nodes), drawn, f"QAP, {how}"


def _histogram_rows(part, columns, bins, **options):
    """The rows of one group: the bins of each term, or the reason why there are none."""
    rows = []
    for term in columns[1:]:
        _n, reason, found, drawn, how = _correlated(part, [columns[0], term], **options)
        bars = [{"n": 0, "method": reason}] if reason else _bars(correlations(found)[0], correlations(drawn), bins, how)
        rows += [{"term": term} | bar for bar in bars]
    return rows


def _bars(seen, drawn, bins, how):
    """How many orders lie in each bin."""
    chances = _chances(drawn, seen, how)
    drawn = drawn[~np.isnan(drawn)]
    counts, edges = np.histogram(drawn, bins, (min(seen, *drawn), max(seen, *drawn)))
    fields = {"n": len(drawn), "observed": seen, "p": chances["p"], "method": chances["method"]}
    bars = zip(edges, edges[1:], counts, strict=False)
    return [{"begins": begins, "ends": ends, "qap_permutations": count} | fields for begins, ends, count in bars]


def _regression_rows(part, columns, family, directed, permutations, seed):
    """The rows of one group: every term of one regression, or the reason why there is none."""
    stack, weight, seed, how = _network(part, columns, directed, permutations, seed)
    n, reason = known_dyads(stack, weight), undefined(stack, weight)
    if family == "logit" and not reason and not is_binary(stack[0]):
        raise TableError(
            f"dyads: {columns[0]!r} holds other values than 0 and 1. A logit needs these two; else say linear."
        )
    if reason:
        return [{"term": term, "n": n, "method": reason} for term in columns[1:]]
    ready, fit, summary, words = FAMILIES[family]
    nodes, terms = stack.shape[1], [ready(stack, at, weight) for at in range(1, len(columns))]
    found = [as_given(fit, term, nodes) for term in terms]
    tests = zip(columns[1:], found, permuted(fit, terms, nodes, permutations, seed), strict=True)
    how = f"{words}, {how}"
    return [{"term": name, "n": n} | _coefficient(summary(one, many), how) for name, one, many in tests]


def _coefficient(found, how):
    """The row of one coefficient, or the reason why there is none."""
    slope, (low, high), statistic, drawn = found
    if np.isnan(statistic):
        return {"method": "not defined: the fit has no maximum, or the other terms leave nothing of the outcome"}
    return {"mrqap": slope, "low": low, "high": high, "statistic": statistic} | _chances(drawn, statistic, how)


def _chances(drawn, seen, how):
    """The p values, and how they came about."""
    lost = int(np.isnan(drawn).sum())
    return p_values(drawn, seen) | {"method": how + (f"; {lost:,} orders without a statistic" if lost else "")}
