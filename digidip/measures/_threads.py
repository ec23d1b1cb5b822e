"""Threads: comments that answer each other, in the order in which they were written."""

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from digidip.measures._common import POST, canonical
from digidip.measures._talk import untold

NO_THREAD = "not defined: no thread with a comment by others"
COMMENT = ["platform", "comment_id"]


def threads(posts, comments, by):
    """One row per comment in a thread: `by`, thread, is_official, in order; and `reason` where a group has none.

    A thread is a top-level comment with all replies below it. Left out: threads with an unknown author, and those that
    hold nothing but official comments. A group without threads has one row that says why.
    """
    held = canonical(posts, "posts", [*by, *POST])
    names = [*POST, "comment_id", "parent_id", "is_official", "commented_at"]
    under = canonical(comments, "comments", names).inner_join(held, POST).order_by("commented_at", *COMMENT).to_pandas()
    groups = held.select(by).distinct().to_pandas()
    under = under.assign(threaded=under.parent_id.notna().groupby(under.platform).transform("any"))
    told = {"held": ("comment_id", "count"), "told": ("is_official", "count"), "threaded": ("threaded", "sum")}
    groups = groups.merge(under.groupby(by, dropna=False).agg(**told).reset_index(), how="left", on=by)
    found = _whole(under.assign(thread=_labels(under)))
    return groups.assign(reason=untold(groups, NO_THREAD)).merge(
        found[[*by, "thread", "is_official"]], how="left", on=by
    )


def _labels(under):
    """The thread of each comment: what parents tie together; a parent that is not held ties its replies too."""
    own = (under.platform + "\n" + under.comment_id).to_numpy(object)
    above = (under.platform + "\n" + under.parent_id.fillna(under.comment_id)).to_numpy(object)
    place, names = pd.factorize(np.concatenate([own, above]))
    ties = coo_array((np.ones(len(own)), (place[: len(own)], place[len(own) :])), shape=(len(names),) * 2)
    return connected_components(ties, directed=False)[1][place[: len(own)]] if len(own) else place


def _whole(under):
    """The threads whose authors are all known and not all official, on platforms that tell parents."""
    known = under.is_official.notna().groupby(under.thread).transform("all")
    others = under.is_official.eq(False).fillna(False).groupby(under.thread).transform("any")
    keep = under.threaded & known & others
    return under[keep.astype(bool)].astype({"is_official": bool})


def turns(part):
    """Per thread of one group: its turns, and those of the ministry; a turn is a run of comments by one side."""
    begins = part.is_official.ne(part.groupby("thread").is_official.shift())
    marked = part.assign(turns=begins, official_turns=begins & part.is_official.astype(bool))
    return marked.groupby("thread")[["turns", "official_turns"]].sum().astype(int)
