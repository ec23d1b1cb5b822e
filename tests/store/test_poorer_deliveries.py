"""A later, poorer delivery takes nothing away: of each value the latest observation that tells it counts."""

import ibis
import pandas as pd
import yaml
from ibis import _

from digidip.clean._rows import filled_rows

COLUMNS = ["post_id", "account_id", "posted_at", "text", "lang", "medium", "like_count", "view_count", "retrieved_at"]
MAP = {"table": "posts", "platform": "x", "columns": {c: c for c in COLUMNS}, "words": {"medium": {"photo": "photo"}}}
EARLY, LATE = "2016-02-01T00:00:00Z", "2016-03-01T00:00:00Z"
FIRST = [
    f"fewer,7,2016-01-05T10:00:00Z,First words,en,photo,3,40,{EARLY}",
    f"edited,7,2016-01-05T11:00:00Z,Tpyo,en,,3,40,{EARLY}",
    f"same,7,2016-01-05T12:00:00Z,Words,en,photo,3,40,{EARLY}",
    f"another,7,2016-01-05T13:00:00Z,Words,en,photo,3,40,{EARLY}",
]
SECOND = [
    f"fewer,7,2016-01-05T10:00:00Z,,,,5,,{LATE}",
    f"edited,7,2016-01-05T11:00:00Z,Typo,,,,,{LATE}",
    f"same,7,2016-01-05T12:00:00Z,Words,en,photo,0,40,{LATE}",
]
THIRD = [f"another,mfa,2016-01-05T13:00:00Z,,,,5,,{LATE}"]


def test_a_later_delivery_that_tells_less_takes_nothing_away(export, deliver, build):
    """Missing values replace none, texts and counts are the last told; an id of two accounts is a post of the first."""
    for name, records in (("a.csv", FIRST), ("b.csv", SECOND), ("c.csv", THIRD)):
        export(f"{name}.map.yml", yaml.safe_dump(MAP))
        deliver(name, "\n".join([",".join(COLUMNS), *records]) + "\n", label="synthetic")
    facts, held = build()
    frame = held.posts.to_pandas().astype(object).set_index("post_id")
    cells = ["account_id", "text", "lang", "medium", "like_count", "view_count", "export"]
    assert frame.where(frame.notna(), None)[cells].T.to_dict("list") == {
        "fewer": ["7", "First words", "en", "photo", 5, 40, "per/b.csv"],
        "edited": ["7", "Typo", "en", None, 3, 40, "per/b.csv"],
        "same": ["7", "Words", "en", "photo", 0, 40, "per/b.csv"],
        "another": ["7", "Words", "en", "photo", 3, 40, "per/a.csv"],
    }
    # Counts keep the time of their collection.
    assert [str(frame.retrieved_at[name])[5:7] for name in ("fewer", "edited", "same")] == ["03", "02", "03"]
    [complete] = [step["reason"] for step in facts["account_of_rows"] if step["step"] == "complete"]
    assert complete == "2 rows keep what only an earlier observation tells"
    told = "per/c.csv: 1 posts have the id of a post that another file gives to another account"
    assert facts["rejects"] == 1 and any(note.startswith(told) for note in facts["notes"])


def observed_twice(table, **columns):
    """What `filled_rows` makes of rows of two files, each id in both."""
    key = {"posts": "post_id", "comments": "comment_id"}[table]
    frame = pd.DataFrame({**columns, "platform": "x", "export": ["a", "b"] * 2, "export_row": 1, "label": "real"})
    rows = ibis.memtable(frame.assign(**{key: ["1", "1", "2", "2"]}))
    rows = rows.mutate(retrieved_at=ibis.null("timestamp('UTC')"))
    rows = rows.mutate(is_approximate=_.is_approximate.cast("boolean")) if table == "comments" else rows
    return filled_rows(rows, table, {"a": 0, "b": 1}).order_by(key).to_pandas()


def test_what_is_said_of_a_cell_goes_with_it():
    """`reposted:` of one text stays not with another's; an age does not take the place of an instant."""
    texts = ["RT @other: Words", "Own words", "RT @other: Words", None]
    marks, medium = ["reposted:1", None, "reposted:2", None], ["photo", None] * 2
    found = observed_twice("posts", text=texts, repost_of_id=marks, medium=medium)
    assert found.text.tolist() == ["Own words", "RT @other: Words"]
    assert found.repost_of_id.fillna("").tolist() == ["", "reposted:2"]
    at = pd.to_datetime(["2020-01-01 10:00Z", "2020-01-01 11:52Z"] * 2)
    found = observed_twice(
        "comments", text=["?", "?", None, "?"], commented_at=at, is_approximate=[None, True, True, True]
    )
    assert found[["commented_at", "export"]].values.tolist() == [[at[0], "b"]] and found.is_approximate.isna().all()
