"""The finding of a run: sentences that code makes from measure tables, for the first thing that a reader sees."""

import html
import re
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass
from string import Formatter

import pandas as pd

from digidip import measures, translation
from digidip.claims.facts import ReportedTable, check_label, fact_keys, fact_name, measure_name
from digidip.claims.wording import estimate, is_missing, is_worded, readable
from digidip.tables import TableError, counted, singular
from digidip.translation import gettext, ngettext

OPENINGS = {
    "synthetic": "In synthetic data, ",
    "derived-public": "From published numbers, ",
    "real": "",
}
COUNTED = (  # units that can stand behind a number in a sentence; any other is left out
    "posts", "hours", "comments", "official answers", "inquiries", "people", "minutes", "effective topics", "followers",
    "accounts", "turns", "ties",
)  # fmt: skip
OTHER_MINISTRY = "another ministry"  # how the reason of a verdict begins
LACKING = " cannot be told: "  # between what is missing and why


@dataclass(frozen=True)
class Finding:
    """Sentences about one run, with themselves in the output metadata for `studies.run`."""

    sentences: tuple

    def _repr_mimebundle_(self, include=None, exclude=None):
        shown = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self.sentences)
        data = {"text/plain": "\n".join(self.sentences), "text/html": f'<div class="finding">{shown}</div>'}
        return data, {"digidip": {"finding": list(self.sentences)}}


def finding(label, *parts):
    """What a run found, in sentences: each is a text with places and, after it, what stands in them.

    label: of the data; synthetic data are named in every sentence. parts: a sentence, then for each of its places {} a
    measure table, whose value comes with unit, interval and n; a table of several rows, as lowest and highest; a verdict
    table; a whole number; or words. {mean} takes the row with this key (of several, joined by dots as in the fact's name);
    all such places of a sentence share one table. {:comments} says what is counted in place of the unit, in the singular
    where it is one. A sentence about verdicts on another ministry's figures is left out; one about a missing value says in
    its stead what is not known, and why. Sentences are in the language of the run (`digidip.translation`) where its
    catalogue has them, each whole, else in English.

    >>> import pandas as pd
    >>> above = pd.DataFrame({"share_above": [0.25], "n": [8], "low": [0.07], "high": [0.59]})
    >>> print(*finding("real", "{} drew more than {:comments}.", above, 1).sentences)
    25 % of posts (95 % interval 7 % to 59 %; n = 8) drew more than 1 comment.
    """
    check_label(label)
    sentences, left = [], list(parts)
    while left:
        text = left.pop(0)
        fields = _fields(text) if isinstance(text, str) else None
        if fields is None or len(left) < len({slot for _, slot, _, _ in fields} - {None}):
            raise TableError(
                f"finding: found {str(text)[:60]!r} with {len(left)} values behind it. Expected: a sentence, then as many "
                "values as it has places {}. Give each place its value."
            )
        with nullcontext() if translation.is_translated(text) else translation.english():
            sentences += _sentences(_fields(gettext(text)), left, label)
    return Finding(tuple(_opened(*each) for each in _with_reasons_once(sentences)))


def _with_reasons_once(sentences):
    """The sentences with their openings, each once; what one reason keeps from being told is one sentence, in the first place."""
    lacking = {}
    for sentence, opening in dict.fromkeys(sentences):
        subject, separator, reason = sentence.partition(LACKING)
        lacking.setdefault((separator + reason or sentence, opening), []).append(subject)
    joined = {
        key: "; ".join([first.rstrip(","), *(f"{each[0].lower()}{each[1:]}" for each in more)]) if more else first
        for key, (first, *more) in lacking.items()
    }
    return [(end if subject == end else subject + end, opening) for (end, opening), subject in joined.items()]


def _fields(text):
    """The parts of a sentence: words, which value stands after them (None at the end), its key, and what it counts."""
    found, slots = [], {}
    for words, key, say, _ in Formatter().parse(text):
        slot = None if key is None else slots.setdefault("shared" if key else len(found), len(slots))
        found.append((words, slot, key or "", say or ""))
    return found


def _sentences(fields, left, label):
    """The sentence of these parts with its opening, or one for each missing value; used values are taken from the list."""
    values = [left.pop(0) for _ in {slot for _, slot, _, _ in fields} - {None}]
    if any(isinstance(value, ReportedTable) and _is_of_others(value.facts) for value in values):
        return []  # the table of verdicts has them with their reasons
    places = [None if slot is None else _Place(values[slot], key) for _, slot, key, _ in fields]
    if any(place and place.reason for place in places):
        with translation.english():  # what a measure is, and why it is missing, its documentation says
            alone = [place.alone() for place in places if place]
            return [(sentence, OPENINGS[label]) for sentence in alone if sentence]
    values_in_words = (f"{place:{say}}" if place else "" for (*_, say), place in zip(fields, places, strict=True))
    sentence = "".join(words + value for (words, *_), value in zip(fields, values_in_words, strict=True))
    return [(sentence, gettext(OPENINGS[label]))]


def _opened(sentence, opening):
    """A sentence with its opening, its own first word then as within a sentence, and a full stop."""
    first = sentence.split(maxsplit=1)[0]
    is_common = opening and (len(first) == 1 or first[1:].islower())
    start = sentence[0].lower() if is_common else sentence[0].upper()
    return f"{opening}{start}{sentence[1:].rstrip('.')}."


class _Place:
    """What stands in a place of a sentence, and if nothing can, the reason."""

    def __init__(self, value, key=""):
        self.value, self.reason, self.rows = value, "", None
        if isinstance(value, pd.DataFrame):
            self.name = measure_name(value)
            keys = [fact_name(row, self.name).partition(".")[2] for row in value.to_dict("records")]
            self.value = value.loc[[not key or key == each for each in keys]]
            self.rows = self.value[self.value[self.name].notna()].sort_values(self.name, kind="stable")
            if not len(self.rows):  # where nothing is told of any key, the reason stands in rows without one
                is_lacking = self.value.empty and value[self.name].isna().all()
                self.reason = _why_missing(value if is_lacking else self.value, self.name, key)
        elif not isinstance(value, (str, ReportedTable)) and is_missing(value):
            self.reason = "a number of this run cannot be told"

    def alone(self):
        """A sentence of its own, for a place whose sentence cannot be said."""
        if self.reason or self.rows is None:
            return self.reason
        return f"{_title(self.rows.iloc[0], self.name)} is {self}"

    def __format__(self, words):
        if self.rows is not None:
            return _tabled(self.rows, self.name, words, len(self.value) - len(self.rows))
        if isinstance(self.value, ReportedTable):
            return _verdicts(self.value.facts)
        text = self.value if isinstance(self.value, str) else readable(self.value)
        return _with_words(text, words)


def _tabled(rows, name, words, unknown):
    """The value of one row, both of two; of more, the lowest and the highest, and how many there are."""
    if len(rows) == 1:
        return _estimated(rows.iloc[0], name, words)
    first, last = (_group(rows.iloc[at], name) for at in (0, -1))
    if first == last:  # rows of one group differ by their keys
        first, last = (_group(rows.iloc[at], name, with_keys=True) for at in (0, -1))
    ends = [_estimated(rows.iloc[at], name, words, group) for at, group in ((0, first), (-1, last))]
    lost = gettext(" ({number} more cannot be told)").format(number=unknown) if unknown else ""
    if len(rows) == 2:
        return gettext("{first} and {last}").format(first=ends[0], last=ends[1]) + lost
    if rows[name].nunique() == 1:  # by turns between limits that are not the same, only the value is said
        same = ends[0].partition(" (")[0]
        return gettext("{value} in each of {number} groups").format(value=same, number=len(rows)) + lost
    over = gettext("from {first} to {last} over {number} groups")
    return over.format(first=ends[0], last=ends[1], number=len(rows)) + lost


def _estimated(row, name, words, group=""):
    """A value with its unit, and in brackets the group, the interval and n."""
    unit = measures.units()[name]
    value, low, high = estimate(row[name], row.get("low"), row.get("high"), unit)
    words = words or (unit.removeprefix("share ") if unit.startswith("share of ") else "")
    words = words or (unit if unit.startswith(COUNTED) and not re.search("[,/]", unit) else "")
    parts = [group, _interval(value, low, high, name, row), "" if is_missing(row["n"]) else f"n = {readable(row['n'])}"]
    return f"{_with_words(value, words)} ({'; '.join(filter(None, parts))})"


def _interval(value, low, high, name, row):
    """An interval in words: both ends, or the one that binds, or why there is none; nothing where it has no width."""
    limits = measures.registered()[name]["limits"]
    if low == high == "-":
        return next((part for part in str(row.get("method")).split("; ") if part.startswith("no interval")), "")
    if low == "-":
        return _bounded("at most {high}", low, high)
    if high == "-":
        return _bounded("at least {low}", low, high)
    if low == high:
        return ""
    if row[name] == row["low"] and (row[name] == 0 or "one-sided" in str(row.get("method"))):
        return _bounded("at most {high}, {level} confidence", low, high, limits)
    if row[name] == row["high"] and (value == "100 %" or "one-sided" in str(row.get("method"))):
        return _bounded("at least {low}, {level} confidence", low, high, limits)
    if is_worded(limits):
        return _bounded("{low} to {high}, {level}", low, high, limits)
    return _bounded("{level} interval {low} to {high}", low, high, limits)


def _bounded(words, low, high, level=""):
    """An interval in these words."""
    return gettext(words).format(low=low, high=high, level=gettext(level))


def _with_words(text, words):
    """A number and what it counts, in the singular where it is one."""
    if not words:
        return text
    return f"{text} {ngettext(singular(words), words, {'0': 0, '1': 1}.get(text, 2))}"


def _group(row, name, with_keys=False):
    """What tells a row from the others, in words: its group, or where it has none, or they are asked for, its keys too."""
    before = {
        key: row[key] for key in row.index[: row.index.get_loc(name)] if not is_missing(row[key]) and row[key] != ""
    }
    groups = [str(each) for key, each in before.items() if key not in fact_keys(name) and not with_keys]
    return ", ".join(groups or map(str, before.values()))


def _title(row, name, words=""):
    """The measure and its keys in words."""
    keys = fact_name(row, name).partition(".")[2].replace(".", ", ")
    return (words or name.replace("_", " ")) + (f" ({keys})" if keys else "")


def _in_words(name):
    """What a measure is: the first line of its documentation, without what stands behind a colon or in brackets."""
    line = measures.measure(name).__doc__.partition("\n")[0]
    return re.split(r"[:;]| \(|\.(?: |$)", line)[0]


def _why_missing(table, name, key):
    """The sentence for a table without a value: what it is about, and why it has none."""
    if table.empty:
        return f"{_subject(name, key.split('.'))}{LACKING}nothing that it counts is in this selection"
    row = table.iloc[0]
    reason = re.sub("^not (available|defined|testable)", "", str(row.get("method") or "")).lstrip(": ")
    keys = re.split(r"(?<!\d)\.|\.(?!\d)", fact_name(row, name))[1:]  # a point between digits belongs to a number
    return f"{_subject(name, keys)}{LACKING}{reason or f'nothing that it counts is held (n = {readable(row.n)})'}"


def _subject(name, keys):
    """What a measure is, as the subject of a sentence, with those keys that it does not name itself.

    >>> _subject("official_answer_share", ["post"]), _subject("waiting_time", ["any inquiry", "median"])
    ('The share of posts under which the ministry answers, or of comments that it answers,', 'How long inquiries wait (any inquiry, median)')
    """
    line = _in_words(name)
    is_clause = line.split()[0] in ("By", "How", "Of", "What", "Where", "Whether", "Which", "Who")
    line = line if is_clause else f"The {line[0].lower()}{line[1:]}"
    further = ", ".join(key for key in keys if key and key.lower() not in line.lower())
    return f"{line} ({further})" if further else line + "," * (", or " in line)


def _is_of_others(verdicts):
    """Whether all verdicts are on figures of another ministry, of which a run finds nothing."""
    return all((row.get("reason") or "").startswith(OTHER_MINISTRY) for row in verdicts) and bool(verdicts)


def _verdicts(rows):
    """How many verdicts of each kind; of a single one the first reason too, and how many there are besides."""
    counts = Counter(row["verdict"] for row in rows)
    if len(rows) == 1:
        first, *more = (rows[0].get("reason") or "").split("; ")
        besides = f"; and {counted(len(more), 'more reasons')}" if more else ""
        reason = first + besides if translation.is_translated(first) else gettext("the reason stands in the table")
        return f"{gettext(rows[0]['verdict'])}{f' ({reason})' if first else ''}"
    return gettext(" and ").join(f"{count} {gettext(word)}" for word, count in counts.most_common())
