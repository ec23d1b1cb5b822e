"""Networks: nodes and links, matrices, how ties are spread, and what chance alone would give."""

from itertools import cycle, pairwise

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import LogNorm
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from digidip.figures._sheet import (
    BLUE,
    COLOURS,
    INK,
    MARKERS,
    ORANGE,
    PALE,
    PAPER,
    RED,
    SOFT,
    empty_figure,
    finished,
    format_axis,
    groups_of,
    legend,
    number,
    percent,
    plain,
    sheet,
    stacked,
    styled,
    with_numbers,
    words_if_drawn,
    wrap,
)

MANY_MARKERS = MARKERS + "P*X<>h"
HALO = withStroke(linewidth=2, foreground=PAPER)
NAMED = 40  # nodes up to which a network has all its names
NAMED_ROWS = 24  # nodes up to which the rows of a matrix have names
SPAN = 2.5  # data units across the square in which a network is drawn
INCHES = 6.2
EDGE = 0.15  # data units left free above the highest node and below the lowest
LETTER, LINE = 0.083 * SPAN / INCHES, 0.17 * SPAN / INCHES  # what a letter and a line of a label take of it
HATCHES = ("", "///", "...", "xx", "\\\\\\", "++", "oo", "--")
MOST_EGOS = 12
BARS = (("#a9cfe6", "///"), ("#f0c987", "..."), ("#b9b9b9", "xxx"))
LIGHT = "#56b4e9", ORANGE  # a tie that the other network has not
MANY_NODES = 25


@styled
def plot_network(places, *, caption, arcs, size="ties", group="region", label="label"):
    """Nodes and links: size by one column, colour and marker by another, names where they have room.

    `places`: node, x, y, and the columns named; `arcs`: source, target, weight. A line that is darker is a tie both ways.
    The names of larger nodes go first; one that would hide another, or stand beyond the edge, is left out and counted.
    """
    both = stacked(places, arcs)
    rows = with_numbers(places, "x", "y", size).dropna(subset=["x", "y"]).reset_index(drop=True)
    if rows.empty:
        return empty_figure("network", caption, both)
    groups = dict(iter(rows.groupby(rows[group].map(plain))))
    low, high = rows["y"].min() - EDGE, rows["y"].max() + EDGE
    tall = INCHES * (high - low) / SPAN + 1.1 + 0.24 * -(-len(groups) // 3)
    lines = _lines(rows, arcs.dropna(subset="weight"))
    caption += f" · {number(len(lines))} ties drawn"
    figure, (ax,) = sheet(f"Who is tied to whom, by {plain(group)}", caption, tall)
    alpha = float(np.clip(60 / max(len(lines), 1), 0.06, 0.4))
    ax.add_collection(LineCollection(lines, colors=INK, linewidths=0.7, alpha=alpha, zorder=1))
    sizes = _marker_areas(rows[size])
    looks = zip(groups.items(), cycle(COLOURS), cycle(MANY_MARKERS))
    for (name, part), colour, marker in looks:
        look = {"c": colour, "marker": marker, "edgecolors": PAPER, "linewidths": 0.6, "zorder": 3}
        ax.scatter(part["x"], part["y"], s=sizes[part.index], **look)
        ax.scatter([], [], s=50, label=f"{wrap(name, 30)} ({len(part)})", **look)
    ax.set(xlim=(-SPAN / 2, SPAN / 2), ylim=(low, high), aspect="equal")
    left_out = _draw_names(ax, rows, sizes, label)
    ax.axis("off")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, handletextpad=0.2)
    found = [f"{len(rows)} nodes, {len(lines)} ties", f"size: {plain(size)}", _largest_in_words(rows, size, label)]
    found += [f"{len(part)} {name}" for name, part in groups.items()]
    return finished(
        "network", figure, "Nodes and links", [*found, f"names left out for want of room: {left_out}"], caption, both
    )


@styled
def plot_matrix(order, *, caption, arcs, group="region"):
    """Sorted matrix of ties: a row for who is tied, a column for to whom, groups between lines.

    `order`: place, node, label and the column `group`, as `networks.matrix_order` gives them; `arcs`: source, target,
    weight. Up to 24 nodes have their names beside the rows, more the names of their groups alone.
    """
    both, rows = stacked(order, arcs), with_numbers(order, "place").dropna(subset="place").sort_values("place")
    if rows.empty:
        return empty_figure("matrix", caption, both)
    place = dict(zip(rows["node"], range(len(rows)), strict=True))
    known = arcs[arcs["source"].isin(place) & arcs["target"].isin(place)].dropna(subset="weight")
    caption += f" · {number(len(known))} ties drawn"
    figure, (ax,) = sheet("Who is tied to whom, as a matrix", caption, 6 if len(rows) <= NAMED_ROWS else 6.9)
    cells = np.zeros((len(rows), len(rows)))
    cells[known["source"].map(place), known["target"].map(place)] = 1
    ax.imshow(cells, cmap="Greys", vmin=0, vmax=1, interpolation="none")
    names = rows[group].map(plain).to_numpy()
    starts = [0, *(np.flatnonzero(names[1:] != names[:-1]) + 1), len(rows)]
    for line in starts[1:-1]:
        ax.axhline(line - 0.5, color=COLOURS[1], linewidth=1)
        ax.axvline(line - 0.5, color=COLOURS[1], linewidth=1)
    blocks = [(first, last, names[first]) for first, last in pairwise(starts)]
    hidden = _draw_block_names(ax, blocks, len(rows))
    ax.set(xlabel="… to whom, in the same order", xticks=[])
    ax.grid(visible=False)
    ax.spines[:].set_visible(True)
    ax.set_ylabel("who is tied …")
    named = rows["label"].map(plain) if len(rows) <= NAMED_ROWS else []
    ax.set_yticks(range(len(named)), named, fontsize=9)
    found = [f"{len(rows)} nodes, {len(known)} ties", f"in blocks by {plain(group)}"]
    found += [f"{name} {last - first}" for first, last, name in blocks]
    return finished("matrix", figure, "Sorted matrix", [*found, f"names of blocks left out: {hidden}"], caption, both)


@styled
def plot_mixing(table, *, caption):
    """Heat map of the ties from each group to each, with the count and, below it, what chance would give.

    `table`: attribute, sender_group, receiver_group, mixing_matrix, expected. Colour is logarithmic; an empty cell has no
    pair of accounts.
    """
    rows = with_numbers(table, "mixing_matrix", "expected").dropna(subset="mixing_matrix")
    if rows.empty:
        return empty_figure("mixing", caption, table)
    names = sorted({*rows["sender_group"].map(plain), *rows["receiver_group"].map(plain)})
    at = {name: place for place, name in enumerate(names)}
    caption = f"{caption} · {number(rows['mixing_matrix'].sum())} ties drawn"
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
    return finished("mixing", figure, "Ties from group to group, most first", found, caption, table)


def _lines(rows, arcs):
    """The ties between drawn nodes as lines from place to place."""
    at = {row.node: (row.x, row.y) for row in rows.itertuples()}
    return [(at[a], at[b]) for a, b in zip(arcs["source"], arcs["target"], strict=True) if a in at and b in at]


def _marker_areas(values):
    """Areas of the markers in square points; the same for all where the column says nothing."""
    most, few = values.max(), 1 + (len(values) < 80)
    return few * (16 + 130 * (values.fillna(0) / most if most > 0 else values.fillna(0) * 0))


def _draw_names(ax, rows, sizes, label):
    """Names beside nodes, larger nodes first, at the first of four free places; how many found none.

    Of many nodes only those larger than the smallest are named, and only the largest keep names off their markers.
    """
    ordered = rows.assign(area=sizes).sort_values(["area", "node"], ascending=[False, True])
    reach, few = np.sqrt(ordered["area"]) / 144 * SPAN / INCHES, len(rows) <= NAMED
    taken = [(x - r, y - r, x + r, y + r) for x, y, r in zip(ordered["x"], ordered["y"], reach, strict=True)]
    taken = taken if few else taken[:8]
    look = {"ha": "center", "va": "center", "fontsize": 8, "zorder": 4, "path_effects": [HALO]}
    named = 0
    for (_index, row), away in zip(ordered.iterrows(), reach, strict=True):
        text, span = _node_name(row, label), ax.get_ylim()
        free = [box for box in _boxes(row["x"], row["y"], away, len(text)) if _is_free(box, span, taken)]
        if free and (few or row["area"] > sizes.min()):
            left, low, right, high = free[0]
            ax.text((left + right) / 2, (low + high) / 2, text, **look)
            taken.append(free[0])
            named += 1
    return len(rows) - named


def _node_name(row, label):
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


def _largest_in_words(rows, size, label):
    """The largest node in words."""
    row = rows.assign(**{size: rows[size].fillna(0)}).sort_values([size, "node"], ascending=[False, True]).iloc[0]
    return f"largest: {_node_name(row, label)}, {number(row[size])}"


def _draw_block_names(ax, blocks, n):
    """Names of groups at the right of their rows, where they do not overlap; how many are left out."""
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


@styled
def plot_degrees(table, *, caption):
    """Share of accounts with at least so many ties, against the band of a random network.

    `table`: direction, ties, degree_distribution, n, expected, expected_low, expected_high.
    """
    rows = with_numbers(table, "degree_distribution", "ties", "expected", "expected_low", "expected_high")
    rows = rows.dropna(subset=["degree_distribution", "ties"]).sort_values("ties")
    if rows.empty:
        return empty_figure("degrees", caption, table)
    panels = dict(iter(rows.groupby(rows["direction"].map(plain), sort=True)))
    accounts = " / ".join(dict.fromkeys(number(part["n"].max()) for part in panels.values() if part["n"].notna().any()))
    caption += f" · {accounts} accounts drawn" * bool(accounts)
    figure, axes = sheet("Share of accounts with at least so many ties", caption, 1.4 + 2.5 * len(panels), len(panels))
    for ax, (direction, part) in zip(axes, panels.items(), strict=True):
        band = {
            "color": PALE,
            "step": "pre",
            "label": words_if_drawn("if ties fell anywhere, 95 %", part["expected_low"]) or None,
        }
        ax.fill_between(part["ties"], part["expected_low"], part["expected_high"], **band)
        look = {"color": BLUE, "drawstyle": "steps-pre", "marker": "o", "markersize": 4}
        ax.plot(part["ties"], part["degree_distribution"], label=f"ties {direction}", **look)
        ax.set(ylabel="share of accounts", ylim=(0, 1.03))
        ax.set_title(f"ties {direction}", loc="left", fontweight="bold")
        format_axis(ax, "y", percent)
    _axis_of_ties(axes[-1], int(rows["ties"].max()))
    axes[0].legend(loc="upper right")
    axes[-1].set_xlabel("ties of an account, at least")
    found = [_degrees_in_words(direction, part) for direction, part in panels.items()]
    return finished("degrees", figure, "Ties are spread over accounts", found, caption, table)


@styled
def plot_removal(table, *, caption):
    """Share of pairs that still reach one another as accounts are taken away.

    Headquarters go first, or at random.

    `table`: order, removed, headquarters_removal, low, high, account (named below the axis).
    """
    rows = with_numbers(table, "headquarters_removal", "removed").dropna(subset=["headquarters_removal", "removed"])
    if rows.empty:
        return empty_figure("removal", caption, table)
    figure, (ax,) = sheet("Who still reaches whom when accounts are gone", caption, 5.6)
    curves = dict(iter(rows.sort_values("removed").groupby("order", sort=True)))
    for (order, part), colour, dash, marker in zip(
        curves.items(), cycle((SOFT, ORANGE)), cycle(("--", "-")), cycle("so")
    ):
        ax.plot(part["removed"], part["headquarters_removal"], color=colour, linestyle=dash, marker=marker, label=order)
        ax.fill_between(part["removed"], part["low"], part["high"], color=colour, alpha=0.15, linewidth=0)
    named = rows[rows["account"].notna()] if "account" in rows else rows[:0]
    names = dict(zip(named["removed"], named["account"].map(plain), strict=True))
    ticks = sorted({*rows["removed"]})
    labels = [f"{number(at)} {names.get(at, '')}".strip() for at in ticks]
    ax.set_xticks(ticks, [label if len(label) < 26 else f"{label[:25]}…" for label in labels], rotation=40, ha="right")
    ax.set(ylim=(0, 1), xlabel="accounts removed, and who goes at that step", ylabel="share of pairs with a path")
    format_axis(ax, "y", percent)
    legend(ax)
    found = [_removal_in_words(order, part) for order, part in curves.items()]
    return finished("removal", figure, "Pairs that a path joins", found, caption, table)


@styled
def plot_ego(table, *, caption, heterogeneity, name="node"):
    """Whom accounts are tied to: bars by group, and how mixed they are against the band of chance.

    `table`: node, group, ego_composition, n; `heterogeneity`: node, ego_heterogeneity, n, expected_low, expected_high;
    `name`: the column, in both, to call accounts by. The twelve accounts with most alters are drawn.
    """
    both = stacked(table, heterogeneity)
    rows = with_numbers(table, "ego_composition").dropna(subset="ego_composition").reset_index(drop=True)
    if rows.empty:
        return empty_figure("ego", caption, both)
    sizes = rows.groupby(rows[name].map(plain))["n"].max().fillna(0)
    egos = sizes.reset_index().sort_values(["n", name], ascending=[False, True])[name].tolist()
    shown = egos[:MOST_EGOS]
    figure, axes = sheet("Whom accounts are tied to", caption, 3.2 + 0.56 * len(shown), 2)
    groups = sorted({*rows["group"].map(plain)})
    _draw_stacked_bars(axes[0], rows, shown, groups, name)
    _draw_mixing(
        axes[1], with_numbers(heterogeneity, "ego_heterogeneity", "expected_low", "expected_high"), shown, name
    )
    axes[1].set(xlim=(0, 1), xlabel="share of alters (above); Blau's index, 0 none to 1 (below)")
    left_out = f"{len(egos) - len(shown)} accounts with fewer alters are not drawn"
    return finished(
        "ego", figure, "Composition of ego networks", [*_egos_in_words(rows, shown, name), left_out], caption, both
    )


def _axis_of_ties(ax, most):
    """Whole numbers of ties on the axis, logarithmic beyond ten where there are many."""
    if most > 30:
        ax.set_xscale("symlog", linthresh=10)
        ax.set_xticks([at for at in (0, 2, 4, 6, 8, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000) if at <= most])
    else:
        ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    ax.minorticks_off()
    format_axis(ax, "x")


def _draw_stacked_bars(ax, rows, shown, groups, name):
    """A bar for each account, in it a piece for each group."""
    at = {ego: place for place, ego in enumerate(shown)}
    places, left = rows[name].map(plain).map(at), np.zeros(len(shown))
    for group, colour, hatch in zip(groups, cycle(COLOURS), cycle(HATCHES)):
        part = rows[(rows["group"].map(plain) == group) & places.notna()]
        wide = np.zeros(len(shown))
        wide[places[part.index].astype(int)] = part["ego_composition"]
        ax.barh(
            range(len(shown)),
            wide,
            0.75,
            left,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.6,
            label=group,
        )
        left += wide
    ax.set_yticks(range(len(shown)), [wrap(ego, 28) for ego in shown], fontsize=9)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.grid(visible=False, axis="y")
    ax.legend(loc="lower left", bbox_to_anchor=(-0.35, 1), ncols=3, fontsize=9)


def _draw_mixing(ax, rows, shown, name):
    """The index of each account as a point on the band of chance."""
    by_name = rows.assign(called=rows[name].map(plain)).drop_duplicates("called").set_index("called").reindex(shown)
    at = np.arange(len(shown))
    ax.barh(
        at,
        by_name["expected_high"] - by_name["expected_low"],
        0.6,
        by_name["expected_low"],
        color=PALE,
        label=words_if_drawn("chance, 95 %", by_name["expected_low"]) or None,
    )
    ax.plot(by_name["ego_heterogeneity"], at, "o", color=INK, markersize=6, label="how mixed (Blau)")
    ax.set_yticks(at, [wrap(ego, 28) for ego in shown], fontsize=9)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.grid(visible=False, axis="y")
    legend(ax)


def _degrees_in_words(direction, part):
    """Most ties, and the share with one, in words."""
    with_one = part[part["ties"] >= 1]
    share = percent(with_one["degree_distribution"].iloc[0]) if len(with_one) else "nobody"
    at = number(with_one["ties"].iloc[0]) if len(with_one) else "1"
    return f"ties {direction}: at least {at} {share}, most {number(part['ties'].max())}, n {number(part['n'].max())}"


def _removal_in_words(order, part):
    """First, second and last step in words."""
    steps = part[part["removed"].isin([0, 1, part["removed"].max()])]
    words = [f"{number(row.removed)} removed {percent(row.headquarters_removal)}" for row in steps.itertuples()]
    return f"{plain(order)}: {', '.join(words)}"


def _egos_in_words(rows, shown, name):
    """The largest group of each of the first three accounts in words."""
    words = []
    for ego in shown[:3]:
        top = rows[rows[name].map(plain) == ego].nlargest(1, "ego_composition").iloc[0]
        words.append(f"{ego}: most {plain(top['group'])} {percent(top['ego_composition'])}, n {number(top['n'])}")
    return words


@styled
def plot_permutations(table, *, caption):
    """Histogram of the correlations that random orders of the nodes give, and the one observed as a line.

    `table`: group columns, term, begins, ends, qap_permutations, n, observed, p; a panel for each term and group.
    """
    rows = with_numbers(table, "qap_permutations", "begins", "ends", "observed", "p").dropna(subset="qap_permutations")
    groups = groups_of(rows, "qap_permutations", "begins", "ends")
    if not groups:
        return empty_figure("permutations", caption, table)
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
        format_axis(ax, "y")
    axes[-1].set_xlabel("correlation r of the two networks (dashed: observed)")
    found = [f"{label}, {_permutations_in_words(part)}" for label, part in groups.items()]
    return finished("permutations", figure, "Permuted correlations, and the observed one", found, caption, table)


def _permutations_in_words(part):
    """The observed correlation beside the permuted ones in words."""
    first, there = part.iloc[0], part[part["qap_permutations"] > 0]
    drawn_from, to = there["begins"].min(), there["ends"].max()
    orders = f"{number(first['n'])} random orders give {number(drawn_from)} to {number(to)}"
    return f"observed r {number(first['observed'])}, {orders}, p {number(first['p'])}"


@styled
def plot_twin_matrices(table, *, caption, columns, group=None):
    """Two networks as matrices side by side, senders as rows and receivers as columns, in one order.

    `table`: sender, receiver and the two `columns` (above 0: a tie; missing: not known, hatched). The order is that in
    which senders first appear, so sort the table; `group` names the column of the senders' groups, drawn as bands. Dark
    cells are tied in both networks, light ones in this one only.
    """
    left, right = columns
    known = with_numbers(table, left, right)
    if known.empty or known[[left, right]].isna().all(axis=None):
        return empty_figure("twin-matrices", caption, table)
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
        _draw_matrix(ax, grids[name], grids[other], colour)
        ax.set_title(f"{plain(name)}, ties: {number((grids[name] > 0).sum())}", fontweight="bold")
        ax.set_xlabel("receivers\ndark: in both; light: here only")
        _name_nodes_or_groups(ax, known, order, group, name == left)
    found = [f"{len(order)} nodes, {_matrices_in_words(grids, left, right)}"]
    return finished("twin-matrices", figure, "Two matrices in one order", found, caption, table)


def _draw_matrix(ax, here, there, colour):
    """Cells of one network: dark where both have the tie, light where it alone has, grey where unknown."""
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


def _name_nodes_or_groups(ax, known, order, group, named):
    """Names of nodes where there is room; else lines between the groups, their names at the left."""
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


def _matrices_in_words(grids, left, right):
    """How many ties the two matrices have, alone and together."""
    here, there = grids[left] > 0, grids[right] > 0
    one, other = plain(left), plain(right)
    return (
        f"ties of {one} {number(here.sum())}, of {other} {number(there.sum())}, both {number((here & there).sum())}, "
        f"only {one} {number((here & ~there).sum())}, only {other} {number((there & ~here).sum())}"
    )
