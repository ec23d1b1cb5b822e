"""Growth: curves over dates, those observed beside those fitted or foretold."""

from itertools import cycle

import numpy as np
import pandas as pd

from digidip.figures._sheet import (
    COLOURS,
    DASHES,
    INK,
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
    wrap,
)
from digidip.measures import units

MOST, TICKS = 4, 5  # panels, dates below the axis


@styled
def plot_curves(table, *, caption, measure, at, line, title="", name=""):
    """One measure over dates: a line for each curve or kind, with its band where it has one; what was observed as dots.

    `table`: a measure's; `at`: its column of dates, months or quarters; `line`: the column whose values are lines, of which `observed` is
    drawn as dots. Groups have panels of their own, four at most.
    """
    say = percent if units().get(measure, "").startswith("share") else number
    title, name = title or measure.replace("_", " ").capitalize(), name or measure.replace("_", "-")
    rows = with_numbers(table, measure).dropna(subset=measure)
    groups = groups_of(rows, measure, at, line) if len(rows) else {}
    if not groups:
        return empty_figure(name, caption, table)
    shown = dict(list(groups.items())[:MOST])
    lines = dict(zip(rows[line].unique(), cycle(zip(COLOURS, DASHES, strict=False)), strict=False))
    figure, axes = sheet(title, caption, 2.2 + 2.3 * len(shown) + 0.22 * len(lines) / 2, rows=len(shown))
    found = []
    for ax, (label, part) in zip(axes, shown.items(), strict=True):
        for each, (colour, dash) in lines.items():
            own = part[part[line] == each].sort_values(at)
            if own.empty:
                continue
            days = _days(own[at])
            if each == "observed":
                ax.scatter(days, own[measure], s=12, color=INK, label=each, zorder=3)
            else:
                ax.plot(days, own[measure], color=colour, linestyle=dash, linewidth=1.6, label=plain(each))
                ax.fill_between(days, own["low"], own["high"], color=colour, alpha=0.15, linewidth=0)
            found.append(f"{label}, {plain(each)}, last {value_in_words(own.iloc[-1], measure, say)}")
        seen = part.loc[part[line].eq("observed"), measure]
        if len(seen):  # a curve that is far off, and its band, do not press the others flat
            ax.set_ylim(0, 1.6 * seen.max() if say is number else 1.03)
        ax.set_title(
            wrap(label, 60), loc="left", fontsize=11, pad=4 if ax is not axes[0] else 12 + 17 * -(-len(lines) // 2)
        )
        format_axis(ax, "y", say)
    days = np.unique(_days(rows[at]))
    ticks = days[:: -(-len(days) // TICKS)]
    axes[-1].set_xticks(ticks, [str(day)[:7] for day in ticks], fontsize=9)
    figure.supylabel(f"{measure.replace('_', ' ')}{words_if_drawn(', with 95 % interval', rows['low'])}", fontsize=11)
    legend(axes[0], 2)
    found += [f"{number(len(groups) - len(shown))} more groups not shown"] * (len(groups) > len(shown))
    return finished(name, figure, title, found, caption, table)


def _days(column):
    """The first day of each date, month or quarter."""
    return pd.PeriodIndex(column.astype("str"), freq=_frequency(column)).to_timestamp().to_numpy()


def _frequency(column):
    """The frequency of the first of the texts."""
    first = str(column.iloc[0])
    return "Q" if "Q" in first else "M" if len(first) == 7 else "D"
