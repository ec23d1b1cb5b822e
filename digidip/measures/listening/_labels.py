"""Items with the code of most coders and the label of a classifier, where coders agree."""

import numpy as np
import pandas as pd

from digidip.measures.dialogue.agreement import coder_agreement
from digidip.measures.statistics._codings import ITEM, coded, majority_codes
from digidip.measures.statistics._columns import group_columns
from digidip.tables import counted

NOTHING_CODED = "not available: nothing of the group is coded"
ONE_REFERENCE = "reference of one coder, so agreement is not known"
MODEL = "model"


def labelled(codings, codebook, by, *, model=MODEL, missing=(), gate=0.667, agreed_by=None, cluster=None, keep=()):
    """One row per item and variable: group, `true`, `predicted`, `cluster`, `is_split`, `absent`, `agreement`.

    `true`: the code of more than half of the coders other than `model`, missing where the coders of its stratum (`agreed_by`,
    columns that the codings have) fail the gate: `absent` then says so. `is_split`: they gave codes, and none is that of more
    than half. `predicted`: the label of `model`. `keep`: further columns of the codings, where they have them.
    """
    agreed_by = [name for name in group_columns(by if agreed_by is None else agreed_by) if name in codings.columns]
    clusters = [name for name in (cluster, *keep) if name in codings.columns]
    frame = coded(codings, codebook, None, [*by, *agreed_by, *clusters], missing)
    items = frame.drop_duplicates(ITEM)[list(dict.fromkeys([*by, *agreed_by, *ITEM, *clusters]))].copy()
    keys = items.set_index(ITEM).index
    people = frame[frame.coder.ne(model)]
    items["true"] = majority_codes(people).reindex(keys).to_numpy(dtype=object)
    items["predicted"] = frame[frame.coder.eq(model)].set_index(ITEM).code.reindex(keys).to_numpy(dtype=object)
    items["cluster"] = (items[cluster].fillna(items.item_id) if cluster in clusters else items.item_id).astype(str)
    agreed = coder_agreement(people, codebook=codebook, gate=gate, missing=missing, by=agreed_by, draws=1)
    strata = people.groupby(agreed_by, dropna=False) if agreed_by else [((), people)] * bool(len(people))
    coders = [part.dropna(subset="code").coder.nunique() for _, part in strata]
    reasons = [
        None if row.is_reliable or few < 2 else row.method for row, few in zip(agreed.itertuples(), coders, strict=True)
    ]
    agreed = agreed.assign(absent=np.array(reasons, dtype=object), one=np.array(coders) == 1)
    agreed = agreed.rename(columns={"coder_agreement": "agreement"})[[*agreed_by, "agreement", "absent", "one"]]
    items = items.merge(agreed, how="left", on=agreed_by) if agreed_by else items.merge(agreed, how="cross")
    items["one"] = items.one.eq(True)
    known = people.dropna(subset="code").set_index(ITEM).index
    items["is_split"] = items.true.isna() & items.set_index(ITEM).index.isin(known)
    return items.assign(true=items.true.where(items.absent.isna())).sort_values([*by, *ITEM], ignore_index=True)


def why_nothing(part, known, otherwise=NOTHING_CODED):
    """Why nothing can be said of a group of which these rows are known; empty where there are any."""
    if len(known):
        return ""
    return next(iter(part.absent.dropna()), otherwise)


def reference_words(part):
    """What `method` adds of the coders: that there is one alone, or what is left out for want of agreement."""
    return words_of_counts(part.one.any(), part.absent.notna().sum(), (part.is_split & part.absent.isna()).sum())


def words_of_counts(one, lacking, split):
    """The same where it is counted: whether one coder alone, items whose coders fail the gate, items that are split."""
    words = f"; {ONE_REFERENCE}" if one else ""
    words += f"; left out: {counted(lacking, 'items')} whose coders fail the gate" if lacking else ""
    return words + (f"; left out: {counted(split, 'items')} on which coders differ" if split else "")


def cluster_unit(codings, cluster):
    """What the clusters are, in the plural."""
    known = {"post_id": "posts", "author": "authors"}
    return known.get(cluster, "clusters") if cluster in codings.columns else "items"


def cluster_table(items, classes, names=None):
    """For each cluster (of `names`, in order, else those of the items) how many items have each label, and each code and label."""
    names = np.unique(items.cluster) if names is None else names
    row = np.searchsorted(names, items.cluster.to_numpy(str))
    label = pd.Categorical(items.predicted, classes).codes
    code = pd.Categorical(items.true, classes).codes
    table, k = np.zeros((len(names), len(classes) * (len(classes) + 1))), len(classes)
    np.add.at(table, (row, label), 1)
    is_coded = code >= 0
    np.add.at(table, (row[is_coded], k + k * code[is_coded] + label[is_coded]), 1)
    return table


def agreed_topics(codings, codebook, gate=0.667):
    """The topic that most coders gave to each item, by item; of one coder, theirs; none where coders fail the gate."""
    rows = coded(codings, codebook).dropna(subset="code")
    if rows.coder.nunique() > 1 and not coder_agreement(rows, codebook=codebook, gate=gate, draws=1).is_reliable.all():
        return pd.Series(dtype=object)
    return majority_codes(rows).groupby(level="item_id").first()
