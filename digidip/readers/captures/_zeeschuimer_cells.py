"""Cells of what Zeeschuimer catches: why a line is no post, times in seconds, and the marks in a text."""

import ibis

from digidip.readers.captures._fourcat import ANONYMOUS, NOBODY
from digidip.readers.opening._authors import REDACTED
from digidip.readers.opening._cells import INSTANT, blank, number

TAG = r"[#＃]([\p{L}\p{M}\p{N}_]*[\p{L}_][\p{L}\p{M}\p{N}_]*)"
HANDLE = r"(?:^|[^\w.@/])[@＠]([A-Za-z0-9_](?:[A-Za-z0-9_.]*[A-Za-z0-9_])?)"


@ibis.udf.scalar.builtin(name="regexp_extract_all", signature=(("string", "string", "int32"), "array<string>"))
def _occurrences(text, pattern, group):
    """Engine function: every occurrence of a group of a pattern in a text."""


def refused(reject, missing, account, author):
    """Why a line is no post: `reject`, what is `missing` (a condition and a reason), its author taken out, or no author."""
    is_anonymous = (author == REDACTED).fill_null(False)
    return ibis.cases((reject.notnull(), reject), *missing, (is_anonymous, ANONYMOUS), (account.isnull(), NOBODY))


def words(cell):
    """The text of a post, without NUL characters; missing where it is empty."""
    return blank(cell.re_replace(r"\x00", ""))


def seconds(cell):
    """A UTC instant from seconds since 1970, as a number or as text; 0, which stands for none, is missing."""
    return number(cell).nullif(0).as_timestamp("s").cast(INSTANT)


def tags(text):
    """The hashtags in a text as an array, without #: letters, digits and _, of which one is no digit."""
    return _occurrences(text, TAG, 1)


def handles(text):
    """The handles that a text mentions as an array, without @."""
    return _occurrences(text, HANDLE, 1)
