"""Listening: followers and reception over time, topics asked and posted about, a metric on two platforms."""

from itertools import cycle

import numpy as np
import pandas as pd

from digidip.figures._sheet import (
    COLOURS,
    DASHES,
    INK,
    MARKERS,
    ORANGE,
    PAPER,
    SOFT,
    empty_figure,
    finished,
    format_axis,
    groups_of,
    legend,
    number,
    sheet,
    stacked,
    styled,
    value_in_words,
    with_numbers,
    words_if_drawn,
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
    _date_ticks(ax, sorted(rows["day"].unique()))
    ax.set_ylabel("first count = 100")
    format_axis(ax, "y", number)
    legend(ax, 2)
    found = [f"{label}: {number(part['follower_index'].iloc[-1])} at the end" for label, part in shown.items()]
    found += [f"{number(len(groups) - len(shown))} more groups not shown"] * (len(groups) > len(shown))
    found += [f"loss in common on {row.day:%Y-%m-%d}" for row in purged.itertuples()]
    return finished("followers", figure, "Followers over time", found, caption, table)


@styled
def plot_reception(table, *, caption, days, change=""):
    """Mean stance of comments over time, a panel for each group: periods as a line with their interval, days as points.

    `table`: that of `reception` by week or month; `days`: that by day; `change`: the day of a change, marked.
    """
    rows = with_numbers(table, "reception").dropna(subset="reception")
    groups, points = (
        groups_of(rows, "reception", "period"),
        groups_of(with_numbers(days, "reception"), "reception", "period"),
    )
    if not groups:
        return empty_figure("reception", caption, table)
    groups = dict(list(groups.items())[:MOST])
    figure, axes = sheet("How are posts received?", caption, 1.5 + 1.9 * len(groups), len(groups))
    for ax, (label, part), colour, marker in zip(axes, groups.items(), cycle(COLOURS), cycle(MARKERS)):
        own = points.get(label, part[:0])
        ax.scatter(own["period"], own["reception"], s=6 + 6 * own["n"].fillna(0), color=SOFT, alpha=0.35, linewidth=0)
        ax.fill_between(part["period"], part["low"], part["high"], color=colour, alpha=0.25, linewidth=0)
        ax.plot(part["period"], part["reception"], color=colour, marker=marker, markersize=5)
        ax.axhline(0, color=SOFT, linewidth=1)
        if change:
            ax.axvline(pd.Timestamp(change), color=INK, linestyle=":", linewidth=2)
        ax.set_title(label, loc="left", fontweight="bold")
        ax.set(ylim=(-1.1, 1.1), yticks=(-1, 0, 1), yticklabels=("oppose", "0", "support"))
    _date_ticks(axes[-1], sorted(rows["period"].unique()))
    note = f"; dotted: {change}" * bool(change)
    axes[-1].set_xlabel(
        f"line: periods at their first day{words_if_drawn(', with 95 % interval', rows['low'])}; points: days{note}",
        fontsize=10,
    )
    found = [
        f"{label}: first {value_in_words(part.iloc[0], 'reception')}, last {value_in_words(part.iloc[-1], 'reception')}"
        for label, part in groups.items()
    ]
    return finished("reception", figure, "Mean stance of comments over time", found, caption, stacked(table, days))


@styled
def plot_placebo(table, *, caption, change=""):
    """The step that each day would have, a panel for each group; the day named is drawn apart.

    `table`: that of `trend_placebo`; `change`: the day named, or nothing.
    """
    rows = with_numbers(table, "trend_placebo", "place").dropna(subset="trend_placebo")
    groups = dict(list(groups_of(rows, "trend_placebo", "day").items())[:MOST])
    if not groups:
        return empty_figure("placebo", caption, table)
    figure, axes = sheet("A step on any day?", caption, 1.4 + 1.6 * len(groups), len(groups))
    found = []
    for ax, (label, part) in zip(axes, groups.items(), strict=True):
        named = part[part["day"].astype(str).str[:10] == change]
        ax.vlines(part["day"], 0, part["trend_placebo"], color=SOFT, linewidth=1.5)
        ax.scatter(named["day"], named["trend_placebo"], s=70, marker="D", color=ORANGE, edgecolor=INK, zorder=3)
        ax.axhline(0, color=INK, linewidth=1)
        ax.margins(y=0.15)
        ax.set_title(label, loc="left", fontweight="bold")
        words = (
            f"{change}: place {number(named['place'].iloc[0])} of {len(part)}" if len(named) else f"{len(part)} days"
        )
        ax.set_title(words, loc="right", fontsize=10, color=SOFT)
        ax.set_ylabel("step, points")
        format_axis(ax, "y", number)
        found.append(f"{label}, {words}")
    _date_ticks(axes[-1], sorted(rows["day"].unique()))
    axes[-1].set_xlabel("day taken as the day of change" + "; diamond: the day named" * bool(change))
    return finished("placebo", figure, "Step of stance if each day were the day of change", found, caption, table)


@styled
def plot_lead(table, *, caption):
    """Topics asked against topics of posts so many days later, a panel for each group: rows are topics, columns are lags.

    `table`: that of `topic_lead`. Dark where high; a dot: the interval lies above 0; a hollow square: below.
    """
    rows = with_numbers(table, "topic_lead", "lag").dropna(subset=["topic_lead", "lag"])
    groups = dict(list(groups_of(rows, "topic_lead", "topic", "lag").items())[:MOST])
    if not groups:
        return empty_figure("topic-lead", caption, table)
    tall = [part["topic"].nunique() for part in groups.values()]
    title = "Are posts about what was asked before?"
    figure, axes = sheet(title, caption, 1.6 + 0.42 * sum(tall) + 0.35 * len(tall), len(groups), tall)
    most, lags, found = max(0.1, rows["topic_lead"].abs().max()), sorted(rows["lag"].unique()), []
    for ax, (label, part) in zip(axes, groups.items(), strict=True):
        cells = part.set_index(["topic", "lag"])
        wide, low, high = (
            cells[name].unstack(sort=False).reindex(columns=lags) for name in ("topic_lead", "low", "high")
        )
        image = ax.imshow(wide, cmap="PuOr", vmin=-most, vmax=most, aspect="auto")
        for marker, is_lead in (("o", low > 0), ("s", high < 0)):
            y, x = np.nonzero(is_lead.to_numpy(bool))
            inside, edge = (INK, PAPER) if marker == "o" else (PAPER, INK)
            ax.scatter(x, y, marker=marker, s=40, facecolor=inside, edgecolor=edge)
        ax.set_yticks(range(len(wide)), wide.index)
        ax.set_title(label, loc="left", fontweight="bold")
        ax.grid(False)
        best = part.loc[part["topic_lead"].idxmax()]
        words = f"{best['topic']} at lag {number(best['lag'])}, {value_in_words(best, 'topic_lead')}"
        found.append(f"{label}, highest: {words}")
    ticks = range(0, len(lags), -(-len(lags) // 9))
    axes[-1].set_xticks(ticks, [number(lags[at]) for at in ticks])
    axes[-1].set_xlabel(
        "days from inquiry to post, below 0 the post came first (dot: interval above 0; square: below)", fontsize=9
    )
    figure.colorbar(image, ax=list(axes), label="correlation", aspect=30)
    return finished("topic-lead", figure, "Topics of inquiries against topics of later posts", found, caption, table)


@styled
def plot_agreement(table, *, caption, limits):
    """A metric on two platforms, a point for each week: the ratio of both over their mean, with the limits of agreement.

    `table`: that of `agreement_points`; `limits`: that of `platform_agreement`. Both axes are logarithmic.
    """
    points = table.dropna(subset=["mean", "ratio"])
    known = with_numbers(limits, "platform_agreement").dropna(subset="platform_agreement")
    if points.empty or known.empty:
        return empty_figure("agreement", caption, limits)
    figure, (ax,) = sheet("Do two platforms agree on a good week?", caption, 4.2)
    pairs = zip(points.groupby("platforms"), cycle(COLOURS), cycle(MARKERS), cycle(DASHES))
    for (name, part), colour, marker, dash in pairs:
        ax.scatter(
            part["mean"] + 1, part["ratio"], s=46, marker=marker, color=colour, label=f"{name}, n {len(part)} weeks"
        )
        for row in known[known["platforms"] == name].itertuples():
            ax.axhline(row.platform_agreement, color=colour, linestyle=dash, linewidth=1.6)
            words = f"{row.statistic} {number(row.platform_agreement)}"
            ax.text(1.01, row.platform_agreement, words, transform=ax.get_yaxis_transform(), va="center", fontsize=9)
    ax.set(xscale="log", yscale="log")
    format_axis(ax, "x", number, log=True)
    format_axis(ax, "y", number, log=True)
    ax.set(xlabel="mean of both, plus 1", ylabel="ratio")
    legend(ax, 1)
    found = [
        f"{row['platforms']}, {row['statistic']}: {value_in_words(row, 'platform_agreement')}"
        for _, row in known.iterrows()
    ]
    return finished(
        "agreement", figure, "A metric on two platforms, week by week", found, caption, stacked(table, limits)
    )


def _date_ticks(ax, days):
    """A few dates below the axis."""
    ticks = days[:: -(-len(days) // TICKS)]
    ax.set_xticks(ticks, [f"{day:%Y-%m-%d}" for day in ticks], fontsize=9)
