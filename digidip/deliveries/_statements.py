"""What a person states of a delivery: ministry, platform, label, zone, time of collection; each is checked.

A statement that cannot be true raises `ValueError`, in four parts.
"""

from contextlib import suppress
from datetime import UTC, datetime

import pycountry
from babel import Locale

from digidip import readers
from digidip.tables import LABEL_MEANINGS, LABELS, PLATFORMS

# Codes of senders of diplomats that ISO 3166-1 does not list.
FURTHER_SENDERS = {"EUE": "European Union", "XKX": "Kosovo", "XOM": "Sovereign Order of Malta"}


LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "ar", "ru", "zh")  # of names of states that a person may type


def ministry_code(text):
    """The code (ISO 3166-1 alpha-3) of a state named by a code or a name, in any of LANGUAGES; what names none as it is.

    >>> [ministry_code(name) for name in ("DE", "deu", "Germany", "Alemania", "EUE", "Atlantis", "")]
    ['DEU', 'DEU', 'DEU', 'DEU', 'EUE', 'Atlantis', '']
    """
    text = text.strip()
    further = {name.casefold(): code for code, name in FURTHER_SENDERS.items()}
    if not text or text.upper() in FURTHER_SENDERS:
        return text.upper()
    if text.casefold() in further:
        return further[text.casefold()]
    if not text.isdecimal():  # numbers of states are not what anybody types
        with suppress(LookupError):
            return pycountry.countries.lookup(text).alpha_3
    for language in LANGUAGES:
        names = Locale(language).territories
        found = [code for code, name in names.items() if name.casefold() == text.casefold() and len(code) == 2]
        state = pycountry.countries.get(alpha_2=found[0]) if found else None
        if state:
            return state.alpha_3
    return text


def check_statements(ministry, zone, label, reader=None):
    """Nothing, if the ministry, the zone, the label and the reader exist."""
    state = pycountry.countries.get(alpha_3=ministry)
    if ministry and ministry not in FURTHER_SENDERS and (state is None or state.alpha_3 != ministry):
        raise ValueError(
            f"unknown ministry {ministry!r}. Expected: the sending state by its name or its code of ISO 3166-1, such as Peru, PE or PER"
            f"{_nearest_state(ministry)}. Say --ministry CODE."
        )
    if label not in LABELS:
        found = f"unknown label {label!r}" if label else "no label"
        meanings = "; ".join(f"{name} ({meaning})" for name, meaning in LABEL_MEANINGS.items())
        raise ValueError(f"{found}. Expected one of: {meanings}. Say --label NAME; nothing is assumed.")
    if reader and reader not in readers.READERS:
        raise ValueError(
            f"unknown reader {reader!r}. Expected one of: {', '.join(readers.READERS)}. Leave --reader out to have it found."
        )
    if zone:
        time_zone(zone)


def _nearest_state(text):
    try:
        is_code = len(text) == 2  # ISO 3166-1 alpha-2, which is another code and not a beginning of a name
        state = pycountry.countries.get(alpha_2=text) if is_code else pycountry.countries.search_fuzzy(text)[0]
    except LookupError:
        return ""
    return f" (nearest: {state.alpha_3}, {state.name})" if state else ""


def time_zone(name):
    """The named IANA time zone; `ValueError` with an example if there is none of that name."""
    zone = readers.find_zone(name)
    if zone is None:
        raise ValueError(
            f"unknown zone {name!r}. Expected: a name of the IANA time zone data base, such as America/New_York or UTC. "
            "Say it in full; abbreviations such as EST mean different offsets in different places."
        )
    return zone


def in_utc(text):
    """A time of collection in UTC, as text; empty where nobody recorded it."""
    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or (moment.tzinfo is None and len(text) > 10):
        raise ValueError(
            f"unknown time of collection {text!r}. Expected: a date, or a time with its offset, such as "
            "2016-03-01T10:00:00Z. Leave --retrieved out if nobody recorded it."
        )
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat().replace("+00:00", "Z")


def check_account(name, account):
    """Nothing, if a reader whose format names no account has the id of one, and any other reader none."""
    is_nameless = getattr(readers.reader(name), "NEEDS_ACCOUNT", False)
    if is_nameless and not account.isdecimal():
        raise ValueError(
            f"account {account!r} for {name!r}. Expected: the id, in digits, of the one account that wrote them all, which "
            "the file does not tell. Say --account ID; posts of several accounts have to come with their authors."
        )
    if account and not is_nameless:
        raise ValueError(f"account {account!r} for {name!r}. Expected: none, since the file tells it. Leave it out.")


def check_needs(name, ministry, platform, tables=None):
    """Nothing, if posts and comments have their ministry, and the platform is one that the reader leaves open or names.

    tables: what a map says that the file holds; default: what the reader yields.
    """
    module = readers.reader(name)
    if not ministry and {"posts", "comments"} & (tables or set(module.REQUIRED)):
        raise ValueError(f"no ministry for {name!r}. Expected: the sending state of the accounts. Say --ministry CODE.")
    known = PLATFORMS if module.PLATFORM is None else ("", module.PLATFORM)
    if platform not in known and not (name == "mapped" and platform == ""):  # the map says it, or its rows do
        expected = ", ".join(PLATFORMS) if module.PLATFORM is None else repr(module.PLATFORM)
        raise ValueError(
            f"platform {platform!r} for {name!r}. Expected: {expected}. Say --platform NAME{', or leave it out' * bool(module.PLATFORM)}."
        )
