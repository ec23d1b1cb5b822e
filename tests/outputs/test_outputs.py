"""Tables for other programs: each format is read back and compared; what may not leave is not written."""

import json
from datetime import date

import pandas as pd
import pyarrow.parquet
import pyreadstat
import pytest
from conftest import COMMENTS, GETPAGE, Together
from python_calamine import CalamineWorkbook

from digidip import outputs
from digidip.outputs import _formats
from digidip.tables import Column, TableError

LONG = "followers_of_followers_of_official_accounts"
ROWS = pd.DataFrame(
    {
        "post_id": ["0012345678901234567", None, "=1+1"],
        "with": pd.array([3, None, 0], dtype="Int64"),
        LONG: [0.5, float("nan"), float("inf")],
        "posted_at": pd.to_datetime(["2016-01-05T10:00:00.123Z", None, "1890-01-05T10:00:00Z"], format="ISO8601"),
        "from_on": [date(2016, 1, 5), None, date(1850, 6, 1)],
        "is_official": pd.array([True, None, False], dtype="boolean"),
        "text": ["é" * 3000, "", None],
    }
)
COLUMNS = {
    "post_id": Column("id", "the platform's own id of the post"),
    "with": Column("count", "likes, at retrieval"),
    LONG: Column("number", "a share " + "x" * 90),
    "posted_at": Column("at", "instant of publication, UTC"),
    "from_on": Column("on", "first day"),
    "is_official": Column("is", "written by an official account"),
    "text": Column("text", "text of the post"),
}
OUTPUT = outputs.Output("odd", ROWS, COLUMNS, {LONG: "share of posts"}, "real; terms: full")

together = Together()
together.deliver("a.csv", GETPAGE)
together.deliver("c.csv", COMMENTS)
together.deliver("full.csv", GETPAGE.replace("7,", "8,").replace("7_", "8_"), ministry="USA", terms="full, by consent")


@pytest.fixture
def read_back(tmp_path):
    """Write the odd table in a format and read it back with the columns' own names: rows, and what else the file holds."""

    def read(format):
        written = outputs.FORMATS[format](OUTPUT)
        path = tmp_path / f"odd.{format}"
        path.write_bytes(written[0])
        if format == "csv":
            return pd.read_csv(path, dtype=str), written
        if format == "parquet":
            table = pyarrow.parquet.read_table(path)
            return table.to_pandas(integer_object_nulls=True), table.schema
        if format == "xlsx":
            head, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name("table").to_python()
            return pd.DataFrame(rows, columns=head), written
        reader = pyreadstat.read_dta if format == "dta" else pyreadstat.read_sav
        return reader(str(path))

    return read


def test_parquet_is_read_back_whole(read_back):
    """Types, missing values and infinite ones are as they were; label and unit stand in the field."""
    rows, schema = read_back("parquet")
    expected = ROWS.assign(post_id=["0012345678901234567", None, "=1+1"])
    for name in ROWS:
        assert [each for each in rows[name] if not pd.isna(each)] == [
            each for each in expected[name] if not pd.isna(each)
        ]
        assert rows[name].isna().tolist() == expected[name].isna().tolist()
    assert schema.field(LONG).metadata[b"unit"] == b"share of posts" and schema.field("posted_at").type.tz == "UTC"


def test_csv_keeps_ids_and_guards_formulas(read_back):
    """An id keeps its zeros, an instant says UTC, a formula is a text, what is missing is an empty cell."""
    rows, _written = read_back("csv")
    assert rows["post_id"].fillna("").tolist() == ["0012345678901234567", "", "'=1+1"]
    assert rows["with"].fillna("").tolist() == ["3", "", "0"] and rows[LONG].fillna("").tolist() == ["0.5", "", "inf"]
    assert rows["posted_at"].fillna("").tolist() == ["2016-01-05T10:00:00.123000Z", "", "1890-01-05T10:00:00Z"]
    assert rows["is_official"].fillna("").tolist() == ["true", "", "false"] and rows["from_on"][2] == "1850-06-01"


def test_a_workbook_holds_texts_as_texts(read_back):
    """Ids and formulas are texts, days before 1900 too; an infinite number is told; the second sheet says what columns mean."""
    rows, (content, _names, notes) = read_back("xlsx")
    assert rows["post_id"].tolist() == ["0012345678901234567", "", "=1+1"] and b"<f>" not in content
    assert rows["with"].tolist() == [3, "", 0] and rows[LONG].tolist() == [0.5, "", ""]
    assert rows["from_on"].tolist() == ["2016-01-05", "", "1850-06-01"] and rows["is_official"].tolist() == [
        True,
        "",
        False,
    ]
    assert any("1 infinite, written as missing" in note for note in notes) and any(
        "1 March 1900" in note for note in notes
    )


@pytest.mark.parametrize("format", ["dta", "sav"])
def test_statistics_programs_read_it_back(format, read_back):
    """Names that they take, labels, UTC instants, system-missing values alone; strings keep zeros and length."""
    rows, about = read_back(format)
    long, reserved = [name for name in rows if name.startswith("followers")][0], [n for n in rows if n[:4] == "with"][0]
    assert len(long) <= (32 if format == "dta" else 64) and reserved == "with_1"
    assert rows["post_id"].tolist() == ["0012345678901234567", "", "=1+1"] and rows["text"][0] == "é" * 3000
    assert rows[reserved].isna().tolist() == [False, True, False] and rows[long].isna().tolist() == [False, True, True]
    assert rows[reserved].dropna().tolist() == [3, 0] and rows["from_on"][2] == date(1850, 6, 1)
    assert rows["posted_at"][0].round("ms") == pd.Timestamp("2016-01-05 10:00:00.123") and pd.isna(rows["posted_at"][1])
    assert about.column_names_to_labels["posted_at"] == "instant of publication, UTC"
    assert about.column_names_to_labels[reserved] == "with: likes, at retrieval"
    assert about.variable_value_labels["is_official"] == {0: "no", 1: "yes"}
    assert not about.missing_ranges and not about.missing_user_values


@pytest.mark.parametrize("days", [[None] * 150, [None] * 150 + [date(2016, 1, 5)]])
@pytest.mark.parametrize("format", ["dta", "sav"])
def test_days_that_are_missing_are_no_texts(format, days, tmp_path):
    """A column of days stays one where no row, or only a late one, has a day."""
    output = outputs.Output("days", pd.DataFrame({"from_on": days}), {"from_on": COLUMNS["from_on"]}, {}, "real")
    (tmp_path / "days").write_bytes(outputs.FORMATS[format](output)[0])
    rows, about = (pyreadstat.read_dta if format == "dta" else pyreadstat.read_sav)(str(tmp_path / "days"))
    assert about.readstat_variable_types["from_on"] == "double" and rows["from_on"][:150].isna().all()
    assert rows["from_on"][150:].tolist() == days[150:]


def test_none_is_written_where_one_cannot_be(tmp_path, monkeypatch, refused):
    """A table that the format has no room for keeps those before it from being written."""
    monkeypatch.setattr(_formats, "EXCEL_ROWS", 3)
    small = outputs.Output("small", ROWS[:1], COLUMNS, {}, "real")
    found = {tmp_path / f"{each.name}.xlsx": each for each in (small, OUTPUT)}
    refused(TableError, lambda: _formats.write(found, "xlsx"))
    assert list(tmp_path.iterdir()) == []


def test_names_are_valid_and_apart():
    """Cut names, words of the program and names that differ by case alone get a number; each fits."""
    given = [LONG, f"{LONG}_too", "N", "n", "_n", "2016 (€)", "using", "x" * 32]
    found = _formats.valid_names(given, 32, _formats.STATA_WORDS, str)
    assert len({name.lower() for name in found.values()}) == len(given)
    assert all(len(name) <= 32 and name.isascii() and name[0].isalpha() for name in found.values())


def test_limits_of_excel_and_spss_are_told(monkeypatch, refused):
    """A sheet that has no room for all rows is not begun, and no text is cut."""
    monkeypatch.setattr(_formats, "EXCEL_ROWS", 3)
    assert "4 rows" in refused(TableError, lambda: outputs.FORMATS["xlsx"](OUTPUT))
    monkeypatch.setattr(_formats, "SPSS_TEXT", 5_999)
    assert "6,000 bytes" in refused(TableError, lambda: outputs.FORMATS["sav"](OUTPUT))


def test_label_and_terms_decide(built, tmp_path, refused):
    """Of real data without terms no row of a post leaves, whatever its columns; measures do; with `full` all does."""

    def export(*names, format="csv", columns=(), **chosen):
        return outputs.export(names, format, tmp_path, built.home, outputs.Selection(**chosen), columns=columns)

    assert "it holds records" in refused(TableError, lambda: export("comments_per_post", "posts", ministry="PER"))
    assert "it holds ids" in refused(
        TableError, lambda: export("posts", ministry="PER", columns=["posted_at", "like_count"])
    )
    assert list(tmp_path.glob("*.csv")) == []
    [(rate, written)] = export("comments_per_post", ministry="PER")
    assert set(rate.rows["label"]) == {"real"} and written.paths[0].exists()
    [(posts, _written)] = export("posts", format="sav", ministry="USA")
    assert len(posts.rows) == 2 and "terms: full, by consent" in posts.about
    assert pyreadstat.read_sav(str(tmp_path / "posts.sav"))[0]["post_id"].tolist() == ["8_1", "8_2"]
    assert "is there" in refused(ValueError, lambda: export("posts", format="sav", ministry="USA"))


def test_few_people_are_withheld(built, tmp_path):
    """The table of a measure has the small cells of reports: none."""
    selection = outputs.Selection(ministry="PER")
    [(found, _written)] = outputs.export(["returning_commenter_share"], "csv", tmp_path, built.home, selection)
    assert found.rows["returning_commenter_share"].isna().all() and "withheld" in found.rows["method"][0]


def test_facts_of_a_run_and_a_study(digidip, home, tmp_path):
    """The facts of one run, and of the runs of a study with their rows, by the command."""
    fact = {"name": "post_count", "unit": "posts", "value": 2, "n": 2, "low": None, "high": None, "label": "real"}
    for run in ("mine/10-x/PER", "10-x/defaults"):
        folder = home / "reports" / run
        folder.mkdir(parents=True)
        content = {"notebook": "10-x", "facts": [fact | {"group": {"ministry": "PER"}}]}
        (folder / "facts.json").write_text(json.dumps(content))
        (folder / "run.json").write_text("{}")
    runs = [{"row": "Peru", "status": "done", "folder": "10-x/PER"}, {"row": "Chile", "status": "failed", "folder": ""}]
    (home / "reports" / "mine" / "study.json").write_text(json.dumps({"runs": runs}))
    code, out, err = digidip("export", "mine", "10-x/defaults", "--to", "dta", "-o", tmp_path)
    assert (code, err) == (0, "") and "mine.facts.dta: 1 row" in out
    rows, about = pyreadstat.read_dta(str(tmp_path / "mine.facts.dta"))
    assert rows[["row", "group", "name", "value", "n"]].values.tolist() == [["Peru", "PER", "post_count", 2, 2]]
    assert (tmp_path / "10-x.defaults.facts.dta").exists() and about.column_names_to_labels["n"].startswith("how many")
    code, _out, err = digidip("export", "mine", "--ministry", "PER", "-o", tmp_path / "other")
    assert code != 0 and "none for facts" in err and not (tmp_path / "other").exists()
    code, _out, err = digidip("export", "post", "-o", tmp_path)
    assert code == 3 and "nearest: posts" in err


def test_parameters_of_a_measure(built, refused, tmp_path):
    """A value reaches the measure; an unknown name, a value that it cannot use and a measure of a graph are told."""

    def take(name, *given):
        return outputs.output(name, built.home, outputs.Selection(ministry="USA"), given).rows

    assert take("share_above", "threshold=0")["threshold"].tolist() == [0]
    assert "nearest: threshold" in refused(ValueError, lambda: take("share_above", "treshold=0"))
    assert "cannot be taken with -p" in refused(ValueError, lambda: take("share_above", "threshold=[1"))
    assert "Run the notebook" in refused(ValueError, lambda: take("density"))
