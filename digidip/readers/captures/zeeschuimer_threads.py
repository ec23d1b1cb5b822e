"""Posts of Threads as the browser add-on Zeeschuimer caught them, or as 4CAT gives them back.

Tool: Zeeschuimer 1.x (1.14.2 in June 2026), 4CAT; last seen August 2026. The platform is `threads.net` also since the
    site moved to threads.com.
Format: https://github.com/digitalmethodsinitiative/zeeschuimer (modules/threads.js);
    docs/formats.md#zeeschuimer_threads
Encoding: UTF-8 JSON lines.
Zone: UTC, in seconds since 1970. `timestamp_collected` is the time of collection.
Ids: the post id is the code in its address; an account is a number, else `@` and the handle.
Caution: a reply names whom it answers but not which post: `answered:` and its own code stand for that post, so that it
    is no post of its own, and no reply can be placed as a comment. What a browser was shown is no timeline: anyone's
    posts are in it, each once per visit. A repost has the text of the original. Hashtags and mentions (handles) are
    read from the text.
Leaves out: numbers of quotes, views.
Example:
    {"item_id":"384…_700…","source_platform":"threads.net","data":{"code":"DV…","taken_at":1772445600,"user":{…},…}}
"""

import ibis
from ibis import _

from digidip.engine import named
from digidip.readers.captures import _zeeschuimer as zeeschuimer
from digidip.readers.captures._fourcat import split_cells
from digidip.readers.captures._hidden_authors import handle_id, known_author, printed_name
from digidip.readers.opening.authors import ids_by_handle
from digidip.readers.opening.cells import blank, number
from digidip.readers.x._tweets import medium_of

NAME = "zeeschuimer_threads"
PLATFORM = "threads"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"code", "taken_at", "user", "text_post_app_info"}}
USER = "struct<pk: string, id: string, username: string, full_name: string>"
ITEM = "image_versions2: struct<candidates: array<struct<url: string>>>, video_versions: array<struct<url: string>>"
POST = f"code: string, caption: struct<text: string>, {ITEM}, carousel_media: array<struct<{ITEM}>>"
SHAPE = f"""struct<{POST}, taken_at: string, user: {USER}, like_count: string, text_post_app_info: struct<
    repost_count: string, direct_reply_count: string, is_reply: string, reply_to_author: {USER},
    link_preview_attachment: struct<url: string>,
    share_info: struct<reposted_post: struct<{POST}>, quoted_post: struct<code: string>>>>"""
# Threads leads to other sites through an address of its own.
REDIRECT = r"^https?://l\.threads\.(?:com|net)/\?(?:[^#]*&)?u=([^&#]+)"


@ibis.udf.scalar.builtin(name="url_decode", signature=(("string",), "string"))
def url_decoded(text):
    """Engine function: text with %3A and the like as the characters they stand for."""


def _media_kinds(post):
    """Kinds of the media of a post; an empty list of versions is none."""

    def kind(item):
        has_photo = item.image_versions2.candidates.length() > 0
        return ibis.cases((item.video_versions.length() > 0, "video"), (has_photo, "photo"))

    items = ibis.ifelse(post.carousel_media.length() > 0, post.carousel_media.map(kind), ibis.array([kind(post)]))
    return items.filter(lambda word: word.notnull())


INFO = _.text_post_app_info
ORIGINAL = INFO.share_info.reposted_post
IS_REPOST = ORIGINAL.code.notnull()
IS_REPLY = (INFO.is_reply == "true").fill_null(False) | INFO.reply_to_author.username.notnull()
TEXT = zeeschuimer.text_without_nul(ibis.ifelse(IS_REPOST, ORIGINAL.caption.text, _.caption.text))
MEDIA = ibis.ifelse(IS_REPOST, _media_kinds(ORIGINAL), _media_kinds(_))
ADDRESS = INFO.link_preview_attachment.url
LINK = blank(url_decoded(ADDRESS.re_extract(REDIRECT, 1))).coalesce(blank(ADDRESS))
TIME = zeeschuimer.nonzero_epoch(_.taken_at)
ID = _.user.pk.coalesce(_.user.id)
REJECTS = (_.code.isnull(), "no post with a code"), (TIME.isnull(), "a post without time")

POSTS = {
    "post_id": _.code,
    "account_id": _.account,
    "handle": printed_name(_.user.username),
    "account_name": printed_name(_.user.full_name),
    "posted_at": TIME,
    "medium": medium_of(MEDIA, ibis.array([LINK]).filter(lambda link: link.notnull())),
    "text": TEXT,
    "url": "https://www.threads.com/@" + printed_name(_.user.username) + "/post/" + _.code,
    "link": LINK,
    "reply_to_id": ibis.ifelse(IS_REPLY, "answered:" + _.code, ibis.null("string")),
    "reply_to_account_id": _.answered,
    "repost_of_id": ORIGINAL.code,
    "quote_of_id": ibis.ifelse(IS_REPOST, ibis.null("string"), INFO.share_info.quoted_post.code),
    "like_count": number(_.like_count),
    "comment_count": number(INFO.direct_reply_count),
    "repost_count": number(INFO.repost_count),
    "retrieved_at": _.retrieved_at,
    "export_row": _.export_row,
    "reject": zeeschuimer.reject_reason(_.reject, REJECTS, _.account, ID.coalesce(_.user.username)),
}
ENTITIES = {
    "hashtag": zeeschuimer.hashtags_in(TEXT),
    "mention": zeeschuimer.handles_in(TEXT).map(handle_id),
    "link": ibis.array([LINK]),
    "medium": MEDIA,
}


def fits(head):
    """1 if one of the first lines is a post of Threads in Zeeschuimer's or 4CAT's NDJSON, else 0."""
    return zeeschuimer.platform_share(head, NAME)


def read(path, *, zone=None):
    """Posts and entities in canonical columns; `zone` is not needed: seconds."""
    objects = zeeschuimer.line_objects(path, NAME, SHAPE)
    answered = objects.text_post_app_info.reply_to_author
    answered = known_author(answered.pk.coalesce(answered.id)).coalesce(handle_id(answered.username))
    account = known_author(ID).coalesce(handle_id(objects.user.username))
    cells = named(objects.mutate(account=account, answered=answered))
    tables = split_cells(cells, POSTS, ENTITIES, ids_by_handle(cells, cells.user.username, cells.account))
    # No reply names its post, so that the comments could stand under none.
    return {"posts": tables["posts"], "entities": tables["entities"]}
