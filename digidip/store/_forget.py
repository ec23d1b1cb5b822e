"""Forget: a person, or deliveries, leave exports, builds and reports of a home for good, with a receipt that names nobody.

What will change is written aside (`data/.forgetting-…`) and comes into force by one rename, to `data/.forget`: before it all is
as it was, after it `finish` does the rest. However often that is interrupted, the next command goes on with it.
"""

import json
import os
import re
import shutil
import tempfile
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pandas as pd

import digidip
from digidip import clean, readers
from digidip.deliveries import Delivery, declare, manifest, verify
from digidip.engine import many_queries
from digidip.home import (
    COLLECTING,
    FORGETTING,
    RECEIPTS,
    atomic_write,
    build_folders,
    current,
    held_builds,
    locked,
    remove_other_builds,
    sha256,
    write_to_disk,
)
from digidip.store._accounts import accounts_of
from digidip.store._build import build, key_of, sync
from digidip.store._holding import table_of
from digidip.store._sample import cache_folder
from digidip.tables import KEYS, ReaderError, TableError, counted

IN_FORCE, PLAN = ".forget", "plan.json"
AUTHORS = {
    "posts": ("account_id", "handle", "account_name"),
    "comments": ("author",),
    "follows": ("source_id", "target_id"),
    "metrics": ("account_id",),
}
MAPPED = {name for names in AUTHORS.values() for name in names}  # columns of a map that name authors
PSEUDONYM = re.compile(r"\bp[a-z2-7]{24}\b")
NOT_REACHED = (
    "backups, and copies of exports, builds or reports outside this home",
    "other homes, and the tool or platform that the exports came from",
    "exports, crates and pages that were passed on",
    "what others wrote in their own words, and pictures",
)


def forget_person(home, name, *, platform="", dry_run=False):
    """Take a person out of exports, builds, reports and the cache; returns the receipt, a dict, without exports if nowhere found.

    name: a name, handle or id as an export has it, or a pseudonym. platform: the one that is meant, where several have
    somebody of that name. An official account, a name that several people bear, an export from which single records cannot
    be taken, and a run that reads the holding raise `ValueError` or `TableError`; then, and with `dry_run`, nothing changes.
    """
    with _prepared(home) as (raw, aside):
        key = clean.project_key(known=key_of(home / "data" / "processed"))
        names, platform = _identity(raw, name, platform, key)
        _check_is_private(home, names, platform)
        changes = []
        for number, delivery in enumerate(manifest(raw)):
            mine = {one for one in names if delivery.platform in ("", platform) or not (platform and one.isdecimal())}
            change = _without_person(raw, delivery, readers.Person(frozenset(mine), clean.NAME), aside / str(number))
            changes += [change] if change else []
        platforms = {platform or delivery.platform for delivery in manifest(raw)}
        hidden = {clean.pseudonym(one, each, key) for one in names for each in platforms}
        subject = clean.pseudonym(readers.plain(name), "receipt", key)
        receipt = {"kind": "person", "reason": "erasure of a person", "subject": subject}
        return _carry_out(home, aside, changes, receipt, names | hidden, dry_run=dry_run)


def forget_deliveries(home, paths, *, reason="erasure of a delivery", dry_run=False):
    """Take deliveries, named as in the manifest, out of exports and builds; returns the receipt, a dict.

    An undeclared path raises `ValueError`. Runs that rest on them stay and are named, but for those that hold pseudonyms
    which no delivery has any more.
    """
    with _prepared(home) as (raw, aside):
        declared = {delivery.path: delivery for delivery in manifest(raw)}
        unknown = [path for path in paths if path not in declared]
        if unknown:
            raise ValueError(
                f"--delivery {unknown[0]!r}: no delivery of that path. Found: {', '.join(declared) or 'none'}. Expected: a path "
                "as in data/raw/MANIFEST.csv. Name one of these."
            )
        changes = [_removal(declared[path]) for path in paths]
        return _carry_out(home, aside, changes, {"kind": "deliveries", "reason": reason}, set(), dry_run=dry_run)


@contextmanager
def _prepared(home):
    """The lock of the home, nothing unfinished, no run that reads; gives data/raw, and a folder for what is prepared."""
    data = home / "data"
    with locked(data):
        finish(home)
        if held_builds(data, by_others=True):
            raise TableError(
                f"{data / 'processed'}: a command that still runs reads the holding. Expected: none, since its report would bring "
                "back what is forgotten. Wait until it is done, or stop it, then say this again."
            )
        aside = Path(tempfile.mkdtemp(prefix=FORGETTING, dir=data))
        try:
            # What is being collected would bring back what is forgotten.
            with locked(data / COLLECTING, wait=0) if (data / COLLECTING).is_dir() else nullcontext():
                yield data / "raw", aside
        finally:
            shutil.rmtree(aside, ignore_errors=True)


# Who is meant: the names, handles and ids of one account.


def _identity(raw, name, platform, key):
    """All names of the person that one of them, or a pseudonym, stands for, and the platform; the name alone if nobody has it."""
    deliveries = [one for one in manifest(raw) if not platform or one.platform in ("", platform)]
    if PSEUDONYM.fullmatch(name):
        hashed = {
            (clean.pseudonym(one, each.platform, key), one, each.platform)
            for each in deliveries
            for one in _authors(raw, each)
        }
        name, platform = next((found[1:] for found in hashed if found[0] == name), (name, platform))
    found = {}
    for delivery in deliveries:
        accounts = _accounts(raw, delivery, readers.Person(frozenset({name}), clean.NAME), by_id=False)
        found.setdefault(delivery.platform, []).extend(accounts)
    known = [one for one, accounts in found.items() if accounts and one]
    if len(known) > 1 and not platform:
        raise ValueError(
            f"--person: found on {' and '.join(sorted(known))}, where it may be two people. Expected: the platform. Say --platform "
            "NAME; for the same person, once for each."
        )
    platform = platform or next(iter(known), "")
    accounts = [one for each in (platform, "") for one in found.get(each, [])]
    sure = [one for one in accounts if one.is_sure]
    _check_is_one([] if sure else accounts, platform, key)
    names = {name}.union(*(one.names for one in sure or accounts))
    for _turn in range(3):  # earlier handles of an id, and what other exports tell of it
        person, before = readers.Person(frozenset(names), clean.NAME), names
        accounts = [_accounts(raw, one, person) for one in deliveries if one.platform in ("", platform)]
        names = names.union(*(one.names for each in accounts for one in each if one.is_sure))
        if names == before:
            break
    return frozenset(names), platform


def _check_is_one(accounts, platform, key):
    """`ValueError` where a name alone is known, and accounts of several ids bear it; they are told by their pseudonyms."""
    people = []
    for ids in (one.ids for one in accounts if one.ids):
        same = [one for one in people if one & ids]
        people = [one for one in people if not one & ids] + [ids.union(*same)]
    if len(people) > 1:
        shown = [clean.pseudonym(min(ids), platform, key) for ids in people]
        raise ValueError(
            f"--person: {len(people)} accounts are called so ({', '.join(sorted(shown)[:8])}). Expected: one person. Say --person with "
            "the id, the handle or one of these pseudonyms."
        )


def _accounts(raw, delivery, person, by_id=True):
    """The accounts of one delivery that bear one of the names: as the file tells them, and as its reader does."""
    path = raw / delivery.path
    if not readers.is_mentioned(path, person):
        return []
    person = replace(person, columns=_author_columns(raw, delivery))
    accounts = readers.accounts_told(path, person, by_id=by_id)
    for row in _people(delivery, path).itertuples(index=False):
        if any(map(person.is_name, row)):
            is_sure = person.is_name(row.account_id) or person.is_name(row.handle)
            names = {one for one in row if isinstance(one, str) and (one != row.account_name or " " in one)}
            accounts.append(readers.Account({row.account_id} - {None}, names, is_sure))
    return accounts


@cache
def _people(delivery, path):
    """Who wrote the posts of an export: a pandas frame account_id, handle, account_name, each once."""
    return _rows(delivery, path).get("posts", pd.DataFrame()).reindex(columns=AUTHORS["posts"]).drop_duplicates()


def _author_columns(raw, delivery):
    """The columns of a mapped table that its map takes the names of authors from."""
    if not delivery.map:
        return frozenset()
    plan = readers.reader("mapped").plan_of(raw / delivery.path)
    return frozenset(entry["from"] for name, entry in plan.columns.items() if name in MAPPED and "from" in entry)


def _authors(raw, delivery):
    """Everybody whom the reader of a delivery names as an author."""
    frames = _rows(delivery, raw / delivery.path)
    cells = [frame[column] for name, frame in frames.items() for column in AUTHORS[name] if column in frame]
    return set(pd.concat(cells).dropna()) if cells else set()


def _rows(delivery, path):
    """Table → pandas frame of what a reader gives of a file: keys, authors, whether it is a repost or a reject."""
    wanted = ("reject", "repost_of_id", "post_id", "comment_id", "observed_at", "tie")
    with readers.reader_errors(path), many_queries():
        frames = readers.reader(delivery.reader).read(path, zone=delivery.zone or None)
        frames = {name: frames[name] for name in AUTHORS if name in frames}
        columns = {name: [c for c in frame.columns if c in (*wanted, *AUTHORS[name])] for name, frame in frames.items()}
        return {name: frame.select(columns[name]).to_pandas().astype(object) for name, frame in frames.items()}


def _check_is_private(home, names, platform):
    """`ValueError` where one of the names is that of an official account."""
    known = [accounts_of(home / "data" / "reference")]
    with suppress(TableError):
        known.append(table_of(current(home / "data" / "processed"), "accounts").to_pandas())
    accounts = pd.concat(known)[["platform", "account_id", "handle", "name"]]
    accounts = accounts[accounts["platform"] == platform] if platform else accounts
    officials = {readers.plain(one) for column in ("account_id", "handle", "name") for one in accounts[column].dropna()}
    if officials & set(map(readers.plain, names)):
        raise ValueError(
            "--person: the name of an official account. Expected: a private person, since what an office says is public. To "
            "remove its posts: digidip forget --delivery PATH. If it is no office, take it out of data/reference/accounts.csv, or "
            "forget the delivery that lists it, then say this again."
        )


# What changes: each delivery without the person, tried by its reader before anything comes into force.


def _removal(delivery, records=None):
    """The change by which a delivery goes as a whole."""
    change = {"path": delivery.path, "sha256": delivery.sha256, "file": None, "new": None}
    return change | {"records": records, "values": 0}


def _without_person(raw, delivery, person, folder):
    """The change that takes a person out of a delivery, its new file written into a folder; None where it has nothing of them."""
    path = raw / delivery.path
    if not readers.is_mentioned(path, person):
        return None
    verify(raw, delivery)
    readers.choose_sheet(path, delivery.sheet)
    person = replace(person, columns=_author_columns(raw, delivery))
    is_workbook = readers.read_head(path).encoding == "WORKBOOK"
    new_path = delivery.path + ".csv" * is_workbook
    target, map_file = folder / Path(new_path).name, Path(f"{path}.map.yml")
    folder.mkdir()
    if delivery.map:
        shutil.copyfile(map_file, f"{target}.map.yml")
    records, values = readers.write_without(path, person, target)
    theirs, others = _counted(delivery, path, person)
    if not (records or values or theirs):
        return None
    if theirs and others.empty:
        return _removal(delivery, records)
    lost = _lost(delivery, others, target, person)
    if lost or (is_workbook and delivery.map):
        raise TableError(
            f"{path}: their records cannot be taken out one by one{lost}. Expected: a file in which each record stands for itself, "
            f"which its reader reads afterwards. Nothing was changed. Do: digidip forget --delivery {delivery.path}; or take "
            "them out in the tool that wrote the file, forget the delivery, and add the new file."
        )
    target.chmod(path.stat().st_mode & 0o777)
    what = f"{counted(records, 'records')} of a person" if records else "the name of a person"
    note = f"{what} erased {datetime.now(UTC):%Y-%m-%d}"
    terms = "; ".join(filter(None, (delivery.terms, note)))
    new = delivery._replace(
        path=new_path, sha256=sha256(target), sheet="" if is_workbook else delivery.sheet, terms=terms
    )
    place = f"{folder.name}/{target.name}"
    return _removal(delivery) | {"file": place, "new": list(new), "records": records, "values": values}


def _counted(delivery, path, person):
    """How many rows of a file are the person's; and those of others that are no reposts, counted by the hash of their key."""
    theirs, hashes = 0, [pd.Series(dtype="uint64")]
    for name, frame in _rows(delivery, path).items():
        columns = [column for column in AUTHORS[name] if column in frame]
        cells = frame[columns]
        if {"account_id", "account_name"} <= {*columns}:  # where an id is known, others may be called the same
            cells = cells.assign(account_name=cells.account_name.where(cells.account_id.isna()))
        is_theirs = cells.map(lambda cell: person.is_name(cell) or cell == person.token).any(axis=1)
        theirs += int(is_theirs.sum())
        keys = frame[[column for column in KEYS[name] if column in frame]].assign(table=name)
        known = keys.drop(columns=["tie", "observed_at"], errors="ignore")  # which a build fills in
        is_kept = ~is_theirs & known.notna().all(axis=1)
        for column in {"reject", "repost_of_id"} & set(frame):
            is_kept &= frame[column].isna()
        hashes.append(pd.util.hash_pandas_object(keys[is_kept].astype(str), index=False))
    return theirs, pd.concat(hashes).value_counts()


def _lost(delivery, before, target, person):
    """In words, what is wrong with a file from which a person was taken; nothing if it is as it should be."""
    try:
        theirs, after = _counted(delivery, target, person)
    except (ReaderError, TableError):
        return " (its reader cannot read what is left)"
    if theirs:
        return f" ({counted(theirs, 'rows')} of theirs would stay)"
    lost = int(before.sub(after, fill_value=0).clip(lower=0).sum())
    return f" ({counted(lost, 'rows')} of others would go with them)" if lost else ""


# What happens: first a plan that comes into force by one rename, then all of it, as often as it takes.


def _carry_out(home, aside, changes, receipt, names, *, dry_run):
    """Put the changes in force and finish them; returns the receipt. With `dry_run` only what would be in it is counted."""
    raw, reports = home / "data" / "raw", home / "reports"
    changed = {change["path"]: change for change in changes}
    declared = manifest(raw)
    remaining = [changed[one.path]["new"] if one.path in changed else list(one) for one in declared]
    person = readers.Person(frozenset(names), clean.NAME) if names else None
    report_files, builds = _files(reports), build_folders(home / "data" / "processed")
    named = [path for path in report_files if person and _holds(path, person)]
    receipt |= {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "digidip": digidip.__version__}
    receipt["searched"] = {"exports": len(declared), "builds": len(builds), "report_files": len(report_files)}
    receipt["exports"] = [
        {"path": one["path"], "records": one["records"], "values": one["values"], "sha256": one["sha256"],
         "now": one["new"] and Delivery(*one["new"]).sha256}
        for one in changes
    ]  # fmt: skip
    plan = {"moves": changes, "manifest": [one for one in remaining if one], "names": sorted(names)}
    plan |= {"builds": [path.name for path in builds]}
    plan |= {"reports": sorted({_unit(path, reports).as_posix() for path in named}), "tokens": _held_tokens(home)}
    receipt["reports_removed"] = plan["reports"]
    receipt["reports_to_run_again"] = _resting_on(reports, {one["sha256"] for one in changes}, plan["reports"])
    if dry_run:
        return receipt
    if not (changes or named):
        return receipt | _left(home, person, [])
    write_to_disk(aside / PLAN, json.dumps(plan | {"receipt": receipt}).encode())
    for path in aside.rglob("*"):
        sync(path)
    os.replace(aside, home / "data" / IN_FORCE)
    return finish(home)


def finish(home):
    """Do what remains of a forgetting that is in force, and return its receipt; None where there is none."""
    data, folder = home / "data", home / "data" / IN_FORCE
    if not folder.is_dir():
        return None
    with locked(data):
        plan = json.loads((folder / PLAN).read_text(encoding="utf-8"))
        for move in plan["moves"]:
            _put_in_place(data / "raw", folder, move)
        declare(data / "raw", [Delivery(*row) for row in plan["manifest"]])
        receipt = plan["receipt"] | _rebuilt(home, plan["builds"])
        removed = {*plan["reports"], *_with_lost_pseudonyms(home, plan["tokens"])}
        for name in removed:
            path = home / "reports" / name
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        receipt["reports_to_run_again"] = [name for name in receipt["reports_to_run_again"] if name not in removed]
        person = readers.Person(frozenset(plan["names"]), clean.NAME) if plan["names"] else None
        receipt |= _left(home, person, sorted(removed)) | {"not_reached": NOT_REACHED}
        written = data / RECEIPTS / f"{receipt['at'].replace(':', '-')[:23]}-{receipt['kind']}.json"
        atomic_write(written, f"{json.dumps(receipt, indent=1, ensure_ascii=False)}\n".encode())
        done = data / f"{FORGETTING}done"
        shutil.rmtree(done, ignore_errors=True)
        os.replace(folder, done)
        shutil.rmtree(done, ignore_errors=True)
    return receipt | {"receipt": str(written)}


def _put_in_place(raw, folder, move):
    """Put the new file of a delivery in the place of the old, or remove it with its map; again if it was done before."""
    old, new = raw / move["path"], raw / Delivery(*move["new"]).path if move["new"] else None
    if move["file"] and (folder / move["file"]).exists():
        os.replace(folder / move["file"], new)
    if old != new:
        old.unlink(missing_ok=True)
        Path(f"{old}.map.yml").unlink(missing_ok=True)


def _rebuilt(home, before):
    """Build what is left and remove the builds of before (names); what came of it, for the receipt."""
    processed, kept, problem = home / "data" / "processed", "", ""
    if before and manifest(home / "data" / "raw"):
        try:
            kept = build(home / "data" / "raw", processed, reference=home / "data" / "reference")["build"]
        except (TableError, ReaderError) as error:
            problem = str(error)
    if not kept:
        (processed / "current").unlink(missing_ok=True)
    remove_other_builds(processed, {kept})
    return {
        "build": kept or None,
        "build_problem": problem,
        "builds_removed": [name for name in before if name != kept],
    }


def _left(home, person, removed):
    """For the receipt: copies in the cache and unfinished collections that go, and files of the home in which one of the names
    still stands."""
    if person is None:
        return {"reports_removed": removed, "cache_removed": 0, "left": []}
    cached = [path for path in _files(cache_folder()) if _holds(path, person)]
    for path in cached:
        path.unlink(missing_ok=True)
    pages = [path for path in _files(home / "data" / COLLECTING) if _holds(path, person)]
    for folder in {path.parent for path in pages}:  # it can be begun anew, and would otherwise bring them back
        shutil.rmtree(folder, ignore_errors=True)
    files = [
        path
        for path in [*_files(home / "data"), *_files(home / "reports")]
        if not any(part.startswith(IN_FORCE) for part in path.parts)
    ]
    left = [path.relative_to(home).as_posix() for path in files if _holds(path, person)]
    hidden = [[person.in_text.sub(person.token, name) for name in names] for names in (removed, left)]
    return {"reports_removed": hidden[0], "cache_removed": len(cached) + len(pages), "left": hidden[1]}


def _holds(path, person):
    """Whether one of the names stands in a file or its name: a short word only where it is one for sure."""
    return any(person.in_text.search(text) for text in [path.name, *readers.searchable_texts(path)])


# Reports: a run goes as a whole, of the report of a study the file.


def _files(folder):
    """The files below a folder, without locks and what is private to processes; none where there is no folder."""
    paths = sorted(folder.rglob("*")) if folder else []
    return [path for path in paths if path.is_file() and not {".lock", ".private"} & set(path.parts)]


def _unit(path, reports):
    """What is removed where a file of reports/ holds a person: the folder of its run, or the file alone."""
    runs = [folder for folder in path.parents if (folder / "run.json").exists()]
    return (runs[0] if runs else path).relative_to(reports)


def _resting_on(reports, hashes, removed):
    """The runs that read one of these exports (SHA-256), but for those that are removed."""
    names = []
    for path in sorted(reports.rglob("run.json")):
        with suppress(OSError, ValueError, KeyError, TypeError):
            if {one["sha256"] for one in json.loads(path.read_text(encoding="utf-8"))["inputs"]} & hashes:
                names.append(path.parent.relative_to(reports).as_posix())
    return [name for name in names if name not in removed]


def _held_tokens(home):
    """Run or file of reports/ → the pseudonyms in it that a build holds now."""
    reports = home / "reports"
    found = {}
    for path in _files(reports):
        tokens = {token for text in readers.searchable_texts(path) for token in PSEUDONYM.findall(text)}
        if tokens:
            found.setdefault(_unit(path, reports).as_posix(), set()).update(tokens)
    held = _tokens_of(build_folders(home / "data" / "processed")) if found else set()
    return {name: sorted(tokens & held) for name, tokens in found.items()}


def _with_lost_pseudonyms(home, tokens):
    """What in reports/ holds pseudonyms that were in a build and are in none any more."""
    held = _tokens_of(build_folders(home / "data" / "processed")) if any(tokens.values()) else set()
    return [name for name, each in tokens.items() if set(each) - held]


def _tokens_of(folders):
    parts = [part for folder in folders for part in folder.rglob("*.parquet")]
    return {token for part in parts for text in readers.searchable_texts(part) for token in PSEUDONYM.findall(text)}


def collected_before(home, moment):
    """The paths of deliveries collected before an instant (UTC), and of those of which nobody recorded when: two lists.

    The time is that of the manifest, else the latest that rows of the current build have.
    """
    earlier, unknown, times = [], [], _retrieval_times(home / "data" / "processed")
    for delivery in manifest(home / "data" / "raw"):
        at = pd.Timestamp(delivery.retrieved_at) if delivery.retrieved_at else times.get(delivery.path)
        if at is None or pd.isna(at):
            unknown.append(delivery.path)
        elif at < moment:
            earlier.append(delivery.path)
    return earlier, unknown


def _retrieval_times(processed):
    """Path of a delivery → the latest time of collection of its rows in the current build."""
    with suppress(TableError):
        folder, found = current(processed), []
        times = dict.fromkeys(("posts", "comments"), "retrieved_at") | dict.fromkeys(
            ("metrics", "follows"), "observed_at"
        )
        for name, column in times.items():
            table = table_of(folder, name)
            found.append(table.group_by("export").aggregate(at=table[column].max()).to_pandas())
        return pd.concat(found).dropna().groupby("export")["at"].max().to_dict()
    return {}
