"""Tweets and follows of one account, from the archive that X gives its owner ("Download your data").

Tool: Twitter/X, Settings (formats.md §6.5), 2018 until today; a zip, wrapped in a folder or not. Tweets stand in `tweet.js`
(older; items bare) or `tweets.js`, `tweets-part1.js` … (items wrapped in "tweet"), the account in `account.js`, follows in
`follower.js` and `following.js`. No other member is opened: the rest are messages, addresses and advertisements. UTF-8
JSON behind `window.YTD.… = `, numbers as text; stamps in UTC. Records are counted through the parts, then followers,
then followed. **A repost shows only as `RT @` in its cut text and cannot be told from other posts.** Left out: ids of
reposted and quoted tweets, deleted tweets, the end of long posts. One tweet alone does not say whose it is, so that
`tweets.js` without its archive is refused. One row: [{"tweet":{"id_str":"1380…","full_text":"Text",…}},…].
"""

import json
import re

import ibis
import pyarrow as pa
from ibis import _

from digidip.readers._archives import is_archive, member, members
from digidip.readers._files import fresh, opening
from digidip.readers._tweets import parted
from digidip.readers.twitter_v1 import ENTITIES, SHAPE
from digidip.readers.twitter_v1 import POSTS as OF_TWEETS
from digidip.tables import ReaderError

PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
LOOSE = True
PARSED = True
REQUIRED = {"posts": {"id_str", "created_at", "full_text"}, "follows": {"accountId"}}
PLACE = r"(?:[^/]+/)?(?:data/)?"
TWEETS = re.compile(PLACE + r"tweets?(?:-part(\d{1,9}))?\.js")
BARE = re.compile(r"\s*window\.YTD\.")
# What a repost shows may be cut off with the end of its text.
IS_CUT = _.it.full_text.startswith("RT @") & _.it.full_text.endswith("…")

POSTS = OF_TWEETS | {"medium": ibis.ifelse(IS_CUT, OF_TWEETS["medium"].nullif("text"), OF_TWEETS["medium"])}

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
    """1 if the file is an archive with tweets, or a part of one, which `read` refuses; else 0."""
    return float(bool(_parts(path) if is_archive(path) else BARE.match(opening(path))))


def read(path, *, zone=None):
    """Posts, comments, entities and follows of the archive as canonical columns, raw values; `zone` is not needed: UTC."""
    if not is_archive(path) or not _parts(path):
        what = "one part of an account archive" if BARE.match(opening(path)) else "no account archive"
        raise ReaderError(
            f"{path}: {what}, which does not say whose tweets these are. Expected: the zip that X gave, with data/tweets.js and "
            "data/account.js. Give that, or the right reader."
        )
    [owner] = _items(path, _one(path, "account"), "account")[:1] or [{}]
    if not str(owner.get("accountId", "")).isdecimal():
        raise ReaderError(f"{path}: no accountId in account.js. Expected: the owner's id. Ask X for the archive again.")
    owner_id = str(owner["accountId"])
    user = {"id_str": owner_id, "screen_name": owner.get("username"), "name": owner.get("accountDisplayName")}
    tweets = [item for name in _parts(path) for item in _items(path, name, "tweet")]
    copy = fresh("tweets", ".jsonl")
    copy.write_text("".join(json.dumps(tweet | {"user": user}) + "\n" for tweet in tweets), encoding="ascii")
    return parted(copy, SHAPE, POSTS, ENTITIES) | {"follows": _follows(path, owner_id, len(tweets))}


def _follows(path, owner, before):
    """Ties of the owner, numbered after so many tweets: by followers to the owner, by the owner to the followed."""
    found = {kind: _items(path, _one(path, kind), kind) for kind in ("follower", "following")}
    others = [(kind, item.get("accountId")) for kind, items in found.items() for item in items]
    ids = [(kind, other if str(other).isdecimal() else None) for kind, other in others]
    pairs = [(other, owner) if kind == "follower" else (owner, other) for kind, other in ids]
    cells = {
        "source_id": pa.array([source for source, _target in pairs], pa.string()),
        "target_id": pa.array([target for _source, target in pairs], pa.string()),
        "export_row": pa.array(range(before + 1, before + len(pairs) + 1), pa.int64()),
    }
    return ibis.memtable(pa.table(cells)).select(**FOLLOWS)


def _parts(path):
    """The members with tweets, in the order of their numbers."""
    found = [match for match in map(TWEETS.fullmatch, members(path)) if match]
    return [match[0] for match in sorted(found, key=lambda match: int(match[1] or 0))]


def _one(path, stem):
    """The member of that name, None if there is none."""
    return next((name for name in members(path) if re.fullmatch(rf"{PLACE}{stem}\.js", name)), None)


def _items(path, name, kind):
    """The objects of a member, out of the wrapping that newer archives have; one that is no object gives an empty one."""
    try:
        text = member(path, name).read_text(encoding="utf-8-sig") if name else "[]"
        found = json.loads(text[text.index("[") :].rstrip().rstrip(";"))
    except (ValueError, RecursionError) as error:
        if isinstance(error, ReaderError):
            raise
        raise ReaderError(
            f"{path} ({name}): malformed, or it breaks off. Expected: `window.YTD.… = [` and JSON. Ask X for the archive again."
        ) from None
    inner = [item.get(kind, item) if isinstance(item, dict) else {} for item in found]
    return [item if isinstance(item, dict) else {} for item in inner]
