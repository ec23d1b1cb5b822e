"""Tests of the room claims: printed figures, stated numbers, verdicts and the arithmetic between figures."""

import json
import math
import shutil
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digidip import claims, measures
from digidip.claims.published_figures import IN_WORDS
from digidip.tables import LABELS, TableError

FIGURES = claims.published()
PARTS = claims.parts(FIGURES)
CHECKS = pd.read_csv(claims.REFERENCE / "arithmetic_checks.csv", dtype=str, keep_default_na=False)
AUDIT = claims.audit()
PAGE = {"ministry": "USA", "platform": "facebook", "office": "ministry", "account_id": "1", "handle": "usdos"}
MONTH = {"start": "2016-01-01", "end": "2016-02-01", "zone": "America/New_York"}
USA = SimpleNamespace(label="real", ministry="USA", platform="facebook", **MONTH, accounts=pd.DataFrame([PAGE]))
CAN = SimpleNamespace(**vars(USA) | {"ministry": "CAN", "accounts": pd.DataFrame([PAGE | {"ministry": "CAN"}])})


def mean_table(value=65.0, n=146, low=60.0, high=70.0):
    """A measure table of one row, as measures.engagement returns it."""
    row = {"ministry": "USA", "statistic": "mean", "comments_per_post": value, "n": n, "low": low, "high": high}
    return pd.DataFrame([row])


def count_table(count=146):
    """A measure table of one row, as measures.post_count returns it."""
    return pd.DataFrame([{"ministry": "USA", "post_count": count, "n": count, "low": count - 20, "high": count + 25}])


def share_table(events, n=146, low=None, high=None):
    """A measure table of one row, as measures.share_above returns it."""
    row = {"ministry": "USA", "threshold": 100, "share_above": events / n, "n": n, "low": low, "high": high}
    return pd.DataFrame([row | {"method": "Wilson", "relation": "more than"}])


def altered(tmp_path, **cells):
    """A copy of the reference folder in which cells of one figure (id=...) are changed."""
    folder = tmp_path / f"copy{len(list(tmp_path.iterdir()))}"
    shutil.copytree(claims.REFERENCE, folder)
    figures = FIGURES.copy()
    row = figures.index[figures["id"] == cells.pop("id")][0]
    figures.loc[row, list(cells)] = list(cells.values())
    figures.to_csv(folder / "published_figures.csv", index=False)
    return folder


def part(**given):
    """A printed part: 65, rounded, unless said otherwise."""
    ends = {"low_in": True, "high_in": False}
    return {"grade": "R", "low": 64.5, "high": 65.5, "locator": "page", **ends} | given


# ---- published_figures


def test_published_keeps_text():
    """Every figure is there once, as text, and a study can be picked."""
    assert len(FIGURES) == 143
    assert FIGURES["id"].is_unique
    assert FIGURES.loc[FIGURES["id"] == "F002", "value"].item() == "65"
    assert set(claims.published("10-comment-analysis")["id"]) >= {"F001", "F002", "F003", "F004", "F034"}


def test_parts_of_a_multi_valued_figure():
    """F041 (121 of 175, 69 %) has three parts, two exact and one rounded."""
    table = claims.parts(FIGURES[FIGURES["id"] == "F041"])
    assert table[["low", "high"]].to_numpy().tolist() == [[121, 121], [175, 175], [68.5, 69.5]]
    assert table["grade"].tolist() == ["X", "X", "R"]
    assert table["high_in"].tolist() == [True, True, False]


def test_ends_of_the_intervals():
    """R leaves its high end out, B its low end; the four exceptions keep both."""
    assert not PARTS.loc["F014_1", "low_in"] and PARTS.loc["F014_1", "high"] == math.inf
    assert PARTS.loc["F002_1", "low_in"] and not PARTS.loc["F002_1", "high_in"]
    both = PARTS[(PARTS["grade"] == "R") & PARTS["high_in"]]
    assert set(both["id"]) == {"F005", "F006", "F009", "F116a"}


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"id": "F002", "grade": "Z"}, "grade 'Z'"),
        ({"id": "F002", "low": "66"}, "low 66 is above high 65.5"),
        ({"id": "F041", "low": "121; 175"}, "3 grades, 2 low, 3 high"),
        ({"id": "F041", "grade": "X; X"}, "2 grades, 3 low, 3 high"),
        ({"id": "F002", "high": "sixty"}, "low '64.5', high 'sixty'"),
        ({"id": "F002", "measure": ""}, "Expected: a measure"),
        ({"id": "F002", "measure": "comments_per_pots"}, "comments_per_pots"),
        ({"id": "F002", "untestable": "no reason"}, "'untestable': 'no reason'"),
        ({"id": "F002", "window": "around"}, "'window': 'around'"),
        ({"id": "F006"}, "id F002 again"),
    ],
)
def test_broken_figures_are_refused(tmp_path, cells, words):
    """A broken row is a TableError with what was found, the row, what was expected and what to do."""
    changes = cells if len(cells) > 1 else {"id": "F006"} | {"citation": "x"}
    folder = altered(tmp_path, **changes)
    if "again" in words:
        path = folder / "published_figures.csv"
        path.write_text(path.read_text(encoding="utf-8").replace("\nF006,", "\nF002,"), encoding="utf-8")
    with pytest.raises(TableError, match=r"row \d+.*Expected: .*\. [A-Z][^.]*\.$") as caught:
        claims.published(folder=folder)
    assert words in str(caught.value)


def test_figures_that_are_not_utf8_are_refused(tmp_path):
    """A file in another encoding is a TableError, not a traceback of the decoder."""
    (tmp_path / "published_figures.csv").write_bytes("id,citation\nF001,Chávez".encode("latin-1"))
    with pytest.raises(TableError, match="no CSV in UTF-8"):
        claims.published(folder=tmp_path)


def test_figures_with_other_columns_are_refused(tmp_path):
    """A missing column is named before anything is computed."""
    FIGURES.drop(columns="grade").to_csv(tmp_path / "published_figures.csv", index=False)
    with pytest.raises(TableError, match="Restore the header"):
        claims.published(folder=tmp_path)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("65", 64.5, 65.5), ("65.0", 64.95, 65.05), ("1,078", 1077.5, 1078.5), ("1.1 million", 1050000, 1150000)],
)
def test_precision_is_parsed_from_the_printed_text(text, low, high):
    """ "65" and "65.0" are different claims."""
    assert claims.printed_interval(text) == (low, high)


def test_text_that_is_no_number_has_no_precision():
    """A number that is not given as printed digits is refused."""
    with pytest.raises(TableError, match="'~20'"):
        claims.printed_interval("~20")


def test_every_recorded_interval_stands_for_its_text():
    """All intervals of the file are those of the printed numbers."""
    table = claims.precision()
    assert len(table) > 250
    assert set(table["verdict"]) == {"compatible"}


FIRST_DIGITS = r"(?<![\d.,])\d"
DIGITAL = PARTS[PARTS["low"].notna() & PARTS["name"].str.endswith("_1") & ~PARTS["id"].isin(IN_WORDS)]


def test_an_altered_digit_in_the_text_is_noticed(tmp_path):
    """With the first digit of every number of every figure altered, no recorded interval fits any more."""
    shutil.copytree(claims.REFERENCE, tmp_path / "copy")
    is_altered = FIGURES["id"].isin(DIGITAL["id"])
    other = FIGURES["value"].str.replace(FIRST_DIGITS, lambda digit: str((int(digit[0]) + 1) % 10), regex=True)
    FIGURES.assign(value=FIGURES["value"].mask(is_altered, other)).to_csv(
        tmp_path / "copy" / "published_figures.csv", index=False
    )
    table = claims.precision(tmp_path / "copy")
    assert set(DIGITAL["name"]) <= set(table.loc[table["verdict"] != "compatible", "name"])


def test_contradictions_keep_every_reading():
    """Each lettered reading stands beside its base figure; known conflicts without letters are there too."""
    table = claims.contradictions()
    readings = set(table["reading"])
    assert set(FIGURES.loc[FIGURES["id"].str.len() > 4, "id"]) <= readings
    assert {"F021", "F036", "F053", "F058", "F077", "F078", "F085", "F122", "F125"} <= readings


# ---- facts


def test_report_gives_facts_and_rounded_text():
    """A measure table becomes facts with 6 digits, and a table rounded for reading."""
    reported = claims.report(mean_table(value=64.9863013, low=None), "synthetic")
    bundle, metadata = reported._repr_mimebundle_()
    assert metadata == {
        "digidip": {
            "facts": [
                {
                    "name": "comments_per_post.mean",
                    "unit": measures.units()["comments_per_post"],
                    "value": 64.9863,
                    "n": 146,
                    "low": None,
                    "high": 70.0,
                    "label": "synthetic",
                    "group": {"ministry": "USA"},
                }
            ]
        }
    }
    assert bundle["text/plain"].splitlines() == [
        "ministry  statistic  comments per post    n  95 % high",
        "USA       mean                      65  146         70",
        "(comments per post; synthetic)",
    ]
    assert '<th scope="col" style="text-align: left">statistic</th>' in bundle["text/html"]
    assert '<td class="number" style="text-align: right">65</td>' in bundle["text/html"]
    assert "<caption>comments per post; synthetic</caption>" in bundle["text/html"]
    json.dumps(metadata, allow_nan=False)


def test_numbers_are_rounded_by_kind():
    """Counts get thousands separators, shares percent, and what has an interval the decimals that it allows."""
    count = pd.DataFrame({"ministry": ["USA"], "post_count": [12345], "n": [12345], "low": [pd.NA], "high": [pd.NA]})
    share = pd.DataFrame({"ministry": ["CAN"], "share_above": [0.18653], "n": [193], "low": [0.138], "high": [0.247]})
    assert "12,345" in str(claims.report(count, "real")._repr_mimebundle_()[0]["text/plain"])
    assert "19 %  193      14 %       25 %" in claims.report(share, "real")._repr_mimebundle_()[0]["text/plain"]


def test_missing_values_say_so_with_the_reason():
    """A missing value is never a zero: the text says not available and why."""
    reason = "not available: this export holds no comments"
    table = mean_table(value=None, n=0, low=None, high=None).assign(method=reason)
    reported = claims.report(table, "real")
    assert reported.facts[0]["value"] is None
    assert "not available  0" in reported._repr_mimebundle_()[0]["text/plain"]
    assert reason in reported._repr_mimebundle_()[0]["text/plain"]


def test_two_rows_under_one_name_are_refused():
    """A fact's name stands for one number: rows that no key and no group tells apart are an error that tells both."""
    table = pd.concat([mean_table(), mean_table(66.0)])
    with pytest.raises(TableError, match="'comments_per_post.mean' of ministry USA: 65.0 and 66.0. Expected: one row"):
        claims.report(table, "real")
    table.insert(0, "definition", ["as reported", "held"])
    names = [fact["name"] for fact in claims.report(table, "real").facts]
    assert names == ["comments_per_post.as reported.mean", "comments_per_post.held.mean"]


def test_keys_make_the_name_and_other_columns_the_group():
    """Of a measure by platform, the platform is a key; a key without a value is left out of the name."""
    row = {
        "region": "Africa",
        "platform": "x",
        "mission_coverage": 0.5,
        "n": 8,
        "low": 0.2,
        "high": 0.8,
        "method": "Wilson",
    }
    table = pd.DataFrame([row, row | {"platform": None, "region": "Asia"}])
    facts = claims.report(table, "real").facts
    assert [(fact["name"], fact["group"]) for fact in facts] == [
        ("mission_coverage.x", {"region": "Africa"}),
        ("mission_coverage", {"region": "Asia"}),
    ]


def test_facts_of_the_notebooks_have_names_of_their_own():
    """In no stored notebook two facts share name and group."""
    twice = []
    for path in sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        outputs = [output.get("metadata", {}) for cell in cells for output in cell.get("outputs", [])]
        facts = [fact for output in outputs for fact in output.get("digidip", {}).get("facts", [])]
        names = Counter((path.stem, fact["name"], *fact["group"].items()) for fact in facts)
        twice += [name for name, count in names.items() if count > 1]
    assert twice == []


def test_html_is_escaped():
    """Hostile text in a group cannot become markup."""
    table = mean_table().assign(ministry="<script>alert(1)</script>")
    page = claims.report(table, "real")._repr_mimebundle_()[0]["text/html"]
    assert "<script>" not in page and "&lt;script&gt;" in page


def test_unknown_labels_and_tables_without_a_measure_are_refused():
    """A label is real, derived-public or synthetic; a table holds one measure."""
    with pytest.raises(TableError, match="label: found 'made up'"):
        claims.report(mean_table(), "made up")
    with pytest.raises(TableError, match="Expected: one measure"):
        claims.report(mean_table().drop(columns="comments_per_post"), "real")


# ---- comparison


@pytest.mark.parametrize(
    ("printed", "value", "low", "high", "label", "word"),
    [
        ({}, 64.5, None, None, "real", "reproduced"),
        ({}, 65.5, None, None, "real", "not compatible"),
        ({}, 70, 60, 80, "real", "compatible"),
        ({}, 70, 66, 80, "real", "not compatible"),
        ({}, 65.5, 65.5, 80, "real", "not compatible"),
        ({"high_in": True}, 65.5, None, None, "real", "reproduced"),
        ({"grade": "X", "low": 146, "high": 146, "high_in": True}, 146, None, None, "real", "reproduced"),
        ({"grade": "X", "low": 146, "high": 146, "high_in": True}, 147, None, None, "real", "not compatible"),
        ({"grade": "B", "low": 100, "high": math.inf, "low_in": False}, 100, None, None, "real", "not compatible"),
        ({"grade": "B", "low": 100, "high": math.inf, "low_in": False}, 101, None, None, "real", "reproduced"),
        ({"grade": "X", "low": 146, "high": 146, "high_in": True}, 126, 103, 150, "real", "not compatible"),
        ({}, 65, 60, 70, "derived-public", "compatible"),
        ({}, 66, 66, 70, "derived-public", "internally inconsistent"),
        ({}, 65, 60, 70, "synthetic", "fixture-match"),
        ({}, 66, 60, 70, "synthetic", "not compatible"),
        ({"grade": "N"}, 65, 60, 70, "real", "not testable here"),
        ({"low": math.nan, "high": math.nan}, 65, 60, 70, "real", "not testable here"),
        ({}, None, None, None, "real", "not testable here"),
        ({"locator": ""}, 65, 60, 70, "real", "source text missing"),
    ],
)
def test_verdict(printed, value, low, high, label, word):
    """Each verdict means one thing."""
    assert claims.verdict(part(**printed), value, low, high, label) == word


NUMBERS = st.one_of(st.none(), st.floats(), st.integers(-10, 200), st.sampled_from([64.5, 65.5, 146.0]))


@given(st.sampled_from(PARTS.to_dict("records")), NUMBERS, NUMBERS, NUMBERS)
def test_synthetic_data_never_reproduce(printed, value, low, high):
    """Whatever is computed from synthetic data, it neither reproduces a figure nor is compatible with it."""
    word = claims.verdict(printed, value, low, high, "synthetic")
    assert word in {"fixture-match", "not compatible", "not testable here", "source text missing"}


@given(st.sampled_from(PARTS.to_dict("records")), NUMBERS, st.sampled_from(LABELS))
def test_only_real_data_reproduce(printed, value, label):
    """`reproduced` needs real data and a value inside the printed interval."""
    if claims.verdict(printed, value, None, None, label) == "reproduced":
        assert label == "real"
        assert printed["low"] <= value <= printed["high"]


def test_verdicts_put_both_numbers_side_by_side():
    """The table holds printed and computed number, and the metadata carries the same verdicts."""
    stated = claims.verdicts({"F001": count_table(), "F002": mean_table(), "F003": share_table(19)}, USA)
    assert stated.table["verdict"].tolist() == [
        "compatible",
        "compatible",
        "not compatible",
    ]  # no source names the page
    assert stated.table["published"].tolist()[0] == "146 posts"
    records = stated._repr_mimebundle_()[1]["digidip"]["verdicts"]
    assert records[1]["computed"] == 65.0 and records[1]["n"] == 146 and records[0]["low"] == 126
    json.dumps(records, allow_nan=False)


def test_a_figure_about_another_subject_is_not_testable():
    """A Canadian month says nothing about the State Department; the reason says so. Of a blog no run can say anything."""
    row = claims.verdicts({"F001": count_table().assign(ministry="CAN")}, CAN).facts[0]
    assert row["verdict"] == "not testable here"
    assert row["reason"] == "another ministry (USA in the figure, CAN in this run)"
    dipnote = claims.verdicts({"F032": mean_table(16.2)}, USA).facts[0]
    assert dipnote["verdict"] == "not testable here" and dipnote["reason"].startswith("a blog of 2007 and 2008")


def test_a_share_is_compared_as_a_share():
    """12 % is what rounds to it, of whatever number of posts; as a count of posts 17 and 18 of 146 are."""
    printed = PARTS.loc["F003_1"]
    shares = {(17, 146): True, (18, 146): True, (19, 146): False, (16, 146): False, (17, 300): False, (16, 130): True}
    found = {of: claims.verdict(printed, 100 * of[0] / of[1], None, None, "real") == "reproduced" for of in shares}
    assert found == shares
    rows = {"F003": share_table(18, low=0.08, high=0.19), "F006": claims.as_count(share_table(18, low=0.08, high=0.19))}
    facts = claims.verdicts(rows, USA).facts
    assert [(fact["verdict"], round(fact["computed"], 2), round(fact["high"], 2)) for fact in facts] == [
        ("compatible", 12.33, 19),
        ("compatible", 18, 27.74),
    ]


def test_a_census_is_compared_exactly():
    """124 posts of 146 are not compatible, though the limits of a Poisson count hold 146; so with 126 and 147."""
    for posts in (124, 126, 145, 147):
        assert claims.verdicts({"F001": count_table(posts)}, USA).facts[0]["verdict"] == "not compatible"


def test_an_interval_that_tells_nothing_earns_nothing():
    """A mean of 100 [0, 267] beside 65 is not compatible, and 65 by luck not reproduced; all posts of the month are no luck."""
    assert claims.verdict(PARTS.loc["F002_1"], 100, 0, 267, "real") == "too uncertain to judge"
    assert (
        claims.verdict(PARTS.loc["F002_1"], 65, 0, 267, "real") == "reproduced"
    )  # rests on 146 posts, as the run must
    assert claims.verdict(part(), 65, 0, 267, "real") == "too uncertain to judge"
    assert claims.verdict(part(), 65, 30, math.inf, "real") == "too uncertain to judge"
    assert claims.verdict(part(), 65, 1, 131, "real") == "reproduced"  # 130 long, twice 65 and no more


def test_a_bound_needs_the_whole_interval_beyond_it():
    """More than half: 60 % of three ministries [.23, .88] is compatible, of three hundred [.54, .65] reproduced."""
    half = part(grade="B", low=50, high=100, low_in=False, high_in=True)
    assert claims.verdict(half, 60, 23, 88, "real") == "compatible"
    assert claims.verdict(half, 60, 54, 65, "real") == "reproduced"
    assert claims.verdict(half, 40, 34, 46, "real") == "not compatible"


def test_the_row_of_the_figure_is_found():
    """Of a table with every statistic the mean is judged; two rows that fit are not chosen between; none says why."""
    table = pd.concat([mean_table(39).assign(statistic="median"), mean_table()])
    assert claims.verdicts({"F002": table}, USA).facts[0]["computed"] == 65
    several = claims.verdicts({"F002": pd.concat([mean_table(), mean_table(60)])}, USA).facts[0]
    assert (several["verdict"], several["computed"]) == ("not testable here", None)
    assert several["reason"] == "2 rows of the measure fit the figure: select one"
    none = claims.verdicts({"F002": table.head(1)}, USA).facts[0]
    assert none["reason"] == "another statistic (mean in the figure, median in this run)"


def test_every_figure_has_a_subject_or_a_reason():
    """Each part names a measure and its period, or says why no run can test it; the counts add up."""
    assert ((PARTS["measure"] == "") != (PARTS["untestable"] == "")).all()
    counts = claims.count_testable()
    assert counts["figures"].sum() == len(FIGURES) and counts["numbers"].sum() == len(PARTS)
    assert counts["testable numbers"].sum() == (PARTS["measure"] != "").sum()


def test_testable_figures_stand_in_their_notebook():
    """Whatever a run can test is named by the notebook of its row, so that a verdict is reached."""
    folder = Path(__file__).parents[2] / "notebooks"
    wrong = []
    for study, parts in PARTS[PARTS["measure"] != ""].groupby("study"):
        cells = json.loads((folder / f"{study}.ipynb").read_text(encoding="utf-8"))["cells"]
        code = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        single = parts["id"].map(PARTS["id"].value_counts()) == 1
        names = parts["id"].where(single, parts["name"])
        wrong += [f"{study}: {name}" for name in names if f'"{name}"' not in code]
    assert wrong == []


def test_missing_computed_values_give_their_reason():
    """What the export cannot tell is not testable, with the reason of the measure; so is what is no measure's table."""
    table = mean_table(value=None).assign(method="not available: this export holds no comments")
    row = claims.verdicts({"F002": table}, USA).facts[0]
    assert (row["verdict"], row["reason"]) == ("not testable here", "not available: this export holds no comments")
    words = claims.verdicts({"F002": "not collected", "F001": (146, 146, None, None), "F003": table.head(0)}, USA).facts
    assert [fact["verdict"] for fact in words] == ["not testable here"] * 3
    assert [fact["reason"].split(":")[0] for fact in words] == [
        "not collected",
        "a number without its measure",
        "not available",
    ]


def test_verdicts_refuse_unknown_figures():
    """An id that is not in the file is a TableError."""
    with pytest.raises(TableError, match="'F999'"):
        claims.verdicts({"F999": count_table()}, USA)


# ---- arithmetic


def test_implied_numbers_of_the_month():
    """146 posts at 65 and 12 % above 100, worked by hand: docs/methods.md#two-shapes."""
    table = claims.implied().set_index("quantity")
    assert table.loc["total comments", ["low", "high"]].tolist() == [9417, 9562]
    assert table.loc["posts above 100", ["low", "high"]].tolist() == [17, 18]
    assert table.loc["no answer: upper bound per post", "value"] == pytest.approx(0.0203096, abs=1e-7)
    assert table.loc["no answer: upper bound per comment", "value"] == pytest.approx(0.00031562, abs=1e-8)
    assert table.loc["Poisson: above 100", "value"] == pytest.approx(2.1e-5, rel=0.02)


def test_implied_numbers_are_reported_as_facts():
    """The implied numbers travel to facts.json with their interval, unit and label."""
    facts = claims.report_implied(claims.implied())._repr_mimebundle_()[1]["digidip"]["facts"]
    total = next(fact for fact in facts if fact["name"] == "total comments")
    numbers = {"value": 9490.0, "low": 9417, "high": 9562, "unit": "comments", "n": None}
    assert total == {
        "name": "total comments",
        **numbers,
        "label": "derived-public",
        "group": {},
        "of": "published numbers",
    }


def test_a_printed_decimal_is_a_narrower_claim():
    """ "65.0" leaves 15 totals, and no number of 146 posts is 12.0 %."""
    table = claims.implied(mean="65.0", share="12.0").set_index("quantity")
    assert table.loc["total comments", ["low", "high"]].tolist() == [9483, 9497]
    assert table.loc["posts above 100", ["low", "high"]].isna().all()


def test_numbers_that_nobody_can_have_counted_are_called_impossible():
    """GRIM: no whole number of comments on 146 posts gives 65.004, and no whole number of 146 posts is 13.5 %."""
    table = claims.implied(mean="65.004", share="13.5").set_index("quantity")
    for quantity in ("total comments", "posts above 100"):
        assert table.loc[quantity, ["value", "low", "high"]].isna().all()
        assert table.loc[quantity, "note"].startswith("impossible: ")
    assert table.loc["posts above 100", "note"].endswith(
        "19 of 146 posts give 13.0137, 20 give 13.6986, none gives 13.5"
    )
    assert np.isnan(table.loc["no answer: upper bound per comment", "value"])
    fact = claims.report_implied(table.reset_index()).facts[1]
    assert fact["value"] is None and fact["method"].startswith("impossible: ")


@pytest.mark.parametrize(("figure", "printed"), [("F002", "65.004"), ("F003", "13.5"), ("F043", "28 (26.9%)")])
def test_a_number_that_nobody_can_have_counted_is_caught_by_the_audit(figure, printed, tmp_path):
    """With a decimal that its number of posts or questions does not allow, a figure contradicts itself."""
    low, high = claims.printed_interval(printed.split("(")[-1].strip("%)"))
    exact = "28; " if figure == "F043" else ""
    cells = {"value": printed, "low": f"{exact}{low!r}", "high": f"{exact}{high!r}"}
    folder = altered(tmp_path, id=figure, **cells)
    assert set(claims.precision(folder)["verdict"]) == {"compatible"}
    checks = claims.audit(folder)
    checks = checks[checks["arithmetic"].str.startswith(f"possible({figure}")]
    assert checks["verdict"].tolist() == ["internally inconsistent"]


@given(st.integers(1, 400), st.integers(0, 40_000), st.integers(0, 3))
def test_what_was_counted_is_possible(n, total, places):
    """The mean of whole numbers, printed with any number of decimals, is never called impossible; its total is among them."""
    mean = Decimal(total) / n
    printed = str(mean.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))
    row = claims.implied(posts=n, mean=printed).iloc[1]
    assert row.low <= total <= row.high and "impossible" not in row.note


def test_two_shapes_fit_the_printed_pair():
    """A steady crowd and storms over silence both have mean 65 and 12 % above 100."""
    steady, storms = claims.shapes().to_dict("records")
    rounded = [(round(s["alpha"], 3), round(s["alpha_low"], 3), round(s["alpha_high"], 3)) for s in (steady, storms)]
    assert rounded == [(0.193, 0.185, 0.201), (13.909, 13.153, 14.786)]
    assert (steady["median"], storms["median"]) == (61, 0)
    assert (round(steady["sd"]), round(storms["sd"])) == (30, 243)
    assert steady["zero_share"] < 1e-5 and storms["zero_share"] == pytest.approx(0.61, abs=0.005)


def test_shapes_meet_the_share_they_were_made_for():
    """Both curves pass through 12 % at 101 comments, and start at one minus the share of zeros."""
    shapes = claims.shapes()
    curve = claims.shape_exceedance(shapes, comments=(0, 1, 101))
    assert list(curve.columns) == ["shape", "comments", "share"]
    assert curve.loc[curve["comments"] == 101, "share"].tolist() == pytest.approx([0.12, 0.12])
    assert curve.loc[curve["comments"] == 1, "share"].tolist() == pytest.approx((1 - shapes["zero_share"]).tolist())


def test_an_impossible_share_has_no_shapes():
    """Half of all posts above 100 at a mean of 65 is more than any negative binomial gives."""
    with pytest.raises(TableError, match="no two shapes"):
        claims.shapes(share="50")


def test_audit_covers_every_check_that_must_appear():
    """The checks of printed figures are all there, and the known contradictions are found."""
    named = set(" ".join(AUDIT["figures"]).split())
    must = "F005 F006 F007 F008 F009 F017 F018 F019 F031 F032 F033 F034 F036 F041 F043 F050 F051 F052 F071 F076 F079"
    more = "F081 F082 F083 F084 F085 F091 F093 F100 F101 F102 F103 F104 F105 F107 F108 F112 F113 F122 F123 F127a"
    assert set(f"{must} {more}".split()) <= named
    assert AUDIT["check"].is_unique
    wrong = AUDIT[AUDIT["verdict"] == "internally inconsistent"]
    assert len(wrong) == 14 and set(AUDIT["verdict"]) == {"compatible", "internally inconsistent"}
    passed = AUDIT[AUDIT["verdict"] == "compatible"]["against"].value_counts()
    assert passed.to_dict() == {"printed by a source": 38, "our own derivation": 41}
    assert wrong["figures"].str.contains("F031|F050|F055|F066|F082a|F085|F091|F093|F103|F104|F112|F127a").all()


def test_audit_reads_rounding_in_three_ways():
    """Taken as exact, 201,382 posts at 778 a day are 258.85 days; cut off instead of rounded, 87.56 % is 87 %."""
    row = claims.audit(rounding="none").set_index("check").loc["PRC diplomats: days implied"]
    assert row["computed_low"] == row["computed_high"] == pytest.approx(258.846, abs=0.001)
    cut = claims.audit(rounding="truncated").set_index("check")["verdict"]
    assert cut["Facebook 2016: share as printed"] == "compatible"  # 87.56 % cut off is 87
    assert cut["UN members 2018"] == "internally inconsistent"  # 96.89 % cut off would be 96, not 97
    with pytest.raises(TableError, match="rounding"):
        claims.audit(rounding="half")


def test_audit_reports_its_verdicts():
    """The verdict table of the audit carries every check in its metadata, and the label in its caption."""
    bundle, metadata = claims.report_audit(AUDIT)._repr_mimebundle_()
    records = metadata["digidip"]["verdicts"]
    assert [record["verdict"] for record in records] == AUDIT["verdict"].tolist()
    assert records[1]["published"] == "9,417 to 9,562" and records[1]["low"] == 9417
    assert "<caption>derived-public</caption>" in bundle["text/html"]
    json.dumps(records, allow_nan=False)


@pytest.mark.parametrize("check", CHECKS["check"])
def test_an_altered_figure_changes_the_verdict_of_each_check(check, tmp_path):
    """For each check some copy of the file, with one part moved, changes its verdict."""
    row = AUDIT.set_index("check").loc[check]
    assert any(after != row["verdict"] for after in altered_verdicts(row, tmp_path))


def altered_verdicts(row, tmp_path):
    """The verdict of one check in copies where the target takes the computed value, or one part moves by a tenth."""
    words = row["arithmetic"].replace("(", " ").replace(")", " ").replace(",", " ").split()
    for name in [word for word in reversed(words) if word in PARTS.index]:
        printed = PARTS.loc[name]
        for low in (row["computed"], printed["low"] * 1.1, printed["low"] * 2, printed["low"] * 1.00005):
            width = 1e-6 if low == printed["low"] * 1.00005 else printed["high"] - printed["low"]  # a decimal too many
            folder = altered(tmp_path, id=printed["id"], **moved(printed, low, width))
            CHECKS[CHECKS["check"] == row.name].to_csv(folder / "arithmetic_checks.csv", index=False)
            yield claims.audit(folder).set_index("check").loc[row.name, "verdict"]


def moved(printed, low, width):
    """The cells of a figure with one part moved to `low`, its interval of a width."""
    cells = FIGURES.set_index("id").loc[printed["id"], ["low", "high"]].str.split(";")
    position = int(printed["name"].split("_")[1]) - 1
    cells["low"][position] = repr(float(low))
    cells["high"][position] = repr(float(low + width))
    return {column: "; ".join(text.strip() for text in cells[column]) for column in cells.index}


def test_a_figure_without_locator_is_not_judged(tmp_path):
    """Where the source text is missing, the verdict says so."""
    table = claims.audit(altered(tmp_path, id="F032", locator="")).set_index("check")
    assert table.loc["DipNote: mean", "verdict"] == "source text missing"


@pytest.mark.parametrize(
    "expression", ["F999_1 + 1", "__import__('os').getcwd()", "(1).__class__", "[1]", "above(1, mean=2)"]
)
def test_expressions_do_arithmetic_and_nothing_else(expression, tmp_path):
    """An expression outside the few allowed forms is refused, not run."""
    folder = altered(tmp_path, id="F001", citation="x")
    line = f'bad,F001,"{expression}",1,\n'
    (folder / "arithmetic_checks.csv").write_text(f"check,figures,expression,part,note\n{line}", encoding="utf-8")
    with pytest.raises(TableError, match="Correct the expression"):
        claims.audit(folder)


def test_verdicts_are_found_in_runs_of_notebooks_and_of_studies(tmp_path):
    """A verdict in a run's own folder and one in a study's folder both stand beside the published figure."""
    for place, value in (("10-comment-analysis/defaults", 146), ("five/runs/10-comment-analysis/ministry-USA", 147)):
        (tmp_path / place).mkdir(parents=True)
        verdict = {"id": "F001", "computed": value, "n": value, "label": "synthetic", "verdict": "fixture-match"}
        (tmp_path / place / "facts.json").write_text(json.dumps({"verdicts": [verdict]}))
    table = claims.verdicts_of_runs(tmp_path)
    found = table[table["id"] == "F001"][["computed", "run"]].values.tolist()
    assert found == [[146, "10-comment-analysis/defaults"], [147, "five/runs/10-comment-analysis/ministry-USA"]]
    assert set(claims.verdicts_of_runs(tmp_path / "none")["verdict"]) == {"not computed"}
    assert table.set_index("id").loc["F118", "reason"] == "a definition, not a number"


def test_parts_of_a_figure_stand_with_their_figure(tmp_path):
    """A verdict on F043_1 stands beside F043, which no longer counts as not computed."""
    place = tmp_path / "13-question-sessions" / "defaults"
    place.mkdir(parents=True)
    found = [{"id": f"F043_{part}", "computed": 28, "label": "real", "verdict": "reproduced"} for part in (1, 2)]
    (place / "facts.json").write_text(json.dumps({"verdicts": found}))
    table = claims.verdicts_of_runs(tmp_path, "13-question-sessions")
    table = table[table["figure"].str.contains("Balochistan")]
    assert table[["id", "verdict"]].values.tolist() == [["F043_1", "reproduced"], ["F043_2", "reproduced"]]


def test_studies_that_found_none_are_bounded_and_pooled_by_definition():
    """0 of 1,015 and 0 of 1,005 are 0 of 2,020 together; another definition stays by itself; an unknown part is refused."""
    table = claims.zero_bounds({"F065_1": "dialogue", "F065_2": "dialogue", "F001_1": "answer"})
    assert table.n.tolist() == [1015, 1005, 146, 2020]
    assert table.high.tolist() == pytest.approx([1 - 0.05 ** (1 / n) for n in table.n])
    assert len(claims.zero_bounds({"F065_1": "dialogue"})) == 1
    with pytest.raises(TableError, match="found 'F065_9'"):
        claims.zero_bounds({"F065_9": "dialogue"})
