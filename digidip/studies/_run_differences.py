"""Runs of a study that tell by their difference what no run may tell: a count of fewer than k people.

A run is a part of another if that selects all that it selects: the ministry, platform or accounts, and the window. Of two
such, the part is withheld where their counts differ by 1 to k - 1; and where a run tells a whole of which one part is withheld,
a further part is. Months that lie apart are compared with nothing. See digidip.measures._small_cells.
"""

import json
import re

import numpy as np
import pandas as pd

from digidip import measures
from digidip.measures._small_cells import close_cells, hidden_cells, people_counts
from digidip.tables import TableError, smallest_cell

CHOSEN = ("ministry", "platform")


def to_withhold(study, report):
    """What the finished runs of a study must withhold besides what they do: a dict of Job → names of measures, all of them."""
    rows = [row for job in study.jobs for row in _stated(job, report / job.folder)]
    found = {}
    for name, stated in pd.DataFrame(rows).groupby("name") if rows else ():
        for job in stated["job"][_hidden(measures.measure(name.partition(".")[0]), stated.reset_index(drop=True))]:
            found.setdefault(job, set()).add(name.partition(".")[0])
    return {job: found[job] | {name for row in rows if row["job"] is job for name in row["chosen"]} for job in found}


def check_differences(study, report):
    """Nothing, unless runs tell by their difference what they must not; then a `TableError` that names one."""
    for job, names in to_withhold(study, report).items():
        raise TableError(
            f"{study.slug}: the run {job.folder} and a larger one differ by fewer than {smallest_cell()} people in "
            f"{', '.join(sorted(names))}, or a whole tells what a part withholds (docs/privacy.md, R8). Expected: counts that "
            f"tell nobody apart. Do: digidip run {study.slug}, which runs it again without them."
        )


def _stated(job, folder):
    """A row for each fact of a run about real people, if it is there: name, group, value, n, whether it is withheld."""
    try:
        facts, record = (json.loads((folder / name).read_text(encoding="utf-8")) for name in ("facts.json", "run.json"))
    except (OSError, ValueError):
        return []
    registered, rows = measures.registered(), []
    for fact in facts["facts"]:
        measure = fact["name"].partition(".")[0]
        if fact["label"] == "real" and "n" in registered.get(measure, {"people": ()})["people"]:
            is_withheld = fact["value"] is None and str(fact.get("method")).startswith("withheld")
            row = {
                "job": job,
                "name": fact["name"],
                "group": frozenset(fact["group"].items()),
                "is_withheld": is_withheld,
            }
            rows.append(row | {"value": fact["value"], "n": fact["n"], "chosen": record.get("withheld", [])})
    return rows


def _hidden(measure, stated):
    """Which of the rows of one fact are told and must not be, a boolean array."""
    table = stated.rename(columns={"value": measure.__name__})
    within = np.array([[_is_part(a, b) for b in stated.itertuples()] for a in stated.itertuples()])
    withheld, k = stated["is_withheld"].to_numpy(), smallest_cell()
    chosen = [measure.__name__ in names for names in stated["chosen"]]
    parts = within & ~within.T  # of each row: which columns it is a part of
    largest = parts & ~(parts.astype(int) @ parts > 0)  # of no other part a part
    hidden = np.zeros(len(stated), bool)
    absent = {name: np.nan for name in measure.people if name not in table}  # facts carry n alone
    for counts in people_counts(table.assign(**absent), measure):
        lines = largest.T[~np.isnan(counts)]
        lines = lines[lines.sum(axis=1) > 1]
        close = withheld | close_cells(counts, within | within.T, k)
        hidden |= hidden_cells(np.where(withheld, np.where(chosen, k, 1), counts), lines, k, close)
    return hidden & ~withheld


def _is_part(one, other):
    """Whether a run selects nothing that the other does not, and says it of the same group or of a part of it."""
    a, b = one.job.values, other.job.values
    accounts, others = ({*re.split(r"\s*,\s*", str(each.get("account", "")).strip())} - {""} for each in (a, b))
    return (
        one.group >= other.group
        and all(b.get(name, "") in ("", a.get(name, "")) for name in CHOSEN)
        and (not others or bool(accounts) and accounts <= others)
        and (not b.get("start") or str(a.get("start") or "") >= b["start"])
        and (not b.get("end") or bool(a.get("end")) and a["end"] <= b["end"])
    )
