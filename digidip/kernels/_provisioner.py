"""The provisioner behind the kernelspec `digidip`: a local kernel whose process the warm server forks."""

import asyncio
import os
import pathlib
import sys

from jupyter_client.provisioning import LocalProvisioner

from digidip.kernels import _client

_LAUNCHER = [sys.executable, "-m", "ipykernel_launcher"]


class WarmProvisioner(LocalProvisioner):
    """Start, interrupt, restart and end a kernel as `LocalProvisioner` does, but for the launch.

    Where no warm kernel can be had, or something is asked for that only a plain process can do, it starts a plain one
    and says so once on stderr.
    """

    async def launch_kernel(self, cmd, **kwargs):
        """Launch the kernel of a command; takes what `LocalProvisioner.launch_kernel` takes, returns the same."""
        process = await asyncio.to_thread(_forked, cmd, **self._scrub_kwargs(kwargs))
        if process is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process, self.pid, self.pgid = process, process.pid, process.pid
        self.cwd = kwargs.get("cwd") or pathlib.Path.cwd()
        return self.connection_info


def _forked(command, *, env=None, cwd=None, stdout=None, stderr=None, independent=False, **further):
    """The process of a kernel, or None where a plain one must do."""
    if command[:3] != _LAUNCHER:
        return _client.plainly(f"the kernel's command is {' '.join(command[:3])}, not {' '.join(_LAUNCHER)}")
    if independent or any(value is not None for value in further.values()):
        return _client.plainly(f"the client asks for {', '.join(further) or 'an independent kernel'}")
    environment = {**(os.environ if env is None else env), "JPY_PARENT_PID": str(os.getpid())}
    order = {"kernel": command[3:]}
    return _client.ask(order, environment, cwd, stdout, stderr)
