"""Studies: notebooks run over a matrix of ministries, accounts and months, cached by content, told in one report.

_notebooks: what notebooks declare · _plan: what a study's .yml comes to · _keys: what a run rests on · _run: one run ·
_sweep: many, each in a process of its own · _collect: what they found, as one report · _verify: is it all still so?

A run is a folder `index.html, <notebook>.ipynb, facts.json, run.json, figures/, tables/`, built aside and swapped in
whole, so that a failure leaves the last good one as it was. But for the times in run.json, two runs give equal bytes.
"""

from digidip.studies._collect import collect
from digidip.studies._notebooks import Parameter, find, notebooks, parameters, typed
from digidip.studies._plan import Study, listed, plan
from digidip.studies._run import Run, run
from digidip.studies._sweep import Interrupted, Sweep, cached, sweep, work
from digidip.studies._verify import Verified, verify

__all__ = [
    "Interrupted",
    "Parameter",
    "Run",
    "Study",
    "Sweep",
    "Verified",
    "cached",
    "collect",
    "find",
    "listed",
    "notebooks",
    "parameters",
    "plan",
    "run",
    "sweep",
    "typed",
    "verify",
    "work",
]
