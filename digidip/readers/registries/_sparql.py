"""Results of a SPARQL query as rows of text: what the Wikidata Query Service gives for download, and what scripts save.

CSV; TSV, plain or with terms (`?item`, `<address>`, `"text"@en`); JSON with `head` and `results`; a list of rows in JSON.
"""

import re

from digidip.readers.opening._files import header, opening
from digidip.readers.opening._records import SIZES, scan
from digidip.readers.opening._values import values
from digidip.readers.registries._registries import is_json, records_of, text_of
from digidip.tables import ReaderError

TERM = re.compile(r'<([^>]*)>|"((?:[^"\\]|\\.)*)"(?:@[\w-]+|\^\^<[^>]*>)?')
ESCAPED = {r"\t": "\t", r"\n": "\n", r"\r": "\r", r"\"": '"', r"\\": "\\"}


def variables(path):
    """The names of the variables, none where the file is no table and no JSON; names at the head of JSON, where it has no `vars`."""
    if is_json(path):
        head = opening(path)
        told = re.search(r'"vars"\s*:\s*\[([^\[\]]*)\]', head)
        return list(dict.fromkeys(re.findall(r'"(\w+)"', told[1]) if told else re.findall(r'"(\w+)"\s*:', head)))
    try:
        return [name.removeprefix("?") for name in header(path)[0]]
    except ReaderError:
        return []


def bindings(path):
    """The rows of the file, in order, as dicts variable → text, without unbound variables; None for a broken one."""
    if is_json(path):
        for page in values(path):
            yield from map(_texts, _rows_of(page))
    elif opening(path).lstrip().startswith("?"):
        table = scan(path, variables(path), delim="\t", quote="", escape="", strict_mode=True, **SIZES)
        for row in table.to_pyarrow().to_pylist():
            yield {name: _term(cell) for name, cell in row.items() if cell}
    else:
        for row in records_of(path, set(variables(path)) - {""}, ()):
            yield {name: cell for name, cell in row.items() if cell and name != "export_row"}


def _rows_of(page):
    results = page.get("results") if isinstance(page, dict) else None
    rows = results.get("bindings") if isinstance(results, dict) else None
    return rows if isinstance(rows, list) else [page]


def _texts(row):
    """A row of JSON, whose values are texts or objects with `value`, as texts."""
    if not isinstance(row, dict):
        return None
    cells = {name: text_of(cell.get("value") if isinstance(cell, dict) else cell) for name, cell in row.items()}
    return {name: cell for name, cell in cells.items() if cell}


def _term(cell):
    found = TERM.fullmatch(cell.strip())
    if not found:
        return cell
    return found[1] if found[1] is not None else re.sub(r"\\.", lambda mark: ESCAPED.get(mark[0], mark[0]), found[2])
