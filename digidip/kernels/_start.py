"""A function in a process of its own, forked from the warm server where there is one."""

import json
import os
import subprocess
import sys

from digidip.kernels import _client

_COLD = "from digidip.kernels import _child; _child.cold()"


def start(function, argument=None, *, env=None, cwd=None, stdout=None, stderr=None):
    """Start a function in a process of its own, which may start warm kernels from the same server.

    function: "module:function"; the module is found on the search path or in the working folder.
    argument: its one argument, anything that JSON holds.
    env, cwd, stdout, stderr: as for `subprocess.Popen`; stdin is empty.
    Returns an object with pid, returncode, stdout, stderr, poll(), wait(timeout), send_signal(), terminate(), kill(),
    as Popen has. Exit code 0 when the function returns, 1 with its traceback on stderr when it raises. A warm process
    is killed when the object is forgotten or this process dies. FileNotFoundError where cwd is no folder.
    """
    environment = dict(os.environ if env is None else env)
    order = {"function": function, "argument": argument}
    process = _client.ask(order, environment, cwd, stdout, stderr, modules=[function.partition(":")[0]], share=True)
    if process is None:
        command = [sys.executable, "-c", _COLD]
        streams = {"stdin": subprocess.PIPE, "stdout": stdout, "stderr": stderr}
        process = subprocess.Popen(command, env=environment, cwd=cwd, start_new_session=True, **streams)
        with process.stdin:
            process.stdin.write(json.dumps(order).encode())
        process.stdin = None
    return process
