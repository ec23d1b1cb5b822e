"""Ties of a network in GraphML, as Gephi, networkx, igraph, yEd and NodeXL write it.

Tool: any; last seen 2026.
Format: http://graphml.graphdrawing.org (1.0 and 1.1); docs/formats.md#graphml
Encoding: XML in UTF-8, without a document type.
Zone: none; no times are read.
Ids: an account is the id of a node as the file has it, never its label; igraph alone numbers its nodes (`n0`, `n1`, …)
    and writes their names under the key `v_name`, so there the name is the account. The platform is not in the file.
Rejects: a hyperedge, which ties more than two nodes. A graph that says nothing of the direction of its edges is
    refused.
Caution: an edge without `directed` has the default of its graph; an edge that is not directed is both ways. Weight and
    kind of a tie stand in data whose key is named weight, kind, tie, relation, relationship, type or label; the
    default of a key counts.
Leaves out: nodes without ties, ports, positions.
Example: <edge source="1" target="2"/>
"""

import re

from digidip.readers.networks._edge_tables import FOLLOWS, TIE_DETAILS, edge_direction, tie_table
from digidip.readers.networks._xml_networks import elements, root_of

PLATFORM = None
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"follows": {"source", "target"}}
OPTIONAL = {"follows": {"directed", "weight", "kind", "tie", "relation", "relationship", "type", "label"}}
NUMBER_OF_IGRAPH = re.compile(r"n\d+")
NAME_IN_IGRAPH = "v_name"


def fits(head):
    """1 if the root of the file is <graphml>, else 0."""
    return float(root_of(head) == "graphml")


def read(path, *, zone=None):
    """Ties in canonical columns; `zone` is not needed: no times."""
    return {"follows": tie_table(path, _edges(path)).select(**FOLLOWS)}


def _edges(path):
    """The cells of every edge and hyperedge; the default of a key is for edges without data of their own."""
    keys, defaults, graphs, key, node, names, open_edges, number = {}, {}, [], None, None, {}, [], 0
    for event, name, it in elements(path, "graphml"):
        step = f"{event} {name}"
        if step == "start key":
            key = it.get("id", "")
            keys |= {key: it.get("attr.name", key).strip().lower()} if it.get("for", "all") in ("edge", "all") else {}
        elif step == "end default" and keys.get(key) in TIE_DETAILS:
            defaults[keys[key]] = it
        elif step == "start graph":
            graphs.append(it.get("edgedefault"))
        elif step == "end graph":
            graphs.pop()
        elif step == "start node":
            node = it.get("id", "")
        elif step == "end node":
            node = None
        elif step == "start data":
            key = it.get("key")
        elif step in ("start edge", "start hyperedge"):
            number += 1
            open_edges.append(_edge(path, it, graphs[-1] if graphs else None, number, name))
        elif step == "end data" and open_edges and keys.get(key) in TIE_DETAILS:
            open_edges[-1] = {keys[key]: it} | open_edges[-1]
        elif step == "end data" and key == NAME_IN_IGRAPH and NUMBER_OF_IGRAPH.fullmatch(node or ""):
            names[node] = it
        elif step in ("end edge", "end hyperedge"):
            edge = defaults | open_edges.pop()
            yield edge | {end: names.get(edge[end], edge[end]) for end in ("source", "target")}


def _edge(path, it, default, number, name):
    directed = {"true": "directed", "false": "undirected"}.get(it.get("directed"))
    is_edge = name == "edge"
    return {
        "source": it.get("source"),
        "target": it.get("target"),
        "direction": edge_direction(path, number, directed, default) if is_edge else None,
        "reject": None if is_edge else "a hyperedge",
        "export_row": number,
    }
