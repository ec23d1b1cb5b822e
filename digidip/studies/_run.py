"""One run: execute a notebook in a kernel of its own, collect what it states, keep it as one whole folder."""

import base64
import json
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from digidip import __version__, report, store, tables
from digidip.studies._folders import publish, slug
from digidip.studies._keys import environment, key_of
from digidip.studies._notebooks import parameters, typed

FIGURE = re.compile(r"[a-z0-9_-]{1,80}")


@dataclass(frozen=True)
class Run:
    """One finished run: its folder, the executed notebook and the page in it, the content of facts.json."""

    folder: Path
    notebook: Path
    page: Path
    facts: dict


def run(notebook, given=(), *, home, reports=None):
    """Run one notebook and keep its results as `<reports>/<notebook>/<run>/`; `<run>` tells the changed parameters.

    notebook: path of the .ipynb file; given: texts "name=value", checked before any kernel starts.
    home: the folder with `data/`; the notebook finds it as DIGIDIP_HOME.
    reports: the folder for results; default `<home>/reports`.
    Returns a Run. ValueError: wrong parameters. TableError: the notebook met data it cannot use. RuntimeError: a cell
    failed, or the notebook stated no fact though its metadata do not say {"digidip": {"facts": false}}.
    """
    notebook, home = Path(notebook).resolve(), Path(home).resolve()
    declared = parameters(notebook)
    defaults = {parameter.name: parameter.default for parameter in declared}
    asked = {**defaults, **typed(given, declared)}
    changed = {name: value for name, value in asked.items() if value != defaults[name]}
    final = Path(reports or home / "reports").resolve() / notebook.stem / slug(changed)
    return keep(notebook, asked, final, home=home)


def keep(notebook, asked, final, *, home, kernel="python3", study=None):
    """Execute a notebook with all its parameters and keep the results as the folder `final`, swapped in whole.

    kernel: name of the kernelspec. study: {"title", "href"} of the study whose page leads here, or None.
    Returns a Run; raises as `run` does, and leaves the last good folder as it was.
    """
    started, key = now(), key_of(notebook, asked)
    defaults = {parameter.name: parameter.default for parameter in parameters(notebook)}
    changed = {name: value for name, value in asked.items() if value != defaults[name]}
    with tempfile.TemporaryDirectory(prefix="digidip-run-", dir=os.environ.get("DIGIDIP_SCRATCH")) as folder:
        record, own = Path(folder) / "record", Path(folder) / "own"
        record.mkdir()
        own.mkdir()
        node = _executed(notebook, changed, kernel, own, kernel_environment(home) | {"DIGIDIP_RUN": str(record)})
        reads = _noted(record)
        drawings = {path.stem: path.read_bytes() for path in record.glob("*.svg")}
        networks = {f"networks/{path.name}": path.read_bytes() for path in record.glob("networks/*")}
    facts = _facts(node, notebook.stem, asked)
    title = _title(node, notebook.stem)
    html = report.page(node, title=title, label=facts["label"], study=study)
    files = _files(node, facts, html, drawings) | networks
    kept = {"notebook": notebook.stem, "title": title, "parameters": asked}
    kept |= {"label": facts["label"], "main": _main_figure(node), "key": key, "reads": reads}
    kept |= _inputs(reads, home) | {"environment": environment(), "started_at": started, "ended_at": now()}
    kept["files"] = {name: sha256(content).hexdigest() for name, content in sorted(files.items())}
    publish({**files, "run.json": json_text(kept).encode()}, final)
    return Run(final, final / f"{notebook.stem}.ipynb", final / "index.html", facts)


def json_text(content):
    """JSON as files of this room hold it: one form, readable, with a last line end."""
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def now():
    """This instant, UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _noted(record):
    """What the kernel read, each reading once."""
    notes = record / "reads.jsonl"
    lines = notes.read_text(encoding="utf-8").splitlines() if notes.exists() else []
    return [json.loads(line) for line in dict.fromkeys(lines)]


def _inputs(reads, home):
    """The exports behind what was read, with their hashes, the lines of the account of rows on them, and the notes."""
    inputs, account, notes = [], [], []
    for data in sorted({reading["given"]["data"] for reading in reads}):
        record = store.build_record(data, home)
        read = [one for one in record["deliveries"] if any(_concerns(one, reading["given"]) for reading in reads)]
        paths = {delivery["path"] for delivery in read}
        inputs += [{"data": data, **delivery} for delivery in read]
        account += [{"data": data, **step} for step in record["account_of_rows"] if step["export"] in paths]
        notes += [text for text in record["notes"] if any(text.startswith(f"{path}:") for path in paths)]
    return {"inputs": inputs, "account": account, "notes": notes}


def _concerns(delivery, given):
    """Whether a delivery may hold rows of a selection."""
    return all(given.get(name, "") in ("", delivery[name]) for name in ("ministry", "platform"))


def _executed(notebook, changed, kernel, own, environment):
    """The notebook after its run in a fresh kernel, which works and keeps what is temporary in folders of its own."""
    import papermill

    options = {"kernel_name": kernel, "language": "python", "coalesce_streams": True, "shutdown_kernel": "immediate"}
    options |= {
        "progress_bar": sys.stderr.isatty(),
        "extra_arguments": ["--log-level=ERROR", "--HistoryManager.enabled=False"],
    }
    before, temporary = dict(os.environ), own.with_name("temporary")
    temporary.mkdir()
    os.environ.update(environment, TMPDIR=str(temporary))
    try:
        return _traceless(papermill.execute_notebook(notebook, None, changed, cwd=own, **options))
    except papermill.PapermillExecutionError as error:
        raise _told(error, notebook, changed) from None
    finally:
        os.environ.clear()
        os.environ.update(before)


def kernel_environment(home):
    """The environment of a kernel: the home, a search path that holds in any folder, one thread for linear algebra."""
    given = {**os.environ, "DIGIDIP_HOME": str(home), "OMP_NUM_THREADS": "1"}
    search = [str(Path(folder).resolve()) for folder in given.get("PYTHONPATH", "").split(os.pathsep) if folder]
    return given | ({"PYTHONPATH": os.pathsep.join(search)} if search else {})


def _told(failure, notebook, changed):
    """The error for a cell that failed: TableError for data it cannot use, else RuntimeError; it knows its `cell`."""
    cell = f"code cell In [{failure.exec_count}] `{failure.source.strip().partition(chr(10))[0][:60]}`"
    failed = f"{notebook.name}, {cell}, parameters {changed or 'as declared'}: {failure.ename}: {failure.evalue}."
    error = RuntimeError(f"{failed} Open the notebook with `digidip lab` and run this cell.")
    if failure.ename in ("TableError", "ReaderError"):
        error = tables.TableError(failure.evalue)
    error.cell = cell
    return error


def _traceless(node):
    """The notebook without times, paths and chance ids; warnings name files of this machine, so they go too."""
    node.metadata.pop("papermill", None)
    for cell in node.cells:
        cell.metadata = {key: value for key, value in cell.metadata.items() if key not in ("papermill", "execution")}
        if "injected-parameters" in cell.metadata["tags"]:
            cell.id = "injected-parameters"
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    return node


def _title(node, otherwise):
    """The notebook's first heading as plain text."""
    lines = [line for cell in node.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    return next((re.sub(r"[*`]", "", line[2:]).strip() for line in lines if line.startswith("# ")), otherwise)


def _said(node, kind):
    """What outputs state about themselves under one key of their metadata `digidip`, each with its output."""
    outputs = [output for cell in node.cells for output in cell.get("outputs", [])]
    said = [(output.get("metadata", {}).get("digidip", {}), output) for output in outputs]
    return [(states[kind], output) for states, output in said if kind in states]


def _main_figure(node):
    """Name and alt text of the figure that stands for the run: the one its metadata name, else the first; or None."""
    drawn = {figure["name"]: output.metadata["image/png"]["alt"] for figure, output in _said(node, "figure")}
    name = node.metadata.get("digidip", {}).get("main_figure") or next(iter(drawn), None)
    if name and name not in drawn:
        raise RuntimeError(f"metadata main_figure: {name!r}. Expected one of {', '.join(drawn)}. Mend the notebook.")
    return {"name": name, "alt": drawn[name]} if name else None


def _facts(node, name, values):
    """The content of facts.json, not-a-number as null; a run without facts, or a fact without label, is an error."""
    facts, verdicts = ([one for said, _ in _said(node, kind) for one in said] for kind in ("facts", "verdicts"))
    if not facts and node.metadata.get("digidip", {}).get("facts", True):
        raise RuntimeError(f"{name}: no fact is stated. Expected claims.state(table, label) in a cell. Add one.")
    if not {fact.get("label") for fact in facts} <= set(tables.LABELS):
        raise RuntimeError(f"{name}: a fact has no label. Expected {', '.join(tables.LABELS)}. Give state() one.")
    labels = sorted({said["label"] for said in facts + verdicts if said.get("label")})
    content = {"notebook": name, "parameters": values, "label": ", ".join(labels) or None, "digidip": __version__}
    return json.loads(json.dumps({**content, "facts": facts, "verdicts": verdicts}), parse_constant=lambda _: None)


def _files(node, facts, html, drawings):
    """Every file of the run: its name in the folder and its bytes."""
    import nbformat

    name = facts["notebook"]
    files = {"index.html": f"{html}\n", "facts.json": json_text(facts), f"{name}.ipynb": f"{nbformat.writes(node)}\n"}
    files = {name: text.encode() for name, text in files.items()}
    for figure, output in _said(node, "figure"):
        table, picture = f"tables/{figure['name']}.csv", f"figures/{figure['name']}.png"
        if table in files or not FIGURE.fullmatch(figure["name"]):
            raise RuntimeError(f"{name}: figure {figure['name']!r}. Expected a-z0-9_-, once. Rename it.")
        files |= {table: figure["csv"].encode(), picture: base64.b64decode(output.data["image/png"])}
        files |= {f"figures/{figure['name']}.svg": drawings[figure["name"]]} if figure["name"] in drawings else {}
    return files
