"""The home: where data/ and reports/ lie, and what lets several commands share them and any of them be killed.

_files: written whole or not at all, and compared by hash · _locks: one writer at a time, and the private folder of a
process · _builds: builds that never change, the current one, and which one a process reads · `sweep`, below: what no
living process owns.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from digidip.home._builds import (
    build_folders,
    current,
    damage_of,
    facts_of,
    held_builds,
    hold,
    one_build,
    put_in_place,
)
from digidip.home._files import atomic_copy, atomic_write, damage, sha256, swap_folders, write_to_disk
from digidip.home._locks import UNFINISHED, locked, ownerless, private_folder
from digidip.tables import SCHEMA, TableError

__all__ = [
    "COLLECTING",
    "FORGETTING",
    "MARK",
    "RECEIPTS",
    "REPOSITORY",
    "SHIPPED",
    "UNFINISHED",
    "atomic_copy",
    "atomic_write",
    "build_folders",
    "current",
    "damage",
    "damage_of",
    "facts_of",
    "held_builds",
    "hold",
    "home",
    "is_project",
    "locked",
    "notebooks_folder",
    "one_build",
    "private_folder",
    "put_in_place",
    "remove_other_builds",
    "sha256",
    "swap_folders",
    "sweep",
    "write_to_disk",
]
PACKAGE = Path(__file__).resolve().parents[1]
SHIPPED = PACKAGE / "shipped"  # in an installed wheel: notebooks, sample and reference tables (setup.py)
REPOSITORY = SHIPPED if SHIPPED.is_dir() else PACKAGE.parent  # has notebooks/ and data/, in a wheel as in a checkout
MARK = Path("data", "raw", "MANIFEST.csv")  # which folders are projects
OLD_LAYOUT = ("build.json", "rejects.csv", *SCHEMA)  # of data/processed, when it was one holding
FORGETTING = ".forgetting-"  # what `store.forget_person` prepares, before it is in force
COLLECTING = ".collecting"  # in data: pages of collections that are not finished
RECEIPTS = "receipts"  # in data: what was forgotten, without a name
LEFTOVERS = ("raw/**/.*.part", f"{RECEIPTS}/.*.part", f"{FORGETTING}*", ".processed-*")  # the last of older versions


def home(given=None):
    """The folder that holds data/ and reports/: the one given, DIGIDIP_HOME, the project around, or the checkout.

    Installed from a wheel there is no checkout, and outside a project it is the current folder, for reports alone.
    """
    given = given or os.environ.get("DIGIDIP_HOME")
    if given:
        return Path(given).resolve()
    here = Path.cwd() if REPOSITORY == SHIPPED else REPOSITORY
    with suppress(OSError):  # the current folder was removed
        around = Path.cwd()
        here = next((folder for folder in (around, *around.parents) if is_project(folder)), here)
    return here.resolve()


def is_project(folder):
    """Whether a folder has a manifest of deliveries, as `digidip new` and a checkout have it."""
    return (Path(folder) / MARK).is_file()


def notebooks_folder(home):
    """The folder of the notebooks of a home: a project's own, else those that come with digidip."""
    own = Path(home) / "notebooks"
    return own if is_project(home) and own.is_dir() else REPOSITORY / "notebooks"


def sweep(data, processed="processed"):
    """Remove from `data` what commands left that were killed, and builds that nobody reads and that are not current.

    Does nothing while another command writes there.
    """
    data = Path(data)
    if not data.is_dir():
        return
    if (data / COLLECTING).is_dir():
        with suppress(TableError, OSError), locked(data / COLLECTING, wait=0):
            _remove((data / COLLECTING).glob("*/.*.part"))
    with suppress(TableError, OSError), locked(data, wait=0):
        for folder in ownerless(data):
            shutil.rmtree(folder, ignore_errors=True)
        for pattern in (f"{processed}/{UNFINISHED}*", f"{processed}/.*.part", *LEFTOVERS):
            _remove(data.glob(pattern))
        current_build = current(data / processed).name  # raises where there is none
        remove_other_builds(data / processed, {current_build, *held_builds(data)})


def remove_other_builds(processed, builds_in_use=()):
    """Remove all builds but those of these names, and what an older layout kept."""
    _remove(folder for folder in build_folders(processed) if folder.name not in builds_in_use)
    _remove(processed / name for name in OLD_LAYOUT)


def _remove(paths):
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.exists():
            path.unlink(missing_ok=True)
