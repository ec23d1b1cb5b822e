"""Facebook posts as the Meta Content Library gives them for download (CSV).

Tool: Meta Content Library, open to approved researchers; last seen 2026.
Format: https://developers.facebook.com/docs/content-library-and-api; docs/formats.md#meta_content_library_facebook
Encoding: UTF-8 with a byte order mark, commas, line breaks in texts.
Zone: UTC; the stamps say so (`+00:00`).
Ids: the library's own, not Facebook's: they match no other export and no address. The account is who wrote the post
    (`post_owner`), which may differ from the page where it stands (`surface`).
Rejects: header rows between the records, which are there when downloads were put one behind another.
Caution: views are absent, not zero, below 100 views, before 2017 and in the last days. Real rows may not be passed on.
Leaves out: comments, public addresses (`mcl_url` opens only inside the library), reactions by kind.
Example: …,status,2024-05-01T10:00:00+00:00,598…,false,en,…,777,MFA,mfa,…,3,…,120,…,Text
"""

from ibis import _

from digidip.readers.facebook import _meta_content_library as library
from digidip.readers.opening.cells import blank, identifier, number
from digidip.readers.opening.delimited import delimited_rows

PLATFORM = "facebook"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"posts": library.COMMON | {"statistics.share_count", "statistics.reaction_count"}}
KINDS = {f"statistics.{kind}_count" for kind in ("angry", "care", "haha", "love", "sad", "wow")}
SURFACE = {f"surface.{cell}" for cell in ("type", "id", "name", "username")}
OPTIONAL = {
    "posts": {f"link_attachment.{cell}" for cell in ("caption", "description", "link", "name")}
    | {"shared_post_id", "activities", *KINDS, *SURFACE, *library.UNREAD}
}

POSTS = library.POSTS | {
    "link": blank(_["link_attachment.link"]),
    "repost_of_id": blank(identifier(_.shared_post_id)),
    "reaction_count": number(_["statistics.reaction_count"]),
    "repost_count": number(_["statistics.share_count"]),
}


def read(path, *, zone=None):
    """Posts in canonical columns; `zone` is not needed, the stamps carry their offset."""
    return {"posts": delimited_rows(path, REQUIRED["posts"], OPTIONAL["posts"]).select(**POSTS)}
