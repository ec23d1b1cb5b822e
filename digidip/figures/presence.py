"""Presence: where missions are, on which platforms, how far they reach, how complete their profiles are."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from digidip.figures._sheet import (
    BLUE,
    COLOURS,
    GREEN,
    INK,
    MARKERS,
    ORANGE,
    PALE,
    PAPER,
    SOFT,
    empty_figure,
    finished,
    format_axis,
    legend,
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

LOWER_BOUND = "a registry's handles are a lower bound"
MANY = 60  # rows that can be labelled
STATES = {
    "present": ("✓", GREEN),
    "absent": ("–", ORANGE),
    "disputed": ("≠", PAPER),
    "not captured": ("?", PALE),
}


@styled
def plot_combinations(table, *, caption):
    """Missions by the exact combination of platforms (UpSet): bars of missions above a matrix of dots.

    `table`: one group of combination, combination_share, n, low, high, missions.
    """
    rows = with_numbers(table, "combination_share", "missions").dropna(subset="combination_share")
    if rows.empty:
        return empty_figure("combinations", caption, table)
    sets = [() if name == "none" else tuple(name.split(" + ")) for name in rows["combination"]]
    names, at = sorted({name for each in sets for name in each}), np.arange(len(rows))
    title, tall = "Missions by exact combination of platforms", 0.36 * max(len(names), 1) + 0.5
    figure, (above, below) = sheet(title, f"{caption} · {LOWER_BOUND}", 4.4 + tall, 2, [2.4, tall])
    above.bar(at, rows["missions"], color="#a9cfe6", edgecolor=BLUE, hatch="///", width=0.62)
    tops = (rows["high"] * rows["n"]).fillna(rows["missions"])
    above.vlines(at, rows["low"] * rows["n"], rows["high"] * rows["n"], color=INK, linewidth=1.2)
    for x, top, row in zip(at, tops, rows.itertuples(), strict=True):
        above.annotate(number(row.missions), (x, top), xytext=(0, 3), textcoords="offset points", ha="center")
    above.set(
        ylabel="missions" + words_if_drawn(", with\n95 % interval", rows["low"]),
        ylim=(0, 1.15 * tops.max()),
    )
    above.grid(False, axis="x")
    _draw_combinations(below, sets, names)
    words = [
        f"{row.combination}: {number(row.missions)} ({percent(row.combination_share)})" for row in rows.itertuples()
    ]
    return finished("combinations", figure, f"Of {number(rows['n'].iloc[0])} missions", words, caption, table)


@styled
def plot_coverage(table, *, caption):
    """Missions with and without an account on a map of coastlines; the unplaced are counted.

    `table`: mission_id, latitude, longitude, is_present; more rows at one place are drawn above each other.
    """
    rows = with_numbers(table, "latitude", "longitude")
    if table["is_present"].isna().all():
        return empty_figure("coverage", caption, table)
    placed = rows.dropna(subset=["latitude", "longitude", "is_present"])
    figure, (ax,) = sheet("Missions with and without an account", f"{caption} · {LOWER_BOUND}", 4.6)
    ax.plot(*_coastline(), color="#9a9a9a", linewidth=0.6, zorder=1)
    size = float(np.clip(5000 / max(len(placed), 1), 12, 70))
    looks = {"with an account": (True, "o", BLUE, PAPER, 4), "none known": (False, "X", ORANGE, PAPER, 3)}
    counts = []
    for words, (wanted, marker, face, edge, order) in looks.items():
        part = placed[placed["is_present"].astype(bool) == wanted]
        counts.append(f"{words}: {number(len(part))}")
        face = {"facecolors": face, "edgecolors": edge, "linewidths": 0.7, "zorder": order}
        ax.scatter(
            part["longitude"], part["latitude"], s=size * (1 if wanted else 2), marker=marker, label=counts[-1], **face
        )
    ax.set(xlim=(-180, 180), ylim=(-58, 84), xticks=[], yticks=[], aspect="equal")
    ax.grid(False)
    ax.spines[:].set_visible(False)
    ax.legend(loc="upper left", bbox_to_anchor=(0, 0), ncols=2, borderaxespad=0.2)
    counts += [f"without a place: {number(len(rows) - len(placed))}"] * (len(rows) > len(placed))
    return finished("coverage", figure, "Map of missions", counts, caption, table)


@styled
def plot_reach(table, *, caption, association, term="gdp_per_person"):
    """Reach against one attribute of the receiving states, a marker for each platform.

    `table`: platform, receiving, reach_rate and the column named by `term`; `association`: of `reach_association`.
    """
    rows = with_numbers(table, "reach_rate", term)
    shown = rows[(rows["reach_rate"] > 0) & (rows[term] > 0)]
    if shown.empty:
        return empty_figure("reach", caption, table)
    figure, (ax,) = sheet("Followers per 1,000 users, by receiving state", caption, 5)
    for (platform, part), colour, marker in zip(shown.groupby("platform"), COLOURS, MARKERS, strict=False):
        label = f"{platform}, n {number(len(part))}"
        ax.scatter(part[term], part["reach_rate"], s=45, c=colour, marker=marker, alpha=0.75, label=label, zorder=3)
    ax.set(
        xlabel=f"{term.replace('_', ' ')} (logarithmic axis)", ylabel="followers per 1,000 users\n(logarithmic axis)"
    )
    format_axis(ax, "x", log=True)
    format_axis(ax, "y", log=True)
    legend(ax)
    _name_states(ax, shown.sort_values([term, "reach_rate"]), term)
    associations = with_numbers(association, "reach_association")
    associations = associations[(associations["term"] == term) & associations["reach_association"].notna()]
    found = [
        f"{row['platform']} {row['statistic']} {value_in_words(row, 'reach_association')}"
        for _, row in associations.iterrows()
    ]
    left = len(rows) - len(shown)
    found += [f"{number(left)} accounts without reach or {term.replace('_', ' ')}"] * bool(left)
    return finished("reach", figure, "Reach by receiving state", found or ["no association defined"], caption, table)


@styled
def plot_profile(table, *, caption):
    """Heat map of profiles and their fields; a field not captured is told apart from an absent one.

    `table`: item_id, variable, state (present, absent, disputed, not captured).
    """
    known = table["profile_field"].notna() | table["state"].isin(["disputed", "not captured"])
    rows = table[known]
    if table["profile_field"].isna().all():
        return empty_figure("profile", caption, table)
    cells = rows.pivot(index="item_id", columns="variable", values="state").astype("object").fillna("")
    order = rows[rows["state"] == "present"].groupby("variable").size().reindex(cells.columns, fill_value=0)
    cells = cells[order.sort_values(ascending=False, kind="stable").index]
    first = (cells == "present").sum(axis=1).sort_values(ascending=False, kind="stable").index
    cells, many = cells.loc[first], len(cells) > MANY
    figure, (ax,) = sheet("Fields of the profiles", caption, 8 if many else 3.1 + 0.27 * len(cells))
    for state, (symbol, colour) in STATES.items():
        y, x = np.nonzero((cells == state).to_numpy(dtype=bool, na_value=False))
        label = f"{symbol} {state}: {len(x)}"
        ax.bar(x, 0.92, 0.92, y - 0.46, color=colour, edgecolor=PALE, linewidth=0 if many else 0.6, label=label)
        for place in () if many else zip(x, y, strict=True):
            ax.text(*place, symbol, ha="center", va="center", fontsize=10, in_layout=False, color=INK)
    ax.set(xlim=(-0.5, cells.shape[1] - 0.5), ylim=(len(cells) - 0.5, -0.5))
    ax.set_xticks(range(cells.shape[1]), [wrap(name, 18) for name in cells.columns], rotation=40, ha="right")
    ax.set_yticks([] if many else range(len(cells)), [] if many else [plain(name) for name in cells.index])
    ax.grid(False)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2, ncols=2)
    counts = [f"{state} {number((cells == state).sum().sum())}" for state in STATES]
    return finished(
        "profile", figure, f"{number(len(cells))} profiles, {cells.shape[1]} fields", counts, caption, table
    )


def _name_states(ax, rows, term):
    """States right of their points, where the name touches no other point or name."""
    points = ax.transData.transform(rows[[term, "reach_rate"]]) * 72 / ax.figure.dpi
    taken = [(x - 4, y - 4, x + 4, y + 4) for x, y in points]
    for (x, y), (_, row) in zip(points, rows.iterrows(), strict=True):
        box = (x + 5, y - 5, x + 30, y + 5)
        if all(box[0] > other[2] or other[0] > box[2] or box[1] > other[3] or other[1] > box[3] for other in taken):
            place = {"xytext": (6, -3), "textcoords": "offset points", "fontsize": 9, "color": SOFT}
            ax.annotate(plain(row["receiving"]), (row[term], row["reach_rate"]), **place)
            taken.append(box)


@cache
def _coastline():
    """Longitudes and latitudes of the coastlines (Natural Earth 1:110m, public domain)."""
    lines = pd.read_csv(Path(__file__).with_name("coastline.csv"))
    gap = pd.DataFrame({"longitude": [np.nan], "latitude": [np.nan]})
    parts = [part for _, line in lines.groupby("line") for part in (line[["longitude", "latitude"]], gap)]
    whole = pd.concat(parts)
    return whole["longitude"].to_numpy(), whole["latitude"].to_numpy()


def _draw_combinations(ax, sets, names):
    """The dots of an UpSet figure: filled where a combination has the platform, joined by a line."""
    for x, chosen in enumerate(sets):
        at = [names.index(name) for name in chosen]
        ax.scatter([x] * len(names), range(len(names)), s=70, c=PAPER, edgecolors="#8c8c8c", linewidths=1, zorder=2)
        ax.scatter([x] * len(at), at, s=90, c=INK, zorder=3)
        ax.plot([x] * len(at), at, color=INK, linewidth=2, zorder=1)
    ax.set_yticks(range(len(names)), names)
    ax.set_xticks([])
    ax.set(ylim=(len(names) - 0.5, -0.5), xlim=(-0.6, max(len(sets), 4) - 0.4), xlabel="no dot: none known")
    ax.grid(False)
    ax.spines[:].set_visible(False)
