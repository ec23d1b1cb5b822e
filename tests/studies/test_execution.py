"""Cells without a kernel: the outputs are a kernel's, byte for byte, on small notebooks and on every real one."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest
from nbformat import v4
from papermill.engines import papermill_engines

from digidip import studies
from digidip.studies.execution import DigidipEngine

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
SOURCES = [
    "import os, sys; print(__name__, sys.stdin.isatty(), os.listdir(), len(In))",
    "print('a'); print('e', file=sys.stderr); print('b', flush=True); 5",
    "_, _2, Out[2], In[1][:9]",
    "import pandas as pd; frame = pd.DataFrame({'a': [1, 2]}); frame",
    "from IPython.display import HTML, clear_output, display, update_display",
    "display(frame); print('between'); display(HTML('<b>x</b>'), metadata={'digidip': {'facts': [1]}}); frame;",
    "display({'text/plain': 'p', 'application/x+json': {'a': [1, (2, None)]}}, raw=True)",
    "class Both:\n    def _repr_html_(self): return '<i>h</i>'\n    def _repr_png_(self): return b'PNG'\n"
    "    def __repr__(self): return 'Both'\nBoth()",
    "import matplotlib; matplotlib.get_backend(auto_select=False), os.environ['MPLBACKEND']",
    "import matplotlib.pyplot as plt; lines = plt.plot([1, 2]); print('before the figure')",
    "plt.plot([1, 3]); plt.show(); print('after the figure')",
    "%matplotlib inline\nplt.gcf();",
    "handle = display('one', display_id='shown'); print('changed below')",
    "handle.update('two'); update_display('three', display_id='shown')",
    "display(1); clear_output(); display(2); print(2)",
    "display(1); clear_output(wait=True); print('only this')",
    "%%capture caught\nprint('caught'); display(frame)",
    "caught.stdout, len(caught.outputs)",
    "%precision 2\n3.14159",
    "!echo from the shell",
    "import time; code = os.system('echo from a program'); time.sleep(0.5)",
    "import asyncio\nawait asyncio.sleep(0.01)\nprint('awaited')",
    "print('10%\\r20%\\r30%'); print('ab\\bc')",
    "size = sys.stdout.write('written\\n')",
    "try:\n    input('Which? ')\nexcept Exception as error:\n    print(type(error).__name__, error)",
    "import numpy as np; np.linalg.svd(np.arange(40000.0).reshape(200, 200) % 7)[1][:5]",
    "def outer(x):\n    return inner(x)\n\ndef inner(x):\n    return 1 / x",
    "",
    "print('as far as this'); outer(0)",
    "print('never')",
]


@pytest.fixture(autouse=True)
def engine():
    """The engine is known whether or not the package is installed."""
    papermill_engines.register("digidip", DigidipEngine)


def written(path, *sources):
    """A notebook of code cells."""
    cells = [v4.new_code_cell(source, id=f"code-{number}") for number, source in enumerate(sources)]
    spec = {"name": "python3", "language": "python", "display_name": "Python 3"}
    nbformat.write(v4.new_notebook(cells=cells, metadata={"kernelspec": spec}), path)
    return path


def executed(path, engine, folder):
    """Counts and outputs of each cell, whether or not one failed; what the notebook says of its language."""
    (folder / "empty").mkdir(exist_ok=True)
    done = folder / f"{engine}.ipynb"
    options = {"engine_name": engine, "cwd": folder / "empty", "progress_bar": False, "coalesce_streams": True}
    try:
        papermill.execute_notebook(path, done, **options)
    except papermill.PapermillExecutionError as error:
        assert error.ename == "ZeroDivisionError"
    node = nbformat.read(done, as_version=4)
    cells = [(cell.source, cell.execution_count, cell.outputs) for cell in node.cells if cell.cell_type == "code"]
    return cells, node.metadata.language_info


def test_outputs_equal_those_of_a_kernel(tmp_path, monkeypatch):
    """Streams, rich outputs, figures, display ids, magics, counts, an error with its traceback; the rest is not run."""
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # where it is set, a kernel does not catch what programs print
    notebook, state = written(tmp_path / "in.ipynb", *SOURCES), (sys.stdout, sys.modules["__main__"], Path.cwd())
    (without, language), (kernel, kernels_language) = (executed(notebook, name, tmp_path) for name in ("digidip", None))
    for mine, theirs in zip(without, kernel, strict=True):
        assert mine == theirs
    assert language == kernels_language and len(without) == len(SOURCES)
    assert without[-2][2][-1].traceback and without[-1][1:] == (None, [])
    assert (sys.stdout, sys.modules["__main__"], Path.cwd()) == state


def test_notebooks_of_one_process_share_no_names_and_show_their_figures(tmp_path):
    """The second notebook counts from one, knows nothing of the first, and its figure is among its outputs."""
    drawn = "import matplotlib.pyplot as plt; lines = plt.plot([1, 2])"
    first, _ = executed(written(tmp_path / "in.ipynb", "name = 1", drawn), "digidip", tmp_path)
    executed(written(tmp_path / "in.ipynb", "%config InlineBackend.figure_format = 'svg'", drawn), "digidip", tmp_path)
    second, _ = executed(written(tmp_path / "in.ipynb", "'name' in globals()", drawn), "digidip", tmp_path)
    assert second[0][1:] == (1, [v4.new_output("execute_result", {"text/plain": "False"}, execution_count=1)])
    assert first[1][2] == second[1][2] and "image/png" in second[1][2][0].data


def test_papermill_finds_the_engine_by_its_entry_point(tmp_path):
    """The entry point of pyproject.toml names the engine; the command leaves the executed notebook and says no word."""
    (tmp_path / "digidip_here-1.dist-info").mkdir()
    text = (NOTEBOOKS.parent / "pyproject.toml").read_text(encoding="utf-8")
    entry = re.search(r'\[project.entry-points."papermill.engine"\]\ndigidip = "(.*)"\n', text)[1]
    (tmp_path / "digidip_here-1.dist-info" / "entry_points.txt").write_text(f"[papermill.engine]\ndigidip = {entry}\n")
    (tmp_path / "digidip_here-1.dist-info" / "METADATA").write_text("Name: digidip-here\nVersion: 1\n")
    written(tmp_path / "in.ipynb", "import sys; 6 * 7")
    command = [sys.executable, "-m", "papermill", "--engine", "digidip", "in.ipynb", "out.ipynb", "--no-progress-bar"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    done = subprocess.run(
        [*command, "--log-level=ERROR"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert nbformat.read(tmp_path / "out.ipynb", 4).cells[0].outputs[0].data == {"text/plain": "42"}


def test_notebooks_give_their_committed_outputs(tmp_path):
    """Run as one study they put out what is committed, which nbval holds to what a kernel puts out: prints, tables, figures."""
    paths = [path for path in studies.notebooks(NOTEBOOKS) if path.stem[:2] in ("01", "13", "20", "90")]
    names = json.dumps([path.stem for path in paths])
    (tmp_path / "all.yml").write_text(f"title: All\nquestion: The same?\nnotebooks: {names}\n")
    done = studies.sweep(studies.plan(tmp_path / "all.yml", NOTEBOOKS), tmp_path / "report", home=tmp_path)
    assert done.failed == [] and len(done.done) == len(paths)
    differ = []
    for path in paths:
        [run] = (tmp_path / "report" / "runs" / path.stem).glob(f"*/{path.name}")
        now, committed = (nbformat.read(each, as_version=4).cells for each in (run, path))
        pairs = zip(now, committed, strict=True)
        differ += [f"{path.stem}: {old.source[:60]}" for new, old in pairs if new.get("outputs") != old.get("outputs")]
    assert differ == []
