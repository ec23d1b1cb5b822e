"""The report of a study: what its runs left, joined; `index.html`, `facts.csv`, figures, `study.json`, the research object.

Nothing is run here. A run counts as done if its folder is whole and answers the question of the plan, so that the runs
of several shards, of one machine or of many, come together.
"""

import json
import re
import sys
from difflib import get_close_matches
from hashlib import sha256

import pandas as pd

from digidip import __version__, deliveries, report, store
from digidip.home import atomic_write, locked
from digidip.studies._cache import finished_run, is_answer, key_of
from digidip.studies._close_runs import check_differences
from digidip.studies._crate import CRATE, crate, seeds_of
from digidip.studies._records import json_text, of_the_data
from digidip.studies._sweep import failure_path
from digidip.tables import csv_for_people, printable

FACTS = ("row", "notebook", "name", "group", "value", "unit", "n", "low", "high", "label", "method")
VERSIONS = ("digidip", "pandas", "ibis-framework", "duckdb", "statsmodels", "scipy", "numpy", "networkx", "seaborn")
ACCOUNT = ("data", "export", "table", "step", "rows_in", "rows_out", "reason")
FILES = {"facts": "facts.csv", "study": "study.json", "crate": CRATE}


def collect(study, folder, home):
    """Write the report of a study from the runs that its folder holds.

    study: the plan; folder: `reports/<study>`; home: the folder with `data/`, if the data are on this machine.
    Returns the content of study.json. Files are replaced one by one, each whole, study.json with the hashes of all
    others last. Who comes while another command writes the report waits for it.
    """
    with locked(folder.parent):
        return _collect(study, folder, home)


def _collect(study, folder, home):
    check_differences(study, folder)
    runs = [_run(folder, job, home) for job in study.jobs]
    facts = _facts(study, runs)
    drawn = _compared(study, facts)
    if _done(runs):
        for line in _not_compared(study, facts):
            print(printable(line), file=sys.stderr)
    content = _study(study, folder, runs)
    page = report.index(_page(study, runs, facts, drawn, content))
    files = {"index.html": page.encode(), "facts.csv": csv_for_people(facts).encode()}
    files |= _drawings(drawn)
    _clear(folder, files)
    for name, made in files.items():
        atomic_write(folder / name, made)
    content["files"] = {name: sha256(made).hexdigest() for name, made in sorted(files.items())}
    text = crate(content).encode()
    atomic_write(folder / FILES["crate"], text)
    content["files"][FILES["crate"]] = sha256(text).hexdigest()
    atomic_write(folder / FILES["study"], json_text(content).encode())
    return content


def _run(folder, job, home):
    """What is known of one run: its run.json if it is done, its record if it failed, else nothing."""
    finished, failure = finished_run(folder / job.folder), failure_path(folder, job)
    known = {"notebook": job.notebook.stem, "row": job.row, "parameters": job.values, "error": None, "folder": ""}
    if failure.exists():
        record = json.loads(failure.read_text(encoding="utf-8"))
        error = {name: record[name] for name in ("cell", "message", "code")}
        return known | {"status": "failed", "error": error, "ended_at": record["ended_at"]}
    if finished is None or not is_answer(finished, key_of(job.notebook, job.values), home):
        return known | {"status": "missing"}
    facts = json.loads((folder / job.folder / "facts.json").read_text(encoding="utf-8"))
    data = sorted({reading["hash"] for reading in finished["reads"]})
    return finished | known | {"status": "done", "folder": job.folder, "data": data, "stated": facts}


def _done(runs):
    return [run for run in runs if run["status"] == "done"]


def _facts(study, runs):
    """All facts of all runs as one table; a fact of several groups has a row for each."""
    rows = [
        {**fact, "group": ", ".join(filter(None, fact["group"].values())), "row": study.rows[run["row"]].name,
         "notebook": run["notebook"]}
        for run in _done(runs)
        for fact in of_the_data(run["stated"]["facts"])
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(FACTS)).astype({"n": "Int64"})


def _compared(study, facts):
    """The facts that the study sets side by side, as figures; the first axis makes the panels if there are two."""
    names = study.compare or tuple(facts["name"].drop_duplicates()[:1])
    return [_panels(study, facts[facts["name"] == name], name) for name in names if (facts["name"] == name).any()]


def _panels(study, facts, name):
    """One fact, stated by some run, across the rows of the study; a row whose runs do not state it has no value."""
    from digidip import figures

    places = [(row.name, *_place(row)) for row in study.rows]
    frame = pd.DataFrame(places, columns=["name", "panel", "row"])
    stated = facts[["row", "group", "value", "n", "low", "high"]].rename(columns={"row": "name"})
    stated = stated.drop_duplicates(["name", "group"])  # a fact that two notebooks state is one
    table = frame.merge(stated, how="left", on="name")
    if table.duplicated("name").any():
        table["row"] = (table["row"] + " · " + table["group"].fillna("")).str.removesuffix(" · ")
    labels = facts["label"].drop_duplicates().sort_values(ascending=False)
    caption = f"{', '.join(labels)} · {study.title}"
    words, file = name.replace("_", " ").replace(".", ", "), name.replace(".", "-").replace("_", "-")
    about = {"title": f"Compared: {words}", "name": file, "unit": facts["unit"].iloc[0]}
    return figures.plot_intervals(
        table.drop(columns=["name", "group"]), caption=caption, rows="row", panel="panel", **about
    )


def _place(row):
    """Panel and row of a combination in the small multiples."""
    names = list(row.names.values())
    return ("", row.name) if len(names) < 2 else (names[0], ", ".join(names[1:]))


def _drawings(drawn):
    """The files of figures: picture, drawing, table."""
    files = {}
    for each in drawn:
        files[f"figures/{each.name}.png"] = each.png
        files[f"figures/{each.name}.svg"] = each.svg()
        files[f"tables/{each.name}.csv"] = csv_for_people(each.table).encode()
    return files


def _clear(folder, files):
    """Take away the figures and tables that this report no longer has."""
    for old in [*folder.glob("figures/*"), *folder.glob("tables/*")]:
        if old.relative_to(folder).as_posix() not in files:
            old.unlink()


def _study(study, folder, runs):
    """The content of study.json but for its files."""
    done, environments = _done(runs), []
    for run in done:
        if run["environment"] not in environments:
            environments.append(run["environment"])
    entries = [_run_entry(folder, run, environments) for run in runs]
    inputs = {each["sha256"]: each for run in done for each in run["inputs"]}
    labels = sorted({label for run in done if run["label"] for label in run["label"].split(", ")})
    return {
        **{
            name: getattr(study, name)
            for name in ("slug", "title", "question", "description", "author", "statement", "axes")
        },
        "label": ", ".join(labels) or None,
        "digidip": __version__,
        "rows": [{"name": row.name, "parameters": row.parameters} for row in study.rows],
        "notebooks": _notebooks(study, runs),
        "runs": entries,
        "inputs": sorted(inputs.values(), key=lambda each: (each["data"], each["path"])),
        "environments": environments,
        "started_at": min((run["started_at"] for run in done), default=None),
        "ended_at": max((run["ended_at"] for run in runs if "ended_at" in run), default=None),
    }


def _run_entry(folder, run, environments):
    """One run as study.json lists it."""
    names = ("notebook", "row", "status", "folder", "parameters", "error")
    if run["status"] != "done":
        return {name: run[name] for name in names}
    entry = {name: run[name] for name in (*names, "label", "key", "data", "files", "started_at", "ended_at")}
    entry["inputs"] = [each["sha256"] for each in run["inputs"]]
    entry["seeds"] = seeds_of(run["stated"]["facts"])
    entry["files"] = entry["files"] | {"run.json": deliveries.sha256(folder / run["folder"] / "run.json")}
    return entry | {"environment": environments.index(run["environment"])}


def _notebooks(study, runs):
    """Name and title of each notebook of the study."""
    titles = {run["notebook"]: run["title"] for run in _done(runs)}
    return [{"name": book.stem, "title": titles.get(book.stem, book.stem)} for book in study.notebooks]


def _page(study, runs, facts, drawn, content):
    """What the page of the study tells, as `report.index` reads it."""
    names = ("slug", "title", "question", "description", "statement", "label", "axes", "rows", "notebooks")
    shown = facts.astype(object).where(facts.notna(), None).to_dict("records")
    figures_shown = [{"name": d.name, "alt": d.alt, "csv": csv_for_people(d.table)} for d in drawn]
    return {name: content[name] for name in names} | {
        "runs": [_shown(run) for run in runs],
        "facts": shown,
        "compared": figures_shown,
        "account": _account(runs),
        "notes": _notes(study, runs, facts, content),
        "citation": _citation(study, content),
        "versions": _versions(content),
        "files": FILES,
    }


def _shown(run):
    """One run as the page shows it."""
    entry = {name: run[name] for name in ("notebook", "row", "status", "folder", "parameters", "error")}
    if run["status"] != "done":
        return entry | {"label": None, "data": [], "facts": 0, "verdicts": [], "finding": [], "main": None}
    shown = {"facts": len(run["stated"]["facts"]), "verdicts": run["stated"]["verdicts"]}
    shown |= {"finding": run["stated"].get("finding", [])}  # runs of 0.1.0 have none
    return entry | {name: run[name] for name in ("label", "data", "main")} | shown


def _account(runs):
    """The lines of the account of rows behind all runs, each once."""
    lines = [tuple(line[name] for name in ACCOUNT) for run in _done(runs) for line in run["account"]]
    return [dict(zip(ACCOUNT, line, strict=True)) for line in dict.fromkeys(lines)]


def _notes(study, runs, facts, content):
    """What a reader should know of the exports, of what is not compared, and of how the runs came together."""
    notes = list(dict.fromkeys(note for run in _done(runs) for note in run["notes"])) + _not_compared(study, facts)
    many = len(content["environments"])
    return notes + ([f"The runs come from {many} environments: see study.json."] if many > 1 else [])


def _not_compared(study, facts):
    """A line for each fact that the study compares and no run states, with the nearest that are stated."""
    stated = facts["name"].drop_duplicates().tolist()
    return [
        f"compare: no run states a fact {name!r}, so it is not drawn. Nearest: "
        f"{', '.join(get_close_matches(name, stated, cutoff=0.4)) or 'none'}. Name a fact of facts.csv."
        for name in study.compare
        if name not in stated
    ]


def _versions(content):
    """Versions of the first environment: what to look at first when a number differs."""
    if not content["environments"]:
        return {"digidip": __version__}
    first = content["environments"][0]
    return {"python": first["python"], "system": first["system"]} | {
        n: first["packages"].get(n, "not installed") for n in VERSIONS
    }


def _citation(study, content):
    """How to cite this study as run: its parameters and the hash of the data it met are part of it.

    Its author is who states one in the study; the developers of the software did not do the study.
    """
    met = store.digest([[run["parameters"], run.get("data")] for run in content["runs"]])
    year = (content["ended_at"] or "")[:4] or "n.d."
    books = ", ".join(book.stem for book in study.notebooks)
    rests = [
        f"digidip {__version__}",
        f"notebooks {books}",
        f"{len(study.jobs)} runs",
        f"label of the data: {content['label']}",
    ]
    note = "; ".join([*rests, f"parameters and data {met}"])
    entry = {"title": study.title, "author": study.author, "year": year, "note": note}
    fields = {name: _in_bibtex(value) for name, value in entry.items() if value}
    key = re.sub(r"[^\w-]", "-", study.slug, flags=re.ASCII)
    lines = [f"@misc{{digidip-{key}-{met[:8]},", *(f"  {n} = {{{value}}}," for n, value in fields.items()), "}"]
    author = (
        f"{study.author} ({year}). {study.title}"
        if study.author
        else f"{study.title} ({year}; no author: in the study)"
    )
    return {"text": f"{author}. {note}.", "bibtex": "\n".join(lines)}


def _in_bibtex(text):
    """The text with what means something to BibTeX and LaTeX written as signs; a brace alone would swallow the entry.

    >>> _in_bibtex("10 % of {x}")
    '10 \\\\% of \\\\{x\\\\}'
    """
    names = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "{": r"\{", "}": r"\}"}
    return "".join(names.get(sign) or (f"\\{sign}" if sign in "%&#$_" else sign) for sign in text)
