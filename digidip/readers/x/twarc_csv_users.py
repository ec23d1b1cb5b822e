"""Accounts on X with their numbers of followers, as the twarc-csv plugin wrote them.

Tool: twarc-csv 0.5–0.7.2 (`twarc2 csv --input-data-type users`), 2021–2023, from lookups of users, followers and
    accounts followed.
Format: https://github.com/DocNow/twarc-csv; docs/formats.md#twarc_csv_users
Encoding: UTF-8, commas.
Zone: UTC. `__twarc.retrieved_at` is when the answer came; `created_at` is when the account was made.
Caution: who follows whom is not read: the JSON lines of twarc2 say it whole (`twarc2_users`).
Leaves out: names, descriptions, lists.
Example: 119…,2019-11-20T10:00:00.000Z,mfa,MFA,…,12500,310,12,4321,…,2021-10-23T19:40:00+00:00,…
"""

from ibis import _

from digidip.readers.opening.cells import number, offset_stamp
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.x._tweets import missing_id_reason, valid_id

PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
COUNTS = {f"public_metrics.{kind}_count" for kind in ("followers", "following", "tweet")}
REQUIRED = {"metrics": {"id", "username", *COUNTS}}
OPTIONAL = {"metrics": {"__twarc.retrieved_at"}}

METRICS = {
    "account_id": valid_id(_.id),
    "observed_at": offset_stamp(_["__twarc.retrieved_at"]),
    "follower_count": number(_["public_metrics.followers_count"]),
    "following_count": number(_["public_metrics.following_count"]),
    "post_count": number(_["public_metrics.tweet_count"]),
    "export_row": _.export_row,
    "reject": missing_id_reason(_.id),
}


def fits(head):
    """1 if the file has the columns required, which no other tool writes, else 0."""
    return float(head.known_share(REQUIRED["metrics"], OPTIONAL["metrics"]) > 0)


def read(path, *, zone=None):
    """Metrics in canonical columns; `zone` is not needed: UTC."""
    return {"metrics": delimited_rows(path, REQUIRED["metrics"], OPTIONAL["metrics"]).select(**METRICS)}
