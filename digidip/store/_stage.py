"""Stage: one pass per export, read → attach accounts → pseudonymise → scrub → a Parquet part of the table."""

from functools import wraps

import ibis
import pandas as pd
from ibis import _

from digidip import clean, readers
from digidip.engine import engine
from digidip.store._clocks import TIMES, note_clocks
from digidip.store._work import PARQUET, count, empty, rewrite, weakest
from digidip.tables import KEYS, LABELS, TableError, conform


def reading(stage):
    """What the engine says while a stage reads the file of a delivery is told of that file, in four parts."""

    @wraps(stage)
    def staged(work, delivery, *given):
        with readers.reader_errors(work.source(delivery)):
            return stage(work, delivery, *given)

    return staged


@reading
def opened(work, delivery):
    """The tables of one export; those that are looked at many times are parsed once and kept aside."""
    module = readers.reader(delivery.reader)
    frames = module.read(work.source(delivery), zone=delivery.zone or None)
    if delivery.account:
        frames["posts"] = frames["posts"].mutate(account_id=ibis.literal(delivery.account))
    if (not module.POSTS_BY_ANYONE and {"posts", "comments"} & set(frames)) or getattr(module, "IS_FLAT", False):
        return frames
    return {name: _parsed(work, delivery, name, frame) for name, frame in frames.items()}


def _parsed(work, delivery, name, frame):
    part = work.scratch / f"{work.deliveries.index(delivery):04}-{name}.parquet"
    engine().to_parquet(frame, part, **PARQUET)
    return engine().read_parquet([str(part)])


@reading
def officials(work, delivery, frames):
    """Account ids whose rows a POSTS_BY_ANYONE export may give as posts; None where every post is by the page itself."""
    if not readers.reader(delivery.reader).POSTS_BY_ANYONE or "posts" not in frames:
        return None
    authors = frames["posts"].filter(_.account_id.notnull()).select("account_id").distinct()
    ids = set(authors.to_pandas()["account_id"])
    return ids if len(ids) == 1 else ids & set(work.registered_on(delivery.platform)["account_id"])


def names(work, officials):
    """For each platform, every name that stands for an official account: its id, its display name, on X its handle."""
    known = {}
    for delivery in work.deliveries:
        rows = known.setdefault(delivery.platform, set())
        rows |= {(account, account) for account in officials[delivery.path] or ()}
        registered = work.registered_on(delivery.platform)
        rows |= set(zip(registered["account_id"], registered["account_id"], strict=True))
        columns = ("name", "handle") if delivery.platform == "x" else ("name",)
        for column in columns:
            rows |= {pair for pair in zip(registered[column], registered["account_id"], strict=True) if pair[0]}
    return {platform: _pairs(rows) for platform, rows in known.items()}


@reading
def hide_ids(work, delivery, frames, names):
    """The tables of an export with ids that name private people hidden; their clocks are compared before."""
    if delivery.platform not in clean.NAMING:
        return frames
    owners = set(names[delivery.platform].to_pandas()["account_id"])
    declared = {"platform": ibis.literal(delivery.platform), "export": ibis.literal(delivery.path)}
    for name in [name for name in TIMES if name in frames]:
        note_clocks(work, name, frames[name].mutate(**declared))
    return {name: clean.hide_ids(frame, delivery.platform, work.key, owners) for name, frame in frames.items()}


def _pairs(rows):
    return ibis.memtable(pd.DataFrame(sorted(rows), columns=["name", "account_id"]).astype("string"))


@reading
def stage_posts(work, delivery, frame, officials, names):
    """The posts of one export as a part; what a private account wrote in a repost is scrubbed like a comment."""
    is_in_order = officials is None and "reject" not in frame.columns
    frame = accepted(work, delivery, "posts", frame)
    if is_in_order:
        frame = frame.drop("export_row")
    elif officials is not None:
        frame = by_officials(work, delivery, frame, officials)
    if "reply_to_account_id" in frame.columns:
        hidden = clean.pseudonyms(frame.reply_to_account_id, delivery.platform, work.key)
        frame = clean.pseudonymise(frame, "reply_to_account_id", hidden, names).drop("official_id")
        frame = frame.order_by("export_row")
    own = clean.scrub_handles(frame if "text" in frame.columns else frame.mutate(text=ibis.null("string")))
    if "repost_of_id" in frame.columns:
        own = own.mutate(text=ibis.ifelse(own.repost_of_id.isnull(), own.text, clean.scrubbed(own.text)))
    if "link" in own.columns:
        own = own.mutate(link=clean.unnamed_link(own.link))
    known = work.registered_on(delivery.platform)
    if officials is not None:  # of the thousands that a registry may list, those whose posts are here
        known = known[known["account_id"].isin(officials)]
    stage(work, delivery, "posts", clean.attach_accounts(own, delivery.ministry, known))


def stage_all_comments(work, read, posts, accounts):
    """A part per export that holds comments, each under its post."""
    held = [
        frames["comments"] for d, frames in read if "comments" in frames and readers.reader(d.reader).POSTS_BY_ANYONE
    ]
    loose = [comments.select("comment_id", "post_id") for comments in held]
    roots = clean.thread_roots(union(loose)) if loose else None
    for delivery, frames in read:
        if "comments" in frames:
            _stage_comments(work, delivery, frames["comments"], roots, posts, accounts)


@reading
def _stage_comments(work, delivery, frame, roots, posts, accounts):
    ours = accounts.filter(_.platform == delivery.platform)
    posts = posts.filter(_.platform == delivery.platform)
    frame = accepted(work, delivery, "comments", frame)
    if readers.reader(delivery.reader).POSTS_BY_ANYONE:
        frame = _under_posts(work, delivery, frame, roots, posts)
    else:
        frame = clean.of_posts(clean.named_in_full(frame, posts), posts)
    hidden = clean.pseudonyms(frame.author, delivery.platform, work.key)
    names = ibis.union(ours.select(name="account_id", account_id="account_id"), ours.select("name", "account_id"))
    frame = clean.pseudonymise(frame, "author", hidden, names.filter(_.name.notnull()))
    frame = frame.mutate(is_official=_is_official(frame, _recognisable(delivery, ours)))
    stage(work, delivery, "comments", clean.scrub(frame.drop("official_id")).order_by("export_row"))
    work.tell("pseudonymise", "comments", delivery.path, *[count(hidden)] * 2, "distinct authors, each hashed once")


def _recognisable(delivery, accounts):
    """Accounts whose answers can be told where authors are given by name: those with a name; None where ids are given."""
    by_name = readers.reader(delivery.reader).AUTHORS == "name"
    return accounts.filter(_.name.notnull()).to_pandas()["account_id"].tolist() if by_name else None


def _is_official(frame, named):
    """True for an official author; missing where nobody is named, or names are given and the page's is not known."""
    can_tell = frame.author.notnull()
    if named is not None:
        can_tell &= frame.account_id.isin(named or [""])
    return ibis.cases((frame.official_id.notnull(), True), (can_tell, False))


def _under_posts(work, delivery, frame, roots, posts):
    """Of tweets in reply to tweets, those that stand in a thread under a held post."""
    placed = clean.place_comments(frame, roots, posts)
    kept, rows = placed.filter(_.account_id.notnull()), count(frame)
    work.tell("read", "comments", delivery.path, rows, rows, "posts in reply to another post")
    work.tell("place", "comments", delivery.path, rows, count(kept), "replies under a held post")
    return kept


def union(frames):
    """The rows of all tables of one shape."""
    return ibis.union(*frames) if len(frames) > 1 else frames[0]


def accepted(work, delivery, name, frame):
    """The rows that their reader did not reject; the rejected ones go to the list of rejects."""
    if "reject" not in frame.columns:
        return frame
    held = ibis.memtable(frame.filter(_.reject.notnull()).select("export_row", "reject").to_pyarrow())
    rejected = readers.renumbered(held, work.source(delivery)).order_by("export_row").to_pandas()
    work.rejects += [(delivery.path, row.export_row, row.reject) for row in rejected.itertuples()]
    total = count(frame)
    work.tell(
        "read", name, delivery.path, total, total - len(rejected), f"records that cannot be read as {name} rejected"
    )
    return frame.filter(_.reject.isnull()).drop("reject")


def by_officials(work, delivery, frame, officials):
    """Of posts by anyone, those by official accounts; a file of several accounts, none of them official, stops here."""
    kept = frame.filter(_.account_id.isin(sorted(officials) or [""]))
    before, after = count(frame), count(kept)
    if before and not officials:
        raise TableError(
            f"{delivery.path}: {before:,} posts by several accounts, none of them official. Expected: the file of one "
            "account, or its official accounts in data/reference/accounts.csv or a registry. Add them there, then build again."
        )
    work.tell("attach accounts", "posts", delivery.path, before, after, "posts by official accounts")
    return kept


def stage(work, delivery, name, frame):
    """Write the rows of one export as a Parquet part of the canonical table, with their provenance."""
    frame = frame.mutate(
        platform=ibis.literal(delivery.platform),
        retrieved_at=taken_at(frame, delivery, "retrieved_at"),
        export=ibis.literal(delivery.path),
        label=ibis.literal(delivery.label),
    )
    part = work.part(name, delivery)
    part.parent.mkdir(exist_ok=True)
    engine().to_parquet(conform(name, frame), part, **PARQUET)
    if readers.unsplit(work.source(delivery)):
        rewrite(part, lambda rows: readers.renumbered(rows, work.source(delivery)))


def taken_at(frame, delivery, column):
    """When each row was collected: as the file tells it in `column`, else as its delivery declares; else missing."""
    instant = "timestamp('UTC')"
    told = frame[column] if column in frame.columns else ibis.null(instant)
    declared = ibis.literal(delivery.retrieved_at).cast(instant) if delivery.retrieved_at else ibis.null(instant)
    return ibis.coalesce(told, declared)


def entities(work, read, posts, names):
    """Hashtags, mentions, links and media of held posts; a mentioned private account becomes a pseudonym."""
    parts = [_entities_of(work, d, frames["entities"], names[d.platform]) for d, frames in read if "entities" in frames]
    if not parts:
        return empty("entities")
    keys = list(KEYS["entities"])
    known = union(parts).semi_join(posts, ["platform", "post_id"]).filter(_.value.notnull())
    held = known.group_by(keys).aggregate(place=_.place.max(), rank=_.rank.max()).order_by(keys)
    return held.select(*keys, export=_.place.cases(*enumerate(_places(work))), label=_.rank.cases(*enumerate(LABELS)))


def _places(work):
    """The paths of all deliveries in the order of text: to compare numbers of places is cheaper than to compare paths."""
    return sorted(delivery.path for delivery in work.deliveries)


@reading
def _entities_of(work, delivery, frame, names):
    mention = ibis.ifelse(frame.kind == "mention", frame.value, ibis.null("string"))
    hidden = clean.pseudonyms(mention, delivery.platform, work.key)
    frame = clean.pseudonymise(frame.mutate(mention=mention), "mention", hidden, names)
    value = clean.unnamed_link(ibis.ifelse(frame.kind == "mention", frame.mention, frame.value))
    rank = {"place": _places(work).index(delivery.path), "rank": LABELS.index(delivery.label)}
    return frame.select("post_id", "kind", value=value, platform=ibis.literal(delivery.platform), **rank)


def metrics(posts):
    """Followers of each account at its last post of each UTC day, where the export prints them."""
    known = posts.filter(_.follower_count.notnull()).mutate(day=_.posted_at.date())
    last = ibis.struct({"posted_at": _.posted_at, "post_id": _.post_id})
    daily = known.group_by("platform", "account_id", "day").aggregate(
        observed_at=_.posted_at.max(),
        follower_count=_.follower_count.argmax(last),
        export=_.export.argmax(last),
        export_row=_.export_row.argmax(last),
        label=weakest(_.label),
    )
    return daily.drop("day").order_by("platform", "account_id", "observed_at")
