"""What the measures of codings share: the rows of one codebook, one code per item, variable and coder."""

import ibis

from digidip.measures._common import keys
from digidip.tables import TableError

ITEM = ["item_id", "variable"]


def coded(codings, codebook, variable=None, by=()):
    """The rows of one codebook in pandas, of one variable, of several, or of all; sorted, so that no order can matter.

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
        frame = frame[frame.variable.isin(keys(variable))]
    if (twice := frame.duplicated([*ITEM, "coder"])).any():
        item, variable, coder = frame.loc[twice, [*ITEM, "coder"]].iloc[0]
        raise TableError(
            f"codings: coder {coder!r} gives two codes to {variable!r} of item {item!r} in codebook {codebook!r}. "
            "Expected: one. Keep the final one, or name the codebook of the second round differently."
        )
    return frame.sort_values([*ITEM, "coder"]).reset_index(drop=True)
