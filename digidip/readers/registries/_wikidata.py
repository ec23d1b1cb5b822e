"""Items of Wikidata out of the rows of a query: what its variables mean, and all values of an item gathered in one record."""

import re
from collections import Counter
from functools import cache

from digidip.readers.registries._registries import found_in, with_ids
from digidip.readers.registries._sparql import bindings

IRI = re.compile(r"https?://(?:www\.)?wikidata\.org/(?:entity|wiki)/(Q\d+)")
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
ENDINGS = re.compile(r"(?:handle|screen|user|name|account|address|channel|page|profile|url|link|numeric|id|s)+$")
NUMERIC = re.compile(r"(?:id|numeric|p6552)s?$")


@cache
def role_of(variable):
    """What a variable holds: a role of ROLES, a platform of PLATFORMS, or None; the label of a role has that role.

    >>> [role_of(name) for name in ("countryLabel", "twitterUsername", "xUserId", "mfa")]
    ['country', 'x', 'x', None]
    """
    word = re.sub(r"[^a-z0-9]", "", variable[:100].lower())
    bare, stem = re.sub(r"(?:label|name)$", "", word), ENDINGS.sub("", word)
    roles = (role for role, words in ROLES.items() if bare in words.split())
    platforms = (platform for platform, words in PLATFORMS.items() if {word, stem} & set(words.split()))
    return next(roles, None) or next(platforms, None)


def items(path):
    """One dict per item, or per row without one (`reject`): its first `export_row`, `item`, `name`, lists by role, `accounts`."""
    rows = list(bindings(path))
    names = list(dict.fromkeys(name for row in rows if row for name in row))
    ranked = sorted(names, key=lambda name: role_of(name) is not None)
    variable = next((name for name in ranked if any(row and IRI.fullmatch(row.get(name, "")) for row in rows)), "")
    groups = {}
    for number, row in enumerate(rows, start=1):
        item = IRI.fullmatch(row.get(variable, "")) if row else None
        groups.setdefault(item[1] if item else number, []).append((number, row))
    return [_item(key, rows, variable) for key, rows in groups.items()]


def _item(key, numbered, variable):
    number, rows = numbered[0][0], [row for _number, row in numbered]
    if key == number:
        return {"export_row": number, "reject": "broken JSON" if rows[0] is None else "no item of Wikidata"}
    label = next((row[name] for row in rows for name in (f"{variable}Label", "label", "name") if name in row), None)
    values = {role: list(dict.fromkeys(filter(None, (_value(row, role) for row in rows)))) for role in ROLES}
    is_mission = variable.lower() in ("embassy", "consulate", "mission")
    own = {"export_row": number, "item": key, "name": None if label == key else label, "is_mission": is_mission}
    return own | values | {"accounts": _accounts({"export_row": number, "item": key}, rows)}


def _value(row, role):
    """What a row says of a role: its label before its address."""
    cells = [cell for name, cell in row.items() if role_of(name) == role]
    return next((cell for cell in cells if not IRI.fullmatch(cell)), cells[0] if cells else None)


def _accounts(record, rows):
    """The rows of an item's accounts, each once, with the days that all rows naming it agree on; or one with `reject`."""
    seen = [(one, row) for row in rows for one in _of_row(record, row)]
    pairs = {(one["platform"], one["handle"].lower(), one["account_id"]) for one, _row in seen if one.get("handle")}
    pairs = {pair for pair in pairs if not pair[2].startswith("@")}
    held, found = {pair[:2]: pair[2] for pair in pairs}, {}
    times = Counter(key for pair in pairs for key in (("handle", *pair[:2]), ("id", pair[0], pair[2])))
    for one, row in seen:
        key = one.get("platform"), _settled(one, held, times)
        found.setdefault(key, (one | {"account_id": key[1]}, []))[1].append(row)
    known = [one | {role: _agreed(rows, role) for role in ("from", "to")} for one, rows in found.values()]
    return [one for one in known if "reject" not in one] or known[:1]


def _of_row(record, row):
    """The accounts that one row names; a number in a variable such as `twitterId` is the id of the handle beside it."""
    cells = [(role_of(name), name, cell) for name, cell in row.items() if role_of(name) in PLATFORMS]
    ids = {platform: cell for platform, name, cell in cells if cell.isdecimal() and NUMERIC.search(name.lower())}
    return with_ids(found_in(record, [(one, cell) for one, _name, cell in cells if ids.get(one) != cell]), ids)


def _settled(one, held, times):
    """The id of an account: the platform's own only where the item pairs it with one handle, and the handle with one id."""
    if not one.get("handle"):
        return one.get("account_id")
    platform, handle = one["platform"], one["handle"].lower()
    account_id = held.get((platform, handle))
    return account_id if times["handle", platform, handle] == times["id", platform, account_id] == 1 else f"@{handle}"


def _agreed(rows, role):
    values = {_value(row, role) for row in rows}
    return values.pop() if len(values) == 1 else None
