"""Videos or comments as YouTube's Data API v3 gives them: `videos`, `commentThreads` or `comments`.

Tool: any collector of the API; last seen 2026.
Format: https://developers.google.com/youtube/v3/docs; docs/formats.md#youtube_api
Encoding: UTF-8 JSON: a page per file, an array, or one page or item per line.
Zone: UTC (`Z`).
Ids: YouTube's own; authors are channel ids.
Rejects: items of another kind than the first, which says what the file holds.
Caution: the API prints at most five replies under a comment: the others are in answers of `comments`, which name no
    video and are read only where theirs is given. The text of a comment is the plain one where it is given, else that
    of the HTML. Counts of videos come as text, and are missing where they are switched off.
Leaves out: keywords, duration, dislikes, the number of replies of a comment, times of edits.
Example: {"kind":"youtube#video","id":"xMFA…","snippet":{…},"statistics":{…}}
"""

import re

import ibis
from ibis import _

from digidip.readers.opening.cells import blank, number, offset_stamp
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_records import html_text, record_rows
from digidip.readers.opening.json_values import json_values
from digidip.tables import ReaderError

PLATFORM = "youtube"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"posts": {"id", "snippet"}, "comments": {"id", "snippet"}}
KIND_IN_HEAD = re.compile(r'"kind"\s*:\s*"youtube#(\w+?)(?:ListResponse)?"|"(topLevelComment)"')
KINDS = {"video": "video"} | dict.fromkeys(("commentThread", "comment", "topLevelComment"), "comment")
VIDEO_TYPES = "videoId: string, channelId: string"
SHAPE = f"""struct<kind: string, id: string, snippet: struct<{VIDEO_TYPES}, publishedAt: string, title: string,
    description: string, channelTitle: string, defaultLanguage: string, parentId: string, words: string,
    authorChannelId: struct<value: string>, likeCount: string>,
    statistics: struct<viewCount: string, likeCount: string, commentCount: string>>"""

IT = _.it
SNIPPET = IT.snippet

POSTS = {
    "post_id": IT.id,
    "account_id": SNIPPET.channelId,
    "account_name": blank(SNIPPET.channelTitle),
    "posted_at": offset_stamp(SNIPPET.publishedAt),
    "medium": ibis.literal("video"),
    "text": blank((SNIPPET.title.fill_null("") + "\n\n" + SNIPPET.description.fill_null("")).strip()),
    "lang": blank(SNIPPET.defaultLanguage),
    "url": "https://www.youtube.com/watch?v=" + IT.id,
    "like_count": number(IT.statistics.likeCount),
    "comment_count": number(IT.statistics.commentCount),
    "view_count": number(IT.statistics.viewCount),
    "export_row": _.export_row,
}

COMMENTS = {
    "comment_id": IT.id,
    "post_id": SNIPPET.videoId,
    "parent_id": SNIPPET.parentId,
    "author": blank(SNIPPET.authorChannelId.value),
    "commented_at": offset_stamp(SNIPPET.publishedAt),
    "text": blank(SNIPPET.words),
    "like_count": number(SNIPPET.likeCount),
    "export_row": _.export_row,
}


def fits(head):
    """1 if the head of the file is JSON of YouTube's API with videos or comments, else 0."""
    return float(_file_kind(head) is not None)


def read(path, *, zone=None):
    """Videos or comments in canonical columns; `zone` is not needed: UTC."""
    kind = _file_kind(read_head(path))
    if not kind:
        raise ReaderError(
            f"{path} (record 1): no video and no comment of YouTube's API at the head of the file. Expected: JSON of "
            "'videos', 'commentThreads' or 'comments'. Give the right reader (digidip list)."
        )
    items = record_rows((item for value in json_values(path) for item in _items(value)), SHAPE)
    reject = ibis.cases(
        (items.is_broken, "broken JSON"),
        (items.it.id.isnull() | items.it.snippet.isnull(), "no item with id and snippet"),
        (items.it.kind != f"youtube#{kind}", f"no {kind} in a file of {kind}s"),
    )
    name, columns = ("posts", POSTS) if kind == "video" else ("comments", COMMENTS)
    return {name: items.select(**columns, reject=reject)}


def _file_kind(head):
    """What the first item of the file is, `video` or `comment`; None for another file."""
    found = KIND_IN_HEAD.search(head.start) if head.is_json else None
    return KINDS.get(found[1] or found[2]) if found else None


def _items(value):
    """The items of one JSON value: of a page, a thread's comment and its replies, or the value itself."""
    items = value.get("items") if isinstance(value, dict) and "items" in value else [value]
    for item in items if isinstance(items, list) else [items]:
        yield from _videos_or_comments(item) if isinstance(item, dict) else [item]


def _videos_or_comments(item):
    """A video as it is; of a thread its comment and replies, each with the video.

    `words` is the text without HTML.
    """
    thread = item["snippet"] if isinstance(item.get("snippet"), dict) else {}
    replies = item["replies"].get("comments") if isinstance(item.get("replies"), dict) else []
    if not isinstance(thread.get("topLevelComment"), dict):
        yield _with_text(item, {})
        return
    for comment in (thread["topLevelComment"], *(replies if isinstance(replies, list) else [])):
        yield _with_text(comment, {"videoId": thread.get("videoId")})


def _with_text(item, video):
    snippet = item.get("snippet") if isinstance(item, dict) else None
    if not isinstance(snippet, dict):
        return item
    text = snippet.get("textOriginal") or html_text(str(snippet.get("textDisplay") or ""))
    return item | {"snippet": video | snippet | {"words": text}}
