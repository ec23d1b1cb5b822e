"""Official accounts of members of the United States Congress, from congress-legislators.

Tool: congress-legislators (CC0), `legislators-social-media.yaml`, or the same as JSON; last seen June 2026.
Format: https://github.com/unitedstates/congress-legislators; docs/formats.md#congress_legislators
Encoding: UTF-8 YAML or JSON. Every value is read as text, so that no id loses a digit and no handle such as `no` or
    `0123` becomes another thing.
Zone: none; no times are in the file.
Ids: where handle and number are given they are one account, known by the number; `youtube` is the old user name,
    `youtube_id` the channel.
Caution: the file names no persons and no offices, only their numbers in other registries: join them by account. The
    ministry is the one declared, or USA.
Leaves out: the numbers in other registries.
Example: {id: {bioguide: X000000, govtrack: 1}, social: {twitter: RepExample, twitter_id: 1, facebook: RepExample}}
"""

import re

import ibis
import yaml
from ibis import _

from digidip.readers.opening.head import text_head
from digidip.readers.opening.yaml_texts import texts_of
from digidip.readers.registries._registries import account_rows, add_platform_ids, as_text, text_table
from digidip.tables import ReaderError

PLATFORM = ""
SENDER = "USA"  # where no ministry is declared
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"accounts": {"id", "social"}}
HEAD_PATTERNS = re.compile(r"""(?m)(?:^[\s-]*|[{,]\s*")social"?\s*:"""), re.compile(r"""[{\s"]bioguide"?\s*:""")
# Column of the handle and column of the platform's own id.
PLATFORMS = {
    "x": ("twitter", "twitter_id"),
    "facebook": ("facebook", "facebook_id"),
    "youtube": ("youtube", "youtube_id"),
    "instagram": ("instagram", "instagram_id"),
    "mastodon": ("mastodon", None),
}

ACCOUNTS = {
    "platform": _.platform,
    "account_id": _.account_id,
    "handle": _.handle,
    "source": ibis.literal("congress-legislators"),
    "export_row": _.export_row,
    "reject": _.reject,
}


def fits(head):
    """1 if records with `bioguide` and `social` stand at the head of the file, else 0."""
    return float(all(pattern.search(head.text) for pattern in HEAD_PATTERNS))


def read(path, *, zone=None):
    """Accounts in canonical columns; `zone` is not needed: no times are read."""
    records = _records(path)
    rows = [account for number, record in enumerate(records, start=1) for account in _record_accounts(record, number)]
    return {"accounts": text_table(rows, []).select(**ACCOUNTS)}


def _records(path):
    head = text_head(path)
    try:
        text = head.utf8_path.read_bytes().decode("utf-8-sig")
        records = texts_of(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        records = None
    if not isinstance(records, list):
        raise ReaderError(
            f"{path}: no list of records in YAML, or one that breaks off. Expected: legislators-social-media.yaml, a list of "
            "records with id and social. Give the file as congress-legislators publishes it."
        )
    return records


def _record_accounts(record, number):
    """The rows of one record, an account per platform; a number beside a handle is the account's id."""
    social = record.get("social") if isinstance(record, dict) else None
    if not isinstance(social, dict):
        return [{"export_row": number, "reject": "no record with social"}]
    cells = [(platform, as_text(social.get(handle))) for platform, (handle, _id) in PLATFORMS.items()]
    ids = {platform: as_text(social.get(name)) for platform, (_handle, name) in PLATFORMS.items() if social.get(name)}
    return add_platform_ids(account_rows({"export_row": number}, cells), ids)
