"""How JSON whose records lie inside pages, threads or chats becomes rows: unwrapped in plain Python, then one text each.

A file is one JSON value (pretty-printed or not), an array of values, or lines of values. A reader turns the values into
records, `rows_of` turns the records into rows as `objects` does for plain lines.
"""

import html
import json
import re
from itertools import islice

import ibis
import pyarrow as pa

from digidip.readers._files import in_utf8, opening
from digidip.readers._objects import parsed
from digidip.tables import ReaderError

CHUNK = 1 << 20
LONGEST = 64 << 20
BROKEN = "{"
GAP = re.compile(r"[\s,]*")


def values(path, hook=None):
    """The JSON values of a file in order: those of its lines, of its one array, or the one it is.

    A line that is no JSON gives None. `hook` is called with every object, as json.loads does. A file that is one value
    and broken raises `ReaderError`.
    """
    if opening(path).lstrip().startswith("{") and _is_lines(path):
        with open(in_utf8(path), "rb") as file:
            yield from (_value(line, hook) for line in file if line.strip(b"\0 \t\r\n\xef\xbb\xbf"))
        return
    with open(in_utf8(path), "rb") as file:
        value = _value(file.read(), hook)
    if value is None:
        raise _broken(path)
    yield from value if isinstance(value, list) else [value]


def elements(path, key):
    """The elements of the array under `key`, one after the other, so that a file larger than the memory can be read.

    An array that breaks off raises `ReaderError`.
    """
    with open(in_utf8(path), encoding="utf-8-sig") as file:
        text = _more(path, file)
        at = re.search(rf'"{key}"\s*:\s*\[', text).end()
        while text[(at := GAP.match(text, at).end()) : at + 1] != "]":
            try:
                value, at = json.JSONDecoder().raw_decode(text, at)
            except (ValueError, RecursionError):
                text, at = text[at:] + _more(path, file, len(text) - at), 0
            else:
                yield value


def rows_of(records, shape):
    """Rows as `objects` gives them: `export_row`, `is_broken`, and `it` of the declared shape; None is a broken record."""
    texts = pa.array(map(_text, records), pa.large_string())
    numbers = pa.array(range(1, len(texts) + 1), pa.int64())
    return parsed(ibis.memtable(pa.table({"export_row": numbers, "text": texts})), shape)


def plain(markup):
    """The text of HTML as platforms write it: tags taken out, paragraphs and breaks as line breaks, entities as letters.

    >>> plain('<p>Talks &amp; tea<br>at <a href="https://example.org/a"><span>https://</span>example.org/a</a></p><p>7</p>')
    'Talks & tea\\nat https://example.org/a\\n\\n7'
    """
    parted = re.sub(r"(?i)</(?:p|ul|ol|blockquote|pre)>\s*(?=<(?:p|ul|ol|blockquote|pre)\b)", "\n\n", markup)
    broken = re.sub(r"(?i)<br\s*/?>|</li>(?=\s*<li)", "\n", parted)
    return html.unescape(re.sub(r"<[a-zA-Z/][^>]*>", "", broken)).strip("\n")


def _is_lines(path):
    with open(in_utf8(path), "rb") as file:
        firsts = (line.removeprefix(b"\xef\xbb\xbf") for line in islice(file, 20))
        return any(isinstance(_value(line), dict) for line in firsts if line.startswith(b"{"))


def _value(data, hook=None):
    try:
        return json.loads(data.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").decode(), object_hook=hook)
    except (ValueError, RecursionError):
        return None


def _text(record):
    try:
        return BROKEN if record is None else json.dumps(record)
    except RecursionError:
        return BROKEN


def _more(path, file, held=0):
    """The next part of a file; `ReaderError` where there is none, or where what is held is too long to be a record."""
    try:
        part = file.read(CHUNK)
    except UnicodeDecodeError:
        raise _broken(path) from None
    if not part or held > LONGEST:
        raise _broken(path)
    return part


def _broken(path):
    return ReaderError(
        f"{path}: JSON that breaks off or is malformed. Expected: a whole export, one JSON value or one per line. "
        "Give the file as the tool wrote it, or collect it again."
    )
