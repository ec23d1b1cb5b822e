"""Posts or comments of a Facebook page as Netvizz wrote them: `.tab` files, or the same saved as CSV.

Tool: Netvizz (B. Rieder), 2013 to its end in September 2019. Posts come as full or stats files (2015) or fullstats
    (2016–2019).
Format: https://github.com/bernorieder/netvizz; docs/formats.md#netvizz_page
Encoding: UTF-8, TAB between cells, no quoting: a quotation mark is text, and a TAB inside a text is mended by counting
    cells.
Zone: UTC; the stamps carry their offset. `post_published_sql` is in the server's zone and is not read.
Ids: Facebook's own. Authors are ids, SHA-1 of ids, or missing; the page itself is recognised as its id, as
    `post_page_` and its id, as the SHA-1 of either, and as `pageowner` (2016).
Rejects: what visitors posted on the page, with the comments under it.
Caution: comments have no parent: `is_reply` says that a comment is a reply, not to which. Full files of 2015 count the
    comments retrieved (at most 100 replies to each); the `link` of stats files of 2015 leads to the post itself and is
    not read.
Leaves out: names, reactions to comments, time of collection.
Example: photo TAB post_page_123 TAB 123_456 TAB Text TAB …
"""

from pathlib import Path

import ibis
from ibis import _

from digidip.readers.opening._cells import blank, identifier, number, stamp, worded
from digidip.readers.opening._files import fit, header, opening
from digidip.readers.opening._records import rows
from digidip.readers.opening._tabbed import tabbed
from digidip.tables import ReaderError

PLATFORM = "facebook"
CAPPED_AT = (999, 1000)
AUTHORS = "id"
LOOSE = False
REQUIRED = {
    "posts": {"type", "by", "post_id", "post_message", "post_published"},
    "comments": {"post_id", "post_by", "comment_id", "comment_by", "comment_message", "comment_published"},
}
OPTIONAL = {
    "posts": {"post_link", "link", "likes", "likes_count_fb", "reactions_count_fb", "shares_count_fb", "shares"}
    | {"comments_count_fb", "comments_all"},
    "comments": {"post_text", "post_published", "comment_like_count"},
}
FREE = {"posts": ("post_message",), "comments": ("comment_message", "post_text")}
ANCHORS = {"posts": ("post_published",), "comments": ("post_published", "comment_published")}
OTHERS = {
    "country\tcount": "a file of page likes per country",
    "statsperday": "a file of statistics per day (statsperday)",
}
NOBODY = "da39a3ee5e6b4b0d3255bfef95601890afd80709"  # SHA-1 of no id at all
MEDIUM = {"photo": "photo", "video": "video", "link": "link", "status": "text", "event": "event"}


@ibis.udf.scalar.builtin(name="sha1", signature=(("string",), "string"))
def hashed(text):
    """Engine function: the SHA-1 of a text in hexadecimal."""


PAGE = blank(identifier(_.post_id).re_extract(r"^(\d+)_", 1))
VISITOR = _.by.startswith("post_user_") | (_.by == hashed("post_user_" + PAGE))


def _author(cell):
    """The author in a cell: the page in each form that Netvizz has for it; nobody is missing."""
    named = cell.isin([PAGE, "post_page_" + PAGE, "pageowner", hashed(PAGE), hashed("post_page_" + PAGE)])
    return ibis.ifelse(named, PAGE, blank(cell.strip(), NOBODY))


def _rejected(is_reject, reason):
    return ibis.coalesce(_.reject, ibis.ifelse(is_reject, reason, ibis.null("string")))


POSTS = {
    "post_id": identifier(_.post_id),
    "account_id": PAGE,
    "posted_at": stamp(_.post_published, "%Y-%m-%dT%H:%M:%S%z"),
    "medium": worded(_.type, MEDIUM),
    "text": blank(_.post_message),
    "url": blank(_.post_link),
    "link": ibis.ifelse(_.likes.isnull() & _.reactions_count_fb.isnull(), ibis.null("string"), blank(_.link)),
    "like_count": number(_.likes_count_fb),
    "reaction_count": number(_.reactions_count_fb),
    "comment_count": number(ibis.coalesce(_.comments_count_fb, _.comments_all)),
    "repost_count": number(ibis.coalesce(_.shares_count_fb, _.shares)),
    "export_row": _.export_row,
    "reject": _rejected(VISITOR, "a post by a visitor of the page"),
}

COMMENTS = {
    "comment_id": identifier(_.comment_id),
    "post_id": identifier(_.post_id),
    "account_id": PAGE,
    "author": _author(_.comment_by),
    "commented_at": stamp(_.comment_published, "%Y-%m-%dT%H:%M:%S%z"),
    "text": blank(_.comment_message),
    "like_count": number(_.comment_like_count),
    "export_row": _.export_row,
    "reject": _rejected(_author(_.post_by) != PAGE, "a comment under a post by a visitor of the page"),
}


def fits(path):
    """Share of the file's columns that this reader knows; a sliver for other files of Netvizz, which `read` names."""
    return max(fit(path, REQUIRED[table], OPTIONAL[table]) for table in REQUIRED) or 0.01 * bool(_other(path))


def read(path, *, zone=None):
    """Posts or comments of the file as canonical columns, raw values; `zone` is not needed, stamps carry their offset."""
    if _other(path):
        raise ReaderError(
            f"{path} (row 1): {_other(path)}. Expected: the posts (fullstats.tab) or comments (comments.tab) of a page, which "
            "lie in the same zip. Give those; counts per day can go through digidip map FILE --table attention."
        )
    names, delimiter = header(path)
    table, maps = ("comments", COMMENTS) if "comment_id" in names else ("posts", POSTS)
    columns = REQUIRED[table], OPTIONAL[table]
    if delimiter == "\t":
        return {table: tabbed(path, *columns, free=FREE[table], anchors=ANCHORS[table]).select(**maps)}
    return {table: rows(path, *columns).mutate(reject=ibis.null("string")).select(**maps)}


def _other(path):
    """What a file of Netvizz is that holds neither posts nor comments; nothing for every other file."""
    lines = opening(path).lstrip("\r\n").split("\n", 1)
    if "post_id\t" in lines[0]:
        return ""
    return next((kind for sign, kind in OTHERS.items() if lines[0].startswith(sign) or sign in Path(path).name), "")
