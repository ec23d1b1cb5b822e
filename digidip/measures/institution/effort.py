"""Effort: whether it is sustained, about the same things, how often occasions are held, and who is active at all."""

import numpy as np
import pandas as pd
from scipy.stats import norm

from digidip.measures._registry import measure
from digidip.measures.institution._series import series_without_change, with_hashtags
from digidip.measures.statistics._columns import canonical, group_columns, local_posts, to_pandas
from digidip.measures.statistics._intervals import LEAST_CLUSTERS, clustered_share_row, rate_row, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p
from digidip.tables import TableError

NO_POSTS = "not available: no post is held"
LEAST_MONTHS = 12  # with posts, for a drift
TOPICS = "hashtag", "medium", "lang"
YEAR = 365.25


@measure(unit="share of months", columns=("longest_lapse", "lapse_from", "accounts", "method"))
def active_month_share(posts, accounts, *, start="", end="", by="account_id", zone="UTC"):
    """Share of the months that accounts were open in which they published, and the longest lapse.

    Formula: account-months with a post / account-months from the first official day, or the first post where that is unknown or later, to the end. Interval: Wilson at the effective
    size, months in order as clusters; for none or all exact, one-sided.
    **Unit** share of months. **Reads** posts.posted_at, account_id; accounts.from_on, to_on. **Source** Korn and Graubard 1998; docs/methods.md#effort.
    **Caution** An export that begins late, or lacks posts, makes lapses that were none. One post fills a month. Accounts of which no post is held are left out: nobody knows whether they were
    silent or not collected.
    Parameters: `posts`; `accounts`; `start`, `end`, window as dates, empty: from opening, to the last post of all; `by`, columns of accounts; `zone`.
    Returns the group columns, `active_month_share`, `n` (account-months), `low`, `high`, `longest_lapse` (months without a post on end), `lapse_from` (its first month), `accounts`, `method`.

    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "posted_at": pd.to_datetime(["2015-01-03", "2015-04-02"], utc=True)})
    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["a"], "from_on": None, "to_on": None})
    >>> active_month_share(posts, accounts)[["active_month_share", "longest_lapse", "lapse_from"]].values.tolist()
    [[0.5, 2, '2015-02']]
    """
    by = group_columns(by)
    key = ["platform", "account_id"]
    wanted = list(dict.fromkeys([*by, *key, *(name for name in ("from_on", "to_on") if name in accounts.columns)]))
    known = to_pandas(canonical(accounts, "accounts", wanted)).sort_values(wanted).drop_duplicates(key)
    stamps = to_pandas(canonical(posts, "posts", [*key, "posted_at"]))
    local = stamps["posted_at"].dt.tz_convert(zone).dt.tz_localize(None)
    window = [pd.Timestamp(each) if each else None for each in (start, end)]
    inside = local.ge(window[0] or pd.Timestamp.min) & local.lt(window[1] or pd.Timestamp.max)
    months = _month(local)[inside]
    active = stamps[key][inside].assign(month=months).drop_duplicates()
    last = _month(pd.Series([window[1] - pd.Timedelta(1)]))[0] if window[1] else active["month"].max()
    first = _month(pd.Series([window[0]]))[0] if window[0] else None
    spans = known.merge(active.groupby(key)["month"].agg(["min"]).reset_index(), how="left", on=key)

    def rows(part):
        held = part.dropna(subset="min")
        if held.empty:
            return [{"n": 0, "accounts": 0, "longest_lapse": None, "lapse_from": "", "method": NO_POSTS}]
        open_months, lapses = [], []
        for account in held.to_dict("records"):
            opened = _first_month(account, first)
            closed = (
                last
                if pd.isna(account.get("to_on"))
                else min(last, _month(pd.Series(pd.to_datetime([account["to_on"]])))[0])
            )
            own = active[active["platform"].eq(account["platform"]) & active["account_id"].eq(account["account_id"])]
            span = np.arange(opened, max(closed, int(own["month"].max())) + 1)
            has = np.isin(span, own["month"])
            open_months.append(pd.DataFrame({"month": span, "has": has}))
            lapses.append(_longest(span, has))
        each = pd.concat(open_months).groupby("month")["has"].agg(["sum", "size"])
        length, begins = max(lapses, key=lambda lapse: (lapse[0], -lapse[1]))
        row = clustered_share_row("active_month_share", each["sum"], each["size"], "months")
        return [row | {"longest_lapse": length, "lapse_from": _named(begins) if length else "", "accounts": len(held)}]

    columns = {
        "active_month_share": "float64",
        **NUMBERS,
        "longest_lapse": "Int64",
        "lapse_from": "str",
        "accounts": "int64",
    }
    return result_table(spans, by, rows, columns | {"method": "str"})


def _month(moments):
    """Months by a running number."""
    return moments.dt.year * 12 + moments.dt.month - 1


def _named(month):
    """A month by its number as 2015-02."""
    return f"{int(month) // 12}-{int(month) % 12 + 1:02}"


def _first_month(account, first):
    """The month from which an account counts as open: its first official day where known and not after its first post."""
    opened = account["min"]
    if pd.notna(account.get("from_on")):
        opened = min(opened, _month(pd.Series(pd.to_datetime([account["from_on"]])))[0])
    return int(opened if first is None else max(opened, first))


def _longest(span, has):
    """Length and first month of the longest run of months without a post."""
    best, begins, run = 0, 0, 0
    for month, one in zip(span, has, strict=True):
        run = 0 if one else run + 1
        if run > best:
            best, begins = run, month - run + 1
    return best, begins


@measure(
    unit="bits, 0 to 1", keys=("of",), columns=("by_chance", "most_changed", "p", "p_adjusted", "months", "method")
)
def topic_drift(posts, *, of="hashtag", by="account_id", zone="UTC", draws=999, seed=42):
    """How far what is published about differs between the first half of the months and the second.

    Formula: Jensen-Shannon divergence, in bits, of the shares of topics in the two halves of the months with posts. p: (1 + hits) / (1 + draws), the larger of two: months in another order, and series that go on
    without a change, of the same covariance and correlation at lag 1; `by_chance`: the mean divergence of months in another order. `p_adjusted`: Benjamini and Hochberg. No interval: it is above 0 by chance alone.
    **Unit** bits, 0 to 1. **Reads** posts.posted_at, repost_of_id, text (hashtags), or medium or lang. **Source** Lin 1991 (doi:10.1109/18.61115); docs/methods.md#effort.
    **Caution** The divergence alone says nothing: read it beside `by_chance`. Hashtags are what the
    ministry itself calls its topics; posts without one are left out. For one abrupt change see `mix_change`. None from fewer than twelve months with posts.
    Parameters: `posts`; `of`, hashtag, medium or lang; `by`, columns of posts; `zone`; `draws`, `seed`.
    Returns the group columns, `of`, `topic_drift`, `n` (posts with a topic), `low`, `high` (missing), `by_chance`, `most_changed` (topic), `p`, `p_adjusted`, `months`, `method`.

    >>> posts = pd.DataFrame({"account_id": "a", "posted_at": pd.date_range("2015-01-05", periods=12, freq="MS", tz="UTC"),
    ...     "repost_of_id": None, "text": ["on #visas"] * 6 + ["on #trade"] * 6})
    >>> topic_drift(posts)[["topic_drift", "most_changed", "months"]].values.tolist()
    [[1.0, 'trade', 12]]
    """
    if of not in TOPICS:
        raise TableError(f"of: found {of!r}. Expected: {', '.join(TOPICS)}.")
    by = group_columns(by)
    column = "text" if of == "hashtag" else of
    frame = local_posts(posts, by, zone, "repost_of_id", *[column] * (column not in by))
    own = frame[frame["repost_of_id"].isna()].assign(month=lambda each: _month(each["local"]))
    own = with_hashtags(own, "topic") if of == "hashtag" else own.assign(topic=own[column])

    def rows(part):
        known = part.dropna(subset="topic")
        counts = pd.crosstab(known["month"], known["topic"].astype("str")) if len(known) else pd.DataFrame()
        fields = {"of": of, "n": 0, "months": len(counts), "most_changed": ""}
        if len(counts) < LEAST_MONTHS or counts.shape[1] < 2:
            few = f"not available: fewer than {LEAST_MONTHS} months with topics"
            return [fields | {"method": few if len(counts) < LEAST_MONTHS else "not defined: all posts have one topic"}]
        return [fields | _drift(counts, draws, seed)]

    columns = {
        "of": "str",
        "topic_drift": "float64",
        **NUMBERS,
        "by_chance": "float64",
        "most_changed": "str",
        "p": "float64",
    }
    return with_adjusted_p(result_table(own, by, rows, columns | {"months": "int64", "method": "str"}))


def _drift(counts, draws, seed):
    """Divergence of the halves of a table months × topics, beside months in another order."""
    table, half = counts.to_numpy(float), len(counts) // 2
    rng = np.random.default_rng(seed)
    orders = np.argsort(rng.random((draws, len(table))), axis=1)
    firsts = np.concatenate([table[None, :half].sum(axis=1), table[orders[:, :half]].sum(axis=1)])
    found = _divergence(firsts, table.sum(axis=0) - firsts)
    shares = [side / side.sum() for side in (firsts[0], table.sum(axis=0) - firsts[0])]
    moved = np.round(np.abs(shares[1] - shares[0]), 12)
    hits = max((found[1:] >= found[0] - 1e-12).sum(), _moves_as_far(table, counts.index.to_numpy(), half, draws, rng))
    p = (1 + hits) / (1 + draws)
    fields = {
        "topic_drift": float(np.clip(found[0], 0, 1)),
        "n": int(table.sum()),
        "by_chance": found[1:].mean(),
        "p": p,
    }
    return fields | {
        "most_changed": str(counts.columns[moved.argmax()]),
        "method": "no interval: above 0 by chance alone",
    }


def _moves_as_far(table, months, half, draws, rng):
    """In how many series that go on without a change the halves are as far apart as here, of roots of shares."""
    roots = np.sqrt(table / table.sum(axis=1, keepdims=True))
    centred = roots - roots.mean(axis=0)
    if not (centred**2).sum() > 1e-12:
        return draws
    drawn, _ = series_without_change(centred, months, draws, rng)
    every = np.concatenate([centred[None], drawn - drawn.mean(axis=1, keepdims=True)])
    apart = ((every[:, :half].mean(axis=1) - every[:, half:].mean(axis=1)) ** 2).sum(axis=1)
    part = apart / (every**2).sum(axis=(1, 2))
    return int((part[1:] >= part[0] - 1e-12).sum())


def _divergence(first, second):
    """Jensen-Shannon divergence in bits of rows of counts.

    >>> _divergence(np.array([[1.0, 0]]), np.array([[0.0, 1]])).tolist()
    [1.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        p, q = (side / side.sum(axis=-1, keepdims=True) for side in (first, second))
        m = (p + q) / 2
        parts = [np.where(side > 0, side * np.log2(side / m), 0).sum(axis=-1) for side in (p, q)]
    return (parts[0] + parts[1]) / 2


@measure(unit="events per year", keys=("kind",), columns=("events", "years", "sources", "method"))
def event_rate(events, *, kind="workshop", start="", end="", by="ministry"):
    """How many events of a kind were held in a year.

    Formula: events that begin in the window / its years of 365.25 days; without a window, the calendar years from the first such event to the last. Interval: Garwood, exact for Poisson counts.
    **Unit** events per year. **Reads** events.kind, begins_at, source. **Source** Garwood 1936 (doi:10.1093/biomet/28.3-4.437); docs/methods.md#effort.
    **Caution** Of events that somebody wrote down: nobody lists those that were not held, nor those that nobody heard of. Events that are held every spring are steadier than the interval says. That one was the
    first of its kind for those who came, or will not be the last, is in no list.
    Parameters: `events`, the reference table; `kind`; `start`, `end`, window as dates, empty: as above; `by`, columns of events.
    Returns the group columns, `kind`, `event_rate`, `n` (events), `low`, `high`, `events`, `years`, `sources` (how many), `method`.

    >>> events = pd.DataFrame({"ministry": "PER", "kind": "workshop", "begins_at": pd.to_datetime(["2014-02-08", "2015-02-06"], utc=True)})
    >>> event_rate(events)[["event_rate", "years"]].values.tolist()
    [[1.0, 2.0]]
    """
    by = group_columns(by)
    table = to_pandas(events)
    own = table[table["kind"].eq(kind)].sort_values([*by, "begins_at"])

    def rows(part):
        days = part["begins_at"].dt.tz_localize(None)
        first, last = (pd.Timestamp(each) if each else None for each in (start, end))
        first = first or pd.Timestamp(year=days.min().year, month=1, day=1)
        last = last or pd.Timestamp(year=days.max().year + 1, month=1, day=1)
        n, years = int(days.ge(first).mul(days.lt(last)).sum()), (last - first).days / YEAR
        has_window = start and end
        years = years if has_window else float(round(years))
        counted = part["source"].nunique() if "source" in part else 0
        fields = {"kind": kind, "events": n, "years": years, "sources": int(counted), "method": "exact, Poisson"}
        return [fields | rate_row("event_rate", n, years)]

    columns = {
        "kind": "str",
        "event_rate": "float64",
        **NUMBERS,
        "events": "int64",
        "years": "float64",
        "sources": "int64",
    }
    return result_table(own, by, rows, columns | {"method": "str"})


def account_activity(accounts, posts, states):
    """Accounts of missions with `active` (a post of theirs is held) and traits of their receiving states, as `activity_difference` takes them.

    Traits: `population` and `gdp_per_person` (the reference table of ministries) as logarithms, and `is_embassy`.

    >>> accounts = pd.DataFrame({"platform": "x", "account_id": list("ab"), "ministry": "PER", "office": "embassy", "receiving": "FRA"})
    >>> posts = pd.DataFrame({"platform": ["x"], "account_id": ["a"]})
    >>> states = pd.DataFrame({"ministry": ["FRA"], "population": [1], "gdp_per_person": [1.0]})
    >>> account_activity(accounts, posts, states)[["account_id", "active", "population"]].values.tolist()
    [['a', True, 0.0], ['b', False, 0.0]]
    """
    key = ["platform", "account_id"]
    own = to_pandas(canonical(accounts, "accounts", [*key, "ministry", "office", "receiving"]))
    own = own.dropna(subset="receiving").drop_duplicates(key).sort_values(key, ignore_index=True)
    active_accounts = to_pandas(canonical(posts, "posts", key)).drop_duplicates().assign(active=True)
    traits = states[["ministry", "population", "gdp_per_person"]].rename(columns={"ministry": "receiving"})
    both = (
        own.merge(active_accounts, how="left", on=key)
        .astype({"receiving": object})
        .merge(traits, how="left", on="receiving")
    )
    for name in ("population", "gdp_per_person"):
        both[name] = np.log(pd.to_numeric(both[name]).astype(float))
    return both.assign(active=both["active"].eq(True), is_embassy=both["office"].eq("embassy").astype(float))


@measure(
    unit="standard deviations",
    keys=("term",),
    columns=("active_mean", "other_mean", "active_count", "other_count", "method"),
)
def activity_difference(missions, *, active, terms, by="ministry"):
    """How far active missions differ from the others in each of some traits: standardised differences.

    Formula: (mean of the active - mean of the others) / √((variance of the active + variance of the others) / 2). Interval: normal, error √(1 / a + 1 / b + d² / (2 (a + b))).
    **Unit** standard deviations. **Reads** missions (or accounts): the columns `active` and `terms`, one row for each mission. **Source** Austin 2009 (doi:10.1002/sim.3697); Hedges and Olkin 1985, ch. 5;
    docs/methods.md#active-and-inactive.
    **Caution** It describes who is active, and says nothing of what activity did: large states with much trade have active missions because of what they are. No test is made, for balance is no hypothesis. None from
    fewer than two of each kind, no interval from fewer than eight.
    Parameters: `missions`; `active`, a column of True and False; `terms`, columns of numbers; `by`, columns of missions.
    Returns the group columns, `term`, `activity_difference`, `n` (missions), `low`, `high`, `active_mean`, `other_mean`, `active_count`, `other_count`, `method`.

    >>> missions = pd.DataFrame({"ministry": "PER", "active": [True, True, False, False], "population": [2.0, 4, 1, 3]})
    >>> activity_difference(missions, active="active", terms=["population"]).activity_difference.round(4).tolist()  # 1 / √2
    [0.7071]
    """
    by, terms = group_columns(by), group_columns(terms)
    table = to_pandas(missions)
    if absent := [name for name in [active, *terms, *by] if name not in table.columns]:
        raise TableError(
            f"missions: no column {absent[0]!r}. Found: {', '.join(map(str, table.columns))}. Name another."
        )
    table = table.sort_values([*by, active, *terms])

    def rows(part):
        return [{"term": name} | _standardised(part, active, name) for name in terms]

    columns = {
        "term": "str",
        "activity_difference": "float64",
        **NUMBERS,
        "active_mean": "float64",
        "other_mean": "float64",
    }
    return result_table(table, by, rows, columns | {"active_count": "int64", "other_count": "int64", "method": "str"})


def _standardised(part, active, name):
    """The difference of one trait."""
    known = part[[active, name]].dropna()
    is_active = known[active].astype(bool)
    values = pd.to_numeric(known[name]).astype(float)
    sides = values[is_active], values[~is_active]
    a, b = map(len, sides)
    fields = {"active_count": a, "other_count": b, "n": 0}
    fields |= {"active_mean": sides[0].mean() if a else np.nan, "other_mean": sides[1].mean() if b else np.nan}
    if min(a, b) < 2:
        return fields | {"method": "not available: fewer than two active missions, or two others, of which it is known"}
    deviation = np.sqrt((sides[0].var() + sides[1].var()) / 2)
    if not deviation > 0:
        return fields | {"method": "not defined: all alike"}
    d = (sides[0].mean() - sides[1].mean()) / deviation
    fields |= {"activity_difference": d, "n": a + b}
    if min(a, b) < LEAST_CLUSTERS:
        return fields | {"method": too_few(min(a, b), "missions of a kind")}
    half = norm.ppf(0.975) * np.sqrt(1 / a + 1 / b + d**2 / (2 * (a + b)))
    return fields | {"low": d - half, "high": d + half, "method": "normal"}
