"""What a Mastodon account published, as the archive of the account holds it (`outbox.json`).

Tool: Mastodon, Settings, Import and export, Request your archive; last seen 2026.
Format: https://www.w3.org/TR/activitypub/#outbox; the archive as it is, of which no other member is opened, or its
    `outbox.json` alone. See docs/formats.md#activitypub_outbox.
Encoding: UTF-8 JSON.
Zone: UTC (`Z`).
Ids: a post is known by its `id`, the `uri` of Mastodon's API; an account by `https://host/@name`, made of
    `https://host/users/name`, as that API has it. A reply is also offered as a comment.
Rejects: items that are not addressed to the public, of which nothing else is read: archives hold private messages.
Caution: a repost (Announce) names its original, whose text the archive does not hold. Counts are not in the archive.
Leaves out: content warnings, answers of polls, edits, the account's display name.
Example:
    {"id":"https://…/statuses/116…/activity","type":"Create","published":"2026-03-02T09:00:00Z","object":{"type":"Note",…}}
"""

import re

import ibis
from ibis import _

from digidip.readers.open_platforms._mastodon import NOT_PUBLIC, account_of, handle_of, links_in
from digidip.readers.opening.archives import member_copy
from digidip.readers.opening.cells import blank, offset_stamp
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_records import html_text, object_at, objects_in, record_rows, unnest_lists
from digidip.readers.opening.json_values import BrokenJson, json_elements
from digidip.tables import ReaderError

PLATFORM = "mastodon"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"id", "type", "published", "object"}}
PUBLIC = {"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"}
MEDIA_KINDS = {"image": "photo", "video": "video", "audio": "audio"}
QUOTE_KEYS = ("quote", "quoteUri", "quoteUrl")
ITEMS_HEAD = re.compile(r'"orderedItems"\s*:\s*\[\s*(?:(\{)|\])')
OUTBOX_ID = re.compile(r'"id"\s*:\s*"[^"]*\boutbox\b')
OUTBOX_MEMBER = re.compile(r"(?:\./|[^/]+/)?outbox\.json")
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


def fits(head):
    """1 for an outbox of ActivityPub with items, an empty one, or an archive that holds one; else 0."""
    if head.is_archive:
        return float(any(map(OUTBOX_MEMBER.fullmatch, head.members)))
    found = ITEMS_HEAD.search(head.start) if head.start[:1] == "{" else None
    return float(bool(found and (found[1] or OUTBOX_ID.search(head.start))))


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is not needed: UTC."""
    if not fits(read_head(path)):
        raise ReaderError(
            f"{path} (head): no outbox of ActivityPub. Expected: the outbox.json of an archive, with 'orderedItems'. Take "
            "it out of the archive, or give the right reader (digidip list)."
        )
    if read_head(path).is_archive:
        return _read_member(path, next(filter(OUTBOX_MEMBER.fullmatch, read_head(path).members)))
    posts = record_rows(_public_items(path), SHAPE)
    valid = posts.filter(REJECT.isnull())
    entities = unnest_lists(valid.select(post_id=IT.post_id, **ENTITIES)).distinct()
    replies = valid.filter(blank(IT.reply_to_id).notnull()).select(**COMMENTS)
    return {"posts": posts.select(**POSTS), "comments": replies, "entities": entities.filter(entities.value.notnull())}


def _read_member(path, name):
    """The tables of the outbox in an archive; what is wrong with it is told of the archive."""
    copy = member_copy(path, name)
    try:
        return read(copy)
    except ReaderError as error:
        raise ReaderError(str(error).replace(str(copy), f"{path} ({name})")) from None


# What an outbox of ActivityPub holds: activities, of which those addressed to the public become flat cells.


def _public_items(path):
    """The items of an outbox as flat cells; a private one, or one that is no post, has only `reject`.

    The address of the account is read from the first post: a repost names it by its `actor` only.
    """
    addresses = next(filter(None, map(_actor_address, json_elements(path, "orderedItems"))), {})
    for item in json_elements(path, "orderedItems"):
        yield item if isinstance(item, BrokenJson) else _item_cells(item, addresses)


def _actor_address(item):
    """The actor of a post and the address that its account has in the address of the post."""
    body = object_at(item, "object") if isinstance(item, dict) else {}
    address = account_of(body.get("url"))
    return {item["actor"]: address} if address and isinstance(item.get("actor"), str) else None


def _item_cells(item, addresses):
    kind = item.get("type") if isinstance(item, dict) else None
    body = item.get("object") if kind in ("Create", "Announce") else None
    if not isinstance(body, dict) and not (isinstance(body, str) and kind == "Announce"):
        return {"reject": "no post: an activity of another kind"}
    if not _is_public([item, body] if kind == "Create" else [item]):
        return {"reject": NOT_PUBLIC}
    cells = _post_cells(item, body) if kind == "Create" else _repost_cells(item, body)
    actor = item.get("actor")
    if not all(isinstance(name, str) for name in (cells["post_id"], cells.get("repost_of_id", ""), actor)):
        return {"reject": "no post with id and actor"}
    account = addresses.get(actor) or account_of(actor) or actor
    return cells | {"account_id": account, "handle": handle_of(account)}


def _is_public(parts):
    """Whether the public is addressed by every part that names addresses, and by one at least."""
    addressed = [
        _texts_in(part.get("to")) + _texts_in(part.get("cc")) for part in parts if "to" in part or "cc" in part
    ]
    return bool(addressed) and all(PUBLIC & set(addresses) for addresses in addressed)


def _texts_in(value):
    """The texts of a list, or the one text that stands in its place."""
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _post_cells(item, body):
    texts, tags = object_at(body, "contentMap"), objects_in(body.get("tag"))
    markup = str(body.get("content") or next(iter(texts.values()), None) or "")
    mentions = _texts_in([tag.get("href") for tag in tags if tag.get("type") == "Mention"])
    return {
        "post_id": body.get("id"),
        "published": body.get("published") or item.get("published"),
        "plain": html_text(markup),
        "lang": next(iter(texts)) if len(texts) == 1 else None,
        "url": next(iter(_texts_in(body.get("url"))), None),
        "reply_to_id": next(iter(_texts_in(body.get("inReplyTo"))), None),
        "reply_to_account_id": account_of(body.get("inReplyTo")),
        "quote_of_id": next(iter(_texts_in([body.get(key) for key in QUOTE_KEYS])), None),
        "poll": "poll" if body.get("type") == "Question" else None,
        "hashtags": [str(tag.get("name")).removeprefix("#") for tag in tags if tag.get("type") == "Hashtag"],
        "mentions": [account_of(address) or address for address in mentions],
        "links": links_in(markup),
        "media": [_attachment_kind(one) for one in objects_in(body.get("attachment"))],
    }


def _repost_cells(item, body):
    original = body.get("id") if isinstance(body, dict) else body
    return {"post_id": item.get("id"), "published": item.get("published"), "repost_of_id": original}


def _attachment_kind(attachment):
    """The kind of an attachment, from its media type, else from its type."""
    kind = str(attachment.get("mediaType") or attachment.get("type")).partition("/")[0]
    return MEDIA_KINDS.get(kind.lower(), "other")
