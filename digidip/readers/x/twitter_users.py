"""Accounts on Twitter with their numbers of followers: user objects of API v1.1.

Tool: any collector of `users/lookup` or `users/show` (twarc 1 `users`, tweepy), 2011–2023.
Format: https://developer.x.com/en/docs/x-api/v1/data-dictionary/object-model/user; docs/formats.md#twitter_users
Encoding: UTF-8 JSON, an array or one object to a line.
Zone: not told; the file does not say when it was collected: give --retrieved. `created_at` is when the account was
    made.
Rejects: objects without an id (collectors keep the name alone where an account was closed).
Leaves out: names, descriptions, lists, the last tweet (`status`).
Example: {"id_str":"119…","screen_name":"mfa","followers_count":12500,…}
"""

import json
import re

import ibis
from ibis import _

from digidip.readers.opening.cells import blank, number
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_records import json_objects
from digidip.readers.x._tweets import missing_id_reason, valid_id
from digidip.tables import ReaderError

PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"metrics": {"screen_name", "followers_count", "friends_count", "statuses_count"}}
SHAPE = "struct<id_str: string, id: string, followers_count: string, friends_count: string, statuses_count: string>"
SEPARATOR = re.compile(r"[\s,\[]*")
# Old collectors kept the number alone; JSON in text keeps it whole.
ID = blank(_.it.id_str).coalesce(_.it.id).fill_null("")

METRICS = {
    "account_id": valid_id(ID),
    "follower_count": number(_.it.followers_count),
    "following_count": number(_.it.friends_count),
    "post_count": number(_.it.statuses_count),
    "export_row": _.export_row,
    "reject": ibis.ifelse(_.is_broken, "broken JSON", missing_id_reason(ID)),
}


def fits(head):
    """1 if one of the objects at the head of the file is a user of API v1.1, else 0."""
    return float(any(REQUIRED["metrics"] <= value.keys() for value in _head_objects(head.text)))


def read(path, *, zone=None):
    """Metrics in canonical columns; `zone` is not needed: no time is read."""
    if not fits(read_head(path)):
        raise ReaderError(
            f"{path} (head): no user of API v1.1. Expected: […] or lines of objects with "
            f"{', '.join(sorted(REQUIRED['metrics']))}. Give the right reader."
        )
    return {"metrics": json_objects(path, SHAPE).select(**METRICS)}


def _head_objects(text):
    """The objects at the head of a text, one after the other, up to what is none."""
    decoder, place = json.JSONDecoder(strict=False), SEPARATOR.match(text).end()
    while text[place : place + 1] == "{":
        try:
            value, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            return
        yield value
        place = SEPARATOR.match(text, place).end()
