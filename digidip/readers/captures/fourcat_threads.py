"""Posts on Threads as 4CAT or the add-on Zeeschuimer gave them for download (CSV).

Tool: 4CAT 1.47–1.56 (2024–), Zeeschuimer 1.14; last seen August 2026.
Format: https://github.com/digitalmethodsinitiative/4cat (map_item of the data source); docs/formats.md#fourcat_threads
Encoding: UTF-8, commas, lists with commas; Zeeschuimer writes `;`, and `null` for missing.
Zone: `unix_timestamp` is right; `timestamp` is the clock of the server, and needs a named zone where it stands alone.
Ids: there are none of accounts: the handle stands for the account, `@mfa_example` in small letters, so a renamed
    account becomes two. In pseudonymised files accounts have ids of that file only.
Rejects: anonymised posts.
Caution: a reply, a repost or a quote cannot be told from other posts.
Leaves out: numbers of quotes.
Example:
    https://www.threads.com/@mfa_example,DVthreads01,DVthreads01,https://www.threads.com/@mfa_example/post/DV…,Text,…
"""

import ibis
from ibis import _

from digidip.readers.captures import _fourcat as fourcat
from digidip.readers.captures._hidden_authors import post_address, printed_name
from digidip.readers.opening.cells import number

PLATFORM = "threads"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"id", "url", "body", "timestamp", "author", "likes", "reposts", "replies", "quotes"}}
OPTIONAL = {"posts": {"unix_timestamp", "image_url", "video_url", "audio_url", "link_url", "hashtags"}}
# A video has a picture too.
MEDIUM = ibis.cases(
    (_.video_url.notnull(), "video"), (_.image_url.notnull(), "photo"), (_.audio_url.notnull(), "audio")
)

POSTS = {
    "post_id": _.id,
    "account_id": _.account,
    "handle": printed_name(_.author),
    "posted_at": _.posted_at,
    "medium": MEDIUM.coalesce(ibis.ifelse(_.link_url.notnull(), "link", "text")),
    "text": _.body,
    "url": post_address(_.url, _.author),
    "link": _.link_url,
    "like_count": number(_.likes),
    "comment_count": number(_.replies),
    "repost_count": number(_.reposts),
    "export_row": _.export_row,
    "reject": fourcat.reject_reason(_.account, _.posted_at, _.author),
}
ENTITIES = {
    "hashtag": fourcat.comma_list(_.hashtags),
    "link": ibis.ifelse(_.link_url.isnull(), None, ibis.array([_.link_url])),
    "medium": ibis.ifelse(MEDIUM.isnull(), None, ibis.array([MEDIUM])),
}


def read(path, *, zone=None):
    """Posts and entities in canonical columns; `zone` is for clock times of a server alone."""
    cells = fourcat.records_in_local_time(path, REQUIRED["posts"], OPTIONAL["posts"], zone)
    return fourcat.split_cells(fourcat.add_account_and_time(cells, zone), POSTS, ENTITIES)
