"""The tests of the rooms that changed since the last commit, for `make check`: their paths, one per line.

A change in `digidip/readers/x/` asks for `tests/readers/x` and for the files that lie directly in `tests/readers`; a
changed test asks for itself. A reader asks for its samples alone (see `tests/readers/test_readers.py`).
"""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SLOW = {"tests/measures/test_laws.py", "tests/readers/test_fuzz.py"}  # minutes of every measure or reader: make test


def changed_files():
    """Paths that differ from the last commit, new files included, relative to the repository."""
    command = ["git", "status", "--porcelain", "--untracked-files=all", "--no-renames"]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [line[3:].strip('"') for line in lines]


def tests_of(path):
    """The tests to run for one changed path, relative to the repository."""
    parts = Path(path).parts
    if parts[0] == "tests":
        return [path] if Path(path).name.startswith("test_") else []
    if parts[0] != "digidip":
        return []
    folders = [Path("tests", *parts[1:depth]) for depth in range(2, len(parts) + 1)]
    held = [folder for folder in folders if (ROOT / folder).is_dir()]
    return [str(file.relative_to(ROOT)) for folder in held for file in (ROOT / folder).glob("test_*.py")]


if __name__ == "__main__":
    found = {test for path in changed_files() for test in tests_of(path) if (ROOT / test).is_file()}
    print("\n".join(sorted(found - SLOW)))
