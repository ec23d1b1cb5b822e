"""Messages of one public channel as Telegram Desktop exported them (`result.json`).

Tool: Telegram Desktop, Export chat history, JSON; last seen 2026.
Format: https://core.telegram.org/import-export; docs/formats.md#telegram_desktop
Encoding: UTF-8 JSON.
Zone: UTC (`date_unixtime`); older exports have `date` alone, the local time of the computer that exported: then the
    zone must be named.
Ids: a post is known by channel and number of the message.
Rejects: service messages (channel made, photo changed). Whole accounts and other chats are refused: they hold what
    private persons wrote.
Caution: all reactions are counted together; views, forwards and comments are not exported. A forwarded message is a
    repost of a post that the export names by its author only: `forwarded:` and its own id.
Leaves out: authors' signatures, times of edits (the text is the last), the username of the channel and so addresses.
Example: {"id":192,"type":"message","date_unixtime":"1685…","from_id":"channel…","text":"Text",…}
"""

import json
import re

import ibis
from ibis import _

from digidip.readers.opening.cells import INSTANT, blank, check_zone, local_time, number, to_utc
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_records import record_rows, unnest_lists
from digidip.readers.opening.json_values import json_elements
from digidip.tables import ReaderError

PLATFORM = "telegram"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"posts": {"id", "type", "date", "text"}}
OF_BLOCKS = "a rich message, its text put together from its blocks, whose shape no document settles yet"
NO_WORDS = "a rich message without words that this reader can find, so its text is missing"
HTML_HEAD = re.compile(r'\s*<!DOCTYPE html>.*class="(?:page_body chat_page|history|message default)', re.S | re.I)
CHAT_HEAD = re.compile(r'\s*(\{.*?)"messages"\s*:\s*\[', re.S)
CHATS_KEY, LIST_KEY = re.compile(r'"(?:chats|left_chats)"\s*:\s*\{'), re.compile(r'"list"\s*:\s*\[')
SHAPE = """struct<id: string, type: string, action: string, date: string, date_unixtime: string, from: string,
    from_id: string, chat: string, whole: string, reply_to_message_id: string, reply_to_peer_id: string,
    forwarded_from: string, forwarded_from_id: string, photo: string, file: string, media_type: string,
    mime_type: string, poll: struct<question: string>, reaction_sum: string, remark: string,
    marks: array<struct<type: string, text: string, href: string, user_id: string>>>"""
VIDEOS = ("video_file", "video_message", "animation")

IT = _.it
CHANNEL = "channel" + IT.chat
POST_ID = IT.chat + "/" + IT.id
OWN_CHAT = IT.reply_to_peer_id.isnull() | (IT.reply_to_peer_id == CHANNEL)
LINKS = IT.marks.filter(lambda mark: mark["type"].isin(["link", "text_link"])).map(
    lambda mark: ibis.coalesce(mark.href, mark.text)
)
MEDIUM = ibis.cases(
    (IT.poll.notnull(), "poll"),
    (IT.photo.notnull() | IT.mime_type.startswith("image/"), "photo"),
    (IT.media_type.isin(VIDEOS) | IT.mime_type.startswith("video/"), "video"),
    (IT.media_type.notnull() | IT.file.notnull(), "other"),
)
UNIX_TIME = number(IT.date_unixtime).as_timestamp("s").cast(INSTANT)
REJECT = ibis.cases(
    (_.is_broken | IT.id.isnull(), "no message with an id"),
    (IT["type"] == "service", "service message: " + ibis.coalesce(IT.action, "of no kind")),
)

POSTS = {
    "post_id": POST_ID,
    "account_id": ibis.coalesce(blank(IT.from_id), CHANNEL),
    "account_name": blank(IT["from"]),
    "posted_at": UNIX_TIME,
    "medium": ibis.coalesce(MEDIUM, ibis.ifelse(LINKS.length() > 0, "link", "text")),
    "text": blank(IT.whole),
    "link": LINKS[0],
    "reply_to_id": ibis.ifelse(OWN_CHAT, IT.chat + "/" + IT.reply_to_message_id, None),
    "repost_of_id": ibis.ifelse(
        IT.forwarded_from.isnull() & IT.forwarded_from_id.isnull(), None, "forwarded:" + POST_ID
    ),
    "reaction_count": number(IT.reaction_sum),
    "export_row": _.export_row,
    "remark": IT.remark,
    "reject": REJECT,
}

ENTITIES = {
    "hashtag": IT.marks.filter(lambda mark: mark["type"] == "hashtag").map(lambda mark: mark.text.substr(1)),
    "mention": IT.marks.filter(lambda mark: mark["type"].isin(["mention", "mention_name"])).map(
        lambda mark: ibis.coalesce("user" + mark.user_id, mark.text.substr(1))
    ),
    "link": LINKS,
    "medium": ibis.ifelse(MEDIUM.isnull(), None, ibis.array([MEDIUM])),
}


def fits(head):
    """1 if the file is the export of a public channel, else 0.

    The export of a private chat or of an account raises `ReaderError`.
    """
    return float(_public_channel(head) is not None)


def refuses(head):
    """Whether it is the HTML that Telegram Desktop exports where nothing else is chosen."""
    return bool(HTML_HEAD.match(head.text))


def read(path, *, zone=None):
    """Posts and entities in canonical columns; `zone` is for exports without `date_unixtime`."""
    check_zone(path, zone)
    channel = _public_channel(read_head(path))
    if refuses(read_head(path)):
        raise ReaderError(
            f"{path} (head): an HTML export of Telegram. Expected: result.json. Export the channel again as machine-readable JSON "
            "(its menu, Export chat history, Format)."
        )
    if not channel:
        raise ReaderError(
            f"{path} (head): no chat of Telegram. Expected: result.json of one public channel, with 'name', 'type', 'id' and "
            "'messages'. Give the right reader (digidip list)."
        )
    posts = record_rows(_messages(path, channel, zone), SHAPE)
    local_instant = to_utc(zone, local_time(IT.date, "%Y-%m-%dT%H:%M:%S")) if zone else UNIX_TIME
    valid = posts.filter(REJECT.isnull())
    entities = unnest_lists(valid.select(post_id=POST_ID, **ENTITIES)).distinct()
    return {
        "posts": posts.select(**POSTS | {"posted_at": ibis.coalesce(UNIX_TIME, local_instant)}),
        "entities": entities.filter(entities.value.notnull()),
    }


# What Telegram Desktop's `result.json` holds: one chat with its messages, each with its whole text and its sums.


def _public_channel(head):
    """The chat of an export (a dict with name, type, id); None if the file is none.

    A whole account, or a chat that is no public channel, raises `ReaderError`: it holds what private persons wrote.
    """
    match = CHAT_HEAD.match(head.text)
    channel = _json_object(match[1] + '"messages": []}') if match else {}
    if channel.get("type") == "public_channel" and isinstance(channel.get("id"), int):
        return channel
    if "type" in channel or _is_account(head.text):
        what = f"a chat of type {channel['type']!r}" if "type" in channel else "a whole account, with its private chats"
        raise ReaderError(
            f"{head.path} (head): {what}. Expected: one public channel, since private persons write in the others. Export the "
            "channel alone (its menu, Export chat history, JSON)."
        )
    return None


def _messages(path, channel, zone):
    """The messages of a channel, each with `chat`, `whole` text, its `marks`, and `reaction_sum`.

    Messages without `date_unixtime` (older exports) have the local time of the exporting computer: without a `zone` the
    first raises `ReaderError`, unless others before it have an instant: then it alone has no time.
    """
    is_dated = bool(zone)
    for record, message in enumerate(json_elements(path, "messages"), start=1):
        is_dated = is_dated or (isinstance(message, dict) and "date_unixtime" in message)
        if isinstance(message, dict) and "date" in message and not is_dated:
            raise ReaderError(
                f"{path} (record {record}): 'date' without 'date_unixtime', the local time of the computer that exported. "
                "Expected: the zone of that computer. Say --zone, for instance America/New_York."
            )
        yield message | _text_and_sums(message) | {"chat": str(channel["id"])} if isinstance(message, dict) else message


def _is_account(head):
    """Whether lists of chats stand in the head of a file."""
    chats = CHATS_KEY.search(head) if head.lstrip().startswith("{") else None
    return bool(chats and LIST_KEY.search(head, chats.end()))


def _text_and_sums(message):
    parts = message.get("text_entities") or message.get("text") or []
    is_rich = not parts and "rich_message" in message
    parts = _rich_parts(message["rich_message"])[1:] if is_rich else parts
    parts = [
        {"text": part} if isinstance(part, str) else part for part in (parts if isinstance(parts, list) else [parts])
    ]
    counts = [reaction.get("count") for reaction in _objects_in(message.get("reactions"))]
    return {
        "whole": "".join(str(part.get("text", "")) for part in _objects_in(parts)),
        "marks": _objects_in(parts),
        "remark": (OF_BLOCKS if parts else NO_WORDS) if is_rich else None,
        "reaction_sum": sum(counts) if counts and all(isinstance(count, int) for count in counts) else None,
    }


def _rich_parts(value):
    """The parts of a text in the blocks of a rich message, in order, a line break before each block."""
    if isinstance(value, list):
        return [part for one in value for part in _rich_parts(one)]
    if not isinstance(value, dict):
        return []
    words = _inline_parts(value.get("text"))
    inside = [part for key, one in value.items() if key != "text" for part in _rich_parts(one)]
    return [{"text": "\n"}, *words, *inside] if words else inside


def _inline_parts(text):
    """The parts of a text that is a text, one marked part, or a list of both; marks within marks are taken out."""
    if isinstance(text, str):
        return [{"text": text}] if text else []
    if isinstance(text, dict):
        inner = text.get("text")
        return [text] if isinstance(inner, str) else _inline_parts(inner)
    return [part for one in text for part in _inline_parts(one)] if isinstance(text, list) else []


def _objects_in(value):
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _json_object(text):
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
