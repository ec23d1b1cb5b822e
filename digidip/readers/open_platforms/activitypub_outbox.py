"""What a Mastodon account published, as the archive of the account keeps it (`outbox.json`).

Tool: Mastodon, Settings, Import and export, Request your archive (ActivityPub; formats.md §8.3; last seen 2026); the
archive as it is, of which no other member is opened, or its `outbox.json` alone. UTF-8; stamps in UTC (`Z`). A post is known by its `id`, the `uri` of Mastodon's API;
an account by `https://host/@name`, made of `https://host/users/name`, as that API has it. **Archives hold private
messages: an item that is not addressed to the public is a reject, of which nothing else is read.** A repost (Announce)
names its original, whose text the archive does not hold. A reply is also offered as a comment. Counts are not in the
archive. Left out: content warnings, answers of polls, edits, the account's display name. One row:
{"id":"https://…/statuses/116…/activity","type":"Create","published":"2026-03-02T09:00:00Z","object":{"type":"Note",…}}.
"""

import re

import ibis
from ibis import _

from digidip.readers.open_platforms._activitypub import items_in
from digidip.readers.opening._archives import is_archive, member, members
from digidip.readers.opening._cells import blank, offset_stamp
from digidip.readers.opening._files import opening
from digidip.readers.opening._nested import rows_of, unnested
from digidip.tables import ReaderError

PLATFORM = "mastodon"
CAPPED_AT = ()
AUTHORS = "id"
LOOSE = True
REQUIRED = {"posts": {"id", "type", "published", "object"}}
ITEMS = re.compile(r'"orderedItems"\s*:\s*\[\s*(?:(\{)|\])')
OUTBOX = re.compile(r'"id"\s*:\s*"[^"]*\boutbox\b')
MEMBER = re.compile(r"(?:\./|[^/]+/)?outbox\.json")
TEXTS = ("post_id", "account_id", "handle", "published", "plain", "lang", "url", "reply_to_id", "reply_to_account_id")
TEXTS += ("repost_of_id", "quote_of_id", "poll", "reject")
LISTS = ("hashtags", "mentions", "links", "media")
SHAPE = "struct<" + ", ".join([f"{t}: string" for t in TEXTS] + [f"{many}: array<string>" for many in LISTS]) + ">"

IT = _.it
REJECT = ibis.cases((_.is_broken, "broken JSON"), (IT.reject.notnull(), IT.reject))

POSTS = {
    "post_id": IT.post_id,
    "account_id": IT.account_id,
    "handle": IT.handle,
    "posted_at": offset_stamp(IT.published),
    "medium": ibis.cases(
        (IT.repost_of_id.notnull(), None),
        (IT.media.length() > 0, IT.media[0]),
        (IT.poll.notnull(), "poll"),
        (IT.links.length() > 0, "link"),
        else_="text",
    ),
    "text": blank(IT.plain),
    "lang": blank(IT.lang),
    "url": blank(IT.url),
    "link": IT.links[0],
    "reply_to_id": blank(IT.reply_to_id),
    "reply_to_account_id": IT.reply_to_account_id,
    "repost_of_id": IT.repost_of_id,
    "quote_of_id": IT.quote_of_id,
    "export_row": _.export_row,
    "reject": REJECT,
}

COMMENTS = {
    "comment_id": IT.post_id,
    "post_id": IT.reply_to_id,
    "author": IT.account_id,
    "commented_at": offset_stamp(IT.published),
    "text": blank(IT.plain),
    "lang": blank(IT.lang),
    "export_row": _.export_row,
}

ENTITIES = {"hashtag": IT.hashtags, "mention": IT.mentions, "link": IT.links, "medium": IT.media}


def fits(path):
    """1 if the file is an outbox of ActivityPub with items, or an empty one, or an archive that holds one; else 0."""
    if is_archive(path):
        return float(any(map(MEMBER.fullmatch, members(path))))
    head = opening(path).lstrip()
    found = ITEMS.search(head) if head[:1] == "{" else None
    return float(bool(found and (found[1] or OUTBOX.search(head))))


def read(path, *, zone=None):
    """Posts, comments and entities of the file as canonical columns, raw values; `zone` is not needed: UTC."""
    if not fits(path):
        raise ReaderError(
            f"{path} (head): no outbox of ActivityPub. Expected: the outbox.json of an archive, with 'orderedItems'. Take "
            "it out of the archive, or give the right reader (digidip list)."
        )
    if is_archive(path):
        return _read_member(path, next(filter(MEMBER.fullmatch, members(path))))
    posts = rows_of(items_in(path), SHAPE)
    whole = posts.filter(REJECT.isnull())
    entities = unnested(whole.select(post_id=IT.post_id, **ENTITIES)).distinct()
    replies = whole.filter(blank(IT.reply_to_id).notnull()).select(**COMMENTS)
    return {"posts": posts.select(**POSTS), "comments": replies, "entities": entities.filter(entities.value.notnull())}


def _read_member(path, name):
    """The tables of the outbox in an archive; what is wrong with it is told of the archive."""
    copy = member(path, name)
    try:
        return read(copy)
    except ReaderError as error:
        raise ReaderError(str(error).replace(str(copy), f"{path} ({name})")) from None
