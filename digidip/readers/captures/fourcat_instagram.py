"""Instagram posts as 4CAT or the add-on Zeeschuimer gave them for download (CSV), in both shapes.

Tool: 4CAT 1.30–1.56 (2022–), Zeeschuimer 1.14; last seen August 2026.
Format: https://github.com/digitalmethodsinitiative/4cat (map_item of the data source);
    docs/formats.md#fourcat_instagram
Encoding: UTF-8, commas, lists with commas; Zeeschuimer writes `;`, and `null` for missing, and its header is that of
    the first capture.
Zone: `unix_timestamp` is right; `timestamp` is the clock of the server, and needs a named zone where it stands alone.
Ids: the Graph shape has no ids of accounts: an account that the file names elsewhere has its id, any other its handle,
    `@mfa_example`. In pseudonymised files accounts have ids of that file only.
Rejects: partial captures of reels (they have no time), records under the header of the other shape, anonymised posts.
Caution: hidden likes are missing; views are read for videos only, and 0 of them is missing. Mentions are the accounts
    tagged. A post by several accounts is its first author's.
Leaves out: comments, co-authors, places.
Example: https://www.instagram.com/mfa/,user_posts,…
"""

import ibis
from ibis import _

from digidip.engine import named
from digidip.readers.captures import _fourcat as fourcat
from digidip.readers.captures._hidden_authors import handle_id, printed_name
from digidip.readers.opening.authors import ids_by_handle
from digidip.readers.opening.cells import map_category, number

PLATFORM = "instagram"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"id", "timestamp", "url", "body", "author", "media_type", "num_likes", "num_comments"}}
OPTIONAL = {
    "posts": {"unix_timestamp", "author_id", "author_fullname", "partial_item", "likes_hidden", "play_count"}
    | {"hashtags", "usertags"}
}
PARTIAL, SHIFTED = "a partial capture without its time", "an address that is not its own: cells under other columns"
MEDIUM = map_category(_.media_type, {"photo": "photo", "video": "video"}, "unknown")

POSTS = {
    "post_id": _.id,
    "account_id": _.account,
    "handle": printed_name(_.author),
    "account_name": printed_name(_.author_fullname),
    "posted_at": _.posted_at,
    "medium": MEDIUM,
    "text": _.body,
    "url": _.url,
    "like_count": ibis.ifelse(fourcat.is_yes(_.likes_hidden), ibis.null("int64"), number(_.num_likes)),
    "comment_count": number(_.num_comments),
    "view_count": ibis.ifelse(MEDIUM == "video", number(_.play_count).nullif(0), ibis.null("int64")),
    "export_row": _.export_row,
    "reject": ibis.cases(
        (_.posted_at.isnull() & fourcat.is_yes(_.partial_item), PARTIAL),
        (~(_.url.contains("/" + _.id)).fill_null(_.url.isnull()), SHIFTED),
        else_=fourcat.reject_reason(_.account, _.posted_at, _.author, _.author_id),
    ),
}
ENTITIES = {
    "hashtag": fourcat.comma_list(_.hashtags),
    "mention": fourcat.comma_list(_.usertags).map(handle_id),
    "medium": ibis.ifelse(MEDIUM.isnull(), None, ibis.array([MEDIUM])),
}


def read(path, *, zone=None):
    """Posts and entities in canonical columns; `zone` is for clock times of a server alone."""
    cells = fourcat.records_in_local_time(path, REQUIRED["posts"], OPTIONAL["posts"], zone)
    cells = named(fourcat.add_account_and_time(cells, zone))
    return fourcat.split_cells(cells, POSTS, ENTITIES, ids_by_handle(cells, cells.author, cells.account))
