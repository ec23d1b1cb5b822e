"""Posts on Bluesky as 4CAT collected them and gave them for download (CSV).

Tool: 4CAT 1.45–1.56 (2024–); last seen August 2026.
Format: https://github.com/digitalmethodsinitiative/4cat (map_item of the data source); docs/formats.md#fourcat_bluesky
Encoding: UTF-8, commas, lists with commas.
Zone: `created_at` names its offset and is set by the author's program; without an offset it is not read.
Ids: a post is known by its at-uri, an account by its DID. A reply names the post that it answers where that is in the
    same file, else the post at the root of its thread. Quoted posts, mentions and answered accounts are handles: they
    become ids where the account wrote in the same file; a quoted post that stays unknown is `quoted:` and the id of
    the quoting one. In pseudonymised files handles and DIDs differ from the platform's.
Rejects: anonymised posts; replies to them are comments without an author.
Caution: pictures of videos and of link cards stand among `images`: a post with images and links has no medium. Of
    several languages the first is read.
Leaves out: reposts (not collected), numbers of quotes, time of collection (the clock of a server).
Example: 2025-03-20T10:00:00,mfa.example.org,0,at://did:plc:…,at://did:plc:…,…
"""

import ibis
from ibis import _

from digidip.engine import named
from digidip.readers.captures import _fourcat as fourcat
from digidip.readers.captures._hidden_authors import known_author, post_address, printed_name
from digidip.readers.opening.authors import handles_to_ids, ids_by_handle
from digidip.readers.opening.cells import blank, number, offset_stamp

PLATFORM = "bluesky"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"id", "thread_id", "created_at", "author", "author_id", "body", "link", "replied_to_post"}}
REQUIRED["posts"] |= {"quoted_post", "repost_count"}
OPTIONAL = {
    "posts": {"tags", "like_count", "reply_count", "quoted_user", "replied_to_user", "mentions", "links", "images"}
    | {"has_poll", "languages", "author_display_name"}
}
RECORD_KEY, COLLECTION = r"/post/([a-z0-9]+)$", "/app.bsky.feed.post/"
LINKS = fourcat.address_list(_.links)
IS_VIDEO = _.images.contains("//video.bsky.app/")
MEDIUM = ibis.cases(
    (fourcat.is_yes(_.has_poll), "poll"),
    (IS_VIDEO, "video"),
    (_.images.notnull() & _.links.isnull(), "photo"),
)

POSTS = {
    "post_id": _.id,
    "account_id": _.account,
    "handle": printed_name(_.author),
    "account_name": printed_name(_.author_display_name),
    "posted_at": _.posted_at,
    "medium": ibis.cases(
        (MEDIUM.notnull(), MEDIUM),
        (_.images.notnull(), ibis.null("string")),
        (_.links.notnull(), "link"),
        else_="text",
    ),
    "text": _.body,
    "lang": blank(_.languages.split(",")[0], "N/A"),
    "url": post_address(_.link, _.author),
    "link": LINKS[0],
    "reply_to_id": _.reply,
    "reply_to_account_id": _.answered,
    "quote_of_id": _.quote,
    "like_count": number(_.like_count),
    "comment_count": number(_.reply_count),
    "repost_count": number(_.repost_count),
    "export_row": _.export_row,
    "reject": fourcat.reject_reason(_.account, _.posted_at, _.author, _.author_id),
}
ENTITIES = {
    "hashtag": fourcat.comma_list(_.tags),
    "mention": fourcat.comma_list(_.mentions),
    "link": LINKS,
    "medium": ibis.ifelse(MEDIUM.isnull(), None, ibis.array([MEDIUM])),
}


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is not needed: offsets."""
    cells = fourcat.records(path, REQUIRED["posts"], OPTIONAL["posts"])
    cells = named(cells.mutate(posted_at=offset_stamp(cells.created_at), account=known_author(cells.author_id)))
    ids = ids_by_handle(cells, cells.author, cells.account)
    return fourcat.split_cells(_with_answered_posts(cells, ids), POSTS, ENTITIES, ids)


def _with_answered_posts(cells, ids):
    """The cells with the post answered and the post quoted, named by what the file itself holds."""
    known = cells.mutate(answered=cells.replied_to_user, quoted=cells.quoted_user)
    for column in ("answered", "quoted"):
        known = handles_to_ids(known, column, ids)
    posts_here = cells.select(found_id="id").distinct()
    joined = known.left_join(posts_here, _uri(known.answered, known.replied_to_post) == posts_here.found_id)
    is_reply, has_quote = joined.replied_to_post.notnull(), joined.quoted_post.re_search(RECORD_KEY)
    quoted_post = ibis.ifelse(
        joined.quoted.startswith("did:"), _uri(joined.quoted, joined.quoted_post), "quoted:" + joined.id
    )
    root = joined.thread_id.nullif(joined.id)
    return joined.mutate(
        reply=ibis.ifelse(is_reply | root.notnull(), joined.found_id.coalesce(root), ibis.null("string")),
        quote=ibis.ifelse(has_quote, quoted_post, ibis.null("string")),
    )


def _uri(account, address):
    return "at://" + account + COLLECTION + address.re_extract(RECORD_KEY, 1)
