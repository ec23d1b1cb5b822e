"""A process of its own for each run: forked from a server that has imported the libraries, else started anew.

On Linux the server is multiprocessing's forkserver. Elsewhere, with DIGIDIP_WARM=0, or when the environment has changed
in what Python and the libraries read once, a run has a fresh interpreter; its results are the same, it takes longer.
"""

import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from multiprocessing import connection, forkserver, get_context, parent_process
from pathlib import Path
from types import ModuleType

from digidip.home import one_build
from digidip.tables import TableError

# Variables that Python, its locale and the libraries read once, when they start.
READ_ONCE = "PYTHON LC_ LANG TZ OMP_ OPENBLAS_ MKL_ MPL MATPLOTLIB IPYTHON HOME XDG_".split()
# Linear algebra on one thread: its threads would not survive a fork, and sums do not depend on the machine.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
# Characters of the temporary folder up to which the server's socket in it has a name that Linux takes (107 in all).
LONGEST = 75
_server_settings = {}


class RunProcess:
    """A run that is under way in a process of its own; see `digidip.studies._results.execute`."""

    def __init__(self, *arguments, home, scratch, log=None, **environment):
        """Start it.

        arguments: those of `execute`; home: the folder with `data/`; environment: further variables.
        scratch: a folder that the runs of one sweep share; log: the file for what it prints, default where this
        process prints.
        """
        self.folder, self.log = Path(tempfile.mkdtemp(prefix="run-", dir=scratch)), log
        with one_build(Path(home) / "data" / "processed"):
            environment = run_environment(home) | environment
        context = _context()
        self._results, sending = context.Pipe(duplex=False)
        arguments = sending, log, environment, scratch, self.folder, arguments
        self._process = context.Process(target=_work, args=arguments)
        with _no_main():
            self._process.start()
        sending.close()

    def result(self):
        """Wait for the Run that it makes, and end the process; what the run raised is raised here."""
        try:
            connection.wait([self._results, self._process.sentinel])
            result = self._results.recv() if self._results.poll() else EOFError()
        except EOFError as error:
            result = error
        finally:
            self.end()
        if isinstance(result, EOFError):
            lines = Path(self.log).read_text(encoding="utf-8", errors="replace").split("\n") if self.log else []
            last = next((line for line in reversed(lines) if line.strip()), "no message")
            raise RuntimeError(f"the process of this run ended with {self._process.exitcode}: {last.strip()[:300]}")
        if isinstance(result, Exception):
            raise result
        return result

    def end(self):
        """Kill it with all that it started, wait until it is gone, remove its folder."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (AttributeError, ProcessLookupError):  # no process groups here, or not yet one of its own
            self._process.kill()
        self._process.join()
        self._results.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def ended(processes):
    """Wait for at least one of these processes; returns those that have a result or are gone."""
    handles = {each._results: each for each in processes} | {each._process.sentinel: each for each in processes}
    return list(dict.fromkeys(handles[handle] for handle in connection.wait(list(handles))))


def run_environment(home):
    """The variables of a run: those of this process, the home, and a search path that holds in any folder."""
    given = {**os.environ, **ONE_THREAD, "DIGIDIP_HOME": str(home)}
    search = [str(Path(folder).resolve()) for folder in given.get("PYTHONPATH", "").split(os.pathsep) if folder]
    return given | ({"PYTHONPATH": os.pathsep.join(search)} if search else {})


def _context():
    """How the next process starts: forked from the server, which the first one starts, or anew."""
    if sys.platform != "linux" or os.environ.get("DIGIDIP_WARM") == "0" or len(tempfile.gettempdir()) > LONGEST:
        return get_context("spawn")
    settings = {name: value for name, value in os.environ.items() if name.startswith(tuple(READ_ONCE))}
    if not _server_settings:
        forkserver.set_forkserver_preload(["digidip.studies._preload"])
        forkserver.ensure_running()
        _server_settings.update(settings)
    return get_context("forkserver" if settings == _server_settings else "spawn")


@contextmanager
def _no_main():
    """Hide the script that called us: multiprocessing would run it again in every process."""
    main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _work(sending, log, environment, scratch, folder, arguments):
    """What the process does: take its environment, execute the run, send the Run or what was raised."""
    threading.Thread(target=_end_with_parent, args=(scratch,), daemon=True).start()
    if hasattr(os, "setsid"):
        os.setsid()  # Ctrl-C is the parent's to answer
    os.environ.clear()
    os.environ.update(environment)
    if hasattr(time, "tzset"):
        time.tzset()
    search = environment.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:0] = [entry for entry in search if entry and entry not in sys.path]
    if log:
        with open(log, "wb") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
    skip_unused()
    from digidip.studies._results import execute  # here: two seconds that the parent does without

    try:
        result = execute(*arguments, folder)
    except (TableError, RuntimeError, ValueError, OSError) as error:  # any other ends the process with its traceback
        result = error
    sending.send(result)


def skip_unused():
    """Do without what no notebook needs: jsonschema would compile a grammar for 1.4 s, ipykernel start a debugger."""
    for name in ("rfc3987_syntax", "debugpy"):
        sys.modules.setdefault(name, None)


def _end_with_parent(scratch):
    """Should the parent be killed, clear up and go with it."""
    parent_process().join()
    shutil.rmtree(scratch, ignore_errors=True)
    with suppress(AttributeError):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
