"""A campaign: what the sample was planted with comes back, an arm without effect gives none, and forecasts equal slow twins."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.signal import lfilter
from scipy.stats import t as student
from statsmodels.tsa.statespace.structural import UnobservedComponents

from digidip import measures, store
from digidip.measures.influence import campaign, campaign_posts, donors
from digidip.measures.influence._counterfactual import (
    WALK,
    least_squares,
    local_level,
    simplex_weights,
    wider_coefficient,
)
from digidip.measures.influence._event_series import attention_rows
from digidip.measures.influence._streams import grid_of
from digidip.measures.statistics._intervals import coefficient
from digidip.tables import TableError

SERIES = ["#SinVisaMuestra", "#VisaFreeSample", "#QuietSample"]
ABOUT = {"event": "Sample visa waiver", "zone": "America/Port_of_Spain"}
DAYS = pd.date_range("2016-03-01", periods=40, tz="UTC")
MONDAY, DAY, WEEK, NUMBERS = pd.Timestamp("2016-01-04", tz="UTC"), pd.Timedelta("1D"), pd.Timedelta("7D"), np.arange(70)


@pytest.fixture(scope="module")
def held():
    """Attention and posts of the sample, and what is asked of them."""
    tables = store.load("sample", "TTO", zone="America/Port_of_Spain", of="attention")
    return tables, ABOUT | {"events": store.reference("events"), "series": SERIES}


def series_of(**columns):
    """Daily attention of some series, one for each keyword."""
    rows = [
        {"source": "s", "series": name, "unit": "mentions", "span": "day", "begins_at": day, "value": value}
        for name, values in columns.items()
        for day, value in zip(DAYS, values, strict=False)
    ]
    return pd.DataFrame(rows)


def listed(*rows):
    """A table of events of name, kind, day and series."""
    table = pd.DataFrame(rows, columns=["event", "kind", "begins_at", "series"])
    return table.assign(
        begins_at=[DAYS[day] for day in table.begins_at], ends_at=pd.NaT, ministry=None, hashtag=None, source="x"
    )


def test_planted_level_slope_and_excess_come_back(held):
    """120 and 1.0 a day, 30 and none, neither; 6,390 beyond the foretold after the event and 800 before it."""
    tables, given = held
    changes = campaign.trend_change(tables.attention, **given).set_index(["series", "term"])
    planted = dict(zip(changes.index, [0, 0, 120, 1.0, 30, 0], strict=True))
    assert all(changes.low[key] <= value <= changes.high[key] for key, value in planted.items())
    assert list(changes.p_adjusted < 0.05) == [False, False, True, True, True, False]
    excess = campaign.cumulative_excess(tables.attention, **given).set_index(["series", "phase", "model"])
    for phase, value in {"after": 6390, "anticipation": 800}.items():
        for model in ("trend", "local level"):
            row = excess.loc[SERIES[0], phase, model]
            assert row.low <= value <= row.high
    ratios = campaign.excess_ratio(tables.attention, **given).set_index(["series", "model", "phase"])
    quiet = ratios.loc[SERIES[2]]
    assert ((quiet.low < 1) & (quiet.high > 1)).all()
    rates = campaign.rate_change(tables.attention, **given).set_index(["series", "term"])
    assert rates.low[SERIES[2], "level"] < 1 < rates.high[SERIES[2], "level"] and rates.low[SERIES[0], "level"] > 1.3


def test_the_sister_with_its_own_event_is_left_out(held):
    """Found by its size on the first day of it; the others are compared with, and give the event the first place."""
    tables, given = held
    shifts = donors.donor_shift(tables.attention, **given)
    assert set(shifts.donor[shifts.is_contaminated]) == {"SisterMfaSummit"}
    assert str(shifts["at"][shifts.is_contaminated].iloc[0].date()) == "2018-08-21"
    gaps = donors.synthetic_gap(tables.attention, **given).set_index(["series", "unit_compared"])
    assert gaps.place[SERIES[0], SERIES[0]] == gaps.place[SERIES[1], SERIES[1]] == 1 < gaps.place[SERIES[2], SERIES[2]]
    assert gaps.synthetic_gap[SERIES[0], SERIES[0]] == pytest.approx(142, abs=15)
    weights = donors.donor_weight(tables.attention, **given).groupby("series").donor_weight.sum()
    assert weights.tolist() == pytest.approx([1, 1, 1])
    placebos = campaign.placebo_ratio(tables.attention, **given).query("is_event").set_index("series")
    assert placebos.place[SERIES[0]] == 1 < placebos.place[SERIES[2]]


def test_an_unknown_day_and_days_between_are_in_no_baseline(held):
    """One of two hundred days has no count; the twenty from the announcement on are of another phase."""
    tables, given = held
    told = campaign.foretold_attention(tables.attention, **given).set_index("series").loc[SERIES[0]]
    assert told.phase.value_counts().to_dict() == {"baseline": 200, "after": 45, "anticipation": 20}
    assert told.baseline.eq(199).all() and told.observed.isna().sum() == 1


def test_posts_of_the_sample(held):
    """Twelve of fourteen events have a post, half of them within four hours; likes rise by half, posts do not."""
    tables, given = held
    delays = campaign_posts.event_delay(tables.posts, events=given["events"]).set_index("statistic")
    assert delays.loc["median", ["event_delay", "n", "answered"]].tolist() == [4, 14, 12]
    within = campaign_posts.prompt_share(tables.posts, events=given["events"], hours=(1, 24)).prompt_share
    assert within.tolist() == pytest.approx([4 / 14, 11 / 14])
    own = measures.activity_series(tables.posts, counts=["likes", "posts"], zone="America/Port_of_Spain")
    about = ABOUT | {"events": given["events"], "models": "trend"}
    drawn = campaign.excess_ratio(own, **about).query("phase == 'after'").set_index("series")
    assert (
        drawn.low["TTO likes"] < 1.5 < drawn.high["TTO likes"] and drawn.low["TTO posts"] < 1 < drawn.high["TTO posts"]
    )
    views = campaign_posts.views_per_audience(tables.posts, audiences={"page likes": 30_000})
    most = views.query("statistic == 'most viewed'").set_index("audience")
    assert most.views_per_audience["page likes"] == 40 and most.n.tolist() == [20, 21]


def test_the_sum_foretold_by_a_local_level_is_that_of_statsmodels():
    """Mean and variance of each step; that of the sum by the law of the walk, against 2,000 simulated ones."""
    rng = np.random.default_rng(4)
    values, steps = 50 + rng.normal(size=60).cumsum() + rng.normal(size=60), 6
    told = local_level(values, np.zeros((60, 0)), np.zeros((steps, 0)), np.ones(60, bool))
    centre, scale = values.mean(), values.std()
    fit = UnobservedComponents((values - centre) / scale, level="local level").fit(disp=0)
    foretold = fit.get_forecast(steps)
    assert told.mean == pytest.approx(foretold.predicted_mean * scale + centre, abs=1e-6)
    assert np.diag(told.covariance) == pytest.approx(foretold.var_pred_mean * scale**2, rel=1e-6)
    drawn = fit.simulate(steps, anchor="end", repetitions=2000, rng=1).reshape(steps, -1).sum(axis=0) * scale
    assert told.of_sum(np.arange(steps))[1] == pytest.approx(drawn.std(), rel=0.06)


def test_least_squares_of_independent_errors_is_the_textbook_interval():
    """With errors told to be independent, error of the sum is σ √(m + a (X'X)⁻¹ a'); of a random walk it warns."""
    rng, n, m = np.random.default_rng(5), 400, 10
    values, design = rng.normal(size=n), np.ones((n, 1))
    told = least_squares(values, design, np.arange(n), np.ones((m, 1)), np.arange(n, n + m))
    textbook = values.std(ddof=1) * np.sqrt(m + m**2 / n)
    assert told.of_sum(np.arange(m))[1] == pytest.approx(textbook, rel=0.15) and told.warning == ""
    walk = values.cumsum()
    assert least_squares(walk, design, np.arange(n), np.ones((m, 1)), np.arange(n, n + m)).warning == WALK


def test_weights_are_the_best_on_the_simplex():
    """No worse than a general optimiser with the same bounds."""
    rng = np.random.default_rng(6)
    table, target = rng.normal(size=(30, 5)), rng.normal(size=30)

    def loss(w):
        return ((target - table @ w) ** 2).sum()

    slow = minimize(
        loss, np.full(5, 0.2), bounds=[(0, 1)] * 5, constraints={"type": "eq", "fun": lambda w: w.sum() - 1}, tol=1e-12
    )
    weights = simplex_weights(target, table)
    assert weights.min() >= 0 and weights.sum() == pytest.approx(1)
    assert loss(weights) <= slow.fun + 1e-6


def test_days_of_utc_are_the_days_they_name():
    """In a zone behind UTC, a day that begins at midnight of UTC is not the day before, so the first high day is the event's."""
    table = series_of(visa=[10.0, 11, 9, 10, 12, 8, 10, 10, 11, 9, 10, 10, 9, 11, 50, 50])
    signed = listed(["Signed", "agreement", 14, None]).assign(begins_at=DAYS[14] + pd.Timedelta(hours=12))
    found = campaign.cumulative_excess(table, events=signed, event="Signed", models="mean", zone="America/Lima").iloc[0]
    assert (found.n, found.observed, found.cumulative_excess, found.baseline) == (2, 100, 80, 14)
    assert found.low < 80 < found.high
    clocks = {"UTC": 0, "America/Lima": 5, "Asia/Tokyo": -9}  # days of three zones, read in a fourth, are the same days
    moved = [table.assign(begins_at=table.begins_at + pd.Timedelta(hours=hours)) for hours in clocks.values()]
    assert len({tuple(attention_rows(each, ["series"], "Europe/Madrid")["at"]) for each in moved}) == 1


def test_weeks_that_begin_on_different_days_are_not_the_same_weeks():
    """From Monday and from Sunday: no donor, no group, no grid of streams, no panel."""
    weeks = pd.concat(
        pd.DataFrame({"series": name, "value": [5.0, 6] * 35, "source": source, "begins_at": begins + NUMBERS * WEEK})
        for name, source, begins in (("visa", "s", MONDAY), ("visa", "t", MONDAY - DAY), ("sun", "s", MONDAY - DAY))
    ).assign(unit="index", span="week", total=None)
    event = listed(["Signed", "agreement", 0, "visa"]).assign(begins_at=MONDAY + 60 * WEEK)
    given = {"events": event, "event": "Signed", "models": "mean"}
    alone = campaign.excess_ratio(weeks[weeks.source == "s"], **given)
    assert alone.donors.tolist() == ["none"] and alone.excess_ratio.tolist() == pytest.approx([1])
    reason = "not defined: weeks that begin on Monday and on Sunday; compare one kind at a time"
    assert campaign.excess_ratio(weeks, **given).method.tolist() == [reason]
    assert grid_of(weeks, "week").reason == reason
    assert measures.attention_peak(weeks, span="week").method.unique().tolist() == [reason]


def test_a_strong_correlation_of_errors_widens_the_interval_of_a_step():
    """Errors of first order, .8, in 44 intervals: of a hundred steps that are none few are called one."""
    rng, design = (
        np.random.default_rng(3),
        np.column_stack([np.ones(44), np.arange(44) - 22, np.arange(44) >= 22]).astype(float),
    )
    called = []
    for _ in range(100):
        errors = lfilter([1], [1, -0.8], rng.normal(size=94))[50:]
        near = coefficient(errors, design)
        (beta, error, free), _warning = wider_coefficient(near, errors, design, np.arange(44))
        assert error * student.ppf(0.975, free) >= near[1] * student.ppf(0.975, near[2]) - 1e-12
        called.append([2 * student.sf(abs(each[0]) / each[1], each[2]) < 0.05 for each in (near, (beta, error, free))])
    assert np.sum(called, axis=0)[1] <= 8


def test_an_announcement_ends_the_baseline_and_a_listed_event_a_donor():
    """Four days between are a phase of their own; a donor with a listed event is none, whatever its counts."""
    table = series_of(visa=[10.0] * 20 + [14] * 4 + [20] * 6, one=[5.0] * 30, two=[7.0] * 30)
    events = listed(
        ["Told", "announcement", 20, "visa"], ["Signed", "agreement", 24, "visa"], ["Fair", "fair", 25, "two"]
    )
    given = {"events": events, "event": "Signed"}
    excess = campaign.cumulative_excess(table, **given, models="mean", donors="none").set_index("phase")
    assert excess.cumulative_excess.to_dict() == pytest.approx({"anticipation": 16, "after": 60})
    shifts = donors.donor_shift(table, **given).set_index("donor")
    assert shifts.is_contaminated.to_dict() == {"one": False, "two": True} and shifts.listed["two"] == "Fair"
    alone = donors.synthetic_gap(table, **given)
    assert alone.synthetic_gap.isna().all() and "fewer than two donors" in alone.method[0]


def test_predictors_decide_where_they_are_given():
    """The series is halfway between two donors, and its properties say so; one unknown property, and there are no weights."""
    table = series_of(visa=[2.0, 3, 4, 3, 9], one=[1.0, 4, 3, 2, 3], two=[3.0, 2, 5, 4, 4], far=[9.0, 1, 9, 1, 9])
    given = {"events": listed(["Signed", "agreement", 4, "visa"]), "event": "Signed", "scaled": False, "donors": "all"}
    known = pd.DataFrame({"series": ["one", "two", "visa", "far"], "size": [4.0, 6, 5, 40], "age": [9.0, 1, 5, 5]})
    found = donors.donor_weight(table, predictors=known, **given).set_index("donor").donor_weight
    assert found.to_dict() == pytest.approx({"one": 0.5, "two": 0.5, "far": 0}, abs=1e-3)
    gaps = donors.synthetic_gap(table, predictors=known, **given)
    assert gaps.synthetic_gap[0] == pytest.approx(5.5, abs=0.01) and "matched by predictors" in gaps.method[0]
    known.loc[0, "age"] = np.nan
    assert (
        donors.donor_weight(table, predictors=known, **given).method[0]
        == "not defined: predictors are not known of one"
    )


def test_what_cannot_be_told_has_its_reason():
    """No event, an unknown one, one without a source, none after it, too few before it."""
    table, events = (
        series_of(visa=[10.0] * 5 + [20] * 3),
        listed(["Signed", "agreement", 5, None], ["Later", "agreement", 30, None]),
    )
    assert campaign.excess_ratio(table, events=events).method.tolist() == ["not available: no event is named"]
    late = campaign.excess_ratio(table, events=events, event="Later")
    assert late.method.tolist() == ["not available: no known interval after the event begins"]
    with pytest.raises(
        TableError, match="found 'Sign'. Expected the name of a row of the table of events, such as 'Signed'"
    ):
        campaign.excess_ratio(table, events=events, event="Sign")
    with pytest.raises(TableError, match="no source"):
        campaign.excess_ratio(table, events=events.assign(source=None), event="Signed")
    few = campaign.excess_ratio(table, events=events, event="Signed").set_index("model")
    assert few.excess_ratio["mean"] == pytest.approx(2) and few.low.isna().all()
    assert "fewer than 14 intervals before" in few.method["mean"] and "fewer than 14" in few.method["local level"]
    assert campaign.rate_change(table.assign(value=table.value + 0.5), events=events, event="Signed").method[0] == (
        "not defined: no counts"
    )


def test_hours_have_a_series_too():
    """Sixteen days of hours with a cycle of the day, and a day after that is twice as high."""
    hours = pd.date_range("2016-03-01", periods=17 * 24, freq="h", tz="UTC")
    usual = 20 + 10 * np.sin(hours.hour * np.pi / 12)
    noise = np.random.default_rng(8).normal(size=len(hours))
    table = pd.DataFrame({"source": "s", "series": "visa", "unit": "posts", "span": "hour", "begins_at": hours})
    table["value"] = np.where(hours < hours[16 * 24], usual, 2 * usual) + noise
    signed = listed(["Signed", "agreement", 16, None])
    found = campaign.excess_ratio(table, events=signed, event="Signed", models="mean").iloc[0]
    assert found.n == 24 and found.low < 2 < found.high and found.high - found.low < 0.2


@pytest.mark.parametrize("zone", ["America/Lima", "Pacific/Auckland"])
def test_a_dated_event_has_its_own_days_in_any_zone(zone):
    """Days and events named by date, both at midnight of UTC, and both at midnight of the zone: the same two days."""
    rows, events = series_of(a=range(40)), listed(("E", "campaign", 20, "a"))
    events = events.assign(ends_at=DAYS[22])
    local = rows.assign(begins_at=rows.begins_at.dt.tz_localize(None).dt.tz_localize(zone).dt.tz_convert("UTC"))
    moments = {column: events[column].dt.tz_localize(None).dt.tz_localize(zone) for column in ("begins_at", "ends_at")}
    for attention, dates in ((rows, events), (local, events.assign(**moments))):
        found = campaign.excess_ratio(attention, events=dates, event="E", models="mean", zone=zone).iloc[0]
        assert (found.observed, found.n) == (20 + 21, 2)


def test_two_sources_of_a_series_are_not_added_up():
    """One series counted by two sources: no sum that counts twice, but a row for each where they are groups."""
    rows, events = series_of(a=range(40)), listed(("E", "campaign", 20, "a"))
    both = pd.concat([rows, rows.assign(source="t")])
    given = {"events": events, "event": "E", "models": "mean"}
    assert "several sources" in campaign.excess_ratio(both, **given).method[0]
    found = campaign.excess_ratio(both, by=["source", "series"], **given)
    assert found.observed.tolist() == [sum(range(20, 40))] * 2


def test_a_rate_from_nothing_has_no_ratio():
    """Nothing is counted before the event: the ratio has no end, so that there is none, and its reason stands."""
    events = listed(("Opened", "policy change", 20, "visa"))
    found = campaign.rate_change(
        series_of(visa=[0] * 20 + [3, 4, 2, 5] * 5), events=events, event="Opened", slope=False
    )
    assert found.rate_change.isna().all() and "nothing is counted on one side" in found.method[0]
