"""The values of a JSON file are the same, in the same order, however the file packs them; what is broken is told."""

import json

import pytest

from digidip.readers.opening import json_values
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_records import record_rows
from digidip.tables import ReaderError

ONE, TWO = {"a": 1, "t": "x\ny, ]"}, {"b": [{"c": 1}, {}]}
PACKED = {
    "lines": json.dumps(ONE) + "\n" + json.dumps(TWO) + "\n",
    "lines of Windows with a mark": "\ufeff" + json.dumps(ONE) + "\r\n\r\n" + json.dumps(TWO),
    "lines that end in a comma": json.dumps(ONE) + ",\n" + json.dumps(TWO) + ",\n",
    "one after the other": json.dumps(ONE) + json.dumps(TWO),
    "one after the other, spread": json.dumps(ONE, indent=1) + "\n" + json.dumps(TWO, indent=0),
    "array": json.dumps([ONE, TWO]),
    "array, spread": json.dumps([ONE, TWO], indent=0),
    "array with commas too many": f"[,\n{json.dumps(ONE)},\n,\n,\n{json.dumps(TWO)}\n,\n]",
    "arrays, one per line": json.dumps([ONE]) + "\n[]\n" + json.dumps([TWO]) + "\n",
    "array of arrays": json.dumps([[ONE], [], [TWO]]),
}


def found(folder, text, name="values.json"):
    """The values of a file that holds this text."""
    path = folder / name
    path.write_bytes(text.encode())
    return list(json_values.json_values(path))


@pytest.mark.parametrize("text", PACKED.values(), ids=PACKED)
@pytest.mark.parametrize("size", [1 << 20, 7])
def test_values_are_the_same_however_they_are_packed(tmp_path, monkeypatch, text, size):
    """Two objects come out as two, in whatever form they are written and however short the pieces that are read."""
    monkeypatch.setattr(json_values, "CHUNK", size)
    assert found(tmp_path, text) == [ONE, TWO]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (f'{{"a": 1, "te\n{json.dumps(ONE)}', ["broken JSON", ONE]),
        (f'{{"a": {{"b": 1}},\n{json.dumps(ONE)}', ["broken JSON", ONE]),
        (f'{json.dumps(ONE)}\n[{{"a\n{json.dumps([TWO])}', [ONE, "broken JSON", TWO]),
        (f"{json.dumps(ONE)}\nSecret", [ONE, "broken JSON"]),
    ],
    ids=["cut in a text", "cut behind a comma", "array cut", "no JSON"],
)
def test_a_broken_line_stands_in_its_place(tmp_path, text, values):
    """Of lines, also with the first one broken, every other is read, and the broken one says so without its text."""
    assert found(tmp_path, text) == values
    assert [value for value in found(tmp_path, text) if isinstance(value, json_values.BrokenJson)] == ["broken JSON"]


@pytest.mark.parametrize(
    ("text", "record"),
    [('[{"a": 1}, {"b"', 2), ('{"a": "Secret', 1), ('[{"a": 1}', 2), ('[{"a": 1}] Secret', 2), ("[" * 5000, 1)],
    ids=["array", "object", "no end", "more behind", "deep"],
)
def test_a_file_that_breaks_off_is_refused(tmp_path, text, record):
    """An array or object that has no end is refused with the number of the record, and quoted nowhere."""
    with pytest.raises(ReaderError, match=rf"\(record {record}\): JSON that breaks off") as error:
        found(tmp_path, text)
    assert "Secret" not in str(error.value)


def test_bytes_that_are_not_utf8_far_into_an_array_spoil_one_value(tmp_path):
    """After the first 256 KiB a value with a wrong byte stands for itself alone, in an array as on a line."""
    whole = json.dumps([ONE] * 20_000 + [{"t": "cafQ"}, TWO]).encode().replace(b"Q", b"\xe9")
    path = tmp_path / "values.json"
    path.write_bytes(whole)
    assert list(json_values.json_values(path))[-3:] == [ONE, "bytes that are not UTF-8", TWO]


def test_elements_stop_at_the_end_of_their_array(tmp_path):
    """Of an object, only the array under the key is read; a key further on is not."""
    path = tmp_path / "values.json"
    path.write_text(json.dumps({"n": 1, "items": [ONE, TWO], "more": [{"items": [3]}]}))
    assert list(json_values.json_elements(path, "items")) == [ONE, TWO]


def test_records_become_rows_in_order():
    """A record keeps its place; one that is broken, or no object, is a row without cells; no records are no rows."""
    rows = record_rows(
        [{"a": 1}, json_values.BrokenJson("broken JSON"), ["a"], None, {"a": "\ud83d!"}], "struct<a: string>"
    )
    told = rows.select("export_row", "is_broken", a=rows.it.a).order_by("export_row").to_pyarrow().to_pylist()
    assert [tuple(row.values()) for row in told] == [
        (1, False, "1"), (2, True, None), (3, False, None), (4, False, None), (5, False, "!"),
    ]  # fmt: skip
    assert record_rows([], "struct<a: string>").count().execute() == 0


@pytest.mark.parametrize(
    "encoded", [lambda lines: json.dumps("\n".join(lines)), lambda lines: "\n".join(map(json.dumps, lines)), json.dumps]
)
def test_json_encoded_twice_is_unwrapped(tmp_path, encoded):
    """A text for the file, for each line or in a list holds the records that it would hold encoded once."""
    path = tmp_path / "a.json"
    path.write_text(encoded(['{"id": "1", "text": "a \\"b\\""}', '{"id": "2"}']), encoding="utf-8")
    assert read_head(path).objects == [{"id": "1", "text": 'a "b"'}, {"id": "2"}]
