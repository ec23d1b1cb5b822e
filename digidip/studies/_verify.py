"""Is a report still what it was? Every hash of study.json computed again."""

import json
from typing import NamedTuple

from digidip import deliveries
from digidip.studies._keys import damage
from digidip.tables import TableError

OWN = ("study.json",)


class Verified(NamedTuple):
    """What came of it: how many hashes were computed, what is wrong, and which exports are not on this machine."""

    checked: int
    wrong: list
    absent: list


def verify(folder, home):
    """Compare a study's report, and the exports it rests on, with the hashes of its study.json.

    folder: `reports/<study>`; home: the folder with `data/raw`. A file that is changed, missing, or lies in the report
    without being listed is wrong; an export that is not on this machine is told apart, since reports travel alone.
    TableError where there is no study.json.
    """
    content = _content(folder)
    done = [run for run in content["runs"] if run["status"] == "done"]
    listed = dict(content["files"])
    for run in done:
        listed |= {f"{run['folder']}/{name}": digest for name, digest in run["files"].items()}
    here = tuple(f"{run['folder']}/" for run in done)
    wrong = [text for text in damage(folder, listed, OWN) if text.startswith(here) or not _is_leftover(text)]
    found = [(each, _source(each, home)) for each in content["inputs"]]
    there = [(each, path) for each, path in found if path.is_file()]
    wrong += [f"{path}: changed" for each, path in there if deliveries.sha256(path) != each["sha256"]]
    absent = [f"{each['data']}: {each['path']}" for each, path in found if not path.is_file()]
    return Verified(len(listed) + len(there), wrong, absent)


def _content(folder):
    """study.json of a report."""
    path = folder / "study.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {name: content[name] for name in ("runs", "files", "inputs")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        expected = "Expected the folder of a study's report, reports/<study>. Give that folder, or run the study."
        raise TableError(f"{path}: no record of a study ({type(error).__name__}). {expected}") from None


def _is_leftover(text):
    """Whether a file that is not listed is what a run or a failure left: a run folder of an older plan, a record."""
    return text.endswith(": not listed") and text.startswith(("runs/", "failed/"))


def _source(each, home):
    """Where an export lies."""
    sample = deliveries.REPOSITORY / "data" / "raw" / "sample"
    return (sample if each["data"] == "sample" else home / "data" / "raw") / each["path"]
