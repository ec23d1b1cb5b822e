"""Comparison: Newcombe's interval, the Nile, equivalence, random effects, and the planted change."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import t

from digidip import store
from digidip.measures.dialogue import comparison
from digidip.measures.dialogue.comparison import _best_split, _split_p
from digidip.measures.statistics._comment_queries import NO_COMMENTS
from digidip.measures.statistics._intervals import difference, verdict
from digidip.tables import TableError

NONE = pd.DataFrame(columns=["platform", "post_id", "account_id", "comment_id", "parent_id", "is_official"])


def talk(**groups):
    """Posts on X, spread evenly over ten days: ministry = (answers, others)."""
    rows = [(name, n < answers) for name, (answers, others) in groups.items() for n in range(answers + others)]
    frame = pd.DataFrame(rows, columns=["ministry", "is_answer"]).assign(platform="x", text=None, repost_of_id=None)
    return frame.assign(
        account_id=frame.ministry,
        post_id=frame.index.astype(str),
        posted_at=[f"2016-01-{1 + n % 10:02}" for n in range(len(frame))],
        reply_to_id=np.where(frame.is_answer, "q" + frame.index.astype(str), None),
        reply_to_account_id=None,
        export_tells_replies=True,
    )


def series(*quarters):
    """Posts on X of one ministry: (answers, others) in each quarter from 2014Q1 on."""
    days = pd.date_range("2014-02-01", periods=len(quarters), freq="QS-FEB").strftime("%Y-%m-%d")
    frame = talk(**dict(zip(days, quarters, strict=True)))
    return frame.assign(posted_at=frame.ministry, ministry="AUS", account_id="a")


def change(*quarters, **options):
    """The rows of the only ministry by statistic."""
    options = {"draws": 999} | options
    return comparison.dialogue_change(series(*quarters), NONE, **options).set_index("statistic")


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
    ],
)
def test_newcombes_intervals(counts, low, high):
    """Newcombe 1998, table II, method 10, cases a, b, f and h."""
    value, found_low, found_high = difference(*counts)
    assert value == pytest.approx(counts[0] / counts[1] - counts[2] / counts[3])
    assert (found_low, found_high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_three_words_for_an_interval():
    """Inside the margin, beyond it, across its edge; an edge belongs to nobody."""
    words = [verdict(*ends, 0.1) for ends in ((-0.05, 0.09), (0.11, 0.2), (-0.3, -0.11), (0.05, 0.15), (-0.1, 0))]
    assert [word.split()[0].strip(",") for word in words] == [
        "equivalent",
        "different",
        "different",
        "undecided",
        "undecided",
    ]


def test_a_margin_below_zero_is_refused():
    """No interval lies within a margin of less than nothing."""
    with pytest.raises(TableError, match="margin: found -1"):
        verdict(-0.1, 0.1, -1)


def test_equivalence_needs_data():
    """The same shares are undecided with 10 posts each and equivalent with 500; on one day they are neither."""
    small = comparison.reply_share_difference(talk(KEN=(2, 8), PER=(2, 8)), NONE)
    large = comparison.reply_share_difference(talk(KEN=(100, 400), PER=(100, 400)), NONE)
    assert small.method.str.startswith("undecided").all() and large.method.str.startswith("equivalent").all()
    assert small.reply_share_difference.tolist() == large.reply_share_difference.tolist() == [0, 0]
    day = comparison.reply_share_difference(talk(KEN=(100, 400), PER=(100, 400)).assign(posted_at="2016-01-01"), NONE)
    assert set(day.method) == {"no interval: fewer than 8 days on one side"} and day.low.isna().all()


def test_equivalence_counts_days_and_not_posts():
    """Ministries that answer everything on one day in five and nothing else: with 500 posts still undecided."""
    frame = talk(KEN=(100, 400), PER=(100, 400))
    days = [f"2016-01-{1 + n // 50:02}" for n in range(500)]  # answers stand first: two days of answers, eight without
    rows = comparison.reply_share_difference(frame.assign(posted_at=days * 2), NONE)
    assert rows.method.str.startswith("undecided").all()


def test_one_group_has_nobody_to_stand_beside():
    """A ministry alone has no difference."""
    (row,) = comparison.reply_share_difference(talk(PER=(1, 3)), NONE).to_dict("records")
    assert np.isnan(row["reply_share_difference"]) and row["method"] == comparison.ALONE


def test_the_nile():
    """V-NILE: the split of least squares, 5 <= k < 95, ends with 1898, a step of -247.7778."""
    nile = sm.datasets.nile.load_pandas().data
    split = _best_split(nile["volume"].to_numpy(float), 5)
    assert nile["year"][split - 1] == 1898
    step = comparison._fitted(nile["volume"].to_numpy(float), (np.arange(100) >= split).astype(float), "")
    assert step["dialogue_change"] == pytest.approx(-247.7778, abs=1e-4)
    assert step["low"] < -247.7778 - 1.98 * 31.34  # further out than HAC(4) of 31.34 with 98 degrees of freedom
    assert _split_p(nile["volume"].to_numpy(float), np.arange(100), 5, 199, 0) < 0.05


def test_best_split_is_that_of_the_slow_twin():
    """Against the sum of squares of every split, for twenty series."""
    rng = np.random.default_rng(0)
    for values in rng.normal(size=(20, 9)):
        squares = [values[:k].var() * k + values[k:].var() * (9 - k) for k in range(2, 8)]
        assert _best_split(values, 2) == 2 + int(np.argmin(squares))


def test_a_planted_step_is_found():
    """Four quarters at -1, four at 1: a step of 2 at 2015Q1; of 70 arrangements 2 do as well."""
    rows = change(*[(0, 8)] * 4, *[(8, 0)] * 4, draws=9999)
    assert rows.dialogue_change["step"] == pytest.approx(2) and rows.changed_at["step"] == "2015Q1"
    assert rows.p["step"] == pytest.approx(2 / 70, abs=0.006)
    assert rows.dialogue_change["later half less earlier"] == 2


def test_no_change_is_equivalence_and_not_a_missing_p():
    """Eight quarters alike: without a margin that data can meet it is undecided, with many posts equivalent."""
    few, many = change(*[(1, 9)] * 8), change(*[(10, 90)] * 8)
    assert few.method["later half less earlier"].endswith("undecided at ± 0.2")
    assert many.method["later half less earlier"].endswith("equivalent within ± 0.2")
    assert few.loc["step", ["low", "high", "p"]].isna().all() and few.dialogue_change["step"] == 0


def test_slope_by_hand():
    """Indices -1, 0, 1 rise by one a quarter."""
    assert change((0, 4), (2, 2), (4, 0)).dialogue_change["slope"] == pytest.approx(1)


def test_silent_quarters_keep_their_place():
    """Indices -.6, -.2, .2 a quarter apart rise by .4 a quarter, a year apart by .1; eight periods make an interval."""
    frame, days = series((2, 8), (4, 6), (6, 4)), {"2014-02-01": "2014-02-01"}
    apart = frame.replace({"posted_at": days | {"2014-05-01": "2015-02-01", "2014-08-01": "2016-02-01"}})
    slopes = [
        comparison.dialogue_change(each, NONE, draws=9).set_index("statistic").loc["slope"] for each in (frame, apart)
    ]
    assert [row.dialogue_change for row in slopes] == pytest.approx([0.4, 0.1])
    assert {row.method for row in slopes} == {"no interval: fewer than 8 periods"}


def test_denmark_rises_by_a_calendar_quarter():
    """.0155 a quarter, and not .12 a quarter in which it says something."""
    held = store.load("sample", "DNK", zone="America/New_York")
    rows = comparison.dialogue_change(held.posts, held.comments, zone="America/New_York", draws=9)
    assert rows.set_index("statistic").dialogue_change["slope"] == pytest.approx(0.0155, abs=5e-5)


def test_halves_and_steps_of_quarters_that_only_differ():
    """Without a change, quarters that differ by chance are seldom "different"; steps that go on have p above .05."""
    rng, different, small = np.random.default_rng(2), [], []
    for _ in range(200):
        chance = rng.beta(0.3 * 7 / 3, 0.7 * 7 / 3, 8)  # intraclass correlation .3
        row = comparison._halves(rng.binomial(60, chance).astype(float), np.full(8, 60.0), np.arange(8), 0.2)
        different.append("different" in row["method"])
        noise = rng.normal(size=30)
        for place in range(1, 30):
            noise[place] += 0.5 * noise[place - 1]
        small.append(_split_p(noise[-12:], np.arange(12), 2, 199, 1) <= 0.05)
    assert np.mean(different) < 0.07 and np.mean(small) < 0.1


def test_short_series_have_no_step():
    """Two quarters have halves, but neither slope nor step."""
    rows = change((0, 4), (2, 2))
    assert rows.dialogue_change.isna().tolist() == [True, True, False] and rows.n.tolist() == [0, 0, 2]


def test_typical_account():
    """Alike accounts: their share, no heterogeneity. Unlike ones: a high I², an interval that spans them."""
    typical = partial(comparison.pooled_reply_share, comments=NONE, by="platform")
    alike = typical(talk(KEN=(20, 80), PER=(20, 80))).iloc[0]
    unlike = typical(talk(KEN=(1, 99), PER=(50, 50), USA=(90, 10))).iloc[0]
    assert (alike.pooled_reply_share, alike.heterogeneity, alike.n) == (pytest.approx(0.2), 0, 2)
    assert unlike.heterogeneity > 0.9 and unlike.low < 0.1 and unlike.high > 0.8


def test_knapp_and_hartung_by_hand():
    """Five accounts of 50 acts: weights 1 / (v + τ²), errors √(Σ w (y - m)² / ((k - 1) Σ w)) and t of 4."""
    answers = [5, 15, 20, 30, 45]
    found = comparison.pooled_reply_share(
        talk(**{f"M{n}": (x, 50 - x) for n, x in enumerate(answers)}), NONE, by="platform"
    ).iloc[0]
    effects = np.arcsin(np.sqrt(np.array(answers) / 50))  # equal variances: τ² + v is their variance, weights are alike
    error = (effects.var(ddof=1) / 5) ** 0.5
    low, high = np.sin(effects.mean() + np.array([-1, 1]) * t.ppf(0.975, 4) * error) ** 2
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    assert found["between"] == pytest.approx((effects.var(ddof=1) - 1 / 200) ** 0.5, rel=1e-3)


def test_no_answer_anywhere_is_bounded():
    """0 of 146 and 0 of 154 posts: the exact bound of 300."""
    row = comparison.pooled_reply_share(talk(KEN=(0, 146), PER=(0, 154)), NONE, by="platform").iloc[0]
    assert (row.pooled_reply_share, row.low, row.high) == (0, 0, pytest.approx(1 - 0.05 ** (1 / 300)))


def test_planted_change():
    """Australia's step lies at 2015Q1, near 1.32, within its interval; Norway and Canada are equivalent to no change."""
    held = store.load("sample", "", "x", "", "2014-01-01", "2016-01-01", "UTC")
    rows = comparison.dialogue_change(held.posts, held.comments).set_index(["ministry", "statistic"])
    step = rows.loc[("AUS", "step")]
    assert step.changed_at == "2015Q1" and step.low < 1.32 < step.high and step.p < 0.05
    for ministry in ("CAN", "NOR"):
        assert "equivalent" in rows.method[ministry, "later half less earlier"]


def test_an_export_without_comments_has_no_change():
    """Estonia's comments are not held: no number, and the reason."""
    held = store.load("sample", "EST", "facebook", "SampleMfaEstonia")
    rows = comparison.dialogue_change(held.posts, held.comments)
    assert rows.dialogue_change.isna().all() and set(rows.method) == {NO_COMMENTS}
