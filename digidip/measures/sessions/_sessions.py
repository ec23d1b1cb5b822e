"""Sessions: runs of official answers by the gap rule, and what chance would make of them."""

import ibis
import numpy as np
import pandas as pd
from ibis import _

from digidip.measures.statistics._columns import POST, fetched_once, to_pandas, window_days
from digidip.measures.statistics._comment_queries import (
    COMPLETENESS,
    IS_REPLY,
    NO_AUTHORS,
    NO_COMMENTS,
    NO_INSTANTS,
    NO_THREADS,
    answers_to_others,
    collected_posts,
    comments_under_posts,
    with_precision,
)
from digidip.measures.statistics._intervals import CELLS
from digidip.tables import TableError, day_start

MINUTE, EPOCH = pd.Timedelta(minutes=1), pd.Timestamp(0, tz="UTC")
OF_POSTS = [*POST, "account_id", "ministry", "posted_at", "reply_to_id", "reply_to_account_id"]
OF_COMMENTS = [*POST, "comment_id", "parent_id", "author", "is_official", "commented_at", "text", "lang"]


def day_starts(start, end, zone):
    """Where the local days of the window begin in minutes since 1970, the one after the last day included.

    >>> np.diff(day_starts("2016-03-26", "2016-03-29", "Asia/Beirut")).tolist()
    [1440.0, 1380.0, 1440.0]
    """
    days = [*window_days(start, end).strftime("%Y-%m-%d"), end]
    return minutes(pd.DatetimeIndex([day_start(day, zone) for day in days]))


def minutes(moments):
    """Instants as minutes since 1970."""
    return ((moments - EPOCH) / MINUTE).to_numpy(float)


def moments(values):
    """Minutes since 1970 as instants."""
    return EPOCH + pd.to_timedelta(values, unit="min").round("s")


def posts_and_comments(posts, comments, by, completeness=COMPLETENESS):
    """Every post and comment as a row in order of time: `kind` is post, answer, comment or unknown.

    `to` is what it answers.

    An answer is an official comment on a comment of somebody else, or an official post that replies to somebody else; one
    that stands in both tables counts once. A reply to oneself continues a post. `untold`: why a comment, of kind unknown
    then, tells nothing of answers.
    """

    def fetch():
        return _spoken(posts, comments, by, completeness).mutate(rows=1).to_pandas()

    return _in_order(fetched_once(fetch, ("spoken", completeness, *by), posts, comments), ["minute", "id"])


def answer_times(posts, comments, by, completeness=COMPLETENESS):
    """The times of the answers in `posts_and_comments`, in order, and `rows`, how many are alike.

    For more than memory holds.
    """

    def fetch():
        spoken = _spoken(posts, comments, by, completeness).mutate(
            at=ibis.ifelse(_.kind == "answer", _["at"], ibis.null("timestamp('UTC')"))
        )
        groups = list(dict.fromkeys([*by, "ministry", "kind", "held", "is_reply", "untold", "at"]))
        return to_pandas(spoken.group_by(groups).agg(rows=_.count()))

    found = fetched_once(fetch, ("answer times", completeness, *by), posts, comments)
    copies = found["rows"].where(found.kind == "answer", 1)
    return _in_order(found.loc[found.index.repeat(copies)] if (copies > 1).any() else found, ["minute"])


def _spoken(posts, comments, by, completeness):
    """The rows of `posts_and_comments` in the engine.

    `held` are those from comments, `is_reply` posts that reply to anything.
    """
    by = list(dict.fromkeys([*by, "ministry"]))
    own = collected_posts(posts, comments, by, completeness, *OF_POSTS)
    own = own.mutate(is_reply=IS_REPLY)
    to_other = own.is_reply & (own.reply_to_account_id != own.account_id).fill_null(True)
    dated = with_precision(comments, OF_COMMENTS)
    under = comments_under_posts(posts, dated, by, *dated.columns)
    continued = own.filter(own.is_reply & ~to_other).select("platform", comment_id=_.post_id, continues=True).distinct()
    answers = answers_to_others(comments).select("platform", "comment_id", answers=True)
    names = [*under.columns, "answers", "continues", "incomplete"]
    under = under.left_join(answers, ["platform", "comment_id"]).left_join(continued, ["platform", "comment_id"])
    under = under.left_join(own.select(*POST, "incomplete"), POST).select(names)
    is_threaded = under.parent_id.count().over(group_by="platform") > 0
    no_thread = ibis.ifelse(under.is_official & ~is_threaded, NO_THREADS, ibis.null("string"))
    no_instant = ibis.ifelse(under.is_official & under.is_approximate, NO_INSTANTS, ibis.null("string"))
    under = under.mutate(untold=ibis.coalesce(under.incomplete, no_thread, no_instant))
    twice = under.filter(_.answers.notnull()).select("platform", post_id=_.comment_id)
    twice = twice.inner_join(own.filter(to_other).select(POST), POST)
    own = own.mutate(to_other=to_other).left_join(twice.distinct().mutate(is_twice=True), POST)
    said_kind = (_.continues.notnull(), "post"), (_.is_official.isnull() | _.untold.notnull(), "unknown")
    said_kind += (_.answers.notnull(), "answer"), (_.is_official, "post")
    columns = [*by, *(name for name in POST if name not in by)]
    posted = {"id": _.post_id, "to": _.reply_to_id, "at": _.posted_at, "is_reply": _.is_reply, "held": False}
    posted |= {"kind": ibis.ifelse(_.to_other & _.is_twice.isnull(), "answer", "post")}
    posted |= dict.fromkeys(("author", "text", "lang", "untold"), ibis.null("string"))
    spoke = {"id": _.comment_id, "to": _.parent_id, "at": _.commented_at, "is_reply": False, "held": True}
    spoke |= {"kind": ibis.cases(*said_kind, else_="comment"), "author": _.author, "text": _.text, "lang": _.lang}
    spoke |= {"untold": _.untold}
    return own.select(*columns, **posted).union(under.select(*columns, **spoke))


def _in_order(rows, order):
    """Rows by minute."""
    return rows.assign(minute=minutes(rows["at"])).sort_values(order, kind="stable", ignore_index=True)


def answers_of(part, ends):
    """The official answers of the window, and the reason why nothing can be said of them, or None."""
    answers = part[(part.kind == "answer") & (part.minute >= ends[0]) & (part.minute < ends[-1])]
    if len(answers):
        return answers, None
    if part.is_reply.any():
        return answers, "not defined: no official answer in the window"
    if not part.held.any():
        return answers, NO_COMMENTS
    if part.untold.notna().any():
        return answers, part.untold.dropna().min()
    if not (part.held & (part.kind != "unknown")).any():
        return answers, NO_AUTHORS
    others = part["rows"][part.kind == "comment"].sum()
    return answers, f"not defined: no official answer beside {others:,} comments by others"


def events_of_ministries(events, part):
    """Events that concern the ministries of these rows, or all, in order of time."""
    own = events.ministry.isna() | events.ministry.isin(part.ministry.unique())
    known = events[own].assign(
        ends_at=events.ends_at.fillna(events.begins_at)
    )  # an instant, where nobody tells the end
    return known.sort_values(["begins_at", "ends_at", "event"])


def check_rule(gap, least):
    """A gap rule that can hold: a gap above 0 minutes, at least two answers."""
    if not gap > 0 or least < 2:
        raise TableError(f"sessions: found gap={gap!r}, least={least!r}. Expected: minutes above 0, answers from 2 on.")


def session_numbers(times, gap, least):
    """The number of the session in which each answer falls, from 1 on; 0 outside. Times ascend.

    >>> session_numbers(np.array([0.0, 5.0, 10.0, 200.0, 400.0, 430.0, 450.0]), gap=60, least=3).tolist()
    [1, 1, 1, 0, 2, 2, 2]
    """
    run = np.cumsum(np.diff(times, prepend=times[:1]) > gap)
    keep = np.bincount(run, minlength=1) >= least
    return (np.cumsum(keep) * keep)[run]


def answers_in_sessions(rows, gap, least):
    """For each row of ascending times: how many lie in sessions, and how many minutes these last.

    >>> [found.tolist() for found in answers_in_sessions(np.array([[0.0, 5.0, 10.0, 200.0], [0.0, 100.0, 200.0, 300.0]]), 60, 3)]
    [[3, 0], [10.0, 0.0]]
    """
    steps = np.diff(rows, axis=1)
    first = np.column_stack([np.ones(len(rows), bool), steps > gap])
    run = np.cumsum(first).reshape(rows.shape) - 1
    inside = (np.bincount(run.ravel()) >= least)[run]
    return inside.sum(axis=1), np.where(inside[:, 1:] & ~first[:, 1:], steps, 0).sum(axis=1)


def permute_times(times, ends, draws, seed):
    """The same answers on the same days at each other's times of day, `draws` ascending rows in chunks."""
    start = ends[np.searchsorted(ends, times, "right") - 1]
    rng, chunk = np.random.default_rng(seed), max(1, CELLS // len(times))
    for first in range(0, draws, chunk):
        clock = np.tile(times - start, (min(chunk, draws - first), 1))
        yield np.sort(start + rng.permuted(clock, axis=1), axis=1)


def uniform_times(times, ends, draws, seed):
    """As many answers at any moment of the window alike, `draws` ascending rows in chunks."""
    rng, chunk = np.random.default_rng(seed), max(1, CELLS // len(times))
    for first in range(0, draws, chunk):
        yield np.sort(rng.uniform(ends[0], ends[-1], (min(chunk, draws - first), len(times))), axis=1)


def compare_with_chance(statistic, times, ends, draws, seed, deal=permute_times):
    """The statistic of answers as `deal` deals them: mean, 2.5 % and 97.5 % points, p of as much."""
    value = statistic(times[None])[0]
    drawn = np.concatenate([statistic(rows) for rows in deal(times, ends, draws, seed)])
    known = drawn[~np.isnan(drawn)]
    low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (np.nan, np.nan)
    p = (1 + (known >= value - 1e-12).sum()) / (1 + draws)
    return {"expected": known.mean() if len(known) else np.nan, "expected_low": low, "expected_high": high, "p": p}
