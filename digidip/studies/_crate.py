"""The research object of a study or a single run: what was run, with what, on what, and what came of it, as RO-Crate.

The crate of a study follows Workflow Run Crate 0.5 on RO-Crate 1.1, that of a run Process Run Crate 0.5. The main workflow of
a study is study.json, its plan and record: it always is in the folder, whatever came of the runs. The notebooks are the steps of that workflow; their source
stays at home, so they have ids that name no file, and the executed copies among the results point to them. So do the
exports that were read: they never leave the machine, and are told by name and SHA-256 alone.
"""

import json
from pathlib import PurePosixPath
from urllib.parse import quote

from digidip.studies._records import json_text

TERMS = "https://w3id.org/ro/terms/workflow-run/context"
WORKFLOW = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
PARAMETER = "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"
PROCESS = "https://w3id.org/ro/wfrun/process/0.5"
PROFILES = {
    PROCESS: ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
FORMATS = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".zip": "application/zip",
}
KINDS = {str: "Text", int: "Integer", float: "Float", bool: "Boolean"}
PACKAGES = (
    *("pandas", "ibis-framework", "duckdb", "statsmodels", "scipy", "numpy", "networkx", "matplotlib", "seaborn"),
    *("papermill", "nbclient", "jupyterlab"),
)
CRATE = "ro-crate-metadata.json"
OWN = ("study.json", CRATE)  # the plan, and the crate itself: no results
LICENSE = "No licence is stated. Whoever publishes these results chooses one; see the data statement, if there is one."


def crate(study):
    """The text of a study's `ro-crate-metadata.json`; the same study gives the same text.

    study: the content of study.json. Each run that is done or failed is a CreateAction of its notebook; the study as
    a whole is one of study.json, failed if any run is failed or missing. Who ran it is not known and not told.
    Returns JSON-LD with a last line end. A study without a finished run has no `datePublished`, which RO-Crate asks
    for, since no clock is read here. KeyError for a run that read an export which `inputs` does not list.
    """
    study = json.loads(json_text(study))  # in the order that study.json has, so that it can be made again from there
    made, profiles = _started(PROFILES)
    made.metadata.append_to("conformsTo", profiles[-1])
    inputs = {each["sha256"]: _input(made, each) for each in study["inputs"]}
    environments = [_environment(made, number, each) for number, each in enumerate(study["environments"])]
    notebooks = {each["name"]: _notebook(made, each, study["runs"], environments) for each in study["notebooks"]}
    plan = _plan(made, study, list(notebooks.values()))
    actions = [_whole(made, study, plan, list(inputs.values()))]
    for run in study["runs"]:
        if run["status"] != "missing":
            row = study["rows"][run["row"]]["name"]
            actions.append(_one(made, run, row, notebooks[run["notebook"]], inputs, environments))
    _root(made, study, conformsTo=profiles, mainEntity=plan, mentions=actions)
    return json_text(made.metadata.generate())


def run_crate(run, seeds, finding):
    """The text of the `ro-crate-metadata.json` of one run that is no part of a study.

    run: the content of run.json with the hashes of its other files; seeds: see `seeds_of`; finding: its sentences.
    """
    run = json.loads(json_text(run))
    made, profiles = _started([PROCESS])
    environments = [_environment(made, 0, run["environment"])]
    inputs = {each["sha256"]: _input(made, each) for each in run["inputs"]}
    run |= {
        "inputs": list(inputs),
        "status": "done",
        "error": None,
        "folder": ".",
        "row": 0,
        "environment": 0,
        "seeds": seeds,
    }
    notebook = _notebook(made, {"name": run["notebook"], "title": run["title"]}, [run], environments)
    action = _one(made, run, "one run", notebook, inputs, environments)
    about = {"slug": run["notebook"], "question": " ".join(finding), "description": "", "statement": None}
    _root(made, run | about, conformsTo=profiles, mentions=[action])
    return json_text(made.metadata.generate())


def seeds_of(facts):
    """The seed of each measure that drew random numbers for these facts; other draws follow from the data."""
    return {fact["name"].partition(".")[0]: fact["seed"] for fact in facts if "seed" in fact}


def _started(profiles):
    """An empty crate with its profiles, and those of its parts."""
    from rocrate.rocrate import ROCrate

    made = ROCrate(version="1.1")
    made.metadata.extra_contexts.append(TERMS)
    for part in (WORKFLOW, PARAMETER):
        _add(made, part, "CreativeWork", name=part.split("/")[-2], version="1.0-RELEASE")
    return made, [
        _add(made, each, "CreativeWork", name=PROFILES[each][0], version=PROFILES[each][1]) for each in profiles
    ]


def _add(made, identifier, kind, **properties):
    """An entity with those of its properties that are known; one that is there already is taken as it is."""
    from rocrate.model import ContextEntity

    if identifier in made:  # asking `get` for what is not there would search every entity
        return made.get(identifier)
    return made.add(ContextEntity(made, identifier, {"@type": kind, **_known(properties)}))


def _known(properties):
    """Those properties that hold something; an empty text does."""
    return {name: value for name, value in properties.items() if value is not None and value != []}


def _place(*parts):
    """A local id of parts that may hold anything; different parts never give the same id."""
    return "#" + "/".join(quote(part, safe="") for part in parts)


def _format(name):
    return FORMATS.get(PurePosixPath(name).suffix.lower())


def _moment(text):
    """An instant as the profile writes it, with an offset in digits."""
    return text and text.replace("Z", "+00:00")


def _labels(made, text):
    """The labels of data, each a value of its own: real, derived-public, synthetic."""
    labels = filter(None, (text or "").split(", "))
    return [_add(made, _place("label", each), "PropertyValue", name="data label", value=each) for each in labels]


def _seeds(made, seeds):
    """The seeds that measures of a run drew random numbers with."""
    named = {name: f"seed of the random numbers of {name}" for name in sorted(seeds)}
    return [
        _add(made, _place("seed", each, str(seeds[each])), "PropertyValue", name=words, value=seeds[each])
        for each, words in named.items()
    ]


def _file(made, name, digest, **properties):
    """A file of the report folder."""
    fields = {"name": name, "sha256": digest, "encodingFormat": _format(name), **properties}
    return made.get(quote(name)) if quote(name) in made else made.add_file(dest_path=name, properties=_known(fields))


def _input(made, each):
    """An export that was read, told but not shipped."""
    fields = [f"{name}: {each[name]}" for name in ("data", "reader", "platform", "ministry", "zone") if each[name]]
    return _add(
        made,
        f"#input-{each['sha256'][:16]}",
        "CreativeWork",
        name=each["path"],
        description=f"Export that the runs read, not part of this folder. {'; '.join(fields)}",
        sha256=each["sha256"],
        encodingFormat=_format(each["path"]),
        retrievedOn=each["retrieved_at"] or None,
        conditionsOfAccess=each["terms"] or None,
        additionalProperty=_labels(made, each["label"]),
    )


def _software(made, name, version, url=None):
    """A piece of software in one version."""
    place = _place("software", name, version)
    return _add(made, place, "SoftwareApplication", name=name, softwareVersion=version, url=url)


def _environment(made, number, environment):
    """What runs were run with: Python, digidip and the packages that results may depend on."""
    installed = environment["packages"]
    software = [_software(made, "python", environment["python"], "https://www.python.org/")]
    software += [_software(made, "digidip", installed["digidip"])] if "digidip" in installed else []
    software += [
        _software(made, name, installed[name], f"pkg:pypi/{name}@{installed[name]}")
        for name in PACKAGES
        if name in installed
    ]
    words = f"Python {environment['python']} on {environment['system']}"
    place = _place("environment", str(number))
    return _add(made, place, "PropertyValue", name="environment", value=words, valueReference=software)


def _notebook(made, book, runs, environments):
    """A notebook, the parameters it takes, and the software its runs were run with."""
    own = [run for run in runs if run["notebook"] == book["name"]]
    values = {name: value for run in own for name, value in run["parameters"].items()}
    used = sorted({run["environment"] for run in own if run["status"] == "done"})
    software = dict.fromkeys(each for number in used for each in environments[number]["valueReference"])
    words, url = "Jupyter Notebook, Python 3", "https://jupyter.org/"
    return _add(
        made,
        _place("notebook", book["name"]),
        ["File", "SoftwareSourceCode", "ComputationalWorkflow"],
        name=book["title"],
        alternateName=f"{book['name']}.ipynb",
        encodingFormat=FORMATS[".ipynb"],
        programmingLanguage=_add(made, "#language/notebook", "ComputerLanguage", name=words, url=url),
        softwareRequirements=list(software),
        conformsTo={"@id": WORKFLOW},
        input=[_parameter(made, book["name"], name, value) for name, value in values.items()],
    )


def _parameter(made, notebook, name, value):
    """A parameter of a notebook, of the type of its values."""
    place, kind = _place("parameter", notebook, name), KINDS[type(value)]
    return _add(made, place, "FormalParameter", name=name, additionalType=kind, conformsTo={"@id": PARAMETER})


def _value(made, notebook, name, value):
    """A parameter as a run was given it; runs that were given the same share it."""
    meant = {"@id": _place("parameter", notebook, name)}
    place = _place("value", notebook, name, json.dumps(value))
    return _add(made, place, "PropertyValue", name=name, value=value, exampleOfWork=meant)


def _plan(made, study, notebooks):
    """study.json as the main workflow; its hash is not known yet, since it holds the hash of this crate."""
    language = _add(made, "#language/study", "ComputerLanguage", name="digidip study")
    words = f"Plan and record of the study: notebooks, matrix of parameters, runs. By digidip {study['digidip']}."
    kinds = ["File", "SoftwareSourceCode", "ComputationalWorkflow"]
    fields = {"@type": kinds, "description": words, "programmingLanguage": language, "conformsTo": {"@id": WORKFLOW}}
    return _file(made, "study.json", None, version=study["digidip"], hasPart=notebooks, **fields)


def _whole(made, study, plan, inputs):
    """The study as one action: from its exports to its page."""
    states = [run["status"] for run in study["runs"]]
    lacking = [f"{states.count(state)} {state}" for state in ("failed", "missing") if state in states]
    return _add(
        made,
        "#study",
        "CreateAction",
        name=study["title"],
        description=f"All {len(states)} runs of the study {study['slug']}, and its page",
        instrument=plan,
        object=inputs,
        result=[_file(made, name, digest) for name, digest in study["files"].items() if name not in OWN],
        startTime=_moment(study["started_at"]),
        endTime=_moment(study["ended_at"]),
        additionalProperty=_labels(made, study["label"]),
        **_status(f"Of {len(states)} runs: {', '.join(lacking)}" if lacking else None),
    )


def _one(made, run, row, notebook, inputs, environments):
    """One run as an action; what a failed run does not tell is left out."""
    values = [_value(made, run["notebook"], name, value) for name, value in run["parameters"].items()]
    problem = run["error"] and (run["error"]["message"], run["error"]["cell"], f"Exit code {run['error']['code']}")
    return _add(
        made,
        _place("run", run["notebook"], str(run["row"])),
        "CreateAction",
        name=f"{run['notebook']}: {row}",
        description=f"Run of {run['notebook']} for {row}; label of the data: {run.get('label') or 'not known'}",
        instrument=notebook,
        object=[inputs[digest] for digest in run.get("inputs", [])] + values,
        result=_results(made, run, notebook),
        startTime=_moment(run.get("started_at")),
        endTime=_moment(run.get("ended_at")),
        environment=environments[run["environment"]] if run.get("environment") is not None else None,
        additionalProperty=_labels(made, run.get("label")) + _seeds(made, run.get("seeds", {})),
        **_status(run["error"] and ". ".join(filter(None, problem))),
    )


def _results(made, run, notebook):
    """The files of a run; the executed notebook points to the notebook it was."""
    return [
        _file(
            made,
            (PurePosixPath(run["folder"]) / name).as_posix(),
            digest,
            isBasedOn=notebook if name.endswith(".ipynb") else None,
        )
        for name, digest in run.get("files", {}).items()
    ]


def _status(error):
    """How an action ended."""
    status = "FailedActionStatus" if error else "CompletedActionStatus"
    return {"actionStatus": f"http://schema.org/{status}", "error": error}


def _root(made, study, **references):
    """The report folder itself."""
    root, labels, statement = made.root_dataset, _labels(made, study["label"]), study["statement"]
    fields = {
        "name": study["title"],
        "description": "\n\n".join(filter(None, (study["question"], study["description"]))),
        "identifier": study["slug"],
        "keywords": ["digital diplomacy", *(each["value"] for each in labels)],
        "license": _add(made, "#license", "CreativeWork", name="Not stated", description=LICENSE),
        "additionalProperty": labels,
        **references,
    }
    if study.get("author"):  # those of before have none
        fields["author"] = _add(made, "#author", "Person", name=study["author"])
    if statement:
        text = "\n".join(f"{name.replace('_', ' ').capitalize()}: {value}" for name, value in statement.items())
        fields["subjectOf"] = _add(made, "#statement", "CreativeWork", name="Data statement", text=text)
    for name, value in fields.items():
        root[name] = value
    del root["datePublished"]  # the library's default is now
    if study["ended_at"]:
        root["datePublished"] = study["ended_at"]
