"""How often the intervals hold the truth: each kind of interval × the ways in which real days are not independent.

`python benchmarks/coverage.py [repetitions]` prints the table of benchmarks/README.md. Every interval is made by the very
functions that the measures call. Scenarios: posts all independent; days that differ (lognormal effects of σ .5, shares of
intraclass correlation .3); days that also go on (correlation of neighbours .5, .8); storms (alpha 13.9 instead of .193);
eight days only. A month of 31 days, about five posts a day, unless said otherwise. `before` is what was printed until
November 2026: Wilson of single posts, percentiles of redrawn days.
"""

import sys
from functools import partial

import numpy as np
import pandas as pd
from scipy.signal import lfilter
from scipy.stats import beta, nbinom, norm, rankdata
from statsmodels.stats.proportion import proportion_confint

from digidip.measures.dialogue.comparison import _fitted, _halves, _pooled, _split_p
from digidip.measures.posts._count_models import dispersion, rate_ratio_rows
from digidip.measures.posts.activity import _dispersion
from digidip.measures.posts.engagement import _quantile
from digidip.measures.statistics._counts import gini, histogram, mean, quantiles, top_share, variance_ratio
from digidip.measures.statistics._intervals import (
    clustered_difference,
    clustered_share_row,
    jackknife_interval,
    percentiles,
    rank_correlation,
    resamples,
    verdict,
)

MEAN, STEADY, STORMS = 65, 0.193, 13.9
SCENARIOS = {  # days, posts of a day differ by, correlation of neighbouring days, alpha of posts
    "independent": (31, 0, 0, STEADY),
    "days differ": (31, 0.5, 0, STEADY),
    "days go on, .5": (31, 0.5, 0.5, STEADY),
    "days go on, .8": (31, 0.5, 0.8, STEADY),
    "storms": (31, 0, 0, STORMS),
    "eight days differ": (8, 0.5, 0, STEADY),
    "a year goes on, .5": (365, 0.5, 0.5, STEADY),
}


def going_on(rng, shape, correlation):
    """Standard normal series along the last axis, neighbours correlated."""
    noise = rng.normal(size=shape)
    noise[..., 1:] *= (1 - correlation**2) ** 0.5
    return lfilter([1.0], [1.0, -correlation], noise, axis=-1)


def month(rng, days, spread, correlation, alpha):
    """The day and the comments of every post of a month, and a share of intraclass correlation .3 or 0 for each post."""
    noise, day = going_on(rng, days, correlation), np.arange(days).repeat(1 + rng.poisson(4, days))
    effect = np.exp(spread * noise - spread**2 / 2)[day]
    counts = rng.poisson(MEAN * effect * rng.gamma(1 / alpha, alpha, len(day)))
    chance = beta.ppf(norm.cdf(noise), 0.12 * 7 / 3, 0.88 * 7 / 3) if spread else np.full(days, 0.12)
    return day, counts, rng.random(len(day)) < chance[day]


def truths(rng, spread, alpha):
    """What a very long month would show."""
    effect = np.exp(spread * rng.normal(size=400_000) - spread**2 / 2)
    counts = rng.poisson(MEAN * effect * rng.gamma(1 / alpha, alpha, 400_000))
    values, weights = (each.astype(float) for each in np.unique(counts, return_counts=True))
    weights = weights[None]
    found = {"Gini": gini(values, weights)[0], "top tenth": top_share(values, weights, 0.1)[0]}
    found |= dict(zip(("median", "90 % point"), quantiles(values, weights, [0.5, 0.9])[0], strict=True))
    return found | {"mean": MEAN, "variance ratio": variance_ratio(values, weights)[0], "share": 0.12}


def intervals(day, counts, events):
    """Every interval of one month: now, and before."""
    values, days = histogram(pd.DataFrame({"day": day, "comment_count": counts, "posts": 1}))
    row = clustered_share_row("share", np.bincount(day, events), np.bincount(day))
    redrawn = np.concatenate([weights @ days for weights in resamples(days.shape[0], 199, 1, len(values))])

    def before(statistic):
        return percentiles(statistic(values, days.sum(axis=0)[None])[0], statistic(values, redrawn))

    now = {
        "share": (row["low"], row["high"]),
        "mean": jackknife_interval(partial(mean, values), days, "log")[1:],
        "median": _quantile(values, days, 0.5)[1:],
        "90 % point": _quantile(values, days, 0.9)[1:],
        "Gini": jackknife_interval(partial(gini, values), days, "logit")[1:],
        "top tenth": jackknife_interval(partial(top_share, values, top=0.1), days, "logit")[1:],
    }
    past = {
        "share, before": proportion_confint(events.sum(), len(events), method="wilson"),
        "mean, before": before(mean),
    }
    return now | past | {"Gini, before": before(gini), "variance ratio, before": before(variance_ratio)}


def months(rng, repetitions):
    """Coverage of the intervals of comments in each scenario."""
    table = {}
    for name, scenario in SCENARIOS.items():
        truth, held = truths(rng, scenario[1], scenario[3]), {}
        many = repetitions if scenario[0] < 100 else repetitions // 4
        for _ in range(many):
            for kind, limits in intervals(*month(rng, *scenario)).items():
                held.setdefault(kind, []).append(holds(limits, truth[kind.split(",")[0]]))
        table[name] = {kind: np.nanmean(each) for kind, each in held.items()}
    return pd.DataFrame(table)


def holds(limits, truth):
    """Whether the limits hold the truth; not a number where there are none."""
    return np.nan if np.isnan(limits[0]) else float(limits[0] <= truth <= limits[1])


def others(rng, repetitions):
    """Intervals and tests of other kinds: what is tried, what was promised, what was found."""
    rows = []
    for correlation in (0, 0.5):
        values = going_on(rng, (repetitions, 8), correlation)
        rows.append((f"slope of eight quarters, {correlation:g}", 0.95, covered(_fitted, values, np.arange(8.0))))
        later = (np.arange(8) >= 4).astype(float)
        rows.append((f"step at a given quarter of eight, {correlation:g}", 0.95, covered(_fitted, values, later)))
        few = going_on(rng, (repetitions // 2, 12), correlation)
        found = [_split_p(each, np.arange(12), 2, 199, 1) <= 0.05 for each in few]
        rows.append((f"a split of twelve quarters called a step, {correlation:g}", 0.05, np.mean(found)))
    for intraclass in (0, 0.1, 0.3):
        rows += [halves(rng, intraclass, repetitions), equivalence(rng, intraclass, repetitions)]
    rows += [typical(rng, accounts, repetitions) for accounts in (3, 8, 30)]
    rows += [rank(rng, n, repetitions) for n in (8, 14, 30)]
    rows += [redrawn(rng, n, repetitions) for n in (8, 30)]
    rows += [alpha(rng, *SCENARIOS[name][:3], repetitions // 4, name) for name in ("independent", "days differ")]
    rows += [posts_a_day(rng, correlation, repetitions) for correlation in (0, 0.5)]
    rows += [ratio(rng, correlation, repetitions // 8) for correlation in (0, 0.5)]
    return pd.DataFrame(rows, columns=["interval or test", "promised", "found"])


def covered(fit, values, regressor):
    """How often the interval of a coefficient that is 0 holds 0."""
    rows = [fit(each, regressor, "") for each in values]
    return np.mean([row["low"] <= 0 <= row["high"] for row in rows])


def chances(rng, share, intraclass, size):
    """Chances of clusters with this intraclass correlation."""
    shape = 1 / intraclass - 1 if intraclass else 1e9
    return rng.beta(share * shape, (1 - share) * shape, size)


def halves(rng, intraclass, repetitions):
    """Eight quarters of 60 acts without a change: how often "different"."""
    drawn = rng.binomial(60, chances(rng, 0.3, intraclass, (repetitions, 8))).astype(float)
    words = [_halves(each, np.full(8, 60.0), np.arange(8), 0.2)["method"] for each in drawn]
    return (
        f"halves called different, quarters of {intraclass:g}",
        0.05,
        np.mean(["different" in each for each in words]),
    )


def equivalence(rng, intraclass, repetitions):
    """Two shares that differ by the margin, 60 clusters of 8: how often "equivalent"."""
    sizes, found = np.full(60, 8.0), []
    for _ in range(repetitions):
        pair = [(rng.binomial(8, chances(rng, share, intraclass, 60)), sizes) for share in (0.3, 0.4)]
        _, low, high = clustered_difference(*pair, in_order=False, alpha=0.1)
        found.append(verdict(low, high, 0.1).startswith("equivalent"))
    return f"called equivalent at the margin, clusters of {intraclass:g}", 0.05, np.mean(found)


def typical(rng, accounts, repetitions):
    """Accounts whose arcsine shares are normal: the pooled share."""
    found = []
    for _ in range(repetitions):
        chance = np.sin(np.clip(0.6 + 0.2 * rng.normal(size=accounts), 0, np.pi / 2)) ** 2
        row = _pooled(rng.binomial(80, chance), np.full(accounts, 80))
        found.append(row["low"] <= np.sin(0.6) ** 2 <= row["high"])
    return f"pooled share of {accounts} accounts, Knapp and Hartung", 0.95, np.mean(found)


def rank(rng, n, repetitions):
    """Spearman's of normal pairs correlated by .6; the truth is 6 / π · asin(r / 2)."""
    truth, found = 6 / np.pi * np.arcsin(0.3), []
    for _ in range(repetitions):
        left, right = rng.normal(size=(2, n))
        ranks = [rankdata(each) - (n + 1) / 2 for each in (left, 0.6 * left + 0.8 * right)]
        found.append(holds(rank_correlation(*ranks)[1:3], truth))
    return f"rank correlation of {n}", 0.95, np.nanmean(found)


def redrawn(rng, n, repetitions):
    """The mean of lognormal numbers (σ .5) of n accounts: percentiles expanded by t."""
    weights, found = np.concatenate(list(resamples(n, 999, 1, n))) / n, []
    for _ in range(repetitions):
        values = np.exp(0.5 * rng.normal(size=n) - 0.125)
        found.append(holds(percentiles(values.mean(), weights @ values, n), 1))
    return f"mean of {n} accounts drawn again", 0.95, np.mean(found)


def alpha(rng, days, spread, correlation, repetitions, name):
    """Dispersion of posts, with that of days; the truth is what many months together would show."""
    many = np.concatenate([month(rng, days, spread, correlation, STEADY)[1] for _ in range(200)])
    truth, found = dispersion(many.astype(float), np.zeros(len(many), dtype=int))[0], []
    for _ in range(repetitions):
        day, counts, _ = month(rng, days, spread, correlation, STEADY)
        found.append(holds(dispersion(counts.astype(float), day)[1:3], truth))
    return f"alpha of NB2, {name}", 0.95, np.nanmean(found)


def posts_a_day(rng, correlation, repetitions):
    """Variance over mean of posts on 31 days, negative binomial with variance 2.5 times the mean of 5."""
    found = []
    for noise in going_on(rng, (repetitions, 31), correlation):
        counts = nbinom.ppf(norm.cdf(noise), 10 / 3, 0.4)
        table = np.column_stack([np.ones(31), counts, counts**2])
        found.append(holds(jackknife_interval(_dispersion, table, "log")[1:], 2.5))
    return f"variance / mean of posts a day, {correlation:g}", 0.95, np.nanmean(found)


def ratio(rng, correlation, repetitions):
    """Rate ratio 1 of weekdays, four or five days each, and of media, in a month whose days differ and go on."""
    found = []
    for _ in range(repetitions):
        day, counts, _ = month(rng, 31, 0.5, correlation, STEADY)
        local = pd.Timestamp("2016-01-01") + pd.to_timedelta(day, unit="D")
        posts = pd.DataFrame({"local": local, "day": local, "comment_count": counts})
        posts["medium"] = rng.choice(["photo", "video", "link"], len(day))
        rows = rate_ratio_rows(posts, ["weekday", "medium"])
        found += [holds((row["low"], row["high"]), 1) for row in rows if "low" in row]
    return f"rate ratios of weekdays and media, {correlation:g}", 0.95, np.nanmean(found)


if __name__ == "__main__":
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    rng = np.random.default_rng(2026)
    pd.set_option("display.width", 200, "display.max_columns", 20, "display.max_colwidth", 80)
    print(others(rng, repetitions).round(3).to_string(index=False))
    print(months(rng, repetitions).round(3).to_string())
