"""The map of an export that no reader knows: a small YAML beside the file, every key of it checked before it is used.

table: posts                    # a canonical table but accounts and entities
platform: facebook              # left out where the table has none, or `columns` says where it stands
delimiter: ","                  # or ";" or tab
sheet: Posts                    # only of a workbook, and only where several sheets hold tables
skip: 4                         # lines before the header, blank ones not counted
decimal: "."                    # or ","
thousands: ","                  # only where the numbers have one: , . ' or a blank
short_rows: fill                # a tool that leaves off empty cells at the end; else such records are rejects
missing: [NA]                   # words that stand for nothing; a column may have its own: {from: State, missing: []}
columns:                        # canonical column: source column; ids are kept as text
  post_id: Post ID
  posted_at: {from: Date, format: "%m/%d/%Y %H:%M", zone: America/Lima}
  account_id: {from: Permalink, extract: "x[.]com/([^/]+)/status"}
  # or of several columns, a blank between them; %Z is an abbreviation that means one offset, such as EST
  # posted_at: {from: Day, and: [Time, Timezone], format: "%Y-%m-%d %H:%M:%S %Z"}
  text: {from: Headline, and: [Body]}   # several columns as one, with " / " between them; of ids a hash
  # escapes: json where the tool writes \u0628, html where it writes &amp;
  # text: {from: Message, escapes: html}
  account_name: {constant: Ministry of Examplestan}
  sender: {from: State, codes: cow}   # iso, cow, gw, fips or names: AUS is Austria in COW
words:                          # "*" stands for every other word
  medium: {Photos: photo, Reels: video, "*": other}
only: {Network: [Facebook]}     # records with another word there become rejects
"""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import yaml

from digidip.readers.mapping._state_codes import SYSTEMS
from digidip.readers.mapping._synonyms import ACCOUNTS, KNOWN, TEXTS, plain
from digidip.readers.opening.cells import find_zone
from digidip.readers.opening.escapes import NOTATIONS
from digidip.readers.opening.yaml_texts import texts_of
from digidip.tables import CHOICES, MAPPED, NO_ORIGINS, OFFICES, OPEN_WORDS, PLATFORMS, SCHEMA, ReaderError, origin_name

_named_maps = {}  # export → its map, where somebody named another than the one beside it
KEYS = ("table", "platform", "delimiter", "sheet", "skip", "short_rows", "decimal", "thousands", "missing")
KEYS += ("columns", "words", "only")
SHORT_ROWS = ("reject", "fill")
ON_PLATFORMS = ("posts", "comments", "follows", "metrics", "accounts")
# Kinds of office of an account; a registry may have more than the missions of one.
ACCOUNT_OFFICES = ("ministry", "minister", "embassy", "consulate", "permanent mission", "ambassador", "spokesperson")
ACCOUNT_OFFICES += ("other",)
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
# Of an account, the handle may stand for the id, and --ministry for the state.
TOLD_OTHERWISE = {"accounts": {"account_id", "ministry"}}
WAYS = ("from", "format", "zone", "extract", "constant", "codes", "escapes")
NAMED_FORMATS = {"at": ("iso", "epoch", "epoch_ms", "excel"), "on": ("iso", "excel")}  # excel: days since 1899-12-30
LETTERS = frozenset("YymdHIMSpfbBaAjzZ%")
YEAR, MONTH = {"Y", "y"}, {"m", "b", "B"}
EXAMPLES = {"at": "2016-03-01T10:00:00Z", "on": "2016-03-01", "number": "1.5", "count": "12"}


class Map(NamedTuple):
    """A map that keeps every rule: `columns` canonical column → entry, an entry having `from` or `constant`."""

    path: Path
    table: str
    platform: str
    delimiter: str
    sheet: str  # of a workbook; empty where the file has one table
    skip: int
    fills_short_rows: bool  # whether records with fewer cells than columns lack empty ones at their end
    decimal: str
    thousands: str
    missing: tuple | None  # words that stand for nothing; None where the map does not say
    columns: dict
    words: dict
    only: dict

    def missing_in(self, entry):
        """The words that stand for nothing in the cells of an entry of `columns`; None where the map does not say."""
        return tuple(entry["missing"]) if "missing" in entry else self.missing

    @property
    def sources(self):
        """Every source column that the map names, under the key that names it."""
        named = {f"columns.{name}": entry["from"] for name, entry in self.columns.items() if "from" in entry}
        joined = [(name, each) for name, entry in self.columns.items() for each in entry.get("and", ())]
        further = {f"columns.{name}.and ({place})": each for place, (name, each) in enumerate(joined, start=1)}
        return named | further | {f"only.{column}": column for column in self.only}


def use(path, map_path):
    """From now on this process reads the export `path` by that map, wherever it lies."""
    _named_maps[Path(path).resolve()] = Path(map_path)


def map_path(path):
    """Where the map of an export lies: where `use` said, else beside it as `<path>.map.yml`."""
    return _named_maps.get(Path(path).resolve()) or Path(f"{path}.map.yml")


def load(path):
    """The map in a YAML file. Whatever breaks a rule raises `ReaderError`: file, key, found, expected, what to do."""
    try:
        return _checked(Path(path), texts_of(Path(path).read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise ReaderError(
            f"{path}: no map of this export ({error.strerror}). Expected: a YAML that says which column is which. Do: "
            "digidip map FILE, and edit what it writes."
        ) from None
    except UnicodeDecodeError:
        problem = "not UTF-8. Expected: the text of a map"
    except ValueError as error:
        problem = str(error)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = f"no YAML{f' from line {mark.line + 1} on' if mark else ''}. Expected: `key: value`, a key to a line"
    raise ReaderError(f"{path}: {problem}. Mend the map; digidip map FILE writes a fresh one.")


def _checked(path, content):
    """The map of a YAML's content; what is wrong raises `ValueError` with its key."""
    _check_keys(content)
    table = _one_of(content, "table", MAPPED, "posts")
    decimal = _one_of(content, "decimal", DECIMALS, ".")
    columns = _checked_columns(table, content.get("columns"))
    only = _checked_only(content.get("only") or {})
    _check_origins(columns, only)
    return Map(
        path=path,
        table=table,
        platform=_checked_platform(table, content.get("platform") or "", columns),
        delimiter=DELIMITERS[_one_of(content, "delimiter", DELIMITERS, ",")],
        sheet=_sheet_name(content.get("sheet") or ""),
        skip=_lines_before_header(content.get("skip") or "0"),
        fills_short_rows=_one_of(content, "short_rows", SHORT_ROWS, "reject") == "fill",
        decimal=decimal,
        thousands=_thousands_mark(content, decimal),
        missing=tuple(_checked_list("missing", content["missing"])) if "missing" in content else None,
        columns=columns,
        words=_checked_words(table, content.get("words") or {}, columns),
        only=only,
    )


def mappable_columns(table):
    """The columns of a canonical table that a map may name: column → whether it must.

    >>> mappable_columns("metrics")["account_id"], mappable_columns("metrics")["observed_at"], "export" in mappable_columns("metrics")
    (True, False, False)
    """
    left_out = OURS | KNOWN_ELSEWHERE.get(table, set())
    columns = {name: rule for name, rule in SCHEMA[table].items() if name not in left_out}
    other_sources = TOLD_AT_ADD | TOLD_OTHERWISE.get(table, set())
    return {name: rule.required and name not in other_sources for name, rule in columns.items()}


def allowed_words(table, column):
    """The words that a column of a canonical table may hold, as text; none where it may hold any."""
    if SCHEMA[table][column].kind == "is":
        return TRUTHS
    if column in OPEN_WORDS.get(table, ()):
        return ()
    offices = {"missions": OFFICES, "accounts": ACCOUNT_OFFICES}
    return offices[table] if column == "office" and table in offices else CHOICES.get(column, ())


def _check_keys(content):
    """Nothing, if the YAML is keys that a map has."""
    if not isinstance(content, dict):
        raise rule_error("the map", content, "the keys " + ", ".join(KEYS))
    unknown = next((key for key in content if key not in KEYS), None)
    if unknown is not None:
        raise rule_error("the map", unknown, "only the keys " + ", ".join(KEYS))


def _one_of(content, key, allowed, default):
    """The value of a key that has few."""
    value = content.get(key, default)
    if value not in list(allowed):
        raise rule_error(key, value, "one of " + " ".join(repr(each) for each in allowed))
    return value


def _thousands_mark(content, decimal):
    """What stands before three digits: never the mark of decimals, which is a point unless the map says otherwise."""
    if content.get("thousands") == decimal:
        origin = "" if "decimal" in content else " unless a line of the map says otherwise"
        raise rule_error("thousands", decimal, f"another mark than `decimal`, which is {decimal!r}{origin}")
    return _one_of(content, "thousands", GROUPS, "")


def _lines_before_header(text):
    """The number of lines before the header."""
    if not (isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 4):
        raise rule_error("skip", text, "the number of lines before the header, blank ones not counted, such as 4")
    return int(text)


def _sheet_name(text):
    """The name of a sheet, as a workbook has it."""
    if not isinstance(text, str):
        raise rule_error("sheet", text, "the name of a sheet of the workbook")
    return text


def _checked_platform(table, text, columns):
    """The platform of all rows; empty where they name their own, or the table has none."""
    if table not in ON_PLATFORMS or "platform" in columns:
        if text:
            reason = "`columns` says where it stands" if table in ON_PLATFORMS else f"{table} belong to no platform"
            raise rule_error("platform", text, f"no platform, since {reason}")
    elif text not in PLATFORMS:
        raise rule_error(
            "platform", text, f"one of {', '.join(PLATFORMS)}; where a file holds several, one, and `only`"
        )
    return text


def _checked_columns(table, content):
    """Canonical column → entry; each one that the table must have is there."""
    if not isinstance(content, dict) or not content:
        raise rule_error("columns", content, "`canonical column: source column`, one to a line")
    allowed = mappable_columns(table)
    unknown = next((name for name in content if name not in allowed), None)
    if unknown is not None:
        raise rule_error("columns", unknown, f"only columns of {table}: {', '.join(allowed)}")
    if table == "accounts" and not {"account_id", "handle"} & set(content):
        raise rule_error("columns", None, "account_id or handle, since an account must have one")
    lacking = next((name for name, is_needed in allowed.items() if is_needed and name not in content), None)
    if lacking:
        raise rule_error(f"columns.{lacking}", None, f"a source column or a constant, since {table} must have it")
    kinds = {name: "choice" if allowed_words(table, name) else SCHEMA[table][name].kind for name in content}
    columns = {
        name: checked_column(name, entry, kinds[name], allowed_words(table, name)) for name, entry in content.items()
    }
    _check_joined_ids(table, columns)
    for name in {"posted_at", "commented_at"} | ({"begins_at", "ends_at"} if table == "events" else set()):
        pattern = columns.get(name, {}).get("format", "%d")
        if pattern not in NAMED_FORMATS["at"] and not _names_day(pattern):
            raise rule_error(
                f"columns.{name}.format",
                pattern,
                "a pattern that names the day; of what is dated by month or year alone, the first day as begins_at and the "
                "day after the last as ends_at",
            )
    return columns


def _check_joined_ids(table, columns):
    """Nothing, if no id is made of a column of names or texts: from a guess at them anyone could be found again."""
    sources = {name: entry.get("from") for name, entry in columns.items()}
    own = sources.get("account_id")
    private = {sources.get(name) for name in ("author", "account_name", "handle", "text")} - {own, None}
    names = {*TEXTS, *KNOWN["comments"]["author"], *KNOWN["posts"]["account_name"]} - {*ACCOUNTS, "account"}
    for name, entry in columns.items():
        if "and" in entry and SCHEMA[table][name].kind == "id" and table in ON_PLATFORMS:
            for source in (entry["from"], *entry["and"]):
                if source in private or (plain(source) in names and source != own):
                    expected = (
                        "columns of numbers, times or ids, since a name or a text could be found again from the id"
                    )
                    raise rule_error(f"columns.{name}.and", source, expected)


def _check_origins(columns, only):
    """Nothing, if no source column says nationality, ethnicity or an inferred origin."""
    named = [
        (f"columns.{name}", each)
        for name, entry in columns.items()
        for each in (entry.get("from"), *entry.get("and", ()))
    ]
    for key, source in [*named, *((f"only.{name}", name) for name in only)]:
        if source and origin_name([source]):
            raise rule_error(key, source, NO_ORIGINS)


def _checked_words(table, content, mapped):
    """Column → word of the file → canonical word, for columns of coded values that are in the map."""
    if not isinstance(content, dict):
        raise rule_error("words", content, "`column: {word of the file: canonical word}`")
    coded = [name for name, entry in mapped.items() if "from" in entry and allowed_words(table, name)]
    for name, pairs in content.items():
        if name not in coded:
            raise rule_error(
                "words", name, f"a column of `columns` with coded values: {', '.join(coded) or 'none here'}"
            )
        allowed = allowed_words(table, name)
        found = pairs.values() if isinstance(pairs, dict) else [pairs]
        bad = next((each for each in found if each not in allowed), None)
        if bad is not None:
            raise rule_error(f"words.{name}", bad, f"{{word of the file: one of {', '.join(allowed)}}}")
    return {name: pairs for name, pairs in content.items() if pairs}


def _checked_list(key, words):
    """The words that stand for nothing: a list, maybe an empty one."""
    words = [words] if isinstance(words, str) else words
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise rule_error(key, words, "a list of words that stand for nothing, such as [NA], or [] for none")
    return [word.strip() for word in words]


def _checked_only(content):
    """Source column → the words there that a record must have, to be taken."""
    expected = "`only: {source column: [words]}`"
    if not isinstance(content, dict):
        raise rule_error("only", content, expected)
    lists = {column: [each] if isinstance(each, str) else each for column, each in content.items()}
    for column, each in lists.items():
        if not column or not isinstance(each, list) or not each or not all(isinstance(word, str) for word in each):
            raise rule_error(f"only.{column}", each, expected)
    return lists


def rule_error(key, found, expected):
    """The `ValueError` for a key of a map: what was found there and what is expected."""
    shown = "nothing" if found in (None, "", {}, []) else repr(str(found)[:60])
    return ValueError(f"{key}: found {shown}. Expected: {expected}")


def checked_column(name, entry, kind, words):
    """An entry of `columns` as a dict with `from` or `constant`, every part of it fit for a column of that kind.

    kind: as in the schema, or `choice` where only certain `words` may stand. What is wrong raises `ValueError`.

    >>> checked_column("text", "Message", "text", ())
    {'from': 'Message'}
    """
    key, parts = f"columns.{name}", {"from": entry} if isinstance(entry, str) else entry
    if not isinstance(parts, dict) or not {"from", "constant"} & set(parts):
        raise rule_error(key, entry, "a source column, `{from: column, …}` or `{constant: value}`")
    for part, value in parts.items():
        if part == "and":
            _check_further(f"{key}.and", parts, kind)
        elif part == "missing":
            parts = parts | {"missing": _checked_list(f"{key}.missing", value)}
        elif part not in WAYS or not isinstance(value, str) or not value.strip():
            raise rule_error(
                f"{key}.{part}", value, f"one of {', '.join(WAYS)}, each with a text, or a list `and`, `missing`"
            )
    if "constant" in parts:
        if len(parts) > 1:
            raise rule_error(key, parts, "a constant alone")
        return {"constant": _constant(key, parts["constant"], kind, words)}
    if "extract" in parts:
        _check_pattern(f"{key}.extract", parts["extract"], kind)
    if "format" in parts:
        _check_format(f"{key}.format", parts["format"], kind)
    if "codes" in parts and parts["codes"] not in SYSTEMS:
        raise rule_error(f"{key}.codes", parts["codes"], f"for a column of states one of {', '.join(SYSTEMS)}")
    if "escapes" in parts and (kind != "text" or parts["escapes"] not in NOTATIONS):
        raise rule_error(f"{key}.escapes", parts["escapes"], f"for a column of texts one of {', '.join(NOTATIONS)}")
    if "zone" in parts:
        _check_zone(f"{key}.zone", parts, kind)
    stripped = {"and": [name.strip() for name in parts["and"]]} if "and" in parts else {}
    return parts | stripped | {"from": parts["from"].strip()}


def _check_further(key, parts, kind):
    """Further columns that make one cell with the first: a list of names, for a text, an id or a time alone."""
    names = parts["and"]
    if kind not in ("text", "id", "at") or "from" not in parts or "extract" in parts:
        raise rule_error(key, names, "further columns beside `from`, for a text, an id or a time, without `extract`")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name.strip() for name in names):
        raise rule_error(key, names, "a list of source columns, such as [City, Post Type]")


def format_has_offset(pattern):
    """Whether a format of times says the instant without a zone: it has an offset or its abbreviation, or counts seconds.

    >>> format_has_offset("%Y-%m-%d %H:%M %z"), format_has_offset("epoch"), format_has_offset("%d/%m/%Y")
    (True, True, False)
    """
    return "%z" in pattern.lower() or pattern.startswith("epoch")


def _constant(key, value, kind, words):
    """The value of a constant as its kind has it."""
    if kind == "choice" and value not in words:
        raise rule_error(f"{key}.constant", value, f"one of {', '.join(words)}")
    try:
        return {"at": _instant, "on": date.fromisoformat, "number": float, "count": _whole}.get(kind, str)(value)
    except (ValueError, OverflowError):
        raise rule_error(f"{key}.constant", value, f"a value such as {EXAMPLES[kind]}") from None


def _instant(text):
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its offset")
    return moment.astimezone(UTC)


def _whole(text):
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise ValueError("no whole number")
    return int(text)


def _check_pattern(key, pattern, kind):
    try:
        groups = re.compile(pattern).groups
    except (re.error, RecursionError, OverflowError):
        groups = 0
    if kind not in ("text", "id") or groups != 1 or re.search(r"\(\?[=!<P(]|\\[1-9]", pattern):
        raise rule_error(
            key, pattern, "for a text or an id: a regular expression with one group, without looking around"
        )


def _letters(pattern):
    return set(re.findall(r"%-?(.?)", pattern, re.DOTALL))


def _names_day(pattern):
    return bool(_letters(pattern) & {"d", "j"})


def _check_format(key, pattern, kind):
    if kind not in ("at", "on"):
        raise rule_error(key, pattern, "no format, since this column is no time")
    letters = _letters(pattern)
    is_fit = bool(letters & YEAR) if kind == "at" else bool(letters & YEAR and letters & MONTH and "d" in letters)
    is_fit = is_fit and ("Z" not in letters or (kind == "at" and pattern.endswith("%Z")))
    if pattern in NAMED_FORMATS[kind] or (letters <= LETTERS and is_fit):
        return
    named = ", ".join(NAMED_FORMATS[kind])
    least = "a year" if kind == "at" else "year, month and day"
    expected = f"{named}, or a pattern with {least} such as %d/%m/%Y, of the letters {' '.join(sorted(LETTERS))}"
    raise rule_error(key, pattern, expected)


def _check_zone(key, parts, kind):
    pattern = parts.get("format", "iso")
    if kind != "at" or (format_has_offset(pattern) and "%Z" not in pattern):
        raise rule_error(key, parts["zone"], "no zone, since the cells need none")
    if find_zone(parts["zone"]) is None:
        raise rule_error(key, parts["zone"], "an IANA name such as America/New_York")
