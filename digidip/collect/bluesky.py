"""Bluesky, by the public interface that asks for no login: app.bsky.actor.getProfile, feed.getAuthorFeed, feed.getPostThread,
graph.getFollowers (https://docs.bsky.app/docs/category/http-reference).

A feed is ordered by the earlier of a post's own time and that at which the server saw it, so a post that was brought along from
elsewhere stands at its old date; the page counts as past only when the later of the two is.
"""

import re

from digidip.collect._page import Account, Item, Page, latest, part_of, whole
from digidip.collect._server import ServerError

SERVER = "https://public.api.bsky.app"
POSTS_READER, ACCOUNT_READER = "bluesky_feed", "bluesky_account"
NAME = re.compile(
    r"did:[a-z]{1,20}:[A-Za-z0-9._:%-]{1,200}|(?=.{3,253}$)(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z][A-Za-z0-9-]{0,62}"
)
EXAMPLE = "a handle such as mfa.example.org, or a DID"
DID = re.compile(r"did:[a-z]{1,20}:[A-Za-z0-9._:%-]{1,200}")
POST = "/app.bsky.feed.post/"  # in the address of a post
MOST, DEEPEST = 100, 1000  # records of a page, levels of a thread: the most that a server gives
USED = "getProfile, getAuthorFeed, getPostThread, getFollowers"


def account(server, name):
    """The profile of an account, by handle or DID."""
    answer = server.get("/xrpc/app.bsky.actor.getProfile", actor=name)
    did, handle = part_of(answer.value, "did"), part_of(answer.value, "handle")
    if not (isinstance(did, str) and DID.fullmatch(did)):
        raise _unlike(server, "a profile")
    shown = handle if isinstance(handle, str) and NAME.fullmatch(handle) and handle != "handle.invalid" else name
    return answer, Account(did, shown, whole(part_of(answer.value, "followersCount")))


def posts(server, account, cursor):
    """A page of what the account published, newest first: posts, answers to others, reposts."""
    given = {"actor": account.account_id, "limit": MOST, "filter": "posts_with_replies"}
    answer = server.get("/xrpc/app.bsky.feed.getAuthorFeed", **given, **_cursor(cursor))
    if not isinstance(part_of(answer.value, "feed"), list):
        raise _unlike(server, "a feed")
    return Page(answer.body, items(answer.value, account.account_id), _next(answer.value))


def items(value, account_id):
    """The posts of a page of a feed; a feed, a list or a profile that stands there is none."""
    found = []
    for entry in [one for one in value["feed"] if POST in str(part_of(one, "post", "uri") or "")]:
        post, kind = part_of(entry, "post"), str(part_of(entry, "reason", "$type") or "")
        is_repost = kind.endswith("reasonRepost")
        times = [part_of(post, "record", "createdAt"), part_of(post, "indexedAt")]
        found.append(
            Item(
                str(part_of(post, "uri")),
                latest(part_of(entry, "reason", "indexedAt")) if is_repost else latest(*times),
                part_of(post, "author", "did") == account_id and not is_repost,
                kind.endswith("reasonPin"),
                (whole(part_of(post, "replyCount")) or 0) > 0,
            )
        )
    return found


def replies(server, post_id):
    """The thread under a post."""
    answer = server.get("/xrpc/app.bsky.feed.getPostThread", uri=post_id, depth=DEEPEST, parentHeight=0)
    if not isinstance(part_of(answer.value, "thread"), dict):
        raise _unlike(server, "a thread")
    return answer


def is_capped(_value):
    """Whether a thread was cut for who is not logged in: never."""
    return False


def followers(server, account, cursor):
    """A page of the account's followers."""
    given = {"actor": account.account_id, "limit": MOST}
    answer = server.get("/xrpc/app.bsky.graph.getFollowers", **given, **_cursor(cursor))
    if not isinstance(part_of(answer.value, "followers"), list):
        raise _unlike(server, "a list of followers")
    return Page(answer.body, answer.value["followers"], _next(answer.value))


def _cursor(cursor):
    return {"cursor": cursor} if cursor else {}


def _next(value):
    cursor = value.get("cursor")
    return str(cursor) if isinstance(cursor, (str, int)) else ""


def _unlike(server, what):
    return ServerError(
        f"{server.host}: an answer that is not {what}. Expected: the public interface of Bluesky. Check --server."
    )
