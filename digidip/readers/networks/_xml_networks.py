"""Networks in XML, read element by element by the parser of the standard library.

A document type declaration is refused before anything in it is looked at: entities can blow a small file up to more
than any memory holds. Characters that XML forbids are taken out of texts and attributes and counted; in an id they are
refused. The text is UTF-8, whatever the file declares: what is not has been refused or converted by then.
"""

import re
from contextlib import suppress
from functools import partial
from pathlib import Path
from xml.parsers import expat

from digidip.readers.opening.head import read_head
from digidip.tables import ReaderError

CHUNK = 1 << 18
# Characters that XML forbids, as they are or as references, which tools copied from texts without a look.
FORBIDDEN = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]"
    rb"|&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]));"
)
# An attribute that says which node or column is meant, where two would become one; only the start of a tag holds any.
OF_IDS = re.compile(rb"""(?<=\s)(?:id|pid|source|target|for|key)\s*=\s*(?:"[^"]*"|'[^']*')(?=[^<>]*>)""")
FORBIDDEN_OR_ID = re.compile(rb"(?P<id>" + OF_IDS.pattern + rb")|" + FORBIDDEN.pattern)
LONGEST_REFERENCE = 16
_removed = {}  # file → how many forbidden characters were taken out when it was last read


def root_of(head):
    """The name of the root element, or of the document type if one is declared; `""` for no XML."""
    names, parser = [], expat.ParserCreate("utf-8")

    def noted(name, *_rest):
        names.append(_without_namespace(name))
        raise StopIteration

    parser.StartElementHandler = parser.StartDoctypeDeclHandler = noted
    with suppress(expat.ExpatError, StopIteration):
        parser.Parse(_without_forbidden(head.text.encode())[0], False)
    return names[0] if names else ""


def elements(path, root):
    """The starts and ends of elements, in order: ("start", name, attributes) or ("end", name, text).

    Names are without namespace. A file of another root, with a document type, or malformed raises `ReaderError`.
    """
    if root_of(read_head(path)) != root:
        raise ReaderError(
            f"{path} (head): no <{root}> at the head of the file. Expected: a network as {root}. Give the right reader "
            "(digidip list)."
        )
    parser, events, texts = expat.ParserCreate("utf-8"), [], []
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = partial(_refuse_doctype, path)
    parser.CharacterDataHandler = texts.append

    def started(name, attributes):
        texts.clear()
        events.append(("start", _without_namespace(name), attributes))

    def ended(name):
        events.append(("end", _without_namespace(name), "".join(texts).strip()))
        texts.clear()

    parser.StartElementHandler, parser.EndElementHandler = started, ended
    for chunk in _allowed_chunks(path):
        _parse(path, parser, chunk)
        yield from events
        events.clear()
    _parse(path, parser, b"", is_last=True)


def removed_characters(path):
    """How many characters that XML forbids were taken out of a file when it was last read."""
    return _removed.get(Path(path).resolve(), 0)


def _allowed_chunks(path):
    """The bytes of a file in pieces without the characters that XML forbids; no tag and no reference is cut in two."""
    key, tail = Path(path).resolve(), b""
    _removed[key] = 0
    with open(read_head(path).utf8_path, "rb") as file:
        while chunk := file.read(CHUNK):
            text = tail + chunk
            cut = _before_open_piece(text)
            clean, times = _without_forbidden(text[:cut])
            _removed[key] += times
            tail = text[cut:]
            yield clean
    clean, times = _without_forbidden(tail)
    _removed[key] += times
    yield clean


def _before_open_piece(text):
    """Where in bytes the last tag, reference or letter begins that may go on behind them."""
    cut = len(text)
    while cut and text[cut - 1] & 0x80:
        cut -= 1
    for start, end in ((b"&", b";"), (b"<", b">")):
        place = text.rfind(start, 0, cut)
        is_open = place >= 0 and text.find(end, place, cut) < 0
        cut = place if is_open and (start == b"<" or cut - place < LONGEST_REFERENCE) else cut
    return cut


def _without_forbidden(text):
    """A piece without the characters that XML forbids, and how many there were."""
    found = sum(match["id"] is None for match in FORBIDDEN_OR_ID.finditer(text)) if FORBIDDEN.search(text) else 0
    return FORBIDDEN_OR_ID.sub(lambda match: match["id"] or b"", text) if found else text, found


def _parse(path, parser, chunk, *, is_last=False):
    try:
        parser.Parse(chunk, is_last)
    except expat.ExpatError as error:
        if FORBIDDEN.search(chunk):
            raise ReaderError(
                f"{path} (line {error.lineno}): an id with a control character, which XML forbids. Expected: ids without; they are "
                "not mended here, since two might become one. Change that id in a text editor, wherever it stands."
            ) from None
        raise ReaderError(
            f"{path} (line {error.lineno}): XML that breaks off, is malformed or not UTF-8 ({expat.ErrorString(error.code)}). "
            "Expected: a whole network file. Export it again, or convert it (for Windows text: iconv -f cp1252 -t utf-8)."
        ) from None


def _refuse_doctype(path, *_declared):
    raise ReaderError(
        f"{path} (head): a document type declaration (<!DOCTYPE). Expected: a network without one, since entities "
        "declared there can fill the memory. Take the declaration out, or open the file in Gephi and export it."
    )


def _without_namespace(name):
    return name.rpartition(":")[2]
