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
TIMES = {"posts": "posted_at", "comments": "commented_at"}
TOLERANCE = 5  # seconds: exports round down, and servers number a post a moment before they date it


def _of_x(key):
    whole = key.try_cast("int64")
    return ibis.ifelse(whole >= FIRST_CLOCKED, (whole // (1 << 22) + EPOCH_OF_X) / 1000, ibis.null("float64"))


def _of_mastodon(key):
    number = key.re_extract(ON_MASTODON, 1).try_cast("int64")
    return ibis.ifelse(number >= FIRST_OF_MASTODON, number // (1 << 16) / 1000, ibis.null("float64"))


def _of_bluesky(key):
    record = key.re_extract(f"^(?:at://.*/)?([{LETTERS}]{{13}})$", 1)
    places = [ibis.literal(LETTERS).find(record[at]) * (1 << 5 * (12 - at)) for at in range(13)]
    return ibis.ifelse(record.length() == 13, sum(places) // (1 << 10) / 1e6, ibis.null("float64"))


CLOCKS = {"x": _of_x, "mastodon": _of_mastodon, "bluesky": _of_bluesky}


def id_time(platform, key):
    """The instant that an id tells, in seconds since 1970 UTC; missing where the platform's ids tell none.

    platform: one of CLOCKS; key: the Ibis column of the id. A repost on Bluesky has no id of its own: what names it by
    its original tells nothing. Source: docs/formats.md#ids.

    >>> post = "at://did:plc:mfaexampleland2222222222/app.bsky.feed.post/3lkibms3l5s2b"
    >>> status = "https://social.example/users/mfa_example/statuses/116158758920060929"
    >>> for platform, ids in {
    ...     "x": ["690000000000000000", "7_1"],
    ...     "mastodon": [status, f"{status}/activity"],
    ...     "bluesky": [post, f"repost:did:plc:a:{post}"],
    ... }.items():
    ...     print([round(second, 3) for second in id_time(platform, ibis.memtable({"id": ids}).id).to_pandas()])
    [1453343794.237, nan]
    [1772442000.123, 1772442000.123]
    [1742115600.123, nan]
    """
    return CLOCKS[platform](key)


def disagreements(table, name, platform):
    """Rows of a platform whose time is not the one their id tells, by export.

    table: posts or comments, as `name` says, before their ids are hidden. Returns a pandas frame export → n, apart: the
    largest difference in seconds.
    """
    table = table.filter(_.platform == platform)
    apart = (table[TIMES[name]].epoch_seconds() - id_time(platform, table[KEYS[name][1]])).abs()
    found = table.mutate(apart=apart).filter(_.apart > TOLERANCE)
    return found.group_by("export").aggregate(n=_.count(), apart=_.apart.max()).order_by("export").to_pandas()


def note_clocks(holding, name, table, platforms):
    """A note for each export whose times are not those that its ids tell, with the size of the disagreement."""
    for platform in [platform for platform in CLOCKS if platform in platforms]:
        for row in disagreements(table, name, platform).itertuples():
            apart = timedelta(seconds=round(row.apart))
            holding.notes.append(
                f"{row.export}: {row.n:,.0f} {name} whose time is not the one in their id, by up to {apart}; check --zone, "
                "or whether a program has changed the times."
            )
