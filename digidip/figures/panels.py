"""Panels: one number across the runs of a study as small multiples, all on one axis."""

import numpy as np

from digidip.figures.rows import intervals_on
from digidip.figures.sheet import drawn, nothing, number, numbers, percent, plain, said, scale, sheet, styled, wrap


@styled
def plot_compared(table, *, caption, fact, unit=""):
    """One fact across the runs of a study: a panel for each `panel`, in it an interval for each `row`, one axis for all.

    `table`: panel, row, value, n, low, high; rows without a value say so. `fact`: its name; `unit`: its unit.
    """
    name, rows = fact.replace(".", "-").replace("_", "-"), numbers(table, "value")
    words = fact.replace("_", " ").replace(".", ", ")
    if rows["value"].isna().all():
        return nothing(name, caption, table)
    say = percent if unit.startswith("share") else number
    panels = dict(iter(rows.groupby("panel", sort=False)))
    sizes = [len(part) for part in panels.values()]
    tall = 1.7 + sum(0.4 + 0.36 * size for size in sizes)
    figure, axes = sheet(f"Compared: {words}", caption, tall, len(panels), sizes)
    for ax, (panel, part) in zip(axes, panels.items(), strict=True):
        at, notes = (
            np.arange(len(part)),
            [f"{say(value)}, n {number(n)}" for value, n in zip(part["value"], part["n"], strict=True)],
        )
        intervals_on(ax, part, "value", "row", at, notes, at < 0)
        ax.set_ylim(len(part) - 0.4, -0.6)
        ax.set_title(plain(panel), loc="left", fontweight="bold")
    ends = rows[["value", "low", "high"]].stack()
    wide = bool(ends.min() > 0 and ends.max() > 100 * ends.min())
    scale(axes[0], "x", say, log=wide)
    axes[-1].set_xlabel(wrap(f"{unit or words}, with 95 % interval{' (logarithmic axis)' * wide}", 60))
    found = [
        f"{plain(row['panel'])} {plain(row['row'])}: {said(row, 'value', say)}".strip() for _, row in rows.iterrows()
    ]
    return drawn(name, figure, f"{words.capitalize()} across the runs", found, caption, table)
