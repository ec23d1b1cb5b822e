"""Whatever bytes a reader is given, it ends in tables, rejects or a `ReaderError`, and never shifts a cell."""

import csv
import io
import json
import random

import fuzz
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_readers import FILES, SAMPLES, ZONES, as_text, record_count, rejects

from digidip import readers
from digidip.engine import many_queries
from digidip.tables import ReaderError

QUICK = settings(
    max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
RFACEBOOK = "from_id,from_name,message,created_time,type,link,id,likes_count,comments_count,shares_count".split(",")
SMALL = [path for path in FILES if path.stat().st_size < 6000]
ANY_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
ODD_TEXT = st.lists(
    st.sampled_from(['"', ",", "\n", "\r", "\r\n", ";", "\t", " ", "'", "\\", "👩🏽‍🚀", "é", "‮", "x", "NA"]),
    max_size=12,
)
TEXT = ANY_TEXT | ODD_TEXT.map("".join)
ODD_BYTES = [
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"\xed\xa0\x80",
    b"{",
    b"]",
    b"\\",
    b"\\ud83d",
    b"\x01",
    b";",
    b'""',
    b"\r\r\n",
]
JUNK = st.binary(max_size=300) | st.lists(
    st.sampled_from([*ODD_BYTES, b"id", b"[", b'{"id_str":"1"}']), max_size=40
).map(b"".join)


def junk_records(seed):
    """Forty records of junk that are UTF-8, so that the file is not refused as a whole; and bytes of any kind."""
    draw = random.Random(seed)
    pieces = [piece for piece in ODD_BYTES if max(piece) < 128 and piece != b"\0"] + [
        b"id",
        b"1",
        b"\t",
        b'{"id_str":"1"}',
    ]
    lines = [b"".join(draw.choices(pieces, k=draw.randrange(12))) for _record in range(40)]
    return b"\n".join(lines), b"".join(draw.choices([*ODD_BYTES, *pieces], k=40)) + draw.randbytes(100)


def end_of_reading(name, path, zone):
    """Read everything; the number of records accounted for, or the message of the refusal."""
    try:
        with readers.reader_errors(path), many_queries():
            frames = readers.reader(name).read(path, zone=zone)
            tables = {name: frame.to_pyarrow() for name, frame in frames.items()}
            name, table = next(iter(tables.items()))
            rows = table.num_rows if name in ("posts", "comments") else len(table["export_row"].unique())
            return rows + len(readers.unsplit(path))
    except ReaderError as error:
        return str(error)


@pytest.mark.parametrize("name", readers.READERS)
def test_any_bytes_end_in_words(tmp_path, name):
    """Junk under the header of a sample is read, rejected or refused with `Expected`; `make fuzz` looks longer."""
    first = next(path for path in FILES if path.parent.name == name).read_bytes().partition(b"\n")[0]
    for number, data in enumerate(junk_records(name)):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(first + b"\n" + data)
        found = end_of_reading(name, path, "UTC")
        assert isinstance(found, int) or "Expected" in found


@QUICK
@given(data=JUNK)
@example(data=b"a,b\r1,2\r")
@example(data=b"[" * 3000)
@example(data=b'"' + b"x" * 200_000 + b'",b\n')
def test_junk_without_a_header_ends_in_words(tmp_path, data):
    """Every reader is asked whether it knows the junk, and one of each way of opening a file reads it."""
    path = tmp_path / "export.csv"
    path.write_bytes(data)
    try:
        assert all(0 < share <= 1 for _name, share in readers.matches(path))
    except ReaderError as error:
        assert "Expected" in str(error)
    for name in ("netvizz_page", "twitter_v1", "graph_api", "gexf", "pajek", "congress_legislators", "tweet_ids"):
        found = end_of_reading(name, path, "UTC")
        assert isinstance(found, int) or "Expected" in found


@QUICK
@given(
    number=st.integers(0, len(SMALL) - 1),
    edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), st.sampled_from(ODD_BYTES)), min_size=1, max_size=4),
)
def test_mutated_samples_end_in_words(tmp_path, number, edits):
    """A sample with bytes put in, cut out or repeated is read, rejected or refused, and never more than it holds."""
    sample = SMALL[number]
    data = sample.read_bytes()
    for place, length, piece in edits:
        at = int(place * len(data))
        data = data[:at] + piece + data[at + length :]
    path = tmp_path / f"export{sample.suffix}"
    path.write_bytes(data)
    found = end_of_reading(sample.parent.name, path, ZONES.get(sample.stem))
    most = sum(map(data.count, (b"\n", b"\r", b"{"))) + 1  # a page of JSON may hold many records in one line
    assert "Expected" in found if isinstance(found, str) else 0 <= found <= most


@settings(QUICK, max_examples=10)
@given(
    rows=st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=6),
    delimiter=st.sampled_from(",;\t"),
    crlf=st.booleans(),
)
@example(rows=[("a\r\nb", "\r", "\n\n")], delimiter=",", crlf=True)
@example(rows=[('"', '""', ' "x')], delimiter=";", crlf=False)
def test_cells_survive_the_way_through_a_file(tmp_path, rows, delimiter, crlf):
    """What Python's csv writes, the reader reads: every cell, with quotes, delimiters, line breaks, in its own column."""
    path = tmp_path / "export.csv"
    out = io.StringIO()
    # With "\n" between records Python's writer leaves a lone "\r" unquoted, which makes it a line end.
    style = {"lineterminator": "\r\n"} if crlf else {"lineterminator": "\n", "quoting": csv.QUOTE_ALL}
    writer = csv.writer(out, delimiter=delimiter, **style)
    writer.writerow(RFACEBOOK)
    writer.writerows(["1", name, text, "", "", link, "1_2", 1, 2, 3] for name, text, link in rows)
    path.write_bytes(out.getvalue().encode())
    found = as_text(readers.reader("rfacebook_page").read(path)["posts"])
    plain = [tuple("" if cell == "NA" else cell for cell in row) for row in rows]
    assert [(row["account_name"], row["text"], row["link"]) for row in found] == plain
    assert [row["export_row"] for row in found] == [str(number) for number in range(1, len(rows) + 1)]
    assert {(row["like_count"], row["comment_count"], row["repost_count"]) for row in found} == {("1", "2", "3")}


@settings(QUICK, max_examples=8)
@given(texts=st.lists(TEXT, min_size=1, max_size=6), array=st.booleans(), ascii_only=st.booleans())
def test_texts_survive_the_way_through_json(tmp_path, texts, array, ascii_only):
    """What Python's json writes, as an array or as lines, escaped or not, the reader reads to the last character."""
    base = {"created_at": "Thu Apr 08 09:00:00 +0000 2021", "user": {"id_str": "7"}}
    tweets = [{**base, "id_str": str(number), "text": text} for number, text in enumerate(texts)]
    lines = [json.dumps(tweet, ensure_ascii=ascii_only) for tweet in tweets]
    path = tmp_path / "tweets.json"
    path.write_bytes(("[" + ",\n".join(lines) + "]" if array else "\n".join(lines) + "\n").encode())
    found = as_text(readers.reader("twitter_v1").read(path)["posts"])
    told = [text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for text in texts]
    assert [row["text"] for row in found] == told
    assert [row["post_id"] for row in found] == [str(number) for number in range(len(texts))]


@settings(QUICK, max_examples=6)
@given(cuts=st.sets(st.integers(1, 8), max_size=4))
def test_ragged_records_are_the_only_ones_lost(tmp_path, cuts):
    """Of eight records, exactly those with a cell too few are rejects; the others keep their cells and numbers."""
    sample = SAMPLES / "rfacebook_page" / "plain.csv"
    head, record = sample.read_text(encoding="utf-8").splitlines()
    lines = [record.rsplit(",", 1)[0] if number in cuts else record for number in range(1, 9)]
    path = tmp_path / "export.csv"
    path.write_text("\n".join([head, *lines, record]) + "\n", encoding="utf-8")
    frames = readers.reader("rfacebook_page").read(path)
    frames["posts"].to_pyarrow()
    found = as_text(readers.renumbered(frames["posts"], path))
    assert [int(row["export_row"]) for row in found] == [number for number in range(1, 10) if number not in cuts]
    assert {row["text"] for row in found} == {"Text"}
    assert [int(row["record"]) for row in rejects(path, frames)] == sorted(cuts)
    assert len(found) + len(cuts) == record_count(path)


# One sample of each way in which cells are read, and every way to bend it.
TABLES = [
    ("rfacebook_page", "plain.csv"),
    ("edge_list", "parallel_mentions.csv"),
    ("mapped", "metrics_by_handle.csv"),
]


@pytest.mark.parametrize(("name", "sample"), TABLES)
def test_a_bent_table_is_accounted_for(tmp_path, name, sample):
    """Shifted, cut, rounded, swapped, repeated or marked: rows and rejects are its records, and no value is new."""
    [(path, rows, delimiter, known)] = fuzz.structures(name, tmp_path, sample)
    for number, bend in enumerate(fuzz.BENT):
        data, bent = fuzz.bent_file(rows, delimiter, bend, 2 + number, 3 + number)
        path.write_bytes(data)
        assert not fuzz.broken_law(name, path, bent, known=known), bend.__name__


@pytest.mark.parametrize("name", ["twitter_v1", "graph_api"])
def test_bent_json_ends_in_words(tmp_path, name):
    """A key left out, a word for nothing, another type, a rounded number …: tables or a message; the fuzzer bends more."""
    path, found, is_lines, known = next(fuzz.json_structures(name, tmp_path))
    for number, bend in enumerate(fuzz.BENT_JSON):
        bent = fuzz.bent_values(found, bend, random.Random(number))
        fuzz.forget()
        path.write_bytes(fuzz.json_bytes(bent, is_lines))
        assert not fuzz.broken_law_of_json(name, path, bent, known=known), bend.__name__
