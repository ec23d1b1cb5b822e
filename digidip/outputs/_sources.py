"""What can be exported by name: a canonical table, the table of a measure, or the facts of a run or study."""

import ast
import inspect
import json
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

import pandas as pd
from pandas.api import types

from digidip import measures, store, studies
from digidip.tables import KEYS, REFERENCES, SCHEMA, Column, TableError, kind_of, refusal

ROWS_OF_POSTS = ("posts", "comments", "entities", "follows")  # a row is a post, or stands under or beside one
PARAMETERS = ("start", "end", "zone")  # of a selection, which measures have too
FACTS = {
    "row": Column("text", "combination of the study; missing where one notebook was run"),
    "notebook": Column("text", "notebook that states it"),
    "name": Column("text", "measure and its keys, joined by dots"),
    "group": Column("text", "groups that it is of, separated by commas"),
    "value": Column("number", "value; missing where method says why"),
    "unit": Column("text", "unit of value"),
    "n": Column("count", "how many rows, posts or people it rests on"),
    "low": Column("number", "lower limit"),
    "high": Column("number", "upper limit"),
    "method": Column("text", "how it was reckoned, or why it is missing"),
    "label": Column("label", "real, derived-public or synthetic"),
    "of": Column("text", "published numbers, where it is arithmetic on them; missing where it is of the data"),
}
LIMITS = {"low": "lower limit", "high": "upper limit"}
OF_MEASURES = {
    "n": "how many rows, posts or people the value rests on",
    "method": "how it was reckoned, or why it is missing",
    "label": "weakest label of the rows it rests on: real, derived-public or synthetic",
}


class Selection(NamedTuple):
    """Which rows of a holding are meant, as `store.load` reads it."""

    data: str = "processed"
    ministry: str = ""
    platform: str = ""
    account: str = ""
    start: str = ""
    end: str = ""
    zone: str = "UTC"


@dataclass(frozen=True)
class Output:
    """A table to be written: its rows in pandas, of each column its `tables.Column` and unit, and what to say of it."""

    name: str
    rows: pd.DataFrame
    columns: dict
    units: dict
    about: str


def output(name, home, selection, given=(), columns=()):
    """The table of this name that may leave, as an Output; TableError where its terms forbid it.

    >>> output("missions", None, Selection("sample", "PER"), columns=["mission_id", "city"]).rows.shape[1]
    2
    """
    if given and name not in measures.registered():
        raise ValueError(f"{name}: found -p {given[0]}. Expected: -p for a measure alone. Leave it out.")
    if name in SCHEMA:
        return _of_table(name, home, selection, columns)
    if name in measures.registered():
        return _chosen(_of_measure(name, home, selection, given), columns)
    found = _of_facts(name, home)
    if chosen := [each for each in ("ministry", "platform", "account", "start", "end") if getattr(selection, each)]:
        raise ValueError(
            f"{name}: found --{' --'.join(chosen)}. Expected: none for facts, which are of what their run selected. Leave them out; the "
            "columns row and group say whose each fact is."
        )
    return _chosen(found, columns)


def _of_table(name, home, selection, columns):
    """A canonical table, its rows in the order of its key."""
    held = _load(selection, home)
    table = getattr(held, name)
    _check_columns(name, columns, SCHEMA[name])
    rows = table.order_by(*KEYS[name]).to_pyarrow().to_pandas(date_as_object=True, integer_object_nulls=True)
    if rows.empty:
        raise TableError(
            f"{name}: no row in this selection. Expected: at least one. Choose another ministry, platform or window, or add an "
            "export that has them (digidip add)."
        )
    read = _deliveries(selection, home)
    found = Output(name, rows, SCHEMA[name], {}, _about(held.label, selection, home, read))
    found = _chosen(found, columns)
    _check_release(found, home, selection, read, _kind_of_rows(name, rows, found.rows, held))
    return found


def _kind_of_rows(name, rows, chosen, held):
    """The kind of output that rows are: those of posts are ids at least, ties between official accounts no more."""
    kind = kind_of(chosen)
    if name == "follows":
        official = set(held.registry.account_id.to_list())
        return "ids" if {*rows["source_id"], *rows["target_id"]} <= official else "records"
    return "ids" if kind == "aggregates" and name in ROWS_OF_POSTS else kind


def _of_measure(name, home, selection, given):
    """The table of a measure over a selection, with its label."""
    measure, held = measures.measure(name), _load(selection, home)
    accepted = inspect.signature(measure).parameters
    choices = _choices(name, given, accepted)
    choices |= {
        each: getattr(selection, each)
        for each in PARAMETERS
        if each in accepted and each not in choices and getattr(selection, each)
    }
    tables = {
        each: _table(name, known, held, selection, home)
        for each, known in accepted.items()
        if each not in choices and (known.default is known.empty or _is_table(known))
    }
    positional = [
        tables.pop(each) for each in list(tables) if accepted[each].kind is not inspect.Parameter.KEYWORD_ONLY
    ]
    try:
        rows = measure(*positional, **tables, **choices).assign(label=held.label)
    except ValueError:
        raise
    except Exception as error:  # a value of another type than the measure takes may fail anywhere in it
        if not given:
            raise
        raise ValueError(
            f"{name}: cannot be taken with -p {' -p '.join(given)} ({type(error).__name__}). Expected: values as `help` of the measure and "
            "notebook 02 say. Mend them."
        ) from None
    known = {column: meaning for table in reversed(SCHEMA.values()) for column, meaning in table.items()}
    what = measure.__doc__.partition("\n")[0].rstrip(".")
    columns = {
        each: Column(
            _kind_of_column(rows[each]),
            what
            if each == name
            else f"{LIMITS[each]}, {measure.limits}"
            if each in LIMITS
            else OF_MEASURES.get(each) or (known[each].meaning if each in known else each.replace("_", " ")),
        )
        for each in rows
    }
    units = dict.fromkeys((name, *LIMITS), measure.unit)
    read = _deliveries(selection, home)
    found = Output(name, rows.reset_index(drop=True), columns, units, _about(held.label, selection, home, read))
    _check_release(found, home, selection, read, kind_of(rows))
    return found


def _choices(name, given, accepted):
    """Values of a measure's parameters: literals of Python, else text."""
    values = {}
    for item in given:
        key, equals, text = item.partition("=")
        if not equals or key not in accepted or _is_table(accepted[key]):
            known = [each for each in accepted if not _is_table(accepted[each])]
            near = get_close_matches(key, known, n=1)
            raise ValueError(
                f"-p {item!r}: no such parameter of {name}. Expected name=value, of {', '.join(known) or 'none'}"
                f"{f' (nearest: {near[0]})' if near else ''}. Mend it."
            )
        try:
            values[key] = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            values[key] = text
    return values


def _is_table(parameter):
    """Whether a parameter of a measure is a table of the selection, and no choice that has its own default."""
    is_named = parameter.name in SCHEMA or parameter.name in REFERENCES or parameter.name == "inquiries"
    is_positional = parameter.kind is not parameter.KEYWORD_ONLY
    return is_named and (parameter.default is parameter.empty or (is_positional and parameter.default is None))


def _table(measure, parameter, held, selection, home):
    """The table that a parameter of a measure is named after."""
    name = parameter.name
    if name == "inquiries":
        return measures.inquiry_table(held.posts, held.comments, zone=selection.zone)
    if name in REFERENCES and name != "missions":
        return store.reference(name, selection.data, home)
    if name in SCHEMA:
        return getattr(held, name)
    if parameter.kind is parameter.KEYWORD_ONLY:
        raise ValueError(f"{measure}: no {name}, which it needs. Expected: its value. Say -p {name}=VALUE.")
    raise ValueError(
        f"{measure}: it is taken of {name}, which a notebook makes of several tables. Expected: a measure of tables. Run the notebook that "
        "states it, and export its facts: digidip export NOTEBOOK/RUN."
    )


def _of_facts(name, home):
    """The facts of a run, or of all runs of a study, as one table."""
    try:
        folder = studies.folder_of(name, home)
    except TableError:
        near = ", ".join(get_close_matches(name, [*SCHEMA, *measures.registered()]))
        raise TableError(
            f"{name}: no table, no measure, and nothing of that name in {home / 'reports'}. Expected: one of {', '.join(SCHEMA)}; a measure "
            f"(digidip list); or a run or study{f' (nearest: {near})' if near else ''}. Say one of them."
        ) from None
    record = folder / "study.json"
    runs = [(None, folder)]
    if record.exists():
        entries = json.loads(record.read_text(encoding="utf-8"))["runs"]
        runs = [(entry["row"], folder / entry["folder"]) for entry in entries if entry["status"] == "done"]
    elif not (folder / "facts.json").exists():
        runs = [(path.parent.name, path.parent) for path in sorted(folder.glob("*/facts.json"))]
    found = []
    for row, run in runs:
        content = json.loads((run / "facts.json").read_text(encoding="utf-8"))
        found += [
            {
                **fact,
                "group": ", ".join(filter(None, fact["group"].values())),
                "row": row,
                "notebook": content["notebook"],
            }
            for fact in content["facts"]
        ]
    if not found:
        raise TableError(f"{name}: no fact is stated there. Expected: a finished run or study. Run it (digidip run).")
    rows = pd.DataFrame(found, columns=list(FACTS))
    label = ", ".join(sorted(rows["label"].unique()))
    words = ".".join(
        [*folder.relative_to(home / "reports").parts] if home / "reports" in folder.parents else [folder.name]
    )
    return Output(f"{words}.facts", rows, FACTS, {}, f"{label}; facts of {name}")


def _load(selection, home):
    """The tables of a selection, of whatever it has rows."""
    return store.load(**selection._asdict(), home=home, of=",".join(store.SUBJECTS))


def _deliveries(selection, home):
    """The deliveries that may hold rows of a selection."""
    return store.deliveries_read([{"given": selection._asdict()}], home)


def _about(label, selection, home, read):
    """One line that goes with a file: label, build, what was selected, and the terms of what it was made of."""
    record = store.build_record(selection.data, home)
    chosen = ", ".join(f"{name} {value}" for name, value in selection._asdict().items() if value and name != "data")
    terms = {each["terms"] for each in read} - {""}
    return "; ".join([label, f"build {record['build']}", chosen, f"terms: {' | '.join(sorted(terms)) or 'not stated'}"])


def _chosen(found, columns):
    """The same with these columns alone, in their order."""
    _check_columns(found.name, columns, found.rows)
    columns_chosen = list(columns) or list(found.rows)
    return Output(
        found.name,
        found.rows[columns_chosen],
        {each: found.columns[each] for each in columns_chosen},
        found.units,
        found.about,
    )


def _check_columns(name, columns, known):
    wrong = [column for column in columns if column not in known]
    if wrong:
        near = get_close_matches(wrong[0], list(known), n=1)
        raise ValueError(
            f"--columns: {name} has no column {wrong[0]!r}. Expected: {', '.join(known)}"
            f"{f' (nearest: {near[0]})' if near else ''}. Mend it."
        )


def _check_release(found, home, selection, read, kind):
    """Nothing, unless label and terms of the deliveries forbid what the columns or the cells of a table are."""
    refused = {each: words for each in ("records", "ids") if (words := refusal(each, read))}
    kinds = {kind}
    if refused and kind not in refused:
        texts = [found.rows[name] for name, column in found.columns.items() if column.kind in ("text", "id")]
        cells = {str(cell).strip() for column in texts for cell in column.dropna().unique()}
        kinds |= store.kinds_of_cells(cells, [selection.data], home)
    for each, words in refused.items():
        if each in kinds:
            is_mended = each == "records" and "ids" not in refused
            other = "leave its texts and people out (--columns)" if is_mended else "export a measure of it"
            raise TableError(f"{found.name}: it holds {each}. {words} Or {other}.")


def _kind_of_column(column):
    """The kind, as in the canonical tables, of a column of a measure."""
    if types.is_bool_dtype(column):
        return "is"
    if types.is_integer_dtype(column):
        return "count"
    if types.is_float_dtype(column):
        return "number"
    if types.is_datetime64_any_dtype(column):
        return "at" if column.dt.tz else "on" if (column.dropna() == column.dropna().dt.normalize()).all() else "text"
    return "text"
