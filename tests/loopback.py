"""Servers of Bluesky and Mastodon on this machine, with invented answers, for tests of what collects."""

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

DID, HANDLE = "did:plc:mfaexampleland2222222222", "mfa.example.org"
PRIVATE = "zebulon-quixworthy"
NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
PAGE = 4  # posts of a page of the servers here


def stamp(hours):
    """An instant so many hours after NOON, as servers write it."""
    return (NOON + timedelta(hours=hours)).isoformat().replace("+00:00", ".000Z")


# Bluesky, invented.


def skeet(number, hours, did=DID, handle=HANDLE, text="Our embassies are open.", replies=0, parent=None):
    """A post as Bluesky shows it."""
    record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": stamp(hours), "langs": ["en"]}
    if parent:
        record["reply"] = {"parent": {"uri": parent}, "root": {"uri": parent}}
    author = {"did": did, "handle": handle, "displayName": handle.title()}
    counts = {"likeCount": number, "replyCount": replies, "repostCount": 0}
    return {"uri": uri(number, did), "author": author, "record": record, "indexedAt": stamp(hours)} | counts


def uri(number, did=DID):
    return f"at://{did}/app.bsky.feed.post/post{number}"


def profile():
    return {
        "did": DID,
        "handle": HANDLE,
        "displayName": "MFA",
        "followersCount": 5,
        "followsCount": 2,
        "postsCount": 10,
    }


def bluesky(feed, followers=3):
    """The answers of a server of Bluesky with this feed, in pages of PAGE; the last has no cursor."""

    def answer(path, query):
        if path.endswith("getProfile"):
            return (
                profile()
                if query["actor"] in (HANDLE, DID)
                else (400, {"error": "InvalidRequest", "message": "Profile not found"})
            )
        if path.endswith("getAuthorFeed"):
            begin = int(query.get("cursor", 0))
            more = {"cursor": str(begin + PAGE)} if begin + PAGE < len(feed) else {}
            return {"feed": feed[begin : begin + PAGE]} | more
        if path.endswith("getPostThread"):
            mine = next(one["post"] for one in feed if one["post"]["uri"] == query["uri"])
            other = skeet(
                900, 30, "did:plc:sampleusera2222222222222", f"{PRIVATE}.example.com", "Where?", parent=mine["uri"]
            )
            return {
                "thread": {"$type": "app.bsky.feed.defs#threadViewPost", "post": mine, "replies": [{"post": other}]}
            }
        begin = int(query.get("cursor", 0))
        people = [
            {"did": f"did:plc:{number:024}", "handle": f"{PRIVATE}{number}.example.com"} for number in range(followers)
        ]
        return {"subject": profile(), "followers": people[begin : begin + 2]} | (
            {"cursor": str(begin + 2)} if begin + 2 < followers else {}
        )

    return answer


FEED = [{"post": skeet(number, -24 * number, replies=int(number == 1))} for number in range(10)]


class Loopback:
    """A server on 127.0.0.1 that answers as `answer` says, and keeps what it was asked."""

    def __init__(self):
        self.asked, self.answer, self.date = [], None, None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def date_time_string(self, timestamp=None):
                return outer.date or super().date_time_string(timestamp)

            def do_GET(self):
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                outer.asked.append(self.path)
                found = outer.answer(parts.path, query)
                code, value, headers = (
                    {1: (200, *found, {}), 2: (*found, {}), 3: found}[len(found)]
                    if isinstance(found, tuple)
                    else (200, found, {})
                )
                body = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response(code)
                for name, text in ({"Content-Length": str(len(body))} | headers).items():
                    self.send_header(name, text)
                self.end_headers()
                self.wfile.write(body)
                if "Content-Length" in headers:  # more was promised than is sent
                    self.close_connection = True

            def log_message(self, *_given):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.handle_error = lambda *_given: None  # whoever asked hung up
        self.host = f"127.0.0.1:{self.http.server_port}"
        self.address = f"http://{self.host}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


# Mastodon, invented, and as recorded.


def status(number, hours, host, replies=0, **more):
    """A status as Mastodon shows it."""
    name = more.pop("name", "mfa")
    account = {
        "id": "7" if name == "mfa" else "8",
        "acct": name,
        "url": f"https://{host}/@{name}",
        "uri": f"https://{host}/users/{name}",
    }
    fields = {
        "id": str(116000000000000000 + number),
        "created_at": stamp(hours),
        "visibility": "public",
        "language": "en",
    }
    fields |= {
        "uri": f"https://{host}/users/{name}/statuses/{number}",
        "url": f"https://{host}/@{name}/{number}",
        "reblog": None,
    }
    counts = {"replies_count": replies, "reblogs_count": 0, "favourites_count": number}
    rest = {"content": "<p>Hello</p>", "account": account, "mentions": [], "tags": [], "media_attachments": []}
    return (
        fields
        | counts
        | rest
        | {"in_reply_to_id": None, "in_reply_to_account_id": None, "poll": None, "card": None}
        | more
    )


def mastodon(statuses, host, followers=3, most=2):
    """The answers of a server of Mastodon, in pages of `most`, whose Link header leads to a wrong host."""

    def paged(path, values, begin):
        after = begin + most
        link = {
            "Link": f'<https://evil.example{path}?limit=40&max_id={after}>; rel="next", <https://e.example/>; rel="prev"'
        }
        return 200, values[begin:after], link if after < len(values) else {}

    def answer(path, query):
        begin = int(query.get("max_id", 0))
        if path.endswith("lookup"):
            known = {"id": "7", "acct": "mfa", "username": "mfa", "display_name": "MFA", "url": f"https://{host}/@mfa"}
            counts = {"followers_count": 400, "following_count": 1, "statuses_count": len(statuses)}
            return known | counts if query["acct"] == "mfa" else (404, {"error": "Record not found"})
        if path == "/api/v1/accounts/7/statuses":
            return paged(path, statuses, begin)
        if path.endswith("/context"):
            number = path.split("/")[4]
            reply = status(900, 30, host, name=PRIVATE, in_reply_to_id=number, in_reply_to_account_id="7")
            return (
                {"ancestors": [], "descendants": [reply]}
                if number != "116000000000000002"
                else (404, {"error": "Record not found"})
            )
        people = [
            {"id": str(n), "acct": f"{PRIVATE}{n}", "url": f"https://{host}/@{PRIVATE}{n}"} for n in range(followers)
        ]
        return paged(path, people, begin) if followers else (403, {"error": "This API requires an authenticated user"})

    return answer
