"""Rhetoric: which words set texts apart, how they speak of influence and of dialogue, and whether speech goes with deeds.

The two families of terms are a dictionary, here in full, that anybody may replace; a dictionary counts words and reads nothing.
"""

import re
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import norm, rankdata, t

from digidip.measures._registry import measure
from digidip.measures.institution._references import reference_rows
from digidip.measures.statistics._columns import group_columns, to_pandas
from digidip.measures.statistics._intervals import LEAST_CLUSTERS, rank_correlation
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p

FAMILIES = {
    "influence": (
        "brand",
        "campaign",
        "impact",
        "influence",
        "message",
        "narrative",
        "persuade",
        "promote",
        "reach",
        "target",
    ),
    "dialogue": (
        "answer",
        "ask",
        "conversation",
        "converse",
        "dialogue",
        "engage",
        "exchange",
        "listen",
        "question",
        "reply",
        "respond",
    ),
}
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
NO_TEXT = "not available: no text"
ONE = "not available: one document alone has nothing to be set against"
LEAST_TEXTS = 4  # of a kind: fewer can be dealt out in too few ways
PRIOR = 0.05  # pseudo-words of the prior for each word of the texts, 500 at most


def _words(text):
    """The words of a text in lower case: runs of letters of any script, apostrophes inside them.

    >>> _words("We'll ask 2 ministers: ¿Quién?")
    ["we'll", 'ask', 'ministers', 'quién']
    """
    return WORD.findall(str(text).lower())


def _family(word, families=None):
    """The family of a word, or an empty text: a term, or a term and one of the endings s, d, r, n, ed, er, es, ing (with or without a last e).

    >>> [_family(word) for word in ("Listening".lower(), "persuaded", "influencer", "reachable", "asked")]
    ['dialogue', 'influence', 'influence', '', 'dialogue']
    """
    for name, terms in (families or FAMILIES).items():
        for term in terms:
            root = term.removesuffix("e")
            if word == term or (word.startswith(root) and word[len(root) :] in _ENDINGS[term.endswith("e")]):
                return name
    return ""


_ENDINGS = (  # of terms that do not end in e, and of those that do
    {"s", "es", "ed", "er", "ers", "ing", "ings"},
    {"e", "es", "ed", "er", "ers", "ing", "ings"},
)


@measure(
    unit="log-odds",
    keys=("term",),
    columns=("z", "p", "p_adjusted", "count", "others", "family", "documents", "method"),
)
def term_odds(documents, *, terms=20, least=5, by="ministry"):
    """How much more often a group's texts use a word than those of others: log-odds with a prior.

    Formula: log-odds of the word in the group less those in all other groups, each with pseudo-words of the prior added: the frequency of the word in all texts,
    times .05 of all words, 500 at most. Interval: error √(1 / a + 1 / b) of the two counts with their pseudo-words, times the root of how
    much more the counts of documents vary than independent words, from eight documents on with t of documents - 2. p: the same, two-sided; `p_adjusted`: Benjamini and
    Hochberg over all words of all groups.
    **Unit** log-odds. **Reads** documents.text, and the group columns. **Source** Monroe, Colaresi and Quinn 2008 (doi:10.1093/pan/mpn018); docs/methods.md#keyness.
    **Caution** Words come in bursts within a text: from fewer than eight documents they are taken as drawn one by one, and intervals are too narrow; a word of one document is never told. Texts in several languages set languages apart and nothing else: give those of one. One document has no odds.
    Parameters: `documents`, the reference table; `terms`, words told of each group, those farthest from 0 by z; `least`, times that a word must be in all texts; `by`,
    columns of documents.
    Returns the group columns, `term`, `term_odds`, `n` (words of the group), `low`, `high`, `z`, `p`, `p_adjusted`, `count`, `others` (times in the other groups), `family`, `documents` (of the group
    with the word), `method`.

    >>> documents = pd.DataFrame({"ministry": ["PER", "PER", "FRA", "FRA"], "document_id": list("abcd"),
    ...     "text": ["we listen and listen", "we listen", "we promote", "we promote and promote"]})
    >>> term_odds(documents, least=2, terms=1)[["ministry", "term", "term_odds", "count"]].round(1).values.tolist()
    [['FRA', 'listen', -3.7, 0], ['PER', 'listen', 3.7, 3]]
    """
    by = group_columns(by)
    counts = _word_counts(documents, by)
    table = result_table(counts, by, lambda part: _odds(part, counts, by, least), _ODDS | {"method": "str"})
    table = with_adjusted_p(table)
    order = table.assign(far=-table["z"].abs().fillna(0)).sort_values([*by, "far", "term"], kind="stable")
    first = order.groupby(by, dropna=False, sort=False).head(terms) if by else order.head(terms)
    return first.assign(family=first["term"].map(_family)).drop(columns="far").reset_index(drop=True)


_ODDS = {
    "term": "str",
    "term_odds": "float64",
    **NUMBERS,
    "z": "float64",
    "p": "float64",
    "count": "int64",
    "others": "int64",
}
_ODDS |= {"family": "str", "documents": "int64"}


@measure(
    unit="overlap of ranks, 0 to 1",
    keys=("frame", "other"),
    columns=("expected", "p", "p_adjusted", "method"),
    limits="no interval",
)
def frame_overlap(documents, *, frame="kind", by=(), depth=50, persistence=0.9, draws=199, seed=0):
    """How alike the most used words of two kinds of texts are, beside those of texts dealt at random.

    Formula: rank-biased overlap, A_k p^k + (1 - p) / p Σ A_d p^d over the ranks d from 1 to k, A_d the share of their first d words that both lists have. Words rank by how many texts of
    the kind have them, then by how often, then by the alphabet; k: `depth`, or the length of the shorter list; p: `persistence`. `expected`: mean over `draws` deals of the same texts to
    the two kinds; `p`: (1 + deals with as little overlap or less) / (1 + draws); `p_adjusted`: Holm.
    **Unit** overlap of ranks, 0 to 1. **Reads** documents.text, the column `frame`, and the group columns. **Source** Webber, Moffat and Zobel 2010 (doi:10.1145/1852102.1852106);
    docs/methods.md#keyness.
    **Caution** Words that every text has, such as *the*, make any two kinds alike: read it beside `expected`, never by itself. Texts in several languages differ by language. A small p
    says that words differ, not that views do. None from fewer than four texts of each kind.
    Parameters: `documents`, the reference table, or any texts with its columns; `frame`, the column that says whose or of what kind a text is; `by`, columns of documents; `depth`;
    `persistence`, how far down the lists a reader goes on: at .9 the first ten words have 86 % of the weight; `draws`, `seed`.
    Returns the group columns, `frame`, `other`, `frame_overlap`, `n` (texts of both), `low`, `high` (missing), `expected`, `p`, `p_adjusted`, `method`.

    >>> texts = {"news": ["a b c", "a b c", "a b", "a"], "speech": ["a c b", "a c b", "a c", "a"]}  # (1 + .5 p + p²) (1 - p) + p³
    >>> documents = pd.DataFrame([(kind, f"{kind} {n}", text) for kind, each in texts.items() for n, text in enumerate(each)],
    ...     columns=["kind", "document_id", "text"])
    >>> frame_overlap(documents, draws=99)[["frame", "other", "frame_overlap", "n"]].round(3).values.tolist()
    [['news', 'speech', 0.955, 8]]
    """
    by = group_columns(by)
    counts = _word_counts(documents, list(dict.fromkeys([*by, frame])))

    def rows(part):
        known = part.dropna(subset=["term", frame])
        table = known.pivot_table(index="document", columns="term", values="count", aggfunc="sum", fill_value=0)
        kinds = known.drop_duplicates("document").set_index("document")[frame].reindex(table.index)
        held = kinds.value_counts()
        names = sorted(held.index[held >= LEAST_TEXTS])
        if len(names) < 2:
            few = f"not available: fewer than two kinds of text with {LEAST_TEXTS} texts each"
            return [{"frame": "", "other": "", "n": 0, "method": few if len(known) else NO_TEXT}]
        rng = np.random.default_rng(seed)
        found = []
        for one, other in combinations(names, 2):
            own = kinds.isin([one, other]).to_numpy()
            words, is_one = table.to_numpy(float)[own], kinds[own].eq(one).to_numpy()
            value = _overlap(words, is_one, depth, persistence)
            dealt = np.array([_overlap(words, rng.permutation(is_one), depth, persistence) for _ in range(draws)])
            p = (1 + (dealt <= value + 1e-12).sum()) / (1 + draws)
            row = {"frame": str(one), "other": str(other), "frame_overlap": value, "n": int(own.sum()), "p": p}
            found.append(row | {"expected": dealt.mean(), "method": f"{draws} deals of the texts"})
        return found

    columns = {
        "frame": "str",
        "other": "str",
        "frame_overlap": "float64",
        **NUMBERS,
        "expected": "float64",
        "p": "float64",
    }
    return with_adjusted_p(result_table(counts, by, rows, columns | {"method": "str"}), "holm")


def _overlap(words, is_one, depth, persistence):
    """Rank-biased overlap, extrapolated, of the words of two sides of a table of texts × words, words in the alphabet's order."""
    places = []
    for side in (words[is_one], words[~is_one]):
        order = np.lexsort((-side.sum(axis=0), -(side > 0).sum(axis=0)))
        places.append(np.argsort(order, kind="stable"))
        depth = min(depth, int((side.sum(axis=0) > 0).sum()))
    at = np.maximum(*places)  # the depth from which both lists have a word
    shares = np.cumsum(np.bincount(at[at < depth], minlength=depth)) / np.arange(1, depth + 1)
    weights = persistence ** np.arange(1, depth + 1)
    return float(shares[-1] * weights[-1] + (1 - persistence) / persistence * (shares * weights).sum())


@measure(unit="log-odds", columns=("influence", "dialogue", "words", "documents", "method"))
def rhetoric_balance(documents, *, families=None, by="ministry"):
    """Whether texts speak more of influence or of dialogue: log-odds of the one family against the other.

    Formula: ln((influence + ½) / (dialogue + ½)), times that words of each family occur. Interval: normal, error √(1 / (influence + ½) + 1 / (dialogue + ½)) times
    the root of how much more the counts of documents vary than binomial ones, from eight documents on; at least 1.
    **Unit** log-odds. **Reads** documents.text. **Source** Haldane 1956 (doi:10.1111/j.1469-1809.1955.tb01285.x); docs/methods.md#keyness.
    **Caution** A dictionary counts words: `no dialogue` counts as dialogue. It is English. Before it is believed, coders read windows of the texts and its labels are set beside
    theirs (`sentence_labels`, `classifier_f1`). From fewer than eight documents the interval takes words as independent, and is too narrow.
    Parameters: `documents`; `families`, the two families as {"influence": terms, "dialogue": terms}, None for the dictionary here; `by`, columns of documents.
    Returns the group columns, `rhetoric_balance` (above 0: influence), `n` (words of both families), `low`, `high`, `influence`, `dialogue`, `words`, `documents`, `method`.

    >>> documents = pd.DataFrame({"ministry": ["PER"], "document_id": ["a"], "text": ["Reach and promote, then listen to influencers."]})
    >>> rhetoric_balance(documents)[["rhetoric_balance", "influence", "dialogue"]].round(3).values.tolist()  # ln(3.5 / 1.5)
    [[0.847, 3.0, 1.0]]
    """
    by = group_columns(by)
    counts = _word_counts(documents, by)
    named = counts["term"].map(lambda word: "" if word is None else _family(word, families))
    counts = counts.assign(**{name: counts["count"].where(named.eq(name), 0) for name in FAMILIES})

    def rows(part):
        each = part.dropna(subset="term").groupby("document_id")[["influence", "dialogue", "count"]].sum()
        of_influence, against, words = (int(each[name].sum()) for name in each)
        fields = {
            "influence": of_influence,
            "dialogue": against,
            "words": words,
            "documents": len(each),
            "n": of_influence + against,
        }
        if not of_influence + against:
            return [fields | {"method": NO_TEXT if not words else "not defined: no word of either family"}]
        value, error = (
            np.log((of_influence + 0.5) / (against + 0.5)),
            np.sqrt(1 / (of_influence + 0.5) + 1 / (against + 0.5)),
        )
        way = "words as independent"
        if len(each) >= LEAST_CLUSTERS:
            sizes, share = each["influence"] + each["dialogue"], of_influence / (of_influence + against)
            chi = ((each["influence"] - share * sizes) ** 2 / (sizes * share * (1 - share))).where(sizes > 0)
            error *= np.sqrt(max(chi.sum() / (chi.count() - 1), 1)) if 0 < share < 1 else 1
            way = f"{len(each)} documents as clusters"
        half = (t.ppf(0.975, len(each) - 1) if len(each) >= LEAST_CLUSTERS else norm.ppf(0.975)) * error
        return [fields | {"rhetoric_balance": value, "low": value - half, "high": value + half, "method": way}]

    columns = {
        "rhetoric_balance": "float64",
        **NUMBERS,
        **dict.fromkeys(["influence", "dialogue", "words", "documents"], "int64"),
    }
    return result_table(counts, by, rows, columns | {"method": "str"})


@measure(unit="rank correlation, -1 to 1", keys=("index",), columns=("p", "method"))
def rhetoric_correlation(documents, deeds, *, index, families=None, by=(), unit="ministry"):
    """Whether ministries whose texts speak of influence converse less: rank correlation.

    Formula: Spearman's correlation of `rhetoric_balance` and a measure of deeds, one pair for each ministry that has both. Interval: Bonett and Wright's. p:
    permutation.
    **Unit** rank correlation, -1 to 1. **Reads** documents.text, ministry; deeds: ministry and the column `index`, such as a table of `dialogue_index`. **Source** Bonett and Wright 2000
    (doi:10.1007/BF02294183); docs/methods.md#keyness.
    **Caution** Of ministries whose texts somebody chose. Whoever speaks of dialogue may have been told to because there was none: a correlation tells no direction and no cause. None from
    fewer than eight ministries.
    Parameters: `documents`; `deeds`, a table of one number for each ministry; `index`, its column; `families` as in `rhetoric_balance`; `by`, columns of documents whose groups are
    correlated apart; `unit`, the column that both tables share.
    Returns the group columns, `index`, `rhetoric_correlation`, `n` (ministries), `low`, `high`, `p`, `method`.

    >>> documents = pd.DataFrame({"ministry": [f"M{n}" for n in range(8)], "document_id": [f"d{n}" for n in range(8)],
    ...     "text": ["influence " * n + "dialogue" for n in range(8)]})
    >>> deeds = pd.DataFrame({"ministry": [f"M{n}" for n in range(8)], "dialogue_index": [0.9 - n / 10 for n in range(8)]})
    >>> rhetoric_correlation(documents, deeds, index="dialogue_index")[["rhetoric_correlation", "n"]].values.tolist()
    [[-1.0, 8.0]]
    """
    by = group_columns(by)
    spoken = rhetoric_balance(documents, families=families, by=list(dict.fromkeys([*by, unit])))
    done = to_pandas(deeds[[unit, index]]).dropna().drop_duplicates(unit).astype({unit: object, index: float})
    both = spoken.astype({unit: object}).merge(done.rename(columns={index: "deed"}), how="left", on=unit)

    def rows(part):
        known = part.dropna(subset=["rhetoric_balance", "deed"])
        few = f"not available: {len(known)} ministries have both, fewer than {LEAST_CLUSTERS}"
        if len(known) < LEAST_CLUSTERS:
            return [{"index": index, "n": 0, "method": few}]
        ranks = [rankdata(known[name].round(9)) - (len(known) + 1) / 2 for name in ("rhetoric_balance", "deed")]
        if not all(each.any() for each in ranks):
            return [{"index": index, "n": 0, "method": "not defined: one of the two is the same everywhere"}]
        value, low, high, p = rank_correlation(*ranks)
        fields = {"index": index, "rhetoric_correlation": value, "n": len(known), "low": low, "high": high, "p": p}
        return [fields | {"method": f"Spearman, {len(known)} ministries"}]

    columns = {"index": "str", "rhetoric_correlation": "float64", **NUMBERS, "p": "float64", "method": "str"}
    return result_table(both, by, rows, columns)


def sentence_labels(documents, *, codebook="rhetoric", variable="rhetoric", families=None):
    """What the dictionary says of each sentence, as rows of codings: influence, dialogue, both, or neither; the coder is `model`.

    Coders who read the same sentences give rows of the same ids; `classifier_f1` and `confusion_share` then set the dictionary beside them.

    >>> documents = pd.DataFrame({"document_id": ["a"], "ministry": ["PER"], "text": ["We listen. Then we eat."], "label": "synthetic"})
    >>> sentence_labels(documents)[["item_id", "code"]].values.tolist()
    [['a 1', 'dialogue'], ['a 2', 'neither']]
    """
    rows = []
    for document in reference_rows(documents, "documents", ["document_id", "ministry", "text", "label"]).to_dict(
        "records"
    ):
        for number, sentence in enumerate(re.split(r"(?<=[.!?])\s+", document["text"] or ""), 1):
            found = {_family(word, families) for word in _words(sentence)} - {""}
            code = "both" if len(found) > 1 else next(iter(found), "neither")
            rows.append(
                (
                    f"{document['document_id']} {number}",
                    document["document_id"],
                    document["ministry"],
                    code,
                    document["label"],
                )
            )
    table = pd.DataFrame(rows, columns=["item_id", "document_id", "ministry", "code", "label"])
    return table.assign(codebook=codebook, variable=variable, coder="model")


def _word_counts(documents, by):
    """How often each word is in each document; a document without a word has one row without a term."""
    columns = list(dict.fromkeys([*by, "document_id", "text"]))
    frame = reference_rows(documents, "documents", columns).drop_duplicates([*by, "document_id"])
    words = frame["text"].map(lambda text: _words(text) if text is not None else [])
    long = frame.drop(columns="text").assign(term=words).explode("term", ignore_index=True)
    long["term"] = long["term"].astype(object).where(long["term"].notna(), None)
    keys = list(dict.fromkeys([*by, "document_id", "term"]))
    counts = long.groupby(keys, dropna=False).size().reset_index(name="count").astype({"term": object})
    lost = counts["term"].isna()
    found = counts.assign(term=counts["term"].where(~lost, None), count=counts["count"].where(~lost, 0))
    documents = list(dict.fromkeys([*by, "document_id"]))
    return found.assign(document=found.groupby(documents, dropna=False).ngroup())


def _odds(part, counts, by, least):
    """The rows of one group: every word that is often enough in all texts, and in two documents at least."""
    known, own = counts.dropna(subset="term"), part.dropna(subset="term")
    whole = known.groupby("term")["count"].agg(["sum", "size"])
    of_group = own.groupby("term")["count"].sum()
    n, others = int(own["count"].sum()), int(known["count"].sum() - own["count"].sum())
    nothing = {"term": "", "count": 0, "others": 0, "documents": 0, "family": "", "n": 0}
    if not n or not others:
        return [nothing | {"method": NO_TEXT if not n else ONE}]
    words = whole.index[whole["sum"].ge(least) & whole["size"].ge(2)]
    if not len(words):
        return [nothing | {"method": "not available: no word is often enough in two documents"}]
    prior = whole["sum"] / whole["sum"].sum() * min(500, PRIOR * whole["sum"].sum())
    total = prior.sum()
    a = of_group.reindex(words).fillna(0) + prior[words]
    b = whole["sum"][words] - of_group.reindex(words).fillna(0) + prior[words]
    value = np.log(a / (n + total - a)) - np.log(b / (others + total - b))
    more, free = _burst(known, own, a / (n + total), b / (others + total))
    error = np.sqrt((1 / a + 1 / b) * more)
    seen = own.groupby("term")["document_id"].nunique().reindex(words).fillna(0).astype(int)
    half, z = t.ppf(0.975, free) * error, value / error
    way = f"words of a document together, {free + 2:.0f} documents" if np.isfinite(free) else "words as independent"
    count = of_group.reindex(words).fillna(0).astype(int)
    found = {"term": words, "term_odds": value, "n": n, "low": value - half, "high": value + half, "z": z}
    found |= {"p": 2 * t.sf(abs(z), free), "count": count, "others": whole["sum"][words].astype(int) - count}
    return pd.DataFrame(found | {"family": "", "documents": seen, "method": f"Dirichlet prior, {way}"}).to_dict(
        "records"
    )


def _burst(known, own, rate, other_rate):
    """How much more the counts of each word vary from document to document than independent ones, at least 1; degrees of freedom.

    Pearson's sum of squares over documents / (documents - 2). From fewer than eight documents 1, and infinite freedom.
    """
    is_own = known.index.isin(own.index)
    place = known["document"].to_numpy()
    sizes, sides = np.bincount(place, known["count"].to_numpy(float)), np.zeros(place.max() + 1, bool)
    sides[place[is_own]] = True
    held = sizes > 0
    if held.sum() < LEAST_CLUSTERS:
        return pd.Series(1.0, rate.index), np.inf
    known_terms = known[known["term"].isin(rate.index)]
    at = rate.index.get_indexer(known_terms["term"])
    rates = np.where(is_own[known["term"].isin(rate.index)], rate.to_numpy()[at], other_rate.to_numpy()[at])
    counts = known_terms["count"].to_numpy(float)
    squares = counts**2 / (sizes[known_terms["document"]] * rates) - 2 * counts
    expected = sizes[sides].sum() * rate + sizes[held & ~sides].sum() * other_rate
    chi = np.bincount(at, squares, minlength=len(rate)) + expected
    return (chi / (held.sum() - 2)).clip(lower=1), float(held.sum() - 2)
