"""What measures of codings share: the rows of one codebook, one code per item, variable and coder."""

import ibis
import numpy as np

from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._intervals import percentiles, resamples
from digidip.tables import TableError

ITEM = ["item_id", "variable"]


def coded(codings, codebook, variable=None, by=(), missing=()):
    """The rows of one codebook in pandas, of one variable, of several, or of all.

    Sorted, so that no order can matter. Codes named in `missing` say that the coder could not tell.

    An absent column and a coder with two codes for one variable of one item raise `TableError`.

    >>> import pandas as pd
    >>> rows = {"codebook": "topic", "item_id": ["2", "1"], "variable": "topic", "coder": "a", "code": ["visa", None]}
    >>> coded(pd.DataFrame(rows), "topic").code.dropna().tolist()
    ['visa']
    """
    names = list(dict.fromkeys([*by, "codebook", *ITEM, "coder", "code"]))
    if absent := [name for name in names if name not in codings.columns]:
        wanted, found = ", ".join(map(repr, absent)), ", ".join(map(str, codings.columns))
        raise TableError(f"codings: no column {wanted}. Found: {found}. See digidip.tables.REFERENCES.")
    frame = codings[names].to_pandas() if isinstance(codings, ibis.Table) else codings[names]
    frame = frame[frame.codebook == codebook]
    if variable is not None:
        frame = frame[frame.variable.isin(group_columns(variable))]
    if (twice := frame.duplicated([*ITEM, "coder"])).any():
        item, variable, coder = frame.loc[twice, [*ITEM, "coder"]].iloc[0]
        raise TableError(
            f"codings: coder {coder!r} gives two codes to {variable!r} of item {item!r} in codebook {codebook!r}. "
            "Expected: one. Keep the final one, or name the codebook of the second round differently."
        )
    frame = frame.sort_values([*ITEM, "coder"]).reset_index(drop=True)
    return frame.assign(code=frame.code.where(~frame.code.isin(group_columns(missing))))


def majority_codes(rows):
    """The code that more than half of the coders gave, as a series by item and variable.

    >>> import pandas as pd
    >>> rows = {"item_id": ["1", "1", "2", "2"], "variable": "v", "coder": list("abab"), "code": list("yyyn")}
    >>> majority_codes(pd.DataFrame(rows)).to_dict()
    {('1', 'v'): 'y'}
    """
    votes = rows.dropna(subset="code").groupby([*ITEM, "code"]).size().rename("votes").reset_index()
    share = votes.votes / votes.groupby(ITEM).votes.transform("sum")
    return votes[share > 0.5].set_index(ITEM).code


def reliability(complete, draws, seed):
    """KR-20 of complete rows and its limits, rows drawn again; not a number where it is not defined."""
    value = kr20(complete, np.ones((1, len(complete))))[0] if min(complete.shape) > 1 else np.nan
    if np.isnan(value):
        return (np.nan,) * 3
    chunks = resamples(len(complete), draws, seed, len(complete))
    return value, *percentiles(value, np.concatenate([kr20(complete, weights) for weights in chunks]), len(complete))


def kr20(fields, weights):
    """KR-20 of items (rows of codes 0 to 1), each counted as often as a row of weights says.

    Missing without variance.

    Of codes between 0 and 1, where coders differ, it is Cronbach's alpha, which of 0 and 1 is KR-20.
    """
    n, k = weights.sum(axis=1), fields.shape[1]
    shares, sums = weights @ fields / n[:, None], fields.sum(axis=1)
    variance = weights @ sums**2 / n - (weights @ sums / n) ** 2
    spread = (weights @ fields**2 / n[:, None] - shares**2).sum(axis=1)
    ratio = np.divide(spread, variance, out=np.full(len(n), np.nan), where=variance > 1e-12)
    return k / (k - 1) * (1 - ratio)
