"""What the collector needs to know of an account, a post and a page; all else stays in the answer as it was sent."""

from datetime import UTC, datetime
from typing import NamedTuple


class Account(NamedTuple):
    """An account as its platform knows it: the id to ask by, the handle, and its followers as the profile counts them."""

    account_id: str
    handle: str
    follower_count: int | None
    remark: str = ""


class Item(NamedTuple):
    """A post on a page; `at` is the latest of its times, missing where none can be read."""

    post_id: str
    at: datetime | None
    is_own: bool
    is_pinned: bool
    has_replies: bool


class Page(NamedTuple):
    """An answer with its records, and the cursor of the next page; empty on the last one."""

    body: bytes
    items: list
    cursor: str


def latest(*stamps):
    """The latest instant of stamps in ISO 8601, those without an offset in UTC; None where none is one.

    >>> latest("2024-05-01T10:00:00.000Z", "1970-01-01T00:00:00Z", None).isoformat()
    '2024-05-01T10:00:00+00:00'
    """
    found = []
    for stamp in stamps:
        try:
            moment = datetime.fromisoformat(stamp)
            found.append((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC))
        except (TypeError, ValueError, OverflowError):
            continue
    return max(found, default=None)


def part_of(value, *keys):
    """What stands under keys, one in another; None where there is nothing."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def whole(value):
    """A count; None where the server gives none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None
