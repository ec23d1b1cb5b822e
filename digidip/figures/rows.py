"""Rows: one interval or one verdict for each row of a table."""

from itertools import cycle

import numpy as np
from matplotlib.ticker import MaxNLocator

from digidip.figures.sheet import (
    BLUE,
    COLOURS,
    GREEN,
    INK,
    MARKERS,
    ORANGE,
    PALE,
    PAPER,
    PINK,
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
    styled,
    wrap,
)
from digidip.measures import units

VERDICTS = {
    "reproduced": ("✓", GREEN, ""),
    "compatible": ("≈", "#56b4e9", "//"),
    "fixture-match": ("F", PINK, ".."),
    "not compatible": ("✗", ORANGE, "xx"),
    "internally inconsistent": ("!", "#ece133", "--"),
    "not testable here": ("–", PALE, ""),
    "source text missing": ("?", PAPER, "\\\\"),
}
CONTRARY = ("not compatible", "internally inconsistent")
WIDTH = 6.6  # inches of a verdict wall
MANY_ROWS = 40


@styled
def plot_rate_ratios(table, *, caption):
    """Forest of rate ratios by term on a logarithmic axis; the reference level of a term is hollow at 1.

    `table`: group columns, term, level, comment_rate_ratio, n, low, high, method.
    """
    groups = parts(numbers(table, "comment_rate_ratio"), "comment_rate_ratio", "term", "level")
    if table["comment_rate_ratio"].isna().all():
        return nothing("rate-ratios", caption, table)
    height = 1.6 + sum(0.5 + 0.28 * len(part) + 0.36 * part["term"].nunique() for part in groups.values())
    figure, axes = sheet("Comments per post against the reference level", caption, height, len(groups))
    window = _window(numbers(table, "comment_rate_ratio"))
    for ax, (label, part), colour, marker in zip(axes, groups.items(), cycle(COLOURS), cycle(MARKERS)):
        at = _by_term(ax, part["term"])
        notes = [f"n {number(n)}" for n in part["n"]]
        intervals_on(ax, part, "comment_rate_ratio", "level", at, notes, _is_reference(part), colour, marker)
        _cut(ax, part, at, window, colour)
        ax.set_title(label, loc="left", fontweight="bold")
        ax.axvline(1, color=SOFT, linewidth=1, zorder=1)
        ax.set(xscale="log", xlim=window, ylim=(max(at) + 0.7, min(at) - 1.6))
        ax.tick_params(labelbottom=True)
        scale(ax, "x", log=True)
    axes[-1].set_xlabel("rate ratio, with 95 % interval (logarithmic axis; hollow: reference)")
    found = [f"{label}, {_highest(part)}" for label, part in groups.items()]
    return drawn("rate-ratios", figure, "Rate ratios of comments per post", found, caption, table)


@styled
def plot_sensitivity(table, *, caption, measure):
    """One measure under each definition, with its interval; the stated definition stands first.

    `table`: definition, the column named by `measure`, n, low, high.
    """
    words, unit, rows = measure.replace("_", " "), units().get(measure, ""), numbers(table, measure)
    if rows[measure].isna().all():
        return nothing("sensitivity", caption, table)
    say, notes = percent if unit.startswith("share") else number, [f"n {number(n)}" for n in rows["n"]]
    figure, ax = _list(f"How sure? {words}", caption, rows, measure, "definition", notes, np.arange(len(rows)) > 0)
    ax.axvline(rows[measure].iloc[0], color=BLUE, linewidth=1, linestyle="--", zorder=1)
    ax.get_yticklabels()[0].set_fontweight("bold")
    ax.set_xlabel(wrap(f"{unit or words} (dashed: stated definition)", 46))
    scale(ax, "x", say)
    found = [f"{plain(row['definition'])}: {said(row, measure, say)}" for _, row in rows.iterrows()]
    return drawn("sensitivity", figure, f"{words.capitalize()}, stated definition first", found, caption, table)


@styled
def plot_intervals(table, *, caption):
    """One interval per row with its value; a logarithmic axis where the numbers differ more than a hundredfold.

    `table`: name, value, low, high; n where there is one.
    """
    rows = numbers(table, "value")
    if rows["value"].isna().all():
        return nothing("intervals", caption, table)
    notes = rows["value"].map(number)
    figure, ax = _list("Values and their intervals", caption, rows, "value", "name", notes, np.zeros(len(rows), bool))
    ends = rows[["value", "low", "high"]].stack()
    sizes = ends.abs()[ends != 0]
    wide = sizes.max() > 100 * sizes.min()
    if wide and ends.min() <= 0:
        _around_zero(ax, ends, sizes)
    scale(ax, "x", log=wide and ends.min() > 0)
    ax.set_xlabel("value (logarithmic axis)" if wide else "value")
    found = [f"{plain(row['name'])}: {said(row, 'value')}" for _, row in rows.iterrows()]
    return drawn("intervals", figure, "Values with their intervals", found, caption, table)


@styled
def plot_rank_intervals(table, *, caption, measure="prestige_rank", first=25):
    """The ranks that other followers, or other days, could have given: the first accounts with their intervals.

    `table`: called (or group columns), the ranks named by `measure`, n, low, high.
    """
    rows = numbers(table, measure).dropna(subset=measure)
    if rows.empty:
        return nothing("rank-intervals", caption, table)
    name = "called" if "called" in rows else rows.columns[rows.columns.get_loc(measure) - 1]
    rows = rows.sort_values([measure, name]).head(first)
    notes = rows[measure].map(number)
    title = f"{measure.replace('_', ' ').capitalize()}: the first {len(rows)} of {len(table)}"
    figure, ax = _list(title, caption, rows, measure, name, notes, np.zeros(len(rows), bool))
    ax.set_xlabel(f"{units().get(measure, 'rank')}, with 95 % interval")
    found = [f"{plain(row[name])}: {said(row, measure)}" for _, row in rows.head(10).iterrows()]
    return drawn("rank-intervals", figure, title, found, caption, table)


@styled
def plot_verdicts(table, *, caption):
    """Verdict wall: a row for each check, a column for each verdict that occurs; two blocks from 41 rows on.

    `table`: check or id, and verdict. Two blocks show the id where there is one, for want of room.
    """
    rows = table.dropna(subset="verdict")
    if rows.empty:
        return nothing("verdicts", caption, table)
    blocks = 1 + (len(rows) > MANY_ROWS)
    name = next(name for name in (("check", "id"), ("id", "check"))[blocks - 1] if name in rows)
    labels, looks = [wrap(text, 46 // blocks) for text in rows[name]], _looks(set(rows["verdict"]))
    deep, tall = -(-len(rows) // blocks), 0.13 + 0.16 * max(map(_lines, labels))
    figure, (ax,) = sheet("Verdicts", caption, 1.2 + tall * deep + 0.24 * len(looks))
    margin = 0.2 + 0.08 * max(len(line) for label in labels for line in label.split("\n"))
    block, row = np.divmod(np.arange(len(rows)), deep)
    left, y = margin + block * WIDTH / blocks, row * tall
    for x, at, label in zip(left, y, labels, strict=True):
        ax.text(x - 0.1, at, label, ha="right", va="center", fontsize=10, in_layout=False)  # hundreds, all inside
    _tiles(ax, rows["verdict"].to_numpy(), left, y, tall, looks, min(0.45, (WIDTH / blocks - margin) / len(looks)))
    ax.set(xlim=(0, WIDTH), ylim=((deep - 0.4) * tall, -0.6 * tall))
    ax.axis("off")
    legend(ax)
    return drawn("verdicts", figure, "Verdicts of the checks", _verdicts_said(rows, name), caption, table)


def intervals_on(ax, rows, measure, name, at, notes, hollow, colour=BLUE, marker="o"):
    """Intervals one above the other: label at the left, note at the right, "not defined" where there is no value."""
    face = np.where(hollow, PAPER, colour)
    ax.hlines(at, rows["low"], rows["high"], color=colour, linewidth=2, zorder=2)
    ax.scatter(rows[measure], at, s=60, marker=marker, c=face, edgecolors=colour, linewidths=1.8, zorder=3)
    place = {"transform": ax.get_yaxis_transform(), "va": "center", "fontsize": 11}
    for y, value, note in zip(at, rows[measure], notes, strict=True):
        ax.text(1.03, y, note, **place)
        if np.isnan(value):
            ax.text(0.03, y, "not defined", color=SOFT, style="italic", **place)
    ax.set_yticks(at, [wrap(text, 28) for text in rows[name]])
    ax.grid(False, axis="y")


def _list(title, caption, rows, measure, name, notes, hollow):
    """A sheet with one interval for each row of the table, rows as tall as their labels (the y axis is in inches)."""
    tall = np.array([0.16 + 0.19 * _lines(wrap(text, 28)) for text in rows[name]])
    figure, (ax,) = sheet(title, caption, 1.7 + tall.sum())
    intervals_on(ax, rows, measure, name, tall.cumsum() - tall / 2, notes, hollow)
    ax.set_ylim(tall.sum(), 0)
    ax.xaxis.set_major_locator(MaxNLocator(5))
    return figure, ax


def _lines(label):
    """How many lines a label takes."""
    return 1 + label.count("\n")


def _around_zero(ax, ends, sizes):
    """An axis that is logarithmic on both sides of zero, with at most seven ticks on a side."""
    powers = np.arange(np.ceil(np.log10(sizes.min())), np.floor(np.log10(sizes.max())) + 1)
    decades = 10 ** powers[:: -(-len(powers) // 6)]
    ax.set_xscale("symlog", linthresh=sizes.min())
    ax.set_xticks([*(-decades[::-1] if ends.min() < 0 else ()), 0, *decades])
    ax.set_xlim(2 * ends.min() if ends.min() < 0 else -0.1 * sizes.min(), 2 * ends.max())


def _by_term(ax, terms):
    """Heights of the levels, with a gap and the name of the term above the first of each."""
    first = terms.ne(terms.shift()).to_numpy(bool, na_value=True)
    at = np.arange(len(terms)) + 1.3 * first.cumsum()
    for y, term in zip(at[first] - 1, terms[first], strict=True):
        ax.text(-0.02, y, plain(term), transform=ax.get_yaxis_transform(), ha="right", va="center", weight="bold")
    return at


def _window(rows):
    """From 1:100 to 100:1, less where the intervals end before, more where a ratio itself lies beyond."""
    ratios, ends = rows["comment_rate_ratio"], rows[["comment_rate_ratio", "low", "high"]].stack()
    low = max(0.8 * ends[ends > 0].min(), min(0.01, 0.5 * ratios[ratios > 0].min()))
    return low, min(1.25 * ends.max(), max(100, 2 * ratios.max()))


def _cut(ax, rows, at, window, colour):
    """Arrow heads where an interval goes on beyond the window."""
    for beyond, edge, head in ((rows["low"] < window[0], window[0], "<"), (rows["high"] > window[1], window[1], ">")):
        places = at[beyond.to_numpy()]
        ax.scatter(np.full(len(places), edge), places, s=60, marker=head, c=colour, clip_on=False, zorder=3)


def _is_reference(part):
    """Which rows are the level that the others are compared with."""
    return (part["comment_rate_ratio"].eq(1) & part["low"].isna()).to_numpy()


def _highest(part):
    """The highest level of each term against its reference in words."""
    rows, found = part.dropna(subset="comment_rate_ratio"), []
    for term, levels in rows.groupby("term", sort=False):
        others, against = levels[~_is_reference(levels)], levels["level"][_is_reference(levels)]
        for _, row in others.nlargest(1, "comment_rate_ratio").iterrows():
            reference = f" against {', '.join(against)}" if len(against) else ""
            found += [f"{term}{reference} highest {row['level']} {said(row, 'comment_rate_ratio')}"]
    return ", ".join(found) or "no ratio defined"


def _looks(words):
    """Symbol, colour and hatch of each verdict that occurs, the known ones first."""
    known = {word: look for word, look in VERDICTS.items() if word in words}
    return known | {word: (word[:1].upper(), PALE, "++") for word in sorted(words - {*VERDICTS})}


def _tiles(ax, words, left, y, tall, looks, wide):
    """A tile with the symbol of its verdict in each row, in the column of that verdict."""
    ax.hlines(y, left, left + wide * len(looks), color=PALE, linewidth=1, zorder=0)
    for column, (word, (symbol, colour, hatch)) in enumerate(looks.items()):
        there = words == word
        x, label = left[there] + wide * (column + 0.5), f"{symbol} {word}: {there.sum()}"
        bottom = y[there] - 0.45 * tall
        ax.bar(x, 0.9 * tall, 0.9 * wide, bottom, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.5, label=label)
        for place in zip(x, y[there], strict=True):
            box = {"facecolor": colour, "edgecolor": "none", "pad": 1}
            ax.text(*place, symbol, ha="center", va="center", fontsize=11, bbox=box, in_layout=False)


def _verdicts_said(rows, name):
    """How often each verdict occurs, and which checks are contrary."""
    counts = [f"{word} {n}" for word, n in rows["verdict"].value_counts(sort=False).items()]
    contrary = rows[rows["verdict"].isin(CONTRARY)]
    return counts + (contrary["verdict"] + ": " + contrary[name].map(plain)).tolist()
