"""The head of a file is opened once, and says what every reader asks about it."""

import gzip
import os
from collections import Counter
from pathlib import Path

import pytest
from conftest import COMMENTS, GETPAGE

from digidip import readers
from digidip.readers.opening import head as heads
from digidip.tables import ReaderError


@pytest.fixture
def opened(monkeypatch):
    """How often the first bytes of each file were read for its head: name → times."""
    counts, first_bytes = Counter(), heads.first_bytes
    monkeypatch.setattr(heads, "first_bytes", lambda path: counts.update([Path(path).name]) or first_bytes(path))
    return counts


def older(path):
    """A file as it is some time after it was written."""
    os.utime(path, ns=(1_600_000_000_000_000_000,) * 2)
    return path


@pytest.fixture
def written(tmp_path):
    """Write bytes under a name, as a file of some age."""

    def write(name, data):
        (tmp_path / name).write_bytes(data)
        return older(tmp_path / name)

    return write


def test_head_says_what_the_file_shows(written):
    """Columns, delimiter, records and line ends of a table; objects of JSON lines; neither of the other."""
    table = readers.read_head(written("a.csv", b"\xef\xbb\xbfid;text\r\n1;a\r\n2;b\r\n"))
    assert (table.columns, table.header()[1], table.records) == (("id", "text"), ";", [["1", "a"], ["2", "b"]])
    assert (table.encoding, table.is_json, table.is_archive, table.objects) == ("UTF-8", False, False, [])
    assert table.has_even_line_ends() and table.is_whole
    lines = readers.read_head(written("a.jsonl", b'{"id": 1}\n{"id": 2}\n[3]\n'))
    assert lines.is_json and lines.objects == [{"id": 1}, {"id": 2}] and lines.columns == ()
    assert not readers.read_head(written("b.csv", b"id,text\n1,a\r\n")).has_even_line_ends()


@pytest.mark.parametrize("pack", [lambda data: data, gzip.compress], ids=["plain", "gzip"])
def test_head_is_text_in_utf_8_whatever_the_file_is(written, pack):
    """UTF-16 and gzip are undone; `path` stays the name that messages tell."""
    path = written("a.csv", pack("id,text\n1,Perú\n".encode("utf-16")))
    head = readers.read_head(path)
    assert (head.path, head.records, head.utf8_path != path) == (path, [["1", "Perú"]], True)


def test_share_of_known_columns(written):
    """By hand: two of four columns known is one half; none where a required one is missing or there is no table."""
    head = readers.read_head(written("a.csv", b"id,text,x,y\n1,a,b,c\n"))
    assert head.known_share({"id"}, {"text", "likes"}) == 0.5
    assert head.known_share({"id", "likes"}) == 0
    assert readers.read_head(written("a.txt", b"words alone\n")).known_share({"id"}) == 0


def test_head_of_a_file_that_changed_is_another(written, opened):
    """A file is opened again when it has changed, and not before; another path to it names itself."""
    path = written("a.csv", b"id,text\n1,a\n")
    assert readers.read_head(path) is readers.read_head(path) and opened["a.csv"] == 1
    other = Path(os.path.relpath(path))
    assert readers.read_head(other).path == other and opened["a.csv"] == 1
    path.write_bytes(b"id,word\n1,a\n")
    assert readers.read_head(path).columns == ("id", "word")
    path.write_bytes(b"id,date\n1,a\n")  # within the same tick of the clock, perhaps
    assert readers.read_head(path).columns == ("id", "date")


def test_every_reader_is_asked_about_one_head(written, opened):
    """All readers find out whether they fit from one opening of the file."""
    path = written("a.csv", GETPAGE.encode())
    assert readers.best_match(path) == "rfacebook_page" and readers.specific_matches(path)
    readers.reader("rfacebook_page").read(path)
    assert opened == {"a.csv": 1}


def test_add_and_build_open_each_file_once(digidip, export, home, opened):
    """Each file of a delivery is opened for its head once by `add`, and once by `build` of another process."""
    files = [older(export("a.csv", GETPAGE)), older(export("b.csv", COMMENTS))]
    assert digidip("add", *files, "--ministry", "PER", "--label", "real")[0] == 0
    assert opened == {"a.csv": 1, "b.csv": 1}
    for path in (home / "data" / "raw" / "per").iterdir():
        older(path)
    heads._heads.clear()
    opened.clear()
    assert digidip("build")[0] == 0
    assert opened == {"a.csv": 1, "b.csv": 1}


def test_missing_column_names_the_reader_that_fits(written):
    """The error of a reader says what is missing; whoever knows all readers adds which one fits."""
    path = written("a.csv", GETPAGE.encode())
    with pytest.raises(ReaderError) as plain:
        readers.reader("crowdtangle_facebook").read(path)
    assert "no column" in str(plain.value) and "Give the right reader (digidip list)" in str(plain.value)
    with pytest.raises(ReaderError) as advised, readers.reader_errors(path):
        readers.reader("crowdtangle_facebook").read(path)
    assert "This looks like 'rfacebook_page' (100% of its columns known): give that reader." in str(advised.value)


TALKS = {
    "gb18030": "编号,内容\n1,外交部发言人主持例行记者会\n2,今日上午,外长会见代表团\n",
    "big5": "編號,內容\n1,外交部發言人表示我國將持續深化合作\n",
    "cp932": "番号,本文\n1,外務省は本日、在外公館の情報を公表しました\n",
    "cp1251": "номер,текст\n1,Министерство иностранных дел заявило о встрече министров\n",
    "cp1256": "رقم,نص\n1,وزارة الخارجية تعلن عن اجتماع الوزراء في العاصمة\n",
    "utf-16": "id,text\n1,Perú y más\n",
    "utf-16-le": "id,text\n" + "1,Perú y más\n" * 9,
}


@pytest.mark.parametrize("encoding", TALKS)
def test_an_encoding_that_the_letters_show_is_taken(tmp_path, encoding):
    """What clearly is text in one encoding alone is read by it, and the head says which."""
    path = tmp_path / "a.csv"
    path.write_bytes(TALKS[encoding].encode(encoding))
    head = readers.read_head(path)
    assert head.text == TALKS[encoding]
    assert head.encoding.lower().replace("_", "-") == encoding
    assert bool(head.guessed_encoding) == (encoding != "utf-16")


@pytest.mark.parametrize(
    ("data", "remedy", "text"),
    [
        ("num,texto\n1,El ministro recibió a su homólogo en España\n".encode("cp1252"), "iconv -f cp1252 ", "España"),
        ("Año,Día\nuno,mañana\n".encode("cp1252"), "iconv -f cp1252 ", "mañana"),
        ("id,text\n1,Perú y España, año\n2,".encode() + b"caf\xe9\n", "iconv -c -f utf-8 ", "Perú y España, año"),
    ],
)
def test_an_encoding_that_is_unsure_is_asked_for(tmp_path, data, remedy, text):
    """Letters that several encodings share are not guessed: the message names them, and its first remedy works."""
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(ReaderError, match="not UTF-8. Found: byte 0x") as refused:
        readers.read_head(path)
    assert remedy in str(refused.value)
    name = str(refused.value).split("-f ")[1].split()[0]
    path.write_text(data.decode(name, "ignore"), encoding="utf-8")
    assert text in readers.read_head(path).text


def test_unknown_json_is_not_sent_to_a_map(tmp_path):
    """JSON that no reader knows is told what a map can read, by add and by map alike."""
    path = tmp_path / "a.json"
    path.write_text('{"a": 1, "b": {"c": 2}}\n{"a": 2, "b": {"c": 3}}\n')
    with pytest.raises(ReaderError, match="column map reads tables alone"):
        readers.best_match(path)
    with pytest.raises(ReaderError, match="JSON, which no column map reads"):
        readers.proposal(path)
