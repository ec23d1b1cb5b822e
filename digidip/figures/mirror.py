"""Mirror: one network beside another, pair by pair, and what chance alone would give."""

import numpy as np

from digidip.figures.sheet import (
    BLUE,
    INK,
    ORANGE,
    PALE,
    PAPER,
    RED,
    SOFT,
    drawn,
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

BARS = (("#a9cfe6", "///"), ("#f0c987", "..."), ("#b9b9b9", "xxx"))
LIGHT = "#56b4e9", ORANGE  # a tie that the other network has not
MANY_NODES = 25


@styled
def plot_permutations(table, *, caption):
    """Histogram of the correlations that random orders of the nodes give, and the one observed as a line.

    `table`: group columns, term, begins, ends, qap_permutations, n, observed, p; a panel for each term and group.
    """
    rows = numbers(table, "qap_permutations", "begins", "ends", "observed", "p").dropna(subset="qap_permutations")
    groups = parts(rows, "qap_permutations", "begins", "ends")
    if not groups:
        return nothing("permutations", caption, table)
    figure, axes = sheet("Correlation by chance and as observed", caption, 1.2 + 3 * len(groups), len(groups))
    for ax, (label, part) in zip(axes, groups.items(), strict=True):
        first, widths = part.iloc[0], part["ends"] - part["begins"]
        look = {"align": "edge", "color": BARS[0][0], "edgecolor": BLUE, "hatch": BARS[0][1], "linewidth": 0.8}
        ax.bar(part["begins"], part["qap_permutations"], widths, **look)
        ax.axvline(first["observed"], color=RED, linewidth=2.5, linestyle="--")
        ax.set_title(f"{label}, {number(first['n'])} orders", loc="left", fontweight="bold")
        ax.set_title(f"observed r {first['observed']:.3f}", loc="right", color=RED)
        ax.tick_params(labelbottom=True)
        ax.set(ylabel="orders", ylim=(0, 1 + 1.05 * part["qap_permutations"].max()))
        scale(ax, "y")
    axes[-1].set_xlabel("correlation r of the two networks (dashed: observed)")
    found = [f"{label}, {_beside(part)}" for label, part in groups.items()]
    return drawn("permutations", figure, "Permuted correlations, and the observed one", found, caption, table)


def _beside(part):
    """The observed correlation beside the permuted ones in words."""
    first, there = part.iloc[0], part[part["qap_permutations"] > 0]
    drawn_from, to = there["begins"].min(), there["ends"].max()
    orders = f"{number(first['n'])} random orders give {number(drawn_from)} to {number(to)}"
    return f"observed r {number(first['observed'])}, {orders}, p {number(first['p'])}"


@styled
def plot_pairs(table, *, caption):
    """Share of pairs tied in one network only, in the other only and in both, each with its interval.

    `table`: group columns, term, statistic, tie_overlap, n, low, high, pairs; the rest stands in words above the bars.
    """
    groups = parts(numbers(table, "tie_overlap", "pairs"), "tie_overlap", "statistic")
    groups = {label: part for label, part in groups.items() if part["tie_overlap"].notna().any()}
    if not groups:
        return nothing("pairs", caption, table)
    figure, axes = sheet("Pairs of states tied in one network or both", caption, 1.3 + 2 * len(groups), len(groups))
    for ax, (label, part) in zip(axes, groups.items(), strict=True):
        tied = part[~part["statistic"].isin(["neither", "Jaccard"])]
        rest = part[part["statistic"].isin(["neither", "Jaccard"])]
        _tied_bars(ax, tied)
        ax.set_title(f"{label}: {_in_words(rest)}", loc="left", fontsize=11)
        ax.tick_params(labelbottom=True)
    scale(axes[-1], "x", percent)
    axes[-1].set_xlabel("share of pairs, with 95 % interval")
    found = [f"{label}, {_in_words(part, said)}" for label, part in groups.items()]
    return drawn("pairs", figure, "Pairs tied in one network or both", found, caption, table)


def _tied_bars(ax, tied):
    """A hatched bar for each kind of pair, its interval, and how many pairs they are."""
    at = np.arange(len(tied))
    for y, value, (colour, hatch) in zip(at, tied["tie_overlap"], BARS, strict=False):
        ax.barh(y, value, 0.62, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.8)
    ax.hlines(at, tied["low"], tied["high"], color=INK, linewidth=2.5, zorder=3)
    for y, pairs in zip(at, tied["pairs"], strict=True):
        ax.text(1.02, y, f"pairs: {number(pairs)}", transform=ax.get_yaxis_transform(), va="center", fontsize=11)
    ax.set_yticks(at, [wrap(name, 24) for name in tied["statistic"]])
    ax.set(ylim=(len(tied) - 0.4, -0.6), xlim=(0, None))
    ax.grid(False, axis="y")


def _in_words(rows, say=None):
    """Statistics and their values."""
    words = [
        f"{plain(row['statistic'])} {say(row, 'tie_overlap', percent) if say else percent(row['tie_overlap'])}"
        for _, row in rows.iterrows()
    ]
    return ", ".join(words)


@styled
def plot_twin_matrices(table, *, caption, columns, group=None):
    """Two networks as matrices side by side, senders as rows and receivers as columns, in one order.

    `table`: sender, receiver and the two `columns` (above 0: a tie; missing: not known, hatched). The order is that in
    which senders first appear, so sort the table; `group` names the column of the senders' groups, drawn as bands. Dark
    cells are tied in both networks, light ones in this one only.
    """
    left, right = columns
    known = numbers(table, left, right)
    if known.empty or known[[left, right]].isna().all(axis=None):
        return nothing("twin-matrices", caption, table)
    order = list(dict.fromkeys([*known["sender"], *known["receiver"]]))
    grids = {
        name: known.pivot(index="sender", columns="receiver", values=name).reindex(order, axis=0) for name in columns
    }
    grids = {name: grid.reindex(order, axis=1).to_numpy(float) for name, grid in grids.items()}
    figure, (ax,) = sheet(
        f"{plain(left)} and {plain(right)}, in one order".capitalize(), caption, 4.3 if len(order) > MANY_NODES else 4.8
    )
    ax.remove()
    for ax, name, other, colour in zip(figure.subplots(1, 2), columns, columns[::-1], LIGHT, strict=True):
        _matrix(ax, grids[name], grids[other], colour)
        ax.set_title(f"{plain(name)}, ties: {number((grids[name] > 0).sum())}", fontweight="bold")
        ax.set_xlabel("receivers\ndark: in both; light: here only")
        _bands(ax, known, order, group, name == left)
    found = [f"{len(order)} nodes, {_ties_said(grids, left, right)}"]
    return drawn("twin-matrices", figure, "Two matrices in one order", found, caption, table)


def _matrix(ax, here, there, colour):
    """Cells of one network: dark where the other has the tie too, light where it has not, grey where unknown."""
    shades = np.zeros(here.shape)
    shades[here > 0] = 1
    shades[(here > 0) & (there > 0)] = 2
    shades[np.isnan(here) & ~np.eye(len(here), dtype=bool)] = 3
    colours = np.array([_rgb(one) for one in (PAPER, colour, INK, PALE)])
    ax.imshow(colours[shades.astype(int)], interpolation="nearest")
    ax.grid(False)
    ax.spines[["right", "top"]].set_visible(True)


def _rgb(colour):
    """A colour of the palette as three numbers."""
    return [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]


def _bands(ax, known, order, group, named):
    """Names of nodes where there is room; else lines between the groups, and the groups' names at the left."""
    if group is None or len(order) <= MANY_NODES:
        few = len(order) <= MANY_NODES
        ax.set_xticks(range(len(order)) if few else [], order if few else [], rotation=90, fontsize=8)
        ax.set_yticks(range(len(order)) if few and named else [], order if few and named else [], fontsize=8)
    else:
        of = known.drop_duplicates("sender").set_index("sender")[group].reindex(order).map(plain)
        edges = [place for place in range(1, len(order)) if of.iloc[place] != of.iloc[place - 1]]
        for edge in edges:
            ax.axhline(edge - 0.5, color=SOFT, linewidth=0.8)
            ax.axvline(edge - 0.5, color=SOFT, linewidth=0.8)
        starts = [0, *edges]
        middles = [(start + stop - 1) / 2 for start, stop in zip(starts, [*edges, len(order)], strict=True)]
        ax.set_xticks([])
        ax.set_yticks(middles if named else [], [of.iloc[start] for start in starts] if named else [], fontsize=10)
    if named:
        ax.set_ylabel("senders")


def _ties_said(grids, left, right):
    """How many ties the two matrices have, alone and together."""
    here, there = grids[left] > 0, grids[right] > 0
    one, other = plain(left), plain(right)
    return (
        f"ties of {one} {number(here.sum())}, of {other} {number(there.sum())}, both {number((here & there).sum())}, "
        f"only {one} {number((here & ~there).sum())}, only {other} {number((there & ~here).sum())}"
    )
