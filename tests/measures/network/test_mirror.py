"""Mirror: pairs tied in one network, the other, both; ties online per embassy."""

import numpy as np
import pandas as pd
import pytest

from digidip.measures.network.mirror import digitisation_ratio, tie_overlap
from digidip.tables import TableError

ONLINE = {"outcome": "online", "terms": "embassy"}


def frame(**columns):
    """Dyads of three or more nodes: columns of values, one per ordered pair in order."""
    n = next(n for n in range(2, 40) if n * (n - 1) == len(next(iter(columns.values()))))
    pairs = [(f"s{a:02}", f"s{b:02}") for a in range(n) for b in range(n) if a != b]
    return pd.DataFrame(pairs, columns=["sender", "receiver"]).assign(**columns)


def tied(rng, nodes):
    """Who is tied to whom in two networks whose senders and receivers differ in how tied they are, in part alike in both."""
    both, own = rng.normal(size=(2, nodes)), rng.normal(size=(2, nodes))
    base, noise = both[0][:, None] + both[1], rng.normal(size=(2, nodes, nodes))
    first = base + noise[0] > 0.5
    second = 0.7 * base + 0.7 * (own[0][:, None] + own[1]) + noise[1] > 0.8
    off = ~np.eye(nodes, dtype=bool)
    return first[off].astype(int), second[off].astype(int)


def drawn(rng, nodes):
    """The dyads of two such networks."""
    return frame(**dict(zip(("embassy", "online"), tied(rng, nodes), strict=True)))


def value(table, statistic):
    """The row of one statistic."""
    return table.set_index("statistic").loc[statistic]


def test_cells_add_up_and_agree_with_counting():
    """The four shares add up to 1, and Jaccard's index is that of the two sets of ties."""
    dyads = drawn(np.random.default_rng(1), 12)
    table = tie_overlap(dyads, **ONLINE)
    ties = [{*map(tuple, dyads[dyads[name] > 0][["sender", "receiver"]].to_numpy())} for name in ("embassy", "online")]
    assert table.tie_overlap[:4].sum() == pytest.approx(1) and table.pairs[:4].sum() == 132
    assert value(table, "Jaccard").tie_overlap == len(ties[0] & ties[1]) / len(ties[0] | ties[1])
    assert value(table, "only embassy").pairs == len(ties[0] - ties[1])


def test_the_jackknife_is_leaving_out_each_node():
    """The interval of a share from the logits without each node, written out."""
    dyads = drawn(np.random.default_rng(2), 9)
    nodes = sorted({*dyads.sender})
    others = []
    for node in nodes:
        rest = dyads[(dyads.sender != node) & (dyads.receiver != node)]
        share = (rest.embassy * rest.online).mean()
        others.append(np.log(share / (1 - share)))
    share = (dyads.embassy * dyads.online).mean()
    error = np.sqrt(8 / 9 * np.square(others - np.mean(others)).sum())
    low = 1 / (1 + np.exp(-(np.log(share / (1 - share)) - 1.959964 * error)))
    found = value(tie_overlap(dyads, **ONLINE), "both")
    assert found.low == pytest.approx(low) and found.method == "jackknife over nodes"


def test_intervals_hold_the_truth_where_nodes_are_drawn():
    """Of 100 networks of 30 drawn nodes, nine intervals in ten or more hold the mean of 200 networks."""
    rng = np.random.default_rng(5)
    truth = np.mean([(embassy > online).mean() for embassy, online in (tied(rng, 39) for _network in range(200))])
    small = pd.concat([drawn(rng, 30).assign(network=number) for number in range(100)])
    table = tie_overlap(small, by="network", **ONLINE)
    rows = table[table.statistic == "only embassy"]
    assert len(rows) == 100 and rows.low.le(truth).mul(rows.high.ge(truth)).mean() > 0.9


def test_no_pair_and_every_pair_have_exact_bounds():
    """Nobody tied in both, everybody in neither or one: one-sided bounds as of four nodes, 1 - 0.05^(1/4)."""
    table = tie_overlap(frame(embassy=[1] * 12, online=[0] * 12), **ONLINE)
    bound = 1 - 0.05**0.25
    assert value(table, "both")[["tie_overlap", "low", "high"]].tolist() == [0, 0, pytest.approx(bound)]
    assert value(table, "only embassy")[["tie_overlap", "low", "high"]].tolist() == [1, pytest.approx(1 - bound), 1]
    assert value(table, "Jaccard").n == 12


def test_missing_pairs_and_self_ties_are_left_out():
    """A pair unknown in one network is in no cell; nor is a state's tie to itself."""
    dyads = frame(embassy=[1, 1, 0, 0, 1, 0], online=[1, None, 0, 1, 0, 0])
    own = pd.DataFrame({"sender": ["s00"], "receiver": ["s00"], "embassy": [1], "online": [1]})
    table = tie_overlap(pd.concat([dyads, own]), **ONLINE)
    assert value(table, "both")[["pairs", "n"]].tolist() == [1, 5]


def test_nothing_tied_has_no_jaccard():
    """Two empty networks agree on everything; Jaccard's index is not defined."""
    found = value(tie_overlap(frame(embassy=[0] * 6, online=[0] * 6), **ONLINE), "Jaccard")
    assert pd.isna(found.tie_overlap) and found.n == 0 and found.method.startswith("not defined")


def test_ratios_by_hand():
    """A state with four embassies, two ties online, one of them in both: exp(ln ½ ± 1.96 √(4 / 8))."""
    pairs = pd.DataFrame({"sender": "A", "receiver": [*"BCDEFG"], "embassy": [1, 1, 1, 1, 0, 0]})
    dyads = pairs.assign(online=[1, 0, 0, 0, 1, 0])
    [row] = digitisation_ratio(dyads, per="sender", **ONLINE).to_dict("records")
    low, high = 0.5 * np.exp(np.array([-1.959964, 1.959964]) * np.sqrt(4 / 8))
    assert (row["state"], row["digitisation_ratio"], row["n"], row["ties"]) == ("A", 0.5, 4, 2)
    assert (row["low"], row["high"]) == (pytest.approx(low), pytest.approx(high))


def test_ratios_without_ties():
    """No tie online is 0 with an exact bound; no embassy is not defined; the same ties in both have no interval."""
    pairs = pd.DataFrame({"sender": [*"AAABBBCCC"], "receiver": [*"BCDACDABD"]})
    dyads = pairs.assign(embassy=[1, 0, 0, 0, 0, 0, 1, 1, 0], online=[0, 0, 0, 1, 0, 0, 1, 1, 0])
    none, undefined, same = digitisation_ratio(dyads, per="sender", **ONLINE).to_dict("records")
    assert (none["digitisation_ratio"], none["high"]) == (0, pytest.approx(3 * (1 - 0.05 ** (1 / 3))))
    assert pd.isna(undefined["digitisation_ratio"]) and undefined["method"] == "not defined: no ties of embassy"
    assert same["digitisation_ratio"] == 1 and pd.isna(same["low"]) and same["method"].startswith("no interval")


def test_ratio_of_all_is_one_of_sums():
    """The network's ratio is all ties online over all embassies, inside its interval."""
    dyads = drawn(np.random.default_rng(3), 20)
    [row] = digitisation_ratio(dyads, **ONLINE).to_dict("records")
    assert row["digitisation_ratio"] == dyads.online.sum() / dyads.embassy.sum()
    assert row["low"] < row["digitisation_ratio"] < row["high"]


def test_one_tie_has_no_interval():
    """Where one node carries the only tie, leaving it out leaves nothing: no interval, and why."""
    dyads = frame(embassy=[1, 1, 1, 1, 1, 0], online=[1, 0, 0, 0, 0, 0])
    [row] = digitisation_ratio(dyads, **ONLINE).to_dict("records")
    assert row["digitisation_ratio"] == 0.2 and pd.isna(row["low"]) and row["method"].startswith("no interval")


def test_wrong_use_is_refused():
    """An outcome that is a term too, and another `per`, raise."""
    dyads = frame(embassy=[1] * 6, online=[0] * 6)
    with pytest.raises(TableError, match="is the outcome and a term"):
        tie_overlap(dyads, outcome="embassy", terms="embassy")
    with pytest.raises(TableError, match="per must be 'network' or 'sender'"):
        digitisation_ratio(dyads, per="state", **ONLINE)
