"""Known answers (docs/methods.md#known-answers) and the coverage of the intervals in a small seeded simulation."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy.stats import norm, ttest_1samp
from statsmodels.stats.proportion import proportion_confint

from digidip.measures.posts._count_models import bootstrap_coefficients, negative_binomial
from digidip.measures.statistics._counts import gini, histogram, mean
from digidip.measures.statistics._intervals import (
    clustered_share_row,
    day_bootstrap,
    effective_size,
    jackknife_interval,
    percentiles,
    rate_row,
    resamples,
    share_interval,
    sum_error,
    zero_bound,
)

BREAKS = {
    "AL": [26, 30, 54, 25, 70, 52, 51, 26, 67],
    "AM": [18, 21, 29, 17, 12, 18, 35, 30, 36],
    "AH": [36, 21, 24, 18, 10, 43, 28, 15, 26],
    "BL": [27, 14, 29, 19, 29, 31, 41, 20, 44],
    "BM": [42, 26, 19, 16, 39, 28, 21, 39, 29],
    "BH": [20, 21, 24, 17, 13, 15, 15, 16, 28],
}


@pytest.mark.parametrize(
    "events, n, low, high", [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (1, 29, 0.0061, 0.1718)]
)
def test_wilson(events, n, low, high):
    """V-WILSON: Newcombe's cases."""
    assert share_interval(events, n) == pytest.approx((low, high), abs=6e-5)


def test_no_and_all_events():
    """V-ZERO: Wilson of 0/20, the one-sided bound of 0/146, two-sided Clopper-Pearson; all events mirror none."""
    assert proportion_confint(0, 20, method="wilson") == pytest.approx((0, 0.1611), abs=6e-5)
    assert proportion_confint(0, 146, method="beta")[1] == pytest.approx(0.0249498, abs=1e-6)
    assert zero_bound(146) == pytest.approx(0.0203096, abs=1e-6)
    assert share_interval(0, 146) == (0, zero_bound(146))
    assert share_interval(146, 146) == (1 - zero_bound(146), 1)


def test_garwood():
    """V-GARWOOD: 20 events in one day; half the rate in two."""
    row = rate_row("rate", 20)
    assert (row["low"], row["high"]) == pytest.approx((12.2165, 30.8884), abs=5e-4)
    assert rate_row("rate", 20, 2)["low"] == pytest.approx(row["low"] / 2)


def warpbreaks():
    """Counts and the design wool B, tension H, tension M against A and L."""
    rows = [(*key, n) for key, counts in BREAKS.items() for n in counts]
    frame = pd.DataFrame(rows, columns=["wool", "tension", "y"])
    columns = [frame.wool == "B", frame.tension == "H", frame.tension == "M"]
    return frame.y.to_numpy(float), np.column_stack([np.ones(54), *columns]).astype(float)


def test_negative_binomial_of_warpbreaks():
    """V-NB: coefficients, theta and AIC of R's MASS::glm.nb, through the fit that the measures use."""
    fit = negative_binomial(*warpbreaks(), np.arange(54) % 9)
    assert fit.params[:4] == pytest.approx([3.6734, -0.1862, -0.5114, -0.2992], abs=5e-4)
    assert 1 / fit.params[4] == pytest.approx(9.944, abs=2e-3)
    assert -2 * fit.llf + 10 == pytest.approx(408.76, abs=5e-3)


def test_poisson_of_warpbreaks():
    """V-NB: R's glm, the Poisson fit."""
    counts, design = warpbreaks()
    fit = smf.poisson("y ~ b + h + m", pd.DataFrame(design, columns=["c", "b", "h", "m"]).assign(y=counts)).fit(disp=0)
    assert fit.params.tolist() == pytest.approx([3.69196, -0.20599, -0.51849, -0.32132], abs=2e-5)
    assert -2 * fit.llf + 8 == pytest.approx(493.06, abs=5e-3)


def test_negative_binomial_of_randhie():
    """V-NB2: lncoins, idp, const and alpha as R and Stata print them."""
    data = sm.datasets.randhie.load_pandas()
    design = sm.add_constant(data.exog[["lncoins", "idp", "lpi", "fmde", "physlm", "disea", "hlthg", "hlthf", "hlthp"]])
    fit = negative_binomial(data.endog.to_numpy(float), design.to_numpy(), np.arange(len(design)) % 50)
    assert fit.params[[1, 2, 0, -1]] == pytest.approx([-0.0579470, -0.2677877, 0.6635561, 1.2929533], abs=2e-5)


@pytest.mark.parametrize("counts, expected", [([1, 2, 3, 4, 5], 4 / 15), ([1, 1, 1, 1], 0), ([0, 0, 0, 4], 0.75)])
def test_gini(counts, expected):
    """V-GINI."""
    values, weights = np.unique(counts, return_counts=True)
    assert gini(values, weights[None])[0] == pytest.approx(expected, abs=1e-12)


def test_fit_that_cannot_be_is_a_reason():
    """Too few posts or terms that coincide give a reason, not a number and not an exception."""
    counts, design = warpbreaks()
    assert negative_binomial(counts[:5], design[:5], np.arange(5)) == "not defined: too few posts"
    double = np.column_stack([design, design[:, 1]])
    assert negative_binomial(counts, double, np.arange(54)) == "not defined: the terms cannot be told apart"


def test_refits_equal_weighted_regressions():
    """Each redrawn fit is the NB2 regression with the days' weights that statsmodels finds at the same alpha."""
    counts, design = warpbreaks()
    days = np.arange(54) % 9
    fit = negative_binomial(counts, design, days)
    found = bootstrap_coefficients(fit, days, np.array(["", "wool", "tension", "tension"]), 5, 7)
    weights = next(resamples(9, 5, 7, 1))
    family = sm.families.NegativeBinomial(alpha=fit.params[-1])
    for row, weight in zip(found, weights, strict=True):
        twin = sm.GLM(counts, design, family=family, freq_weights=weight[days]).fit(tol=1e-12)
        assert row[1:] == pytest.approx(twin.params[1:], abs=1e-5)


def test_resamples_do_not_depend_on_chunks():
    """Narrow or wide, the draws are the same; each draws as many days as there are."""
    wide = np.concatenate(list(resamples(7, 50, 3, 10**6)))
    assert (wide == next(resamples(7, 50, 3, 1))).all()
    assert (wide.sum(axis=1) == 7).all()


def test_percentiles_hold_the_value():
    """An interval that leaves out the value is widened to it; undefined draws are passed over."""
    low, high = percentiles(5.0, np.array([1.0, 2.0, np.nan, 3.0]))
    assert (low, high) == (pytest.approx(1.05), 5.0)


def test_one_day_has_no_interval():
    """Nothing can be redrawn from one day."""
    value, low, high = day_bootstrap(
        mean, *histogram(pd.DataFrame({"day": [1, 1], "comment_count": [2, 4], "posts": 1})), 99, 1
    )
    assert value == 3 and np.isnan([low, high]).all()


def test_coverage_of_shares_and_rates():
    """In 2,000 samples Wilson holds the truth about 95 times in 100, Garwood at least so often."""
    rng = np.random.default_rng(5)
    shares = np.array([share_interval(x, 146) for x in rng.binomial(146, 0.12, 2000)])
    assert 0.93 < ((shares[:, 0] <= 0.12) & (shares[:, 1] >= 0.12)).mean() < 0.97
    rates = [rate_row("rate", x) for x in rng.poisson(20, 2000)]
    assert 0.945 < np.mean([row["low"] <= 20 <= row["high"] for row in rates]) < 0.985


def test_coverage_of_the_mean_over_days():
    """Where days differ, redrawn days hold the true mean over 88 times in 100; redrawn posts do not come near."""
    rng, held, naive = np.random.default_rng(6), [], []
    for _ in range(100):
        news = rng.gamma(4, 1 / 4, 60).repeat(5)
        posts = pd.DataFrame({"day": np.arange(300) // 5, "comment_count": rng.poisson(20 * news), "posts": 1})
        for seen, frame in ((held, posts), (naive, posts.assign(day=posts.index))):
            _, low, high = day_bootstrap(mean, *histogram(frame), 399, 1)
            seen.append(low <= 20 <= high)
    assert 0.88 < np.mean(held) < 0.99
    assert np.mean(naive) < 0.75


def test_errors_of_sums():
    """Independent numbers: s / √n with n - 1; in order: the weighted sums of autocovariances by the slow obvious way."""
    scores = np.random.default_rng(3).normal(size=31)
    scores -= scores.mean()
    error, free = sum_error(scores, in_order=False)
    assert (error, free) == (pytest.approx(31**0.5 * scores.std(ddof=1)), pytest.approx(30))
    weights = np.clip(1 - np.abs(np.subtract.outer(range(31), range(31))) / 13, 0, None)  # 12 neighbours: 2 √31
    centring = np.eye(31) - 1 / 31
    form = centring @ weights @ centring
    error, free = sum_error(scores)
    assert error == pytest.approx((31 * scores @ weights @ scores / np.trace(form)) ** 0.5)
    assert free == pytest.approx(np.trace(form) ** 2 / (form**2).sum())


def test_the_mean_left_out_in_turn_is_the_textbook_interval():
    """Days of one post each, in no order: mean ± t s / √n; without enough days there is none."""
    counts = np.array([3.0, 5, 8, 1, 9, 4, 7, 6])
    table = np.column_stack([counts, np.ones(8)])
    value, low, high = jackknife_interval(lambda sums: sums[:, 0] / sums[:, 1], table, in_order=False)
    assert [value, low, high] == pytest.approx([5.375, *ttest_1samp(counts, 0).confidence_interval()])
    assert np.isnan(jackknife_interval(lambda sums: sums[:, 0] / sums[:, 1], table[:7])[1:]).all()


def test_effective_size_of_copies():
    """Ten days of five posts that say the same are worth less than ten; independent posts no more than there are."""
    assert effective_size(np.array([0, 5] * 5), np.full(10, 5), in_order=False) < 10
    assert effective_size(np.full(10, 1), np.full(10, 5), in_order=False) == 50
    assert effective_size(np.zeros(9), np.full(9, 7)) == 9


def test_few_clusters_have_no_interval_and_say_why():
    """Seven days: the share alone; none of 35: the exact bound, which asks for no clusters."""
    row = clustered_share_row("share", [1, 2, 0, 1, 2, 0, 1], [5] * 7)
    assert row["share"] == 0.2 and np.isnan([row["low"], row["high"]]).all()
    assert row["method"] == "no interval: fewer than 8 days"
    assert clustered_share_row("share", [0] * 7, [5] * 7)["high"] == zero_bound(35)


def test_percentiles_of_few_clusters_are_further_out():
    """Hesterberg: of normal draws the points lie t √(n / (n - 1)) out; from fewer than eight clusters nowhere."""
    drawn = norm.ppf((np.arange(100_000) + 0.5) / 100_000)
    assert percentiles(0.0, drawn, 10) == pytest.approx(np.array([-1, 1]) * 2.262157 * (10 / 9) ** 0.5, abs=2e-3)
    assert np.isnan(percentiles(0.0, drawn, 7)).all()
