"""Registries of accounts and missions: records as Python dicts, the accounts that their cells name, and rows for the engine.

A registry is small, so it is read whole. One record gives as many rows as it names accounts; each keeps its number.
"""

import ibis
import pyarrow as pa

from digidip.readers.opening._cells import blank
from digidip.readers.opening._files import opening
from digidip.readers.opening._nested import HALF_OR_NUL
from digidip.readers.opening._records import rows
from digidip.readers.opening._values import values
from digidip.readers.registries._handles import handles
from digidip.tables import PLATFORMS

SERVICES = {name: name for name in PLATFORMS} | {"twitter": "x", "truth social": "truthsocial"}
NAMING = ("platform", "account_id", "handle", "reject")


def day(cell):
    """The date of `1997-10-01T00:00:00Z` or `1997-10-01`; missing where the text is no date."""
    return cell.left(10).try_cast("date")


def trimmed(cell):
    """Text without outer white space; missing where there is none."""
    return blank(cell.strip())


def records_of(path, required, optional):
    """The records of a delimited file as dicts of text, with `export_row`; see `rows`."""
    return rows(path, required, optional).order_by("export_row").to_pyarrow().to_pylist()


def is_json(path):
    """Whether a file begins as JSON does."""
    return opening(path).lstrip().startswith(("{", "["))


def listed_under(path, key):
    """The records of a JSON file: those listed under `key` in each of its pages, or its values; `Broken` for a broken line."""
    for value in values(path):
        page = value.get(key) if isinstance(value, dict) else None
        yield from page if isinstance(page, list) else [value]


def found_in(record, cells):
    """A record once for each account that its cells name, with `platform`, `account_id`, `handle`.

    `cells` are pairs of platform (None: one that no study reads) and text. A record that names none comes once, with
    `reject`, the reason.

    >>> found_in({"export_row": 1}, [("x", "@mfa_xx"), (None, "mfa")])
    [{'export_row': 1, 'platform': 'x', 'account_id': '@mfa_xx', 'handle': 'mfa_xx'}]
    >>> found_in({"export_row": 2}, [("x", " "), (None, "mfa")])
    [{'export_row': 2, 'reject': 'accounts on other platforms only'}]
    """
    given = [(platform, cell) for platform, cell in cells if (cell or "").strip()]
    known = [(platform, cell) for platform, cell in given if platform]
    found = [(platform, *account) for platform, cell in known for account in handles(platform, cell)]
    if found:
        return [record | dict(zip(NAMING[:3], one, strict=True)) for one in found]
    reason = "no handle that can be read" if known else "accounts on other platforms only"
    return [record | {"reject": reason if given else "no account named"}]


def with_ids(found, ids):
    """Rows of `found_in` with a platform's own id in place of its handle, where both are one; an id alone is an account.

    `ids` is platform → id. Where a platform has several handles nobody can tell whose the id is, and it is passed over.

    >>> with_ids([{"export_row": 1, "platform": "x", "account_id": "@a", "handle": "a"}], {"x": "17", "youtube": "UC1"})
    [{'export_row': 1, 'platform': 'x', 'account_id': '17', 'handle': 'a'},
     {'export_row': 1, 'platform': 'youtube', 'account_id': 'UC1', 'handle': None}]
    """
    record = {name: cell for name, cell in found[0].items() if name not in NAMING}
    known = [row for row in found if "reject" not in row]
    held = [row["platform"] for row in known]
    for row in known:
        if row["platform"] in ids and held.count(row["platform"]) == 1:
            row["account_id"] = ids[row["platform"]]
    alone = [platform for platform in ids if platform not in held]
    return [*known, *(record | {"platform": one, "account_id": ids[one], "handle": None} for one in alone)] or found


def addressed(record, service, *addresses):
    """A record of one account, as `found_in` gives it: its service is a word, its name in the first address that has one."""
    word = (service or "").strip().lower().replace("_", " ")
    if word not in SERVICES:
        return [record | {"reject": f"an account on another platform: {word[:40]}" if word else "no platform named"}]
    found = [found_in(record, [(SERVICES[word], address)]) for address in addresses]
    return next((rows for rows in found if "reject" not in rows[0]), found[0])


def table_of(records, names):
    """Dicts as an Ibis table: text columns `names` and those of `found_in`, and `export_row`."""
    columns = [*dict.fromkeys((*names, *NAMING))]
    cells = {name: pa.array([text_of(record.get(name)) for record in records], pa.string()) for name in columns}
    numbers = pa.array([record["export_row"] for record in records], pa.int64())
    return ibis.memtable(pa.table(cells | {"export_row": numbers}))


def text_of(cell):
    """A value of JSON or YAML as text; None for anything that is no text and no number."""
    return HALF_OR_NUL.sub("", str(cell)) if isinstance(cell, (str, int, float)) else None
