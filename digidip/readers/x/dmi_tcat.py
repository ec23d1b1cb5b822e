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

from digidip.readers.opening._authors import authors, by_id
from digidip.readers.opening._cells import blank, identifier, number
from digidip.readers.opening._files import fit, header
from digidip.readers.opening._records import rows
from digidip.readers.x._tweets import address_of, instant, listed, medium_of, split, unnamed_repost

PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
LOOSE = True
REQUIRED = {
    "posts": {"id", "time", "from_user_name", "from_user_id", "text", "filter_level", "to_user_name"}
    | {"in_reply_to_status_id"}
}
OPTIONAL = {
    "posts": {"quoted_status_id", "retweet_count", "favorite_count", "lang", "from_user_realname"}
    | {"urls_expanded", "urls_followed", "media_type", "mentions", "hashtags"}
}
ANSWERED = blank(identifier(_.in_reply_to_status_id), "0")

POSTS = {
    "post_id": identifier(_.id),
    "account_id": identifier(_.from_user_id),
    "handle": blank(_.from_user_name),
    "account_name": blank(_.from_user_realname),
    "posted_at": instant(_.time),
    "medium": ibis.ifelse(_.has_all | (_.media.length() > 0), medium_of(_.media, _.links), ibis.null("string")),
    "text": blank(_.text),
    "lang": blank(_.lang),
    "url": address_of(_.from_user_name, identifier(_.id)),
    "link": _.links[0],
    "reply_to_id": ANSWERED,
    "reply_to_account_id": blank(_.to_user_name),
    "repost_of_id": ibis.ifelse(ANSWERED.isnull(), unnamed_repost(_.text, identifier(_.id)), None),
    "quote_of_id": blank(identifier(_.quoted_status_id), "0"),
    "like_count": number(_.favorite_count),
    "repost_count": number(_.retweet_count),
    "export_row": _.export_row,
}

ENTITIES = {
    "hashtag": listed(_.hashtags, "; "),
    "mention": listed(_.mentions, "; "),
    "link": _.links,
    "medium": _.media,
}


def fits(path):
    """Share of the file's columns that this reader knows; 0 if one it requires is missing."""
    return fit(path, REQUIRED["posts"], OPTIONAL["posts"])


def read(path, *, zone=None):
    """Posts, comments and entities of the file as canonical columns, raw values; `zone` is not needed: seconds."""
    cells = rows(path, REQUIRED["posts"], OPTIONAL["posts"])
    has_all = {"urls_followed", "media_type"} <= set(header(path)[0])
    frames = split(cells.mutate(has_all=has_all, **_addresses(cells)), POSTS, ENTITIES)
    written = authors(cells, cells.from_user_name, identifier(cells.from_user_id))
    return frames | {
        "posts": by_id(frames["posts"], "reply_to_account_id", written),
        "entities": by_id(frames["entities"], "value", written, _.kind == "mention"),
    }


def _addresses(cells):
    """Links and media: those of the media stand last among the links; with media alone asked for there are no others."""
    media = listed(cells.media_type, "; ").filter(lambda kind: kind != "")
    links = listed(cells.urls_expanded, "; ")
    others = links[: links.length() - media.length().fill_null(0)]
    return {"media": media, "links": others.filter(lambda link: link != "")}
