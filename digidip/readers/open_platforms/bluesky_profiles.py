"""Numbers of followers, accounts followed and posts of Bluesky accounts, from their profiles.

Tool: any collector of app.bsky.actor.getProfiles or getProfile; last seen 2026.
Format: https://docs.bsky.app/docs/api/app-bsky-actor-get-profiles; docs/formats.md#bluesky_profiles
Encoding: UTF-8 JSON: a page per file, an array, or a page or profile per line; also dumps of Python's `atproto` models
    (snake_case).
Zone: not told; the counts are those of the moment of collection, which the file does not hold (`indexedAt` is the last
    change of the profile): say it with --retrieved.
Caution: profiles without counts, as in lists of followers, have them missing.
Leaves out: names, descriptions, pictures, the day the account was made.
Example:
    {"profiles":[{"did":"did:plc:…","handle":"mfa.example.org","followersCount":8400,"followsCount":120,"postsCount":310}]}
"""

import re

import ibis
from ibis import _

from digidip.readers.open_platforms._atproto import profiles_in
from digidip.readers.opening.cells import number
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_records import ENVELOPE, record_rows
from digidip.tables import ReaderError

PLATFORM = "bluesky"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"metrics": {"did", "followersCount", "followsCount", "postsCount"}}
HEAD_PATTERNS = r'"did"\s*:\s*"did:', r'"followers_?[cC]ount"\s*:', r'"follows_?[cC]ount"\s*:'
FOLLOWERS = re.compile(r'"subject"\s*:\s*\{')  # of a page of getFollowers, which `bluesky_account` reads
EMPTY_PAGE = re.compile(r'{\s*"profiles"\s*:\s*\[\s*\]\s*}')
SHAPE = "struct<did: string, followersCount: string, followsCount: string, postsCount: string>"

METRICS = {
    "account_id": _.it.did,
    "follower_count": number(_.it.followersCount),
    "following_count": number(_.it.followsCount),
    "post_count": number(_.it.postsCount),
    "export_row": _.export_row,
    "reject": ibis.cases((_.is_broken, "broken JSON"), (_.it.did.isnull(), "no profile with did")),
}


def fits(head):
    """1 if the head of the file is JSON with profiles of Bluesky and their counts, else 0."""
    is_profiles = bool(EMPTY_PAGE.match(head.start)) or all(re.search(pattern, head.start) for pattern in HEAD_PATTERNS)
    return float(head.is_json and is_profiles and not (ENVELOPE.search(head.start) or FOLLOWERS.search(head.start)))


def read(path, *, zone=None):
    """Metrics in canonical columns, without `observed_at`; `zone` is not needed."""
    if not fits(read_head(path)):
        raise ReaderError(
            f"{path} (record 1): no profile of Bluesky at the head of the file. Expected: JSON of getProfiles, with 'did', "
            "'followersCount' and 'followsCount'. Give the right reader (digidip list)."
        )
    return {"metrics": record_rows(profiles_in(path), SHAPE).select(**METRICS)}
