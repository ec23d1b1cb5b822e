"""Local days: where they begin in a named zone."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def day_start(day, zone):
    """The UTC instant at which a local day, an ISO date, begins: the first instant that the clock shows with this date.

    Where the clock is set forward at midnight, midnight does not exist, and the day begins an hour later by its clock.

    >>> day_start("2016-03-27", "Asia/Beirut").isoformat()
    '2016-03-26T22:00:00+00:00'
    """
    return datetime.combine(date.fromisoformat(day), time(), ZoneInfo(zone)).astimezone(UTC)
