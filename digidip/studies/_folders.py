"""Finished folders: built aside with all their files, swapped in whole, tidied after a crash."""

import hashlib
import json
import os
import re
import shutil
import tempfile
from pathlib import Path

from digidip.deliveries import swap, write


def slug(changed):
    """The folder name of a run: readable, at most 80 characters, and never that of another run.

    >>> slug({"ministry": "PER", "start": "2016-01-01"})
    'ministry-PER_start-2016-01-01'
    """
    text = "_".join(f"{name}-{value}" for name, value in changed.items()) or "defaults"
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", text).rstrip(".")
    if plain == text and len(plain) <= 80 and not any("_" in str(value) for value in changed.values()):
        return plain
    return f"{plain[:71]}-{hashlib.sha256(json.dumps(changed).encode()).hexdigest()[:8]}"


def publish(files, final):
    """Write the files (name → bytes) beside the folder they replace, then swap; if that fails, the old one comes back."""
    tidy(final)
    built = Path(tempfile.mkdtemp(prefix=f".{final.name}.{os.getpid()}.", dir=final.parent))
    try:
        for name, content in files.items():
            (built / name).parent.mkdir(exist_ok=True)
            write(built / name, content)
        built.chmod(0o755)
        swap(built, final)
    finally:
        shutil.rmtree(built, ignore_errors=True)


def tidy(final):
    """Clear what a crashed run of this folder left behind, and bring back the folder it had moved aside."""
    import psutil

    final.parent.mkdir(parents=True, exist_ok=True)
    left = re.compile(rf"\.{re.escape(final.name)}\.(\d+)\.\w+(\.old)?")
    for match in filter(None, map(left.fullmatch, os.listdir(final.parent))):
        if match[2] and not final.exists() and not psutil.pid_exists(int(match[1])):
            os.replace(final.parent / match[0], final)
        elif not psutil.pid_exists(int(match[1])):
            shutil.rmtree(final.parent / match[0], ignore_errors=True)
