"""Occasions: whether a ministry answers in crises only."""

from functools import partial

import numpy as np
from scipy.stats import binomtest
from scipy.stats import t as student

from digidip.measures._registry import measure
from digidip.measures.sessions._sessions import (
    answer_times,
    answers_of,
    day_starts,
    events_of_ministries,
    minutes,
    posts_and_comments,
)
from digidip.measures.statistics._columns import group_columns, window_days
from digidip.measures.statistics._comment_queries import COMPLETENESS
from digidip.measures.statistics._intervals import Z, rate_rows, share_interval, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p

DAY = 1440
NO_CRISIS = "not available: no crisis of this ministry in the window is among the events"
MEASURED_PER = ("day", "comment")


@measure(
    unit="ratio of rates", keys=("event", "per"), columns=("inside", "outside", "p", "p_adjusted", "placebos", "method")
)
def crisis_answer_ratio(
    posts, comments, *, start, end, zone="UTC", by="ministry", events=None, kind="crisis", completeness=COMPLETENESS
):
    """How many times as often a ministry answers within a crisis as outside all crises.

    Formula: (answers inside / exposure inside) / (answers outside / exposure outside); exposure is days, and comments
    by others. Interval: exact, conditional on the total (answers inside are binomial); from 8 days on after division of the
    counts by their dispersion over days (Pearson's, 1 at least) times (t / z)². Placebo: windows of the same length, moved
    by whole days to where no crisis is, and with exposure; p = (1 + placebos with a rate at least as high) / (1 + placebos);
    `p_adjusted` (Holm) over all rows of the table.
    **Unit** ratio of rates. **Reads** comments.is_official, commented_at; posts.reply_to_id, posted_at; events.
    **Source** Przyborowski and Wilenski 1940 (doi:10.1093/biomet/31.3-4.313); docs/methods.md#crises;
    docs/claims-and-studies.md#m05.
    **Caution** A crisis brings questions: more answers a day with the same share per comment is not more readiness. No
    answer outside leaves no ratio, only a lower bound (binomial, one-sided 95 %), which `method` gives. With few days
    no p can be small, and the interval takes days as alike.
    Parameters: `posts`, `comments`; `start`, `end`, ISO dates in `zone`; `by`, columns of posts; `events`, as
    `store.reference("events")`, and their `kind`; `completeness` as in `official_answer_share`.
    Returns the group columns, `event`, `per` (day, comment), `crisis_answer_ratio`, `n` (answers), `low`, `high`,
    `inside`, `outside` (answers), `p`, `p_adjusted`, `placebos`, `method`.

    >>> import pandas as pd
    >>> at = pd.to_datetime([f"2016-01-0{n}T12:00Z" for n in (1, 2, 2, 2, 3, 4)])
    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "reply_to_account_id": "p",
    ...     "post_id": list("bcdefg"), "reply_to_id": list("123456"), "posted_at": at})
    >>> none = pd.DataFrame(columns=["platform", "post_id", "comment_id", "parent_id", "author", "is_official",
    ...                              "commented_at", "text", "lang"])
    >>> flood = pd.DataFrame({"event": "Flood", "ministry": "PER", "kind": "crisis",
    ...     "begins_at": pd.to_datetime(["2016-01-02T00:00Z"]), "ends_at": pd.to_datetime(["2016-01-03T00:00Z"])})
    >>> found = crisis_answer_ratio(posts, none, start="2016-01-01", end="2016-01-05", events=flood)
    >>> found[["per", "crisis_answer_ratio", "inside", "outside", "p"]].values.tolist()[0]  # 3 in one day; 1 in each of three
    ['day', 3.0, 3, 3, 0.25]
    >>> found[["low", "high"]].round(1).values.tolist()[0]  # 3 of 6 are 11.8 to 88.2 %; odds times 3 days to 1
    [0.4, 22.4]
    """
    rows = partial(_ratio_rows, ends=day_starts(start, end, zone), events=events, kind=kind)
    columns = {"event": "str", "per": "str", "crisis_answer_ratio": "float64", **NUMBERS}
    columns |= {"inside": "Int64", "outside": "Int64", "p": "float64", "placebos": "Int64", "method": "str"}
    spoken = posts_and_comments(posts, comments, group_columns(by), completeness)
    return with_adjusted_p(result_table(spoken, group_columns(by), rows, columns), "holm")


@measure(unit="official answers", keys=("day",), columns=("event", "method"))
def answers_per_day(
    posts, comments, *, start, end, zone="UTC", by="ministry", events=None, kind="crisis", completeness=COMPLETENESS
):
    """Official answers on each local day of the window, and whether the day touches a crisis.

    Formula: number of answers with local date d, for every d of [start, end). Interval: Garwood's exact Poisson limits.
    **Unit** official answers. **Reads** comments.is_official, commented_at; posts.reply_to_id, posted_at; events.
    **Source** Garwood 1936 (doi:10.1093/biomet/28.3-4.437); docs/methods.md#crises.
    **Caution** A day without an answer is a true 0 where the ministry answers in the window at all; else every day is missing.
    Parameters: `posts`, `comments`; `start`, `end`, ISO dates in `zone`; `by`, columns of posts; `events`, as
    `store.reference("events")`, and their `kind`; `completeness` as in `official_answer_share`.
    Returns the group columns, `day` (local midnight), `answers_per_day`, `n` (the same answers), `low`, `high`, `event`
    (missing on a day without one), `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "reply_to_account_id": "p",
    ...     "post_id": ["b"], "reply_to_id": ["1"], "posted_at": pd.to_datetime(["2016-01-02T02:00Z"])})
    >>> none = pd.DataFrame(columns=["platform", "post_id", "comment_id", "parent_id", "author", "is_official",
    ...                              "commented_at", "text", "lang"])
    >>> answers_per_day(posts, none, start="2016-01-01", end="2016-01-03", zone="America/Lima").answers_per_day.tolist()
    [1, 0]
    """
    rows = partial(_day_rows, days=window_days(start, end), ends=day_starts(start, end, zone), events=events, kind=kind)
    columns = {"day": "datetime64[us]", "answers_per_day": "Int64", **NUMBERS, "event": "str", "method": "str"}
    return result_table(
        answer_times(posts, comments, group_columns(by), completeness), group_columns(by), rows, columns
    )


def _spans(part, events, kind, ends):
    """Name, first and last minute of the events of a kind that touch the window, cut to it."""
    if events is None:
        return []
    own_events = events_of_ministries(events[events.kind == kind], part)
    cut = [minutes(own_events[name]).clip(ends[0], ends[-1]) for name in ("begins_at", "ends_at")]
    return [(name, low, high) for name, low, high in zip(own_events.event, *cut, strict=True) if high > low]


def _ratio_rows(part, ends, events, kind):
    """Two rows for each crisis of a group, or one with the reason why there is none."""
    answers, reason = answers_of(part, ends)
    spans = _spans(part, events, kind, ends)
    if reason or not spans:
        return [{"n": 0 if reason else len(answers), "method": reason or NO_CRISIS}]
    inside = part.minute.between(ends[0], ends[-1], inclusive="left") & (part.kind == "comment")
    times, asked = answers.minute.to_numpy(), part.minute[inside].to_numpy()
    given = {"times": times, "asked": asked, "spans": spans, "ends": ends}
    return [{"event": span[0], "per": per} | _ratio_row(span, per, **given) for span in spans for per in MEASURED_PER]


def _ratio_row(span, per, times, asked, spans, ends):
    """One crisis, per day or per comment."""
    others = [each for each in spans if each[0] != span[0]]
    days = _daily(times, asked if per == "comment" else None, span, others, ends)
    inside, exposed, outside, exposed_outside = days.sum(axis=0)
    row = {"n": len(times), "inside": int(inside), "outside": int(outside)}
    if not exposed or not exposed_outside:
        where = "inside" if not exposed else "outside"
        return row | {"method": f"not available: no comment by others {where} the crisis is held"}
    if not outside:
        return row | {"method": _bound(int(inside), exposed, exposed_outside)}
    found = {"crisis_answer_ratio": inside / exposed / (outside / exposed_outside)} | _limits(days)
    return row | found | _placebo(times, asked if per == "comment" else None, span, spans, ends)


def _limits(days):
    """Limits of the ratio given all answers: those inside are binomial with odds ratio · exposure inside / outside.

    From enough days on, as if there were as many answers as dispersion over days leaves.
    """
    inside, exposed, outside, exposed_outside = days.sum(axis=0)
    scale, method = 1.0, "exact, conditional Poisson"
    if not too_few(len(days), "days"):
        scale = _dispersion(days)
        method += f"; dispersion of {len(days)} local days {scale:.2f}"
    events, n = inside / scale, (inside + outside) / scale
    odds = [share / (1 - share) * exposed_outside / exposed for share in share_interval(events, n, method="beta")]
    return dict(zip(("low", "high"), odds, strict=True)) | {"method": method}


def _dispersion(days):
    """Pearson's dispersion of answers around one rate inside and one outside, times (t / z)²; 1 at least."""
    counts, exposed = days[:, [0, 2]], days[:, [1, 3]]
    expected = exposed * counts.sum(axis=0) / exposed.sum(axis=0)
    there = expected > 0
    df = there.sum() - 2
    found = ((counts - expected)[there] ** 2 / expected[there]).sum() / df if df > 0 else 1.0
    return max(1.0, found * (student.ppf(0.975, df) / Z) ** 2) if found > 1 else 1.0


def _bound(inside, exposed, exposed_outside):
    """What can be said where all answers fall inside: the least ratio that would have given so."""
    if not inside:
        return "not defined: no answer inside or outside"
    share = binomtest(inside, inside, alternative="greater").proportion_ci(0.95).low
    return f"not defined: no answer outside; at least {share / (1 - share) * exposed_outside / exposed:,.1f} (exact, one-sided)"


def _daily(times, asked, span, others, ends):
    """For each local day: answers and exposure inside the crisis, answers and exposure outside all."""
    day_of = [np.searchsorted(ends, each, "right") - 1 for each in (times, times if asked is None else asked)]
    crises = [span, *others]
    columns = []
    for wanted in ([span], crises):
        held = np.bincount(day_of[0], minlength=len(ends) - 1, weights=_in_any(times, wanted))
        if asked is None:
            exposed = _days_in(wanted, ends)
        else:
            exposed = np.bincount(day_of[1], minlength=len(ends) - 1, weights=_in_any(asked, wanted))
        columns += [held, exposed]
    whole = np.diff(ends) / DAY if asked is None else np.bincount(day_of[1], minlength=len(ends) - 1)
    all_answers = np.bincount(day_of[0], minlength=len(ends) - 1)
    return np.column_stack([columns[0], columns[1], all_answers - columns[2], whole - columns[3]])


def _in_any(times, spans):
    """1 for each time within one of the spans, else 0."""
    return np.any([(times >= low) & (times < high) for _, low, high in spans], axis=0).astype(float)


def _days_in(spans, ends):
    """The part of each local day that lies in the spans, in days; overlaps counted once."""
    covered, until = np.zeros(len(ends) - 1), -np.inf
    for _, low, high in sorted(spans, key=lambda span: span[1]):
        low, until = max(low, until), max(high, until)
        covered += np.clip(np.minimum(high, ends[1:]) - np.maximum(low, ends[:-1]), 0, None) / DAY
    return covered


def _placebo(times, asked, span, spans, ends):
    """How many windows of the same length elsewhere, of those with exposure, have a rate at least as high."""
    length = span[2] - span[1]
    first = span[1] - DAY * np.floor((span[1] - ends[0]) / DAY)
    moved = [(low, low + length) for low in np.arange(first, ends[-1] - length + 0.5, DAY)]
    free = [each for each in moved if all(each[1] <= low or each[0] >= high for _, low, high in spans)]
    rate, *elsewhere = (_rate(times, asked, each) for each in (span[1:], *free))
    known = [each for each in elsewhere if each == each]
    return {"p": (1 + sum(each >= rate for each in known)) / (1 + len(known)), "placebos": len(known)}


def _rate(times, asked, span):
    """Answers within a span per day of it, or per comment within it; missing where nobody commented."""
    low, high = span
    answers = ((times >= low) & (times < high)).sum()
    exposed = (high - low) / DAY if asked is None else ((asked >= low) & (asked < high)).sum()
    return answers / exposed if exposed else np.nan


def _day_rows(part, days, ends, events, kind):
    """One row for each day of the window."""
    answers, reason = answers_of(part, ends)
    counts = np.bincount(np.searchsorted(ends, answers.minute, "right") - 1, minlength=len(days))[: len(days)]
    spans = _spans(part, events, kind, ends)
    rates = [{**rate, "method": "exact"} for rate in rate_rows("answers_per_day", counts.tolist())]
    found = [{"n": 0, "method": reason}] * len(days) if reason else rates
    rows = zip(days, ends[:-1], ends[1:], found, strict=True)
    return [{"day": day, "event": _touching(spans, low, high)} | row for day, low, high, row in rows]


def _touching(spans, low, high):
    """The names of the spans that touch a day, in words; missing where none does."""
    return " · ".join(name for name, first, last in spans if first < high and last > low) or None
