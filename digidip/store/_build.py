"""`build`: from the deliveries of a raw folder to a holding, Parquet and build.json; read from top to bottom.

The steps come in the order of the account of rows: split, read, attach accounts, place, pseudonymise, scrub, reject,
deduplicate. What an export holds is parsed once: posts in the order of their file straight into the part that holds
them, all else into a scratch folder. Every step is one expression over the rows of all deliveries; when it is known
which rows stay, the other parts are written, and a part that was written and loses rows is written again. Nothing
appears in the target before everything is checked; building twice gives equal bytes.
"""

import json
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import duckdb
import ibis
import pandas as pd
from ibis import _
from pyarrow import parquet

import digidip
from digidip import clean, readers
from digidip.deliveries import is_of_sample, manifest, verify
from digidip.engine import engine, many_queries, named, read_parts
from digidip.home import UNFINISHED, current, facts_of, home, locked, private_folder, put_in_place, sha256, sweep
from digidip.store._accounts import (
    CHANNEL,
    accounts,
    accounts_of,
    check_one_ministry,
    listings,
    weaker_labels,
    with_registries,
)
from digidip.store._clocks import note_clocks, possible_times
from digidip.store._contents import contents_of
from digidip.store._damaged_ids import without_damaged
from digidip.store._holding import (
    PARQUET,
    Holding,
    ReadTable,
    accepted,
    empty,
    is_small,
    is_told,
    named_rows,
    table_of,
    weakest,
    write_table,
)
from digidip.store._other_tables import (
    OTHER_TABLES,
    latest,
    name_in_address,
    prepared,
    profiles,
    write_metrics,
    write_other_tables,
)
from digidip.tables import (
    KEYS,
    LABELS,
    PLACE,
    SCHEMA,
    TIMES,
    TableError,
    check,
    conform,
    counted,
    csv_for_people,
    smallest_cell,
    types,
)

KEY = list(KEYS["accounts"])
PLACES = {"export": "string", "export_row": "int64"}
SCRATCH = {"compression": "lz4"}
LARGE = 4_000_000  # bytes of an export whose posts are scrubbed while they are read; those of smaller ones are scrubbed together
REJECTS = ["export", "record", "reason"]
COLUMNS = sum(map(len, SCHEMA.values()))  # a holding with fewer or more was built by another version
# Rows, and those whose text has a token in it; few texts have a bracket, and only those are looked at.
SCRUBBED = {
    "rows": _.count(),
    "texts": ibis.ifelse(_.text.contains("["), ibis.or_(*(_.text.contains(one) for one in clean.TOKENS)), False).sum(),
    "names": _.text.contains(clean.NAME).sum(),
}
# Tables whose keys neither `reject_and_deduplicate` nor `entities` has already made unique.
NOT_DEDUPLICATED = ("accounts", "metrics", *OTHER_TABLES)


def build(raw, target, *, key=None, reference=None):
    """Make the holding of all deliveries in `raw`/MANIFEST.csv the current build of the folder `target`; returns its facts.

    Every file must have the hash that the manifest declares. `key` is the project key for pseudonyms (made on first
    use where None), `reference` the folder of accounts.csv. Whatever breaks a rule raises `TableError` or
    `ReaderError` and leaves `target` as it was. A process that reads an earlier build goes on reading it; those that
    nobody reads are removed. Who comes while another command writes waits for it.
    """
    _deliveries(raw)
    with locked(Path(target).parent):
        folder = _build(Path(raw), Path(target), key, reference)
        sweep(folder.parents[1], folder.parent.name)
    return facts_of(folder)


def _deliveries(raw):
    """What the manifest declares, each with its file."""
    deliveries = manifest(raw)
    if not deliveries:
        raise TableError(
            f"{Path(raw) / 'MANIFEST.csv'}: no delivery declared. Expected: at least one. Do: digidip add FILE --ministry CODE --label NAME."
        )
    for delivery in deliveries:
        if not (Path(raw) / delivery.path).is_file():
            verify(raw, delivery)
    return deliveries


def _build(raw, target, key, reference):
    deliveries, is_new = _deliveries(raw), not target.exists()
    target.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=target))
    try:
        registered, key = accounts_of(reference), key or clean.project_key(known=key_of(target))
        with _scratch_folder() as scratch, many_queries():
            _make_verified(Holding(raw, aside, Path(scratch), deliveries, registered, key))
        for path in aside.rglob("*"):
            sync(path)
        return put_in_place(aside, target)
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        found = "the disk is full" if "No space left" in str(error) else f"the engine stopped ({type(error).__name__})"
        raise TableError(
            f"{target}: {found}. Expected: room on the disk, and 1 GB of memory. Free some, then build again."
        ) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        if is_new:
            with suppress(OSError):  # it holds the build
                target.rmdir()


def key_of(target):
    """The id of the key that the current holding was made with, if there is one."""
    with suppress(TableError):
        return facts_of(current(target))["key"]


def _scratch_folder():
    """A folder for what is read before it is clean, in the private folder of this process."""
    return tempfile.TemporaryDirectory(dir=private_folder(home() / "data"))


def _make_verified(holding):
    """Make the holding while the hashes are computed; that a file has changed goes before whatever follows from it."""
    with ThreadPoolExecutor(1) as pool:
        hashes = [pool.submit(verify, holding.raw, delivery) for delivery in holding.deliveries]
        try:
            _make(holding)
        except Exception:
            _check_hashes(hashes)
            raise
        _check_hashes(hashes)


def _check_hashes(hashes):
    for hashed in hashes:
        hashed.result()


def _make(holding):
    """Every table of the holding, in the order in which one needs the other."""
    label_samples(holding)
    read_exports(holding, holding.deliveries)
    authors = authors_of_posts(holding)
    holding.registered = with_registries(holding, authors)
    authors = name_by_ids(holding, authors)
    holding.labels = weaker_labels(holding)
    officials = official_authors(holding, authors)
    names = official_names(holding, officials)
    hide_ids(holding, names)
    posts = write_posts(holding, attach_accounts(holding, authors, officials), names)
    official = write_table(holding, "accounts", accounts(holding, posts))
    write_comments(holding, place_comments(holding, posts), official)
    write_table(holding, "entities", entities(holding, posts, names) if holding.with_table("entities") else None)
    write_metrics(holding, followers_by_day(posts), official)
    write_other_tables(holding, official)
    note_lost_tables(holding)
    check_and_record(holding)


def label_samples(holding):
    """Deliveries that are files of the sample become synthetic, whatever the manifest says; a note for each."""
    for number, delivery in enumerate(holding.deliveries):
        if delivery.label != LABELS[-1] and is_of_sample(holding.source(delivery), delivery.sha256):
            holding.deliveries[number] = delivery._replace(label=LABELS[-1])
            holding.notes.append(
                f"{delivery.path}: a file of the synthetic sample, so its rows are {LABELS[-1]}, not {delivery.label}."
            )


# Split and read: each export is parsed once.


def read_exports(holding, deliveries):
    """Parse the exports into scratch parts, one for each table, with what their deliveries declare."""
    for delivery in deliveries:
        with readers.reader_errors(holding.source(delivery)):
            for name, frame in _frames(holding, delivery).items():
                holding.read.setdefault(name, {})[delivery.path] = _read_table(holding, delivery, name, frame)
        if encoding := readers.read_head(holding.source(delivery)).guessed_encoding:
            holding.notes.append(f"{delivery.path}: not UTF-8, read as {encoding}, which its letters show.")
        if removed := readers.removed_characters(holding.source(delivery)):
            holding.notes.append(
                f"{delivery.path}: {counted(removed, 'control characters')} removed, which XML forbids."
            )


def _frames(holding, delivery):
    frames = readers.reader(delivery.reader).read(holding.source(delivery), zone=delivery.zone or None)
    if delivery.account:
        frames["posts"] = frames["posts"].mutate(account_id=ibis.literal(delivery.account))
    return frames


def _read_table(holding, delivery, name, frame):
    source = holding.source(delivery)
    # Posts in the order of their file need no numbers, and to number them would keep the engine to one core.
    in_order = name == "posts" and not readers.reader(delivery.reader).POSTS_BY_ANYONE and "reject" not in frame.columns
    part = holding.scratch / f"{holding.deliveries.index(delivery):04}-{name}.parquet"
    frame = frame.mutate(export_row=ibis.null("int64")) if in_order else frame
    rows = _declared(holding, delivery, name, frame)
    is_large = len(holding.deliveries) == 1 or source.stat().st_size > LARGE
    can_finish = is_large and in_order and holding.folder is not None
    is_finished = can_finish and not {"reply_to_account_id", "remark"} & set(rows.columns)
    if is_finished:
        part = holding.part(name, delivery)
        part.parent.mkdir(exist_ok=True)
        rows = scrub_posts(conform(name, rows))
    engine().to_parquet(rows, part, **(PARQUET if is_finished else SCRATCH))
    can_reject = "reject" in frame.columns or is_told(part, "reject")
    read = ReadTable(part, parquet.read_metadata(part).num_rows, can_reject, in_order, is_finished, is_finished)
    holding.unsplit[delivery.path] = readers.unsplit(source)
    if holding.unsplit[delivery.path] and "export_row" in frame.columns:
        numbered = holding.scratch / f"{holding.deliveries.index(delivery):04}-{name}.numbered.parquet"
        engine().to_parquet(readers.renumbered(read_parts([part]), source), numbered, **SCRATCH)
        read = read._replace(part=numbered, in_order=False, is_finished=False)
    are_replies = name == "comments" and readers.reader(delivery.reader).POSTS_BY_ANYONE
    rejected = without_damaged(source, name, read.part, are_replies=are_replies)
    if rejected is not None:
        part = holding.scratch / f"{holding.deliveries.index(delivery):04}-{name}.damaged.parquet"
        engine().to_parquet(rejected, part, **SCRATCH)
        read = read._replace(part=part, can_reject=True, in_order=False, is_finished=False)
    if is_told(read.part, "remark"):
        _note_remarks(holding, name, delivery, read)
    return read


def _note_remarks(holding, name, delivery, read):
    """A note for everything that a reader or the check of times did to rows of which no file says it, with their number."""
    remarks = read_parts([read.part]).filter(_.remark.notnull()).group_by("remark").aggregate(rows=_.count())
    for row in remarks.order_by("remark").to_pandas().itertuples():
        if holding.folder is None:  # a dry run, whose steps are all that is told
            holding.record_step("remark", name, delivery.path, read.rows, int(row.rows), row.remark)
        holding.notes.append(f"{delivery.path}: {row.rows:,} of {read.rows:,} {name}: {row.remark}.")


def _declared(holding, delivery, name, frame):
    """The columns of a table in their types, with what the delivery declares; the file's own times go before its.

    What programs write for nothing is no id, in whatever reader.
    """
    known = types(name)
    cells = {column: frame[column].cast(known.get(column, frame[column].type())) for column in frame.columns}
    for column in [column for column in cells if column in known and SCHEMA[name][column].kind == "id"]:
        cells[column] = ibis.ifelse(cells[column].isin(readers.MISSING_WORDS), ibis.null("string"), cells[column])
    if delivery.platform in ("telegram", "") and "account_id" in cells:
        platform = cells.get("platform", ibis.literal(delivery.platform))
        channel = cells["account_id"].re_replace(CHANNEL, r"channel\1")
        cells["account_id"] = ibis.ifelse(platform == "telegram", channel, cells["account_id"])
    cells |= {"export": ibis.literal(delivery.path), "label": ibis.literal(delivery.label)}
    if name in ("posts", "comments", "entities") or ("platform" in known and "platform" not in cells):
        cells["platform"] = ibis.literal(delivery.platform)
    if name == "posts":
        cells["ministry"] = ibis.literal(delivery.ministry)
        tells = {"reply_to_id", "reply_to_account_id"} & set(frame.columns)
        cells["export_tells_replies"] = ibis.literal(bool(tells))
    for column in {"retrieved_at", "observed_at"} & set(known):
        declared = (
            ibis.literal(delivery.retrieved_at).cast(known[column])
            if delivery.retrieved_at
            else ibis.null(known[column])
        )
        cells[column] = ibis.coalesce(cells[column], declared) if column in cells else declared
    if name == "entities":  # what `entities` compares: numbers of places and ranks are cheaper than paths and labels
        ranks = {"export": _places(holding).index(delivery.path), "label": LABELS.index(delivery.label)}
        cells |= {column: ibis.literal(rank) for column, rank in ranks.items()}
    return frame.select(**possible_times(name, cells, delivery.platform))


def _places(holding):
    """The paths of all deliveries in the order of text."""
    return sorted(delivery.path for delivery in holding.deliveries)


# Attach accounts: whose posts they are, and which of those that a file holds are official.


def authors_of_posts(holding):
    """Who wrote the posts, as they were read: a pandas frame export, platform, account_id, handle; each row once."""
    columns = ["export", "platform", "account_id", "handle"]
    posts = holding.as_read("posts")
    authors = (posts if "handle" in posts.columns else posts.mutate(handle=ibis.null("string"))).select(columns)
    frame = authors.filter(_.account_id.notnull()).distinct().order_by("account_id", "handle").to_pandas()
    order = {delivery.path: number for number, delivery in enumerate(holding.deliveries)}
    return frame.sort_values("export", key=lambda paths: paths.map(order), kind="stable", ignore_index=True)


def name_by_ids(holding, authors):
    """Write the posts again whose account stands as a handle, or the address of a profile, of one registered account.

    They stand under its id. Returns the authors as they are then.
    """
    handles = pd.concat([holding.registered, holding.registered.assign(handle=holding.registered["account_id"])])
    handles = handles.dropna(subset=["handle"]).assign(handle=lambda rows: _plain_handles(rows["handle"]))
    handles = handles.drop_duplicates([*KEY, "handle"]).drop_duplicates(["platform", "handle"], keep=False)
    is_known = authors.set_index(KEY).index.isin(holding.registered.set_index(KEY).index)
    given = authors[~is_known]
    named = [name_in_address(*key) or key[1] for key in given[KEY].itertuples(index=False)]
    given = given.assign(handle=_plain_handles(pd.Series(named, given.index, dtype="string")))
    found = given.merge(
        handles[["platform", "handle", "account_id"]], on=["platform", "handle"], suffixes=("", "_known")
    )
    for path, rows in found.groupby("export"):
        ids = dict(zip(rows["account_id"], rows["account_id_known"], strict=True))
        read = holding.read["posts"][path]
        part = holding.scratch / f"{read.part.stem}-posts.by_id.parquet"
        posts = read_parts([read.part]).mutate(account_id=_.account_id.cases(*ids.items(), else_=_.account_id))
        engine().to_parquet(posts, part, **SCRATCH)
        holding.read["posts"][path] = read._replace(part=part, is_finished=False)
    return authors_of_posts(holding) if len(found) else authors


def _plain_handles(handles):
    return handles.astype("string").str.lower().str.removeprefix("@")


def official_authors(holding, authors):
    """The ids of official authors in each export whose reader gives posts by anyone: a dict path → set.

    A file of one account is its own; of several, those that are registered.
    """
    found = {}
    for delivery in holding.with_table("posts"):
        if readers.reader(delivery.reader).POSTS_BY_ANYONE:
            ids = set(authors.loc[authors["export"] == delivery.path, "account_id"])
            registered = set(holding.registered_on(delivery.platform)["account_id"])
            found[delivery.path] = ids if len(ids) == 1 else ids & registered
    return found


def official_names(holding, officials):
    """Every name that stands for an official account: its id, its display name, on X its handle.

    Returns a table platform, name, account_id.
    """
    rows = set()
    for delivery in holding.deliveries:
        rows |= {(delivery.platform, account, account) for account in officials.get(delivery.path, ())}
    for platform in {delivery.platform for delivery in holding.deliveries}:
        registered = holding.registered_on(platform)
        for column in ("account_id", "name", "handle") if platform == "x" else ("account_id", "name"):
            pairs = zip(registered[column], registered["account_id"], strict=True)
            rows |= {(platform, name, account) for name, account in pairs if name}
    return ibis.memtable(pd.DataFrame(sorted(rows), columns=["platform", "name", "account_id"]).astype("string"))


def hide_ids(holding, names):
    """Write again what was read where ids name private people, with those hidden; their clocks are compared before."""
    hiding = [delivery for delivery in holding.deliveries if delivery.platform in clean.NAMING]
    if not hiding:
        return
    known = names.to_pandas()
    for delivery in hiding:
        owners = set(known.loc[known["platform"] == delivery.platform, "account_id"])
        tables = {name: read[delivery.path] for name, read in holding.read.items() if delivery.path in read}
        for name in [name for name in TIMES if name in tables]:
            note_clocks(holding, name, read_parts([tables[name].part]), [delivery.platform])
        for name, read in tables.items():
            rows = read_parts([read.part])
            hidden = clean.hide_ids(rows, delivery.platform, holding.key, owners)
            if hidden is not rows:
                part = read.part.with_suffix(".hidden.parquet")
                engine().to_parquet(hidden, part, **SCRATCH)
                holding.read[name][delivery.path] = read._replace(part=part, in_order=False, is_finished=False)


def attach_accounts(holding, authors, officials):
    """The posts by official accounts, each with the ministry of its account: canonical, not yet scrubbed."""
    posts = accepted(holding, "posts")
    if officials:
        posts = _by_officials(holding, posts, officials)
    kept = [
        export not in officials or account in officials[export]
        for export, account in zip(authors["export"], authors["account_id"], strict=True)
    ]
    ministries = {delivery.path: delivery.ministry for delivery in holding.deliveries}
    check_one_ministry(authors.loc[kept].assign(ministry=authors["export"].map(ministries)), holding.registered)
    pairs = authors.loc[kept, ["export", *KEY]].merge(holding.registered[[*KEY, "ministry"]], on=KEY)
    pairs = pairs[pairs["ministry"] != pairs["export"].map(ministries)].drop_duplicates(KEY)
    weaker = holding.labels.merge(authors[KEY].drop_duplicates(), on=KEY)
    for path in set(authors.merge(pd.concat([pairs[KEY], weaker[KEY]]), on=KEY)["export"]):
        holding.read["posts"][path] = holding.read["posts"][path]._replace(is_finished=False)
    posts = clean.weaken_labels(clean.attach_accounts(posts, pairs), weaker)
    return named_rows(holding, "posts", conform("posts", posts))


def _by_officials(holding, posts, officials):
    """Of posts by anyone, those by official accounts; a file of several accounts, none of them official, stops here."""
    official = [(posts.export == path) & posts.account_id.isin(sorted(ids) or [""]) for path, ids in officials.items()]
    table = posts.mutate(is_kept=ibis.or_(posts.export.notin(list(officials)), *official))
    counts = by_export(table, before=_.count(), after=_.is_kept.fill_null(False).sum())
    for path, ids in officials.items():
        before, after = counts(path)
        if before and not ids:
            raise TableError(
                f"{path}: {before:,} posts by several accounts, none of them official. Expected: the file of one "
                "account, or its official accounts in data/reference/accounts.csv or a registry. Add them there, then build "
                "again."
            )
        holding.record_step("attach accounts", "posts", path, before, after, "posts by nobody official")
    return table.filter(_.is_kept).drop("is_kept")


def by_export(table, **numbers):
    """A function path → the numbers of that export, whole; zeros for an export without rows."""
    frame = table.group_by("export").aggregate(**numbers).to_pandas().set_index("export").fillna(0)
    rows = {row[0]: tuple(map(int, row[1:])) for row in frame.itertuples()}
    return lambda path: rows.get(path, (0,) * len(numbers))


# Posts and comments: place, pseudonymise, scrub, reject, deduplicate, write.


def write_posts(holding, posts, names):
    """Write the posts as the parts of their exports; what a private account wrote in a repost is scrubbed like a comment."""
    note_clocks(holding, "posts", posts, _clocked_platforms(holding))
    counts = by_export(posts, rows=_.count())
    gone = reject_and_deduplicate(holding, "posts", posts, lambda path: counts(path)[0])
    reads = holding.read.get("posts", {})
    scrubbed = [path for path, read in reads.items() if read.is_scrubbed]
    own = posts.filter(_.export.notin(scrubbed)) if scrubbed else posts
    columns = {
        column for path in reads if path not in scrubbed for column in parquet.read_schema(reads[path].part).names
    }
    if "reply_to_account_id" in columns:
        hidden = clean.pseudonyms(own.select("platform", name="reply_to_account_id"), holding.key)
        own = clean.pseudonymise(own, "reply_to_account_id", hidden, names).drop("official_id")
    own = scrub_posts(own)
    own = ibis.union(posts.filter(_.export.isin(scrubbed)), own) if scrubbed else own
    return write_parts(holding, "posts", own, gone, in_order="reply_to_account_id" not in columns)


def scrub_posts(posts):
    """The posts with what is private in texts and links replaced; what another has written more thoroughly."""
    own = clean.scrub_handles(posts)
    own = own.mutate(text=ibis.ifelse(own.repost_of_id.isnull(), own.text, clean.scrubbed(own.text)))
    return own.mutate(link=clean.unnamed_link(own.link, own.account_id, own.handle))


def place_comments(holding, posts):
    """The comments under held posts, each with account and ministry of its post: canonical, not yet pseudonymised."""
    if not holding.with_table("comments"):
        return empty("comments")
    comments, placed = accepted(holding, "comments"), []
    loose = [d.path for d in holding.with_table("comments") if readers.reader(d.reader).POSTS_BY_ANYONE]
    if len(loose) < len(holding.with_table("comments")):
        lists = comments.filter(_.export.notin(loose)) if loose else comments
        placed.append(clean.of_posts(clean.named_in_full(lists, posts), posts))
    if loose:
        replies = holding.as_read("comments").filter(_.export.isin(loose)).select("comment_id", "post_id")
        threads = comments.filter(_.export.isin(loose))
        threads = clean.place_comments(threads, clean.thread_roots(replies), posts)
        threads = named_rows(holding, "comments", threads)
        counts = by_export(threads, rows=_.count(), placed=_.account_id.notnull().sum())
        for path in loose:
            rows, under_posts = counts(path)
            holding.record_step("read", "comments", path, rows, rows, "posts in reply to another post")
            holding.record_step("place", "comments", path, rows, under_posts, "replies under no held post")
        placed.append(threads.filter(_.account_id.notnull()))
    tables = [conform("comments", table) for table in placed]
    return named_rows(holding, "comments", ibis.union(*tables) if len(tables) > 1 else tables[0])


def write_comments(holding, comments, official):
    """Write the comments as the parts of their exports, their authors as account ids or pseudonyms."""
    note_clocks(holding, "comments", comments, _clocked_platforms(holding))
    counts = by_export(comments, rows=_.count(), authors=_.author.nullif("").nunique())
    gone = reject_and_deduplicate(holding, "comments", comments, lambda path: counts(path)[0])
    for delivery in holding.with_table("comments"):
        rows, authors = counts(delivery.path)
        reason = "authors, each hashed once"
        if delivery.label == "real" and 0 < authors < smallest_cell():
            authors, reason = rows, f"comments of fewer than {smallest_cell()} authors, each hashed once"
        holding.record_step("pseudonymise", "comments", delivery.path, authors, authors, reason)
    names = ibis.union(*(official.select("platform", "account_id", name=name) for name in ("account_id", "name")))
    names = names.filter(_.name.notnull())
    hidden = clean.pseudonyms(comments.select("platform", name="author"), holding.key)
    own = clean.hide_names(comments, hidden.anti_join(names, ["platform", "name"]))
    own = clean.pseudonymise(own, "author", hidden, names)
    own = own.mutate(is_official=_is_official(holding, own, official)).drop("official_id")
    own = clean.weaken_labels(clean.scrub(own), holding.labels)
    return write_parts(holding, "comments", own, gone, in_order=False)


def _is_official(holding, comments, official):
    """True for an official author; missing where nobody is named, or names are given and the page's is not known."""
    by_name = [d.path for d in holding.with_table("comments") if readers.reader(d.reader).AUTHORS == "name"]
    can_tell = comments.author.notnull()
    if by_name:
        with_name = official.filter(_.name.notnull()).select(*KEY).to_pandas().groupby("platform")["account_id"]
        accounts_with_name = [
            (comments.platform == platform) & comments.account_id.isin(list(ids)) for platform, ids in with_name
        ]
        can_tell &= comments.export.notin(by_name) | ibis.or_(ibis.literal(False), *accounts_with_name)
    return ibis.cases((comments.official_id.notnull(), True), (can_tell, False))


def _clocked_platforms(holding):
    """Platforms whose ids tell times and name nobody; those that name people were looked at before `hide_ids`."""
    return sorted({delivery.platform for delivery in holding.deliveries} - set(clean.NAMING))


def reject_and_deduplicate(holding, name, table, rows_of):
    """The places of the rows of posts or comments that cannot be read or are superseded, each export accounted for.

    rows_of: a function path → the rows of that export. Returns a pandas frame export, export_row, is_superseded.
    """
    order = _order(holding, name)
    if not order:
        return pd.DataFrame(columns=[*PLACE, "is_superseded"])
    unreadable = clean.unreadable(table, name).order_by(*PLACE).to_pandas()
    others = clean.other_records(without(table, unreadable), name).order_by(*PLACE).to_pandas()
    words = "share an id with another of another time or text, so it is none of theirs"
    _note_others(holding, name, others, words, "Check which column holds the id, or make it of more columns")
    unreadable = pd.concat([unreadable, others]) if len(others) else unreadable
    superseded = clean.superseded(without(table, unreadable), name, order).order_by(*PLACE).to_pandas()
    if name == "posts" and len(superseded):
        others = clean.of_other_accounts(without(table, unreadable), order, holding.registered[KEY])
        others = others.order_by(*PLACE).to_pandas()
        words = "have the id of a post that another file gives to another account, so they are not its posts"
        _note_others(holding, name, others, words, "Check the account that the file, its map or --account tells")
        if len(others):
            unreadable = pd.concat([unreadable, others])
            superseded = clean.superseded(without(table, unreadable), name, order).order_by(*PLACE).to_pandas()
    for delivery in holding.with_table(name):
        bad, old = (frame[frame["export"] == delivery.path] for frame in (unreadable, superseded))
        _record_losses(holding, name, delivery, rows_of(delivery.path), bad, len(old))
    gone = pd.concat([unreadable.assign(is_superseded=False), superseded.assign(is_superseded=True)])
    return gone[[*PLACE, "is_superseded"]]


def _order(holding, name):
    """The deliveries that have the table: path → number."""
    return {delivery.path: number for number, delivery in enumerate(holding.with_table(name))}


def _note_others(holding, name, others, words, remedy):
    """A note for each export in which records have an id that is not theirs."""
    for path, rows in others.groupby("export"):
        holding.notes.append(f"{path}: {len(rows):,} {name} {words}: all are rejects. {remedy}.")


def _at(table, places):
    """The rows of a table that stand at these places, a pandas frame export, export_row."""
    return table.semi_join(ibis.memtable(places[list(PLACE)], schema=PLACES), PLACE)


def without(table, places):
    """The rows of a table that do not stand at these places, a pandas frame export, export_row."""
    if not len(places):
        return table
    return table.anti_join(ibis.memtable(places[list(PLACE)], schema=PLACES), PLACE)


def _record_losses(holding, name, delivery, rows, unreadable, superseded):
    """Account for one export: records not split, rows unreadable, rows superseded; and the sign of a capped harvest."""
    steps = {step.step: step for step in holding.steps if (step.table, step.export) == (name, delivery.path)}
    is_second = name != "posts" and delivery in holding.with_table(
        "posts"
    )  # of two tables, one lists what was not split
    lost = [] if is_second else holding.unsplit[delivery.path]
    reasons = lost + list(unreadable[["export_row", "reason"]].itertuples(index=False, name=None))
    holding.rejects += [(delivery.path, *reason) for reason in reasons]
    readable = rows - len(unreadable)
    if "read" not in steps:
        split = steps["attach accounts"].rows_in if "attach accounts" in steps else rows
        holding.record_step(
            "read", name, delivery.path, split + len(lost), split, "records that cannot be split into cells"
        )
    reason = "rows without a readable id, time or account"
    holding.record_step("reject", name, delivery.path, rows, readable, reason)
    reason = "earlier observations of an id"
    holding.record_step("deduplicate", name, delivery.path, readable, readable - superseded, reason)
    if reasons and not readable and not (unreadable["reason"] == clean.OF_OTHER_ACCOUNT).any():  # whose posts are held
        raise TableError(
            f"{delivery.path}: none of {len(reasons):,} records is readable (first: {reasons[0][1]}). Expected: an "
            f"export that reader {delivery.reader!r} knows, of times before --retrieved. Check --reader, --zone and "
            "--retrieved, or these columns of MANIFEST.csv."
        )
    _note_size(holding, name, delivery, rows)


def _note_size(holding, name, delivery, rows):
    module = readers.reader(delivery.reader)
    if name == "posts" and rows in module.CAPPED_AT:
        holding.notes.append(
            f"{delivery.path}: exactly {rows:,} records, the sign of a capped harvest: the oldest or newest posts may be missing."
        )


def write_parts(holding, name, table, gone, *, in_order):
    """Write posts or comments, without the rows that are gone, as one Parquet part for each export; the table as held.

    in_order: whether the rows still come in the order of their files, so that they need not be sorted.
    """
    deliveries = holding.with_table(name)
    if not deliveries:
        return write_table(holding, name)
    (holding.folder / name).mkdir(exist_ok=True)
    rows, reads = conform(name, table), holding.read[name]
    is_sorted = is_small(holding, name)  # once, for all parts
    rows = named_rows(holding, name, rows.order_by(*PLACE) if is_sorted else rows)
    gone_rows = [_at(rows, gone)] if len(gone) else []
    counts = [by_export(table, **SCRUBBED) for table in gone_rows]
    filled, filled_places = _filled(holding, name, rows, gone)
    for delivery in deliveries:
        again = filled_places[filled_places["export"] == delivery.path]
        lost = pd.concat([gone[gone["export"] == delivery.path], again])
        if reads[delivery.path].is_finished and not len(lost):
            continue
        part = without(rows.filter(_.export == delivery.path), lost)
        part = ibis.union(part, filled.filter(_.export == delivery.path).cast(part.schema())) if len(again) else part
        if not (is_sorted or in_order) or len(lost):
            part = part.order_by("export_row")
        if reads[delivery.path].in_order and not len(lost):
            part = part.mutate(export_row=ibis.null("int64"))  # the place of the row in the part says it: `read_parts`
        target = holding.part(name, delivery)  # a part that loses rows is read while it is written anew
        engine().to_parquet(part, target.with_suffix(".new"), **PARQUET)
        os.replace(target.with_suffix(".new"), target)
    held = table_of(holding.folder, name)
    _record_scrubbed(holding, name, [*counts, by_export(held, **SCRUBBED)])
    return held


def _filled(holding, name, rows, gone):
    """The observations that supersede others and lack what these tell, with it; and their places, a pandas frame."""
    key, is_superseded = list(KEYS[name]), gone["is_superseded"].astype(bool)
    if not is_superseded.any():
        return None, gone[list(PLACE)][:0]
    rivals = rows.semi_join(_at(rows, gone[is_superseded]).select(key).distinct(), key)
    rivals = without(rivals, gone[~is_superseded])
    filled = named(clean.filled_rows(rivals, name, _order(holding, name)), held=True)
    places = filled.select(*PLACE).order_by(*PLACE).to_pandas()
    left = {step.export: step.rows_out for step in holding.steps if (step.step, step.table) == ("deduplicate", name)}
    for path, of_export in places.groupby("export"):
        reason = f"{len(of_export):,} rows keep what only an earlier observation tells"
        holding.record_step("complete", name, path, left[path], left[path], reason)
    return filled, places


def _record_scrubbed(holding, name, counts):
    """Rows and scrubbed texts of every export, those included that are rejected or superseded; counts as of `by_export`."""
    for delivery in holding.with_table(name):
        total, texts, names = map(sum, zip(*(each(delivery.path) for each in counts), strict=True))
        reason = f"{texts:,} texts with private details replaced" + f", {names:,} with names of commenters" * bool(
            names
        )
        holding.record_step("scrub", name, delivery.path, total, total, reason)


# The tables that follow from posts.


def entities(holding, posts, names):
    """Hashtags, mentions, links and media of held posts; a mentioned private account becomes a pseudonym."""
    found = holding.as_read("entities")
    found = found.mutate(mention=ibis.ifelse(found.kind == "mention", found.value, ibis.null("string")))
    found = named_rows(holding, "entities", found)
    hidden = clean.pseudonyms(found.select("platform", name="mention"), holding.key)
    found = clean.pseudonymise(found, "mention", hidden, names)
    value = ibis.ifelse(found.kind == "mention", found.mention, clean.unnamed_link(found.value))
    keys = list(KEYS["entities"])
    labels = posts.select(
        "platform", "post_id", of_post=posts.label.cases(*((label, rank) for rank, label in enumerate(LABELS)))
    )
    known = found.mutate(value=value).inner_join(labels, ["platform", "post_id"]).filter(_.value.notnull())
    rank = ibis.greatest(_.label, _.of_post).max()
    once = known.group_by(keys).aggregate(place=_.export.max(), rank=rank).order_by(keys)
    return once.select(
        *keys, export=_.place.cases(*enumerate(_places(holding))), label=_.rank.cases(*enumerate(LABELS))
    )


def followers_by_day(posts):
    """Followers of each account at its last post of each UTC day, where the export prints them."""
    counted = posts.filter(_.follower_count.notnull()).mutate(day=_.posted_at.date())
    last = ibis.struct({"posted_at": _.posted_at, "post_id": _.post_id})
    daily = counted.group_by("platform", "account_id", "day").aggregate(
        observed_at=_.posted_at.max(),
        follower_count=_.follower_count.argmax(last),
        export=_.export.argmax(last),
        export_row=_.export_row.argmax(last),
        label=weakest(_.label),
    )
    return daily.drop("day").order_by("platform", "account_id", "observed_at")


# Check, and put on record.

REMEDIES = {
    "attach accounts": "enter the official accounts, with id or handle, in data/reference/accounts.csv, or add a registry "
    "that lists them",
    "place": "add the export that holds the posts which they answer",
    "accounts": "say --ministry at digidip add, or name in the map the column of the sending states",
    "": "look at rejects.csv, and at --reader, --zone or the map",
}


def note_lost_tables(holding):
    """A note for each table of an export that had rows and has none left, with the step that took them and the remedy."""
    for path, lost in holding.unsplit.items():
        shifted = [record for record, reason in lost if reason == readers.SHIFTED]
        if shifted:
            holding.notes.append(
                f"{path}: {len(shifted):,} records, the first of them record {shifted[0]:,}, have cells under the wrong columns, "
                "as where batches with other columns stand under one header, and are rejects; export those anew."
            )
    read = {step.export for step in holding.steps if step.rows_in}
    for delivery in holding.deliveries:
        if delivery.path not in read:
            holding.notes.append(
                f"{delivery.path}: no records under the header, so it holds nothing; is that the whole export?"
            )
    first, noted = {}, set()
    for step in holding.account_of_rows():
        place = step.export, step.table
        first.setdefault(place, step.rows_in)
        if step.rows_in and not step.rows_out and place not in noted and step.step != "deduplicate":
            noted.add(place)
            remedy = REMEDIES.get(step.table) or REMEDIES.get(step.step, REMEDIES[""])
            holding.notes.append(
                f"{step.export}: none of {first[place]:,} {step.table} is left after the step {step.step!r} ({step.reason}); "
                f"{remedy}, then build again."
            )


def check_and_record(holding):
    """Check every rule of the tables, then write the rejects and build.json, which has the hashes of all else."""
    tables = {name: table_of(holding.folder, name) for name in SCHEMA}
    parts = {name: (holding.folder / name).glob("*.parquet") for name in SCHEMA}
    rows = {name: sum(parquet.read_metadata(part).num_rows for part in parts[name]) for name in SCHEMA}
    check({name: table for name, table in tables.items() if rows[name] or name == "posts"}, unique=NOT_DEDUPLICATED)
    _write_facts(holding, rows)


def _write_facts(holding, rows):
    """The rejects; and build.json, with the account of rows and the accounts that a person should complete."""
    rejects = pd.DataFrame(holding.rejects, columns=REJECTS)
    text = csv_for_people(rejects)
    (holding.folder / "rejects.csv").write_text(text, encoding="utf-8", newline="")
    parts = sorted(path for path in holding.folder.rglob("*") if path.is_file())
    missing = holding.unregistered
    facts = {
        "digidip": digidip.__version__,
        "engine": f"duckdb {version('duckdb')}, ibis {version('ibis-framework')}",
        "key": clean.key_id(holding.key),
        "deliveries": [delivery._asdict() for delivery in holding.deliveries],
        "rows": rows,
        "columns": COLUMNS,
        "account_of_rows": [step._asdict() for step in holding.account_of_rows()],
        "rejects": len(holding.rejects),
        "notes": holding.notes,
        "accounts_to_complete": missing.astype(object).where(missing.notna(), None).to_dict("records"),
        "parts": {path.relative_to(holding.folder).as_posix(): sha256(path) for path in parts},
    }
    text = json.dumps(facts, indent=1, ensure_ascii=False)
    (holding.folder / "build.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def sync(path):
    """Have the system write a file to the disk, so that a power cut after the swap finds it whole."""
    if path.is_file():
        with open(path, "rb+") as file:
            os.fsync(file.fileno())


# The same path without its end, for a file that is to be added.


def dry_run(file, delivery, *, beside=(), reference=None):
    """The account of rows that a build would give one file, to find what is wrong before it is taken in.

    `beside` are the deliveries it will be built with (path: where the file lies), since registries among them make
    accounts official; `reference` is the folder of accounts.csv. Returns a list of `clean.Step` and one of `Contents`: where
    no account of a file of several is official yet, the step "attach accounts" has no row out, and a build would stop. Comments
    are not compared with posts here, which may come in another file. Raises what `build` would raise.
    """
    path = Path(file).resolve()
    delivery = delivery._replace(path=str(path))
    with _scratch_folder() as folder, many_queries():
        holding = Holding(path.parent, None, Path(folder), [delivery], accounts_of(reference), b"dry run")
        read_exports(holding, [delivery])
        authors = authors_of_posts(holding)
        if official_authors(holding, authors) or holding.with_table("metrics"):
            _register_with(holding, beside, authors)
        authors = name_by_ids(holding, authors)
        found = [_dry_run_table(holding, delivery, name, authors) for name in list(holding.read)]
    return holding.steps, [each for each in found if each]


def _register_with(holding, beside, authors):
    """Register the accounts of the registries that a file of posts by anyone would be built with."""
    registries = [one for one in beside if _is_registry(holding.raw, one)]
    if registries:
        scratch = holding.scratch / "registries"
        scratch.mkdir()
        with_them = Holding(holding.raw, holding.folder, scratch, registries, holding.registered, holding.key)
        read_exports(with_them, registries)
        holding.registered = with_registries(with_them, authors)


def _is_registry(raw, delivery):
    """Whether a delivery lists accounts: as its reader does, or its map says."""
    module = readers.reader(delivery.reader)
    return "accounts" in (module.REQUIRED or {module.plan_of(raw / delivery.path).table})


def _dry_run_table(holding, delivery, name, authors):
    """Clean one table of a file as a build would, and say what it holds; None for lists without instants."""
    if name == "accounts":
        listings(holding)
    elif name in ("posts", "comments"):
        rows = _dry_run_posts(holding, delivery, authors) if name == "posts" else _dry_run_comments(holding, delivery)
        counts = by_export(rows, rows=_.count())
        gone = reject_and_deduplicate(holding, name, rows, lambda path: counts(path)[0])
        remaining = without(rows, gone)
        check({name: remaining}, unique=())
        return contents_of(name, remaining, "account_id" if name == "posts" else None)
    elif name == "metrics":
        registered = holding.registered.reindex(columns=list(SCHEMA["accounts"])).astype("string")
        officials = ibis.memtable(registered, schema=dict.fromkeys(SCHEMA["accounts"], "string"))
        rows = latest(holding, name, profiles(holding, officials))
        check({name: rows})
        return contents_of(name, rows, "account_id")
    elif name != "entities":
        rows = latest(holding, name, prepared(holding, name, empty("accounts")))
        check({name: rows}, unique=())
        return contents_of(name, rows) if {"observed_at", "begins_at"} & {*rows.columns} else None
    return None


def _dry_run_posts(holding, delivery, authors):
    officials = official_authors(holding, authors)
    if officials == {delivery.path: set()}:
        posts = attach_accounts(holding, authors, {})
        [rows] = by_export(posts, rows=_.count())(delivery.path)
        reason = "no official account among several"
        holding.record_step("attach accounts", "posts", delivery.path, rows, 0, reason)
        return posts
    return attach_accounts(holding, authors, officials)


def _dry_run_comments(holding, delivery):
    """The comments of a file before anybody knows their posts: who wrote what is left out."""
    unknown = {"author": ibis.null("string"), "text": ibis.null("string")}
    here = {"account_id": ibis.literal("0"), "ministry": ibis.literal(delivery.ministry)}
    return named(conform("comments", accepted(holding, "comments").mutate(**unknown, **here)))
