"""Missions of all states and their accounts, as the Database of embassies lists them.

Tool: generate_csv.py of the Database of embassies, from Wikidata (CC0); snapshots of 2020-11-25 and 2022-11-16 seen.
Format: https://github.com/database-of-embassies/database-of-embassies; versions from 2024 add `operatorISO` and
    `countryISO`. See docs/formats.md#database_of_embassies.
Encoding: UTF-8, `;` and never a quotation mark: a `;` in a value was made `,`. The header ends in `;`, the records do
    not. States accredited to are joined with `|` (from 2022 on).
Zone: none; `creation` is a day, where Wikidata knows the year alone it stands as 1 January.
Ids: a mission is its item of Wikidata (`QID`).
Rejects: missions without an operator and an item.
Caution: some operators are no states. Handles are what Wikidata's editors know: a lower bound on presence.
Leaves out: address, telephone, e-mail, pictures.
Example:
    Peru;http://www.wikidata.org/entity/Q419;Chile;…;embassy;http://www.wikidata.org/entity/Q3917681;;http://…/Q5369538
"""

import ibis
from ibis import _

from digidip.readers.opening.delimited import delimited_rows, scan, without_misplaced
from digidip.readers.opening.head import read_head
from digidip.readers.registries._offices import office_of
from digidip.readers.registries._registries import account_rows, date_of, names_account, text_table, trimmed_text

PLATFORM = ""
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {
    "missions": {"operator", "operatorQID", "country", "city", "latitude", "longitude", "type", "typeQID", "QID"},
    "accounts": {"facebook", "twitter", "youtube"},
}
OPTIONAL = {
    "missions": {"jurisdictions", "website", "creation"},
    "unread": {"operatorISO", "jurisdictionQIDs", "countryQID", "countryISO", "cityQID", "address", "phone", "email"}
    | {"picture", "pictureAuthor", "pictureLicense", "pictureLicenseURL", ""},
}
NEEDED = REQUIRED["missions"] | REQUIRED["accounts"]
PLATFORMS = {"facebook": "facebook", "twitter": "x", "youtube": "youtube"}
QID = _.QID.re_extract(r"(Q\d+)\s*$", 1)

MISSIONS = {
    "mission_id": QID.nullif(""),
    "office": office_of(_["type"]),
    "category": trimmed_text(_["type"]),
    "sender": trimmed_text(_.operator),
    "receiver": trimmed_text(_.country),
    "jurisdiction": trimmed_text(_.jurisdictions),
    "city": trimmed_text(_.city),
    "latitude": _.latitude.try_cast("float64"),
    "longitude": _.longitude.try_cast("float64"),
    "website": trimmed_text(_.website),
    "from_on": date_of(_.creation),
    "export_row": _.export_row,
    "reject": ibis.ifelse(
        (QID != "") & trimmed_text(_.operator).notnull(), None, "no mission with an operator and a QID"
    ),
}

ACCOUNTS = {
    "platform": _.platform,
    "account_id": _.account_id,
    "handle": _.handle,
    "office": office_of(_["type"]).nullif("other"),
    "sender": trimmed_text(_.operator),
    "receiver": trimmed_text(_.country),
    "city": trimmed_text(_.city),
    "source": ibis.literal("Database of embassies"),
    "export_row": _.export_row,
    "reject": _.reject,
}


def fits(head):
    """Share of the file's columns that this reader knows; 0 if one it requires is missing."""
    return head.known_share(NEEDED, OPTIONAL["missions"] | OPTIONAL["unread"])


def read(path, *, zone=None):
    """Missions and accounts in canonical columns; `zone` is not needed: days, no times."""
    missions = _cells(path).select(*sorted(NEEDED | OPTIONAL["missions"]), "export_row")
    records = missions.order_by("export_row").to_pyarrow().to_pylist()
    rows = [
        account
        for record in records
        for account in account_rows(record, [(PLATFORMS[name], record[name]) for name in PLATFORMS])
    ]
    accounts = text_table([account for account in rows if names_account(account)], sorted(NEEDED))
    return {
        "missions": missions.select(**MISSIONS),
        "accounts": accounts.filter(MISSIONS["reject"].isnull()).select(**ACCOUNTS),
    }


def _cells(path):
    """The records as text, as the tool wrote them (no quotation marks) or as a spreadsheet saved them."""
    names, delimiter = read_head(path).header()
    widths = [len(record) for record in read_head(path).records[:20]]
    if names[-1] or not set(names) >= NEEDED or widths.count(len(names) - 1) <= len(widths) // 2:
        return delimited_rows(path, NEEDED, OPTIONAL["missions"])
    columns = [f"c{number}" for number in range(len(names) - 1)]
    table = scan(path, columns, delim=delimiter, quote="", escape="", strict_mode=True)
    table = without_misplaced(path, table, read_head(path).records, names[:-1])
    cells = {
        name: table[f"c{names.index(name)}"] if name in names else ibis.null("string")
        for name in NEEDED | OPTIONAL["missions"]
    }
    return table.select(**cells, export_row=ibis.row_number() + 1)
