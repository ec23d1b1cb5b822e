"""Inquiries: how many come, of which kind, when; and how well the rules find them.

`inquiries` makes the table that the measures here, in answers, timing and staffing read: one row per top-level comment
by others, with its kind and the wait for its first official answer.
"""

from functools import partial

import ibis
import numpy as np
import pandas as pd
from ibis import _

from digidip.measures._registry import measure
from digidip.measures.inquiries._inquiry_table import (
    INQUIRY,
    KINDS,
    checked_inquiries,
    inquiries_by_kind,
    inquiry_counts,
    inquiry_rows,
    missing_answer_reason,
    rows_by_kind,
    with_known_answers,
)
from digidip.measures.inquiries._rule_errors import with_rule_errors
from digidip.measures.statistics._columns import WEEKDAYS, group_columns, window_days
from digidip.measures.statistics._comment_queries import COMPLETENESS
from digidip.measures.statistics._intervals import (
    jackknife_interval,
    rate_row,
    rate_rows,
    share_interval,
    share_row,
)
from digidip.measures.statistics._result_table import NUMBERS, day_method, result_table
from digidip.tables import TableError

DAY = _.asked.truncate("D")
NO_CODES = "no result: no comment coded by coders who agree"


def inquiry_table(
    posts,
    comments,
    *,
    codings=None,
    by="ministry",
    zone="UTC",
    answer="reply",
    until=None,
    frame=True,
    completeness=COMPLETENESS,
):
    """The top-level comments by others as pandas: kind, wait and answer of each.

    What the measures of inquiries read.

    Kind (none, procedural, complex) is that of the coders of `codings` (codebook "inquiry", variable "kind"; most votes;
    only if their α passes .667), else that of the rules of `_question_words`, of which measures take no more than it is
    worth (see `inquiry_share`). `answer` "reply" counts official replies to the
    comment itself, "thread" those to any reply under it too. Unanswered ones are observed until the collection (the last
    comment held where nobody noted it), or until `until`, a local day of `zone`. `by`: columns of posts to carry.
    `absent` says why nothing can be told of an account, or of a group of `by` on a platform: less than `completeness` of
    the comments reported are held (docs/methods.md#completeness); a post without comments keeps a row without a comment.
    An answer earlier than its comment raises `TableError`. `frame=False` keeps more rows than memory holds in the engine,
    as an Ibis table, which the measures read alike.

    >>> import pandas as pd
    >>> ids = {"platform": "x", "account_id": "a", "post_id": "1"}
    >>> posts = pd.DataFrame({**ids, "ministry": ["PER"]})
    >>> texts = {"text": ["How much is a visa?", "By post.", "Hello"], "author": ["p1", "a", "p2"], "lang": None}
    >>> times = {"commented_at": ["2016-01-01T09:00Z", "2016-01-01T09:30Z", "2016-01-01T11:00Z"]}
    >>> links = {"comment_id": ["c", "d", "e"], "parent_id": [None, "c", None], "is_official": [False, True, False]}
    >>> comments = pd.DataFrame({**ids, **links, **texts, **times})
    >>> inquiry_table(posts, comments)[["comment_id", "kind", "is_answered", "hours"]].values.tolist()
    [['c', 'procedural', True, 0.5], ['e', 'none', False, 0.0]]
    """
    if answer not in ("reply", "thread"):
        raise TableError(f"answer must be 'reply' or 'thread', not {answer!r}.")
    by = group_columns(by)
    rows = inquiry_rows(posts, comments, by, zone, codings, answer, until, completeness)
    return checked_inquiries(rows, by, frame)


@measure(unit="share of comments", keys=("kind",), columns=("method",))
def inquiry_share(inquiries, *, by="ministry"):
    """Share of the public's top-level comments that ask something, by kind.

    Formula: inquiries of the kind / top-level comments by others. Interval: Wilson; one-sided exact for none or all. As in
    every measure of inquiries, kinds of uncoded comments are imputed from the coded ones of their account, where enough are.
    **Unit** share of comments. **Reads** inquiries: kind, coded, ruled. **Source** Wilson 1927; Rubin 1987; Tenenbein 1970
    (doi:10.1080/01621459.1970.10481170); docs/methods.md#inquiry-detection, #misclassification.
    **Caution** Supposes that the coded comments are a random sample of the account's. "found by the rules" in `method`: too
    few are coded (20 inquiries, 20 others), and the interval knows of no error of the rules. Private messages are in no export.
    Parameters: `inquiries`, made by `inquiries`; `by`, columns it carries.
    Returns the group columns, `kind`, `inquiry_share`, `n` (comments), `low`, `high`, `method` (how kinds are known).

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "comment_id": ["c", "d"], "kind": ["complex", "none"], "basis": "rules",
    ...                      "absent": None})
    >>> inquiry_share(rows).inquiry_share.tolist()  # any inquiry, procedural, complex
    [0.5, 0.0, 0.5]
    """

    by = group_columns(by)

    def rows(part):
        known = with_known_answers(part)
        if known.empty:
            return [{"kind": INQUIRY, "n": 0, "method": missing_answer_reason(part)}]
        per = known.groupby("kind")["rows"].sum()
        events = {INQUIRY: per.drop("none", errors="ignore").sum()} | {kind: per.get(kind, 0) for kind in KINDS}
        return [{"kind": kind} | share_row("inquiry_share", int(x), int(per.sum())) for kind, x in events.items()]

    def found(table, by):
        columns = {"kind": "str", "inquiry_share": "float64", **NUMBERS, "method": "str"}
        return result_table(inquiry_counts(table, by, "kind"), by, rows, columns)

    return with_rule_errors(inquiry_share, inquiries, by, found)


@measure(unit="share, 0 to 1", keys=("statistic",), columns=("method",))
def inquiry_detection(inquiries, *, by="ministry"):
    """How well the rules find inquiries, against the coders: precision, recall, F1, kinds named right.

    Formula: precision = found rightly / found; recall = found rightly / there; F1 = 2 found rightly / (found + there);
    kind = inquiries of both with the same kind / inquiries of both. Interval: Wilson; none for F1, which is no share.
    **Unit** share, 0 to 1. **Reads** inquiries: coded, ruled. **Source** van Rijsbergen 1979; Wilson 1927;
    docs/methods.md#inquiry-detection.
    **Caution** The coders are taken for right. Only comments whose kind most coders agree on count, and only if their α
    passes .667 (see `coder_agreement`). Holds for the language and month that were coded.
    Parameters: as `inquiry_share`. Returns the group columns, `statistic`, `inquiry_detection`, `n` (below the line),
    `low`, `high`, `method`.

    >>> import pandas as pd
    >>> codes = {"coded": ["complex", "complex", "none", "none"], "ruled": ["complex", "none", "complex", "none"]}
    >>> rows = pd.DataFrame({"ministry": "PER", "comment_id": list("cdef"), "absent": None, **codes})
    >>> inquiry_detection(rows)[["statistic", "inquiry_detection", "n"]].values.tolist()
    [['precision', 0.5, 2], ['recall', 0.5, 2], ['F1', 0.5, 4], ['kind', 1.0, 1]]
    """
    columns = {"statistic": "str", "inquiry_detection": "float64", **NUMBERS, "method": "str"}
    return result_table(
        inquiry_counts(inquiries, group_columns(by), "coded", "ruled"), group_columns(by), _detected, columns
    )


@measure(unit="inquiries per day", keys=("kind", "interval"), columns=("method",))
def inquiry_rate(inquiries, *, start, end, by="ministry"):
    """Inquiries per day over the window, by kind.

    Formula: inquiries asked on the local days of [start, end) / days. Intervals: Garwood's exact Poisson limits; and
    t of the log mean over days in order, which allows for days that differ more than chance and go on.
    **Unit** inquiries per day. **Reads** inquiries: asked, kind. **Source** Garwood 1936
    (doi:10.1093/biomet/28.3-4.437); docs/methods.md#rates; docs/methods.md#uncertainty.
    **Caution** Only what is asked under the posts at hand: late questions under older posts are missing. No clustered
    interval from fewer than eight days.
    Parameters: `inquiries`, made by `inquiries` in the zone of the days; `start`, `end`, ISO dates, the end excluded; `by`.
    Returns the group columns, `kind`, `interval` (empty, or "clustered" by day), `inquiry_rate`, `n` (inquiries), `low`,
    `high`, `method`.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "comment_id": [*map(str, range(20))], "kind": "procedural",
    ...                      "absent": None, "asked": pd.Timestamp("2016-01-01 12:00")})
    >>> found = inquiry_rate(rows, start="2016-01-01", end="2016-01-02").iloc[0]
    >>> found.inquiry_rate, round(found.low, 4), round(found.high, 4)  # 20 in one day
    (np.float64(20.0), np.float64(12.2165), np.float64(30.8884))
    """
    by, days = group_columns(by), window_days(start, end)

    def kinds(rows):
        counts = _daily(rows, days)
        exact = rate_row("inquiry_rate", int(counts.sum()), len(days))
        clustered = exact | _over_days(counts.to_numpy(float))
        return [exact | {"interval": "", "method": "exact Poisson"}, clustered | {"interval": "clustered"}]

    def found(table, by):
        columns = {"kind": "str", "interval": "str", "inquiry_rate": "float64", **NUMBERS, "method": "str"}
        rows = partial(rows_by_kind, found=kinds, interval="")
        return result_table(inquiry_counts(table, by, "kind", day=DAY), by, rows, columns)

    return with_rule_errors(inquiry_rate, inquiries, by, found)


@measure(unit="inquiries", keys=("day",), columns=("method",))
def inquiries_per_day(inquiries, *, start, end, by="ministry"):
    """Inquiries on each local day of the window.

    Formula: inquiries asked on local day d, for every d of [start, end). Interval: Garwood's exact Poisson limits.
    **Unit** inquiries. **Reads** inquiries: asked, kind. **Source** Garwood 1936; docs/methods.md#inquiry-detection.
    **Caution** A day without one is a true 0 as long as the export holds comments of the group; else it is missing.
    Parameters: as `inquiry_rate`. Returns the group columns, `day`, `inquiries_per_day`, `n`, `low`, `high`,
    `method`.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "comment_id": ["c"], "kind": "complex", "absent": None,
    ...                      "asked": pd.Timestamp("2016-01-02 12:00")})
    >>> inquiries_per_day(rows, start="2016-01-01", end="2016-01-03").inquiries_per_day.tolist()
    [0.0, 1.0]
    """
    by, days = group_columns(by), window_days(start, end)

    def rows(part):
        known = with_known_answers(part)
        if known.empty:
            return [{"day": day, "n": 0, "method": missing_answer_reason(part)} for day in days]
        counts = _daily(inquiries_by_kind(known)[INQUIRY], days)
        rates = rate_rows("inquiries_per_day", counts.to_list())
        return [{"day": day, **rate, "method": "exact Poisson"} for day, rate in zip(days, rates, strict=True)]

    def found(table, by):
        columns = {"day": "datetime64[us]", "inquiries_per_day": "float64", **NUMBERS, "method": "str"}
        return result_table(inquiry_counts(table, by, "kind", day=DAY), by, rows, columns)

    return with_rule_errors(inquiries_per_day, inquiries, by, found)


@measure(unit="inquiries per day", keys=("weekday",), columns=("method",))
def inquiries_per_weekday(inquiries, *, start, end, by="ministry"):
    """Inquiries per day, for each day of the week.

    Formula: inquiries asked on that weekday / such days in [start, end). Interval: Garwood's exact Poisson limits.
    **Unit** inquiries per day. **Reads** inquiries: asked, kind. **Source** Garwood 1936;
    docs/methods.md#inquiry-detection.
    **Caution** A month has four or five of each: one busy Monday makes the Mondays. The interval takes days as alike.
    Parameters: as `inquiry_rate`. Returns the group columns, `weekday`, `inquiries_per_weekday`, `n` (inquiries), `low`,
    `high`, `method`: how many such days.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "comment_id": ["c"], "kind": "complex", "absent": None,
    ...                      "asked": pd.Timestamp("2016-01-01 12:00")})  # a Friday; Fridays are 1 and 8 January
    >>> inquiries_per_weekday(rows, start="2016-01-01", end="2016-01-11").inquiries_per_weekday.tolist()
    [0.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0]
    """
    by, days = group_columns(by), window_days(start, end)
    there = {name: int((days.day_of_week == number).sum()) for number, name in enumerate(WEEKDAYS)}

    def rows(part):
        known = with_known_answers(part)
        if known.empty:
            return [{"weekday": name, "n": 0, "method": missing_answer_reason(part)} for name in WEEKDAYS]
        counts = _daily(inquiries_by_kind(known)[INQUIRY], days)
        sums = {name: int(counts[counts.index.day_of_week == number].sum()) for number, name in enumerate(WEEKDAYS)}
        return [{"weekday": day} | _per_weekday(sums[day], there[day]) for day in WEEKDAYS]

    def found(table, by):
        columns = {"weekday": "str", "inquiries_per_weekday": "float64", **NUMBERS, "method": "str"}
        return result_table(inquiry_counts(table, by, "kind", day=DAY), by, rows, columns)

    return with_rule_errors(inquiries_per_weekday, inquiries, by, found)


@measure(unit="inquiries", keys=("weekday", "hour"), columns=("answers", "method"))
def inquiry_hours(inquiries, *, by="ministry"):
    """Inquiries by weekday and hour of arrival, and the answers to them by weekday and hour of writing.

    Formula: inquiries asked in that hour of the week; `answers` written in it. Interval: Garwood's exact Poisson limits.
    **Unit** inquiries. **Reads** inquiries: asked, answered, kind. **Source** Garwood 1936;
    docs/methods.md#inquiry-detection.
    **Caution** Clock hours of the zone in which `inquiries` was made. An hour lost to daylight saving has none. What is
    known to a day or by an age has no hour.
    Parameters: as `inquiry_share`. Returns the group columns, `weekday`, `hour`, `inquiry_hours`, `n`, `low`, `high`,
    `answers`, `method`.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "comment_id": ["c"], "kind": "complex", "absent": None,
    ...                      "asked": pd.Timestamp("2016-01-01 09:10"), "answered": pd.Timestamp("2016-01-02 08:00")})
    >>> found = inquiry_hours(rows).query("inquiry_hours + answers > 0")
    >>> found[["weekday", "hour", "inquiry_hours", "answers"]].values.tolist()
    [['Friday', 9, 1, 0], ['Saturday', 8, 0, 1]]
    """
    by = group_columns(by)

    def rows(part):
        known = with_known_answers(part)
        if known.empty:
            return [
                {"weekday": day, "hour": hour, "n": 0, "method": missing_answer_reason(part)} for day, hour in _WEEK
            ]
        both = [_weekly(inquiries_by_kind(known)[INQUIRY], moment) for moment in ("asked", "answered")]
        cells = zip(_WEEK, rate_rows("inquiry_hours", both[0].tolist()), both[1], strict=True)
        return [
            {"weekday": day, "hour": hour, **rate, "answers": y, "method": "exact Poisson"}
            for (day, hour), rate, y in cells
        ]

    columns = {
        "weekday": "str",
        "hour": "int64",
        "inquiry_hours": "Int64",
        **NUMBERS,
        "answers": "Int64",
        "method": "str",
    }

    def found(table, by):
        is_known = _.hours.notnull() if "hours" in table.columns else ibis.literal(True)
        at = {name: ibis.ifelse(is_known, _[name].truncate("h"), ibis.null()) for name in ("asked", "answered")}
        hours = [inquiry_counts(table, by, "kind", **{name: moment}) for name, moment in at.items()]
        return result_table(pd.concat(hours, ignore_index=True), by, rows, columns)

    return with_rule_errors(inquiry_hours, inquiries, by, found)


_WEEK = [(day, hour) for day in WEEKDAYS for hour in range(24)]


def _weekly(rows, moment):
    """How many moments fall in each hour of the week, Monday 0 h first."""
    rows = rows.dropna(subset=moment)
    hours = rows[moment].dt.day_of_week * 24 + rows[moment].dt.hour
    return np.bincount(hours, weights=rows["rows"], minlength=len(_WEEK)).astype(int)


def _detected(part):
    """The rows of one group: rules against coders, or why there is no result."""
    coded = part[part["rows"] > 0].dropna(subset="coded")
    if coded.empty:
        return [{"statistic": name, "n": 0, "method": NO_CODES} for name in ("precision", "recall", "F1", "kind")]
    there, found = coded.coded != "none", coded.ruled != "none"
    cases = (there & found, there & found & (coded.coded == coded.ruled), found, there)
    right, alike, found, there = (int(coded["rows"][case].sum()) for case in cases)
    pairs = {"precision": (right, found), "recall": (right, there), "F1": (2 * right, found + there)}
    pairs |= {"kind": (alike, right)}
    return [{"statistic": name} | _ratio(name, *map(int, pair)) for name, pair in pairs.items()]


def _ratio(name, events, n):
    """One row of detection."""
    if n == 0:
        return {"n": 0, "method": "not defined: nothing below the line"}
    low, high = (np.nan, np.nan) if name == "F1" else share_interval(events, n)
    return {"inquiry_detection": events / n, "n": n, "low": low, "high": high, "method": "rules against coders"}


def _daily(rows, days):
    """Inquiries on each of the days."""
    return rows.groupby("day")["rows"].sum().reindex(days, fill_value=0)


def _over_days(counts):
    """The interval of the mean of days in order: t of its logarithm."""
    table = np.column_stack([counts, np.ones(len(counts))])
    value, low, high = jackknife_interval(lambda sums: sums[:, 0] / sums[:, 1], table, "log")
    return {"low": low, "high": high, "method": day_method(value, low, len(counts))}


def _per_weekday(events, days):
    """The row of one weekday."""
    if not days:
        return {"n": 0, "method": "not defined: no such day in the window"}
    return rate_row("inquiries_per_weekday", events, days) | {"method": f"exact Poisson over {days} days"}
