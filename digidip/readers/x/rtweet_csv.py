"""Tweets of API v1.1 as the R package rtweet saved them (`save_as_csv`, `write_as_csv`).

Tool: rtweet 0.6–0.7 (rOpenSci), 2017–2022.
Format: https://github.com/ropensci/rtweet (R/write_as_csv.R); about 90 columns. See docs/formats.md#rtweet_csv.
Encoding: UTF-8, commas, lists with blanks between, NA or an empty cell for missing.
Zone: UTC, which the stamps do not say; without their time at midnight where R 4.3 or later wrote them.
Ids: with a leading `x`. An id that a spreadsheet spoilt is taken from `status_url`, the account then goes by its
    handle.
    `replied:` or `reposted:` and the own id stand for a spoilt id of the tweet that is answered or repeated.
Caution: a repost has no `RT @` and lists that may be cut: its text is the original's, its likes are not known here,
    and its mention of the original's author is none of the reposter's. The kind of a medium shows in the address of
    its preview alone. `#NA` as the only tag is read as none.
Leaves out: numbers of quotes, followers (those of the day of collection).
Example: "x119…","x1380…","2021-04-08 09:00:00","mfa","Text",…
"""

import ibis
from ibis import _

from digidip.readers.opening.cells import blank, fixed_stamp, number, offset_stamp
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.opening.escapes import read_back
from digidip.readers.x._tweets import (
    list_cell,
    medium_of,
    reliable_digits_in_file,
    repair_ids,
    split_cells,
    tweet_address,
    unescaped,
    valid_id,
)
from digidip.readers.x.twarc1_csv import LINKS, MEDIA

PLATFORM = "x"
CAPPED_AT = (100, 3200, 18000)
AUTHORS = "id"
POSTS_BY_ANYONE = True
NEEDED_IDS = ("reply_to_status_id", "retweet_status_id")
OTHER_IDS = ("user_id", "reply_to_user_id", "quoted_status_id", "retweet_user_id")
REQUIRED = {"posts": {"status_id", "user_id", "created_at", "screen_name", "text", *NEEDED_IDS}}
OPTIONAL = {
    "posts": {"status_url", "name", "lang", "reply_to_screen_name", "retweet_text", "mentions_user_id", *OTHER_IDS}
    | {"favorite_count", "reply_count", "retweet_count", "hashtags", "urls_expanded_url", "mentions_screen_name"}
    | {"media_url", "ext_media_url"}
}
IS_REPOST = _.retweet_status_id.notnull()

POSTS = {
    "post_id": _.post_id,
    "account_id": _.user_id.coalesce(blank(_.screen_name)),
    "handle": blank(_.screen_name),
    "account_name": blank(_["name"]),
    "posted_at": ibis.coalesce(
        offset_stamp(_.created_at), fixed_stamp(_.created_at, "+00"), fixed_stamp(_.created_at + " 00:00:00", "+00")
    ),
    "medium": medium_of(MEDIA, LINKS, otherwise=ibis.ifelse(IS_REPOST, ibis.null("string"), "text")),
    "text": read_back(unescaped(ibis.ifelse(IS_REPOST, blank(_.retweet_text, "NA").coalesce(_.text), _.text))),
    "lang": blank(_.lang, "NA"),
    "url": tweet_address(_.screen_name, _.post_id),
    "link": LINKS[0],
    "reply_to_id": _.reply_to_status_id,
    "reply_to_account_id": _.reply_to_user_id.coalesce(blank(_.reply_to_screen_name, "NA")),
    "repost_of_id": _.retweet_status_id,
    "quote_of_id": ibis.ifelse(IS_REPOST, ibis.null("string"), _.quoted_status_id),
    "like_count": ibis.ifelse(IS_REPOST, ibis.null("int64"), number(_.favorite_count)),
    "comment_count": number(_.reply_count),
    "repost_count": number(_.retweet_count),
    "export_row": _.export_row,
    "remark": _.remark,
}

ENTITIES = {"hashtag": list_cell(_.hashtags, " "), "mention": _.mention, "link": LINKS, "medium": MEDIA}


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is not needed: UTC."""
    table = delimited_rows(path, REQUIRED["posts"], OPTIONAL["posts"])
    lists = ("hashtags", "mentions_user_id", "mentions_screen_name", "urls_expanded_url", "ext_media_url", "media_url")
    table = table.mutate(**{name: blank(table[name], "NA") for name in lists})
    ids = {name: _without_x(blank(table[name], "NA")) for name in ("status_id", *NEEDED_IDS, *OTHER_IDS)}
    cells = table.mutate(
        **ids,
        id=ids["status_id"],
        url=table.status_url,
        urls=table.urls_expanded_url,
        media=table.ext_media_url.coalesce(table.media_url),
    )
    cells = repair_ids(
        cells, reliable_digits_in_file(path, "status_id", "status_url"), needed_ids=NEEDED_IDS, other_ids=OTHER_IDS
    )
    return split_cells(cells.mutate(mention=_mentions(cells)), POSTS, ENTITIES)


def _mentions(cells):
    """Ids, or handles where an id is not whole, but for the author of what is reposted."""
    ids, names = (list_cell(cells[name], " ").fill_null([]) for name in ("mentions_user_id", "mentions_screen_name"))
    accounts = ids.zip(names).map(lambda pair: valid_id(_without_x(pair.f1)).coalesce(pair.f2))
    reposted = cells.retweet_user_id.fill_null("")
    return accounts.filter(lambda account: account != reposted)


def _without_x(cell):
    """An id without the `x` that keeps spreadsheets from spoiling it."""
    return cell.re_replace("^x", "")
