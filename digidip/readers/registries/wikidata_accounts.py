"""Accounts, and missions, that a query to Wikidata found, as the Query Service gives its results.

Tool: Wikidata Query Service (CC0); last seen 2026.
Format: https://query.wikidata.org: CSV, TSV or JSON, whose columns are the variables of the query. The file is known
    by addresses of items (http://www.wikidata.org/entity/Q…) beside a variable named after a platform or its property
    (`twitter`, `xUsername`, `fb`, `P2013`). See docs/formats.md#wikidata_accounts.
Encoding: UTF-8.
Zone: none; dates are days.
Ids: an item with several values stands in several rows: it is one record, numbered by its first row. An X number
    beside a handle is its id, unless the rows cross several.
Rejects: rows without an item; items without an account that can be read.
Caution: where there is an `operator` it is the sender, `country` the receiver; without one `country` is the sender, of
    embassies the receiver. With both, every item is a mission too. Several senders of one account stay together, with
    |.
Leaves out: all other variables.
Example: http://www.wikidata.org/entity/Q1,Example Ministry,http://www.wikidata.org/entity/Q419,Peru,ExampleMFA
"""

import re
from collections import Counter
from functools import cache

import ibis
from ibis import _

from digidip.readers.opening.delimited import scan, without_misplaced
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_values import json_values
from digidip.readers.registries._offices import has_office, office_of
from digidip.readers.registries._registries import (
    account_rows,
    add_platform_ids,
    as_text,
    date_of,
    delimited_records,
    names_account,
    text_table,
    trimmed_text,
)
from digidip.tables import ReaderError

PLATFORM = ""
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"accounts": {"item"}}
SPARQL_TERM = re.compile(r'<([^>]*)>|"((?:[^"\\]|\\.)*)"(?:@[\w-]+|\^\^<[^>]*>)?')
ESCAPED = {r"\t": "\t", r"\n": "\n", r"\r": "\r", r"\"": '"', r"\\": "\\"}
ITEM_ADDRESS = re.compile(r"https?://(?:www\.)?wikidata\.org/(?:entity|wiki)/(Q\d+)")
# Names of variables as people write them, in small letters and digits alone.
ROLES = {
    "operator": "operator sender sendingcountry sendingstate represented representedcountry owner ownercountry origin op p137",
    "country": "country host hostcountry receiver receivingcountry receivingstate state p17",
    "type": "type class instance instanceof kind category p31",
    "city": "city location seat place headquarters p131",
    "jurisdiction": "jurisdiction jurisdictions accreditedto p1001",
    "website": "website officialwebsite site web homepage p856",
    "coordinates": "coordinates coordinate coord coords coordinatelocation geo p625",
    "from": "from start starttime startdate since p580",
    "to": "to end endtime enddate until p582",
    "inception": "inception founded opened established creation p571",
}
PLATFORMS = {
    "x": "x twitter tw p2002 p6552",
    "facebook": "facebook fb p2013 p4003",
    "instagram": "instagram insta ig p2003",
    "youtube": "youtube yt p2397 p11245",
    "mastodon": "mastodon p4033",
    "bluesky": "bluesky bsky p12361",
    "telegram": "telegram p3789",
    "tiktok": "tiktok tt p7085",
    "threads": "threads thread p11892",
    "truthsocial": "truthsocial truth p10858",
    "vk": "vk p3185",
    "weibo": "weibo p8057",
    "linkedin": "linkedin p4264 p6634",
    "flickr": "flickr p3267",
}
VARIABLE_ENDINGS = re.compile(
    r"(?:handle|screen|user|name|account|address|channel|page|profile|url|link|numeric|id|s)+$"
)
ID_VARIABLE = re.compile(r"(?:id|numeric|p6552)s?$")
ITEM_CELL = re.compile(r"""[,;\t"<\n]<?https?://(?:www\.)?wikidata\.org/(?:entity|wiki)/Q\d+>?(?:[,;\t"\s]|$)""")
OTHER_COLUMNS = {"operatorQID", "typeQID"}  # the Database of embassies has addresses of items too
NAMES = ("item", "name", "sender", "receiver", *ROLES)
POINT = r"(?i)^point\(\s*([-\d.eE]+)\s+([-\d.eE]+)\s*\)$"

ACCOUNTS = {
    "platform": _.platform,
    "account_id": _.account_id,
    "handle": _.handle,
    "name": trimmed_text(_.name),
    "office": office_of(_.type).nullif("other"),
    "sender": _.sender,
    "receiver": _.receiver,
    "city": _.city,
    "from_on": date_of(_["from"]),
    "to_on": date_of(_.to),
    "source": ibis.literal("Wikidata"),
    "export_row": _.export_row,
    "reject": _.reject,
}

MISSIONS = {
    "mission_id": _.item,
    "office": office_of(_.type),
    "category": _.type,
    "sender": _.sender,
    "receiver": _.receiver,
    "jurisdiction": _.jurisdiction,
    "city": _.city,
    "latitude": _.coordinates.re_extract(POINT, 2).try_cast("float64"),
    "longitude": _.coordinates.re_extract(POINT, 1).try_cast("float64"),
    "website": _.website,
    "from_on": date_of(_.inception),
    "export_row": _.export_row,
}


def fits(head):
    """1 if addresses of items and a variable named after a platform are at the head; else 0."""
    names = _variables(head)
    is_ours = any(role_of_variable(name) in PLATFORMS for name in names) and not set(names) & OTHER_COLUMNS
    return float(is_ours and bool(ITEM_CELL.search(head.text)))


def read(path, *, zone=None):
    """Accounts, and missions if operators and countries are given; `zone` is not needed: days."""
    if not fits(read_head(path)):
        raise ReaderError(
            f"{path} (head): no results of a query to Wikidata with accounts. Expected: items such as "
            "http://www.wikidata.org/entity/Q1 and a variable named after a platform, such as twitter. Name the variables so, "
            "ask again, or give the right reader (digidip list)."
        )
    found_items = _items(path)
    has_operator = any(item.get("operator") for item in found_items)
    has_missions = has_operator and any(item.get("country") for item in found_items)
    accounts, missions = [], []
    for item in found_items:
        cells, senders = _joined_values(item, has_operator)
        missions += [cells | {"sender": sender} for sender in senders if has_missions]
        item_accounts = item.get("accounts", [item])
        is_mission_only = has_missions and senders and "reject" in item_accounts[0]
        accounts += (
            []
            if is_mission_only
            else [cells | {"sender": "|".join(senders) or None} | account for account in item_accounts]
        )
    tables = {"accounts": text_table(accounts, NAMES).select(**ACCOUNTS)}
    return tables | ({"missions": text_table(missions, NAMES).select(**MISSIONS)} if has_missions else {})


def _joined_values(item, has_operator):
    """The values of an item as one text per role, joined with |, with its receiver; and its senders."""
    cells = {role: "|".join(item.get(role) or []) or None for role in ROLES}
    is_mission = item.get("is_mission") or has_office(cells["type"])
    receiver = cells["country"] if has_operator or is_mission else None
    senders = item.get("operator") if has_operator else [] if is_mission else item.get("country")
    item_cells = {name: item.get(name) for name in ("export_row", "item", "name")}
    return cells | item_cells | {"receiver": receiver}, senders or []


# Items of Wikidata out of the rows of a query: what its variables mean, and all values of an item gathered in one record.


@cache
def role_of_variable(variable):
    """What a variable holds: a role of ROLES, a platform of PLATFORMS, or None.

    The label of a role has that role.

    >>> [role_of_variable(name) for name in ("countryLabel", "twitterUsername", "xUserId", "mfa")]
    ['country', 'x', 'x', None]
    """
    word = re.sub(r"[^a-z0-9]", "", variable[:100].lower())
    bare, stem = re.sub(r"(?:label|name)$", "", word), VARIABLE_ENDINGS.sub("", word)
    roles = (role for role, words in ROLES.items() if bare in words.split())
    platforms = (platform for platform, words in PLATFORMS.items() if {word, stem} & set(words.split()))
    return next(roles, None) or next(platforms, None)


def _items(path):
    """One dict per item: `export_row` (its first), `item`, `name`, a list per role, `accounts`.

    A row without an item has `reject`.
    """
    rows = list(_bindings(path))
    names = list(dict.fromkeys(name for row in rows if row for name in row))
    ranked = sorted(names, key=lambda name: role_of_variable(name) is not None)
    variable = next(
        (name for name in ranked if any(row and ITEM_ADDRESS.fullmatch(row.get(name, "")) for row in rows)), ""
    )
    groups = {}
    for number, row in enumerate(rows, start=1):
        item = ITEM_ADDRESS.fullmatch(row.get(variable, "")) if row else None
        groups.setdefault(item[1] if item else number, []).append((number, row))
    return [_item(key, rows, variable) for key, rows in groups.items()]


def _item(key, numbered, variable):
    number, rows = numbered[0][0], [row for _number, row in numbered]
    if key == number:
        return {"export_row": number, "reject": "broken JSON" if rows[0] is None else "no item of Wikidata"}
    label = next((row[name] for row in rows for name in (f"{variable}Label", "label", "name") if name in row), None)
    values = {role: list(dict.fromkeys(filter(None, (_value(row, role) for row in rows)))) for role in ROLES}
    is_mission = variable.lower() in ("embassy", "consulate", "mission")
    item_cells = {"export_row": number, "item": key, "name": None if label == key else label, "is_mission": is_mission}
    return item_cells | values | {"accounts": _item_accounts({"export_row": number, "item": key}, rows)}


def _value(row, role):
    """What a row says of a role: its label before its address."""
    cells = [cell for name, cell in row.items() if role_of_variable(name) == role]
    return next((cell for cell in cells if not ITEM_ADDRESS.fullmatch(cell)), cells[0] if cells else None)


def _item_accounts(record, rows):
    """The rows of an item's accounts, each once, with the days its rows agree on; or one with `reject`."""
    pairs_of_rows = [(one, row) for row in rows for one in _row_accounts(record, row)]
    pairs = {
        (one["platform"], one["handle"].lower(), one["account_id"]) for one, _row in pairs_of_rows if one.get("handle")
    }
    pairs = {pair for pair in pairs if not pair[2].startswith("@")}
    id_of_handle, grouped = {pair[:2]: pair[2] for pair in pairs}, {}
    times = Counter(key for pair in pairs for key in (("handle", *pair[:2]), ("id", pair[0], pair[2])))
    for one, row in pairs_of_rows:
        key = one.get("platform"), _account_id(one, id_of_handle, times)
        grouped.setdefault(key, (one | {"account_id": key[1]}, []))[1].append(row)
    accounts = [one | {role: _common_value(rows, role) for role in ("from", "to")} for one, rows in grouped.values()]
    return [one for one in accounts if names_account(one)] or accounts[:1]


def _row_accounts(record, row):
    """The accounts that one row names.

    A number in a variable such as `twitterId` is the id of the handle beside it.
    """
    cells = [(role_of_variable(name), name, cell) for name, cell in row.items() if role_of_variable(name) in PLATFORMS]
    ids = {platform: cell for platform, name, cell in cells if cell.isdecimal() and ID_VARIABLE.search(name.lower())}
    return add_platform_ids(
        account_rows(record, [(one, cell) for one, _name, cell in cells if ids.get(one) != cell]), ids
    )


def _account_id(account, id_of_handle, times):
    """The id of an account: the platform's own only where the item pairs one handle with one id."""
    if not account.get("handle"):
        return account.get("account_id")
    platform, handle = account["platform"], account["handle"].lower()
    account_id = id_of_handle.get((platform, handle))
    return account_id if times["handle", platform, handle] == times["id", platform, account_id] == 1 else f"@{handle}"


def _common_value(rows, role):
    values = {_value(row, role) for row in rows}
    return values.pop() if len(values) == 1 else None


# Results of a SPARQL query as rows of text: what the Wikidata Query Service gives for download, and what scripts save.
#
# CSV; TSV, plain or with terms (`?item`, `<address>`, `"text"@en`); JSON with `head` and `results`; a list of rows in JSON.


def _variables(head):
    """The names of the variables; none where the file is no table and no JSON.

    Where JSON has no `vars`, the names at its head.
    """
    if head.is_json:
        text = head.text
        listed = re.search(r'"vars"\s*:\s*\[([^\[\]]*)\]', text)
        return list(dict.fromkeys(re.findall(r'"(\w+)"', listed[1]) if listed else re.findall(r'"(\w+)"\s*:', text)))
    return [name.removeprefix("?") for name in head.columns]


def _bindings(path):
    """The rows of the file, in order, as dicts variable → text, if bound; None for a broken one."""
    if read_head(path).is_json:
        for page in json_values(path):
            yield from map(_texts, _rows_of(page))
    elif read_head(path).start.startswith("?"):
        delimiter = read_head(path).header()[1]
        quote = "" if delimiter == "\t" else '"'  # a workbook, or what a spreadsheet saved
        names = _variables(read_head(path))
        table = scan(path, names, delim=delimiter, quote=quote, escape=quote, strict_mode=True)
        table = without_misplaced(path, table, _first_records(path, delimiter, quote), names)
        for row in table.to_pyarrow().to_pylist():
            yield {name: _term(cell) for name, cell in row.items() if cell}
    else:
        for row in delimited_records(path, set(_variables(read_head(path))) - {""}, ()):
            yield {name: cell for name, cell in row.items() if cell and name != "export_row"}


def _first_records(path, delimiter, quote):
    """The records at the head; in a table without quotes each line is one, quotation marks being part of its terms."""
    if quote:
        return read_head(path).records
    lines = [line for line in read_head(path).text.split("\n")[1:] if line.strip()]
    return [line.rstrip("\r").split(delimiter) for line in (lines if read_head(path).is_whole else lines[:-1])]


def _rows_of(page):
    results = page.get("results") if isinstance(page, dict) else None
    rows = results.get("bindings") if isinstance(results, dict) else None
    return rows if isinstance(rows, list) else [page]


def _texts(row):
    """A row of JSON, whose values are texts or objects with `value`, as texts."""
    if not isinstance(row, dict):
        return None
    cells = {name: as_text(cell.get("value") if isinstance(cell, dict) else cell) for name, cell in row.items()}
    return {name: cell for name, cell in cells.items() if cell}


def _term(cell):
    found = SPARQL_TERM.fullmatch(cell.strip())
    if not found:
        return cell
    return found[1] if found[1] is not None else re.sub(r"\\.", lambda mark: ESCAPED.get(mark[0], mark[0]), found[2])
