"""Bursts and warnings: streams as rows of a raster, and what a detector finds against what it sends for nothing."""

from itertools import compress, cycle

import pandas as pd
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from digidip.figures._sheet import (
    BLUE,
    COLOURS,
    DASHES,
    INK,
    MARKERS,
    ORANGE,
    PALE,
    PAPER,
    SOFT,
    empty_figure,
    finished,
    format_axis,
    groups_of,
    in_words,
    is_flat,
    legend,
    number,
    percent,
    plain,
    sheet,
    styled,
    value_in_words,
    with_numbers,
    wrap,
)
from digidip.tables import counted

MOST = 24  # streams in a raster; the others are counted
IN_WORDS = 6  # rows that the alt text says
NARROW = 0.004  # of the width: a shorter burst is drawn as long as this


@styled
def plot_bursts(table, *, caption, warnings, events=None):
    """A row for each stream: its bursts as bars, its warnings as marks, and the dated events that name it as a pale band.

    `table`: that of `burst_weight`; `warnings`: that of `warning_strength`; `events`: event, series, begins_at,
    ends_at. Streams with a burst or a warning stand first.
    """
    bursts, sent = table.dropna(subset="burst_weight"), warnings.dropna(subset="warning_strength")
    with_bursts = [*dict.fromkeys(map(plain, [*bursts["stream"], *sent["stream"]]))]
    streams = sorted(with_bursts) + sorted(
        {*map(plain, [*table["stream"].dropna(), *warnings["stream"].dropna()])} - {*with_bursts}
    )
    if not streams or (bursts.empty and sent.empty):
        return empty_figure("bursts", caption, table)
    shown = streams[:MOST]
    rows = {stream: at for at, stream in enumerate(shown)}
    figure, (ax,) = sheet("Bursts (looking back) and warnings (at the time)", caption, 2.2 + 0.24 * len(shown))
    moments = [bursts["begins_at"], bursts["ends_at"], sent["at"]]
    low, high = (
        date2num(end) for end in (min(m.min() for m in moments if len(m)), max(m.max() for m in moments if len(m)))
    )
    room = max(high - low, 1 / 24)
    for row in () if events is None else events.itertuples():
        ends = row.begins_at if pd.isna(row.ends_at) else row.ends_at
        if plain(row.series) in rows:
            _bar(ax, rows[plain(row.series)], row.begins_at, ends, NARROW * room, height=0.9, facecolor=PALE)
    for row in bursts.itertuples():
        if plain(row.stream) in rows:
            at = rows[plain(row.stream)]
            _bar(ax, at, row.begins_at, row.ends_at, NARROW * room, height=0.4, facecolor=BLUE)
    for row in sent.itertuples():
        if plain(row.stream) in rows:
            face = PAPER if pd.isna(row.event) else ORANGE
            look = {"s": 50, "marker": "v", "edgecolor": INK, "linewidth": 1.1, "zorder": 3}
            ax.scatter(date2num(row.at), rows[plain(row.stream)] - 0.3, facecolor=face, **look)
    ax.set_yticks(range(len(shown)), [wrap(stream, 26) for stream in shown], fontsize=9)
    ax.set(ylim=(len(shown) - 0.5, -0.8), xlim=(low - 0.03 * room, high + 0.03 * room))
    ax.grid(False, axis="y")
    locator = AutoDateLocator(minticks=3, maxticks=7)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    ax.set_xlabel("UTC" + f" ({number(len(streams) - MOST)} more streams in the table)" * (len(streams) > MOST))
    drawn = [
        bool(bursts["stream"].map(plain).isin(rows).any()),
        events is not None and bool(events["series"].map(plain).isin(rows).any()),
        *(bool(sent[of]["stream"].map(plain).isin(rows).any()) for of in (sent["event"].notna(), sent["event"].isna())),
    ]
    handles = list(compress(_looks(), drawn))
    ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.2)
    found = [f"{row.stream}: warned {row.at:%Y-%m-%d %H:%M}, {_where(row)}" for row in sent.head(IN_WORDS).itertuples()]
    found += [f"{number(len(sent) - len(found))} more warnings"] * (len(sent) > len(found))
    found += [
        f"{counted(len(bursts), 'bursts')} in {number(bursts['stream'].nunique())} of {number(len(streams))} streams"
    ]
    return finished("bursts", figure, "Bursts and warnings of each stream", found, caption, table)


def _where(row):
    return "in no event" if pd.isna(row.event) else f"in {row.event}"


def _bar(ax, at, begins, ends, least, **look):
    """A bar from one instant to another, never shorter than can be seen."""
    left = date2num(begins)
    ax.barh(at, max(date2num(ends) - left, least), left=left, edgecolor=SOFT, linewidth=0.5, zorder=2, **look)


def _looks():
    """What bar, band and marks mean."""
    mark = {"marker": "v", "markersize": 7, "linestyle": "", "markeredgecolor": INK}
    return [
        Patch(facecolor=BLUE, edgecolor=SOFT, label="burst, looking back"),
        Patch(facecolor=PALE, edgecolor=SOFT, label="dated event"),
        Line2D([], [], markerfacecolor=ORANGE, label="warning in an event", **mark),
        Line2D([], [], markerfacecolor=PAPER, label="warning in none", **mark),
    ]


@styled
def plot_operating_points(table, *, caption, alarms, measure="detection_delay"):
    """What each detector finds against the false alarms that it sends, a point for each target; low and left is early and quiet.

    `table`: that of `detection_delay` or `detection_share`; `alarms`: that of `false_alarm_rate`.
    """
    name = measure.replace("_", "-")
    keys = [*table.columns[: table.columns.get_loc(measure)]]
    joined = with_numbers(table, measure).merge(alarms[[*keys, "false_alarm_rate"]], on=keys, how="left")
    rows = joined.dropna(subset=[measure, "false_alarm_rate"])
    groups = groups_of(rows, measure, "target")
    if not groups:
        return empty_figure(name, caption, table)
    is_share = measure == "detection_share"
    say = percent if is_share else number
    title = f"{'Events warned of' if is_share else 'Delay of warnings'} against false alarms"
    found = [
        f"{row.detector} at {number(row.false_alarm_rate)} false alarms: {value_in_words(joined.loc[row.Index], measure, say)}"
        for row in rows.itertuples()
    ]
    if is_share and is_flat(rows[measure]):
        return in_words(name, title, found, caption, joined)
    figure, (ax,) = sheet(title, caption, 4.3)
    for (label, part), colour, dash, marker in zip(groups.items(), cycle(COLOURS), cycle(DASHES), cycle(MARKERS)):
        part = part.sort_values("false_alarm_rate", kind="stable")
        look = {"color": colour, "linestyle": dash, "marker": marker, "markerfacecolor": PAPER, "markeredgewidth": 1.8}
        ax.plot(part["false_alarm_rate"], part[measure], label=label, **look)
    ax.set_xlabel("false alarms per 100 stream-days")
    ax.set_ylabel("share of events warned of" if is_share else "hours to the warning, median")
    ax.set_xlim(left=0)
    ax.set_ylim(0, 1.1 * (1 if is_share else rows[measure].max()))
    format_axis(ax, "y", say)
    format_axis(ax, "x", number)
    legend(ax, 4)
    return finished(name, figure, title, found, caption, joined)
