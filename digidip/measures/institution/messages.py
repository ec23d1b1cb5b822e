"""Messages: how far a post is from the talking points of its ministry, as a score that draws posts for coders."""

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

from digidip.measures.listening._labels import MODEL
from digidip.measures.posts._languages import with_language
from digidip.measures.statistics._columns import POST, canonical, to_pandas

TALKING_POINTS = "talking points"


def with_message_scores(codings, posts, documents, *, codebook="off-message", variable="score", least=40):
    """The codings with a score of each post: 1 less its largest cosine with a talking point in force, in its language.

    Cosines of words weighted by how seldom they are (tf-idf) among posts and points of the language. A point is in force from
    `published_on` on (always, where none is stated), one paragraph of a document each. No score where the ministry has no talking
    point in the language: a translation is another text. The score draws posts for coders and is never told by itself.

    >>> posts = pd.DataFrame({"platform": "x", "post_id": ["1", "2"], "ministry": "PER", "lang": "en", "label": "synthetic",
    ...     "text": ["We stand for open trade", "Happy birthday to all"], "posted_at": pd.to_datetime(["2018-05-02T10:00Z"] * 2)})
    >>> points = pd.DataFrame({"ministry": ["PER"], "kind": "talking points", "lang": "en", "text": "open trade", "published_on": None})
    >>> columns = ["codebook", "item_id", "variable", "coder", "code", "label"]
    >>> found = with_message_scores(pd.DataFrame(columns=columns), posts, points)
    >>> found.item_id.tolist(), [round(float(code), 2) for code in found.code]
    (['1', '2'], [0.47, 1.0])
    """
    names = ["ministry", *POST, "posted_at", "text", "lang", "label"]
    held = with_language(to_pandas(canonical(posts, "posts", names)), least).dropna(subset="text")
    held = held.sort_values([*POST], ignore_index=True)
    points = to_pandas(documents)
    points = points[points.kind.eq(TALKING_POINTS) & points.text.notna()]
    points = points.assign(text=points.text.str.split(r"\n\s*\n")).explode("text")
    since = pd.to_datetime(points.published_on, utc=True).dt.tz_localize(None)
    parts = []
    for (ministry, language), own in held.groupby(["ministry", "language"]):
        chosen = points.ministry.eq(ministry) & points.lang.eq(language)
        if not chosen.any():
            continue
        vectors = TfidfVectorizer(token_pattern=r"(?u)\b\w+\b", sublinear_tf=True)
        try:
            vectors.fit([*own.text, *points.text[chosen]])
        except ValueError:  # no word at all
            continue
        cosines = (vectors.transform(own.text) @ vectors.transform(points.text[chosen]).T).toarray()
        begins = since[chosen].to_numpy()
        posted = pd.to_datetime(own.posted_at, utc=True).dt.tz_localize(None).to_numpy()
        in_force = np.isnat(begins)[None] | (begins[None] <= posted[:, None])
        score = np.where(in_force.any(axis=1), 1 - np.where(in_force, cosines, 0).max(axis=1), np.nan)
        parts.append(own.assign(code=score.clip(0, 1)).dropna(subset="code"))
    if not parts:
        return codings
    found = pd.concat(parts).assign(codebook=codebook, variable=variable, coder=MODEL)
    found = found.assign(item_id=found.post_id, code=found.code.map("{:.4f}".format)).sort_values("item_id")
    other_codings = codings[~(codings.codebook.eq(codebook) & codings.variable.eq(variable) & codings.coder.eq(MODEL))]
    return pd.concat([other_codings, found[[*other_codings.columns]]], ignore_index=True)
