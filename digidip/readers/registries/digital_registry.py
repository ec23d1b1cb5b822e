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

from digidip.readers.opening._files import fit, header, opening
from digidip.readers.registries._registries import (
    addressed,
    is_json,
    listed_under,
    records_of,
    table_of,
    text_of,
    trimmed,
)
from digidip.tables import ReaderError

PLATFORM = ""
SENDER = "USA"  # where no ministry is declared
CAPPED_AT = ()
AUTHORS = "id"
LOOSE = False
REQUIRED = {"accounts": {"service_key", "service_url", "organization"}}
API = ("service_key", "service_url", "organization", "account")
# The columns of service, address, organisation and handle in the three CSV files, and what else stands there.
SHAPES = {
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
    "name": trimmed(_.organization),
    "source": ibis.literal("U.S. Digital Registry"),
    "export_row": _.export_row,
    "reject": _.reject,
}


def fits(path):
    """Share of the file's columns that this reader knows; 1 for results of the API; 0 for any other file."""
    if is_json(path):
        return float(all(f'"{name}"' in opening(path) for name in REQUIRED["accounts"]))
    return max(fit(path, {*names, "agencies"}, others) for names, others in SHAPES.items())


def read(path, *, zone=None):
    """Accounts of the file as canonical columns, raw values; `zone` is not needed: no times are read."""
    if is_json(path) and not fits(path):
        raise ReaderError(
            f"{path}: no account of the U.S. Digital Registry at the head of the file. Expected: results of its API with "
            f"{', '.join(sorted(REQUIRED['accounts']))}. Give the right reader (digidip list)."
        )
    if is_json(path):
        names, records = API, listed_under(path, "results")
    else:
        names = next((names for names in SHAPES if set(names) <= set(header(path)[0])), next(iter(SHAPES)))
        records = records_of(path, names, {"status"})
    named = [row for number, one in enumerate(records, start=1) for row in _named(one, names, number)]
    return {"accounts": table_of(named, ["organization"]).select(**ACCOUNTS)}


def _named(one, names, number):
    """The rows of one record: its account, or the reason why it has none."""
    if not isinstance(one, dict):
        return [{"export_row": number, "reject": "no object with service_url"}]
    service, url, organization, *account = (text_of(one.get(name)) for name in names)
    record = {"export_row": number, "organization": organization}
    status = text_of(one.get("status")) or "published"
    if status.strip().lower() not in PUBLISHED:
        return [record | {"reject": f"not published: {status.strip().lower()[:40]}"}]
    return addressed(record, service, url, *account)
