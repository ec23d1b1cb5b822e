"""Numbers and tables as people read them: decimals by the interval, words for limits, nothing empty, methods once."""

import pandas as pd
import pytest

from digidip import claims
from digidip.claims.reported_table import cell_text
from digidip.claims.wording import estimate


@pytest.mark.parametrize(
    ("given", "texts"),
    [
        ((65.0, 60.0, 70.2), ("65", "60", "70")),
        ((8.012, 6.83, 9.38), ("8.0", "6.8", "9.4")),
        ((0.2418, 0.2031, 0.2782), ("0.24", "0.20", "0.28")),
        ((0.2518, 0.2231, 0.2632), ("0.252", "0.223", "0.263")),
        ((60.5, 55.5, 67.0), ("61", "56", "67")),
        ((7.0, 6.0, 8.0), ("7", "6", "8")),
        ((9.36, 1.25, 70.3, "ratio of odds"), ("9", "1.3", "70")),
        ((0.816, 0.591, 1.03, "ratio of means"), ("0.82", "0.59", "1.03")),
        ((1306.2, 1178.5, 1444.0), ("1,306", "1,179", "1,444")),
        ((146, 123.3, 171.7), ("146", "123", "172")),
        ((0.116, 0.074, 0.179, "share of posts"), ("12 %", "7 %", "18 %")),
        ((0.0, 0.0, 0.000425, "share of threads"), ("0 %", "0 %", "0.04 %")),
        ((0.0, 0.0, 0.0203, "share of posts"), ("0 %", "0 %", "2.0 %")),
        ((0.9999, 0.9, 1.0, "share of posts"), ("99.99 %", "90 %", "100 %")),
        ((0.3, 0.0004, 0.9, "share of posts"), ("30 %", "0.04 %", "90 %")),
        ((0.00323, -0.000144, 0.00631), ("0.0032", "-0.0001", "0.0063")),
        ((None, None, None), ("not available", "-", "-")),
        ((3.0, 0.4, None), ("3.0", "0.4", "-")),
        ((3.0, 0.4, float("inf")), ("3.0", "0.4", "-")),
        ((1.0, 1.0, 1.0), ("1", "1", "1")),
        ((5, None, None), ("5", "-", "-")),
        ((0.5, None, None, "share of posts"), ("50.0 %", "-", "-")),
    ],
)
def test_a_number_is_rounded_as_its_interval_allows(given, texts):
    """Worked by hand: the longer side of the interval keeps two digits where it begins below 3.55, else one; no end is rounded to."""
    assert estimate(*given) == texts


def share(**columns):
    """A table of two missions' shares with further columns."""
    rows = {"platform": ["x", "facebook"], "mission_coverage": [0.243, 0.757], "n": [140, 140]}
    return pd.DataFrame(rows | {"low": [0.179, 0.68], "high": [0.32, 0.821]} | columns)


def text(table, label="real"):
    """A reported table as text."""
    return claims.report(table, label)._repr_mimebundle_()[0]["text/plain"]


def test_a_shared_method_stands_below_and_what_is_empty_nowhere():
    """One method for all rows is said once; a column without a cell is not shown; words left, numbers right."""
    assert text(share(expected=[None, None], method=["Wilson", "Wilson"], unplaced=[0, 12])).splitlines() == [
        "platform  mission coverage    n  95 % low  95 % high  unplaced",
        "x                     24 %  140      18 %       32 %         0",
        "facebook              76 %  140      68 %       82 %        12",
        "(share of missions; method: Wilson; real)",
    ]


def test_long_methods_stand_once_below_the_table():
    """A long method of several rows is named by a letter; a short one stands where it is."""
    long = "least squares, double semi-partialling, 999 random orders of 58 nodes"
    three = pd.concat([share(), share().head(1).assign(platform="youtube")]).assign(method=[long, "exact", long])
    assert text(three).splitlines()[1:] == [
        "x                     24 %  140      18 %       32 %  (a)",
        "facebook              76 %  140      68 %       82 %  exact",
        "youtube               24 %  140      18 %       32 %  (a)",
        "(share of missions; real)",
        f"(a) {long}",
    ]
    page = claims.report(three, "real")._repr_mimebundle_()[0]["text/html"]
    assert page.count(long) == 1 and f'<tfoot><tr><td colspan="5" style="text-align: left">(a) {long}</td>' in page


def test_limits_are_called_what_they_are():
    """95 % by default, 90 % where the measure says so, and what is no such interval in words."""
    gap = pd.DataFrame({"reply_share_difference": [0.1], "n": [9], "low": [0.0], "high": [0.2]})
    score = pd.DataFrame({"item_id": ["a"], "profile_score": [0.5], "n": [9], "low": [0.4], "high": [0.6]})
    assert "90 % low  90 % high" in text(gap) and "95 %" not in text(gap)
    assert "low  high" in text(score) and "low to high: unknown fields absent, and present" in text(score)


def test_columns_beside_the_measure_are_rounded_too():
    """What chance gives has the unit and decimals of the measure, other numbers three digits, instants no seconds."""
    columns = {"expected": [0.085687, 0.5], "p": [0.0004, 0.25], "year": [2016, 2016], "spread": [0.123456, 999.7]}
    at = pd.to_datetime(["2016-04-08 13:00:00+00:00", None])
    assert text(share(**columns, begins_at=at, is_new=[True, False])).splitlines()[1:3] == [
        "x                     24 %  140      18 %       32 %       9 %  < 0.001  2016   0.123  2016-04-08 13:00 UTC  yes",
        "facebook              76 %  140      68 %       82 %      50 %    0.250  2016   1,000                        no",
    ]


def test_days_are_days():
    """A local moment at midnight names a day; one of an instant in UTC keeps its clock."""
    days = [pd.Timestamp("2016-04-08"), pd.Timestamp("2016-04-08 13:00"), pd.Timestamp("2016-04-08", tz="UTC")]
    assert list(map(cell_text, days)) == ["2016-04-08", "2016-04-08 13:00", "2016-04-08 00:00 UTC"]


def test_a_table_without_rows_says_so():
    """No rows are no table of headings."""
    assert text(share().head(0)) == "no rows\n(share of missions; real)"
    assert "no rows" in claims.report(share().head(0), "real")._repr_mimebundle_()[0]["text/html"]


def test_a_very_long_text_of_one_row_stands_below_too():
    """A reason of more than eighty characters would push every row to its width."""
    reason = (
        "another platform (any in the figure, x in this run); another period (2023 in the figure, 2016 in this run)"
    )
    assert text(share(method=["Wilson", reason])).splitlines()[1:] == [
        "x                     24 %  140      18 %       32 %  Wilson",
        "facebook              76 %  140      68 %       82 %  (a)",
        "(share of missions; real)",
        f"(a) {reason}",
    ]
    assert text(share().head(1).assign(method="Wilson")).splitlines()[-1] == "(share of missions; method: Wilson; real)"
