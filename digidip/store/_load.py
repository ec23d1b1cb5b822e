"""`load`: selects the tables of a holding by ministry, platform, account and window.

A holding is a folder of Parquet files that `build` made: data/processed of a home, or the synthetic sample, which is
built from its exports by the same path.
"""

import os
import re
from dataclasses import replace
from difflib import get_close_matches
from itertools import product
from numbers import Integral

import ibis
from ibis import _

from digidip import deliveries
from digidip.clean import state_names
from digidip.engine import count, named
from digidip.home import facts_of
from digidip.store._folder import holding_folder
from digidip.store._holding import table_of
from digidip.store._reads import digest, note, readings
from digidip.store._reference import reference_hash
from digidip.store._tables import SUBJECTS, Tables, combine
from digidip.tables import INTRADAY, KEYS, LABELS, SCHEMA, WITHIN_DAY, TableError, day_start, refusal

FEW_ROWS = 100_000  # of a table in a holding: some 50 MB in memory at most
OF_POSTS = ("posts", "comments", "entities", "metrics")  # tables that a study of posts may rest on
LONG_CELL, MAY_BE_COUNT = 20, re.compile(r"[\d.,+-]{0,8}")  # characters of a cell that may be a text; no id
CUT = r"\s*(?:…|\.\.\.)$"
PSEUDONYM = re.compile(r"p[a-z2-7]{24}")
EXAMPLES = {
    "ministry": "'PER'",
    "platform": "'facebook'",
    "account": "'SampleCancilleria' or 150000000000003",
    "start": "'2016-01-01'",
    "end": "'2016-02-01'",
    "zone": "'America/Lima'",
    "of": "'posts'",
}


def load(data="sample", ministry="", platform="", account="", start="", end="", zone="UTC", home=None, of="posts"):
    """The tables of a holding: posts of the selected accounts published in [start, end) of a named zone.

    - `data` is `sample` (synthetic) or `processed` (built from your own exports), in `home` or DIGIDIP_HOME.
    - `ministry` is a code of ISO 3166-1 alpha-3, `platform` a name such as facebook or x.
    - `account` is one account id, handle or name, or several: separated by commas, or as a list.
    - `start` and `end` are dates, midnight in `zone` (IANA name); the window is half-open.
    - `of` is the table a study is about: posts, follows, missions, metrics, attention or accounts. It must have rows, and the selection has
      its label and number of rows. Of missions, a ministry may have no account. Of several, separated by commas, it is
      the first that has rows.

    What is empty does not restrict. Comments are those under the selected posts, whenever they were written; ties those
    from or to the selected accounts, whenever they were seen; missions and exchanges those that the ministry sends;
    events those that concern it, or all.
    Nothing held, an unknown ministry, platform, account or zone, a window without posts, and no row in another table
    that the study is about raise `TableError` with what is held.

    >>> month = load("sample", "USA", "facebook", "SampleStateSteady", "2016-01-01", "2016-02-01", "America/New_York")
    >>> month.n, month.label
    (146, 'synthetic')
    """
    asked = {"ministry": ministry, "platform": platform, "account": account, "start": start, "end": end, "zone": zone}
    asked = {name: _text(name, value) for name, value in (asked | {"of": of}).items()}
    ministry, platform, account, start, end, zone, of = asked.values()
    subjects = re.split(r"[,\s]+", of)
    if not set(subjects) <= set(SUBJECTS):
        raise TableError(f"of must be one of {', '.join(SUBJECTS)}, not {of!r}.")
    folder = holding_folder(data, home)
    facts = facts_of(folder)
    holding = {name: table_of(folder, name) for name in SCHEMA}
    # A selection from few rows is computed here, once; one from many when it is asked for, since not all of it may be.
    held = {name: facts["rows"][name] <= FEW_ROWS for name in SCHEMA}
    sends = "missions" in subjects and count(_sent_by(holding["missions"], ministry))
    accounts = _accounts(holding["accounts"], ministry, platform, account, silent=ministry if sends else "")
    accounts = named(accounts, held["accounts"])
    theirs = holding["posts"].semi_join(accounts, ["platform", "account_id"])
    window = _instants(start, end, zone)
    posts = named(_within(theirs, "posted_at", window), held["posts"])
    others = {
        "comments": holding["comments"].semi_join(posts, ["platform", "post_id"]),
        "entities": holding["entities"].semi_join(posts, ["platform", "post_id"]),
        "follows": _ties(holding["follows"], accounts),
        "metrics": holding["metrics"].semi_join(accounts, ["platform", "account_id"]),
        "missions": _sent_by(holding["missions"], ministry),
        "exchanges": _sent_by(holding["exchanges"], ministry),
        "attention": _attention_within(holding["attention"], window, _instants(start, end, "UTC")),
        "events": _within(_concerning(holding["events"], ministry), "begins_at", window, ends="ends_at"),
    }
    others = {name: named(table, held[name]) for name, table in others.items()}
    tables = {"accounts": accounts, "posts": posts, **others}
    rows, label = _rows_and_label(tables, subjects)
    asked["of"] = of = next((name for name in subjects if rows[name]), subjects[0])
    if not rows[of]:
        raise _empty_window(theirs, start, end, zone) if of == "posts" else _nothing_of(holding, of, ministry)
    selection = Tables(**tables, registry=holding["accounts"], **asked, label=label, n=rows[of])
    note("load", {"data": data, **asked}, facts["build"], lambda: selection.hash)
    return selection


def check_selection(data="sample", ministry="", platform="", account="", start="", end="", zone="UTC", home=None):
    """Nothing, if `load` could select so: days and zone that there are, and a ministry, platform and accounts that are held.

    It reads accounts alone, so rows are not looked for. Else `TableError`, as from `load`.
    """
    asked = {"ministry": ministry, "platform": platform, "account": account, "start": start, "end": end, "zone": zone}
    ministry, platform, account, start, end, zone = (_text(name, value) for name, value in asked.items())
    _instants(start, end, zone)
    folder = holding_folder(data, home)
    sends = ministry and count(_sent_by(table_of(folder, "missions"), ministry))
    _accounts(table_of(folder, "accounts"), ministry, platform, account, silent=ministry if sends else "")


def load_beside(one, other, data="sample", home=None):
    """The selection `one` with the ministry `other` (empty: every other) beside it, of its platform and window.

    Of the ministry of `one` stay the accounts that it selects. What the holding does not have raises `TableError` that
    names `other`.

    >>> one = load("sample", "USA", "facebook", "SampleStateSteady", "2016-01-01", "2016-02-01", "America/New_York")
    >>> beside = load_beside(one, "USA")  # nobody else: the other account of the ministry was not selected
    >>> beside.ministry, beside.n
    ('USA beside USA', 146)
    """
    try:
        found = load(data, other, one.platform, "", one.start, one.end, one.zone, home)
    except TableError as error:
        raise TableError(f"other: {error}") from None
    others = {name: getattr(found, name) for name in ("accounts", "posts", "comments", "missions", "exchanges")}
    if one.ministry:
        others = {name: table.filter(_.ministry != one.ministry) for name, table in others.items()}
    # An account that published nothing here is beside nothing: what is known of it may be of another time and label.
    others["accounts"] = others["accounts"].semi_join(others["posts"], ["platform", "account_id"])
    others["entities"] = found.entities.semi_join(others["posts"], ["platform", "post_id"])
    others["metrics"] = found.metrics.semi_join(others["accounts"], ["platform", "account_id"])
    _rows, label = _rows_and_label(others, ["posts"])
    found = replace(found, **others, label=label or one.label)
    return combine(one, found)


def _text(name, value):
    """A parameter as text. Of accounts, a number is the id it spells, since papermill's -p makes numbers of digits."""
    if name == "account" and isinstance(value, list | tuple):
        return ",".join(_text(name, each) for each in value)
    if name == "account" and isinstance(value, Integral) and not isinstance(value, bool):
        return str(value)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TableError(
            f"{name}: found {value!r} ({type(value).__name__}). Expected: text, such as {EXAMPLES[name]}. Put it in "
            f"quotes; with papermill, give it as -r {name} {value}, since -p makes a number of what looks like one."
        )
    return value


def _rows_and_label(tables, subjects):
    """The rows of each table a study is about, a dict, and the weakest label of the rows it may rest on.

    A study of posts rests on them and on what was said and counted of them; any other also on its table and ties, one of
    missions on accounts too.
    """
    accounts = ["accounts"] if "missions" in subjects else []
    names = OF_POSTS if subjects == ["posts"] else (*subjects, "follows", *accounts, *OF_POSTS)
    rows = [tables[name].select("label", name=ibis.literal(name)) for name in dict.fromkeys(names)]
    found = ibis.union(*rows).group_by("name", "label").aggregate(rows=_.count()).to_pandas()
    counts = found.groupby("name")["rows"].sum()
    return {name: int(counts.get(name, 0)) for name in subjects}, max(found["label"], key=LABELS.index, default=None)


def build_record(data="sample", home=None):
    """What the build of a holding left on record: deliveries, counts, account of rows, notes (a dict, see build.json).

    >>> build_record("sample")["rows"]["missions"]
    1378
    """
    facts = facts_of(holding_folder(data, home))
    note("build_record", {"data": data}, facts["build"], lambda: digest(facts))
    return facts


def refused_records(table, data="sample", ministry="", platform="", home=None):
    """How many records of a table could not be read or were rejected, in the deliveries that may hold rows of a selection.

    >>> refused_records("comments", "sample", "USA", "facebook")
    0
    """
    given = {"table": table, "data": data, "ministry": ministry, "platform": platform}
    facts = facts_of(holding_folder(data, home))
    paths = {each["path"] for each in facts["deliveries"] if _may_hold(each, given)}
    steps = [each for each in facts["account_of_rows"] if each["table"] == table and each["export"] in paths]
    refused = sum(each["rows_in"] - each["rows_out"] for each in steps if each["step"] in ("read", "reject"))
    note("refused_records", given, facts["build"], lambda: digest(refused))
    return refused


def deliveries_read(reads, home=None):
    """The deliveries that may hold rows of these readings, in the order of the manifest: dicts, with `data` of their holding."""
    found = []
    for data in sorted({reading["given"]["data"] for reading in reads}):
        given = [reading["given"] for reading in reads if reading["given"]["data"] == data]
        for delivery in facts_of(holding_folder(data, home))["deliveries"]:
            if any(_may_hold(delivery, each) for each in given):
                found.append({"data": data, **delivery})
    return found


def _may_hold(delivery, given):
    """Whether a delivery may hold rows of a selection."""
    return all(given.get(name, "") in ("", delivery[name]) for name in ("ministry", "platform"))


def refusal_of_run(kind):
    """Why the run that this process is may not leave output of a kind, by the terms of what it loaded; empty if it may."""
    return refusal(kind, deliveries_read(_loads_of_run()))


def _loads_of_run():
    folder = os.environ.get("DIGIDIP_RUN")
    return [reading for reading in readings(folder) if reading["call"] == "load"] if folder else []


def kinds_of_cells(cells, holdings=None, home=None):
    """The kinds of output that cells of text hold, whatever their columns are called.

    holdings: which data they may be of, such as ["sample"]; default: what the run that this process is loaded.

    Records: a pseudonym, or the beginning of a text of a post or comment. Ids: an id of one, unless it may be a count.
    """
    cells = {cell for cell in cells if not MAY_BE_COUNT.fullmatch(cell)}
    found = {"records"} if any(map(PSEUDONYM.fullmatch, cells)) else set()
    if not cells:
        return found
    shown = ibis.memtable({"cell": sorted(cells), "begins": [cell[:LONG_CELL] for cell in sorted(cells)]})
    loaded = sorted({reading["given"]["data"] for reading in _loads_of_run()}) if holdings is None else holdings
    for data, name in product(loaded, ("posts", "comments")):
        table = table_of(holding_folder(data, home), name)
        texts = table.filter(table.text.length() >= LONG_CELL).select("text", begins=_.text.left(LONG_CELL))
        matched = texts.inner_join(shown, "begins").filter(_.text.startswith(_.cell.re_replace(CUT, "")))
        found |= {"records"} if count(matched.limit(1)) else set()
        found |= {"ids"} if count(table.semi_join(shown, table[KEYS[name][1]] == shown.cell).limit(1)) else set()
    return found


def is_unchanged(reading, home=None):
    """Whether a reading that a run noted would meet the same data now; no if the holding or the selection is gone."""
    try:
        if reading["build"] and facts_of(holding_folder(reading["given"]["data"], home))["build"] == reading["build"]:
            return True
        met = {
            "load": lambda **given: load(**given).hash,
            "build_record": lambda **given: digest(build_record(**given)),
            "refused_records": lambda **given: digest(refused_records(**given)),
            "reference": reference_hash,
        }
        return met[reading["call"]](**reading["given"], home=home) == reading["hash"]
    except TableError:
        return False


def _accounts(accounts, ministry, platform, account, silent=""):
    """The accounts chosen; a ministry that is `silent` sends missions, and may have none, or none on this platform."""
    wanted = [("ministry", ministry), ("platform", platform)]
    chosen, required = ibis.literal(True), []
    for column, value in wanted[::-1] if silent else wanted:
        meets = accounts[column] == value if value else ibis.literal(True)
        if value and value != silent:
            required.append((column, value, chosen, meets, accounts[column]))
        chosen &= meets
    names = _names(accounts, account)
    known = accounts.handle.coalesce(accounts.account_id)
    known = (known + " (" + accounts.name + ")").coalesce(known)
    required += [("account", name, chosen, _is_named(accounts, name), known) for name in names]
    _require(accounts, required)
    return accounts.filter(chosen & _is_named(accounts, *names) if names else chosen)


def _names(accounts, account):
    """The ids, handles and names between the commas; what has blanks and is no name is several."""
    parts = [name for part in account.split(",") if (name := part.strip().lstrip("@"))]
    spaced = [part for part in parts if " " in part]
    lower = [part.lower() for part in spaced]
    known = {*accounts.filter(accounts.name.lower().isin(lower)).name.lower().to_list()} if spaced else set()
    words = ([part] if part.lower() in known or " " not in part else part.split() for part in parts)
    return [word.lstrip("@") for each in words for word in each]


def _is_named(accounts, *names):
    """Whether an account has one of these as its id, handle or name."""
    lower = [name.lower() for name in names]
    return ibis.or_(*(column.lower().isin(lower) for column in (accounts.account_id, accounts.handle, accounts.name)))


def _require(accounts, required):
    """An error for the first condition that no account meets, with the known values nearest to the one asked.

    required: (what is asked, its value, the condition on those asked among, the condition, known values of the column).
    """
    met = {str(place): (among & meets).any() for place, (_what, _value, among, meets, _known) in enumerate(required)}
    found = accounts.aggregate(**met).to_pyarrow().to_pylist()[0] if met else {}
    for place, (what, value, among, _meets, known) in enumerate(required):
        if not found[str(place)]:
            names = accounts.filter(among).select(known=known).distinct().to_pandas()["known"]
            names = sorted(names.dropna())
            if not names:
                raise TableError(
                    f"{what} {value!r}: not {_where(required[:place])}. Found: no account. Expected: accounts to choose from. "
                    f"Leave {what} empty, or add an export or a registry of accounts and build again."
                )
            wanted = (what == "ministry" and state_names([value])[value]) or value  # the name of a state is its code
            near = get_close_matches(wanted.lower(), [name.partition(" (")[0].lower() for name in names], n=1)
            nearest = [name for name in names if name.partition(" (")[0].lower() in near]
            expected = f"Expected one of these{f' (nearest: {nearest[0]})' if nearest else ''}. "
            raise TableError(
                f"{what} {value!r}: not {_where(required[:place])}. Found: {', '.join(names[:12]) or 'nothing'}"
                f"{' …' if len(names) > 12 else ''}. {expected}"
                "Choose one, leave it empty for all, or add its export and build again."
            )


def _where(conditions):
    """Among which accounts of the holding one was looked for, given the conditions before it."""
    chosen = [f"{what} {value!r}" for what, value, *_others in conditions if what != "account"]
    return f"among the accounts of {', '.join(chosen)}" if chosen else "in the holding"


def _ties(follows, accounts):
    """Ties from or to the chosen accounts."""
    ends = [accounts.select("platform", **{end: "account_id"}) for end in ("source_id", "target_id")]
    of_source, of_target = (follows.semi_join(end, end.columns) for end in ends)
    return ibis.union(of_source, of_target.anti_join(ends[0], ends[0].columns))


def _sent_by(table, ministry):
    return table.filter(_.ministry == ministry) if ministry else table


def _instants(start, end, zone):
    """The UTC instants between which a window lies, None where it is open."""
    first, last = (_midnight(day, zone) for day in (start, end))
    if first and last and first >= last:
        raise TableError(
            f"window: found start {start!r} and end {end!r}. Expected: the first day, and a later day, the one after the "
            "last (2016-01-01 and 2016-02-01 are January 2016). Mend them."
        )
    return first, last


def _concerning(table, ministry):
    """The rows that concern a ministry, or all of them."""
    return table.filter((_.ministry == ministry) | _.ministry.isnull()) if ministry else table


def _within(table, moment, window, ends=None):
    """The rows of a window of instants; those that last to the instant `ends`, where it is known, if they reach into it."""
    first, last = (instant and ibis.literal(instant).cast("timestamp('UTC')") for instant in window)
    if first is not None:
        is_in = table[moment] >= first
        table = table.filter(is_in | (table[ends] > first).fill_null(False) if ends else is_in)
    return table.filter(table[moment] < last) if last is not None else table


def _attention_within(table, window, of_utc):
    """Attention of a window of instants; days and longer by the date that they name (`named_date`), whatever the zone."""
    if window == (None, None):
        return table
    is_part = table.span.isin(INTRADAY)
    dates = tuple(instant and instant - WITHIN_DAY for instant in of_utc)
    parts = (table.filter(is_part), window), (table.filter(~is_part), dates)
    return ibis.union(*(_within(part, "begins_at", instants) for part, instants in parts))


def _midnight(day, zone):
    """The UTC instant at which a day begins in a named zone; None for no day."""
    try:
        deliveries.time_zone(zone)  # an error that names the zone
        return day_start(day, zone) if day else None
    except (ValueError, OverflowError) as error:
        raise TableError(
            f"window: {day!r} in zone {zone!r} ({str(error).split('. Expected')[0]}). Expected: a date such as 2016-01-31 "
            "and a zone by its IANA name, such as America/New_York or UTC. Mend it."
        ) from None


def _empty_window(posts, start, end, zone):
    """The error for a window without posts: what the selection holds instead."""
    span = posts.aggregate(n=_.count(), first=_.posted_at.min(), last=_.posted_at.max()).to_pandas().iloc[0]
    found = f"{span.n:,} posts, {span['first']:%Y-%m-%d} to {span['last']:%Y-%m-%d} UTC" if span.n else "no posts"
    return TableError(
        f"window {start or 'first'} to {end or 'last'} ({zone}): no posts in it. Found in this selection: {found}. "
        "Expected: at least one post; a window without posts is missing data, not zero. Choose a window inside."
    )


def _nothing_of(holding, of, ministry):
    """The error for a selection without rows of the table a study is about: what the holding has of it."""
    words, rows = SUBJECTS[of][0], count(holding[of])
    return TableError(
        f"No {words} in this selection{f' of {ministry}' if ministry else ''}. Found in the holding: {rows:,} {words}. "
        f"Expected: at least one; none held is missing data, not zero. Add an export that has {words} (digidip add), "
        "build again, or choose another ministry, platform or account."
    )
