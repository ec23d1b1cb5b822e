"""Collect: public posts of open platforms, page by page as their servers send them, without a login.

A collection of one account goes through stages: its profile, its posts, replies to them, its followers. Every answer lies on
the disk before the next is asked for (`_unfinished`), so that Ctrl-C, a cut connection and a limit of requests cost nothing;
when all is there, two files are made of it that readers know: `….posts.jsonl` and `….account.jsonl`. What goes to data/raw is
for `deliveries` to take in.
"""

import json
import re
from datetime import UTC, datetime
from typing import NamedTuple

from tqdm import tqdm

from digidip.collect import bluesky, mastodon
from digidip.collect._page import Account, Page
from digidip.collect._server import AccountError, Server, ServerError
from digidip.collect._unfinished import Unfinished, safe_name
from digidip.home import COLLECTING, locked

__all__ = [
    "PLATFORMS",
    "AccountError",
    "Collected",
    "Options",
    "Server",
    "ServerError",
    "check_name",
    "check_period",
    "collect_account",
]
PLATFORMS = {"bluesky": bluesky, "mastodon": mastodon}
EMPTY_PAGES = 20  # pages without a record, one after another, after which a server is not asked on
SAME_CURSOR = "the server named a page that it had named before, so it was not asked on"
NO_END = f"the server sent {EMPTY_PAGES} pages without a new record, so it was not asked on"


class Collected(NamedTuple):
    """What was collected of one account: its files with their readers, and what is in them."""

    account: Account
    files: list
    used: str  # the parts of the platform's interface
    collected_at: str
    is_resumed: bool
    counts: dict  # posts, reposts, outside the period, threads, gone, capped, followers; first and last day
    notes: list  # why it ended early


class Options(NamedTuple):
    """What is wanted of an account; since and until are instants in ISO 8601, or empty."""

    since: str = ""
    until: str = ""
    replies: bool = False
    followers: bool = False


def collect_account(home, platform, name, server, options, take_in):
    """Collect one account of a platform (a name in PLATFORMS) and have its files taken in; returns `Collected`.

    take_in: called with `Collected` when all is there; what it returns without an error, the pages are removed. What ends a
    collection early keeps what is there, and the same again goes on. An account that is not shown raises `AccountError`, a
    server that does not answer `ServerError`.
    """
    asked, module = options._asdict() | {"server": server.address}, PLATFORMS[platform]
    with locked(home / "data" / COLLECTING, wait=0):
        part = Unfinished(home, platform, name, asked)
        try:
            for stage, action in STAGES.items():
                if part.state["stage"] == stage:
                    action(part, module, server, name, options)
        except (AccountError, ServerError) as error:
            if isinstance(error, AccountError) and not any(part.pages("posts")):
                part.remove()
            raise type(error)(f"{name}: {error}") from None
        collected = _written(part, platform, name, module)
        take_in(collected)
        part.remove()
    return collected


def _written(part, platform, name, module):
    """The pages as files that readers know, beside the pages."""
    state = part.state
    stem = f"{platform}-{safe_name(name)}-{re.sub('[-:]', '', state['collected_at'])}"
    files = [(part.write_lines(f"{stem}.account.jsonl", "account", "followers"), module.ACCOUNT_READER)]
    if state["posts"] + state["reposts"]:
        files.append((part.write_lines(f"{stem}.posts.jsonl", "posts", "replies"), module.POSTS_READER))
    given = state["collected_at"], part.is_resumed, state, state.get("notes", [])
    return Collected(Account(*state["account"]), files, module.USED, *given)


# Stages: each goes on from the state, and ends by naming the next.


def _account(part, module, server, name, options):
    answer, account = module.account(server, name)
    part.keep("account", answer.body, stage="posts", account=list(account))


def _posts(part, module, server, name, options):
    """Newest first, until all of a page is older than `since`; pages without a post of the period are not kept."""
    since, until = _instant(options.since), _instant(options.until)
    state, account = part.state, Account(*part.state["account"])

    def counts_of(page):
        inside = [item for item in page.items if not item.at or _is_within(item.at, since, until)]
        # What is pinned stands first whatever its age, and a repost at the time of the repost.
        times = [item.at for item in page.items if item.at and not item.is_pinned]
        is_past = bool(since and times and max(times) < since)
        return len(inside), _counts(state, inside, len(page.items)), is_past

    def ask(cursor):
        return module.posts(server, account, cursor)

    with _bar(f"{name}: posts", state.get("posts", 0)) as bar:
        _page_by_page(part, "posts", options, bar, ask, counts_of, key=lambda item: (item.post_id, item.at))


def _replies(part, module, server, name, options):
    """What stands under each own post of the period that has replies; one that is gone meanwhile is counted."""
    since, until = _instant(options.since), _instant(options.until)
    pages = (module.items(json.loads(page), part.state["account"][0]) for page in part.pages("posts"))
    items = {item.post_id: item for items in pages for item in items if item.is_own and item.has_replies}
    asked = [one for one, item in items.items() if not item.at or _is_within(item.at, since, until)]
    with _bar(f"{name}: replies", part.state["thread"], len(asked)) as bar:
        for number, post_id in enumerate(asked):
            if number < part.state["thread"]:
                continue
            try:
                answer = module.replies(server, post_id)
            except AccountError:
                part.note(thread=number + 1, gone=part.state.get("gone", 0) + 1)
                continue
            capped = part.state.get("capped", 0) + module.is_capped(answer.value)
            part.keep("replies", answer.body, thread=number + 1, capped=capped)
            bar.update()
    part.note(threads=len(asked), **_begin(_next_stage("replies", options)))


def _followers(part, module, server, name, options):
    state, account = part.state, Account(*part.state["account"])

    def counts_of(page):
        return len(page.items), {"followers": state.get("followers", 0) + len(page.items)}, False

    def ask(cursor):
        try:
            return module.followers(server, account, cursor)
        except AccountError as error:
            part.note(notes=[*state.get("notes", []), f"the followers are {error}"])
            return Page(b"", [], "")

    with _bar(f"{name}: followers", state.get("followers", 0), account.follower_count) as bar:
        _page_by_page(part, "followers", options, bar, ask, counts_of, key=repr)


def _page_by_page(part, stage, options, bar, ask, counts_of, key):
    """Ask for page after page of a stage, until it is the last or the server gives nothing new; then the next stage begins.

    ask: cursor → page; counts_of: page → how many of its records count, the numbers of the state with them, whether what follows
    is of no interest; key: record → what tells it from others. A page of which nothing counts is not kept.
    """
    state, empty, met = part.state, 0, set()
    while True:
        page = ask(state["cursor"])
        new_keys = set(map(key, page.items)) - met  # a page of records met before is as an empty one
        met |= new_keys
        empty = 0 if new_keys else empty + 1
        note = SAME_CURSOR if page.cursor in state["seen"] else NO_END if empty >= EMPTY_PAGES else ""
        count, after, is_past = counts_of(page)
        after |= _onward(state, page.cursor, note)
        is_last = not page.cursor or is_past or bool(note)
        after |= _begin(_next_stage(stage, options)) if is_last else {}
        if count:
            part.keep(stage, page.body, **after)
        else:
            part.note(**after)
        bar.update(count)
        if is_last:
            return


def _end(part, module, server, name, options):
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    part.note(stage="done", collected_at=now)


STAGES = {"account": _account, "posts": _posts, "replies": _replies, "followers": _followers, "end": _end}


def _next_stage(stage, options):
    wanted = {"replies": options.replies, "followers": options.followers, "end": True}
    names = list(STAGES)
    return next(name for name in names[names.index(stage) + 1 :] if wanted[name])


def _begin(stage):
    return {"stage": stage, "cursor": "", "seen": []}


def _onward(state, cursor, note):
    """What of the state says where to go on: the cursor, those that were given, and why it ended if it did so early."""
    notes = {"notes": [*state.get("notes", []), note]} if note else {}
    return {"cursor": cursor, "seen": [*state["seen"], *[cursor] * bool(cursor)]} | notes


def _counts(state, inside, items):
    """The numbers of the state with the posts of one more page."""
    own = sum(item.is_own for item in inside)
    days = sorted(item.at.date().isoformat() for item in inside if item.at)
    first, last = state.get("first"), state.get("last")
    return {
        "posts": state.get("posts", 0) + own,
        "reposts": state.get("reposts", 0) + len(inside) - own,
        "outside": state.get("outside", 0) + (items - len(inside) if inside else 0),
        "first": min([first, *days[:1]] if first else days[:1], default=None),
        "last": max([last, *days[-1:]] if last else days[-1:], default=None),
    }


def _instant(text):
    return datetime.fromisoformat(text) if text else None


def _is_within(at, since, until):
    return (not since or at >= since) and (not until or at < until)


def _bar(words, begun, total=None):
    """A bar on stderr, where that is a terminal."""
    return tqdm(desc=words, initial=begun, total=total, unit="", disable=None, leave=False)


def check_name(platform, name):
    """The name of an account as its platform writes it; `ValueError` where it cannot be one."""
    found = PLATFORMS[platform].NAME.fullmatch(name.strip().removeprefix("@"))
    if not found:
        raise ValueError(f"{name!r}: no name of an account. Expected: {PLATFORMS[platform].EXAMPLE}. Correct it.")
    return found[0].lower()


def check_period(since, until):
    """Nothing, if the period has a beginning before its end."""
    if since and until and _instant(since) >= _instant(until):
        raise ValueError(f"--since {since} --until {until}: found no time between them. Expected: since before until.")
