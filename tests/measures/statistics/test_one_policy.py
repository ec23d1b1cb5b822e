"""One policy, seen from the measures: what goes together is taken together, and tables of tests name their family."""

import numpy as np
import pandas as pd
import pytest

from digidip import measures
from digidip.figures import plot_rootogram
from digidip.measures.statistics._intervals import effective_size, share_interval

ALL_OR_NONE = [0, 5] * 8  # of the five comments under each of 16 posts, how many are answered


def threads():
    """Sixteen posts on as many days, five comments under each, all answered or none."""
    posts = pd.DataFrame(
        {"platform": "facebook", "account_id": "a", "ministry": "PER", "post_id": list("abcdefghijklmnop")}
    )
    posts = posts.assign(comment_count=[5 + answered for answered in ALL_OR_NONE], posted_at="2016-01-01")
    rows = [
        (post, f"{post}{n}{'r' * is_reply}", f"{post}{n}" if is_reply else None, is_reply)
        for post, answered in zip(posts.post_id, ALL_OR_NONE, strict=True)
        for is_reply, many in ((False, 5), (True, answered))
        for n in range(many)
    ]
    comments = pd.DataFrame(rows, columns=["post_id", "comment_id", "parent_id", "is_official"])
    said = {"platform": "facebook", "account_id": "a", "text": "Why?", "lang": None, "author": "p"}
    return posts, comments.assign(**said, commented_at="2016-01-01T10:00Z")


def test_answers_under_one_post_go_together():
    """40 of 80 comments answered, all or none under a post, are worth fewer than 80 independent ones."""
    row = measures.official_answer_share(*threads(), per="comment").set_index("interval").loc["clustered"]
    size = effective_size(np.array(ALL_OR_NONE, float), np.full(16, 5.0), in_order=False)
    assert size < 16
    assert (row["low"], row["high"]) == pytest.approx(share_interval(size / 2, size, "beta"))
    assert row["method"] == "exact, 16 posts as clusters"


def test_criticism_under_one_post_goes_together():
    """Half of the posts are criticised and half praised, answered all or none: no interval from the 80 comments alone."""
    asked = measures.inquiry_table(*threads())
    code = asked.post_id.map(dict(zip("abcdefghijklmnop", (["criticism"] * 2 + ["praise"] * 2) * 4, strict=True)))
    tones = pd.concat([pd.DataFrame({"item_id": asked.comment_id, "code": code, "coder": each}) for each in "xy"])
    tones = tones.assign(codebook="tone", variable="tone")
    row = measures.tone_answer_difference(asked, tones).iloc[0]
    alone = 1 / np.sqrt(2 * 40) * 1.96  # half the width of 20 of 40 against 20 of 40
    assert (row["criticism"], row["praise"], row["n"]) == (0.5, 0.5, 80)
    assert row["high"] - row["low"] > 2 * 2 * alone


def test_posts_of_a_day_go_together():
    """Eight days of ten posts, each day all on X or all elsewhere, say less of the main channel than 80 posts would."""
    days = np.repeat([f"2016-01-{day:02}T12:00Z" for day in range(1, 17)], 10)
    posts = pd.DataFrame({"ministry": "PER", "posted_at": days, "platform": np.repeat(["x", "youtube"] * 8, 10)})
    by_turns = measures.main_channel_share(posts, channels=["x"]).iloc[0]
    assert by_turns["method"] == "Wilson, 16 days as clusters"
    posts["platform"] = np.repeat(["x", "youtube"], 80)  # the platform was changed after a week
    row = measures.main_channel_share(posts, channels=["x"]).iloc[0]
    assert row["main_channel_share"] == 0.5 and row["high"] - row["low"] > 0.4  # .22 if posts were independent


def test_ranks_know_that_busy_weeks_are_few():
    """A ministry busy in one week of eight: whether that week is drawn decides its place, and it is drawn as a whole."""
    days = pd.date_range("2016-01-01", periods=64, tz="UTC")
    steady = pd.DataFrame({"ministry": "PER", "posted_at": days})
    busy = pd.DataFrame({"ministry": "USA", "posted_at": np.repeat(days[24:32], 28)})
    found = measures.activity_rank(pd.concat([steady, busy])).set_index("ministry")
    assert found["activity_rank"].to_dict() == {"USA": 1, "PER": 2}
    assert found.loc["USA", "high"] == 2


FAMILIES = ("crisis_answer_ratio", "session_answer_share", "quarantine_index", "answer_scan", "waiting_difference")


@pytest.mark.parametrize("name", FAMILIES)
def test_tables_of_tests_name_their_family(name):
    """p stands beside p adjusted over the table, and the docstring names the way."""
    columns = measures.registered()[name]["columns"]
    assert "p_adjusted" in columns and columns.index("p_adjusted") == columns.index("p") + 1
    text = measures.measure(name).__doc__
    assert "p_adjusted" in text and ("Holm" in text or "Benjamini" in text)


def test_bars_below_the_line_keep_a_margin():
    """A bar that ends below zero does not touch the edge of its panel."""
    table = pd.DataFrame({"ministry": "USA", "model": "Poisson", "comments": [0, 1], "up_to": [0, 1], "n": 10})
    table = table.assign(comment_rootogram=[1.0, 4.0], observed=[9, 1], low=np.nan, high=np.nan)
    figure = plot_rootogram(table, caption="synthetic")
    (ax, *_) = getattr(figure, "figure", figure).axes
    assert ax.get_ylim()[0] < -2.05  # the lowest bar ends at 1 - 3
