"""One official account of Mastodon, as its server tells it, with pages of its followers, if any.

Tool: `digidip collect mastodon`; /api/v1/accounts/lookup, then /accounts/…/followers, by any collector; last seen 2026.
Format: https://docs.joinmastodon.org/entities/Account/; docs/formats.md#mastodon_account
Encoding: UTF-8 JSON: the account on the first line, then a page, a list of accounts, per line.
Zone: not told; counts and ties are those of the moment of collection, which the file does not hold: say it with --retrieved.
Ids: an account is its address (`url`), as in `mastodon_statuses`.
Rejects: a first line, and followers, without `url` or `uri`.
Caution: who names this reader, or adds such a file, states that the account of the first line is official, one of the ministry
    declared. Followers are people: they become pseudonyms. Of those a server shows what the account lets it show.
Leaves out: descriptions, pictures, the days on which accounts were made; names and counts of followers.
Example:
    {"id":"116…","acct":"mfa","url":"https://…/@mfa","followers_count":310,…}
    [{"id":"117…","acct":"…","url":"https://…/@…",…}]
"""

import ibis
from ibis import _

from digidip.readers.open_platforms._account_pages import FOLLOWS, METRICS, account_tables, text_of
from digidip.readers.open_platforms._mastodon import handle_with_server
from digidip.readers.opening.cells import blank
from digidip.readers.opening.head import first_json_value, read_head
from digidip.readers.opening.json_records import ENVELOPE
from digidip.readers.opening.json_values import BrokenJson
from digidip.tables import ReaderError

PLATFORM = "mastodon"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"accounts": {"url", "acct"}, "metrics": {"url", "followers_count"}, "follows": {"url"}}
KEYS = {"acct", "url", "followers_count", "statuses_count"}

ACCOUNTS = {
    "account_id": _.account_id,
    "handle": blank(_.handle),
    "name": blank(_.name),
    "source": ibis.literal("Mastodon"),
    "export_row": _.export_row,
    "reject": _.reject,
}


def fits(head):
    """1 if the first object of the file is an account of Mastodon with its counts; else 0."""
    first = first_json_value(head.start) if head.start.startswith("{") else None
    is_account = isinstance(first, dict) and first.keys() >= KEYS and "content" not in first
    return float(is_account and not ENVELOPE.search(head.start))


def read(path, *, zone=None):
    """The account, its counts and its followers in canonical columns; `zone` is not needed."""
    if not fits(read_head(path)):
        raise ReaderError(
            f"{path} (record 1): no account of Mastodon at the head of the file. Expected: JSON of an account on the first line, with "
            "'acct', 'url' and 'followers_count'. Give the right reader (digidip list)."
        )
    return account_tables(path, (ACCOUNTS, METRICS, FOLLOWS), _profile, _followers)


def _profile(value):
    if not _address(value):
        return {"reject": str(value) if isinstance(value, BrokenJson) else "no account with url"}
    counts = {"followers": "followers_count", "following": "following_count", "posts": "statuses_count"}
    cells = {name: text_of(value.get(key)) for name, key in counts.items()}
    name = text_of(value.get("display_name"))
    return cells | {"account_id": _address(value), "handle": text_of(handle_with_server(value)), "name": name}


def _followers(value):
    """The follower that a value is: a page is a list, of which each comes alone."""
    if not _address(value):
        return [{"reject": str(value) if isinstance(value, BrokenJson) else "no follower with url"}]
    return [{"account_id": _address(value), "reject": None}]


def _address(value):
    """The address of an account, as other readers of Mastodon name it."""
    found = (value.get("url") or value.get("uri")) if isinstance(value, dict) else None
    return text_of(found) if isinstance(found, str) else None
