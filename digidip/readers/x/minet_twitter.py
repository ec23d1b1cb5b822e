"""Tweets as minet and gazouilloire write them: one flat row per tweet, the fields of twitwi.

Tool: minet (last seen 2026), gazouilloire (last seen 2023), both by médialab, Sciences Po.
Format: https://github.com/medialab/twitwi (TWEET_FIELDS); older files lack some columns. See
    docs/formats.md#minet_twitter.
Encoding: UTF-8, commas, lists with `|`, tags and mentioned handles in small letters.
Zone: `timestamp_utc` is in seconds since 1970, so none is needed; `local_time`, `user_created_at` and
    `collection_time` are the collector's clock and are not read.
Ids: X's own. An id that a spreadsheet spoilt is taken from `url`, the account then goes by its handle.
    `replied:` or `reposted:` and the own id stand for a spoilt id of the tweet that is answered or repeated.
Caution: a repost carries the text of its original after `RT @…: `, a quote the quoted text between « and »: both are
    taken off. Lists of a quote hold those of the quoted tweet as well: only what its own text has is read. Rows with
    `match_query` 0 lie outside the query and are read like the others.
Leaves out: descriptions and followers of authors, places, sources.
Example: 1380…,1617872400,2021-04-08T11:00:00,mfa,…
"""

import ibis
from ibis import _

from digidip.readers.opening.cells import blank, number
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.x._tweets import (
    epoch_instant,
    find_all,
    list_cell,
    medium_of,
    reliable_digits_in_file,
    repair_ids,
    split_cells,
    tweet_address,
    valid_id,
)

PLATFORM = "x"
CAPPED_AT = (3200,)
AUTHORS = "id"
POSTS_BY_ANYONE = True
NEEDED_IDS, OTHER_IDS = ("to_tweetid", "retweeted_id"), ("user_id", "to_userid", "quoted_id", "retweeted_user_id")
REQUIRED = {"posts": {"id", "timestamp_utc", "user_screen_name", "user_id", "text", "to_tweetid", "retweeted_id"}}
OPTIONAL = {
    "posts": {"url", "lang", "user_name", "to_userid", "to_username", "quoted_id", "quoted_user", "retweeted_user_id"}
    | {"like_count", "retweet_count", "reply_count", "impression_count", "links", "media_types", "hashtags"}
    | {"mentioned_ids", "mentioned_names"}
}
# Stands in the place of the quoted handle, which differs from row to row and so cannot be part of a pattern.
QUOTE_MARK = "\x01"

POSTS = {
    "post_id": _.post_id,
    "account_id": _.user_id.coalesce(blank(_.user_screen_name)),
    "handle": blank(_.user_screen_name),
    "account_name": blank(_.user_name),
    "posted_at": epoch_instant(_.timestamp_utc),
    "medium": medium_of(_.medium, _.link),
    "text": blank(_.own),
    "lang": blank(_.lang),
    "url": tweet_address(_.user_screen_name, _.post_id),
    "link": _.link[0],
    "reply_to_id": _.to_tweetid,
    "reply_to_account_id": _.to_userid.coalesce(blank(_.to_username)),
    "repost_of_id": _.retweeted_id,
    "quote_of_id": ibis.ifelse(_.retweeted_id.isnull(), _.quoted_id, ibis.null("string")),
    "like_count": number(_.like_count),
    "comment_count": number(_.reply_count),
    "repost_count": number(_.retweet_count),
    "view_count": number(_.impression_count),
    "export_row": _.export_row,
    "remark": _.remark,
}
ENTITIES = {"hashtag": _.hashtag, "mention": _.mention, "link": _.link, "medium": _.medium}


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is not needed: seconds."""
    table = delimited_rows(path, REQUIRED["posts"], OPTIONAL["posts"])
    digits = reliable_digits_in_file(path, "id", "url")
    cells = repair_ids(table, digits, needed_ids=NEEDED_IDS, other_ids=OTHER_IDS)
    cells = cells.mutate(own=_own_text(cells))
    return split_cells(cells.mutate(**_own_lists(cells, digits)), POSTS, ENTITIES)


def _own_text(cells):
    """The text without what a repost or a quote adds to it."""
    quoted = "« " + blank(cells.quoted_user) + ": "
    marked = (
        cells.text.replace(quoted, QUOTE_MARK)
        .re_replace(rf"(?s) ?{QUOTE_MARK}.*— \S+ »", "")
        .replace(QUOTE_MARK, quoted)
    )
    text = marked.coalesce(cells.text)
    return ibis.ifelse(cells.retweeted_id.notnull(), text.re_replace(r"^RT @\w+: ", ""), text)


def _own_lists(cells, digits):
    """Tags, mentions, links and media; of a quote only those that its own text has.

    The first mention of a repost is none.
    """
    is_quote, own, lowered = blank(cells.quoted_user).notnull(), cells.own, cells.own.lower()
    tags, names = find_all(lowered, r"[#＃]([\p{L}\p{M}\p{N}_]+)", 1), find_all(lowered, r"[@＠](\w+)", 1)
    mention_pairs = (
        list_cell(cells.mentioned_ids, "|").fill_null([]).zip(list_cell(cells.mentioned_names, "|").fill_null([]))
    )
    mention_pairs = mention_pairs.filter(lambda pair: ~is_quote | names.contains(pair.f2))
    # No program takes a list of several ids for a number.
    are_several = cells.mentioned_ids.contains("|")
    accounts = mention_pairs.map(
        lambda pair: ibis.ifelse(are_several, valid_id(pair.f1), valid_id(pair.f1, digits)).coalesce(pair.f2)
    )
    reposted = cells.retweeted_user_id.fill_null("")
    media, place = list_cell(cells.media_types, "|"), "/status/" + cells.post_id
    has_own = own.contains(place + "/photo/") | own.contains(place + "/video/")
    return {
        "hashtag": list_cell(cells.hashtags, "|").filter(lambda tag: ~is_quote | tags.contains(tag)),
        "mention": accounts.filter(lambda account: account != reposted),
        "link": list_cell(cells.links, "|").filter(lambda link: ~is_quote | own.contains(link)),
        "medium": ibis.ifelse(is_quote, ibis.ifelse(has_own, media[:1], media[:0]), media),
    }
