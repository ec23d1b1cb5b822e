"""Tests of loss: what became of comments is told by month, and the less is held, the wider the limits of what is said."""

import numpy as np
import pandas as pd
import pytest

from digidip import store
from digidip.measures.dialogue.dialogue import official_answer_share
from digidip.measures.dialogue.loss import comment_attrition, loss_bounds

IDS = {"platform": "x", "account_id": "a"}
NOTHING = dict.fromkeys(["text", "reply_to_id", "reply_to_account_id", "repost_of_id"])
TOLD = {"export_tells_replies": True, "label": "synthetic"}


def month_of_talk(reported=12):
    """Ten posts with ten questions each, of which two are answered: 20 % of 100."""
    at = pd.date_range("2016-01-20", periods=10, tz="UTC", freq="2D")
    posts = pd.DataFrame({**IDS, **NOTHING, **TOLD, "ministry": "PER", "post_id": [str(n) for n in range(10)]})
    posts = posts.assign(posted_at=at, comment_count=pd.array([reported] * 10, dtype="Int64"))
    asked = [(str(post), f"{post}-{n}", None, False) for post in range(10) for n in range(10)]
    answers = [(str(post), f"{post}-{n}-a", f"{post}-{n}", True) for post in range(10) for n in range(2)]
    rows = pd.DataFrame(asked + answers, columns=["post_id", "comment_id", "parent_id", "is_official"])
    return posts, rows.assign(**IDS, label="synthetic", retrieved_at=pd.Timestamp("2016-03-01", tz="UTC"))


def bounds(posts, held, **given):
    """Share, limits and loss of each statistic."""
    table = loss_bounds(posts, held, **given)
    return {row.statistic: [row.loss_bounds, row.low, row.high, row.lost] for row in table.itertuples()}


def test_deletion_that_is_not_random_widens_the_limits():
    """Unanswered questions are deleted: the share climbs from 20 % to all, and the limits always hold the 20 %."""
    posts, held = month_of_talk()
    answered, place = held.comment_id.isin(set(held.parent_id)), held.comment_id.str.split("-").str[1].astype(int)
    worlds = {f"{gone} gone": held[held.is_official | answered | (place < 10 - gone)] for gone in (0, 3, 8)}
    for name, kept in worlds.items():  # of the eight unanswered under each post; each world an account of its own
        ids = {column: name + kept[column] for column in ("post_id", "comment_id", "parent_id")}
        worlds[name] = kept.assign(**ids, account_id=name)
    everywhere = [posts.assign(ministry=name, account_id=name, post_id=name + posts.post_id) for name in worlds]
    given = pd.concat(everywhere), pd.concat(worlds.values())
    table = loss_bounds(*given).query("statistic == 'comments answered'")
    assert table.loss_bounds.tolist() == pytest.approx([0.2, 2 / 7, 1]) and table.lost.tolist() == [0, 30, 80]
    assert table.low.tolist() == pytest.approx([0.2] * 3) and table.high.tolist() == pytest.approx([0.2, 0.5, 1])
    official = official_answer_share(*given, per="comment").query("interval == ''").official_answer_share
    assert official.isna().tolist() == [False, True, True]  # below completeness nothing else is said


def test_an_answer_to_nothing_is_a_loss_too():
    """The platform counts what it still shows: deleted questions are told by the answers that they left, 20 of them."""
    posts, held = month_of_talk(reported=10)
    kept = held[~held.comment_id.isin(set(held.parent_id))]
    share, low, high, lost = bounds(posts, kept)["comments answered"]
    assert (share, low, lost) == (0, 0, 20) and high == pytest.approx(0.2)
    table = comment_attrition(posts, kept).set_index(["month", "state"]).comment_attrition
    assert table["2016-01"]["no longer held"] == 12 and table["2016-02"]["no longer held"] == 8


def test_limits_of_posts_and_of_output():
    """One post was not collected: it may be answered under, or not. What is lost may all be answers, or none."""
    posts, held = month_of_talk()
    kept = held[held.post_id != "9"]
    share = pd.DataFrame({"ministry": ["PER"], "inquiry_answer_share": 0.5, "n": 60, "method": ""})
    told = bounds(posts, kept, further={"inquiries answered": share})
    assert told["inquiries answered"] == pytest.approx([0.5, 30 / 72, 42 / 72, 12])  # all 12 may be inquiries
    assert told["posts answered under"] == [1, 0.9, 1, 1]
    assert told["output that answers"] == [0, 0, 0, 0]  # on X an answer is a post
    share, low, high, lost = bounds(*(each.assign(platform="facebook") for each in (posts, kept)))[
        "output that answers"
    ]
    assert (share, low, high, lost) == (pytest.approx(18 / 28), pytest.approx(18 / 28), pytest.approx(30 / 40), 12)


def test_what_became_of_comments_month_by_month():
    """Six posts in January, four in February: 60 and 40 questions, one post not collected, three questions gone the second time."""
    posts, held = month_of_talk()
    again = held.comment_id.isin(["0-7", "0-8", "7-9"])
    held["retrieved_at"] = held.retrieved_at.where(again, pd.Timestamp("2016-05-01", tz="UTC"))
    table = comment_attrition(posts, held[held.post_id != "9"], refused=4)
    told = table.set_index(["month", "state"]).comment_attrition
    assert told["2016-01"].to_dict() == {"collected": 72, "deleted since": 2, "no longer held": 0, "missing": 0}
    assert told["2016-02"].to_dict() == {"collected": 36, "deleted since": 1, "no longer held": 0, "missing": 12}
    assert told[("", "refused")] == 4 and table.n.tolist() == [6] * 4 + [4] * 4 + [10]
    lima = comment_attrition(posts, held, zone="Asia/Tokyo")
    assert [*lima.month.unique()] == ["2016-01", "2016-02", ""]


def test_what_cannot_be_told_is_missing():
    """No count, no parents, one collection, no account of rows: each with its reason, and no limits without counts."""
    posts, held = month_of_talk()
    posts.loc[:, "comment_count"] = pd.NA
    held = held[~held.is_official].assign(parent_id=None)
    table = comment_attrition(posts, held).query("month != '2016-02'").set_index("state")
    assert table.comment_attrition.isna().tolist() == [False, True, True, True, True]
    words = [
        "",
        "one collection|collected twice",
        "which comment a comment answers",
        "is not told",
        "no account of rows",
    ]
    assert all(pd.Series([method]).str.contains(word).all() for method, word in zip(table.method, words, strict=True))
    assert np.isnan(bounds(posts, held)["comments answered"][1:3]).all()
    assert comment_attrition(posts, held.iloc[:0]).comment_attrition.isna().all()
    posts["ministry"] = ["PER"] * 5 + ["USA"] * 5
    refused = comment_attrition(posts, held, refused=4).query("state == 'refused'")
    assert refused.comment_attrition.isna().all() and refused.method.str.contains("several groups").all()


def test_refused_records_are_those_of_the_selection():
    """Two records of the sample cannot be read as posts: tweets of Peru."""
    told = [
        store.refused_records("posts", "sample", *chosen) for chosen in (("PER", "x"), ("", ""), ("PER", "facebook"))
    ]
    assert told == [2, 2, 0]
