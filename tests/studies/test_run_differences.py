"""Tests of runs that tell few people by their difference, on facts as runs leave them."""

import json
from pathlib import Path
from types import SimpleNamespace

from digidip.studies import _run_differences
from digidip.studies._plan import Job


def told(folder, *runs, label="real", measure="commenter_count"):
    """What must be withheld of runs, each given as parameters and number of commenters; None: withheld already."""
    jobs = []
    for number, (values, n) in enumerate(runs):
        jobs.append(Job(Path("10-posts.ipynb"), number, values, f"runs/{number}"))
        fact = {"name": measure, "value": n, "n": n, "label": label, "group": {"ministry": "PER"}}
        fact["method"] = "withheld: fewer than 5 people" if n is None else ""
        (folder / f"runs/{number}").mkdir(parents=True, exist_ok=True)
        (folder / f"runs/{number}/facts.json").write_text(json.dumps({"facts": [fact]}))
        (folder / f"runs/{number}/run.json").write_text("{}")
    found = _run_differences.to_withhold(SimpleNamespace(jobs=jobs, slug="three"), folder)
    return {job.row: names for job, names in found.items()}


def test_a_whole_does_not_tell_its_small_part(tmp_path):
    """73 people in all, 20 and 50 in two parts: the third has 3. The next smallest part goes with it, where a run tells the whole."""
    whole, parts = {"account": ""}, [{"account": name} for name in "abc"]
    counts = list(zip(parts, [None, 20, 50], strict=True))
    assert told(tmp_path, (whole, 73), *counts) == {2: {"commenter_count"}}
    assert told(tmp_path, ({"account": "a,b,c"}, 73), *counts) == {2: {"commenter_count"}}
    assert told(tmp_path, ({"account": "c,d"}, 73), *counts) == {}
    assert told(tmp_path, (whole, 73), *counts, label="synthetic") == {}


def test_a_measure_of_several_kinds_of_people_is_compared_by_those_that_facts_have(tmp_path):
    """Entropy of audiences counts the known, the unknown and the rarest; a fact has n alone."""
    whole, part = {"account": ""}, {"account": "a"}
    assert told(tmp_path, (whole, 100), (part, 98), measure="audience_entropy") == {1: {"audience_entropy"}}


def test_only_a_part_of_another_run_is_compared(tmp_path):
    """98 and 100 people: of one window within another, told once; of two months, of two accounts, both."""
    month, days = {"start": "2016-01-01", "end": "2016-02-01"}, {"start": "2016-01-01", "end": "2016-01-30"}
    later = {"start": "2016-02-01", "end": "2016-03-01"}
    assert told(tmp_path, (month, 100), (days, 98)) == {1: {"commenter_count"}}
    assert told(tmp_path, (month, 100), (later, 98)) == told(tmp_path, (month, 100), (days, 95)) == {}
    assert told(tmp_path, ({"account": "a"}, 100), ({"account": "b"}, 98)) == {}
    assert told(tmp_path, ({"zone": "UTC"} | month, 100), ({"zone": "America/Lima"} | month, 98)) == {
        1: {"commenter_count"}
    }
