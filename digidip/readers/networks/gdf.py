"""Ties of a network in GDF, as Netvizz, YouTube Data Tools, DMI-TCAT and GUESS write it.

Tool: B. Rieder's tools (2010–), DMI-TCAT (until 2023), GUESS; last seen 2024.
Format: https://gephi.org/users/supported-graph-formats/gdf-format/; a section of nodes under `nodedef>`, one of edges
    under `edgedef>`. See docs/formats.md#gdf.
Encoding: UTF-8, commas between cells, quoted with ' or " now and then and not reliably: surplus cells are joined where
    one column of text alone can hold them.
Zone: none; no times are read.
Ids: an account is the name of a node (a channel, a page, a hash of a user, a post), never its label; DMI-TCAT alone
    numbers the nodes of its mention graphs (known by `no_tweets`, `no_mentions`), so there the label, a handle in
    small letters, is the account, and the tie a mention. The platform is not in the file.
Rejects: a line with more or fewer cells than columns that cannot be mended.
Caution: `directed` false is both ways. Without that column (Rieder's tools before 2016, which meant one way; for GUESS
    it means both) a tie is read as it is written, one way.
Leaves out: nodes without ties, and all that is said of nodes.
Example: da39…,123456_789,2
"""

import re

from digidip.readers.networks._edge_tables import FOLLOWS, TIE_DETAILS, tie_table
from digidip.readers.networks._to_parquet import text_lines
from digidip.readers.opening.head import read_head
from digidip.tables import ReaderError

PLATFORM = None
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"follows": {"node1", "node2"}}
OPTIONAL = {"follows": {"weight", "directed", "kind", "tie", "relation", "relationship", "type", "label"}}
SECTIONS = ("nodedef>", "edgedef>")
NUMBERED_NODES = {"name", "label", "no_tweets", "no_mentions"}
NUMBER_COLUMNS = {"name", "node1", "node2", "weight", "directed"}  # columns that hold no commas
SPACE, PLAIN = re.compile(r"\s*"), re.compile("([^,]*)")
QUOTED = {mark: re.compile(rf"{mark}(.*?){mark}\s*(?=,|$)") for mark in "'\""}
TEXT_TYPES = ("", "VARCHAR", "STRING", "TEXT")


def fits(head):
    """1 if the file begins with a section of nodes or edges of GDF, else 0."""
    return float(head.start.lower().startswith(SECTIONS))


def read(path, *, zone=None):
    """Ties in canonical columns; `zone` is not needed: no times."""
    if not fits(read_head(path)):
        raise ReaderError(
            f"{path} (row 1): no nodedef> at the head of the file. Expected: a network as GDF. Give the right reader "
            "(digidip list)."
        )
    return {"follows": tie_table(path, _edges(path)).select(**FOLLOWS)}


def _edges(path):
    """The cells of every edge; the labels of numbered nodes are kept, those of others passed over."""
    section, columns, is_numbered, labels, number = "", {}, False, {}, 0
    for line in text_lines(path):
        if line.lstrip().lower().startswith(SECTIONS):
            section = line.lstrip()[:4].lower()
            columns = _columns(path, section, line)
            is_numbered |= section == "node" and columns.keys() >= NUMBERED_NODES
        elif not line.strip():
            continue
        elif section == "node" and is_numbered:
            cells, _reject = _line_cells(line, columns)
            labels[cells.get("name")] = cells.get("label")
        elif section == "edge":
            number += 1
            cells, reject = _line_cells(line, columns)
            ends = {end: cells.get(node) for end, node in (("source", "node1"), ("target", "node2"))}
            ends |= {end: labels.get(node, node) for end, node in ends.items() if is_numbered}
            details = {name: cells[name] for name in TIE_DETAILS if name in cells}
            details = {"kind": "mention"} if is_numbered else details
            direction = "both" if cells.get("directed", "").lower() in ("false", "0") else "one"
            state = {"direction": direction, "reject": reject, "export_row": number}
            yield ends | {"weight": cells.get("weight")} | details | state


def _columns(path, section, line):
    """Name of each column in small letters (its place where it has none) → whether it may hold any text."""
    parts = [[*part.split(), "", ""] for part in re.split(r",(?![^(,]*\))", line.partition(">")[2])]
    columns = {
        name.lower() or f"{place}": kind.partition("(")[0].upper() in TEXT_TYPES
        for place, (name, kind, *_rest) in enumerate(parts, start=1)
    }
    lacking = sorted(REQUIRED["follows"] - columns.keys()) if section == "edge" else []
    if lacking or len(columns) < len(parts):
        problem = f"no column {lacking[0]!r}" if lacking else "two columns of one name"
        raise ReaderError(
            f"{path} ({section}def>): {problem}. Expected: node1 and node2 for edges, and no name twice. Give the file as "
            "the tool wrote it."
        )
    return columns


def _line_cells(line, columns):
    """The cells under their columns, and why there are none: another width that cannot be mended."""
    quoted = _unquoted_cells(line)
    cells = line.split(",") if line.count(",") + 1 == len(columns) != len(quoted) else quoted
    surplus = len(cells) - len(columns)
    free = [place for place, (name, is_text) in enumerate(columns.items()) if is_text and name not in NUMBER_COLUMNS]
    if surplus > 0 and len(free) == 1:
        cells[free[0] : free[0] + surplus + 1] = [",".join(cells[free[0] : free[0] + surplus + 1])]
    elif surplus:
        return {}, "more cells than columns" if surplus > 0 else "fewer cells than columns"
    return dict(zip(columns, (cell.strip() for cell in cells), strict=True)), None


def _unquoted_cells(line):
    """The cells of a line without their quotation marks.

    A mark that none closes, and every later one of its kind, is a letter.
    """
    place, letters, found = 0, "", []
    while place <= len(line):
        start = SPACE.match(line, place).end()
        mark = line[start : start + 1]
        is_mark = mark in QUOTED and mark not in letters
        cell = QUOTED[mark].match(line, start) if is_mark else None
        letters += mark if is_mark and not cell else ""
        cell = cell or PLAIN.match(line, start)
        found.append(cell[1])
        place = cell.end() + 1
    return found
