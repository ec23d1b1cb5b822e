"""Retention: do followers leave sooner, and comment no more, when their questions stay unanswered?

Dated lists of followers tell who left between two of them. A follower is ignored from some hours after a question that has
no answer yet, never from the question itself; who only liked is the control that should show nothing.
"""

import warnings
from functools import partial

import numpy as np
import pandas as pd
from scipy.stats import norm, t
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.families.links import CLogLog
from statsmodels.genmod.generalized_linear_model import GLM

from digidip.measures._registry import measure
from digidip.measures.inquiries.inquiries import inquiry_table
from digidip.measures.listening._followers import (
    NOBODY,
    STATUSES,
    at_risk,
    check_ignored,
    follower_spells,
    missing_reason,
    questions,
)
from digidip.measures.statistics._columns import ACCOUNT, canonical, group_columns, to_pandas
from digidip.measures.statistics._comment_queries import COMPLETENESS, NO_INSTANTS, with_precision
from digidip.measures.statistics._intervals import LEAST_CLUSTERS, rate_row, share_row, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p
from digidip.tables import TableError

TENURES = {"under 7 days": (0, 7), "7 to 13 days": (7, 14), "from 14 days": (14, np.inf)}
SINCE = {"0 to 2": (0, 3), "3 to 6": (3, 7), "from 7": (7, np.inf)}
CONTRAST = "ignored to answered"
UNTIMED = "; without followers to whose questions or answers days or ages stand for times"
FEW_LEFT = 5  # of either side, who left; from fewer there is no ratio


@measure(
    unit="departures per 1,000 follower-days",
    keys=("of", "level"),
    columns=("follower_days", "left_out", "method"),
    people=("n",),
    beside=("left_out",),
)
def departure_hazard(
    follows, accounts, posts, comments, *, of=("status", "tenure", "since"), ignored_after_h=24, ignored_def="question",
    purges=None, by="ministry", completeness=COMPLETENESS,
):  # fmt: skip
    """How fast followers leave an account, by what they met with, and by tenure.

    Formula: 1,000 · followers who left / days at risk, between one list and the next. Interval: Garwood's exact one. `status`:
    ignored, waiting (asked, not yet ignored), answered, liked only, silent, as known when the days begin. `tenure`: days since
    first listed, of those not in the first list. `since`: days since the question was ignored, or answered.
    **Unit** departures per 1,000 follower-days. **Reads** follows (ties follow and like), accounts, posts, comments.
    **Source** Kwak, Chun and Moon 2011 (doi:10.1145/1978942.1979104); Garwood 1936; docs/methods.md#departures.
    **Caution** Left is: in no later list of the next two; after the last but one there is one list alone, so that whom it misses
    by chance counts as gone. A deleted account that follows one account alone looks like one that
    left. Followers are taken as independent. A gap between lists makes the days uncertain, not the number: each row counts its
    days. The status of those who asked elsewhere, or in private, is not seen.
    Parameters: `follows`, `accounts`, `posts`, `comments`; `of` status, tenure, since; `ignored_after_h`, hours an answer may
    take, above 0; `ignored_def` "question" or "comment"; `purges`, the table of events, of which kind purge counts; `by`, columns
    of accounts; `completeness` as in `commenter_count`.
    Returns the group columns, `of`, `level`, `departure_hazard`, `n` (left), `low`, `high`, `follower_days`, `left_out` (followers
    in purges and of deleted accounts), `method`.

    >>> import pandas as pd
    >>> days = ["2019-09-01"] * 3 + ["2019-09-02"] * 2 + ["2019-09-03"] * 2
    >>> follows = pd.DataFrame({"platform": "x", "label": "synthetic", "source_id": list("pqrpqpq"),
    ...     "target_id": "a", "tie": "follow"})
    >>> accounts = pd.DataFrame({"platform": "x", "label": "synthetic", "account_id": ["a"], "ministry": "PER"})
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "x", "label": "synthetic", "account_id": "a", "post_id": ["1"]})
    >>> said = {"comment_id": ["c", "d"], "parent_id": [None, "c"], "author": ["p", "a"], "text": ["Who?", "We."]}
    >>> comments = pd.DataFrame({**said, "label": "synthetic", "platform": "x", "account_id": "a", "post_id": "1",
    ...     "lang": None,
    ...     "is_official": [False, True], "commented_at": ["2019-09-01T09:00Z", "2019-09-01T10:00Z"]})
    >>> found = departure_hazard(follows.assign(observed_at=days), accounts, posts, comments, of="status")
    >>> found[["level", "departure_hazard", "n", "follower_days"]].values.tolist()[2:]  # r left in one of four silent days
    [['answered', 0.0, 0, 1.0], ['liked only', nan, 0, 0.0], ['silent', 250.0, 1, 4.0]]
    """
    by, of = group_columns(by), group_columns(of)
    if unknown := set(of) - {"status", "tenure", "since"}:
        raise TableError(f"of must be 'status', 'tenure' or 'since', not {unknown.pop()!r}.")
    frame = follower_spells(
        follows,
        accounts,
        posts,
        comments,
        by,
        after_hours=ignored_after_h,
        asks=ignored_def,
        purges=purges,
        completeness=completeness,
    )

    def rows(part):
        known, out = at_risk(part), _left_out(part)
        with_answers = known[known.absent.isna()]
        reason = {name: missing_reason(part, known if name == "tenure" else with_answers) for name in of}
        note = UNTIMED if known.absent.eq(NO_INSTANTS).any() else ""
        levels = [(name, *level) for name in of for level in _levels(known if name == "tenure" else with_answers, name)]
        notes = {name: "" if name == "tenure" else note for name in of}
        return [_hazard_row(name, level, chosen, out, reason[name], notes[name]) for name, level, chosen in levels]

    columns = {"of": "str", "level": "str", "departure_hazard": "float64", **NUMBERS}
    columns |= {"follower_days": "float64", "left_out": "int64", "method": "str"}
    return result_table(frame, by, rows, columns)


def _left_out(part):
    """How many followers of a group are not at risk for a time: over purges, or as they were deleted."""
    return len(part[part.why_out.notna()].drop_duplicates(["source_id", *ACCOUNT]))


def _levels(known, of):
    """The levels of status, tenure or since, with their rows."""
    if of == "status":
        return [(name, known[known.status == name]) for name in STATUSES]
    if of == "tenure":
        return [(name, known[known.tenure.between(*span, inclusive="left")]) for name, span in TENURES.items()]
    return [
        (f"{status}, days {name}", known[(known.status == status) & known.since.between(*span, inclusive="left")])
        for status in ("ignored", "answered")
        for name, span in SINCE.items()
    ]


def _hazard_row(of, level, chosen, out, absent, note):
    """The row of one level."""
    fields = {"of": of, "level": level, "n": 0, "follower_days": chosen.days.sum(), "left_out": out}
    if absent:
        return fields | {"method": absent}
    if not fields["follower_days"]:
        return fields | {"method": NOBODY}
    left = int(chosen.left.sum())
    return fields | rate_row("departure_hazard", left, fields["follower_days"] / 1000) | {"method": f"Garwood{note}"}


@measure(
    unit="hazard ratio",
    keys=("term",),
    columns=("left", "p", "p_adjusted", "left_out", "method"),
    people=("n", "left"),
    beside=("left_out",),
)
def departure_ratio(
    follows, accounts, posts, comments, *, ignored_after_h=24, ignored_def="question", purges=None, by="ministry",
    completeness=COMPLETENESS,
):  # fmt: skip
    """How many times faster ignored followers leave than answered ones, or than silent ones.

    Formula: exp(beta) of a complementary log-log model of leaving between two lists, log days as offset, which is the
    proportional hazards model of grouped times; with an effect of each account, each week, and of followers who came after the
    first list. Interval and `p`: sandwich errors, followers as clusters, t. `p_adjusted`: Holm, over the rows.
    **Unit** hazard ratio. **Reads** as `departure_hazard`. **Source** Prentice and Gloeckler 1978 (doi:10.2307/2529588);
    Suissa 2008 on immortal time (doi:10.1093/aje/kwm324); Lipsitch and others 2010 on negative controls
    (doi:10.1097/EDE.0b013e3181d61eeb); docs/methods.md#departures.
    **Caution** Who is angry asks, is hard to answer, and leaves: an association, unless answers fall by chance. "liked only" should
    be 1; where it is not, those who act leave faster or slower by themselves. Below five who left on either side there is no
    ratio. Followers who differ beyond what is in the model make late hazards fall (frailty).
    Parameters: as `departure_hazard`.
    Returns the group columns, `term` ("ignored to answered", then ignored, waiting, answered and liked only to silent),
    `departure_ratio`, `n` (followers with that status), `low`, `high`, `left` (departures), `p`, `p_adjusted`, `left_out`, `method`.

    >>> import pandas as pd
    >>> nobody = pd.DataFrame({"platform": ["x"], "label": "synthetic", "source_id": ["p"], "target_id": ["a"],
    ...     "tie": ["follow"]})
    >>> accounts = pd.DataFrame({"platform": "x", "label": "synthetic", "account_id": ["a"], "ministry": "PER"})
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "x", "label": "synthetic", "account_id": "a", "post_id": ["1"]})
    >>> said = {"comment_id": ["c"], "parent_id": [None], "author": ["p"], "text": ["Who?"], "is_official": [False]}
    >>> comments = pd.DataFrame({**said, "label": "synthetic", "platform": "x", "account_id": "a", "post_id": "1",
    ...     "lang": None,
    ...     "commented_at": ["2019-09-01T09:00Z"]})
    >>> one = nobody.assign(observed_at="2019-09-01")
    >>> departure_ratio(one, accounts, posts, comments).method[0]
    'not available: fewer than two dated lists of followers'
    """
    by = group_columns(by)
    frame = follower_spells(
        follows,
        accounts,
        posts,
        comments,
        by,
        after_hours=ignored_after_h,
        asks=ignored_def,
        purges=purges,
        completeness=completeness,
    )
    columns = {"term": "str", "departure_ratio": "float64", **NUMBERS, "left": "int64", "p": "float64"}
    columns |= {"left_out": "int64", "method": "str"}
    return with_adjusted_p(result_table(frame, by, _ratio_rows, columns), "holm")


def _ratio_rows(part):
    """The rows of one group: the contrast and each status to silence."""
    known, out = at_risk(part), _left_out(part)
    note = UNTIMED if known.absent.eq(NO_INSTANTS).any() else ""
    known = known[known.absent.isna()]
    names, silent = (CONTRAST, *STATUSES[:-1]), STATUSES[-1]
    reason = missing_reason(part, known)
    seen = known.groupby("status").agg(left=("left", "sum"))["left"] if len(known) else pd.Series(dtype=int)
    people = known.drop_duplicates(["source_id", *ACCOUNT, "status"]).status.value_counts()
    empty = [{"term": name, "n": 0, "left": 0, "left_out": out} for name in names]
    if reason:
        return [row | {"method": reason} for row in empty]
    fit = _cloglog(known) if min(seen.get(silent, 0), seen.sum()) >= FEW_LEFT else None
    rows = []
    for row, name in zip(empty, names, strict=True):
        plus, minus = ("ignored", "answered") if name == CONTRAST else (name, silent)
        counts = {"left": int(seen.get(plus, 0)), "n": int(people.get(plus, 0))}
        enough = min(seen.get(plus, 0), seen.get(minus, 0)) >= FEW_LEFT
        found = _ratio(fit, plus, minus) if fit is not None and enough else None
        missing = {"n": 0, "method": f"not defined: fewer than {FEW_LEFT} of either left"}
        rows.append(row | counts | (found or missing))
        rows[-1]["method"] += note
    return rows


def _cloglog(known):
    """Coefficients of the grouped hazard, their sandwich covariance, names and number of followers; None if there is no fit.

    Fitted over rows that are alike, counted together; scores are of the rows themselves, the information the expected one.
    """
    week = ((known.begins - known.begins.min()).dt.days // 7).astype(str)
    account = known.platform + "/" + known.account_id
    late = known.is_new.map({True: "yes", False: "no"})
    parts = {"status": known.status, "week": week, "account": account, "late": late}
    left_of = {name: known.left.groupby(column).sum() for name, column in parts.items()}
    used = np.logical_and.reduce([column.map(left_of[name]).gt(0) for name, column in parts.items()])
    base = {"status": STATUSES[-1], "late": "no"}
    columns = [
        (name, level)
        for name, column in parts.items()
        for level in sorted(set(column[used]) - {base.get(name, min(column[used]))})
    ]
    design = np.column_stack([np.ones(used.sum()), *((parts[name][used] == level) for name, level in columns)]).astype(
        float
    )
    left, days = known.left[used].to_numpy(float), known.days[used].to_numpy(float)
    patterns, row = np.unique(np.column_stack([design, days]), axis=0, return_inverse=True)
    counts = np.column_stack([np.bincount(row, left), np.bincount(row, 1 - left)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fit that fails has no ratio
        try:
            model = GLM(counts, patterns[:, :-1], family=Binomial(CLogLog()), offset=np.log(patterns[:, -1]))
            fit = model.fit()
        except (np.linalg.LinAlgError, ValueError):
            return None
    rate = np.exp(design @ fit.params + np.log(days))
    scores = (left * rate / np.expm1(rate) - (1 - left) * rate)[:, None] * design
    person = pd.factorize(known[used].source_id)[0]
    people, size = person.max() + 1, len(left)
    sums = np.zeros((people, design.shape[1]))
    np.add.at(sums, person, scores)
    bread = fit.normalized_cov_params
    spread = bread @ sums.T @ sums @ bread * people / (people - 1) * (size - 1) / (size - design.shape[1])
    return (fit.params, spread, [("constant", ""), *columns], people) if np.isfinite(spread).all() else None


def _ratio(fit, plus, minus):
    """Ratio, interval and p of one status to another; the reference has no column."""
    params, spread, names, people = fit
    if people < LEAST_CLUSTERS:
        return {"method": too_few(people, "followers")}
    contrast = np.zeros(len(names))
    for status, sign in ((plus, 1.0), (minus, -1.0)):
        if ("status", status) in names:
            contrast[names.index(("status", status))] = sign
    value, error = contrast @ params, np.sqrt(contrast @ spread @ contrast)
    half = t.ppf(0.975, people - 1) * error
    low, high = np.exp([value - half, value + half])
    fields = {"departure_ratio": np.exp(value), "low": low, "high": high}
    return fields | {
        "p": 2 * t.sf(abs(value) / error, people - 1),
        "method": f"cloglog, {people:,} followers as clusters",
    }


@measure(unit="share of those who asked", keys=("status",), columns=("method",), people=("n",))
def return_share(
    posts,
    comments,
    *,
    ignored_after_h=24,
    horizon_d=7,
    ignored_def="question",
    by="ministry",
    completeness=COMPLETENESS,
):
    """Share of those who asked who comment again, ignored or answered, within some days.

    Formula: of each person's first question on an account, followed from `ignored_after_h` hours after it, answered by then or
    not: those with another comment there within `horizon_d` days / all whom the comments held reach that far. Interval: Wilson.
    **Unit** share of those who asked. **Reads** posts, comments. **Source** Wilson 1927; Suissa 2008
    (doi:10.1093/aje/kwm324); docs/methods.md#return-of-commenters.
    **Caution** Both sides are followed from the same number of hours, so that none has time in which they could not return. A
    thank-you for the answer before that hour does not count. Persons are taken as independent.
    Parameters: `posts`, `comments`; `ignored_after_h`, above 0; `horizon_d`, days; `ignored_def` "question" or "comment"; `by`; `completeness`
    as in `commenter_count`.
    Returns the group columns, `status` (ignored, answered), `return_share`, `n`, `low`, `high`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "x", "label": "synthetic", "account_id": "a", "post_id": ["1"]})
    >>> said = {"comment_id": list("cdef"), "author": list("pqap"), "text": ["Who?", "Where?", "Here.", "Hm."]}
    >>> when = ["2019-09-01T09:00Z", "2019-09-01T10:00Z", "2019-09-01T11:00Z", "2019-09-05T10:00Z"]
    >>> comments = pd.DataFrame({**said, "label": "synthetic", "platform": "x", "account_id": "a", "post_id": "1",
    ...     "lang": None,
    ...     "parent_id": [None, None, "d", None], "is_official": [False, False, True, False], "commented_at": when,
    ...     "retrieved_at": "2019-10-01T00:00Z"})
    >>> return_share(posts, comments)[["status", "return_share", "n"]].values.tolist()
    [['ignored', 1.0, 1], ['answered', 0.0, 1]]
    """
    by = group_columns(by)
    rows = partial(_return_rows, statuses=("ignored", "answered"))
    frame = _first_questions(posts, comments, by, ignored_after_h, horizon_d, ignored_def, completeness)
    return result_table(frame, by, rows, {"status": "str", "return_share": "float64", **NUMBERS, "method": "str"})


def _return_rows(part, statuses):
    """The rows of one group."""
    known = part[part.returned.notna()]
    reason = part.absent.dropna()
    rows = []
    for status in statuses:
        own = known.returned[known.status == status].astype(bool)
        row = share_row("return_share", int(own.sum()), len(own))
        rows.append({"status": status} | row | ({} if len(own) else {"method": _nobody(reason)}))
    return rows


def _nobody(reason):
    return reason.iloc[0] if len(reason) else "not defined: nobody who asked"


@measure(unit="difference of shares", columns=("strata", "unmatched", "p", "method"), people=("n", "unmatched"))
def return_difference(
    posts,
    comments,
    *,
    ignored_after_h=24,
    horizon_d=7,
    ignored_def="question",
    by="ministry",
    completeness=COMPLETENESS,
):
    """How many fewer of the ignored comment again than of the answered who are like them.

    Formula: Mantel and Haenszel's difference, Σ w (ignored - answered) / Σ w, w = n m / (n + m), over strata of account, week of
    the question and its kind. Interval: Sato's variance.
    **Unit** difference of shares. **Reads** posts, comments. **Source** Greenland and Robins 1985 (doi:10.2307/2530643); Sato
    1989 (doi:10.2307/2531729); docs/methods.md#return-of-commenters.
    **Caution** Alike in account, week and kind of question, not in anger or interest: no effect of answering. Who stands in a
    stratum without the other side is left out and counted. None from fewer than eight persons on either side.
    Parameters: as `return_share`.
    Returns the group columns, `return_difference`, `n` (persons matched), `low`, `high`, `strata`, `unmatched`, `p`, `method`.

    >>> import pandas as pd
    >>> posts = pd.DataFrame({"ministry": "PER", "platform": "x", "label": "synthetic", "account_id": "a", "post_id": ["1"]})
    >>> said = {"comment_id": list("cde"), "author": ["p", "q", "a"], "text": ["Who?", "Who?", "We."]}
    >>> when = ["2019-09-02T09:00Z", "2019-09-02T10:00Z", "2019-09-02T11:00Z"]
    >>> comments = pd.DataFrame({**said, "label": "synthetic", "platform": "x", "account_id": "a", "post_id": "1",
    ...     "lang": None,
    ...     "parent_id": [None, None, "d"], "is_official": [False, False, True], "commented_at": when,
    ...     "retrieved_at": "2019-10-01T00:00Z"})
    >>> return_difference(posts, comments)[["return_difference", "n", "method"]].values.tolist()
    [[0.0, 2, 'no interval: fewer than 8 persons on a side']]
    """
    by = group_columns(by)
    frame = _first_questions(posts, comments, by, ignored_after_h, horizon_d, ignored_def, completeness)
    columns = {"return_difference": "float64", **NUMBERS, "strata": "int64", "unmatched": "int64", "p": "float64"}
    return result_table(frame, by, _difference_rows, columns | {"method": "str"})


def _difference_rows(part):
    """The row of one group."""
    known = part[part.returned.notna() & part.status.isin(["ignored", "answered"])]
    fields = {"n": 0, "strata": 0, "unmatched": 0}
    if known.empty:
        return [fields | {"method": _nobody(part.absent.dropna())}]
    cells = known.assign(back=known.returned.astype(float)).pivot_table(
        index="stratum", columns="status", values="back", aggfunc=["sum", "size"]
    )
    wanted = pd.MultiIndex.from_product([["sum", "size"], ["ignored", "answered"]])
    a, c, n, m = cells.reindex(columns=wanted).fillna(0).to_numpy(float).T
    both = (n > 0) & (m > 0)
    fields |= {"unmatched": int((n + m)[~both].sum()), "strata": int(both.sum())}
    a, c, n, m = a[both], c[both], n[both], m[both]
    if not both.any():
        return [fields | {"method": "not defined: no stratum with both"}]
    weight = n * m / (n + m)
    value = ((a * m - c * n) / (n + m)).sum() / weight.sum()
    fields |= {"return_difference": value, "n": int((n + m).sum())}
    if min(n.sum(), m.sum()) < LEAST_CLUSTERS:
        return [fields | {"method": f"no interval: fewer than {LEAST_CLUSTERS} persons on a side"}]
    p = ((n**2 * c - m**2 * a + n * m * (m - n) / 2) / (n + m) ** 2).sum()
    q = ((a * (m - c) + c * (n - a)) / (2 * (n + m))).sum()
    error = np.sqrt(max(value * p + q, 0)) / weight.sum()
    if not error:
        return [fields | {"method": "no interval: all alike"}]
    half = norm.ppf(0.975) * error
    limits = {"low": max(-1.0, value - half), "high": min(1.0, value + half), "p": 2 * norm.sf(abs(value) / error)}
    return [fields | limits | {"method": "Mantel-Haenszel, Sato"}]


def _first_questions(posts, comments, by, hours, days, asks, completeness):
    """Each person's first question on an account: group, `status`, `returned` (missing where not observed), `stratum`.

    Without those whose wait is not known, since days alone or ages stand for times.
    """
    check_ignored(hours, asks)
    columns = list(dict.fromkeys([*by, *ACCOUNT]))
    inquiries = inquiry_table(posts, comments, by=columns, completeness=completeness)
    first = questions(inquiries, asks).sort_values(["asked_at", "comment_id"]).drop_duplicates([*ACCOUNT, "author"])
    first = first[first.hours.notna()]
    is_untimed = inquiries.hours.isna() & inquiries.comment_id.notna()
    inquiries = inquiries.assign(absent=inquiries.absent.astype("object").mask(is_untimed, NO_INSTANTS))
    wait = pd.Timedelta(hours=hours)
    first = first.assign(begins=first.asked_at + wait)
    first["status"] = np.where(first.is_answered.astype(bool) & (first.hours <= hours), "answered", "ignored")
    comment_times = to_pandas(with_precision(comments, [*ACCOUNT, "author", "commented_at"]))
    ends = (
        comment_times.commented_at.max()
        if "retrieved_at" not in comments.columns
        else _observed_until(comments, comment_times)
    )
    first["ends"] = first.begins + pd.Timedelta(days=days)
    later = first[[*ACCOUNT, "author", "comment_id", "begins", "ends"]].merge(comment_times, on=[*ACCOUNT, "author"])
    unsure = later.comment_id[later.is_approximate]
    later = later[(later.commented_at > later.begins) & (later.commented_at <= later.ends) & ~later.is_approximate]
    is_back = first.comment_id.isin(later.comment_id)
    is_known = (first.ends <= ends) & (is_back | ~first.comment_id.isin(unsure))
    first["returned"] = is_back.astype("object").where(is_known)
    week = (first.asked_at - pd.Timestamp("1970-01-05", tz="UTC")).dt.days // 7
    parts = [first[name].astype(str) for name in ("platform", "account_id", "kind")]
    first["stratum"] = ["/".join(each) for each in zip(*parts, week.astype(str), strict=True)]
    kept = [*by, "status", "returned", "stratum", "absent"]
    silent = inquiries[by + ["absent"]].drop_duplicates().assign(status=None, returned=None, stratum=None)
    found = pd.concat([first[kept].astype("object"), silent[kept].astype("object")], ignore_index=True)
    return found.astype({name: inquiries[name].dtype for name in by}).sort_values(
        [*by, "stratum", "status"], ignore_index=True
    )


def _observed_until(comments, comment_times):
    """The instant until which comments were collected: the first noted, else that of the last comment."""
    noted = to_pandas(canonical(comments, "comments", ["retrieved_at"])).retrieved_at.min()
    return comment_times.commented_at.max() if pd.isna(noted) else noted
