"""What an outbox of ActivityPub holds: activities, of which those addressed to the public become flat cells."""

from digidip.readers.open_platforms._mastodon import NOT_PUBLIC, account_of, handle_of, links_in
from digidip.readers.opening._nested import plain, thing, things
from digidip.readers.opening._values import Broken, elements

PUBLIC = {"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"}
WORDS = {"image": "photo", "video": "video"}
QUOTES = ("quote", "quoteUri", "quoteUrl")


def items_in(path):
    """The items of an outbox, one by one, as flat cells; of one that is private or no post nothing but `reject`.

    The address of the account is read from the first post: a repost names it by its `actor` only.
    """
    known = next(filter(None, map(_address, elements(path, "orderedItems"))), {})
    for item in elements(path, "orderedItems"):
        yield item if isinstance(item, Broken) else _cells(item, known)


def _address(item):
    """The actor of a post and the address that its account has in the address of the post."""
    body = thing(item, "object") if isinstance(item, dict) else {}
    address = account_of(body.get("url"))
    return {item["actor"]: address} if address and isinstance(item.get("actor"), str) else None


def _cells(item, known):
    kind = item.get("type") if isinstance(item, dict) else None
    body = item.get("object") if kind in ("Create", "Announce") else None
    if not isinstance(body, dict) and not (isinstance(body, str) and kind == "Announce"):
        return {"reject": "no post: an activity of another kind"}
    if not _is_public([item, body] if kind == "Create" else [item]):
        return {"reject": NOT_PUBLIC}
    cells = _post(item, body) if kind == "Create" else _repost(item, body)
    actor = item.get("actor")
    if not all(isinstance(name, str) for name in (cells["post_id"], cells.get("repost_of_id", ""), actor)):
        return {"reject": "no post with id and actor"}
    account = known.get(actor) or account_of(actor) or actor
    return cells | {"account_id": account, "handle": handle_of(account)}


def _is_public(parts):
    """Whether the public is addressed by every part that names addresses, and by one at least."""
    told = [_texts(part.get("to")) + _texts(part.get("cc")) for part in parts if "to" in part or "cc" in part]
    return bool(told) and all(PUBLIC & set(addresses) for addresses in told)


def _texts(value):
    """The texts of a list, or the one text that stands in its place."""
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _post(item, body):
    texts, tags = thing(body, "contentMap"), things(body.get("tag"))
    markup = str(body.get("content") or next(iter(texts.values()), None) or "")
    mentions = _texts([tag.get("href") for tag in tags if tag.get("type") == "Mention"])
    return {
        "post_id": body.get("id"),
        "published": body.get("published") or item.get("published"),
        "plain": plain(markup),
        "lang": next(iter(texts)) if len(texts) == 1 else None,
        "url": next(iter(_texts(body.get("url"))), None),
        "reply_to_id": next(iter(_texts(body.get("inReplyTo"))), None),
        "reply_to_account_id": account_of(body.get("inReplyTo")),
        "quote_of_id": next(iter(_texts([body.get(key) for key in QUOTES])), None),
        "poll": "poll" if body.get("type") == "Question" else None,
        "hashtags": [str(tag.get("name")).removeprefix("#") for tag in tags if tag.get("type") == "Hashtag"],
        "mentions": [account_of(address) or address for address in mentions],
        "links": links_in(markup),
        "media": [_medium(one) for one in things(body.get("attachment"))],
    }


def _repost(item, body):
    original = body.get("id") if isinstance(body, dict) else body
    return {"post_id": item.get("id"), "published": item.get("published"), "repost_of_id": original}


def _medium(attachment):
    """The kind of an attachment, from its media type, else from its type."""
    kind = str(attachment.get("mediaType") or attachment.get("type")).partition("/")[0]
    return WORDS.get(kind.lower(), "other")
