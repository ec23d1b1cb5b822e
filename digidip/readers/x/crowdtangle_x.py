"""Posts on X (Twitter) as CrowdTangle's dashboards exported them.

Tool: CrowdTangle (Meta); closed on 14 August 2024.
Format: CSV without a document by its maker; the columns are those seen in public code. See
    docs/formats.md#crowdtangle_x.
Encoding: UTF-8, commas, quoted cells with line breaks in them.
Zone: that of the dashboard, written as an abbreviation (`EST`); where it is missing or has several meanings, name the
    zone with --zone.
Ids: the post id is taken from the address. There are no ids of accounts: the handle stands for the account, so a
    renamed account becomes two.
Rejects: posts without an address.
Caution: a repost shows only as `RT @name: ` in its text; its count of reposts is the original's and missing. Replies are
    not marked.
Leaves out: comments, languages, followers now, scores.
Example: MFA,mfa_example,1200,2020-01-31 23:59:59 EST,Photo,12,3,https://twitter.com/mfa_example/status/1223…,Text,…
"""

import ibis
from ibis import _

from digidip.readers.facebook._crowdtangle import STAMP_COLUMNS, dashboard_rows
from digidip.readers.opening.cells import blank, map_category, number
from digidip.readers.x._tweets import REPOST_TEXT, id_in_address, repost_by_text

PLATFORM = "x"
CAPPED_AT = (10000,)
AUTHORS = "name"
POSTS_BY_ANYONE = False
REQUIRED = {"posts": {"Account", "User Name", "Type", "Likes", "Retweets", "URL", "text"}}
OPTIONAL = {"posts": {"Followers at Posting", "Link 1", "Final Link 1", "Screen Name", *STAMP_COLUMNS}}
MEDIUM = {"Photo": "photo", "Link": "link", "Status": "text"} | dict.fromkeys(
    ("Video", "Native Video", "Vine"), "video"
)
LINK = blank(_["Final Link 1"]).coalesce(blank(_["Link 1"]))
HANDLE = blank(_["User Name"].strip()).coalesce(blank(_["Screen Name"].strip())).re_replace("^@", "")

POSTS = {
    "post_id": id_in_address(_.URL),
    "account_id": HANDLE,
    "handle": HANDLE,
    "account_name": blank(_.Account),
    "posted_at": _.posted_at,
    # A post of type Tweet is of any kind.
    "medium": ibis.ifelse(
        _.Type == "Tweet", ibis.ifelse(LINK.isnull(), ibis.null("string"), "link"), map_category(_.Type, MEDIUM)
    ),
    "text": blank(_.text),
    "url": blank(_.URL),
    "link": LINK,
    "like_count": number(_.Likes),
    "repost_of_id": repost_by_text(_.text, id_in_address(_.URL)),
    "repost_count": ibis.ifelse(_.text.re_search(REPOST_TEXT).fill_null(False), None, number(_.Retweets)),
    "follower_count": number(_["Followers at Posting"]),
    "export_row": _.export_row,
    "reject": ibis.ifelse(id_in_address(_.URL).isnull(), "no address of a post on X", ibis.null("string")),
}


def fits(head):
    """Share of the file's columns that this reader knows; 0 if one it requires is missing."""
    return max(head.known_share(REQUIRED["posts"] | {column}, OPTIONAL["posts"]) for column in STAMP_COLUMNS)


def read(path, *, zone=None):
    """Posts in canonical columns; `zone` names the dashboard's zone where a stamp does not."""
    return {
        "posts": dashboard_rows(path, REQUIRED["posts"], OPTIONAL["posts"], zone, otherwise="Created").select(**POSTS)
    }
