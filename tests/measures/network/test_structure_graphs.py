"""Measures of networks: known answers, networkx and brute force as slow twins, traps, and order of nodes."""

import inspect
import itertools
import random

import networkx
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from scipy.stats import norm

from digidip.measures import measure, units
from digidip.measures.network._graphs import compiled, null_networks, reachable_pairs
from digidip.measures.network.communities import community, excess_structure, modularity
from digidip.measures.network.headquarters import headquarters_dependence, headquarters_removal, registry_coverage
from digidip.measures.network.mixing import assortativity, ei_index, mixing_matrix
from digidip.measures.network.positions import centralisation, centrality, core_periphery
from digidip.measures.network.structure import connectedness, density, mean_distance, reciprocity
from digidip.networks import canonical_network
from digidip.tables import TableError

BUSINESS = """Barbadori–Castellani Barbadori–Ginori Barbadori–Medici Barbadori–Peruzzi Bischeri–Guadagni
Bischeri–Lamberteschi Bischeri–Peruzzi Castellani–Lamberteschi Castellani–Peruzzi Ginori–Medici
Guadagni–Lamberteschi Lamberteschi–Peruzzi Medici–Pazzi Medici–Salviati Medici–Tornabuoni"""
OF_NETWORKS = [name for name in units() if "graph" in inspect.signature(measure(name)).parameters]
RANDOM = pytest.mark.parametrize("seed", range(6))


def marriage(isolate):
    """Florentine marriages: 15 families, and the Pucci, who married none of them."""
    graph = networkx.florentine_families_graph()
    graph.add_nodes_from(["Pucci"] if isolate else [])
    return graph


def business():
    """Florentine business ties among all 16 families; five have none."""
    graph = networkx.Graph([pair.split("–") for pair in BUSINESS.split()])
    graph.add_nodes_from(marriage(isolate=True))
    return graph


def karate():
    """Zachary's club, with its factions and without its weights."""
    graph = networkx.karate_club_graph()
    bare = networkx.Graph(graph.edges)
    bare.add_nodes_from(graph.nodes(data=True))
    return bare


def random_network(seed, n=14, share=0.16):
    """A directed network with weights, isolates and pieces, whose first two accounts are headquarters."""
    graph = networkx.gnp_random_graph(n, share, seed=seed, directed=True)
    rng = random.Random(seed)
    for source, target in graph.edges:
        graph.edges[source, target]["weight"] = rng.choice([0.5, 1, 2, 4])
    for node in graph:
        graph.nodes[node].update(office="ministry" if node < 2 else "embassy", region=rng.choice("ABC"))
    graph.add_node(n)
    return canonical_network(networkx.relabel_nodes(graph, {node: f"{node:02}" for node in graph}))


def of(table, statistic=None):
    """The values of a measure by node, or by statistic."""
    name = next(column for column in table if column in units())
    if statistic:
        return table[table.statistic == statistic].set_index("node")[name].to_dict()
    return table.set_index("statistic")[name].to_dict()


def test_reciprocity_in_three_conventions():
    """Arcs 0→1, 1→0, 0→2: two of three arcs returned, one of two dyads; (2/3 - 1/2) / (1 - 1/2) = 1/3."""
    table = reciprocity(networkx.DiGraph([(0, 1), (1, 0), (0, 2)]))
    assert table.reciprocity.tolist() == pytest.approx([2 / 3, 1 / 2, 1 / 3])
    assert table.n.tolist() == [3, 2, 3]


def test_reciprocity_of_a_full_network_is_not_beyond_density():
    """Where every tie is there, nothing is left to exceed; without ties there is no share at all."""
    assert reciprocity(networkx.complete_graph(3)).reciprocity.tolist()[:2] == [1, 1]
    assert np.isnan(of(reciprocity(networkx.complete_graph(3)))["beyond density"])
    empty = reciprocity(networkx.empty_graph(3))
    assert empty.reciprocity.isna().all()
    assert set(empty.method) == {"not defined: no ties"}


def test_density_leaves_self_loops_out():
    """Two nodes, one tie, one self-loop: 1 / 2 and not 1 (networkx: 2 / 2)."""
    table = density(networkx.DiGraph([("a", "b"), ("a", "a")]))
    assert table[["density", "n", "ties", "self_loops"]].values.tolist() == [[0.5, 2, 1, 1]]


@pytest.mark.parametrize(("mean", "share"), [(14, 0.184), (28, 0.368), (30, 0.395)])
def test_a_mean_in_degree_is_a_density(mean, share):
    """Manor's 77 ministries: 14 · 77 = 1,078 arcs of 5,852 (F050 to F052)."""
    graph = networkx.DiGraph([(i, (i + step) % 77) for i in range(77) for step in range(1, mean + 1)])
    table = density(graph)
    assert table.ties.item() == 77 * mean
    assert table.density.item() == pytest.approx(share, abs=5e-4)
    assert np.mean(list(of(centrality(graph), "in-degree").values())) == pytest.approx(table.density.item())


def test_karate_club():
    """V-KARATE: 78 edges; the club's known values, as networkx and the literature have them."""
    table = centrality(karate())
    assert density(karate())[["ties", "density"]].values.tolist() == [[156, pytest.approx(0.1390374, abs=1e-6)]]
    assert of(table, "betweenness")["0"] == pytest.approx(0.4376353, abs=1e-6)
    assert of(table, "betweenness")["33"] == pytest.approx(0.3040750, abs=1e-6)
    assert of(table, "betweenness")["32"] == pytest.approx(0.1452, abs=5e-5)
    assert of(table, "closeness to")["0"] == of(table, "closeness from")["0"] == pytest.approx(0.5689655, abs=1e-6)
    assert of(table, "eigenvector")["33"] == pytest.approx(0.3734, abs=5e-5)
    assert of(table, "eigenvector")["0"] == pytest.approx(0.3555, abs=5e-5)
    assert of(table, "PageRank")["33"] == pytest.approx(0.1009, abs=5e-5)
    assert mean_distance(karate()).mean_distance.item() == pytest.approx(2.4081996, abs=1e-6)
    assert core_periphery(karate()).core_number.max() == 4


def test_karate_club_in_networkx_after_us():
    """What people compute with networkx on our graph is what they know: assortativity, clustering, triangles."""
    graph = canonical_network(karate()).to_undirected()
    assert graph.number_of_edges() == 78
    assert networkx.degree_assortativity_coefficient(graph) == pytest.approx(-0.4756131, abs=1e-6)
    assert networkx.average_clustering(graph) == pytest.approx(0.5706385, abs=1e-6)
    assert sum(networkx.triangles(graph).values()) / 3 == 45


def test_karate_club_divides_in_four():
    """V-MOD: the known optimum .4197896 with four communities; the factions' split .3582."""
    table = modularity(karate(), draws=50)
    assert table.modularity.item() == table.high.item() == pytest.approx(0.4197896, abs=1e-6)
    assert table.communities.item() == 4
    split = excess_structure(karate(), attribute="club", draws=99).set_index("statistic")
    assert split.observed["modularity"] == pytest.approx(0.3582, abs=5e-5)
    assert split.observed["transitivity"] == pytest.approx(0.2556818, abs=1e-6)
    assert split.p["modularity"] == 0.01


def test_medici_with_and_without_isolates():
    """V-MEDICI: betweenness .522 among 15 families and .452 among 16; closeness .56, degree .4286."""
    few, all_of_them = centrality(marriage(isolate=False)), centrality(marriage(isolate=True))
    assert of(few, "betweenness")["Medici"] == pytest.approx(0.5219780, abs=1e-6)
    assert of(all_of_them, "betweenness")["Medici"] == pytest.approx(0.4523810, abs=1e-6)
    assert of(few, "closeness to")["Medici"] == pytest.approx(0.56, abs=1e-6)
    assert of(few, "in-degree")["Medici"] == pytest.approx(6 / 14)
    assert of(all_of_them, "betweenness")["Pucci"] == of(all_of_them, "closeness to")["Pucci"] == 0


def test_florentine_centralisation():
    """V-CENT: .2057143 of business, .3834921 of marriage, 16 families each."""
    assert of(centralisation(business()))["betweenness"] == pytest.approx(0.2057143, abs=1e-6)
    assert of(centralisation(marriage(isolate=True)))["betweenness"] == pytest.approx(0.3834921, abs=1e-6)


def test_stars_and_circles_are_the_ends_of_centralisation():
    """1 for a star, 0 for a circle, whatever is counted."""
    assert of(centralisation(networkx.DiGraph([(i, 0) for i in range(1, 6)])))["in-degree"] == 1
    assert of(centralisation(networkx.star_graph(5)))["betweenness"] == 1
    assert set(of(centralisation(networkx.cycle_graph(6, networkx.DiGraph))).values()) == {0}


def test_a_strong_tie_is_a_short_one():
    """A broker with strong ties between two weakly tied others is on every shortest path; unweighted, on none."""
    graph = networkx.Graph([("a", "b", {"weight": 10}), ("b", "c", {"weight": 10}), ("a", "c", {"weight": 1})])
    assert of(centrality(graph), "betweenness")["b"] == 1
    assert of(centrality(graph, weighted=False), "betweenness")["b"] == 0
    assert of(centrality(graph), "in-strength") == {"a": 11, "b": 20, "c": 11}


def test_eigenvector_is_missing_where_it_is_not_defined():
    """No ties lead round in a line of three: missing, with the reason, where networkx raises."""
    table = centrality(networkx.DiGraph([("a", "b"), ("b", "c")]))
    rows = table[table.statistic == "eigenvector"]
    assert rows.centrality.isna().all()
    assert set(rows.method) == {"not defined: iteration does not settle on one answer"}


@RANDOM
def test_centralities_are_those_of_networkx(seed):
    """The compiled twin and networkx agree, with weights and without, on networks in pieces."""
    graph = random_network(seed)
    for weighted in (True, False):
        table, length = centrality(graph, weighted=weighted), "distance" if weighted else None
        slow = {
            "in-degree": networkx.in_degree_centrality(graph),
            "out-degree": networkx.out_degree_centrality(graph),
            "in-strength": dict(graph.in_degree(weight="weight")),
            "out-strength": dict(graph.out_degree(weight="weight")),
            "betweenness": networkx.betweenness_centrality(graph, weight=length),
            "closeness to": networkx.closeness_centrality(graph, distance=length),
            "closeness from": networkx.closeness_centrality(graph.reverse(), distance=length),
            "PageRank": networkx.pagerank(graph, weight="weight" if weighted else None, tol=1e-12, max_iter=1000),
        }
        for statistic, values in slow.items():
            assert of(table, statistic) == pytest.approx(values, abs=1e-9), statistic
    assert dict(zip(graph, core_periphery(graph).core_number, strict=True)) == networkx.core_number(
        graph.to_undirected()
    )


@RANDOM
def test_eigenvector_is_that_of_networkx(seed):
    """On networks that hang together; iteration stops at 1e-10 per account."""
    graph = canonical_network(networkx.erdos_renyi_graph(12, 0.5, seed=seed, directed=True))
    slow = networkx.eigenvector_centrality(graph, max_iter=10_000, tol=1e-12)
    assert of(centrality(graph), "eigenvector") == pytest.approx({str(k): v for k, v in slow.items()}, abs=1e-6)


@RANDOM
def test_distances_and_components_are_those_of_networkx(seed):
    """Mean distance and connectedness from all shortest paths."""
    graph = random_network(seed)
    for weighted in (True, False):
        lengths = dict(networkx.all_pairs_dijkstra_path_length(graph, weight="distance" if weighted else lambda *_: 1))
        paths = [length for source, row in lengths.items() for target, length in row.items() if source != target]
        table = mean_distance(graph, weighted=weighted)
        assert (table.mean_distance.item(), table.n.item()) == (pytest.approx(np.mean(paths)), len(paths))
    weak = max(map(len, networkx.weakly_connected_components(graph)))
    strong = max(map(len, networkx.strongly_connected_components(graph)))
    n = len(graph)
    assert list(of(connectedness(graph)).values()) == [weak / n, strong / n, len(paths) / (n * (n - 1))]


def test_reachable_pairs_by_brute_force():
    """All 64 networks of three accounts, by powers of the matrix of ties."""
    arcs = list(itertools.permutations(range(3), 2))
    for chosen in itertools.product([False, True], repeat=6):
        graph = networkx.empty_graph(3, networkx.DiGraph)
        graph.add_edges_from(itertools.compress(arcs, chosen))
        ties = networkx.to_numpy_array(graph)
        paths = (ties + ties @ ties > 0) & ~np.eye(3, dtype=bool)
        assert reachable_pairs(compiled(canonical_network(graph))) == paths.sum()


@RANDOM
def test_the_core_is_the_best_of_all_sets(seed):
    """Missing ties in the core + ties in the periphery: no other of the 2^9 sets has fewer."""
    graph = random_network(seed, n=8, share=0.35)
    ties = networkx.to_numpy_array(graph, weight=None)

    def misfit(chosen):
        core, rest = ties[np.ix_(chosen, chosen)], ties[np.ix_(~chosen, ~chosen)]
        return len(core) * (len(core) - 1) - core.sum() + rest.sum()

    table = core_periphery(graph)
    sets = [np.array(chosen) for chosen in itertools.product([False, True], repeat=len(graph))]
    mine = table.core_periphery.to_numpy().astype(bool)
    assert misfit(mine) == min(map(misfit, sets))
    inside = np.equal.outer(mine, mine) & ~np.eye(len(graph), dtype=bool)
    ideal = np.logical_and.outer(mine, mine)
    if mine.sum() > 1:
        assert table.fit.iloc[0] == pytest.approx(np.corrcoef(ideal[inside], ties[inside])[0, 1])


@RANDOM
@pytest.mark.parametrize("weighted", [True, False])
def test_paths_through_headquarters_by_brute_force(seed, weighted):
    """Two headquarters: every shortest path of every pair of missions, one by one."""
    graph = random_network(seed, share=0.25)
    missions = [node for node, office in graph.nodes(data="office") if office != "ministry"]
    shares = []
    for pair in itertools.permutations(missions, 2):
        if networkx.has_path(graph, *pair):
            paths = list(networkx.all_shortest_paths(graph, *pair, weight="distance" if weighted else None))
            shares.append(np.mean([not set(path) <= set(missions) for path in paths]))
    table = headquarters_dependence(graph, weighted=weighted).set_index("statistic").loc["shortest paths"]
    assert (table.headquarters_dependence, table.n) == (pytest.approx(np.mean(shares)), len(shares))


def test_paths_of_one_length_are_told_though_their_sums_differ_in_the_last_digit():
    """Three thirds through headquarters are as long as one tie past it: half of the one pair that both ways join."""
    graph = networkx.DiGraph()
    graph.add_node("h", office="ministry")
    graph.add_weighted_edges_from([("a", "h", 3), ("h", "x", 3), ("x", "b", 3), ("a", "b", 1)])
    table = headquarters_dependence(graph)
    assert table.headquarters_dependence[0] == pytest.approx((1 + 1 / 2 + 0) / 3)  # a → x, a → b, x → b


def test_dependence_on_headquarters_by_hand():
    """Four missions: a and b repost headquarters (3 and 1 times), a reposts b twice, headquarters reposts b; d does nothing."""
    graph = networkx.DiGraph()
    graph.add_nodes_from("abd", office="embassy")
    graph.add_node("h", office="ministry")
    graph.add_node("z", office="outside")
    graph.add_weighted_edges_from([("a", "h", 3), ("b", "h", 1), ("a", "b", 2), ("h", "b", 1), ("z", "h", 9)])
    table = headquarters_dependence(graph).set_index("statistic")
    assert table.headquarters_dependence.to_dict() == {
        "shortest paths": 0,  # a → b directly: 1/2; through h: 1/3 + 1 is longer
        "missions tied to headquarters": pytest.approx(2 / 3),
        "missions headquarters is tied to": pytest.approx(1 / 3),
        "weight to headquarters": pytest.approx(4 / 6),
        "ties past headquarters": pytest.approx(1 / 6),
    }
    assert table.n.tolist() == [1, 3, 3, 6, 6]
    assert table.low.notna().tolist() == [False, True, True, False, False]


def test_without_headquarters_there_is_no_dependence():
    """Missing, with the reason."""
    table = headquarters_dependence(networkx.path_graph(3))
    assert table.headquarters_dependence.isna().all()
    assert set(table.method) == {"not defined: no headquarters or no missions in the network"}
    assert headquarters_removal(networkx.path_graph(3)).headquarters_removal.isna().all()


def test_a_star_falls_apart_without_its_centre():
    """All 20 pairs reach one another; without headquarters none of 12; at random, by chance the centre goes first."""
    graph = networkx.star_graph(4)
    graph.nodes[0]["office"] = "ministry"
    table = headquarters_removal(graph, steps=1, draws=400).set_index(["order", "removed"])
    assert table.headquarters_removal["headquarters first"].tolist() == [1, 0]
    assert table.account["headquarters first"].tolist()[1] == "0"
    assert table.n["headquarters first"].tolist() == [20, 12]
    assert table.headquarters_removal["at random"].tolist() == [1, pytest.approx(4 / 5, abs=0.06)]
    assert table.loc[("at random", 1), ["low", "high"]].tolist() == [0, 1]


def test_removal_stops_where_two_are_left():
    """A pair is the least that can be tied."""
    graph = networkx.complete_graph(4)
    graph.nodes[0]["office"] = "ministry"
    assert headquarters_removal(graph, steps=9).removed.max() == 2
    with pytest.raises(TableError, match="steps and draws must be at least 1"):
        headquarters_removal(graph, steps=0)


def test_coverage_counts_missions_not_accounts():
    """Two accounts of one embassy cover one mission of four; without a registry N is unknown."""
    graph = networkx.DiGraph(registry=4, unplaced=1)
    for node, mission, office in (("a", "1", "embassy"), ("b", "1", "ambassador"), ("c", "2", "consulate")):
        graph.add_node(node, mission_id=mission, office=office, is_account=True)
    graph.add_node("stray", office="consulate", is_account=True)
    for number in "34":
        graph.add_node(f"mission:{number}", mission_id=number, office="embassy", is_account=False)
    table = registry_coverage(graph).set_index("group")
    assert table.loc["all", ["registry_coverage", "n", "unplaced"]].tolist() == [0.5, 4, 1]
    assert table.loc["embassy", ["registry_coverage", "n"]].tolist() == [pytest.approx(1 / 3), 3]
    assert table.loc["all", ["low", "high"]].tolist() == [pytest.approx(0.15, abs=5e-3), pytest.approx(0.85, abs=5e-3)]
    unknown = registry_coverage(networkx.path_graph(3))
    assert unknown.method.tolist() == ["not defined: no registry given, N unknown"]


@RANDOM
def test_modularity_is_that_of_networkx(seed):
    """Q of the partition that `community` tells, directed, with weights and without, at two resolutions."""
    graph = random_network(seed)
    for weighted, resolution in ((True, 1.0), (False, 0.7)):
        given = {"weighted": weighted, "resolution": resolution, "draws": 5}
        table = community(graph, **given).set_index("node").community
        parts = [set(nodes) for nodes in table.fillna(0).groupby(table.fillna(0)).groups.values()]
        weight = "weight" if weighted else None
        slow = networkx.community.modularity(graph, parts, weight=weight, resolution=resolution)
        assert modularity(graph, **given).modularity.item() == pytest.approx(slow, abs=1e-9)


@RANDOM
def test_small_networks_get_the_best_of_all_partitions(seed):
    """Seven accounts: no other of the 877 partitions has a higher Q."""
    graph = canonical_network(networkx.gnp_random_graph(7, 0.35, seed=seed, directed=True))
    twin = compiled(graph)
    best = max(twin.modularity(list(parts)) for parts in partitions(7))
    assert modularity(graph, draws=10).modularity.item() == pytest.approx(best)


def partitions(n):
    """Every partition of n things, as numbers of their parts."""
    if n == 0:
        yield ()
    for shorter in partitions(n - 1) if n else ():
        yield from ((*shorter, part) for part in range(max(shorter, default=-1) + 2))


def test_the_planted_communities_are_found():
    """Five groups of 40, 16 % of the ties within there and 1 % of those between: the groups, from any seed."""
    sizes, ties = [40] * 5, np.full((5, 5), 0.01) + np.eye(5) * 0.15
    graph = networkx.stochastic_block_model(sizes, ties, seed=1, directed=True)
    table = community(graph, draws=3).astype({"node": int}).sort_values("node")
    assert table.community.groupby(table.node // 40).nunique().tolist() == [1] * 5
    assert sorted(table.groupby("community").n.first()) == sizes
    assert modularity(graph, draws=3, seed=7).agreement.item() == pytest.approx(1)


def test_communities_are_those_of_directed_modularity():
    """A headquarters that follows 119 missions, half of which follow it: moving one account never raises Q."""
    rng = np.random.default_rng(3)
    graph = networkx.DiGraph([(0, mission) for mission in range(1, 120)])
    graph.add_edges_from((mission, 0) for mission in range(1, 120, 2))
    graph.add_edges_from(pair for pair in rng.integers(1, 120, (250, 2)).tolist() if pair[0] != pair[1])
    twin = compiled(canonical_network(graph))
    mine = community(graph, draws=20).community.tolist()
    best = modularity(graph, draws=20).modularity.item()
    for place in range(len(mine)):
        for other in range(1, max(mine) + 2):
            moved = [*mine[:place], other, *mine[place + 1 :]]
            assert twin.modularity(moved, weights="weight") <= best + 1e-12


def test_planted_communities_are_found_and_stable():
    """Three cliques of 5, 4 and 3 and an isolate: numbered from the largest, each stable, the isolate in none."""
    graph = networkx.disjoint_union_all([networkx.complete_graph(n) for n in (3, 5, 4)])
    graph.add_node(12)
    table = community(graph, draws=10).set_index("node")
    assert table.community.loc[[str(node) for node in range(13)]].tolist()[:12] == [3] * 3 + [1] * 5 + [2] * 4
    assert table.community.isna().sum() == 1
    assert table.n["12"] == 0
    assert set(table.stability.dropna()) == {1.0}
    assert modularity(graph, draws=10)[["n", "communities", "agreement"]].values.tolist() == [[12, 3, pytest.approx(1)]]


def test_ties_between_groups_by_hand():
    """a, b in Asia, c in Europe, d unknown: a→b, b→a, a→c, c→d."""
    graph = networkx.DiGraph([("a", "b"), ("b", "a"), ("a", "c"), ("c", "d")])
    networkx.set_node_attributes(graph, {"a": "Asia", "b": "Asia", "c": "Europe"}, "region")
    table = mixing_matrix(graph).set_index(["sender_group", "receiver_group"])
    assert table.mixing_matrix["Asia"].tolist() == [2, 1, 0]
    assert np.isnan(table.mixing_matrix["Europe"]["Europe"])  # one account: no pair
    assert table.mixing_matrix["Europe"]["unknown"] == 1
    assert table.n["Asia"].tolist() == [2, 2, 2]
    assert table.expected["Asia"].tolist() == [3 * 2 / 4, 3 * 1 / 4, 3 * 1 / 4]
    index = ei_index(graph).set_index("group")
    assert index.ei_index.tolist() == pytest.approx([-1 / 3, -1 / 3, 1])
    assert index.n.tolist() == [3, 3, 1]
    assert index.unknown.tolist() == [1, 1, 1]


@RANDOM
def test_assortativity_is_that_of_networkx_and_its_jackknife_the_plain_loop(seed):
    """By region, in directed networks; σ from leaving out each tie in turn."""
    graph = random_network(seed)
    graph.nodes["14"]["region"] = "A"
    slow = networkx.attribute_assortativity_coefficient
    table, value = assortativity(graph), slow(graph, "region")
    spread = 0.0
    for tie in list(graph.edges):
        fewer = graph.copy()
        fewer.remove_edge(*tie)
        spread += (value - slow(fewer, "region")) ** 2
    assert table.assortativity.item() == pytest.approx(value)
    assert table.high.item() == pytest.approx(min(1, value + norm.ppf(0.975) * spread**0.5))
    assert table.low.item() == pytest.approx(max(-1, value - norm.ppf(0.975) * spread**0.5))


def test_one_group_has_no_assortativity():
    """All ties within one region: nothing to compare; ties of unknown accounts are counted."""
    graph = networkx.DiGraph([("a", "b"), ("b", "c")])
    networkx.set_node_attributes(graph, {"a": "Asia", "b": "Asia"}, "region")
    table = assortativity(graph)
    assert table.assortativity.isna().item()
    assert table[["n", "unknown"]].values.tolist() == [[0, 1]]


def test_null_networks_keep_degrees_and_visit_all_alike():
    """A circle of four, each following one other: the nine derangements, about a ninth of the draws each."""
    twin = compiled(canonical_network(networkx.cycle_graph(4, networkx.DiGraph)))
    seen = {}
    for null in null_networks(twin, 4500, 5, seed=1):
        assert null.indegree() == null.outdegree() == [1, 1, 1, 1]
        assert not any(null.is_loop())
        arcs = tuple(sorted(null.get_edgelist()))
        seen[arcs] = seen.get(arcs, 0) + 1
    assert len(seen) == 9
    assert min(seen.values()) > 400 and max(seen.values()) < 600


def test_unknown_regions_have_no_modularity():
    """No region known is no group of all; all in one region leaves nothing to divide. Reciprocity stands."""
    graph = networkx.DiGraph([("a", "b"), ("b", "a"), ("a", "c")])
    row = excess_structure(graph, attribute="region", draws=9).set_index("statistic").loc["modularity"]
    assert np.isnan(row.excess_structure) and row.method == "not available: no region known"
    networkx.set_node_attributes(graph, "Asia", "region")
    rows = excess_structure(graph, attribute="region", draws=9).set_index("statistic")
    assert rows.method["modularity"] == "not defined: all within one group" and rows.n["reciprocity"] == 3


def test_null_networks_are_seeded_and_leave_random_alone():
    """The same seed, the same table; another seed, another; Python's own generator is where it was."""
    graph = random_network(1, share=0.3)
    random.seed(5)
    state = random.getstate()
    table = excess_structure(graph, draws=50)
    assert random.getstate() == state
    assert_frame_equal(excess_structure(graph, draws=50), table, check_exact=True)
    assert not table.equals(excess_structure(graph, draws=50, seed=1))
    with pytest.raises(TableError, match="draws and swaps must be at least 1"):
        excess_structure(graph, draws=0)


def test_planted_reciprocity_is_more_than_chance():
    """Forty mutual pairs at random among 40 accounts; the same number of arcs drawn one by one is not."""
    rng = np.random.default_rng(3)
    pairs = {tuple(sorted(pair)) for pair in rng.integers(0, 40, (60, 2)).tolist() if pair[0] != pair[1]}
    planted = excess_structure(networkx.Graph(sorted(pairs)), draws=199).set_index("statistic").loc["reciprocity"]
    assert planted.observed == 1
    assert planted.p == 1 / 200
    assert planted.expected_high < 1 and planted.low > 0
    plain = networkx.gnm_random_graph(40, 110, seed=3, directed=True)
    assert excess_structure(plain, draws=199).p.min() > 0.02


def test_too_few_pairs_of_ties_have_no_transitivity():
    """One tie: reciprocity 0 of 1, transitivity missing."""
    table = excess_structure(networkx.DiGraph([("a", "b")]), draws=9).set_index("statistic")
    assert table.observed["reciprocity"] == 0
    assert np.isnan(table.excess_structure["transitivity"])
    assert table.method["transitivity"] == "not defined: no pairs of ties"


@pytest.mark.parametrize("name", OF_NETWORKS)
def test_order_of_nodes_does_not_matter(name):
    """Nodes and ties added in another order give the same table to the last digit."""
    graph = random_network(2, share=0.3)
    nodes, edges = list(graph.nodes(data=True)), list(graph.edges(data=True))
    random.Random(1).shuffle(nodes)
    random.Random(2).shuffle(edges)
    other = networkx.DiGraph(**graph.graph)
    other.add_nodes_from(nodes)
    other.add_edges_from(edges)
    wanted = inspect.signature(measure(name)).parameters
    given = {"draws": 19} if "draws" in wanted else {"later": random_network(3, share=0.3)} if "later" in wanted else {}
    table = measure(name)(graph, **given)
    assert isinstance(table, pd.DataFrame)
    assert_frame_equal(measure(name)(other, **given), table, check_exact=True)
