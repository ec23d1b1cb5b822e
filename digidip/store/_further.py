"""Stage the tables that stand beside posts: ties, profiles, missions, exchanges, attention.

Each is written as one part. A row whose file tells no time was observed when its delivery was collected.
"""

import ibis
import pandas as pd
from ibis import _

from digidip import clean, readers
from digidip.store._stage import accepted, reading, taken_at, union
from digidip.store._work import count, empty, write
from digidip.tables import KEYS, SCHEMA, TableError, conform

FURTHER = ("follows", "missions", "exchanges", "attention")
STATES = {"sender": "ministry", "receiver": "receiving"}


def write_further(work, read, accounts):
    """Write follows, missions, exchanges and attention; of rows with one key the latest delivery's stays."""
    for name in FURTHER:
        held = [prepared(work, delivery, name, frames[name], accounts) for delivery, frames in read if name in frames]
        write(work, name, latest(work, name, union(held)) if held else empty(name))


def write_metrics(work, read, daily, accounts):
    """Write metrics: the profiles of official accounts, and the followers that posts print, day by day."""
    held = [_profiles(work, delivery, frames["metrics"], accounts) for delivery, frames in read if "metrics" in frames]
    own, key = conform("metrics", daily), list(KEYS["metrics"])
    if held:
        profiles = latest(work, "metrics", union(held))
        own = ibis.union(own.anti_join(profiles, key), profiles)
    write(work, "metrics", own.order_by(key))


@reading
def prepared(work, delivery, name, frame, accounts):
    """Rows of one export with provenance and states, and the ends of ties hidden unless they are official."""
    frame = with_states(_observed(delivery, name, numbered(work, delivery, name, frame)))
    if name == "follows":
        frame = _hidden_ends(work, delivery, frame, accounts.filter(_.platform == delivery.platform))
    return conform(name, frame)


def numbered(work, delivery, name, frame):
    """The rows that their reader accepts, numbered over the records that could not be split; those are rejects."""
    lost = readers.unsplit(work.source(delivery))
    fresh = [(delivery.path, *record) for record in lost if (delivery.path, *record) not in work.rejects]
    if lost:
        rows = count(frame)
        work.rejects += fresh
        work.tell("split", name, delivery.path, rows + len(lost), rows, "records split into cells")
    return readers.renumbered(accepted(work, delivery, name, frame), work.source(delivery))


def with_states(frame):
    """The frame with the ISO codes of sender and receiver beside what the file calls them; missing for no state."""
    for column, code in STATES.items():
        if column in frame.columns:
            told = frame[column].name("state").as_table().distinct().to_pyarrow()["state"].to_pylist()
            pairs = sorted(clean.states(filter(None, told)).items())
            codes = ibis.memtable(pd.DataFrame(pairs, columns=["state", "iso"], dtype="string"))
            known = frame.left_join(codes, frame[column] == codes.state)
            given = known[code] if code in frame.columns else ibis.null("string")
            frame = known.mutate(**{code: ibis.coalesce(given, known.iso)}).drop("state", "iso")
    return frame


def _hidden_ends(work, delivery, frame, accounts):
    """The ends of ties as account ids where they name an official account, by id or handle; else as pseudonyms."""
    called = (accounts.account_id, accounts.handle, accounts.handle.lower(), "@" + accounts.handle)
    names = ibis.union(*(accounts.select("account_id", name=name) for name in called)).filter(_.name.notnull())
    for column in ("source_id", "target_id"):
        hidden = clean.pseudonyms(frame[column], delivery.platform, work.key)
        frame = clean.pseudonymise(frame, column, hidden, names).drop("official_id")
    ours = accounts.select(source_id="account_id", target_id="account_id")
    if not count(ours.semi_join(frame, "source_id")) and not count(ours.semi_join(frame, "target_id")):
        work.notes.append(
            f"{delivery.path}: no tie of an account that is known as official, so all stand under pseudonyms; complete "
            "data/reference/accounts.csv, or add a registry, and build again."
        )
    tie = frame.tie if "tie" in frame.columns else ibis.null("string")
    return frame.mutate(tie=ibis.coalesce(tie, "unknown"))


@reading
def _profiles(work, delivery, frame, accounts):
    """Of the profiles in an export, those of official accounts."""
    frame = _observed(delivery, "metrics", numbered(work, delivery, "metrics", frame))
    rows, kept = count(frame), frame.semi_join(accounts, ["platform", "account_id"])
    work.tell("attach accounts", "metrics", delivery.path, rows, count(kept), "profiles of official accounts")
    return conform("metrics", kept)


def _observed(delivery, name, frame):
    """The frame with what the delivery declares; an observation needs a time, from the file or from the delivery."""
    given = {"platform": delivery.platform, "export": delivery.path, "label": delivery.label}
    declared = {c: ibis.literal(v) for c, v in given.items() if c in SCHEMA[name] and c not in frame.columns}
    frame = frame.mutate(**declared)
    if "observed_at" not in SCHEMA[name]:
        return frame
    frame = frame.mutate(observed_at=taken_at(frame, delivery, "observed_at"))
    lacking = count(frame.filter(_.observed_at.isnull()))
    if lacking:
        raise TableError(
            f"{delivery.path}: {lacking:,} rows of {name} that do not say when they were observed. Expected: the time of "
            "collection. Say --retrieved TIME at digidip add, such as 2022-11-16."
        )
    return frame


def latest(work, name, rows):
    """Of rows with one key, that of the latest delivery, and in it the last record; told for each export."""
    order = {delivery.path: number for number, delivery in enumerate(work.deliveries)}
    ranked = rows.mutate(delivery=rows.export.cases(*order.items()))
    last = [ibis.desc("delivery"), ibis.desc("export_row")]
    ranked = ranked.mutate(place=ibis.row_number().over(group_by=list(KEYS[name]), order_by=last))
    told = ranked.group_by("export").aggregate(rows=_.count(), kept=(_.place == 0).sum()).order_by("export")
    for row in told.to_pandas().itertuples():
        work.tell("deduplicate", name, row.export, int(row.rows), int(row.kept), "latest observation wins")
    return ranked.filter(_.place == 0).drop("place", "delivery").order_by(list(KEYS[name]))
