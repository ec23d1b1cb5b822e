"""Practice: ten shares by hand, places, what is left out, permutations beside enumeration, and the planted ministries."""

from functools import cache
from itertools import permutations, product

import numpy as np
import pandas as pd
import pytest
from scipy.stats import friedmanchisquare, rankdata

from digidip import store
from digidip.measures.dialogue import practice

NONE = pd.DataFrame(columns=["platform", "post_id", "account_id", "comment_id", "parent_id", "is_official"])
EMPTY = dict.fromkeys(["link", "quote_of_id", "repost_of_id", "reply_to_id", "reply_to_account_id"])


def posts(**cells):
    """Four posts on X by one account in three of four weeks."""
    days = ["2016-01-04", "2016-01-05", "2016-01-12", "2016-01-30"]
    frame = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "post_id": list("1234")})
    told = {"medium": "text", "text": "News.", "like_count": None, "repost_count": None, "export_tells_replies": True}
    return frame.assign(posted_at=days, **EMPTY, **told).assign(**cells)


def shares(frame, comments=NONE):
    """The shares of the only ministry by indicator."""
    return practice.practice_indicator(frame, comments).set_index("indicator")


def test_ten_shares_by_hand():
    """Three of four weeks; a photo of three own posts; a link; likes known of two; asks; a repost; an answer of three."""
    rows = shares(
        posts(
            medium=["photo", "text", "link", "text"],
            link=[None, None, "https://example.org", None],
            like_count=[3, 0, None, 9],
            text=["Who?", "We.", "They.", "x?"],
            repost_of_id=[None, None, None, "z"],
            reply_to_id=[None, "q", None, None],
        )
    )
    value = rows.practice_indicator
    assert value["weeks with a post"] == 0.75 and rows.n["weeks with a post"] == 4
    assert value[["pictures", "links", "asks", "answers"]].tolist() == pytest.approx([1 / 3] * 4)
    assert (value["liked"], rows.n["liked"], value["takes up others"]) == (0.5, 2, 0.25)
    assert rows.n[["passed on", "posts answered under"]].tolist() == [0, 0]
    assert rows.method["posts answered under"] == "not available: this export holds no comments"


def test_a_week_begins_on_monday_in_the_zone():
    """Sunday night in New York is Monday in UTC: one week there, two here."""
    late = posts(posted_at=["2016-01-09T12:00Z", "2016-01-10T12:00Z", "2016-01-11T03:00Z", "2016-01-11T04:00Z"])
    found = [shares(late).n["weeks with a post"]]
    found += practice.practice_indicator(late, NONE, zone="America/New_York").n.tolist()[:1]
    assert found == [2, 1]


def test_a_dimension_without_a_share_has_no_score_and_nobody_a_rank():
    """Counts unknown: no reach, so there is no place among five."""
    rows = practice.dimension_score(posts(), NONE).set_index("dimension")
    assert np.isnan(rows.dimension_score["reach"]) and rows["rank"].isna().all()
    assert rows.dimension_score["presence"] == 0.875 and rows.n["engagement"] == 1


def test_the_score_lies_between_its_two_shares():
    """Low and high are the scores without one of the two."""
    row = practice.dimension_score(posts(like_count=5), NONE).set_index("dimension").loc["presence"]
    assert (row.low, row.high) == (0.75, 1.0)


@cache
def held():
    """The fourteen ministries of the sample on Bluesky."""
    return store.load("sample", platform="bluesky")


def places(**options):
    """Places over all ministries."""
    options = {"by": (), "unit": "ministry", "permutations": 199, "draws": 199} | options
    return practice.dimension_rank(held().posts, held().comments, **options).set_index(["without", "dimension"])


def test_planted_places():
    """Every ministry is present before all else and reaches some; listening comes last in most, engagement in few."""
    rows = places()
    assert rows.dimension_rank["", "presence"] == 1 and rows.dimension_rank["", "reach"] == 2
    assert rows["last"]["", "listening"] > rows["last"]["", "engagement"] > 0
    assert rows.n.loc[""].tolist() == [14] * 5 and rows.p_alike["", "reach"] == 1 / 200


def test_places_add_up_and_each_indicator_is_left_out_once():
    """Five places sum to 15 whatever is left out; eleven tables of five rows."""
    sums = places().dimension_rank.groupby("without").sum()
    assert len(sums) == 11 and sums.tolist() == pytest.approx([15] * 11)


def test_leaving_an_indicator_out_changes_its_dimension_alone():
    """Without pictures content has links alone, of which the ministries have none: it falls, and engagement rises."""
    rank = places().dimension_rank
    assert rank["pictures", "content"] > rank["", "content"] and rank["pictures", "engagement"] < rank["", "engagement"]
    assert rank["pictures", "presence"] == rank["", "presence"]


def test_permutation_p_is_that_of_all_orders():
    """Against every pair of orders of three places in two units."""
    ranks = np.array([[1.0, 2.0, 3.0], [1.0, 3.0, 2.0]])
    means = np.array([np.mean(pair, axis=0) for pair in product(permutations((1, 2, 3)), repeat=2)]) - 2
    exact = (np.abs(means[:, 0]) >= 1 - 1e-9).mean()
    together = ((means**2).sum(axis=1) >= ((ranks.mean(axis=0) - 2) ** 2).sum() - 1e-9).mean()
    p, alike = practice._chance(ranks, ranks.mean(axis=0), 20_000, np.random.default_rng(0))
    assert p.min() == pytest.approx(min(3 * exact, 1), abs=0.02) and alike == pytest.approx(together, abs=0.01)


def test_all_five_together_is_friedmans_test():
    """With many units the permuted p comes near the chi-squared of Friedman."""
    scores = np.random.default_rng(3).normal(size=(40, 5)) + [0.45, 0, 0, 0, 0]
    ranks = rankdata(-scores, axis=1)
    _p, alike = practice._chance(ranks, ranks.mean(axis=0), 9999, np.random.default_rng(1))
    assert alike == pytest.approx(friedmanchisquare(*scores.T).pvalue, abs=0.02)


def test_one_unit_has_places_and_no_interval():
    """A ministry alone shows its own order."""
    row = practice.dimension_rank(posts(like_count=1), NONE, permutations=99).iloc[0]
    assert (row.n, row.dimension_rank) == (1, 2)  # reach is known of every post, presence of three weeks in four
    assert np.isnan(row.low) and np.isnan(row.p) and row.method == "one unit: its own places, no interval"
