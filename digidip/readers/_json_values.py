"""How JSON that holds many things to a value is taken apart: a file of pages into its values, a cell into its texts.

The values of a file are split in plain Python, one by one: the engine takes thousands of lines at once, and where a line is
a page of some megabytes, that is more than its memory.
"""

import json
import re

import ibis

from digidip.readers._files import in_utf8, opening
from digidip.readers._objects import is_json
from digidip.tables import ReaderError

BETWEEN = re.compile(r"[\s,\]]*")
BOM = b"\xef\xbb\xbf"


@ibis.udf.scalar.builtin(name="json_extract_string", signature=(("string", "string"), "array<string>"))
def parts(text, places):
    """Engine function: the values of a JSON list that stand at places with a `*`, as text."""


def listed(cell, key):
    """The texts of a JSON list; of a list of objects, which older versions wrote, what stands under `key`."""
    sound = ibis.ifelse(is_json(cell), cell, "[]")
    return ibis.ifelse(sound.startswith("[{"), parts(sound, f"$[*].{key}"), parts(sound, "$[*]"))


def pages(path):
    """The values of a file, one by one: those of an array, of lines (a message for a broken one), or of spread objects."""
    head = opening(path).lstrip()
    first, _, rest = head.partition("\n")
    is_spread = head[:1] == "{" and not leading(first, 0) and rest.strip() and rest.lstrip()[0] != "{"
    if head[:1] == "[" or is_spread:
        yield from _values(path)
        return
    with open(in_utf8(path), "rb") as file:
        for line in file:
            if line.strip(BOM + b"\0 \t\r\n"):
                yield _line(line)


def _line(line):
    try:
        return json.loads(line.removeprefix(BOM).replace(b"\0", b"").decode(), strict=False)
    except UnicodeDecodeError:
        return "bytes that are not UTF-8"
    except (ValueError, RecursionError):
        return "broken JSON"


def _values(path):
    """The values of an array, or of objects one after the other, without holding more than their text."""
    text = _whole(path)
    place, number, decoder = int(text[0] == "["), 0, json.JSONDecoder(strict=False)
    while (place := BETWEEN.match(text, place).end()) < len(text):
        number += 1
        try:
            value, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            raise ReaderError(
                f"{path} (record {number}): JSON that breaks off or is malformed. Expected: a whole export. "
                "Give the file as the tool wrote it."
            ) from None
        yield value


def _whole(path):
    """The text of a file that is one array or spread objects; `ReaderError` if it is not UTF-8 or an array has no end."""
    try:
        text = in_utf8(path).read_bytes().replace(b"\0", b"").decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise ReaderError(
            f"{path} (byte {error.start}): not UTF-8. Expected: UTF-8 text. Convert it (for Windows text: iconv -f cp1252 "
            "-t utf-8)."
        ) from None
    if text[0] == "[" and text[-1] != "]":
        raise ReaderError(
            f"{path}: a JSON array that breaks off. Expected: a whole export. Give the file as the tool wrote it."
        )
    return text


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


def leading(text, start):
    """The JSON value that begins at a place of a text; None where none does."""
    try:
        return json.JSONDecoder(strict=False).raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        return None
