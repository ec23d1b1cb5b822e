"""Early warning: what a detector would have sent at the time, how early it was, and how often for nothing."""

import numpy as np
import pandas as pd
from scipy.stats import quantile_test

from digidip.measures._registry import measure
from digidip.measures.influence._back_test import event_spans, outcomes
from digidip.measures.influence._detectors import DEFAULTS, warnings_of
from digidip.measures.influence._streams import grid_of, stream_rows
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._intervals import clustered_share_row, jackknife_interval, share_interval, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import TableError

DETECTORS = ("ewma", "cusum", "kleinberg", "simple")
TARGETS = (1, 3, 5, 10)  # false alarms per 100 stream-days that are accepted
QUIET = 24  # hours
KEYS = ("detector", "target")
RATE = 100 * 24  # of hours in 100 stream-days


@measure(
    unit="times its threshold",
    keys=("stream", "at"),
    columns=("observed", "expected", "event", "method"),
    limits="no interval",
)
def warning_strength(attention, *, by=(), events=None, span="hour", absent="missing", detector="ewma", quiet=QUIET):
    """Warnings of one detector in its standing setting, each from what was known at its time: how strong.

    Formula: z = (count - expected) / standard deviation, both exponentially weighted over the intervals before, with a
    factor of the hour of the week (or weekday). ewma: the smoothed z; cusum: S = max(0, S + z - slack), anew after each
    warning; kleinberg: the two-state automaton run forward; simple: z over a day, without the week. Strength is that
    over its threshold.
    **Unit** times its threshold; n is 1, a warning.
    **Reads** `attention`: series, begins_at, span, value; `events`: event, series, hashtag, begins_at, ends_at.
    **Source** Roberts 1959 (doi:10.1080/00401706.1959.10489860); Page 1954 (doi:10.1093/biomet/41.1-2.100); Kleinberg
    2003 (doi:10.1023/A:1024940629314); docs/methods.md#warnings.
    **Caution** A warning says that counts rose, not that a movement did: a bot flood, a match and a broken collector
    rise too. The standing setting was chosen on other streams than yours, of company mentions: look at the back-test.

    Parameters: `attention`; `by`, columns of it; `events`, as `store.reference("events")`; `span`, the interval;
    `absent`, what an interval without a row is; `detector`, one of ewma, cusum, kleinberg, simple; `quiet`, hours
    between warnings of a stream.
    Returns the group columns, `stream`, `at` (end of the interval, when it is known), `warning_strength`, `n`, `low`,
    `high`, `observed`, `expected`, `event` (in which it falls), `method`; a stream without a warning has one row that
    says so.

    >>> rows = pd.DataFrame({"begins_at": pd.date_range("2020-01-01", periods=21, tz="UTC"), "value": [4.0] * 20 + [24.0]})
    >>> rows = rows.assign(source="x", series="a", unit="posts", span="day", total=None)
    >>> warning_strength(rows, span="day", detector="simple")["warning_strength"].round(2).tolist()  # (24 - 4) / 2, over 6
    [1.67]
    """
    if detector not in DEFAULTS:
        raise TableError(f"detector {detector!r}: expected one of {', '.join(DETECTORS)}. Mend it.")
    by, setting = group_columns(by), DEFAULTS[detector]

    def rows(part):
        grid = grid_of(part, span, absent)
        if grid.reason:
            return [{"stream": each, "n": 0, "method": grid.reason} for each in list(grid.values) or [None]]
        sent, mean = warnings_of(grid, setting, quiet)
        spans = event_spans(grid, events)
        return [
            row
            for at in range(len(sent))
            for row in _warnings(grid, at, sent[at], mean, spans, f"{detector}: {setting}")
        ]

    columns = {"stream": "str", "at": "datetime64[us, UTC]", "warning_strength": "float64", **NUMBERS}
    columns |= {"observed": "float64", "expected": "float64", "event": "str", "method": "str"}
    return result_table(stream_rows(attention, by), by, rows, columns)


def _warnings(grid, at, sent, mean, spans, method):
    """The rows of one stream."""
    stream, hour = grid.values.columns[at], pd.Timedelta(hours=1)
    if not grid.watched.iloc[:, at].any():
        return [{"stream": stream, "n": 0, "method": grid.reason_of(stream)}]
    if not len(sent[0]):
        return [{"stream": stream, "n": 0, "method": f"no warning; {method}"}]
    found = []
    for place, strength in zip(*sent, strict=True):
        known = (place + 1) * grid.hours
        inside = [name for name, begin, end, _row in spans[stream] if begin < known and known - grid.hours < end]
        row = {"stream": stream, "at": grid.values.index[0] + known * hour, "warning_strength": strength, "n": 1}
        row |= {"observed": grid.values.iat[place, at], "expected": mean.iat[place, at], "method": method}
        found.append(row | {"event": "; ".join(inside) or None})
    return found


@measure(unit="share of dated events", keys=("detector", "target"), columns=("hits", "streams", "left_out", "method"))
def detection_share(
    attention, *, by=(), events=None, span="hour", absent="missing", detectors=DETECTORS, targets=TARGETS, quiet=QUIET
):
    """Share of dated events during which a detector warned, its settings chosen on the other streams.

    Formula: events with a warning in [begin, end) / events. For each stream, the setting that warns of most events of
    the other streams, and earliest, at no more than `target` false alarms per 100 of their stream-days. An event
    without an end counts for 72 hours.
    **Unit** share of dated events that concern a stream while it is watched.
    **Reads** `attention`: series, begins_at, span, value; `events`: event, series, hashtag, begins_at, ends_at.
    **Source** docs/methods.md#warnings; interval docs/methods.md#shares, streams as clusters, or events where
    fewer events than streams are dated; where all or none are hit, as many cases as there are of these.
    **Caution** A long event is easy to hit by chance. Who made the
    list of events may have looked at the counts.

    Parameters: `attention`; `by`, columns of it; `events`, as `store.reference("events")`; `span`, the interval;
    `absent`, what an interval without a row is; `detectors`; `targets`, false alarms accepted; `quiet`, hours between
    warnings of a stream.
    Returns the group columns, `detector`, `target`, `detection_share`, `n` (events), `low`, `high`, `hits`, `streams`
    (with events), `left_out` (events that concern no stream while it is watched), `method`.

    >>> from digidip.measures.influence.early_warning import _two_streams
    >>> rows, events = _two_streams()
    >>> detection_share(rows, events=events, span="day", detectors=["ewma"], targets=[5])[["detection_share", "n"]].values.tolist()
    [[1.0, 2.0]]
    """

    def row(part):
        own = part[part.what == "event"]
        streams, events = own.stream.nunique(), own.name.nunique()
        unit = "streams" if streams <= events else "events"  # that many streams see is one event, and they one case
        counts = own.groupby("stream" if unit == "streams" else "name").is_hit.agg(["sum", "size"])
        counts = counts.astype(int)
        found = clustered_share_row("detection_share", counts["sum"], counts["size"], unit, in_order=False)
        if found["method"] == "exact, one-sided" and len(counts) < len(own):
            low, high = share_interval(len(counts) * (found["detection_share"] > 0), len(counts))
            words = f"{len(counts)} {unit}" if len(counts) > 1 else f"1 {unit[:-1]}"
            found |= {"low": low, "high": high, "method": f"exact, one-sided, {words} as clusters"}
        left_out = int(part[part.what == "left out"].value.sum())
        return found | {"hits": int(counts["sum"].sum()), "streams": streams, "left_out": left_out}

    given = {"span": span, "absent": absent, "detectors": detectors, "targets": targets, "quiet": quiet}
    return _of_outcomes(
        "detection_share", row, dict.fromkeys(("hits", "streams", "left_out"), "Int64"), attention, events, by, given
    )


@measure(unit="false alarms per 100 stream-days", keys=("detector", "target"), columns=("stream_days", "method"))
def false_alarm_rate(
    attention, *, by=(), events=None, span="hour", absent="missing", detectors=DETECTORS, targets=TARGETS, quiet=QUIET
):
    """False alarms per 100 stream-days: warnings outside every dated event, held out.

    Formula: 100 · warnings outside events / days watched, all streams together, settings chosen on the others.
    Interval: each stream left out in turn; for none the exact Poisson bound.
    **Unit** false alarms per 100 stream-days; times 0.3 they are those of a stream in a month. n is the number of false
    alarms.
    **Reads** `attention`: series, begins_at, span, value; `events`: event, series, hashtag, begins_at, ends_at.
    **Source** docs/methods.md#warnings; interval docs/methods.md#uncertainty.
    **Caution** A list of events that lacks some makes true warnings false. The rate on a held-out stream may be above
    the target, which holds for the others.

    Parameters: `attention`; `by`, columns of it; `events`, as `store.reference("events")`; `span`, the interval;
    `absent`, what an interval without a row is; `detectors`; `targets`, false alarms accepted; `quiet`, hours between
    warnings of a stream.
    Returns the group columns, `detector`, `target`, `false_alarm_rate`, `n`, `low`, `high`, `stream_days`, `method`.

    >>> from digidip.measures.influence.early_warning import _two_streams
    >>> rows, events = _two_streams()
    >>> false_alarm_rate(rows, events=events, span="day", detectors=["ewma"], targets=[5])[["false_alarm_rate", "n"]].values.tolist()
    [[0.0, 0.0]]
    """

    def row(part):
        own = part[part.what == "stream"]
        days, alarms = own.hours.sum() / 24, int(own.value.sum())
        found = {"false_alarm_rate": 100 * alarms / days, "n": alarms, "stream_days": days}
        if not alarms:
            return found | {"low": 0.0, "high": -np.log(0.05) / days * 100, "method": "exact, one-sided"}
        if few := too_few(len(own), "streams"):
            return found | {"method": few}
        sums = own[["value", "hours"]].to_numpy()
        _, low, high = jackknife_interval(lambda rows: rows[:, :1] / rows[:, 1:] * RATE, sums, "log", in_order=False)
        if np.isnan(low[0]):
            return found | {"method": "no interval: one stream sent all of them"}
        return found | {"low": low[0], "high": high[0], "method": f"t, {len(own)} streams as clusters"}

    given = {"span": span, "absent": absent, "detectors": detectors, "targets": targets, "quiet": quiet}
    return _of_outcomes("false_alarm_rate", row, {"stream_days": "float64"}, attention, events, by, given)


@measure(unit="hours", keys=("detector", "target"), columns=("hits", "method"))
def detection_delay(
    attention, *, by=(), events=None, span="hour", absent="missing", detectors=DETECTORS, targets=TARGETS, quiet=QUIET
):
    """Hours from the beginning of a dated event to the first warning: the median over all events.

    Formula: end of the warning's interval less the beginning of the event; an event without a warning has an endless
    delay. The median, missed events last, with the interval of order statistics.
    **Unit** hours; n is the number of events.
    **Reads** `attention`: series, begins_at, span, value; `events`: event, series, hashtag, begins_at, ends_at.
    **Source** docs/methods.md#warnings; Conover 1999, Practical nonparametric statistics.
    **Caution** Where half of the events are missed there is no median. Counted from the beginning that somebody noted:
    a window that begins before anybody could know makes every delay long.

    Parameters: `attention`; `by`, columns of it; `events`, as `store.reference("events")`; `span`, the interval;
    `absent`, what an interval without a row is; `detectors`; `targets`, false alarms accepted; `quiet`, hours between
    warnings of a stream.
    Returns the group columns, `detector`, `target`, `detection_delay`, `n`, `low`, `high`, `hits`, `method`.

    >>> from digidip.measures.influence.early_warning import _two_streams
    >>> rows, events = _two_streams()
    >>> detection_delay(rows, events=events, span="day", detectors=["ewma"], targets=[5])[["detection_delay", "n"]].values.tolist()
    [[24.0, 2.0]]
    """

    def row(part):
        delays = np.sort(part[part.what == "event"].hours.fillna(np.inf).to_numpy())
        n, hits = len(delays), int(np.isfinite(delays).sum())
        median = float(delays[(n - 1) // 2])
        if not np.isfinite(median):
            return {"n": n, "hits": hits, "method": "not defined: half of the events or more had no warning"}
        low, high = (float(each) for each in quantile_test(delays, q=median, p=0.5).confidence_interval(0.95))
        low, high = (each if np.isfinite(each) else np.nan for each in (low, high))
        return {"detection_delay": median, "n": n, "low": low, "high": high, "hits": hits, "method": "order statistics"}

    given = {"span": span, "absent": absent, "detectors": detectors, "targets": targets, "quiet": quiet}
    return _of_outcomes("detection_delay", row, {"hits": "Int64"}, attention, events, by, given)


@measure(unit="share of warnings", keys=("detector", "target", "strongest"), columns=("method",))
def warning_precision(
    attention,
    *,
    by=(),
    events=None,
    span="hour",
    absent="missing",
    detectors=DETECTORS,
    targets=TARGETS,
    quiet=QUIET,
    strongest=(5, 10, 20),
):
    """Precision of the strongest warnings: the share that falls in a dated event, held out.

    Formula: of the k warnings of most strength over all streams, those in an event / k; fewer than k were sent: all of
    them. Settings are chosen on the other streams.
    **Unit** share of warnings; n is how many there are.
    **Reads** `attention`: series, begins_at, span, value; `events`: event, series, hashtag, begins_at, ends_at.
    **Source** docs/methods.md#warnings; interval docs/methods.md#shares, streams as clusters.
    **Caution** It rises with how common events are: a precision of one list says nothing of another (base rates).

    Parameters: `attention`; `by`, columns of it; `events`, as `store.reference("events")`; `span`, the interval;
    `absent`, what an interval without a row is; `detectors`; `targets`, false alarms accepted; `quiet`, hours between
    warnings of a stream; `strongest`, how many.
    Returns the group columns, `detector`, `target`, `strongest`, `warning_precision`, `n`, `low`, `high`, `method`.

    >>> from digidip.measures.influence.early_warning import _two_streams
    >>> rows, events = _two_streams()
    >>> warning_precision(rows, events=events, span="day", detectors=["ewma"], targets=[5], strongest=[5])["n"].tolist()
    [2]
    """

    def rows(part):
        warned = part[part.what == "warning"].sort_values(["value", "stream", "hours"], ascending=[False, True, True])
        if part.reason.notna().all():
            return [{"strongest": k, "n": 0, "method": part.reason.iloc[0]} for k in strongest]
        if warned.empty:
            return [{"strongest": k, "n": 0, "method": "not defined: no warning was sent"} for k in strongest]
        tops = ((k, warned.head(k).groupby("stream").is_hit.agg(["sum", "size"])) for k in strongest)
        shares = ((k, own["sum"].astype(int), own["size"]) for k, own in tops)
        return [
            {"strongest": k} | clustered_share_row("warning_precision", hits, sizes, "streams", in_order=False)
            for k, hits, sizes in shares
        ]

    by = group_columns(by)
    given = {"span": span, "absent": absent, "detectors": detectors, "targets": targets, "quiet": quiet}
    found = outcomes(attention, events, by, **given)
    columns = {"strongest": "int64", "warning_precision": "float64", **NUMBERS, "method": "str"}
    return _in_order(result_table(found, [*by, *KEYS], rows, columns), by, given)


@measure(unit="hours after the first stream", keys=("least", "stream"), columns=("at", "method"), limits="no interval")
def crossing_delay(attention, *, by=(), span="hour", absent="missing", least=(10, 100, 500)):
    """Hours until a stream first had so many in one interval, after the first stream that had.

    Formula: first interval of the stream with a count of `least` or more, less the earliest such interval of any
    stream.
    **Unit** hours after the first stream; n is the count in that interval.
    **Reads** `attention`: series, begins_at, span, value.
    **Source** docs/methods.md#warnings.
    **Caution** A stream that comes first need not have moved the others. Years of silence before count too: load the
    window that matters.

    Parameters: `attention`; `by`, columns of it; `span`, the interval; `absent`, what an interval without a row is;
    `least`, counts.
    Returns the group columns, `least`, `stream`, `crossing_delay`, `n`, `low`, `high`, `at`, `method`.

    >>> rows = pd.DataFrame({"begins_at": pd.to_datetime(["2021-06-09T19:00Z", "2021-06-10T07:00Z"]), "value": [11.0, 30.0]})
    >>> rows = rows.assign(source="x", series=["early", "late"], unit="posts", span="hour", total=None)
    >>> crossing_delay(rows, least=[10])[["stream", "crossing_delay"]].values.tolist()
    [['early', 0.0], ['late', 12.0]]
    """
    by = group_columns(by)

    def rows(part):
        grid = grid_of(part, span, absent)
        return [row for each in least for row in _crossings(grid, each)]

    columns = {"least": "int64", "stream": "str", "crossing_delay": "float64", **NUMBERS}
    columns |= {"at": "datetime64[us, UTC]", "method": "str"}
    return result_table(stream_rows(attention, by), by, rows, columns)


def _crossings(grid, least):
    """The rows of one threshold, the first stream first."""
    values = grid.values
    if not values.notna().any(axis=None):
        return [{"least": least, "stream": None, "n": 0, "method": grid.lack}]
    above = values.ge(least)
    first = above.idxmax().where(above.any()).sort_values(kind="stable")
    found = []
    for stream, at in first.items():
        row = {"least": least, "stream": stream, "n": 0, "method": "never so many"}
        if pd.notna(at):
            delay = (at - first.min()) / pd.Timedelta(hours=1)
            row |= {"crossing_delay": delay, "n": int(values.at[at, stream]), "at": at, "method": "census"}
        found.append(row)
    return found


def _of_outcomes(name, row, extra, attention, events, by, given):
    """The table of a measure with one row for each detector and target."""

    def rows(part):
        reasons = part.reason.dropna()
        return [{"n": 0, "method": reasons.iloc[0]} if len(reasons) else row(part)]

    by = group_columns(by)
    columns = {name: "float64", **NUMBERS, **extra, "method": "str"}
    found = outcomes(attention, events, by, **given)
    return _in_order(result_table(found, [*by, *KEYS], rows, columns), by, given)


def _in_order(table, by, given):
    """The rows in the order in which detectors and targets were named."""
    names = {"detector": list(given["detectors"]), "target": [f"{each:g}" for each in given["targets"]]}
    places = {f"place {key}": table[key].map(each.index).astype("int64") for key, each in names.items()}
    ordered = table.assign(**places).sort_values([*by, *places], kind="stable", ignore_index=True)
    return ordered.drop(columns=list(places)).astype({"detector": "str", "target": "str"})


def _two_streams():
    """Four weeks of two invented streams, each with a rise on one day, and the two events: for the examples."""
    days = pd.date_range("2020-01-01", periods=28, tz="UTC")
    counts = {name: [4.0] * at + [40.0] + [4.0] * (27 - at) for name, at in (("a", 20), ("b", 24))}
    rows = pd.concat(pd.DataFrame({"begins_at": days, "value": each, "series": name}) for name, each in counts.items())
    events = pd.DataFrame(
        {"event": ["A", "B"], "series": ["a", "b"], "begins_at": days[[20, 24]], "ends_at": days[[22, 26]]}
    )
    return rows.assign(source="x", unit="posts", span="day", total=None), events
