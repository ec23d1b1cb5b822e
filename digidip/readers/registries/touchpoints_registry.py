"""Published accounts of United States agencies, as Touchpoints lists them.

Tool: Touchpoints (General Services Administration), the successor of the U.S. Digital Registry; last seen July 2026.
Format: https://github.com/GSA/touchpoints: the CSV of digital service accounts (`aasm_state`), or pages of its API in
    JSON:API (`data`, `attributes`, `status`), one page, several, or their records in one list. See
    docs/formats.md#touchpoints_registry.
Encoding: UTF-8, commas or JSON.
Zone: none; no times are read.
Ids: handles are taken from the address of the account.
Rejects: created, submitted, updated and archived records: only what is `published` is read.
Caution: agencies are all of one state, so the ministry is the one declared, or USA.
Leaves out: e-mails of contacts (never looked at), agencies, tags, descriptions, notes.
Example: 1,Example Agency,,Example Department,,twitter,https://twitter.com/Example,English,…,published,,
"""

import ibis
from ibis import _

from digidip.readers.opening.head import read_head
from digidip.readers.registries._registries import (
    account_row_by_address,
    as_text,
    delimited_records,
    json_page_records,
    text_table,
    trimmed_text,
)
from digidip.tables import ReaderError

PLATFORM = ""
SENDER = "USA"  # where no ministry is declared
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"accounts": {"name", "service", "service_url", "aasm_state"}}
OPTIONAL = {
    "unread": {"id", "contact_emails", "organization_names", "tag_list", "language", "short_description", "notes"}
    | {"long_description", "certified_at", "created_at", "updated_at", "legacy_id", "legacy_notes"}
}
HEAD_KEYS = '"attributes"', '"service"', '"service_url"'

ACCOUNTS = {
    "platform": _.platform,
    "account_id": _.account_id,
    "handle": _.handle,
    "name": trimmed_text(_.name),
    "source": ibis.literal("Touchpoints"),
    "export_row": _.export_row,
    "reject": _.reject,
}


def fits(head):
    """Share of the file's columns that this reader knows; 1 for records of the API; 0 for any other file."""
    if head.is_json:
        return float(all(key in head.text for key in HEAD_KEYS))
    return head.known_share(REQUIRED["accounts"], OPTIONAL["unread"])


def read(path, *, zone=None):
    """Accounts in canonical columns; `zone` is not needed: no times are read."""
    if read_head(path).is_json and not fits(read_head(path)):
        raise ReaderError(
            f"{path}: no account of Touchpoints at the head of the file. Expected: records of its API with attributes, "
            "service, service_url. Give the right reader (digidip list)."
        )
    records = (
        json_page_records(path, "data")
        if read_head(path).is_json
        else delimited_records(path, REQUIRED["accounts"], ())
    )
    rows = [account for number, record in enumerate(records, start=1) for account in _record_accounts(record, number)]
    return {"accounts": text_table(rows, ["name"]).select(**ACCOUNTS)}


def _record_accounts(record, number):
    """The rows of one record: its account, or the reason why it has none."""
    given = record.get("attributes", record) if isinstance(record, dict) else None
    if not isinstance(given, dict):
        return [{"export_row": number, "reject": "no object with attributes"}]
    row = {"export_row": number, "name": as_text(given.get("name"))}
    state = (as_text(given.get("aasm_state") or given.get("status")) or "").strip().lower()
    if state != "published":
        return [row | {"reject": f"not published: {state[:40] or 'no state'}"}]
    return account_row_by_address(row, as_text(given.get("service")), as_text(given.get("service_url")))
