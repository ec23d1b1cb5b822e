"""Comments under posts counted again from the comments held."""

import ibis
from ibis import _

from digidip.measures.statistics._columns import POST, canonical, join_comment_counts
from digidip.measures.statistics._comment_queries import with_precision

UNKNOWN = -1  # until posts without comments have their 0


def recounts(posts, comments, wanted):
    """Several recounts of the comments under the same posts: their ids and a column for each, as an Ibis table.

    `wanted`: name → (what counts: "held", "top-level" or "by others", days after the post or None). Comments by others
    are those of authors known to be not official; missing where the author of one under the post is not known. Comments
    within days are missing where the time of one is a day alone or an age.
    """
    names = [*POST, "account_id", *(["posted_at"] if any(days is not None for _count, days in wanted.values()) else [])]
    posts = canonical(posts, "posts", names).distinct()
    authors = ["is_official"] if any(count == "by others" for count, _days in wanted.values()) else []
    comments = with_precision(comments, [*POST, "account_id", "parent_id", "commented_at", *authors])
    if "posted_at" in names:
        comments = comments.inner_join(posts.select(*POST, "posted_at"), POST)
    per_post = {}
    for name, (count, within_days) in wanted.items():
        met = _.parent_id.isnull() if count == "top-level" else ibis.literal(True)
        if within_days is not None:
            met &= _.commented_at < _.posted_at + ibis.interval(days=within_days)
        number = _.post_id.count(where=met & ~_.is_official if count == "by others" else met)
        unknown = _.is_official.isnull().any() if count == "by others" else ibis.literal(False)
        unknown = unknown if within_days is None else unknown | _.is_approximate.any()
        per_post[name] = ibis.ifelse(unknown, UNKNOWN, number)
    joined = join_comment_counts(posts, comments, per_post, {"is_held": ibis.literal(True)})
    none = ibis.ifelse(joined.is_held, 0, ibis.null("int64"))
    return joined.select(*POST, **{name: joined[name].fill_null(none).nullif(UNKNOWN) for name in wanted})


def with_recounts(posts, counts):
    """The posts with each of their `recounts` as `comment_count`: name → posts."""
    columns, names = posts.columns, [name for name in counts.columns if name not in POST]
    posts = canonical(posts, "posts", columns).left_join(counts, POST).select(*columns, *names)
    return {name: posts.mutate(comment_count=posts[name]).select(columns) for name in names}
