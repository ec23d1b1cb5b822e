"""A file, and an account, is of one ministry: two are refused, both named, and the remedy works."""

from conftest import GETPAGE

OTHER = GETPAGE.replace("Hello", "Hullo")


def test_a_file_of_two_ministries_is_refused(digidip, export):
    """The same content under another name and another ministry; under the same one it is held already."""
    stated = ["--label", "real", "--ministry"]
    assert digidip("add", export("a.csv", GETPAGE), *stated, "DEU")[0] == 0
    code, _, wrong = digidip("add", export("b.csv", GETPAGE), *stated, "PER")
    assert code == 3 and "held already as deu/a.csv, of DEU, and now to be of PER" in wrong
    assert "0 added, 1 held already" in digidip("add", export("b.csv", GETPAGE), *stated, "DEU")[1]


def test_an_account_of_two_ministries_is_refused(digidip, deliver, register):
    """Whose it is must be told once, unless a list of accounts tells; the last delivery had won without a word."""
    deliver("deu.csv", GETPAGE, ministry="DEU")
    deliver("per.csv", OTHER, ministry="PER")
    code, _, wrong = digidip("build")
    assert code == 3 and "account '7' on facebook: of DEU by deu/deu.csv, of PER by per/per.csv" in wrong
    register({"platform": "facebook", "account_id": "7", "ministry": "PER", "label": "real"})
    assert digidip("build")[0] == 0


def test_an_account_in_lists_of_two_ministries_is_refused(digidip, export):
    """As two collections of one account leave them, each declared to be of a ministry."""
    for ministry, day in (("DEU", "2025-01-01"), ("FRA", "2025-01-02")):
        path = export(f"list_{ministry}.csv", f"id,handle,seen\n7,mfa,{day}\n")
        columns = "{account_id: id, handle: handle}"
        (path.parent / f"{path.name}.map.yml").write_text(f"table: accounts\nplatform: x\ncolumns: {columns}\n")
        given = ("--map", f"{path}.map.yml", "--label", "real", "--ministry", ministry)
        code, _, wrong = digidip("add", path, *given)
        assert code == 0, wrong
    code, _, wrong = digidip("build")
    assert code == 3 and "account '7' on x: of DEU by deu/list_DEU.csv, of FRA by fra/list_FRA.csv" in wrong
