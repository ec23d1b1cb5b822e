"""Inquiries: when they come, which are answered, how long the others wait, and what a staff could answer."""

from itertools import cycle

import numpy as np
from matplotlib.ticker import MaxNLocator

from digidip.figures._sheet import (
    BLUE,
    COLOURS,
    DASHES,
    GREEN,
    INK,
    MARKERS,
    ORANGE,
    PAPER,
    SOFT,
    empty_figure,
    finished,
    format_axis,
    groups_of,
    in_words,
    is_flat,
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

SILENT_HOURS = 168  # the axis where nobody was answered
SIDES = {"inquiry_hours": "inquiries arrive", "answers": "answers are written"}
LOOKS = {
    ("inquiry", "answered"): ("s", BLUE, 0.8),
    ("inquiry", "not answered"): ("x", ORANGE, 0.65),
    ("other comment", "answered"): ("D", GREEN, 0.65),
    ("other comment", "not answered"): (".", SOFT, 0.45),
}
WIDE, LEAST_COLUMNS = 6.3, 40  # inches of a wall, tiles in a row


@styled
def plot_survival(table, *, caption):
    """Share of inquiries still unanswered as stairs with bands, by kind; who still waits below.

    Ticks stand where observation ends.

    The axis ends a quarter beyond the last answer. `table`: group columns, kind, hours, waiting_curve, n, low, high,
    answered, censored.
    """
    rows = with_numbers(table, "waiting_curve", "hours").dropna(subset="waiting_curve")
    groups = groups_of(rows, "waiting_curve", "hours")
    if not groups:
        return empty_figure("survival", caption, table)
    end = max(_end_of_axis(rows), *(part["hours"].min() for part in groups.values()))
    heights = [3.6, 0.25 + 0.26 * len(groups)]
    figure, (ax, below) = sheet(
        "Share of inquiries still unanswered", caption, 1.9 + sum(heights) + 0.22 * len(groups), 2, heights
    )
    for (label, part), colour, dash in zip(groups.items(), cycle(COLOURS), cycle(DASHES)):
        _draw_stairs(ax, part, f"{label}, n {number(part['n'].max())}", colour, dash, end)
    ax.set(
        xlim=(0, end), ylim=(0, 1.02), ylabel="share unanswered" + words_if_drawn(",\nwith 95 % limits", rows["low"])
    )
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    ax.tick_params(labelbottom=True)
    ax.set_xlabel("hours since the inquiry (ticks on a line: observation ends)")
    format_axis(ax, "y", percent)
    legend(ax)
    _draw_still_waiting(below, groups, [tick for tick in ax.get_xticks() if 0 <= tick <= end])
    found = [f"{label}, {_curve_in_words(part, end)}" for label, part in groups.items()]
    return finished(
        "survival", figure, f"Curves that fall as answers come, 0 to {number(end)} hours", found, caption, table
    )


@styled
def plot_capacity(table, *, caption, target=""):
    """Share of inquiries begun in time by people on duty, with limits as a band.

    Crosses at the foot: the line grows without end.

    `table`: group columns, staff, answer_capacity, n, low, high, busy; `target` says in words what "in time" is.
    """
    rows = with_numbers(table, "answer_capacity", "staff", "busy")
    groups = groups_of(rows, "answer_capacity", "staff")
    if rows["answer_capacity"].isna().all():
        return empty_figure("capacity", caption, table)
    lead, found = (
        "More people on duty, more begun in time",
        [f"{label}, {_staff_in_words(part)}" for label, part in groups.items()],
    )
    if is_flat(rows["answer_capacity"]):
        return in_words("capacity", f"{lead}{f' ({target})' * bool(target)}", found, caption, table)
    figure, (ax,) = sheet("Share begun in time, by people on duty", caption, 4.4 + 0.22 * len(groups))
    for (label, part), colour, dash, marker in zip(groups.items(), cycle(COLOURS), cycle(DASHES), cycle(MARKERS)):
        known, beyond = part.dropna(subset="answer_capacity"), part[part["answer_capacity"].isna()]
        look = {"color": colour, "linestyle": dash, "marker": marker, "label": wrap(label, 60), "clip_on": False}
        ax.plot(known["staff"], known["answer_capacity"], zorder=3, **look)
        ax.fill_between(known["staff"], known["low"], known["high"], color=colour, alpha=0.15, hatch="///", linewidth=0)
        ax.scatter(beyond["staff"], np.zeros(len(beyond)), marker="x", color=colour, clip_on=False, zorder=3)
    ax.set(ylim=(0, 1.02), ylabel="share begun in time" + words_if_drawn(",\nwith limits of the load", rows["low"]))
    cross = " (cross: the line grows without end)" if table["answer_capacity"].isna().any() else ""
    ax.set_xlabel(f"people on duty{cross}{f'{chr(10)}in time: {target}' if target else ''}")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    format_axis(ax, "y", percent)
    legend(ax)
    return finished("capacity", figure, lead, found, caption, table)


@styled
def plot_funnel(table, *, caption):
    """What is left at each stage from comments to answers, with the share of the stage above.

    `table`: group columns, statistic (the stage), answer_funnel, n, low, high, count, of.
    """
    rows = with_numbers(table, "answer_funnel", "count").dropna(subset="count")
    groups = groups_of(rows, "answer_funnel", "statistic")
    if not groups:
        return empty_figure("funnel", caption, table)
    sizes = [len(part) for part in groups.values()]
    figure, axes = sheet(
        "From comments to answers", caption, 1.4 + sum(0.5 + 0.42 * size for size in sizes), len(sizes), sizes
    )
    for ax, (label, part), colour, hatch in zip(axes, groups.items(), cycle(COLOURS), cycle(("", "///", "...", "xx"))):
        at = np.arange(len(part))
        ax.barh(at, part["count"], color=colour, hatch=hatch, edgecolor=PAPER, height=0.7)
        for place, row in zip(at, part.to_dict("records"), strict=True):
            ax.annotate(
                _stage_in_words(row),
                (row["count"], place),
                (5, 0),
                textcoords="offset points",
                va="center",
                fontsize=11,
            )
        ax.set_yticks(at, [plain(stage) for stage in part["statistic"]])
        ax.set(ylim=(len(part) - 0.5, -0.5), xlim=(0, 1.75 * rows["count"].max()))
        ax.set_title(label, loc="left", fontweight="bold")
        ax.grid(False, axis="y")
    format_axis(axes[-1], "x")
    axes[-1].set_xlabel("comments (in brackets: 95 % interval)")
    found = [
        f"{label}, {', '.join(f'{row.statistic} {_stage_in_words(row._asdict())}' for row in part.itertuples())}"
        for label, part in groups.items()
    ]
    return finished("funnel", figure, "A bar for each stage", found, caption, table)


def _stage_in_words(row):
    """Members of a stage and their share of the stage above, in words."""
    if row["statistic"] == row["of"] or np.isnan(row["answer_funnel"]):
        return number(row["count"])
    limits = f"({percent(row['low'])} to {percent(row['high'])})"
    return f"{number(row['count'])}: {percent(row['answer_funnel'])} of {row['of']} {limits}"


def _end_of_axis(rows):
    """Where the axis of hours ends."""
    answered = rows["hours"][rows["answered"].gt(0).to_numpy(bool, na_value=False)]
    return float(np.ceil(1.25 * answered.max())) if len(answered) and answered.max() > 0 else SILENT_HOURS


def _draw_stairs(ax, part, name, colour, dash, end):
    """One curve with its band and its ticks; it goes on to the edge if anyone is observed so long."""
    inside = part[part["hours"] <= end]
    hours, cells = inside["hours"].to_numpy(), inside[["waiting_curve", "low", "high"]].to_numpy()
    if part["hours"].max() > end:
        hours, cells = np.append(hours, end), np.vstack([cells, cells[-1]])
    ax.plot(hours, cells[:, 0], drawstyle="steps-post", color=colour, linestyle=dash, label=wrap(name, 60))
    ax.fill_between(hours, cells[:, 1], cells[:, 2], step="post", color=colour, alpha=0.15, linewidth=0)
    cut = inside[inside["censored"].gt(0).to_numpy(bool, na_value=False)]
    ax.scatter(cut["hours"], cut["waiting_curve"], marker="|", s=60, color=colour, zorder=3)


def _draw_still_waiting(ax, groups, ticks):
    """How many are still waiting at each tick, a line for each curve."""
    ax.set_title("still waiting then", loc="left", fontsize=11, color=SOFT)
    for y, part in enumerate(groups.values()):
        for tick in ticks:
            left = part["n"][part["hours"] >= tick]
            ax.text(tick, y, number(left.iloc[0] if len(left) else 0), ha="center", va="center", fontsize=11)
    ax.set(ylim=(len(groups) - 0.4, -0.6))
    ax.set_yticks(range(len(groups)), [plain(label) for label in groups])
    ax.tick_params(labelbottom=False, length=0, pad=24)
    ax.grid(False)
    for side in ax.spines.values():
        side.set_visible(False)


def _curve_in_words(part, end):
    """Where a curve is at the end of the axis, and how many go on waiting beyond."""
    row, beyond = part[part["hours"] <= end].iloc[-1], int((part["censored"].where(part["hours"] > end, 0)).sum())
    words = value_in_words(row.drop("n").reindex([*row.index]), "waiting_curve", percent)
    return (
        f"at {number(end)} hours {words} still wait, n {number(part['n'].max())}, seen to wait longer {number(beyond)}"
    )


def _staff_in_words(part):
    """The first staff that can cope, and the first and last share."""
    row = part.dropna(subset="answer_capacity")
    if row.empty:
        return "no staff of the table can cope"
    first, last = row.iloc[0], row.iloc[-1]
    return (
        f"{number(first['staff'])} on duty: {value_in_words(first.drop('n').reindex([*first.index]), 'answer_capacity', percent)}, "
        f"{number(last['staff'])} on duty: {percent(last['answer_capacity'])}"
    )


@styled
def plot_hours(table, *, caption):
    """Two calendars of the week for each group: hours of inquiries, and hours of answers.

    `table`: group columns, weekday, hour, inquiry_hours, answers.
    """
    rows = with_numbers(table, "inquiry_hours", "answers", "hour")
    groups = groups_of(rows.dropna(subset="inquiry_hours"), "inquiry_hours", "weekday", "hour")
    if not groups:
        return empty_figure("hours", caption, table)
    figure, axes = sheet("Hours of the week", caption, 1.3 + 4.6 * len(groups), 2 * len(groups))
    found = []
    for (label, part), place in zip(groups.items(), range(0, len(axes), 2), strict=True):
        for ax, (name, words) in zip(axes[place : place + 2], SIDES.items(), strict=True):
            _draw_week(ax, part, name)
            ax.set_title(
                f"{label}: {words}, {number(part[name].sum())} in all", loc="left", fontweight="bold", fontsize=12
            )
            found.append(f"{label}, {_busiest_hour_in_words(part, name, words)}")
    axes[-1].set_xlabel("hour of the day, local")
    return finished("hours", figure, "A cell for each hour of the week", found, caption, table)


def _draw_week(ax, part, name):
    """Seven rows of 24 cells, the number in each that is not empty."""
    days = list(dict.fromkeys(part["weekday"]))
    cells = part.pivot(index="weekday", columns="hour", values=name).reindex(days)
    top = max(1, cells.max(axis=None))
    ax.imshow(cells.to_numpy(), cmap="Blues", vmin=0, vmax=top, aspect="auto")
    for (y, x), value in np.ndenumerate(cells.to_numpy()):
        if value > 0:
            look = {"color": PAPER if value > 0.6 * top else INK, "fontsize": 9 if top < 100 else 7}
            ax.text(x, y, number(value), ha="center", va="center", **look)
    ax.set_yticks(range(len(days)), [day[:3] for day in days])
    ax.set_xticks(range(0, 24, 2))
    ax.tick_params(labelbottom=True)
    ax.grid(False)


def _busiest_hour_in_words(part, name, words):
    """The hour of the week with most of it."""
    if not part[name].sum():
        return f"{words} in no hour"
    row = part.sort_values(name, ascending=False, kind="stable").iloc[0]
    return f"{words} most on {row['weekday']} at {number(row['hour'])} h, {number(row[name])}"


@styled
def plot_reply_wall(table, *, caption):
    """Every top-level comment as a tile in order of arrival, by inquiry and answer.

    `table`: group columns, place, answer_wait, kind, method (answered, not answered).
    """
    rows = with_numbers(table, "answer_wait", "place").dropna(subset="place")
    groups = groups_of(rows, "answer_wait", "place")
    if not groups:
        return empty_figure("reply-wall", caption, table)
    columns = max(LEAST_COLUMNS, int(np.ceil((1.7 * max(map(len, groups.values()))) ** 0.5)))
    heights = [WIDE * -(-len(part) // columns) / columns for part in groups.values()]
    tall = 1 + sum(heights) + len(groups) * 1.5
    figure, axes = sheet("Every comment, in order of arrival", caption, tall, len(groups), heights)
    found = []
    for ax, (label, part) in zip(axes, groups.items(), strict=True):
        kinds = np.where(part["kind"] == "none", "other comment", "inquiry")
        counts = _draw_tiles(ax, part["place"].to_numpy(int) - 1, kinds, part["method"].to_numpy(), columns)
        ax.get_legend().set_title(label, {"weight": "bold"})
        found.append(f"{label}, {', '.join(counts)}")
    return finished("reply-wall", figure, "A tile for each top-level comment by others", found, caption, table)


def _draw_tiles(ax, places, kinds, methods, columns):
    """The tiles row by row, and what there is of each sort, in words."""
    side, counts = (72 * WIDE / columns) ** 2, []
    for (kind, method), (marker, colour, part) in LOOKS.items():
        y, x = np.divmod(places[(kinds == kind) & (methods == method)], columns)
        words = f"{kind}, {method}: {number(len(x))}"
        ax.scatter(
            x,
            y,
            s=part**2 * side,
            marker=marker,
            color=colour,
            linewidths=max(0.6, 64 / columns) if marker == "x" else 0,
            label=words,
        )
        counts.append(words)
    ax.set(xlim=(-0.6, columns - 0.4), ylim=(places.max() // columns + 0.6, -0.6))
    ax.set_aspect("equal")
    ax.axis("off")
    legend(ax)
    ax.get_legend().set_alignment("left")
    for handle in ax.get_legend().legend_handles:
        handle.set_sizes([40])
    return counts
