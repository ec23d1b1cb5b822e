"""Speed of missions: hours from an event and from headquarters, and who is sooner, with silent missions censored."""

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import binom, binomtest, t, wilcoxon

from digidip.measures._registry import measure
from digidip.measures.inquiries._survival import cox_maximum, kaplan_meier, quantile, survival_at
from digidip.measures.institution._missions import (
    NO_HEAD,
    closest_lines,
    first_posts,
    in_office_hours,
    posts_apart,
    posts_of_roles,
    zone_of,
)
from digidip.measures.institution.independence import THETA
from digidip.measures.statistics._columns import ACCOUNT, group_columns
from digidip.measures.statistics._intervals import LEAST_CLUSTERS, clustered_share_row, share_row, too_few, zero_bound
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p
from digidip.tables import TableError

WAITS = 0, 1, 2, 4, 6, 9, 12, 18, 24, 30, 36, 48, 60, 72
NO_EVENT = "not available: no event with a hashtag lies in the time of the posts"
NO_FIT = "not defined: no maximum of the partial likelihood"
OFFICE = "begun in office hours"
SILENT = "it posted on none of the events"
TERCILES = "least", "middle", "most"


@measure(unit="hours", keys=("statistic",), columns=("answered", "early", "of_days", "method"))
def event_lag(posts, accounts, events, *, headquarters="", horizon_h=72, zone="UTC", by=("ministry", "account_id")):
    """Hours from an event until a mission's first post with its hashtag, silence censored.

    Formula: Kaplan-Meier over events; an event without such a post is censored at the horizon, or at the last post held of the
    ministry. The median is the first time by which half have a post; the mean is the area under the curve up to the horizon.
    **Unit** hours. **Reads** posts.posted_at, text; accounts; events.begins_at, ends_at, hashtag, ministry. **Source** Kaplan and Meier
    1958 (doi:10.1080/01621459.1958.10501452); Royston and Parmar 2013 (doi:10.1186/1471-2288-13-152); docs/methods.md#lags.
    **Caution** Events of a day alone have no hours: left out and counted. Events that a mission named before they began are early, left
    out and counted. A post without the hashtag is not seen; silence may be policy. Clocks differ: see `office_hours_share`. No interval
    from fewer than eight events.
    Parameters: `posts`, `accounts`, `events` as `store.reference("events")`; `headquarters`, handles or ids; `horizon_h`, hours; `zone`, in which
    an event that begins at midnight is one of a day alone; `by`, columns of accounts.
    Returns the group columns, `statistic` (median, mean to horizon), `event_lag`, `n` (events), `low`, `high`, `answered`, `early`,
    `of_days` (events of a day alone), `method`.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["h", "m"], "ministry": "PER", "office": ["ministry", "embassy"],
    ...     "handle": None, "city": None})
    >>> posts = pd.DataFrame({"platform": "x", "post_id": list("1234"), "account_id": list("hmmh"), "ministry": "PER", "repost_of_id": None,
    ...     "text": ["a", "#one", "on #two!", "b"],
    ...     "posted_at": pd.to_datetime(["2016-02-01T00:00Z", "2016-03-01T05:00Z", "2016-03-05T11:00Z", "2016-03-20T00:00Z"])})
    >>> events = pd.DataFrame({"event": ["A", "B"], "ministry": "PER", "hashtag": ["one", "Two"], "ends_at": None,
    ...     "begins_at": pd.to_datetime(["2016-03-01T03:00Z", "2016-03-05T01:00Z"])})
    >>> event_lag(posts, accounts, events)[["statistic", "event_lag", "answered"]].values.tolist()
    [['median', 2.0, 2], ['mean to horizon', 6.0, 2]]
    """
    by = group_columns(by)
    waits = first_posts(posts, accounts, events, headquarters, horizon_h, zone, by=by)

    def rows(part):
        timed = part[part.event.notna() & ~part.is_early & ~part.is_day]
        fields = {"answered": int(timed.is_answered.sum()), "early": int((part.is_early & ~part.is_day).sum())}
        fields |= {"of_days": int(part.is_day.sum()), "n": len(timed)}
        names = "median", "mean to horizon"
        if timed.empty:
            return [fields | {"statistic": name, "method": NO_EVENT} for name in names]
        few, answered = too_few(timed.event.nunique(), "events"), timed.is_answered.to_numpy()
        if not answered.any():
            low = horizon_h * (1 - zero_bound(timed.event.nunique()))
            limits = {} if few else {"low": low, "high": float(horizon_h)}
            mean = {"event_lag": float(horizon_h), "method": few or f"exact, one-sided: {SILENT}"} | limits
            rest = {"method": f"not reached: {SILENT}"}, mean
            return [{"statistic": name, **fields, **row} for name, row in zip(names, rest, strict=True)]
        middle = quantile(kaplan_meier(timed.hours, answered), 0.5)
        median = fields | dict(zip(("event_lag", "low", "high"), middle, strict=True))
        median["method"] = (
            "Kaplan-Meier" if middle[0] == middle[0] else "not reached: fewer than half have a post in time"
        )
        mean = fields | _mean_wait(timed, horizon_h)
        found = []
        for name, row in zip(names, (median, mean), strict=True):
            lost = (
                {"low": np.nan, "high": np.nan, "method": few} if few and row["event_lag"] == row["event_lag"] else {}
            )
            found.append({"statistic": name, **row, **lost})
        return found

    columns = {"statistic": "str", "event_lag": "float64", **NUMBERS}
    columns |= dict.fromkeys(("answered", "early", "of_days"), "int64") | {"method": "str"}
    return result_table(waits[waits.role == "mission"], by, rows, columns)


@measure(unit="days", columns=("answered", "early", "method"))
def event_lag_days(
    posts, accounts, events, *, headquarters="", horizon_h=72, zone="UTC", by=("ministry", "account_id")
):
    """Days from an event of which the day alone is known until a mission's first post.

    Formula: as the median of `event_lag`, of events that begin at midnight in `zone` and end at none or a midnight; days are those
    of that zone.
    **Unit** days. **Reads** posts.posted_at, text; accounts; events. **Source** Kaplan and Meier 1958
    (doi:10.1080/01621459.1958.10501452); docs/methods.md#lags.
    **Caution** No hours can be had of such events. Missions in other zones live in another day for part of it. No interval from fewer than
    eight events.
    Parameters: as `event_lag`.
    Returns the group columns, `event_lag_days`, `n` (events of a day alone), `low`, `high`, `answered`, `early`, `method`.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["h", "m"], "ministry": "PER", "office": ["ministry", "embassy"],
    ...     "handle": None, "city": None})
    >>> posts = pd.DataFrame({"platform": "x", "post_id": list("123"), "account_id": list("hmh"), "ministry": "PER", "repost_of_id": None,
    ...     "text": ["a", "#one", "b"],
    ...     "posted_at": pd.to_datetime(["2016-02-01T00:00Z", "2016-03-02T05:00Z", "2016-03-20T00:00Z"])})
    >>> events = pd.DataFrame({"event": ["A"], "ministry": "PER", "hashtag": ["one"], "ends_at": None,
    ...     "begins_at": pd.to_datetime(["2016-03-01T00:00Z"])})
    >>> event_lag_days(posts, accounts, events).event_lag_days.tolist()
    [1.0]
    """
    by = group_columns(by)
    waits = first_posts(posts, accounts, events, headquarters, horizon_h, zone, by=by)

    def rows(part):
        known = part[~part.is_early & part.is_day]
        fields = {
            "n": len(known),
            "answered": int(known.is_answered.sum()),
            "early": int((part.is_early & part.is_day).sum()),
        }
        if known.empty:
            return [fields | {"method": "not available: of no event the day alone is known"}]
        if not known.is_answered.any():
            return [fields | {"method": f"not reached: {SILENT}"}]
        middle = np.array(quantile(kaplan_meier(known.days + 1, known.is_answered), 0.5)) - 1
        few = too_few(known.event.nunique(), "events")
        low, high = (np.nan, np.nan) if few else middle[1:]
        why = few or "Kaplan-Meier"
        row = {"event_lag_days": middle[0], "low": low, "high": high, "method": why}
        return [
            fields | (row if middle[0] == middle[0] else {"method": "not reached: fewer than half have a post in time"})
        ]

    columns = {"event_lag_days": "float64", **NUMBERS, "answered": "int64", "early": "int64", "method": "str"}
    return result_table(waits[waits.role == "mission"], by, rows, columns)


def _mean_wait(timed, horizon_h):
    """Area under the curve of the waits, events as clusters: the pseudo-values of leaving each out, t."""
    events, hours, answered = timed.event.unique(), timed.hours.to_numpy(float), timed.is_answered.to_numpy(bool)
    value = _area(hours, answered, horizon_h)
    row = {"event_lag": value, "method": "area under Kaplan-Meier"}
    if len(events) < LEAST_CLUSTERS:
        return row
    others = [timed.event.ne(each).to_numpy() for each in events]
    without = np.array([_area(hours[keep], answered[keep], horizon_h) for keep in others])
    scales = logit(np.append(value, without) / horizon_h)
    error = np.sqrt((len(events) - 1) / len(events) * ((scales[1:] - scales[1:].mean()) ** 2).sum())
    half = t.ppf(0.975, len(events) - 1) * error
    if not np.isfinite(half):
        return row | {
            "method": row["method"] + "; no interval: without one event nobody waits, or everybody to the end"
        }
    row["method"] += f", each of {len(events)} events left out, t of the logit"
    return row | {"low": horizon_h * expit(scales[0] - half), "high": horizon_h * expit(scales[0] + half)}


def _area(hours, answered, horizon):
    """Area under Kaplan and Meier's curve up to the horizon; a wait that ends as another is answered is still at risk."""
    order = np.lexsort((~answered, hours))
    ends = np.minimum(hours[order], horizon)
    curve = np.cumprod(1 - answered[order] / np.arange(len(order), 0, -1))
    return float(np.diff(np.concatenate([[0], ends, [horizon]])) @ np.concatenate([[1], curve]))


@measure(unit="share of events", keys=("tercile", "hours"), columns=("missions", "method"))
def waiting_share(
    posts,
    accounts,
    events,
    *,
    headquarters="",
    theta=THETA,
    similarity="words",
    within=30,
    hours=WAITS,
    horizon_h=72,
    zone="UTC",
    by="ministry",
):
    """Which share of events still waits for a mission's post after hours, by thirds of independence.

    Formula: Kaplan-Meier over missions and events, for the third of missions that is least independent in posts on no event, the
    middle, and the most. Interval: log-log, pointwise, of missions and events as if each were by itself.
    **Unit** share of events. **Reads** as `independence` and `event_lag`. **Source** Kaplan and Meier 1958
    (doi:10.1080/01621459.1958.10501452); docs/methods.md#lags.
    **Caution** To look at: the test is `independence_speed`. Waits of one mission go together, so the interval is too narrow. Missions
    in far zones may be the more independent ones. Missions of which independence is not known are in no third.
    Parameters: as `independence` and `event_lag`; `hours`, at which the curve is read.
    Returns the group columns, `tercile` (least, middle, most), `hours`, `waiting_share`, `n` (waits), `low`, `high`, `missions`, `method`.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["h", "m"], "ministry": "PER", "office": ["ministry", "embassy"],
    ...     "handle": None, "city": None})
    >>> posts = pd.DataFrame({"platform": "x", "post_id": list("1234"), "account_id": list("hmmh"), "ministry": "PER", "repost_of_id": None,
    ...     "text": ["a", "#one", "Concert", "b"],
    ...     "posted_at": pd.to_datetime(["2016-02-01T00:00Z", "2016-03-01T05:00Z", "2016-03-05T11:00Z", "2016-03-20T00:00Z"])})
    >>> events = pd.DataFrame({"event": ["A"], "ministry": "PER", "hashtag": ["one"], "ends_at": None,
    ...     "begins_at": pd.to_datetime(["2016-03-01T03:00Z"])})
    >>> waiting_share(posts, accounts, events, hours=(1, 3)).waiting_share.tolist()  # one mission: in the middle third
    [1.0, 0.0]
    """
    by = group_columns(by)
    waits = _mission_waits(posts, accounts, events, headquarters, theta, similarity, within, horizon_h, zone, by)

    def rows(part):
        known = part[part.event.notna() & part.independence.notna() & ~part.is_early & ~part.is_day]
        if known.empty:
            return [{"tercile": "", "hours": each, "n": 0, "missions": 0, "method": NO_EVENT} for each in hours]
        each = known.drop_duplicates(ACCOUNT).independence
        third = pd.Series(TERCILES[1], known.index)
        third = third.mask(known.independence <= each.quantile(1 / 3), TERCILES[0]) if each.nunique() > 2 else third
        third = third.mask(known.independence > each.quantile(2 / 3), TERCILES[2]) if each.nunique() > 2 else third
        found = []
        for name in TERCILES:
            own = known[third == name]
            if own.empty:
                continue
            curve = kaplan_meier(own.hours, own.is_answered)
            at_risk = np.array([(own.hours >= hour).sum() for hour in hours])
            cells = survival_at(curve, np.array(hours, float), at_risk)
            fields = {
                "tercile": name,
                "n": len(own),
                "missions": len(own.drop_duplicates(ACCOUNT)),
                "method": "Kaplan-Meier, log-log",
            }
            for hour, *row in zip(hours, *cells, strict=True):
                found.append(fields | {"hours": hour} | dict(zip(("waiting_share", "low", "high"), row, strict=True)))
        return found

    columns = {"tercile": "str", "hours": "float64", "waiting_share": "float64", **NUMBERS, "missions": "int64"}
    return result_table(waits, by, rows, columns | {"method": "str"})


@measure(unit="ratio of hazards", keys=("term",), columns=("p", "p_adjusted", "answered", "method"))
def mission_speed(
    posts, accounts, events, *, headquarters="", horizon_h=72, office_hours=False, zones=None, zone="UTC", by="ministry"
):
    """How much sooner than the missions' mean each mission posts on the same event.

    Formula: Cox's model with a stratum for each event and an effect of each mission, exp(effect - mean of effects), Efron ties; with
    `office_hours` also a term for events that begin in office hours of the mission's city. Events of a day alone are strata in days.
    Interval and p: effects refitted without each event, t; p_adjusted: Benjamini and Hochberg.
    **Unit** ratio of hazards: above 1 is sooner. **Reads** posts.posted_at, text; accounts; events. **Source** Cox 1972
    (doi:10.1111/j.2517-6161.1972.tb00899.x); Kalbfleisch and Prentice 2002, ch. 4; docs/methods.md#lags.
    **Caution** Of the events listed, and of posts with the hashtag. A mission that posts on none has no finite ratio: it is slower than all
    that have one, and stands there with that. Effects hold what missions' clocks do unless `office_hours` is asked for; then missions
    whose zone is not known, and events of a day alone, are left out. Proportional hazards is assumed.
    Parameters: as `event_lag`; `office_hours`; `zones`, city to zone, for cities no zone is named after; `by`, columns of accounts.
    Returns the group columns, `term` (account, or begun in office hours), `mission_speed`, `n` (events), `low`, `high`, `p`,
    `p_adjusted`, `answered`, `method`.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["h", "m", "s"], "ministry": "PER", "city": None,
    ...     "office": ["ministry", "embassy", "embassy"], "handle": ["H", "M", "S"]})
    >>> posts = pd.DataFrame({"platform": "x", "post_id": list("1234"), "account_id": list("hmmh"), "ministry": "PER", "repost_of_id": None,
    ...     "text": ["a", "#one", "#two", "b"],
    ...     "posted_at": pd.to_datetime(["2016-02-01T00:00Z", "2016-03-01T05:00Z", "2016-03-05T11:00Z", "2016-03-20T00:00Z"])})
    >>> events = pd.DataFrame({"event": ["A"], "ministry": "PER", "hashtag": ["one"], "ends_at": None,
    ...     "begins_at": pd.to_datetime(["2016-03-01T03:00Z"])})
    >>> mission_speed(posts, accounts, events).method.tolist()
    ['not defined: one mission alone', 'no finite ratio: it posted on none of the events, slower than all others']
    """
    by = group_columns(by)
    waits = first_posts(posts, accounts, events, headquarters, horizon_h, zone, zones, by)
    waits = _with_time(waits[waits.role == "mission"], horizon_h)
    names = waits.handle.fillna(waits.account_id) if len(waits) else waits.account_id
    waits = waits.assign(name=names)

    def rows(part):
        used = part[part.event.notna() & ~part.is_early]
        used = used[used.is_open.notna()] if office_hours else used
        if used.empty:
            return [{"term": "", "n": 0, "answered": 0, "method": NO_EVENT}]
        seen = used.groupby("name").agg(n=("event", "size"), answered=("is_answered", "sum"))
        found = [{"term": name, "n": row.n, "answered": row.answered} for name, row in seen.iterrows()]
        active = [row["term"] for row in found if row["answered"]]
        silent = f"no finite ratio: {SILENT}, slower than all others"
        for row in found:
            row["method"] = "not defined: one mission alone" if row["answered"] else silent
        if len(active) < 2:
            return found
        fitted = _effects(used[used.name.isin(active)], active, office_hours)
        estimates = [fitted.get(row["term"], {}) for row in found]
        found = [row | more for row, more in zip(found, estimates, strict=True)]
        if office_hours:
            found.append({"term": OFFICE, "n": len(used), "answered": int(used.is_answered.sum())} | fitted[OFFICE])
        return found

    columns = {
        "term": "str",
        "mission_speed": "float64",
        **NUMBERS,
        "p": "float64",
        "answered": "int64",
        "method": "str",
    }
    return with_adjusted_p(result_table(waits, by, rows, columns))


@measure(unit="ratio of hazards", columns=("difference", "p", "missions", "silent", "method"))
def independence_speed(
    posts,
    accounts,
    events,
    *,
    headquarters="",
    theta=THETA,
    similarity="words",
    within=30,
    difference=0.1,
    office_hours=False,
    zones=None,
    horizon_h=72,
    zone="UTC",
    by="ministry",
):
    """How much sooner than others missions post on an event that are more independent by so much.

    Formula: exp(difference · beta), beta of independence in Cox's model with a stratum for each event, Efron ties; with `office_hours`
    beside a term for events begun in office hours of the mission's city. Independence is that of the mission's posts *on no event*, since
    a copy of headquarters can come only after it. Interval and p: beta refitted without each mission, t of missions - 2.
    **Unit** ratio of hazards: above 1 is sooner. **Reads** as `independence` and `event_lag`. **Source** Cox 1972
    (doi:10.1111/j.2517-6161.1972.tb00899.x); MacKinnon, Nielsen and Webb 2023 (doi:10.1016/j.jeconom.2022.04.001); docs/methods.md#lags.
    **Caution** Between missions, few of them, that differ in much else: association. Independence is measured with error, which brings the
    ratio nearer to 1. Missions that never post on events are censored in it; those with no post at all have no independence, and are
    counted as silent. No interval from fewer than eight missions.
    Parameters: as `independence` and `mission_speed`; `difference` in independence, .1 for ten points.
    Returns the group columns, `independence_speed`, `n` (waits), `low`, `high`, `difference`, `p`, `missions`, `silent` (missions without
    known independence), `method`.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["h", "m"], "ministry": "PER", "office": ["ministry", "embassy"],
    ...     "handle": None, "city": None})
    >>> posts = pd.DataFrame({"platform": "x", "post_id": list("12"), "account_id": list("hm"), "ministry": "PER", "repost_of_id": None,
    ...     "text": ["a", "#one"], "posted_at": pd.to_datetime(["2016-02-01T00:00Z", "2016-03-01T05:00Z"])})
    >>> events = pd.DataFrame({"event": ["A"], "ministry": "PER", "hashtag": ["one"], "ends_at": None,
    ...     "begins_at": pd.to_datetime(["2016-03-01T03:00Z"])})
    >>> independence_speed(posts, accounts, events).method.tolist()
    ['not defined: fewer than three missions of which independence is known']
    """
    by = group_columns(by)
    waits = _mission_waits(posts, accounts, events, headquarters, theta, similarity, within, horizon_h, zone, by, zones)
    waits = _with_time(waits, horizon_h)

    def rows(part):
        used = part[part.event.notna() & ~part.is_early & part.independence.notna()]
        used = used[used.is_open.notna()] if office_hours else used
        missions = used.drop_duplicates(ACCOUNT)
        lost = part[part.independence.isna()].drop_duplicates(ACCOUNT)
        row = {"difference": difference, "n": len(used), "missions": len(missions), "silent": len(lost)}
        if len(missions) < 3 or missions.independence.nunique() < 3:
            return [row | {"n": 0, "method": "not defined: fewer than three missions of which independence is known"}]
        design = (
            used[["independence"]].assign(is_open=used.is_open.astype(float))
            if office_hours
            else used[["independence"]]
        )
        value, others = _left_out(used, design.to_numpy(float), used.groupby(ACCOUNT).ngroup().to_numpy(), 0)
        if np.isnan(value):
            return [row | {"n": 0, "method": NO_FIT}]
        row |= {"independence_speed": np.exp(difference * value)}
        low, high, p, why = _interval(value, others, len(missions), 2, "missions")
        return [row | {"low": np.exp(difference * low), "high": np.exp(difference * high), "p": p, "method": why}]

    columns = {"independence_speed": "float64", **NUMBERS, "difference": "float64", "p": "float64"}
    return result_table(waits, by, rows, columns | {"missions": "int64", "silent": "int64", "method": "str"})


@measure(
    unit="hours",
    columns=("p", "p_adjusted", "p_ranks", "together", "mission_alone", "headquarters_alone", "neither", "method"),
)
def headquarters_lag(
    posts, accounts, events, *, headquarters="", horizon_h=72, zone="UTC", by=("ministry", "account_id")
):
    """How many hours after headquarters a mission posts on the same event, in the middle.

    Formula: median over events on which both post of mission's first post - headquarters' first post. Interval: order statistics
    (binomial). p: sign test, posts of one minute left out; p_ranks: Wilcoxon's signed ranks; p_adjusted: Benjamini and Hochberg, of p.
    **Unit** hours. **Reads** posts.posted_at, text; accounts; events. **Source** Dixon and Mood 1946
    (doi:10.1080/01621459.1946.10501898); Wilcoxon 1945 (doi:10.2307/3001968); docs/methods.md#lags.
    **Caution** Events on which one of both is silent have no lag, and are counted: where missions are silent when headquarters is, the
    median is of the rest. Headquarters may schedule what it gave to missions before: `together` counts posts of the same minute. Clocks
    differ. Signed ranks take the lags as symmetric, the sign test does not. No interval from fewer than eight events.
    Parameters: as `event_lag`.
    Returns the group columns, `headquarters_lag`, `n` (events on which both post), `low`, `high`, `p`, `p_adjusted`, `p_ranks`,
    `together`, `mission_alone`, `headquarters_alone`, `neither`, `method`.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["h", "m"], "ministry": "PER", "office": ["ministry", "embassy"],
    ...     "handle": None, "city": None})
    >>> posts = pd.DataFrame({"platform": "x", "post_id": list("1234"), "account_id": list("hmhh"), "ministry": "PER", "repost_of_id": None,
    ...     "text": ["a", "#one", "#one", "b"],
    ...     "posted_at": pd.to_datetime(["2016-02-01T00:00Z", "2016-03-01T05:00Z", "2016-03-01T08:00Z", "2016-03-20T00:00Z"])})
    >>> events = pd.DataFrame({"event": ["A"], "ministry": "PER", "hashtag": ["one"], "ends_at": None,
    ...     "begins_at": pd.to_datetime(["2016-03-01T03:00Z"])})
    >>> headquarters_lag(posts, accounts, events)[["headquarters_lag", "n"]].values.tolist()
    [[-3.0, 1.0]]
    """
    by = group_columns(by)
    frame, why = _paired(posts, accounts, events, headquarters, horizon_h, zone, by)

    def rows(part):
        both = part.dropna(subset=["first", "head"])
        lags = np.sort(both.lag.to_numpy(float))
        fields = _silences(part) | {"n": len(both), "together": int((lags == 0).sum())}
        if why or not len(both):
            return [fields | {"method": why or "not available: on no event did both post"}]
        few, moved = too_few(len(lags), "events"), lags[lags != 0]
        row = fields | {"headquarters_lag": np.median(lags), "method": few or "order statistics, sign test"}
        if not few:
            place = int(binom.ppf(0.025, len(lags), 0.5)) - 1
            row |= {"low": lags[place], "high": lags[len(lags) - 1 - place]}
        if len(moved):
            row |= {"p": binomtest(int((moved < 0).sum()), len(moved)).pvalue}
            row |= {"p_ranks": wilcoxon(moved).pvalue}
        return [row]

    columns = {"headquarters_lag": "float64", **NUMBERS, "p": "float64", "p_ranks": "float64"}
    columns |= dict.fromkeys(("together", "mission_alone", "headquarters_alone", "neither"), "int64") | {
        "method": "str"
    }
    return with_adjusted_p(result_table(frame, by, rows, columns))


@measure(unit="share of events", columns=("together", "method"))
def first_share(posts, accounts, events, *, headquarters="", horizon_h=72, zone="UTC", by=("ministry", "account_id")):
    """On which share of the events on which both post a mission posts before its headquarters.

    Formula: events with a lag below 0 / events on which both post. Interval: Wilson; exact one-sided for none and all.
    **Unit** share of events. **Reads** posts.posted_at, text; accounts; events. **Source** Wilson 1927; docs/methods.md#lags.
    **Caution** As `headquarters_lag`. First is not free: headquarters may have asked the mission to be.
    Parameters: as `event_lag`.
    Returns the group columns, `first_share`, `n` (events on which both post), `low`, `high`, `together` (same minute), `method`.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["h", "m"], "ministry": "PER", "office": ["ministry", "embassy"],
    ...     "handle": None, "city": None})
    >>> posts = pd.DataFrame({"platform": "x", "post_id": list("1234"), "account_id": list("hmhh"), "ministry": "PER", "repost_of_id": None,
    ...     "text": ["a", "#one", "#one", "b"],
    ...     "posted_at": pd.to_datetime(["2016-02-01T00:00Z", "2016-03-01T05:00Z", "2016-03-01T08:00Z", "2016-03-20T00:00Z"])})
    >>> events = pd.DataFrame({"event": ["A"], "ministry": "PER", "hashtag": ["one"], "ends_at": None,
    ...     "begins_at": pd.to_datetime(["2016-03-01T03:00Z"])})
    >>> first_share(posts, accounts, events)[["first_share", "n"]].values.tolist()
    [[1.0, 1.0]]
    """
    by = group_columns(by)
    frame, why = _paired(posts, accounts, events, headquarters, horizon_h, zone, by)

    def rows(part):
        both = part.dropna(subset=["first", "head"])
        fields = {"together": int((both.lag == 0).sum())}
        if why or not len(both):
            return [fields | {"n": 0, "method": why or "not available: on no event did both post"}]
        return [fields | share_row("first_share", int((both.lag < 0).sum()), len(both))]

    columns = {"first_share": "float64", **NUMBERS, "together": "int64", "method": "str"}
    return result_table(frame, by, rows, columns)


@measure(unit="share of posts", keys=("clock",), columns=("clock_zone", "method"))
def office_hours_share(posts, accounts, *, headquarters="", zone="UTC", zones=None, by=("ministry", "account_id")):
    """Which share of a mission's posts is made in office hours, of its city and of headquarters.

    Formula: posts from Monday to Friday, nine to five / posts. Interval: Wilson at the effective size, local days together.
    **Unit** share of posts. **Reads** posts.posted_at; accounts.city, office. **Source** Wilson 1927; docs/methods.md#lags.
    **Caution** A city is known by the IANA zone that bears its name (Tokyo), which many capitals have and some, such as Washington, have
    not: give theirs in `zones`. Two cities of one name are taken for one. Office hours differ, and Friday is no working day everywhere.
    Programs post at any hour. Where few posts keep office hours of the city and many those of headquarters, somebody else may post.
    Parameters: `posts`, `accounts`; `headquarters`, handles or ids; `zone` of headquarters; `zones`, city to zone; `by`, columns of posts or
    accounts.
    Returns the group columns, `clock` (city, headquarters), `office_hours_share`, `n` (posts), `low`, `high`, `clock_zone`, `method`.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["m"], "ministry": "PER", "office": "embassy", "handle": None, "city": "Tokyo"})
    >>> posts = pd.DataFrame({"platform": "x", "post_id": list("12"), "account_id": "m", "ministry": "PER", "text": "a", "repost_of_id": None,
    ...     "posted_at": pd.to_datetime(["2020-01-06T01:00Z", "2020-01-06T12:00Z"])})
    >>> office_hours_share(posts, accounts, zone="America/Lima")[["clock", "office_hours_share"]].values.tolist()  # 10, 21; 20, 7
    [['city', 0.5], ['headquarters', 0.0]]
    """
    by = group_columns(by)
    frame = posts_of_roles(posts, accounts, list(dict.fromkeys([*by, "city"])), headquarters).query("role == 'mission'")
    names = {city: zone_of(city, zones) for city in frame.city.dropna().unique()}
    frame = frame.assign(own=frame.city.map(names) if names else None)

    def rows(part):
        known, found = part.dropna(subset="own"), []
        for clock, held in (("city", known), ("headquarters", part.assign(own=zone))):
            row = {"clock": clock, "clock_zone": ", ".join(sorted(set(held.own)))}
            if held.empty:
                found.append(
                    row | {"n": 0, "method": "not available: no zone bears the name of its city; give it in `zones`"}
                )
                continue
            parts = [
                pd.DataFrame(
                    {"hit": in_office_hours(each.posted_at, name), "day": each.posted_at.dt.tz_convert(name).dt.date}
                )
                for name, each in held.groupby("own")
            ]
            days = pd.concat(parts).groupby("day").hit.agg(["sum", "size"])
            found.append(row | clustered_share_row("office_hours_share", *days.to_numpy().T))
        return found

    columns = {"clock": "str", "office_hours_share": "float64", **NUMBERS, "clock_zone": "str", "method": "str"}
    return result_table(frame, by, rows, columns)


def _mission_waits(posts, accounts, events, headquarters, theta, similarity, within, horizon_h, zone, by, zones=None):
    """The waits of missions with `independence` of each, that of its posts on no event; missing where it cannot be told."""
    waits = first_posts(posts, accounts, events, headquarters, horizon_h, zone, zones, by)
    frame = closest_lines(posts, accounts, headquarters, similarity, within)
    if not isinstance(theta, (int, float)) or not 0 < theta <= 1:
        raise TableError(f"theta: found {theta!r}. Expected: one share of shingles above 0 and at most 1, such as 0.5.")
    apart = frame[(frame.role == "mission") & ~frame.is_unknown & frame.head_texts.gt(0) & posts_apart(frame, events)]
    free = ~apart.is_repost_of_head & (apart.closest < theta - 1e-12)
    each = free.groupby([apart.platform, apart.account_id]).mean().rename("independence").reset_index()
    return waits[waits.role == "mission"].merge(each, "left", ACCOUNT)


def _with_time(waits, horizon_h):
    """Waits with `time` in hours, or of events of a day alone in days, the day of the event the first."""
    days = np.minimum(waits.days, horizon_h // 24) + 1
    return waits.assign(time=waits.hours.where(~waits.is_day, days).clip(lower=1e-3))


def _left_out(used, design, clusters, place):
    """A coefficient of the stratified model, and the same without each cluster; missing where there is none."""
    time, status = used.time.to_numpy(float), used.is_answered.to_numpy(int)
    strata = used.event.to_numpy()
    whole = _cox(time, status, strata, design)
    others = [
        _cox(time[keep], status[keep], strata[keep], design[keep])[place]
        for each in np.unique(clusters)
        for keep in [clusters != each]
    ]
    return whole[place], np.array(others)


def _cox(time, status, strata, design):
    """Coefficients of Cox's model with strata, Efron ties; missing where the likelihood has no maximum."""
    try:
        with np.errstate(all="ignore"):
            found = cox_maximum(time, status, design, strata)
    except (np.linalg.LinAlgError, ValueError):
        return np.full(design.shape[1], np.nan)
    is_converged = np.isfinite(found).all() and np.abs(found * np.ptp(design, axis=0)).max() < 12
    return found if is_converged else np.full(design.shape[1], np.nan)


def _interval(value, others, clusters, lost, unit):
    """Limits on the scale of the coefficient, p, and how they were made, of the coefficients without each cluster."""
    if why := too_few(clusters, unit):
        return np.nan, np.nan, np.nan, why
    if not np.isfinite(others).all():
        return np.nan, np.nan, np.nan, f"no interval: without one of the {unit} there is no estimate"
    error = np.sqrt((clusters - 1) / clusters * ((others - value) ** 2).sum())
    free = clusters - lost
    half = t.ppf(0.975, free) * error
    p = 2 * t.sf(abs(value) / error, free) if error > 0 else np.nan
    return value - half, value + half, p, f"Cox, strata of events; each of {clusters} {unit} left out, t"


def _effects(used, active, office_hours):
    """For each mission, and office hours, ratio, limits, p and method."""
    dummies = np.column_stack([used.name.eq(name).to_numpy(float) for name in active[1:]])
    design = np.column_stack([dummies, used.is_open.to_numpy(float)]) if office_hours else dummies
    time, status = used.time.to_numpy(float), used.is_answered.to_numpy(int)
    clusters = used.groupby("event").ngroup().to_numpy()

    def fit(keep):
        found = _cox(time[keep], status[keep], clusters[keep], design[keep])
        effects = np.append(0.0, found[: len(active) - 1])
        return np.append(effects - effects.mean(), found[len(active) - 1 :])

    whole = fit(np.ones(len(used), bool))
    others = np.array([fit(clusters != each) for each in range(clusters.max() + 1)])
    terms, found = [*active, *[OFFICE] * office_hours], {}
    for place, term in enumerate(terms):
        if np.isnan(whole[place]):
            found[term] = {"method": NO_FIT}
            continue
        low, high, p, why = _interval(whole[place], others[:, place], clusters.max() + 1, 1, "events")
        cells = {"mission_speed": np.exp(whole[place]), "low": np.exp(low), "high": np.exp(high), "p": p}
        found[term] = cells | {"method": why}
    return found


def _paired(posts, accounts, events, headquarters, horizon_h, zone, by):
    """Missions' first posts on each event beside headquarters' (`head`), with `lag` in hours; and why there is nothing to pair."""
    waits = first_posts(posts, accounts, events, headquarters, horizon_h, zone, by=by)
    head = waits[waits.role == "headquarters"]
    keys = ["ministry", "platform", "event", "begins_at"]
    first = head.groupby(keys, dropna=False)["first"].min().rename("head").reset_index()
    first = first.astype({"event": object})  # where no event is known, its column of nothing became numbers
    frame = waits[waits.role == "mission"].merge(first, "left", keys)
    why = NO_HEAD if head.empty and len(waits) else ""
    lag = (pd.to_datetime(frame["first"], utc=True) - pd.to_datetime(frame["head"], utc=True)).dt.total_seconds() / 3600
    minutes = (pd.to_datetime(frame[name], utc=True).dt.floor("min") for name in ("first", "head"))
    return frame.assign(lag=lag.mask(next(minutes).eq(next(minutes)), 0)), why  # the same minute is together


def _silences(part):
    """On how many events one of both, or neither, posted."""
    part = part[part.event.notna()]
    own, head = part["first"].notna(), part["head"].notna()
    return {
        "mission_alone": int((own & ~head).sum()),
        "headquarters_alone": int((~own & head).sum()),
        "neither": int((~own & ~head).sum()),
    }
