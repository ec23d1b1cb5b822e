"""What accounts say, act by act: answers to others, questions that were followed up, and everything else of their own."""

import pandas as pd
from ibis import _

from digidip.measures._common import ACCOUNT, POST, canonical
from digidip.measures._intervals import share_row
from digidip.measures.dialogue import NO_AUTHORS, NO_COMMENTS, NO_THREADS
from digidip.tables import TableError

ANSWERS_ARE_POSTS = ("x", "bluesky", "mastodon", "threads", "truthsocial")  # elsewhere an answer is a comment
QUESTION = r"[?？؟]"
PERIODS = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
NO_TALK = "not defined: no talk of its own"
UNSEEN = "; whether questions were followed up is not seen"


def acts(posts, comments, by):
    """One row per act of an account: `by`, posted_at, kind (answer, question, other, repost), reason, is_followed.

    An answer goes to somebody else: a post that replies, or where answers are comments an official comment on another's
    comment, at the time of the post it stands under. A question is a post with a question mark under which an official
    answer stands. `reason` says why the acts of an account cannot be told, else it is empty; `is_followed` is whether the
    comments under its posts are held with their authors.
    """
    columns = list(dict.fromkeys([*by, *POST, "account_id", "posted_at", *REPLY, "text"]))
    own = canonical(posts, "posts", columns).to_pandas()
    given = _official_answers(comments)
    known = own[ACCOUNT].merge(_told(comments), how="left", on=ACCOUNT)[["held", "told", "threaded"]].fillna(0)
    known.index = own.index
    own = own.assign(kind=_kinds(own, given), is_followed=known.told > 0, reason=_reasons(own.platform, known))
    under = own[~own.platform.isin(ANSWERS_ARE_POSTS)].merge(given, on=POST)
    return pd.concat([own, under.assign(kind="answer")])[[*by, "posted_at", "kind", "reason", "is_followed"]]


REPLY = ["reply_to_id", "reply_to_account_id", "repost_of_id"]


def _official_answers(comments):
    """One row per official comment on another's comment: the post under which it stands."""
    held = canonical(comments, "comments", [*POST, "comment_id", "parent_id", "is_official"])
    official = held.filter(_.is_official)
    own = official.select("platform", parent_id=_.comment_id)
    return official.filter(_.parent_id.notnull()).anti_join(own, ["platform", "parent_id"]).select(POST).to_pandas()


def _told(comments):
    """Per account: comments held, with a known author; and those with a parent on its platform."""
    held = canonical(comments, "comments", [*ACCOUNT, "parent_id", "is_official"])
    told = {"held": _.count(), "told": _.is_official.count(), "threaded": _.parent_id.count()}
    accounts = held.group_by(ACCOUNT).agg(**told).to_pandas()
    return accounts.assign(threaded=accounts.groupby("platform").threaded.transform("sum"))


def _reasons(platform, known):
    """Why the acts of each post's account cannot be told; empty where they can."""
    return untold(known, "").mask(platform.isin(ANSWERS_ARE_POSTS), "")


def untold(known, otherwise):
    """Why nothing can be told of each row that counts comments `held`, `told` and `threaded`; `otherwise` where it can."""
    reason = pd.Series(otherwise, known.index)
    for words, name in ((NO_THREADS, "threaded"), (NO_AUTHORS, "told"), (NO_COMMENTS, "held")):
        reason = reason.mask(known[name].fillna(0) == 0, words)
    return reason


def _kinds(own, given):
    """The kind of each post; a post that goes on in the account's own thread is no answer."""
    ids = own.platform + "\n" + own.account_id.fillna("") + "\n"
    to_itself = (own.reply_to_account_id == own.account_id) | (ids + own.reply_to_id).isin(ids + own.post_id)
    answers = own.reply_to_id.notna() & ~to_itself
    answered = pd.MultiIndex.from_frame(own[POST]).isin(pd.MultiIndex.from_frame(given[POST]))
    asks = own.reply_to_id.isna() & answered & own.text.str.contains(QUESTION, na=False)
    kind = pd.Series("other", own.index).mask(asks, "question").mask(answers, "answer")
    return kind.mask(own.repost_of_id.notna(), "repost")


def counted_acts(part):
    """answers, questions, others and n of one group, and why there are none if there are none."""
    seen = part[part.reason == ""]
    counts = seen.kind.value_counts().reindex(["answer", "question", "other"], fill_value=0)
    told = dict(zip(("answers", "questions", "others"), counts.tolist(), strict=True))
    reason = part.reason.max() if seen.empty else "" if sum(told.values()) else NO_TALK
    return told | {"n": sum(told.values()), "reason": reason, "note": "" if seen.is_followed.all() else UNSEEN}


def index_row(name, part):
    """The row of (A + Q - B) / (A + Q + B) of one group, its interval twice that of the share less 1."""
    told = counted_acts(part)
    if told["reason"]:
        return {"n": 0, "method": told["reason"]}
    row = share_row(name, told["answers"] + told["questions"], told["n"])
    scaled = {key: 2 * row[key] - 1 for key in (name, "low", "high")}
    after = {key: told[key] for key in ("answers", "questions", "others")}
    return row | scaled | after | {"method": row["method"] + told["note"]}


def in_periods(found, period, zone):
    """Acts with the `period` in which they stand, as text that sorts."""
    if period not in PERIODS:
        raise TableError(f"period must be one of {', '.join(PERIODS)}, not {period!r}.")
    local = found.posted_at.dt.tz_convert(zone).dt.tz_localize(None)
    return found.assign(period=local.dt.to_period(PERIODS[period]).astype(str))
