"""The commands run, list and claims as a user gives them: exit codes, files, facts, messages."""

import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from digidip import store
from digidip.cli import main

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("DIGIDIP_REAL_DATA") or ROOT.parent / "shared" / "data")
PAGES = sorted((REAL / "canada2015-facebook").glob("*_Posts.csv"))
WINDOW = ["-p", "data=processed", "-p", "ministry=CAN", "-p", "platform=facebook", "-p", "zone=UTC"]


def call(home, *words):
    """One call of the command with a scratch home."""
    return CliRunner().invoke(main, ["--home", str(home), *words])


def facts_in(home):
    """facts.json of the only run in the home, facts by name."""
    (path,) = (home / "reports").rglob("facts.json")
    found = json.loads(path.read_text(encoding="utf-8"))
    return found, {fact["name"]: fact for fact in found["facts"]}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Notebook 10 run on the sample."""
    home = tmp_path_factory.mktemp("home")
    return home, call(home, "run", "10-comment-analysis")


def test_run_on_the_sample_prints_verdicts_and_places(finished):
    """The verdict table and the two places come out, and exit code 0."""
    home, done = finished
    assert done.exit_code == 0, done.stderr
    assert done.stdout.count("fixture-match") == 8 and "reproduced" not in done.stdout
    assert done.stdout.startswith("In synthetic data, a post drew 65 comments ")
    assert str(home / "reports") in done.stdout and "index.html" in done.stdout


def test_the_sample_facts_are_the_planted_ones(finished):
    """146 posts, mean 65, 17 above one hundred, no official answer, each with n, interval and label."""
    found, facts = facts_in(finished[0])
    assert facts["post_count"]["value"] == 146
    assert facts["comments_per_post.mean"]["value"] == 65 and facts["comments_per_post.median"]["value"] == 60.5
    assert facts["share_above.100"]["value"] == pytest.approx(17 / 146, abs=1e-6)
    assert facts["official_answer_share.post"]["value"] == 0
    assert facts["official_answer_share.post"]["high"] == pytest.approx(0.0203096, abs=1e-6)
    measured = [fact for fact in found["facts"] if fact["group"]]
    assert all(fact["label"] == "synthetic" and fact["n"] is not None for fact in measured)


def test_a_run_leaves_page_notebook_tables_and_pictures(finished):
    """Every figure has its table; the page names the label and has no script."""
    (folder,) = (finished[0] / "reports" / "10-comment-analysis").iterdir()
    pictures = {path.stem for path in (folder / "figures").glob("*.png")}
    assert pictures == {path.stem for path in (folder / "tables").glob("*.csv")}
    assert pictures == {
        "shapes", "exceedance", "lorenz", "rootogram", "days", "comment-rate-ratio", "comments-per-post"
    }  # fmt: skip
    assert pictures == {path.stem for path in (folder / "figures").glob("*.svg")}
    assert all("SYNTHETIC" in path.read_text() for path in (folder / "figures").glob("*.svg") if path.stem != "shapes")
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "<script" not in page and page.count("<img") == len(pictures) == page.count('alt="')
    assert "Synthetic data" in page


def test_no_comment_is_quoted(finished):
    """No eight words in a row of any comment of the sample stand in any file of the run (R4)."""
    comments = store.load("sample", "USA", account="SampleStateSteady").comments.text.to_pandas().dropna()
    spoken = {" ".join(words[at : at + 8]) for words in map(str.split, comments) for at in range(len(words) - 7)}
    files = [
        path
        for path in (finished[0] / "reports").rglob("*")
        if path.suffix in (".html", ".ipynb", ".json", ".csv", ".svg")
    ]
    told = " ".join(" ".join(path.read_text(encoding="utf-8").split()) for path in files)
    words = told.split(" ")
    assert len(spoken) > 50 and not spoken & {" ".join(words[at : at + 8]) for at in range(len(words) - 7)}


def test_claims_set_published_beside_computed(finished):
    """The verdicts of a finished run appear beside the published figures, and only there."""
    done = call(finished[0], "claims", "10", "--json")
    rows = {row["id"]: row for row in json.loads(done.stdout)}
    assert rows["F001"]["verdict"] == "fixture-match" and rows["F001"]["run"] == "10-comment-analysis/defaults"
    assert rows["F118"]["verdict"] == "not computed" if "F118" in rows else True


def test_claims_mark_a_run_that_is_out_of_date(finished, tmp_path):
    """A run that would come out otherwise now, and whose report nobody replaced, is not told as current."""
    shutil.copytree(finished[0], tmp_path, dirs_exist_ok=True)
    (path,) = (tmp_path / "reports").rglob("run.json")
    record = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(record | {"key": record["key"] | {"package": "another"}}), encoding="utf-8")
    done = call(tmp_path, "claims", "10", "--json")
    rows = {row["id"]: row for row in json.loads(done.stdout)}
    assert rows["F001"]["run"] == "10-comment-analysis/defaults (out of date)" and "Run them again" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["run", "11-nothing"], 2, "10-comment-analysis"),
        (["run", "10", "-p", "treshold=3"], 2, "threshold"),
        (["run", "10", "-p", "threshold=many"], 2, "whole number"),
        (["run", "10", "-p", "threshold=1_000"], 2, "whole number"),
        (["run", "10", "-p", "data=mine"], 2, "one of sample, processed"),
        (["run", "10", "-p", "ministry=XYZ"], 3, "not in the holding"),
        (["run", "10", "-p", "ministry=Peru"], 3, "(nearest: PER)"),
        (
            ["run", "10", "-p", "ministry=PER"],
            3,
            "The notebook itself chose it, and nobody said otherwise: say -p account= for",
        ),
        (["run", "10", "-p", "start=2014-01-01", "-p", "end=2014-02-01"], 3, "no posts"),
        (["run", "10", "-p", "zone=EST5"], 3, "unknown zone"),
        (["run", "10", "-p", "data=processed"], 3, "then digidip --home"),
    ],
)
def test_wrong_use_and_missing_data_are_told_in_one_message(tmp_path, words, code, told):
    """Exit 2 for wrong use, 3 for data; one message on stderr, no traceback, nothing left behind."""
    done = call(tmp_path, *words)
    assert done.exit_code == code, done.output
    assert ("nobody said otherwise" in done.stderr) == ("nobody said otherwise" in told)
    assert told in done.stderr and "Traceback" not in done.stderr and "xpected" in done.stderr
    assert not list(tmp_path.rglob("*.*"))


def test_list_names_notebooks_readers_and_measures(tmp_path):
    """What there is, with parameters and their meanings."""
    text = call(tmp_path, "list").stdout
    assert "10-comment-analysis" in text and "threshold: int = 100" in text and "crowdtangle_facebook" in text
    found = json.loads(call(tmp_path, "list", "--json").stdout)
    assert set(found) == {"notebooks", "studies", "readers", "measures"}
    assert found["studies"]["five-ministries"] == {"title": "Five ministries over one month", "runs": 5}


@pytest.fixture(scope="module")
def canada(tmp_path_factory):
    """A home that holds three real pages."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGIDIP_KEY_FILE", str(home.with_name("key") / "key"))
        assert call(home, "add", *map(str, PAGES), "--ministry", "CAN", "--label", "real").exit_code == 0
        assert "exactly 500 records" in call(home, "build").stdout
    return home


@pytest.mark.skipif(not PAGES, reason=f"no canada2015-facebook in {REAL} (set DIGIDIP_REAL_DATA)")
@pytest.mark.parametrize(
    ("account", "start", "end", "expected"),
    [
        ("149331805154700", "2015-08-01", "2015-09-01", (193, 69.4, 39, 18.7)),
        ("21751825648", "2015-09-01", "2015-10-01", (210, 146.8, None, 44.3)),
    ],
)
def test_the_proof_on_real_pages(canada, account, start, end, expected):
    """The three commands of the README on three real pages give the published check numbers."""
    period = ["-p", f"account={account}", "-p", f"start={start}", "-p", f"end={end}"]
    shutil.rmtree(canada / "reports", ignore_errors=True)
    done = call(canada, "run", "10-comment-analysis", *WINDOW, *period)
    assert done.exit_code == 0, done.stderr
    found, facts = facts_in(canada)
    posts, mean, median, above = expected
    assert facts["post_count"]["value"] == posts
    assert round(facts["comments_per_post.mean"]["value"], 1) == mean
    assert median in (None, facts["comments_per_post.median"]["value"])
    assert round(100 * facts["share_above.100"]["value"], 1) == above
    assert facts["official_answer_share.post"]["value"] is None
    assert "holds no comments" in facts["official_answer_share.post"]["method"]
    assert {verdict["verdict"] for verdict in found["verdicts"] if verdict["label"] == "real"} == {"not testable here"}
