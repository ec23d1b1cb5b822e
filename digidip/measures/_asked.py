"""From posts and comments to one row per comment of the public: is it an inquiry, of which kind, when was it answered?"""

import numpy as np
import pandas as pd

from digidip.measures._codings import coded
from digidip.measures._common import ACCOUNT, POST, canonical
from digidip.measures._questions import kind_of
from digidip.measures.agreement import coder_agreement
from digidip.measures.dialogue import NO_AUTHORS, NO_COMMENTS, NO_THREADS
from digidip.tables import TableError

COMMENT, INQUIRY, KINDS = "any comment", "any inquiry", ("procedural", "complex")
NO_OTHERS = "not available: this export holds no comments by others"
NO_INQUIRY = "not defined: no inquiry"
DEEPEST = 100  # replies upon replies; a thread that bites its own tail ends here
HOUR = pd.Timedelta(hours=1)
_NAMES = ["account_id", "comment_id", "parent_id", "author", "is_official", "commented_at", "text", "lang"]


def usable(part):
    """The rows of which answers can be told."""
    return part[part.absent.isna() & part.comment_id.notna()]


def reason(part):
    """Why nothing can be told of a group: the first reason in the order of the export, or no inquiry."""
    return next(iter(part.absent.dropna().sort_values()), NO_INQUIRY)


def kinds(rows, comments=False):
    """The inquiries by kind: any, and each that occurs; any comment first if asked for."""
    found = {COMMENT: rows} if comments else {}
    found[INQUIRY] = rows[rows.kind != "none"]
    return found | {kind: rows[rows.kind == kind] for kind in KINDS if (rows.kind == kind).any()}


def by_kind(part, found, comments=False):
    """The rows that `found(inquiries)` gives for each kind in a group, or one row with the reason why there is none."""
    known = usable(part)
    if known.empty:
        return [{"kind": INQUIRY, "n": 0, "method": reason(part)}]
    return [{"kind": kind} | row for kind, rows in kinds(known, comments).items() for row in found(rows)]


def codes_of(codings):
    """The kind that most coders gave to each comment, as a series by comment_id; none where they fail the gate."""
    if codings is None or not len(codings):
        return pd.Series(dtype=object)
    rows = coded(codings, "inquiry", "kind").dropna(subset="code")
    agreed = coder_agreement(rows, codebook="inquiry", draws=1)
    if not agreed.is_reliable.any():
        return pd.Series(dtype=object)
    if strange := sorted({*rows.code} - {"none", *KINDS}):
        raise TableError(
            f"codings: inquiry, kind is {strange[0]!r}. Expected: none, procedural, complex. Mend the code."
        )
    votes = rows.groupby(["item_id", "code"]).size().rename("votes").reset_index()
    share = votes.votes / votes.groupby("item_id").votes.transform("sum")
    return votes[share > 0.5].set_index("item_id").code


def asked(posts, comments, by, zone, codings, answer, until):
    """One row per top-level comment by others, and one per post without any; sorted, so that no order can matter."""
    held = _comments(comments)
    posts = canonical(posts, "posts", [*by, "ministry", *POST, "account_id"]).to_pandas()
    told = _told(posts, held)
    first = _first_answers(held, answer)
    top = held[held.parent_id.isna() & held.is_official.eq(False).fillna(False)]
    joined = posts.merge(_timed(top, first, held, zone, until).drop(columns="account_id"), how="left", on=POST)
    rows = joined.merge(told, how="left", on=ACCOUNT)
    codes = codes_of(codings)
    rows["coded"] = rows.comment_id.map(codes).astype(object)
    rows["kind"] = rows.coded.where(rows.coded.notna(), rows.ruled)
    rows["basis"] = np.where(rows.coded.notna(), "codings", "rules")
    return rows.sort_values([*by, "asked_at", "comment_id", "post_id"], ignore_index=True)


def _comments(comments):
    """Comments in pandas, with the time of collection where the table has it."""
    names = [*POST, *_NAMES, *(["retrieved_at"] if "retrieved_at" in comments.columns else [])]
    frame = canonical(comments, "comments", names).to_pandas()
    stamps = {name: pd.to_datetime(frame[name], utc=True) for name in ("commented_at", "retrieved_at") if name in frame}
    frame = frame.assign(**{"retrieved_at": pd.NaT} | stamps).astype({"is_official": "boolean"})
    frame["retrieved_at"] = pd.to_datetime(frame.retrieved_at, utc=True)
    return frame


def _told(posts, held):
    """For each account the reason why its answers cannot be told, missing where they can."""
    accounts = posts[ACCOUNT].drop_duplicates()
    per = held.groupby(ACCOUNT).is_official.agg(rows="size", told="count", official="sum").reset_index()
    threads = held.groupby("platform").parent_id.count().rename("threads").reset_index()
    told = accounts.merge(per, how="left", on=ACCOUNT).merge(threads, how="left", on="platform").fillna(0)
    empty = [told.rows == 0, told.told == 0, told.told == told.official, told.threads == 0]
    reasons = np.select(empty, [NO_COMMENTS, NO_AUTHORS, NO_OTHERS, NO_THREADS], "")
    return told[ACCOUNT].assign(absent=pd.Series(reasons, told.index, dtype=object).replace("", None))


def _first_answers(held, answer):
    """The first official answer to each comment: platform, comment_id, answered_at."""
    given = held[held.is_official.fillna(False).astype(bool) & held.parent_id.notna()]
    above = held.set_index(["platform", "comment_id"]).parent_id.dropna().to_dict() if answer == "thread" else {}
    pairs = [given[["platform", "comment_id", "parent_id", "commented_at"]]]
    while len(pairs[-1]) and len(pairs) <= DEEPEST and answer == "thread":
        below = pairs[-1]
        parents = [above.get(key) for key in zip(below.platform, below.parent_id, strict=True)]
        pairs.append(below.assign(parent_id=pd.Series(parents, below.index, dtype=object)).dropna(subset="parent_id"))
    every = pd.concat(pairs).rename(columns={"comment_id": "answer_id", "parent_id": "comment_id"})
    every = every.rename(columns={"commented_at": "answered_at"}).sort_values(["answered_at", "answer_id"])
    return every.drop_duplicates(["platform", "comment_id"])


def _timed(top, first, held, zone, until):
    """Top-level comments with when they were asked and answered, and hours to the answer or to the end of observation."""
    last = held.groupby(ACCOUNT).commented_at.max().rename("last").reset_index()
    rows = top.merge(first, how="left", on=["platform", "comment_id"]).merge(last, how="left", on=ACCOUNT)
    _refuse_early(rows)
    seen = rows.retrieved_at.where(rows.retrieved_at >= rows.commented_at, rows["last"])
    if until is not None:
        end = pd.Timestamp(until, tz=zone).tz_convert("UTC")
        rows, seen = rows[rows.commented_at < end], seen[rows.commented_at < end].clip(upper=end)
        rows = rows.assign(answered_at=rows.answered_at.where(rows.answered_at < end))
    is_answered = rows.answered_at.notna()
    hours = (rows.answered_at.where(is_answered, seen) - rows.commented_at) / HOUR
    local = {name: rows[at].dt.tz_convert(zone).dt.tz_localize(None) for name, at in
             (("asked", "commented_at"), ("answered", "answered_at"))}  # fmt: skip
    kept = rows[[*POST, "account_id", "comment_id", "author", "lang"]].rename(columns={"lang": "language"})
    ruled = rows.text.map({text: kind_of(text) for text in rows.text.unique()})
    return kept.assign(asked_at=rows.commented_at, **local, is_answered=is_answered, hours=hours, ruled=ruled)


def _refuse_early(rows):
    """An answer before its comment is a broken clock or a broken thread, not a fast ministry."""
    early = rows[rows.answered_at < rows.commented_at].sort_values("answer_id")
    if len(early):
        named = ", ".join(early.answer_id.head(5))
        raise TableError(
            f"comments: {len(early)} official answers are earlier than the comment they answer ({named}"
            f"{', …' if len(early) > 5 else ''}). Expected: an answer after its comment. Check the zone of the export in "
            "data/raw/MANIFEST.csv and its parent ids, then build again."
        )
