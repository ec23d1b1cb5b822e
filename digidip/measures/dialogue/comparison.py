"""Comparison: is there a difference, a change, or neither by a stated margin.

And what do several accounts show together?
"""

from functools import partial

import numpy as np
from scipy.stats import norm
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.tools import add_constant

from digidip.measures._registry import measure
from digidip.measures.dialogue._acts import act_counts, acts, index_row
from digidip.measures.dialogue.conversation import SEED
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._intervals import difference, share_row, verdict
from digidip.measures.statistics._result_table import NUMBERS, result_table

ALONE = "not defined: nobody to compare with"
SHORT = "not defined: fewer than {} periods with acts"
SHORTEST = 2  # periods on each side of a change-point
STATISTICS = {"step": 2 * SHORTEST, "slope": 3, "later half less earlier": 2}


@measure(unit="difference of shares", columns=("others_n", "method"), limits="90 %")
def reply_share_difference(posts, comments, *, by="ministry", margin=0.1):
    """Difference of a group's reply share from that of all others, and whether the two are equivalent.

    Formula: p - p_others, each a `reply_share`. Interval: Newcombe's, 90 %: the two one-sided tests of level 5 % reject
    a difference beyond the margin exactly where it lies within ± margin.
    **Unit** difference of shares. **Reads** as `reply_share`. **Source** Newcombe 1998, method 10
    (doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I); Schuirmann 1987 (doi:10.1007/BF01068419);
    docs/methods.md#equivalence.
    **Caution** No difference found is not "no difference": only `equivalent` says that, and only within the margin, which
    must be stated before the data are seen. Answers of one conversation are not independent.
    Parameters: `posts`, `comments`; `by`, columns of posts; `margin`, the largest difference that does not matter.
    Returns the group columns, `reply_share_difference`, `n` (own posts and answers), `low`, `high` (90 %), `others_n`,
    `method`: equivalent, different, or undecided, with the margin.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": ["PER"] * 2 + ["KEN"] * 2,
    ...     "post_id": list("1234"), "posted_at": "2016-01-01", "text": None, "reply_to_id": ["q", None, None, None],
    ...     "reply_to_account_id": None, "repost_of_id": None})  # 1 of 2 and 0 of 2
    >>> comments = pd.DataFrame(columns=["platform", "post_id", "account_id", "comment_id", "parent_id", "is_official"])
    >>> reply_share_difference(posts, comments).reply_share_difference.tolist()
    [-0.5, 0.5]
    """
    found = acts(posts, comments, group_columns(by))
    every = act_counts(found)

    def rows(part):
        own = act_counts(part)
        others = {name: every[name] - own[name] for name in ("answers", "n")}
        if own["reason"] or not others["n"]:
            return [{"n": 0, "others_n": others["n"], "method": own["reason"] or ALONE}]
        pair = own["answers"], own["n"], others["answers"], others["n"]
        value, low, high = difference(*pair, alpha=0.1)
        fields = {"reply_share_difference": value, "n": own["n"], "low": low, "high": high, "others_n": others["n"]}
        return [fields | {"method": verdict(low, high, margin)}]

    columns = {"reply_share_difference": "float64", **NUMBERS, "others_n": "int64", "method": "str"}
    return result_table(found, group_columns(by), rows, columns)


@measure(
    unit="difference of the index, -2 to 2",
    keys=("statistic",),
    columns=("changed_at", "p", "method"),
    limits="95 % interval, of halves 90 %",
)
def dialogue_change(
    posts, comments, *, by="ministry", period="quarter", zone="UTC", margin=0.2, permutations=9999, seed=SEED
):
    """Change of the monologue-dialogue index over periods, in three readings.

    Formula: step: mean index after less before the split that leaves least squares, at least two periods on each side; p
    by permuting the periods, (1 + hits) / (1 + permutations). Slope: least squares per period. Later half less earlier:
    difference of the index over all acts of each half of the periods (the middle one of an odd number is left out).
    Intervals: step and slope t, 95 %, the step's for the split as if it had been given; halves Newcombe, 90 %.
    **Unit** difference of the index, -2 to 2. **Reads** as `dialogue_index_per_period`. **Source** Cobb 1978
    (doi:10.1093/biomet/65.2.243); Schuirmann 1987 (doi:10.1007/BF01068419); docs/methods.md#change.
    **Caution** A split is found in any series: only p speaks for it. With eight periods p cannot fall much below .03,
    for a split with half of them on either side. "Equivalent" says no change within the margin; a p above .05 does not.
    Parameters: `posts`, `comments`; `by`, columns of posts; `period`, `zone` as in `dialogue_index_per_period`;
    `margin` of the index; `permutations`, `seed`.
    Returns the group columns, `statistic`, `dialogue_change`, `n` (periods), `low`, `high`, `changed_at` (first period
    after the split), `p`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "post_id": list("1234"),
    ...     "posted_at": ["2014-01-01", "2014-04-01", "2014-07-01", "2014-10-01"], "text": None,
    ...     "reply_to_id": [None, None, "q", "r"], "reply_to_account_id": None, "repost_of_id": None})
    >>> comments = pd.DataFrame(columns=["platform", "post_id", "account_id", "comment_id", "parent_id", "is_official"])
    >>> dialogue_change(posts, comments)[["statistic", "dialogue_change", "changed_at"]].round(3).values.tolist()[:2]
    [['step', 2.0, '2014Q3'], ['slope', 0.8, '']]
    """
    found = acts(posts, comments, group_columns(by), period, zone)
    rows = partial(_change_rows, margin=margin, permutations=permutations, seed=seed)
    after = {"changed_at": "str", "p": "float64", "method": "str"}
    return result_table(
        found, group_columns(by), rows, {"statistic": "str", "dialogue_change": "float64", **NUMBERS, **after}
    )


def _change_rows(part, margin, permutations, seed):
    """The three rows of one group."""
    table = [(period, index_row("index", group)) for period, group in part.groupby("period")]
    series = [(period, row) for period, row in table if row["n"]]
    n, values = len(series), np.array([row["index"] for _, row in series])
    if not n:
        nothing = {"changed_at": "", "n": 0, "method": table[0][1]["method"]}
        return [{"statistic": name, **nothing} for name in STATISTICS]
    read = {"step": _step, "slope": _slope, "later half less earlier": _halves}
    given = {"series": series, "values": values, "margin": margin, "permutations": permutations, "seed": seed}
    rows = {
        name: read[name](**given) | {"n": n} if n >= least else {"n": 0, "method": SHORT.format(least)}
        for name, least in STATISTICS.items()
    }
    return [{"statistic": name, "changed_at": ""} | row for name, row in rows.items()]


def _step(series, values, permutations, seed, **_):
    """The split that leaves least squares, and how often periods in another order leave less."""
    if np.ptp(values) == 0:
        return {"dialogue_change": 0.0, "method": "every period the same: no interval"}
    split = _best_split(values, SHORTEST)
    regressor = (np.arange(len(values)) >= split).astype(float)
    p = _split_p(values, SHORTEST, permutations, seed)
    method = "least squares, t for the split found; permuted periods"
    return _fitted(values, regressor) | {"changed_at": series[split][0], "p": p, "method": method}


def _slope(values, **_):
    """The line of least squares over the periods with acts, in order."""
    if np.ptp(values) == 0:
        return {"dialogue_change": 0.0, "method": "every period the same: no interval"}
    return _fitted(values, np.arange(len(values), dtype=float)) | {"method": "least squares per period, t"}


def _fitted(values, regressor):
    """The slope of one regressor with its 95 % interval; no interval where the fit leaves nothing over."""
    fit = OLS(values, add_constant(regressor)).fit()
    low, high = fit.conf_int()[1] if fit.ssr > 1e-12 else (np.nan, np.nan)
    return {"dialogue_change": fit.params[1], "low": low, "high": high}


def _halves(series, margin, **_):
    """The later half of the periods less the earlier half, and what that says about the margin."""
    half = len(series) // 2
    table = [[row for _, row in rows] for rows in (series[:half], series[-half:])]
    talk = [(sum(row["answers"] + row["questions"] for row in rows), sum(row["n"] for row in rows)) for rows in table]
    value, low, high = (2 * end for end in difference(*talk[1], *talk[0], alpha=0.1))
    method = f"Newcombe, 90 %; {verdict(low, high, margin)}"
    return {"dialogue_change": value, "low": low, "high": high, "method": method}


@measure(unit="share of own posts and answers", columns=("heterogeneity", "between", "method"))
def pooled_reply_share(posts, comments, *, by="ministry"):
    """Reply share of a group's typical account, by random effects, and how far accounts differ.

    Formula: arcsin √p of each account, variance 1 / (4 n), combined with weights 1 / (variance + τ²), τ² by Paule and
    Mandel; sin² back. Interval: normal, 95 %. I² is the part of the variance between accounts that is no sampling.
    **Unit** share of own posts and answers. **Reads** as `reply_share`. **Source** Paule and Mandel 1982
    (doi:10.6028/jres.087.022); Higgins and Thompson 2002 (doi:10.1002/sim.1186); docs/methods.md#pooling.
    **Caution** One definition only: studies that count something else do not belong into one mean. With a high I² the
    mean describes no account. Accounts without acts are left out. Of one account, and where no account answers (or all
    always do), the plain share stands with its own interval.
    Parameters: `posts`, `comments`; `by`, columns of posts.
    Returns the group columns, `pooled_reply_share`, `n` (accounts), `low`, `high`, `heterogeneity` (I²), `between` (τ of
    the transformed shares), `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"platform": "x", "account_id": list("aabb"), "ministry": "PER", "post_id": list("1234"),
    ...     "posted_at": "2016-01-01", "text": None, "reply_to_id": ["q", None, "r", None],
    ...     "reply_to_account_id": None, "repost_of_id": None})  # 1 of 2 and 1 of 2
    >>> comments = pd.DataFrame(columns=["platform", "post_id", "account_id", "comment_id", "parent_id", "is_official"])
    >>> pooled_reply_share(posts, comments)[["pooled_reply_share", "n", "heterogeneity"]].round(3).values.tolist()
    [[0.5, 2.0, 0.0]]
    """
    accounts = ["platform", "account_id"]
    found = acts(posts, comments, list(dict.fromkeys([*group_columns(by), *accounts])))

    def rows(part):
        table = [act_counts(each) for _, each in part.groupby(accounts)]
        known = [row for row in table if not row["reason"]]
        if not known:
            return [{"n": 0, "method": max(row["reason"] for row in table)}]
        return [_pooled(np.array([row["answers"] for row in known]), np.array([row["n"] for row in known]))]

    after = {"heterogeneity": "float64", "between": "float64", "method": "str"}
    return result_table(found, group_columns(by), rows, {"pooled_reply_share": "float64", **NUMBERS, **after})


def _pooled(events, n):
    """Random effects over accounts; one account, or none with an answer, is a plain share."""
    if len(n) == 1 or not 0 < events.sum() < n.sum():
        row = share_row("pooled_reply_share", int(events.sum()), int(n.sum()))
        note = "one account" if len(n) == 1 else "accounts alike, all acts together"
        return row | {"n": len(n), "method": f"{row['method']}; {note}"}
    effects = np.arcsin(np.sqrt(events / n))
    with np.errstate(divide="ignore", invalid="ignore"):
        fit = combine_effects(effects, 1 / (4 * n), method_re="iterated")
    excess = 1 - (len(n) - 1) / fit.q if fit.q > len(n) - 1 else 0.0
    ends = np.clip(fit.mean_effect_re + norm.ppf([0.025, 0.975]) * fit.sd_eff_w_re, 0, np.pi / 2)
    value, low, high = np.sin([fit.mean_effect_re, *ends]) ** 2
    fields = {"heterogeneity": excess, "between": fit.tau2**0.5, "method": "random effects, arcsine"}
    return {"pooled_reply_share": value, "n": len(n), "low": low, "high": high} | fields


def _gains(series, shortest):
    """For each series (rows), the squares that each split takes away.

    Splits leave `shortest` values on each side.

    >>> _gains(np.array([[0.0, 0.0, 4.0, 4.0]]), 1).round(6).tolist()  # a mean of 2: 16 squares in all
    [[5.333333, 16.0, 5.333333]]
    """
    n = series.shape[1]
    first = np.arange(shortest, n - shortest + 1)
    before = series.cumsum(axis=1)[:, first - 1]
    apart = before / first - (series.sum(axis=1, keepdims=True) - before) / (n - first)
    return apart**2 * first * (n - first) / n


def _best_split(values, shortest):
    """How many values stand before the split that leaves least squares, the first of several."""
    return int(_gains(values[None], shortest)[0].argmax()) + shortest


def _split_p(values, shortest, permutations, seed):
    """How often the values in another order have a split that takes away as much.

    (1 + hits) / (1 + permutations).
    """
    rng = np.random.default_rng(seed)
    shuffled = rng.permuted(np.tile(values, (permutations, 1)), axis=1)
    found = _gains(values[None], shortest).max()
    return float((1 + (_gains(shuffled, shortest).max(axis=1) >= found - 1e-12).sum()) / (1 + permutations))
