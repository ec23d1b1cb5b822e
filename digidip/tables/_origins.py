"""No table holds what somebody took a person's origin to be: such a column is refused wherever it could come in."""

import re

from digidip.tables._schema import TableError

# In English, Spanish, French, Portuguese, Italian, German and Russian; "race" alone may be an election.
ORIGINS = re.compile(
    r"na[tcz]+ionali[td]|nacionalidad|citizenship|ciudadan[ií]a|citoyennet[ée]|cittadinanza|staatsangeh|staatsb[üu]rger|гражданств|национальност"
    r"|ethni|\b[ée]tni|herkunft|racial|raza\b|ancestry|migration background|migrationshintergrund"
    r"|(?:inferred|guessed|predicted|estimated|name|national|family|country) origin|origin (?:of (?:the )?name|country|state)"
    r"|(?:country|state|pa[ií]s|pays|paese) (?:of|de|d|di) (?:origin|birth|origem|origen|origine|nascita|naissance|nacimiento)"
    r"|(?:inferred|guessed|predicted) (?:country|state|religion|gender|race)|(?:gender|race|religion|country) (?:inferred|guessed|predicted)"
)
ALLOWED = "no nationality, ethnicity or inferred origin of a person: it cannot be known from a name, and is not kept"


def origin_name(names):
    """The first of these names that says nationality, ethnicity or an inferred origin; None where none does.

    >>> origin_name(["code", "Inferred_Origin"]), origin_name(["audience", "receiving", "original", "race"])
    ('Inferred_Origin', None)
    >>> origin_name(["pais_de_origen"]), origin_name(["InferredCountry"])
    ('pais_de_origen', 'InferredCountry')
    """
    return next((name for name in names if ORIGINS.search(_words(str(name)))), None)


def _words(name):
    """A name as small words: marks, and capitals within it, part them."""
    return re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", name)).lower()


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
