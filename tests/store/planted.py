"""Samples with a token in each field that may name somebody: what is left of it in a holding shows where it went."""

import csv
import io
import json
import re

HANDLE = re.compile(r"[\w.@-]+")
# A token would break these: numbers, times, and the words by which a format says what a record is.
UNNAMED = re.compile(r"[\d.,:+\sTZ-]*|.*\d{4}-\d\d-\d\d.*|\w{3} \w{3} \d\d \d\d:.*", re.DOTALL)
FORMAT = re.compile(
    r"action|cc|code|collected_from|to|visibility|@context|.*(?:type|typename|kind|langs?|languages?|language_guess|id|uri)"
    r"|.*(?:stream|platform|thread_?\w*)",
    re.IGNORECASE,
)


class Planting:
    """One sample with tokens; `tokens` has each token and the field it stands in, `content` the bytes."""

    def __init__(self, content, suffix, name, spared):
        self.name, self.spared, self._of_field = name, spared, {}
        text = content.decode("utf-8-sig")
        planted = self._table(text) if suffix in (".csv", ".tab", ".tsv") else self._json(text)
        self.content = planted.encode()
        self.tokens = {token: field for field, token in self._of_field.items()}

    def _table(self, text):
        delimiter = max(",;\t", key=text.splitlines()[0].count)
        header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows = [[self._cell(cell, name) for name, cell in zip(header, row, strict=False)] for row in rows]
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])
        return out.getvalue()

    def _json(self, text):
        try:
            return json.dumps(self._value(json.loads(text), ""))
        except ValueError:
            return "\n".join(map(self._line, text.splitlines()))

    def _line(self, line):
        try:
            return json.dumps(self._value(json.loads(line), ""))
        except ValueError:
            return line  # broken on purpose

    def _value(self, value, field):
        if isinstance(value, dict):
            return {key: self._value(each, f"{field}.{key}") for key, each in value.items()}
        if isinstance(value, list):
            return [self._value(each, field) for each in value]
        return self._cell(value, field) if isinstance(value, str) else value

    def _cell(self, cell, field):
        if (
            cell.lower().removeprefix("@") in self.spared
            or UNNAMED.fullmatch(cell)
            or FORMAT.fullmatch(field.rpartition(".")[2])
        ):
            return cell
        token = self._of_field.setdefault(field, f"Zq{len(self._of_field)}k{self.name.replace('_', '')}")
        between = "?by=" if "://" in cell else "" if HANDLE.fullmatch(cell) else " "
        end = cell[len(cell.rstrip()) :]  # so that a mention which follows still begins a word
        return f"{cell.rstrip()}{between}{token}{end}"
