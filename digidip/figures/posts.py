"""Posts: how comments are spread over posts and over days, and how long no post came."""

from itertools import cycle
from statistics import median

import pandas as pd

from digidip.figures._sheet import (
    BLUE,
    COLOURS,
    DASHES,
    MARKERS,
    PAPER,
    RED,
    SOFT,
    empty_figure,
    finished,
    format_axis,
    groups_of,
    interval_in_words,
    legend,
    number,
    percent,
    sheet,
    stacked,
    styled,
    value_in_words,
    with_numbers,
    words_if_drawn,
    wrap,
)

BLANK = {"facecolor": PAPER, "edgecolor": "none", "pad": 1.5}
NAME = 60  # letters on a line of the legend
MANY_DAYS = 62
AT_LEAST = "Share of posts with at least so many comments"


@styled
def plot_exceedance(table, *, caption, statistics, threshold=100):
    """Share of posts with at least so many comments, log-log, with mean, median and threshold.

    `table`: group columns, comments, comment_exceedance, n, low, high; `statistics`: group columns, statistic,
    comments_per_post. A logarithmic axis has no place for posts without comments: the alt text speaks of them.
    """
    groups = groups_of(_rows_with_comments(table, "comment_exceedance"), "comment_exceedance", "comments")
    statistics = statistics[statistics["statistic"].isin(["mean", "median"])].dropna(subset="comments_per_post")
    both, centres = stacked(table, statistics), _means_and_medians(statistics)
    if not groups:
        silent = "no post has a comment" if table["comment_exceedance"].notna().any() else ""
        return empty_figure("exceedance", caption, both, silent)
    above = {label: _share_above_in_words(part, threshold) for label, part in groups.items()}
    names = [", ".join([label, *map(_line_in_words, centres.get(label, {}).items()), above[label]]) for label in groups]
    figure, (ax,) = sheet(AT_LEAST, caption, 4.6 + 0.2 * _legend_lines(names))
    _draw_curves(ax, groups, "comments", "comment_exceedance", names, step="pre")
    ax.set(
        xlabel="comments on a post (logarithmic axis)",
        ylabel="share of posts" + words_if_drawn(", with 95 % interval", table["low"]),
    )
    if len(groups) > 1:
        legend(ax)
        _draw_vertical_lines(ax, {f"threshold {number(threshold)}": threshold})
    else:
        label, share = above.popitem()
        _draw_vertical_lines(
            ax, {share: threshold} | {_line_in_words(item): item[1] for item in centres.get(label, {}).items()}
        )
    format_axis(ax, "x", log=True)
    format_axis(ax, "y", percent, log=True)
    found = [f"{name}{_rest_in_words(part, threshold)}" for name, part in zip(names, groups.values(), strict=True)]
    return finished("exceedance", figure, "The share of posts falls as comments rise", found, caption, both)


@styled
def plot_lorenz(table, *, caption, gini=None):
    """Share of all comments drawn by the posts with fewest comments, against the diagonal of equality.

    `table`: group columns, post_share, comment_lorenz; `gini`: group columns, comment_gini, n, low, high.
    """
    rows = with_numbers(table, "comment_lorenz", "post_share").dropna(subset="comment_lorenz").sort_values("post_share")
    groups = groups_of(rows, "comment_lorenz", "post_share")
    both, ginis = (table, {}) if gini is None else (stacked(table, gini), _ginis_in_words(gini))
    if not groups:
        return empty_figure("lorenz", caption, both)
    names = [label + ginis.get(label, "") for label in groups]
    figure, (ax,) = sheet("Share of all comments by share of posts", caption, 5 + 0.25 * _legend_lines(names))
    _draw_curves(ax, groups, "post_share", "comment_lorenz", names)
    ax.plot([0, 1], [0, 1], color=SOFT, linewidth=1, label="equality: every post draws the same")
    ax.set(xlabel="share of posts, fewest comments first", ylabel="share of all comments", xlim=(0, 1), ylim=(0, 1))
    format_axis(ax, "x", percent)
    format_axis(ax, "y", percent)
    legend(ax)
    found = [f"{name}, {_lower_half_in_words(part)}" for name, part in zip(names, groups.values(), strict=True)]
    return finished("lorenz", figure, "Curve on or below the line of equality", found, caption, both)


@styled
def plot_shapes(table, *, caption, threshold=100):
    """The shapes that fit one mean and one share above the threshold: curves that cross there.

    `table`: shape, comments, share (of posts with at least so many comments).
    """
    rows = _rows_with_comments(table[["shape", "share", "comments"]], "share")
    groups = groups_of(rows, "share", "comments")
    if not groups:
        return empty_figure("shapes", caption, table)
    figure, (ax,) = sheet(AT_LEAST, caption, 4.8)
    _draw_curves(ax, groups, "comments", "share", [*groups], markers=MARKERS)
    for label, part in groups.items():
        for row in part[part["share"] <= 0.95 * part["share"].max()].head(1).itertuples():
            place = {"xytext": (10, 5), "textcoords": "offset points", "bbox": BLANK, "zorder": 5}
            ax.annotate(label, (row.comments, row.share), weight="bold", **place)
    ax.set(xlabel="comments on a post (logarithmic axis)", ylabel="share of posts")
    _draw_vertical_lines(ax, {f"threshold {number(threshold)}": threshold})
    format_axis(ax, "x", log=True)
    format_axis(ax, "y", percent)
    found = [f"{label}, {_shape_in_words(part, threshold)}" for label, part in groups.items()]
    return finished("shapes", figure, "Curves that cross near the threshold", found, caption, table)


@styled
def plot_days(posts, comments, *, caption):
    """Posts of each day as bars above the comments on them as points; two panels for each group.

    Intervals and hatches are left out beyond 62 days, where they would hide the bars.

    `posts`: group columns, day, posts_per_day, low, high; `comments`: the same with comments_per_day.
    """
    keys = list(posts.columns[: posts.columns.get_loc("posts_per_day")])
    both = posts.merge(comments, how="outer", on=keys, suffixes=("_posts", "_comments"))
    if both[["posts_per_day", "comments_per_day"]].isna().all(axis=None):
        return empty_figure("days", caption, both)
    days = sorted({_day(day) for day in both["day"]})
    upper = groups_of(with_numbers(posts, "posts_per_day"), "posts_per_day", "day")
    lower = groups_of(with_numbers(comments, "comments_per_day"), "comments_per_day", "day")
    found, groups = [], sorted(upper | lower)
    figure, axes = sheet("Posts per day, and comments on these posts", caption, 1.4 + 3 * len(groups), 2 * len(groups))
    for label, above, below in zip(groups, axes[::2], axes[1::2], strict=True):
        above.set_title(label, loc="left", fontweight="bold")
        if len(days) <= MANY_DAYS:
            above.set_title(words_if_drawn("line: 95 % interval", posts["low"]), loc="right", fontsize=10, color=SOFT)
        below.tick_params(labelbottom=True)
        panels = (above, upper, "posts_per_day", _draw_bars), (below, lower, "comments_per_day", _draw_points)
        found += [f"{label}, {_draw_panel(ax, side.get(label), name, days, draw)}" for ax, side, name, draw in panels]
    step = -(-len(days) // 6)
    axes[-1].set_xticks(range(0, len(days), step), days[::step])
    figure.align_ylabels(axes)
    return finished("days", figure, f"{days[0]} to {days[-1]}", found, caption, both)


def _rows_with_comments(table, measure):
    """The rows that have a place on a logarithmic axis, ascending."""
    rows = with_numbers(table, measure, "comments").sort_values("comments")
    return rows[rows["comments"] > 0].dropna(subset=measure)


def _means_and_medians(statistics):
    """Mean and median of each group, by its label."""
    groups = groups_of(with_numbers(statistics, "comments_per_post"), "comments_per_post", "statistic")
    return {label: part.set_index("statistic")["comments_per_post"].to_dict() for label, part in groups.items()}


def _ginis_in_words(gini):
    """The Gini index of each group in words, by its label."""
    groups = groups_of(with_numbers(gini, "comment_gini"), "comment_gini")
    return {label: f", Gini {value_in_words(part.iloc[0], 'comment_gini')}" for label, part in groups.items()}


@styled
def plot_rootogram(table, *, caption):
    """Posts with so many comments, hung from what each model expects: a bar that misses the line shows where it fails.

    `table`: group columns, model, comments, up_to, comment_rootogram (expected), observed, n. Heights are square roots.
    """
    columns = ["comment_rootogram", "observed", "comments", "up_to"]
    known = with_numbers(table, *columns).dropna(subset="comment_rootogram")
    groups = groups_of(known, "comment_rootogram", "comments")
    if not groups:
        return empty_figure("rootogram", caption, table)
    figure, axes = sheet("Expected and observed posts", caption, 1.2 + 1.9 * len(groups), len(groups))
    found = []
    for ax, (label, part) in zip(axes, groups.items(), strict=True):
        expected, observed, at = part["comment_rootogram"] ** 0.5, part["observed"] ** 0.5, range(len(part))
        look = {"color": "#a9cfe6", "edgecolor": BLUE, "hatch": "///", "width": 0.9, "linewidth": 0.8}
        ax.use_sticky_edges = False  # bars that end below the line keep a margin
        ax.bar(at, observed, bottom=expected - observed, **look)
        ax.plot(at, expected, color=RED, marker="D", markersize=4)
        ax.axhline(0, color=SOFT, linewidth=1)
        ax.set(title=label, ylabel="√ posts", xticks=list(at))
        spans = [_span(*pair) for pair in zip(part["comments"], part["up_to"], strict=True)]
        ax.set_xticklabels(spans, rotation=45, ha="right", rotation_mode="anchor")
        worst = part.loc[(expected - observed).abs().idxmax()]
        span, seen, foretold = _span(worst["comments"], worst["up_to"]), worst["observed"], worst["comment_rootogram"]
        found.append(
            f"{label}: furthest off at {span} comments, {number(seen)} posts against {number(foretold)} expected"
        )
    axes[-1].set(xlabel="comments on a post")
    return finished("rootogram", figure, "Bars hang from what a model expects", found, caption, table)


def _span(first, last):
    """A bin in words."""
    return number(first) if first == last else f"{number(first)}-{number(last)}"


def _legend_lines(names):
    """Lines of a legend."""
    return sum(1 + wrap(name, NAME).count("\n") for name in names)


def _line_in_words(item):
    """A line's name and its value."""
    return f"{item[0]} {number(item[1])}"


def _draw_curves(ax, groups, x, y, names, step=None, markers=("",)):
    """A line for each group, and its band where the table has an interval."""
    looks = zip(groups.values(), names, cycle(COLOURS), cycle(DASHES), cycle(markers))
    for part, name, colour, dash, marker in looks:
        shape = {"drawstyle": f"steps-{step}" if step else "default", "linestyle": dash, "marker": marker}
        ax.plot(part[x], part[y], color=colour, label=wrap(name, NAME), **shape)
        if step:  # down to the first number of comments the share is the same
            ax.hlines(part[y].iloc[0], 0.9, part[x].iloc[0], color=colour, linestyle=dash)
        ax.fill_between(part[x], part["low"], part["high"], step=step, color=colour, alpha=0.15, linewidth=0)


def _draw_vertical_lines(ax, lines):
    """Vertical lines named at the foot, where falling curves leave room, each name at its own height."""
    ax.set_xscale("log")
    low, high = 0.9, max(ax.get_xlim()[1], 1.3 * max(lines.values()))
    ax.set_xlim(low, high)
    rightward = median(lines.values()) < (low * high) ** 0.5
    for place, ((text, x), dash) in enumerate(zip(lines.items(), cycle(("-", "--", ":")))):
        if x < low:
            text, x = f"{text} (off the axis)", low
        else:
            ax.axvline(x, color=SOFT, linestyle=dash, linewidth=1.5)
        left = rightward or x == low
        side = {"xytext": (5 if left else -5, 0), "textcoords": "offset points", "ha": "left" if left else "right"}
        ax.annotate(text, (x, 0.05 + 0.085 * place), xycoords=("data", "axes fraction"), bbox=BLANK, zorder=5, **side)


def _share_above_in_words(part, threshold):
    """The share of posts above the threshold."""
    shares = part["comment_exceedance"][part["comments"] > threshold]
    return f"more than {number(threshold)}: {percent(shares.iloc[0]) if len(shares) else 'no post'}"


def _rest_in_words(part, threshold):
    """What the name of a curve leaves out: the interval above the threshold, n, the left end."""
    first, above = part.iloc[0], part[part["comments"] > threshold]
    interval = interval_in_words(above.iloc[0], percent) if len(above) else ""
    start = f"at least {number(first['comments'])}: {percent(first['comment_exceedance'])}"
    return f"{interval}, {start}, n {number(first['n'])}"


def _shape_in_words(part, threshold):
    """First, threshold and last row of a shape in words."""
    rows = pd.concat([part.head(1), part[part["comments"] <= threshold].tail(1), part.tail(1)]).drop_duplicates()
    return ", ".join(f"{percent(row.share)} have {number(row.comments)} or more" for row in rows.itertuples())


def _lower_half_in_words(part):
    """The first row past half of the posts in words."""
    row = part[part["post_share"] >= 0.5].iloc[0]
    share = percent(row["comment_lorenz"])
    return f"the {percent(row['post_share'])} of posts with fewest comments draw {share} of all comments"


def _day(value):
    """A day as ISO text."""
    return str(value)[:10]


def _draw_panel(ax, part, measure, days, draw):
    """One panel of days, drawn by `draw`; the highest day in words."""
    words = measure.replace("_", " ")
    ax.set(ylabel=words.replace(" per", "\nper"), xlim=(-0.7, len(days) - 0.3))
    if part is None or part[measure].isna().all():
        return f"{words} not available"
    at, many = [days.index(_day(day)) for day in part["day"]], len(days) > MANY_DAYS
    draw(ax, at, part[measure], many)
    if not many:
        ax.vlines(at, part["low"], part["high"], color=SOFT, linewidth=0.8)
    ax.set_ylim(0)
    format_axis(ax, "y")
    top = part.nlargest(1, measure).iloc[0]
    return f"most {words} {number(top[measure])} on {_day(top['day'])}"


def _draw_bars(ax, at, values, many):
    look = {"color": BLUE, "width": 1} if many else {"color": "#a9cfe6", "edgecolor": BLUE, "hatch": "///"}
    ax.bar(at, values, linewidth=0 if many else 0.8, **look)


def _draw_points(ax, at, values, many):
    size = 3 if many else 6
    ax.plot(at, values, color=RED, marker="D", markersize=size, linestyle="none", clip_on=False, zorder=3)


@styled
def plot_posting_gaps(table, *, caption):
    """Share of the gaps between posts that are at most so many hours, as stairs with their band.

    `table`: group columns, hours, posting_gap_share, n, low, high.
    """
    rows = with_numbers(table, "posting_gap_share", "hours").dropna(subset="posting_gap_share")
    groups = groups_of(rows[rows["hours"] > 0], "posting_gap_share", "hours")
    if not groups:
        return empty_figure("gaps", caption, table)
    figure, (ax,) = sheet("Hours between one post and the next", caption, 4.4 + 0.22 * len(groups))
    for (label, part), colour, dash in zip(groups.items(), cycle(COLOURS), cycle(DASHES)):
        look = {"color": colour, "linestyle": dash, "drawstyle": "steps-post"}
        ax.plot(
            part["hours"], part["posting_gap_share"], label=wrap(f"{label}, n {number(part['n'].max())}", 60), **look
        )
        ax.fill_between(part["hours"], part["low"], part["high"], step="post", color=colour, alpha=0.15, linewidth=0)
    ax.set(
        ylim=(0, 1.02),
        ylabel="share of gaps at most so long" + words_if_drawn(",\nwith 95 % band", rows["low"]),
        xlabel="hours (logarithmic axis)",
    )
    format_axis(ax, "x", log=True)
    format_axis(ax, "y", percent)
    legend(ax)
    found = [f"{label}, {_half_of_gaps_in_words(part)}" for label, part in groups.items()]
    return finished("gaps", figure, "Curve that rises to the longest silence", found, caption, table)


def _half_of_gaps_in_words(part):
    """The gap at which half of all gaps are shorter, and the longest, in words."""
    row = part[part["posting_gap_share"] >= 0.5].iloc[0]
    longest = number(part["hours"].max())
    return f"half of {number(row['n'])} gaps last at most {number(row['hours'])} hours, the longest {longest} hours"
