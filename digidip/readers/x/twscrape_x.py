"""Tweets as twscrape writes them, one JSON object per line.

Tool: twscrape (vladkens); last seen 2026.
Format: https://github.com/vladkens/twscrape (twscrape/models.py); the names of snscrape 0.5, `media` as one object of
    `photos`, `videos` and `animated`. See docs/formats.md#twscrape_x.
Encoding: UTF-8 JSON lines.
Zone: UTC; the stamps carry their offset, with a blank before the clock.
Ids: text, `id_str` beside every `id`.
Rejects: lines that are users.
Caution: the whole text of a repost, with its tags, mentions, links and media, is read from `retweetedTweet`.
Leaves out: replies that were not collected, followers, numbers of bookmarks and quotes.
Example: {"id":1380…,"id_str":"1380…","url":"https://x.com/mfa/status/1380…","date":"2021-04-08
    11:20:10+00:00","user":{…},…}
"""

import ibis
from ibis.expr.datatypes import Array, Struct

from digidip.readers.x._snscrape import ENTITIES, POSTS, is_tweet, tweet_cells
from digidip.readers.x._tweets import split_cells

PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"id", "id_str", "date", "url", "user"}}
KINDS = {"photos": "photo", "videos": "video", "animated": "animated_gif"}
MEDIA = Struct(dict.fromkeys(KINDS, Array("string")))


def fits(head):
    """1 if one of the first records is a tweet of twscrape, else 0."""
    return float(any(is_tweet(found) and "id_str" in found for found in head.objects))


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is not needed: UTC."""
    return split_cells(tweet_cells(path, MEDIA, _media_kinds), POSTS, ENTITIES)


def _media_kinds(media):
    lists = [media[key].map(lambda _medium, kind=kind: ibis.literal(kind)) for key, kind in KINDS.items()]
    return lists[0].concat(*lists[1:])
