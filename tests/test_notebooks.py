"""The notebooks keep their anatomy, tell the same in any place, and notice a changed number."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median

import nbformat
import numpy as np
import pyarrow.compute
import pytest
from pyarrow import parquet

from digidip import home as shared
from digidip import measures, studies
from digidip.store import _sample

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
FIRST = ("data", "ministry", "platform", "account", "start", "end", "zone")
ALL = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
CHECKED = "nbval-check-output"


def cells(path, kind="code"):
    """The cells of one kind."""
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def checked(path):
    """The cells whose output nbval compares."""
    return [cell for cell in cells(path) if CHECKED in cell.metadata.get("tags", [])]


@ALL
def test_it_has_the_parts_in_their_order(path):
    """Question, parameters, imports, provenance … limits, versions; test_house has the headings and the finding."""
    notebook = nbformat.read(path, as_version=4)
    titles = [line for cell in cells(path, "markdown") for line in cell.source.splitlines() if line.startswith("#")]
    assert notebook.cells[0].source.startswith("# ") and notebook.cells[0].source.splitlines()[0].endswith("?")
    assert "**Why it is asked.**" in notebook.cells[0].source
    assert notebook.cells[1].metadata["tags"] == ["parameters"]
    assert sum(title.startswith("# ") for title in titles) == 1


@ALL
def test_parameters_are_the_houses(path):
    """The first seven everywhere, nine at most, each with its meaning."""
    declared = studies.parameters(path)
    assert tuple(parameter.name for parameter in declared)[:7] == FIRST and len(declared) <= 9
    assert all(parameter.meaning for parameter in declared)


@ALL
def test_code_cells_are_short_and_plain(path):
    """Half the code cells have three lines or fewer, none more than twelve; no functions, classes or loops."""
    sources = [cell.source for cell in cells(path)]
    lengths = [len(source.splitlines()) for source in sources]
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    assert median(lengths) <= 3 and max(lengths) <= 12
    assert not [node for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.For, ast.While))]


@ALL
def test_it_is_stored_executed_and_tidy(path):
    """Counts 1 … n, stable ids, no times, no error, nothing on standard error, the plain kernel."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = cells(path)
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert notebook.metadata.kernelspec.name == "python3"
    assert all(re.fullmatch(r"[a-z0-9-]+", cell.id) for cell in notebook.cells)
    assert not [cell for cell in code if "execution" in cell.metadata]
    outputs = [output for cell in code for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]


@ALL
def test_every_figure_has_alt_text_and_its_label(path):
    """Alt text says more than forty characters, and says synthetic where the data are."""
    for cell in cells(path):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                alt = output.metadata["image/png"]["alt"]
                assert len(alt) > 40 and any(label in alt for label in ("synthetic", "derived-public"))


@ALL
def test_a_cell_that_prints_is_checked(path):
    """Every cell whose output is text is compared by nbval, but the last, which prints versions."""
    printing = [cell for cell in cells(path)[:-1] if any(printed(output) for output in cell.outputs)]
    assert [cell.source for cell in printing if CHECKED not in cell.metadata.get("tags", [])] == []
    assert [cell.source for cell in checked(path) if not cell.outputs] == []


def printed(output):
    """Whether an output is text to read: printed, or a table; a figure stands for the table beside it."""
    return "image/png" not in output.get("data", {})


def nbval(paths, folder, **environment):
    """A run of nbval on notebooks from another working directory, in another environment; without other plugins."""
    command = [sys.executable, Path(__file__).with_name("nbval_forked.py"), "-p", "no:cacheprovider", "-c", os.devnull]
    return subprocess.run(
        [*command, "--rootdir", str(folder), *map(str, paths)],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **environment},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="session")
def shuffled_sample(tmp_path_factory):
    """A cache that holds the sample with the rows of every part in another order."""
    built, cache = tmp_path_factory.mktemp("shuffled") / "build", tmp_path_factory.mktemp("cache")
    shutil.copytree(_sample.sample_folder(), built)
    facts = json.loads((built / "build.json").read_text(encoding="utf-8"))
    for number, part in enumerate(sorted(built.rglob("*.parquet"))):
        shuffle(part, seed=number)
        facts["parts"][part.relative_to(built).as_posix()] = shared.sha256(part)
    (built / "build.json").write_text(json.dumps(facts), encoding="utf-8")
    sample = cache / "sample" / _sample.sample_key()
    sample.mkdir(parents=True)
    shared.put_in_place(built, sample)
    return cache


def shuffle(part, seed):
    """Put the rows of a Parquet part in another order; each keeps its place in its export."""
    table = parquet.read_table(part)
    rows = table.num_rows
    if "export_row" in table.column_names:
        place = pyarrow.array(range(1, rows + 1), table.schema.field("export_row").type)
        held = pyarrow.compute.coalesce(table["export_row"], place)
        table = table.set_column(table.column_names.index("export_row"), table.schema.field("export_row"), held)
    parquet.write_table(table.take(np.random.default_rng(seed).permutation(rows)), part)


@pytest.mark.parametrize("half", [NOTEBOOKS[::2], NOTEBOOKS[1::2]], ids=["even", "odd"])
def test_they_tell_the_same_wherever_they_run(half, tmp_path, shuffled_sample):
    """Every checked cell prints what is committed, under another locale, zone, folder, hash seed and order of rows."""
    strange = {"LC_ALL": "C", "LANG": "C", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "PYTHONUTF8": "1"}
    done = nbval(half, tmp_path, **strange, DIGIDIP_CACHE=str(shuffled_sample))
    assert done.returncode == 0, done.stdout[-3000:]


def test_a_changed_number_is_noticed(tmp_path):
    """Canary: one digit changed in every checked cell of the template makes exactly these cells fail."""
    path = FOLDER / "template.ipynb"
    notebook = nbformat.read(path, as_version=4)
    changed = sum(altered(cell) for cell in notebook.cells if CHECKED in cell.metadata.get("tags", []))
    copy = tmp_path / path.name
    nbformat.write(notebook, copy)
    done = nbval([copy], tmp_path)
    assert changed and re.search(rf"\b{changed} failed", done.stdout), done.stdout[-3000:]


def altered(cell):
    """Change one digit in what the cell printed; whether there was one."""
    for output in cell.outputs:
        text = output.text if "text" in output else output.data["text/plain"]
        found = re.search(r"[0-9](?=[^0-9]*$)", text)
        if found:
            digit = str((int(found[0]) + 1) % 10)
            text = text[: found.start()] + digit + text[found.end() :]
            if "text" in output:
                output.text = text
            else:
                output.data["text/plain"] = text
            return True
    return False


def test_the_catalogue_documents_every_family():
    """Notebook 02 prints the documentation of each family of measures."""
    printed = "".join(cell.source for cell in cells(FOLDER / "02-measure-catalogue.ipynb"))
    assert set(re.findall(r'documentation\("(\w+)"\)', printed)) == set(measures.catalogue()["family"])
