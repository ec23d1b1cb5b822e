"""Receive: deliveries of exports under data/raw, declared in MANIFEST.csv and never changed afterwards.

A delivery is one file with what the file does not say itself: reader, platform, ministry, zone, label, time of
collection, terms. The manifest keeps its SHA-256, so that a changed file is noticed before it is read.
"""

import csv
import hashlib
import os
import shutil
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pycountry

from digidip import readers
from digidip.tables import LABELS, PLATFORMS, ReaderError, TableError

REPOSITORY = Path(__file__).resolve().parents[1]
REFERENCE = REPOSITORY / "data" / "reference"
# Codes of senders of diplomats that ISO 3166-1 does not list.
FURTHER_SENDERS = {"EUE": "European Union", "XKX": "Kosovo", "XOM": "Sovereign Order of Malta"}


class Delivery(NamedTuple):
    """One row of MANIFEST.csv; `path` is relative to data/raw and names the export everywhere."""

    path: str
    sha256: str
    reader: str
    platform: str
    ministry: str
    zone: str = ""
    label: str = "real"
    retrieved_at: str = ""
    terms: str = ""


def home(given=None):
    """The folder that holds data/ and reports/: the one given, else DIGIDIP_HOME, else the repository."""
    return Path(given or os.environ.get("DIGIDIP_HOME") or REPOSITORY).resolve()


def manifest(raw):
    """The deliveries declared in `raw`/MANIFEST.csv, in order; none if there is no manifest.

    A wrong header, an unknown reader or label, or a path outside `raw` raises `TableError` with its row.
    """
    path = Path(raw) / "MANIFEST.csv"
    if not path.exists():
        return []
    rows = _rows(path)
    if not rows or tuple(rows[0]) != Delivery._fields:
        raise TableError(
            f"{path} (row 1): found columns {', '.join(rows[0]) if rows else 'none'}. Expected: "
            f"{', '.join(Delivery._fields)}. Restore the header; digidip add writes the rows."
        )
    held = [_declared(path, number, row) for number, row in enumerate(rows[1:], start=2) if row]
    _check_once(path, held)
    return held


def verify(raw, delivery):
    """Nothing, if the file has the hash that the manifest declares; else `TableError` naming the file."""
    path = Path(raw) / delivery.path
    if not path.is_file():
        raise TableError(
            f"{path}: declared in MANIFEST.csv, but no such file. Expected: the file as received. "
            "Put it back, or take its row out of the manifest."
        )
    found = sha256(path)
    if found != delivery.sha256:
        raise TableError(
            f"{path}: the file has changed since it was received (SHA-256 {found[:12]}…). Expected: "
            f"{delivery.sha256[:12]}…, as in MANIFEST.csv. Restore the original, or add the new file under its own name."
        )


def sha256(path):
    """The SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def describe(file, *, ministry="", reader=None, platform="", zone="", label="real", retrieved_at="", terms=""):
    """The delivery that `file` would be, every statement checked, nothing written.

    `ministry` is needed for posts and comments, `platform` where the format does not tell it. Wrong statements raise
    `ValueError` (wrong use); a file that no reader can read raises `ReaderError`.
    """
    _check_statements(ministry, zone, label, reader)
    _check_file(file)
    name = reader or readers.suggested(file)
    _check_needs(name, ministry, platform)
    return Delivery(
        path=f"{ministry.lower() or 'all'}/{Path(file).name}",
        sha256=sha256(file),
        reader=name,
        platform=platform or readers.reader(name).PLATFORM,
        ministry=ministry,
        zone=zone,
        label=label,
        retrieved_at=_utc(retrieved_at),
        terms=terms,
    )


def receive(raw, files, deliveries):
    """Copy the files under `raw` and declare them in the manifest: all of them or none; returns the new deliveries.

    A file that is held already with the same content is passed over; another file of the same name raises `TableError`.
    """
    raw = Path(raw)
    held = {_same(delivery.path): delivery for delivery in manifest(raw)}
    fresh = {}
    for file, delivery in zip(files, deliveries, strict=True):
        if _is_fresh(raw, held | {path: one for path, (_file, one) in fresh.items()}, file, delivery):
            fresh[_same(delivery.path)] = file, delivery
    if fresh:
        _take_in(raw, list(held.values()), list(fresh.values()))
    return [delivery for _file, delivery in fresh.values()]


def _take_in(raw, held, fresh):
    """Copy and declare; whatever goes wrong, no copy is left behind."""
    copied = []
    try:
        for file, delivery in fresh:
            target = raw / delivery.path
            if not target.exists():
                copied.append(target)
                _copy(file, target)
        _write(raw / "MANIFEST.csv", [*held, *(delivery for _file, delivery in fresh)])
    except BaseException:
        for target in copied:
            target.unlink(missing_ok=True)
        raise


def _rows(path):
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            return list(csv.reader(file))
    except (UnicodeDecodeError, csv.Error) as error:
        raise TableError(
            f"{path}: no CSV in UTF-8 ({error}). Expected: the manifest as digidip add wrote it. Restore it, or save it "
            "as CSV UTF-8."
        ) from None


def _declared(path, number, row):
    delivery = Delivery(*row) if len(row) == len(Delivery._fields) else None
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
        _check_needs(delivery.reader, delivery.ministry, delivery.platform)
        _check_statements(delivery.ministry, delivery.zone, delivery.label)
        _utc(delivery.retrieved_at)
    except ValueError as error:
        return str(error).split(". Expected")[0]
    return None


def _check_once(path, held):
    paths = [_same(delivery.path) for delivery in held]
    twice = next((one for one in paths if paths.count(one) > 1), None)
    if twice:
        raise TableError(f"{path}: {twice!r} is declared twice. Expected: one row for each file. Take one row out.")


def _same(path):
    """The path as a file system that heeds neither case nor the form of accents would know it."""
    return unicodedata.normalize("NFC", path).casefold()


def _check_file(file):
    if Path(file).is_dir():
        raise ReaderError(
            f"{file}: a folder. Expected: the files of an export, one by one. Do: digidip add {file}/*.csv with the rest."
        )
    if not (readers.is_archive(file) and readers.fitting(file)):
        readers.opening(file)


def _check_needs(name, ministry, platform):
    """Posts and comments are those of one ministry; a format either names its platform, or none, or has it said."""
    module = readers.reader(name)
    if not ministry and {"posts", "comments"} & set(module.REQUIRED):
        raise ValueError(f"no ministry for {name!r}. Expected: the sending state of the accounts. Say --ministry CODE.")
    known = PLATFORMS if module.PLATFORM is None else ("", module.PLATFORM)
    if platform not in known:
        expected = ", ".join(PLATFORMS) if module.PLATFORM is None else repr(module.PLATFORM)
        raise ValueError(
            f"platform {platform!r} for {name!r}. Expected: {expected}. Say --platform NAME, or leave it out."
        )


def _check_statements(ministry, zone, label, reader=None):
    state = pycountry.countries.get(alpha_3=ministry)
    if ministry and ministry not in FURTHER_SENDERS and (state is None or state.alpha_3 != ministry):
        raise ValueError(
            f"unknown ministry {ministry!r}. Expected: the sending state as ISO 3166-1 alpha-3, such as PER or USA"
            f"{_nearest_state(ministry)}. Say --ministry CODE."
        )
    if label not in LABELS:
        raise ValueError(f"unknown label {label!r}. Expected one of: {', '.join(LABELS)}. Say --label real.")
    if reader and reader not in readers.READERS:
        raise ValueError(
            f"unknown reader {reader!r}. Expected one of: {', '.join(readers.READERS)}. Leave --reader out to have it found."
        )
    if zone:
        time_zone(zone)


def _nearest_state(text):
    try:
        state = pycountry.countries.search_fuzzy(text)[0] if len(text) > 2 else None
    except LookupError:
        state = None
    if state is None:
        return ""
    return f" (nearest: {state.alpha_3}, {state.name})"


def time_zone(name):
    """The named IANA time zone; `ValueError` with an example if there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"unknown zone {name!r}. Expected: a name of the IANA time zone data base, such as America/New_York or UTC. "
            "Say it in full; abbreviations such as EST mean different offsets in different places."
        ) from None


def _utc(text):
    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or (moment.tzinfo is None and len(text) > 10):
        raise ValueError(
            f"unknown time of collection {text!r}. Expected: a date, or a time with its offset, such as "
            "2016-03-01T10:00:00Z. Leave --retrieved out if nobody recorded it."
        )
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat().replace("+00:00", "Z")


def _is_fresh(raw, held, file, delivery):
    known = held.get(_same(delivery.path))
    lying = raw / delivery.path
    found = known.sha256 if known else sha256(lying) if lying.is_file() else delivery.sha256
    if found != delivery.sha256:
        raise TableError(
            f"{file}: another file of that name is held ({delivery.path}, SHA-256 {found[:12]}…). Expected: a name "
            "of its own for each delivery. Rename the new file, for instance with its date of collection."
        )
    return known is None


def _copy(file, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(file, aside)
        os.replace(aside, target)
    finally:
        aside.unlink(missing_ok=True)


def _write(path, deliveries):
    aside = path.with_name(".MANIFEST.csv.part")
    try:
        with open(aside, "w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([Delivery._fields, *deliveries])
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
