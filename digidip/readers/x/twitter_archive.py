"""Tweets and follows of one account, from the archive that X gives its owner ("Download your data").

Tool: Twitter/X, Settings, 2012 until today; last seen 2026.
Format: a zip without a document by its maker, wrapped in a folder or not. Since 2018 tweets stand in `tweet.js` or
    `tweets.js`, `tweets-part1.js` …, the account in `account.js`, follows in `follower.js` and `following.js`; before,
    tweets stood by month in `js/tweets/2013_05.js`, which may come alone. See docs/formats.md#twitter_archive.
Encoding: UTF-8 JSON behind `window.YTD.… = `, numbers as text.
Zone: UTC; by month only the day (midnight) before November 2010.
Ids: X's own. Records are counted through the parts, then followers, then accounts followed.
Rejects: a part without its archive is refused, since one tweet does not say whose it is.
Caution: since 2018 a repost shows only as `RT @name: ` in its cut text: a text that begins so and answers nobody is a
    repost of `reposted:<its own id>`, also where somebody typed it; by month a repost names its original. No other
    member is opened: the rest are messages, addresses and advertisements.
Leaves out: ids of quoted tweets, deleted tweets, the end of long posts.
Example: [{"tweet":{"id_str":"1380…","full_text":"Text",…}},…]
"""

import json
import re

import ibis
import pyarrow as pa
from ibis import _

from digidip.readers.opening._archives import is_archive, member, members
from digidip.readers.opening._cells import stamp
from digidip.readers.opening._files import fresh, in_utf8, opening
from digidip.readers.opening._nested import thing, things
from digidip.readers.x._tweets import REPEATED, parted
from digidip.readers.x.twitter_v1 import ENTITIES, PATTERN, SHAPE
from digidip.readers.x.twitter_v1 import POSTS as OF_TWEETS
from digidip.tables import ReaderError

PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
LOOSE = True
PARSED = True
REQUIRED = {"posts": {"id_str", "created_at", "full_text"}, "follows": {"accountId"}}
PLACE = r"(?:[^/]+/)?(?:data/)?"
PART = re.compile(PLACE + r"(?:tweets?(?:-part(\d{1,9}))?|js/tweets/(\d{4}_\d\d))\.js")
MONTH = re.compile(r"\s*Grailbird\.data\.tweets_")
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


# What an archive of X holds, of both generations: its tweets, each with its account, and the owner's follows.
#
# The first generation (2012–2018) keeps tweets by month behind `Grailbird.data.tweets_2013_05 = `, each with its account.
# The second keeps them behind `window.YTD.… = `, wrapped or bare, in one file or in parts, the account in `account.js`.


def parts(path):
    """The members with tweets, in the order of their numbers or months."""
    found = [match for match in map(PART.fullmatch, members(path)) if match]
    return [match[0] for match in sorted(found, key=lambda match: (int(match[1] or 0), match[2] or ""))]


def is_month(path):
    """Whether a file is a month of tweets out of an archive of the first generation."""
    return not is_archive(path) and bool(MONTH.match(opening(path)))


def owner_of(path):
    """The account that an archive of the second generation is of, as tweets name it; `ReaderError` if it does not tell."""
    name = _one(path, "account")
    [owner] = (_items(path, name, "account") if name else [])[:1] or [{}]
    if not str(owner.get("accountId", "")).isdecimal():
        raise ReaderError(f"{path}: no accountId in account.js. Expected: the owner's id. Ask X for the archive again.")
    return {
        "id_str": str(owner["accountId"]),
        "screen_name": owner.get("username"),
        "name": owner.get("accountDisplayName"),
    }


def tweets_in(path):
    """The tweets of an archive or of a month of one, in the form of API v1.1."""
    if is_month(path):
        return [_of_month(tweet) for tweet in _items(path, None, "tweet")]
    months = [name for name in parts(path) if PART.fullmatch(name)[2]]
    if months:
        return [_of_month(tweet) for name in months for tweet in _items(path, name, "tweet")]
    user = owner_of(path)
    return [_of_owner(tweet, user) for name in parts(path) for tweet in _items(path, name, "tweet")]


def follows_in(path):
    """Pairs (follower, followed) of ids, None where one is no id: followers of the owner, then whom the owner follows."""
    found = [(kind, _one(path, kind)) for kind in ("follower", "following") if is_archive(path)]
    ties = [(kind, item.get("accountId")) for kind, name in found if name for item in _items(path, name, kind)]
    owner = owner_of(path)["id_str"] if ties else None
    others = [(kind, other if str(other).isdecimal() else None) for kind, other in ties]
    return [(other, owner) if kind == "follower" else (owner, other) for kind, other in others]


def _of_month(tweet):
    """A tweet of the first generation; its media have no kind, but an address that tells it."""
    marks, original = thing(tweet, "entities"), thing(tweet, "retweeted_status")
    media = [
        {"type": "video" if "/video/" in str(one.get("expanded_url")) else "photo"}
        for one in things(marks.get("media"))
    ]
    repeated = {"retweeted_status": _of_month(original)} if original else {}
    return tweet | {"entities": marks | {"media": media}} | repeated


def _of_owner(tweet, user):
    """A tweet of the second generation; one that only its text shows to be a repost is one of a post without a name.

    A repost answers nobody; its mention "RT @…" is none of the owner's; X counts no reposts of the original here.
    """
    text, answered = str(tweet.get("full_text")), tweet.get("in_reply_to_status_id_str")
    if not re.match(REPEATED, text) or answered or not isinstance(tweet.get("id_str"), str):
        return tweet | {"user": user}
    marks = thing(tweet, "entities")
    others = [one for one in things(marks.get("user_mentions")) if str((one.get("indices") or [None])[0]) != "3"]
    original = {"retweeted_status": {"id_str": f"reposted:{tweet['id_str']}"}, "retweet_count": None}
    return tweet | original | {"user": user, "entities": marks | {"user_mentions": others}}


def _one(path, stem):
    """The member of that name, None if there is none."""
    return next((name for name in members(path) if re.fullmatch(rf"{PLACE}{stem}\.js", name)), None)


def _items(path, name, kind):
    """The objects of a member, or of the file itself, out of the wrapping that some have; what is no object gives an
    empty one."""
    try:
        text = (member(path, name) if name else in_utf8(path)).read_text(encoding="utf-8-sig")
        found = json.loads(text[text.index("[") :].rstrip().rstrip(";"))
    except (ValueError, RecursionError) as error:
        if isinstance(error, ReaderError):
            raise
        raise ReaderError(
            f"{path}{f' ({name})' if name else ''}: malformed, or it breaks off. Expected: a name, `=`, and JSON in […]. Ask X for the archive again."
        ) from None
    inner = [item.get(kind, item) if isinstance(item, dict) else {} for item in found]
    return [item if isinstance(item, dict) else {} for item in inner]
