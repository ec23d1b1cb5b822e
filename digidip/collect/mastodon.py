"""Mastodon and what speaks its language, by what a server shows without a login: accounts/lookup, accounts/:id/statuses,
statuses/:id/context, accounts/:id/followers (https://docs.joinmastodon.org/methods/).

Who is not logged in gets at most MOST_REPLIES replies to a status. A server may show less than that, or nothing.
"""

import re
from urllib.parse import parse_qs, quote, urlsplit

from digidip.collect._page import Account, Item, Page, latest, part_of, whole
from digidip.collect._server import AccountError, ServerError

POSTS_READER, ACCOUNT_READER = "mastodon_statuses", "mastodon_account"
NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?@[A-Za-z0-9.-]{1,253}(?::\d{1,5})?")
EXAMPLE = "a handle with its server, such as mfa@social.example"
MOST, MOST_FOLLOWERS, MOST_REPLIES = 40, 80, 60  # the most that a server gives
USED = "accounts/lookup, statuses, context, followers"


def account(server, name):
    """The account of a handle on its own server."""
    answer = server.get("/api/v1/accounts/lookup", acct=name.partition("@")[0])
    local_id, acct = _id(part_of(answer.value, "id")), part_of(answer.value, "acct")
    if not local_id or not isinstance(acct, str):
        raise _unlike(server, "an account")
    if "@" in acct:
        raise AccountError(
            "an account of another server, of which this one knows a part. Expected: its own. Name that server"
        )
    if part_of(answer.value, "suspended") is True:
        raise AccountError("suspended")
    remark = "it has moved to another account" if isinstance(part_of(answer.value, "moved"), dict) else ""
    return answer, Account(local_id, name, whole(part_of(answer.value, "followers_count")), remark)


def posts(server, account, cursor):
    """A page of what the account published, newest first: posts, answers to others, boosts."""
    answer = server.get(
        f"/api/v1/accounts/{quote(account.account_id, safe='')}/statuses", limit=MOST, **_cursor(cursor)
    )
    if not isinstance(answer.value, list):
        raise _unlike(server, "a list of statuses")
    return Page(answer.body, items(answer.value, account.account_id), _next(answer))


def items(value, account_id):
    """The statuses of a page; what has no id is none."""
    return [
        Item(
            _id(part_of(status, "id")),
            latest(part_of(status, "created_at")),
            not isinstance(part_of(status, "reblog"), dict),
            part_of(status, "pinned") is True,
            (whole(part_of(status, "replies_count")) or 0) > 0,
        )
        for status in value
        if _id(part_of(status, "id"))
    ]


def replies(server, post_id):
    """What stands above and under a status."""
    answer = server.get(f"/api/v1/statuses/{quote(post_id, safe='')}/context")
    if not isinstance(part_of(answer.value, "descendants"), list):
        raise _unlike(server, "the context of a status")
    return answer


def is_capped(value):
    """Whether a context has as many replies as a server gives to who is not logged in, so that there may be more."""
    return len(value["descendants"]) >= MOST_REPLIES


def followers(server, account, cursor):
    """A page of the account's followers, as far as it shows them."""
    address = f"/api/v1/accounts/{quote(account.account_id, safe='')}/followers"
    answer = server.get(address, limit=MOST_FOLLOWERS, **_cursor(cursor))
    if not isinstance(answer.value, list):
        raise _unlike(server, "a list of accounts")
    return Page(answer.body, answer.value, _next(answer))


def _cursor(cursor):
    return {"max_id": cursor} if cursor else {}


def _next(answer):
    """The number from which the next page goes on: of the address in the Link header nothing else is used."""
    return parse_qs(urlsplit(answer.next_page).query).get("max_id", [""])[0][:100]


def _id(value):
    """A local id as text; those of other programs that speak this language are words."""
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    return text if re.fullmatch(r"[A-Za-z0-9_-]{1,100}", text) else ""


def _unlike(server, what):
    return ServerError(
        f"{server.host}: an answer that is not {what}. Expected: a server of Mastodon, or one that speaks its language. Check the address."
    )
