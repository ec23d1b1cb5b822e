"""Growth and policy: what the sample was planted with comes back, arms without effect give none, and curves equal known ones."""

import numpy as np
import pandas as pd
import pytest

from digidip import measures, store
from digidip.measures.influence import campaign
from digidip.measures.institution import _curves, account_life, adoption, growth, mix, policy
from digidip.tables import TableError

POLICY = "Sample policy of open accounts"
WINDOW = {"start": "2011-01-01", "end": "2017-01-01"}


@pytest.fixture(scope="module")
def held():
    """The selection of Fiji, accounts of all four ministries in pandas, and their monthly openings as series."""
    tables = store.load("sample", "FJI", "flickr", of="accounts")
    accounts = tables.registry.filter(tables.registry.platform == "flickr").to_pandas()
    return tables, accounts, adoption.opening_series(accounts, **WINDOW)


@pytest.fixture(scope="module")
def contrasts(held):
    """The contrast of each ministry beside two others, as if each had changed its policy."""
    events = store.reference("events").query("event == @POLICY")
    pairs = {"FJI": ["TON", "VUT"], "TON": ["VUT"]}
    found = [
        policy.policy_contrast(held[2], events=events.assign(series=own), event=POLICY, series=[own], donors=others)
        for own, others in pairs.items()
    ]
    return pd.concat(found).set_index(["series", "term"])


def test_provenance_of_accounts(held):
    """A study of accounts says how many there are and when they were opened."""
    tables, accounts, _ = held
    assert tables.provenance.startswith("128 official accounts; opened 2011-01-03 to 2016-12-27 UTC")
    assert len(accounts) == 274 and tables.label == "synthetic"


def test_two_shocks_need_two_curves(held):
    """Samoa's middles of April 2012 and March 2015 come back; one curve foretells a year left out far worse."""
    accounts = held[1].query("ministry == 'WSM'")
    found = adoption.half_adoption(accounts, curves=("logistic", "two logistic")).set_index(["curve", "part"])
    for part, day in (("first", "2012-04-01"), ("second", "2015-03-01")):
        row = found.loc["two logistic", part]
        after = (pd.Timestamp(day) - pd.to_datetime(accounts.from_on).min()).days / 365.25
        assert row.low < after < row.high and row.high - row.low < 0.3
    assert found.is_chosen["two logistic", "first"] and not found.is_chosen["logistic", "all"]
    assert found.error["logistic", "all"] > 5 * found.error["two logistic", "first"]
    assert found.share["two logistic", "first"] == pytest.approx(22 / 48, abs=0.02)


def test_profile_interval_holds_a_smooth_curve_and_is_wider_for_waves():
    """Of twelve draws from a logistic curve nearly all intervals hold its half; openings all in Januaries have wider ones."""
    rng, held, widths = np.random.default_rng(3), 0, {"smooth": [], "waves": []}
    for _draw in range(12):
        t = np.sort(rng.logistic(0, 0.7, 60))
        for name, moments in (("smooth", t), ("waves", np.sort(np.floor(t)))):
            first, y = moments[0], np.arange(1, 61) / 60
            edges = np.arange(0, moments[-1] - first + 2 / 12, 1 / 12)
            made = _curves.fit_share("logistic", moments - first, y)
            low, high = _curves.half_interval("logistic", made, 1, moments - first, y, edges)
            widths[name].append(high - low)
            held += name == "smooth" and low <= -first <= high
    assert held >= 11
    assert np.isnan(widths["waves"]).sum() + (np.array(widths["waves"]) > np.median(widths["smooth"])).sum() >= 11


def test_openings_are_counted_and_empty_months_are_zero(held):
    """Every month of the window has a row; what lies outside has none, and a wrong curve is named."""
    accounts = held[1]
    months = adoption.account_openings(accounts, **WINDOW).query("ministry == 'FJI'")
    assert len(months) == 72 and months.account_openings.sum() == months.n.iloc[0] == 128
    shares = adoption.adoption_share(accounts, curves="logistic").query("ministry == 'WSM' and curve == 'observed'")
    assert shares.adoption_share.iloc[-1] == 1 and shares.adoption_share.is_monotonic_increasing
    with pytest.raises(TableError, match="curves must be of"):
        adoption.half_adoption(accounts, curves="weibull")


def test_the_policy_comes_back_and_nothing_where_there_was_none(contrasts):
    """Three times the openings of the others from 2014 on in Fiji; in Tonga nothing; no trend before in either."""
    row = contrasts.loc["FJI", policy.BOTH]
    assert row.low < 3 < row.high and row.low > 1
    assert contrasts.low["TON", policy.BOTH] < 1 < contrasts.high["TON", policy.BOTH]
    assert contrasts.p.xs(policy.TREND, level="term").gt(0.05).all()
    years = contrasts.loc["FJI"].filter(like="year ", axis=0)
    assert [*years.index] == ["year -3", "year -2", "year +0", "year +1", "year +2"]
    assert years.own.sum() + contrasts.own["FJI", policy.TREND] - years.own[:2].sum() == 128


def test_contrast_of_poisson_counts_is_that_of_sums(contrasts, held):
    """After against before is the ratio of ratios of sums, the slow obvious twin."""
    wide = held[2].pivot_table(index="begins_at", columns="series", values="value")
    before, after = wide[:"2013-12-31"].sum(), wide["2014-01-01":].sum()
    ratio = (after.FJI / (after.TON + after.VUT)) / (before.FJI / (before.TON + before.VUT))
    assert contrasts.policy_contrast["FJI", policy.BOTH] == pytest.approx(ratio, rel=1e-6)


def test_without_comparison_nothing_is_said(held):
    """No comparison series: one row, its reason, no number."""
    events = store.reference("events").query("event == @POLICY")
    given = {"events": events, "event": POLICY, "series": ["FJI"], "donors": ["TON", "VUT"], "model": "mean"}
    half = campaign.placebo_ratio(held[2], within=6, **given).query("is_event").iloc[0]
    assert (half.n, half.place, half.p) == (6, 1, 0.25) and half.method == "14 dates, 4 windows side by side"
    assert campaign.placebo_ratio(held[2], **given).method.tolist() == ["no placebo: the time before is too short"]
    alone = policy.policy_contrast(held[2], events=events, event=POLICY, series=["FJI"], donors=())
    assert alone.policy_contrast.isna().all() and "nothing is said" in alone.method[0]


def test_accounts_close_at_the_planted_rate(held):
    """One in ten a year: after one and two years .905 and .819 are open; where no closed account is listed nothing is told."""
    everyone = account_life.account_survival(held[1], until="2017-01-01", years=(1, 2, 10), by="platform").set_index(
        "years"
    )
    for year in (1, 2):
        assert everyone.low[year] < np.exp(-0.1 * year) < everyone.high[year]
    assert np.isnan(everyone.account_survival[10]) and everyone.at_risk[10] == 0
    survivors = account_life.account_survival(held[1].assign(to_on=None), until="2017-01-01", by="platform")
    assert survivors.account_survival.isna().all() and "survivors only" in survivors.method[0]


def test_last_posts_end_lives_of_silent_accounts(held):
    """Both heads posted to the end; observed a year later they ended in December 2016."""
    tables, accounts, _ = held
    heads = accounts[accounts.account_id.isin(["920001", "920002"])].assign(to_on=None)
    for until, years, ended in (("2017-01-01", 5, 0), ("2018-01-01", 7, 2)):
        found = account_life.account_survival(heads, tables.posts, until=until, years=(years,))
        assert found.ended.tolist() == [ended] and found.method[0].startswith("no interval")
    found = account_life.account_survival(heads, until="2010-01-01")
    assert found.left_out.eq(2).all() and found.account_survival.isna().all()


def test_the_changed_mix_is_found_and_the_other_not(held):
    """From the 42nd month on more than half of the posts of one head are another medium; of the other nothing changed."""
    found = mix.mix_change(held[0].posts, of="medium", by="account_id").set_index("account_id")
    assert found.p_adjusted["920001"] < 0.05 and found.p_adjusted["920002"] > 0.1
    assert abs(pd.Period(found.changed_at["920001"], "M").ordinal - pd.Period("2014-07", "M").ordinal) <= 6
    assert found.mix_change["920001"] == pytest.approx(0.55, abs=0.12)
    shares = mix.mix_share(held[0].posts, by="account_id").query("account_id == '920001'")
    assert shares.groupby("period").mix_share.sum().tolist() == pytest.approx([1] * 48)


def test_what_goes_on_is_no_change_of_mix():
    """Of forty series of sixty months that go on (.6) without a change, few are called one, of permutation alone many."""
    rng, called = np.random.default_rng(8), 0
    for _draw in range(40):
        noise = rng.normal(size=(90, 2))
        for at in range(1, 90):
            noise[at] += 0.6 * noise[at - 1]
        series = noise[30:] - noise[30:].mean(axis=0)
        called += mix._chance(series, None, 99, 1)[0] <= 0.05
    assert called <= 6


def test_growth_is_told_by_what_it_foretells(held):
    """The ceiling of 9,000 comes back where followers near it; where they grow by a share a year the exponential is chosen."""
    tables, _, _ = held
    found = growth.growth_score(
        tables.metrics, tables.accounts.filter(tables.accounts.account_id.isin(["920001", "920002"]))
    )
    chosen = found[found.is_chosen.fillna(False)].set_index("account_id")
    assert chosen.curve.to_dict() == {"920001": "logistic", "920002": "exponential"}
    assert chosen.ceiling["920001"] == pytest.approx(9000, rel=0.02)
    assert chosen.rate.to_dict() == pytest.approx({"920001": 1.6, "920002": 0.35}, rel=0.04)
    told = growth.growth_forecast(tables.metrics, tables.accounts.filter(tables.accounts.account_id == "920001"))
    told = told.pivot_table(index="on", columns="curve", values=["growth_forecast", "low", "high"]).dropna()
    seen = told["growth_forecast"]["observed"]
    inside = (told["low"]["logistic"] <= seen) & (seen <= told["high"]["logistic"])
    assert len(told) == 12 and inside.mean() >= 0.8
    with pytest.raises(TableError, match="holdout"):
        growth.growth_score(tables.metrics, tables.accounts, holdout=0.9)


def test_every_measure_has_its_reason_where_there_is_too_little():
    """Three accounts, five counts, two months: no curve, no score, no change, each with its reason."""
    days = ["2012-01-01", "2012-05-01", None]
    few = pd.DataFrame({"platform": "x", "account_id": list("abc"), "ministry": "PER", "from_on": days, "to_on": None})
    half = adoption.half_adoption(few)
    assert half.method.str.contains("fewer than 8 accounts").all() and half.n.eq(2).all()
    assert account_life.account_survival(few).unknown.eq(1).all()
    days = pd.date_range("2012-01-01", periods=5, tz="UTC")
    counts = pd.DataFrame(
        {"platform": "x", "account_id": "a", "observed_at": days, "follower_count": 5, "post_count": 3}
    )
    assert growth.growth_score(counts, few).method.str.contains("fewer than 12 counts|no number").all()
    silent = account_life.silent_share(counts, few)
    assert silent.silent_share.tolist() == [1.0] and silent.unknown.tolist() == [2]
    posts = pd.DataFrame({"ministry": "PER", "posted_at": days, "repost_of_id": None, "medium": "photo"})
    assert "fewer than 12 periods" in measures.mix_change(posts, of="medium").method[0]


def test_accounts_that_moved_were_opened_elsewhere_about_that_time():
    """Of four closed, one moved; the rest have nothing in time, another city, or no office; by chance half as many."""
    accounts = pd.DataFrame(
        [
            ("x", "1", "embassy", "Lima", "2012-01-01", "2014-01-01"),
            ("bluesky", "2", "embassy", "Lima", "2013-12-01", None),
            ("x", "3", "embassy", "Rome", "2012-01-01", "2012-06-01"),
            ("bluesky", "4", "embassy", "Rome", "2014-01-01", None),
            ("x", "5", "embassy", "Oslo", "2012-01-01", "2014-01-01"),
            ("x", "6", None, None, "2012-01-01", "2014-01-01"),
        ],
        columns=["platform", "account_id", "office", "city", "from_on", "to_on"],
    ).assign(ministry="PER", receiving=None)
    row = account_life.migration_share(accounts, platform="x", until="2016-01-01").iloc[0]
    assert (row.migration_share, row.n, row.unknown) == (pytest.approx(1 / 3), 3, 1)
    days = 4 * 365.25 + 1  # of which 361 are near an opening, in two of three cities
    assert row.expected == pytest.approx(2 / 3 * 361 / days, rel=0.01)
    alone = account_life.migration_share(accounts[accounts.platform == "x"], platform="x")
    assert alone.method.tolist() == ["not available: no account of another platform is listed"]
