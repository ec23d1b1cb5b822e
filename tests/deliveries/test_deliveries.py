"""Deliveries: a file is taken in whole or not at all, under a name of its own, and never changed afterwards."""

import csv
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from digidip import deliveries, store
from digidip import home as shared
from digidip.tables import ReaderError, TableError

GETPAGE = (
    "from_id,message,created_time,type,id,likes_count,comments_count,shares_count\n"
    "7,Hello,2016-01-05T10:00:00+0000,photo,7_1,5,3,1\n"
)
HEADER = ",".join(deliveries.Delivery._fields)
ODD_NAMES = [
    "two words.csv", "it's.csv", 'say "hi".csv', "Perú ñandú.csv", "a,b.csv", "two\nlines.csv", "-h.csv", "..csv",
    "a[1]*?.csv", "per__a.csv", "MANIFEST.csv", "💬.csv",
]  # fmt: skip


def given(path, **statements):
    """What `digidip add` would declare of a file."""
    return deliveries.describe(path, **{"ministry": "PER", "label": "real", **statements})


def receive(raw, *paths, **statements):
    """Take files in as `digidip add` does."""
    return deliveries.receive(raw, paths, [given(path, **statements) for path in paths])


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_come_back(name, export, tmp_path):
    """A name with spaces, quotes, commas, line breaks or wildcards is declared, found and verified."""
    path = export(name, GETPAGE)
    [delivery] = receive(tmp_path / "raw", path)
    assert deliveries.manifest(tmp_path / "raw") == [delivery]
    assert (tmp_path / "raw" / delivery.path).read_bytes() == path.read_bytes()
    assert delivery.path == f"per/{name}"
    deliveries.verify(tmp_path / "raw", delivery)


def test_statements_are_kept(export, tmp_path):
    """Reader, platform, zone, label, time of collection in UTC and terms stand in the manifest."""
    path = export("a.csv", GETPAGE)
    said = {"zone": "America/Lima", "label": "derived-public", "terms": "MIT, see LICENSE"}
    [delivery] = receive(tmp_path / "raw", path, **said, retrieved_at="2016-03-01T10:00:00-05:00")
    assert delivery._asdict() == {
        "path": "per/a.csv", "sha256": deliveries.sha256(path), "reader": "rfacebook_page", "platform": "facebook",
        "ministry": "PER", "retrieved_at": "2016-03-01T15:00:00Z", "map": "", "account": "", "sheet": "", **said,
    }  # fmt: skip


def test_ids_of_tweets_need_their_account(export, tmp_path, refused):
    """A list of ids says not whose tweets they are: its account is named, in digits; any other file names its own."""
    ids, posts = export("ids.txt", "1380082989265846273\n20\n"), export("a.csv", GETPAGE)
    for account in ("", "MFAExample"):
        assert "Say --account ID" in refused(ValueError, lambda a=account: given(ids, account=a))
    assert "since the file tells it" in refused(ValueError, lambda: given(posts, account="7"))
    receive(tmp_path / "data" / "raw", ids, account="1197092216")
    facts = store.build(tmp_path / "data" / "raw", tmp_path / "data" / "processed", key=b"k")
    [post] = store.load("processed", home=tmp_path).posts.to_pandas().to_dict("records")
    assert (post["post_id"], post["account_id"], facts["rejects"]) == ("1380082989265846273", "1197092216", 1)
    assert post["posted_at"].isoformat() == "2021-04-08T09:00:00+00:00"


def test_same_file_twice(export, tmp_path, tree):
    """A file that is held already is passed over, also within one call."""
    path = export("a.csv", GETPAGE)
    assert len(receive(tmp_path / "raw", path, path)) == 1
    before = tree(tmp_path / "raw")
    assert receive(tmp_path / "raw", path) == []
    assert tree(tmp_path / "raw") == before


def test_same_content_under_another_name(export, tmp_path):
    """A copy under another name is passed over; the same content collected at another time is another observation."""
    path, copy = export("a.csv", GETPAGE), export("copy.csv", GETPAGE)
    receive(tmp_path / "raw", path)
    assert receive(tmp_path / "raw", copy) == []
    assert [each.path for each in receive(tmp_path / "raw", copy, retrieved_at="2016-03-01")] == ["per/copy.csv"]


@pytest.mark.parametrize("second", ["late/a.csv", "late/A.CSV"])
def test_two_files_of_one_name(second, export, tmp_path, refused, tree):
    """Another file of the same name, in any case, is refused in a later call and within one; nothing is taken in."""
    early, late = export("early/a.csv", GETPAGE), export(second, GETPAGE.replace("Hello", "Good day"))
    message = refused(TableError, lambda: receive(tmp_path / "raw", early, late))
    assert "another file of that name is held (per/" in message and not (tmp_path / "raw").exists()
    receive(tmp_path / "raw", early)
    before = tree(tmp_path / "raw")
    refused(TableError, lambda: receive(tmp_path / "raw", late))
    assert tree(tmp_path / "raw") == before


def test_file_lying_there_undeclared(export, tmp_path, refused):
    """A file that somebody put under data/raw by hand is never overwritten; the very same one is declared."""
    path, lying = export("a.csv", GETPAGE), tmp_path / "raw" / "per" / "a.csv"
    lying.parent.mkdir(parents=True)
    lying.write_text("something else")
    refused(TableError, lambda: receive(tmp_path / "raw", path))
    assert lying.read_text() == "something else"
    lying.write_text(GETPAGE)
    assert len(receive(tmp_path / "raw", lying)) == 1


def test_symbolic_link_is_copied(export, tmp_path):
    """What a link leads to is taken in as a file of its own."""
    link = tmp_path / "link.csv"
    link.symlink_to(export("a.csv", GETPAGE))
    [delivery] = receive(tmp_path / "raw", link)
    assert not (tmp_path / "raw" / delivery.path).is_symlink()
    assert (tmp_path / "raw" / "per" / "link.csv").read_text() == GETPAGE


@pytest.mark.parametrize("broken", ["copyfileobj", "replace", "fsync"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_nothing_is_left_after_a_failure(broken, error, export, tmp_path, monkeypatch, tree):
    """Whatever write fails, manifest and files are as they were."""
    raw = tmp_path / "raw"
    receive(raw, export("a.csv", GETPAGE))
    before, calls, honest = tree(raw), [], os.replace

    def second_call_fails(*_given, **_named):
        calls.append(1)
        if broken != "replace" or len(calls) > 1:
            raise error
        return honest(*_given)

    monkeypatch.setattr(shutil if broken == "copyfileobj" else os, broken, second_call_fails)
    with pytest.raises(type(error)):
        receive(raw, *(export(f"{name}.csv", GETPAGE.replace("7_1", f"7_{name}")) for name in "bc"))
    assert calls and tree(raw) == before


def test_four_at_once_are_four_deliveries(export, tmp_path, monkeypatch):
    """Each waits until the one before has written the manifest: none is lost, with or without processors to spare."""
    honest, files = deliveries.declare, [export(f"{n}.csv", GETPAGE.replace("7_1", f"7_{n}")) for n in "abcd"]
    monkeypatch.setattr(deliveries, "declare", lambda raw, rows: (time.sleep(0.05), honest(raw, rows))[1])
    with ThreadPoolExecutor(4) as pool:
        assert [len(new) for new in pool.map(lambda file: receive(tmp_path / "raw", file), files)] == [1] * 4
    assert len(deliveries.manifest(tmp_path / "raw")) == 4 and deliveries.undeclared(tmp_path / "raw") == []


def test_name_that_is_not_text(tmp_path, tree):
    """A file name in another encoding stops before anything stays."""
    name = os.fsdecode(b"caf\xe9.csv")
    try:
        (tmp_path / name).write_text(GETPAGE)
    except OSError:
        pytest.skip("this file system has no such names")
    with pytest.raises(ValueError):
        receive(tmp_path / "raw", tmp_path / name)
    assert not [path for path in tree(tmp_path / "raw") if path.endswith("csv")]


@pytest.mark.parametrize("name", ["PER", "per", "PE", "Peru", "PERU", "Perú", "Pérou", "秘鲁"])
def test_a_ministry_is_named_by_any_code_or_name_of_its_state(name, export):
    """The manifest has the code of three letters, and so has the folder."""
    delivery = given(export("a.csv", GETPAGE), ministry=name)
    assert (delivery.ministry, delivery.path) == ("PER", "per/a.csv")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ({"ministry": "Atlantis"}, "unknown ministry 'Atlantis'"),
        ({"ministry": "ZZ"}, "unknown ministry 'ZZ'"),
        ({"ministry": "604"}, "unknown ministry '604'"),
        ({"ministry": ""}, "no ministry for"),
        ({"platform": "x"}, "platform 'x' for 'rfacebook_page'"),
        ({"zone": "EST5"}, "unknown zone 'EST5'"),
        ({"zone": "../../etc/passwd"}, "unknown zone"),
        ({"label": "fake"}, "unknown label 'fake'. Expected one of: real (as a platform"),
        ({"label": ""}, "no label. Expected one of: real (as a platform"),
        ({"reader": "netvizz"}, "unknown reader 'netvizz'"),
        ({"retrieved_at": "yesterday"}, "unknown time of collection"),
        ({"retrieved_at": "2016-03-01T10:00:00"}, "a time with its offset"),
    ],
)
def test_wrong_statements(statement, said, export, refused):
    """A statement that cannot be true is wrong use, told in four parts."""
    path = export("a.csv", GETPAGE)
    message = refused(ValueError, lambda: given(path, **statement))
    assert said in message


@pytest.mark.parametrize("ministry", ["PER", "NAM", "EUE", "XKX", "XOM"])
def test_senders(ministry, export):
    """States by ISO 3166-1 alpha-3, and the senders of diplomats that the standard does not list."""
    assert given(export("a.csv", GETPAGE), ministry=ministry).ministry == ministry


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.csv", None, "no such file"),
        ("empty.csv", "", "empty"),
        ("blank.csv", " \n\n", "empty"),
        ("binary.csv", b"PK\x03\x04\x00\x00", "binary"),
        ("latin.csv", "a,ñ\n".encode("cp1252"), "not UTF-8"),
        ("other.csv", "a,b,c\n1,2,3\n", "no reader knows this file"),
    ],
)
@pytest.mark.parametrize("reader", [None, "rfacebook_page"])
def test_files_that_cannot_be_read(name, content, said, reader, export, refused):
    """A missing, empty, binary or foreign file is told as such, with and without --reader."""
    path = export("a.csv", GETPAGE).with_name(name) if content is None else export(name, content)
    if reader and name == "other.csv":
        return
    assert said in refused(ReaderError, lambda: given(path, reader=reader))


def test_folder_as_file(tmp_path, refused):
    """A folder where a file is expected is told as such."""
    assert "a folder" in refused(ReaderError, lambda: given(tmp_path))
    assert "a folder" in refused(ReaderError, lambda: given(Path("..")))


ROW = ["per/a.csv", "0" * 64, "rfacebook_page", "facebook", "PER", "UTC", "real", "", "", "", "", ""]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("path", "../../x.csv", "leads outside"),
        ("path", "/etc/passwd", "leads outside"),
        ("reader", "netvizz", "reader 'netvizz'"),
        ("platform", "myspace", "platform 'myspace'"),
        ("ministry", "Peru", "unknown ministry 'Peru'"),
        ("zone", "EST5", "unknown zone 'EST5'"),
        ("label", "true", "unknown label 'true'"),
        ("retrieved_at", "soon", "unknown time of collection 'soon'"),
    ],
)
def test_manifest_edited_by_hand(column, value, said, tmp_path, refused):
    """Each wrong cell of the manifest is told with its row."""
    row = dict(zip(deliveries.Delivery._fields, ROW, strict=True)) | {column: value}
    (tmp_path / "MANIFEST.csv").write_text(f"{HEADER}\n{','.join(ROW)}\n{','.join(row.values())}\n")
    message = refused(TableError, lambda: deliveries.manifest(tmp_path))
    assert "MANIFEST.csv (row 3)" in message and said in message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "found columns none"),
        (b"path,sha\n", "found columns path, sha"),
        (f"{HEADER}\nper/a.csv,abc\n".encode(), "a row of another length than the header"),
        (f"{HEADER}\n{','.join(ROW)}\n{','.join(ROW)}\n".encode(), "declared twice"),
        (f"{HEADER}\nper/caf\xe9.csv\n".encode("latin-1"), "no CSV in UTF-8"),
    ],
)
def test_manifest_that_is_none(content, said, tmp_path, refused):
    """A manifest without its header, with a short row, one file twice or in another encoding is refused."""
    (tmp_path / "MANIFEST.csv").write_bytes(content)
    assert said in refused(TableError, lambda: deliveries.manifest(tmp_path))


def test_manifest_saved_by_a_spreadsheet(export, tmp_path):
    """A byte order mark, carriage returns and blank lines do no harm."""
    [delivery] = receive(tmp_path, export("a.csv", GETPAGE))
    path = tmp_path / "MANIFEST.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n") + b"\r\n")
    assert deliveries.manifest(tmp_path) == [delivery]


@pytest.mark.parametrize("sha", ["0" * 64, "", "ABC"])
def test_changed_file(sha, export, tmp_path, refused):
    """A file whose hash is not the declared one is named; so is one that is gone."""
    [delivery] = receive(tmp_path, export("a.csv", GETPAGE))
    message = refused(TableError, lambda: deliveries.verify(tmp_path, delivery._replace(sha256=sha)))
    assert "per/a.csv: the file has changed" in message
    (tmp_path / delivery.path).unlink()
    assert "no such file" in refused(TableError, lambda: deliveries.verify(tmp_path, delivery))


def test_one_flipped_bit(export, tmp_path, refused):
    """One bit is enough."""
    [delivery] = receive(tmp_path, export("a.csv", GETPAGE))
    path = tmp_path / delivery.path
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    assert "has changed" in refused(TableError, lambda: deliveries.verify(tmp_path, delivery))


def test_manifest_is_plain_csv(export, tmp_path):
    """The manifest opens in any program: a header, one row per file, plain newlines."""
    receive(tmp_path, export("a.csv", GETPAGE), export("b.csv", GETPAGE + "\n"))
    text = (tmp_path / "MANIFEST.csv").read_text(encoding="utf-8")
    assert "\r" not in text
    assert [row["path"] for row in csv.DictReader(text.splitlines())] == ["per/a.csv", "per/b.csv"]


def test_home(tmp_path, monkeypatch):
    """The home is the one given, else DIGIDIP_HOME, else the repository."""
    assert deliveries.home() == deliveries.REPOSITORY
    monkeypatch.setenv("DIGIDIP_HOME", str(tmp_path))
    assert deliveries.home() == tmp_path.resolve()
    assert deliveries.home(tmp_path / "other") == (tmp_path / "other").resolve()


def test_home_is_the_project_around_and_a_wheel_has_no_checkout(tmp_path, monkeypatch):
    """In a project, and in its folders, no --home is needed; installed from a wheel, another folder is its own home."""
    project, elsewhere = tmp_path / "mine", tmp_path / "elsewhere"
    (project / "notebooks").mkdir(parents=True)
    elsewhere.mkdir()
    (project / "data" / "raw").mkdir(parents=True)
    (project / shared.MARK).write_text(HEADER + "\n")
    monkeypatch.chdir(project / "notebooks")
    assert deliveries.home() == project and shared.notebooks_folder(project) == project / "notebooks"
    monkeypatch.chdir(elsewhere)
    assert deliveries.home() == deliveries.REPOSITORY
    monkeypatch.setattr(shared, "SHIPPED", shared.REPOSITORY)
    assert deliveries.home() == elsewhere
    assert shared.notebooks_folder(elsewhere) == deliveries.REPOSITORY / "notebooks"


ODD = "Id,Page,When,Text\n90000001,7,2016-01-05T10:00:00Z,Hello\n"
MAP = "platform: facebook\ncolumns: {post_id: Id, account_id: Page, posted_at: When, text: Text}\n"


@pytest.mark.parametrize("where", ["odd.csv.map.yml", "elsewhere/any name.yml"])
def test_map_goes_with_its_file(where, export, tmp_path):
    """A map beside the file, or named, is copied beside the export and declared with its hash; its platform counts."""
    path, own = export("odd.csv", ODD), export(where, MAP)
    [delivery] = receive(tmp_path / "raw", path, **({"map": own} if "/" in where else {}))
    lying = tmp_path / "raw" / "per" / "odd.csv.map.yml"
    assert (delivery.reader, delivery.platform, delivery.map) == ("mapped", "facebook", deliveries.sha256(own))
    assert lying.read_text() == MAP and deliveries.manifest(tmp_path / "raw") == [delivery]
    deliveries.verify(tmp_path / "raw", delivery)
    assert receive(tmp_path / "raw", path, **({"map": own} if "/" in where else {})) == []


def test_map_that_changed_or_went(export, tmp_path, refused):
    """A map is part of the delivery: one that was edited or removed afterwards is noticed, another one is refused."""
    path, own = export("odd.csv", ODD), export("odd.csv.map.yml", MAP)
    [delivery] = receive(tmp_path / "raw", path)
    own.write_text(MAP.replace("text: Text", "lang: Text"))
    message = refused(TableError, lambda: receive(tmp_path / "raw", path))
    assert "this file with another map is held" in message
    lying = tmp_path / "raw" / "per" / "odd.csv.map.yml"
    lying.write_text(MAP + "skip: 0\n")
    message = refused(TableError, lambda: deliveries.verify(tmp_path / "raw", delivery))
    assert "odd.csv.map.yml: the file has changed" in message
    lying.unlink()
    assert "no such file" in refused(TableError, lambda: deliveries.verify(tmp_path / "raw", delivery))


def test_map_lying_there_is_never_overwritten(export, tmp_path, refused, tree):
    """A map that somebody put under data/raw by hand stays, and nothing is taken in."""
    path = export("odd.csv", ODD)
    export("odd.csv.map.yml", MAP)
    lying = tmp_path / "raw" / "per" / "odd.csv.map.yml"
    lying.parent.mkdir(parents=True)
    lying.write_text("another")
    before = tree(tmp_path / "raw")
    refused(TableError, lambda: receive(tmp_path / "raw", path))
    assert tree(tmp_path / "raw") == before


def test_no_map_without_its_export(export, tmp_path, monkeypatch):
    """If the manifest cannot be written, neither the export nor its map stays."""
    path = export("odd.csv", ODD)
    export("odd.csv.map.yml", MAP)
    given_before = given(path)
    monkeypatch.setattr(deliveries.os, "fsync", lambda _file: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(OSError):
        deliveries.receive(tmp_path / "raw", [path], [given_before])
    assert not [each for each in (tmp_path / "raw").rglob("*") if each.is_file()]


def test_map_and_another_reader(export, refused):
    """A map with --reader of a tool is wrong use; --reader mapped without a map says how to get one."""
    path, own = export("odd.csv", ODD), export("any.yml", MAP)
    assert "found a map and --reader" in refused(ValueError, lambda: given(path, map=own, reader="rfacebook_page"))
    assert given(path, map=own, reader="mapped").reader == "mapped"
    other = export("other.csv", ODD)
    assert "digidip map FILE" in refused(ReaderError, lambda: given(other, reader="mapped"))


def test_manifest_from_before_there_were_maps(tmp_path):
    """A manifest without the last column is read; none of its files has a map."""
    for width in deliveries.WIDTHS:
        names, cells = deliveries.Delivery._fields[:width], ROW[:width]
        (tmp_path / "MANIFEST.csv").write_text(f"{','.join(names)}\n{','.join(cells)}\n")
        [delivery] = deliveries.manifest(tmp_path)
        assert (delivery.map, delivery.account, delivery.sheet, delivery.path) == ("", "", "", "per/a.csv")


def test_an_export_is_named_from_where_one_stands(tmp_path, monkeypatch):
    """A run works elsewhere; a relative path is of the folder in which it was started, and a wrong one is told."""
    (tmp_path / "mine.csv").write_text("a\n")
    monkeypatch.setenv("DIGIDIP_FROM", str(tmp_path))
    assert deliveries.export_path("mine.csv").read_text() == "a\n"
    with pytest.raises(TableError, match="export: no file .*yours.csv"):
        deliveries.export_path("yours.csv")
    with pytest.raises(TableError, match="no delivery of PER"):
        deliveries.export_path(data="processed", ministry="PER", home_folder=tmp_path)
