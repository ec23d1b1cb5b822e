"""The JSON values of a file, in order: those of its lines, of its arrays, or of objects spread over lines.

Parsed in Python, one by one and piece by piece: the engine takes thousands of lines at once, and where a line is a page
of some megabytes, or an object a tree of others, that is more than its memory.
"""

import json
import re

from digidip.readers.opening.head import BOM, decode_json, read_head
from digidip.tables import ReaderError

CHUNK, LONGEST = 1 << 20, 256 << 20
GAP = re.compile(r"[\s,]*")
# What "surrogateescape" makes of bytes that are not UTF-8; an escape in JSON is plain text still.
NOT_UTF8 = re.compile("[\udc80-\udcff]")
ODD_BYTES = "bytes that are not UTF-8"


class BrokenJson(str):
    """Why a line or an element of a file is no JSON value; it stands in the place of the value."""


def json_values(path, hook=None):
    """The JSON values of a file, those of lists one by one; `Broken` for a line that is no JSON.

    Commas too many between values are passed over. `hook` is called with every object, as json.loads does. A file that
    breaks off, or is malformed and not made of lines, raises `ReaderError`.
    """
    decoder = json.JSONDecoder(strict=False, object_hook=hook)
    for value in _of_lines(path, decoder) if _is_lines(path) else _of_text(path, decoder):
        yield from value if isinstance(value, list) else [value]


def is_engine_readable(path):
    """Whether the engine can take the records as they stand: objects, one per line and nothing behind it, or one array."""
    head = read_head(path).start
    first = head.partition("\n")[0]
    return not _is_lines(path) if head[:1] == "[" else _is_lines(path) and not first.rstrip().endswith(",")


def json_elements(path, key):
    """The elements of the first array under `key`, one by one. An array that breaks off raises `ReaderError`.

    An empty one that the same key follows is passed over: Mastodon writes `"orderedItems":[],"orderedItems":[…]`.
    """
    begin = rf'"{key}"\s*:\s*'
    return _of_text(path, json.JSONDecoder(strict=False), re.compile(rf"{begin}(?:\[\s*\]\s*,\s*{begin})*(?=\[)"))


def _is_lines(path):
    """Whether every line is a value of its own: the first is whole, or so broken that the second does not go on with it."""
    head = read_head(path).start
    first, _newline, rest = head.partition("\n")
    is_whole = decode_json(json.JSONDecoder(strict=False), first, 0)[1] == len(first.rstrip()) > 0
    if head[:1] == "[" or is_whole:
        return is_whole and (head[:1] != "[" or bool(rest.strip()))
    if head[:1] != "{" or not rest.strip():
        return head[:1] != "{" or not read_head(path).is_whole
    return _stop(head) <= len(head) - len(rest.lstrip())


def _stop(text):
    """The place at which a text is no JSON any more."""
    try:
        return json.JSONDecoder().raw_decode(text)[1]
    except json.JSONDecodeError as error:
        return error.pos
    except (ValueError, RecursionError):  # numbers of thousands of digits, lists of thousands in one another
        return len(text)


def _of_lines(path, decoder):
    with open(read_head(path).utf8_path, "rb") as file:
        for line in file:
            if line.strip(BOM + b"\0 \t\r\n"):
                yield _line(line, decoder)


def _line(line, decoder):
    try:
        return decoder.decode(line.removeprefix(BOM).replace(b"\0", b"").decode().rstrip().removesuffix(","))
    except UnicodeDecodeError:
        return BrokenJson(ODD_BYTES)
    except (ValueError, RecursionError):
        return BrokenJson("broken JSON")


def _of_text(path, decoder, before=None):
    """The values of a text, its arrays opened; with `before`, those of the one array behind that pattern."""
    with open(read_head(path).utf8_path, encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        text, number, is_open, is_last = file.read(CHUNK).replace("\0", ""), 1, False, False
        at = before.search(text).end() if before else 0
        while True:
            at = GAP.match(text, at).end()
            mark = text[at : at + 1]
            if mark and mark == ("]" if is_open else "["):
                at, is_open = at + 1, not is_open
                if before and not is_open:
                    return
                continue
            value, end = decode_json(decoder, text, at)
            if end and (end < len(text) or is_last):
                yield BrokenJson(ODD_BYTES) if NOT_UTF8.search(text, at, end) else value
                at, number = end, number + 1
            elif is_last and not (mark or is_open):
                return
            elif is_last or len(text) - at > LONGEST:
                raise ReaderError(
                    f"{path} (record {number}): JSON that breaks off or is malformed. Expected: a whole export, one JSON "
                    "value or one per line. Give the file as the tool wrote it, or collect it again."
                )
            else:
                part = file.read(max(CHUNK, len(text) - at))
                text, at, is_last = text[at:] + part.replace("\0", ""), 0, not part
