"""Removals: how soon a post or a comment was gone, which no checking day tells, and what is removed or corrected more often.

What was seen is that an item was there on one day and gone on another. In between lies the removal.
"""

import numpy as np
import pandas as pd

from digidip.measures._registry import measure
from digidip.measures.institution._firth import profile
from digidip.measures.institution._turnbull import innermost, masses
from digidip.measures.statistics._codings import coded
from digidip.measures.statistics._columns import POST, canonical, group_columns, to_pandas
from digidip.measures.statistics._intervals import percentiles, resamples, share_interval, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p
from digidip.tables import TableError, smallest_cell

THERE, REMOVED, CORRECTED = "there", "removed", "corrected"
NO_STATE = "not available: no moderation state, for nobody checked whether it is still there"
DAY = pd.Timedelta(days=1)


def checked_items(codings, posts, comments=None, *, codebook="moderation"):
    """The checks of posts and comments, with what is known of each item: ministry, kind (post, comment), and when it was published.

    A check is a row of codings: `variable` the day, or the instant, of the check, `code` there, removed or corrected. What was
    never checked has one row without a check.

    >>> posts = pd.DataFrame({"platform": "x", "post_id": ["1", "2"], "ministry": "PER", "label": "synthetic",
    ...                       "posted_at": pd.to_datetime(["2018-05-02T10:00Z"] * 2)})
    >>> codings = pd.DataFrame([("moderation", "1", "2018-05-04", "a", "there")],
    ...                        columns=["codebook", "item_id", "variable", "coder", "code"])
    >>> checked_items(codings, posts)[["item_id", "kind", "variable"]].values.tolist()
    [['1', 'post', '2018-05-04'], ['2', 'post', nan]]
    """
    columns = ["ministry", "platform", "post_id", "label"]
    parts = [
        to_pandas(canonical(posts, "posts", [*columns, "posted_at"])).assign(kind="post", item_id=lambda f: f.post_id)
    ]
    if comments is not None:
        held = to_pandas(canonical(comments, "comments", [*columns, "comment_id", "is_official", "commented_at"]))
        held = held[~held.is_official.eq(True)].drop(columns="is_official")
        parts.append(held.rename(columns={"comment_id": "item_id", "commented_at": "posted_at"}).assign(kind="comment"))
    items = pd.concat(parts, ignore_index=True).rename(columns={"posted_at": "published_at"})
    rows = codings.loc[codings.codebook == codebook, ["item_id", "variable", "coder", "code"]]
    found = items.merge(rows, how="left", on="item_id").assign(codebook=codebook)
    return found.sort_values(["kind", "item_id", "variable", "coder"], ignore_index=True)


def _waits(codings, codebook, by, gone):
    """One row per item: group, `left` and `right`, days after publication between which it went; missing where never checked."""
    if "published_at" not in codings.columns:
        raise TableError("codings: no column 'published_at'. Expected: what `checked_items` gives. Take that.")
    frame = (
        coded(codings, codebook, None, [*by, "published_at"])
        if len(by)
        else coded(codings, codebook, None, ["published_at"])
    )
    begins = pd.to_datetime(frame.variable, utc=True, errors="coerce", format="ISO8601")
    if (strange := frame.code.notna() & begins.isna()).any():
        raise TableError(
            f"codings: {frame.variable[strange].iloc[0]!r} is no day of a check in codebook {codebook!r}. Expected: 2018-05-04."
        )
    is_day = frame.variable.astype(str).str.len().le(10)
    published = pd.to_datetime(frame.published_at, utc=True)
    frame["first"] = (begins - published) / DAY
    frame["last"] = frame["first"] + is_day  # a check of a day was at any of its moments
    is_gone, is_there = frame.code.isin(gone), frame.code.notna() & ~frame.code.isin(gone)
    keys = [*by, "item_id"]
    items = frame.groupby(keys, dropna=False).size().reset_index()[keys]
    right = frame[is_gone].groupby("item_id")["last"].min()
    left = frame[is_there].groupby("item_id")["first"].max()
    items["right"] = items.item_id.map(right)
    items["left"] = items.item_id.map(left).clip(lower=0)
    seen = items.right.notna() | items.left.notna()
    items["is_odd"] = (items.right <= items.left.fillna(0)) | (items.right < 0)  # gone, and there again
    items["left"] = items.left.fillna(0.0).where(seen)
    items["right"] = items.right.fillna(np.inf).where(seen)
    return items


@measure(unit="share of items", keys=("until",), columns=("after", "removed", "left_out", "method"))
def removed_share(codings, *, codebook="moderation", by="codebook", gone=(REMOVED,), k=None, draws=199, seed=41):
    """Which share of the items was removed by so many days after it was published.

    Formula: Turnbull's estimate, of the days between the last check that found an item and the first that did not; a row for each
    interval (`after`, `until`] that has mass, its value all mass up to `until`. Interval: outer points over items drawn again, the lower one
    halfway to that of the mass before the interval; none
    removed: exact one-sided bound at the median day of the last checks, of the items followed so long.
    **Unit** share of items. **Reads** codings: item_id, variable (day of the check), coder, code; published_at. **Source** Turnbull 1976
    (doi:10.1111/j.2517-6161.1976.tb01597.x); docs/methods.md#removals.
    **Caution** When within (`after`, `until`] is not known, and the checking day is not it. What was gone before it was collected is in no
    table, so early removals are missed; who removed it, author, page or platform, is not observed. One to k - 1 removed are not shown:
    a ministry's own posts are nobody's private affair, k = 1 shows them.
    Parameters: `codings`, those of `checked_items`; `codebook`; `by`, columns of codings; `gone`, the codes of what is removed; `k`, else
    the smallest cell; `draws`, `seed`.
    Returns the group columns, `until` (days), `removed_share`, `n` (items checked), `low`, `high`, `after`, `removed` (items),
    `left_out` (never checked, or there again), `method`.

    >>> seen = {"1": ("there", "removed"), "2": ("there", "there"), "3": ("removed", "removed"), "4": ("there", "there")}
    >>> rows = [("moderation", item, day, "a", code) for item, codes in seen.items()
    ...         for day, code in zip(("2018-05-03T00:00Z", "2018-05-09T00:00Z"), codes)]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"])
    >>> codings = codings.assign(published_at=pd.Timestamp("2018-05-02T00:00Z"), label="synthetic")
    >>> removed_share(codings, k=1)[["after", "until", "removed_share"]].values.tolist()
    [[0.0, 1.0, 0.25], [1.0, 7.0, 0.5]]
    """
    by, k = group_columns(by), smallest_cell() if k is None else k
    items = _waits(codings, codebook, by, gone)

    def rows(part):
        used = part[part.left.notna() & ~part.is_odd].sort_values(["left", "right"])
        fields = {"n": len(used), "left_out": len(part) - len(used)}
        if used.empty:
            return [fields | {"method": NO_STATE}]
        left, right = used.left.to_numpy(float), used.right.to_numpy(float)
        removed = int(np.isfinite(right).sum())
        if 0 < removed < k:
            return [{"n": 0, "left_out": 0, "method": f"not shown: fewer than {k} removed"}]
        fields["removed"] = removed
        if not removed:
            until = float(np.median(left))
            n = int((left >= until).sum())
            low, high = share_interval(0, n)
            words = f"none removed: exact, one-sided, of {n} followed so long"
            return [
                fields | {"until": until, "after": 0.0, "removed_share": 0.0, "low": low, "high": high, "method": words}
            ]
        cells = innermost(left, right)
        pairs, times = np.unique(np.column_stack([left, right]), axis=0, return_inverse=True)
        table = np.eye(len(pairs))[times.ravel()]
        mass = masses(*pairs.T, table.sum(axis=0)[None], cells)[0]
        drawn = np.concatenate([each @ table for each in resamples(len(used), draws, seed, len(pairs))])
        again = np.cumsum(masses(*pairs.T, drawn, cells, 1e-5), axis=1).round(
            6
        )  # an own cell of a draw holds one of these
        few = too_few(len(used), "items")
        found = []
        for at in np.flatnonzero((mass > 1e-6) & np.isfinite(cells[:, 1])):
            value = min(float(mass[: at + 1].sum()), 1.0)
            low, high = percentiles(value, again[:, at], len(used))
            before = percentiles(value, again[:, at - 1], len(used))[0] if at else 0.0
            low = (low + before) / 2  # when within the interval is not known, and alone `low` would be too high
            row = {"after": round(cells[at, 0], 3), "until": round(cells[at, 1], 3), "removed_share": value}
            found.append(
                fields
                | row
                | {"low": low, "high": min(high, 1.0), "method": few or f"Turnbull, bootstrap of {len(used)} items"}
            )
        return found

    columns = {"until": "float64", "removed_share": "float64", **NUMBERS, "after": "float64", "removed": "Int64"}
    return result_table(items, by, rows, columns | {"left_out": "int64", "method": "str"})


@measure(unit="odds ratio", keys=("term",), columns=("events", "p", "p_adjusted", "method"))
def removal_odds_ratio(
    posts, codings, *, events, kind="negotiation", codebook="moderation", outcomes=(REMOVED, CORRECTED), by="ministry"
):
    """How the odds that an own post is removed or corrected differ within events, and by medium.

    Formula: exp of the coefficient of Firth's penalised logistic regression, log L + ½ log det I. Interval: profile of the penalised
    likelihood; `p` of its ratio test; `p_adjusted`: Holm, over all rows.
    **Unit** odds ratio. **Reads** posts.post_id, posted_at, medium; codings: item_id, code; events. **Source** Firth 1993
    (doi:10.1093/biomet/80.1.27); Heinze and Schemper 2002 (doi:10.1002/sim.1047); docs/methods.md#rare-events.
    **Caution** Of posts that somebody checked; posts are taken as independent. With two or three events the interval says nearly
    all there is to say. It names no cause: a post made in negotiations may be corrected because more people read it.
    Parameters: `posts`; `codings`, with checks as `checked_items` reads them; `events`, `kind`: those during which a post may stand;
    `codebook`; `outcomes`, the codes that count; `by`.
    Returns the group columns, `term` (in an event of the kind; medium against the commonest), `removal_odds_ratio`, `n` (posts checked),
    `low`, `high`, `events` (removed or corrected), `p`, `p_adjusted`, `method`.

    >>> posts = pd.DataFrame({"platform": "x", "ministry": "PER", "post_id": [str(n) for n in range(10)], "medium": "text",
    ...     "posted_at": pd.date_range("2018-05-01", periods=10, tz="UTC")})
    >>> rows = [("moderation", str(n), "2018-06-01", "a", "removed" if n > 5 else "there") for n in range(10)]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"])
    >>> talks = pd.DataFrame({"ministry": ["PER"], "kind": "negotiation", "begins_at": pd.Timestamp("2018-05-06", tz="UTC"),
    ...     "ends_at": pd.Timestamp("2018-05-11", tz="UTC")})
    >>> found = removal_odds_ratio(posts, codings, events=talks)
    >>> float(found.removal_odds_ratio.round(4)[0]), found.events[0].item()  # (4.5 / 1.5) / (.5 / 5.5)
    (33.0, 4)
    """
    by = group_columns(by)
    held = to_pandas(canonical(posts, "posts", list(dict.fromkeys([*by, *POST, "ministry", "medium", "posted_at"]))))
    frame = coded(codings, codebook).dropna(subset="code")
    outcome_of_item = frame.code.isin(outcomes).groupby(frame.item_id).any()
    held = held.assign(outcome=held.post_id.map(outcome_of_item)).sort_values([*by, *POST], ignore_index=True)
    held["within"] = _within_events(held, events, kind)

    def rows(part):
        known = part.dropna(subset="outcome")
        if known.empty:
            return [{"n": 0, "events": 0, "method": NO_STATE}]
        outcome = known.outcome.astype(float).to_numpy()
        media = known.medium.value_counts().sort_index().sort_values(ascending=False, kind="stable").index
        terms = {f"in a {kind}": known.within.to_numpy(float)}
        terms |= {f"{medium}, against {media[0]}": known.medium.eq(medium).to_numpy(float) for medium in media[1:]}
        fields = {"n": len(known), "events": int(outcome.sum())}
        if outcome.sum() in (0, len(known)):
            words = "not defined: none, or all, removed or corrected"
            return [fields | {"term": term, "n": 0, "method": words} for term in terms]
        design, found = np.column_stack([np.ones(len(known)), *terms.values()]), []
        if np.linalg.matrix_rank(design) < design.shape[1]:
            return [
                fields | {"term": term, "n": 0, "method": "not defined: the terms cannot be told apart"}
                for term in terms
            ]
        for place, term in enumerate(terms, start=1):
            value, low, high, p = profile(design, outcome, place)
            limits = {"low": np.exp(low) if np.isfinite(low) else 0.0, "high": np.exp(high), "p": p}
            row = {"term": term, "removal_odds_ratio": np.exp(value), **limits}
            found.append(fields | row | {"method": f"Firth's logit, {fields['events']} events; profile"})
        return found

    columns = {
        "term": "str",
        "removal_odds_ratio": "float64",
        **NUMBERS,
        "events": "int64",
        "p": "float64",
        "method": "str",
    }
    return with_adjusted_p(result_table(held, by, rows, columns), "holm")


def _within_events(held, events, kind):
    """Whether each post was published within an event of the kind that concerns its ministry, or all."""
    table = to_pandas(events)
    table = table[table.kind.eq(kind) & table.begins_at.notna() & table.ends_at.notna()]
    posted = pd.to_datetime(held.posted_at, utc=True)
    found = pd.Series(False, held.index)
    for row in table.itertuples():
        own = held.ministry.eq(row.ministry) if pd.notna(row.ministry) else pd.Series(True, held.index)
        found |= own & posted.ge(pd.Timestamp(row.begins_at)) & posted.lt(pd.Timestamp(row.ends_at))
    return found
