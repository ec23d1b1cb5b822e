"""Answers: what share of the inquiries is answered, by ministry and over ministries, and which ones."""

from functools import partial

import numpy as np
import pandas as pd
from scipy.optimize import brentq, minimize_scalar
from scipy.special import betaln, expit
from scipy.stats import beta, t

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
from digidip.measures.inquiries._rule_errors import with_rule_errors
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._comment_queries import NO_INSTANTS
from digidip.measures.statistics._intervals import (
    clustered_difference,
    effective_size,
    share_interval,
    share_row,
    too_few,
)
from digidip.measures.statistics._result_table import NUMBERS, result_table
from digidip.tables import TableError

SEED = 20
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

    by = group_columns(by)

    def kinds(rows):
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

    def found(table, by):
        columns = {"kind": "str", "interval": "str", "inquiry_answer_share": "float64", **NUMBERS, "method": "str"}
        rows = partial(rows_by_kind, found=kinds, comments=True, interval="")
        return result_table(cluster_counts(table, by, CLUSTERS[cluster]), by, rows, columns)

    return with_rule_errors(inquiry_answer_share, inquiries, by, found)


@measure(unit="share of inquiries", columns=("units", "predicted_low", "predicted_high", "method"))
def pooled_answer_share(inquiries, *, over="ministry", by=()):
    """Share of inquiries answered by a typical ministry, and what to expect of another.

    Formula: beta-binomial by maximum likelihood, answered ~ Binomial(asked, p), p ~ Beta; the share is the mean of the
    Beta. Interval: profile likelihood, its fall t² of units - 1. `predicted_low`, `predicted_high`: 2.5 % and 97.5 % points
    of that Beta.
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
    by = group_columns(by)

    def rows(part):
        asked = inquiries_by_kind(with_known_answers(part))[INQUIRY]
        if asked.empty:
            return [{"n": 0, "units": 0, "method": missing_answer_reason(part)}]
        answered = asked["rows"].where(asked.is_answered.astype(bool), 0)
        per = asked.assign(answered=answered).groupby(over, dropna=False)[["answered", "rows"]].sum().to_numpy(int)
        return [_pooled(*per.T, over) | {"n": per.sum(axis=0)[1], "units": len(per)}]

    def found(table, by):
        after = {"units": "int64", "predicted_low": "float64", "predicted_high": "float64", "method": "str"}
        counts = inquiry_counts(table, by, over, "kind", "is_answered")
        return result_table(counts, by, rows, {"pooled_answer_share": "float64", **NUMBERS, **after})

    return with_rule_errors(pooled_answer_share, inquiries, by, found)


@measure(unit="hours", keys=("place",), columns=("kind", "observed_hours", "method"))
def answer_wait(inquiries, *, by="ministry"):
    """The wait of each top-level comment by others for its first official answer, in order of arrival.

    Formula: hours from the comment to its first official answer; `observed_hours` to the end of observation where none.
    **Unit** hours. **Reads** inquiries: asked_at, hours, is_answered, kind. **Source** docs/methods.md#waiting.
    **Caution** No interval: each row is one comment. An unanswered comment has no wait, which is not an endless one, nor
    has one whose times are days alone or ages.
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
    by, has_link = group_columns(by), answered_with_link(comments)
    stages = [*STAGES, f"within {within:g} h", "with a link"]

    def rows(part):
        known = with_known_answers(part)
        if known.empty:
            return [{"statistic": stage, "n": 0, "method": missing_answer_reason(part)} for stage in stages]
        asked = inquiries_by_kind(known)[INQUIRY]
        answered = asked[asked.is_answered.astype(bool)]
        is_known = answered.hours.notna().all()
        shown = sum(key in has_link for key in zip(answered.platform, answered.comment_id, strict=True))
        in_time = int((answered.hours <= within).sum()) if is_known else None
        counts = [len(known), len(asked), len(answered), in_time, shown]
        return [
            _stage(*cells) for cells in zip(stages, counts, [0, 0, 1, 2, 2], [counts] * 5, [stages] * 5, strict=True)
        ]

    def found(table, by):
        columns = {
            "statistic": "str",
            "answer_funnel": "float64",
            **NUMBERS,
            "count": "Int64",
            "of": "str",
            "method": "str",
        }
        return result_table(as_pandas(table, by, "platform", "kind", "hours", "is_answered"), by, rows, columns)

    return with_rule_errors(answer_funnel, inquiries, by, found)


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

    Formula: answered / comments coded criticism - answered / comments coded praise. Interval: Newcombe at the
    effective sizes, posts as clusters (Korn and Graubard); none where fewer than eight posts hold either.
    **Unit** difference of shares. **Reads** inquiries: is_answered; codings: codebook tone, variable tone. **Source**
    Newcombe 1998 (Statistics in Medicine 17:873); docs/methods.md#change; docs/claims-and-studies.md#m19.
    **Caution** Only comments whose tone most coders agree on count, and only if their α passes .667. Criticism that asks is
    an inquiry too. Below 0 criticism is answered less.
    Parameters: `inquiries`, made by `inquiries`; `tones`, codings, in codebook "tone" criticism, praise or neither; `by`.
    Returns the group columns, `tone_answer_difference`, `n` (comments of both tones), `low`, `high`, `criticism`, `praise`
    (shares answered), `method`.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "platform": "x", "post_id": "1", "comment_id": list("cdef"),
    ...                      "absent": None, "is_answered": [True, False, True, True]})
    >>> codes = {"c": "criticism", "d": "criticism", "e": "praise", "f": "praise"}
    >>> tones = pd.DataFrame([("tone", item, "tone", coder, code) for item, code in codes.items() for coder in "ab"],
    ...                      columns=["codebook", "item_id", "variable", "coder", "code"])
    >>> tone_answer_difference(rows, tones)[["tone_answer_difference", "criticism", "praise"]].values.tolist()
    [[-0.5, 0.5, 1.0]]
    """
    codes = agreed_codes(tones, "tone", "tone", TONES)

    def rows(part):
        known = with_known_answers(part)
        tone = known.comment_id.map(codes)
        if not {*TONES[:2]} <= {*tone}:
            return [{"n": 0, "method": missing_answer_reason(part) if known.empty else NO_TONE}]
        both = [known[tone == each] for each in TONES[:2]]
        per = [each.groupby(CLUSTERS["post"]).is_answered.agg(["sum", "size"]).to_numpy(float).T for each in both]
        names = ("tone_answer_difference", "low", "high")
        numbers = dict(zip(names, clustered_difference(*per, in_order=False), strict=True))
        shares = {each: events.sum() / sizes.sum() for each, (events, sizes) in zip(TONES, per, strict=False)}
        few = too_few(min(len(sizes) for _, sizes in per), "posts of either tone")
        method = few or f"Newcombe, {len(both[0])} criticise; posts as clusters"
        return [{**numbers, **shares, "n": sum(map(len, both)), "method": method}]

    after = {"criticism": "float64", "praise": "float64", "method": "str"}
    each = as_pandas(inquiries, group_columns(by), *CLUSTERS["post"], "is_answered")
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
    if np.isnan(hours):
        return {"place": place, "n": 1, "kind": kind, "method": NO_INSTANTS}
    fields = {"place": place, "n": 1, "kind": kind, "observed_hours": hours}
    return fields | ({"answer_wait": hours, "method": "answered"} if is_answered else {"method": "not answered"})


def _stage(name, count, above, counts, stages):
    """The row of one stage: its share of the stage above; a count that is not known is None."""
    if count is None:
        return {"statistic": name, "of": stages[above], "n": 0, "method": NO_INSTANTS}
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
        a, b = expit(logit) * np.exp(log_size), expit(-logit) * np.exp(log_size)
        return -(betaln(events + a, sizes - events + b) - betaln(a, b)).sum()  # but for what no parameter changes

    def best(logit):
        return minimize_scalar(lambda log_size: loss(logit, log_size), bounds=LOG_SIZES, method="bounded", options=FINE)

    found = minimize_scalar(lambda logit: best(logit).fun, bounds=LOGITS, method="bounded", options=FINE)
    ends = [
        _limit(lambda logit: best(logit).fun - found.fun - t.ppf(0.975, units - 1) ** 2 / 2, found.x, end)
        for end in LOGITS
    ]
    mean, size = expit(found.x), np.exp(best(found.x).x)
    predicted = np.round(beta.ppf([0.025, 0.975], mean * size, (1 - mean) * size), 4)  # a tail of 1e-12 is no finding
    fields = dict(zip(("low", "high", "predicted_low", "predicted_high"), (*expit(ends), *predicted), strict=True))
    return {"pooled_answer_share": mean, **fields, "method": f"beta-binomial over {units} values of {over}"}


def _limit(excess, inside, end):
    """Where the profile likelihood crosses, or the end of the search if it does not."""
    return brentq(excess, inside, end) if excess(end) > 0 else end
