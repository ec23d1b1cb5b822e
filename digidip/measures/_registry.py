"""The registry of measures: the decorator above a function, and what the folders of this room define.

The decorator stands above the function and says all that catalogue, facts and tests need, in literals. They are read
from the source (10 ms), so that a list of measures does not import scipy, statsmodels, networkx and igraph (2 s).
"""

import ast
import re
from functools import cache, wraps
from pathlib import Path
from pkgutil import iter_modules

SUBJECTS = (
    "posts",
    "dialogue",
    "inquiries",
    "sessions",
    "presence",
    "network",
    "listening",
    "influence",
    "institution",
)  # folders, as the catalogue has them
SOURCES = "sources"  # the attribute of a measure table that holds what it was taken of
PEOPLE = ("posts", "comments", "follows", "metrics", "codings")  # tables whose rows may be of private people
DEFINITION = "definition"  # the key that `by_definition` puts before those of any measure


def measure(*, unit, keys=(), columns=(), limits="95 %", people=(), beside=()):
    """Register the function below as a measure.

    unit: what its numbers count, in words; `keys`: the columns that, with the group columns, tell one row of its table
    from another, in the order in which they make the name of a fact; `columns`: those that follow `high`; `limits`: the
    level of `low` and `high`, or in words what they are; `people`: the columns that count private people, whose small cells are
    withheld (docs/methods.md#small-cells); `beside`: those that count others than the row is about, of which the number alone
    is withheld. A table of the measure carries what it was taken of, for the verdict on it (see
    `sources`).
    """

    def register(function):
        @wraps(function)
        def measured(*tables, **choices):
            found = function(*tables, **choices)
            if people or beside:
                from digidip.measures._small_cells import withhold  # here, since a list of measures needs no numpy

                named = [choices[name] for name in PEOPLE if name in choices]
                found = withhold(found, measured, (*tables, *named))
            found.attrs[SOURCES] = _Sources(tables, choices.get("seed", (function.__kwdefaults__ or {}).get("seed")))
            return found

        measured.unit, measured.keys, measured.columns = unit, keys, columns
        measured.limits, measured.people, measured.beside = limits, people, beside
        return measured

    return register


class _Sources:
    """The tables that a measure was taken of and the seed it drew with; copies of its result share them."""

    def __init__(self, tables, seed=None):
        self.tables, self.seed = tuple(tables), seed

    def __deepcopy__(self, memo):
        return self


def sources(table):
    """The tables that a measure table was taken of, the first positional parameters; empty where it does not tell."""
    return table.attrs[SOURCES].tables if SOURCES in table.attrs else ()


def seed_of_draws(table):
    """The seed that a measure table was drawn with; None for one without draws, or whose seed follows from the data."""
    return table.attrs[SOURCES].seed if SOURCES in table.attrs else None


def with_sources(table, parts):
    """A table put together from tables of one measure, with what all of them were taken of."""
    parts = list(parts)
    table.attrs[SOURCES] = _Sources((each for part in parts for each in sources(part)), seed_of_draws(parts[0]))
    return table


DEFINED = re.compile(r"^(?:@measure\((?P<given>.*?)\)\n)?def (?P<name>[a-z]\w*)\(", re.MULTILINE | re.DOTALL)


@cache
def functions():
    """Every public function of every family in catalogue order.

    Name → (module, what its decorator says, or None where it is no measure).
    """
    found = {}
    for subject in SUBJECTS:
        folder = Path(__file__).parent / subject
        for family in sorted(module.name for module in iter_modules([str(folder)]) if module.name[0] != "_"):
            source = (folder / f"{family}.py").read_text(encoding="utf-8")
            found |= {
                each["name"]: (f"{__package__}.{subject}.{family}", _given(each)) for each in DEFINED.finditer(source)
            }
    return found


@cache
def registered():
    """Every measure: name → {"unit", "keys", "columns", "limits", "people", "beside"}, in catalogue order."""
    return {name: given for name, (_, given) in functions().items() if given is not None}


def _given(defined):
    """What the decorator `@measure` above a function says, or None."""
    if defined["given"] is None:
        return None
    call = ast.parse(f"measure({defined['given']})", mode="eval").body
    return {"keys": (), "columns": (), "limits": "95 %", "people": (), "beside": ()} | {
        word.arg: ast.literal_eval(word.value) for word in call.keywords
    }
