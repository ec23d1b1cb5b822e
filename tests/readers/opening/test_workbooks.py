"""One sheet of a workbook is the table that it would be as CSV; which one is told, and what a spreadsheet destroys too."""

import zipfile

import pytest

from digidip import readers
from digidip.readers.opening.workbooks import choose_sheet
from digidip.tables import ReaderError

HEADER = ("id", "when", "likes")
MAP = """platform: x
columns:
  post_id: id
  account_id: {constant: "7"}
  posted_at: {from: when, format: excel, zone: UTC}
  like_count: likes
"""
NAMESPACES = (
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


def workbook(path, **sheets):
    """A workbook with these sheets: name → rows of texts, of numbers, and of None for blank cells."""

    def cell(value):
        kept = {None: "<c/>", float: f"<c><v>{value}</v></c>", int: f"<c><v>{value}</v></c>"}
        return kept[None] if value is None else kept.get(type(value), f'<c t="str"><v>{value}</v></c>')

    with zipfile.ZipFile(path, "w") as archive:
        listed = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets, 1))
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        link = f'<Relationship Id="r%s" Type="{kind}/%s" Target="%s"/>'.__mod__
        links = "".join(link((n, "worksheet", f"worksheets/sheet{n}.xml")) for n, _name in enumerate(sheets, 1))
        package = "http://schemas.openxmlformats.org/package/2006/relationships"
        for name, held in {
            "_rels/.rels": link((0, "officeDocument", "xl/workbook.xml")),
            "xl/_rels/workbook.xml.rels": links,
        }.items():
            archive.writestr(name, f'<Relationships xmlns="{package}">{held}</Relationships>')
        archive.writestr("xl/workbook.xml", f"<workbook {NAMESPACES}><sheets>{listed}</sheets></workbook>")
        for number, rows in enumerate(sheets.values(), 1):
            lines = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
            text = f"<worksheet {NAMESPACES}><sheetData>{lines}</sheetData></worksheet>"
            archive.writestr(f"xl/worksheets/sheet{number}.xml", text)
    return path


def test_counts_of_days_and_long_numbers_by_hand(tmp_path):
    """44265.5 is noon of 10 March 2021; a number beyond 2^53 was rounded, so it is no id, which the build rejects; below it is whole."""
    rows = [HEADER, ("1380098088760250983", 44265.5, 12), (1380098088760250983, 44265, 3), (7001, 44266, None)]
    path = workbook(tmp_path / "a.xlsx", Posts=rows, Notes=[("one column",), ("is no table",)])
    assert readers.read_head(path).records[1] == ["1.38009808876025E+18", "44265", "3"]
    (tmp_path / "a.xlsx.map.yml").write_text(MAP, encoding="utf-8")
    posts = readers.reader("mapped").read(path)["posts"].to_pandas()
    assert list(posts.posted_at.dt.strftime("%d %H:%M")) == ["10 12:00", "10 00:00", "11 00:00"]
    assert list(posts.post_id) == ["1380098088760250983", "1.38009808876025E+18", "7001"]
    assert 'posted_at: {from: when, format: "excel"}' in readers.proposal(
        workbook(tmp_path / "b.xlsx", S=[("id", "date"), ("7001", 44265.5)])
    ).text.replace("from: date", "from: when")


def test_several_tables_are_asked_for(tmp_path, digidip):
    """The message lists the sheets, `--sheet` says which, the map keeps it, and so does the manifest; a wrong name is told."""
    path = workbook(tmp_path / "a.xlsx", One=[HEADER, ("7001", 44265.5, 1)], Two=[HEADER, ("7002", 44265.5, 2)])
    code, _out, err = digidip("map", path)
    assert code == 3 and "'One' (3 columns, 2 rows), 'Two' (3 columns, 2 rows)" in err and "--sheet NAME" in err
    code, _out, err = digidip("map", path, "--sheet", "Three")
    assert code == 3 and "no sheet 'Three'. Found: 'One', 'Two'" in err
    assert digidip("map", path, "--sheet", "Two")[0] == 0
    plan = path.with_name("a.xlsx.map.yml")
    assert "\nsheet: Two\n" in plan.read_text(encoding="utf-8")
    choose_sheet(path, "")
    plan.write_text("sheet: Two\n" + MAP, encoding="utf-8")
    code, out, err = digidip("add", path, "--ministry", "PER", "--label", "synthetic")
    assert code == 0 and "1 post" in out, err
    assert (tmp_path / "home/data/raw/MANIFEST.csv").read_text(encoding="utf-8").splitlines()[1].endswith(",Two")
    assert digidip("build")[0] == 0


def test_what_is_no_whole_workbook_is_told(tmp_path):
    """A broken workbook, an old one that is none, and one without a table end in one message."""
    broken = tmp_path / "a.xls"
    broken.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    with pytest.raises(ReaderError, match="a workbook that is malformed, or none. Expected"):
        readers.read_head(broken)
    text = tmp_path / "c.csv"
    text.write_text("id,text\n1,a\n", encoding="utf-8")
    choose_sheet(text, "Posts")
    with pytest.raises(ReaderError, match="no workbook, so it has no sheet 'Posts'"):
        readers.read_head(text)
    choose_sheet(text, "")
    assert readers.read_head(text).columns == ("id", "text")
    with pytest.raises(ReaderError, match="no sheet that holds a table. Expected"):
        readers.read_head(workbook(tmp_path / "b.xlsx", S=[("one",), ("two",)]))
