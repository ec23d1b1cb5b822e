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

from digidip.readers.networks._to_parquet import to_parquet
from digidip.readers.opening.cells import number, offset_stamp
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_records import object_at, objects_in
from digidip.readers.opening.json_values import BrokenJson, json_values
from digidip.readers.x._tweets_v2 import first_in_pages, first_tweets
from digidip.tables import ReaderError

PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"metrics": {"id"}, "follows": {"id", "__twarc"}}
NEEDED_KEYS = {"id", "name", "username"}
FOLLOW_ADDRESS = re.compile(r"/2/users/(\d+)/(followers|following)(?:[?#]|$)")
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


def fits(head):
    """1 if users of API v2, and no tweets, stand at the head of the file, in pages or on lines; else 0."""
    text = head.text
    alone = [it for it in head.objects if {"public_metrics", "__twarc"} & it.keys()]
    users = [
        it
        for it in [*first_in_pages(text), *alone]
        if isinstance(it, dict) and it.keys() >= NEEDED_KEYS and "text" not in it
    ]
    return float(bool(users) and not first_tweets(head))


def read(path, *, zone=None):
    """Metrics of the users, and their ties, in canonical columns; `zone` is not needed: UTC."""
    if not fits(read_head(path)):
        raise ReaderError(
            f"{path} (record 1): no user of API v2 at the head of the file. Expected: pages with data, or lines, "
            f"of objects with {', '.join(sorted(NEEDED_KEYS))}. Give the right reader (digidip list)."
        )
    rows = to_parquet(path, _user_cells(path), CELLS)
    tied = rows.filter(_.reject.isnull(), _.account.notnull())
    return {"metrics": rows.select(**METRICS), "follows": tied.select(**FOLLOWS)}


def _user_cells(path):
    """The cells of every user, page by page, or the reason why a page has none."""
    record = 0
    for page in json_values(path):
        for cells in _page_users(page):
            record += 1
            yield cells | {"export_row": record}


def _page_users(page):
    if not isinstance(page, dict):
        return [{"reject": str(page) if isinstance(page, BrokenJson) else "no user with an id"}]
    data = page.get("data")
    users = [data] if isinstance(data, dict) and data else objects_in(data)
    if not users and "id" not in page:
        return [{"reject": "page of errors" if "errors" in page else "page without users"}]
    meta = object_at(page, "__twarc")
    address = FOLLOW_ADDRESS.search(str(meta.get("url")))
    follow_cells = {"account": address[1], "kind": address[2]} if address else {}
    return [
        _cells_of_user(it) | follow_cells | {"retrieved_at": _ascii_text(meta.get("retrieved_at"))}
        for it in users or [page]
    ]


def _cells_of_user(it):
    """The cells of a user: an id in digits, and its counts."""
    counts, user_id = object_at(it, "public_metrics"), _ascii_text(it.get("id"))
    is_user = user_id and user_id.isdecimal() and "username" in it and "text" not in it
    names = {"followers": "followers_count", "following": "following_count", "posts": "tweet_count"}
    cells = {name: _ascii_text(counts.get(key)) for name, key in names.items()}
    return {"id": user_id, **cells, "reject": None if is_user else "no user with an id"}


def _ascii_text(value):
    """A text or number as text; None for what else JSON may hold, such as halves of surrogate pairs."""
    return str(value) if isinstance(value, (str, int)) and str(value).isascii() else None
