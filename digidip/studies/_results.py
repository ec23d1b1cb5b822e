"""What one run leaves: execute the notebook, collect what it states, keep it as one whole folder."""

import base64
import csv
import html
import io
import json
import os
import re
import shutil
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

import nbformat
import numpy as np
import papermill
import psutil
from papermill.engines import papermill_engines
from papermill.execute import remove_error_markers

from digidip import __version__, report, store, tables
from digidip.home import atomic_write, swap_folders, write_to_disk
from digidip.studies._cache import environment, key_of
from digidip.studies._crate import CRATE, run_crate, seeds_of
from digidip.studies._notebooks import parameters
from digidip.studies._records import Run, json_text, now, of_the_data, scrubbed_message
from digidip.studies._values import own_choice
from digidip.studies.execution import DigidipEngine
from digidip.translation import gettext, language

FIGURE = re.compile(r"[a-z0-9_-]{1,80}")
HEADING = re.compile(r"<th[^>]*>([\w ]+)</th>")
CELL, TAG = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>", re.DOTALL), re.compile("<[^>]*>")


def execute(notebook, values, final, home, study, scratch):
    """Execute a notebook in this process and keep its results as the folder `final`, swapped in whole.

    values: all its parameters; home: the folder with `data/`; scratch: an empty folder for what is temporary.
    study: {"title", "href"} of the study whose page leads here, or None.
    Returns a Run; raises as `run` does, and leaves the last good folder as it was.
    """
    started, key = now(), key_of(notebook, values)
    defaults = {parameter.name: parameter.default for parameter in parameters(notebook)}
    changed = {name: value for name, value in values.items() if value != defaults[name]}
    records = scratch / "records"
    failed_path = final.with_name(f"{final.name}.failed.ipynb")
    node = _executed(notebook, changed, scratch, records, failed_path, home)
    reads = store.readings(records)
    _check_release(node, notebook.stem)
    drawings = {path.stem: path.read_bytes() for path in records.glob("*.svg")}
    networks = {f"networks/{path.name}": path.read_bytes() for path in records.glob("networks/*")}
    facts = _facts(node, notebook.stem, values)
    title = _title(node, notebook.stem)
    about = {"about": _about(values), "finding": facts["finding"]}
    page = report.page(node, title=title, label=facts["label"], study=study, **about)
    files = _files(node, facts, page, drawings) | networks
    record = {"notebook": notebook.stem, "title": title, "parameters": values}
    record |= {"label": facts["label"], "main": _main_figure(node), "key": key, "reads": reads}
    withheld = [name for name in os.environ.get("DIGIDIP_WITHHOLD", "").split(",") if name]
    record |= {"language": language()} if language() != "en" else {}
    record |= {"smallest_cell": tables.smallest_cell()} | ({"withheld": withheld} if withheld else {})
    record |= _inputs(reads, home) | {"environment": environment(), "started_at": started, "ended_at": now()}
    record["files"] = {name: sha256(content).hexdigest() for name, content in sorted(files.items())}
    if study is None:
        files[CRATE] = run_crate(record, seeds_of(facts["facts"]), facts["finding"]).encode()
        record["files"][CRATE] = sha256(files[CRATE]).hexdigest()
    publish({**files, "run.json": json_text(record).encode()}, final)
    failed_path.unlink(missing_ok=True)
    return Run(final, final / f"{notebook.stem}.ipynb", final / "index.html", facts)


def _check_release(node, name):
    """Nothing, unless something that the notebook shows or keeps holds what the terms of its data let nobody pass on.

    Tables are known by their columns, and by their cells; of what is printed as plain text, the words are looked at.
    """
    outputs = [output for cell in node.cells for output in cell.get("outputs", [])]
    shown = [output.get("data", {}).get("text/html", "") for output in outputs]
    files = [figure["csv"] for figure, _ in _stated(node, "figure")]
    heads = [HEADING.findall(page) for page in shown] + [text.partition("\n")[0].split(",") for text in files]
    kinds = {tables.kind_of(head) for head in heads}
    refused = {kind: words for kind in ("records", "ids") if (words := store.refusal_of_run(kind))}
    if refused and not kinds & refused.keys():
        cells = {html.unescape(TAG.sub("", cell)) for page in shown for cell in CELL.findall(page)}
        cells |= {cell for text in files for row in csv.reader(io.StringIO(text)) for cell in row}
        plain = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs]
        kinds = store.kinds_of_cells({cell.strip() for cell in cells.union(*(text.split() for text in plain))})
    for kind, words in refused.items():
        if kind in kinds:
            raise tables.TableError(f"{name}: a cell shows {kind}. {words} Or leave the cell out.")


def _inputs(reads, home):
    """The exports behind what was read, with their hashes, the lines of the account of rows on them, and the notes."""
    inputs, account, notes = [], [], []
    for data in sorted({reading["given"]["data"] for reading in reads}):
        record = store.build_record(data, home)
        read = [one for one in store.deliveries_read(reads, home) if one["data"] == data]
        paths = {delivery["path"] for delivery in read}
        inputs += read
        account += [{"data": data, **step} for step in record["account_of_rows"] if step["export"] in paths]
        notes += [text for text in record["notes"] if any(text.startswith(f"{path}:") for path in paths)]
    return {"inputs": inputs, "account": account, "notes": notes}


def _executed(notebook, changed, scratch, records, failed_path, home):
    """The notebook after its run, which works in an empty folder and keeps what is temporary in another.

    Where a cell fails, what was run until then stays as the file `failed_path`.
    """
    working, temporary = scratch / "working", scratch / "temporary"
    for folder in (records, working, temporary):
        folder.mkdir()
    os.environ.update(DIGIDIP_RUN=str(records), TMPDIR=str(temporary), DIGIDIP_FROM=str(Path.cwd()))
    tempfile.tempdir = None  # TMPDIR is another now
    np.random.seed()  # noqa: NPY002  a fork of the server would go on with its state
    papermill_engines.register("digidip", DigidipEngine)  # a checkout that is not installed has no entry points
    options = {"engine_name": "digidip", "kernel_name": "python3", "language": "python", "coalesce_streams": True}
    try:
        bar = sys.stderr.isatty()
        options |= {"request_save_on_cell_execute": False, "progress_bar": bar}
        node = papermill.execute_notebook(notebook, scratch / "executed.ipynb", changed, cwd=working, **options)
    except papermill.PapermillExecutionError as error:
        failure = _cell_error(
            error, notebook, changed, failed_path.relative_to(home) if home in failed_path.parents else failed_path
        )
        if not isinstance(failure, tables.TableError):
            _keep_failed(nbformat.read(scratch / "executed.ipynb", as_version=4), notebook.stem, failed_path)
        raise failure from None
    return _without_traces(node)


def _keep_failed(node, name, failed_path):
    """Write a notebook up to the cell that failed; where no texts may leave, of all outputs the kind of the error alone."""
    node = _without_traces(remove_error_markers(node))
    codes = [cell for cell in node.cells if cell.cell_type == "code"]
    may_quote = not store.refusal_of_run("records")
    for output in [output for cell in codes for output in cell.outputs if output.output_type == "error"]:
        output.update(evalue=scrubbed_message(output.evalue) if may_quote else "", traceback=[])
    if not (may_quote and _may_leave(node, name)):
        for cell in codes:
            cell.outputs = [output for output in cell.outputs if output.output_type == "error"]
    atomic_write(failed_path, f"{nbformat.writes(node)}\n".encode())


def _may_leave(node, name):
    """Whether the terms of what the run loaded allow all outputs of its notebook."""
    try:
        _check_release(node, name)
    except tables.TableError:
        return False
    return True


def _cell_error(failure, notebook, changed, failed_path):
    """The error for a cell that failed: TableError for data it cannot use, else RuntimeError; it knows its `cell`."""
    cell = f"code cell In [{failure.exec_count}] `{failure.source.strip().partition(chr(10))[0][:60]}`"
    failed = f"{notebook.name}, {cell}, parameters {changed or 'as declared'}: {failure.ename}: {failure.evalue.rstrip('.')}."
    error = RuntimeError(
        f"{failed} Open what ran until then, {failed_path}, or the notebook with `digidip lab`; mend this cell."
    )
    if failure.ename in ("TableError", "ReaderError"):
        error = tables.TableError(failure.evalue + own_choice(failure.evalue, notebook, changed))
    error.cell = cell
    return error


def _without_traces(node):
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


def _about(values):
    """The selection of a run in words: ministry, platform, accounts and window, as far as its parameters say them."""
    given = {name: values.get(name) or "" for name in ("ministry", "platform", "account", "start", "end", "zone")}
    window = ""
    if given["start"] and given["end"]:
        window = gettext("{start} to {end} ({zone}, the last day left out)").format(**given)
    return " · ".join(filter(None, [given["ministry"], given["platform"], given["account"], window]))


def _stated(node, kind):
    """What outputs state about themselves under one key of their metadata `digidip`, each with its output."""
    outputs = [output for cell in node.cells for output in cell.get("outputs", [])]
    statements = [(output.get("metadata", {}).get("digidip", {}), output) for output in outputs]
    return [(stated[kind], output) for stated, output in statements if kind in stated]


def _main_figure(node):
    """Name and alt text of the figure that stands for the run: the one its metadata name, else the first; or None."""
    drawn = {figure["name"]: output.metadata["image/png"]["alt"] for figure, output in _stated(node, "figure")}
    name = node.metadata.get("digidip", {}).get("main_figure") or next(iter(drawn), None)
    if name and name not in drawn:
        raise RuntimeError(f"metadata main_figure: {name!r}. Expected one of {', '.join(drawn)}. Mend the notebook.")
    return {"name": name, "alt": drawn[name]} if name else None


def _facts(node, name, values):
    """The content of facts.json, the finding first, not-a-number as null.

    No fact, one without label, or one name for two is an error.
    """
    facts, verdicts = ([one for stated, _ in _stated(node, kind) for one in stated] for kind in ("facts", "verdicts"))
    if not facts and node.metadata.get("digidip", {}).get("facts", True):
        raise RuntimeError(f"{name}: no fact is stated. Expected claims.report(table, label) in a cell. Add one.")
    if not {fact.get("label") for fact in facts} <= set(tables.LABELS):
        raise RuntimeError(f"{name}: a fact has no label. Expected {', '.join(tables.LABELS)}. Give report() one.")
    labels = sorted({each["label"] for each in of_the_data(facts) or verdicts if each.get("label")})
    finding = [sentence for stated, _ in _stated(node, "finding") for sentence in stated]
    content = {"notebook": name, "finding": finding, "label": ", ".join(labels) or None, "digidip": __version__}
    content |= {"parameters": values}
    content = json.dumps({**content, "facts": facts, "verdicts": verdicts})
    content = json.loads(content, parse_constant=lambda _: None)
    return content | {"facts": _distinct(content["facts"], name)}


def _distinct(facts, name):
    """The facts, each once; two that share name and group but not value, n, low and high are an error that names both."""
    found = {}
    for fact in facts:
        group = fact.get("group", {})
        other = found.setdefault(json.dumps([fact["name"], group], sort_keys=True), fact)
        if any(other.get(key) != fact.get(key) for key in ("value", "n", "low", "high")):
            numbers = (f"{one['value']} (n {one['n']}, {one['low']} to {one['high']})" for one in (other, fact))
            of = ", ".join(f"{key} {value}" for key, value in group.items())
            raise RuntimeError(
                f"{name}: two facts are named {fact['name']!r}{of and f' of {of}'}: {' and '.join(numbers)}. Expected: one number "
                "for each name. Take one through measures.by_definition, or give its table a column that tells it apart."
            )
    return list(found.values())


def _files(node, facts, html, drawings):
    """Every file of the run: its name in the folder and its bytes."""
    name = facts["notebook"]
    files = {"index.html": f"{html}\n", f"{name}.ipynb": f"{nbformat.writes(node)}\n"}
    files["facts.json"] = json_text(facts, sort=False)
    files = {name: text.encode() for name, text in files.items()}
    for figure, output in _stated(node, "figure"):
        table, picture = f"tables/{figure['name']}.csv", f"figures/{figure['name']}.png"
        if table in files or not FIGURE.fullmatch(figure["name"]):
            raise RuntimeError(f"{name}: figure {figure['name']!r}. Expected a-z0-9_-, once. Rename it.")
        files |= {table: figure["csv"].encode(), picture: base64.b64decode(output.data["image/png"])}
        files |= {f"figures/{figure['name']}.svg": drawings[figure["name"]]} if figure["name"] in drawings else {}
    return files


def publish(files, final):
    """Write the files (name → bytes) beside the folder they replace, then swap; if that fails, the old one comes back."""
    remove_leftovers(final)
    built = Path(tempfile.mkdtemp(prefix=f".{final.name}.{os.getpid()}.", dir=final.parent))
    try:
        for name, content in files.items():
            (built / name).parent.mkdir(exist_ok=True)
            write_to_disk(built / name, content)
        built.chmod(0o755)
        swap_folders(built, final)
    finally:
        shutil.rmtree(built, ignore_errors=True)


def remove_leftovers(final):
    """Clear what a crashed run of this folder left behind, and bring back the folder it had moved aside."""
    final.parent.mkdir(parents=True, exist_ok=True)
    left = re.compile(rf"\.{re.escape(final.name)}\.(\d+)\.\w+(\.old)?")
    for match in filter(None, map(left.fullmatch, os.listdir(final.parent))):
        if match[2] and not final.exists() and not psutil.pid_exists(int(match[1])):
            os.replace(final.parent / match[0], final)
        elif not psutil.pid_exists(int(match[1])):
            shutil.rmtree(final.parent / match[0], ignore_errors=True)
