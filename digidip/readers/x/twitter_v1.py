"""Tweets of Twitter's API v1.1: arrays of `user_timeline`, pages of searches, or lines of streams.

Tool: any collector of API v1.1 (twarc 1, tweepy), 2011–2023. `user_timeline` stops at 3,200 tweets of an account.
Format: https://developer.x.com/en/docs/x-api/v1/data-dictionary/object-model/tweet; docs/formats.md#twitter_v1
Encoding: UTF-8 JSON.
Zone: UTC; the stamps carry their offset (`+0000`).
Ids: only `id_str` is read, since some programs round `id`. A tweet in reply to a tweet is also offered as a comment,
    and stays one where it stands under a post of the holding.
Rejects: control lines of streams (`delete`, `limit`).
Caution: the same tweet has three shapes (`full_text`; `text` cut at 140 characters with `extended_tweet`; `text`
    alone): the whole text is read where there is one, with its links and tags. Of a repost all of them come from the
    original, whose mention ("RT @…") is none of the reposter's.
Leaves out: replies that were not collected, numbers of replies except in streams.
Example: {"id_str":"1380…","user":{…},"created_at":"Thu Apr 08 09:00:00 +0000 2021","full_text":"Text",…}
"""

import re

import ibis
from ibis import _

from digidip.readers.opening.cells import blank, map_category, number, stamp
from digidip.readers.opening.copies import without_name
from digidip.readers.opening.head import first_json_value, read_head
from digidip.readers.opening.json_records import write_lines
from digidip.readers.opening.json_values import is_engine_readable, json_values
from digidip.readers.x._tweets import MEDIUM, STAMP_FORMAT, split_json, unescaped
from digidip.tables import ReaderError

PLATFORM = "x"
CAPPED_AT = (3200,)
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"id_str", "created_at", "user"}}
SEARCH_PAGE = re.compile(r'"statuses"\s*:\s*\[\s*(?=\{)')
CONTROL_KEYS = ("delete", "limit", "scrub_geo", "status_withheld", "user_withheld", "disconnect", "warning")
PARTS = """entities: struct<hashtags: array<struct<text: string>>, user_mentions: array<struct<id_str: string>>,
    urls: array<struct<expanded_url: string>>, media: array<struct<type: string>>>,
    extended_entities: struct<media: array<struct<type: string>>>, full_text: string"""
TWEET = f"id_str: string, text: string, {PARTS}, extended_tweet: struct<{PARTS}>"
SHAPE = f"""struct<{TWEET}, retweeted_status: struct<{TWEET}>, user: struct<id_str: string, screen_name: string,
    name: string>, created_at: string, lang: string, in_reply_to_status_id_str: string, in_reply_to_user_id_str: string,
    quoted_status_id_str: string, retweet_count: string, favorite_count: string, reply_count: string,
    {", ".join(f'"{key}": string' for key in CONTROL_KEYS)}>""".replace('"', "")
# A cut tweet links to itself.
SELF_LINK = "https://twitter.com/i/web/status/"


def _from_whole_tweet(part):
    """A part of a tweet where it is whole: of a repost the original's, of a cut tweet its extension's."""
    tweets = _.it.retweeted_status, _.it
    return ibis.coalesce(*(part(place) for tweet in tweets for place in (tweet.extended_tweet, tweet)))


TEXT = ibis.coalesce(_from_whole_tweet(lambda tweet: tweet.full_text), _.it.retweeted_status.text, _.it.text)
MEDIA = _from_whole_tweet(lambda tweet: ibis.coalesce(tweet.extended_entities.media, tweet.entities.media))
LINKS = _from_whole_tweet(lambda tweet: tweet.entities.urls).filter(
    lambda link: ~link.expanded_url.startswith(SELF_LINK)
)
REJECT = ibis.cases(
    (_.is_broken, "broken JSON"),
    *((_.it[key].notnull(), f"control line: {key}") for key in CONTROL_KEYS),
    (_.it.id_str.isnull() | _.it.user.id_str.isnull(), "no tweet with id_str and user"),
)

POSTS = {
    "post_id": _.it.id_str,
    "account_id": _.it.user.id_str,
    "handle": _.it.user.screen_name,
    "account_name": _.it.user["name"],
    "posted_at": stamp(_.it.created_at, STAMP_FORMAT),
    "medium": ibis.cases(
        (MEDIA.length() > 0, map_category(MEDIA[0]["type"], MEDIUM)), (LINKS.length() > 0, "link"), else_="text"
    ),
    "text": unescaped(TEXT),
    "lang": blank(_.it.lang),
    "url": "https://x.com/" + _.it.user.screen_name + "/status/" + _.it.id_str,
    "link": LINKS[0].expanded_url,
    "reply_to_id": _.it.in_reply_to_status_id_str,
    "reply_to_account_id": _.it.in_reply_to_user_id_str,
    "repost_of_id": _.it.retweeted_status.id_str,
    "quote_of_id": ibis.ifelse(_.it.retweeted_status.id_str.isnull(), _.it.quoted_status_id_str, None),
    "like_count": number(_.it.favorite_count),
    "comment_count": number(_.it.reply_count),
    "repost_count": number(_.it.retweet_count),
    "reject": REJECT,
}

ENTITIES = {
    "hashtag": _from_whole_tweet(lambda tweet: tweet.entities.hashtags).map(lambda tag: tag.text),
    "mention": _from_whole_tweet(lambda tweet: tweet.entities.user_mentions).map(lambda account: account.id_str),
    "link": LINKS.map(lambda link: link.expanded_url),
    "medium": MEDIA.map(lambda medium: medium["type"]),
}


def fits(head):
    """1 if one of the first records, alone or in a page of a search, is a tweet of API v1.1, else 0."""
    tweets = [
        value
        for value in _head_objects(head)
        if REQUIRED["posts"] <= value.keys() and {"text", "full_text"} & value.keys()
    ]
    return float(bool(tweets))


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is not needed: UTC."""
    if not fits(read_head(path)) and not any(CONTROL_KEYS & value.keys() for value in read_head(path).objects):
        raise ReaderError(
            f"{path} (record 1): no tweet of API v1.1 at the head of the file. Found: {len(read_head(path).objects)} JSON objects "
            "without id_str, created_at, user and text. Expected: […], pages or lines of such objects. Give the right reader."
        )
    return split_json(_tweets_one_by_one(path), SHAPE, POSTS, ENTITIES)


# How JSON of Twitter's API v1.1 comes to have one tweet per record, whatever it was packed in.
#
# Lines and arrays are left as they are, since the engine takes them faster than Python could. Pages of a search, objects
# spread over lines, lines that end in a comma and arrays one per line are taken apart into a private copy.


def _head_objects(head):
    """The objects at the head of a file: records, a page's first tweet, an object over several lines."""
    text = head.start
    page = SEARCH_PAGE.search(text)
    candidates = [*head.objects, first_json_value(text), first_json_value(text, page.end()) if page else None]
    return [value for value in candidates if isinstance(value, dict)]


def _tweets_one_by_one(path):
    """The path of the file if its tweets stand on lines or in one array, else of a private copy of lines."""
    is_paged = any("statuses" in value for value in read_head(path).objects)
    return path if is_engine_readable(path) and not is_paged else without_name(write_lines(_unpack_pages(path))[0])


def _unpack_pages(path):
    """The tweets of pages of a search, and those that stand alone; a page without any is an empty object."""
    for value in json_values(path):
        inside = value.get("statuses") if isinstance(value, dict) else None
        yield from (inside or [{}]) if isinstance(inside, list) else [value]
