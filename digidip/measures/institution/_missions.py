"""Posts of missions beside those of their headquarters: who is who, near-copies, and the first post on each event."""

import re
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from digidip.measures.institution._references import check_word
from digidip.measures.statistics._columns import ACCOUNT, canonical, fetched_once, to_pandas
from digidip.networks import HEADQUARTERS
from digidip.tables import LOST_IDS, SCHEMA, TableError

MISSIONS = "embassy", "consulate", "permanent mission"
WAYS = {"words": 3, "characters": 5}  # what a shingle is of, and how many
BLOCK = 1_000  # posts compared at a time
NO_HEAD = "not available: no account of headquarters is held"
SILENT_HEAD = "not available: headquarters has no post of its own with a text"
NO_MISSION = "not available: no mission has an account"
DAY = pd.Timedelta(days=1)
MARKS = re.compile(r"https?://\S+|\[[a-z-]+\]|@\w+")


def roles(accounts, headquarters="", *columns):
    """Accounts with `role`: headquarters, mission, or other.

    `headquarters`: handles or ids, separated by commas or in a list; empty: accounts of the offices that networks take so.
    """
    names = headquarters.split(",") if isinstance(headquarters, str) else headquarters
    names = {str(name).strip().lstrip("@").lower() for name in names} - {""}
    wanted = list(dict.fromkeys([*ACCOUNT, "ministry", "office", "handle", *columns]))
    frame = to_pandas(canonical(accounts, "accounts", wanted)).sort_values(wanted).drop_duplicates(ACCOUNT)
    handles = frame.handle.str.lower()
    for name in sorted(names - set(frame.account_id)):
        check_word("headquarters", name, handles.fillna(frame.account_id))
    named = frame.account_id.isin(names) | handles.isin(names)
    is_head = named if names else frame.office.isin(HEADQUARTERS)
    is_mission = frame.office.isin(MISSIONS) & ~is_head
    return frame.assign(role=np.select([is_head, is_mission], ["headquarters", "mission"], "other"))


def split_columns(by, accounts):
    """Group columns that posts have, and those that accounts have alone."""
    own = [name for name in by if name in SCHEMA["posts"] or name not in accounts.columns]
    return own, [name for name in by if name not in own]


def posts_of_roles(posts, accounts, by, headquarters, *columns):
    """Posts of headquarters and missions in pandas, with `role` and the group columns, in order of time."""
    own, others = split_columns(by, accounts)
    wanted = tuple(
        dict.fromkeys([*own, "ministry", *ACCOUNT, "post_id", "posted_at", "text", "repost_of_id", *columns])
    )
    held = to_pandas(canonical(posts, "posts", wanted))
    known = roles(accounts, headquarters, *others)
    frame = held.merge(known[[*ACCOUNT, "role", *[name for name in others if name not in wanted]]], on=ACCOUNT)
    return frame[frame.role.ne("other")].sort_values(["posted_at", "post_id", *wanted], ignore_index=True)


def shingles(text, similarity):
    """Runs of three words, or of five characters, of a text without links, handles and marks; all of a shorter one.

    >>> sorted(shingles("Visas: now open! https://example.org", "words")), shingles("", "words")
    (['visas now open'], set())
    """
    size = WAYS[similarity]
    words = re.findall(r"\w+", MARKS.sub(" ", text).lower())
    parts, glue = (words, " ") if similarity == "words" else (" ".join(words), "")
    if not words:
        return set()
    return {glue.join(parts[at : at + size]) for at in range(max(1, len(parts) - size + 1))}


def closest_lines(posts, accounts, headquarters="", similarity="words", within=30, by=(), columns=()):
    """Posts of headquarters and missions, each of a mission with the text of headquarters that it is most like.

    `is_repost_of_head`; `is_unknown` (a repost of nobody named, or no text); `closest`: Jaccard of shingles to the own text of
    headquarters that is most like it, of those of the same ministry and platform not after it and at most `within` days
    before; 0 where there is none; missing where it cannot be known; `head_texts`: of the ministry.
    """
    if similarity not in WAYS or not within > 0:
        raise TableError(
            f"similarity and within: found {similarity!r} and {within!r}. Expected: words or characters, and days above 0."
        )
    by, columns = tuple(by), tuple(columns)
    names = headquarters if isinstance(headquarters, str) else ",".join(map(str, headquarters))

    def find():
        frame = posts_of_roles(posts, accounts, by, names, *columns)
        text = frame.text.astype(object).where(frame.text.notna(), "").astype(str)
        sets = [shingles(each, similarity) for each in text]
        is_repost, is_head = frame.repost_of_id.notna(), frame.role.eq("headquarters")
        own = pd.Series([bool(each) for each in sets], frame.index, dtype=bool) & ~is_repost
        unnamed = frame.repost_of_id.astype("str").str.startswith(LOST_IDS["repost_of_id"]) & is_repost
        closest, texts = np.where(own | is_repost, 0.0, np.nan), np.zeros(len(frame), int)
        of_head = np.zeros(len(frame), bool)
        for _, part in frame.groupby(["ministry", "platform"], dropna=False):
            head = part.index[is_head[part.index]]
            lines, theirs = head[own[head]], part.index[own[part.index] & ~is_head[part.index]]
            of_head[part.index] = frame.repost_of_id[part.index].isin(frame.post_id[head])
            texts[part.index] = len(lines)
            if len(lines) and len(theirs):
                closest[theirs] = _closest(sets, frame.posted_at, theirs, lines, within)
        unknown = unnamed | (~own & ~is_repost)
        known = {"is_repost_of_head": of_head & ~unnamed, "is_unknown": unknown, "head_texts": texts}
        return frame.assign(closest=np.where(unknown, np.nan, closest), is_repost=is_repost, **known)

    return fetched_once(find, ("closest lines", names, similarity, within, by, columns), posts, accounts)


def _closest(sets, posted_at, theirs, lines, within):
    """The largest Jaccard of each of their posts to the lines not after it, exact, in blocks of sparse products."""
    places = {}
    for at in (*theirs, *lines):
        for each in sets[at]:
            places.setdefault(each, len(places))

    def table(rows):
        ends = np.cumsum([0, *(len(sets[at]) for at in rows)])
        return csr_array(
            (np.ones(ends[-1]), [places[each] for at in rows for each in sets[at]], ends), (len(rows), len(places))
        )

    right, at = table(lines).T.tocsc(), posted_at.to_numpy("datetime64[s]")
    sizes, found = np.array([len(sets[each]) for each in lines]), np.zeros(len(theirs))
    for first in range(0, len(theirs), BLOCK):
        block = theirs[first : first + BLOCK]
        shared = (table(block) @ right).tocoo()
        waited = at[block][shared.row] - at[lines][shared.col]
        in_time = (waited >= np.timedelta64(0, "s")) & (waited <= np.timedelta64(round(within * 86_400), "s"))
        own = np.array([len(sets[each]) for each in block])
        jaccard = shared.data / (own[shared.row] + sizes[shared.col] - shared.data)
        np.maximum.at(found, first + shared.row[in_time], jaccard[in_time])
    return found


@cache
def _zones():
    """City in small letters -> zone that is named after it, of the longer name where there are several."""
    named = sorted((name for name in available_timezones() if "/" in name), key=lambda name: (-name.count("/"), name))
    found = {}
    for name in named:
        if not name.startswith(
            ("Etc/", "SystemV/", "posix/", "right/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")
        ):
            found.setdefault(name.rpartition("/")[2].replace("_", " ").lower(), name)
    return found


def zone_of(city, zones=None):
    """The zone of a city: as given, else the IANA zone of that name; None where none has it.

    >>> zone_of("Tokyo"), zone_of("Washington"), zone_of("Washington", {"Washington": "America/New_York"})
    ('Asia/Tokyo', None, 'America/New_York')
    """
    if city is None or pd.isna(city):
        return None
    name = (zones or {}).get(str(city)) or _zones().get(str(city).lower())
    if name is not None and name not in available_zones():
        raise TableError(f"zones: found {name!r} for {city}. Expected: an IANA name such as America/New_York. Mend it.")
    return name


@cache
def available_zones():
    """The names of all zones."""
    return available_timezones()


def in_office_hours(moments, zone):
    """Which of these instants lie between nine and five, Monday to Friday, of a zone."""
    local = pd.DatetimeIndex(moments).tz_convert(ZoneInfo(zone))
    return (local.day_of_week < 5) & (local.hour >= 9) & (local.hour < 17)


def first_posts(posts, accounts, events, headquarters="", horizon_h=72, zone="UTC", zones=None, by=()):
    """One row for each account of headquarters and missions, and each event of its ministry with a hashtag.

    `first`: moment of its first post with the hashtag not before the event and within the horizon; `hours` until then, or
    until observation ends; `is_early`: it had the hashtag in the horizon before the event, so that no wait is known; `is_day`: of
    the event only the day in `zone` is known (it begins at midnight there, and ends at none or a midnight), so that `days` count alone;
    `is_open`: it began in office hours of the account's city, missing where its zone or the hour is not known. Accounts without any post
    are there, censored; those of a ministry without events have one row with no event.
    """
    if not horizon_h > 0:
        raise TableError(f"horizon_h: found {horizon_h!r}. Expected: hours above 0, such as 72.")
    by = [name for name in by if name not in ACCOUNT]
    if lacking := [name for name in by if name not in accounts.columns]:
        raise TableError(
            f"by: found {lacking[0]!r}. Expected: columns of accounts, since accounts without a post count."
        )
    names = headquarters if isinstance(headquarters, str) else ",".join(map(str, headquarters))
    listed = to_pandas(events)[["event", "ministry", "begins_at", "ends_at", "hashtag"]].dropna(
        subset=["hashtag", "begins_at"]
    )
    listed = listed.assign(**{name: pd.to_datetime(listed[name], utc=True) for name in ("begins_at", "ends_at")})
    listed = listed.sort_values(["begins_at", "event", "hashtag"], ignore_index=True)
    key = tuple(listed.astype(str).itertuples(index=False, name=None)), names, horizon_h, zone, str(zones)
    found = fetched_once(
        lambda: _first_posts(posts, accounts, listed, names, horizon_h, zone, zones), key, posts, accounts
    )
    more = [name for name in by if name not in found]
    return found.merge(roles(accounts, names, *more)[[*ACCOUNT, *more]], on=ACCOUNT) if more else found


def _first_posts(posts, accounts, listed, headquarters, horizon_h, zone, zones):
    """The rows of `first_posts`, of events in order of time."""
    known = roles(accounts, headquarters, "city").query("role != 'other'")
    frame = posts_of_roles(posts, accounts, (), headquarters)
    tagged = frame[["ministry", *ACCOUNT, "posted_at"]].assign(tag=_hashtags(frame)).explode("tag").dropna(subset="tag")
    times = {key: part.posted_at.to_numpy("datetime64[s]") for key, part in tagged.groupby([*ACCOUNT, "tag"])}
    ends, found = frame.groupby("ministry").posted_at.agg(["min", "max"]), []
    own_zones = {city: zone_of(city, zones) for city in known.city.dropna().unique()}
    is_open = {name: in_office_hours(listed.begins_at, name) for name in set(own_zones.values()) - {None}}
    clock = {city: is_open[name] for city, name in own_zones.items() if name}
    ends = {ministry: (row["min"], row["max"]) for ministry, row in ends.iterrows()}
    theirs = {ministry: list(part.itertuples(index=False)) for ministry, part in known.groupby("ministry")}
    for event in listed.itertuples():
        for ministry in ends if pd.isna(event.ministry) else [event.ministry]:
            first, last = ends.get(ministry, (pd.NaT, pd.NaT))
            if first <= event.begins_at <= last:
                found += _waits(theirs.get(ministry, ()), event, times, last, horizon_h, zone, clock)
    names = ["event", "begins_at", "first", "hours", "is_answered", "is_early", "is_day", "is_open"]
    nothing = None, pd.NaT, pd.NaT, np.nan, False, False, False, None
    matched = {row[:2] for row in found}  # platform and account
    lacking = known[[key not in matched for key in zip(known.platform, known.account_id, strict=True)]]
    found += [(*row, *nothing) for row in lacking.itertuples(index=False)]
    table = pd.DataFrame(found, columns=[*known.columns, *names])
    moments = {
        name: pd.to_datetime(table[name], utc=True).astype("datetime64[us, UTC]") for name in ("begins_at", "first")
    }
    types = {"is_answered": bool, "is_early": bool, "is_day": bool, "is_open": "boolean", "hours": float}
    table = table.assign(**moments).astype(types)
    reached = table.begins_at + pd.to_timedelta(table.hours, unit="h")
    days = reached.dt.tz_convert(zone).dt.normalize() - table.begins_at.dt.tz_convert(zone).dt.normalize()
    return table.assign(days=(days / DAY).round())


def _waits(accounts, event, times, last, horizon_h, zone, clock):
    """The rows of one event."""
    local = event.begins_at.tz_convert(zone)
    until = None if pd.isna(event.ends_at) else event.ends_at.tz_convert(zone)
    is_day = local == local.normalize() and (until is None or until == until.normalize())
    begin, span = np.datetime64(event.begins_at.tz_localize(None), "s"), np.timedelta64(round(horizon_h * 3600), "s")
    cut = min(float(horizon_h), (last - event.begins_at).total_seconds() / 3600)
    tag, nothing = str(event.hashtag).lower().lstrip("#＃"), np.array([], "datetime64[s]")
    rows = []
    for account in accounts:
        own = times.get((account.platform, account.account_id, tag), nothing)
        place = np.searchsorted(own, begin)  # moments are in order
        early = bool(place > 0 and own[place - 1] >= begin - span)
        is_late = early or place == len(own) or own[place] > begin + span
        first = pd.NaT if is_late else pd.Timestamp(own[place], tz="UTC")
        hours = cut if first is pd.NaT else (first - event.begins_at).total_seconds() / 3600
        is_open = bool(clock[account.city][event.Index]) if not is_day and account.city in clock else None
        rows.append((*account, event.event, event.begins_at, first, hours, first is not pd.NaT, early, is_day, is_open))
    return rows


def _hashtags(frame):
    """The hashtags of each post, in small letters."""
    return frame.text.astype("string").fillna("").str.lower().str.findall(r"[#＃](\w+)")


def posts_apart(frame, events):
    """Whether each post has no hashtag of the events."""
    listed = {str(tag).lower().lstrip("#＃") for tag in to_pandas(events).hashtag.dropna()}
    return np.array([not listed.intersection(each) for each in _hashtags(frame)], dtype=bool)
