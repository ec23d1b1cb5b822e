"""Posts or comments of a Facebook page as facebook-page-post-scraper wrote them (2015–2017).

Tool: facebook-page-post-scraper (M. Woolf, "minimaxir"); last seen December 2017.
Format: https://github.com/minimaxir/facebook-page-post-scraper; the header tells the two kinds,
    `<page>_facebook_statuses.csv` and `<page>_facebook_comments.csv`. See docs/formats.md#minimaxir_facebook.
Encoding: UTF-8, commas. Made on Windows: the encoding of the machine (convert it first), and blank lines between rows.
Zone: UTC−5 all year: the tool subtracts five hours and knows no daylight saving time.
Ids: Facebook's own, `<page>_<post>`; commenters have a display name only.
Caution: `num_likes` meant likes in July 2015 and from July 2016; the files of May 2016 have `num_reactions` alone.
    Posts without reactions can be missing.
Leaves out: the page's name, ids of commenters, time of collection.
Example: "123_456","Text",,photo,https://…,2017-01-20 19:30:00,10,2,1
"""

from ibis import _

from digidip.readers.opening.cells import blank, fixed_stamp, identifier, map_category, number
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.opening.head import read_head

PLATFORM = "facebook"
CAPPED_AT = ()
AUTHORS = "name"
POSTS_BY_ANYONE = False
OFFSET = "-05"
REQUIRED = {
    "posts": {"status_id", "status_message", "status_type", "status_published", "num_comments", "num_shares"},
    "comments": {"comment_id", "status_id", "parent_id", "comment_message", "comment_author", "comment_published"},
}
REACTIONS = {f"num_{kind}" for kind in ("reactions", "likes", "loves", "wows", "hahas", "sads", "angrys", "special")}
OPTIONAL = {
    "posts": {"link_name", "status_link", "status_author", "permalink_url"} | REACTIONS,
    "comments": {"comment_likes"} | REACTIONS,
}

PAGE = r"^([0-9]+)_"
MEDIUM = {"photo": "photo", "video": "video", "link": "link", "status": "text", "event": "event"}

POSTS = {
    "post_id": identifier(_.status_id),
    "account_id": blank(identifier(_.status_id).re_extract(PAGE, 1)),
    "posted_at": fixed_stamp(_.status_published, OFFSET),
    "medium": map_category(_.status_type, MEDIUM),
    "text": blank(_.status_message),
    "url": "https://www.facebook.com/" + identifier(_.status_id).replace("_", "/posts/"),
    "link": blank(_.status_link),
    "like_count": number(_.num_likes),
    "reaction_count": number(_.num_reactions),
    "comment_count": number(_.num_comments),
    "repost_count": number(_.num_shares),
    "export_row": _.export_row,
}

COMMENTS = {
    "comment_id": identifier(_.comment_id),
    "post_id": identifier(_.status_id),
    "parent_id": identifier(_.parent_id),
    "account_id": blank(identifier(_.status_id).re_extract(PAGE, 1)),
    "author": blank(_.comment_author),
    "commented_at": fixed_stamp(_.comment_published, OFFSET),
    "text": blank(_.comment_message),
    "like_count": number(_.comment_likes.coalesce(_.num_likes)),
    "reaction_count": number(_.num_reactions),
    "export_row": _.export_row,
}


def read(path, *, zone=None):
    """Posts or comments in canonical columns; `zone` is not needed, the offset is fixed."""
    if "comment_id" in read_head(path).header()[0]:
        return {"comments": delimited_rows(path, REQUIRED["comments"], OPTIONAL["comments"]).select(**COMMENTS)}
    return {"posts": delimited_rows(path, REQUIRED["posts"], OPTIONAL["posts"]).select(**POSTS)}
