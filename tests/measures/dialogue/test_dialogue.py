"""Official answers by hand: three-valued, exact, and never 0 where nothing is known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digidip.measures.dialogue.commenters import commenter_count, returning_commenter_share
from digidip.measures.dialogue.conversation import reply_share
from digidip.measures.dialogue.dialogue import UNRECOGNISED, official_answer_count, official_answer_share
from digidip.tables import TableError

POST_OF = {"a": "1", "b": "1", "c": "1", "d": "2", "e": "2", "f": "3"}


def posts(n=4, **columns):
    """Posts 1 to n of one account, of which no comment more is reported than is held."""
    ids = [str(i + 1) for i in range(n)]
    frame = pd.DataFrame({"platform": "x", "account_id": "us", "ministry": "USA", "post_id": ids})
    return frame.assign(**{"comment_count": 0} | columns)


def comments(*rows):
    """Comments from (comment, parent, official)."""
    frame = pd.DataFrame(rows, columns=["comment_id", "parent_id", "is_official"])
    return frame.assign(platform="x", account_id="us", post_id=frame.comment_id.map(POST_OF))


HELD = comments(("a", None, False), ("b", "a", True), ("c", None, False), ("d", None, False), ("e", "d", False))


def answers(held=HELD, table=None, **options):
    """The rows of the only group."""
    table = official_answer_share(posts() if table is None else table, held, **options)
    return table.drop(columns=["ministry", "per", "interval"])


def test_official_answers_are_counted():
    """One of five comments is official: Garwood's limits of 1. Without comments the number is missing."""
    (row,) = official_answer_count(posts(), HELD).values.tolist()
    assert row == ["USA", 1, 5, pytest.approx(0.02532, abs=1e-5), pytest.approx(5.57164, abs=1e-5), "exact"]
    assert official_answer_count(posts(), HELD.iloc[:0]).official_answer_count.isna().all()


def test_the_clustered_interval_has_a_key_of_its_own():
    """Per comment there are two intervals of one share; the name of the second is another. Two posts are too few for it."""
    table = official_answer_share(posts(), HELD, per="comment")
    assert table[["per", "interval"]].values.tolist() == [["comment", ""], ["comment", "clustered"]]
    assert table.official_answer_share.nunique() == 1 and table.low.isna().tolist() == [False, True]
    assert table.method[1] == "no interval: fewer than 8 posts"


def test_share_of_posts():
    """Of four posts one is answered; a post without comments is unanswered. Clopper-Pearson of 1 in 4."""
    (row,) = answers().values.tolist()
    assert row == [0.25, 4, pytest.approx(0.00631, abs=1e-5), pytest.approx(0.80588, abs=1e-5), "exact"]


def test_share_of_comments():
    """Of the top-level comments a, c, d the ministry answers a; e is a reply and does not count."""
    table = answers(per="comment")
    assert table.official_answer_share.tolist() == pytest.approx([1 / 3, 1 / 3])
    assert table.n.tolist() == [3, 3]
    assert table.method.tolist() == ["exact", "no interval: fewer than 8 posts"]


def test_no_answer_is_bounded():
    """0 of 146 posts: at most 2.03 %; 0 of 9,490 comments, 65 under each post: 0.032 %, with design effect 0.23 %."""
    held = pd.DataFrame({"comment_id": np.arange(9490).astype(str), "post_id": (np.arange(9490) // 65 + 1).astype(str)})
    held = held.assign(platform="x", account_id="us", parent_id=None, is_official=False)
    bound = pytest.approx(0.0203096, abs=1e-6)
    assert answers(held, posts(146)).values.tolist() == [[0, 146, 0, bound, f"exact; {UNRECOGNISED}"]]
    held.loc[9489, "parent_id"] = "9488"
    bounds = answers(held, posts(146), per="comment")
    assert bounds.n.tolist() == [9489, 9489]
    assert bounds.high.tolist() == pytest.approx([0.000316, 0.00233], abs=1e-5)


@pytest.mark.parametrize(
    "held, per, reason",
    [
        (HELD.iloc[:0], "post", "not available: this export holds no comments"),
        (HELD.iloc[:0], "comment", "not available: this export holds no comments"),
        (HELD.assign(is_official=None), "post", "not available: the export does not tell official authors"),
        (HELD.assign(is_official=None), "comment", "not available: the export does not tell official authors"),
        (HELD.assign(parent_id=None), "comment", "does not tell which comment a comment answers"),
        (HELD.iloc[[1]], "comment", "not defined: nothing to answer"),
    ],
)
def test_unknown_is_never_zero(held, per, reason):
    """Without comments, authors or threads there is a reason and no number."""
    (row,) = answers(held, per=per).to_dict("records")
    assert np.isnan(row["official_answer_share"]) and row["n"] == 0
    assert reason in row["method"]


def test_unknown_authors_are_left_out():
    """Post 2 has comments by unknown authors only and leaves n; post 1 keeps its known ones."""
    held = HELD.assign(is_official=[None, True, None, None, None])
    assert answers(held)[["official_answer_share", "n"]].values.tolist() == [[pytest.approx(1 / 3), 3]]


def test_account_without_known_authors_leaves_n():
    """Silent posts count as unanswered only for an account whose commenters the export names: here posts 1 to 3."""
    table = posts(5, account_id=["us", "us", "us", "embassy", "embassy"])
    unknown = HELD.iloc[[0]].assign(comment_id="g", post_id="4", account_id="embassy", is_official=None)
    held = pd.concat([HELD.astype({"is_official": "object"}), unknown]).astype({"is_official": "boolean"})
    assert answers(held, table).n.tolist() == [3]


def test_account_without_comments_leaves_n():
    """Posts of an account of which no comment is held are unknown, not unanswered."""
    table = posts(account_id=["us", "us", "us", "embassy"])
    assert answers(table=table).n.tolist() == [3]
    by_account = official_answer_share(table, HELD, by="account_id")
    assert by_account.official_answer_share.isna().tolist() == [True, False]


def test_other_platform_does_not_match():
    """The same ids on another platform are other posts."""
    assert answers(HELD.assign(platform="facebook")).n.tolist() == [0]


def test_unknown_per_is_refused():
    """Only posts and comments can be answered."""
    with pytest.raises(TableError, match="per must be 'post' or 'comment'"):
        answers(per="day")


row = st.tuples(st.sampled_from(["1", "2", "3"]), st.integers(-1, 7), st.sampled_from([True, False, None]))


@settings(max_examples=5, deadline=None)
@given(st.lists(st.lists(row, min_size=1, max_size=8), min_size=5, max_size=5))
def test_equals_its_slow_twin(exports):
    """Counting by hand over dicts gives the same events and n; each export is of a platform of its own."""
    every = [
        [
            {"comment_id": str(i), "post_id": p, "parent_id": str(c) if c >= 0 else None, "is_official": o}
            for i, (p, c, o) in enumerate(rows)
        ]
        for rows in exports
    ]
    frames = [pd.DataFrame(held).assign(platform=f"x{n}", account_id="us") for n, held in enumerate(every)]
    frame = pd.concat(frames, ignore_index=True).astype({"is_official": "boolean"})
    table = pd.concat([posts(platform=f"x{n}") for n in range(len(every))], ignore_index=True)
    found = [official_answer_share(table, frame, by="platform", per=per) for per in ("comment", "post")]
    for n, held in enumerate(every):
        agrees_with_counting(held, *(each[each.platform == f"x{n}"].reset_index() for each in found))


def agrees_with_counting(held, per_comment, per_post):
    """The rows of one export are those that its comments, dicts, give when they are counted one by one."""
    top = [c for c in held if c["parent_id"] is None and c["is_official"] is False]
    answered = [c for c in top if any(r["is_official"] and r["parent_id"] == c["comment_id"] for r in held)]
    if top and any(c["parent_id"] for c in held):
        assert per_comment.n[0] == len(top)
        assert per_comment.official_answer_share[0] == pytest.approx(len(answered) / len(top))
    told = any(c["is_official"] is not None for c in held)
    known = [p for p in "1234" if told and _known([c["is_official"] for c in held if c["post_id"] == p])]
    official = {c["comment_id"] for c in held if c["is_official"]}
    given = [c for c in held if c["is_official"] and c["parent_id"] and c["parent_id"] not in official]
    if official and not any(c["parent_id"] for c in held):
        assert per_post.n[0] == 0 and "does not tell which comment" in per_post.method[0]
        return
    assert per_post.n[0] == len(known)
    if known:
        assert per_post.official_answer_share[0] == pytest.approx(len({c["post_id"] for c in given}) / len(known))


def _known(authors):
    """A post is known if it has no comments, or one whose author is known."""
    return not authors or any(author is not None for author in authors)


def test_a_page_that_never_answers_beside_one_that_does_has_a_share():
    """The export tells parents, since one page answers: the other's 0 of 1 is a number with its bound."""
    table = posts(2, account_id=["a", "b"], ministry=["PER", "POL"])
    comments = pd.DataFrame(
        {"platform": "x", "account_id": list("aab"), "post_id": list("112"), "comment_id": list("cde")}
    ).assign(parent_id=[None, "c", None], is_official=[False, True, False])
    rows = official_answer_share(table, comments, per="comment").query("interval == ''")
    assert rows.official_answer_share.tolist() == [1, 0] and rows.high.tolist()[1] == 0.95


def test_no_group_columns_are_one_group():
    """A selection of two ministries in one row."""
    table = posts(2, account_id=["a", "b"], ministry=["PER", "POL"])
    comments = pd.DataFrame(
        {"platform": "x", "account_id": ["a", "b"], "post_id": ["1", "2"], "comment_id": ["c", "d"]}
    )
    told = official_answer_share(table, comments.assign(parent_id=["gone", None], is_official=[True, False]), by=())
    assert told[["official_answer_share", "n"]].values.tolist() == [[0.5, 2.0]]


FULL = posts(comment_count=[3, 2, 0, 0])
SELF = comments(("a", None, True), ("b", "a", True), ("c", None, False), ("d", None, False), ("e", "d", False))


def test_what_a_page_adds_to_its_own_post_is_no_answer():
    """A top-level official comment and one that continues it answer nobody: 0 answers, with its bound."""
    (row,) = official_answer_count(FULL, SELF).to_dict("records")
    assert (row["official_answer_count"], row["n"], row["low"]) == (0, 5, 0)
    assert answers(SELF, FULL)[["official_answer_share", "n"]].values.tolist() == [[0, 4]]


def test_official_comments_without_threads_are_not_taken_for_answers():
    """Where no parent is named, an official comment may answer or not; where there is none, none answers."""
    unknown = HELD.assign(parent_id=None)
    for share in (official_answer_share(FULL, unknown), official_answer_count(FULL, unknown)):
        assert share.iloc[:, -5].isna().all() and "does not tell which comment" in share.method[0]
    assert answers(unknown.assign(is_official=False), FULL).official_answer_share.tolist() == [0]


@pytest.mark.parametrize("per", ["post", "comment"])
@pytest.mark.parametrize("official", [True, False])
def test_too_few_comments_held_give_no_share(per, official):
    """4 or 5 of 100 reported say nothing of answers, neither a rate nor a zero; a lower gate lets them."""
    table, held = posts(comment_count=[90, 10, 0, 0]), HELD.assign(is_official=HELD.is_official & official)
    (row,) = answers(held, table, per=per).to_dict("records")
    assert np.isnan(row["official_answer_share"]) and row["n"] == 0
    assert row["method"] == "not testable: 5 of 100 comments held"
    assert not answers(held, table, per=per, completeness=0.05).official_answer_share.isna().any()
    assert official_answer_count(table, held).method.tolist() == ["not testable: 5 of 100 comments held"]


def test_the_gate_is_read_post_by_post():
    """More comments held than reported under one post make up for none that is missing under another."""
    (row,) = answers(HELD, posts(comment_count=[1, 40, 0, 0])).to_dict("records")
    assert row["method"] == "not testable: 3 of 41 comments held"


def test_large_counts_are_told_with_commas():
    """1 of 1,234,567,890, and 12 of 9,490."""
    (row,) = answers(HELD.iloc[[0]], posts(1, comment_count=1_234_567_890)).to_dict("records")
    assert row["method"] == "not testable: 1 of 1,234,567,890 comments held"
    one = [HELD.iloc[[0]].assign(comment_id=str(n)) for n in range(12)]
    assert "12 of 9,490" in answers(pd.concat(one), posts(1, comment_count=9490)).method[0]


def test_posts_without_collected_comments_are_not_unanswered():
    """Post 3 has 5 comments and none is held: it leaves n, and the method says so; post 4 has none and stays."""
    table = posts(comment_count=[3, 200, 5, 0])
    more = [HELD.iloc[[3]].assign(comment_id=f"m{n}") for n in range(200)]
    (row,) = answers(pd.concat([HELD, *more]), table).to_dict("records")
    assert (row["n"], row["official_answer_share"]) == (3, pytest.approx(1 / 3))
    assert row["method"] == "exact; left out: 1 post without comments collected"


def test_accounts_without_any_comment_do_not_close_the_gate():
    """An embassy of which nothing was collected leaves the denominator; it does not make the ministry untestable."""
    table = posts(account_id=["us", "us", "us", "embassy"], comment_count=[3, 2, 0, 900])
    (row,) = answers(HELD, table).to_dict("records")
    assert row["n"] == 3 and row["method"] == "exact; left out: 1 post without comments collected"
    video = table.assign(account_id="us", medium=["photo", "photo", "photo", "video"])
    rows = official_answer_share(video, HELD, by="medium").set_index("medium")
    assert rows.method["photo"] == "exact" and rows.method["video"] == "not available: this export holds no comments"


def test_unknown_numbers_of_comments_give_no_zero():
    """Where the export reports no counts a rate says so, and no answer held is no zero."""
    table = posts().drop(columns="comment_count")
    for each in (table, table.assign(comment_count=None)):
        (row,) = answers(HELD, each).to_dict("records")
        assert row["official_answer_share"] == 0.5 and row["n"] == 2
        assert row["method"].endswith("; of how many comments is not told")
        (none,) = answers(HELD.assign(is_official=False), each).to_dict("records")
        assert np.isnan(none["official_answer_share"]) and none["method"].startswith("not testable: no answer held")


def test_the_part_on_another_platform_is_left_out_and_told():
    """Of a ministry on two platforms the one whose comments are not held leaves the share, with its numbers."""
    table = pd.concat([FULL, posts(1, platform="facebook", comment_count=50)])
    one = HELD.iloc[[0]].assign(platform="facebook", comment_id="z")
    (row,) = answers(pd.concat([HELD, one]), table).to_dict("records")
    assert row["n"] == 4 and row["method"] == "exact; left out: 1 of 50 comments held"
    told = table.assign(reply_to_account_id=None, repost_of_id=None, export_tells_replies=True)
    told["reply_to_id"], told["text"], told["posted_at"] = "q", None, "2016-01-01"
    assert reply_share(told, pd.concat([HELD, one])).method.item().endswith("; left out: 1 of 50 comments held")


def test_people_are_not_counted_from_too_few_comments():
    """5 of 100 comments say nothing of how many people comment, or come back."""
    held, table = HELD.assign(author=list("pupqp")), posts(comment_count=[90, 10, 0, 0]).assign(label="synthetic")
    held["label"] = "synthetic"
    for measure in (commenter_count, returning_commenter_share):
        rows = measure(table, held)
        assert rows.iloc[:, 1].isna().all() and rows.method.tolist() == ["not testable: 5 of 100 comments held"]
        assert measure(table, held, completeness=0.05).iloc[:, 1].notna().all()
