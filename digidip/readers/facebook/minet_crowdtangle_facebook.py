"""Facebook posts of CrowdTangle's API as minet wrote them (CSV).

Tool: minet up to version 3 (médialab, Sciences Po), `minet ct posts`, `search`, `posts-by-id`; the commands were taken
    out on 6 September 2024.
Format: https://github.com/medialab/minet (minet/crowdtangle/types.py); docs/formats.md#minet_crowdtangle_facebook
Encoding: UTF-8, commas, lists with `|`.
Zone: UTC (`datetime` and `updated`). `updated` is when CrowdTangle last counted, and is read as the time of
    collection.
Ids: Facebook's own, as in `crowdtangle_api_facebook`.
Rejects: posts on other platforms in the same file.
Leaves out: languages and followers when posted (minet did not write them); `account_subscriber_count`, which is that
    of the day of collection.
Example: 1102…,100064…_123…,Facebook,photo,,,Text,,2020-10-29,2020-10-29 14:56:05,2020-10-29 19:03:44,…
"""

from digidip.readers.facebook import _crowdtangle_api as api
from digidip.readers.facebook.crowdtangle_api_facebook import POSTS

PLATFORM = "facebook"
CAPPED_AT = (10000,)
AUTHORS = "name"
POSTS_BY_ANYONE = False
REQUIRED = api.MINET_REQUIRED
OPTIONAL = api.MINET_OPTIONAL

__all__ = ["POSTS", "fits", "read"]


def fits(head):
    """Share of the columns that this reader knows, of the posts on Facebook; 0 if one required is missing."""
    share = head.known_share(REQUIRED["posts"], OPTIONAL["posts"])
    return share and share * api.platform_share_in_table(head, PLATFORM)


def read(path, *, zone=None):
    """Posts in canonical columns; `zone` is not needed: UTC."""
    return {"posts": api.table_posts(path).select(**POSTS)}
