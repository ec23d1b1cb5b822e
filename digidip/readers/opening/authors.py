"""Who wrote, where an export names accounts by handles in one place and by ids in another."""

import ibis
from ibis import _


def ids_by_handle(cells, handle, account):
    """Handle in small letters → account id, for every handle that one account alone has in this file."""
    pairs = cells.select(known_handle=handle.lower(), account_id=account).filter(_.account_id.notnull())
    named = pairs.group_by("known_handle").aggregate(known_id=_.account_id.max(), ids=_.account_id.nunique())
    return named.filter(_.ids == 1).drop("ids")


def handles_to_ids(frame, column, known_authors, where=True):
    """The frame with a handle, with or without @, as the account id that the file gives it elsewhere."""
    handle = frame[column].lower().re_replace("^@", "")
    joined = frame.left_join(known_authors, handle == known_authors.known_handle)
    return joined.mutate(**{column: ibis.ifelse(where, _.known_id, None).coalesce(_[column])}).drop(
        "known_handle", "known_id"
    )
