"""Ties of a network in Pajek's format (`.net`), in whatever section they stand.

Tool: Pajek, networkx, igraph, Gephi, UCINET; last seen 2026.
Format: http://mrvar.fdv.uni-lj.si/pajek/ (reference manual); docs/formats.md#pajek
Encoding: UTF-8, any line ends; Latin-1, as older Pajek wrote, is refused with how to convert it.
Zone: none; no times are read.
Ids: numbers of vertices are running numbers, so the account is the label, and the number only where a vertex has none.
    The platform is not in the file.
Rejects: a vertex that is not listed. One label for two vertices is refused, and so is a project (`.paj`) with several
    networks, partitions or vectors.
Caution: `*Arcs` and `*Arcslist` are one way, `*Edges` and `*Edgeslist` both ways; of `*Matrix` every cell that is not
    0 is a tie from its row to its column. A record is a tie: a line, a number in a list, a cell. The kind of a tie is
    the name of its relation (`*Arcs :2 "mention"`) or its label.
Leaves out: positions, colours, intervals of time.
Example: 1 2 2.5 (under *Arcs)
"""

import re
from itertools import count

from digidip.readers.networks._edge_tables import FOLLOWS, tie_table
from digidip.readers.networks._to_parquet import text_lines
from digidip.readers.opening.head import read_head
from digidip.tables import ReaderError

PLATFORM = None
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"follows": {"*Vertices"}}
LINE_SECTIONS, LIST_SECTIONS = ("arcs", "edges"), ("arcslist", "edgeslist")
SECTIONS = {"network", "vertices", "matrix", *LINE_SECTIONS, *LIST_SECTIONS}
SECTION = re.compile(r"\s*\*(\w+)(?:\s*:\s*(\d+))?(?:\s+(.*))?$")
VERTEX = re.compile(r'\s*(\d{1,9})(?:\s+(?:"(.*?)"(?=\s|$)|([^"\s]\S*)).*|\s*)$')
LINE = re.compile(r'\s*(?:(\d+)\s*:\s*)?(\S+)\s+(\S+)(?:\s+([+-]?[\d.]\S*))?(?:.*?\sl\s+"([^"]*)")?')


def fits(head):
    """1 if the file begins with *Network or *Vertices, comments apart, else 0."""
    lines_of_head = (line.strip().lower() for line in head.text.splitlines())
    first = next((line for line in lines_of_head if line and not line.startswith("%")), "")
    return float(first.startswith(("*network", "*vertices")))


def read(path, *, zone=None):
    """Ties in canonical columns; `zone` is not needed: no times."""
    if not fits(read_head(path)):
        raise _refusal(path, "head", "neither *Network nor *Vertices")
    return {"follows": tie_table(path, _ties(path)).select(**FOLLOWS)}


def _ties(path):
    """The cells of every tie, section by section."""
    section, relation, place, size, relations, labels, numbers = "", None, 0, None, {}, {}, count(1)
    for line, text in enumerate(text_lines(path), start=1):
        if text.lstrip().startswith("*"):
            section, relation, rest = _section_of_line(path, line, text)
            place, relations[relation] = 0, rest
            size = _vertex_counts(path, line, rest, size) if section == "vertices" else size
        elif not text.strip() or text.lstrip().startswith("%"):
            continue
        elif section == "vertices":
            _add_label(path, line, text, labels)
        else:
            place += 1
            direction = "both" if section.startswith("edges") else "one"
            line_ties = _ties_of_line(path, line, section, text, place, size)
            # The ties come first in `zip`: it asks them first, so that no number is lost when they end.
            for (own_relation, *ends, weight, label), number in zip(line_ties, numbers, strict=False):
                source, target = (_vertex_account(end, labels, size) for end in ends)
                details = {
                    "weight": weight,
                    "kind": relations.get(own_relation or relation),
                    "label": label,
                    "direction": direction,
                }
                details["reject"] = None if source and target or None in ends else "a vertex that is not listed"
                yield {"source": source, "target": target, **details, "export_row": number}


def _section_of_line(path, line, text):
    """Name, number of the relation and rest of a line that begins a section."""
    found = SECTION.match(text)
    if not found or found[1].lower() not in SECTIONS:
        raise _refusal(path, f"line {line}", "a section that is neither vertices nor ties of Pajek")
    return found[1].lower(), found[2], (found[3] or "").strip().removeprefix('"').removesuffix('"') or None


def _vertex_counts(path, line, rest, size):
    """Number of vertices, and of those that are rows of a matrix in a network of two modes (else 0)."""
    found = re.fullmatch(r"(\d{1,9})(?:\s+(\d{1,9}))?", rest or "")
    if size or not found:
        raise _refusal(path, f"line {line}", "a second network" if size else "*Vertices without their number")
    return int(found[1]), int(found[2] or 0)


def _add_label(path, line, text, labels):
    """Take in the label of a vertex; one that another vertex has, too, would make one account of two."""
    found = VERTEX.match(text)
    label = (found[2] or found[3] or "").strip() if found else ""
    if not found or label in labels:
        raise _refusal(path, f"line {line}", "a label that stands twice" if found else "no vertex, number and label")
    if label:
        labels |= {label: None, int(found[1]): label}


def _ties_of_line(path, line, section, text, place, size):
    """Number of the relation, source, target, weight and label of each tie in a line."""
    words = text.split()
    if section in LINE_SECTIONS:
        found = LINE.match(text)
        yield found.groups() if found else (None, words[0], None, None, None)
    elif section in LIST_SECTIONS:
        yield from ((None, words[0], target, None, None) for target in words[1:])
    elif section == "matrix" and size and len(words) == size[0] - size[1]:
        cells = enumerate(words, start=size[1] + 1)
        yield from ((None, str(place), str(column), cell, None) for column, cell in cells if cell.strip("+-0."))
    elif section == "matrix":
        raise _refusal(path, f"line {line}", f"{len(words)} cells in a row of the matrix, not one for each column")


def _vertex_account(vertex, labels, size):
    """The label of a vertex, or its number where it has none; None for a vertex that is not listed."""
    is_known = size and vertex and re.fullmatch(r"\d{1,9}", vertex) and 1 <= int(vertex) <= size[0]
    return labels.get(int(vertex), str(int(vertex))) if is_known else None


def _refusal(path, place, found):
    return ReaderError(
        f"{path} ({place}): {found}. Expected: one network of Pajek (.net), *Vertices and then *Arcs, *Edges, lists of "
        "them, or *Matrix. Save the network alone from Pajek, or give the right reader (digidip list)."
    )
