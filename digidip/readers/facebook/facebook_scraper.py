"""Posts of Facebook pages, with the comments in them, as facebook-scraper wrote them (CSV or JSON).

Tool: facebook-scraper 0.2 (kevinzg); last release October 2023, broken since.
Format: https://github.com/kevinzg/facebook-scraper; docs/formats.md#facebook_scraper
Encoding: CSV: UTF-8 (else the encoding of the machine: convert it first), commas, the columns of the first post,
    nested cells as Python prints them. JSON: a list, in which the commas of skipped posts stand alone on their lines.
Zone: `timestamp` is an instant (seconds since 1970); `time` and `comment_time` are local times of the collecting
    machine, whose zone must be named where they are all there is. `comment_time` often has the day only (midnight).
Ids: put together as `<page>_<post>`, as in the Graph API.
Rejects: posts by visitors, with their comments.
Caution: `likes` counts all reactions where there are several kinds, so likes are taken from `reactions` if it is
    there. Rounded counts (`1.2K`) are missing.
Leaves out: posts without text (never written), authors without an id.
Example: 789,Text,Text,,2021-03-01 12:00:00,1614596400,…,10,2,1,https://…,123,MFA,…
"""

import ast
import json
import re
from datetime import datetime

import ibis
from ibis import _

from digidip.readers.opening._cells import INSTANT, blank, check_zone, identifier, is_placed, named_stamp, number
from digidip.readers.opening._files import fit, opening
from digidip.readers.opening._nested import texts
from digidip.readers.opening._objects import first_objects
from digidip.readers.opening._records import rows
from digidip.readers.opening._values import Broken, values
from digidip.tables import ReaderError

PLATFORM = "facebook"
CAPPED_AT = ()
AUTHORS = "id"
LOOSE = False
REQUIRED = {"posts": {"post_id", "text", "time"}}
DATETIME = re.compile(r"datetime\.datetime\((\d+(?:, \d+){2,6})\)")
OPTIONAL = {
    "posts": {"post_text", "shared_text", "timestamp", "image", "video", "likes", "comments", "shares", "post_url"}
    | {"link", "user_id", "username", "user_url", "comments_full", "reactions", "reaction_count", "page_id"}
    | {"shared_post_id", "shared_user_id"}
}
FURTHER = {
    "posts": {"reactions.like", "reject"},
    "comments": {"page_id", "user_id", "post_id", "parent_id", "comment_id", "comment_text", "comment_time", "reject"}
    | {"commenter_id", "comment_reaction_count"},
}
FIRST = re.compile(r'[\s,\[{]*"post_id"\s*:')
LAST_EPOCH = 4_102_444_800  # 2100: a larger number is no time
PAGE = ibis.coalesce(blank(identifier(_.page_id)), blank(identifier(_.user_id)))

POSTS = {
    "post_id": PAGE + "_" + identifier(_.post_id),
    "account_id": PAGE,
    "account_name": blank(_.username),
    "medium": ibis.cases(
        (blank(_.video).notnull(), "video"), (blank(_.image).notnull(), "photo"), (blank(_.link).notnull(), "link")
    ),
    "text": ibis.coalesce(blank(_.post_text), blank(_.text)),
    "url": blank(_.post_url),
    "link": blank(_.link),
    "repost_of_id": identifier(_.shared_user_id) + "_" + identifier(_.shared_post_id),
    "like_count": number(ibis.coalesce(_["reactions.like"], _.likes)),
    "reaction_count": number(_.reaction_count),
    "comment_count": number(_.comments),
    "repost_count": number(_.shares),
    "export_row": _.export_row,
    "reject": _.reject,
}

COMMENTS = {
    "comment_id": blank(identifier(_.comment_id)),
    "post_id": PAGE + "_" + identifier(_.post_id),
    "parent_id": blank(_.parent_id),
    "author": blank(identifier(_.commenter_id)),
    "text": blank(_.comment_text),
    "reaction_count": number(_.comment_reaction_count),
    "export_row": _.export_row,
    "reject": _.reject,
}


def fits(path):
    """Share of the columns of a CSV file that this reader knows, or 1 for a JSON list of such posts; else 0."""
    if opening(path).lstrip().startswith(("[", "{")):
        return float(
            bool(FIRST.match(opening(path))) or any(REQUIRED["posts"] <= one.keys() for one in first_objects(path))
        )
    return fit(path, REQUIRED["posts"], OPTIONAL["posts"])


def read(path, *, zone=None):
    """Posts and comments of the file as canonical columns, raw values; `zone` is that of the collecting machine."""
    check_zone(path, zone)
    posts, comments = posts_and_comments(path, REQUIRED["posts"], OPTIONAL["posts"])
    for table, column, records in (("posts", "time", posts), ("comments", "comment_time", comments)):
        _refuse_unplaced(path, zone, table, column, records)
    epoch = number(_.timestamp)
    instant = ibis.ifelse(epoch.between(1, LAST_EPOCH), epoch, ibis.null("int64")).as_timestamp("s").cast(INSTANT)
    placed = ibis.coalesce(instant, named_stamp(_.time, zone))
    frames = {
        "posts": texts(posts, REQUIRED["posts"] | OPTIONAL["posts"] | FURTHER["posts"]).select(
            **POSTS, posted_at=placed
        )
    }
    if comments:
        held = texts(comments, FURTHER["comments"])
        frames["comments"] = held.select(**COMMENTS, commented_at=named_stamp(_.comment_time, zone))
    return frames


def _refuse_unplaced(path, zone, table, column, records):
    """Stop if a record has a local time, no instant beside it, and no zone is named."""
    for record, cells in enumerate(records, start=1):
        cell = str(cells.get(column) or "")
        if not zone and cell[:4].isdigit() and not cells.get("timestamp") and not is_placed(cell):
            raise ReaderError(
                f"{path} (record {record} of its {table}): {column!r} is a local time of the collecting machine, '{cell}'. "
                "Expected: the zone of that machine. Say --zone, for instance America/New_York."
            )


# The posts of facebook-scraper and the comments in them, from CSV with cells as Python prints them, or from JSON.


def posts_and_comments(path, required, optional):
    """Lists of the posts and of the comments of a file, in its order; what cannot be read is there with `reject`.

    A comment has the keys `page_id`, `user_id` and `post_id` of its post, a reply `parent_id` as well.
    """
    if opening(path).lstrip().startswith(("[", "{")):
        found = values(path)
    else:
        found = rows(path, required, optional).order_by("export_row").to_pyarrow().to_pylist()
    posts, comments = [], []
    for record in found:
        post = _post(record)
        posts.append(post)
        if not post["reject"]:
            comments += _comments(post)
    return posts, comments


def _post(record):
    if not isinstance(record, dict) or not record.get("post_id"):
        return {"reject": str(record) if isinstance(record, Broken) else "no post with post_id"}
    page, author = (str(record.get(key) or "") for key in ("page_id", "user_id"))
    if page and author and page != author:
        return {"reject": "a post by a visitor of the page"}
    return record | {"reactions": _literal(record.get("reactions")), "reject": None}


def _comments(post):
    cell = post.get("comments_full")
    held = _literal(cell)
    own = {key: post.get(key) for key in ("page_id", "user_id", "post_id")} | {"reject": None}
    if held is None and cell not in (None, "", "None"):
        return [{"reject": "comments that cannot be read (comments_full)"}]
    return [comment | own for top in (held if isinstance(held, list) else []) for comment in _thread(top)]


def _thread(comment):
    """A comment, then its replies."""
    if not isinstance(comment, dict):
        return []
    replies = comment.get("replies") if isinstance(comment.get("replies"), list) else []
    own = {"parent_id": comment.get("comment_id")}
    return [comment, *(reply | own for reply in replies if isinstance(reply, dict))]


def _literal(cell):
    """A nested cell: as JSON gave it, or from the text that Python prints; None where that is nothing JSON could hold."""
    if not isinstance(cell, str):
        return cell
    try:
        value = ast.literal_eval(DATETIME.sub(_as_text, cell))
        json.dumps(value)
    except (ValueError, TypeError, OverflowError, SyntaxError, RecursionError, MemoryError):
        return None
    return value


def _as_text(call):
    return repr(str(datetime(*map(int, call[1].split(", ")))))
