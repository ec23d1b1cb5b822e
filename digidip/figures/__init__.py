"""Figures: a tidy table in, a picture with alt text out; all that is drawn stands in the table.

`plot_intervals` draws whatever has one value and one interval in each row, of any measure. The others are by subject, as
the measures are. No figure relies on colour alone: a marker, a line style, a hatch or a symbol says the same. The
picture depends on table and caption only, not on anyone's matplotlib settings. A caption that begins with "synthetic"
puts a badge on the figure.
"""

# ruff: noqa: F401 (what is imported here is what the room offers; `dir` lists it)

from digidip.figures._sheet import Drawn
from digidip.figures.agenda import plot_lag_profile, plot_lead_matrix
from digidip.figures.audiences import plot_heat_map
from digidip.figures.autonomy import plot_scatter, plot_stairs
from digidip.figures.bursts import plot_bursts, plot_operating_points
from digidip.figures.campaigns import plot_foretold, plot_placebos
from digidip.figures.content import plot_delays, plot_mix
from digidip.figures.dialogue import plot_index_line, plot_places, plot_quadrant, plot_turns
from digidip.figures.growth import plot_curves
from digidip.figures.inquiries import plot_capacity, plot_funnel, plot_hours, plot_reply_wall, plot_survival
from digidip.figures.intervals import plot_intervals
from digidip.figures.listening import plot_agreement, plot_followers, plot_lead, plot_placebo, plot_reception
from digidip.figures.networks import (
    plot_degrees,
    plot_ego,
    plot_matrix,
    plot_mixing,
    plot_network,
    plot_permutations,
    plot_removal,
    plot_twin_matrices,
)
from digidip.figures.posts import (
    plot_days,
    plot_exceedance,
    plot_lorenz,
    plot_posting_gaps,
    plot_rootogram,
    plot_shapes,
)
from digidip.figures.presence import plot_combinations, plot_coverage, plot_profile, plot_reach
from digidip.figures.risks import plot_risk_matrix
from digidip.figures.sessions import plot_breadth, plot_crises, plot_scope, plot_session_sweep, plot_sessions
from digidip.figures.standing import plot_contribution, plot_punching, plot_ranks
from digidip.figures.verdicts import plot_verdicts


def __dir__():
    """The plots, and what they return."""
    return ["Drawn", *sorted(name for name in globals() if name.startswith("plot_"))]
