"""Audiences: whom posts address and who answers, by coders and by a rule whose errors are taken out.

A code in the codebook of audiences has two variables: `main`, the audience that the coder sees first, and `also`, a further one
(a journalist of the diaspora has both). Commenters are what they say of themselves; nothing is inferred from names.
"""

import re
from functools import partial

import numpy as np
import pandas as pd
from ibis import _
from scipy.optimize import linprog

from digidip.measures._registry import measure
from digidip.measures.listening._address_terms import (
    ADDRESSES,
    AUDIENCES,
    DECLARES,
    DIPLOMATS,
    ORDER,
    UNKNOWN,
    by_role,
    pattern,
)
from digidip.measures.listening._audience_items import (
    ADDRESSED,
    ALSO,
    ANSWERING,
    FOLLOWING,
    MAIN,
    RULE,
    audience_items,
    main_codings,
)
from digidip.measures.listening._labels import agreed_topics, cluster_table, labelled, reference_words, why_nothing
from digidip.measures.listening.correction import LEAST_CODED, NO_LABELS, corrected_share
from digidip.measures.posts._languages import with_language
from digidip.measures.statistics._codings import coded
from digidip.measures.statistics._columns import POST, canonical, group_columns, to_pandas
from digidip.measures.statistics._counts import divide
from digidip.measures.statistics._intervals import (
    clustered_share_row,
    jackknife_interval,
    resamples,
    too_few,
)
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import TableError, refuse_origins

POLICIES = ("class", "left out")
LEAST_COVERAGE = 0.5  # of the items labelled: below, shares are of the known alone
KNOWN_ONLY, EVERY = "known only", "all"
CODED = ["codebook", "item_id", "variable", "coder", "code"]
OF_ITEM = ["ministry", "platform", "account_id", "handle", "side", "post_id", "author", "language", "label"]
OF_CODING = [*OF_ITEM, "message"]


def audience_codings(codings, posts, comments, accounts, *, codebook="audience", messages="message", least=40):
    """The codings of posts and of comments by others, and the label of the rule for each, as coder `rule`.

    A post has the `side` addressed, a comment answering. The rule: words of address, then role and language, of a post; of a
    comment what its author says of themselves, or that an official account of another ministry wrote it. A ministry
    without an item keeps one row. `messages`: the codebook of messages, by which posts have a `message` where coders agree. `least`:
    characters a post must have to be given a language that is not declared. A column of nationality, ethnicity or inferred origin is
    refused.

    >>> ids = {"platform": "x", "post_id": "1", "account_id": "a", "label": "synthetic", "ministry": "MUS"}
    >>> posts = pd.DataFrame({**ids, "text": ["Dear journalists"], "lang": "en", "repost_of_id": None})
    >>> comments = pd.DataFrame({**ids, "comment_id": ["c"], "author": "p", "is_official": False, "text": "We live abroad"})
    >>> accounts = pd.DataFrame({"platform": ["x"], "account_id": "a", "handle": "Mfa", "ministry": "MUS", "office": "ministry",
    ...                          "receiving": None})
    >>> none = pd.DataFrame(columns=["codebook", "item_id", "variable", "coder", "code"])
    >>> audience_codings(none, posts, comments, accounts)[["side", "coder", "code"]].values.tolist()
    [['addressed', 'rule', 'media'], ['answering', 'rule', 'diaspora']]
    """
    codings = to_pandas(codings)
    refuse_origins("codings", codings.columns, codings.variable.dropna().unique())
    named = {"audience", *codings.codebook.dropna()}
    if codebook not in named:
        raise TableError(
            f"codebook of audiences: found {codebook!r}. Expected: one of the codings, {', '.join(sorted(named))}. Choose one, or code by it."
        )
    items = pd.concat([_posts(posts, accounts, least), _comments(posts, comments, accounts)], ignore_index=True)
    is_post = items.side.eq(ADDRESSED)
    items["message"] = items.id.where(is_post).map(agreed_topics(codings, messages)).astype("object")
    wanted = codings.loc[codings.codebook == codebook, CODED]
    by_people = items.drop(columns=[MAIN, ALSO]).merge(
        wanted.astype({"item_id": "str"}), left_on="id", right_on="item_id"
    )
    by_rule = items.melt([*OF_CODING, "id"], [MAIN, ALSO], "variable", "code").dropna(subset="code")
    found = pd.concat([by_people, by_rule.assign(coder=RULE, codebook=codebook)], ignore_index=True)
    found["item_id"] = found["platform"] + " " + found["side"] + " " + found["id"]
    ministries = to_pandas(canonical(posts, "posts", ["ministry", "label"]).distinct())
    empty = ministries[~ministries.ministry.isin(found.ministry)].sort_values(["ministry", "label"])
    empty = empty.drop_duplicates("ministry")
    empty = empty.assign(item_id="none: " + empty.ministry.astype(str), variable=MAIN, codebook=codebook)
    table = pd.concat([found, empty] if len(empty) else [found], ignore_index=True)[[*CODED, *OF_CODING]].astype(
        "object"
    )
    return table.where(table.notna(), None)


def _posts(posts, accounts, least):
    """Own posts with what the rule says of each."""
    own = canonical(posts, "posts", [*POST, "account_id", "ministry", "text", "lang", "repost_of_id", "label"])
    frame = to_pandas(own.filter(_.repost_of_id.isnull()).drop("repost_of_id"))
    offices = _offices(accounts).drop(columns="ministry")
    frame = with_language(frame, least).merge(offices, how="left", on=["platform", "account_id"])
    roles = zip(frame.ministry, frame.office, frame.receiving, frame.language, strict=True)
    otherwise = pd.Series([by_role(*row) for row in roles], index=frame.index, dtype="object")
    frame = frame.assign(id=frame.post_id, side=ADDRESSED, author=None, **_by_words(frame.text, ADDRESSES, otherwise))
    return frame[[*OF_ITEM, "id", MAIN, ALSO]]


def _comments(posts, comments, accounts):
    """Comments under these posts by others than the ministry, with what the rule says of who wrote each."""
    names = ["platform", "comment_id", "post_id", "account_id", "ministry", "author", "is_official", "text", "label"]
    held_comments = canonical(comments, "comments", names).semi_join(canonical(posts, "posts", POST), POST)
    offices = _offices(accounts)
    frame = to_pandas(held_comments).merge(
        offices[["platform", "account_id", "handle"]], how="left", on=["platform", "account_id"]
    )
    ministries = offices.rename(columns={"account_id": "author", "ministry": "of_author"})
    frame = frame.merge(ministries[["platform", "author", "of_author"]], how="left", on=["platform", "author"])
    official = frame.is_official.fillna(False).astype(bool)
    is_own = official & (frame.author.eq(frame.account_id) | frame.of_author.eq(frame.ministry))
    frame, official = frame[~is_own], official[~is_own]
    words = _by_words(frame.text, DECLARES, pd.Series(UNKNOWN, frame.index, dtype="object"))
    main, also = words[MAIN].mask(official, DIPLOMATS), words[ALSO].mask(official)
    frame = frame.assign(id=frame.comment_id, side=ANSWERING, language=None, **{MAIN: main, ALSO: also})
    return frame[[*OF_ITEM, "id", MAIN, ALSO]]


def _offices(accounts):
    """Handle, ministry, office and receiving state of each account."""
    names = ["platform", "account_id", "handle", "office", "receiving", "ministry"]
    return to_pandas(canonical(accounts, "accounts", names)).drop_duplicates(names[:2])


def _by_words(texts, words, otherwise):
    """The audience whose words a text has first, and the one whose it has next; without any, what is known otherwise."""
    plain = texts.fillna("").astype("str").str.replace("’", "'", regex=False)
    patterns = [re.compile(pattern(words[name])) for name in ORDER]
    has = np.column_stack([plain.str.contains(each, regex=True).to_numpy(bool) for each in patterns])
    has = has.reshape(len(texts), len(ORDER))
    main, also = otherwise.to_numpy(object).copy(), np.full(len(texts), None, dtype=object)
    one, several = np.flatnonzero(has.sum(axis=1) == 1), np.flatnonzero(has.sum(axis=1) > 1)
    main[one] = np.array(ORDER, dtype=object)[has[one].argmax(axis=1)]
    for row in several:
        places = {name: each.search(plain.iloc[row]) for name, each in zip(ORDER, patterns, strict=True)}
        main[row], also[row], *_rest = sorted((n for n in places if places[n]), key=lambda name: places[name].start())
    return {MAIN: pd.Series(main, texts.index, dtype="object"), ALSO: pd.Series(also, texts.index, dtype="object")}


def follower_codings(codings, accounts, *, codebook="follower"):
    """The codings of followers drawn from lists: `item_id` a running number, `variable` the account that they follow.

    Coders read what a profile declares. No id of a person is needed, and none is kept.

    >>> rows = {"codebook": "follower", "item_id": ["1"], "variable": "a", "coder": "b", "code": "media", "label": "synthetic"}
    >>> accounts = pd.DataFrame({"platform": ["x"], "account_id": "a", "handle": "Mfa", "ministry": "MUS"})
    >>> follower_codings(pd.DataFrame(rows), accounts)[["ministry", "handle", "item_id", "variable"]].values.tolist()
    [['MUS', 'Mfa', 'a 1', 'main']]
    """
    names = ["platform", "account_id", "handle", "ministry"]
    own = to_pandas(canonical(accounts, "accounts", names)).drop_duplicates(names[:2])
    of_codebook = to_pandas(codings)
    of_codebook = of_codebook[of_codebook.codebook == codebook].rename(columns={"variable": "account_id"})
    found = own.merge(of_codebook, on="account_id")
    return found.assign(item_id=found.account_id + " " + found.item_id, variable=MAIN, side=FOLLOWING)


@measure(unit="share of items labelled", columns=("method",), people=("n",))
def audience_coverage(codings, *, codebook="audience", by=("ministry", "side"), model=RULE):
    """What share of the posts, or comments, the rule tells an audience of at all.

    Formula: items that the rule gives an audience / items that it labels. Interval: Wilson at the effective size, items of one post
    together; for none or all exact, one-sided.
    **Unit** share of items labelled. **Reads** codings of `audience_codings`. **Source** docs/methods.md#audiences.
    **Caution** What is unknown is not spread as what is known. Few say who they are, so of commenters most is unknown; a rule
    that reads more into a text covers more and errs more.
    Parameters: `codings`; `codebook`; `by`, columns of codings; `model`, the coder that is the rule.
    Returns the group columns, `audience_coverage`, `n` (items), `low`, `high`, `method`.

    >>> rows = [("audience", str(n), "main", "rule", code) for n, code in enumerate(["media", "unknown", "diaspora", "media"])]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"]).assign(label="synthetic")
    >>> audience_coverage(codings, by="variable").audience_coverage.tolist()
    [0.75]
    """
    by = group_columns(by)
    has_posts = "post_id" in codings.columns
    items = coded(main_codings(codings), codebook, None, [*by, *["post_id"] * has_posts])
    items["cluster"] = items.post_id.fillna(items.item_id) if has_posts else items.item_id

    def rows(part):
        given = part[part.coder.eq(model)].dropna(subset="code")
        if given.empty:
            return [{"n": 0, "method": NO_LABELS}]
        known = given.code.ne(UNKNOWN).groupby(given.cluster).agg(["sum", "size"]).to_numpy().T
        return [clustered_share_row("audience_coverage", *known, unit="posts", in_order=False)]

    return result_table(items, by, rows, {"audience_coverage": "float64", **NUMBERS, "method": "str"})


@measure(
    unit="share of items",
    keys=("audience",),
    columns=("apparent_share", "labelled", "coverage", "counted", "coded", "method"),
    people=("n", "labelled"),
)
def audience_share(
    codings, *, codebook="audience", by=("ministry", "side"), unknown="class", least_coverage=LEAST_COVERAGE, gate=0.667,
    draws=999, seed=40,
):  # fmt: skip
    """Share of posts for, and of comments from, each audience, the errors of the rule taken out.

    Formula: π with q = M'π, π >= 0 and sum 1, as `corrected_share`: q the shares of the rule's labels, M its errors where coders saw
    the same items. Unknown is a class; where the rule covers less than `least_coverage`, or `unknown` is "left out", shares are of the
    items whose audience is known.
    **Unit** share of items. **Reads** codings of `audience_codings`, variable main. **Source** Hopkins and King 2010
    (doi:10.1111/j.1540-5907.2009.00428.x); docs/methods.md#audiences; docs/methods.md#corrected-shares.
    **Caution** `counted` says of what: never compare a share of all with one of the known. The known may differ from the unknown.
    Where errors do not tell classes apart nothing is corrected: see `audience_bound`. Of real people, fewer than 5 with or without
    are withheld (docs/methods.md#small-cells).
    Parameters: `codings`; `codebook`; `by`, columns of codings; `unknown`, class or left out; `least_coverage`; `gate` of the coders;
    `draws`, `seed`.
    Returns the group columns, `audience`, `audience_share`, `n` (items), `low`, `high`, `apparent_share`, `labelled` (items of the label), `coverage`, `counted` (all,
    known only), `coded`, `method`.

    >>> codes = {"a": "m" * 10 + "u" * 10, "rule": "m" * 8 + "u" * 11 + "m" + "m" * 6 + "u" * 4}
    >>> words = {"m": "media", "u": "unknown"}
    >>> rows = [("audience", str(n), "main", who, words[c]) for who, text in codes.items() for n, c in enumerate(text)]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"]).assign(label="synthetic")
    >>> audience_share(codings, by="variable", draws=99)[["audience", "audience_share", "counted"]].round(4).values.tolist()
    [['media', 0.5714, 'all'], ['unknown', 0.4286, 'all']]
    """
    by, main = group_columns(by), main_codings(codings)
    parts = [
        _shares(part, codebook, by, known_only, gate, draws, seed)
        for known_only, part in _by_policy(main, codebook, by, unknown, least_coverage)
    ]
    columns = {"audience": "str", "audience_share": "float64", **NUMBERS, "apparent_share": "float64"}
    columns |= {"labelled": "int64", "coverage": "float64", "counted": "str", "coded": "int64", "method": "str"}
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*by, *columns])
    return result_table(found, by, lambda part: part[list(columns)].to_dict("records"), columns)


def _by_policy(main, codebook, by, unknown, least_coverage):
    """The codings whose shares are of all, and those whose shares are of the known only, each with `coverage`."""
    if unknown not in POLICIES:
        raise TableError(f"unknown: found {unknown!r}. Expected: {' or '.join(POLICIES)}.")
    cover = audience_coverage(main, codebook=codebook, by=by).rename(columns={"audience_coverage": "coverage"})
    main = main[main.codebook == codebook]
    frame = (
        main.merge(cover[[*by, "coverage"]], how="left", on=by) if by else main.assign(coverage=cover.coverage.max())
    )
    few = frame.coverage.lt(least_coverage) | (unknown == POLICIES[1])
    return [(known_only, frame[few == known_only]) for known_only in (False, True) if (few == known_only).any()]


def _shares(part, codebook, by, known_only, gate, draws, seed):
    """The corrected shares of codings that are treated alike."""
    missing = (UNKNOWN,) if known_only else ()
    found = corrected_share(
        part, codebook=codebook, model=RULE, by=by, missing=missing, gate=gate, draws=draws, seed=seed
    )
    cover = part.groupby(by, dropna=False).coverage.first().reset_index() if by else None
    found = found.merge(cover, how="left", on=by) if by else found.assign(coverage=part.coverage.max())
    found = found.rename(columns={"code": "audience", "corrected_share": "audience_share"})
    given = (found.apparent_share * found.n).fillna(0).round().astype("int64")
    return found.assign(labelled=given, counted=KNOWN_ONLY if known_only else EVERY)


@measure(
    unit="share of items",
    keys=("audience", "bound"),
    columns=("apparent_share", "labelled", "method"),
    people=("n", "labelled"),
)
def audience_bound(
    codings, *, codebook="audience", by=("ministry", "side"), unknown="class", least_coverage=LEAST_COVERAGE, gate=0.667,
    draws=39, seed=40,
):  # fmt: skip
    """Least and most that the share of an audience can be, where errors do not tell audiences apart.

    Formula: min and max of a share over all π >= 0 of sum 1 with q = M'π, by linear programming; an audience of which coders saw fewer
    than eight items may be labelled in any way. Where no π fits, over those that fit best. Interval: outermost points over posts drawn again.
    **Unit** share of items. **Reads** codings of `audience_codings`, variable main. **Source** Manski 2003, Partial Identification;
    docs/methods.md#audiences.
    **Caution** Wide bounds are what the data say. Where the errors do tell audiences apart both bounds are the corrected share, whose
    interval `audience_share` has. Of real people, fewer than 5 are withheld (docs/methods.md#small-cells).
    Parameters: as in `audience_share`.
    Returns the group columns, `audience`, `bound` (least, most), `audience_bound`, `n` (items), `low`, `high`, `apparent_share`, `labelled`,
    `method`.

    >>> codes = {"a": "m" * 10 + "u" * 10, "rule": ("m" * 5 + "u" * 5) * 2 + "mu"}  # the label says nothing
    >>> words = {"m": "media", "u": "unknown"}
    >>> rows = [("audience", str(n), "main", who, words[c]) for who, text in codes.items() for n, c in enumerate(text)]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"]).assign(label="synthetic")
    >>> found = audience_bound(codings, by="variable", draws=0)
    >>> found[["audience", "bound", "audience_bound"]].round(6).values.tolist()[:2]
    [['media', 'least', 0.0], ['media', 'most', 1.0]]
    """
    by, main = group_columns(by), main_codings(codings)
    parts = []
    for known_only, part in _by_policy(main, codebook, by, unknown, least_coverage):
        missing = (UNKNOWN,) if known_only else ()
        items = labelled(part, codebook, by, model=RULE, missing=missing, gate=gate, agreed_by=by, cluster="post_id")
        parts.append(items)
    columns = {"audience": "str", "bound": "str", "audience_bound": "float64", **NUMBERS, "apparent_share": "float64"}
    columns |= {"labelled": "int64"}
    found = pd.concat(parts, ignore_index=True) if parts else main.assign(predicted=None, true=None, cluster="")
    return result_table(found, by, partial(_bound_rows, draws=draws, seed=seed), columns | {"method": "str"})


def _bound_rows(part, draws, seed):
    """The bounds of each audience of one group, or why there are none."""
    given, both = part.dropna(subset="predicted"), part.dropna(subset=["true", "predicted"])
    if given.empty:
        return [{"n": 0, "labelled": 0, "method": NO_LABELS}]
    classes = sorted({*given.predicted, *both.true, *((*AUDIENCES, UNKNOWN) if both.empty else ())})
    k, table = len(classes), cluster_table(given, classes)
    total, clusters = table.sum(axis=0), len(table)
    known = total[k:].reshape(k, k).sum(axis=1) >= LEAST_CODED
    value = _bounds(total, k, known)
    low, high, few = np.full_like(value, np.nan), np.full_like(value, np.nan), too_few(clusters, "posts")
    if known.all() and np.allclose(*value, atol=1e-5):
        words = "no interval: the errors tell audiences apart, see the corrected share"
    elif few or not draws:
        words = few or "no interval: linear programme without draws"
    else:
        drawn = [
            _bounds(sums, k, known)
            for each in resamples(clusters, draws, seed, table.shape[1])
            for sums in each @ table
        ]
        low, high = np.min([value, *drawn], axis=0), np.max([value, *drawn], axis=0)
        words = f"linear programme, {draws} draws of {clusters} posts"
    words += "; nothing is coded, so any label may mean anything" * both.empty + reference_words(part)
    return [
        {"audience": name, "bound": bound, "audience_bound": value[side, place], "n": len(given)}
        | {
            "low": low[side, place],
            "high": high[side, place],
            "apparent_share": total[place] / len(given),
            "labelled": int(total[place]),
            "method": words,
        }
        for place, name in enumerate(classes)
        for side, bound in enumerate(("least", "most"))
    ]


def _bounds(sums, k, known):
    """Least and most of each share, given counts of labels and of pairs of code and label: two rows.

    Of a class that is not `known` there is one unknown for each label that its items may have.
    """
    labels, pairs = sums[:k] / sums[:k].sum(), sums[k:].reshape(k, k)
    known = known & (pairs.sum(axis=1) > 0)
    errors = divide(pairs, pairs.sum(axis=1)[:, None])
    if known.all() and abs(np.linalg.det(errors)) > 1e-9 and (solved := np.linalg.solve(errors.T, labels)).min() >= 0:
        return np.array([solved, solved])
    blocks = [errors[place][None] if known[place] else np.eye(k) for place in range(k)]
    owner = np.repeat(np.arange(k), [len(each) for each in blocks])
    own = len(owner)
    miss = np.append(np.zeros(own), np.ones(2 * k))  # what the labels differ by, either way
    equal = np.vstack([np.hstack([np.vstack(blocks).T, np.eye(k), -np.eye(k)]), 1 - miss])
    right = np.append(labels, 1)
    within = {"A_ub": miss[None], "b_ub": [linprog(miss, A_eq=equal, b_eq=right).fun + 1e-7]}
    found = np.zeros((2, k))
    for place in range(k):
        aim = np.append(owner == place, np.zeros(2 * k)).astype(float)
        for side, sign in enumerate((1, -1)):
            found[side, place] = np.clip(sign * linprog(sign * aim, A_eq=equal, b_eq=right, **within).fun, 0, 1)
    return np.sort(found, axis=0).round(6)


@measure(
    unit="normalised entropy, 0 to 1",
    columns=("effective", "unknown", "rarest", "method"),
    people=("n", "unknown", "rarest"),
)
def audience_entropy(codings, *, codebook="audience", by=("ministry", "side"), gate=0.667):
    """How evenly posts, or comments, spread over the five audiences: 0 one audience alone, 1 all alike.

    Formula: -Σ p log p / log 5, p the share of each audience among those that most coders see, an item of two counting half for each;
    unknown left out. Interval: t of the logit, items of one post left out together; its upper end moved up by 4 / (2 n log 5), by which few
    items make the entropy too low.
    **Unit** normalised entropy, 0 to 1. **Reads** codings of `audience_codings`. **Source** Shannon 1948
    (doi:10.1002/j.1538-7305.1948.tb01338.x); Miller 1955; docs/methods.md#audiences.
    **Caution** Even is not good: a consulate is there for one audience. Few items make it too low. No interval from fewer than eight
    posts, or for one audience alone.
    Parameters: `codings`; `codebook`; `by`, columns of codings; `gate` of the coders.
    Returns the group columns, `audience_entropy`, `n` (items with a known audience), `low`, `high`, `effective` (exp of the entropy: as
    many audiences as evenly served would give), `unknown` (items), `rarest` (items of the rarest audience that has any), `method`.

    >>> rows = [("audience", str(n), "main", "a", code) for n, code in enumerate(["media", "diaspora", "unknown"])]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"]).assign(label="synthetic")
    >>> audience_entropy(codings, by="codebook")[["audience_entropy", "effective"]].round(4).values.tolist()  # log 2 / log 5
    [[0.4307, 2.0]]
    """
    by = group_columns(by)

    def rows(part):
        with_classes = part.dropna(subset="classes")
        known = with_classes[with_classes.classes.map(len).gt(0)]
        fields = {"n": len(known), "unknown": len(with_classes) - len(known)}
        if reason := why_nothing(part, known):
            return [fields | {"method": reason}]
        counts = known.classes.explode().value_counts()
        fields |= {"rarest": int(counts.min())}
        weights = np.array([[(name in own) / len(own) for name in AUDIENCES] for own in known.classes])
        names, row = np.unique(known.cluster, return_inverse=True)
        table = np.zeros((len(names), len(AUDIENCES)))
        np.add.at(table, row, weights)
        value, low, high = jackknife_interval(_entropy, table, "logit", in_order=False)
        bias = (len(AUDIENCES) - 1) / (2 * len(known) * np.log(len(AUDIENCES)))  # Miller's
        high = np.fmin(high + bias, 1) if low == low else high
        fields |= {"audience_entropy": value, "low": low, "high": high, "effective": len(AUDIENCES) ** value}
        words = too_few(len(names), "posts") or (
            f"t, each of {len(names)} posts left out"
            if low == low
            else "no interval: one audience alone, or posts all alike"
        )
        return [fields | {"method": words + reference_words(part)}]

    columns = {"audience_entropy": "float64", **NUMBERS, "effective": "float64"}
    columns |= {"unknown": "int64", "rarest": "Int64", "method": "str"}
    return result_table(audience_items(codings, codebook, by, gate), by, rows, columns)


def _entropy(sums):
    """Entropy of each row of sums over its largest."""
    shares = divide(sums, sums.sum(axis=1, keepdims=True))
    return -(shares * np.log(np.where(shares > 0, shares, 1))).sum(axis=1) / np.log(sums.shape[1])
