"""Runs: parameters checked before a kernel starts, facts kept as stated, reports whole or not at all, equal bytes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from digidip import __version__, studies, tables
from digidip.studies import _results
from digidip.studies._notebooks import run_folder

DECLARED = """\
data: str = "sample"  # what to load; one of: sample, processed
platform: str = ""  # platform, empty for all; one of: "", facebook, x
account: str = ""  # account ids
threshold: int = 100  # comments
top: float = 0.1  # share of posts
strict: bool = True  # above, or at least
"""
STATE = """\
from IPython.display import display
fact = {"name": "post_count", "value": 3, "unit": "posts", "n": 3, "low": None, "high": None, "label": "synthetic"}
"""
SAY = (
    'display({"text/plain": "3"}, raw=True, metadata={"digidip": {"facts": [dict(fact, group={"account": account})]}})'
)
DRAW = """\
pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
stated = {"image/png": {"alt": "Three."}, "digidip": {"figure": {"name": "posts", "csv": "n\\n3\\n"}}}
display({"image/png": pixel, "text/plain": "<figure posts>"}, raw=True, metadata=stated)
"""
FIND = 'display({"text/plain": "Three."}, raw=True, metadata={"digidip": {"finding": ["Three <posts>.", "No more."]}})'
JUDGE = 'display({"text/plain": "v"}, raw=True, metadata={"digidip": {"verdicts": [{"id": "F001", "verdict": "fixture-match"}]}})'
TIMED = {"run.json", "ro-crate-metadata.json"}  # these tell when it ran
RUN = {"10-posts.ipynb", "index.html", "facts.json", *TIMED}
NOISE = "import os, sys, warnings; warnings.warn('w'); print('out', flush=True); print('put'); print(os.getpid(), file=sys.stderr)"


def write(folder, *code, name="10-posts", declared=DECLARED, **metadata):
    """A notebook of a title, its parameters and the given cells."""
    parameters = v4.new_code_cell(declared, id="parameters", metadata={"tags": ["parameters"]})
    cells = [v4.new_code_cell(source, id=f"code-{number}") for number, source in enumerate(code)]
    node = v4.new_notebook(cells=[v4.new_markdown_cell("# How *many* posts?", id="title"), parameters, *cells])
    node.metadata.update(metadata)
    nbformat.write(node, folder / f"{name}.ipynb")
    return folder / f"{name}.ipynb"


def declared(folder, **given):
    """The parameters of a notebook just written."""
    return studies.parameters(write(folder, **given))


def kept(folder):
    """Every file under a folder with its bytes, hidden ones too; of those that tell the times, no more than their names."""
    files = {str(path.relative_to(folder)): path for path in Path(folder).rglob("*") if path.is_file()}
    return {name: b"" if path.name in TIMED else path.read_bytes() for name, path in files.items()}


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A good run, and all its files."""
    home = tmp_path_factory.mktemp("home")
    notebook = write(home, STATE, FIND, SAY, DRAW, JUDGE, NOISE)
    result = studies.run(notebook, ["account=007"], home=home)
    return result, notebook, kept(result.folder)


def test_parameters_are_read_from_the_cell(tmp_path):
    """Name, type, default, meaning and choices come from each line, in its order."""
    found = declared(tmp_path)
    assert [parameter.name for parameter in found] == ["data", "platform", "account", "threshold", "top", "strict"]
    assert found[0] == ("data", "str", "sample", "what to load", ("sample", "processed"))
    assert found[1].choices == ("", "facebook", "x")
    assert found[3] == ("threshold", "int", 100, "comments", ())


def test_marks_inside_a_text_are_no_comment(tmp_path):
    """A # in a default does not begin the meaning; choices have the declared type."""
    found = declared(tmp_path, declared='tag: str = "#ad # x"  # hashtag\nk: int = 5  # cells; one of: 5, 10\n')
    assert found == [("tag", "str", "#ad # x", "hashtag", ()), ("k", "int", 5, "cells", (5, 10))]


@pytest.mark.parametrize(
    "line",
    [
        "import os",
        "a = 1",
        "a: list = []",
        "a: int = 'x'",
        "a: int = True",
        "a: int = f()",
        "a: str",
        "a: int = 1  # one of: 2",
        "a: =",
    ],
)
def test_a_wrong_parameters_cell_names_the_notebook(tmp_path, line):
    """What is no `name: type = value` stops with the notebook, the cell and the form expected."""
    with pytest.raises(ValueError, match=r"(?s)10-posts.ipynb, cell tagged `parameters`: .*Expected `name:"):
        declared(tmp_path, declared=line)


def test_no_notebook(tmp_path):
    """A missing file, a text and another JSON are named as no notebook."""
    for name, text in (("a.ipynb", None), ("b.ipynb", "hello"), ("c.ipynb", "[]"), ("d.ipynb", "{}")):
        if text:
            (tmp_path / name).write_text(text)
        with pytest.raises(ValueError, match=f"{name}.*Expected an .ipynb file"):
            studies.parameters(tmp_path / name)


@pytest.mark.parametrize(
    "text", ["007", "nan", "1_000", "true", "", "a=b", "'\"\\", '"""\nimport os\n#', "\t", "外交部", "{x}"]
)
def test_text_stays_text(tmp_path, text):
    """A declared str keeps what was written, as text."""
    assert studies.typed([f"account={text}"], declared(tmp_path)) == {"account": text}


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("threshold=007", 7), ("threshold=-3", -3), ("top=.5", 0.5), ("top=1", 1.0), ("top=2e-3", 0.002),
        ("strict=NO", False), ("strict=Yes", True), ("strict=false", False), ("platform=", ""), ("platform=x", "x"),
    ],
)  # fmt: skip
def test_values_take_the_declared_type(tmp_path, given, value):
    """A number is read as the declared type says, with that type."""
    found = studies.typed([given], declared(tmp_path))[given.partition("=")[0]]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["minstry"], "no `=`, expected name=value"),
        (["acount=1"], "no parameter 'acount' in this notebook, expected one of data, .*Nearest: account"),
        (["account=1", "account=2"], "'account' for the second time"),
        (["threshold=1_000"], "'1_000', expected a whole number .*threshold is int"),
        (["threshold=1.0"], "a whole number"),
        (["threshold=١٢"], "a whole number"),
        (["threshold= 7"], "a whole number"),
        (["threshold="], "a whole number"),
        (["threshold=" + "9" * 19], "a whole number"),
        (["top=nan"], "'nan', expected a number"),
        (["top=inf"], "expected a number"),
        (["top=1e999"], "expected a number"),
        (["top=0,5"], "expected a number"),
        (["strict=1"], "expected true, false, yes or no"),
        (["platform=facebok"], "'facebok', expected one of \"\", facebook, x.*Nearest: facebook"),
        (["account=a\x00b"], r"control character U\+0000"),
        (["account=a\x1b[31m"], r"control character U\+001B"),
        (["account=a\ud800"], r"control character U\+D800"),
    ],
)
def test_wrong_parameters_stop_before_any_kernel(tmp_path, monkeypatch, given, message):
    """Each wrong use says where, what was found, what was expected; papermill is never reached, nothing is written."""
    monkeypatch.setitem(sys.modules, "papermill", None)
    with pytest.raises(ValueError, match=message) as caught:
        studies.run(write(tmp_path, SAY), given, home=tmp_path)
    assert "\x1b" not in str(caught.value) and str(caught.value).startswith("-p ")
    assert set(kept(tmp_path)) == {"10-posts.ipynb"}


def test_find_by_name_and_number(tmp_path):
    """A notebook is meant by its name, with or without ending, or its number; else the nearest are named."""
    for name in ("10-comment-analysis", "20-mission-network", "template"):
        write(tmp_path, name=name)
    (tmp_path / ".hidden.ipynb").write_text("")
    assert [path.stem for path in studies.notebooks(tmp_path)] == [
        "10-comment-analysis",
        "20-mission-network",
        "template",
    ]
    for name in ("10", "10-comment-analysis", "10-comment-analysis.ipynb"):
        assert studies.find(name, tmp_path).name == "10-comment-analysis.ipynb"
    mine = tmp_path / "mine"
    mine.mkdir()
    write(mine, name="my-own")
    assert studies.find(str(mine / "my-own.ipynb"), tmp_path) == mine / "my-own.ipynb"
    assert studies.find("my-own.ipynb", tmp_path, beside=mine) == mine / "my-own.ipynb"
    with pytest.raises(ValueError, match="0 notebooks for '10-coment'.*Nearest: 10-comment-analysis"):
        studies.find("10-coment", tmp_path)
    write(tmp_path, name="10-other")
    with pytest.raises(ValueError, match="2 notebooks for '10'.*Nearest: 10-comment-analysis, 10-other"):
        studies.find("10", tmp_path)


def test_run_leaves_all_its_files(done):
    """The folder holds the executed notebook, the page, the facts, the picture and its table, and nothing else."""
    result, _, files = done
    assert result.folder.parts[-3:] == ("reports", "10-posts", "account-007")
    assert set(files) == {*RUN, "figures/posts.png", "tables/posts.csv"}
    assert files["tables/posts.csv"] == b"n\n3\n" and files["figures/posts.png"].startswith(b"\x89PNG")
    assert (result.notebook, result.page) == (result.folder / "10-posts.ipynb", result.folder / "index.html")
    assert b"<h1>How many posts?</h1>" in files["index.html"] and b'alt="Three."' in files["index.html"]
    assert os.listdir(result.folder.parent) == ["account-007"]


def test_facts_are_kept_as_stated(done):
    """facts.json holds all parameters with their types, the label, and each fact and verdict of the outputs."""
    result, _, files = done
    facts = json.loads(files["facts.json"])
    given = {"data": "sample", "platform": "", "account": "007", "threshold": 100, "top": 0.1, "strict": True}
    assert facts == result.facts
    assert facts["parameters"] == given
    assert [(fact["value"], fact["low"], fact["group"]) for fact in facts["facts"]] == [(3, None, {"account": "007"})]
    assert facts["verdicts"] == [{"id": "F001", "verdict": "fixture-match"}]
    assert (facts["notebook"], facts["label"], facts["digidip"]) == ("10-posts", "synthetic", __version__)
    assert facts["finding"] == ["Three <posts>.", "No more."] and list(facts)[:2] == ["notebook", "finding"]
    assert files["facts.json"].decode() == json.dumps(facts, indent=1, ensure_ascii=False) + "\n"


def test_the_page_opens_with_the_finding(done):
    """The sentences stand under the heading, before any cell, escaped, and once."""
    _, _, files = done
    html = files["index.html"].decode()
    assert html.count("<p>Three &lt;posts&gt;.</p>") == 1
    assert html.index("<h1>") < html.index("No more.") < html.index("<main>")


def test_executed_notebook_holds_no_trace(done):
    """The stored notebook is valid and tells neither time nor place; prints stay, warnings do not."""
    result, _, files = done
    node = nbformat.read(result.notebook, as_version=4)
    nbformat.validate(node)
    text = files["10-posts.ipynb"].decode()
    assert not [
        word
        for word in ("start_time", "iopub", "warn(", str(result.folder.parent), "/tmp")
        if f"{word}" in text.replace("warnings.warn(", "")
    ]
    assert [output.text for output in node.cells[-1].outputs] == ["out\nput\n"]
    assert [cell.execution_count for cell in node.cells if cell.cell_type == "code"] == list(range(1, 9))


def test_two_runs_give_equal_bytes(done, tmp_path, monkeypatch):
    """Another home, reports folder, working directory, locale, zone and hash seed change no byte."""
    _, notebook, files = done
    for name, value in (("PYTHONHASHSEED", "7"), ("TZ", "Asia/Tokyo"), ("LC_ALL", "C"), ("PYTHONPATH", "x")):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DIGIDIP_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    before = dict(os.environ)
    again = studies.run(notebook, ["strict=yes", "account=007"], home=tmp_path / "h", reports="r")
    assert again.folder == tmp_path / "r" / "10-posts" / "account-007"
    assert kept(again.folder) == files
    assert dict(os.environ) == before and Path.cwd() == tmp_path


def test_kernel_gets_text_and_home_as_they_are(tmp_path, monkeypatch, capfd):
    """Quotes, line breaks and code in a value arrive as that text; home and search path hold in the empty folder."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "beside.py").touch()
    monkeypatch.setenv("PYTHONPATH", "modules")
    monkeypatch.chdir(tmp_path)
    text = '"""\nimport os\n\'\'\'\\" {pm} ${x} é外\t#'
    notebook = write(
        tmp_path,
        STATE,
        "import beside, os",
        SAY.replace(
            '"account": account', '"account": account, "home": os.environ["DIGIDIP_HOME"], "here": os.listdir()'
        ),
    )
    result = studies.run(notebook, [f"account={text}"], home=tmp_path)
    assert result.facts["facts"][0]["group"] == {"account": text, "home": str(tmp_path), "here": []}
    assert result.folder.name.startswith("account-") and len(result.folder.name) <= 80
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize(
    ("code", "error", "message"),
    [
        ("class TableError(ValueError): pass\nraise TableError('no posts')", tables.TableError, r"^no posts$"),
        ("class ReaderError(ValueError): pass\nraise ReaderError('no column')", tables.TableError, r"^no column$"),
        (
            "1 / 0",
            RuntimeError,
            r"10-posts.ipynb, code cell In \[4\] `1 / 0`, parameters \{'top': 0.2\}: ZeroDivisionError: div",
        ),
        ("pass", RuntimeError, "no fact is stated"),
        (STATE + SAY.replace("dict(fact", "dict(fact, label=''"), RuntimeError, "a fact has no label"),
        (
            STATE + SAY + "\n" + SAY.replace("dict(fact", "dict(fact, n=4"),
            RuntimeError,
            r"two facts are named 'post_count' of account .*: 3 \(n 3, None to None\) and 3 \(n 4, None to None\)",
        ),
        (STATE + SAY + "\n" + DRAW.replace('"posts"', '"../posts"'), RuntimeError, "figure '../posts'"),
        (STATE + SAY + "\n" + DRAW + DRAW, RuntimeError, "figure 'posts'. Expected a-z0-9_-, once"),
        (STATE + SAY + "\n" + DRAW.replace("Three.", ""), ValueError, "no alt text"),
    ],
)
def test_a_failed_run_leaves_the_last_good_one(tmp_path, code, error, message):
    """Whatever fails, the message says so and the folder of the last good run is as it was, with nothing beside it
    but, of a cell that failed, what ran until then, without the words of its error's trace."""
    folder = tmp_path / "reports" / "10-posts" / "top-0.2"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("good")
    with pytest.raises(error, match=message):
        studies.run(write(tmp_path, "pass", code), ["top=0.2"], home=tmp_path)
    files = kept(tmp_path / "reports")
    ran = files.pop("10-posts/top-0.2.failed.ipynb", b"")
    assert files == {"10-posts/top-0.2/index.html": b"good"}
    assert set(os.listdir(folder.parent)) == {"top-0.2", *["top-0.2.failed.ipynb"] * bool(ran)}
    assert bool(ran) == (code == "1 / 0") and (not ran or (b"ZeroDivisionError" in ran and b'"traceback": []' in ran))


def test_notebook_without_facts_by_declaration(tmp_path):
    """A notebook whose metadata say that it states no fact runs to a page without label; other text is no number."""
    notebook = write(tmp_path, "print('x')", digidip={"facts": False}, declared="")
    result = studies.run(notebook, home=tmp_path)
    assert (result.folder.name, result.facts["facts"], result.facts["label"]) == ("defaults", [], None)
    assert "No measured data" in result.page.read_text()


def test_a_fact_told_twice_is_kept_once():
    """The same number under the same name in two cells is one fact; of another group it is another."""
    fact = {"name": "m", "value": 1, "n": 2, "low": None, "high": None, "label": "real", "group": {"ministry": "PER"}}
    told = [fact, dict(fact), fact | {"group": {"ministry": "USA"}}]
    outputs = [v4.new_output("display_data", metadata={"digidip": {"facts": [each]}}) for each in told]
    node = v4.new_notebook(cells=[v4.new_code_cell(outputs=[output]) for output in outputs])
    assert _results._facts(node, "m", {})["facts"] == [told[0], told[2]]


def test_not_a_number_is_null():
    """Missing and infinite values of a fact are null in facts.json, never NaN."""
    fact = {"name": "m", "value": float("nan"), "low": float("-inf"), "label": "real"}
    output = v4.new_output("display_data", metadata={"digidip": {"facts": [fact]}})
    node = v4.new_notebook(cells=[v4.new_code_cell(outputs=[output])])
    assert _results._facts(node, "m", {})["facts"] == [{"name": "m", "value": None, "low": None, "label": "real"}]


@pytest.mark.parametrize("call", ["os.replace", "os.fsync", "shutil.rmtree"])
@pytest.mark.parametrize("after", range(3))
def test_a_fault_at_any_write_leaves_old_or_new(tmp_path, monkeypatch, call, after):
    """A fault in the n-th write or swap leaves the old folder or the new one, whole, and no other."""
    final = tmp_path / "run"
    _results.publish({"a.txt": b"old", "t/b.txt": b"old"}, final)
    module, name = call.split(".")
    real, calls = getattr(sys.modules[module], name), []

    def faulty(*given, **options):
        calls.append(given)
        if len(calls) == after + 1:
            raise OSError(28, "No space left on device")
        return real(*given, **options)

    monkeypatch.setattr(sys.modules[module], name, faulty)
    try:
        _results.publish({"a.txt": b"new", "t/b.txt": b"new"}, final)
    except OSError:
        assert set(kept(final).values()) in ({b"old"}, {b"new"})
    else:
        assert set(kept(final).values()) == {b"new"}
    assert set(kept(final)) == {"a.txt", "t/b.txt"}
    assert name == "rmtree" or os.listdir(tmp_path) == ["run"]
    monkeypatch.undo()
    _results.publish({"a.txt": b"new", "t/b.txt": b"new"}, final)
    assert set(kept(final).values()) == {b"new"}


def test_leftovers_of_a_crash_are_cleared(tmp_path):
    """The next run removes what a dead process left, brings back what it moved aside, and spares a living one's."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    names = [f".run.{dead.pid}.abc", f".run.{dead.pid}.abd.old", f".run.{os.getpid()}.abe", ".run.b.1.abc", "run.c"]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(name)
    _results.remove_leftovers(tmp_path / "run")
    assert sorted(os.listdir(tmp_path)) == sorted([*names[2:], "run"])
    assert (tmp_path / "run" / "a.txt").read_text() == names[1]


def test_names_of_runs_tell_them_apart():
    """The folder tells the changed values; long or unusual ones end in a digest and never meet another run's."""
    assert run_folder({}) == "defaults"
    assert run_folder({"ministry": "CAN", "start": "2015-08-01"}) == "ministry-CAN_start-2015-08-01"
    odd = [
        {"a": "1", "b": "2"},
        {"a": "1_b-2"},
        {"a": "x/y"},
        {"a": "x y"},
        {"a": "x-y"},
        {"a": "."},
        {"a": ".."},
        {"a": ""},
    ]
    odd += [{"a": "é" * 300}, {"a": "é" * 301}, {"a": "x" * 300}, {"a": "x" * 301}, {"a": "x" * 78}, {"a": "x" * 79}]
    slugs = [run_folder(each) for each in odd]
    assert len(set(slugs)) == len(odd) and all(len(slug) <= 80 and not set(slug) & set('/\\ :*?"<>|') for slug in slugs)


def test_interrupt_leaves_the_last_good_run(tmp_path):
    """Ctrl-C while a cell runs ends at once, leaves the last good folder, no folder beside it and no kernel."""
    folder = tmp_path / "reports" / "10-posts" / "defaults"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("good")
    notebook = write(
        tmp_path,
        "import os, time, pathlib\npathlib.Path(os.environ['DIGIDIP_HOME'], 'pid').write_text(str(os.getpid()))",
        "time.sleep(60)",
    )
    code = "import sys; from digidip import studies; studies.run(sys.argv[1], home=sys.argv[2])"
    run = subprocess.Popen([sys.executable, "-c", code, notebook, tmp_path], stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while not (tmp_path / "pid").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(0.5)
    run.send_signal(signal.SIGINT)
    assert "KeyboardInterrupt" in run.communicate(timeout=30)[1]
    assert kept(tmp_path / "reports") == {"10-posts/defaults/index.html": b"good"}
    assert os.listdir(folder.parent) == ["defaults"]
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_two_runs_at_once_leave_one_whole_folder(tmp_path):
    """Two processes that run the same notebook leave one whole report and nothing beside it."""
    notebook = write(tmp_path, STATE, SAY)
    code = "import sys; from digidip import studies; studies.run(sys.argv[1], home=sys.argv[2])"
    runs = [subprocess.Popen([sys.executable, "-c", code, notebook, tmp_path]) for _ in range(2)]
    assert 0 in [run.wait(timeout=60) for run in runs]
    assert os.listdir(tmp_path / "reports" / "10-posts") == ["defaults"]
    assert set(kept(tmp_path / "reports" / "10-posts" / "defaults")) == RUN
