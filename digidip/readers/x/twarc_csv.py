"""Tweets of Twitter's API v2 as the twarc-csv plugin wrote them (`twarc2 csv`).

Tool: twarc-csv 0.5–0.7.2 (Documenting the Now), 2021–2023.
Format: https://github.com/DocNow/twarc-csv; 84 columns, fewer in older versions. See docs/formats.md#twarc_csv.
Encoding: UTF-8, commas. List cells are JSON (`["#tag"]`, `["@name"]`, `pic.twitter.com/…` for media); a backslash and
    n in a text is a line break.
Zone: UTC (`Z`).
Ids: the API's own. A mention is the id that the file gives to the name elsewhere, else the name.
Caution: by default the row of a repost has text, lists and counts of the original: its likes, replies and views are
    missing here, its reposts are the original's as everywhere. Written unmerged, it has its cut text, and its mention
    "RT @…" is left out. `impression_count` was 0 before December 2022, so 0 is missing.
Leaves out: the end of long posts, numbers of quotes, followers (those of the day of collection).
Example: 1380…,1380…,,,,119…,…,Text,en,…
"""

import ibis
from ibis import _

from digidip.readers.opening.cells import blank, identifier, map_category, number, offset_stamp, stamp
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_records import is_json, unnest_lists
from digidip.readers.x._refuse_other_tables import other_csv_table, refuse_other_tables
from digidip.readers.x._tweets import MEDIUM, unescaped

PLATFORM = "x"
CAPPED_AT = (100, 500, 800, 3200)
AUTHORS = "id"
POSTS_BY_ANYONE = True
REFERENCE_KINDS = ("replied_to", "retweeted", "quoted")
REQUIRED = {
    "posts": {"id", "author_id", "created_at", "text"} | {f"referenced_tweets.{kind}.id" for kind in REFERENCE_KINDS}
}
HANDLE_AND_ID_COLUMNS = {"author.username": "author_id", "in_reply_to_username": "in_reply_to_user_id"}
HANDLE_AND_ID_COLUMNS |= {f"{kind}_username": f"{kind}_user_id" for kind in ("retweeted", "quoted")}
LISTS = {"attachments.media", "attachments.media_keys", "attachments.poll_ids", "entities.hashtags", "entities.urls"}
COUNTS = {f"public_metrics.{kind}_count" for kind in ("like", "reply", "retweet", "impression")}
OPTIONAL = {
    "posts": {"lang", "author.name", "entities.mentions", "__twarc.retrieved_at"}
    | {*HANDLE_AND_ID_COLUMNS, *HANDLE_AND_ID_COLUMNS.values(), *LISTS, *COUNTS}
}


@ibis.udf.scalar.builtin(name="json_extract_string", signature=(("string", "string"), "array<string>"))
def _extracted(text, places):
    """Engine function: the values of a JSON list that stand at places with a `*`, as text."""


def _texts_of_list(cell, key):
    """The texts of a JSON list; of a list of objects (older versions wrote one) what is under `key`."""
    valid = ibis.ifelse(is_json(cell), cell, "[]")
    return ibis.ifelse(valid.startswith("[{"), _extracted(valid, f"$[*].{key}"), _extracted(valid, "$[*]"))


NO_LINK = r"^pic\.|/i/web/status/"  # a medium, and the link of a cut tweet to itself
REPOSTED = identifier(_["referenced_tweets.retweeted.id"])
IS_CUT = _.text.startswith("RT @" + _.retweeted_username.fill_null(""))
IS_MERGED = REPOSTED.notnull() & ~IS_CUT
TEXT = unescaped(_.text.replace("\\n", "\n"))
MEDIA = _texts_of_list(_["attachments.media"], "type")
LINKS = _texts_of_list(_["entities.urls"], "expanded_url").filter(lambda link: ~link.re_search(NO_LINK))

POSTS = {
    "post_id": identifier(_.id),
    "account_id": identifier(_.author_id),
    "handle": blank(_["author.username"]),
    "account_name": blank(_["author.name"]),
    "posted_at": offset_stamp(_.created_at),
    "medium": ibis.cases(
        (MEDIA.length() > 0, map_category(MEDIA[0], MEDIUM)),
        (_["attachments.poll_ids"] != "", "poll"),
        (_["attachments.media_keys"] != "", ibis.null("string")),
        (LINKS.length() > 0, "link"),
        else_="text",
    ),
    "text": TEXT,
    "lang": blank(_.lang),
    "url": "https://x.com/" + blank(_["author.username"]).fill_null("i") + "/status/" + identifier(_.id),
    "link": LINKS[0],
    "reply_to_id": identifier(_["referenced_tweets.replied_to.id"]),
    "reply_to_account_id": identifier(_.in_reply_to_user_id),
    "repost_of_id": REPOSTED,
    "quote_of_id": identifier(_["referenced_tweets.quoted.id"]),
    "like_count": ibis.ifelse(IS_MERGED, None, number(_["public_metrics.like_count"])),
    "comment_count": ibis.ifelse(IS_MERGED, None, number(_["public_metrics.reply_count"])),
    "repost_count": number(_["public_metrics.retweet_count"]),
    "view_count": ibis.ifelse(IS_MERGED, None, number(_["public_metrics.impression_count"]).nullif(0)),
    "retrieved_at": stamp(_["__twarc.retrieved_at"], "%Y-%m-%dT%H:%M:%S%z"),
    "export_row": _.export_row,
}

COMMENTS = {
    "comment_id": identifier(_.id),
    "post_id": identifier(_["referenced_tweets.replied_to.id"]),
    "author": identifier(_.author_id),
    "commented_at": offset_stamp(_.created_at),
    "text": TEXT,
    "lang": blank(_.lang),
    "like_count": number(_["public_metrics.like_count"]),
    "retrieved_at": stamp(_["__twarc.retrieved_at"], "%Y-%m-%dT%H:%M:%S%z"),
    "export_row": _.export_row,
}
HASHTAGS = _texts_of_list(_["entities.hashtags"], "tag").map(lambda tag: tag.re_replace("^#", ""))
ENTITIES = {"hashtag": HASHTAGS, "link": LINKS, "medium": MEDIA}
MENTIONS = _texts_of_list(_["entities.mentions"], "username").map(lambda name: name.re_replace("^@", ""))


def fits(head):
    """1 if the file has the columns required, which no other tool writes, else 0."""
    return float(head.known_share(REQUIRED["posts"], OPTIONAL["posts"]) > 0)


def refuses(head):
    """Whether it is another table of twarc-csv, which `read` names."""
    return bool(other_csv_table(head))


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is not needed: UTC."""
    refuse_other_tables(path, other_csv_table(read_head(path)))
    tweets = delimited_rows(path, REQUIRED["posts"], OPTIONAL["posts"])
    cells = unnest_lists(tweets.select(post_id=identifier(_.id), **ENTITIES))
    return {
        "posts": tweets.select(**POSTS),
        "comments": tweets.filter(_["referenced_tweets.replied_to.id"] != "").select(**COMMENTS),
        "entities": cells.union(_mentions(tweets)).distinct(),
    }


def _mentions(tweets):
    """Who is mentioned where: the id that the file itself gives a name, if it is one only, else the name."""
    pairs = [
        tweets.select(handle=tweets[name].lower(), account_id=identifier(tweets[id_column]))
        for name, id_column in HANDLE_AND_ID_COLUMNS.items()
    ]
    ids = ibis.union(*pairs, distinct=True).filter(_.handle != "", _.account_id.notnull())
    ids = ids.group_by("handle").having(_.count() == 1).aggregate(account_id=_.account_id.max())
    reposted = ibis.ifelse(REPOSTED.notnull() & IS_CUT, _.retweeted_username.fill_null(""), "")
    named = tweets.select(post_id=identifier(_.id), own=reposted, name=MENTIONS.unnest()).filter(_["name"] != _.own)
    joined = named.left_join(ids, named["name"].lower() == ids.handle)
    return joined.select("post_id", kind=ibis.literal("mention"), value=ibis.coalesce(_.account_id, _["name"]))
