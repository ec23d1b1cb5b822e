"""Messages and audiences: whether what a post says goes with whom it addresses."""

from functools import partial

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact

from digidip.measures._registry import measure
from digidip.measures.listening._address_terms import (
    AUDIENCES,
    UNKNOWN,
)
from digidip.measures.listening._audience_items import (
    ADDRESSED,
    audience_items,
    audience_names,
    of_side,
)
from digidip.measures.listening._labels import reference_words, why_nothing
from digidip.measures.statistics._columns import group_columns, to_pandas
from digidip.measures.statistics._intervals import (
    share_interval,
)
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p
from digidip.tables import TableError

NO_MESSAGE = "not available: no post has both a known audience and a message"


@measure(
    unit="nats",
    columns=("pairs", "audiences", "messages", "expected", "largest", "p", "p_adjusted", "method"),
)
def audience_message_information(
    codings, *, codebook="audience", by="ministry", gate=0.667, within=(), draws=999, seed=40
):
    """Mutual information of the message of a post and the audience that it addresses, against chance.

    Formula: Σ p(a, m) log(p(a, m) / (p(a) p(m))) over pairs of an audience and the message of a post. p = (1 + permutations of messages
    over posts with as much) / (1 + draws); `expected` and `largest` of these permutations. `p_adjusted`: Benjamini and Hochberg.
    **Unit** nats. **Reads** codings of `audience_codings` with `message`. **Source** Cover and Thomas 2006, Elements of Information
    Theory, ch. 2; docs/methods.md#audiences.
    **Caution** Never below 0, so of few posts it is large by chance alone: read it beside `expected`. That messages go with audiences says
    neither that they fit nor that they arrive. Language can tie both: permute `within` it. No interval.
    Parameters: `codings`; `codebook`; `by`, columns of codings; `gate` of the coders; `within`, columns within which messages are
    permuted; `draws`, `seed`.
    Returns the group columns, `audience_message_information`, `n` (posts with both), `low`, `high` (missing), `pairs`, `audiences`,
    `messages`, `expected`, `largest`, `p`, `p_adjusted`, `method`.

    >>> rows = [(str(n), code, message) for n, (code, message) in enumerate([("media", "trade"), ("diaspora", "visa")] * 2)]
    >>> codings = pd.DataFrame(rows, columns=["item_id", "code", "message"])
    >>> codings = codings.assign(codebook="audience", variable="main", coder="a", ministry="MUS", label="synthetic")
    >>> audience_message_information(codings, draws=99)[["audience_message_information", "pairs"]].round(4).values.tolist()  # log 2
    [[0.6931, 4.0]]
    """
    by, within = group_columns(by), group_columns(within)
    items = _with_messages(codings, codebook, by, gate, within)
    rows = partial(_information_rows, within=within, draws=draws, seed=seed)
    columns = {
        "audience_message_information": "float64",
        **NUMBERS,
        "pairs": "int64",
        "audiences": "int64",
        "messages": "int64",
    }
    columns |= {"expected": "float64", "largest": "float64", "p": "float64", "method": "str"}
    return with_adjusted_p(result_table(items, by, rows, columns))


def _with_messages(codings, codebook, by, gate, keep=()):
    """Items with `classes` and `message`: of posts, where a side is told."""
    codings = to_pandas(codings)
    if absent := [name for name in ("message", *keep) if name not in codings.columns]:
        raise TableError(
            f"codings: no column {absent[0]!r}. Found: {', '.join(map(str, codings.columns))}. Use `audience_codings`."
        )
    return of_side(audience_items(codings, codebook, list(dict.fromkeys([*by, *keep])), gate), ADDRESSED)


def _information_rows(part, within, draws, seed):
    """The row of one group."""
    known = part.dropna(subset=["classes", "message"])
    known = known[known.classes.map(len).gt(0)].reset_index(drop=True)
    nothing = {"n": 0, "pairs": 0, "audiences": 0, "messages": 0}
    if known.empty:
        return [nothing | {"method": why_nothing(part, known, NO_MESSAGE)}]
    pairs = known.classes.explode()
    audience, names = pd.factorize(pairs, sort=True)
    post, (message, kinds) = pairs.index.to_numpy(), pd.factorize(known.message, sort=True)
    fields = nothing | {"pairs": len(pairs), "audiences": len(names), "messages": len(kinds)}
    if min(len(names), len(kinds)) < 2:
        return [fields | {"method": "not defined: one audience, or one message, alone"}]
    shape = len(names), len(kinds)
    value = _mutual_information(audience, message[post], shape)
    rng = np.random.default_rng(seed)
    strata = known.groupby(within, dropna=False, sort=True).ngroup().to_numpy() if within else np.zeros(len(known))
    base = np.lexsort([np.arange(len(known)), strata])
    drawn = np.empty(draws)
    for each in range(draws):
        permuted = np.empty_like(message)
        permuted[base] = message[np.lexsort([rng.random(len(known)), strata])]
        drawn[each] = _mutual_information(audience, permuted[post], shape)
    p = (1 + (drawn >= value - 1e-12).sum()) / (1 + draws)
    fields |= {
        "audience_message_information": value,
        "n": len(known),
        "expected": drawn.mean(),
        "largest": drawn.max(),
        "p": p,
    }
    words = "no interval: too large by chance, see expected" + (f"; within {', '.join(within)}" if within else "")
    return [fields | {"method": words + reference_words(part)}]


def _mutual_information(first, second, shape):
    """Mutual information in nats of two columns of codes."""
    counts = np.bincount(first * shape[1] + second, minlength=shape[0] * shape[1]).reshape(shape)
    p, rows, columns = counts / counts.sum(), counts.sum(axis=1) / counts.sum(), counts.sum(axis=0) / counts.sum()
    at = p > 0
    return float((p[at] * np.log(p[at] / np.outer(rows, columns)[at])).sum())


@measure(unit="share of posts", keys=("audience", "message"), columns=("expected", "p", "p_adjusted", "method"))
def message_share(codings, *, codebook="audience", by="ministry", gate=0.667):
    """Which messages the posts for each audience carry, beside what all posts carry.

    Formula: posts for the audience with the message / posts for the audience with a message. `expected`: the share among all posts with
    both. p: Fisher's exact test of the audience against the others; `p_adjusted`: Benjamini and Hochberg over all cells. Interval: Wilson.
    **Unit** share of posts. **Reads** codings of `audience_codings` with `message`. **Source** Fisher 1922 (doi:10.2307/2340521);
    docs/methods.md#audiences.
    **Caution** A post for two audiences counts for both. The test takes posts as independent. Unknown is a class of its own.
    Parameters: `codings`; `codebook`; `by`, columns of codings; `gate` of the coders.
    Returns the group columns, `audience`, `message`, `message_share`, `n` (posts for the audience), `low`, `high`, `expected`, `p`,
    `p_adjusted`, `method`.

    >>> rows = [(str(n), code, message) for n, (code, message) in enumerate([("media", "trade"), ("diaspora", "visa")] * 2)]
    >>> codings = pd.DataFrame(rows, columns=["item_id", "code", "message"])
    >>> codings = codings.assign(codebook="audience", variable="main", coder="a", ministry="MUS", label="synthetic")
    >>> message_share(codings)[["audience", "message", "message_share", "expected"]].values.tolist()[:2]
    [['media', 'trade', 1.0, 0.5], ['media', 'visa', 0.0, 0.5]]
    """
    by = group_columns(by)

    def rows(part):
        known = part.dropna(subset=["classes", "message"])
        if known.empty:
            return [{"audience": "", "message": "", "n": 0, "method": why_nothing(part, known, NO_MESSAGE)}]
        return [row for name in (*AUDIENCES, UNKNOWN) for row in _message_rows(name, known, reference_words(part))]

    columns = {"audience": "str", "message": "str", "message_share": "float64", **NUMBERS, "expected": "float64"}
    columns |= {"p": "float64", "method": "str"}
    return with_adjusted_p(result_table(_with_messages(codings, codebook, by, gate), by, rows, columns))


def _message_rows(audience, known, words):
    """The messages of the posts for one audience; none where there is no such post."""
    is_for = np.array([audience in audience_names(own) for own in known.classes])
    found = []
    for message in sorted(known.message.unique()) if is_for.any() else ():
        has = known.message.eq(message).to_numpy()
        cells = [[(is_for & has).sum(), (is_for & ~has).sum()], [(~is_for & has).sum(), (~is_for & ~has).sum()]]
        events, n = int(cells[0][0]), int(is_for.sum())
        low, high = share_interval(events, n)
        fields = {
            "audience": audience,
            "message": message,
            "message_share": events / n,
            "n": n,
            "low": low,
            "high": high,
        }
        p = fisher_exact(cells).pvalue if (~is_for).any() else np.nan
        method = "Wilson" if 0 < events < n else "exact, one-sided"
        found.append(fields | {"expected": has.mean(), "p": p, "method": method + words})
    return found
