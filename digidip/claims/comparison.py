"""Published figure beside computed figure, and one word for the two together."""

import json
from pathlib import Path

import pandas as pd

from digidip.claims.facts import ReportedTable, check_label, is_missing, json_value, measure_name, readable
from digidip.claims.published_figures import REFERENCE, published, published_parts
from digidip.tables import TableError

STATE_DEPARTMENT = {"ministry": "USA", "platform": "facebook", "start": "2016-01-01", "end": "2016-02-01"}
MINISTRIES = {"ministry": "", "platform": "x", "start": "2014-05-01", "end": "2016-02-01"}
ASK_STATE = {"ministry": "USA", "platform": "x", "start": "2012-01-01", "end": "2012-02-01"}
SUBJECTS = {  # study, first seven letters of the period of the figure: whom it speaks of
    ("10-comment-analysis", "2016-01"): STATE_DEPARTMENT,
    ("13-question-sessions", "to 2012"): ASK_STATE,
    ("13-question-sessions", "Jan 201"): ASK_STATE,
    ("21-ministry-network", "May 201"): MINISTRIES,
    ("21-ministry-network", "2015"): MINISTRIES,
    ("21-ministry-network", "Nov-Dec"): MINISTRIES,
    ("30-presence-and-reach", "c. 2016"): {"ministry": "PER"},
}
FIXTURES = {  # study: what of the synthetic sample was made from its figures, though it is another ministry's or month's
    "13-question-sessions": {"ministry": "SWE", "platform": "facebook", "start": "2016-04-01", "end": "2016-05-01"},
}


def verdict(part, value, low, high, label):
    """The house word for a computed `value` (`low` to `high`) beside one part of a published figure.

    Real data: `reproduced` if the value fits, `compatible` if only the intervals overlap. Derived-public arithmetic:
    `compatible` or `internally inconsistent`. Synthetic data: `fixture-match` if the value itself fits, never more.
    `part` is a row of `published_parts`; a missing value, or a figure without a number (grades D, N), is not testable.

    >>> mean = published_parts().loc["F002_1"]  # printed 65, so 64.5 to 65.5
    >>> verdict(mean, 65.2, 60, 70, "real"), verdict(mean, 66, 60, 70, "real"), verdict(mean, 65.2, 60, 70, "synthetic")
    ('reproduced', 'compatible', 'fixture-match')
    """
    check_label(label)
    if not part["locator"]:
        return "source text missing"
    if part["grade"] in "DN" or is_missing(part["low"]) or is_missing(value):
        return "not testable here"
    fits = _overlap(part, value, value)
    near = fits or not (is_missing(low) or is_missing(high)) and _overlap(part, low, high)
    if label == "synthetic":
        return "fixture-match" if fits else "not compatible"
    if label == "derived-public":
        return "compatible" if near else "internally inconsistent"
    return "reproduced" if fits else "compatible" if near else "not compatible"


def _overlap(part, low, high):
    """Do the closed interval low..high and the part's interval share a number?"""
    above = high >= part["low"] if part["low_in"] else high > part["low"]
    return bool(above and (low <= part["high"] if part["high_in"] else low < part["high"]))


def verdicts(computed, data, folder=REFERENCE):
    """Published and computed side by side, with one verdict each.

    `computed`: figure id (or part, "F041_3") -> a measure table of one row, or (value, n, low, high), or in words why
    there is none.
    `data`: anything with label, ministry, platform, start, end; a figure about another subject is not testable.
    """
    check_label(data.label)
    table = published_parts(folder)
    rows = [_verdict_row(name, table, given, data) for name, given in computed.items()]
    columns = ["id", "figure", "published", "computed", "n", "low", "high", "label", "verdict", "reason"]
    frame = pd.DataFrame(rows, columns=columns)
    shown = frame.assign(computed=[readable(value) for value in frame["computed"]])
    for name in ("n", "low", "high"):
        shown[name] = [readable(value, absent="-") for value in frame[name]]
    records = [{name: json_value(value) for name, value in row.items()} for row in rows]
    return ReportedTable(shown, data.label, tuple(records), key="verdicts")


def _verdict_row(name, table, given, data):
    part_name = name if "_" in name else f"{name}_1"
    if part_name not in table.index:
        raise TableError(f"computed: found {name!r}. Expected: an id of published_figures.csv. Correct the id.")
    part, (value, n, low, high, reason) = table.loc[part_name], _computed(given)
    reason = reason if is_missing(value) else _other_subject(part, data)
    word = "not testable here" if reason else verdict(part, value, low, high, data.label)
    numbers = {"computed": value, "n": n, "low": low, "high": high, "label": data.label}
    printed = f"{part['value']} {part['unit']}"
    return {"id": name, "figure": part["figure"], "published": printed, **numbers, "verdict": word, "reason": reason}


def _computed(given):
    """value, n, low, high and the reason for a missing value.

    From a measure table of one row, a plain tuple or words.
    """
    if isinstance(given, str):
        return None, None, None, None, given
    if not isinstance(given, pd.DataFrame):
        return (*given, "not available" if is_missing(given[0]) else "")
    if len(given) != 1:
        raise TableError(f"computed: found {len(given)} rows. Expected: one row per figure. Select the group first.")
    row = given.iloc[0]
    value, reason = row[measure_name(given)], row.get("method", "")
    return (
        value,
        row.get("n"),
        row.get("low"),
        row.get("high"),
        (reason or "not available") if is_missing(value) else "",
    )


def _other_subject(part, data):
    """Empty if the selection is what the figure speaks of, else the sentence that says why not."""
    subject = SUBJECTS.get((part["study"], part["period"][:7]))
    chosen = {name: str(getattr(data, name)) for name in ("ministry", "platform", "start", "end")}
    fixture = FIXTURES.get(part["study"]) if data.label == "synthetic" else None
    if any(given and given.items() <= chosen.items() for given in (subject, fixture)):
        return ""
    speaks = "{ministry}, {platform}, {start} to {end}"
    described = f"{part['population']}, {part['period']}"
    if subject and len(subject) == len(chosen):
        described = speaks.format(**_worded(subject))
    return f"the figure speaks of {described}; this run of {speaks.format(**_worded(chosen))}"


def _worded(chosen):
    """A selection in words: what is empty does not restrict."""
    return {name: value or f"every {name}" for name, value in chosen.items()}


def as_count(share, of=None):
    """A share, in a measure table of one row, as a number of its n, or of 100.

    (value, n, low, high) for `verdicts`.

    >>> share = pd.DataFrame({"share_above": [0.25], "n": [8], "low": [0.125], "high": [0.5]})
    >>> as_count(share), as_count(share, of=100)
    ((2, 8, 1.0, 4.0), (25.0, 8, 12.5, 50.0))
    """
    row, name = share.iloc[0], measure_name(share)
    if is_missing(row[name]):
        return None, row["n"], None, None
    value = round(row[name] * row["n"]) if of is None else float(row[name] * of)
    return value, int(row["n"]), *(float(row[end] * (of or row["n"])) for end in ("low", "high"))


def verdicts_of_runs(reports, study=""):
    """Every published figure beside what the runs found in `reports` computed, a row for each run.

    `study` keeps the figures of one notebook. A figure that no run has computed stands with the verdict "not computed".
    """
    figures = published(study)[["id", "figure", "value", "unit", "grade", "study"]]
    places = "*/*/facts.json", "*/runs/*/*/facts.json"  # runs of notebooks, runs of studies
    pages = sorted(page for place in places for page in Path(reports).glob(place))
    found = [verdict | {"run": str(page.parent.relative_to(reports))} for page in pages for verdict in _verdicts(page)]
    columns = ["id", "computed", "n", "low", "high", "label", "verdict", "run"]
    frame = pd.DataFrame(found, columns=columns)
    table = figures.merge(frame, how="left", on="id")
    table = table.assign(verdict=table["verdict"].fillna("not computed")).astype(object)
    return table.where(table.notna(), "")


def _verdicts(page):
    """The verdicts on published figures that one run left in its facts.json."""
    return [row for row in json.loads(page.read_text(encoding="utf-8"))["verdicts"] if "id" in row]
