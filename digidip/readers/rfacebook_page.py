"""Posts of Facebook pages as R's `Rfacebook::getPage` gave them and `write.csv` wrote them.

Tool: Rfacebook ≤ 0.6.15 on Graph API 2.x (last release 2017; the API no longer answers it), cran.r-project.org/package=
Rfacebook. Format: comma, UTF-8, quoted, R's `NA` for missing, line breaks inside messages. Stamps carry their offset
(`+0000`). Left out: handle of the page, comments themselves (only their number), reactions other than likes, time of
collection. `comments_count` counts comments and replies as the API did. One row: "123","Page","Text",
"2015-08-01T12:00:00+0000","photo","https://…","123_456",769,171,54.
"""

from ibis import _

from digidip.readers._cells import blank, identifier, number, stamp, worded
from digidip.readers._files import fit
from digidip.readers._records import rows

PLATFORM = "facebook"
CAPPED_AT = (100, 200, 500, 1000, 2000, 5000, 10000)
AUTHORS = "name"
LOOSE = False
REQUIRED = {
    "posts": {"from_id", "message", "created_time", "type", "id", "likes_count", "comments_count", "shares_count"}
}
OPTIONAL = {"posts": {"from_name", "link"}}

MEDIUM = {"photo": "photo", "video": "video", "link": "link", "status": "text", "event": "event"}

POSTS = {
    "post_id": identifier(_.id, "NA"),
    "account_id": identifier(_.from_id, "NA"),
    "account_name": blank(_.from_name, "NA"),
    "posted_at": stamp(_.created_time, "%Y-%m-%dT%H:%M:%S%z"),
    "medium": worded(_.type, MEDIUM, "NA"),
    "text": blank(_.message, "NA"),
    "link": blank(_.link, "NA"),
    "like_count": number(_.likes_count),
    "comment_count": number(_.comments_count),
    "repost_count": number(_.shares_count),
    "export_row": _.export_row,
}


def fits(path):
    """Share of the file's columns that this reader knows; 0 if one it requires is missing."""
    return fit(path, REQUIRED["posts"], OPTIONAL["posts"])


def read(path, *, zone=None):
    """Posts of the file as canonical columns, raw values; `zone` is not needed, the stamps carry their offset."""
    return {"posts": rows(path, REQUIRED["posts"], OPTIONAL["posts"]).select(**POSTS)}
