"""Mentions in the tweets of a query bin as the mention export of DMI-TCAT wrote them.

Tool: DMI Twitter Capture and Analysis Toolset (University of Amsterdam), 2012–2023.
Format: https://github.com/digitalmethodsinitiative/dmi-tcat (analysis/mod.export_mentions.php); a row is one mention:
    who wrote, who is named. See docs/formats.md#tcat_mentions.
Encoding: UTF-8 with a byte order mark, commas or TAB.
Zone: none; times are not in the file (they are in the full export, `dmi_tcat`).
Ids: an account is its id, or its handle where the id is missing, 0, or spoilt by a spreadsheet.
Rejects: a row without an account that mentions or is mentioned.
Caution: `mention_type` is a guess of the tool from the text: `retweet` (RT @, MT @, via @) is a repost, all else a
    mention; exports without the column give mentions. There are no weights.
Leaves out: ids of the tweets.
Example: 1264…,119…,MFAExample,120…,ExampleOrgIntl,mention
"""

import ibis
from ibis import _

from digidip.readers.networks._edge_tables import no_ties_error, tie_kind
from digidip.readers.opening.cells import blank
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.opening.head import read_head
from digidip.readers.x._tweets import valid_id

PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = False
REQUIRED = {"follows": {"tweet_id", "user_from_id", "user_from_name", "user_to_id", "user_to_name"}}
OPTIONAL = {"follows": {"mention_type"}}


def _account(number, handle):
    return ibis.coalesce(valid_id(number).nullif("0"), blank(handle.strip()))


SOURCE = _account(_.user_from_id, _.user_from_name)
TARGET = _account(_.user_to_id, _.user_to_name)

FOLLOWS = {
    "source_id": SOURCE,
    "target_id": TARGET,
    "tie": tie_kind(_.mention_type).fill_null("mention"),
    "weight": ibis.null("float64"),
    "export_row": _.export_row,
    "reject": ibis.ifelse(SOURCE.isnull() | TARGET.isnull(), "no account that mentions or is mentioned", None),
}


def read(path, *, zone=None):
    """Ties in canonical columns; `zone` is not needed: no times."""
    table = delimited_rows(path, REQUIRED["follows"], OPTIONAL["follows"])
    if not read_head(path).records:
        raise no_ties_error(path)
    return {"follows": table.select(**FOLLOWS)}
