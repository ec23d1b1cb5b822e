"""Pseudonymise: names and ids of private people become keyed hashes. Whoever holds the key can test a guess."""

import base64
import hmac
import re
import unicodedata

import ibis
import pyarrow as pa
from ibis import _

# Platforms whose ids hold the name of the author: at://<account>/…, https://<server>/users/<name>/….
NAMING = ("bluesky", "mastodon")
IDS = ("post_id", "comment_id", "parent_id", "reply_to_id", "repost_of_id", "quote_of_id")


def pseudonym(author, platform, key):
    """`p` and 24 base32 characters: HMAC-SHA-256 of platform and author (NFC) under the project key.

    The same key gives the same pseudonym in every delivery, another key another one; the first letter keeps
    spreadsheets and pandas from reading it as a number. Source: docs/privacy.md#r1, #r2.

    >>> pseudonym("Ana", "facebook", b"k") == pseudonym("Ana", "facebook", b"k") != pseudonym("Ana", "x", b"k")
    True
    """
    message = f"{platform}\0{unicodedata.normalize('NFC', author)}".encode("utf-8", "surrogatepass")
    return "p" + base64.b32encode(hmac.digest(key, message, "sha256")[:15]).decode().lower()


def pseudonyms(names, key):
    """A table platform, name, pseudonym of the distinct names in a table platform, name; each is hashed once."""
    found = names.filter(names.name.nullif("").notnull()).select("platform", "name").distinct().to_pyarrow()
    pairs = list(zip(found["platform"].to_pylist(), found["name"].to_pylist(), strict=True))
    hashed = {"platform": found["platform"], "name": found["name"]}
    hashed["pseudonym"] = pa.array([pseudonym(name, platform, key) for platform, name in pairs], pa.string())
    return ibis.memtable(pa.table(hashed).cast(pa.schema([(column, pa.string()) for column in hashed])))


@ibis.udf.scalar.builtin(name="nfc_normalize", signature=(("string",), "string"))
def composed(text):
    """Engine function: text in the composed form of Unicode (NFC)."""


def pseudonymise(frame, column, hidden, officials):
    """The frame with `column` as the account id of an official author, or else as a pseudonym.

    `hidden` comes from `pseudonyms`; `officials` is a table platform, name, account_id. A name is recognised on its own
    platform, in either form of its accents. The new column `official_id` is missing for everybody else.
    """
    known = officials.group_by(at="platform", name=composed(officials.name)).aggregate(official_id=_.account_id.min())
    name = composed(frame[column])
    joined = frame.left_join(known, [frame.platform == known["at"], name == known.name]).drop("at", "name")
    hidden = hidden.rename(at="platform")
    joined = joined.left_join(hidden, [joined.platform == hidden["at"], joined[column] == hidden.name]).drop(
        "at", "name"
    )
    return joined.mutate(**{column: ibis.coalesce(joined.official_id, joined.pseudonym)}).drop("pseudonym")


def hide_ids(frame, platform, key, owners):
    """The frame with every id of a post or comment that does not begin with one of `owners` as a pseudonym.

    `owners` are ids of official accounts. Equal ids get equal pseudonyms, so that threads hold together.

    >>> ours, other = "at://did:plc:mfa/app.bsky.feed.post/3k", "at://did:plc:ana/app.bsky.feed.post/3l"
    >>> rows = ibis.memtable({"post_id": [ours], "comment_id": [other], "export_row": [1]})
    >>> shown = hide_ids(rows, "bluesky", b"k", {"did:plc:mfa"}).to_pandas().iloc[0]
    >>> shown.post_id == ours, shown.comment_id == pseudonym(other, "bluesky", b"k")
    (True, True)
    """
    columns = [column for column in IDS if column in frame.columns]
    if not columns:
        return frame
    cells = [frame[column].name("name") for column in columns]
    ids = ibis.union(*(cell.as_table() for cell in [*cells, cells[0]]), distinct=True).to_pyarrow()["name"].to_pylist()
    ours = {name.replace("/@", "/users/") for name in owners}
    is_ours = {one: owner(one).replace("/@", "/users/") in ours for one in ids if one}
    shown = {one: one if own else pseudonym(one, platform, key) for one, own in is_ours.items()}
    pairs = ibis.memtable(
        pa.table({"name": pa.array(shown, pa.string()), "shown": pa.array(shown.values(), pa.string())})
    )
    for column in columns:
        joined = frame.left_join(pairs, frame[column] == pairs.name)
        frame = joined.mutate(**{column: joined.shown}).drop("name", "shown")
    return frame.order_by("export_row") if "export_row" in frame.columns else frame


def owner(identifier):
    """The account that an id of a post on Bluesky or Mastodon begins with; nothing where it names none.

    >>> owner("at://did:plc:mfa/app.bsky.feed.post/3k"), owner("https://example.org/users/mfa/statuses/7")
    ('did:plc:mfa', 'https://example.org/users/mfa')
    """
    found = re.match(r"at://([^/]+)/|(https?://[^/]+/(?:(?:ap/)?users/|@)[^/]+)/", identifier)
    return (found[1] or found[2]) if found else ""
