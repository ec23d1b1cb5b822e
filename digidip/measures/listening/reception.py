"""Reception: how those who comment stand, by topic and language, by day, and whether it changes.

Commenters are not the public: all that is told here is of people who chose to write.
"""

import ibis
import numpy as np
import pandas as pd
from ibis import _
from scipy.stats import t as student

from digidip.measures._registry import measure
from digidip.measures.listening._labels import (
    MODEL,
    agreed_topics,
    cluster_table,
    cluster_unit,
    labelled,
    reference_words,
    why_nothing,
    words_of_counts,
)
from digidip.measures.listening.correction import NO_LABELS, UNSURE, WAYS, _corrected_sums, _reason_of_none
from digidip.measures.posts._languages import with_language
from digidip.measures.statistics._columns import POST, canonical, group_columns, to_pandas
from digidip.measures.statistics._counts import divide
from digidip.measures.statistics._intervals import (
    LEAST_CLUSTERS,
    clustered_share_row,
    coefficient,
    jackknife_interval,
    percentiles,
    resamples,
    too_few,
)
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p
from digidip.tables import TableError, counted

SCORES = {"support": 1, "oppose": -1, "neither": 0}  # a codebook of other words gives its own
LEAST_SHOWN = 30  # comments coded; a cell of fewer is not shown
SPANS = {"day": "D", "week": "W-SUN", "month": "M"}
NO_DAYS = "not available: nothing coded stands under a post with a day"
MONTH = 30  # days, of a slope
COMMENT = [
    "platform",
    "comment_id",
    *POST[1:],
    "account_id",
    "author",
    "is_official",
    "commented_at",
    "text",
    "lang",
    "label",
]


def coded_comments(
    codings, posts, comments, accounts, *, codebook, topics="", zone="UTC", errors_per="quarter", least=40
):
    """The codings of comments by others, with what is known of each: ministry, handle, post, author, language, topic.

    `errors_per` (month, quarter, year): what `period` is, within which a classifier's errors are taken to stay the same.
    `topics`: the codebook of topics, by which comments have a `topic` where coders agree. `least` characters a text must have
    to be given a language that is not declared. A ministry none of whose comments is coded keeps one row without an item.

    >>> import pandas as pd
    >>> ids = {"platform": "x", "post_id": "1", "account_id": "a", "label": "synthetic"}
    >>> posts = pd.DataFrame({**ids, "ministry": ["PER"], "posted_at": pd.to_datetime(["2018-05-02T10:00Z"])})
    >>> comments = pd.DataFrame({**ids, "comment_id": ["c"], "author": "p", "is_official": False, "text": "Good", "lang": "en",
    ...                          "commented_at": pd.to_datetime(["2018-05-02T12:00Z"])})
    >>> accounts = pd.DataFrame({"platform": ["x"], "account_id": "a", "handle": "Mfa"})
    >>> rows = {"codebook": "stance", "item_id": ["c"], "variable": "stance", "coder": "b", "code": "support"}
    >>> found = coded_comments(pd.DataFrame(rows), posts, comments, accounts, codebook="stance")
    >>> found[["ministry", "handle", "language", "period", "code"]].values.tolist()
    [['PER', 'Mfa', 'en', '2018Q2', 'support']]
    """
    wanted = codings.loc[codings.codebook == codebook, ["codebook", "item_id", "variable", "coder", "code"]]
    items = pd.DataFrame({"comment_id": wanted.item_id.unique()}, dtype="str")
    held = canonical(comments, "comments", COMMENT).filter(~_.is_official.fill_null(False))
    held = held.semi_join(ibis.memtable(items), "comment_id")
    own = canonical(posts, "posts", [*POST, "ministry", "posted_at"])
    names = canonical(accounts, "accounts", ["platform", "account_id", "handle"])
    joined = held.inner_join(own, POST).left_join(names, ["platform", "account_id"])
    columns = [*COMMENT, "ministry", "posted_at", "handle"]
    frame = with_language(to_pandas(joined.select(columns)), least).drop(
        columns=["text", "lang", "is_official", "told_by"]
    )
    local = frame.commented_at.dt.tz_convert(zone).dt.tz_localize(None)
    frame["period"] = local.dt.to_period({"month": "M", "quarter": "Q", "year": "Y"}[errors_per]).astype(str)
    frame["topic"] = frame.comment_id.map(agreed_topics(codings, topics))
    found = frame.merge(wanted, left_on="comment_id", right_on="item_id").drop(columns="comment_id")
    ministries = to_pandas(canonical(posts, "posts", ["ministry", "label"]).distinct()).sort_values(
        ["ministry", "label"]
    )
    empty = ministries[~ministries.ministry.isin(found.ministry)].drop_duplicates("ministry")
    empty = empty.assign(item_id="none: " + empty.ministry, variable=codebook, codebook=codebook)
    return pd.concat([found, empty.astype({"ministry": "object"})], ignore_index=True)


@measure(unit="share of items coded", keys=("code",), columns=("method",), people=("n",))
def stance_share(
    codings, *, codebook="stance", by="variable", missing=(), gate=0.667, agreed_by=("language",), cluster="post_id",
    least=LEAST_SHOWN,
):  # fmt: skip
    """Share of each stance among the comments that coders read, where coders agree.

    Formula: items whose code, that of more than half of the coders, is this / items with such a code. Interval: Wilson at the effective
    size, items of one cluster together; for none or all exact, one-sided.
    **Unit** share of items coded. **Reads** codings: item_id, variable, coder, code. **Source** Wilson 1927; Mohammad et al. 2016
    (doi:10.18653/v1/S16-1003); docs/methods.md#reception.
    **Caution** Stance is not tone: praise for a policy can be angry. Commenters are not the public. Items whose coders fail the gate,
    or differ, are left out and counted; a cell of fewer than `least` is not shown. Of real people, fewer than 5 with or without are
    withheld (docs/methods.md#small-cells).
    Parameters: `codings`, those of `coded_comments` or any; `codebook`; `by`, columns of codings; `missing`, codes taken as none;
    `gate` of agreement; `agreed_by`, columns within which coders must agree, where the codings have them; `cluster`, a column
    of codings, where they have it; `least` items.
    Returns the group columns, `code`, `stance_share`, `n` (items), `low`, `high`, `method`.

    >>> rows = [("stance", str(n), "trade", coder, code) for coder in "ab" for n, code in enumerate(["support"] * 3 + ["oppose"])]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"])
    >>> codings["label"] = "synthetic"
    >>> stance_share(codings, least=4)[["variable", "code", "stance_share", "n"]].values.tolist()
    [['trade', 'oppose', 0.25, 4], ['trade', 'support', 0.75, 4]]
    """
    by = group_columns(by)
    items = labelled(
        codings, codebook, by, missing=missing, gate=gate, agreed_by=_present(agreed_by, codings), cluster=cluster
    )
    codes = sorted(items.true.dropna().unique())

    def rows(part):
        known = part.dropna(subset="true")
        if reason := why_nothing(part, known) or _too_small(known, least):
            return [{"n": 0, "method": reason}]
        found = []
        for code in codes:
            events = known.true.eq(code).groupby(known.cluster).agg(["sum", "size"]).to_numpy().T
            row = clustered_share_row("stance_share", *events, unit=cluster_unit(codings, cluster), in_order=False)
            found.append({"code": code} | row | {"method": row["method"] + reference_words(part)})
        return found

    return result_table(items, by, rows, {"code": "str", "stance_share": "float64", **NUMBERS, "method": "str"})


@measure(unit="points, -1 to 1", columns=("method",), people=("n",))
def net_stance(
    codings, *, codebook="stance", by="variable", scores=None, missing=(), gate=0.667, agreed_by=("language",), cluster="post_id",
    least=LEAST_SHOWN,
):  # fmt: skip
    """Mean stance of the comments that coders read: support 1, oppose -1, neither 0.

    Formula: Σ score of the code of more than half of the coders / items. Interval: t, each cluster left out in turn.
    **Unit** points, -1 to 1. **Reads** codings: item_id, variable, coder, code. **Source** docs/methods.md#reception.
    **Caution** As of `stance_share`. Zero is no indifference: as many may stand on either side.
    Parameters: as in `stance_share`; `scores`, a number for each code; with a code that has none there is no result.
    Returns the group columns, `net_stance`, `n` (items), `low`, `high`, `method`.

    >>> rows = [("stance", str(n), "trade", coder, code) for coder in "ab" for n, code in enumerate(["support"] * 3 + ["oppose"])]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"])
    >>> codings["label"] = "synthetic"
    >>> net_stance(codings, least=4).net_stance.tolist()  # (3 - 1) / 4
    [0.5]
    """
    by = group_columns(by)
    items = _scored(codings, codebook, by, scores, missing, gate, agreed_by, cluster)

    def rows(part):
        known = part.dropna(subset="score")
        if reason := why_nothing(part, known) or _too_small(known, least):
            return [{"n": 0, "method": reason}]
        sums = known.groupby("cluster").score.agg(["sum", "size"]).to_numpy(float)
        row = _mean_row("net_stance", sums, cluster_unit(codings, cluster))
        return [row | {"method": row["method"] + reference_words(part)}]

    return result_table(items, by, rows, {"net_stance": "float64", **NUMBERS, "method": "str"})


@measure(unit="points of stance", keys=("period",), columns=("posts", "method"), people=("n",))
def reception(
    codings, *, codebook="stance", by="variable", period="day", zone="UTC", scores=None, missing=(), gate=0.667,
    agreed_by=("language",), model="", strata=("language", "period"), draws=499, seed=15,
):  # fmt: skip
    """How the posts of each day, week or month were received: mean stance of the comments under them.

    Formula: Σ score / items, of comments under posts of the period. Interval: t, each post left out in turn. With `model`, of all
    comments that it labelled: Σ over strata of labels · Σ score · share / labels, the shares those of `corrected_share` by the errors of
    the stratum alone; interval: posts drawn again, labels and errors at once.
    **Unit** points of stance. **Reads** codings with posted_at, post_id, as `coded_comments` gives them. **Source**
    docs/methods.md#reception.
    **Caution** Of comments that coders read, on posts that drew any: `uncommented_share` says how many drew none. No interval from
    fewer than eight posts, so a day rarely has one. Commenters are not the public. Of real people, periods of fewer than 5
    comments are withheld (docs/methods.md#small-cells). A stratum whose errors are not known is left out and counted.
    Parameters: as in `net_stance`; `period`, day, week (from Monday) or month; `zone` of the days; `model`, the coder that is a classifier
    (empty: codes of people alone); `strata`, columns of codings within which its errors are the same; `draws`, `seed`.
    Returns the group columns, `period` (its first day), `reception`, `n` (comments), `low`, `high`, `posts`, `method`.

    >>> rows = [("stance", str(n), "v", "a", code, "p", "2018-05-02T10:00Z") for n, code in enumerate(["support", "neither"])]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code", "post_id", "posted_at"])
    >>> codings["label"] = "synthetic"
    >>> reception(codings, period="week")[["period", "reception", "n", "posts"]].astype(str).values.tolist()
    [['2018-04-30', '0.5', '2', '1']]
    """
    if period not in SPANS:
        raise TableError(f"period must be one of {', '.join(SPANS)}, not {period!r}.")
    by, strata = group_columns(by), _present(strata, codings) if model else []
    items = _dated(codings, codebook, by, zone, scores, missing, gate, agreed_by, model or MODEL, strata)
    items["stratum"] = items[strata].astype(str).fillna("not known").agg(" · ".join, axis=1) if strata else ""
    items["period"] = items.day.dt.to_period(SPANS[period]).dt.start_time

    def rows(part):
        if model:
            return _corrected_rows(part, SCORES if scores is None else scores, draws, seed)
        known = part.dropna(subset=["score", "day"])
        if reason := why_nothing(part, known, NO_DAYS):
            return [{"n": 0, "posts": 0, "method": reason}]
        unknown_counts = pd.DataFrame(
            {"one": part.one, "lacking": part.absent.notna(), "split": part.is_split & part.absent.isna()}
        )
        unknown_counts = unknown_counts.groupby(part.period).sum()
        posts = known.groupby(["period", "cluster"]).score.agg(["sum", "size"])
        found = []
        for when, own in posts.groupby(level="period"):
            row = {"period": when, "posts": len(own)} | _mean_row("reception", own.to_numpy(float), "posts")
            found.append(row | {"method": row["method"] + words_of_counts(*unknown_counts.loc[when])})
        return found

    columns = {"period": "datetime64[us]", "reception": "float64", **NUMBERS, "posts": "int64", "method": "str"}
    return result_table(items, by, rows, columns)


@measure(unit="points of stance", keys=("term",), columns=("days", "p", "p_adjusted", "method"))
def reception_trend(
    codings, *, codebook="stance", by="variable", change="", zone="UTC", scores=None, missing=(), gate=0.667,
    agreed_by=("language",),
):  # fmt: skip
    """Whether reception rises: its slope, or with a day of change slope before, step, change of slope.

    Formula: weighted least squares of the mean stance of each day on time (30 days) and, from `change` on, a step and further
    time; days weigh as many as their comments. Interval and `p`: Bartlett's weights over 2 √days neighbours, t.
    **Unit** points of stance. **Reads** codings as in `reception`. **Source** Wagner et al. 2002
    (doi:10.1046/j.1365-2710.2002.00430.x); Newey and West 1987 (doi:10.2307/1913610); docs/methods.md#reception.
    **Caution** Who comments changes too: a slope is of those who write, and no proof of what made it. A step at a day chosen after
    looking is none; see `trend_placebo`. No result from fewer than eight days, on either side of a change.
    Parameters: as in `reception`; `change`, an ISO date in `zone`, or empty.
    Returns the group columns, `term`, `reception_trend`, `n` (comments), `low`, `high`, `days`, `p`, `p_adjusted`, `method`.

    >>> rows = [("stance", f"{n}", "v", "a", code, f"p{n}", f"2018-05-{n + 1:02}T10:00Z")
    ...         for n, code in enumerate(["oppose"] * 3 + ["neither"] * 4 + ["support"] * 3)]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code", "post_id", "posted_at"])
    >>> found = reception_trend(codings)  # Σ (x - 4.5) y = 21 of Σ (x - 4.5)² = 82.5, times 30 days
    >>> found.term[0], float(found.reception_trend.round(3)[0])
    ('slope in 30 days', 7.636)
    """
    by, change = group_columns(by), _day(change)
    items = _dated(codings, codebook, by, zone, scores, missing, gate, agreed_by)

    def rows(part):
        days = _days(part)
        terms = _terms(days, change)
        if reason := why_nothing(part, days, NO_DAYS) or _too_short(days, change):
            return [{"term": term, "n": 0, "days": 0, "method": reason} for term in terms]
        found = [{"term": term} | _coefficient_row("reception_trend", days, design) for term, design in terms.items()]
        return [row | {"method": row["method"] + reference_words(part)} for row in found]

    columns = {"term": "str", "reception_trend": "float64", **NUMBERS, "days": "int64", "p": "float64", "method": "str"}
    return with_adjusted_p(result_table(items, by, rows, columns))


@measure(unit="points of stance", keys=("day",), columns=("place", "p", "method"))
def trend_placebo(
    codings, *, codebook="stance", by="variable", zone="UTC", scores=None, missing=(), gate=0.667, agreed_by=("language",)
):  # fmt: skip
    """The step that each day would have, were it the day of change: a placebo for the day that was named.

    Formula: the step of weighted least squares on time and a step at the day, for every day with eight days of comments on both sides; `place`
    of its size among all; `p`: the share of days with a step as large. No interval: the other days are what it is held against.
    **Unit** points of stance. **Reads** codings as in `reception`. **Source** Abadie, Diamond and Hainmueller 2010
    (doi:10.1198/jasa.2009.ap08746); docs/methods.md#reception.
    **Caution** Days beside a true change have steps too. p cannot be below one over the number of days.
    Parameters: as in `reception`.
    Returns the group columns, `day`, `trend_placebo`, `n` (comments), `low`, `high` (missing), `place`, `p`, `method`.

    >>> rows = [("stance", f"{n}", "v", "a", "support" if n > 8 else "oppose", f"p{n}", f"2018-05-{n + 1:02}T10:00Z")
    ...         for n in range(18)]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code", "post_id", "posted_at"])
    >>> found = trend_placebo(codings).sort_values("place")
    >>> found.day.astype(str).iloc[0], float(found.trend_placebo.round(3).iloc[0]), found.place.tolist()
    ('2018-05-10', 2.0, [1, 2, 2])
    """
    by = group_columns(by)
    items = _dated(codings, codebook, by, zone, scores, missing, gate, agreed_by)

    def rows(part):
        days = _days(part)
        enough = days.day.iloc[LEAST_CLUSTERS : len(days) - LEAST_CLUSTERS + 1]
        inside = pd.date_range(enough.min(), enough.max()) if len(enough) else []
        if reason := why_nothing(part, days, NO_DAYS) or ("" if len(inside) else _too_short(days, None, 2)):
            return [{"n": 0, "method": reason}]
        steps = _step_at(days, inside)
        sizes = np.round(np.abs(steps), 12)
        places = (sizes[None] > sizes[:, None]).sum(axis=1) + 1
        fields = {"n": int(days["size"].sum()), "method": f"placebo over {len(inside)} days"}
        return [
            fields | {"day": day, "trend_placebo": step, "place": place, "p": (sizes >= size).mean()}
            for day, step, size, place in zip(inside, steps, sizes, places, strict=True)
        ]

    columns = {"day": "datetime64[us]", "trend_placebo": "float64", **NUMBERS, "place": "Int64", "p": "float64"}
    return result_table(items, by, rows, columns | {"method": "str"})


def _present(names, codings):
    """The columns that the codings have."""
    return [name for name in group_columns(names) if name in codings.columns]


def _too_small(known, least):
    """Why a cell is not shown; empty where it is."""
    return "" if len(known) >= least else f"not shown: fewer than {least} items coded"


def _scored(codings, codebook, by, scores, missing, gate, agreed_by, cluster, keep=(), model=MODEL):
    """Items with the score of their code."""
    scores = SCORES if scores is None else scores
    agreed_by = _present(agreed_by, codings)
    given = {"missing": missing, "gate": gate, "agreed_by": agreed_by, "cluster": cluster, "keep": keep}
    items = labelled(codings, codebook, by, model=model, **given)
    if strange := sorted({*items.true.dropna()} - {*scores}):
        reason = f"not available: the code {strange[0]!r} has no score; expected: {', '.join(scores)}"
        items = items.assign(true=None, absent=items.absent.fillna(reason))
    return items.assign(score=items.true.map(scores).astype(float))


def _corrected_rows(part, scores, draws, seed):
    """The rows of one group by a classifier's labels: each period, over the strata whose errors are known."""
    given = part.dropna(subset=["predicted", "day"])
    if given.empty:
        return [{"n": 0, "posts": 0, "method": NO_LABELS if part.predicted.isna().all() else NO_DAYS}]
    if strange := sorted({*given.predicted, *given.true.dropna()} - {*scores}):
        return [{"n": 0, "posts": 0, "method": f"not available: the code {strange[0]!r} has no score"}]
    names = np.unique(given.cluster.to_numpy(str))
    weights = np.vstack([np.ones(len(names)), *resamples(len(names), draws, seed, len(names))])
    sums, sizes, known, lost = {}, {}, set(), given.groupby("period").size() * 0
    for stratum, own in given.groupby("stratum"):
        classes = sorted({*own.true.dropna(), *own.predicted})
        k, points = len(classes), np.array([scores[each] for each in classes], dtype=float)
        table = cluster_table(own, classes, names)
        reason = _reason_of_none(table, classes)
        known |= set() if reason else {stratum}
        for when, here in own.groupby("period"):
            if reason:
                lost[when] += len(here)
                continue
            labels = weights @ cluster_table(here, classes, names)[:, :k]
            shares = _corrected_sums(np.hstack([labels, weights @ table[:, k:]]), k, WAYS[0])[0]
            is_identifiable = ~np.isnan(shares).any(axis=1)
            sums[when] = sums.get(when, 0) + np.where(labels.any(axis=1), (labels.sum(axis=1) * (shares @ points)), 0)
            sizes[when] = sizes.get(when, 0) + labels.sum(axis=1)
            sums[when][~is_identifiable & labels.any(axis=1)] = np.nan
    found = []
    for when, here in given.groupby("period"):
        posts, out = here[here.stratum.isin(known)].cluster.nunique(), int(lost[when])
        row = {"period": when, "n": len(here) - out, "posts": posts}
        words = f"; left out: {counted(out, 'comments')} of strata whose errors are not known" if out else ""
        if when not in sums:
            found.append(row | {"n": 0, "method": "not identifiable: errors of no stratum are known"})
            continue
        value, drawn = divide(sums[when], sizes[when])[0], divide(sums[when], sizes[when])[1:]
        if np.isnan(drawn).mean() > UNSURE:
            found.append(row | {"method": f"not identifiable: the errors are too uncertain{words}"})
            continue
        low, high = percentiles(np.array([value]), drawn[:, None], posts)
        method = (
            too_few(posts, "posts")
            or f"corrected by errors of {len(known)} of {given.stratum.nunique()} strata, bootstrap of posts"
        )
        found.append(row | {"reception": value, "low": low[0], "high": high[0], "method": method + words})
    return found


def _dated(codings, codebook, by, zone, scores, missing, gate, agreed_by, model=MODEL, keep=()):
    """Items with a score and the local `day` of their post."""
    keep = ["posted_at", *keep]
    items = _scored(codings, codebook, by, scores, missing, gate, agreed_by, "post_id", keep=keep, model=model)
    posted = pd.to_datetime(items.get("posted_at", pd.Series(index=items.index, dtype="object")), utc=True)
    return items.assign(day=posted.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize())


def _mean_row(name, sums, unit):
    """The row of a mean score from its sum and number in each cluster."""
    value, low, high = jackknife_interval(lambda each: divide(each[:, 0], each[:, 1]), sums, in_order=False)
    words = "no interval: all alike" if np.isnan(low) else f"t, each of {len(sums)} {unit} left out"
    row = {name: value, "n": int(sums[:, 1].sum()), "low": np.maximum(low, -1), "high": np.minimum(high, 1)}
    return row | {"method": too_few(len(sums), unit) or words}


def _days(part):
    """Mean score and number of comments of each day with any."""
    known = part.dropna(subset=["score", "day"])
    return known.groupby("day").score.agg(["mean", "size"]).reset_index()


def _day(text):
    """A date as it is, or None; anything else is refused."""
    try:
        return pd.Timestamp(text).normalize() if text else None
    except ValueError:
        raise TableError(f"change: found {text!r}. Expected: a day such as 2018-04-30, or nothing.") from None


def _too_short(days, change, sides=1):
    """Why there are too few days; empty where there are enough."""
    if change is not None and min((days.day < change).sum(), (days.day >= change).sum()) < LEAST_CLUSTERS:
        return f"not defined: fewer than {LEAST_CLUSTERS} days with coded comments before the change, or from it on"
    return (
        ""
        if len(days) >= sides * LEAST_CLUSTERS
        else f"not defined: fewer than {sides * LEAST_CLUSTERS} days with coded comments"
    )


def _terms(days, change):
    """The design of each term, its own column last."""
    one, time = np.ones(len(days)), (days.day - days.day.min()).dt.days.to_numpy() / MONTH
    if change is None:
        return {f"slope in {MONTH} days": np.column_stack([one, time])}
    step = (days.day >= change).to_numpy(float)
    further = step * (days.day - change).dt.days.to_numpy() / MONTH
    return {
        f"slope before, in {MONTH} days": np.column_stack([one, step, further, time]),
        "step": np.column_stack([one, time, further, step]),
        f"change of slope, in {MONTH} days": np.column_stack([one, time, step, further]),
    }


def _step_at(days, moments):
    """The step of weighted least squares on time and a step, for each moment at which it may be."""
    time = (days.day - days.day.min()).dt.days.to_numpy() / MONTH
    weights, rest = days["size"].to_numpy(float), np.column_stack([np.ones(len(days)), time])
    steps = (days.day.to_numpy()[:, None] >= pd.DatetimeIndex(moments).to_numpy()).astype(float)
    both = np.column_stack([steps, days["mean"]])
    root = np.sqrt(weights)[:, None]
    left = root * both - root * rest @ np.linalg.lstsq(root * rest, root * both, rcond=None)[0]
    return left[:, :-1].T @ left[:, -1] / (left[:, :-1] ** 2).sum(axis=0)


def _coefficient_row(name, days, design):
    """The row of the last coefficient."""
    value, error, free = coefficient(days["mean"].to_numpy(), design, days["size"].to_numpy(float))
    row = {name: value, "n": int(days["size"].sum()), "days": len(days)}
    if not error > 0:
        return row | {"method": "no interval: days all alike"}
    half = student.ppf(0.975, free) * error
    p = 2 * student.sf(abs(value) / error, free)
    return row | {"low": value - half, "high": value + half, "p": p, "method": f"HAC, {len(days)} days in order"}
