"""Inquiries: what the rules find, whom coders outvote, how many come; and the sample's planted truth."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from digidip import store
from digidip.measures._asked import NO_INQUIRY, NO_OTHERS
from digidip.measures._questions import kind_of
from digidip.measures.answers import inquiry_answer_share, pooled_answer_share
from digidip.measures.dialogue import NO_AUTHORS, NO_COMMENTS, NO_THREADS
from digidip.measures.inquiries import (
    inquiries,
    inquiries_per_day,
    inquiries_per_weekday,
    inquiry_detection,
    inquiry_hours,
    inquiry_rate,
    inquiry_share,
)
from digidip.measures.timing import (
    answered_within,
    waiting_curve,
    waiting_difference,
    waiting_ratio,
    waiting_time,
)
from digidip.tables import TableError

JANUARY = {"start": "2016-01-01", "end": "2016-02-01"}
IDS = {"platform": "x", "account_id": "a"}
POSTS = pd.DataFrame({**IDS, "ministry": "PER", "post_id": ["1", "2"], "reply_to_id": None})
SAMPLE = Path(__file__).resolve().parents[1] / "data" / "raw" / "sample"


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
def peru():
    """Peru's page in January 2016, and its inquiries by rules and codings."""
    held = store.load("sample", "PER", "facebook", "SampleCancilleria", "2016-01-01", "2016-02-01", "America/Lima")
    return held, inquiries(held.posts, held.comments, codings=store.reference("codings"), zone="America/Lima")


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
        ("", "none"),
        (None, "none"),
        (float("nan"), "none"),
    ],
)
def test_rules_name_the_kind(text, kind):
    """Question marks of several scripts, openers and requests find an inquiry; addresses and exclamations do not."""
    assert kind_of(text) == kind


def test_one_row_per_comment_of_the_public():
    """Replies and official comments are no rows; a post without comments keeps one without a comment."""
    table = inquiries(POSTS, THREAD)
    assert table.comment_id.tolist()[:3] == ["c", "f", "h"] and table.comment_id.isna().sum() == 1
    assert table.kind.tolist()[:3] == ["procedural", "complex", "none"]


@pytest.mark.parametrize(("answer", "hours"), [("reply", [8.0, 1.0, 0.0]), ("thread", [4.0, 1.0, 0.0])])
def test_an_answer_is_to_the_comment_or_anywhere_below_it(answer, hours):
    """The answer to a reply counts for the inquiry only if the thread is asked for; else it waits to the last comment."""
    table = inquiries(POSTS, THREAD, answer=answer).dropna(subset="comment_id")
    assert table.hours.tolist() == hours
    assert table.is_answered.tolist() == [answer == "thread", True, False]


def test_observation_ends_where_it_is_said_to():
    """Answers and inquiries from `until` on are not seen, and the others wait until then; a known collection counts."""
    table = inquiries(
        POSTS, THREAD.assign(commented_at=THREAD.commented_at + pd.Timedelta(hours=20)), until="2016-01-02"
    )
    assert table.dropna(subset="comment_id")[["comment_id", "hours", "is_answered"]].values.tolist() == [
        ["c", 3.0, False],
        ["f", 1.0, False],
    ]
    collected = inquiries(POSTS, THREAD.assign(retrieved_at=pd.Timestamp("2016-01-03T00:00Z")))
    assert collected.hours.dropna().tolist() == [47.0, 1.0, 39.0]


def test_an_answer_before_its_comment_is_refused():
    """A broken clock is told with the answers concerned, not measured."""
    with pytest.raises(TableError, match=r"1 official answers are earlier than the comment they answer \(d\)"):
        inquiries(POSTS, thread(("c", None, False, 5, "Why?"), ("d", "c", True, 1, "So.")))


def test_a_thread_that_bites_its_own_tail_ends():
    """Replies in a circle neither hang nor answer anybody."""
    circle = thread(("c", "d", False, 1, "Why?"), ("d", "c", True, 2, "So."), ("e", None, False, 3, "Who?"))
    assert inquiries(POSTS, circle, answer="thread").is_answered.dropna().tolist() == [False]


def test_unknown_way_to_answer_is_refused():
    """The word is named."""
    with pytest.raises(TableError, match="answer must be 'reply' or 'thread', not 'mail'"):
        inquiries(POSTS, THREAD, answer="mail")


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
    row = inquiry_answer_share(inquiries(POSTS, comments)).iloc[0]
    assert np.isnan(row.inquiry_answer_share) and row.n == 0 and row.method == why


def coded_twice(codes_a, codes_b, items="cfh"):
    """Codings of two coders."""
    rows = [("inquiry", item, "kind", coder, code) for coder, codes in (("a", codes_a), ("b", codes_b))
            for item, code in zip(items, codes, strict=True)]  # fmt: skip
    return pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"])


def test_coders_who_agree_outvote_the_rules():
    """Their kind stands where both chose it; the rules keep the rest."""
    agreed = coded_twice(["complex", "none", "procedural"], ["complex", "none", "procedural"])
    table = inquiries(POSTS, THREAD, codings=agreed).dropna(subset="comment_id")
    assert table.kind.tolist() == ["complex", "none", "procedural"]
    assert table.basis.tolist() == ["codings"] * 3
    found = inquiry_detection(table).set_index("statistic").inquiry_detection
    assert found[["precision", "recall", "F1", "kind"]].tolist() == [0.5, 0.5, 0.5, 0.0]


def test_coders_below_the_gate_are_not_heard():
    """Without agreement no code is used and detection has no result."""
    quarrel = coded_twice(["complex", "none", "none"], ["none", "complex", "complex"])
    table = inquiries(POSTS, THREAD, codings=quarrel)
    assert set(table.basis) == {"rules"}
    assert inquiry_detection(table).method.str.startswith("no result").all()


def test_unknown_code_is_refused():
    """A code outside the codebook is named."""
    strange = coded_twice(["banana", "none", "none"], ["banana", "none", "none"])
    with pytest.raises(TableError, match="inquiry, kind is 'banana'"):
        inquiries(POSTS, THREAD, codings=strange)


def test_garwood_for_thirty_days():
    """600 inquiries in 30 days are 18.4 to 21.7 a day."""
    at = pd.date_range("2016-01-01", periods=600, freq="72min")
    rows = pd.DataFrame(
        {"ministry": "PER", "comment_id": at.astype(str), "kind": "complex", "absent": None, "asked": at}
    )
    found = inquiry_rate(rows, start="2016-01-01", end="2016-01-31").iloc[0]
    assert found.inquiry_rate == 20 and (round(found.low, 1), round(found.high, 1)) == (18.4, 21.7)


def test_frame_given_is_frame_kept(peru):
    """The measures leave the table of inquiries as it is."""
    asked = peru[1]
    before = asked.copy(deep=True)
    for measure in (inquiry_share, inquiry_detection, inquiry_hours, inquiry_answer_share, pooled_answer_share):
        measure(asked)
    assert_frame_equal(asked, before)


def test_planted_questions_are_found(peru):
    """423 questions among the comments: the rules alone find every text with a question mark, and no other."""
    held, _ = peru
    table = inquiries(held.posts, held.comments, zone="America/Lima").dropna(subset="comment_id")
    texts = held.comments.select("comment_id", "text").to_pandas().set_index("comment_id").text
    marked = table.comment_id.map(texts).str.contains("?", regex=False)
    assert (table.kind != "none").sum() == 423 and ((table.kind != "none") == marked).all()


def test_codings_of_the_sample_are_of_comments_held(peru):
    """150 comments by two coders, all of them in the holding; the kind they name is that of the rules."""
    rows = store.reference("codings").query("codebook == 'inquiry'")
    assert len(rows) == 300 and rows.item_id.nunique() == 150 and set(rows.coder) == {"coder-a", "coder-b"}
    assert set(rows.item_id) <= set(peru[0].comments.comment_id.to_list())
    assert set(rows.label) == {"synthetic"}
    assert inquiry_detection(peru[1]).inquiry_detection.min() > 0.95


def test_planted_load_is_about_twenty_a_day_on_both_platforms():
    """621 inquiries in 31 days: 20.03 a day, as planted."""
    held = store.load("sample", "PER", "", "SampleCancilleria", "2016-01-01", "2016-02-01", "America/Lima")
    found = inquiry_rate(inquiries(held.posts, held.comments, zone="America/Lima"), **JANUARY).iloc[0]
    assert found.n == 621 and found.low < 20 < found.high


@pytest.mark.parametrize(
    ("ministry", "account", "zone", "share", "answered"),
    [
        ("PER", "SampleCancilleria", "America/Lima", 0.889, 376),
        ("IND", "", "Asia/Kolkata", 0.2, 80),
        ("USA", "SampleStateSteady", "America/New_York", 0.0, 0),
    ],
)
def test_planted_shares_are_recovered(ministry, account, zone, share, answered):
    """88.9 %, 20.0 % and none are answered, within both intervals."""
    held = store.load("sample", ministry, "facebook", account, "2016-01-01", "2016-02-01", zone)
    table = inquiry_answer_share(inquiries(held.posts, held.comments)).query("kind == 'any inquiry'")
    assert (table.inquiry_answer_share * table.n).round().eq(answered).all()
    assert (table.low <= share).all() and (share <= table.high).all() and len(table) == 2


def test_kinds_are_those_of_the_raw_file(peru):
    """Answered by kind, counted again from the raw comments by the phrases they were made from."""
    with open(SAMPLE / "per_facebook_comments.csv", encoding="utf-8", newline="") as file:
        raw = list(csv.DictReader(file))
    answered = {row["parent_id"] for row in raw if row["comment_author"] == "Cancillería de muestra"}
    words = ("detenido", "hija", "papeles", "herencia", "papers", "stamped")
    hard = [
        row["comment_id"]
        for row in raw
        if "?" in row["comment_message"] and any(w in row["comment_message"] for w in words)
    ]
    found = inquiry_answer_share(peru[1]).query("kind == 'complex'").iloc[0]
    assert found.n == len(hard) and round(found.inquiry_answer_share * found.n) == len(answered & set(hard))


def test_days_and_hours_sum_to_the_whole(peru):
    """Daily, weekly and hourly counts hold the same 423 inquiries, and the hours all 376 answers."""
    asked = peru[1]
    assert inquiries_per_day(asked, **JANUARY).inquiries_per_day.sum() == 423
    weekdays = inquiries_per_weekday(asked, **JANUARY)
    assert weekdays.n.sum() == 423 and weekdays.inquiries_per_weekday[4] == pytest.approx(weekdays.n[4] / 5)
    hours = inquiry_hours(asked)
    assert (hours.inquiry_hours.sum(), hours.answers.sum(), len(hours)) == (423, 376, 168)


def test_clusters_widen_the_interval():
    """Ten posts, five answered throughout and five not at all, are ten observations: Clopper-Pearson of 5 in 10."""
    rows = pd.DataFrame({"ministry": "PER", "platform": "x", "post_id": np.repeat([*map(str, range(10))], 10)})
    rows = rows.assign(comment_id=[*map(str, range(100))], kind="complex", absent=None)
    rows["is_answered"] = rows.post_id.astype(int) < 5
    exact, clustered = inquiry_answer_share(rows).query("kind == 'complex'")[["low", "high"]].to_numpy()
    assert exact == pytest.approx([0.398, 0.602], abs=5e-4)
    assert clustered == pytest.approx([0.170, 0.830], abs=2e-2)  # n_eff = 9: deff divides by clusters - 1


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
    table = inquiries(POSTS, thread(("c", None, False, 1, "Hello"), ("d", "c", True, 2, "Hello")))
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
    assert found.method.tolist() == ["exact", "exact, 1 askers as clusters"] and found.high.iloc[1] > 0.9
    with pytest.raises(TableError, match="cluster must be one of post, asker, not 'day'"):
        inquiry_answer_share(rows, cluster="day")
