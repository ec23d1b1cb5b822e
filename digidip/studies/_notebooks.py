"""What notebooks declare: their names, their parameters, and whether given values fit them."""

import ast
import hashlib
import io
import json
import re
import tokenize
import unicodedata
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple


class Parameter(NamedTuple):
    """One parameter as a notebook declares it."""

    name: str
    kind: str
    default: Any
    meaning: str
    choices: tuple


# Declared type: what a value looks like, how it is read, what to tell a person.
_KINDS = {
    "str": (r"(?s:.*)", str, "text"),
    "int": (r"[+-]?[0-9]{1,18}", int, "a whole number such as 100"),
    "float": (r"[+-]?([0-9]{1,18}\.?[0-9]{0,18}|\.[0-9]{1,18})([eE][+-]?[0-9]{1,2})?", float, "a number such as 0.5"),
    "bool": (r"(?i:true|false|yes|no)", lambda text: text.lower() in ("true", "yes"), "true, false, yes or no"),
}


OF_ANY_DATA = {"start": "", "end": "", "zone": "UTC"}


def notebooks(folder):
    """The notebooks of a folder, as a list of paths in the order of their names; sub-folders are not searched."""
    return sorted(path for path in Path(folder).glob("*.ipynb") if not path.name.startswith("."))


def find(name, folder, beside=Path()):
    """The path of the notebook that a name means: of the folder by file name, with or without .ipynb, or number; or a path.

    beside: the folder that a path ending in .ipynb starts from, where it is relative.
    ValueError with the nearest names where no notebook, or more than one, is meant.
    """
    if name.endswith(".ipynb") and (beside / name).is_file():
        return (beside / name).resolve()
    known = {path.stem: path for path in notebooks(folder)}
    stem = name.removesuffix(".ipynb")
    meant = [stem] if stem in known else [each for each in known if each.split("-")[0] == stem]
    if len(meant) == 1:
        return known[meant[0]]
    near = ", ".join(meant or get_close_matches(stem, known, cutoff=0.4)) or "none"
    listed = f"Expected one of: {', '.join(known) or 'none is here'}. Nearest: {near}."
    raise ValueError(
        f"{folder}: {len(meant)} notebooks for {name!r}. {listed} Give the file name or the number, or the path of an .ipynb."
    )


def parameters(notebook):
    """The parameters that a notebook declares in its cell tagged `parameters`; the notebook is read, not run.

    notebook: path of the .ipynb file.
    Returns a list of Parameter in the order of the cell, empty where no cell has the tag.
    """
    tagged = [
        each["source"] for each in read_notebook(notebook)["cells"] if "parameters" in each["metadata"].get("tags", [])
    ]
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


def defaults(notebook, data):
    """The values of the parameters that a run was not given: those that the notebook declares, and on other data than the sample
    those that fit any data.

    Windows, zones, wages and names that the sample has would price or cut the data of others without a word: there a
    window is open, a zone UTC, and what the metadata `own_data` name is as they say.
    data: which data the run reads.
    """
    values = {each.name: each.default for each in parameters(notebook)}
    if data == "sample":
        return values
    own = read_notebook(notebook)["metadata"].get("digidip", {}).get("own_data", {})
    return values | {name: value for name, value in (OF_ANY_DATA | own).items() if name in values}


def run_folder(changed):
    """The folder name of a run: readable, at most 80 characters, and never that of another run.

    >>> run_folder({"ministry": "PER", "start": "2016-01-01"})
    'ministry-PER_start-2016-01-01'
    """
    text = "_".join(f"{name}-{value}" for name, value in changed.items()) or "defaults"
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", text).rstrip(".")
    if plain == text and len(plain) <= 80 and not any("_" in str(value) for value in changed.values()):
        return plain
    return f"{plain[:71]}-{hashlib.sha256(json.dumps(changed).encode()).hexdigest()[:8]}"


def read_notebook(notebook):
    """What a notebook holds, as a dict: `metadata`, and `cells` whose `source` is one text; it is read, not run."""
    try:
        node = json.loads(Path(notebook).read_text(encoding="utf-8"))
        cells = [cell | {"source": "".join(cell["source"])} for cell in node["cells"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        found = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise ValueError(f"{notebook}: no notebook ({found}). Expected an .ipynb file. Check the path.") from error
    return {"metadata": node.get("metadata", {}), "cells": cells}


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
