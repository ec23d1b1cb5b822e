"""Figures: a tidy table in, a picture with alt text out; nothing is computed, whatever is drawn stands in the table.

sheet: paper, palette, badge, words and PNG · curves: distributions and days · rows: one interval or verdict per row ·
panels: one number across the runs of a study · graphs, degrees: networks, ties over accounts · standing: ranks between
dates · mirror: one network beside another · waits, hours, wall: inquiries and answers · dialogue: who speaks to whom.
panels: one number across the runs of a study · sessions: question sessions, their topics, crises.
panels: one number across the runs of a study · presence: missions, platforms, ranks, reach, profiles.
No figure relies on colour alone: a marker, a line style, a hatch or a symbol says the same. The bytes depend on table
and caption only, not on anyone's matplotlib settings. A caption that begins with "synthetic" puts a badge on the figure.
"""

from digidip.figures.curves import plot_days, plot_exceedance, plot_lorenz, plot_shapes
from digidip.figures.degrees import plot_degrees, plot_ego, plot_removal
from digidip.figures.dialogue import plot_dumbbell, plot_index, plot_index_line, plot_turns
from digidip.figures.graphs import plot_matrix, plot_mixing, plot_network
from digidip.figures.hours import plot_hours
from digidip.figures.mirror import plot_pairs, plot_permutations, plot_twin_matrices
from digidip.figures.panels import plot_compared
from digidip.figures.practice import plot_places, plot_quadrant, plot_reciprocity_gap
from digidip.figures.presence import plot_combinations, plot_coverage, plot_profile, plot_ranked, plot_reach
from digidip.figures.rows import plot_intervals, plot_rank_intervals, plot_rate_ratios, plot_sensitivity, plot_verdicts
from digidip.figures.sessions import plot_breadth, plot_crises, plot_scope, plot_session_sweep, plot_sessions
from digidip.figures.sheet import Drawn
from digidip.figures.standing import plot_contribution, plot_punching, plot_ranks
from digidip.figures.waits import plot_capacity, plot_funnel, plot_posting_gaps, plot_survival
from digidip.figures.wall import plot_reply_wall

__all__ = [
    "Drawn",
    "plot_capacity",
    "plot_compared",
    "plot_contribution",
    "plot_breadth",
    "plot_compared",
    "plot_crises",
    "plot_combinations",
    "plot_compared",
    "plot_coverage",
    "plot_days",
    "plot_degrees",
    "plot_dumbbell",
    "plot_ego",
    "plot_exceedance",
    "plot_reciprocity_gap",
    "plot_funnel",
    "plot_posting_gaps",
    "plot_hours",
    "plot_index",
    "plot_index_line",
    "plot_intervals",
    "plot_lorenz",
    "plot_matrix",
    "plot_mixing",
    "plot_network",
    "plot_pairs",
    "plot_permutations",
    "plot_places",
    "plot_punching",
    "plot_quadrant",
    "plot_rank_intervals",
    "plot_ranks",
    "plot_rate_ratios",
    "plot_removal",
    "plot_reply_wall",
    "plot_profile",
    "plot_ranked",
    "plot_rate_ratios",
    "plot_reach",
    "plot_scope",
    "plot_sensitivity",
    "plot_session_sweep",
    "plot_sessions",
    "plot_shapes",
    "plot_survival",
    "plot_turns",
    "plot_twin_matrices",
    "plot_verdicts",
]
