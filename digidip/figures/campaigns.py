"""Campaigns: a series beside what the time before foretells, and the same ratio at other dates."""

import numpy as np
import pandas as pd

from digidip.figures._sheet import (
    BLUE,
    COLOURS,
    INK,
    ORANGE,
    SOFT,
    empty_figure,
    finished,
    format_axis,
    groups_of,
    legend,
    number,
    plain,
    sheet,
    styled,
    with_numbers,
    words_if_drawn,
    wrap,
)

MOST, TICKS, NAME = 6, 5, 26  # panels, dates below the axis, letters on a line of a name
NO_DONORS = "no comparison series, so no claim of cause"


@styled
def plot_foretold(table, *, caption):
    """Each series as observed, and as the time before foretells it, with the interval of each day from the announcement on.

    `table`: that of `foretold_attention`. Where no other series was compared with, the title says that no cause is claimed.
    """
    rows = with_numbers(table, "foretold_attention", "observed").dropna(subset="observed")
    groups = groups_of(rows, "foretold_attention", "at") if len(rows) else {}
    if not groups:
        return empty_figure("foretold", caption, table)
    shown = dict(list(groups.items())[:MOST])
    alone = rows["donors"].eq("none").all()
    title = "Attention, observed and foretold" + f": {NO_DONORS}" * bool(alone)
    figure, axes = sheet(title, caption, 2.0 + 1.9 * len(shown), rows=len(shown))
    found = []
    for ax, (label, part) in zip(axes, shown.items(), strict=True):
        part = part.sort_values("at")
        ax.plot(part["at"], part["observed"], color=INK, linewidth=1, label="observed")
        ax.plot(part["at"], part["foretold_attention"], color=BLUE, linewidth=1.6, linestyle="--", label="foretold")
        ax.fill_between(
            part["at"],
            part["low"],
            part["high"],
            color=BLUE,
            alpha=0.25,
            label=words_if_drawn("interval of each", rows["low"]) or None,
        )
        for phase, colour, dash in (("anticipation", SOFT, ":"), ("after", ORANGE, "-")):
            begun = part["at"][part["phase"].eq(phase)]
            if len(begun):
                ax.axvline(begun.iloc[0], color=colour, linestyle=dash, linewidth=1.6)
        ax.set_title(wrap(label, 60), loc="left", fontsize=11)
        format_axis(ax, "y", number)
        found.append(_in_words(label, part))
    days = sorted(rows["at"].unique())
    ticks = days[:: -(-len(days) // TICKS)]
    axes[-1].set_xticks(ticks, [f"{day:%Y-%m-%d}" for day in ticks], fontsize=9)
    axes[-1].set_xlabel("dotted: announced; solid: the event")
    axes[0].legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, fontsize=9)
    found += [f"{number(len(groups) - len(shown))} more series not shown"] * (len(groups) > len(shown))
    return finished("foretold", figure, title, found, caption, table)


def _in_words(label, part):
    """Means of what was observed and foretold after the event."""
    after = part[part["phase"].eq("after")]
    if after.empty or after["foretold_attention"].isna().all():
        return f"{label}: observed alone, nothing foretold"
    seen, foretold = number(after["observed"].mean()), number(after["foretold_attention"].mean())
    outside = ((after["observed"] < after["low"]) | (after["observed"] > after["high"])).sum()
    return f"{label}: after the event {seen} on average, foretold {foretold}; {number(outside)} of {number(len(after))} outside"


@styled
def plot_placebos(table, *, caption):
    """The ratio to the foretold at the event, and at other dates before it, a line for each series.

    `table`: that of `placebo_ratio`.
    """
    rows = with_numbers(table, "placebo_ratio").dropna(subset="placebo_ratio")
    groups = groups_of(rows, "placebo_ratio", "at")
    if not groups:
        return empty_figure("placebos", caption, table)
    title = "Ratio to the foretold, at the event and at other dates"
    figure, (ax,) = sheet(title, caption, 2.0 + 0.6 * len(groups))
    found = []
    for at, (label, part) in enumerate(groups.items()):
        others, event = part[~part["is_event"]], part[part["is_event"]]
        height = at + (np.arange(len(others)) % 7 - 3) / 16  # so that near values stand beside each other
        ax.scatter(
            others["placebo_ratio"], height, s=18, color=SOFT, marker="|", label="another date" if at == 0 else None
        )
        ax.scatter(
            event["placebo_ratio"],
            np.full(len(event), at),
            s=70,
            color=COLOURS[1],
            marker="D",
            label="the event" if at == 0 else None,
        )
        for row in event.itertuples():
            place = "" if pd.isna(row.place) else f", place {number(row.place)} of {number(len(part))}"
            ax.text(
                1.02,
                at,
                f"{number(row.placebo_ratio)}{place}",
                transform=ax.get_yaxis_transform(),
                va="center",
                fontsize=9,
            )
            found.append(f"{label}: {number(row.placebo_ratio)}{place}")
    ax.axvline(1, color=BLUE, linewidth=1.2, zorder=1)
    ax.set_yticks(range(len(groups)), [wrap(plain(label), NAME) for label in groups])
    ax.set(ylim=(len(groups) - 0.5, -0.5), xlabel="ratio to the foretold")
    ax.grid(False, axis="y")
    format_axis(ax, "x", number)
    legend(ax, 2)
    return finished("placebos", figure, title, found, caption, table)
