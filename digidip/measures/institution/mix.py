"""The communication mix: shares of what is published by period, and whether they changed at once."""

import numpy as np
import pandas as pd

from digidip.measures._registry import measure
from digidip.measures.institution._series import series_without_change, with_hashtags
from digidip.measures.statistics._columns import group_columns, local_posts
from digidip.measures.statistics._intervals import share_row, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p
from digidip.tables import TableError

PERIODS = {"month": "M", "quarter": "Q"}
OF = ("medium", "lang", "platform", "account_id", "hashtag")
SHORTEST, LEAST = 4, 12  # periods on each side of a split; periods with posts, from which one is looked for
NOTHING = "not available: of no post it is known"


@measure(unit="share of posts", keys=("kind", "period"), columns=("method",))
def mix_share(posts, *, of="medium", period="month", by="ministry", zone="UTC"):
    """Which share of the posts of each period is of each medium, language, platform, or account.

    Formula: own posts of the kind / own posts of which the kind is known, in each period. Interval: Wilson.
    **Unit** share of posts. **Reads** posts.posted_at, repost_of_id, and the column `of` (of hashtags, text). **Source** Wilson 1927
    (doi:10.1080/01621459.1927.10502953); docs/methods.md#mix.
    **Caution** What was published, of the communication nothing else. The interval takes posts of a period as independent. Exports of
    different tools have different words for media: a change of tool looks like a change of mix. A post with several hashtags counts for each.
    Parameters: `posts`; `of`, medium, lang, platform, account_id or hashtag; `period`, month or quarter; `by`, columns of posts; `zone`.
    Returns the group columns, `kind`, `period`, `mix_share`, `n` (posts of the period), `low`, `high`, `method`.

    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": ["2016-01-01", "2016-01-02", "2016-02-01"], "repost_of_id": None,
    ...     "medium": ["photo", "video", "photo"]})
    >>> mix_share(posts)[["kind", "period", "mix_share"]].values.tolist()
    [['photo', '2016-01', 0.5], ['photo', '2016-02', 1.0], ['video', '2016-01', 0.5], ['video', '2016-02', 0.0]]
    """

    def rows(part):
        counts = _counts(part, of, period)
        if counts.empty:
            return [{"kind": "", "period": "", "n": 0, "method": NOTHING}]
        sizes = counts.sum(axis=1)
        return [
            {"kind": kind, "period": str(each), **share_row("mix_share", int(counts.at[each, kind]), int(sizes[each]))}
            for kind in counts
            for each in counts.index
        ]

    columns = {"kind": "str", "period": "str", "mix_share": "float64", **NUMBERS, "method": "str"}
    return result_table(_own_posts(posts, of, period, by, zone), group_columns(by), rows, columns)


@measure(
    unit="share of posts",
    keys=("of",),
    columns=("changed_at", "most_changed", "correlation", "p", "p_adjusted", "posts", "method"),
)
def mix_change(posts, *, of=("medium", "lang"), period="month", by="ministry", zone="UTC", draws=999, seed=35):
    """By how much the mix of posts differs before and after its most likely change.

    Formula: half the sum over kinds of |share after - share before|, at the split that takes away most of the squares of the roots of
    the shares of all periods, four on each side at least. p, (1 + hits) / (1 + draws), the larger of two: periods permuted; normal
    series without a change, of the same covariance and correlation at lag 1. `p_adjusted`: Benjamini and Hochberg.
    **Unit** share of posts. **Reads** posts.posted_at, repost_of_id, medium, lang, platform, account_id, text (hashtags). **Source** Aue and Horváth 2013
    (doi:10.1111/j.1467-9892.2012.00819.x); docs/methods.md#mix; docs/methods.md#change.
    **Caution** Of the communication mix alone: no number here is of the DNA of diplomacy. A split is found in any series, so only p
    speaks for it, and the size at the split found is too large. A slow drift looks like a change; so does a change of tool. No p from
    fewer than twelve periods with posts.
    Parameters: `posts`; `of`, of medium, lang, platform, account_id, hashtag; `period`, month or quarter; `by`, columns of posts; `zone`; `draws`, `seed`.
    Returns the group columns, `of`, `mix_change`, `n` (periods with posts), `low`, `high` (missing), `changed_at` (first period
    after), `most_changed` (kind), `correlation` (of neighbouring periods), `p`, `p_adjusted`, `posts`, `method`.

    >>> months = pd.date_range("2015-01-01", periods=12, freq="MS").repeat(2)
    >>> posts = pd.DataFrame({"ministry": "PER", "posted_at": months, "repost_of_id": None,
    ...     "medium": ["photo", "video"] * 6 + ["video", "video"] * 6})
    >>> mix_change(posts, of="medium")[["mix_change", "changed_at", "most_changed"]].values.tolist()
    [[0.5, '2015-07', 'photo']]
    """
    parts = [
        result_table(
            _own_posts(posts, each, period, by, zone),
            group_columns(by),
            lambda part, each=each: [{"of": each, **_change(_counts(part, each, period), draws, seed)}],
            {"of": "str", "mix_change": "float64", **NUMBERS, "changed_at": "str", "most_changed": "str"}
            | {"correlation": "float64", "p": "float64", "posts": "int64", "method": "str"},
        )
        for each in group_columns(of)
    ]
    table = pd.concat(parts, ignore_index=True).sort_values(group_columns(by), kind="stable", ignore_index=True)
    return with_adjusted_p(table)


def _own_posts(posts, of, period, by, zone):
    """Posts but reposts, with `period` of the local day."""
    if of not in OF or period not in PERIODS:
        raise TableError(
            f"of and period: found {of!r} and {period!r}. Expected: {', '.join(OF)}, and {' or '.join(PERIODS)}."
        )
    by, column = group_columns(by), "text" if of == "hashtag" else of
    frame = local_posts(posts, by, zone, "repost_of_id", *[column] * (column not in by))
    own = frame[frame.repost_of_id.isna()].assign(period=lambda own: own.local.dt.to_period(PERIODS[period]))
    return with_hashtags(own, of) if of == "hashtag" else own


def _counts(part, of, period):
    """Posts of each period with a known kind: a row for each, a column for each kind."""
    known = part.dropna(subset=of)
    return pd.crosstab(known["period"], known[of].astype("str")) if len(known) else pd.DataFrame()


def _change(counts, draws, seed):
    """The row of one table of counts."""
    nothing = {"changed_at": "", "most_changed": "", "n": len(counts), "posts": int(counts.to_numpy().sum())}
    if counts.empty:
        return nothing | {"method": NOTHING}
    if len(counts) < LEAST or counts.shape[1] < 2:
        few = f"not defined: fewer than {LEAST} periods with posts"
        return nothing | {"n": 0, "method": few if len(counts) < LEAST else "not defined: all posts are of one kind"}
    roots = np.sqrt(counts.div(counts.sum(axis=1), axis=0).to_numpy())
    centred = roots - roots.mean(axis=0)
    if not (centred**2).sum() > 1e-12:
        return nothing | {"n": 0, "method": "not defined: every period the same"}
    split = SHORTEST + int(np.argmax(_gains(centred[None])[0]))
    shares = [side.sum() / side.to_numpy().sum() for side in (counts.iloc[:split], counts.iloc[split:])]
    moved = (shares[1] - shares[0]).abs()
    p, correlation = _chance(centred, counts.index.asi8 if hasattr(counts.index, "asi8") else None, draws, seed)
    return nothing | {
        "mix_change": moved.sum() / 2,
        "changed_at": str(counts.index[split]),
        "most_changed": str(moved.idxmax()),
        "correlation": correlation,
        "p": p,
        "method": too_few(len(counts), "periods") or "no interval: the split was found in the same data",
    }


def _gains(series):
    """Squares that each split takes away, of centred series (series × periods × kinds)."""
    n = series.shape[1]
    at = np.arange(SHORTEST, n - SHORTEST + 1)
    sums = series.cumsum(axis=1)[:, at - 1]
    return (sums**2).sum(axis=2) * n / (at * (n - at))


def _chance(centred, at, draws, seed):
    """How often series without a change have a split that takes away as large a part, and the correlation of neighbours."""
    rng, n = np.random.default_rng(seed), len(centred)
    normal, rho = series_without_change(centred, at, draws, rng)
    permuted = centred[np.argsort(rng.random((draws, n)), axis=1)]
    found = _part(centred[None])[0]
    hits = max((_part(each - each.mean(axis=1, keepdims=True)) >= found - 1e-12).sum() for each in (permuted, normal))
    return float((1 + hits) / (1 + draws)), rho


def _part(series):
    """The part of the squares of each series that its best split takes away."""
    return _gains(series).max(axis=1) / (series**2).sum(axis=(1, 2))
