"""What can be run on a holding: commands that work, and what each notebook lacks."""

import hashlib
import json
import shlex
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from conftest import COMMENTS, GETPAGE, STATUSES

from digidip import studies
from digidip.tables import REFERENCES, SCHEMA, TableError

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def test_a_build_tells_the_run_of_what_it_holds(digidip, deliver, home):
    """The posts of 5 and 6 January in Lima: the command has its ministry, days and zone, and 11 lacks comments."""
    deliver("a.csv", GETPAGE, zone="America/Lima")
    told = digidip("build")[1]
    [command] = [line for line in told.splitlines() if line.startswith("  digidip --home")]
    assert f"in one report: digidip --home {home} run my-ministry" in told
    words = shlex.split(command)
    assert words[1:5] == ["--home", str(home), "run", "10-comment-analysis"]
    assert words[6::2] == [
        *("data=processed", "ministry=PER", "platform=facebook", "account=", "start=2016-01-05", "end=2016-01-07"),
        "zone=America/Lima",
    ]
    assert (
        "No comments held, which 11, 13, 15, 40, 41 need: exports of comments" in told and "12-dialogue-index" in told
    )
    deliver("b.csv", STATUSES, zone="America/Lima")
    deliver("c.csv", COMMENTS, zone="America/Lima")
    assert "No comments held" not in digidip("build")[1]
    deliver("d.csv", GETPAGE.replace("7_", "8_").replace("\n7,", "\n8,"), ministry="CHL", zone="America/Santiago")
    assert "in one report of one ministry on one platform: " in digidip("build")[1]


def built(home, rows, posts=None, deliveries=()):
    """A home whose current build says that it has so many rows of each table, and has these posts."""
    content = json.dumps({"rows": rows, "deliveries": list(deliveries)})
    folder = home / "data" / "processed" / hashlib.sha256(content.encode()).hexdigest()[:16]
    (folder / "posts").mkdir(parents=True)
    (folder.parent / "current").write_text(folder.name)
    (folder / "build.json").write_text(content)
    if posts is not None:
        posts.to_parquet(folder / "posts" / "0000.parquet")
    return home


def test_ministries_and_platforms_are_told_apart(home):
    """Two ministries on one platform are two runs, most posts first; a zone that no file states is UTC."""
    posts = pd.DataFrame({"ministry": ["PER", "USA", "USA"], "platform": "x"})
    posts["posted_at"] = pd.to_datetime(["2016-01-05 23:00Z", "2016-01-05 23:00Z", "2016-02-01 00:00Z"])
    delivery = {"ministry": "PER", "platform": "x", "zone": "Asia/Tokyo"}
    found = studies.next_runs(built(home, {"posts": 3}, posts, [delivery]), NOTEBOOKS)
    assert [(each["ministry"], each["start"], each["end"], each["zone"]) for each in found.parameters] == [
        ("USA", "2016-01-05", "2016-02-02", "UTC"),
        ("PER", "2016-01-06", "2016-01-07", "Asia/Tokyo"),
    ]


def test_every_notebook_that_asks_of_data_says_what_it_needs():
    """Tables of the schema, each with a way to get it; a notebook without that is never offered."""
    for path in NOTEBOOKS.glob("[1-9]*.ipynb"):
        needs = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("digidip", {}).get("needs")
        one_of = [[need] if isinstance(need, str) else need for need in needs]
        assert needs and set(sum(one_of, [])) <= (set(SCHEMA) | set(REFERENCES)) & set(studies.SOURCES), path.name


def test_attention_alone_is_enough_for_a_campaign_and_a_movement(home):
    """Of a list among what a notebook needs one table is enough; without posts no run needs parameters of theirs."""
    found = studies.next_runs(built(home, {"attention": 9}), NOTEBOOKS)
    alone = ["31-campaign-effect", "32-agenda-setting", "33-emerging-movements"]
    assert found.ready == alone
    assert "31" not in found.lacking["posts"] and "10" in found.lacking["posts"]


def test_a_holding_that_feeds_no_notebook_says_what_is_missing(home):
    """Ties of nobody who is known as official, and nothing else."""
    with pytest.raises(TableError, match="feeds no notebook. Expected: the tables that one needs, such as posts"):
        studies.own_study(built(home, {"follows": 2}), NOTEBOOKS)


def test_my_ministry_is_a_study_of_what_is_held(digidip, deliver, home):
    """Two ministries: the one with more posts is taken, or the one named; a window that is given stands above that of the files."""
    deliver("a.csv", STATUSES, zone="America/Lima")
    deliver("b.csv", COMMENTS, zone="America/Lima")
    deliver(
        "c.csv", GETPAGE.splitlines()[0] + "\n8,Other,Words,2016-03-01T10:00:00+0000,photo,,8_1,1,1,1\n", ministry="CHL"
    )
    digidip("build")
    study = studies.own_study(home, NOTEBOOKS)
    names = [job.notebook.stem for job in study.jobs]
    assert {"10-comment-analysis", "11-responsiveness", "90-adapt-to-your-ministry"} <= set(names)
    assert not {"20-mission-network", "14-follower-retention"} & set(names)
    taken = [study.jobs[0].values[name] for name in ("data", "ministry", "platform", "start", "end", "zone")]
    assert taken == ["processed", "PER", "facebook", "2016-01-05", "2016-01-08", "America/Lima"]
    [campaign] = [job for job in study.jobs if job.notebook.stem == "31-campaign-effect"]
    assert campaign.values["event"] == ""  # the event of the sample is none of theirs
    chosen = studies.own_study(home, NOTEBOOKS, ["ministry=CHL", "start=2016-02-01"])
    others = chosen.jobs
    assert (study.slug, chosen.slug) == ("my-ministry", "my-ministry-CHL")
    other = others[0].values
    assert "11-responsiveness" not in [job.notebook.stem for job in others]  # the comments held are PER's
    assert (other["ministry"], other["start"], other["end"]) == ("CHL", "2016-02-01", "2016-03-02")
    code, shown, _ = digidip("run", "my-ministry", "--dry-run")
    assert code == 0 and "10-comment-analysis" in shown
    code, _, wrong = digidip("run", "my-ministry", "-p", "ministry=USA")
    assert code == 2 and "PER on facebook; CHL on facebook" in wrong


def test_what_each_notebook_needs_stands_beside_what_is_held():
    """A selection without comments: what lacks them says so, and how they come in; what needs one of two has one of two."""
    tables = SimpleNamespace(rows={"posts": 130, "missions": 12})
    table = studies.notebook_needs(tables, "sample", NOTEBOOKS).set_index("notebook")
    assert table.loc["10-comment-analysis"].tolist() == ["posts", "130 posts", "nothing", ""]
    row = table.loc["11-responsiveness"]
    assert (row["held"], row["missing"]) == ("130 posts", "comments")
    assert row["how to get it"] == studies.SOURCES["comments"]
    assert table.loc["31-campaign-effect", ["needs", "missing"]].tolist() == ["attention or posts", "nothing"]
    assert table.loc["32-agenda-setting", "held"] == "nothing"
