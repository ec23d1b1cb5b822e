"""Principles: what coders found of Kent and Taylor's principles of dialogue, where they agree."""

from functools import partial

import numpy as np
import pandas as pd

from digidip.measures._registry import measure
from digidip.measures.dialogue.agreement import SEED, coder_agreement
from digidip.measures.statistics._codings import coded, reliability
from digidip.measures.statistics._columns import POST, canonical, group_columns
from digidip.measures.statistics._intervals import percentiles
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import TableError

PRINCIPLES = (
    "dialogic loop",
    "usefulness of information",
    "return visits",
    "ease of interface",
    "conservation of visitors",
)
NO_ITEM = "not available: no item coded"
ALL = "all kept"
YES = {"1": 1.0, "0": 0.0}


@measure(unit="share of indicators present", keys=("principle",), columns=("agreement", "method"))
def dialogic_principle(posts, codings, *, codebook="principles", by="ministry", gate=0.667, draws=9999, seed=SEED):
    """Share of a principle's indicators that coders found present, and the mean of the principles kept.

    Formula: DPI = mean over the principles kept of the mean over their indicators of the mean code, 1 present, 0 absent,
    over coders and items. Interval: percentiles over items drawn again, expanded by t; none where all items are
    alike or from fewer than eight.
    **Unit** share of indicators present. **Reads** codings: item_id (a post or an account), variable ("principle:
    indicator"), coder, code; posts.post_id, account_id. **Source** Kent and Taylor 1998
    (doi:10.1016/S0363-8111(99)80143-X); docs/methods.md#principles.
    **Caution** A feature that is present need not be used. A principle without items is dropped and named; below the gate
    of `coder_agreement` (all items of the codebook, indicators pooled), or with one coder, it has no result, and then
    there is no index either: to leave out what coders cannot tell would choose the answer.
    Parameters: `posts`; `codings`; `codebook`; `by`, columns of posts; `gate`; `draws`, `seed` of the bootstraps.
    Returns the group columns, `principle` (the five, and "all kept"), `dialogic_principle`, `n` (items), `low`, `high`,
    `agreement` (α), `method`.

    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "post_id": ["1", "2"]})
    >>> codings = pd.DataFrame({"codebook": "principles", "item_id": ["1", "2"] * 2, "coder": ["a", "a", "b", "b"],
    ...     "variable": "dialogic loop: asks", "code": ["1", "0", "1", "0"]})  # both see it in one of two
    >>> dialogic_principle(posts, codings).iloc[[0, 1, -1], 1:4].values.tolist()
    [['dialogic loop', 0.5, 2], ['usefulness of information', nan, 0], ['all kept', 0.5, 2]]
    """
    frame, alpha = _grouped(posts, codings, codebook, group_columns(by), gate)
    rows = partial(_rows, alpha=alpha, draws=draws, seed=seed)
    columns = {"principle": "str", "dialogic_principle": "float64", **NUMBERS, "agreement": "float64", "method": "str"}
    return result_table(frame, group_columns(by), rows, columns)


@measure(unit="KR-20, at most 1", keys=("without",), columns=("index", "method"))
def principle_reliability(posts, codings, *, codebook="principles", by="ministry", gate=0.667, draws=9999, seed=SEED):
    """Whether the indicators of dialogue measure one thing, and what the index is without each of them.

    Formula: KR-20 = k / (k - 1) · (1 - Σ v / σ²), v the variance of an indicator over items (mean of the coders' codes; of
    0 and 1, p q), σ² that of the sum of all k; `index`: the DPI of `dialogic_principle` over the same indicators. Interval:
    percentiles over items drawn again. The first row leaves out nothing, the others one indicator each.
    **Unit** KR-20, at most 1. **Reads** as `dialogic_principle`. **Source** Kuder and Richardson 1937
    (doi:10.1007/BF02288391); Cronbach 1951 (doi:10.1007/BF02310555); docs/methods.md#kr20.
    **Caution** Of items of which all indicators are coded. Principles need not go together: a low KR-20 says that one
    number hides several, not that the coding failed. An index that moves when one indicator goes rests on it.
    Parameters: as `dialogic_principle`.
    Returns the group columns, `without` (the indicator left out, empty for none), `principle_reliability`, `n` (items),
    `low`, `high`, `index`, `method`.

    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "post_id": ["1", "2", "3"]})
    >>> codes = {"asks": "110", "answers": "100"}  # variances 2/9 each; sums 2, 1, 0: 2/3
    >>> rows = [("principles", str(item), f"dialogic loop: {name}", coder, code) for name, chosen in codes.items()
    ...         for item, code in enumerate(chosen, 1) for coder in "ab"]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"])
    >>> found = principle_reliability(posts, codings)  # 2 · (1 - 4/9 · 3/2)
    >>> found.principle_reliability.round(3).tolist(), found["index"].round(3).tolist()
    ([0.667, nan, nan], [0.5, 0.667, 0.333])
    """
    frame, alpha = _grouped(posts, codings, codebook, group_columns(by), gate)
    rows = partial(_reliability_rows, alpha=alpha, draws=draws, seed=seed)
    columns = {"without": "str", "principle_reliability": "float64", **NUMBERS, "index": "float64", "method": "str"}
    return result_table(frame, group_columns(by), rows, columns)


def _grouped(posts, codings, codebook, by, gate):
    """The codings of each group, one row at least, and the agreement on each principle."""
    held = canonical(posts, "posts", [*by, *POST, "account_id"]).to_pandas()
    rated = _rated(coded(codings, codebook))
    alpha = coder_agreement(rated, codebook=codebook, by="principle", gate=gate, draws=1).set_index("principle")
    return held[by].drop_duplicates().merge(_of_groups(held, rated, by), how="left", on=by), alpha


def _rated(frame):
    """Codings with their principle and the code as a number.

    An unknown principle or code raises `TableError`.
    """
    known = frame.dropna(subset="code")
    names = known.variable.str.split(":").str[0].str.strip()
    if (unknown := ~names.isin(PRINCIPLES)).any():
        found = known.variable[unknown].iloc[0]
        raise TableError(f"codings: variable {found!r}. Expected: one of {', '.join(PRINCIPLES)}, then ': indicator'.")
    values = known.code.astype(str).map(YES)
    if values.isna().any():
        found = known.code[values.isna()].iloc[0]
        raise TableError(f"codings: code {found!r} of {known.variable[values.isna()].iloc[0]!r}. Expected: 1 or 0.")
    return known.assign(principle=names, value=values.astype(float))


def _of_groups(held, rated, by):
    """The codings of the groups' posts, and of their accounts, once each."""
    names = ["item_id", "variable", "principle", "value"]
    places = [
        held[[*by, column]].drop_duplicates().rename(columns={column: "item_id"})
        for column in ("post_id", "account_id")
    ]
    return pd.concat([place.merge(rated[names], on="item_id") for place in places])


def _means(part):
    """The mean code of each indicator (rows) in each item (columns)."""
    return part.dropna(subset="value").groupby(["principle", "variable", "item_id"]).value.mean().unstack("item_id")


def _reliability_rows(part, alpha, draws, seed):
    """KR-20 and the index with all indicators, and without each."""
    means = _means(part)
    names = means.index.get_level_values("variable")
    below = [name for name in means.index.unique("principle") if not alpha.is_reliable[name]]
    if below or not len(names):
        method = f"no result: {', '.join(below)} below the gate" if below else NO_ITEM
        return [{"without": "", "n": 0, "method": method}]
    return [_without(means[names != name], name, draws, seed) for name in ("", *names)]


def _without(others, name, draws, seed):
    """KR-20 and index of the indicators kept."""
    complete = others.dropna(axis=1).to_numpy().T
    fields = {"without": name, "index": _index_of(others)}
    value, low, high = reliability(complete, draws, seed)
    if np.isnan(value):
        return fields | {"n": 0, "method": "not defined: fewer than two items or indicators, or all alike"}
    row = {"principle_reliability": value, "n": len(complete), "low": low, "high": high}
    return fields | row | {"method": "bootstrap of items"}


def _index_of(means):
    """The index over the indicators kept; missing without any."""
    tables = [means.loc[name].to_numpy() for name in means.index.unique("principle")]
    return float(_index(tables, np.ones((1, means.shape[1])))[0]) if tables else np.nan


def _rows(part, alpha, draws, seed):
    """The five principles of one group, and their mean."""
    means = _means(part)
    found = {name: _principle_row(name, means, alpha, draws, seed) for name in PRINCIPLES}
    coded_names = [name for name, row in found.items() if row["method"] != NO_ITEM]
    without = [name for name in coded_names if not alpha.is_reliable[name]]
    dropped = [name for name in PRINCIPLES if name not in coded_names]
    rows = [{"principle": name} | row for name, row in found.items()]
    if without or not coded_names:
        method = f"no result: {', '.join(without)} below the gate" if without else NO_ITEM
        return [*rows, {"principle": ALL, "n": 0, "method": method}]
    kept = [means.loc[name].to_numpy() for name in coded_names]
    method = f"bootstrap of items; dropped: {', '.join(dropped) or 'none'}"
    return [*rows, {"principle": ALL, **_score(kept, draws, seed), "method": method}]


def _principle_row(name, means, alpha, draws, seed):
    """The row of one principle: its score, or why there is none."""
    if name not in means.index.get_level_values("principle"):
        return {"n": 0, "method": NO_ITEM}
    agreement = {"agreement": alpha.coder_agreement[name]}
    if not alpha.is_reliable[name]:
        reason = alpha.method[name].partition(";")[0]
        return agreement | {"n": 0, "method": reason}
    return agreement | _score([means.loc[name].to_numpy()], draws, seed) | {"method": "bootstrap of items"}


def _score(tables, draws, seed):
    """Mean over principles, indicators and items, in that order, and its interval over items drawn again.

    `tables`: per principle, indicators × items; an item without a code is missing.
    """
    items = tables[0].shape[1]
    weights = np.random.default_rng(seed).multinomial(items, np.full(items, 1 / items), size=draws).astype(float)
    value = float(_index(tables, np.ones((1, items)))[0])
    drawn = _index(tables, weights)
    low, high = percentiles(value, drawn, items) if np.nanmin(drawn) < np.nanmax(drawn) else (np.nan, np.nan)
    n = int((~np.isnan(np.vstack(tables))).any(axis=0).sum())
    return {"dialogic_principle": value, "n": n, "low": float(low), "high": float(high)}


def _index(tables, weights):
    """The index for each row of weights of the items."""
    scores = []
    for table in tables:
        known = ~np.isnan(table)
        with np.errstate(invalid="ignore", divide="ignore"):
            scores.append(np.nanmean((weights @ np.where(known, table, 0).T) / (weights @ known.T), axis=1))
    return np.mean(scores, axis=0)
