"""The cells of a notebook executed in this process, without a kernel: papermill's engine `digidip`.

`papermill --engine digidip in.ipynb out.ipynb` uses it, and so does every run of `digidip`. The outputs are those that
papermill gets from a kernel, byte for byte: ipykernel makes them and nbclient collects them, only no socket lies between.
"""

import asyncio
import contextvars
import os
import sys
import tempfile
from contextlib import contextmanager
from types import SimpleNamespace

from ipykernel.inprocess.blocking import BlockingInProcessKernelClient
from ipykernel.inprocess.ipkernel import InProcessKernel
from ipykernel.iostream import IOPubThread
from ipykernel.zmqshell import ZMQInteractiveShell
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine
from papermill.log import logger
from traitlets import Type, default
from traitlets.config import Config

INLINE = "module://matplotlib_inline.backend_inline"


class DigidipEngine(Engine):
    """papermill's engine that executes notebooks in its own process; it takes the options of nbclient's engine."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, start_timeout=None, execution_timeout=None, **options):
        """Execute the cells of a notebook; a cell that fails ends it, with the traceback among its outputs.

        nb_man: papermill's manager, which holds the notebook; kernel_name: not used, no kernel is started.
        start_timeout, execution_timeout: not used, since nothing outside this process could end a cell.
        """
        options.pop("input_path", None)
        _NotebookClient(nb_man, log=logger, **options).execute()


# The entry point is this module and not the class: papermill loads it when it is imported, which may be from the lines above.
execute_notebook = DigidipEngine.execute_notebook
nb_kernel_name, nb_language = DigidipEngine.nb_kernel_name, DigidipEngine.nb_language


class _NotebookClient(PapermillNotebookClient):
    """papermill's client; its kernel is this process."""

    @contextmanager
    def setup_kernel(self, **_):
        """A fresh shell for the notebook; what was `__main__` before comes back in the end, and so does the backend."""
        backend = os.environ.get("MPLBACKEND")
        os.environ["MPLBACKEND"] = backend or INLINE
        sys.modules.setdefault("debugpy", None)  # a kernel would start this debugger, which warns on stderr
        before = sys.modules["__main__"], sys.stdout, sys.stderr
        kernel = _Kernel(config=Config({"HistoryManager": {"enabled": False}}))
        self.kc = _KernelClient(kernel=kernel, session=kernel.session)
        self.kc.start_channels()
        _hook_figures()
        self.loop, self.context = asyncio.new_event_loop(), contextvars.copy_context()
        try:
            sys.stdout, sys.stderr = kernel.stdout, kernel.stderr
            yield
        finally:
            sys.modules["__main__"], sys.stdout, sys.stderr = before
            if backend is None:  # else runs that are forked later would find another environment than their server's
                os.environ.pop("MPLBACKEND", None)
            self.loop.close()
            self.kc.stop_channels()
            kernel.iopub_thread.io_loop.close(all_fds=True)
            _Shell.clear_instance()

    def execute_cell(self, cell, cell_index, **options):
        """Execute one cell; the cells share one context, in which for instance numpy keeps its print options."""
        task = self.loop.create_task(self.async_execute_cell(cell, cell_index, **options), context=self.context)
        return self.loop.run_until_complete(task)


class _Kernel(InProcessKernel):
    """ipykernel's kernel for this process, with the shell that its kernels in processes of their own have."""

    shell_class = Type("digidip.studies.execution._Shell")
    _supports_kernel_subshells = False
    shell_channel_thread = SimpleNamespace(parent_thread=None)  # asked for by a cell with `await` at its top

    @default("iopub_thread")
    def _default_iopub_thread(self):
        """The sender of outputs as a kernel has it, but its thread is not started: then it sends them at once."""
        return IOPubThread(self._underlying_iopub_socket, session=self.session)

    @contextmanager
    def _redirected_io(self):
        """While a cell runs, what programs and C code write below Python's streams goes to the notebook too."""
        with _descriptor(1, self.stdout), _descriptor(2, self.stderr):
            yield


class _Shell(ZMQInteractiveShell):
    """The shell of ipykernel's kernels."""

    def enable_gui(self, gui=None):
        """Nothing to start: figures are shown inline, no window is opened."""
        self.active_eventloop = gui


class _KernelClient(BlockingInProcessKernelClient):
    """A client whose cells run in the thread and the event loop that ask for them, not in a thread beside."""

    async def execute(self, code, store_history=True, stop_on_error=True):
        """Run the code of a cell; returns the id that its messages name."""
        content = {"code": code, "silent": False, "store_history": store_history, "stop_on_error": stop_on_error}
        message = self.session.msg("execute_request", content)
        stream = self.kernel.shell_stream
        self.session.send(stream, message)
        await self.kernel.dispatch_shell(stream.recv_multipart())
        _, reply = self.session.recv(stream, copy=False)
        self.shell_channel.call_handlers_later(reply)
        return message["header"]["msg_id"]


@contextmanager
def _descriptor(number, stream):
    """What is written to a file descriptor meanwhile is put out by the stream in the end."""
    getattr(sys, f"__{stream.name}__").flush()
    original = os.dup(number)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), number)
        try:
            yield
        finally:
            getattr(sys, f"__{stream.name}__").flush()
            os.dup2(original, number)
            os.close(original)
            file.seek(0)
            stream.write(file.read().decode(errors="replace"))
            stream.flush()


def _hook_figures():
    """The inline backend hooks into the shell when it is imported: after an earlier notebook, import it again."""
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib and matplotlib.get_backend(auto_select=False) is None:  # imported before the backend was named
        matplotlib.rcParams["backend"] = os.environ["MPLBACKEND"]
    if sys.modules.pop("matplotlib_inline.backend_inline", None):
        sys.modules["matplotlib_inline.config"].InlineBackend.clear_instance()
        sys.modules["matplotlib.pyplot"].switch_backend(INLINE)
