"""How a JSON file becomes rows: one object per row, from an array or from lines, each with its record number.

The engine would drop late keys and turn a broken line into missing cells without a word (docs/formats.md#engine-traps),
so lines are read as text, tested, and every key is declared.
"""

import hashlib
import json

import ibis
from ibis import _

from digidip.engine import engine
from digidip.readers.opening._files import HEAD, fresh, in_utf8, opening
from digidip.readers.opening._records import literal, scan
from digidip.readers.opening._values import leading

LONGEST, ROWS = 8 << 20, 20480
# Half of a surrogate pair, and the NUL byte, make a whole line invalid; pairs and escaped backslashes stay.
HALF_OR_NUL = r"(\\\\|\\u[dD][89abAB]..\\u[dD][c-fC-F]..)|\\u[dD][89a-fA-F]..|\x00"


@ibis.udf.scalar.builtin(name="json_valid", signature=(("string",), "boolean"))
def is_json(text):
    """Engine function: whether the text is one whole JSON value."""


def objects(path, shape, cells=None):
    """Records of a JSON array or of JSON lines: `export_row`, `is_broken`, and `it`, a struct of the declared shape.

    `shape` is an Ibis struct type; a key that a record lacks is missing. A line is mended of halves of surrogate pairs
    and NUL bytes; if it is broken still, it has `is_broken` and nothing else. Blank lines are no records but count as
    lines. The file is parsed once, into a private Parquet file; an array that is broken anywhere raises an error of the
    engine (see `told`).
    """
    part = fresh("objects", ".parquet")
    records = _parsed((_array if _is_array(path) else _lines)(path), shape)
    kept = cells or {"is_broken": _.is_broken, "it": _.it}
    engine().to_parquet(records.select("is_blank", **kept), part, compression="lz4", row_group_size=ROWS)
    table = engine().read_parquet([str(part)], file_row_number=True).filter(~_.is_blank)
    return table.select(*kept, export_row=table.file_row_number + 1)


def _parsed(whole, shape):
    """Records given as JSON `text` become `is_blank`, `is_broken`, and `it`, a struct; see `objects`."""
    dtype = ibis.dtype(shape)
    transformed = ibis.udf.scalar.builtin(_transformed, name="json_transform", signature=(("string", "string"), dtype))
    tried = ibis.udf.scalar.builtin(_tried, name="try", signature=((dtype,), dtype))
    structure = json.dumps(_structure(dtype))
    whole = whole.mutate(it=tried(transformed(whole.text, structure)))
    mended = whole.text.re_replace(HALF_OR_NUL, r"\1")
    is_read = whole.it.notnull()
    is_broken = ibis.cases((is_read, False), (is_json(whole.text), False), else_=~is_json(mended))
    sound = ibis.cases((is_broken, "{}"), (is_json(whole.text), whole.text), else_=mended)
    return whole.select(
        is_blank=ibis.ifelse(is_read, False, whole.text.strip() == ""),
        is_broken=is_broken,
        it=ibis.ifelse(is_read, whole.it, transformed(sound, structure)),
    )


def first_objects(path):
    """The objects that the first 256 KiB of a JSON file hold whole, of an array only the first; none if it is no JSON."""
    text = opening(path).lstrip()
    texts = [text[1:].lstrip()] if text.startswith("[") else text.split("\n")
    if len(texts) > 1 and in_utf8(path).stat().st_size > HEAD:
        texts.pop()
    return [value for value in map(leading, texts) if isinstance(value, dict)]


def _transformed(text, structure):
    """Engine function: JSON text → struct."""


def _tried(struct):
    """Engine function: the struct, or missing where it cannot be made; so each text is parsed once."""


def _structure(dtype):
    if dtype.is_struct():
        return {name: _structure(inner) for name, inner in dtype.items()}
    return [_structure(dtype.value_type)] if dtype.is_array() else "VARCHAR"


def _is_array(path):
    return opening(path).lstrip().startswith("[")


def _lines(path):
    return scan(
        path,
        ["text"],
        has_header=False,
        delim="\x01",
        quote="",
        escape="",
        strict_mode=False,
        max_line_size=LONGEST,
        buffer_size=2 * LONGEST,
    )


def _array(path):
    place = literal(in_utf8(path)).replace("'", "''")
    name = f"array_{hashlib.sha256(place.encode()).hexdigest()[:16]}"
    source = f"read_json_objects('{place}', format='array', compression='none')"
    engine().con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT json::VARCHAR AS text FROM {source}")
    return engine().table(name)
