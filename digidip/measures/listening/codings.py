"""Codings of posts: the share of each code, where coders agree."""

import numpy as np

from digidip.measures._registry import measure
from digidip.measures.dialogue.agreement import coder_agreement
from digidip.measures.statistics._codings import coded
from digidip.measures.statistics._columns import canonical, group_columns, to_pandas
from digidip.measures.statistics._counts import divide
from digidip.measures.statistics._intervals import jackknife_interval, share_interval, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table

NONE_CODED = "not available: no post of the group is coded"


@measure(unit="share of posts coded", keys=("variable", "code"), columns=("agreement", "method"))
def coded_share(posts, codings, *, codebook="position", by="ministry", gate=0.667):
    """Share of the coded posts to which coders give each code, where they agree.

    Formula: mean over posts of the share of coders who chose the code. Interval: t of the logit, each post left out in turn;
    one-sided exact bound where none or all chose it.
    **Unit** share of posts coded. **Reads** codings: item_id (a post), variable, coder, code; posts.post_id. **Source**
    Krippendorff 2004, Content Analysis, ch. 11; docs/methods.md#codings-of-posts.
    **Caution** The posts coded stand for the others only if they were drawn from them. Below the gate of
    `coder_agreement`, of all posts coded with this codebook, there is no result. None from fewer than eight posts.
    Parameters: `posts`; `codings`; `codebook`; `by`, columns of posts; `gate` of agreement.
    Returns the group columns, `variable`, `code`, `coded_share`, `n` (posts), `low`, `high`, `agreement` (α), `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "post_id": ["1", "2", "3", "4"]})
    >>> rows = [("position", str(n + 1), "states one", coder, code) for n, code in enumerate("ynyy") for coder in "ab"]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"])
    >>> coded_share(posts, codings)[["code", "coded_share", "n", "agreement"]].values.tolist()
    [['n', 0.25, 4, 1.0], ['y', 0.75, 4, 1.0]]
    """
    by, frame = group_columns(by), coded(codings, codebook).dropna(subset="code")
    held = to_pandas(canonical(posts, "posts", [*by, "post_id"]))
    found = held.merge(frame, how="left", left_on="post_id", right_on="item_id")
    agreed = (
        coder_agreement(codings, codebook=codebook, gate=gate, draws=1).set_index("variable") if len(frame) else None
    )

    def rows(part):
        with_codes = part.dropna(subset="variable")
        if with_codes.empty:
            return [{"n": 0, "method": NONE_CODED}]
        return [row for name, own in with_codes.groupby("variable") for row in _code_rows(name, own, agreed.loc[name])]

    columns = {
        "variable": "str",
        "code": "str",
        "coded_share": "float64",
        **NUMBERS,
        "agreement": "float64",
        "method": "str",
    }
    return result_table(found, by, rows, columns)


def _code_rows(variable, rows_coded, agreed):
    """The rows of one variable, or one that says why there is no result."""
    fields = {"variable": variable, "agreement": agreed.coder_agreement}
    if not agreed.is_reliable:
        return [fields | {"n": 0, "method": agreed.method}]
    codes = rows_coded.assign(one=1.0).pivot_table(
        index="item_id", columns="code", values="one", aggfunc="sum", fill_value=0.0
    )
    shares = codes.div(codes.sum(axis=1), axis=0)
    return [fields | {"code": code} | _share(shares[code].to_numpy()) for code in shares]


def _share(chosen):
    """Share, n and interval of one code: what share of coders chose it, post by post."""
    n, value = len(chosen), float(chosen.mean())
    fields = {"coded_share": value, "n": n}
    if value in (0.0, 1.0):
        low, high = share_interval(int(value * n), n)
        return fields | {"low": low, "high": high, "method": "exact, one-sided"}
    if few := too_few(n, "posts"):
        return fields | {"method": few}
    table = np.column_stack([chosen, np.ones(n)])
    _, low, high = jackknife_interval(lambda sums: divide(sums[:, 0], sums[:, 1]), table, "logit", in_order=False)
    return fields | {"low": low, "high": high, "method": f"t, each of {n} posts left out"}
