"""Inquiries: what the rules find, whom coders outvote, how many come; and the sample's planted truth."""

import csv
from importlib import import_module
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from scipy.special import expit, logit
from scipy.stats import norm, t
from statsmodels.stats.proportion import proportion_confint

from digidip import store
from digidip.measures.inquiries import _rule_errors
from digidip.measures.inquiries._inquiry_table import NO_INQUIRY, NO_OTHERS
from digidip.measures.inquiries._question_words import kind_of, kinds_of
from digidip.measures.inquiries.answers import (
    answer_funnel,
    answer_hand_share,
    inquiry_answer_share,
    pooled_answer_share,
    tone_answer_difference,
    without_automatic,
)
from digidip.measures.inquiries.inquiries import (
    inquiries_per_day,
    inquiries_per_weekday,
    inquiry_detection,
    inquiry_hours,
    inquiry_rate,
    inquiry_share,
    inquiry_table,
)
from digidip.measures.inquiries.staffing import inquiry_load
from digidip.measures.inquiries.timing import (
    answered_within,
    waiting_curve,
    waiting_difference,
    waiting_ratio,
    waiting_time,
)
from digidip.measures.posts.activity import posting_rate, posts_per_day
from digidip.measures.sessions._sessions import day_starts, moments
from digidip.measures.statistics._comment_queries import NO_AUTHORS, NO_COMMENTS, NO_THREADS
from digidip.tables import TableError

JANUARY = {"start": "2016-01-01", "end": "2016-02-01"}
IDS = {"platform": "x", "account_id": "a"}
POSTS = pd.DataFrame({**IDS, "ministry": "PER", "post_id": ["1", "2"], "reply_to_id": None})
SAMPLE = Path(__file__).resolve().parents[3] / "data" / "raw" / "sample"


def thread(*rows):
    """Comments under post 1: id, parent, is_official, hour, text."""
    frame = pd.DataFrame(rows, columns=["comment_id", "parent_id", "is_official", "hour", "text"])
    at = pd.Timestamp("2016-01-01T00:00Z") + pd.to_timedelta(frame.hour, unit="h")
    return frame.drop(columns="hour").assign(**IDS, post_id="1", commented_at=at, author=frame.comment_id, lang=None)


THREAD = thread(
    ("c", None, False, 1, "How much is a visa?"),
    ("d", "c", False, 2, "Me too"),
    ("e", "d", True, 5, "By post."),
    ("f", None, False, 3, "Who can help my brother?"),
    ("g", "f", True, 4, "We can."),
    ("h", None, False, 9, "Hello"),
    ("i", None, True, 9, "Good morning, any questions?"),
)


@pytest.fixture(scope="module")
def truth():
    """Codings by two coders who never err: the kind that was planted in each comment of the Peruvian account."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SAMPLE)
        planted_kind = import_module("sample_texts").planted_kind
    held = store.load("sample", "PER", "", "SampleCancilleria", "2016-01-01", "2016-02-01", "America/Lima")
    rows = held.comments.select("comment_id", "text", "platform").to_pandas()
    texts = rows.text.where(rows.platform == "facebook", rows.text.str.partition(" ")[2])
    told = pd.DataFrame({"codebook": "inquiry", "item_id": rows.comment_id, "variable": "kind"})
    told["code"] = [planted_kind(text) if isinstance(text, str) else "none" for text in texts]
    return pd.concat([told.assign(coder="a"), told.assign(coder="b")])


@pytest.fixture(scope="module")
def peru():
    """Peru's page in January 2016, and its inquiries by rules and codings."""
    held = store.load("sample", "PER", "facebook", "SampleCancilleria", "2016-01-01", "2016-02-01", "America/Lima")
    return held, inquiry_table(held.posts, held.comments, codings=store.reference("codings"), zone="America/Lima")


@pytest.fixture(scope="module")
def in_engine(peru):
    """The same inquiries, left in the engine."""
    held = peru[0]
    codings = store.reference("codings")
    return inquiry_table(held.posts, held.comments, codings=codings, zone="America/Lima", frame=False)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("¿Cuánto cuesta legalizar un documento", "procedural"),
        ("Perdí mi pasaporte en Lima, ¿qué hago?", "complex"),
        ("Dónde saco cita", "procedural"),
        ("Quels sont les horaires du consulat", "procedural"),
        ("Wann öffnet die Botschaft", "complex"),
        ("Подскажите, пожалуйста, нужна ли виза", "procedural"),
        ("كيف أحصل على تأشيرة؟", "procedural"),
        ("वीज़ा के लिए आवेदन कैसे करें?", "procedural"),
        ("Quanto custa o visto", "procedural"),
        ("Please help me, my father died", "complex"),
        ("See https://example.org/?q=visa", "none"),
        ("When I was young I liked the visa office.", "none"),
        ("¡Qué lindas fotos!", "none"),
        ("How nice", "none"),
        ("How do I renew my passport", "procedural"),
        ("How dare you", "none"),
        ("Do you open on Sundays", "complex"),
        ("", "none"),
        (None, "none"),
        (float("nan"), "none"),
    ],
)
def test_rules_name_the_kind(text, kind):
    """Question marks of several scripts, openers and requests find an inquiry; addresses and exclamations do not."""
    assert kind_of(text) == kind


def test_the_engine_judges_as_python_does(peru):
    """The rules as the engine runs them give the kind that Python gives, text by text."""
    texts = peru[0].comments.select("text").distinct()
    found = texts.mutate(kind=kinds_of(texts.text)).to_pandas()
    assert found.kind.tolist() == [kind_of(text) for text in found.text] and found.kind.nunique() > 1


@pytest.mark.parametrize(
    "text", ["Visaé?", "ВИЗУ!", "WHERE IS\u00a0it", "see.\u00a0When is it", "कितना", "x https://a.b/?q", "_visa_"]
)
def test_the_engine_knows_letters_and_spaces_of_all_scripts(text):
    """Where a word ends is the same in the engine and in Python."""
    assert kinds_of(ibis.literal(text)).to_pandas() == kind_of(text)


@pytest.mark.parametrize(
    ("measure", "given"),
    [
        *((inquiry_rate, JANUARY), (inquiries_per_day, JANUARY), (inquiries_per_weekday, JANUARY)),
        *((inquiry_share, {}), (inquiry_detection, {}), (inquiry_hours, {}), (waiting_curve, {}), (waiting_time, {})),
        *((inquiry_answer_share, {}), (inquiry_answer_share, {"cluster": "asker"}), (pooled_answer_share, {})),
        *((answered_within, {}), (waiting_difference, {}), (waiting_ratio, {}), (inquiry_load, JANUARY)),
    ],
)
def test_inquiries_left_in_the_engine_give_the_same(peru, in_engine, measure, given, monkeypatch):
    """What is too much for memory is measured as what is not, kinds drawn for uncoded comments included."""
    monkeypatch.setattr(_rule_errors, "IMPUTATIONS", 2)
    assert_frame_equal(measure(in_engine, **given), measure(peru[1], **given))


def test_one_row_per_comment_of_the_public():
    """Replies and official comments are no rows; a post without comments keeps one without a comment."""
    table = inquiry_table(POSTS, THREAD)
    assert table.comment_id.tolist()[:3] == ["c", "f", "h"] and table.comment_id.isna().sum() == 1
    assert table.kind.tolist()[:3] == ["procedural", "complex", "none"]


@pytest.mark.parametrize(("answer", "hours"), [("reply", [8.0, 1.0, 0.0]), ("thread", [4.0, 1.0, 0.0])])
def test_an_answer_is_to_the_comment_or_anywhere_below_it(answer, hours):
    """The answer to a reply counts for the inquiry only if the thread is asked for; else it waits to the last comment."""
    table = inquiry_table(POSTS, THREAD, answer=answer).dropna(subset="comment_id")
    assert table.hours.tolist() == hours
    assert table.is_answered.tolist() == [answer == "thread", True, False]


def test_observation_ends_where_it_is_said_to():
    """Answers and inquiries from `until` on are not seen, and the others wait until then; a known collection counts."""
    table = inquiry_table(
        POSTS, THREAD.assign(commented_at=THREAD.commented_at + pd.Timedelta(hours=20)), until="2016-01-02"
    )
    assert table.dropna(subset="comment_id")[["comment_id", "hours", "is_answered"]].values.tolist() == [
        ["c", 3.0, False],
        ["f", 1.0, False],
    ]
    collected = inquiry_table(POSTS, THREAD.assign(retrieved_at=pd.Timestamp("2016-01-03T00:00Z")))
    assert collected.hours.dropna().tolist() == [47.0, 1.0, 39.0]


@pytest.mark.parametrize(
    ("zone", "day", "end", "begins", "hours"),
    [
        ("Asia/Beirut", "2016-03-27", "2016-05-01", "2016-03-26T22:00Z", 23),
        ("America/Sao_Paulo", "2015-10-18", "2016-02-28", "2015-10-18T03:00Z", 23),
        ("America/Sao_Paulo", "2016-02-20", "2016-02-28", "2016-02-20T02:00Z", 25),
        ("Asia/Beirut", "2015-10-24", "2016-05-01", "2015-10-23T21:00Z", 25),
    ],
)
def test_days_whose_midnight_the_clock_skips_or_repeats(zone, day, end, begins, hours):
    """Windows begin and observation ends where the day begins; days of 23 and 25 hours hold their posts, one day each."""
    begins, following = pd.Timestamp(begins), f"{pd.Timestamp(day) + pd.Timedelta(days=1):%Y-%m-%d}"
    ends = day_starts(day, following, zone)
    assert (moments(ends)[0], np.diff(ends).tolist()) == (begins, [60 * hours])
    held = store.load("sample", start=day, end=end, zone=zone)
    posted = held.posts.posted_at.to_pandas()
    assert posted.min() >= begins and held.n == len(posted)
    daily = posts_per_day(held.posts, start=day, end=end, zone=zone, by=())
    dates = posted.dt.tz_convert(zone).dt.strftime("%Y-%m-%d").value_counts()
    assert daily.set_index("day").posts_per_day[lambda counts: counts > 0].to_dict() == {
        pd.Timestamp(date): many for date, many in dates.items()
    }
    assert posting_rate(held.posts, start=day, end=end, zone=zone, by=()).posting_rate[0] == held.n / len(daily)
    late = THREAD.assign(commented_at=begins + pd.to_timedelta(range(-2, len(THREAD) - 2), unit="h"))
    table = inquiry_table(POSTS, late, zone=zone, until=day).dropna(subset="comment_id")
    assert table.comment_id.tolist() == ["c"] and table.hours.tolist() == [2.0]


def test_an_answer_before_its_comment_is_refused():
    """A broken clock is told with the answers concerned, not measured."""
    early = thread(("c", None, False, 5, "Why?"), ("d", "c", True, 1, "So."))
    for frame in (True, False):
        with pytest.raises(TableError, match=r"1 official answers are earlier than the comment they answer \(d\)"):
            inquiry_table(POSTS, early, frame=frame)


def test_a_thread_that_bites_its_own_tail_ends():
    """Replies in a circle neither hang nor answer anybody."""
    circle = thread(("c", "d", False, 1, "Why?"), ("d", "c", True, 2, "So."), ("e", None, False, 3, "Who?"))
    assert inquiry_table(POSTS, circle, answer="thread").is_answered.dropna().tolist() == [False]


def test_unknown_way_to_answer_is_refused():
    """The word is named."""
    with pytest.raises(TableError, match="answer must be 'reply' or 'thread', not 'mail'"):
        inquiry_table(POSTS, THREAD, answer="mail")


@pytest.mark.parametrize(
    ("comments", "why"),
    [
        (THREAD.iloc[:0], NO_COMMENTS),
        (THREAD.assign(is_official=None), NO_AUTHORS),
        (THREAD.assign(parent_id=None), NO_THREADS),
        (THREAD[THREAD.is_official], NO_OTHERS),
    ],
)
def test_what_the_export_cannot_tell_is_said(comments, why):
    """No comments, no authors, no threads, no comments by others: a missing share with the reason, never 0."""
    row = inquiry_answer_share(inquiry_table(POSTS, comments)).iloc[0]
    assert np.isnan(row.inquiry_answer_share) and row.n == 0 and row.method == why


def coded_twice(codes_a, codes_b, items="cfh"):
    """Codings of two coders."""
    rows = [("inquiry", item, "kind", coder, code) for coder, codes in (("a", codes_a), ("b", codes_b))
            for item, code in zip(items, codes, strict=True)]  # fmt: skip
    return pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"])


def test_coders_who_agree_outvote_the_rules():
    """Their kind stands where both chose it; the rules keep the rest."""
    agreed = coded_twice(["complex", "none", "procedural"], ["complex", "none", "procedural"])
    table = inquiry_table(POSTS, THREAD, codings=agreed).dropna(subset="comment_id")
    assert table.kind.tolist() == ["complex", "none", "procedural"]
    assert table.basis.tolist() == ["codings"] * 3
    found = inquiry_detection(table).set_index("statistic").inquiry_detection
    assert found[["precision", "recall", "F1", "kind"]].tolist() == [0.5, 0.5, 0.5, 0.0]


def test_coders_below_the_gate_are_not_heard():
    """Without agreement no code is used and detection has no result."""
    quarrel = coded_twice(["complex", "none", "none"], ["none", "complex", "complex"])
    table = inquiry_table(POSTS, THREAD, codings=quarrel)
    assert set(table.basis) == {"rules"}
    assert inquiry_detection(table).method.str.startswith("no result").all()


def test_unknown_code_is_refused():
    """A code outside the codebook is named."""
    strange = coded_twice(["banana", "none", "none"], ["banana", "none", "none"])
    with pytest.raises(TableError, match="inquiry, kind is 'banana'"):
        inquiry_table(POSTS, THREAD, codings=strange)


def test_garwood_for_thirty_days():
    """600 inquiries in 30 days are 18.4 to 21.7 a day."""
    at = pd.date_range("2016-01-01", periods=600, freq="72min")
    rows = pd.DataFrame(
        {"ministry": "PER", "comment_id": at.astype(str), "kind": "complex", "absent": None, "asked": at}
    )
    found = inquiry_rate(rows, start="2016-01-01", end="2016-01-31").iloc[0]
    assert found.inquiry_rate == 20 and (round(found.low, 1), round(found.high, 1)) == (18.4, 21.7)


def test_frame_given_is_frame_kept(peru, monkeypatch):
    """The measures leave the table of inquiries as it is."""
    monkeypatch.setattr(_rule_errors, "IMPUTATIONS", 2)
    asked = peru[1]
    before = asked.copy(deep=True)
    for measure in (inquiry_share, inquiry_detection, inquiry_hours, inquiry_answer_share, pooled_answer_share):
        measure(asked)
    assert_frame_equal(asked, before)


def test_planted_questions_are_found_by_coders_alone(peru, truth):
    """423 questions: coders who never err find them all, the rules miss some and take some remarks for questions."""
    held, _ = peru
    table = inquiry_table(held.posts, held.comments, codings=truth, zone="America/Lima").dropna(subset="comment_id")
    assert (table.kind != "none").sum() == 423 and set(table.basis) == {"codings"}
    found = inquiry_detection(table).set_index("statistic").inquiry_detection
    assert 0.5 < found["recall"] < 0.8 and 0.8 < found["precision"] < 0.95


def test_errors_of_the_rules_are_estimated_from_the_coded(peru, truth):
    """What 300 coded comments say of the rules holds the truth of all 614: precision and recall within their intervals."""
    held, asked = peru
    every = inquiry_detection(inquiry_table(held.posts, held.comments, codings=truth)).set_index("statistic")
    some = inquiry_detection(asked).set_index("statistic").loc[["precision", "recall"]]
    assert (some.low < every.inquiry_detection[some.index]).all() and (
        some.high > every.inquiry_detection[some.index]
    ).all()
    assert some.n.min() > 100 and some.inquiry_detection.max() < 0.95


def test_codings_of_the_sample_are_of_comments_held(peru):
    """500 comments by two coders, 300 of them of the page; every language on X that was coded has its row."""
    rows = store.reference("codings").query("codebook == 'inquiry'")
    assert len(rows) == 1000 and rows.item_id.nunique() == 500 and set(rows.coder) == {"coder-a", "coder-b"}
    assert rows.item_id.isin(peru[0].comments.comment_id.to_list()).sum() == 600 and set(rows.label) == {"synthetic"}
    both = store.load("sample", "PER", "", "SampleCancilleria", "2016-01-01", "2016-02-01", "America/Lima")
    asked = inquiry_table(both.posts, both.comments, codings=store.reference("codings"))
    found = inquiry_detection(asked, by="language").query("statistic == 'recall'").set_index("language")
    assert {"es", "en", "pt", "fr", "de"} <= set(found.index) and found.n["es"] > 90 > found.n["de"]


def test_planted_load_is_about_twenty_a_day_on_both_platforms(truth):
    """621 inquiries in 31 days: 20.03 a day, as planted."""
    held = store.load("sample", "PER", "", "SampleCancilleria", "2016-01-01", "2016-02-01", "America/Lima")
    asked = inquiry_table(held.posts, held.comments, codings=truth, zone="America/Lima")
    found = inquiry_rate(asked, **JANUARY).iloc[0]
    assert found.n == 621 and found.low < 20 < found.high


def test_numbers_hold_the_planted_ones_where_a_sample_is_coded(peru, truth):
    """423 of 614 ask, 376 of these are answered: the rules alone say 54 and 74 %, with 277 coded each interval holds it."""
    held, asked = peru
    every = inquiry_table(held.posts, held.comments, codings=truth, zone="America/Lima")
    rules = inquiry_table(held.posts, held.comments, zone="America/Lima")
    for measure, number, keys in (
        (inquiry_share, 3, ["kind"]),
        (inquiry_answer_share, 6, ["kind", "interval"]),
        (answered_within, 9, ["kind", "hours"]),
        (inquiry_rate, 6, ["kind", "interval"]),
        (waiting_ratio, 1, ["term", "level"]),
    ):
        given = {"inquiry_rate": JANUARY, "waiting_ratio": {"terms": "kind"}}.get(measure.__name__, {})
        name = measure.__name__
        found = measure(asked, **given).dropna(subset="low").set_index(keys)
        planted = measure(every, **given).set_index(keys)[name][found.index]
        rests = found.method.str.endswith("; 277 coded, 337 imputed")
        assert rests.sum() == number and (found.low <= planted).all() and (planted <= found.high).all(), name
        alone = measure(rules, **given).set_index(keys)
        assert alone.method[found.index[rests]].str.endswith("; found by the rules").all()
    assert inquiry_share(rules).high[0] < 0.6 < inquiry_share(asked).low[0]


def test_double_sampling_by_hand(peru):
    """126 of 144 found and 68 of 133 others are inquiries, 333 and 281 comments: .709 [.655, .759] (Tenenbein).

    Imputation from the verdict alone comes to the same; knowing who was answered makes it narrower.
    """
    asked = peru[1]
    coded = asked.dropna(subset="coded")
    found = asked.ruled[asked.comment_id.notna()].ne("none").mean()
    shares, sizes = (coded.coded.ne("none").groupby(coded.ruled.ne("none")).agg(how).reindex([True, False]).to_numpy()
                     for how in ("mean", "size"))  # fmt: skip
    weights = np.array([found, 1 - found])
    share = weights @ shares
    between = found * (1 - found) * (shares[0] - shares[1]) ** 2 / 614
    error = np.sqrt((weights**2 * shares * (1 - shares) / sizes).sum() + between)
    assert share == pytest.approx(0.709, abs=5e-4)
    blind = inquiry_share(asked.assign(is_answered=asked.is_answered.where(asked.is_answered.isna(), False))).iloc[0]
    limits = expit(logit(share) + np.array([-1, 1]) * 1.96 * error / (share * (1 - share)))
    assert limits == pytest.approx([0.655, 0.759], abs=6e-3)
    assert [blind.inquiry_share, blind.low, blind.high] == pytest.approx([share, *limits], abs=0.02)
    better = inquiry_share(asked).iloc[0]
    assert better.high - better.low < blind.high - blind.low and better.low < 423 / 614 < better.high


def coded_months(months, n, coded, seed):
    """Months of n comments, so many drawn at random for the coders, by rules that miss inquiries and find false ones."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(3, (months, n), p=[0.4, 0.35, 0.25])
    verdicts = np.array([[0.85, 0.03, 0.12], [0.3, 0.66, 0.04], [0.4, 0.05, 0.55]]).cumsum(axis=1)
    ruled = (rng.random((months, n, 1)) > verdicts[kind]).sum(axis=2)
    answered = rng.random((months, n)) < np.array([0.05, 0.9, 0.7])[kind]
    hours = np.where(answered, rng.exponential(np.array([3, 1.5, 6])[kind]), 500)
    month, number = (grid.ravel().astype(str) for grid in np.indices(kind.shape))
    names, is_coded = np.array(["none", "procedural", "complex"]), (np.indices(kind.shape)[1] < coded).ravel()
    rows = pd.DataFrame({"ministry": month, "platform": "x", "account_id": month, "post_id": number, "absent": None})
    rows = rows.assign(comment_id=month + "-" + pd.Series(number), language=None, is_answered=answered.ravel())
    rows = rows.assign(hours=hours.ravel(), ruled=names[ruled.ravel()], coded=names[kind.ravel()])
    return rows.assign(kind=rows.coded.where(is_coded, rows.ruled), coded=rows.coded.where(is_coded, None))


def test_intervals_with_imputed_kinds_cover():
    """Thirty months of 200 comments, 90 coded: shares and answered shares of all kinds hold the truth in 92 % or more."""
    months, hits = coded_months(30, 200, 90, 1), []
    planted = {"any inquiry": (0.6, (0.35 * 0.9 + 0.25 * 0.7) / 0.6), "procedural": (0.35, 0.9), "complex": (0.25, 0.7)}
    for measure, place in ((inquiry_share, 0), (inquiry_answer_share, 1)):
        found = measure(months)
        found = found[found.kind.isin([*planted]) & ~found.get("interval", pd.Series("", found.index)).eq("clustered")]
        truth = found.kind.map({kind: both[place] for kind, both in planted.items()})
        hits += [(found.low <= truth) & (truth <= found.high)]
        assert found.method.str.endswith("90 coded, 110 imputed").all()
    assert np.concatenate(hits).mean() >= 0.92


def test_few_coded_comments_teach_nothing():
    """Below twenty inquiries or twenty others among the coded, by coders or rules, numbers are found by the rules."""
    months = coded_months(1, 250, 30, 2)
    found = inquiry_share(months)
    assert found.method.tolist() == ["Wilson; 30 coded, 220 found by the rules"] * 3
    assert (
        inquiry_share(months.assign(kind=months.ruled, coded=None)).method.tolist()
        == ["Wilson; found by the rules"] * 3
    )
    every = months.assign(coded=months.ruled, kind=months.ruled)
    assert inquiry_share(every).method.tolist() == ["Wilson"] * 3


def test_other_accounts_learn_nothing_from_a_coded_one(peru):
    """Kinds of an account that nobody coded, here an embassy of Peru too, stay those of the rules."""
    everyone = store.load("sample", "", "facebook", "", "2016-01-01", "2016-02-01", "America/Lima")
    asked = inquiry_table(everyone.posts, everyone.comments, codings=store.reference("codings"))
    found = inquiry_share(asked).query("kind == 'any inquiry'").dropna().set_index("ministry").method
    assert found["PER"] == "Wilson; 277 coded, 337 imputed, 9 found by the rules"
    assert found.drop("PER").str.endswith("; found by the rules").all() and len(found) > 2


def test_imputed_kinds_do_not_depend_on_order(peru):
    """A comment draws its kind by its id: shuffled rows give the same numbers."""
    asked = peru[1]
    shuffled = asked.sample(frac=1, random_state=1)
    assert_frame_equal(waiting_time(shuffled), waiting_time(asked))


def test_machines_deleted_questions_and_links_are_told_apart():
    """Colombia: 24 of 118 official replies are automatic, 7 answer what is gone; 72 of 120 are answered by hand."""
    held = store.load("sample", "COL", "facebook", "", "2016-01-01", "2016-02-01", "America/Bogota")
    asked = inquiry_table(held.posts, held.comments, zone="America/Bogota")
    hands = answer_hand_share(asked, held.comments)
    assert (hands.answer_hand_share * hands.n).round(6).tolist() == [87, 24, 7] and hands.n.eq(118).all()
    by_hand = inquiry_table(held.posts, without_automatic(held.comments), zone="America/Bogota")
    answered = [
        inquiry_answer_share(rows).query("kind == 'any inquiry'").inquiry_answer_share for rows in (asked, by_hand)
    ]
    assert [round(120 * shares.iloc[0]) for shares in answered] == [84, 72]
    funnel = answer_funnel(by_hand, held.comments).set_index("statistic")
    assert funnel["count"].tolist()[:3] == [180, 120, 72]
    official = held.comments.to_pandas().query("is_official and text.str.contains('https://')").parent_id
    assert funnel["count"]["with a link"] == asked[asked.kind != "none"].comment_id.isin(official).sum()


def test_planted_criticism_is_answered_less():
    """3 of 30 against 12 of 30: a difference of -.3 inside an interval below 0; without codes it is not available."""
    held = store.load("sample", "COL", "facebook", "", "2016-01-01", "2016-02-01", "America/Bogota")
    asked = inquiry_table(held.posts, held.comments, zone="America/Bogota")
    row = tone_answer_difference(asked, store.reference("codings")).iloc[0]
    assert row.low < -0.3 < row.high < 0 and row.n >= 50
    nobody = tone_answer_difference(asked).iloc[0]
    assert np.isnan(nobody.tone_answer_difference) and nobody.method.startswith("not available")


@pytest.mark.parametrize(
    ("ministry", "account", "zone", "share", "answered"),
    [
        ("PER", "SampleCancilleria", "America/Lima", 0.889, 376),
        ("IND", "", "Asia/Kolkata", 0.2, 80),
        ("USA", "SampleStateSteady", "America/New_York", 0.0, 0),
    ],
)
def test_planted_shares_are_recovered(ministry, account, zone, share, answered, truth):
    """88.9 %, 20.0 % and none are answered, within both intervals."""
    held = store.load("sample", ministry, "facebook", account, "2016-01-01", "2016-02-01", zone)
    table = inquiry_answer_share(inquiry_table(held.posts, held.comments, codings=truth)).query("kind == 'any inquiry'")
    assert (table.inquiry_answer_share * table.n).round().eq(answered).all()
    assert (table.low <= share).all() and (share <= table.high).all() and len(table) == 2


def test_kinds_are_those_of_the_raw_file(peru, truth):
    """Answered by kind, counted again from the raw comments by the phrases they were made from."""
    with open(SAMPLE / "per_facebook_comments.csv", encoding="utf-8", newline="") as file:
        raw = list(csv.DictReader(file))
    answered = {row["parent_id"] for row in raw if row["comment_author"] == "Cancillería de muestra"}
    hard = set(truth.item_id[truth.code == "complex"]) & {row["comment_id"] for row in raw}
    asked = inquiry_table(peru[0].posts, peru[0].comments, codings=truth)
    found = inquiry_answer_share(asked).query("kind == 'complex'").iloc[0]
    assert found.n == len(hard) == 132 and round(found.inquiry_answer_share * found.n) == len(answered & hard)


def test_days_and_hours_sum_to_the_whole(peru, truth):
    """Daily, weekly and hourly counts hold the same 423 inquiries, and the hours all 376 answers."""
    asked = inquiry_table(peru[0].posts, peru[0].comments, codings=truth, zone="America/Lima")
    assert inquiries_per_day(asked, **JANUARY).inquiries_per_day.sum() == 423
    weekdays = inquiries_per_weekday(asked, **JANUARY)
    assert weekdays.n.sum() == 423 and weekdays.inquiries_per_weekday[4] == pytest.approx(weekdays.n[4] / 5)
    hours = inquiry_hours(asked)
    assert (hours.inquiry_hours.sum(), hours.answers.sum(), len(hours)) == (423, 376, 168)


def test_clusters_widen_the_interval():
    """Ten posts, five answered throughout and five not at all: Clopper-Pearson of 9 observations, less for t of 9."""
    rows = pd.DataFrame({"ministry": "PER", "platform": "x", "post_id": np.repeat([*map(str, range(10))], 10)})
    rows = rows.assign(comment_id=[*map(str, range(100))], kind="complex", absent=None)
    rows["is_answered"] = rows.post_id.astype(int) < 5
    exact, clustered = inquiry_answer_share(rows).query("kind == 'complex'")[["low", "high"]].to_numpy()
    assert exact == pytest.approx([0.398, 0.602], abs=5e-4)
    size = 9 * (norm.ppf(0.975) / t.ppf(0.975, 9)) ** 2  # deff divides by clusters - 1
    assert clustered == pytest.approx(proportion_confint(size / 2, size, method="beta"))


def test_pooling_finds_the_beta():
    """Sixty ministries drawn from Beta(2, 3): mean .4 inside the interval, its 95 % inside or near the prediction."""
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"ministry": np.repeat([f"M{i:02}" for i in range(60)], 50)})
    rows["is_answered"] = rng.random(3000) < np.repeat(rng.beta(2, 3, 60), 50)
    rows = rows.assign(comment_id=[*map(str, range(3000))], kind="complex", absent=None)
    found = pooled_answer_share(rows).iloc[0]
    assert found.low < 0.4 < found.high and found.high - found.low < 0.15
    assert (found.predicted_low, found.predicted_high) == pytest.approx((0.068, 0.806), abs=0.07)


def test_pooling_of_silence_has_a_bound():
    """Three ministries that never answer: 0 with the bound of three observations."""
    rows = pd.DataFrame({"ministry": ["A", "B", "C"] * 9, "comment_id": [*map(str, range(27))], "kind": "complex"})
    found = pooled_answer_share(rows.assign(absent=None, is_answered=False)).iloc[0]
    assert found.pooled_answer_share == 0 and found.high == pytest.approx(1 - 0.05 ** (1 / 3))


def test_comments_that_ask_nothing():
    """No inquiry among comments held: the share of comments and the load are 0 with a bound, rates of answers undefined."""
    table = inquiry_table(POSTS, thread(("c", None, False, 1, "Hello"), ("d", "c", True, 2, "Hello")))
    share = inquiry_answer_share(table).set_index("kind")
    assert share.inquiry_answer_share["any comment"].tolist() == [1, 1]
    assert share.method["any inquiry"] == NO_INQUIRY and np.isnan(share.inquiry_answer_share["any inquiry"])
    load = inquiry_rate(table, **JANUARY).iloc[0]
    assert (load.inquiry_rate, load.n) == (0, 0) and load.high == pytest.approx(3.689 / 31, abs=1e-4)
    assert inquiry_share(table).inquiry_share.tolist() == [0, 0, 0]
    for found in (waiting_curve, answered_within, waiting_time, waiting_difference, waiting_ratio, pooled_answer_share):
        assert found(table).method.eq(NO_INQUIRY).all() and found(table).n.eq(0).all()


def test_published_share_of_questions_answered():
    """Socialbakers: 477,478 of 1,574,775 questions are 30.32 %; one asker is one cluster."""
    rows = pd.DataFrame(
        {"is_answered": np.arange(1_574_775) < 477_478, "platform": "x", "author": "p", "comment_id": "c"}
    )
    rows = rows.assign(ministry="ALL", kind="complex", absent=None)
    found = inquiry_answer_share(rows, cluster="asker").query("kind == 'complex'")
    assert found.inquiry_answer_share.round(4).tolist() == [0.3032, 0.3032]
    assert found.method.tolist() == ["exact", "no interval: fewer than 8 askers"] and np.isnan(found.high.iloc[1])
    with pytest.raises(TableError, match="cluster must be one of post, asker, not 'day'"):
        inquiry_answer_share(rows, cluster="day")


def test_none_in_every_imputation_stays_none():
    """Where no imputation changes a share of 0, as where nobody coded, it is 0 and not a part of its bound."""
    none, bound = np.zeros((10, 1)), np.full((10, 1), 1 - 0.05 ** (1 / 4527))
    assert [float(each[0]) for each in _rule_errors._rubin(none, none, bound, "share of inquiries")[:3]] == [
        0,
        0,
        pytest.approx(0.000662, abs=1e-6),
    ]
