"""What network files have in common, whatever their shape: ends, direction, kind and weight of a tie.

A record is a tie as the file gives it. One without direction is two rows, one each way, of one record; one from an
account to itself is one row, and is kept. A tie has a kind only where the file has a word for it that means one of
TIES.
"""

import ibis
from ibis import _

from digidip.readers.opening._cells import blank
from digidip.readers.opening._flat import flat
from digidip.tables import TIES, ReaderError

KINDS = ("kind", "tie", "relation", "relationship", "type", "label")
TOLD = ("weight", *KINDS)
CELLS = ("source", "target", "way", "reject", *TOLD)
WORDS = {tie: tie for tie in TIES} | {
    "follows": "follow", "mentions": "mention", "reposts": "repost", "replies": "reply", "quotes": "quote",
    "retweet": "repost", "retweets": "repost", "replies to": "reply",
}  # fmt: skip
DIRECTIONS = {"directed": "one", "undirected": "both", "mutual": "both"}
NUMERAL = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"
ROUNDED = r"^\s*\d(\.\d+)?[eE]\+\d+\s*$"


def account(cell):
    """An account as the file names it, without white space around it."""
    return blank(cell.strip())


def tie(*cells):
    """The canonical word for the kind of a tie, from the first of the cells that has a word for one."""
    return ibis.coalesce(*(cell.strip().lower().cases(*WORDS.items()) for cell in cells))


def weight(cell):
    """A finite number, missing where the cell is none."""
    value = ibis.ifelse(cell.re_search(NUMERAL), cell.try_cast("float64"), ibis.null("float64"))
    return ibis.ifelse(value.isinf(), ibis.null("float64"), value)


FOLLOWS = {
    "source_id": account(_.source),
    "target_id": account(_.target),
    "tie": tie(*(_[name] for name in KINDS)),
    "weight": weight(_.weight),
    "export_row": _.export_row,
    "reject": ibis.cases(
        (_.reject.notnull(), _.reject),
        (account(_.source).isnull() | account(_.target).isnull(), "no source or no target"),
        (_.source.re_search(ROUNDED) | _.target.re_search(ROUNDED), "an id that a spreadsheet rounded"),
    ),
}


def way(path, number, *words):
    """`both` or `one` by the first word that is a direction of edge `number`; `ReaderError` if none is."""
    found = next((word.lower() for word in words if word and word.lower() in DIRECTIONS), None)
    if not found:
        raise ReaderError(
            f"{path} (edge {number}): neither the edge nor its graph says whether it is directed. Expected: directed "
            "or undirected, at the edge or as the default of the graph. Export the network again."
        )
    return DIRECTIONS[found]


def ties(path, records):
    """The ties of `path`, dicts with CELLS and `export_row`, as a table that FOLLOWS maps; none: `ReaderError`."""
    rows = flat(path, records, CELLS)
    if not rows.count().to_pyarrow().as_py():
        raise without_ties(path)
    return both_ways(rows)


def both_ways(cells):
    """The same cells, and once more with the ends exchanged where `way` is `both` and the ends are not one account."""
    there = ibis.struct({"source": cells.source, "target": cells.target})
    back = ibis.struct({"source": cells.target, "target": cells.source})
    is_both = (cells.way == "both") & (cells.source != cells.target) & cells.reject.isnull()
    ends = cells.mutate(ends=ibis.ifelse(is_both, ibis.array([there, back]), ibis.array([there])).unnest())
    return ends.mutate(source=_.ends.source, target=_.ends.target).drop("ends")


def without_ties(path):
    """The error to raise for a network file that holds no tie."""
    return ReaderError(
        f"{path}: no ties. Found: a network of nodes only, or nothing below the header. Expected: at least one edge. "
        "Export the network with its edges."
    )
