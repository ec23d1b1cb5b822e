"""What the files of the AT Protocol (Bluesky) hold: pages, threads and lists of posts, and lists of profiles."""

import re

from digidip.readers.opening._nested import thing
from digidip.readers.opening._values import values


def posts_in(path):
    """The records of a file: items of feeds, posts of lists, nodes of threads, records of a repository, posts alone;
    `Broken` for a broken line.

    Each is a dict with `post` and, in feeds, `reason`; or a node `notFound` or `blocked` as it stands. Of a thread comes
    the node, then what it answers, then what answers it.
    """
    for value in values(path, _named):
        yield from _posts(value)


def profiles_in(path):
    """The profiles of a file: those of `profiles`, and profiles alone; `Broken` for a broken line."""
    for value in values(path, _named):
        inside = value.get("profiles") if isinstance(value, dict) else None
        yield from inside if isinstance(inside, list) else [value]


def _named(found):
    """A JSON object with keys as the API writes them, without `$`: Python's models write snake_case and `py_type`."""
    names = {key: re.sub(r"_(\w)", lambda part: part[1].upper(), key.removeprefix("py_").lstrip("$")) for key in found}
    return {names[key]: value for key, value in found.items()}


def _posts(value):
    todo = [value]
    while todo:
        value = todo.pop()
        if not isinstance(value, dict) or "notFound" in value or "blocked" in value:
            yield value
        elif "post" in value:
            yield {key: value.get(key) for key in ("post", "reason")}
            todo += [*_reversed(value.get("replies")), *filter(None, [value.get("parent")])]
        elif {"feed", "posts", "thread", "records"} & value.keys():
            listed = value.get("feed") or value.get("posts") or value.get("records")
            todo += _reversed(listed) or filter(None, [value.get("thread")])
        elif "value" in value:
            yield _of_repository(str(value.get("uri")), thing(value, "value"))
        else:
            yield {"post": value}


def _of_repository(uri, record):
    """A post or repost as the account's own repository keeps it: without names and counts, the account in its address."""
    by = {"did": owner(uri)}
    if "/app.bsky.feed.post/" in uri:
        return {"post": {"uri": uri, "author": by, "record": record}}
    repeated = str(thing(record, "subject").get("uri"))
    if "/app.bsky.feed.repost/" not in uri or "/app.bsky.feed.post/" not in repeated:
        return {"post": {}}
    reason = {"by": by, "indexedAt": record.get("createdAt")}
    return {"post": {"uri": repeated, "author": {"did": owner(repeated)}, "record": {}}, "reason": reason}


def owner(uri):
    """The account whose repository an address of the AT Protocol leads to.

    >>> owner("at://did:plc:mfa/app.bsky.feed.post/3k")
    'did:plc:mfa'
    """
    return uri.removeprefix("at://").partition("/")[0]


def _reversed(values):
    return values[::-1] if isinstance(values, list) else []
