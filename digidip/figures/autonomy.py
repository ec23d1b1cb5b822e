"""Two measures of the same groups against each other, and shares that fall or rise by the hour."""

from itertools import cycle

import numpy as np
from matplotlib.ticker import MaxNLocator

from digidip.figures._sheet import (
    BLUE,
    COLOURS,
    DASHES,
    INK,
    PALE,
    empty_figure,
    finished,
    format_axis,
    groups_of,
    legend,
    number,
    percent,
    plain,
    sheet,
    styled,
    value_in_words,
    with_numbers,
    words_if_drawn,
)
from digidip.measures import units

NAMED = 40  # points that have a name beside them


@styled
def plot_scatter(table, *, caption, against, measure, other, points, title="", name=""):
    """One measure against another, a point for each group that has both, with the intervals of both as bars.

    `table`: that of `measure`, which is drawn upwards; `against`: that of `other`; `points`: the column of both that names the
    points. Groups of which one value is missing are counted in the alt text.
    """
    name = name or f"{measure}-against-{other}".replace("_", "-")
    title = title or f"{measure.replace('_', ' ').capitalize()} against {other.replace('_', ' ')}"
    sides = [with_numbers(each, value).dropna(subset=[points]) for each, value in ((table, measure), (against, other))]
    left, right = (
        each.columns[: each.columns.get_loc(value)] for each, value in zip(sides, (measure, other), strict=True)
    )
    keys = [key for key in left if key in right]  # the group columns that both have
    up, down = (each.astype(dict.fromkeys(keys, object)) for each in sides)
    both = up.merge(down, on=keys, suffixes=("", " of other"))
    known = both.dropna(subset=[measure, other])
    if known.empty:
        return empty_figure(name, caption, table, "no group of which both values are known" if len(table) else "")
    sayings = {each: percent if units().get(each, "").startswith("share") else number for each in (measure, other)}
    caption += f" · {number(len(known))} points drawn"
    figure, (ax,) = sheet(title, caption, 6.2)
    ends = {"color": PALE, "linewidth": 3, "zorder": 1}
    ax.vlines(known[other], known["low"], known["high"], **ends)
    ax.hlines(known[measure], known["low of other"], known["high of other"], **ends)
    ax.scatter(known[other], known[measure], s=55, color=BLUE, edgecolors=INK, linewidths=0.8, zorder=3)
    if len(known) <= NAMED:
        for row, below in zip(known.to_dict("records"), _crowded(known[other], known[measure]), strict=True):
            spot, shift = (row[other], row[measure]), (6, -13 if below else 5)
            ax.annotate(plain(row[points]), spot, xytext=shift, textcoords="offset points", fontsize=9, zorder=4)
    ax.margins(x=0.12)
    for which, each in (("x", other), ("y", measure)):
        format_axis(ax, which, sayings[each])
    bars = "\n(bars: 95 % intervals)"
    ax.set_xlabel(_axis(other) + words_if_drawn(bars, known["low of other"]))
    ax.set_ylabel(_axis(measure) + words_if_drawn(bars, known["low"]))
    found = [
        f"{plain(row[points])}: {other.replace('_', ' ')} {sayings[other](row[other])}, "
        f"{measure.replace('_', ' ')} {value_in_words(row, measure, sayings[measure])}"
        for _, row in known.head(NAMED).iterrows()
    ]
    lost = len(both) - len(known)
    found += [f"{number(lost)} more of which one value is not known"] * bool(lost)
    return finished(name, figure, f"{title}, {number(len(known))} groups", found, caption, table)


def _crowded(x, y):
    """Which points have their name below, since that of a point at their left stands above already."""
    across, up = (np.ptp(each) or 1.0 for each in (x, y))
    is_below, spots = [], [*zip(x / across, y / up, strict=True)]
    for at, (right, height) in enumerate(spots):
        near = [
            left
            for left, other in spots[:at] + spots[at + 1 :]
            if 0 <= right - left < 0.15 and abs(height - other) < 0.03
        ]
        is_below.append(bool(near))
    return is_below


def _axis(measure):
    """The label of an axis: the measure and its unit."""
    unit = f", {units()[measure]}" if measure in units() else ""
    return f"{measure.replace('_', ' ')}{unit}"


@styled
def plot_stairs(table, *, caption, measure, title="", name=""):
    """A share by hours as stairs with bands, a line for each group.

    `table`: a measure's, with a column `hours`.
    """
    name = name or measure.replace("_", "-")
    title = title or measure.replace("_", " ").capitalize()
    rows = with_numbers(table, measure, "hours").dropna(subset=measure)
    groups = groups_of(rows, measure, "hours") if len(rows) else {}
    if not groups:
        return empty_figure(name, caption, table)
    figure, (ax,) = sheet(title, caption, 4.6 + 0.22 * len(groups))
    found = []
    for (label, part), colour, dash in zip(groups.items(), cycle(COLOURS), cycle(DASHES)):
        part = part.sort_values("hours")
        words = f"{plain(label)}, n {number(part['n'].max())}"
        ax.step(part["hours"], part[measure], where="post", color=colour, linestyle=dash, label=words)
        ax.fill_between(part["hours"], part["low"], part["high"], step="post", color=colour, alpha=0.13, linewidth=0)
        row = part.iloc[-1]
        found.append(f"{plain(label)}, at {number(row['hours'])} hours {value_in_words(row, measure, percent)}")
    ax.set(xlim=(0, rows["hours"].max()), ylim=(0, 1.02))
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    ax.set_xlabel("hours")
    ax.set_ylabel(units().get(measure, measure) + words_if_drawn(",\nwith 95 % limits", rows["low"]))
    format_axis(ax, "y", percent)
    legend(ax)
    return finished(name, figure, title, found, caption, table)
