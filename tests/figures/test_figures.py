"""Figures: alt text, bytes, table and label of every figure, and what it does with tables that hold little."""

import functools
import io
import json
import math
import re
from itertools import combinations, pairwise

import pandas as pd
import pytest
from matplotlib import pyplot, rc_context
from matplotlib.colors import to_rgb
from nbconvert import HTMLExporter
from nbformat import v4

from digidip import figures
from digidip.figures import _sheet as sheet
from digidip.figures import verdicts
from digidip.tables import TableError

SYNTHETIC = "synthetic · USA · facebook · 2016-01-01 to 2016-02-01 (America/New_York)"
REAL = SYNTHETIC.replace("synthetic", "real")


def frame(columns, *rows):
    """A small table."""
    return pd.DataFrame(rows, columns=columns.split())


EXCEEDANCE = frame(
    "ministry comments comment_exceedance n low high",
    ("USA", 0, 1.0, 146, 0.975, 1.0),
    ("USA", 1, 0.39, 146, 0.31, 0.47),
    ("USA", 100, 0.13, 146, 0.08, 0.19),
    ("USA", 101, 0.1164, 146, 0.074, 0.179),
    ("USA", 900, 0.0068, 146, 0.001, 0.038),
)
FORETOLD = frame(
    "series at foretold_attention n low high phase observed donors",
    ("visa", pd.Timestamp("2016-03-01"), 10.0, 9, None, None, "baseline", 9.0, "none"),
    ("visa", pd.Timestamp("2016-03-02"), 10.0, 9, 5.0, 15.0, "anticipation", 12.0, "none"),
    ("visa", pd.Timestamp("2016-03-03"), 10.0, 9, 5.0, 15.0, "after", 40.0, "none"),
    ("visa", pd.Timestamp("2016-03-04"), 10.0, 9, 5.0, 15.0, "after", 10.0, "none"),
)
PLACEBOS = frame(
    "series at placebo_ratio n is_event place",
    ("visa", "2016-03-01", 1.1, 2, False, 2),
    ("visa", "2016-03-03", 2.5, 2, True, 1),
)
ADOPTED = frame(
    "ministry curve month adoption_share n low high",
    ("FJI", "observed", "2012-01", 0.5, 8, None, None),
    ("FJI", "observed", "2012-02", 1.0, 8, None, None),
    ("FJI", "logistic", "2012-01", 0.45, 8, 0.3, 0.6),
    ("FJI", "logistic", "2012-02", 0.925, 8, None, None),
)
FREE = frame(
    "ministry city theta independence n low high",
    ("ZAF", "Tokyo", 0.5, 0.9, 70, 0.8, 0.97),
    ("ZAF", "Lima", 0.5, 0.4, 60, 0.3, 0.6),
    ("ZAF", "Rome", 0.5, None, 0, None, None),
)
LAGS = frame(
    "ministry city statistic event_lag n low high",
    ("ZAF", "Tokyo", "mean to horizon", 10.0, 34, 5.0, 15.0),
    ("ZAF", "Lima", "mean to horizon", 30.5, 34, 20.0, 41.0),
    ("ZAF", "Rome", "mean to horizon", 72.0, 34, 66.0, 72.0),
)
STILL_WAITING = frame(
    "ministry tercile hours waiting_share n low high",
    ("ZAF", "least", 1.0, 1.0, 136, 0.95, 1.0),
    ("ZAF", "least", 72.0, 0.25, 136, 0.2, 0.3),
    ("ZAF", "most", 1.0, 0.9, 102, 0.8, 0.95),
)
STATISTICS = frame(
    "ministry statistic comments_per_post n low high",
    ("USA", "mean", 65.25, 146, 40.0, 90.0),
    ("USA", "median", 0.0, 146, 0.0, 2.0),
    ("USA", "max", 900.0, 146, None, None),
)
LORENZ = frame("ministry post_share comment_lorenz n", ("USA", 0, 0, 146), ("USA", 0.61, 0.03, 146), ("USA", 1, 1, 146))
GINI = frame("ministry comment_gini n low high", ("USA", 0.877, 146, 0.82, 0.91))
ROOTOGRAM = frame(
    "ministry model comments comment_rootogram n up_to observed",
    ("USA", "NB2", 0, 80.0, 146, 0, 100),
    ("USA", "NB2", 1, 66.0, 146, 90, 46),
    ("USA", "hurdle NB2", 0, 100.0, 146, 0, 100),
    ("USA", "hurdle NB2", 1, 46.0, 146, 90, 46),
)
POSTS_PER_DAY = frame(
    "ministry day posts_per_day n low high",
    ("USA", "2016-01-01", 3, 1, 0.6, 8.8),
    ("USA", "2016-01-02", 0, 1, 0.0, 3.7),
    ("USA", "2016-01-03", 7, 1, 2.8, 14.4),
)
COMMENTS_PER_DAY = frame(
    "ministry day comments_per_day n low high",
    ("USA", "2016-01-01", 2127.0, 3, None, None),
    ("USA", "2016-01-02", None, 0, None, None),
    ("USA", "2016-01-03", 12.0, 7, None, None),
)
RATIOS = frame(
    "ministry term level comment_rate_ratio n low high method",
    ("USA", "weekday", "Monday", 1.42, 20, 1.05, 1.93, "clustered"),
    ("USA", "weekday", "Sunday", 1.0, 28, None, None, "reference"),
    ("USA", "hour", "00-05", 1.0, 80, None, None, "reference"),
    ("USA", "hour", "06-11", 0.7, 66, 1e-9, 400.0, "clustered"),
    ("USA", "medium", "video", None, 2, None, None, "not defined: no comments at this level"),
)
RECEPTION = frame(
    "ministry period reception n low high posts",
    ("PRY", pd.Timestamp("2018-04-23"), 0.1, 12, -0.2, 0.4, 9),
    ("PRY", pd.Timestamp("2018-04-30"), 0.4, 13, None, None, 7),
    ("PRY", pd.Timestamp("2018-05-07"), 0.5, 14, 0.2, 0.8, 9),
)
RECEPTION_DAYS = RECEPTION.assign(low=None, high=None, n=2)
PLACEBO = frame(
    "ministry day trend_placebo n low high place p",
    ("PRY", pd.Timestamp("2018-04-29"), -0.2, 90, -0.5, 0.1, 3, 1.0),
    ("PRY", pd.Timestamp("2018-04-30"), 0.5, 90, 0.2, 0.8, 1, 0.333),
    ("PRY", pd.Timestamp("2018-05-01"), 0.4, 90, 0.1, 0.7, 2, 0.667),
)
LEAD = frame(
    "ministry topic lag topic_lead n low high p",
    ("PRY", "visa", -3, -0.3, 109, -0.5, -0.1, 0.02),
    ("PRY", "visa", 0, 0.1, 112, -0.1, 0.3, 0.4),
    ("PRY", "visa", 3, 0.4, 109, 0.2, 0.6, 0.001),
)
WEEKS = frame(
    "ministry platforms week mean ratio",
    ("PRY", "facebook / x", "2018-03-05", 90.0, 2.0),
    ("PRY", "facebook / x", "2018-03-12", 150.0, 3.0),
)
AGREEMENT = frame(
    "ministry platforms statistic platform_agreement n low high",
    ("PRY", "facebook / x", "lower limit", 1.1, 16, 0.6, 2.0),
    ("PRY", "facebook / x", "mean ratio", 2.5, 16, 1.5, 4.0),
)
RISKS = frame(
    "language severity risk_rate n low high coded",
    ("en", "1 or more", 130.0, 800, 100.0, 190.0, 190),
    ("en", "2 or more", 35.0, 800, 22.0, 78.0, 190),
    ("es", "1 or more", 145.0, 500, 108.0, 208.0, 184),
    ("pt", "1 or more", None, 0, None, None, 0),
)
THREATS = frame(
    "language threat_count n low high per_1000",
    ("en", 0, 800, 0.0, 7.2, 9.0),
    ("es", 0, 500, 0.0, 6.0, 12.0),
    ("pt", None, 0, None, None, None),
)
SHAPES = frame(
    "shape comments share",
    ("steady crowd", 1, 1.0),
    ("steady crowd", 100, 0.1252),
    ("steady crowd", 1000, 1e-27),
    ("storms over silence", 1, 0.387),
    ("storms over silence", 100, 0.1206),
)
SENSITIVITY = frame(
    "definition share_above n low high",
    ("more than 100 comments", 0.1164, 146, 0.074, 0.179),
    ("at least 100 comments", 0.13, 146, 0.08, 0.19),
    ("no comments held", None, 0, None, None),
)
INTERVALS = frame(
    "name value low high",
    ("total comments", 9490, 9417, 9562),
    ("answers", 0, 0, 3.7),
    ("posts per day", 4.71, 4.7, None),
)
VERDICTS = frame(
    "check verdict", ("posts per day", "compatible"), ("mean", "not compatible"), ("a word of its own", "unheard of")
)

COMPARED = frame(
    "panel row value n low high",
    ("Harper", "August", 69.4, 193, 50.0, 88.8),
    ("Harper", "September", None, 0, None, None),
    ("Trudeau", "August", 120.0, 90, 60.0, 180.0),
)
INDEX_LINE = frame(
    "ministry period dialogue_index_per_period n low high",
    ("AUS", "2014Q4", -1.0, 12, -1.0, -0.56),
    ("AUS", "2015Q1", 0.5, 12, -0.06, 0.82),
    ("AUS", "2015Q2", 0.4, 12, -0.1, 0.75),
    ("USA", "2015Q2", None, 0, None, None),
)
CHANGES = frame(
    "ministry statistic dialogue_change n low high changed_at p",
    ("AUS", "slope", 0.7, 3, 0.1, 1.2, "", None),
    ("AUS", "step", 1.45, 3, 1.1, 1.8, "2015Q1", 0.33),
)
PRINCIPLES = frame(
    "ministry principle dialogic_principle n low high",
    ("PER", "dialogic loop", 0.788, 20, 0.675, 0.9),
    ("PER", "ease of interface", None, 0, None, None),
    ("USA", "dialogic loop", 0.1, 20, 0.025, 0.188),
    ("USA", "ease of interface", None, 0, None, None),
)
TURNS = frame(
    "ministry speaker next next_speaker_share n low high",
    ("PER", "others", "others", 0.0, 662, 0.0, 0.0045),
    ("PER", "others", "ministry", 0.568, 662, 0.53, 0.605),
    ("PER", "others", "nobody", 0.432, 662, 0.395, 0.47),
    ("PER", "ministry", "others", None, 0, None, None),
)

PLACES = frame(
    "node x y label region ties",
    ("a", -0.6, 0.5, "SampleCancilleria", "Americas", 3),
    ("b", 0.7, -0.2, "SampleEmbPeruMadrid", "Europe", 2),
    ("c", 0.1, -0.9, None, None, None),
)
ARCS = frame("source target weight", ("a", "b", 1.0), ("b", "a", 2.0), ("c", "a", 1.0))
ORDER = frame(
    "place node label region ties",
    (0, "a", "SampleCancilleria", "Americas", 3),
    (1, "b", "SampleEmbPeruMadrid", "Europe", 3),
    (2, "c", "SampleEmbPeruParis", "Europe", 1),
)
HEARD = pd.DataFrame(
    [("addressed", "facebook", "Mfa", "media", 0.4, 90, 0.3, 0.5, 0.2, "all", "Wilson"),
     ("addressed", "x", "Mfa", "diaspora", 0.1, 60, 0.05, 0.2, 0.2, "known only", "Wilson"),
     ("answering", "x", "Mfa", "media", None, 0, None, None, None, "all", "not available: nothing is coded")],
    columns=["side", "platform", "handle", "audience", "audience_share", "n", "low", "high", "expected", "counted", "method"],
)  # fmt: skip
MIXING = frame(
    "attribute sender_group receiver_group mixing_matrix n low high expected",
    ("region", "Americas", "Americas", 100.0, 240, None, None, 64.1),
    ("region", "Americas", "Asia", 2.0, 80, None, None, 7.7),
    ("region", "Asia", "Americas", 5.0, 80, None, None, None),
    ("region", "Asia", "Asia", 11.0, 20, None, None, 1.3),
)
DEGREES = frame(
    "direction ties degree_distribution n low high expected expected_low expected_high",
    ("given", 0, 1.0, 36, None, None, 1.0, 1.0, 1.0),
    ("given", 7, 0.361, 36, None, None, 0.31, 0.17, 0.47),
    ("received", 0, 1.0, 36, None, None, 1.0, 1.0, 1.0),
    ("received", 29, 0.028, 36, None, None, 0.0, 0.0, 0.0),
)
REMOVAL = frame(
    "order removed headquarters_removal n low high account",
    ("headquarters first", 0, 0.79, 1260, None, None, None),
    ("headquarters first", 1, 0.369, 1190, None, None, "SampleCancilleria"),
    ("at random", 0, 0.79, 1260, 0.79, 0.79, None),
    ("at random", 1, 0.77, 1190, 0.37, 0.84, None),
)
EGOS = frame(
    "node group ego_composition n",
    ("a", "media", 0.25, 20),
    ("a", "diaspora", 0.75, 20),
    ("b", "media", 1.0, 6),
)
BLAU = frame(
    "node ego_heterogeneity n low high expected expected_low expected_high",
    ("a", 0.375, 20, None, None, 0.7, 0.6, 0.78),
    ("b", 0.0, 6, None, None, 0.66, 0.4, 0.8),
)

RANKS = frame(
    "accounts node called rank_mobility n rank later_rank",
    ("common", "1", "KEN", 0.5, 3, 2.0, 1.0),
    ("common", "2", "JPN", -1.0, 3, 1.0, 3.0),
    ("common", "3", "PER", 0.5, 3, 3.0, 2.0),
    ("full", "4", "LKA", 0.9, 4, 4.0, 1.0),
)
PUNCHING = frame(
    "node called attribute prestige_residual n low high weight in_degree",
    ("1", "ISL", "gdp", 0.6, 4, 0.4, 0.7, 1.4e10, 46),
    ("2", "JPN", "gdp", -0.4, 4, -0.5, -0.1, 4.8e12, 26),
    ("3", "PER", "gdp", 0.1, 4, -0.1, 0.2, 3.6e11, 37),
    ("4", "RWA", "gdp", 0.55, 4, 0.3, 0.7, 1.8e10, 46),
)
CONTRIBUTION = frame(
    "goal node called position_change n low high contribution before later",
    ("mines", "1", "KEN", 6.0, 3, None, None, 9.0, 2.0, 8.0),
    ("mines", "2", "JPN", -2.0, 3, None, None, 0.0, 2.0, 0.0),
    ("rivers", "1", "KEN", -1.0, 3, None, None, 3.0, 4.0, 3.0),
    ("rivers", "3", "PER", 0.0, 3, None, None, 3.0, 1.0, 1.0),
)

PERMUTED = frame(
    "term begins ends qap_permutations n low high observed p method",
    ("embassy", -0.1, 0.0, 480, 999, None, None, 0.371, 0.001, "QAP"),
    ("embassy", 0.0, 0.1, 519, 999, None, None, 0.371, 0.001, "QAP"),
    ("embassy", 0.1, 0.371, 0, 999, None, None, 0.371, 0.001, "QAP"),
)
TWINS = frame(
    "sender receiver embassy online sender_region",
    ("PER", "CHL", 1, 1, "Americas"),
    ("PER", "JPN", 1, 0, "Americas"),
    ("CHL", "PER", 1, 0, "Americas"),
    ("CHL", "JPN", 0, 1, "Americas"),
    ("JPN", "PER", 0, 0, "Asia"),
    ("JPN", "CHL", None, 1, "Asia"),
)

SURVIVAL = frame(
    "ministry kind hours waiting_curve n low high answered censored",
    ("PER", "any inquiry", 0.0, 1.0, 8, 0.69, 1.0, 0, 0),
    ("PER", "any inquiry", 1.0, 0.75, 8, 0.31, 0.93, 2, 0),
    ("PER", "any inquiry", 9.0, 0.75, 6, 0.31, 0.93, 0, 1),
    ("PER", "any inquiry", 20.0, 0.375, 4, 0.1, 0.7, 2, 0),
    ("PER", "any inquiry", 9000.0, 0.375, 2, 0.1, 0.7, 0, 2),
)
FUNNEL = frame(
    "ministry statistic answer_funnel n low high count of",
    ("PER", "comments", 1.0, 20, None, None, 20, "comments"),
    ("PER", "inquiries", 0.5, 20, 0.3, 0.7, 10, "comments"),
    ("PER", "answered", 0.4, 10, 0.17, 0.69, 4, "inquiries"),
)
GAPS = frame(
    "ministry hours posting_gap_share n low high",
    ("PER", 2.0, 0.5, 2, 0.0, 1.0),
    ("PER", 24.0, 1.0, 2, 0.1, 1.0),
)
WEEK = frame(
    "ministry weekday hour inquiry_hours answers",
    *(("PER", day, hour, hour % 5, 0) for day in ("Monday", "Tuesday") for hour in range(23)),
    ("PER", "Tuesday", 23, 11, 7),
)
WALL = frame(
    "ministry place answer_wait n low high kind observed_hours method",
    ("PER", 1, 0.5, 1, None, None, "procedural", 0.5, "answered"),
    ("PER", 2, None, 1, None, None, "complex", 90.0, "not answered"),
    ("PER", 3, None, 1, None, None, "none", 80.0, "not answered"),
)
CAPACITY = frame(
    "ministry staff answer_capacity n low high busy method",
    ("PER", 1, None, 20, None, None, 1.2, "not defined: the load exceeds the staff"),
    ("PER", 2, 0.81, 20, 0.6, 0.93, 0.6, "Erlang C"),
    ("PER", 3, 0.98, 20, 0.9, 0.99, 0.4, "Erlang C"),
)

COMBINATIONS = frame(
    "ministry combination combination_share n low high missions",
    ("PER", "facebook", 76 / 140, 140, 0.438, 0.644, 76),
    ("PER", "facebook + x", 30 / 140, 140, 0.141, 0.312, 30),
    ("PER", "none", 30 / 140, 140, 0.141, 0.312, 30),
    ("PER", "x", 4 / 140, 140, 0.009, 0.089, 4),
)
COVERAGE = frame(
    "mission_id latitude longitude is_present",
    ("1", 48.9, 2.3, True),
    ("2", -12.0, -77.0, False),
    ("3", None, None, True),
)
RANKED = frame(
    "ministry platform handle account_posting_rate n low high activity",
    ("USA", "x", "SampleEmbUsaParis", 10.0, 80, 7.93, 12.4, "active"),
    ("SWE", "facebook", "SampleEmbSwedenInParis", 0.0, 0, 0.0, 0.461, "dormant"),
    ("PER", "facebook", "SampleEmbPeruEnParis", None, 0, None, None, "unknown"),
)
REACH = frame(
    "platform receiving reach_rate n gdp_per_person",
    ("x", "BOL", 3.86, 1070000, 6324.0),
    ("x", "USA", 0.187, 17100000, 52550.0),
    ("x", "CHE", None, 0, 58091.0),
)
ASSOCIATION = frame(
    "platform term statistic reach_association n low high",
    ("x", "gdp_per_person", "elasticity", -1.11, 30, -1.5, -0.717),
)
PROFILE = frame(
    "codebook item_id variable profile_field state",
    ("profile", "a", "bio", 1.0, "present"),
    ("profile", "a", "rules", None, "not captured"),
    ("profile", "b", "bio", 0.0, "absent"),
    ("profile", "b", "rules", 1.0, "present"),
)
SESSIONS = frame(
    "ministry session session_duration n low high begins_at ends_at method",
    ("USA", 1, 15.0, 5, None, None, "2016-01-02T15:00Z", "2016-01-02T15:15Z", "gap rule"),
    ("USA", 2, 45.0, 6, None, None, "2016-01-03T15:00Z", "2016-01-03T15:45Z", "gap rule"),
)
SESSIONS[["begins_at", "ends_at"]] = SESSIONS[["begins_at", "ends_at"]].apply(pd.to_datetime)
ANSWERS = frame(
    "ministry day answers_per_day n low high event method",
    ("USA", "2016-01-01", 0, 0, 0.0, 3.7, None, "exact"),
    ("USA", "2016-01-02", 5, 5, 1.6, 11.7, "Flood", "exact"),
    ("USA", "2016-01-03", 6, 6, 2.2, 13.1, None, "exact"),
)
SWEEP = frame(
    "ministry gap session_answer_share n low high expected expected_low expected_high method",
    ("USA", 15, 0.4, 30, 0.2, 0.6, 0.1, 0.0, 0.2, "bootstrap"),
    ("USA", 240, 0.5, 30, 0.3, 0.7, 0.45, 0.4, 0.5, "bootstrap"),
)
TOPICS = frame(
    "ministry session topic session_topic_share n low high asked answered method",
    ("USA", 1, "visa", 0.75, 4, 0.3, 0.95, 3, 1, "Wilson"),
    ("USA", 1, "trade", 0.25, 4, 0.05, 0.7, 1, 0, "Wilson"),
)
SCOPE = frame(
    "ministry session per topic_breadth n low high method",
    ("USA", 1, "asked", 4.9, 105, 4.6, 5.0, "codings of topics"),
    ("USA", 1, "answered", 3.8, 5, 1.6, 3.8, "codings of topics"),
    ("USA", 2, "asked", 4.7, 30, 3.6, 4.9, "codings of topics"),
    ("USA", 2, "answered", None, 0, None, None, "not defined: no question of known topic"),
    ("USA", None, "open threads", 4.4, 27, 3.1, 4.8, "codings of topics"),
)
SCORES = frame(
    "ministry dimension dimension_score n low high rank method",
    ("USA", "presence", 0.9, 2, 0.8, 1.0, 1.0, "mean of 2 shares"),
    ("USA", "engagement", 0.1, 2, 0.0, 0.2, 2.0, "mean of 2 shares"),
    ("PER", "presence", 0.3, 2, 0.1, 0.5, 2.0, "mean of 2 shares"),
    ("PER", "engagement", 0.6, 2, 0.5, 0.7, 1.0, "mean of 2 shares"),
    ("KEN", "engagement", None, 0, None, None, None, "not available"),
)
PLACINGS = frame(
    "without dimension dimension_rank n low high last p method",
    ("", "presence", 1.5, 2, 1.0, 2.0, 1, 1.0, "units drawn again"),
    ("", "engagement", 1.5, 2, 1.0, 2.0, 1, 1.0, "units drawn again"),
    ("asks", "presence", 1.0, 2, 1.0, 1.0, 0, 1.0, "units drawn again"),
)
BROADCAST = frame(
    "ministry platform handle broadcast_share n low high answered_share asked weekly method",
    ("USA", "facebook", "SampleState", 1.0, 146, 0.98, 1.0, 0.0, 7042, 33.0, "exact, one-sided"),
    ("PER", "x", "SampleCancilleria", 0.546, 410, 0.498, 0.594, 0.673, 260, 12.0, "Wilson"),
    ("KEN", "facebook", "SampleMfaKenya", None, 0, None, None, None, 0, None, "not available"),
)
RECIPROCITY_GAPS = frame(
    "ministry statistic reciprocity_gap n low high own matched p method",
    ("AUT", "comments answered", 0.095, 1, -0.193, 0.267, 0.75, 0.655, None, "one account: Newcombe"),
    ("POL", "comments answered", -0.537, 1, -0.605, -0.285, 0.0, 0.537, None, "one account: Newcombe"),
    ("POL", "mentions returned", -0.4, 1, -0.564, 0.407, 0.0, 0.4, None, "one account: Newcombe"),
    ("USA", "comments answered", None, 0, None, None, None, None, None, "not available: no follower count held"),
)
LANGUAGES = pd.DataFrame({"ministry": ["PER", "PER", "USA"], "language": ["en", "es", "en"], "n": [6, 6, 4]})
LANGUAGES.insert(2, "language_share", [1 / 3, 2 / 3, 1.0])
VERSIONS = pd.DataFrame(
    {"ministry": "PER", "message": range(8), "language": ["es", "en"] * 4, "version_hours": [0.0, 3.0] * 4}
)
VERSIONS["n"] = 1
DELAYS = pd.DataFrame({"ministry": "PER", "language": ["es", "en"], "version_delay": [0.0, 3.0], "n": 8})
DELAYS = DELAYS.assign(low=[0.0, 2.0], high=[0.0, 4.0])
INDEX = pd.DataFrame({"ministry": "PER", "day": pd.to_datetime(["2019-09-01", "2019-09-02", "2019-09-03"]), "n": 4})
INDEX.insert(2, "follower_index", [100.0, 104.0, 98.5])
LOSSES = pd.DataFrame({"day": pd.to_datetime(["2019-09-03"]), "event": "A purge", "is_purge": True})
PROFILE_OF_LAGS = frame(
    "leader follower lag lag_correlation n low high expected_low expected_high",
    ("media", "ministry", 0, 0.1, 10, 0.0, 0.2, -0.1, 0.1),
    ("media", "ministry", 1, 0.05, 10, -0.1, 0.2, -0.1, 0.1),
    ("ministry", "media", 0, 0.1, 10, 0.0, 0.2, -0.1, 0.1),
    ("ministry", "media", 2, 0.4, 10, 0.2, 0.6, -0.1, 0.1),
)
LEADS = frame(
    "leader follower lead_share n low high topics",
    ("media", "ministry", 0.0, 10, None, None, 0),
    ("ministry", "media", 0.4, 10, None, None, 4),
)
BURSTS = frame(
    "stream burst burst_weight n low high begins_at ends_at hours",
    ("#Tag", 1, 90.0, 300, None, None, pd.Timestamp("2019-05-21T08:00Z"), pd.Timestamp("2019-05-22T20:00Z"), 36.0),
    ("#Tag", 2, 30.0, 90, None, None, pd.Timestamp("2019-05-23T08:00Z"), pd.Timestamp("2019-05-23T20:00Z"), 12.0),
    ("quiet", None, None, 0, None, None, pd.NaT, pd.NaT, None),
)
WARNINGS = frame(
    "stream at warning_strength n low high observed expected event",
    ("#Tag", pd.Timestamp("2019-05-21T10:00Z"), 1.8, 1, None, None, 40.0, 9.0, "Strike"),
    ("quiet", pd.NaT, None, 0, None, None, None, None, None),
)
STRIKES = frame(
    "event series begins_at ends_at",
    ("Strike", "#Tag", pd.Timestamp("2019-05-21T06:00Z"), pd.Timestamp("2019-05-23T06:00Z")),
)
OPERATED = frame(
    "detector target detection_delay n low high hits",
    ("ewma", "5", 7.0, 9, 2.0, 20.0, 8),
    ("simple", "5", 9.0, 9, 3.0, None, 6),
)
ALARMS = frame(
    "detector target false_alarm_rate n low high", ("ewma", "5", 4.0, 12, 2.0, 9.0), ("simple", "5", 4.4, 13, 2.0, 9.0)
)
FIGURES = {
    "plot_places": ([SCORES], {"ranks": PLACINGS}, "engagement: mean place 1.5 (interval 1 to 2), n 2"),
    "plot_quadrant": (
        [BROADCAST],
        {},
        "PER: broadcast 54.6 %, answered 67.3 %; 1 more of which one share is not known",
    ),
    "plot_network": ([PLACES], {"arcs": ARCS}, "3 nodes, 3 ties; size: ties; largest: SampleCancilleria, 3"),
    "plot_matrix": ([ORDER], {"arcs": ARCS}, "3 nodes, 3 ties; in blocks by region; Americas 1; Europe 2"),
    "plot_heat_map": (
        [HEARD],
        {"measure": "audience_share", "rows": "audience", "columns": ["platform", "handle"], "panel": "side"},
        "Audience share, of the known only where so marked, most first: addressed · media · facebook · Mfa 40 % (interval 30 % to 50 %), n 90",
    ),
    "plot_mixing": ([MIXING], {}, "Americas to Americas 100 (by chance 64.1)"),
    "plot_degrees": ([DEGREES], {}, "ties received: at least 29 2.8 %, most 29, n 36"),
    "plot_removal": ([REMOVAL], {}, "headquarters first: 0 removed 79 %, 1 removed 36.9 %"),
    "plot_ego": ([EGOS], {"heterogeneity": BLAU}, "a: most diaspora 75 %, n 20"),
    "plot_index_line": ([INDEX_LINE], {"changes": CHANGES}, "step of 1.45 at 2015Q1, p = 0.33"),
    "plot_turns": ([TURNS], {}, "after others ministry 56.8 % (interval 53 % to 60.5 %), n 662"),
    "plot_combinations": ([COMBINATIONS], {}, "facebook + x: 30 (21.4 %)"),
    "plot_coverage": ([COVERAGE], {}, "with an account: 1; none known: 1; without a place: 1"),
    "plot_reach": ([REACH], {"association": ASSOCIATION}, "x elasticity -1.11 (interval -1.5 to -0.717), n 30"),
    "plot_profile": ([PROFILE], {}, "present 2; absent 1; disputed 0; not captured 1"),
    "plot_breadth": ([TOPICS], {}, "visa asked 3, answered 1"),
    "plot_crises": ([ANSWERS], {}, "Flood: 5 answers on 1 days, 6 on the 2 others"),
    "plot_scope": (
        [SCOPE],
        {"durations": SESSIONS},
        "USA, asked 4.7 to 4.9 in 2 sessions; USA, answered 3.8 (interval 1.6 to 3.8), n 5",
    ),
    "plot_session_sweep": ([SWEEP], {}, "15 minutes 40 % (interval 20 % to 60 %), n 30, by chance 10 %"),
    "plot_sessions": ([SESSIONS], {"answers": ANSWERS}, "2 sessions, median duration 30 minutes, answers 11"),
    "plot_exceedance": ([EXCEEDANCE], {"statistics": STATISTICS}, "11.6 %"),
    "plot_lorenz": ([LORENZ], {"gini": GINI}, "0.877"),
    "plot_rootogram": ([ROOTOGRAM], {}, "USA · NB2: furthest off at 1-90 comments, 46 posts against 66 expected"),
    "plot_days": ([POSTS_PER_DAY, COMMENTS_PER_DAY], {}, "2,127 on 2016-01-01"),
    "plot_shapes": ([SHAPES], {}, "12.5 % have 100 or more"),
    "plot_permutations": ([PERMUTED], {}, "observed r 0.371, 999 random orders give -0.1 to 0.1, p 0.001"),
    "plot_twin_matrices": ([TWINS], {"columns": ["embassy", "online"], "group": "sender_region"}, "both 1, only"),
    "plot_intervals": ([INTERVALS], {}, "9,490 (interval 9,417 to 9,562)"),
    "plot_intervals, against a number": (
        [RATIOS],
        {"measure": "comment_rate_ratio", "panel": "term", "line": 1, "log": True},
        "weekday, Monday: 1.42 (interval 1.05 to 1.93), n 20; weekday, Sunday: 1, n 28",
    ),
    "plot_intervals, against the first": (
        [SENSITIVITY],
        {"measure": "share_above", "line": "first"},
        "11.6 % (interval 7.4 % to 17.9 %), n 146",
    ),
    "plot_intervals, two sides": (
        [PRINCIPLES],
        {"measure": "dialogic_principle", "side": "ministry"},
        "dialogic loop, USA: 10 % (interval 2.5 % to 18.8 %), n 20",
    ),
    "plot_intervals, in panels": (
        [RECIPROCITY_GAPS],
        {"measure": "reciprocity_gap", "panel": "statistic", "limits": (-1, 1), "line": 0},
        "comments answered, POL: -0.537 (interval -0.605 to -0.285), n 1",
    ),
    "plot_intervals, of runs": (
        [COMPARED],
        {"rows": "row", "panel": "panel", "name": "comments-per-post-mean", "unit": "comments per post"},
        "Harper, August: 69.4 (interval 50 to 88.8), n 193; Harper, September: not available, n 0",
    ),
    "plot_intervals, kinds": (
        [RANKED],
        {"measure": "account_posting_rate", "rows": ["handle", "platform"], "side": "activity"},
        "SampleEmbUsaParis · x, active: 10 (interval 7.93 to 12.4), n 80",
    ),
    "plot_ranks": ([RANKS], {}, "fell most: JPN 1 to 3; 3 accounts"),
    "plot_punching": ([PUNCHING], {}, "more than foretold, 2: ISL 0.6 (interval 0.4 to 0.7), RWA 0.55"),
    "plot_contribution": ([CONTRIBUTION], {}, "mines: KEN gave most (9) and went from 2 to 8; 1 of 2 rose, 1 fell"),
    "plot_verdicts": ([VERDICTS], {}, "not compatible: mean"),
    "plot_survival": ([SURVIVAL], {}, "at 25 hours 37.5 % (interval 10 % to 70 %) still wait, n 8"),
    "plot_funnel": ([FUNNEL], {}, "answered 4: 40 % of inquiries (17 % to 69 %)"),
    "plot_posting_gaps": ([GAPS], {}, "half of 2 gaps last at most 2 hours, the longest 24 hours"),
    "plot_mix": ([LANGUAGES], {}, "PER: es 66.7 %, en 33.3 %; USA: en 100 %"),
    "plot_delays": ([VERSIONS], {"delays": DELAYS}, "PER · en: median 3 (interval 2 to 4), n 8"),
    "plot_foretold": ([FORETOLD], {}, "visa: after the event 25 on average, foretold 10; 1 of 2 outside"),
    "plot_placebos": ([PLACEBOS], {}, "visa: 2.5, place 1 of 2"),
    "plot_curves": (
        [ADOPTED],
        {"measure": "adoption_share", "at": "month", "line": "curve"},
        "FJI, observed, last 100 %, n 8; FJI, logistic, last 92.5 %",
    ),
    "plot_scatter": (
        [LAGS],
        {"against": FREE, "measure": "event_lag", "other": "independence", "points": "city"},
        "Tokyo: independence 90 %, event lag 10 (interval 5 to 15), n 34",
    ),
    "plot_stairs": (
        [STILL_WAITING],
        {"measure": "waiting_share"},
        "ZAF · least, at 72 hours 25 % (interval 20 % to 30 %), n 136",
    ),
    "plot_followers": ([INDEX], {"losses": LOSSES}, "PER: 98.5 at the end; loss in common on 2019-09-03"),
    "plot_lag_profile": ([PROFILE_OF_LAGS], {}, "ministry before media by 2: 0.4 (interval 0.2 to 0.6), n 10"),
    "plot_lead_matrix": ([LEADS], {}, "ministry leads media on 4 of 10 topics"),
    "plot_bursts": (
        [BURSTS],
        {"warnings": WARNINGS, "events": STRIKES},
        "#Tag: warned 2019-05-21 10:00, in Strike; 2 bursts in 1 of 2 streams",
    ),
    "plot_operating_points": ([OPERATED], {"alarms": ALARMS}, "ewma at 4 false alarms: 7 (interval 2 to 20), n 9"),
    "plot_reception": (
        [RECEPTION],
        {"days": RECEPTION_DAYS, "change": "2018-04-30"},
        "PRY: first 0.1 (interval -0.2 to 0.4), n 12, last 0.5 (interval 0.2 to 0.8), n 14",
    ),
    "plot_placebo": ([PLACEBO], {"change": "2018-04-30"}, "PRY, 2018-04-30: place 1 of 3"),
    "plot_lead": ([LEAD], {}, "PRY, highest: visa at lag 3, 0.4 (interval 0.2 to 0.6), n 109"),
    "plot_risk_matrix": ([RISKS], {"threats": THREATS}, "en, threats: none confirmed, at most 9 in 1,000 screened"),
    "plot_agreement": ([WEEKS], {"limits": AGREEMENT}, "facebook / x, mean ratio: 2.5 (interval 1.5 to 4), n 16"),
    "plot_hours": ([WEEK], {}, "inquiries arrive most on Tuesday at 23 h, 11"),
    "plot_reply_wall": ([WALL], {}, "inquiry, answered: 1, inquiry, not answered: 1"),
    "plot_capacity": ([CAPACITY], {"target": "1 hour"}, "2 on duty: 81 % (interval 60 % to 93 %)"),
}
MEASURED = {"share", "share_above", "value", "verdict", "comments_per_post", "comment_exceedance", "comment_lorenz"}
MEASURED |= {"x", "place", "mixing_matrix", "degree_distribution", "headquarters_removal", "ego_composition"}
MEASURED |= {"dialogue_index_per_period", "dialogic_principle", "next_speaker_share"}
MEASURED |= {"dimension_score", "dimension_rank", "rank", "broadcast_share", "answered_share", "reciprocity_gap"}
MEASURED |= {"combination_share", "is_present", "account_posting_rate", "reach_rate", "profile_field", "state"}
MEASURED |= {"comment_gini", "posts_per_day", "comments_per_day", "comment_rate_ratio"}
MEASURED |= {"rank_mobility", "prestige_residual", "position_change"}
MEASURED |= {"qap_permutations", "embassy", "online"}
MEASURED |= {"waiting_curve", "inquiry_hours", "answers", "place", "answer_capacity"}
MEASURED |= {"answer_funnel", "count", "posting_gap_share"}
MEASURED |= {"adoption_share", "foretold_attention", "observed", "placebo_ratio"}
MEASURED |= {"session_duration", "answers_per_day", "session_answer_share", "session_topic_share"}
MEASURED |= {"topic_breadth", "comment_rootogram", "language_share", "version_hours", "version_delay", "follower_index"}
MEASURED |= {"audience_share"}
MEASURED |= {"burst_weight", "warning_strength", "detection_delay", "false_alarm_rate"}
MEASURED |= {"risk_rate", "threat_count"}
MEASURED |= {"lag_correlation", "lead_share", "reception", "trend_placebo", "topic_lead", "platform_agreement"}
MEASURED |= {"event_lag", "independence", "waiting_share"}
every = pytest.mark.parametrize("name", FIGURES)


def draw(name, caption=SYNTHETIC, change=lambda table: table):
    """One figure, every table it takes changed first."""
    tables, options, _ = FIGURES[name]
    options = {key: change(value) if isinstance(value, pd.DataFrame) else value for key, value in options.items()}
    return getattr(figures, name.partition(",")[0])(*map(change, tables), caption=caption, **options)


once = functools.cache(draw)  # for tests that look at one figure from several sides


@functools.cache
def drawing(name, caption=SYNTHETIC):
    """The SVG of such a figure."""
    return once(name, caption).svg()


def badge_pixels(png):
    """How many pixels of the top right corner have the colour of the badge."""
    pixels = pyplot.imread(io.BytesIO(png))[:60, -200:, :3]
    return int((abs(pixels - to_rgb(sheet.BADGE)) < 0.03).all(axis=2).sum())


def test_every_figure_is_tested():
    """No plot_ function is missing from the loop, and the room lists its plots and what they return alone."""
    assert [*sorted({name.partition(",")[0] for name in FIGURES})] == [*dir(figures)[1:]]
    assert dir(figures)[0] == "Drawn"


@every
def test_alt_text_states_the_finding_and_the_label(name):
    """The alt text holds the key number, the caption, and says synthetic first where the data are."""
    alt = once(name).alt
    assert len(alt) > 40
    assert FIGURES[name][2] in alt
    assert alt.startswith("Synthetic data. ")
    assert SYNTHETIC in alt


@pytest.mark.parametrize("name", list(FIGURES)[::8])
def test_drawn_again_the_drawing_has_the_same_bytes(name):
    """A second SVG of the same table: no date, no number drawn by lot."""
    assert draw(name).svg() == drawing(name)


@pytest.mark.parametrize("name", list(FIGURES)[::8])
def test_real_data_have_no_badge(name):
    """Neither the words nor the picture of real data say synthetic: the sheet that all figures share writes both."""
    real = draw(name, REAL)
    assert "ynthetic" not in real.alt and "SYNTHETIC" not in real.svg().decode()
    assert badge_pixels(real.png) == 0


@every
def test_same_table_same_bytes_whatever_the_settings(name):
    """Neither matplotlib settings nor a second call change a byte or a table given, and no pyplot figure stays open."""
    tables, options, _ = FIGURES[name]
    given = [*tables, *(value for value in options.values() if isinstance(value, pd.DataFrame))]
    before = [table.copy() for table in given]
    with rc_context({"font.size": 30, "savefig.facecolor": "red", "axes.titlepad": 40}):
        again = draw(name)
    assert again.png == once(name).png
    assert pyplot.get_fignums() == []
    for table, old in zip(given, before, strict=True):
        pd.testing.assert_frame_equal(table, old)


@every
def test_every_figure_is_a_drawing_too(name):
    """The SVG holds its title as text and no date, and the badge of synthetic data."""
    text = drawing(name).decode()
    assert "</svg>" in text and "<dc:date>" not in text and "SYNTHETIC" in text


def test_a_runner_gets_the_drawing(tmp_path, monkeypatch):
    """Where a runner asks, the SVG lies in its folder under the name of the figure."""
    monkeypatch.setenv("DIGIDIP_RUN", str(tmp_path))
    figure = draw("plot_intervals, of runs")
    assert [path.name for path in tmp_path.iterdir()] == ["comments-per-post-mean.svg"]
    assert (tmp_path / "comments-per-post-mean.svg").read_bytes() == figure.svg()


@every
def test_badge_is_in_the_picture(name):
    """A synthetic caption leaves pixels of the badge's colour in the top right corner."""
    assert badge_pixels(once(name).png) > 500


@every
def test_picture_is_seven_inches_wide_png(name):
    """PNG signature, 1008 pixels wide, white paper, no word about the software."""
    png = once(name).png
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(png[16:20], "big") == 1008
    assert pyplot.imread(io.BytesIO(png))[0, 0, :3].tolist() == [1, 1, 1]
    assert b"Software" not in png


@pytest.mark.parametrize(("template", "reads"), [("classic", True), ("lab", False)])
def test_alt_text_outside_of_our_pages_is_as_the_docs_say(template, reads):
    """The notebook carries the alt text; nbconvert's classic template shows it, and lab, as docs/python.md says, does not."""
    data, metadata = once("plot_intervals")._repr_mimebundle_()
    output = v4.new_output("display_data", data, metadata=metadata)
    notebook = v4.new_notebook(cells=[v4.new_code_cell("figure", outputs=[output])])
    html, _ = HTMLExporter(template_name=template).from_notebook_node(notebook)
    assert (f'alt="{once("plot_intervals").alt[:40]}' in html) == reads


@every
def test_table_travels_as_csv(name):
    """The CSV in the metadata holds each table given, row by row, and text/plain names the figure."""
    drawn = once(name)
    data, metadata = drawn._repr_mimebundle_()
    json.dumps([data, metadata])
    figure = metadata["digidip"]["figure"]
    assert data["text/plain"] == f"<figure {figure['name']}>" == f"<figure {drawn.name}>"
    assert metadata["image/png"]["alt"] == drawn.alt
    travelled = pd.read_csv(io.StringIO(figure["csv"]))
    for table in FIGURES[name][0]:
        held = [f"{column}_posts" if f"{column}_posts" in travelled else column for column in table]
        if "comments_per_day" in table:
            held = [column.replace("_posts", "_comments") for column in held]
        given = pd.read_csv(io.StringIO(table.to_csv(index=False)))
        found = travelled[held].set_axis(given.columns, axis=1).head(len(given))
        pd.testing.assert_frame_equal(found, given, check_dtype=False)


def test_lines_of_mean_and_median_are_in_the_table():
    """All that plot_exceedance draws is in its table, the lines too."""
    table = once("plot_exceedance").table.dropna(subset="statistic")
    assert dict(zip(table["statistic"], table["comments_per_post"], strict=True)) == {"mean": 65.25, "median": 0}


@every
def test_empty_table_draws_its_reason(name):
    """No rows: a figure that says so, in the picture's alt text too."""
    drawn = draw(name, change=lambda table: table[:0])
    assert "nothing to draw: the table has no rows" in drawn.alt
    assert badge_pixels(drawn.png) > 500


@every
def test_table_of_missing_values_draws_its_reason(name):
    """Rows without one value are no figure either."""
    drawn = draw(name, change=lambda table: table.assign(**dict.fromkeys(MEASURED & set(table), None)))
    assert "nothing to draw" in drawn.alt


BANDS = ["plot_degrees", "plot_ego", "plot_index_line", "plot_session_sweep", "plot_exceedance", "plot_posting_gaps"]
BANDS += ["plot_combinations", "plot_risk_matrix", "plot_places", "plot_crises", "plot_foretold", "plot_lag_profile"]


@pytest.mark.parametrize("name", BANDS)
def test_no_band_is_promised_that_is_not_drawn(name):
    """Tables without limits: neither legend nor axis speaks of an interval, a band or what chance gives."""
    limits = ["low", "high", "expected_low", "expected_high", "event"]
    bare = draw(name, change=lambda table: table.assign(**dict.fromkeys({*limits} & {*table}, None)))
    words = re.findall(r"<text[^>]*>([^<]*)</text>", bare.svg().decode())
    assert "nothing to draw" not in bare.alt
    assert [word for word in words if re.search(r"95 %|95\xa0%|interval of|crisis|crises", word)] == []


def test_legend_of_bursts_names_what_is_drawn():
    """One warning in an event and no burst: the marks of the others are in no legend."""
    drawn = figures.plot_bursts(BURSTS.assign(burst_weight=None), warnings=WARNINGS, events=STRIKES, caption=REAL)
    words = drawn.svg().decode()
    assert "warning in an event" in words and "dated event" in words
    assert "warning in none" not in words and "burst, looking back" not in words


def test_a_flat_line_is_a_sentence():
    """Everything begun in time, whatever the staff: words with n and interval, no picture and no drawing."""
    flat = CAPACITY.assign(answer_capacity=[1.0] * len(CAPACITY), low=0.996, high=1.0)
    drawn = figures.plot_capacity(flat, caption=SYNTHETIC, target="1 hour")
    data, metadata = drawn._repr_mimebundle_()
    assert data == {"text/plain": drawn.alt} and metadata == {"digidip": {}} and drawn.png is None
    assert drawn.alt.startswith("Synthetic data. ") and "100 % (interval 99.6 % to 100 %)" in drawn.alt
    shares = OPERATED.rename(columns={"detection_delay": "detection_share"}).assign(detection_share=0.0)
    alt = figures.plot_operating_points(shares, alarms=ALARMS, measure="detection_share", caption=REAL).alt
    assert "ewma at 4 false alarms: 0 %" in alt
    assert figures.plot_capacity(CAPACITY, caption=SYNTHETIC).png


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("plot_network", "3 ties drawn"),
        ("plot_matrix", "3 ties drawn"),
        ("plot_mixing", "ties drawn"),
        ("plot_heat_map", "n of a cell"),
        ("plot_degrees", "accounts drawn"),
    ],
)
def test_captions_state_the_n_that_is_drawn(name, words):
    """Where rows of the selection are not what is drawn, the picture's caption and alt text say how many are."""
    drawn = " ".join(re.findall(r">([^<>]*[^<>\s][^<>]*)</", drawing(name).decode()))
    assert words in once(name).alt and words in drawn


@every
def test_one_missing_value_does_not_raise(name):
    """A first row without numbers leaves the others."""
    drawn = draw(name, change=first_row_missing)
    assert drawn.png != once(name).png
    assert "nothing to draw" not in drawn.alt
    assert "nan" not in drawn.alt


def first_row_missing(table):
    """The table with no number in its first row, no verdict where it has no number."""
    table = table.convert_dtypes()
    table.loc[0, [*table.columns.intersection(["verdict"]), *table.select_dtypes("number")]] = pd.NA
    return table


@every
def test_one_row_is_enough(name):
    """The last row alone can be drawn, or its lack of a value said."""
    assert len(draw(name, change=lambda table: table.tail(1)).alt) > 40


def test_method_is_the_reason_why_nothing_is_drawn():
    """What the measure says of a missing value is what the empty figure says."""
    alt = figures.plot_intervals(RATIOS.tail(1), measure="comment_rate_ratio", caption=REAL).alt
    assert "nothing to draw: not defined: no comments at this level" in alt


def test_posts_without_a_comment_and_above_the_threshold_are_said():
    """All posts at 0 have no place on the axis: that is said. So is a threshold that no post exceeds, with n."""
    silent = figures.plot_exceedance(EXCEEDANCE.head(1), caption=REAL, statistics=STATISTICS).alt
    below = figures.plot_exceedance(EXCEEDANCE, caption=REAL, statistics=STATISTICS, threshold=900).alt
    assert "nothing to draw: no post has a comment" in silent
    assert "more than 900: no post, at least 1: 39 %, n 146" in below


def test_groups_are_told_apart():
    """Two ministries: both in the alt text of every figure that has groups, whatever the order of rows."""
    for name in ("plot_exceedance", "plot_lorenz", "plot_days"):
        both = draw(name, change=lambda table: pd.concat([table, table.assign(ministry="PER")]))
        turned = draw(name, change=lambda table: pd.concat([table.assign(ministry="PER"), table]))
        assert "USA, " in both.alt
        assert "PER, " in both.alt
        assert both.png == turned.png


def test_table_without_groups():
    """A table with no group column is one group; a group without a name is not given."""
    assert "not given, " in figures.plot_lorenz(LORENZ.assign(ministry=None), caption=REAL).alt
    drawn = figures.plot_lorenz(LORENZ.drop(columns="ministry"), caption=REAL)
    assert "all posts, the 61 % of posts with fewest comments draw 3 % of all comments" in drawn.alt


def test_a_side_without_a_value_is_no_result():
    """A principle that neither side has a value for is told as not available, and has its row in the picture."""
    about = {"caption": REAL, "measure": "dialogic_principle", "rows": "principle", "side": "ministry"}
    drawn = figures.plot_intervals(PRINCIPLES, **about)
    smaller = figures.plot_intervals(PRINCIPLES[PRINCIPLES.principle == "dialogic loop"], **about)
    assert "ease of interface, PER: not available" in drawn.alt
    assert drawn.png[20:24] > smaller.png[20:24]


def test_rows_of_several_sides_have_room_for_the_words_of_each():
    """The values of two sides of a row stand a line of their type apart, and no row reaches into the next."""
    about = {"caption": REAL, "measure": "dialogic_principle", "rows": "principle", "side": "ministry"}
    ax = figures.plot_intervals(PRINCIPLES, **about).figure.axes[0]
    words = sorted((text.get_position()[1], text.get_fontsize()) for text in ax.texts)  # the axis is in inches
    apart = [below - above for (above, _), (below, _) in pairwise(words)]
    assert min(apart) >= 1.2 * max(size for _, size in words) / 72


def test_one_period_is_no_line():
    """A group with one period has no course: with no other group there is nothing to draw, and the reason is said."""
    alt = figures.plot_index_line(INDEX_LINE.tail(2), caption=REAL).alt
    assert "nothing to draw: no group has two periods with a value" in alt


def test_a_long_wall_is_read_from_above():
    """Of 80 checks the contrary one stands first, and each has a row of its own, a third of an inch high at most."""
    checks = pd.DataFrame(
        {"check": [f"check {n}" for n in range(80)], "verdict": ["compatible"] * 79 + ["not compatible"]}
    )
    drawn = figures.plot_verdicts(checks, caption=REAL)
    labels = re.findall(r">(check \d+)</", drawn.svg().decode())
    assert labels[:2] == ["check 79", "check 0"] and len(labels) == 80
    assert pyplot.imread(io.BytesIO(drawn.png)).shape[0] < 80 * 0.33 * 144 + 300


def test_dollars_are_no_mathematics_and_arabic_is_drawn():
    """Labels are drawn as they stand; a letter the font lacks is an error that says which."""
    for text in ("US$ 5 to $ 6", "وزارة الخارجية"):
        assert text in figures.plot_intervals(INTERVALS.assign(name=text), caption=REAL).alt
    with pytest.raises(TableError, match="CJK UNIFIED IDEOGRAPH-5916"):
        figures.plot_intervals(INTERVALS.assign(name="外交部"), caption=REAL)


def test_decomposed_letters_are_composed():
    """A label in NFD reads the same as in NFC, byte for byte."""
    composed, decomposed = "Per\u00fa", "Peru\u0301"
    pictures = [figures.plot_intervals(INTERVALS.assign(name=text), caption=REAL) for text in (composed, decomposed)]
    assert pictures[0].png == pictures[1].png
    assert composed in pictures[1].alt
    assert sheet.plain(decomposed) == composed


def luminance(colour):
    """Relative luminance of WCAG 2."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    """Contrast ratio of WCAG 2."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_text():
    """Every text colour stands out 4.5 : 1 from what is behind it."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    grounds = [sheet.PAPER, *(colour for _, colour, _ in verdicts.VERDICTS.values())]
    assert min(contrast(sheet.INK, ground) for ground in grounds) >= 4.5
    assert contrast(sheet.SOFT, sheet.PAPER) >= 4.5
    assert contrast(sheet.BADGE_INK, sheet.BADGE) >= 4.5


def test_no_figure_relies_on_colour_alone():
    """Dashes, markers and symbols differ wherever colours do."""
    assert len({*map(str, sheet.DASHES)}) == len(sheet.DASHES) == len({*sheet.MARKERS})
    symbols = [symbol for symbol, _, _ in verdicts.VERDICTS.values()]
    assert len({*symbols}) == len(symbols)


def crowd(number):
    """Nodes on a spiral and ties from each to the next."""
    turn = pd.Series(range(number), dtype=float)
    names = [f"n{at:03}" for at in range(number)]
    places = pd.DataFrame(
        {"node": names, "x": (turn / number) * (turn / 3).map(math.cos), "label": names, "ties": turn}
    )
    places["y"] = (turn / number) * (turn / 3).map(math.sin)
    arcs = pd.DataFrame({"source": names[:-1], "target": names[1:], "weight": 1.0})
    return places.assign(region=[f"region {at % 4}" for at in range(number)]), arcs


def test_names_without_room_are_left_out_and_counted():
    """Of five nodes every name is drawn; of three hundred many are not, and the alt text says how many."""
    few, many = (figures.plot_network(*crowd(n)[:1], arcs=crowd(n)[1], caption=REAL) for n in (5, 300))
    assert "names left out for want of room: 0." in few.alt
    left_out = int(many.alt.split("want of room: ")[1].split(".")[0])
    names = [text.get_text() for text in many.figure.axes[0].texts]
    assert len(names) == 300 - left_out and left_out > 100 and "n299" in names


def test_long_names_of_sides_stay_on_the_sheet():
    """Two handles of twenty letters stand below each other, two codes of states beside each other."""
    for long, columns in ((False, 2), (True, 1)):
        handles = {code: f"Sample{code}EmbassyParis" * long or code for code in ("USA", "PER")}
        table = PRINCIPLES.assign(ministry=PRINCIPLES["ministry"].map(handles).fillna(PRINCIPLES["ministry"]))
        ax = figures.plot_intervals(table, caption=REAL, measure="dialogic_principle", side="ministry").figure.axes[0]
        assert ax.get_legend()._ncols == columns


def test_names_do_not_overlap():
    """As drawn, no two names of a crowd share a pixel."""
    places, arcs = crowd(140)
    figure = figures.plot_network(places, arcs=arcs, caption=REAL).figure
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) > 10
    assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]


def test_a_matrix_names_rows_up_to_twenty_four():
    """Twenty-four nodes have their names beside the rows, more have those of their groups alone."""
    for number, named in ((24, 24), (25, 0)):
        places, arcs = crowd(number)
        drawn = figures.plot_matrix(places.assign(place=range(number)).sort_values("region"), arcs=arcs, caption=REAL)
        assert len(drawn.figure.axes[0].get_yticklabels()) == named


def test_twelve_egos_are_drawn_and_the_rest_counted():
    """Of fifteen accounts the three with fewest alters are left out, and said to be."""
    table = pd.concat([EGOS.head(1).assign(node=f"e{at:02}", n=at, ego_composition=1.0) for at in range(1, 16)])
    drawn = figures.plot_ego(table, heterogeneity=BLAU, caption=REAL)
    assert "3 accounts with fewer alters are not drawn" in drawn.alt
    assert [label.get_text() for label in drawn.figure.axes[0].get_yticklabels()][::11] == ["e15", "e04"]


def test_large_twins_have_bands_in_place_of_names():
    """Sixty nodes of two regions: regions at the side, no codes; the order is that of the rows."""
    nodes = [f"N{number:02}" for number in range(60)]
    rows = [(a, b, 1, 0, "Asia" if a < "N30" else "Europe") for a in nodes for b in nodes if a != b]
    table = frame("sender receiver embassy online sender_region", *rows)
    drawn = figures.plot_twin_matrices(table, caption=REAL, columns=["embassy", "online"], group="sender_region")
    labels = [text.get_text() for ax in drawn.figure.axes for text in ax.get_yticklabels()]
    assert labels == ["Asia", "Europe"] and "60 nodes, ties of embassy 3,540, of online 0, both 0" in drawn.alt
    turned = figures.plot_twin_matrices(table[::-1], caption=REAL, columns=["embassy", "online"], group="sender_region")
    assert [text.get_text() for text in turned.figure.axes[0].get_yticklabels()] == ["Europe", "Asia"]


def test_an_index_over_time_draws_the_longest_and_tells_the_rest():
    """Six ministries, two panels: those with most periods; periods between stand on the axis."""
    long = [INDEX_LINE.assign(ministry=f"M{n}").head(2 + n % 2) for n in range(6)]
    drawn = figures.plot_index_line(pd.concat(long), caption=REAL, most=2)
    assert "(4 more not shown)" in drawn.alt and "M1," in drawn.alt and "M3," in drawn.alt and "M0," not in drawn.alt
    assert len(drawn.figure.axes) == 2


def axis_of(drawn):
    """The axes of the first panel."""
    return drawn.figure.axes[0]


def test_rows_beyond_the_most_are_counted():
    """Three ministries, room for one in each panel: how many more is said above; the table beside has them all."""
    many = pd.concat([RECIPROCITY_GAPS.head(1).assign(ministry=name) for name in ("AUT", "BEL", "CHE")])
    drawn = figures.plot_intervals(many, caption=REAL, measure="reciprocity_gap", panel="statistic", most=1)
    assert "comments answered (2 more not shown)" in drawn.svg().decode() and len(drawn.table) == 3
    assert "2 more in the table" in drawn.alt


def test_rows_are_called_by_what_differs():
    """One ministry: the definitions alone; two: both; columns asked for stand as asked."""
    one = pd.DataFrame({"ministry": "USA", "definition": ["a", "b"], "value": [1.0, 2.0]})
    two = pd.concat([one, one.assign(ministry="PER")])
    names = {"": one, "both": two}
    labels = {
        of: [t.get_text() for t in axis_of(figures.plot_intervals(x, caption=REAL)).get_yticklabels()]
        for of, x in names.items()
    }
    assert labels == {"": ["a", "b"], "both": ["USA · a", "USA · b", "PER · a", "PER · b"]}
    asked = axis_of(figures.plot_intervals(two, caption=REAL, rows="ministry"))
    assert [label.get_text() for label in asked.get_yticklabels()] == ["USA", "USA", "PER", "PER"]


def test_intervals_beyond_a_hundredfold_are_cut_with_arrows():
    """An interval from 1e-9 to 400 about ratios near 1 leaves the axis within 0.007 to 142, an arrow at each end."""
    drawn = figures.plot_intervals(RATIOS, caption=REAL, measure="comment_rate_ratio", panel="term", line=1, log=True)
    hour = axis_of(drawn)
    assert hour.get_xlim() == pytest.approx((0.007, 142))
    arrows = [
        float(x) for dots in hour.collections for x, _ in getattr(dots, "get_offsets", list)() if x in hour.get_xlim()
    ]
    assert sorted(arrows) == pytest.approx([0.007, 142])


def test_a_value_without_interval_is_hollow():
    """Sunday and 00-05, the references, have a white face, the others not; the axis says what hollow means."""
    weekday = axis_of(once("plot_intervals, against a number"))
    faces = [dots.get_facecolor() for dots in weekday.collections if len(dots.get_offsets()) == len(RATIOS)][0]
    assert [tuple(face[:3]) == (1, 1, 1) for face in faces] == [False, True, True, False, False]
    assert "hollow: no interval" in once("plot_intervals, against a number").svg().decode()
    assert "hollow" not in once("plot_intervals, two sides").svg().decode()


def test_the_axis_is_logarithmic_where_values_span_decades():
    """A hundredfold and more above 0: logarithmic; shares, and values with a zero: never by themselves."""
    spans = pd.DataFrame({"name": ["a", "b"], "value": [0.001, 0.9]})
    scales = [
        axis_of(figures.plot_intervals(table, caption=REAL, unit=unit)).get_xscale()
        for table, unit in ((spans, ""), (spans, "share of posts"), (spans.assign(value=[0, 0.9]), ""))
    ]
    assert scales == ["log", "linear", "linear"]


def test_sessions_without_a_register_say_so_in_the_caption():
    """Sessions that no event announced are known by bursts alone; one announced, and the caption stands as given."""
    alone = figures.plot_sessions(SESSIONS, answers=ANSWERS, caption=SYNTHETIC)
    told = figures.plot_sessions(SESSIONS.assign(announced=["Ask", None]), answers=ANSWERS, caption=SYNTHETIC)
    assert alone.alt.endswith("known by bursts of answers alone.") and told.alt.endswith(f"{SYNTHETIC}.")


def test_scope_without_durations_is_still_drawn():
    """Breadth of sessions whose duration is not in the other table: the band stands, nothing fails."""
    drawn = figures.plot_scope(SCOPE, durations=SESSIONS.iloc[:0], caption=SYNTHETIC)
    assert "open threads 4.4 (interval 3.1 to 4.8), n 27" in drawn.alt
