"""Instagram posts as the Meta Content Library gives them for download (CSV).

Tool: Meta Content Library (alive, for approved researchers; developers.facebook.com/docs/content-library-and-api;
formats.md §2). Comma, UTF-8 with byte order mark, line breaks inside texts, stamps in UTC (`+00:00`); downloads put one
behind another have headers between the rows, which become rejects. **Ids are the library's own, not Instagram's**: they
match no other export and no address. Views are absent, not zero, below 100 views and in the last days. The tags in
`hashtags` are read from a list with or without brackets and quotes (no real cell was seen). Left out: comments, public
addresses (`mcl_url` opens inside only). Real rows may not be passed on. One row:
photo,2024-05-01T10:00:00+00:00,"[""diplomacy""]",598…,false,en,,https://…,…,777,MFA,mfa,3,120,,,Text.
"""

import ibis
from ibis import _

from digidip.readers.facebook import _meta_content_library as library
from digidip.readers.opening._files import fit
from digidip.readers.opening._records import rows

PLATFORM = "instagram"
CAPPED_AT = ()
AUTHORS = "id"
LOOSE = False
REQUIRED = {"posts": library.COMMON | {"hashtags"}}
OPTIONAL = {"posts": library.UNREAD}

POSTS = library.POSTS

TAGS = _.hashtags.re_replace(r"[\[\]\"'#\s]", "").split(",")


def fits(path):
    """Share of the file's columns that this reader knows; 0 if one it requires is missing."""
    return fit(path, REQUIRED["posts"], OPTIONAL["posts"])


def read(path, *, zone=None):
    """Posts and hashtags of the file as canonical columns, raw values; `zone` is not needed, stamps carry their offset."""
    posts = rows(path, REQUIRED["posts"], OPTIONAL["posts"])
    tags = posts.filter(~library.IS_HEADER).select(
        post_id=POSTS["post_id"], kind=ibis.literal("hashtag"), value=TAGS.unnest()
    )
    return {"posts": posts.select(**POSTS), "entities": tags.filter(_.value != "").distinct()}
