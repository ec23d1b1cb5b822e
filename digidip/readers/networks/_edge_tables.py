"""What network files have in common, whatever their shape: ends, direction, kind and weight of a tie.

A record is a tie as the file gives it. One without direction is two rows, one each way, of one record; one from an
account to itself is one row, and is kept. A tie has a kind only where the file has a word for it that means one of
TIES.
"""

import ibis
from ibis import _

from digidip.readers.networks._to_parquet import to_parquet
from digidip.readers.opening.cells import blank
from digidip.tables import TIES, ReaderError

KINDS = ("kind", "tie", "relation", "relationship", "type", "label")
TIE_DETAILS = ("weight", *KINDS)
CELLS = ("source", "target", "direction", "reject", *TIE_DETAILS)
TIE_WORDS = {word: word for word in TIES} | {
    "follows": "follow", "mentions": "mention", "reposts": "repost", "replies": "reply", "quotes": "quote",
    "retweet": "repost", "retweets": "repost", "replies to": "reply",
}  # fmt: skip
DIRECTIONS = {"directed": "one", "undirected": "both", "mutual": "both"}
NUMBER_TEXT = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"
ROUNDED_ID = r"^\s*\d(\.\d+)?[eE]\+\d+\s*$"


def account_text(cell):
    """An account as the file names it, without white space around it."""
    return blank(cell.strip())


def tie_kind(*cells):
    """The canonical word for the kind of a tie, from the first of the cells that has a word for one."""
    return ibis.coalesce(*(cell.strip().lower().cases(*TIE_WORDS.items()) for cell in cells))


def finite_number(cell):
    """A finite number, missing where the cell is none."""
    value = ibis.ifelse(cell.re_search(NUMBER_TEXT), cell.try_cast("float64"), ibis.null("float64"))
    return ibis.ifelse(value.isinf(), ibis.null("float64"), value)


FOLLOWS = {
    "source_id": account_text(_.source),
    "target_id": account_text(_.target),
    "tie": tie_kind(*(_[name] for name in KINDS)),
    "weight": finite_number(_.weight),
    "export_row": _.export_row,
    "reject": ibis.cases(
        (_.reject.notnull(), _.reject),
        (account_text(_.source).isnull() | account_text(_.target).isnull(), "no source or no target"),
        (_.source.re_search(ROUNDED_ID) | _.target.re_search(ROUNDED_ID), "an id that a spreadsheet rounded"),
    ),
}


def edge_direction(path, number, *words):
    """`both` or `one` by the first word that is a direction of edge `number`; `ReaderError` if none is."""
    direction = next((word.lower() for word in words if word and word.lower() in DIRECTIONS), None)
    if not direction:
        raise ReaderError(
            f"{path} (edge {number}): neither the edge nor its graph says whether it is directed. Expected: directed "
            "or undirected, at the edge or as the default of the graph. Export the network again."
        )
    return DIRECTIONS[direction]


def tie_table(path, records):
    """The ties of `path`, dicts with CELLS and `export_row`, as a table for FOLLOWS; none: `ReaderError`."""
    rows = to_parquet(path, records, CELLS)
    if not rows.count().to_pyarrow().as_py():
        raise no_ties_error(path)
    return both_ways(rows)


def both_ways(cells):
    """The same cells, and once more with the ends exchanged where `direction` is `both`.

    A tie of an account to itself stays one.
    """
    there = ibis.struct({"source": cells.source, "target": cells.target})
    back = ibis.struct({"source": cells.target, "target": cells.source})
    is_both = (cells.direction == "both") & (cells.source != cells.target) & cells.reject.isnull()
    ends = cells.mutate(ends=ibis.ifelse(is_both, ibis.array([there, back]), ibis.array([there])).unnest())
    return ends.mutate(source=_.ends.source, target=_.ends.target).drop("ends")


def no_ties_error(path):
    """The error to raise for a network file that holds no tie."""
    return ReaderError(
        f"{path}: no ties. Found: a network of nodes only, or nothing below the header. Expected: at least one edge. "
        "Export the network with its edges."
    )
