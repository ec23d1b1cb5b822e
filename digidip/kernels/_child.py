"""What a forked process becomes: the kernel, or the function, that its client asked for."""

import atexit
import contextlib
import ctypes
import json
import os
import re
import signal
import sys
import tempfile
import threading
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

_INLINE = "module://matplotlib_inline.backend_inline"


def run(job, scratch):
    """Become what the job says, run it and end as a program ends, but for taking the libraries down piece by piece.

    job: the server's Job; scratch: the server's folder, told as DIGIDIP_SCRATCH unless the order names another.
    """
    code = _code(job, scratch)
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def _code(job, scratch):
    """Run the job; returns the exit code that Python gives a program which ends so."""
    try:
        _become(job, scratch)
    except SystemExit as stop:
        if isinstance(stop.code, int | None):
            return (stop.code or 0) & 0xFF
        print(stop.code, file=sys.stderr)
        return 1
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)
        return -signal.SIGINT if isinstance(error, KeyboardInterrupt) else 1
    return 0


def _become(job, scratch):
    """Take the environment, folder and streams of the order, then run its kernel or its function."""
    order = job.order
    os.environ.clear()
    os.environ.update({"DIGIDIP_SCRATCH": scratch} | order["environment"])
    os.chdir(order["folder"])
    tempfile.tempdir = None  # TMPDIR may be another
    _streams(job.streams)
    _libraries("kernel" in order)
    sys.modules["__main__"] = ModuleType("__main__")
    if job.requests:
        import_module("digidip.kernels._client").adopt(job.requests[0], order["key"], scratch)
    if "kernel" in order:
        _kernel(order["kernel"])
    else:
        call(order["function"], order["argument"])


def call(name, argument):
    """Call a function by its name "module:function", as a program `python -c` would.

    The module is searched in the working folder too. Whatever the function raises ends the process as in any program.
    """
    sys.argv[:] = ["-c"]
    if not sys.flags.safe_path:
        sys.path[:] = ["", *(folder for folder in sys.path if folder)]
    module, _, function = name.partition(":")
    getattr(import_module(module), function)(argument)


def cold():
    """Call the function that stdin names as JSON: `call` in a process that no server forked."""
    order = json.load(sys.stdin)
    call(order["function"], order["argument"])


def _kernel(arguments):
    """Run ipykernel as `python -m ipykernel_launcher` does."""
    sys.orig_argv[:] = [sys.executable, "-m", "ipykernel_launcher", *arguments]
    sys.argv[:] = [find_spec("ipykernel_launcher").origin, *arguments]
    import_module("ipykernel.kernelapp").launch_new_instance()


def _streams(streams):
    """The client's stdout and stderr in place of the server's."""
    for own, stream in enumerate(streams, start=1):
        os.dup2(stream, own)
        os.close(stream)
    sys.stdout.reconfigure(line_buffering=os.isatty(1))


def _libraries(is_kernel):
    """What libraries decide once, at their import or their start, decided anew for this process."""
    import_module("numpy").random.seed()
    matplotlib = import_module("matplotlib")
    if Path("matplotlibrc").exists():
        matplotlib.rcParams.update(matplotlib.rc_params())
    backend = os.environ.get("MPLBACKEND") or (_INLINE if is_kernel else "")
    if backend:
        matplotlib.rcParams["backend"] = backend
    asked = os.environ.get("OPENBLAS_NUM_THREADS") or os.environ.get("OMP_NUM_THREADS", "")
    threads = int(asked) if re.fullmatch("[1-9][0-9]{0,2}", asked) else len(os.sched_getaffinity(0))
    if threads > 1:
        _widen(threads)


def _widen(threads):
    """Linear algebra on this many threads; the server has it on one, since threads do not survive a fork."""
    names = [f"{prefix}openblas_set_num_threads{suffix}" for prefix in ("scipy_", "") for suffix in ("64_", "")]
    for path in set(re.findall("/.*openblas.*", Path("/proc/self/maps").read_text())):
        library = ctypes.CDLL(path)
        for name in names:
            if hasattr(library, name):
                getattr(library, name)(threads)
                break
