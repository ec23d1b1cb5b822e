"""Versions: whether a message is there in every language, how much later, and how far versions match by form.

A message is what posts of a group that share a link (or a hashtag) within some days tell; its versions are the first of
them in each language. What cannot be aligned is left out and counted. That two texts say the same is for coders to say.
"""

import re

import numpy as np
import pandas as pd

from digidip.measures._registry import measure
from digidip.measures.posts._versions import translated, version_posts, versions
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._intervals import share_interval, share_row, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
COLUMNS = {**NUMBERS, "unaligned": "int64", "method": "str"}
RARE = 0.05  # of the messages; a language that fewer have is none that each should have
NO_MESSAGES = "not available: no post of a known language has a link, or hashtag"
NO_VERSIONS = "not defined: no message in two languages"


@measure(unit="share of messages", keys=("language",), columns=("unaligned", "method"))
def version_share(posts, entities=None, *, on="link", within_days=7, least=40, by="ministry", zone="UTC"):
    """Share of a group's messages that are there in each of its languages.

    Formula: messages with a version in the language / messages with one in any. `all`: messages with a version in every
    language that one message in twenty has. Interval: Wilson, messages as independent; one-sided exact bound for none or all.
    **Unit** share of messages. **Reads** posts.link, text, lang, posted_at, repost_of_id. **Source** Wilson 1927
    (doi:10.1080/01621459.1927.10502953); docs/methods.md#versions.
    **Caution** Two versions that share no link are two messages here, so shares are lower bounds. A link to a home page joins
    what has nothing to do with each other. Versions on a page that is not held do not exist here.
    Parameters: `posts`, `entities`; `on` "link" or "hashtag"; `within_days` of the first version; `least`, characters from
    which on a text is identified; `by`, columns of posts, of which each group has its messages; `zone`.
    Returns the group columns, `language`, `version_share`, `n` (messages), `low`, `high`, `unaligned` (posts), `method`.

    >>> import pandas as pd
    >>> links = ["https://example.org/u"] * 2 + ["https://example.org/v"]
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "x", "account_id": "a", "post_id": list("123"), "text": "Hola",
    ...     "posted_at": "2016-03-07", "medium": "text", "repost_of_id": None, "lang": ["es", "en", "es"], "link": links})
    >>> version_share(posts)[["language", "version_share", "n"]].values.tolist()
    [['all', 0.5, 2], ['en', 0.5, 2], ['es', 1.0, 2]]
    """
    by = group_columns(by)

    def rows(part):
        found, fields = versions(part, within_days), {"unaligned": int((~part.is_aligned).sum())}
        if found.empty:
            return [fields | {"language": "all", "n": 0, "method": NO_MESSAGES}]
        messages = pd.crosstab([found.message, found.begins], found.language).gt(0)
        usual = messages.loc[:, messages.mean() >= RARE]
        has = {"all": usual.all(axis=1).sum(), **messages.sum()}
        shares = {name: share_row("version_share", int(held), len(messages)) for name, held in has.items()}
        return [{"language": name, **fields, **row} for name, row in shares.items()]

    frame = version_posts(posts, entities, by, zone, on, least)
    return result_table(frame, by, rows, {"language": "str", "version_share": "float64", **COLUMNS})


@measure(unit="hours", keys=("language",), columns=("first", "unaligned", "method"))
def version_delay(posts, entities=None, *, on="link", within_days=7, least=40, by="ministry", zone="UTC"):
    """How many hours after a message's first version the one in each language comes: the median.

    Formula: median of posted_at - that of the first version, over messages with a version in the language and in another; 0 where
    it is the first. Interval: the exact one of the median, by ranks.
    **Unit** hours. **Reads** as `version_share`. **Source** Conover 1999, Practical Nonparametric Statistics, 3.2;
    docs/methods.md#versions.
    **Caution** Of the versions that exist: what never came has no delay, read `version_share` beside it. At most `within_days`
    days by definition. Messages are taken as independent. No interval from fewer than eight.
    Parameters: as `version_share`.
    Returns the group columns, `language`, `version_delay`, `n` (messages), `low`, `high`, `first` (messages that it began),
    `unaligned`, `method`.

    >>> import pandas as pd
    >>> links = ["https://example.org/u"] * 2 + ["https://example.org/v"]
    >>> times = pd.to_datetime(["2016-03-07T09:00Z", "2016-03-07T12:00Z", "2016-03-08T09:00Z"])
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "x", "account_id": "a", "post_id": list("123"), "text": "Hola",
    ...     "posted_at": times, "medium": "text", "repost_of_id": None, "lang": ["es", "en", "es"], "link": links})
    >>> version_delay(posts)[["language", "version_delay", "n", "first"]].values.tolist()
    [['en', 3.0, 1, 0], ['es', 0.0, 1, 1]]
    """
    by = group_columns(by)

    def rows(part):
        found, fields = translated(versions(part, within_days)), {"unaligned": int((~part.is_aligned).sum())}
        if found.empty:
            return [fields | {"n": 0, "first": 0, "method": NO_VERSIONS}]
        return [
            {
                "language": name,
                "first": int((own.hours == 0).sum()),
                **fields,
                **_median_row("version_delay", own.hours),
            }
            for name, own in found.groupby("language")
        ]

    columns = {"language": "str", "version_delay": "float64", **NUMBERS, "first": "int64"} | COLUMNS
    return result_table(version_posts(posts, entities, by, zone, on, least), by, rows, columns)


def _median_row(name, values):
    """Median, n and its exact interval by ranks."""
    values = np.sort(values.to_numpy(float))
    fields = {name: np.median(values), "n": len(values)}
    if few := too_few(len(values), "messages"):
        return fields | {"method": few}
    low, high = np.quantile(values, share_interval(len(values) // 2, len(values), "beta"), method="inverted_cdf")
    return fields | {"low": min(low, fields[name]), "high": max(high, fields[name]), "method": "exact, by ranks"}


@measure(unit="ratio, or share of numbers", keys=("language", "statistic"), columns=("unaligned", "method"))
def version_match(posts, entities=None, *, against="", on="link", within_days=7, least=40, by="ministry", zone="UTC"):
    """How far a version matches another by form: its length, and the numbers that both state.

    Formula: `length ratio`: characters of the version / of that in `against`; `shared numbers`: numbers in both / in either,
    missing where neither has any; medians over messages with both. Interval: exact, by ranks.
    **Unit** ratio, or share of numbers. **Reads** as `version_share`. **Source** Gale and Church 1993
    (https://aclanthology.org/J93-1004/); docs/methods.md#versions.
    **Caution** An aid for coders: it finds a version that is shortened or lacks a date, and knows nothing of meaning. Languages
    differ in length by themselves. Numbers written with other separators, or in words, do not match. No interval from
    fewer than eight messages.
    Parameters: as `version_share`; `against`, the language compared with, else the one with most versions.
    Returns the group columns, `language`, `statistic`, `version_match`, `n` (messages), `low`, `high`, `unaligned`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "x", "account_id": "a", "post_id": list("12"), "link": "https://example.org/u",
    ...     "posted_at": "2016-03-07", "medium": "text", "repost_of_id": None, "lang": ["es", "en"],
    ...     "text": ["El 5 de mayo a las 10", "On 5 May"]})
    >>> version_match(posts, against="en")[["statistic", "version_match"]].values.tolist()  # 21 / 8 letters; 5 of 5, 10
    [['length ratio', 2.625], ['shared numbers', 0.5]]
    """
    by = group_columns(by)

    def rows(part):
        found, fields = translated(versions(part, within_days)), {"unaligned": int((~part.is_aligned).sum())}
        if found.empty:
            return [fields | {"n": 0, "method": NO_VERSIONS}]
        return [fields | row for row in _match_rows(found, against)]

    columns = {"language": "str", "statistic": "str", "version_match": "float64", **COLUMNS}
    return result_table(version_posts(posts, entities, by, zone, on, least), by, rows, columns)


def _match_rows(found, against):
    """Two rows for each language but the one compared with."""
    against = against or found.language.value_counts().sort_index().idxmax()
    texts = found.pivot(index=["message", "begins"], columns="language", values="plain")
    own, rows = texts.get(against, pd.Series(dtype="str")), []
    for language in texts.columns.drop(against, errors="ignore"):
        pairs = pd.DataFrame({"version": texts[language], "own": own}).dropna()
        lengths = pairs.version.str.len() / pairs.own.str.len().replace(0, np.nan)
        shared = [_shared(*pair) for pair in zip(pairs.version, pairs.own, strict=True)]
        for statistic, values in {"length ratio": lengths, "shared numbers": pd.Series(shared, dtype=float)}.items():
            known = values.dropna()
            row = (
                _median_row("version_match", known)
                if len(known)
                else {"n": 0, "method": f"not defined: none with {against}"}
            )
            rows.append({"language": language, "statistic": statistic, **row})
    return rows


def _shared(version, own):
    """Numbers in both texts over numbers in either; not a number where there is none."""
    first, second = set(NUMBER.findall(version)), set(NUMBER.findall(own))
    return len(first & second) / len(first | second) if first | second else np.nan


@measure(unit="hours", keys=("message", "language"))
def version_hours(posts, entities=None, *, on="link", within_days=7, least=40, by="ministry", zone="UTC"):
    """How many hours after a message's first version each of its versions comes, one by one.

    Formula: posted_at - that of the first version, of messages with more than one; messages are numbered in order of time.
    **Unit** hours. **Reads** as `version_share`. **Source** docs/methods.md#versions.
    **Caution** As `version_delay`, which has the median. A message without a second version has no row.
    Parameters: as `version_share`.
    Returns the group columns, `message`, `language`, `version_hours`, `n` (1), `low`, `high` (missing).

    >>> import pandas as pd
    >>> times = pd.to_datetime(["2016-03-07T09:00Z", "2016-03-07T12:00Z"])
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "x", "account_id": "a", "post_id": list("12"), "text": "Hola",
    ...     "posted_at": times, "medium": "text", "repost_of_id": None, "lang": ["es", "en"], "link": "https://example.org"})
    >>> version_hours(posts)[["message", "language", "version_hours"]].values.tolist()
    [[1, 'es', 0.0], [1, 'en', 3.0]]
    """
    by = group_columns(by)

    def rows(part):
        found = translated(versions(part, within_days)).sort_values(["begins", "message", "hours", "language"])
        numbers = found.groupby(["begins", "message"]).ngroup() + 1
        found = found.assign(message=numbers, version_hours=found.hours, n=1)
        return found[["message", "language", "version_hours", "n"]].to_dict("records") or [{"n": 0}]

    columns = {"message": "Int64", "language": "str", "version_hours": "float64", **NUMBERS}
    return result_table(version_posts(posts, entities, by, zone, on, least), by, rows, columns)
