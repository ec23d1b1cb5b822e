"""Ties of a network as a table of edges: two columns of accounts, kind and weight beside them.

Tool: Gephi 0.8–0.10 (data laboratory), R's igraph, spreadsheets, own scripts; last seen 2026.
Format: https://docs.gephi.org (Gephi: `Source,Target,Type,Id,Label,timeset,Weight`); igraph: `from,to`; or source_id
    and target_id. The header is in small or capital letters. See docs/formats.md#edge_list.
Encoding: UTF-8, commas, `;` or TAB; a decimal comma is read in files with `;`.
Zone: none; no times are read.
Ids: accounts stay text; `.0` after a number and a leading apostrophe are a spreadsheet's and go. The platform is not
    in the file.
Rejects: an id that a spreadsheet rounded. A table of nodes (`Id,Label`) has no ties and is refused.
Caution: a row whose `Type` is Undirected (or Mutual) is both ways, every other row one way. The kind of the tie stands
    in kind, tie, relation, relationship, type or label.
Leaves out: times, all other columns.
Example: 1,2,Directed,0,,2.0
"""

import ibis
from ibis import _

from digidip.readers.networks._edge_tables import FOLLOWS, TIE_DETAILS, both_ways, no_ties_error
from digidip.readers.opening.cells import identifier
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.opening.head import check_columns, read_head
from digidip.tables import ReaderError

PLATFORM = None
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"follows": {"Source", "Target"}}
OPTIONAL = {
    "follows": {"Type", "Id", "Label", "Weight", "timeset", "Interval", "Kind", "Tie", "Relation"} | {"Relationship"}
}
ENDS = (("source", "target"), ("source_id", "target_id"), ("from", "to"))
NODE_COLUMNS = {"Id", "Label"}
BOTH = ("undirected", "mutual")
NUMBER = r"^'?(\d+)(?:\.0)?$"

CELLS = {
    "source": ibis.ifelse(_.source.strip().re_search(NUMBER), identifier(_.source), _.source),
    "target": ibis.ifelse(_.target.strip().re_search(NUMBER), identifier(_.target), _.target),
    "direction": ibis.ifelse(_.type.strip().lower().isin(BOTH), "both", "one"),
    "reject": ibis.null("string"),
}


def fits(head):
    """Share of the file's columns that are known; 0 without two ends.

    From and to head many tables: they count only where every column is known, that of R's row numbers without a name too.
    """
    names = head.columns
    if not names:
        return 0
    ends = _end_columns(names)
    columns = {"", *ends, *(name.lower() for name in OPTIONAL["follows"])}
    share = sum(name.lower() in columns for name in names) / len(names)
    if not ends or (ends == ENDS[-1] and share < 1):
        return 0
    return share


def refuses(head):
    """Whether it is a table of nodes, which `read` names."""
    return set(head.columns) >= NODE_COLUMNS


def read(path, *, zone=None):
    """Ties in canonical columns; `zone` is not needed: no times."""
    names, delimiter = read_head(path).header()
    ends = _end_columns(names)
    if not ends and set(names) >= NODE_COLUMNS:
        raise ReaderError(
            f"{path} (row 1): a table of nodes (Id, Label), without ties. Expected: the table of edges of the same "
            "network (Source, Target), which Gephi exports beside it. Give that."
        )
    folded = [name.lower() for name in names]
    doubled = [name for name in (*ends, *TIE_DETAILS) if folded.count(name) > 1]
    if doubled:
        raise ReaderError(
            f"{path} (row 1): {folded.count(doubled[0])} columns {doubled[0]!r}, in small or capital letters. Expected: "
            "one. Take the other out, or give it another name."
        )
    spelling = dict(zip(folded, names, strict=True))
    wanted = [spelling[name] for name in (*ends, *TIE_DETAILS) if name in spelling]
    check_columns(path, {spelling[name] for name in ends} or REQUIRED["follows"], wanted)
    if not read_head(path).records:
        raise no_ties_error(path)
    return {"follows": _tie_cells(path, spelling, ends, wanted, delimiter).select(**FOLLOWS)}


def _end_columns(names):
    """The pair of columns, in small letters, that name the two accounts of a tie; empty if there is none."""
    folded = {name.lower() for name in names}
    return next((pair for pair in ENDS if folded >= set(pair)), ())


def _tie_cells(path, spelling, ends, wanted, delimiter):
    table = delimited_rows(path, wanted)
    details = {name: table[spelling[name]] if name in spelling else ibis.null("string") for name in TIE_DETAILS}
    if delimiter == ";":
        details["weight"] = details["weight"].replace(",", ".")
    source, target = (table[spelling[name]] for name in ends)
    return both_ways(table.select("export_row", source=source, target=target, **details).mutate(**CELLS))
