"""Questions: which of them were open to each session, and which it answered."""

import numpy as np
import pandas as pd

from digidip.measures._sessions import answers_of, bursts
from digidip.measures.dialogue import NO_COMMENTS, NO_THREADS


def numbered(part, ends, gap, least):
    """The official answers with the number of their session, and the reason why there is none, or None."""
    answers, reason = answers_of(part, ends)
    number = bursts(answers.minute.to_numpy(), gap, least) if len(answers) else np.array([], int)
    if not reason and not number.any():
        reason = f"not defined: no run of {least} answers with gaps of {gap} minutes at most"
    return answers.assign(session=number), reason


def open_questions(part, ends, gap, least):
    """The questions open to each session, with `is_answered` in it, and the reason why none is known, or None."""
    answers, reason = numbered(part, ends, gap, least)
    if reason:
        return part.iloc[:0].assign(session=0, is_answered=False), reason, len(answers)
    comments = part[part.kind == "comment"]
    if comments.empty:
        return part.iloc[:0].assign(session=0, is_answered=False), NO_COMMENTS, len(answers)
    if not answers.to.isin(comments.id).any():
        return part.iloc[:0].assign(session=0, is_answered=False), NO_THREADS, len(answers)
    first = answers[answers.to.notna()].drop_duplicates(["platform", "to"])  # in order of time
    asked = comments.merge(
        first[["platform", "to", "session", "minute"]], how="left", left_on=["platform", "id"],
        right_on=["platform", "to"], suffixes=("", "_first"),
    )  # fmt: skip
    asked = asked[asked.to.isna() | asked.to_first.notna()]
    found = [_open_to(asked, own, number) for number, own in answers[answers.session > 0].groupby("session")]
    return pd.concat(found, ignore_index=True), None, len(answers)


def _open_to(asked, answers, number):
    """The questions open to one session."""
    there = asked.post_id.isin(answers.post_id) | asked.session.eq(number)
    under = asked[there & (asked.minute <= answers.minute.max())]
    still = under[~(under.minute_first < answers.minute.min())]
    return still.assign(session=number, is_answered=still.session.eq(number))
