"""Users of Twitter's API v2 as twarc2 wrote them: followers, accounts followed, or users looked up.

Tool: twarc 2 (`followers`, `following`, `users`), 2021–2023; own scripts.
Format: https://docs.x.com/x-api; docs/formats.md#twarc2_users
Encoding: UTF-8 JSON: pages one to a line, in an array or one per file, or one user per line (`twarc2 flatten`).
Zone: UTC. Counts and ties are seen at `retrieved_at`.
Ids: X's own. Whose followers they are stands only in the address in `__twarc` (`/2/users/<id>/followers`): a follower
    follows the account, an account follows those under `/following`.
Rejects: a page without any user, and tweets.
Caution: pages of other addresses (users looked up, members and followers of lists, who liked or reposted), and pages
    without `__twarc`, which own scripts write, tell no tie: their users give metrics only.
Leaves out: names, descriptions, pinned tweets, lists.
Example: {"data":[{"id":"12…","username":"EmbExample",…}],…}
"""

import re

import ibis
from ibis import _

from digidip.readers.opening._cells import number, offset_stamp
from digidip.readers.opening._files import opening
from digidip.readers.opening._flat import flat
from digidip.readers.opening._nested import thing, things
from digidip.readers.opening._objects import first_objects
from digidip.readers.opening._values import Broken, values
from digidip.readers.x._tweets_v2 import first_packed, first_tweets
from digidip.tables import ReaderError

PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
LOOSE = False
REQUIRED = {"metrics": {"id"}, "follows": {"id", "__twarc"}}
NEEDED = {"id", "name", "username"}
ADDRESS = re.compile(r"/2/users/(\d+)/(followers|following)(?:[?#]|$)")
CELLS = ("id", "account", "kind", "followers", "following", "posts", "retrieved_at", "reject")

METRICS = {
    "account_id": _.id,
    "observed_at": offset_stamp(_.retrieved_at),
    "follower_count": number(_.followers),
    "following_count": number(_.following),
    "post_count": number(_.posts),
    "export_row": _.export_row,
    "reject": _.reject,
}

FOLLOWS = {
    "source_id": ibis.ifelse(_.kind == "followers", _.id, _.account),
    "target_id": ibis.ifelse(_.kind == "followers", _.account, _.id),
    "tie": ibis.literal("follow"),
    "weight": ibis.null("float64"),
    "observed_at": offset_stamp(_.retrieved_at),
    "export_row": _.export_row,
}


def fits(path):
    """1 if users of API v2, and no tweets, stand at the head of the file, in pages or on lines; else 0."""
    text = opening(path)
    alone = [it for it in first_objects(path) if {"public_metrics", "__twarc"} & it.keys()]
    users = [
        it for it in [*first_packed(text), *alone] if isinstance(it, dict) and it.keys() >= NEEDED and "text" not in it
    ]
    return float(bool(users) and not first_tweets(path))


def read(path, *, zone=None):
    """Metrics of the users, and their ties, as canonical columns, raw values; `zone` is not needed: UTC."""
    if not fits(path):
        raise ReaderError(
            f"{path} (record 1): no user of API v2 at the head of the file. Expected: pages with data, or lines, "
            f"of objects with {', '.join(sorted(NEEDED))}. Give the right reader (digidip list)."
        )
    rows = flat(path, _users(path), CELLS)
    tied = rows.filter(_.reject.isnull(), _.account.notnull())
    return {"metrics": rows.select(**METRICS), "follows": tied.select(**FOLLOWS)}


def _users(path):
    """The cells of every user, page by page, or the reason why a page has none."""
    record = 0
    for page in values(path):
        for cells in _users_of(page):
            record += 1
            yield cells | {"export_row": record}


def _users_of(page):
    if not isinstance(page, dict):
        return [{"reject": str(page) if isinstance(page, Broken) else "no user with an id"}]
    held = page.get("data")
    inside = [held] if isinstance(held, dict) and held else things(held)
    if not inside and "id" not in page:
        return [{"reject": "page of errors" if "errors" in page else "page without users"}]
    told = thing(page, "__twarc")
    tie = ADDRESS.search(str(told.get("url")))
    beside = {"account": tie[1], "kind": tie[2]} if tie else {}
    return [_cells(it) | beside | {"retrieved_at": _ascii(told.get("retrieved_at"))} for it in inside or [page]]


def _cells(it):
    """The cells of a user: an id in digits, and its counts."""
    counts, own = thing(it, "public_metrics"), _ascii(it.get("id"))
    is_user = own and own.isdecimal() and "username" in it and "text" not in it
    names = {"followers": "followers_count", "following": "following_count", "posts": "tweet_count"}
    cells = {name: _ascii(counts.get(key)) for name, key in names.items()}
    return {"id": own, **cells, "reject": None if is_user else "no user with an id"}


def _ascii(value):
    """A text or number as text; None for what else JSON may hold there, such as halves of surrogate pairs."""
    return str(value) if isinstance(value, (str, int)) and str(value).isascii() else None
