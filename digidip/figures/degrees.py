"""Degrees: how ties are spread over accounts, what is left without the centre, and whom accounts are tied to."""

from itertools import cycle

import numpy as np
from matplotlib.ticker import MaxNLocator

from digidip.figures.sheet import (
    BLUE,
    COLOURS,
    INK,
    ORANGE,
    PALE,
    SOFT,
    drawn,
    joined,
    legend,
    nothing,
    number,
    numbers,
    percent,
    plain,
    scale,
    sheet,
    styled,
    wrap,
)

HATCHES = ("", "///", "...", "xx", "\\\\\\", "++", "oo", "--")
MOST_EGOS = 12


@styled
def plot_degrees(table, *, caption):
    """Share of accounts with at least so many ties, received and given, against the band of a random network.

    `table`: direction, ties, degree_distribution, n, expected, expected_low, expected_high.
    """
    rows = numbers(table, "degree_distribution", "ties", "expected", "expected_low", "expected_high")
    rows = rows.dropna(subset=["degree_distribution", "ties"]).sort_values("ties")
    if rows.empty:
        return nothing("degrees", caption, table)
    panels = dict(iter(rows.groupby(rows["direction"].map(plain), sort=True)))
    figure, axes = sheet("Share of accounts with at least so many ties", caption, 1.4 + 2.5 * len(panels), len(panels))
    for ax, (direction, part) in zip(axes, panels.items(), strict=True):
        band = {"color": PALE, "step": "pre", "label": "if ties fell anywhere, 95 %"}
        ax.fill_between(part["ties"], part["expected_low"], part["expected_high"], **band)
        look = {"color": BLUE, "drawstyle": "steps-pre", "marker": "o", "markersize": 4}
        ax.plot(part["ties"], part["degree_distribution"], label=f"ties {direction}", **look)
        ax.set(ylabel="share of accounts", ylim=(0, 1.03))
        ax.set_title(f"ties {direction}", loc="left", fontweight="bold")
        scale(ax, "y", percent)
    _few_and_many(axes[-1], int(rows["ties"].max()))
    axes[0].legend(loc="upper right")
    axes[-1].set_xlabel("ties of an account, at least")
    found = [_degrees_said(direction, part) for direction, part in panels.items()]
    return drawn("degrees", figure, "Ties are spread over accounts", found, caption, table)


@styled
def plot_removal(table, *, caption):
    """Share of pairs that still reach one another as accounts are taken away: headquarters first, and at random.

    `table`: order, removed, headquarters_removal, low, high, account (named below the axis).
    """
    rows = numbers(table, "headquarters_removal", "removed").dropna(subset=["headquarters_removal", "removed"])
    if rows.empty:
        return nothing("removal", caption, table)
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
    scale(ax, "y", percent)
    legend(ax)
    found = [_removal_said(order, part) for order, part in curves.items()]
    return drawn("removal", figure, "Pairs that a path joins", found, caption, table)


@styled
def plot_ego(table, *, caption, heterogeneity, name="node"):
    """Whom accounts are tied to: bars stacked by group, and below how mixed they are against the band of chance.

    `table`: node, group, ego_composition, n; `heterogeneity`: node, ego_heterogeneity, n, expected_low, expected_high;
    `name`: the column, in both, to call accounts by. The twelve accounts with most alters are drawn.
    """
    both = joined(table, heterogeneity)
    rows = numbers(table, "ego_composition").dropna(subset="ego_composition").reset_index(drop=True)
    if rows.empty:
        return nothing("ego", caption, both)
    sizes = rows.groupby(rows[name].map(plain))["n"].max().fillna(0)
    egos = sizes.reset_index().sort_values(["n", name], ascending=[False, True])[name].tolist()
    shown = egos[:MOST_EGOS]
    figure, axes = sheet("Whom accounts are tied to", caption, 3.2 + 0.56 * len(shown), 2)
    groups = sorted({*rows["group"].map(plain)})
    _stacked(axes[0], rows, shown, groups, name)
    _mixed(axes[1], numbers(heterogeneity, "ego_heterogeneity", "expected_low", "expected_high"), shown, name)
    axes[1].set(xlim=(0, 1), xlabel="share of alters (above); Blau's index, 0 none to 1 (below)")
    left_out = f"{len(egos) - len(shown)} accounts with fewer alters are not drawn"
    return drawn(
        "ego", figure, "Composition of ego networks", [*_egos_said(rows, shown, name), left_out], caption, both
    )


def _few_and_many(ax, most):
    """Whole numbers of ties on the axis, logarithmic beyond ten where there are many."""
    if most > 30:
        ax.set_xscale("symlog", linthresh=10)
        ax.set_xticks([at for at in (0, 2, 4, 6, 8, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000) if at <= most])
    else:
        ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    ax.minorticks_off()
    scale(ax, "x")


def _stacked(ax, rows, shown, groups, name):
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


def _mixed(ax, rows, shown, name):
    """The index of each account as a point on the band of chance."""
    by_name = rows.assign(called=rows[name].map(plain)).drop_duplicates("called").set_index("called").reindex(shown)
    at = np.arange(len(shown))
    ax.barh(
        at,
        by_name["expected_high"] - by_name["expected_low"],
        0.6,
        by_name["expected_low"],
        color=PALE,
        label="chance, 95 %",
    )
    ax.plot(by_name["ego_heterogeneity"], at, "o", color=INK, markersize=6, label="how mixed (Blau)")
    ax.set_yticks(at, [wrap(ego, 28) for ego in shown], fontsize=9)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.grid(visible=False, axis="y")
    legend(ax)


def _degrees_said(direction, part):
    """Most ties, and the share with one, in words."""
    with_one = part[part["ties"] >= 1]
    share = percent(with_one["degree_distribution"].iloc[0]) if len(with_one) else "nobody"
    at = number(with_one["ties"].iloc[0]) if len(with_one) else "1"
    return f"ties {direction}: at least {at} {share}, most {number(part['ties'].max())}, n {number(part['n'].max())}"


def _removal_said(order, part):
    """First, second and last step in words."""
    steps = part[part["removed"].isin([0, 1, part["removed"].max()])]
    words = [f"{number(row.removed)} removed {percent(row.headquarters_removal)}" for row in steps.itertuples()]
    return f"{plain(order)}: {', '.join(words)}"


def _egos_said(rows, shown, name):
    """The largest group of each of the first three accounts in words."""
    told = []
    for ego in shown[:3]:
        top = rows[rows[name].map(plain) == ego].nlargest(1, "ego_composition").iloc[0]
        told.append(f"{ego}: most {plain(top['group'])} {percent(top['ego_composition'])}, n {number(top['n'])}")
    return told
