"""What the rows of one table of a file are of: period, accounts, and columns in which no row has a value."""

from typing import NamedTuple

import ibis
import pandas as pd
from ibis import _

from digidip.tables import TIMES

READ_BY_MEASURES = {  # columns that a reader may not find in an export, and that measures miss
    "posts": (
        "text lang medium like_count reaction_count comment_count repost_count view_count follower_count retrieved_at"
    ).split(),
    "comments": "text parent_id lang like_count reaction_count retrieved_at".split(),
    "metrics": "follower_count following_count post_count".split(),
    "follows": ["weight"],
}


class Contents(NamedTuple):
    """What a file would give posts, comments or another table with instants: its period, accounts, and columns without a value."""

    table: str
    first: pd.Timestamp
    last: pd.Timestamp
    accounts: int  # of official accounts, where it is of posts
    empty: list


def contents_of(name, rows, accounts=None):
    """The Contents of a table of a file; None where it has no row."""
    moment = {**TIMES, "attention": "begins_at", "events": "begins_at"}.get(name, "observed_at")
    moment_of_row = rows[moment]
    columns = [column for column in READ_BY_MEASURES.get(name, ()) if column in rows.columns]
    found = rows.aggregate(
        n=_.count(),
        first=moment_of_row.min(),
        last=moment_of_row.max(),
        accounts=rows[accounts].nunique() if accounts else ibis.null("int64"),
        **{f"has_{column}": rows[column].count() for column in columns},
    )
    found = found.to_pandas().iloc[0]
    if not found.n:
        return None
    empty = [column for column in columns if not found[f"has_{column}"]]
    return Contents(name, found["first"], found["last"], int(found.accounts) if accounts else None, empty)
