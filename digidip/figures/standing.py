"""Standing: ranks between two dates, followers against product, position against what was given before."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from digidip.figures._sheet import (
    BLUE,
    COLOURS,
    ORANGE,
    PALE,
    PAPER,
    SOFT,
    empty_figure,
    finished,
    format_axis,
    groups_of,
    interval_in_words,
    legend,
    number,
    plain,
    sheet,
    styled,
    with_numbers,
    wrap,
)

NAMED = 5  # accounts named on either side of a comparison
FEW = 2  # of those that gave most, and of those that stand highest after it
MANY = 10  # accounts named above what their weight foretells; half as many below
SMALL = 9  # points
NEAR = 0.28  # powers of ten: names of points nearer than this would stand on each other


@styled
def plot_ranks(table, *, caption, dates=("before", "later"), accounts="common"):
    """Slope chart of the ranks between two dates: who rose and fell most, and the top, are named.

    `table`: accounts, called, rank_mobility, rank, later_rank, n; one line for each account of the set `accounts`.
    """
    rows = with_numbers(table, "rank_mobility", "rank", "later_rank")
    rows = rows[rows["accounts"] == accounts].dropna(subset="rank_mobility").sort_values(["later_rank", "called"])
    if rows.empty:
        return empty_figure("ranks", caption, table)
    rose = rows[rows["rank_mobility"] > 0].nlargest(NAMED, "rank_mobility")
    fell = rows[rows["rank_mobility"] < 0].nsmallest(NAMED, "rank_mobility")
    top = rows.head(NAMED).drop([*rose.index, *fell.index], errors="ignore")
    named = rows.loc[[*rose.index, *fell.index, *top.index]]
    figure, (ax,) = sheet("Ranks by followers at two dates", caption, 3 + 0.065 * min(len(rows), 90))
    looks = (("others", rows.drop(named.index), PALE, "-", ""), (f"top {NAMED}", top, SOFT, ":", "s"))
    looks += (("rose most", rose, BLUE, "-", "^"), ("fell most", fell, ORANGE, "--", "v"))
    for label, part, colour, dash, marker in looks:
        for row in part.itertuples():
            ends, first = (row.rank, row.later_rank), row.Index == part.index[0]
            ax.plot(ends, color=colour, linestyle=dash, marker=marker, markersize=6, label=label if first else None)
    last = rows[["rank", "later_rank"]].max(axis=None)
    _label_ends(ax, named, last / 36)
    ax.set(xlim=(-0.25, 1.25), ylim=(last + 2, -1), ylabel="rank, 1 the most followed")
    ax.set_xticks([0, 1], list(dates))
    ax.grid(False)
    ax.set_yticks([1, *range(10, int(last) + 1, 10)])
    legend(ax, 4)
    found = [_movers_in_words("rose most", rose), _movers_in_words("fell most", fell), f"{len(rows)} accounts"]
    return finished("ranks", figure, f"Ranks by followers, {' to '.join(dates)}", found, caption, table)


@styled
def plot_punching(table, *, caption, weight="gross domestic product"):
    """Followers among peers against product, or another attribute; those far from it are named.

    `table`: called, prestige_residual, n, low, high, weight, in_degree. Filled triangles: the interval excludes 0.
    """
    rows = with_numbers(table, "prestige_residual", "weight", "in_degree").dropna(subset="prestige_residual")
    rows = rows[rows["weight"] > 0].sort_values("prestige_residual", ascending=False)
    if rows.empty:
        return empty_figure("punching", caption, table)
    above, below = rows[rows["low"] > 0], rows[rows["high"] < 0]
    caption += f" · {number(len(rows))} drawn"
    figure, (ax,) = sheet("Followers among peers, by what the state weighs", caption, 6)
    groups = (("as foretold", rows.drop([*above.index, *below.index]), "o", SOFT, PAPER),)
    groups += (("more than foretold", above, "^", BLUE, BLUE), ("fewer", below, "v", ORANGE, ORANGE))
    for label, part, marker, edge, face in groups:
        ax.scatter(part["weight"], part["in_degree"], s=45, marker=marker, c=face, edgecolors=edge, label=label)
    format_axis(ax, "x", _thousands, log=True)
    gap = 0.034 * np.ptp(ax.get_ylim())
    _label_points(ax, above.head(MANY), gap)
    _label_points(ax, below.tail(MANY // 2), -gap)
    ax.set(xlabel=f"{weight} (logarithmic axis)", ylabel="followers among peers")
    legend(ax, 3)
    found = [
        _outliers_in_words("more than foretold", above),
        _outliers_in_words("fewer than foretold", below[::-1]),
        f"n {len(rows)}",
    ]
    return finished("punching", figure, f"Followers among peers against {weight}", found, caption, table)


@styled
def plot_contribution(table, *, caption):
    """What each account gave in a first period, and its position before and after as an arrow.

    `table`: group columns, node, called, position_change, contribution, before, later; a panel for each group.
    """
    rows = with_numbers(table, "position_change", "contribution", "before", "later")
    groups = groups_of(rows.dropna(subset="position_change"), "position_change", "node", "called")
    if not groups:
        return empty_figure("contribution", caption, table)
    figure, axes = sheet("What was given first, and the position after", caption, 1.4 + 3.2 * len(groups), len(groups))
    for ax, (label, part), colour in zip(axes, groups.items(), COLOURS, strict=False):
        _draw_arrows(ax, part.assign(x=_side_by_side(part["contribution"].to_numpy())), colour)
        ax.set_xscale("symlog", linthresh=2)
        ax.set_xticks([0, 1, 2, 5, 10, 20, 50, 100, 200, 500])
        ax.set_xlim(-0.4, 1.4 * part["contribution"].max() + 1)
        ax.margins(y=0.12)
        ax.set_ylabel("posts that mention it")
        ax.set_title(wrap(label, 60), loc="left", fontweight="bold", pad=22)
        legend(ax, 2)
        ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        ax.tick_params(labelbottom=True)
        format_axis(ax, "x")
    axes[-1].set_xlabel("posts in which it mentioned others in the first period (logarithmic from 2)")
    found = [f"{label}: {_arrows_in_words(part)}" for label, part in groups.items()]
    return finished("contribution", figure, "Position before and after, by contribution", found, caption, table)


def _draw_arrows(ax, part, colour):
    """An arrow for each account from its first position to its second; those that gave most are named."""
    for row in part.itertuples():
        look = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", (row.x, row.later), (row.x, row.before), arrowprops=look)
    ax.scatter(part["x"], part["before"], s=24, marker="o", c=PAPER, edgecolors=colour, label="first period", zorder=3)
    ax.scatter(part["x"], part["later"], s=24, marker="D", c=colour, label="second period", zorder=3)
    named = {*part.nlargest(FEW, "contribution").index, *part.nlargest(FEW, "later").index}
    for row in part.loc[sorted(named)].itertuples():
        fell = row.later < row.before
        place = {"xytext": (0, -7 if fell else 7), "textcoords": "offset points", "fontsize": SMALL, "ha": "center"}
        ax.annotate(plain(row.called), (row.x, row.later), va="top" if fell else "bottom", **place)


def _label_ends(ax, named, gap):
    """Name and rank of accounts at both ends of their lines."""
    for at, column, side in ((-0.03, "rank", "right"), (1.03, "later_rank", "left")):
        ordered = named.sort_values([column, "called"])
        for y, row in zip(_moved_apart(ordered[column], gap), ordered.itertuples(), strict=True):
            words = f"{plain(row.called)} {number(getattr(row, column))}"
            ax.text(at, y, words, ha=side, va="center", fontsize=SMALL)


def _moved_apart(places, gap):
    """Places in rising order, moved apart to at least `gap`, about where they were."""
    found = []
    for place in places:
        found.append(max(place, found[-1] + gap) if found else place)
    return np.array(found)


def _side_by_side(values):
    """Values, equal ones set side by side, the nearer the more there are."""
    order = np.array([(values[:at] == value).sum() for at, value in enumerate(values)])
    many = np.array([(values == value).sum() for value in values])
    step = np.maximum(values, 1.5) * np.minimum(0.1, 0.25 / np.maximum(many - 1, 1))
    return values + step * (order - (many - 1) / 2)


def _label_points(ax, part, gap):
    """Names at the right of points, or below them if `gap` is below 0, apart from each other."""
    up, placed = np.sign(gap), []
    ordered = part.assign(height=up * part["in_degree"] + (up < 0) * abs(gap)).sort_values(["height", "weight"])
    for row in ordered.itertuples():
        near = [y for x, y in placed if abs(np.log10(x / row.weight)) < NEAR]
        placed.append((row.weight, max([row.height, *(y + abs(gap) for y in near)])))
        look = {"arrowstyle": "-", "color": SOFT, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 3}
        how = {"fontsize": SMALL, "va": "center", "ha": "left" if up > 0 else "center"}
        how["arrowprops"] = look if placed[-1][1] > row.height else None
        at = row.weight * (1.1 if up > 0 else 1), up * placed[-1][1]
        ax.annotate(plain(row.called), (row.weight, row.in_degree), at, **how)


def _thousands(value):
    """Large numbers in words."""
    steps = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
    return next((f"{value / size:g} {word}" for size, word in steps if value >= size), f"{value:,g}")


def _movers_in_words(words, part):
    """Who moved, in words."""
    movers = [f"{plain(r.called)} {number(r.rank)} to {number(r.later_rank)}" for r in part.itertuples()]
    return f"{words}: {', '.join(movers) or 'nobody'}"


def _outliers_in_words(words, part):
    """Who stands apart, in words."""
    accounts = [
        f"{plain(row['called'])} {number(row['prestige_residual'])}{interval_in_words(row)}"
        for _, row in part.head(NAMED + 2).iterrows()
    ]
    return f"{words}, {len(part)}: {', '.join(accounts) or 'nobody'}"


def _arrows_in_words(part):
    """How many rose and fell, and what became of whoever gave most."""
    first = part.nlargest(1, "contribution").iloc[0]
    rose, fell = (part["position_change"] > 0).sum(), (part["position_change"] < 0).sum()
    most = f"{plain(first['called'])} gave most ({number(first['contribution'])})"
    moved = f"went from {number(first['before'])} to {number(first['later'])}"
    return f"{most} and {moved}; {rose} of {len(part)} rose, {fell} fell"
