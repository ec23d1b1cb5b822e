"""Instagram posts as CrowdTangle's dashboards exported them, from 2017 to August 2024.

Tool: CrowdTangle (Meta), search and dashboard exports; closed on 14 August 2024.
Format: CSV without a document by its maker; the columns are those that 4CAT requires
    (https://github.com/digitalmethodsinitiative/4cat), their full order was never seen. See
    docs/formats.md#crowdtangle_instagram.
Encoding: UTF-8, commas, quoted cells with line breaks in them. The search export stopped at 10,000 rows.
Zone: that of the dashboard, written as an abbreviation (`EST`); where it is missing or has several meanings, name the
    zone with --zone.
Ids: the post id is the code in its address. There are no ids of accounts: the handle stands for the account, so a
    renamed account becomes two.
Caution: `Description` is the text. The column of totals follows the language of the dashboard and is not read.
Leaves out: comments, languages, tags.
Example: MFA,mfa_example,1200,2020-01-31 23:59:59 EST,Photo,120,3,0,https://www.instagram.com/p/B8…/,…
"""

import ibis
from ibis import _

from digidip.readers.facebook._crowdtangle import STAMP_COLUMNS, dashboard_rows
from digidip.readers.opening.cells import blank, map_category, number

PLATFORM = "instagram"
CAPPED_AT = (10000,)
AUTHORS = "name"
POSTS_BY_ANYONE = False
REQUIRED = {"posts": {"Account", "User Name", "Type", "Likes", "Comments", "URL", "Description"}}
OPTIONAL = {"posts": {"Followers at Posting", "Views", "Link", "Photo", "Title", *STAMP_COLUMNS}}
CODE_IN_URL = r"instagram\.com/(?:[^/]+/)?(?:p|reel|reels|tv)/([A-Za-z0-9_-]+)"
MEDIUM = {"Photo": "photo", "Album": "photo"} | dict.fromkeys(("Video", "IGTV", "Reel"), "video")

POSTS = {
    "post_id": blank(_.URL.re_extract(CODE_IN_URL, 1)),
    "account_id": blank(_["User Name"].strip()),
    "handle": blank(_["User Name"].strip()),
    "account_name": blank(_.Account),
    "posted_at": _.posted_at,
    "medium": map_category(_.Type, MEDIUM),
    "text": blank(_.Description),
    "url": blank(_.URL),
    "link": blank(_.Link).nullif(_.URL),
    "like_count": number(_.Likes),
    "comment_count": number(_.Comments),
    "view_count": ibis.ifelse(map_category(_.Type, MEDIUM) == "video", number(_.Views), ibis.null("int64")),
    "follower_count": number(_["Followers at Posting"]),
    "export_row": _.export_row,
}


def fits(head):
    """Share of the file's columns that this reader knows; 0 if one it requires is missing."""
    return max(head.known_share(REQUIRED["posts"] | {column}, OPTIONAL["posts"]) for column in STAMP_COLUMNS)


def read(path, *, zone=None):
    """Posts in canonical columns; `zone` names the dashboard's zone where a stamp does not."""
    return {"posts": dashboard_rows(path, REQUIRED["posts"], OPTIONAL["posts"], zone).select(**POSTS)}
