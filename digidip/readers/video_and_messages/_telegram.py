"""What Telegram Desktop's `result.json` holds: one chat with its messages, each with its whole text and its sums."""

import json
import re

from digidip.readers.opening._files import opening
from digidip.readers.opening._values import elements
from digidip.tables import ReaderError

CHAT = re.compile(r'\s*(\{.*?)"messages"\s*:\s*\[', re.S)
CHATS, LIST = re.compile(r'"(?:chats|left_chats)"\s*:\s*\{'), re.compile(r'"list"\s*:\s*\[')


def chat(path):
    """The chat of an export (a dict with name, type, id); None if the file is none.

    A whole account, or a chat that is no public channel, raises `ReaderError`: it holds what private persons wrote.
    """
    head = opening(path)
    found = CHAT.match(head)
    named = _parsed(found[1] + '"messages": []}') if found else {}
    if named.get("type") == "public_channel" and isinstance(named.get("id"), int):
        return named
    if "type" in named or _is_account(head):
        what = f"a chat of type {named['type']!r}" if "type" in named else "a whole account, with its private chats"
        raise ReaderError(
            f"{path} (head): {what}. Expected: one public channel, since private persons write in the others. Export the "
            "channel alone (its menu, Export chat history, JSON)."
        )
    return None


def messages_in(path, named, zone):
    """The messages of a chat: those of the file with `chat`, `whole` text, its `marks`, and `reaction_sum`.

    A message without `date_unixtime` (older exports) has the local time of the exporting computer: without a `zone` it
    raises `ReaderError`.
    """
    for record, message in enumerate(elements(path, "messages"), start=1):
        if isinstance(message, dict) and "date_unixtime" not in message and "date" in message and not zone:
            raise ReaderError(
                f"{path} (record {record}): 'date' without 'date_unixtime', the local time of the computer that exported. "
                "Expected: the zone of that computer. Say --zone, for instance America/New_York."
            )
        yield message | _read(message) | {"chat": str(named["id"])} if isinstance(message, dict) else message


def _is_account(head):
    """Whether lists of chats stand in the head of a file."""
    chats = CHATS.search(head) if head.lstrip().startswith("{") else None
    return bool(chats and LIST.search(head, chats.end()))


def _read(message):
    parts = message.get("text_entities") or message.get("text") or []
    parts = [
        {"text": part} if isinstance(part, str) else part for part in (parts if isinstance(parts, list) else [parts])
    ]
    counts = [reaction.get("count") for reaction in _dicts(message.get("reactions"))]
    return {
        "whole": "".join(str(part.get("text", "")) for part in _dicts(parts)),
        "marks": _dicts(parts),
        "reaction_sum": sum(counts) if counts and all(isinstance(count, int) for count in counts) else None,
    }


def _dicts(value):
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _parsed(text):
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
