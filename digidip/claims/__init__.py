"""Published figure beside computed figure: what a source printed, what the data say, and one word for the two together.

The figures are `data/reference/published_figures.csv`, kept as text so that the printed precision survives ("65" and
"65.0" are different claims). printed: the figures as they stand · stated: computed numbers as facts · compared: the
verdicts · arithmetic: what printed numbers imply, and whether they agree with each other, before any data are loaded.
"""

from digidip.claims.arithmetic import audit, implied, overlap, shape_exceedance, shapes, state_audit, state_implied
from digidip.claims.compared import SUBJECTS, counted, reported, verdict, verdicts
from digidip.claims.pooled import zero_bounds
from digidip.claims.printed import REFERENCE, contradictions, interval, parts, precision, published
from digidip.claims.stated import Stated, show, state, states, versions

__all__ = [
    "REFERENCE",
    "SUBJECTS",
    "Stated",
    "audit",
    "contradictions",
    "counted",
    "implied",
    "interval",
    "overlap",
    "parts",
    "precision",
    "published",
    "reported",
    "shape_exceedance",
    "shapes",
    "show",
    "state",
    "state_audit",
    "state_implied",
    "states",
    "verdict",
    "verdicts",
    "versions",
    "zero_bounds",
]
