"""One person taken out of a file: the records that are theirs go, in all others their names become a token.

A record is a row of a table, a line of JSON, or an object in a list of JSON; what is not touched stays as it is, byte for
byte where the file has lines. It is the person's where something that names its author (`author`, `from.id`, a source or target
of a tie) is one of their names. What names somebody else's counterpart (`in_reply_to_screen_name`, `quoted_status`) is none.
"""

import gzip
import json
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape, unescape
from html.entities import codepoint2name, html5
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from digidip.readers.opening.copies import GZIP, first_bytes
from digidip.readers.opening.encodings import UTF16_MARKS
from digidip.readers.opening.head import read_head
from digidip.tables import ReaderError

# Letters of a word, digits of a number, and both of a mixture, that is looked for in running text; shorter ones stand everywhere.
SHORTEST, FEWEST_DIGITS, MIXED = 8, 9, 5
BLOCK = 16 << 20  # bytes of a file that are looked at together
# What names the author of a record, or an end of a tie …
AUTHOR = re.compile(
    r"(?i)author|attributed|user|from|owner|account|actor|name|handle|nick|acct|did\b|(?:^|[._ ])by\b|commenter|comment_by"
    r"|channel|source|target|^to$|(?:^|[._ ])id(?:_?str)?$|rest_id|u(?:nique)?_?id|profile|sender|creator|person|member|follow|friend"
)
# … and what of these names somebody or something else, or is a text or a number. A repost is none of them: its words are theirs.
TEXT = re.compile(r"(?i)text|message|body|content|caption|title|desc$")
OTHER = re.compile(
    r"(?i)repl(?:y|ie)|answer|mention|quot|parent|referenc|tagg|^to_|conversation|thread|root|embed|(?<!ac)count|number|likes"
    r"|link|file_?name|group|place|location|event|photo|image|video|media"
    rf"|shares|descr|{TEXT.pattern[4:]}"
)
# Several keys tell one account, and begin alike: `author_id`, `author.username`; these are their ends, first those of ids.
END = re.compile(
    r"(?i)(.*?)[._ ]?(?:user)?[._ ]?(?:(channel_?id|platform_?id|rest_id|unique_?id|id(?:[._]?str)?|uid|did|pk)"
    r"|(screen_?name|(?<=user)name|handle|acct|login|ur[il])|full_?name|real_?name|display_?name|diplay_name|nick_?name|name)?"
)

# Characters that nobody sees, as they stand, in JSON and in HTML.
UNSEEN = r"(?:[\u00ad\u200b-\u200f\u2060\ufeff]|\\u(?:00ad|200[b-f]|2060|feff)|&(?:#820[3-7]|#x200[b-f]|#xfeff|zw[sn]?n?j|shy);)"
UNSEEN_MARK = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]|\\u(?:00ad|20|feff)|&(?:#|zw|shy)")
BLANK = rf"(?:\s|&nbsp;|&#160;|{UNSEEN})++"
NAMED = {ord(char): f"&{name}" for name, char in html5.items() if len(char) == 1 and name.endswith(";")}
NAMED |= {code: f"&{name};" for code, name in codepoint2name.items()}
APOSTROPHES = ("'", "’", "&#39;", "&#x27;", "&apos;")
# The name of one author: words alone, no list, address or handle.
LONGER_NAME = re.compile(r"""[^\d_@/\\,;:|"<>()\[\]{}=&#\s]+(?: [^\d_@/\\,;:|"<>()\[\]{}=&#\s]+)*""")


def plain(name):
    """A name as it is compared: composed, with single blanks, without case, what nobody sees, and the @ before it.

    >>> plain(" @Zo&euml;\u200b "), plain("Zoe\u0308")
    ('zoë', 'zoë')
    """
    name = str(name) if str(name).isascii() and "&" not in str(name) else re.sub(UNSEEN, "", unescape(str(name)))
    return " ".join(unicodedata.normalize("NFC", name).strip().lstrip("@＠").casefold().split())


def reversed_names(name):
    """A name of several words with its last ones first, with and without a comma.

    >>> sorted(reversed_names("Ana Maria Sample"))
    ['Maria Sample Ana', 'Maria Sample, Ana', 'Sample Ana Maria', 'Sample, Ana Maria']
    """
    words = name.split()
    ends = [(" ".join(words[at:]), " ".join(words[:at])) for at in range(1, len(words))]
    return {f"{last}{mark} {first}" for last, first in ends for mark in ("", ",")}


@dataclass(frozen=True)
class Person:
    """The names, handles and ids of one person, and the token that takes their place in what others wrote.

    columns: those of a mapped table that name authors.
    """

    names: frozenset
    token: str
    columns: frozenset = frozenset()

    def is_name(self, value):
        """Whether a whole value is one of them."""
        return isinstance(value, (str, int)) and plain(value) in self._plain

    @cached_property
    def _plain(self):
        return {plain(one) for name in self.names for one in (name, *reversed_names(name))}

    @cached_property
    def in_text(self):
        """The pattern that finds them in running text: of short words only those with @, a slash or a quotation mark before."""
        return re.compile("|".join(map(_in_text, self._forms)), re.IGNORECASE)

    @cached_property
    def anywhere(self):
        """The pattern that finds them wherever they may stand, also as the whole of a cell."""
        return re.compile("|".join(rf"(?<!\w){_blanks(form)}(?!\w)" for form in self._forms), re.IGNORECASE)

    @cached_property
    def _forms(self):
        """Every way in which a name is written, the longest first: reversed, in either form of accents, in addresses, JSON, HTML."""
        bare = (one.strip().lstrip("@＠") for name in self.names for one in (name, *reversed_names(name)))
        whole = {unicodedata.normalize(form, name) for name in bare for form in ("NFC", "NFD")} - {""}
        forms = whole | {quote(one, safe=safe) for one in whole for safe in ("/", "")}
        forms |= {one.replace(" ", "+") for one in whole} | {json.dumps(one)[1:-1] for one in whole}
        forms |= {escape(one, quote=False).replace("'", mark) for one in whole for mark in APOSTROPHES}
        forms |= {form(one) for one in forms if not one.isascii() for form in (_decimal, _hexadecimal, _named)}
        return sorted(forms, key=lambda form: (-len(form), form))

    def is_in(self, text):
        """Whether one of them stands anywhere in a text; most texts are passed over without the costly pattern."""
        lower = text.lower()
        lower = re.sub(UNSEEN, "", lower) if UNSEEN_MARK.search(lower) else lower
        return any(form.split()[0].lower() in lower for form in self._forms) and bool(self.anywhere.search(text))

    def is_account(self, key, value, pairs, *, by_id=True):
        """Whether this one of the pairs (key, value) of an object names them as its author.

        by_id: where an id stands beside a name, it must be theirs too; others may be called the same.
        """
        if not self.is_name(value):
            return False
        if not (key in self.columns or _names_author(key) or _is_address_of_account(key, pairs)):
            return False
        ids = [one for other, one in account_of(key, pairs) if END.fullmatch(other)[2]]
        return not by_id or bool(END.fullmatch(key)[3]) or not ids or any(map(self.is_name, ids))


@lru_cache(10_000)
def _names_author(key):
    return bool(AUTHOR.search(key) and not OTHER.search(key))


def _is_address_of_account(key, pairs):
    """Whether a key holds the address of the account that an object is, as in Mastodon's lists of accounts."""
    return key in ("url", "uri") and any(other == "acct" for other, _value in pairs)


@lru_cache(10_000)
def _is_text(key):
    return bool(TEXT.search(key) or not (AUTHOR.search(key) or OTHER.search(key)))


def _is_count(key, value):
    """Whether a value is likelier a count, or a place in a text, than a short id."""
    return str(value).isdigit() and len(str(value)) < MIXED and not AUTHOR.search(key)


def _decimal(text):
    return text.encode("ascii", "xmlcharrefreplace").decode()


def _hexadecimal(text):
    return "".join(char if char.isascii() else f"&#x{ord(char):x};" for char in text)


def _named(text):
    return "".join(char if char.isascii() else NAMED.get(ord(char), char) for char in text)


def _blanks(form):
    """The pattern of a form, with blanks and what nobody sees between its letters and words."""
    return BLANK.join(f"{UNSEEN}*+".join(map(re.escape, word)) for word in form.split())


def _in_text(form):
    fewest = SHORTEST if form.isalpha() else FEWEST_DIGITS if form.isdecimal() else MIXED
    if not form.isalnum() or len(form) >= fewest:
        return rf"(?<!\w)[@＠]?{_blanks(form)}(?!\w)"
    return rf"(?:[@＠]|(?<=[/\"'=])){_blanks(form)}(?!\w)"


def account_of(key, pairs):
    """Those of the pairs (key, value) of an object that tell of the same account as a key: ids, names, handles, addresses."""
    beginning = END.fullmatch(key)[1]
    is_record = any(TEXT.search(other) for other, _value in pairs)  # its own id and address are no account's
    own = re.compile("(?i)(?:id|id_?str|[pu]?id|did|pk|ur[il]|(?:retweet|repost)(?:ed)?_?id)" if is_record else "(?!)")
    filled = [(other, value) for other, value in pairs if str(value or "").strip(" 0") and not OTHER.search(other)]
    return [
        (other, value) for other, value in filled if END.fullmatch(other)[1] == beginning and not own.fullmatch(other)
    ]


@dataclass
class Removal:
    """What is taken from one file: records that are the person's, and their names in the values of others."""

    person: Person
    removed: int = 0
    masked: int = 0

    def is_theirs(self, pairs):
        """Whether one of the pairs (key, value) of an object or a row names them as its author."""
        return any(self.person.is_account(key, value, pairs) for key, value in pairs)

    def masked_value(self, key, value, pairs):
        """The value of a key with their names as a token; not the name of somebody else who is called the same."""
        if self.person.is_name(value):
            is_other = self.person.is_account(key, value, pairs, by_id=False)
            made = value if is_other or _is_count(key, value) else self.person.token
        elif not isinstance(value, str) or (_names_author(key) and LONGER_NAME.fullmatch(value)):
            made = value
        else:
            pattern = self.person.in_text if _is_text(key) else self.person.anywhere
            made = pattern.sub(self.person.token, value)
        self.masked += made != value
        return made

    def pruned(self, value, key="", pairs=()):
        """A JSON value without what is theirs; and whether it is theirs itself."""
        if isinstance(value, dict):
            return self._pruned_object(value)
        if not isinstance(value, list):
            return self.masked_value(key, value, pairs), False
        theirs = [self.person.is_name(one) and not _is_count(key, one) for one in value]
        parts = [(one, True) if own else self.pruned(one, key, pairs) for one, own in zip(value, theirs, strict=True)]
        self.removed += sum(is_theirs for _one, is_theirs in parts)
        rest = [[one] if not is_theirs else answers(one) for one, is_theirs in parts]
        return [one for each in rest for one in each], False

    def _pruned_object(self, value):
        before, pairs, rest = (self.removed, self.masked), scalars(value), {}
        is_theirs = self.is_theirs(pairs)
        for key, inner in value.items():
            made, is_inner = self.pruned(inner, key, pairs)
            if self.person.is_name(key) or (is_inner and OTHER.search(key)):
                self.removed += 1
                continue
            is_theirs |= is_inner
            rest[self.person.in_text.sub(self.person.token, key)] = made
        if is_theirs:  # and counts as one, whatever is in it
            self.removed, self.masked = before
        return rest, is_theirs


def answers(value):
    """What stands in lists of replies and comments inside an object: the records of others, which take its place."""
    if not isinstance(value, dict):
        return []
    inner = [one for key, one in value.items() if re.search("(?i)repl|comments", key)]
    lists = [one.get("data") or one.get("comments") if isinstance(one, dict) else one for one in inner]
    return [one for each in lists if isinstance(each, list) for one in each if isinstance(one, dict)]


def scalars(value):
    """The pairs (key, value) of an object that hold no other objects; YouTube puts some into one with the key `value`."""
    inner = [
        (key, one["value"] if isinstance(one, dict) and one.keys() == {"value"} else one) for key, one in value.items()
    ]
    return [(key, one) for key, one in inner if not isinstance(one, (dict, list))]


def objects(value):
    """Every object at any depth of a JSON value."""
    if isinstance(value, dict):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(one)


def is_mentioned(path, person):
    """Whether a file, unpacked, has one of the names anywhere."""
    return any(map(person.is_in, searchable_texts(path)))


def searchable_texts(path):
    """The texts of a file, unpacked, with members of archives and cells of Parquet; of what is no text, what looks like one."""
    data, path = first_bytes(path), Path(path)
    if path.suffix == ".parquet":
        from pyarrow import parquet, types  # here, since few files are

        file = parquet.ParquetFile(path)
        for group in range(file.num_row_groups):
            for column in file.read_row_group(group).columns:
                cells = column.to_pylist() if types.is_nested(column.type) else column.unique().to_pylist()
                yield "\n".join(map(str, cells))
    elif data.startswith(b"PK") and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield "\n".join(archive.namelist())
            yield from (archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())
    else:
        with gzip.open(path) if data.startswith(GZIP) else open(path, "rb") as file:
            start = file.peek(2)[:2]
            for lines in iter(lambda: file.readlines(-1 if start in UTF16_MARKS else BLOCK), []):
                yield b"".join(lines).decode("utf-16" if start in UTF16_MARKS else "utf-8", "ignore")


class Account(NamedTuple):
    """What a file tells of one account: its ids, all its names, and whether an id or a handle, which one account has, was met."""

    ids: set
    names: set
    is_sure: bool


def accounts_told(path, person, *, by_id=True):
    """What a file tells of the accounts that bear one of the names: a list of `Account`.

    by_id: see `Person.is_account`; without it, everybody is found who is called so.
    """
    if read_head(path).is_archive:
        return []
    kind, parts, accounts = *_parts(path), []
    for text, value in parts:
        if person.is_in(text):
            for pairs in [value()] if kind in ("table", "list") else map(scalars, objects(value())):
                mine = [key for key, one in pairs if person.is_account(key, one, pairs, by_id=by_id)]
                accounts += [_account(key, pairs) for key in mine]
    return accounts


def _account(key, pairs):
    same = account_of(key, pairs)
    ids = {str(one) for other, one in same if END.fullmatch(other)[2]}
    names = {str(one) for other, one in same if other == key or _is_telling(other, one)}
    return Account(ids, names, bool(END.fullmatch(key)[2] or END.fullmatch(key)[3]))


def _is_telling(key, value):
    """Whether the value of a key tells one account: not a display name of one word, which many bear."""
    return bool(END.fullmatch(key)[2] or END.fullmatch(key)[3] or " " in str(value).strip())


def write_without(path, person, target):
    """Write a file without a person to `target`: packed as it was, in UTF-8, of a workbook the sheet that is read, as CSV.

    Returns the records that are gone and the values that were changed. A form that has no records raises `ReaderError`.
    """
    removal, data, head = Removal(person), first_bytes(path), read_head(path)
    if head.is_archive and data.startswith(b"PK"):
        _write_archive(path, removal, target)
    elif head.is_archive:
        raise no_records_error(path)
    else:
        content = "".join(_remaining_text(path, removal)).encode("utf-8", "surrogateescape")
        target.write_bytes(gzip.compress(content, mtime=0) if data.startswith(GZIP) else content)
    return removal.removed, removal.masked


def no_records_error(path):
    """The `ReaderError` for a form from which no single record can be taken."""
    return ReaderError(
        f"{path}: a form from which single records cannot be taken. Expected: a table, JSON, or a zip of these (no XML, no list of "
        "nodes, no tar). Forget the delivery as a whole: digidip forget --delivery, with its path in MANIFEST.csv."
    )


def _parts(path):
    """The kind of a file (table, lines, json, list) and its parts: each text as it stands, and a function to its value."""
    head = read_head(path)
    if head.is_json:
        first, _end, rest = head.start.partition("\n")
        if _json(first) is not None and (first[:1] == "{" or rest.strip()):
            return "lines", ((line, lambda line=line: _json(line)) for line in _lines(head.plain_path))
        text = "".join(_lines(head.plain_path)).replace("\0", "").removeprefix("\ufeff")
        if _json(text) is not None:
            return "json", [(text, lambda: _json(text))]
        return "lines", ((line, lambda line=line: _json(line)) for line in text.splitlines(keepends=True))
    if head.columns and not head.columns[0].startswith("nodedef>"):
        return "table", _rows(head)
    if any(len(line.split()) > 1 or "<" in line for line in head.text.splitlines()):
        return "none", ((line, dict) for line in _lines(head.plain_path))
    return "list", ((line, lambda line=line: [("id", line.strip())]) for line in _lines(head.plain_path))


def _json(text):
    try:
        return json.loads(text.strip().removeprefix("\ufeff"), strict=False)
    except (ValueError, RecursionError):
        return None


def _lines(path):
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
        yield from file


def _rows(head):
    """The records of a delimited text as they stand, each with a function to its (column, cell) pairs."""
    names, delimiter = head.header()
    # In text with tabs, a quotation mark may be no more than that: where each line has its cells, each is a record.
    lines = head.text.splitlines()[: None if head.is_whole else -1]
    is_plain = delimiter == "\t" and all(line.count("\t") == len(names) - 1 for line in lines if line.strip())
    record = ""
    for line in _lines(head.plain_path):
        record += line
        if is_plain or record.count('"') % 2 == 0:
            yield record, lambda text=record: [pair[:2] for pair in _cells(text, names, delimiter)]
            record = ""
    if record:
        yield record, lambda: [pair[:2] for pair in _cells(record, names, delimiter)]


def _cells(text, names, delimiter):
    """The cells of a record: column, value, and where it stands in the text."""
    found = re.compile(rf'\s*"((?:[^"]|"")*)"[^{delimiter}\r\n]*|[^{delimiter}\r\n]*')
    at, cells = 0, []
    while at <= len(text) and len(cells) < len(names):
        cell = found.match(text, at)
        value = cell[0] if cell[1] is None else cell[1].replace('""', '"')
        cells.append((names[len(cells)], value, cell.span()))
        if text[cell.end() : cell.end() + 1] != delimiter:
            break
        at = cell.end() + 1
    return cells


def _remaining_text(path, removal):
    """The parts of a file that stay, as text."""
    kind, parts = _parts(path)
    for text, value in parts:
        if not removal.person.is_in(text):
            yield text
        elif kind == "none":
            raise no_records_error(path)
        elif kind in ("table", "list"):
            yield _kept_row(path, text, value(), removal)
        else:
            yield _kept_json(text, value(), removal)


def _kept_row(path, text, pairs, removal):
    if removal.is_theirs(pairs):
        removal.removed += 1
        return ""
    head, made = read_head(path), text
    names, delimiter = head.header() if head.columns else (["id"], "\t")
    for key, value, (start, end) in reversed(_cells(text, names, delimiter)):
        masked = removal.masked_value(key, value, pairs)
        if masked != value:
            quoted = masked.replace('"', '""')
            made = f'{made[:start]}"{quoted}"{made[end:]}'
    return made


def _kept_json(text, value, removal):
    if value is None:  # a broken line
        return removal.masked_value("text", text, ())
    made, is_theirs = removal.pruned(value)
    removal.removed += is_theirs
    return "" if is_theirs else json.dumps(made, ensure_ascii=text.isascii()) + text[len(text.rstrip()) :]


def _write_archive(path, removal, target):
    """Copy the members of a zip; of those with a name, JSON is pruned behind what stands before it, other text is masked."""
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for member in archive.infolist():
            text = archive.read(member).decode("utf-8", "surrogateescape")
            if removal.person.is_in(text):
                start = min((at for at in (text.find("["), text.find("{")) if at >= 0), default=0)
                value = _json(text[start:].rstrip().removesuffix(";"))
                if value is None:
                    text = removal.masked_value("text", text, ())
                else:
                    text = text[:start] + json.dumps(removal.pruned(value)[0], ensure_ascii=False)
            made.writestr(member, text.encode("utf-8", "surrogateescape"))
