"""Posts of Instagram as the browser add-on Zeeschuimer caught them, or as 4CAT gives them back.

Tool: Zeeschuimer 1.x (1.14.2 in June 2026), 4CAT; last seen August 2026.
Format: https://github.com/digitalmethodsinitiative/zeeschuimer (modules/instagram.js); three shapes: the list of items
    of today (`code`, `taken_at`), Graph (`shortcode`, `taken_at_timestamp`), and Polaris of the grids of reels. See
    docs/formats.md#zeeschuimer_instagram.
Encoding: UTF-8 JSON lines (NDJSON).
Zone: UTC, in seconds since 1970. `timestamp_collected` is the time of collection.
Ids: the post id is the code in its address; an account is a number, else `@` and the handle.
Rejects: lines of the Polaris shape, which has no time: the post comes again once it was opened.
Caution: what a browser was shown is no timeline: anyone's posts are in it, each once per visit. Hidden counts are
    missing, not the few that the line has. Hashtags and mentions (handles) are read from the text.
Leaves out: comments, places, people tagged in photos.
Example:
    {"item_id":"384…_700…","source_platform":"instagram.com","data":{"code":"DV…","pk":"384…","taken_at":1772445600,…}}
"""

import ibis
from ibis import _

from digidip.engine import named
from digidip.readers.captures import _zeeschuimer as zeeschuimer
from digidip.readers.captures._fourcat import split_cells
from digidip.readers.captures._hidden_authors import handle_id, known_author, printed_name
from digidip.readers.opening.authors import ids_by_handle
from digidip.readers.opening.cells import number

NAME = "zeeschuimer_instagram"
PLATFORM = "instagram"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"code", "taken_at", "user"}}
USER = "struct<pk: string, id: string, username: string, full_name: string>"
KIND = "media_type: string, __typename: string, is_video: string"
COUNT = "struct<count: string>"
SHAPE = f"""struct<{KIND}, code: string, shortcode: string, taken_at: string, taken_at_timestamp: string, _zs_partial: string,
    user: {USER}, owner: {USER}, caption: struct<text: string>, carousel_media: array<struct<{KIND}>>,
    edge_media_to_caption: struct<edges: array<struct<node: struct<text: string>>>>,
    edge_sidecar_to_children: struct<edges: array<struct<node: struct<{KIND}>>>>,
    like_and_view_counts_disabled: string, like_count: string, edge_media_preview_like: {COUNT}, comment_count: string,
    edge_media_preview_comment: {COUNT}, edge_media_to_comment: {COUNT}, edge_media_to_parent_comment: {COUNT},
    play_count: string, view_count: string, video_play_count: string, video_view_count: string>"""


def _item_kind(item):
    """The kind of an item: photo or video; missing for a carousel, whose items have kinds of their own."""
    return ibis.cases(
        ((item.media_type == "2") | (item.is_video == "true") | item["__typename"].contains("Video"), "video"),
        ((item.media_type == "1") | item["__typename"].contains("Image"), "photo"),
    )


def _unless_hidden(cell):
    """A count, missing where the owner hides it; Graph then writes -1."""
    is_hidden = (_.like_and_view_counts_disabled == "true").fill_null(False) | (number(cell) < 0)
    return ibis.ifelse(is_hidden, ibis.null("int64"), number(cell))


TEXT = zeeschuimer.text_without_nul(_.caption.text.coalesce(_.edge_media_to_caption.edges[0].node.text))
CODE = _.code.coalesce(_.shortcode)
TIME = zeeschuimer.nonzero_epoch(_.taken_at.coalesce(_.taken_at_timestamp))
ITEMS = _.carousel_media.coalesce(_.edge_sidecar_to_children.edges.map(lambda edge: edge.node))
MEDIA = ITEMS.map(_item_kind).coalesce(ibis.array([_item_kind(_)]))
COMMENTS_COUNTED = ibis.coalesce(
    _.comment_count,
    _.edge_media_preview_comment["count"],
    _.edge_media_to_parent_comment["count"],
    _.edge_media_to_comment["count"],
)
AUTHOR = ibis.coalesce(_.user.pk, _.user.id, _.owner.pk, _.owner.id)
HANDLE = _.user.username.coalesce(_.owner.username)
REJECTS = (
    (CODE.isnull(), "no post with a code"),
    (TIME.isnull() & (_["_zs_partial"] == "true"), "a partial post without time (_zs_partial)"),
    (TIME.isnull(), "a post without time"),
)

POSTS = {
    "post_id": CODE,
    "account_id": _.account,
    "handle": printed_name(HANDLE),
    "account_name": printed_name(_.user.full_name.coalesce(_.owner.full_name)),
    "posted_at": TIME,
    "medium": MEDIA[0].coalesce("other"),
    "text": TEXT,
    "url": "https://www.instagram.com/p/" + CODE + "/",
    "like_count": _unless_hidden(_.like_count.coalesce(_.edge_media_preview_like["count"])),
    "comment_count": number(COMMENTS_COUNTED),
    "view_count": _unless_hidden(ibis.coalesce(_.play_count, _.view_count, _.video_play_count, _.video_view_count)),
    "retrieved_at": _.retrieved_at,
    "export_row": _.export_row,
    "reject": zeeschuimer.reject_reason(_.reject, REJECTS, _.account, AUTHOR),
}
ENTITIES = {
    "hashtag": zeeschuimer.hashtags_in(TEXT),
    "mention": zeeschuimer.handles_in(TEXT).map(handle_id),
    "medium": MEDIA,
}


def fits(head):
    """1 if one of the first lines is a post of Instagram in Zeeschuimer's or 4CAT's NDJSON, else 0."""
    return zeeschuimer.platform_share(head, NAME)


def read(path, *, zone=None):
    """Posts and entities in canonical columns; `zone` is not needed: seconds."""
    objects = zeeschuimer.line_objects(path, NAME, SHAPE)
    cells = named(objects.mutate(account=known_author(AUTHOR).coalesce(handle_id(HANDLE))))
    return split_cells(cells, POSTS, ENTITIES, ids_by_handle(cells, HANDLE, cells.account))
