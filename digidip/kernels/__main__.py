"""The warm server: `python -m digidip.kernels DESCRIPTOR SCRATCH [MODULE...]`, started by a client, never by hand."""

import os
import shutil
import socket
import sys

if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]  # the folder it was started in; a kernel's is put there by IPython

    from digidip.kernels import _child, _server, _warm

    requests, scratch = socket.socket(fileno=int(sys.argv[1])), sys.argv[2]
    job = _server.serve(requests, _warm.warm(sys.argv[3:]))
    if job:
        _child.run(job, scratch)
    else:
        shutil.rmtree(scratch, ignore_errors=True)
        os._exit(0)  # nothing of the libraries was used here, so nothing needs their clean-up
