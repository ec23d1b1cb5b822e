"""Tweets as snscrape wrote them, one JSON object per line, versions of August 2020 to June 2023.

Tool: snscrape up to 0.7.0.20230622 (JustAnotherArchivist); dead since June 2023.
Format: https://github.com/JustAnotherArchivist/snscrape; the text is `content`, from 0.5 `rawContent`; links are
    `outlinks`, from 0.5 `links`. See docs/formats.md#snscrape_x.
Encoding: UTF-8 JSON lines, texts with the API's `&amp;`.
Zone: UTC; the stamps carry their offset.
Ids: numbers. Where JavaScript or R rounded them they are taken from the address or from `id.str`, and the account goes
    by its handle.
Rejects: users and tombstones among the lines; a reply to a tweet whose id is rounded.
Caution: before 0.4 a reply names only the post at the root of its thread, and tags are not given. The whole text of a
    repost, with its tags, mentions, links and media, is read from `retweetedTweet`.
Leaves out: replies that were not collected, followers, numbers of quotes. Tables dumped from pandas are not read.
Example: {"_type":"snscrape.modules.twitter.Tweet","url":"https://twitter.com/mfa/status/1380…",…}
"""

import ibis
from ibis.expr.datatypes import Array, Struct

from digidip.readers.x._snscrape import ENTITIES, POSTS, is_tweet, tweet_cells
from digidip.readers.x._tweets import split_cells

PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"id", "date", "url", "user"}}
MEDIA = Array(Struct({"_type": "string", "type": "string"}))
# `type` before 0.4, `_type` from then on.
KINDS = {"photo": "photo", "video": "video", "gif": "animated_gif"}


def fits(head):
    """1 if one of the first records is a tweet of snscrape, else 0."""
    return float(any(is_tweet(found) and "id_str" not in found for found in head.objects))


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is not needed: UTC."""
    return split_cells(tweet_cells(path, MEDIA, _media_kinds), POSTS, ENTITIES)


def _media_kinds(media):
    def kind(medium):
        word = ibis.coalesce(medium["type"], medium["_type"].split(".")[-1]).lower()
        return word.cases(*KINDS.items(), else_="other")

    return media.map(kind)
