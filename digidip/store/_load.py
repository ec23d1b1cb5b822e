"""`load`: selects the tables of a holding by ministry, platform, account and window.

A holding is a folder of Parquet files that `build` made: data/processed of a home, or the synthetic sample, which is
built from its exports by the same path.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cached_property

import ibis
from ibis import _

from digidip import deliveries
from digidip.store._build import facts_of
from digidip.store._reads import content_hash, digest, note
from digidip.store._reference import reference_hash
from digidip.store._sample import sample_folder
from digidip.store._work import count, named, table_of, weakest
from digidip.tables import SCHEMA, TableError


@dataclass(frozen=True)
class Tables:
    """The canonical tables of one selection (Ibis tables), and what was selected."""

    accounts: ibis.Table
    posts: ibis.Table
    comments: ibis.Table
    entities: ibis.Table
    follows: ibis.Table
    metrics: ibis.Table
    missions: ibis.Table
    exchanges: ibis.Table
    attention: ibis.Table
    label: str
    ministry: str
    platform: str
    account: str
    start: str
    end: str
    zone: str
    of: str
    n: int

    @cached_property
    def hash(self):
        """The hash of the selected rows, 16 hexadecimal digits: it changes when any of them does, and only then."""
        return content_hash({name: getattr(self, name) for name in SCHEMA})

    @property
    def caption(self):
        """One line for under a figure: label, selection, window with its zone, number of rows of the table it is about."""
        chosen = [self.label, self.ministry, self.platform, self.account]
        window = f"{self.start or 'first'} to {self.end or 'last'} ({self.zone})"
        return " · ".join([part for part in chosen if part] + [window, f"n = {self.n:,} {OF[self.of][0]}"])

    @property
    def window(self):
        """`start` and `end` as measures take them: where a side is open, the first or last local day with a post held."""
        span = self.posts.aggregate(start=_.posted_at.min(), end=_.posted_at.max()).to_pandas().iloc[0]
        first, last = (span[side].tz_convert(self.zone).date() for side in ("start", "end"))
        return {"start": self.start or str(first), "end": self.end or str(last + timedelta(days=1))}

    @property
    def provenance(self):
        """One line for the notebook: rows, accounts, first and last moment, hash of the data, label."""
        if self.of != "posts":
            return self._observed()
        span = self.posts.aggregate(accounts=_.account_id.nunique(), first=_.posted_at.min(), last=_.posted_at.max())
        row = span.to_pandas().iloc[0]
        comments = count(self.comments)
        first, last = (f"{moment:%Y-%m-%d %H:%M}" for moment in (row["first"], row["last"]))
        return (
            f"{self.n:,} posts by {row.accounts} accounts, {comments:,} comments held; posted {first} to {last} UTC; "
            f"data {self.hash}; {self.caption}"
        )

    def _observed(self):
        """The provenance of a table without posts: its rows, the accounts chosen, when it was observed."""
        words, moment = OF[self.of]
        seen = getattr(self, self.of)[moment].name("at").as_table().aggregate(first=_.at.min(), last=_.at.max())
        first, last = (f"{each:%Y-%m-%d}" for each in seen.to_pandas().iloc[0])
        return (
            f"{self.n:,} {words}, {count(self.accounts):,} accounts; observed {first} to {last} UTC; data {self.hash}; "
            f"{self.caption}"
        )


OF = {
    "posts": ("posts", "posted_at"),
    "follows": ("ties", "observed_at"),
    "missions": ("missions", "observed_at"),
    "metrics": ("observations", "observed_at"),
}


def load(data="sample", ministry="", platform="", account="", start="", end="", zone="UTC", home=None, of="posts"):
    """The tables of a holding: posts of the selected accounts published in [start, end) of a named zone.

    `data` is `sample` (synthetic) or `processed` (built from one's own exports). `ministry` is ISO 3166-1 alpha-3,
    `account` one or more account ids or handles separated by commas; what is empty does not restrict. `start` and `end`
    are dates, midnight in `zone`; the window is half-open. Comments are those under the selected posts, whenever they
    were written; ties those from or to the selected accounts, whenever they were seen; missions and exchanges those that
    the ministry sends. `of` names the table a study is about, one of OF: it must have rows, and its label and number of
    rows are those of the selection; of missions, a ministry may have no account. Nothing held, an unknown ministry, platform, account or zone, a window without
    posts, and no row in another table that the study is about raise `TableError` with what is held.

    >>> month = load("sample", "USA", "facebook", "SampleStateSteady", "2016-01-01", "2016-02-01", "America/New_York")
    >>> month.n, month.label
    (146, 'synthetic')
    """
    if of not in OF:
        raise TableError(f"of must be one of {', '.join(OF)}, not {of!r}.")
    folder = _folder(data, home)
    held = {name: table_of(folder, name) for name in SCHEMA}
    sends = of == "missions" and count(_sent_by(held[of], ministry))
    chosen = named(_chosen(held["accounts"], ministry, platform, account, silent=ministry if sends else ""))
    theirs = held["posts"].semi_join(chosen, ["platform", "account_id"])
    posts = named(_windowed(theirs, "posted_at", start, end, zone))
    tables = {
        "accounts": chosen,
        "posts": posts,
        "comments": named(held["comments"].semi_join(posts, ["platform", "post_id"])),
        "entities": held["entities"].semi_join(posts, ["platform", "post_id"]),
        "follows": _ties(held["follows"], chosen),
        "metrics": held["metrics"].semi_join(chosen, ["platform", "account_id"]),
        "missions": _sent_by(held["missions"], ministry),
        "exchanges": _sent_by(held["exchanges"], ministry),
        "attention": _windowed(held["attention"], "begins_at", start, end, zone),
    }
    n = count(tables[of])
    if not n:
        raise _empty_window(theirs, start, end, zone) if of == "posts" else _nothing_of(held, of, ministry)
    label = _label(tables, of)
    given = {"ministry": ministry, "platform": platform, "account": account, "start": start, "end": end, "zone": zone}
    given["of"] = of
    selected = Tables(**tables, **given, label=label, n=n)
    note("load", {"data": data, **given}, facts_of(folder)["build"], lambda: selected.hash)
    return selected


def _label(tables, of):
    """The weakest label of the rows a study is about: posts alone, or the table it names beside ties and posts."""
    rows = [tables[name].select("label") for name in ([of] if of == "posts" else [of, "follows", "posts"])]
    return ibis.union(*rows).aggregate(label=weakest(_.label)).to_pandas()["label"].iloc[0]


def build_record(data="sample", home=None):
    """What the build of a holding left on record: deliveries, counts, account of rows, notes (a dict, see build.json).

    >>> build_record("sample")["rows"]["missions"]
    1378
    """
    facts = facts_of(_folder(data, home))
    note("build_record", {"data": data}, facts["build"], lambda: digest(facts))
    return facts


def is_unchanged(reading, home=None):
    """Whether a reading that a run noted would meet the same data now; no if the holding or the selection is gone."""
    try:
        if reading["build"] and facts_of(_folder(reading["given"]["data"], home))["build"] == reading["build"]:
            return True
        met = {
            "load": lambda **given: load(**given).hash,
            "build_record": lambda **given: digest(build_record(**given)),
            "reference": reference_hash,
        }
        return met[reading["call"]](**reading["given"], home=home) == reading["hash"]
    except TableError:
        return False


def _folder(data, home):
    if data == "sample":
        return sample_folder()
    folder = deliveries.home(home) / "data" / "processed"
    if data != "processed" or not (folder / "build.json").exists():
        raise TableError(
            f"{folder}: no holding for data={data!r}. Expected: 'sample', or 'processed' after a build. "
            "Do: digidip add FILE --ministry CODE, then digidip build."
        )
    return folder


def _chosen(accounts, ministry, platform, account, silent=""):
    """The accounts chosen; a ministry that is `silent` sends missions, and may have none, or none on this platform."""
    wanted = [("ministry", ministry), ("platform", platform)]
    for column, value in wanted[::-1] if silent else wanted:
        if value and value == silent:
            accounts = accounts.filter(_[column] == value)
        elif value:
            accounts = _restricted(accounts, _[column] == value, column, value, accounts[column])
    named = [part.lstrip("@").lower() for part in re.split(r"[,\s]+", account) if part]
    for name in named:
        _restricted(accounts, _is_named(name), "account", name, accounts.handle.coalesce(accounts.account_id))
    return accounts.filter(_is_named(*named)) if named else accounts


def _is_named(*names):
    return _.account_id.lower().isin(names) | _.handle.lower().isin(names)


def _restricted(accounts, condition, what, value, held):
    found = accounts.filter(condition)
    if not count(found):
        names = sorted(held.name("held").as_table().distinct().to_pandas()["held"].dropna())
        near = get_close_matches(value.lower(), [name.lower() for name in names], n=1)
        nearest = [name for name in names if name.lower() in near]
        raise TableError(
            f"{what} {value!r}: not in the holding. Found: {', '.join(names[:12]) or 'nothing'}"
            f"{' …' if len(names) > 12 else ''}. Expected one of these{f' (nearest: {nearest[0]})' if nearest else ''}. "
            "Choose one, leave it empty for all, or add its export and build again."
        )
    return found


def _ties(follows, accounts):
    """Ties from or to the chosen accounts."""
    ends = [accounts.select("platform", **{end: "account_id"}) for end in ("source_id", "target_id")]
    of_source, of_target = (follows.semi_join(end, end.columns) for end in ends)
    return ibis.union(of_source, of_target.anti_join(ends[0], ends[0].columns))


def _sent_by(table, ministry):
    return table.filter(_.ministry == ministry) if ministry else table


def _windowed(table, moment, start, end, zone):
    first, last = (_midnight(day, zone) for day in (start, end))
    if first is not None:
        table = table.filter(table[moment] >= first)
    return table.filter(table[moment] < last) if last is not None else table


def _midnight(day, zone):
    """The UTC instant at which a day begins in a named zone; None for no day."""
    try:
        place = deliveries.time_zone(zone)
        local = datetime.combine(date.fromisoformat(day), time(), place).astimezone(UTC) if day else None
    except (ValueError, OverflowError) as error:
        raise TableError(
            f"window: {day!r} in zone {zone!r} ({str(error).split('. Expected')[0]}). Expected: a date such as 2016-01-31 "
            "and a zone by its IANA name, such as America/New_York or UTC. Mend it."
        ) from None
    return ibis.literal(local).cast("timestamp('UTC')") if local else None


def _empty_window(held, start, end, zone):
    """The error for a window without posts: what the selection holds instead."""
    span = held.aggregate(n=_.count(), first=_.posted_at.min(), last=_.posted_at.max()).to_pandas().iloc[0]
    found = f"{span.n:,} posts, {span['first']:%Y-%m-%d} to {span['last']:%Y-%m-%d} UTC" if span.n else "no posts"
    return TableError(
        f"window {start or 'first'} to {end or 'last'} ({zone}): no posts in it. Found in this selection: {found}. "
        "Expected: at least one post; a window without posts is missing data, not zero. Choose a window inside."
    )


def _nothing_of(held, of, ministry):
    """The error for a selection without rows of the table a study is about: what the holding has of it."""
    words, rows = OF[of][0], count(held[of])
    return TableError(
        f"No {words} in this selection{f' of {ministry}' if ministry else ''}. Found in the holding: {rows:,} {words}. "
        f"Expected: at least one; none held is missing data, not zero. Add an export that has {words} (digidip add), "
        "build again, or choose another ministry, platform or account."
    )
