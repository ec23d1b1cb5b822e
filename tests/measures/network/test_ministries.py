"""The sample of 77 ministries: what its README promises, and planted truths recovered by the measures."""

import csv
from pathlib import Path

import networkx
import pandas as pd
import pytest

from digidip import networks, store
from digidip.clean import SAMPLE_KEY, pseudonym
from digidip.measures.network import communities, mixing, qap, standing, waves

SAMPLE = Path(__file__).resolve().parents[3] / "data" / "raw" / "sample"
DATES = {"2014-05-12": 1078, "2015-05-11": 2156, "2016-01-04": 2310}
SMALL = {"EST", "GEO", "ISL", "ISR", "JAM", "LTU", "RWA"}
WINDOW = {"platform": "x", "start": "2014-05-01", "end": "2016-02-01", "of": "follows"}


@pytest.fixture(scope="module")
def held():
    """The sample as the notebook loads it."""
    return store.load("sample", **WINDOW)


@pytest.fixture(scope="module")
def ministries(held):
    """The accounts of ministries."""
    return held.accounts.filter(held.accounts.office == "ministry")


@pytest.fixture(scope="module")
def nets(held, ministries):
    """The network of ministries at each date, with the product of each state."""
    states = store.reference("ministries").assign(gdp=lambda table: table.population * table.gdp_per_person)
    drawn = (networks.tie_network(held.follows, ministries, wave=date) for date in DATES)
    return [networks.described_network(net, states[["ministry", "region", "gdp"]], on="ministry") for net in drawn]


@pytest.fixture(scope="module")
def goals(held, ministries):
    """Mentions for each goal in the two periods."""
    early = store.load("sample", **WINDOW | {"end": "2015-05-11"})
    late = store.load("sample", **WINDOW | {"start": "2015-05-11"})
    return {
        goal: [networks.mention_network(one.entities, one.posts, ministries, hashtags=goal) for one in (early, late)]
        for goal in ("SampleMineFree", "SampleCleanRivers")
    }


def test_numbers_of_ties_are_the_published_ones(nets):
    """77 ministries; 1,078, 2,156 and 2,310 ties; 14, 28 and 30 followers on average (F050 to F052)."""
    assert [len(net) for net in nets] == [77] * 3
    assert [net.number_of_edges() for net in nets] == list(DATES.values())
    assert [standing.mean_in_degree(net)["mean_in_degree"].item() for net in nets] == [14, 28, 30]


def test_files_hold_what_the_readme_says():
    """Rows of each file; no tie twice, none to oneself, none between two of the other actors."""
    actors = {str(150077900 + number) for number in range(1, 11)}
    for year, beside in (("2014", 432), ("2015", 431), ("2016", 455)):
        ties = [(row["Source"], row["Target"]) for row in rows(SAMPLE / f"mfa_follows_{year}.csv")]
        assert len(ties) == len(set(ties)) and all(len({*tie}) == 2 and not actors.issuperset(tie) for tie in ties)
        assert sum(not actors.isdisjoint(tie) for tie in ties) == beside
    accounts = SAMPLE.parents[1] / "reference" / "accounts.csv"
    known = {row["account_id"]: row["ministry"] for row in rows(accounts) if row["platform"] == "x"}
    assert len({known[end] for tie in ties for end in tie if end not in actors}) == 77


def test_two_accounts_open_after_the_first_date(nets):
    """They have no tie at the first date, so the common set has 75 accounts and the full one 77."""
    assert {nets[0].nodes[node]["ministry"] for node in networkx.isolates(nets[0])} == {"LKA", "SEN"}
    assert waves.rank_mobility(nets[0], nets[2])["accounts"].value_counts().to_dict() == {"full": 77, "common": 75}


def test_ties_are_returned_beyond_chance(nets):
    """Planted: more returned ties than networks of the same degrees have."""
    found = communities.excess_structure(nets[2], draws=199).set_index("statistic").loc["reciprocity"]
    assert found["low"] > 0.1 and found["p"] < 0.01


def test_small_states_stand_above_their_product(nets):
    """Planted: the seven stand furthest above the line, each by more than other followers could do."""
    found = standing.prestige_residual(nets[2]).nlargest(7, "prestige_residual")
    assert set(found["called"]) == SMALL and (found["low"] > 0).all()
    unknown = standing.prestige_residual(nets[2]).query("n == 0")
    assert unknown["called"].tolist() == ["VAT"]


def test_three_rise_and_one_falls(nets):
    """Planted: one falls furthest of all, three rise by more than a tenth of the ranks."""
    moves = waves.rank_mobility(nets[0], nets[2]).query("accounts == 'common'").set_index("called")["rank_mobility"]
    assert moves.idxmin() == "JPN" and moves["JPN"] < -0.5
    assert (moves[["JOR", "NAM", "SVN"]] > 0.1).all()


def test_most_ties_are_kept(nets):
    """Planted: about one in twenty is lost from date to date, more of those to the one who falls."""
    lost = waves.tie_change(nets[1], nets[2]).set_index("statistic").loc["lost"]
    assert lost["low"] < 0.06 < lost["high"] + 0.01
    assert lost["unmatched"] == 0


def test_contribution_precedes_position_in_one_arm(goals):
    """Planted for one goal, and not for the other, by accounts and by pairs."""
    found = {goal: waves.contribution_position(*pair).set_index("statistic") for goal, pair in goals.items()}
    assert found["SampleMineFree"].loc["in-strength", "low"] > 0
    assert found["SampleMineFree"].loc["in-strength", "p"] < 0.01
    assert found["SampleCleanRivers"].loc["in-strength", "p"] > 0.1
    pairs = {goal: networks.lagged_dyads(*pair) for goal, pair in goals.items()}
    terms = ["contribution", "before", "returned"]
    tests = {goal: qap.mrqap(one, outcome="later", terms=terms, permutations=499) for goal, one in pairs.items()}
    p = {goal: test.set_index("term").loc["contribution", "p"] for goal, test in tests.items()}
    assert p["SampleMineFree"] < 0.01 and p["SampleCleanRivers"] > 0.1


def test_ten_actors_of_other_classes(held, ministries):
    """They stand under pseudonyms, nine of them with a class, the tenth unknown; ministries follow each class."""
    wave = networks.tie_network(held.follows, ministries, wave="2016-01-04", outside=True)
    codings = store.reference("codings")
    network = networks.coded_network(wave, codings, codebook="actors", own="ministry", other="unknown")
    classes = pd.Series([given["actors"] for given in network.nodes.values()]).value_counts().to_dict()
    assert classes == {"ministry": 77, "international organisation": 4, "NGO": 3, "media": 2, "unknown": 1}
    mixed = mixing.mixing_matrix(network, attribute="actors").set_index(["sender_group", "receiver_group"])
    assert mixed.loc[("ministry", "ministry"), "mixing_matrix"] == 2310
    assert (mixed.loc["ministry", "mixing_matrix"] > 0).all()


def test_coded_actors_have_the_pseudonyms_of_the_build():
    """The ids in the sample's codings are those that the sample's key gives to the ten accounts."""
    actors = [row for row in rows(SAMPLE / "reference" / "codings.csv") if row["codebook"] == "actors"]
    expected = [pseudonym(str(150077900 + number), "x", SAMPLE_KEY) for number in range(1, 11)]
    assert [row["item_id"] for row in actors] == expected


def test_five_speakers_at_the_workshop():
    """One ministry, one company, three embassies, as the source document has it (F01)."""
    roles = [row for row in rows(SAMPLE / "reference" / "codings.csv") if "workshop" in row["variable"]]
    assert sorted(row["code"] for row in roles) == ["company", "embassy", "embassy", "embassy", "ministry"]
    kinds = {row["event"]: row["kind"] for row in rows(SAMPLE / "reference" / "events.csv")}
    assert {kinds[row["variable"]] for row in roles} == {"conference"}


def test_posts_of_goals_say_that_they_are_synthetic():
    """132 posts a goal and one by each actor; the five ministries with other files wrote none of them."""
    posts = rows(SAMPLE / "mfa_goals.csv")
    assert all(row["text"].startswith("[synthetic] ") for row in posts)
    tags = pd.Series([row["hashtags"] for row in posts if not row["from_user_name"].startswith("sample_actor")])
    assert tags.value_counts().to_dict() == {"SampleMineFree": 132, "SampleCleanRivers": 132}
    others = {f"SampleMfa{code}" for code in ("EST", "IND", "KEN", "USA")} | {"SampleCancilleria"}
    assert not others & {row["from_user_name"] for row in posts}


def rows(path):
    """The records of a CSV file."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
