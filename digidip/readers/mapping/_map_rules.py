"""The rules of a map, key by key: each function takes what the YAML says and gives what the reader needs.

Whatever breaks a rule raises `ValueError`: the key, what was found there, what is expected.
"""

from digidip.readers.mapping._map_entries import checked_entry, wrong
from digidip.tables import CHOICES, OFFICES, PLATFORMS, SCHEMA

KEYS = ("table", "platform", "delimiter", "skip", "decimal", "thousands", "columns", "words", "only")
TABLES = ("posts", "comments", "follows", "metrics", "missions", "exchanges", "attention")
ON_PLATFORMS = ("posts", "comments", "follows", "metrics")
DELIMITERS = {",": ",", ";": ";", "tab": "\t", "\t": "\t"}
DECIMALS = (".", ",")
GROUPS = ("", ",", ".", "'", " ")
TRUTHS = ("true", "false")
# What the project knows better than an export: the file and the label, what follows from the account or the post.
OURS = {"export", "export_row", "label"}
KNOWN_ELSEWHERE = {
    "posts": {"platform", "ministry"},
    "comments": {"platform", "ministry", "account_id", "is_official"},
    "follows": {"platform"},  # one for all rows, under which the ends become pseudonyms
}
TOLD_AT_ADD = {"platform", "observed_at"}


def mappable(table):
    """The columns of a canonical table that a map may name: column → whether it must.

    >>> mappable("metrics")["account_id"], mappable("metrics")["observed_at"], "export" in mappable("metrics")
    (True, False, False)
    """
    left_out = OURS | KNOWN_ELSEWHERE.get(table, set())
    columns = {name: rule for name, rule in SCHEMA[table].items() if name not in left_out}
    return {name: rule.required and name not in TOLD_AT_ADD for name, rule in columns.items()}


def choices(table, column):
    """The words that a column of a canonical table may hold, as text; none where it may hold any."""
    if SCHEMA[table][column].kind == "is":
        return TRUTHS
    return OFFICES if (table, column) == ("missions", "office") else CHOICES.get(column, ())


def check_keys(content):
    """Nothing, if the YAML is keys that a map has."""
    if not isinstance(content, dict):
        raise wrong("the map", content, "the keys " + ", ".join(KEYS))
    unknown = next((key for key in content if key not in KEYS), None)
    if unknown is not None:
        raise wrong("the map", unknown, "only the keys " + ", ".join(KEYS))


def one_of(content, key, allowed, default):
    """The value of a key that has few."""
    value = content.get(key, default)
    if value not in list(allowed):
        raise wrong(key, value, "one of " + " ".join(repr(each) for each in allowed))
    return value


def skip(text):
    """The number of lines before the header."""
    if not (isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 4):
        raise wrong("skip", text, "the number of lines before the header, blank ones not counted, such as 4")
    return int(text)


def platform(table, text, columns):
    """The platform of all rows; empty where they name their own, or the table has none."""
    if table not in ON_PLATFORMS or "platform" in columns:
        if text:
            reason = "`columns` says where it stands" if table in ON_PLATFORMS else f"{table} belong to no platform"
            raise wrong("platform", text, f"no platform, since {reason}")
    elif text not in PLATFORMS:
        raise wrong("platform", text, f"one of {', '.join(PLATFORMS)}; where a file holds several, one, and `only`")
    return text


def columns(table, content):
    """Canonical column → entry; each one that the table must have is there."""
    if not isinstance(content, dict) or not content:
        raise wrong("columns", content, "`canonical column: source column`, one to a line")
    allowed = mappable(table)
    unknown = next((name for name in content if name not in allowed), None)
    if unknown is not None:
        raise wrong("columns", unknown, f"only columns of {table}: {', '.join(allowed)}")
    lacking = next((name for name, is_needed in allowed.items() if is_needed and name not in content), None)
    if lacking:
        raise wrong(f"columns.{lacking}", None, f"a source column or a constant, since {table} must have it")
    kinds = {name: "choice" if choices(table, name) else SCHEMA[table][name].kind for name in content}
    return {name: checked_entry(name, entry, kinds[name], choices(table, name)) for name, entry in content.items()}


def words(table, content, mapped):
    """Column → word of the file → canonical word, for columns of coded values that are in the map."""
    if not isinstance(content, dict):
        raise wrong("words", content, "`column: {word of the file: canonical word}`")
    coded = [name for name, entry in mapped.items() if "from" in entry and choices(table, name)]
    for name, pairs in content.items():
        if name not in coded:
            raise wrong("words", name, f"a column of `columns` with coded values: {', '.join(coded) or 'none here'}")
        allowed = choices(table, name)
        found = pairs.values() if isinstance(pairs, dict) else [pairs]
        bad = next((each for each in found if each not in allowed), None)
        if bad is not None:
            raise wrong(f"words.{name}", bad, f"{{word of the file: one of {', '.join(allowed)}}}")
    return {name: pairs for name, pairs in content.items() if pairs}


def only(content):
    """Source column → the words there that a record must have, to be taken."""
    expected = "`only: {source column: [words]}`"
    if not isinstance(content, dict):
        raise wrong("only", content, expected)
    lists = {column: [each] if isinstance(each, str) else each for column, each in content.items()}
    for column, each in lists.items():
        if not column or not isinstance(each, list) or not each or not all(isinstance(word, str) for word in each):
            raise wrong(f"only.{column}", each, expected)
    return lists
