"""Audiences: whom posts address, who answers, whether both match, and whether messages are made for one of them.

A code in the codebook of audiences has two variables: `main`, the audience that the coder sees first, and `also`, a further one
(a journalist of the diaspora has both). Commenters are what they say of themselves; nothing is inferred from names.
"""

from functools import partial

import numpy as np
import pandas as pd
from ibis import _
from scipy.optimize import linprog
from scipy.stats import fisher_exact, norm

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
from digidip.measures.listening._labels import agreed_topics, labelled, reference_words, why_nothing
from digidip.measures.listening.correction import LEAST_CODED, NO_LABELS, corrected_share
from digidip.measures.posts._languages import with_language
from digidip.measures.statistics._codings import coded
from digidip.measures.statistics._columns import POST, canonical, group_columns, to_pandas
from digidip.measures.statistics._counts import divide
from digidip.measures.statistics._intervals import (
    Z,
    clustered_share_row,
    effective_size,
    jackknife_interval,
    resamples,
    share_interval,
    too_few,
)
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p
from digidip.tables import TableError

RULE, MAIN, ALSO = "rule", "main", "also"
ADDRESSED, ANSWERING, FOLLOWING = "addressed", "answering", "following"
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
    without an item keeps one row. `messages`: the codebook of messages, by which posts have a `message` where coders agree. `least`: characters a post must have to be given a language that is not declared.

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
    told = canonical(comments, "comments", names).semi_join(canonical(posts, "posts", POST), POST)
    offices = _offices(accounts)
    frame = to_pandas(told).merge(
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
    """The first and the second audience whose words a text has; without any, what is known otherwise."""
    plain = texts.fillna("").astype("str").str.replace("’", "'", regex=False)
    has = np.column_stack([plain.str.contains(pattern(words[name]), regex=True).to_numpy(bool) for name in ORDER])
    has = has.reshape(len(texts), len(ORDER))
    names = np.array([*ORDER, None], dtype=object)
    first = np.where(has.any(axis=1), has.argmax(axis=1), len(ORDER))
    rest = has & (np.arange(len(ORDER)) > first[:, None])
    second = np.where(rest.any(axis=1), rest.argmax(axis=1), len(ORDER))
    main = pd.Series(names[first], texts.index, dtype="object")
    return {MAIN: main.where(main.notna(), otherwise), ALSO: pd.Series(names[second], texts.index, dtype="object")}


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
    told = to_pandas(codings)
    told = told[told.codebook == codebook].rename(columns={"variable": "account_id"})
    found = own.merge(told, on="account_id")
    return found.assign(item_id=found.account_id + " " + found.item_id, variable=MAIN, side=FOLLOWING)


@measure(unit="share of items labelled", columns=("method",), people=("n",))
def audience_coverage(codings, *, codebook="audience", by=("ministry", "side"), model=RULE):
    """Of what share of the posts, or comments, the rule tells an audience at all.

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
    items = coded(_main(codings), codebook, None, [*by, *["post_id"] * has_posts])
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
    columns=("apparent_share", "coverage", "counted", "coded", "method"),
    people=("n",),
)
def audience_share(
    codings, *, codebook="audience", by=("ministry", "side"), unknown="class", least_coverage=LEAST_COVERAGE, gate=0.667,
    draws=999, seed=40,
):  # fmt: skip
    """Share of posts that mean, and of comments that come from, each audience first, the errors of the rule taken out.

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
    Returns the group columns, `audience`, `audience_share`, `n` (items), `low`, `high`, `apparent_share`, `coverage`, `counted` (all, known
    only), `coded`, `method`.

    >>> codes = {"a": "m" * 10 + "u" * 10, "rule": "m" * 8 + "u" * 11 + "m" + "m" * 6 + "u" * 4}
    >>> words = {"m": "media", "u": "unknown"}
    >>> rows = [("audience", str(n), "main", who, words[c]) for who, text in codes.items() for n, c in enumerate(text)]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"]).assign(label="synthetic")
    >>> audience_share(codings, by="variable", draws=99)[["audience", "audience_share", "counted"]].round(4).values.tolist()
    [['media', 0.5714, 'all'], ['unknown', 0.4286, 'all']]
    """
    by, main = group_columns(by), _main(codings)
    parts = [
        _shares(part, codebook, by, known_only, gate, draws, seed)
        for known_only, part in _by_policy(main, codebook, by, unknown, least_coverage)
    ]
    columns = {"audience": "str", "audience_share": "float64", **NUMBERS, "apparent_share": "float64"}
    columns |= {"coverage": "float64", "counted": "str", "coded": "int64", "method": "str"}
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*by, *columns])
    return result_table(found, by, lambda part: part[list(columns)].to_dict("records"), columns)


def _main(codings):
    """The codings of the audience seen first."""
    if absent := [name for name in ("variable", "coder") if name not in codings.columns]:
        raise TableError(f"codings: no column {absent[0]!r}. Found: {', '.join(map(str, codings.columns))}.")
    frame = to_pandas(codings)
    return frame[frame.variable.isin([MAIN])]


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
    return found.assign(counted=KNOWN_ONLY if known_only else EVERY)


@measure(unit="share of items", keys=("audience", "bound"), columns=("apparent_share", "method"), people=("n",))
def audience_bound(
    codings, *, codebook="audience", by=("ministry", "side"), unknown="class", least_coverage=LEAST_COVERAGE, gate=0.667,
    draws=39, seed=40,
):  # fmt: skip
    """The least and the most that the share of an audience can be, where the rule's errors do not tell audiences apart.

    Formula: min and max of a share over all π >= 0 of sum 1 with q = M'π, by linear programming; an audience of which coders saw fewer
    than eight items may be labelled in any way. Where no π fits, over those that fit best. Interval: outer points over posts drawn again.
    **Unit** share of items. **Reads** codings of `audience_codings`, variable main. **Source** Manski 2003, Partial Identification;
    docs/methods.md#audiences.
    **Caution** Wide bounds are what the data say. Where the errors do tell them apart both bounds are the corrected share.
    Parameters: as in `audience_share`.
    Returns the group columns, `audience`, `bound` (least, most), `audience_bound`, `n` (items), `low`, `high`, `apparent_share`, `method`.

    >>> codes = {"a": "m" * 10 + "u" * 10, "rule": ("m" * 5 + "u" * 5) * 2 + "mu"}  # the label says nothing
    >>> words = {"m": "media", "u": "unknown"}
    >>> rows = [("audience", str(n), "main", who, words[c]) for who, text in codes.items() for n, c in enumerate(text)]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"]).assign(label="synthetic")
    >>> found = audience_bound(codings, by="variable", draws=0)
    >>> found[["audience", "bound", "audience_bound"]].round(6).values.tolist()[:2]
    [['media', 'least', 0.0], ['media', 'most', 1.0]]
    """
    by, main = group_columns(by), _main(codings)
    parts = []
    for known_only, part in _by_policy(main, codebook, by, unknown, least_coverage):
        missing = (UNKNOWN,) if known_only else ()
        items = labelled(part, codebook, by, model=RULE, missing=missing, gate=gate, agreed_by=by, cluster="post_id")
        parts.append(items)
    columns = {"audience": "str", "bound": "str", "audience_bound": "float64", **NUMBERS, "apparent_share": "float64"}
    found = pd.concat(parts, ignore_index=True) if parts else main.assign(predicted=None, true=None, cluster="")
    return result_table(found, by, partial(_bound_rows, draws=draws, seed=seed), columns | {"method": "str"})


def _bound_rows(part, draws, seed):
    """The bounds of each audience of one group, or why there are none."""
    given, both = part.dropna(subset="predicted"), part.dropna(subset=["true", "predicted"])
    if given.empty:
        return [{"n": 0, "method": NO_LABELS}]
    classes = sorted({*given.predicted, *both.true})
    _names, row = np.unique(given.cluster, return_inverse=True)
    label = pd.Categorical(given.predicted, classes).codes
    code = pd.Categorical(given.true, classes).codes
    k, clusters = len(classes), row.max() + 1
    table = np.zeros((clusters, k + k * k))
    np.add.at(table, (row, label), 1)
    np.add.at(table, (row[code >= 0], k + k * code[code >= 0] + label[code >= 0]), 1)
    value = _bounds(table.sum(axis=0), k)
    drawn = (
        [_bounds(sums, k) for each in resamples(clusters, draws, seed, table.shape[1]) for sums in each @ table]
        if draws
        else []
    )
    low, high = (
        getattr(np, way)([value, *drawn], axis=0) if drawn else np.full_like(value, np.nan) for way in ("min", "max")
    )
    few = too_few(clusters, "posts")
    words = few or (f"linear programme, {draws} draws of {clusters} posts" if draws else "linear programme, no draws")
    if few:
        low = high = np.full_like(value, np.nan)
    words = ("nothing coded: any labels may mean anything; " if both.empty else "") + words
    shares = table.sum(axis=0)[:k] / len(given)
    return [
        {"audience": name, "bound": bound, "audience_bound": value[side, place], "n": len(given)}
        | {"low": low[side, place], "high": high[side, place], "apparent_share": shares[place], "method": words}
        for place, name in enumerate(classes)
        for side, bound in enumerate(("least", "most"))
    ]


def _bounds(sums, k):
    """Least and most of each share, given counts of labels and of pairs of code and label: two rows."""
    labels, pairs = sums[:k] / sums[:k].sum(), sums[k:].reshape(k, k)
    known = pairs.sum(axis=1) >= LEAST_CODED
    errors = divide(pairs, pairs.sum(axis=1)[:, None])
    columns = [
        errors[place][None] if known[place] else np.eye(k) for place in range(k)
    ]  # one unknown for each label it may have
    owner = np.repeat(np.arange(k), [len(each) for each in columns])
    matrix = np.vstack(columns).T
    own = matrix.shape[1]
    slack = np.hstack([matrix, np.eye(k), -np.eye(k)])
    ones = np.concatenate([np.ones(own), np.zeros(2 * k)])
    equal, right = np.vstack([slack, ones]), np.append(labels, 1)
    miss = np.concatenate([np.zeros(own), np.ones(2 * k)])
    least_miss = linprog(miss, A_eq=equal, b_eq=right).fun
    found = np.zeros((2, k))
    for place in range(k):
        aim = np.append((owner == place).astype(float), np.zeros(2 * k))
        for side, sign in enumerate((1, -1)):
            solved = linprog(sign * aim, A_ub=miss[None], b_ub=[least_miss + 1e-7], A_eq=equal, b_eq=right)
            found[side, place] = np.clip(sign * solved.fun, 0, 1)
    return np.sort(found, axis=0)


@measure(unit="normalised entropy, 0 to 1", columns=("effective", "unknown", "method"), people=("n",))
def audience_entropy(codings, *, codebook="audience", by=("ministry", "side"), gate=0.667):
    """How evenly posts, or comments, spread over the five audiences: 0 one audience alone, 1 all alike.

    Formula: -Σ p log p / log 5, p the share of each audience among those that most coders see, an item of two counting half for each;
    unknown left out. Interval: t of the logit, items of one post left out together.
    **Unit** normalised entropy, 0 to 1. **Reads** codings of `audience_codings`. **Source** Shannon 1948
    (doi:10.1002/j.1538-7305.1948.tb01338.x); docs/methods.md#audiences.
    **Caution** Even is not good: a consulate is there for one audience. Few items make it too low. No interval from fewer than eight
    posts, or for one audience alone.
    Parameters: `codings`; `codebook`; `by`, columns of codings; `gate` of the coders.
    Returns the group columns, `audience_entropy`, `n` (items with a known audience), `low`, `high`, `effective` (exp of the entropy: as
    many audiences as evenly served would give), `unknown` (items), `method`.

    >>> rows = [("audience", str(n), "main", "a", code) for n, code in enumerate(["media", "diaspora", "unknown"])]
    >>> codings = pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"]).assign(label="synthetic")
    >>> audience_entropy(codings, by="codebook")[["audience_entropy", "effective"]].round(4).values.tolist()  # log 2 / log 5
    [[0.4307, 2.0]]
    """
    by = group_columns(by)

    def rows(part):
        told = part.dropna(subset="classes")
        known = told[told.classes.map(len).gt(0)]
        fields = {"n": len(known), "unknown": len(told) - len(known)}
        if reason := why_nothing(part, known):
            return [fields | {"method": reason}]
        weights = np.array([[(name in own) / len(own) for name in AUDIENCES] for own in known.classes])
        names, row = np.unique(known.cluster, return_inverse=True)
        table = np.zeros((len(names), len(AUDIENCES)))
        np.add.at(table, row, weights)
        value, low, high = jackknife_interval(_entropy, table, "logit", in_order=False)
        fields |= {"audience_entropy": value, "low": low, "high": high, "effective": len(AUDIENCES) ** value}
        words = too_few(len(names), "posts") or (
            f"t, each of {len(names)} posts left out" if low == low else "no interval: one audience alone"
        )
        return [fields | {"method": words + reference_words(part)}]

    columns = {"audience_entropy": "float64", **NUMBERS, "effective": "float64", "unknown": "int64", "method": "str"}
    return result_table(_members(codings, codebook, by, gate), by, rows, columns)


def _entropy(sums):
    """Entropy of each row of sums over its largest."""
    shares = divide(sums, sums.sum(axis=1, keepdims=True))
    return -(shares * np.log(np.where(shares > 0, shares, 1))).sum(axis=1) / np.log(sums.shape[1])


def _members(codings, codebook, by, gate):
    """One row per item: group, `classes` (audiences that more than half of its coders name; empty: unknown), `post_id`, `author`, `side`.

    `classes` is missing where coders differ or fail the gate of the side; `absent` then says so.
    """
    frame = to_pandas(codings)
    keep = [name for name in ("side", "post_id", "author", "message", "platform") if name in frame.columns]
    agreed = [name for name in ("side", "variable") if name in frame.columns]
    items = labelled(frame, codebook, by, model=RULE, gate=gate, agreed_by=agreed, cluster="post_id", keep=keep)
    if "main" in set(items.variable):
        items = items[items.variable.eq(MAIN)]
    items = items.drop_duplicates("item_id", ignore_index=True)
    votes = coded(frame, codebook).dropna(subset="code")
    votes = votes[votes.coder.ne(RULE)]
    coders = votes.groupby("item_id").coder.nunique()
    chosen = votes.groupby(["item_id", "code"]).coder.nunique().reset_index()
    chosen = chosen[chosen.coder > chosen.item_id.map(coders) / 2]
    sets = chosen[chosen.code.ne(UNKNOWN)].groupby("item_id").code.agg(lambda own: tuple(sorted(own)))
    is_known = items.item_id.isin(chosen.item_id) & items.absent.isna()
    found = [sets.get(item, ()) if known else None for item, known in zip(items.item_id, is_known, strict=True)]
    items["classes"] = pd.Series(found, items.index, dtype="object")
    items["is_split"] = items.classes.isna() & items.item_id.isin(coders.index)
    return items


def _answers(codings, codebook, by, gate):
    """Commenters under coded posts: group, `meant` (audiences of the post), `classes` (of the commenter), one row for each and post."""
    codings = to_pandas(codings)
    if absent := [name for name in ("side", "post_id", "author", "platform") if name not in codings.columns]:
        raise TableError(
            f"codings: no column {absent[0]!r}. Found: {', '.join(map(str, codings.columns))}. Use `audience_codings`."
        )
    members = _members(codings, codebook, by, gate)
    posts = members[members.side.eq(ADDRESSED)].dropna(subset="classes")
    meant = posts[[*POST, "classes"]].rename(columns={"classes": "meant"})
    said = members[~members.side.eq(ADDRESSED)].copy()
    said["author"] = said.author.where(said.author.notna(), said.item_id)
    known = said.dropna(subset="classes")
    joined = known.groupby([*POST, "author"], sort=False).classes.agg(
        lambda sets: tuple(sorted({each for own in sets for each in own}))
    )
    first = known.drop_duplicates([*POST, "author"]).drop(columns="classes")
    people = first.merge(joined.reset_index(), on=[*POST, "author"]).merge(meant, how="inner", on=POST)
    groups = members[by].drop_duplicates() if by else None
    if by:
        lacking = groups.merge(people[by].drop_duplicates(), how="left", on=by, indicator=True)
        lacking = lacking[lacking["_merge"].eq("left_only")][by]
        reasons = members.groupby(by, dropna=False).absent.first().reset_index()
        people = pd.concat(
            [people, lacking.merge(reasons, how="left", on=by)] if len(lacking) else [people], ignore_index=True
        )
    return people.sort_values([*by, *POST, "author"], ignore_index=True)


NO_ANSWER = "not available: no commenter of known audience under a post of known audience"


@measure(
    unit="share of commenters", columns=("expected", "p", "commenters", "posts", "method"), people=("n", "commenters")
)
def match_rate(codings, *, codebook="audience", by="ministry", gate=0.667, draws=999, seed=40):
    """How often those who answer belong to an audience that the post addresses, beside what chance gives.

    Formula: commenters (each once under a post) who have an audience of the post / commenters of known audience under posts of known
    audience. `expected`: the mean where the audiences of these posts are exchanged among them; p = (1 + exchanges with as many
    matches) / (1 + draws). Interval: Wilson at the effective size, commenters of one post together; for none or all exact, one-sided.
    **Unit** share of commenters. **Reads** codings of `audience_codings`. **Source** Edgington and Onghena 2007, Randomization Tests;
    docs/methods.md#audiences.
    **Caution** Of those who say who they are: others may answer otherwise. A rate at `expected` means that posts reach no other people
    than any post does. Of real people, fewer than 5 with or without are withheld (docs/methods.md#small-cells).
    Parameters: `codings`; `codebook`; `by`, columns of codings; `gate` of the coders; `draws`, `seed`.
    Returns the group columns, `match_rate`, `n` (commenters, counted once under each post), `low`, `high`, `expected`, `p`, `commenters`
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
        return [row | fields | {"commenters": known.author.nunique(), "method": row["method"] + reference_words(part)}]

    columns = {
        "match_rate": "float64",
        **NUMBERS,
        "expected": "float64",
        "p": "float64",
        "commenters": "int64",
        "posts": "int64",
    }
    return result_table(_answers(codings, codebook, by, gate), by, rows, columns | {"method": "str"})


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
    """Who answers posts that address each audience: the share of commenters of each audience, and of unknown ones.

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
    answers = _answers(codings, codebook, by, gate)
    seen = [name for name in (*AUDIENCES, UNKNOWN) if any(name in _named(own) for own in answers.classes)]

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
        for addressed in (*AUDIENCES, UNKNOWN):
            own = known[[addressed in _named(meant) for meant in known.meant]]
            for answering in seen if len(own) else ():
                is_of = pd.Series([answering in _named(each) for each in own.classes], own.index)
                events = is_of.groupby([own[name] for name in POST]).agg(["sum", "size"]).to_numpy().T
                row = clustered_share_row("answering_share", *events, unit="posts", in_order=False)
                expected = np.mean([answering in _named(each) for each in known.classes])
                fields = {"addressed": addressed, "answering": answering, "expected": expected}
                found.append(
                    fields
                    | row
                    | {"commenters": own.author[is_of].nunique(), "method": row["method"] + reference_words(part)}
                )
        return found

    columns = {"addressed": "str", "answering": "str", "answering_share": "float64", **NUMBERS, "expected": "float64"}
    return result_table(answers, by, rows, columns | {"commenters": "int64", "method": "str"})


def _named(classes):
    """The audiences of a set, unknown where it has none; nothing where nothing is known of it."""
    return classes or (UNKNOWN,) if isinstance(classes, tuple) else ()


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
    by = group_columns(by)
    said = _members(codings, codebook, by, gate)
    said = said[said.side.eq(ANSWERING)] if "side" in said.columns else said
    named = said.author.where(said.author.notna(), said.item_id) if "author" in said.columns else said.item_id
    said = said.assign(author=named)
    said = said[~(said.duplicated(["cluster", "author"]) & said.classes.notna())]
    books = to_pandas(followers).codebook.dropna().unique() if len(followers) else []
    listed = [_members(followers, book, by, gate) for book in books]
    both = pd.concat([said.assign(of="said"), *(each.assign(of="listed") for each in listed)], ignore_index=True)
    groups = to_pandas(codings)[by].drop_duplicates() if by else pd.DataFrame()
    lacking = groups.merge(both[by].drop_duplicates(), how="left", on=by, indicator=True) if by else groups
    if by and lacking["_merge"].eq("left_only").any():
        both = pd.concat([both, lacking[lacking["_merge"].eq("left_only")][by]], ignore_index=True)
    columns = {"audience": "str", "engagement_lift": "float64", **NUMBERS, "share_of_commenters": "float64"}
    columns |= {
        "share_of_followers": "float64",
        "commenters": "int64",
        "followers": "int64",
        "p": "float64",
        "method": "str",
    }
    return with_adjusted_p(result_table(both.sort_values([*by, "item_id"]), by, _lift_rows, columns))


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


@measure(
    unit="nats",
    columns=("pairs", "audiences", "messages", "expected", "largest", "p", "p_adjusted", "method"),
)
def audience_message_information(
    codings, *, codebook="audience", by="ministry", gate=0.667, within=(), draws=999, seed=40
):
    """How much the message of a post tells of the audience that it addresses: their mutual information, against chance.

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


NO_MESSAGE = "not available: no post has both a known audience and a message"


def _with_messages(codings, codebook, by, gate, keep=()):
    """Items with `classes` and `message`: of posts, where a side is told."""
    codings = to_pandas(codings)
    if absent := [name for name in ("message", *keep) if name not in codings.columns]:
        raise TableError(
            f"codings: no column {absent[0]!r}. Found: {', '.join(map(str, codings.columns))}. Use `audience_codings`."
        )
    items = _members(codings, codebook, list(dict.fromkeys([*by, *keep])), gate)
    if "side" in items.columns:
        posts = items[items.side.eq(ADDRESSED)]
        lacking = items[~items.set_index(by).index.isin(posts.set_index(by).index)] if by else items.iloc[:0]
        items = pd.concat([posts, lacking.assign(classes=None)], ignore_index=True) if len(lacking) else posts
    return items


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
    is_for = np.array([audience in _named(own) for own in known.classes])
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
