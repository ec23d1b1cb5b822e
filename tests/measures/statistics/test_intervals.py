"""Known answers (docs/methods.md#known-answers) and the coverage of the intervals in a small seeded simulation."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy.stats import beta, norm, ttest_1samp
from statsmodels.stats.proportion import proportion_confint

from digidip.measures.posts._count_models import coefficients_without_days, negative_binomial
from digidip.measures.statistics._counts import gini, histogram, mean
from digidip.measures.statistics._intervals import (
    clustered_difference,
    clustered_share_row,
    effective_size,
    jackknife_interval,
    percentiles,
    rate_row,
    rate_rows,
    resamples,
    share_interval,
    sum_error,
    verdict,
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
    fit = negative_binomial(*warpbreaks())
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
    fit = negative_binomial(data.endog.to_numpy(float), design.to_numpy())
    assert fit.params[[1, 2, 0, -1]] == pytest.approx([-0.0579470, -0.2677877, 0.6635561, 1.2929533], abs=2e-5)


@pytest.mark.parametrize("counts, expected", [([1, 2, 3, 4, 5], 4 / 15), ([1, 1, 1, 1], 0), ([0, 0, 0, 4], 0.75)])
def test_gini(counts, expected):
    """V-GINI."""
    values, weights = np.unique(counts, return_counts=True)
    assert gini(values, weights[None])[0] == pytest.approx(expected, abs=1e-12)


def test_fit_that_cannot_be_is_a_reason():
    """Too few posts or terms that coincide give a reason, not a number and not an exception."""
    counts, design = warpbreaks()
    assert negative_binomial(counts[:5], design[:5]) == "not defined: too few posts"
    double = np.column_stack([design, design[:, 1]])
    assert negative_binomial(counts, double) == "not defined: the terms cannot be told apart"


def test_refits_equal_regressions_of_the_other_days():
    """Each refit is the NB2 regression without that day that statsmodels finds at the same alpha."""
    counts, design = warpbreaks()
    days = np.arange(54) % 9
    fit = negative_binomial(counts, design)
    found = coefficients_without_days(fit, days, np.array(["", "wool", "tension", "tension"]))
    family = sm.families.NegativeBinomial(alpha=fit.params[-1])
    for day, row in enumerate(found):
        twin = sm.GLM(counts[days != day], design[days != day], family=family).fit(tol=1e-12)
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


def test_coverage_of_shares_and_rates():
    """In 2,000 samples Wilson holds the truth about 95 times in 100, Garwood at least so often."""
    rng = np.random.default_rng(5)
    shares = np.array([share_interval(x, 146) for x in rng.binomial(146, 0.12, 2000)])
    assert 0.93 < ((shares[:, 0] <= 0.12) & (shares[:, 1] >= 0.12)).mean() < 0.97
    rates = [rate_row("rate", x) for x in rng.poisson(20, 2000)]
    assert 0.945 < np.mean([row["low"] <= 20 <= row["high"] for row in rates]) < 0.985


def months(rng, days, correlation, spread):
    """Effects of mean 1 of local days that go on, and the day of each of about five posts a day."""
    noise = rng.normal(size=days)
    for day in range(1, days):
        noise[day] = correlation * noise[day - 1] + (1 - correlation**2) ** 0.5 * noise[day]
    return np.exp(spread * noise - spread**2 / 2), np.arange(days).repeat(1 + rng.poisson(4, days))


@pytest.mark.parametrize("correlation, size", [(0, 1 / 0.193), (0.5, 1 / 0.193), (0.5, 1 / 13.9)])
def test_coverage_of_the_mean_over_days(correlation, size):
    """Where days differ and go on, and in storms, 92 of 100 hold the truth; drawn day by day it was 72 of 100."""
    rng, found = np.random.default_rng(6), []
    for _ in range(200):
        effect, day = months(rng, 31, correlation, 0.5)
        counts = rng.poisson(20 * effect[day] * rng.gamma(size, 1 / size, len(day)))
        values, days = histogram(pd.DataFrame({"day": day, "comment_count": counts, "posts": 1}))
        _, low, high = jackknife_interval(partial(mean, values), days, "log")
        found.append(low <= 20 <= high)
    assert np.mean(found) > 0.9


@pytest.mark.parametrize("correlation", [0, 0.5])
def test_coverage_of_shares_over_days(correlation):
    """Wilson of single posts held .80 where days differ and .69 where they go on."""
    rng, found = np.random.default_rng(7), []
    for _ in range(300):
        effect, day = months(rng, 31, correlation, 1)
        chance = beta.ppf(norm.cdf(np.log(effect) + 0.5), 0.12 * 7 / 3, 0.88 * 7 / 3)  # intraclass correlation .3
        events = rng.binomial(1, chance[day])
        row = clustered_share_row("share", np.bincount(day, events), np.bincount(day))
        found.append(row["low"] <= 0.12 <= row["high"])
    assert np.mean(found) > 0.9


@pytest.mark.parametrize("intraclass", [0.1, 0.3])
def test_equivalence_is_not_said_more_often_than_promised(intraclass):
    """Shares that differ by the margin itself are "equivalent" in 5 of 100 at most; once it was 11 to 19."""
    rng, found = np.random.default_rng(8), []
    for _ in range(300):
        sizes, shape = np.full(60, 8), 1 / intraclass - 1
        answers = [rng.binomial(8, rng.beta(p * shape, (1 - p) * shape, 60)) for p in (0.3, 0.4)]
        _, low, high = clustered_difference(*((each, sizes) for each in answers), in_order=False, alpha=0.1)
        found.append(verdict(low, high, 0.1).startswith("equivalent"))
    assert np.mean(found) < 0.08


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


def test_no_event_on_one_day_alone_has_its_bound():
    """A window of one day is one count, of which statsmodels gives a number and a list: 0 is at most 3.689 (Garwood)."""
    (row,) = rate_rows("inquiries_per_day", [0])
    assert (row["n"], row["low"], row["high"]) == (0, 0, pytest.approx(3.6889, abs=1e-4))
