"""Builds: folders that never change once they are in place, which of them is current, and which one a process reads.

    data/processed/current          the name of the current build; a run that has begun goes on with its own
    data/processed/<build>/         build.json, rejects.csv, <table>/….parquet

The name of a build is the beginning of the SHA-256 of its build.json, which holds the SHA-256 of every other file in it.
The pointer is a small file, replaced in one rename: a symbolic link needs rights on Windows that most people lack, and
many network drives have none.
"""

import hashlib
import json
import os
import re
from contextlib import contextmanager, suppress
from pathlib import Path

from digidip.home._files import atomic_write, damage
from digidip.home._locks import PRIVATE, private_folder
from digidip.tables import TableError

POINTER, PINS, DIGITS = "current", "reads-", 16
NAME = re.compile(f"[0-9a-f]{{{DIGITS}}}")
HELD = "DIGIDIP_BUILD"  # the folder that a command, and every process that it starts, reads


def build_folders(processed):
    """The folders of all builds in `data/processed`, current or not."""
    return [path for path in sorted(Path(processed).glob("*")) if NAME.fullmatch(path.name)]


def current(processed):
    """The folder of the current build; `TableError` if there is none."""
    processed = Path(processed)
    try:
        name = (processed / POINTER).read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        is_old = (processed / "build.json").exists()
        found = "tables as an older version kept them" if is_old else "no holding for data='processed'"
        remedy = (
            "Do: digidip build" if is_old else "Do: digidip add FILE --ministry CODE --label NAME, then digidip build"
        )
        raise TableError(
            f"{processed}: {found}. Expected: the tables that digidip build makes. {remedy}; or choose data='sample'."
        ) from None
    except UnicodeDecodeError:
        name = ""
    if not NAME.fullmatch(name) or not (processed / name / "build.json").exists():
        raise TableError(
            f"{processed / POINTER}: names no build that is there. Expected: the name of a folder beside it. Do: digidip build."
        )
    return processed / name


def facts_of(folder):
    """What build.json tells of a build: its name, versions, hashes of parts, counts, account of rows, notes (a dict).

    One that is not what its name says raises `TableError`.
    """
    path = Path(folder) / "build.json"
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest()[:DIGITS] != Path(folder).name:
        raise TableError(f"{path}: changed since it was built. Expected: a build as it was made. Do: digidip build.")
    return {"build": Path(folder).name} | json.loads(content)


def damage_of(folder):
    """What differs between a build and its build.json: a dict file → what, empty where the build is whole."""
    return damage(folder, facts_of(folder)["parts"], ["build.json"])


def hold(processed):
    """The folder of the build that this process reads: the one its command holds, else the current one, from now on held.

    A build that is held is not removed before its process ends.
    """
    processed = Path(processed).resolve()
    held = Path(os.environ.get(HELD, ""))
    if held.parent == processed:
        return held
    while True:
        folder = current(processed)
        (private_folder(processed.parent) / f"{PINS}{folder.name}").touch()
        if folder == current(processed):  # else another took its place before we held it, and it may be gone
            return folder


@contextmanager
def one_build(processed):
    """Have this process, and those it starts meanwhile, read the build that is current now, if there is one."""
    before = os.environ.get(HELD, "")
    with suppress(TableError):
        os.environ[HELD] = str(hold(processed))
    try:
        yield
    finally:
        os.environ[HELD] = before


def put_in_place(built, processed):
    """Give a finished build its name in `data/processed` and make it the current one; returns its folder.

    One of that name has equal files, unless they were damaged: then each is replaced by the whole one.
    """
    name = hashlib.sha256((built / "build.json").read_bytes()).hexdigest()[:DIGITS]
    folder = processed / name
    if folder.exists():
        _mend(folder, built)
    else:
        os.replace(built, folder)
    atomic_write(processed / POINTER, f"{name}\n".encode())
    return folder


def _mend(folder, built):
    """Put the files of an equal build in the place of those that are damaged, build.json first."""
    parts = json.loads((built / "build.json").read_bytes())["parts"]
    os.replace(built / "build.json", folder / "build.json")
    for name, what in damage(folder, parts, ["build.json"]).items():
        if what == "not listed":
            (folder / name).unlink()
        else:
            (folder / name).parent.mkdir(exist_ok=True)
            os.replace(built / name, folder / name)


def held_builds(data, *, by_others=False):
    """The names of the builds that living processes read, or those but this one."""
    pins = (Path(data) / PRIVATE).glob(f"*/{PINS}*")
    return {path.name.removeprefix(PINS) for path in pins if not (by_others and path.parent == private_folder(data))}
