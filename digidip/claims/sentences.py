"""The finding of a run: sentences that code makes from measure tables, for the first thing that a reader sees."""

import html
import re
from collections import Counter
from dataclasses import dataclass

import pandas as pd

from digidip import measures
from digidip.claims.facts import ReportedTable, check_label, measure_name
from digidip.claims.wording import estimate, is_missing, is_worded, readable
from digidip.tables import TableError, singular

OPENINGS = {
    "synthetic": "In the synthetic sample, ",
    "derived-public": "By arithmetic on printed numbers, ",
    "real": "",
}
COUNTED = (  # units that can stand behind a number in a sentence; any other is left out
    "posts", "hours", "comments", "official answers", "inquiries", "people", "minutes", "effective topics", "followers",
    "accounts", "turns", "ties",
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """Sentences about one run, with themselves in the output metadata for `studies.run`."""

    sentences: tuple

    def _repr_mimebundle_(self, include=None, exclude=None):
        shown = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self.sentences)
        data = {"text/plain": "\n".join(self.sentences), "text/html": f'<div class="finding">{shown}</div>'}
        return data, {"digidip": {"finding": list(self.sentences)}}


def finding(label, *parts):
    """What a run found, in sentences: each is a text with places {} and, after it, what stands in them.

    label: of the data; synthetic data are named in every sentence. parts: a sentence, then for each of its places a measure
    table, whose value comes with unit, interval and n; a table of several rows, as lowest and highest; a verdict table; a
    whole number; or words. {:comments} says what is counted in place of the unit, in the singular where it is one.
    A sentence about a missing value says in its stead what is not known, and why.

    >>> above = pd.DataFrame({"share_above": [0.25], "n": [8], "low": [0.07], "high": [0.59]})
    >>> print(*finding("real", "More than {:comments} were drawn by {}.", 1, above).sentences)
    More than 1 comment were drawn by 25 % of posts (95 % interval 7 % to 59 %; n = 8).
    """
    check_label(label)
    sentences, left = [], list(parts)
    while left:
        text, places = left.pop(0), 0
        if isinstance(text, str):
            places = text.count("{")
        if not isinstance(text, str) or len(left) < places:
            raise TableError(
                f"finding: found {str(text)[:60]!r} with {len(left)} values behind it. Expected: a sentence, then as many "
                "values as it has places {}. Give each place its value."
            )
        values, left = [_Place(value) for value in left[:places]], left[places:]
        apart = [value.alone() for value in values] if any(value.reason for value in values) else [text.format(*values)]
        sentences += filter(None, apart)
    return Finding(tuple(_opened(sentence, OPENINGS[label]) for sentence in sentences))


def _opened(sentence, opening):
    """A sentence with its opening, its own first word then as within a sentence, and a full stop."""
    first = sentence.split(maxsplit=1)[0]
    is_common = opening and (len(first) == 1 or first[1:].islower())
    start = sentence[0].lower() if is_common else sentence[0].upper()
    return f"{opening}{start}{sentence[1:].rstrip('.')}."


class _Place:
    """What stands in a place of a sentence, and if nothing can, the reason."""

    def __init__(self, value):
        self.value, self.reason, self.rows = value, "", None
        if isinstance(value, pd.DataFrame):
            self.name = measure_name(value)
            self.rows = value[value[self.name].notna()].sort_values(self.name, kind="stable")
            self.reason = "" if len(self.rows) else _why_missing(value)
        elif not isinstance(value, (str, ReportedTable)) and is_missing(value):
            self.reason = "a number of this run cannot be told"

    def alone(self):
        """A sentence of its own, for a place whose sentence cannot be said."""
        if self.reason or self.rows is None:
            return self.reason
        return f"{_title(self.name, self.rows.iloc[0])} is {self}"

    def __format__(self, words):
        if self.rows is not None:
            return _tabled(self.rows, self.name, words, len(self.value) - len(self.rows))
        if isinstance(self.value, ReportedTable):
            return _verdicts(self.value.facts)
        text = self.value if isinstance(self.value, str) else readable(self.value)
        return _with_words(text, words)


def _tabled(rows, name, words, unknown):
    """The value of one row; of several, the lowest and the highest, and how many there are."""
    if len(rows) == 1:
        return _estimated(rows.iloc[0], name, words)
    ends = " to ".join(_estimated(rows.iloc[at], name, words, _group(rows.iloc[at], name)) for at in (0, -1))
    return f"from {ends} over {len(rows)} groups{f' ({unknown} more cannot be told)' if unknown else ''}"


def _estimated(row, name, words, group=""):
    """A value with its unit, and in brackets the group, the interval and n."""
    unit = measures.units()[name]
    value, low, high = estimate(row[name], row.get("low"), row.get("high"), unit)
    words = words or (unit.removeprefix("share ") if unit.startswith("share of ") else "")
    words = words or (unit if unit.startswith(COUNTED) and not re.search("[,/]", unit) else "")
    told = [group, _interval(value, low, high, name, row), "" if is_missing(row["n"]) else f"n = {readable(row['n'])}"]
    return f"{_with_words(value, words)} ({'; '.join(filter(None, told))})"


def _interval(value, low, high, name, row):
    """An interval in words: both ends, or the one that binds; nothing where there is none, or it has no width."""
    limits = measures.registered()[name]["limits"]
    if "-" in (low, high):
        return "" if low == high else f"at most {high}" if low == "-" else f"at least {low}"
    if low == high:
        return ""
    if row[name] == row["low"] and (row[name] == 0 or "one-sided" in str(row.get("method"))):
        return f"at most {high}, {limits} confidence"
    if row[name] == row["high"] and (value == "100 %" or "one-sided" in str(row.get("method"))):
        return f"at least {low}, {limits} confidence"
    return f"{low} to {high}, {limits}" if is_worded(limits) else f"{limits} interval {low} to {high}"


def _with_words(text, words):
    """A number and what it counts, in the singular where it is one."""
    return f"{text} {singular(words) if text == '1' else words}".rstrip()


def _group(row, name):
    """The group columns of a row: those before the measure that are not its keys."""
    return ", ".join(str(row[key]) for key in row.index[: row.index.get_loc(name)] if key not in _keys(name))


def _title(name, row):
    """The measure and its keys in words."""
    keys = [str(row[key]) for key in _keys(name) if key in row.index and not is_missing(row[key]) and row[key] != ""]
    return name.replace("_", " ") + (f" ({', '.join(keys)})" if keys else "")


def _keys(name):
    return (measures.DEFINITION, *measures.registered()[name]["keys"])


def _why_missing(table):
    """The sentence for a table without a value: what it is about, and why it has none."""
    name = measure_name(table)
    if table.empty:
        return f"{_title(name, table.iloc[:0])} cannot be told: nothing that it counts is in this selection"
    row = table.iloc[0]
    reason = str(row.get("method") or "").removeprefix("not available").removeprefix("not defined").lstrip(": ")
    return f"{_title(name, row)} cannot be told: {reason or 'nothing that it counts is held (n = ' + readable(row['n']) + ')'}"


def _verdicts(rows):
    """How many verdicts of each kind; of a single one, the reason too."""
    counts = Counter(row["verdict"] for row in rows)
    if len(rows) == 1:
        reason = rows[0].get("reason")
        return f"{rows[0]['verdict']}{f' ({reason})' if reason else ''}"
    return " and ".join(f"{count} {word}" for word, count in counts.most_common())
