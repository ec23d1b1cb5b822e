"""Tweets and follows of one account, from the archive that X gives its owner ("Download your data").

Tool: Twitter/X, Settings (formats.md §6.5), 2012 until today; a zip, wrapped in a folder or not. Since 2018 tweets stand in
`tweet.js` (items bare) or `tweets.js`, `tweets-part1.js` … (items wrapped in "tweet"), the account in `account.js`, follows
in `follower.js` and `following.js`; before, tweets stood by month in `js/tweets/2013_05.js`, which may come alone, and
there were no follows. No other member is opened: the rest are messages, addresses and advertisements. UTF-8 JSON behind
`window.YTD.… = `, numbers as text; stamps in UTC, by month only the day (midnight) before November 2010. Records are counted
through the parts, then followers, then followed. By month a repost names its original. **Since 2018 it shows only as
`RT @name: ` in its cut text: a text that begins so and answers nobody is a repost of `reposted:<its own id>`, also where
somebody typed it.** Left out: ids of quoted tweets, deleted tweets, the end of long posts. One tweet alone does not say
whose it is, so that `tweets.js` without its archive is refused. One row: [{"tweet":{"id_str":"1380…","full_text":"Text",…}},…].
"""

import json
import re

import ibis
import pyarrow as pa
from ibis import _

from digidip.readers.opening._archives import is_archive
from digidip.readers.opening._cells import stamp
from digidip.readers.opening._files import fresh, opening
from digidip.readers.x._tweets import parted
from digidip.readers.x._x_archives import follows_in, is_month, parts, tweets_in
from digidip.readers.x.twitter_v1 import ENTITIES, PATTERN, SHAPE
from digidip.readers.x.twitter_v1 import POSTS as OF_TWEETS
from digidip.tables import ReaderError

PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
LOOSE = True
PARSED = True
REQUIRED = {"posts": {"id_str", "created_at", "full_text"}, "follows": {"accountId"}}
BARE = re.compile(r"\s*(?:window\.YTD|Grailbird\.data)\.")
# What a repost shows may be cut off with the end of its text.
IS_CUT = _.it.full_text.startswith("RT @") & _.it.full_text.endswith("…")

POSTS = OF_TWEETS | {
    "posted_at": ibis.coalesce(*(stamp(_.it.created_at, pattern) for pattern in (PATTERN, "%Y-%m-%d %H:%M:%S %z"))),
    "medium": ibis.ifelse(IS_CUT, OF_TWEETS["medium"].nullif("text"), OF_TWEETS["medium"]),
}

FOLLOWS = {
    "source_id": _.source_id,
    "target_id": _.target_id,
    "tie": ibis.literal("follow"),
    "export_row": _.export_row,
    "reject": ibis.ifelse(
        _.source_id.notnull() & _.target_id.notnull(), ibis.null("string"), "no account with accountId"
    ),
}

__all__ = ["ENTITIES", "FOLLOWS", "POSTS", "fits", "read"]


def fits(path):
    """1 if the file is an archive with tweets, or a part of one, of which `read` takes months only; else 0."""
    return float(bool(parts(path) if is_archive(path) else BARE.match(opening(path))))


def read(path, *, zone=None):
    """Posts, comments, entities and follows of the archive as canonical columns, raw values; `zone` is not needed: UTC."""
    if not (parts(path) if is_archive(path) else is_month(path)):
        what = "one part of an account archive" if BARE.match(opening(path)) else "no account archive"
        raise ReaderError(
            f"{path}: {what}, which does not say whose tweets these are. Expected: the zip that X gave, with data/tweets.js and "
            "data/account.js. Give that, or the right reader."
        )
    tweets = tweets_in(path)
    copy = fresh("tweets", ".jsonl")
    copy.write_text("".join(json.dumps(tweet) + "\n" for tweet in tweets or [{}]), encoding="ascii")
    frames = parted(copy, SHAPE, POSTS, ENTITIES)
    whole = frames if tweets else {name: frame.limit(0) for name, frame in frames.items()}
    return whole | {"follows": _follows(follows_in(path), len(tweets))}


def _follows(pairs, before):
    """Ties, numbered after so many tweets."""
    cells = {
        "source_id": pa.array([source for source, _target in pairs], pa.string()),
        "target_id": pa.array([target for _source, target in pairs], pa.string()),
        "export_row": pa.array(range(before + 1, before + len(pairs) + 1), pa.int64()),
    }
    return ibis.memtable(pa.table(cells)).select(**FOLLOWS)
