"""The JSON tweet of snscrape, which twscrape took over: its shape, its cells, and what is no tweet."""

import ibis
from ibis import _
from ibis.expr.datatypes import Array, Struct

from digidip.readers.opening.cells import blank, number, stamp
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_records import json_objects
from digidip.readers.x._tweets import (
    LOST_REMARK,
    id_in_address,
    medium_of,
    reliable_digits,
    repair_ids,
    tweet_address,
    unescaped,
    valid_id,
)
from digidip.tables import LOST_IDS, ReaderError

TYPE = "snscrape.modules.twitter.Tweet"
# snscrape 0.7 wrote `id.str` beside an id on demand; twscrape writes `id_str` always.
ID_KEYS, CONTENT_KEYS = ("id_str", "id.str", "id"), ("rawContent", "content")
REPLY_IDS = ("inReplyToTweetIdStr", "inReplyToTweetId.str", "inReplyToTweetId")
ID_TYPES, LINK_TYPE = dict.fromkeys(ID_KEYS, "string"), {"url": "string"}
ACCOUNT = Struct(ID_TYPES | {"username": "string", "displayname": "string"})
TEXT_KEYS = ("_type", "date", "lang", "conversationId", "replyCount", "retweetCount", "likeCount", "viewCount")

POSTS = {
    "post_id": _.post_id,
    "account_id": _.account.coalesce(_.it.user.username),
    "handle": _.it.user.username,
    "account_name": blank(_.it.user.displayname),
    "posted_at": ibis.coalesce(*(stamp(_.it.date, f"%Y-%m-%d{gap}%H:%M:%S%z") for gap in "T ")),
    "medium": medium_of(_.medium, _.link),
    "text": unescaped(_.text),
    "lang": blank(_.it.lang),
    "url": tweet_address(_.it.user.username, _.post_id),
    "link": _.link[0],
    "reply_to_id": _.reply,
    "reply_to_account_id": _.reply_account.coalesce(_.it.inReplyToUser.username),
    "repost_of_id": ibis.ifelse(
        _.is_repost, _.repost.coalesce(LOST_IDS["repost_of_id"] + _.post_id), ibis.null("string")
    ),
    "quote_of_id": ibis.ifelse(_.is_repost, ibis.null("string"), _.quote),
    "like_count": number(_.it.likeCount),
    "comment_count": number(_.it.replyCount),
    "repost_count": number(_.it.retweetCount),
    "view_count": number(_.it.viewCount),
    "export_row": _.export_row,
    "reject": ibis.cases(
        (_.is_broken, "broken JSON"),
        (_.is_other, "no tweet with id and user"),
    ),
    "remark": ibis.ifelse(_.is_repost & _.repost.isnull(), LOST_REMARK, _.remark),
}
ENTITIES = {"hashtag": _.hashtag, "mention": _.mention, "link": _.link, "medium": _.medium}


def is_tweet(value):
    """Whether a JSON object is a tweet of snscrape or twscrape.

    Before `_type` came it had `renderedContent`.
    """
    is_typed = value.get("_type") == TYPE or ("_type" not in value and "renderedContent" in value)
    return is_typed and {"id", "date", "url", "user"} <= value.keys() and bool(value.keys() & CONTENT_KEYS)


def tweet_cells(path, media, kinds):
    """The cells of a file of tweets that POSTS and ENTITIES are made of, ids mended.

    `media` is the type of that key; `kinds` makes of it an array of photo, video, animated_gif. No tweet at the head of
    the file raises `ReaderError`.
    """
    head_objects = read_head(path).objects
    tweets = [tweet for tweet in head_objects if is_tweet(tweet)]
    if not tweets:
        raise ReaderError(
            f"{path} (record 1): no tweet of snscrape or twscrape at the head of the file. Found: {len(head_objects)} JSON objects "
            "without id, date, url, user and content. Expected: lines of such objects. Give the right reader."
        )
    digits = reliable_digits((next(tweet[key] for key in ID_KEYS if key in tweet), tweet["url"]) for tweet in tweets)
    rows = json_objects(path, _shape(media))
    ids = rows.select(
        "export_row", "is_broken", "it", **_ids(rows.it, digits), **_text_and_lists(rows.it, kinds, digits)
    )
    return repair_ids(ids, digits, needed_ids=["reply"], other_ids=["account", "reply_account"])


def _shape(media):
    tweet = (
        ID_TYPES
        | LINK_TYPE
        | dict.fromkeys(CONTENT_KEYS, "string")
        | {"mentionedUsers": Array(ACCOUNT), "media": media}
    )
    tweet |= {"hashtags": Array("string"), "outlinks": Array("string"), "links": Array(Struct(LINK_TYPE))}
    others = {"retweetedTweet": Struct(tweet), "quotedTweet": Struct(ID_TYPES | LINK_TYPE)}
    others |= dict.fromkeys(("user", "inReplyToUser"), ACCOUNT)
    return Struct(tweet | dict.fromkeys((*TEXT_KEYS, *REPLY_IDS), "string") | others)


def _ids(it, digits):
    """The ids of a tweet as written; of an original or quoted tweet from its address, if there is one."""
    # Before `_type` a reply named only the post at the root of its thread.
    root = ibis.ifelse(it["_type"].isnull() & (it.conversationId != it.id), it.conversationId, ibis.null("string"))
    return {
        "id": _first_present(it, ID_KEYS),
        "url": it.url,
        "account": _first_present(it.user, ID_KEYS),
        "reply": _first_present(it, REPLY_IDS).coalesce(root),
        "reply_account": _first_present(it.inReplyToUser, ID_KEYS),
        "repost": _other_tweet_id(it.retweetedTweet, digits),
        "quote": _other_tweet_id(it.quotedTweet, digits),
        "is_repost": _first_present(it.retweetedTweet, ("url", *ID_KEYS)).notnull(),
        "is_other": (it["_type"] != TYPE).fill_null(False) | it.url.isnull() | it.user.username.isnull(),
    }


def _text_and_lists(it, kinds, digits):
    """Text and lists of a tweet, of a repost those of its original, which is whole.

    A mention is an id, else a handle.
    """

    def of_original(part):
        return ibis.ifelse(_first_present(it.retweetedTweet, CONTENT_KEYS).isnull(), part(it), part(it.retweetedTweet))

    mentioned = of_original(lambda tweet: tweet.mentionedUsers)
    return {
        "text": of_original(lambda tweet: _first_present(tweet, CONTENT_KEYS)),
        "hashtag": of_original(lambda tweet: tweet.hashtags),
        "mention": mentioned.map(
            lambda account: valid_id(_first_present(account, ID_KEYS), digits).coalesce(account.username)
        ),
        "link": of_original(lambda tweet: tweet.links.map(lambda link: link.url).coalesce(tweet.outlinks)),
        "medium": of_original(lambda tweet: kinds(tweet.media)),
    }


def _other_tweet_id(tweet, digits):
    return id_in_address(tweet.url).coalesce(valid_id(_first_present(tweet, ID_KEYS), digits))


def _first_present(part, keys):
    return ibis.coalesce(*(part[key] for key in keys))
