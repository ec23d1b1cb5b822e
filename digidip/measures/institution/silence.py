"""Silence: whether accounts publish less while a ministry negotiates, and whether other days would show as much."""

import warnings

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.stats import t as student

from digidip.measures._registry import measure
from digidip.measures.influence._event_series import season
from digidip.measures.statistics._columns import canonical, group_columns, local_time, to_pandas
from digidip.measures.statistics._intervals import coefficient, too_few, zero_bound
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p

ALL, BEFORE, AFTER = "all together", "the week before", "the week after"
WEEK, MOST_PLACEBOS = 7, 60
NO_EVENT = "not available: no event of this kind concerns the ministry and lies in the time of its posts"


@measure(unit="ratio of rates", keys=("term",), columns=("posts", "days", "p", "p_adjusted", "dispersion", "method"))
def silence_ratio(posts, *, events, kind="negotiation", by="ministry", zone="UTC"):
    """How many times as much was published a day within an event as on other days.

    Formula: exp of the coefficient of a Poisson model of posts a day, log mean = log(accounts that had published by then) + a + trend +
    weekdays + days within. Events in one model; all together, with the weeks before and after, in another. Interval and `p`: of its
    last weighted least squares, neighbours together, scaled, t. No post within: 0, exact one-sided bound of the ratio of two Poisson
    rates, counts shrunk by the dispersion. `p_adjusted`: Holm, over events; the rest are no tests of them.
    **Unit** ratio of rates. **Reads** posts.posted_at, account_id; events. **Source** Lopez Bernal, Cummins and Gasparrini 2017
    (doi:10.1093/ije/dyw098); Przyborowski and Wilenski 1940 (doi:10.1093/biomet/31.3-4.313); docs/methods.md#silence.
    **Caution** Fewer posts are not silence kept: holidays, and delegates who travel, look alike; read `silence_placebo`. A week before
    that is lower already began before the event. An account that never publishes again still counts as one that could.
    Parameters: `posts`; `events`, `kind`: those that concern the ministry or all, and have an end; `by`; `zone` of the days.
    Returns the group columns, `term` (events by name, all together, the week before, the week after), `silence_ratio`, `n` (days in
    all), `low`, `high`, `posts`, `days` (within), `p`, `p_adjusted`, `dispersion`, `method`.

    >>> days = pd.date_range("2018-05-07", periods=28, tz="UTC").repeat([4] * 14 + [1] * 7 + [4] * 7)
    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "posted_at": days})
    >>> talks = pd.DataFrame({"event": ["Talks"], "ministry": "PER", "kind": "negotiation",
    ...     "begins_at": pd.Timestamp("2018-05-21", tz="UTC"), "ends_at": pd.Timestamp("2018-05-28", tz="UTC")})
    >>> silence_ratio(posts, events=talks)[["term", "silence_ratio", "posts", "days"]].round(6).values.tolist()[0]
    ['Talks', 0.25, 7, 7]
    """
    by = group_columns(by)

    def rows(part):
        days = _days(part)
        spans = _spans(part, days, events, kind, zone)
        if not spans:
            return [{"term": ALL, "n": 0, "posts": 0, "days": 0, "method": _no_event(events, kind)}]
        own = {name: np.zeros(len(days)) for name in spans}
        for name, (first, last) in spans.items():
            own[name][first:last] = 1
        within = np.clip(sum(own.values()), 0, 1)
        beside = {name: np.zeros(len(days)) for name in (BEFORE, AFTER)}
        for first, last in spans.values():
            beside[BEFORE][max(first - WEEK, 0) : first] = 1
            beside[AFTER][last : last + WEEK] = 1
        together = {ALL: within} | {name: each * (1 - within) for name, each in beside.items()}
        return [*_ratios(days, own), *_ratios(days, together)]

    columns = {"term": "str", "silence_ratio": "float64", **NUMBERS, "posts": "int64", "days": "int64"}
    columns |= {"p": "float64", "dispersion": "float64", "method": "str"}
    table = result_table(_published(posts, by, zone), by, rows, columns)
    return with_adjusted_p(table, "holm", table.term.isin([ALL, BEFORE, AFTER]))


@measure(unit="ratio of rates", keys=("at",), columns=("is_event", "place", "p", "method"))
def silence_placebo(posts, *, events, kind="negotiation", by="ministry", zone="UTC"):
    """The ratio that other days would show, were the event there: placebos for a silence.

    Formula: posts a day and account within / on all days outside events of the kind, of each event and of windows as long as the
    first event that begin every week and touch none; `place`: 1 for the lowest; `p`, of an event: (1 + windows without an event as
    low) / (1 + windows without an event).
    **Unit** ratio of rates. **Reads** as `silence_ratio`. **Source** Abadie, Diamond and Hainmueller 2010
    (doi:10.1198/jasa.2009.ap08746); docs/methods.md#silence.
    **Caution** No weekday and no trend is taken out, so windows of whole weeks are the fairest. p cannot be below one over the number of
    windows, which a short holding has few of.
    Parameters: as `silence_ratio`.
    Returns the group columns, `at` (first day), `silence_placebo`, `n` (days within), `low`, `high` (missing), `is_event`, `place`, `p`,
    `method`.

    >>> days = pd.date_range("2018-05-07", periods=28, tz="UTC").repeat([4] * 14 + [1] * 7 + [4] * 7)
    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "posted_at": days})
    >>> talks = pd.DataFrame({"event": ["Talks"], "ministry": "PER", "kind": "negotiation",
    ...     "begins_at": pd.Timestamp("2018-05-21", tz="UTC"), "ends_at": pd.Timestamp("2018-05-28", tz="UTC")})
    >>> silence_placebo(posts, events=talks)[["silence_placebo", "place", "p"]].astype(float).round(2).values.tolist()
    [[1.0, 2.0, nan], [1.0, 2.0, nan], [0.25, 1.0, 0.25], [1.0, 2.0, nan]]
    """
    by = group_columns(by)

    def rows(part):
        days = _days(part)
        spans = _spans(part, days, events, kind, zone)
        if not spans:
            return [{"n": 0, "method": _no_event(events, kind)}]
        taken = np.zeros(len(days), bool)
        for first, last in spans.values():
            taken[first:last] = True
        outside = days[~taken]
        usual = outside.posts.sum() / max(outside.exposure.sum(), 1)
        first, last = min(spans.values())
        length = last - first
        starts = [at for at in range(first % WEEK, len(days) - length + 1, WEEK) if not taken[at : at + length].any()]
        if len(starts) > MOST_PLACEBOS:
            starts = [starts[at] for at in np.linspace(0, len(starts) - 1, MOST_PLACEBOS).round().astype(int)]
        windows = sorted({(*span, True) for span in spans.values()} | {(at, at + length, False) for at in starts})
        if not usual > 0 or not starts:
            return [{"n": 0, "method": "no placebo: no window without an event, or nothing published in any"}]
        ratios = np.array([days.posts[a:b].sum() / days.exposure[a:b].sum() / usual for a, b, _ in windows]).round(12)
        is_event = np.array([each for *_, each in windows])
        found = []
        for (a, b, own), ratio in zip(windows, ratios, strict=True):
            row = {
                "at": days.day[a],
                "silence_placebo": ratio,
                "n": b - a,
                "is_event": own,
                "place": (ratios < ratio).sum() + 1,
            }
            p = (1 + (ratios[~is_event] <= ratio).sum()) / (1 + (~is_event).sum()) if own else np.nan
            found.append(row | {"p": p, "method": f"{(~is_event).sum()} windows without an event"})
        return found

    columns = {"at": "datetime64[us]", "silence_placebo": "float64", **NUMBERS, "is_event": "boolean", "place": "Int64"}
    return result_table(_published(posts, by, zone), by, rows, columns | {"p": "float64", "method": "str"})


def _published(posts, by, zone):
    """Posts of each account on each local day, in pandas."""
    names = list(dict.fromkeys([*by, "ministry", "platform", "account_id", "posted_at"]))
    table = canonical(posts, "posts", names)
    keys = [name for name in names if name != "posted_at"]
    counted = table.mutate(day=local_time(table.posted_at, zone).truncate("D")).group_by([*keys, "day"])
    return to_pandas(counted.agg(posts=lambda each: each.count())).sort_values([*keys, "day"], ignore_index=True)


def _days(part):
    """Every day between the first post and the last, its posts, and how many accounts had published by then."""
    every = pd.date_range(part.day.min(), part.day.max())
    counts = part.groupby("day").posts.sum().reindex(every, fill_value=0)
    begun = part.groupby(["platform", "account_id"]).day.min().value_counts().reindex(every, fill_value=0).cumsum()
    return pd.DataFrame({"day": every, "posts": counts.to_numpy(), "exposure": begun.to_numpy()})


def _no_event(events, kind):
    """Why no event counts; where the table has none of the kind at all, which it has."""
    kinds = sorted(set(to_pandas(events).kind.dropna()))
    return NO_EVENT if kind in kinds or not kinds else f"{NO_EVENT}: the kinds of the table are {', '.join(kinds)}"


def _spans(part, days, events, kind, zone):
    """Places of the first day and the day after the last of each event, by its name, that lies within the days."""
    table = to_pandas(events)
    table = table[table.kind.eq(kind) & table.begins_at.notna() & table.ends_at.notna()]
    table = table[table.ministry.isna() | table.ministry.isin(part.ministry.unique())]
    found, origin = {}, days.day.iloc[0]
    for number, row in enumerate(table.sort_values("begins_at").itertuples()):
        begins, ends = (
            pd.to_datetime(each, utc=True).tz_convert(zone).tz_localize(None) for each in (row.begins_at, row.ends_at)
        )
        first, last = (begins.normalize() - origin).days, (ends - pd.Timedelta("1us")).normalize()
        first, last = max(first, 0), min((last - origin).days + 1, len(days))
        if first < last:
            name = str(getattr(row, "event", f"event {number + 1}"))
            found[name if name not in found else f"{name}, {begins:%Y-%m-%d}"] = (first, last)
    return found


def _ratios(days, steps):
    """The row of each step, all of them in one model; days within a step without a post are in none."""
    exposure, values = days.exposure.to_numpy(float), days.posts.to_numpy(float)
    trend = (np.arange(len(days)) - len(days) / 2) / len(days)
    common = np.column_stack([np.ones(len(days)), trend, season(pd.DatetimeIndex(days.day), "day", len(days))])
    held = {name: step for name, step in steps.items() if step.any()}
    silent = {name for name, step in held.items() if not values[step > 0].any()}
    used = ~np.any([held[name] > 0 for name in silent], axis=0) if silent else np.ones(len(days), bool)
    terms = {name: step[used] for name, step in held.items() if name not in silent and step[used].any()}
    fit = _fit(values[used], exposure[used], np.column_stack([common[used], *terms.values()]))
    found = []
    for name, step in steps.items():
        row = {"term": name, "n": len(days), "posts": int(values[step > 0].sum()), "days": int(step.sum())}
        if name not in held:
            row |= {"n": 0, "method": "not defined: none of its days are held"}
        elif isinstance(fit, str):
            row |= {"n": 0, "method": fit}
        elif name in silent:
            row |= _silent(values[used].sum(), exposure[used].sum() / exposure[step > 0].sum(), fit[1])
        else:
            others = [each for other, each in terms.items() if other != name]
            row |= _ratio(values[used], exposure[used], *fit, np.column_stack([common[used], *others, step[used]]))
        found.append(row)
    return found


def _fit(values, exposure, design):
    """Means of the Poisson model, and Pearson's dispersion; or why there are none."""
    if len(values) < design.shape[1] + 2 or np.linalg.matrix_rank(design) < design.shape[1] or not values.any():
        return "not defined: too few days on either side, or nothing published on others"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = sm.GLM(values, design, family=sm.families.Poisson(), offset=np.log(exposure)).fit()
    mean = np.maximum(fit.fittedvalues, 1e-9)
    return mean, float(((values - mean) ** 2 / mean).sum() / max(len(values) - design.shape[1], 1))


def _ratio(values, exposure, mean, dispersion, design):
    """The ratio of the last column with its interval."""
    working = np.log(mean / exposure) + (values - mean) / mean
    slope, error, free = coefficient(working, design, mean)
    row = {"silence_ratio": np.exp(slope), "dispersion": dispersion}
    few = too_few(int(min(design[:, -1].sum(), (1 - design[:, -1]).sum())), "days on a side")
    if few or not error > 1e-9:
        return row | {"method": few or "no interval: nothing varies"}
    half = student.ppf(0.975, free) * error
    limits = {"low": np.exp(slope - half), "high": np.exp(slope + half), "p": 2 * student.sf(abs(slope) / error, free)}
    return row | limits | {"method": f"Poisson, {len(values)} days in order"}


def _silent(total, exposure, dispersion):
    """Nothing published within: the ratio is 0, and at most so much; `exposure`: elsewhere, over within.

    Of `total` posts elsewhere, each would have fallen within by chance share / (1 + share), share = ratio / exposure.
    """
    chance = zero_bound(max(total / max(dispersion, 1), 1))
    words = "none published: exact bound, one-sided, shrunk by the dispersion"
    return {
        "silence_ratio": 0.0,
        "low": 0.0,
        "high": chance / (1 - chance) * exposure,
        "dispersion": dispersion,
        "method": words,
    }
