"""Local days: where they begin in a named zone, and which one an interval of a day or longer names."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WITHIN_DAY = timedelta(hours=13)  # into a day of any zone from +13 to -10 hours, UTC shows the date of that zone
INTRADAY = ("minute", "hour")  # spans that are parts of a day


def day_start(day, zone):
    """The UTC instant at which a local day, an ISO date, begins: the first instant that the clock shows with this date.

    Where the clock is set forward at midnight, midnight does not exist, and the day begins an hour later by its clock.

    >>> day_start("2016-03-27", "Asia/Beirut").isoformat()
    '2016-03-26T22:00:00+00:00'
    """
    return datetime.combine(date.fromisoformat(day), time(), ZoneInfo(zone)).astimezone(UTC)


def is_date(instants):
    """Whether instants (a Timestamp, a DatetimeIndex) are midnights of UTC, as days are whose zone nobody tells.

    >>> import pandas as pd
    >>> bool(is_date(pd.Timestamp("2016-03-14T00:00Z"))), bool(is_date(pd.Timestamp("2016-03-14T05:00Z")))
    (True, False)
    """
    return instants == instants.normalize()


def named_date(begins_at):
    """The date that an interval of a day or longer names: that of its own zone, or of UTC where nobody tells the zone.

    The one rule for days in any zone: midnight of UTC is the date it shows, midnight of Lima and of Tokyo the date there.

    >>> import pandas as pd
    >>> begins = pd.Series(pd.to_datetime(["2016-03-14T00:00Z", "2016-03-14T05:00Z", "2016-03-13T15:00Z"]))
    >>> named_date(begins).dt.day.tolist()
    [14, 14, 14]
    """
    return (begins_at + WITHIN_DAY).dt.floor("D")
