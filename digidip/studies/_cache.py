"""The key of a run: what its results rest on, and whether a finished run still stands on the same.

A run rests on the notebook's source, its parameters, the package with its reference tables, the packages installed, and
the data it read. The first four are hashed here; the readings are noted by `digidip.store` while the run reads.
"""

import json
import os
import platform
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

from digidip import __version__, deliveries, store
from digidip.home import SHIPPED, damage, sha256
from digidip.studies._notebooks import read_notebook
from digidip.translation import language

STATIC = ("notebook", "parameters", "package")


def key_of(notebook, values, lang=""):
    """The key of a run of a notebook (path) with these parameters: a dict of hashes, all but that of the data.

    lang: the language of its page, default that of this run.
    """
    source = _source(notebook, notebook.stat().st_mtime_ns)
    k = os.environ.get("DIGIDIP_K")
    lang = lang or language()
    beside = ({"DIGIDIP_K": k} if k else {}) | ({"DIGIDIP_LANG": lang} if lang != "en" else {})
    named = {"notebook": source, "parameters": store.digest(values | beside)}
    return named | {"package": package(), "environment": store.digest(environment())}


@cache
def _source(notebook, _changed_at):
    """The hash of a notebook's cells as written, without outputs; read once for each time it was changed."""
    node = read_notebook(notebook)
    cells = [[cell["cell_type"], cell["source"], cell["metadata"].get("tags", [])] for cell in node["cells"]]
    return store.digest([notebook.stem, cells, node["metadata"].get("digidip", {})])


@cache
def package():
    """The hash of the package's source, of the reference tables, and of the sample's manifest.

    accounts.csv is no part of it: it reaches a run through the build, that is through the data it reads.
    """
    root, reference = Path(__file__).resolve().parents[1], deliveries.REFERENCE
    source = [path for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    named = {path.relative_to(root.parent): path for path in source if SHIPPED not in path.parents}
    files = [path for path in reference.glob("*.csv") if path.name != "accounts.csv"]
    sample = deliveries.SAMPLE
    files += [sample / "MANIFEST.csv", *(sample / "reference").glob("*.csv")]
    named |= {path.relative_to(deliveries.REPOSITORY): path for path in files}  # a wheel's are those of its checkout
    return store.digest({name.as_posix(): sha256(path) for name, path in sorted(named.items())})


@cache
def environment():
    """Python, system and every installed package with its version."""
    installed = {each.metadata["Name"].lower(): each.version for each in distributions()}
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "packages": dict(sorted((installed | {"digidip": __version__}).items())),
    }


def finished_run(folder):
    """What run.json tells of a finished run; None where the folder is not whole: a file missing, added or changed."""
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        return record if not damage(folder, record["files"], ["run.json"]) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_current(record, key, home):
    """Whether a finished run rests on the same as a run of this key would now."""
    return record["key"] == key and all(store.is_unchanged(reading, home) for reading in _own_readings(record))


def is_answer(record, key, home):
    """Whether a finished run, wherever it was run, answers the question: environments may differ, and data where they
    are not on this machine."""
    same = all(record["key"].get(name) == key[name] for name in STATIC)
    is_here = (home / "data" / "processed").exists()
    return same and (not is_here or all(store.is_unchanged(reading, home) for reading in _own_readings(record)))


def is_out_of_date(folder, notebooks, home):
    """Whether a run's folder no longer says what a run would say now: notebook, package or data have changed since, or
    the folder is not whole."""
    record = finished_run(folder)
    notebook = record and notebooks / f"{record['notebook']}.ipynb"
    if not (record and notebook.is_file()):
        return True
    key = key_of(notebook, record["parameters"], record.get("language", "en"))
    return not is_answer(record, key, home)


def _own_readings(record):
    """What a run read of the user's data: the sample is part of the package's hash."""
    return [reading for reading in record["reads"] if reading["given"]["data"] != "sample"]
