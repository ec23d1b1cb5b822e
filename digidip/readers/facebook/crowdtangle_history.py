"""One Facebook post counted again and again: its history as CrowdTangle gave it (CSV).

Tool: CrowdTangle (Meta), "download CSV" of one post (`history_post_<id>.csv`); closed on 14 August 2024.
Format: CSV without a document by its maker; the columns are those seen in public code. See
    docs/formats.md#crowdtangle_history.
Encoding: UTF-8, commas.
Zone: GMT, as the names of the columns say. `Score Date` is the time of collection; the store keeps the last row.
Ids: `ID` is CrowdTangle's own and ends in a TAB; the post is known by its address, the account by what the address
    says (a handle where it has no number).
Rejects: histories of Instagram posts are refused: their columns were never seen.
Caution: date and address of the post stand in the header, behind "Post Date (GMT)", so that the header is longer than
    the rows.
Leaves out: the text (not in the file), averages, timesteps, scores (`2.3x`).
Example: 3700000000000001 TAB,2020-02-01 00:15:00,1,10,8,1,1,0,0,…,2.3x
"""

import re

import ibis
from ibis import _

from digidip.readers.facebook.crowdtangle_facebook import ACCOUNT, POST
from digidip.readers.opening.cells import fixed_stamp, number
from digidip.readers.opening.delimited import scan, without_misplaced
from digidip.readers.opening.head import read_head
from digidip.tables import ReaderError

PLATFORM = "facebook"
CAPPED_AT = ()
AUTHORS = "name"
POSTS_BY_ANYONE = False
LAST_COLUMN = "Post Date (GMT)"
POST_IN_HEADER = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d https?://\S*facebook\.com/\S+"
REQUIRED = {"posts": {"ID", "Score Date (GMT)", "Likes", "Comments", "Shares"}}
# Reactions, by the names they may have; the last two Facebook had for some years only.
REACTIONS = (("Loves", "Love"), ("Wows", "Wow"), ("Hahas", "Haha"), ("Sads", "Sad"), ("Angrys", "Angries", "Angry"))
TEMPORARY_REACTIONS = (("Cares", "Care"), ("Thankfuls", "Thankful"))
OPTIONAL = {"posts": {name for names in REACTIONS + TEMPORARY_REACTIONS for name in names}}


def _first_present(names):
    return ibis.coalesce(*(_[name] for name in names))


POSTS = {
    "post_id": ACCOUNT + "_" + POST.nullif(ACCOUNT),
    "account_id": ACCOUNT,
    "posted_at": fixed_stamp(_.posted, "+00"),
    "text": ibis.null("string"),
    "url": _.URL,
    "like_count": number(_.Likes),
    "reaction_count": number(_.Likes)
    + sum(number(_first_present(names)) for names in REACTIONS)
    + sum(number(_first_present(names).fill_null("0")) for names in TEMPORARY_REACTIONS),
    "comment_count": number(_.Comments),
    "repost_count": number(_.Shares),
    "retrieved_at": fixed_stamp(_["Score Date (GMT)"], "+00"),
    "export_row": _.export_row,
    "reject": ibis.ifelse(
        fixed_stamp(_["Score Date (GMT)"], "+00").isnull(), "no Score Date that can be read", ibis.null("string")
    ),
}


def fits(head):
    """1 if the header is that of a history, else 0."""
    return float({*REQUIRED["posts"], LAST_COLUMN} <= set(head.columns))


def read(path, *, zone=None):
    """The post, once for each time it was looked at, as canonical columns; `zone` is not needed: GMT."""
    names, delimiter = read_head(path).header()
    record_columns, post_in_header = names[: names.index(LAST_COLUMN)] if LAST_COLUMN in names else [], names[-2:]
    if not REQUIRED["posts"] <= set(record_columns) or not re.fullmatch(POST_IN_HEADER, " ".join(post_in_header)):
        raise ReaderError(
            f"{path} (row 1): no history of a Facebook post. Expected: {', '.join(sorted(REQUIRED['posts']))}, and at the end "
            f"{LAST_COLUMN!r}, the date and the address of the post. Give the file as CrowdTangle wrote it, or the right reader."
        )
    columns = [f"c{number}" for number in range(len(record_columns))]
    table = scan(path, columns, delim=delimiter, quote='"', escape='"', strict_mode=True)
    table = without_misplaced(path, table, read_head(path).records, record_columns)
    wanted = {*REQUIRED["posts"], *OPTIONAL["posts"]}
    cells = {
        name: table[f"c{record_columns.index(name)}"] if name in record_columns else ibis.null("string")
        for name in wanted
    }
    post = {
        "posted": ibis.literal(post_in_header[0]),
        "URL": ibis.literal(post_in_header[1]),
        "Facebook Id": ibis.null("string"),
    }
    return {"posts": table.select(**cells, **post, export_row=ibis.row_number() + 1).select(**POSTS)}
