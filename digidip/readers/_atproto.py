"""What the files of the AT Protocol (Bluesky) hold: pages, threads and lists of posts, and lists of profiles."""

import re

from digidip.readers._values import values


def posts_in(path):
    """The records of a file: items of feeds, posts of lists, nodes of threads, posts alone; `Broken` for a broken line.

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
        elif {"feed", "posts", "thread"} & value.keys():
            todo += _reversed(value.get("feed") or value.get("posts")) or filter(None, [value.get("thread")])
        else:
            yield {"post": value}


def _reversed(values):
    return values[::-1] if isinstance(values, list) else []
