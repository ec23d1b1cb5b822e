"""Every notebook on the least that somebody may hold: it runs, or says what is missing (exit 3). `make attack`, not part of the suite."""

import json
from pathlib import Path

import pytest
from conftest import COMMENTS, GETPAGE, STATUSES

from digidip import studies

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
TIES = "Source,Target\n1500001,1500002\n1500002,1500003\n"
PLATFORM = {"ties.csv": {"platform": "x", "retrieved_at": "2016-01-05T00:00:00Z"}}
HOLDINGS = {
    "one post": {"posts.csv": "\n".join(GETPAGE.splitlines()[:2]) + "\n"},
    "two posts": {"posts.csv": GETPAGE},
    "posts and comments": {"posts.csv": STATUSES, "comments.csv": COMMENTS},
    "ties of nobody known": {"ties.csv": TIES},
}


@pytest.mark.parametrize("name", HOLDINGS)
def test_every_notebook_runs_or_says_what_is_missing(name, digidip, deliver, home):
    """With nothing chosen but the data: no traceback, no exit but 0 and 3."""
    for file, content in HOLDINGS[name].items():
        deliver(file, content, **({"zone": "UTC"} | PLATFORM.get(file, {})))
    assert digidip("build")[0] == 0
    open_window = {
        "data": "processed",
        "ministry": "",
        "platform": "",
        "account": "",
        "start": "",
        "end": "",
        "zone": "UTC",
    }
    own = {
        path.stem: studies.read_notebook(path)["metadata"].get("digidip", {}).get("own_data", {})
        for path in studies.notebooks(NOTEBOOKS)
    }
    content = {
        "title": "All", "question": "Which run?", "parameters": open_window,
        "notebooks": [{name: values} for name, values in own.items() if name != "template"],
    }  # fmt: skip
    study = home / "all.yml"
    study.write_text(json.dumps(content))
    failed = studies.sweep(studies.plan(study, NOTEBOOKS), home / "reports" / "all", home=home).failed
    print(f"{name}: {len(content['notebooks']) - len(failed)} notebooks run, {len(failed)} do not")
    assert not [record for record in failed if record["code"] != 3]
