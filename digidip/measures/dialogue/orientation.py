"""Orientation: how much of what an account puts out is broadcast, and how its audience grows."""

import numpy as np
import pandas as pd

from digidip.measures._registry import measure
from digidip.measures.dialogue._acts import act_counts, acts, daily_acts
from digidip.measures.dialogue.dialogue import official_answer_share
from digidip.measures.statistics._columns import group_columns
from digidip.measures.statistics._comment_queries import COMPLETENESS
from digidip.measures.statistics._intervals import clustered_share_row, rank_correlation, too_few
from digidip.measures.statistics._result_table import NUMBERS, result_table, with_adjusted_p
from digidip.tables import TableError

FEW = "not defined: fewer than {} accounts with all columns known"
FLAT = "not defined: columns that do not vary, or say the same"


@measure(unit="share of posts and answers", columns=("answered_share", "asked", "weekly", "method"))
def broadcast_share(posts, comments, *, by="ministry", zone="UTC", completeness=COMPLETENESS):
    """Share of an account's output that is broadcast, beside the share of comments that it answers.

    Formula: B / (A + Q + B + reposts), A, Q, B as in `dialogue_index`: posts of its own that answer nobody and start no
    talk. Interval: as `reply_share`. `answered_share` of `asked` top-level comments by others: as
    `official_answer_share` per comment. `weekly`: Q + B over the weeks from the first act to the last, at least one.
    **Unit** share of posts and answers. **Reads** as `dialogue_index`. **Source** a definition of this project;
    docs/methods.md#orientation; docs/claims-and-studies.md#m04.
    **Caution** The two shares have different denominators, so an account can be high or low in both: what it puts out, and
    what it is asked. Who is asked nothing has no answered share.
    Parameters: `posts`, `comments`; `by`, columns of posts; `zone` of the days; `completeness` as in `reply_share`.
    Returns the group columns, `broadcast_share`, `n` (posts and answers), `low`, `high`, `answered_share`, `asked`,
    `weekly`, `method`.

    >>> posts = pd.DataFrame({"platform": "x", "account_id": "a", "ministry": "PER", "post_id": list("1234"),
    ...     "posted_at": "2016-01-01", "text": None, "reply_to_id": ["q", None, None, None],
    ...     "reply_to_account_id": None, "repost_of_id": [None, None, None, "z"]})  # A 1, B 2, a repost
    >>> comments = pd.DataFrame(columns=["platform", "post_id", "account_id", "comment_id", "parent_id", "is_official"])
    >>> broadcast_share(posts, comments)[["broadcast_share", "n", "asked", "weekly"]].values.tolist()
    [[0.5, 4.0, 0.0, 2.0]]
    """
    asked = official_answer_share(posts, comments, per="comment", by=by, intraclass=0, completeness=completeness)
    asked = asked.drop_duplicates(group_columns(by))
    given = asked.rename(columns={"official_answer_share": "answered_share", "n": "asked"})
    after = {"answered_share": "float64", "asked": "int64", "weekly": "float64", "method": "str"}
    found = acts(posts, comments, group_columns(by), zone=zone, completeness=completeness).merge(
        given[[*group_columns(by), "answered_share", "asked"]], "left", group_columns(by)
    )
    return result_table(found, group_columns(by), _broadcast_rows, {"broadcast_share": "float64", **NUMBERS, **after})


def _broadcast_rows(part):
    """The row of one group: its acts and what it answers."""
    counts, seen = act_counts(part), part[part.reason == ""]
    first = part.iloc[0]
    asked = {"answered_share": first.answered_share, "asked": int(first.asked)}
    if counts["reason"]:
        return [asked | {"n": 0, "method": counts["reason"]}]
    weeks = (seen.last_at.max() - seen.first_at.min()) / pd.Timedelta(weeks=1)
    row = clustered_share_row("broadcast_share", *daily_acts(part, "other", of=seen.kind.unique()))
    weekly = (counts["questions"] + counts["others"]) / max(weeks, 1)
    return [row | asked | {"weekly": weekly, "method": row["method"] + counts["note"]}]


@measure(unit="rank correlation, -1 to 1", keys=("term", "given"), columns=("p", "p_adjusted", "method"))
def partial_correlation(
    hosts, *, outcome="follower_growth", terms=("broadcast_share", "answered_share"), given=("weekly",), by="platform"
):
    """How an outcome goes with each term, alone and with other columns held, by ranks.

    Formula: Spearman's r of outcome and term (`given` empty), and of what is left of their ranks once the ranks of `given`
    are taken out by least squares. Interval: tanh(atanh r ± 1.96 √((1 + r² / 2) / (n - 3 - k))), k columns held. p: every
    order of what is left of the term, of up to eight accounts; of more t, below .001 9,999 orders at random. `p_adjusted`:
    Benjamini and Hochberg.
    **Unit** rank correlation, -1 to 1. **Reads** outcome, terms and given of `hosts`, one row per account. **Source**
    Bonett and Wright 2000 (doi:10.1007/BF02294183); Kendall 1942 (doi:10.1093/biomet/32.3-4.277); Freedman and Lane 1983
    (doi:10.2307/1391660); docs/methods.md#rank-correlation; docs/claims-and-studies.md#m04.
    **Caution** No cause: both may follow staff. What is held takes away only what was measured. Accounts with a missing
    column are left out, and few of them say little: from fewer than eight there is no
    interval, nor for a perfect order.
    Parameters: `hosts`, such as `broadcast_share` beside `follower_growth`, both by account; `outcome`, `terms`, `given`,
    columns of it; `by`, group columns.
    Returns the group columns, `term`, `given` (columns held, empty for none), `partial_correlation`, `n` (accounts), `low`,
    `high`, `p`, `p_adjusted`, `method`.

    >>> hosts = pd.DataFrame({"platform": "x", "growth": [1, 2, 3, 4, 5, 6], "answered": [6, 5, 4, 3, 1, 2],
    ...     "weekly": [1, 2, 3, 4, 6, 5]})  # answered is weekly turned about
    >>> found = partial_correlation(hosts, outcome="growth", terms=["answered"], given=["weekly"])
    >>> found[["given", "partial_correlation", "n"]].round(3).values.tolist()
    [['', -0.943, 6], ['weekly', nan, 0]]
    """
    by, names = group_columns(by), [outcome, *terms, *given]
    if absent := [name for name in [*by, *names] if name not in hosts.columns]:
        found = ", ".join(hosts.columns)
        raise TableError(f"hosts: no column {absent[0]!r}. Found: {found}. Join the table that has it.")
    wanted = list(dict.fromkeys([*by, *names]))
    frame = hosts[wanted].copy() if isinstance(hosts, pd.DataFrame) else hosts[wanted].to_pandas()
    frame[names] = frame[names].astype("float64")

    def rows(part):
        known = part[names].dropna().rank().to_numpy()
        left, held = known[:, 0], known[:, 1 + len(terms) :]
        ways = {"": held[:, :0]} | ({", ".join(given): held} if given else {})
        return [
            {"term": term, "given": words} | _partial(left, known[:, place], some)
            for place, term in enumerate(terms, 1)
            for words, some in ways.items()
        ]

    columns = {
        "term": "str",
        "given": "str",
        "partial_correlation": "float64",
        **NUMBERS,
        "p": "float64",
        "method": "str",
    }
    return with_adjusted_p(result_table(frame.sort_values(wanted), by, rows, columns))


def _partial(outcome, term, held):
    """The correlation of two columns of ranks without what the held ones tell, or why there is none."""
    n, k = len(outcome), held.shape[1]
    if n < 4 + k:
        return {"n": 0, "method": FEW.format(4 + k)}
    design = np.column_stack([np.ones(n), held])
    rest = [column - design @ np.linalg.lstsq(design, column)[0] for column in (outcome, term)]
    if min(part @ part for part in rest) <= 1e-9 * n:
        return {"n": 0, "method": FLAT}
    names = ("partial_correlation", "low", "high", "p")
    row = dict(zip(names, rank_correlation(*rest, k), strict=True)) | {"n": n}
    reason = too_few(n, "accounts") or ("no interval: a perfect order" if np.isnan(row["low"]) else "")
    return row | {"method": f"{'Spearman, partial' if k else 'Spearman'}; {reason or 'Bonett and Wright'}"}
