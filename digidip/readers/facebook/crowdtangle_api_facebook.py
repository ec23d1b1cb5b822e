"""Facebook posts as CrowdTangle's API gave them (JSON of `/posts`, `/posts/search`, `/post/:id`).

Tool: CrowdTangle API (Meta); closed on 14 August 2024. A search stopped at 10,000 posts, a page has at most 100.
Format: https://github.com/CrowdTangle/API/wiki; docs/formats.md#crowdtangle_api_facebook
Encoding: UTF-8 JSON: pages with `result.posts`, one to a file, in an array or one to a line; or posts alone.
Zone: UTC, which the stamps do not say. `updated` is when CrowdTangle last counted, and is read as the time of
    collection.
Ids: Facebook's own, `<page>_<post>`, as in `crowdtangle_facebook`.
Rejects: posts on Instagram in the same file (`crowdtangle_api_instagram` reads them).
Leaves out: comments, expected counts, scores, views, history, texts of links and pictures.
Example: {"platformId":"100064…_123…","platform":"Facebook","date":"2020-10-29 14:56:05","statistics":{…},…}
"""

import ibis
from ibis import _

from digidip.readers.facebook._crowdtangle_api import COMMON_CELLS, json_posts, platform_share_in_json, reject_reason
from digidip.readers.opening.cells import blank, map_category, number

PLATFORM = "facebook"
CAPPED_AT = (100, 10000)
AUTHORS = "name"
POSTS_BY_ANYONE = False
REQUIRED = {"posts": {"platformId", "platform", "date", "postUrl"}}
REACTIONS = ("love", "wow", "haha", "sad", "angry")
TEMPORARY_REACTIONS = ("care", "thankful")  # reactions that Facebook had for some years only
VIDEOS = (
    "video native_video live_video live_video_complete live_video_scheduled youtube vine episode extra_clip trailer"
)
MEDIUM = {"photo": "photo", "album": "photo", "link": "link", "status": "text"} | dict.fromkeys(VIDEOS.split(), "video")
ACCOUNT = blank(_.account_id).coalesce(blank(_.id.re_extract(r"^(\d+)_", 1)))

POSTS = COMMON_CELLS | {
    "post_id": ibis.ifelse(_.id.contains("_"), _.id, ACCOUNT + "_" + blank(_.id)),
    "account_id": ACCOUNT,
    "handle": blank(_.account_handle),
    "medium": map_category(_.type, MEDIUM),
    "text": blank(_.message),
    "like_count": number(_.actual_like_count),
    "reaction_count": number(_.actual_like_count)
    + sum(number(_[f"actual_{word}_count"]) for word in REACTIONS)
    + sum(number(blank(_[f"actual_{word}_count"]).fill_null("0")) for word in TEMPORARY_REACTIONS),
    "comment_count": number(_.actual_comment_count),
    "repost_count": number(_.actual_share_count),
    "follower_count": number(_.followers),
    "reject": reject_reason(PLATFORM),
}


def fits(head):
    """Share of the posts at the head of the file that are on Facebook; 0 if it is of another kind."""
    return platform_share_in_json(head, PLATFORM)


def read(path, *, zone=None):
    """Posts in canonical columns; `zone` is not needed: UTC."""
    return {"posts": json_posts(path, PLATFORM).select(**POSTS)}
