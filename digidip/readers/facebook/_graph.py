"""The tree of the Graph API: which objects of a file are posts, which are comments, and what stands under what."""

import re

from digidip.readers.opening._values import Broken, values

EDGES = ("posts", "feed", "published_posts")
# Fields that the API has for posts only, or for comments only.
OF_POSTS = {"shares", "type", "status_type", "story", "is_published", "actions", "full_picture", "link"}
OF_COMMENTS = {"parent", "like_count", "comment_count", "can_remove", "user_likes"}
COMMENTS_URL = re.compile(r"/(\d+(?:_\d+)?)/comments\b")
POSTS_URL = re.compile(r"/(?:posts|feed|published_posts)\b")


def posts_and_comments(path):
    """Lists `posts` and `comments` of the objects of a file, in its order; what is neither is there with `reject`.

    A comment found inside a post has the key `post_id`, one found inside a comment names that as its `parent`.
    """
    pages = [page for value in values(path) for page in _pages(value)]
    kinds = {kind for _records, kind, _post in pages if kind}
    only = kinds.pop() if len(kinds) == 1 else None
    found = {"posts": [], "comments": []}
    for records, kind, post_id in pages:
        for record in records:
            _enter(record, kind or only, post_id, found, "comments" if only == "comments" else "posts")
    return found


def _enter(record, kind, post_id, found, main):
    """Put one record, with the comments in it, where it belongs."""
    if not isinstance(record, dict) or not {"id", "created_time"} <= record.keys():
        reason = record if isinstance(record, Broken) else "no object with id and created_time"
        found[main].append({"reject": str(reason)})
    elif kind is None:
        found[main].append({"reject": "a post or a comment: no field tells which"})
    elif kind == "comments":
        found["comments"] += _thread(record, post_id, None)
    else:
        _enter_post(record, found)


def _enter_post(record, found):
    threads = [_thread(comment, str(record["id"]), None) for comment in _data(record.get("comments"))]
    comments = [comment for thread in threads for comment in thread]
    if _author(record) in ("", _page(record)):
        found["posts"].append(record | {"reject": None})
        found["comments"] += comments
    else:
        lost = f", with its comments ({len(comments)})" if comments else ""
        found["posts"].append({"reject": f"a post by a visitor of the page{lost}"})


def _thread(comment, post_id, parent_id):
    """A comment, then the replies in it."""
    if not isinstance(comment, dict):
        return [{"reject": "no object with id and created_time"}]
    own = {"post_id": post_id} | ({"parent": {"id": parent_id}} if parent_id else {}) | comment | {"reject": None}
    replies = [_thread(reply, post_id, own.get("id")) for reply in _data(comment.get("comments"))]
    return [own, *(one for thread in replies for one in thread)]


def _pages(value):
    """Pages of a JSON value: its records, their kind as far as the page tells, and the post that comments stand under."""
    nested = [value[edge] for edge in EDGES if edge in value] if isinstance(value, dict) else []
    for page in nested or [value]:
        paging = page.get("paging") if isinstance(page, dict) else None
        urls = " ".join(map(str, paging.values())) if isinstance(paging, dict) else ""
        post = COMMENTS_URL.search(urls)
        records = page["data"] if isinstance(page, dict) and isinstance(page.get("data"), list) else [page]
        yield records, _kind(records, urls), post and post[1]


def _kind(records, urls):
    held = [record for record in records if isinstance(record, dict)]
    keys = {key for record in held for key in record}
    if COMMENTS_URL.search(urls) or keys & OF_COMMENTS:
        return "comments"
    is_posts = POSTS_URL.search(urls) or keys & OF_POSTS or any(_author(one) == _page(one) for one in held)
    return "posts" if is_posts else None


def _data(edge):
    return edge["data"] if isinstance(edge, dict) and isinstance(edge.get("data"), list) else []


def _author(record):
    author = record.get("from")
    return str(author.get("id") or "") if isinstance(author, dict) else ""


def _page(record):
    return str(record.get("id")).partition("_")[0]
