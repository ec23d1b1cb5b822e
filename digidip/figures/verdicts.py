"""Verdicts: a wall with a row for each check, contrary ones first, and a column for each verdict."""

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from digidip.figures._sheet import (
    GREEN,
    INK,
    ORANGE,
    PALE,
    PAPER,
    PINK,
    empty_figure,
    finished,
    legend,
    plain,
    sheet,
    styled,
    wrap,
)

VERDICTS = {
    "reproduced": ("✓", GREEN, ""),
    "compatible": ("≈", "#56b4e9", "//"),
    "too uncertain to judge": ("±", "#cab2d6", "||"),
    "fixture-match": ("F", PINK, ".."),
    "not compatible": ("✗", ORANGE, "xx"),
    "internally inconsistent": ("!", "#ece133", "--"),
    "not testable here": ("–", PALE, ""),
    "source text missing": ("?", PAPER, "\\\\"),
}
CONTRARY = ("not compatible", "internally inconsistent")
WIDTH, TILE, ROW = 6.6, 0.4, 0.29  # inches of a verdict wall, of a tile, and of a row of one line
LETTERS = 52  # on a line of a label
_SQUARE = ((-1, -1), (1, -1), (1, 1), (-1, 1))


@styled
def plot_verdicts(table, *, caption):
    """Verdict wall: a row for each check, a column for each verdict that occurs.

    `table`: check or id, and verdict. Contrary checks stand first, the others as in the table.
    """
    rows = table.dropna(subset="verdict")
    if rows.empty:
        return empty_figure("verdicts", caption, table)
    rows = rows.iloc[np.argsort(~rows["verdict"].isin(CONTRARY), kind="stable")]
    name, looks = "check" if "check" in rows else "id", _verdict_looks(set(rows["verdict"]))
    labels = [wrap(text, LETTERS - 5 * max(0, len(looks) - 3)) for text in rows[name]]
    tall = ROW + 0.17 * (max(map(_line_count, labels)) - 1)
    figure, (ax,) = sheet("Verdicts", caption, 1.2 + tall * len(rows) + 0.26 * len(looks))
    left, y = WIDTH - TILE * len(looks), np.arange(len(rows)) * tall
    for at, label in zip(y, labels, strict=True):
        ax.text(left - 0.1, at, label, ha="right", va="center", fontsize=12, in_layout=False)  # hundreds, all inside
    _draw_tiles(ax, rows["verdict"].to_numpy(), left, y, tall, looks)
    ax.set(xlim=(0, WIDTH), ylim=((len(rows) - 0.4) * tall, -0.6 * tall))
    ax.axis("off")
    legend(ax)
    return finished("verdicts", figure, "Verdicts of the checks", _verdicts_in_words(rows, name), caption, table)


def _line_count(label):
    """How many lines a label takes."""
    return 1 + label.count("\n")


def _verdict_looks(words):
    """Symbol, colour and hatch of each verdict that occurs, the known ones first."""
    known = {word: look for word, look in VERDICTS.items() if word in words}
    return known | {word: (word[:1].upper(), PALE, "++") for word in sorted(words - {*VERDICTS})}


def _draw_tiles(ax, words, left, y, tall, looks):
    """A tile with the symbol of its verdict in each row, in the column of that verdict."""
    ax.hlines(y, left, left + TILE * len(looks), color=PALE, linewidth=1, zorder=0)
    for column, (word, (symbol, colour, hatch)) in enumerate(looks.items()):
        there = words == word
        middle, label = left + TILE * (column + 0.5), f"{symbol} {word}: {there.sum()}"
        x = np.full(there.sum(), middle)
        corners = np.column_stack([x, y[there]])[:, None] + 0.45 * np.array(_SQUARE) * (TILE, tall)
        look = {"facecolor": colour, "hatch": hatch, "edgecolor": INK, "linewidth": 0.5, "label": label}
        ax.add_collection(PolyCollection(corners, **look))  # one artist, where bars would be one for each tile
        box = {"marker": "s", "s": 190, "color": colour, "linewidths": 0}
        ax.scatter(x, y[there], **box, zorder=2)  # paper for the symbol, over the hatch
        ax.scatter(x, y[there], marker=_symbol_path(symbol), s=110, color=INK, linewidths=0, zorder=3)


def _symbol_path(symbol):
    """The outline of a symbol about its middle: hundreds of markers cost what one text does."""
    path = TextPath((0, 0), symbol, size=10)
    return path.transformed(Affine2D().translate(*-np.mean(path.get_extents().get_points(), axis=0)))


def _verdicts_in_words(rows, name):
    """How often each verdict occurs, and which checks are contrary."""
    counts = [f"{word} {n}" for word, n in rows["verdict"].value_counts(sort=False).items()]
    contrary = rows[rows["verdict"].isin(CONTRARY)]
    return counts + (contrary["verdict"] + ": " + contrary[name].map(plain)).tolist()
