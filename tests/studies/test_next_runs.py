"""What can be run on a holding: commands that work, and what each notebook lacks."""

import json
import shlex
from pathlib import Path

import pandas as pd
from conftest import COMMENTS, GETPAGE, STATUSES

from digidip import studies
from digidip.tables import SCHEMA

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def test_a_build_tells_the_run_of_what_it_holds(digidip, deliver, home):
    """The posts of 5 and 6 January in Lima: the command has its ministry, days and zone, and 11 lacks comments."""
    deliver("a.csv", GETPAGE, zone="America/Lima")
    told = digidip("build")[1]
    [command] = [line for line in told.splitlines() if line.startswith("  digidip --home")]
    words = shlex.split(command)
    assert words[1:5] == ["--home", str(home), "run", "10-comment-analysis"]
    assert words[6::2] == [
        *("data=processed", "ministry=PER", "platform=facebook", "account=", "start=2016-01-05", "end=2016-01-07"),
        "zone=America/Lima",
    ]
    assert "No comments held, which 11, 13, 15 need: exports of comments" in told and "12-dialogue-index" in told
    deliver("b.csv", STATUSES, zone="America/Lima")
    deliver("c.csv", COMMENTS, zone="America/Lima")
    assert "No comments held" not in digidip("build")[1]


def test_ministries_and_platforms_are_told_apart(tmp_path):
    """Two ministries on one platform are two runs, most posts first; a zone that no file states is UTC."""
    posts = pd.DataFrame({"ministry": ["PER", "USA", "USA"], "platform": "x"})
    posts["posted_at"] = pd.to_datetime(["2016-01-05 23:00Z", "2016-01-05 23:00Z", "2016-02-01 00:00Z"])
    (tmp_path / "posts").mkdir()
    posts.to_parquet(tmp_path / "posts" / "0000.parquet")
    delivery = {"ministry": "PER", "platform": "x", "zone": "Asia/Tokyo"}
    found = studies.next_runs({"rows": {"posts": 3}, "deliveries": [delivery]}, tmp_path, NOTEBOOKS)
    assert [(each["ministry"], each["start"], each["end"], each["zone"]) for each in found.parameters] == [
        ("USA", "2016-01-05", "2016-02-02", "UTC"),
        ("PER", "2016-01-06", "2016-01-07", "Asia/Tokyo"),
    ]


def test_every_notebook_that_asks_of_data_says_what_it_needs():
    """Tables of the schema, each with a way to get it; a notebook without that is never offered."""
    for path in NOTEBOOKS.glob("[1-9]*.ipynb"):
        needs = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("digidip", {}).get("needs")
        one_of = [[need] if isinstance(need, str) else need for need in needs]
        assert needs and set(sum(one_of, [])) <= set(SCHEMA) & set(studies.SOURCES), path.name


def test_attention_alone_is_enough_for_a_campaign_and_a_movement(tmp_path):
    """Of a list among what a notebook needs one table is enough; without posts no run needs parameters of theirs."""
    found = studies.next_runs({"rows": {"attention": 9}, "deliveries": []}, tmp_path, NOTEBOOKS)
    ready = [name.partition(" ")[0] for name in found.ready]
    assert ready == ["31-campaign-effect", "32-agenda-setting", "33-emerging-movements", "42-return-on-investment"]
    assert "31" not in found.lacking["posts"] and "10" in found.lacking["posts"]
