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

from digidip.readers.opening.archives import member_copy
from digidip.readers.opening.cells import stamp
from digidip.readers.opening.copies import temporary_path, without_name
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_records import object_at, objects_in
from digidip.readers.x._tweets import REPOST_TEXT, STAMP_FORMAT, split_json
from digidip.readers.x.twitter_v1 import ENTITIES, SHAPE
from digidip.readers.x.twitter_v1 import POSTS as TWEET_POSTS
from digidip.tables import ReaderError

PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"id_str", "created_at", "full_text"}, "follows": {"accountId"}}
FOLDERS = r"(?:[^/]+/)?(?:data/)?"
TWEET_MEMBER = re.compile(FOLDERS + r"(?:tweets?(?:-part(\d{1,9}))?|js/tweets/(\d{4}_\d\d))\.js")
MONTH_HEAD = re.compile(r"\s*Grailbird\.data\.tweets_")
PART_HEAD = re.compile(r"\s*(?:window\.YTD|Grailbird\.data)\.")
# What a repost shows may be cut off with the end of its text.
IS_CUT = _.it.full_text.startswith("RT @") & _.it.full_text.endswith("…")

POSTS = TWEET_POSTS | {
    "posted_at": ibis.coalesce(
        *(stamp(_.it.created_at, pattern) for pattern in (STAMP_FORMAT, "%Y-%m-%d %H:%M:%S %z"))
    ),
    "medium": ibis.ifelse(IS_CUT, TWEET_POSTS["medium"].nullif("text"), TWEET_POSTS["medium"]),
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


def fits(head):
    """1 for an archive with tweets, or for a part of one, of which `read` takes months only; else 0."""
    return float(bool(_tweet_members(head) if head.is_archive else PART_HEAD.match(head.text)))


def read(path, *, zone=None):
    """Posts, comments, entities and follows in canonical columns; `zone` is not needed: UTC."""
    if not (_tweet_members(read_head(path)) if read_head(path).is_archive else _is_month(read_head(path))):
        what = "one part of an account archive" if PART_HEAD.match(read_head(path).text) else "no account archive"
        raise ReaderError(
            f"{path}: {what}, which does not say whose tweets these are. Expected: the zip that X gave, with data/tweets.js and "
            "data/account.js. Give that, or the right reader."
        )
    tweets = _archive_tweets(path)
    copy = temporary_path("tweets", ".jsonl")
    copy.write_text("".join(json.dumps(tweet) + "\n" for tweet in tweets or [{}]), encoding="ascii")
    tables = split_json(without_name(copy), SHAPE, POSTS, ENTITIES)
    tweet_tables = tables if tweets else {name: frame.limit(0) for name, frame in tables.items()}
    return tweet_tables | {"follows": _follow_table(_follow_pairs(path), len(tweets))}


def _follow_table(pairs, before):
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


def _tweet_members(head):
    """The members with tweets, in the order of their numbers or months."""
    matches = [match for match in map(TWEET_MEMBER.fullmatch, head.members) if match]
    return [match[0] for match in sorted(matches, key=lambda match: (int(match[1] or 0), match[2] or ""))]


def _is_month(head):
    """Whether a file is a month of tweets out of an archive of the first generation."""
    return not head.is_archive and bool(MONTH_HEAD.match(head.text))


def _owner(path):
    """The owner of an archive of the second generation, as tweets name it; `ReaderError` if not told."""
    name = _member_named(path, "account")
    [owner] = (_member_objects(path, name, "account") if name else [])[:1] or [{}]
    if not str(owner.get("accountId", "")).isdecimal():
        raise ReaderError(f"{path}: no accountId in account.js. Expected: the owner's id. Ask X for the archive again.")
    return {
        "id_str": str(owner["accountId"]),
        "screen_name": owner.get("username"),
        "name": owner.get("accountDisplayName"),
    }


def _archive_tweets(path):
    """The tweets of an archive or of a month of one, in the form of API v1.1."""
    if _is_month(read_head(path)):
        return [_month_tweet(tweet) for tweet in _member_objects(path, None, "tweet")]
    months = [name for name in _tweet_members(read_head(path)) if TWEET_MEMBER.fullmatch(name)[2]]
    if months:
        return [_month_tweet(tweet) for name in months for tweet in _member_objects(path, name, "tweet")]
    user = _owner(path)
    return [
        _owner_tweet(tweet, user)
        for name in _tweet_members(read_head(path))
        for tweet in _member_objects(path, name, "tweet")
    ]


def _follow_pairs(path):
    """Pairs (follower, followed) of ids, None for no id: the owner's followers, then the followed."""
    members_by_kind = [
        (kind, _member_named(path, kind)) for kind in ("follower", "following") if read_head(path).is_archive
    ]
    accounts = [
        (kind, item.get("accountId"))
        for kind, name in members_by_kind
        if name
        for item in _member_objects(path, name, kind)
    ]
    owner = _owner(path)["id_str"] if accounts else None
    ids = [(kind, other if str(other).isdecimal() else None) for kind, other in accounts]
    return [(other, owner) if kind == "follower" else (owner, other) for kind, other in ids]


def _month_tweet(tweet):
    """A tweet of the first generation; its media have no kind, but an address that tells it."""
    marks, original = object_at(tweet, "entities"), object_at(tweet, "retweeted_status")
    media = [
        {"type": "video" if "/video/" in str(one.get("expanded_url")) else "photo"}
        for one in objects_in(marks.get("media"))
    ]
    repost = {"retweeted_status": _month_tweet(original)} if original else {}
    return tweet | {"entities": marks | {"media": media}} | repost


def _owner_tweet(tweet, user):
    """A tweet of the second generation, where only the text shows a repost; its original has no name.

    A repost answers nobody; its mention "RT @…" is none of the owner's; X counts no reposts of the original here.
    """
    text, answered = str(tweet.get("full_text")), tweet.get("in_reply_to_status_id_str")
    if not re.match(REPOST_TEXT, text) or answered or not isinstance(tweet.get("id_str"), str):
        return tweet | {"user": user}
    marks = object_at(tweet, "entities")
    # A mention that begins at the third character is the "RT @…".
    others = [one for one in objects_in(marks.get("user_mentions")) if str((one.get("indices") or [None])[0]) != "3"]
    original = {"retweeted_status": {"id_str": f"reposted:{tweet['id_str']}"}, "retweet_count": None}
    return tweet | original | {"user": user, "entities": marks | {"user_mentions": others}}


def _member_named(path, stem):
    """The member of that name, None if there is none."""
    return next((name for name in read_head(path).members if re.fullmatch(rf"{FOLDERS}{stem}\.js", name)), None)


def _member_objects(path, name, kind):
    """The objects of a member, or of the file itself, unwrapped; what is no object gives an empty one."""
    try:
        text = (member_copy(path, name) if name else read_head(path).utf8_path).read_text(encoding="utf-8-sig")
        found = json.loads(text[text.index("[") :].rstrip().rstrip(";"))
    except (ValueError, RecursionError) as error:
        if isinstance(error, ReaderError):
            raise
        raise ReaderError(
            f"{path}{f' ({name})' if name else ''}: malformed, or it breaks off. Expected: a name, `=`, and JSON in […]. Ask X for the archive again."
        ) from None
    inner = [item.get(kind, item) if isinstance(item, dict) else {} for item in found]
    return [item if isinstance(item, dict) else {} for item in inner]
