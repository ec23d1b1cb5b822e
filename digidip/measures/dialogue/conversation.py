"""Conversation: how much of what an account says goes to somebody, and how far talk goes to and fro."""

import ibis
import numpy as np
import pandas as pd
from ibis import _
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from digidip.measures._registry import measure
from digidip.measures.dialogue._acts import act_counts, acts, daily_acts, index_row
from digidip.measures.statistics._columns import POST, fetched_once, group_columns
from digidip.measures.statistics._comment_queries import (
    COMPLETENESS,
    NO_AUTHORS,
    NO_COMMENTS,
    NO_INSTANTS,
    NO_THREADS,
    collected_posts,
    comments_under_posts,
    missing_reason,
    with_precision,
)
from digidip.measures.statistics._intervals import clustered_share_row, jackknife_interval, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table

SEED = 20
ACTS = {"answers": "Int64", "questions": "Int64", "others": "Int64"}


@measure(unit="share of own posts and answers", columns=("method",))
def reply_share(posts, comments, *, by="ministry", zone="UTC", completeness=COMPLETENESS):
    """Share of what an account says that answers somebody.

    Formula: A / (A + Q + B). A answers to others: posts that reply to a post or an account, or where answers are comments
    (Facebook, Instagram, …) official comments on another's comment; Q + B all other own posts. Reposts are no talk of the
    account's own and are left out; a post that goes on in its own thread answers nobody. Interval: Wilson at the effective
    number of acts, local days as clusters; for 0 or n the exact bound.
    **Unit** share of own posts and answers. **Reads** posts.reply_to_id, reply_to_account_id, export_tells_replies,
    repost_of_id, text, posted_at, comment_count; comments.parent_id, is_official. **Source** Twiplomacy 2013; Wilson 1927
    (doi:10.2307/2276774); docs/methods.md#reply-share; docs/methods.md#completeness; docs/methods.md#uncertainty.
    **Caution** A share of one's own output, not a rate of answers to inquiries: whoever posts little and is asked much
    can have a high share and leave nearly everyone unanswered. A conversation that lasts for days is not one cluster. No
    interval from fewer than eight days.
    Parameters: `posts`, `comments`; `by`, columns of posts; `zone` of the days; `completeness`, where answers are comments
    the share of the comments reported that must be held.
    Returns the group columns, `reply_share`, `n` (own posts and answers), `low`, `high`, `method`; missing, never 0,
    where the export cannot tell answers.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "post_id": ["1", "2", "3"],
    ...     "posted_at": "2016-01-01", "text": "?", "reply_to_id": ["q", None, None], "reply_to_account_id": None,
    ...     "repost_of_id": [None, None, "z"]})  # an answer, a post, a repost: 1 of 2
    >>> comments = pd.DataFrame(columns=["platform", "post_id", "account_id", "comment_id", "parent_id", "is_official"])
    >>> reply_share(posts, comments)[["reply_share", "n"]].values.tolist()
    [[0.5, 2.0]]
    """

    def rows(part):
        table = act_counts(part)
        if table["reason"]:
            return [{"n": 0, "method": table["reason"]}]
        row = clustered_share_row("reply_share", *daily_acts(part, "answer"))
        return [row | {"method": row["method"] + table["limits"]}]

    columns = {"reply_share": "float64", **NUMBERS, "method": "str"}
    found = acts(posts, comments, group_columns(by), zone=zone, completeness=completeness)
    return result_table(found, group_columns(by), rows, columns)


@measure(unit="index, -1 to 1", columns=("answers", "questions", "others", "method"))
def dialogue_index(posts, comments, *, by="ministry", zone="UTC", completeness=COMPLETENESS):
    """Monologue-dialogue index: from -1, all monologue, to 1, all dialogue.

    Formula: (A + Q - B) / (A + Q + B). A answers to others (see `reply_share`), Q posts that ask (a question mark in the
    text) and under which an official answer to a comment stands, B other own posts. Reposts are left out. Interval:
    2 p - 1 over that of the share p = (A + Q) / (A + Q + B), as of `reply_share`; for -1 and 1 the exact one-sided bound.
    **Unit** index, -1 to 1. **Reads** posts.reply_to_id, reply_to_account_id, repost_of_id, text, posted_at;
    comments.parent_id, is_official. **Source** a definition of this project, not a published one, after Kent and Taylor 1998
    (doi:10.1016/S0363-8111(99)80143-X); docs/methods.md#dialogue-measure.
    **Caution** Counts acts, not their quality, and a question mark is no proof of a real question. Where no comments are
    held, questions followed up cannot be seen: they count as other posts, and `method` says so. A + Q + B = 0 is
    undefined, not 0.
    Parameters: `posts`, `comments`; `by`, columns of posts; `zone` of the days; `completeness` as in `reply_share`.
    Returns the group columns, `dialogue_index`, `n` (A + Q + B), `low`, `high`, `answers`, `questions`, `others`,
    `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "post_id": list("1234"),
    ...     "posted_at": "2016-01-01", "text": None, "reply_to_id": ["q", None, None, None],
    ...     "reply_to_account_id": None, "repost_of_id": None})  # A 1, Q 0, B 3
    >>> comments = pd.DataFrame(columns=["platform", "post_id", "account_id", "comment_id", "parent_id", "is_official"])
    >>> dialogue_index(posts, comments)[["dialogue_index", "n", "answers", "others"]].values.tolist()
    [[-0.5, 4, 1, 3]]
    """
    columns = {"dialogue_index": "float64", **NUMBERS, **ACTS, "method": "str"}
    return result_table(
        acts(posts, comments, group_columns(by), zone=zone, completeness=completeness),
        group_columns(by),
        lambda part: [index_row("dialogue_index", part)],
        columns,
    )


@measure(unit="index, -1 to 1", keys=("period",), columns=("answers", "questions", "others", "method"))
def dialogue_index_per_period(
    posts, comments, *, by="ministry", period="quarter", zone="UTC", completeness=COMPLETENESS
):
    """Monologue-dialogue index of each quarter, or of another period, in which the group said something.

    Formula: as `dialogue_index`, over the acts of each period. An answer that is a comment counts in the period of the
    post under which it stands.
    **Unit** index, -1 to 1. **Reads** as `dialogue_index`, and posts.posted_at. **Source** a definition of this
    project; docs/methods.md#dialogue-measure.
    **Caution** Few days in a period give a wide interval, fewer than eight none. A period without a post has no row: silence
    is not monologue.
    Parameters: `posts`, `comments`; `by`, columns of posts; `period` day, week, month, quarter or year; `zone` in which
    it begins; `completeness` as in `reply_share`, of all periods together.
    Returns the group columns, `period` such as 2014Q1, `dialogue_index_per_period`, `n`, `low`, `high`, `answers`,
    `questions`, `others`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "post_id": list("12"),
    ...     "posted_at": ["2015-12-31", "2016-01-01"], "text": None, "reply_to_id": [None, "q"],
    ...     "reply_to_account_id": None, "repost_of_id": None})
    >>> comments = pd.DataFrame(columns=["platform", "post_id", "account_id", "comment_id", "parent_id", "is_official"])
    >>> dialogue_index_per_period(posts, comments).iloc[:, 1:4].values.tolist()
    [['2015Q4', -1.0, 1], ['2016Q1', 1.0, 1]]
    """
    name, columns = "dialogue_index_per_period", {"dialogue_index_per_period": "float64", **NUMBERS, **ACTS}
    found = acts(posts, comments, group_columns(by), period, zone, completeness)
    return result_table(
        found, [*group_columns(by), "period"], lambda part: [index_row(name, part)], {**columns, "method": "str"}
    )


@measure(unit="turns per thread", keys=("statistic",), columns=("method",))
def turn_depth(posts, comments, *, by="ministry", completeness=COMPLETENESS):
    """How far threads go to and fro: mean turns, changes of side, and turns of the ministry.

    Formula: a thread is a top-level comment with all replies below it; a turn is a run of its comments by one side, in
    order of time, the one on top first; alternations = turns - 1; means over threads. Interval: t of the log mean, each post left out in turn.
    **Unit** turns per thread. **Reads** comments.parent_id, is_official, commented_at, is_approximate. **Source** a definition of this
    project; docs/methods.md#threads; docs/methods.md#uncertainty.
    **Caution** A comment that nobody answers is a thread of one turn. Threads with an unknown author, and those of
    official comments alone, are left out. Where a thread of three and more has days or ages for times, none is told. Posts of one day are taken as independent; no interval from fewer than eight.
    Parameters: `posts`, `comments`; `by`, columns of posts; `completeness`, the share of the comments reported that must be
    held (docs/methods.md#completeness).
    Returns the group columns, `statistic` (turns, alternations, official turns), `turn_depth`, `n` (threads), `low`,
    `high`, `method`.

    >>> import pandas as pd
    >>> ids = {"platform": "x", "account_id": "a", "post_id": "1"}
    >>> comments = pd.DataFrame({**ids, "comment_id": list("cde"), "parent_id": [None, "c", None],
    ...     "is_official": [False, True, False], "commented_at": "2016-01-01"})  # threads of 2 turns and of 1
    >>> turn_depth(pd.DataFrame({**ids, "ministry": ["PER"]}), comments).turn_depth.tolist()
    [1.5, 0.5, 0.5]
    """
    columns = {"statistic": "str", "turn_depth": "float64", **NUMBERS, "method": "str"}
    found = _thread_counts(posts, comments, group_columns(by), completeness)
    return result_table(found, group_columns(by), _depth_rows, columns)


@measure(unit="share of threads", columns=("method",))
def exchange_share(posts, comments, *, by="ministry", official_turns=2, completeness=COMPLETENESS):
    """Share of threads in which the ministry answers, is answered, and answers again.

    Formula: threads with so many official turns / threads; threads and turns as in `turn_depth`. Interval: Wilson at the
    effective number of threads, posts as clusters; for 0 or n events the exact bound.
    **Unit** share of threads. **Reads** comments.parent_id, is_official, commented_at. **Source** a definition of this
    project; docs/methods.md#threads.
    **Caution** As `turn_depth`. Where a platform hides older comments, long threads are cut.
    Parameters: `posts`, `comments`; `by`, columns of posts; `official_turns`, how many at least; `completeness` as in
    `turn_depth`.
    Returns the group columns, `exchange_share`, `n` (threads), `low`, `high`, `method`.

    >>> import pandas as pd
    >>> ids = {"platform": "x", "account_id": "a", "post_id": "1"}
    >>> comments = pd.DataFrame({**ids, "comment_id": list("cde"), "parent_id": [None, "c", None],
    ...     "is_official": [False, True, False], "commented_at": "2016-01-01"})
    >>> exchange_share(pd.DataFrame({**ids, "ministry": ["PER"]}), comments).iloc[:, 1:5].round(3).values.tolist()
    [[0.0, 2.0, 0.0, 0.776]]
    """

    def rows(part):
        if part["rows"].isna().all():
            return [{"n": 0, "method": part.reason.iloc[0]}]
        several = part["rows"].where(part.official_turns >= official_turns, 0)
        posts = part.assign(several=several).groupby(POST)[["several", "rows"]].sum()
        return [clustered_share_row("exchange_share", *posts.to_numpy().T, "posts", in_order=False)]

    columns = {"exchange_share": "float64", **NUMBERS, "method": "str"}
    found = _thread_counts(posts, comments, group_columns(by), completeness)
    return result_table(found, group_columns(by), rows, columns)


@measure(unit="share of comments", keys=("speaker", "next"), columns=("method",))
def next_speaker_share(posts, comments, *, by="ministry", completeness=COMPLETENESS):
    """Turn-taking: who speaks next in a thread after others, and after the ministry.

    Formula: comments by `speaker` that are followed by one of `next`, or by nobody, / comments by `speaker`. Threads as
    in `turn_depth`. Interval: as `exchange_share`.
    **Unit** share of comments. **Reads** comments.parent_id, is_official, commented_at. **Source** after Sacks,
    Schegloff and Jefferson 1974 (doi:10.2307/412243); docs/methods.md#threads.
    **Caution** What comes next in time need not answer what stands before it.
    Parameters: `posts`, `comments`; `by`, columns of posts; `completeness` as in `turn_depth`.
    Returns the group columns, `speaker`, `next` (others, ministry, nobody), `next_speaker_share`, `n` (comments by the
    speaker), `low`, `high`, `method`.

    >>> import pandas as pd
    >>> ids = {"platform": "x", "account_id": "a", "post_id": "1"}
    >>> comments = pd.DataFrame({**ids, "comment_id": list("cd"), "parent_id": [None, "c"],
    ...     "is_official": [False, True], "commented_at": "2016-01-01"})
    >>> table = next_speaker_share(pd.DataFrame({**ids, "ministry": ["PER"]}), comments)
    >>> table[["speaker", "next", "next_speaker_share"]].values.tolist()[1:3]
    [['others', 'ministry', 1.0], ['others', 'nobody', 0.0]]
    """
    columns = {"speaker": "str", "next": "str", "next_speaker_share": "float64", **NUMBERS, "method": "str"}
    found = _successions(posts, comments, group_columns(by), completeness)
    return result_table(found, group_columns(by), _next_rows, columns)


def _depth_rows(part):
    """The rows of one group: mean turns, alternations and official turns per thread."""
    names = ("turns", "alternations", "official turns")
    if part["rows"].isna().all():
        return [{"statistic": name, "n": 0, "method": part.reason.iloc[0]} for name in names]
    columns = dict(zip(names, (part.turns, part.turns - 1, part.official_turns), strict=True))
    return [{"statistic": name} | _mean_row(part, column) for name, column in columns.items()]


def _mean_row(part, column):
    """The mean of a number over threads, and its interval over posts."""
    posts = part.assign(total=column * part["rows"]).groupby(POST)[["total", "rows"]].sum().to_numpy(float)
    row = {"n": int(posts[:, 1].sum())}
    value, low, high = jackknife_interval(lambda sums: sums[:, 0] / sums[:, 1], posts, "log", in_order=False)
    alike = "every thread the same: no interval" if column.nunique() < 2 else "no interval: one post holds all"
    method = too_few(len(posts), "posts") or (f"t, {len(posts)} posts as clusters" if low == low else alike)
    return row | {"turn_depth": value, "low": low, "high": high, "method": method}


def _next_rows(part):
    """Six rows of one group: after others and after the ministry, each of them or nobody."""
    pairs = [(speaker, after) for speaker in SIDES for after in (*SIDES, "nobody")]
    if part["rows"].isna().all():
        return [{"speaker": a, "next": b, "n": 0, "method": part.reason.iloc[0]} for a, b in pairs]
    cells = part.groupby(POST)[[f"{a} {b}" for a, b in pairs]].sum().astype(float)
    spoken = {side: cells.filter(regex=f"^{side}").sum(axis=1) for side in SIDES}
    rows = [
        clustered_share_row("next_speaker_share", cells[f"{a} {b}"], spoken[a], "posts", in_order=False)
        for a, b in pairs
    ]
    silent = {"method": "not defined: this side says nothing in threads"}
    return [
        {"speaker": a, "next": b} | row | (silent if not row["n"] else {})
        for (a, b), row in zip(pairs, rows, strict=True)
    ]


NO_THREAD = "not defined: no thread with a comment by others"
SIDES = {"others": False, "ministry": True}
_IDS = ["platform", "comment_id"]


def _thread_counts(posts, comments, by, completeness):
    """How many threads of a post take so many `turns` and `official_turns`, as `rows`, in pandas.

    And `reason` where a group has none.

    A thread is a top-level comment with all replies below it; a turn is a run of its comments by one side. Left out:
    threads with an unknown author, and those that hold nothing but official comments.
    """
    begins = _.before.isnull() | (_.before != _.is_official)
    cells = {"turns": begins.sum(), "official_turns": (begins & _.is_official).sum()}
    return fetched_once(
        lambda: _counted_threads(posts, comments, by, completeness, cells, {}),
        ("threads", completeness, *by),
        posts,
        comments,
    )


def _successions(posts, comments, by, completeness):
    """How often under each post a side is followed by each, or by nobody: a column for each pair, in pandas."""
    sides = {side: _.is_official == official for side, official in SIDES.items()}
    after = {side: _.after == official for side, official in SIDES.items()} | {"nobody": _.after.isnull()}
    cells = {f"{side} {name}": (sides[side] & after[name]).sum() for side in sides for name in after}
    return _counted_threads(posts, comments, by, completeness, cells, {name: _[name].sum() for name in cells})


def _counted_threads(posts, comments, by, completeness, cells, sums):
    """The threads counted: alike in all cells, or summed up; one row with the reason for a group without.

    A group with a thread whose order is not known has none: to leave out only those would leave out the long ones.
    """
    dated = with_precision(comments, [*POST, "comment_id", "parent_id", "is_official", "commented_at"])
    under = comments_under_posts(posts, dated, by, *dated.columns)
    own = collected_posts(posts, comments, by, completeness)
    groups, platforms = _groups_with_reason(own, under, by)
    under = under.anti_join(own.filter(own.incomplete.notnull()), POST)
    per = _whole_threads(under.filter(_.platform.isin(platforms)), by, cells)
    keys = list(dict.fromkeys([*by, *POST]))
    counts = {"rows": _.count(), "unordered": _.is_unordered.any()}
    found = per.group_by([*keys, *(() if sums else cells)]).agg(**counts, **sums).to_pandas()
    table = groups.merge(found.sort_values([*keys, *(() if sums else cells)]), how="left", on=by)
    unordered = table.unordered.eq(True).groupby([table[name] for name in by], dropna=False).transform("any")
    return table.assign(rows=table["rows"].mask(unordered), reason=table.reason.mask(unordered, NO_INSTANTS))


def _groups_with_reason(own, under, by):
    """Each group of posts with the reason why it has no thread if it has none.

    And the platforms that tell parents.
    """
    per_post = under.group_by(POST).agg(held=_.count(), authored=_.is_official.count(), parents=_.parent_id.count())
    names = list(dict.fromkeys([*by, "platform"]))
    table = own.left_join(per_post, POST).select(*own.columns, "held", "authored", "parents").group_by(names)
    sums = {name: _[name].sum() for name in ("held", "authored", "parents")}
    table = table.agg(**sums, incomplete=_.incomplete.max()).to_pandas().fillna({"parents": 0})
    is_threaded = table.groupby("platform").parents.transform("sum") > 0
    complete = table.held.where(table.incomplete.isna(), 0)
    table = table.assign(complete=complete, threaded=complete.where(is_threaded, 0))
    found = dict.fromkeys(("held", "authored", "complete", "threaded"), "sum") | {"incomplete": "first"}
    groups = ibis.memtable(table.groupby(by, dropna=False).agg(found).reset_index())
    too_few = ibis.ifelse(groups.complete > 0, ibis.null("string"), groups.incomplete.cast("string"))
    otherwise = ibis.coalesce(too_few, missing_reason({NO_THREADS: groups.threaded}, NO_THREAD))
    platforms = sorted(table.platform[is_threaded].unique())
    reason = missing_reason({NO_COMMENTS: groups.held, NO_AUTHORS: groups.authored}, otherwise)
    return groups.select(*by, reason=reason).to_pandas(), platforms


def _whole_threads(under, by, cells):
    """One row per thread whose authors are all known and not all official, with the cells."""
    order = ibis.window(group_by=["platform", "thread"], order_by=[_.parent_id.notnull(), "commented_at", "comment_id"])
    spoken = _with_thread(under).mutate(before=_.is_official.lag().over(order), after=_.is_official.lead().over(order))
    known = {"unknown": _.is_official.isnull().sum(), "others": (~_.is_official).sum()}
    known["is_unordered"] = _.is_approximate.any() & (_.count() > 2)  # of two, the one on top is first
    per = spoken.group_by(list(dict.fromkeys([*by, *POST, "thread"]))).agg(**known, **cells)
    return per.filter(_.unknown == 0, _.others > 0)


def _with_thread(under):
    """Comments with their thread, the id of the comment on top.

    A parent that is not held ties its replies too.
    """
    replies = under.filter(_.parent_id.notnull()).select(*_IDS, "parent_id")
    answered = replies.select("platform", comment_id=_.parent_id)
    tops = _top_comments(replies.semi_join(answered, _IDS).to_pandas())
    if tops.empty:
        return under.mutate(thread=_.parent_id.coalesce(_.comment_id))
    found = under.left_join(ibis.memtable(tops), ["platform", "parent_id"]).select(*under.columns, "top")
    return found.mutate(thread=_.top.coalesce(_.parent_id, _.comment_id))


def _top_comments(replies):
    """For each reply that is replied to the comment on top of its thread.

    Of a thread that bites its own tail the first id.
    """
    own = (replies.platform + "\n" + replies.comment_id).to_numpy(object)
    above = (replies.platform + "\n" + replies.parent_id).to_numpy(object)
    place, names = pd.factorize(np.concatenate([own, above]))
    ties = coo_array((np.ones(len(own)), (place[: len(own)], place[len(own) :])), shape=(len(names),) * 2)
    label = connected_components(ties, directed=False)[1] if len(own) else place
    nodes = pd.DataFrame({"label": label, "top": names, "is_reply": np.isin(np.arange(len(names)), place[: len(own)])})
    first = nodes.sort_values(["is_reply", "top"]).drop_duplicates("label").set_index("label").top
    tops = first.str.split("\n").str[1].reindex(label[place[: len(own)]])
    return replies[["platform"]].assign(parent_id=replies.comment_id, top=tops.to_numpy())
