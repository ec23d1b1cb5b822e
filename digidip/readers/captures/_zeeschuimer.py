"""A line of Zeeschuimer, or of 4CAT's NDJSON: its platform, when it was seen, the object in it.

Zeeschuimer puts what the platform sent under `data`; 4CAT puts it at the top and the rest under `__import_meta`.
"""

from collections import Counter

import ibis

from digidip.readers.captures._fourcat import ANONYMOUS, NO_AUTHOR
from digidip.readers.captures._hidden_authors import REDACTED
from digidip.readers.opening.cells import INSTANT, blank, number
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_records import object_at, record_rows
from digidip.readers.opening.json_values import BrokenJson, json_values
from digidip.readers.x._tweets import find_all
from digidip.tables import ReaderError

TAG = r"[#＃]([\p{L}\p{M}\p{N}_]*[\p{L}_][\p{L}\p{M}\p{N}_]*)"
HANDLE = r"(?:^|[^\w.@/])[@＠]([A-Za-z0-9_](?:[A-Za-z0-9_.]*[A-Za-z0-9_])?)"

# The add-on keeps its first name of a platform when the site moves.
READER_OF = {
    "twitter.com": "zeeschuimer_x",
    "x.com": "zeeschuimer_x",
    "instagram.com": "zeeschuimer_instagram",
    "tiktok.com": "zeeschuimer_tiktok",
    "tiktok-comments": "zeeschuimer_tiktok_comments",
    "threads.net": "zeeschuimer_threads",
    "threads.com": "zeeschuimer_threads",
    "truthsocial.com": "zeeschuimer_truthsocial",
}


def platform_share(head, name):
    """1 if most of the first lines are of a platform that the reader of that name reads, else 0."""
    readers = Counter(filter(None, map(READER_OF.get, _platforms(head))))
    return float(bool(readers) and readers.most_common(1)[0][0] == name)


def line_objects(path, name, shape, unwrap=None):
    """The objects in the lines of a file: a column per key of `shape`, and three more.

    The three are `retrieved_at`, `export_row` and `reject`.

    A line that is broken, of another platform, or none of Zeeschuimer's has its reason in `reject`. A file whose first
    lines are none of the reader's raises `ReaderError`. `unwrap` makes of an object the one that `shape` describes; the
    lines are unwrapped one by one into a private copy, which the engine reads.
    """
    if name not in map(READER_OF.get, _platforms(read_head(path))):
        raise _refusal(read_head(path), name)
    keys = ibis.dtype(shape).names
    cells = (_line_cells(value, name, keys, unwrap) for value in json_values(path))
    found = record_rows(cells, f"struct<it: {shape}, seen: string, reject: string>")
    return found.select(
        **{key: found.it["it"][key] for key in keys},
        retrieved_at=number(found.it.seen).as_timestamp("ms").cast(INSTANT),
        export_row=found.export_row,
        reject=ibis.ifelse(found.is_broken, "broken JSON", found.it.reject),
    )


def _line_cells(value, name, keys, unwrap):
    """What a line says of itself, and what is asked for of its object; or the reason why there is none."""
    meta = _line_meta(value) if isinstance(value, dict) else {}
    platform = meta.get("source_platform")
    if not platform:
        return {"reject": str(value) if isinstance(value, BrokenJson) else "no line of Zeeschuimer or 4CAT"}
    if READER_OF.get(str(platform)) != name:
        return {"reject": f"a line of {platform}"}
    inner = object_at(value, "data") if meta is value else value
    it = unwrap(inner) if unwrap else inner
    return {"it": {key: it[key] for key in keys if key in it}, "seen": meta.get("timestamp_collected")}


def _line_meta(line):
    """What stands beside the object: in a line of Zeeschuimer the line itself."""
    return line if "source_platform" in line else object_at(line, "__import_meta")


def _platforms(head):
    """The platform of each of the first lines; an empty text for a line of another tool."""
    return [str(_line_meta(line).get("source_platform") or "") for line in head.objects]


def _refusal(head, name):
    found = _platforms(head)
    other = next((platform for platform in found if platform in READER_OF), None)
    kind = f"lines of {other}" if other else f"{len(found)} JSON objects, none of a platform that this reader knows"
    platform_asked = next(platform for platform, reader in READER_OF.items() if reader == name)
    remedy = f"Give the reader {READER_OF[other]}." if other else "Give the right reader (digidip list)."
    return ReaderError(
        f"{head.path} (record 1): no line of {platform_asked} at the head of the file. Found: {kind}. Expected: NDJSON of Zeeschuimer "
        f"(item_id, source_platform, data) or of 4CAT (__import_meta). {remedy}"
    )


# Cells of what Zeeschuimer catches: why a line is no post, times in seconds, and the marks in a text.


def reject_reason(reject, missing, account, author):
    """Why a line is no post: `reject`, what is `missing`, its author taken out, or no author.

    `missing` are pairs of a condition and a reason.
    """
    is_anonymous = (author == REDACTED).fill_null(False)
    return ibis.cases((reject.notnull(), reject), *missing, (is_anonymous, ANONYMOUS), (account.isnull(), NO_AUTHOR))


def text_without_nul(cell):
    """The text of a post, without NUL characters; missing where it is empty."""
    return blank(cell.re_replace(r"\x00", ""))


def nonzero_epoch(cell):
    """A UTC instant from seconds since 1970, as a number or as text; 0 stands for none and is missing."""
    return number(cell).nullif(0).as_timestamp("s").cast(INSTANT)


def hashtags_in(text):
    """The hashtags in a text as an array, without #: letters, digits and _, of which one is no digit."""
    return find_all(text, TAG, 1)


def handles_in(text):
    """The handles that a text mentions as an array, without @."""
    return find_all(text, HANDLE, 1)
