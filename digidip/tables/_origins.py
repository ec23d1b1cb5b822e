"""No table holds what somebody took a person's origin to be: such a column is refused wherever it could come in."""

import re

from digidip.tables._schema import TableError

ORIGINS = re.compile(
    r"nationalit|citizenship|ethnic|racial|ancestry|(?:inferred|guessed|predicted|estimated|name|national|family) ?origin"
    r"|origin of (?:the )?name|(?:inferred|guessed|predicted) (?:country|state|religion|gender)"
)
ALLOWED = "no nationality, ethnicity or inferred origin of a person: it cannot be known from a name, and is not kept"


def origin_name(names):
    """The first of these names that says nationality, ethnicity or an inferred origin; None where none does.

    >>> origin_name(["code", "Inferred_Origin"]), origin_name(["audience", "receiving", "original"])
    ('Inferred_Origin', None)
    """
    return next((name for name in names if ORIGINS.search(re.sub(r"[\W_]+", " ", str(name).lower()))), None)


def refuse_origins(where, columns, variables=()):
    """Nothing, if neither columns nor variables of a table say nationality, ethnicity or an inferred origin; else `TableError`.

    where: what the table is, for the message.
    """
    for kind, names in (("column", columns), ("variable", variables)):
        if (name := origin_name(names)) is not None:
            raise TableError(
                f"{where}: found the {kind} {str(name)[:60]!r}. Expected: {ALLOWED}. Take it out; code the audience that "
                "people declare to be (docs/methods.md#audiences)."
            )
