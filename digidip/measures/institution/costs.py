"""Costs and outcomes: ledgers in their own currencies, costs of one outcome, and what would change the verdict.

Amounts of different currencies are never added, nor hours to money unless somebody states what an hour costs.
"""

from functools import partial

import numpy as np
import pandas as pd
from scipy.stats import binom, t

from digidip.measures._registry import measure
from digidip.measures.institution._references import check_word, ledger, reference_rows
from digidip.measures.statistics._columns import canonical, group_columns, to_pandas
from digidip.measures.statistics._intervals import (
    LEAST_CLUSTERS,
    jackknife_interval,
    percentiles,
    resamples,
    share_interval,
    too_few,
)
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import TableError

NO_AMOUNT = "not available: no amount is known"
OUTCOMES = "followers gained", "likes", "views", "comments drawn", "questions answered"  # and units of attention
NO_OUTCOME = "not available: of no item both cost and outcome are known"
ZERO = "not defined: no such outcome; cost and effect stand apart"
REACHES = "not defined: the interval of the effect reaches zero; cost and effect stand apart"
STATISTICS = "pooled", "mean", "median"
OUTCOMES = ("followers gained", "likes", "views", "comments drawn", "questions answered")
APART = {"cost": "float64", "effect": "float64", "effect_low": "float64", "effect_high": "float64"}


@measure(unit="amount, in the currency or in hours", keys=("priced_in",), columns=("unknown", "method"))
def ledger_total(costs, *, by="ministry"):
    """What was spent, in each currency by itself, and how many hours were worked.

    Formula: sum of the known amounts of one currency, or of hours. No interval: it is a sum, not a sample.
    **Unit** amount, in the currency or in hours. **Reads** costs.item, kind, amount, currency. **Source** docs/methods.md#ledgers.
    **Caution** Never add rows: there is no rate between currencies, or between hours and money, that the ledger states. An unknown amount
    is counted in `unknown` and is not zero, so a sum beside which something is unknown is a least sum.
    Parameters: `costs`, the reference table; `by`, columns of costs.
    Returns the group columns, `priced_in` (currency or hours), `ledger_total`, `n` (rows with an amount), `low`, `high` (missing),
    `unknown` (rows without), `method`.

    >>> costs = pd.DataFrame({"ministry": "PER", "item": list("abc"), "kind": ["money", "money", "hours"],
    ...     "amount": [10.0, 5.5, 3.0], "currency": ["USD", "EUR", None]})
    >>> ledger_total(costs)[["priced_in", "ledger_total", "n"]].values.tolist()
    [['EUR', 5.5, 1], ['USD', 10.0, 1], ['hours', 3.0, 1]]
    """
    by = group_columns(by)

    def rows(part):
        return [_total(name, own["amount"]) for name, own in part.groupby("priced_in")]

    columns = {"priced_in": "str", "ledger_total": "float64", **NUMBERS, "unknown": "int64", "method": "str"}
    return result_table(ledger(costs, by), by, rows, columns)


def _total(name, amounts):
    """The row of one currency, or of hours."""
    known, unknown = int(amounts.notna().sum()), int(amounts.isna().sum())
    least = "sum of the known amounts: a least sum" if unknown else "sum"
    total = round(float(amounts.sum()), 6) if known else np.nan
    return {"priced_in": name, "ledger_total": total, "n": known, "unknown": unknown} | {
        "method": least if known else NO_AMOUNT
    }


@measure(
    unit="amount, in the currency or in hours",
    keys=("goal", "indicator", "priced_in"),
    columns=("weight", "measure", "method"),
)
def goal_cost(goals, costs, *, by="ministry"):
    """What each goal cost, beside the indicator that is to show that it is reached.

    Formula: sum of the amounts of the rows of costs that name the goal, each currency and hours by itself. No interval.
    **Unit** amount, in the currency or in hours. **Reads** goals: goal, indicator, measure, weight; costs: goal, ministry, kind, amount,
    currency. **Source** docs/methods.md#ledgers.
    **Caution** A goal without an indicator keeps its row, with the indicator empty: what it cost cannot be set beside anything. Costs
    that name no goal are in no row; `ledger_total` has them.
    Parameters: `goals`, `costs`, the reference tables; `by`, columns of goals, of which costs are joined by those they have.
    Returns the group columns, `goal`, `indicator` (empty where none is named), `priced_in`, `goal_cost`, `n` (rows of costs), `low`,
    `high` (missing), `weight`, `measure`, `method`.

    >>> goals = pd.DataFrame({"ministry": "PER", "goal": ["be heard", "be liked"], "indicator": ["views", None],
    ...     "measure": None, "weight": [1.0, None]})
    >>> costs = pd.DataFrame({"ministry": "PER", "item": ["a"], "kind": "money", "amount": [9.0], "currency": "USD",
    ...     "goal": "be heard"})
    >>> goal_cost(goals, costs)[["goal", "indicator", "priced_in", "goal_cost"]].values.tolist()
    [['be heard', 'views', 'USD', 9.0], ['be liked', '', '', nan]]
    """
    by = group_columns(by)
    wanted = reference_rows(goals, "goals", [*by, "goal", "indicator", "measure", "weight"])
    shared = [column for column in by if column in costs.columns]
    spent = ledger(costs, shared, "goal").dropna(subset=["goal", "amount"])
    keys = [*shared, "goal"]
    sums = spent.groupby([*keys, "priced_in"])["amount"].agg(["sum", "size"]).reset_index()
    for column in keys:
        sums[column] = sums[column].astype(object)
    joined = wanted.merge(sums, how="left", on=keys)

    def rows(part):
        return [
            {
                "goal": row["goal"],
                "indicator": row["indicator"] or "",
                "weight": row["weight"],
                "measure": row["measure"] or "",
            }
            | _goal_amount(row)
            for row in part.to_dict("records")
            if row["goal"] is not None
        ]

    columns = {"goal": "str", "indicator": "str", "priced_in": "str", "goal_cost": "float64", **NUMBERS}
    return result_table(joined, by, rows, columns | {"weight": "float64", "measure": "str", "method": "str"})


def _goal_amount(row):
    """The amount of one goal in one currency, and what is missing of it."""
    none = "; no indicator is named" * (row["indicator"] is None)
    if pd.isna(row["sum"]):
        return {"priced_in": "", "n": 0, "method": "not available: no cost names the goal" + none}
    return {"priced_in": row["priced_in"], "goal_cost": row["sum"], "n": int(row["size"]), "method": "sum" + none}


def ledger_outcomes(costs, *, posts=None, comments=None, metrics=None, attention=None):
    """What each item of a ledger brought: `item`, `outcome`, `value`, from whatever tables are given.

    Of an item with an account and two days: followers gained (metrics: last count less first within its days), likes, views
    (posts of its days), comments drawn, and questions answered (comments by others with a question mark that have an official answer
    under them). Of an item that a series of attention is named after: that series' sum in each unit, such as clicks. What is not known has no row.

    >>> costs = pd.DataFrame({"item": ["ad 1"], "account_id": None, "begins_on": None, "ends_on": None})
    >>> attention = pd.DataFrame({"series": ["ad 1", "ad 2"], "unit": "clicks", "value": [3.0, 4.0]})
    >>> ledger_outcomes(costs, attention=attention).values.tolist()
    [['ad 1', 'clicks', 3.0]]
    """
    items = _items(costs)
    found, series = [], _series_of(items["item"], attention)
    if len(series):
        counts = series.groupby(["series", "unit"])["value"].sum().reset_index()
        found.append(counts.set_axis(["item", "outcome", "value"], axis=1))
    dated = _spans(items)
    has_own = dated["size"].gt(1) & dated["item"].isin(set(series["series"]))
    dated = _spans(dated[~has_own][list(items)])
    if len(twice := dated[dated["size"].gt(1)]):
        raise TableError(
            f"costs: the days of the item {twice['item'].iloc[0]!r} overlap those of another item of the account {twice['account_id'].iloc[0]!r}. "
            "Expected: days of one item alone, since what the account got in them counts once. Join such items by `joined_items`, or mend their days."
        )
    dated = dated[["item", "account_id", "begins_on", "after"]]
    if metrics is not None:
        seen = _within(dated, metrics, "metrics", "observed_at", "follower_count").dropna(subset="follower_count")
        ends = seen.sort_values("moment").groupby("item")["follower_count"].agg(["first", "last", "size"])
        gained = (ends["last"] - ends["first"])[ends["size"].gt(1)]
        found.append(_long(gained, "followers gained"))
    if posts is not None:
        own = _within(
            dated, posts, "posts", "posted_at", "like_count", "view_count", "comment_count", "post_id", "platform"
        )
        for column, name in (("like_count", "likes"), ("view_count", "views")):
            found.append(_long(own.dropna(subset=column).groupby("item")[column].sum(), name))
    if comments is not None and posts is not None:
        found += _from_comments(own, comments)
    empty = pd.DataFrame({"item": [], "outcome": [], "value": []}).astype(
        {"item": object, "outcome": object, "value": float}
    )
    whole = pd.concat([empty, *(each for each in found if len(each))], ignore_index=True)
    return whole.sort_values(["item", "outcome"], ignore_index=True)


def joined_items(costs, *, attention=None):
    """Costs in which items of one account whose days overlap are one item: what the account got in those days counts once.

    The joined item has the days of all of them and is named after the first and how many there are besides. Items that a series of attention is named after have outcomes
    of their own and stay as they are.

    >>> days = {"begins_on": ["2016-01-01", "2016-01-20", "2016-03-01"], "ends_on": ["2016-01-31", "2016-02-10", "2016-03-31"]}
    >>> costs = pd.DataFrame({"item": ["ad", "film", "fair"], "ministry": "PER", "account_id": "1", **days})
    >>> joined_items(costs)[["item", "begins_on", "ends_on"]].astype(str).values.tolist()[1:]
    [['ad and 1 more', '2016-01-01', '2016-02-10'], ['fair', '2016-03-01', '2016-03-31']]
    """
    items, found = _items(costs), to_pandas(costs).copy()
    spans = _spans(items[~items["item"].isin(set(_series_of(items["item"], attention)["series"]))])
    spans = spans[spans["size"].gt(1)].set_index("item")
    spans["item"] = spans["first"] + " and " + spans["size"].sub(1).astype(str) + " more"
    is_joined = found["item"].isin(spans.index)
    own = spans.loc[found["item"][is_joined]].set_index(found.index[is_joined])
    for column in ("begins_on", "ends_on"):
        found[column] = pd.to_datetime(found[column], utc=True).dt.tz_localize(None).astype("datetime64[us]")
    found.loc[is_joined, ["item", "begins_on", "ends_on"]] = own[["item", "starts", "ends"]].to_numpy()
    return found


def _items(costs):
    """Each item of a ledger, its account and days; an item that stands for several is an error."""
    named = [name for name in ("item", "ministry", "account_id", "begins_on", "ends_on") if name in costs.columns]
    items = reference_rows(costs, "costs", named).drop_duplicates()
    several = items[items["item"].duplicated()]
    if len(several):
        raise TableError(
            f"costs: the item {several['item'].iloc[0]!r} stands in rows of another ministry, account or days. Expected: one of each for "
            "an item, since what it brought is counted there. Give each its own name in costs.csv, such as 'ads, January'."
        )
    return items[["item", "account_id", "begins_on", "ends_on"]]


def _series_of(items, attention):
    """Counts of the series of attention that items are named after: `series`, `unit`, `value`."""
    if attention is None:
        return pd.DataFrame({"series": [], "unit": [], "value": []}).astype({"value": float})
    counts = to_pandas(attention[["series", "unit", "value"]]).dropna()
    return counts[counts["series"].isin(set(items))]


def _spans(items):
    """Items with an account and two days, `after` the day behind the last, and of those that share days the `first` name, `starts`, `ends` and `size`."""
    dated = items.dropna().sort_values(["account_id", "begins_on", "ends_on", "item"], ignore_index=True)
    dated = dated.assign(after=dated["ends_on"] + pd.Timedelta(days=1))
    reached = dated.groupby("account_id")["after"].cummax().groupby(dated["account_id"]).shift()
    span = (~dated["begins_on"].lt(reached)).cumsum()
    together = dated.groupby(span)
    return dated.assign(
        first=together["item"].transform("first"),
        starts=together["begins_on"].transform("min"),
        ends=together["ends_on"].transform("max"),
        size=together["item"].transform("nunique"),
    )


def goal_scores(goals, costs, outcomes, *, option="account_id"):
    """What each option brought to each goal: `option`, `goal`, `value`, the sum of the outcome that the goal's indicator names.

    >>> goals = pd.DataFrame({"ministry": ["PER"], "goal": ["be heard"], "indicator": ["views"]})
    >>> costs = pd.DataFrame({"item": list("ab"), "account_id": ["x", "y"]})
    >>> outcomes = pd.DataFrame({"item": list("ab"), "outcome": "views", "value": [3.0, 4.0]})
    >>> goal_scores(goals, costs, outcomes).values.tolist()
    [['x', 'be heard', 3.0], ['y', 'be heard', 4.0]]
    """
    named = reference_rows(goals, "goals", ["goal", "indicator"]).dropna().drop_duplicates()
    options = reference_rows(costs, "costs", ["item", option]).dropna().drop_duplicates()
    outcome_rows = reference_rows(outcomes, "outcomes", ["item", "outcome", "value"]).astype({"item": object})
    both = options.rename(columns={option: "option"}).merge(outcome_rows, on="item")
    both = both.merge(named, left_on="outcome", right_on="indicator")
    sums = both.groupby(["option", "goal"])["value"].sum().reset_index()
    return sums.sort_values(["option", "goal"], ignore_index=True)


def _within(dated, table, name, moment, *columns):
    """Rows of a canonical table of the account and days of each item, `moment` without zone."""
    frame = to_pandas(canonical(table, name, ["account_id", moment, *columns]))
    frame = frame.assign(moment=frame[moment].dt.tz_localize(None)).drop(columns=moment)
    both = dated.merge(frame, on="account_id")
    return both[both["moment"].ge(both["begins_on"]) & both["moment"].lt(both["after"])]


def _long(values, outcome):
    """A series over items as rows of one outcome."""
    return pd.DataFrame({"item": values.index, "outcome": outcome, "value": values.to_numpy(float)})


def _from_comments(own, comments):
    """Comments by others under the posts of each item, and their questions that have an official answer under them."""
    wanted = ["platform", "post_id", "comment_id", "parent_id", "is_official", "text"]
    frame = to_pandas(canonical(comments, "comments", wanted))
    if frame.empty:
        return []
    is_official = frame["is_official"].fillna(False).astype(bool)
    answered = set(frame["parent_id"][is_official].dropna())
    public = frame[~is_official & frame["parent_id"].isna()]
    public = public.assign(
        answered=public["comment_id"].isin(answered) & public["text"].fillna("").str.contains("?", regex=False)
    )
    each = public.groupby(["platform", "post_id"])["answered"].agg(["size", "sum"]).reset_index()
    both = own.merge(each, how="left", on=["platform", "post_id"])
    is_lacking = both["size"].isna() & both["comment_count"].gt(0).fillna(False).astype(bool)
    both = both.assign(**both[["size", "sum"]].fillna(0).mask(is_lacking))
    # A post that has comments of which none is held leaves the sum unknown.
    per = both.groupby("item")
    sums = {
        name: per[name].sum(min_count=1).where(per[name].count().eq(per.size())).dropna() for name in ("size", "sum")
    }
    return [_long(sums["size"], "comments drawn"), _long(sums["sum"], "questions answered")]


def _paired(costs, outcomes, by, outcome):
    """One row for each item of each group and `priced_in`: `cost` and `effect`, missing where not known."""
    by = group_columns(by)
    frame = ledger(costs, by)
    keys = [*by, "priced_in", "item"]
    amounts = frame.groupby(keys, dropna=False)["amount"].agg(
        cost=lambda each: each.sum(min_count=len(each)), rows="size"
    )
    outcome_rows = reference_rows(outcomes, "outcomes", ["item", "outcome", "value"])
    if outcome:
        check_word("outcome", outcome, [*OUTCOMES, *outcome_rows["outcome"].dropna()] if len(frame) else ())
        outcome_rows = outcome_rows[outcome_rows["outcome"].eq(outcome)]
    effects = outcome_rows.dropna().groupby(["item", "outcome"])["value"].sum().reset_index(name="effect")
    joined = amounts.reset_index().merge(effects.astype({"item": object, "outcome": object}), how="left", on="item")
    return joined.sort_values([*keys, "outcome"], ignore_index=True)


def _fieller(cost, effect):
    """The ratio of two means of pairs with Fieller's 95 % interval; missing where the interval of the effect reaches zero.

    >>> ratio, low, high = _fieller(np.array([2.0, 4, 6, 8, 2, 4, 6, 8]), np.array([1.0, 2, 3, 4, 1, 2, 3, 4]))
    >>> float(ratio), float(round(low, 6)), float(round(high, 6))
    (2.0, 2.0, 2.0)
    """
    n, (c, e) = len(cost), (cost.mean(), effect.mean())
    (scc, sce), (_, see) = np.cov(cost, effect) / n
    wide = t.ppf(0.975, n - 1) ** 2
    a, b, d = e**2 - wide * see, c * e - wide * sce, c**2 - wide * scc
    if not a > 0:
        return np.nan, np.nan, np.nan
    root = np.sqrt(max(b**2 - a * d, 0))
    return c / e, min(max((b - root) / a, 0), c / e), max((b + root) / a, c / e)


@measure(
    unit="amount per outcome",
    keys=("outcome", "priced_in", "statistic"),
    columns=("cost", "effect", "effect_low", "effect_high", "left_out", "method"),
)
def cost_per_outcome(costs, outcomes, *, outcome="", statistics=STATISTICS, by="ministry"):
    """What one outcome cost: of all together, as the mean of items, and as their median.

    Formula: pooled, sum of costs / sum of outcomes over the items of which both are known; mean and median, of the ratios of the items
    with an outcome and a cost above 0. Intervals: pooled, Fieller's over items; mean, t of the logarithm, each item left out in turn;
    median, exact by order statistics.
    **Unit** amount per outcome. **Reads** costs.item, kind, amount, currency; outcomes (`ledger_outcomes`): item, outcome, value. **Source**
    Fieller 1954 (doi:10.1111/j.2517-6161.1954.tb00159.x); docs/methods.md#cost-per-outcome.
    **Caution** Three answers to one question: where few items cost much and bring little they lie far apart, and none of them is wrong.
    Money is of each currency by itself, hours stay hours. Where the interval of the effect reaches zero, or there is no effect, there is no
    ratio: cost and effect stand apart. Who would have come without the money is not taken off; nor is what was spent before.
    Parameters: `costs`; `outcomes`; `outcome`, one of them, empty for all; `statistics`, of pooled, mean, median; `by`, columns of costs.
    Returns the group columns, `outcome`, `priced_in`, `statistic`, `cost_per_outcome`, `n` (items), `low`, `high`, `cost` and `effect` (sums),
    `effect_low`, `effect_high`, `left_out` (items without a ratio), `method`.

    >>> costs = pd.DataFrame({"ministry": "PER", "item": list("ab"), "kind": "money", "amount": [10.0, 30.0], "currency": "USD"})
    >>> outcomes = pd.DataFrame({"item": list("ab"), "outcome": "clicks", "value": [10.0, 10.0]})
    >>> cost_per_outcome(costs, outcomes)[["statistic", "cost_per_outcome"]].values.tolist()  # 40 / 20, (1 + 3) / 2
    [['pooled', 2.0], ['mean', 2.0], ['median', 2.0]]
    """
    by, statistics = group_columns(by), group_columns(statistics)
    if wrong := [each for each in statistics if each not in STATISTICS]:
        raise TableError(f"statistics: found {wrong[0]!r}. Expected: of {', '.join(STATISTICS)}.")

    def rows(part):
        known = part.dropna(subset=["cost", "effect"])
        if known.empty:
            return [{"outcome": outcome, "priced_in": "", "statistic": "", "n": 0, "method": NO_OUTCOME}]
        return [
            {"outcome": name, "priced_in": priced_in} | row
            for (name, priced_in), own in known.groupby(["outcome", "priced_in"])
            for row in _ratios(own["cost"].to_numpy(), own["effect"].to_numpy(), statistics)
        ]

    columns = {"outcome": "str", "priced_in": "str", "statistic": "str", "cost_per_outcome": "float64", **NUMBERS}
    columns |= {**APART, "left_out": "int64", "method": "str"}
    table = result_table(_paired(costs, outcomes, by, outcome), by, rows, columns | {"left_out": "Int64"})
    return table.assign(left_out=table["left_out"].fillna(0).astype("int64"))


def _ratios(cost, effect, statistics):
    """The rows of one outcome in one currency."""
    n, half = len(cost), np.nan
    if n >= LEAST_CLUSTERS:
        half = t.ppf(0.975, n - 1) * effect.std(ddof=1) / np.sqrt(n)
    total = {"cost": cost.sum(), "effect": effect.sum()}
    total |= {"effect_low": n * (effect.mean() - half), "effect_high": n * (effect.mean() + half)}
    both = (cost > 0) & (effect > 0)
    each = np.sort(cost[both] / effect[both])
    found = []
    for name in statistics:
        row, of = {"statistic": name, **total, "left_out": int(name != "pooled") * int((~both).sum())}, n
        if name == "pooled":
            row |= _pooled(cost, effect, total)
        elif total["effect"] <= 0 or total["effect_low"] <= 0:
            row |= {"method": ZERO if not effect.any() else REACHES}
        elif len(each):
            row, of = row | (_mean if name == "mean" else _median)(each), len(each)
        else:
            row |= {"method": "not defined: no item has both cost and outcome above 0"}
        found.append(row | {"n": of if np.isfinite(row.get("cost_per_outcome", np.nan)) else 0})
    return found


def _pooled(cost, effect, total):
    """Sum over sum, by Fieller."""
    n = len(cost)
    if not effect.any():
        return {"method": ZERO}
    if n < LEAST_CLUSTERS:
        if total["effect"] <= 0:
            return {"method": REACHES}
        return {"cost_per_outcome": total["cost"] / total["effect"], "method": too_few(n, "items")}
    ratio, low, high = _fieller(cost, effect)
    if not ratio >= 0:
        return {"method": REACHES}
    return {"cost_per_outcome": ratio, "low": low, "high": high, "method": f"Fieller, {n} items"}


def _mean(ratios):
    """Mean of ratios, t of its logarithm."""
    if reason := too_few(len(ratios), "items"):
        return {"cost_per_outcome": ratios.mean(), "method": reason}
    table = np.column_stack([ratios, np.ones(len(ratios))])
    value, low, high = jackknife_interval(lambda sums: sums[:, 0] / sums[:, 1], table, "log", in_order=False)
    return {"cost_per_outcome": value, "low": low, "high": high, "method": f"t of the logarithm, {len(ratios)} items"}


def _median(ratios):
    """Median of ratios, by order statistics of which the binomial gives 95 % at least."""
    n, value = len(ratios), float(np.median(ratios))
    if reason := too_few(n, "items"):
        return {"cost_per_outcome": value, "method": reason}
    at = int(binom.ppf(0.025, n, 0.5))
    at -= binom.cdf(at - 1, n, 0.5) > 0.025
    return {
        "cost_per_outcome": value,
        "low": ratios[at - 1],
        "high": ratios[n - at],
        "method": f"order statistics, {n} items",
    }


@measure(
    unit="amount per further outcome",
    keys=("option", "outcome", "priced_in"),
    columns=("cost", "cost_low", "cost_high", "effect", "effect_low", "effect_high", "method"),
)
def incremental_cost(costs, outcomes, *, option, base, outcome="", by="ministry", draws=1999, seed=42):
    """What a further outcome costs where one option is taken in place of another (ICER).

    Formula: (mean cost of an item - that of the base) / (mean outcome - that of the base). Intervals: items of both drawn again,
    pairs of cost and outcome together. A ratio only where the interval of the difference of outcomes lies above zero.
    **Unit** amount per further outcome. **Reads** costs.item, kind, amount, currency, and the column `option`; outcomes. **Source** Briggs, Wonderling and
    Mooney 1997 (doi:10.1002/(SICI)1099-1050(199707)6:4<327::AID-HEC282>3.0.CO;2-W); docs/methods.md#cost-per-outcome.
    **Caution** Below 0 with more outcomes the option costs less and brings more: a ratio ranks no such options. Items of an option are
    taken as independent. Nothing says that an outcome is due to the option.
    Parameters: `costs`; `outcomes`; `option`, column of costs that names options; `base`, the one compared with; `outcome`, empty for all;
    `by`, columns of costs; `draws`, `seed`.
    Returns the group columns, `option`, `outcome`, `priced_in`, `incremental_cost`, `n` (items), `low`, `high`, differences of `cost` and `effect` with
    their limits, `method`.

    >>> costs = pd.DataFrame({"ministry": "PER", "item": list("abcd"), "kind": "money", "amount": [1.0, 1, 4, 4],
    ...     "currency": "USD", "page": list("xxyy")})
    >>> outcomes = pd.DataFrame({"item": list("abcd"), "outcome": "clicks", "value": [1.0, 1, 2, 2]})
    >>> incremental_cost(costs, outcomes, option="page", base="x")[["cost", "effect", "method"]].values.tolist()
    [[3.0, 1.0, 'no interval: fewer than 8 items']]
    """
    by = group_columns(by)

    def rows(part):
        known = part.dropna(subset=["cost", "effect"])
        known = known[known[option].notna()]
        found = [
            {"option": str(name), "outcome": of, "priced_in": priced_in}
            | _increment(*(each[["cost", "effect"]].to_numpy() for each in (own, against)), draws, seed)
            for (of, priced_in), every in known.groupby(["outcome", "priced_in"])
            for name, own in every.groupby(option)
            if str(name) != base and len(against := every[every[option].astype(str).eq(base)])
        ]
        nothing = {"option": "", "outcome": outcome, "priced_in": "", "n": 0, "method": NO_OUTCOME}
        return found or [nothing]

    columns = {"option": "str", "outcome": "str", "priced_in": "str", "incremental_cost": "float64", **NUMBERS}
    columns |= dict.fromkeys(["cost", "cost_low", "cost_high", *list(APART)[1:]], "float64") | {"method": "str"}
    return result_table(_paired(costs, outcomes, [*by, *[option] * (option not in by)], outcome), by, rows, columns)


def _increment(own, base, draws, seed):
    """Differences of means of one option and the base, their ratio, and intervals."""
    cost, effect = own.mean(axis=0) - base.mean(axis=0)
    fields = {"cost": cost, "effect": effect, "n": 0}
    if reason := too_few(min(len(own), len(base)), "items"):
        return fields | {"method": reason}
    means = [
        np.concatenate([each @ part for each in resamples(len(part), draws, seed + at, 2)]) / len(part)
        for at, part in enumerate((own, base))
    ]
    drawn = means[0] - means[1]
    n = min(len(own), len(base))
    for at, name in enumerate(("cost", "effect")):
        low, high = percentiles(np.array(fields[name]), drawn[:, at], n)
        fields |= {f"{name}_low": float(low), f"{name}_high": float(high)}
    if not fields["effect_low"] > 0:
        more = "not defined: the interval of the difference of outcomes reaches zero; cost and effect stand apart"
        return fields | {"method": more if fields["effect_high"] >= 0 else "not defined: the option brings less"}
    low, high = percentiles(np.array(cost / effect), (drawn[:, 0] / drawn[:, 1])[drawn[:, 1] > 0], n)
    fields |= {"incremental_cost": cost / effect, "n": len(own) + len(base), "low": float(low), "high": float(high)}
    return fields | {"method": f"items drawn again, {draws} draws"}


def _priced(part, priced_in, has_rate):
    """Money and hours of each item, and its effect; items of hours alone only where hours have a rate."""
    wide = part.pivot_table(index="item", columns="priced_in", values="cost", aggfunc="sum")
    wide = wide.reindex(columns=[priced_in, "hours"])
    known = wide[priced_in].notna() | (wide["hours"].notna() & has_rate)
    found = wide.fillna(0).assign(effect=part.groupby("item")["effect"].first())
    return found[known].set_axis(["money", "hours", "effect"], axis=1)


def _wage_range(wage):
    """Three rates of an hour, as numbers or as text with commas: low, middle, high; None where nobody states one."""
    if wage is None or wage == "":
        return None
    parts = wage.split(",") if isinstance(wage, str) else list(wage)
    rates = pd.to_numeric(pd.Series(parts, dtype=object), errors="coerce").to_numpy(float)
    if rates.shape != (3,) or not 0 <= rates[0] <= rates[1] <= rates[2]:
        raise TableError(f"wage: found {wage!r}. Expected: None, or three rates of an hour: lowest, likely, highest.")
    return rates


@measure(
    unit="amount per outcome",
    keys=("outcome", "priced_in", "input"),
    columns=("input_low", "input_high", "break_even", "method"),
    limits="the input at both ends",
)
def cost_swing(costs, outcomes, *, outcome="", wage=None, margin=0.2, worth=None, by="ministry"):
    """How the cost of one outcome moves with each input, and where it breaks even (tornado).

    Formula: (money + hours · rate) / outcomes, with one input at each end and the others as they are: money and hours ± `margin`, the
    rate of an hour at `wage`'s ends, outcomes at the ends of their t interval. `break_even`: the value of the input at which one outcome costs `worth`.
    **Unit** amount per outcome. **Reads** costs.item, kind, amount, currency; outcomes. **Source** Briggs, Claxton and Sculpher 2006, Decision Modelling
    for Health Economic Evaluation, ch. 4; docs/methods.md#sensitivity-of-costs.
    **Caution** One input at a time: together they may move more. The ends are no 95 % of anything but those of the outcomes. Without `wage` hours
    are not priced, and the cost is of money alone. Where the interval of the outcomes reaches zero there is no ratio.
    Parameters: `costs`; `outcomes`; `outcome`, empty for all; `wage`, rates of an hour (lowest, likely, highest) in the currency of the ledger, or None;
    `margin`, of money and hours; `worth`, what one outcome may cost; `by`, columns of costs.
    Returns the group columns, `outcome`, `priced_in`, `input`, `cost_swing` (as things are), `n` (items), `low`, `high` (with the input at the ends that
    make it least and most), `input_low`, `input_high`, `break_even`, `method`.

    >>> costs = pd.DataFrame({"ministry": "PER", "item": list("abcdefgh"), "kind": "money", "amount": 10.0, "currency": "USD"})
    >>> outcomes = pd.DataFrame({"item": list("abcdefgh"), "outcome": "clicks", "value": [4.0, 6] * 4})
    >>> cost_swing(costs, outcomes, worth=4)[["input", "cost_swing", "low", "high", "break_even"]].round(2).values.tolist()
    [['money', 2.0, 1.6, 2.4, 160.0], ['outcomes', 2.0, 1.7, 2.44, 20.0]]
    """
    by, rates = group_columns(by), _wage_range(wage)
    columns = {"outcome": "str", "priced_in": "str", "input": "str", "cost_swing": "float64", **NUMBERS}
    columns |= {"input_low": "float64", "input_high": "float64", "break_even": "float64", "method": "str"}

    def rows(part):
        made = partial(_swings, margin=margin, worth=worth)
        return _per_currency(part, outcome, rates, made, {"input": ""})

    return result_table(_paired(costs, outcomes, by, outcome), by, rows, columns)


def _per_currency(part, outcome, rates, made, nothing):
    """The rows that `made(known items, rates)` gives for each outcome and currency of one group."""
    known = part.dropna(subset=["cost", "effect"])
    found = []
    for of, own in known.groupby("outcome"):
        currencies = sorted(set(own["priced_in"]) - {"hours"})
        stated = rates if len(currencies) == 1 else None  # a rate is of one currency
        for priced_in in currencies:
            rows = made(_priced(own, priced_in, stated is not None), stated)
            found += [{"outcome": of, "priced_in": priced_in} | row for row in rows]
    reason = "not available: hours without a rate, and no money" if len(known) else NO_OUTCOME
    return found or [{"outcome": outcome, "priced_in": "", **nothing, "n": 0, "method": reason}]


def _swings(known, rates, margin, worth):
    """The rows of one tornado, the widest first."""
    n, rate = len(known), 0.0 if rates is None else rates[1]
    money, hours, effect = (float(known[name].sum()) for name in ("money", "hours", "effect"))
    note = "hours not priced: no rate is stated" * bool(rates is None and hours)
    if n < LEAST_CLUSTERS:
        return [{"input": "", "n": 0, "method": f"not available: fewer than {LEAST_CLUSTERS} items"}]
    half = t.ppf(0.975, n - 1) * known["effect"].std() * np.sqrt(n)
    if not effect - half > 0:
        return [{"input": "", "n": 0, "method": REACHES if known["effect"].any() else ZERO}]
    cost = money + rate * hours

    def row(name, ends, at, even):
        low, high = sorted(at(end) for end in ends)
        return {"input": name, "input_low": ends[0], "input_high": ends[1], "low": min(low, cost / effect)} | {
            "high": max(high, cost / effect),
            "break_even": np.nan if worth is None or not even >= 0 else even,
        }

    most = np.nan if worth is None else worth * effect
    rows = [
        row("outcomes", (effect - half, effect + half), lambda x: cost / x, cost / worth if worth else np.nan),
        row(
            "money",
            (money * (1 - margin), money * (1 + margin)),
            lambda x: (x + rate * hours) / effect,
            most - rate * hours,
        ),
    ]
    if rates is not None and hours:
        ends = hours * (1 - margin), hours * (1 + margin)
        rows.append(
            row("hours", ends, lambda x: (money + rate * x) / effect, (most - money) / rate if rate else np.nan)
        )
        rows.append(
            row("rate of an hour", (rates[0], rates[2]), lambda x: (money + x * hours) / effect, (most - money) / hours)
        )
    base = {"cost_swing": cost / effect, "n": n, "method": note or "one input at a time"}
    return [each | base for each in sorted(rows, key=lambda each: (each["low"] - each["high"], each["input"]))]


@measure(
    unit="share of draws",
    keys=("outcome", "priced_in", "worth"),
    columns=("draws", "method"),
    limits="error of the draws, 95 %",
)
def acceptability(costs, outcomes, *, worth, outcome="", wage=None, margin=0.2, by="ministry", draws=1999, seed=42):
    """In which share of draws outcomes were worth their cost, at each value of one (acceptability).

    Formula: share of draws with worth · outcomes > money + hours · rate. A draw: items drawn again, cost and outcome together; money and hours off
    by a common error, normal with half of `margin` as its deviation; the rate triangular over `wage`. Limits: Wilson, of the number of draws alone.
    **Unit** share of draws. **Reads** costs.item, kind, amount, currency; outcomes. **Source** Fenwick, Claxton and Sculpher 2001
    (doi:10.1002/hec.635); docs/methods.md#sensitivity-of-costs.
    **Caution** No p, and no probability that the money was well spent: what an outcome is worth is for whoever reads the curve to say, and an outcome
    that would have come anyway is counted. Where outcomes come and go about zero the curve never gets far.
    Parameters: `costs`; `outcomes`; `worth`, values of one outcome; `outcome`, empty for all; `wage` and `margin` as in `cost_swing`; `by`; `draws`, `seed`.
    Returns the group columns, `outcome`, `priced_in`, `worth`, `acceptability`, `n` (items), `low`, `high`, `draws`, `method`.

    >>> costs = pd.DataFrame({"ministry": "PER", "item": list("abcdefgh"), "kind": "money", "amount": 10.0, "currency": "USD"})
    >>> outcomes = pd.DataFrame({"item": list("abcdefgh"), "outcome": "clicks", "value": [4.0, 6] * 4})
    >>> acceptability(costs, outcomes, worth=(1, 2, 4)).acceptability.round(1).tolist()  # a click costs 2
    [0.0, 0.5, 1.0]
    """
    by, rates = group_columns(by), _wage_range(wage)
    values = np.unique(np.atleast_1d(np.asarray(worth, dtype=float)))
    columns = {"outcome": "str", "priced_in": "str", "worth": "float64", "acceptability": "float64", **NUMBERS}

    def rows(part):
        made = partial(_accepted, margin=margin, values=values, draws=draws, seed=seed)
        return _per_currency(part, outcome, rates, made, {"worth": np.nan})

    table = result_table(_paired(costs, outcomes, by, outcome), by, rows, columns | {"draws": "Int64", "method": "str"})
    return table.assign(draws=table["draws"].fillna(0).astype("int64"))


def _accepted(known, rates, margin, values, draws, seed):
    """The rows of one curve."""
    n = len(known)
    if n < LEAST_CLUSTERS:
        return [{"worth": np.nan, "n": 0, "method": f"not available: fewer than {LEAST_CLUSTERS} items"}]
    sums = np.concatenate([each @ known.to_numpy() for each in resamples(n, draws, seed, 3)])
    rng = np.random.default_rng(seed)
    error = 1 + rng.normal(0, margin / 2, draws) if margin else np.ones(draws)
    flat = rates is None or rates[0] == rates[2]
    rate = np.full(draws, 0.0 if rates is None else rates[1]) if flat else rng.triangular(*rates, draws)
    cost = error * (sums[:, 0] + rate * sums[:, 1])
    note = "; hours not priced: no rate is stated" * bool(rates is None and known["hours"].any())
    rows = []
    for value in values:
        good = int((value * sums[:, 2] > cost).sum())
        low, high = share_interval(good, draws)
        rows.append({"worth": value, "acceptability": good / draws, "n": n, "low": low, "high": high, "draws": draws})
    return [row | {"method": f"{draws} draws of items, errors and rates{note}"} for row in rows]


@measure(
    unit="share of weights", keys=("option", "rank"), columns=("weights", "method"), limits="error of the draws, 95 %"
)
def rank_acceptability(goals, scores, *, spread=1.0, by="ministry", draws=1999, seed=42):
    """For which share of the weights that goals may have an option comes first, second, and so on.

    Formula: share of draws of weights in which the weighted mean of an option's scores has this rank. Weights: uniform over all that
    add up to 1, mixed with those stated, `spread` of the former and the rest of the latter; equal ones where none are stated. Scores of each goal are
    taken from 0, the worst option, to 1, the best. Limits: Wilson, of the number of draws alone.
    **Unit** share of weights. **Reads** goals: goal, weight; scores: option, goal, value (more is better). **Source** Lahdelma, Hokkanen and Salminen 1998
    (doi:10.1016/S0377-2217(97)00163-X); docs/methods.md#weights-of-goals.
    **Caution** A goal without a score of every option is left out and named in `weights`: whoever weighs it most learns nothing here. Scores are taken as exact.
    Options that tie in a draw share it: each has an equal part of each of their ranks. Where one goal has no weight all have equal ones. A weight below 0 is an error.
    Parameters: `goals`; `scores`, of at least two options; `spread`, 0 (weights as stated) to 1 (any weights); `by`, columns of goals; `draws`, `seed`.
    Returns the group columns, `option`, `rank`, `rank_acceptability`, `n` (goals), `low`, `high`, `weights` (what was weighed), `method`.

    >>> goals = pd.DataFrame({"ministry": "PER", "goal": ["reach", "answers"], "weight": [1.0, 1.0]})
    >>> scores = pd.DataFrame({"option": list("xyxy"), "goal": ["reach", "reach", "answers", "answers"], "value": [1.0, 2, 1, 2]})
    >>> rank_acceptability(goals, scores)[["option", "rank", "rank_acceptability"]].values.tolist()
    [['x', 1, 0.0], ['x', 2, 1.0], ['y', 1, 1.0], ['y', 2, 0.0]]
    """
    by = group_columns(by)
    wanted = reference_rows(goals, "goals", [*by, "goal", "weight"]).drop_duplicates([*by, "goal"])
    if len(wrong := wanted[wanted["weight"].lt(0)]):
        raise TableError(
            f"goals: {wrong['goal'].iloc[0]!r} has the weight {wrong['weight'].iloc[0]:g}. Expected: 0 or more, since a weight says how much a goal "
            "counts. Mend the row; a goal that is to be avoided needs an indicator of which more is better."
        )
    known_scores = reference_rows(scores, "scores", ["option", "goal", "value"]).dropna()
    wide = known_scores.pivot_table(index="option", columns="goal", values="value", aggfunc="mean").sort_index()
    wide = wide.dropna(axis=1)

    def rows(part):
        used = part[part["goal"].isin(list(wide))]
        if len(wide) < 2 or used.empty:
            reason = "not available: fewer than two options have scores of one goal"
            return [{"option": "", "rank": 0, "n": 0, "weights": "", "method": reason}]
        left = sorted(set(part["goal"].dropna()) - set(used["goal"]))
        note = f"left out, without scores: {', '.join(left)}" if left else "all goals"
        return [
            row | {"weights": note} for row in _ranks(wide[list(used["goal"])], used["weight"], spread, draws, seed)
        ]

    columns = {"option": "str", "rank": "int64", "rank_acceptability": "float64", **NUMBERS}
    return result_table(wanted, by, rows, columns | {"weights": "str", "method": "str"})


def _ranks(scores, weights, spread, draws, seed):
    """A row for each option and rank."""
    reach = scores.max() - scores.min()
    scaled = ((scores - scores.min()) / reach.where(reach > 0, 1)).to_numpy()
    stated = weights.to_numpy(float)
    is_stated = np.isfinite(stated).all() and stated.sum() > 0
    stated = stated / stated.sum() if is_stated else np.full(len(stated), 1 / len(stated))
    drawn = np.random.default_rng(seed).dirichlet(np.ones(len(stated)), size=draws)
    totals = ((1 - spread) * stated + spread * drawn) @ scaled.T
    differences = np.round(totals[:, None, :] - totals[:, :, None], 12)
    better, level = (differences > 0).sum(axis=2), (differences == 0).sum(axis=2)
    method = f"{draws} draws of weights about {'those stated' if is_stated else 'equal ones'}, spread {spread:g}"
    tied = (level > 1).any(axis=1).sum()
    method += f"; in {tied} of them options tie and share their ranks" * bool(tied)
    rows = []
    for at, option in enumerate(scores.index):
        for rank in range(1, len(scores) + 1):
            is_within = (better[:, at] < rank) & (rank <= better[:, at] + level[:, at])
            hits = float((is_within / level[:, at]).sum())
            low, high = share_interval(hits, draws)
            row = {"option": str(option), "rank": rank, "rank_acceptability": hits / draws, "n": len(stated)}
            rows.append(row | {"low": low, "high": high, "method": method})
    return rows
