"""Ids of tweets, one per line: the "dehydrated" form in which data sets of Twitter may be passed on.

Tool: any (`twarc dehydrate`, the catalogue of tweet ids of Documenting the Now); last seen 2026.
Format: https://catalog.docnow.io; a whole number per line, no header. See docs/formats.md#tweet_ids.
Encoding: UTF-8 text.
Zone: UTC, from the id itself: its upper bits are milliseconds since 2010-11-04. Older ids hold no time, which is then
    missing.
Ids: X's own. The account is not in the file: name it with --account where all tweets are one account's; of several
    accounts' tweets no holding is built: have the API give the tweets (`twarc2 hydrate`), and deliver those.
Rejects: lines that are no whole number (a header, a number that a spreadsheet rounded).
Caution: a list of accounts may look the same, so the file is never more than half recognised. One that holds numbers of
    accounts from before 2016, and none that tweets alone have, is refused.
Leaves out: everything else: texts, counts, accounts.
Example: 1380082989265846273
"""

import re

import ibis
from ibis import _

from digidip.readers.opening.cells import identifier, is_whole_number
from digidip.readers.opening.delimited import scan
from digidip.readers.opening.head import read_head
from digidip.readers.x._tweets import listed_kind
from digidip.tables import ReaderError

PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
NEEDS_ACCOUNT = True
REQUIRED = {"posts": {"text"}}
ACCOUNT_LIST_NAME = re.compile("(?i)follow|friend")
FIRST_CLOCKED_ID = 30_000_000_000
# 2010-11-04T01:42:54.657Z in milliseconds; 22 lower bits number machines and tweets.
EPOCH, BITS = 1_288_834_974_657, 22

ID = identifier(_.text.strip())
CLOCKED_ID = ibis.ifelse(ID.try_cast("int64") >= FIRST_CLOCKED_ID, ID.try_cast("int64"), ibis.null("int64"))

POSTS = {
    "post_id": ID,
    "posted_at": ((CLOCKED_ID >> BITS) + EPOCH).as_timestamp("ms").cast("timestamp('UTC')"),
    "url": "https://x.com/i/status/" + ID,
    "export_row": _.export_row,
    "reject": ibis.ifelse(is_whole_number(ID) & (ID.try_cast("int64") > 0), ibis.null("string"), "no id of a tweet"),
}


def fits(head):
    """One half if most lines at the head of the file are numbers that can be the id of a tweet; else 0.

    A list whose numbers are those of accounts gives 0; where they may be both, so does one named after followers.
    """
    kind = listed_kind(head)
    return 0.5 if kind == "tweets" or (kind == "ids" and not ACCOUNT_LIST_NAME.search(head.path.name)) else 0


def read(path, *, zone=None):
    """Ids, and their times, as canonical columns; `zone` is not needed: UTC."""
    if listed_kind(read_head(path)) == "accounts":
        raise ReaderError(
            f"{path} (record 1): a list of ids of accounts, not of tweets: some are those of accounts from before 2016, and none "
            "is of the years in which tweets alone had such numbers. Expected: ids of tweets. For followers of an account "
            "name the file <account>_followers.txt and say --reader twarc_followers."
        )
    if not fits(read_head(path)):
        raise ReaderError(
            f"{path} (record 1): not a list of ids at the head of the file. Expected: one whole number per line. Give the list "
            "as it was published, or the right reader."
        )
    lines = scan(path, ["text"], has_header=False, delim="\x01", quote="", escape="", strict_mode=False)
    numbered = lines.mutate(export_row=ibis.row_number() + 1)
    return {"posts": numbered.filter(numbered.text.strip() != "").select(**POSTS)}
