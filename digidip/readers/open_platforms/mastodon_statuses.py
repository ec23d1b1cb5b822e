"""Statuses of Mastodon as its API gives them: of an account, a search, a context, or alone.

Tool: any collector of /api/v1/accounts/…/statuses, /timelines, /statuses/…/context; last seen 2026.
Format: https://docs.joinmastodon.org/entities/Status/; docs/formats.md#mastodon_statuses
Encoding: UTF-8 JSON: a list or object per file, or one per line.
Zone: UTC (`Z`).
Ids: `id` is local to the server asked: a post is known by its `uri`, an account by its address (`url`). A local number
    in `in_reply_to_id` is turned into a `uri` where the post is in the file or its author on the server asked. Posts
    are by anyone; a reply is also offered as a comment.
Rejects: statuses that are not public.
Caution: the text is HTML: tags are taken out, links written whole. Counts are those known to the server asked; of a
    repost only `repost_count` is given, the original's.
Leaves out: content warnings, answers of polls, followers (those of the day of collection), the time of edits (the text
    is the last).
Example:
    {"uri":"https://…/statuses/116…","url":"https://…/@mfa/116…","created_at":"2026-03-02T09:00:00.000Z","content":"<p>Text</p>",…}
"""

import re

import ibis
from ibis import _

from digidip.readers.open_platforms._mastodon import statuses_in
from digidip.readers.opening.cells import blank, map_category, number, offset_stamp
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_records import ENVELOPE, record_rows, unnest_lists
from digidip.tables import ReaderError

PLATFORM = "mastodon"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"uri", "account", "content", "created_at"}}
HEAD_KEYS = ('"acct"', '"content"', '"reblogs_count"', '"uri"')
TRUTH_SOCIAL = re.compile(r'"ur[il]"\s*:\s*"https://truthsocial\.com/')
CONTEXT = re.compile(r'\{\s*"(ancestors|descendants)"\s*:\s*\[')
MEDIA = "media_attachments: array<struct<type: string>>"
SHAPE = f"""struct<uri: string, url: string, created_at: string, language: string, reject: string, plain: string,
    links: array<string>, handle: string, reply_uri: string, reply_url: string, quote_uri: string,
    mentioned: array<string>, {MEDIA},
    account: struct<url: string, uri: string, display_name: string>, tags: array<struct<name: string>>,
    poll: struct<id: string>, card: struct<url: string>, replies_count: string, favourites_count: string,
    reblogs_count: string, reblog: struct<uri: string, language: string, reblogs_count: string, {MEDIA}, tags: array<struct<name: string>>,
    poll: struct<id: string>, card: struct<url: string>>>"""
MEDIUM = {"image": "photo", "video": "video", "gifv": "video", "audio": "audio"}

IT = _.it
IS_OWN = IT.reblog.uri.isnull()
ACCOUNT = ibis.coalesce(IT.account.url, IT.account.uri)
ATTACHED = ibis.ifelse(IS_OWN, IT.media_attachments, IT.reblog.media_attachments)
CARD = ibis.ifelse(IS_OWN, IT.card.url, IT.reblog.card.url)
POLL = ibis.ifelse(IS_OWN, IT.poll, IT.reblog.poll)
REJECT = ibis.cases(
    (_.is_broken, "broken JSON"),
    (IT.reject.notnull(), IT.reject),
    (IT.uri.isnull() | ACCOUNT.isnull(), "no status with uri and account"),
)

POSTS = {
    "post_id": IT.uri,
    "account_id": ACCOUNT,
    "handle": blank(IT.handle),
    "account_name": blank(IT.account.display_name),
    "posted_at": offset_stamp(IT.created_at),
    "medium": ibis.cases(
        (ATTACHED.length() > 0, map_category(ATTACHED[0]["type"], MEDIUM)),
        (POLL.notnull(), "poll"),
        (CARD.notnull() | (IT.links.length() > 0), "link"),
        else_="text",
    ),
    "text": blank(IT.plain),
    "lang": blank(ibis.ifelse(IS_OWN, IT.language, IT.reblog.language)),
    "url": blank(IT.url),
    "link": ibis.coalesce(IT.links[0], blank(CARD)),
    "reply_to_id": IT.reply_uri,
    "reply_to_account_id": IT.reply_url,
    "repost_of_id": IT.reblog.uri,
    "quote_of_id": IT.quote_uri,
    "like_count": ibis.ifelse(IS_OWN, number(IT.favourites_count), None),
    "comment_count": ibis.ifelse(IS_OWN, number(IT.replies_count), None),
    "repost_count": number(ibis.ifelse(IS_OWN, IT.reblogs_count, IT.reblog.reblogs_count)),
    "export_row": _.export_row,
    "reject": REJECT,
}

COMMENTS = {
    "comment_id": IT.uri,
    "post_id": IT.reply_uri,
    "author": ACCOUNT,
    "commented_at": offset_stamp(IT.created_at),
    "text": blank(IT.plain),
    "lang": blank(IT.language),
    "like_count": number(IT.favourites_count),
    "export_row": _.export_row,
}

ENTITIES = {
    "hashtag": ibis.ifelse(IS_OWN, IT.tags, IT.reblog.tags).map(lambda tag: tag["name"]),
    "mention": IT.mentioned,
    "link": IT.links,
    "medium": ATTACHED.map(lambda medium: map_category(medium["type"], MEDIUM)),
}


def fits(head):
    """1 if the head of the file is JSON with statuses of Mastodon, or a context, else 0."""
    if not head.is_json or ENVELOPE.search(head.start) or TRUTH_SOCIAL.search(head.start):
        return 0.0
    return float(bool(CONTEXT.match(head.start)) or all(key in head.start for key in HEAD_KEYS))


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is not needed: UTC."""
    if not fits(read_head(path)):
        raise ReaderError(
            f"{path} (record 1): no status of Mastodon at the head of the file. Expected: JSON of statuses or a context, "
            "with 'uri', 'account' and 'content'. Give the right reader (digidip list)."
        )
    posts = record_rows(statuses_in(path), SHAPE)
    valid = posts.filter(REJECT.isnull())
    entities = unnest_lists(valid.select(post_id=IT.uri, **ENTITIES)).distinct()
    replies = valid.filter(IS_OWN & IT.reply_uri.notnull()).select(**COMMENTS)
    return {"posts": posts.select(**POSTS), "comments": replies, "entities": entities.filter(entities.value.notnull())}
