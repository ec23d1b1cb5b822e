"""Settle: drop unreadable and superseded rows from the parts of a table, each with its reason and count."""

import ibis
import pandas as pd
from ibis import _

from digidip import clean, readers
from digidip.store._clocks import note_clocks
from digidip.store._work import empty, rewrite, table_of, write
from digidip.tables import PLACE, TableError


def settle(work, name):
    """Reject unreadable rows and superseded ones in the parts of a table; returns the table as held."""
    parts = {delivery.path: delivery for delivery in work.deliveries if work.part(name, delivery).exists()}
    if not parts:
        return write(work, name, empty(name))
    table = table_of(work.folder, name)
    bad = clean.unreadable(table, name).order_by(*PLACE).to_pandas()
    old = _superseded(table, name, bad, {path: number for number, path in enumerate(parts)})
    _tell_scrubbed(work, name, table)
    note_clocks(work, name, table.filter(_.platform.notin(clean.NAMING)))
    for path, delivery in parts.items():
        unreadable, superseded = bad[bad["export"] == path], old[old["export"] == path]
        _tell_losses(work, name, delivery, unreadable, len(superseded))
        gone = pd.concat([unreadable, superseded])
        if len(gone):
            rewrite(work.part(name, delivery), lambda rows, gone=gone: rows.anti_join(_places(gone), PLACE))
    return table_of(work.folder, name)


def _superseded(table, name, bad, order):
    readable = table.anti_join(_places(bad), PLACE) if len(bad) else table
    return clean.superseded(readable, name, order).order_by(*PLACE).to_pandas()


def _tell_scrubbed(work, name, table):
    """Rows and scrubbed texts of every export, those without a row included."""
    tokens = ibis.or_(*(table.text.contains(token) for token in clean.TOKENS))
    scrubbed = ibis.ifelse(table.text.contains("["), tokens, False)
    held = table.group_by("export").aggregate(rows=_.count(), scrubbed=scrubbed.sum()).to_pandas().set_index("export")
    for delivery in work.deliveries:
        if work.part(name, delivery).exists():
            rows, texts = map(int, held.loc[delivery.path].fillna(0)) if delivery.path in held.index else (0, 0)
            work.tell("scrub", name, delivery.path, rows, rows, f"{texts:,} texts with private details replaced")


def _tell_losses(work, name, delivery, unreadable, superseded):
    """Account for one export: records not split, rows unreadable, rows superseded; and the sign of a capped harvest."""
    told = {step.step: step for step in work.steps if (step.table, step.export) == (name, delivery.path)}
    is_told = name != "posts" and work.part("posts", delivery).exists()  # an export of two tables loses a record once
    rows, lost = told["scrub"].rows_out, [] if is_told else readers.unsplit(work.source(delivery))
    reasons = lost + list(unreadable[["export_row", "reason"]].itertuples(index=False, name=None))
    work.rejects += [(delivery.path, *reason) for reason in reasons]
    readable = rows - len(unreadable)
    if "read" not in told:
        split = told.get("attach accounts", told["scrub"]).rows_in
        work.tell("read", name, delivery.path, split + len(lost), split, "records split into cells")
    work.tell("reject", name, delivery.path, rows, readable, "rows without a readable id, time or account")
    work.tell("deduplicate", name, delivery.path, readable, readable - superseded, "latest observation of an id wins")
    if reasons and not readable:
        raise TableError(
            f"{delivery.path}: none of {len(reasons):,} records is readable (first: {reasons[0][1]}). Expected: an "
            f"export that reader {delivery.reader!r} knows. Check --reader and --zone, or the columns of MANIFEST.csv."
        )
    _note(work, name, delivery, rows)


def _note(work, name, delivery, rows):
    module = readers.reader(delivery.reader)
    if name == "posts" and rows in module.CAPPED_AT:
        work.notes.append(
            f"{delivery.path}: exactly {rows:,} records, the sign of a capped harvest: the oldest or newest posts may be missing."
        )
    if not rows and not module.POSTS_BY_ANYONE:
        work.notes.append(f"{delivery.path}: no records under the header, so no {name}; is that the whole export?")


def _places(rows):
    return ibis.memtable(rows[list(PLACE)], schema={"export": "string", "export_row": "int64"})
