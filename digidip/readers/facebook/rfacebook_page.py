"""Posts of Facebook pages, or comments, as the R package Rfacebook gave them.

Tool: Rfacebook up to 0.6.15 (`getPage`; `getPost`, `getCommentReplies`) on Graph API 2.x; last release 2017, no longer
    answered.
Format: https://cran.r-project.org/package=Rfacebook; docs/formats.md#rfacebook_page
Encoding: UTF-8, commas, quoted cells with line breaks, `NA` for missing.
Zone: UTC; the stamps carry their offset (`+0000`).
Ids: Facebook's own; the page is the first part of a post's id. A comment names its post without the page; neither
    comments nor replies name a parent.
Rejects: what visitors posted on the page (`feed=TRUE`).
Caution: reactions are there only if asked for (`reactions=TRUE`). `comments_count` counts comments and replies, as the
    API did.
Leaves out: handle of the page, time of collection.
Example: "123","Page","Text","2015-08-01T12:00:00+0000","photo","https://…","123_456",769,171,54
"""

import ibis
from ibis import _

from digidip.readers.opening.cells import blank, identifier, is_whole_number, map_category, number, stamp
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.opening.escapes import read_back
from digidip.readers.opening.head import read_head

PLATFORM = "facebook"
CAPPED_AT = (100, 200, 500, 1000, 2000, 5000, 10000)
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {
    "posts": {"from_id", "message", "created_time", "type", "id", "likes_count", "comments_count", "shares_count"},
    "comments": {"from_id", "from_name", "message", "created_time", "id", "likes_count"},
}
REACTIONS = ("love_count", "haha_count", "wow_count", "sad_count", "angry_count")
OPTIONAL = {"posts": {"from_name", "link", "story", *REACTIONS}, "comments": {"comments_count"}}
PATTERN = "%Y-%m-%dT%H:%M:%S%z"
PAGE = blank(identifier(_.id, "NA").re_extract(r"^(\d+)_", 1))
AUTHOR = identifier(_.from_id, "NA")

MEDIUM = {"photo": "photo", "video": "video", "link": "link", "status": "text", "event": "event"}

POSTS = {
    "post_id": identifier(_.id, "NA"),
    "account_id": AUTHOR,
    "account_name": blank(_.from_name, "NA"),
    "posted_at": stamp(_.created_time, PATTERN),
    "medium": map_category(_.type, MEDIUM, "NA"),
    "text": read_back(blank(_.message, "NA")),
    "link": blank(_.link, "NA"),
    "like_count": number(_.likes_count),
    "comment_count": number(_.comments_count),
    "repost_count": number(_.shares_count),
    "export_row": _.export_row,
    "reject": ibis.ifelse(
        is_whole_number(AUTHOR) & (AUTHOR != PAGE), "a post by a visitor of the page", ibis.null("string")
    ),
}
POSTS_WITH_REACTIONS = POSTS | {"reaction_count": number(_.likes_count) + sum(number(_[name]) for name in REACTIONS)}

COMMENTS = {
    "comment_id": identifier(_.id, "NA"),
    "post_id": blank(identifier(_.id, "NA").re_extract(r"^(\d+(?:_\d+)?)_\d+$", 1)),
    "author": AUTHOR,
    "commented_at": stamp(_.created_time, PATTERN),
    "text": read_back(blank(_.message, "NA")),
    "like_count": number(_.likes_count),
    "export_row": _.export_row,
}


def fits(head):
    """Share of the file's columns that this reader knows; 0 if one it requires is missing."""
    comments = head.known_share(REQUIRED["comments"], OPTIONAL["comments"])
    return comments if comments and _has_comments(head) else head.known_share(REQUIRED["posts"], OPTIONAL["posts"])


def read(path, *, zone=None):
    """Posts or comments in canonical columns; `zone` is not needed, stamps carry their offset."""
    if _has_comments(read_head(path)):
        return {"comments": delimited_rows(path, REQUIRED["comments"], OPTIONAL["comments"]).select(**COMMENTS)}
    posts = POSTS_WITH_REACTIONS if {*REACTIONS} & {*read_head(path).header()[0]} else POSTS
    return {"posts": delimited_rows(path, REQUIRED["posts"], OPTIONAL["posts"]).select(**posts)}


def _has_comments(head):
    """Whether a file has the columns of comments, and none that posts alone have."""
    names = set(head.columns)
    return names >= REQUIRED["comments"] and not {"type", "shares_count"} & names
