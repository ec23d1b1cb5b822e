"""Amplification and openness: who repeats a ministry's posts, and how much of an agenda is told in public."""

import re

import numpy as np
import pandas as pd
from ibis import _

from digidip.measures._registry import measure
from digidip.measures.statistics._codings import coded
from digidip.measures.statistics._columns import canonical, group_columns, post_rows, to_pandas
from digidip.measures.statistics._counts import gini, top_share
from digidip.measures.statistics._intervals import percentiles, share_interval, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table

NONE_HELD = "not available: no reposts by others are held"
TOPS = {"top 1 %": 0.01, "top 10 %": 0.1}


@measure(unit="Gini index, or share of reposts", keys=("statistic",), columns=("reposts", "method"), people=("n",))
def amplifier_share(follows, *, by=(), tie="repost", draws=999, seed=0):
    """Share of all reposts that the most active accounts made, and how unequal accounts are.

    Formula: 1 - L(1 - top), L the Lorenz curve over accounts that repeated something (an account on the edge counts in part); Gini
    index. Interval: accounts drawn again, percentiles widened by t.
    **Unit** Gini index, or share of reposts; n is the number of accounts that repeated something.
    **Reads** `follows`: source_id, target_id, tie, weight.
    **Source** Lorenz 1905; docs/methods.md#amplification; docs/methods.md#bootstrap.
    **Caution** Of fewer than a hundred accounts the top 1 % is part of one. A collection that stopped at a number of reposts for
    each post lacks most of the large ones. With so heavy tails the interval is too short: where the next such account comes,
    nobody has seen. Robots count as accounts.

    Parameters: `follows`; `by`, columns of it; `tie`, repost, or another kind; `draws`, `seed` of the bootstrap.
    Returns the group columns, `statistic`, `amplifier_share`, `n`, `low`, `high`, `reposts`, `method`.

    >>> ties = pd.DataFrame({"source_id": list("abcd"), "tie": "repost", "weight": [6.0, 1.0, 1.0, None]})
    >>> found = amplifier_share(ties.assign(platform="x", target_id="z", label="synthetic"), draws=99)
    >>> found.amplifier_share.round(4).tolist()  # .04 and .4 of the one who has 6 of 9; 15/36
    [0.0267, 0.2667, 0.4167]
    """
    by = group_columns(by)

    def rows(part):
        counts = part.reposts[part.reposts > 0].to_numpy()
        if not len(counts):
            return [{"statistic": name, "n": 0, "method": NONE_HELD} for name in (*TOPS, "Gini")]
        values, sizes = np.unique(counts, return_counts=True)
        drawn = np.random.default_rng(seed).multinomial(len(counts), sizes / len(counts), size=draws)
        few, found = too_few(len(counts), "accounts"), []
        functions = {name: lambda w, top=top: top_share(values, w, top) for name, top in TOPS.items()}
        for name, function in (functions | {"Gini": lambda w: gini(values, w)}).items():
            value = function(sizes[None].astype(float))[0]
            low, high = percentiles(value, function(drawn.astype(float)), len(counts))
            row = {
                "statistic": name,
                "amplifier_share": value,
                "n": len(counts),
                "low": float(low),
                "high": float(high),
            }
            found.append(row | {"reposts": int(counts.sum()), "method": few or f"{draws} bootstraps of accounts"})
        return found

    columns = {"statistic": "str", "amplifier_share": "float64", **NUMBERS, "reposts": "Int64", "method": "str"}
    return result_table(_amplifiers(follows, by, tie), by, rows, columns)


def _amplifiers(follows, by, tie):
    """How often each account that is tied to a selected one repeated something, 0 too."""
    ties = canonical(follows, "follows", [*by, "platform", "source_id", "target_id", "tie", "weight"])
    acts = (_.tie == tie).ifelse(_.weight.fill_null(1.0), 0.0)
    rows = to_pandas(ties.group_by(*by, "platform", "source_id").agg(reposts=acts.sum()))
    return rows.sort_values([*by, "platform", "source_id"], ignore_index=True)


@measure(
    unit="share of reposts",
    keys=("kind",),
    columns=("reposts", "unknown", "method"),
    limits="bounds, accounts of unknown kind all or none of this kind",
    people=("n",),
)
def spread_share(follows, codings, *, codebook="amplifiers", by=(), tie="repost"):
    """Share of reposts that each kind of account made, such as media or public: mediated or direct.

    Formula: reposts by accounts of the kind / reposts by accounts of known kind. Bounds: all accounts of unknown kind are of
    another kind, or all of this one.
    **Unit** share of reposts; n is the number of accounts of the kind.
    **Reads** `follows`: source_id, target_id, tie, weight; `codings`: item_id (the account), code (its kind).
    **Source** Horowitz and Manski 1995 (doi:10.2307/2951627) on bounds; docs/methods.md#amplification.
    **Caution** Who repeats is not who reads: a medium has more readers than a person. The bounds are no interval of chance; they
    are as wide as what is not known. An account whose coders differ is unknown.

    Parameters: `follows`; `codings`, as `store.reference("codings")`; `codebook` of the kinds; `by`, columns of
    `follows`; `tie`, repost, or another kind.
    Returns the group columns, `kind`, `spread_share`, `n`, `low`, `high`, `reposts`, `unknown` (reposts), `method`.

    >>> ties = pd.DataFrame({"source_id": list("abc"), "target_id": "z", "tie": "repost", "weight": [5.0, 3.0, 2.0]})
    >>> codings = pd.DataFrame({"item_id": ["a", "b"], "code": ["media", "public"], "codebook": "amplifiers"})
    >>> codings = codings.assign(variable="kind", coder="A", label="synthetic")
    >>> spread_share(ties.assign(platform="x", label="synthetic"), codings)[["kind", "spread_share", "low", "high"]].values.tolist()
    [['media', 0.625, 0.5, 0.7], ['public', 0.375, 0.3, 0.5]]
    """
    by = group_columns(by)
    kinds = (
        coded(codings, codebook)
        .groupby("item_id")
        .code.agg(lambda codes: codes.iloc[0] if codes.nunique() == 1 else None)
    )

    def rows(part):
        acts = part[part.reposts > 0]
        known = acts.dropna(subset="kind")
        if known.empty:
            lack = "not available: of none of these accounts the kind is coded" if len(acts) else NONE_HELD
            yield {"n": 0, "method": lack}
        total, all_known = acts.reposts.sum(), known.reposts.sum()
        for kind, own in known.groupby("kind"):
            mine, unknown = own.reposts.sum(), total - all_known
            row = {"kind": kind, "spread_share": mine / all_known, "n": len(own), "low": mine / total}
            row |= {"high": (mine + unknown) / total, "reposts": int(mine), "unknown": int(unknown)}
            yield row | {"method": f"{len(known)} of {len(acts)} accounts of known kind"}

    columns = {
        "kind": "str",
        "spread_share": "float64",
        **NUMBERS,
        "reposts": "Int64",
        "unknown": "Int64",
        "method": "str",
    }
    found = _amplifiers(follows, by, tie)
    return result_table(found.assign(kind=found.source_id.map(kinds)), by, rows, columns)


@measure(unit="share of agenda items", columns=("covered", "untagged", "method"))
def agenda_coverage(events, *, by=(), posts=None, kind="agenda item", margin=0):
    """Share of the items of an agenda about which the selected accounts posted while they lasted.

    Formula: items of which a post in [begin - margin, end + margin) has the hashtag / items with a hashtag. Interval: Clopper and
    Pearson's, exact.
    **Unit** share of agenda items; n is the number of items with a hashtag.
    **Reads** `events`: event, kind, hashtag, begins_at, ends_at; `posts`: posted_at, text.
    **Source** Clopper and Pearson 1934 (doi:10.1093/biomet/26.4.404); docs/methods.md#amplification.
    **Caution** A post is not openness: it may say that a meeting took place and no more. Items without a hashtag are left out and
    counted, and posts without it are not seen.

    Parameters: `events`, as `store.reference("events")`; `by`, columns of it; `posts`; `kind` of the events that are
    items; `margin`, days before and after.
    Returns the group columns, `agenda_coverage`, `n`, `low`, `high`, `covered`, `untagged`, `method`.

    >>> days = pd.to_datetime(["2020-01-01", "2020-01-05"], utc=True)
    >>> items = pd.DataFrame({"event": ["1", "2"], "kind": "agenda item", "hashtag": ["Item1", "Item2"], "begins_at": days})
    >>> posts = pd.DataFrame({"posted_at": days[:1] + pd.Timedelta(hours=9), "text": ["Now: #item1"]})
    >>> agenda_coverage(items.assign(ends_at=days + pd.Timedelta(days=1)), posts=posts)[["agenda_coverage", "n"]].values.tolist()
    [[0.5, 2.0]]
    """
    by = group_columns(by)
    dated_posts = None if posts is None else post_rows(posts, ["posted_at", "text"]).dropna(subset="text")
    around = pd.Timedelta(days=margin)

    def rows(part):
        items = part[part.kind.eq(kind)]
        tagged = items.dropna(subset="hashtag")
        row = {"n": len(tagged), "untagged": len(items) - len(tagged)}
        if dated_posts is None or tagged.empty:
            lack = "no posts are held" if dated_posts is None else f"no event of the kind {kind} has a hashtag"
            return [row | {"n": 0, "method": f"not available: {lack}"}]
        covered = sum(_is_covered(item, dated_posts, around) for item in tagged.itertuples())
        low, high = share_interval(covered, len(tagged), "beta")
        row |= {"agenda_coverage": covered / len(tagged), "low": low, "high": high, "covered": covered}
        return [row | {"method": "exact" if 0 < covered < len(tagged) else "exact, one-sided"}]

    columns = {"agenda_coverage": "float64", **NUMBERS, "covered": "Int64", "untagged": "Int64", "method": "str"}
    found = to_pandas(canonical(events, "events", [*by, "event", "kind", "hashtag", "begins_at", "ends_at"]))
    return result_table(found.sort_values([*by, "begins_at", "event"]), by, rows, columns)


def _is_covered(item, posts, around):
    """Whether one of the posts in the time of an item has its hashtag; an item without an end lasts a day."""
    end = item.begins_at + pd.Timedelta(days=1) if pd.isna(item.ends_at) else item.ends_at
    within = posts[posts.posted_at.ge(item.begins_at - around) & posts.posted_at.lt(end + around)]
    return bool(within.text.str.contains(rf"#{re.escape(item.hashtag.removeprefix('#'))}(?!\w)", case=False).any())
