"""An account on the first line of a file and pages of its followers after it, as the collector of open platforms writes them."""

import ibis
from ibis import _

from digidip.readers.networks._to_parquet import to_parquet
from digidip.readers.opening.cells import number
from digidip.readers.opening.json_values import json_values

CELLS = ("account_id", "handle", "name", "followers", "following", "posts", "target", "reject")
IS_ACCOUNT = _.target.isnull()

METRICS = {
    "account_id": _.account_id,
    "follower_count": number(_.followers),
    "following_count": number(_.following),
    "post_count": number(_.posts),
    "export_row": _.export_row,
}

FOLLOWS = {
    "source_id": _.account_id,
    "target_id": _.target,
    "tie": ibis.literal("follow"),
    "weight": ibis.null("float64"),
    "export_row": _.export_row,
    "reject": _.reject,
}


def account_tables(path, maps, profile, followers):
    """The account, its counts and its followers in canonical columns.

    maps: those of the three tables, from these cells; profile: a function, first value of the file → these cells; followers: one,
    value of a further line → a list of the cells of followers.
    """
    rows = to_parquet(path, _cells(path, profile, followers), CELLS)
    (accounts, metrics, follows), valid = maps, rows.filter(IS_ACCOUNT, _.reject.isnull())
    return {
        "accounts": rows.filter(IS_ACCOUNT).select(**accounts),
        "metrics": valid.select(**metrics),
        "follows": rows.filter(~IS_ACCOUNT).select(**follows),
    }


def _cells(path, profile, followers):
    """The cells of the account, then of each follower."""
    row, account = 1, None
    for place, value in enumerate(json_values(path)):
        if place == 0:
            cells = profile(value)
            account = cells.get("account_id")
            yield cells | {"export_row": row}
        else:
            for cells in followers(value):
                row += 1
                named = {"target": account} if account else {"target": "", "reject": "no account that they follow"}
                yield cells | named | {"export_row": row}


def text_of(value):
    """A text or number as text, without halves of surrogate pairs; None for what else JSON may hold."""
    return str(value).encode("utf-8", "ignore").decode() if isinstance(value, (str, int)) else None
