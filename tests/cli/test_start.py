"""Start: the commands that only list or explain import no heavy library, and are there at once."""

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

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


class Server:
    """A JupyterLab that only notes how it was started and ended."""

    asked = []

    def __init__(self, words):
        self.asked[:], self.running = words, True

    def wait(self):
        """End where it was told to; else be told, as by a signal, while it is waited for."""
        if self.running:
            raise SystemExit(143)
        return 0

    def poll(self):
        """Nothing while it runs."""
        return None if self.running else 0

    def terminate(self):
        """What the operating system would be asked."""
        self.running = False
        self.asked.append("terminated")


@pytest.mark.skipif(os.name != "posix", reason="sockets with a path are POSIX's")
def test_kernels_of_the_lab_listen_on_no_port_and_its_server_ends_with_it(monkeypatch):
    """What another user could connect to is not opened; options are passed on; the server ends with the command."""
    monkeypatch.setattr(subprocess, "Popen", Server)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit):
        main(["lab", "--port", "9999", "--no-browser", "--LabApp.collaborative=True"], standalone_mode=False)
    given = [
        "--KernelManager.transport=ipc",
        "--port=9999",
        "--no-browser",
        "--LabApp.collaborative=True",
        "terminated",
    ]
    assert Server.asked[-5:] == given


@pytest.mark.skipif(os.name != "posix", reason="root is POSIX's")
def test_the_lab_explains_root(monkeypatch):
    """As root it starts only where that was said."""
    monkeypatch.setattr(subprocess, "Popen", Server)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    done = CliRunner().invoke(main, ["lab"])
    assert done.exit_code == 2 and "the user root" in done.output and "digidip lab --allow-root" in done.output
    CliRunner().invoke(main, ["lab", "--allow-root"])
    assert "--allow-root" in Server.asked
