"""Posts of X as the browser add-on Zeeschuimer caught them, or as 4CAT gives them back (NDJSON).

Tool: Zeeschuimer 1.x (alive, 1.14.2 in June 2026), 4CAT (formats.md §7). UTF-8 JSON lines; stamps in UTC. What a browser was shown
is **no timeline**: promoted posts and posts by anyone are in it, and the same post once per visit (`timestamp_collected`
is the time of collection). Only `rest_id` and `legacy.id_str` are ids: `id` is rounded. The whole text is that of
`note_tweet`; a repost has text, tags, links and media of the original, and its count of reposts. Where the author's object
is empty, the handle is taken from the address of the post's own photo. 4CAT's pseudonymised files have hashes as ids of
authors, its anonymised ones none. What is shown without its post (tombstones) becomes rejects. Left out: bookmarks,
quotes counted, followers, places. One row: {"item_id":"202…","source_platform":"twitter.com","data":{"rest_id":"202…",….
"""

import ibis
from ibis import _

from digidip.readers.captures._fourcat import parted
from digidip.readers.captures._x_graphql import SHAPE, UNKNOWN, cells
from digidip.readers.captures._zeeschuimer import holds, lines
from digidip.readers.captures._zeeschuimer_cells import refused, words
from digidip.readers.opening._authors import known, person
from digidip.readers.opening._cells import blank, number, stamp
from digidip.readers.x._tweets import LOST, PATTERN, address_of, medium_of, plain

NAME = "zeeschuimer_x"
PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
LOOSE = True
REQUIRED = {"posts": {"rest_id", "legacy", "core"}}
MISSING = (
    (_.id.isnull() | _.created_at.isnull(), "no tweet with id and created_at: " + _.kind.fill_null("of no kind")),
    (_.repost == UNKNOWN, LOST),
)

POSTS = {
    "post_id": _.id,
    "account_id": known(_.author_id),
    "handle": person(_.handle),
    "account_name": person(_["name"]),
    "posted_at": stamp(_.created_at, PATTERN),
    "medium": medium_of(_.media, _.links),
    "text": plain(words(_.text)),
    "lang": blank(_.lang),
    "url": address_of(person(_.handle).fill_null("i"), _.id),
    "link": _.links[0],
    "reply_to_id": blank(_.answered),
    "reply_to_account_id": blank(_.answered_id).coalesce(blank(_.answered_handle)),
    "repost_of_id": _.repost,
    "quote_of_id": ibis.ifelse(_.repost.isnull(), _.quote, ibis.null("string")),
    "like_count": number(_.likes),
    "comment_count": number(_.replies),
    "repost_count": number(_.reposts),
    "view_count": number(_.views),
    "retrieved_at": _.retrieved_at,
    "export_row": _.export_row,
    "reject": refused(_.reject, MISSING, known(_.author_id), _.author_id),
}
ENTITIES = {"hashtag": _.hashtags, "mention": _.mentions.map(known), "link": _.links, "medium": _.media}


def fits(path):
    """1 if one of the first lines is a post of X in Zeeschuimer's or 4CAT's NDJSON, else 0."""
    return holds(path, NAME)


def read(path, *, zone=None):
    """Posts, comments and entities of the file as canonical columns, raw values; `zone` is not needed: UTC."""
    return parted(lines(path, NAME, SHAPE, cells), POSTS, ENTITIES)
