"""Tests of small cells: fewer than five people are told nowhere, nor by subtraction."""

import numpy as np
import pandas as pd
import pytest

from digidip import claims, figures, measures
from digidip.measures import _small_cells as cells
from digidip.tables import TableError, smallest_cell

IDS = {"platform": "x", "account_id": "a", "is_official": False}


def holding(people, label="real"):
    """A post of each group, and comments by so many people under it; the groups are media."""
    rows = [(group, f"{group}{n}") for group, many in people.items() for n in range(many)]
    held = pd.DataFrame(rows, columns=["post_id", "author"]).assign(comment_id=lambda f: f.index.astype(str), **IDS)
    posts = pd.DataFrame({**IDS, "post_id": [*people], "ministry": "PER", "medium": [*people], "label": label})
    return posts, held.assign(label=label)


@pytest.mark.parametrize("seed", range(60))
def test_no_withheld_cell_follows_from_the_margins(seed):
    """Random two-way tables: every hidden cell can take another value under the same margins, and no small one is told."""
    rng = np.random.default_rng(seed)
    rows, columns = rng.integers(1, 7, 2)
    counts = rng.choice([0, 1, 2, 4, 5, 9, 40], rows * columns).astype(float)
    keys = pd.MultiIndex.from_product([range(rows), range(columns)], names=["row", "column"]).to_frame(index=False)
    keep = rng.random(len(keys)) < 0.9
    counts, keys = counts[keep], keys[keep]
    lines = cells.margins(keys)
    hidden = cells.hidden_cells(counts, lines, 5)
    assert hidden[(counts > 0) & (counts < 5)].all()
    # the audit is another one than that of the code: null space of the margins, singular values, only over hidden cells
    system = lines[:, hidden].astype(float)
    _, sizes, turned = np.linalg.svd(np.vstack([system, np.zeros((1, hidden.sum()))]), full_matrices=True)
    rank = int((sizes > 1e-9).sum())
    free = np.abs(turned[rank:]).max(axis=0, initial=0) > 1e-9
    within = (lines & ~hidden).any(axis=1) @ lines[:, hidden] > 0  # in a margin in which something is told
    assert free[within].all()
    sums = lines[:, hidden] @ counts[hidden]
    some = lines[:, hidden].any(axis=1) & (lines & ~hidden & (counts > 0)).any(axis=1)
    assert (sums[some] >= 5).all()


def test_a_single_small_cell_takes_the_next_smallest_with_it():
    """3, 20 and 50 people: the total of 73 would give the 3; 0 people are told, since nobody is in that cell."""
    found = measures.commenter_count(*holding({"a": 3, "b": 20, "c": 50}), by="medium")
    assert found.n.isna().tolist() == [True, True, False] and found.comments.isna().tolist() == [True, True, False]
    assert found.method.tolist() == ["withheld: fewer than 5 people, here or in a cell beside it"] * 2 + [""]
    assert measures.commenter_count(*holding({"a": 3, "b": 20}, "synthetic"), by="medium").n.tolist() == [3, 20]
    posts, held = holding({"a": 3, "b": 20, "c": 50})
    assert measures.commenter_count(posts=posts, comments=held, by="medium").n.isna().sum() == 2
    unlabelled = [table.drop(columns="label") for table in holding({"a": 3, "b": 20})]
    assert measures.commenter_count(*unlabelled, by="medium").n.isna().all()


def test_a_share_tells_neither_who_has_it_nor_who_lacks_it():
    """Of 30 people 2, or 28, come back: two people told. 0 of 30, and 10 of 30, are told."""
    for back, is_told in {0: True, 2: False, 10: True, 28: False}.items():
        posts, held = holding({"a": 30})
        twice = pd.concat([held, held[:back].assign(comment_id=lambda f: "again" + f.comment_id)])
        assert measures.returning_commenter_share(posts, twice).n.notna().tolist() == [is_told]


def test_k_is_a_choice_down_to_three(monkeypatch, refused):
    """7 people are told for 5 and not for 10; 2 would let each of two tell the other."""
    told = {}
    for k in ("", "10"):
        monkeypatch.setenv("DIGIDIP_K", k)
        told[k] = measures.commenter_count(*holding({"a": 7})).n.notna().tolist()
    assert told == {"": [True], "10": [False]}
    for k in ("2", "five", "٥"):
        monkeypatch.setenv("DIGIDIP_K", k)
        assert "DIGIDIP_K" in refused(TableError, smallest_cell)


def test_two_definitions_do_not_tell_the_people_between_them():
    """100 people by one definition and 98 by another are told once, 40 beside them too."""
    posts, held = holding({"a": 98, "b": 2, "c": 40})
    variants = {"all": posts, "without b": posts[posts.post_id != "b"], "c": posts[posts.post_id == "c"]}
    posts = posts.assign(medium="")
    found = measures.by_definition(measures.commenter_count, variants, comments=held, by=[])
    assert found.n.astype("Float64").fillna(-1).tolist() == [140, -1, 40]


def test_no_exit_tells_a_small_cell():
    """Table, facts, finding, figure and its CSV: 3 people and their share stand in none of them."""
    posts, held = holding({"a": 3, "b": 20, "c": 50})
    count = measures.commenter_count(posts, held, by="medium")
    share = measures.returning_commenter_share(posts, held, by="medium")
    said, facts = claims.report_together("real", count, share)._repr_mimebundle_()
    numbers = [[fact[name] for name in ("value", "n", "low", "high")] for fact in facts["digidip"]["facts"]]
    assert numbers[0] == numbers[1] == numbers[3] == [None] * 4 and numbers[2][:2] == [50, 50]
    assert "withheld: fewer than 5 people" in said["text/plain"] and " 3 " not in said["text/plain"]
    one = measures.commenter_count(*holding({"a": 3}))
    [sentence] = claims.finding("real", "There were {}", one).sentences
    assert sentence.endswith(
        "people who comment cannot be told: withheld: fewer than 5 people, here or in a cell beside it."
    )
    drawn = figures.plot_intervals(count, caption="real", measure="commenter_count", name="people")
    assert not {"3", "20"} & set(drawn.table.astype(str).to_numpy().ravel()) and "20" not in drawn.alt


def test_every_measure_of_people_says_where_they_are_counted():
    """The columns that count people are columns of the table, and each such table has a reason to give."""
    said = {name: given for name, given in measures.registered().items() if given["people"]}
    assert {
        "commenter_count",
        "session_answered_share",
        "session_topic_share",
        "role_share",
        "reach_rate",
        "departure_hazard",
        "departure_ratio",
        "return_share",
        "return_difference",
    } <= said.keys()
    for given in said.values():
        assert {*given["people"]} <= {"n", *given["columns"]} and "method" in given["columns"]


def test_few_questions_on_a_topic_are_of_few_people():
    """Six questions on visas and one on a war: the rare topic takes the other with it, since their sum is told."""
    ids = {"platform": "x", "post_id": "1", "account_id": "a", "label": "real"}
    posts = pd.DataFrame({**ids, "ministry": "PER", "posted_at": pd.to_datetime(["2016-01-01T08:00Z"])})
    posts[["reply_to_id", "reply_to_account_id"]] = None
    at = pd.to_datetime([f"2016-01-01T09:0{n}Z" for n in range(10)])
    comments = pd.DataFrame(
        {**ids, "comment_id": [*"abcdefg", *"xyz"], "parent_id": [None] * 7 + [*"abc"], "commented_at": at}
    )
    comments = comments.assign(author=[*"pqrstuv", *"aaa"], is_official=[False] * 7 + [True] * 3, lang=None)
    comments["text"] = ["#visa?"] * 6 + ["#war?"] + [""] * 3
    window = {"start": "2016-01-01", "end": "2016-01-02"}
    real = measures.session_topic_share(posts, comments, **window)
    invented = measures.session_topic_share(
        posts.assign(label="synthetic"), comments.assign(label="synthetic"), **window
    )
    assert invented[["topic", "asked"]].values.tolist() == [["visa", 6], ["war", 1]]
    assert real[["session_topic_share", "n", "asked", "answered", "p"]].isna().all(axis=None)


def test_few_who_left_are_told_nowhere():
    """Three of nine silent followers leave after the first day: their number and rate are withheld, named or not."""
    rows = [(who, f"2019-09-0{day}") for day in (1, 2, 3) for who in ("pqrstuvwx" if day == 1 else "pqrstu")]
    follows = pd.DataFrame(rows, columns=["source_id", "observed_at"]).assign(platform="x", target_id="a", tie="follow")
    accounts = pd.DataFrame({"platform": ["x"], "account_id": "a", "ministry": "PER", "label": "synthetic"})
    posts, said = holding({"1": 2}, "synthetic")
    said = said.assign(text="Who?", lang=None, parent_id=[None, "0"], is_official=[False, True], author=["y", "a"])
    others = {"accounts": accounts, "posts": posts, "comments": said.assign(commented_at="2019-09-01")}
    invented, real = (
        measures.departure_hazard(follows=follows.assign(label=label), of="status", **others).iloc[-1]
        for label in ("synthetic", "real")
    )
    assert invented.n == 3 and real[["departure_hazard", "n", "low", "high", "follower_days"]].isna().all()


def test_parts_follow_from_no_whole():
    """Of 20 ignored, 3 long ago, beside 40 answered: no part gives the 3, nor the parts a whole that is withheld."""
    keys = [("status", "ignored"), ("status", "answered"), ("since", "ignored, days 0 to 2")]
    keys += [("since", "ignored, from 7"), ("since", "answered, days 0 to 2"), ("since", "answered, from 7")]
    table = pd.DataFrame(keys, columns=["of", "level"]).assign(
        departure_hazard=1.0, n=[20, 40, 3, 17, 30, 10], method=""
    )
    people = pd.DataFrame({"label": ["real"]})
    found = cells.withhold(table.assign(left_out=0), measures.departure_hazard, [people])
    assert found.n.isna().tolist() == [False, False, True, True, False, False]
    table["n"] = [6, 3, 6, 0, 3, 0]
    found = cells.withhold(table.assign(left_out=0), measures.departure_hazard, [people])
    assert found.n.isna().all()


def test_small_numbers_beside_a_measure_are_withheld():
    """Three followers at first, and 60 of another account: their sum would tell the three."""
    accounts = pd.DataFrame({"platform": "x", "account_id": ["a", "b", "c"], "ministry": "PER", "label": "real"})
    days = ["2019-09-01", "2019-09-02"]
    counts = {"account_id": list("aabbcc"), "observed_at": days * 3, "follower_count": [3, 30, 60, 70, 90, 90]}
    metrics = pd.DataFrame(counts).assign(platform="x", label="real")
    flows = measures.follower_flow(metrics, accounts).query("flow == 'net'")
    assert flows["first"].fillna(-1).tolist() == [-1, -1, 90] and flows.follower_flow.tolist() == [27, 10, 0]
    assert flows.method.str.contains("first withheld: fewer than 5").tolist() == [True, True, False]
    index = measures.follower_index(metrics, accounts, by="account_id")
    assert index.followers.isna().sum() == 4 and index.followers.dropna().tolist() == [90, 90]


def test_one_person_between_and_parts_of_a_withheld_row():
    """A difference of one is told as little as one of four; where a row goes beside a small one, its parts go too."""
    assert cells.close_cells(np.array([101.0, 100]), np.ones((2, 2), bool), 5).tolist() == [False, True]
    keys = [("status", "ignored"), ("status", "answered"), ("since", "ignored, early"), ("since", "ignored, late")]
    table = pd.DataFrame(keys, columns=["of", "level"]).assign(
        departure_hazard=1.0, n=[6, 3, 6, 0], left_out=0, method=""
    )
    found = cells.withhold(table, measures.departure_hazard, [pd.DataFrame({"label": ["real"]})])
    assert found.n.isna().all()
