"""Standing, waves, gatherings: known answers by hand, slow twins, and what cannot be known."""

import networkx
import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata, spearmanr

from digidip import networks
from digidip.measures.network import gatherings, standing, structure, waves
from digidip.measures.posts import activity
from digidip.tables import TableError


def random_network(seed, n=20, m=90):
    """A network of n accounts with a size each and m ties, or a few less."""
    rng = np.random.default_rng(seed)
    graph = networkx.DiGraph()
    graph.add_nodes_from((f"a{node:02}", {"gdp": float(size)}) for node, size in enumerate(rng.lognormal(0, 2, n)))
    ends = rng.integers(0, n, (m, 2))
    graph.add_edges_from((f"a{source:02}", f"a{target:02}") for source, target in ends if source != target)
    return graph


def line(x, y):
    """What the least-squares line of y on x leaves of y, by numpy's polyfit."""
    return y - np.polyval(np.polyfit(x, y, 1), x)


def test_mean_in_degree_is_density_under_another_name():
    """77 accounts with 1,078 ties: 14 followers on average, density .1842 (F050)."""
    graph = networkx.gnm_random_graph(77, 1078, seed=1, directed=True)
    row = standing.mean_in_degree(graph).iloc[0]
    assert (row["mean_in_degree"], row["n"], row["ties"]) == (14, 77, 1078)
    assert row["as_density"] == structure.density(graph)["density"].iloc[0] == pytest.approx(0.1842, abs=5e-5)


def test_mutual_ties_add_up_to_reciprocity():
    """Each mutual pair counts at both its ends, so the sum over all ties is the reciprocity of arcs."""
    graph = random_network(3)
    mutual = standing.mutual_ties(graph)["mutual_ties"]
    assert mutual.sum() / graph.number_of_edges() == pytest.approx(networkx.overall_reciprocity(graph))
    assert mutual.is_monotonic_decreasing


def test_rank_of_a_star_is_certain():
    """Whoever is followed by all stands first in every draw; the others share the rest."""
    graph = networkx.DiGraph([(leaf, 0) for leaf in range(1, 11)])
    ranks = standing.prestige_rank(graph).set_index("node")
    assert ranks.loc["0", ["prestige_rank", "low", "high"]].tolist() == [1, 1, 1]
    assert set(ranks["prestige_rank"].drop("0")) == {6.5}


def test_ranks_that_lie_close_have_wide_intervals():
    """Among accounts that are followed at random, the middle third may stand almost anywhere."""
    ranks = standing.prestige_rank(random_network(4, 30, 200)).sort_values("prestige_rank").iloc[10:20]
    assert (ranks["high"] - ranks["low"] > 8).all()


def test_prestige_correlation_is_spearmans():
    """The coefficient equals scipy's; a monotone attribute gives 1 and the smallest p there is."""
    graph = random_network(5)
    sizes = [given["gdp"] for given in graph.nodes.values()]
    row = standing.prestige_correlation(graph, attribute="gdp").iloc[0]
    assert row["prestige_correlation"] == pytest.approx(spearmanr(sizes, [d for _, d in graph.in_degree]).statistic)
    order = networkx.DiGraph((a, b) for a in range(8) for b in range(8) if a < b)
    networkx.set_node_attributes(order, {node: node**3 for node in order}, "gdp")
    row = standing.prestige_correlation(order, attribute="gdp", permutations=999).iloc[0]
    assert row["prestige_correlation"] == pytest.approx(1)
    assert row["p"] == 1 / 1000


def test_prestige_p_is_that_of_all_orders():
    """Four accounts in perfect order: 2 of 24 orders are as extreme, and drawing says so."""
    graph = networkx.DiGraph(["ba", "ca", "da", "cb", "db", "dc"])
    networkx.set_node_attributes(graph, {"a": 4, "b": 3, "c": 2, "d": 1}, "gdp")
    assert standing.prestige_correlation(graph, attribute="gdp")["p"].iloc[0] == pytest.approx(2 / 24, abs=0.01)


def test_prestige_correlation_rejects_as_often_as_it_says():
    """Where followers have nothing to do with product, about one network in twenty is significant at 5 %."""
    found = [
        standing.prestige_correlation(random_network(seed), attribute="gdp", permutations=199)["p"].iloc[0]
        for seed in range(100, 200)
    ]
    assert 0 <= np.mean(np.array(found) <= 0.05) <= 0.12


def test_unknown_product_is_left_out_and_counted():
    """An account without the attribute lowers n; with fewer than four, and with text, there is no number."""
    graph = random_network(6)
    del graph.nodes["a03"]["gdp"]
    row = standing.prestige_correlation(graph, attribute="gdp").iloc[0]
    assert (row["n"], row["unknown"]) == (19, 1)
    residual = standing.prestige_residual(graph).set_index("node").loc["a03"]
    assert np.isnan(residual["prestige_residual"]) and residual["method"].startswith("not available")
    assert standing.prestige_correlation(graph, attribute="area")["method"].iloc[0].startswith("not defined")
    graph.nodes["a04"]["gdp"] = "much"
    with pytest.raises(TableError, match="not numeric"):
        standing.prestige_residual(graph)


def test_residual_is_what_a_line_on_ranks_leaves():
    """The slow twin: numpy's line through the two ranks."""
    graph = random_network(7)
    by_size = rankdata([given["gdp"] for given in graph.nodes.values()])
    by_followers = rankdata([degree for _, degree in graph.in_degree])
    found = standing.prestige_residual(graph, draws=99)
    assert np.allclose(found["prestige_residual"], line(by_size, by_followers) / 19)


def test_new_accounts_take_no_part_in_kept_and_lost():
    """Ties of an account that only one date has are counted as unmatched."""
    first, later = networkx.DiGraph(["ab", "bc"]), networkx.DiGraph(["ab", "cb", "da", "ad"])
    found = waves.tie_change(first, later)
    assert found["ties"].tolist() == [1, 1, 1, 1]
    assert set(found["unmatched"]) == {2}
    assert found["tie_change"].tolist() == pytest.approx([1 / 3, 1 / 2, 1 / 2, 1 / 2])


@pytest.mark.parametrize("measure", ["tie_change", "rank_mobility", "position_change", "contribution_position"])
def test_one_date_has_no_change(measure):
    """The same network twice is one date: rows without a number, and the reason."""
    graph = random_network(8)
    found = getattr(waves, measure)(graph, graph)
    assert len(found) and found[measure].isna().all() and (found["n"] == 0).all()
    assert set(found["method"]) == {"not available: one date only"}


def test_mobility_of_a_set_adds_up_to_nothing():
    """What some rise, others fall; an account that one date lacks has no mobility."""
    first, later = random_network(9), random_network(10)
    later.remove_node("a05")
    moves = waves.rank_mobility(first, later)
    for _, part in moves.groupby("accounts"):
        assert part["rank"].dropna().sum() == part["rank"].count() * (part["rank"].count() + 1) / 2
    assert moves[moves["accounts"] == "common"]["rank_mobility"].sum() == pytest.approx(0)
    absent = moves[(moves["accounts"] == "full") & (moves["node"] == "a05")].iloc[0]
    assert np.isnan(absent["rank_mobility"]) and absent["method"].startswith("not available")


def test_contribution_is_a_partial_rank_correlation():
    """The slow twin: correlation of what lines on the ranks of the first position leave."""
    first, later = random_network(11), random_network(12)
    gave, before, after = (
        rankdata([dict(degrees)[node] for node in first])
        for degrees in (first.out_degree, first.in_degree, later.in_degree)
    )
    expected = np.corrcoef(line(before, gave), line(before, after))[0, 1]
    found = waves.contribution_position(first, later, permutations=99).set_index("statistic")
    assert found.loc["in-strength", "contribution_position"] == pytest.approx(expected)


def test_lagged_dyads_are_all_ordered_pairs():
    """Every ordered pair once; contribution is the receiver's, a tie returned is the receiver's too."""
    first, later = random_network(13, 8, 20), random_network(14, 8, 20)
    pairs = networks.lagged_dyads(first, later)
    assert len(pairs) == 8 * 7 and not pairs.duplicated(["sender", "receiver"]).any()
    row = pairs[(pairs["returned"] == 1)].iloc[0]
    assert first.has_edge(row["receiver"], row["sender"])
    assert row["contribution"] == first.out_degree(row["receiver"])
    assert pairs["later"].sum() == later.number_of_edges()


def test_goal_network_takes_posts_with_the_hashtag():
    """With or without #, in whatever letters; without a hashtag every mention counts."""
    ids = {"platform": "x", "post_id": ["p", "q"]}
    posts = pd.DataFrame({**ids, "account_id": "1", "repost_of_id": None})
    mentions = pd.DataFrame({**ids, "kind": "mention", "value": ["2", "3"]})
    tags = pd.DataFrame({**ids, "kind": "hashtag", "value": ["MineFree", "other"]})
    accounts = pd.DataFrame({"platform": "x", "account_id": ["1", "2", "3"], "ministry": "PER"})
    entities = pd.concat([mentions, tags], ignore_index=True)
    found = {
        wanted: list(networks.mention_network(entities, posts, accounts, hashtags=wanted).edges)
        for wanted in ("#minefree", ("MINEFREE", "Other"), (), "absent")
    }
    both = [("1", "2"), ("1", "3")]
    assert found == {"#minefree": [("1", "2")], ("MINEFREE", "Other"): both, (): both, "absent": []}


def test_activity_ranks_move_with_days():
    """Who posts every day keeps the rank, who posts on one day alone may lose it."""
    days = [f"2016-01-{day:02}T12:00Z" for day in range(1, 11)]
    steady = pd.DataFrame({"ministry": "PER", "posted_at": days * 3})
    burst = pd.DataFrame({"ministry": "USA", "posted_at": [days[4]] * 20})
    found = activity.activity_rank(pd.concat([steady, burst])).set_index("ministry")
    assert found["activity_rank"].to_dict() == {"PER": 1, "USA": 2}
    assert found.loc["USA", "low"] == 1 and found["n"].to_dict() == {"PER": 30, "USA": 20}


def codings(*rows):
    """Roles at events: participant, event, role."""
    frame = pd.DataFrame(rows, columns=["item_id", "variable", "code"])
    return frame.assign(codebook="roles", coder="A", label="synthetic")


def test_unknown_role_stays_in_the_denominator():
    """Of three participants one has no code: two thirds are known, and one pair."""
    told = codings(("1", "workshop", "embassy"), ("2", "workshop", "company"), ("3", "workshop", None))
    assert gatherings.role_share(told)["role_share"].tolist() == pytest.approx([1 / 3] * 3)
    crossing = gatherings.cross_role_share(told).iloc[0]
    assert (crossing["cross_role_share"], crossing["n"]) == (1, 1)


def test_segregated_events_cross_no_line():
    """Two events, each of one role: no pair crosses, though chance would have two thirds of them."""
    told = codings(*((str(n), "north" if n < 6 else "south", "NGO" if n < 6 else "media") for n in range(12)))
    found = gatherings.cross_role_share(told).iloc[0]
    assert (found["cross_role_share"], found["n"]) == (0, 30)
    assert found["expected"] == pytest.approx(6 / 11, abs=0.02) and found["p"] < 0.02


def test_nobody_met_is_not_zero():
    """One participant alone: no pair, no share."""
    found = gatherings.cross_role_share(codings(("1", "workshop", "embassy"))).iloc[0]
    assert np.isnan(found["cross_role_share"]) and found["method"].startswith("not defined")
