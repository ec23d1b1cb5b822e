"""The formats of an exported table: what each holds of ids, times and missing values, written whole or not at all.

Ids are text and instants UTC in all of them; what is missing is an empty cell, the null of Parquet, the system-missing value
of Stata and SPSS, and no value is declared to mean it. docs/exporting.md
"""

import io
import json
import re
import tempfile
import textwrap
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from digidip.home import atomic_write
from digidip.tables import TableError, csv_for_people

EXCEL_ROWS, EXCEL_COLUMNS, EXCEL_CHARACTERS = 1_048_576, 16_384, 32_767
EXCEL_FIRST = date(1900, 3, 1)  # it counts a day that 1900 did not have, and none before
STATA_LABEL, STATA_NAME, SPSS_NAME = 80, 32, 64  # characters; characters; bytes
SPSS_LABEL, SPSS_TEXT, SPSS_TITLE, SPSS_NOTE = 256, 32_767, 64, 80  # bytes, the last of a line
STATA_WORDS = (
    "_all _b byte _coef _cons double float if in int long _n _N _pi _pred _rc _skip str strL using with"
).split()
SPSS_WORDS = "ALL AND BY EQ GE GT LE LT NE NOT OR TO WITH".split()
TYPES = {  # kind of a column → type in Parquet
    "text": pa.string(),
    "id": pa.string(),
    "label": pa.string(),
    "count": pa.int64(),
    "number": pa.float64(),
    "at": pa.timestamp("us", "UTC"),
    "on": pa.date32(),
    "is": pa.bool_(),
}
UNITS = {"at": "UTC", "on": "day", "is": "0 no, 1 yes"}


class Written(NamedTuple):
    """What was written: the files, and what a person should know of the table in them."""

    paths: list
    notes: list


def write(found, format):
    """Write Outputs (path → Output), and beside each `NAME.columns.csv` with name, kind, unit and meaning of each column.

    A table that the format cannot hold raises `TableError`, and none is written.
    """
    made = {path: FORMATS[format](output) for path, output in found.items()}
    written = []
    for path, (content, names, notes) in made.items():
        described = path.with_name(f"{found[path].name}.columns.csv")
        atomic_write(path, content)
        atomic_write(described, csv_for_people(codebook(found[path], names)).encode())
        changed = [f"{old} is called {new}" for old, new in names.items() if old != new]
        written.append(Written([path, described], [*notes, *changed]))
    return written


def codebook(output, names):
    """A row for each column: its name in the file, in the table, kind, unit, meaning."""
    rows = [
        (names[name], name, column.kind, _unit(output, name), column.meaning) for name, column in output.columns.items()
    ]
    return pd.DataFrame(rows, columns=["column", "name in digidip", "kind", "unit", "meaning"])


def _unit(output, name):
    return output.units.get(name) or UNITS.get(output.columns[name].kind, "")


def _label(output, name, new):
    """The label of a column: its own name where that was changed, meaning, unit."""
    unit, meaning = _unit(output, name), output.columns[name].meaning
    own = f"{name}: " if name != new else ""
    return f"{own}{meaning}{f' ({unit})' if unit and unit not in meaning else ''}"


def _csv(output):
    """CSV in UTF-8; a text that a spreadsheet would run as a formula has an apostrophe before it."""
    cells = pd.DataFrame({name: _written(output, name) for name in output.columns})
    return csv_for_people(cells).encode(), _same_names(output), []


def _written(output, name):
    """A column as a text file has it: instants as 2016-01-05T10:00:00Z, true and false, counts without a decimal point."""
    kind, values = output.columns[name].kind, _typed(output, name)
    if kind == "at":
        return values.dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ").str.replace(".000000Z", "Z", regex=False)
    return values.map({True: "true", False: "false"}) if kind == "is" else values


def _parquet(output):
    """Parquet; label and unit of a column are metadata of its field."""
    arrays, fields = [], []
    for name, column in output.columns.items():
        known = {"label": column.meaning, "unit": _unit(output, name)}
        fields.append(pa.field(name, TYPES[column.kind], metadata=known))
        arrays.append(pa.array(_typed(output, name), TYPES[column.kind], from_pandas=True, safe=False))
    schema = pa.schema(fields, metadata={"digidip": json.dumps({"about": output.about}, ensure_ascii=False)})
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(pa.Table.from_arrays(arrays, schema=schema), buffer)
    return buffer.getvalue(), _same_names(output), []


def _excel(output):
    """A workbook: the table, and a second sheet with what its columns mean; texts are never run as formulas."""
    import xlsxwriter

    _check_excel(output)
    rows, notes = _finite(output)
    buffer, names = io.BytesIO(), _same_names(output)
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        formats = {kind: book.add_format({"num_format": form}) for kind, form in
                   {"at": "yyyy-mm-dd hh:mm:ss", "on": "yyyy-mm-dd", "count": "0"}.items()}  # fmt: skip
        as_text = book.add_format({"num_format": "@", "quote_prefix": True})
        sheet = book.add_worksheet("table")
        for at, name in enumerate(output.columns):
            kind, values = output.columns[name].kind, rows[name]
            is_early = kind in ("at", "on") and any(_day(value) < EXCEL_FIRST for value in values.dropna())
            sheet.write_string(0, at, name)
            for row, value in enumerate(values, start=1):
                if pd.isna(value):
                    continue
                if kind in ("text", "id", "label") or is_early:
                    sheet.write_string(row, at, str(value), as_text)
                elif kind == "is":
                    sheet.write_boolean(row, at, bool(value))
                elif kind in ("at", "on"):
                    moment = value.tz_localize(None).to_pydatetime() if kind == "at" else value
                    sheet.write_datetime(row, at, moment, formats[kind])
                else:
                    sheet.write_number(row, at, value, formats.get(kind))
            if is_early:
                notes.append(f"{name}: written as text, since Excel has no day before 1 March 1900")
        second = book.add_worksheet("columns")
        table = codebook(output, names)
        for row, cells in enumerate([table.columns, *table.itertuples(index=False)]):
            for at, cell in enumerate(cells):
                second.write_string(row, at, cell, as_text)
        second.write_string(len(table) + 2, 0, output.about, as_text)
    return buffer.getvalue(), names, notes


def _day(value):
    return value.date() if isinstance(value, pd.Timestamp) else value


def _check_excel(output):
    found = [
        (len(output.rows) + 1, EXCEL_ROWS, "rows, the header with them"),
        (len(output.columns), EXCEL_COLUMNS, "columns"),
        (_longest(output, len), EXCEL_CHARACTERS, "characters in a cell"),
    ]
    for number, most, what in found:
        if number > most:
            raise TableError(
                f"{output.name}: {number:,} {what}. Expected: {most:,}, which is all that an Excel sheet holds. Choose a smaller "
                "window or fewer columns, or say --to csv or parquet."
            )


def _stata(output):
    """Stata 15: names of 32 characters, labels of 80, instants as %tc, days as %td, text as str or strL."""
    import pyreadstat

    names = valid_names(output.columns, STATA_NAME, STATA_WORDS, str)
    rows, notes = _finite(output)
    frame, labels, kinds = _for_statistics(output, rows, names)
    labels = {name: _cut(label, STATA_LABEL, str) for name, label in labels.items()}
    notes += [f"labels of {STATA_LABEL} characters: whole in {output.name}.columns.csv"] * _is_cut(labels)
    values = {name: {0: "no", 1: "yes"} for name, kind in kinds.items() if kind == "is"}
    forms = {"at": "%tc", "on": "%td", "count": "%12.0f"}
    options = {
        "file_label": _cut(output.about, STATA_LABEL, str),
        "column_labels": labels,
        "variable_value_labels": values,
        "variable_format": {name: forms[kind] for name, kind in kinds.items() if kind in forms},
    }
    return _through_file(pyreadstat.write_dta, frame, ".dta", options), names, notes


def _spss(output):
    """SPSS: names of 64 bytes, labels of 256, instants as DATETIME, days as DATE; no value means missing."""
    import pyreadstat

    if (longest := _longest(output, lambda text: len(text.encode()))) > SPSS_TEXT:
        raise TableError(
            f"{output.name}: a text of {longest:,} bytes. Expected: {SPSS_TEXT:,} at most, which is all that SPSS holds. Leave its column "
            "out (--columns), or say --to dta, csv or parquet."
        )
    names = valid_names(output.columns, SPSS_NAME, SPSS_WORDS, str.encode)
    rows, notes = _finite(output)
    frame, labels, kinds = _for_statistics(output, rows, names)
    labels = {name: _cut(label, SPSS_LABEL, str.encode) for name, label in labels.items()}
    notes += [f"labels of {SPSS_LABEL} bytes: whole in {output.name}.columns.csv"] * _is_cut(labels)
    digits = {"count": (12, 0), "number": (16, 6), "is": (1, 0)}
    forms = {kind: f"F{width}.{decimals}" for kind, (width, decimals) in digits.items()}
    forms |= {"at": "DATETIME23.3", "on": "SDATE10"}
    scales = {"count": "scale", "number": "scale", "at": "scale", "on": "scale"}
    options = {
        "file_label": _cut(output.about, SPSS_TITLE, str.encode),
        "note": textwrap.wrap(output.about, SPSS_NOTE if output.about.isascii() else SPSS_NOTE // 4),
        "column_labels": labels,
        "variable_value_labels": {name: {0: "no", 1: "yes"} for name, kind in kinds.items() if kind == "is"},
        "variable_format": {name: forms[kind] for name, kind in kinds.items() if kind in forms},
        "variable_measure": {name: scales.get(kind, "nominal") for name, kind in kinds.items()},
    }
    return _through_file(pyreadstat.write_sav, frame, ".sav", options), names, notes


def _for_statistics(output, rows, names):
    """The frame under the names of a program of statistics, the labels of its columns, and their kinds."""
    frame = {}
    for name, column in output.columns.items():
        values = rows[name]
        if column.kind in ("count", "number", "is"):
            values = values.astype("float64")
        elif column.kind == "at":
            values = values.dt.tz_localize(None).dt.round("ms")
        elif column.kind == "on":  # the library guesses a type by the first values, of which None says nothing
            values = values.map(lambda day: pd.NaT if day is None else day)
            values = values.astype(object if values.notna().any() else "datetime64[us]")
        else:
            values = values.fillna("")
        frame[names[name]] = values
    labels = {new: _label(output, name, new) for name, new in names.items()}
    return pd.DataFrame(frame), labels, {new: output.columns[name].kind for name, new in names.items()}


def _through_file(write_file, frame, ending, options):
    """The bytes of a file whose library writes to a path alone, in a folder that nobody else may read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table{ending}"
        write_file(frame, str(path), **options)
        return path.read_bytes()


def valid_names(columns, most, reserved, measured):
    """Column → a name that a program takes: of letters, digits and `_`, a letter first, no word of its own, no two alike.

    measured: what `most` counts of a name, `str` for characters or `str.encode` for bytes.

    >>> valid_names(["n", "with", "2016", "n!", "x" * 40], 32, ["with"], str)["with"]
    'with_1'
    """
    found, taken = {}, {word.lower() for word in reserved}
    for name in columns:
        plain = re.sub(r"\W", "_", name, flags=re.ASCII)
        plain = plain if plain[0].isalpha() else f"v_{plain.lstrip('_')}"
        new, number = _cut(plain, most, measured, ""), 0
        while new.lower() in taken:
            number += 1
            new = f"{_cut(plain, most - len(str(number)) - 1, measured, '')}_{number}"
        taken.add(new.lower())
        found[name] = new
    return found


def _cut(text, most, measured, mark="…"):
    """A text of at most so many characters or bytes."""
    if len(measured(text)) <= most:
        return text
    while len(measured(text + mark)) > most:
        text = text[:-1]
    return text + mark


def _is_cut(labels):
    return any(label.endswith("…") for label in labels.values())


def _same_names(output):
    return {name: name for name in output.columns}


def _longest(output, measured):
    """The longest text of a table."""
    texts = [output.rows[name].dropna() for name, column in output.columns.items() if column.kind in ("text", "id")]
    return max((measured(str(cell)) for column in texts for cell in column.unique()), default=0)


def _finite(output):
    """The columns, an infinite number as missing, since the format has none; and a note of each such column."""
    rows, notes = {}, []
    for name in output.columns:
        rows[name] = values = _typed(output, name)
        if output.columns[name].kind == "number" and (infinite := int(np.isinf(values).sum())):
            rows[name] = values.mask(np.isinf(values))
            notes.append(f"{name}: {infinite:,} infinite, written as missing, since the format has no such number")
    return rows, notes


def _typed(output, name):
    """A column in pandas, in one type for its kind."""
    values, kind = output.rows[name], output.columns[name].kind
    if kind == "on":
        return values.map(lambda value: None if pd.isna(value) else _day(value)).astype(object)
    if kind == "at":
        return values.astype("datetime64[us, UTC]")
    if kind in ("count", "number", "is"):
        return values.astype({"count": "Int64", "number": "float64", "is": "boolean"}[kind])
    return values.map(lambda value: None if _is_missing(value) else str(value)).astype("str")


def _is_missing(value):
    return pd.api.types.is_scalar(value) and pd.isna(value)


# Ending of the file → what makes its bytes of an Output: the bytes, the names of its columns there, notes.
FORMATS = {"csv": _csv, "parquet": _parquet, "xlsx": _excel, "dta": _stata, "sav": _spss}
