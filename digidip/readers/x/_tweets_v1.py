"""How JSON of Twitter's API v1.1 comes to have one tweet per record, whatever it was packed in.

Lines and arrays are left as they are, since the engine takes them faster than Python could. Pages of a search, objects
spread over lines, lines that end in a comma and arrays one per line are taken apart into a private copy.
"""

import re

from digidip.readers.opening._files import opening
from digidip.readers.opening._nested import lines_of
from digidip.readers.opening._objects import first_objects
from digidip.readers.opening._values import is_plain, leading, values

PAGE = re.compile(r'"statuses"\s*:\s*\[\s*(?=\{)')


def at_head(path):
    """The objects at the head of a file: records, the first tweet of a page, or an object spread over lines."""
    text = opening(path).lstrip()
    page = PAGE.search(text)
    found = [*first_objects(path), leading(text), leading(text, page.end()) if page else None]
    return [it for it in found if isinstance(it, dict)]


def one_by_one(path):
    """The path of the file itself, if its tweets stand one per line or in one array, else of a private copy of lines."""
    is_paged = any("statuses" in it for it in first_objects(path))
    return path if is_plain(path) and not is_paged else lines_of(_unpacked(path))[0]


def _unpacked(path):
    """The tweets of pages of a search, and those that stand alone; a page without any is one that cannot be read."""
    for value in values(path):
        inside = value.get("statuses") if isinstance(value, dict) else None
        yield from (inside or [{}]) if isinstance(inside, list) else [value]
