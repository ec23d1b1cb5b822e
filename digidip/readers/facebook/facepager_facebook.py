"""Posts of Facebook pages, comments and replies as Facepager exported its tree of nodes (CSV).

Tool: Facepager 4.6.3 with its Facebook module (J. Jünger and T. Keyling); last seen September 2025.
Format: https://github.com/strohne/Facepager; the columns after `query_type` are chosen by the user and read under
    their Graph API names (`shares.count`): rename labels of your own back to those. See
    docs/formats.md#facepager_facebook.
Encoding: UTF-8 with a byte order mark, semicolons (or TAB, commas), quoted cells.
Zone: UTC; the stamps carry their offset.
Ids: `object_id` is Facebook's id; `id` and `parent_id` number the nodes. Level 0 is the seed, below it are posts,
    below them comments and replies, unless `query_type` names /posts, /feed or /comments. A comment without its post's
    node names the post without the page. Where the node of a comment holds the id of the node above it, the comment's
    is made of that and the number of its node: `123_1001/3`.
Rejects: seeds, failed queries, offcuts, and posts by visitors with their comments.
Leaves out: files of joined levels (`lvl_0_…`), authors after 2018.
Example: "1";"2";"1";"123_456";"data";…;"fetched (200)";"2017-03-01 12:00:00";"Facebook:/<Object
    ID>/posts";"Text";"2017-02-20T10:00:00+0000";…
"""

import ibis
from ibis import _

from digidip.readers.facebook import _graph_api_cells as cells
from digidip.readers.opening.cells import blank, identifier, map_category, number
from digidip.readers.opening.delimited import delimited_rows

PLATFORM = "facebook"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
NODE_COLUMNS = {"level", "id", "parent_id", "object_id", "object_type", "query_status", "query_type"}
REQUIRED = {"posts": NODE_COLUMNS | {"message", "created_time"}}
OPTIONAL = {
    "posts": {"object_key", "query_time", "updated_time", "error.message", "path", "type", "permalink_url", "link"}
    | {"from.id", "from.name", "like_count", "comment_count", "shares.count", "likes.summary.total_count"}
    | {"comments.summary.total_count", "reactions.summary.total_count"}
}
PAGE = blank(identifier(_.object_id).re_extract(r"^(\d+)_", 1))

KIND = ibis.cases(
    (number(_.level) == 0, "seed"),
    (_.query_type.contains("/comments"), "comment"),
    (_.query_type.re_search("/(posts|feed|published_posts)$"), "post"),
    (number(_.level) == 1, "post"),
    (number(_.level) > 1, "comment"),
)
REJECT = ibis.cases(
    (_.kind == "seed", "a seed, no post"),
    (_.object_type.isnull() | (_.object_type != "data"), "a node that is no data (offcut, unpacked, headers)"),
    (_.query_status.isnull() | ~_.query_status.startswith("fetched"), "a query that failed"),
    (_.kind.isnull(), "a node without a level"),
    ((_.kind == "post") & (identifier(_["from.id"]) != PAGE), "a post by a visitor of the page"),
)

POSTS = cells.POSTS | {
    "post_id": identifier(_.object_id),
    "account_id": PAGE,
    "medium": map_category(_.type, cells.MEDIUM),
}

OBJECT = identifier(_.object_id)

COMMENTS = cells.COMMENTS | {
    "comment_id": ibis.ifelse(_.up_id == OBJECT, OBJECT + "/" + _.id, OBJECT),
    "post_id": ibis.cases((_.up_kind != "comment", _.up_id), (_.top_kind != "comment", _.top_id), else_=PAGE),
    "parent_id": ibis.cases(
        ((_.up_kind == "comment") & (_.up_id == _.top_id), _.up_id + "/" + _.up_node), (_.up_kind == "comment", _.up_id)
    ),
    "author": blank(identifier(_["from.id"])),
    "reject": ibis.ifelse(
        _.up_is_visitors | _.top_is_visitors, "a comment under a post by a visitor of the page", ibis.null("string")
    ),
}


def read(path, *, zone=None):
    """Posts and comments in canonical columns; `zone` is not needed, stamps carry their offset."""
    nodes = delimited_rows(path, REQUIRED["posts"], OPTIONAL["posts"]).mutate(kind=KIND).mutate(reject=REJECT)
    is_comment = (_.kind == "comment") & _.reject.isnull()
    up, top = _parent_nodes(nodes, "up"), _parent_nodes(nodes, "top")
    with_parents = (
        nodes.filter(is_comment).left_join(up, _.parent_id == up.up_node).left_join(top, _.up_parent == top.top_node)
    )
    return {
        "posts": nodes.filter(~is_comment).select(**POSTS),
        "comments": with_parents.select(**COMMENTS).order_by("export_row"),
    }


def _parent_nodes(nodes, name):
    """Nodes that others may stand under, each once, with the given name before their columns."""
    unique = nodes.group_by("id").having(_.count() == 1)
    wanted = {
        "parent": _.parent_id,
        "id": identifier(_.object_id),
        "kind": _.kind,
        "is_visitors": _.reject.startswith("a post"),
    }
    renamed = unique.aggregate(**{f"{name}_{column}": cell.max() for column, cell in wanted.items()})
    return renamed.rename(**{f"{name}_node": "id"})
