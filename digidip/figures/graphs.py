"""Graphs: a network as nodes and links, as a sorted matrix, and as ties between groups."""

from itertools import cycle, pairwise

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import LogNorm
from matplotlib.patheffects import withStroke

from digidip.figures.sheet import (
    COLOURS,
    INK,
    MARKERS,
    PAPER,
    SOFT,
    drawn,
    joined,
    nothing,
    number,
    numbers,
    plain,
    sheet,
    styled,
    wrap,
)

MANY_MARKERS = MARKERS + "P*X<>h"
HALO = withStroke(linewidth=2, foreground=PAPER)
NAMED = 40  # nodes up to which the rows of a matrix have names
SPAN = 2.5  # data units across the square in which a network is drawn
INCHES = 6.2
EDGE = 0.15  # data units left free above the highest node and below the lowest
LETTER, LINE = 0.083 * SPAN / INCHES, 0.17 * SPAN / INCHES  # what a letter and a line of a label take of it


@styled
def plot_network(places, *, caption, arcs, size="ties", group="region", label="label"):
    """Nodes and links: size by the column `size`, colour and marker by the column `group`, names where they have room.

    `places`: node, x, y, and the columns named; `arcs`: source, target, weight. A line that is darker is a tie both ways.
    The names of larger nodes go first; one that would hide another, or stand beyond the edge, is left out and counted.
    """
    both = joined(places, arcs)
    rows = numbers(places, "x", "y", size).dropna(subset=["x", "y"]).reset_index(drop=True)
    if rows.empty:
        return nothing("network", caption, both)
    groups = dict(iter(rows.groupby(rows[group].map(plain))))
    low, high = rows["y"].min() - EDGE, rows["y"].max() + EDGE
    tall = INCHES * (high - low) / SPAN + 1.1 + 0.24 * -(-len(groups) // 3)
    figure, (ax,) = sheet(f"Who is tied to whom, by {plain(group)}", caption, tall)
    links = _links(ax, rows, arcs.dropna(subset="weight"))
    sizes = _sizes(rows[size])
    looks = zip(groups.items(), cycle(COLOURS), cycle(MANY_MARKERS))
    for (name, part), colour, marker in looks:
        look = {"c": colour, "marker": marker, "edgecolors": PAPER, "linewidths": 0.6, "zorder": 3}
        ax.scatter(part["x"], part["y"], s=sizes[part.index], **look)
        ax.scatter([], [], s=50, label=f"{wrap(name, 30)} ({len(part)})", **look)
    ax.set(xlim=(-SPAN / 2, SPAN / 2), ylim=(low, high), aspect="equal")
    left_out = _names(ax, rows, sizes, label)
    ax.axis("off")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, handletextpad=0.2)
    found = [f"{len(rows)} nodes, {links} ties", f"size: {plain(size)}", _largest(rows, size, label)]
    found += [f"{len(part)} {name}" for name, part in groups.items()]
    return drawn(
        "network", figure, "Nodes and links", [*found, f"names left out for want of room: {left_out}"], caption, both
    )


@styled
def plot_matrix(order, *, caption, arcs, group="region"):
    """Sorted matrix of ties: a row for who is tied, a column for to whom, both in the order given, groups between lines.

    `order`: place, node, label and the column `group`, as `networks.matrix_order` gives them; `arcs`: source, target,
    weight. Up to 40 nodes have their names beside the rows, more the names of their groups alone.
    """
    both, rows = joined(order, arcs), numbers(order, "place").dropna(subset="place").sort_values("place")
    if rows.empty:
        return nothing("matrix", caption, both)
    place = dict(zip(rows["node"], range(len(rows)), strict=True))
    known = arcs[arcs["source"].isin(place) & arcs["target"].isin(place)].dropna(subset="weight")
    figure, (ax,) = sheet("Who is tied to whom, as a matrix", caption, 6 if len(rows) <= NAMED else 6.9)
    cells = np.zeros((len(rows), len(rows)))
    cells[known["source"].map(place), known["target"].map(place)] = 1
    ax.imshow(cells, cmap="Greys", vmin=0, vmax=1, interpolation="none")
    names = rows[group].map(plain).to_numpy()
    starts = [0, *(np.flatnonzero(names[1:] != names[:-1]) + 1), len(rows)]
    for line in starts[1:-1]:
        ax.axhline(line - 0.5, color=COLOURS[1], linewidth=1)
        ax.axvline(line - 0.5, color=COLOURS[1], linewidth=1)
    blocks = [(first, last, names[first]) for first, last in pairwise(starts)]
    hidden = _block_names(ax, blocks, len(rows))
    ax.set(xlabel="… to whom, in the same order", xticks=[])
    ax.grid(visible=False)
    ax.spines[:].set_visible(True)
    ax.set_ylabel("who is tied …")
    named = rows["label"].map(plain) if len(rows) <= NAMED else []
    ax.set_yticks(range(len(named)), named, fontsize=7)
    found = [f"{len(rows)} nodes, {len(known)} ties", f"in blocks by {plain(group)}"]
    found += [f"{name} {last - first}" for first, last, name in blocks]
    return drawn("matrix", figure, "Sorted matrix", [*found, f"names of blocks left out: {hidden}"], caption, both)


@styled
def plot_mixing(table, *, caption):
    """Heat map of the ties from each group to each, with the count and, below it, what chance would give.

    `table`: attribute, sender_group, receiver_group, mixing_matrix, expected. Colour is logarithmic; an empty cell has no
    pair of accounts.
    """
    rows = numbers(table, "mixing_matrix", "expected").dropna(subset="mixing_matrix")
    if rows.empty:
        return nothing("mixing", caption, table)
    names = sorted({*rows["sender_group"].map(plain), *rows["receiver_group"].map(plain)})
    at = {name: place for place, name in enumerate(names)}
    tall = min(0.75, 5.6 / len(names))
    figure, (ax,) = sheet("Ties from group to group", caption, 2 + tall * len(names))
    ties = np.full((len(names), len(names)), np.nan)
    cells = [(at[plain(row.sender_group)], at[plain(row.receiver_group)], row) for row in rows.itertuples()]
    for line, column, row in cells:
        ties[line, column] = row.mixing_matrix
    most = max(np.nanmax(ties), 2)
    ax.imshow(ties + 1, cmap="Blues", norm=LogNorm(1, most + 1), aspect="auto")
    for line, column, row in cells:
        colour = PAPER if np.log1p(row.mixing_matrix) > 0.75 * np.log1p(most) else INK
        text = number(row.mixing_matrix) + ("" if np.isnan(row.expected) else f"\n({number(row.expected)})")
        ax.text(column, line, text, ha="center", va="center", fontsize=10 if len(names) < 8 else 7, color=colour)
    ax.set_xticks(range(len(names)), [wrap(name, 14) for name in names], rotation=0 if len(names) < 7 else 45)
    ax.set_yticks(range(len(names)), [wrap(name, 20) for name in names])
    ax.grid(visible=False)
    ax.set(xlabel="to (in brackets: expected by chance)", ylabel="from")
    found = [
        f"{plain(row.sender_group)} to {plain(row.receiver_group)} {number(row.mixing_matrix)} (by chance {number(row.expected)})"
        for _line, _column, row in sorted(cells, key=lambda cell: -cell[2].mixing_matrix)[:4]
    ]
    return drawn("mixing", figure, "Ties from group to group, most first", found, caption, table)


def _links(ax, rows, arcs):
    """The ties between drawn nodes as lines; how many."""
    at = {row.node: (row.x, row.y) for row in rows.itertuples()}
    lines = [(at[a], at[b]) for a, b in zip(arcs["source"], arcs["target"], strict=True) if a in at and b in at]
    alpha = float(np.clip(60 / max(len(lines), 1), 0.06, 0.4))
    ax.add_collection(LineCollection(lines, colors=INK, linewidths=0.7, alpha=alpha, zorder=1))
    return len(lines)


def _sizes(values):
    """Areas of the markers in square points; the same for all where the column says nothing."""
    most, few = values.max(), 1 + (len(values) < 80)
    return few * (16 + 130 * (values.fillna(0) / most if most > 0 else values.fillna(0) * 0))


def _names(ax, rows, sizes, label):
    """Names beside nodes, larger nodes first, each at the first of four places that is free; how many found none.

    Of many nodes only those larger than the smallest are named, and only the largest keep names off their markers.
    """
    ordered = rows.assign(area=sizes).sort_values(["area", "node"], ascending=[False, True])
    reach, few = np.sqrt(ordered["area"]) / 144 * SPAN / INCHES, len(rows) <= NAMED
    taken = [(x - r, y - r, x + r, y + r) for x, y, r in zip(ordered["x"], ordered["y"], reach, strict=True)]
    taken = taken if few else taken[:8]
    look = {"ha": "center", "va": "center", "fontsize": 8, "zorder": 4, "path_effects": [HALO]}
    named = 0
    for (_index, row), away in zip(ordered.iterrows(), reach, strict=True):
        text, span = _called(row, label), ax.get_ylim()
        free = [box for box in _boxes(row["x"], row["y"], away, len(text)) if _is_free(box, span, taken)]
        if free and (few or row["area"] > sizes.min()):
            left, low, right, high = free[0]
            ax.text((left + right) / 2, (low + high) / 2, text, **look)
            taken.append(free[0])
            named += 1
    return len(rows) - named


def _called(row, label):
    """What a node is called: by the column asked for, else by its label, else by its id."""
    given = [row.get(name) for name in (label, "label", "node")]
    return plain(next((text for text in given if isinstance(text, str)), given[-1]))


def _boxes(x, y, away, letters):
    """The places for a name: right, left, above and below its node, as left, low, right and high."""
    wide, gap = LETTER * letters * 0.8, away + 0.25 * LINE
    for left, low in (
        (x + gap, y - LINE / 2),
        (x - gap - wide, y - LINE / 2),
        (x - wide / 2, y + gap),
        (x - wide / 2, y - gap - LINE),
    ):
        yield left, low, left + wide, low + LINE


def _is_free(box, span, taken):
    """Whether a place is inside the axes and hides nothing."""
    inside = box[0] > -SPAN / 2 and box[2] < SPAN / 2 and span[0] < box[1] and box[3] < span[1]
    return inside and not any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in taken
    )


def _largest(rows, size, label):
    """The largest node in words."""
    row = rows.assign(**{size: rows[size].fillna(0)}).sort_values([size, "node"], ascending=[False, True]).iloc[0]
    return f"largest: {_called(row, label)}, {number(row[size])}"


def _block_names(ax, blocks, n):
    """Names of groups at the right of their rows, those of small groups left out where they would overlap; how many."""
    hidden, last_at = 0, -np.inf
    for first, last, name in blocks:
        middle = (first + last - 1) / 2
        if middle - last_at < 0.032 * n:
            hidden += 1
            continue
        last_at = middle
        place = {"transform": ax.get_yaxis_transform(), "va": "center", "color": SOFT}
        ax.text(1.01, middle, f"{wrap(name, 16)} ({last - first})", fontsize=9, **place)
    return hidden
