"""Posts of CrowdTangle's API, in the API's own JSON or in the table that minet made of it: the same cells by one name each."""

import re

import ibis
from ibis import _

from digidip.readers.opening._cells import blank, fixed_stamp
from digidip.readers.opening._files import header, leading, opening
from digidip.readers.opening._nested import texts
from digidip.readers.opening._records import rows
from digidip.readers.opening._values import Broken, values
from digidip.tables import ReaderError

# Name of a cell in minet's table ← place in the JSON of a post.
PLACES = {
    "id": "platformId",
    "platform": "platform",
    "type": "type",
    "message": "message",
    "description": "description",
    "datetime": "date",
    "updated": "updated",
    "link": "link",
    "post_url": "postUrl",
    "expanded_links": "expandedLinks.0.expanded",
    "account_id": "account.platformId",
    "account_name": "account.name",
    "account_handle": "account.handle",
} | {
    f"actual_{word}_count": f"statistics.actual.{word}Count"
    for word in "like share favorite comment love wow haha sad angry thankful care".split()
}
# The table of minet has no such columns.
ONLY_IN_JSON = {"lang": "languageCode", "followers": "subscriberCount", "reject": "reject"}
# Neither a record of the API nor a row without these is a post.
NEEDED = {"id", "platform", "datetime", "post_url"}
# Columns that a table of minet must have, and all that are read from it.
MINET_REQUIRED = {"posts": NEEDED | {"account_id", "actual_comment_count"}}
MINET_OPTIONAL = {"posts": set(PLACES)}
IN_HEAD = ('"platformId"', '"postUrl"', '"statistics"')

ALIKE = {
    "account_name": blank(_.account_name),
    "posted_at": fixed_stamp(_.datetime, "+00"),
    "url": blank(_.post_url),
    "link": blank(_.expanded_links.split("|")[0]).coalesce(blank(_.link)).nullif(_.post_url),
    "lang": blank(_.lang),
    "retrieved_at": fixed_stamp(_.updated, "+00"),
    "export_row": _.export_row,
}


def in_json(path, platform):
    """Posts of pages (one, an array or lines of them) or of lines of posts: text cells, `export_row` and `reject`.

    A file without a post on the platform at its head raises `ReaderError`.
    """
    if not share_in_json(path, platform):
        raise ReaderError(
            f"{path} (head): no {platform.capitalize()} post of CrowdTangle's API. Expected: pages with result.posts, of posts "
            f"with {', '.join(sorted(PLACES[name] for name in NEEDED))}. Give the right reader."
        )
    posts = [
        post | {"reject": None} if _is_post(post) else {"reject": _no_post(post)}
        for value in values(path)
        for post in _posts(value)
    ]
    names = PLACES | ONLY_IN_JSON
    return texts(posts, list(names.values())).rename(names)


def in_table(path):
    """Rows of minet's table: the same cells."""
    found = rows(path, NEEDED, set(PLACES))
    return found.mutate(**{name: ibis.null("string") for name in ONLY_IN_JSON})


def rejected(platform):
    """Why a row is no post on a platform; missing where it is one."""
    other = "a post on " + _.platform.lower() + ", which this reader does not read"
    return ibis.cases((_.reject.notnull(), _.reject), (_.platform.lower() != platform, other))


def share_in_json(path, platform):
    """Of the posts at the head of a JSON file, the share that is on the platform; 0 if it is of another kind."""
    text = opening(path)
    if not text.lstrip().startswith(("{", "[")) or not all(key in text for key in IN_HEAD):
        return 0
    found = re.findall(r'"platform"\s*:\s*"(\w+)"', text.lower())
    return found.count(platform) / max(len(found), 1)


def share_in_table(path, platform):
    """The same of the rows at the head of a table that has a column `platform`."""
    place = header(path)[0].index("platform")
    found = [cells[place].lower() for cells in leading(path) if len(cells) > place]
    return found.count(platform) / max(len(found), 1)


def _posts(value):
    result = value.get("result") if isinstance(value, dict) else None
    held = result.get("posts") if isinstance(result, dict) else None
    return held if isinstance(held, list) else [value]


def _is_post(post):
    return isinstance(post, dict) and {PLACES[name] for name in NEEDED} <= post.keys()


def _no_post(post):
    return str(post) if isinstance(post, Broken) else "no post with platformId, platform, date and postUrl"
