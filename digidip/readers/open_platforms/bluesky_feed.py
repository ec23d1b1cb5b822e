"""Posts of Bluesky as the AT Protocol's API gives them: feeds, threads, searches, repositories.

Tool: any collector of app.bsky.feed.* (getAuthorFeed, getPostThread, searchPosts, getPosts) or of
    com.atproto.repo.listRecords (posts and reposts of one account, without names and counts); last seen 2026.
Format: https://docs.bsky.app/docs/api/app-bsky-feed-get-author-feed; docs/formats.md#bluesky_feed
Encoding: UTF-8 JSON: a page per file, an array, or one page or post per line; also dumps of Python's `atproto` models
    (snake_case).
Zone: the stamps carry their offset. `createdAt` is the clock of the author's program.
Ids: a post is its at-uri, an account its DID. A repost has no id of its own: it is `repost:<account>:<post>`. Posts
    are by anyone; a reply is also offered as a comment.
Rejects: a post whose `createdAt` is more than a day after the server saw it; posts not found or blocked. A post with a
    `createdAt` before Bluesky (a broken clock, a post brought along) stands at the time when the server saw it.
Caution: of a repost only `repost_count` is given, the original's.
Leaves out: posts that a feed quotes or prints above a reply, numbers of quotes and bookmarks, languages where several
    are declared.
Example: {"post":{"uri":"at://did:plc:…","author":{…},"record":{…}}}
"""

import re

import ibis
from ibis import _

from digidip.readers.open_platforms._atproto import created_or_seen, posts_in
from digidip.readers.opening.cells import blank, map_category, number, offset_stamp
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_records import ENVELOPE, record_rows, unnest_lists
from digidip.tables import ReaderError

PLATFORM = "bluesky"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"uri", "author", "record"}}
POST_ADDRESS = re.compile(r'"at:\\?/\\?/[^"]+app\.bsky\.feed\.post\b')
POST_SIGN = re.compile(r'"(?:author"\s*:\s*\{|records"\s*:\s*\[|(?:notFound|not_found|blocked)"\s*:\s*true)')
EMPTY_PAGE = re.compile(r'{\s*"(feed|posts)"\s*:\s*\[\s*\]\s*[,}]')
ACCOUNT = "struct<did: string, handle: string, displayName: string>"
EMBED = "type: string, external: struct<uri: string>, record: struct<uri: string, record: struct<uri: string>>"
SHAPE = f"""struct<post: struct<uri: string, author: {ACCOUNT}, indexedAt: string, likeCount: string, replyCount: string,
    repostCount: string, record: struct<text: string, createdAt: string, langs: array<string>, tags: array<string>,
    facets: array<struct<features: array<struct<tag: string, did: string, uri: string>>>>,
    reply: struct<parent: struct<uri: string>>, embed: struct<{EMBED}, media: struct<{EMBED}>>>>,
    reason: struct<by: {ACCOUNT}, indexedAt: string>, notFound: string, blocked: string>"""
MEDIUM = {"images": "photo", "gallery": "photo", "video": "video", "external": "link"}

POST, RECORD, REPOSTER = _.it.post, _.it.post.record, _.it.reason.by
IS_OWN = REPOSTER.did.isnull()
AUTHOR = ibis.ifelse(IS_OWN, POST.author, REPOSTER)
QUOTED_POST = ibis.coalesce(RECORD.embed.record.record.uri, RECORD.embed.record.uri)
EMBED_SHOWN = ibis.coalesce(RECORD.embed.media, RECORD.embed)
KIND = EMBED_SHOWN["type"].split(".")[-1]
MEDIUM_OF_EMBED = ibis.ifelse(KIND.isin(list(MEDIUM)), map_category(KIND, MEDIUM), ibis.null("string"))
FEATURES = RECORD.facets.map(lambda facet: facet.features).flatten()
NO_TEXTS = ibis.literal([], "array<string>")
ALL_LINKS = ibis.array([EMBED_SHOWN.external.uri]).concat(ibis.coalesce(FEATURES.map(lambda mark: mark.uri), NO_TEXTS))
LINKS = ALL_LINKS.filter(lambda link: link.notnull())
POST_ID = ibis.ifelse(IS_OWN, POST.uri, "repost:" + REPOSTER.did + ":" + POST.uri)
SEEN_AT = offset_stamp(POST.indexedAt)
CREATED_AT, REMARK = created_or_seen(offset_stamp(RECORD.createdAt), SEEN_AT)
REJECT = ibis.cases(
    (_.is_broken, "broken JSON"),
    (_.it.notFound.notnull(), "a post that was deleted or not found"),
    (_.it.blocked.notnull(), "a post of an account that blocks or is blocked"),
    (POST.uri.isnull() | POST.author.did.isnull() | RECORD.isnull(), "no post with uri, author and record"),
    (IS_OWN & (SEEN_AT + ibis.interval(days=1) < CREATED_AT), "createdAt is more than a day after the post was seen"),
)

POSTS = {
    "post_id": POST_ID,
    "account_id": AUTHOR.did,
    "handle": blank(AUTHOR.handle),
    "account_name": blank(AUTHOR.displayName),
    "posted_at": ibis.ifelse(IS_OWN, CREATED_AT, offset_stamp(_.it.reason.indexedAt)),
    "medium": ibis.coalesce(MEDIUM_OF_EMBED, ibis.cases((LINKS.length() > 0, "link"), (RECORD.text.notnull(), "text"))),
    "text": blank(RECORD.text),
    "lang": ibis.ifelse(RECORD.langs.length() == 1, blank(RECORD.langs[0]), None),
    "url": "https://bsky.app/profile/" + AUTHOR.did + "/post/" + ibis.ifelse(IS_OWN, POST.uri.split("/")[-1], None),
    "link": LINKS[0],
    "reply_to_id": ibis.ifelse(IS_OWN, RECORD.reply.parent.uri, None),
    "reply_to_account_id": ibis.ifelse(IS_OWN, blank(RECORD.reply.parent.uri.re_extract("^at://([^/]+)/", 1)), None),
    "repost_of_id": ibis.ifelse(IS_OWN, None, POST.uri),
    "quote_of_id": ibis.ifelse(IS_OWN & QUOTED_POST.contains("/app.bsky.feed.post/"), QUOTED_POST, None),
    "like_count": ibis.ifelse(IS_OWN, number(POST.likeCount), None),
    "comment_count": ibis.ifelse(IS_OWN, number(POST.replyCount), None),
    "repost_count": number(POST.repostCount),
    "export_row": _.export_row,
    "remark": ibis.ifelse(IS_OWN, REMARK, None),
    "reject": REJECT,
}

COMMENTS = {
    "comment_id": POST.uri,
    "post_id": RECORD.reply.parent.uri,
    "author": POST.author.did,
    "commented_at": CREATED_AT,
    "text": blank(RECORD.text),
    "lang": POSTS["lang"],
    "like_count": number(POST.likeCount),
    "export_row": _.export_row,
}

ENTITIES = {
    "hashtag": ibis.coalesce(FEATURES.map(lambda mark: mark.tag), NO_TEXTS).concat(
        ibis.coalesce(RECORD.tags, NO_TEXTS)
    ),
    "mention": FEATURES.map(lambda mark: mark.did),
    "link": LINKS,
    "medium": ibis.ifelse(KIND.isin(["images", "gallery", "video"]), ibis.array([map_category(KIND, MEDIUM)]), None),
}


def fits(head):
    """1 if the head of the file is JSON with posts of Bluesky, or an empty page of them, else 0."""
    is_feed = bool(EMPTY_PAGE.match(head.start) or (POST_ADDRESS.search(head.start) and POST_SIGN.search(head.start)))
    return float(head.is_json and is_feed and not ENVELOPE.search(head.start))


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is not needed: offsets."""
    if not fits(read_head(path)):
        raise ReaderError(
            f"{path} (record 1): no post of Bluesky at the head of the file. Expected: JSON of a feed, a thread or posts, "
            "with 'uri', 'author' and 'record'. Give the right reader (digidip list)."
        )
    posts = record_rows(posts_in(path), SHAPE)
    valid = posts.filter(REJECT.isnull())
    entities = unnest_lists(valid.select(post_id=POST_ID, **ENTITIES)).distinct()
    replies = valid.filter(IS_OWN & RECORD.reply.parent.uri.notnull()).select(**COMMENTS)
    return {"posts": posts.select(**POSTS), "comments": replies, "entities": entities.filter(entities.value.notnull())}
