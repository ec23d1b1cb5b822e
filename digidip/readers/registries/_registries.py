"""Registries: records as Python dicts, the accounts that their cells name, and rows for the engine.

A registry is small, so it is read whole. One record gives as many rows as it names accounts; each keeps its number.
"""

import hashlib
import re
from urllib.parse import unquote

import ibis
import pyarrow as pa

from digidip.readers.opening.cells import blank
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.opening.json_records import HALF_OR_NUL
from digidip.readers.opening.json_values import json_values
from digidip.tables import PLATFORMS

HOSTS = {
    "x": r"(?:twitter|x)\.com",
    "facebook": r"(?:facebook|fb)\.com",
    "instagram": r"instagram\.com",
    "threads": r"threads\.(?:net|com)",
    "youtube": r"youtube\.com",
    "tiktok": r"tiktok\.com",
    "telegram": r"(?:t|telegram)\.me",
    "vk": r"(?:vk|vkontakte)\.(?:com|ru)",
    "truthsocial": r"truthsocial\.com",
    "bluesky": r"bsky\.app",
    "weibo": r"weibo\.(?:com|cn)",
    "linkedin": r"linkedin\.com",
    "flickr": r"flickr\.com",
}
# What stands after the host, or alone in a cell. Facebook's pages without a handle end in their id: Embassy-in-X-1234567890.
PATHS = {
    "x": r"(?:intent/(?:user|follow)/?\?user_id=|i/user/)(?P<id>[0-9]+)"
    r"|(?:#!/)?(?:intent/(?:user|follow)/?\?screen_name=)?@?(?P<handle>[A-Za-z0-9_]{1,30})",
    "facebook": r"profile\.php/?\?(?:[^\s|]*&)?id=(?P<id>[0-9]+)(?:&[^\s|,;]*)?|(?:pages|people)/(?:category/[^/]+/)?[^/]+/(?P<page>[0-9]{5,})"
    r"|(?:pg/|p/|pages/(?:category/[^/]+/)?)?[^/?|,;\s]+-(?P<tail>[0-9]{9,})|(?P<bare>[0-9]{6,})|(?:pg/)?@?(?P<handle>[\w.-]{1,75})",
    "instagram": r"(?!p/)@?(?P<handle>[A-Za-z0-9_.]{1,30})",
    "threads": r"@?(?P<handle>[A-Za-z0-9_.]{1,30})",
    "youtube": r"(?:channel/)?(?P<id>UC[\w-]{22})|(?:(?:user|c)/)?@?(?P<handle>[\w.·-]{2,100})",
    "tiktok": r"@?(?P<handle>[A-Za-z0-9_.]{2,24})",
    "telegram": r"(?:s/)?@?(?P<handle>[A-Za-z][A-Za-z0-9_]{3,31})",
    "vk": r"@?(?P<handle>[A-Za-z0-9_.]{2,40})",
    "truthsocial": r"@?(?P<handle>[A-Za-z0-9_]{1,30})",
    "bluesky": r"(?:profile/)?(?:(?P<id>did:[a-z]+:[\w.%:-]+)|@?(?P<handle>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+))",
    "mastodon": r"(?:https?://)?(?P<host>[\w.-]+\.\w+)/(?:@|users/)(?P<user>\w[\w.-]*)|@?(?P<handle>\w[\w.-]*@[\w.-]+\.\w+)",
    "weibo": r"(?:u/)?(?P<id>[0-9]{8,11})|(?:n/|@)?(?P<handle>[\w-]{2,30})",
    "linkedin": r"(?:company|in|school|showcase|pub)/(?P<id>[0-9]+)|(?:(?:company|in|school|showcase|pub)/)?(?P<handle>[\w.&-]{2,100})",
    "flickr": r"(?:photos/|people/)?(?:(?P<id>[0-9]+@N[0-9][0-9])|(?P<handle>[\w.-]{2,60}))",
}
RESERVED_PATHS = set(
    "about accounts addlist company discover e embed events explore feed flickr gaming groups hashtag home i in intent"
    " joinchat live login media pages people photo photos playlist playlists plugins posts privacy public reel reels"
    " results s search settings share sharer shorts showcase status stories tag tos tv user video videos watch".split()
)
EMPTY_WORDS = set("none n/a na nan null nil no - -- . ? tbd unknown suspended deleted inactive closed".split())
SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+")
DESTROYED = "an id in scientific notation, which a spreadsheet destroyed; counted as an account without its id"
SEPARATORS = re.compile(r"[|,;\n]+|\s/\s|\s(?:and|&)\s")
OTHER_SITE = re.compile(r"(?i).*://|www\.")
INVISIBLE_CHARACTERS = re.compile("[\u200b-\u200f\u2060\ufeff\0]")

SERVICES = {name: name for name in PLATFORMS} | {"twitter": "x", "truth social": "truthsocial"}
ACCOUNT_COLUMNS = ("platform", "account_id", "handle", "reject")


def date_of(cell):
    """The date of `1997-10-01T00:00:00Z` or `1997-10-01`; missing where the text is no date."""
    return cell.left(10).try_cast("date")


def trimmed_text(cell):
    """Text without outer white space; missing where there is none."""
    return blank(cell.strip())


def delimited_records(path, required, optional):
    """The records of a delimited file as dicts of text, with `export_row`; see `delimited_rows`."""
    return delimited_rows(path, required, optional).order_by("export_row").to_pyarrow().to_pylist()


def json_page_records(path, key):
    """The records of a JSON file: those under `key` in each page, or its values.

    A broken line is `Broken`.
    """
    for value in json_values(path):
        page = value.get(key) if isinstance(value, dict) else None
        yield from page if isinstance(page, list) else [value]


def account_rows(record, cells):
    """A record once for each account that its cells name, with `platform`, `account_id`, `handle`.

    `cells` are pairs of platform (None: one that no study reads) and text. A record that names none comes once, with
    `reject`, the reason. An id that a spreadsheet destroyed is an account all the same, whose id is lost (`lost:…`), and
    a reject beside it.

    >>> account_rows({"export_row": 1}, [("x", "@mfa_xx"), (None, "mfa")])
    [{'export_row': 1, 'platform': 'x', 'account_id': '@mfa_xx', 'handle': 'mfa_xx'}]
    >>> account_rows({"export_row": 2}, [("x", " "), (None, "mfa")])
    [{'export_row': 2, 'reject': 'accounts on other platforms only'}]
    >>> [row.get("reject", row.get("account_id"))[:25] for row in account_rows({"export_row": 3}, [("facebook", "1.00065E+14")])]
    ['lost:facebook:481e5551', 'facebook: an id in scient']
    """
    filled = [(platform, cell) for platform, cell in cells if (cell or "").strip()]
    readable = [(platform, cell) for platform, cell in filled if platform]
    accounts = [(platform, *account) for platform, cell in readable for account in accounts_in_cell(platform, cell)]
    destroyed = [platform for platform, cell in readable if SCIENTIFIC.fullmatch(cell.strip())]
    accounts += [(platform, _lost_id(platform, record), None) for platform in destroyed]
    if accounts:
        named = [record | dict(zip(ACCOUNT_COLUMNS[:3], one, strict=True)) for one in accounts]
        return named + [record | {"reject": f"{platform}: {DESTROYED}"} for platform in destroyed]
    reason = "no handle that can be read" if readable else "accounts on other platforms only"
    return [record | {"reject": reason if filled else "no account named"}]


def _lost_id(platform, record):
    """What stands for the id of an account that a spreadsheet destroyed: known by its record, of nobody else."""
    return f"lost:{platform}:{hashlib.sha256(repr(sorted(record.items())).encode()).hexdigest()[:8]}"


def names_account(row):
    """Whether a row of `account_rows` is an account, or the reject of one whose id a spreadsheet destroyed."""
    return "reject" not in row or row["reject"].endswith(DESTROYED)


def add_platform_ids(rows, ids):
    """Rows of `account_rows` with a platform's own id in place of its handle, where both are one.

    An id alone is an account.

    `ids` is platform → id. Where a platform has several handles nobody can tell whose the id is, and it is passed over.

    >>> add_platform_ids([{"export_row": 1, "platform": "x", "account_id": "@a", "handle": "a"}], {"x": "17", "youtube": "UC1"})
    [{'export_row': 1, 'platform': 'x', 'account_id': '17', 'handle': 'a'},
     {'export_row': 1, 'platform': 'youtube', 'account_id': 'UC1', 'handle': None}]
    """
    record = {name: cell for name, cell in rows[0].items() if name not in ACCOUNT_COLUMNS}
    accounts = [row for row in rows if "reject" not in row]
    platforms = [row["platform"] for row in accounts]
    for row in accounts:
        if row["platform"] in ids and platforms.count(row["platform"]) == 1:
            row["account_id"] = ids[row["platform"]]
    alone = [platform for platform in ids if platform not in platforms]
    destroyed = [
        row for row in rows if "reject" in row and names_account(row) and row["reject"].split(":")[0] not in ids
    ]
    return [
        *accounts,
        *destroyed,
        *(record | {"platform": one, "account_id": ids[one], "handle": None} for one in alone),
    ] or rows


def account_row_by_address(record, service, *addresses):
    """The rows of a record with one account, as `account_rows` gives them.

    The service is a word, the name is that in the first address that has one; of the first, a word alone is none.

    >>> account_row_by_address({"export_row": 1}, "Twitter", "English", "mfa_xx")[0]["account_id"]
    '@mfa_xx'
    """
    word = (service or "").strip().lower().replace("_", " ")
    if word not in SERVICES:
        return [record | {"reject": f"an account on another platform: {word[:40]}" if word else "no platform named"}]
    addresses = (addresses[0] if _is_marked(addresses[0] or "") else None, *addresses[1:])
    found = [account_rows(record, [(SERVICES[word], address)]) for address in addresses]
    return next((rows for rows in found if "reject" not in rows[0]), found[0])


def text_table(records, names):
    """Dicts as an Ibis table: text columns `names` and those of `account_rows`, and `export_row`."""
    columns = [*dict.fromkeys((*names, *ACCOUNT_COLUMNS))]
    cells = {name: pa.array([as_text(record.get(name)) for record in records], pa.string()) for name in columns}
    numbers = pa.array([record["export_row"] for record in records], pa.int64())
    return ibis.memtable(pa.table(cells | {"export_row": numbers}))


def as_text(cell):
    """A value of JSON or YAML as text; None for anything that is no text and no number."""
    return HALF_OR_NUL.sub("", str(cell)) if isinstance(cell, (str, int, float)) else None


# What names an account in a cell of a registry: a handle, a platform's own id, an address, or several of them.
#
# Nothing is repaired. What is no handle of its platform (a word for nothing, a number in scientific notation, the address
# of another site, of a group, of a search) names no account.


def accounts_in_cell(platform, cell):
    """The accounts that a cell names, in its order: pairs of account id and handle (None if not given).

    The id is the platform's own where the cell has it, else `@` and the handle in small letters. A remark in brackets is
    passed over; of a sentence, also of one with commas, only what has an @ before it, or is an address, counts.

    >>> accounts_in_cell("x", "https://twitter.com/MFA_Xx?lang=en | @spokes_xx (closed)")
    [('@mfa_xx', 'MFA_Xx'), ('@spokes_xx', 'spokes_xx')]
    >>> accounts_in_cell("facebook", "Embassy-in-Bern-264350293627329"), accounts_in_cell("facebook", "1.00065E+14")
    ([('264350293627329', None)], [])
    >>> accounts_in_cell("x", "Long, with text, as @mfa_xx writes")
    [('@mfa_xx', 'mfa_xx')]
    """
    text = INVISIBLE_CHARACTERS.sub("", unquote(cell or "")).strip()
    whole = _account_of_text(platform, text)
    if whole:
        return [whole]
    parts = [part.strip() for part in SEPARATORS.split(re.sub(r"\([^()]*\)", "", text))]
    words = [word for part in parts for word in part.split()]
    words = filter(_is_marked, words) if any(" " in part for part in parts) else words
    return list(dict.fromkeys(filter(None, (_account_of_text(platform, word) for word in words))))


def _is_marked(word):
    return word.strip().startswith("@") or "/" in word


def _account_of_text(platform, text):
    """The account that a text is nothing but the name of; None where it is not."""
    if text.lower() in EMPTY_WORDS or SCIENTIFIC.fullmatch(text):
        return None
    at_host = re.match(rf"(?i)(?:(?:https?:)?//)?(?:[\w-]+\.)*{HOSTS.get(platform, '(?!)')}(?::\d+)?/", text)
    rest = text[at_host.end() :] if at_host else text
    if OTHER_SITE.match(rest) and platform != "mastodon":
        return None
    tail = r"(?:[/?#][^\s|,;]*)?" if at_host else r"/?(?:\?[^\s|,;]*)?"
    found = re.fullmatch(rf"(?:{PATHS[platform]}){tail}", rest)
    return _account_of_match(found.groupdict(), RESERVED_PATHS if at_host else ()) if found else None


def _account_of_match(found, reserved):
    account_id = next((found[name] for name in ("id", "page", "tail", "bare") if found.get(name)), None)
    handle = f"{found['user']}@{found['host']}" if found.get("user") else found.get("handle")
    if account_id:
        return account_id, None
    return (
        None if not handle or handle.lower() in reserved or handle.endswith(".php") else (f"@{handle.lower()}", handle)
    )
