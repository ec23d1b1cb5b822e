"""Activity by hand."""

import pandas as pd
import pytest

from digidip import store
from digidip.measures.posts.activity import (
    post_count,
    posting_dispersion,
    posting_gap,
    posting_gap_share,
    posting_rate,
    posts_per_day,
    weekend_posting_ratio,
)
from digidip.tables import TableError

POSTS = pd.DataFrame(
    {
        "ministry": ["USA", "USA", "USA", "PER"],
        "posted_at": pd.to_datetime(
            ["2016-01-01T04:59Z", "2016-01-01T05:00Z", "2016-02-01T04:59Z", "2016-02-01T05:00Z"], format="ISO8601"
        ),
    }
)
JANUARY = {"start": "2016-01-01", "end": "2016-02-01"}


def test_post_count_counts_rows():
    """Three and one."""
    assert post_count(POSTS).values.tolist()[0][:3] == ["PER", 1, 1]
    assert post_count(POSTS).post_count.tolist() == [1, 3]


def test_window_is_local_and_half_open():
    """In New York January holds 05:00 UTC of the first to 05:00 UTC of 1 February, in UTC another two of the four."""
    local = posting_rate(POSTS, **JANUARY, zone="America/New_York")
    assert local.n.tolist() == [0, 2]
    assert local.posting_rate.tolist()[1] == pytest.approx(2 / 31)
    assert posting_rate(POSTS, **JANUARY).n.tolist() == [0, 2]
    assert posting_rate(POSTS, start="2015-12-31", end="2016-01-01", zone="America/New_York").n.tolist() == [0, 1]


def test_posts_in_bursts_widen_the_rate():
    """Thirty posts on one day in five: further out than Garwood's limits; one a day: Garwood's."""
    days = pd.date_range("2016-01-01T12:00Z", periods=30)
    even = posting_rate(
        pd.DataFrame({"ministry": "PER", "posted_at": days}), start="2016-01-01", end="2016-01-31"
    ).iloc[0]
    burst = pd.DataFrame({"ministry": "PER", "posted_at": days[::5].repeat(5)})
    found = posting_rate(burst, start="2016-01-01", end="2016-01-31").iloc[0]
    assert (even.posting_rate, even.method) == (1, "Garwood, 30 days") and even.high == pytest.approx(1.4276, abs=1e-4)
    assert found.posting_rate == 1 and found.low < even.low and found.high > even.high and found.method == "t, 30 days"


def test_group_outside_the_window_is_missing():
    """No post in the window says nothing about the window."""
    assert posting_rate(POSTS, **JANUARY).set_index("ministry").posting_rate.isna()["PER"]
    assert posts_per_day(POSTS, **JANUARY).set_index("ministry").posts_per_day["PER"].isna().all()


def test_every_day_is_present_and_zero_is_true():
    """29 February is a day; a day without a post is 0 with an upper limit -ln(0.025)."""
    posts = POSTS.assign(ministry="USA")
    days = posts_per_day(posts, start="2016-02-01", end="2016-03-01").set_index("day")
    assert len(days) == 29
    assert days.posts_per_day["2016-02-01"] == 2
    assert days.loc["2016-02-29", ["posts_per_day", "n", "low", "high"]].tolist() == pytest.approx([0, 0, 0, 3.688879])


def test_days_follow_the_clock_change():
    """27 March 2016 has 23 hours in Madrid and is one day."""
    posts = pd.DataFrame({"ministry": "ESP", "posted_at": ["2016-03-26T23:00Z", "2016-03-27T21:59Z"]})
    table = posts_per_day(posts, start="2016-03-26", end="2016-03-29", zone="Europe/Madrid")
    assert table.posts_per_day.tolist() == [0, 2, 0]


def test_window_without_days_is_refused():
    """An end that is not after the start is a mistake, not an empty table."""
    with pytest.raises(TableError, match="holds no day"):
        posting_rate(POSTS, start="2016-02-01", end="2016-02-01")
    with pytest.raises(TableError, match="window '' to '2016-02-01': expected two days such as 2016-01-31"):
        posting_rate(POSTS, start="", end="2016-02-01")


def test_an_open_window_is_that_of_the_posts_held():
    """Empty ends are the local days of the first post and after the last, here in Nairobi."""
    held = store.load("sample", "KEN", "facebook", zone="Africa/Nairobi")
    assert held.window == {"start": "2015-12-31", "end": "2017-01-02"}
    month = store.load("sample", "KEN", "facebook", start="2016-04-01", end="2016-05-01", zone="Africa/Nairobi")
    assert month.window == {"start": "2016-04-01", "end": "2016-05-01"}


def test_silence_of_a_fortnight_is_the_longest_gap():
    """Kenya is silent from 10 to 24 April 2016: its longest gap is longer than those fifteen days, and has no interval."""
    held = store.load("sample", "KEN", "facebook", "", "2016-04-01", "2016-05-01", "Africa/Nairobi")
    found = posting_gap(held.posts).set_index("statistic")
    longest = found.loc["longest silence"]
    assert 15 * 24 < longest.posting_gap < 17 * 24 and pd.isna(longest.low) and longest.n == 25
    assert found.low["median"] < found.posting_gap["median"] < found.high["median"]
    curve = posting_gap_share(held.posts)
    assert curve.posting_gap_share.iloc[-1] == 1 and curve.hours.iloc[-1] == longest.posting_gap


def test_one_post_has_no_gap():
    """A gap needs two posts."""
    assert posting_gap(POSTS.iloc[-1:]).method.eq("not defined: fewer than two posts").all()
    assert posting_gap_share(POSTS.iloc[-1:]).posting_gap_share.isna().all()


def test_weekends_that_are_planted_quieter():
    """Posts drawn with weight .4 on weekends, 1.04 on working days: a ratio near .38, inside its interval."""
    held = store.load("sample", "IND", "facebook", "", "2016-01-01", "2016-02-01", "Asia/Kolkata")
    found = weekend_posting_ratio(held.posts, **JANUARY, zone="Asia/Kolkata").iloc[0]
    assert found.low < 0.5 < found.high < 1.2 and found.n == 90


def test_a_window_without_a_weekend_has_no_ratio():
    """Monday to Friday."""
    assert weekend_posting_ratio(POSTS, start="2016-01-04", end="2016-01-09").weekend_posting_ratio.isna().all()


def test_dispersion_tells_a_timetable_from_bursts():
    """One post a day: variance 0. All posts of a month on one day: n times the mean of a day, p small."""
    days = pd.date_range("2016-01-01T12:00Z", "2016-01-31T12:00Z").astype(str)
    even, burst = (pd.DataFrame({"ministry": "PER", "posted_at": each}) for each in (days, [days[3]] * 31))
    assert posting_dispersion(even, **JANUARY)[["posting_dispersion", "p"]].values.tolist() == [[0, 1]]
    found = posting_dispersion(burst, **JANUARY).iloc[0]
    assert found.posting_dispersion == pytest.approx(31) and found.p < 1e-6
