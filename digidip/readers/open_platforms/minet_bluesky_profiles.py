"""Numbers of followers, accounts followed and posts of Bluesky accounts, as minet writes them.

Tool: minet (médialab, Sciences Po); last seen 2026.
Format: https://github.com/medialab/twitwi; 17 columns. The 12 columns of its lists of followers hold no counts and are
    not read. See docs/formats.md#minet_bluesky_profiles.
Encoding: UTF-8, commas.
Zone: `collection_time`, the moment that the counts belong to, is the local time of the collecting machine, whose zone
    must be named; older files have none.
Leaves out: names, descriptions, lists, pictures, the day the account was made.
Example:
    did:plc:…,https://bsky.app/profile/mfa.example.org,mfa.example.org,MFA,…,310,8400,120,0,0,0,…,2025-03-20T11:00:00.000000
"""

from ibis import _

from digidip.readers.opening.cells import blank, check_zone, local_time, number, to_utc
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.opening.head import read_head
from digidip.tables import ReaderError

PLATFORM = "bluesky"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"metrics": {"did", "handle", "posts", "followers", "follows"}}
OPTIONAL = {
    "metrics": {"url", "display_name", "description", "lists", "feedgens", "starter_packs", "avatar", "banner"}
    | {"pinned_post_uri", "created_at", "timestamp_utc", "collection_time"}
}

METRICS = {
    "account_id": blank(_.did),
    "follower_count": number(_.followers),
    "following_count": number(_.follows),
    "post_count": number(_.posts),
    "export_row": _.export_row,
}


def read(path, *, zone=None):
    """Metrics in canonical columns; `zone` is that of the collecting machine."""
    check_zone(path, zone)
    table = delimited_rows(path, REQUIRED["metrics"], OPTIONAL["metrics"])
    if not _has_times(path, zone):
        return {"metrics": table.select(**METRICS)}
    collected_at = to_utc(zone, local_time(_.collection_time.left(19), "%Y-%m-%dT%H:%M:%S"))
    return {"metrics": table.select(**METRICS, observed_at=collected_at)}


def _has_times(path, zone):
    """Whether the file has times of collection; `ReaderError` if so and no zone is named."""
    names = read_head(path).header()[0]
    if "collection_time" not in names:
        return False
    place = names.index("collection_time")
    for record, cells in enumerate(read_head(path).records, start=1):
        if not zone and place < len(cells) and cells[place]:
            raise ReaderError(
                f"{path} (record {record}): 'collection_time' is a local time of the collecting machine. Expected: the zone "
                "of that machine. Say --zone, for instance Europe/Paris."
            )
    return bool(zone)
