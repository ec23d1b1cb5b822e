"""What may be told: which kinds of output the label and the terms of data allow, and how few people a cell may count."""

import os

from digidip.tables._schema import TableError

KINDS = {
    "aggregates": "counts, shares, and figures of them",
    "ids": "ids of posts, and ties between official accounts",
    "records": "texts, and rows or ties of private people",
}
_ALL = tuple(KINDS)
STATED = {"aggregates-only": _ALL[:1], "ids-only": _ALL[:2], "full": _ALL}
RELEASE = {  # label → the first word of its terms → what reports, networks and crates may hold; "": nothing, or other words
    "real": {"": ("aggregates",), **STATED},
    "derived-public": {"": _ALL, **STATED},
    "synthetic": {"": _ALL, **STATED},
}
COLUMNS = {  # a table with one of these columns is of this kind
    "ids": {"post_id", "comment_id", "parent_id", "reply_to_id", "repost_of_id", "quote_of_id", "url"},
    "records": {"text", "author", "source_id", "target_id", "reply_to_account_id"},
}
K = 5
LEAST = 3  # a sum of two people tells each of them the other


def released(label, terms):
    """The kinds of output that data of this label and terms may leave in.

    >>> released("real", "ids-only, X Developer Policy"), released("real", "see the platform")
    (('aggregates', 'ids'), ('aggregates',))
    """
    allowed = RELEASE[label]
    return allowed.get(terms.replace(",", " ").partition(" ")[0], allowed[""])


def refusal(kind, deliveries):
    """Why output of this kind may not leave, in words, with the remedy; empty if it may.

    deliveries: dicts of `path`, `label`, `terms`, as the manifest has them; no delivery forbids nothing.
    """
    for each in deliveries:
        if kind not in (allowed := released(each["label"], each["terms"])):
            stated = f"with the terms {each['terms']!r}" if each["terms"] else "without stated terms"
            return (
                f"R6: {each['path']} is {each['label']} data {stated}. Expected in reports and networks: {', '.join(allowed)} "
                f"alone, no {kind} ({KINDS[kind]}). If the platform allows more, begin `terms` in data/raw/MANIFEST.csv with "
                "ids-only or full, then digidip build (docs/privacy.md#terms)."
            )
    return ""


def kind_of(columns):
    """What a table with these columns is: aggregates, ids or records.

    >>> kind_of(["ministry", "post id"]), kind_of(["text"]), kind_of(["n"])
    ('ids', 'records', 'aggregates')
    """
    names = {str(name).replace(" ", "_").lower() for name in columns}
    return next((kind for kind in ("records", "ids") if names & COLUMNS[kind]), "aggregates")


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
