"""Agenda setting: correlations by lag for each pair of groups, and on how many topics each leads each."""

import numpy as np
import pandas as pd

from digidip.figures._sheet import (
    BLUE,
    INK,
    ORANGE,
    PALE,
    empty_figure,
    finished,
    format_axis,
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

DARK = 0.55  # share of topics above which the words in a cell are white


@styled
def plot_lag_profile(table, *, caption):
    """Correlation of what is new in two groups at each lag, a panel for each pair; the band is what chance would give.

    `table`: that of `lag_correlation`. Right of 0 the first group comes first, left of it the second.
    """
    rows = with_numbers(table, "lag_correlation", "expected_low", "expected_high").dropna(subset="lag_correlation")
    if rows.empty:
        return empty_figure("lag-profile", caption, table)
    pairs = list(dict.fromkeys(tuple(sorted(pair)) for pair in zip(rows["leader"], rows["follower"], strict=True)))
    title = "Who comes first: correlation by days between"
    figure, axes = sheet(title, caption, 1.4 + 1.75 * len(pairs), rows=len(pairs))
    for ax, (one, other) in zip(axes, pairs, strict=True):
        there = rows[rows["leader"].eq(one) & rows["follower"].eq(other)]
        back = rows[rows["leader"].eq(other) & rows["follower"].eq(one) & rows["lag"].gt(0)]
        back = back.assign(lag=-back["lag"]).sort_values("lag")
        for part, colour, marker in ((there, BLUE, "o"), (back, ORANGE, "s")):
            ax.vlines(part["lag"], part["low"], part["high"], color=colour, linewidth=2)
            ax.plot(part["lag"].astype(int), part["lag_correlation"], color=colour, marker=marker, linestyle="")
        both = pd.concat([back, there])
        ax.fill_between(both["lag"].astype(int), both["expected_low"], both["expected_high"], color=PALE, zorder=0)
        ax.axhline(0, color=INK, linewidth=0.8)
        ax.set_title(wrap(f"◂ {plain(other)} first · {plain(one)} first ▸", 60), loc="center", fontsize=11)
        ax.set_ylabel("correlation")
        format_axis(ax, "y", number)
    axes[-1].set_xlabel(f"lag in intervals{words_if_drawn(' (band: 95 % of orders by chance)', rows['expected_low'])}")
    strongest = rows[rows["lag"].gt(0)].sort_values("lag_correlation", key=np.abs, ascending=False).head(3)
    found = [
        f"{row.leader} before {row.follower} by {row.lag}: {value_in_words(rows.loc[row.Index], 'lag_correlation')}"
        for row in strongest.itertuples()
    ]
    return finished("lag-profile", figure, title, found, caption, table)


@styled
def plot_lead_matrix(table, *, caption):
    """On what share of topics the group of a row leads that of a column, with the number of topics in words.

    `table`: that of `lead_share`.
    """
    rows = with_numbers(table, "lead_share").dropna(subset="lead_share")
    if rows.empty:
        return empty_figure("lead-matrix", caption, table)
    names = list(dict.fromkeys([*rows["leader"], *rows["follower"]]))
    place = {name: at for at, name in enumerate(names)}
    title = "On how many topics each group leads another"
    figure, (ax,) = sheet(title, caption, 2.2 + 0.75 * len(names))
    cells = np.full((len(names), len(names)), np.nan)
    cells[rows["leader"].map(place), rows["follower"].map(place)] = rows["lead_share"]
    ax.imshow(cells, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row in rows.itertuples():
        words = f"{percent(row.lead_share)}\n{number(row.topics)} of {number(row.n)}"
        colour = "white" if row.lead_share > DARK else INK
        ax.text(place[row.follower], place[row.leader], words, ha="center", va="center", color=colour, fontsize=10)
    ax.set_xticks(range(len(names)), [wrap(plain(name), 14) for name in names])
    ax.set_yticks(range(len(names)), [wrap(plain(name), 18) for name in names])
    ax.set(xlabel="… follows", ylabel="leads …")
    ax.grid(visible=False)
    found = [
        f"{row.leader} leads {row.follower} on {number(row.topics)} of {number(row.n)} topics"
        for row in rows.itertuples()
    ]
    return finished("lead-matrix", figure, title, found, caption, table)
