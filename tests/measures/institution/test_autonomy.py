"""Autonomy and speed: planted independence, waits and pairs come back, arms without effect give none, and twins agree."""

import ibis
import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from statsmodels.duration.hazard_regression import PHReg

from digidip import claims, measures, store
from digidip.measures.inquiries._survival import area, cox_maximum, kaplan_meier
from digidip.measures.institution import _missions, discipline, independence, persons, speed
from digidip.tables import TableError

HEAD = {"headquarters": "SampleMfaSouthAfrica"}
LAGS = HEAD | {"zone": "Africa/Johannesburg"}
CITY = {"by": ("account_id", "city")}
PLANTED = {  # share of own posts among those on no event, of which five are copies that no rule sees, or phrases of all
    "London": 0.85, "Lisbon": 0.5, "Rome": 0.7, "Berlin": 0.3, "Nairobi": 0.65, "Moscow": 0.2, "Tokyo": 0.9, "Seoul": 0.75,
    "Lima": 0.4, "Washington": 0.1, "Buenos Aires": 0.55,
}  # fmt: skip
PAIRS = (
    "SampleMinisterZaf: SampleMfaSouthAfrica, SampleMinisterZafConsular: SampleConsularZaf, "
    "SampleMinisterZafAcademy: SampleAcademyZaf, SampleAmbassadorZafLondon: SampleMfaSouthAfrica"
)


@pytest.fixture(scope="module")
def held():
    """Posts, accounts, events and codings of the sample's South Africa."""
    tables = store.load("sample", "ZAF", "linkedin", "", "2022-01-01", "2022-07-11", LAGS["zone"])
    return tables.posts, tables.accounts, store.reference("events"), store.reference("codings"), tables.follows


def test_independence_is_as_planted(held):
    """Of posts on no event the planted share, less one phrase that all use; the mission that never posts has a row."""
    posts, accounts, events, _, _ = held
    frame = _missions.closest_lines(posts, accounts, HEAD["headquarters"])
    apart = frame[(frame.role == "mission") & _missions.posts_apart(frame, events)]
    free = (~apart.is_repost_of_head & (apart.closest < 0.5)).groupby(apart.account_id).agg(["sum", "size"])
    cities = accounts.to_pandas().set_index("account_id").city
    for account, (own, n) in free.iterrows():
        assert own == round(PLANTED[cities[account]] * n) - 1, cities[account]
    found = measures.independence(posts, accounts, **HEAD, **CITY).set_index("city")
    assert len(found) == 12 and found.method["Montevideo"] == "not available: no post of which it can be told"
    assert found.independence["Lisbon"] == 14 / 30 and (found.reposted["Lisbon"], found.copied["Lisbon"]) == (5, 11)
    assert found.reposted["Washington"] == 72 and found.low["Tokyo"] > found.high["Washington"]


def test_likeness_is_that_of_shingles_set_by_set(held):
    """The sparse product gives each post the largest Jaccard that sets give; planted likenesses are among them, later lines are not."""
    posts, accounts = held[:2]
    frame = _missions.closest_lines(posts, accounts, HEAD["headquarters"], within=20)
    lines = frame[(frame.role == "headquarters") & ~frame.is_repost]
    lines = [(row.posted_at, _missions.shingles(row.text, "words")) for row in lines.itertuples()]
    for row in frame[(frame.role == "mission") & ~frame.is_repost].iloc[::17].itertuples():
        own, near = _missions.shingles(row.text, "words"), [0.0]
        for at, line in lines:
            if pd.Timedelta(0) <= row.posted_at - at <= pd.Timedelta(days=20):
                near.append(len(own & line) / len(own | line))
        assert row.closest == pytest.approx(max(near))
    assert {0.25, round(7 / 13, 6), round(9 / 11, 6), 1.0} <= {*frame.closest.round(6)}


def test_who_writes_first_copies_nobody():
    """The same text before headquarters is no copy, in the same minute and 30 days after it is one, later none; nor is no text."""
    accounts = pd.DataFrame(
        {"platform": "x", "account_id": ["h", "m"], "ministry": "PER", "office": ["ministry", "embassy"]}
    )
    days = ["2020-03-01", "2020-02-29", "2020-03-01", "2020-03-31", "2020-04-01", "2020-03-02", "2020-03-02"]
    posts = pd.DataFrame(
        {"platform": "x", "post_id": list("1234567"), "account_id": list("hmmmmmm"), "ministry": "PER"}
    )
    posts = posts.assign(posted_at=pd.to_datetime(days, utc=True), text="Visas are free from now on", repost_of_id=None)
    posts.loc[5, "text"], posts.loc[6, ["text", "repost_of_id"]] = None, [None, "reposted:7"]
    frame = _missions.closest_lines(posts, accounts.assign(handle=None)).set_index("post_id")
    assert frame.closest[list("2345")].tolist() == [0, 1, 1, 0] and frame.is_unknown[list("67")].all()
    found = measures.independence(posts, accounts.assign(handle=None)).iloc[0]
    assert (found.independence, found.n, found.unknown) == (0.5, 4, 2)
    # A mission of a ministry whose headquarters is not held has copied nobody that is known.
    other = pd.DataFrame({"platform": ["x"], "account_id": "c", "ministry": "CHL", "office": "embassy"})
    others = posts.iloc[1:4].assign(account_id="c", ministry="CHL", post_id=list("abc"))
    both = [pd.concat([posts, others]), pd.concat([accounts, other]).assign(handle=None)]
    together = measures.independence(*both, by=()).iloc[0]
    assert (together.independence, together.n, together.unknown) == (0.5, 4, 5)


def test_the_rule_of_copies_is_seen_to_err_as_planted(held):
    """Weak copies and translations are missed at any threshold, phrases of all called copies; higher thresholds find fewer."""
    posts, accounts, _, codings, _ = held
    found = measures.copy_rule(posts, accounts, codings, **HEAD).set_index(["part", "theta"]).copy_rule
    assert found["recall", 0.5] == pytest.approx(0.79, abs=0.01) and found["precision", 0.5] == pytest.approx(
        0.91, abs=0.01
    )
    assert found["recall"].is_monotonic_decreasing and found["recall", 0.3] > found["recall", 0.9]
    labels = measures.copy_labels(posts, accounts, codings, **HEAD)
    shares = measures.corrected_share(labels, codebook="copies", draws=99).set_index("code").loc["copy"]
    assert (
        shares.apparent_share < shares.corrected_share and shares.low < 0.41 < shares.high
    )  # 41 % are copies in truth


def test_waits_come_back_and_silence_is_censored(held):
    """Ten points of independence make a quarter faster, office hours two and a half times; who never posts waits to the end."""
    posts, accounts, events = held[:3]
    own = measures.independence_speed(posts, accounts, events, **LAGS).iloc[0]
    assert own.low < 1.25 < own.high and own.low > 1 and (own.missions, own.silent, own.n) == (11, 1, 440)
    zones = {"Washington": "America/New_York"}
    found = measures.mission_speed(posts, accounts, events, office_hours=True, zones=zones, **LAGS).set_index("term")
    row = found.loc[speed.OFFICE]
    assert row.low < 2.5 < row.high and row.low > 1
    assert (
        found.method["SampleEmbZafMontevideo"].startswith("no finite ratio") and found.n["SampleEmbZafMontevideo"] == 34
    )
    lags = measures.event_lag(posts, accounts, events, **LAGS, by="city").set_index(["city", "statistic"])
    assert lags.loc[("Montevideo", "mean to horizon"), ["event_lag", "n", "answered"]].tolist() == [72, 34, 0]
    assert lags.event_lag["Tokyo", "median"] < lags.event_lag["Lima", "median"] < lags.event_lag["Washington", "median"]
    tokyo = _missions.first_posts(posts, accounts, events, HEAD["headquarters"], 72, LAGS["zone"])
    tokyo = tokyo[tokyo.account_id.eq("940007") & ~tokyo.is_day]
    twin = area(kaplan_meier(tokyo.hours, tokyo.is_answered), 72, 34)[0]
    mean = lags.loc["Tokyo", "mean to horizon"]
    assert mean.event_lag == pytest.approx(twin) and mean.low < twin < mean.high
    assert lags.of_days.eq(6).all()
    days = measures.event_lag_days(posts, accounts, events, **LAGS, by="city").set_index("city")
    assert days.n.eq(6).all() and days.low.isna().all() and days.event_lag_days["Tokyo"] == 0


def test_independence_without_effect_on_speed_has_none(held):
    """Waits dealt anew among missions, event by event: no longer sooner."""
    waits = speed._mission_waits(*held[:3], HEAD["headquarters"], 0.5, "words", 30, 72, LAGS["zone"], ["ministry"])
    waits = speed._with_time(waits[waits.independence.notna()], 72).sort_values(["event", "account_id"])
    rng, hits = np.random.default_rng(5), 0
    for _ in range(8):
        order = waits.groupby("event").time.transform(lambda part: rng.permutation(len(part)))
        drawn = waits.assign(order=order).sort_values(["event", "order"])
        dealt = waits.assign(time=drawn.time.to_numpy(), is_answered=drawn.is_answered.to_numpy())
        clusters = dealt.groupby("account_id").ngroup().to_numpy()
        value, others = speed._left_out(dealt, dealt[["independence"]].to_numpy(float), clusters, 0)
        low, high, _, _ = speed._interval(value, others, 11, 2, "missions")
        hits += low < 0 < high
    assert hits >= 6


def test_cox_with_strata_is_that_of_statsmodels():
    """Newton over all strata at once and PHReg with strata and Efron ties end at the same coefficients."""
    rng = np.random.default_rng(1)
    strata, design = np.repeat(np.arange(30), 10), rng.normal(size=(300, 2))
    hours = np.ceil(rng.exponential(size=300) * 4 * np.exp(-design[:, 0]))
    answered = (rng.random(300) < 0.8).astype(int)
    twin = PHReg(hours, design, status=answered, strata=strata, ties="efron").fit(disp=0).params
    assert cox_maximum(hours, answered, design, strata) == pytest.approx(twin, abs=1e-6)


def test_area_under_the_curve_is_that_of_inquiries():
    """Mean wait to the horizon, ties and silence included, as statsmodels' curve gives it."""
    rng = np.random.default_rng(4)
    hours, answered = np.ceil(rng.exponential(20, 40)), rng.random(40) < 0.7
    hours, answered = np.minimum(hours, 48), answered & (hours < 48)
    twin = area(kaplan_meier(hours, answered), 48, 40)[0]
    assert speed._area(hours, answered, 48) == pytest.approx(twin)


def test_lag_to_headquarters_is_paired_by_event(held):
    """By hand of one mission: median difference, sign test, how often each was silent; the same minute is together."""
    posts, accounts, events = held[:3]
    rows = posts.to_pandas()
    rows["tag"] = rows.text.fillna("").str.extract(r"#(\w+)", expand=False)
    first = rows.dropna(subset="tag").groupby(["account_id", "tag"]).posted_at.min().unstack(0)
    lag = ((first["940007"] - first["940000"]).dt.total_seconds() / 3600).dropna()
    found = measures.headquarters_lag(posts, accounts, events, **LAGS, by="city").set_index("city").loc["Tokyo"]
    assert (found.headquarters_lag, found.n) == (pytest.approx(lag.median()), len(lag))
    assert found.p == pytest.approx(binomtest(int((lag < 0).sum()), int((lag != 0).sum())).pvalue)
    assert (found.headquarters_alone, found.mission_alone) == (34 - len(lag), first["940007"].notna().sum() - len(lag))
    share = measures.first_share(posts, accounts, events, **LAGS, by="city").set_index("city")
    assert share.first_share["Tokyo"] == pytest.approx((lag < 0).mean()) and share.n["Lisbon"] == 0


def test_the_same_minute_is_together():
    """Headquarters at 5 seconds past, the mission at 40: neither was first; a minute later one was."""
    accounts = pd.DataFrame(
        {"platform": "x", "account_id": ["h", "m"], "ministry": "PER", "office": ["ministry", "embassy"]}
    ).assign(handle=None, city=None)
    events = pd.DataFrame({"event": ["A"], "ministry": "PER", "hashtag": "one", "ends_at": None})
    events = events.assign(begins_at=pd.Timestamp("2020-01-10T03:00Z"))
    for second, together in (("05:00:40", 1), ("05:01:05", 0)):
        at = pd.to_datetime(
            [f"2020-01-{moment}Z" for moment in ("01T00:00:00", "10T05:00:05", f"10T{second}", "30T00:00:00")]
        )
        posts = pd.DataFrame({"platform": "x", "post_id": list("1234"), "account_id": list("hhmh"), "ministry": "PER"})
        posts = posts.assign(text=["a", "#one", "#one", "b"], posted_at=at, repost_of_id=None)
        assert measures.headquarters_lag(posts, accounts, events).together.tolist() == [together]


def test_events_named_before_they_began_are_early():
    """A post with the hashtag before the event is no wait; a day alone has days; no events, no row but a reason."""
    accounts = pd.DataFrame(
        {"platform": "x", "account_id": ["h", "m"], "ministry": "PER", "office": ["ministry", "embassy"]}
    )
    accounts = accounts.assign(handle=None, city=["Lima", "Tokyo"])
    at = pd.to_datetime(["2020-01-01T00:00Z", "2020-01-09T23:00Z", "2020-01-12T20:00Z", "2020-02-01T00:00Z"])
    posts = pd.DataFrame({"platform": "x", "post_id": list("1234"), "account_id": list("hmmh"), "ministry": "PER"})
    posts = posts.assign(text=["a", "#one", "#two", "b"], posted_at=at, repost_of_id=None)
    begins = pd.to_datetime(["2020-01-10T00:30Z", "2020-01-11T05:00Z"])
    events = pd.DataFrame(
        {"event": ["A", "B"], "ministry": "PER", "hashtag": ["one", "two"], "begins_at": begins, "ends_at": None}
    )
    found = (
        _missions.first_posts(posts, accounts, events, zone="America/Lima")
        .query("role == 'mission'")
        .set_index("event")
    )
    assert found.is_early.tolist() == [True, False] and found.is_day.tolist() == [False, True]
    assert found.days["B"] == 1 and pd.isna(found.is_open["B"]) and bool(found.is_open["A"])
    marked = events.assign(hashtag=["#one", "＃two"])  # as people write them
    assert measures.event_lag(posts, accounts, marked).equals(measures.event_lag(posts, accounts, events))
    nothing = measures.event_lag(posts, accounts, events.assign(hashtag=None))
    assert nothing.n.eq(0).all() and nothing.method.eq(speed.NO_EVENT).all()


def test_without_headquarters_nothing_is_said(held):
    """No account of headquarters, or one without a post: independence is not available, with the reason."""
    posts, accounts, events = held[:3]
    nobody = accounts.mutate(office=ibis.literal("embassy"))
    found = measures.independence(posts, nobody)
    assert found.independence.isna().all() and found.method.isin([_missions.NO_HEAD, independence.NO_POSTS]).all()
    (sentence,) = claims.finding("synthetic", "Own are {}", found).sentences
    assert "(0.5) cannot be told: no account of headquarters is held" in sentence  # a threshold is one key
    silent = measures.independence(posts.filter(posts.account_id != "940000"), accounts, **HEAD)
    assert silent.method.isin([_missions.SILENT_HEAD, independence.NO_POSTS]).all()
    none = measures.headquarters_lag(posts, accounts, events.iloc[:0], **HEAD)
    assert none.headquarters_lag.isna().all() and none.method.str.startswith("not available").all()
    behind = measures.headquarters_lag(posts, nobody, events)
    assert behind.n.eq(0).all() and behind.method.eq(_missions.NO_HEAD).all()
    with pytest.raises(TableError, match="headquarters: found 'nobody'. Expected: one of"):
        measures.independence(posts, accounts, headquarters="nobody")


def test_own_posts_draw_more_within_and_not_between(held):
    """Planted within missions exp(.5) = 1.65, between them nothing; and comments fall by exp(-.08) with each tenth of likeness."""
    posts, accounts = held[:2]
    found = measures.independence_engagement(posts, accounts, counts="repost_count", **HEAD).set_index("term")
    assert (
        found.low[discipline.WITHIN] < np.exp(0.5) < found.high[discipline.WITHIN] and found.low[discipline.WITHIN] > 1
    )
    assert found.low[discipline.BETWEEN] < 1 < found.high[discipline.BETWEEN]
    assert found.exposure.eq("followers when posted").all()
    trade = measures.discipline_ratio(posts, accounts, **HEAD).set_index("term")
    assert trade.low[discipline.TENTH] < np.exp(-0.08) < trade.high[discipline.TENTH] < 1
    bands = trade.discipline_ratio[list(discipline.BANDS)]
    assert bands.is_monotonic_decreasing and trade.n[list(discipline.BANDS)].sum() == trade.n[discipline.TENTH]


def test_effects_of_missions_are_those_of_dummies():
    """Poisson with an effect of each mission: of two kinds of posts, the ratio of means weighed by missions, as solved by hand."""
    known = pd.DataFrame({"platform": "x", "account_id": list("aabb")})
    counts, term = pd.Series([2, 4, 10, 20]), pd.DataFrame({"near": [0.0, 1, 0, 1]})
    found = discipline._fitted(known, counts, term, None, {"near": (1.0, 1)}, effects=True)["near"]
    assert found["ratio"] == pytest.approx(2) and found["method"].startswith("no interval: fewer than 8")


def test_persons_and_institutions_differ_where_planted(held):
    """Services .35 more, .35 less, and as many; the ambassador explains half of the posts more; nothing where nothing was planted."""
    posts, accounts, _, codings, _ = held
    found = measures.pair_difference(posts, accounts, codings, pairs=PAIRS).set_index(["pair", "code"])
    names = PAIRS.split(", ")
    planted = {
        (0, "service"): 0.35,
        (1, "service"): 0,
        (2, "service"): -0.35,
        (3, "explanation"): 0.5,
        (0, "explanation"): 0,
    }
    for (pair, code), share in planted.items():
        row = found.loc[names[pair], code]
        assert row.low < share < row.high and (row.p_adjusted < 0.05) == bool(share), (names[pair], code)
    assert found.agreement.iloc[0] > 0.8 and found.n.between(25, 26).all()
    doubted = codings.assign(code=codings.code.where(codings.coder != "coder-b", "other"))
    assert measures.pair_difference(posts, accounts, doubted, pairs=PAIRS).pair_difference.isna().all()
    with pytest.raises(TableError, match="a person, a colon and an institution"):
        measures.pair_difference(posts, accounts, codings, pairs="SampleMinisterZaf")
    with pytest.raises(TableError, match="pairs: found 'Nobody'. Expected: a handle or an id of the accounts selected"):
        measures.pair_difference(posts, accounts, codings, pairs="Nobody: SampleMfaSouthAfrica")


def two_weeks(**more):
    """Three posts of a minister and three of a ministry in one week, one of each in the next."""
    days = pd.to_datetime(["2020-01-06"] * 6 + ["2020-01-13"] * 2, utc=True)
    posts = {
        "platform": "x",
        "post_id": list("12345678"),
        "account_id": list("mmmiiimi"),
        "ministry": "PER",
        "posted_at": days,
    }
    accounts = {"platform": "x", "account_id": ["m", "i"], "ministry": "PER", "handle": ["Minister", "Ministry"]}
    return pd.DataFrame({**posts, "repost_of_id": None} | more), pd.DataFrame(accounts)


def test_posts_of_one_kind_are_compared_where_asked():
    """Twice as many acts within each kind, whatever the minister posts more of; where nobody drew any the week is counted."""
    kinds = ["service", "service", "other", "service", "other", "other", "other", "other"]
    posts, accounts = two_weeks(like_count=[40, 40, 4, 20, 2, 2, 0, 3], follower_count=1000)
    codings = pd.DataFrame(
        {"codebook": "content", "item_id": posts.post_id, "variable": "kind", "coder": "a", "code": kinds}
    )
    given = {"pairs": "Minister: Ministry", "counts": "like_count", "per_follower": True}
    plain, matched = (persons.pair_ratio(posts, accounts, matched=way, **given).iloc[0] for way in (None, codings))
    assert plain.pair_ratio == pytest.approx(28 / 8) and matched.pair_ratio == pytest.approx(2) and matched.n == 1
    assert matched.method.endswith("1 more in which one of them drew none")


def test_links_and_threads_need_no_coder():
    """Two of three posts with an address against none; one of three in answer to an own post."""
    texts = ["see https://example.org", None, "plain"] + ["plain"] * 5
    more = {"text": texts, "link": [None, "example.org"] + [None] * 6, "reply_to_id": None}
    posts, accounts = two_weeks(**more, reply_to_account_id=[None, None, "m", "m", None, None, None, None])
    codings = pd.DataFrame({"codebook": [], "item_id": [], "variable": [], "coder": [], "code": []}, dtype=object)
    found = persons.pair_difference(
        posts, accounts, codings, pairs="Minister: Ministry", codes=("link", "thread", "service")
    )
    assert found.set_index("code").pair_difference.round(6).to_dict() == pytest.approx(
        {"link": 0.333333, "thread": 0.166667, "service": np.nan}, nan_ok=True
    )


def test_pair_ratio_takes_followers_out(held):
    """The minister draws half of the ministry's reposts, and of as many followers as much as it."""
    posts, accounts = held[:2]
    given = {"pairs": PAIRS.partition(",")[0], "counts": "repost_count"}
    plain, each = (persons.pair_ratio(posts, accounts, per_follower=way, **given).iloc[0] for way in (False, True))
    assert plain.high < 0.7 and each.low < 20 / 9 * plain.pair_ratio < each.high


def test_persons_are_mentioned_more_and_more(held):
    """.4 of the mentions in the first week, .8 in the last; own accounts do not count, and few people are withheld."""
    _, accounts, _, _, follows = held
    months = measures.voice_share(follows, accounts, period="month").query("voice == 'persons'").set_index("period")
    assert months.voice_share["2022-01"] < 0.5 < 0.65 < months.voice_share["2022-06"]
    every = measures.voice_share(follows, accounts).set_index("voice")
    assert every.voice_share.sum() == pytest.approx(1) and every.people.eq(60).all()
    ties = follows.to_pandas()
    few = ties[ties.source_id.isin(sorted(ties.source_id.unique())[:3])].assign(label="real")
    assert measures.voice_share(few, accounts).method.str.startswith("withheld: fewer than 5").all()
    ours = measures.voice_share(ties.assign(source_id="940000"), accounts)
    assert ours.n.tolist() == [0] and ours.method.tolist() == [persons.NO_MENTIONS]


def test_three_shares_of_reposts_are_apart(held):
    """One prolific mission makes the pooled share twice that of the account in the middle."""
    posts, accounts = held[:2]
    rows = posts.semi_join(accounts.filter(accounts.office == "embassy"), ["platform", "account_id"])
    found = measures.repost_share(rows).set_index("aggregation")
    shares = rows.to_pandas().groupby("account_id").repost_of_id.agg(lambda cells: cells.notna().mean())
    assert found.repost_share.tolist() == pytest.approx([111 / found.n["pooled"], shares.mean(), shares.median()])
    assert (
        found.repost_share["pooled"]
        > found.repost_share["mean of accounts"]
        > 2 * found.repost_share["median of accounts"]
    )


def test_office_hours_go_by_the_city(held):
    """Tokyo keeps its own hours, not those of Johannesburg; of Washington no zone is known unless it is given."""
    posts, accounts = held[:2]
    found = measures.office_hours_share(posts, accounts, **LAGS, by="city").set_index(["city", "clock"])
    assert found.office_hours_share["Tokyo", "city"] > 1.5 * found.office_hours_share["Tokyo", "headquarters"]
    assert found.n["Washington", "city"] == 0 and found.method["Washington", "city"].startswith("not available")
    given = measures.office_hours_share(posts, accounts, zones={"Washington": "America/New_York"}, **LAGS, by="city")
    assert given.set_index(["city", "clock"]).n["Washington", "city"] > 90
    with pytest.raises(TableError, match="an IANA name"):
        measures.office_hours_share(posts, accounts, zones={"Washington": "Washington"}, **LAGS)


@pytest.mark.parametrize(
    ("given", "words"), [({"theta": 0}, "above 0"), ({"similarity": "letters"}, "words or characters")]
)
def test_wrong_choices_are_refused(held, given, words):
    """A threshold or a way that means nothing is named, with what is expected."""
    with pytest.raises(TableError, match=words):
        measures.independence(*held[:2], **HEAD, **given)
    with pytest.raises(TableError, match="counts must be of"):
        measures.discipline_ratio(*held[:2], counts="views", **HEAD)
