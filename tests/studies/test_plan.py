"""Plans: what a study's .yml comes to, and what is wrong with one, before anything runs."""

from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from digidip import studies
from digidip.studies._study_report import _citation, _in_bibtex

REPOSITORY = Path(__file__).resolve().parents[2]
DECLARED = """\
ministry: str = "USA"  # sending state
start: str = "2016-01-01"  # first day
end: str = "2016-02-01"  # day after the last
threshold: int = 100  # comments
"""
GOOD = """\
title: Two ministries, two months
question: Do they differ?
notebooks: [10-posts, {20-ties: {threshold: 007}}]
parameters: {threshold: 5}
matrix:
  ministry: [NO, PER]
  month:
    - {start: 2016-01-01, end: 2016-02-01}
    - {name: February, start: 2016-02-01, end: 2016-03-01}
exclude: [{ministry: PER, start: 2016-02-01}]
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with two notebooks of the same parameters."""
    for name in ("10-posts", "20-ties"):
        cell = v4.new_code_cell(DECLARED, metadata={"tags": ["parameters"]})
        nbformat.write(v4.new_notebook(cells=[cell]), tmp_path / f"{name}.ipynb")
    return tmp_path


def planned(folder, text, given=()):
    """The plan of a study of that text."""
    (folder / "study.yml").write_text(text, encoding="utf-8")
    return studies.plan(folder / "study.yml", folder, given)


def test_a_study_is_the_product_of_its_matrix(folder):
    """Two ministries by two months without one, by two notebooks, are six runs; text stays text, numbers take their type."""
    study = planned(folder, GOOD)
    assert (study.slug, study.title, study.axes) == ("study", "Two ministries, two months", ("ministry", "month"))
    assert [row.name for row in study.rows] == ["NO, 2016-01-01", "NO, February", "PER, 2016-01-01"]
    assert [(job.notebook.stem, job.row) for job in study.jobs] == [
        (name, row) for name in ("10-posts", "20-ties") for row in range(3)
    ]
    first, last = study.jobs[0], study.jobs[-1]
    assert first.values == {"ministry": "NO", "start": "2016-01-01", "end": "2016-02-01", "threshold": 5}
    assert last.values["threshold"] == 7 and last.values["ministry"] == "PER"
    assert first.folder == "runs/10-posts/ministry-NO_month-2016-01-01"
    assert len({job.folder for job in study.jobs}) == 6


def test_no_matrix_is_one_run(folder):
    """Without a matrix each notebook runs once, as declared."""
    study = planned(folder, "title: T\nquestion: Q?\nnotebooks: ['10']\n")
    assert [(row.name, row.parameters) for row in study.rows] == [("as declared", {})]
    assert [(job.folder, job.values["ministry"]) for job in study.jobs] == [("runs/10-posts/defaults", "USA")]


def test_the_command_stands_above_the_parameters(folder):
    """-p replaces a parameter of the study for all notebooks that do not have their own."""
    study = planned(folder, GOOD, ["threshold=9"])
    assert {job.values["threshold"] for job in study.jobs if job.notebook.stem == "10-posts"} == {9}


@pytest.mark.parametrize(
    ("change", "given", "message"),
    [
        (("title:", "titel:"), [], r"found the key 'titel' \(nearest: title\). Expected some of title, question"),
        (("question: Do they differ?\n", ""), [], "found no question. Expected at least title, question, notebooks"),
        (("title: Two", "title: One\ntitle: Two"), [], "line 2: found 'title' twice|found 'title' twice"),
        (("[10-posts, ", "[10-pots, "), [], "0 notebooks for '10-pots'.*Nearest: 10-posts"),
        (("[10-posts, ", "[20-ties, "), [], "found a notebook twice"),
        (("{threshold: 5}", "{treshold: 5}"), [], "10-posts: -p 'treshold=5'.*Nearest: threshold"),
        (("{threshold: 5}", "{threshold: many}"), [], "10-posts: .*'many', expected a whole number"),
        (("{threshold: 5}", "[5]"), [], "found parameters: .*Expected `parameters: {name: value}`"),
        (("[NO, PER]", "NO"), [], "found ministry: 'NO'. Expected a list"),
        (("[NO, PER]", "[NO, NO]"), [], "two places on an axis alike"),
        (("[NO, PER]", "[]"), [], "found a matrix without a run"),
        (("month:", "start:"), [], None),
        (("{name: February, start", "{ministry: GBR, start"), [], "'ministry' set by two axes"),
        (("{ministry: PER, start: 2016-02-01}", "{ministry: XXX}"), [], "which no combination meets"),
        (("exclude:", "statement: {purpose: x}\nexclude:"), [], "found statement: purpose. Expected purpose, legal_basis"),
        (
            ("exclude:", "statement: {purpose: x, legal_basis: …, retention: y, contact: …}\nexclude:"),
            [],
            "without words for legal_basis, contact",
        ),
        (("", ""), ["ministry=PER"], "found -p 'ministry', which the matrix sets"),
        (("", ""), ["threshold"], "Expected name=value"),
        (("title: Two", "title: [Two"), [], "while parsing a flow"),
        ((GOOD, "- a\n"), [], "found no keys"),
        (("[NO, PER]", "&all [NO, PER]\n  again: *all"), [], "line [0-9]+: found an alias"),
        (("[NO, PER]", "[" * 60 + "]" * 60), [], "more than 50 lists in one another"),
        (("[NO, PER]", str(list(range(6000)))), [], "found a matrix of 12,000 combinations. Expected at most 10,000"),
    ],
)  # fmt: skip
def test_a_wrong_study_names_its_file_and_its_fault(folder, change, given, message):
    """Each fault is told with the file, what was found and what is expected; nothing has run."""
    text = GOOD.replace(*change) if change[0] else GOOD
    if message is None:
        assert len(planned(folder, text, given).jobs) == 6
        return
    with pytest.raises(ValueError, match=rf"(?s)study.yml: .*({message})"):
        planned(folder, text, given)


@pytest.mark.parametrize("name", ["..", ".", ".hidden", "a\x1b", "-p"])
def test_a_study_whose_name_leads_out_of_reports_is_refused(folder, name):
    """The name of the file is that of a folder under reports/: `...yml` would be reports/.., where one's own files lie."""
    (folder / f"{name}.yml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(ValueError, match="found the file name"):
        studies.plan(folder / f"{name}.yml", folder)


def test_citation_escapes_what_bibtex_reads():
    """A brace, a per cent or a backslash in a title neither ends the entry nor runs."""
    assert _in_bibtex(r"100 % of {x} \input & a_b~^$#") == (
        r"100 \% of \{x\} \textbackslash{}input \& a\_b\textasciitilde{}\textasciicircum{}\$\#"
    )


def test_own_data_get_no_window_zone_or_wage_of_the_sample(folder):
    """What nobody chose is open, UTC, or what the notebook says of other data; what somebody chose stays."""
    source = f'data: str = "sample"  # which\n{DECLARED}zone: str = "Asia/Tokyo"  # zone\nwage: str = "8"  # money\n'
    cell = v4.new_code_cell(source, metadata={"tags": ["parameters"]})
    book = v4.new_notebook(cells=[cell], metadata={"digidip": {"own_data": {"wage": ""}}})
    nbformat.write(book, folder / "30-costs.ipynb")
    study = "title: a\nquestion: b?\nnotebooks: [30-costs]\nparameters: {{ministry: PER, data: {}}}\n"
    [sample], [own] = (planned(folder, study.format(data)).jobs for data in ("sample", "processed"))
    names = ("ministry", "start", "end", "zone", "wage", "threshold")
    assert [sample.values[name] for name in names] == ["PER", "2016-01-01", "2016-02-01", "Asia/Tokyo", "8", 100]
    assert [own.values[name] for name in names] == ["PER", "", "", "UTC", "", 100]
    [chosen] = planned(folder, study.format("processed"), ["wage=10", "start=2020-01-01"]).jobs
    assert (chosen.values["wage"], chosen.values["start"]) == ("10", "2020-01-01")


def test_who_did_a_study_is_cited(folder):
    """The author that the study names, and never the developers of the software."""
    content = {"runs": [], "ended_at": "2026-11-30T12:00:00Z", "label": "real"}
    named = _citation(planned(folder, f"{GOOD}author: A. B. Scholar\n"), content)
    assert named["text"].startswith("A. B. Scholar (2026). Two ministries, two months. digidip ")
    assert "  author = {A. B. Scholar}," in named["bibtex"]
    nobody = _citation(planned(folder, GOOD), content)
    assert "author =" not in nobody["bibtex"] and "months (2026; no author: in the study). digidip" in nobody["text"]


def test_the_shipped_studies_can_run():
    """Every study of the repository comes to a plan, each with its question, and nothing to compare that has no name."""
    found = {
        path.stem: studies.plan(path, REPOSITORY / "notebooks")
        for path in studies.listed(REPOSITORY / "notebooks/studies")
    }
    assert {name: len(study.jobs) for name, study in found.items()} == {
        "five-ministries": 5, "state-month": 4, "twelve-months": 12,
    }  # fmt: skip
    assert all(study.question.endswith("?") and study.compare for study in found.values())
    assert {job.values["data"] for study in found.values() for job in study.jobs} == {"sample"}
