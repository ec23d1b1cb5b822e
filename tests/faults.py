"""Kinds of faults × readers, from what docs/faults.md says of forms and what the samples show; `python tests/faults.py` writes it.

A kind is tested for a reader where it is tested for a form that the reader has samples of, and the reader gives a table
in which the kind can occur.
"""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE, SAMPLES = ROOT / "docs" / "faults.md", ROOT / "tests" / "samples"
BEGIN, END = "<!-- by reader: written by tests/faults.py -->", "<!-- end -->"
EVERY = frozenset("posts comments entities follows metrics accounts missions exchanges attention".split())
# Tables in which a kind can occur, by words that its name begins with; every other kind can occur in all.
WHERE = {
    "an id joined": EVERY - {"attention", "exchanges"},
    "different records under one id": {"posts", "comments"},
    "one id under two accounts": {"posts"},
    "a poorer delivery": {"posts", "comments"},
    "codes of states": {"accounts", "missions", "exchanges"},
    "parallel ties": {"follows"},
    "accounts named by handle or by the address": {"metrics"},
    "accounts named by handle in posts and ties": {"posts", "follows"},
    "times that cannot be": {"posts", "comments", "follows", "metrics"},
    "day, time of day": EVERY - {"accounts", "missions", "exchanges"},
    "ages for times": {"comments"},
    "reposts that text": {"posts"},
    "texts in a program's": {"posts", "comments"},
    "ids rounded": {"posts", "comments", "follows", "metrics", "accounts"},
    "ids in scientific": {"posts", "comments", "follows", "metrics", "accounts"},
}


def tables_of(page):
    """The two tables of the page: form → readers; kind → cells, one for each form."""
    rows = [line.strip("| ").split(" | ") for line in page.partition(BEGIN)[0].splitlines() if line.startswith("|")]
    rows = [row for row in rows if not row[0].startswith("---")]
    forms = {row[0]: re.findall("`(.+?)`", row[1]) for row in rows if len(row) == 2 and row[0] != "form"}
    return forms, {row[0]: row[1:] for row in rows if len(row) > 2 and row[0] != "kind"}


def given_tables(name):
    """The canonical tables that the samples of a reader give."""
    return {table for path in (SAMPLES / name).glob("*.expected.*.csv") if (table := path.name.split(".")[-2]) in EVERY}


def by_reader(page):
    """The section of the page: a row for readers that are alike, with the numbers of the kinds that are tested, and of those that cannot occur."""
    forms, kinds = tables_of(page)
    rows = {}
    for name in dict.fromkeys(name for names in forms.values() for name in names):
        gives, places = given_tables(name), [place for place, names in enumerate(forms.values()) if name in names]
        tested, never = [], []
        for kind, cells in kinds.items():
            number, _point, words = kind.partition(". ")
            where = next((tables for begin, tables in WHERE.items() if words.startswith(begin)), EVERY)
            can = gives & where and any(not cells[place].startswith("cannot occur") for place in places)
            (tested if can else never).append(number)
        alike = ", ".join(sorted(gives)), " ".join(tested), " ".join(never) or "–"
        rows.setdefault(alike, []).append(f"`{name}`")
    lines = [BEGIN, "| readers | give | tested | cannot occur |", "|---|---|---|---|"]
    lines += [f"| {', '.join(names)} | {' | '.join(alike)} |" for alike, names in rows.items()]
    return "\n".join([*lines, END])


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(text[: text.index(BEGIN)] + by_reader(text) + text[text.index(END) + len(END) :], encoding="utf-8")
