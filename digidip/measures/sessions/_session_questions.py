"""Questions: which of them were open to each session, and which it answered."""

import numpy as np
import pandas as pd
from ibis import _

from digidip.measures.sessions._sessions import answers_of, events_of_ministries, minutes, session_numbers
from digidip.measures.statistics._columns import POST, canonical
from digidip.measures.statistics._comment_queries import NO_COMMENTS, NO_THREADS

HASHTAG = r"#(\w+)"
UNDER_POSTS = "questions under the posts answered"


def with_hashtags(rows, entities=None):
    """The rows of `posts_and_comments` with `tags`, their hashtags and those of the post above.

    Small letters, between spaces.
    """
    own = rows.text.fillna("").str.lower().str.findall(HASHTAG).str.join(" ")
    if entities is None:
        return rows.assign(tags=" " + own + " ")
    held = canonical(entities, "entities", [*POST, "kind", "value"]).filter(_.kind == "hashtag").to_pandas()
    small = held.assign(value=held.value.str.lower().str.removeprefix("#")).sort_values([*POST, "value"])
    above = rows[POST].merge(small.groupby(POST).value.agg(" ".join).reset_index(), how="left", on=POST).value
    return rows.assign(tags=" " + own + " " + above.fillna("").to_numpy(str) + " ")


def question_sessions(events, part):
    """The question sessions among the events that concern these rows, in order of time."""
    return None if events is None else events_of_ministries(events[events.kind == "question session"], part)


def overlapping_events(events, first, last):
    """The events that overlap a session."""
    return events[(minutes(events.begins_at) <= last) & (minutes(events.ends_at) > first)]


def answers_by_session(part, ends, gap, least):
    """The official answers with the number of their session, and the reason why there is none, or None."""
    answers, reason = answers_of(part, ends)
    number = session_numbers(answers.minute.to_numpy(), gap, least) if len(answers) else np.array([], int)
    if not reason and not number.any():
        reason = f"not defined: no run of {least} answers with gaps of {gap} minutes at most"
    return answers.assign(session=number), reason


def open_questions(part, ends, gap, least, events=None):
    """The questions open to each session, with `is_answered` and the `rule`, and why none is known.

    They are collected by the hashtag of the event that overlaps the session, where questions carry one; else they are those
    under the posts at which it answers.
    """
    answers, reason = answers_by_session(part, ends, gap, least)
    if reason:
        return _no_question(part), reason
    comments = part[part.kind == "comment"]
    if comments.empty:
        return _no_question(part), next(iter(part.untold.dropna().sort_values()), NO_COMMENTS)
    if not answers.to.isin(comments.id).any():
        return _no_question(part), NO_THREADS
    first = answers[answers.to.notna()].drop_duplicates(["platform", "to"])  # in order of time
    asked = comments.merge(
        first[["platform", "to", "session", "minute"]], how="left", left_on=["platform", "id"],
        right_on=["platform", "to"], suffixes=("", "_first"),
    )  # fmt: skip
    asked = asked[asked.to.isna() | asked.to_first.notna()]
    announced, found, before = question_sessions(events, part), [], -np.inf
    for number, own in answers[answers.session > 0].groupby("session"):
        found.append(_open_to(asked, own, number, _tag(asked, own, announced), before))
        before = own.minute.max()
    return pd.concat(found, ignore_index=True), None


def _no_question(part):
    """The columns of questions, without a row."""
    return part.iloc[:0].assign(session=0, is_answered=False, tag="", rule="")


def _tag(asked, answers, announced):
    """The hashtag of the event that overlaps a session, where a question carries it; else nothing."""
    if announced is None or "hashtag" not in announced:
        return ""
    tags = (
        overlapping_events(announced, answers.minute.min(), answers.minute.max()).hashtag.dropna().str.removeprefix("#")
    )
    return next((tag for tag in tags if tag and _carries(asked, tag).any()), "")


def _carries(asked, tag):
    """Which questions carry a hashtag, or stand under a post that does."""
    return asked.tags.str.contains(f" {tag.lower()} ", regex=False)


def _open_to(asked, answers, number, tag, before):
    """The questions open to one session.

    Those with its hashtag only from the end of the session before on.
    """
    if tag:
        there = _carries(asked, tag) & (asked.minute > before)
    else:
        there = asked.post_id.isin(answers.post_id) | asked.session.eq(number)
    under = asked[there & (asked.minute <= answers.minute.max())]
    still = under[~(under.minute_first < answers.minute.min())]
    rule = f"questions by #{tag}" if tag else UNDER_POSTS
    return still.assign(session=number, is_answered=still.session.eq(number), tag=tag.lower(), rule=rule)


def questions_with_topics(asked, topics):
    """The questions with their `topic`, and how it is known: by codings, else by a hashtag."""
    codes = _codes(topics)
    if asked.id.isin(codes.index).any():
        return asked.assign(topic=asked.id.map(codes)), "codings of topics"
    tags = asked.text.fillna("").str.lower().str.findall(HASHTAG)
    first = [next((tag for tag in found if tag != own), None) for found, own in zip(tags, asked.tag, strict=True)]
    return asked.assign(topic=pd.Series(first, asked.index, dtype="str")), "first hashtag"


def _codes(topics):
    """The code that most coders chose for each item; none where two lead."""
    if topics is None:
        return pd.Series(dtype="str")
    chosen = topics[(topics.codebook == "topic") & topics.code.notna()]
    votes = chosen.groupby(["item_id", "code"]).coder.nunique()
    leading = votes[votes == votes.groupby("item_id").transform("max")].reset_index()
    return leading[~leading.duplicated("item_id", keep=False)].set_index("item_id").code
