"""Listening: followers over time, with the days on which all accounts lost some together."""

from itertools import cycle

import pandas as pd

from digidip.figures._sheet import (
    COLOURS,
    DASHES,
    INK,
    ORANGE,
    empty_figure,
    finished,
    format_axis,
    groups_of,
    legend,
    number,
    sheet,
    styled,
    with_numbers,
)

TICKS = 5  # dates below the axis
MOST = 6  # lines that a person can tell apart; further groups are counted


@styled
def plot_followers(table, *, caption, losses):
    """Followers as an index of the first count, a line for each group; days of a loss in common are marked and named.

    `table`: that of `follower_index`; `losses`: that of `common_loss`.
    """
    rows = with_numbers(table, "follower_index").dropna(subset="follower_index")
    groups = groups_of(rows, "follower_index", "day")
    if not groups:
        return empty_figure("followers", caption, table)
    shown = dict(list(groups.items())[:MOST])
    figure, (ax,) = sheet("Followers, first count = 100", caption, 3.9 + 0.2 * len(shown))
    for (label, part), colour, dash in zip(shown.items(), cycle(COLOURS), cycle(DASHES)):
        ax.plot(
            part["day"],
            part["follower_index"],
            color=colour,
            linestyle=dash,
            label=f"{label}, n {number(part['n'].max())}",
        )
    purged = losses[losses["is_purge"].eq(True)].drop_duplicates("day")
    for row in purged.itertuples():
        ax.axvline(row.day, color=ORANGE, linewidth=6, alpha=0.4, zorder=0)
        name = "loss in common" if pd.isna(row.event) else row.event
        ax.annotate(
            name,
            (row.day, 1),
            xycoords=("data", "axes fraction"),
            xytext=(4, -12),
            textcoords="offset points",
            fontsize=9,
            color=INK,
        )
    days = sorted(rows["day"].unique())
    ticks = days[:: -(-len(days) // TICKS)]
    ax.set_xticks(ticks, [f"{day:%Y-%m-%d}" for day in ticks], fontsize=9)
    ax.set_ylabel("first count = 100")
    format_axis(ax, "y", number)
    legend(ax, 2)
    found = [f"{label}: {number(part['follower_index'].iloc[-1])} at the end" for label, part in shown.items()]
    found += [f"{number(len(groups) - len(shown))} more groups not shown"] * (len(groups) > len(shown))
    found += [f"loss in common on {row.day:%Y-%m-%d}" for row in purged.itertuples()]
    return finished("followers", figure, "Followers over time", found, caption, table)
