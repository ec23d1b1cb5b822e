"""What commenters say, how they stand, which metrics hold: what the sample plants, and answers worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from digidip import store
from digidip.measures.dialogue.agreement import coder_agreement
from digidip.measures.dialogue.commenters import new_commenter_share
from digidip.measures.listening import correction, metrics, reception, topics
from digidip.measures.listening._labels import agreed_topics, labelled
from digidip.tables import TableError

ZONE = "America/Asuncion"
ES = {
    "support": 0.4145,
    "oppose": 0.2485,
    "neither": 0.337,
}  # topics times stances, and a step for a quarter of comments
HITS = {"support": 0.80, "oppose": 0.70, "neither": 0.70}
STEP = 0.46  # twice .4 · .2 + .6 · .25


@pytest.fixture(scope="module")
def paraguay():
    """The sample's posts, comments, accounts, in pandas, with codings and events."""
    held = store.load("sample", "PRY", zone=ZONE)
    tables = {name: getattr(held, name).to_pandas() for name in ("posts", "comments", "accounts")}
    return tables | {name: store.reference(name, "sample") for name in ("codings", "events")}


@pytest.fixture(scope="module")
def stances(paraguay):
    """The codings of stance with what is known of each comment."""
    tables = [paraguay[name] for name in ("codings", "posts", "comments", "accounts")]
    return reception.coded_comments(*tables, codebook="stance", topics="subject", zone=ZONE)


@pytest.fixture(scope="module")
def coders(stances):
    """The same without the classifier."""
    return stances[stances.coder != "model"]


def holds(row, value):
    """Whether the interval of a row holds a value."""
    return row.low <= value <= row.high


def coded(columns, *rows):
    """Codings of a demo codebook: item, coder, code, and further columns."""
    frame = pd.DataFrame(rows, columns=["item_id", "coder", "code", *columns])
    return frame.assign(codebook="demo", variable="v", label="synthetic")


def two_classes(n, m, labels="yn"):
    """Items y and n of a coder and a model: n of m items of y are labelled y, and of n labelled n."""
    rows = [(f"{code}{k}", "a", code) for code in "yn" for k in range(m)]
    rows += [(f"y{k}", "model", labels[0] if k < n else labels[1]) for k in range(m)]
    return coded((), *rows, *((f"n{k}", "model", labels[1] if k < n else labels[0]) for k in range(m)))


def test_na_as_a_label_or_as_missing_decides_the_gate(coders):
    """As a label no language passes, as missing Spanish does and English does not."""
    as_label = coder_agreement(coders, codebook="stance", by="language", draws=99).set_index("language")
    missing = coder_agreement(coders, codebook="stance", missing="na", by="language", draws=99).set_index("language")
    assert not as_label.is_reliable[["es", "en"]].any()
    assert missing.is_reliable[["es", "en"]].tolist() == [True, False]
    assert missing.coder_agreement["es"] > 0.85 > as_label.coder_agreement["es"]


def test_planted_errors_and_shares_are_recovered(stances):
    """Sensitivities and shares of Spanish within their intervals; no result where coders do not agree."""
    told = {"codebook": "stance", "missing": "na", "by": "language"}
    errors = (
        correction.confusion_share(stances, **told).query("language == 'es' and code == predicted").set_index("code")
    )
    shares = correction.corrected_share(stances, **told, draws=299).set_index(["language", "code"])
    for code in ES:
        assert holds(errors.loc[code], HITS[code]) and holds(shares.loc["es", code], ES[code])
    assert shares.loc["en"].method.str.startswith("no result: below the gate").all()
    assert shares.loc["pt"].method.str.startswith("not identifiable: fewer than 8").all()
    assert correction.corrected_share(stances, **told, way="one against the rest", draws=99).low.notna().any()


def test_what_is_not_identifiable():
    """A code never predicted, errors as likely as hits, and errors too uncertain: no share, and why."""
    found = correction.corrected_share(two_classes(20, 20, "nn"), codebook="demo", draws=99)
    assert found.corrected_share.isna().all() and "'y' is never predicted" in found.method[1]
    found = correction.corrected_share(two_classes(10, 20), codebook="demo", draws=99)
    assert found.method.str.contains("do not exceed one").all()
    found = correction.corrected_share(two_classes(11, 20), codebook="demo", draws=99)
    assert found.method.str.contains("too uncertain").all()
    with pytest.raises(TableError, match="way must be"):
        correction.corrected_share(two_classes(9, 9), codebook="demo", way="both")


def test_correction_outside_zero_to_one_is_the_likeliest():
    """Three classes whose exact solution is negative: at least as likely as every point of a fine grid."""
    errors = np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.1, 0.2, 0.7]])
    labels = np.array([0.75, 0.2, 0.05])
    start = np.linalg.solve(errors.T, labels)
    assert start.min() < 0
    (found,) = correction._likeliest(start[None], labels[None], errors[None])
    grid = np.stack(np.meshgrid(*[np.linspace(0, 1, 101)] * 2), axis=-1).reshape(-1, 2)
    grid = np.column_stack([grid, 1 - grid.sum(axis=1)])
    best = grid[(grid >= 0).all(axis=1)] @ errors
    assert labels @ np.log(found @ errors) >= (np.log(best) @ labels).max() - 1e-5
    assert found.sum() == pytest.approx(1) and found.min() >= 0


def test_intervals_come_from_both_samples():
    """Few coded items make the interval wider, however many are labelled."""
    items = two_classes(90, 100)
    few = items[(items.coder == "model") | items.item_id.str.fullmatch(r"[yn](8[2-9]|9[01])")]
    wide, narrow = (correction.corrected_share(each, codebook="demo", draws=499).iloc[0] for each in (few, items))
    assert wide.high - wide.low > 1.3 * (narrow.high - narrow.low)


def test_stance_by_topic_and_small_cells(coders, paraguay):
    """Security is opposed, visas are supported; the Portuguese cell is not shown, the English has no result."""
    net = reception.net_stance(coders, missing="na", by="topic").set_index("topic").net_stance
    assert net["security"] < 0 < net["visa"]
    shares = reception.stance_share(coders, missing="na", by="language").set_index("language")
    assert shares.method["pt"].startswith("not shown: fewer than 30")
    assert shares.method["en"].startswith("no result: below the gate")
    none = reception.coded_comments(
        paraguay["codings"], paraguay["posts"], paraguay["comments"], paraguay["accounts"], codebook="tone"
    )
    assert reception.net_stance(none, codebook="tone").method.tolist() == [
        "not available: nothing of the group is coded"
    ]
    unscored = reception.net_stance(coders, gate=0)
    assert unscored.method.tolist() == ["not available: the code 'na' has no score; expected: support, oppose, neither"]


def test_one_author_who_writes_much_widens_the_interval():
    """Ten comments of one author are one cluster, not ten."""
    rows = [(f"i{n}", "a", "support" if n < 15 else "oppose", f"p{min(n, 20)}") for n in range(40)]
    alone = reception.net_stance(coded(("author",), *rows), codebook="demo").iloc[0]
    together = reception.net_stance(coded(("author",), *rows), codebook="demo", cluster="author").iloc[0]
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


def test_items_on_which_coders_differ_are_counted():
    """Two coders, one item split: out of the share and in the words."""
    rows = [(f"i{n}", coder, "support" if n % 2 else "oppose") for n in range(40) for coder in "ab"]
    rows[-1] = ("i39", "b", "oppose")
    found = reception.stance_share(coded((), *rows), codebook="demo").iloc[0]
    assert found.n == 39 and found.method.endswith("left out: 1 item on which coders differ")
    assert labelled(coded((), *rows), "demo", []).is_split.sum() == 1


def test_the_step_is_found_and_none_is_made_up(coders):
    """The ministry's step within its interval and among the largest of all days; none at the consulate."""
    told = {"missing": "na", "by": "handle", "zone": ZONE}
    found = reception.reception_trend(coders, change="2018-04-30", **told).query("term == 'step'").set_index("handle")
    assert holds(found.loc["SampleMfaParaguay"], STEP) and found.low["SampleMfaParaguay"] > 0
    assert holds(found.loc["SampleConParaguayMadrid"], 0)
    placebo = reception.trend_placebo(coders, **told)
    named = placebo[placebo.day == pd.Timestamp("2018-04-30")].set_index("handle")
    assert named.place["SampleMfaParaguay"] <= 3 < named.place["SampleConParaguayMadrid"]
    (slope,) = reception.reception_trend(
        coders[coders.handle == "SampleConParaguayMadrid"], missing="na", zone=ZONE
    ).itertuples()
    assert slope.term == "slope in 30 days" and holds(slope, 0)
    with pytest.raises(TableError, match="change: found '30.4.'"):
        reception.reception_trend(coders, change="30.4.", **told)
    early = reception.reception_trend(coders, change="2018-03-06", **told)
    assert early.method.str.startswith("not defined: fewer than 8 days").all()


def test_reception_of_days_and_weeks(coders):
    """The days of a week have as many comments as it; a day has no interval."""
    told = {"missing": "na", "by": "ministry", "zone": ZONE}
    days, weeks = (reception.reception(coders, period=period, **told) for period in ("day", "week"))
    assert days.n.sum() == weeks.n.sum() and days.low.isna().all() and weeks.low.notna().all()
    with pytest.raises(TableError, match="period must be one of"):
        reception.reception(coders, period="year", **told)


def test_planted_topics_are_stable(paraguay):
    """Three topics come out alike from every start, with the planted shares; four do not. Rand's index as scikit-learn has it."""
    tables = paraguay["posts"], paraguay["comments"]
    found = topics.topic_share(*tables, topics=3).query("language == 'es'")
    planted = {"visa": 0.40, "trade": 0.37, "security": 0.23}
    for row, share in zip(found.itertuples(), planted.values(), strict=True):
        assert holds(row, share)
    assert "pasaporte" in found.words.iloc[0] and "policía" in found.words.iloc[2]
    stable = topics.topic_stability(*tables, topics=(3, 4), seeds=3).set_index(["language", "topics"])
    assert stable.low["es", 3] > 0.99 > stable.topic_stability["es", 4]
    assert stable.method["pt", 3].startswith("not defined: fewer than 50")
    from sklearn.metrics import adjusted_rand_score

    starts = np.random.default_rng(1).integers(0, 3, (3, 60))
    slow = [adjusted_rand_score(starts[i], starts[j]) for i, j in ((0, 1), (0, 2), (1, 2))]
    assert topics._adjusted_rand(starts, 3) == pytest.approx(slow)


def test_no_word_of_fewer_than_five_authors_is_shown(paraguay):
    """A name that one author writes often is in no list of words."""
    comments = paraguay["comments"].copy()
    own = comments.author == comments.author.value_counts().index[0]
    comments.loc[own, "text"] = comments.text[own] + " zebulon zebulon zebulon"
    assert own.sum() > 20
    found = topics.topic_share(paraguay["posts"], comments, topics=3)
    assert not found.words.fillna("").str.contains("zebulon").any()


def test_words_of_unknown_authors_may_be_of_one():
    """Where the export tells no author, thirty texts may be of one person: there are no words, and no topic."""
    ids = {"platform": "x", "post_id": "1", "account_id": "a", "label": "synthetic"}
    comments = pd.DataFrame({**ids, "comment_id": [f"c{n}" for n in range(60)], "is_official": False, "lang": "en"})
    comments = comments.assign(text=["zebulon writes"] * 30 + ["visa port"] * 30, author=None)
    found = topics.topic_share(pd.DataFrame({**ids, "ministry": ["PER"]}), comments, topics=2)
    assert found.words.isna().all() and found.method.tolist() == ["not defined: fewer than 2 words that 5 authors use"]


def test_posts_follow_what_was_asked_three_days_before(paraguay):
    """Lag 3 of the ministry stands out, no other does, and none of the consulate's."""
    tables = paraguay["posts"], paraguay["comments"], paraguay["codings"]
    found = topics.topic_lead(*tables, codebook="subject", by="account_id", zone=ZONE, lags=7)
    out = found[found.p_adjusted < 0.05]
    assert out[["account_id", "topic", "lag"]].values.tolist() == [["930101", "all topics", 3]] and out.low.iloc[0] > 0
    assert found[found.account_id == "930201"].method.tolist() == [topics.NOT_CODED]
    assert len(agreed_topics(paraguay["codings"], "nothing")) == 0


def test_planted_reliability(paraguay):
    """Likes differ by week, comments do not; the intraclass correlation and the split half as planted."""
    own = paraguay["posts"]
    found = metrics.metric_reliability(own[own.platform == "instagram"], zone=ZONE).set_index(["metric", "statistic"])
    assert holds(found.loc["like_count", "of one post"], 0.25 / 0.74)
    assert holds(found.loc["like_count", "split half"], 0.25 / (0.25 + 0.49 / 7))
    page = metrics.metric_reliability(own[own.platform == "facebook"], zone=ZONE).set_index(["metric", "statistic"])
    assert holds(page.loc["comment_count", "of one post"], 0) and page.low["like_count", "of one post"] > 0
    assert metrics._spearman_brown(np.array([0.5, -0.5])).tolist() == pytest.approx([2 / 3, -2 / 3])
    ranks = metrics.metric_reliability(own, zone=ZONE, units="account").set_index(["metric", "statistic"])
    assert ranks.n["like_count", "rank stability"] == 3
    with pytest.raises(TableError, match="units must be"):
        metrics.metric_reliability(own, units="month")


def test_intraclass_correlation_by_hand():
    """Shrout and Fleiss's six targets of four judges: ICC(1,1) is .17."""
    table = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    known = pd.DataFrame({"unit": np.repeat(range(6), 4), "value": table.ravel().astype(float)})
    row = metrics._intraclass_row(np.tile(metrics._unit_sums(known), (2, 1)), "week")  # twice, so that there are eight
    once = metrics._intraclass_row(metrics._unit_sums(known), "week")
    assert once["metric_reliability"] == pytest.approx(0.17, abs=0.005) and "low" not in once
    assert row["low"] < row["metric_reliability"] < row["high"] < 1


def test_bought_reach_moves_likes_alone(paraguay):
    """Likes of the pages rise by log 3 within the interval, comments by nothing; no campaign, no row with a value."""
    told = {"by": "platform", "zone": ZONE}
    found = metrics.metric_shift(paraguay["posts"], paraguay["events"], **told).set_index(["platform", "metric"])
    assert holds(found.loc["facebook", "like_count"], np.log(3))
    assert holds(found.loc["facebook", "comment_count"], 0) and holds(found.loc["instagram", "like_count"], 0)
    none = metrics.metric_shift(paraguay["posts"], paraguay["events"].iloc[:0], **told)
    assert none.method.str.startswith("not defined: fewer than 8 days in a campaign").all()


def test_two_platforms_agree_within_limits(paraguay):
    """The planted ratio of 2.5 within the interval; the points behind the limits have its mean."""
    found = metrics.platform_agreement(paraguay["posts"], zone=ZONE).set_index("statistic")
    points = metrics.agreement_points(paraguay["posts"], zone=ZONE)
    assert holds(found.loc["mean ratio"], 2.5) and len(points) == 16
    assert np.log(points.ratio).mean() == pytest.approx(np.log(found.platform_agreement["mean ratio"]))
    assert np.log(points.ratio).std() * 1.96 == pytest.approx(
        np.log(found.platform_agreement["upper limit"] / found.platform_agreement["mean ratio"]), rel=1e-4
    )


def test_new_commenters_dwindle(paraguay):
    """Of some four hundred persons most have been seen by the end."""
    found = new_commenter_share(paraguay["posts"], paraguay["comments"], zone=ZONE).new_commenter_share
    assert found.iloc[0] == 1 and found.iloc[-1] < 0.3


def test_days_after_an_event_without_an_end_are_in_no_comparison():
    """A campaign that nobody ended is neither in nor out: the shift of the one before is as if the data ended there."""
    days = pd.date_range("2018-05-01T10:00Z", periods=48)
    likes = np.r_[[9] * 8, [19] * 8, [9] * 8, [999] * 24]
    posts = pd.DataFrame(
        {"ministry": "PER", "platform": "x", "account_id": "a", "posted_at": days, "like_count": likes}
    )
    events = pd.DataFrame({"ministry": ["PER"] * 2, "kind": "campaign", "begins_at": days[[8, 24]]})
    events = events.assign(ends_at=[days[16], pd.NaT])
    found = [metrics.metric_shift(posts[:n], events, metrics=["like_count"]).iloc[0] for n in (24, 48)]
    assert found[0].metric_shift == found[1].metric_shift == pytest.approx(np.log(2)) and found[1].n == 24
    open_ended = metrics.metric_shift(posts, events.assign(begins_at=days[0])[1:], metrics=["like_count"])
    assert "without an end" in open_ended.method[0]


def test_reception_by_labels_is_corrected_within_its_stratum():
    """(.5 + .9 - 1) / (.8 + .9 - 1) support of 30 labelled in one language; five of another, whose errors nobody knows, are left out."""
    people, model = "y" * 10 + "n" * 10, "y" * 8 + "n" * 11 + "y" + "y" * 6 + "n" * 4
    words = {"y": "support", "n": "oppose"}
    rows = [
        (str(n), coder, words[code], "es")
        for coder, text in (("person", people), ("model", model))
        for n, code in enumerate(text)
    ]
    rows += [(f"e{n}", "model", "support", "en") for n in range(5)]
    codings = pd.DataFrame(rows, columns=["item_id", "coder", "code", "language"])
    codings = codings.assign(
        codebook="stance", variable="v", post_id=codings.item_id, posted_at="2018-05-02T10:00Z", label="synthetic"
    )
    found = reception.reception(codings, model="model", draws=199).iloc[0]
    assert found.reception == pytest.approx(2 * 0.4 / 0.7 - 1) and (found.n, found.posts) == (30, 30)
    assert found.low < found.reception < found.high and "left out: 5 comments of strata" in found.method
    assert (
        reception.reception(codings[codings.language == "en"], model="model").method[0].startswith("not identifiable")
    )
    assert reception.reception(codings[codings.coder != "model"], model="model").method[0].startswith("not available")
    alone = reception.reception(codings[codings.language == "es"].assign(language=None), model="model", draws=199)
    assert alone.reception[0] == pytest.approx(found.reception)  # a language that nobody told is a stratum too
