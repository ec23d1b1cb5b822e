"""The plan of a study: what its .yml asks for, as the list of runs it comes to, all checked before the first one starts.

title: Five ministries over one month
question: Do ministries differ in how much comment their posts draw?
author: A. Scholar and B. Student         # who cites the study cites them; digidip is the software
lang: es                                  # language of pages and findings; default en, see digidip.translation
notebooks: [10-comment-analysis]          # names; `- name: {parameter: value}` for one notebook alone
parameters: {data: sample, platform: facebook}
matrix:                                   # axes; every combination is a run of each notebook
  ministry: [EST, IND]                    # a value of the parameter that the axis is named after,
  month:                                  # or several parameters that change together, under a name
    - {name: January, start: 2016-01-01, end: 2016-02-01}
exclude: [{ministry: EST, start: 2016-01-01}]
compare: [comments_per_post.median]       # facts to set side by side
statement: {purpose: …, legal_basis: …, retention: …, contact: …}
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, partial
from itertools import product
from math import prod
from pathlib import Path
from typing import NamedTuple

import yaml

from digidip.readers import texts_of
from digidip.studies._notebooks import defaults, find, parameters, run_folder, typed
from digidip.translation import LANGUAGES

KEYS = (
    "title",
    "question",
    "description",
    "author",
    "lang",
    "notebooks",
    "parameters",
    "matrix",
    "exclude",
    "compare",
    "statement",
)
NEEDED = ("title", "question", "notebooks")
MOST_ROWS = 10_000  # combinations of a matrix, before any is left out
STATEMENT = ("purpose", "legal_basis", "retention", "contact")


class Row(NamedTuple):
    """One combination of the matrix: the name of its place on each axis, and the parameters it sets."""

    names: dict
    parameters: dict

    @property
    def name(self):
        """The words for this combination."""
        return ", ".join(self.names.values()) or "as declared"


@dataclass(frozen=True, eq=False)
class Job:
    """One run of a study: notebook, number of its row in the matrix, all parameters, folder inside the report."""

    notebook: Path
    row: int
    values: dict
    folder: str


@dataclass(frozen=True)
class Study:
    """A study as planned: its words, its matrix, and its runs in order; what is excluded is no run."""

    slug: str
    title: str
    question: str
    description: str
    author: str
    lang: str
    statement: dict | None
    axes: tuple
    rows: tuple
    notebooks: tuple
    compare: tuple
    jobs: tuple


def listed(folder):
    """The studies of a folder: paths of its .yml files in the order of their names."""
    return sorted(Path(folder).glob("*.yml"))


def plan(path, notebooks, given=()):
    """The plan of a study.

    path: the .yml file; notebooks: the folder of the notebooks it names.
    given: texts "name=value", which stand above the study's `parameters`, never above its matrix.
    Returns a Study. ValueError names the file, what is wrong there and what is expected; every parameter is checked
    against every notebook.
    """
    path = Path(path)
    try:
        _check_name(path.stem)
        return plan_content(path.stem, _read(path), notebooks, path.parent, given)
    except (yaml.YAMLError, ValueError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {' '.join(str(error).split())} See `digidip list` and mend the study.") from None


def plan_content(slug, content, notebooks, beside=Path(), given=()):
    """The plan of a study's content, as `plan` makes it of a file; slug: its name; beside: where paths of notebooks begin."""
    books = [_book(entry, notebooks, beside) for entry in _items(content, "notebooks")]
    rows = _rows(content)
    common = {**_mapping(content, "parameters"), **_given(given, rows)}
    jobs = [job for book, own in books for job in _jobs(book, {**common, **own}, rows)]
    return _study(slug, content, [book for book, _ in books], rows, jobs)


def _check_name(slug):
    """The name of the file names the report's folder, and must not lead out of reports/, nor hide in it."""
    if not re.fullmatch(r"\w[\w .+-]*", slug) or slug.endswith("."):
        raise ValueError(
            f"found the file name {slug!r}. Expected letters, digits, - and _, such as five-ministries.yml."
        )


def _read(path):
    """The content of the .yml, its keys checked."""
    content = texts_of(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise ValueError(f"found no keys. Expected {', '.join(KEYS)}.")
    for name in content:
        if name not in KEYS:
            near = get_close_matches(name, KEYS, n=1)
            raise ValueError(f"found the key {name!r}{_nearest(near)}. Expected some of {', '.join(KEYS)}.")
    missing = [name for name in NEEDED if not content.get(name)]
    if missing:
        raise ValueError(f"found no {', '.join(missing)}. Expected at least {', '.join(NEEDED)}.")
    return content


def _nearest(near):
    return f" (nearest: {near[0]})" if near else ""


def _mapping(content, name):
    """One mapping of texts of the .yml."""
    value = content.get(name) or {}
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise ValueError(f"found {name}: {str(value)[:80]!r}. Expected `{name}: {{name: value}}`.")
    return value


def _items(content, name):
    """One list of the .yml."""
    value = content.get(name) or []
    if not isinstance(value, list):
        raise ValueError(f"found {name}: {str(value)[:80]!r}. Expected a list, such as `{name}: [one, two]`.")
    return value


def _book(entry, folder, beside):
    """A notebook of the study, by name or by its path from the study's folder, and the parameters that are its alone."""
    name, own = next(iter(entry.items())) if isinstance(entry, dict) and len(entry) == 1 else (entry, {})
    if not isinstance(name, str):
        raise ValueError(f"found the notebook {str(entry)[:80]!r}. Expected a name, or `name: {{parameter: value}}`.")
    return find(name, folder, beside), _mapping({name: own}, name)


def _rows(content):
    """The combinations of the matrix without what is excluded: a list of Row, one without names where there is no matrix."""
    matrix = content.get("matrix") or {}
    axes = [[_step(axis, item) for item in _items(matrix, axis)] for axis in matrix]
    size = prod(map(len, axes))
    if size > MOST_ROWS:
        raise ValueError(
            f"found a matrix of {size:,} combinations. Expected at most {MOST_ROWS:,}. Make two studies of it."
        )
    combined = [_joined(matrix, steps) for steps in product(*axes)]
    names = [row.names for row in combined]
    if any(names.count(name) > 1 for name in names):
        raise ValueError("found two places on an axis alike. Expected each once; give them a `name:`.")
    excluded = [_mapping({"exclude": item}, "exclude") for item in _items(content, "exclude")]
    rows = [row for row in combined if not any(_meets(row, item) for item in excluded)]
    if not rows:
        raise ValueError("found a matrix without a run. Expected a value on each axis, and not all excluded.")
    for item in excluded:
        if not any(_meets(row, item) for row in combined):
            raise ValueError(f"found exclude: {item}, which no combination meets. Expected one of the matrix.")
    return rows


def _meets(row, item):
    """Whether an item of `exclude` speaks of a combination."""
    return item.items() <= row.parameters.items()


def _step(axis, item):
    """One place on an axis: its name, and the parameters it sets."""
    if isinstance(item, str):
        return item, {axis: item}
    values = dict(_mapping({f"matrix: {axis}": item}, f"matrix: {axis}"))
    name = values.pop("name", None) or next(iter(values.values()), "")
    return name, values


def _joined(axes, steps):
    """One combination; two axes that set the same parameter are an error."""
    names = [name for _, values in steps for name in values]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ValueError(f"found {twice!r} set by two axes of the matrix. Expected each parameter on one axis.")
    parameters = {name: value for _, values in steps for name, value in values.items()}
    return Row(dict(zip(axes, (name for name, _ in steps), strict=True)), parameters)


def _given(given, rows):
    """Parameters given at the command, as texts."""
    pairs = dict(item.partition("=")[::2] for item in given if "=" in item)
    on_axis = next((name for name in pairs if any(name in row.parameters for row in rows)), None)
    if on_axis or len(pairs) < len(given):
        found = f"{on_axis!r}, which the matrix sets" if on_axis else f"{list(given)}"
        raise ValueError(f"found -p {found}. Expected name=value, once each, of a parameter outside the matrix.")
    return pairs


def _jobs(notebook, common, rows):
    """The runs of one notebook, its parameters checked for every row."""
    declared, usual, jobs = parameters(notebook), cache(partial(defaults, notebook)), []
    for number, row in enumerate(rows):
        try:
            values = typed([f"{name}={value}" for name, value in {**common, **row.parameters}.items()], declared)
        except ValueError as error:
            raise ValueError(f"{notebook.stem}: {str(error).removesuffix(' `digidip list` shows them all.')}") from None
        values = usual(values.get("data", "sample")) | values
        jobs.append(Job(notebook, number, values, f"runs/{notebook.stem}/{run_folder(row.names)}"))
    return jobs


def _study(name, content, notebooks, rows, jobs):
    """The plan in its final form."""
    statement = _mapping(content, "statement") or None
    if statement and set(statement) != set(STATEMENT):
        raise ValueError(f"found statement: {', '.join(statement)}. Expected {', '.join(STATEMENT)}.")
    empty = [name for name, words in (statement or {}).items() if not str(words or "").strip(" .…")]
    if empty:
        raise ValueError(f"found statement without words for {', '.join(empty)}. Expected a sentence for each.")
    if len({notebook.stem for notebook in notebooks}) < len(notebooks):
        raise ValueError("found a notebook twice, or two of one name. Expected each once.")
    words = {key: str(content.get(key) or "").strip() for key in ("title", "question", "description", "author", "lang")}
    if words["lang"] and words["lang"] not in LANGUAGES:
        raise ValueError(f"found lang: {words['lang']}. Expected one of {', '.join(LANGUAGES)}.")
    parts = {"axes": content.get("matrix") or (), "rows": rows, "compare": _items(content, "compare")}
    parts |= {"notebooks": notebooks, "jobs": jobs}
    return Study(name, **words, statement=statement, **{key: tuple(part) for key, part in parts.items()})
