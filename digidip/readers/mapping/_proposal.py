"""A column map proposed for a file that no reader knows: which column may be which, why, and how sure that is.

Nothing is guessed in silence: what a known name and the cells both say is proposed; all else is written with a # before it,
or listed for the person to say. No cell of the file is repeated, but the few words of coded columns.
"""

from difflib import get_close_matches
from typing import NamedTuple

from digidip.readers.mapping._cell_types import cell_type, describe_cells, time_formats
from digidip.readers.mapping._map_rules import TABLES, choices, mappable
from digidip.readers.mapping._proposal_text import text_of
from digidip.readers.mapping._synonyms import KNOWN, NEAR, plain
from digidip.readers.opening.head import DELIMITERS, text_head
from digidip.tables import SCHEMA, ReaderError

MOST_RECORDS, MOST_BEFORE = 500, 40
NO_NAMES = ("times", "numbers", "addresses", "ids", "damaged ids")
FITTING = {"count": ("numbers", "ids"), "number": ("numbers",)}
NO_ID = ("damaged ids", "addresses", "times")
ADDRESSES = ("url", "link", "website")


class Guess(NamedTuple):
    """A source column for a canonical one, with the reason; `is_sure` where name and cells agree."""

    source: str
    is_sure: bool
    why: str


class Proposal(NamedTuple):
    """The text of a map, where the header stands, and how many source columns found a place, surely or not, or none."""

    text: str
    skip: int
    columns: int
    sure: int
    unsure: int
    left: int
    needs: list


def proposal(path, table="posts"):
    """A map for a delimited file as commented YAML, from its header and the cells of its first records.

    Returns a `Proposal`. An unknown table raises `ValueError`; a file without a header, or no delimited text, `ReaderError`.
    """
    if table not in TABLES:
        raise ValueError(f"unknown table {table!r}. Expected one of: {', '.join(TABLES)}. Say --table posts.")
    skip, names, delimiter = found_header(path)
    given = text_head(path).records_below(skip, delimiter)[:MOST_RECORDS]
    records = [each for each in given if len(each) == len(names)]
    cells = {name: [each[at] for each in records] for at, name in enumerate(names) if name and names.count(name) == 1}
    guesses = guessed(table, cells)
    text, needs = text_of(path, table, (skip, delimiter, names), cells, guesses)
    if given and not records:
        needs = [
            f"the records: {len(given[0])} cells under a header of {len(names)} columns; mend a copy of the file",
            *needs,
        ]
    sure = sum(guess.is_sure for guess in guesses.values())
    unsure = len({guess.source for guess in guesses.values()} - {g.source for g in guesses.values() if g.is_sure})
    return Proposal(text, skip, len(names), sure, unsure, len(names) - sure - unsure, needs)


def found_header(path):
    """Where the header of a delimited file stands: lines before it (blank ones not counted), names, delimiter.

    Of the first lines it is the one with the most known names, then with the most cells that are words.
    """
    head = text_head(path)
    known = {name for table in KNOWN.values() for names in table.values() for name in names}
    best, found = (0, 0), None
    for skip in range(MOST_BEFORE):
        for delimiter in DELIMITERS:
            names = _names(head, skip, delimiter)
            wordy = {name for name in names if cell_type([name])[0] not in (*NO_NAMES, "nothing")}
            score = len({plain(name) for name in names} & known), len(wordy)
            if score > best and len(wordy) * 2 > len(names):
                best, found = score, (skip, names, delimiter)
    if not found:
        raise ReaderError(
            f"{path}: found no row of column names in the first {MOST_BEFORE} rows. Expected: a text table with a header. Give "
            "the export as the tool wrote it, or write a header into a copy."
        )
    return found


def _names(head, skip, delimiter):
    try:
        return head.header(skip, delimiter)[0]
    except ReaderError:
        return []


def guessed(table, cells):
    """Canonical column → `Guess`, from source column → cells: first by known names, then what is left by likeness."""
    guesses, columns = {}, list(mappable(table))
    for column in columns:
        names = [plain(column), *KNOWN[table].get(column, ())]
        source = next((source for name in names for source in _left(cells, guesses) if plain(source) == name), None)
        if source is not None:
            is_fit, told = _agreement(table, column, cells[source])
            guesses[column] = Guess(source, is_fit, f"known name; {told}")
    for column in columns:
        if column not in guesses:
            found = _near(table, column, cells, guesses)
            guesses |= {column: found} if found else {}
    return guesses


def _left(cells, guesses):
    taken = {guess.source for guess in guesses.values()}
    return [source for source in cells if source not in taken]


def _near(table, column, cells, guesses):
    """A doubtful source: by a name that may mean it, a name that is nearly a known one, or as the only times there are."""
    for name, reason in NEAR.get(table, {}).get(column, {}).items():
        source = next((source for source in cells if plain(source) == name), None)
        if source is not None:
            return Guess(source, False, f"{reason}; {_agreement(table, column, cells[source])[1]}")
    left = {plain(source): source for source in _left(cells, guesses)}
    for name in (plain(column), *KNOWN[table].get(column, ())):
        close = get_close_matches(name, left, n=1, cutoff=0.84)
        if close and close[0] != name:
            told = _agreement(table, column, cells[left[close[0]]])[1]
            return Guess(left[close[0]], False, f"nearly the known name '{name}'; {told}")
    times = [source for source in left.values() if cell_type(cells[source])[0] == "times"]
    if len(times) == 1 and SCHEMA[table][column].kind == "at" and SCHEMA[table][column].required:
        return Guess(times[0], False, "the only column of times")
    return None


def _agreement(table, column, cells):
    """Whether cells may stand in a canonical column, and what they look like."""
    kind, rule = cell_type(cells)[0], SCHEMA[table][column].kind
    if choices(table, column):
        is_fit = kind == "words"
    elif rule in ("at", "on"):
        is_fit = len(time_formats(cells)) == 1
    elif rule in FITTING or column in ADDRESSES:
        is_fit = kind in FITTING.get(rule, ("addresses",))
    else:
        is_fit = rule != "id" or kind not in NO_ID
    return is_fit or kind == "nothing", describe_cells(cells)
