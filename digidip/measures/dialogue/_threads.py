"""Threads: comments that answer each other, in the order of writing, counted in the engine."""

import ibis
import numpy as np
import pandas as pd
from ibis import _
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from digidip.measures.statistics._columns import POST, canonical
from digidip.measures.statistics._comment_queries import (
    NO_AUTHORS,
    NO_COMMENTS,
    NO_THREADS,
    comments_under_posts,
    missing_reason,
)

NO_THREAD = "not defined: no thread with a comment by others"
SIDES = {"others": False, "ministry": True}
_IDS = ["platform", "comment_id"]


def threads(posts, comments, by):
    """How many threads take so many `turns` and `official_turns`, as `rows`, in pandas.

    And `reason` where a group has none.

    A thread is a top-level comment with all replies below it; a turn is a run of its comments by one side. Left out:
    threads with an unknown author, and those that hold nothing but official comments.
    """
    begins = _.before.isnull() | (_.before != _.is_official)
    return _found(posts, comments, by, {"turns": begins.sum(), "official_turns": (begins & _.is_official).sum()}, {})


def successions(posts, comments, by):
    """How often each side is followed by each, or by nobody: a column for each pair, in pandas."""
    sides = {side: _.is_official == official for side, official in SIDES.items()}
    after = {side: _.after == official for side, official in SIDES.items()} | {"nobody": _.after.isnull()}
    cells = {f"{side} {name}": (sides[side] & after[name]).sum() for side in sides for name in after}
    return _found(posts, comments, by, cells, {name: _[name].sum() for name in cells})


def _found(posts, comments, by, cells, sums):
    """The threads counted: alike in all cells, or summed up; one row with the reason for a group without."""
    under = comments_under_posts(posts, comments, by, "comment_id", "parent_id", "is_official", "commented_at")
    groups, platforms = _groups(posts, under, by)
    per = _whole(under.filter(_.platform.isin(platforms)), by, cells)
    found = per.group_by([*by, *(() if sums else cells)]).agg(rows=_.count(), **sums).to_pandas()
    return groups.merge(found, how="left", on=by)


def _groups(posts, under, by):
    """Each group of posts with the reason why it has no thread if it has none.

    And the platforms that tell parents.
    """
    own = canonical(posts, "posts", [*by, *POST])
    per_post = under.group_by(POST).agg(held=_.count(), authored=_.is_official.count(), parents=_.parent_id.count())
    names = list(dict.fromkeys([*by, "platform"]))
    table = own.left_join(per_post, POST).select(*own.columns, "held", "authored", "parents").group_by(names)
    table = (
        table.agg(held=_.held.sum(), authored=_.authored.sum(), parents=_.parents.sum())
        .to_pandas()
        .fillna({"parents": 0})
    )
    is_threaded = table.groupby("platform").parents.transform("sum") > 0
    sums = table.assign(threaded=table.held.where(is_threaded, 0)).groupby(by, dropna=False)
    groups = ibis.memtable(sums[["held", "authored", "threaded"]].sum().reset_index())
    reasons = {NO_COMMENTS: groups.held, NO_AUTHORS: groups.authored, NO_THREADS: groups.threaded}
    platforms = sorted(table.platform[is_threaded].unique())
    return groups.select(*by, reason=missing_reason(reasons, NO_THREAD)).to_pandas(), platforms


def _whole(under, by, cells):
    """One row per thread whose authors are all known and not all official, with the cells."""
    order = ibis.window(group_by=["platform", "thread"], order_by=["commented_at", "comment_id"])
    spoken = _labelled(under).mutate(before=_.is_official.lag().over(order), after=_.is_official.lead().over(order))
    known = {"unknown": _.is_official.isnull().sum(), "others": (~_.is_official).sum()}
    per = spoken.group_by(list(dict.fromkeys([*by, "platform", "thread"]))).agg(**known, **cells)
    return per.filter(_.unknown == 0, _.others > 0)


def _labelled(under):
    """Comments with their thread, the id of the comment on top.

    A parent that is not held ties its replies too.
    """
    replies = under.filter(_.parent_id.notnull()).select(*_IDS, "parent_id")
    answered = replies.select("platform", comment_id=_.parent_id)
    tops = _tops(replies.semi_join(answered, _IDS).to_pandas())
    if tops.empty:
        return under.mutate(thread=_.parent_id.coalesce(_.comment_id))
    found = under.left_join(ibis.memtable(tops), ["platform", "parent_id"]).select(*under.columns, "top")
    return found.mutate(thread=_.top.coalesce(_.parent_id, _.comment_id))


def _tops(replies):
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
