"""Loss: comments that were written and are not held, by month, and what they could change in what is said of answers."""

from functools import partial

import ibis
import numpy as np
import pandas as pd
from ibis import _

from digidip.measures._registry import measure
from digidip.measures.dialogue._acts import ANSWERS_ARE_POSTS
from digidip.measures.dialogue.conversation import reply_share
from digidip.measures.dialogue.dialogue import official_answer_share
from digidip.measures.statistics._columns import POST, canonical, fetched_once, group_columns, local_time
from digidip.measures.statistics._comment_queries import COMPLETENESS, NO_COMMENTS, NO_THREADS
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import counted

APART = ibis.interval(days=1)  # of two collections: a tool may take hours for one
NO_COUNT = "not available: how many comments there are is not told"
ONE_COLLECTION = "not testable: no post was collected twice, a day or more apart"
NO_ACCOUNT = "not available: no account of rows given"
NOT_APART = "not available: records of several groups are not told apart"
SHARES = {"comments answered": "comment", "posts answered under": "post"}
ANSWERS = "output that answers"
SUMS = ["posts", "lost", "lost_answers", "has_loss", "has_none", "untold", "untold_answers"]


@measure(unit="comments", keys=("month", "state"), columns=("method",))
def comment_attrition(posts, comments, *, refused=None, by="ministry", zone="UTC"):
    """What became of the comments under the posts of a month: collected, deleted since, missing, refused.

    Formula: `collected`, comments held; of these `deleted since`, last seen a day or more before the latest comment of their
    post was; `no longer held`, comments that are not held though an answer to them is; `missing`, Σ max(reported - held, 0)
    over posts with a reported count; `refused`, of no month, records that could not be read.
    **Unit** comments. **Reads** posts.posted_at, comment_count; comments.parent_id, retrieved_at. **Source** Zubiaga 2018
    (doi:10.1002/asi.24026); docs/methods.md#loss.
    **Caution** Platforms count hidden and deleted comments too, or stop counting them; a collection that stopped early looks
    like deletion. What was deleted before the first collection is in no state but `no longer held` or `missing`.
    Parameters: `posts`, `comments`; `refused`, as `store.refused_records("comments", …)`; `by`, columns of posts; `zone` of the
    months in which posts were published.
    Returns the group columns, `month` (such as 2016-01), `state`, `comment_attrition`, `n` (posts), `low`, `high` (missing),
    `method`; missing, never 0, where it cannot be told.

    >>> ids = {"platform": "x", "account_id": "a", "post_id": "1"}
    >>> posts = pd.DataFrame({**ids, "ministry": ["PER"], "posted_at": "2016-01-05", "comment_count": 9})
    >>> comments = pd.DataFrame({**ids, "comment_id": ["c", "d"], "parent_id": [None, "gone"]})
    >>> comment_attrition(posts, comments)[["month", "state", "comment_attrition"]].dropna().values.tolist()
    [['2016-01', 'collected', 2], ['2016-01', 'no longer held', 1], ['2016-01', 'missing', 7]]
    """
    by = group_columns(by)
    columns = {"month": "str", "state": "str", "comment_attrition": "Int64", **NUMBERS, "method": "str"}
    losses = _losses(posts, comments, by, zone)
    one = not by or len(losses[by].drop_duplicates()) == 1
    reasons = {"refused": refused if one else None, "unless": NO_ACCOUNT if one else NOT_APART}
    return result_table(losses, by, partial(_state_rows, **reasons), columns)


def _losses(posts, comments, by, zone):
    """Each post with its month and the comments reported, held, seen in an earlier collection alone, and only answered."""

    def fetch():
        names = [name for name in ("parent_id", "retrieved_at") if name in comments.columns]
        held = canonical(comments, "comments", [*POST, "comment_id", *names])
        held = held.mutate(**{name: ibis.null("string") for name in {"parent_id"} - {*names}})
        held = held.mutate(**{name: ibis.null("timestamp('UTC')") for name in {"retrieved_at"} - {*names}})
        held = held.mutate(last=_.retrieved_at.max().over(group_by=POST))
        known = held.select("platform", parent_id=_.comment_id)
        gone = held.filter(_.parent_id.notnull()).anti_join(known, ["platform", "parent_id"])
        gone = gone.group_by(POST).agg(gone=_.parent_id.nunique())
        per_post = held.group_by(POST).agg(
            held=_.count(),
            threaded=_.parent_id.count(),
            earlier=(_.retrieved_at + APART <= _.last).fill_null(False).sum(),
            is_twice=(_.retrieved_at.min() + APART <= _.last.max()).fill_null(False),
        )
        own = canonical(posts, "posts", [*by, *POST, "posted_at", "comment_count"])
        own = own.mutate(month=local_time(own.posted_at, zone).strftime("%Y-%m"))
        table = own.left_join(per_post, POST).select(*own.columns, "held", "threaded", "earlier", "is_twice")
        return table.left_join(gone, POST).select(*table.columns, "gone").to_pandas()

    numbers = ["held", "threaded", "earlier", "gone"]
    table = fetched_once(fetch, ("losses", zone, *by), posts, comments)
    numbers_of_posts = {"comment_count": pd.to_numeric(table.comment_count).astype(float)}
    numbers_of_posts |= {name: pd.to_numeric(table[name]).astype(float).fillna(0) for name in numbers}
    numbers_of_posts |= {"is_twice": table.is_twice.fillna(False).astype(bool)}
    return table.assign(
        **numbers_of_posts, missing=(numbers_of_posts["comment_count"] - numbers_of_posts["held"]).clip(lower=0)
    )


def _state_rows(part, refused, unless):
    """The rows of one group: four states in each month, and the records refused."""
    rows = []
    for month, posts in part.groupby("month"):
        reasons = {
            "collected": (posts.held.sum(), "" if part.held.any() else NO_COMMENTS),
            "deleted since": (posts.earlier.sum(), "" if posts.is_twice.any() else ONE_COLLECTION),
            "no longer held": (posts.gone.sum(), "" if part.threaded.any() else NO_THREADS),
            "missing": (posts.missing.sum(), "" if posts.comment_count.notna().any() else NO_COUNT),
        }
        untold = posts.comment_count.isna().sum()
        for state, (count, reason) in reasons.items():
            note = f"of {untold} of {counted(len(posts), 'posts')} not told" if state == "missing" and untold else ""
            value = (
                {"n": 0, "method": reason}
                if reason
                else {"comment_attrition": int(count), "n": len(posts), "method": note}
            )
            rows.append({"month": month, "state": state} | value)
    refused_row = {"n": 0, "method": unless}
    if refused is not None:
        refused_row = {"comment_attrition": refused, "n": len(part), "method": "records of all months"}
    return [*rows, {"month": "", "state": "refused"} | refused_row]


@measure(
    unit="share", keys=("statistic",), columns=("lost", "method"), limits="if all lost were the one, or all the other"
)
def loss_bounds(posts, comments, *, further=None, by="ministry", zone="UTC"):
    """Between what limits the shares answered lie, whatever the comments were that are not held.

    Formula: e of n held have it, and L comments are lost (`missing` and `no longer held` of `comment_attrition`): e / (n + L) to
    (e + L) / (n + L) of comments; of posts, (e + those with a loss) / n, all posts with comments in n; of the output, e / n to
    (e + L) / (n + L), L only where answers are comments.
    **Unit** share. **Reads** as `comment_attrition`, `official_answer_share` and `reply_share`. **Source** Manski 1989
    (Journal of Human Resources 24:343), bounds without assumptions; Küpfer 2024 (doi:10.1017/pan.2024.7) on deletion that is
    not random; docs/methods.md#loss.
    **Caution** No interval of chance: the truth may be anywhere between the limits, however many are held. They hold what the
    platform counts, and nothing that it never counted; where it counts nothing for more than 5 % of the posts there are none.
    Shares are told here below `completeness` too: the limits say why not to believe them.
    Parameters: `posts`, `comments`; `further` shares of comments, as {statistic: table of a measure, one row for each group};
    `by`, columns of posts; `zone` of days.
    Returns the group columns, `statistic`, `loss_bounds` (the share of what is held), `n`, `low`, `high`, `lost` (comments; of
    posts, posts with a loss), `method`.

    >>> ids = {"platform": "x", "account_id": "a", "post_id": "1"}
    >>> posts = pd.DataFrame({**ids, "ministry": ["PER"], "posted_at": "2016-01-05", "comment_count": 11,
    ...     **dict.fromkeys(["text", "reply_to_id", "reply_to_account_id", "repost_of_id"]), "export_tells_replies": True})
    >>> comments = pd.DataFrame({**ids, "comment_id": ["c", "d", "e"], "parent_id": [None, None, "d"],
    ...     "is_official": [False, False, True]})  # 1 of 2 answered, 8 lost: 1 / 10 to 9 / 10
    >>> loss_bounds(posts, comments)[["statistic", "loss_bounds", "low", "high", "lost"]].values.tolist()[:2]
    [['comments answered', 0.5, 0.1, 0.9, 8], ['posts answered under', 1.0, 1.0, 1.0, 1]]
    """
    by, further = group_columns(by), further or {}
    given = {"by": by, "completeness": 0}
    found = [
        official_answer_share(posts, comments, per=per, **given).query("interval == ''") for per in SHARES.values()
    ]
    found = [table.rename(columns={"official_answer_share": "share"}) for table in found]
    found.append(reply_share(posts, comments, zone=zone, **given).rename(columns={"reply_share": "share"}))
    found += [
        table.rename(columns={table.columns[table.columns.get_loc("n") - 1]: "share"}) for table in further.values()
    ]
    names, statistics = [*by, "share", "n", "method"], (*SHARES, ANSWERS, *further)
    tables = [table[names].assign(statistic=name) for table, name in zip(found, statistics, strict=True)]
    losses = _losses(posts, comments, by, zone).assign(all=0)
    lost, has_none = losses.missing.fillna(0) + losses.gone, (losses.missing > 0) & (losses.held == 0)
    sums = losses.assign(posts=1, lost=lost, has_loss=lost > 0, has_none=has_none, untold=losses.comment_count.isna())
    for name in ("lost", "untold"):  # where answers are posts, a comment that is lost was none
        sums[f"{name}_answers"] = sums[name].mask(losses.platform.isin(ANSWERS_ARE_POSTS), 0)
    sums = sums.groupby(["all", *by], dropna=False)[SUMS].sum().reset_index()
    table = pd.concat(tables, ignore_index=True).assign(all=0)
    table = table.merge(sums, "left", ["all", *by]) if len(table) else table.assign(**dict.fromkeys(SUMS, 0))
    columns = {"statistic": "str", "loss_bounds": "float64", **NUMBERS, "lost": "Int64", "method": "str"}
    return result_table(table, by, _bound_rows, columns)


def _bound_rows(part):
    """The rows of one group, one for each share."""
    return [{"statistic": row.statistic} | _bound_row(row) for row in part.itertuples()]


def _bound_row(row):
    """The limits of one share, or why there are none."""
    if np.isnan(row.share):
        return {"n": 0, "method": row.method}
    events, n = row.share * row.n, row.n
    lost, untold = (row.lost_answers, row.untold_answers) if row.statistic == ANSWERS else (row.lost, row.untold)
    if row.statistic == "posts answered under":
        lost, n = row.has_loss, n + row.has_none
        low, high = events / n, (events + min(n - events, lost)) / n
    else:
        low, high = events / (n + lost * (row.statistic != ANSWERS)), (events + lost) / (n + lost)
    fields = {"loss_bounds": row.share, "n": int(row.n), "lost": int(lost)}
    words = f"of {int(untold)} of {counted(int(row.posts), 'posts')} it is not told how many comments there are"
    if untold > (1 - COMPLETENESS) * row.posts:
        return fields | {"method": f"no limits: {words}"}
    return fields | {"low": low, "high": high, "method": f"worst cases; {words}" if untold else "worst cases"}
