"""A process of the warm server as its client sees it, in the words of `subprocess.Popen`."""

import contextlib
import json
import os
import signal
import subprocess
import weakref

_channels = weakref.WeakSet()


class Process:
    """A process that a server forked, like `subprocess.Popen`; it is killed when this object, or its client, is gone.

    args: what runs; pid; returncode: None while it runs, then its exit code, or minus the signal that ended it.
    stdout, stderr: a file to read from where `subprocess.PIPE` was asked for. One thread at a time may use it.
    """

    def __init__(self, args, channel):
        self.args, self.pid, self.returncode = args, None, None
        self.stdin = self.stdout = self.stderr = None
        self._channel = channel
        _channels.add(channel)

    def begin(self):
        """Wait until the process runs and its pid is known; returns why the server refuses to start it, or ""."""
        said = self._said(None) or {}
        self.pid = said.get("pid")
        if not self.pid:
            self._channel.close()
        return said.get("error", "")

    def poll(self):
        """The exit code, or None while the process runs."""
        return self._code(0)

    def wait(self, timeout=None):
        """Wait for the exit code; `subprocess.TimeoutExpired` after that many seconds."""
        if self._code(timeout) is None:
            raise subprocess.TimeoutExpired(self.args, timeout)
        return self.returncode

    def send_signal(self, number):
        """Send a signal to the process if it still runs."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self):
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self):
        """End the process."""
        self.send_signal(signal.SIGKILL)

    def _code(self, timeout):
        """The exit code as far as it is known within a time; without a server there is no process either."""
        if self.returncode is None:
            said = self._said(timeout)
            if said is not None:
                self.returncode = said.get("code", -signal.SIGKILL)
                self._channel.close()
        return self.returncode

    def _said(self, timeout):
        """The next message of the channel, {} at its end, None where there is none in time."""
        self._channel.settimeout(timeout)
        try:
            return json.loads(self._channel.recv(4096) or b"{}")
        except (BlockingIOError, TimeoutError):
            return None
        except ConnectionError:
            return {}


def stream(given, own, stack):
    """The descriptor for an output stream as `Popen` takes it: None, PIPE, DEVNULL, a number or a file.

    own: the descriptor of this process that stands for None; stack: the ExitStack that closes what is opened here.
    Returns the descriptor and, for PIPE, the file to read from.
    """
    if given == subprocess.PIPE:
        reading, writing = os.pipe()
        stack.callback(os.close, writing)
        return writing, open(reading, "rb")
    if given is None:
        with contextlib.suppress(OSError):
            os.fstat(own)
            return own, None
    if given in (None, subprocess.DEVNULL):
        return stack.enter_context(open(os.devnull, "wb")).fileno(), None
    return (given if isinstance(given, int) else given.fileno()), None


def forget():
    """In a forked process: close the channels, which are its parent's."""
    for channel in _channels:
        channel.close()
