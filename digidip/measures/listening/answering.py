"""Addressed against answering: whether those who comment are those whom a post means, or those who follow."""

import numpy as np
import pandas as pd
from scipy.stats import norm

from digidip.measures._registry import measure
from digidip.measures.listening._address_terms import (
    AUDIENCES,
    UNKNOWN,
)
from digidip.measures.listening._audience_items import (
    ANSWERING,
    audience_items,
    audience_names,
    commenters_of_posts,
    of_side,
)
from digidip.measures.listening._labels import reference_words, why_nothing
from digidip.measures.statistics._columns import POST, group_columns, to_pandas
from digidip.measures.statistics._counts import divide
from digidip.measures.statistics._intervals import (
    Z,
    clustered_share_row,
    effective_size,
    jackknife_interval,
    too_few,
)
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p

NO_ANSWER = "not available: no commenter of known audience under a post of known audience"


@measure(
    unit="share of commenters",
    columns=("expected", "p", "p_adjusted", "commenters", "posts", "method"),
    people=("n", "commenters"),
)
def match_rate(codings, *, codebook="audience", by="ministry", gate=0.667, draws=999, seed=40):
    """How often those who answer belong to an audience that the post addresses, beside what chance gives.

    Formula: commenters (each once under a post) who have an audience of the post / commenters of known audience under posts of known
    audience. `expected`: the mean where the audiences of these posts are exchanged among them; p = (1 + exchanges with as many
    matches) / (1 + draws). `p_adjusted`: Benjamini and Hochberg. Interval: Wilson at the effective size, commenters of one post together;
    for none or all exact, one-sided.
    **Unit** share of commenters. **Reads** codings of `audience_codings`. **Source** Edgington and Onghena 2007, Randomization Tests;
    docs/methods.md#audiences.
    **Caution** Of those who say who they are: others may answer otherwise. A rate at `expected` means that posts reach no other people
    than any post does. Of real people, fewer than 5 with or without are withheld (docs/methods.md#small-cells).
    Parameters: `codings`; `codebook`; `by`, columns of codings; `gate` of the coders; `draws`, `seed`.
    Returns the group columns, `match_rate`, `n` (commenters, counted once under each post), `low`, `high`, `expected`, `p`, `p_adjusted`, `commenters`
    (distinct), `posts`, `method`.

    >>> rows = [("1", "addressed", "1", None, "media"), ("2", "addressed", "2", None, "diaspora")]
    >>> rows += [(f"c{n}", "answering", post, f"p{n}", code) for n, (post, code) in enumerate([("1", "media"), ("2", "media")])]
    >>> codings = pd.DataFrame(rows, columns=["item_id", "side", "post_id", "author", "code"])
    >>> codings = codings.assign(codebook="audience", variable="main", coder="a", platform="x", ministry="MUS", label="synthetic")
    >>> match_rate(codings)[["match_rate", "expected", "n"]].round(1).values.tolist()
    [[0.5, 0.5, 2.0]]
    """
    by = group_columns(by)

    def rows(part):
        known = part.dropna(subset=["classes", "meant"])
        known = known[known.classes.map(len).gt(0) & known.meant.map(len).gt(0)]
        if known.empty:
            return [{"n": 0, "commenters": 0, "posts": 0, "method": why_nothing(part, known, NO_ANSWER)}]
        posts = known.drop_duplicates(POST)
        place = known.groupby(POST, sort=False).ngroup().to_numpy()
        people, meant = _indicators(known.classes), _indicators(posts.meant)
        hits = np.minimum((people * meant[place]).sum(axis=1), 1)
        sums = _match_table(people, place, meant)
        orders = np.argsort(np.random.default_rng(seed).random((draws, len(posts))), axis=1)
        drawn = sums[np.arange(len(posts)), orders].sum(axis=1)
        events = np.bincount(place, hits), np.bincount(place)
        row = clustered_share_row("match_rate", *events, unit="posts", in_order=False)
        p = (1 + (drawn >= hits.sum() - 1e-9).sum()) / (1 + draws)
        fields = {"expected": drawn.mean() / len(known), "p": p, "posts": len(posts)}
        return [row | fields | {"commenters": known.author.nunique(), "method": row["method"] + reference_words(known)}]

    columns = {
        "match_rate": "float64",
        **NUMBERS,
        "expected": "float64",
        "p": "float64",
        "commenters": "int64",
        "posts": "int64",
    }
    columns |= {"method": "str"}
    return with_adjusted_p(result_table(commenters_of_posts(codings, codebook, by, gate), by, rows, columns))


def _indicators(sets):
    """Which of the five audiences each set has: 0 or 1."""
    return np.array([[float(name in own) for name in AUDIENCES] for own in sets]).reshape(len(sets), len(AUDIENCES))


def _match_table(people, place, meant):
    """How many commenters of each post (row) would match if it addressed what another post (column) does."""
    fits = np.minimum(people @ meant.T, 1)
    table = np.zeros((len(meant), len(meant)))
    np.add.at(table, place, fits)
    return table


@measure(
    unit="share of commenters",
    keys=("addressed", "answering"),
    columns=("expected", "commenters", "method"),
    people=("n", "commenters"),
)
def answering_share(codings, *, codebook="audience", by="ministry", gate=0.667):
    """Who answers posts that address each audience: shares of the commenters, unknown ones too.

    Formula: commenters (each once under a post) of the audience / commenters under posts that address this one. A post, or a commenter, of
    two audiences counts in both, so that shares may add up to more than one. Interval: Wilson at the effective size, posts as clusters.
    **Unit** share of commenters. **Reads** codings of `audience_codings`. **Source** Wilson 1927; docs/methods.md#audiences.
    **Caution** Read each beside `expected`, the share under all coded posts: `match_rate` tests the whole. Of real people, fewer than 5
    with or without are withheld, and what would give them by subtraction (docs/methods.md#small-cells).
    Parameters: `codings`; `codebook`; `by`, columns of codings; `gate` of the coders.
    Returns the group columns, `addressed`, `answering`, `answering_share`, `n` (commenters, once under each post), `low`, `high`, `expected`,
    `commenters` (distinct, of the audience), `method`.

    >>> rows = [("1", "addressed", "1", None, "media")]
    >>> rows += [(f"c{n}", "answering", "1", f"p{n}", code) for n, code in enumerate(["media", "media", "nationals", "unknown"])]
    >>> codings = pd.DataFrame(rows, columns=["item_id", "side", "post_id", "author", "code"])
    >>> codings = codings.assign(codebook="audience", variable="main", coder="a", platform="x", ministry="MUS", label="synthetic")
    >>> answering_share(codings)[["addressed", "answering", "answering_share"]].values.tolist()
    [['media', 'media', 0.5], ['media', 'nationals', 0.25], ['media', 'unknown', 0.25]]
    """
    by = group_columns(by)
    answers = commenters_of_posts(codings, codebook, by, gate)
    seen = [name for name in (*AUDIENCES, UNKNOWN) if any(name in audience_names(own) for own in answers.classes)]

    def rows(part):
        known = part.dropna(subset=["classes", "meant"])
        if known.empty:
            return [
                {
                    "addressed": "",
                    "answering": "",
                    "n": 0,
                    "commenters": 0,
                    "method": why_nothing(part, known, NO_ANSWER),
                }
            ]
        found = []
        has = {name: np.array([name in audience_names(each) for each in known.classes]) for name in seen}
        words, authors = reference_words(known), known.author.to_numpy()
        for addressed in (*AUDIENCES, UNKNOWN):
            own = np.array([addressed in audience_names(meant) for meant in known.meant])
            place = known[own].groupby(POST).ngroup().to_numpy()
            for answering in seen if own.any() else ():
                events = np.bincount(place, has[answering][own]), np.bincount(place)
                row = clustered_share_row("answering_share", *events, unit="posts", in_order=False)
                people = len(set(authors[own & has[answering]]))
                fields = {"addressed": addressed, "answering": answering, "expected": has[answering].mean()}
                found.append(fields | row | {"commenters": people, "method": row["method"] + words})
        return found

    columns = {"addressed": "str", "answering": "str", "answering_share": "float64", **NUMBERS, "expected": "float64"}
    return result_table(answers, by, rows, columns | {"commenters": "int64", "method": "str"})


@measure(
    unit="ratio of odds",
    keys=("audience",),
    columns=("commenters", "others", "posts", "method"),
    people=("n", "commenters", "others"),
)
def answering_odds_ratio(codings, *, codebook="audience", by="ministry", gate=0.667):
    """How much likelier an audience is to answer posts that address it than others, as odds.

    Formula: of each audience (a d) / (b c), of commenters (each once under a post) of it and not, under posts that address it (a, b) and others (c, d);
    of all audiences Mantel and Haenszel's common ratio, which a logit with a term for each audience estimates too. Interval: t of the logarithm, each post left out in turn.
    **Unit** ratio of odds. **Reads** codings of `audience_codings`. **Source** Mantel and Haenszel 1959 (doi:10.1093/jnci/22.4.719);
    docs/methods.md#audiences.
    **Caution** One is what comes where posts reach the same people whatever they address. It is of those who say who they are. Posts that address an
    audience may differ in more than that: language, topic, hour. Of real people, fewer than 5 are withheld (docs/methods.md#small-cells).
    Parameters: `codings`; `codebook`; `by`, columns of codings; `gate` of the coders.
    Returns the group columns, `audience` (all audiences first), `answering_odds_ratio`, `n` (commenters, once under each post), `low`, `high`,
    `commenters` (distinct, of the audience), `others` (not of it), `posts`, `method`.

    >>> rows = [("1", "addressed", "1", None, "media"), ("2", "addressed", "2", None, "diaspora")]
    >>> said = {"1": ["media"] * 3 + ["diaspora"], "2": ["media"] + ["diaspora"] * 3}
    >>> rows += [(f"{post}{n}", "answering", post, f"p{post}{n}", code) for post in said for n, code in enumerate(said[post])]
    >>> codings = pd.DataFrame(rows, columns=["item_id", "side", "post_id", "author", "code"])
    >>> codings = codings.assign(codebook="audience", variable="main", coder="a", platform="x", ministry="MUS", label="synthetic")
    >>> answering_odds_ratio(codings)[["audience", "answering_odds_ratio"]].values.tolist()  # (3 · 3) / (1 · 1)
    [['all audiences', 9.0], ['media', 9.0], ['diaspora', 9.0]]
    """
    by = group_columns(by)

    def rows(part):
        known = part.dropna(subset=["classes", "meant"])
        known = known[known.classes.map(len).gt(0) & known.meant.map(len).gt(0)]
        if known.empty:
            return [
                {
                    "audience": "",
                    "n": 0,
                    "commenters": 0,
                    "others": 0,
                    "posts": 0,
                    "method": why_nothing(part, known, NO_ANSWER),
                }
            ]
        posts, place = known.drop_duplicates(POST), known.groupby(POST, sort=False).ngroup().to_numpy()
        people, meant = _indicators(known.classes), _indicators(posts.meant)
        hits = np.stack([np.bincount(place, each) for each in people.T], axis=1)
        misses = np.bincount(place)[:, None] - hits
        cells = np.stack([hits * meant, misses * meant, hits * (1 - meant), misses * (1 - meant)], axis=2)
        words, authors = reference_words(known), known.author.to_numpy()
        every = dict.fromkeys(("commenters", "others"), len(set(authors)))
        found = [{"audience": "all audiences", **every} | _odds_ratio(cells, words)]
        for at, name in enumerate(AUDIENCES):
            if people[:, at].any() and meant[:, at].any():
                of_it, others = (len(set(authors[people[:, at] == each])) for each in (1, 0))
                row = _odds_ratio(cells[:, [at]], words)
                found.append({"audience": name, "commenters": of_it, "others": others} | row)
        return found

    columns = {"audience": "str", "answering_odds_ratio": "float64", **NUMBERS}
    columns |= dict.fromkeys(("commenters", "others", "posts"), "int64") | {"method": "str"}
    return result_table(commenters_of_posts(codings, codebook, by, gate), by, rows, columns)


def _odds_ratio(cells, words):
    """The row of a table posts × audiences × (of it and addressed, not of it and addressed, of it elsewhere, not of it elsewhere)."""

    def common(sums):
        a, b, c, d = np.moveaxis(sums.reshape(len(sums), -1, 4), 2, 0)
        return divide((a * d / (a + b + c + d)).sum(axis=1), (b * c / (a + b + c + d)).sum(axis=1))

    fields = {"posts": len(cells), "n": 0}
    value, low, high = jackknife_interval(common, cells.reshape(len(cells), -1), "log", in_order=False)
    if not 0 < value < np.inf:
        return fields | {"method": "not defined: none, or all, on one side" + words}
    why = too_few(len(cells), "posts") or "no interval: not defined without one of the posts" * bool(np.isnan(low))
    limits = {"answering_odds_ratio": value, "n": int(cells[:, 0].sum()), "low": low, "high": high}
    return fields | limits | {"method": (why or f"t of the logarithm, each of {len(cells)} posts left out") + words}


@measure(
    unit="ratio of shares",
    keys=("audience",),
    columns=("share_of_commenters", "share_of_followers", "commenters", "followers", "p", "p_adjusted", "method"),
    people=("commenters", "followers"),
)
def engagement_lift(codings, followers, *, codebook="audience", by="ministry", gate=0.667):
    """How much more often an audience comments than its share of the followers would give.

    Formula: share of commenters (each once under a post) of known audience / share of followers of known audience. Interval and p: of the
    logarithm, normal, both shares at their effective sizes, posts as clusters; `p_adjusted`: Benjamini and Hochberg.
    **Unit** ratio of shares. **Reads** codings of `audience_codings`, of `follower_codings`. **Source** Katz et al. 1978
    (doi:10.2307/2530610); docs/methods.md#audiences.
    **Caution** Of those who declare who they are, which more commenters than followers may do: then all lifts are of declaring. Not
    defined where nobody of an audience follows, or comments. Of real people, fewer than 5 are withheld (docs/methods.md#small-cells).
    Parameters: `codings`; `followers`; `codebook`; `by`, columns of both; `gate` of the coders.
    Returns the group columns, `audience`, `engagement_lift`, `n` (commenters of known audience), `low`, `high`, `share_of_commenters`,
    `share_of_followers`, `commenters`, `followers` (of the audience), `p`, `p_adjusted`, `method`.

    >>> rows = [(f"c{n}", "answering", str(n), f"p{n}", code) for n, code in enumerate(["media", "media", "diaspora", "diaspora"])]
    >>> codings = pd.DataFrame(rows, columns=["item_id", "side", "post_id", "author", "code"])
    >>> codings = codings.assign(codebook="audience", variable="main", coder="a", platform="x", ministry="MUS", label="synthetic")
    >>> followers = codings.assign(codebook="follower", side="following", code=["media", "diaspora", "diaspora", "diaspora"])
    >>> engagement_lift(codings, followers)[["audience", "engagement_lift"]].round(3).values.tolist()
    [['diaspora', 0.667], ['media', 2.0]]
    """
    by, followers = group_columns(by), to_pandas(followers)
    answering = of_side(audience_items(codings, codebook, by, gate), ANSWERING)
    answering["author"] = answering.author.where(answering.author.notna(), answering.item_id)
    answering = answering[~(answering.duplicated(["cluster", "author"]) & answering.classes.notna())]
    listed = [audience_items(followers, book, by, gate) for book in followers.codebook.dropna().unique()]
    both = pd.concat([answering.assign(of="said"), *(each.assign(of="listed") for each in listed)], ignore_index=True)
    columns = {"audience": "str", "engagement_lift": "float64", **NUMBERS, "share_of_commenters": "float64"}
    columns |= {
        "share_of_followers": "float64",
        "commenters": "int64",
        "followers": "int64",
        "p": "float64",
        "method": "str",
    }
    return with_adjusted_p(result_table(both.sort_values([*by, "of", "item_id"]), by, _lift_rows, columns))


def _lift_rows(part):
    """The lift of each audience of one group, or why there is none."""
    known = part.dropna(subset="classes")
    known = known[known.classes.map(len).gt(0)]
    said, listed = (known[known.of.eq(name)] for name in ("said", "listed"))
    nothing = {"n": 0, "commenters": 0, "followers": 0, "audience": ""}
    for own, of, words in ((said, "said", "no commenter"), (listed, "listed", "no follower")):
        if own.empty:
            return [
                nothing
                | {
                    "method": why_nothing(
                        part[part.of.eq(of)], own, f"not available: {words} of known audience is coded"
                    )
                }
            ]
    found = []
    for name in [each for each in AUDIENCES if any(each in own for own in known.classes)]:
        fields, shares, errors = {"audience": name, "n": len(said)}, [], []
        for own, word in ((said, "commenters"), (listed, "followers")):
            is_of = pd.Series([name in each for each in own.classes], own.index)
            clusters = own.cluster if word == "commenters" else own.item_id
            events, sizes = is_of.groupby(clusters).agg(["sum", "size"]).to_numpy(float).T
            share = is_of.mean()
            shares.append(share)
            errors.append(divide(1 - share, effective_size(events, sizes, in_order=False) * share))
            fields |= {f"share_of_{word}": share, word: int(is_of.sum())}
        if not min(shares):
            found.append(fields | {"n": 0, "method": "not defined: nobody of the audience comments, or follows"})
            continue
        value, error = shares[0] / shares[1], float(np.sqrt(sum(errors)))
        fields["engagement_lift"] = value
        few = too_few(min(said.cluster.nunique(), len(listed)), "posts, or followers")
        if few or not error > 0:
            found.append(fields | {"method": few or "no interval: nobody of another audience"})
            continue
        p = 2 * norm.sf(abs(np.log(value)) / error)
        limits = {"low": value * np.exp(-Z * error), "high": value * np.exp(Z * error), "p": p}
        found.append(
            fields
            | limits
            | {"method": f"log ratio, {said.cluster.nunique()} posts as clusters" + reference_words(part)}
        )
    return sorted(found, key=lambda row: row["audience"])
