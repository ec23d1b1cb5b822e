"""How JSON of Twitter's API v2 becomes one row per tweet, whatever it was packed in.

Tweets stand in pages (`data`, or one object there), one by one (`twarc2 flatten`), or in the two files of academictwitteR.
A page holds authors, originals and media beside its tweets, and the engine, which takes many pages at once, has not the
memory to look them up: so pages are taken apart here, one by one, into a private copy of flat lines, which the engine reads.
"""

import re
from itertools import islice

from ibis import _

from digidip.readers.opening.authors import ids_by_handle
from digidip.readers.opening.head import first_json_value
from digidip.readers.opening.json_records import object_at, objects_in, record_rows
from digidip.readers.opening.json_values import BrokenJson, json_values

NEEDED_KEYS = {"id", "text", "author_id", "created_at"}
TEXTS = ("id", "created_at", "lang", "in_reply_to_user_id", "author_id", "username", "name", "text", "retrieved_at")
TEXTS += ("replied_to", "retweeted", "quoted", "likes", "replies", "retweets", "views", "medium", "reject")
LISTS = ("hashtags", "mentions", "named", "links", "media")
SHAPE = "struct<" + ", ".join([f"{t}: string" for t in TEXTS] + [f"{many}: array<string>" for many in LISTS]) + ">"
DATA_START = re.compile(r'"data"\s*:\s*\[?\s*(?=\{)')
MOST_PAGES = 500  # pages at the head of a file: real ones are longer than 500 bytes
INCLUDED_KEYS = {"users": "id", "tweets": "id", "media": "media_key"}


def tweet_rows(path):
    """One row per tweet, with `export_row` and `it` of SHAPE; a page or line without any has a `reject`.

    What a repost repeats is read from the original, where the file has it: text, hashtags, links. Malformed raises `ReaderError`.
    """
    return record_rows((cells for page in json_values(path) for cells in _page_tweets(page)), SHAPE).select(
        "export_row", "it"
    )


def first_tweets(head, needed=frozenset(NEEDED_KEYS)):
    """The tweets at the head of a file: the first of every page, and those on lines of their own."""
    text = head.text
    unpaged = [it for it in head.objects if "author" in it or not text.lstrip().startswith("[")]
    return [it for it in [*first_in_pages(text), *unpaged] if isinstance(it, dict) and it.keys() >= needed]


def handle_ids(tweets):
    """The accounts that the file gives a handle and an id, as authors or where they are mentioned."""
    authors_named = tweets.select(name=_.it.username, account_id=_.it.author_id)
    mentioned = tweets.select(pair=_.it.named.unnest()).select(
        name=_.pair.split(" ")[0], account_id=_.pair.split(" ")[1]
    )
    pairs = authors_named.union(mentioned)
    return ids_by_handle(pairs, pairs["name"], pairs.account_id)


def first_in_pages(text):
    """What begins under `data`, page by page, in the head of a file.

    Of thousands of pages in one another the outer ones.
    """
    return [first_json_value(text, match.end()) for match in islice(DATA_START.finditer(text), MOST_PAGES)]


def _page_tweets(page):
    """The flat cells of every tweet of a page, of a tweet alone, or the reason why there is none."""
    if not isinstance(page, dict):
        return [{"reject": str(page) if isinstance(page, BrokenJson) else "no tweet with id and author_id"}]
    data = page.get("data", page.get("tweets"))
    tweets = [data] if isinstance(data, dict) and data else objects_in(data)
    if not tweets and "id" not in page:
        return [{"reject": "page of errors" if "errors" in page else "page without tweets"}]
    included = object_at(page, "includes") or page
    includes = {
        name: {_key_of(one, key): one for one in objects_in(included.get(name))} for name, key in INCLUDED_KEYS.items()
    }
    retrieved_at = object_at(page, "__twarc").get("retrieved_at")
    return [_tweet_cells(it, includes) | {"retrieved_at": retrieved_at} for it in tweets or [page]]


def _tweet_cells(it, includes):
    """The cells of one tweet; text and lists are the original's, where it is there.

    Else they are its own without the "RT @…".
    """
    others = {_key_of(other, "type"): other for other in reversed(objects_in(it.get("referenced_tweets")))}
    repeated = others.get("retweeted", {})
    originals = includes["tweets"].get(_key_of(repeated, "id"), {}), repeated
    whole = next((tweet for tweet in originals if "text" in tweet), it)
    author_id = it.get("author_id") or object_at(it, "author").get("id")
    author = object_at(it, "author") or includes["users"].get(_key_of(it, "author_id"), {})
    counts = object_at(it, "public_metrics")
    return {
        **{key: it.get(key) for key in ("id", "created_at", "lang", "in_reply_to_user_id")},
        **{kind: others[kind].get("id") for kind in ("replied_to", "retweeted", "quoted") if kind in others},
        **_text_entities(whole, includes, is_cut=bool(repeated) and whole is it),
        **_media(whole, includes["media"]),
        "author_id": author_id,
        "username": author.get("username"),
        "name": author.get("name"),
        "text": object_at(whole, "note_tweet").get("text") or whole.get("text"),
        "likes": counts.get("like_count"),
        "replies": counts.get("reply_count"),
        "retweets": counts.get("retweet_count"),
        "views": counts.get("impression_count"),
        "reject": None if it.get("id") and author_id else "no tweet with id and author_id",
    }


def _text_entities(whole, includes, *, is_cut):
    """Hashtags, mentions (an id, or @ and a handle), pairs of both, and links of a tweet.

    Links of media, and of a cut tweet to itself, are left out.
    """
    marks = object_at(object_at(whole, "note_tweet"), "entities") or object_at(whole, "entities")
    ids = {_key_of(user, "username"): user.get("id") for user in includes["users"].values()}
    others = [one for one in objects_in(marks.get("mentions")) if not (is_cut and one.get("start") == 3)]
    mentions = [(one.get("id") or ids.get(_key_of(one, "username")), one.get("username")) for one in others]
    links = [
        str(link.get("expanded_url") or link.get("url"))
        for link in objects_in(marks.get("urls"))
        if not (link.get("media_key") or str(link.get("display_url")).startswith("pic."))
    ]
    return {
        "hashtags": [tag.get("tag") for tag in objects_in(marks.get("hashtags"))],
        "mentions": [account or f"@{name}" for account, name in mentions if account or name],
        "named": [f"{name} {account}" for account, name in mentions if account and name],
        "links": [link for link in links if not link.endswith(f"/status/{whole.get('id')}")],
    }


def _media(whole, described):
    """Kinds of the media as far as the file tells them, and whether there is a poll or an unknown medium."""
    attached = object_at(whole, "attachments")
    keys = attached.get("media_keys") if isinstance(attached.get("media_keys"), list) else []
    found = objects_in(attached.get("media")) or [described[str(key)] for key in keys if str(key) in described]
    kinds = [one["type"] for one in found if "type" in one]
    return {"media": kinds, "medium": "unknown" if keys and not kinds else "poll" if attached.get("poll_ids") else None}


def _key_of(parent, name):
    """What an object is found by, as text; a key of its own, which finds nothing, where it has none."""
    value = parent.get(name)
    return str(value) if isinstance(value, (str, int)) else object()
