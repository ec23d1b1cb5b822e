"""The catalogue of data sets: fetched by their hash from a server of this machine, never kept with another one."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from digidip import catalogue, deliveries, readers
from digidip.home import sha256
from digidip.tables import released


@pytest.fixture
def mirror(tmp_path):
    """A folder, and the address of a server that gives its files."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_given):
            pass

    folder = tmp_path / "mirror"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def small(monkeypatch, mirror):
    """A catalogue of one small data set, of two files that lie on the mirror."""
    header = "from_id,from_name,message,created_time,type,link,id,likes_count,comments_count,shares_count\n"
    files = []
    for number in (1, 2):
        path = mirror[0] / f"page{number}.csv"
        path.write_text(f"{header}{number},Page,Hello,2016-01-05T10:00:00+0000,photo,NA,{number}_1,5,3,1\n")
        files.append(
            catalogue.File(
                path.name, f"{mirror[1]}/{path.name}", sha256(path), path.stat().st_size, "rfacebook_page", "PER"
            )
        )
    found = catalogue.DataSet("two pages", "CC0", "Somebody 2016", "full, CC0", tuple(files))
    monkeypatch.setattr(catalogue, "DATA_SETS", {"pages": found})
    return found


def held(home):
    return sorted(
        path.name for path in (home / "data").rglob("*") if path.suffix in (".csv", ".part") or "tmp" in path.name
    )


def test_the_list_says_licence_size_and_citation(digidip):
    """Without a name the sets are listed, with what is got by hand."""
    code, out, err = digidip("fetch")
    assert (code, err) == (0, "")
    for name, one in catalogue.DATA_SETS.items():
        assert f"{name}: {one.what}" in out and one.licence in out and one.cite in out
    assert "4.2 MB" in out and "https://query.wikidata.org" in out


def test_every_entry_can_be_taken_in(real_data):
    """Addresses are of one commit, over HTTPS; readers, labels and terms are known; hash and size are those of the real file."""
    for one in catalogue.DATA_SETS.values():
        assert len(released("real", one.terms)) == {"full": 3, "aggregates-only": 1}[one.terms.partition(",")[0]]
        for file in one.files:
            assert file.address.startswith("https://raw.githubusercontent.com/") and file.reader in readers.READERS
            assert any(len(part) == 40 for part in file.address.split("/"))
            [path] = real_data.glob(f"*/{file.name}")
            assert (sha256(path), path.stat().st_size) == (file.sha256, file.size)


@pytest.mark.parametrize("source", ["", "mirror", "folder"])
def test_a_set_is_taken_in_once_with_licence_and_citation(digidip, home, mirror, small, source):
    """From its own address, a mirror or a folder: declared with terms that cite it; a second time it is held already."""
    given = {"": [], "mirror": ["--from", mirror[1]], "folder": ["--from", mirror[0]]}[source]
    code, out, err = digidip("fetch", "pages", *given)
    assert (
        (code, err) == (0, "")
        and "Licence: CC0\nCite: Somebody 2016" in out
        and f"Next: digidip --home {home} build" in out
    )
    rows = deliveries.manifest(home / "data" / "raw")
    assert {(row.ministry, row.label, row.terms) for row in rows} == {("PER", "real", "full, CC0; cite: Somebody 2016")}
    code, out, err = digidip("fetch", "pages", *given)
    assert (code, err) == (0, "") and out.count("held already") == 2 and len(rows) == 2


@pytest.mark.parametrize("source", ["", "folder"])
def test_a_wrong_hash_leaves_no_file(digidip, home, mirror, small, source):
    """One byte of the second file is another: nothing of the set is held, nothing lies about, and both hashes are told."""
    path = mirror[0] / "page2.csv"
    path.write_text(path.read_text().replace("Hello", "Hallo"))
    code, out, err = digidip("fetch", "pages", *(["--from", mirror[0]] if source else []))
    assert (
        code == 3
        and out == ""
        and f"page2.csv: SHA-256 {sha256(path)[:12]}…" in err
        and small.files[1].sha256[:12] in err
    )
    assert held(home) == []


def test_offline_says_what_to_get_by_hand(digidip, home, mirror, small):
    """No connection, no such file, no such folder: the address, the name, the size, and the command for it."""
    gone = small.files[0]._replace(address="http://127.0.0.1:9/page1.csv")
    catalogue.DATA_SETS["pages"] = small._replace(files=(gone,))
    code, out, err = digidip("fetch", "pages")
    assert (
        code == 3
        and "http://127.0.0.1:9/page1.csv: no connection" in err
        and f"digidip --home {home} fetch pages --from FOLDER" in err
    )
    (mirror[0] / "page1.csv").unlink()
    assert "HTTP 404" in digidip("fetch", "pages", "--from", mirror[1])[2]
    assert "page1.csv: no such file" in digidip("fetch", "pages", "--from", mirror[0])[2]
    assert held(home) == []


def test_wrong_use(digidip, small):
    """Unknown names and addresses that are not safe are wrong use."""
    assert digidip("fetch", "page")[0] == 2 and "Expected one of: pages" in digidip("fetch", "page")[2]
    assert digidip("fetch", "pages", "--from", "http://mirror.example")[0] == 2
