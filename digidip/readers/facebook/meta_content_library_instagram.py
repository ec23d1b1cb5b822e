"""Instagram posts as the Meta Content Library gives them for download (CSV).

Tool: Meta Content Library, open to approved researchers; last seen 2026.
Format: https://developers.facebook.com/docs/content-library-and-api; docs/formats.md#meta_content_library_instagram
Encoding: UTF-8 with a byte order mark, commas, line breaks in texts.
Zone: UTC; the stamps say so (`+00:00`).
Ids: the library's own, not Instagram's: they match no other export and no address.
Rejects: header rows between the records, which are there when downloads were put one behind another.
Caution: views are absent, not zero, below 100 views and in the last days. `hashtags` is read with or without brackets
    and quotation marks (no real cell was seen). Real rows may not be passed on.
Leaves out: comments, public addresses (`mcl_url` opens only inside the library).
Example: photo,2024-05-01T10:00:00+00:00,"[""diplomacy""]",598…,false,en,,https://…,…,777,MFA,mfa,3,120,,,Text
"""

import ibis
from ibis import _

from digidip.readers.facebook import _meta_content_library as library
from digidip.readers.opening.delimited import delimited_rows

PLATFORM = "instagram"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"posts": library.COMMON | {"hashtags"}}
OPTIONAL = {"posts": library.UNREAD}

POSTS = library.POSTS

TAGS = _.hashtags.re_replace(r"[\[\]\"'#\s]", "").split(",")


def read(path, *, zone=None):
    """Posts and hashtags in canonical columns; `zone` is not needed, stamps carry their offset."""
    posts = delimited_rows(path, REQUIRED["posts"], OPTIONAL["posts"])
    tags = posts.filter(~library.IS_HEADER).select(
        post_id=POSTS["post_id"], kind=ibis.literal("hashtag"), value=TAGS.unnest()
    )
    return {"posts": posts.select(**POSTS), "entities": tags.filter(_.value != "").distinct()}
