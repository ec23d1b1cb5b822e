"""Bursts and warnings: known answers, slow twins, what the sample planted, and nothing read from the future."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from ruptures import Pelt

from digidip import measures, store
from digidip.measures.influence import _kleinberg as kleinberg
from digidip.measures.influence._back_test import event_spans
from digidip.measures.influence._detectors import DEFAULTS, warnings_of
from digidip.measures.influence._streams import expected, grid_of
from digidip.tables import TableError

OFFSETS = [4, 17, 23, 27, 33, 35, 37, 76, 77, 82, 84, 88, 90, 92]
RISING = {f"#SampleTag{number:02}" for number in (3, 7, 10, 14, 18)}
QUIET = {f"#SampleTag{number:02}" for number in (2, 4, 6, 8, 11, 12, 15, 19, 20)}


def cheapest(emissions, up):
    """The slow twin of `viterbi`: every sequence of states tried."""
    paths = np.array([*product(range(emissions.shape[1]), repeat=len(emissions))])
    moves = np.clip(np.diff(paths, prepend=0, axis=1), 0, None).sum(axis=1)
    costs = emissions[np.arange(len(emissions)), paths].sum(axis=1) + up * moves
    return tuple(paths[costs.argmin()].tolist()), costs.min()


def table(series, begins="2020-01-06", span="hour", **more):
    """Rows of attention: name → counts of neighbouring intervals."""
    step = {"hour": "h", "day": "D", "minute": "min"}[span]
    parts = [
        pd.DataFrame(
            {"begins_at": pd.date_range(begins, periods=len(each), freq=step, tz="UTC"), "value": each}
        ).assign(series=name)
        for name, each in series.items()
    ]
    rows = pd.concat(parts, ignore_index=True).assign(source="x", unit="posts", span=span, total=None, **more)
    return rows.assign(value=rows.value.astype(float))


def test_kleinberg_is_the_cheapest_of_all_sequences():
    """V-KL: states and cost as known, and as 2^13 sequences tried; a dear move gives no burst; more states cost less."""
    gaps = np.diff(OFFSETS).astype(float)
    path, cost = cheapest(kleinberg.gap_emissions(gaps, np.ones(13, dtype=int), 2, 2), 0.1 * np.log(13))
    states, found = measures.burst_states(OFFSETS, gamma=0.1)
    assert states == "".join(map(str, path)) == "0000110111111"
    assert found == pytest.approx(cost, abs=1e-9) and found == pytest.approx(35.783395, abs=1e-6)
    assert set(measures.burst_states(OFFSETS, gamma=1)[0]) == {"0"}
    more, less = measures.burst_states(OFFSETS, gamma=0.1, states=6)
    assert more == "0000110211111" and less == pytest.approx(35.642197, abs=1e-6)


def test_the_batched_version_is_the_cheapest_too():
    """Nine days of counts and totals, one of them unknown, every sequence tried."""
    counts = np.array([3, 2, 4, 12, np.nan, 15, 3, 2, 1.0])
    emissions = kleinberg.batch_emissions(counts, np.full(9, 100.0), 2)
    path, cost = cheapest(emissions, np.log(9))
    states, found = kleinberg.viterbi(emissions, np.log(9))
    assert tuple(states) == path == (0, 0, 0, 1, 1, 1, 0, 0, 0) and found == pytest.approx(cost)


def test_equal_gaps_taken_together_cost_what_they_cost_apart():
    """Counts of hours as grouped gaps, and the same arrivals one by one."""
    counts = np.random.default_rng(4).poisson(np.repeat([2, 9, 1], 12))
    gaps, times = kleinberg.gaps_of(counts, np.ones(36))
    arrivals = [at + part / count for at, count in enumerate(counts) for part in range(count)]
    states, cost = measures.burst_states(arrivals)
    found, same = kleinberg.viterbi(kleinberg.gap_emissions(gaps, times, 2, 2), np.log(times.sum()))
    assert "".join(map(str, np.repeat(found, times))) == states and same == pytest.approx(cost)


@pytest.mark.parametrize("detector", DEFAULTS)
def test_a_warning_reads_nothing_from_the_future(detector):
    """What is sent until an hour is the same whatever comes after it."""
    rng = np.random.default_rng(7)
    counts = rng.poisson(5, (500, 3)) + 60 * (rng.random((500, 3)) > 0.99)
    changed = np.vstack([counts[:400], rng.poisson(80, (100, 3))])
    both = [grid_of(table({str(at): each[:, at] for at in range(3)})) for each in (counts, changed)]
    first, later = (pd.concat(expected(grid, 72)).to_numpy().reshape(2, 500, 3)[:, :401] for grid in both)
    assert np.array_equal(first, later, equal_nan=True)
    one, other = (warnings_of(grid, DEFAULTS[detector], 24)[0] for grid in both)
    assert sum(len(each[0]) for each in one) > 2
    for (places, strength), (others, strengths) in zip(one, other, strict=True):
        before, same = places < 400, others < 400
        assert places[before].tolist() == others[same].tolist()
        assert np.allclose(strength[before], strengths[same])


def test_a_week_is_no_surprise_to_who_knows_it():
    """Days twelve times as full as nights, for six weeks: what is expected is half as wrong with the week as without."""
    usual = np.tile(np.where((np.arange(168) % 24 > 7) & (np.arange(168) < 120), 60.0, 5.0), 6)
    counts = np.random.default_rng(3).poisson(usual)
    grid = grid_of(table({"a": counts}))
    wrong = [(grid.values - expected(grid, 336, cycle)[0]).abs()["a"].tail(336).mean() for cycle in (True, False)]
    assert 2 * wrong[0] < wrong[1]
    assert measures.warning_strength(table({"a": counts}), quiet=1)["at"].isna().all()
    bursts = measures.burst_weight(table({"a": counts}), least=10)
    assert bursts.burst_weight.isna().all() and "taken out" in bursts.method[0]


def test_minutes_make_hours_and_what_is_absent_is_said():
    """A partial hour is missing; an absent hour is what the parameter says; two units of a series are two streams."""
    minutes = table({"a": [1] * 150}, span="minute")
    grid = grid_of(minutes[minutes.index != 70], "hour")
    assert grid.values["a"].tolist()[0] == 60 and grid.values["a"].isna().tolist() == [False, True, True]
    hours = table({"a": [3, 4, 5, 6]}).drop(index=2)
    assert grid_of(hours).values["a"].isna().sum() == 1
    assert grid_of(hours, absent="zero").values["a"].tolist() == [3, 4, 0, 6]
    two = pd.concat([hours, hours.assign(unit="accounts")])
    assert list(grid_of(two).values) == ["a (x, accounts)", "a (x, posts)"]
    assert grid_of(hours, "day").reason == "not available: fewer than 14 intervals, two cycles"
    assert grid_of(table({"a": [1]}, span="day")).reason == "not available: no counts per hour, but per day"


def test_events_concern_the_streams_that_they_name():
    """By series or hashtag, in any case; one that names none concerns all; one outside the counts none."""
    grid = grid_of(table({"#Tag": [1] * 400, "other": [1] * 400}))
    days = pd.to_datetime(["2020-01-10", "2020-01-11", "2020-01-12", "2021-01-01"], utc=True)
    events = pd.DataFrame(
        {"event": list("abcd"), "series": [None, "OTHER", None, None], "hashtag": ["tag", None, None, None]}
    )
    events = events.assign(begins_at=days, ends_at=pd.to_datetime([None] * 4, utc=True))
    found = {name: [each[0] for each in spans] for name, spans in event_spans(grid, events).items()}
    assert found == {"#Tag": ["a", "c"], "other": ["b", "c"]}
    assert event_spans(grid, events)["other"][0][1:3] == (120.0, 192.0)  # an instant counts for 72 hours


def test_without_events_or_streams_nothing_is_evaluated():
    """No list, events of one stream alone, too few hours: each is missing with its reason."""
    rows = table({name: [5] * 500 for name in "ab"})
    event = pd.DataFrame({"event": ["e"], "series": ["a"], "begins_at": pd.to_datetime(["2020-01-15"], utc=True)})
    event = event.assign(ends_at=pd.to_datetime(["2020-01-16"], utc=True))
    for events, given, why in (
        (None, rows, "no dated event is given"),
        (event, rows, "no other stream"),
        (event, rows[:100], "fewer than 336 intervals"),
    ):
        for name in ("detection_share", "false_alarm_rate", "detection_delay", "warning_precision"):
            found = measures.measure(name)(given, events=events, detectors=["ewma"], targets=[5])
            assert found[name].isna().all() and why in found.method[0], name
    assert "no warning" in measures.warning_strength(rows).method[0]


@pytest.fixture(scope="module")
def sample():
    """What the sample holds of attention, and the events of its kind movement."""
    events = store.reference("events", "sample")
    held = store.load("sample", "EST", start="2019-05-06", end="2019-06-10", of="attention")
    return held.attention, {"events": events[events.kind == "movement"]}


def test_looking_back_finds_the_planted_rises_and_nothing_in_quiet_streams(sample):
    """Five movements within half a day of their dates, the flood within the hour; the quiet nine have no burst."""
    found = measures.burst_weight(sample[0], least=50).dropna(subset="burst_weight")
    assert set(found.stream) >= RISING and not QUIET & set(found.stream)
    main = found.loc[found.groupby("stream").burst_weight.idxmax()].set_index("stream")
    for event in sample[1]["events"].itertuples():
        late = main.begins_at[event.series] - event.begins_at
        assert pd.Timedelta(0) <= late <= pd.Timedelta(hours=12), event.event
    assert main.begins_at["#SampleTag16"] == pd.Timestamp("2019-05-27T03:00Z") and main.hours["#SampleTag16"] == 5
    daily = measures.burst_weight(sample[0], span="day", model="batched").set_index("stream").burst_weight
    assert daily.isna().to_dict() == {
        "#SampleTag01": True,
        "#SampleTag03": False,
        "#SampleTag07": False,
        "#SampleTag10": False,
    }
    offsets = measures.burst_weight(sample[0], span="minute", gamma=0.1)
    assert offsets.n.tolist() == [3, 7] and (offsets.hours * 60).round().tolist() == [4, 16]


def test_streams_where_nothing_happened_are_not_called(sample):
    """At a false discovery rate of 5 % the quiet nine are not called, the flood and the steep rises are."""
    found = measures.burst_excess(sample[0]).set_index("stream")
    assert (found.p_adjusted[sorted(QUIET)] > 0.05).all()
    assert (found.p_adjusted[["#SampleTag03", "#SampleTag16"]] < 0.05).all()


def test_the_back_test_finds_what_was_planted_and_nothing_where_nothing_was(sample):
    """Warned of most movements at few false alarms; of the same dates in quiet streams of none."""
    few = {"detectors": ["ewma", "cusum"], "targets": [5], **sample[1]}
    shares = measures.detection_share(sample[0], **few)
    alarms = measures.false_alarm_rate(sample[0], **few)
    assert (shares.hits >= 4).all() and (shares.n == 5).all() and (shares.left_out == 0).all()
    assert (alarms.false_alarm_rate < 5).all() and (alarms.stream_days == 680).all()
    delays = measures.detection_delay(sample[0], **few)
    assert delays.detection_delay.between(1, 14).all()
    precision = measures.warning_precision(
        sample[0], **few, strongest=[10_000]
    )  # all: what is left are the false alarms
    assert (((1 - precision.warning_precision) * precision.n).round(6) == alarms.n).all()
    quiet = sorted(QUIET)[:5]
    moved = few["events"].assign(series=quiet)
    nothing = measures.detection_share(sample[0].filter(sample[0].series.isin(quiet)), **few | {"events": moved})
    assert (nothing.hits == 0).all()


def test_the_first_to_reach_a_count_comes_first():
    """By hand: b has ten at the third hour, a two hours later, c never."""
    rows = table({"a": [1, 2, 3, 4, 12], "b": [1, 2, 11, 4, 5], "c": [0, 0, 0, 0, 9]})
    found = measures.crossing_delay(rows, least=[10])
    assert found.stream.tolist() == ["b", "a", "c"] and found.crossing_delay.tolist()[:2] == [0, 2]
    assert found.n.tolist() == [11, 12, 0] and found.method[2] == "never so many"


def test_comments_are_streams_where_no_attention_is_held():
    """By account and hour, official answers and days alone left out; none at all is an error that says what to do."""
    at = pd.to_datetime(["2020-01-01T10:05Z", "2020-01-01T10:50Z", "2020-01-01T10:55Z", "2020-01-02T00:00Z"])
    comments = pd.DataFrame(
        {"platform": "x", "account_id": "7", "commented_at": at, "is_official": [None, False, True, None]}
    )
    comments = comments.assign(is_approximate=[None, None, None, True])
    accounts = pd.DataFrame({"platform": ["x"], "account_id": ["7"], "handle": [None]})
    found = measures.comment_streams(comments, accounts)
    assert found[["series", "unit", "value"]].values.tolist() == [["7", "comments", 2.0]]
    assert measures.comment_streams(comments, accounts, span="day").value.tolist() == [2.0, 1.0]
    with pytest.raises(TableError, match="digidip map FILE --table attention"):
        measures.comment_streams(comments[:0], accounts)


def test_days_keep_their_dates_and_sums_their_hours():
    """New Zealand's days over a change of clocks, weeks of Berlin, hours by their own day, a day with an unknown hour."""
    spans = {"day": ("2021-09-24", "D", "Pacific/Auckland"), "week": ("2021-03-15", "7D", "Europe/Berlin")}
    for span, (begins, step, zone) in spans.items():
        local = pd.date_range(begins, periods=5, freq=step, tz=zone)
        rows = table({"a": [1, 2, 3, 4, 5]}).assign(begins_at=local.tz_convert("UTC"), span=span)
        found = grid_of(rows, span).values["a"]
        assert found.tolist() == [1, 2, 3, 4, 5] and found.index[0] == pd.Timestamp(begins, tz="UTC")
    hours = table({"a": [1] * 24 + [10] * 24 + [100] * 24})
    hours.loc[30, "value"] = np.nan
    assert grid_of(hours, "day").values["a"].fillna(-1).tolist() == [24, -1, 2400]
    some = hours.drop(index=range(60, 72))  # hours without a row had none
    assert grid_of(some, "day", "zero").values["a"].fillna(-1).tolist() == [24, -1, 1200]
    minutes = table({"a": [7] * 120}, span="minute")
    assert grid_of(pd.concat([hours, minutes]), "day").values["a"].tolist()[0] == 24  # counted once


def test_values_below_zero_are_no_counts():
    """No burst that ends before it begins, no surprise at a fall, no warning, and no days watched in silence."""
    days = {"a": [4] * 20 + [-40] + [4] * 9, "b": [4] * 20 + [40] + [4] * 9, "c": [4] * 24 + [40] + [4] * 5}
    rows, says = table(days, span="day"), "not available: values that are no counts"
    for found in (measures.burst_weight(rows, span="day"), measures.burst_excess(rows, span="day")):
        assert found[found.stream == "a"].method.tolist() == [says] and found[found.stream == "b"].n.gt(0).all()
    assert measures.warning_strength(rows, span="day").set_index("stream").method["a"] == says
    given = {"span": "day", "detectors": ["ewma"], "targets": [5]}
    events = pd.DataFrame({"event": ["A"], "begins_at": pd.to_datetime(["2020-01-26"], utc=True)})
    events = events.assign(ends_at=events.begins_at + pd.Timedelta(days=5))
    assert measures.false_alarm_rate(rows, events=events, **given).stream_days[0] == 46


def test_one_event_that_many_streams_see_is_one_case():
    """Two sources of one series, both hit: the event concerns both, and two hits promise no more than one."""
    rows = table({"a": [4] * 20 + [40] + [4] * 9}, span="day")
    rows = pd.concat([rows, rows.assign(source="y")])
    events = pd.DataFrame({"event": ["A"], "series": ["A"], "begins_at": pd.to_datetime(["2020-01-26"], utc=True)})
    events = events.assign(ends_at=events.begins_at + pd.Timedelta(days=2))
    found = measures.detection_share(rows, events=events, span="day", detectors=["ewma"], targets=[5]).iloc[0]
    assert (found.hits, found.streams, found.n, round(found.low, 2)) == (2, 2, 2, 0.05)
    assert found.method == "exact, one-sided, 1 event as clusters"


def test_events_left_out_are_rows_of_the_list():
    """Two rows of one name, of which one concerns no watched interval, leave out one."""
    rows = table({name: [5] * 500 for name in "ab"})
    begins = pd.to_datetime(["2020-01-15", "2020-01-16", "2031-01-01"], utc=True)
    events = pd.DataFrame(
        {
            "event": ["E", "F", "E"],
            "series": ["a", "b", "a"],
            "begins_at": begins,
            "ends_at": begins + pd.Timedelta("1D"),
        }
    )
    assert measures.detection_share(rows, events=events, detectors=["simple"], targets=[5]).left_out.tolist() == [1]


def test_change_points_of_a_level_are_bursts_looking_back():
    """A level of 40 in place of 4 for twenty hours, an unknown hour in it; its counts, and nothing in an even stream."""
    rng = np.random.default_rng(2)
    counts = rng.poisson(4, 400)
    counts[200:220] = 40
    rows = table({"even": rng.poisson(4, 400), "rise": counts})
    rows.loc[(rows.series == "rise") & (rows.begins_at == rows.begins_at.min() + pd.Timedelta(hours=205)), "value"] = (
        np.nan
    )
    found = measures.burst_weight(rows, model="pelt").set_index("stream")
    assert found.n.to_dict() == {"even": 0, "rise": 19 * 40} and found.hours["rise"] == 20
    assert found.method["rise"] == "pelt; weekday and hour taken out; looks back over all intervals; no warning"
    slow = Pelt(model="l2", min_size=2, jump=1).fit(2 * np.sqrt(counts[150:250] + 3 / 8)).predict(pen=3 * np.log(400))
    assert slow == [50, 70, 100]
