"""A file, or a folder, put in its place whole or not at all."""

import os
import shutil


def replace(path, content):
    """Write a file (bytes) aside, have the system put it on the disk, and put it in the place of the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(aside, content)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def write(path, content):
    """Write a file (bytes) and have the system put it on the disk."""
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def swap(built, final):
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
