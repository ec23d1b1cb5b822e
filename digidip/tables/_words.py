"""Numbers with their nouns, as sentences need them."""

import re

_ENDINGS = {"people": "person", "ies": "y"}


def counted(number, plural):
    """A whole number with its noun, in the singular where it is one.

    >>> counted(1, "accounts"), counted(1038, "comments"), counted(1, "inquiries per day")
    ('1 account', '1,038 comments', '1 inquiry per day')
    """
    return f"{number:,} {singular(plural) if number == 1 else plural}"


def singular(words):
    """The words with their first plural noun in the singular.

    >>> singular("official answers"), singular("people on duty"), singular("ties per account")
    ('official answer', 'person on duty', 'tie per account')
    """
    found = re.search(r"people|(?<=[a-z]{2})ies\b|(?<=[a-rt-z])s\b", words)
    return f"{words[: found.start()]}{_ENDINGS.get(found[0], '')}{words[found.end() :]}" if found else words
