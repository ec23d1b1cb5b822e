"""Return on investment: planted costs, practices, texts and lapses come back, and where there is nothing to tell nothing is told."""

import numpy as np
import pandas as pd
import pytest

from digidip import measures, store
from digidip.measures.institution import costs as ledgers
from digidip.measures.institution import effort, mix, practices, rhetoric
from digidip.tables import TableError

WINDOW = {"start": "2014-01-01", "end": "2016-01-01"}
PAGE = ["ministry", "account_id"]


@pytest.fixture(scope="module")
def held():
    """Guatemala's pages, their ledger, and what each item of it brought."""
    tables, costs = store.load("sample", "GTM", "facebook", **WINDOW), store.reference("costs")
    given = {"posts": tables.posts, "comments": tables.comments, "metrics": tables.metrics}
    return tables, costs, ledgers.ledger_outcomes(costs, **given)


@pytest.fixture(scope="module")
def told():
    """The practices and texts of the sample."""
    return store.reference("practices"), store.reference("documents")


def test_currencies_are_never_added(held):
    """A row for each currency and for hours; an amount that nobody tells is counted and is not zero."""
    found = ledgers.ledger_total(held[1]).set_index("priced_in")
    assert found.ledger_total.round().to_dict() == {"GTQ": 9000, "USD": 9120, "hours": 2280}
    assert found.unknown.to_dict() == {"GTQ": 0, "USD": 0, "hours": 1} and "least sum" in found.method["hours"]


def test_a_goal_without_an_indicator_keeps_its_row(held):
    """Four goals; one has no indicator and no cost, and says so."""
    found = ledgers.goal_cost(store.reference("goals"), held[1]).set_index("goal")
    row = found.loc["promote the country"]
    assert (row.indicator, row.n) == ("", 0) and np.isnan(row.goal_cost) and "no indicator is named" in row.method
    assert found.loc[["be followed"]].set_index("priced_in").goal_cost.round(1).to_dict() == {
        "GTQ": 9000,
        "USD": 5760.0,
        "hours": 1440.1,
    }


def test_planted_costs_come_back_and_none_where_followers_come_and_go(held):
    """$0.083 and $0.332 a follower; on the page whose followers come and go cost and effect stand apart."""
    found = ledgers.cost_per_outcome(held[1], held[2], outcome="followers gained", by=PAGE).query("priced_in == 'USD'")
    pooled = found[found.statistic.eq("pooled")].set_index("account_id")
    assert pooled.cost_per_outcome[["930301", "930302"]].round(3).tolist() == [0.083, 0.332]
    assert pooled.low["930301"] < 0.083 < pooled.high["930301"] < pooled.low["930302"] < 0.332 < pooled.high["930302"]
    lost = found[found.account_id.eq("930304")]
    assert lost.cost_per_outcome.isna().all() and lost.method.str.contains("reaches zero").all()
    assert (lost.cost > 0).all() and (lost.effect_low < 0).all() and (lost.effect_high > 0).all()


def test_hours_of_a_question_need_a_question(held):
    """Half an hour a question on the page that answers; not defined where none was answered, and hours all the same."""
    found = ledgers.cost_per_outcome(held[1], held[2], outcome="questions answered", statistics="pooled", by=PAGE)
    hours = found.query("priced_in == 'hours'").set_index("account_id")
    assert hours.cost_per_outcome["930303"] == pytest.approx(0.5, abs=0.01) and hours.effect["930303"] == 190
    assert np.isnan(hours.cost_per_outcome["930304"]) and hours.cost["930304"] > 200
    assert hours.method["930304"].startswith("not defined: no such outcome")


def test_fieller_holds_the_ratio_as_often_as_it_promises():
    """Of 400 draws of skewed pairs about 95 % of the intervals hold the ratio; that of a resampling is near."""
    rng, inside = np.random.default_rng(4), 0
    for _draw in range(400):
        noise = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], 30)
        cost, effect = np.exp(0.5 * noise[:, 0]), 2 * np.exp(0.5 * noise[:, 1])
        ratio, low, high = ledgers._fieller(cost, effect)
        inside += low <= 0.5 <= high
    assert 0.92 * 400 <= inside <= 0.98 * 400
    drawn = rng.integers(0, 30, (4000, 30))
    twin = np.quantile(cost[drawn].sum(axis=1) / effect[drawn].sum(axis=1), [0.025, 0.975])
    assert [low, high] == pytest.approx(twin, rel=0.08)


def test_three_costs_of_one_ledger():
    """Pooled, mean and median of 1, 1 and 98 are what the definitions say; effects of which nothing is known are left out."""
    costs = pd.DataFrame({"ministry": "PER", "item": list("abcd"), "kind": "money", "currency": "EUR"})
    costs = costs.assign(amount=[10.0, 10.0, 98.0, 500.0])
    outcomes = pd.DataFrame({"item": list("abc"), "outcome": "clicks", "value": [10.0, 10.0, 1.0]})
    found = ledgers.cost_per_outcome(costs, outcomes).set_index("statistic").cost_per_outcome
    assert found.to_dict() == pytest.approx({"pooled": 118 / 21, "mean": 100 / 3, "median": 1.0})


def test_what_would_change_the_verdict(held):
    """The widest input first, at break-even one outcome costs its worth; the curve rises; without a rate hours are not priced."""
    given = {"outcome": "followers gained"}
    swing = ledgers.cost_swing(held[1], held[2], wage=(8, 10, 14), worth=0.5, **given).set_index("input")
    assert (swing.high - swing.low).is_monotonic_decreasing and swing.index[0] == "outcomes"
    hours, money = (held[1].query("kind == @kind and account_id.notna()") for kind in ("hours", "money"))
    used = set(held[2].query("outcome == 'followers gained'").item)
    hours, money = (each[each.item.isin(used)].amount.sum() for each in (hours, money))
    effect = held[2].query("outcome == 'followers gained'").value.sum()
    assert (money + swing.break_even["rate of an hour"] * hours) / effect == pytest.approx(0.5)
    curve = ledgers.acceptability(held[1], held[2], wage=(8, 10, 14), worth=(0.1, 0.5, 0.6, 2), draws=499, **given)
    assert curve.acceptability.is_monotonic_increasing and curve.acceptability.iloc[[0, -1]].tolist() == [0, 1]
    alone = ledgers.acceptability(held[1], held[2], worth=1, draws=99, **given)
    assert "hours not priced" in alone.method[0]


def test_a_further_outcome_has_a_cost_only_where_there_are_more(held):
    """Against the page that gains nothing the first page's further follower costs cents; the other way about nothing is told."""
    given = {"option": "account_id", "outcome": "followers gained", "draws": 499}
    found = (
        ledgers.incremental_cost(held[1], held[2], base="930304", **given)
        .query("priced_in == 'USD'")
        .set_index("option")
    )
    assert 0 < found.low["930301"] < found.incremental_cost["930301"] < found.high["930301"] < 0.06
    back = ledgers.incremental_cost(held[1], held[2], base="930301", **given)
    assert back.incremental_cost.isna().all() and back.method.eq("not defined: the option brings less").all()


def test_weights_decide_who_comes_first(held):
    """Two goals, two options, each best at one: half of all weights speak for each; at the stated weights the heavier goal decides."""
    goals = pd.DataFrame({"ministry": "PER", "goal": ["a", "b", "c"], "weight": [3.0, 1.0, 1.0]})
    scores = pd.DataFrame({"option": list("xyxy"), "goal": list("aabb"), "value": [1.0, 0, 0, 1]})
    anyhow = ledgers.rank_acceptability(goals, scores, draws=4000).set_index(["option", "rank"]).rank_acceptability
    assert anyhow["x", 1] == pytest.approx(0.5, abs=0.03) and anyhow["x", 1] + anyhow["y", 1] == pytest.approx(1)
    stated = ledgers.rank_acceptability(goals, scores, spread=0).set_index(["option", "rank"])
    assert stated.rank_acceptability["x", 1] == 1 and stated.weights["x", 1] == "left out, without scores: c"


def test_ranks_that_are_shared_and_weights_below_zero():
    """Options that tie share their ranks, so that each rank is given once; a negative weight is refused by name."""
    goals = pd.DataFrame({"ministry": "PER", "goal": ["a", "b"], "weight": [2.0, 1.0]})
    scores = pd.DataFrame({"option": list("xyzxyz"), "goal": list("aaabbb"), "value": [1.0, 1, 0, 1, 1, 0]})
    found = ledgers.rank_acceptability(goals, scores, draws=99)
    assert found.pivot(index="option", columns="rank", values="rank_acceptability").to_numpy().tolist() == [
        [0.5, 0.5, 0],
        [0.5, 0.5, 0],
        [0, 0, 1],
    ]
    assert found.method.str.contains("in 99 of them options tie").all()
    with pytest.raises(TableError, match="goals: 'b' has the weight -1. Expected: 0 or more"):
        ledgers.rank_acceptability(goals.assign(weight=[2.0, -1.0]), scores)


def test_a_currency_is_its_code():
    """usd is USD; what is no code is refused by its item."""
    costs = pd.DataFrame({"ministry": "PER", "item": list("ab"), "kind": "money", "amount": [1.0, 2.0]})
    assert ledgers.ledger_total(costs.assign(currency=["usd ", "USD"])).ledger_total.tolist() == [3.0]
    with pytest.raises(TableError, match="'b' has the currency 'dollars'. Expected: a code of ISO 4217"):
        ledgers.ledger_total(costs.assign(currency=["USD", "dollars"]))


def test_days_that_items_share_count_once():
    """Ads of one account in the same days are one item; days alone stay; unjoined they are refused; a series of their own they keep."""
    days = {
        "begins_on": ["2016-01-01", "2016-01-31", "2016-02-01", "2016-01-01"],
        "ends_on": ["2016-01-31"] * 2 + ["2016-02-28", "2016-01-31"],
    }
    costs = pd.DataFrame(
        {"ministry": "PER", "item": list("abcd"), "account_id": list("1112"), "kind": "money", "amount": 1.0} | days
    )
    days = pd.to_datetime(["2016-01-02", "2016-01-30", "2016-02-02", "2016-02-20"], utc=True)
    metrics = pd.DataFrame(
        {"platform": "x", "account_id": "1", "observed_at": days, "follower_count": [10, 16, 16, 20]}
    )
    joined = ledgers.joined_items(costs)
    assert joined["item"].tolist() == ["a and 1 more"] * 2 + ["c", "d"]
    assert joined["ends_on"].dt.day.tolist() == [31, 31, 28, 31]
    assert ledgers.ledger_outcomes(joined, metrics=metrics)["value"].tolist() == [6, 4]
    with pytest.raises(TableError, match="days of the item 'a' overlap those of another item of the account '1'"):
        ledgers.ledger_outcomes(costs, metrics=metrics)
    series = pd.DataFrame({"series": list("ab"), "unit": "clicks", "value": [3.0, 4.0]})
    assert ledgers.joined_items(costs, attention=series)["item"].tolist() == list("abcd")
    assert len(ledgers.ledger_outcomes(costs, metrics=metrics, attention=series[:1])) == 2  # beside a, b is alone
    found = ledgers.ledger_outcomes(costs, metrics=metrics, attention=series)
    assert found.values.tolist() == [["a", "clicks", 3], ["b", "clicks", 4], ["c", "followers gained", 4]]


def test_tips_without_a_text_stay_empty(told):
    """Ten rows, eight of them `source text missing`, also where somebody filled them in."""
    filled = pd.concat([told[0], told[0].query("item == 'tip 1'").assign(item="tip 7")], ignore_index=True)
    found = practices.practice_value(filled, items="tips").query("ministry == 'GTM'").set_index("item")
    assert len(found) == 10 and found.practice_value.notna().sum() == 2
    assert found.method[list(practices.WITHOUT_TEXT)].eq("source text missing").all() and found.n["tip 7"] == 0


def test_scores_stand_beside_their_parts(told):
    """Mean of twelve, and the least and most with one item left out; an item nobody speaks of is left out, not zero."""
    score = practices.practice_score(told[0]).set_index("ministry")
    parts = practices.practice_value(told[0]).groupby("ministry").practice_value
    assert score.practice_score.tolist() == pytest.approx(parts.mean().tolist())
    values = parts.get_group("GTM").to_numpy()
    without = [np.delete(values, at).mean() for at in range(12)]
    assert [score.low["GTM"], score.high["GTM"]] == pytest.approx([min(without), max(without)])
    assert score.n["SLV"] == 11 and score.listed.eq(12).all()


def test_self_reports_say_more_where_planted(told):
    """Seven of seven that differ in one ministry, p 2 / 2^7; in the two others nothing differs, and nothing is told."""
    found = practices.self_report_gap(told[0]).set_index("ministry")
    assert (found.higher["GTM"], found.lower["GTM"]) == (7, 0) and found.p["GTM"] == pytest.approx(2 / 2**7)
    assert found.self_report_gap[["HND", "SLV"]].isna().all() and found.method["HND"] == "not defined: no item differs"


def test_neighbours_spread_a_practice_and_the_workshop_does_not(held, told):
    """Four times as fast beside one that answers; after the workshop no faster; the curves part."""
    given = {"item": "answers comments", **WINDOW}
    found = practices.adoption_ratio(told[0], held[0].accounts, after="was at a workshop", **given).set_index(
        "exposure"
    )
    assert found.low["neighbour"] > 1.5 and found.low["neighbour"] < 4 < found.high["neighbour"]
    assert found.low["after was at a workshop"] < 1 < found.high["after was at a workshop"]
    assert found.begun_exposed["neighbour"] + found.begun["neighbour"] == 26
    curves = practices.adoption_by_exposure(told[0], held[0].accounts, **given).groupby("exposure").last()
    assert curves.low["neighbour"] > curves.high["none"]


def test_nothing_is_told_of_few_beginnings(held, told):
    """Seven beginnings: a reason in place of a ratio; who began nobody knows when is counted."""
    few = told[0].query("item == 'answers comments'").sort_values("since_on").head(7)
    few.loc[few.index[0], "since_on"] = pd.NaT
    found = practices.adoption_ratio(few, held[0].accounts, item="answers comments").iloc[0]
    assert found.method == "not available: fewer than 8 beginnings" and found.unknown == 1


def test_words_that_set_texts_apart_are_those_planted(told):
    """Influence above and dialogue below in the texts of Guatemala; the log-odds of a word are those of the formula."""
    texts = told[1][~told[1].ministry.isin(["BRB", "KIR"])]  # texts of notebooks 41 and 32, written without these words
    own = texts.assign(whose=texts.ministry.eq("GTM").map({True: "own", False: "others"}))
    found = rhetoric.term_odds(own, by="whose", terms=8).query("whose == 'own'").set_index("term")
    told_apart = found[found.family.ne("")]
    assert (told_apart.family.eq("influence") == told_apart.term_odds.gt(0)).all() and len(told_apart) >= 4
    assert found.p_adjusted["tourism"] < 0.01 and found.low["tourism"] < np.log(24 / 6) < found.high["tourism"] + 0.1
    assert found.low["influence"] > 0 and found.method["influence"].endswith("12 documents")
    words = {whose: " ".join(part.text).lower().replace(".", "").split() for whose, part in own.groupby("whose")}
    every = words["own"] + words["others"]
    prior = every.count("influence") / len(every) * 360
    a, b = (words[whose].count("influence") + prior for whose in ("own", "others"))
    twin = np.log(a / (len(words["own"]) + 360 - a)) - np.log(b / (len(words["others"]) + 360 - b))
    assert found.term_odds["influence"] == pytest.approx(twin)


def test_one_document_has_no_odds(told):
    """Of one text alone, or of texts without a word that two share, no odds, with the reason."""
    alone = rhetoric.term_odds(told[1].head(1))
    assert alone.term_odds.isna().all() and alone.method[0] == rhetoric.ONE
    apart = told[1].head(2).assign(text=["visas " * 9, "trade " * 9])
    assert rhetoric.term_odds(apart).method.str.contains("in two documents").all()


def test_speech_goes_against_deeds_where_planted_and_not_of_seven(told):
    """Rank correlation with the sample's dialogue index; seven ministries give none."""
    deeds = {
        "USA": -1.0,
        "EST": -0.9,
        "JPN": -0.4,
        "IND": -0.1,
        "SWE": 0.0,
        "PER": 0.1,
        "GTM": 0.35,
        "FIN": 0.36,
        "COL": 0.5,
    }
    deeds = pd.DataFrame({"ministry": list(deeds), "dialogue_index": list(deeds.values())})
    found = rhetoric.rhetoric_correlation(told[1], deeds, index="dialogue_index").iloc[0]
    assert found.n == 9 and found.high < 0
    few = rhetoric.rhetoric_correlation(told[1], deeds.head(7), index="dialogue_index").iloc[0]
    assert np.isnan(few.rhetoric_correlation) and "7 ministries" in few.method
    balance = rhetoric.rhetoric_balance(told[1]).set_index("ministry")
    assert balance[["influence", "dialogue"]].loc["USA"].tolist() == [54, 6]


def test_the_dictionary_is_set_beside_coders(told):
    """Sentences labelled by the dictionary and by two coders who copy it: F1 is 1; of another code it is less."""
    labels = rhetoric.sentence_labels(told[1].head(6))
    coders = pd.concat([labels.assign(coder=name) for name in ("a", "b")])
    assert (
        measures.classifier_f1(
            pd.concat([labels, coders]), codebook="rhetoric", cluster="document_id", draws=99
        ).classifier_f1[0]
        == 1
    )
    wrong = pd.concat([labels.assign(code=labels.code.where(labels.index % 4 > 0, "neither")), coders])
    assert measures.classifier_f1(wrong, codebook="rhetoric", cluster="document_id", draws=99).classifier_f1[0] < 0.95


def test_lapses_and_drifts_come_back(held):
    """Five silent months from September 2014 on one page; the second page's topics moved, the others' not."""
    months = effort.active_month_share(held[0].posts, held[0].accounts, **WINDOW).set_index("account_id")
    assert (months.longest_lapse["930303"], months.lapse_from["930303"]) == (5, "2014-09")
    assert months.active_month_share[["930301", "930303", "930304"]].tolist() == pytest.approx([1, 19 / 24, 8 / 24])
    assert months.active_month_share[months.index.str.len() > 6].isna().all()
    change = mix.mix_change(held[0].posts, of="hashtag", by="account_id").set_index("account_id")
    assert change.changed_at["930302"] == "2015-01" and change.p_adjusted.lt(0.05).tolist() == [
        False,
        True,
        False,
        False,
    ]
    drift = effort.topic_drift(held[0].posts, draws=499).set_index("account_id")
    assert drift.p_adjusted["930302"] < 0.05 < drift.p_adjusted[["930301", "930303"]].min()
    assert (
        drift.topic_drift["930302"] > 5 * drift.by_chance["930302"] and "fewer than 12 months" in drift.method["930304"]
    )


def test_workshops_are_counted(held):
    """Three in two years, with Garwood's interval."""
    events = store.reference("events").query("ministry == 'GTM'")
    row = effort.event_rate(events).iloc[0]
    assert (row.event_rate, row.n, row.years) == (1.5, 3, 2) and row.low == pytest.approx(0.3093, abs=1e-3)


def test_active_and_other_accounts_are_described(held):
    """Three active missions of Guatemala, thirty others: a difference, no interval; with eight of each the interval of Hedges and Olkin."""
    found = effort.account_activity(held[0].accounts, held[0].posts, store.reference("ministries"))
    row = effort.activity_difference(found, active="active", terms="population").iloc[0]
    assert (row.active_count, row.other_count) == (3, 30) and np.isnan(row.low) and "fewer than 8" in row.method
    rng = np.random.default_rng(2)
    table = pd.DataFrame({"ministry": "PER", "active": [True, False] * 40, "size": rng.normal(0, 1, 80)})
    row = effort.activity_difference(
        table.assign(size=table["size"] + table.active), active="active", terms="size"
    ).iloc[0]
    assert row.low < 1 < row.high and row.high - row.low == pytest.approx(
        2 * 1.96 * (2 / 40 + row.activity_difference**2 / 160) ** 0.5, rel=1e-3
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "time"}, "Expected: money or hours"),
        ({"currency": None}, "is money without a currency"),
        ({"amount": -1.0}, "below 0"),
    ],
)
def test_a_broken_ledger_is_named(change, words):
    """Found, expected, what to do."""
    costs = pd.DataFrame({"ministry": ["PER"], "item": "a", "kind": "money", "amount": 1.0, "currency": "EUR"})
    with pytest.raises(TableError, match=words):
        ledgers.ledger_total(costs.assign(**change))


def test_wrong_choices_are_named(held, told):
    """A rate, a list, a statistic and a value that cannot be."""
    with pytest.raises(TableError, match="three rates"):
        ledgers.cost_swing(held[1], held[2], wage=(3, 2, 1))
    with pytest.raises(TableError, match="Expected: strategy or tips"):
        practices.practice_value(told[0], items="advice")
    with pytest.raises(TableError, match="of pooled, mean, median"):
        ledgers.cost_per_outcome(held[1], held[2], statistics="mode")
    with pytest.raises(TableError, match="outside 0 to 1"):
        practices.practice_score(told[0].assign(value=2.0))
    with pytest.raises(TableError, match="said_by: found 'hearsay'"):
        practices.practice_score(told[0].assign(said_by="hearsay"))
    with pytest.raises(TableError, match="Expected: hashtag, medium, lang"):
        effort.topic_drift(held[0].posts, of="colour")


def test_only_questions_at_the_top_are_counted():
    """One question with an official answer, and a reply by somebody else below it: one comment drawn, one question answered."""
    at = pd.Timestamp("2015-01-05", tz="UTC")
    costs = pd.DataFrame({"item": ["a"], "account_id": "7", "begins_on": "2015-01-01", "ends_on": "2015-01-31"})
    posts = pd.DataFrame(
        {"platform": ["x"], "post_id": "p", "account_id": "7", "posted_at": at, "like_count": 3, "view_count": None}
    ).assign(comment_count=2)
    comments = pd.DataFrame(
        {"platform": "x", "post_id": "p", "comment_id": list("qrs"), "parent_id": [None, "q", "q"]}
    ).assign(is_official=[False, True, False], text=["When?", "Soon.", "Really?"])
    found = ledgers.ledger_outcomes(costs, posts=posts, comments=comments).set_index("outcome")["value"]
    assert found.to_dict() == {"comments drawn": 1, "likes": 3, "questions answered": 1}
    lacking = pd.concat(
        [posts, posts.assign(post_id="z", comment_count=50)]
    )  # fifty that nobody collected are not none
    assert set(ledgers.ledger_outcomes(costs, posts=lacking, comments=comments).outcome) == {"likes"}


def test_an_item_of_two_months_or_ministries_is_refused():
    """What it brought could be counted in one of them alone, beside the cost of both; a wage is three rates."""
    rows = pd.DataFrame(
        {"item": "ads", "ministry": "PER", "account_id": "7", "begins_on": ["2015-01-01", "2015-02-01"]}
    )
    rows["ends_on"] = ["2015-01-31", "2015-02-28"]
    with pytest.raises(TableError, match="the item 'ads' stands in rows of another ministry, account or days"):
        ledgers.ledger_outcomes(rows)
    with pytest.raises(TableError, match="wage: found '8;10;14'. Expected: None, or three rates"):
        ledgers._wage_range("8;10;14")
    assert ledgers._wage_range("8, 10, 14").tolist() == [8, 10, 14]


def test_an_outcome_that_nobody_counts_is_refused(held):
    """A word that is no outcome stops with the nearest one, in place of a price that cannot be told."""
    with pytest.raises(TableError, match="outcome: found 'folowers gained'.*The nearest is 'followers gained'"):
        ledgers.cost_per_outcome(held[1], held[2], outcome="folowers gained")
