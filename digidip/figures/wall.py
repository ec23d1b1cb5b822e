"""The wall: every comment a tile, so that silence can be seen."""

import numpy as np

from digidip.figures.sheet import (
    BLUE,
    GREEN,
    ORANGE,
    SOFT,
    drawn,
    legend,
    nothing,
    number,
    numbers,
    parts,
    sheet,
    styled,
)

LOOKS = {
    ("inquiry", "answered"): ("s", BLUE, 0.8),
    ("inquiry", "not answered"): ("x", ORANGE, 0.65),
    ("other comment", "answered"): ("D", GREEN, 0.65),
    ("other comment", "not answered"): (".", SOFT, 0.45),
}
WIDE, LEAST_COLUMNS = 6.3, 40  # inches of a wall, tiles in a row


@styled
def plot_reply_wall(table, *, caption):
    """Every top-level comment as a tile in order of arrival: its shape and colour tell inquiry and answer; a wall per group.

    `table`: group columns, place, answer_wait, kind, method (answered, not answered).
    """
    rows = numbers(table, "answer_wait", "place").dropna(subset="place")
    groups = parts(rows, "answer_wait", "place")
    if not groups:
        return nothing("reply-wall", caption, table)
    columns = max(LEAST_COLUMNS, int(np.ceil((1.7 * max(map(len, groups.values()))) ** 0.5)))
    heights = [WIDE * -(-len(part) // columns) / columns for part in groups.values()]
    tall = 1 + sum(heights) + len(groups) * 1.5
    figure, axes = sheet("Every comment, in order of arrival", caption, tall, len(groups), heights)
    found = []
    for ax, (label, part) in zip(axes, groups.items(), strict=True):
        kinds = np.where(part["kind"] == "none", "other comment", "inquiry")
        told = _tiles(ax, part["place"].to_numpy(int) - 1, kinds, part["method"].to_numpy(), columns)
        ax.get_legend().set_title(label, {"weight": "bold"})
        found.append(f"{label}, {', '.join(told)}")
    return drawn("reply-wall", figure, "A tile for each top-level comment by others", found, caption, table)


def _tiles(ax, places, kinds, methods, columns):
    """The tiles row by row, and what there is of each sort, in words."""
    side, told = (72 * WIDE / columns) ** 2, []
    for (kind, method), (marker, colour, part) in LOOKS.items():
        y, x = np.divmod(places[(kinds == kind) & (methods == method)], columns)
        words = f"{kind}, {method}: {number(len(x))}"
        ax.scatter(
            x,
            y,
            s=part**2 * side,
            marker=marker,
            color=colour,
            linewidths=max(0.6, 64 / columns) if marker == "x" else 0,
            label=words,
        )
        told.append(words)
    ax.set(xlim=(-0.6, columns - 0.4), ylim=(places.max() // columns + 0.6, -0.6))
    ax.set_aspect("equal")
    ax.axis("off")
    legend(ax)
    ax.get_legend().set_alignment("left")
    for handle in ax.get_legend().legend_handles:
        handle.set_sizes([40])
    return told
