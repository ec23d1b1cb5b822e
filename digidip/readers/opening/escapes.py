"""Texts that a program wrote in its own notation: Python's bytes, `b'D\\xc3\\xa9claration'`, and R's `<U+0628>`; read back.

So are R's bytes, `<c3><a9>`. What people may have written so themselves, JSON's `\\u0628` and HTML's `&amp;`, is read back
where the map of the file says that its tool writes so, and told where it does not.
"""

import ast
import re
from html.entities import name2codepoint

import ibis

BYTES = re.compile(r"""b'.*'|b".*\"""", re.DOTALL)
OF_BYTES = "the text stood in Python's notation for bytes, and was read back"
OF_CODES = "the text held characters in R's notation <U+…> or <c3><a9>, and they were read back"
# What people may write, too: read back only where the map says `escapes`.
NOTATIONS = {
    "json": r"\\u[0-9a-fA-F]{4}",
    "html": rf"&(?:{'|'.join(name2codepoint)}|apos|#[0-9]{{2,7}}|#[xX][0-9a-fA-F]{{2,6}});",
}
UNREAD = "the text holds characters as {notation} writes them, and stays as it is; if its tool writes so, say `escapes: {key}` in the map"
LIKE_BYTES = "the text looks like Python's notation for bytes, and stays as it is, since not all texts of the file are"
LIKE = r"""(?s)^\s*b(?:'.*'|".*"|['"].*\\x[0-9a-f]{2}.*)\s*$"""  # whole, or cut off
CODE = re.compile(r"<U\+[0-9A-Fa-f]{4,8}>|(?:<[89a-f][0-9a-f]>){2}")
# Escapes of Python beside \\x41, the only one that the engine knows; the backslash first.
ESCAPES = {r"\\": r"\x5C", r"\n": r"\x0A", r"\r": r"\x0D", r"\t": r"\x09", r"\'": r"\x27", r"\"": r"\x22"}
AFTER_CODE = "^([0-9A-Fa-f]{4,8})>"


@ibis.udf.scalar.builtin(name="decode", signature=(("binary",), "string"))
def _decoded(data):
    """Engine function: the text that bytes are in UTF-8."""


@ibis.udf.scalar.builtin(name="try", signature=(("string",), "string"))
def _tried(text):
    """Engine function: the text, or missing where it cannot be made."""


@ibis.udf.scalar.builtin(name="chr", signature=(("int32",), "string"))
def _character(number):
    """Engine function: the character of a number."""


@ibis.udf.scalar.builtin(name="url_decode", signature=(("string",), "string"))
def _percent_decoded(text):
    """Engine function: text with `%c3%a9` as the character that these bytes are in UTF-8."""


@ibis.udf.scalar.builtin(name="json_extract_string", signature=(("string", "string"), "string"))
def _json_string(json, path):
    """Engine function: the text that a string of JSON is."""


def are_bytes(cells):
    """Whether cells, those that are blank apart, are all Python's notation for bytes that are UTF-8.

    >>> are_bytes([r"b'D\\xc3\\xa9claration'", "", "b'!'"]), are_bytes(["b'!'", "b'day"]), are_bytes([r"b'\\xff'"])
    (True, False, False)
    """
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and all(BYTES.fullmatch(cell) and _is_literal(cell) for cell in filled)


def _is_literal(cell):
    try:
        ast.literal_eval(cell).decode()
        return True
    except (ValueError, SyntaxError, AttributeError, MemoryError):
        return False


def has_codes(text):
    """Whether an Ibis column of texts holds characters in R's notation; few texts do."""
    return ibis.ifelse(text.contains("<").fill_null(False), text.re_search(CODE.pattern), False)


def read_back(text, *, is_bytes=False):
    """The Ibis column of texts with R's characters read back, and Python's bytes where the file is known to have them.

    >>> texts = ["<U+0628><U+064A> at <U+0001F600>", r"b'D\\xc3\\xa9\\n\\\\ \\''", "a <U+ b", "100 %<f0><9f><98><80>"]
    >>> read_back(ibis.memtable({"text": texts}).text, is_bytes=True).to_list()
    ['بي at 😀', "Dé\\n\\\\ '", 'a <U+ b', '100 %😀']
    """
    text = _of_bytes(text) if is_bytes else text
    return ibis.ifelse(has_codes(text), _of_byte_codes(_of_codes(text)), text)


def unescaped_text(text, notation):
    """The Ibis column of texts with what one of NOTATIONS escapes read back; what is none of it stays.

    >>> json, html = ibis.memtable({"text": [r'"\\u0628" \\ud83d\\ude00']}).text, ibis.memtable({"text": ["Q&amp;A &eacute;&#x628;&lt;"]}).text
    >>> unescaped_text(json, "json").to_list(), unescaped_text(html, "html").to_list()
    (['"ب" 😀'], ['Q&A éب<'])
    """
    return ibis.ifelse(text.re_search(NOTATIONS[notation]), {"json": _of_json, "html": _of_html}[notation](text), text)


def _of_json(text):
    text = text.replace(r"\"", '"')  # some tools have escaped these, too
    for character, escaped in (('"', r"\""), ("\n", r"\n"), ("\r", r"\r"), ("\t", r"\t")):
        text = text.replace(character, escaped)
    return ibis.coalesce(_tried(_json_string('"' + text + '"', "$")), text)


def _of_html(text):
    parts = text.split("&")
    return parts[0] + parts[1:].map(_html_part).join("")


def _html_part(part):
    """What follows a `&`: a sign by its number or its name and the rest, or no sign."""
    hexadecimal = "0x" + part.re_extract("^#[xX]([0-9A-Fa-f]{2,6});", 1)
    by_name = part.re_extract("^([A-Za-z]+[0-9]*);", 1).cases(*name2codepoint.items(), ("apos", 39))
    numbers = hexadecimal, part.re_extract("^#([0-9]{2,7});", 1)
    number = ibis.coalesce(*(each.try_cast("int32") for each in numbers), by_name.cast("int32"))
    return _character_before(number, part.re_replace("^#?[A-Za-z0-9]+;", ""), "&" + part)


def _of_byte_codes(text):
    coded = text.replace("%", "%25").re_replace("<([89a-f][0-9a-f])>", r"%\1")
    return ibis.coalesce(_tried(_percent_decoded(coded)), text)


def _of_bytes(text):
    inner = text.strip().re_extract("(?s)^b'(.*)'$", 1) + text.strip().re_extract('(?s)^b"(.*)"$', 1)
    for escape, byte in ESCAPES.items():
        inner = inner.replace(escape, byte)
    is_literal = text.strip().re_search("""(?s)^b(?:'.*'|".*")$""")
    return ibis.coalesce(ibis.ifelse(is_literal, _tried(_decoded(inner.try_cast("binary"))), None), text)


def _of_codes(text):
    """The first part has no code before it; of every other one it stands at its beginning, if it is one."""
    parts = text.split("<U+")
    return parts[0] + parts[1:].map(_part).join("")


def _part(part):
    number = ("0x" + part.re_extract(AFTER_CODE, 1)).try_cast("int32")
    return _character_before(number, part.re_replace(AFTER_CODE, ""), "<U+" + part)


def _character_before(number, rest, otherwise):
    """The character of a number and the rest of the text, or the text as it was where no character has that number."""
    is_character = ((number > 0) & (number <= 0x10FFFF) & ~number.between(0xD800, 0xDFFF)).fill_null(False)
    return ibis.ifelse(is_character, _character(ibis.ifelse(is_character, number, 63)) + rest, otherwise)
