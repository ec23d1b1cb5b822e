"""The sheet a figure is drawn on: style, title, caption, badge, PNG; and words for labels and alt text."""

import os
import textwrap
import unicodedata
import warnings
from base64 import b64encode
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import seaborn
from matplotlib import rc_context, style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator
from PIL import Image

from digidip.tables import TableError, csv_for_people

INK, SOFT, PAPER, PALE = "#1a1a1a", "#4d4d4d", "#ffffff", "#d9d9d9"
BADGE_INK, BADGE = "#5c3b00", "#ffe9b8"
COLOURS = BLUE, ORANGE, GREEN, RED, PINK, BROWN = seaborn.color_palette("colorblind").as_hex()[:6]
DASHES, MARKERS = ("-", "--", "-.", ":", (0, (7, 2, 1, 2, 1, 2))), "osD^v"
DPI = 144  # pixels per inch: 7 inches are 1,008 pixels
_OWN = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titley": 1.0,  # where a title stands anyway; looking for the place takes 5 % of a figure's time
    "figure.titlesize": 14,
    "figure.titleweight": "bold",
    "figure.constrained_layout.w_pad": 0.07,
    "font.family": "DejaVu Sans",
    "grid.color": PALE,
    "grid.linewidth": 0.7,
    "hatch.linewidth": 0.8,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "lines.markersize": 8,
    "text.color": INK,
    "text.hinting": "no_hinting",  # fitting letters to whole pixels takes 10 % of a figure's time
    "text.parse_math": False,
}
styled = style.context(["default", seaborn.axes_style("whitegrid") | seaborn.plotting_context("notebook") | _OWN])


@dataclass(frozen=True, eq=False)
class Drawn:
    """A drawn figure: name, PNG, alt text that states the finding, and the table it was drawn from.

    Where a picture would show one flat line at 0 % or 100 %, there is none (png and figure are None): the alt text says it.
    """

    name: str
    png: bytes | None
    alt: str
    table: pd.DataFrame
    figure: Figure | None = field(repr=False)

    @styled
    def svg(self):
        """The figure as SVG (bytes), its text as text: for slides and for drawing programs."""
        buffer = BytesIO()
        self.figure.set_layout_engine("none")
        with rc_context({"svg.hashsalt": self.name, "svg.fonttype": "none"}):
            FigureCanvasSVG(self.figure).print_svg(buffer, metadata={"Date": None, "Creator": None})
        return buffer.getvalue()

    def _repr_mimebundle_(self, include=None, exclude=None):
        if self.png is None:
            return {"text/plain": self.alt}, {"digidip": {}}
        figure = {"name": self.name, "csv": csv_for_people(self.table)}
        data = {"image/png": b64encode(self.png).decode(), "text/plain": f"<figure {self.name}>"}
        return data, {"image/png": {"alt": self.alt}, "digidip": {"figure": figure}}


def sheet(title, caption, height, rows=1, heights=None):
    """An empty figure 7 inches wide, panels one above the other: the figure and its axes."""
    figure = Figure(figsize=(7, height), layout="constrained", dpi=DPI)
    axes = figure.subplots(rows, sharex=True, squeeze=False, gridspec_kw={"height_ratios": heights})[:, 0]
    figure.suptitle(wrap(title, 50), x=0.01, ha="left")
    figure.supxlabel(wrap(caption, 90), x=0.01, ha="left", fontsize=10, color=SOFT)
    if is_synthetic(caption):
        box = {"facecolor": BADGE, "edgecolor": BADGE_INK, "boxstyle": "round,pad=0.25"}
        badge = {"color": BADGE_INK, "fontsize": 11, "weight": "bold", "bbox": box}
        figure.text(0.985, 1 - 0.08 / height, "SYNTHETIC", ha="right", va="top", **badge)
    return figure, axes


def is_synthetic(caption):
    """True where the label, with which every caption begins, is synthetic."""
    return caption.lower().startswith("synthetic")


def finished(name, figure, lead, found, caption, table):
    """The figure as PNG with its alt text: what is drawn, what was found, caption.

    A letter that the font lacks is a TableError.
    """
    canvas = FigureCanvasAgg(figure)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph")
        try:
            canvas.draw()  # savefig would draw twice
        except UserWarning as missing:
            raise TableError(f"figure {name!r}: {missing} Write the label in letters the font has.") from None
    made = Drawn(name, _png(canvas), _alt_text(lead, found, caption), table.copy(), figure)
    if os.environ.get("DIGIDIP_RUN"):  # a runner asked for drawings
        (Path(os.environ["DIGIDIP_RUN"]) / f"{name}.svg").write_bytes(made.svg())
    return made


def in_words(name, lead, found, caption, table):
    """What a figure would say, without one: for lines that are flat at 0 % or 100 %."""
    return Drawn(name, None, _alt_text(lead, found, caption), table.copy(), None)


def is_flat(shares):
    """True where there are shares, all within a hundredth of 0 or all of 1.

    >>> is_flat(pd.Series([0.992, 1, None])), is_flat(pd.Series([0.5, 1])), is_flat(pd.Series([], dtype=float))
    (True, False, False)
    """
    known = shares.dropna()
    return bool(len(known) and (known.ge(0.99).all() or known.le(0.01).all()))


def _alt_text(lead, found, caption):
    """What is drawn, what was found, caption."""
    start = "Synthetic data. " if is_synthetic(caption) else ""
    return unicodedata.normalize("NFC", f"{start}{lead}: {'; '.join(found)}. {caption}.")


def _png(canvas):
    """What was drawn in its 256 main colours: a third of the bytes of true colour, and half of the time."""
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB").quantize(256, Image.Quantize.FASTOCTREE)
    palette, paper = picture.getpalette(), picture.getpixel((0, 0))
    palette[3 * paper : 3 * paper + 3] = (255, 255, 255)  # the mean of a main colour; of the paper, a shade too dark
    picture.putpalette(palette)
    buffer = BytesIO()
    picture.save(buffer, "png", dpi=(DPI, DPI))
    return buffer.getvalue()


def empty_figure(name, caption, table, reason=""):
    """The figure of a table without a value: it says so, and why."""
    methods = table["method"].dropna().astype(str) if "method" in table else ()
    absent = "no row has a value" if len(table) else "the table has no rows"
    reason = reason or next((method for method in methods if method.startswith("not ")), absent)
    figure, (ax,) = sheet(name.replace("-", " ").capitalize(), caption, 2)
    ax.axis("off")
    ax.text(0.5, 0.5, wrap(f"nothing to draw: {reason}", 60), ha="center", va="center", transform=ax.transAxes)
    return finished(name, figure, "Empty figure, nothing to draw", [reason], caption, table)


def format_axis(ax, which, say=None, log=False):
    """Ticks of one axis as `say` writes them, else as plain numbers.

    A logarithmic axis has the more of them, the shorter it is.
    """
    axis = {"x": ax.xaxis, "y": ax.yaxis}[which]
    if log:
        ax.set(**{f"{which}scale": "log"})
        axis.set_major_locator(_ticks(*sorted(getattr(ax, f"get_{which}lim")())))
        axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda at, _: say(at) if say else f"{at:,.9g}"))


def _ticks(low, high):
    """Round places on a logarithmic axis."""
    if high < 2 * low:
        return MaxNLocator(5)
    return LogLocator(subs=(1, 1.5, 2, 3, 4, 6, 8) if high < 8 * low else (1, 2, 5) if high < 2000 * low else (1,))


def legend_columns(labels, most):
    """In how many columns a legend has room for its labels; handles of accounts are long."""
    longest = max(map(len, labels), default=0)
    return max(1, min(most, 50 // (longest + 6)))


def legend(ax, columns=1):
    """Legend above the axes, where it hides nothing, in so many columns or as few as its words need."""
    columns = legend_columns(ax.get_legend_handles_labels()[1], columns)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2, ncols=columns, columnspacing=1)


def words_if_drawn(words, *columns):
    """The words where any of these columns has a value; else none: no band is promised that is not there."""
    return words if any(column.notna().any() for column in columns) else ""


def with_numbers(table, *names):
    """The table with these columns and n, low, high as floats; an absent column is missing everywhere."""
    columns = dict.fromkeys((*names, "n", "low", "high"), np.nan)
    for name in columns.keys() & set(table.columns):
        column = pd.to_numeric(table[name], errors="coerce").to_numpy(float, na_value=np.nan)
        columns[name] = np.where(np.isfinite(column), column, np.nan)
    return table.assign(**columns)


def stacked(table, more):
    """Both tables below each other: all that is drawn."""
    return pd.concat([table.convert_dtypes(), more.convert_dtypes()], ignore_index=True)


def groups_of(table, measure, *inner):
    """The rows of each group by its label; groups: columns left of the measure, inner keys left out."""
    keys = [name for name in table.columns[: table.columns.get_loc(measure)] if name not in inner]
    if not keys or table.empty:
        return {"all posts": table} if len(table) else {}
    return {" · ".join(map(plain, values)): part for values, part in table.groupby(keys, dropna=False)}


def plain(value):
    """A label as text in NFC."""
    return "not given" if pd.isna(value) else unicodedata.normalize("NFC", str(value))


def wrap(text, width):
    """A label broken into lines of at most so many characters, never before a percent sign."""
    return textwrap.fill(plain(text).replace(" %", "\u00a0%"), width)


def number(value):
    """Whole numbers and those from 100 with thousands, the rest to 3 digits."""
    if pd.isna(value):
        return "not available"
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:.3g}"


def percent(value):
    """A share in percent, to 3 digits."""
    if 0 < value < 1e-5:
        return "under 0.001 %"
    return "not available" if pd.isna(value) else f"{100 * value:.3g} %"


def value_in_words(row, measure, say=number):
    """A value in words, with its interval and n where the row has them."""
    return say(row[measure]) + interval_in_words(row, say) + ("" if pd.isna(row["n"]) else f", n {number(row['n'])}")


def interval_in_words(row, say=number):
    """The interval of a row in words, if it has one."""
    return "" if row[["low", "high"]].isna().any() else f" (interval {say(row['low'])} to {say(row['high'])})"
