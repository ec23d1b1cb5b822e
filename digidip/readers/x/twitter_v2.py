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

from digidip.readers.opening.authors import handles_to_ids
from digidip.readers.opening.cells import blank, map_category, number, offset_stamp, stamp
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_records import unnest_lists
from digidip.readers.x._refuse_other_tables import other_json_table, refuse_other_tables
from digidip.readers.x._tweets import MEDIUM, unescaped
from digidip.readers.x._tweets_v2 import NEEDED_KEYS, first_tweets, handle_ids, tweet_rows
from digidip.tables import ReaderError

PLATFORM = "x"
CAPPED_AT = (100, 500, 800, 3200)
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": NEEDED_KEYS}
HISTORY = "edit_history_tweet_ids"  # with id and text what the API gives to whom asks for nothing

POSTS = {
    "post_id": _.it.id,
    "account_id": _.it.author_id,
    "handle": _.it.username,
    "account_name": _.it["name"],
    "posted_at": offset_stamp(_.it.created_at),
    "medium": ibis.cases(
        (_.it.media.length() > 0, map_category(_.it.media[0], MEDIUM)),
        (_.it.medium.notnull(), _.it.medium.nullif("unknown")),
        (_.it.links.length() > 0, "link"),
        else_="text",
    ),
    "text": unescaped(_.it.text),
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
    "commented_at": offset_stamp(_.it.created_at),
    "text": unescaped(_.it.text),
    "lang": blank(_.it.lang),
    "like_count": number(_.it.likes),
    "retrieved_at": stamp(_.it.retrieved_at, "%Y-%m-%dT%H:%M:%S%z"),
    "export_row": _.export_row,
}

ENTITIES = {"hashtag": _.it.hashtags, "mention": _.it.mentions, "link": _.it.links, "medium": _.it.media}


def fits(head):
    """1 if a tweet of API v2 is at the head of the file, in a page, with its author or on a line; else 0."""
    return float(bool(first_tweets(head)))


def refuses(head):
    """Whether it holds counts, lists or compliance, or tweets without author and time: `read` says so."""
    return bool(other_json_table(head) or first_tweets(head, {"id", "text", HISTORY}))


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is not needed: UTC."""
    if not first_tweets(read_head(path)):
        refuse_other_tables(path, other_json_table(read_head(path)))
        raise ReaderError(
            f"{path} (record 1): no tweet of API v2 at the head of the file. Expected: pages with data, or lines, of "
            f"objects with {', '.join(sorted(NEEDED_KEYS))}. Ask the API for these fields, or give the right reader."
        )
    return tweet_tables(path)


def tweet_tables(path):
    """The three tables of tweets of API v2, whatever they are packed in."""
    rows = tweet_rows(path)
    whole = rows.filter(_.it.reject.isnull())
    entities = unnest_lists(whole.select(post_id=_.it.id, **ENTITIES))
    is_handle = (_.kind == "mention") & _.value.startswith("@")
    mentions_by_id = handles_to_ids(entities, "value", handle_ids(whole), is_handle)
    return {
        "posts": rows.select(**POSTS),
        "comments": whole.filter(_.it.replied_to.notnull()).select(**COMMENTS),
        "entities": mentions_by_id.mutate(value=ibis.ifelse(is_handle, _.value.substr(1), _.value)).distinct(),
    }
