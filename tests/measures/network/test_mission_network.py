"""Notebook 20: degrees and egos by hand and by slow twins, tables for figures, and the planted network of missions."""

import networkx
import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from digidip import claims, networks, store
from digidip.measures.network.communities import community, modularity
from digidip.measures.network.egos import ego_composition, ego_heterogeneity
from digidip.measures.network.headquarters import headquarters_dependence, headquarters_removal, registry_coverage
from digidip.measures.network.structure import degree_distribution, density, reciprocity
from digidip.measures.presence.presence import mission_coverage
from digidip.tables import TableError

CRAWLS = ("2016-01-15", "2016-07-01")


def classed(seed=3, n=12, others=24):
    """A network of accounts and others of three classes, one of the others without a class."""
    rng = np.random.default_rng(seed)
    graph = networkx.DiGraph()
    graph.add_nodes_from((f"a{at:02}", {"is_account": True}) for at in range(n))
    graph.add_nodes_from((f"o{at}", {"is_account": False, "stakeholder": "xyz"[at % 3]}) for at in range(others))
    del graph.nodes["o0"]["stakeholder"]
    names = list(graph)
    graph.add_edges_from((a, b) for a in names for b in names if a != b and rng.random() < 0.35)
    return graph


@pytest.fixture(scope="module")
def selection():
    """The accounts of Peru's missions on X, and their ties."""
    return store.load("sample", "PER", "x", of="follows")


@pytest.mark.parametrize("direction", ["out", "in"])
def test_composition_is_that_of_counting(direction):
    """Shares, n and unknown of every account as a loop over its neighbours counts them; others are no egos."""
    graph = classed()
    table = ego_composition(graph, direction=direction, draws=9)
    assert set(table.node) == {node for node, given in graph.nodes.items() if given["is_account"]}
    for node, part in table.groupby("node"):
        alters = graph.successors(node) if direction == "out" else graph.predecessors(node)
        classes = [graph.nodes[alter].get("stakeholder") for alter in alters]
        known = [name for name in classes if name]
        assert part.set_index("group")["ego_composition"].to_dict() == pytest.approx(
            {name: known.count(name) / len(known) for name in "xyz"}
        )
        assert {*part.n} == {len(known)} and {*part.unknown} == {len(classes) - len(known)}
    with pytest.raises(TableError, match="direction must be out or in, not 'both'"):
        ego_composition(graph, direction="both")


def test_heterogeneity_follows_from_composition():
    """Blau's index is one less the squared shares; where nobody is followed it is missing and says so."""
    graph = classed()
    graph.remove_edges_from([*graph.out_edges("a03")])
    shares = (
        ego_composition(graph, draws=9).groupby("node")["ego_composition"].apply(lambda s: 1 - (s**2).sum(skipna=False))
    )
    table = ego_heterogeneity(graph, draws=9).set_index("node")
    pd.testing.assert_series_equal(
        table.ego_heterogeneity.drop("a03"), shares.drop("a03"), check_names=False, check_exact=False
    )
    assert np.isnan(table.ego_heterogeneity["a03"]) and table.n["a03"] == 0
    assert table.method["a03"] == "not defined: no alters of a known group"


def test_chance_keeps_how_often_each_class_is_chosen():
    """Over all egos, expected shares weighted by alters give the classes their own ties; a full network has no chance."""
    table = ego_composition(classed(), draws=400)
    held = (table.ego_composition * table.n).groupby(table.group).sum()
    chance = (table.expected * table.n).groupby(table.group).sum()
    assert chance.tolist() == pytest.approx(held.tolist(), rel=0.05)
    full = classed()
    full.add_edges_from((a, b) for a in full for b in full if a != b)
    found = ego_heterogeneity(full, draws=9)
    assert (found.ego_heterogeneity - found.expected).abs().max() < 1e-12 and {*found.p} == {1.0}


def test_specialists_are_told_from_the_mixed():
    """Twenty accounts choose anyone, one only the diaspora: it alone is less mixed than chance."""
    rng, graph = np.random.default_rng(5), networkx.DiGraph()
    classes = np.repeat(["media", "diaspora", "ministry", "business"], 12)
    graph.add_nodes_from((f"o{at:02}", {"is_account": False, "stakeholder": name}) for at, name in enumerate(classes))
    for ego in range(20):
        graph.add_edges_from((f"a{ego:02}", f"o{at:02}") for at in rng.choice(48, 10, replace=False))
    graph.add_edges_from(("special", f"o{at}") for at in range(12, 22))
    table = ego_heterogeneity(graph, draws=999).query("n > 0").set_index("node")
    assert table.index[table.p_adjusted < 0.05].tolist() == ["special"]
    assert table.ego_heterogeneity["special"] == 0 and table.expected_low["special"] > 0.4


def test_degrees_are_those_of_networkx():
    """Shares of accounts with k ties or more as counted; the chance of one is binomial; at 0 everybody counts."""
    graph = networkx.gnp_random_graph(30, 0.15, seed=4, directed=True)
    table = degree_distribution(graph)
    for direction, degrees in (("given", dict(graph.out_degree)), ("received", dict(graph.in_degree))):
        part = table[table.direction == direction]
        assert part.ties.tolist() == sorted({0, *degrees.values()})
        counted = [sum(degree >= k for degree in degrees.values()) / 30 for k in part.ties]
        assert part.degree_distribution.tolist() == pytest.approx(counted) and counted[0] == 1
        full = graph.number_of_edges() / (30 * 29)
        assert part.expected.tolist() == pytest.approx([binom.sf(k - 1, 29, full) for k in part.ties])
    inside = table.degree_distribution.between(table.expected_low, table.expected_high)
    assert inside.mean() > 0.9


def test_a_hub_leaves_the_band():
    """A star of thirty: nobody would be expected to receive 29 ties."""
    last = degree_distribution(networkx.DiGraph([(at, 0) for at in range(1, 30)])).query("ties == 29").iloc[0]
    assert last.direction == "received" and last.degree_distribution > last.expected_high == 0


def test_layout_has_names_and_attributes_and_keeps_pieces_apart():
    """Handle, name or id as label; what is asked for as columns; small pieces stand below the largest."""
    graph = networkx.DiGraph([("a", "b"), ("b", "c"), ("x", "y")])
    graph.add_node("z", name="Embassy", region="Asia")
    graph.nodes["a"]["handle"] = "MFA"
    table = networks.network_layout(graph, about=["region"]).set_index("node")
    assert list(table) == ["x", "y", "label", "region"]
    assert table.label.tolist() == ["MFA", "b", "c", "x", "y", "Embassy"]
    assert table.region.isna().sum() == 5 and table.region["z"] == "Asia"
    assert table.y[["x", "y", "z"]].max() < table.y[["a", "b", "c"]].min()
    assert networks.network_layout(networkx.DiGraph()).empty


def test_matrix_order_is_by_attribute_then_ties_then_id():
    """Those without the attribute stand last; arcs are sorted with their weights."""
    graph = networkx.DiGraph()
    graph.add_weighted_edges_from([("d", "c", 2), ("a", "c", 1), ("b", "a", 3)])
    networkx.set_node_attributes(graph, {"a": "Asia", "b": "Asia", "c": "Africa"}, "region")
    order = networks.matrix_order(graph)
    assert order.node.tolist() == ["c", "a", "b", "d"] and order.place.tolist() == [0, 1, 2, 3]
    assert networks.network_arcs(graph).values.tolist() == [["a", "c", 1.0], ["b", "a", 3.0], ["d", "c", 2.0]]
    assert networks.matrix_order(networkx.DiGraph()).empty


def test_codes_on_which_coders_differ_are_none():
    """One class of two coders; none where they differ or nobody coded; the register's own are the ministry's."""
    graph = networkx.DiGraph([("a", "b"), ("a", "c"), ("a", "d")])
    graph.nodes["a"]["is_account"] = True
    rows = [("b", "1", "media"), ("b", "2", "media"), ("c", "1", "media"), ("c", "2", "diaspora")]
    codings = pd.DataFrame(rows, columns=["item_id", "coder", "code"]).assign(codebook="stakeholder", variable="class")
    found = networks.coded_network(graph, codings)
    assert dict(found.nodes(data="stakeholder")) == {"a": "own ministry", "b": "media", "c": None, "d": None}
    assert (found.graph["disputed"], found.graph["uncoded"]) == (1, 1)
    assert "stakeholder" not in networks.coded_network(graph, codings, own="").nodes["a"]
    assert "stakeholder" not in graph.nodes["b"]


def test_a_selection_gives_each_kind_of_network(selection):
    """Follows by wave, posts by kind; a wave of posts and another kind are refused."""
    sizes = {tie: networks.account_network(selection, tie=tie).size("weight") for tie in ("mention", "repost", "reply")}
    assert sizes["repost"] == 120 and sizes["reply"] == 55 and sizes["mention"] > 130
    with pytest.raises(TableError, match="wave '2016-07-01' with tie 'mention'. Expected: no wave"):
        networks.account_network(selection, tie="mention", wave="2016-07-01")
    with pytest.raises(TableError, match="tie 'quote'"):
        networks.account_network(selection, tie="quote")


@pytest.mark.parametrize(
    ("wave", "ties", "arcs", "through"), [(CRAWLS[0], 193, 0.725, 0.661), (CRAWLS[1], 199, 0.704, 0.666)]
)
def test_the_planted_network_is_found(selection, wave, ties, arcs, through):
    """Density, reciprocity and dependence as the sample's README states them, one self-loop and one isolate among 36."""
    graph = networks.account_network(selection, wave=wave)
    row = density(graph).iloc[0]
    assert row[["accounts", "ties", "self_loops", "isolates"]].tolist() == [36, ties, 1, 1]
    assert reciprocity(graph).reciprocity[0] == pytest.approx(arcs, abs=5e-4)
    found = headquarters_dependence(graph).set_index("statistic")
    assert found.headquarters_dependence["shortest paths"] == pytest.approx(through, abs=5e-4)
    assert found.headquarters_dependence["missions tied to headquarters"] == pytest.approx(28 / 34)
    first = headquarters_removal(graph, steps=1).query("removed == 1").set_index("order")
    assert first.account["headquarters first"] == "150000004"
    assert first.headquarters_removal["headquarters first"] < first.low["at random"]


@pytest.mark.parametrize("wave", CRAWLS)
def test_planted_communities_are_found(selection, wave):
    """Four communities; every pair of missions of one planted community is in one found community, and of two in two."""
    graph = networks.account_network(selection, wave=wave)
    assert modularity(graph, draws=5).communities.item() == 4
    found = community(graph, draws=5).dropna(subset="community").set_index("node").community
    planted = found.index.to_series().astype(int).sub(150000100)
    regions = pd.cut(planted, [-1, 13, 25, 30, 33], labels=["Americas", "Europe", "Asia", "Africa"])
    missions = planted.between(0, 33)
    pairs = pd.crosstab(regions[missions], found[missions])
    assert (pairs.gt(0).sum(axis=0) == 1).all() and (pairs.gt(0).sum(axis=1) == 1).all()


def test_planted_specialists_are_found(selection):
    """Geneva and a consulate are less mixed than chance; headquarters is not."""
    wide = networks.account_network(selection, wave=CRAWLS[1], outside=True)
    graph = networks.coded_network(wide, store.reference("codings"), own="")
    assert (graph.graph["disputed"], graph.graph["uncoded"]) == (2, 0)
    table = ego_heterogeneity(graph).set_index("node")
    assert table.ego_heterogeneity["150000125"] == 0 < table.expected_low["150000125"]
    assert table.ego_heterogeneity["150000110"] < table.expected_low["150000110"]
    assert table.expected_low["150000004"] <= table.ego_heterogeneity["150000004"] <= table.expected_high["150000004"]


def test_published_margins_match_the_fixture_alone(selection):
    """106 and 34 of the invented 140 are fixture-match, never reproduced; another ministry's run is not testable."""
    everywhere = store.load("sample", "PER", of="missions")
    covered = mission_coverage(everywhere.missions, everywhere.accounts)
    found = claims.verdicts(dict.fromkeys(("F012", "F013"), claims.as_count(covered)), everywhere)
    assert [(fact["verdict"], fact["computed"]) for fact in found.facts] == [
        ("fixture-match", 106),
        ("fixture-match", 34),
    ]
    graph = registry_coverage(networks.account_network(selection, registry=True)).head(1)
    assert graph[["registry_coverage", "n"]].values.tolist() == [[34 / 140, 140]]
    other = claims.verdicts(
        {"F013": claims.as_count(covered.assign(ministry="KEN"))}, store.load("sample", "KEN")
    ).facts[0]
    assert other["verdict"] == "not testable here" and "another ministry (PER" in other["reason"]


def test_a_run_keeps_the_network_and_nothing_else_does(tmp_path, monkeypatch):
    """Where a runner names a folder, four files lie in it; without one none is written."""
    graph = networkx.DiGraph([("a", "b")])
    monkeypatch.delenv("DIGIDIP_RUN", raising=False)
    monkeypatch.chdir(tmp_path)
    said = networks.save_network(graph)
    assert not [*tmp_path.iterdir()]
    monkeypatch.setenv("DIGIDIP_RUN", str(tmp_path))
    assert networks.save_network(graph) == said
    names = ["network.csv", "network.gexf", "network.graphml", "network.nodes.csv"]
    assert sorted(path.name for path in (tmp_path / "networks").iterdir()) == names
    assert [*networkx.read_gexf(tmp_path / "networks" / "network.gexf").edges] == [("a", "b")]
