"""Question sessions: planted sessions are found again, chance is told from quarantine, and what cannot be known is said."""

import numpy as np
import pandas as pd
import pytest

from digidip import claims, store
from digidip.measures.sessions import cadence, occasions, quarantine, sessions, topics

ZONES = {"SWE": "Europe/Stockholm", "BRA": "America/Sao_Paulo", "JPN": "Asia/Tokyo", "KEN": "Africa/Nairobi"}
ZONES |= {"FIN": "Europe/Helsinki"}


def of(measure, ministry, start="2016-04-01", end="2016-05-01", **given):
    """A measure of one ministry's April, Finland's on X, the others' on Facebook."""
    zone, platform = ZONES[ministry], "x" if ministry == "FIN" else "facebook"
    held = store.load("sample", ministry, platform, "", start, end, zone)
    given |= {"entities": held.entities} if given.get("entities") else {}
    return measure(held.posts, held.comments, start=start, end=end, zone=zone, **given)


def answering(days, *, flood=()):
    """One post a day from 1 January 2016 with as many answers to others as `days` says; floods as (first day, days)."""
    posts = pd.DataFrame([(day, n) for day, many in enumerate(days) for n in range(many)], columns=["day", "n"])
    at = pd.Timestamp("2016-01-01T08:00Z") + pd.to_timedelta(posts.day, unit="D") + pd.to_timedelta(posts.n, unit="h")
    posts = posts.assign(platform="x", account_id="a", ministry="PER", reply_to_account_id="p", posted_at=at)
    posts = posts.assign(post_id=posts.index.astype(str), reply_to_id="q" + posts.index.astype(str))
    none = pd.DataFrame(columns=["platform", "post_id", "comment_id", "parent_id", "author", "is_official"])
    none[["commented_at", "text", "lang"]] = None
    start = pd.Timestamp("2016-01-01T00:00Z")
    spans = [(start + pd.Timedelta(days=first), start + pd.Timedelta(days=first + long)) for first, long in flood]
    events = pd.DataFrame(spans, columns=["begins_at", "ends_at"]).assign(ministry="PER", kind="crisis")
    events["event"] = [f"Flood {n}" for n in range(len(spans))]
    end = f"{start + pd.Timedelta(days=len(days)):%Y-%m-%d}"
    return posts, none, {"start": "2016-01-01", "end": end, "events": events}


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
    """105 questions, 5 answers; 28 on one topic: 26.7 %, Wilson 19.1 to 35.8 %."""
    share = of(sessions.session_answered_share, "SWE").iloc[0]
    top = of(topics.session_topic_share, "SWE", topics=store.reference("codings")).iloc[0]
    assert (share.n, share.answered) == (105, 5)
    assert (top.topic, top.asked, round(top.low, 3), round(top.high, 3)) == ("border", 28, 0.191, 0.358)


def test_a_hashtag_collects_the_questions_of_a_session():
    """240 questions, 30 a session, 83 answered; by posts alone every session takes in others."""
    register = {"events": store.reference("events"), "entities": True}
    tagged, under = of(sessions.session_answered_share, "FIN", **register), of(sessions.session_answered_share, "FIN")
    assert tagged.n.tolist() == [30] * 8 and tagged.answered.sum() == 83
    assert tagged.method.str.endswith("questions by #AskSampleFinland").all()
    assert (under.n > 30).all() and under.method.str.endswith("questions under the posts answered").all()
    assert tagged.languages.max() == 10
    silent = of(sessions.session_answered_share, "SWE", **register)  # announced with a hashtag that no export holds
    assert silent.method.str.endswith("questions under the posts answered").all() and silent.languages.isna().all()


def test_a_hashtag_counts_from_the_session_before_on():
    """A tag in the text of a comment serves without entities; what was asked before the last session stays with it."""
    ids = {"platform": "x", "account_id": "a", "ministry": "PER", "reply_to_id": None, "reply_to_account_id": None}
    ids["label"] = "synthetic"
    posts = pd.DataFrame({**ids, "post_id": ["1"], "posted_at": pd.to_datetime(["2016-01-01T08:00Z"])})
    rows = [(f"{day}{n}", None, False, f"2016-01-0{day}T09:0{n}Z", "#ask") for day in (1, 2) for n in range(4)]
    rows += [(f"a{day}{n}", f"{day}{n}", True, f"2016-01-0{day}T12:0{n}Z", "") for day in (1, 2) for n in range(3)]
    rows += [("off", None, False, "2016-01-01T10:00Z", "no tag, #asking")]
    comments = pd.DataFrame(rows, columns=["comment_id", "parent_id", "is_official", "commented_at", "text"])
    comments = comments.assign(platform="x", post_id="1", author="p", lang=None, account_id="a", label="synthetic")
    comments["commented_at"] = pd.to_datetime(comments.commented_at)
    noons = pd.to_datetime(["2016-01-01T12:00Z", "2016-01-02T12:00Z"])
    events = pd.DataFrame({"event": ["one", "two"], "ministry": None, "kind": "question session", "begins_at": noons})
    events = events.assign(ends_at=noons + pd.Timedelta(hours=1), hashtag="#Ask")
    found = sessions.session_answered_share(posts, comments, start="2016-01-01", end="2016-01-03", events=events)
    assert found[["n", "answered"]].values.tolist() == [[4, 3], [4, 3]]


def test_the_planted_odds_are_recovered():
    """Finland answers by language (0.25) and place in the queue (0.2), not by hour, length, asker or topic (1)."""
    found = of(sessions.answered_odds_ratio, "FIN", events=store.reference("events"), entities=True).set_index("term")
    planted = {"position": 0.2, "other language": 0.25}
    for term, row in found.iterrows():
        assert row.low < planted.get(term, 1) < row.high, term
    assert (found.high[list(planted)] < 1).all()  # narrow enough to tell the planted from none


def test_topics_of_sessions_beside_open_threads():
    """By hashtag the session's own is no topic; questions outside the sessions have a breadth of their own."""
    given = {"events": store.reference("events"), "entities": True}
    found = of(topics.topic_breadth, "FIN", **given)
    assert "asksamplefinland" not in set(of(topics.session_topic_share, "FIN", **given).topic)
    assert found.per.iloc[-1] == "open threads" and pd.isna(found.session.iloc[-1]) and found.n.iloc[-1] == 46
    by_hand = of(topics.topic_breadth, "SWE", topics=store.reference("codings")).iloc[-1]
    assert by_hand.n == 27 and by_hand.method == "codings of topics"


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


def test_the_scan_tells_bursts_from_homogeneous_answers():
    """Five answers in a quarter of an hour in Sweden are a burst; what comes at any moment in Brazil is none."""
    burst, alike = (of(quarantine.answer_scan, ministry).set_index("against") for ministry in ("SWE", "BRA"))
    assert burst.answer_scan.tolist() == [5, 5] and burst.p["any moment"] == 0.001
    assert burst.begins_at.dt.strftime("%d %H:%M").tolist() == ["08 13:00"] * 2
    assert (alike.p > 0.05).all()


def test_weekly_sessions_are_bursts_though_the_hours_of_other_days_hide_them():
    """Eight sessions at one hour: the exchange of hours cannot see them, any moment alike can."""
    found = of(quarantine.answer_scan, "FIN").set_index("against")
    assert found.p["any moment"] == 0.001 and found.p["hours of other days"] > 0.05


def test_the_rule_is_swept_over_gap_and_least():
    """Sessions of five answers: least 5 finds them, least 6 finds none."""
    found = of(quarantine.session_answer_share, "SWE", gaps=(15, 60), least=(5, 6)).set_index(["least", "gap"])
    assert found.session_answer_share.tolist() == [0.5, 0.5, 0, 0] and found.sessions.tolist() == [3, 3, 0, 0]


def test_crisis_ratio_by_hand():
    """Five answers on one day and one on each of nine: ratio 5 in its interval, the crisis alone at the top of ten."""
    posts, none, given = answering([1, 1, 1, 5, 1, 1, 1, 1, 1, 1], flood=[(3, 1)])
    row = occasions.crisis_answer_ratio(posts, none, **given).iloc[0]
    assert (row.crisis_answer_ratio, row.inside, row.outside, row.placebos, row.p) == (5, 5, 9, 9, 0.1)
    assert row.low <= 5 <= row.high


@pytest.mark.parametrize(
    ("days", "flood", "limits"),
    [
        ([1, 3, 1, 1], (1, 1), (0.4020, 22.39)),
        ([2, 0, 1, 1], (1, 1), (0, 3.344)),
        ([1, 9, 9, 1], (1, 2), (2.155, 79.7)),
    ],
)
def test_crisis_limits_are_exact(days, flood, limits):
    """3 of 6, 0 of 4 and 18 of 20: limits of Clopper and Pearson as odds, times days outside over days inside."""
    posts, none, given = answering(days, flood=[flood])
    row = occasions.crisis_answer_ratio(posts, none, **given).iloc[0]
    assert (row.low, row.high) == pytest.approx(limits, rel=5e-3) and row.method == "exact, conditional Poisson"


@pytest.mark.parametrize(("spread", "inside", "days"), [(0, 1, 31), (2, 1, 31), (2, 4, 31), (2, 3, 10), (0, 1, 4)])
def test_crisis_limits_cover(spread, inside, days):
    """No change, days alike or three times as uneven as chance: the ratio 1 is inside in 93 % of 300 trials or more.

    One day of crisis is enough; the bootstrap over days that stood here covered .25 then.
    """
    rng, hits = np.random.default_rng(7), 0
    rates = rng.gamma(3 / spread, spread, (300, days)) if spread else np.full((300, days), 3.0)
    there = np.arange(days) < inside
    for counts in rng.poisson(rates):
        cells = np.column_stack([counts * there, there, counts * ~there, ~there]).astype(float)
        limits = occasions._limits(cells) if cells[:, 2].sum() else {"low": 0, "high": np.inf}
        hits += limits["low"] <= 1 <= limits["high"]
    assert hits >= 279


def test_placebo_windows_without_comments_are_no_silence():
    """One comment inside, answered; two elsewhere, answered: as high everywhere it is known, so p is 1 of 1 placebo."""
    posts = pd.DataFrame({"platform": "facebook", "account_id": "a", "ministry": ["PER"], "post_id": ["p"]})
    posts = posts.assign(reply_to_id=None, reply_to_account_id=None, posted_at=pd.Timestamp("2016-01-01T00:00Z"))
    hours = pd.to_datetime([f"2016-01-{at}:00Z" for at in ("10T10", "10T11", "20T10", "20T11", "20T12", "20T13")])
    comments = pd.DataFrame({"comment_id": list("cadbef"), "parent_id": [None, "c", None, "d", None, "e"]})
    comments = comments.assign(
        platform="facebook", account_id="a", post_id="p", commented_at=hours, text="?", lang=None
    )
    comments = comments.assign(is_official=comments.parent_id.notna(), author=comments.comment_id)
    flood = pd.DataFrame({"event": ["Flood"], "ministry": "PER", "kind": "crisis"})
    flood = flood.assign(begins_at=pd.Timestamp("2016-01-10T00:00Z"), ends_at=pd.Timestamp("2016-01-11T00:00Z"))
    given = {"start": "2016-01-01", "end": "2016-02-01", "events": flood}
    row = occasions.crisis_answer_ratio(posts, comments, **given).set_index("per").loc["comment"]
    assert (row.crisis_answer_ratio, row.p, row.placebos) == (1, 1, 1)


def test_placebo_windows_keep_off_other_crises():
    """Two floods of two days: neither is a placebo of the other, nor part of its outside; a steady desk is no exception."""
    posts, none, given = answering([2, 2, 6, 6, 2, 2, 4, 4, 2, 2], flood=[(2, 2), (6, 2)])
    rows = occasions.crisis_answer_ratio(posts, none, **given).query("per == 'day'").set_index("event")
    assert rows.crisis_answer_ratio.tolist() == [3, 2] and rows.placebos.tolist() == [3, 3]
    assert rows.p.tolist() == [0.25, 0.25] and rows.outside.tolist() == [12, 12]
    posts, none, given = answering([2] * 10, flood=[(3, 2)])
    row = occasions.crisis_answer_ratio(posts, none, **given).iloc[0]
    assert row.crisis_answer_ratio == 1 and row.p == 1


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


def test_the_planted_session_matches_the_published_one():
    """#AskState: the sample's session was made from its figures, so a match shows nothing but the fixture; others do not."""
    window = {"start": "2016-04-01", "end": "2016-05-01", "zone": ZONES["SWE"]}
    sweden = store.load("sample", "SWE", "facebook", "", *window.values())
    share = sessions.session_answered_share(sweden.posts, sweden.comments, **window)
    given = {"F042": claims.as_number(share, "n"), "F044_3": claims.as_number(share, "languages")}
    facts = claims.verdicts(given, sweden).facts
    assert [fact["verdict"] for fact in facts] == ["fixture-match", "not testable here"]
    assert facts[0]["computed"] == share.n[0] == 105  # the first session, which here is the largest too
    first, largest = share.assign(n=[40, 105, 30]), share.assign(session=[2, 1, 3], n=[105, 40, 30])
    judged = [claims.verdicts({"F042": claims.as_number(table, "n")}, sweden).facts[0] for table in (first, largest)]
    assert [(fact["computed"], fact["verdict"]) for fact in judged] == [(40, "not compatible")] * 2
    brazil = store.load("sample", "BRA", "facebook", "", "2016-04-01", "2016-05-01", ZONES["BRA"])
    other = claims.verdicts(given, brazil).facts[0]
    assert other["verdict"] == "not testable here" and "another zone (Europe/Stockholm" in other["reason"]


def test_gaps_between_events_of_a_kind():
    """Conferences on days 1, 3, 5 and 11 are 2, 2 and 6 days apart; another kind, and one event alone, tell nothing."""
    days = pd.to_datetime([f"2012-02-{day:02}T10:00Z" for day in (3, 1, 11, 5, 2)])
    kinds = ["press conference"] * 4 + ["crisis"]
    events = pd.DataFrame({"ministry": "FRA", "kind": kinds, "begins_at": days})
    row = cadence.event_gap(events).iloc[0]
    assert (row.event_gap, row.n, row.observed_at) == (2, 3, days.max())
    alone = cadence.event_gap(events, kind="crisis").iloc[0]
    assert pd.isna(alone.event_gap) and alone.n == 0 and alone.method.startswith("not available")
    assert cadence.event_gap(events, kind="campaign").empty
