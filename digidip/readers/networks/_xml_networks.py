"""Networks in XML, read element by element by the parser of the standard library.

A document type declaration is refused before anything in it is looked at: entities can blow a small file up to more
than any memory holds. The text is UTF-8, whatever the file declares: what is not has been refused or converted by then.
"""

from contextlib import suppress
from functools import partial
from xml.parsers import expat

from digidip.readers.opening.head import read_head
from digidip.tables import ReaderError

CHUNK = 1 << 18


def root_of(head):
    """The name of the root element, or of the document type if one is declared; `""` for no XML."""
    names, parser = [], expat.ParserCreate("utf-8")

    def noted(name, *_rest):
        names.append(_without_namespace(name))
        raise StopIteration

    parser.StartElementHandler = parser.StartDoctypeDeclHandler = noted
    with suppress(expat.ExpatError, StopIteration):
        parser.Parse(head.text, False)
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
    with open(read_head(path).utf8_path, "rb") as file:
        while chunk := file.read(CHUNK):
            _parse(path, parser, chunk)
            yield from events
            events.clear()
    _parse(path, parser, b"", is_last=True)


def _parse(path, parser, chunk, *, is_last=False):
    try:
        parser.Parse(chunk, is_last)
    except expat.ExpatError as error:
        raise ReaderError(
            f"{path} (line {error.lineno}): XML that breaks off, is malformed or not UTF-8. Expected: a whole network "
            "file. Export it again, or convert it (for Windows text: iconv -f cp1252 -t utf-8)."
        ) from None


def _refuse_doctype(path, *_declared):
    raise ReaderError(
        f"{path} (head): a document type declaration (<!DOCTYPE). Expected: a network without one, since entities "
        "declared there can fill the memory. Take the declaration out, or open the file in Gephi and export it."
    )


def _without_namespace(name):
    return name.rpartition(":")[2]
