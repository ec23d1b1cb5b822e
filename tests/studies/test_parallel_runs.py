"""Sweeps: each run in its own process, cached by what it rests on, joined into one report that can be verified."""

import csv
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from conftest import Together
from nbformat import v4

from digidip import cli, store, studies
from digidip.studies import _cache, _process
from digidip.tables import TableError

DECLARED = """\
data: str = "processed"  # holding; one of: sample, processed
ministry: str = "PER"  # sending state
pause: float = 0.0  # seconds
"""
LOAD = "from digidip import claims, store\nfrom digidip.measures.posts import activity\nheld = store.load(data, ministry)\nheld.n"
STATE = "claims.report(activity.post_count(held.posts), held.label)"
DRAW = """\
from digidip import figures
counts = activity.post_count(held.posts).rename(columns={"post_count": "value", "ministry": "name"})
figures.plot_intervals(counts, caption=held.caption)
"""
MORE = """\
import numpy, os, pathlib, time
pathlib.Path(os.environ["DIGIDIP_HOME"], f"ran-{ministry}").write_text(str(os.getpid()))
time.sleep(pause)
numpy.random.rand(), os.getpid()
"""
POSTS = "from_id,from_name,message,created_time,type,link,id,likes_count,comments_count,shares_count\n"
STUDY = """\
title: Three ministries
question: Do they differ?
notebooks: [10-posts]
matrix: {ministry: [CAN, EST, PER]}
compare: [post_count]
"""


def export(account, *comments):
    """An export of a page whose posts drew so many comments."""
    rows = [
        f"{account},P{account},Text,2016-01-{n:02}T10:00:00+0000,photo,NA,{account}_{n},5,{drew},1\n"
        for n, drew in enumerate(comments, 1)
    ]
    return POSTS + "".join(rows)


@pytest.fixture(scope="module")
def three_ministries(tmp_path_factory):
    """A home that holds three ministries of two to four posts, built once: each test takes a copy."""
    together = Together()
    together.deliver("can.csv", export(1, 3, 5), ministry="CAN")
    together.deliver("est.csv", export(2, 0, 0, 7), ministry="EST")
    together.deliver("per.csv", export(3, 150, 2, 1, 9), ministry="PER")
    return together.build(tmp_path_factory.mktemp("three"))


@pytest.fixture
def held(three_ministries, home, monkeypatch):
    """The scratch home as a copy of that one, with its key; returns the function that builds it again."""
    shutil.copytree(three_ministries.home / "data", home / "data")
    monkeypatch.setenv("DIGIDIP_KEY", three_ministries.key.decode())

    def again():
        store.build(home / "data" / "raw", home / "data" / "processed", reference=home / "data" / "reference")

    return again


@pytest.fixture
def study(tmp_path):
    """Write a study, and its notebook if it is not there; returns the plan."""

    def planned(text=STUDY, cells=(LOAD, STATE, DRAW, MORE)):
        parameters = v4.new_code_cell(DECLARED, id="parameters", metadata={"tags": ["parameters"]})
        title = v4.new_markdown_cell("# How many posts?", id="title")
        code = [v4.new_code_cell(source, id=f"code-{n}") for n, source in enumerate(cells)]
        nbformat.write(v4.new_notebook(cells=[title, parameters, *code]), tmp_path / "10-posts.ipynb")
        (tmp_path / "three.yml").write_text(text, encoding="utf-8")
        return studies.plan(tmp_path / "three.yml", tmp_path)

    return planned


def names(study, jobs):
    """The rows of these jobs."""
    return [study.rows[job.row].name for job in jobs]


def outputs(report):
    """Every file of a report's runs with its bytes; of run.json, which tells the times, the hashes of the others."""
    files = {path.relative_to(report).as_posix(): path for path in (report / "runs").rglob("*") if path.is_file()}
    kept = {name: json.loads(path.read_text())["files"] for name, path in files.items() if path.name == "run.json"}
    return {name: path.read_bytes() for name, path in files.items()} | kept


def test_a_study_runs_and_is_told_in_one_report(home, held, study, capfd):
    """Three ministries: three whole runs, facts joined, the figure of the fact compared, every hash as recorded."""
    plan, report = study(), home / "reports" / "three"
    done = studies.sweep(plan, report, home=home, workers=2)
    assert (sorted(names(plan, done.done)), done.cached, done.failed) == (["CAN", "EST", "PER"], [], [])
    assert capfd.readouterr().err.count("] done: 10-posts · ") == 3
    content = studies.collect(plan, report, home)
    assert {run["status"] for run in content["runs"]} == {"done"} and content["label"] == "real"
    assert [each["path"] for each in content["inputs"]] == ["can/can.csv", "est/est.csv", "per/per.csv"]
    facts = list(csv.DictReader((report / "facts.csv").read_text().splitlines()))
    assert [(fact["row"], fact["name"], fact["value"]) for fact in facts] == [
        ("CAN", "post_count", "2"), ("EST", "post_count", "3"), ("PER", "post_count", "4"),
    ]  # fmt: skip
    page = (report / "index.html").read_text()
    assert "Do they differ?" in page and "no data statement" in page and "runs/10-posts/ministry-PER/index.html" in page
    assert (report / "figures/post-count.svg").is_file() and (report / "tables/post-count.csv").is_file()
    run = report / "runs/10-posts/ministry-PER"
    assert b"<svg" in (run / "figures/intervals.svg").read_bytes()
    assert "../../../index.html" in (run / "index.html").read_text()
    verified = studies.verify(report, home)
    assert (verified.wrong, verified.absent) == ([], []) and verified.checked > 20
    studies.collect(replace(plan, compare=("post_counts",)), report, home)
    page = (report / "index.html").read_text()
    assert "no run states a fact &#39;post_counts&#39;" in page and "Nearest: post_count." in page
    assert "compare: no run states a fact 'post_counts'" in capfd.readouterr().err
    assert not (report / "figures/post-counts.svg").exists()


def test_what_is_unchanged_is_not_run_again(home, held, study, deliver, monkeypatch):
    """A changed row re-runs the runs that read it, and no other; so do a parameter, the notebook, the package, a damaged file."""
    plan, report = study(), home / "reports" / "three"
    studies.sweep(plan, report, home=home)
    assert names(plan, studies.cached(plan, report, home, plan.jobs)) == ["CAN", "EST", "PER"]
    deliver("est-later.csv", export(2, 0, 0, 8), ministry="EST", retrieved_at="2020-01-01")
    held()
    assert names(plan, studies.cached(plan, report, home, plan.jobs)) == ["CAN", "PER"]
    assert [run["status"] for run in studies.collect(plan, report, home)["runs"]] == ["done", "missing", "done"]
    before = {name: (home / f"ran-{name}").stat().st_mtime_ns for name in ("CAN", "EST", "PER")}
    again = studies.sweep(plan, report, home=home)
    assert (names(plan, again.done), names(plan, again.cached)) == (["EST"], ["CAN", "PER"])
    after = {name: (home / f"ran-{name}").stat().st_mtime_ns for name in before}
    assert [name for name in before if after[name] != before[name]] == ["EST"]
    (report / "runs/10-posts/ministry-CAN/facts.json").write_text("{}")
    assert names(plan, studies.cached(plan, report, home, plan.jobs)) == ["EST", "PER"]
    changed = study(STUDY + "parameters: {pause: 0.01}\n")
    assert studies.cached(changed, report, home, changed.jobs) == []
    changed = study(cells=(LOAD, STATE, DRAW, MORE, "1"))
    assert studies.cached(changed, report, home, changed.jobs) == []
    plan = study()
    assert len(studies.cached(plan, report, home, plan.jobs)) == 2
    monkeypatch.setattr(_cache, "package", lambda: "another")
    assert studies.cached(plan, report, home, plan.jobs) == []
    shutil.rmtree(home / "data" / "processed")
    monkeypatch.undo()
    assert studies.cached(plan, report, home, plan.jobs) == []


def test_many_at_once_equal_one_after_the_other_and_plain_kernels(home, held, study, monkeypatch):
    """Three runs at a time, one at a time, and without the warm server give the same bytes; kernels share no chance."""
    cells = (LOAD, STATE, DRAW, MORE.replace("numpy.random.rand(), os.getpid()", "print(held.hash, os.listdir())"))
    plan, made = study(cells=cells), []
    for number, (workers, warm) in enumerate([(3, "1"), (1, "1"), (2, "0")]):
        monkeypatch.setenv("DIGIDIP_WARM", warm)
        jobs = plan.jobs if warm == "1" else plan.jobs[:1]  # a fresh interpreter takes seconds to start
        studies.sweep(replace(plan, jobs=jobs), home / "reports" / str(number), home=home, workers=workers)
        made.append(outputs(home / "reports" / str(number)))
    assert (len(made[0]), len(made[2])) == (3 * 7, 7)
    assert made[0] == made[1] and made[2].items() <= made[0].items()


@pytest.mark.skipif(sys.platform != "linux", reason="runs are forked on Linux alone")
def test_runs_are_forked_from_one_process_with_one_thread(home, held, study):
    """The server has imported and used the libraries to the end, holds no thread, and forks every run."""
    look = (
        "import gc, os, sys\nfrom pathlib import Path\n"
        "found = [os.getppid(), gc.get_freeze_count() > 0, len(os.listdir(f'/proc/{os.getppid()}/task'))]\n"
        "Path(os.environ['DIGIDIP_HOME'], f'found-{ministry}').write_text(str(found))"
    )
    plan, report = study(cells=(LOAD, STATE, look)), home / "reports" / "three"
    assert studies.sweep(plan, report, home=home).failed == []
    found = {(home / f"found-{name}").read_text() for name in ("CAN", "EST", "PER")}
    assert len(found) == 1 and found.pop().endswith(", True, 1]")


def test_a_long_temporary_folder_does_without_the_server(monkeypatch, tmp_path):
    """Where the server's socket would have too long a name for Linux, runs are started anew instead."""
    monkeypatch.setattr(_process.tempfile, "tempdir", str(tmp_path / ("long" * 20)))
    assert _process._context().get_start_method() == "spawn"


def test_shards_are_joined(home, held, study, monkeypatch):
    """Two shards run their part each; collect, on a machine without the data, joins them and tells what is missing."""
    plan, report = study(), home / "reports" / "three"
    first = studies.sweep(plan, report, home=home, shard=(1, 2))
    assert sorted(names(plan, first.done)) == ["CAN", "PER"]
    content = studies.collect(plan, report, home)
    assert [run["status"] for run in content["runs"]] == ["done", "missing", "done"]
    studies.sweep(plan, report, home=home, shard=(2, 2))
    shutil.rmtree(home / "data")
    assert [run["status"] for run in studies.collect(plan, report, home)["runs"]] == ["done"] * 3
    verified = studies.verify(report, home)
    assert verified.wrong == [] and len(verified.absent) == 3


def test_a_failed_run_stops_no_other(home, held, study, capfd):
    """The failed run is named with cell, parameters and message; the others are done; its record goes when it succeeds."""
    text = STUDY.replace("[CAN, EST, PER]", "[CAN, XXX, PER]")
    plan, report = study(text), home / "reports" / "three"
    done = studies.sweep(plan, report, home=home)
    assert sorted(names(plan, done.done)) == ["CAN", "PER"]
    [record] = done.failed
    assert (record["notebook"], record["code"], record["parameters"]["ministry"]) == ("10-posts", 3, "XXX")
    assert "code cell In [3] `from digidip import claims, store`" in record["cell"]
    assert "ministry 'XXX': not in the holding" in record["message"]
    content = studies.collect(plan, report, home)
    assert [run["status"] for run in content["runs"]] == ["done", "failed", "done"]
    assert "ministry &#39;XXX&#39;: not in the holding" in (report / "index.html").read_text()
    plan = study(text, cells=(LOAD.replace("(data, ministry)", "(data)"), STATE))
    assert [run["status"] for run in studies.collect(plan, report, home)["runs"]] == ["missing", "failed", "missing"]
    assert studies.sweep(plan, report, home=home).failed == []
    assert list((report / "failed").rglob("*.json")) == []


def test_stop_starts_no_further_run(home, held, study):
    """With --stop one at a time, what comes after the failed run is not started."""
    plan, report = study(STUDY.replace("CAN", "XXX")), home / "reports" / "three"
    done = studies.sweep(plan, report, home=home, workers=1, stop=True)
    assert (len(done.failed), done.done) == (1, []) and not (report / "runs").exists()


def test_a_run_whose_process_dies_is_a_failed_run(home, held, study):
    """A kernel that is killed leaves a record with its message, and the others are done."""
    deadly = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL) if ministry == 'EST' else None"
    plan, report = study(cells=(LOAD, STATE, deadly)), home / "reports" / "three"
    done = studies.sweep(plan, report, home=home)
    assert sorted(names(plan, done.done)) == ["CAN", "PER"]
    assert [(record["parameters"]["ministry"], record["code"]) for record in done.failed] == [("EST", 1)]


def test_verify_names_what_is_changed_missing_or_added(home, held, study):
    """One flipped byte, a missing file, a file too many and another export are told by name; so is a folder without record."""
    plan, report = study(), home / "reports" / "three"
    studies.sweep(plan, report, home=home)
    studies.collect(plan, report, home)
    run = report / "runs/10-posts/ministry-EST"
    (run / "index.html").write_bytes((run / "index.html").read_bytes().replace(b"posts", b"p0sts", 1))
    (run / "more.txt").write_text("x")
    (report / "facts.csv").unlink()
    (home / "data/raw/per/per.csv").write_text("other")
    assert sorted(studies.verify(report, home).wrong) == [
        f"{home}/data/raw/per/per.csv: changed",
        f"{report}/facts.csv: missing",
        f"{run}/index.html: changed",
        f"{run}/more.txt: not listed",
    ]
    assert len(studies.verify("three", home).wrong) == 4 and len(studies.verify(run, home).wrong) == 2
    assert studies.verify("three/runs/10-posts/ministry-PER", home).wrong == [f"{home}/data/raw/per/per.csv: changed"]
    for name in ("three/runs/10-posts", "reports/three/runs/10-posts"):
        assert studies.verify(name, home).checked > 12  # all runs of the notebook
    part = store.current(home / "data" / "processed") / "posts" / "0000.parquet"
    part.write_bytes(part.read_bytes()[:-1] + b"!")
    for name in ("processed", part.parents[1]):
        assert f"{part}: changed" in studies.verify(name, home).wrong
    with pytest.raises(TableError, match="thre: nothing with hashes on record.*nearest: three"):
        studies.verify("thre", home)


def command(home, folder, *words):
    """The command `digidip`, its notebooks taken from a folder."""
    code = "import sys, pathlib; from digidip import cli; own = pathlib.Path(sys.argv.pop(1)); cli.notebooks_folder = lambda _home: own; cli.main()"
    return [sys.executable, "-c", code, str(folder), "--home", str(home), *words]


def gone(pid, seconds=15):
    """Whether a process has ended by then."""
    deadline = time.monotonic() + seconds
    while Path(f"/proc/{pid}/stat").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not Path(f"/proc/{pid}/stat").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_sweep_that_is_stopped_goes_on_where_it_was(home, held, study, how, digidip, monkeypatch):
    """After Ctrl-C or kill -9 no process is left, finished runs are whole and are not run again."""
    study(STUDY + "parameters: {pause: 0.2}\n")
    folder, report = home.parent, home / "reports" / "three"
    slow = STUDY.replace("[CAN, EST, PER]", "[CAN, {name: slow, ministry: PER, pause: 600}]")
    (folder / "three.yml").write_text(slow)
    words = command(home, folder, "run", str(folder / "three.yml"), "--workers", "1")
    stopped = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
    deadline = time.monotonic() + 60
    while not (home / "ran-PER").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.2)
    stopped.send_signal(how)
    told = stopped.communicate(timeout=30)[1]
    assert gone(int((home / "ran-PER").read_text()))
    if how == signal.SIGINT:
        assert (
            "Stopped: 1 of 2 runs are finished and kept. Go on with: digidip " in told
            and " run three" in told
            and stopped.returncode == 1
        )
    assert [path.name for path in (report / "runs/10-posts").iterdir()] == ["ministry-CAN"]
    (folder / "three.yml").write_text(slow.replace("600", "0"))
    monkeypatch.setattr(cli, "notebooks_folder", lambda _home: folder)
    code, out, err = digidip("run", str(folder / "three.yml"))
    assert code == 0 and "three: 1 run, 1 unchanged and not run again, 0 failed" in out, err


def test_the_command_runs_lists_shards_collects_and_verifies(home, held, study, digidip, monkeypatch):
    """Dry run, shard, collect and verify, with their exit codes; options of a study do not go with a notebook."""
    study()
    folder, temporary = home.parent, home.parent / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(cli, "notebooks_folder", lambda _home: folder)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    def told(*words):
        code, out, err = digidip(*words)
        assert list(temporary.iterdir()) == []
        return code, out + err

    three = str(folder / "three.yml")
    code, text = told("run", three, "--dry-run")
    assert code == 0 and "to run    10-posts · CAN" in text and "3 runs, 3 to run. Nothing was run." in text
    assert not (home / "reports").exists()
    code, text = told("run", three, "--shard", "1/2")
    assert code == 0 and f"When all shards are done: digidip --home {home} run three --collect" in text
    code, text = told("run", three, "--collect")
    assert code == 1 and "Report: 2 of 3 runs; data: real" in text
    code, text = told("run", three)
    assert code == 0 and "1 run, 2 unchanged and not run again, 0 failed" in text
    assert told("verify", str(home / "reports" / "three"))[0] == 0
    (home / "reports/three/facts.csv").write_text("")
    code, text = told("verify", str(home / "reports" / "three"))
    assert code == 3 and "facts.csv: changed" in text
    for words in (
        ["run", three, "--shard", "3/2"],
        ["run", "10-posts", "--force"],
        ["run", "x.yml"],
        ["run", three, "-p", "x=1"],
    ):
        code, text = told(*words)
        assert code == 2 and "xpected" in text, text


def test_every_source_file_is_part_of_the_key(monkeypatch):
    """A change of any module changes the hash of the package, also of those whose name occurs in every folder."""
    inits = sorted(Path(_cache.__file__).parents[1].rglob("__init__.py"))
    monkeypatch.setattr(_cache, "sha256", lambda path: "same")
    hashes = {_cache.package.__wrapped__()}
    for changed in inits:
        monkeypatch.setattr(_cache, "sha256", lambda path, c=changed: "new" if path == c else "same")
        hashes.add(_cache.package.__wrapped__())
    assert len(hashes) == len(inits) + 1


STATUSES = "status_id,status_message,link_name,status_type,status_link,status_published,num_reactions,num_comments,num_shares\n"
COMMENTS = "comment_id,status_id,parent_id,comment_message,comment_author,comment_published,num_reactions\n"
WINDOWS = """\
title: Two windows
question: Who came in the last days?
notebooks: [10-posts]
matrix:
  month:
    - {name: all, start: 2016-01-01, end: 2016-02-01}
    - {name: but the last days, start: 2016-01-01, end: 2016-01-30}
    - {name: first week, start: 2016-01-01, end: 2016-01-08}
"""


def test_runs_do_not_tell_few_people_by_their_difference(home, deliver, register, study, monkeypatch, refused):
    """10, 28 and 30 people comment in windows one within another: 2 people came last, so 28 is told in no file of its run."""
    days = [5] * 10 + [15] * 18 + [31] * 2
    posts = [f"7_{day},Hello,,photo,,2016-01-{day:02} 12:00:00,9,{days.count(day)},1\n" for day in (5, 15, 31)]
    said = [f"7_{day}_{n},7_{day},,Hello,Person {n},2016-01-31 13:00:00,0\n" for n, day in enumerate(days)]
    given = {"ministry": "PER", "zone": "UTC"}
    register({"platform": "facebook", "account_id": "7", "name": "Ministry", "ministry": "PER", "label": "real"})
    for name, text in {"posts.csv": STATUSES + "".join(posts), "said.csv": COMMENTS + "".join(said)}.items():
        deliver(name, text, **given)
    store.build(home / "data" / "raw", home / "data" / "processed", reference=home / "data" / "reference")
    load = "from digidip import claims, measures, store\nheld = store.load(data, ministry, start=start, end=end)"
    count = "claims.report(measures.commenter_count(held.posts, held.comments), held.label)"
    declared = DECLARED + 'start: str = ""  # first day\nend: str = ""  # day after the last\n'
    monkeypatch.setattr(sys.modules[__name__], "DECLARED", declared)
    plan, report = study(WINDOWS, cells=(load, count)), home / "reports" / "three"
    for shard in ((1, 2), (2, 2)):  # of shards, none sees the runs of the other
        studies.sweep(plan, report, home=home, shard=shard)
    assert "differ by fewer than 5 people" in refused(TableError, lambda: studies.collect(plan, report, home))
    done = studies.sweep(plan, report, home=home)
    assert (names(plan, done.done), names(plan, done.cached)) == (["but the last days"], ["all", "first week"])
    studies.collect(plan, report, home)
    facts = list(csv.DictReader((report / "facts.csv").read_text().splitlines()))
    assert [(fact["value"], fact["n"]) for fact in facts] == [("30.0", "30"), ("", ""), ("10.0", "10")]
    part = report / plan.jobs[1].folder
    assert json.loads((part / "run.json").read_text())["withheld"] == ["commenter_count"]
    assert not any(" 28" in path.read_text() for path in (part / "facts.json", part / "10-posts.ipynb"))
    assert studies.sweep(plan, report, home=home).done == [] and studies.verify(report, home).wrong == []
