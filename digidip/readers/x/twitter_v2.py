"""Tweets of Twitter's API v2: pages as the API and twarc2 write them, or one tweet per line.

Tool: any collector of API v2 (twarc 2, tweepy, own scripts; `twarc2 flatten`), since 2020; last seen 2026.
Format: https://docs.x.com/x-api; docs/formats.md#twitter_v2
Encoding: UTF-8 JSON: pages one to a line, in an array or one per file; or tweets one to a line.
Zone: UTC (`Z`, or an offset that a program wrote).
Ids: the API's own. A mention without an id that the file can tell stays a handle. Tweets of resumed collections come
    twice.
Rejects: pages without any tweet (errors only, nothing found).
Caution: a long post is whole in `note_tweet` only, a repost in its original only; without the original a repost keeps
    its cut text, and its mention "RT @…" is left out. `impression_count` was 0 before December 2022, so 0 is read as
    missing. The likes of a repost are not the original's, its count of reposts is.
Leaves out: tweets that are only in `includes`, numbers of quotes, followers (those of the day of collection).
Example: {"data":[{"id":"1380…","author_id":"119…",…}],"includes":{…},"meta":{…}}
"""

import ibis
from ibis import _

from digidip.readers.opening._authors import by_id
from digidip.readers.opening._cells import blank, number, offset_stamp, stamp, worded
from digidip.readers.opening._nested import unnested
from digidip.readers.x._refuse_other_tables import pages_of, refuse
from digidip.readers.x._tweets_v2 import NEEDED, first_tweets, named, tweets
from digidip.tables import ReaderError

PLATFORM = "x"
CAPPED_AT = (100, 500, 800, 3200)
AUTHORS = "id"
LOOSE = True
REQUIRED = {"posts": NEEDED}
HISTORY = "edit_history_tweet_ids"  # with id and text what the API gives to whom asks for nothing
MEDIUM = {"photo": "photo", "video": "video", "animated_gif": "video"}


def moment(cell):
    """A UTC instant from `2021-04-08T19:34:16.000Z`, or `2021-04-08 19:34:16+00:00` of a program; missing without `Z` or
    offset."""
    return offset_stamp(cell)


def plain(text):
    """The text with the three characters that the API writes as `&lt;`, `&gt;` and `&amp;`."""
    return blank(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


POSTS = {
    "post_id": _.it.id,
    "account_id": _.it.author_id,
    "handle": _.it.username,
    "account_name": _.it["name"],
    "posted_at": moment(_.it.created_at),
    "medium": ibis.cases(
        (_.it.media.length() > 0, worded(_.it.media[0], MEDIUM)),
        (_.it.medium.notnull(), _.it.medium.nullif("unknown")),
        (_.it.links.length() > 0, "link"),
        else_="text",
    ),
    "text": plain(_.it.text),
    "lang": blank(_.it.lang),
    "url": "https://x.com/" + _.it.username.fill_null("i") + "/status/" + _.it.id,
    "link": _.it.links[0],
    "reply_to_id": _.it.replied_to,
    "reply_to_account_id": _.it.in_reply_to_user_id,
    "repost_of_id": _.it.retweeted,
    "quote_of_id": _.it.quoted,
    "like_count": number(_.it.likes),
    "comment_count": number(_.it.replies),
    "repost_count": number(_.it.retweets),
    "view_count": number(_.it.views).nullif(0),
    "retrieved_at": stamp(_.it.retrieved_at, "%Y-%m-%dT%H:%M:%S%z"),
    "export_row": _.export_row,
    "reject": _.it.reject,
}

COMMENTS = {
    "comment_id": _.it.id,
    "post_id": _.it.replied_to,
    "author": _.it.author_id,
    "commented_at": moment(_.it.created_at),
    "text": plain(_.it.text),
    "lang": blank(_.it.lang),
    "like_count": number(_.it.likes),
    "retrieved_at": stamp(_.it.retrieved_at, "%Y-%m-%dT%H:%M:%S%z"),
    "export_row": _.export_row,
}

ENTITIES = {"hashtag": _.it.hashtags, "mention": _.it.mentions, "link": _.it.links, "medium": _.it.media}


def fits(path):
    """1 if a tweet of API v2 stands at the head of the file, in a page, with its author or on a line; a sliver for counts,
    lists and compliance, and for tweets without author and time, which `read` names; else 0."""
    return float(bool(first_tweets(path))) or 0.01 * bool(pages_of(path) or first_tweets(path, {"id", "text", HISTORY}))


def read(path, *, zone=None):
    """Posts, comments and entities of the file as canonical columns, raw values; `zone` is not needed: UTC."""
    if not first_tweets(path):
        refuse(path, pages_of(path))
        raise ReaderError(
            f"{path} (record 1): no tweet of API v2 at the head of the file. Expected: pages with data, or lines, of "
            f"objects with {', '.join(sorted(NEEDED))}. Ask the API for these fields, or give the right reader."
        )
    return tables(path)


def tables(path):
    """The three tables of tweets of API v2, whatever they are packed in."""
    rows = tweets(path)
    whole = rows.filter(_.it.reject.isnull())
    marks = unnested(whole.select(post_id=_.it.id, **ENTITIES))
    is_handle = (_.kind == "mention") & _.value.startswith("@")
    told = by_id(marks, "value", named(whole), is_handle)
    return {
        "posts": rows.select(**POSTS),
        "comments": whole.filter(_.it.replied_to.notnull()).select(**COMMENTS),
        "entities": told.mutate(value=ibis.ifelse(is_handle, _.value.substr(1), _.value)).distinct(),
    }
