"""Messages of Telegram channels and public groups as 4CAT collected them and gave them for download.

Tool: 4CAT 1.10–1.56 (2020–); last seen August 2026.
Format: https://github.com/digitalmethodsinitiative/4cat (map_item of the data source);
    docs/formats.md#fourcat_telegram
Encoding: UTF-8, commas, lists with commas.
Zone: `unix_timestamp` is right; `timestamp` is the clock of the server, and needs a named zone where it stands alone.
Ids: a post is known by chat and number, `mfa_example/101`: the chat by its username, where `telegram_desktop` has its
    number, so the two do not meet. What a chat says in its own name is by `channel` and its number, or `@mfa_example`
    where that is not told; a person is `user` and a number, an author of unknown kind the bare number. Mentions are
    names, which become ids where the account wrote in the same file. In pseudonymised files authors have ids of that
    file only.
Rejects: anonymised posts; replies to them are comments without an author.
Caution: a reply in the chat is a post and a comment. A forwarded message is a repost: `forwarded:` and its own id. All
    reactions are counted together; a blank cell of reactions or views is missing.
Leaves out: hashtags, links within texts, edits.
Example: mfa_example-101,mfa_example,mfa_example,1999…,mfa_example,,no,Text,Text,False,,1234,👍👍👍🔥,…
"""

import ibis
from ibis import _

from digidip.engine import named
from digidip.readers.captures import _fourcat as fourcat
from digidip.readers.captures._hidden_authors import known_author, printed_name
from digidip.readers.opening.authors import handles_to_ids, ids_by_handle
from digidip.readers.opening.cells import number
from digidip.readers.x._tweets import valid_id

PLATFORM = "telegram"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"id", "thread_id", "chat", "author", "body", "reply_to", "views", "timestamp"}}
REQUIRED["posts"] |= {"author_forwarded_from_name", "attachment_type"}
OPTIONAL = {
    "posts": {"unix_timestamp", "author_username", "author_name", "author_is_bot", "reactions", "link_attached"}
    | {"author_forwarded_from_username", "author_forwarded_from_id", "entities_mentioned"}
}
FORWARDED = ibis.coalesce(_.author_forwarded_from_name, _.author_forwarded_from_username, _.author_forwarded_from_id)
KINDS = dict.fromkeys(("photo", "image"), "photo") | {"video": "video", "url": "link", "poll": "poll"}
MEDIUM = ibis.ifelse(
    _.attachment_type.isnull() | (_.attachment_type == "url"),
    None,
    _.attachment_type.cases(*KINDS.items(), else_="other"),
)


@ibis.udf.scalar.builtin(name="length_grapheme", signature=(("string",), "int64"))
def grapheme_count(text):
    """Engine function: how many signs a reader sees, an emoji of several code points being one."""


POSTS = {
    "post_id": _.post_id,
    "account_id": _.account,
    "handle": printed_name(_.author_username),
    "account_name": printed_name(_.author_name),
    "posted_at": _.posted_at,
    "medium": MEDIUM.coalesce(ibis.ifelse(_.link_attached.notnull(), "link", "text")),
    "text": _.body,
    "url": ibis.ifelse(_.chat.re_search(r"^[A-Za-z]\w+$"), "https://t.me/" + _.post_id, ibis.null("string")),
    "link": _.link_attached,
    "reply_to_id": _.chat + "/" + valid_id(_.reply_to),
    "repost_of_id": ibis.ifelse(FORWARDED.isnull(), ibis.null("string"), "forwarded:" + _.post_id),
    "reaction_count": ibis.ifelse(_.reactions.contains("{"), ibis.null("int64"), grapheme_count(_.reactions)),
    "view_count": number(_.views),
    "export_row": _.export_row,
    "reject": fourcat.reject_reason(_.account, _.posted_at, _.author, _.author_username),
}
ENTITIES = {
    "mention": fourcat.comma_list(_.entities_mentioned),
    "link": ibis.ifelse(_.link_attached.isnull(), None, ibis.array([_.link_attached])),
    "medium": ibis.ifelse(MEDIUM.isnull(), None, ibis.array([MEDIUM])),
}


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is for a server's clock alone."""
    cells = fourcat.records_in_local_time(path, REQUIRED["posts"], OPTIONAL["posts"], zone)
    post_id = cells.chat + "/" + cells.id.re_extract(r"-(\d+)$", 1).nullif("")
    cells = named(cells.mutate(post_id=post_id, posted_at=fourcat.posted_instant(zone), account=_account(cells)))
    ids = ids_by_handle(cells, cells.author_username, cells.account.nullif("@" + cells.chat.lower()))
    return fourcat.split_cells(handles_to_ids(cells, "account", ids, _.account.startswith("@")), POSTS, ENTITIES, ids)


def _account(cells):
    """Who wrote: the chat itself, a person, or a number of unknown kind."""
    chat, author = cells.chat, known_author(cells.author)
    chat_id = ibis.ifelse(valid_id(chat).isnull(), "@" + chat.lower(), "channel" + chat)
    is_chat = (cells.author_username.lower() == chat.lower()).fill_null(False) | (author == chat).fill_null(False)
    is_person = printed_name(cells.author_name).notnull() | fourcat.is_yes(cells.author_is_bot)
    return ibis.cases(
        (cells.author.isnull() & cells.author_username.isnull(), chat_id),
        (is_chat, "channel" + valid_id(author)),
        (is_person, "user" + valid_id(author)),
        else_=author,
    ).coalesce(author)
