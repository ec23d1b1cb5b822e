"""Tweets of API v1.1 as `json2csv` of twarc 1, Social Feed Manager and TweetSets wrote them.

Tool: twarc up to 2.14 (Documenting the Now), 2015–2023; Social Feed Manager and TweetSets use the same columns.
    `user_timeline` stopped at 3,200 tweets.
Format: https://github.com/DocNow/twarc (src/twarc/json2csv.py); docs/formats.md#twarc1_csv
Encoding: UTF-8, commas, lists with blanks between, texts with the API's `&amp;`.
Zone: UTC; the stamps carry their offset.
Ids: until 2017 there was no id of the account, which then goes by its handle. An id that a spreadsheet spoilt is taken
    from `tweet_url`, the account then goes by its handle.
    `replied:` or `reposted:` and the own id stand for a spoilt id of the tweet that is answered or repeated.
Caution: in 2018 one column was called `reweet_or_quote_id`; until 2017 there was `reweet_id` or `retweet_id`, no type
    and no quote. A repost has the text, tags and likes of its original: the likes are left missing. Its links may be
    cut, so that one without any has no medium.
Leaves out: mentions (no column), numbers of replies and quotes. Photo or video shows in an address alone.
Example: 1380…,https://twitter.com/mfa/status/1380…,Thu Apr 08 09:00:00 +0000 2021,…
"""

import ibis
from ibis import _

from digidip.readers.opening.cells import blank, number, stamp
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.x._tweets import (
    LOST_REMARK,
    STAMP_FORMAT,
    list_cell,
    medium_of,
    reliable_digits_in_file,
    repair_ids,
    split_cells,
    tweet_address,
    unescaped,
)
from digidip.tables import LOST_IDS

PLATFORM = "x"
CAPPED_AT = (3200,)
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"id", "tweet_url", "created_at", "user_screen_name", "text", "in_reply_to_status_id"}}
OPTIONAL = {
    "posts": {"parsed_created_at", "user_name", "hashtags", "media", "urls", "favorite_count", "retweet_count", "lang"}
    | {"in_reply_to_user_id", "in_reply_to_screen_name", "user_id", "tweet_type"}
    | {"retweet_or_quote_id", "reweet_or_quote_id", "retweet_id", "reweet_id"}
}
# A cut tweet links to itself.
SELF_LINK = "https://twitter.com/i/web/status/"
# A reply says so by the id of what it answers; a repost by its type.
NEEDED_IDS, OTHER_IDS = ("in_reply_to_status_id",), ("retweet_or_quote_id", "user_id", "in_reply_to_user_id")
IS_REPOST = _.tweet_type == "retweet"
IS_CUT = IS_REPOST | _.urls.fill_null("").contains(SELF_LINK)
LINKS = list_cell(_.urls, " ").filter(lambda link: (link != "") & ~link.startswith(SELF_LINK))
MEDIA = list_cell(_.media, " ").map(
    lambda preview: ibis.cases(
        (preview.contains("/tweet_video_thumb/"), "animated_gif"),
        (preview.contains("_video_thumb/"), "video"),
        (preview.contains("/video/"), "video"),
        (preview.contains("/media/") | preview.contains("/photo/"), "photo"),
        else_="other",
    )
)

POSTS = {
    "post_id": _.post_id,
    "account_id": _.user_id.coalesce(blank(_.user_screen_name)),
    "handle": blank(_.user_screen_name),
    "account_name": blank(_.user_name),
    "posted_at": ibis.coalesce(stamp(_.created_at, STAMP_FORMAT), stamp(_.parsed_created_at, "%Y-%m-%d %H:%M:%S%z")),
    "medium": medium_of(MEDIA, LINKS, otherwise=ibis.ifelse(IS_CUT, ibis.null("string"), "text")),
    "text": unescaped(_.text),
    "lang": blank(_.lang),
    "url": tweet_address(_.user_screen_name, _.post_id),
    "link": LINKS[0],
    "reply_to_id": _.in_reply_to_status_id,
    "reply_to_account_id": _.in_reply_to_user_id.coalesce(blank(_.in_reply_to_screen_name)),
    "repost_of_id": ibis.ifelse(
        IS_REPOST, _.retweet_or_quote_id.coalesce(LOST_IDS["repost_of_id"] + _.post_id), ibis.null("string")
    ),
    "quote_of_id": ibis.ifelse(IS_REPOST, ibis.null("string"), _.retweet_or_quote_id),
    "like_count": ibis.ifelse(IS_REPOST, ibis.null("int64"), number(_.favorite_count)),
    "repost_count": number(_.retweet_count),
    "export_row": _.export_row,
    "remark": ibis.ifelse(IS_REPOST & _.retweet_or_quote_id.isnull(), LOST_REMARK, _.remark),
}

ENTITIES = {"hashtag": list_cell(_.hashtags, " "), "link": LINKS, "medium": MEDIA}


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is not needed: UTC."""
    table = delimited_rows(path, REQUIRED["posts"], OPTIONAL["posts"])
    repeated = blank(_.retweet_id.coalesce(_.reweet_id))
    cells = table.mutate(
        url=_.tweet_url,
        tweet_type=_.tweet_type.coalesce(ibis.ifelse(repeated.isnull(), "original", "retweet")),
        retweet_or_quote_id=_.retweet_or_quote_id.coalesce(_.reweet_or_quote_id, repeated),
    )
    return split_cells(
        repair_ids(cells, reliable_digits_in_file(path, "id", "tweet_url"), needed_ids=NEEDED_IDS, other_ids=OTHER_IDS),
        POSTS,
        ENTITIES,
    )
