"""Items that a score screened and of which coders read some: one row for each, with its stratum, and shares over strata.

Coders read more of what the score flagged than of the rest, so each stratum speaks for its own share of all items alone.
"""

import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu

from digidip.measures.listening._labels import MODEL, labelled
from digidip.measures.statistics._codings import coded
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._intervals import effective_size, share_interval
from digidip.tables import TableError

NO_CODER = "no result: no coder read any of it, and a score alone is not reported"
UNREAD = "no result: coders read none of what the score {}"
NO_LOT = "no result: of what the score {} coders read other scores than a lot would draw; was it drawn by this score, at this threshold?"
OTHER = "score of "
UNLIKELY, LEAST = 0.001, 8  # p of ranks of scores, read against unread, and how many of either it takes
RANDOM = "no score: what coders read, taken as drawn at random"


def screened(codings, codebook, by, *, variable="severity", score="score", model=MODEL, threshold=0.5, gate=0.667,
             agreed_by=None, cluster="author"):  # fmt: skip
    """One row per item: group, `severity` (of most coders), `score`, `flagged`, `cluster`, and what `labelled` says of coders.

    `severity` is missing where no coder read the item, where they differ, and where coders of its stratum fail the gate;
    `score`, the number that `model` gave to the variable of that name, where it gave none.
    """
    by = group_columns(by)
    agreed_by = [name for name in group_columns(by if agreed_by is None else agreed_by) if name in codings.columns]
    clusters = [name for name in (cluster,) if name in codings.columns]
    frame = coded(codings, codebook, None, list(dict.fromkeys([*by, *agreed_by, *clusters])))
    items = frame.drop_duplicates("item_id")[list(dict.fromkeys([*by, "item_id", *clusters]))]
    items = items.assign(
        cluster=(items[cluster].fillna(items.item_id) if clusters else items.item_id).astype(str)
    ).sort_values([*by, "item_id"], ignore_index=True)
    read = frame[frame.variable.eq(variable) & frame.coder.ne(model)]
    coded_items = labelled(read, codebook, by, gate=gate, agreed_by=agreed_by).set_index("item_id")
    for name in ("true", "is_split", "absent", "agreement", "one"):
        items[name] = coded_items[name].reindex(items.item_id).to_numpy(dtype=object)
    items["is_read"] = items.item_id.isin(read.dropna(subset="code").item_id)
    items["one"], items["is_split"] = items.one.eq(True), items.is_split.eq(True)
    given = frame[frame.variable.eq(score)]
    items["severity"], items["score"] = _numbers(items.true), np.nan
    for coder, own in given.groupby("coder"):  # other scores tell whether the lot was drawn by them
        name = "score" if coder == model else f"{OTHER}{coder}"
        items[name] = _numbers(own.set_index("item_id").code.reindex(items.item_id)).to_numpy()
    return items.assign(flagged=items.score >= threshold, cluster_code=pd.factorize(items.cluster)[0])


def _numbers(codes):
    """Codes as numbers; another one is an error."""
    numbers = pd.to_numeric(codes, errors="coerce").astype(float)
    if (strange := numbers.isna() & codes.notna()).any():
        raise TableError(
            f"codings: found the code {codes[strange].iloc[0]!r}. Expected: a number, of severity from 0 upwards or of a score. "
            "Mend it, or name the variable that has numbers."
        )
    return numbers


def strata(part):
    """The items of one group by stratum, flagged first: those screened, and those of them whose severity is known.

    Where nothing has a score, all that was read is one stratum. Text: why there is none.
    """
    if part.severity.isna().all():
        return next(iter(part.absent.dropna()), NO_CODER)
    if part.score.isna().all():
        return [(part[part.severity.notna()],) * 2]
    scored = part[part.score.notna()]
    found = []
    for flag, words in ((True, "flagged"), (False, "did not flag")):
        own = scored[scored.flagged == flag]
        known = own[own.severity.notna()]
        if len(own) and known.empty:
            return UNREAD.format(words)
        for name in ["score", *(each for each in own if each.startswith(OTHER))]:
            read, unread = (own.loc[own.is_read == side, name].dropna() for side in (True, False))
            if min(len(read), len(unread)) >= LEAST and mannwhitneyu(read, unread).pvalue < UNLIKELY:
                return NO_LOT.format(words)
        found += [(own, known)] if len(own) else []
    return found


def stratified(parts, values):
    """The mean of `values(items)`, 0 to 1, over all items screened, and its limits, authors as clusters.

    Σ share of the stratum · mean in it. Limits: those of each mean (Wilson at the effective size, exact where none or all) and
    of the strata's shares, put together by their squares (MOVER, Zou and Donner 2008).
    """
    total = sum(len(own) for own, _ in parts)
    shares = np.array([len(own) / total for own, _ in parts])
    means = [_mean(known, values(known)) for _, known in parts]
    value = sum(share * mean for share, (mean, _, _) in zip(shares, means, strict=True))
    below = sum((share * (mean - low)) ** 2 for share, (mean, low, _) in zip(shares, means, strict=True))
    above = sum((share * (high - mean)) ** 2 for share, (mean, _, high) in zip(shares, means, strict=True))
    if len(parts) == 2:
        every = pd.concat([own for own, _ in parts])
        share, low, high = _mean(every, every.flagged)
        apart = means[0][0] - means[1][0]
        sides = (share - low, high - share) if apart > 0 else (high - share, share - low)
        below, above = below + (apart * sides[0]) ** 2, above + (apart * sides[1]) ** 2
    return value, max(0.0, value - np.sqrt(below)), min(1.0, value + np.sqrt(above))


def _mean(items, values):
    """A mean of numbers from 0 to 1 with its limits at the effective size."""
    values = values.to_numpy(float)
    codes, mean = np.unique(items.cluster_code, return_inverse=True)[1], float(values.mean())
    size = effective_size(np.bincount(codes, values), np.bincount(codes).astype(float), in_order=False)
    low, high = share_interval(0 if mean == 0 else size if mean == 1 else mean * size, size)
    return mean, min(low, mean), max(high, mean)


def weights(parts):
    """The items of known severity of all strata, each with the number of screened ones that it stands for."""
    return pd.concat([known.assign(weight=len(own) / len(known)) for own, known in parts if len(known)])
