"""Run notebooks: check their parameters, execute them in a fresh kernel, keep what they state in `reports/`.

One run makes `reports/<notebook>/<run>/`: the executed notebook, its page `index.html`, `facts.json`, and for each
figure `figures/<figure>.png` and `tables/<figure>.csv`. The folder is built aside and swapped in whole, so a failure
leaves the last good one as it was. Two runs give equal bytes.
"""

import ast
import base64
import hashlib
import io
import json
import os
import re
import shutil
import sys
import tempfile
import tokenize
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from digidip import __version__, tables


class Parameter(NamedTuple):
    """One parameter as a notebook declares it."""

    name: str
    kind: str
    default: Any
    meaning: str
    choices: tuple


@dataclass(frozen=True)
class Run:
    """One finished run: its folder, the executed notebook and the page in it, the content of facts.json."""

    folder: Path
    notebook: Path
    page: Path
    facts: dict


# Declared type: what a value looks like, how it is read, what to tell a person.
_KINDS = {
    "str": (r"(?s:.*)", str, "text"),
    "int": (r"[+-]?[0-9]{1,18}", int, "a whole number such as 100"),
    "float": (r"[+-]?([0-9]{1,18}\.?[0-9]{0,18}|\.[0-9]{1,18})([eE][+-]?[0-9]{1,2})?", float, "a number such as 0.5"),
    "bool": (r"(?i:true|false|yes|no)", lambda text: text.lower() in ("true", "yes"), "true, false, yes or no"),
}


def notebooks(folder):
    """The notebooks of a folder, as a list of paths in the order of their names; sub-folders are not searched."""
    return sorted(path for path in Path(folder).glob("*.ipynb") if not path.name.startswith("."))


def find(name, folder):
    """The path of the notebook of a folder that a name means: its file name, with or without .ipynb, or its number.

    ValueError with the nearest names where no notebook, or more than one, is meant.
    """
    known = {path.stem: path for path in notebooks(folder)}
    stem = name.removesuffix(".ipynb")
    meant = [stem] if stem in known else [each for each in known if each.split("-")[0] == stem]
    if len(meant) == 1:
        return known[meant[0]]
    near = ", ".join(meant or get_close_matches(stem, known, cutoff=0.4)) or "none"
    listed = f"Expected one of: {', '.join(known) or 'none is here'}. Nearest: {near}."
    raise ValueError(f"{folder}: {len(meant)} notebooks for {name!r}. {listed} Give the file name or the number.")


def parameters(notebook):
    """The parameters that a notebook declares in its cell tagged `parameters`; the notebook is read, not run.

    notebook: path of the .ipynb file.
    Returns a list of Parameter in the order of the cell, empty where no cell has the tag.
    """
    tagged = [cell.source for cell in _opened(notebook).cells if "parameters" in cell.metadata.get("tags", [])]
    source = "\n".join(tagged)
    try:
        marks = list(tokenize.generate_tokens(io.StringIO(source).readline))
        comments = {mark.start[0]: mark.string.lstrip("# ") for mark in marks if mark.type == tokenize.COMMENT}
        return [_declaration(line, comments.get(line.end_lineno, "")) for line in ast.parse(source).body]
    except (SyntaxError, tokenize.TokenError, ValueError) as error:
        expected = "Expected `name: str|int|float|bool = value  # meaning, unit; one of: a, b`. Correct that line."
        raise ValueError(f"{notebook}, cell tagged `parameters`: {error}. {expected}") from error


def typed(given, declared):
    """Values as the declared types read them: as text `007` stays `007`, as int it is 7, and `1_000` is no number.

    given: texts "name=value", as after -p; declared: the notebook's parameters.
    Returns a dict of the given names and their values; ValueError for an unknown name, a name given twice, a value of
    another type or outside the choices, or a control character (line break and tab are text).
    """
    known, values = {parameter.name: parameter for parameter in declared}, {}
    for item in given:
        name, equals, text = item.partition("=")
        near = get_close_matches(name, known)
        if not equals:
            raise _wrong(item, "no `=`", "name=value", near)
        if name not in known:
            raise _wrong(item, f"no parameter {name!r} in this notebook", f"one of {', '.join(known) or 'none'}", near)
        if name in values:
            raise _wrong(item, f"{name!r} for the second time", "each name once")
        values[name] = _checked(item, text, known[name])
    return values


def run(notebook, given=(), *, home, page, reports=None):
    """Run one notebook and keep its results as `<reports>/<notebook>/<run>/`; `<run>` tells the changed parameters.

    notebook: path of the .ipynb file; given: texts "name=value", checked before any kernel starts.
    home: the folder with `data/`; the notebook finds it as DIGIDIP_HOME.
    page: makes the page, called as page(notebook_node, title=..., label=...): `report.page`.
    reports: the folder for results; default `<home>/reports`.
    Returns a Run. ValueError: wrong parameters. TableError: the notebook met data it cannot use. RuntimeError: a cell
    failed, or the notebook stated no fact though its metadata do not say {"digidip": {"facts": false}}.
    """
    notebook, home = Path(notebook).resolve(), Path(home).resolve()
    declared = parameters(notebook)
    values = {parameter.name: parameter.default for parameter in declared}
    asked = {**values, **typed(given, declared)}
    changed = {name: value for name, value in asked.items() if value != values[name]}
    final = Path(reports or home / "reports").resolve() / notebook.stem / _slug(changed)
    node = _executed(notebook, changed, home)
    facts = _facts(node, notebook.stem, asked)
    html = page(node, title=_title(node, notebook.stem), label=facts["label"])
    _publish(_files(node, facts, html), final)
    return Run(final, final / notebook.name, final / "index.html", facts)


def _wrong(item, found, expected, near=()):
    """The error for one given parameter: where, found, expected, what to do."""
    nearest = f" Nearest: {', '.join(near)}." if near else ""
    return ValueError(f"-p {item[:80]!r}: found {found}, expected {expected}.{nearest} `digidip list` shows them all.")


def _checked(item, text, parameter):
    """One given text as the value of its parameter."""
    control = [mark for mark in text if unicodedata.category(mark) in ("Cc", "Cs") and mark not in "\n\t"]
    if control:
        raise _wrong(item, f"the control character U+{ord(control[0]):04X}", "text without control characters")
    form, read, expected = _KINDS[parameter.kind]
    if not re.fullmatch(form, text):
        raise _wrong(item, repr(text[:40]), f"{expected}: {parameter.name} is {parameter.kind}")
    value = read(text)
    if parameter.choices and value not in parameter.choices:
        choices = [str(choice) or '""' for choice in parameter.choices]
        raise _wrong(item, repr(text[:40]), f"one of {', '.join(choices)}", get_close_matches(text, choices))
    return value


def _opened(notebook):
    """The notebook as a node."""
    import nbformat

    try:
        return nbformat.read(notebook, as_version=4)
    except (OSError, ValueError, AttributeError, nbformat.ValidationError) as error:
        found = str(error).partition("\n")[0]
        raise ValueError(f"{notebook}: no notebook ({found}). Expected an .ipynb file. Check the path.") from error


def _declaration(line, comment):
    """One line of the parameters cell."""
    if not (isinstance(line, ast.AnnAssign) and ast.unparse(line.annotation) in _KINDS and line.value):
        raise ValueError(f"line {line.lineno} is {ast.unparse(line)[:60]!r}")
    kind, default = ast.unparse(line.annotation), ast.literal_eval(line.value)
    default = float(default) if kind == "float" and type(default) is int else default
    meaning, _, listed = comment.partition("one of:")
    choices = tuple(_KINDS[kind][1](each.strip().strip("\"'")) for each in listed.split(",")) if listed else ()
    if type(default).__name__ != kind or (choices and default not in choices):
        raise ValueError(f"line {line.lineno}: default {default!r} is no {kind} or not among the choices")
    return Parameter(line.target.id, kind, default, meaning.strip(" ;"), choices)


def _slug(changed):
    """The folder name of a run: readable, at most 80 characters, and never that of another run."""
    text = "_".join(f"{name}-{value}" for name, value in changed.items()) or "defaults"
    slug = re.sub(r"[^A-Za-z0-9_.-]+", "-", text).rstrip(".")
    if slug == text and len(slug) <= 80 and not any("_" in str(value) for value in changed.values()):
        return slug
    return f"{slug[:71]}-{hashlib.sha256(json.dumps(changed).encode()).hexdigest()[:8]}"


def _executed(notebook, changed, home):
    """The notebook after its run in a fresh kernel, which inherits the home and a search path that holds anywhere."""
    import papermill

    kernel = {"kernel_name": "python3", "language": "python", "coalesce_streams": True}
    kernel |= {"progress_bar": sys.stderr.isatty(), "extra_arguments": ["--log-level=ERROR"]}
    before = dict(os.environ)
    search = [str(Path(folder).resolve()) for folder in before.get("PYTHONPATH", "").split(os.pathsep) if folder]
    os.environ.update(DIGIDIP_HOME=str(home), PYTHONPATH=os.pathsep.join(search), OMP_NUM_THREADS="1")
    try:
        with tempfile.TemporaryDirectory(prefix="digidip-") as folder:
            return _traceless(papermill.execute_notebook(_opened(notebook), None, changed, cwd=folder, **kernel))
    except papermill.PapermillExecutionError as error:
        if error.ename in ("TableError", "ReaderError"):
            raise tables.TableError(error.evalue) from None
        cell = f"code cell In [{error.exec_count}] `{error.source.strip().partition(chr(10))[0][:60]}`"
        failed = f"{notebook.name}, {cell}, parameters {changed or 'as declared'}: {error.ename}: {error.evalue}."
        raise RuntimeError(f"{failed} Open the notebook with `digidip lab` and run this cell.") from None
    finally:
        os.environ.clear()
        os.environ.update(before)


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


def _files(node, facts, html):
    """Every file of the run: its name in the folder and its bytes."""
    import nbformat

    stated = json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False)
    texts = {"index.html": html, "facts.json": stated, f"{facts['notebook']}.ipynb": nbformat.writes(node)}
    files = {name: f"{text}\n".encode() for name, text in texts.items()}
    for figure, output in _said(node, "figure"):
        table, picture = f"tables/{figure['name']}.csv", f"figures/{figure['name']}.png"
        if table in files or not re.fullmatch(r"[a-z0-9_-]{1,80}", figure["name"]):
            raise RuntimeError(f"{facts['notebook']}: figure {figure['name']!r}. Expected a-z0-9_-, once. Rename it.")
        files |= {table: figure["csv"].encode(), picture: base64.b64decode(output.data["image/png"])}
    return files


def _publish(files, final):
    """Write the files beside the folder they replace, then swap; a folder moved aside comes back if that fails."""
    _tidy(final)
    built = Path(tempfile.mkdtemp(prefix=f".{final.name}.{os.getpid()}.", dir=final.parent))
    aside = built.with_name(f"{built.name}.old")
    try:
        for name, content in files.items():
            (built / name).parent.mkdir(exist_ok=True)
            with open(built / name, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        built.chmod(0o755)
        if final.exists():
            os.replace(final, aside)
        os.replace(built, final)
    finally:
        if aside.exists() and not final.exists():
            os.replace(aside, final)
        shutil.rmtree(built, ignore_errors=True)
        shutil.rmtree(aside, ignore_errors=True)


def _tidy(final):
    """Clear what a crashed run of this folder left behind, and bring back the folder it had moved aside."""
    import psutil

    final.parent.mkdir(parents=True, exist_ok=True)
    left = re.compile(rf"\.{re.escape(final.name)}\.(\d+)\.\w+(\.old)?")
    for match in filter(None, map(left.fullmatch, os.listdir(final.parent))):
        if match[2] and not final.exists() and not psutil.pid_exists(int(match[1])):
            os.replace(final.parent / match[0], final)
        elif not psutil.pid_exists(int(match[1])):
            shutil.rmtree(final.parent / match[0], ignore_errors=True)
