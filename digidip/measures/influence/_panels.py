"""Panels: the attention of several groups to one topic, a column for each group on one grid of intervals.

A group is who pays attention (`source`), a topic what to (`series`).
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import logit

from digidip.measures.influence._streams import ABSENT, FINER, SPANS, interval_begins, mixed_weeks, stream_rows
from digidip.measures.statistics._columns import fetched_once
from digidip.tables import TableError

LEAST = 60  # intervals of a topic, below which nothing is modelled
MOVES = 10  # intervals that a group must have apart from its commonest value, or it is taken as standing still
FLOOR = 0.001  # a share below this, 0 too, stands for this much


class Panel(NamedTuple):
    """One topic: its intervals, its groups, intervals × groups of shares or counts, which are shares, what is wrong."""

    topic: str
    days: pd.DatetimeIndex
    groups: list
    values: np.ndarray
    is_share: np.ndarray
    reason: str

    def scaled(self, floor):
        """Log-odds of shares, floored at both ends, and the logarithm of 1 + counts."""
        shares = logit(np.clip(self.values, floor, 1 - floor))
        return np.where(self.is_share, shares, np.log1p(np.where(self.is_share, 0, self.values)))

    def lack(self, floor):
        """Why the topic is not modelled at a floor; empty if it is."""
        if self.reason:
            return self.reason
        still = [len(each) - np.unique(each, return_counts=True)[1].max() < MOVES for each in self.scaled(floor).T]
        names = ", ".join(name for name, is_still in zip(self.groups, still, strict=True) if is_still)
        return f"not available: {names} hardly ever above the floor, or never changes" if names else ""


def panels_of(attention, by, *, groups=(), span="day", absent="missing"):
    """The panels of each group of columns: [(key, [Panel, …])]; `groups` names and orders who is compared, by default all."""
    if span not in ("hour", "day", "week") or absent not in ABSENT:
        raise TableError(f"span {span!r}, absent {absent!r}: expected hour, day or week, and missing or zero. Mend it.")
    given = ("panels", *by, *groups, span, absent)

    def fetch():
        rows = stream_rows(attention, by)
        parts = rows.groupby(by, dropna=False) if by else [((), rows)] * (not rows.empty)
        return [(key, _panels(part, list(groups), span, absent)) for key, part in parts]

    return fetched_once(fetch, given, attention)


def _panels(part, groups, span, absent):
    """The panels of one group of rows, topics in order."""
    rows = part[part.span.eq(span)]
    if mixed := mixed_weeks(rows):
        return [Panel(None, None, groups, None, None, mixed)]
    if rows.empty:
        held = ", ".join(sorted(part.span.dropna().unique()))
        coarser = f", but per {held}; sum it first" if set(held.split(", ")) & set(FINER[span]) else f", but per {held}"
        return [
            Panel(None, None, groups, None, None, f"not available: no attention per {span}{coarser if held else ''}")
        ]
    units = rows.drop_duplicates(["source", "series", "unit"]).groupby(["source", "series"]).size()
    several = {source for (source, _series), n in units.items() if n > 1}
    who = rows.source.where(~rows.source.isin(several), rows.source + " (" + rows.unit.astype(str) + ")")
    rows = rows.assign(group=who, day=interval_begins(rows.begins_at, span, span))
    shares = {name: _as_share(own) for name, own in rows.groupby("group")}
    rows = rows.assign(value=pd.concat([own for own, _ in shares.values()]))
    is_share = {name: is_share for name, (_, is_share) in shares.items()}
    order = groups or sorted(is_share)
    found = []
    cells = rows[rows.group.isin(order)].groupby(["series", "day", "group"])["value"].agg(["mean", "size"])
    means, sizes = cells["mean"].unstack(), cells["size"].unstack()
    for topic in sizes.index.levels[0]:
        has_row = sizes.loc[topic].notna()
        names = [name for name in order if name in has_row and has_row[name].any()]
        table = means.loc[topic][names]
        table = table.reindex(pd.date_range(table.index.min(), table.index.max(), freq=SPANS[span][0]))
        if absent == "zero":
            table = table.where(has_row[names].reindex(table.index, fill_value=False), 0.0)
        shared = table.dropna().index  # from the first to the last interval that all groups share
        table = table[shared.min() : shared.max()] if len(shared) else table[:0]
        flags = np.array([is_share[name] for name in names])
        found.append(Panel(topic, table.index, names, table.to_numpy(), flags, _problem(table, names, span)))
    lack = f"not available: held are {', '.join(sorted(is_share))}, none of {', '.join(order)}"
    return found or [Panel(None, None, groups, None, None, lack)]


def _as_share(own):
    """The values of a group as shares, where its total, its unit or its range makes them such; and whether they are."""
    known = own[own["value"].notna()]
    if len(known) and known.total.gt(0).all():
        return own["value"] / own.total, True
    if own.unit.astype(str).str.startswith("percent").all():
        return own["value"] / 100, True
    return own["value"], bool(len(known) and known["value"].between(0, 1).all() and (known["value"] % 1).any())


def _problem(table, names, span):
    """Why a topic is not modelled; empty if it is."""
    if len(names) < 2:
        return f"not available: {names[0]} alone is held of this topic"
    if len(table) < LEAST:
        return f"not available: fewer than {LEAST} {span}s that all groups share"
    if gaps := int(table.isna().any(axis=1).sum()):
        return f"not available: {gaps} {span}s in between of which a group is not known"
    return ""
