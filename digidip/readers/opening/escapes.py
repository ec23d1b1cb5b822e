"""Texts that a program wrote in its own notation: Python's bytes, `b'D\\xc3\\xa9claration'`, and R's `<U+0628>`; read back."""

import ast
import re

import ibis

BYTES = re.compile(r"""b'.*'|b".*\"""", re.DOTALL)
OF_BYTES = "the text stood in Python's notation for bytes, and was read back"
OF_CODES = "the text held characters in R's notation <U+…>, and they were read back"
LIKE_BYTES = "the text looks like Python's notation for bytes, and stays as it is, since not all texts of the file are"
LIKE = r"""(?s)^\s*b(?:'.*'|".*"|['"].*\\x[0-9a-f]{2}.*)\s*$"""  # whole, or cut off
CODE = re.compile(r"<U\+[0-9A-Fa-f]{4,8}>")
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
    return ibis.ifelse(text.contains("<U+").fill_null(False), text.re_search(CODE.pattern), False)


def read_back(text, *, is_bytes=False):
    """The Ibis column of texts with R's characters read back, and Python's bytes where the file is known to have them.

    >>> texts = ibis.memtable({"text": ["<U+0628><U+064A> at <U+0001F600>", r"b'D\\xc3\\xa9\\n\\\\ \\''", "a <U+ b"]}).text
    >>> read_back(texts, is_bytes=True).to_list()
    ['بي at 😀', "Dé\\n\\\\ '", 'a <U+ b']
    """
    text = _of_bytes(text) if is_bytes else text
    return ibis.ifelse(has_codes(text), _of_codes(text), text)


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
    is_character = (number > 0) & (number <= 0x10FFFF) & ~number.between(0xD800, 0xDFFF)
    whole = _character(ibis.ifelse(is_character.fill_null(False), number, 63)) + part.re_replace(AFTER_CODE, "")
    return ibis.ifelse(is_character.fill_null(False), whole, "<U+" + part)
