"""Messages of one public channel as Telegram Desktop exported them (`result.json`).

Tool: Telegram Desktop, Export chat history, JSON (core.telegram.org/import-export; formats.md §10.1; last seen 2026).
UTF-8. `date_unixtime` is UTC; older exports have `date` alone, the local time of the computer that exported: then the
zone must be named. Whole accounts and other chats are refused: they hold what private persons wrote. A post is known by
channel and number of the message. All reactions are counted together; views, forwards and comments are not exported.
Service messages (channel made, photo changed) are rejects. A forwarded message is a repost of a post that the export
names by its author only: `forwarded:` and its own id. Left out: authors' signatures, times of edits (the text is the
last), the username of the channel and so addresses. One row: {"id":192,"type":"message","date_unixtime":"1685…",…}.
"""

import ibis
from ibis import _

from digidip.readers.opening._cells import INSTANT, blank, check_zone, located, number, wall
from digidip.readers.opening._nested import rows_of, unnested
from digidip.readers.video_and_messages._telegram import chat, messages_in
from digidip.tables import ReaderError

PLATFORM = "telegram"
CAPPED_AT = ()
AUTHORS = "id"
LOOSE = False
REQUIRED = {"posts": {"id", "type", "date", "text"}}
SHAPE = """struct<id: string, type: string, action: string, date: string, date_unixtime: string, from: string,
    from_id: string, chat: string, whole: string, reply_to_message_id: string, reply_to_peer_id: string,
    forwarded_from: string, forwarded_from_id: string, photo: string, file: string, media_type: string,
    mime_type: string, poll: struct<question: string>, reaction_sum: string,
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
UNIX = number(IT.date_unixtime).as_timestamp("s").cast(INSTANT)
REJECT = ibis.cases(
    (_.is_broken | IT.id.isnull(), "no message with an id"),
    (IT["type"] == "service", "service message: " + ibis.coalesce(IT.action, "of no kind")),
)

POSTS = {
    "post_id": POST_ID,
    "account_id": ibis.coalesce(blank(IT.from_id), CHANNEL),
    "account_name": blank(IT["from"]),
    "posted_at": UNIX,
    "medium": ibis.coalesce(MEDIUM, ibis.ifelse(LINKS.length() > 0, "link", "text")),
    "text": blank(IT.whole),
    "link": LINKS[0],
    "reply_to_id": ibis.ifelse(OWN_CHAT, IT.chat + "/" + IT.reply_to_message_id, None),
    "repost_of_id": ibis.ifelse(
        IT.forwarded_from.isnull() & IT.forwarded_from_id.isnull(), None, "forwarded:" + POST_ID
    ),
    "reaction_count": number(IT.reaction_sum),
    "export_row": _.export_row,
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


def fits(path):
    """1 if the file is the export of a public channel, else 0; that of a private chat or account raises `ReaderError`."""
    return float(chat(path) is not None)


def read(path, *, zone=None):
    """Posts and entities of the file as canonical columns, raw values; `zone` is for exports without `date_unixtime`."""
    check_zone(path, zone)
    named = chat(path)
    if not named:
        raise ReaderError(
            f"{path} (head): no chat of Telegram. Expected: result.json of one public channel, with 'name', 'type', 'id' and "
            "'messages'. Give the right reader (digidip list)."
        )
    posts = rows_of(messages_in(path, named, zone), SHAPE)
    local = located(zone, wall(IT.date, "%Y-%m-%dT%H:%M:%S")) if zone else UNIX
    whole = posts.filter(REJECT.isnull())
    entities = unnested(whole.select(post_id=POST_ID, **ENTITIES)).distinct()
    return {
        "posts": posts.select(**POSTS | {"posted_at": ibis.coalesce(UNIX, local)}),
        "entities": entities.filter(entities.value.notnull()),
    }
