"""One run of one notebook: parameters checked, executed in a process of its own, kept as one whole folder."""

import tempfile
from pathlib import Path

from digidip.studies._notebooks import defaults, parameters, run_folder, typed
from digidip.studies._process import RunProcess
from digidip.studies._values import check_values


def run(notebook, given=(), *, home, reports=None):
    """Run one notebook and keep its results as `<reports>/<notebook>/<run>/`; `<run>` tells the changed parameters.

    notebook: path of the .ipynb file; given: texts "name=value", checked before any process starts.
    home: the folder with `data/`; the notebook finds it as DIGIDIP_HOME.
    reports: the folder for results; default `<home>/reports`.
    Returns a Run. ValueError: wrong parameters. TableError: the notebook met data it cannot use. RuntimeError: a cell
    failed, or the notebook stated no fact though its metadata do not say {"digidip": {"facts": false}}.
    """
    notebook, home = Path(notebook).resolve(), Path(home).resolve()
    given = typed(given, parameters(notebook))
    usual = defaults(notebook, given.get("data", "sample"))
    values = {**usual, **given}
    changed = {name: value for name, value in values.items() if value != usual[name]}
    check_values(notebook, values, changed, home)
    final = Path(reports or home / "reports").resolve() / notebook.stem / run_folder(changed)
    with tempfile.TemporaryDirectory(prefix="digidip-", ignore_cleanup_errors=True) as scratch:
        return RunProcess(notebook, values, final, home, None, home=home, scratch=scratch).result()
