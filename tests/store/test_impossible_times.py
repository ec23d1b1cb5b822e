"""A time that cannot be, before the platform or after the collection, stops nothing: the id tells it, or the row is a reject."""

import json
from pathlib import Path

from conftest import Together, current_build

from digidip.store._holding import table_of

SAMPLES = Path(__file__).parents[1] / "samples"
POST = 690000000000000000  # 2016-01-21T02:36:34Z by its clock
PLAN = (
    "table: posts\nplatform: facebook\ncolumns:\n  post_id: id\n  account_id: page\n  posted_at: when\n  text: text\n"
)
# One holding for all; each test looks at its own export.
together = Together()


def rows(built, export, name, *columns):
    """Rows of an export in a table, with their times as text."""
    table = table_of(current_build(built.home), name)
    frame = table.filter(table.export == export).select(*columns).to_pandas().astype("string")
    return sorted(frame.fillna("").values.tolist())


def of_x(stamp, number=POST):
    """A post of API v2 as own scripts keep it, one to a line."""
    post = {"id": str(number), "author_id": "7", "created_at": stamp, "text": "Statement", "conversation_id": "1"}
    return json.dumps(post | {"public_metrics": {"like_count": 1}}) + "\n"


BROKEN = (SAMPLES / "bluesky_feed" / "time_no_calendar_holds.json").read_text(encoding="utf-8")
together.deliver("clocks.json", BROKEN, ministry="KAZ", label="synthetic")


def test_broken_clocks_of_bluesky_stand_where_the_server_saw_them(built):
    """Years 0 and 1 become the time of indexing, and a note counts them."""
    assert any("2 of 3 posts: createdAt before Bluesky existed" in note for note in built.notes)
    assert [at for [at] in rows(built, "kaz/clocks.json", "posts", "posted_at")] == [
        "2025-01-20 15:47:08+00:00",
        "2025-01-20 15:48:09+00:00",
        "2025-01-20 15:49:09+00:00",
    ]


STAMPS = [
    "0001-01-01T00:00:00.000Z",
    "2005-01-01T00:00:00.000Z",
    "9999-12-31T23:59:59.000Z",
    "2016-01-21T02:36:34.000Z",
]
together.deliver("x.jsonl", "".join(of_x(stamp, POST + n) for n, stamp in enumerate(STAMPS)), label="synthetic")


def test_ids_of_x_tell_what_the_stamp_cannot(built):
    """A post on X before X, or in a year that no library counts, stands at the time in its id, with a note."""
    assert rows(built, "per/x.jsonl", "posts", "posted_at") == [["2016-01-21 02:36:34+00:00"]] * 4
    told = "per/x.jsonl: 3 of 4 posts: a time before the platform or after the collection"
    assert any(note.startswith(told) for note in built.notes)


DAYS = ["0001-01-01", "1789-07-14", "2003-12-31", "2300-01-01", "2016-01-05"]
PAGE = "".join(f"7_{n},7,{day}T10:00:00Z,Text {n}\n" for n, day in enumerate(DAYS, 1))
together.deliver("p.csv", "id,page,when,text\n" + PAGE, label="synthetic", column_map=PLAN)


def test_other_posts_and_comments_are_rejects(built):
    """Where no id tells the time, the row is a reject with its number; the others stay."""
    assert rows(built, "per/p.csv", "posts", "post_id") == [["7_5"]]
    rejects = (current_build(built.home) / "rejects.csv").read_text()
    assert all(f"per/p.csv,{n},no readable posted_at" in rejects for n in range(1, 5))


LATE = "id,page,when,text\n8_1,8,2016-02-02T11:00:00Z,Same day\n8_2,8,2016-03-01T10:00:00Z,Later\n"
together.deliver("late.csv", LATE, label="synthetic", retrieved_at="2016-02-01", column_map=PLAN)


def test_what_was_posted_after_the_collection_is_a_reject(built):
    """A post two days and more after the file was collected cannot be; one on that day in any zone can."""
    assert rows(built, "per/late.csv", "posts", "post_id") == [["8_1"]]


together.deliver(
    "a.csv",
    "day,n\n1600-01-01,3\n2016-01-01,4\n",
    ministry="",
    label="synthetic",
    column_map="table: attention\ncolumns:\n  source: {constant: s}\n  series: {constant: q}\n"
    "  unit: {constant: articles}\n  span: {constant: day}\n  begins_at: {from: day, zone: UTC}\n  value: n\n",
)


def test_observations_and_intervals_are_rejects(built):
    """Metrics and attention of a year that cannot be are rejects with the name of the column."""
    assert rows(built, "all/a.csv", "attention", "value") == [["4.0"]]
    assert "all/a.csv,1,begins_at that cannot be" in (current_build(built.home) / "rejects.csv").read_text()
