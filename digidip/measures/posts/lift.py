"""Lift: what goes with a medium or a feature of a post, within accounts and within events; association, never effect."""

from itertools import combinations_with_replacement

import numpy as np
from scipy.stats import wilcoxon

from digidip.measures._registry import measure
from digidip.measures.posts._count_models import rate_ratio_rows
from digidip.measures.posts._media import FEATURES, event_names, main_medium, media_posts, with_features
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._counts import divide
from digidip.measures.statistics._intervals import jackknife_interval, too_few
from digidip.measures.statistics._result_table import NUMBERS, day_method, result_table, with_adjusted_p
from digidip.tables import TableError

COUNTS = ("like_count", "comment_count", "repost_count")
TOLD, MAIN = (
    ("text", "link"),
    "main medium",
)  # what features are told by; the term of `main_medium`, beside posts.medium


@measure(unit="ratio of means", keys=("count", "term", "level"), columns=("p", "p_adjusted", "exposure", "method"))
def engagement_rate_ratio(
    posts,
    entities=None,
    *,
    counts=COUNTS,
    terms=("medium",),
    against="text",
    per_follower=True,
    in_order=False,
    by="ministry",
    zone="UTC",
):
    """How many times more likes, comments or reposts posts of one kind draw, account by account.

    Formula: exp(beta) of a Poisson model, log mean = an effect of each account + Σ beta (+ log followers at the time of the
    post, where known of every post), by maximum likelihood: right for any counts whose means are as the model says. Interval
    and `p`: beta refitted without each day of an account; t with at most the days of the rarer level, less 1. With
    `in_order`: local days, neighbours together. `p_adjusted`: Holm, over all rows of the table.
    **Unit** ratio of means. **Reads** posts.medium, text, link, posted_at, repost_of_id, follower_count, the counts; entities of
    kind medium. **Source** Wooldridge 1999 (doi:10.1016/S0304-4076(98)00033-5); MacKinnon, Nielsen and Webb 2023
    (doi:10.1016/j.jeconom.2022.04.001); Holm 1979; docs/methods.md#lift.
    **Caution** Association, not effect: a ministry films what matters anyway, and platforms rank media differently. Days of an
    account are taken as independent: where what is posted and how it is received drift together, the interval is too
    narrow, and `in_order` says so. Counts age; each is of its day of collection. None from fewer than eight days.
    Parameters: `posts`, `entities` (several media of a post); `counts`, columns of posts; `terms`: medium, weekday, hour, any of
    digit, hashtag, link, photo, quotation, video, or a column of posts; `against`, the level others are compared with, else
    the commonest; `per_follower`; `in_order`; `by`, `zone`.
    Returns the group columns, `count`, `term`, `level`, `engagement_rate_ratio`, `n` (posts of the level), `low`, `high`, `p`,
    `p_adjusted`, `exposure` (followers, or why not), `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "x", "account_id": list("aabb"), "post_id": list("1234"),
    ...     "posted_at": "2016-03-07", "medium": ["text", "photo"] * 2, "repost_of_id": None, "text": "", "link": None,
    ...     "follower_count": None, "like_count": [2, 4, 10, 20]})
    >>> engagement_rate_ratio(posts, counts="like_count")[["level", "engagement_rate_ratio"]].round(6).values.tolist()
    [['photo', 2.0], ['text', 1.0]]
    """
    by, terms, counts = group_columns(by), group_columns(terms), group_columns(counts)
    made = {MAIN, "medium", "weekday", "hour", *FEATURES}
    terms = [MAIN if term == "medium" else term for term in terms]
    frame = media_posts(
        posts, entities, by, zone, *counts, *TOLD, "follower_count", *(t for t in terms if t not in made)
    )
    frame = with_features(frame.assign(**{MAIN: main_medium(frame.media)}))

    def rows(part):
        found = []
        for count in counts:
            followers = part.dropna(subset=count).follower_count.gt(0).fillna(False)
            times, how = _exposure(followers, per_follower)
            given = {
                "count": count,
                "account": "account",
                "baseline": against,
                "exposure": times,
                "in_order": in_order,
            }
            for row in rate_ratio_rows(part, terms, name="engagement_rate_ratio", **given):
                found.append(row | {"count": count, "term": row["term"].removeprefix("main "), "exposure": how})
        return found

    types = {"count": "str", "term": "str", "level": "str", "engagement_rate_ratio": "float64", **NUMBERS}
    types |= {"p": "float64", "exposure": "str", "method": "str"}
    return with_adjusted_p(result_table(frame, by, rows, types), "holm")


def _exposure(is_known, wanted):
    """The column of exposure, and what the table says of it."""
    if not wanted:
        return None, "none, as asked"
    if is_known.all() and len(is_known):
        return "follower_count", "followers when posted"
    return None, f"none: followers when posted known of {is_known.sum():,} of {len(is_known):,} posts"


@measure(unit="mean / mean of the account", keys=("count", "feature"), columns=("without", "method"))
def feature_lift(posts, entities=None, *, counts=("repost_count",), features=FEATURES, by="ministry", zone="UTC"):
    """How posts with a feature fare against the mean of their account: 1 is as usual.

    Formula: Σ acts of the posts with it / Σ means of their accounts, over the posts with it. Interval: t of the logarithm,
    each local day left out in turn, days in order. It is the lift that Twitter printed in 2014.
    **Unit** mean / mean of the account. **Reads** posts.medium, text, link, posted_at, repost_of_id, the counts; entities of kind
    medium. **Source** Rogers 2014 (https://blog.x.com/official/en_us/a/2014/what-fuels-a-tweets-engagement.html);
    docs/methods.md#lift.
    **Caution** The mean of the account holds the posts with the feature too, so where nearly all have it the lift is near 1
    whatever it does. Features go together, with each other and with what is told: one at a time is no model.
    Parameters: `posts`, `entities`; `counts`, columns of posts; `features` of digit, hashtag, link, photo, quotation, video.
    Returns the group columns, `count`, `feature`, `feature_lift`, `n` (posts with it), `low`, `high`, `without` (posts), `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "x", "account_id": list("aabb"), "post_id": list("1234"),
    ...     "posted_at": "2016-03-07", "medium": ["text", "photo"] * 2, "repost_of_id": None, "text": "", "link": None,
    ...     "repost_count": [2, 4, 10, 20]})
    >>> feature_lift(posts, features="photo")[["feature_lift", "n"]].round(4).values.tolist()  # 24 / (3 + 15)
    [[1.3333, 2.0]]
    """
    by, counts, features = group_columns(by), group_columns(counts), group_columns(features)
    if unknown := set(features) - set(FEATURES):
        raise TableError(f"features must be of {', '.join(FEATURES)}, not {sorted(unknown)[0]!r}.")
    frame = with_features(media_posts(posts, entities, by, zone, *counts, *TOLD))

    def rows(part):
        return [_lift_row(part.dropna(subset=[count]), count, feature) for count in counts for feature in features]

    columns = {
        "count": "str",
        "feature": "str",
        "feature_lift": "float64",
        **NUMBERS,
        "without": "int64",
        "method": "str",
    }
    return result_table(frame, by, rows, columns)


def _lift_row(part, count, feature):
    """The row of one count and feature; sums by day: of posts with it, and of posts and acts of each account."""
    part = part.dropna(subset=feature)
    has = part[feature].astype(float)
    fields = {"count": count, "feature": feature, "n": int(has.sum()), "without": int(len(has) - has.sum())}
    acts = part[count].astype(float)
    if not has.any() or not acts.any():
        return fields | {"method": "not defined: no post with it" if not has.any() else "not defined: nothing counted"}
    parts = {"acts": acts, "posts": 1.0, "with": has}
    cells = (
        part[["day", "account"]]
        .assign(**parts)
        .pivot_table(index="day", columns="account", values=list(parts), aggfunc="sum", fill_value=0.0)
    )
    own = (acts * has).groupby(part.day).sum().reindex(cells.index).to_numpy()
    k = cells.shape[1] // 3

    def lift(sums):
        acts, posts, having = sums[:, 1 : k + 1], sums[:, k + 1 : 2 * k + 1], sums[:, 2 * k + 1 :]
        expected = np.nan_to_num(divide(acts, posts)) * having
        return divide(sums[:, 0], expected.sum(axis=1))

    table = np.column_stack([own, *(cells[name] for name in parts)])
    value, low, high = jackknife_interval(lift, table, "log")
    return fields | {"feature_lift": value, "low": low, "high": high, "method": day_method(value, low, len(table))}


@measure(unit="ratio", keys=("count", "comparison"), columns=("p", "p_adjusted", "left_out", "method"))
def within_event_ratio(
    posts,
    entities=None,
    *,
    counts=COUNTS,
    media=("photo", "video"),
    against="text",
    on="hashtag",
    by="ministry",
    zone="UTC",
):
    """How many times more posts with a medium draw than others of the same account on the same event.

    Formula: of each event and account with both, the logarithm of the ratio of their means, each plus ½; the Hodges-Lehmann
    estimate, the median of all means of two of these logarithms, then exp. Interval: the exact one of Wilcoxon's signed ranks;
    `p` its test. `p_adjusted`: Holm, over all rows.
    **Unit** ratio. **Reads** posts.medium, text, link, posted_at, repost_of_id, the counts; entities of kind medium.
    **Source** Hodges and Lehmann 1963 (doi:10.1214/aoms/1177704172); docs/methods.md#lift.
    **Caution** An event is what shares a hashtag, or a link: a hashtag of the house is no event, and one event may have
    several. Within an event the ministry still chooses what to show. Events without both are left out and counted; none from
    fewer than eight events.
    Parameters: `posts`, `entities`; `counts`, columns of posts; `media` of which each is compared; `against`, the kind of post they
    are compared with; `on` "hashtag" or "link"; `by`, `zone`.
    Returns the group columns, `count`, `comparison`, `within_event_ratio`, `n` (events of an account), `low`, `high`, `p`,
    `p_adjusted`, `left_out` (events without both), `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "x", "account_id": "a", "post_id": [str(n) for n in range(6)],
    ...     "posted_at": "2016-03-07", "medium": ["text", "photo"] * 3, "repost_of_id": None, "link": None,
    ...     "text": ["#a", "#a", "#b", "#b", "#c", "#c"], "like_count": [10, 20, 30, 61, 4, 9]})
    >>> within_event_ratio(posts, counts="like_count", media="photo")[["within_event_ratio", "n"]].round(3).values.tolist()
    [[2.023, 3.0]]
    """
    by, counts, media = group_columns(by), group_columns(counts), group_columns(media)
    if on not in ("hashtag", "link"):
        raise TableError(f"on must be 'hashtag' or 'link', not {on!r}.")
    frame = media_posts(posts, entities, by, zone, *counts, *TOLD)
    frame = frame.assign(kind=main_medium(frame.media), event=event_names(frame, on)).explode("event")

    def rows(part):
        return [_event_row(part, count, kind, against) for count in counts for kind in media]

    types = {"count": "str", "comparison": "str", "within_event_ratio": "float64", **NUMBERS}
    types |= {"p": "float64", "left_out": "int64", "method": "str"}
    return with_adjusted_p(result_table(frame, by, rows, types), "holm")


def _event_row(part, count, kind, against):
    """The row of one count and comparison."""
    part = part[part.kind.isin([kind, against])].dropna(subset=[count, "event"])
    means = (
        part.assign(acts=part[count].astype(float)).groupby(["account", "event", "kind"]).acts.mean().unstack("kind")
    )
    both = means.reindex(columns=[kind, against]).dropna()
    logs = np.log((both[kind] + 0.5) / (both[against] + 0.5)).to_numpy()
    fields = {"count": count, "comparison": f"{kind} to {against}", "n": len(logs), "left_out": len(means) - len(logs)}
    if not len(logs):
        return fields | {"method": "not defined: no event with both"}
    walsh = np.sort([sum(pair) / 2 for pair in combinations_with_replacement(logs, 2)])
    value = float(np.exp(np.median(walsh)))
    if few := too_few(len(logs), "events"):
        return fields | {"within_event_ratio": value, "method": few}
    outer = _signed_rank_quantile(len(logs))
    low, high = np.exp([walsh[outer], walsh[-1 - outer]])
    p = wilcoxon(logs).pvalue if logs.any() else 1.0
    return fields | {
        "within_event_ratio": value,
        "low": low,
        "high": high,
        "p": p,
        "method": "Wilcoxon's signed ranks, exact",
    }


def _signed_rank_quantile(n):
    """How many of the ordered means of two lie outside a 95 % interval at each end: P(W ≤ k - 1) ≤ .025 at most.

    >>> _signed_rank_quantile(8), _signed_rank_quantile(10)  # W 3 of 36 and 8 of 55 (Wilcoxon 1945)
    (3, 8)
    """
    ways = np.ones(1)
    for rank in range(1, n + 1):
        ways = np.pad(ways, (0, rank)) + np.pad(ways, (rank, 0))
    below = np.cumsum(ways) / ways.sum()
    return int((below <= 0.025).sum()) - 1
