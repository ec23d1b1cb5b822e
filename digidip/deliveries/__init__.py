"""Receive: deliveries of exports under data/raw, declared in MANIFEST.csv and never changed afterwards.

A delivery is one file with what the file does not say itself: reader, platform, ministry, zone, label, time of
collection, terms. The manifest keeps its SHA-256, so that a changed file is noticed before it is read.
"""

import csv
import io
import json
import os
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from digidip import readers
from digidip.deliveries._csv import read_csv_texts
from digidip.deliveries._statements import (
    FURTHER_SENDERS,
    check_account,
    check_needs,
    check_statements,
    in_utc,
    ministry_code,
    time_zone,
)
from digidip.home import RECEIPTS, REPOSITORY, atomic_copy, atomic_write, home, locked, sha256
from digidip.tables import LABELS, ReaderError, TableError

__all__ = [
    "FURTHER_SENDERS",
    "REFERENCE",
    "REPLACED",
    "REPOSITORY",
    "SAMPLE",
    "Delivery",
    "check_statements",
    "declare",
    "describe",
    "home",
    "in_utc",
    "is_of_sample",
    "manifest",
    "ministry_code",
    "read_csv_texts",
    "receive",
    "replacements",
    "sha256",
    "time_zone",
    "undeclared",
    "verify",
]
REFERENCE = REPOSITORY / "data" / "reference"
SAMPLE = REPOSITORY / "data" / "raw" / "sample"
REPLACED = "replaced.csv"  # in data: what was declared before of deliveries that were replaced
WIDTHS = (9, 10, 11, 12)  # of a manifest before there were maps, accounts, sheets, and since


class Delivery(NamedTuple):
    """One row of MANIFEST.csv; `path` is relative to data/raw and names the export everywhere."""

    path: str
    sha256: str
    reader: str
    platform: str
    ministry: str
    zone: str = ""
    label: str = ""  # one of tables.LABELS
    retrieved_at: str = ""
    terms: str = ""
    map: str = ""  # SHA-256 of the map beside the file, where reader `mapped` reads it
    account: str = ""  # id of the account that wrote every post of the file, where no format tells it
    sheet: str = ""  # of a workbook with several tables, the one that is read


def export_path(export="", data="sample", ministry="", platform="", home_folder=None):
    """The path of an export: the one named from where a person stands, else the first that the holding was built of.

    A run works in a folder of its own; DIGIDIP_FROM says where it was started. A file that is not there, and a holding
    without a delivery of this ministry and platform, raise `TableError`.

    >>> export_path().name
    'per_crowdtangle.csv'
    """
    if export:
        path = Path(os.environ.get("DIGIDIP_FROM", ".")) / Path(export).expanduser()
        if not path.exists():
            raise TableError(f"export: no file {path}. Expected: the path of an export. Correct `export`.")
        return path
    if data == "sample":
        return SAMPLE / "per_crowdtangle.csv"
    raw = home(home_folder) / "data" / "raw"
    wanted = {"ministry": ministry, "platform": platform}
    for each in manifest(raw):
        if all(value in ("", getattr(each, name)) or not getattr(each, name) for name, value in wanted.items()):
            return raw / each.path
    raise TableError(
        f"{raw}: no delivery of {ministry or 'any ministry'} on {platform or 'any platform'}. Expected: one. Name a file in "
        "`export`, or do: digidip add FILE."
    )


def manifest(raw):
    """The deliveries declared in `raw`/MANIFEST.csv, in order; none if there is no manifest.

    A manifest from before there were maps, accounts, or sheets lacks the last columns. A wrong header, an unknown reader or label, or a path
    outside `raw` raises `TableError` with its row.
    """
    path = Path(raw) / "MANIFEST.csv"
    if not path.exists():
        return []
    rows = _rows(path)
    if not rows or tuple(rows[0]) not in [Delivery._fields[:width] for width in WIDTHS]:
        raise TableError(
            f"{path} (row 1): found columns {', '.join(rows[0]) if rows else 'none'}. Expected: "
            f"{', '.join(Delivery._fields)}. Restore the header; digidip add writes the rows."
        )
    deliveries = [_declared(path, number, row, len(rows[0])) for number, row in enumerate(rows[1:], start=2) if row]
    _check_once(path, deliveries)
    return deliveries


def verify(raw, delivery):
    """Nothing, if the file and its map have the hashes that the manifest declares; else `TableError` naming the file."""
    for path, declared in _files(Path(raw), delivery):
        if not path.is_file():
            raise TableError(
                f"{path}: declared in MANIFEST.csv, but no such file. Expected: the file as received. "
                "Put it back, or take its row out of the manifest."
            )
        found = sha256(path)
        if found != declared:
            raise TableError(
                f"{path}: the file has changed since it was received (SHA-256 {found[:12]}…). Expected: {declared[:12]}…, "
                "as in MANIFEST.csv. Restore the original, or add the new file under its own name."
            )


def _files(raw, delivery):
    """The files of a delivery, each with its declared hash: the export, and the map beside it if it has one."""
    map_file = (raw / f"{delivery.path}.map.yml", delivery.map)
    return [(raw / delivery.path, delivery.sha256), *[map_file] * bool(delivery.map)]


def is_of_sample(path, digest):
    """Whether a file of this SHA-256, or what gzip packed into it, is one of the synthetic sample's, byte for byte.

    A copy with one byte changed cannot be known by its hash.
    """
    plain = readers.read_head(path).plain_path
    return digest in _sample_hashes() or (plain != Path(path) and sha256(plain) in _sample_hashes())


@cache
def _sample_hashes():
    return frozenset(delivery.sha256 for delivery in manifest(SAMPLE))


def describe(
    file,
    *,
    ministry="",
    reader=None,
    platform="",
    zone="",
    label="",
    retrieved_at="",
    terms="",
    map=None,
    account="",
    sheet="",
):
    """The delivery that `file` would be, every statement checked, nothing written.

    `label` is needed always, and a file of the sample is synthetic whatever it is; `ministry` for posts and comments,
    `platform` and `account` where the format does not tell it. `map` is the path of a column map and makes `mapped` the
    reader (default: the map beside the file, if any). `sheet` is that of a workbook with several tables (default: the one
    that the map names). Wrong statements raise `ValueError` (wrong use); a file that no
    reader can read raises `ReaderError`.
    """
    if map and (platform or reader not in (None, "mapped")):
        raise ValueError(
            "found a map and --reader or --platform. Expected the map alone, which says both. Leave them out."
        )
    if map:
        readers.reader("mapped").use(file, map)
        reader = "mapped"
    ministry = ministry_code(ministry)
    check_statements(ministry, zone, label, reader)
    sheet = sheet or readers.reader("mapped").sheet_of(file)
    readers.choose_sheet(file, sheet)
    _check_file(file)
    name = reader or readers.best_match(file)
    plan = readers.reader("mapped").plan_of(file) if name == "mapped" else None
    platform, digest = plan.platform if plan else platform, sha256(file)
    check_needs(name, ministry, platform, plan and {plan.table})
    check_account(name, account)
    return Delivery(
        path=f"{ministry.lower() or 'all'}/{Path(file).name}",
        sha256=digest,
        reader=name,
        platform=platform or readers.reader(name).PLATFORM,
        ministry=ministry,
        zone=zone,
        label=LABELS[-1] if is_of_sample(file, digest) else label,
        retrieved_at=in_utc(retrieved_at),
        terms=terms,
        map=sha256(plan.path) if plan else "",
        account=account,
        sheet=sheet,
    )


def receive(raw, files, deliveries, *, replace=""):
    """Copy the files under `raw` and declare them in the manifest: all of them or none; returns the new deliveries.

    A map goes with its file, as `<file>.map.yml`. A file whose content is there already, under this or another name and
    with the same statements, is passed over; another file, map or statement of the same name raises `TableError`, unless `replace`
    says why: then it takes the place of what is held, also where that was declared to be of another ministry, and a row of
    `replaced.csv` beside `raw` keeps what was declared before. What lay under `raw` without being declared is moved. Who
    comes while another command writes waits for it.
    """
    with locked(Path(raw).parent):
        return _receive(Path(raw), files, deliveries, replace)


def _receive(raw, files, deliveries, replace):
    declared = {_path_key(delivery.path): delivery for delivery in manifest(raw)}
    new, replaced, forgotten = {}, {}, _forgotten(raw)
    for file, delivery in zip(files, deliveries, strict=True):
        if delivery.sha256 in forgotten:
            raise TableError(
                f"{file}: the export that {forgotten[delivery.sha256]} took something out of, so this would bring it back. Expected: "
                "another. Collect it anew without what is forgotten; or remove that receipt to take the file in all the same."
            )
        key = _path_key(delivery.path)
        if replace:
            replaced |= dict.fromkeys(_in_the_way(declared, delivery), key)
        held = {path: one for path, one in declared.items() if path not in replaced}
        taken = held | {path: one for path, (_file, one) in new.items()}
        if key in replaced.values() or _is_new(raw, taken, file, delivery):
            new[key] = file, delivery
    if new:
        _take_in(raw, declared, new, replaced)
        _record_replaced(raw, declared, new, replaced, replace)
    return [delivery for _file, delivery in new.values()]


def replacements(raw):
    """The rows of `replaced.csv` beside `raw`: what was declared before of deliveries that were replaced, by what, when and why."""
    path = Path(raw).parent / REPLACED
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _in_the_way(declared, delivery):
    """The keys of what is declared under the path of a delivery, or of its content under another ministry."""
    return [
        key
        for key, other in declared.items()
        if (key == _path_key(delivery.path) and other != delivery)
        or ((other.sha256, other.map) == (delivery.sha256, delivery.map) and other.ministry != delivery.ministry)
    ]


def _record_replaced(raw, declared, new, replaced, reason):
    """Add to `replaced.csv` what was declared before, by what it was replaced, when and why."""
    if not replaced:
        return
    path, text = raw.parent / REPLACED, io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    if not path.exists():
        rows.writerow(["replaced_at", "reason", "new_path", "new_sha256", *Delivery._fields])
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    for key, other in replaced.items():
        delivery = new[other][1]
        rows.writerow([at, reason, delivery.path, delivery.sha256, *declared[key]])
    before = path.read_bytes() if path.exists() else b""
    atomic_write(path, before + text.getvalue().encode())


def _forgotten(raw):
    """SHA-256 of an export, as it was when something was forgotten of it → the receipt that says so."""
    found = {}
    for path in sorted((raw.parent / RECEIPTS).glob("*.json")):
        found |= {one["sha256"]: path for one in json.loads(path.read_text(encoding="utf-8"))["exports"]}
    return found


def _take_in(raw, declared, new, replaced):
    """Copy and declare; whatever goes wrong, no copy is left behind, and what was to be replaced is there again."""
    copied, aside = [], {}
    pairs = [
        (Path(origin), target)
        for file, delivery in new.values()
        for origin, (target, _hash) in zip(
            (file, readers.reader("mapped").map_path(file)), _files(raw, delivery), strict=False
        )
    ]
    lying = {target for origin, target in pairs if target.exists() and target.samefile(origin)}
    try:
        for key in replaced:
            for target, _hash in _files(raw, declared[key]):
                if target.exists() and target not in lying:
                    aside[target] = target.with_name(f".{target.name}.{os.getpid()}.replaced.part")
                    os.replace(target, aside[target])
        for origin, target in pairs:
            if not target.exists():
                copied.append(target)
                atomic_copy(origin, target)
        rows = {key: new[replaced[key]][1] if key in replaced else one for key, one in declared.items()}
        declare(raw, dict.fromkeys([*rows.values(), *(delivery for _file, delivery in new.values())]))
    except BaseException:
        for target in copied:
            target.unlink(missing_ok=True)
        for target, place in aside.items():
            os.replace(place, target)
        raise
    for place in aside.values():
        place.unlink()
    strays = set(undeclared(raw))
    for file, delivery in new.values():
        if Path(file).resolve() in strays and not (raw / delivery.path).samefile(file):
            Path(file).unlink()


def undeclared(raw):
    """The files under `raw` that no row of its manifest declares, so that no build reads them.

    Maps and hidden files are left out, and folders with a manifest of their own. A manifest that cannot be read declares
    nothing; whoever needs it is told why.
    """
    raw, declared = Path(raw).resolve(), set()
    with suppress(OSError, TableError):
        declared = {_path_key(row[0]) for row in _rows(raw / "MANIFEST.csv")[1:] if row}
    found = []
    for folder, folders, names in os.walk(raw):
        folders[:] = [name for name in folders if name[0] != "." and not Path(folder, name, "MANIFEST.csv").exists()]
        shown = [Path(folder, name) for name in sorted(names) if name[0] != "." and not name.endswith(".map.yml")]
        found += [path for path in shown if _path_key(path.relative_to(raw).as_posix()) not in declared]
    return [path for path in found if path != raw / "MANIFEST.csv"]


def _rows(path):
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            return list(csv.reader(file))
    except (UnicodeDecodeError, csv.Error) as error:
        raise TableError(
            f"{path}: no CSV in UTF-8 ({error}). Expected: the manifest as digidip add wrote it. Restore it, or save it "
            "as CSV UTF-8."
        ) from None


def _declared(path, number, row, width):
    delivery = Delivery(*row) if len(row) == width else None
    problem = "a row of another length than the header" if delivery is None else _problem(path.parent, delivery)
    if problem:
        raise TableError(
            f"{path} (row {number}): {problem}. Expected: {', '.join(Delivery._fields)}, with one of the labels "
            f"{', '.join(LABELS)} and one of the readers {', '.join(readers.READERS)}. Mend the row."
        )
    return delivery


def _problem(raw, delivery):
    """What is wrong with a declared delivery, or nothing."""
    if not (raw / delivery.path).resolve().is_relative_to(raw.resolve()):
        return f"path {delivery.path!r} leads outside {raw}"
    if delivery.reader not in readers.READERS:
        return f"reader {delivery.reader!r}"
    try:
        check_needs(delivery.reader, delivery.ministry, delivery.platform)
        check_account(delivery.reader, delivery.account)
        check_statements(delivery.ministry, delivery.zone, delivery.label)
        in_utc(delivery.retrieved_at)
    except ValueError as error:
        return str(error).split(". Expected")[0]
    return None


def _check_once(path, deliveries):
    paths = [_path_key(delivery.path) for delivery in deliveries]
    twice = next((one for one in paths if paths.count(one) > 1), None)
    if twice:
        raise TableError(f"{path}: {twice!r} is declared twice. Expected: one row for each file. Take one row out.")


def _path_key(path):
    """The path as a file system that heeds neither case nor the form of accents would know it."""
    return unicodedata.normalize("NFC", path).casefold()


def _check_file(file):
    if Path(file).is_dir():
        raise ReaderError(
            f"{file}: a folder. Expected: the files of an export, one by one. Do: digidip add {file}/*.csv with the rest."
        )
    if readers.read_head(file).is_archive and not readers.matches(file):
        readers.best_match(file)  # raises, with the list of what is in the archive


def _is_new(raw, declared, file, delivery):
    known = declared.get(_path_key(delivery.path))
    alike = [other for other in declared.values() if (other.sha256, other.map) == (delivery.sha256, delivery.map)]
    elsewhere = [other for other in alike if other.ministry and delivery.ministry not in ("", other.ministry)]
    if elsewhere:
        raise TableError(
            f"{file}: held already as {elsewhere[0].path}, of {elsewhere[0].ministry}, and now to be of {delivery.ministry}. Expected: "
            "one ministry for a file. Say the right one, with --replace where the old statement was wrong."
        )
    if known is None and any(_is_same(delivery, other) for other in declared.values()):
        return False
    lying = [path.is_file() and sha256(path) != expected for path, expected in _files(raw, delivery)]
    if (known.sha256, known.map) != (delivery.sha256, delivery.map) if known else any(lying):
        what = (
            "this file with another map" if known and known.sha256 == delivery.sha256 else "another file of that name"
        )
        raise TableError(
            f"{file}: {what} is held ({delivery.path}). Expected: a name of its own for each delivery. Rename the new file, "
            "for instance with its date of collection; or, where it corrects the old one, say --replace."
        )
    if known and (otherwise := _stated_otherwise(known, delivery)):
        raise TableError(
            f"{file}: held already ({known.path}), with {otherwise}. Expected: the same statements. Leave it as it is, or say --replace "
            "to correct them."
        )
    return known is None


def _stated_otherwise(known, delivery):
    """What is said of a delivery that the manifest says otherwise, in words; empty where nothing is."""
    names = ("platform", "zone", "label", "retrieved_at", "terms", "account", "sheet")
    changed = [name for name in names if getattr(delivery, name) not in ("", getattr(known, name))]
    return ", ".join(f"{name} {getattr(known, name)!r}, not {getattr(delivery, name)!r}" for name in changed)


def _is_same(delivery, other):
    """Whether two deliveries are one under two names; the same content at another time is another observation."""
    return delivery._replace(path="", terms="") == other._replace(path="", terms="")


def declare(raw, deliveries):
    """Write the manifest of these deliveries; whoever does holds the lock of the folder above `raw`."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([Delivery._fields, *deliveries])
    atomic_write(Path(raw) / "MANIFEST.csv", text.getvalue().encode())
