"""Who said what when: comments beside the posts under which they stand, and what the comments of an account tell."""

import ibis
import ibis.expr.datatypes as dt
from ibis import _

from digidip.measures.statistics._common import ACCOUNT, POST, canonical


def said(posts, comments, by, *names):
    """One row per comment under a post held, in the engine: `by` of the post, its ids, and these columns of comments."""
    own = canonical(posts, "posts", [*by, *POST])
    names = [name for name in dict.fromkeys([*POST, *names]) if name in POST or name not in own.columns]
    return canonical(comments, "comments", names).inner_join(own, POST)


def counted(comments, **wanted):
    """Per account: comments `held`, `told` (with a known author), `threaded` (with a parent, on its whole platform).

    `wanted` names further aggregates of all columns of comments that an account shares.
    """
    told = {"held": _.count(), "told": _.is_official.count(), "threaded": _.parent_id.count()}
    names = [*ACCOUNT, "parent_id", "is_official", *(["commented_at"] if wanted else [])]
    per = canonical(comments, "comments", names).group_by(ACCOUNT).agg(**told, **wanted)
    return per.mutate(threaded=_.threaded.sum().over(group_by="platform"))


def untold(reasons, otherwise):
    """The first of {reason: column of counts} whose count is 0 or missing, as a column; `otherwise` where none is."""
    cases = [(number.fill_null(0) == 0, words) for words, number in reasons.items()]
    return ibis.cases(*cases, else_=otherwise)


def kept(table):
    """The table computed once and held by its engine as long as that runs."""
    backend = table.get_backend()
    if backend.name == "pyspark":
        return table.cache()
    return backend.create_table(ibis.util.gen_name("kept"), table, temp=True)


def local_time(moment, zone):
    """Instants as the clock in a zone shows them."""
    if zone == "UTC":
        return moment.cast("timestamp")
    spark = moment.as_table().get_backend().name == "pyspark"
    return from_utc_timestamp(moment, zone) if spark else timezone(zone, moment)


@ibis.udf.scalar.builtin
def timezone(zone: str, moment: dt.Timestamp("UTC")) -> dt.timestamp:
    """DuckDB's own."""


@ibis.udf.scalar.builtin
def from_utc_timestamp(moment: dt.Timestamp("UTC"), zone: str) -> dt.timestamp:
    """Spark's own."""
