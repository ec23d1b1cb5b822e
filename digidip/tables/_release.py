"""What may be told: the fewest private people that a cell may count."""

import os

from digidip.tables._schema import TableError

K = 5
LEAST = 3  # a sum of two people tells each of them the other


def smallest_cell():
    """The fewest private people that a cell may count: DIGIDIP_K, else 5; less than 3 is a `TableError`.

    >>> smallest_cell()
    5
    """
    text = os.environ.get("DIGIDIP_K", "") or str(K)
    if not text.isascii() or not text.isdigit() or int(text) < LEAST:
        raise TableError(
            f"DIGIDIP_K: found {text!r}. Expected: a whole number, {LEAST} at least. Set one, or none for {K}."
        )
    return int(text)
