"""The JSON tweet of snscrape, which twscrape took over: its shape, its cells, and what is no tweet."""

import ibis
from ibis import _
from ibis.expr.datatypes import Array, Struct

from digidip.readers.opening._cells import blank, number, stamp
from digidip.readers.opening._objects import first_objects, objects
from digidip.readers.x._tweets import LOST, address_id, address_of, digits_kept, medium_of, mended, plain, sound
from digidip.tables import ReaderError

TYPE = "snscrape.modules.twitter.Tweet"
# snscrape 0.7 wrote `id.str` beside an id on demand; twscrape writes `id_str` always.
IDS, TEXTS = ("id_str", "id.str", "id"), ("rawContent", "content")
ANSWERED = ("inReplyToTweetIdStr", "inReplyToTweetId.str", "inReplyToTweetId")
ID, LINK = dict.fromkeys(IDS, "string"), {"url": "string"}
ACCOUNT = Struct(ID | {"username": "string", "displayname": "string"})
PLAIN = ("_type", "date", "lang", "conversationId", "replyCount", "retweetCount", "likeCount", "viewCount")

POSTS = {
    "post_id": _.post_id,
    "account_id": _.account.coalesce(_.it.user.username),
    "handle": _.it.user.username,
    "account_name": blank(_.it.user.displayname),
    "posted_at": ibis.coalesce(*(stamp(_.it.date, f"%Y-%m-%d{gap}%H:%M:%S%z") for gap in "T ")),
    "medium": medium_of(_.medium, _.link),
    "text": plain(_.text),
    "lang": blank(_.it.lang),
    "url": address_of(_.it.user.username, _.post_id),
    "link": _.link[0],
    "reply_to_id": _.reply,
    "reply_to_account_id": _.reply_account.coalesce(_.it.inReplyToUser.username),
    "repost_of_id": _.repost,
    "quote_of_id": ibis.ifelse(_.repost.isnull(), _.quote, ibis.null("string")),
    "like_count": number(_.it.likeCount),
    "comment_count": number(_.it.replyCount),
    "repost_count": number(_.it.retweetCount),
    "view_count": number(_.it.viewCount),
    "export_row": _.export_row,
    "reject": ibis.cases(
        (_.is_broken, "broken JSON"),
        (_.is_other, "no tweet with id and user"),
        (_.is_lost | (_.is_repost & _.repost.isnull()), LOST),
    ),
}
ENTITIES = {"hashtag": _.hashtag, "mention": _.mention, "link": _.link, "medium": _.medium}


def is_tweet(found):
    """Whether a JSON object is a tweet of snscrape or twscrape; before `_type` came it had `renderedContent`."""
    is_typed = found.get("_type") == TYPE or ("_type" not in found and "renderedContent" in found)
    return is_typed and {"id", "date", "url", "user"} <= found.keys() and bool(found.keys() & TEXTS)


def scraped(path, media, kinds):
    """The cells of a file of tweets that POSTS and ENTITIES are made of, ids mended.

    `media` is the type of that key; `kinds` makes of it an array of photo, video, animated_gif. No tweet at the head of
    the file raises `ReaderError`.
    """
    heads = first_objects(path)
    tweets = [found for found in heads if is_tweet(found)]
    if not tweets:
        raise ReaderError(
            f"{path} (record 1): no tweet of snscrape or twscrape at the head of the file. Found: {len(heads)} JSON objects "
            "without id, date, url, user and content. Expected: lines of such objects. Give the right reader."
        )
    digits = digits_kept((next(found[key] for key in IDS if key in found), found["url"]) for found in tweets)
    rows = objects(path, _shape(media))
    named = rows.select("export_row", "is_broken", "it", **_ids(rows.it, digits), **_parts(rows.it, kinds, digits))
    return mended(named, digits, needed=["reply"], others=["account", "reply_account"])


def _shape(media):
    tweet = ID | LINK | dict.fromkeys(TEXTS, "string") | {"mentionedUsers": Array(ACCOUNT), "media": media}
    tweet |= {"hashtags": Array("string"), "outlinks": Array("string"), "links": Array(Struct(LINK))}
    others = {"retweetedTweet": Struct(tweet), "quotedTweet": Struct(ID | LINK)}
    others |= dict.fromkeys(("user", "inReplyToUser"), ACCOUNT)
    return Struct(tweet | dict.fromkeys((*PLAIN, *ANSWERED), "string") | others)


def _ids(it, digits):
    """The ids of a tweet as written; those of an original or quoted tweet from its address, else where they are whole."""
    # Before `_type` a reply named only the post at the root of its thread.
    root = ibis.ifelse(it["_type"].isnull() & (it.conversationId != it.id), it.conversationId, ibis.null("string"))
    return {
        "id": _first(it, IDS),
        "url": it.url,
        "account": _first(it.user, IDS),
        "reply": _first(it, ANSWERED).coalesce(root),
        "reply_account": _first(it.inReplyToUser, IDS),
        "repost": _other(it.retweetedTweet, digits),
        "quote": _other(it.quotedTweet, digits),
        "is_repost": _first(it.retweetedTweet, ("url", *IDS)).notnull(),
        "is_other": (it["_type"] != TYPE).fill_null(False) | it.url.isnull() | it.user.username.isnull(),
    }


def _parts(it, kinds, digits):
    """Text and lists of a tweet, of a repost those of its original, which is whole; a mention is an id, else a handle."""

    def whole(part):
        return ibis.ifelse(_first(it.retweetedTweet, TEXTS).isnull(), part(it), part(it.retweetedTweet))

    named = whole(lambda tweet: tweet.mentionedUsers)
    return {
        "text": whole(lambda tweet: _first(tweet, TEXTS)),
        "hashtag": whole(lambda tweet: tweet.hashtags),
        "mention": named.map(lambda account: sound(_first(account, IDS), digits).coalesce(account.username)),
        "link": whole(lambda tweet: tweet.links.map(lambda link: link.url).coalesce(tweet.outlinks)),
        "medium": whole(lambda tweet: kinds(tweet.media)),
    }


def _other(tweet, digits):
    return address_id(tweet.url).coalesce(sound(_first(tweet, IDS), digits))


def _first(part, keys):
    return ibis.coalesce(*(part[key] for key in keys))
