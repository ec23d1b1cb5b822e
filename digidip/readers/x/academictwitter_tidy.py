"""Tweets of X API v2 as the R package academictwitteR flattened them (`bind_tweets`, tidy, CSV).

Tool: academictwitteR; archived 2023. `bind_tweets(output_format = "tidy")` makes a table of R, which its users save.
Format: https://github.com/cjbarrie/academictwitteR (R/bind_tweets.R), about 30 columns; docs/formats.md#academictwitter_tidy
Encoding: UTF-8, commas, NA for missing, as `write.csv` or `write_csv` leave it.
Zone: UTC (`Z`; a stamp without it, as R writes times, is UTC too).
Ids: the API's own.
Rejects: records without a whole id.
Caution: what a reply answers is not in the table, only whose post it is, so nothing in it is a comment; `data_….json` of
    the same collection has it. A repost has the text of the original, and neither its own likes nor reposts.
Leaves out: entities (hashtags, mentions, links, media are in `data_….json`), profiles of the authors, numbers of quotes.
Example: "1380082989265846273","mfa","A statement","en","2021-04-08T09:00:00.000Z","1197092216632246273",NA,…
"""

import ibis
from ibis import _

from digidip.readers.opening.cells import blank, fixed_stamp, identifier, number, offset_stamp
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.x._tweets import tweet_address, unescaped

PLATFORM = "x"
CAPPED_AT = (100, 500)
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {
    "posts": {"tweet_id", "user_username", "text", "author_id", "created_at", "sourcetweet_type", "sourcetweet_id"}
}
OPTIONAL = {
    "posts": {"lang", "in_reply_to_user_id", "user_name", "retweet_count", "like_count", "sourcetweet_text"},
    "unread": {"", "source", "conversation_id", "possibly_sensitive", "quote_count", "quoted_status_id"}
    | {"user_url", "user_created_at", "user_pinned_tweet_id", "user_description", "user_location", "user_verified"}
    | {"user_protected", "user_profile_image_url", "user_tweet_count", "user_list_count", "user_followers_count"}
    | {"user_following_count", "sourcetweet_lang", "sourcetweet_author_id"},
}
TWEET_ID = identifier(_.tweet_id)
IS_REPOST = (_.sourcetweet_type == "retweeted").fill_null(False)


def _source(kind):
    """The id of the post that another is of that kind to; missing for other kinds."""
    return ibis.ifelse(_.sourcetweet_type == kind, identifier(_.sourcetweet_id), ibis.null("string"))


POSTS = {
    "post_id": TWEET_ID,
    "account_id": identifier(_.author_id),
    "handle": blank(_.user_username, "NA"),
    "account_name": blank(_.user_name, "NA"),
    "posted_at": offset_stamp(_.created_at).coalesce(fixed_stamp(_.created_at, "+00")),
    "text": unescaped(ibis.ifelse(IS_REPOST, blank(_.sourcetweet_text, "NA").coalesce(_.text), _.text)),
    "lang": blank(_.lang, "NA"),
    "url": tweet_address(blank(_.user_username, "NA"), TWEET_ID),
    "reply_to_id": _source("replied_to"),
    "reply_to_account_id": identifier(_.in_reply_to_user_id),
    "repost_of_id": _source("retweeted"),
    "quote_of_id": _source("quoted"),
    "like_count": ibis.ifelse(IS_REPOST, ibis.null("int64"), number(_.like_count)),
    "repost_count": ibis.ifelse(IS_REPOST, ibis.null("int64"), number(_.retweet_count)),
    "export_row": _.export_row,
}


def read(path, *, zone=None):
    """Posts in canonical columns; `zone` is not needed: UTC."""
    return {"posts": delimited_rows(path, REQUIRED["posts"], OPTIONAL["posts"]).select(**POSTS)}
