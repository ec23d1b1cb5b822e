"""The measures: a folder per subject, a module per family, a plain function per measure.

A measure is registered where it is written, by `@measure` above it; `measures.share_above` finds it by its name alone,
and `catalogue()` lists all. A measure whose first parameter is `graph` takes a graph of `digidip.networks` in place of
tables, and one whose first is `inquiries` the table that `inquiry_table` makes of posts and comments.
"""

from difflib import get_close_matches
from importlib import import_module
from inspect import getdoc

from digidip.measures._registry import DEFINITION, SUBJECTS, functions, registered, seed_of_draws, sources
from digidip.tables import TableError

__all__ = [
    "DEFINITION",
    "SUBJECTS",
    "catalogue",
    "documentation",
    "measure",
    "registered",
    "seed_of_draws",
    "sources",
    "units",
]


def measure(name):
    """The measure of this name; an unknown one is a `TableError` with the nearest names."""
    if name not in registered():
        raise TableError(f"No measure {name!r}. {_nearest(name, registered())}")
    return __getattr__(name)


def __getattr__(name):
    """Any measure, or helper of one, by its name alone: `measures.share_above`."""
    if name in functions():
        return getattr(import_module(functions()[name][0]), name)
    near = _nearest(name, functions()).removesuffix(".")  # Python puts a full stop behind, and may say more
    raise AttributeError(f"module {__name__!r} has no measure or helper {name!r}. {near}")


def __dir__():
    return [*__all__, *functions()]


def _nearest(name, names):
    """The names that come nearest to one, in a sentence."""
    near = get_close_matches(name, names)
    return f"Nearest: {', '.join(near)}." if near else "digidip.measures.catalogue() lists all."


def units():
    """The unit of every measure by its name, in the order of the catalogue."""
    return {name: given["unit"] for name, given in registered().items()}


def catalogue():
    """Every measure as a table: family, measure, unit, what it is in one line."""
    import pandas as pd  # here, since `digidip list` needs no table

    rows = [(measure(name), unit) for name, unit in units().items()]
    lines = [(f.__module__.rpartition(".")[2], f.__name__, unit, f.__doc__.partition("\n")[0]) for f, unit in rows]
    return pd.DataFrame(lines, columns=["family", "measure", "unit", "what it is"])


def documentation(family):
    """The full documentation of every measure of one family, as text, in catalogue order."""
    own = [measure(name) for name in registered() if functions()[name][0].endswith(f".{family}")]
    return "\n\n".join(f"{function.__name__}\n{getdoc(function)}" for function in own)
