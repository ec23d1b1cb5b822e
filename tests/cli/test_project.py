"""`digidip new`: a project of one's own, which holds what its commands need and keeps its data out of Git."""

import runpy
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from digidip import cli, deliveries, studies
from digidip.cli._project import FOLDER, PLACES, make_project

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def called(tmp_path, monkeypatch):
    """The command, called in an empty folder without --home: (exit code, what it printed)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIGIDIP_HOME", "")

    def call(*words):
        done = CliRunner().invoke(cli.main, words, env={"DIGIDIP_HOME": ""})  # what it was comes back
        return done.exit_code, done.output

    return call


def test_a_project_is_complete_and_found_without_home(called, tmp_path, monkeypatch):
    """Its notebooks, its study and its workflow are there; commands in it use it; Git keeps exports out."""
    code, said = called("new", "mine", "--notebook", "20")
    assert code == 0 and "3 notebooks" in said and "cd mine" in said
    project = tmp_path / "mine"
    monkeypatch.chdir(project)
    assert deliveries.home() == project and deliveries.manifest(project / "data" / "raw") == []
    books = project / "notebooks"
    assert [path.stem[:2] for path in studies.notebooks(books)] == ["10", "20", "te"]
    assert len(studies.plan(books / "studies" / "my-study.yml", books).jobs) == 2
    assert (project / "data" / "reference" / "events.csv").read_text().count("\n") == 1
    steps = yaml.safe_load((project / ".github/workflows/notebooks.yml").read_text())["jobs"]["notebooks"]["steps"]
    assert "--nbval-lax" in steps[-1]["run"] and "nbval" in (project / "requirements.txt").read_text()
    for name in ("data/raw/a.csv", "data/processed/b", "data/replaced.csv", "reports/c"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).touch()
    subprocess.run(["git", "init", "-q"], check=True)
    seen = subprocess.run(["git", "status", "--short", "-uall"], capture_output=True, text=True, check=True).stdout
    assert "data/raw/MANIFEST.csv" in seen and "data/reference/accounts.csv" in seen
    assert not {"data/raw/a.csv", "data/processed/b", "data/replaced.csv", "reports/c"} & set(seen.split())


def test_a_folder_with_files_is_refused(called, tmp_path):
    """Nothing of somebody's is overwritten."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").touch()
    code, said = called("new", "mine")
    assert code == 2 and "Expected a new or an empty folder" in said
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["a.txt"]


def test_a_wheel_outside_a_project_says_what_to_do(called, monkeypatch, tmp_path):
    """Installed from a wheel, what needs a place for data asks for a project, and the remedy works."""
    monkeypatch.setattr("digidip.home.SHIPPED", deliveries.REPOSITORY)
    code, said = called("build")
    assert code == 2 and "digidip new my-project" in said and not (tmp_path / "data").exists()
    make_project(tmp_path / "my-project", [deliveries.REPOSITORY / "notebooks" / "template.ipynb"])
    monkeypatch.chdir(tmp_path / "my-project")
    assert "found no data/raw/MANIFEST.csv" not in called("build")[1]


def test_the_wheel_carries_what_the_commands_read():
    """Every notebook, study, delivery of the sample, its map, and every reference table is shipped; no code of the sample is."""
    shipped = set(runpy.run_path(str(ROOT / "setup.py"))["shipped_files"]())
    sample = deliveries.SAMPLE.relative_to(ROOT)
    needed = {path.relative_to(ROOT) for path in (ROOT / "notebooks").rglob("*") if path.suffix in (".ipynb", ".yml")}
    needed |= {path.relative_to(ROOT) for path in deliveries.REFERENCE.glob("*.csv")}
    needed |= {sample / each.path for each in deliveries.manifest(deliveries.SAMPLE)} | {sample / "MANIFEST.csv"}
    needed |= {path.relative_to(ROOT) for path in deliveries.SAMPLE.rglob("*.yml")}
    assert needed <= shipped and not any(path.suffix == ".py" for path in shipped)
    assert {path.name for path in FOLDER.iterdir()} == set(PLACES)
    assert "cli/project/*" in (ROOT / "pyproject.toml").read_text()
