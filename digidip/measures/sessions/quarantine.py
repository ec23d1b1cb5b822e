"""Quarantine: how far answers are confined to sessions, and whether that is more than chance."""

from functools import partial

import numpy as np

from digidip.measures._registry import measure
from digidip.measures.sessions._sessions import (
    answer_times,
    answers_in_sessions,
    answers_of,
    check_rule,
    compare_with_chance,
    day_starts,
    events_of_ministries,
    minutes,
    moments,
    permute_times,
    session_numbers,
    uniform_times,
)
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._comment_queries import COMPLETENESS
from digidip.measures.statistics._counts import divide
from digidip.measures.statistics._intervals import percentiles, resamples, share_interval
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p

GAPS = (15, 30, 60, 120, 240)
DEALT = {"any moment": uniform_times, "hours of other days": permute_times}
CHANCE = {"expected": "float64", "expected_low": "float64", "expected_high": "float64", "p": "float64"}


@measure(
    unit="share of answers",
    keys=("least", "gap"),
    columns=("sessions", "expected", "expected_low", "expected_high", "p", "p_adjusted", "method"),
)
def session_answer_share(
    posts,
    comments,
    *,
    start,
    end,
    zone="UTC",
    by="ministry",
    gaps=GAPS,
    least=3,
    draws=999,
    seed=13,
    completeness=COMPLETENESS,
):
    """Share of the official answers within sessions, for each gap and each least number of answers.

    Formula: answers in runs of at least `least` answers, none later than `gap` minutes after the one before / answers.
    Interval: percentile bootstrap over local days; exact, one-sided where none or all. Expected: the same share after the answers of the window have
    exchanged their times of day, days kept; p = (1 + draws at or above) / (1 + draws); `p_adjusted` over all rows (Benjamini
    and Hochberg).
    **Unit** share of answers. **Reads** comments.is_official, commented_at; posts.reply_to_id, posted_at.
    **Source** a definition of this project; docs/methods.md#quarantine.
    **Caution** A longer gap makes longer runs, so the share can only rise with it. Many answers a day run together by
    chance: read the share beside what is expected. Few days give a rough interval.
    Parameters: `posts`, `comments`; `start`, `end`, ISO dates in `zone`; `by`, columns of posts; `gaps` in minutes;
    `least` answers, a number or several; `draws`, `seed`; `completeness` as in `official_answer_share`.
    Returns the group columns, `least`, `gap`, `session_answer_share`, `n` (answers), `low`, `high`, `sessions`, `expected` with
    `expected_low` and `expected_high`, `p`, `p_adjusted`, `method`; missing, never 0, where no answer is known.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "reply_to_account_id": "p",
    ...     "post_id": list("bcde"), "reply_to_id": list("1234"), "posted_at": pd.to_datetime(
    ...     ["2016-01-01T10:00Z", "2016-01-01T10:05Z", "2016-01-01T10:10Z", "2016-01-03T09:00Z"])})
    >>> none = pd.DataFrame(columns=["platform", "post_id", "comment_id", "parent_id", "author", "is_official",
    ...                              "commented_at", "text", "lang"])
    >>> found = session_answer_share(posts, none, start="2016-01-01", end="2016-01-04", gaps=(2, 30))
    >>> found[["gap", "session_answer_share", "n", "sessions"]].values.tolist()
    [[2, 0.0, 4, 0], [30, 0.75, 4, 1]]
    """
    rules = [(many, gap) for many in np.atleast_1d(least).tolist() for gap in gaps]
    for many, gap in rules:
        check_rule(gap, many)
    rows = partial(_share_rows, ends=day_starts(start, end, zone), rules=rules, draws=draws, seed=seed)
    columns = {
        "least": "int64",
        "gap": "int64",
        "session_answer_share": "float64",
        **NUMBERS,
        "sessions": "Int64",
        **CHANCE,
    }
    spoken = answer_times(posts, comments, group_columns(by), completeness)
    return with_adjusted_p(result_table(spoken, group_columns(by), rows, columns | {"method": "str"}))


@measure(
    unit="ratio of shares",
    keys=("sessions",),
    columns=("answer_share", "time_share", "expected", "expected_low", "expected_high", "p", "p_adjusted", "method"),
)
def quarantine_index(
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
    draws=9999,
    seed=13,
    completeness=COMPLETENESS,
):
    """How much denser answers are in sessions than over the whole window: 1 is no quarantine.

    Formula: (answers in sessions / answers) / (minutes in sessions / minutes of the window), for sessions detected by
    the gap rule and for those announced (events of kind question session). Interval: percentile bootstrap over local
    days. Expected: see `session_answer_share`; `p_adjusted` (Holm) over all rows.
    **Unit** ratio of shares. **Reads** comments.is_official, commented_at; posts.reply_to_id, posted_at; events.
    **Source** a definition of this project; docs/methods.md#quarantine.
    **Caution** A detected session lasts from its first to its last answer, so it is dense by construction and the index
    far above 1 even by chance: compare it with `expected`. An announced session owes nothing to the answers, and 1
    means 1. Draws without any session leave the interval open to the few days that hold them.
    Parameters: `posts`, `comments`; `start`, `end`, ISO dates in `zone`; `by`, columns of posts; `gap` in minutes;
    `least` answers; `events`, as `store.reference("events")`; `draws` (of answers: 999 at most), `seed`;
    `completeness` as in `official_answer_share`.
    Returns the group columns, `sessions`, `quarantine_index`, `n` (answers), `low`, `high`, `answer_share`,
    `time_share`, `expected` with `expected_low` and `expected_high`, `p`, `p_adjusted`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "reply_to_account_id": "p",
    ...     "post_id": list("bcde"), "reply_to_id": list("1234"), "posted_at": pd.to_datetime(
    ...     ["2016-01-01T10:00Z", "2016-01-01T10:05Z", "2016-01-01T10:10Z", "2016-01-02T09:00Z"])})
    >>> none = pd.DataFrame(columns=["platform", "post_id", "comment_id", "parent_id", "author", "is_official",
    ...                              "commented_at", "text", "lang"])
    >>> found = quarantine_index(posts, none, start="2016-01-01", end="2016-01-03").iloc[0]
    >>> found.sessions, float(found.quarantine_index)  # 3 of 4 answers in 10 of 2,880 minutes
    ('detected', 216.0)
    """
    check_rule(gap, least)
    given = {"ends": day_starts(start, end, zone), "gap": gap, "least": least, "events": events, "draws": draws}
    columns = {"sessions": "str", "quarantine_index": "float64", **NUMBERS, "answer_share": "float64"}
    columns |= {"time_share": "float64", **CHANCE, "method": "str"}
    spoken, rows = (
        answer_times(posts, comments, group_columns(by), completeness),
        partial(_index_rows, **given, seed=seed),
    )
    return with_adjusted_p(result_table(spoken, group_columns(by), rows, columns), "holm")


@measure(
    unit="official answers",
    keys=("against",),
    columns=("begins_at", "expected", "expected_low", "expected_high", "p", "p_adjusted", "method"),
)
def answer_scan(
    posts, comments, *, start, end, zone="UTC", by="ministry", width=15, draws=999, seed=13, completeness=COMPLETENESS
):
    """The most official answers in any stretch of so many minutes, against chance.

    Formula: max over answers i of the number of answers in [t(i), t(i) + width]. Expected: the mean, and 2.5 % and
    97.5 % points, of as many answers that come at any moment of the window alike, and of the same answers after they have
    exchanged their times of day, days kept; p = (1 + draws at or above) / (1 + draws); `p_adjusted` over all
    rows (Holm).
    **Unit** official answers. **Reads** comments.is_official, commented_at; posts.reply_to_id, posted_at.
    **Source** Naus 1965 (JASA 60: 532-538), with draws in place of the exact law; docs/methods.md#scan.
    **Caution** A count of what was seen has no sampling interval. Against any moment alike, office hours are a burst too.
    Against the hours of other days, weekly sessions at one hour are none, and a day on which all answers fall is not
    noticed: `crisis_answer_ratio` looks at days.
    Parameters: `posts`, `comments`; `start`, `end`, ISO dates in `zone`; `by`, columns of posts; `width` in minutes;
    `draws`, `seed`; `completeness` as in `official_answer_share`.
    Returns the group columns, `against` (any moment, hours of other days), `answer_scan`, `n` (answers), `low`, `high`
    (missing), `begins_at`, `expected` with `expected_low` and `expected_high`, `p`, `p_adjusted`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "reply_to_account_id": "p",
    ...     "post_id": list("bcde"), "reply_to_id": list("1234"), "posted_at": pd.to_datetime(
    ...     ["2016-01-01T10:00Z", "2016-01-01T10:05Z", "2016-01-01T10:10Z", "2016-01-02T09:00Z"])})
    >>> none = pd.DataFrame(columns=["platform", "post_id", "comment_id", "parent_id", "author", "is_official",
    ...                              "commented_at", "text", "lang"])
    >>> found = answer_scan(posts, none, start="2016-01-01", end="2016-01-03")
    >>> found[["against", "answer_scan", "n"]].values.tolist()
    [['any moment', 3, 4], ['hours of other days', 3, 4]]
    """
    rows = partial(_scan_rows, ends=day_starts(start, end, zone), width=width, draws=draws, seed=seed)
    columns = {"against": "str", "answer_scan": "Int64", **NUMBERS, "begins_at": "datetime64[us, UTC]"}
    spoken = answer_times(posts, comments, group_columns(by), completeness)
    return with_adjusted_p(result_table(spoken, group_columns(by), rows, columns | CHANCE | {"method": "str"}), "holm")


def _share_rows(part, ends, rules, draws, seed):
    """One row for each rule: least number of answers, gap."""
    answers, reason = answers_of(part, ends)
    if reason:
        return [{"least": least, "gap": gap, "n": 0, "method": reason} for least, gap in rules]
    times = answers.minute.to_numpy()
    return [{"least": least, "gap": gap} | _share_row(times, gap, least, ends, draws, seed) for least, gap in rules]


def _share_row(times, gap, least, ends, draws, seed):
    """Share, interval and chance of one rule."""
    number = session_numbers(times, gap, least)
    low, high, method = _interval(number > 0, _daily(times, number > 0, ends), draws, seed)
    chance = compare_with_chance(
        lambda drawn: answers_in_sessions(drawn, gap, least)[0] / len(times), times, ends, draws, seed
    )
    found = {"session_answer_share": (number > 0).mean(), "n": len(times), "low": low, "high": high}
    return found | {"sessions": number.max(), **chance, "method": method}


def _interval(mask, days, draws, seed):
    """Interval of a share over redrawn days; the exact bound where none or all are inside."""
    if mask.all() or not mask.any():
        return *share_interval(int(mask.sum()), len(mask)), "exact, one-sided"
    return *_bootstrap(days, _share, draws, seed), f"bootstrap of {len(days)} local days"


def _index_rows(part, ends, gap, least, events, draws, seed):
    """The row of sessions detected, and the row of those announced where there are any."""
    answers, reason = answers_of(part, ends)
    spans = {"announced": _announced(part, events, ends)}
    kinds = ["detected", *(["announced"] if len(spans["announced"]) else [])]
    if reason:
        return [{"sessions": kind, "n": 0, "method": reason} for kind in kinds]
    times = answers.minute.to_numpy()
    number = session_numbers(times, gap, least)
    spans["detected"] = _runs(times, number)
    masks = {"detected": number > 0, "announced": _in_spans(times, spans["announced"])}
    parts = {
        "detected": lambda drawn: answers_in_sessions(drawn, gap, least),
        "announced": partial(_covered, spans=spans["announced"]),
    }
    return [
        {"sessions": kind} | _index_row(times, masks[kind], spans[kind], parts[kind], ends, draws, seed)
        for kind in kinds
    ]


def _index_row(times, mask, spans, inside, ends, draws, seed):
    """Index, interval and chance of one kind of session."""
    total = ends[-1] - ends[0]

    def index(drawn):
        held, lasted = inside(drawn)
        return divide(held / len(times), lasted / total)

    value, shares = index(times[None])[0], [found[0] for found in inside(times[None])]
    row = {"n": len(times), "answer_share": shares[0] / len(times), "time_share": shares[1] / total}
    if np.isnan(value):
        return row | {"method": "not defined: no session that lasts"}
    days = _daily(times, mask, ends, spans)
    low, high = _bootstrap(days, _ratio, draws, seed)
    chance = compare_with_chance(index, times, ends, min(draws, 999), seed)
    return row | {"quarantine_index": value, "low": low, "high": high, **chance, "method": _days_said(ends)}


def _scan_rows(part, ends, width, draws, seed):
    """One row for each kind of chance."""
    answers, reason = answers_of(part, ends)
    if reason:
        return [{"against": against, "n": 0, "method": reason} for against in DEALT]
    times = answers.minute.to_numpy()
    most = _from_each(times[None], width)[0]
    found = {"answer_scan": int(most.max()), "n": len(times), "begins_at": moments(times[most.argmax()])}
    given = lambda drawn: _from_each(drawn, width).max(axis=1), times, ends, draws, seed
    chances = {against: compare_with_chance(*given, deal) for against, deal in DEALT.items()}
    return [
        {"against": against, **found, **chance, "method": f"{draws:,} draws"} for against, chance in chances.items()
    ]


def _from_each(rows, width):
    """How many answers each row has from each answer on, within the width."""
    return np.stack([np.searchsorted(row, row + width + 1e-6, "right") for row in rows]) - np.arange(rows.shape[1])


def _announced(part, events, ends):
    """First and last minute of the announced question sessions of these ministries, cut to the window."""
    if events is None:
        return np.empty((0, 2))
    own_events = events_of_ministries(events[events.kind == "question session"], part)
    spans = np.column_stack([minutes(own_events.begins_at), minutes(own_events.ends_at)]).clip(ends[0], ends[-1])
    return spans[spans[:, 1] > spans[:, 0]]


def _runs(times, number):
    """First and last minute of each session."""
    inside, each = number > 0, np.arange(1, number.max() + 1)
    ends = [np.searchsorted(number[inside], each, side) for side in ("left", "right")]
    return np.column_stack([times[inside][ends[0]], times[inside][ends[1] - 1]])


def _covered(rows, spans):
    """For each row of times: how many lie in the spans, and the minutes of these, overlaps counted once."""
    return _in_spans(rows, spans).sum(axis=1), np.full(len(rows), _union(spans))


def _in_spans(times, spans):
    """Which times lie in a span."""
    return ((times[..., None] >= spans[:, 0]) & (times[..., None] < spans[:, 1])).any(axis=-1)


def _union(spans):
    """Minutes that the spans cover together; they ascend."""
    ends = np.maximum.accumulate(np.append(-np.inf, spans[:-1, 1]))
    return np.clip(spans[:, 1] - np.maximum(spans[:, 0], ends), 0, None).sum()


def _daily(times, inside, ends, spans=None):
    """For each local day: answers, answers in sessions, minutes in sessions, minutes."""
    day = np.searchsorted(ends, times, "right") - 1
    counts = [np.bincount(day, minlength=len(ends) - 1, weights=weights) for weights in (None, inside.astype(float))]
    spans = np.empty((0, 2)) if spans is None else spans
    lasted = [_union(np.clip(spans, *pair)) for pair in zip(ends[:-1], ends[1:], strict=True)]
    return np.column_stack([*counts, lasted, np.diff(ends)])


def _share(sums):
    return divide(sums[:, 1], sums[:, 0])


def _ratio(sums):
    return divide(_share(sums), divide(sums[:, 2], sums[:, 3]))


def _bootstrap(days, statistic, draws, seed):
    """Percentile interval of a statistic of the sums over redrawn days, expanded by t; none from too few days."""
    if len(days) < 2:
        return np.nan, np.nan
    drawn = np.concatenate([statistic(weights @ days) for weights in resamples(len(days), draws, seed, days.shape[1])])
    return percentiles(statistic(days.sum(axis=0)[None])[0], drawn, len(days))


def _days_said(ends):
    """How the interval was made."""
    return f"bootstrap of {len(ends) - 1} local days"
