"""The registry of measures: the decorator above a function, and what the folders of this room define.

The decorator stands above the function and says all that catalogue, facts and tests need, in literals. They are read
from the source, so that a list of measures imports neither scipy nor statsmodels, networkx or igraph (two seconds).
"""

import ast
from functools import cache
from pathlib import Path
from pkgutil import iter_modules

SUBJECTS = ("posts", "dialogue", "inquiries", "sessions", "presence", "network")  # folders, as the catalogue has them
DEFINITION = "definition"  # the key that `by_definition` puts before those of any measure


def measure(*, unit, keys=(), columns=()):
    """Register the function below as a measure.

    unit: what its numbers count, in words; `keys`: the columns that, with the group columns, tell one row of its table
    from another, in the order in which they make the name of a fact; `columns`: those that follow `high`.
    """

    def register(function):
        function.unit, function.keys, function.columns = unit, keys, columns
        return function

    return register


@cache
def functions():
    """Every public function of every family in catalogue order.

    Name → (module, what its decorator says, or None where it is no measure).
    """
    found = {}
    for subject in SUBJECTS:
        folder = Path(__file__).parent / subject
        for family in sorted(module.name for module in iter_modules([str(folder)]) if module.name[0] != "_"):
            tree = ast.parse((folder / f"{family}.py").read_text(encoding="utf-8"))
            for node in tree.body:
                if isinstance(node, ast.FunctionDef) and node.name[0] != "_":
                    found[node.name] = f"{__package__}.{subject}.{family}", _registered(node)
    return found


@cache
def registered():
    """Every measure: name → {"unit", "keys", "columns"}, in catalogue order."""
    return {name: said for name, (_, said) in functions().items() if said is not None}


def _registered(function):
    """What the decorator `@measure` above a function says, or None."""
    for call in function.decorator_list:
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == measure.__name__:
            given = {argument.arg: ast.literal_eval(argument.value) for argument in call.keywords}
            return {"keys": (), "columns": ()} | given
    return None
