"""A classifier's shares, and what they are once its errors are taken out.

Errors are those of the same group (a language and a period, say) alone: those of another language correct nothing.
"""

from functools import partial
from itertools import product

import numpy as np

from digidip.measures._registry import measure
from digidip.measures.listening._labels import (
    MODEL,
    NOTHING_CODED,
    cluster_table,
    cluster_unit,
    labelled,
    reference_words,
    why_nothing,
)
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._counts import divide
from digidip.measures.statistics._intervals import clustered_share_row, percentiles, resamples, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import TableError

LEAST_CODED = 8  # items of one class that coders saw; from fewer its errors are not known
UNSURE = 0.05  # of the draws in which the errors do not tell classes apart: more, and nothing is identified
NO_LABELS = "not available: the classifier labelled nothing of the group"
NO_BOTH = "not available: no item of the group has both a code and a label"
WAYS = ("all classes", "one against the rest")


def rogan_gladen(share, sensitivity, specificity):
    """The true share behind a classifier's share: (q + sp - 1) / (se + sp - 1), within 0 and 1; missing if se + sp <= 1.

    >>> float(rogan_gladen(0.4, 0.8, 0.9).round(4))  # .3 / .7
    0.4286
    >>> float(rogan_gladen(0.4, 0.3, 0.7))
    nan
    """
    return np.clip(divide(np.asarray(share) + specificity - 1, np.asarray(sensitivity) + specificity - 1), 0, 1)


@measure(unit="share of items of the code", keys=("code", "predicted"), columns=("agreement", "method"), people=("n",))
def confusion_share(codings, *, codebook, model=MODEL, by="variable", missing=(), gate=0.667, cluster="post_id"):
    """How the classifier labels the items to which coders gave each code.

    Formula: items of the code with this label / items of the code that have a label. Interval: Wilson at the effective size,
    items of one cluster together; for none or all exact, one-sided.
    **Unit** share of items of the code. **Reads** codings: item_id, variable, coder, code. **Source** Wilson 1927;
    docs/methods.md#corrected-shares.
    **Caution** On the diagonal stand the sensitivities. They are those of these items: another language, another year or another
    platform has others. Items that trained the classifier must not be among them.
    Parameters: `codings`; `codebook`; `model`, the coder that is the classifier; `by`, columns of codings; `missing`, codes
    taken as none; `gate` of the coders' agreement; `cluster`, a column of codings, where they have it.
    Returns the group columns, `code`, `predicted`, `confusion_share`, `n` (items of the code), `low`, `high`, `agreement` (α of
    the coders), `method`.

    >>> import pandas as pd
    >>> codes = {"person": "yyyynnnn", "model": "yyynnnny"}
    >>> rows = [("demo", str(n), "v", coder, code) for coder, text in codes.items() for n, code in enumerate(text)]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"]).assign(label="synthetic")
    >>> confusion_share(codings, codebook="demo")[["code", "predicted", "confusion_share", "n"]].values.tolist()
    [['n', 'n', 0.75, 4], ['n', 'y', 0.25, 4], ['y', 'n', 0.25, 4], ['y', 'y', 0.75, 4]]
    """
    by = group_columns(by)
    items = labelled(codings, codebook, by, model=model, missing=missing, gate=gate, cluster=cluster)

    def rows(part):
        both = part.dropna(subset=["true", "predicted"])
        if reason := why_nothing(part, both, NO_BOTH):
            return [{"n": 0, "agreement": _alpha(part), "method": reason}]
        found = []
        for code, label in product(sorted(both.true.unique()), sorted({*both.true, *both.predicted})):
            own = both[both.true == code]
            events = own.predicted.eq(label).groupby(own.cluster).agg(["sum", "size"])
            row = clustered_share_row(
                "confusion_share", *events.to_numpy().T, unit=cluster_unit(codings, cluster), in_order=False
            )
            row["method"] += reference_words(part)
            found.append({"code": code, "predicted": label, "agreement": _alpha(part)} | row)
        return found

    columns = {"code": "str", "predicted": "str", "confusion_share": "float64", **NUMBERS}
    return result_table(items, by, rows, columns | {"agreement": "float64", "method": "str"})


@measure(unit="macro-F1, 0 to 1", columns=("accuracy", "method"), people=("n",))
def classifier_f1(
    codings, *, codebook, model=MODEL, by="variable", missing=(), gate=0.667, cluster="post_id", draws=999, seed=15
):
    """How well a classifier finds the codes of the coders: the mean over codes of F1.

    Formula: mean over codes of 2 · both / (coded + labelled). Interval: outer points over clusters drawn again.
    **Unit** macro-F1, 0 to 1. **Reads** codings: item_id, variable, coder, code. **Source** Sokolova and Lapalme 2009
    (doi:10.1016/j.ipm.2009.03.002); docs/methods.md#corrected-shares.
    **Caution** A high F1 does not make its shares right: read `corrected_share`. A code that neither gave is left out.
    Parameters: as in `confusion_share`; `draws`, `seed`.
    Returns the group columns, `classifier_f1`, `n` (items with both), `low`, `high`, `accuracy`, `method`.

    >>> import pandas as pd
    >>> codes = {"person": "yyyynnnn", "model": "yyynnnnn"}  # y: 2·3/(4+3), n: 2·4/(4+5)
    >>> rows = [("demo", str(n), "v", coder, code) for coder, text in codes.items() for n, code in enumerate(text)]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"])
    >>> classifier_f1(codings, codebook="demo").classifier_f1.round(4).tolist()
    [0.873]
    """
    by = group_columns(by)
    items = labelled(codings, codebook, by, model=model, missing=missing, gate=gate, cluster=cluster)

    def rows(part):
        both = part.dropna(subset=["true", "predicted"])
        if reason := why_nothing(part, both, NO_BOTH):
            return [{"n": 0, "method": reason}]
        classes = sorted({*both.true, *both.predicted})
        table = cluster_table(both, classes)[:, len(classes) :]
        value = _macro_f1(table.sum(axis=0)[None], len(classes))[0]
        drawn = [_macro_f1(each @ table, len(classes)) for each in resamples(len(table), draws, seed, table.shape[1])]
        low, high = percentiles(value, np.concatenate(drawn), len(table))
        unit = cluster_unit(codings, cluster)
        words = too_few(len(table), unit) or f"bootstrap of {len(table)} {unit}"
        fields = {"classifier_f1": value, "n": len(both), "low": low, "high": high}
        return [fields | {"accuracy": both.true.eq(both.predicted).mean(), "method": words + reference_words(part)}]

    columns = {"classifier_f1": "float64", **NUMBERS, "accuracy": "float64", "method": "str"}
    return result_table(items, by, rows, columns)


@measure(
    unit="share of items labelled",
    keys=("code",),
    columns=("apparent_share", "coded", "sensitivity", "specificity", "method"),
    people=("n",),
)
def corrected_share(
    codings, *, codebook, model=MODEL, by="variable", missing=(), gate=0.667, way=WAYS[0], cluster="post_id", draws=999, seed=15
):  # fmt: skip
    """Share of each code among all items a classifier labelled, its errors taken out.

    Formula: π with q = M'π, π >= 0 and sum 1, q the labels' shares, M(code, label) from the items of the group that coders saw too;
    where that has no solution, the π under which the labels are likeliest. One against the rest: (q + sp - 1) / (se + sp - 1),
    within 0 and 1. Interval: outer points over clusters drawn again, of labelled and of coded items at once.
    **Unit** share of items labelled. **Reads** codings: item_id, variable, coder, code. **Source** Rogan and Gladen 1978
    (doi:10.1093/oxfordjournals.aje.a112510); Hopkins and King 2010 (doi:10.1111/j.1540-5907.2009.00428.x);
    docs/methods.md#corrected-shares.
    **Caution** Not identifiable where a code is never predicted, where sensitivity + specificity do not exceed one, or where too
    many draws say so. Coded items must be drawn at random from those labelled, whatever their label. Commenters are not the public.
    Of real people, fewer than 5 with or without are withheld (docs/methods.md#small-cells).
    Parameters: as in `confusion_share`; `by`, with the language and the period if there are several; `way`, "all classes" or
    "one against the rest"; `draws`, `seed`.
    Returns the group columns, `code`, `corrected_share`, `n` (items labelled), `low`, `high`, `apparent_share` (of the labels),
    `coded` (items with both), `sensitivity`, `specificity`, `method`.

    >>> import pandas as pd
    >>> codes = {"person": "y" * 10 + "n" * 10, "model": "y" * 8 + "n" * 11 + "y" + "y" * 6 + "n" * 4}  # 15 of 30 y
    >>> rows = [("demo", str(n), "v", coder, code) for coder, text in codes.items() for n, code in enumerate(text)]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"])
    >>> found = corrected_share(codings, codebook="demo", draws=99).set_index("code").loc["y"]
    >>> float(found.apparent_share), float(found.corrected_share.round(4))  # (.5 + .9 - 1) / (.8 + .9 - 1)
    (0.5, 0.5714)
    """
    if way not in WAYS:
        raise TableError(f"way must be {WAYS[0]!r} or {WAYS[1]!r}, not {way!r}.")
    by = group_columns(by)
    items = labelled(codings, codebook, by, model=model, missing=missing, gate=gate, cluster=cluster)
    columns = {"code": "str", "corrected_share": "float64", **NUMBERS, "apparent_share": "float64", "coded": "int64"}
    columns |= {"sensitivity": "float64", "specificity": "float64", "method": "str"}
    return result_table(
        items,
        by,
        partial(_corrected_rows, way=way, unit=cluster_unit(codings, cluster), draws=draws, seed=seed),
        columns,
    )


def _corrected_rows(part, way, unit, draws, seed):
    """The rows of one group, or one that says why there is none."""
    given, both = part.dropna(subset="predicted"), part.dropna(subset=["true", "predicted"])
    reason = NOTHING_CODED if part.true.isna().all() and part.absent.isna().all() and given.empty else ""
    reason = reason or ("" if len(given) else NO_LABELS) or why_nothing(part, both, NO_BOTH)
    if reason:
        return [{"n": 0, "coded": 0, "method": reason}]
    classes = sorted({*both.true, *given.predicted})
    table, k = cluster_table(given, classes), len(classes)
    total = table.sum(axis=0)[None].astype(float)
    coded = total[0, k:].reshape(k, k).sum(axis=1)
    (value,), (se,), (sp,) = _corrected_sums(total, k, way)
    found = [_corrected_sums(each @ table, k, way)[0] for each in resamples(len(table), draws, seed, table.shape[1])]
    drawn = np.concatenate(found)
    low, high, is_identifiable = np.full(k, np.nan), np.full(k, np.nan), ~np.isnan(drawn).all(axis=0)
    if is_identifiable.any():
        low[is_identifiable], high[is_identifiable] = percentiles(
            value[is_identifiable], drawn[:, is_identifiable], len(table)
        )
    rows = []
    for place, code in enumerate(classes):
        fields = {"code": code, "n": len(given), "apparent_share": total[0, place] / len(given), "coded": len(both)}
        fields |= {"sensitivity": se[place], "specificity": sp[place]}
        is_unsure = np.isnan(drawn[:, place]).mean() > UNSURE
        if reason := _not_identified(classes, coded, value, se, sp, place, way, is_unsure):
            rows.append(fields | {"method": reason})
            continue
        words = too_few(len(table), unit) or f"{way}, bootstrap of {len(table)} {unit}"
        fields |= {"corrected_share": value[place], "low": low[place], "high": high[place]}
        rows.append(fields | {"method": words + reference_words(part)})
    return rows


def _not_identified(classes, coded, value, se, sp, place, way, is_unsure):
    """Why a code has no corrected share; empty where it has."""
    over = [place] if way == WAYS[1] else range(len(classes))
    reasons = [f"fewer than {LEAST_CODED} items coded {classes[each]!r}" for each in over if coded[each] < LEAST_CODED]
    reasons += [f"{classes[each]!r} is never predicted where it is so" for each in over if se[each] == 0]
    reasons += [
        f"sensitivity and specificity of {classes[each]!r} do not exceed one"
        for each in over
        if not se[each] + sp[each] > 1
    ]
    if reasons:
        return f"not identifiable: {reasons[0]}"
    if np.isnan(value[place]) or is_unsure:
        return "not identifiable: the errors are too uncertain to tell the codes apart"
    return ""


def _reason_of_none(table, classes):
    """Why the shares of a table of clusters (`cluster_table`) cannot be corrected; empty if they can."""
    total, k = table.sum(axis=0)[None].astype(float), len(classes)
    (value,), (se,), (sp,) = _corrected_sums(total, k, WAYS[0])
    coded = total[0, k:].reshape(k, k).sum(axis=1)
    return _not_identified(classes, coded, value, se, sp, 0, WAYS[0], False)


def _corrected_sums(sums, k, way):
    """Corrected shares, sensitivities and specificities for each row of sums; missing where not identified."""
    labels, pairs = divide(sums[:, :k], sums[:, :k].sum(axis=1, keepdims=True)), sums[:, k:].reshape(-1, k, k)
    n, hit = pairs.sum(axis=(1, 2))[:, None], np.einsum("dkk->dk", pairs)
    coded, labelled_so = pairs.sum(axis=2), pairs.sum(axis=1)
    se, sp = divide(hit, coded), 1 - divide(labelled_so - hit, n - coded)
    if way == WAYS[1]:
        return rogan_gladen(labels, se, sp), se, sp
    errors = divide(pairs, coded[:, :, None])
    is_identifiable = (se + sp > 1).all(axis=1) & (coded > 0).all(axis=1)
    is_identifiable[is_identifiable] = np.linalg.det(errors[is_identifiable]) > 1e-9
    shares = np.full(labels.shape, np.nan)
    if is_identifiable.any():
        solved = np.linalg.solve(errors[is_identifiable].transpose(0, 2, 1), labels[is_identifiable][:, :, None])[
            :, :, 0
        ]
        outside = (solved < 0).any(axis=1)
        solved[outside] = _likeliest(
            solved[outside], labels[is_identifiable][outside], errors[is_identifiable][outside]
        )
        shares[is_identifiable] = solved
    return shares, se, sp


def _likeliest(start, labels, errors, steps=300):
    """The shares of codes under which the labels are likeliest, where the exact solution leaves 0 to 1: by EM."""
    shares = np.clip(start, 0.01, None)
    shares = shares / shares.sum(axis=1, keepdims=True)
    for _ in range(steps):
        expected = np.einsum("dg,dgp->dp", shares, errors)
        shares = shares * np.einsum("dgp,dp->dg", errors, divide(labels, expected).clip(0))
        shares = divide(shares, shares.sum(axis=1, keepdims=True))
    return shares


def _macro_f1(sums, k):
    """Macro-F1 for each row of sums of pairs."""
    pairs = sums.reshape(-1, k, k)
    hit, either = np.einsum("dkk->dk", pairs), pairs.sum(axis=1) + pairs.sum(axis=2)
    return np.nanmean(divide(2 * hit, either), axis=1)


def _alpha(part):
    """α of the coders of a group, which is one stratum."""
    return part.agreement.iloc[0]
