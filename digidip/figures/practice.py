"""Practice: places of five dimensions, broadcast against answers, and gaps to ordinary institutions."""

from itertools import cycle

import numpy as np

from digidip.figures.rows import intervals_on
from digidip.figures.sheet import (
    BLUE,
    COLOURS,
    INK,
    MARKERS,
    ORANGE,
    PALE,
    PAPER,
    SOFT,
    drawn,
    joined,
    legend,
    nothing,
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

NAMED = 40  # accounts whose names still find room
CORNERS = {  # place in the panel, what it holds
    (0.01, 0.98): "answers, broadcasts little",
    (0.99, 0.98): "answers and broadcasts",
    (0.01, 0.02): "little of both",
    (0.99, 0.02): "broadcasts, answers little",
}


@styled
def plot_places(table, *, caption, ranks):
    """Places of the dimensions of practice: a thin line for each group, discs with how many share a place, the mean bold.

    `table`: group columns, dimension, dimension_score, rank; `ranks`: without, dimension, dimension_rank, n, low, high, p
    (the rows with nothing left out are drawn).
    """
    known, mean = table.dropna(subset="rank"), numbers(ranks, "dimension_rank", "p")
    mean = mean[mean["without"].eq("") & mean["dimension_rank"].notna()]
    if known.empty or mean.empty:
        reason = "no group of which all five dimensions are known" if len(table) else ""
        return nothing("places", caption, table, reason)
    names = list(dict.fromkeys(table["dimension"]))
    figure, (ax,) = sheet("Which dimension of practice comes last?", caption, 5.2)
    place = {name: at for at, name in enumerate(names)}
    for part in parts(known, "dimension_score", "dimension").values():
        ax.plot(part["dimension"].map(place), part["rank"], color=PALE, linewidth=1, zorder=1)
    shared = known.groupby(["dimension", "rank"]).size()
    for (name, rank), n in shared.items():
        ax.scatter(place[name], rank, s=130 + 16 * min(n, 40), color=PAPER, edgecolors=SOFT, linewidths=1, zorder=2)
        ax.text(place[name], rank, n, ha="center", va="center", fontsize=9, color=SOFT, zorder=3)
    at = mean["dimension"].map(place) + 0.2
    ax.vlines(at, mean["low"], mean["high"], color=BLUE, linewidth=2.5, zorder=4)
    ax.plot(at, mean["dimension_rank"], color=BLUE, linestyle="--", linewidth=1.5, zorder=1.5)
    ax.plot(at, mean["dimension_rank"], "D", color=BLUE, zorder=4, label="mean, 95 % interval")
    ax.set(xlim=(-0.4, len(names) - 0.4), ylim=(5.5, 0.5), yticks=range(1, 6), ylabel="place (1: the strongest)")
    ax.set_xticks(range(len(names)), names)
    ax.set_xlabel("in each disc: how many share the place")
    ax.grid(False, axis="x")
    legend(ax)
    found = [f"{row['dimension']}: mean place {said(row, 'dimension_rank')}" for _, row in mean.iterrows()]
    lead = f"Places of five dimensions of practice, {known.groupby('dimension').size().max()} groups"
    return drawn("places", figure, lead, found, caption, joined(table, ranks))


@styled
def plot_quadrant(table, *, caption):
    """Broadcast against answers: an account for each point, in four quarters; at most 40 are named.

    `table`: group columns, broadcast_share, n, answered_share, asked.
    """
    rows = numbers(table, "broadcast_share", "answered_share").assign(label=_labels(table))
    known = rows.dropna(subset=["broadcast_share", "answered_share"])
    if known.empty:
        return nothing("quadrant", caption, table, "no account of which both shares are known" if len(table) else "")
    figure, (ax,) = sheet("Broadcast or answer?", caption, 6.2)
    sides = known["platform"] if "platform" in known else known["label"].map(lambda _label: "all")
    for (name, part), colour, marker in zip(known.groupby(sides), cycle(COLOURS), cycle(MARKERS)):
        looks = {"color": colour, "marker": marker, "s": 60, "edgecolors": PAPER, "zorder": 3}
        ax.scatter(part["broadcast_share"], part["answered_share"], label=f"{plain(name)}, n = {len(part)}", **looks)
    ax.axhline(0.5, color=SOFT, linewidth=1)
    ax.axvline(0.5, color=SOFT, linewidth=1)
    for (x, y), words in CORNERS.items():
        sides = {"ha": "left" if x < 0.5 else "right", "va": "top" if y > 0.5 else "bottom"}
        ax.text(x, y, words, transform=ax.transAxes, fontsize=10, style="italic", color=SOFT, **sides)
    if len(known) <= NAMED:
        _name(ax, known)
    ends = {
        "xlim": (-0.05, 1.25),
        "ylim": (-0.12, 1.12),
        "xticks": np.arange(0, 1.1, 0.25),
        "yticks": np.arange(0, 1.1, 0.25),
    }
    ax.set(**ends, xlabel="broadcast, share of posts and answers")
    ax.set_ylabel("answered, share of comments received")
    scale(ax, "x", percent)
    scale(ax, "y", percent)
    legend(ax, columns=3)
    found = [
        f"{row['label']}: broadcast {percent(row['broadcast_share'])}, answered {percent(row['answered_share'])}"
        for _, row in known.head(NAMED).iterrows()
    ]
    unknown = len(rows) - len(known)
    found += [f"{unknown} more of which one share is not known"] if unknown else []
    return drawn("quadrant", figure, f"Broadcast against answers, {len(known)} accounts", found, caption, table)


@styled
def plot_reciprocity_gap(table, *, caption, most=30):
    """Gaps to ordinary institutions with intervals, a panel for each statistic; at most `most` rows each, the rest told.

    `table`: group columns, statistic, reciprocity_gap, n, low, high, own, matched.
    """
    rows = numbers(table, "reciprocity_gap", "own", "matched").assign(label=_labels(table, "statistic"))
    known = rows.dropna(subset="reciprocity_gap")
    if known.empty:
        return nothing("gap", caption, table)
    panels = {name: part.head(most) for name, part in known.groupby("statistic", sort=False)}
    heights = [1.1 + 0.3 * len(part) for part in panels.values()]
    figure, axes = sheet("How far from ordinary institutions?", caption, 1.3 + sum(heights), len(panels), heights)
    for ax, (name, part), colour, marker in zip(axes, panels.items(), (BLUE, ORANGE), "oD", strict=False):
        notes = [f"{percent(own)} v. {percent(other)}" for own, other in zip(part["own"], part["matched"], strict=True)]
        notes = [note.replace(" %", "") + " %" for note in notes]
        intervals_on(
            ax, part, "reciprocity_gap", "label", np.arange(len(part)), notes, np.zeros(len(part), bool), colour, marker
        )
        ax.axvline(0, color=INK, linewidth=1, zorder=1)
        ax.set(ylim=(len(part) - 0.4, -0.6), xlim=(-1.02, 1.02))
        more = (known["statistic"] == name).sum() - len(part)
        ax.set_title(name + (f" ({more} more not shown)" if more else ""), loc="left", fontweight="bold")
    axes[-1].set_xlabel(wrap("own share less that of institutions of like size; at the right: own v. theirs", 60))
    found = [
        f"{plain(row['label'])}, {row['statistic']}: {said(row, 'reciprocity_gap')}"
        for part in panels.values()
        for _, row in part.iterrows()
    ]
    return drawn("gap", figure, "Gap to ordinary institutions of like size", found, caption, table)


def _labels(table, *inner):
    """A name for each row: the ministry and handle where there are such, else the group."""
    measure = "reciprocity_gap" if "reciprocity_gap" in table else "broadcast_share"
    keys = [name for name in table.columns[: table.columns.get_loc(measure)] if name not in inner]
    short = [name for name in ("ministry", "handle") if name in keys][:1] or [
        name for name in keys if name != "account_id"
    ]
    return [" · ".join(map(plain, row)) for row in table[short].itertuples(index=False)] if short else "all together"


def _name(ax, known):
    """The labels of points, right of them; those of points too near for labels of their own together, from left to right."""
    points = known.assign(band=(known["answered_share"] * 25).round()).sort_values(["band", "broadcast_share", "label"])
    apart = points["band"].ne(points["band"].shift()) | (points["broadcast_share"].diff() > 0.1)
    for _number, part in points.groupby(apart.cumsum()):
        at = part["broadcast_share"].max(), part["answered_share"].iloc[-1]
        words = ", ".join(dict.fromkeys(part["label"]))
        ax.annotate(words, at, xytext=(6, 0), textcoords="offset points", fontsize=9, va="center")
