"""What accounts say, act by act: answers to others, questions followed up, and the rest."""

import ibis
import numpy as np
import pandas as pd
from ibis import _

from digidip.measures.statistics._columns import ACCOUNT, POST, fetched_once, local_time
from digidip.measures.statistics._comment_queries import (
    COMPLETENESS,
    IS_REPLY,
    NO_AUTHORS,
    NO_COMMENTS,
    NO_COUNTS,
    NO_THREADS,
    answers_to_others,
    collected_posts,
    comment_totals,
    left_out,
    missing_reason,
)
from digidip.measures.statistics._intervals import clustered_share_row
from digidip.tables import TableError

ANSWERS_ARE_POSTS = ("x", "bluesky", "mastodon", "threads", "truthsocial")  # elsewhere an answer is a comment
QUESTION = r"[?？؟]"
PERIODS = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
NO_REPLIES = "not available: the export does not tell which posts are replies"
NO_TALK = "not defined: no talk of its own"
UNSEEN = "; whether questions were followed up is not seen"


def acts(posts, comments, by, period=None, zone="UTC", completeness=COMPLETENESS):
    """How many acts of accounts are alike, in pandas.

    Columns: `by`, day, kind (answer, question, other, repost), reason, is_followed, is_counted, rows,
    first_at, last_at.

    An answer goes to somebody else: a post that replies, or where answers are comments an official comment on another's
    comment, at the time of the post it stands under. A question is a post with a question mark under which an official
    answer stands. `reason` says why the acts of an account cannot be told, else it is empty: where answers are comments,
    too few of them held (see `collected_posts`); where they are posts, an export that tells no replies. `is_followed` is
    whether the comments under its posts are held with their authors, `is_counted` whether no answer would mean none. With a `period`, also that in which they stand, as text that sorts.
    """
    if period not in (None, *PERIODS):
        raise TableError(f"period must be one of {', '.join(PERIODS)}, not {period!r}.")

    def fetch():
        own = _own(posts, comments, by, completeness)
        groups = [*by, "day", "kind", "reason", "is_followed", "is_counted"]
        days = own.mutate(day=local_time(own.posted_at, zone).truncate("D")).group_by(groups)
        return days.agg(rows=_.count(), under=_.under.sum(), **SPAN).to_pandas()

    found = fetched_once(fetch, ("acts", zone, completeness, *by), posts, comments)
    answers = found[found.under > 0].assign(kind="answer", rows=lambda part: part.under)
    found = pd.concat([found, answers], ignore_index=True)
    if period is None:
        return found
    return found.assign(period=found.day.dt.to_period(PERIODS[period]).astype(str))


SPAN = {"first_at": _.posted_at.min(), "last_at": _.posted_at.max()}
TELLS = "export_tells_replies"
REPLY = ["reply_to_id", "reply_to_account_id", "repost_of_id"]


def _own(posts, comments, by, completeness):
    """Posts with kind, what can be told of their account, and the official answers `under` them."""
    tells = [TELLS] if TELLS in posts.columns else []
    columns = ["account_id", "posted_at", *REPLY, "text", *tells]
    own = collected_posts(posts, comments, by, completeness, *columns).mutate(account_id=_.account_id.fill_null(""))
    own = own.mutate(is_reply=IS_REPLY)
    # Without word of the export, one reply anywhere on the platform shows that replies are told.
    one_reply = own.is_reply.max().over(group_by="platform")
    own = own.mutate(tells=own[TELLS].fill_null(one_reply) if tells else one_reply)
    thread = own.select("platform", "account_id", reply_to_id=_.post_id, goes_on=True).distinct()
    answers = answers_to_others(comments).group_by(POST).agg(answers=_.count())
    table = own.left_join(answers, POST).left_join(comment_totals(comments), ACCOUNT)
    table = table.left_join(thread, ["platform", "account_id", "reply_to_id"])
    table = table.select(*own.columns, "answers", "held", "authored", "threaded", "goes_on")
    are_posts = table.platform.isin(ANSWERS_ARE_POSTS)
    incomplete = ibis.coalesce(table.incomplete, missing_reason({NO_THREADS: table.threaded}, ""))
    reason = missing_reason({NO_COMMENTS: table.held, NO_AUTHORS: table.authored}, incomplete)
    return table.mutate(
        kind=_kind(table),
        reason=ibis.ifelse(are_posts, ibis.ifelse(table.tells, "", NO_REPLIES), reason),
        is_followed=(table.authored.fill_null(0) > 0) & table.incomplete.isnull(),
        is_counted=are_posts | table.is_counted,
        under=ibis.ifelse(are_posts, 0, table.answers.fill_null(0)),
    )


def _kind(own):
    """The kind of each post; a post that goes on in the account's own thread is no answer."""
    to_itself = (own.reply_to_account_id == own.account_id).fill_null(False) | own.goes_on.notnull()
    return ibis.cases(
        (own.repost_of_id.notnull(), "repost"),
        (own.is_reply & ~to_itself, "answer"),
        (~own.is_reply & own.answers.notnull() & own.text.re_search(QUESTION), "question"),
        else_="other",
    )


def act_counts(part):
    """answers, questions, others and n of one group, and why there are none if there are none."""
    kinds, reasons, rows = (part[name].to_numpy() for name in ("kind", "reason", "rows"))  # of many groups: no frames
    seen = reasons == ""
    fields = {f"{kind}s": int(rows[seen & (kinds == kind)].sum()) for kind in ("answer", "question", "other")}
    n, is_counted = sum(fields.values()), bool(part["is_counted"].to_numpy(bool)[seen].all())
    others = reasons[reasons != NO_COMMENTS]  # where one account has comments, the export holds some
    reason = "" if n else NO_TALK if seen.any() else max(others if len(others) else reasons, default=np.nan)
    if not reason and not is_counted and not fields["answers"]:
        reason = NO_COUNTS
    is_followed = part["is_followed"].to_numpy(bool)[seen].all()
    return fields | {
        "n": n,
        "reason": reason,
        "note": UNSEEN * (not is_followed),
        "limits": left_out(part.reason, is_counted),
    }


def daily_acts(part, *kinds, of=("answer", "question", "other")):
    """How many acts of a group are of these kinds, and how many in all, on each day on which it acts: two arrays."""
    kind = part["kind"].to_numpy()
    seen = (part["reason"].to_numpy() == "") & np.isin(kind, list(of))
    rows, is_event = part["rows"].to_numpy(float)[seen], np.isin(kind[seen], kinds)
    day = np.unique(part["day"].to_numpy()[seen], return_inverse=True)[1]
    return np.array([np.bincount(day, weights=each) for each in (rows * is_event, rows)])


def index_row(name, part):
    """The row of (A + Q - B) / (A + Q + B) of one group, its interval twice that of the share less 1."""
    counts = act_counts(part)
    if counts["reason"]:
        return {"n": 0, "method": counts["reason"]}
    row = clustered_share_row(name, *daily_acts(part, "answer", "question"))
    scaled = {key: 2 * row[key] - 1 for key in (name, "low", "high")}
    after = {key: counts[key] for key in ("answers", "questions", "others")}
    return row | scaled | after | {"method": row["method"] + counts["note"] + counts["limits"]}
