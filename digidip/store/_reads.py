"""What a run reads: a note of every reading for the runner.

The runner (`digidip.studies`) names a folder in the environment as DIGIDIP_RUN; every `load` and `build_record` leaves a
line in its `reads.jsonl`. A later run with the same readings need not be run again.
"""

import hashlib
import json
import os
from pathlib import Path

DIGITS = 16


def digest(value):
    """The hash of anything JSON carries: 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:DIGITS]


def readings(folder):
    """What a run read, each reading once, from the notes in its folder."""
    notes = Path(folder) / "reads.jsonl"
    lines = notes.read_text(encoding="utf-8").splitlines() if notes.exists() else []
    return [json.loads(line) for line in dict.fromkeys(lines)]


def note(call, given, build, found):
    """Leave a line for the runner, if one asked for it: what was called with what, on which build, and the hash it met.

    found: a function that computes the hash; it is called only where somebody asked.
    """
    folder = os.environ.get("DIGIDIP_RUN")
    if folder:
        line = json.dumps({"call": call, "given": given, "build": build, "hash": found()})
        with open(Path(folder) / "reads.jsonl", "a", encoding="utf-8") as file:
            file.write(f"{line}\n")
