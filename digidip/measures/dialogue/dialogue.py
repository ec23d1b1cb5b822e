"""Dialogue: whether anyone is answered."""

from functools import partial

import numpy as np
import pandas as pd
from ibis import _

from digidip.measures._registry import measure
from digidip.measures.statistics._columns import POST, canonical, fetched_once, group_columns, join_comment_counts
from digidip.measures.statistics._comment_queries import (
    COMPLETENESS,
    NO_AUTHORS,
    NO_COMMENTS,
    NO_COUNTS,
    NO_THREADS,
    answers_to_others,
    collected_posts,
    left_out,
)
from digidip.measures.statistics._intervals import effective_size, rate_row, share_interval, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import TableError, counted

NOTHING = "not defined: nothing to answer"
UNRECOGNISED = "no comment of the account itself is held: answers under another id would not be seen"


@measure(unit="share of posts or comments", keys=("per", "interval"), columns=("method",))
def official_answer_share(posts, comments, *, per="post", by="ministry", intraclass=0.1, completeness=COMPLETENESS):
    """Share of posts under which the ministry answers, or of comments that it answers.

    Formula: posts with an answer / posts, an answer being an official comment on a comment of somebody else; per comment:
    top-level comments by others with a direct official reply / top-level comments by others. Interval: Clopper-Pearson;
    for 0 (all) events the one-sided exact bound 1 - 0.05^(1/n). Per comment again with posts as clusters, n_eff after Korn
    and Graubard; of 0 or all n / (1 + (m - 1) · intraclass), m such comments per post that has any.
    **Unit** share of posts or comments. **Reads** comments.is_official, comments.parent_id, posts.account_id, comment_count.
    **Source** Clopper and Pearson 1934 (doi:10.1093/biomet/26.4.404); Kish 1965; docs/methods.md#official-answers;
    docs/methods.md#completeness; docs/methods.md#design-effect.
    **Caution** Per post the interval takes posts as independent: where a desk answers on some days and not on others it is
    too narrow. Comments by unknown authors are left out, and so are posts that have no others. A post known to have no
    comment counts as unanswered where the export names authors for its account; one whose comments were not collected
    is left out. Answers in private are not seen, nor those of a page whose comments come under another id than its posts:
    where it wrote no comment at all, `method` says so.
    Parameters: `posts`, `comments`; `per` "post" or "comment"; `by`, columns of posts; `intraclass` correlation, taken for 0 or all;
    `completeness`, the share of the comments reported that must be held.
    Returns the group columns, `per`, `interval` (empty; per comment also "clustered", none from fewer than 8 posts),
    `official_answer_share`, `n`, `low`, `high`, `method`; missing, never 0, where the export cannot tell, and `method` says
    why.

    >>> import pandas as pd
    >>> ids = {"platform": "x", "account_id": "a", "post_id": ["1", "2", "3"]}
    >>> posts = pd.DataFrame({**ids, "ministry": "PER", "comment_count": 1})
    >>> comments = pd.DataFrame({**ids, "comment_id": ["c", "d", "e"], "parent_id": None, "is_official": False})
    >>> official_answer_share(posts, comments).round(3).values.tolist()  # 1 - 0.05^(1/3)
    [['PER', 'post', '', 0.0, 3, 0.0, 0.632, 'exact; no comment of the account itself is held: ...']]
    """
    if per not in ("post", "comment"):
        raise TableError(f"per must be 'post' or 'comment', not {per!r}.")
    groups = _groups(posts, comments, group_columns(by), per, completeness)
    columns = {"per": "str", "interval": "str", "official_answer_share": "float64", **NUMBERS, "method": "str"}
    return result_table(groups, group_columns(by), partial(_rows, per=per, intraclass=intraclass), columns)


@measure(unit="official answers", columns=("method",))
def official_answer_count(posts, comments, *, by="ministry", completeness=COMPLETENESS):
    """Number of official comments that answer somebody under the posts.

    Formula: number of official comments on a comment of somebody else. Interval: Garwood's exact Poisson limits.
    **Unit** official answers. **Reads** comments.is_official, parent_id, posts.account_id, comment_count. **Source**
    Garwood 1936 (doi:10.1093/biomet/28.3-4.437); docs/methods.md#official-answers; docs/methods.md#completeness.
    **Caution** What a page adds under its own post, or to its own comment, answers nobody; n is the number of comments
    whose author is known.
    Parameters: `posts`, `comments`; `by`, columns of posts; `completeness` as in `official_answer_share`.
    Returns the group columns, `official_answer_count`, `n`, `low`, `high`, `method`; missing, never 0, where the export
    cannot tell, and `method` says why.

    >>> import pandas as pd
    >>> ids = {"platform": "x", "account_id": "a", "post_id": ["1", "2"]}
    >>> posts = pd.DataFrame({**ids, "ministry": "PER", "comment_count": 1})
    >>> comments = pd.DataFrame({**ids, "comment_id": ["c", "d"], "parent_id": ["d", None], "is_official": [True, False]})
    >>> official_answer_count(posts, comments).round(3).values.tolist()
    [['PER', 1, 2, 0.025, 5.572, 'exact']]
    """
    groups = _groups(posts, comments, group_columns(by), "post", completeness)
    columns = {"official_answer_count": "Int64", **NUMBERS, "method": "str"}
    return result_table(groups, group_columns(by), _count_rows, columns)


_NAMES = [*POST, "account_id", "parent_id", "is_official"]
_TOP = _.parent_id.isnull() & ~_.is_official
_PER_POST = {
    "rows": _.count(),
    "authored": _.is_official.count(),
    "threaded": _.parent_id.count(),
    "official": _.is_official.sum(),
}
_PER_COMMENT = {"top": _TOP.sum(), "answered": (_TOP & _.is_answered).sum()}
_SUMS = {
    "held": _.rows.sum(),
    "authored": _.authored.sum(),
    "threaded": _.threaded.sum(),
    "official": _.official.sum(),
    "answers": _.answers.sum(),
    "uncollected": _.is_uncollected.sum(),
}
_KNOWN = (_.authored > 0) | (_.rows.isnull() & (_.account_told > 0) & ~_.is_uncollected)
_GROUP = {
    "post": {"n": _KNOWN.sum(), "events": (_KNOWN & (_.answers > 0)).sum(), "posts": _KNOWN.sum()},
    "comment": {"n": _.top.sum(), "events": _.answered.sum(), "posts": (_.top > 0).sum()},
}


def _marked(comments):
    """Comments with `is_answered`: an official comment names this one as the comment it answers."""
    names = [*POST, "account_id", "comment_id", "parent_id", "is_official"]
    comments = canonical(comments, "comments", names)
    answers = comments.filter(_.is_official).select("platform", comment_id=_.parent_id, is_answered=True).distinct()
    return comments.left_join(answers, ["platform", "comment_id"]).select(*names, "is_answered")


def _groups(posts, comments, by, per, completeness):
    """What a share per post or comment is of, and how many comments are held, have an author, and so on.

    One row for each group and what can be told of its comments. Of tables that never change it is asked once.
    """

    def fetch():
        own = collected_posts(posts, comments, by, completeness, "account_id")
        held = _marked(comments) if per == "comment" else canonical(comments, "comments", _NAMES)
        per_post = _PER_POST | (_PER_COMMENT if per == "comment" else {})
        table = join_comment_counts(own, held, per_post, {"account_told": _.authored.sum()})
        answers = answers_to_others(comments).group_by(POST).agg(answers=_.count())
        table = table.left_join(answers, POST).select(*table.columns, "answers")
        # A parent anywhere on the platform: the export tells parents.
        table = table.mutate(threaded=_.threaded.sum().over(group_by="platform"))
        alike = ["top", "answered"] if per == "comment" else []  # posts of as many comments and answers
        sums = _SUMS | _GROUP[per]
        found = table.group_by([*by, "incomplete", "is_counted", *alike]).agg(**sums).to_pandas()
        return found.assign(**found[list(sums)].astype(float).fillna(0))  # the engine's sums may come as decimals

    return fetched_once(fetch, ("official answers", per, completeness, *by), posts, comments)


def _count_rows(part):
    """The row of one group: the reason why nothing can be counted, or the count with its interval."""
    sums, reason, note = _testable(part)
    if reason:
        return [{"n": 0, "method": reason}]
    return [rate_row("official_answer_count", int(sums.answers), 1) | {"n": sums.authored, "method": f"exact{note}"}]


def _testable(part, per="post", event="answers"):
    """The sums of what can be told of a group, why there is no answer to speak of, and what the method must add."""
    names, complete = [*_SUMS, *_GROUP[per]], part["incomplete"].isna().to_numpy()
    numbers, is_counted = part[names].to_numpy(float), part["is_counted"].to_numpy(bool)
    whole, sums = (pd.Series(rows.sum(axis=0), names) for rows in (numbers, numbers[complete]))
    is_counted = is_counted[complete & (part["held"].to_numpy() > 0)].all()
    too_few = "; ".join(sorted(set(part.incomplete.dropna())))
    reasons = {
        NO_COMMENTS: whole.held,
        NO_AUTHORS: whole.authored,
        too_few: sums.held or not too_few,
        NO_THREADS: sums.threaded or (per == "post" and not sums.official),
        NOTHING: sums.n,
        NO_COUNTS: sums[event] or is_counted,
    }
    uncollected = f"; left out: {counted(int(sums.uncollected), 'posts')} without comments collected"
    unrecognised = f"; {UNRECOGNISED}" * (not sums[event] and not sums.official)
    note = uncollected * bool(sums.uncollected) + unrecognised + left_out(part.incomplete, is_counted)
    return sums, next((reason for reason, number in reasons.items() if not number), None), note


def _rows(part, per, intraclass):
    """The rows of one group: the reason why there is no share, or the share with each of its intervals."""
    sums, reason, note = _testable(part, per, "events")
    if reason:
        return [{"per": per, "interval": "", "n": 0, "method": reason}]
    share, n = sums.events / sums.n, sums.n
    rows = [_row(share, n, n) | {"interval": "", "method": f"exact{note}"}]
    if per == "comment":
        complete = part[part.incomplete.isna() & (part.top > 0)]
        rows.append(_clustered(share, n, complete, intraclass, note) | {"interval": "clustered"})
    return [{"per": per} | row for row in rows]


def _clustered(share, n, clusters, intraclass, note):
    """The row with posts as clusters; where none or all are answered, nothing shows how posts differ: the stated effect."""
    answered, top = (
        np.repeat(clusters[name].fillna(0).to_numpy(float), clusters.posts.astype(int)) for name in ("answered", "top")
    )
    if share in (0, 1):
        return _row(share, n, n / (1 + (n / len(top) - 1) * intraclass)) | {"method": f"exact, design effect{note}"}
    row = _row(share, n, effective_size(answered, top, in_order=False))
    if few := too_few(len(top), "posts"):
        return row | {"low": np.nan, "high": np.nan, "method": few + note}
    return row | {"method": f"exact, {len(top)} posts as clusters{note}"}


def _row(share, n, size):
    """One row: the share of n, with the interval that `size` independent ones would give."""
    low, high = share_interval(share * size, size, method="beta")
    return {"official_answer_share": share, "n": n, "low": low, "high": high}
