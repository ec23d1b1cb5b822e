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

import ibis
from ibis import _

from digidip.readers.opening.cells import blank, identifier, map_category, number, stamp
from digidip.readers.opening.delimited import SHIFTED, delimited_rows, scan
from digidip.readers.opening.head import check_columns, read_head
from digidip.readers.opening.shifts import column_kinds, has_last_cell, is_shifted
from digidip.tables import ReaderError

PLATFORM = "facebook"
CAPPED_AT = (999, 1000)
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {
    "posts": {"type", "by", "post_id", "post_message", "post_published"},
    "comments": {"post_id", "post_by", "comment_id", "comment_by", "comment_message", "comment_published"},
}
OPTIONAL = {
    "posts": {"post_link", "link", "likes", "likes_count_fb", "reactions_count_fb", "shares_count_fb", "shares"}
    | {"comments_count_fb", "comments_all"},
    "comments": {"post_text", "post_published", "comment_like_count"},
}
ISO_STAMP = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
FREE_TEXT = {"posts": ("post_message",), "comments": ("comment_message", "post_text")}
ANCHORS = {"posts": ("post_published",), "comments": ("post_published", "comment_published")}
OTHER_FILES = {
    "country\tcount": "a file of page likes per country",
    "statsperday": "a file of statistics per day (statsperday)",
}
NO_AUTHOR = "da39a3ee5e6b4b0d3255bfef95601890afd80709"  # SHA-1 of no id at all
MEDIUM = {"photo": "photo", "video": "video", "link": "link", "status": "text", "event": "event"}


@ibis.udf.scalar.builtin(name="sha1", signature=(("string",), "string"))
def sha1(text):
    """Engine function: the SHA-1 of a text in hexadecimal."""


PAGE = blank(identifier(_.post_id).re_extract(r"^(\d+)_", 1))
VISITOR = _.by.startswith("post_user_") | (_.by == sha1("post_user_" + PAGE))


def _author_id(cell):
    """The author in a cell: the page in each form that Netvizz has for it; nobody is missing."""
    is_page = cell.isin([PAGE, "post_page_" + PAGE, "pageowner", sha1(PAGE), sha1("post_page_" + PAGE)])
    return ibis.ifelse(is_page, PAGE, blank(cell.strip(), NO_AUTHOR))


def _reject_reason(is_reject, reason):
    return ibis.coalesce(_.reject, ibis.ifelse(is_reject, reason, ibis.null("string")))


POSTS = {
    "post_id": identifier(_.post_id),
    "account_id": PAGE,
    "posted_at": stamp(_.post_published, "%Y-%m-%dT%H:%M:%S%z"),
    "medium": map_category(_.type, MEDIUM),
    "text": blank(_.post_message),
    "url": blank(_.post_link),
    "link": ibis.ifelse(_.likes.isnull() & _.reactions_count_fb.isnull(), ibis.null("string"), blank(_.link)),
    "like_count": number(_.likes_count_fb),
    "reaction_count": number(_.reactions_count_fb),
    "comment_count": number(ibis.coalesce(_.comments_count_fb, _.comments_all)),
    "repost_count": number(ibis.coalesce(_.shares_count_fb, _.shares)),
    "export_row": _.export_row,
    "reject": _reject_reason(VISITOR, "a post by a visitor of the page"),
}

COMMENTS = {
    "comment_id": identifier(_.comment_id),
    "post_id": identifier(_.post_id),
    "account_id": PAGE,
    "author": _author_id(_.comment_by),
    "commented_at": stamp(_.comment_published, "%Y-%m-%dT%H:%M:%S%z"),
    "text": blank(_.comment_message),
    "like_count": number(_.comment_like_count),
    "export_row": _.export_row,
    "reject": _reject_reason(_author_id(_.post_by) != PAGE, "a comment under a post by a visitor of the page"),
}


def refuses(head):
    """Whether it is another file of Netvizz, which `read` names."""
    return bool(_other_file(head))


def read(path, *, zone=None):
    """Posts or comments in canonical columns; `zone` is not needed, stamps carry their offset."""
    if _other_file(read_head(path)):
        raise ReaderError(
            f"{path} (row 1): {_other_file(read_head(path))}. Expected: the posts (fullstats.tab) or comments (comments.tab) of a page, which "
            "lie in the same zip. Give those; counts per day can go through digidip map FILE --table attention."
        )
    names, delimiter = read_head(path).header()
    table, maps = ("comments", COMMENTS) if "comment_id" in names else ("posts", POSTS)
    columns = REQUIRED[table], OPTIONAL[table]
    if delimiter == "\t":
        return {table: _tsv_rows(path, *columns, free=FREE_TEXT[table], anchors=ANCHORS[table]).select(**maps)}
    return {table: delimited_rows(path, *columns).mutate(reject=ibis.null("string")).select(**maps)}


def _other_file(head):
    """What a file of Netvizz is that holds neither posts nor comments; nothing for every other file."""
    lines = head.text.lstrip("\r\n").split("\n", 1)
    if "post_id\t" in lines[0]:
        return ""
    return next((kind for mark, kind in OTHER_FILES.items() if lines[0].startswith(mark) or mark in head.path.name), "")


def _tsv_rows(path, required, optional, *, free, anchors):
    """The records as text columns `required` + `optional`, with `export_row` (from 1) and `reject`.

    A line with more cells than columns is mended by joining, with their TABs, the cells of the first column of `free`
    that puts an ISO stamp under every column of `anchors`. A line that cannot be mended so, or that has fewer cells, is
    a row with `reject`. Blank lines are no records. Missing columns raise `ReaderError`.
    """
    wanted, names = sorted({*required, *optional}), read_head(path).header()[0]
    if set(required) - set(names) or len(set(names)) < len(names):
        check_columns(path, required, wanted)
    lines = scan(path, ["text"], delim="\x01", quote="", escape="", strict_mode=False)
    whole = lines.mutate(export_row=ibis.row_number() + 1).filter(_.text.re_replace(r"\r$", "") != "")
    split = whole.select("export_row", cells=_.text.re_replace(r"\r$", "").split("\t"))
    split = split.mutate(extra=_.cells.length() - len(names))
    stamps = [names.index(name) for name in anchors]
    mendable = [(_has_stamps_in_place(split, stamps, names.index(name)), names.index(name)) for name in free]
    placed = split.mutate(place=ibis.cases((_.extra < 0, -1), (_.extra == 0, len(names)), *mendable, else_=-1))
    missing = ibis.null("string")
    cells = {name: _cell(placed, names.index(name), name in free) if name in names else missing for name in wanted}
    lost = ibis.ifelse(_.extra < 0, "fewer cells than columns", "more cells than columns")
    records, width = read_head(path).records, len(names)
    first_cells = [placed.cells[at] for at in range(width)]
    kinds = column_kinds(path, records, names)
    shifted = is_shifted(first_cells, kinds, has_last=has_last_cell(records, kinds))
    is_shifted_line = (placed.extra == 0) & (ibis.literal(False) if shifted is None else shifted)
    reject = ibis.cases((_.place < 0, lost), (is_shifted_line, SHIFTED), else_=missing)
    return placed.select("export_row", **cells, reject=reject)


def _has_stamps_in_place(split, stamps, place):
    """Whether every stamp stands in its column once the surplus cells are joined at a place."""
    moved = (split.cells[at + split.extra if at > place else at] for at in stamps)
    return ibis.and_(*(cell.re_search(ISO_STAMP) for cell in moved))


def _cell(placed, at, is_free):
    """The cell under a column: moved if cells before it are joined, joined if the surplus is its own."""
    cell = placed.cells[ibis.ifelse(placed.place < at, at + placed.extra, at)]
    if is_free:
        cell = ibis.ifelse(placed.place == at, placed.cells[at : placed.extra + at + 1].join("\t"), cell)
    return ibis.ifelse(placed.place < 0, ibis.null("string"), cell)
