"""Tweets of a query bin as the full export ("export all tweets") of DMI-TCAT wrote them.

Tool: DMI Twitter Capture and Analysis Toolset (University of Amsterdam), 2012–2023. Its mention exports are read by
    `tcat_mentions`, its graphs by `gdf`.
Format: https://github.com/digitalmethodsinitiative/dmi-tcat (analysis/mod.export_tweets.php); docs/formats.md#dmi_tcat
Encoding: UTF-8 with a byte order mark, commas or TAB, lists with `; `.
Zone: `time` is in seconds since 1970, so none is needed; `created_at` is the server's clock and is not read.
Ids: X's own. Mentions and answered accounts are handles: they become ids where the account wrote in the same file.
Caution: a repost shows only as `RT @name: ` in its text: a text that begins so and answers nobody is a repost of
    `reposted:<its own id>`, also where somebody typed it. Counts are those at capture, near zero in streams. Columns
    of links, media, mentions and hashtags are there only if asked for.
Leaves out: ids of reposted tweets, numbers of replies.
Example: 1264…,1590256915,2020-05-23 18:01:55,mfa,Text,low,…
"""

import ibis
from ibis import _

from digidip.readers.opening.authors import handles_to_ids, ids_by_handle
from digidip.readers.opening.cells import blank, identifier, number
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.opening.head import read_head
from digidip.readers.x._tweets import (
    epoch_instant,
    list_cell,
    medium_of,
    repost_by_text,
    split_cells,
    tweet_address,
    unescaped,
)

PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {
    "posts": {"id", "time", "from_user_name", "from_user_id", "text", "filter_level", "to_user_name"}
    | {"in_reply_to_status_id"}
}
OPTIONAL = {
    "posts": {"quoted_status_id", "retweet_count", "favorite_count", "lang", "from_user_realname"}
    | {"urls_expanded", "urls_followed", "media_type", "mentions", "hashtags"}
}
REPLY_TO = blank(identifier(_.in_reply_to_status_id), "0")

POSTS = {
    "post_id": identifier(_.id),
    "account_id": identifier(_.from_user_id),
    "handle": blank(_.from_user_name),
    "account_name": blank(_.from_user_realname),
    "posted_at": epoch_instant(_.time),
    "medium": ibis.ifelse(_.has_all | (_.media.length() > 0), medium_of(_.media, _.links), ibis.null("string")),
    "text": unescaped(_.text),
    "lang": blank(_.lang),
    "url": tweet_address(_.from_user_name, identifier(_.id)),
    "link": _.links[0],
    "reply_to_id": REPLY_TO,
    "reply_to_account_id": blank(_.to_user_name),
    "repost_of_id": ibis.ifelse(REPLY_TO.isnull(), repost_by_text(_.text, identifier(_.id)), None),
    "quote_of_id": blank(identifier(_.quoted_status_id), "0"),
    "like_count": number(_.favorite_count),
    "repost_count": number(_.retweet_count),
    "export_row": _.export_row,
}

ENTITIES = {
    "hashtag": list_cell(_.hashtags, "; "),
    "mention": list_cell(_.mentions, "; "),
    "link": _.links,
    "medium": _.media,
}


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is not needed: seconds."""
    cells = delimited_rows(path, REQUIRED["posts"], OPTIONAL["posts"])
    has_all = {"urls_followed", "media_type"} <= set(read_head(path).columns)
    tables = split_cells(cells.mutate(has_all=has_all, **_links_and_media(cells)), POSTS, ENTITIES)
    ids_of_handles = ids_by_handle(cells, cells.from_user_name, identifier(cells.from_user_id))
    return tables | {
        "posts": handles_to_ids(tables["posts"], "reply_to_account_id", ids_of_handles),
        "entities": handles_to_ids(tables["entities"], "value", ids_of_handles, _.kind == "mention"),
    }


def _links_and_media(cells):
    """Links and media: those of the media stand last among the links.

    With media alone asked for there are no other links.
    """
    media = list_cell(cells.media_type, "; ").filter(lambda kind: kind != "")
    links = list_cell(cells.urls_expanded, "; ")
    others = links[: links.length() - media.length().fill_null(0)]
    return {"media": media, "links": others.filter(lambda link: link != "")}
