"""Baseline: nearest institutions by hand, the planted gap, and what has none."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from digidip import store
from digidip.measures.dialogue.baseline import NO_BASELINE, NO_FOLLOWERS, reciprocity_gap
from digidip.measures.dialogue.orientation import broadcast_share
from digidip.measures.statistics._intervals import difference
from digidip.tables import TableError


@cache
def held():
    """The sample on Bluesky and its institutions."""
    return store.load("sample", platform="bluesky"), store.reference("baseline")


def gaps(by="ministry", baseline=None, **options):
    """Gaps of the fourteen ministries."""
    tables, ordinary = held()
    options = {"entities": tables.entities, "permutations": 999, "draws": 499} | options
    given = tables.posts, tables.comments, tables.metrics, ordinary if baseline is None else baseline
    return reciprocity_gap(*given, by=by, **options)


def test_planted_gap():
    """64 of 168 comments are answered; institutions of that size were planted to answer half to four in five."""
    row = gaps(by=()).set_index("statistic").loc["comments answered"]
    assert row.own == pytest.approx(64 / 168) and 0.5 < row.matched < 0.8
    assert row.low < row.own - row.matched < row.high < 0 and row.p < 0.05 and row.n == 14


def test_no_mention_is_returned_in_the_ring():
    """Each ministry mentions the next one once: 0 of 1 returned, against about half."""
    row = gaps(by=()).set_index("statistic").loc["mentions returned"]
    assert row.own == 0 and 0.3 < row.matched < 0.7 and row.high < 0


def test_nearest_by_hand():
    """Austria, 2,080 followers and a post a week: its gap is that to the nearest institution, Newcombe's interval."""
    table = held()[1].query("platform == 'bluesky'").copy()
    logs = np.log(table[["follower_count", "posting_rate"]].astype(float))
    tables = held()[0]
    own = broadcast_share(tables.posts, tables.comments).set_index("ministry").loc["AUT"]
    far = (((logs - np.log([2080, own.weekly])) / logs.std(ddof=0)) ** 2).sum(axis=1)
    nearest = table.loc[far.idxmin()]
    row = gaps(matches=1).set_index(["ministry", "statistic"]).loc[("AUT", "comments answered")]
    told = difference(9, 12, int(nearest.answered_count), int(nearest.comment_count))
    assert (row.reciprocity_gap, row.low, row.high) == pytest.approx(told)


def test_no_baseline_of_the_platform_and_no_followers_say_so():
    """Nothing to compare with is no gap of zero."""
    other = held()[1].query("platform == 'facebook'")
    assert set(gaps(baseline=other).method) == {NO_BASELINE}
    tables, ordinary = held()
    nobody = tables.metrics.to_pandas().iloc[:0]
    told = reciprocity_gap(tables.posts, tables.comments, nobody, ordinary, permutations=9, draws=9)
    assert NO_FOLLOWERS in set(told.method) and told.reciprocity_gap.isna().all()


def test_an_empty_baseline_is_not_available():
    """A home without the table: rows, no numbers."""
    told = gaps(baseline=held()[1].iloc[:0])
    assert told.reciprocity_gap.isna().all() and (told.n == 0).all()


def test_without_entities_mentions_are_not_available():
    """No table of mentions: comments alone."""
    told = gaps(by=(), entities=None).set_index("statistic").reciprocity_gap
    assert np.isnan(told["mentions returned"]) and told["comments answered"] < 0


def test_wrong_use_is_refused():
    """No institution to match, and a baseline that lacks a column."""
    with pytest.raises(TableError, match="matches: found 0"):
        gaps(matches=0)
    with pytest.raises(TableError, match="baseline: no column 'posting_rate'"):
        gaps(baseline=pd.DataFrame({"platform": ["x"], "account_id": "m", "follower_count": 1}))
