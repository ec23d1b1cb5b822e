"""Kernels: notebooks and functions in processes forked from one warm server, which has imported the libraries before.

The kernelspec `digidip` does it for papermill (`-k digidip`), nbval (`--nbval-kernel-name digidip`) and JupyterLab;
`start` does it for a function. The server has no name in any folder or list: only a process that was handed a
descriptor can ask it, and it ends when the last of them does. Only Linux has it; elsewhere, or with DIGIDIP_WARM=0,
the same calls start plain processes. Shared by the kernels of one server: the hash seed of text, and nothing else.
"""

from digidip.kernels._client import available, close
from digidip.kernels._start import start

NAME = "digidip"

__all__ = ["NAME", "available", "close", "start"]
