"""What files of the AT Protocol (Bluesky) hold: pages, threads and lists of posts, lists of profiles."""

import re

import ibis

from digidip.readers.opening.cells import INSTANT
from digidip.readers.opening.json_records import object_at
from digidip.readers.opening.json_values import json_values

FIRST_POST = "2022-11-17"
AS_SEEN = "createdAt before Bluesky existed; they stand at the time when the server saw them"


def posts_in(path):
    """The records of a file: posts in feeds, lists, threads and repositories, or alone.

    A broken line is `Broken`.

    Each is a dict with `post` and, in feeds, `reason`; or a node `notFound` or `blocked` as it stands. Of a thread comes
    the node, then what it answers, then what answers it.
    """
    for value in json_values(path, _api_keys):
        yield from _posts(value)


def profiles_in(path):
    """The profiles of a file: those of `profiles`, and profiles alone; `Broken` for a broken line."""
    for value in json_values(path, _api_keys):
        inside = value.get("profiles") if isinstance(value, dict) else None
        yield from inside if isinstance(inside, list) else [value]


def created_or_seen(created_at, seen_at):
    """The time of a post, and a remark: the one when the server saw it, where the author's clock tells none of Bluesky's.

    A broken clock writes the years 0 and 1; posts brought along from elsewhere keep dates from before Bluesky.
    """
    is_early = created_at < ibis.literal(FIRST_POST).cast(INSTANT)
    remark = ibis.ifelse(is_early & seen_at.notnull(), AS_SEEN, ibis.null("string"))
    return ibis.ifelse(is_early & seen_at.notnull(), seen_at, created_at), remark


def _api_keys(pairs):
    """A JSON object with its keys as the API writes them, without `$`.

    Python's models write snake_case and `py_type`.
    """
    names = {key: re.sub(r"_(\w)", lambda part: part[1].upper(), key.removeprefix("py_").lstrip("$")) for key in pairs}
    return {names[key]: value for key, value in pairs.items()}


def _posts(value):
    todo = [value]
    while todo:
        value = todo.pop()
        if not isinstance(value, dict) or "notFound" in value or "blocked" in value:
            yield value
        elif "post" in value:
            yield {key: value.get(key) for key in ("post", "reason")}
            todo += [*_reversed_list(value.get("replies")), *filter(None, [value.get("parent")])]
        elif {"feed", "posts", "thread", "records"} & value.keys():
            listed = value.get("feed") or value.get("posts") or value.get("records")
            todo += _reversed_list(listed) or filter(None, [value.get("thread")])
        elif "value" in value:
            yield _repository_post(str(value.get("uri")), object_at(value, "value"))
        else:
            yield {"post": value}


def _repository_post(uri, record):
    """A post or repost from the account's own repository: no names or counts, the account in its uri."""
    author = {"did": _repository_owner(uri)}
    if "/app.bsky.feed.post/" in uri:
        return {"post": {"uri": uri, "author": author, "record": record}}
    repeated = str(object_at(record, "subject").get("uri"))
    if "/app.bsky.feed.repost/" not in uri or "/app.bsky.feed.post/" not in repeated:
        return {"post": {}}
    reason = {"by": author, "indexedAt": record.get("createdAt")}
    return {"post": {"uri": repeated, "author": {"did": _repository_owner(repeated)}, "record": {}}, "reason": reason}


def _repository_owner(uri):
    """The account whose repository an address of the AT Protocol leads to.

    >>> _repository_owner("at://did:plc:mfa/app.bsky.feed.post/3k")
    'did:plc:mfa'
    """
    return uri.removeprefix("at://").partition("/")[0]


def _reversed_list(values):
    return values[::-1] if isinstance(values, list) else []
