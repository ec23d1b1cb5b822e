"""Posts of Truth Social as the browser add-on Zeeschuimer caught them, or as 4CAT gives them back.

Tool: Zeeschuimer 1.x (1.14.2 in June 2026), 4CAT; last seen August 2026.
Format: https://github.com/digitalmethodsinitiative/zeeschuimer (modules/truth.js); the names are those of Mastodon's
    API. See docs/formats.md#zeeschuimer_truthsocial.
Encoding: UTF-8 JSON lines (NDJSON).
Zone: UTC (`Z`). `timestamp_collected` is the time of collection.
Ids: the platform's own, of posts, accounts and mentions.
Caution: what a browser was shown is no timeline: anyone's posts are in it, each once per visit. The text is HTML, in
    lines of newer versions of the add-on already without its tags. A repost has text, tags, mentions, media and the
    count of reposts of the original. The link is that of the card under the post.
Leaves out: groups, answers of polls, followers.
Example:
    {"item_id":"116…","source_platform":"truthsocial.com","data":{"id":"116…","created_at":"2026-03-02T10:00:00.123Z",…}}
"""

import re

import ibis
from ibis import _

from digidip.readers.captures import _zeeschuimer as zeeschuimer
from digidip.readers.captures._fourcat import split_cells
from digidip.readers.captures._hidden_authors import known_author, printed_name
from digidip.readers.opening.cells import blank, number, offset_stamp
from digidip.readers.opening.json_records import html_text

NAME = "zeeschuimer_truthsocial"
PLATFORM = "truthsocial"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"id", "created_at", "content", "account"}}
POST = """id: string, content: string, reblogs_count: string, tags: array<struct<name: string>>,
    mentions: array<struct<id: string>>, media_attachments: array<struct<type: string>>, card: struct<url: string>,
    poll: string"""
SHAPE = f"""struct<{POST}, created_at: string, language: string, url: string, replies_count: string, favourites_count: string,
    in_reply_to_id: string, in_reply_to_account_id: string, quote_id: string, reblog: struct<{POST}>,
    account: struct<id: string, username: string, display_name: string>>"""
MEDIUM = {"image": "photo"} | dict.fromkeys(("video", "gifv", "tv"), "video")
HTML = re.compile(r"\s*<[a-zA-Z]")

IS_REPOST = _.reblog.id.notnull()
# What a repost repeats is read from the original, whole or not at all.
WHOLE = {key: ibis.ifelse(IS_REPOST, _.reblog[key], _[key]) for key in ibis.dtype(f"struct<{POST}>").names}
LINK = WHOLE["card"].url
MEDIA = WHOLE["media_attachments"].map(lambda medium: medium["type"].cases(*MEDIUM.items(), else_="other"))
REJECTS = ((_.id.isnull() | _.created_at.isnull(), "no post with id and created_at"),)

POSTS = {
    "post_id": _.id,
    "account_id": known_author(_.account.id),
    "handle": printed_name(_.account.username),
    "account_name": printed_name(blank(_.account.display_name)),
    "posted_at": offset_stamp(_.created_at),
    "medium": ibis.cases(
        (MEDIA.length() > 0, MEDIA[0]), (WHOLE["poll"].notnull(), "poll"), (LINK.notnull(), "link"), else_="text"
    ),
    "text": zeeschuimer.text_without_nul(WHOLE["content"]),
    "lang": blank(_.language),
    "url": blank(_.url),
    "link": LINK,
    "reply_to_id": _.in_reply_to_id,
    "reply_to_account_id": _.in_reply_to_account_id,
    "repost_of_id": _.reblog.id,
    "quote_of_id": ibis.ifelse(IS_REPOST, ibis.null("string"), _.quote_id),
    "like_count": number(_.favourites_count),
    "comment_count": number(_.replies_count),
    "repost_count": number(WHOLE["reblogs_count"]),
    "retrieved_at": _.retrieved_at,
    "export_row": _.export_row,
    "reject": zeeschuimer.reject_reason(_.reject, REJECTS, known_author(_.account.id), _.account.id),
}
ENTITIES = {
    "hashtag": WHOLE["tags"].map(lambda tag: tag["name"]),
    "mention": WHOLE["mentions"].map(lambda mention: known_author(mention.id)),
    "link": ibis.array([LINK]),
    "medium": MEDIA,
}


def fits(head):
    """1 if one of the first lines is a post of Truth Social in Zeeschuimer's or 4CAT's NDJSON, else 0."""
    return zeeschuimer.platform_share(head, NAME)


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is not needed: UTC."""
    return split_cells(zeeschuimer.line_objects(path, NAME, SHAPE, _in_plain_text), POSTS, ENTITIES)


def _in_plain_text(post):
    """The post, and the one that it repeats, with `content` as plain text."""
    text, original = post.get("content"), post.get("reblog")
    content = {"content": html_text(text)} if isinstance(text, str) and HTML.match(text) else {}
    return post | content | ({"reblog": _in_plain_text(original)} if isinstance(original, dict) else {})
