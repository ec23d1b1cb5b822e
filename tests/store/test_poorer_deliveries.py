"""A later, poorer delivery takes nothing away: of each value the latest observation that tells it counts."""

import yaml

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
