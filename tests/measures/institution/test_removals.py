"""Removals and silence: known answers of the literature, and what the sample was planted with."""

import numpy as np
import pandas as pd
import pytest

from digidip import store
from digidip.measures.institution import _firth, _turnbull, removals, silence
from digidip.tables import TableError

# Months to cosmetic deterioration after radiotherapy (Finkelstein and Wolfe 1985); open where it was not seen.
COSMESIS = (
    "45- 6-10 0-7 46- 46- 7-16 17- 7-14 37-44 0-8 4-11 15- 11-15 22- 46- 46- 25-37 46- 26-40 46- 27-34 36-44 46- 36-48 37- "
    "40- 17-25 46- 11-18 38- 5-12 37- 0-5 18- 24- 36- 5-11 19-35 17-25 24- 32- 33- 19-26 37- 34- 36-"
)
# Neovasculization, pulsatility, endometrium height; then those of high grade (Heinze and Schemper 2002).
LOW_GRADE = (
    "0,13,1.64 0,16,2.26 0,8,3.14 0,34,2.68 0,20,1.28 0,5,2.31 0,17,1.8 0,10,1.68 0,26,1.56 0,17,2.31 0,8,2.01 0,7,1.89 0,20,3.15 "
    "0,10,1.23 0,18,1.27 0,16,1.76 0,18,2 0,28,1.5 0,11,1.33 0,19,2.37 0,10,1.82 0,10,3.13 0,18,1.31 0,14,1.92 0,21,1.64 0,11,2.01 "
    "0,17,1.88 0,25,1.93 0,16,2.11 0,19,1.29 0,15,1.72 0,33,0.75 0,24,1.92 0,29,2.02 0,15,2.29 0,12,2.33 0,3,2.9 0,20,1.7 0,23,1.41 "
    "0,12,2.25 0,22,1.54 0,42,1.97 0,15,1.75 0,13,2.16 0,14,2.57 0,19,1.37 0,12,3.61 0,13,2.04 0,10,2.17"
)
HIGH_GRADE = (
    "0,8,2.64 0,29,0.88 0,12,1.27 0,20,1.37 1,38,0.97 1,22,1.14 1,7,0.88 1,25,0.91 1,15,0.58 0,7,0.97 0,48,1.84 0,12,1.11 0,19,1.61 "
    "0,2,1.18 1,22,1.44 1,40,1.18 1,5,0.93 1,0,1.17 0,21,1.19 0,15,1.06 0,12,1.69 1,49,0.27 0,6,1.84 0,5,1.3 0,17,0.96 1,11,1.01 "
    "1,21,0.98 0,5,0.35 1,19,1.02 0,33,0.85"
)


@pytest.fixture(scope="module")
def held():
    """The selection of Barbados, codings and events."""
    return store.load("sample", "BRB", "facebook"), store.reference("codings"), store.reference("events")


@pytest.fixture(scope="module")
def checks(held):
    """The checks of its posts and comments."""
    return removals.checked_items(held[1], held[0].posts, held[0].comments)


def test_turnbull_of_cosmesis():
    """The masses that R's interval prints for radiotherapy alone."""
    left, right = np.array([[float(end or "inf") for end in each.split("-")] for each in COSMESIS.split()]).T
    cells = _turnbull.innermost(left, right)
    mass = _turnbull.masses(left, right, np.ones((1, 46)), cells)[0].round(4)
    found = {(int(a), int(b)): share for (a, b), share in zip(cells, mass, strict=True) if share}
    told = {(4, 5): 0.0463, (6, 7): 0.0334, (7, 8): 0.0887, (11, 12): 0.0708, (24, 25): 0.0926, (33, 34): 0.0818}
    assert found == told | {(38, 40): 0.1209, (46, 48): 0.4656}


def test_firth_of_endometrial_cancer():
    """Coefficients and profile limits of logistf, of which maximum likelihood has one infinite."""
    rows = [[1.0, *map(float, each.split(","))] for each in (LOW_GRADE + " " + HIGH_GRADE).split()]
    design, grade = np.array(rows), np.repeat([0.0, 1.0], [49, 30])
    found = np.array([_firth.profile(design, grade, place)[:3] for place in range(4)])
    known = [[3.77455951, 1.0825371, 7.2092805], [2.92927330, 0.6097244, 7.8546317]]
    known += [[-0.03475175, -0.1244587, 0.0404555], [-2.60416387, -4.3651832, -1.2327211]]
    assert found == pytest.approx(np.array(known), abs=2e-6)


def test_comments_go_as_planted_and_never_on_the_day_of_a_check(held, checks):
    """70 % go, six days on average; the checks alone would put none of them before the next tenth day."""
    found = removals.removed_share(checks[checks.kind == "comment"], by="kind")
    planted = 0.7 * (1 - np.exp(-found.until / 6))
    assert ((found.low <= planted) & (planted <= found.high)).all() and (found.after < found.until).all()
    assert found.removed_share.is_monotonic_increasing and found.n[0] == 70 and found.left_out[0] == 1_230


def test_deleted_posts_are_two_and_unshown_as_of_people(checks):
    """A ministry's own posts are shown by k = 1; with the smallest cell two are not."""
    posts = checks[checks.kind == "post"]
    own = removals.removed_share(posts, by="ministry", k=1)
    assert own.removed.tolist() == [2] and 0 < own.removed_share[0] < 0.05
    hidden = removals.removed_share(posts, by="ministry")
    assert hidden.removed_share.isna().all() and hidden.method[0] == "not shown: fewer than 5 removed"


def test_without_checks_removal_is_not_available(held, checks):
    """No moderation state, no number; none removed is a bound; an item there again is left out; no day is an error."""
    none = removals.removed_share(removals.checked_items(held[1].iloc[:0], held[0].posts))
    assert none.removed_share.isna().all() and none.method[0] == removals.NO_STATE and none.left_out[0] == 348
    odds = removals.removal_odds_ratio(held[0].posts, held[1].iloc[:0], events=held[2])
    assert odds.removal_odds_ratio.isna().all() and odds.method[0] == removals.NO_STATE
    there = checks[checks.code.eq("there")].drop_duplicates("item_id")
    bound = removals.removed_share(there).iloc[0]
    followed = int(bound.method.split(" of ")[1].split()[0])
    assert bound.removed_share == 0 and bound.high == pytest.approx(1 - 0.05 ** (1 / followed))
    one = there.iloc[:1]
    again = pd.concat([one.assign(variable="2022-08-20", code="removed"), one.assign(variable="2022-08-30")])
    assert removals.removed_share(again).left_out.tolist() == [1]
    with pytest.raises(TableError, match="'soon' is no day of a check"):
        removals.removed_share(there.assign(variable="soon"))
    with pytest.raises(TableError, match="no column 'published_at'"):
        removals.removed_share(held[1])


def test_posts_in_talks_are_corrected_more(held):
    """Three of few posts in talks, two of all others; events of another kind are not among the terms."""
    row = removals.removal_odds_ratio(held[0].posts, held[1], events=held[2]).iloc[0]
    assert row.term == "in a negotiation" and row.events == 5 and 1 < row.low < row.removal_odds_ratio < row.high
    assert row.n == 250 and row.p == row.p_adjusted < 0.05


def test_silence_is_found_where_it_was_planted(held):
    """A quarter in the first talks, nothing in the second (a bound), as usual in the third; the weeks beside are as usual."""
    found = silence.silence_ratio(held[0].posts, events=held[2]).set_index("term")
    first, second, third = (found.loc[f"Sample talks {n}"] for n in (1, 2, 3))
    assert first.low < 0.25 < first.high < 1 and third.low < 1 < third.high
    assert second.silence_ratio == second.posts == 0 and 0 < second.high < 0.25 and "exact bound" in second.method
    assert found.p_adjusted.notna().tolist() == [True, False, True, False, False, False]
    for beside in (silence.BEFORE, silence.AFTER):
        assert found.low[beside] < 1 < found.high[beside]
    other = silence.silence_ratio(held[0].posts, events=held[2], kind="purge")
    assert other.silence_ratio.isna().all() and other.method[0] == silence.NO_EVENT


def test_placebos_are_rarely_as_silent(held):
    """Both silent talks are below all eighteen windows without an event; the third is not."""
    found = silence.silence_placebo(held[0].posts, events=held[2])
    talks = found[found.is_event]
    assert talks.p.round(4).tolist()[:2] == [round(1 / 19, 4)] * 2 and talks.p.iloc[2] > 0.1
    assert talks["at"].dt.strftime("%m-%d").tolist() == ["03-07", "05-16", "06-20"] and found.place.min() == 1


def test_rates_are_those_of_sums_without_a_trend_or_a_week():
    """Of two levels without noise the ratio is that of means; accounts that begin later are exposure, no rise."""
    days = pd.date_range("2018-01-01", periods=140, tz="UTC")
    counts = np.where((np.arange(140) >= 70) & (np.arange(140) < 84), 2, 8)
    posts = pd.DataFrame({"platform": "x", "ministry": "PER", "account_id": "a", "posted_at": days.repeat(counts)})
    twin = posts[posts.posted_at >= days[35]].assign(account_id="b")
    talks = pd.DataFrame(
        {"event": ["T"], "ministry": None, "kind": "negotiation", "begins_at": days[70], "ends_at": days[84]}
    )
    for held in (posts, pd.concat([posts, twin])):
        found = silence.silence_ratio(held, events=talks).iloc[0]
        assert found.silence_ratio == pytest.approx(0.25, rel=1e-6) and found.days == 14
