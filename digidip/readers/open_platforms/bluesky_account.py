"""One official account of Bluesky, as its profile tells it, with pages of its followers, if any.

Tool: `digidip collect bluesky`; app.bsky.actor.getProfile, then app.bsky.graph.getFollowers, by any collector; last seen 2026.
Format: https://docs.bsky.app/docs/api/app-bsky-graph-get-followers; docs/formats.md#bluesky_account
Encoding: UTF-8 JSON: the profile on the first line, then a page per line.
Zone: not told; counts and ties are those of the moment of collection, which the file does not hold: say it with --retrieved.
Ids: an account is its DID.
Rejects: a first line without `did`; a page without followers, and followers without `did`.
Caution: who names this reader states that the account of the first line is official, one of the ministry declared. Followers
    are people: they become pseudonyms.
Leaves out: descriptions, pictures, the days on which accounts were made; names and handles of followers.
Example:
    {"did":"did:plc:…","handle":"mfa.example.org","followersCount":8400,…}
    {"subject":{"did":"did:plc:…",…},"followers":[{"did":"did:plc:…",…}],"cursor":"…"}
"""

import re

import ibis
from ibis import _

from digidip.readers.open_platforms._account_pages import FOLLOWS, METRICS, account_tables, text_of
from digidip.readers.opening.cells import blank
from digidip.readers.opening.head import first_json_value, read_head
from digidip.readers.opening.json_records import ENVELOPE
from digidip.readers.opening.json_values import BrokenJson
from digidip.tables import ReaderError

PLATFORM = "bluesky"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"accounts": {"did", "handle"}, "metrics": {"did", "followersCount"}, "follows": {"subject", "followers"}}
KEYS = {"did", "handle", "followersCount"}
PAGE = re.compile(r'"subject"\s*:\s*\{')

ACCOUNTS = {
    "account_id": _.account_id,
    "handle": blank(_.handle).nullif("handle.invalid"),
    "name": blank(_.name),
    "source": ibis.literal("Bluesky"),
    "export_row": _.export_row,
    "reject": _.reject,
}


def fits(head):
    """1 if the head of the file is a profile of Bluesky and a page of followers; a profile alone is one of `bluesky_profiles`."""
    return float(_begins_with_profile(head) and bool(PAGE.search(head.start)))


def read(path, *, zone=None):
    """The account, its counts and its followers in canonical columns; `zone` is not needed."""
    if not _begins_with_profile(read_head(path)):
        raise ReaderError(
            f"{path} (record 1): no profile of Bluesky at the head of the file. Expected: JSON of getProfile on the first line, with "
            "'did', 'handle' and 'followersCount'. Give the right reader (digidip list)."
        )
    return account_tables(path, (ACCOUNTS, METRICS, FOLLOWS), _profile, _followers)


def _begins_with_profile(head):
    first = first_json_value(head.start) if head.start.startswith("{") else None
    return isinstance(first, dict) and first.keys() >= KEYS and not ENVELOPE.search(head.start)


def _profile(value):
    if isinstance(value, BrokenJson) or not _did(value):
        return {"reject": str(value) if isinstance(value, BrokenJson) else "no profile with did"}
    counts = {"followers": "followersCount", "following": "followsCount", "posts": "postsCount"}
    cells = {name: text_of(value.get(key)) for name, key in counts.items()}
    return cells | {
        "account_id": _did(value),
        "handle": text_of(value.get("handle")),
        "name": text_of(value.get("displayName")),
    }


def _followers(page):
    listed = page.get("followers") if isinstance(page, dict) else None
    if not isinstance(listed, list):
        return [{"reject": str(page) if isinstance(page, BrokenJson) else "no page of followers"}]
    return [{"account_id": _did(one), "reject": None if _did(one) else "no follower with did"} for one in listed]


def _did(value):
    did = value.get("did") if isinstance(value, dict) else None
    return did if isinstance(did, str) and did.startswith("did:") and did.isascii() else None
