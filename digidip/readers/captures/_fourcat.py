"""What the tables of 4CAT have in common, and those of Zeeschuimer, which are mapped in the same way.

A cell that the platform did not give holds 0 or nothing, and is named in `missing_fields` (from February 2025); Zeeschuimer
writes `null` and `undefined`.
"""

import re

import ibis
from ibis import _

from digidip.engine import named
from digidip.readers.captures._hidden_authors import REDACTED, handle_id, known_author
from digidip.readers.opening.authors import handles_to_ids, ids_by_handle
from digidip.readers.opening.cells import INSTANT, blank, check_zone, local_time, to_utc
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_records import unnest_lists
from digidip.readers.x._tweets import epoch_instant, list_cell
from digidip.tables import ReaderError

CLOCK_FORMAT = "%Y-%m-%d %H:%M:%S"
ANONYMOUS = "its author is anonymised: no post of an account"
NO_AUTHOR = "no author"
NO_TIME = "no readable time: a partial capture, or cells under other columns than their own"
# A quoted cell whole, or a cell that is not quoted and holds a CR of its own.
LONE_CR = re.compile(rb'(?<![^;\n])(?:"(?:[^"]|"")*+"|([^;"\n]*\r(?!\n)[^;\n]*?))(?=[;\n]|\r\n|\Z)')

# What a comment has of the post that it is: canonical column of the comment → of the post.
COMMENT_COLUMNS = {
    "comment_id": "post_id",
    "post_id": "reply_to_id",
    "author": "account_id",
    "commented_at": "posted_at",
}
COMMENT_COLUMNS |= {
    name: name for name in ("text", "lang", "like_count", "reaction_count", "retrieved_at", "export_row")
}
# A clock time as the tool or a spreadsheet writes it, or seconds: what stands under `timestamp` if no cell is shifted.
TIME_PATTERN = r"^\d{1,4}[-/.]\d\d?[-/.]\d|^\d+(?:\.0)?$"


def records(path, required, optional):
    """The records of a file as text columns and `export_row`; what was not there is missing.

    See `delimited_rows`.
    """
    names, delimiter = read_head(path).header()
    is_browser = delimiter == ";" and "missing_fields" not in names
    table = delimited_rows(path, required, {*optional, "missing_fields"}, mend=_quote_lone_cr if is_browser else None)
    absent = "," + table.missing_fields.fill_null("").replace(" ", "") + ","
    tokens = ("null", "undefined") if is_browser else ()
    missing = ibis.null("string")
    wanted = {*required, *optional} - {"missing_fields"}
    cells = {n: ibis.ifelse(absent.contains(f",{n},"), missing, blank(table[n], *tokens)) for n in wanted}
    return table.select("export_row", **cells)


def split_cells(cells, posts, entities, ids=None):
    """Posts, replies among them as comments, and entities, from two literal maps; `posts` has `reject`.

    The expressions of `entities` give arrays of text. With `ids`, a table of `ids_by_handle`, mentions are ids where it
    has the handle. A reply without a known author is no post, and a comment all the same.
    """
    cells = named(cells)
    all_posts = named(cells.select(**posts)).order_by("export_row")
    lists = cells.select(post_id=posts["post_id"], reject=posts["reject"], **entities).filter(_.reject.isnull())
    values = unnest_lists(lists.drop("reject")).filter(_.value != "").distinct()
    if ids is not None:
        values = handles_to_ids(values, "value", ids, _.kind == "mention")
    if "reply_to_id" not in posts:
        return {"posts": all_posts, "entities": values}
    replies = all_posts.filter(_.reply_to_id.notnull(), _.reject.isnull() | (_.reject == ANONYMOUS))
    comments = {name: replies[source] for name, source in COMMENT_COLUMNS.items() if source in posts}
    return {"posts": all_posts, "comments": replies.select(**comments), "entities": values}


def reject_reason(account, posted_at, *authors):
    """Why a record is no post: its time, or its author; `authors` are the cells that may be REDACTED."""
    is_anonymous = ibis.or_(*((cell == REDACTED).fill_null(False) for cell in authors))
    return ibis.cases((posted_at.isnull(), NO_TIME), (is_anonymous, ANONYMOUS), (account.isnull(), NO_AUTHOR))


def is_yes(cell):
    """Whether a cell says yes, True or true; a missing one does not."""
    return cell.lower().isin(["yes", "true"]).fill_null(False)


def comma_list(cell):
    """The parts of a list cell with commas; none where it is missing."""
    return list_cell(cell, ",").fill_null([])


def address_list(cell):
    """The addresses of a list cell with commas, which may themselves hold commas."""
    return list_cell(cell.re_replace(r", ?(https?://)", "\x01\\1"), "\x01").fill_null([])


def posted_instant(zone=None):
    """The instant of a record: its seconds since 1970, else its clock time in the named zone.

    Missing where there is neither.
    """
    seconds = ibis.coalesce(*(epoch_instant(cell.nullif("0")) for cell in (_.unix_timestamp, _.timestamp)))
    instant = ibis.coalesce(seconds, to_utc(zone, local_time(_.timestamp, CLOCK_FORMAT))) if zone else seconds
    return ibis.ifelse(~_.timestamp.re_search(TIME_PATTERN), ibis.null(INSTANT), instant)


def add_account_and_time(cells, zone):
    """The cells with `posted_at` and `account`.

    An account is its id, else the id that its handle has elsewhere in this file, else `@` and its handle.
    """
    own = known_author(cells.author_id) if "author_id" in cells.columns else ibis.null("string")
    cells = named(cells.mutate(posted_at=posted_instant(zone), own=own, account=handle_id(cells.author)))
    return handles_to_ids(cells, "account", ids_by_handle(cells, cells.author, cells.own)).mutate(
        account=_.own.coalesce(_.account)
    )


def records_in_local_time(path, required, optional, zone):
    """`records` of a file that may have a server's clock times alone: then a zone must be named."""
    check_zone(path, zone)
    _refuse_local_times(path, zone)
    return records(path, required, optional)


def _refuse_local_times(path, zone):
    names = read_head(path).header()[0]
    if zone or "unix_timestamp" in names or "timestamp" not in names:
        return
    place = names.index("timestamp")
    if any(len(cells) > place and re.match(r"\d{4}-\d\d-\d\d ", cells[place]) for cells in read_head(path).records):
        raise ReaderError(
            f"{path} (record 1): 'timestamp' without 'unix_timestamp', the local time of the server of 4CAT. Expected: the "
            "zone of that server. Say --zone, for instance Europe/Amsterdam (UTC for 4CAT under Docker)."
        )


def _quote_lone_cr(data):
    """Zeeschuimer's file with quotation marks around each cell with a CR, which would end the record."""
    if b"\n" not in data or b"\r" not in data:
        return data
    return LONE_CR.sub(lambda cell: b'"' + cell[1] + b'"' if cell[1] is not None else cell[0], data)
