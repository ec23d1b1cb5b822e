"""Agreement: whether coders who read the same items saw the same."""

from functools import partial

import krippendorff
import numpy as np
import pandas as pd

from digidip.measures._registry import measure
from digidip.measures.statistics._codings import ITEM, coded
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._intervals import percentiles
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import TableError

LEVELS = ("nominal", "ordinal", "interval", "ratio")
SEED = 20
CELLS = 10**7  # of pairs of codes that are held at once
NO_CODER = "no result: nothing is coded"
ONE_CODER = "no result: one coder only"
NO_PAIR = "no result: no item coded by two"
ONE_CODE = "not defined: every code is the same"


@measure(unit="alpha, at most 1", columns=("coders", "is_reliable", "method"))
def coder_agreement(
    codings, *, codebook, variable=None, level="nominal", gate=0.667, missing=(), by="variable", draws=9999, seed=SEED
):
    """Krippendorff's α of each variable of a codebook, and whether it passes the gate.

    Formula: α = 1 - Do / De, observed over expected disagreement among the codes of items that two or more coders coded;
    disagreement is that of the level. Interval: outer points over items drawn again, expanded by t.
    **Unit** alpha, at most 1. **Reads** codings: item_id, variable, coder, code. **Source** Krippendorff 2004, Content
    Analysis, ch. 11; Hayes and Krippendorff 2007 (doi:10.1080/19312450709336664); package krippendorff;
    docs/methods.md#coder-agreement.
    **Caution** The gate looks at α itself: read the interval beside it. One code nearly always chosen makes α low though
    coders agree nearly always, and no other code at all leaves it undefined. Perfect agreement, and fewer than eight
    items, have no interval. Agreement is not validity.
    Parameters: `codings`; `codebook`; `variable`, one name or several, None for all; `level` nominal, ordinal, interval
    or ratio (all but nominal need numbers for codes); `gate`, .667 for tentative, .800 for firm conclusions; `by`,
    columns of codings (without "variable", its items are pooled); `draws`, `seed` of the bootstrap.
    Returns the group columns, `coder_agreement`, `n` (items coded by two or more), `low`, `high`, `coders`,
    `is_reliable`, `method`: the level and the gate in words, or why there is no result.

    >>> codes = {"a": "yes no yes", "b": "yes no no"}  # 6 codes, 3 of each: Do = 2/6, De = 18/30
    >>> rows = [("demo", str(item), "loop", coder, code) for coder, text in codes.items()
    ...         for item, code in enumerate(text.split())]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"])
    >>> coder_agreement(codings, codebook="demo")[["variable", "coder_agreement", "n", "is_reliable"]].round(3).values
    array([['loop', 0.444, 3, False]], dtype=object)
    """
    if level not in LEVELS:
        raise TableError(f"level must be one of {', '.join(LEVELS)}, not {level!r}.")
    frame = coded(codings, codebook, variable, group_columns(by), missing)
    rows = partial(_rows, level=level, gate=gate, draws=draws, seed=seed)
    after = {"coders": "int64", "is_reliable": "bool", "method": "str"}
    return result_table(frame, group_columns(by), rows, {"coder_agreement": "float64", **NUMBERS, **after})


def _rows(part, level, gate, draws, seed):
    """The row of one group: α with its interval and the gate, or why there is none."""
    known = part.dropna(subset="code")
    counts = pd.crosstab([known[name] for name in ITEM], _values(known.code, level))
    pairable = counts[counts.sum(axis=1) > 1]
    fields = {"n": len(pairable), "coders": known.coder.nunique(), "is_reliable": False}
    if reason := _reason(fields["coders"], pairable):
        return [fields | {"method": reason}]
    value, low, high = _interval(pairable, level, draws, seed)
    words = "passes" if value >= gate else "no result: below"
    fields |= {"is_reliable": bool(value >= gate), "method": f"{words} the gate {gate:g}; {level}, bootstrap of items"}
    return [fields | {"coder_agreement": value, "low": low, "high": high}]


def _values(codes, level):
    """Codes as text, or as the numbers that an order or a distance needs."""
    if level == "nominal":
        return codes.astype(str)
    numbers = pd.to_numeric(codes, errors="coerce")
    if numbers.isna().any():
        raise TableError(
            f"codings: code {codes[numbers.isna()].iloc[0]!r} is no number, and level {level!r} needs numbers. "
            "Number the codes in their order, or say level='nominal'."
        )
    return numbers


def _reason(coders, pairable):
    """Why there is no α, or None."""
    if coders < 2:
        return ONE_CODER if coders else NO_CODER
    if pairable.empty:
        return NO_PAIR
    return ONE_CODE if (pairable.sum() > 0).sum() < 2 else None


def _interval(pairable, level, draws, seed):
    """α of these items, and its interval over items drawn again; a draw of one code alone has no α."""
    counts, domain = pairable.to_numpy(), pairable.columns.to_numpy()
    picked = np.random.default_rng(seed).integers(len(counts), size=(draws, len(counts)))
    value = krippendorff.alpha(value_counts=counts, value_domain=domain, level_of_measurement=level)
    parts = np.array_split(picked, picked.size * len(domain) ** 2 // CELLS + 1)  # many codes would fill the memory
    found = np.concatenate([_alphas(counts, domain, level, part) for part in parts])
    found = found[~np.isnan(found)]
    return value, *(percentiles(value, found, len(counts)) if len({value, *found}) > 1 else (np.nan, np.nan))


def _alphas(counts, domain, level, picked):
    """α of each draw of items, missing where it has one code alone; ten thousand calls of the package take seconds.

    Pairs of codes within an item add up over items, so a draw is the sum of the pairs of the items it picked.
    """
    pairs = np.einsum("ij,ik->ijk", counts, counts) - np.einsum("ij,jk->ijk", counts, np.eye(len(domain)))
    pairs = (pairs / (counts.sum(axis=1) - 1)[:, None, None]).reshape(len(counts), -1)
    times = np.apply_along_axis(np.bincount, 1, picked, minlength=len(counts))
    observed = (times @ pairs).reshape(len(picked), len(domain), len(domain))
    codes = times @ counts
    distance = _distances(codes, domain, level)
    expected = np.einsum("dj,dk->djk", codes, codes) / (codes.sum(axis=1) - 1)[:, None, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        return 1 - (observed * distance).sum(axis=(1, 2)) / (expected * distance).sum(axis=(1, 2))


def _distances(codes, domain, level):
    """The squared distance of two codes as krippendorff has it; between ranks it follows from how often codes occur."""
    if level == "nominal":
        return 1 - np.eye(len(domain))
    if level == "ordinal":
        ranks = np.cumsum(codes, axis=1) - codes / 2
        return (ranks[:, :, None] - ranks[:, None, :]) ** 2
    apart = np.subtract.outer(domain, domain).astype(float)
    sums = np.add.outer(domain, domain) if level == "ratio" else 1
    return np.divide(apart, sums, out=np.zeros_like(apart), where=sums != 0) ** 2
