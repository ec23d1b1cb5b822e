"""Figures: a tidy table in, a picture with alt text out; nothing is computed, whatever is drawn stands in the table.

sheet: paper, palette, badge, words and PNG · curves: distributions and days · rows: one interval or verdict per row ·
panels: one number across the runs of a study.
No figure relies on colour alone: a marker, a line style, a hatch or a symbol says the same. The bytes depend on table
and caption only, not on anyone's matplotlib settings. A caption that begins with "synthetic" puts a badge on the figure.
"""

from digidip.figures.curves import plot_days, plot_exceedance, plot_lorenz, plot_shapes
from digidip.figures.panels import plot_compared
from digidip.figures.rows import plot_intervals, plot_rate_ratios, plot_sensitivity, plot_verdicts
from digidip.figures.sheet import Drawn

__all__ = [
    "Drawn",
    "plot_compared",
    "plot_days",
    "plot_exceedance",
    "plot_intervals",
    "plot_lorenz",
    "plot_rate_ratios",
    "plot_sensitivity",
    "plot_shapes",
    "plot_verdicts",
]
