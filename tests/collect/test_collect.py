"""Collecting from servers of this machine: whole, cut, busy, hostile; nothing half-written, nobody's name told, and it goes on."""

import json
import os
import signal
import subprocess
import sys
import threading
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from loopback import DID, FEED, HANDLE, PRIVATE, Loopback, bluesky, mastodon, profile, skeet, stamp, status

from digidip import collect, deliveries, readers, store
from digidip.collect import _server
from digidip.home import COLLECTING, locked


@pytest.fixture
def server():
    made = Loopback()
    yield made
    made.http.shutdown()
    made.http.server_close()


@pytest.fixture
def waits(monkeypatch):
    """The seconds that were waited for, without waiting."""
    found = []
    monkeypatch.setattr(_server, "sleep", found.append)
    return found


def left(home):
    """What lies in the folder of unfinished collections."""
    return sorted(path.name for path in (home / "data" / COLLECTING).glob("*-*"))


def held(home, ending):
    """The lines of the one file of data/raw whose name so ends, as JSON."""
    [path] = (home / "data" / "raw").glob(f"*/*{ending}")
    return [json.loads(line) for line in path.read_text().splitlines()]


def of_bluesky(digidip, server, *more, names=(HANDLE,)):
    return digidip("collect", "bluesky", *names, "--ministry", "DEU", "--server", server.address, *more)


def test_posts_replies_and_followers_of_bluesky(digidip, server, home):
    """Every page lies in data/raw as it was sent, declared; the readers give posts, an answer of a pseudonym, ties, an account."""
    server.answer = bluesky(FEED)
    code, out, err = of_bluesky(digidip, server, "--replies", "--followers")
    assert (code, err) == (0, "") and left(home) == []
    assert (
        f"bluesky {HANDLE} (DEU): 10 posts and 0 reposts, 2025-02-20 to 2025-03-01; replies to 1 of them; 3 of 5 followers"
        in out
    )
    assert f"Next: digidip --home {home} build" in out and PRIVATE not in out
    pages = held(home, ".posts.jsonl")
    assert pages[:3] == [bluesky(FEED)("getAuthorFeed", {"cursor": at}) for at in (0, 4, 8)] and "thread" in pages[3]
    assert [len(page["followers"]) for page in held(home, ".account.jsonl")[1:]] == [2, 1]
    rows = deliveries.manifest(home / "data" / "raw")
    assert {(home / "data" / "raw" / row.path).stat().st_mode & 0o777 for row in rows} == {0o600}
    assert {(row.reader, row.ministry, row.label, row.platform) for row in rows} == {
        (name, "DEU", "real", "bluesky") for name in ("bluesky_account", "bluesky_feed")
    }
    assert all(row.terms.startswith(f"aggregates-only, public answers of {server.host}") for row in rows)
    assert len({row.retrieved_at for row in rows}) == 1 and rows[0].retrieved_at > "2025"


def test_since_and_until_among_pins_and_reposts(digidip, server, home):
    """A page that is wholly older ends it, whatever its pin says; one old post does not; one of posts outside alone is not kept."""
    pinned = {"post": skeet(50, -20), "reason": {"$type": "app.bsky.feed.defs#reasonPin"}}
    by_us = {"$type": "app.bsky.feed.defs#reasonRepost", "by": profile(), "indexedAt": stamp(-30)}
    repost = {"post": skeet(60, -8000, "did:plc:other"), "reason": by_us}
    dated_back = skeet(70, -30)
    dated_back["record"]["createdAt"] = "1970-01-01T00:00:00Z"
    feed = [FEED[0]] * 4  # all after the period
    feed += [FEED[1], FEED[8], repost, {"post": dated_back}]  # one out of order
    feed += [pinned, FEED[9], FEED[9], FEED[9]]  # all before it
    feed += [FEED[9]] * 40
    server.answer = bluesky(feed)
    code, out, err = of_bluesky(digidip, server, "--since", "2025-02-28", "--until", "2025-03-01")
    assert (code, err) == (0, "") and "3 posts and 1 repost, 2025-02-28 to 2025-02-28" in out
    assert "4 posts outside of the period" in out
    assert sum("getAuthorFeed" in path for path in server.asked) == 3
    assert held(home, ".posts.jsonl") == [bluesky(feed)("getAuthorFeed", {"cursor": at}) for at in (4, 8)]


def test_what_is_no_post_is_not_counted(digidip, server):
    """A feed generator, a profile and an empty entry among posts are no posts and no reposts."""
    generator = skeet(4, -4) | {"uri": f"at://{DID}/app.bsky.feed.generator/x"}
    server.answer = bluesky([{"post": generator}, {"post": profile()}, {"feed": {}}, FEED[3]])
    assert "(DEU): 1 post and 0 reposts" in of_bluesky(digidip, server)[1]
    assert len(collect.mastodon.items([{"created_at": stamp(0)}, {"id": "7", "created_at": stamp(0)}], "7")) == 1


def test_it_goes_on_where_it_was_stopped(digidip, server, home, waits):
    """Ctrl-C, and a server that breaks down, keep the pages; the same command asks for the next one, other options for all."""
    whole = bluesky(FEED)

    def stopped(path, query):
        if query.get("cursor") == "8":
            return 503, {}
        return whole(path, query)

    server.answer = stopped
    code, out, err = of_bluesky(digidip, server)
    assert code == 3 and "it has a fault (HTTP 503), 5 times" in err and "1 of 1 accounts not collected" in err
    assert waits == [1, 2, 4, 8] and not list((home / "data").glob("raw/*/*")) and len(left(home)) == 1
    assert "a collection that is not finished" in digidip("key", "export")[2]
    server.asked.clear()
    server.answer = whole
    code, out, _err = of_bluesky(digidip, server)
    assert code == 0 and "(gone on with)" in out and len(held(home, ".posts.jsonl")) == 3
    assert ["cursor=8" in path for path in server.asked] == [True] and left(home) == []

    def interrupted(*_given):
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collect.bluesky, "replies", interrupted)
        code, _out, err = of_bluesky(digidip, server, "--replies")
    assert (
        code == 1 and "stopped. What was collected is kept" in err and "Traceback" not in err and len(left(home)) == 1
    )
    server.asked.clear()
    code, out, _err = of_bluesky(digidip, server, "--replies", "--since", "2025-02-27")
    assert code == 0 and "gone on" not in out and "getProfile" in server.asked[0] and left(home) == []


def test_it_goes_on_among_replies_and_followers(digidip, server, home, waits):
    """A fault at the second thread, then one at the second page of followers: each time the same command asks for these first."""
    feed = [{"post": skeet(number, -number, replies=1)} for number in range(3)]
    whole, broken = (
        bluesky(feed, followers=5),
        ["uri=" + "at%3A%2F%2F" + DID.replace(":", "%3A") + "%2Fapp.bsky.feed.post%2Fpost1", "cursor=2"],
    )

    def answer(path, query):
        return (502, {}) if broken and broken[0] in server.asked[-1] else whole(path, query)

    server.answer = answer
    for _turn in range(3):
        server.asked.clear()
        code, out, _err = of_bluesky(digidip, server, "--replies", "--followers")
        assert code == (3 if broken else 0) and len(waits) % 4 == 0
        del broken[:1]
    assert [path.partition("cursor=")[2] for path in server.asked] == ["2", "4"]
    assert "replies to 3 of them; 5 of 5 followers (gone on with)" in out
    assert [len(held(home, ending)) for ending in (".posts.jsonl", ".account.jsonl")] == [4, 4]


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "Sun, 01 Mar 2026 12:00:30 GMT"}, 30),
        ({"RateLimit-Reset": "1772366445"}, 45),  # Bluesky's, 12:00:45
        ({"X-RateLimit-Reset": "2026-03-01T12:01:00.809356Z"}, 60.809356),  # Mastodon's
        ({"X-RateLimit-Reset": "2020-01-01T00:00:00Z"}, 1),  # in the past
        ({"Retry-After": "soon"}, 1),
        ({"RateLimit-Reset": "20"}, 20),
    ],
)
def test_limits_are_honoured_by_the_servers_own_clock(server, waits, headers, waited):
    """Whatever the server's clock says beside ours: what counts is the difference between its stamps."""
    told, answers = [], [(429, {}, headers), {"ok": 1}]
    server.date = "Sun, 01 Mar 2026 12:00:00 GMT"
    server.answer = lambda path, query: answers.pop(0)
    assert collect.Server(server.address, told.append).get("/x").value == {"ok": 1}
    assert waits == [pytest.approx(waited)] and "its clock and that of this machine" in told[0]
    assert "too many requests; waiting for" in told[1] and len(told) == 2


@pytest.mark.parametrize(
    "fault",
    [
        (200, b'{"ok": ', {"Content-Length": "5000"}),
        (503, {}),
        (500, b"<html>"),
        (200, b"?", {"Content-Encoding": "gzip"}),
    ],
    ids=["cut", "busy", "broken", "packed wrongly"],
)
def test_a_fault_that_passes_is_asked_again(server, waits, fault):
    """The same request again, after a second, then two; the answer that comes is whole."""
    answers = [fault, fault, {"ok": 1}]
    server.answer = lambda path, query: answers.pop(0)
    assert collect.Server(server.address, lambda text: None).get("/x", a="1").value == {"ok": 1}
    assert waits == [1, 2] and server.asked == ["/x?a=1"] * 3


def test_a_redirect_on_the_same_server_is_followed(server, waits):
    """Within a host it is followed; numbers that are no ids stay as they were written."""
    server.answer = lambda path, query: (
        {"id": 1.50, "n": 12345678901234567890} if path == "/y" else (301, b"", {"Location": "/y"})
    )
    assert collect.Server(server.address, lambda text: None).get("/x").value == {"id": "1.5", "n": 12345678901234567890}


def test_no_request_is_free(server, waits):
    """What a good answer says of the next request is heeded before it is made."""
    told, server.date = [], "Sun, 01 Mar 2026 12:00:00 GMT"
    server.answer = lambda path, query: (
        200,
        {},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2026-03-01T12:00:50Z"},
    )
    asked = collect.Server(server.address, told.append)
    asked.get("/x")
    assert waits == []
    asked.get("/x")
    assert waits == [pytest.approx(50, abs=1)] and "its limit of requests is reached" in told[-1]


ODD = {
    "too long a wait": (
        (429, {}, {"Retry-After": "90000"}),
        "it asks to wait for 25 hours. Expected: 15 minutes at most",
    ),
    "always busy": ((429, {}, {"Retry-After": "2"}), "too many requests, 5 times"),
    "cut": ((200, b'{"feed": [', {"Content-Length": "5000"}), "no connection, or one that was cut, 5 times"),
    "a page for logins": ((200, b"<html>Sign in</html>"), "an answer that is no JSON (HTTP 200)"),
    "not a number": ((200, b'{"did": NaN}'), "an answer that is no JSON"),
    "not UTF-8": ((200, b'{"did": "\xff"}'), "an answer that is no JSON"),
    "UTF-16": ((200, '{"did": "did:plc:a"}'.encode("utf-16")), "an answer that is no JSON"),
    "half a letter": ((200, b'{"did": "\xed\xa0\xbd"}'), "an answer that is no JSON"),
    "deep": ((200, b"[" * 100_000), "an answer that is no JSON"),
    "large": ((200, b" " * 2_000_000), "an answer of more than 1 MB"),
    "another host": ((302, b"", {"Location": "https://login.example/"}), "sends us to another server (login.example)"),
    "the cloud's own": (
        (302, b"", {"Location": "http://169.254.169.254/latest"}),
        "sends us to another server (169.254.169.254)",
    ),
    "a file": ((302, b"", {"Location": "file:///etc/passwd"}), "sends us to another server"),
    "a circle": ((302, b"", {"Location": "/xrpc"}), "sends us round in a circle"),
    "another thing": ((200, {"hello": 1}), "an answer that is not a profile"),
    "unpacked": ((200, b"no gzip", {"Content-Encoding": "gzip"}), "an answer that cannot be unpacked, 5 times"),
}


@pytest.mark.parametrize("case", ODD)
def test_odd_servers_are_told_and_nothing_is_taken_in(digidip, server, home, waits, monkeypatch, case):
    """One line that says what was found, exit 3, nothing in data/raw; a second account of that server is not asked for."""
    monkeypatch.setattr(_server, "LARGEST", 1 << 20)
    answer, words = ODD[case]
    server.answer = lambda path, query: answer
    code, out, err = of_bluesky(digidip, server, names=(HANDLE, "emb.example.org"))
    assert code == 3 and out == "" and words in err, err
    assert "emb.example.org: not asked for" in err and "2 of 2 accounts not collected" in err and "Traceback" not in err
    assert not list((home / "data").glob("raw/*/*")) and left(home) == [] and sum(waits) <= 900


def test_accounts_that_are_not_there_stop_no_other(digidip, server, home):
    """Unknown, deleted and suspended accounts are named with the platform's word for it; what others have is taken in."""
    words = {
        "gone.example.org": "AccountDeactivated",
        "bad.example.org": "AccountTakedown",
        "no.example.org": "a <b>sentence</b>",
    }

    def answer(path, query):
        word = words.get(query.get("actor"))
        return (400, {"error": word, "message": "hello\x1b[31m"}) if word else bluesky(FEED[:1])(path, query)

    server.answer = answer
    code, out, err = of_bluesky(digidip, server, names=(*words, HANDLE))
    assert code == 3 and "1 post and 0 reposts" in out and "3 of 4 accounts not collected" in err
    assert "gone.example.org: refused (HTTP 400, AccountDeactivated)" in err and "AccountTakedown" in err
    assert "sentence" not in err and "\x1b" not in err and left(home) == []
    assert len(deliveries.manifest(home / "data" / "raw")) == 2


@pytest.mark.parametrize(
    ("page", "words"), [(FEED[:2], "a page that it had named before"), ([], "20 pages without a new record")]
)
def test_cursors_without_an_end(digidip, server, home, page, words):
    """The same cursor twice, or page after page without a post: it stops, keeps what is there, and says so in the terms too."""
    numbers = iter(range(100, 200))

    def answer(path, query):
        if "AuthorFeed" not in path or ("cursor" not in query and not page):
            return bluesky(FEED[:9])(path, query)
        return {"feed": page, "cursor": "again" if page else str(next(numbers))}

    server.answer = answer
    code, out, err = of_bluesky(digidip, server)
    assert words in err and "Next:" in out and code == 0
    assert all("incomplete: the server" in row.terms for row in deliveries.manifest(home / "data" / "raw"))


def test_the_same_posts_under_ever_new_cursors_end(digidip, server, home):
    """A page of posts that were met before is as an empty one, however often the cursor is another."""
    numbers = iter(range(100, 200))

    def answer(path, query):
        page = bluesky(FEED[:9])(path, query)
        return page | {"cursor": str(next(numbers))} if "AuthorFeed" in path else page

    server.answer = answer
    code, _out, err = of_bluesky(digidip, server)
    assert code == 0 and "20 pages without a new record" in err and next(numbers) < 130


def test_an_account_without_posts(digidip, server, home):
    """Its profile is held, and no file without a record is made."""
    server.answer = bluesky([])
    code, out, _err = of_bluesky(digidip, server)
    assert code == 0 and "0 posts and 0 reposts" in out
    assert [row.reader for row in deliveries.manifest(home / "data" / "raw")] == ["bluesky_account"]


def test_wrong_use_asks_nobody(digidip, server, home, register):
    """Names, days, ministries and servers are looked at before the first request; accounts.csv may know the ministry."""
    wrong = {
        ("bluesky", "not a handle", "--ministry", "DEU"): "no name of an account",
        ("mastodon", "mfa", "--ministry", "DEU"): "a handle with its server",
        ("bluesky", HANDLE): "no ministry, and accounts.csv does not list the account",
        ("bluesky", HANDLE, "--ministry", "Atlantis"): "unknown ministry",
        (
            "bluesky",
            HANDLE,
            "--ministry",
            "DEU",
            "--since",
            "2025-03-02",
            "--until",
            "2025-03-01",
        ): "no time between them",
        ("bluesky", HANDLE, "--ministry", "DEU", "--since", "yesterday"): "--since 'yesterday': found no day",
        (
            "bluesky",
            HANDLE,
            "--ministry",
            "DEU",
            "--server",
            "http://social.example",
        ): "plain HTTP is for servers of this machine alone",
        ("bluesky", HANDLE, "--ministry", "DEU", "--server", "file:///etc/passwd"): "Expected: the name of a server",
        ("mastodon", "mfa@social.example:99/..", "--ministry", "DEU"): "no name of an account",
    }
    for words, told in wrong.items():
        code, _out, err = digidip("collect", *words)
        assert code == 2 and told in err, (words, err)
    register(
        {"platform": "bluesky", "account_id": DID, "handle": HANDLE, "ministry": "FRA", "label": "real", "name": "M"}
    )
    server.answer = bluesky(FEED[:1])
    code, out, _err = digidip("collect", "bluesky", f"@{HANDLE.upper()}", "--server", server.address)
    assert code == 0 and f"bluesky {HANDLE} (FRA)" in out


def test_one_collection_at_a_time_and_a_finished_one_is_taken_in_once(digidip, server, home, monkeypatch):
    """Killed between the manifest and the end, the same command finds all there; while one runs, a second says so."""
    server.answer = bluesky(FEED[:1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collect.Unfinished, "remove", lambda part: None)
        assert of_bluesky(digidip, server)[0] == 0
    rows = deliveries.manifest(home / "data" / "raw")
    code, _out, _err = of_bluesky(digidip, server)
    assert code == 0 and deliveries.manifest(home / "data" / "raw") == rows and left(home) == []


def test_posts_replies_and_followers_of_mastodon(digidip, server, home):
    """Pages are followed by their Link header but on the server asked alone; a context that is gone is counted, not fatal."""
    boost = status(6, -100, server.host, reblog=status(500, -5000, "other.example", name="other"))
    statuses = [status(n, -20 * n, server.host, replies=int(n < 3)) for n in range(1, 6)] + [boost]
    server.answer = mastodon(statuses, server.host)
    code, out, err = digidip(
        "collect", "mastodon", f"mfa@{server.host}", "--ministry", "PER", "--replies", "--followers"
    )
    assert (code, err) == (0, "") and left(home) == [] and PRIVATE not in out
    assert (
        f"mastodon mfa@{server.host} (PER): 5 posts and 1 repost, 2025-02-25 to 2025-02-28; replies to 1 of them; 3 of 400 followers"
        in out
    )
    assert [len(page) for page in held(home, ".posts.jsonl")[:3]] == [2, 2, 2]
    assert {row.reader for row in deliveries.manifest(home / "data" / "raw")} == {
        "mastodon_account",
        "mastodon_statuses",
    }
    server.answer = bluesky(FEED)
    assert of_bluesky(digidip, server, "--replies", "--followers")[0] == 0
    code, out, err = digidip("build")
    assert (code, err) == (0, "") and "2 accounts, 16 posts, 2 comments, 6 follows, 2 metrics" in out, (out, err)
    assert "run 10-comment-analysis -p data=processed -p ministry=DEU -p platform=bluesky" in out
    holding = store.load("processed", home=home)
    accounts = holding.accounts.to_pandas().set_index("platform")
    assert accounts["account_id"].to_dict() == {"bluesky": DID, "mastodon": f"https://{server.host}/@mfa"}
    assert accounts["ministry"].to_dict() == {"bluesky": "DEU", "mastodon": "PER"}
    comments, follows = holding.comments.to_pandas(), holding.follows.to_pandas()
    assert set(comments["account_id"]) == set(follows["target_id"]) == set(accounts["account_id"])
    for people in (comments["author"], follows["source_id"]):
        assert people.str.fullmatch("p[a-z2-7]{24}").all()
    for path in [path for path in (home / "data" / "processed").rglob("*") if path.is_file()]:
        assert not any(PRIVATE in text for text in readers.searchable_texts(path)), path


def test_a_person_is_forgotten_in_what_was_collected_and_in_what_is_not_finished(
    digidip, server, home, tmp_path, monkeypatch
):
    """A follower leaves the pages of followers; a collection that is not finished, and names them, goes as a whole."""
    monkeypatch.setenv("DIGIDIP_CACHE", str(tmp_path / "cache"))
    server.answer = bluesky(FEED)
    of_bluesky(digidip, server, "--followers")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collect.bluesky, "followers", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
        of_bluesky(digidip, server, "--followers", "--replies")
    assert len(left(home)) == 1
    assert digidip("forget", "--person", f"{PRIVATE}1.example.com")[0] == 0
    assert sum(len(page["followers"]) for page in held(home, ".account.jsonl")[1:]) == 2 and len(left(home)) == 1
    assert digidip("forget", "--person", f"{PRIVATE}.example.com")[0] == 0 and left(home) == []
    server.answer = mastodon([], server.host)
    digidip("collect", "mastodon", f"mfa@{server.host}", "--ministry", "PER", "--followers")
    assert digidip("forget", "--person", f"https://{server.host}/@{PRIVATE}1")[0] == 0
    [path] = (home / "data" / "raw").glob("per/*.account.jsonl")
    assert path.read_text().count('"acct"') == 3 and f"{PRIVATE}1" not in path.read_text()


def test_what_a_server_of_mastodon_does_not_show(digidip, server, home):
    """Followers for members alone are said to be so, and posts taken in; unknown accounts are named; capped threads counted."""
    server.answer = whole = mastodon([status(1, 0, server.host, replies=80)], server.host, followers=0)

    def capped(path, query):
        found = whole(path, query)
        return {"ancestors": [], "descendants": found["descendants"] * 60} if path.endswith("context") else found

    server.answer = capped
    names = [f"nobody@{server.host}", f"mfa@{server.host}"]
    code, out, err = digidip("collect", "mastodon", *names, "--ministry", "PER", "--followers", "--replies")
    assert code == 3 and f"nobody@{server.host}: not there (HTTP 404)" in err
    assert (
        "the followers are shown only to who logs in (HTTP 403)" in err
        and "1 thread with as many replies as the server shows" in out
    )
    assert len(deliveries.manifest(home / "data" / "raw")) == 2


def test_recorded_answers(real_data, digidip, server, home):
    """Recorded answers of a server of Mastodon 4.6, byte for byte: an account that is there and its pages by Link, one that is not
    there; and a thread as Bluesky sent it."""
    folder, told = real_data / "api-recordings", {}
    for name in ("test_account_lookup", "test_fetch_next_previous"):
        text = (folder / "mastodon" / f"{name}.yaml").read_text()
        for one in yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))["interactions"]:
            parts = urlsplit(one["request"]["uri"])
            query = parse_qs(parts.query)
            told[parts.path, query.get("acct", query.get("max_id", [""]))[0]] = one["response"]
    thread = (folder / "atproto" / "thread_view_post_with_embed_media.json").read_bytes()

    def answer(path, query):
        if path.startswith("/xrpc"):
            return 200, thread
        found = told.get((path, query.get("acct", query.get("max_id", ""))))
        if not found:
            return 200, b"[]"  # the page after the last that was recorded
        headers = {
            name: found["headers"][name][0] for name in ("link", "x-ratelimit-remaining") if name in found["headers"]
        }
        return found["status"]["code"], found["body"]["string"].encode(), headers

    server.answer = answer
    names = [f"{name}@{server.host}" for name in ("mastodonpy_test", "kljadklajsdkljlkjlkjlkjasdasd")]
    code, out, err = digidip("collect", "mastodon", *names, "--ministry", "DEU")
    assert (
        code == 3
        and f"{names[1]}: not there (HTTP 404)" in err
        and "10 posts and 0 reposts, 2026-08-01 to 2026-08-01" in out
    )
    recorded = [
        one["body"]["string"]
        for (path, _page), one in told.items()
        if path.endswith("/statuses") and one["body"]["string"][0] == "["
    ]
    assert held(home, ".posts.jsonl") == [*map(json.loads, recorded[:2])]
    assert held(home, ".account.jsonl")[0]["id"] == "117020565966271181"
    [path] = (home / "data" / "raw").glob("*/*.posts.jsonl")
    assert readers.reader("mastodon_statuses").read(path)["posts"].count().to_pandas() == 10
    found = collect.bluesky.replies(collect.Server(server.address, None), "at://did:plc:a/app.bsky.feed.post/3k")
    assert found.body == thread and found.value["thread"]["post"]["record"]["createdAt"] == "2023-09-28T12:49:36.735Z"


def test_one_collection_at_a_time(digidip, server, home):
    """While one command collects, another says so and asks nobody; neither may somebody be forgotten meanwhile."""
    ready, go_on = threading.Event(), threading.Event()

    def hold():
        with locked(home / "data" / COLLECTING):
            ready.set()
            go_on.wait(10)

    other = threading.Thread(target=hold)
    other.start()
    ready.wait(10)
    try:
        code, _out, err = of_bluesky(digidip, server)
        assert (
            code == 3
            and "another command of digidip writes there. Expected: one at a time" in err
            and server.asked == []
        )
        (home / "data" / "raw").mkdir()
        assert digidip("forget", "--person", "Somebody")[0] == 3
    finally:
        go_on.set()
        other.join()


def test_ctrl_c_in_the_middle_of_an_answer(server, home):
    """A real interrupt while the server is silent: one line, exit 1, the pages are kept, nothing in data/raw."""
    whole, asked, go_on = bluesky(FEED), threading.Event(), threading.Event()

    def silent(path, query):
        if query.get("cursor") == "4":
            asked.set()
            go_on.wait(20)
        return whole(path, query)

    server.answer = silent
    words = ["--home", home, "collect", "bluesky", HANDLE, "--ministry", "DEU", "--server", server.address]
    code = "import sys; from digidip.cli import main; main(sys.argv[1:])"
    started = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"DIGIDIP_HOME": str(home)},
    )  # fmt: skip
    assert asked.wait(30)
    started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=30)
    go_on.set()
    assert started.returncode == 1 and out == "" and f"{HANDLE}: stopped. What was collected is kept" in err, err
    assert "Traceback" not in err and len(left(home)) == 1 and not list((home / "data").glob("raw/*/*"))
