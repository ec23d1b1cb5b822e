"""Question sessions: planted sessions are found again, chance is told from quarantine, and what cannot be known is said."""

import pytest

from digidip import store
from digidip.measures import occasions, quarantine, sessions, topics

ZONES = {"SWE": "Europe/Stockholm", "BRA": "America/Sao_Paulo", "JPN": "Asia/Tokyo", "KEN": "Africa/Nairobi"}


def of(measure, ministry, start="2016-04-01", end="2016-05-01", **given):
    """A measure of one ministry's April on Facebook."""
    zone = ZONES[ministry]
    held = store.load("sample", ministry, "facebook", "", start, end, zone)
    return measure(held.posts, held.comments, start=start, end=end, zone=zone, **given)


def test_planted_sessions_are_found():
    """Three announced sessions of five answers in fifteen minutes, at 15:00 in Stockholm."""
    found = of(sessions.session_duration, "SWE", events=store.reference("events"))
    assert found[["session_duration", "n"]].values.tolist() == [[15, 5]] * 3
    assert found.begins_at.dt.strftime("%d %H:%M").tolist() == ["08 13:00", "15 13:00", "22 13:00"]
    assert found.announced.str.startswith("AskSampleSweden").all()


def test_a_session_open_at_the_end_of_the_window_is_censored():
    """The window ends at midnight of the day: with a gap of ten hours the session may go on."""
    found = of(sessions.session_duration, "SWE", end="2016-04-09", gap=600, least=4)
    assert found.method.tolist() == ["censored: the window begins or ends within the gap"]
    assert found.low.tolist() == found.session_duration.tolist()


def test_28_of_105():
    """105 questions, 5 answers; 28 on one topic: 26.7 %, Wilson 19.1 to 35.9 %."""
    share = of(sessions.session_answered_share, "SWE").iloc[0]
    top = of(topics.session_topic_share, "SWE", topics=store.reference("codings")).iloc[0]
    assert (share.n, share.answered) == (105, 5)
    assert (top.topic, top.asked, round(top.low, 3), round(top.high, 3)) == ("border", 28, 0.191, 0.358)


def test_quarantine_is_the_planted_one():
    """Half of the answers in 45 (announced: 90) of 43,200 minutes."""
    found = of(quarantine.quarantine_index, "SWE", events=store.reference("events")).set_index("sessions")
    assert found.quarantine_index.to_dict() == {"detected": 480, "announced": 240}
    assert found.p["announced"] == 0.001 and (found.low > 1).all()


def test_answers_at_any_time_are_no_quarantine():
    """Brazil: index of announced days near 1, share in sessions no more than chance for every gap."""
    announced = of(quarantine.quarantine_index, "BRA", events=store.reference("events")).iloc[1]
    sweep = of(quarantine.session_answer_share, "BRA")
    assert announced.low < 1 < announced.high
    assert (sweep.p > 0.05).all() and sweep.session_answer_share.is_monotonic_increasing


def test_crisis_only():
    """Japan answers within the flood only: no ratio, but a bound; 24 answers on three days."""
    found = of(occasions.crisis_answer_ratio, "JPN", events=store.reference("events"))
    assert found[["inside", "outside"]].values.tolist() == [[24, 0]] * 2
    assert found.crisis_answer_ratio.isna().all() and found.method.str.contains("at least").all()
    daily = of(occasions.answers_per_day, "JPN", events=store.reference("events"))
    assert daily[daily.answers_per_day > 0].event.notna().all() and daily.answers_per_day.sum() == 24


@pytest.mark.parametrize("measure", [sessions.session_duration, quarantine.quarantine_index, quarantine.answer_scan])
def test_no_comments_is_no_zero(measure):
    """Kenya's export holds no comments: the row is missing and says so."""
    found = of(measure, "KEN").iloc[0]
    assert found.isna()[measure.__name__] and found.method == "not available: this export holds no comments"
