"""The clock inside an id: X, Mastodon and Bluesky number their posts by time, so an id can tell that a time is wrong."""

from datetime import timedelta

import ibis
from ibis import _

from digidip.tables import KEYS

FIRST_CLOCKED = 29_700_859_247  # ids of X before November 2010 count posts and hold no time
EPOCH_OF_X = 1_288_834_974_657  # milliseconds
FIRST_OF_MASTODON = 98_000_000_000_000_000  # servers counted posts until Mastodon 2.0, of autumn 2017
ON_MASTODON = r"/statuses/(\d{1,18})(?:/activity)?$"  # of the address that names a post on every server
LETTERS = "234567abcdefghijklmnopqrstuvwxyz"  # of the record keys of Bluesky, thirteen of five bits each
CLOCKED = ("x", "mastodon", "bluesky")
TIMES = {"posts": "posted_at", "comments": "commented_at"}
TOLERANCE = 5  # seconds: exports round down, and servers number a post a moment before they date it


def clocked(table, key):
    """The instant that an id tells, in seconds since 1970 UTC; missing where the platform's ids tell none.

    table: posts or comments; key: the column of the id. A repost on Bluesky has no id of its own: what names it by its
    original tells nothing. Source: docs/formats.md#ids.

    >>> post = "at://did:plc:mfaexampleland2222222222/app.bsky.feed.post/3lkibms3l5s2b"
    >>> status = "https://social.example/users/mfa_example/statuses/116158758920060929"
    >>> ids = ["690000000000000000", status, f"{status}/activity", post, f"repost:did:plc:a:{post}", "7_1"]
    >>> rows = ibis.memtable({"platform": ["x", "mastodon", "mastodon", "bluesky", "bluesky", "facebook"], "id": ids})
    >>> [round(second, 3) for second in clocked(rows, "id").to_pandas()]
    [1453343794.237, 1772442000.123, 1772442000.123, 1742115600.123, nan, nan]
    """
    whole = table[key].try_cast("int64")
    of_x = ibis.ifelse(whole >= FIRST_CLOCKED, (whole // (1 << 22) + EPOCH_OF_X) / 1000, ibis.null("float64"))
    number = table[key].re_extract(ON_MASTODON, 1).try_cast("int64")
    of_mastodon = ibis.ifelse(number >= FIRST_OF_MASTODON, number // (1 << 16) / 1000, ibis.null("float64"))
    record = table[key].re_extract(f"^(?:at://.*/)?([{LETTERS}]{{13}})$", 1)
    places = [ibis.literal(LETTERS).find(record[at]) * (1 << 5 * (12 - at)) for at in range(13)]
    of_bluesky = ibis.ifelse(record.length() == 13, sum(places) // (1 << 10) / 1e6, ibis.null("float64"))
    clocks = ("x", of_x), ("mastodon", of_mastodon), ("bluesky", of_bluesky)
    return table.platform.cases(*clocks, else_=ibis.null("float64"))


def disagreements(table, key, moment):
    """Rows whose time is not the one their id tells: a pandas frame export → n, largest difference in seconds.

    table: posts or comments as staged; key, moment: the columns of the id and of the time.
    """
    table = table.filter(_.platform.isin(CLOCKED))
    apart = (table[moment].epoch_seconds() - clocked(table, key)).abs()
    found = table.mutate(apart=apart).filter(_.apart > TOLERANCE)
    return found.group_by("export").aggregate(n=_.count(), apart=_.apart.max()).to_pandas().set_index("export")


def note_clocks(work, name, table):
    """A note for each export whose times are not those that its ids tell, with the size of the disagreement."""
    for export, row in disagreements(table, KEYS[name][1], TIMES[name]).iterrows():
        apart = timedelta(seconds=round(row["apart"]))
        work.notes.append(
            f"{export}: {row['n']:,.0f} {name} whose time is not the one in their id, by up to {apart}; check --zone, "
            "or whether a program has changed the times."
        )
