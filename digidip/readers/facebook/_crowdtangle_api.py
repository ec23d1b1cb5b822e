"""Posts of CrowdTangle's API, in its own JSON or in minet's table: the same cells by the same names."""

import re

import ibis
from ibis import _

from digidip.readers.opening.cells import blank, fixed_stamp
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_records import text_columns
from digidip.readers.opening.json_values import BrokenJson, json_values
from digidip.tables import ReaderError

# Name of a cell in minet's table ← place in the JSON of a post.
JSON_PLACES = {
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
NEEDED_CELLS = {"id", "platform", "datetime", "post_url"}
# Columns that a table of minet must have, and all that are read from it.
MINET_REQUIRED = {"posts": NEEDED_CELLS | {"account_id", "actual_comment_count"}}
MINET_OPTIONAL = {"posts": set(JSON_PLACES)}
HEAD_KEYS = ('"platformId"', '"postUrl"', '"statistics"')

COMMON_CELLS = {
    "account_name": blank(_.account_name),
    "posted_at": fixed_stamp(_.datetime, "+00"),
    "url": blank(_.post_url),
    "link": blank(_.expanded_links.split("|")[0]).coalesce(blank(_.link)).nullif(_.post_url),
    "lang": blank(_.lang),
    "retrieved_at": fixed_stamp(_.updated, "+00"),
    "export_row": _.export_row,
}


def json_posts(path, platform):
    """Posts of a JSON file, in pages, an array or lines: text cells, `export_row` and `reject`.

    A file without a post on the platform at its head raises `ReaderError`.
    """
    if not platform_share_in_json(read_head(path), platform):
        raise ReaderError(
            f"{path} (head): no {platform.capitalize()} post of CrowdTangle's API. Expected: pages with result.posts, of posts "
            f"with {', '.join(sorted(JSON_PLACES[name] for name in NEEDED_CELLS))}. Give the right reader."
        )
    posts = [
        post | {"reject": None} if _is_post(post) else {"reject": _reject_reason_of(post)}
        for value in json_values(path)
        for post in _posts_of_page(value)
    ]
    names = JSON_PLACES | ONLY_IN_JSON
    return text_columns(posts, list(names.values())).rename(names)


def table_posts(path):
    """Rows of minet's table: the same cells."""
    found = delimited_rows(path, NEEDED_CELLS, set(JSON_PLACES))
    return found.mutate(**{name: ibis.null("string") for name in ONLY_IN_JSON})


def reject_reason(platform):
    """Why a row is no post on a platform; missing where it is one."""
    other = "a post on " + _.platform.lower() + ", which this reader does not read"
    return ibis.cases((_.reject.notnull(), _.reject), (_.platform.lower() != platform, other))


def platform_share_in_json(head, platform):
    """The share of posts at the head of a JSON file that is on the platform; 0 for another kind of file."""
    text = head.text
    if not text.lstrip().startswith(("{", "[")) or not all(key in text for key in HEAD_KEYS):
        return 0
    platforms = re.findall(r'"platform"\s*:\s*"(\w+)"', text.lower())
    return platforms.count(platform) / max(len(platforms), 1)


def platform_share_in_table(head, platform):
    """The same of the rows at the head of a table that has a column `platform`."""
    place = head.header()[0].index("platform")
    platforms = [cells[place].lower() for cells in head.records if len(cells) > place]
    return platforms.count(platform) / max(len(platforms), 1)


def _posts_of_page(value):
    result = value.get("result") if isinstance(value, dict) else None
    posts = result.get("posts") if isinstance(result, dict) else None
    return posts if isinstance(posts, list) else [value]


def _is_post(post):
    return isinstance(post, dict) and {JSON_PLACES[name] for name in NEEDED_CELLS} <= post.keys()


def _reject_reason_of(post):
    return str(post) if isinstance(post, BrokenJson) else "no post with platformId, platform, date and postUrl"
