"""Exports of media attention and of diplomatic exchange: real files give their numbers, doubtful ones are refused in words."""

import csv
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import ibis
import pycountry
import pytest

from digidip import readers
from digidip.engine import engine
from digidip.readers.attention import _time_series
from digidip.readers.attention.correlates_of_war import ISO3
from digidip.tables import LEVELS, SPANS, ReaderError

REAL = Path(os.environ.get("DIGIDIP_REAL_DATA") or Path(__file__).parents[4] / "shared" / "data") / "media-2017"
WIDE = {  # file → source, unit, days × series
    "mediacloud_hurricanes": ("mediacloud", "mentions", 38 * 4),
    "mediacloud_states": ("mediacloud", "mentions", 51 * 3),
    "mediacloud_trump": ("mediacloud", "mentions", 51 * 6),
    "tv_hurricanes": ("television", "percent of airtime", 37 * 4),
    "tv_hurricanes_by_network": ("television", "percent of airtime", 84 * 4),
    "tv_states": ("television", "percent of airtime", 52 * 3),
}

needs_real_data = pytest.mark.skipif(not REAL.is_dir(), reason=f"no real data in {REAL} (set DIGIDIP_REAL_DATA)")


def written(folder, data, name="export.csv"):
    """A file of this text or these bytes in the folder."""
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def held(path, table="attention", **given):
    """The rows of a file as the reader that fits it gives them, as dicts."""
    with readers.reader_errors(path):
        return readers.reader(readers.best_match(path)).read(path, **given)[table].to_pyarrow().to_pylist()


def refusal(path, reader=None, **given):
    """The message with which a file is refused by the reader named, or by the one that fits it."""
    with pytest.raises(ReaderError) as error, readers.reader_errors(path):
        readers.reader(reader or readers.best_match(path)).read(path, **given)
    message = str(error.value)
    assert message.startswith(str(path)) and "Expected: " in message and message.endswith(".")
    return message


def day(text):
    """The UTC midnight of a day printed as 8/20/17 or 2017-08-20."""
    return datetime.strptime(text, "%m/%d/%y" if "/" in text else "%Y-%m-%d").replace(tzinfo=UTC)


def cells(path):
    """Date, column, query and cell of every cell of a wide file, as Python's csv reads it."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        records = list(csv.DictReader(file))
    return [
        (row["Date"], name, row.get("Query", ""), cell)
        for row in records
        for name, cell in row.items()
        if name not in ("Date", "Query")
    ]


@needs_real_data
@pytest.mark.parametrize("name", WIDE)
def test_published_wide_files_give_their_numbers(name):
    """Every cell of the 2017 files is a row with the day, series and number that Python's csv finds; nothing is rejected."""
    path, (source, unit, count) = REAL / f"{name}.csv", WIDE[name]
    assert readers.best_match(path) == "attention_wide"
    found = held(path)
    wanted = [
        (day(date), f"{query}: {name}" if query else name, float(cell)) for date, name, query, cell in cells(path)
    ]
    assert [(row["begins_at"], row["series"], row["value"]) for row in found] == wanted
    assert len(found) == count
    assert {(row["source"], row["unit"], row["span"], row["reject"]) for row in found} == {(source, unit, "day", None)}


@needs_real_data
def test_real_google_trends_gives_its_numbers():
    """37 days of four searches without a preamble: 148 rows, each value that of the file."""
    path = REAL / "google_trends.csv"
    assert readers.matches(path) == [("google_trends", 1.0)]
    with open(path, newline="", encoding="utf-8") as file:
        head, *records = csv.reader(file)
    wanted = [
        (day(record[0]), name, float(cell))
        for record in records
        for name, cell in zip(head[1:], record[1:], strict=True)
    ]
    found = held(path)
    assert [(row["begins_at"], row["series"], row["value"]) for row in found] == wanted and len(found) == 148
    assert {row["span"] for row in found} == {"day"}


@needs_real_data
def test_list_of_sources_is_no_attention():
    """A list of names and addresses beside the counts is known to no reader."""
    assert readers.matches(REAL / "mediacloud_top_online_news.csv") == []


@pytest.mark.parametrize(
    ("dates", "wanted"),
    [
        (("1/13/17", "1/14/17"), (2017, 1, 13)),
        (("13/1/17", "14/1/17"), (2017, 1, 13)),
        (("13/1/2017", "14/1/2017"), (2017, 1, 13)),
        (("12/31/98", "1/1/99"), (1998, 12, 31)),
        (("2017-01-12", "1/13/17"), (2017, 1, 12)),
    ],
)
def test_order_of_day_and_month_is_proven(tmp_path, dates, wanted):
    """A number above 12 in any record says which place is the day; years of two digits are those of our time."""
    path = written(tmp_path, f"Date,Peru\n{dates[0]},1\n{dates[1]},2\n")
    found = readers.reader("attention_wide").read(path)["attention"].select("begins_at").to_pyarrow().to_pylist()
    assert found[0]["begins_at"] == datetime(*wanted, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ("Date,Peru\n8/5/17,1\n8/6/17,2\n", "no day above 12"),
        ("Date,Peru\n8/25/17,1\n26/8/17,2\n", "days above 12 in both places"),
        ("Date,Query\n2017-08-05,Secret\n", "no series beside Date"),
        ("Date,Peru,\n2017-08-05,1,2\n", "column 3 has no name"),
        ("Date,Secret,Secret\n2017-08-05,1,2\n", "2 columns"),
        ("Date,Peru\n2017-08-05,1\n2017-08-08,2\n", "259,200 seconds apart"),
        ("Day,Peru\n2017-08-05,1\n", "no column 'Date'"),
    ],
    ids=["unproven", "both", "no-series", "nameless", "doubled", "every-third-day", "no-date"],
)
def test_doubtful_wide_file_is_refused(tmp_path, data, part):
    """Dates that can be read in two ways, columns without a name of their own, and odd intervals are not guessed."""
    assert part in refusal(written(tmp_path, data), "attention_wide")


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        ("Please limit requests to one every 5 seconds or contact someone@example.org.", "asked too often"),
        ("One or more of your keywords were too short, too long or too common: (Secret)", "too long or too common"),
        ("Timespan is too short.\n", "15 minutes or more"),
        ("Parentheses may only be used around OR'd statements.", "the brackets of the query"),
        ("A keyword contains an illegal character: Secret", "in quotation marks"),
        ("Invalid query start date.", "did not understand"),
    ],
)
def test_answer_in_words_of_gdelt_is_told_and_not_quoted(tmp_path, answer, meaning):
    """A sentence where the table should be leads to the reader, which says what it means and repeats none of it."""
    message = refusal(written(tmp_path, b"\xef\xbb\xbf" + answer.encode()))
    assert meaning in message and "Ask GDELT again" in message
    assert "Secret" not in message and "someone" not in message


def test_other_texts_are_no_answers_of_gdelt(tmp_path):
    """A table, a text of two lines and a list of ids are not taken for a refused query."""
    for data in (
        "Invalid,Your query\n1,2\n",
        "Invalid query\nSecret\n",
        '{"note": "your query is too short"}',
        "123\n",
    ):
        assert "gdelt_timeline" not in dict(readers.matches(written(tmp_path, data)))


def test_one_instant_of_gdelt_is_refused(tmp_path):
    """A single record with a clock time does not tell whether it stands for 15 minutes or an hour."""
    assert "one interval only" in refusal(written(tmp_path, "Date,Series,Value\n2024-05-01 01:00:00,Average Tone,1\n"))


@pytest.mark.parametrize(
    ("head", "what"),
    [
        ("id,indexed_date,language,media_name,media_url,publish_date,title,url", "a list of stories"),
        ("guid,stories_id,title,url,publish_date", "a list of stories"),
        ("source,count,ratio", "counts by source"),
        ("language,count,ratio", "counts by language"),
        ("term,term_count,term_ratio,doc_count,doc_ratio,sample_size", "counts by word"),
        ("term,count,ratio", "counts by word"),
    ],
)
def test_other_files_of_media_cloud_are_named(tmp_path, head, what):
    """Stories, sources, languages and words lead to the reader, which says what they are and which file it wants."""
    path = written(tmp_path, head + "\n" + ",".join("x" * (head.count(",") + 1)) + "\n", "mc-x-content.csv")
    message = refusal(path)
    assert what in message and "mc-…-counts.csv" in message


@pytest.mark.parametrize(
    "data",
    [
        "Category: All categories\n\nCountry,embassy: (5/1/23 - 5/1/24)\nPeru,100\nChile,<1\n",
        "Kategorie: Alle Kategorien\n\nTOP\nsecret,100\n\nRISING\nsecret,+50%\n",
        "Catégorie : Toutes catégories\n\n",
    ],
    ids=["map", "related", "nothing"],
)
def test_other_files_of_google_trends_are_named(tmp_path, data):
    """Maps and related searches lead to the reader, which wants interest over time; nothing of them is quoted."""
    message = refusal(written(tmp_path, data))
    assert "no interest over time" in message and "multiTimeline.csv" in message
    assert "secret" not in message


def test_hours_of_google_trends_need_the_zone_of_the_viewer():
    """Hours are local times of whoever made the export: without a zone they are refused."""
    message = refusal(Path(__file__).parents[2] / "samples" / "google_trends" / "hours_of_the_viewer.csv")
    assert "record 1" in message and "'2024-03-10T01'" in message and "--zone" in message


def test_clock_among_days_is_rejected_without_a_zone(tmp_path):
    """A clock time after days is a reject, not a UTC time; with a zone it is read."""
    path = written(tmp_path, "Day,embassy: (Peru)\n2024-05-01,1\n2024-05-02,2\n2024-05-03T10,3\n")
    assert [row["reject"] for row in held(path)] == [None, None, "a date that cannot be read"]
    with pytest.raises(ReaderError, match="seconds apart"):
        held(written(tmp_path, "Day,embassy: (Peru)\n2024-05-01,1\n2024-05-03T10,3\n"), zone="America/Lima")


def test_days_follow_the_named_zone():
    """A day in Lima begins five hours after that in UTC; without a zone it begins at UTC midnight."""
    path = Path(__file__).parents[2] / "samples" / "google_trends" / "months_in_portuguese_no_preamble.csv"
    assert held(path)[0]["begins_at"] == datetime(2023, 11, 1, tzinfo=UTC)
    assert held(path, zone="America/Lima")[0]["begins_at"] == datetime(2023, 11, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ("Category: News\n\nSemaine,embassy\n2024-05-05,1\n", "one interval only"),
        ("Day,embassy: (Peru),embassy: (Peru)\n2024-05-05,1,2\n", "the name of another column"),
    ],
    ids=["alone", "doubled"],
)
def test_doubtful_google_trends_is_refused(tmp_path, data, part):
    """One date under a label that is not English, and two columns of one name, are not guessed."""
    assert part in refusal(written(tmp_path, data), "google_trends")


@pytest.mark.parametrize(
    ("starts", "wanted"),
    [
        (("2024-02-01T10:00", "2024-02-01T10:01", "2024-02-01T10:09"), "minute"),
        (("2024-02-01T10:00", "2024-02-01T10:15", "2024-02-01T10:15"), "minute"),
        (("2024-02-01T10:00", "2024-02-01T13:00", "2024-02-01T14:00"), "hour"),
        (("2024-02-05", "2024-02-01", "2024-02-02"), "day"),
        (("2024-02-04", "2024-02-18", "2024-02-25"), "week"),
        (("2024-02-01", "2024-03-01", "2024-05-01"), "month"),
        (("2023-01-01", "2024-01-01", "2026-01-01"), "year"),
    ],
)
def test_span_is_the_shortest_distance(starts, wanted):
    """Intervals are as long as the two that begin closest together; a gap does not lengthen them."""
    engine()
    table = ibis.memtable({"at": [datetime.fromisoformat(start) for start in starts]})
    assert wanted in SPANS and _time_series.span_of("x.csv", table) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("0", 0.0),
        ("-1.5", -1.5),
        ("1.5e-05", 0.000015),
        *((odd, None) for odd in ("", "1,250", "2.3%", "<1", "NaN", " 7")),
    ],
)
def test_figure_reads_plain_numbers_only(text, wanted):
    """A number with a point is read; anything else is missing, and odd unless it is blank."""
    engine()
    frame = ibis.memtable({"cell": [text]})
    row = (
        frame.select(made=_time_series.decimal_number(frame.cell), odd=_time_series.is_no_number(frame.cell))
        .to_pyarrow()
        .to_pylist()[0]
    )
    assert row == {"made": wanted, "odd": wanted is None and text != ""}


def test_states_of_today_have_one_number_each():
    """194 numbers, each with a code of its own that ISO 3166-1 knows (Kosovo apart); states of the past have none."""
    codes = {state.alpha_3 for state in pycountry.countries} | {"XKX"}
    assert set(ISO3.values()) <= codes and len(set(ISO3.values())) == len(ISO3) == 194
    assert not {"89", "99", "260", "265", "300", "315", "345", "511", "678", "680", "730", "817"} & set(ISO3)
    assert {number: ISO3[number] for number in ("2", "135", "255", "365", "565", "679", "710", "732", "816")} == {
        "2": "USA",
        "135": "PER",
        "255": "DEU",
        "365": "RUS",
        "565": "NAM",
        "679": "YEM",
        "710": "CHN",
        "732": "KOR",
        "816": "VNM",
    }


@pytest.mark.parametrize(
    ("record", "levels"),
    [
        ("2,20,1955,9,9,1", ["unknown", "unknown"]),
        ("2,20,1949,9,9,1", ["other", "other"]),
        ("2,20,1966,9,9,1", ["other", "other"]),
        ("2,20,1965,9,0,0", ["other", "none"]),
        ("2,20,1985,1,2,1", ["chargé d'affaires", "minister"]),
    ],
)
def test_nine_means_two_things(tmp_path, record, levels):
    """9 is an unknown level where the pair exchanges missions in 1950 to 1965, another kind of mission elsewhere."""
    path = written(tmp_path, f"ccode1,ccode2,year,DR_at_1,DR_at_2,DE\n{record}\n")
    found = held(path, "exchanges")
    assert [row["level"] for row in found] == levels and set(levels) <= set(LEVELS)
    assert [(row["sender"], row["receiver"], row["export_row"]) for row in found] == [("20", "2", 1), ("2", "20", 1)]


def test_no_zone_is_taken_unseen(tmp_path):
    """A zone that is no IANA name is refused by each reader that heeds one."""
    for name, data in {
        "mediacloud_counts": "date,count\n2024-05-01,1\n",
        "google_trends": "Day,embassy: (Peru)\n2024-05-01,1\n2024-05-02,1\n",
        "attention_wide": "Date,Peru\n2024-05-01,1\n",
    }.items():
        assert re.search("'Mars/Phobos' is unknown", refusal(written(tmp_path, data), name, zone="Mars/Phobos"))
