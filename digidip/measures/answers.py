"""Answers: what share of the inquiries is answered, by ministry and over ministries, and which ones."""

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import expit
from scipy.stats import beta, betabinom, chi2

from digidip.measures._asked import INQUIRY, NO_INQUIRY, by_kind, kinds, reason, usable
from digidip.measures._common import keys
from digidip.measures._intervals import share_interval
from digidip.measures._tidy import NUMBERS, tidy
from digidip.tables import TableError

CLUSTERS = {"post": ["platform", "post_id"], "asker": ["platform", "author"]}
FINE = {"xatol": 1e-9}
LOGITS, LOG_SIZES = (-12, 12), (-4, 14)  # where mean and size of the beta distribution are sought


def inquiry_answer_share(inquiries, *, cluster="post", by="ministry"):
    """Share of inquiries that the ministry answers, by kind, and of all comments.

    Formula: answered / asked. Intervals: Clopper-Pearson; and the same with n_eff = n / deff, deff the variance of the
    share between clusters over p(1 - p) / n (Korn and Graubard); for 0 or all, as many as clusters. One-sided for 0 or n.
    **Unit** share of inquiries. **Reads** inquiries: is_answered, kind, the clusters. **Source** Clopper and Pearson
    1934; Korn and Graubard 1998 (Survey Methodology 24:193); methods.md 1.2.
    **Caution** A response rate, not the share of replies among all posts. Answers in private are not seen, and whether
    an answer helped is not asked. No share is ever shown to be "always": read the lower limit.
    Parameters: `inquiries`, made by `inquiries`; `cluster` "post" or "asker"; `by`, columns it carries.
    Returns the group columns, `kind` (any comment first), `inquiry_answer_share`, `n`, `low`, `high`, `method`.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"ministry": "PER", "platform": "x", "post_id": ["1", "1", "2"], "comment_id": list("cde"),
    ...                      "kind": "complex", "is_answered": True, "absent": None})
    >>> inquiry_answer_share(rows).query("kind == 'complex'").round(3).values.tolist()  # 0.05^(1/3), 0.05^(1/2)
    [['PER', 'complex', 1.0, 3, 0.368, 1.0, 'exact'], ['PER', 'complex', 1.0, 3, 0.224, 1.0, 'exact, 2 posts as clusters']]
    """
    if cluster not in CLUSTERS:
        raise TableError(f"cluster must be one of {', '.join(CLUSTERS)}, not {cluster!r}.")

    def found(rows):
        if rows.empty:
            return [{"n": 0, "method": NO_INQUIRY}]
        per = rows.groupby(CLUSTERS[cluster], dropna=False).is_answered.agg(["sum", "size"]).to_numpy(float)
        plain = "exact", len(rows)
        clustered = f"exact, {len(per)} {cluster}s as clusters", _effective(*per.T)
        return [_row("inquiry_answer_share", *per.sum(axis=0), *way) for way in (plain, clustered)]

    columns = {"kind": "str", "inquiry_answer_share": "float64", **NUMBERS, "method": "str"}
    return tidy(inquiries, keys(by), lambda part: by_kind(part, found, comments=True), columns)


def pooled_answer_share(inquiries, *, over="ministry", by=()):
    """The share of inquiries answered by a typical ministry, and what another ministry may be expected to answer.

    Formula: beta-binomial by maximum likelihood, answered ~ Binomial(asked, p), p ~ Beta; the share is the mean of the
    Beta. Interval: profile likelihood. `predicted_low`, `predicted_high`: 2.5 % and 97.5 % points of that Beta.
    **Unit** share of inquiries. **Reads** inquiries: is_answered, kind, `over`. **Source** Skellam 1948; Higgins, Thompson
    and Spiegelhalter 2009 (doi:10.1111/j.1467-985X.2008.00552.x); methods.md 1.2.
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
        asked = kinds(usable(part))[INQUIRY]
        if asked.empty:
            return [{"n": 0, "units": 0, "method": reason(part)}]
        per = asked.groupby(over, dropna=False).is_answered.agg(["sum", "size"]).to_numpy(int)
        return [_pooled(*per.T, over) | {"n": len(asked), "units": len(per)}]

    after = {"units": "int64", "predicted_low": "float64", "predicted_high": "float64", "method": "str"}
    return tidy(inquiries, keys(by), rows, {"pooled_answer_share": "float64", **NUMBERS, **after})


def answer_wait(inquiries, *, by="ministry"):
    """The wait of each top-level comment by others for its first official answer, in order of arrival.

    Formula: hours from the comment to its first official answer; `observed_hours` to the end of observation where none.
    **Unit** hours. **Reads** inquiries: asked_at, hours, is_answered, kind. **Source** methods.md 1.2.
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
        known = usable(part)
        if known.empty:
            return [{"n": 0, "method": reason(part)}]
        cells = zip(known.kind, known.hours, known.is_answered, strict=True)
        return [_tile(place, *cell) for place, cell in enumerate(cells, 1)]

    after = {"kind": "str", "observed_hours": "float64", "method": "str"}
    return tidy(inquiries, keys(by), rows, {"place": "Int64", "answer_wait": "float64", **NUMBERS, **after})


def _tile(place, kind, hours, is_answered):
    """The row of one comment."""
    told = {"place": place, "n": 1, "kind": kind, "observed_hours": hours}
    return told | ({"answer_wait": hours, "method": "answered"} if is_answered else {"method": "not answered"})


def _effective(events, sizes):
    """How many independent inquiries the clustered ones are worth; never more than there are."""
    n, share, clusters = sizes.sum(), events.sum() / sizes.sum(), len(sizes)
    if share in (0, 1) or clusters < 2:
        return clusters
    variance = ((events - share * sizes) ** 2).sum() * clusters / (clusters - 1) / n**2
    return min(n, share * (1 - share) / variance) if variance else n


def _row(name, events, n, method, size):
    """One row: the share of n, with the exact interval that `size` independent ones would give."""
    low, high = share_interval(events / n * size, size, method="beta")
    return {name: events / n, "n": int(n), "low": low, "high": high, "method": method}


def _pooled(events, sizes, over):
    """Mean, interval, prediction and method over the units."""
    share, units = events.sum() / sizes.sum(), len(sizes)
    if units == 1:
        return _row(
            "pooled_answer_share", events.sum(), sizes.sum(), f"one {over} only: its own share, exact", sizes.sum()
        )
    if share in (0, 1):
        return _row("pooled_answer_share", events.sum(), sizes.sum(), f"exact, each {over} counted once", units)

    def loss(logit, log_size):
        mean, size = expit(logit), np.exp(log_size)
        return -betabinom.logpmf(events, sizes, mean * size, (1 - mean) * size).sum()

    def best(logit):
        return minimize_scalar(lambda log_size: loss(logit, log_size), bounds=LOG_SIZES, method="bounded", options=FINE)

    found = minimize_scalar(lambda logit: best(logit).fun, bounds=LOGITS, method="bounded", options=FINE)
    ends = [_limit(lambda logit: best(logit).fun - found.fun - chi2.ppf(0.95, 1) / 2, found.x, end) for end in LOGITS]
    mean, size = expit(found.x), np.exp(best(found.x).x)
    predicted = np.round(beta.ppf([0.025, 0.975], mean * size, (1 - mean) * size), 4)  # a tail of 1e-12 is no finding
    told = dict(zip(("low", "high", "predicted_low", "predicted_high"), (*expit(ends), *predicted), strict=True))
    return {"pooled_answer_share": mean, **told, "method": f"beta-binomial over {units} values of {over}"}


def _limit(excess, inside, end):
    """Where the profile likelihood crosses, or the end of the search if it does not."""
    return brentq(excess, inside, end) if excess(end) > 0 else end
