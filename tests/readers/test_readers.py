"""Readers give the rows of every sample as worked out by hand, account for every record, and refuse the rest in words."""

import csv
import io
import json
import os
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import duckdb
import ibis
import pandas
import pyarrow
import pytest
from pyarrow import compute

from digidip import readers
from digidip.engine import many_queries
from digidip.tables import SCHEMA, ReaderError

SAMPLES = Path(__file__).parents[1] / "samples"
BESIDE = (".expected.", ".map.yml")  # what lies beside a sample
FILES = sorted(
    path
    for path in SAMPLES.glob("*/*")
    if not any(part in path.name for part in BESIDE) and path.parent.name in readers.READERS
)
ZONES = {
    "server_times_alone": "Europe/Amsterdam",
    "times_without_zone": "America/New_York",
    "times_of_two_meanings": "Asia/Kolkata",
    "local_times_comments": "America/New_York",
    "ages_of_comments": "Asia/Almaty",
    "api_66_columns": "Europe/Paris",
    "collected_in_paris": "Europe/Paris",
    "hours_of_the_viewer": "America/New_York",
    "days_of_a_named_zone": "Europe/Berlin",
}
REAL = Path(os.environ.get("DIGIDIP_REAL_DATA") or Path(__file__).parents[3] / "shared" / "data")
CANADA = {"Harper": 500, "Mulcair": 626, "Trudeau": 490}
REPLIES = {"ivojosipovic": 271, "MustafaAG": 111, "MedvedevRussiaE": 2, "PEPE_LOBO": 0}
TWEETS = 5107
ON_X = ("twitter_v1", "twitter_v2", "twarc_csv", "academictwitter")
ON_V2 = ("twitter_v2", "academictwitter")
PAGED = {"telegram_desktop", "youtube_api"}
PAGES = {"messages", "items", "comments"}
NAMED = {"accounts": ("sender", "receiver")}
FIRST_CLOCKED_ID = 30_000_000_000
GOOD = (SAMPLES / "crowdtangle_facebook" / "v3_41_columns_est_edt.csv").read_bytes()

needs_real_data = pytest.mark.skipif(not REAL.is_dir(), reason=f"no real data in {REAL} (set DIGIDIP_REAL_DATA)")


@cache
def read(path):
    """The tables of a sample as its reader, the one named by the folder, gives them, in Arrow; read once for all tests."""
    with many_queries():
        frames = readers.reader(path.parent.name).read(path, zone=ZONES.get(path.stem))
        return {name: frame.to_pyarrow() for name, frame in frames.items()}


def as_text(table):
    """The rows of a table, of Ibis or Arrow, as dicts of text: missing is empty, times are ISO in UTC."""
    table = table if isinstance(table, pyarrow.Table) else table.to_pyarrow()
    columns = {name: column_text(table[name]) for name in table.column_names}
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def column_text(column):
    """The cells of an Arrow column as text, without the cost of compiling a query for it."""
    if pyarrow.types.is_timestamp(column.type):
        seconds = compute.floor_temporal(column, unit="second").cast(pyarrow.timestamp("s", column.type.tz))
        column = compute.strftime(seconds, format="%Y-%m-%dT%H:%M:%SZ")
    elif pyarrow.types.is_floating(column.type):
        column = pyarrow.array([None if cell is None else repr(cell) for cell in column.to_pylist()], pyarrow.string())
    return compute.coalesce(column.cast(pyarrow.string()), "").to_pylist()


def expected(path, table):
    """The rows worked out by hand beside a sample; none where there is no such file."""
    file = path.with_name(f"{path.stem}.expected.{table}.csv")
    return list(csv.DictReader(io.StringIO(file.read_bytes().decode(), newline=""))) if file.exists() else []


def rejects(path, frames):
    """Every record that is no row: those that do not split and those that the reader marks, as dicts of text."""
    marked = [row for frame in frames.values() for row in as_text(frame) if row.get("reject")]
    found = {(int(row["export_row"]), row["reject"]) for row in marked}
    return [{"record": str(record), "reason": reason} for record, reason in sorted([*found, *readers.unsplit(path)])]


def kept(frames, name):
    """The rows of one table of a reader, as dicts of text, without those that it rejects."""
    rows = as_text(frames[name])
    return [
        {key: cell for key, cell in row.items() if key not in ("reject", "remark")}
        for row in rows
        if not row.get("reject")
    ]


def renumbered(rows, path):
    """The rows, as dicts of text, numbered over the records of the file that could not be split too."""
    if not readers.unsplit(path) or not rows:
        return rows
    return as_text(readers.renumbered(ibis.memtable(pandas.DataFrame(rows)).cast({"export_row": "int64"}), path))


def inside(value):
    """Records inside a JSON value: what pages hold, however deep, and what answers a record or is answered by it."""
    if isinstance(value, list):
        return sum(map(inside, value))
    if not isinstance(value, dict):
        return 1
    below = [value[key] for key in (PAGES | {"parent", "replies"}) & value.keys() if value[key]]
    return (not PAGES & value.keys()) + sum(map(inside, below))


def tweets_in(value):
    """Tweets of a page of API v2, which has them under `data` (or `tweets`); any other value is one record."""
    if isinstance(value, list):
        return sum(map(tweets_in, value))
    held = value.get("data", value.get("tweets")) if isinstance(value, dict) else None
    return len(held) if held and isinstance(held, list) else 1


def graph_count(value, *, inside):
    """Objects of pages of the Graph API, with those inside them or without."""
    if isinstance(value, list):
        return sum(graph_count(item, inside=inside) for item in value)
    if "data" in value:
        return graph_count(value["data"], inside=inside)
    return 1 + (graph_count(value["comments"], inside=True) if inside and "comments" in value else 0)


def json_value(line):
    """The value of a line of JSON; a line that is none stands for itself."""
    try:
        return json.loads(line)
    except ValueError:
        return line


def json_values(text):
    """The values of a JSON file: the one it is, or one per line."""
    whole = json_value(text)
    return [whole] if whole is not text else [json_value(line) for line in text.split("\n") if line.strip()]


def record_count(path):
    """Records of a file as Python's csv and json count them, those of pages inside; as counted by hand where it is told."""
    told = path.with_name(f"{path.stem}.expected.records")
    if told.exists():
        return int(told.read_text())
    text, name = path.read_bytes().decode("utf-8-sig").replace("\0", ""), path.parent.name
    if name == "graph_api" and path.suffix == ".json":
        return graph_count(json.loads(text), inside="comments" in path.stem)
    if name in (*PAGED, *ON_V2):
        return sum(map(tweets_in if name in ON_V2 else inside, json_values(text)))
    if path.stem == "lonely_commas":
        return text.count('"post_id"')
    if name == "netvizz_page" and path.suffix == ".tab":
        return len([line for line in text.splitlines() if line]) - 1
    if path.suffix in (".csv", ".tab", ".tsv"):
        delimiter = max(",;\t", key=text.lstrip().splitlines()[0].count)
        return len([row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]) - 1
    return len(json.loads(text)) if text.startswith("[") else len([line for line in text.split("\n") if line.strip()])


def accounted(path, frames):
    """Records of a file that became a row of any table or a reject; those of posts and comments are counted one by one."""
    first = next(iter(frames))
    if first not in ("posts", "comments"):
        # A record of a registry may be a mission, and a reject as an account.
        return len({row["export_row"] for frame in frames.values() for row in as_text(frame)}) + len(
            readers.unsplit(path)
        )
    main = ["posts", "comments"] if path.parent.name in ("facepager_facebook", "fourcat_vk") else [first]
    lost = len(rejects(path, {name: frames[name] for name in main}))
    return sum(len(kept(frames, name)) for name in main) + lost


def refusal(path, reader="crowdtangle_facebook", **given):
    """The message with which a reader refuses a file."""
    with pytest.raises(ReaderError) as error, readers.reader_errors(path):
        for table in readers.reader(reader).read(path, **given).values():
            table.to_pyarrow()
    return str(error.value)


def written(folder, data, name="export.csv"):
    """A file of these bytes in the folder."""
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", readers.READERS)
def test_every_reader_has_samples(name):
    """A reader without a sample is no reader."""
    assert [path for path in FILES if path.parent.name == name]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_sample_gives_the_expected_rows(path):
    """Every table of a sample equals the rows beside it, cell by cell; rows and rejects together are its records."""
    frames = read(path)
    for name in frames:
        rows = kept(frames, name)
        found = (
            [dict(row) for row in {tuple(row.items()) for row in rows}]
            if name == "entities"
            else renumbered(rows, path)
        )
        wanted = expected(path, name)
        order = lambda row: (int(row.get("export_row") or 0), *row.values())  # noqa: E731
        assert sorted(found, key=order) == sorted(
            ({k: row[k] for k in found[0]} for row in wanted) if found else wanted, key=order
        )
    assert rejects(path, frames) == expected(path, "rejects")
    assert accounted(path, frames) == record_count(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_sample_is_recognised(path):
    """The header or the first records lead to the reader in whose folder the sample lies, and to no other."""
    assert [name for name, _share in readers.matches(path)] == [path.parent.name]


@pytest.mark.parametrize("name", readers.READERS)
def test_columns_are_canonical(name):
    """A reader gives columns of the canonical tables only, each of its type, and `reject` for what it rejects."""
    path = next(path for path in FILES if path.parent.name == name)
    for table, frame in read(path).items():
        kinds = dict(zip(frame.column_names, frame.schema.types, strict=True))
        assert set(kinds) <= {*SCHEMA[table], "export_row", "reject", "remark", *NAMED.get(table, ())}
        assert {kind for column, kind in kinds.items() if column.endswith("_id")} <= {pyarrow.string()}
        assert {kind for column, kind in kinds.items() if column.endswith("_count")} <= {pyarrow.int64()}


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.parent.name in ON_X], ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_ids_of_x_carry_the_time_of_the_post(path):
    """The upper bits of an id are milliseconds since 2010-11-04: they agree with the stamp that the reader gives."""
    for row in kept(read(path), "posts"):
        number = int(row["post_id"])
        clock = datetime.fromtimestamp(((number >> 22) + 1_288_834_974_657) // 1000, UTC)
        stamp = datetime.fromisoformat(row["posted_at"]) if row["posted_at"] else clock
        assert number < FIRST_CLOCKED_ID or abs(clock - stamp) <= timedelta(seconds=1)


@pytest.mark.parametrize(
    ("stem", "place"),
    [("times_without_zone", "record 1"), ("times_of_two_meanings", "record 1"), ("v3_41_columns_est_edt", None)],
)
def test_time_without_a_zone_is_refused(stem, place):
    """CrowdTangle times without a zone, or with IST alone, are not guessed; with EST they need none."""
    path = SAMPLES / "crowdtangle_facebook" / f"{stem}.csv"
    if place:
        message = refusal(path)
        assert place in message
        assert "'2020-01-31 23:59:59" in message
        assert "--zone" in message
    else:
        assert readers.reader("crowdtangle_facebook").read(path)["posts"].count().execute() == 2


def test_one_time_without_a_zone_is_one_reject(tmp_path):
    """Among stamps with EST, one without is a reject of its own; the others are read."""
    odd = GOOD.split(b"\n", 1)[1].replace(b" EST", b" IST")
    data = GOOD + GOOD.split(b"\n", 1)[1] + odd
    found = as_text(readers.reader("crowdtangle_facebook").read(written(tmp_path, data))["posts"])
    assert [bool(row["posted_at"]) for row in found] == [True] * 4 + [False, True]


def test_named_zone_never_moves_a_time_that_has_its_own(tmp_path):
    """EST, an offset in numbers and `+00:00` stay what they say, whatever zone is named."""
    for rest, hour in {" EST": "04", " -03": "02", "+00:00": "23", "": "22"}.items():
        path = written(tmp_path, GOOD.replace(b"2020-01-31 23:59:59 EST", f"2020-01-31 23:59:59{rest}".encode()))
        found = as_text(readers.reader("crowdtangle_facebook").read(path, zone="Europe/Berlin")["posts"])[0][
            "posted_at"
        ]
        assert found[11:13] == hour


@pytest.mark.parametrize(
    ("data", "parts"),
    [
        (b"", ["empty", "0 records"]),
        (b"\xef\xbb\xbf\r\n \n", ["empty"]),
        (GOOD.decode().encode("utf-16")[:-1], ["UTF-16", "malformed", "Copy it again"]),
        (b"PK\x03\x04" + bytes(200), ["binary", "Unpack"]),
        (GOOD.replace(b"Minister", b"Se\xf1or"), ["not UTF-8", "0xf1", "iconv"]),
        (b"Ana Secret\nBen Secret\n", ["no header of two columns", "one line of 1 cell"]),
        (
            b"Ana Secret,12,x\nBen Secret,13,y\n",
            ["no column 'Comments'", "3 columns, none of them known", "digidip list"],
        ),
        (GOOD.replace(b",Likes,", b",likes,", 1), ["no column 'Likes'", "The nearest column is 'likes'"]),
        (GOOD.replace(b",Wow,", b",Love,", 1), ["2 columns 'Love'", "Expected: one"]),
        (GOOD.replace(b"Page Name,", b"", 1), ["41 cells under a header of 40 columns", "shifted"]),
    ],
    ids=[
        "empty",
        "blank",
        "utf16-cut",
        "binary",
        "cp1252",
        "one-column",
        "no-header",
        "renamed",
        "doubled",
        "shifted",
    ],
)
def test_file_is_refused_in_four_parts(tmp_path, data, parts):
    """A file that no reader can read is refused with what was found, where, what is expected, what to do; no cell in it."""
    path = written(tmp_path, data)
    message = refusal(path)
    assert message.startswith(str(path))
    assert all(part in message for part in [*parts, "Expected: "])
    assert "Secret" not in message


@pytest.mark.parametrize("name", ["est_getpage.csv", "per_tweets.jsonl", "ken_crowdtangle.csv"])
@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_utf16_with_its_mark_reads_as_utf8(tmp_path, name, mark):
    """A file that a spreadsheet saved as Unicode text gives the rows of the original, in either byte order."""
    original = Path(__file__).parents[2] / "data" / "raw" / "sample" / name
    order = "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
    path = written(tmp_path, mark + original.read_bytes().decode().encode(order), name)
    reader = readers.reader(readers.best_match(path))
    found, expected = (reader.read(each, zone="Africa/Nairobi")["posts"].to_pandas() for each in (path, original))
    assert len(found) > 50 and found.equals(expected)


def test_two_readers_that_fit_alike_are_not_chosen_between(tmp_path, monkeypatch):
    """Where two readers know a file equally well, the person says which tool wrote it."""
    monkeypatch.setattr(readers, "matches", lambda path: [("a", 0.5), ("b", 0.5), ("c", 0.2)])
    with pytest.raises(ReaderError, match="2 readers know it equally well: a, b. Expected one. Say --reader"):
        readers.best_match(written(tmp_path, GOOD))


def test_missing_file_is_refused_with_its_neighbour(tmp_path):
    """A path that leads nowhere names the file that is nearest to it."""
    written(tmp_path, GOOD, "posts.csv")
    assert "'posts.csv' beside it" in refusal(tmp_path / "post.csv")
    assert "no such file" in refusal(tmp_path)


def test_wrong_reader_is_told_the_right_one():
    """A file of another tool names the first missing column and the reader that fits."""
    message = refusal(SAMPLES / "minimaxir_facebook" / "posts_2017_06.csv")
    assert "no column 'Comments'" in message
    assert "'minimaxir_facebook' (100% of its columns known)" in message


def test_unknown_zone_is_refused():
    """A zone that is no IANA name is refused before anything is read."""
    assert "'Mars/Phobos' is unknown" in refusal(FILES[0], zone="Mars/Phobos")


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (
            b'[{"id_str": "1", "created_at": "x", "user": {}, "text": "Secret"}, {"id_str": "2',
            "breaks off or is malformed",
        ),
        (b'{"data": [{"id": "1"}], "meta": {}}\n', "no tweet of API v1.1"),
        (b"[]", "no tweet of API v1.1"),
        (b"[" * 5000, "no tweet of API v1.1"),
        (b"Secret\nSecret\n", "no tweet of API v1.1"),
    ],
    ids=["cut", "v2", "nothing", "deep", "text"],
)
def test_json_of_another_kind_is_refused(tmp_path, data, part):
    """An array that breaks off, pages of API v2 and files without tweets are refused, and quoted nowhere."""
    message = refusal(written(tmp_path, data, "tweets.json"), "twitter_v1")
    assert part in message
    assert "Secret" not in message


@pytest.mark.parametrize(
    ("name", "data", "part"),
    [
        ("page_country.tab", b"country\tcount (2015-03-01)\nPE\t3\n", "page likes per country"),
        ("page_1_statsperday.tab", b"date\tposts\n2015-03-01\t3\n", "statistics per day"),
    ],
)
def test_other_files_of_netvizz_are_named(tmp_path, name, data, part):
    """Countries and days of Netvizz lead to its reader, which says what they are and which file it wants."""
    path = written(tmp_path, data, name)
    message = refusal(path, readers.best_match(path))
    assert part in message
    assert "fullstats.tab" in message
    assert "Secret" not in message


@pytest.mark.parametrize(
    ("name", "stem", "place"),
    [
        ("facebook_scraper", "local_times_comments.csv", "record 1 of its posts"),
        ("crowdtangle_instagram", "times_without_zone.csv", "record 1"),
        ("minet_bluesky_profiles", "collected_in_paris.csv", "record 1"),
        ("fourcat_threads", "server_times_alone.csv", "record 1"),
    ],
)
def test_local_time_of_a_machine_or_dashboard_is_refused(name, stem, place):
    """Where no instant stands beside a local time, the zone must be named."""
    message = refusal(SAMPLES / name / stem, name)
    assert place in message
    assert "--zone" in message


@pytest.mark.parametrize(
    "data",
    [
        b'{"data": [{"id": "1_2", "created_time": "2019-05-01T10:00:00+0000", "message": "Secret"}, {"id"',
        b'[{"id": "1_2", "created_time": "2019-05-01T10:00:00+0000"},\n{"id": "1_3"\n',
        b'{"data": [{"id": "Secret"}]}',
    ],
    ids=["cut", "cut-list", "other"],
)
def test_pages_that_break_off_are_refused(tmp_path, data):
    """Pages of the Graph API that break off, or are of another API, are refused and quoted nowhere."""
    message = refusal(written(tmp_path, data, "pages.json"), "graph_api")
    assert "Expected: " in message
    assert "Secret" not in message


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("mastodon_statuses", "not_public_poll_quote.jsonl"),
        ("mastodon_statuses", "pages_one_per_line.jsonl"),
        ("activitypub_outbox", "public_private_announce.json"),
        ("activitypub_outbox", "addresses_polls_media_oddities.json"),
    ],
)
def test_of_a_private_status_nothing_is_read(name, stem):
    """A status that is not public is a reject without a cell: neither its text nor its id is in any table."""
    path = SAMPLES / name / stem
    assert "Secret" in path.read_text(encoding="utf-8")
    for frame in read(path).values():
        rows = frame.to_pandas()
        assert "Secret" not in rows.to_csv()
        if "reject" in rows:
            private = rows[rows["reject"] == "a status that is not public"]
            assert len(private) > 0
            assert private.drop(columns=["export_row", "reject", "medium"]).isna().all(axis=None)


def test_rejects_are_told_alike_whatever_the_line_ends(tmp_path):
    """A record with a cell too few is one line long in a file of Windows too; one of two lines is two lines long."""
    data = (SAMPLES / "crowdtangle_facebook" / "ragged_records.csv").read_bytes()
    told = []
    for name, ends in {"unix.csv": b"\n", "windows.csv": b"\r\n"}.items():
        path = written(tmp_path, data.replace(b"\r\n", b"\n").replace(b"\n", ends), name)
        readers.reader("crowdtangle_facebook").read(path)["posts"].count().execute()
        told.append(readers.unsplit(path))
    assert told[0] == told[1]
    assert [reason.partition("; ")[2] for _record, reason in told[0]] == ["", "", "2 lines long"]


def test_line_ends_that_change_late_are_told(tmp_path):
    """A file whose line ends change after its first 256 KiB is refused when it is scanned, not read wrongly."""
    record = GOOD.partition(b"\n")[2]
    message = refusal(written(tmp_path, GOOD + record * 300 + record[:-1] + b"\r\n" + record))
    assert "line ends of two kinds" in message


def test_bytes_that_are_not_utf8_deep_in_a_file_are_rejects(tmp_path):
    """A record with a wrong byte after the first 256 KiB is a reject with its number; every other one is read."""
    line = (SAMPLES / "twitter_v1" / "rest_full_text.jsonl").read_bytes().splitlines()[0]
    path = written(
        tmp_path, b"\n".join([line] * 200 + [line.replace(b"Today", b"caf\xe9")] + [line] * 5), "tweets.jsonl"
    )
    posts = readers.reader("twitter_v1").read(path)["posts"]
    assert posts.count().execute() == 205
    assert readers.unsplit(path) == [(201, "bytes that are not UTF-8")]
    assert readers.renumbered(posts, path).export_row.max().execute() == 206


@pytest.mark.parametrize("name", ["posts[1].csv", "po*ts.csv", "posts?.csv", "it's {a,b}.csv", "year=2016"])
def test_any_file_name_is_taken_literally(tmp_path, name):
    """Characters that mean a pattern to the engine mean nothing in the name of a file."""
    written(tmp_path, b"a,b\n1,2\n", "posts1.csv")
    path = written(tmp_path, GOOD, name)
    assert readers.reader("crowdtangle_facebook").read(path)["posts"].count().execute() == 2


def test_rejects_belong_to_the_last_reading(tmp_path):
    """A file that was mended and read again has no rejects of its former self; a path may be text or Path."""
    path = SAMPLES / "crowdtangle_facebook" / "ragged_records.csv"
    copy = written(tmp_path, path.read_bytes())
    readers.reader("crowdtangle_facebook").read(copy)["posts"].count().execute()
    assert [record for record, _reason in readers.unsplit(str(copy))] == [2, 4, 5]
    copy.write_bytes(GOOD)
    readers.reader("crowdtangle_facebook").read(copy)["posts"].count().execute()
    assert readers.unsplit(copy) == []


def test_records_keep_their_numbers_in_a_large_file(tmp_path):
    """Of 60,000 records read in parallel, export_row is the place in the file, counted over the rejects too."""
    head, line = (
        GOOD.split(b"\n")[0],
        b"MFA,mfa,1" + b"," * 6 + b"1,2020-01-31 23:59:59 EST,,,Photo,,1,%d,1" + b"," * 24,
    )
    lines = [line % number + (b",x" if number % 997 == 0 else b"") for number in range(1, 60_001)]
    path = written(tmp_path, b"\n".join([head, *lines]) + b"\n")
    posts = readers.reader("crowdtangle_facebook").read(path)["posts"].select("export_row", "comment_count")
    held = ibis.memtable(posts.to_pyarrow())
    assert [record for record, _reason in readers.unsplit(path)] == list(range(997, 60_001, 997))
    found = readers.renumbered(held, path)
    assert found.count().execute() == 60_000 - 60
    assert found.filter(found.export_row != found.comment_count).count().execute() == 0


def test_engine_errors_are_told_without_their_text():
    """What the engine quotes of a file is personal data and stays out of the message."""
    with pytest.raises(ReaderError) as error, readers.reader_errors("raw/x.csv"):
        raise duckdb.InvalidInputException("CSV Error on Line: 7\nOriginal Line: Ana Secret")
    assert str(error.value).startswith("raw/x.csv (line 7): ")
    assert "Secret" not in str(error.value)


def test_unknown_reader_is_refused():
    """A reader that is not there is refused with the names of those that are."""
    with pytest.raises(ReaderError, match="crowdtangle_facebook, crowdtangle_instagram"):
        readers.reader("no_such_tool")


@needs_real_data
@pytest.mark.parametrize(("page", "posts"), CANADA.items())
def test_real_facebook_pages(page, posts):
    """Every record of the three Canadian pages is read; counts and texts are those of Python's csv."""
    path = REAL / "canada2015-facebook" / f"{page}_Posts.csv"
    frame = readers.reader("rfacebook_page").read(path)["posts"].to_pandas()
    with open(path, newline="", encoding="utf-8") as file:
        records = list(csv.DictReader(file))
    assert len(frame) == len(records) == posts
    assert readers.unsplit(path) == []
    assert frame["comment_count"].tolist() == [int(row["comments_count"]) for row in records]
    assert frame["text"].fillna("NA").tolist() == [row["message"] for row in records]
    assert frame["posted_at"].notna().all()
    assert readers.best_match(path) == "rfacebook_page"


@needs_real_data
def test_real_tweets():
    """All 5,107 tweets of seven leaders are read, replies as many as published, ids and texts those of Python's json."""
    replies, total = {}, 0
    for path in sorted((REAL / "world-leaders-twitter").glob("*_tweets.json")):
        frames = readers.reader("twitter_v1").read(path)
        tweets = json.loads(path.read_text(encoding="utf-8"))
        posts = frames["posts"].to_pandas()
        assert posts["reject"].isna().all()
        assert posts["post_id"].tolist() == [tweet["id_str"] for tweet in tweets]
        assert posts["repost_count"].tolist() == [tweet["retweet_count"] for tweet in tweets]
        total += len(posts)
        replies[path.stem.removesuffix("_tweets")] = frames["comments"].count().execute()
    assert total == TWEETS
    assert {name: replies[name] for name in REPLIES} == REPLIES
