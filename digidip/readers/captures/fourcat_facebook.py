"""Facebook posts as 4CAT gave captures of the add-on Zeeschuimer for download (CSV).

Tool: 4CAT 1.46–1.56 (2024–); a fork of Zeeschuimer captures Facebook; last seen August 2026.
Format: https://github.com/digitalmethodsinitiative/4cat (map_item of the data source);
    docs/formats.md#fourcat_facebook
Encoding: UTF-8, commas, lists with commas.
Zone: `unix_timestamp` is right; `timestamp` is the clock of the server, and needs a named zone where it stands alone.
Ids: an account is known by the end of its address: its id where that is a number or `profile.php?id=…`, else its
    handle, `@mfaexample` in small letters. A post has Facebook's own number, without the page's. In pseudonymised
    files accounts have ids of that file only.
Rejects: anonymised posts.
Caution: there are no numbers of likes, comments or shares. A medium is told for photos and videos alone.
Leaves out: groups, pictures.
Example: 123…,https://www.facebook.com/MFAExample/posts/pfbid…,Text,2024-05-01 10:00:00,…
"""

import ibis
from ibis import _

from digidip.readers.captures import _fourcat as fourcat
from digidip.readers.captures._hidden_authors import printed_name
from digidip.readers.opening.cells import identifier

PLATFORM = "facebook"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"id", "url", "body", "timestamp", "author", "author_name", "is_in_group", "group_name"}}
OPTIONAL = {"posts": {"unix_timestamp", "image_url", "video_url"}}
NUMBER = r"^(?:profile\.php\?(?:[^#]*&)?id=)?(\d+)(?:[?&#].*)?$"
MEDIUM = ibis.cases((_.video_url.notnull(), "video"), (_.image_url.notnull(), "photo"))

POSTS = {
    "post_id": identifier(_.id),
    "account_id": _.account,
    "handle": _.handle,
    "account_name": printed_name(_.author_name),
    "posted_at": _.posted_at,
    "medium": MEDIUM,
    "text": _.body,
    "url": _.url,
    "export_row": _.export_row,
    "reject": fourcat.reject_reason(_.account, _.posted_at, _.author, _.author_name),
}
ENTITIES = {"medium": ibis.ifelse(MEDIUM.isnull(), None, ibis.array([MEDIUM]))}


def read(path, *, zone=None):
    """Posts and entities in canonical columns; `zone` is for clock times of a server alone."""
    cells = fourcat.records_in_local_time(path, REQUIRED["posts"], OPTIONAL["posts"], zone)
    number = cells.author.re_extract(NUMBER, 1).nullif("")
    handle = ibis.ifelse(number.isnull(), cells.author.re_replace(r"[?#].*$", ""), ibis.null("string"))
    named = cells.mutate(author_id=number, author=handle.nullif("profile.php"))
    return fourcat.split_cells(
        fourcat.add_account_and_time(named, zone).mutate(handle=printed_name(_.author)), POSTS, ENTITIES
    )
