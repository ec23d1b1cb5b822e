"""Content: the mix of languages, and how much later each version of a message comes."""

from itertools import cycle

import numpy as np

from digidip.figures._sheet import (
    COLOURS,
    INK,
    MARKERS,
    PAPER,
    SOFT,
    empty_figure,
    finished,
    format_axis,
    groups_of,
    legend,
    number,
    percent,
    sheet,
    styled,
    value_in_words,
    with_numbers,
    wrap,
)

HATCHES = ("", "//", "..", "xx", "\\\\", "++", "oo", "--")
NARROW = 0.07  # a part below this has no words
MOST = 8  # kinds that have a look of their own
WHOLE = 0.995  # all of a group
WIDE = 20  # letters of a group's name in a line


@styled
def plot_mix(table, *, caption, measure="language_share", kind="language", title="Languages of posts"):
    """One bar of shares for each group, each kind with its colour and hatch; the largest kinds first, the others together.

    `table`: group columns, the column `kind`, the measure, n.
    """
    rows = with_numbers(table, measure).dropna(subset=measure)
    groups = groups_of(rows, measure, kind)
    if not groups:
        return empty_figure("mix", caption, table)
    kinds = rows.groupby(kind)[measure].sum().sort_values(ascending=False, kind="stable").index[:MOST]
    looks = dict(zip(kinds, zip(cycle(COLOURS), HATCHES), strict=False))
    figure, (ax,) = sheet(title, caption, 2.0 + 0.42 * len(groups) + 0.15 * len(kinds))
    for at, part in enumerate(groups.values()):
        left, shares = 0.0, part.set_index(kind)[measure]
        for name, (colour, hatch) in looks.items():
            if share := shares.get(name, 0):
                ax.barh(at, share, left=left, height=0.7, facecolor=colour, hatch=hatch, edgecolor=PAPER, linewidth=1)
                left = _labelled(ax, at, left, share, name)
        if left < WHOLE:
            ax.barh(at, 1 - left, left=left, height=0.7, facecolor=PAPER, edgecolor=SOFT, linewidth=1)
    for name, (colour, hatch) in looks.items():
        ax.fill_between([], [], facecolor=colour, hatch=hatch, edgecolor=PAPER, label=name)
    names = [f"{wrap(label, WIDE)}\nn {number(part['n'].max())}" for label, part in groups.items()]
    ax.set_yticks(range(len(groups)), names, fontsize=9)
    ax.set(
        xlim=(0, 1),
        ylim=(len(groups) - 0.5, -0.5),
        xlabel="share" + " (white: further kinds)" * (rows[kind].nunique() > MOST),
    )
    ax.grid(False, axis="y")
    format_axis(ax, "x", percent)
    legend(ax, 4)
    found = [
        f"{label}: " + ", ".join(f"{row[kind]} {percent(row[measure])}" for _, row in _largest(part, measure))
        for label, part in groups.items()
    ]
    return finished("mix", figure, title, found, caption, table)


def _labelled(ax, at, left, share, name):
    """Write the kind into its part where there is room; where the part ends."""
    if share >= NARROW:
        box = {"facecolor": PAPER, "edgecolor": "none", "pad": 1}
        ax.text(left + share / 2, at, name, ha="center", va="center", color=INK, fontsize=10, bbox=box)
    return left + share


def _largest(part, measure):
    """The rows of the three largest kinds."""
    return part.sort_values(measure, ascending=False, kind="stable").head(3).iterrows()


@styled
def plot_delays(table, *, caption, delays):
    """One mark for each version of a message, by language: hours after the first version; the median as a bar.

    `table`: that of `version_hours`; `delays`: that of `version_delay`.
    """
    medians = with_numbers(delays, "version_delay").dropna(subset="version_delay")
    versions = table.dropna(subset="version_hours")
    if versions.empty or medians.empty:
        return empty_figure("delays", caption, delays)
    medians = medians.sort_values("version_delay", kind="stable")
    names = [name for name in medians.columns[: medians.columns.get_loc("version_delay")] if name != "language"]
    groups = medians[[*names, "language"]].astype(str).fillna("not known").agg(" · ".join, axis=1)
    own = versions[[*names, "language"]].astype(str).fillna("not known").agg(" · ".join, axis=1)
    figure, (ax,) = sheet("Hours from the first version of a message", caption, 1.9 + 0.55 * len(groups))
    marks = zip(groups, medians.iterrows(), cycle(zip(COLOURS, MARKERS, strict=False)))
    for at, (group, (_, row), (colour, marker)) in enumerate(marks):
        hours = versions["version_hours"][own == group].to_numpy(float)
        spread = (np.arange(len(hours)) % 5 - 2) / 12  # so that equal hours stand beside each other
        ax.scatter(hours, at + spread, s=34, marker=marker, facecolor="none", edgecolor=colour, linewidth=1.3, zorder=2)
        ax.vlines(row["version_delay"], at - 0.35, at + 0.35, color=INK, linewidth=2.5, zorder=3)
        words = f"{number(row['version_delay'])} h, n {number(row['n'])}"
        ax.text(1.02, at, words, transform=ax.get_yaxis_transform(), va="center", fontsize=10)
    ax.set_yticks(range(len(groups)), [wrap(group, WIDE) for group in groups])
    ax.set(ylim=(len(groups) - 0.5, -0.5), xlabel="hours (bar: median)")
    ax.grid(False, axis="y")
    format_axis(ax, "x", number)
    found = [
        f"{group}: median {value_in_words(row, 'version_delay')}"
        for group, (_, row) in zip(groups, medians.iterrows(), strict=True)
    ]
    return finished("delays", figure, "Hours from the first version, by language", found, caption, table)
