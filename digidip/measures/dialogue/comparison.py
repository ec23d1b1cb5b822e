"""Comparison: is there a difference, a change, or neither by a stated margin.

And what do several accounts show together?
"""

from functools import partial

import numpy as np
import pandas as pd
from scipy.signal import lfilter
from scipy.stats import t
from statsmodels.stats.meta_analysis import combine_effects

from digidip.measures._registry import measure
from digidip.measures.dialogue._acts import PERIODS, act_counts, acts, daily_acts
from digidip.measures.dialogue.conversation import SEED
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._comment_queries import COMPLETENESS
from digidip.measures.statistics._intervals import (
    clustered_difference,
    coefficient,
    difference,
    share_row,
    too_few,
    verdict,
)
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p

ALONE = "not defined: nobody to compare with"
SHORT = "not defined: fewer than {} periods with acts"
ALIKE = "every period the same: no interval"
SHORTEST = 2  # periods on each side of a change-point
STATISTICS = {"step": 2 * SHORTEST, "slope": 3, "later half less earlier": 2}


@measure(unit="difference of shares", columns=("others_n", "method"), limits="90 %")
def reply_share_difference(posts, comments, *, by="ministry", margin=0.1, zone="UTC", completeness=COMPLETENESS):
    """Difference of a group's reply share from that of all others, and whether the two are equivalent.

    Formula: p - p_others, each a `reply_share`. Interval: Newcombe's, 90 %, at the effective numbers of acts, local days as
    clusters: the two one-sided tests of level 5 % reject a difference beyond the margin exactly where it lies within ± margin.
    **Unit** difference of shares. **Reads** as `reply_share`. **Source** Newcombe 1998, method 10
    (doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I); Schuirmann 1987 (doi:10.1007/BF01068419);
    docs/methods.md#equivalence; docs/methods.md#uncertainty.
    **Caution** No difference found is not "no difference": only `equivalent` says that, and only within the margin, which
    must be stated before the data are seen. No interval where either side acts on fewer than eight days.
    Parameters: `posts`, `comments`; `by`, columns of posts; `margin`, the largest difference that does not matter; `zone` of
    the days; `completeness` as in `reply_share`.
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
    found = acts(posts, comments, group_columns(by), zone=zone, completeness=completeness)

    def rows(part):
        own, rest = act_counts(part), found.drop(part.index)
        others = act_counts(rest)
        if own["reason"] or not others["n"]:
            return [{"n": 0, "others_n": others["n"], "method": own["reason"] or ALONE}]
        pair = [daily_acts(each, "answer") for each in (part, rest)]
        value, low, high = clustered_difference(*pair, alpha=0.1)
        fields = {"reply_share_difference": value, "n": own["n"], "low": low, "high": high, "others_n": others["n"]}
        few = too_few(min(len(sizes) for _events, sizes in pair), "days on one side")
        return [fields | {"method": few or verdict(low, high, margin)}]

    columns = {"reply_share_difference": "float64", **NUMBERS, "others_n": "int64", "method": "str"}
    return result_table(found, group_columns(by), rows, columns)


@measure(
    unit="difference of the index, -2 to 2",
    keys=("statistic",),
    columns=("changed_at", "p", "p_adjusted", "method"),
    limits="95 % interval, of halves 90 %",
)
def dialogue_change(
    posts, comments, *, by="ministry", period="quarter", zone="UTC", margin=0.2, draws=9999, seed=SEED,
    completeness=COMPLETENESS,
):  # fmt: skip
    """Change of the monologue-dialogue index over periods, in three readings.

    Formula: step: mean index after less before the split that leaves least squares, at least two periods on each side; p,
    (1 + hits) / (1 + draws), the larger of two: periods permuted; normal series without a step of the same correlation at
    lag 1. Slope: least squares per calendar period, silent ones between. Later half less earlier: difference of the index
    over all acts in each half of the calendar (the middle period of an odd number is left out). Intervals: t over periods in
    order, 95 %, the step's for the split as if given; halves 90 %, no narrower than Newcombe's of single acts.
    **Unit** difference of the index, -2 to 2. **Reads** as `dialogue_index_per_period`. **Source** Cobb 1978
    (doi:10.1093/biomet/65.2.243); Newey and West 1987 (doi:10.2307/1913610); Schuirmann 1987
    (doi:10.1007/BF01068419); docs/methods.md#change; docs/methods.md#uncertainty.
    **Caution** A split is found in any series: only p speaks for it, `p_adjusted` (Benjamini and Hochberg) among all groups.
    "Equivalent" says no change within the margin; a p above .05 does not. Where neighbouring periods correlate by .5, the
    intervals of step and halves hold 87 to 93 of 100. No interval from fewer than eight periods with acts.
    Parameters: `posts`, `comments`; `by`, columns of posts; `period`, `zone` as in `dialogue_index_per_period`;
    `margin` of the index; `draws`, `seed`; `completeness` as in `dialogue_index_per_period`.
    Returns the group columns, `statistic`, `dialogue_change`, `n` (periods with acts), `low`, `high`, `changed_at` (first
    period after the split), `p`, `p_adjusted`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "post_id": list("1234"),
    ...     "posted_at": ["2014-01-01", "2014-04-01", "2014-07-01", "2014-10-01"], "text": None,
    ...     "reply_to_id": [None, None, "q", "r"], "reply_to_account_id": None, "repost_of_id": None})
    >>> comments = pd.DataFrame(columns=["platform", "post_id", "account_id", "comment_id", "parent_id", "is_official"])
    >>> dialogue_change(posts, comments)[["statistic", "dialogue_change", "changed_at"]].round(3).values.tolist()[:2]
    [['step', 2.0, '2014Q3'], ['slope', 0.8, '']]
    """
    found = acts(posts, comments, group_columns(by), period, zone, completeness)
    rows = partial(_change_rows, frequency=PERIODS[period], margin=margin, draws=draws, seed=seed)
    columns = {"statistic": "str", "dialogue_change": "float64", **NUMBERS, "changed_at": "str"}
    table = result_table(found, group_columns(by), rows, columns | {"p": "float64", "method": "str"})
    return with_adjusted_p(table)


def _change_rows(part, frequency, margin, draws, seed):
    """The three rows of one group."""
    table = [(period, act_counts(group)) for period, group in part.groupby("period")]
    series = [(period, row) for period, row in table if row["n"]]
    if not series:
        nothing = {"changed_at": "", "n": 0, "method": table[0][1]["reason"]}
        return [{"statistic": name, **nothing} for name in STATISTICS]
    names = [period for period, _ in series]
    at = pd.PeriodIndex(names, freq=frequency).asi8
    events = np.array([row["answers"] + row["questions"] for _, row in series], dtype=float)
    sizes = np.array([row["n"] for _, row in series], dtype=float)
    values, n = 2 * events / sizes - 1, len(series)
    read = {
        "step": lambda: _step(values, at - at[0], names, draws, seed),
        "slope": lambda: _slope(values, at - at[0]),
        "later half less earlier": lambda: _halves(events, sizes, at, margin),
    }
    rows = {
        name: read[name]() | {"n": n} if n >= least else {"n": 0, "method": SHORT.format(least)}
        for name, least in STATISTICS.items()
    }
    return [{"statistic": name, "changed_at": ""} | row for name, row in rows.items()]


def _step(values, at, names, draws, seed):
    """The split that leaves least squares, and how often series that go on alike have one that leaves less."""
    if np.ptp(values) == 0:
        return {"dialogue_change": 0.0, "method": ALIKE}
    split = _best_split(values, SHORTEST)
    p = _split_p(values, at, SHORTEST, draws, seed)
    row = _fitted(values, (np.arange(len(values)) >= split).astype(float), "t for the split found")
    return row | {"changed_at": names[split], "p": p}


def _slope(values, at):
    """The line of least squares over the calendar."""
    if np.ptp(values) == 0:
        return {"dialogue_change": 0.0, "method": ALIKE}
    return _fitted(values, at.astype(float), "least squares per calendar period, t")


def _fitted(values, regressor, method):
    """The coefficient of one regressor with its 95 % interval; none where the fit leaves nothing over."""
    value, error, free = coefficient(values, np.column_stack([np.ones(len(values)), regressor]))
    if few := too_few(len(values), "periods"):
        return {"dialogue_change": value, "method": few}
    if error < 1e-9:
        return {"dialogue_change": value, "method": "the fit leaves nothing over: no interval"}
    half = t.ppf(0.975, free) * error
    return {"dialogue_change": value, "low": value - half, "high": value + half, "method": method}


def _halves(events, sizes, at, margin):
    """The index of the later half of the calendar less the earlier, and what that says about the margin."""
    half = (at[-1] - at[0] + 1) // 2
    later, used = at > at[-1] - half, (at > at[-1] - half) | (at < at[0] + half)
    events, sizes, later = events[used], sizes[used], later[used].astype(float)
    pairs = [number for side in (later, 1 - later) for number in (events @ side, sizes @ side)]
    value, low, high = (2 * end for end in difference(*pairs, alpha=0.1))
    if few := too_few(len(sizes), "periods"):
        return {"dialogue_change": value, "method": few}
    _, error, free = coefficient(2 * events / sizes, np.column_stack([np.ones(len(sizes)), later]), sizes)
    spread = t.ppf(0.95, free) * error
    low, high = min(low, value - spread), max(high, value + spread)
    return {"dialogue_change": value, "low": low, "high": high, "method": f"t, 90 %; {verdict(low, high, margin)}"}


@measure(unit="share of own posts and answers", columns=("heterogeneity", "between", "method"))
def pooled_reply_share(posts, comments, *, by="ministry", completeness=COMPLETENESS):
    """Reply share of a group's typical account, by random effects, and how far accounts differ.

    Formula: arcsin √p of each account, variance 1 / (4 n), combined with weights 1 / (variance + τ²), τ² by Paule and
    Mandel; sin² back. Interval: Knapp and Hartung's, t of accounts - 1, no narrower than with their factor at 1. I² is the
    part of the variance between accounts that is no sampling.
    **Unit** share of own posts and answers. **Reads** as `reply_share`. **Source** Paule and Mandel 1982
    (doi:10.6028/jres.087.022); Knapp and Hartung 2003 (doi:10.1002/sim.1482); Higgins and Thompson 2002
    (doi:10.1002/sim.1186); docs/methods.md#pooling.
    **Caution** One definition only: studies that count something else do not belong into one mean. With a high I² the
    mean describes no account. Accounts without acts are left out. Of one account, and where no account answers (or all
    always do), the plain share stands with its own interval.
    Parameters: `posts`, `comments`; `by`, columns of posts; `completeness` as in `reply_share`, of each account.
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
    found = acts(posts, comments, list(dict.fromkeys([*group_columns(by), *accounts])), completeness=completeness)

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
    half = t.ppf(0.975, len(n) - 1) * max(fit.sd_eff_w_re, fit.sd_eff_w_re_hksj)
    ends = np.clip(fit.mean_effect_re + np.array([-half, half]), 0, np.pi / 2)
    value, low, high = np.sin([fit.mean_effect_re, *ends]) ** 2
    fields = {"heterogeneity": excess, "between": fit.tau2**0.5, "method": "random effects, arcsine, Knapp and Hartung"}
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


def _split_p(values, at, shortest, draws, seed):
    """How often a series without a step has a split that takes away as much: the larger of two answers.

    (1 + hits) / (1 + draws), of the periods in another order, and of normal series of the same lag-1 correlation. These run
    over the whole calendar; periods without acts are left out after.
    """
    rng, centred, n = np.random.default_rng(seed), values - values.mean(), len(values)
    apart = np.diff(at) == 1
    pairs = (centred[1:] * centred[:-1])[apart]
    going_on = float(np.clip(pairs.mean() / (centred**2).mean() * (n - 1) / n, 0, 0.95)) if len(pairs) else 0.0
    noise = rng.normal(size=(draws, at[-1] - at[0] + 1))
    noise[:, 1:] *= (1 - going_on**2) ** 0.5
    drawn = lfilter([1.0], [1.0, -going_on], noise, axis=1)[:, at - at[0]]
    drawn -= drawn.mean(axis=1, keepdims=True)
    shuffled, found = rng.permuted(np.tile(centred, (draws, 1)), axis=1), _explained(centred[None], shortest)
    hits = max((_explained(each, shortest) >= found - 1e-12).sum() for each in (shuffled, drawn))
    return float((1 + hits) / (1 + draws))


def _explained(series, shortest):
    """The part of the squares of each centred series (rows) that its best split takes away."""
    return _gains(series, shortest).max(axis=1) / (series**2).sum(axis=1)
