"""The house holds: imports only upward, readers = files = samples, measures documented, dependencies in step."""

import ast
import csv
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import networkx
from conftest import GETPAGE

import digidip
from digidip import measures, readers

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "digidip"
MODULES = sorted(PACKAGE.rglob("*.py"))
CONDA = {
    "duckdb": "python-duckdb",
    "ibis-framework": "ibis-duckdb",
    "tzdata": "python-tzdata",
    "igraph": "python-igraph",
}
# What the docstring of a reader states, in this order; the optional ones where there is something to say.
FIXED_HEADINGS = ["Published and computed", "How sure?", "Limits and sources"]  # the last of a notebook, in this order
# What digits in the text of a notebook may stand for; any other number is for code to print.
NOT_COMPUTED = {
    "code, links and identifiers": r"```.*?```|`[^`]*`|\[[^\]]*\]\([^)]*\)|doi:\S+|#\w+",
    "years and volumes": r"\b(19|20)\d\d(–\d\d)?\b|\b\d+\(\d+\)",
    "notebooks, sections and standards": r"[Nn]otebooks? \d\d( to \d\d)?|methods \d\.\d+|ISO 3166-1|BCP 47|NB2|KR-20",
    "levels of intervals and tests": r"\b(95|90|5) %",
    "none, one and the ends of an index": r"(?<![\d.,])-?[01]\b(?![.,]?\d)",
}
FACTS = ["Tool", "Format", "Encoding", "Zone", "Ids", "Rejects", "Caution", "Leaves out", "Example"]
OPTIONAL_FACTS = {"Ids", "Rejects", "Caution"}
ENDINGS = (
    ".csv",
    ".tsv",
    ".json",
    ".jsonl",
    ".ndjson",
    ".xlsx",
    ".ods",
    ".parquet",
    ".zip",
    ".gz",
    ".gexf",
    ".graphml",
)
CONDA |= {"playwright": "playwright-python"}


def room(path):
    """The room of a module: its name directly under digidip/."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def dotted(path):
    """The dotted name of a module."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports():
    """The imports among our modules, those inside functions included: a graph of dotted names, importer → imported."""
    names = {dotted(path) for path in MODULES}
    graph = networkx.DiGraph()
    graph.add_nodes_from(names)
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "digidip":
                parts = [f"{node.module}.{alias.name}" for alias in node.names]
                graph.add_edges_from((dotted(path), part if part in names else node.module) for part in parts)
            elif isinstance(node, ast.Import):
                graph.add_edges_from((dotted(path), alias.name) for alias in node.names if alias.name in names)
    graph.remove_edges_from([(name, name) for name in names])
    return graph


def test_a_module_imports_only_from_rooms_above_its_own():
    """The path of the data has one direction, inside functions too; the package itself names no room."""
    places = {name: number for number, name in enumerate(("", *digidip.ROOMS))}
    rooms = {name: (name.split(".") + [""])[1] for name in imports()}
    wrong = [(one, other) for one, other in imports().edges if places[rooms[one]] < places[rooms[other]]]
    assert wrong == []


def test_no_modules_import_each_other_in_a_circle():
    """No cycle at any depth or time: whoever reads a module can read what it imports first."""
    circles = [sorted(circle) for circle in networkx.strongly_connected_components(imports()) if len(circle) > 1]
    assert circles == []


def test_no_folders_import_each_other_in_a_circle():
    """The folders of readers and of measures stand on floors too."""
    folders = networkx.quotient_graph(imports(), lambda one, other: folder(one) == folder(other)).edges
    graph = networkx.DiGraph((folder(next(iter(one))), folder(next(iter(other)))) for one, other in folders)
    assert [sorted(circle) for circle in networkx.strongly_connected_components(graph) if len(circle) > 1] == []


def folder(name):
    """The folder in which a module of a room with folders lies; of another room, and of what lies above them, itself."""
    parts = name.split(".")
    return ".".join(parts[:3]) if parts[1:2] in (["readers"], ["measures"]) and len(parts) > 3 else name


def test_every_room_is_there_and_every_module_is_a_room():
    """The list in digidip/__init__.py is the listing of the package."""
    assert {room(path) for path in MODULES} - {"__init__"} == set(digidip.ROOMS)


def test_every_public_thing_has_a_docstring():
    """Public modules, functions and classes say what they are."""
    silent = []
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = [tree, *(n for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef)) and n.name[0] != "_")]
        silent += [f"{path.name}:{getattr(node, 'name', '')}" for node in nodes if not ast.get_docstring(node)]
    assert silent == []


def test_readers_are_files_are_samples():
    """READERS is the listing of readers/, and every reader has samples with the expected rows beside them."""
    files = {path.stem for path in (PACKAGE / "readers").glob("*/[a-z]*.py") if path.parent.name != "opening"}
    samples = ROOT / "tests" / "samples"
    assert set(readers.READERS) == files == {path.name for path in samples.iterdir() if path.is_dir()}
    for name in readers.READERS:
        assert list((samples / name).glob("*.expected.*.csv")), f"no expected rows for {name}"


def test_readers_state_their_facts_in_one_order():
    """The first line is one sentence under 100 characters; each fact begins a line of its own, in the order of FACTS."""
    failures = []
    for path in sorted((PACKAGE / "readers").glob("*/[a-z]*.py")):
        if path.stem not in readers.READERS:
            continue
        first, *lines = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))).splitlines()
        facts = [re.match(r"[^:]*", line)[0] for line in lines if line and line[0] != " "]
        if not (len(first) < 100 and first.endswith(".")):
            failures.append(f"{path.stem}: a first line that is no sentence under 100 characters")
        if facts != [fact for fact in FACTS if fact in facts or fact not in OPTIONAL_FACTS]:
            failures.append(f"{path.stem}: {', '.join(facts)}")
    assert failures == []


def test_a_reader_is_a_literal_map():
    """Each reader declares platform, columns and caps, and has a map per table that it requires columns for."""
    modules = {name: set(vars(readers.reader(name))) for name in readers.READERS}
    declared = {"PLATFORM", "REQUIRED", "CAPPED_AT", "AUTHORS", "POSTS_BY_ANYONE"}
    tables = {name: {table.upper() for table in readers.reader(name).REQUIRED} for name in modules}
    lacking = {name: (declared | tables[name]) - held for name, held in modules.items()}
    assert {name: names for name, names in lacking.items() if names} == {}


def test_every_measure_is_documented_worked_and_tested():
    """Fixed words in a fixed order, an example, and at least one test that names the measure."""
    words = ["Formula:", "**Unit**", "**Reads**", "**Source**", "**Caution**", "Parameters:", "Returns", ">>>"]
    texts = {name: measures.measure(name).__doc__ for name in measures.units()}
    places = {name: [text.find(word) for word in words] for name, text in texts.items()}
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name in texts if -1 in places[name] or places[name] != sorted(places[name])] == []
    assert [name for name in texts if name not in tests] == []


def test_every_public_function_of_a_family_is_a_measure_or_says_it_is_none():
    """Nothing public in a family is no measure but what makes posts, comments, codings or inquiries for measures."""
    helpers = {"recounted_posts", "without_largest", "definitions", "by_definition"}
    assert set(dir(measures)) - {*measures.__all__, *measures.units()} == helpers | {
        "inquiry_table",
        "without_automatic",
        "activity_series",
        "opening_series",
        "burst_states",
        "comment_streams",
        "coded_comments",
        "rogan_gladen",
        "audience_codings",
        "follower_codings",
        "agreement_points",
        "with_post_streams",
        "checked_items",
        "coded_posts",
        "items_to_code",
        "with_lexicon",
        "with_message_scores",
        "copy_labels",
        "ledger_outcomes",
        "joined_items",
        "goal_scores",
        "sentence_labels",
        "account_activity",
    }


def test_folders_of_measures_stand_one_above_another():
    """A folder of measures takes from statistics and from the folders before it in the catalogue, from no other."""
    order, wrong = ("statistics", *measures.SUBJECTS), []
    for path in (PACKAGE / "measures").glob("*/*.py"):
        above = order[: order.index(path.parent.name) + 1]
        taken = re.findall(r"from digidip\.measures\.([a-z]\w*)\.", path.read_text(encoding="utf-8"))
        wrong += [f"{path.parent.name}/{path.name} takes from {name}" for name in taken if name not in above]
    assert wrong == []


def test_every_folder_of_measures_is_a_subject():
    """The catalogue walks all folders but that of shared statistics, and no name is defined twice."""
    folders = {path.name for path in (PACKAGE / "measures").iterdir() if (path / "__init__.py").exists()}
    assert folders == {*measures.SUBJECTS, "statistics"}
    files = [path for subject in measures.SUBJECTS for path in (PACKAGE / "measures" / subject).glob("[a-z]*.py")]
    nodes = [node for path in files for node in ast.parse(path.read_text(encoding="utf-8")).body]
    names = [node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name[0] != "_"]
    assert sorted(names) == sorted(set(names)) == sorted({*dir(measures)} - {*measures.__all__})


def test_import_stays_light():
    """`import digidip` and `digidip --help` load neither statsmodels nor seaborn nor papermill."""
    code = "import sys, digidip, digidip.cli; print([m for m in ('statsmodels','seaborn','papermill') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def requirements():
    """Direct dependencies of pyproject.toml: name → version range."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    given = [*project["dependencies"], *(name for extra in project["optional-dependencies"].values() for name in extra)]
    parts = (re.fullmatch(r"([a-z0-9-]+)(?:\[\w+\])?([^;]*)(;.*)?", text.strip()) for text in given)
    return {part[1]: part[2].strip() for part in parts}


def test_environment_yml_names_the_same_dependencies():
    """pyproject.toml and environment.yml are in step."""
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    found = dict(re.findall(r"^ +- ([a-z0-9_-]+)([>=<][^\n]*)$", text, re.M))  # those of pip stand further in
    assert found.pop("python") == ">=3.11"
    assert found == {CONDA.get(name, name): version for name, version in requirements().items()}


def test_the_lock_pins_every_direct_dependency_with_hashes_and_no_address():
    """requirements.lock covers pyproject.toml; no registry is named."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9-]+)==", text, re.M))
    assert set(requirements()) <= pinned
    assert "--hash=sha256:" in text and "://" not in text


def test_every_import_is_declared():
    """The package imports nothing that pyproject.toml does not name."""
    names = {"IPython": "jupyterlab", "yaml": "pyyaml", "PIL": "pillow", "python_calamine": "python-calamine"}
    names |= {"charset_normalizer": "charset-normalizer", "sklearn": "scikit-learn"}
    found = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module.split(".")[0])
    outside = found - set(sys.stdlib_module_names) - {"digidip"}
    declared = {name.replace("ibis-framework", "ibis") for name in requirements()}
    assert {names.get(name, name) for name in outside} <= declared


def tracked_files():
    """The files that Git tracks or would take in, by path."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    return sorted(path for path in listed.stdout.splitlines() if (ROOT / path).is_file())


def holds_real_rows(path, root=ROOT):
    """Whether a file may hold rows of real data: by its place, by a label that says so, or since a reader knows its header."""
    if path.startswith(("tests/samples/", "data/raw/sample/")) or not path.endswith(ENDINGS):
        return False
    if path.startswith("data/") and not path.startswith("data/reference/") and path != "data/raw/MANIFEST.csv":
        return True
    if path.endswith(".csv"):
        with open(root / path, newline="", encoding="utf-8") as file:
            if any(row.get("label") == "real" for row in csv.DictReader(file)):
                return True
    return not path.startswith("data/") and bool(readers.specific_matches(root / path))


def test_no_row_of_real_data_is_tracked(tmp_path):
    """Rows lie in the synthetic sample, in invented samples of readers, in reference tables; exports elsewhere are refused."""
    assert [path for path in tracked_files() if holds_real_rows(path)] == []
    for line in (ROOT / "data/raw/sample/MANIFEST.csv").read_text(encoding="utf-8").splitlines()[1:]:
        assert ",synthetic," in line
    planted = {
        "data/raw/per/a.csv": "a\n1\n",
        "docs/a.csv": "label\nreal\n",
        "docs/b.csv": GETPAGE,
        "data/reference/c.csv": "label\nreal\n",
    }
    for path, text in planted.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
        assert holds_real_rows(path, tmp_path), path


def test_notebooks_import_the_package_without_editing_the_search_path():
    """`import digidip` works from anywhere because it is installed."""
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert "sys.path" not in json.dumps(json.loads(path.read_text(encoding="utf-8"))["cells"])


NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def text_cells(path):
    """The text cells of a notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


def test_headings_ask():
    """Whatever the parameters are, a heading stays true: it asks, or is one of the fixed ones that every notebook ends with."""
    asserting = []
    for path in NOTEBOOKS:
        headings = re.findall(r"(?m)^#+ (.*)", re.sub(r"(?s)```.*?```", "", "\n".join(text_cells(path))))
        assert headings[-3:] == FIXED_HEADINGS, path.name
        asserting += [f"{path.stem}: {heading}" for heading in headings[:-3] if not heading.endswith("?")]
    assert asserting == []


def test_text_holds_no_number_that_code_could_print():
    """Digits in text are years, levels, names of notebooks and standards, or ends of an index; there is no answer in short."""
    allowed, found = re.compile("|".join(NOT_COMPUTED.values()), re.DOTALL), []
    for path in NOTEBOOKS:
        text = "\n".join(text_cells(path))
        found += [f"{path.stem}: {each}" for each in re.findall(r".{0,30}\d.{0,10}", allowed.sub("", text))]
        assert "In short" not in text, path.name
    assert found == []


def test_a_notebook_gives_one_name_to_one_number():
    """The facts that stand in the committed outputs have distinct names in each notebook, or `digidip run` refuses it."""
    for path in NOTEBOOKS:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        outputs = [
            output.get("metadata", {}).get("digidip", {}) for cell in cells for output in cell.get("outputs", [])
        ]
        found = {}
        for fact in [fact for stated in outputs for fact in stated.get("facts", [])]:
            number = [fact.get(key) for key in ("value", "n", "low", "high")]
            name = json.dumps([fact["name"], fact.get("group", {})], sort_keys=True)
            assert str(found.setdefault(name, number)) == str(number), (path.name, fact["name"])


def test_cell_five_is_the_finding():
    """Right under the provenance, at most six lines make the sentences; each names synthetic data; what it computed is reused."""
    for path in NOTEBOOKS:
        cell = json.loads(path.read_text(encoding="utf-8"))["cells"][4]
        lines, [output] = "".join(cell["source"]).splitlines(), cell["outputs"]
        assert cell["cell_type"] == "code" and cell["metadata"]["tags"] == ["nbval-check-output"], path.name
        assert len(lines) <= 6 and lines[-1].startswith("claims.finding("), path.name
        sentences = output["metadata"]["digidip"]["finding"]
        assert 2 <= len(sentences) <= 4, path.name
        assert all(each.startswith(("In synthetic data, ", "From published numbers, ")) for each in sentences)
        later = "".join("".join(each["source"]) for each in json.loads(path.read_text(encoding="utf-8"))["cells"][5:])
        assert [call for call in re.findall(r"measures\.\w+\([^()]*\)", "".join(lines)) if call in later] == [], (
            path.name
        )
