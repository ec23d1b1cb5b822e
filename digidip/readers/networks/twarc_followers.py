"""Followers of an account, or accounts it follows, from `twarc followers` and `twarc friends`.

Tool: twarc 1 (Documenting the Now) on API v1.1, 2014–2023.
Format: https://github.com/DocNow/twarc; one account id per line, no header, newest first. See
    docs/formats.md#twarc_followers.
Encoding: UTF-8 text.
Zone: none; times are not in the file.
Ids: X's own. The account stands only in the file name, which must stay as it was or be given:
    `MFAExample_followers.txt`, `followers_MFAExample.txt`, the same with `friends` or `following`, a handle or an id.
    Any other name is refused, and so is one that can be read both ways.
Rejects: lines that are no whole number.
Caution: a follower follows the account, the account follows its friends. A list of tweets may look the same: the name
    tells where the numbers do not.
Leaves out: nothing.
Example: 1196150000000000001
"""

import re
from pathlib import Path

import ibis
from ibis import _

from digidip.readers.opening.delimited import scan
from digidip.readers.opening.head import text_head
from digidip.readers.x._tweets import listed_kind, valid_id
from digidip.tables import ReaderError

PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"follows": {"text"}}
FILE_NAMES = (
    re.compile(r"@?(?P<account>\w{1,20})[_-](?P<kind>followers|friends|following)", re.A | re.I),
    re.compile(r"(?P<kind>followers|friends|following)[_-]@?(?P<account>\w{1,20})", re.A | re.I),
)
OTHER_WORDS = {"id", "ids", "list", "all", "followers", "friends", "following"}

LISTED = valid_id(_.text)

FOLLOWS = {
    "source_id": ibis.ifelse(_.is_follower, LISTED, _.account),
    "target_id": ibis.ifelse(_.is_follower, _.account, LISTED),
    "tie": ibis.literal("follow"),
    "weight": ibis.null("float64"),
    "export_row": _.export_row,
    "reject": ibis.ifelse(LISTED.isnull(), "no id of an account", None),
}


def fits(head):
    """1 if most lines at the head are one number each, those of accounts, or in a file named after followers; else 0."""
    kind = listed_kind(head)
    return float(kind == "accounts" or (kind == "ids" and bool(re.search("follow|friend", head.path.name, re.I))))


def read(path, *, zone=None):
    """Ties in canonical columns; `zone` is not needed: no times."""
    kind = listed_kind(text_head(path))
    if kind not in ("accounts", "ids"):
        what = "a list of tweets, by its numbers" if kind else "no list of ids at the head of the file"
        raise ReaderError(
            f"{path} (line 1): {what}. Expected: the id of one account per line, as twarc wrote them. Give the right reader "
            "(digidip list)."
        )
    stem = Path(path).name.split(".")[0]
    matches = [match for match in (name.fullmatch(stem) for name in FILE_NAMES) if match]
    with_account = [match for match in matches if match["account"].lower() not in OTHER_WORDS]
    if len(with_account) != 1:
        raise ReaderError(
            f"{path} (file name): not one account and whether the list is of its followers. Expected: "
            "<account>_followers.txt or <account>_friends.txt with the handle or the id of the account, since it "
            "stands nowhere else. Rename the file so."
        )
    lines = scan(path, ["text"], has_header=False, delim="\x01", quote="", escape="", strict_mode=False)
    account_cells = {
        "account": ibis.literal(with_account[0]["account"]),
        "is_follower": with_account[0]["kind"].lower() == "followers",
    }
    numbered = lines.mutate(export_row=ibis.row_number() + 1, **account_cells)
    return {"follows": numbered.filter(numbered.text.strip() != "").select(**FOLLOWS)}
