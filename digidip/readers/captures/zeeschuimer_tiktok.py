"""Posts of TikTok as the browser add-on Zeeschuimer caught them, or as 4CAT gives them back (NDJSON).

Tool: Zeeschuimer 1.x (1.14.2 in June 2026), 4CAT; last seen August 2026. Comments have a reader of their own.
Format: https://github.com/digitalmethodsinitiative/zeeschuimer (modules/tiktok.js); docs/formats.md#zeeschuimer_tiktok
Encoding: UTF-8 JSON lines.
Zone: UTC, in seconds since 1970, as a number or as text. `timestamp_collected` is the time of collection.
Ids: the author is an object, or in lines from the page itself a handle: then the id is the one beside it (`authorId`),
    or that of the same handle elsewhere in the file, else `@` and the handle.
Caution: what a browser was shown is no timeline: anyone's posts are in it, each once per visit. Reposts are TikTok's
    shares, by message too.
Leaves out: duets, sounds, followers, labels.
Example: {"item_id":"761…","source_platform":"tiktok.com","data":{"id":"761…","createTime":1772445600,"desc":"Text",…}}
"""

import ibis
from ibis import _

from digidip.engine import named
from digidip.readers.captures import _zeeschuimer as zeeschuimer
from digidip.readers.captures._fourcat import split_cells
from digidip.readers.captures._hidden_authors import REDACTED, handle_id, known_author, printed_name
from digidip.readers.opening.authors import handles_to_ids, ids_by_handle
from digidip.readers.opening.cells import blank, number

NAME = "zeeschuimer_tiktok"
PLATFORM = "tiktok"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"id", "createTime", "desc", "author", "stats"}}
COUNTS = "struct<diggCount: string, commentCount: string, shareCount: string, playCount: string>"
SHAPE = f"""struct<id: string, createTime: string, desc: string, author: struct<id: string, uniqueId: string, nickname: string>,
    stats: {COUNTS}, statsV2: {COUNTS}, challenges: array<struct<title: string>>, imagePost: string,
    textExtra: array<struct<hashtagName: string, userId: string, userUniqueId: string>>>"""


def _count(key):
    return number(_.stats[key].coalesce(_.statsV2[key]))


KIND = ibis.ifelse(_.imagePost.isnull(), "video", "photo")
TIME = zeeschuimer.nonzero_epoch(_.createTime)
REJECTS = (_.id.isnull(), "no post with an id"), (TIME.isnull(), "a post without time")

POSTS = {
    "post_id": _.id,
    "account_id": _.account,
    "handle": printed_name(_.author.uniqueId),
    "account_name": printed_name(_.author.nickname),
    "posted_at": TIME,
    "medium": KIND,
    "text": zeeschuimer.text_without_nul(_.desc),
    "url": "https://www.tiktok.com/@" + printed_name(_.author.uniqueId) + "/" + KIND + "/" + _.id,
    "like_count": _count("diggCount"),
    "comment_count": _count("commentCount"),
    "repost_count": _count("shareCount"),
    "view_count": _count("playCount"),
    "retrieved_at": _.retrieved_at,
    "export_row": _.export_row,
    "reject": zeeschuimer.reject_reason(_.reject, REJECTS, _.account, _.author.id.coalesce(_.author.uniqueId)),
}
CHALLENGES = _.challenges.map(lambda challenge: challenge.title).fill_null([])
ENTITIES = {
    "hashtag": _.textExtra.map(lambda mark: mark.hashtagName).fill_null([]).concat(CHALLENGES),
    "mention": _.textExtra.map(
        lambda mark: blank(mark.userId, "0", REDACTED).coalesce(handle_id(blank(mark.userUniqueId)))
    ),
    "medium": ibis.array([KIND]),
}


def fits(head):
    """1 if one of the first lines is a post of TikTok in Zeeschuimer's or 4CAT's NDJSON, else 0."""
    return zeeschuimer.platform_share(head, NAME)


def read(path, *, zone=None):
    """Posts and entities in canonical columns; `zone` is not needed: seconds."""
    objects = zeeschuimer.line_objects(path, NAME, SHAPE, _with_author_object)
    cells = named(objects.mutate(own=known_author(objects.author.id), account=handle_id(objects.author.uniqueId)))
    ids = ids_by_handle(cells, cells.author.uniqueId, cells.own)
    cells = handles_to_ids(cells, "account", ids).mutate(account=_.own.coalesce(_.account))
    return split_cells(cells, POSTS, ENTITIES, ids)


def _with_author_object(post):
    """The post with its author as an object, also where the page has a handle, id and name beside it."""
    author = {"id": post.get("authorId"), "uniqueId": post.get("author"), "nickname": post.get("nickname")}
    return post if isinstance(post.get("author"), dict) else post | {"author": author}
