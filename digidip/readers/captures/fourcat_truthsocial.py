"""Posts on Truth Social as 4CAT or the add-on Zeeschuimer gave them for download (CSV).

Tool: 4CAT 1.40–1.56 (2024–), Zeeschuimer 1.14; last seen August 2026.
Format: https://github.com/digitalmethodsinitiative/4cat (map_item of the data source);
    docs/formats.md#fourcat_truthsocial
Encoding: UTF-8, commas, lists with commas; Zeeschuimer writes `;`, and `null` for missing.
Zone: UTC (`created_at`, and `timestamp`).
Ids: the platform's own; in pseudonymised files handles are missing. A reply names what it answers (`thread_id`), in
    the oldest files nothing. Mentions are handles: they become ids where the account wrote in the same file.
Rejects: anonymised posts.
Caution: the text is HTML: tags are taken out, paragraphs and breaks stay. Reposts and quotes cannot be told. Links
    stand in the text only, so a post without media has none of its own.
Leaves out: numbers of likes (not in the file), followers (those of the day of collection), groups.
Example: https://truthsocial.com/@mfa,116…,2026-03-02T10:00:00.123Z,<p>Text…
"""

import ibis
from ibis import _

from digidip.engine import named
from digidip.readers.captures import _fourcat as fourcat
from digidip.readers.captures._hidden_authors import known_author, printed_name
from digidip.readers.opening.authors import ids_by_handle
from digidip.readers.opening.cells import local_time, number, offset_stamp, to_utc
from digidip.readers.x._tweets import valid_id

PLATFORM = "truthsocial"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"id", "created_at", "body", "url", "reblogs_count", "replies_count", "account_id"}}
REQUIRED["posts"] |= {"account_username"}
OPTIONAL = {
    "posts": {"timestamp", "thread_id", "account_display_name", "mentions", "hashtags", "images", "video_thumbs"}
    | {"video_urls", "media_type"}
}
BREAKS = ((r"(?i)</(?:p|ul|ol|pre)>\s*<(?:p|ul|ol|pre)\b[^>]*>", "\n\n"), (r"(?i)<br\s*/?>|</li>\s*<li>", "\n"))
ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&nbsp;", "\u00a0"), ("&amp;", "&"))
PHOTOS, VIDEOS = fourcat.comma_list(_.images), fourcat.comma_list(_.video_urls.coalesce(_.video_thumbs))
MEDIA = (
    PHOTOS.map(lambda link: "photo")
    .concat(VIDEOS.map(lambda link: "video"))
    .concat(
        fourcat.comma_list(_.media_type).map(
            lambda kind: kind.cases(("image", "photo"), ("video", "video"), else_="other")
        )
    )
)

POSTS = {
    "post_id": valid_id(_.id),
    "account_id": _.account,
    "handle": printed_name(_.account_username),
    "account_name": printed_name(_.account_display_name),
    "posted_at": _.posted_at,
    "medium": MEDIA[0].coalesce(ibis.ifelse(_.body.contains("<a "), ibis.null("string"), "text")),
    "text": _.text,
    "url": _.url,
    "reply_to_id": valid_id(_.thread_id).nullif(valid_id(_.id)),
    "comment_count": number(_.replies_count),
    "repost_count": number(_.reblogs_count),
    "export_row": _.export_row,
    "reject": fourcat.reject_reason(_.account, _.posted_at, _.account_id),
}
ENTITIES = {"hashtag": fourcat.comma_list(_.hashtags), "mention": fourcat.comma_list(_.mentions), "medium": MEDIA}


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is not needed: UTC."""
    cells = fourcat.records(path, REQUIRED["posts"], OPTIONAL["posts"])
    clock = to_utc("UTC", local_time(cells.timestamp, fourcat.CLOCK_FORMAT))
    texts = {"text": _text_of_html(cells.body), "account": known_author(cells.account_id)}
    cells = named(cells.mutate(posted_at=ibis.coalesce(offset_stamp(cells.created_at), clock), **texts))
    return fourcat.split_cells(cells, POSTS, ENTITIES, ids_by_handle(cells, cells.account_username, cells.account))


def _text_of_html(markup):
    """The text of HTML as this platform writes it; see `_nested.plain` for JSON."""
    for pattern, replacement in BREAKS:
        markup = markup.re_replace(pattern, replacement)
    text = markup.re_replace(r"<[a-zA-Z/][^>]*>", "")
    for name, letter in ESCAPES:
        text = text.replace(name, letter)
    return text.re_replace(r"^\n+|\n+$", "").nullif("")
