"""Tweets as snscrape wrote them, one JSON object per line, every version from August 2020 to June 2023.

Tool: snscrape (dead since 0.7.0.20230622; formats.md §6.4). UTF-8 JSON lines; stamps in UTC with their offset. Text is
`content`, from 0.5 `rawContent`; links are `outlinks`, from 0.5 `links`; text with the API's `&amp;`. The whole text of a
repost, with its tags, mentions, links and media, is read from `retweetedTweet`. Ids are numbers: where JavaScript or R
rounded them they are taken from the address or from `id.str`, an account then goes by its handle, and a reply to an
unknown tweet is a reject. **Before 0.4 a reply names only the post at the root of its thread**, and tags are not given.
Users and tombstones among the lines are rejects. Left out: replies unless collected, followers, quotes counted; tables
dumped from pandas are not read. One row: {"_type":"snscrape.modules.twitter.Tweet","url":"https://twitter.com/….
"""

import ibis
from ibis.expr.datatypes import Array, Struct

from digidip.readers.opening._objects import first_objects
from digidip.readers.x._snscrape import ENTITIES, POSTS, is_tweet, scraped
from digidip.readers.x._tweets import split

PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
LOOSE = True
REQUIRED = {"posts": {"id", "date", "url", "user"}}
MEDIA = Array(Struct({"_type": "string", "type": "string"}))
# `type` before 0.4, `_type` from then on.
KINDS = {"photo": "photo", "video": "video", "gif": "animated_gif"}


def fits(path):
    """1 if one of the first records is a tweet of snscrape, else 0."""
    return float(any(is_tweet(found) and "id_str" not in found for found in first_objects(path)))


def read(path, *, zone=None):
    """Posts, comments and entities of the file as canonical columns, raw values; `zone` is not needed: UTC."""
    return split(scraped(path, MEDIA, _kinds), POSTS, ENTITIES)


def _kinds(media):
    def kind(medium):
        word = ibis.coalesce(medium["type"], medium["_type"].split(".")[-1]).lower()
        return word.cases(*KINDS.items(), else_="other")

    return media.map(kind)
