"""Cells of posts and comments under the names that Facebook's Graph API gives them."""

from ibis import _

from digidip.readers.opening.cells import blank, number, stamp

PATTERN = "%Y-%m-%dT%H:%M:%S%z"
MEDIUM = {name: name for name in ("photo", "video", "link", "event")} | {"status": "text"}

POSTS = {
    "account_name": blank(_["from.name"]),
    "posted_at": stamp(_.created_time, PATTERN),
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
    "commented_at": stamp(_.created_time, PATTERN),
    "text": blank(_.message),
    "like_count": number(_.like_count),
    "reaction_count": number(_["reactions.summary.total_count"]),
    "export_row": _.export_row,
}
