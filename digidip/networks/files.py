"""Files: graphs that Gephi, Visone and networkx open again with every attribute."""

import os
import re
from datetime import date
from io import BytesIO
from pathlib import Path

import networkx
import pandas as pd

from digidip.networks.graph import canonical_network, display_name
from digidip.store import refusal_of_run
from digidip.tables import TableError

CONTROL = re.compile(r"[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TAKEN = {"id", "pid", "start", "end", "viz", "parents", "slices", "spells", "type", "key", "source", "target"}


def write_network(graph, path, *, people=False):
    """Write a network as GEXF, GraphML or CSV, by the ending of `path`; returns the paths written.

    A network with private people (ends outside the register, by pseudonym) raises `TableError` unless you say `people=True`.

    Every attribute of nodes and ties re-opens as it was, text, whole number, number or truth; `label` (display name: the
    handle, the name, else the id) is added to nodes that have none. What these formats cannot hold is put plainly: a
    list as text with `|` between, a date as ISO text, a control character as a space; missing values are left out. CSV
    is a list of ties (`Source`, `Target`, `Type`, attributes) and, since isolates have no tie, a table of nodes
    (`Id`, attributes) beside it in `<stem>.nodes.csv`. The same network gives the same bytes. Attributes of the graph
    are kept in GraphML only. An attribute named like a word of the formats (`pid`, `start`, …) and another ending raise
    `TableError`.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = write_network(networkx.DiGraph([("a", "b")]), Path(folder) / "network.csv")
    ...     written[0].read_text()
    'Source,Target,Type,weight,distance\\na,b,Directed,1.0,1.0\\n'
    """
    path = Path(path)
    if path.suffix not in _WRITERS:
        raise TableError(f"{path}: no format {path.suffix!r}. Expected an ending of: {', '.join(_WRITERS)}.")
    if not people and _has_people(graph):
        raise TableError(
            f"{path}: private people are nodes of this network. Expected: official accounts alone in a file (R6, docs/privacy.md). "
            "Make the network without `outside`, or say people=True for a file that never leaves."
        )
    return _WRITERS[path.suffix](_writable_network(canonical_network(graph)), path)


def save_network(graph, name="network"):
    """Hand a network to the run of a notebook: GEXF, GraphML and CSV in its folder `networks`.

    Outside a run nothing is written, nor what the terms of the data forbid (docs/privacy.md#terms). Returns what stands in the
    notebook: the names of the files, nodes and ties, or why they are not written.

    >>> save_network(networkx.DiGraph([("a", "b")]))
    'network.gexf, network.graphml, network.csv, network.nodes.csv: 2 nodes, 1 ties; written to networks/ by digidip run'
    """
    people = _has_people(graph)
    if words := refusal_of_run("records" if people else "ids"):
        return f"{name}: not written. {words}"
    if os.environ.get("DIGIDIP_RUN"):
        folder = Path(os.environ["DIGIDIP_RUN"]) / "networks"
        folder.mkdir(exist_ok=True)
        for suffix in _WRITERS:
            write_network(graph, folder / f"{name}{suffix}", people=people)
    files = ", ".join(f"{name}{suffix}" for suffix in (*_WRITERS, ".nodes.csv"))
    nodes, ties = graph.number_of_nodes(), graph.number_of_edges()
    return f"{files}: {nodes:,} nodes, {ties:,} ties; written to networks/ by digidip run"


def _has_people(graph):
    """Whether ends outside the register are among the nodes."""
    return any(office == "outside" for _node, office in graph.nodes(data="office"))


def _writable_network(network):
    """A copy with node ids as text and attributes that all three formats hold."""
    plain = networkx.DiGraph(
        **_present_attributes(network.graph, {name: _attribute_type([value]) for name, value in network.graph.items()})
    )
    nodes = {_text(node): given | {"label": display_name(node, given)} for node, given in network.nodes.items()}
    if len(nodes) < len(network):
        raise TableError("Two nodes have the same id as text. Expected: an id of its own for every node.")
    kinds = _attribute_types(nodes.values())
    plain.add_nodes_from((node, _present_attributes(given, kinds)) for node, given in nodes.items())
    kinds = _attribute_types(network.edges.values())
    plain.add_edges_from(
        (_text(a), _text(b), _present_attributes(given, kinds)) for (a, b), given in network.edges.items()
    )
    return plain


def _attribute_types(rows):
    """The type of every attribute, by all its values; a name that the formats need is refused."""
    cells = {}
    for row in rows:
        for name, value in row.items():
            cells.setdefault(name, []).append(value)
    if taken := sorted(TAKEN & {str(name).lower() for name in cells}):
        raise TableError(f"The network has an attribute {taken[0]!r}, a word of graph files. Rename it before writing.")
    return {name: _attribute_type(values) for name, values in cells.items()}


def _attribute_type(values):
    """The narrowest of truth, whole number, number and text that holds all the values that are there."""
    there = [value.item() if hasattr(value, "item") else value for value in values if not _is_missing(value)]
    if all(isinstance(value, bool) for value in there):
        return bool
    if all(isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31 for value in there):
        return int
    return float if all(isinstance(value, int | float) and not isinstance(value, bool) for value in there) else _text


def _present_attributes(given, kinds):
    """The attributes that are there, each as its kind."""
    return {str(name): kinds[name](value) for name, value in given.items() if not _is_missing(value)}


def _is_missing(value):
    """Whether a value is none, or an empty text; a list is a value, whatever is in it."""
    return bool(pd.api.types.is_scalar(value) and (pd.isna(value) or value == ""))


def _text(value):
    """A value as text that XML allows."""
    if isinstance(value, list | tuple | set | frozenset):
        return "|".join(map(_text, sorted(value, key=str) if isinstance(value, set | frozenset) else value))
    return CONTROL.sub(" ", value.isoformat() if isinstance(value, date) else str(value))


def _write_gexf(network, path):
    """GEXF 1.2 without the day of writing."""
    held = BytesIO()
    networkx.write_gexf(network, held)
    path.write_bytes(re.sub(rb' lastmodifieddate="[^"]*"', b"", held.getvalue(), count=1))
    return [path]


def _write_graphml(network, path):
    """GraphML, by the standard library's XML whether or not lxml is installed."""
    networkx.write_graphml_xml(network, path)
    return [path]


def _write_csv(network, path):
    """A list of ties and a table of nodes."""
    beside = path.with_name(f"{path.stem}.nodes.csv")
    ties = [{"Source": a, "Target": b, "Type": "Directed", **given} for a, b, given in network.edges(data=True)]
    nodes = [{"Id": node, **given} for node, given in network.nodes(data=True)]
    pd.DataFrame(ties, columns=None if ties else ["Source", "Target", "Type"]).to_csv(path, index=False)
    pd.DataFrame(nodes, columns=None if nodes else ["Id"]).to_csv(beside, index=False)
    return [path, beside]


_WRITERS = {".gexf": _write_gexf, ".graphml": _write_graphml, ".csv": _write_csv}
