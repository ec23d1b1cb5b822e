"""Tweets of Twitter's API v2 as the R package academictwitteR saved them (JSON).

Tool: academictwitteR; archived 2023. It writes a folder with a pair of files for each page: `data_….json`,
    `users_….json`.
Format: https://github.com/cjbarrie/academictwitteR; docs/formats.md#academictwitter
Encoding: UTF-8 JSON; `{}` stands for an empty list.
Zone: UTC (`Z`).
Ids: the API's own. Of a tweet in both files of a pair, the one in the file declared later is read.
Rejects: a `users_….json` without tweets has one record, a reject.
Caution: `data_….json` is an array of tweets without their authors' names; a repost keeps its cut text there, and its
    mention "RT @…" is left out. `users_….json` holds, under `tweets`, those that the tweets of its pair refer to,
    whole and with names: deliver both.
Leaves out: what `twitter_v2` leaves out.
Example: [{"id":"1380…","author_id":"122…","entities":{"hashtags":{}},…}]
"""

import re

from digidip.readers.opening.head import read_head
from digidip.readers.x._tweets_v2 import NEEDED_KEYS
from digidip.readers.x.twitter_v2 import COMMENTS, ENTITIES, POSTS, tweet_tables
from digidip.tables import ReaderError

PLATFORM = "x"
CAPPED_AT = (100, 500)
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": NEEDED_KEYS}
INCLUDES_HEAD = re.compile(r'\{\s*"(?:users|tweets|places|media|polls)"\s*:')

__all__ = ["COMMENTS", "ENTITIES", "POSTS", "fits", "read"]


def fits(head):
    """1 for an array of tweets without authors, or an object with users, tweets, places; else 0."""
    text = head.start
    first = next(iter(head.objects), {}) if text.startswith("[") else {}
    return float((first.keys() >= NEEDED_KEYS and "author" not in first) or bool(INCLUDES_HEAD.match(text)))


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is not needed: UTC."""
    if not fits(read_head(path)):
        raise ReaderError(
            f"{path} (record 1): no file of academictwitteR. Expected: an array of tweets with {', '.join(sorted(NEEDED_KEYS))}, "
            "or an object with users and tweets. Give data_….json or users_….json, or the right reader."
        )
    return tweet_tables(path)
