"""Answers: what share of the inquiries is answered, by ministry and over ministries, and which ones."""

import numpy as np
import pandas as pd
from scipy.optimize import brentq, minimize_scalar
from scipy.special import expit
from scipy.stats import beta, betabinom, chi2

from digidip.measures._registry import measure
from digidip.measures.inquiries._inquiry_table import (
    INQUIRY,
    NO_INQUIRY,
    agreed_codes,
    as_pandas,
    cluster_counts,
    cluster_sums,
    inquiries_by_kind,
    inquiry_counts,
    missing_answer_reason,
    rows_by_kind,
    with_known_answers,
)
from digidip.measures.inquiries._replies import HANDS, answered_with_link, official_replies
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._intervals import (
    difference,
    effective_size,
    percentiles,
    resamples,
    share_interval,
    share_row,
    too_few,
)
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import TableError

SEED = 20
NOT_CODED = "not available: no inquiries and other comments coded by coders who agree"
NO_REPLY = "not defined: no official reply to a comment"
STAGES = ("comments", "inquiries", "answered")
CLUSTERS = {"post": ["platform", "post_id"], "asker": ["platform", "author"]}
TONES = ("criticism", "praise", "neither")
NO_TONE = "not available: no criticism and praise coded by coders who agree"


@measure(unit="share of inquiries", keys=("kind", "interval"), columns=("method",))
def inquiry_answer_share(inquiries, *, cluster="post", by="ministry"):
    """Share of inquiries that the ministry answers, by kind, and of all comments.

    Formula: answered / asked. Intervals: Clopper-Pearson; and the same with n_eff = n / deff, deff the variance of the
    share between clusters over p(1 - p) / n, times (t / z)² (Korn and Graubard); for 0 or all, as many as clusters. One-sided
    for 0 or n.
    **Unit** share of inquiries. **Reads** inquiries: is_answered, kind, the clusters. **Source** Clopper and Pearson
    1934; Korn and Graubard 1998 (Survey Methodology 24:193); docs/methods.md#answer-share.
    **Caution** A response rate, not the share of replies among all posts. Answers in private are not seen, and whether
    an answer helped is not asked. No share is ever shown to be "always": read the lower limit. No clustered interval from
    fewer than eight clusters.
    Parameters: `inquiries`, made by `inquiries`; `cluster` "post" or "asker"; `by`, columns it carries.
    Returns the group columns, `kind` (any comment first), `interval` (empty, or "clustered"), `inquiry_answer_share`, `n`,
    `low`, `high`, `method`.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "platform": "x", "post_id": ["1", "1", "2"], "comment_id": list("cde"),
    ...                      "kind": "complex", "is_answered": True, "absent": None})
    >>> found = inquiry_answer_share(rows).query("kind == 'complex'").drop(columns="ministry")
    >>> found.round(3).values.tolist()  # 0.05^(1/3), 0.05^(1/2)
    [['complex', '', 1.0, 3, 0.368, 1.0, 'exact'], ['complex', 'clustered', 1.0, 3, 0.224, 1.0, 'exact, 2 posts as clusters']]
    """
    if cluster not in CLUSTERS:
        raise TableError(f"cluster must be one of {', '.join(CLUSTERS)}, not {cluster!r}.")

    def found(rows):
        if rows.empty:
            return [{"interval": "", "n": 0, "method": NO_INQUIRY}]
        per = cluster_sums(rows)
        ways = {"": ("exact", per.sum(axis=0)[1])}
        ways["clustered"] = f"exact, {len(per)} {cluster}s as clusters", effective_size(*per.T, in_order=False)
        sums = per.sum(axis=0)
        rows = [{"interval": name} | _sized_row("inquiry_answer_share", *sums, *way) for name, way in ways.items()]
        if 0 < sums[0] < sums[1] and (few := too_few(len(per), f"{cluster}s")):
            rows[1] |= {"low": np.nan, "high": np.nan, "method": few}
        return rows

    columns = {"kind": "str", "interval": "str", "inquiry_answer_share": "float64", **NUMBERS, "method": "str"}
    per = cluster_counts(inquiries, group_columns(by), CLUSTERS[cluster])
    return result_table(
        per, group_columns(by), lambda part: rows_by_kind(part, found, comments=True, interval=""), columns
    )


@measure(unit="share of inquiries", columns=("units", "predicted_low", "predicted_high", "method"))
def pooled_answer_share(inquiries, *, over="ministry", by=()):
    """Share of inquiries answered by a typical ministry, and what to expect of another.

    Formula: beta-binomial by maximum likelihood, answered ~ Binomial(asked, p), p ~ Beta; the share is the mean of the
    Beta. Interval: profile likelihood. `predicted_low`, `predicted_high`: 2.5 % and 97.5 % points of that Beta.
    **Unit** share of inquiries. **Reads** inquiries: is_answered, kind, `over`. **Source** Skellam 1948; Higgins,
    Thompson and Spiegelhalter 2009 (doi:10.1111/j.1467-985X.2008.00552.x); docs/methods.md#pooling.
    **Caution** A few ministries say little about others: with fewer than ten the prediction is wide and still too
    narrow, since it takes the Beta as known. Ministries held are no sample of all ministries.
    Parameters: `inquiries`, made by `inquiries`; `over`, the column whose values are pooled; `by`, group columns.
    Returns the group columns, `pooled_answer_share`, `n` (inquiries), `low`, `high`, `units`, `predicted_low`,
    `predicted_high`, `method`.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": ["PER"] * 4, "comment_id": list("cdef"), "kind": "complex", "absent": None,
    ...                      "is_answered": [True, True, True, False]})
    >>> pooled_answer_share(rows)[["pooled_answer_share", "n", "units", "method"]].values.tolist()
    [[0.75, 4, 1, 'one ministry only: its own share, exact']]
    """

    def rows(part):
        asked = inquiries_by_kind(with_known_answers(part))[INQUIRY]
        if asked.empty:
            return [{"n": 0, "units": 0, "method": missing_answer_reason(part)}]
        answered = asked["rows"].where(asked.is_answered.astype(bool), 0)
        per = asked.assign(answered=answered).groupby(over, dropna=False)[["answered", "rows"]].sum().to_numpy(int)
        return [_pooled(*per.T, over) | {"n": per.sum(axis=0)[1], "units": len(per)}]

    after = {"units": "int64", "predicted_low": "float64", "predicted_high": "float64", "method": "str"}
    counts = inquiry_counts(inquiries, group_columns(by), over, "kind", "is_answered")
    return result_table(counts, group_columns(by), rows, {"pooled_answer_share": "float64", **NUMBERS, **after})


@measure(unit="hours", keys=("place",), columns=("kind", "observed_hours", "method"))
def answer_wait(inquiries, *, by="ministry"):
    """The wait of each top-level comment by others for its first official answer, in order of arrival.

    Formula: hours from the comment to its first official answer; `observed_hours` to the end of observation where none.
    **Unit** hours. **Reads** inquiries: asked_at, hours, is_answered, kind. **Source** docs/methods.md#waiting.
    **Caution** No interval: each row is one comment. An unanswered comment has no wait, which is not an endless one.
    Parameters: `inquiries`, made by `inquiries`; `by`, columns it carries.
    Returns the group columns, `place` (1 is the first to arrive; no id, no moment), `answer_wait`, `n`, `low`, `high`
    (missing), `kind`, `observed_hours`, `method`: answered or not answered.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "comment_id": ["c", "d"], "kind": "complex", "absent": None,
    ...                      "hours": [0.5, 9.0], "is_answered": [True, False]})
    >>> answer_wait(rows)[["place", "answer_wait", "observed_hours"]].values.tolist()
    [[1, 0.5, 0.5], [2, nan, 9.0]]
    """

    def rows(part):
        known = with_known_answers(part)
        if known.empty:
            return [{"n": 0, "method": missing_answer_reason(part)}]
        cells = zip(known.kind, known.hours, known.is_answered, strict=True)
        return [_tile(place, *cell) for place, cell in enumerate(cells, 1)]

    after = {"kind": "str", "observed_hours": "float64", "method": "str"}
    return result_table(
        as_pandas(inquiries, group_columns(by), "kind", "hours", "is_answered"),
        group_columns(by),
        rows,
        {"place": "Int64", "answer_wait": "float64", **NUMBERS, **after},
    )


@measure(
    unit="share of comments or of inquiries",
    keys=("statistic",),
    columns=("by_rules", "recall", "false_alarm", "method"),
)
def corrected_share(inquiries, *, by="ministry", draws=1999, seed=SEED):
    """Shares of inquiries, and of answered ones, corrected for the errors of the rules.

    Formula: comments taken for inquiries = recall · true ones + false alarm · others, solved for the true ones (Rogan and
    Gladen) among answered and unanswered comments. Interval: percentiles over posts drawn again, recall and false alarm
    drawn from Beta(hits + 1/2, misses + 1/2).
    **Unit** share of comments or of inquiries. **Reads** inquiries: coded, ruled, is_answered, post_id. **Source**
    Rogan and Gladen 1978 (doi:10.1093/oxfordjournals.aje.a112510); docs/methods.md#misclassification.
    **Caution** Takes the rules to err alike on answered and unanswered comments, the coded comments as drawn at random, and
    the coders as right. What the rules alone would say stands beside it.
    Parameters: `inquiries`, made by `inquiries` with codings; `by`; `draws`, `seed`.
    Returns the group columns, `statistic`, `corrected_share`, `n` (comments), `low`, `high`, `by_rules`, `recall`,
    `false_alarm`, `method`.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "comment_id": list("abcdefgh"), "platform": "x", "post_id": list("12345678"),
    ...                      "absent": None, "is_answered": [True] * 4 + [False] * 4, "ruled": "none", "coded": None})
    >>> rows.loc[[0, 1, 4], "ruled"], rows.loc[[0, 2], "coded"], rows.loc[[6, 7], "coded"] = "complex", "complex", "none"
    >>> corrected_share(rows)[["corrected_share", "by_rules", "recall"]].round(3).values.tolist()  # 6 of 8, 4 of 6
    [[0.75, 0.375, 0.5], [0.667, 0.667, 0.5]]
    """

    def rows(part):
        known, coded = with_known_answers(part), with_known_answers(part).dropna(subset="coded")
        if not all(n for _, n in _rule_errors(coded)):
            return [{"statistic": name, "n": 0, "method": NOT_CODED} for name in CORRECTED]
        found = _corrected_with_limits(known, coded, draws, seed)
        return _corrected(known, coded, *(found or [[float("nan")] * 2] * 3))

    after = {"by_rules": "float64", "recall": "float64", "false_alarm": "float64", "method": "str"}
    each = as_pandas(inquiries, group_columns(by), "platform", "post_id", "is_answered", "coded", "ruled")
    return result_table(
        each, group_columns(by), rows, {"statistic": "str", "corrected_share": "float64", **NUMBERS, **after}
    )


@measure(unit="share of the stage above", keys=("statistic",), columns=("count", "of", "method"))
def answer_funnel(inquiries, comments, *, within=24, by="ministry"):
    """From comments to inquiries to answers, in time and with a link: what is left at each stage.

    Formula: members of a stage / members of the stage it is `of`. Interval: Wilson; one-sided exact for none or all.
    **Unit** share of the stage above. **Reads** inquiries: kind, hours, is_answered; comments: parent_id, is_official, text.
    **Source** Wilson 1927; docs/methods.md#answer-share; docs/claims-and-studies.md#s12.
    **Caution** An inquiry asked less than `within` hours before the end of observation may yet be answered in time. A link
    shows that an address was given, not that it helped.
    Parameters: `inquiries`, made by `inquiries`; `comments`, those it was made of; `within`, hours; `by`.
    Returns the group columns, `statistic` (the stage), `answer_funnel`, `n` (members of the stage above), `low`, `high`,
    `count` (members), `of` (the stage above), `method`.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "platform": "x", "post_id": "1", "comment_id": list("cd"), "absent": None,
    ...                      "kind": ["complex", "none"], "is_answered": [True, False], "hours": [2.0, 9.0]})
    >>> said = pd.DataFrame({"platform": "x", "post_id": "1", "comment_id": ["c", "e"], "parent_id": [None, "c"],
    ...                      "author": ["p", "a"], "is_official": [False, True], "text": ["Why?", "https://example.org"],
    ...                      "commented_at": ["2016-01-01T09:00Z", "2016-01-01T11:00Z"]})
    >>> answer_funnel(rows, said)[["statistic", "count", "n"]].values.tolist()
    [['comments', 2, 2], ['inquiries', 1, 2], ['answered', 1, 1], ['within 24 h', 1, 1], ['with a link', 1, 1]]
    """
    has_link = answered_with_link(comments)
    stages = [*STAGES, f"within {within:g} h", "with a link"]

    def rows(part):
        known = with_known_answers(part)
        if known.empty:
            return [{"statistic": stage, "n": 0, "method": missing_answer_reason(part)} for stage in stages]
        asked = inquiries_by_kind(known)[INQUIRY]
        answered = asked[asked.is_answered.astype(bool)]
        shown = sum(key in has_link for key in zip(answered.platform, answered.comment_id, strict=True))
        counts = [len(known), len(asked), len(answered), int((answered.hours <= within).sum()), shown]
        return [
            _stage(*cells) for cells in zip(stages, counts, [0, 0, 1, 2, 2], [counts] * 5, [stages] * 5, strict=True)
        ]

    after = {"count": "Int64", "of": "str", "method": "str"}
    each = as_pandas(inquiries, group_columns(by), "platform", "kind", "hours", "is_answered")
    return result_table(
        each, group_columns(by), rows, {"statistic": "str", "answer_funnel": "float64", **NUMBERS, **after}
    )


@measure(unit="share of official replies", keys=("statistic",), columns=("method",))
def answer_hand_share(inquiries, comments, *, seconds=60, repeats=3, by="ministry"):
    """Official replies by hand, those that look automatic, and those to a comment no longer held.

    Formula: replies of the sort / official replies that name a comment of somebody else. Automatic: within `seconds` of the comment, in words
    that `repeats` or more such quick replies share. Interval: Wilson; one-sided exact for none or all.
    **Unit** share of official replies. **Reads** comments: parent_id, is_official, commented_at, text. **Source**
    Wilson 1927; docs/methods.md#answer-share.
    **Caution** A sign, not a proof: a quick clerk with a set phrase looks automatic, a machine that waits does not. Questions
    deleted before anyone answered leave no trace; `without_automatic` gives the comments without what looks automatic.
    Parameters: `inquiries`, made by `inquiries`; `comments`, those it was made of; `seconds`, `repeats`; `by`.
    Returns the group columns, `statistic`, `answer_hand_share`, `n` (official replies), `low`, `high`, `method`.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "platform": "x", "post_id": "1", "comment_id": ["c"], "absent": None})
    >>> said = pd.DataFrame({"platform": "x", "post_id": "1", "comment_id": list("cef"), "parent_id": [None, "c", "gone"],
    ...                      "author": list("paa"), "is_official": [False, True, True], "text": ["Why?", "So.", "No."],
    ...                      "commented_at": ["2016-01-01T09:00Z", "2016-01-01T09:01Z", "2016-01-01T12:00Z"]})
    >>> answer_hand_share(rows, said, repeats=1).answer_hand_share.tolist()
    [0.0, 0.5, 0.5]
    """
    given = official_replies(comments, seconds, repeats)[["platform", "post_id", "hand"]]

    def rows(part):
        if with_known_answers(part).empty:
            return [{"statistic": hand, "n": 0, "method": missing_answer_reason(part)} for hand in HANDS]
        own = part[["platform", "post_id"]].drop_duplicates().merge(given)
        if own.empty:
            return [{"statistic": hand, "n": 0, "method": NO_REPLY} for hand in HANDS]
        shares = {hand: int(own.hand.eq(hand).sum()) for hand in HANDS}
        return [{"statistic": hand} | share_row("answer_hand_share", x, len(own)) for hand, x in shares.items()]

    columns = {"statistic": "str", "answer_hand_share": "float64", **NUMBERS, "method": "str"}
    return result_table(
        as_pandas(inquiries, group_columns(by), "platform", "post_id"), group_columns(by), rows, columns
    )


@measure(unit="difference of shares", columns=("criticism", "praise", "method"))
def tone_answer_difference(inquiries, tones=None, *, by="ministry"):
    """Whether criticism is answered less than praise: difference of the shares answered.

    Formula: answered / comments coded criticism - answered / comments coded praise. Interval: Newcombe.
    **Unit** difference of shares. **Reads** inquiries: is_answered; codings: codebook tone, variable tone. **Source**
    Newcombe 1998 (Statistics in Medicine 17:873); docs/methods.md#change; docs/claims-and-studies.md#m19.
    **Caution** Only comments whose tone most coders agree on count, and only if their α passes .667. Criticism that asks is
    an inquiry too. Below 0 criticism is answered less.
    Parameters: `inquiries`, made by `inquiries`; `tones`, codings, in codebook "tone" criticism, praise or neither; `by`.
    Returns the group columns, `tone_answer_difference`, `n` (comments of both tones), `low`, `high`, `criticism`, `praise`
    (shares answered), `method`.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "comment_id": list("cdef"), "absent": None,
    ...                      "is_answered": [True, False, True, True]})
    >>> codes = {"c": "criticism", "d": "criticism", "e": "praise", "f": "praise"}
    >>> tones = pd.DataFrame([("tone", item, "tone", coder, code) for item, code in codes.items() for coder in "ab"],
    ...                      columns=["codebook", "item_id", "variable", "coder", "code"])
    >>> tone_answer_difference(rows, tones)[["tone_answer_difference", "criticism", "praise"]].values.tolist()
    [[-0.5, 0.5, 1.0]]
    """
    codes = agreed_codes(tones, "tone", "tone", TONES)

    def rows(part):
        known = with_known_answers(part)
        table = known.is_answered.astype(float).groupby(known.comment_id.map(codes)).agg(["sum", "size"])
        if not {*TONES[:2]} <= {*table.index}:
            return [{"n": 0, "method": missing_answer_reason(part) if known.empty else NO_TONE}]
        cells = table.loc[[*TONES[:2]]].astype(int).to_numpy()
        numbers = dict(zip(("tone_answer_difference", "low", "high"), difference(*cells.ravel()), strict=True))
        shares = dict(zip(TONES, cells[:, 0] / cells[:, 1], strict=False))
        return [{**numbers, **shares, "n": int(cells[:, 1].sum()), "method": f"Newcombe, {cells[0, 1]} criticise"}]

    after = {"criticism": "float64", "praise": "float64", "method": "str"}
    each = as_pandas(inquiries, group_columns(by), "is_answered")
    return result_table(each, group_columns(by), rows, {"tone_answer_difference": "float64", **NUMBERS, **after})


def without_automatic(comments, *, seconds=60, repeats=3):
    """The comments in pandas, official replies that look automatic (see `answer_hand_share`) as of an unknown author.

    They answer nobody then, and stay among the comments that are held.
    """
    given = official_replies(comments, seconds, repeats)
    machine = given.loc[given.hand.eq(HANDS[1]), ["platform", "comment_id"]].assign(machine=True)
    frame = comments if isinstance(comments, pd.DataFrame) else comments.to_pandas()
    is_machine = frame.merge(machine, how="left", on=["platform", "comment_id"]).machine.notna().to_numpy()
    return frame.assign(is_official=frame.is_official.astype("boolean").mask(is_machine))


def _tile(place, kind, hours, is_answered):
    """The row of one comment."""
    fields = {"place": place, "n": 1, "kind": kind, "observed_hours": hours}
    return fields | ({"answer_wait": hours, "method": "answered"} if is_answered else {"method": "not answered"})


def _corrected(known, coded, value, low, high):
    """The rows of the corrected shares beside what the rules alone say."""
    (hit, there), (false, others) = _rule_errors(coded)
    found = known[known.ruled != "none"]
    by_rules = len(found) / len(known), found.is_answered.mean()
    fields = {"n": len(known), "recall": hit / there, "false_alarm": false / others}
    fields["method"] = f"Rogan-Gladen, {len(coded):,} comments coded"
    if value[0] != value[0]:
        fields["method"] = "not defined: the rules find no better than chance"
    cells = zip(CORRECTED, value, low, high, by_rules, strict=True)
    names = ("statistic", "corrected_share", "low", "high", "by_rules")
    return [dict(zip(names, cell, strict=True)) | fields for cell in cells]


def _stage(name, count, above, counts, stages):
    """The row of one stage: its share of the stage above."""
    fields = {"statistic": name, "count": count, "of": stages[above]}
    if name == stages[above]:
        return fields | {"answer_funnel": 1.0, "n": count, "method": "all top-level comments by others"}
    if not counts[above]:
        return fields | {"n": 0, "method": "not defined: nothing at the stage above"}
    return fields | share_row("answer_funnel", count, counts[above])


FINE = {"xatol": 1e-9}
LOGITS, LOG_SIZES = (-12, 12), (-4, 14)  # where mean and size of the beta distribution are sought


def _sized_row(name, events, n, method, size):
    """One row: the share of n, with the exact interval that `size` independent ones would give."""
    low, high = share_interval(events / n * size, size, method="beta")
    return {name: events / n, "n": int(n), "low": low, "high": high, "method": method}


def _pooled(events, sizes, over):
    """Mean, interval, prediction and method over the units."""
    share, units = events.sum() / sizes.sum(), len(sizes)
    if units == 1:
        return _sized_row(
            "pooled_answer_share", events.sum(), sizes.sum(), f"one {over} only: its own share, exact", sizes.sum()
        )
    if share in (0, 1):
        return _sized_row("pooled_answer_share", events.sum(), sizes.sum(), f"exact, each {over} counted once", units)

    def loss(logit, log_size):
        mean, size = expit(logit), np.exp(log_size)
        return -betabinom.logpmf(events, sizes, mean * size, (1 - mean) * size).sum()

    def best(logit):
        return minimize_scalar(lambda log_size: loss(logit, log_size), bounds=LOG_SIZES, method="bounded", options=FINE)

    found = minimize_scalar(lambda logit: best(logit).fun, bounds=LOGITS, method="bounded", options=FINE)
    ends = [_limit(lambda logit: best(logit).fun - found.fun - chi2.ppf(0.95, 1) / 2, found.x, end) for end in LOGITS]
    mean, size = expit(found.x), np.exp(best(found.x).x)
    predicted = np.round(beta.ppf([0.025, 0.975], mean * size, (1 - mean) * size), 4)  # a tail of 1e-12 is no finding
    fields = dict(zip(("low", "high", "predicted_low", "predicted_high"), (*expit(ends), *predicted), strict=True))
    return {"pooled_answer_share": mean, **fields, "method": f"beta-binomial over {units} values of {over}"}


def _limit(excess, inside, end):
    """Where the profile likelihood crosses, or the end of the search if it does not."""
    return brentq(excess, inside, end) if excess(end) > 0 else end


CORRECTED = ("inquiries among comments", "answered among inquiries")


def _post_counts(known):
    """Per post: answered comments, inquiries by the rules among them, and the same of the unanswered."""
    found, answered = known.ruled.ne("none"), known.is_answered.astype(bool)
    columns = {"all": answered, "found": answered & found, "all open": ~answered, "found open": ~answered & found}
    per = known[["platform", "post_id"]].assign(**columns)
    return per.groupby(["platform", "post_id"])[[*columns]].sum().to_numpy(float)


def _rule_errors(coded):
    """Of coded inquiries how many the rules find, of the others how many they take for one: pairs."""
    there, found = coded.coded.ne("none"), coded.ruled.ne("none")
    return (int((there & found).sum()), int(there.sum())), (int((~there & found).sum()), int((~there).sum()))


def _corrected_shares(sums, recall, alarm):
    """Shares of inquiries and of answered ones among them, from counts and the rates of the rules.

    >>> _corrected_shares(np.array([[4, 2, 4, 1]]), 0.5, 0.0).tolist()  # 4 of 4 and 2 of 4 are inquiries
    [[0.75, 0.6666666666666666]]
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        true = (sums[:, [1, 3]] - alarm * sums[:, [0, 2]]) / (recall - alarm)
        inquiries = np.clip(np.nan_to_num(true), 0, sums[:, [0, 2]])
        total = inquiries.sum(axis=1)
        return np.column_stack([total / sums[:, [0, 2]].sum(axis=1), inquiries[:, 0] / total])


def _corrected_with_limits(known, coded, draws, seed):
    """The corrected shares with percentiles over posts and rates of the rules drawn again.

    The rates from Jeffreys' posteriors.
    """
    per, ((hit, there), (false, others)) = _post_counts(known), _rule_errors(coded)
    value = _corrected_shares(per.sum(axis=0)[None], hit / there, false / others)[0]
    if hit / there <= false / others or len(per) < 2:
        return None
    sums = np.concatenate([weights @ per for weights in resamples(len(per), draws, seed, 4)])
    rng = np.random.default_rng(seed + 1)
    recall = rng.beta(hit + 0.5, there - hit + 0.5, (draws, 1))
    alarm = rng.beta(false + 0.5, others - false + 0.5, (draws, 1))
    drawn = np.where(recall > alarm, _corrected_shares(sums, recall, alarm), np.nan)
    return value, *percentiles(value, drawn)
