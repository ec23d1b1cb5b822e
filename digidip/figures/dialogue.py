"""Dialogue: an index over time, who speaks next, broadcast against answers, places of practice."""

from itertools import cycle

import numpy as np
import pandas as pd

from digidip.figures._sheet import (
    BLUE,
    COLOURS,
    DASHES,
    INK,
    MARKERS,
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
    percent,
    plain,
    sheet,
    stacked,
    styled,
    value_in_words,
    with_numbers,
    words_if_drawn,
)

NAMED = 40  # accounts whose names still find room
CORNERS = {  # place in the panel, what it holds
    (0.01, 0.98): "answers, broadcasts little",
    (0.99, 0.98): "answers and broadcasts",
    (0.01, 0.02): "little of both",
    (0.99, 0.02): "broadcasts, answers little",
}


@styled
def plot_index_line(table, *, caption, changes=None, most=4):
    """The monologue-dialogue index over periods with its change-point, a panel for each group.

    The `most` groups with most periods are drawn (equals in the order of the table); title and alt text tell the rest.

    `table`: group columns, period, dialogue_index_per_period, n, low, high; `changes`: group columns, statistic,
    dialogue_change, changed_at, p (the rows "step" are drawn).
    """
    measure = "dialogue_index_per_period"
    rows = with_numbers(table, measure)
    groups = {
        label: part for label, part in groups_of(rows, measure, "period").items() if part[measure].notna().sum() > 1
    }
    if not groups:
        reason = "no group has two periods with a value" if rows[measure].notna().any() else ""
        return empty_figure("index-line", caption, table, reason)
    drawable, steps = len(groups), _steps_by_group(changes)
    longest = sorted(groups, key=lambda label: -groups[label][measure].notna().sum())[:most]
    groups = {label: part for label, part in groups.items() if label in longest}
    more = f" ({drawable - len(groups)} more not shown)" if drawable > len(groups) else ""
    periods = _all_periods(sorted({period for part in groups.values() for period in part["period"]}))
    title = f"Monologue (-1) or dialogue (1)?{more}"
    figure, axes = sheet(title, caption, 1.6 + 1.75 * len(groups), len(groups))
    for ax, (label, part), colour, dash, marker in zip(
        axes, groups.items(), cycle(COLOURS), cycle(DASHES), cycle(MARKERS)
    ):
        at = np.array([periods.index(period) for period in part["period"]])
        ax.vlines(at, part["low"], part["high"], color=colour, linewidth=2)
        course = part.set_index("period")[measure].reindex(periods)  # no line over a period without a value
        ax.plot(range(len(periods)), course, color=colour, linestyle=dash, marker=marker, clip_on=False)
        ax.axhline(0, color=SOFT, linewidth=1)
        if label in steps:
            ax.axvline(periods.index(steps[label]["changed_at"]) - 0.5, color=INK, linestyle=":", linewidth=2)
        ax.set_title(label, loc="left", fontweight="bold")
        ax.set_title(_step_in_words(steps.get(label)), loc="right", fontsize=10, color=SOFT)
        ax.set(ylim=(-1.1, 1.1), yticks=(-1, 0, 1))
    step = -(-len(periods) // 9)
    axes[-1].set_xticks(range(0, len(periods), step), periods[::step])
    axes[-1].set_xlabel("period" + words_if_drawn("; lines: 95 % interval", rows["low"]))
    if changes is not None:
        table = pd.concat([table.convert_dtypes(), changes.convert_dtypes()], ignore_index=True)
    found = [
        f"{label}, {_course_in_words(part, measure)}{_comma(_step_in_words(steps.get(label)))}"
        for label, part in groups.items()
    ]
    return finished("index-line", figure, f"Monologue-dialogue index over periods{more}", found, caption, table)


@styled
def plot_turns(table, *, caption):
    """Who speaks next in a thread: a matrix for each group, from speaker to next speaker.

    `table`: group columns, speaker, next, next_speaker_share, n, low, high.
    """
    rows = with_numbers(table, "next_speaker_share")
    groups = groups_of(rows, "next_speaker_share", "speaker", "next")
    groups = {label: part for label, part in groups.items() if part["next_speaker_share"].notna().any()}
    if not groups:
        return empty_figure("turns", caption, table)
    figure, axes = sheet("Who speaks next in a thread?", caption, 1.2 + 1.75 * len(groups), len(groups))
    for ax, (label, part) in zip(axes, groups.items(), strict=True):
        wide = part.pivot(index="speaker", columns="next", values="next_speaker_share")
        wide = wide.loc[list(dict.fromkeys(part["speaker"])), list(dict.fromkeys(part["next"]))]
        ax.imshow(wide.fillna(0), cmap="Blues", vmin=0, vmax=1.6, aspect="auto")  # light enough for dark letters
        sizes = part.drop_duplicates("speaker").set_index("speaker")["n"]
        for (y, x), value in np.ndenumerate(wide.to_numpy()):
            row = part[(part["speaker"] == wide.index[y]) & (part["next"] == wide.columns[x])].squeeze()
            text = (
                "not defined"
                if np.isnan(value)
                else percent(value) + "\n" + interval_in_words(row, percent).strip(" ()")
            )
            ax.text(x, y, text.replace("interval ", ""), ha="center", va="center", fontsize=10, color=INK)
        ax.set_xticks(range(len(wide.columns)), [f"then {name}" for name in wide.columns])
        ax.set_yticks(range(len(wide.index)), [f"{name}\nn = {number(sizes[name])}" for name in wide.index])
        ax.set_title(label, loc="left", fontweight="bold")
        ax.tick_params(labelbottom=True, length=0)
        ax.grid(False)
    found = [f"{label}, {_next_in_words(part)}" for label, part in groups.items()]
    return finished(
        "turns",
        figure,
        "Share of comments followed by one of others, of the ministry, or by none",
        found,
        caption,
        table,
    )


def _steps_by_group(changes):
    """The step of each group that has one, by the label of the group."""
    if changes is None:
        return {}
    rows = changes[(changes["statistic"] == "step") & changes["changed_at"].fillna("").ne("")]
    return {label: part.iloc[0] for label, part in groups_of(rows, "dialogue_change", "statistic").items()}


def _all_periods(periods):
    """Every period from the first to the last, so that time passes evenly.

    >>> _all_periods(["2014Q4", "2015Q2"]), _all_periods(["2016-01-04/2016-01-10", "2016-01-18/2016-01-24"])[1]
    (['2014Q4', '2015Q1', '2015Q2'], '2016-01-11/2016-01-17')
    """
    rhythm = "W-SUN" if "/" in periods[0] else pd.Period(periods[0]).freq
    first, last = (pd.Period(period.partition("/")[0], rhythm) for period in (periods[0], periods[-1]))
    return [str(period) for period in pd.period_range(first, last)]


def _step_in_words(step):
    """A change-point in words."""
    if step is None:
        return ""
    return f"step of {number(step['dialogue_change'])} at {step['changed_at']}, p = {step['p']:.2g}"


def _comma(words):
    """Words after a comma, if there are any."""
    return f", {words}" if words else ""


def _course_in_words(part, measure):
    """First and last period of a group in words."""
    known = part.dropna(subset=measure)
    ends = [f"{row['period']} {value_in_words(row, measure)}" for _, row in known.iloc[[0, -1]].iterrows()]
    return " to ".join(ends)


def _next_in_words(part):
    """The rows that have a value, in words."""
    known = part.dropna(subset="next_speaker_share")
    return ", ".join(
        f"after {r['speaker']} {r['next']} {value_in_words(r, 'next_speaker_share', percent)}"
        for _, r in known.iterrows()
    )


@styled
def plot_places(table, *, caption, ranks):
    """Places of the dimensions of practice: a line for each group, how many share a place, the mean.

    `table`: group columns, dimension, dimension_score, rank; `ranks`: without, dimension, dimension_rank, n, low, high, p
    (the rows with nothing left out are drawn).
    """
    known, mean = table.dropna(subset="rank"), with_numbers(ranks, "dimension_rank", "p")
    mean = mean[mean["without"].eq("") & mean["dimension_rank"].notna()]
    if known.empty or mean.empty:
        reason = "no group of which all five dimensions are known" if len(table) else ""
        return empty_figure("places", caption, table, reason)
    names = list(dict.fromkeys(table["dimension"]))
    figure, (ax,) = sheet("Which dimension of practice comes last?", caption, 5.2)
    place = {name: at for at, name in enumerate(names)}
    for part in groups_of(known, "dimension_score", "dimension").values():
        ax.plot(part["dimension"].map(place), part["rank"], color=PALE, linewidth=1, zorder=1)
    shared = known.groupby(["dimension", "rank"]).size()
    for (name, rank), n in shared.items():
        ax.scatter(place[name], rank, s=130 + 16 * min(n, 40), color=PAPER, edgecolors=SOFT, linewidths=1, zorder=2)
        ax.text(place[name], rank, n, ha="center", va="center", fontsize=9, color=SOFT, zorder=3)
    at = mean["dimension"].map(place) + 0.2
    ax.vlines(at, mean["low"], mean["high"], color=BLUE, linewidth=2.5, zorder=4)
    ax.plot(at, mean["dimension_rank"], color=BLUE, linestyle="--", linewidth=1.5, zorder=1.5)
    ax.plot(
        at,
        mean["dimension_rank"],
        "D",
        color=BLUE,
        zorder=4,
        label="mean" + words_if_drawn(", 95 % interval", mean["low"]),
    )
    ax.set(xlim=(-0.4, len(names) - 0.4), ylim=(5.5, 0.5), yticks=range(1, 6), ylabel="place (1: the strongest)")
    ax.set_xticks(range(len(names)), names)
    ax.set_xlabel("in each disc: how many share the place")
    ax.grid(False, axis="x")
    legend(ax)
    found = [f"{row['dimension']}: mean place {value_in_words(row, 'dimension_rank')}" for _, row in mean.iterrows()]
    lead = f"Places of five dimensions of practice, {known.groupby('dimension').size().max()} groups"
    return finished("places", figure, lead, found, caption, stacked(table, ranks))


@styled
def plot_quadrant(table, *, caption):
    """Broadcast against answers: an account for each point, in four quarters; at most 40 are named.

    `table`: group columns, broadcast_share, n, answered_share, asked.
    """
    rows = with_numbers(table, "broadcast_share", "answered_share").assign(label=_labels(table))
    known = rows.dropna(subset=["broadcast_share", "answered_share"])
    if known.empty:
        return empty_figure(
            "quadrant", caption, table, "no account of which both shares are known" if len(table) else ""
        )
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
        _name_points(ax, known)
    ends = {
        "xlim": (-0.05, 1.25),
        "ylim": (-0.12, 1.12),
        "xticks": np.arange(0, 1.1, 0.25),
        "yticks": np.arange(0, 1.1, 0.25),
    }
    ax.set(**ends, xlabel="broadcast, share of posts and answers")
    ax.set_ylabel("answered, share of comments received")
    format_axis(ax, "x", percent)
    format_axis(ax, "y", percent)
    legend(ax, columns=3)
    found = [
        f"{row['label']}: broadcast {percent(row['broadcast_share'])}, answered {percent(row['answered_share'])}"
        for _, row in known.head(NAMED).iterrows()
    ]
    unknown = len(rows) - len(known)
    found += [f"{unknown} more of which one share is not known"] if unknown else []
    return finished("quadrant", figure, f"Broadcast against answers, {len(known)} accounts", found, caption, table)


def _labels(table):
    """A name for each row: the ministry, or the handle where there is none, else the group."""
    keys = list(table.columns[: table.columns.get_loc("broadcast_share")])
    short = [name for name in ("ministry", "handle") if name in keys][:1] or [
        name for name in keys if name != "account_id"
    ]
    return [" · ".join(map(plain, row)) for row in table[short].itertuples(index=False)] if short else "all together"


def _name_points(ax, known):
    """The labels right of points; those of points too near for labels of their own stand together."""
    points = known.assign(band=(known["answered_share"] * 25).round()).sort_values(["band", "broadcast_share", "label"])
    apart = points["band"].ne(points["band"].shift()) | (points["broadcast_share"].diff() > 0.1)
    for _number, part in points.groupby(apart.cumsum()):
        at = part["broadcast_share"].max(), part["answered_share"].iloc[-1]
        words = ", ".join(dict.fromkeys(part["label"]))
        ax.annotate(words, at, xytext=(6, 0), textcoords="offset points", fontsize=9, va="center")
