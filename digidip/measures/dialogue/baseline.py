"""Baseline: what ministries return, beside ordinary institutions of like size on the same platform."""

from functools import partial

import numpy as np
import pandas as pd
from ibis import _

from digidip.measures._registry import measure
from digidip.measures.dialogue.conversation import SEED
from digidip.measures.dialogue.orientation import broadcast_share
from digidip.measures.statistics._columns import ACCOUNT, POST, canonical, group_columns
from digidip.measures.statistics._comment_queries import COMPLETENESS, UNTESTABLE
from digidip.measures.statistics._intervals import difference, percentiles, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p
from digidip.tables import TableError

STATISTICS = {  # what is returned -> counts in the baseline: of how many, how many
    "comments answered": ("comment_count", "answered_count"),
    "mentions returned": ("mentioned_count", "returned_count"),
}
SIZE = ["follower_count", "posting_rate"]
NO_BASELINE = "not available: no ordinary institution of this platform in the baseline"
NO_FOLLOWERS = "not available: no follower count held"
NOTHING = "not available: nothing is known that could be returned"


@measure(
    unit="difference of shares, -1 to 1", keys=("statistic",), columns=("own", "matched", "p", "p_adjusted", "method")
)
def reciprocity_gap(
    posts,
    comments,
    metrics,
    baseline,
    *,
    entities=None,
    by="ministry",
    matches=3,
    permutations=9999,
    draws=9999,
    seed=SEED,
    completeness=COMPLETENESS,
):
    """How far what an account returns lies from what ordinary institutions of like size return.

    Formula: mean over accounts of the account's share less the share of its `matches` nearest institutions together: top-
    level comments by others answered; of the accounts held that it mentions, those that mention it. Nearest: by log
    followers and log own posts per week, each over its spread in the platform's baseline. Interval: one account, Newcombe's;
    eight or more, percentiles over accounts drawn again, expanded by t. p: signs of the accounts' gaps turned,
    (1 + hits) / (1 + permutations).
    **Unit** difference of shares, -1 to 1. **Reads** as `broadcast_share`; metrics.follower_count; entities of kind
    mention; baseline (data/reference/README.md). **Source** Rubin 1973 (doi:10.2307/2529684); Newcombe 1998;
    docs/methods.md#baseline; docs/claims-and-studies.md#m18.
    **Caution** Whoever chooses the institutions chooses the answer: take them by a rule, from one platform and period.
    Matching on size takes away size alone. Accounts without followers or baseline are left out. The interval of one
    account takes comments as independent.
    Parameters: `posts`, `comments`, `metrics`; `baseline`, a reference table; `entities`, else mentions are not available;
    `by`, columns of posts; `matches`; `permutations`, `draws`, `seed`; `completeness` as in
    `broadcast_share`.
    Returns the group columns, `statistic` (comments answered, mentions returned), `reciprocity_gap`, `n` (accounts),
    `low`, `high`, `own`, `matched` (mean shares), `p`, `p_adjusted` (Benjamini and Hochberg), `method`.

    >>> ids = {"platform": "x", "account_id": "a", "post_id": ["1", "1"]}
    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "post_id": ["1"], "text": None,
    ...     "posted_at": "2016-01-01", "reply_to_id": None, "reply_to_account_id": None, "repost_of_id": None,
    ...     "export_tells_replies": True})
    >>> comments = pd.DataFrame({**ids, "comment_id": ["c", "d"], "parent_id": [None, "c"], "is_official": [False, True]})
    >>> metrics = pd.DataFrame({"platform": "x", "account_id": "a", "observed_at": "2016-01-01", "follower_count": [50]})
    >>> museum = pd.DataFrame({"platform": "x", "account_id": ["m"], "kind": "museum", "follower_count": 40,
    ...     "posting_rate": 2.0, "comment_count": 4, "answered_count": 1, "mentioned_count": None, "returned_count": None})
    >>> reciprocity_gap(posts, comments, metrics, museum)[["statistic", "own", "matched", "reciprocity_gap"]].values.tolist()
    [['comments answered', 1.0, 0.25, 0.75], ['mentions returned', nan, nan, nan]]
    """
    if matches < 1:
        raise TableError(f"matches: found {matches}. Expected: 1 or more institutions for each account.")
    accounts = list(dict.fromkeys([*group_columns(by), *ACCOUNT]))
    own = broadcast_share(posts, comments, by=accounts, completeness=completeness).merge(
        _followers(metrics), "left", ACCOUNT
    )
    answered = {
        "comment_count": own.asked.where(own.asked > 0),
        "answered_count": (own.answered_share * own.asked).round(),
    }
    own = (
        own.rename(columns={"weekly": "posting_rate"})
        .assign(**answered)
        .merge(_returned(posts, entities), "left", ACCOUNT)
    )
    ordinary = _numbers(baseline)
    gaps = pd.concat([_gaps(own, ordinary, name, matches) for name in STATISTICS], ignore_index=True)
    columns = {"statistic": "str", "reciprocity_gap": "float64", **NUMBERS}
    after = {"own": "float64", "matched": "float64", "p": "float64", "method": "str"}
    rows = partial(_rows, permutations=permutations, draws=draws, seed=seed)
    return with_adjusted_p(result_table(gaps.sort_values(accounts), group_columns(by), rows, columns | after))


def _followers(metrics):
    """The last follower count of each account."""
    held = canonical(metrics, "metrics", [*ACCOUNT, "observed_at", "follower_count"])
    last = held.filter(_.follower_count.notnull()).group_by(ACCOUNT)
    return last.agg(follower_count=_.follower_count.argmax(_.observed_at)).to_pandas()


def _returned(posts, entities):
    """Accounts held that each account mentions, and how many of these mention it; reposts left out."""
    names = [*ACCOUNT, "mentioned_count", "returned_count"]
    if entities is None:
        return pd.DataFrame(columns=names).astype(dict.fromkeys(ACCOUNT, "str"))
    own = canonical(posts, "posts", [*POST, "account_id", "repost_of_id"]).filter(_.repost_of_id.isnull())
    named = canonical(entities, "entities", [*POST, "kind", "value"]).filter(_.kind == "mention")
    pairs = named.inner_join(own, POST).select("platform", "account_id", target=_.value).distinct().to_pandas()
    held = canonical(posts, "posts", ACCOUNT).distinct().to_pandas()
    ties = pairs[pairs.account_id != pairs.target].merge(held.rename(columns={"account_id": "target"}))
    back = ties.rename(columns={"account_id": "target", "target": "account_id"}).assign(is_returned=True)
    table = ties.merge(back, "left", [*ACCOUNT, "target"]).groupby(ACCOUNT).is_returned.agg(["size", "count"])
    return table.reset_index().set_axis(names, axis=1)


def _numbers(baseline):
    """The baseline in pandas, its numbers as floats; a column it lacks is an error."""
    names = ["platform", "account_id", *SIZE, *(name for pair in STATISTICS.values() for name in pair)]
    if absent := [name for name in names if name not in baseline.columns]:
        raise TableError(f"baseline: no column {absent[0]!r}. Expected: {', '.join(names)}.")
    frame = baseline[names] if isinstance(baseline, pd.DataFrame) else baseline[names].to_pandas()
    return frame.astype({"platform": "str", **dict.fromkeys(names[2:], "float64")}).sort_values(names[:2])


def _gaps(own, ordinary, statistic, matches):
    """Every account with what it returns, what its institutions return, and why it has no gap if so."""
    of, events = STATISTICS[statistic]
    known = ordinary[(ordinary[of] > 0) & ordinary[events].notna() & (ordinary[SIZE] > 0).all(axis=1)]
    peers = dict(list(known.groupby("platform")))
    sums = [_matched(row, peers.get(row["platform"]), (of, events), matches) for row in own.to_dict("records")]
    table = own.assign(statistic=statistic, events=own[events].astype(float), of=own[of].astype(float))
    table[["matched_events", "matched_of"]] = np.array(sums, dtype=float).reshape(-1, 2)
    reason = pd.Series("", own.index).mask(table.matched_of.isna(), NO_BASELINE)
    reason = reason.mask(own.follower_count.isna() | own.posting_rate.isna(), NO_FOLLOWERS)
    nothing = own["method"].where(
        own["method"].str.startswith(UNTESTABLE) & (statistic == "comments answered"), NOTHING
    )
    return table.assign(reason=reason.mask(table["of"].isna(), nothing))


def _matched(row, peers, columns, matches):
    """What the institutions nearest in size return, and of how many; missing without any."""
    of, events = columns
    size = np.array([row[name] for name in SIZE], dtype=float)
    if peers is None or not (size > 0).all():
        return np.nan, np.nan
    logs = np.log(peers[SIZE].to_numpy())
    spread = logs.std(axis=0)
    far = (((logs - np.log(size)) / np.where(spread > 0, spread, 1)) ** 2).sum(axis=1)
    nearest = peers.iloc[np.argsort(far, kind="stable")[:matches]]
    return nearest[events].sum(), nearest[of].sum()


def _rows(part, permutations, draws, seed):
    """A row for each statistic of one group."""
    return [{"statistic": name} | _gap(part[part.statistic == name], permutations, draws, seed) for name in STATISTICS]


def _gap(accounts, permutations, draws, seed):
    """The mean gap of the accounts with its interval and p, or why there is none."""
    known = accounts[accounts.reason == ""]
    if known.empty:
        return {"n": 0, "method": accounts.reason.min()}
    own, matched = known.events / known["of"], known.matched_events / known.matched_of
    gaps, n, rng = (own - matched).to_numpy(), len(known), np.random.default_rng(seed)
    fields = {"reciprocity_gap": gaps.mean(), "n": n, "own": own.mean(), "matched": matched.mean()}
    if n == 1:
        _value, low, high = difference(*known[["events", "of", "matched_events", "matched_of"]].iloc[0].astype(int))
        return fields | {"low": low, "high": high, "method": "one account: Newcombe"}
    low, high = percentiles(gaps.mean(), rng.multinomial(n, np.full(n, 1 / n), size=draws) @ gaps / n, n)
    turned = rng.choice([-1, 1], size=(permutations, n)) @ gaps / n
    p = (1 + (np.abs(turned) >= abs(gaps.mean()) - 1e-9).sum()) / (1 + permutations)
    method = f"{too_few(n, 'accounts') or 'accounts drawn again'}; signs turned"
    return fields | {"low": low, "high": high, "p": p, "method": method}
