"""The research object of a study: its graph is closed, its hashes are the study's, nothing unknown is made up."""

import copy
import json
from urllib.parse import unquote

import pytest

from digidip.studies._crate import crate, run_crate, seeds_of

DONE = {
    "notebook": "10-comment-analysis",
    "row": 0,
    "status": "done",
    "folder": "runs/10-comment-analysis/ministry-EST",
    "parameters": {"ministry": "EST", "threshold": 100, "share": 0.5, "strict": True, "account": ""},
    "label": "synthetic",
    "data": ["0123456789abcdef"],
    "inputs": ["a" * 64],
    "started_at": "2026-11-22T16:42:06.123Z",
    "ended_at": "2026-11-22T16:42:09.456Z",
    "files": {
        "index.html": "1" * 64,
        "facts.json": "2" * 64,
        "figures/x.png": "3" * 64,
        "tables/x.csv": "4" * 64,
        "10-comment-analysis.ipynb": "5" * 64,
    },
    "environment": 0,
    "error": None,
    "seeds": {"reply_share": 20},
}
# As study.json lists a run that is not done: only what is known of it.
FAILED = {
    "notebook": "10-comment-analysis",
    "row": 1,
    "status": "failed",
    "folder": "",
    "parameters": {**DONE["parameters"], "ministry": "IND"},
    "error": {"cell": "code cell In [3] `load(data)`", "message": "no posts of IND", "code": 3},
}
INPUT = {
    "data": "sample",
    "path": "est_getpage.csv",
    "sha256": "a" * 64,
    "reader": "rfacebook_page",
    "platform": "facebook",
    "ministry": "EST",
    "zone": "Europe/Tallinn",
    "label": "synthetic",
    "retrieved_at": "2026-01-02",
    "terms": "CC0-1.0",
}
STUDY = {
    "slug": "two-ministries",
    "title": "Two ministries over one month",
    "question": "Do ministries differ?",
    "description": "",
    "statement": {
        "purpose": "teaching",
        "legal_basis": "none needed",
        "retention": "one term",
        "contact": "the author",
    },
    "label": "synthetic",
    "digidip": "0.1.0",
    "axes": ["ministry"],
    "rows": [{"name": name, "parameters": {"ministry": name}} for name in ("EST", "IND", "PER")],
    "notebooks": [{"name": "10-comment-analysis", "title": "How much comment does a month of posts draw?"}],
    "runs": [DONE, FAILED, {**FAILED, "row": 2, "status": "missing", "error": None}],
    "inputs": [INPUT],
    "environments": [
        {
            "python": "3.11.7",
            "system": "Linux x86_64",
            "packages": {"digidip": "0.1.0", "pandas": "3.0.1", "six": "1.17"},
        }
    ],
    "files": {"index.html": "6" * 64, "facts.csv": "7" * 64, "figures/y z#1.png": "8" * 64},
    "started_at": "2026-11-22T16:42:06.123Z",
    "ended_at": "2026-11-22T16:42:09.456Z",
}


def graph(study):
    """The entities of a study's crate by id; each id once."""
    entities = json.loads(crate(study))["@graph"]
    by_id = {entity["@id"]: entity for entity in entities}
    assert len(by_id) == len(entities)
    return by_id


def of_type(entities, kind):
    """The entities of one type."""
    return [entity for entity in entities.values() if kind in entity["@type"]]


def references(value):
    """Every @id that the properties of an entity refer to."""
    if isinstance(value, dict):
        return [value["@id"]] if set(value) == {"@id"} else [i for each in value.values() for i in references(each)]
    return [i for each in value for i in references(each)] if isinstance(value, list) else []


def changed(**parts):
    """The study with some parts replaced."""
    return {**copy.deepcopy(STUDY), **parts}


def test_every_reference_is_in_the_graph():
    """No entity refers to one that is not described, but for the specification the descriptor names."""
    entities = graph(STUDY)
    named = {identifier for entity in entities.values() for identifier in references(entity)}
    assert named - set(entities) == {"https://w3id.org/ro/crate/1.1"}


def test_every_file_has_the_hash_of_the_study():
    """The files are those of the study and its runs, at their paths, with their hashes; study.json holds its own."""
    entities = graph(STUDY)
    listed = {each["@id"]: entities[each["@id"]].get("sha256") for each in entities["./"]["hasPart"]}
    folder = "runs/10-comment-analysis/ministry-EST"
    assert {unquote(name): digest for name, digest in listed.items()} == {
        "study.json": None,
        "index.html": "6" * 64,
        "facts.csv": "7" * 64,
        "figures/y z#1.png": "8" * 64,
        f"{folder}/index.html": "1" * 64,
        f"{folder}/facts.json": "2" * 64,
        f"{folder}/figures/x.png": "3" * 64,
        f"{folder}/tables/x.csv": "4" * 64,
        f"{folder}/10-comment-analysis.ipynb": "5" * 64,
    }
    assert "figures/y%20z%231.png" in listed
    assert entities[f"{folder}/figures/x.png"]["encodingFormat"] == "image/png"


def test_each_run_that_ended_is_an_action():
    """One action for the study, one for the done run, one for the failed; none for the missing."""
    entities = graph(STUDY)
    actions = of_type(entities, "CreateAction")
    assert [each["@id"] for each in actions] == ["#study", "#run/10-comment-analysis/0", "#run/10-comment-analysis/1"]
    assert entities["./"]["mentions"] == [{"@id": each["@id"]} for each in actions]
    assert entities["./"]["mainEntity"] == {"@id": "study.json"} == actions[0]["instrument"]


def test_a_done_run_tells_what_was_used_and_what_came_of_it():
    """Notebook, export and parameters in, files out, with times, status, environment."""
    entities = graph(STUDY)
    run = entities["#run/10-comment-analysis/0"]
    assert run["instrument"] == {"@id": "#notebook/10-comment-analysis"}
    assert run["object"][0] == {"@id": "#input-aaaaaaaaaaaaaaaa"}
    assert [each["@id"].split("/")[-1] for each in run["result"]] == [
        "10-comment-analysis.ipynb",
        "facts.json",
        "x.png",
        "index.html",
        "x.csv",
    ]
    assert (run["startTime"], run["endTime"]) == ("2026-11-22T16:42:06.123+00:00", "2026-11-22T16:42:09.456+00:00")
    assert run["actionStatus"] == "http://schema.org/CompletedActionStatus"
    assert "error" not in run
    assert "agent" not in run
    assert entities[run["environment"]["@id"]]["value"] == "Python 3.11.7 on Linux x86_64"
    assert entities[run["result"][0]["@id"]]["isBasedOn"] == run["instrument"]


def test_the_seeds_of_draws_are_told():
    """A measure that drew random numbers has its seed in the run; one whose numbers follow from the data has none."""
    run = graph(STUDY)["#run/10-comment-analysis/0"]
    assert {"@id": "#seed/reply_share/20"} in run["additionalProperty"]
    assert graph(STUDY)["#seed/reply_share/20"]["value"] == 20
    assert seeds_of([{"name": "a.x", "seed": 3}, {"name": "a.y", "seed": 3}, {"name": "b"}]) == {"a": 3}


def test_a_single_run_is_an_object_too():
    """Its graph is closed, its files have their hashes and lie beside it, its finding describes it."""
    run = {**DONE, "title": "How much comment?", "inputs": [INPUT], "environment": STUDY["environments"][0]}
    entities = {each["@id"]: each for each in json.loads(run_crate(run, {"a": 3}, ["Much.", "Or not."]))["@graph"]}
    assert {identifier for each in entities.values() for identifier in references(each)} - set(entities) == {
        "https://w3id.org/ro/crate/1.1"
    }
    assert {each["@id"] for each in entities["./"]["hasPart"]} == set(DONE["files"])
    assert entities["index.html"]["sha256"] == "1" * 64
    assert entities["./"]["description"] == "Much. Or not."
    assert {"@id": "#seed/a/3"} in entities["#run/10-comment-analysis/0"]["additionalProperty"]


def test_an_export_is_told_and_not_shipped():
    """An input has name and hash; it is no part of the folder."""
    entities = graph(STUDY)
    export = entities["#input-aaaaaaaaaaaaaaaa"]
    assert (export["name"], export["sha256"], export["encodingFormat"]) == ("est_getpage.csv", "a" * 64, "text/csv")
    assert (export["@type"], export["conditionsOfAccess"]) == ("CreativeWork", "CC0-1.0")
    assert {"@id": export["@id"]} not in entities["./"]["hasPart"]


def test_parameters_keep_their_types():
    """Text, whole number, number, truth value and the empty text are told as such, each as a value of its parameter."""
    entities = graph(STUDY)
    values = [entities[each["@id"]] for each in entities["#run/10-comment-analysis/0"]["object"][1:]]
    told = {each["name"]: (each["value"], entities[each["exampleOfWork"]["@id"]]["additionalType"]) for each in values}
    assert told == {
        "ministry": ("EST", "Text"),
        "threshold": (100, "Integer"),
        "share": (0.5, "Float"),
        "strict": (True, "Boolean"),
        "account": ("", "Text"),
    }
    assert told["strict"][0] is True
    taken = entities["#notebook/10-comment-analysis"]["input"]
    assert [entities[each["@id"]]["name"] for each in taken] == ["account", "ministry", "share", "strict", "threshold"]


def test_runs_share_the_values_they_share():
    """Both runs were given the threshold 100: one value; their ministries are two."""
    entities = graph(STUDY)
    named = [each["name"] for each in of_type(entities, "PropertyValue")]
    assert (named.count("threshold"), named.count("ministry")) == (1, 2)


def test_a_failed_run_tells_why():
    """Status, message, cell and exit code; no result, no time and no label that nobody knows."""
    run = graph(STUDY)["#run/10-comment-analysis/1"]
    assert run["actionStatus"] == "http://schema.org/FailedActionStatus"
    assert run["error"] == "no posts of IND. code cell In [3] `load(data)`. Exit code 3"
    assert not {"result", "startTime", "endTime", "environment", "additionalProperty"} & set(run)


def test_the_study_failed_if_a_run_is_not_done():
    """One run failed and one is missing of three; a study of done runs is complete."""
    whole = graph(STUDY)["#study"]
    assert whole["actionStatus"] == "http://schema.org/FailedActionStatus"
    assert whole["error"] == "Of 3 runs: 1 failed, 1 missing"
    complete = graph(changed(runs=[DONE]))["#study"]
    assert complete["actionStatus"] == "http://schema.org/CompletedActionStatus"
    assert "error" not in complete


def test_the_label_is_in_the_root_and_in_each_run():
    """Synthetic data are called so at the root, in the study, in the run and in the export; mixed labels are two."""
    entities = graph(STUDY)
    for place in ("./", "#study", "#run/10-comment-analysis/0", "#input-aaaaaaaaaaaaaaaa"):
        labels = [entities[each["@id"]] for each in entities[place]["additionalProperty"]]
        assert [each["value"] for each in labels if each["name"] == "data label"] == ["synthetic"]
    assert "synthetic" in entities["./"]["keywords"]
    assert "synthetic" in entities["#run/10-comment-analysis/0"]["description"]
    mixed = graph(changed(label="real, synthetic"))
    assert mixed["./"]["additionalProperty"] == [{"@id": "#label/real"}, {"@id": "#label/synthetic"}]
    assert mixed["./"]["keywords"] == ["digital diplomacy", "real", "synthetic"]


def test_the_environment_names_the_main_packages():
    """Python, digidip and pandas with their versions; six is no package that results depend on."""
    entities = graph(STUDY)
    software = {each["name"]: each["softwareVersion"] for each in of_type(entities, "SoftwareApplication")}
    assert software == {"python": "3.11.7", "digidip": "0.1.0", "pandas": "3.0.1"}
    needed = entities["#notebook/10-comment-analysis"]["softwareRequirements"]
    assert needed == entities["#environment/0"]["valueReference"] != []


def test_the_licence_and_the_statement_are_the_scholars():
    """No licence is chosen for anyone; the data statement is told in the scholar's words."""
    entities = graph(STUDY)
    assert entities[entities["./"]["license"]["@id"]]["name"] == "Not stated"
    statement = entities[entities["./"]["subjectOf"]["@id"]]["text"]
    assert statement.splitlines() == [
        "Contact: the author",
        "Legal basis: none needed",
        "Purpose: teaching",
        "Retention: one term",
    ]


def test_a_notebook_needs_the_software_of_its_own_runs():
    """Runs of two environments: the notebook needs both versions of pandas, each once, and one Python."""
    other = {"python": "3.11.7", "system": "Darwin arm64", "packages": {"digidip": "0.1.0", "pandas": "3.0.2"}}
    runs = [DONE, {**DONE, "row": 1, "environment": 1, "folder": "runs/10-comment-analysis/ministry-IND"}]
    entities = graph(changed(runs=runs, environments=[*STUDY["environments"], other]))
    needed = [each["@id"] for each in entities["#notebook/10-comment-analysis"]["softwareRequirements"]]
    assert needed == [
        "#software/python/3.11.7",
        "#software/digidip/0.1.0",
        "#software/pandas/3.0.1",
        "#software/pandas/3.0.2",
    ]
    assert entities["#run/10-comment-analysis/1"]["environment"] == {"@id": "#environment/1"}


def test_the_same_study_gives_the_same_text():
    """No clock, no chance: two calls agree, the study is left as it was, and the date is the study's."""
    given = copy.deepcopy(STUDY)
    text = crate(given)
    assert text == crate(copy.deepcopy(STUDY))
    assert given == STUDY
    assert text.endswith("}\n")
    assert graph(STUDY)["./"]["datePublished"] == "2026-11-22T16:42:09.456Z"


def test_the_finished_study_gives_the_same_text():
    """Made again from study.json, whose keys are sorted and which lists the crate itself, the text is the first one."""
    finished = changed(files={**STUDY["files"], "ro-crate-metadata.json": "9" * 64})
    assert crate(json.loads(json.dumps(finished, sort_keys=True))) == crate(STUDY)


def test_a_study_without_finished_runs_makes_up_no_date():
    """Only a failed run: no date, no label, no environment; the graph is still closed."""
    bare = {"label": None, "started_at": None, "ended_at": None, "statement": None}
    entities = graph(changed(runs=[FAILED], inputs=[], environments=[], **bare))
    assert not {"datePublished", "subjectOf"} & set(entities["./"])
    assert entities["./"]["keywords"] == ["digital diplomacy"]
    assert len(of_type(entities, "CreateAction")) == 2
    assert {i for each in entities.values() for i in references(each)} - set(entities) == {
        "https://w3id.org/ro/crate/1.1"
    }


def test_an_unlisted_export_is_an_error():
    """A run that read what `inputs` does not list is no provenance."""
    with pytest.raises(KeyError, match="b{64}"):
        crate(changed(runs=[{**DONE, "inputs": ["b" * 64]}]))


HOSTILE = ['", "@id": "./', "</script><script>", "../../x y#?%2F", "http://evil/{0}", "@type", "ü\u2028\n\\", "a/b"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_strings_stay_data(text):
    """Whatever texts hold, the shape is that of a harmless study, and each text is found again as it was."""
    book = [{"name": text, "title": text}]
    run = {**DONE, "notebook": text, "label": text, "parameters": {"ministry": text}, "files": {}}
    failed = {**FAILED, "notebook": text, "error": {"cell": "", "message": text, "code": 1}}
    parts = {"title": text, "question": text, "label": text, "slug": text, "notebooks": book, "runs": [run, failed]}
    parts["inputs"] = [{**INPUT, "path": text, "terms": text}]
    parts["rows"] = [{"name": text, "parameters": {}}] * 2
    entities = graph(changed(**parts))
    assert {i for each in entities.values() for i in references(each)} - set(entities) == {
        "https://w3id.org/ro/crate/1.1"
    }
    assert entities["./"]["name"] == text
    assert entities["#input-aaaaaaaaaaaaaaaa"]["name"] == text
    assert [each["value"] for each in of_type(entities, "PropertyValue") if each["name"] == "ministry"] == [text, "IND"]
    actions = of_type(entities, "CreateAction")
    assert actions[2]["error"] == f"{text}. Exit code 1"
    assert all(not set(' "<>\\^`{}\n\u2028') & set(identifier) for identifier in entities)


def test_ids_of_different_things_differ():
    """A notebook `a` with parameter `b/c` and a notebook `a/b` with parameter `c` keep a parameter each."""
    books = [{"name": name, "title": name} for name in ("a", "a/b")]
    runs = [
        {**DONE, "notebook": book, "parameters": {name: 1}, "files": {}} for book, name in (("a", "b/c"), ("a/b", "c"))
    ]
    entities = graph(changed(notebooks=books, runs=runs))
    assert [each["name"] for each in of_type(entities, "FormalParameter")] == ["b/c", "c"]
    assert len(of_type(entities, "CreateAction")) == 3
