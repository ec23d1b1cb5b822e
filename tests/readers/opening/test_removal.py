"""One person taken out of a file: records that are theirs go, references become a token, all else stays byte for byte."""

import gzip
import json
import zipfile

import pyarrow
import pytest
from pyarrow import parquet

from digidip import readers
from digidip.tables import ReaderError

ANA = readers.Person(frozenset({"zqx_ana", "Zqx Planted", "900017"}), "[name]")


@pytest.fixture
def without(export, tmp_path):
    """Write a file, take Ana out of it; gives records gone, values changed, and the bytes that are left."""

    def made(name, content):
        target = tmp_path / f"new-{name}"
        counts = readers.write_without(export(name, content), ANA, target)
        return *counts, target.read_bytes()

    return made


def test_a_table_loses_rows_and_keeps_the_bytes_of_others(without):
    """A row by her goes, with a line break in it; who mentions her stays; quotes, line ends and blanks stay as they are."""
    others = 'id,author,reply_to,text\r\n1,"Bo b",,"a ""b"", c"\r\n'
    hers = '2,Zqx Planted,,"two\r\nlines"\r\n'
    removed, masked, left = without("t.csv", f"{others}{hers}3,Bob,zqx_ana,ZQX  planted\r\n4,Bob,,x\r\n")
    assert (removed, masked) == (1, 2)
    assert left.decode() == f'{others}3,Bob,"[name]","[name]"\r\n4,Bob,,x\r\n'


def test_a_longer_name_is_somebody_else(without):
    """Who is called as she is and more, where authors have names alone, stays who they are; a list of names is none of them."""
    others = "author,tagged_names,text\nZqx Planted Lopez,,a\nMr. Zqx Planted-O'Neill,,b\n"
    removed, masked, left = without("t.csv", f'{others}Zqx Planted,,c\nBob,"Ali, Zqx Planted",d\n')
    assert (removed, masked) == (1, 1) and left.decode() == f'{others}Bob,"Ali, [name]",d\n'


def test_a_name_as_html_writes_it():
    """An apostrophe is five things in exports of HTML, an accent a number or a word; unseen characters stand anywhere."""
    person = readers.Person(frozenset({"Zoë O'Planted"}), "[name]")
    for told in (
        "Zoë O&#39;Planted",
        "Zoë O&#x27;Planted",
        "Zoë O&apos;Planted",
        "Zoë O’Planted",
        "Zo&#235; O'Planted",
        "Zo&#xEB; O'Planted",
        "Zo&euml;&nbsp;O'Planted",
        "Z\u200bo\u00adë\u200b O'Planted",
        "Zo\\u200bë O'Planted",
        "O'Planted, Zo&euml;",
        "O'Planted Zoë",
        "Zoe\u0308 O'Planted",
    ):
        assert (
            person.is_in(f"<p>{told}</p>") and person.in_text.sub("[name]", f"{told}s, {told}.") == f"{told}s, [name]."
        )


def test_records_under_a_reversed_or_unseen_name(without):
    """Her name as a library catalogue, a browser and a web page write it is hers; the name of another is not."""
    others = "author,text\nPlantedt Zqx,a\n"
    removed, _masked, left = without("t.csv", f'{others}"Planted, Zqx",b\nZqx\u200b Planted,c\nZqx&nbsp;Planted,d\n')
    assert removed == 3 and left.decode() == others


def test_packed_as_it_was(without):
    """What gzip packed is packed again."""
    removed, _masked, left = without("t.csv.gz", gzip.compress(b"author,text\nzqx_ana,a\nBob,b\n"))
    assert removed == 1 and gzip.decompress(left) == b"author,text\nBob,b\n"


def test_lines_of_json_by_her_go_and_references_to_her_are_masked(without):
    """Her tweet, a repost of it and her entry in a list go; a reply keeps its place in the thread; other lines keep their bytes."""
    ana = {"id": 900017, "id_str": "900017", "screen_name": "zqx_ana", "name": "Zqx"}
    bob = {"id": 5, "name": "Zqx Planted", "screen_name": "bob"}  # called the same: another id
    lines = [
        {"id": 1, "user": ana, "text": "hers, says zqx_ana"},
        {"id": 2, "user": bob, "retweeted_status": {"id": 1, "user": ana}},
        {"id": 3, "user": bob, "in_reply_to_user_id": 900017, "text": "so @zqx_ana?", "mentions": [ana, {"id": 5}]},
    ]
    same = '{"id":  4, "user": {"id": 5}}\n'
    removed, masked, left = without("t.jsonl", "".join(f"{json.dumps(line)}\n" for line in lines) + same)
    assert (removed, masked) == (3, 2) and left.decode().endswith(f"\n{same}")
    assert json.loads(left.splitlines()[0]) == {
        "id": 3,
        "user": bob,
        "in_reply_to_user_id": "[name]",
        "text": "so [name]?",
        "mentions": [{"id": 5}],
    }


def test_answers_to_her_take_her_place_in_a_tree(without):
    """A comment by her inside a post goes, the answers under it stay."""
    answer = {"id": "c2", "from": {"id": "5"}}
    hers = {"id": "c1", "from": {"id": "900017"}, "comments": {"data": [answer]}}
    removed, _masked, left = without("t.json", json.dumps({"data": [{"id": "p", "comments": {"data": [hers]}}]}))
    assert removed == 1 and json.loads(left) == {"data": [{"id": "p", "comments": {"data": [answer]}}]}


def test_a_member_of_a_zip_behind_what_stands_before_its_json(without, tmp_path):
    """The archives of X begin each file with a name; other members stay."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("data/tweets.js", 'window.YTD.tweets.part0 = [{"author": "zqx_ana"}, {"author": "bob"}]')
        archive.writestr("data/else.txt", "nothing")
    removed, _masked, _left = without("a.zip", (tmp_path / "a.zip").read_bytes())
    with zipfile.ZipFile(tmp_path / "new-a.zip") as archive:
        assert removed == 1 and archive.read("data/tweets.js") == b'window.YTD.tweets.part0 = [{"author": "bob"}]'
        assert archive.read("data/else.txt") == b"nothing"


def test_a_form_without_records_is_refused(without, refused):
    """XML says what to do, and not her name."""
    message = refused(ReaderError, lambda: without("a.gexf", "<node id='900017'/>"))
    assert "digidip forget --delivery" in message and "900017" not in message


def test_short_words_are_found_only_where_they_are_a_name(export, tmp_path):
    """`may` is a word; @may, /may and "may" are not; nor is a count equal to a short id."""
    may = readers.Person(frozenset({"may", "12"}), "[name]")
    path = export("t.csv", "author,likes,text\nbob,12,it may be 12 for @may\nmay,1,x\n")
    assert readers.write_without(path, may, tmp_path / "new") == (1, 1)
    assert (tmp_path / "new").read_text() == 'author,likes,text\nbob,12,"it may be 12 for [name]"\n'


def test_a_file_tells_further_names_of_an_account(export):
    """Keys that begin alike tell one account; the id of the record, and a display name of one word, are none of its names."""
    path = export("t.csv", "id,text,author_id,author_name,author_username\n1,x,900017,Zqx,zqx_new\n2,y,5,Bob,bob\n")
    [told] = readers.accounts_told(path, ANA)
    assert told == ({"900017"}, {"900017", "zqx_new"}, True)


def test_cells_that_are_lists_are_looked_into(tmp_path):
    """Parquet that a stopped command left may hold lists."""
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table({"tags": [["Zebulon"], None], "n": [1, 1]}), path)
    assert list(readers.searchable_texts(path)) == ["['Zebulon']\nNone", "1"]
