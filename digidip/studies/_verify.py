"""Verify: every hash that a holding, a run or a study has on record, computed again."""

import json
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from digidip import deliveries
from digidip.home import RECEIPTS, current, damage, damage_of, facts_of, sha256
from digidip.tables import TableError

RECORDS = ("build.json", "study.json", "run.json")


class Verified(NamedTuple):
    """What came of it: how many hashes were computed, what is wrong, which exports are not here, and what was erased on purpose."""

    checked: int
    wrong: list
    absent: list
    erased: list


def verify(name, home):
    """Compare a holding, a run or a study, and the exports it rests on, with the hashes that it has on record.

    name: `processed`, or what lies in `reports/`: a study, a run, all runs of a notebook; or the path of any of them.
    home: the folder with `data/` and `reports/`.
    A file that is changed, missing, or lies there without being listed is wrong; an export that is not on this machine
    is told apart, since reports travel alone, and so is what `digidip forget` took out, as its receipts say. TableError where nothing of that name has hashes on record.
    """
    folder = folder_of(str(name), home)
    if (folder / "build.json").exists():
        return _of_build(folder, home)
    if (folder / "study.json").exists():
        return _of_study(folder, home)
    runs = [folder] if (folder / "run.json").exists() else [path.parent for path in sorted(folder.glob("*/run.json"))]
    done = [_of_run(run, home) for run in runs]
    return Verified(*(sum(parts[1:], parts[0]) for parts in zip(*done, strict=True)))


def folder_of(name, home):
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
    exports, units = _erasures(home)
    found = [(each, _export_path(each, home)) for each in inputs]
    gone = [(each, path) for each, path in found if each["sha256"] in exports and not _is_as_recorded(each, path)]
    there = [(each, path) for each, path in found if path.is_file() and (each, path) not in gone]
    erased = [f"{path}: {exports[each['sha256']]}" for each, path in gone]
    broken = []
    for name, what in wrong.items():
        path = folder / name
        receipt = next((units[one] for one in (path, *path.parents) if one in units and what == "missing"), None)
        (erased if receipt else broken).append(f"{path}: {receipt or what}")
    broken += [f"{path}: changed" for each, path in there if not _is_as_recorded(each, path)]
    absent = [
        f"{each['data']}: {each['path']}" for each, path in found if not path.is_file() and (each, path) not in gone
    ]
    return Verified(checked + len(there), broken, absent, erased)


def _is_as_recorded(each, path):
    return path.is_file() and sha256(path) == each["sha256"]


def _erasures(home):
    """What was erased on purpose, as the receipts say: SHA-256 of an export → words, and file or folder of reports/ → words."""
    exports = {
        row["sha256"]: f"replaced on {row['replaced_at'][:10]} ({row['reason']}; data/{deliveries.REPLACED})"
        for row in deliveries.replacements(home / "data" / "raw")
    }
    units = {}
    for path in sorted((home / "data" / RECEIPTS).glob("*.json")):
        receipt = json.loads(path.read_text(encoding="utf-8"))
        words = f"erased on purpose on {receipt['at'][:10]} ({receipt['reason']}; receipt {path.name})"
        exports |= {one["sha256"]: words for one in receipt["exports"]}
        units |= {home / "reports" / name: words for name in receipt["reports_removed"]}
    return exports, units


def _export_path(each, home):
    """Where an export lies."""
    return (deliveries.SAMPLE if each["data"] == "sample" else home / "data" / "raw") / each["path"]
