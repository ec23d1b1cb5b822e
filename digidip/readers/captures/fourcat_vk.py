"""Posts on VK and comments below them as 4CAT collected them and gave them for download (CSV).

Tool: 4CAT 1.33–1.56 (2023–); last seen August 2026.
Format: https://github.com/digitalmethodsinitiative/4cat (map_item of the data source); docs/formats.md#fourcat_vk
Encoding: UTF-8, commas, lists with commas.
Zone: `unix_timestamp` is right; `timestamp` is the clock of the server, and needs a named zone where it stands alone.
Ids: `id` counts within a wall, so that posts and comments are known by the wall's owner, read from `link`, and `id`:
    `-2001_15`. A community's id begins with a minus. A comment answers the comment it names, where that is in the same
    file, else the post. In pseudonymised files accounts have ids of that file only.
Rejects: anonymised posts; anonymised comments stay, without an author.
Leaves out: reposts (not collected), hashtags, followers (those of the day of collection), sound and documents.
Example: 15,15,2024-05-01 10:00:00,1714557600,https://vk.com/wall-2001_15,post,…
"""

import ibis
from ibis import _

from digidip.engine import named
from digidip.readers.captures import _fourcat as fourcat
from digidip.readers.captures._hidden_authors import known_author, printed_name
from digidip.readers.opening.cells import identifier, number

PLATFORM = "vk"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"id", "thread_id", "timestamp", "link", "item_type", "body", "author_id", "author_screen_name"}}
REQUIRED["posts"] |= {"post_comments", "in_reply_to_comment_id"}
OPTIONAL = {"posts": {"unix_timestamp", "author_name", "views", "likes", "photos", "videos", "audio", "links", "docs"}}
LINKS = fourcat.address_list(_.links)
MEDIUM = ibis.cases(
    (_.videos.notnull(), "video"), (_.photos.notnull(), "photo"), (_.audio.notnull() | _.docs.notnull(), "other")
)

POSTS = {
    "post_id": _.post_id,
    "account_id": _.account,
    "handle": printed_name(_.author_screen_name),
    "account_name": printed_name(_.author_name.strip().nullif("")),
    "posted_at": _.posted_at,
    "medium": ibis.cases((LINKS.length() > 0, MEDIUM.coalesce("link")), else_=MEDIUM.coalesce("text")),
    "text": _.body,
    "url": _.link,
    "link": LINKS[0],
    "like_count": number(_.likes),
    "comment_count": number(_.post_comments),
    "view_count": number(_.views),
    "export_row": _.export_row,
    "reject": fourcat.reject_reason(_.account, _.posted_at, _.author_id).coalesce(_.no_wall),
}
COMMENTS = {
    "comment_id": _.post_id,
    "post_id": _.answered,
    "author": _.account,
    "commented_at": _.posted_at,
    "text": _.body,
    "like_count": number(_.likes),
    "export_row": _.export_row,
    "reject": ibis.ifelse(_.posted_at.isnull(), fourcat.NO_TIME, _.no_wall),
}
ENTITIES = {
    "link": LINKS,
    "medium": ibis.ifelse(MEDIUM.isnull(), None, ibis.array([MEDIUM])),
}
NO_WALL = "no address of a wall with its owner"


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is for a server's clock alone."""
    cells = fourcat.records_in_local_time(path, REQUIRED["posts"], OPTIONAL["posts"], zone)
    wall_prefix = cells.link.re_extract(r"/wall(-?\d+)_\d+", 1).nullif("") + "_"
    cells = cells.mutate(
        post_id=wall_prefix + identifier(cells.id),
        root=wall_prefix + identifier(cells.thread_id),
        parent=wall_prefix + identifier(cells.in_reply_to_comment_id, "0"),
        account=known_author(identifier(cells.author_id)),
        posted_at=fourcat.posted_instant(zone),
        no_wall=ibis.ifelse(wall_prefix.isnull(), NO_WALL, ibis.null("string")),
    )
    cells = named(cells)
    is_comment = (cells.item_type == "comment").fill_null(False)
    comments = cells.filter(is_comment)
    comments_here = comments.select(found_id="post_id").distinct()
    placed_comments = comments.left_join(comments_here, comments.parent == comments_here.found_id).mutate(
        answered=_.found_id.coalesce(_.root)
    )
    return fourcat.split_cells(cells.filter(~is_comment), POSTS, ENTITIES) | {
        "comments": placed_comments.select(**COMMENTS)
    }
