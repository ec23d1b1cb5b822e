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

from digidip.readers.opening.cells import (
    CLOCK,
    INSTANT,
    blank,
    check_zone,
    first_without_zone,
    has_offset,
    identifier,
    named_stamp,
    number,
)
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_records import text_columns
from digidip.readers.opening.json_values import BrokenJson, json_values
from digidip.tables import ReaderError

PLATFORM = "facebook"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"posts": {"post_id", "text", "time"}}
# Python prints a time as a call, which `ast.literal_eval` does not take.
DATETIME = re.compile(r"datetime\.datetime\((\d+(?:, \d+){2,6})\)")
OPTIONAL = {
    "posts": {"post_text", "shared_text", "timestamp", "image", "video", "likes", "comments", "shares", "post_url"}
    | {"link", "user_id", "username", "user_url", "comments_full", "reactions", "reaction_count", "page_id"}
    | {"shared_post_id", "shared_user_id"}
}
ADDED_COLUMNS = {
    "posts": {"reactions.like", "reject"},
    "comments": {"page_id", "user_id", "post_id", "parent_id", "comment_id", "comment_text", "comment_time", "reject"}
    | {"remark"}
    | {"commenter_id", "comment_reaction_count"},
}
FIRST_KEY = re.compile(r'[\s,\[{]*"post_id"\s*:')
AGES = "the times are ages counted back from the collection: days at best, and no waits can be told from them"
FEWEST_AGES = 3
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
    "is_approximate": (_.remark == AGES).nullif(False),
    "remark": _.remark,
    "reject": _.reject,
}


def fits(head):
    """Share of the columns of a CSV file that this reader knows, or 1 for JSON of such posts; else 0."""
    if head.is_json:
        return float(bool(FIRST_KEY.match(head.text)) or any(REQUIRED["posts"] <= post.keys() for post in head.objects))
    return head.known_share(REQUIRED["posts"], OPTIONAL["posts"])


def read(path, *, zone=None):
    """Posts and comments in canonical columns; `zone` is that of the collecting machine."""
    check_zone(path, zone)
    posts, comments = _posts_and_comments(path, REQUIRED["posts"], OPTIONAL["posts"])
    for table, column, records in (("posts", "time", posts), ("comments", "comment_time", comments)):
        _refuse_times_without_zone(path, zone, table, column, records)
    epoch = number(_.timestamp)
    instant = ibis.ifelse(epoch.between(1, LAST_EPOCH), epoch, ibis.null("int64")).as_timestamp("s").cast(INSTANT)
    posted_at = ibis.coalesce(instant, named_stamp(_.time, zone))
    tables = {
        "posts": text_columns(posts, REQUIRED["posts"] | OPTIONAL["posts"] | ADDED_COLUMNS["posts"]).select(
            **POSTS, posted_at=posted_at
        )
    }
    if comments:
        _mark_ages(comments)
        comment_rows = text_columns(comments, ADDED_COLUMNS["comments"])
        tables["comments"] = comment_rows.select(**COMMENTS, commented_at=named_stamp(_.comment_time, zone))
    return tables


def _refuse_times_without_zone(path, zone, table, column, records):
    """Stop if records have local times, no instants beside them, and no zone is named; a single one is a reject."""
    times = [(str(cells.get(column) or ""), bool(cells.get("timestamp"))) for cells in records]
    dated = [each if each[0][:4].isdigit() else None for each in times]
    record = first_without_zone(dated, lambda each: not each[1] and not has_offset(each[0]))
    if record and not zone:
        raise ReaderError(
            f"{path} (record {record} of its {table}): {column!r} is a local time of the collecting machine. "
            "Expected: the zone of that machine. Say --zone, for instance America/New_York."
        )


# The posts of facebook-scraper and the comments in them, from CSV with cells as Python prints them, or from JSON.


def _posts_and_comments(path, required, optional):
    """Lists of posts and of comments of a file, in its order; what cannot be read has `reject`.

    A comment has the keys `page_id`, `user_id` and `post_id` of its post, a reply `parent_id` as well.
    """
    if read_head(path).is_json:
        records = json_values(path)
    else:
        records = delimited_rows(path, required, optional).order_by("export_row").to_pyarrow().to_pylist()
    posts, comments = [], []
    for record in records:
        post = _post_of_record(record)
        posts.append(post)
        if not post["reject"]:
            comments += _comments_of_post(post)
    return posts, comments


def _post_of_record(record):
    if not isinstance(record, dict) or not record.get("post_id"):
        return {"reject": str(record) if isinstance(record, BrokenJson) else "no post with post_id"}
    page, author = (str(record.get(key) or "") for key in ("page_id", "user_id"))
    if page and author and page != author:
        return {"reject": "a post by a visitor of the page"}
    return record | {"reactions": _nested_cell(record.get("reactions")), "reject": None}


def _comments_of_post(post):
    cell = post.get("comments_full")
    nested = _nested_cell(cell)
    post_cells = {key: post.get(key) for key in ("page_id", "user_id", "post_id", "time", "fetched_time")} | {
        "reject": None
    }
    if nested is None and cell not in (None, "", "None"):
        return [{"reject": "comments that cannot be read (comments_full)"}]
    return [
        comment | post_cells for top in (nested if isinstance(nested, list) else []) for comment in _with_replies(top)
    ]


def _mark_ages(comments):
    """Mark the comments of a file whose times are all one time of day: `4 months ago` counted back from the collection.

    Their time is worth days at best; a comment before its post is a reject.
    """
    dated = [one for one in comments if isinstance(one.get("comment_time"), str) and len(one["comment_time"]) >= CLOCK]
    clocks = [one["comment_time"][11:CLOCK] for one in dated]
    fetched = [str(one.get("fetched_time") or "")[11:CLOCK] for one in dated]
    is_one = (
        len(set(clocks)) == 1 and len({one["comment_time"][:10] for one in dated}) > 1 and len(dated) >= FEWEST_AGES
    )
    if not (is_one or (dated and clocks == fetched)):
        return
    for one in dated:
        is_before = isinstance(one.get("time"), str) and one["comment_time"] < one["time"]
        one |= {"reject": "an age that lies before its post"} if is_before else {"remark": AGES}


def _with_replies(comment):
    """A comment, then its replies."""
    if not isinstance(comment, dict):
        return []
    replies = comment.get("replies") if isinstance(comment.get("replies"), list) else []
    parent = {"parent_id": comment.get("comment_id")}
    return [comment, *(reply | parent for reply in replies if isinstance(reply, dict))]


def _nested_cell(cell):
    """A nested cell, as JSON gave it or as Python prints it; None where it is nothing JSON could hold."""
    if not isinstance(cell, str):
        return cell
    try:
        value = ast.literal_eval(DATETIME.sub(_as_text, cell))
        json.dumps(value)  # refuses what only Python can hold: bytes, sets, complex numbers
    except (ValueError, TypeError, OverflowError, SyntaxError, RecursionError, MemoryError):
        return None
    return value


def _as_text(call):
    return repr(str(datetime(*map(int, call[1].split(", ")))))
