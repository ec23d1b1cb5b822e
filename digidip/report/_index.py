"""The page of a study: every run, fact and verdict side by side; readable without its one script, which sorts facts."""

import base64
import hashlib
import json
import math
from collections import Counter

from digidip.claims.wording import beside_printed
from digidip.report._parts import FOLDER, badges, labels, templates
from digidip.translation import gettext

MARKS = {"done": "\u2713", "failed": "\u2717", "missing": "\u2026", "excluded": "\u2013"}


def index(study):
    """The HTML page of a study, to stand as `index.html` in the folder that its paths start from.

    study: a dict as `digidip.studies` makes it (JSON-able): slug, title, question, description, statement, label, axes,
    notebooks, rows, runs, facts, compared, account, notes, citation, versions, files. It is not changed.
    Returns the page as text. A key that is absent is a jinja2.UndefinedError; a picture without alt text a ValueError.
    """
    script = (FOLDER / "sort.js").read_text(encoding="utf-8")
    matrix = _matrix(study)
    runs = [(row, run) for row, cells in matrix for run in cells]
    filters = {
        "own": _own,
        "counted": _counted,
        "interval": _interval,
        "computed": _computed,
        "in_words": _value_in_words,
        "sorted_by": _sorted_by,
    }
    template = templates(**filters).get_template("study.html.j2")
    html = template.render(
        study=study,
        badges=badges(study["label"]),
        unstated=not study["statement"] and any("real" in labels(run["label"]) for _, run in runs),
        counts=Counter(run["status"] for _, run in runs),
        marks=MARKS,
        matrix=matrix,
        runs=runs,
        found=any(run["finding"] for _, run in runs if run["status"] == "done"),
        compared=any(run["verdicts"] for _, run in runs if run["status"] == "done"),
        printed=_printed(runs),
        **_columns(study["account"]),
        script=script,
        digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )
    return html.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair cannot be written to a file


def _matrix(study):
    """One (name of the row, its runs in the order of the notebooks) per row; a run that is not told of is missing."""
    runs = {(run["row"], run["notebook"]): run for run in study["runs"]}
    absent = {"status": "missing", "label": None, "main": None, "error": None}
    names = [notebook["name"] for notebook in study["notebooks"]]
    return [
        (row["name"], [runs.get((at, name), absent | {"notebook": name}) for name in names])
        for at, row in enumerate(study["rows"])
    ]


def _columns(lines):
    """The columns of lines that need not have the same keys, and those of them that hold numbers only."""
    columns = list(dict.fromkeys(name for line in lines for name in line))
    values = {name: [line[name] for line in lines if line.get(name) is not None] for name in columns}
    return {"columns": columns, "counted": [name for name in columns if all(map(_is_number, values[name]))]}


def _own(run):
    """The verdicts of a run on its own data; those on printed numbers alone are about no row of the study."""
    return [each for each in run["verdicts"] if _is_of_data(each, run)]


def _is_of_data(verdict, run):
    """Whether a verdict is on data of the run, and not on printed numbers alone."""
    return verdict["label"] != "derived-public" or run["label"] == "derived-public"


def _printed(runs):
    """(notebook, verdict) for each verdict on printed numbers alone, once, whichever runs state it."""
    done = [run for _, run in runs if run["status"] == "done"]
    found = {
        (run["notebook"], json.dumps(each, sort_keys=True)): each
        for run in done
        for each in run["verdicts"]
        if not _is_of_data(each, run)
    }
    return [(notebook, each) for (notebook, _), each in found.items()]


def _counted(verdicts):
    """The verdicts of a run in words: "4 fixture-match, 2 not testable here"."""
    counts = Counter(each["verdict"] for each in verdicts)
    counts_in_words = ", ".join(f"{count} {gettext(verdict)}" for verdict, count in counts.items())
    return counts_in_words or gettext("no published figure compared")


def _value_in_words(value):
    """A value as a person reads it: whole numbers and those from 1,000 with thousands, the rest to 4 digits.

    >>> [_value_in_words(value) for value in (9484, 65.04321, 12345.678, None, "146 posts")]
    ['9,484', '65.04', '12,345.7', 'missing', '146 posts']
    """
    if not _is_number(value):
        return gettext("missing") if value is None or isinstance(value, float) else str(value)
    if value == round(value) and abs(value) < 1e15:
        return f"{value:,.0f}"
    return f"{value:.4g}" if abs(value) < 1000 or abs(value) >= 1e15 else f"{value:,.1f}"


def _computed(verdict):
    """What was computed, as it stands beside what was printed."""
    return beside_printed(verdict["computed"], verdict["published"], _value_in_words)


def _interval(row):
    """The interval of a fact or verdict in words; empty where it has none."""
    low, high = row["low"], row["high"]
    if low is None and high is None:
        return ""
    if low is None:
        return gettext("at most {high}").format(high=_value_in_words(high))
    if high is None:
        return gettext("at least {low}").format(low=_value_in_words(low))
    return gettext("{low} to {high}").format(low=_value_in_words(low), high=_value_in_words(high))


def _sorted_by(value):
    """The number that a cell is sorted by, exactly; empty, which goes last, where there is none."""
    return repr(value) if _is_number(value) else ""


def _is_number(value):
    """True for a finite number; True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
