"""Who wrote, where an export names accounts by handles in one place and by ids in another, or hides them.

Whoever pseudonymised a data set in 4CAT has 48 hexadecimal digits for each author, whoever anonymised it REDACTED.
"""

import ibis
from ibis import _

from digidip.readers.opening._cells import blank

REDACTED, HASH = "REDACTED", r"^[0-9a-f]{48}$"


def known(cell):
    """Who it is as the file tells, a pseudonym of 4CAT included; missing where there is REDACTED."""
    return blank(cell, REDACTED)


def person(cell):
    """A handle or name as printed; missing where 4CAT put a pseudonym or REDACTED."""
    return ibis.ifelse(cell.re_search(HASH), ibis.null("string"), known(cell))


def place(address, author):
    """The address of a post, missing where 4CAT put a pseudonym or REDACTED for the author, which it is made of."""
    return ibis.ifelse(author.notnull() & person(author).isnull(), ibis.null("string"), address)


def at_handle(cell):
    """`@` and the handle in small letters, the id of an account where only its handle is told; a pseudonym as it is."""
    return ibis.ifelse(cell.re_search(HASH), cell, "@" + known(cell).lower())


def authors(cells, handle, account):
    """Handle in small letters → account id, for every handle that one account alone has in this file."""
    pairs = cells.select(known_handle=handle.lower(), account_id=account).filter(_.account_id.notnull())
    named = pairs.group_by("known_handle").aggregate(known_id=_.account_id.max(), ids=_.account_id.nunique())
    return named.filter(_.ids == 1).drop("ids")


def by_id(frame, column, known_authors, where=True):
    """The frame with a handle, with or without @, as the account id that the file gives it elsewhere."""
    handle = frame[column].lower().re_replace("^@", "")
    joined = frame.left_join(known_authors, handle == known_authors.known_handle)
    return joined.mutate(**{column: ibis.ifelse(where, _.known_id, None).coalesce(_[column])}).drop(
        "known_handle", "known_id"
    )
