"""Risks: abuse and threats in comments, posts off the message, by what coders confirmed of what a score or a lexicon screened.

A score or a lexicon only draws items for coders. No text, no handle and no name is in any table.
"""

import re

import numpy as np
import pandas as pd
from scipy.stats import beta

from digidip.measures._registry import measure
from digidip.measures._small_cells import hidden_cells, margins
from digidip.measures.listening._labels import MODEL, cluster_unit, reference_words
from digidip.measures.listening._screened import RANDOM, screened, strata, stratified, weights
from digidip.measures.listening.correction import UNSURE, rogan_gladen
from digidip.measures.statistics._columns import POST, canonical, group_columns, to_pandas
from digidip.measures.statistics._counts import divide
from digidip.measures.statistics._intervals import (
    percentiles,
    resamples,
    too_few,
    zero_bound,
)
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import TableError, smallest_cell

LEVELS = 1, 2  # of severity, of which rates are told; of threats there are counts alone
MOST_SEVERE = 3
WORD = re.compile(r"\w+")
STATISTICS = "average precision", "area under the ROC curve", "precision of flagged", "recall of flagged"
RECALLS = tuple(step / 10 for step in range(1, 11))
NO_CLASS = "not defined: coders saw items of one kind alone"
NEVER = "; no coder chose {} or more of anything: is it in the codebook?"
FEWEST = "fewest confirmed"  # of a row, told by no column
HALVES = {"first": "second", "second": "first"}


def with_lexicon(codings, comments, lexicon="", *, codebook="risk", variable="score", model=MODEL):
    """The codings with a lexicon's score in place of the model's: how many of its words stand in the text of each comment.

    `lexicon`: words, a list or separated by commas; empty: the codings as they are. A lexicon finds words and no meaning, in the
    languages that it has words of; its score draws items for coders and is never told by itself. Rates are right where lots were
    drawn by this lexicon, or at random; the model's scores stay, as those of `model, replaced`, and where lots were drawn by them
    there is no result.

    >>> comments = pd.DataFrame({"comment_id": ["1", "2"], "text": ["Token7, again", "Thanks"], "is_official": False,
    ...                          "label": "synthetic"})
    >>> columns = ["codebook", "item_id", "variable", "coder", "code", "label"]
    >>> with_lexicon(pd.DataFrame(columns=columns), comments, "token7, token9")[["item_id", "code"]].values.tolist()
    [['1', '1'], ['2', '0']]
    """
    words = lexicon.split(",") if isinstance(lexicon, str) else list(lexicon)
    words = {word.strip().casefold() for word in words} - {""}
    if not words:
        return codings
    held = to_pandas(canonical(comments, "comments", ["comment_id", "text", "is_official", "label"]).drop_null("text"))
    held = held[~held.is_official.eq(True)].sort_values("comment_id")
    found = held.text.map(lambda text: len(words & set(WORD.findall(text.casefold()))))
    rows = pd.DataFrame({"item_id": held.comment_id, "code": found.astype(str), "label": held.label})
    rows = rows.assign(codebook=codebook, variable=variable, coder=model)
    replaced = codings.codebook.eq(codebook) & codings.variable.eq(variable) & codings.coder.eq(model)
    renamed = codings.assign(coder=codings.coder.mask(replaced, f"{model}, replaced"))
    return pd.concat([renamed, rows[[*renamed.columns]]], ignore_index=True)


def coded_posts(codings, posts, *, codebook):
    """The codings of posts, with what is known of each post: ministry, platform, account, time, label."""
    wanted = codings.loc[codings.codebook == codebook, ["codebook", "item_id", "variable", "coder", "code"]]
    columns = [*POST, "account_id", "ministry", "posted_at", "label"]
    held = to_pandas(canonical(posts, "posts", columns))
    return held.merge(wanted, left_on="post_id", right_on="item_id")


def items_to_code(codings, *, codebook="risk", size=200, threshold=0.5, seed=41, variable="score", model=MODEL):
    """Which items coders are to read: half of them flagged by the score, half of the rest, each drawn by lot; no text.

    Give coders neither the score nor the stratum. `chance`: the share of the stratum that is drawn.

    >>> rows = [("risk", f"{n}", "score", "model", str(n / 10)) for n in range(10)]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"])
    >>> items_to_code(codings, size=4).groupby("stratum").chance.agg(["size", "first"]).values.tolist()
    [[2.0, 0.4], [2.0, 0.4]]
    """
    rows = codings[codings.codebook.eq(codebook) & codings.variable.eq(variable) & codings.coder.eq(model)]
    rows = rows.sort_values("item_id")
    flagged = pd.to_numeric(rows.code) >= threshold
    rng, found = np.random.default_rng(seed), []
    for name, ids in (("flagged", rows.item_id[flagged]), ("not flagged", rows.item_id[~flagged])):
        drawn = sorted(rng.choice(ids.to_numpy(object), min(size // 2, len(ids)), replace=False))
        found.append(pd.DataFrame({"item_id": drawn, "stratum": name, "chance": len(drawn) / max(len(ids), 1)}))
    return pd.concat(found, ignore_index=True)


@measure(
    unit="per 1,000 items",
    keys=("severity",),
    columns=("coded", "confirmed", "agreement", "method"),
    people=("n", "confirmed"),
)
def risk_rate(
    codings, *, codebook="risk", by="codebook", levels=LEVELS, most=MOST_SEVERE, variable="severity", score="score", model=MODEL,
    threshold=0.5, gate=0.667, agreed_by=None, cluster="author", k=None,
):  # fmt: skip
    """How many of a thousand items are of a severity, by what coders confirmed.

    Formula: 1,000 · Σ over strata (flagged, not flagged) of share of the items screened · share of those read that most coders gave this
    severity or more; weighted: Σ severity / `most` in its place. Interval: Wilson at the effective size in each stratum, authors
    together (exact where none or all), and of the strata's shares, by their squares.
    **Unit** per 1,000 items. **Reads** codings: item_id, variable (severity, score), coder, code. **Source** Cochran 1977, Sampling
    Techniques, ch. 12; Zou and Donner 2008 (doi:10.1002/sim.3095); docs/methods.md#risks.
    **Caution** Right only if coders read items by lot within each stratum: `by` holds what lots were drawn within, such as the language,
    and `threshold` is that of the draw; where the scores of those read say otherwise, there is no result. Without coders, or below the gate of their agreement,
    there is no result: a score alone is not reported. Items on which coders differ are left out. One to k - 1 confirmed are not
    shown. What moderators removed before it was collected is not here.
    Parameters: `codings`, those of `coded_comments`, `coded_posts` or any; `codebook`; `by`, columns of codings; `levels` of severity;
    `most`, the highest; `variable`, `score`: names of what coders and the model coded; `model`; `threshold` from which a score flags;
    `gate` of agreement; `agreed_by`, columns within which coders must agree; `cluster`; `k`, else the smallest cell.
    Returns the group columns, `severity`, `risk_rate`, `n` (items screened), `low`, `high`, `coded` (of these, known severity),
    `confirmed` (of these, of the severity), `agreement` (α), `method`.

    >>> codes = ["2"] * 6 + ["0"] * 2 + ["2"] * 1 + ["0"] * 9  # of 20 flagged 6 in 8 read, of 80 others 1 in 10: .2 · .75 + .8 · .1
    >>> rows = [("risk", f"{n:02}", "score", "model", "1" if n < 8 or n >= 88 else "0") for n in range(100)]
    >>> rows += [("risk", f"{n:02}", "severity", "a", code) for n, code in enumerate(codes)]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"]).assign(label="synthetic")
    >>> risk_rate(codings, levels=2)[["severity", "risk_rate", "n", "coded", "confirmed"]].round(6).values.tolist()[0]
    ['2 or more', 230.0, 100, 18, 7]
    """
    by, levels = group_columns(by), [levels] if isinstance(levels, int) else list(levels)
    k = smallest_cell() if k is None else k
    given = {"variable": variable, "score": score, "model": model, "threshold": threshold, "gate": gate}
    items = screened(codings, codebook, by, **given, agreed_by=agreed_by, cluster=cluster)

    def rows(part):
        parts = strata(part)
        names = [f"{level} or more" for level in levels] + ["weighted"]
        if isinstance(parts, str):
            return [
                {"severity": name, "n": 0, "coded": 0, "agreement": _alpha(part), "method": parts} for name in names
            ]
        known = pd.concat([known for _, known in parts])
        fields = {"n": sum(len(own) for own, _ in parts), "coded": len(known), "agreement": _alpha(part)}
        return [
            {"severity": name}
            | fields
            | _rate(part, parts, known, level, most, cluster_unit(codings, cluster), items.severity.max())
            for name, level in zip(names, [*levels, None], strict=True)
        ]

    columns = {"severity": "str", "risk_rate": "float64", **NUMBERS, "coded": "int64", "confirmed": "Int64"}
    columns |= {"agreement": "float64", "method": "str", FEWEST: "float64"}
    return _without_few(result_table(items, by, rows, columns), by, k, ["severity"])


def _rate(part, parts, known, level, most, unit, highest):
    """Rate, limits and method of one level; of none (weighted), of mean severity."""
    confirmed = int((known.severity >= (1 if level is None else level)).sum())
    counts_shown = [confirmed] if level else [int((known.severity >= each).sum()) for each in range(1, most + 1)]
    few = min(
        (count for count in counts_shown if count), default=0
    )  # the weighted rate would tell what the others withhold
    value, low, high = stratified(parts, lambda own: own.severity / most if level is None else own.severity >= level)
    words = "drawn by stratum" if len(parts) == 2 else RANDOM if part.score.isna().all() else "one stratum alone"
    reason = too_few(known.cluster.nunique(), unit)
    limits = {} if reason else {"low": 1000 * low, "high": 1000 * high}
    words += f"; {reason}" if reason else f"; Wilson by stratum, {known.cluster.nunique()} {unit} as clusters"
    words += NEVER.format(level) if level and level > highest else ""
    row = {"risk_rate": 1000 * value, "confirmed": confirmed, **limits, "method": words + reference_words(part)}
    return row | {FEWEST: few}


def _without_few(table, by, k, keys=()):
    """The table without rows of 1 to k - 1 confirmed, nor those from which they would follow; of any label."""
    hidden = np.zeros(len(table), bool)
    for _, part in table.groupby(list(keys), dropna=False) if keys else [((), table)] * bool(len(table)):
        at = table.index.get_indexer(part.index)
        hidden[at] = hidden_cells(part[FEWEST].to_numpy(float), margins(part[by]), k)
    numbers = table.drop(columns=[*by, *keys, "method"])
    empty = numbers.apply(lambda column: column.where(~hidden, 0 if column.dtype == "int64" else np.nan))
    method = table["method"].mask(hidden, f"not shown: fewer than {k} confirmed, here or in a cell beside it")
    return table.assign(**empty.astype(numbers.dtypes), method=method).drop(columns=FEWEST)


def _alpha(part):
    """α of the coders of a group; the lowest of several strata."""
    return pd.to_numeric(part.agreement).min()


@measure(
    unit="items confirmed",
    columns=("coded", "recall", "least_recall", "per_1000", "method"),
    people=("n",),
)
def threat_count(
    codings, *, codebook="risk", by="codebook", level=MOST_SEVERE, recall=None, recall_of=2, variable="severity", score="score",
    model=MODEL, threshold=0.5, gate=0.667, agreed_by=None, cluster="author", k=None,
):  # fmt: skip
    """How many threats coders confirmed; where none, how many there may be at most.

    Formula: items of severity `level` or more. None: high = n · (1 - .05^(1 / m)) / least recall, m = n · flagged items read / flagged
    items; recall: Σ flagged of severity `recall_of` or more / Σ all such, over strata; least: its lower limit (Clopper-Pearson
    in each stratum, 97.5 % each).
    **Unit** items confirmed. **Reads** codings: item_id, variable (severity, score), coder, code. **Source** Clopper and Pearson 1934
    (doi:10.1093/biomet/26.4.404); Eypasch et al. 1995 (doi:10.1136/bmj.311.7005.619); docs/methods.md#threats.
    **Caution** Only what people confirmed counts, and one to k - 1 are not shown. None found is not none there. The recall is that of lesser
    abuse, for of threats it cannot be known where none is found: a screen may miss threats that use no rude word.
    Parameters: as `risk_rate`; `level` of a threat; `recall`, a number known from elsewhere; `recall_of`, the severity by which it is
    estimated where none is given.
    Returns the group columns, `threat_count`, `n` (items screened), `low`, `high`, `coded`, `recall`, `least_recall`, `per_1000` (the
    bound in 1,000 items), `method`.

    >>> rows = [("risk", f"{n:03}", "score", "model", "1") for n in range(146)]  # all flagged and read, none confirmed
    >>> rows += [("risk", f"{n:03}", "severity", "a", "0") for n in range(146)]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"]).assign(label="synthetic")
    >>> threat_count(codings, recall=1)[["threat_count", "n", "per_1000"]].round(4).values.tolist()  # 1 - .05^(1 / 146)
    [[0, 146, 20.3096]]
    """
    if recall is not None and not 0 < recall <= 1:
        raise TableError(
            f"recall: found {recall!r}. Expected: above 0 and at most 1, a share of threats that the screen flags."
        )
    by, k = group_columns(by), smallest_cell() if k is None else k
    given = {"variable": variable, "score": score, "model": model, "threshold": threshold, "gate": gate}
    items = screened(codings, codebook, by, **given, agreed_by=agreed_by, cluster=cluster)

    def rows(part):
        parts = strata(part)
        if isinstance(parts, str):
            return [{"n": 0, "coded": 0, "method": parts}]
        known = pd.concat([known for _, known in parts])
        count = int((known.severity >= level).sum())
        n = sum(len(own) for own, _ in parts)
        fields = {"threat_count": count, "n": n, "coded": len(known), FEWEST: count}
        if count:
            return [
                fields
                | {"method": "confirmed by most coders, of those read; no total is claimed" + reference_words(part)}
            ]
        row = fields | _bound(part, parts, n, recall, recall_of)
        return [row | {"method": row["method"] + (NEVER.format(level) if level > items.severity.max() else "")}]

    columns = {"threat_count": "Int64", **NUMBERS, "coded": "int64", "recall": "float64", "least_recall": "float64"}
    columns |= {"per_1000": "float64", "method": "str", FEWEST: "float64"}
    return _without_few(result_table(items, by, rows, columns), by, k)


def _bound(part, parts, n, recall, recall_of):
    """The most there may be, of which none was confirmed."""
    if part.score.isna().all() or not parts[0][0].flagged.all():
        high, least = zero_bound(len(parts[0][1])), np.nan
        words = "exact bound of those read, one-sided" + (
            f"; {RANDOM}" if part.score.isna().all() else "; nothing was flagged"
        )
    else:
        flagged, read = parts[0]
        value, least = (recall, recall) if recall else _recall(parts, recall_of)
        if not least > 0:
            return {"recall": value, "method": "no bound: the recall of the screen is not known"}
        recall, high = value, zero_bound(n * len(read) / len(flagged)) / least
        words = "exact bound of what was screened / least recall, one-sided"
    high = min(high, 1.0)
    limits = {"low": 0.0, "high": n * high, "per_1000": 1000 * high, "recall": recall, "least_recall": least}
    return limits | {"method": words + reference_words(part)}


def _recall(parts, level):
    """The share of items of this severity that are flagged, over strata, and its lower limit."""
    if len(parts) < 2:
        return np.nan, np.nan
    ends = []
    for (own, known), low in zip(parts, (True, False), strict=True):
        events, size = (known.severity >= level).sum(), len(known)
        limit = beta.ppf(0.025, events, size - events + 1) if low else beta.ppf(0.975, events + 1, size - events)
        limit = np.nan_to_num(limit, nan=0.0 if low else 1.0)
        ends.append((len(own) * events / size, len(own) * limit))
    (found, least), (missed, most) = ends
    return divide(found, found + missed).item(), divide(least, least + most).item()


@measure(unit="0 to 1", keys=("statistic",), columns=("coded", "positives", "method"), people=("n", "positives"))
def screen_quality(
    codings, *, codebook="risk", by="codebook", level=1, variable="severity", score="score", model=MODEL, threshold=0.5, gate=0.667,
    agreed_by=None, cluster="author", k=None, draws=499, seed=41,
):  # fmt: skip
    """How well a score finds what coders confirm.

    Average precision, area under the ROC curve, precision and recall of what it flags.

    Formula: average precision Σ (gain of recall) · precision down the scores; area: share of pairs of which the score puts the confirmed
    one first, ties half; items weighted by how many of their stratum they stand for. Interval: outer points, authors drawn again.
    **Unit** 0 to 1. **Reads** codings: item_id, variable (severity, score), coder, code. **Source** Davis and Goadrich 2006
    (doi:10.1145/1143844.1143874); Hanley and McNeil 1982 (doi:10.1148/radiology.143.1.7063747); docs/methods.md#screens.
    **Caution** Of this language and this time. Where few are positive the area looks good and the precision is poor: read both.
    Average precision rises with prevalence, so that of an enriched sample is not that of a stream.
    Parameters: as `risk_rate`; `level` of severity that is to be found; `draws`, `seed`.
    Returns the group columns, `statistic`, `screen_quality`, `n` (items screened), `low`, `high`, `coded`, `positives`, `method`.

    >>> rows = [("risk", str(n), "score", "model", str(s)) for n, s in enumerate((0.9, 0.8, 0.7, 0.6))]
    >>> rows += [("risk", str(n), "severity", "a", code) for n, code in enumerate("1010")]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"]).assign(label="synthetic")
    >>> screen_quality(codings, k=1, draws=9).screen_quality.round(4).tolist()  # (1 + 2/3) / 2; 3 of 4 pairs; 2/4; 2/2
    [0.8333, 0.75, 0.5, 1.0]
    """
    by, k = group_columns(by), smallest_cell() if k is None else k
    given = {"variable": variable, "score": score, "model": model, "threshold": threshold, "gate": gate}
    items = screened(codings, codebook, by, **given, agreed_by=agreed_by, cluster=cluster)

    def rows(part):
        known, fields = _read_and_scored(part, level, k)
        if isinstance(known, str):
            return [{"statistic": name, "n": 0, "coded": 0, "method": known} for name in STATISTICS]
        value, low, high = _drawn_again(_qualities, known, draws, seed)
        words = _words(known, cluster_unit(codings, cluster)) + reference_words(part)
        cells = zip(STATISTICS, value, low, high, strict=True)
        return [
            {"statistic": name, "screen_quality": v, "low": a, "high": b, **fields, "method": words}
            for name, v, a, b in cells
        ]

    columns = {
        "statistic": "str",
        "screen_quality": "float64",
        **NUMBERS,
        "coded": "int64",
        "positives": "Int64",
        "method": "str",
    }
    return result_table(items, by, rows, columns)


@measure(
    unit="share of items flagged", keys=("recall",), columns=("coded", "positives", "method"), people=("positives",)
)
def screen_precision(
    codings, *, codebook="risk", by="codebook", level=1, recalls=RECALLS, variable="severity", score="score", model=MODEL,
    threshold=0.5, gate=0.667, agreed_by=None, cluster="author", k=None, draws=499, seed=41,
):  # fmt: skip
    """The precision-recall curve of a score against what coders confirm.

    Formula: the highest precision at any score down to which at least this recall is reached; items weighted by how many of their
    stratum they stand for. Interval: outer points, authors drawn again.
    **Unit** share of items flagged. **Reads** codings: item_id, variable (severity, score), coder, code. **Source** Davis and Goadrich
    2006 (doi:10.1145/1143844.1143874); docs/methods.md#screens.
    **Caution** As `screen_quality`. At high recalls few missed items of great weight decide.
    Parameters: as `screen_quality`; `recalls`.
    Returns the group columns, `recall`, `screen_precision`, `n` (items read), `low`, `high`, `coded`, `positives`, `method`.

    >>> rows = [("risk", str(n), "score", "model", str(s)) for n, s in enumerate((0.9, 0.8, 0.7, 0.6))]
    >>> rows += [("risk", str(n), "severity", "a", code) for n, code in enumerate("1010")]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"]).assign(label="synthetic")
    >>> screen_precision(codings, recalls=(0.5, 1), k=1, draws=9).screen_precision.round(4).tolist()  # the first; 2 of 3
    [1.0, 0.6667]
    """
    by, k = group_columns(by), smallest_cell() if k is None else k
    given = {"variable": variable, "score": score, "model": model, "threshold": threshold, "gate": gate}
    items = screened(codings, codebook, by, **given, agreed_by=agreed_by, cluster=cluster)

    def rows(part):
        known, fields = _read_and_scored(part, level, k)
        if isinstance(known, str):
            return [{"recall": each, "n": 0, "coded": 0, "method": known} for each in recalls]
        value, low, high = _drawn_again(lambda *each: _curve(*each, recalls), known, draws, seed)
        words = _words(known, cluster_unit(codings, cluster)) + reference_words(part)
        fields["n"] = fields["coded"]
        return [
            {"recall": r, "screen_precision": v, "low": a, "high": b, **fields, "method": words}
            for r, v, a, b in zip(recalls, value, low, high, strict=True)
        ]

    columns = {
        "recall": "float64",
        "screen_precision": "float64",
        **NUMBERS,
        "coded": "int64",
        "positives": "Int64",
        "method": "str",
    }
    return result_table(items, by, rows, columns)


def _read_and_scored(part, level, k):
    """Items with score and severity, their weights and whether they are positive, by falling score; or why there are none."""
    parts = strata(part)
    if isinstance(parts, str):
        return parts, {}
    if part.score.isna().all():
        return "not available: no score", {}
    known = weights(parts).assign(positive=lambda each: each.severity >= level)
    count = int(known.positive.sum())
    if 0 < count < k:
        return f"not shown: fewer than {k} confirmed", {}
    if count in (0, len(known)):
        return NO_CLASS, {}
    known = known.sort_values(["score", "item_id"], ascending=[False, True])
    return known, {"n": sum(len(own) for own, _ in parts), "coded": len(known), "positives": count}


def _words(known, unit):
    """How an interval of drawn authors, or items, was made."""
    clusters = known.cluster.nunique()
    return too_few(clusters, unit) or f"bootstrap of {clusters} {unit}"


def _drawn_again(statistic, known, draws, seed):
    """Values of `statistic(weights, positives, ends, flagged)` with limits, clusters drawn again."""
    row = pd.factorize(known.cluster, sort=True)[0]
    own, positive = known.weight.to_numpy(float), known.positive.to_numpy()
    ends = np.flatnonzero(np.diff(known.score.to_numpy(), append=-np.inf))  # the last of each score
    flagged = known.flagged.to_numpy()
    value = statistic(own[None], positive, ends, flagged)[0]
    clusters = row.max() + 1
    drawn = [
        statistic(own * times[:, row], positive, ends, flagged) for times in resamples(clusters, draws, seed, len(row))
    ]
    low, high = percentiles(value, np.concatenate(drawn), clusters)
    return value, low, high


def _sums(own, positive, ends):
    """Weights of positives and of all down to each score."""
    return np.cumsum(own * positive, axis=1)[:, ends], np.cumsum(own, axis=1)[:, ends]


def _qualities(own, positive, ends, flagged):
    """The four statistics for each row of weights."""
    hits, every = _sums(own, positive, ends)
    misses, total = every - hits, hits[:, -1:]
    gains = np.diff(hits, axis=1, prepend=0)
    average = divide((gains * np.nan_to_num(divide(hits, every))).sum(axis=1), total[:, 0])
    below = misses[:, -1:] - misses + np.diff(misses, axis=1, prepend=0) / 2
    area = divide((gains * below).sum(axis=1), total[:, 0] * misses[:, -1])
    caught, chosen = (own * positive * flagged).sum(axis=1), (own * flagged).sum(axis=1)
    return np.minimum(np.column_stack([average, area, divide(caught, chosen), divide(caught, total[:, 0])]), 1)


def _curve(own, positive, ends, _flagged, recalls):
    """The highest precision at each recall or more for each row of weights."""
    hits, every = _sums(own, positive, ends)
    recall, precision = divide(hits, hits[:, -1:]), np.nan_to_num(divide(hits, every))
    found = [np.where(recall >= each - 1e-12, precision, 0).max(axis=1) for each in recalls]
    return np.where(hits[:, -1:] > 0, np.minimum(np.column_stack(found), 1), np.nan)


@measure(
    unit="share of items screened",
    keys=("half",),
    columns=("apparent_share", "confirmed_share", "coded", "sensitivity", "specificity", "method"),
    people=("n", "coded"),
)
def half_corrected_share(
    codings, *, codebook="risk", by="codebook", level=1, variable="severity", score="score", model=MODEL, threshold=0.5, gate=0.667,
    agreed_by=None, cluster="author", draws=999, seed=41,
):  # fmt: skip
    """A score's share once errors learnt in the other half of the items are taken out.

    Formula: (q + sp - 1) / (se + sp - 1), within 0 and 1: q, the share flagged in this half; se and sp of the other half, its items
    weighted by stratum. Halves: every other item by its id. Interval: outer points, authors of both halves drawn again.
    **Unit** share of items screened. **Reads** codings: item_id, variable (severity, score), coder, code. **Source** Rogan and Gladen 1978
    (doi:10.1093/oxfordjournals.aje.a112510); docs/methods.md#screens.
    **Caution** A check of the screen, not a result by itself: where corrected and coded share part by more than chance, errors do not
    carry over, and no score should be corrected by errors learnt elsewhere.
    Parameters: as `screen_quality`.
    Returns the group columns, `half`, `half_corrected_share`, `n` (items of this half), `low`, `high`, `apparent_share`,
    `confirmed_share` (what coders saw in this half, by stratum), `coded`, `sensitivity`, `specificity` (of the other half), `method`.

    >>> true, flagged = "1111100000" * 2, "1111000001" * 2  # first half: se 2/3, sp 1; second: se 1, sp 2/3
    >>> rows = [("risk", f"{n:02}", "score", "model", each) for n, each in enumerate(flagged)]
    >>> rows += [("risk", f"{n:02}", "severity", "a", each) for n, each in enumerate(true)]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"]).assign(label="synthetic")
    >>> found = half_corrected_share(codings, draws=9)  # (.4 + 2/3 - 1) / (1 + 2/3 - 1), (.6 + 1 - 1) / (2/3 + 1 - 1)
    >>> found[["apparent_share", "confirmed_share", "half_corrected_share"]].round(6).values.tolist()
    [[0.4, 0.6, 0.1], [0.6, 0.4, 0.9]]
    """
    by = group_columns(by)
    given = {"variable": variable, "score": score, "model": model, "threshold": threshold, "gate": gate}
    items = screened(codings, codebook, by, **given, agreed_by=agreed_by, cluster=cluster)

    def rows(part):
        parts = strata(part)
        if not isinstance(parts, str) and part.score.isna().all():
            parts = "not available: no score"
        if isinstance(parts, str):
            return [{"half": half, "n": 0, "coded": 0, "method": parts} for half in HALVES]
        scored = part[part.score.notna()].sort_values("item_id")
        names, row = np.unique(scored.cluster, return_inverse=True)
        table = np.zeros((len(names), 2, 2, 3))  # author; half; flagged; items, read, positive
        half, flag = np.arange(len(scored)) % 2, scored.flagged.to_numpy(int)
        known, positive = scored.severity.notna().to_numpy(), (scored.severity >= level).to_numpy()
        for place, count in enumerate((np.ones(len(scored)), known, positive)):
            np.add.at(table, (row, half, flag, place), count)
        total = table.sum(axis=0)
        flat, own = table.reshape(len(names), -1), _halves(total[None])
        drawn = [_halves((each @ flat).reshape(-1, 2, 2, 3))[0] for each in resamples(len(names), draws, seed, 12)]
        drawn = np.concatenate(drawn)
        is_determined = ~np.isnan(own[0][0]) & (np.isnan(drawn).mean(axis=0) <= UNSURE)
        low, high = percentiles(own[0][0], np.where(is_determined, drawn, 0), len(names))
        unit = cluster_unit(codings, cluster)
        words = (
            too_few(len(names), unit) or f"errors of the other half; bootstrap of {len(names)} {unit}"
        ) + reference_words(part)
        found = []
        for at, name in enumerate(HALVES):
            value, q, se, sp, seen = (each[0, at] for each in own)
            fields = {"half": name, "n": int(total[at, :, 0].sum()), "coded": int(total[at, :, 1].sum())}
            fields |= {"apparent_share": q, "confirmed_share": seen, "sensitivity": se, "specificity": sp}
            if not is_determined[at]:
                found.append(
                    {
                        "half": name,
                        "n": 0,
                        "coded": 0,
                        "method": "not identifiable: the errors of the other half do not tell items apart",
                    }
                )
            else:
                found.append(
                    fields | {"half_corrected_share": value, "low": low[at], "high": high[at], "method": words}
                )
        return found

    columns = {
        "half": "str",
        "half_corrected_share": "float64",
        **NUMBERS,
        "apparent_share": "float64",
        "confirmed_share": "float64",
    }
    columns |= {"coded": "int64", "sensitivity": "float64", "specificity": "float64", "method": "str"}
    return result_table(items, by, rows, columns)


def _halves(sums):
    """Corrected share, share flagged, errors of the other half, and coded share, of each half, for each row of sums."""
    items, read, positive = np.moveaxis(sums, -1, 0)  # each: rows, half, flagged
    abusive = items * np.nan_to_num(divide(positive, read))
    total = items.sum(axis=2)
    q, seen = divide(items[:, :, 1], total), divide(abusive.sum(axis=2), total)
    se = divide(abusive[:, :, 1], abusive.sum(axis=2))[:, ::-1]
    clean = items - abusive
    sp = divide(clean[:, :, 0], clean.sum(axis=2))[:, ::-1]
    value = np.where(se + sp > 1, rogan_gladen(q, se, sp), np.nan)
    return value, q, se, sp, seen
