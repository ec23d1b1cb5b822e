"""Dialogue: two sides of each row, an index over time with its change, and who speaks next."""

from itertools import cycle

import numpy as np
import pandas as pd

from digidip.figures.rows import intervals_on
from digidip.figures.sheet import (
    BLUE,
    COLOURS,
    DASHES,
    INK,
    MARKERS,
    ORANGE,
    PALE,
    SOFT,
    drawn,
    legend,
    nothing,
    number,
    numbers,
    parts,
    percent,
    plain,
    said,
    scale,
    sheet,
    span,
    styled,
    wrap,
)
from digidip.measures import units

SIDES = (
    (BLUE, "o", -0.13),
    (ORANGE, "D", 0.13),
)  # the second side stands a little lower, so that intervals do not hide


@styled
def plot_dumbbell(table, *, caption, measure, row, side="ministry"):
    """Two sides of each row as a dumbbell with both intervals; a side without a value is told, not drawn.

    `table`: the columns named by `side` (at most two values) and `row`, the column named by `measure`, n, low, high.
    """
    rows, words, unit = numbers(table, measure), measure.replace("_", " "), units().get(measure, "")
    if rows[measure].isna().all():
        return nothing("dumbbell", caption, table)
    say = percent if unit.startswith("share") else number
    labels, sides = list(dict.fromkeys(rows[row])), sorted(rows[side].dropna().unique())[:2]
    figure, (ax,) = sheet(words.capitalize(), caption, 2.1 + 0.55 * len(labels))
    known = rows.dropna(subset=measure)
    ends = known.groupby(row)[measure].agg(["min", "max"]).reindex(labels)
    ax.hlines(range(len(labels)), ends["min"], ends["max"], color=PALE, linewidth=6, zorder=1)
    for name, (colour, marker, shift) in zip(sides, SIDES, strict=False):
        part = known[known[side] == name]
        at = np.array([labels.index(label) for label in part[row]]) + shift
        ax.hlines(at, part["low"], part["high"], color=colour, linewidth=2, zorder=2)
        ax.scatter(part[measure], at, s=60, color=colour, marker=marker, label=plain(name), zorder=3)
    place = {"transform": ax.get_yaxis_transform(), "va": "center", "fontsize": 11, "color": SOFT, "style": "italic"}
    for y in [labels.index(label) for label in ends.index[ends["min"].isna()]]:
        ax.text(0.03, y, "no result", **place)
    ax.set_yticks(range(len(labels)), [wrap(label, 26) for label in labels])
    ax.set(ylim=(len(labels) - 0.5, -0.5), xlabel=wrap(f"{unit or words}, with 95 % interval", 46))
    ax.grid(False, axis="y")
    scale(ax, "x", say)
    legend(ax)
    found = [f"{plain(r[side])}, {plain(r[row])}: {said(r, measure, say)}" for _, r in rows.iterrows()]
    return drawn("dumbbell", figure, f"{words.capitalize()}, two sides of each row", found, caption, table)


@styled
def plot_index(table, *, caption):
    """The monologue-dialogue index of each group on its whole scale, with intervals; 0 is as much to people as at them.

    `table`: group columns, dialogue_index, n, low, high.
    """
    rows = numbers(table, "dialogue_index")
    if rows["dialogue_index"].isna().all():
        return nothing("index", caption, table)
    rows = rows.assign(name=[label for label, part in parts(rows, "dialogue_index").items() for _ in range(len(part))])
    notes = [f"{number(value)}, n {number(n)}" for value, n in zip(rows["dialogue_index"], rows["n"], strict=True)]
    figure, (ax,) = sheet("Monologue (-1) or dialogue (1)?", caption, 1.7 + 0.4 * len(rows))
    intervals_on(ax, rows, "dialogue_index", "name", np.arange(len(rows)), notes, np.zeros(len(rows), bool))
    ax.axvline(0, color=SOFT, linewidth=1, zorder=1)
    ax.set(xlim=(-1.05, 1.05), ylim=(len(rows) - 0.5, -0.5), xlabel="index, with 95 % interval")
    found = [f"{row['name']}: {said(row, 'dialogue_index')}" for _, row in rows.iterrows()]
    return drawn("index", figure, "Monologue-dialogue index", found, caption, table)


@styled
def plot_index_line(table, *, caption, changes=None, most=4):
    """The monologue-dialogue index over periods, a panel for each group with a value, with intervals and change-point.

    The `most` groups with most periods are drawn (equals in the order of the table); title and alt text tell the rest.

    `table`: group columns, period, dialogue_index_per_period, n, low, high; `changes`: group columns, statistic,
    dialogue_change, changed_at, p (the rows "step" are drawn).
    """
    measure = "dialogue_index_per_period"
    rows = numbers(table, measure)
    groups = {label: part for label, part in parts(rows, measure, "period").items() if part[measure].notna().sum() > 1}
    if not groups:
        reason = "no group has two periods with a value" if rows[measure].notna().any() else ""
        return nothing("index-line", caption, table, reason)
    drawable, steps = len(groups), _steps(changes)
    longest = sorted(groups, key=lambda label: -groups[label][measure].notna().sum())[:most]
    groups = {label: part for label, part in groups.items() if label in longest}
    more = f" ({drawable - len(groups)} more not shown)" if drawable > len(groups) else ""
    periods = _calendar(sorted({period for part in groups.values() for period in part["period"]}))
    title = f"Monologue (-1) or dialogue (1)?{more}"
    figure, axes = sheet(title, caption, 1.6 + 1.75 * len(groups), len(groups))
    for ax, (label, part), colour, dash, marker in zip(
        axes, groups.items(), cycle(COLOURS), cycle(DASHES), cycle(MARKERS)
    ):
        at = np.array([periods.index(period) for period in part["period"]])
        ax.vlines(at, part["low"], part["high"], color=colour, linewidth=2)
        course = part.set_index("period")[measure].reindex(periods)  # no line over a period without a value
        ax.plot(range(len(periods)), course, color=colour, linestyle=dash, marker=marker, clip_on=False)
        ax.axhline(0, color=SOFT, linewidth=1)
        if label in steps:
            ax.axvline(periods.index(steps[label]["changed_at"]) - 0.5, color=INK, linestyle=":", linewidth=2)
        ax.set_title(label, loc="left", fontweight="bold")
        ax.set_title(_step_words(steps.get(label)), loc="right", fontsize=10, color=SOFT)
        ax.set(ylim=(-1.1, 1.1), yticks=(-1, 0, 1))
    step = -(-len(periods) // 9)
    axes[-1].set_xticks(range(0, len(periods), step), periods[::step])
    axes[-1].set_xlabel("period; lines: 95 % interval")
    if changes is not None:
        table = pd.concat([table.convert_dtypes(), changes.convert_dtypes()], ignore_index=True)
    found = [
        f"{label}, {_course(part, measure)}{_comma(_step_words(steps.get(label)))}" for label, part in groups.items()
    ]
    return drawn("index-line", figure, f"Monologue-dialogue index over periods{more}", found, caption, table)


@styled
def plot_turns(table, *, caption):
    """Who speaks next in a thread: a matrix for each group, speakers below each other, what comes next side by side.

    `table`: group columns, speaker, next, next_speaker_share, n, low, high.
    """
    rows = numbers(table, "next_speaker_share")
    groups = parts(rows, "next_speaker_share", "speaker", "next")
    groups = {label: part for label, part in groups.items() if part["next_speaker_share"].notna().any()}
    if not groups:
        return nothing("turns", caption, table)
    figure, axes = sheet("Who speaks next in a thread?", caption, 1.2 + 1.75 * len(groups), len(groups))
    for ax, (label, part) in zip(axes, groups.items(), strict=True):
        wide = part.pivot(index="speaker", columns="next", values="next_speaker_share")
        wide = wide.loc[list(dict.fromkeys(part["speaker"])), list(dict.fromkeys(part["next"]))]
        ax.imshow(wide.fillna(0), cmap="Blues", vmin=0, vmax=1.6, aspect="auto")  # light enough for dark letters
        sizes = part.drop_duplicates("speaker").set_index("speaker")["n"]
        for (y, x), value in np.ndenumerate(wide.to_numpy()):
            row = part[(part["speaker"] == wide.index[y]) & (part["next"] == wide.columns[x])].squeeze()
            text = "not defined" if np.isnan(value) else percent(value) + "\n" + span(row, percent).strip(" ()")
            ax.text(x, y, text.replace("interval ", ""), ha="center", va="center", fontsize=10, color=INK)
        ax.set_xticks(range(len(wide.columns)), [f"then {name}" for name in wide.columns])
        ax.set_yticks(range(len(wide.index)), [f"{name}\nn = {number(sizes[name])}" for name in wide.index])
        ax.set_title(label, loc="left", fontweight="bold")
        ax.tick_params(labelbottom=True, length=0)
        ax.grid(False)
    found = [f"{label}, {_next_words(part)}" for label, part in groups.items()]
    return drawn(
        "turns",
        figure,
        "Share of comments followed by one of others, of the ministry, or by none",
        found,
        caption,
        table,
    )


def _steps(changes):
    """The step of each group that has one, by the label of the group."""
    if changes is None:
        return {}
    rows = changes[(changes["statistic"] == "step") & changes["changed_at"].fillna("").ne("")]
    return {label: part.iloc[0] for label, part in parts(rows, "dialogue_change", "statistic").items()}


def _calendar(periods):
    """Every period from the first to the last, so that time passes evenly.

    >>> _calendar(["2014Q4", "2015Q2"]), _calendar(["2016-01-04/2016-01-10", "2016-01-18/2016-01-24"])[1]
    (['2014Q4', '2015Q1', '2015Q2'], '2016-01-11/2016-01-17')
    """
    rhythm = "W-SUN" if "/" in periods[0] else pd.Period(periods[0]).freq
    first, last = (pd.Period(period.partition("/")[0], rhythm) for period in (periods[0], periods[-1]))
    return [str(period) for period in pd.period_range(first, last)]


def _step_words(step):
    """A change-point in words."""
    if step is None:
        return ""
    return f"step of {number(step['dialogue_change'])} at {step['changed_at']}, p = {step['p']:.2g}"


def _comma(words):
    """Words after a comma, if there are any."""
    return f", {words}" if words else ""


def _course(part, measure):
    """First and last period of a group in words."""
    known = part.dropna(subset=measure)
    ends = [f"{row['period']} {said(row, measure)}" for _, row in known.iloc[[0, -1]].iterrows()]
    return " to ".join(ends)


def _next_words(part):
    """The rows that have a value, in words."""
    known = part.dropna(subset="next_speaker_share")
    return ", ".join(
        f"after {r['speaker']} {r['next']} {said(r, 'next_speaker_share', percent)}" for _, r in known.iterrows()
    )
