"""Sessions: runs of official answers, how long they last, how many questions they answer, and whose."""

import warnings
from functools import partial

import numpy as np
import pandas as pd
from statsmodels.discrete.conditional_models import ConditionalLogit

from digidip.measures._registry import measure
from digidip.measures.sessions._session_questions import (
    answers_by_session,
    open_questions,
    overlapping_events,
    question_sessions,
    questions_with_topics,
    with_hashtags,
)
from digidip.measures.sessions._sessions import answer_times, check_rule, day_starts, moments, posts_and_comments
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._comment_queries import COMPLETENESS
from digidip.measures.statistics._intervals import share_row
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p

TERMS = {
    "position": "from the first question (0) to the last (1)",
    "hour": "an hour later on the day",
    "length": "ten letters more",
    "other language": "against the most common language",
    "first time": "against who has asked before",
    "largest topic": "on the topic most asked in the session, against others or none",
}
ALIKE = 10  # the condition number from which terms tell nearly the same (Belsley, Kuh and Welsch 1980)
SEPARATED = 25  # a standard error that only a likelihood without a maximum has
COPIES = "not defined: the term is the same for all questions of a session"


@measure(unit="minutes", keys=("session",), columns=("begins_at", "ends_at", "announced", "method"))
def session_duration(
    posts, comments, *, start, end, zone="UTC", by="ministry", gap=60, least=3, events=None, completeness=COMPLETENESS
):
    """How long each question session lasts, from its first to its last official answer.

    Formula: a session is a run of at least `least` answers, none later than `gap` minutes after the one before; its
    duration is time of last answer - time of first. Not known from above (`low` alone) where the window begins or ends within
    the gap, for then the session may go on beyond.
    **Unit** minutes. **Reads** comments.is_official, commented_at; posts.reply_to_id, posted_at; events.
    **Source** a rule of this project; docs/methods.md#session-rule.
    **Caution** The invitation and the time of reading are not part of it. Answers of all accounts of a group run
    together: say by="account_id" for each alone.
    Parameters: `posts`, `comments`; `start`, `end`, ISO dates in `zone`; `by`, columns of posts; `gap` in minutes;
    `least` answers; `events`, as `store.reference("events")`; `completeness` as in `official_answer_share`.
    Returns the group columns, `session` (number in order of time), `session_duration`, `n` (answers), `low`, `high`,
    `begins_at`, `ends_at`, `announced` (event that overlaps it), `method`; one row with a reason where there is none.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "reply_to_account_id": "p",
    ...     "post_id": list("bcde"), "reply_to_id": list("1234"), "posted_at": pd.to_datetime(
    ...     ["2016-01-01T10:00Z", "2016-01-01T10:05Z", "2016-01-01T10:15Z", "2016-01-02T09:00Z"])})
    >>> none = pd.DataFrame(columns=["platform", "post_id", "comment_id", "parent_id", "author", "is_official",
    ...                              "commented_at", "text", "lang"])
    >>> session_duration(posts, none, start="2016-01-01", end="2016-01-03")[["session", "session_duration", "n"]].values.tolist()
    [[1, 15.0, 3]]
    """
    check_rule(gap, least)
    rows = partial(_duration_rows, ends=day_starts(start, end, zone), gap=gap, least=least, events=events)
    columns = {"session": "Int64", "session_duration": "float64", **NUMBERS}
    columns |= dict.fromkeys(("begins_at", "ends_at"), "datetime64[us, UTC]") | {"announced": "str", "method": "str"}
    return result_table(
        answer_times(posts, comments, group_columns(by), completeness), group_columns(by), rows, columns
    )


@measure(
    unit="share of questions",
    keys=("session",),
    columns=("answered", "askers", "languages", "method"),
    people=("askers",),
)
def session_answered_share(
    posts,
    comments,
    *,
    start,
    end,
    zone="UTC",
    by="ministry",
    gap=60,
    least=3,
    events=None,
    entities=None,
    completeness=COMPLETENESS,
):
    """Share of the questions open to a session that it answers.

    Formula: questions answered in the session / questions open to it: top-level comments by others, written before it ends
    and not answered before it begins. Where an event announced it with a hashtag that questions carry, those that carry it
    or stand under a post that does, since the session before; else those under the posts at which the session answers.
    `method` says which. Interval: Wilson; for 0 or all exact, one-sided.
    **Unit** share of questions. **Reads** comments.is_official, parent_id, author, commented_at, text, lang;
    posts.reply_to_id; events; entities.
    **Source** Wilson 1927 (doi:10.1080/01621459.1927.10502953); docs/methods.md#session-rule.
    **Caution** Every top-level comment counts as a question. Questions to nobody's post, deleted or moderated ones are
    not seen. Askers are pseudonyms: one person may have several. A hijacked hashtag brings in what is no question.
    Parameters: `posts`, `comments`; `start`, `end`, ISO dates in `zone`; `by`, columns of posts; `gap` in minutes;
    `least` answers; `events`, as `store.reference("events")`; `entities`, hashtags of posts;
    `completeness` as in `official_answer_share`.
    Returns the group columns, `session`, `session_answered_share`, `n` (questions), `low`, `high`, `answered`,
    `askers`, `languages` (of the questions, missing where the export tells none), `method`.

    >>> import pandas as pd
    >>> ids = {"platform": "x", "post_id": "1", "account_id": "a", "label": "synthetic"}
    >>> posts = pd.DataFrame({**ids, "ministry": "PER", "posted_at": pd.to_datetime(["2016-01-01T08:00Z"]),
    ...                       "reply_to_id": None, "reply_to_account_id": None})
    >>> at = pd.to_datetime([f"2016-01-01T09:0{n}Z" for n in range(7)])
    >>> comments = pd.DataFrame({**ids, "comment_id": list("abcdxyz"), "parent_id": [None] * 4 + list("abc"),
    ...     "author": list("pqrpaaa"), "is_official": [False] * 4 + [True] * 3, "commented_at": at, "text": "?", "lang": None})
    >>> found = session_answered_share(posts, comments, start="2016-01-01", end="2016-01-02")
    >>> found[["session", "session_answered_share", "n", "answered", "askers"]].values.tolist()
    [[1, 0.75, 4, 3, 3]]
    """
    check_rule(gap, least)
    rows = partial(_answered_rows, ends=day_starts(start, end, zone), gap=gap, least=least, events=events)
    columns = {"session": "Int64", "session_answered_share": "float64", **NUMBERS}
    columns |= {"answered": "Int64", "askers": "Int64", "languages": "Int64", "method": "str"}
    return result_table(
        with_hashtags(posts_and_comments(posts, comments, group_columns(by), completeness), entities),
        group_columns(by),
        rows,
        columns,
    )


@measure(unit="ratio of odds", keys=("term",), columns=("p", "p_adjusted", "answered", "method"))
def answered_odds_ratio(
    posts,
    comments,
    *,
    start,
    end,
    zone="UTC",
    by="ministry",
    gap=60,
    least=3,
    topics=None,
    events=None,
    entities=None,
    completeness=COMPLETENESS,
):
    """Who is answered: odds of an answer among the questions open to the same session.

    Formula: conditional logit, strata = sessions: log odds of an answer = session + sum of b × term; ratio = exp(b).
    Terms: position among the questions (0 first, 1 last), hour of the day, letters (per ten), a language other than the
    most common one, first comment of this author in the export, the largest topic of the session (codings, else hashtags).
    Interval: Wald. Where the answers are too few for all terms together, or two terms tell nearly the same (condition
    number above 10), each stands alone, and `method` says so.
    **Unit** ratio of odds. **Reads** comments.is_official, parent_id, author, commented_at, text, lang; codings;
    events; entities. **Source** McFadden 1974; Chamberlain 1980 (doi:10.2307/2297110); docs/methods.md#answered-odds.
    **Caution** A description, not an effect: what makes a question worth answering is not in the table. With a handful of answers
    a session intervals are wide. A term that stands alone may tell of another: position and hour where questions come in one
    rush. Six terms are six tests: read `p_adjusted` (Holm). Followers and tone of the asker are not in any export.
    Parameters: `posts`, `comments`; `start`, `end`, ISO dates in `zone`; `by`, columns of posts; `gap` in minutes;
    `least` answers; `topics`, codings with codebook "topic"; `events`, `entities`, as in `session_answered_share`;
    `completeness` as in `official_answer_share`.
    Returns the group columns, `term`, `answered_odds_ratio`, `n` (questions), `low`, `high`, `p`, `p_adjusted`, `answered`, `method`.

    >>> import pandas as pd
    >>> ids = {"platform": "x", "post_id": "1", "account_id": "a"}
    >>> posts = pd.DataFrame({**ids, "ministry": "PER", "posted_at": pd.to_datetime(["2016-01-01T08:00Z"]),
    ...                       "reply_to_id": None, "reply_to_account_id": None})
    >>> at = pd.to_datetime([f"2016-01-01T09:0{n}Z" for n in range(7)])
    >>> comments = pd.DataFrame({**ids, "comment_id": list("abcdxyz"), "parent_id": [None] * 4 + list("abc"),
    ...     "author": list("pqrpaaa"), "is_official": [False] * 4 + [True] * 3, "commented_at": at, "text": "?", "lang": None})
    >>> found = answered_odds_ratio(posts, comments, start="2016-01-01", end="2016-01-02")
    >>> found[["term", "n", "answered", "method"]].values.tolist()[2]  # all texts are equally long
    ['length', 4, 3, 'not defined: the term is the same for all questions of a session; questions under the posts answered']
    """
    check_rule(gap, least)
    given = {"zone": zone, "gap": gap, "least": least, "topics": topics, "events": events}
    rows = partial(_odds_rows, ends=day_starts(start, end, zone), **given)
    columns = {"term": "str", "answered_odds_ratio": "float64", **NUMBERS, "p": "float64"}
    columns |= {"answered": "Int64", "method": "str"}
    table = result_table(
        with_hashtags(posts_and_comments(posts, comments, group_columns(by), completeness), entities),
        group_columns(by),
        rows,
        columns,
    )
    return with_adjusted_p(table, "holm")


def _duration_rows(part, ends, gap, least, events):
    """One row for each session of a group."""
    answers, reason = answers_by_session(part, ends, gap, least)
    if reason:
        return [{"n": len(answers), "method": reason}]
    events = question_sessions(events, part)
    own = answers[answers.session > 0].groupby("session").minute
    return [_duration_row(number, times.to_numpy(), ends, gap, events) for number, times in own]


def _duration_row(number, times, ends, gap, events):
    """One session."""
    first, last = times[0], times[-1]
    is_cut = first - gap < ends[0] or last + gap >= ends[-1]
    row = {
        "session": number,
        "session_duration": last - first,
        "n": len(times),
        "low": last - first if is_cut else np.nan,
    }
    row |= {"begins_at": moments(first), "ends_at": moments(last), "announced": _announced(first, last, events)}
    return row | {"method": "censored: the window begins or ends within the gap" if is_cut else "gap rule"}


def _announced(first, last, events):
    """The events that overlap a session, in words; missing where none does."""
    return None if events is None else " · ".join(overlapping_events(events, first, last).event) or None


def _answered_rows(part, ends, gap, least, events):
    """One row for each session of a group."""
    asked, reason = open_questions(part, ends, gap, least, events)
    if reason:
        return [{"n": 0, "method": reason}]
    return [_answered_row(number, own) for number, own in asked.groupby("session")]


def _answered_row(number, own):
    """One session."""
    row = share_row("session_answered_share", int(own.is_answered.sum()), len(own))
    fields = {"session": number, **row, "answered": int(own.is_answered.sum()), "askers": own.author.nunique()}
    method = "; ".join([row["method"], *own.rule.unique()])
    return fields | {"languages": own.lang.nunique() or None, "method": method}


def _odds_rows(part, ends, zone, gap, least, topics, events):
    """One row for each term."""
    asked, reason = open_questions(part, ends, gap, least, events)
    if reason:
        return [{"term": term, "n": 0, "method": reason} for term in TERMS]
    design = _design(questions_with_topics(asked, topics)[0], part, zone)
    inner = design - design.groupby(asked.session).transform("mean")
    mixed = asked.groupby("session").is_answered.transform("nunique") > 1
    table = [term for term in TERMS if inner.loc[mixed, term].abs().max() > 1e-9]
    found = _together_or_alone(asked.is_answered[mixed], design.loc[mixed, table], asked.session[mixed])
    counts = {"n": len(asked), "answered": int(asked.is_answered.sum())}
    rows = [{"term": term, **counts, **found.get(term, {"method": COPIES})} for term in TERMS]
    return [row | {"method": "; ".join([row["method"], *asked.rule.unique()])} for row in rows]


def _design(asked, part, zone):
    """The terms of every question."""
    local = asked["at"].dt.tz_convert(zone)
    rank = asked.groupby("session").minute.rank(method="average") - 1
    others = asked.groupby("session").minute.transform("size") - 1
    firsts = part[part.kind == "comment"].drop_duplicates(["platform", "author"]).id
    common = asked.lang.mode()
    largest = asked.groupby("session").topic.transform(lambda topics: next(iter(topics.mode()), None))
    return pd.DataFrame(
        {
            "position": rank / others.clip(lower=1),
            "hour": local.dt.hour + local.dt.minute / 60,
            "length": asked.text.fillna("").str.len() / 10,
            "other language": asked.lang.ne(common.iloc[0]) & asked.lang.notna() if len(common) else False,
            "first time": asked.id.isin(firsts),
            "largest topic": asked.topic.eq(largest) & asked.topic.notna(),
        }
    ).astype(float)


def _together_or_alone(answered, design, session):
    """Estimates of the terms beside each other; where the answers are too few for that, of each alone."""
    together = _fitted(answered, design, session, "conditional logit, Wald")
    if together or design.empty:
        return together
    alone = [
        _fitted(answered, design[[term]], session, "conditional logit of this term alone, Wald") for term in design
    ]
    why = {"method": "not defined: the term separates the answered from the others"}
    return {term: found.get(term, why) for term, found in zip(design, alone, strict=True)}


def _fitted(answered, design, session, method):
    """Ratio, interval and p of each term; nothing where the model is not determined."""
    inner = design - design.groupby(session).transform("mean")
    if design.empty or answered.sum() <= design.shape[1] or np.linalg.cond(inner / np.sqrt((inner**2).sum())) > ALIKE:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fit that fails is told in the table
        model = ConditionalLogit(answered.astype(int).to_numpy(), design.to_numpy(), groups=session.to_numpy())
        try:
            fit = model.fit(disp=0)
        except (ValueError, np.linalg.LinAlgError):
            return {}
    if not (np.isfinite(fit.bse).all() and (fit.bse < SEPARATED).all()):
        return {}
    names = "answered_odds_ratio", "low", "high", "p", "method"
    rows = zip(np.exp(fit.params), *np.exp(fit.conf_int()).T, fit.pvalues, [method] * len(fit.params), strict=True)
    return {term: dict(zip(names, row, strict=True)) for term, row in zip(design, rows, strict=True)}
