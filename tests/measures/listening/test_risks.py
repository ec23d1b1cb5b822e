"""Risks: what the sample was planted with comes back, a score alone tells nothing, and zero threats are a bound."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from digidip import store
from digidip.measures.institution import messages
from digidip.measures.listening import risks
from digidip.measures.listening.reception import coded_comments, reception_trend, trend_placebo
from digidip.tables import TableError

BY = ["ministry", "language"]
PLANTED = {
    "en": (114, 28),
    "es": (170, 60),
}  # of 1,000 comments held, those with a token, and with one of the severer six


@pytest.fixture(scope="module")
def held():
    """The selection of Barbados, all codings, and those of its comments' risks."""
    tables, codings = store.load("sample", "BRB", "facebook"), store.reference("codings")
    return tables, codings, comments_of(tables, codings, "risk")


def comments_of(tables, codings, codebook):
    """The codings of comments."""
    return coded_comments(codings, tables.posts, tables.comments, tables.accounts, codebook=codebook)


def coded(scores, severities, **more):
    """Codings of one codebook: the scores of all items, and one coder's severity of the first of them."""
    names = [f"{n:04}" for n in range(len(scores))]
    rows = [(name, "score", "model", str(score)) for name, score in zip(names, scores, strict=True)]
    rows += [
        (name, "severity", "a", str(code)) for name, code in zip(names, severities, strict=False) if code is not None
    ]
    frame = pd.DataFrame(rows, columns=["item_id", "variable", "coder", "code"])
    return frame.assign(codebook="risk", label="synthetic", **more)


def test_rates_come_back_by_language(held):
    """Planted shares lie in the intervals; of Portuguese, which nobody read, nothing is told, though it has scores."""
    found = risks.risk_rate(held[2], by=BY).set_index(["language", "severity"])
    for language, rates in PLANTED.items():
        for level, rate in enumerate(rates, start=1):
            row = found.loc[language, f"{level} or more"]
            assert row.low < rate < row.high and row.agreement > 0.8 and row.coded < row.n
    assert found.risk_rate["pt"].isna().all() and found.method["pt", "weighted"].startswith("no result: no coder read")


def test_what_coders_read_more_of_counts_no_more(held):
    """Without strata the flagged half of what was read would treble the rate."""
    rate = risks.risk_rate(held[2], by=BY, levels=1).query("language == 'en' and severity == '1 or more'").iloc[0]
    assert 1000 * rate.confirmed / rate.coded > 2 * rate.risk_rate


def test_a_lexicon_is_right_where_it_drew(held):
    """Words that flag abuse alone give the rate where coders drew by them; of lots drawn by the model's score they give none."""
    tables, codings, items = held
    assert risks.with_lexicon(codings, tables.comments, " ") is codings
    replaced = comments_of(tables, risks.with_lexicon(codings, tables.comments, "token7, token8"), "risk")
    other = risks.risk_rate(replaced, by=BY)
    assert other.risk_rate.isna().all() and other.method[:6].str.contains("was it drawn by this score").all()
    words = [f"token{n}" for n in range(1, 13)]
    scored = risks.with_lexicon(codings[codings.coder != "model"], tables.comments, words)
    flagged = {*scored[scored.code.eq("1") & scored.variable.eq("score")].item_id}
    lots = risks.items_to_code(scored, size=120)
    seen = lots.assign(
        codebook="risk", variable="severity", coder="a", code=["1" if item in flagged else "0" for item in lots.item_id]
    )
    own = pd.concat(
        [scored[scored.variable.eq("score")], seen[["codebook", "item_id", "variable", "coder", "code"]]]
    ).assign(label="synthetic")
    rate = risks.risk_rate(own).set_index("severity").loc["1 or more"]
    assert rate.risk_rate == pytest.approx(1000 * len(flagged) / 1300) and rate.low < rate.risk_rate < rate.high


def test_no_coder_no_result_and_few_are_not_shown():
    """A score alone, an unread stratum and four confirmed give no number; the fifth gives one; none gives a bound."""
    scores = [0.9] * 20 + [0.1] * 80
    read = [None] * 10 + ["2"] * 4 + ["0"] * 26
    cases = {
        "no result: no coder read": [],
        "no result: coders read none of what the score did not flag": ["1"] * 10,
        "not shown: fewer than 5 confirmed": read,
    }
    for words, severities in cases.items():
        found = risks.risk_rate(coded(scores, severities))
        assert found.method[0].startswith(words) and np.isnan(found.risk_rate[0]) and found.n[0] == 0
    for measure in (risks.screen_quality, risks.screen_precision):
        hidden = measure(coded(scores, read))
        assert hidden[measure.__name__].isna().all() and hidden.method.str.startswith("not shown").all()
    for one_more in (risks.risk_rate(coded(scores, ["2", *read[1:]])), risks.risk_rate(coded(scores, read), k=4)):
        assert one_more.risk_rate[0] > 0
    none = risks.risk_rate(coded(scores, ["0"] * 60)).iloc[0]
    assert none.risk_rate == none.low == 0 and none.confirmed == 0
    assert none.high == pytest.approx(
        1000 * np.hypot(0.2 * (1 - 0.05 ** (1 / 20)), 0.8 * (1 - 0.05 ** (1 / 40))), rel=1e-6
    )


def test_what_would_follow_from_a_total_is_not_shown_either():
    """Four confirmed in one group are withheld, and with them those of the other: a total would tell the four."""
    one, other = (coded([0.9] * 40, ["3"] * count + ["0"] * 30, group=name) for name, count in (("a", 4), ("b", 20)))
    both = pd.concat([one, other.assign(item_id="b" + other.item_id)])
    for measure in (risks.risk_rate, risks.threat_count):
        assert measure(both, by="group")[measure.__name__].isna().all()
        assert measure(both.query("group == 'b'"), by="group")[measure.__name__].notna().all()


def test_strata_of_another_draw_are_noticed(held):
    """Lots were drawn at .5: at .7 nearly all that lies between was read, and few below, so there is no result."""
    for threshold in (0.3, 0.7):
        found = risks.risk_rate(held[2], by=BY, threshold=threshold)
        assert found.risk_rate.isna().all() and found.method[:3].str.contains("than a lot would draw").all()


def test_zero_threats_are_a_bound_divided_by_recall(held):
    """0 of 146 screened: .0203096 (V-ZERO), at a recall of one half twice that; part of the flagged read, fewer are screened."""
    scores, clean = [0.9] * 146, ["0"] * 146
    for recall, bound in ((1, 0.0203096), (0.5, 2 * 0.0203096)):
        row = risks.threat_count(coded(scores, clean), recall=recall).iloc[0]
        assert (
            row.threat_count == 0
            and row.per_1000 == pytest.approx(1000 * bound, abs=1e-4)
            and row.high == pytest.approx(146 * bound, abs=1e-4)
        )
    part = risks.threat_count(coded(scores, clean[:73]), recall=1).iloc[0]
    assert part.per_1000 == pytest.approx(1000 * (1 - 0.05 ** (1 / 73)))
    unknown = risks.threat_count(coded(scores, clean)).iloc[0]
    assert np.isnan(unknown.high) and unknown.method.startswith("no bound: the recall")
    found = risks.threat_count(held[2], by=BY).set_index("language")
    assert found.threat_count[["en", "es"]].eq(0).all() and found.least_recall["en"] < 0.8 < 1.2 * found.recall["en"]
    assert found.loc[["en", "es"], "per_1000"].gt(1000 * 3 / found.n["en"]).all() and np.isnan(found.per_1000["pt"])
    assert found.method["en"].endswith("no coder chose 3 or more of anything: is it in the codebook?")
    with pytest.raises(TableError, match="recall: found 2"):
        risks.threat_count(held[2], recall=2)


def test_threats_are_counts_of_five_or_more():
    """Five that most coders confirmed are told without a rate, four are not."""
    for count in (4, 5):
        row = risks.threat_count(coded([0.9] * 40, ["3"] * count + ["0"] * 30)).iloc[0]
        assert (row.threat_count == 5) if count == 5 else pd.isna(row.threat_count)
        assert np.isnan(row.high) and np.isnan(row.per_1000)


def test_qualities_are_those_of_scikit_learn():
    """Average precision, area and precision at a recall equal the slow twins, with ties and weights by stratum."""
    rng = np.random.default_rng(2)
    scores, severities = rng.integers(0, 20, 300) / 20, rng.integers(0, 2, 300)
    items = coded(scores, severities.astype(str))
    found = risks.screen_quality(items, draws=9).screen_quality
    assert found[0] == pytest.approx(average_precision_score(severities, scores))
    assert found[1] == pytest.approx(roc_auc_score(severities, scores))
    part = [
        str(each) if n % (2 if score >= 0.5 else 5) == 0 else None
        for n, (each, score) in enumerate(zip(severities, scores, strict=True))
    ]
    known = np.array([each is not None for each in part])
    flagged = scores >= 0.5
    weights = np.where(flagged, flagged.sum() / (flagged & known).sum(), (~flagged).sum() / (~flagged & known).sum())
    again = risks.screen_quality(coded(scores, part), draws=9).screen_quality
    told = severities[known], scores[known]
    assert again[0] == pytest.approx(average_precision_score(*told, sample_weight=weights[known]))
    assert again[1] == pytest.approx(roc_auc_score(*told, sample_weight=weights[known]))
    curve = risks.screen_precision(items, draws=9)
    assert curve.screen_precision.is_monotonic_decreasing and curve.screen_precision.iloc[-1] >= severities.mean()


def test_classifier_errors_come_back_and_one_half_corrects_the_other(held):
    """Planted recalls of .8 and .6 lie in the intervals; half by half the planted share does too."""
    found = risks.screen_quality(held[2], by=BY, draws=199).set_index(["language", "statistic"])
    halves = risks.half_corrected_share(held[2], by=BY, draws=199).set_index("language")
    for language, recall in (("en", 0.8), ("es", 0.6)):
        row = found.loc[language, "recall of flagged"]
        assert row.low < recall < row.high
        assert (halves.low[language] < PLANTED[language][0] / 1000).all()
        assert (halves.high[language] > PLANTED[language][0] / 1000).all()
    blind = risks.half_corrected_share(coded([0.1, 0.1, 0.9, 0.9] * 10, ["1", "1", "0", "0"] * 10), draws=9)
    assert blind.half_corrected_share.isna().all() and blind.method.str.startswith("not identifiable").all()


def test_halves_equal_the_formula_by_hand():
    """Two coders' words of no weight: the corrected share is that of counts, whatever the order of rows."""
    rng = np.random.default_rng(4)
    scores, severities = rng.random(200).round(2), rng.integers(0, 2, 200).astype(str)
    scores = np.where(severities == "1", np.minimum(scores + 0.3, 1), scores)
    found = risks.half_corrected_share(coded(scores, severities), draws=9)
    flag, true = scores[1::2] >= 0.5, severities[1::2] == "1"
    se, sp = flag[true].mean(), 1 - flag[~true].mean()
    assert found.half_corrected_share[0] == pytest.approx(((scores[::2] >= 0.5).mean() + sp - 1) / (se + sp - 1))


def test_lots_for_coders_name_items_and_no_text(held):
    """Half of the items are flagged ones, drawn by the seed; with fewer than asked for all are drawn."""
    first = risks.items_to_code(held[1], size=60)
    assert first.groupby("stratum").size().tolist() == [30, 30] and [*first] == ["item_id", "stratum", "chance"]
    assert first.equals(risks.items_to_code(held[1].sample(frac=1, random_state=1), size=60))
    assert not first.equals(risks.items_to_code(held[1], size=60, seed=1))


def test_a_code_without_a_number_is_named(held):
    """Severity is a number."""
    with pytest.raises(TableError, match="found the code 'rude'"):
        risks.risk_rate(coded([0.9] * 9, ["rude"] * 9))


def test_posts_off_the_message_are_drawn_by_their_distance(held):
    """Eight in a hundred were planted off it; those in other words are flagged too, which coders set right; Spanish has no points."""
    tables, codings, _ = held
    scored = messages.with_message_scores(codings, tables.posts, store.reference("documents"))
    items = risks.coded_posts(scored, tables.posts, codebook="off-message")
    told = {"codebook": "off-message", "by": "ministry", "threshold": 0.8, "cluster": "post_id"}
    rate = risks.risk_rate(items, levels=1, most=1, **told).iloc[0]
    spanish = tables.posts.lang.to_pandas().eq("es").sum()
    assert rate.low < 80 < rate.high and rate.n == 348 - spanish
    quality = risks.screen_quality(items, draws=9, **told).set_index("statistic").screen_quality
    assert quality["recall of flagged"] == 1 and quality["precision of flagged"] < 0.7
    nothing = messages.with_message_scores(codings, tables.posts, store.reference("documents").iloc[:0])
    assert nothing is codings
    late = store.reference("documents").assign(published_on=pd.Timestamp("2022-06-01"))
    later = messages.with_message_scores(codings, tables.posts, late).query(
        "codebook == 'off-message' and variable == 'score'"
    )
    assert 0 < len(later) < rate.n


def test_regard_moves_at_the_leak_and_at_few_other_days(held):
    """.9 of net stance were planted at the leak of 18 April; its placebo is among the first, and a month before nothing steps."""
    items = comments_of(held[0], held[1], "regard")
    told = {"codebook": "regard", "by": "ministry"}
    step = reception_trend(items, change="2022-04-18", **told).query("term == 'step'").iloc[0]
    assert step.low < 0.9 < step.high and step.low > 0
    placebo = trend_placebo(items, **told)
    assert placebo[placebo.day == "2022-04-18"].place.iloc[0] <= 3
