"""Comments find the post at the root of their thread, and with it account and ministry."""

import ibis
import pyarrow as pa
from ibis import _


def thread_roots(replies):
    """For each comment_id of `replies` (comment_id, post_id = what it answers): the post at the root of its thread.

    A reply to a reply stands under the same post as the reply it answers. Returns a table comment_id, root. A thread
    that bites its own tail ends where it would begin again.

    >>> import ibis
    >>> chain = ibis.memtable({"comment_id": ["c", "b", "a"], "post_id": ["b", "a", "P"]})
    >>> sorted(thread_roots(chain).to_pandas().itertuples(index=False, name=None))
    [('a', 'P'), ('b', 'P'), ('c', 'P')]
    """
    pairs = replies.select("comment_id", "post_id").distinct().order_by("comment_id", "post_id").to_pyarrow()
    above = dict(zip(pairs["comment_id"].to_pylist(), pairs["post_id"].to_pylist(), strict=True))
    roots = {}
    for name in above:
        _find_root(name, above, roots)
    texts = {"comment_id": pa.array(list(above), pa.string()), "root": pa.array(map(roots.get, above), pa.string())}
    return ibis.memtable(pa.table(texts))


def _find_root(name, above, roots):
    """Enter the root of `name` and of everything on the way to it, so that each reply is walked once."""
    passed = {}
    while name in above and name not in roots and name not in passed:
        passed[name] = None
        name = above[name]
    roots.update(dict.fromkeys(passed, roots.get(name, name)))


def place_comments(comments, roots, posts):
    """The comments with post_id at the root of their thread, parent_id, and the account and ministry of that post.

    A parent that the export names itself stays.
    """
    joined = comments.left_join(roots, "comment_id")
    is_deeper = joined.root.notnull() & (joined.root != joined.post_id)
    named = joined.parent_id if "parent_id" in comments.columns else ibis.null("string")
    placed = joined.mutate(
        parent_id=named.coalesce(ibis.ifelse(is_deeper, joined.post_id, ibis.null("string"))),
        post_id=ibis.coalesce(joined.root, joined.post_id),
    ).drop("root", "comment_id_right")
    return of_posts(placed, posts)


def of_posts(comments, posts):
    """The comments with `account_id` and `ministry` of the post they stand under; missing if no such post is held."""
    held = posts.select(at="platform", held_id="post_id", account_id="account_id", ministry="ministry")
    bare = comments.drop(*({"account_id", "ministry"} & set(comments.columns)))
    return bare.left_join(held, [bare.platform == held["at"], bare.post_id == held.held_id]).drop("at", "held_id")


def named_in_full(comments, posts):
    """The comments with the whole id of their post where it lacks the page and just one held post ends so.

    Facebook's lists of comments name the post without the page.

    >>> import ibis
    >>> post = ibis.memtable({"platform": ["facebook"], "post_id": ["123_789"]})
    >>> comments = ibis.memtable({"platform": ["facebook"] * 2, "post_id": ["789", "790"]})
    >>> named_in_full(comments, post).post_id.to_list()
    ['123_789', '790']
    """
    ends = posts.select(at="platform", full="post_id", bare=posts.post_id.re_extract(r"^\d+_(\d+)$", 1))
    once = ends.group_by("at", "bare").having(_.count() == 1).aggregate(full=_.full.max())
    named = comments.left_join(once, [comments.platform == once["at"], comments.post_id == once.bare])
    return named.mutate(post_id=ibis.coalesce(named.full, named.post_id)).drop("at", "bare", "full")
