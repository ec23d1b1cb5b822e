"""Sensitivity: the same measure under each definition that changes the answer, one beside the other."""

import ibis
import pandas as pd

from digidip.measures._registry import sources, with_sources
from digidip.measures._small_cells import withhold_variants
from digidip.measures.posts._recounts import recounts, with_recounts
from digidip.measures.statistics._comment_queries import materialised
from digidip.measures.statistics._result_table import with_adjusted_p


def definitions(posts, comments, *, within_days=7, other=None):
    """The posts under each definition of a post's comments: a dict of words → table of posts.

    As reported by the platform; comments held in the export; top-level comments only; comments by followers, the page's
    own left out; comments written within `within_days` of the post (another date of collection); without the most
    commented post; and `other`, given as {words: posts}, for instance the same month in another zone. Where the export
    holds no comments, or does not tell whose they are, the counts of comments held are missing, not zero.

    >>> posts = pd.DataFrame({"post_id": ["a", "b"], "comment_count": [3, 9]})
    >>> definitions(posts, None)["without the largest post"]["post_id"].tolist()
    ['a']
    """
    variants = {"as reported": posts, "without the largest post": without_largest(posts), **(other or {})}
    if comments is None:
        return variants
    ways = {
        "comments held": ("held", None),
        "top-level comments": ("top-level", None),
        "by followers": ("by others", None),
        f"within {within_days} days": ("held", within_days),
    }
    return variants | with_recounts(posts, materialised(recounts(posts, comments, ways)))


def without_largest(posts):
    """The posts without the one that drew most comments (of several, the one with the first id)."""
    if isinstance(posts, pd.DataFrame):
        ranked = posts.sort_values(["comment_count", "post_id"], ascending=[False, True], na_position="last")
        return posts.drop(ranked.index[:1])
    first = posts.order_by(ibis.desc("comment_count", nulls_first=False), "post_id").limit(1)
    return posts.anti_join(first, ["platform", "post_id"])


def by_definition(measure, variants, **options):
    """One measure for each definition: its table with `definition` as the first column.

    `variants` comes from `definitions`; `options` go to the measure. Where it tests, all definitions are one family (Holm).

    >>> from digidip.measures.posts.engagement import share_above
    >>> posts = pd.DataFrame({"ministry": "PER", "post_id": ["a", "b"], "posted_at": "2016-01-01",
    ...                       "comment_count": [3, 900]})
    >>> by_definition(share_above, definitions(posts, None))[["definition", "share_above", "n"]].values.tolist()
    [['as reported', 0.5, 2], ['without the largest post', 0.0, 1]]
    """
    tables = {name: measure(posts, **options) for name, posts in variants.items()}
    together = pd.concat(tables, names=["definition"]).reset_index(level=0).reset_index(drop=True)
    if getattr(measure, "people", ()):
        together = withhold_variants(together, measure, [each for table in tables.values() for each in sources(table)])
    together = with_adjusted_p(together, "holm") if "p_adjusted" in together else together
    return with_sources(together, tables.values())
