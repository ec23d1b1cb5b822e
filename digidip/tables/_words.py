"""Words as messages need them: numbers with their nouns, and no sign that a terminal obeys."""

import re
import shlex

# What a terminal obeys instead of showing it: control characters but tab and line end, and marks that turn the direction.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
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


def printable(text):
    """The text with what would move the cursor, recolour the screen or turn the direction shown as JSON writes it.

    >>> printable("\x1b[31mred")
    '\\\\u001b[31mred'
    """
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def command_line(*words):
    """The command of digidip to type next, each word quoted where a shell would cut it.

    >>> command_line("forget", "--delivery", "per/my posts.csv")
    "digidip forget --delivery 'per/my posts.csv'"
    """
    return shlex.join(["digidip", *map(str, words)])
