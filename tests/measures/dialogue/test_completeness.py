"""The gate before anything is said of answers: one rule, and every measure of them takes it and says why it is missing."""

import inspect
from functools import cache

import pandas as pd
import pytest

from digidip import measures

OTHER = (
    "platform_share",
    "inquiry_detection",
    "comment_attrition",
    "loss_bounds",
    "engagement_hour_share",
)  # of comments, or of their loss
SPEAK = [
    name
    for name in measures.units()
    if "comments" in inspect.signature(measures.measure(name)).parameters and name not in OTHER
]
OF_TABLE = [
    name
    for name in measures.units()
    if next(iter(inspect.signature(measures.measure(name)).parameters)) == "inquiries" and name not in OTHER
]
IDS = {"platform": "facebook", "account_id": "a"}
POSTS = pd.DataFrame(
    {
        **IDS,
        "ministry": "PER",
        "post_id": list("123456789"),
        "posted_at": [f"2016-01-0{n}T10:00Z" for n in range(1, 10)],
    }
).assign(comment_count=[1054] * 8 + [1058], text="Why?", medium="photo", like_count=1, repost_count=1)
POSTS = POSTS.assign(**dict.fromkeys(["link", "reply_to_id", "reply_to_account_id", "repost_of_id", "quote_of_id"]))
COMMENTS = pd.DataFrame(
    {**IDS, "post_id": "1", "comment_id": list("cdefghijklmn"), "parent_id": [None] * 6 + list("cdefgh")}
)
COMMENTS = COMMENTS.assign(
    author=["p"] * 6 + ["a"] * 6, is_official=[False] * 6 + [True] * 6, text="How much?", lang="en"
)
COMMENTS["commented_at"] = [f"2016-01-01T11:{n:02}Z" for n in range(12)]
WINDOW = {"start": "2016-01-01", "end": "2016-01-10"}
METRICS = pd.DataFrame({**IDS, "observed_at": ["2016-01-01"], "follower_count": [50]})
MUSEUM = {"platform": "facebook", "account_id": ["m"], "kind": "museum", "follower_count": 40, "posting_rate": 2.0}
MUSEUM = pd.DataFrame(MUSEUM | {"comment_count": 4, "answered_count": 1, "mentioned_count": 2, "returned_count": 1})
ACCOUNTS = pd.DataFrame({**IDS, "ministry": ["PER"]})
FOLLOWS = pd.DataFrame({"platform": "facebook", "source_id": ["p"], "target_id": "a", "tie": "follow"})
FOLLOWS = pd.concat([FOLLOWS.assign(observed_at=f"2016-01-0{day}T00:00Z") for day in range(1, 6)])
CODINGS = pd.DataFrame({"codebook": "topic", "item_id": ["1", "c"], "variable": "topic", "coder": "a", "code": "visa"})
CRISIS = pd.DataFrame({"event": ["Flood"], "ministry": "PER", "kind": "crisis"}).assign(
    begins_at=pd.Timestamp("2016-01-01", tz="UTC"), ends_at=pd.Timestamp("2016-01-02", tz="UTC")
)


@cache
def inquiries(**choices):
    """The table of inquiries of the nine posts, made once for all measures of it."""
    return measures.inquiry_table(POSTS, COMMENTS, **choices)


def found(name, **choices):
    """The table of a measure of nine posts with 12 of 9,490 comments held."""
    function = measures.measure(name)
    wanted = inspect.signature(function).parameters
    tables = {"posts": POSTS, "comments": COMMENTS, "metrics": METRICS, "baseline": MUSEUM, "events": CRISIS, **WINDOW}
    tables |= {"follows": FOLLOWS, "accounts": ACCOUNTS, "codings": CODINGS}
    if "inquiries" in wanted:
        tables["inquiries"] = inquiries(**choices)
        choices = {}
    if "draws" in wanted:
        choices = choices | {"draws": 9}
    positional = [
        name
        for name in ("inquiries", "follows", "accounts", "posts", "comments", "metrics", "baseline", "codings")
        if name in wanted
    ]
    given = {name: tables[name] for name in ("start", "end", "events") if name in wanted}
    return function(*[tables[name] for name in positional], **given, **choices)


@pytest.mark.parametrize("name", sorted({*SPEAK, *OF_TABLE}))
def test_nothing_is_said_of_answers_below_the_gate(name):
    """Of 12 comments of 9,490 nothing is known of who is answered, whatever the measure, and it says so."""
    table = found(name)
    if name in ("practice_indicator", "dimension_score"):
        table = table[table["dimension"].eq("engagement")]
        table = table[table["method"].ne("mean of 1 shares")]
    if name == "departure_hazard":
        table = table[table["of"].ne("tenure")]
    if name == "reciprocity_gap":
        table = table[table["statistic"].eq("comments answered")]
    if name == "unresponsive_share":
        assert table["unknown"].tolist() == [1]
        return
    assert table[name].isna().all()
    if name not in ("dimension_rank",):
        assert table["method"].str.contains("12 of 9,490 comments held").all(), table["method"].tolist()


@pytest.mark.parametrize("name", SPEAK)
def test_the_gate_is_a_choice(name):
    """Each takes `completeness`, or the table of inquiries that it reads does."""
    parameters = inspect.signature(measures.measure(name)).parameters
    assert {"completeness", "inquiries"} & set(parameters)
