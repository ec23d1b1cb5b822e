"""What notebooks themselves compute and draw: processor seconds of their cells, libraries and sample warm.

Each round is a process forked from the server of `digidip run`, which has imported the libraries; it loads the sample once
before it counts. The least of several rounds is printed. With --cells the cells that take more than 0.01 s follow.
Usage: `python benchmarks/notebooks.py [--rounds 5] [--cells] [--outputs FOLDER] [NAME…]`.
"""

import argparse
import json
import os
import sys
import time
from importlib import import_module
from multiprocessing import forkserver, get_context
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
AIMED = ("10-comment-analysis", "00-published-figures", "02-measure-catalogue", "90-adapt-to-your-ministry")


def main():
    """Run the notebooks in turn and print the least seconds of each."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("names", nargs="*", default=AIMED)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--cells", action="store_true")
    arguments.add_argument("--outputs", help="folder in which the text outputs are left, to compare")
    given = arguments.parse_args()
    forkserver.set_forkserver_preload(["digidip.studies._preload"])
    context, found = get_context("forkserver"), {name: [] for name in given.names}
    for _round in range(given.rounds):
        for name in given.names:
            receiving, sending = context.Pipe(duplex=False)
            process = context.Process(target=executed, args=(sending, name, given.outputs))
            process.start()
            found[name].append(receiving.recv())
            process.join()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, least of {given.rounds}")
    for name, rounds in found.items():
        print(f"| {name} | {min(sum(cells.values()) for cells in rounds):.2f} s |")
        for number, source in enumerate(rounds[0]) if given.cells else ():
            least = min(list(cells.values())[number] for cells in rounds)
            if least > 0.01:
                print(f"    {least:6.3f}  {source[:120]!r}")


def executed(sending, name, outputs):
    """Execute the cells of a notebook in this process; sends the processor seconds of each by its source."""
    shell = import_module("IPython.core.interactiveshell").InteractiveShell.instance()
    capture = import_module("IPython.utils.capture").capture_output
    store = import_module("digidip.store")
    store.load("sample")
    seconds, texts = {}, []
    cells = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            before = time.process_time()
            with capture() as shown:
                result = shell.run_cell(source, store_history=False)
            seconds[source] = time.process_time() - before
            texts += [
                shown.stdout,
                *(json.dumps([each.data.get("text/plain"), each.metadata]) for each in shown.outputs),
            ]
            if not result.success:
                sys.exit(f"{name}: {source}")
    if outputs:
        Path(outputs, f"{name}.txt").write_text("\n".join(texts), encoding="utf-8")
    sending.send(seconds)


if __name__ == "__main__":
    main()
