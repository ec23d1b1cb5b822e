"""A delimited file of any tool, read by the map that lies beside it: `<file>.map.yml`.

Tool: any that no other reader knows (Meta Business Suite, X Analytics, Brandwatch, Talkwalker, Meltwater, Hootsuite,
    Sprout Social, Communalytic, tables of projects). `digidip map FILE` proposes the map, a person edits it.
Format: whatever the header says; the map says which column is which. See docs/formats.md#mapped.
Encoding: UTF-8, or UTF-16 with its mark, or a workbook, whose sheet the map may name; commas, `;` or TAB; lines before the header are passed over. Numbers have the
    separators that the map declares.
Zone: that of the map, as are the formats of times.
Ids: text. Comments name their authors as the file does, so AUTHORS is the careful `name`; posts may be by anyone, so
    the official accounts must be in accounts.csv.
Rejects: records without a cell that their table must have, with an id that a spreadsheet destroyed, or outside `only`.
    A map that the first records contradict is refused: a column none of whose cells can be read, or with separators
    nobody declared.
Caution: a bad cell is missing.
Leaves out: entities, and columns that the map does not name.
Example: 2024-05-01 10:00;Text;120;3 (under the header that the map names)
"""

import re
from difflib import get_close_matches

import duckdb
import ibis
import pandas as pd
import pyarrow as pa
from ibis import _

from digidip.readers.mapping._cell_types import DAMAGED as DAMAGED_ID
from digidip.readers.mapping._cell_types import has_clock
from digidip.readers.mapping._column_map import (
    ON_PLATFORMS,
    allowed_words,
    format_has_offset,
    load,
    map_path,
    mappable_columns,
)
from digidip.readers.mapping._column_map import use as use  # for deliveries
from digidip.readers.mapping._proposal import OF_STATES, yaml_scalar
from digidip.readers.mapping._state_codes import SYSTEMS, code_systems, coded_columns, iso_of
from digidip.readers.opening.cells import (
    INSTANT,
    MISSING_WORDS,
    OFFSETS,
    blank,
    check_zone,
    first_without_zone,
    identifier,
    local_time,
    number,
    offset_stamp,
    stamp,
    to_utc,
)
from digidip.readers.opening.delimited import scan, without_misplaced
from digidip.readers.opening.escapes import (
    CODE,
    LIKE,
    LIKE_BYTES,
    NOTATIONS,
    OF_BYTES,
    OF_CODES,
    UNREAD,
    are_bytes,
    has_codes,
    read_back,
    unescaped_text,
)
from digidip.readers.opening.head import read_head
from digidip.readers.opening.workbooks import choose_sheet
from digidip.readers.registries._registries import accounts_in_cell
from digidip.readers.x._tweets import EXACT_DIGITS, id_in_address, repost_by_text
from digidip.tables import DTYPES, SCHEMA, SCIENTIFIC, TIMES, ReaderError, is_scientific

PLATFORM = None
CAPPED_AT = ()
AUTHORS = "name"
POSTS_BY_ANYONE = True
REQUIRED = {}
MOST_RECORDS = 500
MOST_WORDS = 20
OF_REGISTRIES = {"sender": "ministry", "receiver": "receiving"}  # names of states, of which the build makes codes
GROUPED = re.compile(r"-?[0-9]{1,3}([.,' \u00a0\u202f])[0-9]{3}(?:\1[0-9]{3})*(?:[.,][0-9]+)?")
DAYS_ALONE = "a day without a time of day, so they stand at its beginning and tell nothing of hours and waits"
ALWAYS_THERE = {"posts": ("text",), "comments": ("text", "author")}  # columns that every stage looks at
JOINED = 24  # characters of the hash that stands for an id made of several columns
FIRST_DAY = "1000-01-01"  # the engine takes the 19 of 11/18/19 for a whole year
LAST_SECOND = 253_402_300_799  # of the year 9999
EXCEL_1970, EXCEL_LAST, DAY = (
    25_569,
    2_958_465,
    86_400_000,
)  # days of a spreadsheet until 1970, until 9999; milliseconds of one
TRUTHS = dict.fromkeys(("true", "yes", "1"), "true") | dict.fromkeys(("false", "no", "0"), "false")
GROUP_MARKS = {" ": "[ \u00a0\u202f]"}  # whoever declares a blank means the two that do not break, too
ABBREVIATED = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+) ?([A-Z]{2,5})$"
DAY_ALONE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?)?$"


@ibis.udf.scalar.builtin(signature=(("string",), "string"))
def sha256(text):
    """Engine function: the SHA-256 of a text, in hexadecimal."""


def plan_of(path):
    """The map by which a file is read, checked: `table`, `platform` (empty where the rows name their own), and the rest.

    From then on the sheet that it names is the one that is read.
    """
    plan = load(map_path(path))
    if plan.sheet:
        choose_sheet(path, plan.sheet)
    return plan


def sheet_of(path):
    """The sheet that the map of a workbook names; empty where it names none, or there is no map that can be used."""
    try:
        return plan_of(path).sheet if map_path(path).is_file() else ""
    except ReaderError:
        return ""


def fits(head):
    """Share of the file's columns that its map names; 0 where there is no map, or it cannot be used."""
    if not map_path(head.path).is_file():
        return 0
    try:
        plan = plan_of(head.path)
        names = head.header(plan.skip, plan.delimiter)[0]
        check_sources(head.path, plan, names)
    except ReaderError:
        return 0
    return len(set(plan.sources.values())) / len(names)


def refuses(head):
    """Whether a map lies beside the file; one that cannot be used is what `read` complains of."""
    return map_path(head.path).is_file()


def read(path, *, zone=None):
    """The table that the map names, as canonical columns; `zone` is that of times whose entry names none."""
    check_zone(path, zone)
    plan = plan_of(path)
    names = read_head(path).header(plan.skip, plan.delimiter)[0]
    check_sources(path, plan, names)
    check_head(path, plan, names, zone)
    table, held = _scanned(path, plan, names)
    entry = plan.columns.get("text", {})
    first = _first_cells(path, plan, names, entry["from"]) if "from" in entry else []
    is_bytes, is_coded = are_bytes(first), any(map(CODE.search, first)) or not read_head(path).is_whole
    cells = canonical_cells(plan, held, zone)
    if first and (is_bytes or is_coded):
        cells["text"] = read_back(cells["text"], is_bytes=is_bytes)
    are_days = are_days_alone(path, plan, names)
    remarks = [(True, DAYS_ALONE)] * are_days + [(True, OF_BYTES)] * is_bytes
    if not is_bytes and any(re.search(LIKE, cell) for cell in first):
        remarks.append((held[entry["from"]].re_search(LIKE), LIKE_BYTES))
    if first and is_coded:
        remarks.append((has_codes(held[entry["from"]]), OF_CODES))
    for notation, pattern in NOTATIONS.items() if "from" in entry and "escapes" not in entry else ():
        if any(re.search(pattern, cell) for cell in first) or not read_head(path).is_whole:
            remarks.append(
                (held[entry["from"]].re_search(pattern), UNREAD.format(notation=notation.upper(), key=notation))
            )
    if plan.table in ("posts", "comments") and remarks:
        cells["remark"] = ibis.cases(*remarks)
    if plan.table == "comments" and "is_approximate" not in plan.columns:
        cells["is_approximate"] = _is_day(plan, held, are_days)
    rows = table.select(**cells)
    if plan.table == "accounts":
        return {"accounts": _as_registry(rows, plan.platform)}
    if plan.table == "events" and "ends_at" in cells:
        ends_first = ibis.ifelse(
            rows.ends_at < rows.begins_at, "an event that ends before it begins", ibis.null("string")
        )
        rows = rows.mutate(reject=rows.reject.coalesce(ends_first))
    if "remark" in cells:
        rows = rows.mutate(remark=ibis.ifelse(rows.reject.isnull(), rows.remark, ibis.null("string")))
    return {plan.table: _with_shown_reposts(plan, rows)}


def _scanned(path, plan, names):
    """The records of the file as an engine table, and the column of each name in it."""
    columns = [f"c{number}" for number in range(len(names))]
    dialect = {"delim": plan.delimiter, "quote": '"', "escape": '"', "strict_mode": True}
    # The engine fills only where it reads a file from one end to the other.
    dialect |= {"null_padding": True, "parallel": False} if plan.fills_short_rows else {}
    table = scan(path, columns, skip=plan.skip, **dialect)
    mapped = {entry["from"]: name for name, entry in plan.columns.items() if "from" in entry}
    meanings = [mapped.get(name, name) for name in names]
    table = without_misplaced(path, table, _first_records(path, plan, names), names, meanings=meanings)
    return table, {name: table[column] for name, column in zip(names, columns, strict=True)}


def unmapped_words(path):
    """Words of coded columns that the map does not name, so that they are missing: canonical column → {word: times}, most first."""
    plan = plan_of(path)
    table, held = _scanned(path, plan, read_head(path).header(plan.skip, plan.delimiter)[0])
    found = {}
    for name, entry in plan.columns.items():
        if "from" in entry and allowed_words(plan.table, name):
            filled = _filled(plan, entry, held)
            word = blank(filled[entry["from"]].strip())
            is_lost = word.notnull() & _cell(plan, name, entry, filled, None).isnull()
            counts = table.filter(is_lost).group_by(word=word).aggregate(times=_.count())
            rows = counts.order_by(ibis.desc("times"), "word").limit(MOST_WORDS).to_pyarrow().to_pylist()
            found |= {name: {row["word"]: row["times"] for row in rows}} if rows else {}
    return found


def _as_registry(rows, platform):
    """The rows as registries give accounts: states as the file calls them, `@handle` for an account without an id.

    The address of a profile in the place of a handle stands for the handle, or the id, that it names.
    """
    if "handle" in rows.columns:
        rows = _with_names_of_addresses(rows, platform)
    handle = (
        blank(rows.handle.strip().re_replace("^@", ""), *MISSING_WORDS)
        if "handle" in rows.columns
        else ibis.null("string")
    )
    given = rows.account_id if "account_id" in rows.columns else ibis.null("string")
    account = ibis.coalesce(given, "@" + handle.lower())
    no_account = ibis.ifelse(account.isnull(), "no id and no handle of an account", ibis.null("string"))
    rows = rows.mutate(account_id=account, handle=handle, reject=ibis.coalesce(rows.reject, no_account))
    return rows.rename({called: name for called, name in OF_REGISTRIES.items() if name in rows.columns})


def _with_names_of_addresses(rows, platform):
    network = rows.platform if "platform" in rows.columns else ibis.literal(platform)
    given = rows.account_id if "account_id" in rows.columns else ibis.null("string")
    asked = rows.mutate(network=network, given=given)
    cells = asked.filter(_.handle.contains("/"), _.network != "").select("network", "handle").distinct()
    pairs = cells.to_pandas().itertuples(index=False, name=None)
    found = [(*pair, *names[0]) for pair in pairs if len(names := accounts_in_cell(*pair)) == 1]
    if not found:
        return rows
    known = ibis.memtable(pd.DataFrame(found, columns=["on", "cell", "named_id", "named"], dtype="string"))
    asked = asked.left_join(known, [asked.network == known.on, asked.handle == known.cell])
    handle = ibis.ifelse(_.cell.notnull(), _.named, _.handle)
    named = asked.mutate(account_id=_.given.coalesce(_.named_id), handle=handle)
    return named.select(*dict.fromkeys([*rows.columns, "account_id"]))


def _first_records(path, plan, names):
    """The records at the head of the file, filled up to its width where the map says so; others may have another."""
    records = read_head(path).records_below(plan.skip, plan.delimiter)
    if not plan.fills_short_rows:
        return records
    return [record + [""] * (len(names) - len(record)) for record in records]


def _first_cells(path, plan, names, source):
    records = _first_records(path, plan, names)[:MOST_RECORDS]
    return [record[names.index(source)] for record in records if len(record) == len(names)]


def are_days_alone(path, plan, names):
    """Whether the map takes the times of posts or comments from days without a time of day."""
    entry = plan.columns.get(TIMES.get(plan.table), {})
    if "from" not in entry or "and" in entry:
        return False
    cells = _first_cells(path, plan, names, entry["from"])
    return any(cell.strip() for cell in cells) and not has_clock(entry.get("format", "iso"), cells)


def _is_day(plan, held, always):
    """Whether the time of a comment is a day alone: always, or, where the map takes ISO dates, in this record; else missing."""
    entry = plan.columns["commented_at"]
    if always or "from" not in entry or "and" in entry or entry.get("format", "iso") != "iso":
        return ibis.literal(True) if always else ibis.null("boolean")
    return held[entry["from"]].strip().re_search(DAY_ALONE).nullif(False)


def check_sources(path, plan, names):
    """Nothing, if each source column of the map stands once in the header and the records have its width."""
    for key, name in plan.sources.items():
        if names.count(name) != 1:
            near = get_close_matches(name, names, n=1, cutoff=0.6)
            found = f"{names.count(name)} columns {name!r} in {path} (row {plan.skip + 1}, {len(names)} columns)"
            hint = f" The nearest column is {near[0]!r}." if near and near[0] != name else ""
            raise ReaderError(
                f"{plan.path}: {key}: found {found}. Expected: one.{hint} Mend the map, or say another `skip` or `delimiter`."
            )
    widths = {len(record) for record in _first_records(path, plan, names)[:20]}
    if widths and len(names) not in widths:
        raise ReaderError(
            f"{path} (record 1): {min(widths)} cells under a header of {len(names)} columns, and so in every record looked "
            f"at. Expected: as many cells as columns. Look at `skip` and `delimiter` in {plan.path}."
        )


def check_head(path, plan, names, zone):
    """Nothing, if the map can read something of every column that has something in the first records."""
    records = [record for record in _first_records(path, plan, names)[:MOST_RECORDS] if len(record) == len(names)]
    texts = {name: [record[at] for record in records] for at, name in enumerate(names) if name in plan.sources.values()}
    if read_head(path).marks_missing_as_r(plan.skip, plan.delimiter):
        texts = {name: ["" if cell == "NA" else cell for cell in cells] for name, cells in texts.items()}
    for name, entry in plan.columns.items():
        for source in [entry["from"], *entry.get("and", ())] if "from" in entry else ():
            _check_missing_words(path, plan, name, source, texts[source])
        if name in coded_columns(plan.table) and "from" in entry and "codes" not in entry:
            _check_codes(path, plan, name, texts[entry["from"]])
        if "from" in entry:
            _check_shapes(path, plan, name, _joined_texts(plan, name, entry, texts), zone)
    unread = _unread(path, plan, texts, zone)
    if not unread:
        return
    source, first = plan.columns[unread]["from"], f"in the first {len(records):,} records"
    if SCHEMA[plan.table][unread].kind == "id" and _first_record(texts[source], re.compile(DAMAGED_ID).fullmatch):
        raise ReaderError(
            f"{path}: column {source!r}: found no readable {unread} {first}: a spreadsheet wrote the ids in scientific notation, "
            "and their digits are lost. Expected: ids as the tool wrote them. Give the file as it was collected, never saved by a "
            "spreadsheet, or name a column that has them whole (`extract` takes them out of an address)."
        )
    raise ReaderError(
        f"{path}: column {source!r}: found no readable {unread} {first}. Expected: cells as columns.{unread} says. Mend "
        f"{plan.path}: `format`, `decimal`, `words`, `extract`, or another column."
    )


def _joined_texts(plan, name, entry, texts):
    """The first cells of an entry; those of several columns that make one time, with a blank between them."""
    if "and" not in entry or SCHEMA[plan.table][name].kind != "at":
        return texts[entry["from"]]
    columns = [texts[source] for source in (entry["from"], *entry["and"])]
    return [" ".join(cell.strip() for cell in cells) for cells in zip(*columns, strict=True)]


def _check_codes(path, plan, name, cells):
    """Stop at codes of states that mean others in COW or FIPS than in ISO, where the map does not say which they are."""
    systems, both = code_systems(cells)
    other = systems[-1].upper()
    if other != "ISO" and (both or "iso" not in systems):
        doubt = (
            f"{', '.join(both[:8])} mean{'s' * (len(both) == 1)} one state in ISO and another in {other}"
            if both
            else f"codes of {other}"
        )
        raise ReaderError(
            f"{path}: column {plan.columns[name]['from']!r} holds codes of states: {doubt}. Expected: the system they are of. "
            f"Write `{name}: {{from: {yaml_scalar(plan.columns[name]['from'])}, codes: {systems[-1]}}}` into {plan.path}: one of "
            f"{', '.join(SYSTEMS)}."
        )


def _check_missing_words(path, plan, name, source, cells):
    """Stop at texts that programs write for nothing, twice or more, where the map does not say what they are.

    An id is never such a word, coded words are those of `words`, and NA may be a state.
    """
    is_text = SCHEMA[plan.table][name].kind == "text" and not allowed_words(plan.table, name) and name not in OF_STATES
    if not is_text or plan.missing_in(plan.columns[name]) is not None:
        return
    found = [record for record, cell in enumerate(cells, start=1) if cell.strip() in MISSING_WORDS]
    if len(found) > 1:
        word = cells[found[0] - 1].strip()
        raise ReaderError(
            f"{path} (record {found[0]}): column {source!r} holds {word!r}, which programs write for nothing, in {len(found)} of "
            f"the first {len(cells):,} records. Expected: a map that says what it is. Write `missing: [{yaml_scalar(word)}]` into "
            f"{plan.path} where it is nothing, `missing: []` where it is a word."
        )


def _check_shapes(path, plan, name, cells, zone):
    """Stop at times that need a zone nobody named, and at a number with separators nobody declared."""
    entry, kind = plan.columns[name], SCHEMA[plan.table][name].kind
    pattern = entry.get("format", "iso")
    if kind == "at" and not (zone or "zone" in entry or format_has_offset(pattern)):
        naive = first_without_zone(map(str.strip, cells), lambda cell: pattern != "iso" or re.search(ISO, cell))
        if naive:
            raise ReaderError(
                f"{path} (record {naive}): column {entry['from']!r} holds times without a zone. Expected: the zone they are in. "
                f"Say `zone: America/New_York` in columns.{name} of {plan.path}, or --zone."
            )
    if "%Z" in pattern and kind == "at" and not (zone or "zone" in entry):
        unknown = first_without_zone(map(str.strip, cells), lambda cell: re.search("[^ ]*$", cell)[0] not in OFFSETS)
        if unknown:
            raise ReaderError(
                f"{path} (record {unknown}): column {entry['from']!r} holds a time without an abbreviation that means one offset. "
                f"Expected: one of {', '.join(OFFSETS)}, or the zone of the others. Say `zone: America/New_York` in "
                f"columns.{name} of {plan.path}, or --zone."
            )
    if kind in ("count", "number"):
        declared = (plan.thousands, plan.decimal) if kind == "number" else (plan.thousands,)
        grouped = _first_record(cells, lambda cell: _is_strange(cell, declared))
        if grouped:
            raise ReaderError(
                f"{path} (record {grouped}): column {entry['from']!r} holds a number with a separator that the map does not "
                f"declare. Expected: `thousands` or `decimal` that say so. Mend {plan.path}."
            )


def _first_record(cells, is_found):
    """The record number of the first cell of that sort; None if there is none."""
    return next((record for record, cell in enumerate(cells, start=1) if is_found(cell.strip())), None)


def _is_strange(cell, declared):
    """Whether a number has a mark before three digits that is not among the declared ones."""
    found = GROUPED.fullmatch(cell)
    return bool(found) and (" " if found[1].isspace() else found[1]) not in declared


def _unread(path, plan, texts, zone):
    """The first canonical column of which nothing can be read, though its cells hold something."""
    table = ibis.memtable(pa.table({f"c{at}": pa.array(cells, pa.string()) for at, cells in enumerate(texts.values())}))
    held = {name: table[f"c{at}"] for at, name in enumerate(texts)}
    try:
        read = table.select(**canonical_cells(plan, held, zone)).to_pyarrow()
    except duckdb.Error:
        raise ReaderError(
            f"{plan.path}: found a pattern that the engine cannot use. Expected: in `extract` a regular expression of RE2, in "
            "`format` letters of strptime. Mend it."
        ) from None
    for name, entry in plan.columns.items():
        if "extract" in entry and not SCHEMA[plan.table][name].required:
            continue  # what few cells hold may come after the first records
        something = r"[0-9]" if SCHEMA[plan.table][name].kind in ("count", "number") else r"\S"
        words = {*(plan.missing_in(entry) or ()), *MISSING_WORDS}
        is_filled = any(
            re.search(something, cell) and cell.strip() not in words for cell in texts.get(entry.get("from"), [])
        )
        is_id = SCHEMA[plan.table][name].kind == "id"
        is_lost = is_id and all(re.search(SCIENTIFIC, cell) for cell in read[name].drop_null().to_pylist())
        if is_filled and (is_lost or read[name].null_count == len(read)):
            return name
    return None


def canonical_cells(plan, held, zone):
    """Canonical column → expression, with `export_row` and `reject`; held: source column → column of text.

    zone: for times whose entry names none.
    """
    cells = {name: ibis.null("string") for name in ALWAYS_THERE.get(plan.table, ())}
    cells |= {name: _cell(plan, name, entry, _filled(plan, entry, held), zone) for name, entry in plan.columns.items()}
    for name, code in coded_columns(plan.table).items():
        if iso := iso_of(plan.columns.get(name, {}).get("codes")):
            known = cells[code] if code in cells else ibis.null("string")
            coded = cells[name].strip().cases(*iso.items(), else_=known if code == name else ibis.null("string"))
            cells[code] = coded if code == name else known.coalesce(coded)
    if plan.platform == "x" and {"post_id", "url"} <= set(cells):
        cells["post_id"] = _whole_id(cells["post_id"], cells["url"])
    reasons = [
        (_is_other(held[column], words), f"{column} is not {', '.join(words)}") for column, words in plan.only.items()
    ]
    reasons += [(cells[name].isnull(), f"no readable {name}") for name in _needed(plan)]
    reject = ibis.cases(*reasons, else_=None) if reasons else ibis.null("string")
    return cells | {"export_row": ibis.row_number() + 1, "reject": reject}


def _whole_id(post_id, address):
    """The id of a post on X, from its address where the column has it in scientific notation or rounded."""
    named = id_in_address(address)
    is_other_end = (named.length() == post_id.length()) & (named.left(EXACT_DIGITS) == post_id.left(EXACT_DIGITS))
    is_better = named.notnull() & (is_scientific(post_id) | (is_other_end & ~named.endswith("00")))
    return ibis.ifelse(is_better.fill_null(False), named, post_id)


def _with_shown_reposts(plan, rows):
    """The rows; of posts on X those that text alone, `RT @name: `, shows as reposts marked, their number of reposts missing."""
    if plan.table != "posts" or plan.platform not in ("x", ""):
        return rows
    may_be_shown = ibis.literal(True) if plan.platform else rows.platform == "x"
    for column in {"reply_to_id", "repost_of_id"} & set(rows.columns):
        may_be_shown = may_be_shown & rows[column].isnull()
    shown = ibis.ifelse(may_be_shown, repost_by_text(rows.text, rows.post_id), ibis.null("string"))
    given = rows.repost_of_id if "repost_of_id" in rows.columns else ibis.null("string")
    marked = {"repost_of_id": ibis.coalesce(given, shown)}
    if "repost_count" in rows.columns:
        marked["repost_count"] = ibis.ifelse(shown.isnull(), rows.repost_count, ibis.null("int64"))
    return rows.mutate(**marked)


def _filled(plan, entry, held):
    """The cells that an entry names, without the words that stand for nothing in them."""
    words = plan.missing_in(entry)
    if not words or "from" not in entry:
        return held
    sources = (entry["from"], *entry.get("and", ()))
    nothing = ibis.null("string")
    return {name: ibis.ifelse(held[name].strip().isin(words), nothing, held[name]) for name in sources}


def _needed(plan):
    """Mapped columns that no row may lack; of an account the build knows more."""
    if plan.table == "accounts":
        return []
    return [name for name in mappable_columns(plan.table) if name in plan.columns and SCHEMA[plan.table][name].required]


def _is_other(cell, words):
    return ~cell.strip().isin(words).fill_null(False)


def _cell(plan, name, entry, held, zone):
    kind = SCHEMA[plan.table][name].kind
    if "constant" in entry:
        value = entry["constant"] == "true" if kind == "is" else entry["constant"]
        return ibis.literal(value).cast(DTYPES[kind])
    cell = held[entry["from"]]
    if allowed_words(plan.table, name):
        return _category(cell, plan.words.get(name, {}), allowed_words(plan.table, name), kind)
    if kind == "at":
        parts = [blank(held[source].strip()) for source in entry.get("and", ())]
        cell = sum((" " + part for part in parts), blank(cell.strip())) if parts else cell
        cell = _with_offset(cell) if parts and "format" not in entry else cell
        return instant(cell, entry.get("format", "iso"), entry.get("zone", zone))
    if kind == "on":
        return day(cell, entry.get("format", "iso"))
    if kind in ("count", "number"):
        shaped = _shaped(cell, plan.decimal, plan.thousands)
        whole = cell.try_cast("int64")  # the cells of most columns are plain digits, and the costly branch rests
        counted = ibis.ifelse(whole.cast("string") == cell, whole, number(shaped))
        return counted if kind == "count" else shaped.try_cast("float64")
    if "and" in entry:
        further = (" / " + held[name].fill_null("").strip() for name in entry["and"])
        joined = blank(cell.strip()) + sum(further, ibis.literal(""))
        return "joined:" + sha256(joined).left(JOINED) if kind == "id" and plan.table in ON_PLATFORMS else joined
    if "extract" in entry:
        cell = cell.re_extract(entry["extract"], 1)
    if "escapes" in entry:
        cell = unescaped_text(cell, entry["escapes"])
    return identifier(cell) if kind == "id" else blank(cell)


def _category(cell, words, allowed, kind):
    """The canonical word: as the map says, or where the file has it already; another word is missing, or as `*` says."""
    text, own = blank(cell.strip()), {word: canonical for word, canonical in words.items() if word != "*"}
    plain = TRUTHS if kind == "is" else dict(zip(allowed, allowed, strict=True))
    otherwise = ibis.ifelse(text.isnull(), ibis.null("string"), ibis.literal(words.get("*"), "string"))
    known = text.lower().cases(*plain.items(), else_=otherwise)
    known = text.cases(*own.items(), else_=known) if own else known
    word = cell.cases(*(plain | own).items(), else_=known)  # most cells are as they should be: no branch but this
    return word == "true" if kind == "is" else word


def _shaped(cell, decimal, thousands):
    """A number as programs write it, from one with the declared separators; anything else is missing."""
    cell = cell.strip()
    point, mark = re.escape(decimal), GROUP_MARKS.get(thousands, re.escape(thousands))
    shape = f"-?[0-9]+(?:{point}[0-9]+)?(?:[eE][+-]?[0-9]+)?"
    if thousands:
        shape += f"|-?[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+(?:{point}[0-9]+)?"
    bare = (cell.re_replace(mark, "") if thousands else cell).replace(decimal, ".")
    return ibis.ifelse(cell.re_search(f"^(?:{shape})$"), bare, ibis.null("string"))


def instant(cell, pattern, zone):
    """A UTC instant from text in a named or written-out format; missing where the text does not fit it.

    zone: of times without an offset; None if nobody told it, and such times are missing.
    """
    if pattern.startswith("epoch"):
        unit, most = ("ms", LAST_SECOND * 1000) if pattern == "epoch_ms" else ("s", LAST_SECOND)
        count = number(cell.strip())
        return ibis.ifelse(count.between(0, most), count, ibis.null("int64")).as_timestamp(unit).cast(INSTANT)
    if "%Z" in pattern:
        return _by_abbreviation(cell.strip(), pattern.removesuffix("%Z"), zone)
    if format_has_offset(pattern):
        return _late_enough(stamp(cell, pattern), INSTANT)
    if pattern != "iso":
        return to_utc(zone, _late_enough(_wall_clock(cell, pattern), "timestamp")) if zone else ibis.null(INSTANT)
    cell = blank(cell.strip())
    bare = ibis.ifelse(cell.re_search(ISO), cell.try_cast("timestamp"), ibis.null("timestamp"))
    return ibis.coalesce(offset_stamp(cell), to_utc(zone, bare)) if zone else offset_stamp(cell)


def _wall_clock(cell, pattern):
    """The time without a zone that text in a written-out format says, or a spreadsheet's count of days (44265.5)."""
    if pattern != "excel":
        return local_time(cell, pattern)
    days = cell.strip().try_cast("float64")
    count = ((days - EXCEL_1970) * DAY).round().cast("int64")
    return ibis.ifelse(days.between(1, EXCEL_LAST), count, ibis.null("int64")).as_timestamp("ms").cast("timestamp")


def _with_offset(cell):
    """A joined time as ISO writes it: an offset in the place of the abbreviation behind it, if that means one."""
    offset = cell.re_extract(ABBREVIATED, 2).cases(*OFFSETS.items())
    return ibis.coalesce(cell.re_extract(ABBREVIATED, 1) + offset + ":00", cell)


def _by_abbreviation(cell, pattern, zone):
    """A UTC instant from `31/01/2016 23:30 EST`, the zone by its abbreviation; by the named zone where that means several."""
    word = cell.re_extract("([A-Za-z]+)$", 1)
    clock = cell.re_replace(" *[A-Za-z]+$", "")
    offset = word.upper().cases(*OFFSETS.items())
    by_word = _late_enough(stamp(clock + " " + offset + "00", pattern.rstrip() + " %z"), INSTANT)
    if not zone:
        return by_word
    bare = ibis.ifelse(offset.isnull(), clock, ibis.null("string"))
    return ibis.coalesce(by_word, to_utc(zone, _late_enough(local_time(bare, pattern.rstrip()), "timestamp")))


def day(cell, pattern):
    """A date from text, by its first ten characters where the format is `iso`."""
    cell = blank(cell.strip())
    moment = local_time(cell.left(len("2016-01-31")), "%Y-%m-%d") if pattern == "iso" else _wall_clock(cell, pattern)
    return _late_enough(moment, "timestamp").date()


def _late_enough(moment, dtype):
    return ibis.ifelse(moment >= ibis.literal(FIRST_DAY).cast(dtype), moment, ibis.null(dtype))
