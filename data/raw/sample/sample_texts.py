"""Texts that rules find hard: questions without a mark, in five languages, and marks that ask nothing.

They were written before any rule was run on them, and the rules were not changed after. A generator of their own draws
them, so that ids, moments, authors and answers of the files they go into stay as they were.
"""

import random
import re

from sample_shared import PHRASES, fill

LANGUAGES = {"es": 11, "en": 4, "pt": 3, "fr": 2, "de": 1}  # how often a hard text is in each
QUESTIONS, REMARKS = 0.4, 0.3  # shares of questions and of remarks that are replaced


def generator(files):
    """The generator of hard texts for some files."""
    return random.Random(f"digidip texts {files}")


def hard(rng, kind, text, lang):
    """The text and its language, or a hard text of the same kind (none, procedural, complex) in their place."""
    if rng.random() > (REMARKS if kind == "none" else QUESTIONS):
        return text, lang
    lang = rng.choices([*LANGUAGES], [*LANGUAGES.values()])[0]
    return fill(rng, rng.choice(PHRASES["unmarked"][kind][lang])), lang


def planted_kind(text):
    """The kind whose phrases a comment was made from; none for whatever is no question."""
    for kind in ("procedural", "complex"):
        phrases = [phrase for lang in ("es", "en") for phrase in PHRASES[f"{kind}_{lang}"]]
        phrases += [phrase for own in PHRASES["unmarked"][kind].values() for phrase in own]
        if any(re.fullmatch(re.sub(r"\\\{\w+\\\}", ".+", re.escape(phrase)), text) for phrase in phrases):
            return kind
    return "none"
