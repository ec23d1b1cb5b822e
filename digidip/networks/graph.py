"""Graphs: nodes and arcs to a graph in canonical order, and what is known of its nodes."""

import networkx
import pandas as pd

from digidip.tables import TableError


def built_network(nodes, arcs, *, keep_outside=False, **attributes):
    """A DiGraph of `nodes` (id → attributes) and `arcs` (source, target, weight) in canonical order.

    Arcs with an end that is no node are left out, or bring their ends with them if `keep_outside`. Counted as attributes
    of the graph, beside `attributes`: `self_loops`, `outside` (arcs left out), `weightless` (arcs of weight 0 or less, left
    out), `unweighted` (arcs without a weight, which count 1).
    """
    known = arcs.source.isin(nodes) & arcs.target.isin(nodes)
    inside = arcs if keep_outside else arcs[known]
    weights = inside.weight.fillna(1.0)
    is_loop, is_nothing = inside.source == inside.target, weights <= 0
    ties_kept = pd.DataFrame({"source": inside.source, "target": inside.target, "weight": weights})[
        ~is_loop & ~is_nothing
    ]
    graph = networkx.DiGraph(**attributes)
    graph.graph |= {
        "self_loops": int(is_loop.sum()),
        "outside": 0 if keep_outside else int((~known).sum()),
        "weightless": int((is_nothing & ~is_loop).sum()),
        "unweighted": int(inside.weight[~is_loop].isna().sum()),
    }
    graph.add_nodes_from(nodes.items())
    others = {
        end: {"is_account": False, "office": "outside"} for end in {*ties_kept.source, *ties_kept.target} - set(nodes)
    }
    graph.add_nodes_from(others.items())
    graph.add_weighted_edges_from(ties_kept.itertuples(index=False))
    return canonical_network(graph)


def canonical_network(graph):
    """The same network as a DiGraph: nodes and arcs sorted by id, with weights and distances, no loops.

    An undirected tie becomes two arcs; an arc without a weight has weight 1; `distance` is 1 / weight. Self-loops are
    left out and counted in the attribute `self_loops` of the graph. Ids are compared as text. The graph given is not
    changed. A graph with parallel ties, or with a weight that is not above 0, raises `TableError`.

    >>> network = canonical_network(networkx.Graph([("b", "a"), ("b", "b")]))
    >>> list(network.edges(data="distance")), network.graph["self_loops"]
    ([('a', 'b', 1.0), ('b', 'a', 1.0)], 1)
    """
    if graph.is_multigraph():
        raise TableError("The network has parallel ties. Expected: one tie, with its weight, from one node to another.")
    directed = graph if graph.is_directed() else graph.to_directed(as_view=True)
    network = networkx.DiGraph(**graph.graph)
    network.add_nodes_from((node, dict(graph.nodes[node])) for node in sorted(graph, key=_text))
    ties = sorted(directed.edges(data=True), key=lambda tie: (_text(tie[0]), _text(tie[1])))
    for source, target, given in ties:
        weight = float(given.get("weight", 1))
        if not weight > 0:
            raise TableError(f"A tie has weight {weight:g}. Expected: above 0, since a path is as long as 1 / weight.")
        if source != target:
            network.add_edge(source, target, **given | {"weight": weight, "distance": 1 / weight})
    loops = networkx.number_of_selfloops(graph)
    network.graph["self_loops"] = graph.graph.get("self_loops", 0) + loops
    return network


def _text(node):
    """What nodes are sorted by."""
    return str(node), type(node).__name__


def display_name(node, given):
    """What to print beside a node: its label, its handle, its name, else its id."""
    return given.get("label") or given.get("handle") or given.get("name") or str(node)


def coded_network(graph, codings, *, codebook="stakeholder", variable="class", own="own ministry", other=""):
    """The network with what coders said of its accounts, as the attribute named by `codebook`.

    `codings` is the reference table of that name. An account has the code that all its coders chose; where they differ
    it has none, and is counted as `disputed` in `graph.graph`. An account of the register that nobody coded has the code
    `own`, or none where that is empty; other accounts without a code are counted as `uncoded`, and have the code `other`,
    if one is given.

    >>> network = networkx.DiGraph([("a", "b")])
    >>> row = {"codebook": "stakeholder", "item_id": "b", "variable": "class", "coder": "1", "code": "media"}
    >>> coded_network(network, pd.DataFrame([row])).nodes["b"]
    {'stakeholder': 'media'}
    """
    of = codings[(codings["codebook"] == codebook) & (codings["variable"] == variable)]
    codes = of.groupby("item_id")["code"].agg(lambda given: set(given.dropna())).to_dict()
    network = graph.copy()
    for node, given in network.nodes.items():
        found = codes.get(node, set())
        if len(found) == 1:
            given[codebook] = next(iter(found))
        elif not found and given.get("is_account") and own:
            given[codebook] = own
    left = [node for node, given in network.nodes.items() if codebook not in given and not given.get("is_account")]
    disputed = sum(len(codes.get(node, ())) > 1 for node in left)
    network.graph |= {"disputed": disputed, "uncoded": len(left) - disputed}
    network.add_nodes_from(left if other else (), **{codebook: other})
    return network


def described_network(graph, table, *, on):
    """The network with the columns of a reference table on its nodes, such as the region of a state.

    `table` is a pandas frame whose column `on` is unique; a node takes the row that matches its own attribute `on`, and
    a node without that attribute takes the row of its `ministry` (headquarters lie in the sending state). Cells that are
    missing, and attributes a node has already, are left alone.

    >>> network = networkx.DiGraph(); network.add_node("a", receiving="FRA")
    >>> regions = pd.DataFrame({"receiving": ["FRA"], "region": ["Europe"]})
    >>> described_network(network, regions, on="receiving").nodes["a"]["region"]
    'Europe'
    """
    if on not in table or table[on].duplicated().any():
        raise TableError(f"The table must have a column {on!r} in which no value stands twice.")
    rows = {row.pop(on): row for row in table.to_dict("records")}
    network = graph.copy()
    for given in network.nodes.values():
        row = rows.get(given.get(on, given.get("ministry")), {})
        given |= {name: value for name, value in row.items() if pd.notna(value) and name not in given}
    return network
