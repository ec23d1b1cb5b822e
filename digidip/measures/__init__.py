"""The measures: one module per family, in the field's words; each is a plain function that returns a tidy table.

`UNITS` is the catalogue: every measure, its unit, in the order in which notebook 02 prints them. A measure
whose first parameter is `graph` takes a graph of `digidip.networks` in place of tables.
"""

from importlib import import_module
from inspect import getdoc

import pandas as pd

from digidip.tables import TableError

FAMILIES = (
    "activity",
    "engagement",
    "dialogue",
    "structure",
    "positions",
    "headquarters",
    "communities",
    "mixing",
    "qap",
)

UNITS = {
    "post_count": "posts",
    "posting_rate": "posts per day",
    "posts_per_day": "posts",
    "comments_per_post": "comments per post",
    "uncommented_share": "share of posts",
    "share_above": "share of posts",
    "comment_gini": "Gini index, 0 to 1",
    "comment_top_share": "share of comments",
    "comment_exceedance": "share of posts",
    "comment_lorenz": "share of comments",
    "comments_per_day": "comments",
    "comment_variance_ratio": "variance / mean",
    "comment_dispersion": "alpha of NB2",
    "comment_rate_ratio": "ratio of means",
    "official_answer_count": "official answers",
    "official_answer_share": "share of posts or comments",
    "density": "share of possible ties",
    "reciprocity": "share; beyond density: -1 to 1",
    "connectedness": "share of accounts or of ordered pairs",
    "mean_distance": "ties, or 1 / weight",
    "centralisation": "share of the largest possible, 0 to 1",
    "centrality": "share, 0 to 1; strength: weight of ties",
    "core_periphery": "1 core, 0 periphery",
    "headquarters_dependence": "share of pairs, missions, weight",
    "headquarters_removal": "share of ordered pairs",
    "registry_coverage": "share of missions",
    "modularity": "modularity, at most 1",
    "community": "number of the community",
    "excess_structure": "difference of shares or of modularity",
    "mixing_matrix": "ties",
    "assortativity": "coefficient, -1 to 1",
    "ei_index": "index, -1 to 1",
    "qap_correlation": "correlation, -1 to 1",
    "mrqap": "outcome per unit of term, or log odds",
}


def measure(name):
    """The measure of this name, from whichever family defines it."""
    if name not in UNITS:
        raise TableError(f"No measure {name!r}. There are: {', '.join(UNITS)}.")
    families = (import_module(f"{__name__}.{family}") for family in FAMILIES)
    return next(getattr(family, name) for family in families if hasattr(family, name))


def catalogue():
    """Every measure as a table: family, measure, unit, what it is in one line."""
    rows = [(measure(name), unit) for name, unit in UNITS.items()]
    lines = [(f.__module__.rpartition(".")[2], f.__name__, unit, f.__doc__.partition("\n")[0]) for f, unit in rows]
    return pd.DataFrame(lines, columns=["family", "measure", "unit", "what it is"])


def documentation(family):
    """The full documentation of every measure of one family, as text, in catalogue order."""
    functions = [measure(name) for name in UNITS]
    own = [function for function in functions if function.__module__.endswith(f".{family}")]
    return "\n\n".join(f"{function.__name__}\n{getdoc(function)}" for function in own)
