"""nbval with kernels that are forked from one process which has imported the libraries: two seconds less for each notebook.

They are ordinary kernels of ipykernel in all else: python tests/nbval_forked.py NOTEBOOK …
"""

import os
import sys
import time
from multiprocessing import get_context

sys.modules["rfc3987_syntax"] = None  # a grammar of addresses, which no notebook needs


class Forked:
    """A kernel's process, as jupyter_client wants it: like subprocess.Popen."""

    stdin = stdout = stderr = None

    def __init__(self, cmd, env=None, cwd=None, **_others):
        self._process = get_context("forkserver").Process(target=serve, args=(cmd, env, cwd))
        self._process.start()
        self.pid, self.terminate, self.kill = self._process.pid, self._process.terminate, self._process.kill
        while os.getpgid(self.pid) != self.pid:  # what is sent to the kernel's group would reach us
            time.sleep(0.001)

    def poll(self):
        return self._process.exitcode

    def wait(self, timeout=None):
        self._process.join(timeout)
        return self.poll()

    def send_signal(self, number):
        os.kill(self.pid, number)


def serve(cmd, env, cwd):
    """Be the kernel that the command starts, in its environment and folder."""
    os.setsid()
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    os.chdir(cwd or ".")
    sys.argv = [cmd[0], *cmd[3:]]  # python -m ipykernel_launcher -f FILE
    from ipykernel import kernelapp

    kernelapp.launch_new_instance()
    os._exit(0)  # its threads end with it, and not before


if __name__ == "__main__":
    import pytest
    from jupyter_client.provisioning import local_provisioner

    get_context("forkserver").set_forkserver_preload(["digidip.studies._preload", "ipykernel.kernelapp"])
    local_provisioner.launch_kernel = Forked
    sys.exit(pytest.main(["-p", "nbval.plugin", "--nbval-lax", "--nbval-current-env", "-q", *sys.argv[1:]]))
