"""Accounts on X with their numbers of followers, as minet writes them (`minet twitter users`).

Tool: minet (médialab, Sciences Po), 2020–2023.
Format: https://github.com/medialab/twitwi (USER_FIELDS); columns of the table that minet was given may stand before
    them. See docs/formats.md#minet_users.
Encoding: UTF-8, commas.
Zone: not told; the file does not say when it was collected: give --retrieved. `timestamp_utc` and `local_time` are
    when the account was made.
Leaves out: names, descriptions, likes given, lists.
Example: 119…,mfa,MFA,…,1574244000,2019-11-20T11:00:00,Testville,1,0,4321,12500,310,…
"""

from ibis import _

from digidip.readers.opening.cells import number
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.x._tweets import missing_id_reason, valid_id

PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"metrics": {"id", "screen_name", "followers", "friends", "tweets", "timestamp_utc"}}
OPTIONAL = {
    "metrics": {"name", "description", "url", "local_time", "location", "verified", "protected", "likes", "lists"}
    | {"image", "default_profile", "default_profile_image", "witheld_in_countries", "witheld_scope"}
}

METRICS = {
    "account_id": valid_id(_.id),
    "follower_count": number(_.followers),
    "following_count": number(_.friends),
    "post_count": number(_.tweets),
    "export_row": _.export_row,
    "reject": missing_id_reason(_.id),
}


def read(path, *, zone=None):
    """Metrics in canonical columns; `zone` is not needed: no time is read."""
    return {"metrics": delimited_rows(path, REQUIRED["metrics"]).select(**METRICS)}
