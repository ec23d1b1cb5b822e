"""What a run reads: the hash of the rows a selection holds, and a note of every reading for the runner.

The runner (`digidip.studies`) names a folder in the environment as DIGIDIP_RUN; every `load` and `build_record` leaves a
line in its `reads.jsonl`. A later run with the same readings need not be run again.
"""

import hashlib
import json
import os
from pathlib import Path

import ibis

DIGITS = 16


def content_hash(tables):
    """The hash of canonical tables (name → Ibis table): the same for the same rows in any order, from any export.

    Returns 16 hexadecimal digits of a SHA-256. Where a row was read from (`export`, `export_row`) is left out.
    """
    rows = ibis.union(*(_row_hashes(name, table) for name, table in tables.items()))
    found = rows.group_by("name").aggregate(hash=lambda row: row.hash.group_concat("", order_by=row.hash)).to_pandas()
    return digest(dict(zip(found["name"], found["hash"], strict=True)))


def _row_hashes(name, table):
    """One row per row: the name of the table and the MD5 of its cells."""
    cells = [
        ibis.coalesce(table[column].cast("string"), "\x00")
        for column in table.columns
        if not column.startswith("export")
    ]
    return table.select(name=ibis.literal(name), hash=ibis.literal("\x1f").join(cells).hexdigest("md5"))


def digest(value):
    """The hash of anything JSON carries: 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:DIGITS]


def note(call, given, build, found):
    """Leave a line for the runner, if one asked for it: what was called with what, on which build, and the hash it met.

    found: a function that computes the hash; it is called only where somebody asked.
    """
    folder = os.environ.get("DIGIDIP_RUN")
    if folder:
        line = json.dumps({"call": call, "given": given, "build": build, "hash": found()})
        with open(Path(folder) / "reads.jsonl", "a", encoding="utf-8") as file:
            file.write(f"{line}\n")
