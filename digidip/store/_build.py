"""`build`: makes a holding (Parquet and build.json) from the deliveries of a raw folder.

One pass per export: read → attach accounts → pseudonymise → scrub → one Parquet part. Rows are then rejected or
superseded by looking at the part, and only a part that loses rows is written again. Nothing appears in the target
before everything is checked; building twice gives equal bytes.
"""

import hashlib
import json
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import duckdb
import ibis
import pandas as pd

import digidip
from digidip import clean, readers
from digidip.deliveries import manifest, swap, verify
from digidip.store import _stage
from digidip.store._accounts import accounts, accounts_of
from digidip.store._further import FURTHER, latest, prepared, write_further, write_metrics
from digidip.store._registries import listing, registered
from digidip.store._settle import settle
from digidip.store._work import Work, count, empty, table_of, write
from digidip.tables import SCHEMA, TableError, check

REJECTS = ["export", "record", "reason"]
# Tables whose keys neither `settle` nor `entities` has already made unique.
UNSETTLED = ("accounts", "metrics", *FURTHER)


def build(raw, target, *, key=None, reference=None):
    """Make the holding of all deliveries in `raw`/MANIFEST.csv in the folder `target`; returns `facts_of(target)`.

    Every file must have the hash that the manifest declares. `key` is the project key for pseudonyms (made on first
    use where None), `reference` the folder of accounts.csv. Whatever breaks a rule raises `TableError` or
    `ReaderError` and leaves `target` as it was.
    """
    raw, target = Path(raw), Path(target)
    held = manifest(raw)
    if not held:
        raise TableError(
            f"{raw / 'MANIFEST.csv'}: no delivery declared. Expected: at least one. Do: digidip add FILE --ministry CODE."
        )
    lacking = [delivery for delivery in held if not (raw / delivery.path).is_file()]
    for delivery in lacking:
        verify(raw, delivery)
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        known, key = accounts_of(reference), key or clean.project_key()
        with tempfile.TemporaryDirectory(prefix="digidip-") as scratch:
            _make_verified(Work(raw, aside, Path(scratch), held, known, key))
        for path in aside.rglob("*"):
            _sync(path)
        swap(aside, target)
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise TableError(
            f"{target}: the engine stopped ({type(error).__name__}). Expected: room on the disk, also in "
            f"{tempfile.gettempdir()}, and 1 GB of memory. Free some, then build again."
        ) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return facts_of(target)


def rehearse(file, delivery, *, beside=(), reference=None):
    """Read one file as a build would, in a temporary folder, to find what is wrong before it is taken in.

    `beside` are the deliveries it will be built with (path: where the file lies), since registries among them make
    accounts official; `reference` is the folder of accounts.csv. Returns the account of rows as a list of `clean.Step`:
    where no account of a file of several is official yet, the step "attach accounts" has no row out, and a build would
    stop. Comments are not compared with posts here, which may come in another file. Raises what `build` would raise.
    """
    path = Path(file).resolve()
    with tempfile.TemporaryDirectory(prefix="digidip-") as folder:
        delivery, folder = delivery._replace(path=str(path)), Path(folder)
        work = Work(path.parent, folder, folder, [delivery], accounts_of(reference), b"rehearsal")
        frames = _stage.opened(work, delivery)
        work.registered = _registered_with(work, delivery, frames, beside)
        officials = _stage.officials(work, delivery, frames)
        for name in frames:
            if name in ("posts", "comments"):
                _rehearse_table(work, delivery, name, frames[name], officials if name == "posts" else None)
            else:
                _rehearse_further(work, delivery, name, frames[name])
    return work.steps


def _registered_with(work, delivery, frames, beside):
    """The official accounts that a file of posts by anyone would be built with; other files need none to be rehearsed."""
    lists = [one for one in beside if "accounts" in readers.reader(one.reader).REQUIRED]
    if not lists or _stage.officials(work, delivery, frames) is None:
        return work.registered
    aside = Work(work.raw, work.folder, work.scratch, [delivery, *lists], work.registered, work.key)
    return registered(aside, [*((one, _stage.opened(aside, one)) for one in lists), (delivery, frames)])


def facts_of(folder):
    """What build.json tells of a holding: versions, hash of the manifest, counts, account of rows, notes."""
    return json.loads((Path(folder) / "build.json").read_text(encoding="utf-8"))


def _make_verified(work):
    """Make the holding while the hashes are computed; that a file has changed goes before whatever follows from it."""
    with ThreadPoolExecutor(1) as pool:
        hashes = [pool.submit(verify, work.raw, delivery) for delivery in work.deliveries]
        try:
            _make(work)
        except Exception:
            _all_verified(hashes)
            raise
        _all_verified(hashes)


def _all_verified(hashes):
    for hashed in hashes:
        hashed.result()


def _make(work):
    """Every table of the holding, in the order in which one needs the other."""
    read = [(delivery, _stage.opened(work, delivery)) for delivery in work.deliveries]
    work.registered = registered(work, read)
    officials = {delivery.path: _stage.officials(work, delivery, frames) for delivery, frames in read}
    names = _stage.names(work, officials)
    read = [(delivery, _stage.hide_ids(work, delivery, frames, names)) for delivery, frames in read]
    for delivery, frames in read:
        if "posts" in frames:
            _stage.stage_posts(work, delivery, frames["posts"], officials[delivery.path], names[delivery.platform])
    posts = settle(work, "posts")
    held = write(work, "accounts", accounts(work, posts))
    _stage.stage_all_comments(work, read, posts, held)
    settle(work, "comments")
    write(work, "entities", _stage.entities(work, read, posts, names))
    write_metrics(work, read, _stage.metrics(posts), held)
    write_further(work, read, held)
    tables = {name: table_of(work.folder, name) for name in SCHEMA}
    rows = {name: count(table) for name, table in tables.items()}
    check({name: table for name, table in tables.items() if rows[name] or name == "posts"}, unique=UNSETTLED)
    _write_facts(work, rows)


@_stage.reading
def _rehearse_table(work, delivery, name, frame, officials):
    frame = _stage.accepted(work, delivery, name, frame)
    if officials:
        frame = _stage.by_officials(work, delivery, frame, officials)
    elif officials is not None:
        work.tell("attach accounts", name, delivery.path, count(frame), 0, "no official account among several")
    unknown = {"author": ibis.null("string"), "text": ibis.null("string")} if name == "comments" else {}
    here = {"account_id": ibis.literal("0")} if name == "comments" else {}
    _stage.stage(work, delivery, name, frame.mutate(ministry=ibis.literal(delivery.ministry), **unknown, **here))
    check({name: settle(work, name)}, unique=())


def _rehearse_further(work, delivery, name, frame):
    if name == "accounts":
        listing(work, delivery, frame)
    elif name != "entities":
        rows = prepared(work, delivery, name, frame, empty("accounts"))
        check({name: latest(work, name, rows)}, unique=())


def _write_facts(work, rows):
    """build.json, the account of rows, the rejects, and the accounts that a person should complete."""
    known = table_of(work.folder, "accounts").order_by("platform", "account_id").to_pandas().to_csv()
    declared = [delivery if delivery.account else delivery[:-1] for delivery in work.deliveries]
    declared = json.dumps([digidip.__version__, *declared, clean.key_id(work.key), known]).encode()
    facts = {
        "build": hashlib.sha256(declared).hexdigest()[:8],
        "digidip": digidip.__version__,
        "engine": f"duckdb {version('duckdb')}, ibis {version('ibis-framework')}",
        "key": clean.key_id(work.key),
        "deliveries": [delivery._asdict() for delivery in work.deliveries],
        "rows": rows,
        "account_of_rows": [step._asdict() for step in work.account_of_rows()],
        "rejects": len(work.rejects),
        "notes": work.notes,
        "accounts_to_complete": work.fresh.astype(object).where(work.fresh.notna(), None).to_dict("records"),
    }
    text = json.dumps(facts, indent=1, ensure_ascii=False)
    (work.folder / "build.json").write_text(text + "\n", encoding="utf-8")
    pd.DataFrame(work.rejects, columns=REJECTS).to_csv(work.folder / "rejects.csv", index=False, lineterminator="\n")


def _sync(path):
    """Have the system write a file to the disk, so that a power cut after the swap finds it whole."""
    if path.is_file():
        with open(path, "rb+") as file:
            os.fsync(file.fileno())
