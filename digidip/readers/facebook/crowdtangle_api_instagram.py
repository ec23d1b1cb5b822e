"""Instagram posts as CrowdTangle's API gave them (JSON of `/posts`, `/posts/search`, `/post/:id`).

Tool: CrowdTangle API (Meta); closed on 14 August 2024. A search stopped at 10,000 posts, a page has at most 100.
Format: https://github.com/CrowdTangle/API/wiki; docs/formats.md#crowdtangle_api_instagram
Encoding: UTF-8 JSON: pages with `result.posts`, one to a file, in an array or one to a line; or posts alone.
Zone: UTC, which the stamps do not say. `updated` is when CrowdTangle last counted, and is read as the time of
    collection.
Ids: the post id is the code in its address, as in `crowdtangle_instagram`; the account has Instagram's own number,
    which the dashboard's files lack.
Rejects: posts on Facebook in the same file (`crowdtangle_api_facebook` reads them).
Caution: `description` is the text; likes are `favoriteCount`.
Leaves out: comments, views, expected counts, scores, titles.
Example: {"platformId":"243…_804…","platform":"Instagram","date":"2020-10-29 16:09:13","description":"Text",…}
"""

from ibis import _

from digidip.readers.facebook._crowdtangle_api import COMMON_CELLS, json_posts, platform_share_in_json, reject_reason
from digidip.readers.facebook.crowdtangle_instagram import CODE_IN_URL
from digidip.readers.opening.cells import blank, map_category, number

PLATFORM = "instagram"
CAPPED_AT = (100, 10000)
AUTHORS = "name"
POSTS_BY_ANYONE = False
REQUIRED = {"posts": {"platformId", "platform", "date", "postUrl"}}
MEDIUM = {"photo": "photo", "album": "photo"} | dict.fromkeys(("video", "igtv", "reel", "native_video"), "video")

POSTS = COMMON_CELLS | {
    "post_id": blank(_.post_url.re_extract(CODE_IN_URL, 1)),
    "account_id": blank(_.account_id).coalesce(blank(_.id.re_extract(r"_(\d+)$", 1))),
    "handle": blank(_.account_handle),
    "medium": map_category(_.type, MEDIUM),
    "text": blank(_.description).coalesce(blank(_.message)),
    "like_count": number(_.actual_favorite_count),
    "comment_count": number(_.actual_comment_count),
    "follower_count": number(_.followers),
    "reject": reject_reason(PLATFORM),
}


def fits(head):
    """Share of the posts at the head of the file that are on Instagram; 0 if it is of another kind."""
    return platform_share_in_json(head, PLATFORM)


def read(path, *, zone=None):
    """Posts in canonical columns; `zone` is not needed: UTC."""
    return {"posts": json_posts(path, PLATFORM).select(**POSTS)}
