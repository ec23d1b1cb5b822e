"""What Mastodon's files hold: statuses and contexts; ids of the server asked are made global."""

import html
import re

from digidip.readers.opening.json_records import html_text, object_at, objects_in
from digidip.readers.opening.json_values import json_values

PUBLIC = ("public", "unlisted")
ANCHOR = re.compile(r'<a\b[^>]*\bhref="([^"]*)"[^>]*>')
NO_LINK = re.compile(r'\bclass="[^"]*\b(?:mention|hashtag)\b|\brel="[^"]*\btag\b')
ACCOUNT_ADDRESS = re.compile(r"^(https?://([^/]+))/(?:users/|@)([^/@]+)(?:/.*)?$")
NOT_PUBLIC = "a status that is not public"


def statuses_in(path):
    """The statuses of a file in order, with addresses where the API gives local numbers.

    A broken line is `Broken`.

    Added are: `plain` and `links` (text of the original and addresses it leads to), `handle`, `reply_uri` and
    `reply_url` (status and account answered), `quote_uri`, `mentioned` (addresses of accounts). A local number becomes
    an address if the status or account is in the file, or the account is of the server asked; else it stays as it is.
    Of a status that is not public nothing is left but `reject`. The file is read twice: numbers may point forward.
    """
    accounts, uris = {}, {}
    for status in filter(_is_object, _statuses(path)):
        for account in _accounts_named(status):
            accounts[str(account.get("id"))] = {key: account.get(key) for key in ("acct", "uri", "url")}
        uris[str(status.get("id"))] = status.get("uri")
    for status in _statuses(path):
        yield _with_addresses(status, accounts, uris) if _is_object(status) else status


def links_in(markup):
    """The addresses that HTML leads to, but for mentions and hashtags."""
    return [html.unescape(anchor[1]) for anchor in ANCHOR.finditer(markup) if not NO_LINK.search(anchor[0])]


def account_of(uri):
    """The address of an account (`https://host/@name`) from its own or a status's; None for another one.

    >>> account_of("https://social.example/users/mfa/statuses/116158758920060929")
    'https://social.example/@mfa'
    """
    found = ACCOUNT_ADDRESS.match(uri) if isinstance(uri, str) else None
    return f"{found[1]}/@{found[3]}" if found else None


def handle_of(uri):
    """The handle with its server from the address of an account; None for another address."""
    found = ACCOUNT_ADDRESS.match(uri) if isinstance(uri, str) else None
    return f"{found[3]}@{found[2]}" if found else None


def _statuses(path):
    for value in json_values(path):
        if isinstance(value, dict) and {"ancestors", "descendants"} & value.keys():
            yield from [*objects_in(value.get("ancestors")), *objects_in(value.get("descendants"))]
        elif isinstance(value, dict) and isinstance(value.get("statuses"), list):
            yield from value["statuses"]
        else:
            yield value


def _is_object(value):
    return isinstance(value, dict)


def _accounts_named(status):
    """Accounts named in a status, its author last: the author's entry is the full one."""
    return objects_in([*objects_in(status.get("mentions")), status.get("account")])


def _with_addresses(status, accounts, uris):
    if status.get("visibility", "public") not in PUBLIC:
        return {"reject": NOT_PUBLIC}
    original, account = object_at(status, "reblog") or status, object_at(status, "account")
    markup, quote = str(original.get("content") or ""), object_at(status, "quote")
    number, author = status.get("in_reply_to_id"), status.get("in_reply_to_account_id")
    answered = accounts.get(str(author), {})
    quoted = object_at(quote, "quoted_status").get("uri") or quote.get("quoted_status_id")
    return status | {
        "plain": html_text(markup),
        "links": links_in(markup),
        "handle": handle_with_server(account),
        "reply_uri": uris.get(str(number)) or _local_uri(number, answered),
        "reply_url": answered.get("url") or author,
        "quote_uri": uris.get(str(quoted)) or quoted,
        "mentioned": [person.get("url") for person in objects_in(original.get("mentions"))],
        "reject": None,
    }


def handle_with_server(account):
    """The handle with its server, which the API leaves out for accounts of the server asked."""
    name, url = str(account.get("acct") or ""), str(account.get("url"))
    host = re.match(r"https?://([^/]+)/", url)
    return f"{name}@{host[1]}" if name and host and "@" not in name else name


def _local_uri(number, account):
    """The address of a status of the server asked, from its number there; for other servers the number."""
    url = account.get("uri") or str(account.get("url") or "").replace("/@", "/users/")
    is_local = str(url).startswith("http") and "@" not in str(
        account.get("acct", "@")
    )  # a word for nothing is no address
    return f"{url}/statuses/{number}" if number and is_local else number
