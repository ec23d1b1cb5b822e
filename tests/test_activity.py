"""Activity by hand."""

import pandas as pd
import pytest

from digidip.measures.activity import post_count, posting_rate, posts_per_day
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
