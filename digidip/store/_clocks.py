"""The clock inside an id: X, Mastodon and Bluesky number their posts by time, so an id can tell that a time is wrong."""

from datetime import timedelta

import ibis
from ibis import _

from digidip.tables import KEYS, SCHEMA, TIMES

FIRST_CLOCKED = 29_700_859_247  # ids of X before November 2010 count posts and hold no time
EPOCH_OF_X = 1_288_834_974_657  # milliseconds
FIRST_OF_MASTODON = 98_000_000_000_000_000  # servers counted posts until Mastodon 2.0, of autumn 2017
ON_MASTODON = r"/statuses/(\d{1,18})(?:/activity)?$"  # of the address that names a post on every server
LETTERS = "234567abcdefghijklmnopqrstuvwxyz"  # of the record keys of Bluesky, thirteen of five bits each
TOLERANCE = 5  # seconds: exports round down, and servers number a post a moment before they date it
# The first day of each platform; nothing was posted, followed or counted there before it.
FIRST_DAYS = {
    "facebook": "2004-02-04", "instagram": "2010-10-06", "threads": "2023-07-05", "x": "2006-03-21",
    "bluesky": "2022-11-17", "mastodon": "2016-03-16", "youtube": "2005-02-14", "tiktok": "2016-09-01",
    "telegram": "2013-08-14", "truthsocial": "2022-02-21", "vk": "2006-10-10", "weibo": "2009-08-14",
    "linkedin": "2003-05-05", "flickr": "2004-02-10",
}  # fmt: skip
ANY_FIRST_DAY, LAST_DAY = "1700-01-01", "2200-01-01"  # what every library can count
INSTANT = "timestamp('UTC')"
OF_ID = "a time before the platform or after the collection; they stand at the one in their id"
AFTER_COLLECTION = 2  # days by which a date of collection, in any zone, may lie before what was collected


def _of_x(key):
    whole = key.try_cast("int64")
    return ibis.ifelse(whole >= FIRST_CLOCKED, (whole // (1 << 22) + EPOCH_OF_X) / 1000, ibis.null("float64"))


def _of_mastodon(key):
    number = key.re_extract(ON_MASTODON, 1).try_cast("int64")
    return ibis.ifelse(number >= FIRST_OF_MASTODON, number // (1 << 16) / 1000, ibis.null("float64"))


def _of_bluesky(key):
    record = key.re_extract(f"^(?:at://.*/)?([{LETTERS}]{{13}})$", 1)
    digits = ibis.range(11).map(lambda at: ibis.literal(LETTERS).find(record.substr(at, 1)) * 2 ** (50 - 5 * at))
    seconds = digits.sums() / 1e6  # eleven letters of microseconds; the last two tell servers apart
    return ibis.ifelse(record.length() == 13, seconds, ibis.null("float64"))


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


def possible_times(name, cells, platform):
    """The cells of a table with every time that cannot be as missing: before the platform, after the collection, or no year.

    cells: canonical column → expression, with `retrieved_at` where it is known. A post whose id tells its time has that; a
    `remark` says so. Where no such time is left to a table beside posts and comments, `reject` does.
    """
    found = dict(cells)
    first = ibis.literal(FIRST_DAYS.get(platform, ANY_FIRST_DAY)).cast(INSTANT)
    last = ibis.literal(LAST_DAY).cast(INSTANT)
    for column in [column for column, rule in SCHEMA[name].items() if rule.kind == "at" and column in cells]:
        is_possible = cells[column].between(first, last)
        if column == TIMES.get(name) and "retrieved_at" in cells:
            collected = cells["retrieved_at"] + ibis.interval(days=AFTER_COLLECTION)
            is_possible = is_possible & (cells[column] <= collected).fill_null(True)
        found[column] = ibis.ifelse(is_possible, cells[column], ibis.null(INSTANT))
        is_wrong = cells[column].notnull() & found[column].isnull()
        if column == TIMES.get(name) and platform in CLOCKS:
            clock = id_time(platform, cells[KEYS[name][1]]).cast("int64").as_timestamp("s").cast(INSTANT)
            found[column] = ibis.ifelse(is_wrong & clock.between(first, last), clock, found[column])
            saved = ibis.ifelse(is_wrong & found[column].notnull(), OF_ID, ibis.null("string"))
            found["remark"] = ibis.coalesce(cells["remark"], saved) if "remark" in cells else saved
        elif column != TIMES.get(name) and SCHEMA[name][column].required:
            reason = ibis.ifelse(is_wrong, f"{column} that cannot be", ibis.null("string"))
            found["reject"] = ibis.coalesce(cells["reject"], reason) if "reject" in cells else reason
    return found
