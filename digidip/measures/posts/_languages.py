"""The language of a text: what the platform declares, else what two identifiers agree on; and the languages of states.

Nothing is said of a text below so many characters, since there identifiers err (docs/methods.md#languages).
"""

import re
import unicodedata
from functools import cache

import pandas as pd

UNDETERMINED = "und"
NO_LANGUAGE = {
    "und",
    "zxx",
    "mul",
    "art",
    "mis",
    "qme",
    "qht",
    "qam",
    "qct",
    "qst",
    "",
}  # words for none, or none known
RENAMED = {"in": "id", "iw": "he", "ji": "yi", "nb": "no", "nn": "no", "tl": "fil", "hbs": "sh"}
WRITTEN_AS = {  # spoken languages whose speakers read and write another, in most of what is published
    **dict.fromkeys(("arz", "apc", "ajp", "ary", "arq", "acm", "aeb", "apd", "afb", "acq", "shu"), "ar"),
    **dict.fromkeys(("gsw", "bar", "nds"), "de"),
    **dict.fromkeys(("wuu", "yue", "hak", "nan", "hsn", "gan", "cjy", "zhx"), "zh"),
}
TOKENS = re.compile(r"https?://\S+|[@#＃＠][\w]+|\[[^\]\n]{1,40}\]|\bRT\b")
IDENTIFIERS = ("py3langid", "pycld2")


def primary_language(tag):
    """The language of a BCP 47 or ISO 639-3 tag, as BCP 47 writes it without script and region; `und` for none.

    >>> [primary_language(tag) for tag in ("pt-BR", "afr", "iw", "zxx", None)]
    ['pt', 'af', 'he', 'und', 'und']
    """
    word = "" if pd.isna(tag) else re.split(r"[-_]", str(tag).strip().lower())[0]
    if word in NO_LANGUAGE:
        return UNDETERMINED
    return RENAMED.get(word) or _two_letters(word)


@cache
def _two_letters(word):
    """The two letters of a code of three, where there are such."""
    if len(word) != 3:
        return word
    import pycountry  # here: it takes a tenth of a second

    found = pycountry.languages.get(alpha_3=word)
    short = getattr(found, "alpha_2", word)
    return RENAMED.get(short, short)


def plain_text(text):
    """The words of a text: addresses, handles, hashtags and what stands in brackets taken out, blanks made one.

    >>> plain_text("[synthetic] See https://example.org/x @mfa  the #visa rules")
    'See the rules'
    """
    return " ".join(TOKENS.sub(" ", "" if pd.isna(text) else str(text)).split())


@cache
def identified(text, identifier):
    """The language that an identifier finds in a plain text, `und` where it finds none.

    >>> identified("Hoy se reunieron los ministros de relaciones exteriores", "py3langid")
    'es'
    """
    clean = "".join(c for c in text if unicodedata.category(c)[0] not in "CS" or c == " ")
    if not clean.strip():
        return UNDETERMINED
    if identifier == "py3langid":
        import py3langid  # here: the model takes most of a second

        return primary_language(py3langid.classify(clean)[0])
    import pycld2

    found = pycld2.detect(clean, bestEffort=True)[2][0][1]
    return UNDETERMINED if found == "un" else primary_language(found)


def with_language(frame, least):
    """Posts (pandas: text, lang) with `language`, and `told_by`: who says so, or why it is `und`."""
    declared = [primary_language(tag) for tag in frame["lang"]]
    named_languages = [
        (tag, "declared") if tag != UNDETERMINED else _agreed(plain_text(text), least)
        for tag, text in zip(declared, frame["text"], strict=True)
    ]
    names = pd.DataFrame(named_languages, columns=["language", "told_by"], index=frame.index, dtype="object")
    return frame.assign(**names)


def _agreed(text, least):
    """The language that both identifiers find in a plain text, and how it is told."""
    if not text:
        return UNDETERMINED, "no text"
    if len(text) < least:
        return UNDETERMINED, f"under {least} characters"
    first, second = (identified(text, identifier) for identifier in IDENTIFIERS)
    if UNDETERMINED in (first, second) or first != second:
        return UNDETERMINED, "identifiers differ"
    return first, "identified"


@cache
def spoken(state):
    """What share of a state's inhabitants speaks each language, as Unicode's CLDR has it; empty for an unknown state.

    A spoken language that is written as another counts for that one.

    >>> spoken("URY")
    {'es': 0.88}
    """
    import pycountry
    from babel.languages import get_territory_language_info

    found = pycountry.countries.get(alpha_3=state) if isinstance(state, str) else None
    shares = {}
    for tag, facts in (get_territory_language_info(found.alpha_2) if found else {}).items():
        language = primary_language(tag)
        language = WRITTEN_AS.get(language, language)
        shares[language] = max(shares.get(language, 0), facts["population_percent"] / 100)
    return shares
