"""A column map proposed for a file that no reader knows: which column may be which, why, and how sure that is.

Nothing is guessed in silence: what a known name and the cells both say is proposed; all else is written with a # before it,
or listed for the person to say. No cell of the file is repeated, but the few words of coded columns.
"""

import re
from collections import Counter
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import yaml

from digidip.readers.mapping._cell_types import (
    are_zones,
    cell_type,
    describe_cells,
    has_clock,
    number_separators,
    time_formats,
)
from digidip.readers.mapping._column_map import ON_PLATFORMS, allowed_words, format_has_offset, mappable_columns
from digidip.readers.mapping._state_codes import code_systems, coded_columns
from digidip.readers.mapping._synonyms import KNOWN, NEAR, OF_NETWORKS, WORDS, plain
from digidip.readers.opening.cells import MISSING_WORDS
from digidip.readers.opening.escapes import CODE, NOTATIONS, are_bytes
from digidip.readers.opening.head import DELIMITERS, first_json_value, read_head, text_head
from digidip.readers.opening.workbooks import chosen_sheet
from digidip.tables import MAPPED, PLATFORMS, SCHEMA, TIMES, ReaderError

MOST_RECORDS, MOST_BEFORE = 500, 40
NO_NAMES = ("times", "numbers", "addresses", "ids", "damaged ids")
FITTING = {"count": ("numbers", "ids"), "number": ("numbers",)}
NAMES = ("text", "account_name", "handle")
OF_POSTS = ("post_id", "comment_id", "parent_id", "reply_to_id", "repost_of_id", "quote_of_id")
OF_AN_ACCOUNT = re.compile(r"\b(?:user|account|author|profile|screen)\b")
NO_POST_IDS = ("words", "text", "times of day")  # of a column whose name alone is like that of an id
NO_ID = ("damaged ids", "addresses", "times")
OF_STATES = ("sender", "ministry", "receiver", "receiving", "jurisdiction")  # where NA may be Namibia
IN_ADDRESS = {"post_id": "/status(?:es)?/([0-9]+)", "account_id": "(?:x|twitter)[.]com/([^/]+)/status"}
IN_ADDRESS |= {"handle": IN_ADDRESS["account_id"], "comment_id": IN_ADDRESS["post_id"]}
ADDRESSES = ("url", "link", "website")
HEAD = """\
# A column map, proposed by digidip map. Nothing is read by it before you have looked at every line: take the # off what
# is right, mend what is not. Behind each line stands what it rests on. Ids are kept as text; a cell that cannot be read
# is missing; a record without a cell that must be there is a reject.
"""
MOST_WORDS = 20
SHORT_ROWS_REASON = "no record ends in an empty cell, and some have fewer cells than columns: the tool leaves those off"


class Guess(NamedTuple):
    """A source column for a canonical one, with the reason; `is_sure` where name and cells agree."""

    source: str
    is_sure: bool
    why: str
    further: tuple = ()  # columns that make one time with it: of times of day, of zones


class Proposal(NamedTuple):
    """The text of a map, where the header stands, and how many source columns found a place, surely or not, or none."""

    text: str
    skip: int
    columns: int
    sure: int
    unsure: int
    left: int
    needs: list
    notes: list = ()  # what reading will do to texts


def proposal(path, table="posts"):
    """A map for a delimited file as commented YAML, from its header and the cells of its first records.

    Returns a `Proposal`. An unknown table raises `ValueError`; a file without a header, or no delimited text, `ReaderError`.
    """
    if table not in MAPPED:
        raise ValueError(f"unknown table {table!r}. Expected one of: {', '.join(MAPPED)}. Say --table posts.")
    skip, names, delimiter = found_header(path)
    given = text_head(path).records_below(skip, delimiter)[:MOST_RECORDS]
    has_short_rows = are_cut_short(given, len(names))
    if has_short_rows:
        given = [each + [""] * (len(names) - len(each)) for each in given]
    records = [each for each in given if len(each) == len(names)]
    cells = {name: [each[at] for each in records] for at, name in enumerate(names) if name and names.count(name) == 1}
    marked = {name: sorted({cell.strip() for cell in cells[name]} & {*MISSING_WORDS}) for name in cells}
    cells |= {name: ["" if cell.strip() in MISSING_WORDS else cell for cell in cells[name]] for name in cells}
    guesses = guess_columns(table, cells)
    text, needs = map_text(path, table, (skip, delimiter, names), cells, guesses, marked)
    if has_short_rows:
        text = text.replace(f"\nskip: {skip}", f"\nskip: {skip}\nshort_rows: fill  # {SHORT_ROWS_REASON}", 1)
    if given and not records:
        needs = [
            f"the records: {len(given[0])} cells under a header of {len(names)} columns; mend a copy of the file",
            *needs,
        ]
    sure = sum(1 + len(guess.further) for guess in guesses.values() if guess.is_sure)
    if not any(
        guesses[column].is_sure for column, needed in mappable_columns(table).items() if needed and column in guesses
    ):
        needs = [*_other_table(table, sure, cells), *needs]
    unsure = len({guess.source for guess in guesses.values()} - {g.source for g in guesses.values() if g.is_sure})
    return Proposal(text, skip, len(names), sure, unsure, len(names) - sure - unsure, needs, _notes(cells))


def _other_table(table, sure, cells):
    """That another table takes more of the columns than this one, if one does."""
    placed = {each: sum(guess.is_sure for guess in guess_columns(each, cells).values()) for each in MAPPED}
    best = max(placed, key=placed.get)
    if placed[best] <= max(sure, 1):
        return []
    return [
        f"the table: {table} has a place for {sure} of these columns, {best} for {placed[best]}; is it --table {best}?"
    ]


def _notes(cells):
    """Of every column that a program wrote in its own notation: how many cells, and that a text is read back from it."""
    read_back = "are in the notation of {} for them, and are read back where they are a `text`"
    found = {"Python (b'…')": lambda cell: are_bytes([cell]), "R (<U+…>, <c3><a9>)": CODE.search}
    found |= {f"{key.upper()} (escapes: {key})": re.compile(pattern).search for key, pattern in NOTATIONS.items()}
    notes = []
    for name, column in cells.items():
        filled = [cell for cell in column if cell.strip()]
        for program, is_so in found.items():
            count = sum(bool(is_so(cell)) for cell in filled)
            notes += [f"{name}: {count} of {len(filled)} texts {read_back.format(program)}"] * bool(count)
    return notes


def are_cut_short(records, width):
    """Whether some records have fewer cells than columns, and none of any width ends in an empty cell: a tool leaves those off.

    >>> are_cut_short([["1", "a", "x"], ["2", "b"]], 3), are_cut_short([["1", "a", ""], ["2", "b"]], 3)
    (True, False)
    """
    short = [record for record in records if len(record) < width]
    return bool(short) and all(record[-1].strip() and len(record) > 1 for record in records)


def found_header(path):
    """Where the header of a delimited file stands: lines before it (blank ones not counted), names, delimiter.

    Of the first lines it is the one with the most known names, then with the most cells that are words.
    """
    head = text_head(path)
    if head.is_json and first_json_value(head.start) is not None:
        raise ReaderError(
            f"{path}: JSON, which no column map reads. Expected: a text table with a header. Write one from it "
            "(pandas.json_normalize, jq), ids as text, then ask for its map."
        )
    if head.start.startswith("<"):
        raise ReaderError(
            f"{path}: HTML or XML, which no column map reads. Expected: a text table with a header. Open it in a spreadsheet "
            "program and save the table as CSV UTF-8, its ids as text, or export it from the tool in another form."
        )
    known = {name for table in KNOWN.values() for names in table.values() for name in names}
    best, found = (0, 0), None
    for skip in range(MOST_BEFORE):
        for delimiter in DELIMITERS:
            names = _names(head, skip, delimiter)
            wordy = {name for name in names if cell_type([name])[0] not in (*NO_NAMES, "nothing")}
            score = len({plain(name) for name in names} & known), len(wordy)
            if score > best and len(wordy) * 2 > len(names):
                best, found = score, (skip, names, delimiter)
    if not found and head.blanks_remedy:
        raise ReaderError(f"{path} (row 1): no table that a map reads. {head.blanks_remedy}")
    if not found:
        raise ReaderError(
            f"{path}: found no row of column names in the first {MOST_BEFORE} rows. Expected: a text table with a header, "
            "its cells parted by comma, semicolon or tab. Give the export as the tool wrote it, or mend a copy."
        )
    return found


def _names(head, skip, delimiter):
    try:
        return head.header(skip, delimiter)[0]
    except ReaderError:
        return []


def guess_columns(table, cells):
    """Canonical column → `Guess`, from source column → cells: first by known names, then what is left by likeness."""
    guesses, columns = {}, list(mappable_columns(table))
    for is_wanted in (True, False):  # what fits is placed before what has the name alone
        for column in [column for column in columns if column not in guesses]:
            named = _named_guesses(table, column, cells, guesses)
            found = next((guess for guess in named if guess.is_sure or not is_wanted), None)
            guesses |= {column: found} if found else {}
    for column in columns:
        if column not in guesses:
            found = _doubtful_guess(table, column, cells, guesses)
            guesses |= {column: found} if found else {}
    for column in [column for column in guesses if SCHEMA[table][column].kind == "at"]:
        found = _with_time_of_day(cells, guesses, guesses[column])
        if found.further or column in TIMES.values():  # of others, days alone may be right
            guesses[column] = found
    return guesses


def _named_guesses(table, column, cells, guesses):
    """A guess for each source that has a known name of a canonical column, the best name first."""
    left = _sources_left(cells, guesses)
    for name in (plain(column), *KNOWN[table].get(column, ())):
        for source in [source for source in left if plain(source) == name]:
            is_fit, appearance = _agreement(table, column, cells[source])
            yield Guess(source, is_fit, f"known name; {appearance}")


def _with_time_of_day(cells, guesses, guess):
    """The guess of a time; one of days together with columns of times of day and zones, and never sure without."""
    left = _sources_left(cells, guesses)
    days = time_formats(cells[guess.source])
    if not days or any(has_clock(each, cells[guess.source]) for each in days):
        zones = [source for source in left if are_zones(cells[source])]
        is_bare = days and not any(each == "iso" or format_has_offset(each) for each in days)
        return guess._replace(further=tuple(zones)) if is_bare and len(zones) == 1 and guess.is_sure else guess
    clocks = [source for source in left if cell_type(cells[source])[0] == "times of day"]
    if len(clocks) != 1:
        return guess._replace(is_sure=False, why=f"{guess.why}; days alone, without the time of day")
    zones = [source for source in left if are_zones(cells[source])][:1]
    further = (*clocks, *zones)
    is_sure = len(time_formats(joined_cells(cells, guess.source, further))) == 1
    return Guess(guess.source, is_sure, f"{guess.why}; the time of day stands in another column", further)


def joined_cells(cells, source, further):
    """The cells of a column, with a blank and those of further columns behind them; blank where one is."""
    rows = zip(*(cells[name] for name in (source, *further)), strict=True)
    return [" ".join(cell.strip() for cell in row) if all(cell.strip() for cell in row) else "" for row in rows]


def _sources_left(cells, guesses):
    taken = {source for guess in guesses.values() for source in (guess.source, *guess.further)}
    return [source for source in cells if source not in taken]


def _doubtful_guess(table, column, cells, guesses):
    """A doubtful source: by a name that may mean it, a name that is nearly a known one, or as the only times there are."""
    for name, reason in NEAR.get(table, {}).get(column, {}).items():
        source = next((source for source in cells if plain(source) == name), None)
        if source is not None:
            return Guess(source, False, f"{reason}; {_agreement(table, column, cells[source])[1]}")
    held = [source for source in cells if _are_in_addresses(column, cells[source])]
    if held and mappable_columns(table)[column]:
        return Guess(held[0], False, "an address in the place of an id; `extract` can take the id out of it")
    left = {plain(source): source for source in _sources_left(cells, guesses)}
    if column in OF_POSTS:
        may_be_ids = {source for source in left.values() if cell_type(cells[source])[0] not in NO_POST_IDS}
        left = {n: source for n, source in left.items() if source in may_be_ids and not OF_AN_ACCOUNT.search(n)}
    for name in (plain(column), *KNOWN[table].get(column, ())):
        close = get_close_matches(name, left, n=1, cutoff=0.84)
        if close and close[0] != name:
            appearance = _agreement(table, column, cells[left[close[0]]])[1]
            return Guess(left[close[0]], False, f"nearly the known name '{name}'; {appearance}")
    times = [source for source in left.values() if cell_type(cells[source])[0] == "times"]
    if len(times) == 1 and SCHEMA[table][column].kind == "at" and SCHEMA[table][column].required:
        return Guess(times[0], False, "the only column of times")
    escaped = [source for source in left.values() if are_bytes(cells[source]) or any(map(CODE.search, cells[source]))]
    if len(escaped) == 1 and column == "text":
        return Guess(escaped[0], False, "the only column of texts in a program's notation")
    return None


def _agreement(table, column, cells):
    """Whether cells may stand in a canonical column, and what they look like."""
    kind, rule = cell_type(cells)[0], SCHEMA[table][column].kind
    if allowed_words(table, column):
        is_fit = kind == "words"
    elif rule in ("at", "on"):
        is_fit = len(time_formats(cells)) == 1
    elif rule in FITTING or column in ADDRESSES:
        is_fit = kind in FITTING.get(rule, ("addresses",))
    elif column in NAMES:
        are_profiles = (table, column, kind) == ("accounts", "handle", "addresses")  # which name their account
        is_fit = kind not in ("ids", "damaged ids", "numbers", "times", "addresses") or are_profiles
    else:
        is_fit = rule != "id" or kind not in NO_ID
    if column in (*OF_POSTS, "handle") and any(re.search(r"\s", cell.strip()) for cell in cells):
        return (
            False,
            f"{describe_cells(cells)}, some with blanks in them, which no {'handle' if column == 'handle' else 'id'} has",
        )
    if column in ("post_id", "comment_id") and _counts_rows(cells):
        return False, "the cells count the rows"
    return is_fit and kind != "nothing", describe_cells(cells)


def _counts_rows(cells):
    """Whether cells are numbers that count the records, from nought or one."""
    return len(cells) > 2 and any(
        [cell.strip() for cell in cells] == [str(n + first) for n in range(len(cells))] for first in (0, 1)
    )


def map_text(path, table, layout, cells, guesses, marked):
    """The YAML, and in words what the person must say before it can be used.

    marked: source column → the words in it that programs write for nothing.
    """
    skip, delimiter, names = layout
    coding, sheet = read_head(path).encoding, chosen_sheet(path)
    lines, needs = [], []
    facts = f"{coding}, header in row {skip + 1} (blank rows not counted), {len(names)} columns"
    lines += [
        f"# {yaml_scalar(Path(path).name)}: {facts}",
        f"table: {table}",
        *_platform_lines(table, cells, guesses, needs),
    ]
    lines += [f"delimiter: {yaml_scalar({chr(9): 'tab'}.get(delimiter, delimiter), plainly=False)}", f"skip: {skip}"]
    lines[-1:-1] = [f"sheet: {yaml_scalar(sheet)}"] * bool(sheet)
    lines += [*_separator_lines(table, cells, guesses, needs), *_missing_lines(marked), "columns:"]
    for column, is_needed in mappable_columns(table).items():
        if column in guesses:
            lines += _column_lines(table, column, guesses[column], cells, is_needed, needs)
            if column in coded_columns(table):
                lines[-1] = _with_codes(column, guesses[column], cells, lines[-1], needs)
            if column in OF_STATES and "NA" in marked[guesses[column].source]:
                lines[-1] = _with_namibia(guesses[column].source, lines[-1])
                needs.append(
                    f"{column}: NA is taken for Namibia; where it stands for nothing, say `missing: [NA]` there"
                )
    lines += [*_words_lines(table, cells, guesses, needs), *_lines_without_place(table, names, cells, guesses, needs)]
    return HEAD + "\n".join(lines) + "\n", list(dict.fromkeys(needs))


def yaml_scalar(text, *, plainly=True):
    """A text as a YAML scalar on one line, in double quotes where it needs them.

    >>> yaml_scalar("Post ID"), yaml_scalar("Date (GMT): a")
    ('Post ID', '"Date (GMT): a"')
    """
    if plainly and re.fullmatch(r"[A-Za-z][\w.]*(?: [\w.()]+)*", text, re.ASCII):
        return text
    return yaml.dump(text, default_style='"', allow_unicode=True, width=1 << 30).rstrip("\n")


def _platform_lines(table, cells, guesses, needs):
    if table not in ON_PLATFORMS or "platform" in guesses:
        return []
    named = OF_NETWORKS.get(plain(guesses["handle"].source)) if table == "accounts" and "handle" in guesses else None
    if named:
        others = sorted(name for name in _sources_left(cells, guesses) if plain(name) in OF_NETWORKS)
        needs += [
            f"{', '.join(others)}: accounts on other networks, each for a copy of the file with its own map"
        ] * bool(others)
        return [f"platform: {named}  # sure: the name of the column {yaml_scalar(guesses['handle'].source)}"]
    needs.append("platform: the file does not tell it")
    return ["platform:  # required, one of " + ", ".join(PLATFORMS)]


def _missing_lines(marked):
    """`missing`, from what programs write for nothing and the file has in any column."""
    words = sorted({word for found in marked.values() for word in found})
    columns = sum(map(bool, marked.values()))
    return [f"missing: [{', '.join(map(yaml_scalar, words))}]  # stands for nothing, in {columns} columns"] * bool(
        words
    )


def _with_codes(column, guess, cells, line, needs):
    """The line of a column of states with the system of its codes, where that is not plainly ISO; with what to ask."""
    systems, both = code_systems(cells[guess.source])
    if systems[-1] == "iso" or not (both or "iso" not in systems):
        return line
    listed = f", {', '.join(both[:8])} mean another state in ISO than in {systems[-1].upper()}" if both else ""
    asked = "iso or fips" if systems[-1] == "fips" else "iso, cow or gw"
    needs.append(f"{column}: which codes of states are in {guess.source}, {asked}?{listed}")
    source = yaml_scalar(guess.source, plainly="(" not in guess.source)
    return line.replace(f": {yaml_scalar(guess.source)}", f": {{from: {source}, codes: {systems[-1]}}}", 1)


def _with_namibia(source, line):
    """The line of a column of states in which NA is no word for nothing."""
    if "{from: " in line:
        return line.replace("}", ", missing: []}", 1)
    return line.replace(
        f": {yaml_scalar(source)}", f": {{from: {yaml_scalar(source, plainly='(' not in source)}, missing: []}}", 1
    )


def _separator_lines(table, cells, guesses, needs):
    """`decimal` and `thousands`, from the columns that are proposed as numbers."""
    counted = [g for name, g in guesses.items() if g.is_sure and SCHEMA[table][name].kind in ("count", "number")]
    thousands, decimal, is_sure = number_separators([cell for guess in counted for cell in cells[guess.source]])
    if not thousands:
        return [f'decimal: "{decimal}"']
    if not is_sure:
        needs.append(f"thousands: does {thousands!r} stand before three digits, or before decimals?")
    mark = "" if is_sure else "# "
    why = "sure" if is_sure else "unsure: it may stand before decimals; if not, take the # off both lines"
    return [f'{mark}decimal: "{decimal}"', f'{mark}thousands: "{thousands}"  # {why}']


def _column_lines(table, column, guess, cells, is_needed, needs):
    """The lines for one canonical column: the proposal, or each of several formats that its times may have."""
    mark, how = ("  ", "sure") if guess.is_sure else ("  # ", "unsure")
    why = f"{how}: {guess.why}{'; required' * is_needed}"
    if is_needed and not guess.is_sure:
        needs.append(f"{column}: {yaml_scalar(guess.source)}? ({guess.why})")
    if SCHEMA[table][column].kind not in ("at", "on"):
        source = _escaped_source(guess.source, cells) if column == "text" else yaml_scalar(guess.source)
        return [f"{mark}{column}: {source}  # {why}", *_extract_lines(column, guess, cells)]
    found = time_formats(joined_cells(cells, guess.source, guess.further))
    if not found:
        return [
            f"{mark}{column}: {{from: {yaml_scalar(guess.source)}, format: }}  # {why}; no known format fits all cells"
        ]
    if len(found) > 1:
        needs.append(f"{column}: which format, {' or '.join(found)}?")
    return [_time_line(table, column, guess, each, mark, why, needs) for each in found]


def _escaped_source(source, cells):
    """The source of texts, with the notation in which some of its cells hold characters."""
    named = yaml_scalar(source, plainly="(" not in source)
    found = [key for key, pattern in NOTATIONS.items() if any(re.search(pattern, cell) for cell in cells[source])]
    return f"{{from: {named}, escapes: {found[0]}}}" if found else yaml_scalar(source)


def _extract_lines(column, guess, cells):
    """The same column by `extract`, where an address of X holds the id or the handle that is looked for."""
    if not _are_in_addresses(column, cells[guess.source]):
        return []
    source, pattern = yaml_scalar(guess.source, plainly="(" not in guess.source), IN_ADDRESS[column]
    return [f"  # {column}: {{from: {source}, extract: {yaml_scalar(pattern, plainly=False)}}}  # out of the address"]


def _are_in_addresses(column, cells):
    """Whether all cells, those that are blank apart, are addresses of X that hold what the column looks for."""
    filled = [cell for cell in cells if cell.strip()]
    return column in IN_ADDRESS and bool(filled) and all(re.search(IN_ADDRESS[column], cell) for cell in filled)


def _time_line(table, column, guess, pattern, mark, why, needs):
    parts = [f"from: {yaml_scalar(guess.source, plainly='(' not in guess.source)}"]
    if guess.further:
        parts.append(f"and: [{', '.join(yaml_scalar(name, plainly='(' not in name) for name in guess.further)}]")
    if not pattern.startswith("iso"):
        parts.append(f"format: {yaml_scalar(pattern, plainly=False)}")
    is_bare = SCHEMA[table][column].kind == "at" and not (pattern == "iso" or format_has_offset(pattern))
    if is_bare and {"gmt", "utc"} & set(plain(guess.source).split()):
        parts.append("zone: UTC")
        why += "; its name says the zone"
    elif is_bare:
        why += "; without a zone: add `zone: America/New_York` here, or say --zone at add"
        needs.append(f"{column}: the zone of its times")
    return f"{mark}{column}: {{{', '.join(parts)}}}  # {why}"


def _words_lines(table, cells, guesses, needs):
    """The words of coded columns, each with the canonical word that is known for it, or to be said."""
    lines = []
    for column, guess in guesses.items():
        allowed = allowed_words(table, column)
        if guess.is_sure and allowed and cell_type(cells[guess.source])[0] == "words":
            times = Counter(cell.strip() for cell in cells[guess.source] if cell.strip())
            found = sorted(times)[:MOST_WORDS]
            known = {word: _canonical_word(column, word, allowed) for word in found}
            pairs = [
                f"    {'' if known[w] else '# '}{yaml_scalar(w, plainly=False)}: {known[w] or allowed[-1]}"
                f"{'' if known[w] else f'  # {times[w]:,} times in the first records'}"
                for w in found
            ]
            lines += [f"  {column}:  # {', '.join(allowed)}; a word that is not here is missing", *pairs]
            lines += [f'    # "*": {allowed[-1]}  # every other word']
            unknown = ", ".join(
                f"{yaml_scalar(word, plainly=False)} ({times[word]:,})" for word in found if not known[word]
            )
            needs += [f"words.{column}: without a meaning yet, so they would be missing: {unknown}"] * bool(unknown)
    return ["words:", *lines] * bool(lines)


def _canonical_word(column, word, allowed):
    meanings = {name: each for each, names in WORDS.get(column, {}).items() for name in names}
    known = meanings.get(plain(word))
    return (known if known in allowed else None) or (word.lower() if word.lower() in allowed else None)


def _lines_without_place(table, names, cells, guesses, needs):
    """What has no place: source columns, and canonical ones, those that must be there first."""
    taken = {source for guess in guesses.values() for source in (guess.source, *guess.further)}
    lines = ["# only: {column: [word]}  # where the file holds several networks or accounts: the records to take"]
    left = [name for name in cells if name not in taken]
    lines += ["# Columns of the file without a place:"] * bool(left)
    lines += [f"#   {yaml_scalar(name)}: " + describe_cells(cells[name]) for name in left]
    unusable = len(names) - len(cells)
    lines += [f"#   and {unusable} without a name, or with one that stands twice"] * bool(unusable)
    lines += ["# Canonical columns without a source, as `column: source` or `column: {constant: value}`:"]
    for column, is_needed in mappable_columns(table).items():
        if column not in guesses:
            lines.append(f"#   {column}:{' required:' * is_needed} {SCHEMA[table][column].meaning}")
            made = ""
            if SCHEMA[table][column].kind == "id":
                made = "; `{from: column, and: [column]}` makes an id of several"
                if column == "account_id":
                    made += ", `{constant: its id}` where all is of one account"
                elif "url" in guesses:
                    made += ", `{from: column, extract: '/posts/([0-9]+)'}` takes it out of an address"
            needs += [f"{column}: no column found{made}"] * is_needed
    return lines
