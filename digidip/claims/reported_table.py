"""A small table as a notebook shows it: words to the left, numbers to the right, nothing that is empty."""

import html
import re
from dataclasses import dataclass
from datetime import datetime, time
from string import ascii_lowercase

import numpy as np
import pandas as pd

from digidip.claims.wording import is_missing

NUMBER = re.compile(r"(< )?[-+]?[0-9][0-9,]*(\.[0-9]+)?(e[-+]?[0-9]+)?( %)?|-|not available|")
LONG = 40  # characters of a text that stands once, below the table


@dataclass(frozen=True)
class ReportedTable:
    """A small table as a notebook shows it, with its numbers in the output metadata for `studies.run`.

    table: cells as text; label: of the data; notes: what is said beside the label; below: lines under the table. A column
    that is empty throughout is not shown, and no label that the table has anyhow.
    """

    table: pd.DataFrame
    label: str
    facts: tuple = ()
    key: str = "facts"
    notes: tuple = ()
    below: tuple = ()

    def _repr_mimebundle_(self, include=None, exclude=None):
        data = {"text/plain": self._text(), "text/html": self._html()}
        return data, {"digidip": {self.key: list(self.facts)}}

    def _columns(self):
        """Heading, cells, and whether they are numbers, of every column that is shown."""
        cells = {str(name).replace("_", " "): [cell_text(each) for each in self.table[name]] for name in self.table}
        shown = [(name, given) for name, given in cells.items() if self.table.empty or set(given) - {"", "-"}]
        shown = [(name, given) for name, given in shown if name != "label" or set(given) != {self.label}]
        return [(name, given, all(map(NUMBER.fullmatch, given))) for name, given in shown]

    def _text(self):
        columns = [] if self.table.empty else self._columns()
        padded = [_padded([name, *given], number) for name, given, number in columns]
        rows = ["  ".join(row).rstrip() for row in zip(*padded, strict=True)] or ["no rows"]
        return "\n".join([*rows, f"({self._caption()})", *self.below])

    def _html(self):
        columns = _with_intervals(self._columns())
        kinds = [_NUMBERS if number else _WORDS for _, _, number in columns]
        head = "".join(
            f'<th scope="col"{kind}>{html.escape(name)}</th>' for (name, _, _), kind in zip(columns, kinds, strict=True)
        )
        rows = (
            "".join(f"<td{kind}>{html.escape(cell)}</td>" for cell, kind in zip(row, kinds, strict=True))
            for row in zip(*(given for _, given, _ in columns), strict=True)
        )
        body = (
            "".join(f"<tr>{row}</tr>" for row in rows) or f'<tr><td colspan="{len(columns)}"{_WORDS}>no rows</td></tr>'
        )
        foot = "".join(f'<tr><td colspan="{len(columns)}"{_WORDS}>{html.escape(line)}</td></tr>' for line in self.below)
        caption = f"<caption>{html.escape(self._caption())}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot and f'<tfoot>{foot}</tfoot>'}</table>"

    def _caption(self):
        return "; ".join([*self.notes, self.label])


def _with_intervals(columns):
    """The columns of a table, "95 % low" and "95 % high" (or of alpha, say) as one, "95 % interval"; the page is narrow."""
    shown = {name: (given, number) for name, given, number in columns}
    for name in [name for name in shown if re.search(r"(?<!\w)low$", name)]:
        level = name.removesuffix("low")
        if f"{level}high" in shown:
            pairs = zip(shown[name][0], shown.pop(f"{level}high")[0], strict=True)
            shown[name] = [_between(low, high) for low, high in pairs], True
    return [(re.sub(r"(?<!\w)low$", "interval", name), *column) for name, column in shown.items()]


def _between(low, high):
    """Both ends of an interval, or the one that it has."""
    ends = [end for end in (low, high) if end not in ("", "-")]
    if len(ends) == 2:
        return f"{low} to {high}"
    return f"at {'most' if low in ('', '-') else 'least'} {ends[0]}" if ends else "-"


def repeated_below(table, column):
    """A table whose long texts of one column stand below it, by letter; what it says of the column for all rows; the lines.

    What all rows share is said once, beside the label.
    """
    texts = [] if column not in table else table[column].map(cell_text).tolist()
    kinds = [kind for kind in dict.fromkeys(texts) if kind]
    if len(set(texts)) == 1 and kinds:
        return table.drop(columns=column), (f"{column}: {kinds[0]}",), ()
    long = [kind for kind in kinds if len(kind) > LONG and (texts.count(kind) > 1 or len(kind) > 2 * LONG)]
    names = {kind: f"({letter})" for kind, letter in zip(long, ascii_lowercase, strict=False)}
    shown = table.assign(**{column: [names.get(each, each) for each in texts]}) if names else table
    return shown, (), tuple(f"{letter} {kind}" for kind, letter in names.items())


_NUMBERS, _WORDS = ' class="number" style="text-align: right"', ' style="text-align: left"'


def _padded(cells, number):
    """The cells of a column at one width: numbers to the right, words to the left."""
    width = max(map(len, cells))
    return [cell.rjust(width) if number else cell.ljust(width) for cell in cells]


def cell_text(value):
    """A cell as text: empty where it is missing, yes and no, instants in UTC to the minute, days as days."""
    if is_missing(value):
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if not isinstance(value, datetime):
        return str(value)
    if value.tzinfo is not None:
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return f"{value:%Y-%m-%d}" if value.time() == time.min else f"{value:%Y-%m-%d %H:%M}"
