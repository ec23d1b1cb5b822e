"""Pseudonymise: names and ids of private people become keyed hashes. Whoever holds the key can test a guess."""

import base64
import hashlib
import hmac
import unicodedata

import ibis
import pyarrow as pa
from ibis import _


def pseudonym(author, platform, key):
    """`p` and 24 base32 characters: HMAC-SHA-256 of platform and author (NFC) under the project key.

    The same key gives the same pseudonym in every delivery, another key another one; the first letter keeps
    spreadsheets and pandas from reading it as a number. Source: reliability.md R1, R2.

    >>> pseudonym("Ana", "facebook", b"k") == pseudonym("Ana", "facebook", b"k") != pseudonym("Ana", "x", b"k")
    True
    """
    message = f"{platform}\0{unicodedata.normalize('NFC', author)}".encode("utf-8", "surrogatepass")
    return "p" + base64.b32encode(hmac.new(key, message, hashlib.sha256).digest()[:15]).decode().lower()


def pseudonyms(authors, platform, key):
    """A table author → pseudonym of the distinct values of an Ibis column; each distinct author is hashed once."""
    names = [name for name in authors.name("author").as_table().distinct().to_pyarrow()["author"].to_pylist() if name]
    hashed = pa.table({"name": pa.array(names, pa.string()), "pseudonym": [pseudonym(n, platform, key) for n in names]})
    return ibis.memtable(hashed.cast(pa.schema([("name", pa.string()), ("pseudonym", pa.string())])))


@ibis.udf.scalar.builtin(name="nfc_normalize", signature=(("string",), "string"))
def composed(text):
    """Engine function: text in the composed form of Unicode (NFC)."""


def pseudonymise(frame, column, hidden, officials):
    """The frame with `column` as the account id of an official author, or else as a pseudonym.

    `hidden` comes from `pseudonyms`; `officials` is a table of name → account_id. A name is recognised in either form
    of its accents. The new column `official_id` is missing for everybody else.
    """
    known = officials.group_by(name=composed(officials.name)).aggregate(official_id=_.account_id.min())
    joined = frame.left_join(known, composed(frame[column]) == known.name).drop("name")
    joined = joined.left_join(hidden, joined[column] == hidden.name).drop("name")
    return joined.mutate(**{column: ibis.coalesce(joined.official_id, joined.pseudonym)}).drop("pseudonym")
