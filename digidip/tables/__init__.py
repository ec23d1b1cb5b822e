"""The vocabulary: the canonical tables, their columns, types, units and meaning, and `check`.

The schema is a literal in plain sight in `_schema.py`; `dictionary` and `overview` print it for notebook 01.
"""

from importlib import import_module

from digidip.tables._days import INTRADAY, WITHIN_DAY, day_start, is_date, named_date
from digidip.tables._origins import ALLOWED as NO_ORIGINS
from digidip.tables._origins import origin_name, refuse_origins
from digidip.tables._references import REFERENCE_WORDS, REFERENCES, currency_code
from digidip.tables._release import KINDS, RELEASE, kind_of, refusal, released, smallest_cell
from digidip.tables._schema import (
    CHOICES,
    DTYPES,
    ENTITY_KINDS,
    KEYS,
    LABEL_MEANINGS,
    LABELS,
    LEVELS,
    LOST_IDS,
    MAPPED,
    MEDIA,
    OFFICES,
    OPEN_WORDS,
    PLATFORMS,
    ROWS,
    SCHEMA,
    SPANS,
    TIES,
    TIMES,
    Column,
    ReaderError,
    TableError,
)
from digidip.tables._spreadsheets import csv_for_people
from digidip.tables._words import command_line, counted, printable, singular

__all__ = [
    "CHOICES",
    "COUNTRY",
    "Column",
    "DTYPES",
    "ENTITY_KINDS",
    "INTRADAY",
    "KEYS",
    "KINDS",
    "LABELS",
    "LABEL_MEANINGS",
    "LEVELS",
    "LOST_IDS",
    "MAPPED",
    "MEDIA",
    "NO_ORIGINS",
    "OFFICES",
    "OPEN_WORDS",
    "PLACE",
    "PLATFORMS",
    "REFERENCES",
    "REFERENCE_WORDS",
    "RELEASE",
    "ROWS",
    "SCHEMA",
    "SCIENTIFIC",
    "SPANS",
    "TIES",
    "TIMES",
    "WITHIN_DAY",
    "ReaderError",
    "TableError",
    "canonical",
    "check",
    "conform",
    "command_line",
    "counted",
    "csv_for_people",
    "currency_code",
    "day_start",
    "dictionary",
    "is_date",
    "is_scientific",
    "kind_of",
    "mask",
    "named_date",
    "origin_name",
    "overview",
    "printable",
    "refusal",
    "refuse_origins",
    "released",
    "rules",
    "singular",
    "smallest_cell",
    "types",
    "violations",
]


_RULES = (
    "COUNTRY",
    "PLACE",
    "SCIENTIFIC",
    "canonical",
    "check",
    "conform",
    "is_scientific",
    "mask",
    "rules",
    "types",
    "violations",
)


def __getattr__(name):
    if name in _RULES:  # imported when first used: Ibis and pandas take half a second, and many commands need no table
        return getattr(import_module("digidip.tables._rules"), name)
    raise AttributeError(f"module 'digidip.tables' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])


def overview():
    """The canonical tables: name, what one row is, key, number of columns.

    >>> overview().set_index("table").loc["comments", "key"]
    'platform, comment_id'
    """
    import pandas as pd  # here, for the same reason

    rows = [(name, ROWS[name], ", ".join(KEYS[name]), len(columns)) for name, columns in SCHEMA.items()]
    return pd.DataFrame(rows, columns=["table", "one row per", "key", "columns"])


def dictionary(name):
    """The columns of one canonical table: column, type, whether it must be there, meaning.

    >>> dictionary("follows")["type"].tolist()[:2]
    ['string', 'string']
    """
    import pandas as pd  # here, for the same reason

    rows = [(c, DTYPES[rule.kind], "yes" if rule.required else "", rule.meaning) for c, rule in SCHEMA[name].items()]
    return pd.DataFrame(rows, columns=["column", "type", "required", "meaning"])
