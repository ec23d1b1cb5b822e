"""Tests of who comments: people, not comments, and the page left out."""

import pandas as pd

from digidip.measures.dialogue.commenters import commenter_count, returning_commenter_share

IDS = {"platform": "x", "account_id": "a", "label": "synthetic"}
POSTS = pd.DataFrame({**IDS, "post_id": ["1", "2"], "ministry": "PER", "medium": ["photo", "video"]})


def comments(authors, official):
    """Comments by these authors under post 1."""
    rows = {**IDS, "post_id": "1", "comment_id": [str(place) for place in range(len(authors))], "author": authors}
    return pd.DataFrame(rows).assign(is_official=pd.array(official, dtype="boolean"))


def test_people_are_counted_once_and_the_page_never():
    """p writes twice, q once, the page once, one author is not known: two people, of whom one returns."""
    held = comments(["p", "q", "p", "a", None], [False, False, False, True, False])
    count = commenter_count(POSTS, held).iloc[0]
    assert count[["commenter_count", "n", "comments"]].tolist() == [2, 2, 3]
    assert returning_commenter_share(POSTS, held).returning_commenter_share.tolist() == [0.5]


def test_what_an_export_cannot_tell_is_missing():
    """Without comments, or without authors, there is no number of people; with the page alone there are none."""
    reasons = {"holds no comments": comments([], []), "official authors": comments(["p", "q"], [None, None])}
    for words, held in reasons.items():
        for measure in (commenter_count, returning_commenter_share):
            row = measure(POSTS, held).iloc[0]
            assert pd.isna(row[measure.__name__]) and row.n == 0 and words in row.method
    assert commenter_count(POSTS, comments(["a"], [True])).commenter_count.tolist() == [0]


def test_groups_are_counted_apart():
    """The silent post of the other kind has no number."""
    table = commenter_count(POSTS, comments(["p"], [False]), by="medium")
    assert table.commenter_count.astype("Int64").tolist() == [1, pd.NA]
