"""The measures: one module per family, in the field's words; each is a plain function that returns a tidy table.

`UNITS` is the catalogue: every measure, its unit, in the order in which notebook 02 prints them. A measure
whose first parameter is `graph` takes a graph of `digidip.networks` in place of tables, and one whose first is
`inquiries` the table that `inquiry_table` makes of posts and comments.
"""

from importlib import import_module
from inspect import getdoc

import pandas as pd

from digidip.tables import TableError

FAMILIES = {
    "posts": ("activity", "engagement", "sensitivity"),
    "dialogue": (
        "dialogue",
        "conversation",
        "comparison",
        "agreement",
        "principles",
        "practice",
        "orientation",
        "baseline",
    ),
    "inquiries": (
        "inquiries",
        "answers",
        "timing",
        "staffing",
    ),
    "sessions": (
        "sessions",
        "topics",
        "quarantine",
        "occasions",
    ),
    "presence": (
        "presence",
        "accounts",
        "platforms",
        "audience",
        "profiles",
    ),
    "network": (
        "structure",
        "positions",
        "standing",
        "waves",
        "headquarters",
        "communities",
        "mixing",
        "egos",
        "qap",
        "gatherings",
        "mirror",
    ),
}
UNITS = {
    "post_count": "posts",
    "posting_rate": "posts per day",
    "posts_per_day": "posts",
    "posting_gap": "hours",
    "posting_gap_share": "share of gaps",
    "weekend_posting_ratio": "ratio of rates",
    "posting_dispersion": "variance / mean",
    "activity_rank": "rank, 1 the most active",
    "comments_per_post": "comments per post",
    "uncommented_share": "share of posts",
    "share_above": "share of posts",
    "comment_gini": "Gini index, 0 to 1",
    "comment_top_share": "share of comments",
    "comment_exceedance": "share of posts",
    "comment_lorenz": "share of comments",
    "comments_per_day": "comments",
    "comment_variance_ratio": "variance / mean",
    "comment_dispersion": "alpha of NB2",
    "comment_rate_ratio": "ratio of means",
    "official_answer_count": "official answers",
    "official_answer_share": "share of posts or comments",
    "reply_share": "share of own posts and answers",
    "dialogue_index": "index, -1 to 1",
    "dialogue_index_per_period": "index, -1 to 1",
    "turn_depth": "turns per thread",
    "exchange_share": "share of threads",
    "next_speaker_share": "share of comments",
    "reply_share_difference": "difference of shares",
    "dialogue_change": "difference of the index, -2 to 2",
    "tone_answer_difference": "difference of shares",
    "pooled_reply_share": "share of own posts and answers",
    "coder_agreement": "alpha, at most 1",
    "dialogic_principle": "share of indicators present",
    "principle_reliability": "KR-20, at most 1",
    "practice_indicator": "share of posts, weeks or platforms",
    "dimension_score": "mean of shares, 0 to 1",
    "dimension_rank": "place, 1 the strongest of five",
    "broadcast_share": "share of posts and answers",
    "partial_correlation": "rank correlation, -1 to 1",
    "reciprocity_gap": "difference of shares, -1 to 1",
    "inquiry_share": "share of comments",
    "inquiry_detection": "share, 0 to 1",
    "inquiry_rate": "inquiries per day",
    "inquiries_per_day": "inquiries",
    "inquiries_per_weekday": "inquiries per day",
    "inquiry_hours": "inquiries",
    "inquiry_answer_share": "share of inquiries",
    "pooled_answer_share": "share of inquiries",
    "answer_wait": "hours",
    "corrected_share": "share of comments or of inquiries",
    "answer_funnel": "share of the stage above",
    "answer_hand_share": "share of official replies",
    "waiting_curve": "share of inquiries unanswered",
    "answered_within": "share of inquiries",
    "waiting_time": "hours",
    "waiting_difference": "chi-squared",
    "waiting_ratio": "hazard ratio",
    "waiting_ratio_drift": "correlation, -1 to 1",
    "first_reply_share": "share of inquiries",
    "inquiry_load": "inquiries per day",
    "answer_capacity": "share of inquiries",
    "staff_needed": "people on duty",
    "session_duration": "minutes",
    "session_answered_share": "share of questions",
    "answered_odds_ratio": "ratio of odds",
    "session_topic_share": "share of questions",
    "topic_breadth": "effective topics",
    "session_answer_share": "share of answers",
    "quarantine_index": "ratio of shares",
    "answer_scan": "official answers",
    "crisis_answer_ratio": "ratio of rates",
    "answers_per_day": "official answers",
    "mission_coverage": "share of missions",
    "combination_share": "share of missions",
    "coverage_difference": "difference of shares, -1 to 1",
    "account_posting_rate": "posts per week",
    "posting_concentration": "Gini index, or share of accounts",
    "platform_share": "share of posts, acts or answers",
    "platform_entropy": "normalised entropy, 0 to 1",
    "platform_specialisation": "index, 0 to 2",
    "reach_rate": "followers per 1,000 users",
    "follower_growth": "per cent per 30 days",
    "reach_association": "rank correlation, or elasticity",
    "profile_field": "1 present, 0 absent",
    "profile_score": "share of fields",
    "profile_item_share": "share of profiles",
    "profile_reliability": "KR-20, at most 1",
    "density": "share of possible ties",
    "reciprocity": "share; beyond density: -1 to 1",
    "connectedness": "share of accounts or of ordered pairs",
    "mean_distance": "ties, or 1 / weight",
    "degree_distribution": "share of accounts",
    "centralisation": "share of the largest possible, 0 to 1",
    "centrality": "share, 0 to 1; strength: weight of ties",
    "core_periphery": "1 core, 0 periphery",
    "mean_in_degree": "ties per account",
    "mutual_ties": "accounts",
    "prestige_rank": "rank, 1 the most followed",
    "prestige_correlation": "correlation, -1 to 1",
    "prestige_residual": "part of the ranks, -1 to 1",
    "tie_change": "share of ties",
    "rank_mobility": "part of the ranks, -1 to 1",
    "position_change": "weight of ties",
    "contribution_position": "correlation, -1 to 1",
    "headquarters_dependence": "share of pairs, missions, weight",
    "headquarters_removal": "share of ordered pairs",
    "registry_coverage": "share of missions",
    "modularity": "modularity, at most 1",
    "community": "number of the community",
    "excess_structure": "difference of shares or of modularity",
    "mixing_matrix": "ties",
    "assortativity": "coefficient, -1 to 1",
    "ei_index": "index, -1 to 1",
    "ego_composition": "share of alters",
    "ego_heterogeneity": "index, 0 to 1",
    "qap_correlation": "correlation, -1 to 1",
    "qap_permutations": "orders",
    "mrqap": "outcome per unit of term, or log odds",
    "role_share": "share of participants",
    "cross_role_share": "share of pairs",
    "tie_overlap": "share of pairs",
    "digitisation_ratio": "ties per tie",
}


def measure(name):
    """The measure of this name, from whichever family defines it."""
    if name not in UNITS:
        raise TableError(f"No measure {name!r}. There are: {', '.join(UNITS)}.")
    return __getattr__(name)


def __getattr__(name):
    """Any measure, or helper of one, by its name alone: `measures.share_above`."""
    if name[0] != "_":
        for subject, families in FAMILIES.items():
            for family in families:
                module = import_module(f"{__name__}.{subject}.{family}")
                if hasattr(module, name):
                    return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def catalogue():
    """Every measure as a table: family, measure, unit, what it is in one line."""
    rows = [(measure(name), unit) for name, unit in UNITS.items()]
    lines = [(f.__module__.rpartition(".")[2], f.__name__, unit, f.__doc__.partition("\n")[0]) for f, unit in rows]
    return pd.DataFrame(lines, columns=["family", "measure", "unit", "what it is"])


def documentation(family):
    """The full documentation of every measure of one family, as text, in catalogue order."""
    functions = [measure(name) for name in UNITS]
    own = [function for function in functions if function.__module__.endswith(f".{family}")]
    return "\n\n".join(f"{function.__name__}\n{getdoc(function)}" for function in own)
