"""Practice: five dimensions of what ministries do on platforms, and whether one is the weakest."""

from functools import partial

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, rankdata

from digidip.measures._registry import measure
from digidip.measures.dialogue._acts import QUESTION
from digidip.measures.dialogue.conversation import SEED, reply_share
from digidip.measures.dialogue.dialogue import official_answer_share
from digidip.measures.statistics._columns import ACCOUNT, POST, canonical, group_columns
from digidip.measures.statistics._comment_queries import COMPLETENESS
from digidip.measures.statistics._intervals import clustered_share_row, percentiles, share_row, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table

DIMENSIONS = {
    "presence": ("weeks with a post", "platforms"),
    "content": ("pictures", "links"),
    "reach": ("liked", "passed on"),
    "listening": ("asks", "takes up others"),
    "engagement": ("answers", "posts answered under"),
}
INDICATORS = [(dimension, name) for dimension, names in DIMENSIONS.items() for name in names]
PLAIN = ("text", "link")
READS = ["posted_at", "repost_of_id", "quote_of_id", "text", "medium", "link", "like_count", "repost_count"]
MATERIAL = 1e-9  # draws that differ from what was found by rounding alone count as equal
CELLS = 5_000_000


@measure(unit="share of posts, weeks or platforms", keys=("dimension", "indicator"), columns=("method",))
def practice_indicator(posts, comments, *, by="ministry", zone="UTC", completeness=COMPLETENESS):
    """Ten shares of what a group does on platforms, two for each of five dimensions of practice.

    Formula: events / n. Presence: weeks with a post / weeks from first to last; platforms posted on / all in `posts`.
    Content: own posts with a picture or video; with a link. Reach: with a like; with a repost (of known counts).
    Listening: that ask (a question mark); posts that repost or quote somebody. Engagement: `reply_share`;
    `official_answer_share` of posts. Own posts: no reposts. Interval: as `reply_share` for shares of posts; Wilson of weeks
    and platforms.
    **Unit** share of posts, weeks or platforms. **Reads** posts.posted_at, repost_of_id, quote_of_id, text, medium, link,
    like_count, repost_count; and as `reply_share`. **Source** a choice of this project; docs/methods.md#practice;
    docs/claims-and-studies.md#m03.
    **Caution** The ten have no common zero: half of the posts with a picture is not as much as half of them answered under.
    Which dimension comes last rests on this choice; see `dimension_rank` without each indicator.
    Parameters: `posts`, `comments`; `by`, columns of posts; `zone` of the days and in which a week begins, on Monday;
    `completeness` as in `official_answer_share`.
    Returns the group columns, `dimension`, `indicator`, `practice_indicator`, `n`, `low`, `high`, `method`.

    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "post_id": ["1", "2"],
    ...     "posted_at": ["2016-01-04", "2016-01-18"], "text": ["Who?", "We."], "medium": "photo", "like_count": [3, 0],
    ...     **dict.fromkeys(["link", "repost_count", "reply_to_id", "reply_to_account_id", "repost_of_id", "quote_of_id"]),
    ...     "export_tells_replies": True})
    >>> comments = pd.DataFrame(columns=["platform", "post_id", "account_id", "comment_id", "parent_id", "is_official"])
    >>> found = practice_indicator(posts, comments).set_index("indicator").practice_indicator
    >>> found[["weeks with a post", "pictures", "liked", "asks", "answers"]].round(3).tolist()  # 2 of 3 weeks
    [0.667, 1.0, 0.5, 0.5, 0.0]
    """
    by = group_columns(by)
    held = canonical(posts, "posts", [*by, *POST, *READS]).to_pandas()
    everywhere, names = held.platform.nunique(), ["answers", "posts answered under"]
    columns = {"dimension": "str", "indicator": "str", "practice_indicator": "float64", **NUMBERS, "method": "str"}
    own = result_table(_marked(held, zone), by, partial(_own_rows, platforms=everywhere), columns)
    given = {"by": by, "completeness": completeness}
    frame = [
        reply_share(posts, comments, zone=zone, **given),
        official_answer_share(posts, comments, **given).drop(columns=["per", "interval"]),
    ]
    found = [
        table.set_axis([*by, "practice_indicator", *table.columns[len(by) + 1 :]], axis=1).assign(
            dimension="engagement", indicator=name
        )[[*by, *columns]]
        for table, name in zip(frame, names, strict=True)
    ]
    table = pd.concat([own, *(each.astype(own.dtypes) for each in found)], ignore_index=True)
    place = {pair: number for number, pair in enumerate(INDICATORS)}
    order = [place[pair] for pair in zip(table.dimension, table.indicator, strict=True)]
    return table.assign(order=order).sort_values([*by, "order"], ignore_index=True).drop(columns="order")


def _marked(held, zone):
    """The posts with their local day and week, and whether each of six indicators holds: missing where it cannot be told."""
    local = held.posted_at.dt.tz_convert(zone).dt.tz_localize(None)
    own, passes_on = held.repost_of_id.isna(), held.repost_of_id.notna() | held.quote_of_id.notna()
    marks = {
        "pictures": (~held.medium.isin(PLAIN)).where(own & held.medium.notna()),
        "links": (held.link.notna() | (held.medium == "link")).where(own),
        "liked": (held.like_count > 0).where(own & held.like_count.notna()),
        "passed on": (held.repost_count > 0).where(own & held.repost_count.notna()),
        "asks": held.text.str.contains(QUESTION, na=False).where(own),
        "takes up others": passes_on,
    }
    marks = {name: mark.astype("Float64").to_numpy(float, na_value=np.nan) for name, mark in marks.items()}
    return held.assign(day=local.dt.normalize(), week=local.dt.to_period("W-SUN").astype("int64"), **marks)


def _own_rows(part, platforms):
    """The eight shares of one group that its posts alone tell."""
    weeks, days = part["week"].to_numpy(), part["day"].to_numpy()
    shares = {
        "weeks with a post": (len(np.unique(weeks)), int(weeks.max() - weeks.min()) + 1),
        "platforms": (part.platform.nunique(), platforms),
    }
    table = {name: share_row("practice_indicator", *counts) for name, counts in shares.items()}
    for name in (name for _dimension, name in INDICATORS if name in part):
        marks = part[name].to_numpy()
        is_known = ~np.isnan(marks)
        day = np.unique(days[is_known], return_inverse=True)[1]
        counts = [np.bincount(day, weights=each) for each in (marks[is_known], np.ones(is_known.sum()))]
        table[name] = clustered_share_row("practice_indicator", *counts)
    return [
        {"dimension": dimension, "indicator": name} | table[name] for dimension, name in INDICATORS if name in table
    ]


@measure(unit="mean of shares, 0 to 1", keys=("dimension",), columns=("rank", "method"), limits="each share alone")
def dimension_score(posts, comments, *, by="ministry", zone="UTC", completeness=COMPLETENESS):
    """The score of each dimension of practice, and its place among the five.

    Formula: mean of the `practice_indicator` shares known of the dimension; `rank` among the five, 1 the strongest, equals
    share the mean. Limits: the lowest and highest of these shares, which are the scores without one of two.
    **Unit** mean of shares, 0 to 1. **Reads** as `practice_indicator`. **Source** a definition of this project;
    docs/methods.md#practice; docs/claims-and-studies.md#m03.
    **Caution** As `practice_indicator`. Where a dimension is not known there is no rank, and no limit where one share is.
    Parameters: as `practice_indicator`.
    Returns the group columns, `dimension`, `dimension_score`, `n` (shares known), `low`, `high`, `rank`, `method`.

    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "post_id": ["1", "2"],
    ...     "posted_at": ["2016-01-04", "2016-01-18"], "text": ["Who?", "We."], "medium": "photo", "like_count": [3, 0],
    ...     **dict.fromkeys(["link", "repost_count", "reply_to_id", "reply_to_account_id", "repost_of_id", "quote_of_id"]),
    ...     "export_tells_replies": True})
    >>> comments = pd.DataFrame(columns=["platform", "post_id", "account_id", "comment_id", "parent_id", "is_official"])
    >>> dimension_score(posts, comments).dimension_score.round(3).tolist()  # (2/3 + 1) / 2, (1 + 0) / 2, …
    [0.833, 0.5, 0.5, 0.25, 0.0]
    """
    found = practice_indicator(posts, comments, by=by, zone=zone, completeness=completeness)
    columns = {"dimension": "str", "dimension_score": "float64", **NUMBERS, "rank": "float64", "method": "str"}
    return result_table(found, group_columns(by), _score_rows, columns)


def _score_rows(part):
    """The five rows of one group."""
    grouped = part.groupby("dimension").practice_indicator
    table = grouped.agg(["mean", "count", "min", "max"]).reindex(list(DIMENSIONS))
    ranks = rankdata(-table["mean"]) if table["mean"].notna().all() else np.full(len(table), np.nan)
    rows = []
    for (dimension, row), rank in zip(table.iterrows(), ranks, strict=True):
        if not row["count"]:
            rows.append({"dimension": dimension, "n": 0, "method": part.method[part.dimension == dimension].iloc[0]})
            continue
        ends = {"low": row["min"], "high": row["max"]} if row["count"] > 1 else {}
        score = {"dimension": dimension, "dimension_score": row["mean"], "n": int(row["count"]), "rank": rank}
        rows.append(score | ends | {"method": f"mean of {row['count']:.0f} shares; limits: each alone"})
    return rows


@measure(
    unit="place, 1 the strongest of five",
    keys=("without", "dimension"),
    columns=("last", "p", "p_alike", "method"),
)
def dimension_rank(
    posts,
    comments,
    *,
    by="ministry",
    unit=tuple(ACCOUNT),
    zone="UTC",
    permutations=9999,
    draws=9999,
    seed=SEED,
    completeness=COMPLETENESS,
):
    """Which dimension of practice comes last, also with each indicator left out in turn.

    The mean place over the units of a group.

    Formula: mean over units of the `rank` of `dimension_score`, units that know all five. Interval: 2.5 % and 97.5 %
    points over units drawn again. p: places permuted within each unit, two-sided about 3, (1 + hits) / (1 + permutations),
    the five adjusted after Benjamini and Hochberg; `p_alike` the same for all five at once (the statistic of Friedman).
    **Unit** place, 1 the strongest of five. **Reads** as `practice_indicator`. **Source** Friedman 1937
    (doi:10.1080/01621459.1937.10503522); Benjamini and Hochberg 1995; docs/methods.md#practice;
    docs/claims-and-studies.md#m03.
    **Caution** A place is relative: the last dimension need not be weak. A finding that changes when one indicator is left
    out rests on that indicator. With fewer than six units p cannot be small.
    Parameters: `posts`, `comments`; `by`, `unit`, columns of posts; `zone`; `permutations`, `draws`, `seed`;
    `completeness` as in `practice_indicator`.
    Returns the group columns, `without` (the indicator left out, empty for none), `dimension`, `dimension_rank`, `n`
    (units), `low`, `high`, `last` (units where it comes last), `p`, `p_alike`, `method`.

    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "post_id": ["1", "2"],
    ...     "posted_at": ["2016-01-04", "2016-01-18"], "text": ["Who?", "We."], "medium": "photo", "like_count": [3, 0],
    ...     **dict.fromkeys(["link", "repost_count", "reply_to_id", "reply_to_account_id", "repost_of_id", "quote_of_id"]),
    ...     "export_tells_replies": True})
    >>> comments = pd.DataFrame(columns=["platform", "post_id", "account_id", "comment_id", "parent_id", "is_official"])
    >>> dimension_rank(posts, comments, permutations=99)[["dimension", "dimension_rank", "last"]].values.tolist()[3:5]
    [['listening', 4.0, 0], ['engagement', 5.0, 1]]
    """
    by = group_columns(by)
    every = list(dict.fromkeys([*by, *group_columns(unit)]))
    found = practice_indicator(posts, comments, by=every, zone=zone, completeness=completeness)
    columns = {"without": "str", "dimension": "str", "dimension_rank": "float64", **NUMBERS}
    after = {"last": "int64", "p": "float64", "p_alike": "float64", "method": "str"}
    rows = partial(_rank_rows, unit=every, permutations=permutations, draws=draws, seed=seed)
    return result_table(found, by, rows, columns | after)


def _rank_rows(part, unit, permutations, draws, seed):
    """Five rows of one group for each indicator left out, none first."""
    rows = []
    for without in ("", *(name for _dimension, name in INDICATORS)):
        others = part[part.indicator != without]
        scores = others.groupby([*unit, "dimension"], dropna=False).practice_indicator.mean().unstack()
        ranks = rankdata(-scores[list(DIMENSIONS)].dropna(), axis=1)
        table = _mean_ranks(ranks, permutations, draws, seed) if len(ranks) else [_UNKNOWN] * len(DIMENSIONS)
        rows += [{"without": without, "dimension": name} | row for name, row in zip(DIMENSIONS, table, strict=True)]
    return rows


_UNKNOWN = {"n": 0, "last": 0, "method": "not available: no unit of which all five dimensions are known"}


def _mean_ranks(ranks, permutations, draws, seed):
    """Mean place of each dimension with its interval over units, how often last, and the two kinds of p."""
    n, rng = len(ranks), np.random.default_rng(seed)
    mean, last = ranks.mean(axis=0), (ranks == ranks.max(axis=1, keepdims=True)).sum(axis=0)
    p, alike = _chance(ranks, mean, permutations, rng)
    method = f"{too_few(n, 'units') or 'units drawn again'}; places permuted within units"
    fields = {"n": n, "p_alike": alike, "method": method}
    low, high = percentiles(mean, rng.multinomial(n, np.full(n, 1 / n), size=draws) @ ranks / n, n)
    if n < 2:
        low = high = p = np.full(len(mean), np.nan)
        fields |= {"p_alike": np.nan, "method": "one unit: its own places, no interval"}
    cells = zip(mean, low, high, last, p, strict=True)
    return [fields | dict(zip(("dimension_rank", "low", "high", "last", "p"), row, strict=True)) for row in cells]


def _chance(ranks, mean, permutations, rng):
    """p of each dimension, adjusted, and of all five together."""
    n, middle = len(ranks), (ranks.shape[1] + 1) / 2
    chunk, far, wide = max(1, CELLS // ranks.size), np.zeros(ranks.shape[1]), 0
    for first in range(0, permutations, chunk):
        many = min(chunk, permutations - first)
        drawn = rng.permuted(np.tile(ranks, (many, 1, 1)), axis=2).sum(axis=1) / n - middle
        far += (np.abs(drawn) >= np.abs(mean - middle) - MATERIAL).sum(axis=0)
        wide += int(((drawn**2).sum(axis=1) >= ((mean - middle) ** 2).sum() - MATERIAL).sum())
    return false_discovery_control((1 + far) / (1 + permutations)), (1 + wide) / (1 + permutations)
