"""Posts of Facebook pages with their comments, or comments alone, as the Graph API gave them (JSON).

Tool: any collector of Facebook's Graph API, 2.x to date; last seen 2026.
Format: https://developers.facebook.com/docs/graph-api; docs/formats.md#graph_api
Encoding: UTF-8 JSON: a page `{"data": […], "paging": {…}}`, a list of pages, or pages or single objects one to a line.
Zone: UTC; the stamps carry their offset (`+0000`).
Ids: Facebook's own; since 2018 private persons have none. Replies stand in `comments` of a comment, or name their
    `parent`. A comment outside its post names the post without the page, unless the address of its page tells it.
Rejects: what visitors posted on the page, with its comments; records without `from` or any field that only posts or
    only comments have, since nothing tells which they are.
Caution: a list of comments may be cut (`paging.next`): `comments.summary.total_count` is the API's own count and is
    never replaced by the number in the file. `shares` is absent where nobody shared, and stays missing.
Leaves out: reactions by kind, time of collection.
Example:
    {"id":"123_456","from":{"name":"MFA","id":"123"},"created_time":"2017-02-20T10:00:00+0000","message":"Text","shares":{"count":8},…}
"""

import re

import ibis
from ibis import _

from digidip.readers.facebook import _graph_api_cells as cells
from digidip.readers.opening.cells import blank, map_category
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_records import text_columns
from digidip.readers.opening.json_values import BrokenJson, json_values
from digidip.tables import ReaderError

PLATFORM = "facebook"
CAPPED_AT = (25, 100)
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"posts": {"id", "created_time"}, "comments": {"id", "created_time"}}
EDGES = ("posts", "feed", "published_posts")
# Fields that the API has for posts only, or for comments only.
POST_FIELDS = {"shares", "type", "status_type", "story", "is_published", "actions", "full_picture", "link"}
COMMENT_FIELDS = {"parent", "like_count", "comment_count", "can_remove", "user_likes"}
COMMENTS_URL = re.compile(r"/(\d+(?:_\d+)?)/comments\b")
POSTS_URL = re.compile(r"/(?:posts|feed|published_posts)\b")
HEAD_PATTERNS = r'"created_time"\s*:\s*"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000"', r'"id"\s*:\s*"?\d+'
NESTED_FIELDS = ("from.id", "from.name", "reactions.summary.total_count")
OPTIONAL = {
    "posts": {"message", "type", "permalink_url", "link", "shares.count", "attachments.data.0.media_type"}
    | {*NESTED_FIELDS, "likes.summary.total_count", "comments.summary.total_count"},
    "comments": {"post_id", "parent.id", "message", "like_count", *NESTED_FIELDS},
}
MEDIUM = cells.MEDIUM | {"album": "photo"}

POSTS = cells.POSTS | {
    "post_id": _.id,
    "account_id": ibis.coalesce(_["from.id"], blank(_.id.re_extract(r"^(\d+)_", 1))),
    "medium": map_category(ibis.coalesce(_.type, _["attachments.data.0.media_type"]), MEDIUM),
}

COMMENTS = cells.COMMENTS | {
    "comment_id": _.id,
    "post_id": ibis.coalesce(_.post_id, blank(_.id.re_extract(r"^(\d+)_", 1))),
    "parent_id": _["parent.id"],
    "author": blank(_["from.id"]),
    "reject": _.reject,
}


def fits(head):
    """1 if the head of the file has objects of the Graph API, else 0."""
    return float(head.is_json and all(re.search(pattern, head.start) for pattern in HEAD_PATTERNS))


def read(path, *, zone=None):
    """Posts and comments in canonical columns; `zone` is not needed: stamps carry their offset."""
    if not fits(read_head(path)):
        raise ReaderError(
            f"{path}: no object of the Graph API at the head of the file. Found: no id beside a created_time such as "
            "2017-02-20T10:00:00+0000. Expected: pages of posts or comments as the API gave them. Give the right reader."
        )
    records = _posts_and_comments(path)
    maps = {"posts": POSTS, "comments": COMMENTS}
    names = {table: sorted({*REQUIRED[table], *OPTIONAL[table], "reject"}) for table in maps}
    present = [table for table in maps if records[table]] or ["posts"]
    return {table: text_columns(records[table], names[table]).select(**maps[table]) for table in present}


# The tree of the Graph API: which objects of a file are posts, which are comments, and what stands under what.


def _posts_and_comments(path):
    """Lists `posts` and `comments` of the objects of a file, in its order; what is neither has `reject`.

    A comment found inside a post has the key `post_id`, one found inside a comment names that as its `parent`.
    """
    pages = [page for value in json_values(path) for page in _pages(value)]
    kinds = {kind for _records, kind, _post in pages if kind}
    sole_kind = kinds.pop() if len(kinds) == 1 else None
    tables = {"posts": [], "comments": []}
    for records, kind, post_id in pages:
        for record in records:
            _place_record(
                record, kind or sole_kind, post_id, tables, "comments" if sole_kind == "comments" else "posts"
            )
    return tables


def _place_record(record, kind, post_id, tables, reject_table):
    """Put one record, with the comments in it, where it belongs."""
    if not isinstance(record, dict) or not {"id", "created_time"} <= record.keys():
        reason = record if isinstance(record, BrokenJson) else "no object with id and created_time"
        tables[reject_table].append({"reject": str(reason)})
    elif kind is None:
        tables[reject_table].append({"reject": "a post or a comment: no field tells which"})
    elif kind == "comments":
        tables["comments"] += _with_replies(record, post_id, None)
    else:
        _place_post(record, tables)


def _place_post(record, tables):
    threads = [_with_replies(comment, str(record["id"]), None) for comment in _edge_records(record.get("comments"))]
    comments = [comment for thread in threads for comment in thread]
    if _author_id(record) in ("", _page_id(record)):
        tables["posts"].append(record | {"reject": None})
        tables["comments"] += comments
    else:
        and_comments = f", with its comments ({len(comments)})" if comments else ""
        tables["posts"].append({"reject": f"a post by a visitor of the page{and_comments}"})


def _with_replies(comment, post_id, parent_id):
    """A comment, then the replies in it."""
    if not isinstance(comment, dict):
        return [{"reject": "no object with id and created_time"}]
    top = {"post_id": post_id} | ({"parent": {"id": parent_id}} if parent_id else {}) | comment | {"reject": None}
    replies = [_with_replies(reply, post_id, top.get("id")) for reply in _edge_records(comment.get("comments"))]
    return [top, *(one for thread in replies for one in thread)]


def _pages(value):
    """Pages of a JSON value: records, their kind where the page tells it, and the post of the comments."""
    nested = [value[edge] for edge in EDGES if edge in value] if isinstance(value, dict) else []
    for page in nested or [value]:
        paging = page.get("paging") if isinstance(page, dict) else None
        urls = " ".join(map(str, paging.values())) if isinstance(paging, dict) else ""
        post = COMMENTS_URL.search(urls)
        records = page["data"] if isinstance(page, dict) and isinstance(page.get("data"), list) else [page]
        yield records, _page_kind(records, urls), post and post[1]


def _page_kind(records, urls):
    objects = [record for record in records if isinstance(record, dict)]
    keys = {key for record in objects for key in record}
    if COMMENTS_URL.search(urls) or keys & COMMENT_FIELDS:
        return "comments"
    is_posts = POSTS_URL.search(urls) or keys & POST_FIELDS or any(_author_id(one) == _page_id(one) for one in objects)
    return "posts" if is_posts else None


def _edge_records(edge):
    return edge["data"] if isinstance(edge, dict) and isinstance(edge.get("data"), list) else []


def _author_id(record):
    author = record.get("from")
    return str(author.get("id") or "") if isinstance(author, dict) else ""


def _page_id(record):
    return str(record.get("id")).partition("_")[0]
