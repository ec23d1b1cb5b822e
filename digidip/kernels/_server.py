"""The server's loop: fork a process per request, tell its client the exit status, leave nothing behind.

A request is one message on a socket pair with descriptors: the client's channel, the order (JSON in memory), stdout,
stderr, and for a process that may ask in turn the requests' other end. On the channel the process tells its pid, the
server its exit status. The end of a channel means that the client died or let go: the process group is killed. The
end of the requests means that nobody can ask any more: the server stays until its last process has ended.
"""

import contextlib
import ctypes
import json
import os
import selectors
import signal
import socket
from typing import NamedTuple

SIGNALS = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT)
_PR_SET_PDEATHSIG = 1


class Job(NamedTuple):
    """What a forked process is to become: the order and the descriptors that came with it."""

    order: dict
    streams: list
    requests: list


class _State(NamedTuple):
    """What the loop holds: the requests, the bell that signals ring, the selector, pid → channel or None, and the pids
    whose exit status was told."""

    requests: socket.socket
    bell: tuple
    selector: selectors.BaseSelector
    children: dict
    told: set


def serve(requests, refusal=""):
    """Serve until nobody can ask any more and every process has ended, or until SIGTERM; all processes are gone then.

    requests: the server's end of the socket pair; refusal: why nothing can be started, told to whoever asks.
    Returns None in the server, and in each forked process its Job.
    """
    state = _State(requests, _bell(), selectors.DefaultSelector(), {}, set())
    state.selector.register(requests, selectors.EVENT_READ)
    state.selector.register(state.bell[0], selectors.EVENT_READ)
    ending = False
    while not ending and (state.children or requests.fileno() >= 0):
        for key, _ in state.selector.select():
            if key.fileobj is requests:
                job = _answer(state, refusal)
                if job:
                    return job
            elif key.fileobj is state.bell[0]:
                ending |= signal.SIGTERM in key.fileobj.recv(4096)
                for pid in list(state.children):
                    _settle(state, pid)
            else:
                _let_go(state, key.data)
    _end(state)
    return None


def _bell():
    """A socket pair that every signal rings, so that the loop waits for signals and messages at once."""
    bell = socket.socketpair()
    for end in bell:
        end.setblocking(False)
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else lambda *_: None)
    signal.set_wakeup_fd(bell[1].fileno(), warn_on_full_buffer=False)
    return bell


def _answer(state, refusal):
    """Take one request and fork; returns the Job in the forked process."""
    message, descriptors, _, _ = socket.recv_fds(state.requests, 16, 8, socket.MSG_CMSG_CLOEXEC)
    if not message:
        state.selector.unregister(state.requests)
        state.requests.close()
        return None
    channel, server = socket.socket(fileno=descriptors.pop(0)), os.getpid()
    try:
        pid = 0 if refusal else os.fork()
    except OSError as error:
        refusal = f"{type(error).__name__}: {error}"
    if refusal:
        tell(channel, error=refusal)
        channel.close()
    elif pid:
        state.children[pid] = channel
        state.selector.register(channel, selectors.EVENT_READ, pid)
    else:
        return _born(server, state, channel, descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    return None


def _born(server, state, channel, descriptors):
    """The first steps of a forked process: die with the server, a session of its own, nothing of the server's."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != server:
        os._exit(1)
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in SIGNALS:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    state.selector.close()
    for end in (state.requests, *state.bell, *filter(None, state.children.values())):
        end.close()
    with open(descriptors[0], "rb") as order:
        job = Job(json.load(order), descriptors[1:3], descriptors[3:])
    tell(channel, pid=os.getpid())
    channel.close()
    return job


def tell(channel, **message):
    """Send a message on a channel; a client that is gone need not be told."""
    with contextlib.suppress(OSError):
        channel.send(json.dumps(message).encode())


def _settle(state, pid):
    """Tell the exit status of a process that has ended. Its pid stays taken until the client lets go of the channel,
    so that a late signal of the client reaches no stranger."""
    ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    channel = state.children[pid]
    if ended and channel and pid not in state.told:
        state.told.add(pid)
        tell(channel, code=ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status)
    elif ended and not channel:
        os.waitpid(pid, 0)
        state.told.discard(pid)
        del state.children[pid]


def _let_go(state, pid):
    """The client of a process has closed its channel: kill what still runs."""
    state.selector.unregister(state.children[pid])
    state.children[pid].close()
    state.children[pid] = None
    if not os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        _kill(pid)
    _settle(state, pid)


def _kill(pid):
    """Kill the group of a process, or the process alone where it has not made its group yet."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(pid, signal.SIGKILL)


def _end(state):
    """Kill what still runs and wait until it is gone."""
    for pid, channel in state.children.items():
        _kill(pid)
        os.waitpid(pid, 0)
        if channel:
            tell(channel, code=-signal.SIGKILL)
