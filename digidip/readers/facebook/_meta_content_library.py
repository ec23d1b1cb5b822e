"""What the two CSV files of the Meta Content Library, of Facebook and of Instagram, have in common."""

import ibis
from ibis import _

from digidip.readers.opening.cells import blank, identifier, map_category, number, stamp

COMMON = {
    "content_type", "creation_time", "id", "lang", "post_owner.id", "post_owner.name", "post_owner.username",
    "statistics.comment_count", "statistics.like_count", "statistics.views", "text",
}  # fmt: skip
UNREAD = {
    "is_branded_content", "match_type", "mcl_url", "modified_time", "multimedia", "post_owner.type",
    "statistics.views_date_last_refreshed",
}  # fmt: skip
PHOTOS, VIDEOS = ("photo", "photos", "album"), ("video", "videos", "reel", "reels", "igtv", "live_video")
MEDIUM = dict.fromkeys(PHOTOS, "photo") | dict.fromkeys(VIDEOS, "video")
MEDIUM |= {"link": "link", "links": "link", "status": "text", "statuses": "text", "event": "event"}

# Downloads are often put one behind another, each with its header.
IS_HEADER = _.id.strip() == "id"

POSTS = {
    "post_id": identifier(_.id),
    "account_id": identifier(_["post_owner.id"]),
    "handle": blank(_["post_owner.username"]),
    "account_name": blank(_["post_owner.name"]),
    "posted_at": stamp(_.creation_time, "%Y-%m-%dT%H:%M:%S%z"),
    "medium": map_category(_.content_type.lower(), MEDIUM),
    "text": blank(_.text),
    "lang": blank(_.lang),
    "like_count": number(_["statistics.like_count"]),
    "comment_count": number(_["statistics.comment_count"]),
    "view_count": number(_["statistics.views"]),
    "export_row": _.export_row,
    "reject": ibis.ifelse(IS_HEADER, "the header once more", ibis.null("string")),
}
