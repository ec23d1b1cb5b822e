"""A collection that is not finished yet: its pages and how far it came, in a folder of its own, so that it can go on.

    data/.collecting/<platform>-<account>/
        state.json              options, stage, cursor, the numbers so far
        000001-posts.json …     the answers of the server, byte for byte

A page is on the disk before the state says so; a page that was written without its state is asked for again.
"""

import hashlib
import json
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

from digidip.home import COLLECTING, atomic_write

STATE = "state.json"


class Unfinished:
    """The pages of one account and the state of their collection; begun anew where the options have changed."""

    def __init__(self, home, platform, name, options):
        key, parent = hashlib.sha256(name.encode()).hexdigest()[:8], Path(home) / "data" / COLLECTING
        with suppress(OSError):  # it holds what people wrote
            parent.chmod(0o700)
        self.folder = parent / f"{platform}-{safe_name(name)}-{key}"
        self.state = {"options": options, "stage": "account", "cursor": "", "seen": [], "pages": 0, "thread": 0}
        try:
            found = json.loads((self.folder / STATE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = {}
        self.is_resumed = found.get("options") == options
        if self.is_resumed:
            self.state |= found
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def keep(self, kind, body, **state):
        """Put a page on the disk, then the state that follows from it."""
        number = self.state["pages"] + 1
        atomic_write(self.folder / f"{number:06}-{kind}.json", body)
        self.note(pages=number, **state)

    def note(self, **state):
        """Put the state on the disk."""
        self.state |= state
        atomic_write(self.folder / STATE, json.dumps(self.state).encode())

    def pages(self, *kinds):
        """The pages of these kinds, one by one in the order in which they were asked for: those that the state knows of."""
        known = {f"{number:06}" for number in range(1, self.state["pages"] + 1)}
        for path in sorted(path for path in self.folder.glob("*-*.json") if path.name[:6] in known):
            if path.stem[7:] in kinds:
                yield path.read_bytes()

    def write_lines(self, name, *kinds):
        """Write pages into one file, each on a line: in JSON a line break stands only between words, and becomes a blank."""
        aside = self.folder / f".{name}.part"
        with open(
            aside, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)
        ) as file:  # data/raw takes its rights
            for page in self.pages(*kinds):
                file.write(re.sub(rb"[\r\n]+", b" ", page.removeprefix(b"\xef\xbb\xbf")) + b"\n")
        os.replace(aside, self.folder / name)
        return self.folder / name

    def remove(self):
        """Remove the folder, when all is in data/raw."""
        shutil.rmtree(self.folder, ignore_errors=True)


def safe_name(name):
    """A name of an account as part of a file's name on any system.

    >>> safe_name("mfa@localhost:3000")
    'mfa@localhost_3000'
    """
    return re.sub(r"[^A-Za-z0-9.@_-]", "_", name)[:100]
