"""Audiences: heat maps of shares, a row and a column for each class, with interval and what chance gives in words."""

import numpy as np

from digidip.figures._sheet import (
    INK,
    empty_figure,
    finished,
    number,
    percent,
    plain,
    sheet,
    styled,
    value_in_words,
    with_numbers,
    wrap,
)
from digidip.measures import units

MOST, PARTIAL = 4, "known only"  # panels; the word of shares that are not of all


@styled
def plot_heat_map(table, *, caption, measure, rows, columns, panel=None, title="", name=""):
    """One value of a measure for each row and column, with its interval, a panel for each group; dark is much.

    `table`: a measure's; `rows`, `columns`: its columns, one name or several; `panel`: another, four panels at most. `expected`, where the
    table has it, stands in brackets. Where `counted` says that shares are of the known only, so do the title and the heading of the panel.
    """
    say = percent if units().get(measure, "").startswith("share") else number
    title, name = title or measure.replace("_", " ").capitalize(), name or measure.replace("_", "-")
    frame = with_numbers(table, measure)
    if frame[measure].isna().all():
        return empty_figure(name, caption, table)
    frame = frame.assign(row=_labels(frame, rows), column=_labels(frame, columns), panel=_labels(frame, panel or []))
    is_partial = frame["counted"].eq(PARTIAL) if "counted" in frame else frame["n"].lt(0)
    if is_partial.any():
        title += f", of the {PARTIAL}" + ("" if is_partial.all() else " where so marked")
    frame = frame.assign(is_partial=is_partial)[~frame["row"].isin(["", plain(None)])]
    told = frame.dropna(subset=[measure, "n"])["n"]
    if len(told):
        caption += f" · n of a cell {' to '.join(dict.fromkeys(map(number, (told.min(), told.max()))))}"
    panels = dict(list(frame.groupby("panel", sort=False))[:MOST])
    sizes = [part["row"].nunique() + 1 for part in panels.values()]
    figure, axes = sheet(
        title, caption, 1.2 + sum(0.66 * each + 0.13 for each in sizes), rows=len(panels), heights=sizes
    )
    most, across = frame[measure].max(), list(dict.fromkeys(frame["column"]))
    for ax, (label, part) in zip(axes, panels.items(), strict=True):
        _draw(ax, part, measure, say, most, across)
        marked = "; ".join(dict.fromkeys(part.loc[part["is_partial"], "column"]))
        heading = " · ".join(each for each in (label, f"of the {PARTIAL}: {marked}" * bool(marked)) if each)
        ax.set_title(wrap(heading, 48), loc="left", fontweight="bold")
    known = frame.dropna(subset=[measure]).sort_values(measure, ascending=False, kind="stable")
    names = [" · ".join(each for each in (row.panel, row.row, row.column) if each) for row in known.itertuples()]
    words = [value_in_words(row, measure, say) for _place, row in known.iterrows()]
    found = [f"{label} {value}" for label, value in list(zip(names, words, strict=True))[:5]]
    return finished(name, figure, f"{title}, most first", found, caption, table)


def _labels(frame, names):
    """What the given columns say of each row, as one text."""
    names = [names] if isinstance(names, str) else names
    parts = [frame[each].map(plain) for each in names]
    return [" · ".join(each) for each in zip(*parts, strict=True)] if parts else ""


def _draw(ax, part, measure, say, most, across):
    """The cells of one panel."""
    wide = part.pivot_table(index="row", columns="column", values=measure, sort=False, dropna=False)
    down = list(dict.fromkeys(part["row"]))
    wide = wide.reindex(index=down, columns=across)
    ax.imshow(
        wide.fillna(0), cmap="Blues", vmin=0, vmax=1.7 * most if most > 0 else 1, aspect="auto"
    )  # light enough for dark letters
    size = 11 if len(across) < 5 else 9.5
    for row in part.itertuples():
        text = _cell_text(row, getattr(row, measure), say)
        ax.text(across.index(row.column), down.index(row.row), text, ha="center", va="center", fontsize=size, color=INK)
    names = [
        "\n".join(wrap(line, 28 if len(across) < 4 else 16 if len(across) < 5 else 13) for line in each.split(" · "))
        for each in across
    ]
    ax.set_xticks(range(len(across)), names, fontsize=size)
    ax.set_yticks(range(len(down)), [wrap(each, 14) for each in down], fontsize=10)
    ax.tick_params(labelbottom=True, length=0)
    ax.grid(visible=False)


def _cell_text(row, value, say):
    """A value, its interval and what is expected, in short lines; the table has them in full."""
    if np.isnan(value):
        return "not known"
    short = (lambda share: f"{100 * share:.0f}") if say is percent else say
    unit = " %" * (say is percent)
    lines = [short(value) + unit]
    if not np.isnan(row.low):
        lines.append(f"{short(row.low)} to {short(row.high)}{unit}")
    expected = getattr(row, "expected", np.nan)
    return "\n".join(lines + [f"({short(expected)}{unit})"] * (not np.isnan(expected)))
