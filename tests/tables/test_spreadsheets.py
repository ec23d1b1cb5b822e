"""CSV that people open: no cell is a formula, every cell can be had as it was, numbers stay numbers."""

import io

import pandas as pd

from digidip.tables import csv_for_people
from digidip.tables._spreadsheets import FORMULA

FORMULAS = [
    "=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\u3000=1", "\u200b=1", "\ufeff=1", "＝1", "＋1", "－1", "＠a",
    "'=1", "''=1", '=HYPERLINK("http://a","b")', "-a", "+51 1 204", "\tplain", "\r\n@a",
]  # fmt: skip
PLAIN = [
    "-5",
    "+3.2",
    "-1,250.5",
    "1e-5",
    "-12%",
    "-",
    "a=b",
    "it's",
    "'quoted'",
    "5-3",
    "2016-01-31",
    "a\n=b",
    "a\r=b",
]


def test_a_formula_becomes_text_and_comes_back():
    """One apostrophe goes before it, taking one away gives the cell as it was; a line end begins no row of its own."""
    text = csv_for_people(pd.DataFrame({"cell": FORMULAS, "number": -1.5}))
    read = pd.read_csv(io.StringIO(text, newline=""), dtype={"cell": str}, keep_default_na=False)
    assert read["cell"].tolist() == [f"'{cell}" for cell in FORMULAS] and (read["number"] == -1.5).all()
    assert all(FORMULA.match(cell) for cell in read["cell"])


def test_what_is_no_formula_stays():
    """Numbers, also negative, in per cent and missing, and texts with signs inside stay."""
    frame = pd.DataFrame({"cell": [*PLAIN, None], "count": pd.array([*range(-1, len(PLAIN) - 1), None], "Int64")})
    read = pd.read_csv(io.StringIO(csv_for_people(frame), newline=""), dtype={"cell": str, "count": "Int64"})
    assert read["cell"].tolist()[:-1] == PLAIN and read["cell"].isna().iloc[-1] and read["count"].equals(frame["count"])
    assert csv_for_people(frame.iloc[:0]) == "cell,count\n" and frame["cell"].tolist()[:-1] == PLAIN
