"""How a JSON file becomes rows: one object per row, from an array or from lines, each with its record number.

The engine would drop late keys and turn a broken line into missing cells without a word (docs/formats.md#engine-traps), so lines
are read as text, tested, and every key is declared. What is in pages and trees is parsed in plain Python (`json_values`);
its records go on to the engine as private lines, or as text under dotted names (`shares.count`), so that a reader maps
them as it maps columns.
"""

import glob
import hashlib
import html
import json
import re

import ibis
import pyarrow as pa
from ibis import _

from digidip.engine import engine
from digidip.readers.opening.copies import temporary_path, without_name
from digidip.readers.opening.delimited import scan
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_values import BrokenJson

LONGEST_RECORD, ROWS = 8 << 20, 20480
# Half of a surrogate pair, and the NUL byte, make a whole line invalid; pairs and escaped backslashes stay.
ESCAPED_HALF_OR_NUL = r"(\\\\|\\u[dD][89abAB]..\\u[dD][c-fC-F]..)|\\u[dD][89a-fA-F]..|\x00"
BROKEN_LINE = "{"
# The envelope of Zeeschuimer and of 4CAT: what is inside is theirs to read.
ENVELOPE = re.compile(r'"(?:source_platform|__import_meta)"\s*:')
# Halves of surrogate pairs cannot be written as UTF-8.
HALF_OR_NUL = re.compile("[\ud800-\udfff\0]")


@ibis.udf.scalar.builtin(name="json_valid", signature=(("string",), "boolean"))
def is_json(text):
    """Engine function: whether the text is one whole JSON value."""


def json_objects(path, shape, cells=None):
    """Records of a JSON array or of JSON lines: `export_row`, `is_broken`, and `it`, a struct of the declared shape.

    `shape` is an Ibis struct type; a key that a record lacks is missing. A line is mended of halves of surrogate pairs
    and NUL bytes; if it is broken still, it has `is_broken` and nothing else. Blank lines are no records but count as
    lines. The file is parsed once, into a private Parquet file; an array that is broken anywhere raises an error of the
    engine (see `engine_errors_as_reader_errors`).
    """
    part = temporary_path("objects", ".parquet")
    records = _parsed((_array if _is_array(path) else _lines)(path), shape)
    cells_read = cells or {"is_broken": _.is_broken, "it": _.it}
    engine().to_parquet(records.select("is_blank", **cells_read), part, compression="lz4", row_group_size=ROWS)
    table = engine().read_parquet([str(without_name(part))], file_row_number=True).filter(~_.is_blank)
    return table.select(*cells_read, export_row=table.file_row_number + 1)


def _parsed(whole, shape):
    """Records given as JSON `text` become `is_blank`, `is_broken`, and `it`, a struct; see `objects`."""
    dtype = ibis.dtype(shape)
    transformed = ibis.udf.scalar.builtin(_transformed, name="json_transform", signature=(("string", "string"), dtype))
    tried = ibis.udf.scalar.builtin(_tried, name="try", signature=((dtype,), dtype))
    structure = json.dumps(_structure(dtype))
    whole = whole.mutate(it=tried(transformed(whole.text, structure)))
    mended = whole.text.re_replace(ESCAPED_HALF_OR_NUL, r"\1")
    is_read = whole.it.notnull()
    is_broken = ibis.cases((is_read, False), (is_json(whole.text), False), else_=~is_json(mended))
    valid_json = ibis.cases((is_broken, "{}"), (is_json(whole.text), whole.text), else_=mended)
    return whole.select(
        is_blank=ibis.ifelse(is_read, False, whole.text.strip() == ""),
        is_broken=is_broken,
        it=ibis.ifelse(is_read, whole.it, transformed(valid_json, structure)),
    )


def _transformed(text, structure):
    """Engine function: JSON text → struct."""


def _tried(struct):
    """Engine function: the struct, or missing where it cannot be made; so each text is parsed once."""


def _structure(dtype):
    if dtype.is_struct():
        return {name: _structure(inner) for name, inner in dtype.items()}
    return [_structure(dtype.value_type)] if dtype.is_array() else "VARCHAR"


def _is_array(path):
    return read_head(path).start.startswith("[")


def _lines(path):
    return scan(
        path,
        ["text"],
        has_header=False,
        delim="\x01",
        quote="",
        escape="",
        strict_mode=False,
        max_line_size=LONGEST_RECORD,
        buffer_size=2 * LONGEST_RECORD,
    )


def _array(path):
    place = glob.escape(str(read_head(path).utf8_path.absolute())).replace("'", "''")
    name = f"array_{hashlib.sha256(place.encode()).hexdigest()[:16]}"
    source = f"read_json_objects('{place}', format='array', compression='none')"
    engine().con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT json::VARCHAR AS text FROM {source}")
    return engine().table(name)


def record_rows(records, shape):
    """Rows as `objects` gives them: `export_row` (1 = first), `is_broken`, and `it` of the declared shape.

    The records go through a private file, from which the engine reads.
    """
    copy, held = write_lines(records)
    rows = json_objects(copy, shape)
    copy.unlink()
    return rows.limit(None if held else 0)


def write_lines(records):
    """A private file with a line for each record, written one by one, and how many bytes they take; never an empty file.

    A `Broken` is a broken line, and what is no object is an empty one.
    """
    copy, held = temporary_path("records", ".jsonl"), 0
    with open(copy, "wb") as file:
        for record in records:
            held += file.write(_line(record))
        if not held:
            file.write(b"{}")
    return copy, held


def text_columns(records, names):
    """Nested records as an Ibis table of text columns `names` (dotted; a number is a place in a list; missing where there
    is none) and `export_row` (1 = first).

    >>> text_columns([{"shares": {"count": 8}}], ["id", "shares.count"]).to_pyarrow().to_pylist()
    [{'id': None, 'shares.count': '8', 'export_row': 1}]
    """
    cells = {name: pa.array([_text(record, name) for record in records], pa.string()) for name in names}
    return ibis.memtable(pa.table(cells | {"export_row": pa.array(range(1, len(records) + 1), pa.int64())}))


def unnest_lists(lists):
    """A table of `post_id` and a column of lists per kind as rows `post_id`, `kind`, `value`, one for each part of a list."""
    kinds = [column for column in lists.columns if column != "post_id"]
    long = lists.pivot_longer(kinds, names_to="kind")
    return long.select("post_id", "kind", value=long.value.unnest())


def html_text(markup):
    """The text of HTML as platforms write it: tags taken out, paragraphs and breaks as line breaks, entities as letters.

    >>> html_text('<p>Talks &amp; tea<br>at <a href="https://example.org/a"><span>https://</span>example.org/a</a></p><p>7</p>')
    'Talks & tea\\nat https://example.org/a\\n\\n7'
    """
    parted = re.sub(r"(?i)</(?:p|ul|ol|blockquote|pre)>\s*(?=<(?:p|ul|ol|blockquote|pre)\b)", "\n\n", markup)
    broken = re.sub(r"(?i)<br\s*/?>|</li>(?=\s*<li)", "\n", parted)
    marked, end, rest = broken.rpartition(">")  # behind the last ">" is no tag, only long searches for its end
    return html.unescape(re.sub(r"<[a-zA-Z/][^>]*>", "", marked + end) + rest).strip("\n")


def object_at(parent, name):
    """The object of that name in an object; an empty one where there is none."""
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def objects_in(value):
    """The objects of a list; none where R's jsonlite wrote `{}` for an empty one."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _line(record):
    try:
        line = BROKEN_LINE if isinstance(record, BrokenJson) else json.dumps(record if isinstance(record, dict) else {})
    except RecursionError:
        line = BROKEN_LINE
    return (line if len(line) < LONGEST_RECORD else BROKEN_LINE).encode() + b"\n"


def _text(record, name):
    for key in name.split("."):
        if isinstance(record, list):
            record = record[int(key)] if key.isdigit() and int(key) < len(record) else None
        else:
            record = record.get(key) if isinstance(record, dict) else None
    if record is None or isinstance(record, (dict, list)):
        return None
    return HALF_OR_NUL.sub("", record if isinstance(record, str) else json.dumps(record))
