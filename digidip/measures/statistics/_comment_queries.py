"""Who said what when: comments beside their posts, and what the comments of an account tell."""

import ibis
from ibis import _

from digidip.engine import unchanging
from digidip.measures.statistics._columns import ACCOUNT, POST, canonical

NO_COMMENTS = "not available: this export holds no comments"
NO_AUTHORS = "not available: the export does not tell official authors"
NO_THREADS = "not available: the export does not tell which comment a comment answers"


def comments_under_posts(posts, comments, by, *names):
    """One row per comment under a post held, in the engine.

    `by` of the post, its ids, and these columns of comments.
    """
    own = canonical(posts, "posts", [*by, *POST])
    names = [name for name in dict.fromkeys([*POST, *names]) if name in POST or name not in own.columns]
    return canonical(comments, "comments", names).inner_join(own, POST)


def comment_totals(comments, **wanted):
    """Per account: comments `held`, with a known author (`authored`), with a parent (`threaded`).

    `threaded` counts the whole platform.

    `wanted` names further aggregates of all columns of comments that an account shares.
    """
    fields = {"held": _.count(), "authored": _.is_official.count(), "threaded": _.parent_id.count()}
    names = [*ACCOUNT, "parent_id", "is_official", *(["commented_at"] if wanted else [])]
    per = canonical(comments, "comments", names).group_by(ACCOUNT).agg(**fields, **wanted)
    return per.mutate(threaded=_.threaded.sum().over(group_by="platform"))


def missing_reason(reasons, otherwise):
    """The first of {reason: column of counts} whose count is 0 or missing, as a column.

    `otherwise` where none is.
    """
    cases = [(number.fill_null(0) == 0, words) for words, number in reasons.items()]
    return ibis.cases(*cases, else_=otherwise)


def materialised(table):
    """The table computed once and held by its engine as long as that runs."""
    backend = table.get_backend()
    if backend.name == "pyspark":
        return table.cache()
    return unchanging(backend.create_table(ibis.util.gen_name("kept"), table, temp=True))
