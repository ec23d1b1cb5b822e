"""Posts of Facebook pages, with the comments in them, or comments alone, as the Graph API gave them (JSON).

Tool: any collector of Facebook's Graph API 2.x to date (developers.facebook.com/docs/graph-api; formats.md §5.3). A
page `{"data": […], "paging": {…}}`, a list of pages, or pages or single objects one to a line; UTF-8, stamps carry their
offset (UTC). Replies stand in `comments` of a comment, or name their `parent`. A list of comments may be cut
(`paging.next`): `comments.summary.total_count` is the API's own count and is never replaced by the number held. `shares`
is absent where nobody shared, and stays missing. Authors are ids; since 2018 private persons have none. What visitors
posted on the page becomes rejects, with its comments. A comment outside its post names the post without the page,
unless the address of its page tells it. Left out: reactions by kind, time of collection. Without `from` or any field
that only one of them has, a post and a comment look alike: such records are rejects. One row: {"id":"123_456",
"from":{"name":"MFA","id":"123"},"created_time":"2017-02-20T10:00:00+0000","message":"Text","shares":{"count":8},…}.
"""

import re

import ibis
from ibis import _

from digidip.readers.facebook._graph import posts_and_comments
from digidip.readers.opening._cells import blank, number, stamp, worded
from digidip.readers.opening._files import opening
from digidip.readers.opening._nested import texts
from digidip.tables import ReaderError

PLATFORM = "facebook"
CAPPED_AT = (25, 100)
AUTHORS = "id"
LOOSE = False
REQUIRED = {"posts": {"id", "created_time"}, "comments": {"id", "created_time"}}
SIGNS = r'"created_time"\s*:\s*"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000"', r'"id"\s*:\s*"?\d+'
PATTERN = "%Y-%m-%dT%H:%M:%S%z"
NESTED = ("from.id", "from.name", "reactions.summary.total_count")
OPTIONAL = {
    "posts": {"message", "type", "permalink_url", "link", "shares.count", "attachments.data.0.media_type"}
    | {*NESTED, "likes.summary.total_count", "comments.summary.total_count"},
    "comments": {"post_id", "parent.id", "message", "like_count", *NESTED},
}
MEDIUM = {name: name for name in ("photo", "video", "link", "event")} | {"status": "text", "album": "photo"}

POSTS = {
    "post_id": _.id,
    "account_id": ibis.coalesce(_["from.id"], blank(_.id.re_extract(r"^(\d+)_", 1))),
    "account_name": blank(_["from.name"]),
    "posted_at": stamp(_.created_time, PATTERN),
    "medium": worded(ibis.coalesce(_.type, _["attachments.data.0.media_type"]), MEDIUM),
    "text": blank(_.message),
    "url": blank(_.permalink_url),
    "link": blank(_.link),
    "like_count": number(_["likes.summary.total_count"]),
    "reaction_count": number(_["reactions.summary.total_count"]),
    "comment_count": number(_["comments.summary.total_count"]),
    "repost_count": number(_["shares.count"]),
    "export_row": _.export_row,
    "reject": _.reject,
}

COMMENTS = {
    "comment_id": _.id,
    "post_id": ibis.coalesce(_.post_id, blank(_.id.re_extract(r"^(\d+)_", 1))),
    "parent_id": _["parent.id"],
    "author": blank(_["from.id"]),
    "commented_at": stamp(_.created_time, PATTERN),
    "text": blank(_.message),
    "like_count": number(_.like_count),
    "reaction_count": number(_["reactions.summary.total_count"]),
    "export_row": _.export_row,
    "reject": _.reject,
}


def fits(path):
    """1 if the head of the file has objects of the Graph API, else 0."""
    head = opening(path).lstrip()
    return float(head.startswith(("{", "[")) and all(re.search(sign, head) for sign in SIGNS))


def read(path, *, zone=None):
    """Posts and comments of the file as canonical columns, raw values; `zone` is not needed: stamps carry their offset."""
    if not fits(path):
        raise ReaderError(
            f"{path}: no object of the Graph API at the head of the file. Found: no id beside a created_time such as "
            "2017-02-20T10:00:00+0000. Expected: pages of posts or comments as the API gave them. Give the right reader."
        )
    found = posts_and_comments(path)
    maps = {"posts": POSTS, "comments": COMMENTS}
    names = {table: sorted({*REQUIRED[table], *OPTIONAL[table], "reject"}) for table in maps}
    given = [table for table in maps if found[table]] or ["posts"]
    return {table: texts(found[table], names[table]).select(**maps[table]) for table in given}
