"""Posts of X as the browser add-on Zeeschuimer caught them, or as 4CAT gives them back (NDJSON).

Tool: Zeeschuimer 1.x (1.14.2 in June 2026), 4CAT; last seen August 2026.
Format: https://github.com/digitalmethodsinitiative/zeeschuimer (modules/twitter.js); docs/formats.md#zeeschuimer_x
Encoding: UTF-8 JSON lines.
Zone: UTC; the stamps carry their offset. `timestamp_collected` is the time of collection.
Ids: only `rest_id` and `legacy.id_str`: `id` is rounded. Where the author's object is empty, the handle is taken from
    the address of the post's own photo. 4CAT's pseudonymised files have hashes as ids of authors, its anonymised ones
    none. `reposted:` and the own id stand for the id of an original that is not shown.
Rejects: what is shown without its post (tombstones); a post without `legacy`, a shape of X newer than this reader.
Caution: what a browser was shown is no timeline: promoted posts and posts by anyone are in it, and the same post once
    per visit. The whole text is that of `note_tweet`; a repost has text, tags, links and media of the original, and
    its count of reposts.
Leaves out: bookmarks, numbers of quotes, followers, places.
Example: {"item_id":"202…","source_platform":"twitter.com","data":{"rest_id":"202…",…}}
"""

import re

import ibis
from ibis import _

from digidip.readers.captures import _zeeschuimer as zeeschuimer
from digidip.readers.captures._fourcat import split_cells
from digidip.readers.captures._hidden_authors import known_author, printed_name
from digidip.readers.opening.cells import blank, number, stamp
from digidip.readers.opening.json_records import object_at, objects_in
from digidip.readers.x._tweets import STAMP_FORMAT, medium_of, tweet_address, unescaped
from digidip.tables import LOST_IDS

NAME = "zeeschuimer_x"
PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"rest_id", "legacy", "core"}}
TEXTS = ("id", "author_id", "handle", "name", "created_at", "text", "lang", "views", "likes", "replies", "reposts")
TEXTS += ("answered", "answered_id", "answered_handle", "repost", "quote", "kind")
LISTS = ("hashtags", "mentions", "links", "media")
SHAPE = "struct<" + ", ".join([f"{t}: string" for t in TEXTS] + [f"{many}: array<string>" for many in LISTS]) + ">"
OWN_MEDIA = re.compile(r"https?://(?:x|twitter)\.com/([^/]+)/status/(\d+)")
SELF_LINK = re.compile(r"https?://(?:x|twitter)\.com/i/web/status/")
# Stands for the id of an original that is not shown.
UNKNOWN = "unknown"
NOT_SHOWN = "the original of a repost is not shown, so its id is missing"
NEWER = "newer"  # the kind of a post whose shape is not known
REJECTS = (
    (_.kind == NEWER, "no legacy: a shape of X newer than this reader"),
    (_.id.isnull() | _.created_at.isnull(), "no tweet with id and created_at: " + _.kind.fill_null("of no kind")),
)

POSTS = {
    "post_id": _.id,
    "account_id": known_author(_.author_id),
    "handle": printed_name(_.handle),
    "account_name": printed_name(_["name"]),
    "posted_at": stamp(_.created_at, STAMP_FORMAT),
    "medium": medium_of(_.media, _.links),
    "text": unescaped(zeeschuimer.text_without_nul(_.text)),
    "lang": blank(_.lang),
    "url": tweet_address(printed_name(_.handle).fill_null("i"), _.id),
    "link": _.links[0],
    "reply_to_id": blank(_.answered),
    "reply_to_account_id": blank(_.answered_id).coalesce(blank(_.answered_handle)),
    "repost_of_id": ibis.ifelse(_.repost == UNKNOWN, LOST_IDS["repost_of_id"] + _.id, _.repost),
    "quote_of_id": ibis.ifelse(_.repost.isnull(), _.quote, ibis.null("string")),
    "like_count": number(_.likes),
    "comment_count": number(_.replies),
    "repost_count": number(_.reposts),
    "view_count": number(_.views),
    "retrieved_at": _.retrieved_at,
    "remark": ibis.ifelse(_.repost == UNKNOWN, NOT_SHOWN, ibis.null("string")),
    "export_row": _.export_row,
    "reject": zeeschuimer.reject_reason(_.reject, REJECTS, known_author(_.author_id), _.author_id),
}
ENTITIES = {"hashtag": _.hashtags, "mention": _.mentions.map(known_author), "link": _.links, "medium": _.media}


def fits(head):
    """1 if one of the first lines is a post of X in Zeeschuimer's or 4CAT's NDJSON, else 0."""
    return zeeschuimer.platform_share(head, NAME)


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is not needed: UTC."""
    return split_cells(zeeschuimer.line_objects(path, NAME, SHAPE, _tweet_cells), POSTS, ENTITIES)


# The tweet of X's own website (GraphQL, and before 2023 `adaptive`), taken apart into the cells that a post is made of.


def _tweet_cells(result):
    """The cells of a tweet, or of a result that holds one; those of a repost come from the original."""
    tweet = _tweet_in(result)
    legacy, shown = (
        object_at(tweet, "legacy"),
        _tweet_in(object_at(object_at(tweet, "legacy"), "retweeted_status_result").get("result")),
    )
    repost = shown.get("rest_id") or object_at(shown, "legacy").get("id_str") or legacy.get("retweeted_status_id_str")
    whole = shown if "full_text" in object_at(shown, "legacy") else tweet
    views = object_at(tweet, "views") or object_at(tweet, "ext_views")
    return {
        "id": tweet.get("rest_id") or legacy.get("id_str"),
        **{key: legacy.get(key) for key in ("created_at", "lang")},
        **_author_cells(tweet, legacy),
        **_text_and_lists(whole, is_cut=bool(repost or shown) and whole is tweet),
        "views": views.get("count"),
        "likes": legacy.get("favorite_count"),
        "replies": legacy.get("reply_count"),
        "reposts": legacy.get("retweet_count"),
        "answered": legacy.get("in_reply_to_status_id_str"),
        "answered_id": legacy.get("in_reply_to_user_id_str"),
        "answered_handle": legacy.get("in_reply_to_screen_name"),
        "repost": repost or (UNKNOWN if shown else None),
        "quote": legacy.get("quoted_status_id_str")
        or _tweet_in(object_at(tweet, "quoted_status_result").get("result")).get("rest_id"),
        "kind": NEWER if tweet.get("rest_id") and "core" in tweet and not legacy else tweet.get("__typename"),
    }


def _tweet_in(result):
    """The tweet of a result: one level deeper where its visibility is limited."""
    result = result if isinstance(result, dict) else {}
    return object_at(result, "tweet") or result


def _author_cells(tweet, legacy):
    """Id, handle and name of the author.

    Where the object is empty, the handle is that in the address of the post's own media.
    """
    user = object_at(object_at(object_at(tweet, "core"), "user_results"), "result") or object_at(tweet, "user")
    names = next(
        (one for one in (object_at(user, "core"), object_at(user, "legacy"), user) if "screen_name" in one), {}
    )
    post_id = tweet.get("rest_id") or legacy.get("id_str")
    places = [OWN_MEDIA.match(str(medium.get("expanded_url"))) for medium in _media(legacy)]
    handles = [place[1] for place in places if place and place[2] == post_id]
    return {
        "author_id": user.get("rest_id") or legacy.get("user_id_str") or user.get("id_str"),
        "handle": names.get("screen_name") or next(iter(handles), None),
        "name": names.get("name"),
    }


def _text_and_lists(tweet, *, is_cut):
    """Text, hashtags, mentions (a handle where no id is told), links, and kinds of media of a tweet.

    The text of a repost that is cut begins with "RT @…", which is no mention by the reposter.
    """
    legacy = object_at(tweet, "legacy")
    note = object_at(object_at(object_at(tweet, "note_tweet"), "note_tweet_results"), "result")
    marks = object_at(note, "entity_set") or object_at(legacy, "entities")
    mentions = [
        one for one in objects_in(marks.get("user_mentions")) if not (is_cut and one.get("indices", [0])[:1] == [3])
    ]
    links = [str(link.get("expanded_url") or link.get("url")) for link in objects_in(marks.get("urls"))]
    return {
        "text": note.get("text") or legacy.get("full_text"),
        "hashtags": [tag.get("text") for tag in objects_in(marks.get("hashtags"))],
        "mentions": [one.get("id_str") or one.get("screen_name") for one in mentions],
        "links": [link for link in links if not SELF_LINK.match(link)],
        "media": [medium.get("type") for medium in _media(legacy)],
    }


def _media(legacy):
    return objects_in(object_at(legacy, "extended_entities").get("media")) or objects_in(
        object_at(legacy, "entities").get("media")
    )
