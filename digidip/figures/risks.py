"""Risks: how often and how severe, with threats as the bound that they are."""

from itertools import cycle

from digidip.figures._sheet import (
    COLOURS,
    MARKERS,
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

MOST, STEP = 6, 0.22  # groups, and how far apart they stand in a row
THREATS = "threats, at most"


@styled
def plot_risk_matrix(table, *, caption, threats):
    """How often by how severe: a row for each severity, a point with its interval for each group, threats as a bound.

    `table`: that of `risk_rate`; `threats`: that of `threat_count`. A bound is an open line that ends in an arrow head; what has no
    result is not drawn and stands in the table.
    """
    rows = with_numbers(table, "risk_rate").dropna(subset="risk_rate")
    rows = rows[rows["severity"].ne("weighted")]
    bounds = with_numbers(threats, "threat_count", "per_1000").dropna(subset="per_1000")
    groups = dict(list(groups_of(rows, "risk_rate", "severity").items())[:MOST]) if len(rows) else {}
    if not groups:
        return empty_figure("risk-matrix", caption, stacked(table, threats))
    most = groups_of(bounds, "threat_count") if len(bounds) else {}
    levels = [*sorted(rows["severity"].unique()), *([THREATS] if most else [])]
    height = {level: 0.45 + STEP * len(groups) for level in levels}
    figure, (ax,) = sheet("How often, and how severe?", caption, 1.6 + sum(height.values()))
    found = []
    for at, ((name, part), colour, marker) in enumerate(
        zip(groups.items(), cycle(COLOURS), cycle(MARKERS), strict=False)
    ):
        shift, named = (at - (len(groups) - 1) / 2) * min(STEP, 0.7 / len(groups)), False
        for _, row in part.iterrows():
            y = levels.index(row["severity"]) + shift
            ax.hlines(y, row["low"], row["high"], color=colour, linewidth=2.2)
            ax.scatter(row["risk_rate"], y, s=46, marker=marker, color=colour, zorder=3, label=None if named else name)
            named = True
            found.append(f"{name}, {row['severity']}: {value_in_words(row, 'risk_rate')}")
        for _, row in most.get(name, bounds.iloc[:0]).iterrows():
            y, bound = len(levels) - 1 + shift, row["per_1000"]
            ax.hlines(y, 0, bound, color=colour, linewidth=1.6, linestyle=(0, (2, 2)))
            ax.scatter(bound, y, s=60, marker="<", facecolor="none", edgecolor=colour, zorder=3)
            found.append(f"{name}, threats: none confirmed, at most {number(bound)} in 1,000 screened")
    ax.set_yticks(range(len(levels)), levels)
    ax.set(
        ylim=(-0.6, len(levels) - 0.4),
        xlim=(0, None),
        xlabel="per 1,000 items" + words_if_drawn(", with 95 % interval", rows["low"]),
    )
    ax.set_ylabel("severity")
    format_axis(ax, "x", number)
    legend(ax, 2)
    return finished("risk-matrix", figure, "Risks by frequency and severity", found, caption, stacked(table, threats))
