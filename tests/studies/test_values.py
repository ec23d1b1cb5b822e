"""Values of runs are checked before any process starts, also by --dry-run; a study finds its notebooks from anywhere."""

import os

import nbformat
import pytest

STUDY = """title: Mine
question: Does it run?
notebooks: [mine/own.ipynb]
parameters: {data: sample, start: "2016-01-01", end: "2016-02-01"}
matrix: {ministry: [PER, WHO]}
"""
PARAMETERS = """data: str = "sample"  # which data
ministry: str = ""  # sending state
start: str = ""  # first day
end: str = ""  # day after the last
"""


@pytest.fixture
def own(tmp_path):
    """A study with a notebook of its own in a folder beside it; the path of the study, whose text can be changed."""
    cells = [nbformat.v4.new_code_cell(source) for source in (PARAMETERS, "digidip.load(data, ministry)")]
    cells[0].metadata["tags"] = ["parameters"]
    (tmp_path / "mine").mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "mine" / "own.ipynb")
    path = tmp_path / "study.yml"
    path.write_text(STUDY)
    return path


@pytest.mark.parametrize(
    ("old", "new", "runs", "told"),
    [
        ("WHO", "USA", [], ""),
        ("WHO", "XQZ", ["own · XQZ cannot be run"], "ministry 'XQZ': not in the holding"),
        ("2016-02-01", "2016-02-30", ["own · PER and 1 more cannot be run"], "day is out of range for month"),
        ("2016-02-01", "2015-02-01", ["own · PER and 1 more cannot be run"], "and a later day"),
    ],
)
def test_a_dry_run_tells_what_cannot_be_run(own, digidip, monkeypatch, old, new, runs, told):
    """From another folder than the study's; each reason once, exit 3 where there is one, and no process is started."""
    own.write_text(STUDY.replace("WHO", "USA").replace(old.replace("WHO", "USA"), new))
    monkeypatch.chdir(os.sep)
    code, out, err = digidip("run", own, "--dry-run")
    assert code == (3 if runs else 0) and "2 runs, 2 to run. Nothing was run." in out
    assert all(words in err for words in (*runs, told)) and err.count("cannot be run") == len(runs)


def test_one_run_starts_no_process_for_what_is_not_held(own, digidip, home, monkeypatch):
    """The message of the notebook comes before the notebook is run, for one of one's own by its path too."""
    from digidip.studies import _run

    monkeypatch.setattr(_run, "RunProcess", lambda *_given, **_named: pytest.fail("a process was started"))
    monkeypatch.chdir(own.parent)
    code, out, err = digidip("run", "mine/own.ipynb", "-p", "ministry=XQZ")
    assert (code, out) == (3, "") and "ministry 'XQZ': not in the holding" in err and not (home / "reports").exists()
