"""Start: the commands that only list or explain import no heavy library, and are there at once."""

import os
import subprocess
import sys

import pytest

from digidip import readers
from digidip.cli import main

HEAVY = ("duckdb", "ibis", "matplotlib", "networkx", "numpy", "pandas", "papermill", "pyarrow", "scipy")
CODE = """
import sys
from digidip.cli import main
try:
    main(sys.argv[1:])
finally:
    print("imported:", *sys.modules)
"""


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["list", "--json"], ["run", "--help"]])
def test_what_only_tells_imports_nothing_heavy(arguments):
    """Ibis, pandas and DuckDB take half a second: a list of readers, notebooks and measures needs none of them."""
    done = subprocess.run([sys.executable, "-c", CODE, *arguments], capture_output=True, text=True, check=True)
    told, _, imported = done.stdout.partition("imported:")
    assert "digidip" in imported and not set(HEAVY) & set(imported.split())
    assert "run" in told


def test_summaries_are_the_first_lines_of_the_readers():
    """What `digidip list` tells of a reader without importing it is what its docstring says."""
    summaries = readers.summaries()
    assert tuple(summaries) == readers.READERS
    assert all(readers.reader(name).__doc__.splitlines()[0] == line for name, line in summaries.items())


@pytest.mark.skipif(os.name != "posix", reason="sockets with a path are POSIX's")
def test_kernels_of_the_lab_listen_on_no_port(monkeypatch):
    """What another user of the machine could connect to is not opened; the server itself asks for its token."""
    asked = []
    monkeypatch.setattr(subprocess, "call", lambda words: asked.extend(words) or 0)
    with pytest.raises(SystemExit):
        main(["lab"], standalone_mode=False)
    assert "--KernelManager.transport=ipc" in asked
