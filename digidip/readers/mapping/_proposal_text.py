"""The text of a proposed map: commented YAML that a person edits."""

import re
from pathlib import Path

import yaml

from digidip.readers.mapping._cell_types import cell_type, describe_cells, number_separators, time_formats
from digidip.readers.mapping._map_rules import ON_PLATFORMS, choices, mappable
from digidip.readers.mapping._synonyms import WORDS, plain
from digidip.readers.opening.head import read_head
from digidip.tables import PLATFORMS, SCHEMA

HEAD = """\
# A column map, proposed by digidip map. Nothing is read by it before you have looked at every line: take the # off what
# is right, mend what is not. Behind each line stands what it rests on. Ids are kept as text; a cell that cannot be read
# is missing; a record without a cell that must be there is a reject.
"""
MOST_WORDS = 20


def text_of(path, table, layout, cells, guesses):
    """The YAML, and in words what the person must say before it can be used."""
    skip, delimiter, names = layout
    coding = read_head(path).encoding
    lines, needs = [], []
    told = f"{coding}, header in row {skip + 1} (blank rows not counted), {len(names)} columns"
    lines += [f"# {quoted(Path(path).name)}: {told}", f"table: {table}", *_platform(table, guesses, needs)]
    lines += [f"delimiter: {quoted({chr(9): 'tab'}.get(delimiter, delimiter), plainly=False)}", f"skip: {skip}"]
    lines += [*_separators(table, cells, guesses, needs), "columns:"]
    for column, is_needed in mappable(table).items():
        if column in guesses:
            lines += _column(table, column, guesses[column], cells, is_needed, needs)
    lines += [*_words(table, cells, guesses, needs), *_rest(table, names, cells, guesses, needs)]
    return HEAD + "\n".join(lines) + "\n", list(dict.fromkeys(needs))


def quoted(text, *, plainly=True):
    """A text as a YAML scalar on one line, in double quotes where it needs them.

    >>> quoted("Post ID"), quoted("Date (GMT): a")
    ('Post ID', '"Date (GMT): a"')
    """
    if plainly and re.fullmatch(r"[A-Za-z][\w.]*(?: [\w.()]+)*", text, re.ASCII):
        return text
    return yaml.dump(text, default_style='"', allow_unicode=True, width=1 << 30).rstrip("\n")


def _platform(table, guesses, needs):
    if table not in ON_PLATFORMS or "platform" in guesses:
        return []
    needs.append("platform: the file does not tell it")
    return ["platform:  # required, one of " + ", ".join(PLATFORMS)]


def _separators(table, cells, guesses, needs):
    """`decimal` and `thousands`, from the columns that are proposed as numbers."""
    counted = [g for name, g in guesses.items() if g.is_sure and SCHEMA[table][name].kind in ("count", "number")]
    thousands, decimal, is_sure = number_separators([cell for guess in counted for cell in cells[guess.source]])
    if not thousands:
        return [f'decimal: "{decimal}"']
    if not is_sure:
        needs.append(f"thousands: does {thousands!r} stand before three digits, or before decimals?")
    mark = "" if is_sure else "# "
    why = "sure" if is_sure else "unsure: it may stand before decimals"
    return [f'{mark}decimal: "{decimal}"', f'{mark}thousands: "{thousands}"  # {why}']


def _column(table, column, guess, cells, is_needed, needs):
    """The lines for one canonical column: the proposal, or each of several formats that its times may have."""
    mark, how = ("  ", "sure") if guess.is_sure else ("  # ", "unsure")
    why = f"{how}: {guess.why}{'; required' * is_needed}"
    if is_needed and not guess.is_sure:
        needs.append(f"{column}: {quoted(guess.source)}? ({guess.why})")
    if SCHEMA[table][column].kind not in ("at", "on"):
        return [f"{mark}{column}: {quoted(guess.source)}  # {why}"]
    found = time_formats(cells[guess.source])
    if not found:
        return [f"{mark}{column}: {{from: {quoted(guess.source)}, format: }}  # {why}; no known format fits all cells"]
    if len(found) > 1:
        needs.append(f"{column}: which format, {' or '.join(found)}?")
    return [_time(table, column, guess, each, mark, why, needs) for each in found]


def _time(table, column, guess, pattern, mark, why, needs):
    parts = [f"from: {quoted(guess.source, plainly='(' not in guess.source)}"]
    if not pattern.startswith("iso"):
        parts.append(f"format: {quoted(pattern, plainly=False)}")
    is_bare = SCHEMA[table][column].kind == "at" and not ("%z" in pattern or pattern == "iso" or "epoch" in pattern)
    if is_bare and {"gmt", "utc"} & set(plain(guess.source).split()):
        parts.append("zone: UTC")
        why += "; its name says the zone"
    elif is_bare:
        why += "; without a zone: add `zone: America/New_York` here, or say --zone at add"
        needs.append(f"{column}: the zone of its times")
    return f"{mark}{column}: {{{', '.join(parts)}}}  # {why}"


def _words(table, cells, guesses, needs):
    """The words of coded columns, each with the canonical word that is known for it, or to be said."""
    lines = []
    for column, guess in guesses.items():
        allowed = choices(table, column)
        if guess.is_sure and allowed and cell_type(cells[guess.source])[0] == "words":
            found = sorted({cell.strip() for cell in cells[guess.source] if cell.strip()})[:MOST_WORDS]
            known = {word: _canonical(column, word, allowed) for word in found}
            pairs = [
                f"    {'' if known[w] else '# '}{quoted(w, plainly=False)}: {known[w] or allowed[-1]}" for w in found
            ]
            lines += [f"  {column}:  # {', '.join(allowed)}; a word that is not here is missing", *pairs]
            lines += [f'    # "*": {allowed[-1]}  # every other word']
            unknown = sum(not each for each in known.values())
            needs += [f"words.{column}: {unknown} words without a meaning yet"] * bool(unknown)
    return ["words:", *lines] * bool(lines)


def _canonical(column, word, allowed):
    meanings = {name: each for each, names in WORDS.get(column, {}).items() for name in names}
    return meanings.get(plain(word)) or (word.lower() if word.lower() in allowed else None)


def _rest(table, names, cells, guesses, needs):
    """What has no place: source columns, and canonical ones, those that must be there first."""
    taken = {guess.source for guess in guesses.values()}
    lines = ["# only: {column: [word]}  # where the file holds several networks or accounts: the records to take"]
    left = [name for name in cells if name not in taken]
    lines += ["# Columns of the file without a place:"] * bool(left)
    lines += [f"#   {quoted(name)}: " + describe_cells(cells[name]) for name in left]
    unusable = len(names) - len(cells)
    lines += [f"#   and {unusable} without a name, or with one that stands twice"] * bool(unusable)
    lines += ["# Canonical columns without a source, as `column: source` or `column: {constant: value}`:"]
    for column, is_needed in mappable(table).items():
        if column not in guesses:
            lines.append(f"#   {column}:{' required:' * is_needed} {SCHEMA[table][column].meaning}")
            made = "; `{from: column, and: [column]}` makes an id of several" * (SCHEMA[table][column].kind == "id")
            needs += [f"{column}: no column found{made}"] * is_needed
    return lines
