"""Conversation by hand: what is an answer, what is a repost, how a thread alternates, and the planted accounts."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from digidip import networks, store
from digidip.measures.dialogue import conversation
from digidip.measures.network.structure import reciprocity
from digidip.measures.statistics._comment_queries import NO_AUTHORS, NO_COMMENTS, NO_INSTANTS, NO_THREADS
from digidip.tables import TableError

COMMENT = ["comment_id", "parent_id", "is_official"]
ACTS = ["answers", "questions", "others"]


def posts(*rows, platform="x"):
    """Posts of one account from (text, reply_to_id, reply_to_account_id, repost_of_id)."""
    frame = pd.DataFrame(rows, columns=["text", "reply_to_id", "reply_to_account_id", "repost_of_id"], dtype=object)
    ids = [f"p{number}" for number in range(len(rows))]
    told = {"posted_at": "2016-01-01", "comment_count": 0, "export_tells_replies": True}
    return frame.assign(platform=platform, account_id="us", ministry="USA", post_id=ids, **told)


def comments(*rows, post="p0", platform="facebook"):
    """Comments from (comment, parent, official), in order of time."""
    at = pd.date_range("2016-01-02", periods=len(rows), freq="h", tz="UTC")
    frame = pd.DataFrame(rows, columns=COMMENT, dtype=object).assign(commented_at=at)
    return frame.assign(platform=platform, account_id="us", post_id=post)


NEWS = ("News.", None, None, None)
NONE = comments()


def acts(frame, held=NONE):
    """Answers, questions followed up and others of the only group."""
    return conversation.dialogue_index(frame, held)[ACTS].iloc[0].tolist()


def test_what_is_an_answer_where_answers_are_posts():
    """A reply to somebody is one; going on in one's own thread, by account or by post, is not; a repost is no talk."""
    answer, own = ("", "q", "them", None), ("", "p9", "us", None)
    assert acts(posts(NEWS, answer)) == [1, 0, 1]
    assert acts(posts(NEWS, own)) == [0, 0, 2]
    assert acts(posts(NEWS, ("", "p0", None, None))) == [0, 0, 2]
    assert acts(posts(NEWS, ("", None, None, "z"))) == [0, 0, 1]


@pytest.mark.parametrize("mark", ["?", "؟", "？"])
def test_a_question_counts_when_it_is_followed_up(mark):
    """A post that asks, with an official answer to a comment under it, is a question; unanswered it is another post."""
    asked = posts((f"Who{mark}", None, None, None), platform="facebook")
    answered = comments(("c", None, False), ("d", "c", True))
    ignored = comments(("c", None, False), ("d", "c", False))
    assert acts(asked, answered) == [1, 1, 0]
    assert acts(asked, ignored) == [0, 0, 1]


def test_official_comments_that_answer_nobody():
    """A top-level official comment, and one on another official comment, are no answers."""
    held = comments(("c", None, False), ("d", None, True), ("e", "d", True), ("f", "c", True))
    assert acts(posts(NEWS, platform="facebook"), held) == [1, 0, 1]


def test_an_answer_on_x_counts_once():
    """There the answer is a post and a comment: it is counted as a post alone."""
    held = comments(("c", None, False), ("p1", "c", True), platform="x")
    assert acts(posts(("Who?", None, None, None), ("", "c", "them", None)), held) == [1, 1, 0]


def test_shares_and_index_by_hand():
    """Three answers and one other post on each of eight days: 3/4, 1/2; at most as sure as Wilson of 24 in 32."""
    day = [NEWS, *[("", f"q{n}", "them", None) for n in range(3)]]
    frame = posts(*day * 8).assign(posted_at=[f"2016-01-0{1 + n // 4}" for n in range(32)])
    share = conversation.reply_share(frame, NONE).iloc[0]
    index = conversation.dialogue_index(frame, NONE).iloc[0]
    limits = [pytest.approx(end) for end in proportion_confint(24, 32, method="wilson")]
    assert share[["reply_share", "n", "low", "high"]].tolist() == [0.75, 32, *limits]
    few = conversation.reply_share(frame.head(28), NONE).iloc[0]
    assert (few.reply_share, few.method) == (0.75, "no interval: fewer than 8 days") and np.isnan(few.low)
    assert index.dialogue_index == 0.5
    assert (index.low, index.high) == (pytest.approx(2 * share.low - 1), pytest.approx(2 * share.high - 1))


def test_only_reposts_are_undefined():
    """A + Q + B = 0 has no index, which is not 0."""
    (row,) = conversation.dialogue_index(posts(("", None, None, "z")), NONE).to_dict("records")
    assert np.isnan(row["dialogue_index"]) and row["n"] == 0 and row["method"] == "not defined: no talk of its own"


@pytest.mark.parametrize(
    ("held", "reason"),
    [
        (NONE, NO_COMMENTS),
        (comments(("c", None, None)), NO_AUTHORS),
        (comments(("c", None, False)), NO_THREADS),
    ],
)
def test_what_the_export_cannot_tell(held, reason):
    """Where answers are comments: none held, no author named, no parent named, each with its reason."""
    for measure in (conversation.reply_share, conversation.dialogue_index, conversation.exchange_share):
        (row,) = measure(posts(NEWS, platform="facebook"), held).to_dict("records")
        assert row["n"] == 0 and row["method"] == reason


def test_an_account_without_comments_does_not_speak_for_the_export():
    """Where one account has comments without authors and another none, the export holds comments."""
    two = posts(NEWS, NEWS, platform="facebook").assign(account_id=["us", "we"])
    (row,) = conversation.reply_share(two, comments(("c", None, None))).to_dict("records")
    assert row["n"] == 0 and row["method"] == NO_AUTHORS


def test_unseen_questions_are_said():
    """On X without comments an index is had from posts, and the method says what it could not see."""
    assert conversation.dialogue_index(posts(NEWS), NONE).method[0].endswith("not seen")


THREADS = comments(
    ("a", None, False),  # one turn
    ("b", None, False), ("c", "b", True),  # two
    ("d", None, False), ("e", "d", True), ("f", "e", False), ("g", "f", True), ("h", "g", False),  # five
    ("i", None, True),  # nobody else in it
    ("j", None, None), ("k", "j", True),  # an unknown author
)  # fmt: skip


def test_turns_by_hand():
    """Threads of 1, 2 and 5 turns: mean 8/3; 5/3 alternations; 0, 1 and 2 official turns; one thread in three comes back."""
    frame = posts(NEWS, platform="facebook")
    depth = conversation.turn_depth(frame, THREADS)
    assert depth.turn_depth.tolist() == pytest.approx([8 / 3, 5 / 3, 1])
    assert depth.n.tolist() == [3, 3, 3]
    back = conversation.exchange_share(frame, THREADS).iloc[0]
    assert (back.exchange_share, back.n) == (pytest.approx(1 / 3), 3)
    assert conversation.exchange_share(frame, THREADS, official_turns=1).exchange_share[0] == pytest.approx(2 / 3)


def test_an_exchange_seen_is_not_bounded_by_zero():
    """One exchange in ten threads under ten posts: the lower limit lies above 0."""
    frame = pd.concat([posts(NEWS, platform="facebook").assign(post_id=f"p{n}") for n in range(10)])
    held = pd.concat(
        [
            comments(
                (f"{n}a", None, False),
                (f"{n}b", f"{n}a", n == 0),
                (f"{n}c", f"{n}a", False),
                (f"{n}d", f"{n}a", n == 0),
                post=f"p{n}",
            )
            for n in range(10)
        ]
    )
    row = conversation.exchange_share(frame, held).iloc[0]
    assert row.exchange_share == 0.1 and 0 < row.low < 0.05 and row.method == "Wilson, 10 posts as clusters"


def test_two_in_a_row_are_one_turn():
    """Two comments of others in a row are one turn of theirs."""
    held = comments(("a", None, False), ("b", "a", False), ("c", "b", True))
    assert conversation.turn_depth(posts(NEWS, platform="facebook"), held).turn_depth.tolist() == [2, 1, 1]


def test_a_lost_parent_ties_its_replies():
    """Replies to a deleted comment are one thread."""
    held = comments(("b", "gone", False), ("c", "gone", True))
    table = conversation.turn_depth(posts(NEWS, platform="facebook"), held)
    assert (table.turn_depth[0], table.n[0]) == (2, 1)


def test_replies_in_a_circle_are_one_thread():
    """Two comments that answer each other, and a third below them: three turns of one thread."""
    held = comments(("a", "b", False), ("b", "a", True), ("c", "b", False))
    table = conversation.turn_depth(posts(NEWS, platform="facebook"), held)
    assert (table.turn_depth[0], table.n[0]) == (3, 1)


def test_who_speaks_next():
    """After others' six comments: never others, three times the ministry, three times nobody; rows add up to one."""
    table = conversation.next_speaker_share(posts(NEWS, platform="facebook"), THREADS).set_index(["speaker", "next"])
    share = table.next_speaker_share
    assert share["others"].tolist() == pytest.approx([0, 3 / 5, 2 / 5]) and table.loc["others", "n"].tolist() == [5] * 3
    assert share["ministry"].tolist() == pytest.approx([2 / 3, 0, 1 / 3])


def test_no_order_of_turns_by_days_and_ages():
    """Two comments of one day: the one on top is first. Of three nobody knows which came when, and none is told."""
    held = comments(("b", "a", True), ("a", None, False), ("c", "a", False)).assign(is_approximate=True)
    found = conversation.turn_depth(posts(NEWS, platform="facebook"), held.iloc[:2])
    assert found.turn_depth.tolist() == [2, 1, 1]
    for measure in (conversation.turn_depth, conversation.exchange_share, conversation.next_speaker_share):
        assert set(measure(posts(NEWS, platform="facebook"), held).method) == {NO_INSTANTS}


def test_periods_begin_in_the_zone():
    """The last evening of December in New York is the first quarter in UTC."""
    late = posts(NEWS).assign(posted_at="2016-01-01T03:00:00Z")
    found = [
        conversation.dialogue_index_per_period(late, NONE, zone=zone).period[0] for zone in ("UTC", "America/New_York")
    ]
    assert found == ["2016Q1", "2015Q4"]
    with pytest.raises(TableError, match="period must be one of day"):
        conversation.dialogue_index_per_period(late, NONE, period="decade")


@cache
def planted():
    """The three accounts of eight quarters."""
    three = "SampleVoiceNorway, SampleVoiceCanada, SampleVoiceAustralia"
    return store.load("sample", "", "x", three, "2014-01-01", "2016-01-01", "UTC")


def test_planted_indices():
    """Norway -1, Canada 1, each within the exact bound; Australia 40 answers to 52 other posts; no repost counts."""
    held = planted()
    table = conversation.dialogue_index(held.posts, held.comments).set_index("ministry")
    assert table.dialogue_index[["CAN", "NOR"]].tolist() == [1, -1]
    assert table[ACTS].loc[["AUS", "CAN", "NOR"]].to_numpy().tolist() == [[40, 0, 52], [64, 16, 0], [0, 0, 96]]
    assert table.n.sum() + held.posts.repost_of_id.notnull().sum().to_pandas() == held.n


def test_planted_quarters():
    """Every quarter of Norway is -1 and of Canada 1; Australia's are below 0 in 2014 and above it in 2015."""
    table = conversation.dialogue_index_per_period(planted().posts, planted().comments)
    values = table.pivot(index="period", columns="ministry", values="dialogue_index_per_period")
    assert len(values) == 8 and set(values.NOR) == {-1} and set(values.CAN) == {1}
    assert (values.AUS[:4] < 0).all() and (values.AUS[4:] > 0).all()


def test_planted_threads():
    """Canada's threads have 1, 2, 2 and 5 turns in equal parts, so 2.5 in the mean; a quarter comes back."""
    held = planted()
    depth = conversation.turn_depth(held.posts, held.comments).set_index(["ministry", "statistic"])
    assert depth.turn_depth["CAN", "turns"] == 2.5 and depth.turn_depth["NOR", "turns"] == 1
    share = conversation.exchange_share(held.posts, held.comments).set_index("ministry").exchange_share
    assert share.to_dict() == {"AUS": 0, "CAN": 0.25, "NOR": 0}


def test_planted_mentions():
    """Norway and Canada mention each other, Australia mentions Norway: 2 of 3 arcs are returned."""
    held = planted()
    table = reciprocity(networks.mention_network(held.entities, held.posts, held.accounts))
    assert table.set_index("statistic").reciprocity["arcs"] == pytest.approx(2 / 3)


def test_exports_that_tell_no_replies_have_no_reply_share():
    """Lists of ids and CrowdTangle for X name nothing that a post replies to: missing with the reason, never 0."""
    for told in (posts(NEWS).assign(export_tells_replies=False), posts(NEWS).drop(columns="export_tells_replies")):
        for measure in (conversation.reply_share, conversation.dialogue_index):
            (row,) = measure(told, NONE).to_dict("records")
            assert row["n"] == 0 and row["method"] == "not available: the export does not tell which posts are replies"
    (row,) = conversation.reply_share(posts(NEWS), NONE).to_dict("records")
    assert (row["reply_share"], row["n"], row["method"]) == (0, 1, "exact, one-sided")


def test_replies_are_known_by_account_too():
    """An export with the account replied to, and no post, tells replies: to others, and to oneself."""
    frame = posts(NEWS, ("", None, "them", None), ("", None, "us", None)).drop(columns="export_tells_replies")
    assert acts(frame) == [1, 0, 2]


def test_too_few_comments_give_no_share_of_what_is_said():
    """Where answers are comments, 2 of 50 held: no share, no index, no turn; the same acts on X are posts and count."""
    held = comments(("c", None, False), ("d", "c", True))
    frame = posts(NEWS, platform="facebook").assign(comment_count=50)
    for name in ("reply_share", "dialogue_index", "exchange_share", "turn_depth", "next_speaker_share"):
        rows = getattr(conversation, name)(frame, held)
        assert rows[name].isna().all() and set(rows.method) == {"not testable: 2 of 50 comments held"}
        assert getattr(conversation, name)(frame, held, completeness=0.04)[name].notna().any()
    x = posts(NEWS, ("", "q", "them", None)).assign(comment_count=50)
    assert acts(x, held.assign(platform="x")) == [1, 0, 1]


def test_comments_of_unknown_number_give_no_zero():
    """Without reported counts no official comment among those held is no reply share of 0; one is a rate with a note."""
    frame = posts(NEWS, platform="facebook").assign(comment_count=None)
    none = conversation.reply_share(frame, comments(("c", None, False), ("d", "c", False)))
    assert none.reply_share.isna().all() and none.method[0].startswith("not testable: no answer held")
    one = conversation.reply_share(frame, comments(("c", None, False), ("d", "c", True)))
    assert one.reply_share[0] == 0.5 and one.method[0].endswith("; of how many comments is not told")
