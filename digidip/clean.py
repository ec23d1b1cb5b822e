"""Clean: attach accounts, pseudonymise, scrub, find the roots of threads, deduplicate, account for every row.

Every function takes and gives Ibis tables; nothing is read or written here, except the project key, which lies outside
the repository. Pseudonymised is not anonymous: whoever holds the key can test a guess.
"""

import base64
import hashlib
import hmac
import os
import unicodedata
from pathlib import Path
from typing import NamedTuple

import ibis
import pyarrow as pa
from ibis import _

from digidip.tables import KEYS, SCHEMA, TableError, is_scientific

SAMPLE_KEY = b"digidip synthetic sample: this key protects nobody, the people are invented"

# What a private person may have left in a text, in the order in which it is replaced.
EMAIL = r"[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+"
PROFILE = (
    r"(?i)\b(?:https?://)?(?:[\p{L}\p{N}-]+\.)*"
    r"(?:(?:facebook|fb|instagram|twitter|x|threads|tiktok|vk|t|wa)\.(?:com|net|me)/|linkedin\.com/in/"
    r"|bsky\.app/profile/|youtube\.com/(?:@|c/|user/|channel/)|[\p{L}\p{N}-]+\.[a-z]+/@)\S+"
)
HANDLE = r"[@＠][\p{L}\p{N}_](?:[\p{L}\p{N}_.]*[\p{L}\p{N}_])?"
PHONE = (
    r"(?:\+\p{Nd}|\b00\s?[1-9])(?:[\s().-]{0,2}\p{Nd}){7,}|\(\d{2,4}\)\s?\d{3,4}[\s.-]?\d{3,4}\b"
    r"|\b(?:[1-9]\d|0[1-9])\d{1,2}[\s.-]\d{3}[\s.-]?\d{3,4}\b|\b0\d(?:[\s.-]\d\d){4}\b|\b\d{9,12}\b"
)
PRIVATE = ((EMAIL, "[e-mail]"), (PROFILE, "[profile]"), (HANDLE, "[handle]"), (PHONE, "[phone]"))
TOKENS = tuple(token for _pattern, token in PRIVATE)


class Step(NamedTuple):
    """One line of the account of rows."""

    step: str
    table: str
    export: str
    rows_in: int
    rows_out: int
    reason: str


def attach_accounts(posts, ministry, registered):
    """The posts with `ministry`: that of accounts.csv where the account is there, else the one declared at `add`.

    `registered` is the pandas frame of accounts.csv for this platform.

    >>> import ibis, pandas as pd
    >>> known = pd.DataFrame({"account_id": ["1"], "ministry": ["PER"]})
    >>> attach_accounts(ibis.memtable({"account_id": ["1", "2"]}), "USA", known).ministry.to_list()
    ['PER', 'USA']
    """
    others = registered[registered["ministry"] != ministry]
    pairs = list(zip(others["account_id"], others["ministry"], strict=True))
    return posts.mutate(ministry=posts.account_id.cases(*pairs, else_=ministry) if pairs else ibis.literal(ministry))


def scrub(frame):
    """The frame with what is private in `text` replaced by tokens; see PRIVATE for what is found.

    >>> import ibis
    >>> text = ["write to a.b@example.org or @someone, +51 1 204 2400; see https://www.facebook.com/x.y"]
    >>> scrub(ibis.memtable({"text": text})).text.to_list()
    ['write to [e-mail] or [handle], [phone]; see [profile]']
    """
    return frame.mutate(text=scrubbed(frame.text))


def scrubbed(text):
    """The Ibis column of text with what is private replaced by tokens."""
    clean = text
    for pattern, token in PRIVATE:
        clean = clean.re_replace(pattern, token)
    return ibis.ifelse(text.re_search(r"[@＠/\p{Nd}]"), clean, text)


def scrub_handles(frame):
    """The frame with every handle in `text` replaced: what a ministry writes is public, whom it addresses is not."""
    text = frame.text.re_replace(rf"(^|[^\p{{L}}\p{{N}}._%+-]){HANDLE}", r"\1[handle]")
    return frame.mutate(text=ibis.ifelse(frame.text.contains("@") | frame.text.contains("＠"), text, frame.text))


def unnamed_link(link):
    """The Ibis column of addresses with the handle taken out of those of posts on X, which lead there without it.

    >>> import ibis
    >>> link = ibis.memtable({"link": ["https://twitter.com/someone/status/7?s=20", "https://example.org/a"]}).link
    >>> unnamed_link(link).to_list()
    ['https://x.com/i/status/7', 'https://example.org/a']
    """
    return link.re_replace(
        r"(?i)^https?://(?:[a-z]+\.)?(?:x|twitter)\.com/[^/]+/status(?:es)?/(\d+).*$", r"https://x.com/i/status/\1"
    )


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


def project_key(path=None):
    """The secret key (bytes) for pseudonyms: from DIGIDIP_KEY, or from a file outside the repository, made once.

    The file is DIGIDIP_KEY_FILE, else ~/.digidip/key (mode 600). A file that others may read, or that is empty, raises
    `TableError`.
    """
    if os.environ.get("DIGIDIP_KEY"):
        return os.environ["DIGIDIP_KEY"].encode()
    path = Path(path or os.environ.get("DIGIDIP_KEY_FILE") or Path.home() / ".digidip" / "key")
    if not path.exists():
        _make_key(path)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise TableError(
            f"{path}: others on this machine can read the key (mode {path.stat().st_mode & 0o777:o}). Expected mode 600, "
            f"else pseudonyms protect nobody. Do: chmod 600 {path}"
        )
    key = path.read_bytes().strip()
    if len(key) < 16:
        raise TableError(
            f"{path}: a key of {len(key)} bytes. Expected: at least 16, else names can be guessed back. Restore the key "
            "from your backup, or remove the file to have a new one made (pseudonyms will then differ)."
        )
    return key


def _make_key(path):
    """Write 32 random bytes as text, mode 600, whole or not at all; a key that another process has made stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(os.urandom(32).hex())
        if not path.exists():
            os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def key_id(key):
    """The first 8 characters of the SHA-256 of the key: names the key without telling it.

    >>> key_id(b"k")
    '8254c329'
    """
    return hashlib.sha256(key).hexdigest()[:8]


def thread_roots(replies):
    """For each comment_id of `replies` (comment_id, post_id = what it answers): the post at the root of its thread.

    A reply to a reply stands under the same post as the reply it answers. Returns a table comment_id, root. A thread
    that bites its own tail ends where it would begin again.

    >>> import ibis
    >>> chain = ibis.memtable({"comment_id": ["c", "b", "a"], "post_id": ["b", "a", "P"]})
    >>> sorted(thread_roots(chain).to_pandas().itertuples(index=False, name=None))
    [('a', 'P'), ('b', 'P'), ('c', 'P')]
    """
    pairs = replies.select("comment_id", "post_id").distinct().order_by("comment_id", "post_id").to_pyarrow()
    above = dict(zip(pairs["comment_id"].to_pylist(), pairs["post_id"].to_pylist(), strict=True))
    roots = {}
    for name in above:
        _find_root(name, above, roots)
    texts = {"comment_id": pa.array(list(above), pa.string()), "root": pa.array(map(roots.get, above), pa.string())}
    return ibis.memtable(pa.table(texts))


def _find_root(name, above, roots):
    """Enter the root of `name` and of everything on the way to it, so that each reply is walked once."""
    way = {}
    while name in above and name not in roots and name not in way:
        way[name] = None
        name = above[name]
    roots.update(dict.fromkeys(way, roots.get(name, name)))


def place_comments(comments, roots, posts):
    """The comments with post_id at the root of their thread, parent_id, and the account and ministry of that post."""
    joined = comments.left_join(roots, "comment_id")
    is_deeper = joined.root.notnull() & (joined.root != joined.post_id)
    placed = joined.mutate(
        parent_id=ibis.ifelse(is_deeper, joined.post_id, ibis.null("string")),
        post_id=ibis.coalesce(joined.root, joined.post_id),
    ).drop("root", "comment_id_right")
    return of_posts(placed, posts)


def of_posts(comments, posts):
    """The comments with `account_id` and `ministry` of the post they stand under; missing if no such post is held."""
    held = posts.select(held_id="post_id", account_id="account_id", ministry="ministry")
    bare = comments.drop(*({"account_id", "ministry"} & set(comments.columns)))
    return bare.left_join(held, bare.post_id == held.held_id).drop("held_id")


def named_in_full(comments, posts):
    """The comments with the whole id of their post where it lacks the page and just one held post ends so.

    Facebook's lists of comments name the post without the page.

    >>> import ibis
    >>> post = ibis.memtable({"post_id": ["123_789"]})
    >>> named_in_full(ibis.memtable({"post_id": ["789", "790"]}), post).post_id.to_list()
    ['123_789', '790']
    """
    ends = posts.select(full="post_id", bare=posts.post_id.re_extract(r"^\d+_(\d+)$", 1))
    once = ends.group_by("bare").having(_.count() == 1).aggregate(full=_.full.max())
    named = comments.left_join(once, comments.post_id == once.bare)
    return named.mutate(post_id=ibis.coalesce(named.full, named.post_id)).drop("bare", "full")


def superseded(table, name, order):
    """Rows of a canonical table that a later observation of the same key replaces: export, export_row.

    Later is: the later `retrieved_at`; then the later delivery in the manifest (`order`: export → number); then the
    later record of the file. A missing `retrieved_at` is earlier than any other.

    >>> import ibis
    >>> twice = ibis.memtable({"platform": ["x"] * 2, "post_id": ["1"] * 2, "retrieved_at": [None, None],
    ...                        "export": ["a.csv"] * 2, "export_row": [1, 2]})
    >>> superseded(twice, "posts", {"a.csv": 0}).to_pandas().values.tolist()
    [['a.csv', 1]]
    """
    key = list(KEYS[name])
    keys = table.select(*key, "retrieved_at", "export", "export_row")
    repeated = keys.group_by(key).having(_.count() > 1).aggregate(times=_.count())
    rivals = keys.semi_join(repeated, key).mutate(delivery=_.export.cases(*order.items()))
    latest_first = [ibis.desc("retrieved_at", nulls_first=False), ibis.desc("delivery"), ibis.desc("export_row")]
    ranked = rivals.mutate(place=ibis.row_number().over(group_by=key, order_by=latest_first))
    return ranked.filter(_.place > 0).select("export", "export_row")


def unreadable(table, name):
    """Rows of a canonical table that lack a cell which the export must give: export, export_row, reason.

    Account and ministry of a comment are those of its post: a comment without its post is for `tables.check` to tell,
    and so is an id that a spreadsheet has destroyed.
    """
    given = {"export_row"} | ({"account_id", "ministry"} if name == "comments" else set())
    required = [column for column, rule in SCHEMA[name].items() if rule.required and column not in given]
    lacking = [(table[c].isnull(), f"no readable {c}") for c in required]
    reason = ibis.cases((is_scientific(table[KEYS[name][1]]), ibis.null("string")), *lacking)
    return table.select("export", "export_row", reason=reason).filter(_.reason.notnull())
