"""Facts: a measure table rounded for reading, its numbers under their names in the output metadata."""

import platform
from dataclasses import dataclass
from importlib.metadata import version
from itertools import takewhile

import numpy as np

from digidip import measures
from digidip.claims.reported_table import ReportedTable, repeated_below
from digidip.claims.wording import allowed_decimals, estimate, is_missing, is_worded, readable, worded
from digidip.tables import LABELS, TableError

IN_UNIT = ("observed", "expected", "expected_low", "expected_high", "predicted_low", "predicted_high")  # as the measure


def report(table, label):
    """Report a measure table: rounded for reading, and as facts (6 significant digits) for `facts.json`.

    A fact's name is the measure and the row's keys (see `digidip.measures.measure`), joined by dots; group columns are its
    group. Name and group stand for one number in a run: two rows that share both raise `TableError`; tables of several
    cells are compared when the run ends, where a number reported again with the same n, low and high is kept once and
    another number under the same name is an error. `measures.by_definition` names a measure that is taken twice.

    `table` comes from a measure, `label` says which kind of data; a missing value is reported as not available, with the
    reason in `method`. Another label, or a table that holds no measure, raises `TableError`.

    >>> import pandas as pd
    >>> above = pd.DataFrame({"ministry": ["PER"], "share_above": [0.25], "n": [8], "low": [0.07], "high": [0.59]})
    >>> report(above, "real").table.values.tolist(), report(above, "real").facts[0]["name"]
    ([['PER', '25 %', '8', '7 %', '59 %']], 'share_above')
    """
    check_label(label)
    name = measure_name(table)
    unit, before = measures.units()[name], table.columns[: table.columns.get_loc(name)]
    seed = measures.seed_of_draws(table)
    drawn = {} if seed is None else {"seed": seed}
    facts = tuple(_fact(row, name, unit, before, label) | drawn for row in table.to_dict("records"))
    _check_names(facts)
    limits = measures.registered()[name]["limits"]
    shown, method, below = repeated_below(table.assign(**_texts(table, name, unit)), "method")
    level = {} if is_worded(limits) else {"low": f"{limits} low", "high": f"{limits} high"}
    about = (f"low to high: {limits}",) if not level and table["low"].notna().any() else ()
    return ReportedTable(shown.rename(columns=level), label, facts, notes=(unit, *about, *method), below=below)


def _texts(table, name, unit):
    """The columns of a measure table that hold numbers, as texts."""
    texts = {column: [_six(value, 3) for value in table[column]] for column in table.select_dtypes("number")}
    texts |= {column: [str(value) for value in table[column]] for column in texts if column.endswith("year")}
    texts |= {column: [_probability(each) for each in table[column]] for column in table if column.split("_")[0] == "p"}
    rows = table[[name, "low", "high"]].to_numpy(object).tolist()
    texts |= dict(zip((name, "low", "high"), zip(*(estimate(*row, unit) for row in rows), strict=True), strict=False))
    texts |= {
        column: [
            worded(value, unit, allowed_decimals(value, *row, unit))
            for value, row in zip(table[column], rows, strict=True)
        ]
        for column in IN_UNIT
        if column in table
    }
    return texts | {"n": [readable(value) for value in table["n"]]}


@dataclass(frozen=True)
class _ReportedTables:
    """Reported tables one under another, with the facts of all."""

    parts: tuple

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundles = [part._repr_mimebundle_()[0] for part in self.parts]
        facts = [fact for part in self.parts for fact in part.facts]
        return {kind: "\n".join(data[kind] for data in bundles) for kind in bundles[0]}, {"digidip": {"facts": facts}}


def report_together(label, *tables):
    """Report several measure tables that carry one claim, one under another (see `report`).

    >>> import pandas as pd
    >>> above = pd.DataFrame({"ministry": ["PER"], "share_above": [0.25], "n": [8], "low": [0.07], "high": [0.59]})
    >>> said, facts = report_together("real", above, above)._repr_mimebundle_()
    >>> said["text/plain"].count("25 %"), len(facts["digidip"]["facts"])
    (2, 2)
    """
    return _ReportedTables(tuple(report(table, label) for table in tables))


def show(table, label):
    """Any small table with its label, numbers to 6 digits; it states no facts."""
    check_label(label)
    cells = {name: [_six(value) for value in table[name]] for name in table.select_dtypes("number")}
    return ReportedTable(table.assign(**cells), label)


def _probability(value):
    """A p value to 3 digits, nothing where it is missing."""
    return "-" if is_missing(value) else "< 0.001" if value < 0.001 else f"{value:.3f}"


def _six(value, digits=6):
    """A number to so many digits with thousands separators, nothing where it is missing."""
    if is_missing(value):
        return "-"
    return f"{value:,.0f}" if abs(round(value)) >= 10**digits else f"{value:,.{digits}g}"


def check_label(label):
    """A label that is not one of tables.LABELS is a TableError."""
    if label not in LABELS:
        raise TableError(f"label: found {label!r}. Expected: {', '.join(LABELS)}. Say which kind of data this is.")


def measure_name(table):
    """The name of the measure a table holds."""
    found = [name for name in table.columns if name in measures.units()]
    if len(found) != 1:
        raise TableError(
            f"measure table: found {found or list(table.columns)}. Expected: one measure. Select its columns."
        )
    return found[0]


def _check_names(facts):
    """Two facts of one table under one name and group are a TableError that tells both."""
    seen = {}
    for fact in facts:
        other = seen.setdefault((fact["name"], *fact["group"].items()), fact)
        if other is not fact:
            where = ", ".join(f"{key} {value}" for key, value in fact["group"].items())
            raise TableError(
                f"measure table: two rows are named {fact['name']!r}{where and f' of {where}'}: {other['value']} and "
                f"{fact['value']}. Expected: one row for each name. Keep the columns that tell them apart, or select rows."
            )


def fact_keys(name):
    """The columns that make the name of a measure's facts."""
    return (measures.DEFINITION, *measures.registered()[name]["keys"])


def fact_name(row, name):
    """The name of the fact in a row: the measure and its keys that are not empty, joined by dots."""
    keys = fact_keys(name)
    before = takewhile(lambda column: column != name, row.keys())
    inner = [str(row[key]) for key in before if key in keys and not is_missing(row[key]) and row[key] != ""]
    return ".".join([name, *inner])


def _fact(row, name, unit, before, label):
    """One row as a fact; columns before the measure that are none of its keys are its group."""
    keys = fact_keys(name)
    group = {key: str(row[key]) for key in before if key not in keys}
    numbers = {"value": json_value(row[name])} | {key: json_value(row[key]) for key in ("n", "low", "high")}
    method = {"method": row["method"]} if row.get("method") else {}
    return {"name": fact_name(row, name), "unit": unit, **numbers, **method, "label": label, "group": group}


def json_value(value):
    """A value as JSON carries it: missing or infinite is None, a float has 6 significant digits."""
    if isinstance(value, str):
        return value
    if is_missing(value) or not np.isfinite(value):
        return None
    return int(value) if isinstance(value, (int, np.integer)) else float(f"{value:.6g}")


def versions(**parameters):
    """Print the versions a run rests on, and its parameters: what to cite beside the notebook."""
    names = ("digidip", "pandas", "ibis-framework", "duckdb", "statsmodels", "scipy", "numpy", "matplotlib")
    print(f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in names))
    print(", ".join(f"{name}={value!r}" for name, value in parameters.items()))
