"""Whether the values of runs can be what they are meant for, before any process starts: days, zones, and who is held."""

import re
from functools import cache

from digidip import store
from digidip.studies._notebooks import parameters, read_notebook
from digidip.tables import TableError

SELECTION = ("data", "ministry", "platform", "account", "start", "end", "zone")
LOADS = re.compile(r"\bload\(")
MOST_CHECKED = 300  # selections of one study: each takes some hundredths of a second


def check_values(notebook, values, changed, home):
    """Nothing, if a holding could be selected by the values of a run; else the `TableError` that its notebook would meet.

    changed: the values that its user gave. Of a notebook that loads no holding nothing is asked.
    """
    chosen = {name: values[name] for name in SELECTION if name in values}
    if chosen.get("data") not in ("sample", "processed") or not _loads(notebook):
        return
    try:
        store.check_selection(**chosen, home=home)
    except TableError as error:
        raise TableError(f"{error}{own_choice(str(error), notebook, changed)}") from None


@cache
def _loads(notebook):
    """Whether a cell of a notebook selects from a holding."""
    return any(LOADS.search(cell["source"]) for cell in read_notebook(notebook)["cells"] if cell["cell_type"] == "code")


def wrong_values(study, home):
    """The runs of a study whose values no holding can be selected by: Job → why, for the first selections of many."""
    found, met = {}, {}
    for job in study.jobs:
        chosen = {name: job.values[name] for name in SELECTION if name in job.values}
        key = tuple(chosen.items())
        if key not in met and len(met) < MOST_CHECKED:
            met[key] = ""
            try:
                check_values(job.notebook, chosen, {}, home)
            except TableError as error:
                met[key] = str(error)
        if met.get(key):
            found[job] = met[key]
    return found


def own_choice(message, notebook, changed):
    """What to say where a default of the notebook, and not its user, chose what the data do not have; else nothing."""
    word = re.match(r"\w*", message)[0]
    chosen = [
        each.name for each in parameters(notebook) if each.name in {"window": ("start", "end")}.get(word, (word,))
    ]
    choices = {*chosen, "zone"} if word == "window" else {*chosen}
    if not changed or not chosen or changed.keys() & choices:
        return ""
    options = " ".join(f"-p {name}=" for name in chosen)
    return f" The notebook itself chose it, and nobody said otherwise: say {options} for none, or give another."
