"""Hours: when inquiries arrive and when they are answered, hour by hour of the week."""

import numpy as np

from digidip.figures.sheet import INK, PAPER, drawn, nothing, number, numbers, parts, sheet, styled

SIDES = {"inquiry_hours": "inquiries arrive", "answers": "answers are written"}


@styled
def plot_hours(table, *, caption):
    """Two calendars of the week for each group: inquiries by hour of arrival, answers by hour of writing, numbers in the cells.

    `table`: group columns, weekday, hour, inquiry_hours, answers.
    """
    rows = numbers(table, "inquiry_hours", "answers", "hour")
    groups = parts(rows.dropna(subset="inquiry_hours"), "inquiry_hours", "weekday", "hour")
    if not groups:
        return nothing("hours", caption, table)
    figure, axes = sheet("Hours of the week", caption, 1.3 + 4.6 * len(groups), 2 * len(groups))
    found = []
    for (label, part), place in zip(groups.items(), range(0, len(axes), 2), strict=True):
        for ax, (name, words) in zip(axes[place : place + 2], SIDES.items(), strict=True):
            _week(ax, part, name)
            ax.set_title(
                f"{label}: {words}, {number(part[name].sum())} in all", loc="left", fontweight="bold", fontsize=12
            )
            found.append(f"{label}, {_busiest(part, name, words)}")
    axes[-1].set_xlabel("hour of the day, local")
    return drawn("hours", figure, "A cell for each hour of the week", found, caption, table)


def _week(ax, part, name):
    """Seven rows of 24 cells, the number in each that is not empty."""
    days = list(dict.fromkeys(part["weekday"]))
    cells = part.pivot(index="weekday", columns="hour", values=name).reindex(days)
    top = max(1, cells.max(axis=None))
    ax.imshow(cells.to_numpy(), cmap="Blues", vmin=0, vmax=top, aspect="auto")
    for (y, x), value in np.ndenumerate(cells.to_numpy()):
        if value > 0:
            look = {"color": PAPER if value > 0.6 * top else INK, "fontsize": 9 if top < 100 else 7}
            ax.text(x, y, number(value), ha="center", va="center", **look)
    ax.set_yticks(range(len(days)), [day[:3] for day in days])
    ax.set_xticks(range(0, 24, 2))
    ax.tick_params(labelbottom=True)
    ax.grid(False)


def _busiest(part, name, words):
    """The hour of the week with most of it."""
    if not part[name].sum():
        return f"{words} in no hour"
    row = part.sort_values(name, ascending=False, kind="stable").iloc[0]
    return f"{words} most on {row['weekday']} at {number(row['hour'])} h, {number(row[name])}"
