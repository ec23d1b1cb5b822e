"""JSON encoded twice: texts that hold JSON, one for the file, for each line or in a list, as `json.dump(json.dumps(…))` leaves them."""

import json
import re
from pathlib import Path

from digidip.readers.opening.copies import temporary_path

# A text at the beginning of the file that begins as an object or a list, with a name or a text in it in escaped quotes.
HEAD = re.compile(rb'(?:\xef\xbb\xbf)?\s*\[?\s*"(?:\\[nrt]|\s)*[\[{](?:\\[nrt]|[\s\[{])*\\"')


def is_json_twice(data):
    """Whether a file that begins with the bytes `data` is JSON encoded twice.

    >>> is_json_twice(b'"{\\\\"id\\\\": 1}"'), is_json_twice(b'["{\\\\"id\\\\": 1}"]'), is_json_twice(b'{"id": "{}"}')
    (True, True, False)
    """
    return bool(HEAD.match(data))


def json_once(path):
    """The path of a private copy in which each text is the JSON that it holds; a line that is none stays as it is."""
    copy = temporary_path("once", ".json")
    text = Path(path).read_text(encoding="utf-8-sig")
    whole = _value(text)
    lines = text.splitlines() if whole is None else whole if isinstance(whole, list) else [whole]
    with open(copy, "w", encoding="utf-8", newline="\n") as target:
        for line in lines:
            inner = _value(line) if whole is None else line
            target.write((inner if isinstance(inner, str) else line if whole is None else json.dumps(line)) + "\n")
    return copy


def _value(text):
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
