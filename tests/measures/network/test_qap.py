"""Structure: QAP and MRQAP against known answers, R's sna, a slow obvious twin, and simulation.

R 4.2.2 with sna 2.7-1 (Debian 12: r-base-core, r-cran-sna) gave the figures below for `integers(12)`:
gcor(y, x1); gcor(lower(y), lower(x1), mode="graph") where lower() mirrors the lower triangle;
netlm(y, x, nullhyp="qapspp", reps=20000); netlogit(b, x, nullhyp="qapspp", reps=4000), set.seed(1) before each.
"""

from itertools import permutations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from digidip.measures.network import _qap
from digidip.measures.network._dyads import matrices
from digidip.measures.network._qap import (
    as_given,
    linear,
    logit_prepared,
    logit_regressed,
    p_values,
    permuted,
    prepared,
    regressed,
    shuffles,
    t_statistics,
)
from digidip.measures.network.qap import mrqap, qap_correlation, qap_permutations
from digidip.tables import TableError

BUSINESS = """Barbadori Castellani, Barbadori Ginori, Barbadori Medici, Barbadori Peruzzi, Bischeri Guadagni,
Bischeri Lamberteschi, Bischeri Peruzzi, Castellani Lamberteschi, Castellani Peruzzi, Ginori Medici,
Guadagni Lamberteschi, Lamberteschi Peruzzi, Medici Pazzi, Medici Salviati, Medici Tornabuoni"""
TERMS = ["x1", "x2", "x3"]


def dyads(directed=True, **values):
    """A tidy frame of the cells of square arrays, the diagonal left out; of the lower triangle if undirected."""
    n = len(next(iter(values.values())))
    rows, columns = np.nonzero(~np.eye(n, dtype=bool) if directed else np.tri(n, k=-1))
    cells = {name: np.asarray(array, dtype=float)[rows, columns] for name, array in values.items()}
    return pd.DataFrame({"sender": [f"n{i:03}" for i in rows], "receiver": [f"n{i:03}" for i in columns], **cells})


def integers(n=12):
    """Whole numbers by arithmetic alone, the same in R: outcome y, binary outcome b, terms x1 to x3."""
    i, j = np.indices((n, n))
    x1, x2 = (7 * i + 11 * j + i * j) % 13, (5 * i + 3 * j + i * i) % 7
    x3 = (i * j * j + 2 * i + x1) % 5
    y = 0.5 * x1 + (3 * i * j + i + 2 * j * j) % 17
    return {"y": y, "x1": x1, "x2": x2, "x3": x3, "b": y + x2 > 14}


def florentines():
    """Marriage and business of 16 Florentine families, one row per unordered pair."""
    marriage = nx.florentine_families_graph()
    marriage.add_node("Pucci")
    business = nx.Graph([pair.split() for pair in BUSINESS.replace("\n", " ").split(", ")])
    families = sorted(marriage)
    pairs = [(a, b) for i, a in enumerate(families) for b in families[:i]]
    rows = [(a, b, marriage.has_edge(a, b), business.has_edge(a, b)) for a, b in pairs]
    return pd.DataFrame(rows, columns=["sender", "receiver", "marriage", "business"])


def effects(rng, n=16):
    """Outcome and two terms with effects of sender and receiver; the first term has none on the outcome (V-DSP)."""
    noise = rng.normal(size=(3, n, n)) + rng.normal(size=(3, n, 1)) + rng.normal(size=(3, 1, n))
    first = noise[0]
    second = 0.5 * first + noise[1]
    stack = np.stack([0.5 * second + noise[2], first, second])
    stack[:, range(n), range(n)] = np.nan
    return stack


def test_florentine_families_are_as_published():
    """V-PADGETT: 20 and 15 ties, 8 shared, r = .3718679, p between .0002 and .0012."""
    ties = florentines()
    assert (ties.marriage.sum(), ties.business.sum(), (ties.marriage & ties.business).sum()) == (20, 15, 8)
    options = {"outcome": "business", "terms": "marriage", "directed": False, "permutations": 20_000}
    [row] = qap_correlation(ties, seed=0, **options).to_dict("records")
    assert row["qap_correlation"] == pytest.approx(0.3718679, abs=1e-7)
    assert 0.0002 < row["p"] == row["p_greater"] < 0.0012
    assert row["n"] == 120 and row["low"] < row["qap_correlation"] < row["high"]
    assert row["method"] == "QAP, 20,000 random orders, seed 0, of 16 nodes"


def test_one_term_of_mrqap_is_qap():
    """With one term and the same orders the regression gives the p values of the correlation."""
    options = {"outcome": "business", "terms": "marriage", "directed": False, "permutations": 999}
    chances = ["p", "p_greater", "p_less"]
    found = mrqap(florentines(), **options), qap_correlation(florentines(), **options)
    assert found[0][chances].equals(found[1][chances])


def test_gcor_of_sna():
    """Correlations as R's gcor gives them: directed, undirected, and with a missing row and cells."""
    given = integers()
    table = qap_correlation(dyads(**given), outcome="y", terms=TERMS, permutations=9)
    assert table.qap_correlation.tolist() == pytest.approx([0.312138116060701, -0.0475919374487751, 0.0356818640752934])
    table = qap_correlation(dyads(False, **given), outcome="y", terms="x1", permutations=9, directed=False)
    assert table.qap_correlation.item() == pytest.approx(0.401222167599226)
    frame = dyads(**given)
    frame.loc[frame.sender.eq("n002"), "x1"] = None
    frame.loc[frame.sender.eq("n001") & frame.receiver.eq("n004"), "y"] = None
    frame.loc[frame.sender.eq("n006") & frame.receiver.eq("n000"), "y"] = None
    [row] = qap_correlation(frame, outcome="y", terms="x1", permutations=99).to_dict("records")
    assert row["qap_correlation"] == pytest.approx(0.291174742865159)
    assert row["n"] == 119 and np.isnan(row["low"])


@pytest.mark.parametrize(
    ("options", "slopes", "statistics", "chances"),
    [
        (
            {"outcome": "y", "permutations": 20_000},
            [0.39857574988675037, -0.00648719473743863, -0.10893894402311602],
            [3.6686810843746773, -0.0315497693743661, -0.3720077833368294],
            [0.00050, 0.97595, 0.71175],
        ),
        (
            {"outcome": "y", "permutations": 20_000, "directed": False},
            [0.433173071825792, 0.143787353017707, 0.675352612382787],
            [2.676442060047687, 0.523894620543806, 1.674821943910049],
            [0.01035, 0.60050, 0.10940],
        ),
        (
            {"outcome": "b", "permutations": 4_000, "family": "logit"},
            [0.154261567950732, 0.310258974500173, -0.150716544950347],
            [2.92867430121643, 3.04761194910720, -1.08706330469420],
            [0.00225, 0.00325, 0.27975],
        ),
    ],
    ids=["directed", "undirected", "logit"],
)
def test_netlm_and_netlogit_of_sna(options, slopes, statistics, chances):
    """Coefficients and statistics to rounding, p within four standard errors of the difference of two simulations.

    R's glm takes the errors of z from the last step but one, hence six digits.
    """
    table = mrqap(dyads(options.get("directed", True), **integers()), terms=TERMS, **options)
    assert table.mrqap.tolist() == pytest.approx(slopes, rel=1e-9)
    assert table.statistic.tolist() == pytest.approx(statistics, rel=1e-6)
    error = np.sqrt(2 * np.array(chances) * (1 - np.array(chances)) / options["permutations"])
    assert (abs(table.p - chances) < 4 * error + 2 / options["permutations"]).all()


def test_missing_dyads_as_netlm_has_them():
    """Coefficients and t as R's netlm(nullhyp="classical") on the 119 dyads known in every matrix."""
    given = integers()
    given["y"][[1, 6], [4, 0]], given["x1"] = np.nan, given["x1"].astype(float)
    given["x1"][2] = np.nan
    table = mrqap(dyads(**given), outcome="y", terms=TERMS, permutations=99)
    assert table.mrqap.tolist() == pytest.approx([0.3782974266346240, -0.0758031244882117, -0.0915215879584891])
    assert table.statistic.tolist() == pytest.approx([3.149959495233425, -0.343744330874679, -0.294688397128180])
    assert table.n.tolist() == [119, 119, 119] and table[["low", "high"]].isna().all(axis=None)


@pytest.mark.parametrize("missing", [0, 0.1])
@pytest.mark.parametrize("family", ["linear", "logit"])
def test_agrees_with_the_slow_obvious_twin(missing, family):
    """Every statistic in every order is what statsmodels gives for that order, dyads missing or not."""
    rng = np.random.default_rng(5)
    stack = np.stack([*effects(rng, 12), *effects(rng, 12)[:1]])
    stack[0] = np.where(np.isnan(stack[0]), np.nan, stack[0] > 1) if family == "logit" else stack[0]
    stack[rng.random(stack.shape) < missing] = np.nan
    ready, fit = (logit_prepared, logit_regressed) if family == "logit" else (prepared, regressed)
    drawn = permuted(fit, [ready(stack, which, 1.0) for which in (1, 2, 3)], 12, 15, 7)
    places = next(shuffles(12, 15, 7))
    for which, many in enumerate(drawn, 1):
        fast = many.statistic if family == "logit" else t_statistics(many)
        assert fast == pytest.approx([slow(stack, which, order, family) for order in places], abs=1e-6)


def slow(stack, which, order, family):
    """The statistic of one term after one order, by the book."""
    others = np.delete(stack, (0, which), axis=0)
    known, left = ~np.isnan(stack[1:]).any(axis=0), np.full(stack[0].shape, np.nan)
    left[known] = sm.OLS(stack[which][known], sm.add_constant(others[:, known].T)).fit().resid
    left = left.ravel()[order].reshape(left.shape)
    known = ~np.isnan([stack[0], left, *others]).any(axis=0)
    design = sm.add_constant(np.column_stack([left[known], *others[:, known]]))
    model = sm.Logit if family == "logit" else sm.OLS
    options = {"disp": 0, "tol": 1e-12} if family == "logit" else {}
    return model(stack[0][known], design).fit(**options).tvalues[1]


def test_all_orders_of_five_nodes():
    """V-QAPX: 5 nodes have 120 orders, each taken once; the random orders come near the exact p."""
    frame = dyads(**{name: array[:5, :5] for name, array in integers().items()})
    exact = qap_correlation(frame, outcome="y", terms="x1")
    x, y = (matrices(frame, [name], True)[0][0] for name in ("x1", "y"))
    off = ~np.eye(5, dtype=bool)
    r = [np.corrcoef(x[np.ix_(order, order)][off], y[off])[0, 1] for order in permutations(range(5))]
    assert exact.p.item() == pytest.approx(np.mean(np.abs(r) >= abs(r[0]) - 1e-12))
    assert exact.method.item() == "QAP, all 120 orders of 5 nodes"
    drawn = qap_correlation(frame, outcome="y", terms="x1", permutations=118, seed=1)
    assert abs(drawn.p.item() - exact.p.item()) < 4 * np.sqrt(exact.p.item() * (1 - exact.p.item()) / 118)


def test_size_under_a_true_null_and_coverage():
    """V-DSP: least squares rejects a true null far too often, double semi-partialling does not; intervals cover."""
    rng, sets, rejected, covered = np.random.default_rng(2007), 200, np.zeros(2), 0
    for seed in range(sets):
        stack = effects(rng)
        terms = [prepared(stack, which, 1.0) for which in (1, 2)]
        drawn = permuted(regressed, terms, 16, 199, seed)
        found = [linear(as_given(regressed, term, 16), many) for term, many in zip(terms, drawn, strict=True)]
        _slope, _interval, t, ts = found[0]
        rejected += p_values(ts, t)["p"] <= 0.05, abs(t) > 1.97
        low, high = found[1][1]
        covered += low <= 0.5 <= high
    assert rejected[0] / sets <= 0.09  # 5 % and 2.6 standard errors
    assert rejected[1] / sets >= 0.15
    assert covered / sets >= 0.92


def test_interval_is_the_slopes_not_rejected():
    """At either end the outcome less so much of the term is just not rejected, beyond it is."""
    frame = dyads(**integers())
    options = {"terms": TERMS, "permutations": 499, "seed": 3}
    row = mrqap(frame, outcome="y", **options).iloc[0]
    for end, beyond in ((row.low, -1e-3), (row.high, 1e-3)):
        ps = [mrqap(frame.assign(y=frame.y - at * frame.x1), outcome="y", **options).p[0] for at in (end, end + beyond)]
        assert ps[0] > 0.05 or ps[0] == pytest.approx(0.05, abs=0.003)
        assert ps[1] <= 0.05


def test_chunks_do_not_matter(monkeypatch):
    """However few cells are held at a time, the table is the same."""
    frame = dyads(**integers())
    whole = mrqap(frame, outcome="y", terms=TERMS, permutations=99)
    monkeypatch.setattr(_qap, "CELLS", 1_000)
    pd.testing.assert_frame_equal(mrqap(frame, outcome="y", terms=TERMS, permutations=99), whole)


def test_seed_comes_from_the_data():
    """Without a seed the same data draw the same orders, other data others; a seed given is printed and used."""
    frame = dyads(**integers())
    first = mrqap(frame, outcome="y", terms=TERMS, permutations=99)
    assert first.equals(mrqap(frame.sample(frac=1, random_state=1), outcome="y", terms=TERMS, permutations=99))
    other = mrqap(frame.assign(y=frame.y + 1), outcome="y", terms=TERMS, permutations=99)
    assert first.method[0] != other.method[0]
    given = mrqap(frame, outcome="y", terms=TERMS, permutations=99, seed=17)
    assert "seed 17," in given.method[0] and not given.p.equals(first.p)


def test_perfect_fit():
    """An outcome that is twice a term: slope and both limits 2, t infinite, as in the orders that map it on itself."""
    ring = np.roll(np.eye(6), 1, axis=1)
    [row] = mrqap(dyads(y=2 * ring, x=ring), outcome="y", terms="x").to_dict("records")
    assert (row["mrqap"], row["low"], row["high"]) == pytest.approx((2, 2, 2))
    assert row["statistic"] == np.inf and row["p"] == pytest.approx(6 / 720)  # a ring of six has six turns


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"y": 1.0}, "the outcome is constant"),
        ({"x1": 1.0}, "the terms cannot be told apart"),
        ({"x1": 2.0, "x2": None}, "no known dyads"),
    ],
)
def test_reasons_for_no_regression(change, reason):
    """Nothing varies, or nothing is known: missing with the reason, never 0."""
    table = mrqap(dyads(**integers()).assign(**change), outcome="y", terms=TERMS, permutations=9)
    assert table.term.tolist() == TERMS
    assert table[["mrqap", "p", "low", "high"]].isna().all(axis=None)
    assert (table.method == f"not defined: {reason}").all()


def test_reasons_that_lie_deeper():
    """Terms that add up, too few dyads, and an outcome that a term splits without rest."""
    frame = dyads(**integers())
    table = mrqap(frame.assign(x3=frame.x1 + frame.x2), outcome="y", terms=TERMS, permutations=9)
    assert (table.method == "not defined: the terms cannot be told apart").all()
    table = mrqap(dyads(**{name: array[:2, :2] for name, array in integers().items()}), outcome="y", terms=TERMS)
    assert (table.method == "not defined: no more dyads than coefficients").all()
    table = mrqap(frame.assign(b=frame.x1 > 6), outcome="b", terms=["x1"], family="logit", permutations=9)
    assert table.method[0].startswith("not defined: the fit has no maximum")


def test_what_is_left_out_is_counted():
    """Self-ties and a node of which no dyad is known leave the table, and the method says how many."""
    frame = dyads(**integers())
    more = pd.DataFrame({"sender": ["n000", "n001", "z"], "receiver": ["n000", "n001", "n001"], "y": [1, 1, None]})
    options = {"outcome": "y", "terms": "x1", "permutations": 99, "seed": 1}
    with_more = qap_correlation(pd.concat([frame, more]), **options)
    assert with_more.method[0].endswith("of 12 nodes; 2 self-ties left out; 1 node without a known dyad left out")
    assert with_more.drop(columns="method").equals(qap_correlation(frame, **options).drop(columns="method"))


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda f: f.drop(columns="x1"), {}, "no column 'x1'. Found: sender, receiver, y"),
        (lambda f: pd.concat([f, f.head(1)]), {}, "n000 to n001 has two rows"),
        (lambda f: f.assign(y="much"), {}, "column 'y' is not numeric"),
        (lambda f: f.assign(y=np.inf), {}, "column 'y' holds infinite values"),
        (lambda f: f.assign(sender=None), {}, "132 rows without sender or receiver"),
        (lambda f: f, {"directed": False}, "'y': n000 to n001 is .*, back .*. Say directed=True"),
        (lambda f: f, {"family": "logit"}, "'y' holds other values than 0 and 1"),
        (lambda f: f, {"family": "probit"}, "family must be 'linear' or 'logit', not 'probit'"),
        (lambda f: f, {"terms": ["x1", "y"]}, "'y' is the outcome and a term"),
        (lambda f: f, {"permutations": 0}, "permutations: found 0"),
    ],
)
def test_wrong_use_is_refused(change, options, message):
    """What was found, where, and what to do."""
    with pytest.raises(TableError, match=message):
        mrqap(change(dyads(**integers())), **{"outcome": "y", "terms": "x1", "permutations": 9} | options)


def test_groups_are_networks_of_their_own():
    """By year: two networks, each with its own nodes and orders; without `by` one."""
    first, second = dyads(**integers()), dyads(**integers(9))
    both = pd.concat([first.assign(year=2020), second.assign(year=2022)])
    table = mrqap(both, outcome="y", terms=TERMS, by="year", permutations=99)
    alone = mrqap(second, outcome="y", terms=TERMS, permutations=99)
    assert table.year.tolist() == [2020] * 3 + [2022] * 3
    same = table.iloc[3:, 1:].reset_index(drop=True).drop(columns="p_adjusted")  # a family is a table
    assert same.equals(alone.drop(columns="p_adjusted"))


def test_a_term_is_correlated_by_itself():
    """A term of which little is known takes no dyad from another, nor changes its orders."""
    frame = dyads(**integers())
    frame.loc[frame.sender.ne("n000"), "x2"] = None
    table = qap_correlation(frame, outcome="y", terms=["x1", "x2"], permutations=99)
    alone = qap_correlation(frame, outcome="y", terms="x1", permutations=99)
    assert table.n.tolist() == [132, 11]
    assert table.iloc[:1].drop(columns="p_adjusted").equals(alone.drop(columns="p_adjusted"))


def test_histogram_of_the_florentine_families():
    """The bars hold all orders, their p and r are those of `qap_correlation`, and none reaches .37 more often than p says."""
    options = {"outcome": "business", "terms": "marriage", "directed": False, "permutations": 4999, "seed": 0}
    bars, row = qap_permutations(florentines(), **options), qap_correlation(florentines(), **options).iloc[0]
    assert bars.qap_permutations.sum() == 4999 and len(bars) == 40
    assert {*bars.observed} == {row.qap_correlation} and {*bars.p} == {row.p} and {*bars.method} == {row.method}
    assert row.qap_correlation == pytest.approx(0.3718679, abs=1e-7)
    beyond = bars[bars.begins >= row.qap_correlation].qap_permutations.sum()
    assert (1 + beyond) / 5000 <= row.p_greater


def test_histogram_says_why_there_is_none():
    """A network without ties has no bars, and the reason."""
    silent = dyads(y=np.zeros((4, 4)), x1=integers(4)["x1"])
    [row] = qap_permutations(silent, outcome="y", terms="x1", permutations=99).to_dict("records")
    assert pd.isna(row["qap_permutations"]) and row["n"] == 0
    assert row["method"] == "not defined: the outcome is constant"
