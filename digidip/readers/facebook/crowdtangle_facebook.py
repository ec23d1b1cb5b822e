"""Facebook posts as CrowdTangle's dashboards exported them, from 2017 to August 2024.

Tool: CrowdTangle (Meta), search and dashboard exports; closed on 14 August 2024.
Format: CSV without a document by its maker; the header changed several times, and all versions of 2017–2024 are read.
    See docs/formats.md#crowdtangle_facebook.
Encoding: UTF-8, commas, quoted cells with line breaks in them. The search export stopped at 10,000 rows.
Zone: that of the dashboard, written as an abbreviation (`EST`, `BRT`); where it is missing or has several meanings,
    name the zone with --zone.
Ids: the post id is taken from the address; a post is `<page>_<post>`, as in the Graph API.
Caution: the column of totals follows the language of the dashboard and is not read; the plain counts are.
Leaves out: comments, languages.
Example: MFA,mfa,100064…,…,2020-01-31 23:59:59 EST,…,Photo,"1,250",1000,50,82,…
"""

import ibis
from ibis import _

from digidip.readers.facebook._crowdtangle import STAMP_COLUMNS, dashboard_rows
from digidip.readers.opening.cells import blank, identifier, is_whole_number, map_category, number

PLATFORM = "facebook"
CAPPED_AT = (10000,)
AUTHORS = "name"
POSTS_BY_ANYONE = False
REQUIRED = {"posts": {"Type", "Likes", "Comments", "Shares", "URL", "Message"}}
NAMES = ("Page Name", "Group Name", "Name")  # until 2018 a bare Name, and no other column of the page
REACTIONS = ("Love", "Wow", "Haha", "Sad", "Angry")
# Reactions that Facebook had for some years only, so that a file may lack them.
TEMPORARY_REACTIONS = ("Care", "Thankful")
OPTIONAL = {
    "posts": {"User Name", "Facebook Id", "Followers at Posting", "Total Views", "Link", "Final Link"}
    | {*STAMP_COLUMNS, *NAMES, *REACTIONS, *TEMPORARY_REACTIONS}
}
POST_IN_URL = r"(?:story_fbid=|fbid=|[?&]v=|[/_])(\d+|pfbid\w+)/?(?:[?&#].*)?$"
PAGE_IN_URL = r"facebook\.com/(?:groups/)?([^/?]+)/(?:posts|permalink|photos|videos|notes)/"
PAGE_IN_QUERY = r"[?&]id=(\d+)"

MEDIUM = {"Photo": "photo", "Album": "photo", "Link": "link", "Status": "text", "Event": "event"} | dict.fromkeys(
    ("Video", "Native Video", "Live Video", "Live Video Complete", "Live Video Scheduled", "YouTube", "Vine"), "video"
)
# The engine evaluates a branch of `cases` only where it is needed, but every part of a `coalesce` for every row.
LAST_SEGMENT = _.URL.split("/")[-1]
POST = ibis.ifelse(is_whole_number(LAST_SEGMENT), LAST_SEGMENT, blank(_.URL.re_extract(POST_IN_URL, 1)))
ACCOUNT = ibis.cases(
    (_["Facebook Id"].notnull(), identifier(_["Facebook Id"])),
    (_.URL.re_search(PAGE_IN_URL), _.URL.re_extract(PAGE_IN_URL, 1)),
    else_=blank(_.URL.re_extract(PAGE_IN_QUERY, 1)),
)

POSTS = {
    "post_id": ACCOUNT + "_" + POST.nullif(ACCOUNT),
    "account_id": ACCOUNT,
    "handle": blank(_["User Name"]),
    "account_name": ibis.coalesce(*(blank(_[name]) for name in NAMES)),
    "posted_at": _.posted_at,
    "medium": map_category(_.Type, MEDIUM),
    "text": blank(_.Message),
    "url": blank(_.URL),
    "link": ibis.coalesce(blank(_["Final Link"]), blank(_.Link)),
    "like_count": number(_.Likes),
    "reaction_count": number(_.Likes)
    + sum(number(_[name]) for name in REACTIONS)
    + sum(number(_[name].fill_null("0")) for name in TEMPORARY_REACTIONS),
    "comment_count": number(_.Comments),
    "repost_count": number(_.Shares),
    "view_count": ibis.ifelse(map_category(_.Type, MEDIUM) == "video", number(_["Total Views"]), ibis.null("int64")),
    "follower_count": number(_["Followers at Posting"]),
    "export_row": _.export_row,
}


def fits(head):
    """Share of the file's columns that this reader knows; 0 if one it requires is missing."""
    return max(head.known_share(REQUIRED["posts"] | {column}, OPTIONAL["posts"]) for column in STAMP_COLUMNS)


def read(path, *, zone=None):
    """Posts in canonical columns; `zone` names the dashboard's zone where a stamp does not."""
    return {"posts": dashboard_rows(path, REQUIRED["posts"], OPTIONAL["posts"], zone).select(**POSTS)}
