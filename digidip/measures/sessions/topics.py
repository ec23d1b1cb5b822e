"""Topics: how wide a question session is, and whether the topics asked are those answered."""

from functools import partial

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact

from digidip.measures._registry import measure
from digidip.measures.sessions._session_questions import open_questions, questions_with_topics, with_hashtags
from digidip.measures.sessions._sessions import check_rule, day_starts, posts_and_comments
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._comment_queries import COMPLETENESS
from digidip.measures.statistics._intervals import percentiles, share_row
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p

OPEN = "open threads"
NO_TOPICS = "not available: no coding of topics, and no hashtag, for any question of a session"


@measure(
    unit="share of questions",
    keys=("session", "topic"),
    columns=("asked", "answered", "p", "p_adjusted", "method"),
    people=("asked",),
)
def session_topic_share(
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
    """Share of each topic among the questions open to a session, beside the questions answered.

    Formula: questions on the topic / questions with a known topic; `p`: Fisher's exact test of answered or not against
    this topic or another. Interval: Wilson; for 0 or all exact, one-sided.
    **Unit** share of questions. **Reads** comments.is_official, parent_id, commented_at, text; codings.
    **Source** Wilson 1927; Fisher 1935; docs/methods.md#topics; docs/claims-and-studies.md#f043.
    **Caution** The topic is the code that most coders chose; without codings the first hashtag of the text that is not
    the session's stands for it, and `method` says so. Many topics are many tests: read `p_adjusted`
    (Benjamini and Hochberg, over all rows). Of real people, topics of fewer than 5 questions, so of fewer than 5 people, are
    withheld (docs/methods.md#small-cells).
    Parameters: `posts`, `comments`; `start`, `end`, ISO dates in `zone`; `by`, columns of posts; `gap` in minutes;
    `least` answers; `topics`, codings with codebook "topic"; `events`, `entities`, as in `session_answered_share`;
    `completeness` as in `official_answer_share`.
    Returns the group columns, `session`, `topic`, `session_topic_share`, `n` (questions with a topic), `low`, `high`,
    `asked`, `answered`, `p`, `p_adjusted`, `method`; the most asked topic first.

    >>> import pandas as pd
    >>> ids = {"platform": "x", "post_id": "1", "account_id": "a", "label": "synthetic"}
    >>> posts = pd.DataFrame({**ids, "ministry": "PER", "posted_at": pd.to_datetime(["2016-01-01T08:00Z"]),
    ...                       "reply_to_id": None, "reply_to_account_id": None})
    >>> at = pd.to_datetime([f"2016-01-01T09:0{n}Z" for n in range(7)])
    >>> comments = pd.DataFrame({**ids, "comment_id": list("abcdxyz"), "parent_id": [None] * 4 + list("abc"),
    ...     "author": list("pqrpaaa"), "is_official": [False] * 4 + [True] * 3, "commented_at": at,
    ...     "text": ["#visa?", "#visa?", "#visa?", "#war?", "", "", ""], "lang": None})
    >>> found = session_topic_share(posts, comments, start="2016-01-01", end="2016-01-02")
    >>> found[["topic", "session_topic_share", "asked", "answered", "p"]].round(2).values.tolist()
    [['visa', 0.75, 3, 3, 0.25], ['war', 0.25, 1, 0, 0.25]]
    """
    check_rule(gap, least)
    rows = partial(_topic_rows, ends=day_starts(start, end, zone), gap=gap, least=least, events=events, topics=topics)
    columns = {"session": "Int64", "topic": "str", "session_topic_share": "float64", **NUMBERS}
    columns |= {"asked": "Int64", "answered": "Int64", "p": "float64", "method": "str"}
    table = result_table(
        with_hashtags(posts_and_comments(posts, comments, group_columns(by), completeness), entities),
        group_columns(by),
        rows,
        columns,
    )
    return with_adjusted_p(table)


@measure(unit="effective topics", keys=("session", "per"), columns=("capture", "topic", "method"))
def topic_breadth(
    posts, comments, *, start, end, zone="UTC", by="ministry", gap=60, least=3, topics=None, events=None, entities=None,
    draws=9999, seed=13, completeness=COMPLETENESS
):  # fmt: skip
    """How many topics a session is about: as many equally frequent ones would be as mixed.

    Formula: exp(H), H = -sum of p(k) ln p(k), p(k) the share of topic k among questions asked, or answered, of known
    topic, and among those of the window open to no session; capture = largest p(k). Interval: percentiles of multinomial
    draws of the same questions.
    **Unit** effective topics. **Reads** comments.is_official, parent_id, commented_at, text; codings.
    **Source** Hill 1973 (doi:10.2307/1934352), order 1; docs/methods.md#topics.
    **Caution** Few questions show few topics: compare sessions of like size. Of five answers at most five topics can be seen.
    The draws lean low as the formula does; the interval is widened to hold the value.
    Parameters: `posts`, `comments`; `start`, `end`, ISO dates in `zone`; `by`, columns of posts; `gap` in minutes;
    `least` answers; `topics`, codings with codebook "topic"; `events`, `entities`, as in `session_answered_share`;
    `draws`, `seed`; `completeness` as in `official_answer_share`.
    Returns the group columns, `session` (missing for open threads), `per` (asked, answered, open threads), `topic_breadth`,
    `n` (questions with a topic), `low`, `high`, `capture`, `topic` (the largest), `method`.

    >>> import pandas as pd
    >>> ids = {"platform": "x", "post_id": "1", "account_id": "a"}
    >>> posts = pd.DataFrame({**ids, "ministry": "PER", "posted_at": pd.to_datetime(["2016-01-01T08:00Z"]),
    ...                       "reply_to_id": None, "reply_to_account_id": None})
    >>> at = pd.to_datetime([f"2016-01-01T09:0{n}Z" for n in range(7)])
    >>> comments = pd.DataFrame({**ids, "comment_id": list("abcdxyz"), "parent_id": [None] * 4 + list("abc"),
    ...     "author": list("pqrpaaa"), "is_official": [False] * 4 + [True] * 3, "commented_at": at,
    ...     "text": ["#visa?", "#visa?", "#war?", "#war?", "", "", ""], "lang": None})
    >>> found = topic_breadth(posts, comments, start="2016-01-01", end="2016-01-02").iloc[0]
    >>> found.per, float(found.topic_breadth.round(3)), float(found.capture)  # two topics, asked equally often
    ('asked', 2.0, 0.5)
    """
    check_rule(gap, least)
    given = {"ends": day_starts(start, end, zone), "gap": gap, "least": least, "events": events, "topics": topics}
    columns = {"session": "Int64", "per": "str", "topic_breadth": "float64", **NUMBERS, "capture": "float64"}
    rows = partial(_breadth_rows, **given, draws=draws, seed=seed)
    columns |= {"topic": "str", "method": "str"}
    return result_table(
        with_hashtags(posts_and_comments(posts, comments, group_columns(by), completeness), entities),
        group_columns(by),
        rows,
        columns,
    )


def _on_topics(part, ends, gap, least, events, topics):
    """The questions with a topic, of sessions and of open threads (session 0); how it is known.

    Why there is none, or None.
    """
    asked, reason = open_questions(part, ends, gap, least, events)
    asked, method = questions_with_topics(pd.concat([asked, _in_no_session(part, asked, ends)]), topics)
    asked = asked[asked.topic.notna()]
    return asked, method, reason or (None if asked.session.gt(0).any() else NO_TOPICS)


def _in_no_session(part, asked, ends):
    """The comments of the window that were open to no session."""
    rows = part[(part.kind == "comment") & part.minute.between(ends[0], ends[-1], inclusive="left")]
    return rows[~rows.id.isin(asked.id)].assign(session=0, is_answered=False, tag="", rule=OPEN)


def _topic_rows(part, ends, gap, least, events, topics):
    """One row for each session and topic of a group."""
    asked, method, reason = _on_topics(part, ends, gap, least, events, topics)
    if reason:
        return [{"n": 0, "method": reason}]
    sessions = asked[asked.session > 0].groupby("session")
    return [row for number, own in sessions for row in _topics_of(number, own, f"{method}; {own.rule.iloc[0]}")]


def _topics_of(number, own, method):
    """The topics of one session, the most asked first."""
    counts = own.groupby("topic").is_answered.agg(["size", "sum"]).reset_index()
    rows = []
    for topic, asked, answered in counts.sort_values(["size", "topic"], ascending=[False, True]).itertuples(
        index=False
    ):
        row = share_row("session_topic_share", asked, len(own))
        p = _fisher(asked, answered, len(own) - asked, counts["sum"].sum() - answered)
        numbers = {"asked": asked, "answered": answered, "p": p, "method": f"{row['method']}; {method}"}
        rows.append({"session": number, "topic": topic, **row, **numbers})
    return rows


def _fisher(asked, answered, others, others_answered):
    """Fisher's exact p of one topic against the others; none where there are no others."""
    table = [[answered, asked - answered], [others_answered, others - others_answered]]
    return fisher_exact(table).pvalue if others else np.nan


def _breadth_rows(part, ends, gap, least, events, topics, draws, seed):
    """Two rows for each session of a group, topics asked and answered.

    And one of open threads, where there are any.
    """
    asked, method, reason = _on_topics(part, ends, gap, least, events, topics)
    if reason:
        return [{"per": per, "n": 0, "method": reason} for per in ("asked", "answered")]
    rows = []
    for number, own in asked[asked.session > 0].groupby("session"):
        method_and_rule = f"{method}; {own.rule.iloc[0]}"
        for per, some in (("asked", own), ("answered", own[own.is_answered])):
            rows.append(
                {"session": number, "per": per} | _breadth_row(some.topic.value_counts(), method_and_rule, draws, seed)
            )
    others = asked.topic[asked.session == 0].value_counts()
    return rows + ([{"per": OPEN} | _breadth_row(others, method, draws, seed)] if len(others) else [])


def _breadth_row(counts, method, draws, seed):
    """One session, asked or answered."""
    n = int(counts.sum())
    if not n:
        return {"n": 0, "method": "not defined: no question of known topic"}
    counts = counts.sort_index()
    shares = counts.to_numpy() / n
    drawn = np.random.default_rng(seed).multinomial(n, shares, size=draws) / n
    value = _effective(shares[None])[0]
    low, high = percentiles(value, _effective(drawn))
    found = {"topic_breadth": value, "n": n, "low": low, "high": high, "capture": shares.max()}
    return found | {"topic": counts.idxmax(), "method": method}


def _effective(shares):
    """exp(H) of each row of shares."""
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    return np.exp(-(shares * logs).sum(axis=1))
