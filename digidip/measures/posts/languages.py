"""Languages: which posts are written in which, how sure that is, how near to what readers speak, how hard to read.

A language is what the platform declares, else what two identifiers, py3langid and pycld2, agree on in a text of at least
`least` characters; all else is `und`, a class of its own. Reposts are another's and left out.
"""

import re

import numpy as np
import pandas as pd
from scipy.spatial.distance import jensenshannon

from digidip.measures._registry import measure
from digidip.measures.posts._languages import (
    IDENTIFIERS,
    UNDETERMINED,
    identified,
    plain_text,
    primary_language,
    spoken,
    with_language,
)
from digidip.measures.posts._media import media_posts
from digidip.measures.statistics._columns import ACCOUNT, canonical, group_columns, to_pandas
from digidip.measures.statistics._counts import divide
from digidip.measures.statistics._intervals import clustered_share_row, jackknife_interval
from digidip.measures.statistics._result_table import NUMBERS, day_method, result_table

UNSPACED = {"zh", "ja", "th", "lo", "km", "my", "bo", "dz"}  # scripts that put no blanks between words
SENTENCE, WORD, LONG = re.compile(r"[.!?:…؟۔।]+(?:\s|$)|\n+"), re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*"), 6
NO_TEXT = "not available: no text is held"


@measure(unit="share of posts", keys=("language",), columns=("declared", "method"))
def language_share(posts, *, least=40, by="ministry", zone="UTC"):
    """Share of a group's posts in each language, and of those of which nothing is said (`und`).

    Formula: posts in the language / posts. Interval: Wilson at the effective number of posts, local days as clusters.
    **Unit** share of posts. **Reads** posts.text, lang, posted_at, repost_of_id. **Source** Lui and Baldwin 2012
    (https://aclanthology.org/P12-3005/); docs/methods.md#languages; docs/methods.md#uncertainty.
    **Caution** A text in two languages counts for one, or none. Identifiers err more on short texts and on close relatives:
    read `language_agreement` first. A declared language is the platform's or the writer's word. No interval from fewer than
    eight days.
    Parameters: `posts`; `least`, characters from which on a text is identified; `by`, columns of posts; `zone` of the days.
    Returns the group columns, `language` (BCP 47), `language_share`, `n`, `low`, `high`, `declared` (posts of which the
    platform tells), `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "x", "account_id": "a", "post_id": list("1234"),
    ...     "posted_at": "2016-03-07", "medium": "text", "repost_of_id": None, "text": "Hola", "lang": ["es", "es", "en", None]})
    >>> language_share(posts)[["language", "language_share", "declared"]].values.tolist()
    [['en', 0.25, 1], ['es', 0.5, 2], ['und', 0.25, 0]]
    """
    frame = with_language(media_posts(posts, None, group_columns(by), zone, "text", "lang"), least)

    def rows(part):
        if not part[["text", "lang"]].notna().any(axis=None):
            return [{"language": UNDETERMINED, "n": 0, "declared": 0, "method": NO_TEXT}]
        days = pd.crosstab(part.day, part.language)
        sizes = days.sum(axis=1)
        declared = part.language[part.told_by == "declared"].value_counts()
        return [
            {"language": name, "declared": declared.get(name, 0)}
            | clustered_share_row("language_share", days[name], sizes)
            for name in days
        ]

    columns = {"language": "str", "language_share": "float64", **NUMBERS, "declared": "int64", "method": "str"}
    return result_table(frame, group_columns(by), rows, columns)


@measure(unit="share of texts", keys=("identifier", "length"), columns=("method",))
def language_agreement(posts, *, lengths=(20, 40, 80), by="ministry", zone="UTC"):
    """Share of texts in which an identifier finds the language that is declared, by length of text.

    Formula: texts in which both are the same / texts with a declared language. `both`: of the texts in which the two
    identifiers agree with each other. Interval: Wilson at the effective number, local days as clusters.
    **Unit** share of texts. **Reads** posts.text, lang, posted_at, repost_of_id. **Source** Lui and Baldwin 2012
    (https://aclanthology.org/P12-3005/); docs/methods.md#languages.
    **Caution** Who declares may err too: a platform's own label of a short text is a guess. Length is that of the text without
    addresses, handles and hashtags. No interval from fewer than eight days.
    Parameters: `posts`; `lengths`, characters at which the next class begins; `by`, columns of posts; `zone` of the days.
    Returns the group columns, `identifier` (py3langid, pycld2, both), `length` ("all", or a class such as "20 to 39"),
    `language_agreement`, `n` (texts), `low`, `high`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "x", "account_id": "a", "post_id": list("12"),
    ...     "posted_at": "2016-03-07", "medium": "text", "repost_of_id": None, "lang": ["es", "es"],
    ...     "text": ["Hoy se reunieron los ministros de relaciones exteriores", "The ministers met in the capital today"]})
    >>> language_agreement(posts).query("length == 'all'").language_agreement.tolist()
    [0.5, 0.5, 0.5]
    """
    frame = media_posts(posts, None, group_columns(by), zone, "text", "lang")
    frame = frame.assign(declared=[primary_language(tag) for tag in frame.lang], plain=frame.text.map(plain_text))
    frame["is_told"] = (frame.declared != UNDETERMINED) & (frame.plain != "")
    for name in IDENTIFIERS:
        frame[name] = [
            identified(text, name) if told else "" for text, told in zip(frame.plain, frame.is_told, strict=True)
        ]
    edges = [0, *lengths, np.inf]
    names = [_length_class(*pair) for pair in zip(edges[:-1], edges[1:], strict=True)]

    def rows(part):
        part = part[part.is_told]
        classes = pd.cut(part.plain.str.len().astype(float), edges, right=False, labels=names)
        agreed = part[IDENTIFIERS[0]] == part[IDENTIFIERS[1]]
        found = []
        for identifier in (*IDENTIFIERS, "both"):
            texts = part[agreed] if identifier == "both" else part
            right = texts[IDENTIFIERS[0] if identifier == "both" else identifier] == texts.declared
            for name in ("all", *names):
                is_in = classes[texts.index].eq(name) if name != "all" else pd.Series(True, texts.index)
                fields = {"identifier": identifier, "length": name}
                days = right[is_in].astype(float).groupby(texts.day[is_in]).agg(["sum", "size"]).to_numpy().T
                found.append(fields | clustered_share_row("language_agreement", *days))
        return found

    columns = {"identifier": "str", "length": "str", "language_agreement": "float64", **NUMBERS, "method": "str"}
    return result_table(frame, group_columns(by), rows, columns)


def _length_class(first, after):
    return f"under {after}" if not first else f"from {first}" if after == np.inf else f"{first} to {after - 1}"


@measure(unit="distance, 0 to 1", columns=("nearest", "missing_language", "undetermined", "method"))
def language_distance(posts, accounts, *, least=40, by=("ministry", "receiving"), zone="UTC"):
    """How far the languages of posts are from those spoken in the receiving state, 0 to 1.

    Formula: Jensen-Shannon distance, √(H(m) - (H(p) + H(q)) / 2) with logarithms to base 2, p the shares of posts, q those of
    speakers, m their mean; 0 alike, 1 nothing in common. Interval: t of the logit, each local day left out in turn, days in order.
    **Unit** distance, 0 to 1. **Reads** posts.text, lang, posted_at, repost_of_id; accounts.receiving. **Source** Endres and
    Schindelin 2003 (doi:10.1109/TIT.2003.813506); speakers: Unicode CLDR, through babel; docs/methods.md#languages.
    **Caution** Speakers of several languages count under each, and q is made to add up to 1. Who speaks a language need not
    read posts in it, nor be whom the mission means: a diaspora speaks the sender's. Posts of undetermined language are
    left out and counted. Missing where no receiving state is known, or CLDR knows no language of it.
    Parameters: `posts`; `accounts` with `receiving`; `least`, characters from which on a text is identified; `by`, columns of
    posts or of accounts; `zone` of the days.
    Returns the group columns, `language_distance`, `n` (posts), `low`, `high`, `nearest` (the language that posts and state
    share most of), `missing_language` (the most spoken one without a post), `undetermined`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "x", "account_id": "a", "post_id": list("12"), "lang": "es",
    ...     "posted_at": "2016-03-07", "medium": "text", "repost_of_id": None, "text": "Hola"})
    >>> accounts = pd.DataFrame({"platform": "x", "account_id": ["a"], "receiving": "URY"})
    >>> language_distance(posts, accounts)[["receiving", "language_distance", "nearest"]].values.tolist()
    [['URY', 0.0, 'es']]
    """
    by = group_columns(by)
    own = [name for name in by if name in posts.columns]
    frame = with_language(media_posts(posts, None, own, zone, "text", "lang"), least)
    names = list(dict.fromkeys([*ACCOUNT, "receiving", *(name for name in by if name not in own)]))
    receiving_states = to_pandas(canonical(accounts, "accounts", names)).drop_duplicates(ACCOUNT)
    frame = frame.drop(columns="receiving", errors="ignore").merge(receiving_states, on=ACCOUNT, how="left")
    columns = {"language_distance": "float64", **NUMBERS, "nearest": "str", "missing_language": "str"}
    return result_table(frame, by, _distance_rows, columns | {"undetermined": "int64", "method": "str"})


def _distance_rows(part):
    """The row of one group; of posts in several receiving states, one distance to their speakers' mean share."""
    known = part[part.language != UNDETERMINED]
    fields = {"n": len(known), "undetermined": len(part) - len(known)}
    states = part.receiving.dropna().unique()
    speakers = pd.DataFrame([spoken(state) for state in states]).mean() if len(states) else pd.Series(dtype=float)
    if speakers.empty or not part.receiving.notna().all():
        return [fields | {"n": 0, "method": "not available: a receiving state, or its languages, are not known"}]
    if known.empty:
        return [fields | {"method": "not defined: no post of a known language"}]
    days = pd.crosstab(known.day, known.language)
    names = sorted({*days, *speakers.index})
    q = speakers.reindex(names, fill_value=0) / speakers.sum()
    table = days.reindex(columns=names, fill_value=0)

    def distance(sums):
        shares = divide(sums, sums.sum(axis=1, keepdims=True))
        return jensenshannon(shares, q.to_numpy()[None], base=2, axis=1)

    value, low, high = jackknife_interval(distance, table.to_numpy(float), "logit")
    if days.shape[1] == 1:
        low = high = np.nan  # alike without any of the days
    both = pd.concat([table.sum() / table.sum().sum(), q], axis=1).min(axis=1)
    silent = q[table.sum() == 0].sort_values(ascending=False, kind="stable")
    fields |= {"language_distance": value, "low": low, "high": high, "nearest": both.idxmax() if both.max() else None}
    fields["missing_language"] = silent.index[0] if len(silent) else None
    return [fields | {"method": day_method(value, low, len(days))}]


@measure(unit="points", keys=("language",), columns=("words", "sentences", "method"))
def readability(posts, *, least=40, least_words=100, by="ministry", zone="UTC"):
    """How hard posts are to read, language by language: the readability index LIX.

    Formula: LIX = words / sentences + 100 · words of more than six letters / words, of all texts of the language together. In
    Swedish about 25 for children's books and 60 for statutes.
    Interval: t of the logarithm, each local day left out in turn, days in order.
    **Unit** points. **Reads** posts.text, lang, posted_at, repost_of_id. **Source** Björnsson 1983
    (doi:10.2307/747382); docs/methods.md#readability.
    **Caution** Never compare languages: words are longer in one than in another, and written together in some. A post is
    no prose: fragments count as sentences. It knows nothing of what words mean. Missing in scripts without blanks between
    words, below `least_words` words, and where the language is undetermined.
    Parameters: `posts`; `least`, characters from which on a text is identified; `least_words`; `by`; `zone` of the days.
    Returns the group columns, `language`, `readability`, `n` (posts), `low`, `high`, `words`, `sentences`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "x", "account_id": "a", "post_id": ["1"], "lang": "en",
    ...     "posted_at": "2016-03-07", "medium": "text", "repost_of_id": None, "text": "Embassies listen. We do so daily."})
    >>> readability(posts, least_words=1)[["readability", "words", "sentences"]].values.tolist()  # 6/2 + 100/6
    [[19.666666666666664, 6.0, 2.0]]
    """
    frame = with_language(media_posts(posts, None, group_columns(by), zone, "text", "lang"), least)
    counted = pd.DataFrame(map(_lengths, frame.text), columns=["words", "sentences", "long"], index=frame.index)
    frame = frame.join(counted.astype("int64"))

    def rows(part):
        part = part[part.text.notna()]
        if part.empty:
            return [{"n": 0, "words": 0, "sentences": 0, "method": NO_TEXT}]
        return [_readability_row(language, texts, least_words) for language, texts in part.groupby("language")]

    columns = {"language": "str", "readability": "float64", **NUMBERS, "words": "int64", "sentences": "int64"}
    return result_table(frame, group_columns(by), rows, columns | {"method": "str"})


def _lengths(text):
    """Words, sentences and long words of a text without addresses, handles and hashtags."""
    plain = plain_text(text)
    words = WORD.findall(plain)
    sentences = sum(bool(WORD.search(part)) for part in SENTENCE.split(plain))
    return len(words), sentences, sum(len(word) > LONG for word in words)


def _readability_row(language, texts, least_words):
    days = texts.groupby("day")[["words", "sentences", "long"]].sum()
    words, sentences, _ = days.sum()
    fields = {"language": language, "n": len(texts), "words": words, "sentences": sentences}
    if language == UNDETERMINED or language in UNSPACED:
        reason = "the language is undetermined" if language == UNDETERMINED else "no blanks between words"
        return fields | {"words": 0, "sentences": 0, "method": f"not defined: {reason}"}
    if words < least_words or not sentences:
        return fields | {"method": f"not defined: fewer than {least_words} words"}

    def lix(sums):
        return divide(sums[:, 0], sums[:, 1]) + 100 * divide(sums[:, 2], sums[:, 0])

    value, low, high = jackknife_interval(lix, days.to_numpy(float), "log")
    return fields | {"readability": value, "low": low, "high": high, "method": day_method(value, low, len(days))}
