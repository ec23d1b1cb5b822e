"""Presence, posting of accounts, platforms, reach and profiles: known answers, planted truths, refusals."""

import hashlib
from itertools import product

import numpy as np
import pandas as pd
import pytest

from digidip import claims, store
from digidip.deliveries import REPOSITORY
from digidip.measures.presence import accounts, audience, platforms, presence, profiles
from digidip.measures.statistics._codings import kr20
from digidip.networks import accounts_at_missions, located_missions, tie_network
from digidip.tables import TableError

SPRY = """10.495/1405/1.25 5.363/2500/8.08 4.44/1270/15.58 2.35/4610/37.2 2.24/4234/.89 1.906/1196/53.9 .536/3478/91.51
.3/8209/127.02 .207/37783/8.38 .204/3570/257.56 .185/43681/7.9 .162/1709/1311.05 .152/8650/207.85 .134/24226/23.41
.102/39416/4.56 .079/10863/78.67 .072/36176/126.96 .035/27539/50.62 .03/36855/66.81 .03/42070/81.41 .022/57638/321.42
.02/49928/23.78 .014/40341/65.14 .014/42158/35.85"""
WINDOW = {"start": "2016-03-07", "end": "2016-05-02", "zone": "Europe/Paris"}


@pytest.fixture(scope="module")
def peru():
    """The sample's register of Peru."""
    return store.load("sample", "PER", of="missions")


@pytest.fixture(scope="module")
def paris():
    """Accounts in Paris, all their posts, all profiles."""
    world = store.load("sample", of="missions")
    capital = world.accounts.filter(world.accounts.city == "Paris")
    return capital, world.posts.semi_join(capital, ["platform", "account_id"]), world.metrics


def test_spry_table():
    """V-SPRY: rank correlations, slopes and R² of the 24 hosts."""
    rows = [tuple(map(float, row.split("/"))) for row in SPRY.split()]
    hosts = pd.DataFrame(rows, columns=["reach_rate", "gdp_per_person", "population"]).assign(platform="facebook")
    found = audience.reach_association(hosts).set_index(["term", "statistic"])
    expected = {("gdp_per_person", "spearman"): -0.810787, ("population", "spearman"): -0.344498}
    expected |= {("gdp_per_person", "elasticity"): -1.179366, ("population", "elasticity"): -0.497916}
    assert found.reach_association.to_dict() == pytest.approx(expected, abs=1e-6)
    assert found.r_squared.dropna().tolist() == pytest.approx([0.889191] * 2, abs=1e-6)
    assert found.p["population", "spearman"] == pytest.approx(0.099, abs=1e-3) and (found.n == 24).all()


def test_margins_give_bounds():
    """Fréchet: 106 and 34; of 120 missions; of as many as both together; an impossible number."""
    assert claims.overlap(106, 34)[["low", "high"]].values.tolist() == [[0, 34], [106, 140]]
    assert claims.overlap(106, 34, missions=120)[["low", "high"]].values.tolist()[:2] == [[20, 34], [106, 120]]
    assert claims.overlap(5, 5, missions=5).value.tolist() == [5, 5, 0]
    with pytest.raises(TableError, match="fewer than the 106"):
        claims.overlap(106, 34, missions=100)


def test_peru_is_present_as_planted(peru):
    """106 on Facebook, 34 on X, 110 on either of 140; 76, 30, 30 and 4 by combination; b 76 and c 4."""
    coverage = presence.mission_coverage(peru.missions, peru.accounts).set_index("platform")
    assert (coverage.mission_coverage * coverage.n).round(9).to_dict() == {"facebook": 106, "x": 34, "any": 110}
    combined = presence.combination_share(peru.missions, peru.accounts).set_index("combination")
    assert combined.missions.to_dict() == {"facebook": 76, "facebook + x": 30, "none": 30, "x": 4}
    row = presence.coverage_difference(peru.missions, peru.accounts).iloc[0]
    assert row[["both", "first_only", "second_only", "neither"]].tolist() == [30, 76, 4, 30]
    assert row.coverage_difference == pytest.approx(72 / 140) and row.p < 1e-9


def test_a_given_number_of_missions(peru):
    """registry_n is the denominator; one below the register is refused; one for several groups too."""
    more = presence.mission_coverage(peru.missions, peru.accounts, registry_n=212).set_index("platform")
    assert more.loc["facebook", "mission_coverage"] == 0.5 and more.loc["facebook", "method"].endswith("N given")
    with pytest.raises(TableError, match="fewer than the 140"):
        presence.mission_coverage(peru.missions, peru.accounts, registry_n=139)
    with pytest.raises(TableError, match="one group"):
        presence.mission_coverage(peru.missions, peru.accounts, registry_n=150, by="office")


def test_no_register_is_not_defined(peru):
    """Accounts without a register have no coverage: N is unknown."""
    table = presence.mission_coverage(peru.missions.limit(0), peru.accounts)
    assert table.mission_coverage.isna().all() and set(table.method) == {presence.NO_REGISTER}
    assert table.set_index("platform").unplaced.to_dict() == {"facebook": 106, "x": 34, "any": 140}


def test_newcombe_paired_interval():
    """Newcombe 1998, method 10: 36, 12, 2, 0 gives .0569 to .3404."""
    value, low, high = presence._paired_difference(36, 12, 2, 0)
    assert (value, low, high) == pytest.approx((0.2, 0.0569, 0.3404), abs=5e-5)
    assert presence._paired_difference(0, 5, 0, 0)[::2] == (1.0, 1.0)


def belongs(account, missions):
    """The mission an account belongs to, by the rule as it is said: one after the other, nothing shared with the code."""
    kind = "embassy" if account["office"] == "ambassador" else account["office"]
    same = [row for row in missions if (row["office"], row["receiving"]) == (kind, account["receiving"])]
    here = [row for row in same if account["city"] and (row["city"] or "").lower() == account["city"].lower()]
    chosen = here or (same if kind == "embassy" or not account["city"] else [])
    return chosen[0]["mission_id"] if len(chosen) == 1 else None


def test_places_are_those_of_the_rule_as_it_is_said():
    """All accounts at once, and as nodes of a network, against brute force; two consulates, cities, ambassadors, no state."""
    kinds, states, cities = (
        ("embassy", "ambassador", "consulate"),
        ("FRA", "JPN", None),
        ("Paris", "LYON", "Nice", None),
    )
    own = pd.DataFrame(list(product(kinds, states, cities)), columns=["office", "receiving", "city"])
    own = own.assign(platform="x", ministry="PER", account_id=[f"a{number:02}" for number in range(len(own))])
    rows = [("1", "embassy", "FRA", "Paris"), ("2", "consulate", "FRA", "paris"), ("3", "consulate", "FRA", "Lyon")]
    rows += [("4", "embassy", None, None), ("5", "consulate", "JPN", "Kobe")]
    missions = pd.DataFrame(rows, columns=["mission_id", "office", "receiving", "city"])
    missions = missions.assign(sender="Peru", ministry="PER", observed_at=pd.Timestamp("2016-01-01", tz="UTC"))
    told = missions.astype(object).where(missions.notna(), None).to_dict("records")
    each = own.astype(object).where(own.notna(), None).to_dict("records")
    expected = {row["account_id"]: belongs(row, told) for row in each}
    found = accounts_at_missions(own.sample(frac=1, random_state=1), missions).set_index("account_id").mission_id
    assert {name: None if pd.isna(cell) else cell for name, cell in found.items()} == expected
    assert set(expected.values()) == {"1", "2", "3", "4", "5", None}
    network = tie_network(
        pd.DataFrame(columns=["platform", "source_id", "target_id", "tie", "weight", "observed_at"]), own, missions
    )
    assert dict(network.nodes(data="mission_id")) == expected
    assert (network.graph["registry"], network.graph["unplaced"]) == (5, list(expected.values()).count(None))


def test_missions_without_a_place_stand_in_their_state(peru):
    """The sample's register gives no places: all 140 get their receiving state's."""
    table = located_missions(peru.missions, peru.accounts, store.reference("ministries"))
    assert len(table) == 140 and table.latitude.notna().all() and table.is_present.sum() == 110


def test_paris_is_active_as_planted(paris):
    """Posts a week as planted, edges of the window outside; Sweden dormant, Chile empty, Peru's pages unknown."""
    capital, posts, metrics = paris
    rates = accounts.account_posting_rate(posts, capital, metrics, **WINDOW).set_index(["ministry", "platform"])
    own = rates.drop("PER")
    assert own.account_posting_rate.to_dict() == {
        ("CHL", "x"): 0, ("EST", "facebook"): 5, ("EST", "x"): 1, ("ISR", "facebook"): 1, ("ISR", "x"): 3,
        ("SWE", "facebook"): 0, ("USA", "facebook"): 2, ("USA", "x"): 10, ("USA", "youtube"): 3,
    }  # fmt: skip
    assert own.activity["SWE", "facebook"] == "dormant" and own.activity["CHL", "x"] == "empty"
    pages = rates.loc[("PER", "facebook")]
    assert set(pages.activity) == {"unknown"} and pages.account_posting_rate.isna().all()
    without = accounts.account_posting_rate(posts, capital, **WINDOW).set_index("ministry")
    assert without.activity["CHL"] == "unknown"


def test_estonia_specialises_in_facebook_and_the_usa_in_x(paris):
    """The leading platforms are those planted, both beyond chance, the interval holding the planted index."""
    _capital, posts, _metrics = paris
    month = store.load("sample", **WINDOW).posts.semi_join(posts, ["platform", "post_id"]).to_pandas()
    month = month[month.ministry != "PER"]
    found = platforms.platform_specialisation(month, zone=WINDOW["zone"], draws=999).set_index("ministry")
    assert found.leading.to_dict() == {"EST": "facebook", "ISR": "x", "USA": "x"}
    planted = abs(40 / 48 - 24 / 152) + abs(8 / 48 - 104 / 152) + 24 / 152
    assert found.platform_specialisation["EST"] == pytest.approx(planted)
    assert found.p["EST"] == found.p["USA"] == 0.001
    shares = platforms.platform_share(month).set_index(["ministry", "platform"]).platform_share
    assert shares["USA", "youtube"] == 0.2 and shares["EST", "facebook"] == pytest.approx(5 / 6)


def test_reach_needs_users_and_a_date(peru):
    """24 states have users, Geneva's has none; a count without a date is refused; followers are not added up."""
    reach = audience.reach_rate(peru.metrics, peru.accounts, store.reference("population")).set_index("handle")
    assert reach.reach_rate["SampleEmbPeruQuito"] == pytest.approx(1000 * 7578 / 2_020_000)
    assert reach.method["SampleMisionPeruGeneva"] == "not available: users of x in CHE not known"
    assert reach.dropna(subset="reach_rate").receiving.nunique() == 24
    frame = peru.metrics.to_pandas().assign(observed_at=pd.NaT)
    with pytest.raises(TableError, match="without a date"):
        audience.reach_rate(frame, peru.accounts, store.reference("population"))
    none = audience.reach_rate(peru.metrics, peru.accounts, store.reference("population").head(0))
    assert none.reach_rate.isna().all()


def test_profiles_of_the_sample():
    """Five fields are disputed and seven not captured, told apart; α passes; with one coder's codes turned there is no result."""
    codings = store.reference("codings")
    states = profiles.profile_field(codings).state.value_counts()
    assert states.to_dict() == {"present": 67, "absent": 41, "not captured": 7, "disputed": 5}
    scores = profiles.profile_score(codings)
    assert scores.alpha.iloc[0] > 0.8 and scores.profile_score.notna().all()
    turned = codings.copy()
    second = turned.coder == "coder-2"
    turned.loc[second, "code"] = turned.loc[second, "code"].replace({"present": "absent", "absent": "present"})
    nothing = profiles.profile_score(turned)
    assert nothing.profile_score.isna().all() and nothing.method.str.startswith("no result").all()
    with pytest.raises(TableError, match="code 'yes' in codebook 'profile'"):
        profiles.profile_score(codings.replace({"code": {"present": "yes"}}))


def test_fields_of_profiles_by_hand():
    """Of three profiles with 3, 2 and 0 fields, two have the first; KR-20 = 3/2 · (1 - (2/3) / (14/9))."""
    fields = {"a": "111", "b": "110", "c": "000"}
    rows = [
        (item, str(k), "absent present".split()[int(code)])
        for item, codes in fields.items()
        for k, code in enumerate(codes)
    ]
    frame = pd.DataFrame(rows, columns=["item_id", "variable", "code"]).assign(codebook="profile")
    codings = pd.concat([frame.assign(coder="a"), frame.assign(coder="b")])
    shares = profiles.profile_item_share(codings).set_index("variable")
    assert shares.profile_item_share.tolist() == pytest.approx([2 / 3, 2 / 3, 1 / 3]) and shares.n.tolist() == [3, 3, 3]
    found = profiles.profile_reliability(codings, draws=99).iloc[0]
    assert found.profile_reliability == pytest.approx(6 / 7) and (found.n, found.fields) == (3, 3)


def test_one_account_of_four_that_posts_all():
    """Rates 0, 0, 0, 4: a Gini of 3/4, and three of four silent."""
    held = pd.DataFrame({"platform": "x", "account_id": list("abcd"), "handle": None, "ministry": "PER"})
    moments = pd.to_datetime(["2016-03-08"] * 4 + ["2015-03-08"] * 3, utc=True)  # three were active a year before
    posts = pd.DataFrame({"platform": "x", "account_id": list("aaaabcd"), "posted_at": moments})
    found = accounts.posting_concentration(posts, held, start="2016-03-07", end="2016-03-14")
    assert found[["statistic", "posting_concentration", "n"]].values.tolist() == [
        ["gini", 0.75, 4],
        ["silent", 0.75, 4],
    ]


def test_kuder_richardson_by_hand():
    """k 4, p ½ throughout, sums 4, 4, 0, 0: σ² 4 and Σpq 1, so KR-20 is 4/3 · 3/4 = 1."""
    fields = np.array([[1, 1, 1, 1], [1, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0]], dtype=float)
    assert kr20(fields, np.ones((1, 4)))[0] == pytest.approx(1)


def test_missions_without_any_account_load(tmp_path):
    """A ministry that sends missions loads without an account; one that sends none is still refused."""
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    sample = REPOSITORY / "data" / "raw" / "sample"
    lines = (sample / "MANIFEST.csv").read_text(encoding="utf-8").splitlines()
    text = (sample / "per_missions.csv").read_text(encoding="utf-8").splitlines()
    bare = [";".join([*row[:16], "", "", "", *row[19:]]) for row in (line.split(";") for line in text[1:])]
    (raw / "per_missions.csv").write_text("\n".join([text[0], *bare]) + "\n", encoding="utf-8")
    digest = hashlib.sha256((raw / "per_missions.csv").read_bytes()).hexdigest()
    row = next(line for line in lines if line.startswith("per_missions.csv")).split(",", 2)
    (raw / "MANIFEST.csv").write_text(f"{lines[0]}\n{row[0]},{digest},{row[2]}\n", encoding="utf-8")
    (tmp_path / "data" / "reference").mkdir()
    header = (REPOSITORY / "data" / "reference" / "accounts.csv").read_text(encoding="utf-8").splitlines()[0]
    (tmp_path / "data" / "reference" / "accounts.csv").write_text(header + "\n", encoding="utf-8")
    store.build(raw, tmp_path / "data" / "processed", key=b"k" * 32, reference=tmp_path / "data" / "reference")
    held = store.load("processed", "PER", of="missions", home=tmp_path)
    assert held.n == 140
    table = presence.mission_coverage(held.missions, held.accounts)
    assert table.mission_coverage.isna().all() and table.method.str.startswith("not available: no account").all()
    with pytest.raises(TableError, match="ministry 'FRA': not in the holding"):
        store.load("processed", "FRA", of="missions", home=tmp_path)


def test_main_channels_need_another_one_beside_them():
    """Three of four posts are on the main channels; where no other platform is held, nobody knows of how many."""
    posts = pd.DataFrame({"ministry": ["PER"] * 4 + ["USA"], "platform": ["x", "x", "facebook", "youtube", "x"]})
    posts["posted_at"] = "2016-01-01"
    table = platforms.main_channel_share(posts).set_index("ministry")
    assert table.loc["PER", ["main_channel_share", "n"]].tolist() == [0.75, 4]
    assert pd.isna(table.loc["USA", "main_channel_share"]) and "another platform" in table.loc["USA", "method"]
    assert platforms.main_channel_share(posts, channels=["youtube"]).main_channel_share.tolist() == [0.25, 0]


KINDS = pd.DataFrame({"mission_id": list("abcd"), "sender": "Peru", "ministry": "PER", "city": None})
KINDS = KINDS.assign(office=["embassy"] * 2 + ["other"] * 2, receiving=["FRA", "JPN", "KEN", "NAM"])
KINDS = KINDS.assign(observed_at="2016-07-01", region=["Europe", "Asia", "Africa", None])


def test_accounts_of_no_known_kind_leave_no_zero():
    """Two accounts whose kind nobody stated may be those of the two other offices: no 0.0, exact, and a note elsewhere."""
    held = KINDS.assign(platform="x", account_id=list("abcd"), office=["embassy"] * 2 + [None] * 2)
    table = presence.mission_coverage(KINDS, held, by="office").query("platform == 'x'").set_index("office")
    assert np.isnan(table.mission_coverage["other"]) and table.n["other"] == 0
    assert table.method["other"] == "not testable: 2 accounts of no known kind, which may be of these missions"
    assert table.mission_coverage["embassy"] == 1
    assert table.method["embassy"].endswith("; 2 accounts of no known kind left out")
    together = presence.combination_share(KINDS, held)
    assert together.method.str.endswith("; 2 accounts of no known kind left out").all()


def test_an_unknown_region_is_no_group():
    """The mission of which no region is known is in none, and makes no measure of its own."""
    held = KINDS.head(1).assign(platform="x", account_id="a")
    table = presence.mission_coverage(KINDS, held, by="region").query("platform == 'any'")
    assert table[["region", "n"]].values.tolist() == [["Africa", 1], ["Asia", 1], ["Europe", 1]]


def test_no_difference_with_a_platform_that_is_not_held():
    """Of accounts on X alone nothing is said of Facebook."""
    held = KINDS.head(2).assign(platform="x", account_id=list("ab"))
    (row,) = presence.coverage_difference(KINDS, held).to_dict("records")
    assert np.isnan(row["coverage_difference"]) and row["n"] == 0 and pd.isna(row["neither"])
    assert row["method"] == "not available: no account on facebook held"


def test_posts_of_a_day_choose_a_platform_together():
    """Ten days of five posts, each on one platform: the share of ten, not of fifty; seven days have no interval."""
    days = pd.date_range("2016-03-01T12:00Z", periods=10).repeat(5)
    posts = pd.DataFrame({"ministry": "PER", "platform": np.repeat(list("xfxxffxfxf"), 5), "posted_at": days})
    row = platforms.platform_share(posts).iloc[0]
    assert row.platform_share == 0.5 and row.high - row.low > 0.5 and row.method == "Wilson, 10 days as clusters"
    few = platforms.platform_share(posts.head(35)).iloc[0]
    assert few.method == "no interval: fewer than 8 days" and np.isnan(few.low)
    assert platforms.platform_entropy(posts.head(35)).method.item() == "no interval: fewer than 8 days"
