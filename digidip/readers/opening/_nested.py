"""How nested records become rows: records that Python took out of pages, trees and chats, lists and HTML in a cell.

What is in pages and trees is parsed in plain Python (`_values`); its records go on to the engine as private lines, or as
text under dotted names (`shares.count`), so that a reader maps them as it maps columns.
"""

import html
import json
import re

import ibis
import pyarrow as pa

from digidip.readers.opening._files import fresh
from digidip.readers.opening._objects import LONGEST, is_json, objects
from digidip.readers.opening._values import Broken

BROKEN = "{"
# The envelope of Zeeschuimer and of 4CAT: what is inside is theirs to read.
WRAPPED = re.compile(r'"(?:source_platform|__import_meta)"\s*:')
# Halves of surrogate pairs cannot be written as UTF-8.
HALF_OR_NUL = re.compile("[\ud800-\udfff\0]")


@ibis.udf.scalar.builtin(name="json_extract_string", signature=(("string", "string"), "array<string>"))
def parts(text, places):
    """Engine function: the values of a JSON list that stand at places with a `*`, as text."""


def listed(cell, key):
    """The texts of a JSON list; of a list of objects, which older versions wrote, what stands under `key`."""
    sound = ibis.ifelse(is_json(cell), cell, "[]")
    return ibis.ifelse(sound.startswith("[{"), parts(sound, f"$[*].{key}"), parts(sound, "$[*]"))


def rows_of(records, shape):
    """Rows as `objects` gives them: `export_row` (1 = first), `is_broken`, and `it` of the declared shape.

    The records go through a private file, from which the engine reads.
    """
    copy, held = lines_of(records)
    rows = objects(copy, shape)
    copy.unlink()
    return rows.limit(None if held else 0)


def lines_of(records):
    """A private file with a line for each record, written one by one, and how many bytes they take; never an empty file.

    A `Broken` is a broken line, and what is no object is an empty one.
    """
    copy, held = fresh("records", ".jsonl"), 0
    with open(copy, "wb") as file:
        for record in records:
            held += file.write(_line(record))
        if not held:
            file.write(b"{}")
    return copy, held


def texts(records, names):
    """Nested records as an Ibis table of text columns `names` (dotted; a number is a place in a list; missing where there
    is none) and `export_row` (1 = first).

    >>> texts([{"shares": {"count": 8}}], ["id", "shares.count"]).to_pyarrow().to_pylist()
    [{'id': None, 'shares.count': '8', 'export_row': 1}]
    """
    cells = {name: pa.array([_text(record, name) for record in records], pa.string()) for name in names}
    return ibis.memtable(pa.table(cells | {"export_row": pa.array(range(1, len(records) + 1), pa.int64())}))


def unnested(lists):
    """A table of `post_id` and a column of lists per kind as rows `post_id`, `kind`, `value`, one for each part of a list."""
    kinds = [column for column in lists.columns if column != "post_id"]
    long = lists.pivot_longer(kinds, names_to="kind")
    return long.select("post_id", "kind", value=long.value.unnest())


def plain(markup):
    """The text of HTML as platforms write it: tags taken out, paragraphs and breaks as line breaks, entities as letters.

    >>> plain('<p>Talks &amp; tea<br>at <a href="https://example.org/a"><span>https://</span>example.org/a</a></p><p>7</p>')
    'Talks & tea\\nat https://example.org/a\\n\\n7'
    """
    parted = re.sub(r"(?i)</(?:p|ul|ol|blockquote|pre)>\s*(?=<(?:p|ul|ol|blockquote|pre)\b)", "\n\n", markup)
    broken = re.sub(r"(?i)<br\s*/?>|</li>(?=\s*<li)", "\n", parted)
    marked, end, rest = broken.rpartition(">")  # behind the last ">" is no tag, only long searches for its end
    return html.unescape(re.sub(r"<[a-zA-Z/][^>]*>", "", marked + end) + rest).strip("\n")


def thing(parent, name):
    """The object of that name in an object; an empty one where there is none."""
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def things(value):
    """The objects of a list; none where R's jsonlite wrote `{}` for an empty one."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def key_of(parent, name):
    """What an object is found by, as text; a key of its own, which finds nothing, where it has none."""
    value = parent.get(name)
    return str(value) if isinstance(value, (str, int)) else object()


def _line(record):
    try:
        line = BROKEN if isinstance(record, Broken) else json.dumps(record if isinstance(record, dict) else {})
    except RecursionError:
        line = BROKEN
    return (line if len(line) < LONGEST else BROKEN).encode() + b"\n"


def _text(record, name):
    for key in name.split("."):
        if isinstance(record, list):
            record = record[int(key)] if key.isdigit() and int(key) < len(record) else None
        else:
            record = record.get(key) if isinstance(record, dict) else None
    if record is None or isinstance(record, (dict, list)):
        return None
    return HALF_OR_NUL.sub("", record if isinstance(record, str) else json.dumps(record))
