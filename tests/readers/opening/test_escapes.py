"""Texts in a program's own notation are read back where that is certain, and left as they stand where it is not."""

import ibis
import pytest

from digidip import readers
from digidip.readers.opening.escapes import LIKE_BYTES, are_bytes, read_back

PARTLY = [r"b'D\xc3\xa9claration'", r"b'D\xc3\xa9cla", "b'day party"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"b'D\xc3\xa9claration \xe2\x82\xac'", "Déclaration €"),
        (r"""b"it's \\ \n new" """, "it's \\ \n new"),
        (r"b'\xff'", r"b'\xff'"),
        ("b'day", "b'day"),
        ("<U+0628><U+064A> <U+0001F600>!", "بي 😀!"),
        ("a <U+ b <U+12> <U+D800> <U+110000>", "a <U+ b <U+12> <U+D800> <U+110000>"),
        ("50 % <f0><9f><98><80> d<c3><a9>j<c3><a0>", "50 % 😀 déjà"),
        ("<dd> <dd><dd> <e9>", "<dd> <dd><dd> <e9>"),
        ("plain", "plain"),
        (None, None),
    ],
)
def test_each_notation_is_read_back(text, expected):
    """What is no whole notation, and no character, stays."""
    assert read_back(ibis.memtable({"text": [text, "x"]}).text, is_bytes=True).to_list()[0] == expected


def test_bytes_are_known_by_all_cells():
    """One text that only looks like it makes a file no file of Python's bytes."""
    assert are_bytes([r"b'\xc3\xa9'", "", "b'plain'"])
    assert not are_bytes([r"b'\xc3\xa9'", "b'day party'' "]) and not are_bytes([r"b'\xff'"]) and not are_bytes([""])


def test_bytes_in_part_of_the_texts_are_told(tmp_path):
    """Of three texts one is whole, one cut off, one none: two have a remark, and all stay as they are."""
    path = tmp_path / "t.csv"
    path.write_text("id,who,at,text\n" + "".join(f"{n},7,2018-04-01T10:00:00Z,{t}\n" for n, t in enumerate(PARTLY)))
    columns = "{post_id: id, account_id: who, posted_at: at, text: text}"
    path.with_name("t.csv.map.yml").write_text(f"table: posts\nplatform: x\ncolumns: {columns}\n")
    rows = readers.reader("mapped").read(path)["posts"].order_by("export_row").to_pandas()
    assert list(rows.text) == PARTLY and list(rows.remark.fillna("")) == [LIKE_BYTES, LIKE_BYTES, ""]


@pytest.mark.parametrize(
    ("notation", "text", "expected"),
    [
        ("json", r'"\u0628\u064a" \ud83d\ude00 "', '"بي" 😀 "'),
        ("json", r"C:\dir \u0628", r"C:\dir \u0628"),
        ("html", "Q&amp;A &eacute;t&#233; &#x628; &lt;3 &amp;lt;", "Q&A été ب <3 &lt;"),
    ],
)
def test_what_people_may_write_is_read_back_as_the_map_says(notation, text, expected, tmp_path):
    """`escapes: json` and `escapes: html` are proposed; without them the texts stay, and a remark names the key."""
    path = tmp_path / "t.csv"
    cell = text.replace('"', '""')
    path.write_text(
        f'id,user_id,created_at,text\n1380098088760250983,7,2018-04-01T10:00:00Z,"{cell}"\n', encoding="utf-8"
    )
    assert f"  text: {{from: text, escapes: {notation}}}" in readers.proposal(path).text
    found = {}
    for entry in ("text", f"{{from: text, escapes: {notation}}}"):
        columns = f"{{post_id: id, account_id: user_id, posted_at: created_at, text: {entry}}}"
        path.with_name("t.csv.map.yml").write_text(f"table: posts\nplatform: x\ncolumns: {columns}\n")
        found[entry] = readers.reader("mapped").read(path)["posts"].to_pandas().iloc[0]
    told, read = found.values()
    assert told.text == text and f"`escapes: {notation}`" in told.remark and read.text == expected
