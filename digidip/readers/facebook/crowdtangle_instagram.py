"""Instagram posts as CrowdTangle's dashboards exported them (2017–August 2024).

Tool: CrowdTangle (Meta; closed 14 August 2024; columns as 4CAT requires them, full order never seen, formats.md §1.2).
Comma, UTF-8, quoted, line breaks inside cells; the search export stopped at 10,000 rows. Stamps are in the dashboard's
zone with its abbreviation (`EST`); without one, or with one that means several offsets, the zone must be named. There
are **no ids of accounts**: the handle stands for them, so a renamed account becomes two. The id of a post is the code in
its address. `Description` is the text. Totals follow the dashboard's language and are not read. Left out: comments,
languages, tags. One row: MFA,mfa_example,1200,2020-01-31 23:59:59 EST,Photo,120,3,0,https://www.instagram.com/p/B8…/,….
"""

import ibis
from ibis import _

from digidip.readers.facebook._crowdtangle import STAMP_COLUMNS, dashboard_rows
from digidip.readers.opening._cells import blank, number, worded
from digidip.readers.opening._files import fit

PLATFORM = "instagram"
CAPPED_AT = (10000,)
AUTHORS = "name"
LOOSE = False
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
    "medium": worded(_.Type, MEDIUM),
    "text": blank(_.Description),
    "url": blank(_.URL),
    "link": blank(_.Link).nullif(_.URL),
    "like_count": number(_.Likes),
    "comment_count": number(_.Comments),
    "view_count": ibis.ifelse(worded(_.Type, MEDIUM) == "video", number(_.Views), ibis.null("int64")),
    "follower_count": number(_["Followers at Posting"]),
    "export_row": _.export_row,
}


def fits(path):
    """Share of the file's columns that this reader knows; 0 if one it requires is missing."""
    return max(fit(path, REQUIRED["posts"] | {column}, OPTIONAL["posts"]) for column in STAMP_COLUMNS)


def read(path, *, zone=None):
    """Posts of the file as canonical columns, raw values; `zone` names the dashboard's zone where a stamp does not."""
    return {"posts": dashboard_rows(path, REQUIRED["posts"], OPTIONAL["posts"], zone).select(**POSTS)}
