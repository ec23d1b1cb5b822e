"""Verify: every hash that a holding, a run or a study has on record, computed again."""

import json
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from digidip import deliveries
from digidip.home import current, damage, damage_of, facts_of, sha256
from digidip.tables import TableError

RECORDS = ("build.json", "study.json", "run.json")


class Verified(NamedTuple):
    """What came of it: how many hashes were computed, what is wrong, and which exports are not on this machine."""

    checked: int
    wrong: list
    absent: list


def verify(name, home):
    """Compare a holding, a run or a study, and the exports it rests on, with the hashes that it has on record.

    name: `processed`, or what lies in `reports/`: a study, a run, all runs of a notebook; or the path of any of them.
    home: the folder with `data/` and `reports/`.
    A file that is changed, missing, or lies there without being listed is wrong; an export that is not on this machine
    is told apart, since reports travel alone. TableError where nothing of that name has hashes on record.
    """
    folder = _folder(str(name), home)
    if (folder / "build.json").exists():
        return _of_build(folder, home)
    if (folder / "study.json").exists():
        return _of_study(folder, home)
    runs = [folder] if (folder / "run.json").exists() else [path.parent for path in sorted(folder.glob("*/run.json"))]
    done = [_of_run(run, home) for run in runs]
    return Verified(*(sum(parts[1:], parts[0]) for parts in zip(*done, strict=True)))


def _folder(name, home):
    """The folder that is meant: one with a record of hashes in it, or with runs."""
    processed = home / "data" / "processed"
    if name == "processed" or Path(name).resolve() == processed:
        return current(processed)
    for place in (Path(name), home / "reports" / name, home / name):
        if any(path.exists() for path in (*map(place.joinpath, RECORDS), *place.glob("*/run.json"))):
            return place
    known = sorted(path.name for path in (home / "reports").glob("*") if path.is_dir() and path.name[0] != ".")
    near = get_close_matches(name, known, n=1)
    raise TableError(
        f"{name}: nothing with hashes on record. Found in reports/: {', '.join(known) or 'nothing'}. Expected: "
        f"processed, a run or a study of reports/, or its path{f' (nearest: {near[0]})' if near else ''}. Give one of them."
    )


def _of_build(folder, home):
    """A build and the exports it was made of."""
    facts = facts_of(folder)
    inputs = [{"data": "processed", **delivery} for delivery in facts["deliveries"]]
    return _verified(folder, damage_of(folder), len(facts["parts"]) + 1, inputs, home)


def _of_run(folder, home):
    """One run and the exports it read."""
    record = _record(folder / "run.json", "files", "inputs")
    files = record["files"]
    return _verified(folder, damage(folder, files, ["run.json"]), len(files), record["inputs"], home)


def _of_study(folder, home):
    """A study, its runs, and the exports they read; what an older plan or a failure left is not part of it."""
    record = _record(folder / "study.json", "runs", "files", "inputs")
    listed, here = dict(record["files"]), []
    for run in [run for run in record["runs"] if run["status"] == "done"]:
        listed |= {f"{run['folder']}/{name}": digest for name, digest in run["files"].items()}
        here.append(f"{run['folder']}/")
    wrong = {
        name: what
        for name, what in damage(folder, listed, ["study.json"]).items()
        if what != "not listed" or name.startswith(tuple(here)) or not name.startswith(("runs/", "failed/"))
    }
    return _verified(folder, wrong, len(listed), record["inputs"], home)


def _record(path, *names):
    """Entries of a record of hashes."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {name: content[name] for name in names}
    except (OSError, ValueError, KeyError, TypeError):
        raise TableError(
            f"{path}: not whole. Expected: {', '.join(names)}, as digidip run wrote them. Run it again."
        ) from None


def _verified(folder, wrong, checked, inputs, home):
    """The result for a folder, with the exports that it rests on."""
    found = [(each, _export_path(each, home)) for each in inputs]
    there = [(each, path) for each, path in found if path.is_file()]
    told = [f"{folder / name}: {what}" for name, what in wrong.items()]
    told += [f"{path}: changed" for each, path in there if sha256(path) != each["sha256"]]
    absent = [f"{each['data']}: {each['path']}" for each, path in found if not path.is_file()]
    return Verified(checked + len(there), told, absent)


def _export_path(each, home):
    """Where an export lies."""
    return (deliveries.SAMPLE if each["data"] == "sample" else home / "data" / "raw") / each["path"]
