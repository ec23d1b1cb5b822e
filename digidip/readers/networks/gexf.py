"""Ties of a network in GEXF, as Gephi and networkx write it.

Tool: Gephi 0.7–0.10, networkx, DMI-TCAT, twarc's network utility; last seen 2026.
Format: https://gexf.net (1.0, 1.1, 1.2draft, 1.3); docs/formats.md#gexf
Encoding: XML in UTF-8, without a document type.
Zone: none; no times are read.
Ids: an account is the id of a node as the file has it, never its label: networks whose ids are numbers that a program
    gave (DMI-TCAT: `n-` and a hash) name no accounts. The platform is not in the file.
Rejects: a default that is no direction (`mixed` of Gephi 0.8) is refused.
Caution: an edge without `type` has the default of the graph, which is undirected where the file says nothing (GEXF's
    own rule); `undirected` and `mutual` are both ways. The kind of a tie stands in `kind`, `label`, or in an attribute
    of the edge titled kind, tie, relation, relationship, type or label. A weight, or a kind, of which an edge has two
    (dynamic networks) is missing.
Leaves out: nodes without ties, labels, positions, colours, all times (`start`, `end`, spells): an edge that was there
    for a while is an edge.
Example: <edge source="a" target="b" weight="2.0"/>
"""

from digidip.readers.networks._edge_tables import FOLLOWS, TIE_DETAILS, edge_direction, tie_table
from digidip.readers.networks._xml_networks import elements, root_of

PLATFORM = None
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"follows": {"source", "target"}}
OPTIONAL = {"follows": {"type", "weight", "kind", "label"}}
EDGE_ATTRIBUTES = ("source", "target", "weight", "kind", "type", "label")


def fits(head):
    """1 if the root of the file is <gexf>, else 0."""
    return float(root_of(head) == "gexf")


def read(path, *, zone=None):
    """Ties in canonical columns; `zone` is not needed: no times."""
    return {"follows": tie_table(path, _edges(path)).select(**FOLLOWS)}


def _edges(path):
    """The cells of every edge: its own XML attributes, the declared attributes, and their defaults."""
    default_direction, is_of_edges = "undirected", False
    title, declared, defaults, open_edges, number = None, {}, {}, [], 0
    for event, name, it in elements(path, "gexf"):
        if (event, name) == ("start", "graph"):
            default_direction = it.get("defaultedgetype", "undirected")
        elif (event, name) == ("start", "attributes"):
            is_of_edges = it.get("class") == "edge"
        elif (event, name) == ("start", "attribute"):
            title = it.get("title", "").strip().lower() if is_of_edges else None
            declared |= {it.get("id"): title} if title else {}
        elif (event, name) == ("end", "default") and title in TIE_DETAILS:
            defaults[title] = it
        elif (event, name) == ("start", "edge"):
            number += 1
            attributes = {cell: it[cell] for cell in EDGE_ATTRIBUTES if cell in it}
            open_edges.append(
                attributes
                | {"direction": edge_direction(path, number, it.get("type"), default_direction), "export_row": number}
            )
        elif (event, name) == ("start", "attvalue") and open_edges:
            _set_attribute(open_edges[-1], declared.get(it.get("for", it.get("id"))), it.get("value"))
        elif (event, name) == ("end", "edge"):
            yield defaults | open_edges.pop()


def _set_attribute(edge, title, value):
    """Give an edge the value of a declared attribute; missing where it has another value for it already."""
    if title in TIE_DETAILS:
        edge[title] = value if edge.get(title, value) == value else None
