"""What is cited can be opened: every citation, link and code of the house leads to a place that exists."""

import csv
import json
import re
from functools import cache
from inspect import getdoc
from pathlib import Path

import faults

from digidip import measures, readers

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
CITED = re.compile(r"docs/[a-z-]+\.md(?:#[\w-]+(?:,\s+#[\w-]+)*)?")
BARE = re.compile(r"(?<![\w/.-])(?:methods|formats|studies|reliability|claims-and-studies|privacy)\.md")
LINK = re.compile(r"\]\(([^)\s]+)\)")
VERBATIM = re.compile(r"```.*?```|`[^`\n]+`", re.S)
CODE = re.compile(r"(?<![\w#-])(?:F\d{3}[a-c]?|[PSMFG]\d{2}|B\d{2}|R\d{1,2}|V-[A-Z0-9]+)(?![\w-])")
LINTER = re.compile(r"# (?:ruff: )?noqa.*")
NO_CODES = {
    "M49",
    "F00",
    "F999",
}  # regions of the United Nations; half of a pattern in a notebook; a figure that is none
LITERATURE = re.compile(r"(?:doi:10\.\d{4,}/\S|arXiv:|\b(?:1[89]|20)\d\d\b)")


@cache
def texts():
    """Everything that may cite: path → text; of notebooks the sources of the cells."""
    found = {}
    for path in sorted((ROOT / "digidip").rglob("*.py")):
        found[path] = path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        found[path] = "\n".join("".join(cell["source"]) for cell in cells)
    return found | {path: path.read_text(encoding="utf-8") for path in pages()}


def pages():
    """The Markdown that people read."""
    named = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "data/reference/README.md", "benchmarks/README.md"]
    return [*sorted(DOCS.glob("*.md")), *(ROOT / name for name in named)]


@cache
def anchors(path):
    """The anchors of a page: those set by hand, and those that GitHub makes of headings."""
    text = path.read_text(encoding="utf-8")
    headings = [ANCHOR.sub("", line.lstrip("# ")) for line in text.splitlines() if line.startswith("#")]
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
    return {*ANCHOR.findall(text), *slugs}


def missing(path, fragments):
    """What of a page and its anchors does not exist."""
    if not path.exists():
        return [f"no {path.name}"]
    return [f"{path.name} has no #{one}" for one in fragments if one not in anchors(path)]


def test_every_citation_opens():
    """`docs/methods.md#shares, #rates` names a page and anchors that exist; no page is named without its folder."""
    wrong = []
    for path, text in texts().items():
        for cited in CITED.findall(text):
            page, _, rest = re.sub(r"\s+", "", cited).partition("#")
            faults = missing(ROOT / page, rest.split(",#") if rest else [])
            wrong += [f"{path.relative_to(ROOT)}: {cited!r}: {fault}" for fault in faults]
        if path.parent != DOCS:
            bare = {match[0] for match in BARE.finditer(text)}
            wrong += [f"{path.relative_to(ROOT)}: {name} stands without docs/ and anchor" for name in sorted(bare)]
    assert not wrong, "\n".join(wrong)


def test_every_link_among_pages_and_notebooks_leads_somewhere():
    """Relative links of Markdown and of text cells, with their anchors."""
    wrong = []
    for path, text in texts().items():
        if path.suffix == ".py":
            continue
        for link in LINK.findall(VERBATIM.sub("", text)):
            target, _, fragment = link.partition("#")
            if "://" in link or link.startswith(("data:", "attachment:")):
                continue
            page = (path.parent / target).resolve() if target else path
            known = page.suffix == ".md"
            faults = missing(page, [fragment] if fragment and known else [])
            wrong += [f"{path.relative_to(ROOT)}: ({link}): {fault}" for fault in faults]
    assert not wrong, "\n".join(wrong)


def test_no_anchor_stands_twice():
    """An anchor is one place."""
    found = {path.name: ANCHOR.findall(path.read_text(encoding="utf-8")) for path in DOCS.glob("*.md")}
    assert {name: sorted({one for one in ids if ids.count(one) > 1}) for name, ids in found.items()} == {
        name: [] for name in found
    }


def test_every_measure_has_its_source():
    """Literature with its year, or a place in the handbook."""
    wrong = []
    for name in measures.catalogue().measure:
        text = getdoc(measures.measure(name))
        source = re.search(r"\*\*Source\*\*(.*?)\*\*Caution\*\*", text, re.S)
        if not source or not (LITERATURE.search(source[1]) or CITED.search(source[1])):
            wrong.append(name)
    assert not wrong, "\n".join(wrong)


def test_the_section_that_a_measure_cites_names_it():
    """Who comes from a docstring finds the measure there, and who comes from the handbook finds all of a topic."""
    parts = ANCHOR.split((DOCS / "methods.md").read_text(encoding="utf-8"))
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    wrong = []
    for name in measures.catalogue().measure:
        cited = re.findall(r"docs/methods\.md#([\w-]+)", getdoc(measures.measure(name)))
        if not any(f"`{name}`" in sections.get(anchor, "") for anchor in cited):
            wrong.append(f"{name}: {cited}")
    assert not wrong, "\n".join(wrong)


def test_every_reader_has_its_entry():
    """formats.md has one entry for each reader, and no other; each reader's docstring leads to its own."""
    text = (DOCS / "formats.md").read_text(encoding="utf-8")
    assert set(re.findall(r'^<a id="(\w+)"></a>\n### \1$', text, re.M)) == set(readers.READERS)
    wrong = [name for name in readers.READERS if f"docs/formats.md#{name}" not in readers.reader(name).__doc__]
    assert not wrong, "\n".join(wrong)


def test_every_code_is_explained():
    """F013, M04, R5, V-KM: whatever code stands in code, notebooks or tests has an anchor of its own."""
    known = set().union(*(anchors(path) for path in DOCS.glob("*.md")))
    tests = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")}
    del tests[Path(__file__).resolve()]
    wrong = []
    for path, text in (texts() | tests).items():
        codes = {code for code in CODE.findall(LINTER.sub("", text)) if code.lower() not in known} - NO_CODES
        wrong += [f"{path.relative_to(ROOT)}: {code}" for code in sorted(codes)]
    assert not wrong, "\n".join(wrong)


def test_published_figures_are_told_as_they_stand():
    """Each row of the table of figures has its line in the handbook, with value, grade and notebook."""
    lines = (DOCS / "claims-and-studies.md").read_text(encoding="utf-8").splitlines()
    told = {found[1]: line for line in lines if (found := re.match(r'\| <a id="\w+"></a>(F\d{3}[a-c]?) ', line))}
    with (ROOT / "data/reference/published_figures.csv").open(encoding="utf-8", newline="") as file:
        figures = {row["id"]: row for row in csv.DictReader(file)}
    assert set(told) == set(figures)
    for name, row in figures.items():
        value = row["value"].replace("<", "&lt;").replace(">", "&gt;").replace("~", "\\~").replace("*", "\\*")
        cells = [cell.strip() for cell in told[name].split("|")]
        assert [value, row["grade"]] == cells[3:5] and row["study"] in cells[6], name


@cache
def names_of_tests():
    """The names of all test functions."""
    paths = (ROOT / "tests").rglob("test_*.py")
    return {name for path in paths for name in re.findall(r"^def (\w+)", path.read_text("utf-8"), re.M)}


def test_every_rule_has_its_tests():
    """R1 to R32 stand in the table, each with code that is there and with tests that are, or the word that there is none."""
    lines = (DOCS / "privacy.md").read_text(encoding="utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith('| <a id="r')]
    assert [row[0].rpartition("R")[2] for row in rows] == [str(number) for number in range(1, 33)]
    for name, _asks, code, tests, _fails, rest in rows:
        named = re.findall("`(test_.+?)`", tests)
        assert set(named) <= names_of_tests() and (named or "in part" in rest or "tests/" in tests), name
        for path in re.findall(r"`([a-z_]+/[\w/]*(?:\.py)?)`", code):
            assert any((folder / path).exists() for folder in (ROOT / "digidip", ROOT)), f"{name}: {path}"


def test_every_kind_of_fault_has_its_tests():
    """Each cell of docs/faults.md names tests that there are, or says why the fault cannot occur; its forms name every reader."""
    rows = [line.strip("| ").split(" | ") for line in (DOCS / "faults.md").read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if len(row) > 1 and not row[0].startswith("---")]
    forms = [row for row in rows if len(row) == 2 and row[0] != "form"]
    assert {name for row in forms for name in re.findall("`(.+?)`", row[1])} == set(readers.READERS)
    [head, *kinds] = [row for row in rows if len(row) > 4]
    assert head[1:] == [row[0] for row in forms] and len(kinds) > 20
    page = (DOCS / "faults.md").read_text(encoding="utf-8")
    assert faults.by_reader(page) in page, "python tests/faults.py"
    for number, (kind, *cells) in enumerate(kinds, start=1):
        assert kind.startswith(f"{number}. ")
        assert len(cells) == len(forms), kind
        for cell in cells:
            named = re.findall("`(.+?)`", cell)
            assert cell.startswith("cannot occur: ") or (named and set(named) <= names_of_tests()), f"{kind}: {cell}"


SENTENCE = re.compile(
    r'^\| <a id="\w+"></a>([PSMFG]\d\d) \| .+ \| ([^|]+) \| \[([\w-]+)\]\(#[\w-]+\) \| ([^|]+) \| [^|]+ \|$', re.M
)


def test_every_sentence_is_told_by_its_notebook():
    """Each of the 80 sentences: its notebook links to it, measures it, and the run committed states that number or draws it.

    Of a sentence that nothing can test (grade N) the notebook names it and has the reason.
    """
    index = SENTENCE.findall((DOCS / "claims-and-studies.md").read_text(encoding="utf-8"))
    assert len(index) == 80
    wrong = []
    for code, grade, name, told_by in index:
        cells = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
        if f"claims-and-studies.md#{code.lower()})" not in "".join(texts()[ROOT / "notebooks" / f"{name}.ipynb"]):
            wrong.append(f"{code}: no link in {name}")
        if (grade == "N") != (told_by == "none: the reason stands in the notebook"):
            wrong.append(f"{code}: grade {grade}, told by {told_by}")
        wrong += [
            f"{code}: {measure} in no table of {name}"
            for measure in VERBATIM.findall(told_by)
            if not stated(measure[1:-1], cells)
        ]
    assert not wrong, "\n".join(wrong)


def stated(measure, cells):
    """Whether a notebook calls a measure, and the run committed states facts of it or has it behind a figure."""
    assert measure in measures.registered(), measure
    told = [output.get("metadata", {}).get("digidip", {}) for cell in cells for output in cell.get("outputs", [])]
    facts = {fact["name"].split(".")[0] for each in told for fact in each.get("facts", [])}
    drawn = {
        column for each in told if "figure" in each for column in each["figure"]["csv"].partition("\n")[0].split(",")
    }
    return measure in facts | drawn and any(f"measures.{measure}(" in "".join(cell["source"]) for cell in cells)
