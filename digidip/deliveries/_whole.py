"""One file written whole or not at all."""

import os


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
