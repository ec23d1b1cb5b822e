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
from itertools import accumulate

import ibis
import yaml
from ibis import _

from digidip.readers.opening._files import in_utf8, opening
from digidip.readers.registries._registries import found_in, table_of, text_of, with_ids
from digidip.tables import ReaderError

PLATFORM = ""
SENDER = "USA"  # where no ministry is declared
CAPPED_AT = ()
AUTHORS = "id"
LOOSE = False
REQUIRED = {"accounts": {"id", "social"}}
SIGNS = re.compile(r"""(?m)(?:^[\s-]*|[{,]\s*")social"?\s*:"""), re.compile(r"""[{\s"]bioguide"?\s*:""")
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # text alone: nothing becomes a number, a date or true
DEEPEST = 50  # lists and mappings in one another: the parser in C ends the whole process over thousands
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


def fits(path):
    """1 if records with `bioguide` and `social` stand at the head of the file, else 0."""
    return float(all(sign.search(opening(path)) for sign in SIGNS))


def read(path, *, zone=None):
    """Accounts of the file as canonical columns, raw values; `zone` is not needed: no times are read."""
    records = _records(path)
    named = [row for number, one in enumerate(records, start=1) for row in _named(one, number)]
    return {"accounts": table_of(named, []).select(**ACCOUNTS)}


def _records(path):
    opening(path)
    try:
        text = in_utf8(path).read_bytes().decode("utf-8-sig")
        records = None if _is_deep(text) else yaml.load(text, Loader=LOADER)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        records = None
    if not isinstance(records, list):
        raise ReaderError(
            f"{path}: no list of records in YAML, or one that breaks off. Expected: legislators-social-media.yaml, a list of "
            "records with id and social. Give the file as congress-legislators publishes it."
        )
    return records


def _is_deep(text):
    """Whether more lists and mappings lie in one another than in any registry."""
    starts, ends = yaml.CollectionStartEvent, yaml.CollectionEndEvent
    steps = (isinstance(one, starts) - isinstance(one, ends) for one in yaml.parse(text, Loader=LOADER))
    return any(depth > DEEPEST for depth in accumulate(steps))


def _named(one, number):
    """The rows of one record: an account for each platform; the number makes the handle's account known by it."""
    social = one.get("social") if isinstance(one, dict) else None
    if not isinstance(social, dict):
        return [{"export_row": number, "reject": "no record with social"}]
    cells = [(platform, text_of(social.get(handle))) for platform, (handle, _id) in PLATFORMS.items()]
    ids = {platform: text_of(social.get(name)) for platform, (_handle, name) in PLATFORMS.items() if social.get(name)}
    return with_ids(found_in({"export_row": number}, cells), ids)
