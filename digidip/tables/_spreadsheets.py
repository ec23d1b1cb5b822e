"""CSV for people: cells that a spreadsheet would run as formulas become text."""

import re

# What a cell begins with that Excel, Calc or Sheets may run, after blanks of any kind and apostrophes; a number is none.
FORMULA = re.compile(r"'*(?:[\t\r\n]|[\s\u200b-\u200f\u2060\ufeff]*[=@+\-＝＠＋－])")
NUMBER = re.compile(r"[+-]?[\d.,]+(?:[eE][+-]?\d+)?%?|[+-]")
ROW_END = "\r\n\x1e"  # the writer quotes cells that hold one of these; alone, it would leave a carriage return unquoted


def csv_for_people(frame):
    """A pandas frame as CSV, with an apostrophe before each text that a spreadsheet would run as a formula.

    Columns of numbers, and numbers in columns of text, stay. To have a cell as it was, take one apostrophe away where
    FORMULA matches: a cell that began with some has one more. Source: docs/privacy.md#r9.

    >>> import pandas as pd
    >>> csv_for_people(pd.DataFrame({"name": ["=HYPERLINK(1)"], "change": [-5]}))
    "name,change\\n'=HYPERLINK(1),-5\\n"
    """
    guarded = frame.copy()
    for place, kind in enumerate(frame.dtypes):
        if kind.kind not in "biufcmM":
            guarded.isetitem(place, [_guarded(cell) for cell in frame.iloc[:, place]])
    return guarded.to_csv(index=False, lineterminator=ROW_END).replace(ROW_END, "\n")


def _guarded(cell):
    is_formula = isinstance(cell, str) and FORMULA.match(cell) and not NUMBER.fullmatch(cell)
    return f"'{cell}" if is_formula else cell
