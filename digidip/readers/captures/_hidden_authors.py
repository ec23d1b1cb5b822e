"""Who wrote, where 4CAT hides the authors: pseudonyms and REDACTED.

Whoever pseudonymised a data set in 4CAT has 48 hexadecimal digits for each author, whoever anonymised it REDACTED.
"""

import ibis

from digidip.readers.opening.cells import MISSING_WORDS, blank

REDACTED, PSEUDONYM = "REDACTED", r"^[0-9a-f]{48}$"


def known_author(cell):
    """Who it is as the file tells, a pseudonym of 4CAT included; missing where there is REDACTED."""
    return blank(cell, REDACTED)


def printed_name(cell):
    """A handle or name as printed; missing where 4CAT put a pseudonym or REDACTED."""
    return ibis.ifelse(cell.re_search(PSEUDONYM), ibis.null("string"), known_author(cell))


def post_address(address, author):
    """The address of a post, missing where 4CAT hides the author, whose handle is part of it."""
    return ibis.ifelse(author.notnull() & printed_name(author).isnull(), ibis.null("string"), address)


def handle_id(cell):
    """`@` and the handle in small letters, the id of an account known by it; a pseudonym as it is; no word for nothing."""
    return ibis.ifelse(cell.re_search(PSEUDONYM), cell, "@" + blank(known_author(cell), *MISSING_WORDS).lower())
