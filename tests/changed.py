"""The tests of what changed since the last commit, for `make check`: paths or names of tests, one per line.

A change in `digidip/store/` asks for the tests in `tests/store`, a changed test for itself, a notebook for its anatomy, a
reader for its samples. What takes minutes, and a change that concerns everything, is left to `make test`.
"""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
READERS = "tests/readers/test_readers.py"
SLOW = {READERS, "tests/readers/test_fuzz.py", "tests/measures/test_measures.py", "tests/store/test_privacy.py"}
SLOW |= {"tests/test_notebooks.py", "tests/test_real_data.py"}
ANATOMY = "test_it_has_the_parts_in_their_order test_code_cells_are_short_and_plain test_a_cell_that_prints_is_checked".split()


def changed_files():
    """Paths that differ from the last commit, new files included, relative to the repository."""
    command = ["git", "status", "--porcelain", "--untracked-files=all", "--no-renames"]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [Path(line[3:].strip('"')) for line in lines]


def tests_of(path):
    """The tests to run for one changed path, relative to the repository."""
    if path.parts[0] == "tests" and path.name.startswith("test_"):
        return {str(path)}
    if path.parts[:2] == ("tests", "samples"):
        return samples_of(Path("digidip", "readers", path.parts[2], f"{path.parts[2]}.py"))
    if path.parts[0] == "notebooks":  # its anatomy; that it tells the same is for `make test`
        return {f"tests/test_notebooks.py::{name}[{path.stem}]" for name in ANATOMY if path.suffix == ".ipynb"}
    if path.parts[0] != "digidip":
        return set()
    folder = Path("tests", *path.parts[1:-1])
    tests = {str(test.relative_to(ROOT)) for test in (ROOT / folder).glob("test_*.py")} - SLOW
    return tests | (samples_of(path) if path.parts[1] == "readers" else set())


def samples_of(path):
    """The tests of the samples of one reader; where the path is a helper, of all readers in its folder."""
    names = [path.stem] if path.name[0] != "_" else [other.stem for other in (ROOT / path.parent).glob("[a-z]*.py")]
    samples = [sample for name in names for sample in (ROOT / "tests" / "samples" / name).glob("*")]
    found = {sample for sample in samples if ".expected." not in sample.name and not sample.name.endswith(".map.yml")}
    return {f"{READERS}::test_sample_gives_the_expected_rows[{each.parent.name}-{each.stem}]" for each in found}


if __name__ == "__main__":
    tests = set().union(*(tests_of(path) for path in changed_files()))
    print("\n".join(sorted(test for test in tests if (ROOT / test.partition("::")[0]).is_file())))
