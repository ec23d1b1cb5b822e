"""The posts of facebook-scraper and the comments in them, from CSV with cells as Python prints them, or from JSON."""

import ast
import json
import re
from datetime import datetime

from digidip.readers.opening._files import opening
from digidip.readers.opening._records import rows
from digidip.readers.opening._values import Broken, values

DATETIME = re.compile(r"datetime\.datetime\((\d+(?:, \d+){2,6})\)")


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
