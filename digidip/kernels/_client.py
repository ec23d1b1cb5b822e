"""The client's side: one warm server for this process, asked over a socket pair that only its holders can use.

A server is kept for one interpreter, one set of variables that Python and the libraries read when they start, and one
state of the package's sources. Asked for another, the client starts a new server and lets go of the old one, which
ends with its last kernel. No address, no file and no name lead to a server.
"""

import atexit
import contextlib
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from importlib.machinery import PathFinder
from pathlib import Path
from typing import NamedTuple

import digidip
from digidip.kernels._process import Process, forget, stream

# Variables that Python, its locale and the libraries read once, when they start.
SETTINGS = "PYTHON LC_ LANG TZ OMP_ OPENBLAS_ MKL_ MPLCONFIG MATPLOTLIB PANDAS_ ARROW_ LD_ HOME XDG_".split()
# The server runs on one thread whatever is asked; its processes go by the variables of their own order.
_SINGLE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_SINGLE |= {"JE_ARROW_MALLOC_CONF": "background_thread:false"}


class _Server(NamedTuple):
    """A server as its client holds it; `process` is None where another process started it."""

    key: str
    requests: socket.socket
    scratch: str
    process: subprocess.Popen | None


_lock = threading.RLock()
_current, _owned, _failed, _told = [], [], {}, []


def available():
    """Whether this process can have warm kernels: on Linux, and not with DIGIDIP_WARM=0."""
    return sys.platform == "linux" and os.environ.get("DIGIDIP_WARM") != "0"


def close():
    """End the servers that this process started, with all that they run; what was lent by another goes on."""
    with _lock:
        for server in _owned:
            server.process.terminate()
        _let_go()
        for server in _owned:
            server.process.wait()
            shutil.rmtree(server.scratch, ignore_errors=True)
        _owned.clear()
        _failed.clear()


def plainly(reason):
    """Say once on stderr why processes are plain; returns None."""
    if not _told:
        _told.append(reason)
        print(f"digidip: plain kernels ({reason}); each one imports the libraries anew", file=sys.stderr, flush=True)


def ask(order, environment, folder, stdout, stderr, *, modules=(), share=False):
    """Ask the server, started if need be, for a process.

    order: what to run; environment: all its variables; folder, stdout, stderr: as for Popen.
    modules: what a new server imports besides, of this package; share: the process may ask the server too.
    Returns a Process whose pid is known, or None where only a plain process can be had. FileNotFoundError: no folder.
    """
    if not available():
        return plainly("DIGIDIP_WARM=0" if sys.platform == "linux" else f"warm ones need Linux, this is {sys.platform}")
    folder = Path(folder or ".").absolute()
    folder.stat()
    settings = _settings(environment, folder)
    order = {**order, "environment": environment, "folder": str(folder), "key": _key(settings)}
    with contextlib.ExitStack() as stack:
        (out, out_file), (err, err_file) = stream(stdout, 1, stack), stream(stderr, 2, stack)
        streams = [out, out if stderr == subprocess.STDOUT else err]
        process = _asked(order, streams, {**environment, **settings}, modules, share)
    if process:
        process.stdout, process.stderr = out_file, err_file
        return process
    for file in filter(None, (out_file, err_file)):
        file.close()
    return plainly(_failed[order["key"]])


def _asked(order, streams, environment, modules, share):
    """Ask the server for the key of the order, and where it is gone a new one; None where that fails too."""
    key = order["key"]
    for _ in range(2):
        if key in _failed:
            return None
        try:
            with _lock:
                server = _server(key, environment, modules)
            process, refusal = _request(server, order, streams, share)
        except OSError as error:
            _failed[key] = f"the warm server cannot be asked: {error}"
            return None
        if process:
            return process
        _drop(server)
        if refusal:
            _failed[key] = f"the warm server refused: {refusal}"
    _failed.setdefault(key, "the warm server ended at once")
    return None


def adopt(descriptor, key, scratch):
    """Take over the end of a server's socket pair that this process was handed when it was forked."""
    _current.append(_Server(key, socket.socket(fileno=descriptor), scratch, None))


def _settings(environment, folder):
    """The variables that make one server unlike another, the search path without relative folders."""
    chosen = {name: value for name, value in environment.items() if name.startswith(tuple(SETTINGS))}
    settings = {name: value for name, value in chosen.items() if value or name == "TZ"}  # else empty means unset
    if settings.get("PYTHONPATH"):
        search = settings["PYTHONPATH"].split(os.pathsep)
        settings["PYTHONPATH"] = os.pathsep.join(str(folder / entry) for entry in search)
    return settings


def _key(settings):
    """What a server is good for, as one short text."""
    search = [folder for folder in settings.get("PYTHONPATH", "").split(os.pathsep) if folder]
    spec = PathFinder.find_spec("digidip", search)
    package = spec.submodule_search_locations if spec and spec.has_location else digidip.__path__
    sources = sorted(Path(package[0]).rglob("*.py"))
    facts = [sys.executable, sorted({**settings, **_SINGLE}.items()), [_state(path) for path in sources]]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _state(path):
    """Where a source file lies, when it was written, how long it is; an editor may take it away meanwhile."""
    with contextlib.suppress(OSError):
        state = path.stat()
        return [str(path), state.st_mtime_ns, state.st_size]


def _server(key, environment, modules):
    """The server for a key, started if it is not the current one; None where it cannot be."""
    for server in _current:
        if server.key == key:
            return server
    _let_go()
    _tidy()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    scratch = tempfile.mkdtemp(prefix="digidip-")
    command = [sys.executable, "-m", "digidip.kernels", str(theirs.fileno()), scratch]
    command += [name for name in modules if name.startswith("digidip.")]
    environment = {name: value for name, value in {**environment, **_SINGLE}.items() if name != "MPLBACKEND"}
    nothing = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    further = {"cwd": "/", "env": environment, "pass_fds": [theirs.fileno()], "start_new_session": True}
    with theirs:
        process = subprocess.Popen(command, **nothing, **further)
    _current.append(_Server(key, ours, scratch, process))
    _owned.extend(_current)
    return _current[0]


def _request(server, order, streams, share):
    """Send one request: the process and "", or None and why the server refuses ("" where it is gone)."""
    own, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs, os.fdopen(os.memfd_create("order"), "wb") as paper:
        paper.write(json.dumps(order).encode())
        paper.seek(0)
        descriptors = [theirs.fileno(), paper.fileno(), *streams, *([server.requests.fileno()] if share else [])]
        with contextlib.suppress(OSError):
            socket.send_fds(server.requests, [b"."], descriptors)
    process = Process(order.get("function") or order["kernel"], own)
    refusal = process.begin()
    return (process if process.pid else None), refusal


def _drop(server):
    """Let go of a server that is gone or refuses, unless another thread has done so already."""
    with _lock:
        if server in _current:
            _let_go()


def _let_go():
    """Let go of the current server: it ends when its last kernel does."""
    for server in _current:
        server.requests.close()
    _current.clear()


def _tidy():
    """Forget the servers that have ended, and remove what a killed one could not."""
    for server in list(_owned):
        if server.process.poll() is not None:
            shutil.rmtree(server.scratch, ignore_errors=True)
            _owned.remove(server)


def _forget():
    """In a process that this one forks by itself: the servers are its parent's, and end when the parent does."""
    global _lock
    _lock = threading.RLock()
    forget()
    _let_go()
    for server in _owned:
        server.process.returncode = 0
    _owned.clear()


atexit.register(close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
