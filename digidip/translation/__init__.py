"""Translation: the language that pages and findings are in, by message catalogues beside this module.

`DIGIDIP_LANG` names it (`digidip run --lang es`); what the code says is English. A catalogue is a gettext file,
<language>.po, which any editor of such files opens; docs/translation.md says how to add a language.
"""

import os
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

FOLDER = Path(__file__).parent
LANGUAGES = ("en", *sorted(path.stem for path in FOLDER.glob("*.po")))
_forced = ContextVar("language", default="")


def language():
    """The language of this run, as its BCP 47 code."""
    return _forced.get() or os.environ.get("DIGIDIP_LANG") or "en"


@contextmanager
def english():
    """English within this block: for a sentence that no catalogue has, so that it is of one language."""
    token = _forced.set("en")
    try:
        yield
    finally:
        _forced.reset(token)


def gettext(text):
    """The text in the language of this run; itself where its catalogue has none."""
    return text and _catalogue(language()).gettext(text)


def ngettext(one, many, number):
    """The text that goes with a number in the language of this run."""
    return _catalogue(language()).ngettext(one, many, number)


def is_translated(text):
    """Whether the catalogue of this run's language has the text; English has all."""
    found = _catalogue(language())
    return not isinstance(found, GNUTranslations) or text in found._catalog


@cache
def _catalogue(language):
    """The catalogue of a language."""
    if language == "en":
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO((FOLDER / f"{language}.po").read_bytes()), locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)
