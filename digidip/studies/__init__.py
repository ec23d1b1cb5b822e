"""Studies: notebooks run over a matrix of ministries, accounts and months, cached by content, told in one report.

_notebooks: what notebooks declare · _plan: what a study's .yml comes to · _run: one run · _parallel_runs: many · _process: each
in a process of its own, forked after _preload · execution: the cells, without a kernel · _results: what a run leaves ·
_records: how that is written · _cache: what it rests on · _values: whether they can be · _run_differences: whether their differences tell too much ·
_study_report: all runs as one report · _crate: as a research object · _verify: whether all is still what it was ·
_retention: what is kept too long ·
_next_runs: what a holding allows, and the study of all of it.

A run is a folder `index.html, <notebook>.ipynb, facts.json, run.json, figures/, tables/`, alone also with its research
object, built aside and swapped in whole, so that a failure leaves the last good one as it was. But for the times in run.json
and ro-crate-metadata.json, two runs give equal bytes.
"""

from importlib import import_module

# Imported when first used: one run needs none of what sweeps and reports import, which takes a second.
_MODULES = {
    "_cache": ("is_out_of_date",),
    "_next_runs": ("OWN_STUDY", "SOURCES", "WITHOUT_POSTS", "command_of", "next_runs", "notebook_needs", "own_study"),
    "_notebooks": ("Parameter", "find", "notebooks", "parameters", "read_notebook", "typed"),
    "_plan": ("Study", "listed", "plan"),
    "_records": ("Run",),
    "_retention": ("overdue",),
    "_run": ("run",),
    "_parallel_runs": ("Interrupted", "Sweep", "cached", "sweep"),
    "_study_report": ("collect",),
    "_values": ("wrong_values",),
    "_verify": ("Verified", "folder_of", "verify"),
}
__all__ = sorted(name for names in _MODULES.values() for name in names)


def __getattr__(name):
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"digidip.studies.{module}"), name)
    raise AttributeError(f"module 'digidip.studies' has no attribute {name!r}")


def __dir__():
    return [*globals(), *__all__]
