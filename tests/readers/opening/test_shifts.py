"""Cells that stand under the wrong column from some record on are found, wherever it is, and nothing else is."""

from pathlib import Path

import pytest

from digidip import readers
from digidip.readers.opening.shifts import column_kinds, is_shifted_record
from digidip.tables import ReaderError

HEAD = "id,created_at,text,lang,likes,replies,followers,retrieved_at,url\n"
MAP = "table: posts\nplatform: x\ncolumns:\n  post_id: id\n  account_id: {constant: '7'}\n  posted_at: created_at\n  text: text\n  like_count: likes\n"


def record(number, *, shift=0, text="Words"):
    """A record of the table above, its cells from `lang` on moved to the left and padded, or to the right and cut."""
    time, address = "2021-04-08T10:00:00Z", f"https://example.org/{number}"
    cells = [f"{1380098088760250000 + number}", time, text, "en", "10", "3", "1000", time, address]
    if shift < 0:
        cells = [*cells[:3], *cells[4:], ""]
    elif shift > 0:
        cells = [*cells[:3], "odd", *cells[3:-1]]
    return ",".join(cells) + "\n"


def table(tmp_path, lines):
    """The map's posts of these lines, and the records that are none."""
    path = tmp_path / "export.csv"
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    path.with_name("export.csv.map.yml").write_text(MAP, encoding="utf-8")
    rows = readers.reader("mapped").read(path)["posts"].to_pandas()
    return rows, readers.unsplit(path)


@pytest.mark.parametrize("shift", [-1, 1])
@pytest.mark.parametrize("first", [5, 3000])
def test_shifted_records_are_rejects(shift, first, tmp_path):
    """Whether they stand at the head of the file or far behind it, in either direction, with their own numbers."""
    lines = [record(number, shift=shift * (number >= first)) for number in range(1, first + 3)]
    lines[2] = "too,few\n"
    rows, rejects = table(tmp_path, lines)
    assert [number for number, reason in rejects if reason == readers.SHIFTED] == [first, first + 1, first + 2]
    assert [number for number, reason in rejects if reason != readers.SHIFTED] == [3]
    assert len(rows) == first - 2 and set(rows.like_count) == {10}


@pytest.mark.parametrize("first", [1, 3, 300])
def test_the_first_records_may_be_the_shifted_ones(first, tmp_path):
    """The names of columns say so, whatever the order and the number of the others."""
    lines = [record(number, shift=-(number <= first)) for number in range(1, first + 4)]
    rows, rejects = table(tmp_path, lines)
    assert [number for number, _reason in rejects] == list(range(1, first + 1)) and set(rows.like_count) == {10}


def test_halves_of_which_nobody_can_tell_are_refused():
    """Where names tell nothing the fewer are shifted; of as many the file is refused."""
    right, wrong = (record(7, shift=shift).strip().split(",") for shift in (0, -1))
    kinds = column_kinds("a.csv", [right, right, wrong, right, wrong], list("abcdefghi"))
    assert kinds == ["id", "time", None, None, "count", "count", "count", "time", "address"]
    with pytest.raises(ReaderError, match="in 3 of 6 records looked at than in the first"):
        column_kinds("a.csv", [right, wrong] * 3, list("abcdefghi"))


@pytest.mark.parametrize("cell", ["NA", "1.2K", "https://example.org/a", "2016-01-31 10:00:00", "12", ""])
def test_one_odd_cell_is_no_shift(cell, tmp_path):
    """A text that is an address, a number or a time, and a word for nothing anywhere, are what somebody wrote."""
    lines = [record(number) for number in range(1, 5)] + [record(5, text=cell), record(6).replace(",10,", f",{cell},")]
    assert table(tmp_path, lines)[1] == []


def test_old_short_ids_are_no_shift():
    """The first accounts have short ids among long ones, as some columns of counts have long numbers beside them."""
    rows = [["1380098088760250983", "12", "1380098088760250983", "x"]] * 3
    kinds = column_kinds("a.csv", rows, list("abcd"))
    assert kinds == ["id", "count", "id", None]
    assert not is_shifted_record(["12", "13", "14", "x"], kinds, has_last=True)


@pytest.mark.parametrize(
    ("sample", "delimiter", "place"),
    [
        ("netvizz_page/posts_fullstats_2016.tab", "\t", 5),
        ("database_of_embassies/snapshot_2020.csv", ";", 2),
        ("crowdtangle_history/header_longer_than_rows.csv", ",", 1),
    ],
)
def test_readers_that_split_by_themselves_look_for_shifts_too(tmp_path, sample, delimiter, place):
    """The first record of a sample three times, then with a cell left out and the rest moved: one reject more."""
    original = Path(__file__).parents[2] / "samples" / sample
    header, line, *_rest = original.read_text(encoding="utf-8").splitlines()
    cells = line.split(delimiter)
    moved = delimiter.join([*cells[:place], *cells[place + 1 :], ""])
    path = tmp_path / original.name
    path.write_text("\n".join([header, line, line, line, moved]) + "\n", encoding="utf-8")
    frames = readers.reader(original.parent.name).read(path)
    rows = next(iter(frames.values())).to_pandas()
    lost = readers.unsplit(path) + [
        (int(row.export_row), row.reject) for row in rows.dropna(subset=["reject"]).itertuples()
    ]
    assert lost == [(4, readers.SHIFTED)]


def test_shifted_terms_of_sparql_are_rejects(tmp_path):
    """Of results of Wikidata with terms, a record that lacks one term stands under other variables from there on."""
    header, *lines = (
        (Path(__file__).parents[2] / "samples/wikidata_accounts/embassies_with_terms.tsv").read_text().splitlines()
    )
    cells = lines[0].split("\t")
    shifted = "\t".join([cells[0].replace("14>", "99>"), *cells[2:], ""])
    path = tmp_path / "query.tsv"
    path.write_text("\n".join([header, *lines, shifted]) + "\n", encoding="utf-8")
    tables = readers.reader("wikidata_accounts").read(path)
    assert readers.unsplit(path) == [(len(lines) + 1, readers.SHIFTED)]
    assert "Q900000099" not in set(tables["missions"].mission_id.to_pandas()) and tables["missions"].count().execute()
