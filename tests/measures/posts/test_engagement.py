"""Engagement by hand and against slow twins."""

import warnings
from math import comb

import ibis
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats
from statsmodels.discrete.discrete_model import NegativeBinomial
from statsmodels.discrete.truncated_model import TruncatedLFNegativeBinomialP
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from digidip.measures.posts import engagement as e
from digidip.measures.posts.sensitivity import definitions
from digidip.measures.statistics._counts import gini, histogram, quantiles, top_share, variance_ratio
from digidip.measures.statistics._intervals import effective_size, sum_error
from digidip.tables import TableError


def posts(counts, **columns):
    """One post a day from 1 January 2016, with these comment counts."""
    days = pd.Timestamp("2016-01-01T12:00Z") + pd.to_timedelta(range(len(counts)), unit="D")
    return pd.DataFrame({"ministry": "PER", "posted_at": days, "comment_count": counts, **columns})


def storms(n=146, alpha=13.9, days=31, seed=1):
    """A month of a few storms over silence: mean 65, median 0."""
    rng = np.random.default_rng(seed)
    counts = rng.negative_binomial(1 / alpha, 1 / (1 + alpha * 65), n)
    hours = pd.to_timedelta(rng.integers(0, days * 24, n), unit="h")
    medium = rng.choice(["photo", "video", None], n)
    return posts(counts, medium=medium).assign(posted_at=pd.Timestamp("2016-01-01T00:00Z") + hours)


def test_comments_per_post_leaves_out_the_unknown():
    """Known counts 2, 4, 9: mean 5, median 4, p90 8; n is 3."""
    table = e.comments_per_post(posts([2, None, 4, 9])).set_index("statistic")
    assert table.comments_per_post.to_dict() == pytest.approx(
        {"mean": 5, "median": 4, "p10": 2.4, "p25": 3, "p75": 6.5, "p90": 8, "max": 9}
    )
    assert (table.n == 3).all()
    assert table.loc["max", ["low", "high"]].isna().all()


def test_zone_moves_posts_between_days():
    """01:00 UTC of the ninth day is still the eighth in New York: one day less, and no interval from seven."""
    table = posts([1, 9, 4, 2, 6, 3, 8, 5])
    table.loc[7, "posted_at"] = pd.Timestamp("2016-01-08T01:00Z")
    assert e.comments_per_post(table).high[0] > 4.75
    found = e.comments_per_post(table, zone="America/New_York")
    assert found.low.isna().all() and found.method[0] == "no interval: fewer than 8 days"


def test_posts_of_a_day_count_together():
    """Ten days of five posts that say the same: the interval of about ten posts, not of fifty; the slow way."""
    loud = np.repeat([9, 0, 9, 9, 0, 0, 9, 0, 9, 0], 5)
    table = posts(loud).assign(posted_at=pd.date_range("2016-01-01", periods=10, tz="UTC").repeat(5))
    row = e.uncommented_share(table).iloc[0]
    size = effective_size(np.repeat([0, 5], 1)[(loud[::5] == 0).astype(int)], np.full(10, 5))
    assert size < 12
    assert (row.low, row.high) == pytest.approx(proportion_confint(size / 2, size, method="wilson"))
    assert row.method == "Wilson, 10 days as clusters"
    assert e.share_above(table, threshold=5)[["low", "high"]].iloc[0].tolist() == pytest.approx([row.low, row.high])
    assert e.comment_exceedance(table).low[1] == pytest.approx(row.low)


def test_the_mean_has_the_t_interval_of_its_logarithm():
    """Log of the mean, each day left out by hand, days in order."""
    counts = np.array([3.0, 5, 8, 1, 9, 4, 7, 6, 2, 12])
    without = np.log([(counts.sum() - x) / 9 for x in counts])
    error, free = sum_error((without.mean() - without) * 9 / 10)
    row = e.comments_per_post(posts(counts)).iloc[0]
    half = stats.t.ppf(0.975, free) * error
    assert [row.low, row.high] == pytest.approx(counts.mean() * np.exp([-half, half]))


def test_a_variance_ratio_of_storms_has_no_interval():
    """Its percentiles held the truth 63 times in 100."""
    row = e.comment_variance_ratio(storms()).iloc[0]
    assert (
        row.comment_variance_ratio > 100 and np.isnan(row.low) and row.method == "no interval: the largest posts decide"
    )


def test_share_above_is_strict_unless_told():
    """100 is not more than 100; with no event at all the bound is exact."""
    table = posts([99, 100, 101, 500])
    assert e.share_above(table).share_above[0] == 0.5
    assert e.share_above(table, strict=False).share_above[0] == 0.75
    assert e.share_above(table, threshold=999)[["low", "high", "method"]].values.tolist() == [
        [0, pytest.approx(1 - 0.05**0.25), "exact, one-sided"]
    ]


def test_uncommented_share():
    """Two of five known posts; missing is not zero."""
    table = e.uncommented_share(posts([0, 0, 1, 2, 3, None]))
    assert table[["uncommented_share", "n", "method"]].values.tolist() == [[0.4, 5, "no interval: fewer than 8 days"]]


def test_all_zero_has_no_inequality():
    """No comments at all: shares of nothing are missing, the mean is 0."""
    silent = posts([0, 0, 0])
    for name in ("comment_gini", "comment_top_share", "comment_lorenz", "comment_variance_ratio", "comment_dispersion"):
        assert getattr(e, name)(silent)[name].isna().all()
    assert e.comments_per_post(silent).comments_per_post.tolist() == [0] * 7


def test_top_share_splits_the_post_on_the_edge():
    """The top tenth of 15 posts is one and a half of them: 30 + half of 20 of 63."""
    assert e.comment_top_share(posts([1] * 13 + [20, 30])).comment_top_share[0] == pytest.approx(40 / 63)


def test_exceedance_and_lorenz():
    """1, 1, 2, 6: at least 1 all, 2 half, 6 a quarter; the lower half holds a fifth."""
    table = posts([6, 1, 2, 1])
    shares = e.comment_exceedance(table)[["comments", "comment_exceedance"]]
    assert shares.values.tolist() == [[1, 1], [2, 0.5], [6, 0.25]]
    curve = e.comment_lorenz(table)
    assert curve.post_share.tolist() == [0, 0.5, 0.75, 1]
    assert curve.comment_lorenz.tolist() == pytest.approx([0, 0.2, 0.4, 1])
    area = np.trapezoid(curve.comment_lorenz, curve.post_share)
    assert 1 - 2 * area == pytest.approx(e.comment_gini(table).comment_gini[0])


def test_comments_per_day():
    """A day without a post, and one whose only count is unknown, are missing; a silent post is 0."""
    table = e.comments_per_day(posts([5, None, 0]), start="2016-01-01", end="2016-01-05")
    assert table.n.tolist() == [1, 0, 1, 0]
    assert table.comments_per_day.fillna(-1).tolist() == [5, -1, 0, -1]


@pytest.mark.parametrize("alpha", [0.193, 13.9])
def test_dispersion_equals_statsmodels(alpha):
    """The same alpha as sm.NegativeBinomial, and far from Poisson."""
    table = storms(alpha=alpha)
    row = e.comment_dispersion(table).iloc[0]
    twin = NegativeBinomial(table.comment_count, np.ones(146)).fit(method="bfgs", maxiter=500, disp=0)
    assert row.comment_dispersion == pytest.approx(twin.params["alpha"], rel=1e-3)
    assert row.p < 1e-9


def test_dispersion_interval_is_where_the_likelihood_falls():
    """At both limits twice the log-likelihood lies t² below the best, more where days differ."""
    table = storms(alpha=0.193)
    row = e.comment_dispersion(table).iloc[0]
    model = smf.negativebinomial("comment_count ~ 1", table)
    centre = np.log(table.comment_count.mean())
    best, low, high = (model.loglike([centre, np.log(a)]) for a in (row.comment_dispersion, row.low, row.high))
    assert 2 * (best - low) == pytest.approx(2 * (best - high), abs=1e-3)
    assert 2 * (best - low) >= stats.t.ppf(0.975, sum_error(np.arange(31.0))[1]) ** 2 - 1e-3
    days = posts(np.repeat(np.random.default_rng(2).negative_binomial(4, 0.06, 31), 5))
    alike = days.assign(posted_at=pd.date_range("2016-01-01", periods=31, tz="UTC").repeat(5))
    together, apart = (e.comment_dispersion(each).iloc[0] for each in (alike, days))
    assert together.comment_dispersion == pytest.approx(apart.comment_dispersion)
    assert together.high > 1.2 * apart.high and together.low < apart.low


def test_models_of_counts_equal_statsmodels():
    """Storms: log-likelihoods of statsmodels' negative binomial, and of its truncated one behind a hurdle."""
    counts = storms().comment_count.to_numpy(float)
    found = e.comment_model_fit(storms()).set_index("model")
    ones = np.ones(146)
    assert found.log_likelihood["NB2"] == pytest.approx(NegativeBinomial(counts, ones).fit(disp=0).llf, abs=1e-3)
    some, k = counts[counts > 0], int((counts == 0).sum())
    truncated = TruncatedLFNegativeBinomialP(some, ones[: len(some)])
    gate = stats.binom.logpmf(k, 146, k / 146) - np.log(float(comb(146, k)))
    best = found.log_likelihood["hurdle NB2"] - gate
    fit = truncated.fit(start_params=[np.log(some.mean()), 1.0], method="bfgs", maxiter=500, disp=0)
    assert best >= fit.llf - 1e-3 and best == pytest.approx(fit.llf, abs=0.05)
    assert found.zero_share["hurdle NB2"] == round(k / 146, 4) and found.comment_model_fit.idxmin() != "Poisson"
    steady = e.comment_model_fit(storms(alpha=0.193)).set_index("model").comment_model_fit
    assert steady["NB2"] < steady["Poisson"] - 100 and abs(steady["hurdle NB2"] - steady["NB2"]) < 3


def test_rootogram_holds_all_posts():
    """Expected and observed posts of every model add up, nearly to the last; bins meet."""
    for table in (storms(), storms(alpha=0.193)):
        found = e.comment_rootogram(table)
        assert (found.groupby("model")["observed"].sum() == 146).all()
        sums = found[found.model != "Poisson"].groupby("model").comment_rootogram.sum()
        assert sums.to_numpy() == pytest.approx([146] * 2, rel=0.05)
        bins = found[found.model == "NB2"]
        assert (bins.comments.iloc[1:].to_numpy() == bins.up_to.iloc[:-1].to_numpy() + 1).all()


@pytest.mark.parametrize(
    ("silent", "stories"),
    [(0.0, [(0.193, 61)]), (0.2, [(0.04, 74)]), (0.4, []), (0.613, [(13.9, 0)]), (0.8, [(1.934, 0)])],
)
def test_two_stories_hold_behind_a_hurdle(silent, stories):
    """A mean of 65 and 12 % above 100, given the share without a comment: a steady crowd, nothing, or storms."""

    def mean(log_mean, alpha):
        empty = (1 + alpha * np.exp(log_mean)) ** (-1 / alpha)
        return (1 - silent) * np.exp(log_mean) / (1 - empty) - 65

    def above(log_alpha):
        alpha = np.exp(log_alpha)
        if mean(-20, alpha) > 0:
            return np.nan
        centre = np.exp(optimize.brentq(mean, -20, 12, args=(alpha,)))
        law = stats.nbinom(1 / alpha, 1 / (1 + alpha * centre))
        return (1 - silent) * law.sf(100) / law.sf(0) - 0.12

    grid = np.linspace(np.log(1e-3), np.log(200), 80)
    values = np.array([above(x) for x in grid])
    found = [optimize.brentq(above, *grid[i : i + 2]) for i in range(79) if values[i] * values[i + 1] < 0]
    assert np.exp(found) == pytest.approx([alpha for alpha, _ in stories], rel=0.01)


def test_rate_ratio_equals_statsmodels():
    """Coefficients of smf.negativebinomial; refitted without each day as GLM does; Holm over both levels."""
    table = storms(300, 0.5, 20)
    table["medium"] = table.medium.fillna("not given")
    found = e.comment_rate_ratio(table, terms=["medium"]).set_index("level")
    reference = found.index[found.method == "reference"].item()
    formula = f"comment_count ~ C(medium, Treatment('{reference}'))"
    twin, days = smf.negativebinomial(formula, table).fit(disp=0, maxiter=200), table.posted_at.dt.date
    others = found.drop(index=reference)
    assert others.comment_rate_ratio.tolist() == pytest.approx(np.exp(twin.params.iloc[1:-1]).tolist(), rel=1e-3)
    family = sm.families.NegativeBinomial(alpha=twin.params.iloc[-1])
    without = [smf.glm(formula, table[days != day], family=family).fit().params[1:] for day in sorted(set(days))]
    error, free = sum_error((np.mean(without, axis=0) - without) * 19 / 20)
    half = stats.t.ppf(0.975, free) * error
    limits = np.exp(np.column_stack([np.log(others.comment_rate_ratio) + side * half for side in (-1, 1)]))
    assert others[["low", "high"]].to_numpy() == pytest.approx(limits, rel=2e-3)
    assert set(others.method) == {"each of 20 local days left out, t"}
    assert others.p_adjusted.tolist() == pytest.approx(multipletests(others.p, method="holm")[1])


def test_rate_ratio_of_one_term_is_the_ratio_of_means():
    """With one term NB2 fits the means of its levels; the level with most posts is the reference."""
    table = storms(146, 0.193).fillna({"medium": "not given"})
    found = e.comment_rate_ratio(table, terms="medium").set_index("level")
    means = table.groupby("medium").comment_count.mean()
    reference = table.medium.value_counts().idxmax()
    assert found.comment_rate_ratio.to_dict() == pytest.approx((means / means[reference]).to_dict(), rel=1e-4)
    assert found.method[reference] == "reference"
    assert found.n.to_dict() == table.medium.value_counts().to_dict()
    assert "each of 31 local days left out, t" in set(found.method)


def test_rate_ratio_survives_storms_in_silence():
    """61 % zeros and a few huge values: numbers or reasons, and not one warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message=".*infer_string.*")
        for seed in range(4):
            found = e.comment_rate_ratio(storms(seed=seed))
            assert (found.comment_rate_ratio.notna() | found.method.str.startswith("not defined")).all()


def test_rate_ratio_gives_its_reasons():
    """A level without comments, a term of one level, and too few posts are said, not guessed."""
    medium = ["photo"] * 5 + ["video"] * 2 + ["link"] * 2
    table = posts([5, 9, 14, 6, 8, 2, 7, 0, 0], medium=medium, lang="es")
    table = pd.concat(
        [table, posts([4], medium="photo", lang="es").assign(posted_at=pd.Timestamp("2016-01-11T12:00Z"))]
    )
    found = e.comment_rate_ratio(table, terms=("medium", "lang")).set_index("level")
    assert found.method["link"] == "not defined: no comments at this level"
    assert found.method["es"] == "not defined: one level only"
    assert found.loc["video", ["low", "high"]].isna().all()
    assert found.method["video"] == "no interval: seen on fewer than 3 local days"
    week = e.comment_rate_ratio(table.iloc[:7], terms="medium").set_index("level")
    assert week.method["video"] == "no interval: fewer than 8 local days" and np.isnan(week.p["video"])
    few = e.comment_rate_ratio(table.iloc[[0, 5]], terms="medium")
    assert set(few.method) == {"not defined: too few posts"}


def test_an_open_limit_is_open():
    """Videos drew comments on one day alone: without it their ratio is 0, and no number limits it."""
    table = posts([5, 9, 14, 6, 8, 2, 0, 0, 0, 7, 4], medium=["photo"] * 5 + ["video"] * 4 + ["photo"] * 2)
    row = e.comment_rate_ratio(table, terms="medium").set_index("level").loc["video"]
    assert row.comment_rate_ratio > 0 and np.isnan([row.low, row.high, row.p]).all()
    assert row.method == "no interval: one local day holds all its comments"


def test_rate_ratio_reads_the_local_clock():
    """03:00 UTC on Friday is Thursday evening in Lima."""
    table = posts([5, 9, 2]).assign(posted_at="2016-01-01T03:00Z")
    found = e.comment_rate_ratio(table, terms=("weekday", "hour"), zone="America/Lima")
    assert found.level.tolist() == ["Thursday", "18-23"]


IDS = {"platform": "x", "account_id": "us"}


def recount(**options):
    """Post 1 with two top-level comments and a reply, post 2 silent, post 3 of an account without comments held."""
    table = posts([9, 9, 9], platform="x", account_id=["us", "us", "embassy"], post_id=["1", "2", "3"])
    times = pd.to_datetime(["2016-01-02T11:59Z", "2016-01-02T12:00Z", "2016-01-09T00:00Z"], format="ISO8601")
    held = pd.DataFrame({**IDS, "post_id": "1", "parent_id": [None, "a", None], "commented_at": times})
    found = e.recounted_posts(table, held, **options)
    assert isinstance(found, ibis.Table) and list(found.columns) == list(table.columns)
    return found.to_pandas().sort_values("post_id").comment_count.astype("Int64").tolist()


def test_recounted_posts():
    """Held, top-level and timely comments; 0 only where the account's comments are held."""
    assert recount() == [3, 0, pd.NA]
    assert recount(count="top-level") == [2, 0, pd.NA]
    assert recount(within_days=1) == [1, 0, pd.NA]
    assert recount(count="top-level", within_days=30) == [2, 0, pd.NA]
    with pytest.raises(TableError, match="count must be"):
        recount(count="all")


def test_comments_by_followers_leave_out_the_page():
    """Post 1 has two comments by others and one by the page; post 2 none; of post 3 one author is not known."""
    table = posts([9, 9, 9], **IDS, post_id=["1", "2", "3"])
    held = pd.DataFrame({**IDS, "post_id": list("11133"), "parent_id": None, "commented_at": "2016-01-01T13:00Z"})
    held["is_official"] = pd.array([False, False, True, None, False], dtype="boolean")
    found = definitions(table, held)["by followers"].to_pandas().sort_values("post_id")
    assert found.comment_count.astype("Int64").tolist() == [2, 0, pd.NA]


def test_recounted_posts_can_be_measured():
    """What comes out goes in again."""
    table = posts([9, 9], **IDS, post_id=["1", "2"])
    held = pd.DataFrame({**IDS, "post_id": ["1"], "parent_id": None, "commented_at": "2016-01-01T13:00Z"})
    assert e.comments_per_post(e.recounted_posts(table, held)).comments_per_post[0] == 0.5


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 300), min_size=2, max_size=30), st.randoms(use_true_random=False))
def test_histogram_formulas_equal_their_slow_twins(counts, random):
    """A weighted histogram gives what the posts, repeated by the weight of their day, give one by one."""
    days = [random.randrange(4) for _ in counts]
    values, table = histogram(pd.DataFrame({"day": days, "comment_count": counts, "posts": 1}))
    weights = np.array([random.randrange(3) for _ in set(days)])
    weights[0] += 1
    drawn = np.sort(
        [c for c, day in zip(counts, days, strict=True) for _ in range(weights[sorted(set(days)).index(day)])]
    )
    redrawn = (weights[None] @ table).astype(float)
    assert quantiles(values, redrawn, [0.1, 0.5, 0.9])[0] == pytest.approx(np.quantile(drawn, [0.1, 0.5, 0.9]))
    if drawn.sum():
        differences = np.abs(drawn[:, None] - drawn).mean() / (2 * drawn.mean())
        assert gini(values, redrawn)[0] == pytest.approx(differences)
        split = np.sort(np.repeat(drawn, 10) / 10)[::-1]
        assert top_share(values, redrawn, 0.1)[0] == pytest.approx(split[: len(drawn)].sum() / drawn.sum())
    if drawn.sum() and len(drawn) > 1:
        assert variance_ratio(values, redrawn)[0] == pytest.approx(np.var(drawn, ddof=1) / drawn.mean())
