"""Comments on TikTok as the browser add-on Zeeschuimer caught them, or as 4CAT gives them back.

Tool: Zeeschuimer 1.12 or later, 4CAT; last seen August 2026.
Format: https://github.com/digitalmethodsinitiative/zeeschuimer (modules/tiktok-comments.js);
    docs/formats.md#zeeschuimer_tiktok_comments
Encoding: UTF-8 JSON lines (NDJSON).
Zone: UTC, in seconds since 1970. `timestamp_collected` is the time of collection.
Ids: authors are ids (`user.uid`), else `@` and the handle.
Caution: what a browser was shown is no whole thread: answers are there only where somebody opened them, and a comment
    is there once per visit. The language is TikTok's guess (`un` is unknown).
Leaves out: numbers of answers, pictures, who pinned or liked it.
Example:
    {"item_id":"761…","source_platform":"tiktok-comments","data":{"cid":"761…","aweme_id":"760…","create_time":1772445600,…}}
"""

import ibis
from ibis import _

from digidip.readers.captures import _zeeschuimer as zeeschuimer
from digidip.readers.captures._hidden_authors import handle_id, known_author
from digidip.readers.opening.cells import blank, number

NAME = "zeeschuimer_tiktok_comments"
PLATFORM = "tiktok"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"comments": {"cid", "aweme_id", "create_time", "text", "user"}}
SHAPE = """struct<cid: string, aweme_id: string, text: string, create_time: string, comment_language: string,
    digg_count: string, reply_id: string, reply_to_reply_id: string, user: struct<uid: string, unique_id: string>>"""
TIME = zeeschuimer.nonzero_epoch(_.create_time)

COMMENTS = {
    "comment_id": _.cid,
    "post_id": _.aweme_id,
    "parent_id": blank(_.reply_to_reply_id, "0").coalesce(blank(_.reply_id, "0")),
    "author": known_author(_.user.uid).coalesce(handle_id(_.user.unique_id)),
    "commented_at": TIME,
    "text": zeeschuimer.text_without_nul(_.text),
    "lang": blank(_.comment_language, "un"),
    "like_count": number(_.digg_count),
    "retrieved_at": _.retrieved_at,
    "export_row": _.export_row,
    "reject": ibis.cases(
        (_.reject.notnull(), _.reject),
        (_.cid.isnull() | _.aweme_id.isnull(), "no comment with cid and aweme_id"),
        (TIME.isnull(), "a comment without time"),
    ),
}


def fits(head):
    """1 if one of the first lines is a comment on TikTok in Zeeschuimer's or 4CAT's NDJSON, else 0."""
    return zeeschuimer.platform_share(head, NAME)


def read(path, *, zone=None):
    """Comments in canonical columns; `zone` is not needed: seconds."""
    return {"comments": zeeschuimer.line_objects(path, NAME, SHAPE).select(**COMMENTS)}
