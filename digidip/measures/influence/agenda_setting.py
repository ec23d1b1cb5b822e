"""Agenda setting: whose attention to a topic comes first, the past of everybody taken into account."""

import numpy as np
import pandas as pd

from digidip.measures._registry import measure
from digidip.measures.influence._autoregression import (
    ALPHA,
    CRITERIA,
    chosen_lags,
    products,
    responses,
    unit_root,
    wald_tests,
)
from digidip.measures.influence._panels import FLOOR, panels_of
from digidip.measures.influence._permutation_test import block_orders, lag_correlations, whitened
from digidip.measures.statistics._columns import fetched_once, group_columns
from digidip.measures.statistics._intervals import jackknife_interval, percentiles, resamples, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p
from digidip.tables import TableError

TESTS = ("guarded", "levels", "toda-yamamoto")
LAGS = 7  # of whitened correlations
FAR = 14  # days between a peak and the dates of a label, above which the two contradict each other


@measure(
    unit="p of the ADF test",
    keys=("topic", "group"),
    columns=("kpss_p", "lags", "state", "method"),
    limits="no interval",
)
def unit_root_p(attention, *, by=(), groups=(), span="day", absent="missing", floor=FLOOR):
    """Whether attention to a topic returns to a level: p of a test against a unit root, and of one for.

    Formula: augmented Dickey-Fuller with a constant, lags by AIC; KPSS with a constant, lags after Hobijn, Franses and Ooms; of
    log-odds of shares (or log of 1 + counts). State: stationary (ADF p < .05, KPSS p >= .05), unit root (ADF p >= .05,
    KPSS p < .05), disputed (both < .05), undecided (neither).
    **Unit** p of the ADF test; n is the number of intervals.
    **Reads** `attention`: source, series, begins_at, span, value, total.
    **Source** Dickey and Fuller 1979 (doi:10.1080/01621459.1979.10482531); Kwiatkowski, Phillips, Schmidt and Shin 1992
    (doi:10.1016/0304-4076(92)90104-Y); docs/methods.md#stationarity.
    **Caution** One large event makes a stationary series look otherwise, and few intervals decide nothing. p of KPSS
    ends at .01 and .1, where its table does. p is not corrected: it guards, and proves nothing.

    Parameters: `attention`; `by`, columns of it; `groups`, sources in order; `span`, the interval; `absent`, what an
    interval without a row is; `floor`, of shares.
    Returns the group columns, `topic`, `group`, `unit_root_p`, `n`, `low`, `high`, `kpss_p`, `lags`, `state`, `method`.

    >>> from digidip.measures.influence.agenda_setting import _two_groups
    >>> unit_root_p(_two_groups())[["group", "state"]].values.tolist()
    [['media', 'stationary'], ['ministry', 'stationary']]
    """
    by = group_columns(by)
    columns = {
        "topic": "str",
        "group": "str",
        "unit_root_p": "float64",
        **NUMBERS,
        "kpss_p": "float64",
        "lags": "Int64",
    }

    def rows(panel):
        if lack := panel.lack(floor):
            yield {"topic": panel.topic, "n": 0, "method": lack}
            return
        for name, values in zip(panel.groups, panel.scaled(floor).T, strict=True):
            p, lags, kpss_p, state = unit_root(values)
            row = {"topic": panel.topic, "group": name, "unit_root_p": p, "n": len(values), "kpss_p": kpss_p}
            yield row | {"lags": lags, "state": state, "method": "constant; lags by AIC"}

    found = _for_panels("unit roots", rows, attention, by, (groups, span, absent, floor))
    return result_table(found, by, lambda part: part.to_dict("records"), columns | {"state": "str", "method": "str"})


def _for_panels(name, rows, attention, by, given):
    """The rows that `rows(panel)` gives for each topic of each group of columns, with these; fetched once."""
    groups, span, absent, *_more = given
    keys = (name, *by, *map(str, given))

    def fetch():
        parts = panels_of(attention, by, groups=groups, span=span, absent=absent)
        found = [
            dict(zip(by, key, strict=True)) | row for key, panels in parts for panel in panels for row in rows(panel)
        ]
        return pd.DataFrame(found, columns=[*by] if not found else None)

    return fetched_once(fetch, keys, attention)


@measure(
    unit="share of the follower's variance",
    keys=("topic", "leader", "follower"),
    columns=("lags", "wald", "p", "p_adjusted", "method"),
    limits="no interval",
)
def attention_lead(
    attention,
    *,
    by=(),
    groups=(),
    span="day",
    absent="missing",
    floor=FLOOR,
    lags="aic",
    test="guarded",
):
    """Whether one group's past attention tells of another's, beyond the past of all others.

    Formula: vector autoregression of all groups, p lags, a constant; Wald's statistic W that all p lags of the leader are
    0 in the equation of the follower, chi-squared with p degrees of freedom. Value: the share of variance left by the other
    lags that these take, W / (W + degrees of freedom). guarded: levels where no group has a unit root; else levels
    are refused, and p + 1 lags are fitted and p tested (Toda and Yamamoto). p_adjusted over the topics of a direction,
    Benjamini and Hochberg.
    **Unit** share of the follower's variance; n is the number of intervals.
    **Reads** `attention`: source, series, begins_at, span, value, total.
    **Source** Granger 1969 (doi:10.2307/1912791); Toda and Yamamoto 1995 (doi:10.1016/0304-4076(94)01616-8); Benjamini and
    Hochberg 1995 (doi:10.1111/j.2517-6161.1995.tb02031.x); docs/methods.md#leads.
    **Caution** Precedence is not influence: who reports faster of the same event comes first. A common shock within a day
    shows in no lag. It rests on errors of one variance; `lead_permutation` does without. test="levels" asks
    in levels whatever the series are, as much literature does: two random walks then lead each other far too often.

    Parameters: `attention`; `by`, columns of it; `groups`, sources in order; `span`, the interval; `absent`, what an
    interval without a row is; `floor`, of shares; `lags`, aic, bic or a number; `test`, guarded, levels or toda-yamamoto.
    Returns the group columns, `topic`, `leader`, `follower`, `attention_lead`, `n`, `low`, `high`, `lags`, `wald`, `p`,
    `p_adjusted`, `method`.

    >>> from digidip.measures.influence.agenda_setting import _two_groups
    >>> attention_lead(_two_groups(), lags=2)[["leader", "p"]].round(2).values.tolist()  # the ministry, by two days
    [['media', 0.15], ['ministry', 0.0]]
    """
    if test not in TESTS or not (lags in CRITERIA or str(lags).isdigit() and int(lags) > 0):
        raise TableError(
            f"test {test!r}, lags {lags!r}: expected one of {', '.join(TESTS)}, and aic, bic or 1, 2, …. Mend it."
        )
    by = group_columns(by)

    def rows(panel):
        if lack := panel.lack(floor):
            return [{"topic": panel.topic, "n": 0, "method": lack}]
        values = panel.scaled(floor)
        root = ", ".join(_rooted(panel, floor)) if test == "guarded" else ""
        p, is_more = chosen_lags(values, lags), test == "toda-yamamoto" or bool(root)
        if len(values) < 3 * (1 + len(panel.groups) * (p + is_more)):
            return [{"topic": panel.topic, "n": 0, "method": f"not available: too few intervals for {p} lags"}]
        how = f"levels refused, unit root: {root}; Toda-Yamamoto" if root else "Toda-Yamamoto" if is_more else "levels"
        return [
            {"topic": panel.topic, "leader": panel.groups[one], "follower": panel.groups[other], "n": len(values)}
            | {"attention_lead": share, "lags": p, "wald": wald, "p": chance, "method": how}
            for (one, other), (wald, chance, share) in wald_tests(values, p, int(is_more)).items()
        ]

    columns = {
        "topic": "str",
        "leader": "str",
        "follower": "str",
        "attention_lead": "float64",
        **NUMBERS,
        "lags": "Int64",
    }
    columns |= {"wald": "float64", "p": "float64", "method": "str"}
    found = _for_panels("leads", rows, attention, by, (groups, span, absent, floor, lags, test))
    return _adjusted_by_direction(result_table(found, by, lambda part: part.to_dict("records"), columns), by)


def _rooted(panel, floor):
    """The groups whose attention to a topic has a unit root."""
    series = zip(panel.groups, panel.scaled(floor).T, strict=True)
    return [name for name, values in series if unit_root(values)[3] == "unit root"]


def _adjusted_by_direction(table, by):
    """The table with p adjusted over the topics of each leader and follower."""
    parts = [with_adjusted_p(own) for _, own in table.groupby([*by, "leader", "follower"], dropna=False)]
    return (pd.concat(parts) if parts else with_adjusted_p(table)).sort_index()


@measure(
    unit="share of topics",
    keys=("leader", "follower"),
    columns=("topics", "uncorrected", "refused", "method"),
    limits="no interval",
)
def lead_share(
    attention, *, by=(), groups=(), span="day", absent="missing", floor=FLOOR, lags="aic", test="guarded", fdr=0.05
):
    """Share of topics on which one group leads another, at a false discovery rate.

    Formula: topics with p_adjusted of `attention_lead` below `fdr` / topics tested.
    **Unit** share of topics; n is the number of topics tested.
    **Reads** `attention`: source, series, begins_at, span, value, total.
    **Source** Benjamini and Hochberg 1995 (doi:10.1111/j.2517-6161.1995.tb02031.x); docs/methods.md#leads.
    **Caution** Precedence is not influence. Up to `fdr` of these topics are expected to be no leads. It depends on the floor
    that stands for shares of 0: look at several. Topics that share an event are not independent, so no interval is given.

    Parameters: as `attention_lead`, and `fdr`, the false discovery rate.
    Returns the group columns, `leader`, `follower`, `lead_share`, `n`, `low`, `high`, `topics` (with a lead),
    `uncorrected` (with p below .05), `refused` (topics whose levels were refused), `method`.

    >>> from digidip.measures.influence.agenda_setting import _two_groups
    >>> lead_share(_two_groups(), lags=2)[["leader", "lead_share", "n"]].values.tolist()
    [['media', 0.0, 1], ['ministry', 1.0, 1]]
    """
    by = group_columns(by)
    given = {"groups": groups, "span": span, "absent": absent, "floor": floor, "lags": lags, "test": test}
    leads = attention_lead(attention, by=by, **given)

    def rows(part):
        tested = part[part.p.notna()]
        if tested.empty:
            yield {"n": 0, "method": part.method.iloc[0]}
        for (leader, follower), own in tested.groupby(["leader", "follower"]):
            hits = int(own.p_adjusted.lt(fdr).sum())
            row = {"leader": leader, "follower": follower, "lead_share": hits / len(own), "n": len(own), "topics": hits}
            row |= {"uncorrected": int(own.p.lt(ALPHA).sum()), "refused": int(own.method.str.contains("refused").sum())}
            yield row | {"method": f"false discovery rate {fdr:g}; test {test}"}

    columns = {"leader": "str", "follower": "str", "lead_share": "float64", **NUMBERS}
    columns |= dict.fromkeys(("topics", "uncorrected", "refused"), "Int64") | {"method": "str"}
    return result_table(leads, by, rows, columns)


@measure(
    unit="log-odds, cumulative",
    keys=("leader", "follower", "horizon"),
    columns=("topics", "refused", "lags", "method"),
)
def attention_response(
    attention,
    *,
    by=(),
    groups=(),
    span="day",
    absent="missing",
    floor=FLOOR,
    lags="aic",
    test="guarded",
    horizons=(1, 7, 15),
    draws=299,
    seed=0,
):
    """Cumulative response of one group's attention to a shock in another's, over all topics.

    Formula: one vector autoregression over all topics, the mean of each topic taken off; response to one standard deviation
    of the leader's error, made orthogonal in the order of `groups` (Cholesky), summed to the horizon. Interval: topics
    drawn again, percentiles widened by t.
    **Unit** log-odds, cumulative (of counts: logarithms); n is the number of intervals over all topics.
    **Reads** `attention`: source, series, begins_at, span, value, total.
    **Source** Sims 1980 (doi:10.2307/1912017); docs/methods.md#responses; docs/methods.md#uncertainty.
    **Caution** What moves two groups on one day is put down to the one named first: turn `groups` round and look again. One
    dynamic is taken for all topics. Lags never reach over from one topic into the next.

    Parameters: `attention`; `by`, columns of it; `groups`, sources, of which the first comes first within an interval;
    `span`, the interval; `absent`, what an interval without a row is; `floor`, of shares; `lags`, aic, bic (most that a topic
    asks for) or a number; `test`, guarded (topics with a unit root are left out) or levels; `horizons`, intervals; `draws`, `seed` of the bootstrap.
    Returns the group columns, `leader`, `follower`, `horizon`, `attention_response`, `n`, `low`, `high`, `topics`,
    `refused`, `lags`,
    `method`.

    >>> from digidip.measures.influence.agenda_setting import _two_groups
    >>> found = attention_response(_two_groups(), groups=["ministry", "media"], lags=2, horizons=[1, 2])
    >>> found[found.leader == "ministry"].attention_response.round(1).tolist()  # nothing on the first day after it
    [0.0, 0.9]
    """
    by, horizons = group_columns(by), sorted({int(each) for each in horizons})
    columns = {"leader": "str", "follower": "str", "horizon": "Int64", "attention_response": "float64", **NUMBERS}
    columns |= {"topics": "Int64", "refused": "Int64", "lags": "Int64", "method": "str"}

    def rows(panels):
        usable = [panel for panel in panels if not panel.lack(floor)]
        names = list(groups) or (usable[0].groups if usable else [])
        usable = [panel for panel in usable if panel.groups == names]
        refused = {panel.topic for panel in usable if test == "guarded" and _rooted(panel, floor)}
        usable = [panel for panel in usable if panel.topic not in refused]
        if not usable:
            lack = "levels refused, unit root in every topic" if refused else "no topic of all groups"
            return [{"n": 0, "method": panels[0].lack(floor) or f"not available: {lack}"}]
        values = [panel.scaled(floor) for panel in usable]
        p = max(chosen_lags(each, lags) for each in values)
        counts, *sums = (np.stack(each) for each in zip(*(products(each, p) for each in values), strict=True))
        total = responses(counts.sum() - len(usable), *(each.sum(axis=0) for each in sums), p, horizons[-1])
        few = too_few(len(usable), "topics")
        low = high = np.full_like(total, np.nan)
        if not few:
            weights = np.concatenate([*resamples(len(usable), draws, seed, 1)])
            drawn = (np.tensordot(weights, each, axes=1) for each in sums)
            drawn = responses(weights @ (counts - 1), *drawn, p, horizons[-1])
            low, high = percentiles(total, drawn, len(usable))
        how = f"order {', '.join(names)}; " + (few or f"{draws} bootstraps of {len(usable)} topics")
        return [
            {"leader": names[one], "follower": names[other], "horizon": at, "attention_response": total[at, other, one]}
            | {"n": int(counts.sum()), "low": low[at, other, one], "high": high[at, other, one]}
            | {"topics": len(usable), "refused": len(refused), "lags": p, "method": how}
            for one in range(len(names))
            for other in range(len(names))
            if one != other
            for at in horizons
        ]

    parts = panels_of(attention, by, groups=groups, span=span, absent=absent)
    found = [dict(zip(by, key, strict=True)) | row for key, panels in parts for row in rows(panels)]
    return pd.DataFrame(found, columns=[*by, *columns]).astype(columns)


@measure(
    unit="correlation",
    keys=("leader", "follower", "lag"),
    columns=("expected_low", "expected_high", "method"),
)
def lag_correlation(
    attention, *, by=(), groups=(), span="day", absent="missing", floor=FLOOR, most=LAGS, draws=1999, seed=0
):
    """Correlation of what is new in one group with what is new in another some intervals later.

    Formula: each series whitened by an autoregression on its own past; r of the leader at t with the follower at t + lag, mean
    over topics. Interval: each topic left out in turn, t. Expected: the 2.5 % and 97.5 % points with blocks of the leader in
    another order.
    **Unit** correlation; n is the number of topics.
    **Reads** `attention`: source, series, begins_at, span, value, total.
    **Source** Haugh 1976 (doi:10.1080/01621459.1976.10480353); docs/methods.md#whitened.
    **Caution** Precedence is not influence. Topics on which each leads in turn cancel out. The expected range holds lag by lag, not
    for the whole profile.

    Parameters: `attention`; `by`, columns of it; `groups`, sources; `span`, the interval; `absent`, what an interval
    without a row is; `floor`, of shares; `most`, the longest lag; `draws`, `seed` of the orders.
    Returns the group columns, `leader`, `follower`, `lag`, `lag_correlation`, `n`, `low`, `high`, `expected_low`,
    `expected_high`, `method`.

    >>> from digidip.measures.influence.agenda_setting import _two_groups
    >>> found = lag_correlation(_two_groups(), most=3, draws=99)
    >>> found[found.leader == "ministry"].lag_correlation.round(1).tolist()  # two days
    [0.0, 0.0, 0.8, 0.0]
    """
    by = group_columns(by)
    columns = {"leader": "str", "follower": "str", "lag": "Int64", "lag_correlation": "float64", **NUMBERS}
    columns |= {"expected_low": "float64", "expected_high": "float64", "method": "str"}

    def rows(part):
        known = part[part.correlations.notna()]
        if known.empty:
            yield {"n": 0, "method": part.method.iloc[0]}
        for (leader, follower), own in known.groupby(["leader", "follower"]):
            r = np.stack([*own.correlations])
            value, low, high = jackknife_interval(
                lambda sums: sums[:, 1:] / sums[:, :1], np.insert(r, 0, 1, axis=1), in_order=False
            )
            band = np.quantile(np.mean([*own.drawn], axis=0), [0.025, 0.975], axis=0)
            how = too_few(len(own), "topics") or f"whitened; {draws} orders of blocks; t, {len(own)} topics as clusters"
            for at in range(most + 1):
                row = {
                    "leader": leader,
                    "follower": follower,
                    "lag": at,
                    "lag_correlation": value[at],
                    "n": len(own),
                }
                row |= {"low": low[at], "high": high[at], "expected_low": band[0, at], "expected_high": band[1, at]}
                yield row | {"method": how}

    found = _twins(attention, by, groups, span, absent, floor, most, draws, seed)
    return result_table(found, by, rows, columns)


@measure(
    unit="correlation",
    keys=("topic", "leader", "follower"),
    columns=("lag", "p", "p_adjusted", "method"),
    limits="no interval",
)
def lead_permutation(
    attention, *, by=(), groups=(), span="day", absent="missing", floor=FLOOR, most=LAGS, draws=1999, seed=0
):
    """Strongest correlation of one group's news with another's later, against blocks in another order.

    Formula: both series whitened by their own past; r at the lag 1 … most where |r| is largest; p = (1 + orders with a
    largest |r| as large) / (1 + orders), blocks of ∛n neighbours of the leader in another order. p_adjusted over the
    topics of a direction, Benjamini and Hochberg.
    **Unit** correlation; n is the number of intervals.
    **Reads** `attention`: source, series, begins_at, span, value, total.
    **Source** Haugh 1976 (doi:10.1080/01621459.1976.10480353); docs/methods.md#whitened; docs/methods.md#permutation.
    **Caution** Precedence is not influence. No third group is taken out, as `attention_lead` does: who follows both at
    different lags makes one seem to lead the other. A rise and fall that cancel over the lags are not seen.

    Parameters: as `lag_correlation`.
    Returns the group columns, `topic`, `leader`, `follower`, `lead_permutation`, `n`, `low`, `high`, `lag`, `p`,
    `p_adjusted`, `method`.

    >>> from digidip.measures.influence.agenda_setting import _two_groups
    >>> lead_permutation(_two_groups(), draws=99)[["leader", "lag", "p"]].values.tolist()[1]
    ['ministry', 2, 0.01]
    """
    by = group_columns(by)
    columns = {"topic": "str", "leader": "str", "follower": "str", "lead_permutation": "float64", **NUMBERS}
    columns |= {"lag": "Int64", "p": "float64", "method": "str"}

    def rows(part):
        for row in part.to_dict("records"):
            if isinstance(row["correlations"], np.ndarray):
                at = 1 + int(np.abs(row["correlations"][1:]).argmax())
                extreme = np.abs(row["drawn"][:, 1:]).max(axis=1) >= abs(row["correlations"][at]) - 1e-12
                row |= {
                    "lead_permutation": row["correlations"][at],
                    "lag": at,
                    "p": (1 + extreme.sum()) / (1 + len(extreme)),
                }
            yield row

    found = _twins(attention, by, groups, span, absent, floor, most, draws, seed)
    return _adjusted_by_direction(result_table(found, by, rows, columns), by)


def _twins(attention, by, groups, span, absent, floor, most, draws, seed):
    """For each topic, leader and follower the whitened correlations by lag, and those of the orders."""

    def rows(panel):
        if lack := panel.lack(floor):
            return [{"topic": panel.topic, "n": 0, "method": lack}]
        new = whitened(panel.scaled(floor), most)
        orders, how = block_orders(len(new), draws, seed), f"whitened; {draws} orders of blocks"
        names, found = panel.groups, []
        for one in range(len(names)):
            ordered = new[orders, one]
            for other in set(range(len(names))) - {one}:
                row = {"topic": panel.topic, "leader": names[one], "follower": names[other], "n": len(panel.values)}
                row |= {"correlations": lag_correlations(new[:, one], new[:, other], most), "method": how}
                found.append(row | {"drawn": lag_correlations(ordered, new[:, other], most)})
        return found

    found = _for_panels("twins", rows, attention, by, (groups, span, absent, floor, most, draws, seed))
    return found.reindex(
        columns=dict.fromkeys([*found.columns, "correlations", "drawn", "leader", "follower", "method"])
    )


@measure(
    unit="share or count at the peak",
    keys=("topic", "group"),
    columns=("at", "behind", "event", "days_off", "method"),
    limits="no interval",
)
def attention_peak(attention, *, by=(), groups=(), span="day", absent="missing", events=None):
    """Most attention that each group paid to a topic, when, and how long after the first group.

    Formula: the largest value and the first interval that has it; behind: days after the earliest peak of the topic; days_off: days
    between the peak and the dates of an event that names the topic, 0 within them.
    **Unit** share or count at the peak; n is the number of intervals.
    **Reads** `attention`: source, series, begins_at, span, value, total; `events`: event, series, hashtag, begins_at,
    ends_at.
    **Source** docs/methods.md#peaks.
    **Caution** One day may be the largest by chance or by a flood of robots. A group that peaked first need not have moved
    the others. A label is a reading of words by somebody: dates may prove it wrong, and never right.

    Parameters: `attention`; `by`, columns of it; `groups`, sources; `span`, the interval; `absent`, what an interval
    without a row is; `events`, dates of the topics' labels, as `store.reference("events")`.
    Returns the group columns, `topic`, `group`, `attention_peak`, `n`, `low`, `high`, `at`, `behind`, `event`,
    `days_off`, `method`, which says where the label contradicts the dates.

    >>> from digidip.measures.influence.agenda_setting import _two_groups
    >>> attention_peak(_two_groups())[["group", "behind"]].values.tolist()
    [['media', 2.0], ['ministry', 0.0]]
    """
    by = group_columns(by)
    columns = {"topic": "str", "group": "str", "attention_peak": "float64", **NUMBERS, "at": "datetime64[us, UTC]"}
    columns |= {"behind": "float64", "event": "str", "days_off": "float64", "method": "str"}

    def rows(panel):
        if panel.topic is None or not len(panel.days):
            return [{"topic": panel.topic, "n": 0, "method": panel.reason}]
        table = pd.DataFrame(panel.values, panel.days, panel.groups)
        at, day = table.idxmax(), pd.Timedelta(days=1)
        first, found = at.min(), []
        for name, moment in at.items():
            row = {"topic": panel.topic, "group": name, "attention_peak": table[name].max(), "at": moment}
            row |= {"n": int(table[name].notna().sum()), "behind": (moment - first) / day, "method": "census"}
            found.append(row | _against_dates(panel.topic, moment, events, day))
        return found

    parts = panels_of(attention, by, groups=groups, span=span, absent=absent)
    found = [dict(zip(by, key, strict=True)) | row for key, panels in parts for panel in panels for row in rows(panel)]
    return pd.DataFrame(found, columns=[*by, *columns]).astype(columns)


def _against_dates(topic, moment, events, day):
    """The event that names a topic, and how many days its peak lies outside; of several, the nearest."""
    if events is None:
        return {}
    names = events.reindex(columns=["series", "hashtag"]).astype("string")
    plain = names.apply(lambda column: column.str.lower().str.removeprefix("#"))
    own = events[plain.eq(topic.lower().removeprefix("#")).any(axis=1)]
    if own.empty:
        return {}
    ends = own.ends_at.fillna(own.begins_at + day) - pd.Timedelta(microseconds=1)
    off = np.maximum(np.maximum((own.begins_at - moment - day) / day, (moment - ends) / day), 0)
    nearest = off.argmin()
    row = {"event": own.event.iloc[nearest], "days_off": float(np.ceil(off.iloc[nearest]))}
    return row | ({"method": "this peak contradicts the dates of the label"} if row["days_off"] > FAR else {})


@measure(unit="correlation", keys=("group", "other"), columns=("topics", "method"))
def attention_correlation(attention, *, by=(), groups=(), span="day", absent="missing"):
    """How alike two groups spread their attention over topics and days: Pearson's r of their shares.

    Formula: r over all intervals of all topics together. Interval: each topic left out in turn, t on Fisher's scale left aside.
    **Unit** correlation; n is the number of intervals over all topics.
    **Reads** `attention`: source, series, begins_at, span, value, total.
    **Source** Barberá and others 2019 (doi:10.1017/S0003055419000352); docs/methods.md#leads.
    **Caution** It knows no order in time: who is like whom, not who came first. A few large topics decide it.

    Parameters: `attention`; `by`, columns of it; `groups`, sources; `span`, the interval; `absent`, what an interval
    without a row is.
    Returns the group columns, `group`, `other`, `attention_correlation`, `n`, `low`, `high`, `topics`, `method`.

    >>> from digidip.measures.influence.agenda_setting import _two_groups
    >>> attention_correlation(_two_groups())[["group", "other", "topics"]].values.tolist()
    [['media', 'ministry', 1]]
    """
    by = group_columns(by)
    columns = {"group": "str", "other": "str", "attention_correlation": "float64", **NUMBERS}
    columns |= {"topics": "Int64", "method": "str"}

    def rows(panels):
        usable = [panel for panel in panels if not panel.reason]
        if not usable:
            return [{"n": 0, "method": panels[0].reason}]
        names = list(groups) or sorted({name for panel in usable for name in panel.groups})
        return [row for at, one in enumerate(names) for other in names[at + 1 :] for row in _alike(usable, one, other)]

    parts = panels_of(attention, by, groups=groups, span=span, absent=absent)
    found = [dict(zip(by, key, strict=True)) | row for key, panels in parts for row in rows(panels)]
    return pd.DataFrame(found, columns=[*by, *columns]).astype(columns)


def _alike(panels, one, other):
    """The row of two groups, over the topics that both have."""
    sums = []
    for panel in panels:
        if {one, other} <= {*panel.groups}:
            x, y = (panel.values[:, panel.groups.index(name)] for name in (one, other))
            sums.append([len(x), x.sum(), y.sum(), x @ x, y @ y, x @ y])
    if not sums:
        return

    def pearson(rows):
        n, x, y, xx, yy, xy = rows.T
        return ((n * xy - x * y) / np.sqrt((n * xx - x**2) * (n * yy - y**2)))[:, None]

    sums = np.array(sums)
    value, low, high = (each[0] for each in jackknife_interval(pearson, sums, in_order=False))
    how = too_few(len(sums), "topics") or f"t, {len(sums)} topics as clusters"
    row = {
        "group": one,
        "other": other,
        "attention_correlation": value,
        "n": int(sums[:, 0].sum()),
        "topics": len(sums),
    }
    yield row | {"low": low, "high": high, "method": how}


def _two_groups():
    """Two hundred days of one invented topic, on which the media follow the ministry after two days: for the examples."""
    rng = np.random.default_rng(3)
    own = rng.normal(size=202)
    logits = {"ministry": own[2:], "media": 0.9 * own[:-2] + 0.7 * rng.normal(size=200)}
    days = pd.date_range("2020-01-01", periods=200, tz="UTC")
    rows = pd.concat(
        pd.DataFrame({"source": name, "begins_at": days, "value": 1 / (1 + np.exp(3 - each))})
        for name, each in logits.items()
    )
    return rows.assign(series="visas", unit="share of posts", span="day", total=None)
