"""Accounts, and missions, that a query to Wikidata found, as the Query Service gives its results for download.

Tool: query.wikidata.org (CC0; formats.md §12; last seen 2026): CSV, TSV, JSON; columns are the variables of the query. The
file is known by addresses of items (http://www.wikidata.org/entity/Q…) beside a variable named after a platform or its
property (`twitter`, `xUsername`, `fb`, `P2013`). An item with several values stands in several rows: **it is one record,
numbered by its first row**. An X number beside a handle is its id, unless the rows cross several. Where there is an
`operator` it is the sender, `country` the receiver; without one `country` is the sender, of embassies the receiver. With
both, every item is a mission too. Several senders of one account stay together, with |. Left out: all other variables. One
row: http://www.wikidata.org/entity/Q1,Example Ministry,http://www.wikidata.org/entity/Q419,Peru,ExampleMFA.
"""

import re

import ibis
from ibis import _

from digidip.readers.opening._files import opening
from digidip.readers.registries._offices import has_office, office_of
from digidip.readers.registries._registries import day, table_of, trimmed
from digidip.readers.registries._sparql import variables
from digidip.readers.registries._wikidata import PLATFORMS, ROLES, items, role_of
from digidip.tables import ReaderError

PLATFORM = ""
CAPPED_AT = ()
AUTHORS = "id"
LOOSE = False
REQUIRED = {"accounts": {"item"}}
CELL = re.compile(r"""[,;\t"<\n]<?https?://(?:www\.)?wikidata\.org/(?:entity|wiki)/Q\d+>?(?:[,;\t"\s]|$)""")
OTHERS = {"operatorQID", "typeQID"}  # the Database of embassies has addresses of items too
NAMES = ("item", "name", "sender", "receiver", *ROLES)
POINT = r"(?i)^point\(\s*([-\d.eE]+)\s+([-\d.eE]+)\s*\)$"

ACCOUNTS = {
    "platform": _.platform,
    "account_id": _.account_id,
    "handle": _.handle,
    "name": trimmed(_.name),
    "office": office_of(_.type).nullif("other"),
    "sender": _.sender,
    "receiver": _.receiver,
    "city": _.city,
    "from_on": day(_["from"]),
    "to_on": day(_.to),
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
    "from_on": day(_.inception),
    "export_row": _.export_row,
}


def fits(path):
    """1 if addresses of items and a variable named after a platform stand at the head of the file, else 0."""
    names = variables(path)
    is_ours = any(role_of(name) in PLATFORMS for name in names) and not set(names) & OTHERS
    return float(is_ours and bool(CELL.search(opening(path))))


def read(path, *, zone=None):
    """Accounts, and missions where operators and countries are given, as canonical columns; `zone` is not needed: days."""
    if not fits(path):
        raise ReaderError(
            f"{path} (head): no results of a query to Wikidata with accounts. Expected: items such as "
            "http://www.wikidata.org/entity/Q1 and a variable named after a platform, such as twitter. Name the variables so, "
            "ask again, or give the right reader (digidip list)."
        )
    found = items(path)
    has_operator = any(one.get("operator") for one in found)
    has_missions = has_operator and any(one.get("country") for one in found)
    accounts, missions = [], []
    for one in found:
        cells, senders = _joined(one, has_operator)
        missions += [cells | {"sender": sender} for sender in senders if has_missions]
        named = one.get("accounts", [one])
        is_held = has_missions and senders and "reject" in named[0]
        accounts += [] if is_held else [cells | {"sender": "|".join(senders) or None} | account for account in named]
    tables = {"accounts": table_of(accounts, NAMES).select(**ACCOUNTS)}
    return tables | ({"missions": table_of(missions, NAMES).select(**MISSIONS)} if has_missions else {})


def _joined(one, has_operator):
    """The values of an item as one text for each role, joined with |, its receiver among them; and its senders."""
    cells = {role: "|".join(one.get(role) or []) or None for role in ROLES}
    is_mission = one.get("is_mission") or has_office(cells["type"])
    receiver = cells["country"] if has_operator or is_mission else None
    senders = one.get("operator") if has_operator else [] if is_mission else one.get("country")
    own = {name: one.get(name) for name in ("export_row", "item", "name")}
    return cells | own | {"receiver": receiver}, senders or []
