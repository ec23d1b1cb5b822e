"""Published beside computed: what a source printed, what the data say, one word for the two.

The figures are `data/reference/published_figures.csv`, kept as text so that the printed precision survives ("65" and
"65.0" are different claims). published_figures: the figures as they stand · facts: computed numbers as facts · comparison:
the verdicts · sentences: what a run found · wording, reported_table: numbers and tables as people read them · arithmetic:
what printed numbers imply, and whether they agree with each other, before any data are loaded.
"""

from digidip.claims.arithmetic import (
    audit,
    implied,
    overlap,
    report_audit,
    report_implied,
    shape_exceedance,
    shapes,
    zero_bounds,
)
from digidip.claims.comparison import as_count, as_number, verdict, verdicts, verdicts_of_runs
from digidip.claims.facts import ReportedTable, report, report_together, show, versions
from digidip.claims.published_figures import (
    REFERENCE,
    contradictions,
    count_testable,
    parts,
    precision,
    printed_interval,
    published,
)
from digidip.claims.sentences import Finding, finding

__all__ = [
    "REFERENCE",
    "Finding",
    "ReportedTable",
    "as_count",
    "as_number",
    "audit",
    "contradictions",
    "count_testable",
    "finding",
    "implied",
    "overlap",
    "parts",
    "precision",
    "printed_interval",
    "published",
    "report",
    "report_audit",
    "report_implied",
    "report_together",
    "shape_exceedance",
    "shapes",
    "show",
    "verdict",
    "verdicts",
    "verdicts_of_runs",
    "versions",
    "zero_bounds",
]
