"""Agenda setting: statsmodels as the slow twin, what the sample planted, and no lead where there is none."""

import networkx
import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.stattools import adfuller
from statsmodels.tsa.vector_ar.var_model import VAR

from digidip import measures, store
from digidip.measures.influence._autoregression import chosen_lags, products, responses, unit_root, wald_tests
from digidip.measures.influence._permutation_test import block_orders
from digidip.tables import TableError

GROUPS = ["ministry", "media", "public"]
LED = [f"#Topic{number:02}" for number in range(1, 5)]


def table(shares, begins="2020-01-01", **more):
    """Rows of attention: (group, topic) → shares of neighbouring days."""
    parts = [
        pd.DataFrame({"begins_at": pd.date_range(begins, periods=len(each), tz="UTC"), "value": each}).assign(
            source=group, series=topic
        )
        for (group, topic), each in shares.items()
    ]
    return pd.concat(parts, ignore_index=True).assign(unit="share", span="day", total=None, **more)


def test_the_autoregression_is_that_of_statsmodels():
    """Lags by both criteria, Wald's statistic, cumulative orthogonal responses and the ADF test of one set of three series."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(300, 3))
    values[5:, 0] += 0.8 * values[:-5, 1]
    values[2:, 2] += 0.8 * values[:-2, 0]
    slow = VAR(values).select_order(14).selected_orders
    assert (chosen_lags(values, "aic"), chosen_lags(values, "bic")) == (slow["aic"], slow["bic"]) == (7, 5)
    fitted = VAR(values).fit(5)
    tested = fitted.test_causality(0, [1], kind="wald")
    assert wald_tests(values, 5)[1, 0][:2] == pytest.approx((tested.test_statistic, tested.pvalue))
    rows, *sums = products(values, 5)
    assert responses(rows - 1, *sums, 5, 15) == pytest.approx(fitted.irf(15).orth_cum_effects)
    for series in (values[:, 0], values[:, 1].cumsum()):
        slow = adfuller(series, result_object=False)
        assert unit_root(series)[:2] == pytest.approx((slow[1], slow[2]))


def test_two_random_walks_lead_each_other_in_levels_and_not_when_one_more_lag_is_fitted():
    """Of 200 pairs, levels call 13.5 % or so at 5 % (200 days, two lags), Toda and Yamamoto about 5 %."""
    rng = np.random.default_rng(1)
    walks = [rng.normal(size=(200, 2)).cumsum(axis=0) for _ in range(200)]
    called = [np.mean([wald_tests(each, 2, more)[0, 1][1] < 0.05 for each in walks]) for more in (0, 1)]
    assert called[0] > 0.1 and called[1] < 0.09


def test_blocks_keep_neighbours_and_lose_nothing():
    """Each order of 27 days is nine blocks of three neighbours, every day once."""
    orders = block_orders(27, 5, 0)
    assert (np.sort(orders, axis=1) == np.arange(27)).all()
    assert (np.diff(orders, axis=1) % 27 == 1).mean() > 0.6 and len({*map(tuple, orders)}) == 5


@pytest.fixture(scope="module")
def sample():
    """What the sample holds of attention in the window of the agenda, and all else of its ministry."""
    return store.load("sample", "KIR", start="2024-01-01", end="2024-07-19", of="attention")


def test_the_planted_lead_is_found_and_no_other(sample):
    """The media after the ministry on four of ten topics, two days later, by model and without; nobody else."""
    shares = measures.lead_share(sample.attention, groups=GROUPS).set_index(["leader", "follower"])
    assert shares.topics.to_dict() == {pair: 4 * (pair == ("ministry", "media")) for pair in shares.index}
    assert (shares.n == 10).all() and (shares.refused == 1).all()
    leads = measures.attention_lead(sample.attention, groups=GROUPS)
    assert leads[leads.p_adjusted < 0.05].topic.tolist() == LED
    walks = leads[leads.topic == "#Topic06"]
    assert walks.method.str.startswith("levels refused, unit root: ministry, media, public").all()
    twins = measures.lead_permutation(sample.attention, groups=GROUPS)
    found = twins[twins.p_adjusted < 0.05]
    assert found.topic.tolist() == LED and (found.leader == "ministry").all() and (found.lag == 2).all()
    profile = measures.lag_correlation(sample.attention, groups=GROUPS)
    strongest = profile[profile.lag > 0].nlargest(1, "lag_correlation").iloc[0]
    assert strongest[["leader", "follower", "lag"]].tolist() == ["ministry", "media", 2]
    assert strongest.lag_correlation > 3 * strongest.expected_high


def test_responses_rise_where_a_lead_was_planted_and_leave_out_walks(sample):
    """Fifteen days on, only the media's answer to the ministry lies above 0; the topic of the walks is left out."""
    found = measures.attention_response(sample.attention, groups=GROUPS, horizons=[15]).set_index(
        ["leader", "follower"]
    )
    assert found.index[found.low > 0].tolist() == [("ministry", "media")]
    assert (found.topics == 9).all() and (found.refused == 1).all()


def test_labels_are_held_against_the_dates_of_peaks(sample):
    """The flood fits its dates, the summit is 109 days off in all groups."""
    events = store.reference("events", "sample")
    peaks = measures.attention_peak(sample.attention, groups=GROUPS, events=events).dropna(subset="event")
    assert peaks.set_index(["event", "group"]).days_off.unstack().loc[
        ["Sample flood", "Sample summit"]
    ].values.tolist() == [
        [0.0] * 3,
        [109.0] * 3,
    ]
    assert peaks.method.str.contains("contradicts").tolist() == [False] * 3 + [True] * 3
    assert (
        peaks["at"].dt.strftime("%m-%d") == peaks.event.map({"Sample flood": "03-31", "Sample summit": "02-10"})
    ).all()


def test_amplifiers_and_agenda_are_as_planted(sample):
    """Four of 400 accounts made half of the reposts; the bounds hold what is unknown; 12 of 20 items, one of them too late."""
    top = measures.amplifier_share(sample.follows).set_index("statistic")
    assert top.amplifier_share["top 1 %"] == 0.5 and top.n["top 1 %"] == 400 and top.reposts["Gini"] == 1584
    spread = measures.spread_share(sample.follows, store.reference("codings", "sample")).set_index("kind")
    assert spread.low["media"] == pytest.approx(450 / 1584) and spread.high["media"] == pytest.approx(1284 / 1584)
    events = store.reference("events", "sample")
    covered = measures.agenda_coverage(events, posts=sample.posts).iloc[0]
    assert (covered.covered, covered.n) == (12, 20) and (covered.low, covered.high) == pytest.approx(
        (0.361, 0.809), abs=1e-3
    )
    assert measures.agenda_coverage(events, posts=sample.posts, margin=10).covered[0] == 13


def test_what_cannot_be_modelled_says_why():
    """Few days, days in between, one group, another length of interval, groups that are not held, shares below the floor."""
    rng = np.random.default_rng(2)
    noise = {(group, "t"): rng.random(80) / 10 for group in ("a", "b")}
    rows = table(noise)
    rare = table({("a", "t"): noise["a", "t"], ("b", "t"): np.full(80, 0.0002)})
    for held, given, why in (
        (table({key: each[:40] for key, each in noise.items()}), {}, "fewer than 60 days"),
        (rows.drop(index=[30, 31]), {}, "2 days in between"),
        (rows[rows.source == "a"], {}, "a alone is held"),
        (rows.assign(span="month"), {}, "no attention per day, but per month"),
        (rows, {"groups": ["press"]}, "held are a, b, none of press"),
        (rare, {}, "b hardly ever above the floor"),
        (rows, {"lags": 30}, "too few intervals for 30 lags"),
    ):
        found = measures.attention_lead(held, **given)
        assert found.attention_lead.isna().all() and (found.n == 0).all() and why in found.method[0], why
    assert measures.attention_lead(rows.drop(index=[30, 31]), absent="zero").attention_lead.notna().all()
    with pytest.raises(TableError, match="test 'granger', lags 'aic': expected one of guarded"):
        measures.attention_lead(rows, test="granger")


def test_counts_and_percentages_are_put_on_one_scale():
    """Percent are shares, counts with totals too; counts alone are taken by their logarithm, and tell the same lead."""
    rng = np.random.default_rng(5)
    own = rng.normal(size=203)
    first, second = (1 / (1 + np.exp(3 - each)) for each in (own[3:], own[:-3] + 0.3 * rng.normal(size=200)))
    as_shares = measures.attention_lead(table({("a", "t"): first, ("b", "t"): second}), lags=3)
    rows = table({("a", "t"): 100 * first, ("b", "t"): 1000 * second})
    rows = rows.assign(unit=np.where(rows.source == "a", "percent of articles", "articles"))
    rows = rows.assign(total=np.where(rows.source == "a", np.nan, 1000.0))
    pd.testing.assert_frame_equal(measures.attention_lead(rows, lags=3), as_shares)
    alone = measures.attention_lead(rows.assign(total=None), lags=3).set_index("leader").p
    assert alone["a"] < 1e-6 < 0.05 < alone["b"]


def test_frames_of_the_sample_share_their_first_three_words():
    """Rank-biased overlap by its definition, with sets; texts dealt out at random are more alike; two words tell the news apart."""
    documents = store.reference("documents").query("ministry == 'KIR'")
    found = measures.frame_overlap(documents).iloc[0]
    shared, p = np.array([1, 1, 1, *(3 / np.arange(4, 11))]), 0.9
    by_hand = shared[-1] * p**10 + (1 - p) / p * sum(each * p**rank for rank, each in enumerate(shared, 1))
    assert found.frame_overlap == pytest.approx(by_hand) and (found.frame, found.other, found.n) == (
        "news",
        "statement",
        12,
    )
    assert found.p < 0.02 and found.expected > 0.7
    odds = measures.term_odds(documents, by="kind", terms=14).query("kind == 'news'")
    told = odds[odds.p_adjusted < 0.05].set_index("term").term_odds
    assert told["protest"] > 0 > told["adaptation"] and "ocean" not in told
    few = measures.frame_overlap(documents.groupby("kind").head(3)).iloc[0]
    assert few.method == "not available: fewer than two kinds of text with 4 texts each"


def test_two_camps_keep_among_themselves_more_than_degrees_give():
    """Two rings of eight with a tie each to the other: roles part them; drawn at random over the ring they do not."""
    ring = [(f"{camp}{n}", f"{camp}{(n + step) % 8}") for camp in "ab" for n in range(8) for step in (1, 2)]
    graph = networkx.DiGraph([*ring, ("a0", "b0"), ("b4", "a4")])
    for place, node in enumerate(sorted(graph)):
        graph.add_node(node, role=node[0], other="even" if place % 2 else "odd")
    camps, others = (
        measures.excess_structure(graph, attribute=each, draws=99).set_index("statistic").loc["modularity"]
        for each in ("role", "other")
    )
    assert camps.p_adjusted < 0.05 < others.p_adjusted and camps.observed > 0.4
