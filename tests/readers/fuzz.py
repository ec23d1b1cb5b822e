"""Fuzzing of the readers by bytes, guided by coverage, and by structure: all ends in tables, rejects or one message.

Structure: a table of cells is bent as real exports are (`BENT`), and read: rows and rejects are its records, and nothing is
read that the file does not hold. JSON is bent at a place (`BENT_JSON`): no word for nothing
becomes part of an id; other texts (XML, lists, networks) line by line (`BENT_LINES`), and end in tables or in words.
`python tests/readers/fuzz.py --structure [READER…] [--seconds N | --inputs 20000]`: so long for each reader, or so many files for
each family of readers, 500 at least for each of them; test_fuzz.py takes a few.

Bytes, for those that take files apart in Python. No part of `make test`. `make fuzz` runs it in an environment of its own with atheris, which the project does not depend on;
by hand: `python tests/readers/fuzz.py [READER…] [--seconds N]`. Each reader starts from its samples, in a process of its own, and
what it is given is kept under build/fuzz. A finding stands there as crash-… or timeout-…: `python tests/readers/fuzz.py READER
--again FILE` reads that file once more. The exit is 1 if there is one.
"""

import argparse
import csv
import functools
import html
import io
import itertools
import json
import os
import random
import re
import subprocess
import sys
import time
import zipfile
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "fuzz"
SAMPLES = ROOT / "tests" / "samples"
PARSERS = """gexf graphml pajek gdf twarc_followers twarc2_users
    twitter_archive twitter_v1 twitter_v2 academictwitter twitter_users tweet_ids
    graph_api facebook_scraper facepager_facebook crowdtangle_api_facebook crowdtangle_api_instagram
    telegram_desktop youtube_api bluesky_feed bluesky_profiles bluesky_account mastodon_statuses mastodon_account activitypub_outbox
    zeeschuimer_x zeeschuimer_instagram zeeschuimer_threads zeeschuimer_truthsocial zeeschuimer_tiktok
    zeeschuimer_tiktok_comments fourcat_truthsocial crowdtangle_facebook crowdtangle_history netvizz_page
    congress_legislators wikidata_accounts digital_registry touchpoints_registry hamilton_accounts
    google_trends gdelt_timeline attention_wide""".split()
LONGEST, SLOWEST = 1 << 14, 10  # bytes of a file, seconds for it
WORD = re.compile(rb"[<*@\"'{\[]?[\w:./-]{2,30}[>\"':}\]]?")
PACKED = (b"PK", b"\x1f\x8b")
OWNER = b'window.YTD.account.part0 = [{"account":{"accountId":"7","username":"mfa_xx"}}]'
TIES = {"follower.js": b'[{"follower":{"accountId":"8"}}]', "following.js": b"[]"}


# A table of cells, bent in one way: rows of cells with the header first, and where the records begin to be bent.

MARKERS = ("NA", "NaN", "None", "NULL", r"\N")


def shift(rows, start, column):
    """From a record on, one column is missing, and the rows are filled at their end."""
    return rows[:start] + [[*row[:column], *row[column + 1 :], ""] for row in rows[start:]]


def cut(rows, start, column):
    """From a record on, empty cells at the end are left off, of one record a cell more."""
    short = [row[: len("".join(cell and "x" or " " for cell in row).rstrip())] for row in rows[start:]]
    return rows[:start] + [short[0][: max(1, len(short[0]) - column % 2)], *short[1:]]


def round_ids(rows, start, _column):
    """Numbers of 16 digits and more keep 15 of them."""
    return [rows[0], *([re.sub(r"^[0-9]{16,}$", rounded, cell) for cell in row] for row in rows[1:])]


def rounded(digits):
    """What a spreadsheet leaves of a long number."""
    return digits[0][:15] + "0" * (len(digits[0]) - 15)


def swap(rows, start, column):
    """Two columns have each other's name."""
    names = list(rows[0])
    names[column], names[start % len(names)] = names[start % len(names)], names[column]
    return [names, *rows[1:]]


def repeat_header(rows, start, _column):
    """The header stands again before a later batch."""
    return rows[:start] + [rows[0]] + rows[start:]


def mark(rows, start, column):
    """Where nothing is, from a record on, stands a word for nothing; in one column everywhere."""
    word = MARKERS[(start + column) % len(MARKERS)]
    return rows[:start] + [
        [word if place == column or not cell else cell for place, cell in enumerate(row)] for row in rows[start:]
    ]


BENT = (shift, cut, round_ids, swap, repeat_header, mark)


# JSON, bent at one place, or at that place in every record from one on: the object or list that holds it, and its key there.


def drop_key(holder, key, _random):
    """What stood there is missing."""
    del holder[key]


def word_for_nothing(holder, key, random_):
    """A word that programs write for nothing, or null."""
    holder[key] = random_.choice([*MARKERS, None, ""])


def other_type(holder, key, random_):
    """What stood there is a list of itself, an object, a number, a truth."""
    holder[key] = random_.choice([[holder[key]], {"value": holder[key]}, 7, 1.5, True, [], {}, [None]])


def round_numbers(holder, key, random_):
    """Long numbers, written as such or as text, keep 15 digits, or are in scientific notation."""
    digits = re.fullmatch("[0-9]{16,}", str(holder[key]))
    if digits:
        whole = random_.choice([rounded(digits), f"{float(digits[0]):.5E}"])
        holder[key] = whole if isinstance(holder[key], str) else float(whole) if "E" in whole else int(whole)


def swap_keys(holder, key, random_):
    """Two neighbours have each other's place."""
    other = random_.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    holder[key], holder[other] = holder[other], holder[key]


def rename_key(holder, key, _random):
    """A key that nobody knows, as after a change of the tool."""
    if isinstance(holder, dict):
        holder[f"{key}_v2"] = holder.pop(key)


def repeat_value(holder, key, random_):
    """The same thing once more behind it, in a list."""
    if isinstance(holder, list):
        holder.insert(key, json.loads(json.dumps(holder[key])))


BENT_JSON = (drop_key, word_for_nothing, other_type, round_numbers, swap_keys, rename_key, repeat_value)


def json_values_of(data):
    """The values of a file of JSON, and whether they stand on lines; nothing for any other file."""
    try:
        text = data.decode("utf-8-sig")
        return [json.loads(text)], False
    except (UnicodeDecodeError, ValueError):
        pass
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()], True
    except (UnboundLocalError, ValueError):
        return [], False


def places_in(value, path=()):
    """Every path of keys in a value, outer ones first."""
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield (*path, key)
            yield from places_in(value[key], (*path, key))


def bent_values(found, bend, random_):
    """Copies of the values, bent at a place; of lines the same place in all records from one on, or in one."""
    found = json.loads(json.dumps(found))
    start = random_.randrange(len(found))
    paths = list(places_in(found[start]))
    path = random_.choice(paths) if paths else ()
    for value in found[start : random_.choice([start + 1, None])]:
        try:
            holder = functools.reduce(lambda held, key: held[key], path[:-1], value)
            bend(holder, path[-1], random_)
        except (LookupError, TypeError):
            continue
    return found


def json_bytes(found, is_lines):
    """The file of values: one to a line, or the one."""
    text = "\n".join(json.dumps(value, ensure_ascii=False) for value in found)
    return (text + "\n" * is_lines).encode("utf-8", "surrogatepass")


def leaves(value):
    """Every text and number in a value, and every key, as text."""
    if isinstance(value, dict):
        yield from map(str, value)
    if isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from leaves(each)
    elif value is not None:
        yield str(value)


def broken_law_of_json(name, path, found, zone="UTC", known=()):
    """What is wrong in what is read of values of JSON: words for nothing in ids, counts that are none; or nothing."""
    from digidip.tables import ReaderError

    try:
        tables, _lost = all_read(name, path, zone)
    except ReaderError as error:
        return "" if "Expected" in str(error) else f"a message without what is expected: {error}"
    held = set(leaves(found))
    numbers = {as_number(each) for each in held}
    for table, column, value in values(tables):
        if value in known:
            continue
        parts = set(re.split("[_/:]", value.lstrip("@")))
        is_word = column.endswith("_id") and len(parts) > 1 and parts & {*MARKERS}  # alone it is none in any build
        if is_word or (column.endswith("_count") and value not in numbers and not value.isdecimal()):
            return f"{table}.{column} is {value!r}"
    return ""


def json_structures(name, folder):
    """(sample, its values, whether they stand on lines, what the reader makes of it) of the samples that are JSON."""
    for path in sorted((SAMPLES / name).glob("*")):
        found, is_lines = json_values_of(path.read_bytes()) if ".expected." not in path.name else ([], False)
        if not found:
            continue
        copy = folder / path.name
        copy.write_bytes(path.read_bytes())
        try:
            yield copy, found, is_lines, {value for _table, _column, value in values(all_read(name, copy, "UTC")[0])}
        except ValueError:
            continue


# Lines of any other text, bent at one of them.


def drop_line(lines, at, _random):
    """A line is missing."""
    del lines[at]


def repeat_line(lines, at, _random):
    """A line stands there twice."""
    lines.insert(at, lines[at])


def swap_lines(lines, at, random_):
    """Two lines have each other's place."""
    other = random_.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]


def cut_line(lines, at, random_):
    """A line breaks off."""
    lines[at] = lines[at][: random_.randrange(len(lines[at]) + 1)]


def mark_word(lines, at, random_):
    """A word for nothing stands in the place of a word or number."""
    words_ = list(re.finditer(r"[\w.-]+", lines[at]))
    if words_:
        start, end = random_.choice(words_).span()
        lines[at] = lines[at][:start] + random_.choice(MARKERS) + lines[at][end:]


def round_line(lines, _at, _random):
    """Long numbers keep 15 digits, in all lines."""
    lines[:] = [re.sub("[0-9]{16,}", rounded, line) for line in lines]


BENT_LINES = (drop_line, repeat_line, swap_lines, cut_line, mark_word, round_line)


def broken_law_of_lines(name, path, bent, zone="UTC", known=()):
    """What is wrong in what is read of lines of text: an id made up of a word for nothing; or nothing."""
    from digidip.tables import ReaderError

    try:
        tables, _lost = all_read(name, path, zone)
    except ReaderError as error:
        return "" if "Expected" in str(error) else f"a message without what is expected: {error}"
    for table, column, value in values(tables):
        parts = set(re.split("[_/:]", value.lstrip("@")))
        is_made_up = value not in known and not any(value in line for line in bent)
        if is_made_up and column.endswith("_id") and len(parts) > 1 and parts & {*MARKERS}:
            return f"{table}.{column} is {value!r}"
    return ""


def line_structures(name, folder):
    """(sample, its lines, what the reader makes of it) of the samples that are texts of no other form."""
    for path in sorted((SAMPLES / name).glob("*")):
        data = path.read_bytes()
        if ".expected." in path.name or table_of_cells(data)[0] or json_values_of(data)[0] or data.startswith(PACKED):
            continue
        copy = folder / path.name
        copy.write_bytes(data)
        try:
            lines = re.sub("(?<=>)(?=<)", "\n", data.decode("utf-8-sig")).splitlines()
            yield copy, lines, {value for _table, _column, value in values(all_read(name, copy, "UTC")[0])}
        except ValueError:
            continue


def table_of_cells(data):
    """The rows of a delimited file and its delimiter; nothing for any other file."""
    try:
        text = data.decode("utf-8-sig").replace("\0", "")
        delimiter = max(",;\t", key=text.lstrip().partition("\n")[0].count)
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    except (UnicodeDecodeError, csv.Error):
        return [], ""
    is_table = len(rows) > 1 and {len(row) for row in rows} == {len(rows[0])} and len(rows[0]) > 1
    return (rows, delimiter) if is_table else ([], "")


def bent_file(rows, delimiter, bend, start, column):
    """The bytes of a table bent at a record and a column, any two numbers; the records twice, so that some come before."""
    twice = [rows[0], *rows[1:], *rows[1:]]
    bent = bend(twice, 1 + start % (len(twice) - 1), column % len(rows[0]))
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(bent)
    return out.getvalue().encode(), bent


def all_read(name, path, zone):
    """The tables of a file as Arrow holds them, and the numbers of its rejects."""
    from digidip import readers
    from digidip.engine import many_queries

    with readers.reader_errors(path), many_queries():
        frames = readers.reader(name).read(path, zone=zone)
        tables, lost = {table: frame.to_pyarrow() for table, frame in frames.items()}, dict(readers.unsplit(path))
        for table, frame in frames.items():
            if lost and "export_row" in frame.columns:
                tables[table] = readers.renumbered(frame, path).to_pyarrow()
        return tables, lost


def broken_law(name, path, rows, zone="UTC", known=()):
    """What is wrong in what is read of a table of cells: records not accounted for, values that it does not hold; or nothing.

    `known`: values that the reader makes of the sample as it is, such as the words of a category.
    """
    from digidip.tables import ReaderError

    try:
        tables, lost = all_read(name, path, zone)
    except ReaderError as error:
        return "" if "Expected" in str(error) else f"a message without what is expected: {error}"
    numbers = set(lost).union(
        *(table["export_row"].to_pylist() for table in tables.values() if "export_row" in table.column_names)
    )
    if numbers != set(range(1, len(rows))):
        return f"{len(numbers)} of {len(rows) - 1} records"
    cells = {cell for row in rows[1:] if row != rows[0] for cell in row}
    held = "\n".join([*cells, *map(html.unescape, cells)])
    for table, column, value in values(tables):
        if value in known:
            continue
        parts = [part for part in re.split(r"[/_:|]", value) if part and part not in ("replied", "reposted")]
        if column.endswith("_id") and value.lstrip("@") in {*rows[0], *(word.lower() for word in MARKERS)} - cells:
            return f"{table}.{column} is {value!r}"
        if column.endswith("_count"):
            if value not in {as_number(cell) for cell in cells}:
                return f"{table}.{column} is {value!r}, which no cell holds"
        elif value not in held and not all(part in held for part in parts) and not is_told_so(column, value, held):
            return f"{table}.{column} is {value!r}, which no cell holds"
    return ""


def is_told_so(column, value, held):
    """Whether an id of an account is a handle in small letters, or says itself that a spreadsheet destroyed it."""
    return column == "account_id" and (value.startswith("lost:") or value.lstrip("@") in held.lower())


def as_number(cell):
    """A cell that is a whole number, as Python writes it."""
    try:
        return str(int(float(re.sub(r"[, ]", "", cell))))
    except (ValueError, OverflowError):
        return ""


def values(tables):
    """(table, column, text) of every id, text and count of the rows that are no rejects; a post or comment without a time will be one."""
    from digidip.tables import CHOICES, SCHEMA, TIMES

    words = {*CHOICES, "office", "source", "unit", "url", "reaction_count"}
    for table, rows in tables.items():
        kinds = {column: SCHEMA[table].get(column) for column in rows.column_names}
        names = [
            column
            for column, rule in kinds.items()
            if rule and rule.kind in ("id", "text", "count") and column not in {"export_row", *words}
        ]
        for row in rows.to_pylist():
            if not row.get("reject") and row.get(TIMES.get(table), True) is not None:
                yield from ((table, column, str(row[column])) for column in names if row[column] is not None)


def structures(name, folder, only=""):
    """(sample, its rows, delimiter, what the reader makes of it) of the tables of cells whose laws hold as they are."""
    for path in sorted((SAMPLES / name).glob(only or "*")):
        if ".expected." in path.name or path.name.endswith(".map.yml"):
            continue
        rows, delimiter = table_of_cells(path.read_bytes())
        if not rows:
            continue
        copy = folder / path.name
        copy.write_bytes(path.read_bytes())
        if (mapped := path.with_name(f"{path.name}.map.yml")).exists():
            copy.with_name(mapped.name).write_bytes(mapped.read_bytes())
        try:
            known = {value for _table, _column, value in values(all_read(name, copy, "UTC")[0])}
        except ValueError:
            continue
        if not broken_law(name, copy, rows, known=known):
            yield copy, rows, delimiter, known


def bends(name, folder):
    """Functions number → (sample, way, bytes, a function that finds the broken law), of the samples of each form."""

    def of_cells(number, sample):
        path, rows, delimiter, known = sample
        bend = BENT[number % len(BENT)]
        data, bent = bent_file(rows, delimiter, bend, *random.Random(number).choices(range(1000), k=2))
        return path, bend, data, lambda: broken_law(name, path, bent, known=known)

    def of_json(number, sample):
        path, found, is_lines, known = sample
        bend, random_ = BENT_JSON[number % len(BENT_JSON)], random.Random(number)
        bent = bent_values(found, bend, random_)
        return path, bend, json_bytes(bent, is_lines), lambda: broken_law_of_json(name, path, bent, known=known)

    def of_lines(number, sample):
        path, lines, known = sample
        bend, random_, bent = BENT_LINES[number % len(BENT_LINES)], random.Random(number), list(lines)
        bend(bent, random_.randrange(len(bent)), random_)
        data = ("\n".join(bent) + "\n").encode()
        return path, bend, data, lambda: broken_law_of_lines(name, path, bent, known=known)

    forms = {of_cells: structures, of_json: json_structures, of_lines: line_structures}
    return [functools.partial(of, sample=it) for of, found in forms.items() for it in found(name, folder)]


def bend_all(names, seconds, inputs=0):
    """Bend the samples of each reader in every way at changing places until its time is over; the findings, printed.

    inputs: so many files for each family, and no limit of time.
    """
    from digidip import readers

    found, most = 0, dict.fromkeys(names, 0)
    for members in readers.FAMILIES.values():
        most |= {name: max(500, -(-inputs // len(members))) for name in members if inputs}
    for name in names:
        folder = KEPT / "structure" / name
        folder.mkdir(parents=True, exist_ok=True)
        samples, end, tried, seen = bends(name, folder), time.monotonic() + seconds, 0, set()
        for number in itertools.count():
            if not samples or (number >= most[name] if inputs else time.monotonic() > end):
                break
            path, bend, data, law = samples[number % len(samples)](number // len(samples))
            forget()
            path.write_bytes(data)
            tried += 1
            try:
                wrong = law()
            except Exception as error:
                wrong = repr(error)[:300]
            kind = (bend.__name__, re.sub(r"'.*?'|[0-9]+", "", wrong))
            if wrong and kind not in seen:
                seen.add(kind)
                found += 1
                finding = path.with_name(f"{bend.__name__}-{number}-{path.name}")
                finding.write_bytes(data)
                print(f"{name}: {bend.__name__} of {path.name}: {wrong}\n  {finding}", flush=True)
        print(f"{name}: {tried} files of {len(samples)} samples", flush=True)
    return found


def ends_well(name, path, data):
    """Write and read a file: nothing, if that ends in tables or in a message with `Expected`, else the error itself."""
    from digidip import readers
    from digidip.tables import ReaderError

    path.write_bytes(zipped(data) if name == "twitter_archive" else data)
    try:
        share = dict(readers.matches(path)).get(name, 0)
        with readers.reader_errors(path):
            tables = [frame.to_pyarrow() for frame in readers.reader(name).read(path, zone="UTC").values()]
            records = max(table.num_rows for table in tables) + len(readers.unsplit(path))
    except ReaderError as error:
        assert "Expected" in str(error), f"a message without what is expected: {error}"
        return
    most = path.stat().st_size + 1  # a record, and a tie each way, takes two bytes at least
    assert 0 <= share <= 1, f"a share of {share}"
    assert records <= most or path.read_bytes().startswith(PACKED), f"{records} rows of {most} bytes"


def zipped(data):
    """The bytes as tweets.js of an archive, since a mutated zip seldom passes its checksums; a packed file as it is."""
    if data.startswith(PACKED):
        return data
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, held in {"tweets.js": data, "account.js": OWNER, **TIES}.items():
            archive.writestr(name, held)
    return whole.getvalue()


def seeds(name):
    """The samples of a reader, and the members of those that are a zip, each as its first bytes."""
    files = [path for path in sorted((SAMPLES / name).iterdir()) if ".expected." not in path.name]
    found = [path.read_bytes() for path in files]
    for path in filter(zipfile.is_zipfile, files):
        with zipfile.ZipFile(path) as archive:
            found += map(archive.read, archive.namelist())
    return files[0].name, [data[:LONGEST] for data in found]


def words(found):
    """What the samples are made of, as a dictionary that the mutations draw from."""
    pieces = {word.hex("|").replace("|", r"\x") for data in found for word in WORD.findall(data)}
    return "".join(rf'"\x{piece}"' + "\n" for piece in sorted(pieces))


def forget():
    """Empty the caches that know a file by its time and size: the next one has the same name, and often the same two."""
    from digidip.readers.opening import archives, copies, head

    for cached in (copies._utf8_copy, archives._members):
        cached.cache_clear()
    head._heads.clear()
    for copy in copies.private_folder(copies.home() / "data").glob("[a-z]*-*"):
        copy.unlink()


def fuzz(name, seconds):
    """Mutate the samples of one reader until the time is over or a file ends badly; never returns."""
    import atheris

    with atheris.instrument_imports(include=["digidip.readers"]):
        from digidip import readers

        for each in readers.READERS:
            readers.reader(each)
    folder = KEPT / name
    (file, found), corpus = seeds(name), folder / "corpus"
    path = folder / file
    corpus.mkdir(parents=True, exist_ok=True)
    (folder / "words.dict").write_text(words(found), encoding="ascii")
    for number, data in enumerate(found):
        (corpus / f"sample-{number}").write_bytes(data)

    def once(data):
        forget()
        ends_well(name, path, data)

    limits = [f"-max_total_time={seconds}", f"-timeout={SLOWEST}", f"-max_len={LONGEST}", "-len_control=0"]
    limits += ["-rss_limit_mb=4096", f"-dict={folder / 'words.dict'}", f"-artifact_prefix={folder}/"]
    atheris.Setup([sys.argv[0], *limits, str(corpus)], once)
    atheris.Fuzz()


def again(name, given):
    """Read one finding once more, under the name that the reader knows, and show how it ends."""
    path = KEPT / name / seeds(name)[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    ends_well(name, path, Path(given).read_bytes())
    print(f"{given}: {name} ends well")


def main():
    """Fuzz the readers named, else all PARSERS, one after the other; 1 if any of them ended badly."""
    told = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    told.add_argument("reader", nargs="*", default=PARSERS)
    told.add_argument("--seconds", type=int, default=60, help="for each reader")
    told.add_argument(
        "--inputs", type=int, default=0, help="with --structure: files for each family, instead of a time"
    )
    told.add_argument("--again", metavar="FILE", help="read this finding once more")
    told.add_argument("--structure", action="store_true", help="bend tables of cells and JSON instead of bytes")
    told.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = told.parse_args()
    if given.structure:
        from digidip import readers

        names = given.reader if given.reader != PARSERS else readers.READERS
        return int(bend_all(names, given.seconds, given.inputs) > 0)
    if given.again:
        return again(given.reader[0], given.again)
    if not find_spec("atheris"):
        return "no atheris here. Expected: `make fuzz`, or `pip install atheris` in an environment of your own."
    if given.here:
        return fuzz(given.reader[0], given.seconds)
    settings = os.environ | {"DIGIDIP_THREADS": "1", "PYTHONPATH": str(ROOT)}
    call = [sys.executable, __file__, "--here", "--seconds", str(given.seconds)]
    bad = [name for name in given.reader if subprocess.run([*call, name], env=settings, check=False).returncode]
    print(f"{len(given.reader) - len(bad)} of {len(given.reader)} readers end well; not: {', '.join(bad) or 'none'}")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
