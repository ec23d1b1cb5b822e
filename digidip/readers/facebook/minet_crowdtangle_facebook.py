"""Facebook posts of CrowdTangle's API as minet wrote them (`minet ct posts`, `search`, `posts-by-id`).

Tool: minet ≤ 3 (medialab; taken out 6 September 2024; minet/crowdtangle/types.py and formats.md §1.2). Comma, UTF-8, lists
with `|`. `datetime` and `updated` are UTC; `updated` is when CrowdTangle last counted, and so the time of collection.
All else is as in `crowdtangle_api_facebook`. `account_subscriber_count` is that of the day of collection and not read.
Posts on other platforms in the same file are rejects. Left out: languages, followers when posted (minet left them out).
One row: 1102…,100064…_123…,Facebook,photo,,,Text,,2020-10-29,2020-10-29 14:56:05,2020-10-29 19:03:44,….
"""

from digidip.readers.facebook._crowdtangle_api import MINET_OPTIONAL, MINET_REQUIRED, in_table, share_in_table
from digidip.readers.facebook.crowdtangle_api_facebook import POSTS
from digidip.readers.opening._files import fit

PLATFORM = "facebook"
CAPPED_AT = (10000,)
AUTHORS = "name"
LOOSE = False
REQUIRED = MINET_REQUIRED
OPTIONAL = MINET_OPTIONAL

__all__ = ["POSTS", "fits", "read"]


def fits(path):
    """Share of the file's columns that this reader knows, of its posts those on Facebook; 0 if a required column is missing."""
    share = fit(path, REQUIRED["posts"], OPTIONAL["posts"])
    return share and share * share_in_table(path, PLATFORM)


def read(path, *, zone=None):
    """Posts of the file as canonical columns, raw values; `zone` is not needed: UTC."""
    return {"posts": in_table(path).select(**POSTS)}
