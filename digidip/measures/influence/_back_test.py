"""The back-test: each stream watched with settings chosen on the others, its warnings held against dated events."""

import numpy as np
import pandas as pd

from digidip.measures.influence._detectors import sent_warnings
from digidip.measures.influence._streams import grid_of, stream_rows
from digidip.measures.statistics._columns import fetched_once

OUTCOMES = ["detector", "target", "stream", "what", "name", "hours", "value", "is_hit", "setting", "reason"]
NO_EVENTS = "not available: no dated event concerns these streams while they are watched"
NO_LIST = "not available: no dated event is given; the list is empty, or has none of this kind and ministry"
ONE_STREAM = "not available: no other stream with an event to choose the settings on"
INSTANT = 72  # hours during which a warning of an event without an end counts


def outcomes(attention, events, by, *, span, absent, detectors, targets, quiet):
    """What each detector did at each target of false alarms, held out: rows of streams, events and warnings.

    `what` is stream (hours watched; value: false alarms), event (hours from its beginning to the first warning, missing
    if none came), warning (value: strength; is_hit: in an event), left out (value: events that concern no stream while
    it is watched); a reason alone where nothing can be told.
    """
    choices = (span, absent, tuple(detectors), tuple(targets), quiet)
    events_hash = None if events is None else int(pd.util.hash_pandas_object(events.astype(str)).sum())

    def fetch():
        rows, found = stream_rows(attention, by), []
        groups = rows.groupby(by, dropna=False) if by else [((), rows)] * (not rows.empty)
        for key, part in groups:
            tested = _tested(part, events, *choices)
            found += [dict(zip(by, key, strict=True)) | row for row in tested]
        frame = pd.DataFrame(found, columns=[*by, *OUTCOMES])
        return frame.astype({**rows[by].dtypes, "hours": float, "value": float})

    return fetched_once(fetch, ("outcomes", *by, *choices, events_hash), attention)


def event_spans(grid, events):
    """The events that concern each stream while it is watched: stream → [(name, first hour, last hour, row)].

    An event concerns the stream that its `series` or `hashtag` names, all streams where it names none.
    """
    if events is None or not len(events) or not len(grid.values):
        return {stream: [] for stream in grid.values}
    zero, hour = grid.values.index[0], pd.Timedelta(hours=1)
    ends = events.ends_at.fillna(events.begins_at + INSTANT * hour)
    begin, end = ((each - zero) / hour for each in (events.begins_at, ends))
    names = events.reindex(columns=["series", "hashtag"]).astype("string")
    plain = names.apply(lambda column: column.str.lower().str.removeprefix("#")).fillna("")
    for_all, found, watched = names.isna().all(axis=1), {}, grid.watched.to_numpy()
    for at, stream in enumerate(grid.values):
        own = plain.eq(grid.series[stream].lower().removeprefix("#")).any(axis=1) | for_all
        spans = sorted(zip(begin[own], end[own], events.event[own], np.flatnonzero(own), strict=True))
        found[stream] = [(name, a, b, n) for a, b, name, n in spans if watched[slice(*_places(a, b, grid)), at].any()]
    return found


def _places(begin, end, grid):
    """The intervals that an event overlaps, first and that after the last."""
    first = max(0, int(np.floor(begin / grid.hours)))
    return first, max(first + 1, int(np.ceil(end / grid.hours)))


def _tested(part, events, span, absent, detectors, targets, quiet):
    """The rows of one group."""
    grid = grid_of(part, span, absent)
    spans = event_spans(grid, events)
    reason = grid.reason or ("" if any(spans.values()) else NO_LIST if events is None or events.empty else NO_EVENTS)
    reason = reason or ("" if sum(map(bool, spans.values())) > 1 else ONE_STREAM)
    if reason:
        return [
            {"detector": each, "target": f"{target:g}", "reason": reason} for each in detectors for target in targets
        ]
    places = [[_places(a, b, grid) for _, a, b, _row in spans[stream]] for stream in grid.values]
    hours, found = grid.watched.sum().to_numpy() * grid.hours, []
    left_out = len(events) - len({row for own in spans.values() for *_span, row in own})
    for detector in detectors:
        sent = sent_warnings(grid, detector, quiet)
        counted = np.array([[_tally(w[0], own) for w, own in zip(each, places, strict=True)] for each in sent.values()])
        for target in targets:
            about = {"detector": detector, "target": f"{target:g}"}
            found.append(about | {"what": "left out", "value": float(left_out)})
            for at, stream in enumerate(grid.values):
                chosen = _chosen(np.delete(counted, at, axis=1), np.delete(hours, at), target)
                setting = None if chosen is None else list(sent)[chosen]
                warned = (np.array([], int), np.array([])) if setting is None else sent[setting][at]
                row = about | {"stream": stream, "setting": str(setting or "never warns")}
                found += [row | each for each in _rows(warned, spans[stream], places[at], hours[at], grid)]
    return found


def _chosen(counted, hours, target):
    """The setting with the most events warned of on the other streams, at no more false alarms than the target; else None.

    Of several, the one that warned earliest; then the one with the fewest false alarms.
    """
    hits, alarms, delays = counted.sum(axis=1).T
    is_allowed = alarms <= target / 100 * hours.sum() / 24
    if not is_allowed.any():
        return None
    return min(np.flatnonzero(is_allowed), key=lambda at: (-hits[at], delays[at], alarms[at], at))


def _tally(warned, places):
    """How many events were warned of, how many warnings lie in none, and the intervals to the first warnings, added up."""
    inside = _inside(warned, places)
    first = inside.argmax(axis=0)[inside.any(axis=0)] if len(warned) else np.array([], dtype=int)
    begins = np.array([begin for begin, _ in places])[inside.any(axis=0)] if len(warned) else 0
    return inside.any(axis=0).sum(), (~inside.any(axis=1)).sum(), (warned[first] - begins).sum()


def _inside(warned, places):
    """Which warning falls in which event."""
    rows = [[first <= each < after for first, after in places] for each in warned]
    return np.array(rows, dtype=bool).reshape(len(warned), len(places))


def _rows(warned, spans, places, hours, grid):
    """The rows of one stream: itself, its events, its warnings. What an interval tells is known at its end."""
    at, strength = warned
    inside = _inside(at, places)
    yield {"what": "stream", "hours": hours, "value": float((~inside.any(axis=1)).sum())}
    for number, (name, begin, *_end) in enumerate(spans):
        own = at[inside[:, number]]
        delay = (own[0] + 1) * grid.hours - begin if len(own) else np.nan
        yield {"what": "event", "name": name, "hours": delay, "is_hit": len(own) > 0}
    for each, strong, hit in zip(at, strength, inside.any(axis=1), strict=True):
        yield {"what": "warning", "hours": (each + 1) * grid.hours, "value": strong, "is_hit": bool(hit)}
