"""One public server: its answers as it sent them, asked politely, over HTTPS, by nobody in particular.

A server may be busy, wrong or hostile. It is given a few tries, as much time as it asks for up to LONGEST_WAIT, and an answer
of LARGEST bytes; it may not send us to another machine. urllib3's own retries wait without a word, and for as long as they
are told to, so the loop is here.
"""

import ipaddress
import json
import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import requests

from digidip.tables import TableError

LONGEST_WAIT = 900  # seconds that we wait because a server asks for it
LARGEST = 32 << 20  # bytes of an answer, unpacked
TRIES = 5
TIMEOUT, LONGEST_ANSWER = (10, 60), 300  # seconds: to connect, and for each piece; for the whole answer
CLOCKS_APART = 300  # seconds between two clocks that are worth a word
REDIRECTS = 3
RESETS = ("ratelimit-reset", "x-ratelimit-reset")  # Bluesky: seconds since 1970; Mastodon: a time in ISO 8601
REMAINING = ("ratelimit-remaining", "x-ratelimit-remaining")
EPOCH = 1_000_000_000  # a smaller number counts seconds from now, as the draft of the header's standard has it
HOST = re.compile(
    r"(?=.{1,253}(?::\d+)?$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::\d{1,5})?", re.I
)
sleep = time.sleep


class ServerError(TableError):
    """The server does not answer as it should, so that nothing more is asked of it now."""


class AccountError(TableError):
    """The server has no such account, or does not show it."""


class Answer(NamedTuple):
    """What a server sent: the bytes, what they say as JSON, and the address of the next page, by its Link header."""

    body: bytes
    value: object
    next_page: str


class Server:
    """A server of one platform, at `address`; `tell` is called with what a person who waits should know."""

    def __init__(self, address, tell):
        self.address, self.tell, self.is_clock_told = checked_address(address), tell, False
        self.host = urlsplit(self.address).netloc
        self.session = requests.Session()
        self.session.trust_env = not _is_loopback(urlsplit(self.address).hostname)
        self.session.auth = lambda request: request  # else passwords of ~/.netrc would be sent
        self.session.headers["User-Agent"] = "digidip (research on foreign ministries; reads public data)"
        self.free_at = 0.0  # when we may ask again, by our own clock that only goes forward

    def get(self, path, **parameters):
        """The answer to a request, after as many tries and waits as it needs.

        An account that is not there or not shown is an `AccountError`; what lasts, a `ServerError`.
        """
        for turn in range(TRIES):
            self._wait_until_free()
            try:
                return self._answer(path, parameters)
            except _AskAgainError as error:
                what = str(error)
                wait = error.seconds if error.seconds and error.seconds > 0 else 2**turn
                if turn < TRIES - 1:
                    self._wait(wait, what)
        raise ServerError(f"{self.host}: {what}, {TRIES} times. Expected: an answer. {LATER}")

    def _answer(self, path, parameters):
        address = f"{self.address}{path}"
        for _turn in range(REDIRECTS + 1):
            try:
                with self.session.get(
                    address, params=parameters, timeout=TIMEOUT, allow_redirects=False, stream=True
                ) as response:
                    self._heed(response)
                    if not response.is_redirect:
                        return self._checked(response, self._body(response))
                    target = urljoin(address, response.headers.get("Location", ""))
            except TableError:
                raise
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError):
                raise _AskAgainError("no connection, or one that was cut") from None
            except requests.exceptions.ContentDecodingError:
                raise _AskAgainError("an answer that cannot be unpacked") from None
            except (requests.RequestException, ValueError):
                raise ServerError(
                    f"{self.host}: an answer that breaks the rules of HTTP. Expected: a public server of the platform. Check the address."
                ) from None
            found, asked = urlsplit(target), urlsplit(self.address)
            if (found.scheme, found.netloc) != (asked.scheme, asked.netloc):
                raise ServerError(
                    f"{self.host}: it sends us to another server ({_shown_host(found)}). Expected: answers of its own; we do not "
                    "follow. If that server is the right one, name it yourself."
                )
            address, parameters = target, {}
        raise ServerError(f"{self.host}: it sends us round in a circle. Expected: an answer. Check the address.")

    def _heed(self, response):
        """Note when the server lets us ask again, and whether its clock is another than ours."""
        now = _server_time(response)
        apart = abs((now - datetime.now(UTC)).total_seconds())
        if apart > CLOCKS_APART and not self.is_clock_told:
            self.is_clock_told = True
            self.tell(
                f"{self.host}: its clock and that of this machine are {_span(apart)} apart; the time of collection is this "
                "machine's. Check its clock."
            )
        if response.status_code == 200 and _header(response, REMAINING).strip() == "0":
            self.free_at = time.monotonic() + max(_seconds_until(_header(response, RESETS), now) or 0, 0)

    def _wait_until_free(self):
        """Wait where the server has said that no further request is free before a moment."""
        seconds = self.free_at - time.monotonic()
        if seconds > 0:
            self._wait(seconds, "its limit of requests is reached")
        self.free_at = 0.0

    def _wait(self, seconds, why):
        if seconds > LONGEST_WAIT:
            raise ServerError(
                f"{self.host}: {why}, and it asks to wait for {_span(seconds)}. Expected: {LONGEST_WAIT // 60} minutes at most. {LATER}"
            )
        if seconds >= 1:
            self.tell(f"{self.host}: {why}; waiting for {_span(seconds)}")
        sleep(seconds)

    def _body(self, response):
        """The bytes of an answer, unpacked; one that is too large or takes too long is refused."""
        body, end = bytearray(), time.monotonic() + LONGEST_ANSWER
        for piece in response.iter_content(1 << 16):
            body += piece
            if len(body) > LARGEST or time.monotonic() > end:
                what = f"more than {LARGEST >> 20} MB" if len(body) > LARGEST else "no end within five minutes"
                raise ServerError(f"{self.host}: an answer of {what}. Expected: one page. {LATER}")
        return bytes(body)

    def _checked(self, response, body):
        """The answer, if it is one; else the error that it stands for."""
        code = response.status_code
        if code == 429:
            wait = _seconds_until(response.headers.get("Retry-After", ""), _server_time(response))
            if wait is None:
                wait = _seconds_until(_header(response, RESETS), _server_time(response))
            raise _AskAgainError("too many requests", wait)
        if code >= 500:
            wait = _seconds_until(response.headers.get("Retry-After", ""), _server_time(response))
            raise _AskAgainError(f"it has a fault (HTTP {code})", wait)
        try:
            # From bytes, json would also take UTF-16 and halves of letters, which no reader of the kept pages does.
            value = json.loads(body.decode("utf-8-sig"), parse_float=str, parse_constant=_no_constant)
        except (ValueError, RecursionError):  # no UTF-8 is one of the first
            value = None
        if code >= 400:
            raise AccountError(f"{_reason(code, value)}")
        if value is None and not body.lstrip().startswith(
            b"<"
        ):  # cut where nothing says how long it is; a page stays one
            raise _AskAgainError("an answer that is no JSON")
        if code != 200 or not isinstance(value, (dict, list)):
            raise ServerError(
                f"{self.host}: an answer that is no JSON (HTTP {code}). Expected: a public server of the platform, without a page "
                "for logins or consent before it. Check the address, or the network you are in."
            )
        return Answer(body, value, response.links.get("next", {}).get("url", ""))


LATER = "Is this machine online? What was collected until then is kept: the same command goes on from there."


class _AskAgainError(Exception):
    """A fault that may pass, and the seconds that the server asks for, if it says so."""

    def __init__(self, what, seconds=None):
        super().__init__(what)
        self.seconds = seconds


def checked_address(address):
    """The address of a server without its path; `ValueError` unless it is HTTPS, or a server of this machine.

    >>> checked_address("social.example"), checked_address("http://127.0.0.1:8080/x")
    ('https://social.example', 'http://127.0.0.1:8080')
    """
    text = address if "://" in address else f"https://{address}"
    scheme, _mark, rest = text.partition("://")
    place = rest.partition("/")[0]
    is_here = bool(HOST.fullmatch(place)) and _is_loopback(place.partition(":")[0])
    if "://" not in address and is_here:
        scheme = "http"
    if not HOST.fullmatch(place) or not (scheme == "https" or (scheme == "http" and is_here)):
        raise ValueError(
            f"server {address!r}. Expected: the name of a server, such as mastodon.social, which is asked over HTTPS; plain HTTP is for "
            "servers of this machine alone. Correct it."
        )
    return f"{scheme}://{place.lower()}"


def _is_loopback(host):
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _no_constant(_name):
    raise ValueError  # NaN and Infinity are no JSON


def _reason(code, value):
    """Why there is no account, by the code and the server's own word for it, never its sentences."""
    word = value.get("error") if isinstance(value, dict) else None
    suffix = f", {word}" if isinstance(word, str) and re.fullmatch(r"[A-Za-z]{1,40}", word) else ""
    what = {401: "shown only to who logs in", 403: "shown only to who logs in", 404: "not there", 410: "deleted"}
    return f"{what.get(code, 'refused')} (HTTP {code}{suffix})"


def _header(response, names):
    return next((response.headers[name] for name in names if name in response.headers), "")


def _server_time(response):
    """The server's own clock; ours where it tells none."""
    return _moment(response.headers.get("Date", "")) or datetime.now(UTC)


def _seconds_until(text, now):
    """Seconds from `now` until what a header says: a number of seconds, one since 1970, or a time; None if it says nothing.

    >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> [_seconds_until(text, noon) for text in ("30", "1772366460", "2026-03-01T12:02:00.5Z", "Sun, 01 Mar 2026 12:01:00 GMT", "soon")]
    [30.0, 60.0, 120.5, 60.0, None]
    """
    text = text.strip()
    if re.fullmatch(r"\d{1,15}(?:\.\d{1,9})?", text):
        number = float(text)
        return number - now.timestamp() if number > EPOCH else number
    moment = _moment(text)
    return (moment - now).total_seconds() if moment else None


def _moment(text):
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _span(seconds):
    """A span of time in words.

    >>> _span(42.3), _span(900), _span(90_000)
    ('43 seconds', '15 minutes', '25 hours')
    """
    for unit, size in (("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}"
    return f"{-(-seconds // 1):.0f} seconds"


def _shown_host(address):
    """The host of an address, if it is one; else words, since it is the server that says it."""
    return address.netloc if HOST.fullmatch(address.netloc) else "an odd address"
