"""Sessions: question sessions over time, over their rule, by topic and length; answers around crises."""

from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from digidip.figures._sheet import (
    BLUE,
    COLOURS,
    DASHES,
    MARKERS,
    ORANGE,
    PALE,
    SOFT,
    empty_figure,
    finished,
    format_axis,
    groups_of,
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
    wrap,
)

FEW, MANY_TOPICS, OPEN = 5, 12, "open threads"
ASKED = (  # how questions asked and answered are drawn, and how far beside the duration
    ("asked", -0.015, {"marker": "o", "color": BLUE}),
    ("answered", 0.015, {"marker": "s", "color": ORANGE, "markerfacecolor": "white"}),
)


@styled
def plot_sessions(table, *, caption, answers, zone="UTC"):
    """Answers of each day as bars, sessions in a strip above them; a panel for each group.

    `table`: group columns, session, session_duration, n, begins_at, ends_at; `answers`: group columns, day, answers_per_day.
    `zone`: that of the days.
    """
    both = pd.concat([table, answers.astype({"day": "str"})], ignore_index=True)
    if "announced" not in table or table["announced"].isna().all():
        caption += " · no session announced: known by bursts of answers alone"
    days = groups_of(with_numbers(answers, "answers_per_day"), "answers_per_day", "day")
    if answers["answers_per_day"].isna().all():
        reason = next(iter(answers["method"].dropna()), "")
        return empty_figure("sessions", caption, both, reason)
    groups = groups_of(with_numbers(table, "session_duration"), "session_duration", "session")
    figure, axes = sheet("Question sessions and official answers per day", caption, 1.2 + 2.2 * len(days), len(days))
    found = []
    for ax, (label, part) in zip(axes, days.items(), strict=True):
        held = groups.get(label, table.iloc[:0]).dropna(subset="session_duration")
        _draw_answers(ax, part)
        _draw_sessions(ax, held, zone)
        ax.set_title(label, loc="left", fontweight="bold")
        found.append(f"{label}, {_sessions_in_words(held)}, answers {number(part['answers_per_day'].sum())}")
    axes[-1].set_xlabel("day (strip above: sessions)")
    return finished("sessions", figure, "Sessions and answers over time", found, caption, both)


@styled
def plot_session_sweep(table, *, caption):
    """Share of answers within sessions for each gap of the rule, against the share by chance.

    `table`: group columns, least, gap, session_answer_share, n, low, high, expected, expected_low, expected_high; a panel
    for each least number of answers.
    """
    extra = "gap", "expected", "expected_low", "expected_high"
    rows = with_numbers(table, "session_answer_share", *extra).dropna(subset="session_answer_share").sort_values("gap")
    if "least" in rows:
        rows = rows.assign(least=[f"{least} answers or more" for least in rows["least"]])
    groups = groups_of(rows, "session_answer_share", "gap")
    if not groups:
        return empty_figure("session-sweep", caption, table)
    figure, axes = sheet("Share of answers within sessions", caption, 1.6 + 2.8 * len(groups), len(groups))
    for ax, (label, part), colour, marker in zip(axes, groups.items(), cycle(COLOURS), cycle(MARKERS)):
        ax.fill_between(
            part["gap"],
            part["expected_low"],
            part["expected_high"],
            color=PALE,
            label=words_if_drawn("95 % of chance", part["expected_low"]) or None,
        )
        ax.plot(part["gap"], part["expected"], color=SOFT, linestyle=DASHES[1], label="expected by chance")
        spread = np.clip(
            [part["session_answer_share"] - part["low"], part["high"] - part["session_answer_share"]], 0, None
        )
        look = {
            "color": colour,
            "marker": marker,
            "capsize": 4,
            "label": "within sessions" + words_if_drawn(", 95 % interval", part["low"]),
        }
        ax.errorbar(part["gap"], part["session_answer_share"], np.nan_to_num(spread), **look)
        ax.set(ylim=(-0.03, 1.03), xscale="log")
        ax.set_title(label, loc="right", fontweight="bold")
        ax.set_xticks(part["gap"], [number(gap) for gap in part["gap"]])
        ax.tick_params(labelbottom=True)
        ax.minorticks_off()
        format_axis(ax, "y", percent)
    legend(axes[0])
    axes[-1].set_xlabel("gap between answers of one session at most, minutes (logarithmic axis)")
    found = [
        f"{label}, {', '.join(_gap_in_words(row) for _, row in part.iterrows())}" for label, part in groups.items()
    ]
    return finished("session-sweep", figure, "Share of answers within sessions by gap", found, caption, table)


@styled
def plot_breadth(table, *, caption):
    """Questions asked and answered on each topic of the sessions; at most twelve topics.

    `table`: group columns, session, topic, session_topic_share, n, asked, answered.
    """
    rows = with_numbers(table, "session_topic_share", "asked", "answered").dropna(subset="session_topic_share")
    if rows.empty:
        return empty_figure("topics", caption, table)
    totals = rows.groupby("topic")[["asked", "answered"]].sum().sort_values(["asked", "answered"], kind="stable")
    totals = totals.tail(MANY_TOPICS)
    at = np.arange(len(totals))
    figure, (ax,) = sheet("Topics asked and topics answered, all sessions", caption, 1.9 + 0.5 * len(totals))
    ax.barh(at + 0.2, totals["asked"], 0.38, color="#a9cfe6", edgecolor=BLUE, hatch="///", label="asked")
    ax.barh(at - 0.2, totals["answered"], 0.38, color=ORANGE, edgecolor=SOFT, label="answered")
    for place, (asked, answered) in zip(at, totals.to_numpy(), strict=True):
        ax.text(asked, place + 0.2, f" {number(asked)}", va="center", fontsize=10)
        ax.text(answered, place - 0.2, f" {number(answered)}", va="center", fontsize=10)
    ax.set_yticks(at, [wrap(topic, 24) for topic in totals.index])
    ax.set(xlabel="questions", xlim=(0, 1.12 * totals["asked"].max()))
    ax.grid(axis="y", visible=False)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2, ncols=2)
    top = rows.sort_values("session_topic_share", ascending=False).iloc[0]
    most = f"largest topic of a session {plain(top['topic'])} {value_in_words(top, 'session_topic_share', percent)}"
    found = [
        f"{plain(topic)} asked {number(row.asked)}, answered {number(row.answered)}"
        for topic, row in totals[::-1].iterrows()
    ]
    return finished("topics", figure, "Questions by topic", [most, *found], caption, table)


@styled
def plot_scope(table, *, caption, durations):
    """Topics of each session, asked and answered, against its duration; a panel for each group.

    A band stands for open threads.

    `table`: group columns, session, per, topic_breadth, n, low, high; `durations`: group columns, session, session_duration.
    """
    rows = with_numbers(table, "topic_breadth", "session").dropna(subset="topic_breadth")
    if rows.empty:
        return empty_figure("scope", caption, table)
    lasted = groups_of(with_numbers(durations, "session_duration", "session"), "session_duration", "session")
    groups = groups_of(rows, "topic_breadth", "session", "per")
    figure, axes = sheet("Scope and duration of question sessions", caption, 1.4 + 2.9 * len(groups), len(groups))
    found = []
    for ax, (label, part) in zip(axes, groups.items(), strict=True):
        found += [f"{label}, {each}" for each in _draw_scope(ax, part, lasted.get(label, durations.iloc[:0]))]
        ax.set_title(label, loc="right", fontweight="bold")
        ax.set(ylabel="effective topics", ylim=(0, None))
        format_axis(ax, "y")
    legend(axes[0], 3)
    axes[-1].set_xlabel("duration, minutes (equal durations side by side)")
    return finished("scope", figure, "Topics and duration of sessions", found, caption, stacked(table, durations))


def _draw_scope(ax, part, durations):
    """One panel, and what it shows in words."""
    lasted = durations.dropna(subset="session_duration").set_index("session")["session_duration"]
    span = np.fmax(lasted.max() - lasted.min(), 1)
    rank, size = (lasted.groupby(lasted).transform(how) for how in ("cumcount", "size"))
    places = lasted + 0.12 * span * (rank - (size - 1) / 2)
    for per, aside, look in ASKED:
        rows = part[part["per"] == per]
        error = np.nan_to_num([rows["topic_breadth"] - rows["low"], rows["high"] - rows["topic_breadth"]]).clip(0)
        at = rows["session"].map(places) + aside * span
        ax.errorbar(at, rows["topic_breadth"], error, linestyle="", capsize=3, label=per, **look)
    for _, row in part[part["per"] == OPEN].iterrows():
        ax.axhspan(row["low"], row["high"], color=PALE, zorder=0)
        ax.axhline(row["topic_breadth"], color=SOFT, linestyle=DASHES[1], label=OPEN)
    if len(places):
        ax.set_xlim(places.min() - 0.2 * span, places.max() + 0.2 * span)
    if 0 < lasted.nunique() <= FEW:
        ax.set_xticks(sorted(set(lasted)), map(number, sorted(set(lasted))))
    return [_breadth_in_words(per, rows) for per, rows in part.groupby("per", sort=False)]


def _breadth_in_words(per, rows):
    """The topics of one session, or the range over several."""
    if len(rows) == 1:
        return f"{per} {value_in_words(rows.iloc[0], 'topic_breadth')}"
    return (
        f"{per} {number(rows['topic_breadth'].min())} to {number(rows['topic_breadth'].max())} in {len(rows)} sessions"
    )


@styled
def plot_crises(table, *, caption):
    """Official answers of each day, days of a crisis with dark hatched bars and a band; a panel per group.

    `table`: group columns, day, answers_per_day, low, high, event.
    """
    groups = groups_of(with_numbers(table, "answers_per_day"), "answers_per_day", "day")
    if table["answers_per_day"].isna().all():
        return empty_figure("crises", caption, table)
    events = table["event"]
    figure, axes = sheet(
        f"Official answers per day{words_if_drawn(', crises in the band', events)}",
        caption,
        1.4 + 2.4 * len(groups),
        len(groups),
    )
    found = []
    for ax, (label, part) in zip(axes, groups.items(), strict=True):
        _draw_answers(ax, part)
        within = part["event"].notna()
        for day in pd.to_datetime(part["day"][within]):
            ax.axvspan(date2num(day) - 0.5, date2num(day) + 0.5, color="#ffe9b8", zorder=0, linewidth=0)
        ax.vlines(date2num(pd.to_datetime(part["day"])), part["low"], part["high"], color=SOFT, linewidth=0.8)
        ax.set_title(label, loc="left", fontweight="bold")
        ax.set_title(words_if_drawn("line: 95 % interval", part["low"]), loc="right", fontsize=10, color=SOFT)
        found.append(f"{label}, {_crisis_in_words(part, within)}")
    axes[-1].set_xlabel(f"day{words_if_drawn(' (shaded: crisis)', events)}")
    return finished("crises", figure, "Answers inside and outside crises", found, caption, table)


def _draw_answers(ax, part):
    """A hatched bar for the answers of each day."""
    at = date2num(pd.to_datetime(part["day"]))
    look = {"color": "#a9cfe6", "edgecolor": BLUE, "hatch": "///"} if len(at) <= 62 else {"color": BLUE}
    ax.bar(at, part["answers_per_day"], 0.8, linewidth=0.8 if len(at) <= 62 else 0, zorder=2, **look)
    locator = AutoDateLocator()
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    ax.set(ylabel="official answers", xlim=(at.min() - 0.7, at.max() + 0.7))
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.grid(axis="x", visible=False)
    format_axis(ax, "y")


def _draw_sessions(ax, sessions, zone):
    """A strip above the bars with a band for each session, wide enough to be seen; few are named."""
    ax.set_ylim(0, 1.5 * ax.get_ylim()[1])
    strip = ax.get_xaxis_transform()
    for _, row in sessions.iterrows():
        first, last = (date2num(row[name].tz_convert(zone).tz_localize(None)) for name in ("begins_at", "ends_at"))
        middle, wide = (first + last) / 2 - 0.5, max(0.33, last - first)  # the bar of a day is centred on its midnight
        look = {"facecolor": ORANGE, "edgecolor": SOFT, "linewidth": 0.6, "transform": strip}
        ax.add_patch(Rectangle((middle - wide / 2, 0.79), wide, 0.09, **look))
        if len(sessions) <= FEW:
            words = f"{number(row['n'])} in {number(row['session_duration'])} min"
            ax.text(middle, 0.9, words, ha="center", va="bottom", fontsize=10, transform=strip)


def _sessions_in_words(sessions):
    """How many sessions, how long at the median."""
    if sessions.empty:
        return "no session"
    return f"{len(sessions)} sessions, median duration {number(sessions['session_duration'].median())} minutes"


def _gap_in_words(row):
    """One gap in words."""
    return f"{number(row['gap'])} minutes {value_in_words(row, 'session_answer_share', percent)}, by chance {percent(row['expected'])}"


def _crisis_in_words(part, within):
    """Answers within and outside in words."""
    inside, outside = part["answers_per_day"][within], part["answers_per_day"][~within]
    names = ", ".join(dict.fromkeys(map(plain, part["event"][within]))) or "no crisis"
    return (
        f"{names}: {number(inside.sum())} answers on {len(inside)} days, "
        f"{number(outside.sum())} on the {len(outside)} others"
    )
