"""Who said what when: comments beside their posts, and what the comments of an account tell."""

import ibis
from ibis import _

from digidip.engine import unchanging
from digidip.measures.statistics._columns import ACCOUNT, POST, canonical

NO_COMMENTS = "not available: this export holds no comments"
NO_AUTHORS = "not available: the export does not tell official authors"
NO_THREADS = "not available: the export does not tell which comment a comment answers"
NO_COUNTS = "not testable: no answer held, and of how many comments is not told"
IS_REPLY = _.reply_to_id.notnull() | _.reply_to_account_id.notnull()  # of a post: to anything that the export names
COMPLETENESS = 0.95  # of the comments reported, how many must be held before anything is said of answers
NO_INSTANTS = "not available: the times are days alone or ages, no instants"
UNCOUNTED = "; of how many comments is not told"
UNTESTABLE = "not testable: "


def left_out(reasons, is_counted):
    """What `method` adds where some of a group could not be told, or of how many comments is not told; empty if neither.

    >>> left_out(["not testable: 12 of 40 comments held", None], True)
    '; left out: 12 of 40 comments held'
    """
    known = {str(each) for each in reasons if str(each).startswith(UNTESTABLE)}
    words = "; ".join(sorted(each.removeprefix(UNTESTABLE) for each in known))
    return f"; left out: {words}" * bool(words) + UNCOUNTED * (not is_counted)


def collected_posts(posts, comments, by, completeness, *columns):
    """The posts, and what the comments held of each group of posts on a platform tell, in the engine.

    `by`, ids and `columns` of posts; `incomplete`: why nothing is said of answers where fewer than `completeness` of the
    comments reported are held, post by post, accounts of which none is held left out; `is_counted`: whether comments are
    held under posts with a reported number alone, or nearly; `is_uncollected`: no comment of the post is held, and it is
    not known that there was none.
    """
    counts = ["comment_count"] if "comment_count" in posts.columns else []
    own = canonical(posts, "posts", [*by, *POST, "account_id", *columns, *counts])
    own = own if counts else own.mutate(comment_count=ibis.null("int64"))
    under = canonical(comments, "comments", POST).group_by(POST).agg(rows_held=_.count())
    table = own.left_join(under, POST).select(*own.columns, rows_held=_.rows_held.fill_null(0))
    table = table.mutate(is_met=_.rows_held.sum().over(group_by=ACCOUNT) > 0)
    reported, rows = table.comment_count, table.rows_held
    is_counted = table.is_met & reported.notnull()
    collected = ibis.ifelse(is_counted, ibis.least(rows, reported), 0)
    sums = {"reported": ibis.ifelse(is_counted, reported, 0), "collected": collected}
    sums |= {"counted": ibis.ifelse(is_counted, rows, 0), "all_held": rows}
    group = list(dict.fromkeys([*by, "platform"]))
    table = table.mutate(**{name: number.sum().over(group_by=group) for name, number in sums.items()})
    text = UNTESTABLE + _with_commas(_.collected) + " of " + _with_commas(_.reported) + " comments held"
    return table.select(
        *dict.fromkeys([*by, *POST, *columns]),
        incomplete=ibis.ifelse(_.collected < completeness * _.reported, text, ibis.null("string")),
        is_counted=_.counted >= completeness * _.all_held,
        is_uncollected=(_.rows_held == 0) & (_.comment_count.fill_null(1) > 0),
    )


def _with_commas(number):
    """A whole number as text with commas between thousands, put in from behind."""
    from_behind = number.cast("int64").cast("string").reverse()
    return from_behind.re_replace(r"(\d{3})", r"\1,").reverse().re_replace("^,", "")


def answers_to_others(comments):
    """The official comments that answer a comment of somebody else: those on their own comments answer nobody."""
    held = canonical(comments, "comments", [*POST, "comment_id", "parent_id", "is_official"])
    official = held.filter(_.is_official)
    own = official.select("platform", parent_id=_.comment_id)
    return official.filter(_.parent_id.notnull()).anti_join(own, ["platform", "parent_id"])


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


def with_precision(comments, columns):
    """These columns of comments and `is_approximate`, false where the comments do not say so."""
    is_told = "is_approximate" in comments.columns
    held = canonical(comments, "comments", [*columns, *["is_approximate"] * is_told])
    return held.mutate(is_approximate=held.is_approximate.fill_null(False) if is_told else ibis.literal(False))


def materialised(table):
    """The table computed once and held by its engine as long as that runs."""
    backend = table.get_backend()
    if backend.name == "pyspark":
        return table.cache()
    return unchanging(backend.create_table(ibis.util.gen_name("kept"), table, temp=True))
