"""How a JSON file of pages becomes records: one value over several lines, a list of values, or a value to a line.

Parsed in Python, since an object of a page may hold a tree of others; what comes out is text under dotted names
(`shares.count`), so that a reader maps it as it maps columns.
"""

import json
import re

import ibis
import pyarrow as pa

from digidip.readers._files import in_utf8, opening
from digidip.tables import ReaderError

# Halves of surrogate pairs cannot be written as UTF-8.
HALF_OR_NUL = re.compile("[\ud800-\udfff\0]")
NOT_UTF8 = re.compile("[\udc80-\udcff]")


def values(path, *, mended=str):
    """The JSON values of a file, in order; None for a line that is no JSON in UTF-8.

    A list is taken as its values. `mended` makes a known defect of a tool good in the text of the file. A file that is
    neither one value nor lines of values raises `ReaderError`.
    """
    opening(path)
    text = in_utf8(path).read_bytes().decode("utf-8-sig", "surrogateescape").replace("\0", "").strip()
    whole = _parsed(text)
    if whole is None:
        whole = _parsed(mended(text))
    if whole is None:
        return _lines(path, text)
    return whole if isinstance(whole, list) else [whole]


def texts(records, names):
    """Nested records as an Ibis table of text columns `names` (dotted; a number is a place in a list; missing where there
    is none) and `export_row` (1 = first).

    >>> texts([{"shares": {"count": 8}}], ["id", "shares.count"]).to_pyarrow().to_pylist()
    [{'id': None, 'shares.count': '8', 'export_row': 1}]
    """
    cells = {name: pa.array([_text(record, name) for record in records], pa.string()) for name in names}
    return ibis.memtable(pa.table(cells | {"export_row": pa.array(range(1, len(records) + 1), pa.int64())}))


def _lines(path, text):
    lines = [_parsed(line) for line in text.split("\n") if line.strip()]
    if len(lines) < 2 or not isinstance(lines[0], (dict, list)):
        raise ReaderError(
            f"{path} (line 1): JSON that breaks off, is malformed or not UTF-8. Expected: one value, a list of them, or one "
            "to a line. Give the file as the tool wrote it."
        )
    return lines


def _parsed(text):
    try:
        return None if NOT_UTF8.search(text) else json.loads(text)
    except (ValueError, RecursionError):
        return None


def _text(record, name):
    for key in name.split("."):
        if isinstance(record, list):
            record = record[int(key)] if key.isdigit() and int(key) < len(record) else None
        else:
            record = record.get(key) if isinstance(record, dict) else None
    if record is None or isinstance(record, (dict, list)):
        return None
    return HALF_OR_NUL.sub("", record if isinstance(record, str) else json.dumps(record))
