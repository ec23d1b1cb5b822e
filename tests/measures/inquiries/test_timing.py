"""Timing: published survival curves, public definitions of a response time, planted waits."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t
from statsmodels.duration.hazard_regression import PHReg

from digidip import store
from digidip.measures.inquiries._replies import incidence_at
from digidip.measures.inquiries._survival import cox, kaplan_meier, quantile
from digidip.measures.inquiries.answers import answer_funnel, answer_hand_share, answer_wait, without_automatic
from digidip.measures.inquiries.inquiries import inquiry_hours, inquiry_table
from digidip.measures.inquiries.timing import (
    NO_ANSWER,
    NOT_REACHED,
    TOO_SHORT,
    answered_within,
    first_reply_share,
    waiting_curve,
    waiting_difference,
    waiting_ratio,
    waiting_ratio_by_phase,
    waiting_ratio_drift,
    waiting_time,
)
from digidip.measures.posts.engagement import recounted_posts
from digidip.measures.statistics._comment_queries import NO_INSTANTS

TREATED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def frame(hours, answered, kind="complex", **columns):
    """Inquiries of one ministry, each under its own post."""
    ids = [f"{number:03}" for number in range(len(hours))]
    given = {"ministry": "PER", "platform": "x", "post_id": ids, "comment_id": ids, "absent": None, "kind": kind}
    return pd.DataFrame({**given, "hours": np.asarray(hours, float), "is_answered": answered, **columns})


@pytest.fixture(scope="module")
def trial():
    """Freireich's 42 patients as inquiries: 21 procedural (6-MP), 21 complex (placebo); + is censored."""
    weeks = f"{TREATED} {PLACEBO}".split()
    kinds = ["procedural"] * 21 + ["complex"] * 21
    return frame([float(week.rstrip("+")) for week in weeks], [not week.endswith("+") for week in weeks], kinds)


def test_published_curve(trial):
    """V-KM: S of the 6-MP arm at 6, 7, 10, 13, 16, 22, 23 weeks, and who is at risk."""
    curve = waiting_curve(trial).query("kind == 'procedural'").set_index("hours")
    at = curve.loc[[6, 7, 10, 13, 16, 22, 23]]
    assert at.waiting_curve.tolist() == pytest.approx(
        [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=6e-5
    )
    assert at.n.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert curve.loc[6, ["answered", "censored"]].tolist() == [3, 1]
    assert curve.loc[6, ["low", "high"]].tolist() == pytest.approx([0.620, 0.952], abs=1e-3)  # log-log, as in R


def test_published_medians(trial):
    """V-KM: 23 and 8 weeks; the mean of the events alone is 12.1, far below the median of 23."""
    found = waiting_time(trial, horizon=10).set_index(["kind", "statistic"]).waiting_time
    assert (found["procedural", "median"], found["complex", "median"]) == (23, 8)
    assert round(found["procedural", "answered: mean"], 1) == 12.1


def test_published_log_rank(trial):
    """V-LR: χ² 16.7929410, p 4.1688e-5."""
    found = waiting_difference(trial, terms="kind").iloc[0]
    assert found.waiting_difference == pytest.approx(16.7929410, abs=1e-6)
    assert found.p == pytest.approx(4.1688e-5, abs=1e-8)


def test_published_cox(trial):
    """V-COX: Efron's beta 1.5721251, placebo against 6-MP; Breslow's ties would give 1.5091914."""
    found = waiting_ratio(trial, terms="kind").set_index("level").waiting_ratio
    assert found["procedural"] / found["complex"] == pytest.approx(np.exp(-1.5721251), abs=1e-6)
    placebo = trial.kind.eq("complex").to_numpy(float)[:, None]
    breslow = PHReg(trial.hours.to_numpy(), placebo, status=trial.is_answered.to_numpy(int), ties="breslow").fit(disp=0)
    assert breslow.params[0] == pytest.approx(1.5091914, abs=1e-6)


def two_languages(rng):
    """Thirty answered inquiries in Spanish, twenty slower ones in English."""
    language = ["es"] * 30 + ["en"] * 20
    return frame(np.r_[rng.exponential(4, 30), rng.exponential(8, 20)], [True] * 50, language=language)


@pytest.mark.parametrize("others", [{"language": "qu"}, {"language": "en", "dialect": "c"}])
def test_a_level_without_answers_does_not_join_the_reference(others):
    """English against Spanish is .589, with or without 25 inquiries of a level that nobody answers."""
    heard = two_languages(np.random.default_rng(0)).assign(dialect="a")
    never = frame([100.0] * 25, [False] * 25).assign(
        post_id=[f"n{n}" for n in range(25)], **({"dialect": "b"} | others)
    )
    found = [waiting_ratio(rows, terms=["language", "dialect"]).set_index("level")
             for rows in (heard, pd.concat([heard, never], ignore_index=True))]  # fmt: skip
    assert [table.waiting_ratio["en"] for table in found] == pytest.approx([0.5892544] * 2, abs=1e-6)
    assert found[1].n[["en", "es"]].tolist() == [20, 30]
    lost = found[1][found[1].method.str.startswith("not defined: no answer")]
    assert len(lost) and lost.n.eq(25).all() and lost.waiting_ratio.isna().all()
    drift = [waiting_ratio_drift(rows, terms=["language", "dialect"]).waiting_ratio_drift.iloc[0]
             for rows in (heard, pd.concat([heard, never], ignore_index=True))]  # fmt: skip
    assert drift[0] == pytest.approx(drift[1])


def test_few_posts_give_no_interval():
    """Two posts once gave p = 6e-35: below eight a ratio has neither limits nor p, and says so."""
    rows = two_languages(np.random.default_rng(0))
    few, enough = (
        waiting_ratio(rows.assign(post_id=np.arange(50) % many), terms="language").iloc[0] for many in (7, 8)
    )
    assert few.method == "Cox, Efron; no interval: fewer than 8 posts" and few[["low", "high", "p"]].isna().all()
    assert (
        few.waiting_ratio == enough.waiting_ratio and enough.low < enough.waiting_ratio < enough.high and enough.p < 1
    )


def test_errors_of_a_ratio_by_hand():
    """Ten posts: the sandwich of statsmodels times 10/9, and Student's t with 9 degrees of freedom."""
    rows = two_languages(np.random.default_rng(0)).assign(post_id=np.arange(50) % 10)
    english = rows.language.eq("en").to_numpy(float)[:, None]
    fit = PHReg(rows.hours.to_numpy(), english, status=np.ones(50), ties="efron").fit(groups=rows.post_id, disp=0)
    row = waiting_ratio(rows, terms="language").set_index("level").loc["en"]
    error = fit.bse[0] * np.sqrt(10 / 9)
    assert (row.low, row.high) == pytest.approx(
        tuple(np.exp(fit.params[0] + np.array([-1, 1]) * 2.262157 * error)), rel=1e-5
    )
    assert row.p == pytest.approx(2 * t.sf(abs(fit.params[0]) / error, 9))


def test_waits_that_ended_before_the_first_answer_are_no_failure():
    """An observation shorter than every answered wait is in no risk set: the ratio is that without it."""
    rows = two_languages(np.random.default_rng(0))
    early = frame([1e-6], [False], language=["en"]).assign(post_id="early")
    alone, with_early = (waiting_ratio(each, terms="language").iloc[0] for each in (rows, pd.concat([rows, early])))
    assert with_early.waiting_ratio == pytest.approx(alone.waiting_ratio) and with_early.low == pytest.approx(alone.low)


@pytest.mark.parametrize(
    ("hours", "median"),
    [([1, 2, 3, 4], 2), ([1, 100], 1), ([0.1, 0.2, 0.3, 0.4, 50, 60, 70, 80, 90, 100], 50), ([5], 5)],
)
def test_median_where_the_curve_stays_on_one_half(hours, median):
    """inf{t: S(t) <= 1/2}, where R takes the midpoint of the stay and SAS, like statsmodels, its end."""
    assert quantile(kaplan_meier(hours, [1] * len(hours)), 0.5)[0] == median


def test_quantiles_are_those_of_statsmodels_where_nothing_ties(trial):
    """Medians and p90 of the trial's arms; and its medians with the limits of R's log-log intervals: 23 [13, open], 8 [4, 11]."""
    limits = {"procedural": [23, 13, np.nan], "complex": [8, 4, 11]}
    for kind, rows in trial.groupby("kind"):
        curve = kaplan_meier(rows.hours, rows.is_answered)
        for share in (0.25, 0.5, 0.9):
            assert quantile(curve, share)[0] == pytest.approx(curve.quantile(share), nan_ok=True)
        assert quantile(curve, 0.5) == pytest.approx(limits[kind], nan_ok=True)
        with np.errstate(all="ignore"):
            assert quantile(curve, 0.5)[1] == curve.quantile_ci(0.5)[0]


def test_proportional_hazards_of_the_trial_hold(trial):
    """Freireich's hazards are textbook proportional: no drift of the ratio, and one term is tested as all together."""
    alone, together = waiting_ratio_drift(trial, terms="kind").itertuples()
    assert alone.p > 0.5 and alone.p == pytest.approx(together.p) and alone.n == 30
    assert alone.low < 0 < alone.high


def test_drift_is_found_where_curves_cross():
    """Complex inquiries answered at once or after days, procedural ones in between: the ratio falls with time."""
    rows = frame([*np.linspace(0.1, 1, 20), *np.linspace(40, 60, 20), *np.linspace(5, 15, 50)], [True] * 90,
                 ["complex"] * 40 + ["procedural"] * 50)  # fmt: skip
    found = waiting_ratio_drift(rows, terms="kind").iloc[0]
    assert found.waiting_ratio_drift < -0.3 and found.high < 0 and found.p < 0.001


def test_drift_is_rarely_found_where_there_is_none():
    """Of 60 trials with one ratio throughout and a third censored about 5 % reject at 5 %."""
    rng, hits = np.random.default_rng(3), 0
    for _ in range(60):
        kinds = np.where(np.arange(80) < 35, "complex", "procedural")
        waits, seen = rng.exponential(np.where(np.arange(80) < 35, 2.0, 1.0)), rng.exponential(3.0, 80)
        rows = frame(np.minimum(waits, seen), waits <= seen, kinds)
        hits += waiting_ratio_drift(rows, terms="kind").p.iloc[0] < 0.05
    assert 1 <= hits <= 8


def test_who_replies_first():
    """Ministry at 1, another at 2 (the ministry at 3 is too late), nobody by 4: by hand 1/3, 1/3, 1/3."""
    rows = frame([1, 3, 4], [True, True, False], author=["p", "q", "r"])
    rows["platform"], at = "x", pd.Timestamp("2016-01-01T00:00Z")
    asked = pd.DataFrame({"comment_id": ["000", "001", "002"], "parent_id": None, "author": list("pqr"), "hour": 0})
    said = [("a", "000", "ministry", 1), ("b", "001", "z", 2), ("c", "001", "ministry", 3), ("d", "002", "r", 2)]
    given = pd.concat([asked, pd.DataFrame(said, columns=["comment_id", "parent_id", "author", "hour"])])
    given = given.assign(platform="x", post_id="1", text="So.", is_official=given.author == "ministry")
    given["commented_at"] = at + pd.to_timedelta(given.hour, unit="h")
    found = first_reply_share(rows, given, within=[1, 4]).set_index(["statistic", "hours"]).first_reply_share
    assert found["the ministry"].tolist() == pytest.approx([1 / 3, 1 / 3])
    assert found["somebody else"].tolist() == pytest.approx([0, 1 / 3])
    assert found["nobody yet"].tolist() == pytest.approx([2 / 3, 1 / 3])


def test_limits_of_competing_ends():
    """31 of 120 first answered by the ministry, nobody censored: F^exp(±z·se / (F log F)) is .184 to .339."""
    hours, status = pd.Series(np.arange(120.0)), np.where(np.arange(120) < 31, 1, 2)
    share = 31 / 120
    spread = np.exp(1.959964 * np.sqrt(share * (1 - share) / 120) / (share * np.log(share)))
    value, low, high = (float(limit[0]) for limit in incidence_at(hours, status, [200])[0])
    assert (value, low, high) == pytest.approx((share, share ** (1 / spread), share**spread), abs=1e-6)
    assert (round(low, 3), round(high, 3)) == (0.184, 0.339)


def test_competing_replies_and_waits_alone_differ():
    """Half are first replied to by others, after which nobody counts as censored: 1 - Kaplan-Meier says too much."""
    rng = np.random.default_rng(5)
    by_ministry, by_other = rng.exponential(2, 400), rng.exponential(2, 400)
    status = np.where(by_ministry < by_other, 1, 2)
    hours = pd.Series(np.minimum(by_ministry, by_other))
    value, low, high = (float(limit[0]) for limit in incidence_at(hours, status, [50])[0])
    assert low < 0.5 < high and value == pytest.approx((status == 1).mean())
    assert 1 - kaplan_meier(hours, status == 1).surv_prob[-1] > 0.9


def test_planted_first_replies_are_recovered():
    """Colombia: of 120 questions 52 first have the ministry, 40 somebody else, 28 nobody, once the machine is left out."""
    held = store.load("sample", "COL", "facebook", "", "2016-01-01", "2016-02-01", "America/Bogota")
    asked = inquiry_table(held.posts, without_automatic(held.comments), zone="America/Bogota")
    found = first_reply_share(asked, held.comments, within=[400]).set_index("statistic")
    assert (found.first_reply_share * 120).round(6).tolist() == [52, 40, 28] and found.n.eq(120).all()
    assert ((found.low < [52 / 120, 40 / 120, 28 / 120]) & (found.high > [52 / 120, 40 / 120, 28 / 120])).all()


def test_restricted_mean_is_the_area():
    """Answers at 1 and 2 of two, one waits on: 1 + 2/3 + 1/3 · 2 up to 4 hours; Greenwood by hand."""
    found = waiting_time(frame([1, 2, 9], [True, True, False]), horizon=4).query("kind == 'complex'")
    row = found[found.statistic == "mean up to 4 h"].iloc[0]
    assert row.waiting_time == pytest.approx(1 + 2 / 3 + 2 / 3)
    variance = (4 / 3) ** 2 / (3 * 2) + (2 / 3) ** 2 / (2 * 1)
    assert row.waiting_time - row.low == pytest.approx(1.959964 * np.sqrt(variance), abs=1e-6)


def test_public_definitions():
    """Fanpage Karma's five: median .883 h, mean 4.76 h; the fastest 90 % of ten leave the slowest out."""
    five = waiting_time(frame([10 / 60, 45 / 60, 2, 20, 53 / 60], [True] * 5)).query("kind == 'complex'")
    found = five.set_index("statistic").waiting_time
    assert found["answered: median"] == pytest.approx(0.883, abs=5e-4)
    assert found["answered: mean"] == pytest.approx(4.76, abs=5e-3)
    ten = waiting_time(frame([*range(1, 10), 100], [True] * 10)).query("kind == 'complex'").set_index("statistic")
    assert ten.waiting_time["answered: mean of fastest 90 %"] == pytest.approx(5)


def test_answers_alone_flatter_a_silent_ministry():
    """One inquiry in ten answered at once: fast by public definitions, no median with the others taken in."""
    rows = (
        waiting_time(frame([0.1] + [100.0] * 9, [True] + [False] * 9)).query("kind == 'complex'").set_index("statistic")
    )
    assert rows.waiting_time["answered: median"] == 0.1
    assert np.isnan(rows.waiting_time["median"]) and rows.method["median"] == NOT_REACHED
    assert rows.waiting_time["mean up to 24 h"] == pytest.approx(0.01 + 0.9 * 24)


def test_nobody_answered_is_a_bound():
    """Twenty inquiries, no answer: share 0 with the exact bound, the curve at 1, no wait of the answered, no ratio."""
    silent = frame([200.0] * 20, [False] * 20)
    row = answered_within(silent, within=[24]).iloc[0]
    assert (row.answered_within, row.low) == (0, 0) and row.high == pytest.approx(1 - 0.05 ** (1 / 20))
    curve = waiting_curve(silent).query("kind == 'complex'")
    assert (curve.waiting_curve == 1).all() and curve.low.tolist() == pytest.approx([0.05 ** (1 / 20)] * 2)
    times = waiting_time(silent).set_index(["kind", "statistic"])
    assert times.method["complex", "answered: median"] == NO_ANSWER
    assert times.waiting_time["complex", "mean up to 24 h"] == 24
    silent["asked"] = pd.Timestamp("2016-01-01")
    assert waiting_difference(silent, terms="hour").method.tolist() == [NO_ANSWER]
    assert waiting_ratio(silent, terms="hour").method.tolist() == [
        "not defined: no answer at this level; not in the model"
    ]


def test_everybody_answered_is_a_bound_too():
    """Twenty of twenty within the hour: 1 with the exact bound, not always."""
    row = answered_within(frame([0.5] * 20, [True] * 20), within=[1]).iloc[0]
    assert row.answered_within == 1 and row.low == pytest.approx(0.05 ** (1 / 20)) and row.high == 1


def test_nobody_observed_so_long():
    """Where every observation ended before, the share within is missing, not that of the last moment."""
    found = answered_within(frame([1, 2, 3], [True, False, False]), within=[2, 168]).query("kind == 'complex'")
    assert found.answered_within.tolist() == pytest.approx([1 / 3, np.nan], nan_ok=True)
    assert found.method.tolist()[1] == TOO_SHORT


def test_terms_that_cannot_be_told_apart():
    """Kind and language that go together have no ratio of their own."""
    rows = frame(range(1, 9), [True] * 8, ["complex", "procedural"] * 4, language=["en", "es"] * 4)
    assert waiting_ratio(rows, terms=["kind", "language"]).method.str.contains("told apart").sum() == 2


@pytest.mark.parametrize(
    ("ministry", "platform", "zone", "minutes"),
    [
        ("PER", "facebook", "America/Lima", 72),
        ("PER", "x", "America/Lima", 66),
        ("IND", "facebook", "Asia/Kolkata", 302),
    ],
)
def test_planted_waits_are_recovered(ministry, platform, zone, minutes):
    """The planted median wait of the answered lies within the interval, though the rules see some inquiries only."""
    account = "SampleCancilleria" if ministry == "PER" else ""
    held = store.load("sample", ministry, platform, account, "2016-01-01", "2016-02-01", zone)
    found = waiting_time(inquiry_table(held.posts, held.comments)).set_index(["kind", "statistic"])
    row = found.loc[("any inquiry", "answered: median")]
    assert row.low < minutes / 60 < row.high and abs(60 * row.waiting_time - minutes) < 0.1 * minutes


def test_complex_inquiries_wait_longer():
    """Planted: complex ones wait longer and are answered less often; the ratio is below 1 with its interval."""
    held = store.load("sample", "PER", "", "SampleCancilleria", "2016-01-01", "2016-02-01", "America/Lima")
    asked = inquiry_table(held.posts, held.comments, zone="America/Lima")
    ratio = waiting_ratio(asked).set_index("level")
    assert ratio.high["complex"] < 1 and waiting_difference(asked, terms="kind").p.item() < 0.001
    assert set(ratio.index) >= {"es", "en", "not given"}


def test_days_and_ages_have_no_waits():
    """By ages (`is_approximate`) a comment is answered, and how soon is not known; nothing looks automatic either."""
    post = {"ministry": "PER", "platform": "facebook", "post_id": "1", "account_id": "7", "comment_count": 6}
    said = pd.DataFrame({"comment_id": list("abcdef"), "parent_id": [None, None, None, "a", "b", "c"]})
    said = said.assign(platform="facebook", post_id="1", account_id="7", author=list("pqr777"), text="Where is the visa office?",
                       lang=None, is_official=[False] * 3 + [True] * 3, is_approximate=[True, None, None, True, None, True],
                       commented_at=pd.Timestamp("2021-03-18", tz="UTC") + pd.to_timedelta([0, 0, 0, 0, 2, 24], "h"))  # fmt: skip
    rows = inquiry_table(pd.DataFrame([post]), said)
    assert rows.is_answered.all() and rows.hours.fillna(-1).tolist() == [-1, 2, -1]
    median = waiting_time(rows).query("kind == 'any inquiry' and statistic == 'median'").iloc[0]
    assert (median.waiting_time, median.n) == (2, 1)
    assert (
        median.method
        == "Kaplan-Meier; left out: 2 of 3 inquiries whose times are days alone or ages; found by the rules"
    )
    assert waiting_curve(inquiry_table(pd.DataFrame([post]), said.assign(is_approximate=True))).method.tolist() == [
        NO_INSTANTS
    ]
    assert answer_wait(rows).method.tolist() == [NO_INSTANTS, "answered", NO_INSTANTS]
    assert answer_funnel(rows, said).set_index("statistic").method["within 24 h"] == NO_INSTANTS
    hands = (
        answer_hand_share(rows, said.assign(is_approximate=True), repeats=1).set_index("statistic").answer_hand_share
    )
    assert hands["looks automatic"] == 0 and inquiry_hours(rows).inquiry_hours.sum() == 1
    other = said.iloc[[4]].assign(comment_id="z", author="s", is_official=False, is_approximate=True)
    assert first_reply_share(rows, pd.concat([said, other])).method.unique().tolist() == [NO_INSTANTS]
    posted = pd.DataFrame([post | {"posted_at": "2021-03-17"}])
    assert recounted_posts(posted, said, within_days=7).comment_count.to_list() == [None]
    assert recounted_posts(posted, said.assign(is_approximate=False), within_days=7).comment_count.to_list() == [6]


def test_two_ratios_where_one_does_not_tell_the_wait():
    """Complex inquiries wait three times as long until hour 2, and alike from then on; alike throughout, none is shown."""
    rng = np.random.default_rng(5)
    kind = np.array(["complex", "procedural"] * 400)
    waits = rng.exponential(1, 800) * np.where(kind == "complex", 3, 1)
    waits = np.where(waits > 2, 2 + rng.exponential(2, 800), waits)
    found = waiting_ratio_by_phase(frame(waits, True, kind), terms="kind", split=2).set_index("phase")
    assert found.level.tolist() == ["procedural"] * 2 and found.n.tolist()[0] == 400
    early, late = found.loc["first half of the answers"], found.loc["second half"]
    assert early.low < 3 < early.high and late.low < 1 < late.high and early.low > late.high
    assert early.method.endswith("800 posts; up to 2 h") and early.p_adjusted == 2 * early.p
    alike = waiting_ratio_by_phase(frame(rng.exponential(2, 800), True, kind), terms="kind")
    assert alike.waiting_ratio_by_phase.isna().all()
    assert alike.method.str.startswith("not shown: one ratio may tell the whole wait, p ").all()


def test_the_fit_is_that_of_statsmodels():
    """Its own Newton steps, one answer after the other, end where ours do: parameters, errors, residuals."""
    rng = np.random.default_rng(1)
    table, posts = (rng.random((60, 3)) < 0.4).astype(float), rng.integers(0, 20, 60)
    hours, answered = np.round(rng.exponential(4, 60)) + 1, (rng.random(60) < 0.8).astype(int)  # tied, some censored
    theirs = PHReg(hours, table, status=answered, ties="efron").fit(groups=posts, disp=0)
    ours = cox(hours, answered, table, posts)
    assert ours.params == pytest.approx(theirs.params, abs=1e-9) and ours.bse == pytest.approx(theirs.bse, abs=1e-9)
    assert ours.schoenfeld_residuals[answered > 0] == pytest.approx(theirs.schoenfeld_residuals[answered > 0], abs=1e-9)
