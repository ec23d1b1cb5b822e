"""Accounts of United States agencies as the U.S. Digital Registry listed them, up to 2021.

Tool: U.S. Digital Registry (General Services Administration); last seen 2021. Touchpoints is its successor.
Format: https://github.com/GSA/us-digital-registry: pages or results of its API
    (`digital-registry/v1/social_media.json`), the administrators' CSV, the public CSV and the form for uploads. See
    docs/formats.md#digital_registry.
Encoding: UTF-8, JSON or commas.
Zone: none; no times are read.
Ids: handles are taken from the address of the account; the API writes them in small letters in `account`, which is
    read only where the address names none.
Rejects: accounts that are not published, in the administrators' CSV (`published`, or 1, is).
Caution: an account of several agencies is one account; agencies are all of one state, so the ministry is the one
    declared, or USA.
Leaves out: agencies, contacts, tags, descriptions.
Example:
    {"id":1,"service_key":"twitter","service_url":"https://twitter.com/Example","account":"example","organization":"Example"}
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
REQUIRED = {"accounts": {"service_key", "service_url", "organization"}}
API_KEYS = ("service_key", "service_url", "organization", "account")
# The columns of service, address, organisation and handle in the three CSV files, and what else stands there.
CSV_SHAPES = {
    ("service", "service_url", "organization", "account"): {"id", "created_at", "updated_at", "language", "status"}
    | {"short_description", "long_description", "agencies", "contacts", "tags"},
    ("account_type", "account url", "account name"): {"agencies", "tags", "updated"},
    ("account_platform", "account_url", "account_name"): {"short_description", "long_description", "language"}
    | {"agencies", "contacts", "notes"},
}
PUBLISHED = ("published", "1")

ACCOUNTS = {
    "platform": _.platform,
    "account_id": _.account_id,
    "handle": _.handle,
    "name": trimmed_text(_.organization),
    "source": ibis.literal("U.S. Digital Registry"),
    "export_row": _.export_row,
    "reject": _.reject,
}


def fits(head):
    """Share of the file's columns that this reader knows; 1 for results of the API; 0 for any other file."""
    if head.is_json:
        return float(all(f'"{name}"' in head.text for name in REQUIRED["accounts"]))
    return max(head.known_share({*names, "agencies"}, others) for names, others in CSV_SHAPES.items())


def read(path, *, zone=None):
    """Accounts in canonical columns; `zone` is not needed: no times are read."""
    if read_head(path).is_json and not fits(read_head(path)):
        raise ReaderError(
            f"{path}: no account of the U.S. Digital Registry at the head of the file. Expected: results of its API with "
            f"{', '.join(sorted(REQUIRED['accounts']))}. Give the right reader (digidip list)."
        )
    if read_head(path).is_json:
        names, records = API_KEYS, json_page_records(path, "results")
    else:
        names = next(
            (names for names in CSV_SHAPES if set(names) <= set(read_head(path).columns)), next(iter(CSV_SHAPES))
        )
        records = delimited_records(path, names, {"status"})
    rows = [
        account for number, record in enumerate(records, start=1) for account in _record_accounts(record, names, number)
    ]
    return {"accounts": text_table(rows, ["organization"]).select(**ACCOUNTS)}


def _record_accounts(record, names, number):
    """The rows of one record: its account, or the reason why it has none."""
    if not isinstance(record, dict):
        return [{"export_row": number, "reject": "no object with service_url"}]
    service, url, organization, *account = (as_text(record.get(name)) for name in names)
    row = {"export_row": number, "organization": organization}
    status = as_text(record.get("status")) or "published"
    if status.strip().lower() not in PUBLISHED:
        return [row | {"reject": f"not published: {status.strip().lower()[:40]}"}]
    return account_row_by_address(row, service, url, *account)
