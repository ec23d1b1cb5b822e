"""Tweets in a Google sheet of TAGS, saved as a text table.

Tool: TAGS 5–6 (M. Hawksey) on API v1.1, 2012–2023. Its user may add and drop columns; counts are there only if added.
Format: https://tags.hawksey.info; docs/formats.md#tags_sheet
Encoding: UTF-8, commas (`;` or TAB after a spreadsheet), texts with the API's `&amp;`.
Zone: UTC, from `created_at`; `time` is in the sheet's zone and is not read.
Ids: X's own. An id that a spreadsheet spoilt is taken from `status_url`, the account then goes by its handle.
    `replied:` and the own id stand for a spoilt id of the tweet that is answered.
Caution: a repost shows only as `RT @name: ` in its text: a text that begins so and answers nobody is a repost of
    `reposted:<its own id>`, also where somebody typed it. Links, tags, mentions and media come from the JSON in
    `entities_str`.
Leaves out: ids of reposted and quoted tweets.
Example: 1264…,mfa,Text,Sat May 23 18:01:55 +0000 2020,23/05/2020 …
"""

import ibis
from ibis import _

from digidip.readers.opening.cells import blank, number, stamp
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.opening.json_records import is_json
from digidip.readers.x._tweets import (
    STAMP_FORMAT,
    medium_of,
    reliable_digits_in_file,
    repair_ids,
    repost_by_text,
    split_cells,
    tweet_address,
    unescaped,
)

PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"id_str", "from_user", "from_user_id_str", "text", "created_at", "status_url"}}
OPTIONAL = {
    "posts": {"in_reply_to_status_id_str", "in_reply_to_user_id_str", "in_reply_to_screen_name", "entities_str", "lang"}
    | {"favorite_count", "retweet_count", "user_name"}
}
NEEDED_IDS, OTHER_IDS = ("in_reply_to_status_id_str",), ("from_user_id_str", "in_reply_to_user_id_str")
# The first search API, until 2013, wrote its stamps as e-mail does.
STAMP_FORMATS = (STAMP_FORMAT, "%a, %d %b %Y %H:%M:%S %z")


@ibis.udf.scalar.builtin(name="json_extract_string", signature=(("string", "string"), "array<string>"))
def json_texts(text, path):
    """Engine function: all texts at a path of a JSON text."""


ENTITIES_JSON = ibis.ifelse(is_json(_.entities_str), _.entities_str, ibis.null("string"))
LINKS = json_texts(ENTITIES_JSON, "$.urls[*].expanded_url")
MEDIA = json_texts(ENTITIES_JSON, "$.media[*].expanded_url").map(
    lambda link: ibis.ifelse(link.contains("/video/"), "video", "photo")
)

POSTS = {
    "post_id": _.post_id,
    "account_id": _.from_user_id_str.coalesce(blank(_.from_user)),
    "handle": blank(_.from_user),
    "account_name": blank(_.user_name),
    "posted_at": ibis.coalesce(*(stamp(_.created_at, form) for form in STAMP_FORMATS)),
    "medium": medium_of(MEDIA, LINKS, otherwise=ibis.ifelse(ENTITIES_JSON.isnull(), ENTITIES_JSON, "text")),
    "text": unescaped(_.text),
    "lang": blank(_.lang),
    "url": tweet_address(_.from_user, _.post_id),
    "link": LINKS[0],
    "reply_to_id": _.in_reply_to_status_id_str,
    "reply_to_account_id": _.in_reply_to_user_id_str.coalesce(blank(_.in_reply_to_screen_name)),
    "repost_of_id": ibis.ifelse(_.in_reply_to_status_id_str.isnull(), repost_by_text(_.text, _.post_id), None),
    "like_count": number(_.favorite_count),
    "repost_count": number(_.retweet_count),
    "export_row": _.export_row,
    "remark": _.remark,
}

ENTITIES = {
    "hashtag": json_texts(ENTITIES_JSON, "$.hashtags[*].text"),
    "mention": json_texts(ENTITIES_JSON, "$.user_mentions[*].id_str"),
    "link": LINKS,
    "medium": MEDIA,
}


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is not needed: UTC."""
    cells = delimited_rows(path, REQUIRED["posts"], OPTIONAL["posts"]).mutate(id=_.id_str, url=_.status_url)
    return split_cells(
        repair_ids(
            cells, reliable_digits_in_file(path, "id_str", "status_url"), needed_ids=NEEDED_IDS, other_ids=OTHER_IDS
        ),
        POSTS,
        ENTITIES,
    )
