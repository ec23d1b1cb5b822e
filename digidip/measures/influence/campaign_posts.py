"""Posts of a campaign: how soon they follow an event, how far a video reaches, and activity as a series of its own."""

import re

import numpy as np
import pandas as pd
from ibis import _

from digidip.measures._registry import measure
from digidip.measures.inquiries._survival import kaplan_meier, quantile, survival_at
from digidip.measures.statistics._columns import canonical, group_columns, local_time, post_rows, to_pandas
from digidip.measures.statistics._intervals import share_interval, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import TableError

COUNTS = {"posts": None, "likes": "like_count", "comments": "comment_count", "reposts": "repost_count"}
COUNTS |= {"views": "view_count"}
QUANTILES = {"first quarter": 0.25, "median": 0.5, "third quarter": 0.75}
HOURS = 1, 6, 24, 72, 168
NO_LINK = "not available: no event of this ministry with a hashtag lies in the time of its posts"
VIEWS = {"facebook": "3 seconds of play"}  # as Facebook counted when it showed page owners video views
NOT_STATED = "definition not stated"


def activity_series(posts, *, counts=("posts", "likes"), by="ministry", zone="UTC"):
    """What accounts do and draw on each local day, in the form of attention, so that an event can be set against it.

    counts: posts, likes, comments, reposts, views, each a series `PER likes`; by: columns of posts that name a series. A day
    without a post is 0 between the first and the last post held; a day of which a count is not known is missing.

    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": ["2016-01-01", "2016-01-03"], "like_count": [5, None]})
    >>> found = activity_series(posts, counts="likes")
    >>> found["series"].unique().tolist(), found["value"].tolist()
    (['PER likes'], [5.0, 0.0, nan])
    """
    by, counts = group_columns(by), group_columns(counts)
    if unknown := set(counts) - set(COUNTS):
        raise TableError(f"counts must be of {', '.join(COUNTS)}, not {sorted(unknown)[0]!r}.")
    held = [column for column in map(COUNTS.get, counts) if column]
    extra = ["label"] if "label" in posts.columns else []
    table = canonical(posts, "posts", [*by, "posted_at", *held, *extra])
    sums = {name: _[column].sum() for name in counts if (column := COUNTS[name])}
    lost = {f"lost {name}": _[column].isnull().sum() for name in counts if (column := COUNTS[name])}
    label = {"label": _.label.max()} if extra else {}
    days = table.mutate(day=local_time(table.posted_at, zone).truncate("D")).group_by([*by, "day"])
    found = to_pandas(days.agg(posts=_.count(), **sums, **lost, **label)) if counts else pd.DataFrame()
    rows = []
    for key, part in found.groupby(by, dropna=False) if len(found) else ():
        part = part.set_index("day").sort_index()
        every = pd.date_range(part.index[0], part.index[-1])
        for name in counts:
            known = part[name].astype("float64")
            known = known.mask(part[f"lost {name}"] > 0) if COUNTS[name] else known
            values = known.reindex(every).where(every.isin(part.index), 0.0)
            series = " ".join([*(str(each) for each in key if pd.notna(each)), name])
            rows.append(pd.DataFrame({"series": series, "unit": name, "begins_at": every, "value": values.to_numpy()}))
    empty = pd.DataFrame(columns=["series", "unit", "begins_at", "value"])
    table = pd.concat(rows, ignore_index=True) if rows else empty
    begins = pd.to_datetime(table.begins_at).dt.tz_localize(zone, nonexistent="shift_forward", ambiguous=True)
    weakest = found.label.max() if extra and len(found) else None
    return table.assign(
        begins_at=begins.dt.tz_convert("UTC"), source="posts", span="day", is_below=False, label=weakest
    )


@measure(unit="hours", keys=("statistic",), columns=("answered", "early", "method"))
def event_delay(posts, *, events, horizon_h=168, by="ministry"):
    """Hours from an event until the first post with its hashtag.

    Formula: Kaplan-Meier of the time from `begins_at` to the first post of the group whose text has the hashtag; an event without
    such a post is censored at the horizon, or at the last post held. Quantile: first time by which so large a share has a post.
    **Unit** hours. **Reads** posts.posted_at, text, ministry; events.begins_at, hashtag, ministry. **Source** Kaplan and Meier 1958
    (doi:10.1080/01621459.1958.10501452); docs/methods.md#event-delay; docs/claims-and-studies.md#s15.
    **Caution** Events whose hashtag was posted before they began are early, not fast: left out and counted. A post without the hashtag is
    not seen. Events of a list are those somebody thought worth listing. No interval from fewer than eight events.
    Parameters: `posts`; `events`, as `store.reference("events")`; `horizon_h`, hours; `by`, columns of posts.
    Returns the group columns, `statistic` (first quarter, median, third quarter), `event_delay`, `n` (events), `low`, `high`, `answered`
    (with a post), `early`, `method`.

    >>> posts = pd.DataFrame({"ministry": "PER", "text": ["a", "#one", "on #two!", "b"],
    ...     "posted_at": ["2016-02-01T00:00Z", "2016-03-01T05:00Z", "2016-03-05T10:00Z", "2016-03-20T00:00Z"]})
    >>> events = pd.DataFrame({"event": ["A", "B"], "ministry": "PER", "hashtag": ["one", "Two"],
    ...     "begins_at": pd.to_datetime(["2016-03-01T03:00Z", "2016-03-05T00:00Z"])})
    >>> event_delay(posts, events=events).query("statistic == 'median'")[["event_delay", "n", "answered"]].values.tolist()
    [[2.0, 2.0, 2.0]]
    """

    def rows(waits, early):
        fields = {"n": len(waits), "answered": int(waits.is_answered.sum()), "early": early}
        if waits.empty:
            return [fields | {"statistic": name, "method": NO_LINK} for name in QUANTILES]
        curve, few = kaplan_meier(waits.hours, waits.is_answered), too_few(len(waits), "events")
        found = []
        for name, share in QUANTILES.items():
            value, low, high = quantile(curve, share) if fields["answered"] else (np.nan,) * 3
            row = fields | {"statistic": name, "event_delay": value}
            row |= {} if few or np.isnan(value) else {"low": low, "high": high}
            reached = "Kaplan-Meier" if not np.isnan(value) else "not reached: too few events have a post in time"
            found.append(row | {"method": "; ".join(filter(None, [reached, few if not np.isnan(value) else ""]))})
        return found

    columns = {"statistic": "str", "event_delay": "float64", **NUMBERS, "answered": "int64", "early": "int64"}
    return _delay_table(posts, events, horizon_h, by, rows, columns | {"method": "str"})


@measure(unit="share of events", keys=("hours",), columns=("method",))
def prompt_share(posts, *, events, hours=HOURS, horizon_h=168, by="ministry"):
    """Share of events of which a post with the hashtag came within so many hours.

    Formula: 1 - S(h) of the curve of `event_delay`. Interval: log-log; exact one-sided while none, or once all, have one.
    **Unit** share of events. **Reads** posts.posted_at, text, ministry; events.begins_at, hashtag, ministry. **Source** Kaplan and
    Meier 1958 (doi:10.1080/01621459.1958.10501452); docs/methods.md#event-delay.
    **Caution** As `event_delay`.
    Parameters: as `event_delay`; `hours`, at which the curve is read.
    Returns the group columns, `hours`, `prompt_share`, `n` (events), `low`, `high`, `method`.

    >>> posts = pd.DataFrame({"ministry": "PER", "text": ["a", "#one", "on #two!", "b"],
    ...     "posted_at": ["2016-02-01T00:00Z", "2016-03-01T05:00Z", "2016-03-05T10:00Z", "2016-03-20T00:00Z"]})
    >>> events = pd.DataFrame({"event": ["A", "B"], "ministry": "PER", "hashtag": ["one", "Two"],
    ...     "begins_at": pd.to_datetime(["2016-03-01T03:00Z", "2016-03-05T00:00Z"])})
    >>> prompt_share(posts, events=events, hours=(1, 6, 24)).prompt_share.tolist()
    [0.0, 0.5, 1.0]
    """

    def rows(waits, early):
        if waits.empty:
            return [{"hours": hour, "n": 0, "method": NO_LINK} for hour in hours]
        curve, few = kaplan_meier(waits.hours, waits.is_answered), too_few(len(waits), "events")
        at_risk = np.array([(waits.hours >= hour).sum() for hour in hours])
        value, low, high = survival_at(curve, np.array(hours, float), at_risk)
        found = []
        for hour, *cells in zip(hours, 1 - value, 1 - high, 1 - low, strict=True):
            row = {"hours": hour, "prompt_share": cells[0], "n": len(waits)}
            row |= {"method": few} if few else {"low": cells[1], "high": cells[2], "method": "Kaplan-Meier, log-log"}
            found.append(row)
        return found

    columns = {"hours": "float64", "prompt_share": "float64", **NUMBERS, "method": "str"}
    return _delay_table(posts, events, horizon_h, by, rows, columns)


def _delay_table(posts, events, horizon_h, by, rows, columns):
    """The table of `rows(waits, early)` of each group of posts."""
    if not horizon_h > 0:
        raise TableError(f"horizon_h: found {horizon_h!r}. Expected: hours above 0.")
    by = group_columns(by)
    frame = post_rows(posts, [*by, "ministry", "posted_at", "text"]).sort_values(["posted_at", "text"])
    table = to_pandas(events)
    tagged = table[table.hashtag.notna() & (table.hashtag.astype(str) != "")] if "hashtag" in table else table.iloc[:0]
    tagged = tagged.assign(begins_at=pd.to_datetime(tagged.begins_at, utc=True)).drop_duplicates(
        ["hashtag", "begins_at"]
    )
    return result_table(frame, by, lambda part: rows(*_waits(part, tagged, horizon_h)), columns)


def _waits(part, events, horizon_h):
    """Hours until the first post of each event of these ministries, and how many events had one before they began."""
    own = events[events.ministry.isna() | events.ministry.isin(part.ministry.unique())]
    times, texts = pd.to_datetime(part.posted_at, utc=True), part.text.fillna("").astype(str).str.lower()
    first, last = times.min(), times.max()
    waits, early = [], 0
    for event in own[own.begins_at.between(first, last)].sort_values(["begins_at", "hashtag"]).itertuples():
        tag = str(event.hashtag).lstrip("#").lower()
        posted = times[texts.str.contains(rf"#{re.escape(tag)}(?!\w)", regex=True)]
        window = event.begins_at - pd.Timedelta(hours=horizon_h)
        if ((posted >= window) & (posted < event.begins_at)).any():
            early += 1
            continue
        hours = (posted[posted >= event.begins_at].min() - event.begins_at) / pd.Timedelta(hours=1)
        end = min((last - event.begins_at) / pd.Timedelta(hours=1), horizon_h)
        is_answered = bool(hours <= horizon_h)
        waits.append((hours if is_answered else end, is_answered))
    return pd.DataFrame(waits, columns=["hours", "is_answered"]).astype({"hours": float, "is_answered": int}), early


@measure(
    unit="views per member of the audience",
    keys=("audience", "statistic"),
    columns=("views", "size", "definition", "method"),
)
def views_per_audience(posts, *, audiences=None, definition="", by="ministry"):
    """How many views a post has for each member of an audience: above 1, others saw it too.

    Formula: views / size of the audience, of the post with most views and of the median post. Audience: followers when posted, where the
    posts tell; others by their stated size. Interval of the median: exact, by ranks, posts as independent; of the most, none.
    **Unit** views per member of the audience. **Reads** posts.view_count, follower_count, platform. **Source** docs/methods.md#views;
    docs/claims-and-studies.md#p09.
    **Caution** Views are no viewers: one person counts often. What a view is differs by platform and year (`definition`): a few seconds
    of play without a click may do. Reach that was paid is in it. Likes of a page are another stock than its followers. Counts age.
    Parameters: `posts`; `audiences`, name → size, such as {"page likes": 58622}; `definition` of a view; `by`.
    Returns the group columns, `audience`, `statistic` (most viewed, median), `views_per_audience`, `n` (posts with both), `low`, `high`,
    `views`, `size`, `definition`, `method`.

    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "facebook", "view_count": [1_500_000], "follower_count": None})
    >>> found = views_per_audience(posts, audiences={"page likes": 58_622, "likes and followers": 58_622 + 128_419})
    >>> found[found.n > 0].query("statistic == 'most viewed'")[["audience", "views_per_audience"]].round(2).values.tolist()
    [['page likes', 25.59], ['likes and followers', 8.02]]
    """
    by, audiences = group_columns(by), dict(audiences or {})
    frame = post_rows(posts, [*by, "platform", "view_count", "follower_count"])

    def rows(part):
        seen = part[part.view_count.notna()]
        words = definition or "; ".join(
            sorted({VIEWS.get(each, NOT_STATED) for each in (seen if len(seen) else part).platform})
        )
        sizes = {"followers when posted": seen.follower_count.astype("float64")} | {
            name: pd.Series(float(size), seen.index) for name, size in audiences.items()
        }
        return [
            {"audience": name, "statistic": statistic, "definition": words, **row}
            for name, size in sizes.items()
            for statistic, row in _view_rows(seen.view_count.astype("float64"), size).items()
        ]

    columns = {"audience": "str", "statistic": "str", "views_per_audience": "float64", **NUMBERS}
    columns |= {"views": "float64", "size": "float64", "definition": "str", "method": "str"}
    return result_table(frame, by, rows, columns)


def _view_rows(views, sizes):
    """The post with most views, and the median post."""
    known = sizes.gt(0) & views.notna()
    views, sizes = views[known], sizes[known]
    if views.empty:
        reason = "not available: no post with views and this audience"
        return {name: {"n": 0, "method": reason} for name in ("most viewed", "median")}
    ratios = np.sort((views / sizes).to_numpy())
    most = views.to_numpy().argmax()
    top = {
        "views_per_audience": views.iloc[most] / sizes.iloc[most],
        "views": views.iloc[most],
        "size": sizes.iloc[most],
    }
    middle = {"views_per_audience": float(np.median(ratios)), "method": too_few(len(ratios), "posts")}
    if not middle["method"]:
        limits = np.quantile(ratios, share_interval(len(ratios) // 2, len(ratios), "beta"), method="inverted_cdf")
        middle |= dict(zip(("low", "high"), limits, strict=True)) | {"method": "exact, by ranks"}
    n = {"n": len(ratios)}
    return {"most viewed": n | top | {"method": "one post, no interval"}, "median": n | middle}
