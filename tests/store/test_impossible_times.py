"""A time that cannot be, before the platform or after the collection, stops nothing: the id tells it, or the row is a reject."""

import json
from pathlib import Path

import pytest
from conftest import current_build

from digidip.store._holding import table_of

SAMPLES = Path(__file__).parents[1] / "samples"
POST = 690000000000000000  # 2016-01-21T02:36:34Z by its clock


@pytest.fixture
def built(digidip, home):
    """Add a file and build; a function that gives the build's words, and rows of a table with their times as text."""

    def run(path, *options):
        code, out, err = digidip("add", path, "--label", "synthetic", *options)
        assert code == 0, err
        code, told, err = digidip("build")
        assert code == 0, err

        def rows(name, *columns):
            frame = table_of(current_build(home), name).select(*columns).to_pandas().astype("string")
            return sorted(frame.fillna("").values.tolist())

        return out + told, rows

    return run


def of_x(stamp, number=POST):
    """A post of API v2 as own scripts keep it, one to a line."""
    post = {"id": str(number), "author_id": "7", "created_at": stamp, "text": "Statement", "conversation_id": "1"}
    return json.dumps(post | {"public_metrics": {"like_count": 1}}) + "\n"


def test_broken_clocks_of_bluesky_stand_where_the_server_saw_them(built, home):
    """Years 0 and 1 become the time of indexing, and a note counts them."""
    told, rows = built(SAMPLES / "bluesky_feed" / "time_no_calendar_holds.json", "--ministry", "KAZ")
    assert "2 of 3 posts: createdAt before Bluesky existed" in told
    assert [at for [at] in rows("posts", "posted_at")] == [
        "2025-01-20 15:47:08+00:00",
        "2025-01-20 15:48:09+00:00",
        "2025-01-20 15:49:09+00:00",
    ]


def test_ids_of_x_tell_what_the_stamp_cannot(built, export):
    """A post on X before X, or in a year that no library counts, stands at the time in its id, with a note."""
    stamps = ["0001-01-01T00:00:00.000Z", "2005-01-01T00:00:00.000Z", "9999-12-31T23:59:59.000Z"]
    lines = "".join(of_x(stamp, POST + n) for n, stamp in enumerate([*stamps, "2016-01-21T02:36:34.000Z"]))
    told, rows = built(export("x.jsonl", lines), "--ministry", "PER")
    assert rows("posts", "posted_at") == [["2016-01-21 02:36:34+00:00"]] * 4
    assert "3 of 4 posts: a time before the platform or after the collection" in told


def test_other_posts_and_comments_are_rejects(built, export, home):
    """Where no id tells the time, the row is a reject with its number; the others stay."""
    days = ["0001-01-01", "1789-07-14", "2003-12-31", "2300-01-01", "2016-01-05"]
    lines = "".join(f"7_{n},7,{day}T10:00:00Z,Text {n}\n" for n, day in enumerate(days, 1))
    plan = "table: posts\nplatform: facebook\ncolumns:\n  post_id: id\n  account_id: page\n  posted_at: when\n  text: text\n"
    export("p.csv.map.yml", plan)
    _told, rows = built(export("p.csv", "id,page,when,text\n" + lines), "--ministry", "PER")
    assert rows("posts", "post_id") == [["7_5"]]
    rejects = (current_build(home) / "rejects.csv").read_text()
    assert all(f"per/p.csv,{n},no readable posted_at" in rejects for n in range(1, 5))


def test_what_was_posted_after_the_collection_is_a_reject(built, export):
    """A post two days and more after the file was collected cannot be; one on that day in any zone can."""
    lines = "id,page,when,text\n7_1,7,2016-02-02T11:00:00Z,Same day\n7_2,7,2016-03-01T10:00:00Z,Later\n"
    plan = "table: posts\nplatform: facebook\ncolumns:\n  post_id: id\n  account_id: page\n  posted_at: when\n  text: text\n"
    export("p.csv.map.yml", plan)
    _told, rows = built(export("p.csv", lines), "--ministry", "PER", "--retrieved", "2016-02-01")
    assert rows("posts", "post_id") == [["7_1"]]


def test_observations_and_intervals_are_rejects(built, export, home):
    """Metrics and attention of a year that cannot be are rejects with the name of the column."""
    export(
        "a.csv.map.yml",
        "table: attention\ncolumns:\n  source: {constant: s}\n  series: {constant: q}\n  unit: {constant: articles}\n"
        "  span: {constant: day}\n  begins_at: {from: day, zone: UTC}\n  value: n\n",
    )
    _told, rows = built(export("a.csv", "day,n\n1600-01-01,3\n2016-01-01,4\n"))
    assert rows("attention", "value") == [["4.0"]]
    assert "all/a.csv,1,begins_at that cannot be" in (current_build(home) / "rejects.csv").read_text()
