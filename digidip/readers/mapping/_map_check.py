"""What a map says beside what the file holds: its columns, and the cells of the first records.

A map is an assertion about a file, and a wrong one would lose whole columns without a word: so it is tried on the records
at the head before any row is given. No message repeats a cell.
"""

import re
from difflib import get_close_matches

import duckdb
import ibis
import pyarrow as pa

from digidip.readers.mapping._map_cells import ISO, cells_of
from digidip.readers.mapping._map_entries import is_placed
from digidip.readers.opening.head import read_head
from digidip.tables import SCHEMA, ReaderError

MOST = 500
GROUPED = re.compile(r"-?[0-9]{1,3}([.,' \u00a0\u202f])[0-9]{3}(?:\1[0-9]{3})*(?:[.,][0-9]+)?")


def check_sources(path, plan, names):
    """Nothing, if each source column of the map stands once in the header and the records have its width."""
    for key, name in plan.sources.items():
        if names.count(name) != 1:
            near = get_close_matches(name, names, n=1, cutoff=0.6)
            found = f"{names.count(name)} columns {name!r} in {path} (row {plan.skip + 1}, {len(names)} columns)"
            hint = f" The nearest column is {near[0]!r}." if near and near[0] != name else ""
            raise ReaderError(
                f"{plan.path}: {key}: found {found}. Expected: one.{hint} Mend the map, or say another `skip` or `delimiter`."
            )
    widths = {len(record) for record in read_head(path).records_below(plan.skip, plan.delimiter)[:20]}
    if widths and len(names) not in widths:
        raise ReaderError(
            f"{path} (record 1): {min(widths)} cells under a header of {len(names)} columns, and so in every record looked "
            f"at. Expected: as many cells as columns. Look at `skip` and `delimiter` in {plan.path}."
        )


def check_head(path, plan, names, zone):
    """Nothing, if the map can read something of every column that has something in the first records."""
    records = [
        record
        for record in read_head(path).records_below(plan.skip, plan.delimiter)[:MOST]
        if len(record) == len(names)
    ]
    texts = {name: [record[at] for record in records] for at, name in enumerate(names) if name in plan.sources.values()}
    for name, entry in plan.columns.items():
        if "from" in entry:
            _check_shapes(path, plan, name, texts[entry["from"]], zone)
    unread = _unread(path, plan, texts, zone)
    if unread:
        raise ReaderError(
            f"{path}: column {plan.columns[unread]['from']!r}: found no readable {unread} in the first {len(records):,} records. "
            f"Expected: cells as columns.{unread} says. Mend {plan.path}: `format`, `decimal`, `words`, or another column."
        )


def _check_shapes(path, plan, name, cells, zone):
    """Stop at a time that needs a zone nobody named, and at a number with separators nobody declared."""
    entry, kind = plan.columns[name], SCHEMA[plan.table][name].kind
    pattern = entry.get("format", "iso")
    if kind == "at" and not (zone or "zone" in entry or is_placed(pattern)):
        naive = _first(cells, lambda cell: cell and (pattern != "iso" or re.search(ISO, cell)))
        if naive:
            raise ReaderError(
                f"{path} (record {naive}): column {entry['from']!r} holds times without a zone. Expected: the zone they are in. "
                f"Say `zone: America/New_York` in columns.{name} of {plan.path}, or --zone."
            )
    if kind in ("count", "number"):
        declared = (plan.thousands, plan.decimal) if kind == "number" else (plan.thousands,)
        grouped = _first(cells, lambda cell: _is_strange(cell, declared))
        if grouped:
            raise ReaderError(
                f"{path} (record {grouped}): column {entry['from']!r} holds a number with a separator that the map does not "
                f"declare. Expected: `thousands` or `decimal` that say so. Mend {plan.path}."
            )


def _first(cells, is_found):
    """The record number of the first cell of that sort; None if there is none."""
    return next((record for record, cell in enumerate(cells, start=1) if is_found(cell.strip())), None)


def _is_strange(cell, declared):
    """Whether a number has a mark before three digits that is not among the declared ones."""
    found = GROUPED.fullmatch(cell)
    return bool(found) and (" " if found[1].isspace() else found[1]) not in declared


def _unread(path, plan, texts, zone):
    """The first canonical column of which nothing can be read, though its cells hold something."""
    table = ibis.memtable(pa.table({f"c{at}": pa.array(cells, pa.string()) for at, cells in enumerate(texts.values())}))
    held = {name: table[f"c{at}"] for at, name in enumerate(texts)}
    try:
        read = table.select(**cells_of(plan, held, zone)).to_pyarrow()
    except duckdb.Error:
        raise ReaderError(
            f"{plan.path}: found a pattern that the engine cannot use. Expected: in `extract` a regular expression of RE2, in "
            "`format` letters of strptime. Mend it."
        ) from None
    for name, entry in plan.columns.items():
        something = r"[0-9]" if SCHEMA[plan.table][name].kind in ("count", "number") else r"\S"
        is_told = any(re.search(something, cell) for cell in texts.get(entry.get("from"), []))
        if is_told and read[name].null_count == len(read):
            return name
    return None
