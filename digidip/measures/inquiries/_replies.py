"""Who else replied, which answers a machine wrote, which question is gone."""

import numpy as np
import pandas as pd
from statsmodels.duration.survfunc import CumIncidenceRight

from digidip.measures.inquiries._survival import kaplan_meier, survival_at
from digidip.measures.statistics._columns import POST
from digidip.measures.statistics._comment_queries import with_precision
from digidip.measures.statistics._intervals import Z, zero_bound

HANDS = ("by hand", "looks automatic", "to a comment no longer held")
FIRST = ("the ministry", "somebody else", "nobody yet")
ABOVE = ["platform", "parent_id"]
LINK = r"\w+://|\bwww\."
_NAMES = [*POST, "comment_id", "parent_id", "author", "is_official", "commented_at", "text"]


def replies(comments):
    """Replies that name the comment they reply to, in pandas.

    With `asked_at` and `asker` of that comment, if it is held, and `is_own`, whether an official account wrote it.
    """
    held = with_precision(comments, _NAMES).to_pandas()
    held = held.assign(commented_at=pd.to_datetime(held.commented_at, utc=True))
    above = held[["platform", "comment_id", "commented_at", "author", "is_official", "is_approximate"]]
    above = above.set_axis([*ABOVE, "asked_at", "asker", "is_own", "is_asked_so"], axis=1).drop_duplicates(ABOVE)
    given = held[held.parent_id.notna() & held.is_official.notna()]
    return given.merge(above, how="left", on=ABOVE).sort_values(["commented_at", "comment_id"], ignore_index=True)


def official_replies(comments, seconds, repeats):
    """Official replies to others with `hand`: by hand, looks automatic, or to a comment that is no longer held."""
    given = replies(comments)
    given = given[given.is_official.astype(bool) & given.is_own.ne(True)]
    words = given.text.str.strip().str.casefold()
    is_timed = ~given.is_approximate & given.is_asked_so.ne(
        True
    )  # two ages of a day have no wait, not one of 0 seconds
    quick = is_timed & (given.commented_at - given.asked_at <= pd.Timedelta(seconds=seconds))
    often = quick.groupby([given.platform, words]).transform("sum") >= repeats
    return given.assign(hand=np.select([given.asked_at.isna(), quick & often], [HANDS[2], HANDS[1]], HANDS[0]))


def answered_with_link(comments):
    """The comments (platform, id) to which an official reply gives an address."""
    given = replies(comments)
    table = given[given.is_official.astype(bool) & given.text.str.contains(LINK, na=False)]
    return {*zip(table.platform, table.parent_id, strict=True)}


def first_by_others(inquiries, comments):
    """Hours from each inquiry to the first reply by neither an official account nor the asker, missing where none.

    And whether that is not known, since a day or an age stands for the time of such a reply.
    """
    given = replies(comments)
    others = given[~given.is_official.astype(bool) & given.author.notna() & given.author.ne(given.asker)]
    waits = (others.commented_at - others.asked_at) / pd.Timedelta(hours=1)
    first = waits.groupby([others.platform, others.parent_id]).min()
    unknown = {*zip(*(others.loc[others.is_approximate, name] for name in ("platform", "parent_id")), strict=True)}
    asked = list(zip(inquiries.platform, inquiries.comment_id, strict=True))
    hours = pd.Series([first.get(key, np.nan) for key in asked], inquiries.index, dtype=float)
    return hours, pd.Series([key in unknown for key in asked], inquiries.index, dtype=bool)


def first_reply_times(rows, others):
    """When each inquiry gets its first reply or stops being observed, and by whom.

    1 the ministry, 2 another, 0 nobody.
    """
    is_answered = rows.is_answered.astype(bool)
    by_other = (others < rows.hours) | (others.eq(rows.hours) & ~is_answered)
    return rows.hours.where(~by_other, others), np.select([by_other, is_answered], [2, 1], 0)


def incidence_at(hours, status, moments):
    """Share whose first reply came from 1, from 2, and from nobody yet at each moment, each with limits.

    Aalen and Johansen, with the variance and the limits of Marubini and Valsecchi; exact one-sided limits where the share
    is 0 or 1. A list of three (value, low, high).
    """
    any_reply = kaplan_meier(hours, status > 0)
    n = np.array([int((hours >= moment).sum()) for moment in moments])
    left = survival_at(any_reply, moments, n)
    if not status.any():
        return [_limits(np.zeros(len(n)), np.zeros(len(n)), len(hours))] * 2 + [left]
    with np.errstate(all="ignore"):
        found = CumIncidenceRight(hours.to_numpy(float), status)
    place = np.searchsorted(found.times, moments, side="right")
    causes = [*zip(found.cinc, found.cinc_se, strict=True), (np.zeros(len(found.times)),) * 2][:2]
    curves = [
        (np.append(0, value)[place], pd.Series(np.append(0, error)).ffill().to_numpy()[place])
        for value, error in causes
    ]
    return [_limits(*curve, len(hours)) for curve in curves] + [left]


def _limits(value, error, n):
    """Limits of a cumulative share F: F^exp(±z·error / (F log F)).

    >>> value, low, high = _limits(np.array([31 / 120]), np.sqrt(31 * 89 / 120**3), 120)  # nobody censored
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.184], [0.339])
    """
    value = np.round(value, 12)
    with np.errstate(all="ignore"):
        spread = np.exp(Z * error / (value * np.abs(np.log(value))))
        low, high = value**spread, value ** (1 / spread)
    low = np.where(value == 0, 0, np.where(value == 1, 1 - zero_bound(n), low))
    return value, low, np.where(value == 1, 1, np.where(value == 0, zero_bound(n), high))
