"""Followers from one list to the next: who is at risk of leaving, who left, and what they had met with before.

One row is one follower of one account between two lists. What is known at its beginning decides its status, so that nobody
is ignored, or answered, before it is so.
"""

import numpy as np
import pandas as pd

from digidip.measures.inquiries.inquiries import inquiry_table
from digidip.measures.statistics._columns import ACCOUNT, canonical, fetched_once, to_pandas
from digidip.measures.statistics._comment_queries import COMPLETENESS, NO_INSTANTS
from digidip.tables import TableError

STATUSES = ("ignored", "waiting", "answered", "liked only", "silent")
PERSON = [*ACCOUNT, "source_id"]
SPELL = {"begins": "datetime64[us, UTC]", "days": "float64", "left": "bool", "tenure": "float64", "is_new": "bool"}
SPELL |= {"status": "str", "since": "float64", "why_out": "object"}
NO_LISTS = "not available: fewer than two dated lists of followers"
NOBODY = "not defined: nobody at risk"
OUT = ("purge", "deleted account")


def follower_spells(follows, accounts, posts, comments, by, *, after_hours, asks, purges, completeness=COMPLETENESS):
    """One row for each follower and pair of lists: group, account, `begins`, `days`, `left`, `status`, `tenure`, `since`.

    `left`: in the list at the beginning and in neither of the next two. `why_out`: the purge in which it lies, or that the
    person left every account at once, as a deleted one does; such rows are not at risk. `tenure`: days since the person was
    first listed; missing where that is the first list. `since`: days since the question was ignored, or answered. Accounts
    without two lists keep one row without a person; `absent` says why nothing can be told of answers, also of a person to
    whose questions or answers days alone or ages stand for times.
    """
    check_ignored(after_hours, asks)
    purged = tuple(purge_times(purges)[["begins_at", "ends_at"]].itertuples(index=False, name=None))
    key = ("followers", *by, after_hours, asks, completeness, purged)

    def fetch():
        return _follower_spells(follows, accounts, posts, comments, by, after_hours, asks, purged, completeness)

    return fetched_once(fetch, key, follows, accounts, posts, comments)  # several measures are of the same


def _follower_spells(follows, accounts, posts, comments, by, after_hours, asks, purged, completeness):
    own = to_pandas(canonical(accounts, "accounts", [*dict.fromkeys([*by, *ACCOUNT])])).drop_duplicates(ACCOUNT)
    ties = to_pandas(canonical(follows, "follows", ["platform", "source_id", "target_id", "tie", "observed_at"]))
    ties = ties.rename(columns={"target_id": "account_id"}).merge(own[ACCOUNT], on=ACCOUNT)
    listed = ties[ties.tie == "follow"].groupby(ACCOUNT)
    spells = [_spells(part).assign(**dict(zip(ACCOUNT, key, strict=True))) for key, part in listed]
    spells = [each for each in spells if len(each)]
    if not spells:
        return own.assign(
            source_id=None, absent=NO_LISTS, **{name: pd.Series(dtype=kind) for name, kind in SPELL.items()}
        )
    frame = pd.concat(spells, ignore_index=True)
    asked, absent, untimed = _asked(posts, comments, own, asks, completeness)
    frame = _with_status(frame, asked, ties[ties.tie == "like"], pd.Timedelta(hours=after_hours))
    frame["why_out"] = _why_out(frame, purged)
    frame = own.merge(frame, on=ACCOUNT, how="left").merge(absent, on=ACCOUNT, how="left")
    reasons = frame.absent.where(frame.source_id.notna(), NO_LISTS)
    is_untimed = pd.MultiIndex.from_frame(frame[PERSON]).isin(pd.MultiIndex.from_frame(untimed)) & reasons.isna()
    return frame.assign(absent=reasons.astype("object").mask(is_untimed, NO_INSTANTS)).sort_values(
        [*by, *PERSON, "begins"], ignore_index=True
    )


def check_ignored(after_hours, asks):
    """`TableError` where nobody can be called ignored in this way."""
    if not after_hours > 0:
        raise TableError(
            f"ignored_after_h: found {after_hours:g}. Expected: above 0. Nobody is ignored at the moment of the question: who "
            "is to be called ignored later cannot have left before (immortal time). Give the hours an answer may take."
        )
    if asks not in ("question", "comment"):
        raise TableError(f"ignored_def must be 'question' or 'comment', not {asks!r}.")


def questions(inquiries, asks):
    """The rows of an inquiry table that persons asked, where something can be told of answers; all comments if `asks` says so."""
    with_authors = inquiries[inquiries.author.notna() & inquiries.absent.isna()]
    return with_authors[(with_authors.kind != "none") | (asks == "comment")]


def at_risk(part):
    """The rows of a group that count: persons neither purged nor deleted."""
    return part[part.source_id.notna() & part.why_out.isna()]


def missing_reason(part, questions):
    """Why nothing can be said of a group of which these rows can be told; empty where there are any."""
    if len(questions):
        return ""
    of_lists = part.absent[part.source_id.notna()].dropna()
    return of_lists.iloc[0] if len(of_lists) else NO_LISTS if part.source_id.isna().all() else NOBODY


def _spells(part):
    """The rows of one account; who is missing from one list only was there."""
    times, column = np.unique(_plain(part.observed_at), return_inverse=True)
    names, row = np.unique(part.source_id.to_numpy(dtype=str), return_inverse=True)
    there = np.zeros((len(names), len(times)), dtype=bool)
    there[row, column] = True
    there[:, 1:-1] |= there[:, :-2] & there[:, 2:]
    person, at = np.nonzero(there[:, :-1])
    first, days = there.argmax(axis=1)[person], np.diff(times) / np.timedelta64(1, "D")
    tenure = (times[at] - times[first]) / np.timedelta64(1, "D")
    begins = pd.DatetimeIndex(times[at]).tz_localize("UTC")
    found = {"source_id": names[person], "begins": begins, "days": days[at], "left": ~there[person, at + 1]}
    return pd.DataFrame(found | {"tenure": np.where(first > 0, tenure, np.nan), "is_new": first > 0})


def _plain(instants):
    """Instants as numpy has them: in UTC, without saying so."""
    return pd.to_datetime(instants, utc=True).dt.tz_localize(None).to_numpy()


def _asked(posts, comments, own, asks, completeness):
    """What each person asked of each account and when it was answered; why nothing can be told of an account, or a person."""
    inquiries = inquiry_table(posts, comments, by=ACCOUNT, completeness=completeness)
    absent = inquiries.groupby(ACCOUNT, as_index=False).absent.first()
    by_authors = questions(inquiries, asks).assign(source_id=lambda rows: rows.author)
    answered = by_authors.asked_at + pd.to_timedelta(
        by_authors.hours.where(by_authors.is_answered.astype(bool)), unit="h"
    )
    asked = by_authors.assign(answered_at=answered)[[*PERSON, "asked_at", "answered_at"]]
    return asked, absent, by_authors.loc[by_authors.hours.isna(), PERSON]


def _with_status(frame, asked, likes, wait):
    """The rows with `status` and `since`, by what was known at their beginning."""
    frame = frame.assign(spell=np.arange(len(frame)))
    pairs = frame[[*PERSON, "spell", "begins"]].merge(asked, on=PERSON)
    pairs = pairs[pairs.asked_at <= pairs.begins]
    is_open = pairs.answered_at.isna() | (pairs.answered_at > pairs.begins)
    ignored_at = (pairs.asked_at + wait).where(is_open & (pairs.asked_at + wait <= pairs.begins))
    asked_spells = pd.DataFrame({"spell": pairs.spell, "asked": True, "open": is_open, "ignored_at": ignored_at})
    asked_spells["answered_at"] = pairs.answered_at.where(~is_open)
    asked_spells = asked_spells.groupby("spell").agg(
        asked=("asked", "any"),
        open=("open", "any"),
        ignored_at=("ignored_at", "min"),
        answered_at=("answered_at", "max"),
    )
    asked_spells = asked_spells.reindex(frame.spell)
    liked = frame[[*PERSON, "spell", "begins"]].merge(likes[[*PERSON, "observed_at"]], on=PERSON)
    liked = frame.spell.isin(liked.spell[liked.observed_at <= liked.begins]).to_numpy()
    is_asked, is_ignored = asked_spells.asked.eq(True).to_numpy(), asked_spells.ignored_at.notna().to_numpy()
    cases = [is_ignored, is_asked & asked_spells.open.eq(True).to_numpy(), is_asked, liked]
    status = np.select(cases, STATUSES[:-1], STATUSES[-1])
    since = _plain(asked_spells.ignored_at.where(is_ignored, asked_spells.answered_at))
    days = (_plain(frame.begins) - since) / np.timedelta64(1, "D")
    is_timed = np.isin(status, ("ignored", "answered"))
    return frame.assign(status=status, since=np.where(is_timed, days, np.nan)).drop(columns="spell")


def _why_out(frame, purged):
    """Why a row is not at risk: it lies over a purge, or its person left every account followed at once."""
    ends = frame.begins + pd.to_timedelta(frame.days, unit="D")
    why = pd.Series(None, frame.index, dtype="object")
    followed = frame.assign(ends=ends).groupby(["platform", "source_id", "ends"]).left
    why[(followed.transform("size") > 1) & followed.transform("all")] = OUT[1]
    for begins_at, ends_at in purged:
        why[(frame.begins < ends_at) & (ends > begins_at)] = OUT[0]
    return why


def purge_times(events):
    """The events of kind purge: name, begins_at, ends_at; none where no events are given."""
    if events is None or "kind" not in events:
        return pd.DataFrame(columns=["event", "begins_at", "ends_at"])
    found = events[events.kind == "purge"].copy()
    for name in ("begins_at", "ends_at"):
        found[name] = pd.to_datetime(found[name], utc=True)
    return found.assign(ends_at=found.ends_at.fillna(found.begins_at))
