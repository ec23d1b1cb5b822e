"""Topics: what comments are about, language by language, and whether later posts are about what was asked."""

import warnings

import numpy as np
import pandas as pd
from ibis import _

from digidip.measures._registry import measure
from digidip.measures.inquiries._question_words import kinds_of
from digidip.measures.listening._labels import agreed_topics
from digidip.measures.posts._languages import plain_text, with_language
from digidip.measures.statistics._columns import POST, canonical, group_columns, local_posts, to_pandas
from digidip.measures.statistics._comment_queries import COMPLETENESS, NO_COMMENTS, collected_posts
from digidip.measures.statistics._counts import divide
from digidip.measures.statistics._intervals import clustered_share_row, jackknife_interval
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p
from digidip.tables import TableError, smallest_cell

LEAST_TEXTS = 50  # of a language; of fewer there are no topics
SEEDS = 20
WORDS = 6
MOST = 0.8  # of the comments: a word in more tells no topics apart
NO_TEXTS = f"not defined: fewer than {LEAST_TEXTS} comments with a text in the language"
NOT_CODED = "not available: no topic is coded of comments, or none of posts"
TOGETHER = "all topics"
MANY_LAGS = 14


@measure(unit="share of comments", keys=("language", "topic"), columns=("words", "method"), people=("n",))
def topic_share(posts, comments, *, by="ministry", topics=3, least=40, seed=0, completeness=COMPLETENESS):
    """Share of each topic among the comments of a language, topics found by their words alone.

    Formula: comments of which the topic has the largest weight in a non-negative factorisation (NMF) of tf-idf / comments with any
    word used. One model for each group and language. Interval: Wilson at the effective size, comments of one author together,
    topics as given.
    **Unit** share of comments. **Reads** comments.text, lang, author, is_official. **Source** Lee and Seung 1999
    (doi:10.1038/44565); scikit-learn; docs/methods.md#topics-of-comments.
    **Caution** Topics are lists of words: what they are is for people to say, against dates and texts. Their number is chosen, not
    found; read `topic_stability`. Words of fewer than 5 authors, unknown ones taken as one, are not used, so none is shown. Commenters are not the public. Of
    real people, fewer than 5 with or without are withheld (docs/methods.md#small-cells).
    Parameters: `posts`, `comments`; `by`, columns of posts; `topics`, how many; `least` characters a text must have to be given a
    language that is not declared; `seed` of the start; `completeness`, the share of the comments reported that must be held (docs/methods.md#completeness).
    Returns the group columns, `language`, `topic` (1 is the largest), `topic_share`, `n` (comments), `low`, `high`, `words` (the heaviest
    first), `method`.

    >>> ids = {"platform": "x", "post_id": "1", "account_id": "a", "label": "synthetic"}
    >>> posts = pd.DataFrame({**ids, "ministry": ["PER"]})
    >>> texts = ["visa fee form"] * 30 + ["trade duty port"] * 20
    >>> comments = pd.DataFrame({**ids, "comment_id": [f"c{n}" for n in range(50)], "author": [f"p{n}" for n in range(50)],
    ...                          "is_official": False, "text": texts, "lang": "en"})
    >>> topic_share(posts, comments, topics=2)[["topic", "topic_share", "words"]].values.tolist()
    [[1, 0.6, 'fee, form, visa'], [2, 0.4, 'duty, port, trade']]
    """
    by = group_columns(by)

    def rows(part):
        found = []
        for language, own in _languages(part):
            model = _Weighted(own)
            if reason := model.missing_reason(topics):
                found.append({"language": language, "n": 0, "method": reason})
                continue
            labels, words = model.topics(topics, seed)
            for place, topic in enumerate(pd.Series(labels).value_counts(sort=True).index, start=1):
                events = pd.Series(labels == topic).groupby(model.authors).agg(["sum", "size"]).to_numpy().T
                row = clustered_share_row("topic_share", *events, unit="authors", in_order=False)
                found.append({"language": language, "topic": place, "words": words[topic]} | row)
        return found or [{"n": 0, "method": _no_comments(part)}]

    columns = {
        "language": "str",
        "topic": "Int64",
        "topic_share": "float64",
        **NUMBERS,
        "words": "str",
        "method": "str",
    }
    return result_table(_texts(posts, comments, by, least, completeness), by, rows, columns)


@measure(
    unit="adjusted Rand index",
    keys=("language", "topics"),
    columns=("method",),
    limits="the least and the most alike of all pairs of starts",
)
def topic_stability(
    posts, comments, *, by="ministry", topics=(2, 3, 4, 5), least=40, seeds=SEEDS, completeness=COMPLETENESS
):
    """How alike topics are that differ in their random start only: 1 the same, 0 no more than by chance.

    Formula: mean adjusted Rand index of the topics of comments over all pairs of `seeds` starts. `low`, `high`: the least and the
    most alike pair.
    **Unit** adjusted Rand index. **Reads** comments.text, lang, author, is_official. **Source** Hubert and Arabie 1985
    (doi:10.1007/BF01908075); docs/methods.md#topics-of-comments.
    **Caution** Stable topics need not be true ones; topics that change with the start are none.
    Parameters: as in `topic_share`; `topics`, one number or several; `seeds`, how many starts; `completeness`.
    Returns the group columns, `language`, `topics`, `topic_stability`, `n` (comments), `low`, `high`, `method`.

    >>> ids = {"platform": "x", "post_id": "1", "account_id": "a", "label": "synthetic"}
    >>> posts = pd.DataFrame({**ids, "ministry": ["PER"]})
    >>> texts = ["visa fee form"] * 30 + ["trade duty port"] * 20
    >>> comments = pd.DataFrame({**ids, "comment_id": [f"c{n}" for n in range(50)], "author": [f"p{n}" for n in range(50)],
    ...                          "is_official": False, "text": texts, "lang": "en"})
    >>> topic_stability(posts, comments, topics=2, seeds=3).topic_stability.tolist()
    [1.0]
    """
    if seeds < 2:
        raise TableError(f"seeds: found {seeds}. Expected: 2 or more, so that there are pairs of starts.")
    by, many = group_columns(by), [topics] if isinstance(topics, int) else list(topics)

    def rows(part):
        found = [row for language, own in _languages(part) for row in _stability_rows(language, own, many, seeds)]
        return found or [{"n": 0, "method": _no_comments(part)}]

    columns = {"language": "str", "topics": "Int64", "topic_stability": "float64", **NUMBERS, "method": "str"}
    return result_table(_texts(posts, comments, by, least, completeness), by, rows, columns)


@measure(unit="correlation", keys=("topic", "lag"), columns=("p", "p_adjusted", "method"))
def topic_lead(
    posts, comments, codings, *, codebook="topic", by="ministry", lags=MANY_LAGS, zone="UTC", asks="question", permutations=999,
    seed=15, completeness=COMPLETENESS,
):  # fmt: skip
    """Whether posts are about what was asked some days before: both days' shares of a topic, correlated.

    Formula: over days t, correlation of the topic's share of inquiries on t with its share of posts on t + lag; a day without either
    counts as the mean. All topics: their products and squares summed. Interval: t, each day left out in turn, days in order. `p`: days
    of inquiries in random order, two-sided, (1 + as far) / (1 + permutations).
    **Unit** correlation. **Reads** posts.post_id, posted_at; comments.comment_id, commented_at, text; codings. **Source**
    Diggle 1990, Time Series; Phipson and Smyth 2010 (doi:10.2202/1544-6115.1585); docs/methods.md#topics-of-comments.
    **Caution** An event moves both: posts that follow what is asked may follow the news. Negative lags, of posts before inquiries,
    are the control. Topics that go on for days make `p` too small: read the interval. One family: the lags above zero of all topics
    together.
    Parameters: `posts`, `comments`; `codings`, their topics in `codebook`; `by`, columns of posts; `lags`, days before and after;
    `zone` of the days; `asks`, "question" or "comment"; `permutations`, `seed`; `completeness` as in
    `topic_share`.
    Returns the group columns, `topic`, `lag`, `topic_lead`, `n` (days), `low`, `high`, `p`, `p_adjusted`, `method`.

    >>> days = pd.date_range("2018-05-01T10:00Z", periods=12)
    >>> asked, said = "abbabaabbaba", "xabbabaabbab"  # posts follow a day later
    >>> ids = {"platform": "x", "account_id": "m", "ministry": "PER", "label": "synthetic"}
    >>> posts = pd.DataFrame({**ids, "post_id": [f"p{n}" for n in range(12)], "posted_at": days})
    >>> comments = pd.DataFrame({**ids, "comment_id": [f"c{n}" for n in range(12)], "post_id": posts.post_id, "text": "Why?",
    ...                          "commented_at": days, "is_official": False})
    >>> rows = [("topic", f"{kind}{n}", "topic", "z", code) for kind, text in (("c", asked), ("p", said)) for n, code in enumerate(text)]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"])
    >>> found = topic_lead(posts, comments, codings, lags=2, permutations=99).set_index(["topic", "lag"]).topic_lead
    >>> int(found["all topics"].idxmax()), bool(found["all topics", 1] > 0.9)
    (1, True)
    """
    if asks not in ("question", "comment"):
        raise TableError(f"asks must be 'question' or 'comment', not {asks!r}.")
    by = group_columns(by)
    codes = agreed_topics(codings if isinstance(codings, pd.DataFrame) else codings.to_pandas(), codebook)
    post_days = local_posts(posts, by, zone, "post_id")[[*by, "post_id", "day"]].rename(columns={"post_id": "item_id"})
    held = canonical(comments, "comments", [*POST, "comment_id", "commented_at", "text", "is_official"])
    held = held.filter(~_.is_official.fill_null(False))
    held = held.filter(kinds_of(held.text) != "none") if asks == "question" else held
    joined = collected_posts(posts, comments, by, completeness).left_join(held, POST)
    asked = to_pandas(joined.select(*by, "incomplete", "comment_id", "commented_at"))
    asked["day"] = asked.commented_at.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    asked = asked.rename(columns={"comment_id": "item_id"})[[*by, "item_id", "day", "incomplete"]]
    frame = pd.concat([post_days.assign(side="post"), asked.assign(side="inquiry")], ignore_index=True)
    frame["topic"] = frame.item_id.map(codes)
    frame = frame.sort_values([*by, "side", "item_id"], ignore_index=True)
    columns = {"topic": "str", "lag": "Int64", "topic_lead": "float64", **NUMBERS, "p": "float64", "method": "str"}
    table = result_table(frame, by, lambda part: _lead_rows(part, lags, permutations, seed), columns)
    return with_adjusted_p(table, apart=table.topic.ne(TOGETHER) | table.lag.le(0).fillna(True))


class _Weighted:
    """The texts of one language as tf-idf of the words that at least k authors use; their topics by start."""

    def __init__(self, own):
        from sklearn.feature_extraction.text import TfidfVectorizer  # here: it takes most of a second

        self.names, self.reason = [], ""
        own = own[own.plain.str.len() > 0]
        if len(own) < LEAST_TEXTS:
            self.reason = NO_TEXTS
            return
        splits = TfidfVectorizer(token_pattern=r"[^\W\d_]{3,}").build_analyzer()
        pairs = own.plain.map(splits).explode().dropna()
        used = pd.DataFrame(
            {"word": pairs, "author": own.author.fillna("").reindex(pairs.index)}  # the unknown may all be one
        ).drop_duplicates()
        counts, texts = used.word.value_counts(), pairs.groupby(level=0).unique().explode().value_counts()
        self.names = sorted(
            word for word, n in counts.items() if n >= smallest_cell() and texts[word] <= MOST * len(own)
        )
        if not self.names:
            return
        weights = TfidfVectorizer(token_pattern=r"[^\W\d_]{3,}", vocabulary=self.names).fit_transform(own.plain)
        has_words = np.asarray(weights.sum(axis=1)).ravel() > 0
        self.weights, known = weights[has_words], own[has_words]
        self.authors = known.author.fillna(known.comment_id).to_numpy()

    def missing_reason(self, many):
        """Why there are not so many topics; empty where there are."""
        few = f"not defined: fewer than {many} words that {smallest_cell()} authors use"
        return self.reason or few * (len(self.names) < many)

    def topics(self, many, seed):
        """The topic of each text and the words of each topic."""
        from sklearn.decomposition import NMF
        from sklearn.exceptions import ConvergenceWarning

        with warnings.catch_warnings(), np.errstate(invalid="ignore"):  # the root of an error of -1e-20
            warnings.simplefilter("ignore", ConvergenceWarning)  # what has not settled is seen in topic_stability
            model = NMF(many, init="random", random_state=seed, tol=1e-3)
            labels = model.fit_transform(self.weights).argmax(axis=1)
        rows = np.round(model.components_, 5)  # no word before another for the sake of the last digits
        heaviest = [[at for at in np.lexsort((np.arange(len(row)), -row))[:WORDS] if row[at] > 0] for row in rows]
        return labels, [", ".join(self.names[at] for at in order) for order in heaviest]


def _texts(posts, comments, by, least, completeness):
    """The comments by others in pandas, with language and plain text; posts without any keep their group."""
    names = [*POST, "comment_id", "author", "is_official", "text", "lang"]
    held = canonical(comments, "comments", names).filter(~_.is_official.fill_null(False))
    own = collected_posts(posts, comments, by, completeness)
    frame = to_pandas(own.left_join(held, POST).select(*by, "incomplete", "comment_id", "author", "text", "lang"))
    frame = with_language(frame, least)
    frame["plain"] = frame.text.map(plain_text)
    return frame.sort_values([*by, "comment_id"], ignore_index=True)


def _languages(part):
    """The comments of each language of a group."""
    return list(part[part.incomplete.isna()].dropna(subset="comment_id").groupby("language"))


def _no_comments(part):
    """Why a group has none: too few of those reported are held, or none at all."""
    return next(iter(sorted(part.incomplete.dropna())), NO_COMMENTS)


def _stability_rows(language, own, many, seeds):
    """The rows of one language."""
    rows, model = [], _Weighted(own)
    for number in many:
        if reason := model.missing_reason(number):
            rows.append({"language": language, "topics": number, "n": 0, "method": reason})
            continue
        starts = [model.topics(number, seed)[0] for seed in range(seeds)]
        alike = _adjusted_rand(np.array(starts), number)
        fields = {"topic_stability": alike.mean(), "low": alike.min(), "high": alike.max(), "n": len(starts[0])}
        rows.append({"language": language, "topics": number} | fields | {"method": f"{seeds} starts"})
    return rows


def _adjusted_rand(starts, topics):
    """The adjusted Rand index of all pairs of rows; one by one scikit-learn's takes a second for 1,500 pairs.

    >>> _adjusted_rand(np.array([[0, 0, 1, 1], [0, 1, 1, 1]]), 2).tolist()  # 1 pair together in both: (1 - 1) / (2.5 - 1)
    [0.0]
    """
    many, n = starts.shape
    marks = (starts[:, :, None] == np.arange(topics)).astype(float).transpose(0, 2, 1).reshape(-1, n)
    together = (marks @ marks.T).reshape(many, topics, many, topics)
    both = (together * (together - 1) / 2).sum(axis=(1, 3))
    own, chance = np.diag(both), n * (n - 1) / 2
    own = own[:, None] + np.zeros_like(both)
    expected, most = own * own.T / chance, (own + own.T) / 2
    index = np.where(most > expected, divide(both - expected, most - expected), 1.0)
    return index[np.triu_indices(many, 1)]


def _lead_rows(part, lags, permutations, seed):
    """The rows of one group: each topic at each lag, then all topics together."""
    known = part[part.incomplete.isna()].dropna(subset=["topic", "day"])
    if known.side.nunique() < 2:
        reason = next(iter(sorted(part.incomplete.dropna())), NOT_CODED)
        return [{"topic": TOGETHER, "n": 0, "method": reason}]
    days = pd.date_range(known.day.min(), known.day.max())
    if len(days) < lags + 8:
        return [{"topic": TOGETHER, "n": 0, "method": f"not defined: fewer than {lags + 8} days"}]
    names = sorted(known.topic[known.side == "inquiry"].unique())
    asked, of_posts = (_centred(known[known.side == side], days, names) for side in ("inquiry", "post"))
    rng = np.random.default_rng(seed)
    orders = np.vstack([np.arange(len(days)), *(rng.permutation(len(days)) for _ in range(permutations))])
    rows = []
    for lag in range(-lags, lags + 1):
        first = slice(max(0, -lag), len(days) - max(0, lag))
        later = of_posts[first.start + lag : first.stop + lag]
        moved = asked[orders[:, first]]  # permutations × days × topics
        squares = np.stack([(moved**2).sum(axis=1), np.broadcast_to((later**2).sum(axis=0), (len(orders), len(names)))])
        products = np.einsum("rdk,dk->rk", moved, later)
        products = np.column_stack([products, products.sum(axis=1)])
        squares = np.concatenate([squares, squares.sum(axis=2, keepdims=True)], axis=2)
        found = divide(products, np.sqrt(squares.prod(axis=0)))
        parts = np.stack([moved[0] * later, moved[0] ** 2, later**2])
        parts = np.concatenate([parts, parts.sum(axis=2, keepdims=True)], axis=2)
        rows += [
            {"topic": name, "lag": lag} | _lead_row(found[:, place], parts[:, :, place])
            for place, name in enumerate([*names, TOGETHER])
        ]
    return rows


def _lead_row(found, parts):
    """The row of one topic and lag: the first is the order that was, the others are permutations."""
    n = parts.shape[1]
    if np.isnan(found[0]):
        return {"n": n, "method": "not defined: a topic that is always, or never, there"}
    value, low, high = jackknife_interval(_correlation, parts.T, "atanh")
    p = (1 + (np.abs(found[1:]) >= abs(found[0]) - 1e-12).sum()) / len(found)
    fields = {"topic_lead": value, "n": n, "low": low, "high": high, "p": p}
    return fields | {"method": f"t, {n} days in order; p: days in random order"}


def _correlation(sums):
    """The correlation of sums of products and squares."""
    return divide(sums[:, 0], np.sqrt(sums[:, 1] * sums[:, 2]))


def _centred(known, days, names):
    """The share of each topic on each day, less its mean; zero on a day without any."""
    counts = pd.crosstab(known.day, known.topic).reindex(index=days, fill_value=0)
    total = counts.sum(axis=1).to_numpy()
    shares = divide(counts.reindex(columns=names, fill_value=0).to_numpy(float), total[:, None])
    return np.nan_to_num(shares - np.nanmean(shares, axis=0))
