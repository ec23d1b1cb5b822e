"""TikTok videos as 4CAT or the add-on Zeeschuimer gave them for download (CSV).

Tool: 4CAT 1.22–1.56 (2021–), Zeeschuimer 1.14; last seen August 2026.
Format: https://github.com/digitalmethodsinitiative/4cat (map_item of the data source); docs/formats.md#fourcat_tiktok
Encoding: UTF-8, commas, lists with commas; Zeeschuimer writes `;`, and `null` for missing.
Zone: times are in seconds since 1970 (`unix_timestamp`, in the oldest files `timestamp`), else UTC.
Ids: older files have `author_id`; in newer ones an account is known by its handle alone, `@mfa.example` in small
    letters. In pseudonymised files accounts have ids of that file only.
Rejects: anonymised posts.
Caution: a medium is told by `video_url` alone, so that slides and videos that were not captured whole have none.
Leaves out: comments, followers (those of the day of collection), music, duets, stickers.
Example: https://www.tiktok.com/@mfa.example,7612…,7612…,mfa.example,MFA Exampleland,4200,10,31,…
"""

import ibis
from ibis import _

from digidip.readers.captures import _fourcat as fourcat
from digidip.readers.captures._hidden_authors import post_address, printed_name
from digidip.readers.opening.cells import number

PLATFORM = "tiktok"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"id", "timestamp", "author", "body", "tiktok_url", "likes", "comments", "shares", "plays"}}
OPTIONAL = {"posts": {"unix_timestamp", "author_id", "author_full", "video_url", "hashtags", "challenges"}}
MEDIUM = ibis.ifelse(_.video_url.notnull(), "video", ibis.null("string"))

POSTS = {
    "post_id": _.id,
    "account_id": _.account,
    "handle": printed_name(_.author),
    "account_name": printed_name(_.author_full),
    "posted_at": _.posted_at,
    "medium": MEDIUM,
    "text": _.body,
    "url": post_address(_.tiktok_url, _.author),
    "like_count": number(_.likes),
    "comment_count": number(_.comments),
    "repost_count": number(_.shares),
    "view_count": number(_.plays),
    "export_row": _.export_row,
    "reject": fourcat.reject_reason(_.account, _.posted_at, _.author, _.author_id),
}
ENTITIES = {
    "hashtag": fourcat.comma_list(_.hashtags.coalesce(_.challenges)),
    "medium": ibis.ifelse(MEDIUM.isnull(), None, ibis.array([MEDIUM])),
}


def read(path, *, zone=None):
    """Posts and entities in canonical columns; `zone` is not needed: seconds, or UTC."""
    cells = fourcat.records(path, REQUIRED["posts"], OPTIONAL["posts"])
    return fourcat.split_cells(fourcat.add_account_and_time(cells, "UTC"), POSTS, ENTITIES)
