"""Intervals: one value with its interval for each row of a table, in panels and with sides."""

from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from digidip.figures._sheet import (
    BLUE,
    COLOURS,
    INK,
    MARKERS,
    PALE,
    PAPER,
    empty_figure,
    finished,
    format_axis,
    legend,
    legend_columns,
    number,
    percent,
    plain,
    sheet,
    styled,
    value_in_words,
    with_numbers,
    wrap,
)
from digidip.measures import registered, units

LINE, WIDE = 0.19, 28  # inches that a line of a row's name takes, and letters that it holds
IN_WORDS = 20  # rows that the alt text tells; the table beside the figure has all
MANY_MARKERS = MARKERS + "P*X<>h"
SIDE_STEP = 0.21  # inches from one side of a row to the next


@styled
def plot_intervals(
    table,
    *,
    caption,
    measure="value",
    rows=None,
    panel=None,
    side=None,
    line=None,
    limits=None,
    log=None,
    title="",
    name="",
    unit="",
    most=60,
):
    """One value with its interval for each row; value and n in words beside it.

    A marker without an interval is hollow.

    `table`: columns that say what a row is, then the one named by `measure`; n, low and high where there are such.
    Rows stand as in the table: sort it first. At most `most` are drawn of a panel, the rest counted in its heading.

    - `rows`: the column, or columns, that name the rows; by default those left of the measure that differ.
    - `panel`: column of which each value heads rows of its own, all on one axis.
    - `side`: column of which each value has its colour and marker (two ministries, active and dormant accounts); rows
      of one name and several sides stand on one line.
    - `line`: a number that all are compared with, or "first" for the value of the first row.
    - `limits`: both ends of the axis, where the measure has such. `log`: whether the axis is logarithmic; by default
      where values are no shares, all above 0 and more than a hundredfold apart.
    - `title`, `name`, `unit`: of the figure, its files and its axis, where those of the measure do not do.
    """
    words, unit = measure.replace("_", " "), unit or ("" if measure == "value" else units().get(measure, ""))
    name = name or ("intervals" if measure == "value" else measure.replace("_", "-"))
    say, frame = percent if unit.startswith("share") else number, _frame(table, measure, rows, panel, side)
    if frame["value"].isna().all():
        return empty_figure(name, caption, table)
    parts, tall = [], 0.0  # the y axis is in inches, so that rows are as tall as their names
    headings = {}
    for label, part in frame.groupby("panel", sort=False):
        rows_shown, height = _placed(part, bool(side), most)
        more = len(part) - len(rows_shown)
        heading = label + f" ({number(more)} more not shown)" * bool(more)
        headings |= {tall + 0.2: heading} if heading else {}
        tall += 0.3 * bool(heading)
        parts.append(rows_shown.assign(at=rows_shown["at"] + tall))
        tall += height + 0.1
    shown = pd.concat(parts)
    title = title or ("Values and their intervals" if measure == "value" else words.capitalize())
    sides = dict(zip(frame["side"].unique(), cycle(zip(COLOURS * 2, MANY_MARKERS, strict=False)), strict=False))
    columns = legend_columns(sides, 2)
    figure, (ax,) = sheet(title, caption, 1.6 + tall + 0.24 / columns * len(sides) * bool(side))
    for at, heading in headings.items():
        ax.text(0.01, at, heading, transform=ax.get_yaxis_transform(), va="center", weight="bold")
    _draw_rows(ax, shown, sides, say)
    ax.set_ylim(tall, 0)
    if line == "first":
        ax.axvline(frame["value"].iloc[0], color=BLUE, linewidth=1.2, linestyle="--", zorder=1)
        ax.get_yticklabels()[0].set_fontweight("bold")
    elif line is not None:
        ax.axvline(line, color=BLUE, linewidth=1.2, zorder=1)
    log = _spans_decades(frame["value"]) and not unit.startswith("share") if log is None else log
    if log:
        _cut(ax, shown, sides, *_window(shown, line))
    elif limits:
        ax.set_xlim(limits[0] - 0.03 * np.ptp(limits), limits[1] + 0.03 * np.ptp(limits))
    else:
        ax.xaxis.set_major_locator(MaxNLocator(5))
    format_axis(ax, "x", say, log=log)
    kind = registered().get(measure, {"limits": "95 %"})["limits"]
    kind = f"{kind} interval" if kind.endswith("%") else kind
    interval = f", with {kind if unit else 'interval'}" * bool(frame["low"].notna().any())
    notes = ["logarithmic axis"] * bool(log) + ["dashed: first row"] * (line == "first")
    notes = "; ".join(notes + ["hollow: no interval"] * bool(_is_hollow(shown).any()))
    ax.set_xlabel(wrap(f"{unit or words}{interval}{f' ({notes})' * bool(notes)}", 60))
    if side:
        legend(ax, columns)
    found = [_row_in_words(row, say) for _, row in shown.head(IN_WORDS).iterrows()]
    found += [f"{number(len(frame) - len(found))} more in the table"] * (len(frame) > len(found))
    return finished(name, figure, title, found, caption, table)


def _frame(table, measure, rows, panel, side):
    """What is drawn: the name, panel and side of each row as text, its value, low, high and n."""
    keys = [key for key in table.columns[: table.columns.get_loc(measure)] if key not in (panel, side)]
    if rows is None:
        keys = [key for key in keys if table[key].nunique(dropna=False) > 1] or keys[-1:]
    else:
        keys = [rows] if isinstance(rows, str) else rows
    names = [" · ".join(map(plain, cells)) for cells in table[keys].itertuples(index=False)] if keys else "all posts"
    frame = with_numbers(table, measure)[[measure, "low", "high", "n"]].set_axis(["value", "low", "high", "n"], axis=1)
    given = {"panel": panel, "side": side}
    return frame.assign(row=names, **{to: table[key].map(plain) if key else "" for to, key in given.items()})


def _placed(part, several, most):
    """The first rows of a panel, with their heights `at` in inches from its top; and how tall it is."""
    place = pd.factorize(part["row"])[0] if several else np.arange(len(part))
    part, place = part[place < most], place[place < most]
    _, first, sides = np.unique(place, return_index=True, return_counts=True)
    tall = np.array([0.16 + LINE * (1 + wrap(name, WIDE).count("\n")) for name in part["row"].iloc[first]])
    tall = np.where(sides > 1, np.maximum(tall, SIDE_STEP * sides + 0.12), tall)
    return part.assign(at=(tall.cumsum() - tall / 2)[place]), tall.sum()


def _draw_rows(ax, part, sides, say):
    """The intervals: names at the left, values and n at the right, sides below each other."""
    names = part.drop_duplicates("at")
    shared = len(names) < len(part)
    if shared:
        ends = part.groupby("at")["value"].agg(["min", "max"])
        ax.hlines(ends.index, ends["min"], ends["max"], color=PALE, linewidth=6, zorder=1)
    for place, (label, (colour, marker)) in enumerate(sides.items()):
        rows = part[part["side"] == label]
        at = rows["at"] + SIDE_STEP * (place - (len(sides) - 1) / 2) * shared
        face = np.where(_is_hollow(rows), PAPER, colour)
        ax.hlines(at, rows["low"], rows["high"], color=colour, linewidth=2, zorder=2)
        look = {"s": 60, "marker": marker, "c": face, "edgecolors": colour, "linewidths": 1.8, "zorder": 3}
        ax.scatter(rows["value"], at, **look, clip_on=False)
        ax.scatter([], [], s=60, marker=marker, c=colour, label=f"{label} ({len(rows)})")
        size = {"transform": ax.get_yaxis_transform(), "va": "center", "fontsize": 10.5 if shared else 11}
        for y, (_, row) in zip(at, rows.iterrows(), strict=True):
            n = "" if np.isnan(row["n"]) else f", n {number(row['n'])}"
            ax.text(1.03, y, f"{say(row['value'])}{n}", color=INK, **size)
    ax.set_yticks(names["at"], [wrap(name, WIDE) for name in names["row"]])
    ax.grid(False, axis="y")


def _is_hollow(rows):
    """Which rows have a value and neither end of an interval."""
    return rows["value"].notna() & rows["low"].isna() & rows["high"].isna()


def _spans_decades(values):
    """Whether values, all above 0, are more than a hundredfold apart."""
    return bool(values.min() > 0 and values.max() > 100 * values.min())


def _window(rows, line):
    """The ends of a logarithmic axis: at most a hundredfold beyond the values and the line."""
    ends = rows[["value", "low", "high"]].stack()
    values = [*rows["value"][rows["value"] > 0], *([line] if isinstance(line, int | float) else [])]
    return max(0.8 * ends[ends > 0].min(), 0.01 * min(values)), min(1.25 * ends.max(), 100 * max(values))


def _cut(ax, rows, sides, low, high):
    """End the axis there, with arrow heads where an interval goes on beyond."""
    ax.set(xscale="log", xlim=(low, high))
    for beyond, edge, head in ((rows["low"] < low, low, "<"), (rows["high"] > high, high, ">")):
        colours = [sides[label][0] for label in rows["side"][beyond]]
        look = {"s": 60, "marker": head, "c": colours, "clip_on": False, "zorder": 3}
        ax.scatter(np.full(beyond.sum(), edge), rows["at"][beyond], **look)


def _row_in_words(row, say):
    """Panel, name and side of a row, its value, interval and n."""
    names = [row[key] for key in ("panel", "row", "side") if row[key]]
    return f"{', '.join(names)}: {value_in_words(row, 'value', say)}"
