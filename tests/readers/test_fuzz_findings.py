"""What fuzzing found (tests/readers/fuzz.py), minimised: bytes that once ended in another error, in no end, or in shifted cells."""

import ibis
import pytest
from test_archives import WHOLE, zipped
from test_fuzz import end_of_reading
from test_readers import FILES, as_text, kept, refusal, written

from digidip import readers
from digidip.readers.attention._time_series import any_no_number
from digidip.readers.captures._hidden_authors import handle_id
from digidip.readers.opening.archives import member_copy, members

POST = b'[{"post_id":"1","text":"","time":"","comments_full":%s}]'
ITEM = b"http://www.wikidata.org/entity/Q1"
HTML = b'{"kind":"youtube#comment","id":"1","snippet":{"textDisplay":"%s"}}'
FOUND = {
    "nul-in-a-key": (
        "telegram_desktop",
        b'{"name":"a","type":"public_channel","id":1,"mess\0ages":[{"id":1,"type":"message","date_unixtime":"1"}]}',
    ),
    "replies-that-are-a-number": ("facebook_scraper", POST % b'[{"comment_id":"1","replies":5}]'),
    "bytes-in-a-python-cell": ("facebook_scraper", POST % b"\"[{'comment_id': b'1'}]\""),
    "a-list-as-a-key": ("facebook_scraper", POST % b'"[{[]: 1}]"'),
    "a-year-of-twenty-digits": ("facebook_scraper", POST % (b'"[datetime.datetime(%s, 1, 1)]"' % (b"9" * 20))),
    "a-number-of-6000-digits": (
        "facebook_scraper",
        b'[{"post_id":"1","text":"","time":"","reactions":"{\'like\': 0x%s}"}]' % (b"f" * 5000),
    ),
    "a-number-of-5000-digits-over-lines": (
        "graph_api",
        b'{\n"data":[{"id":"1_2","created_time":"2017-02-20T10:00:00+0000"},\n{"x":%s}\n]}' % (b"1" * 5000),
    ),
    "blank-lines-in-broken-json": ("facebook_scraper", POST[:-1] % b"1" + b"," + b"\n" * 200_000 + b"x]"),
    "a-cell-longer-than-csv-takes": ("google_trends", b"Time," + b"x" * 140_000 + b"\n2020-01-01,3\n"),
    "more-columns-than-any-tool-has": ("wikidata_accounts", b"item,twitter" + b",'x" * 60_000 + b"\n" + ITEM + b",a\n"),
    "chats-in-one-another": ("telegram_desktop", b"{" + b'"chats":{' * 26_000),
    "a-line-of-open-quotes": ("gdf", b"edgedef>node1 VARCHAR,node2 VARCHAR\na,b" + b",'x" * 80_000),
    "a-head-of-commas": ("gdf", b"edgedef>node1 VARCHAR,node2 VARCHAR" + b"," * 200_000 + b"\na,b\n"),
    "spaces-behind-a-section": ("pajek", b"*Vertices 2" + b" " * 200_000 + b"x\n"),
    "tags-without-an-end": ("youtube_api", HTML % (b"<a" * 99_999)),
    "yaml-deeper-than-the-stack": (
        "congress_legislators",
        b"- {social: {twitter: a}, id: {bioguide: X}}\n" + b"- " * 99_999,
    ),
    "a-variable-of-letters": ("wikidata_accounts", b"twitter,item," + b"s" * 99_999 + b"x\na," + ITEM + b",b\n"),
    "heads-in-one-another": ("wikidata_accounts", b"{" + b'"vars":[' * 30_000),
    "handles-and-ids-of-one-item": (
        "wikidata_accounts",
        b"item,twitter,twitterId\n" + b"".join(b"%s,a%d,%d\n" % (ITEM, one, one) for one in range(3000)),
    ),
    "pages-in-one-another": ("twitter_v2", b"{" + b'"data":{' * 30_000),
}
OWN_REJECT = {
    "graph_api": b'{"data":[{"id":"1_2","created_time":"2017-02-20T10:00:00+0000","type":"link","reject":"Secret"}]}',
    "facebook_scraper": b'[{"post_id":"1","text":"","time":"","timestamp":1577836800,"reject":"Secret"}]',
    "crowdtangle_api_facebook": b'[{"platformId":"1_2","platform":"Facebook","date":"2020-10-29 14:56:05",'
    b'"postUrl":"https://example.org/1","statistics":{},"reject":"Secret"}]',
}


@pytest.mark.parametrize(("name", "data"), FOUND.values(), ids=FOUND)
def test_finding_ends_in_words(tmp_path, name, data):
    """Each finding ends, and in tables or in one message."""
    first = next(path for path in FILES if path.parent.name == name)
    found = end_of_reading(name, written(tmp_path, data, first.name), "UTC")
    assert isinstance(found, int) or "Expected" in found


def test_nul_in_a_key_loses_no_message(tmp_path):
    """A message of Telegram under a key that NUL bytes stand in is read."""
    path = written(tmp_path, FOUND["nul-in-a-key"][1], "result.json")
    assert readers.reader("telegram_desktop").read(path)["posts"].count().execute() == 1


def test_long_line_of_json_is_recognised(tmp_path):
    """A first line with a cell of over 131,072 characters stops no reader from being asked."""
    tweets = next(
        path for path in FILES if path.parent.name == "twitter_v1" and path.stem == "blank_lines_and_bom"
    ).read_bytes()
    long = b'{"ids":"' + b"7" * 140_000 + b'"}\n'
    assert readers.best_match(written(tmp_path, long + tweets, "tweets.jsonl")) == "twitter_v1"


def test_comments_that_json_could_not_hold_are_rejects(tmp_path):
    """Comments with a set in them, which no output of the tool has, are one reject beside their post."""
    path = written(tmp_path, POST.replace(b'"time":""', b'"time":"","timestamp":1') % b'"[{1, 2}]"', "posts.json")
    frames = readers.reader("facebook_scraper").read(path)
    assert as_text(frames["comments"])[0]["reject"] == "comments that cannot be read (comments_full)"
    assert len(kept(frames, "posts")) == 1


@pytest.mark.parametrize(("name", "data"), OWN_REJECT.items())
def test_cell_named_reject_rejects_nothing(tmp_path, name, data):
    """What a file holds under `reject` is no reason of a reader, and stands in no reason."""
    frames = readers.reader(name).read(written(tmp_path, data, "posts.json"), zone="UTC")
    assert len(kept(frames, "posts")) == 1


def test_column_twice_in_gdf_shifts_nothing(tmp_path):
    """Edges under two columns of one name are refused: else the label would take in the next cell."""
    data = b"edgedef>node1 VARCHAR,node2 VARCHAR,label VARCHAR,weight DOUBLE,weight DOUBLE\na,b,mention,1,2\n"
    assert "two columns of one name" in refusal(written(tmp_path, data, "a.gdf"), "gdf")


def test_nameless_columns_in_gdf_keep_their_width(tmp_path):
    """Columns without a name, here two at the end, are columns: the edge keeps its weight."""
    data = b"edgedef>node1 VARCHAR,node2 VARCHAR,weight DOUBLE,,\na,b,2,x,y\n"
    rows = as_text(readers.reader("gdf").read(written(tmp_path, data, "a.gdf"))["follows"])
    assert [(row["source_id"], row["target_id"], row["weight"], row["reject"]) for row in rows] == [
        ("a", "b", "2.0", "")
    ]


def test_part_of_an_archive_with_a_long_number_is_passed_over(tmp_path):
    """A member whose number has more digits than Python takes is no part of the tweets, and stops nothing."""
    held = [(name, member_copy(WHOLE, name).read_bytes()) for name in members(WHOLE)]
    path = zipped(tmp_path / "x.zip", *held, (f"data/tweets-part{'1' * 5000}.js", b"[]"))
    found, whole = (readers.reader("twitter_archive").read(each)["posts"].count().execute() for each in (path, WHOLE))
    assert found == whole > 0


def test_a_thousand_series_are_compared():
    """Whether a cell of a record is odd can be asked of a thousand columns."""
    table = ibis.table(dict.fromkeys((f"c{place}" for place in range(1000)), "string"), name="wide")
    assert "c999" in ibis.to_sql(
        table.select(odd=any_no_number(table[name] for name in table.columns)), dialect="duckdb"
    )


def test_a_column_without_a_name_beside_na_is_read(tmp_path):
    """A table that pandas wrote with its index, whose first name is empty, and with NA in a cell: no table of R, and no error."""
    path = tmp_path / "export.csv"
    path.write_bytes(b",a\n1,NA\n")
    assert not readers.read_head(path).marks_missing_as_r()


def test_a_header_once_more_is_a_reject(tmp_path):
    """Two tables one behind the other: the second header, blanks in it or not, is no tie between Source and Target."""
    path = written(tmp_path, b"Source, Target\n7,8\nSource, Target\n8,9\n", "edges.csv")
    ties = as_text(readers.reader("edge_list").read(path)["follows"])
    assert [(row["source_id"], row["target_id"]) for row in ties] == [("7", "8"), ("8", "9")]
    assert readers.unsplit(path) == [(2, "the header once more")]


def test_a_word_for_nothing_is_no_handle():
    """A list of 4CAT in which R wrote NA for an author: no account `@na`."""
    cells = ibis.memtable({"author": ["NA", "Nana", None]})
    assert handle_id(cells.author).to_pyarrow().to_pylist() == [None, "@nana", None]
