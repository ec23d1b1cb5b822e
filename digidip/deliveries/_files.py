"""Files, the one place for them: written whole or not at all, and CSV that people keep by hand read as text."""

import os
import shutil

from digidip.tables import TableError


def atomic_write(path, content):
    """Write a file (bytes) aside, have the system put it on the disk, and put it in the place of the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write_to_disk(aside, content)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def atomic_copy(file, target):
    """Copy a file aside, and put the copy in its place: whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(file, aside)
        os.replace(aside, target)
    finally:
        aside.unlink(missing_ok=True)


def write_to_disk(path, content):
    """Write a file (bytes) and have the system put it on the disk."""
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def swap_folders(built, final):
    """Put a finished folder in the place of another; if that fails, the old one comes back, else it is removed."""
    aside = built.with_name(f"{built.name}.old")
    if final.exists():
        os.replace(final, aside)
    try:
        os.replace(built, final)
    except BaseException:
        if aside.exists():
            os.replace(aside, final)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def read_csv_texts(path, columns, needed=()):
    """The cells of a CSV in UTF-8 as text, an empty one as "": a pandas frame, one row per row.

    columns: what the file should have, for the message; needed: those without which `TableError` is raised. A file that
    is no CSV in UTF-8 raises it too.
    """
    import pandas as pd  # here, since the commands that only list or explain read no table

    try:
        cells = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise TableError(
            f"{path}: no CSV in UTF-8 ({type(error).__name__}). Expected: a comma-separated table with the columns "
            f"{', '.join(columns)}. Save it as CSV UTF-8."
        ) from None
    if lacking := [column for column in needed if column not in cells]:
        raise TableError(f"{path} (row 1): no column {lacking[0]!r}. Expected: {', '.join(columns)}. Add it.")
    return cells
