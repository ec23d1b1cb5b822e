"""The vocabulary: the canonical tables, their columns, types, units and meaning, and `check`.

Six tables carry every study (house rule: missing is not zero, ids are text, times are UTC-aware). A column is one
line below: name, type, meaning. Types: `text`, `id` (text that names something), `count` (nullable integer), `at` (UTC
instant), `on` (date), `is` (boolean, missing where it cannot be known), `label`. "At retrieval" marks values that age.
"""

from typing import NamedTuple


class TableError(ValueError):
    """Data that break a rule of the canonical tables; the message says what, where, expected, and what to do."""


class ReaderError(ValueError):
    """An export that a reader cannot read; the message says what was found, where, expected, and what to do."""


class Column(NamedTuple):
    """One column of a canonical table."""

    kind: str
    meaning: str
    required: bool = False


LABELS = ("real", "derived-public", "synthetic")
PLATFORMS = ("facebook", "instagram", "threads", "x", "bluesky", "mastodon", "youtube", "tiktok", "telegram")
MEDIA = ("photo", "video", "link", "text", "event", "poll", "other")
ENTITY_KINDS = ("hashtag", "mention", "link", "medium")

SCHEMA = {
    "accounts": {
        "platform": Column("text", "platform of the account, one of PLATFORMS", True),
        "account_id": Column("id", "the platform's own id of the account", True),
        "handle": Column("text", "handle without @, as last seen"),
        "name": Column("text", "display name, as last seen; tells official answers where an export gives names only"),
        "ministry": Column("text", "sending state whose ministry runs the account, ISO 3166-1 alpha-3", True),
        "office": Column("text", "ministry, minister, embassy, consulate, permanent mission, ambassador, spokesperson"),
        "receiving": Column("text", "receiving state of a mission, ISO 3166-1 alpha-3"),
        "city": Column("text", "seat of a mission"),
        "from_on": Column("on", "first day the account was official, if known"),
        "to_on": Column("on", "last day the account was official, if known"),
        "source": Column("text", "where this row is known from"),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "posts": {
        "platform": Column("text", "platform of the post", True),
        "post_id": Column("id", "the platform's own id of the post", True),
        "account_id": Column("id", "official account that published it", True),
        "ministry": Column("text", "ministry of that account, ISO 3166-1 alpha-3", True),
        "handle": Column("text", "handle printed beside the post"),
        "account_name": Column("text", "display name printed beside the post"),
        "posted_at": Column("at", "instant of publication, UTC", True),
        "medium": Column("text", "photo, video, link, text, event, poll, other; missing where the export has no type"),
        "text": Column("text", "text of the post, scrubbed; missing where the post has none"),
        "lang": Column("text", "language as BCP 47, declared by the platform"),
        "url": Column("text", "public address of the post"),
        "link": Column("text", "address the post points to"),
        "reply_to_id": Column("id", "post this post replies to; missing for a post of its own"),
        "reply_to_account_id": Column("id", "author of the post replied to: account id if official, else a pseudonym"),
        "repost_of_id": Column("id", "post this post repeats; missing for an original"),
        "quote_of_id": Column("id", "post this post quotes"),
        "like_count": Column("count", "likes, at retrieval"),
        "reaction_count": Column("count", "likes and all other reactions together, at retrieval"),
        "comment_count": Column("count", "comments and replies as the platform counts them, at retrieval"),
        "repost_count": Column("count", "reposts (shares), at retrieval; for a repost the count is the original's"),
        "view_count": Column("count", "views, at retrieval"),
        "follower_count": Column("count", "followers of the account when the post was published"),
        "retrieved_at": Column("at", "instant of collection, UTC; missing where nobody recorded it"),
        "export": Column("text", "file under data/raw the row was read from", True),
        "export_row": Column(
            "count", "record number in that file, 1 = first; parts in file order leave it to the place of the row", True
        ),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "comments": {
        "platform": Column("text", "platform of the comment", True),
        "comment_id": Column("id", "the platform's own id of the comment", True),
        "post_id": Column("id", "post under which it stands; must be in posts", True),
        "parent_id": Column("id", "comment it answers; missing for a top-level comment"),
        "account_id": Column("id", "official account under whose post it stands", True),
        "ministry": Column("text", "ministry of that account, ISO 3166-1 alpha-3", True),
        "author": Column("id", "account id of an official author, else a pseudonym; missing where nobody is named"),
        "is_official": Column("is", "written by an official account; missing where that cannot be known"),
        "commented_at": Column("at", "instant of the comment, UTC", True),
        "text": Column("text", "text of the comment, scrubbed; missing where there is none"),
        "lang": Column("text", "language as BCP 47, declared by the platform"),
        "like_count": Column("count", "likes, at retrieval"),
        "reaction_count": Column("count", "likes and all other reactions together, at retrieval"),
        "retrieved_at": Column("at", "instant of collection, UTC; missing where nobody recorded it"),
        "export": Column("text", "file under data/raw the row was read from", True),
        "export_row": Column(
            "count", "record number in that file, 1 = first; parts in file order leave it to the place of the row", True
        ),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "entities": {
        "platform": Column("text", "platform of the post", True),
        "post_id": Column("id", "post the entity stands in", True),
        "kind": Column("text", "hashtag, mention, link or medium", True),
        "value": Column("text", "tag without #, account id or pseudonym, address, kind of medium", True),
        "export": Column("text", "file under data/raw the row was read from", True),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "follows": {
        "platform": Column("text", "platform of the tie", True),
        "source_id": Column("id", "account that follows", True),
        "target_id": Column("id", "account that is followed", True),
        "observed_at": Column("at", "instant of observation, UTC", True),
        "export": Column("text", "file under data/raw the row was read from", True),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
    "metrics": {
        "platform": Column("text", "platform of the account", True),
        "account_id": Column("id", "official account", True),
        "observed_at": Column("at", "instant of observation, UTC", True),
        "follower_count": Column("count", "followers"),
        "following_count": Column("count", "accounts followed"),
        "post_count": Column("count", "posts since the account exists"),
        "export": Column("text", "file under data/raw the row was read from", True),
        "label": Column("label", "real, derived-public or synthetic", True),
    },
}

ROWS = {
    "accounts": "official account",
    "posts": "post by an official account",
    "comments": "comment or reply under such a post, by anyone, official answers included",
    "entities": "hashtag, mention, link or medium in a post",
    "follows": "directed follow seen at a time",
    "metrics": "account and observation: followers, accounts followed, posts",
}

KEYS = {
    "accounts": ("platform", "account_id"),
    "posts": ("platform", "post_id"),
    "comments": ("platform", "comment_id"),
    "entities": ("platform", "post_id", "kind", "value"),
    "follows": ("platform", "source_id", "target_id", "observed_at"),
    "metrics": ("platform", "account_id", "observed_at"),
}

DTYPES = dict.fromkeys(("text", "id", "label"), "string")
DTYPES |= {"count": "int64", "at": "timestamp('UTC')", "on": "date", "is": "boolean"}
CHOICES = {"label": LABELS, "platform": PLATFORMS, "medium": MEDIA, "kind": ENTITY_KINDS}
